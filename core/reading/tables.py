"""Tables as people keep them: names, units, titles and totals found, columns read as numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations
from typing import Any

import numpy as np

from core.points import MIN_POINTS, DataError, Dataset, FloatArray, own_points
from core.reading.dates import find_dates, is_date
from core.reading.numbers import (
    OTHER,
    Decimal,
    Decision,
    Numbers,
    decide,
    find_numbers,
    is_missing,
    is_number,
    read_digits,
    unit_of,
    weigh,
)
from core.reading.text import MAX_CELL, MAX_COLUMNS, Grid, Source, clip, read_grid

_SAMPLE = 200  # rows that tell which columns hold numbers
_TOP = 100  # rows among which the names of the columns are looked for
_TRIED_COLUMNS = 40  # of which pairs are tried


@dataclass(frozen=True)
class How:
    """What somebody has said about how a file is to be read, where it leaves that open.

    Parameters
    ----------
    decimal : {".", ","} or None
        The decimal sign of columns that can be read with either; None where nobody said it.
    day_first : bool or None
        Whether 3/4/2024 is in April.
    keep_totals : bool
        Whether rows that look like totals are points.
    leave_out_unreadable : bool
        Whether rows are left out in which a cell is no number.
    """

    decimal: Decimal | None = None
    day_first: bool | None = None
    keep_totals: bool = False
    leave_out_unreadable: bool = False


AS_IT_IS = How()


@dataclass(frozen=True)
class Option:
    """Something that somebody can say about how a file is to be read.

    Parameters
    ----------
    label : str
        What it means.
    change : mapping of str to object
        What it sets in ``How``.
    """

    label: str
    change: Mapping[str, Any]


class UnreadableCellsError(DataError):
    """Cells that are no numbers, or rows with more or fewer cells than most.

    Parameters
    ----------
    cells : sequence of (int, str, str)
        Row, column and content of each; of a row its number of cells, and no column.
    width : int
        How many cells most rows have.
    """

    def __init__(self, cells: Sequence[tuple[int, str, str]], width: int) -> None:
        self.cells = tuple(cells)
        shown = [
            f"row {row} of '{clip(column)}' is {_content(cell)}"
            if column
            else f"row {row} has {cell} where most rows have {width}"
            for row, column, cell in cells[:3]
        ]
        more = f", and {len(cells) - 3:,} more" if len(cells) > 3 else ""
        what = "it" if len(cells) == 1 else "them"
        rows = "that row" if len({row for row, _, _ in cells}) == 1 else "those rows"
        text = f"{', '.join(shown)}{more}. Clean {what}, leave out {rows}, or choose other columns."
        super().__init__(f"R{text[1:]}")


def _content(cell: str) -> str:
    if len(cell) <= MAX_CELL:
        return f"'{cell}'"
    return f"'{cell[:20]}…', {len(cell):,} characters long"


class TwoReadingsError(DataError):
    """A column that can be read in two ways, and nothing tells which.

    Parameters
    ----------
    cell, column : str
        A cell that can, and the name of its column.
    row : int
        Its row.
    options : pair of Option
        What the cell can mean.
    say : str
        How to say it without a screen, as a sentence.
    """

    def __init__(
        self, cell: str, column: str, row: int, options: tuple[Option, Option], say: str
    ) -> None:
        self.cell, self.column, self.row, self.options = cell, column, row, options
        one, other = options
        super().__init__(
            f"'{cell}' in row {row} of '{clip(column)}' can be read as {one.label} or as "
            f"{other.label}, and nothing in the file tells which: {say}."
        )


@dataclass(frozen=True, eq=False)
class Column:
    """A column as numbers.

    Parameters
    ----------
    name, label : str
        What it is called in the table, and with its unit.
    values : ndarray of shape (rows,)
        NaN where nothing was measured, or nothing can be read.
    unreadable : dict of int to str
        Cells that are neither numbers nor missing, by their place among the rows.
    about : dict of int to str
        Cells that say a number with "about", by their place.
    signs : frozenset of str
        Signs that its numbers hold: ``.``, ``,``, a space or an apostrophe.
    decision : Decision
        How its decimal sign was decided.
    first_day : str
        What its days are counted from; empty where it holds no dates.
    is_day_first : bool or None
        Whether its dates were read with the day first; None where they can be read in one way.
    """

    name: str
    label: str
    values: FloatArray
    unreadable: dict[int, str]
    about: dict[int, str] = field(default_factory=dict)
    signs: frozenset[str] = frozenset()
    decision: Decision = Decision(".")
    first_day: str = ""
    is_day_first: bool | None = None


@dataclass(frozen=True, eq=False)
class Table:
    """A table as text.

    Parameters
    ----------
    names : list of str
        Column names, all different, with the units that stand below them.
    rows : list of list of str
        Cells of the points, each row as long as ``names``.
    row_numbers : list of int
        Where each row stands in the file, counted from 1 as a spreadsheet does.
    delimiter : str
        What separated the cells.
    nameless : bool
        Whether the first column has no name in the file.
    apart : tuple of (int, str)
        Rows of the file that are not among ``rows``, and what they are.
    totals : tuple of (int, str)
        Places of rows that look like totals, and how they are called.
    ragged : tuple of (int, int)
        Rows of the file with more or fewer cells than most, and how many.
    """

    names: list[str]
    rows: list[list[str]]
    row_numbers: list[int]
    delimiter: str
    nameless: bool = False
    apart: tuple[tuple[int, str], ...] = ()
    totals: tuple[tuple[int, str], ...] = ()
    ragged: tuple[tuple[int, int], ...] = ()

    def cells(self, name: str) -> list[str]:
        """List the cells of a column.

        Raises
        ------
        DataError
            If there is no such column.
        """
        if name not in self.names:
            raise DataError(
                f"There is no column '{clip(name)}'. The columns are {_list(self.names)}."
            )
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    @cached_property
    def numeric(self) -> dict[str, Numbers]:
        """The columns that hold more numbers than text."""
        sample = self.rows[:: max(len(self.rows) // _SAMPLE, 1)]
        found = {}
        for place, name in enumerate(self.names):
            some = [row[place] for row in sample]
            numbers = sum(map(is_number, some))
            if numbers < sum(not is_missing(cell) for cell in some) - numbers:
                continue
            column = find_numbers(self.cells(name))
            if column.count and column.count >= len(column.unreadable):
                found[name] = column
        return found

    @cached_property
    def decisions(self) -> dict[str, Decision]:
        """How the decimal sign of each column of numbers is decided, from the whole file."""
        evidence = {name: weigh(column.digits) for name, column in self.numeric.items()}
        units = [column.unit for column in self.numeric.values()]
        decided = decide(list(evidence.values()), units, self.delimiter)
        return dict(zip(evidence, decided, strict=True))

    def column(self, name: str, how: How = AS_IT_IS) -> Column:
        """Read a column.

        Raises
        ------
        TwoReadingsError
            If it can be read in two ways, nothing tells which, and nor does ``how``.
        DataError
            If there is no such column, or it holds text.
        """
        cells = self.cells(name)
        if name in self.numeric:
            return self._numbers(name, how)
        dates = find_dates(cells, how.day_first)
        if dates is None:
            place = next((i for i, cell in enumerate(cells) if not is_missing(cell)), None)
            if place is None:
                raise DataError(f"Column '{clip(name)}' is empty: choose a column of numbers.")
            raise DataError(
                f"Row {self.row_numbers[place]} of '{clip(name)}' is {_content(cells[place])}, and "
                "hardly a cell of it is a number: choose another column."
            )
        if dates.example and how.day_first is None:
            row = self.row_numbers[cells.index(dates.example)]
            options = (
                Option("a date with the day first", {"day_first": True}),
                Option("one with the month first", {"day_first": False}),
            )
            say = "write dates as 2024-12-31, or give day_first"
            raise TwoReadingsError(dates.example, name, row, options, say)
        return Column(
            name,
            f"{name} (days since {dates.first})",
            dates.days,
            dates.unreadable,
            first_day=dates.first,
            is_day_first=how.day_first if dates.example else None,
        )

    def _numbers(self, name: str, how: How) -> Column:
        numbers, decision = self.numeric[name], self.decisions[name]
        decimal = how.decimal if decision.open and how.decimal else decision.decimal
        cells = self.cells(name)
        if decision.guess and how.decimal is None:
            digits = weigh(numbers.digits).example
            place = numbers.digits.index(digits)
            sign: Decimal = "," if "," in digits else "."
            options = (
                Option(digits.replace(sign, ""), {"decimal": OTHER[sign]}),
                Option(_shortened(digits.replace(",", ".")), {"decimal": sign}),
            )
            say = "give the decimal sign, . or ,"
            raise TwoReadingsError(cells[place], name, self.row_numbers[place], options, say)
        values, refused = read_digits(numbers.digits, decimal)
        unreadable = numbers.unreadable | {place: cells[place] for place in refused}
        text = "".join(numbers.digits)
        has_new_unit = numbers.unit and numbers.unit not in name
        return Column(
            name,
            f"{name} ({numbers.unit})" if has_new_unit else name,
            values,
            dict(sorted(unreadable.items())),
            numbers.about,
            frozenset(sign for sign in "., '" if sign in text),
            Decision(decimal, decision.open),
        )


def _shortened(decimal: str) -> str:
    """Write 1.5 for 1.500, so that it cannot be taken for a thousand."""
    return decimal.rstrip("0").removesuffix(".")


# From a file to a table


def read_table(source: Source) -> Table:
    """Read a file as a table, without choosing columns; see ``core.datasets.read_csv``.

    Raises
    ------
    DataError
        If the file is no table, or larger than is allowed. Never another exception.
    """
    grid = read_grid(source)
    width = _width(grid.rows)
    if width < 2:
        raise DataError(
            "The file has only one column: give two, separated by commas, semicolons or tabs."
        )
    if width > MAX_COLUMNS:
        raise DataError(
            f"The file has {width:,} columns, more than {MAX_COLUMNS:,}: leave in those you need."
        )
    return _Reader(grid, width).table()


def _width(rows: list[list[str]]) -> int:
    """Count the cells of most rows; rows with more numbers weigh more."""
    weights: Counter[int] = Counter()
    for row in rows[:: max(len(rows) // _SAMPLE, 1)]:
        weights[len(row)] += (1 + 10 * sum(map(is_number, row))) * (len(row) > 1)
    width, weight = weights.most_common(1)[0]
    return width if weight else 1


class _Reader:
    """Tell the rows of a grid apart: title, names, units, points, totals, notes."""

    def __init__(self, grid: Grid, width: int) -> None:
        self.grid, self.width = grid, width
        self.apart: list[tuple[int, str]] = []
        self.ragged: list[tuple[int, int]] = []
        self._take_rows_of_width()

    def _take_rows_of_width(self) -> None:
        """Keep the rows that are as wide as most; of the others, tell lines of text apart."""
        grid, kept = self.grid, []
        wide = [i for i, row in enumerate(grid.rows) if len(row) == self.width]
        for i, row in enumerate(grid.rows):
            if len(row) == self.width:
                kept.append(i)
            elif any("\n" in cell for cell in row):
                raise self._ragged(
                    grid.row_numbers[i], len(row), "A quotation mark in it opens and never closes."
                )
            elif len(row) == 1 and i < wide[0] and not is_number(row[0]):
                self.apart.append((grid.row_numbers[i], "title"))
            elif len(row) == 1 and i > wide[-1] and not is_number(row[0]):
                self.apart.append((grid.row_numbers[i], "note"))
            elif (
                len(row) == self.width - 1
                and i + 1 == wide[0]
                and grid.delimiter in "\t "
                and not any(map(is_number, row))
            ):  # R leaves out the name of the row names
                row.insert(0, "")
                kept.append(i)
            elif any(row[self.width :]) or len(row) < self.width:
                self.ragged.append((grid.row_numbers[i], len(row)))
            else:  # more delimiters at the end
                del row[self.width :]
                kept.append(i)
        self.rows = [grid.rows[i] for i in kept]
        self.numbers = [grid.row_numbers[i] for i in kept]

    def _ragged(self, number: int, cells: int, why: str = "") -> DataError:
        return DataError(
            f"Row {number} has {_count(cells, 'cell')} where most rows have {self.width}. {why}"
            f"{' ' * bool(why)}Correct that row, or save the file as CSV again."
        )

    def table(self) -> Table:
        """Make a table of them."""
        header, begin = self._find_header()
        names = self._names(header, begin)
        if begin >= len(self.rows):
            raise DataError(
                f"There are no rows below the header: give at least {MIN_POINTS} points."
            )
        points = list(zip(self.rows[begin:], self.numbers[begin:], strict=True))
        if header is not None:
            names_again = self.rows[header]
            self.apart += [(number, "names again") for row, number in points if row == names_again]
            points = [(row, number) for row, number in points if row != names_again]
        self._take_notes_off(points)
        totals = _find_totals([row for row, _ in points])
        return Table(
            names,
            [row for row, _ in points],
            [number for _, number in points],
            self.grid.delimiter,
            nameless=header is not None and not self.rows[header][0],
            apart=tuple(sorted(self.apart)),
            totals=tuple(totals),
            ragged=tuple(self.ragged),
        )

    @cached_property
    def numeric(self) -> dict[int, str]:
        """The columns that hold numbers or dates in most rows, and the unit of their numbers."""
        sample = self.rows[1:][:: max(len(self.rows) // _SAMPLE, 1)] or self.rows
        found = {}
        for place in range(self.width):
            cells = [row[place] for row in sample]
            values = sum(map(_is_value, cells))
            if values and 2 * values >= sum(not is_missing(cell) for cell in cells):
                found[place] = find_numbers(cells).unit
        return found

    def _find_header(self) -> tuple[int | None, int]:
        """Find the row with the names of the columns, and the first row of points."""
        if not self.numeric:
            return 0, 1
        top = [
            # A number with a unit of its own is a name: 100m over 13.2 and 14.1.
            [
                "text" if is_number(cell) and unit_of(cell) not in ("", unit) else cell
                for cell, unit in ((row[place], unit) for place, unit in self.numeric.items())
            ]
            for row in self.rows[:_TOP]
        ]
        clean = next((i for i, cells in enumerate(top) if _is_clean(cells)), len(top))
        names = [i for i in range(clean) if self._is_names(i, top[i])]
        if not names:
            has_names = (clean > 0 and any(map(_is_text, top[0]))) or self._is_numbered(0)
            return (0, 1) if has_names else (None, 0)
        header = names[-1]
        begin = header + 1
        if len(names) > 1 and names[-2] == header - 1 and _are_units(top[header]):
            header -= 1
        elif begin < clean and _are_units(top[begin]):
            begin += 1
        return header, begin

    def _is_names(self, row: int, cells: list[str]) -> bool:
        """Tell whether a row of the top can hold names: text where other rows have numbers."""
        filled = sum(map(bool, self.rows[row]))
        texts = sum(map(_is_text, cells))
        return filled > 1 and 2 * texts >= len(cells) and not any(map(_is_value, cells))

    def _is_numbered(self, row: int) -> bool:
        """Tell whether numbers in the first row are names, such as 1, 2, 3 or 2022, 2023.

        They rise evenly, beside a name that is unlike the text below it.
        """
        cells = self.rows[row]
        texts = [place for place in range(self.width) if place not in self.numeric]
        labels = [cells[place] for place in self.numeric]
        if not texts or len(self.rows) < 3 or not all(_WHOLE.fullmatch(label) for label in labels):
            return False
        steps = {int(b) - int(a) for a, b in zip(labels, labels[1:], strict=False)}
        if len(steps) != 1 or min(steps) <= 0:
            return False
        below = [[other[place] for other in self.rows[1:_TOP]] for place in texts]
        return any(
            not cells[place]
            or cells[place].casefold() in _WORDS_FOR_ROWS
            or _stands_out(cells[place], others)
            for place, others in zip(texts, below, strict=True)
        )

    def _names(self, header: int | None, begin: int) -> list[str]:
        """Name the columns: by their names, the groups above and the units below them."""
        above_points = [
            (number, cells) for number, cells in self.ragged if number < self.numbers[0]
        ]
        if header is None:
            if above_points:  # as many names as columns, had no number a decimal comma
                raise self._ragged(*above_points[-1])
            return unique_names([""] * self.width)
        self.ragged = self.ragged[len(above_points) :]
        self.apart += [(number, "title") for number, _ in above_points]
        names = list(self.rows[header])
        above = header - 1
        for i in range(header):
            if i != above or not self._is_group(i):
                self.apart.append((self.numbers[i], "title"))
        if header and self._is_group(above):
            group = ""
            for place, cell in enumerate(self.rows[above]):
                group = cell or group
                names[place] = f"{group} {names[place]}".strip()
        if begin == header + 2:
            for place, unit in enumerate(self.rows[begin - 1]):
                bare = unit.strip("[]() ")
                if bare and bare not in names[place] and place in self.numeric:
                    names[place] = f"{names[place]} ({bare})"
            self.apart.append((self.numbers[begin - 1], "units, now in the names"))
        return unique_names(names)

    def _is_group(self, row: int) -> bool:
        """Tell whether a row above the names groups them: some cells, with gaps between."""
        filled = sum(map(bool, self.rows[row]))
        return 2 <= filled < self.width and not any(map(_is_value, self.rows[row]))

    def _take_notes_off(self, points: list[tuple[list[str], int]]) -> None:
        """Take the last rows away that hold nothing but one text."""
        while (
            points and sum(map(bool, points[-1][0])) == 1 and not any(map(_is_value, points[-1][0]))
        ):
            self.apart.append((points.pop()[1], "note"))


def _find_totals(rows: list[list[str]]) -> list[tuple[int, str]]:
    """Find the last rows that are named like totals, and how they are named."""
    totals = []
    for place in range(len(rows) - 1, max(len(rows) - 10, MIN_POINTS) - 1, -1):
        named = next(filter(is_total, rows[place]), None)
        if named is None:
            break
        totals.append((place, named))
    return totals[::-1]


def _is_value(cell: str) -> bool:
    return is_number(cell) or is_date(cell)


def _is_text(cell: str) -> bool:
    return bool(cell) and not is_missing(cell) and not _is_value(cell)


def _is_clean(cells: list[str]) -> bool:
    return any(map(_is_value, cells)) and not any(map(_is_text, cells))


_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_WORDS_FOR_ROWS = frozenset(
    [
        "name",
        "id",
        "student",
        "pupil",
        "country",
        "city",
        "place",
        "region",
        "state",
        "product",
        "person",
        "group",
        "class",
        "code",
        "schüler",
        "land",
        "ort",
        "stadt",
        "klasse",
        "gruppe",
        "nom",
        "élève",
        "pays",
        "ville",
        "nombre",
        "alumno",
        "país",
        "ciudad",
    ]
)


def _stands_out(cell: str, others: list[str]) -> bool:
    """Tell whether a text is written unlike all others, which are written alike: ID, S01, S02."""
    shapes = {_shape(other) for other in others}
    return len(shapes) == 1 and _shape(cell) not in shapes


def _shape(text: str) -> str:
    return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", text))


_UNITS = frozenset(
    [
        "s",
        "sec",
        "seconds",
        "ms",
        "µs",
        "μs",
        "min",
        "h",
        "hr",
        "hours",
        "d",
        "day",
        "days",
        "week",
        "weeks",
        "month",
        "months",
        "yr",
        "year",
        "years",
        "a",
        "jahre",
        "m",
        "cm",
        "mm",
        "km",
        "µm",
        "μm",
        "nm",
        "dm",
        "in",
        "inch",
        "inches",
        "ft",
        "feet",
        "yd",
        "mi",
        "mile",
        "miles",
        "g",
        "kg",
        "mg",
        "µg",
        "t",
        "lb",
        "lbs",
        "oz",
        "n",
        "kn",
        "mn",
        "v",
        "mv",
        "kv",
        "ma",
        "µa",
        "ω",
        "ohm",
        "kω",
        "w",
        "mw",
        "kw",
        "kwh",
        "wh",
        "j",
        "kj",
        "mj",
        "cal",
        "kcal",
        "hz",
        "khz",
        "mhz",
        "pa",
        "kpa",
        "hpa",
        "mpa",
        "bar",
        "mbar",
        "atm",
        "k",
        "°c",
        "°f",
        "°k",
        "c",
        "f",
        "l",
        "ml",
        "cl",
        "dl",
        "mol",
        "mmol",
        "ph",
        "db",
        "lx",
        "lm",
        "cd",
        "rad",
        "deg",
        "°",
        "%",
        "‰",
        "ppm",
        "$",
        "€",
        "£",
        "¥",
        "usd",
        "eur",
        "gbp",
        "chf",
        "m²",
        "m³",
        "cm²",
        "cm³",
        "mm²",
        "km²",
        "m2",
        "m3",
        "m^2",
        "m^3",
        "mph",
        "kmh",
        "rpm",
        "bpm",
        "count",
        "n",
        "pieces",
        "sekunden",
        "minuten",
        "stunden",
        "tage",
        "monate",
        "meter",
        "metres",
        "meters",
    ]
)


def _are_units(cells: list[str]) -> bool:
    """Tell whether what stands in these cells is units: short, and mostly well known."""
    filled = [cell for cell in cells if cell]
    return 0 < len(filled) <= 2 * sum(map(_is_unit, filled)) and max(map(len, filled)) <= 20


def _is_unit(cell: str) -> bool:
    if re.fullmatch(r"\[[^\]]{0,20}\]|\([^)]{0,20}\)", cell):
        return True
    parts = re.split(r"[/·*⋅ ]|\^?[-+]?\d+|[²³⁻¹]+", cell.casefold())
    return len(cell) <= 20 and all(part in _UNITS for part in parts if part) and any(parts)


_TOTAL_WORDS = frozenset(
    [
        "total",
        "totals",
        "sum",
        "sums",
        "subtotal",
        "mean",
        "means",
        "average",
        "averages",
        "avg",
        "median",
        "overall",
        "summe",
        "gesamt",
        "insgesamt",
        "mittelwert",
        "mittel",
        "durchschnitt",
        "schnitt",
        "somme",
        "moyenne",
        "suma",
        "promedio",
        "σ",
        "∑",
        "ø",
        "std",
        "stdev",
        "sd",
        "standardabweichung",
        "maximum",
        "minimum",
    ]
)


def is_total(cell: str) -> bool:
    """Tell whether a cell names a total, a mean or the like."""
    words = re.split(r"[^\w∑ø]+", cell[:60].casefold())
    return len(words) <= 5 and any(word in _TOTAL_WORDS for word in words)


# From a table to points


@dataclass(frozen=True, eq=False)
class PointsRead:
    """Points, and how they were read.

    Parameters
    ----------
    points : Dataset
    x, y : str
        The names of the columns in the table.
    notes : tuple of str
        Sentences about how they were read, and what was left out.
    otherwise : tuple of Option
        Other ways in which the file can be read.
    """

    points: Dataset
    x: str
    y: str
    notes: tuple[str, ...]
    otherwise: tuple[Option, ...]


def read_points(
    table: Table, x: str | None = None, y: str | None = None, how: How = AS_IT_IS
) -> PointsRead:
    """Take two columns of a table as points; see ``core.datasets.read_csv``.

    Raises
    ------
    TwoReadingsError, UnreadableCellsError
        If somebody has to say how the columns are to be read.
    DataError
        If there are no such columns, or as ``own_points`` does.
    """
    if x is None or y is None:
        x, y = choose_columns(table, x, y, how)
    columns = table.column(x, how), table.column(y, how)
    totals = {} if how.keep_totals else dict(table.totals)
    if not how.leave_out_unreadable:
        _refuse_unreadable(table, dict.fromkeys(columns), totals)
    is_point = np.array([place not in totals for place in range(len(table.rows))], dtype=np.bool_)
    across, up = (np.where(is_point, column.values, np.nan) for column in columns)
    points = own_points(across, up, columns[0].label, columns[1].label, table.row_numbers)
    left_out = _left_out(table, columns, totals, points, how)
    return PointsRead(
        points,
        x,
        y,
        (*_notes(columns, table), *left_out),
        tuple(_otherwise(table, columns, how)),
    )


def _refuse_unreadable(table: Table, columns: Iterable[Column], totals: dict[int, str]) -> None:
    """Raise an error that lists all cells that are no numbers, and all rows that are no rows."""
    wrong = [(row, "", _count(cells, "cell")) for row, cells in table.ragged]
    for column in columns:
        wrong += [
            (table.row_numbers[place], column.name, cell)
            for place, cell in column.unreadable.items()
            if place not in totals
        ]
    if wrong:
        raise UnreadableCellsError(sorted(wrong), len(table.names))


def choose_columns(table: Table, x: str | None, y: str | None, how: How) -> tuple[str, str]:
    """Choose the first columns that make a line; constant ones and row numbers last.

    Parameters
    ----------
    x, y : str or None
        Columns that are chosen already.

    Raises
    ------
    DataError
        If there are no two columns of numbers.
    """
    for name in filter(None, (x, y)):
        table.cells(name)
    anyway = How(how.decimal or ".", how.day_first is not False, how.keep_totals, True)
    columns = [table.column(name, anyway) for name in _worth_trying(table)]
    varying = [column for column in columns if not _is_constant(column.values)]
    usual = [column for column in varying if not _is_row_number(table, column)]
    readable = [c for c in usual if 4 * len(c.unreadable) <= np.count_nonzero(~np.isnan(c.values))]
    refused: tuple[str, str] | None = None
    for group in (readable, usual, varying, columns):
        for pair in _pairs([column.name for column in group[:_TRIED_COLUMNS]], x, y):
            try:
                read_points(table, *pair, anyway)
            except DataError:
                refused = refused or pair
            else:
                return pair
    if refused:
        return refused  # reading it says why
    example = next(_almost_numbers(table), "")
    raise DataError(
        f"Fewer than two columns hold numbers (the columns are {_list(table.names)}{example}): "
        "give one column for x and one for y."
    )


def _almost_numbers(table: Table) -> Iterator[str]:
    """Say what stands in columns of text with digits in it."""
    for name in table.names:
        if name not in table.numeric:
            for row, cell in zip(table.row_numbers, table.cells(name), strict=True):
                if any(map(str.isdigit, cell)):
                    yield f"; row {row} of '{clip(name)}' is {_content(cell)}"
                    break


def _pairs(names: list[str], x: str | None, y: str | None) -> Iterable[tuple[str, str]]:
    if x is not None:
        return [(x, name) for name in names if name != x]
    if y is not None:
        return [(name, y) for name in names if name != y]
    return combinations(names, 2)


def _worth_trying(table: Table) -> list[str]:
    """List the columns of numbers, and those of dates that rise from row to row.

    Other dates count only where there are fewer than two columns of numbers.
    """
    names = []
    for name in table.names:
        if name in table.numeric:
            names.append(name)
        elif dates := find_dates(table.cells(name)):
            days = dates.days[~np.isnan(dates.days)]
            if len(table.numeric) < 2 or np.all(np.diff(days) > 0):
                names.append(name)
    return names


def _is_constant(values: FloatArray) -> bool:
    values = values[~np.isnan(values)]
    return values.size == 0 or float(np.ptp(values)) == 0


_ROW_NUMBER_NAMES = frozenset(
    [
        "nr",
        "no",
        "num",
        "number",
        "id",
        "index",
        "idx",
        "row",
        "rownames",
        "obs",
        "case",
        "lfd",
        "lfdnr",
        "pos",
        "nummer",
        "sno",
        "slno",
        "srno",
        "record",
        "unnamed0",
    ]
)


def _is_row_number(table: Table, column: Column) -> bool:
    """Tell whether a column only counts the rows, by its name and by what is in it."""
    name = re.sub(r"[\W_]", "", column.name.casefold())
    is_named = name in _ROW_NUMBER_NAMES or "#" in column.name
    if not is_named and not (table.nameless and column.name == table.names[0]):
        return False
    values = column.values[~np.isnan(column.values)]
    return bool(np.all(np.diff(values) == 1) and values[0].is_integer())


def _notes(columns: Sequence[Column], table: Table) -> Iterator[str]:
    """Say how the numbers of columns were read."""
    ways = {column.name: list(_ways(column)) for column in columns}
    decimals = {column.decision.decimal for column in columns if ways[column.name]}
    if len(decimals) > 1:
        yield " ".join(f"“{clip(n)}” is read with {', '.join(w)}." for n, w in ways.items() if w)
    elif decimals:
        yield f"Read with {', '.join(dict.fromkeys(way for w in ways.values() for way in w))}."
    about = {place: cell for column in columns for place, cell in column.about.items()}
    if about:
        some = [f"“{about[place]}” (row {table.row_numbers[place]})" for place in sorted(about)]
        yield f"Read as plain numbers: {_some(some)}."
    for column in dict.fromkeys(columns):
        if column.first_day:
            yield f"“{clip(column.name)}” is read as days since {column.first_day}."


def _ways(column: Column) -> Iterator[str]:
    decimal, signs = column.decision.decimal, column.signs
    if decimal is None:
        yield "decimal points and decimal commas"
    elif decimal in signs:
        yield "a decimal point" if decimal == "." else "a decimal comma"
    if decimal is not None and OTHER[decimal] in signs:
        yield "commas between thousands" if decimal == "." else "dots between thousands"
    if " " in signs:
        yield "spaces between thousands"
    if "'" in signs:
        yield "apostrophes between thousands"


def _left_out(
    table: Table, columns: Sequence[Column], totals: dict[int, str], points: Dataset, how: How
) -> Iterator[str]:
    """Say which rows of the file are no points, and why."""
    unreadable = {place for column in columns for place in column.unreadable}
    reasons = [*table.apart]
    if how.leave_out_unreadable:
        reasons += [(row, "number of cells") for row, _ in table.ragged]
    out = set(points.left_out)
    for place, row in enumerate(table.row_numbers):
        if place in totals:
            reasons.append((row, f"“{clip(totals[place])}”"))
        elif row in out:
            reasons.append((row, "no number" if place in unreadable else "no value"))
    rows: dict[str, list[str]] = {}
    for row, reason in sorted(reasons):
        rows.setdefault(reason, []).append(str(row))
    if rows:
        parts = [
            f"{'row' if len(some) == 1 else 'rows'} {_some(some)} ({reason})"
            for reason, some in rows.items()
        ]
        yield f"Left out: {'; '.join(parts)}."


def _otherwise(table: Table, columns: Sequence[Column], how: How) -> Iterator[Option]:
    for decimal in dict.fromkeys(c.decision.decimal for c in columns if c.decision.open):
        other: Decimal = OTHER[decimal or "."]
        sign = "comma" if other == "," else "point"
        yield Option(f"Read with a decimal {sign} instead", {"decimal": other})
    if any(column.is_day_first is not None for column in columns):
        first = any(column.is_day_first for column in columns)
        name = "month" if first else "day"
        yield Option(f"Read dates with the {name} first", {"day_first": not first})
    if table.totals:
        rows = [str(table.row_numbers[place]) for place, _ in table.totals]
        what = f"{'row' if len(rows) == 1 else 'rows'} {', '.join(rows)}"
        do = "Leave out" if how.keep_totals else "Keep"
        yield Option(
            f"{do} {what} ({clip(table.totals[0][1])})", {"keep_totals": not how.keep_totals}
        )


def unique_names(names: Iterable[str]) -> list[str]:
    """Name the nameless by their place and number the repeated, so that each can be chosen."""
    unique: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        base = clip(" ".join(name.split())) or f"column {place}"
        candidate, again = base, 2
        while candidate in seen:
            candidate, again = f"{base} ({again})", again + 1
        seen.add(candidate)
        unique.append(candidate)
    return unique


def _list(names: list[str], most: int = 8) -> str:
    shown = ", ".join(f"'{clip(name)}'" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _some(texts: list[str], most: int = 10) -> str:
    shown = ", ".join(texts[:most])
    return f"{shown} and {len(texts) - most:,} more" if len(texts) > most else shown


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"
