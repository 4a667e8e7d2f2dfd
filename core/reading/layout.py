"""From the rows of a file to a table: title, names, units, points, totals and notes told apart."""

import re
from collections import Counter
from collections.abc import Iterable
from functools import cached_property
from itertools import compress, pairwise

from core.points import MIN_POINTS, DataError
from core.reading.columns import SAMPLE, Table
from core.reading.dates import is_date
from core.reading.numbers import MAX_CELL, find_numbers, is_missing, is_number, unit_of
from core.reading.text import MAX_COLUMNS, Grid, Source, clip, read_grid
from core.reading.vocabulary import (
    BESIDE_TOTALS,
    ROW_LABELS,
    SUBTOTALS,
    TOTAL_ENDINGS,
    TOTALS,
    UNITS,
)

_TOP = 100  # rows among which the names of the columns are looked for


def read_table(source: Source) -> Table:
    """Read a file as a table, without choosing columns; see ``core.datasets.read_csv``.

    Raises
    ------
    DataError
        If the file is no table, or larger than is allowed. Never another exception.
    """
    grid = read_grid(source)
    width = _width(grid.rows)
    while width > 2 and not any(any(row[width - 1 :]) for row in grid.rows):
        width -= 1  # each row ends with a delimiter
        for row in grid.rows:
            del row[width:]
    if width < 2:
        raise DataError("reading.one_column")
    if width > MAX_COLUMNS:
        raise DataError("reading.too_many_columns", column_count=width, most=MAX_COLUMNS)
    return _Reader(grid, width).table()


