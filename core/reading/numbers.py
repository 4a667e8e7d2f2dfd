"""How numbers are written in a column: decimal sign, thousands, signs of units, missing marks.

A comma or a point between digits is a decimal sign, or it stands between thousands. Most cells
prove which: 0,5 and 1.234,50 can be read in one way only. ``1,234`` can be read in two; then other
cells of the file decide, and where none does, nobody guesses.
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from core.points import FloatArray
from core.reading.vocabulary import MISSING

Decimal = Literal[".", ","]
DECIMALS: tuple[Decimal, Decimal] = (".", ",")
OTHER: dict[Decimal, Decimal] = {".": ",", ",": "."}
MAX_CELL = 100  # characters of a cell that a number may take, or a message may repeat

_SIGNS = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{SMALL HYPHEN-MINUS}": "-",
        "\N{FULLWIDTH HYPHEN-MINUS}": "-",
        "\N{FULLWIDTH PLUS SIGN}": "+",
        # No-break, figure, thin and narrow no-break space.
        "\u00a0": " ",
        "\u2007": " ",
        "\u2009": " ",
        "\u202f": " ",
        "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    }
)

# ASCII digits only: float() also takes "1_000", "٣" and "infinity", which no one means.
_DIGITS = r"""(?:
    [1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?       # 1,234  1,234,567.8
  | [1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}(?:\.[0-9]*)?  # 12,34,567, as in India
  | [1-9][0-9]{0,2}(?:\.[0-9]{3})+(?:,[0-9]*)?       # 1.234  1.234.567,8
  | [1-9][0-9]{0,2}(?:[ '][0-9]{3})+(?:[.,][0-9]*)?  # 1 234  1'234,5
  | [0-9]+(?:[.,][0-9]*)?
  | [.,][0-9]+
)(?:[eE][+-]?[0-9]{1,15})?"""
_CURRENCY = r"[$€£¥₹₽₩₺₫₪]|(?:US|AU|CA|NZ|HK|R)\$|CHF|EUR|USD|GBP|Fr\.|kr\.?|Rs\.?|zł|Kč|Ft"
_CELL = re.compile(
    rf"""
    (?P<about>~|≈|(?:ca\.?|circa|about|approx\.?)(?=[ ]))?[ ]*
    (?P<sign>[+-]?)[ ]*(?P<before>{_CURRENCY})?[ ]*(?P<sign_behind>[+-]?)
    (?P<digits>{_DIGITS})
    [ ]*(?P<after>
        (?![eEdD][ ]?[+-]?\d)                                # 1.5 E-3
        (?:[^\W\d_½¼¾⅐-⅟²³¹⁰-⁹]|[%‰°$€£¥₹₽₩₺₫₪"'″′])  # a letter, or a sign of a unit
        [^\d:,;|]{{0,14}}(?:[²³]|(?<=[^\W\d_])\d)?           # kg/m³ and m/s2
    )?
    """,
    re.VERBOSE,
)
_SIMPLE = re.compile(r"[+-]?\d+(?:[.,]\d+)?", re.ASCII)
_IS_CURRENCY = re.compile(_CURRENCY)
_FLOATS = re.compile(r"[0-9+\-.eE\n]*")  # what float() reads as we do, if it reads it
_WHOLE = re.compile(r"^[+-]?\d+$", re.ASCII | re.MULTILINE)
_WHOLE_HUNDRED = re.compile(r"^[+-]?[1-9]\d\d$", re.ASCII | re.MULTILINE)
# A hundred or more, in a cell that can be read in one way only.
_HUNDRED = re.compile(
    r"^[+-]?(?:[1-9]\d{2,}(?:[.,]\d*)?|\d{1,3}(?:[., ']\d{3})+[.,]\d+|\d{1,3}(?:[., ']\d{3}){2,})$",
    re.ASCII | re.MULTILINE,
)
_WHOLE_THOUSAND = re.compile(r"^[+-]?\d{4,}$", re.ASCII | re.MULTILINE)
_SPACED = re.compile(r"\d[ ']\d", re.ASCII)


def _proof(decimal: Decimal) -> re.Pattern[str]:
    """Match a cell in which this sign can only be the decimal one."""
    d, g = re.escape(decimal), re.escape(OTHER[decimal])
    return re.compile(
        rf"""^[+-]?(?:
            0\d*{d}\d+ | {d}\d+ | \d{{4,}}{d}\d+ | \d{{1,3}}{d}(?:\d{{1,2}}|\d{{4,}})
          | \d{{1,3}}{d}\d{{3}}(?=[eE])
          | \d{{1,3}}(?:{g}\d{{3}})+{d}\d* | [1-9]\d{{0,2}}(?:{g}\d{{3}}){{2,}}
          | [1-9]\d?(?:{g}\d{{2}})+{g}\d{{3}}(?:{d}\d*)?
          | \d{{1,3}}(?:[ ']\d{{3}})+{d}\d+
        )(?:[eE][+-]?\d+)?$""",
        re.ASCII | re.MULTILINE | re.VERBOSE,
    )


_PROVES = {decimal: _proof(decimal) for decimal in DECIMALS}
_TWICE = {
    sign: re.compile(rf"{re.escape(sign)}\d+{re.escape(sign)}", re.ASCII) for sign in DECIMALS
}
# Three digits behind the sign: as the decimal sign, or between thousands.
_AMBIGUOUS = {
    sign: re.compile(rf"^[+-]?[1-9]\d{{0,2}}{re.escape(sign)}\d{{3}}$", re.ASCII | re.MULTILINE)
    for sign in DECIMALS
}


def is_missing(cell: str) -> bool:
    """Tell whether a cell says that nothing was measured."""
    return len(cell) <= MAX_CELL and cell.casefold() in MISSING


def is_number(cell: str) -> bool:
    """Tell whether a cell holds a number, with or without a unit."""
    if _SIMPLE.fullmatch(cell):  # most are, and _CELL takes longer
        return len(cell) <= MAX_CELL
    return _match(cell) is not None


def unit_of(cell: str) -> str:
    """Give the sign of a unit that stands with a number; empty where none does."""
    match = _match(cell)
    return _affix(match) if match else ""


@dataclass(frozen=True, eq=False)
class Numbers:
    """The cells of a column as the digits of numbers, before their decimal sign is decided.

    Parameters
    ----------
    digits : list of str
        What stands for the number, without signs of units; empty where a cell holds none.
    unit : str
        What stands with the numbers of the column, such as % or €; it is not in their digits.
    missing : int
        How many cells say that nothing was measured.
    unreadable : dict of int to str
        Cells that are neither numbers nor missing, by their place.
    about : dict of int to str
        Cells that say a number with "about", by their place.
    """

    digits: list[str]
    unit: str = ""
    missing: int = 0
    unreadable: dict[int, str] = field(default_factory=dict)
    about: dict[int, str] = field(default_factory=dict)

    @property
    def count(self) -> int:
        """Count the numbers."""
        return len(self.digits) - self.missing - len(self.unreadable)


def find_numbers(cells: Sequence[str]) -> Numbers:
    """Find the numbers in the cells of a column."""
    if _are_floats(cells):
        return Numbers(list(cells), missing=sum(not cell for cell in cells))
    places: dict[str, list[int]] = {}
    for place, cell in enumerate(cells):
        places.setdefault(cell, []).append(place)
    found = {cell: parts for cell in places if (parts := _split(cell))}
    affixes: Counter[str] = Counter()
    for cell, (affix, _, _) in found.items():
        affixes[affix] += len(places[cell])
    usual = affixes.most_common(1)[0][0] if affixes else ""
    usual_affixes = {affix for affix in affixes if _may_stand_together(affix, usual)}
    digits, missing = [""] * len(cells), 0
    unreadable: dict[int, str] = {}
    about: dict[int, str] = {}
    for cell, where in places.items():
        affix, number, is_about = found.get(cell, ("", "", False))
        if number and affix in usual_affixes:
            for place in where:
                digits[place] = number
            if is_about:
                about |= dict.fromkeys(where, cell)
        elif is_missing(cell):
            missing += len(where)
        else:
            unreadable |= dict.fromkeys(where, cell)
    return Numbers(digits, usual, missing, unreadable, about)


def _are_floats(cells: Sequence[str]) -> bool:
    """Tell whether all cells are empty or plain numbers, quicker than by looking at each."""
    if not _FLOATS.fullmatch("\n".join(cells)) or max(map(len, cells), default=0) > MAX_CELL:
        return False
    try:
        for cell in cells:
            float(cell or "0")
    except ValueError:
        return False
    return True


def _match(cell: str) -> re.Match[str] | None:
    if len(cell) > MAX_CELL:
        return None
    match = _CELL.fullmatch(cell if cell.isascii() else cell.translate(_SIGNS))
    return None if match and match["sign"] and match["sign_behind"] else match


def _split(cell: str) -> tuple[str, str, bool] | None:
    """Split a cell into the sign of its unit, its number, and whether it says "about"."""
    if len(cell) <= MAX_CELL and _SIMPLE.fullmatch(cell):  # most are, and _CELL takes longer
        return "", cell, False
    match = _match(cell)
    if match is None:
        return None
    sign, behind, digits, about = match.group("sign", "sign_behind", "digits", "about")
    return _affix(match), f"{sign}{behind}{digits}", about is not None


def _affix(match: re.Match[str]) -> str:
    before, after = match.group("before", "after")
    return " ".join(filter(None, (before, after))).strip() if before or after else ""


def _may_stand_together(affix: str, usual: str) -> bool:
    """Tell whether a number with this sign belongs with the usual ones of a column.

    A price without its sign does; 5 cm among metres, or 0.5 among per cents, does not.
    """
    one, other = sorted((affix, usual), key=len)
    return one == other or (not one and _IS_CURRENCY.fullmatch(other) is not None)


@dataclass(frozen=True)
class Evidence:
    """What the cells of a column say about the decimal sign.

    Parameters
    ----------
    proven : frozenset of {".", ","}
        Decimal signs that at least one cell proves.
    ambiguous : frozenset of {".", ","}
        Signs with three digits behind them in cells that prove nothing.
    example : str
        The first such cell.
    whole : bool
        Whether numbers without any sign are among them.
    hundreds : bool
        Whether a whole number from 100 to 999 is among them, and no larger one; like the next
        three only where ``ambiguous`` is not empty.
    reaches_hundred : bool
        Whether a cell is 100 or more and can be read in one way only.
    against_decimal : bool
        Whether those cells can hardly have decimals: some end in 0, and others have none at all.
    against_thousands : bool
        Whether those signs can hardly stand between thousands: larger numbers have none.
    spaced : bool
        Whether spaces or apostrophes stand between thousands.
    """

    proven: frozenset[Decimal]
    ambiguous: frozenset[Decimal]
    example: str
    whole: bool
    hundreds: bool
    reaches_hundred: bool
    against_decimal: bool
    against_thousands: bool
    spaced: bool


def _is_proven(sign: Decimal, text: str) -> bool:
    """Tell whether a line of a text proves a decimal sign.

    Without that sign in the text, only a line does that has the other one twice.
    """
    if sign not in text and not _TWICE[OTHER[sign]].search(text):
        return False
    return _PROVES[sign].search(text) is not None


def weigh(digits: Sequence[str]) -> Evidence:
    """Look what the digits of a column say about the decimal sign."""
    text = "\n".join(digits)
    signs = [sign for sign in DECIMALS if sign in text]
    written = {sign: set(_AMBIGUOUS[sign].findall(text)) for sign in signs}
    cells = set().union(*written.values())
    # The rest matters only where some cells can be read in two ways.
    thousand = bool(cells) and _WHOLE_THOUSAND.search(text) is not None
    hundreds = bool(cells) and not thousand and _WHOLE_HUNDRED.search(text) is not None
    return Evidence(
        proven=frozenset(sign for sign in DECIMALS if _is_proven(sign, text)),
        ambiguous=frozenset(sign for sign in signs if written[sign]),
        example=next((cell for cell in digits if cell in cells), "") if cells else "",
        whole=_WHOLE.search(text) is not None,
        hundreds=hundreds,
        reaches_hundred=bool(cells) and _HUNDRED.search(text) is not None,
        against_decimal=hundreds and any(cell.endswith("0") for cell in cells),
        against_thousands=thousand,
        spaced=_SPACED.search(text) is not None,
    )


@dataclass(frozen=True)
class Decision:
    """How a column is read.

    Parameters
    ----------
    decimal : {".", ","} or None
        The decimal sign; None where each cell proves its own.
    open : bool
        Whether some cells can be read the other way, too.
    guess : bool
        Whether nothing speaks for this way rather than the other: then somebody is to be asked.
    """

    decimal: Decimal | None
    open: bool = False
    guess: bool = False


def decide(columns: Sequence[Evidence], units: Sequence[str], delimiter: str) -> list[Decision]:
    """Find the decimal sign of each column, from all columns of numbers of a file."""
    proven = frozenset[Decimal]().union(*(column.proven for column in columns))
    spaced = any(column.spaced for column in columns)
    fixed = not any(column.whole for column in columns)
    return [
        _decide(column, unit, delimiter, proven, spaced, fixed)
        for column, unit in zip(columns, units, strict=True)
    ]


def _decide(
    column: Evidence,
    unit: str,
    delimiter: str,
    proven: frozenset[Decimal],
    spaced: bool,
    fixed: bool,
) -> Decision:
    if not column.ambiguous:
        return Decision(None if len(column.proven) > 1 else min(column.proven, default="."))
    if len(column.proven) == 1:
        decimal = min(column.proven)
        # 1,234 among 1.5 and 1.25, where nothing else is as large.
        is_odd = OTHER[decimal] in column.ambiguous and not column.reaches_hundred
        return Decision(decimal, open=is_odd, guess=is_odd)
    sign = min(column.ambiguous)
    if column.proven or len(column.ambiguous) > 1:
        return Decision(sign, open=True, guess=True)
    thousands = OTHER[sign]  # then the decimal sign, if there is one, is the other
    # Other columns, or spaces between thousands, prove how the file is written.
    if proven == {thousands} and not spaced:
        return Decision(thousands, open=column.against_thousands, guess=column.against_thousands)
    if proven <= {sign} and (proven or spaced):
        is_odd = column.against_decimal or (column.hundreds and delimiter != ",")
        return Decision(sign, open=is_odd, guess=is_odd)
    if proven:
        return Decision(sign, open=True, guess=True)
    # Nothing proves it. A column, a currency or the separator may tell.
    if unit[:1] in ("$", "£"):
        return Decision(".", open=True, guess=sign == ".")
    if column.against_decimal and (delimiter, sign) != (",", "."):
        return Decision(thousands, open=True)
    usual = {",": ".", ";": ","}.get(delimiter)  # a comma cannot both separate and be decimal
    likely = sign == usual and not column.against_decimal and (sign == "." or fixed)
    return Decision(sign, open=True, guess=not likely)


def read_digits(digits: Sequence[str], decimal: Decimal | None) -> tuple[FloatArray, list[int]]:
    """Turn digits into numbers.

    Parameters
    ----------
    digits : sequence of str
        As ``find_numbers`` gives them.
    decimal : {".", ","} or None
        The decimal sign; None reads each cell by what it proves itself.

    Returns
    -------
    values : ndarray of shape (cells,)
        NaN where there are no digits, or none that are a number with this decimal sign.
    refused : list of int
        Places of digits that are no such number, or one beyond a float64.
    """
    if decimal == "." and _are_floats(digits):
        values = np.array([float(cell or "nan") for cell in digits], dtype=np.float64)
    else:
        value_of = {cell: _value(cell, decimal) for cell in set(digits)}
        values = np.array([value_of[cell] for cell in digits], dtype=np.float64)
    bad = [place for place in np.flatnonzero(~np.isfinite(values)).tolist() if digits[place]]
    values[bad] = np.nan
    return values, bad


def _value(cell: str, decimal: Decimal | None) -> float:
    if not cell:
        return np.nan
    cell = _BARE_SIGN.sub("", cell)
    if decimal is None:
        decimal = "," if _PROVES[","].match(cell) else "."
    group = OTHER[decimal]
    if cell.count(decimal) > 1 or (group in cell and not _GROUPED[group].match(cell)):
        return np.nan
    cell = cell.replace(group, "")
    return float(cell.replace(decimal, ".").replace(" ", "").replace("'", ""))


_BARE_SIGN = re.compile(r"(?<=\d)[.,](?=$|[eE])", re.ASCII)  # 2. and 2.e5
_GROUPED = {
    group: re.compile(
        rf"[+-]?(?:[1-9]\d{{0,2}}(?:{group}\d{{3}})+|[1-9]\d?(?:{group}\d{{2}})+{group}\d{{3}})"
        rf"(?:{decimal}\d*)?(?:[eE][+-]?\d+)?$",
        re.ASCII,
    )
    for group, decimal in ((r"\.", ","), (",", r"\."))
}
_GROUPED["."] = _GROUPED.pop(r"\.")
