"""Numbers as people type them: one reading for all, and none that is a guess.

The point is always the decimal sign. A comma is one, too, where it cannot stand between thousands
(0,05); 1,234.5 and 1,000,000 have thousands, and so have groups of three between spaces or
apostrophes. What can be read in two ways, such as 1,000, is refused.
"""

import math
import re

from core.points import DataError

_MAX_LENGTH = 100  # characters of a number
_SHOWN_CHARACTERS = 30
_SIGNS = str.maketrans(
    {
        "\N{MINUS SIGN}": "-",
        "\N{EN DASH}": "-",
        "\N{SMALL HYPHEN-MINUS}": "-",
        "\N{FULLWIDTH HYPHEN-MINUS}": "-",
        "\N{SMALL PLUS SIGN}": "+",
        "\N{FULLWIDTH PLUS SIGN}": "+",
    }
)
_PARTS = re.compile(r"([+-]?)(.*?)((?:[eE][+-]?\d{1,4})?)", re.ASCII)
_PLAIN = re.compile(r"\d+\.?\d*|\.\d+", re.ASCII)
_DECIMAL_COMMA = re.compile(r"\d+,\d*|,\d+", re.ASCII)
_COMMA_GROUPS = re.compile(r"[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)
# Space, no-break space, thin space, narrow no-break space, and two apostrophes.
_OTHER_GROUPS = re.compile(
    r"[1-9]\d{0,2}([ \u00a0\u2009\u202f'\u2019])\d{3}(\1\d{3})*([.,]\d*)?", re.ASCII
)
# A no-break space keeps a number together: it does not separate the numbers of a list.
_BETWEEN_NUMBERS = re.compile(r"(?:[; \t\n\r\f\v]|,(?=[;\s]|$))+")


def read_number(text: str) -> float:
    """Read one number.

    Raises
    ------
    DataError
        If it is none, can be read in two ways, or is too large or too small for a float64.
    """
    readings = _readings(text)
    if not readings:
        raise DataError("errors.no_number", text=_clip(text))
    if len(readings) > 1:
        whole, decimal = readings
        raise DataError(
            "errors.two_numbers",
            text=_clip(text),
            as_thousands=whole,
            as_decimal=decimal,
            shortened=_shortened(decimal),
        )
    return _value(readings[0])


def read_number_between(text: str, low: float, high: float) -> float:
    """Read one number from low to high; a whole one where these are of type int.

    Raises
    ------
    DataError
        As ``read_number``, and if it is not whole or out of these bounds, which it names.
    """
    value, is_whole = read_number(text), isinstance(low, int)
    if not low <= value <= high:
        raise DataError(
            "errors.whole_out_of_bounds" if is_whole else "errors.out_of_bounds",
            text=_clip(text),
            low=low,
            high=high,
        )
    if is_whole and not value.is_integer():
        raise DataError("errors.not_whole", text=_clip(text), low=low, high=high)
    return int(value) if is_whole else value


def read_numbers(text: str) -> list[float]:
    """Read a list of numbers, separated by spaces, semicolons, or a comma and a space.

    A comma without a space separates, too, where it cannot belong to a number: 1,5,1,5 is four
    numbers, and 0,5 is refused.

    Raises
    ------
    DataError
        If anything in it is no number, or can be read in two ways.
    """
    words = [word for word in _BETWEEN_NUMBERS.split(text) if word]
    return [value for word in words for value in _read_word(word)]


def _read_word(word: str) -> list[float]:
    """Read what stands between two spaces of a list: one number, or several with commas."""
    alone = _readings(word)
    several = [part.strip() for part in word.split(",") if part.strip()] if "," in word else []
    if several and not all(len(_readings(part)) == 1 for part in several):
        several = []
    if alone and several:
        raise DataError(
            "errors.one_or_several", text=_clip(word), one_number=alone[-1], several=several
        )
    if not alone and not several:
        raise DataError("errors.no_number_in_list", text=_clip(word))
    if len(alone) > 1:
        return [read_number(word)]  # which says that it can be read in two ways
    readings = [_readings(part)[0] for part in several] or alone
    return [_value(reading, in_list=True) for reading in readings]


def _readings(text: str) -> list[str]:
    """List what a text can mean, as ``float`` reads it: thousands first, then a decimal comma."""
    text = text.strip()
    match = _PARTS.fullmatch(text.translate(_SIGNS)) if len(text) <= _MAX_LENGTH else None
    if match is None:
        return []
    sign, digits, power = match.groups()
    readings = []
    if _PLAIN.fullmatch(digits):
        readings.append(digits)
    if _COMMA_GROUPS.fullmatch(digits):
        readings.append(digits.replace(",", ""))
    if _DECIMAL_COMMA.fullmatch(digits):
        readings.append(digits.replace(",", "."))
    if groups := _OTHER_GROUPS.fullmatch(digits):
        readings.append(digits.replace(groups[1], "").replace(",", "."))
    return [f"{sign}{reading}{power}" for reading in readings]


def _value(reading: str, in_list: bool = False) -> float:
    value = float(reading)
    if math.isinf(value):
        raise DataError(
            "errors.number_in_list_too_large" if in_list else "errors.number_too_large",
            text=_clip(reading),
        )
    if value == 0 and re.search("[1-9]", re.split("[eE]", reading)[0]):
        raise DataError(
            "errors.number_in_list_too_small" if in_list else "errors.number_too_small",
            text=_clip(reading),
        )
    return value


def _shortened(decimal: str) -> str:
    """Write 1.0 for 1.000, so that it cannot be taken for a thousand."""
    sign_and_digits, power = re.fullmatch(r"([^eE]*)(.*)", decimal).groups()  # type: ignore[union-attr]
    digits = sign_and_digits.rstrip("0")
    return f"{digits}{'0' if digits.endswith('.') else ''}{power}"


def _clip(text: str) -> str:
    text = text.strip()
    return text if len(text) <= _SHOWN_CHARACTERS else f"{text[:_SHOWN_CHARACTERS]}…"
