"""A table and its columns: which hold numbers, and how those are read."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal

from core.points import DataError, FloatArray
from core.reading.dates import Dates, find_dates, is_date
from core.reading.numbers import (
    MAX_CELL,
    OTHER,
    Decimal,
    Decision,
    Numbers,
    decide,
    find_numbers,
    is_missing,
    is_number,
    read_digits,
    weigh,
)
from core.reading.text import clip
from core.words import Sentence

SAMPLE = 100  # rows that tell which columns hold numbers


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
_POINT = Decision(".")


@dataclass(frozen=True)
class Option:
    """Something that somebody can say about how a file is to be read.

    Parameters
    ----------
    label : Sentence
        What it means.
    change : mapping of str to object
        What it sets in ``How``.
    """

    label: Sentence
    change: Mapping[str, Any]


_SHOWN_CELLS = 3  # in the sentence of an error


class UnreadableCellsError(DataError):
    """Cells that are no numbers, or rows with more or fewer cells than most.

    Parameters
    ----------
    cells : sequence of (int, str, str or int)
        Row, column and content of each; of a row with more or fewer, no column and how many.
    width : int
        How many cells most rows have.

    Attributes
    ----------
    rows : int
        In how many rows they are.
    """

    def __init__(self, cells: Sequence[tuple[int, str, str | int]], width: int) -> None:
        self.cells = tuple(cells)
        self.rows = len({row for row, _, _ in cells})
        shown = [_unreadable(*cell, width) for cell in cells[:_SHOWN_CELLS]]
        more = len(cells) - len(shown)
        if len(cells) == 1:
            super().__init__("reading.unreadable", listed_cells=shown)
        elif self.rows == 1:
            super().__init__("reading.unreadable_in_one_row", listed_cells=shown, more=more)
        else:
            super().__init__("reading.unreadable_in_rows", listed_cells=shown, more=more)

    def listed(self, most: int = 200) -> list[Sentence]:
        """List the cells, to be written below one another, at most so many."""
        lines = [
            Sentence("reading.listed_row", row=row, cells_of_row=cell)
            if isinstance(cell, int)
            else Sentence("reading.listed_cell", row=row, column=column, cell=cell[:60])
            for row, column, cell in self.cells[:most]
        ]
        rest = len(self.cells) - most
        return [*lines, Sentence("reading.listed_rest", more=rest)] if rest > 0 else lines


def _unreadable(row: int, column: str, cell: str | int, width: int) -> Sentence:
    if isinstance(cell, int):
        return Sentence("reading.unreadable_row", row=row, cells_of_row=cell, width=width)
    # Of cells that hold a number, only those past float64 have such an exponent.
    is_huge = is_number(cell) and re.search(r"[eE]\+?\d{3,}$", cell)
    return Sentence(
        "reading.unreadable_large_number" if is_huge else "reading.unreadable_cell",
        row=row,
        column=clip(column),
        cell=quoted(cell),
    )


def quoted(cell: str) -> Sentence:
    """Quote a cell in a sentence; a long one is cut."""
    if len(cell) <= MAX_CELL:
        return Sentence("reading.cell", cell=cell)
    return Sentence("reading.long_cell", begin=cell[:20], length=len(cell))


class TwoReadingsError(DataError):
    """A column that can be read in two ways, and nothing tells which.

    Parameters
    ----------
    kind : "numbers" or "dates"
        What it holds.
    cell, column : str
        A cell that can, and the name of its column.
    row : int
        Its row.
    options : pair of Option
        What the cell can mean.
    """

    def __init__(
        self,
        kind: Literal["numbers", "dates"],
        cell: str,
        column: str,
        row: int,
        options: tuple[Option, Option],
    ) -> None:
        self.cell, self.column, self.row, self.options = cell, column, row, options
        first_reading, second_reading = (option.label for option in options)
        super().__init__(
            f"reading.two_readings_of_{kind}",
            cell=cell,
            row=row,
            column=clip(column),
            first_reading=first_reading,
            second_reading=second_reading,
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
    decision: Decision = _POINT
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
        Rows of the file that are not among ``rows``, and what they are: "title", "names_again",
        "units", "comment", "rule" or "note".
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
                "reading.no_such_column", column=clip(name), columns=list_names(self.names)
            )
        place = self.names.index(name)
        return [row[place] for row in self.rows]

    @cached_property
    def numeric(self) -> dict[str, Numbers]:
        """The columns that hold more numbers than text."""
        sample = self.rows[:: max(len(self.rows) // SAMPLE, 1)]
        found = {}
        for place, name in enumerate(self.names):
            some = [row[place] for row in sample]
            numbers = sum(map(is_number, some))
            if numbers < sum(not is_missing(cell) for cell in some) - numbers:
                continue
            if all(map(is_date, filter(None, some))):  # 20240131
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

    @cached_property
    def _values(self) -> dict[tuple[str, Decimal | None], tuple[FloatArray, list[int]]]:
        return {}

    @cached_property
    def _dates(self) -> dict[tuple[str, bool | None], Dates | None]:
        return {}

    def dates(self, name: str, day_first: bool | None = None) -> Dates | None:
        """Read a column as dates; see ``find_dates``."""
        if (name, day_first) not in self._dates:
            self._dates[name, day_first] = find_dates(self.cells(name), day_first)
        return self._dates[name, day_first]

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
        dates = self.dates(name, how.day_first)
        if dates is None:
            place = next((i for i, cell in enumerate(cells) if not is_missing(cell)), None)
            if place is None:
                raise DataError("reading.empty_column", column=clip(name))
            raise DataError(
                "reading.column_of_text",
                row=self.row_numbers[place],
                column=clip(name),
                cell=quoted(cells[place]),
            )
        if dates.example and how.day_first is None:
            row = self.row_numbers[cells.index(dates.example)]
            day_first, month_first = (
                Option(Sentence("reading.reading_as_date", date=date), {"day_first": is_day_first})
                for date, is_day_first in zip(dates.readings, (True, False), strict=True)
            )
            raise TwoReadingsError("dates", dates.example, name, row, (day_first, month_first))
        first_day = dates.first or "the first"
        return Column(
            name,
            f"{name} (days since {first_day})",
            dates.days,
            dates.unreadable,
            first_day=first_day,
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
                _read_as(digits.replace(sign, ""), OTHER[sign]),
                _read_as(_shortened(digits.replace(",", ".")), sign),
            )
            raise TwoReadingsError("numbers", cells[place], name, self.row_numbers[place], options)
        if (name, decimal) not in self._values:
            self._values[name, decimal] = read_digits(numbers.digits, decimal)
        values, refused = self._values[name, decimal]
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


def _read_as(digits: str, decimal: Decimal) -> Option:
    return Option(Sentence("reading.reading_as_number", digits=digits), {"decimal": decimal})


def _shortened(decimal: str) -> str:
    """Write 1.5 for 1.500, so that it cannot be taken for a thousand."""
    return decimal.rstrip("0").removesuffix(".")


def list_names(names: list[str], most: int = 8) -> Sentence:
    """List names of columns in a sentence, at most so many."""
    more = max(len(names) - most, 0)
    return Sentence("reading.columns", names=list(map(clip, names[:most])), more=more)