def _width(rows: list[list[str]]) -> int:
    """Count the cells of most rows; rows with more numbers weigh more."""
    weights: Counter[int] = Counter()
    for row in rows[:: max(len(rows) // SAMPLE, 1)]:
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
        comments = {i for i, row in enumerate(grid.rows) if _is_comment(row, grid.delimiter)}
        if 2 * len(comments) > len(grid.rows):  # no comments: all rows begin so
            comments = set()
        has_breaks = "\n" in "".join(map("".join, grid.rows))
        for i, row in enumerate(grid.rows):
            if (
                row[0][-1:].isdigit()
                and len(row) == self.width
                and not (has_breaks or i in comments)
            ):
                kept.append(i)  # most rows are like this, and what follows takes longer
                continue
            if any("\n" in cell and _holds_rows(cell, grid.delimiter) for cell in row):
                raise DataError("reading.open_quotation", row=grid.row_numbers[i])
            if i in comments:
                self.apart.append((grid.row_numbers[i], "comment"))
            elif all(map(_is_rule, filter(None, row))):
                self.apart.append((grid.row_numbers[i], "rule"))
            elif len(row) == self.width:
                kept.append(i)
            elif any("\n" in cell for cell in row):
                raise DataError(
                    "reading.uneven_row_with_open_quotation",
                    row=grid.row_numbers[i],
                    cells_of_row=len(row),
                    width=self.width,
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

    def table(self) -> Table:
        """Make a table of them."""
        if not self.rows:
            raise DataError("reading.only_lines_of_text", least=MIN_POINTS)
        header, begin = self._find_header()
        names = self._names(header, begin)
        if begin >= len(self.rows):
            raise DataError("reading.only_a_header", least=MIN_POINTS)
        rows, numbers = self.rows[begin:], self.numbers[begin:]
        if header is not None and (names_again := self.rows[header]) in rows:
            again = [row == names_again for row in rows]
            self.apart += [(number, "names_again") for number in compress(numbers, again)]
            others = [not is_again for is_again in again]
            rows, numbers = list(compress(rows, others)), list(compress(numbers, others))
        self._take_notes_off(rows, numbers)
        totals = _find_totals(rows)
        return Table(
            names,
            rows,
            numbers,
            self.grid.delimiter,
            nameless=header is not None and not self.rows[header][0],
            apart=tuple(sorted(self.apart)),
            totals=tuple(totals),
            ragged=tuple(self.ragged),
        )

    @cached_property
    def numeric(self) -> dict[int, str]:
        """The columns that hold numbers or dates in most rows, and the unit of their numbers."""
        sample = self.rows[1:][:: max(len(self.rows) // SAMPLE, 1)] or self.rows
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
        while len(names) > 1 and self._are_cells(names[-1]):
            names.pop()
        if not names:
            texts = [cell for cell in top[0] if _is_text(cell)] if clean > 0 else []
            has_names = (texts and not any(map(_is_almost_number, texts))) or (self._is_numbered(0))
            return (0, 1) if has_names else (None, 0)
        header = names[-1]
        begin = header + 1
        filled = [sum(map(bool, self.rows[i])) for i in range(begin)]
        has_names_above = header - 1 in names and filled[header - 1] >= filled[header]
        if has_names_above and _are_units(top[header]):
            header -= 1
        elif begin < clean and _are_units(top[begin]):
            begin += 1
        return header, begin

    def _is_names(self, row: int, cells: list[str]) -> bool:
        """Tell whether a row of the top can hold names: text where other rows have numbers."""
        filled = sum(map(bool, self.rows[row]))
        texts = sum(map(_is_text, cells))
        return filled > 1 and 2 * texts >= len(cells) and not any(map(_is_value, cells))

    def _are_cells(self, row: int) -> bool:
        """Tell whether what seems to be names is values with units, or the same text everywhere."""
        cells = [self.rows[row][place] for place in self.numeric]
        return all(map(_is_value, cells)) or (len(cells) > 1 and len(set(cells)) == 1)

    def _is_numbered(self, row: int) -> bool:
        """Tell whether numbers in the first row are names, such as 1, 2, 3 or 2010, 2020.

        Years are, above other numbers. Others are where they rise evenly beside a name that is
        unlike the text below it.
        """
        cells = self.rows[row]
        texts = [place for place in range(min(self.numeric)) if place not in self.numeric]
        labels = [cells[place] for place in self.numeric]
        if not texts or len(self.rows) < 3 or not all(map(_WHOLE.fullmatch, labels)):
            return False
        steps = {int(b) - int(a) for a, b in pairwise(labels)}
        if not steps:
            return False
        below = [other[place] for other in self.rows[1:_TOP] for place in self.numeric]
        if all(map(_YEAR.fullmatch, labels)) and (min(steps) > 0 or max(steps) < 0):
            return sum(_YEAR.fullmatch(cell) is not None for cell in below) < 0.5 * len(below)
        if len(steps) > 1 or min(steps) <= 0:
            return False
        is_named = any(_words(cells[place]) & ROW_LABELS for place in texts)
        return is_named or (
            len(labels) > 2
            and any(
                _stands_out(cells[place], [other[place] for other in self.rows[1:_TOP]])
                for place in texts
            )
        )

    def _names(self, header: int | None, begin: int) -> list[str]:
        """Name the columns: by their names, the groups above and the units below them."""
        above_points = [
            (number, cells) for number, cells in self.ragged if number < self.numbers[0]
        ]
        if header is None:
            if above_points:  # as many names as columns, had no number a decimal comma
                row, cells = above_points[-1]
                raise DataError("reading.uneven_row", row=row, cells_of_row=cells, width=self.width)
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
            self.apart.append((self.numbers[begin - 1], "units"))
        return unique_names(names)

    def _is_group(self, row: int) -> bool:
        """Tell whether a row above the names groups them: some cells, with a gap after each."""
        filled = [place for place, cell in enumerate(self.rows[row]) if cell]
        has_gaps = all(after - before > 1 for before, after in pairwise([*filled, self.width]))
        return len(filled) > 1 and has_gaps and not any(map(_is_value, self.rows[row]))

    def _take_notes_off(self, rows: list[list[str]], numbers: list[int]) -> None:
        """Take the last rows away that hold nothing but one text."""
        while rows and sum(map(bool, rows[-1])) == 1 and not any(map(_is_value, rows[-1])):
            rows.pop()
            self.apart.append((numbers.pop(), "note"))


def _find_totals(rows: list[list[str]]) -> list[tuple[int, str]]:
    """Find the rows that are named like totals, and how they are named.

    At the end any cell may name them; above, where rows are in groups, their first one does.
    """
    totals: list[tuple[int, str]] = []
    if all(any(map(is_total, row)) for row in rows[:2]):  # a column in which all rows say so
        return totals
    last = max(len(rows) - 10, MIN_POINTS)
    for place, row in enumerate(rows):
        label = next(filter(None, row), "")
        named = next(filter(is_total, row), None) if place >= last else None
        if named is None and not is_number(label) and _words(label) & SUBTOTALS:
            named = label
        if named is not None:
            totals.append((place, named))
    totals += [
        (place, label)
        for place in range(last, len(rows))
        if totals
        and (label := next(filter(None, rows[place]), ""))
        and label.casefold().strip(" .:") in BESIDE_TOTALS
        and place not in dict(totals)
    ]
    return sorted(totals) if 3 * len(totals) <= len(rows) or len(rows) < 10 else []


def _is_comment(row: list[str], delimiter: str) -> bool:
    """Tell whether a row is commented out: #3,60; but not # as the name of a column, or #N/A."""
    cell = row[0]
    return cell.startswith("#") and not is_missing(cell) and (cell != "#" or delimiter.isspace())


def _is_rule(cell: str) -> bool:
    """Tell whether a cell only draws a line below the names: ---+---, |:--|--:|."""
    return len(cell) > 1 and _RULE_SIGNS.issuperset(cell)


def _is_almost_number(cell: str) -> bool:
    """Tell whether a cell is rather a number that cannot be read than a name."""
    return len(cell) <= MAX_CELL and _ALMOST_NUMBER.fullmatch(cell) is not None


def _holds_rows(cell: str, delimiter: str) -> bool:
    """Tell whether rows of numbers are in a cell, because a quotation mark was not closed."""
    lines = [re.split(f"[{delimiter}]", line) for line in cell.split("\n")[1:]]
    return any(sum(is_number(part.strip()) for part in parts) > 1 for parts in lines)


def _words(text: str) -> frozenset[str]:
    return frozenset(re.split(r"[^\w∑ø]+", text[:60].casefold()))


def _is_value(cell: str) -> bool:
    return is_number(cell) or is_date(cell)


def _is_text(cell: str) -> bool:
    return bool(cell) and not is_missing(cell) and not _is_value(cell)


def _is_clean(cells: list[str]) -> bool:
    return any(map(_is_value, cells)) and not any(map(_is_text, cells))


_WHOLE = re.compile(r"\d{1,4}", re.ASCII)
_YEAR = re.compile(r"1[5-9]\d\d|20\d\d", re.ASCII)
_RULE_SIGNS = frozenset("-+=|: ")
_ALMOST_NUMBER = re.compile(r"[<>=≤≥]? ?[OolI]?[\d.,]+[OolI\d.,]*\W*")  # <0.1, O.5, 6.2*


def _stands_out(cell: str, others: list[str]) -> bool:
    """Tell whether a text is written unlike all others, which are written alike: ID, S01, S02."""
    shapes = {_shape(other) for other in others}
    return len(shapes) == 1 and _shape(cell) not in shapes


def _shape(text: str) -> str:
    return re.sub(r"\d", "9", re.sub(r"[^\W\d_]", "a", text))


def _are_units(cells: list[str]) -> bool:
    """Tell whether what stands in these cells is units: short, and mostly well known."""
    filled = [cell for cell in cells if cell]
    if any(_is_value(cell.strip("()[]")) for cell in filled):
        return False
    return 0 < len(filled) <= 2 * sum(map(_is_unit, filled)) and max(map(len, filled)) <= 20


def _is_unit(cell: str) -> bool:
    if re.fullmatch(r"\[[^\]]{0,20}\]|\([^)]{0,20}\)", cell):
        return any(sign.isalpha() or sign in "%°$€" for sign in cell)
    parts = re.split(r"[/·*⋅ ]|\^?[-+]?\d+|[²³⁻¹]+", cell.casefold())
    return len(cell) <= 20 and all(part in UNITS for part in parts if part) and any(parts)


def is_total(cell: str) -> bool:
    """Tell whether a cell names a total, a mean or the like."""
    words = _words(cell)
    return len(words) <= 5 and any(word in TOTALS or word.endswith(TOTAL_ENDINGS) for word in words)


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
