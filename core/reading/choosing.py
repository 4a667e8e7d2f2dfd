"""From a table to points: which two columns, and what is said about how they were read."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice
from operator import itemgetter

import numpy as np
from numpy.typing import NDArray

from core.points import MIN_POINTS, DataError, Dataset, FloatArray, own_points
from core.reading.columns import (
    AS_IT_IS,
    Column,
    How,
    Option,
    Table,
    UnreadableCellsError,
    list_names,
    quoted,
)
from core.reading.numbers import OTHER, Decimal
from core.reading.text import clip
from core.reading.vocabulary import IDENTIFIERS, ROW_NUMBERS
from core.words import Sentence

_TRIED_COLUMNS, _TRIED_DATES, _TRIED_PAIRS = 40, 5, 200
_LISTED = 10  # rows in a note


@dataclass(frozen=True, eq=False)
class PointsRead:
    """Points, and how they were read.

    Parameters
    ----------
    points : Dataset
    x, y : str
        The names of the columns in the table.
    notes : tuple of Sentence
        How they were read, and what was left out.
    otherwise : tuple of Option
        Other ways in which the file can be read.
    """

    points: Dataset
    x: str
    y: str
    notes: tuple[Sentence, ...]
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
    is_point = _are_points(table, how)
    if not how.leave_out_unreadable:
        _refuse_unreadable(table, columns, is_point)
    across, up = (np.where(is_point, column.values, np.nan) for column in columns)
    points = own_points(across, up, columns[0].label, columns[1].label, table.row_numbers)
    left_out = _left_out(table, columns, is_point, points, how)
    return PointsRead(
        points,
        x,
        y,
        (*_notes(columns, table), *left_out),
        tuple(_otherwise(table, columns, how)),
    )


def _refuse_unreadable(
    table: Table, columns: Sequence[Column], is_point: NDArray[np.bool_]
) -> None:
    """Raise an error that lists all cells that are no numbers, and all rows that are no rows."""
    wrong: list[tuple[int, str, str | int]] = [(row, "", cells) for row, cells in table.ragged]
    for column in {column.name: column for column in columns}.values():
        wrong += [
            (table.row_numbers[place], column.name, cell)
            for place, cell in column.unreadable.items()
            if is_point[place]
        ]
    if wrong:
        raise UnreadableCellsError(sorted(wrong, key=itemgetter(0, 1)), len(table.names))


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
    # As if somebody had answered all questions: which answer does not change what makes a line.
    anyway = How(how.decimal or ".", how.day_first is not False, how.keep_totals, True)
    chosen_x, chosen_y = (None if n is None else table.column(n, anyway) for n in (x, y))
    columns, varying = [], []
    for name in _worth_trying(table):
        columns.append(table.column(name, anyway))
        if not _is_constant(columns[-1].values):
            varying.append(columns[-1])
        if len(varying) == _TRIED_COLUMNS:
            break
    usual = [column for column in varying if not _tells_rows_apart(table, column)]
    named = [column for name in "xy" for column in usual if column.name.casefold() == name]
    readable = [c for c in usual if 4 * len(c.unreadable) <= np.count_nonzero(~np.isnan(c.values))]
    is_point = _are_points(table, how)
    for group in (named, readable, usual, varying, columns[:_TRIED_COLUMNS]):
        for one, other in islice(_pairs(group, chosen_x, chosen_y), _TRIED_PAIRS):
            if _make_a_line(one.values[is_point], other.values[is_point]):
                return one.name, other.name
    for one, other in _pairs(columns[:_TRIED_COLUMNS], chosen_x, chosen_y):
        return one.name, other.name  # reading them says why they make no line
    names = list_names(table.names)
    for row, name, cell in _cells_with_digits(table):
        raise DataError(
            "reading.too_few_columns_but_digits",
            columns=names,
            row=row,
            column=clip(name),
            cell=quoted(cell),
        )
    raise DataError("reading.too_few_columns", columns=names)


def _cells_with_digits(table: Table) -> Iterator[tuple[int, str, str]]:
    """Find digits in columns of text: row, column and content of the cell."""
    for name in table.names:
        if name not in table.numeric:
            for row, cell in zip(table.row_numbers, table.cells(name), strict=True):
                if any(map(str.isdigit, cell)):
                    yield row, name, cell


def _pairs(
    columns: list[Column], x: Column | None, y: Column | None
) -> Iterable[tuple[Column, Column]]:
    if x:
        return [(x, column) for column in columns if column.name != x.name]
    if y:
        return [(column, y) for column in columns if column.name != y.name]
    return combinations(columns, 2)


def _make_a_line(x: FloatArray, y: FloatArray) -> bool:
    whole = ~(np.isnan(x) | np.isnan(y))
    return int(np.count_nonzero(whole)) >= MIN_POINTS and not _is_constant(x[whole])


def _are_points(table: Table, how: How) -> NDArray[np.bool_]:
    """Tell which rows are points, shape (rows,): all but totals, unless these are to be kept."""
    are_points = np.ones(len(table.rows), dtype=np.bool_)
    if not how.keep_totals:
        are_points[[place for place, _ in table.totals]] = False
    return are_points


def _worth_trying(table: Table) -> list[str]:
    """List the columns of numbers, and those of dates that rise from row to row in one way.

    Other dates count only where there are fewer than two columns of numbers.
    """
    names, tried = [], 0
    for name in table.names:
        if name in table.numeric:
            names.append(name)
        elif tried < _TRIED_DATES and (dates := table.dates(name)):
            tried += 1
            days = dates.days[~np.isnan(dates.days)]
            rises = bool(np.all(np.diff(days) > 0)) and not dates.example
            if len(table.numeric) < 2 or rises:
                names.append(name)
    return names


def _is_constant(values: FloatArray) -> bool:
    values = values[~np.isnan(values)]
    return values.size == 0 or bool(values.min() == values.max())


def _tells_rows_apart(table: Table, column: Column) -> bool:
    """Tell whether a column counts the rows or names them, by its name and by what is in it."""
    name = re.sub(r"[\W_]", "", column.name.casefold())
    values = column.values[~np.isnan(column.values)]
    if not np.array_equal(values, np.floor(values)):
        return False
    if name in IDENTIFIERS:
        return True
    if table.nameless and column.name == table.names[0]:
        return bool(np.all(values[1:] > values[:-1]))
    is_named = name in ROW_NUMBERS or "#" in column.name
    return is_named and np.array_equal(values, values[0] + np.arange(values.size))


def _notes(columns: Sequence[Column], table: Table) -> Iterator[Sentence]:
    """Tell how the numbers of columns were read."""
    ways = {column.name: list(_ways(column)) for column in columns}
    if table.delimiter == "," and not any(column.decision.open for column in columns):
        # Where commas separate, it need not be said that the point is the decimal sign.
        ways = {name: way for name, way in ways.items() if way != ["point"]}
    decimals = {column.decision.decimal for column in columns if ways.get(column.name)}
    if len(decimals) > 1:
        for name, way in ways.items():
            if way:
                column_ways = list(map(_way, way))
                yield Sentence("reading.column_read_with", column=clip(name), ways=column_ways)
    elif decimals:
        both = dict.fromkeys(way for some in ways.values() for way in some)
        yield Sentence("reading.read_with", ways=list(map(_way, both)))
    about = {place: cell for column in columns for place, cell in column.about.items()}
    if about:
        places = sorted(about)
        cells = [
            Sentence("reading.plain_number", cell=about[place], row=table.row_numbers[place])
            for place in places[:_LISTED]
        ]
        yield Sentence("reading.plain_numbers", listed_cells=cells, more=len(places) - len(cells))
    for column in dict.fromkeys(columns):
        if column.first_day:
            yield Sentence(
                "reading.days_since", column=clip(column.name), first_day=column.first_day
            )


def _way(way: str) -> Sentence:
    return Sentence(f"reading.way_{way}")


def _ways(column: Column) -> Iterator[str]:
    decimal, signs = column.decision.decimal, column.signs
    if decimal is None:
        yield "both"
    elif decimal in signs:
        yield "point" if decimal == "." else "comma"
    if decimal is not None and OTHER[decimal] in signs:
        yield "commas_between" if decimal == "." else "dots_between"
    if " " in signs:
        yield "spaces_between"
    if "'" in signs:
        yield "apostrophes_between"


def _left_out(
    table: Table,
    columns: Sequence[Column],
    is_point: NDArray[np.bool_],
    points: Dataset,
    how: How,
) -> Iterator[Sentence]:
    """Tell which rows of the file are no points, and why."""
    unreadable = {place for column in columns for place in column.unreadable}
    # Row, why, and the name of a total.
    reasons = [(row, why, "") for row, why in table.apart]
    if how.leave_out_unreadable:
        reasons += [(row, "number_of_cells", "") for row, _ in table.ragged]
    reasons += [
        (table.row_numbers[place], "total", clip(name))
        for place, name in table.totals
        if not is_point[place]
    ]
    out = set(points.left_out)
    for place, row in enumerate(table.row_numbers):
        if row in out and is_point[place]:
            reasons.append((row, "no_number" if place in unreadable else "no_value", ""))
    groups: dict[tuple[str, str], list[int]] = {}
    for row, why, name in sorted(reasons):
        groups.setdefault((why, name), []).append(row)
    if groups:
        yield Sentence(
            "reading.left_out",
            groups=[
                Sentence("reading.totals_left_out", which_rows=_rows(rows), name=name)
                if why == "total"
                else Sentence(f"reading.left_out_{why}", which_rows=_rows(rows))
                for (why, name), rows in groups.items()
            ],
        )


def _otherwise(table: Table, columns: Sequence[Column], how: How) -> Iterator[Option]:
    for decimal in dict.fromkeys(c.decision.decimal for c in columns if c.decision.open):
        other: Decimal = OTHER[decimal or "."]
        sign = "comma" if other == "," else "point"
        yield Option(Sentence(f"reading.instead_{sign}"), {"decimal": other})
    if any(column.is_day_first is not None for column in columns):
        first = any(column.is_day_first for column in columns)
        name = "month" if first else "day"
        yield Option(Sentence(f"reading.instead_{name}_first"), {"day_first": not first})
    if table.totals:
        rows = _rows([table.row_numbers[place] for place, _ in table.totals], len(table.totals))
        label = Sentence(
            "reading.leave_out_totals" if how.keep_totals else "reading.keep_totals",
            which_rows=rows,
            name=clip(table.totals[0][1]),
        )
        yield Option(label, {"keep_totals": not how.keep_totals})


def _rows(rows: list[int], most: int = _LISTED) -> Sentence:
    """List rows in a sentence, at most so many."""
    return Sentence("reading.rows", row_numbers=rows[:most], more=max(len(rows) - most, 0))
