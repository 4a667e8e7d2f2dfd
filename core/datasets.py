"""The points a line is fitted to: the lesson's, the bundled real sets, and a learner's own CSV."""

import csv
import hashlib
import io
import math
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from core.rounding import known

FloatArray = NDArray[np.float64]


class DataError(ValueError):
    """Data that no line can be fitted to; the message says what is wrong and what to do."""


@dataclass(frozen=True)
class Line:
    """A line ``y = w·x + b``.

    Parameters
    ----------
    w : float
        Slope, in y-units per x-unit.
    b : float
        Intercept, in y-units.
    """

    w: float
    b: float

    def at(self, x: FloatArray) -> FloatArray:
        """Predict y, shape (n,), at x, shape (n,)."""
        return self.w * x + self.b


@dataclass(frozen=True)
class Scaling:
    """How x was standardized: x′ = (x − mean) / scale.

    Parameters
    ----------
    mean, scale : float
        Mean and standard deviation of x, in x-units.
    """

    mean: float
    scale: float

    def to_standardized(self, line: Line) -> Line:
        """Write a line of x as the same line of x′."""
        return Line(line.w * self.scale, _add(line.b, line.w * self.mean))

    def to_original(self, line: Line) -> Line:
        """Write a line of x′ as the same line of x."""
        w = line.w / self.scale
        return Line(w, _add(line.b, -w * self.mean))


def _add(one: float, other: float) -> float:
    return float(known(one + other, abs(one) + abs(other)))


MIN_POINTS = 3
MAX_MAGNITUDE = 1e100  # squares, and their millionfold, must stay far inside float64
# A learner's own points: every line on the way to theirs must fit, too, and be drawn.
MAX_OWN_MAGNITUDE = 1e25
MIN_OWN_SPREAD = 1e-20
MIN_RELATIVE_SPREAD = 1e-13  # below it, the spread of x is rounding error of its offset


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points in the plane, checked on construction.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Coordinates, in x-units and y-units. At least 3 points, all finite, x not constant.
    name : str
        What the data is called on a page.
    x_label, y_label : str
        Axis names, with units where they are known.
    true_line : Line or None
        The line the points were made from; None for real data, where nobody knows it.
    source : str
        Who measured it, and where it was published.
    left_out : tuple of int
        Rows of the file that are not among the points, because a cell in them is empty.
    recipe : str
        Lines of Python that make x and y, for points that were made.
    scaling : Scaling or None
        How x was standardized, if it was: then its mean is 0 and its mean square 1.

    Raises
    ------
    DataError
        If the points do not determine a line, or squares of them would overflow.
    """

    x: FloatArray
    y: FloatArray
    name: str = "data"
    x_label: str = "x"
    y_label: str = "y"
    true_line: Line | None = None
    source: str = ""
    left_out: tuple[int, ...] = ()
    recipe: str = ""
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        for label, values in ((self.x_label, self.x), (self.y_label, self.y)):
            _check_column(label, values, MAX_MAGNITUDE)
        if self.x.shape != self.y.shape:
            raise DataError(
                f"x has {self.x.size} values and y has {self.y.size}: they go in pairs."
            )
        if self.n < MIN_POINTS:
            raise DataError(f"{_points(self.n)} cannot test a line: give at least {MIN_POINTS}.")
        spread = float(np.ptp(self.x))
        if spread == 0.0 or spread <= MIN_RELATIVE_SPREAD * float(np.max(np.abs(self.x))):
            raise DataError(
                f"Every value of '{self.x_label}' is {self.x[0]:g}, to within rounding, and no "
                "slope can be read from that: choose a column that varies."
            )
        _check_spread(self.x_label, spread, 1 / MAX_MAGNITUDE)
        for axis in ("x", "y"):
            values = getattr(self, axis).copy()  # the caller's own array stays writable
            values.setflags(write=False)
            object.__setattr__(self, axis, values)

    @property
    def n(self) -> int:
        """Count the points."""
        return int(self.x.size)

    def from_original(self, line: Line) -> Line:
        """Write a line over x, as it was before it was standardized, in this data's units."""
        return line if self.scaling is None else self.scaling.to_standardized(line)

    def to_original(self, line: Line) -> Line:
        """Write a line of this data as one over x as it was before it was standardized."""
        return line if self.scaling is None else self.scaling.to_original(line)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the points: two data sets share it exactly when their points are equal."""
        return hashlib.sha256(self.x.tobytes() + self.y.tobytes()).hexdigest()

    @cached_property
    def fold(self) -> FloatArray:
        """The data as far as the loss can see it: R, shape (3, 3), with loss = ‖R·(w, b, −1)ᵀ‖².

        R is the triangle of the QR factorisation of [x, 1, y]/√n. Unlike sums of squares it
        loses no digits to cancellation; each entry is known to the rounding of its column.
        """
        columns = np.column_stack([self.x, np.ones(self.n), self.y]) / math.sqrt(self.n)
        return known(np.linalg.qr(columns, mode="r"), np.linalg.norm(columns, axis=0))


def _points(n: int) -> str:
    return "1 point" if n == 1 else f"{n} points"


def _check_column(label: str, values: FloatArray, most: float) -> None:
    if values.dtype != np.float64 or values.ndim != 1:
        raise DataError(f"'{label}' must be one column of numbers.")
    bad = np.flatnonzero(~(np.abs(values) <= most))
    if bad.size:
        raise DataError(
            f"Value {bad[0] + 1} of '{label}' is {values[bad[0]]:g}: use finite numbers up to "
            f"{most:g}, or a larger unit, so that squares of them do not overflow on the way."
        )


def _check_spread(label: str, spread: float, least: float) -> None:
    if spread < least:
        raise DataError(
            f"The values of '{label}' lie only {spread:g} apart, too close to square: use a "
            "smaller unit."
        )


def make_noisy_line(
    w: float = 0.1, b: float = 0.5, n: int = 100, noise: float = 0.01, seed: int = 0
) -> Dataset:
    """Scatter points around a known line, as the lesson does.

    Parameters
    ----------
    w, b : float
        The true line, in y-units per x-unit and y-units.
    n : int
        Number of points, at least 3; x is uniform on [0, 1).
    noise : float
        Standard deviation of the vertical noise, in y-units; not negative.
    seed : int
        Seed of ``numpy.random.default_rng``; not negative.

    Returns
    -------
    Dataset
        With ``true_line`` set.

    Raises
    ------
    DataError
        If n is below 3, or noise or seed is negative.
    """
    if n < MIN_POINTS:
        raise DataError(f"n must be at least {MIN_POINTS}, not {n}.")
    if not noise >= 0:
        raise DataError(f"noise must be 0 or more, not {noise:g}.")
    if seed < 0:
        raise DataError(f"seed must be 0 or more, not {seed}.")
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, n)
    noise = abs(noise)  # NumPy takes -0.0 for a negative one
    y = w * x + b + rng.normal(0, noise, n)
    recipe = (
        f"rng = np.random.default_rng({seed!r})\n"
        f"x = rng.uniform(0, 1, {n!r})\n"
        f"y = {float(w)!r} * x + {float(b)!r} + rng.normal(0, {float(noise)!r}, {n!r})"
    )
    true_line = Line(float(w), float(b))
    return Dataset(x, y, name="The lesson's data", true_line=true_line, recipe=recipe)


@dataclass(frozen=True)
class _Bundled:
    """Where a real data set lies, who measured what, and what its slope means."""

    file: str
    columns: tuple[str, str]
    name: str
    x_label: str
    y_label: str
    source: str
    about: str
    slope: str


_ANSCOMBE = "F. J. Anscombe, “Graphs in Statistical Analysis”, The American Statistician 27, 1973"

BUNDLED = {
    "cars": _Bundled(
        "cars.csv",
        ("speed", "dist"),
        "Cars: stopping distance",
        "speed (mph)",
        "stopping distance (ft)",
        "M. Ezekiel, “Methods of Correlation Analysis”, Wiley, 1930; in R as `cars`",
        "In the 1920s somebody drove cars at 4 to 25 miles an hour and measured how far they went "
        "on after the brakes were put on.",
        "The slope is how many feet more it takes to stop for each mile an hour more.",
    ),
    "hubble": _Bundled(
        "hubble.csv",
        ("distance", "velocity"),
        "Hubble: nebulae",
        "distance (Mpc)",
        "velocity (km/s)",
        "E. Hubble, “A Relation between Distance and Radial Velocity among Extra-Galactic "
        "Nebulae”, PNAS 15, 1929",
        "Edwin Hubble put together the distances of 24 nebulae, galaxies as we say now, and how "
        "fast each moves away from us.",
        "The slope is his first estimate of what is now called the Hubble constant, in km/s per "
        "megaparsec; today's value is near 70, because his distances were far too small.",
    ),
    "forbes": _Bundled(
        "forbes.csv",
        ("temperature", "pressure"),
        "Forbes: boiling water",
        "boiling point (°F)",
        "pressure (inches of mercury)",
        "J. D. Forbes, “Further Experiments and Remarks on the Measurement of Heights by the "
        "Boiling Point of Water”, Trans. Royal Society of Edinburgh 21, 1857",
        "James Forbes climbed in the Alps and in Scotland with a kettle, and noted at which "
        "temperature water boiled and what the barometer said.",
        "The slope is by how many inches of mercury the air pressure is higher where water boils "
        "one degree hotter: with it a thermometer serves as a barometer.",
    ),
    **{
        f"anscombe-{i}": _Bundled(
            "anscombe.csv",
            (f"x{i}", f"y{i}"),
            f"Anscombe {i}",
            "x",
            "y",
            _ANSCOMBE,
            "Francis Anscombe made up four sets of eleven points that look nothing alike and have "
            "the same best fit.",
            "The slope is one half in all four: a line says nothing about whether a line was the "
            "right thing to fit.",
        )
        for i in range(1, 5)
    },
}

_DATA_FOLDER = Path(__file__).parent / "data"


def load_bundled(name: str) -> Dataset:
    """Load one of the real data sets that come with the project.

    Parameters
    ----------
    name : str
        A key of ``BUNDLED``: "cars", "hubble", "forbes", "anscombe-1" … "anscombe-4".

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If there is no bundled set of that name.
    """
    if name not in BUNDLED:
        raise DataError(f"There is no data set '{name}'. Choose one of {', '.join(BUNDLED)}.")
    entry = BUNDLED[name]
    points = read_csv(_DATA_FOLDER / entry.file, *entry.columns)
    return Dataset(
        points.x,
        points.y,
        name=entry.name,
        x_label=entry.x_label,
        y_label=entry.y_label,
        source=entry.source,
    )


MAX_BYTES = 5_000_000
MAX_ROWS = 100_000
MAX_LINES = 1_000_000  # blank ones take time, too
MAX_COLUMNS = 1_000
_MAX_CELL = 100  # characters of a cell that a number may take, or a message may repeat
_DELIMITERS = (",", ";", "\t", "|")
_TOLD_DELIMITER = re.compile(r"sep=([,;\t|])\s*?[\r\n]")  # as Excel writes it, in the first line
# ASCII digits only: float() also takes "1_000", "٣" and "infinity", which no one means.
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+([eE][+-]?\d+)?", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?", re.ASCII)


@dataclass(frozen=True)
class Table:
    """A CSV file as text.

    Parameters
    ----------
    names : list of str
        Column names, all different.
    rows : list of list of str
        Cells, each row as long as ``names``.
    row_numbers : list of int
        Where each row stands in the file, counted from 1 as a spreadsheet does.
    delimiter : str
        What separated the cells.
    """

    names: list[str]
    rows: list[list[str]]
    row_numbers: list[int]
    delimiter: str

    def column(self, name: str) -> FloatArray:
        """Read the column of that name as numbers, shape (rows,); an empty cell is NaN.

        Raises
        ------
        DataError
            If there is no such column, or a cell in it is neither empty nor a finite number.
        """
        if name not in self.names:
            raise DataError(
                f"There is no column '{_clip(name)}'. The columns are {_list(self.names)}."
            )
        index = self.names.index(name)
        cells = [_with_ascii_minus(row[index]) for row in self.rows]
        if any("," in cell for cell in cells):
            cells = _without_decimal_commas(cells, name, self)
        for number, cell in zip(self.row_numbers, cells, strict=True):
            _check_cell(cell, number, name)
        return np.array([float(cell or "nan") for cell in cells], dtype=np.float64)

    def numeric_names(self) -> list[str]:
        """List the columns that hold numbers and nothing else, those without a gap first."""
        gaps = {name: self._gaps(name) for name in self.names}
        return sorted((n for n in self.names if gaps[n] is not None), key=lambda n: gaps[n] or 0)

    def _gaps(self, name: str) -> bool | None:
        """Tell whether a column has empty cells; None if it is not one of numbers."""
        try:
            empty = np.isnan(self.column(name))
        except DataError:
            return None
        return None if empty.all() else bool(empty.any())


def _check_cell(cell: str, row: int, column: str) -> None:
    if len(cell) > _MAX_CELL:
        problem = f"{len(cell)} characters long"
    elif cell and not _NUMBER.fullmatch(cell):
        problem = f"'{cell}'"
    elif cell and math.isinf(float(cell)):
        problem = f"'{cell}', too large to compute with"
    else:
        return
    raise DataError(
        f"Row {row} of '{_clip(column)}' is {problem}. Clean it, or choose another column."
    )


def _without_decimal_commas(cells: list[str], column: str, table: Table) -> list[str]:
    """Turn 1,5 into 1.5, unless the commas may as well stand between thousands."""
    with_comma = [cell for cell in cells if "," in cell]
    ambiguous = table.delimiter == "," and all(_THOUSANDS.fullmatch(cell) for cell in with_comma)
    if ambiguous or any("." in cell for cell in with_comma):
        raise DataError(
            f"Column '{_clip(column)}' holds '{_clip(with_comma[0])}', and its comma can be read "
            "in two ways: write numbers with a decimal point and no thousands separator."
        )
    return [cell.replace(",", ".") if _DECIMAL_COMMA.fullmatch(cell) else cell for cell in cells]


def _clip(text: str) -> str:
    return text if len(text) <= _MAX_CELL else text[: _MAX_CELL - 1] + "…"


def _list(names: list[str], most: int = 8) -> str:
    shown = ", ".join(f"'{_clip(name)}'" for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def read_csv(
    source: str | os.PathLike[str] | bytes | BinaryIO,
    x: str | None = None,
    y: str | None = None,
) -> Dataset:
    """Read two columns of a CSV file as points.

    Commas, semicolons, tabs and bars separate, and Excel's first line ``sep=;`` may say which;
    UTF-8 with or without a byte order mark, UTF-16 and Windows-1252 are understood; a decimal comma
    and a typographic minus too; a file without a header gets "column 1", "column 2", … Python's own
    ``csv`` and ``float`` do the reading, with caps on bytes, rows and columns: a C parser has been
    seen to crash the process on a hostile number.

    Parameters
    ----------
    source : str, PathLike, bytes or binary file
        A path, the content, or a file opened for reading bytes.
    x, y : str, optional
        Names of the columns. Left out, the first columns that hold only numbers are taken.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the file cannot be read as a table, a column is missing or holds something that is not
        a finite number, or the points do not determine a line. Never another exception.
    """
    return points_from_table(read_table(source), x, y)


def read_table(source: str | os.PathLike[str] | bytes | BinaryIO) -> Table:
    """Read a CSV file as text, without choosing columns; see ``read_csv``.

    Raises
    ------
    DataError
        If the file is no such table, or larger than is allowed.
    """
    text = _decode(_read_bytes(source))
    if told := _TOLD_DELIMITER.match(text):
        delimiter, text = told[1], text[told.end(1) :]  # the rest of that line is a blank one
    else:
        delimiter = _find_delimiter(text)
    row_numbers, rows = _parse(text, delimiter)
    if not rows:
        raise DataError("The file is empty: give a table with at least two columns.")
    width = Counter(len(row) for row in rows).most_common(1)[0][0]
    if width < 2:
        raise DataError(
            "The file has only one column: give two, separated by commas, semicolons or tabs."
        )
    if width > MAX_COLUMNS:
        raise DataError(
            f"The file has {width:,} columns, more than {MAX_COLUMNS:,}: leave in those you need."
        )
    has_header = not any(_looks_like_number(cell) for cell in rows[0])
    for number, row in zip(row_numbers, rows, strict=True):
        if len(row) != width:
            raise DataError(
                f"Row {number} has {_cells(len(row))} where most rows have {width}. Correct that "
                "row, or save the file as CSV again."
            )
    if has_header and len(rows) == 1:
        raise DataError(f"There are no rows below the header: give at least {MIN_POINTS} points.")
    names = rows[0] if has_header else [""] * width
    return Table(unique_names(names), rows[has_header:], row_numbers[has_header:], delimiter)


def points_from_table(table: Table, x: str | None = None, y: str | None = None) -> Dataset:
    """Take two columns of a table as points; see ``read_csv``.

    Raises
    ------
    DataError
        If there are no such columns, or as ``own_points`` does.
    """
    if x is None or y is None:
        missing = (x is None) + (y is None)
        numeric = [name for name in table.numeric_names() if name not in (x, y)][:missing]
        if len(numeric) < missing:
            _explain_lack_of_numbers(table, numeric)
        numeric.sort(key=table.names.index)
        x = numeric.pop(0) if x is None else x
        y = numeric.pop(0) if y is None else y
    return own_points(table.column(x), table.column(y), x, y, table.row_numbers)


def own_points(
    x: FloatArray, y: FloatArray, x_label: str, y_label: str, row_numbers: Sequence[int]
) -> Dataset:
    """Make a learner's own data of two columns, leaving out the rows in which a cell is empty.

    Parameters
    ----------
    x, y : ndarray of shape (rows,)
        Cells; NaN is an empty one.
    x_label, y_label : str
        The names of the columns.
    row_numbers : sequence of int
        What the learner calls those rows.

    Raises
    ------
    DataError
        If the points do not determine a line, are larger than 1e25, or lie within 1e-20 along x.
    """
    whole = ~(np.isnan(x) | np.isnan(y))
    left_out = tuple(number for number, kept in zip(row_numbers, whole, strict=True) if not kept)
    if np.count_nonzero(whole) < MIN_POINTS and left_out:
        raise DataError(
            f"Only {_points(int(np.count_nonzero(whole)))} have both '{_clip(x_label)}' and "
            f"'{_clip(y_label)}': give at least {MIN_POINTS}."
        )
    points = Dataset(
        x[whole],
        y[whole],
        name="Your own data",
        x_label=x_label,
        y_label=y_label,
        left_out=left_out,
    )
    for label, values in ((x_label, points.x), (y_label, points.y)):
        _check_column(label, values, MAX_OWN_MAGNITUDE)
    _check_spread(x_label, float(np.ptp(points.x)), MIN_OWN_SPREAD)
    return points


def _explain_lack_of_numbers(table: Table, numeric: list[str]) -> None:
    """Raise the error of the first column that is nearly numbers, else a general one."""
    for index, name in enumerate(table.names):
        cells = [row[index] for row in table.rows]
        if name not in numeric and any(_looks_like_number(cell) for cell in cells):
            table.column(name)
    raise DataError(
        f"Fewer than two columns hold only numbers (the columns are {_list(table.names)}): give "
        "one column for x and one for y."
    )


def _cells(count: int) -> str:
    return "1 cell" if count == 1 else f"{count} cells"


def _read_bytes(source: str | os.PathLike[str] | bytes | BinaryIO) -> bytes:
    """Read at most one byte more than is allowed."""
    name = ""
    try:
        if isinstance(source, bytes):
            content = source
        elif isinstance(source, str | os.PathLike):
            name = f" '{_clip(os.fspath(source))}'"
            with open(source, "rb") as file:
                content = file.read(MAX_BYTES + 1)
        else:
            content = source.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        raise DataError(f"The file{name} cannot be read: check that it is there.") from error
    if not isinstance(content, bytes):
        raise DataError("The file was opened as text: open it for reading bytes.")
    if len(content) > MAX_BYTES:
        raise DataError(
            f"The file is larger than {MAX_BYTES // 1_000_000} MB: leave in the rows and columns "
            "you need."
        )
    return content


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in content:
        raise DataError("The file is not text. Export the table as CSV first.")
    else:
        encoding = "utf-8-sig"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise DataError("The file is not text. Export the table as CSV first.")
    return text


def _find_delimiter(text: str) -> str:
    """Pick what splits the first lines into the same number of cells, most of them numbers.

    Numbers count before cells: 1,5;2,5 is two numbers, not three cells.
    """
    head = "\n".join(text[:20_000].splitlines()[:20])

    def score(delimiter: str) -> tuple[float, float, int]:
        rows = [row for row in csv.reader(io.StringIO(head), delimiter=delimiter) if row]
        if not rows:
            return (0.0, 0.0, 0)
        width, count = Counter(map(len, rows)).most_common(1)[0]
        numbers = [_looks_like_number(cell) for row in rows for cell in row]
        consistency = count / len(rows) if width > 1 else 0.0
        return (consistency, sum(numbers) / len(numbers), width)

    try:
        return max(_DELIMITERS, key=score)
    except csv.Error as error:
        raise _unreadable(error) from error


def _unreadable(error: csv.Error) -> DataError:
    return DataError(f"The file cannot be read as a table ({error}): save it as CSV again.")


def _parse(text: str, delimiter: str) -> tuple[list[int], list[list[str]]]:
    """Split into rows of cells, blank rows left out but counted."""
    row_numbers: list[int] = []
    rows: list[list[str]] = []
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for number, row in enumerate(reader, start=1):
            if number > MAX_LINES:
                raise DataError(
                    f"The file has more than {MAX_LINES:,} lines: leave out those that are blank."
                )
            if not any(cell.strip() for cell in row):
                continue
            row_numbers.append(number)
            rows.append(row)
            if len(rows) > MAX_ROWS + 1:
                raise DataError(
                    f"The file has more than {MAX_ROWS:,} rows: a sample of them will do."
                )
    except csv.Error as error:
        raise _unreadable(error) from error
    return row_numbers, rows


def _with_ascii_minus(cell: str) -> str:
    return cell.strip().replace("\N{MINUS SIGN}", "-")


def _looks_like_number(cell: str) -> bool:
    cell = _with_ascii_minus(cell)
    return len(cell) <= _MAX_CELL and bool(
        _NUMBER.fullmatch(cell) or _DECIMAL_COMMA.fullmatch(cell)
    )


def unique_names(names: Iterable[str]) -> list[str]:
    """Name the nameless by their place and number the repeated, so that each can be chosen."""
    unique: list[str] = []
    seen: set[str] = set()
    for place, name in enumerate(names, start=1):
        base = _clip(name.strip()) or f"column {place}"
        candidate, again = base, 2
        while candidate in seen:
            candidate, again = f"{base} ({again})", again + 1
        seen.add(candidate)
        unique.append(candidate)
    return unique


def one_line(text: str) -> str:
    """Write a text on one line, without what has no picture or turns the direction of writing."""
    return " ".join("".join(map(_picture, text)).split())


def _picture(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character).startswith("C") else character


MAX_AXIS_NAME = _MAX_CELL
MAX_LABEL = MAX_AXIS_NAME + 20  # the second of two long names that are alike is numbered
_PLAIN_NAMES = ("x", "y")


def axis_names(x: str, y: str) -> tuple[str, str]:
    """Make names of the axes of what somebody typed: x and y where nothing is left, never alike."""
    words = [one_line(text[: 2 * MAX_AXIS_NAME])[:MAX_AXIS_NAME].strip() for text in (x, y)]
    named = [word or plain for word, plain in zip(words, _PLAIN_NAMES, strict=True)]
    first, second = unique_names(named)
    return first, second


def names_to_link(dataset: Dataset) -> list[str]:
    """Write the names of the axes as an address can carry them; none where they are x and y."""
    names = axis_names(dataset.x_label, dataset.y_label)
    return [] if names == _PLAIN_NAMES else [*names]


def names_from_link(texts: Sequence[str]) -> tuple[str, str]:
    """Read what ``names_to_link`` wrote; x and y where it is anything else."""
    if len(texts) != len(_PLAIN_NAMES) or any(len(text) > MAX_LABEL for text in texts):
        return _PLAIN_NAMES
    return axis_names(*texts)


MAX_LINK_POINTS = 100


def points_to_text(dataset: Dataset) -> str | None:
    """Write up to 100 points as an address can carry them: x_y~x_y~…, exactly; None if more."""
    if dataset.n > MAX_LINK_POINTS:
        return None
    pairs = zip(dataset.x.tolist(), dataset.y.tolist(), strict=True)
    return "~".join(f"{_short(x)}_{_short(y)}" for x, y in pairs)


def _short(value: float) -> str:
    return repr(value).removesuffix(".0").replace("e+", "e")


def points_from_text(text: str, names: Sequence[str] = ()) -> Dataset:
    """Read what ``points_to_text`` wrote.

    Parameters
    ----------
    names : sequence of str
        Of the axes, as ``names_from_link`` reads them.

    Raises
    ------
    DataError
        If the text is anything else, or its points do not determine a line.
    """
    pairs = [pair.split("_") for pair in text.split("~", MAX_LINK_POINTS)]
    cells = [cell for pair in pairs for cell in pair]
    fits = len(pairs) <= MAX_LINK_POINTS and all(len(pair) == 2 for pair in pairs)
    if not fits or not all(len(c) <= _MAX_CELL and _NUMBER.fullmatch(c) for c in cells):
        raise DataError("The points in this link cannot be read: ask for the link again.")
    x, y = np.array(cells, dtype=np.float64).reshape(-1, 2).T
    return own_points(x, y, *names_from_link(names), range(1, x.size + 1))


def to_csv(dataset: Dataset) -> str:
    """Write the points as CSV; see ``write_csv``."""
    return write_csv(
        (dataset.x_label, dataset.y_label),
        zip(dataset.x.tolist(), dataset.y.tolist(), strict=True),
    )


def write_csv(names: Iterable[str], rows: Iterable[Iterable[str | float]]) -> str:
    """Write a table as CSV, safe to open in a spreadsheet: no text in it can be a formula.

    Numbers are written exactly; NaN is an empty cell.
    """
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(_cell(name) for name in names)
    writer.writerows([_cell(value) for value in row] for row in rows)
    return file.getvalue()


def _cell(value: str | float) -> str:
    if isinstance(value, str):
        return f"'{value}" if value.startswith(("=", "+", "-", "@", "\t", "\r")) else value
    return "" if math.isnan(value) else _short(value)


def standardize(dataset: Dataset) -> Dataset:
    """Measure x in standard deviations from its mean: the same points, in other units.

    y stays as it is, and so does every line's loss. The Hessian becomes 2·I whatever the data.

    Parameters
    ----------
    dataset : Dataset
        Not standardized yet.

    Returns
    -------
    Dataset
        With ``scaling`` set, and the true line, if there is one, told in the new units.
    """
    size = np.linalg.norm(dataset.x) / math.sqrt(dataset.n)
    scaling = Scaling(float(known(dataset.x.mean(), size)), float(dataset.x.std()))
    x = (dataset.x - scaling.mean) / scaling.scale
    return replace(
        dataset,
        x=known((x - x.mean()) / x.std(), 1.0),  # again: far from 0 the first mean is rounded
        x_label=f"{dataset.x_label}, standardized",
        true_line=dataset.true_line and scaling.to_standardized(dataset.true_line),
        recipe=dataset.recipe and f"{dataset.recipe}\nx = (x - x.mean()) / x.std()",
        scaling=scaling,
    )


def with_outlier(dataset: Dataset, x: float, y: float) -> Dataset:
    """Add one point that does not belong.

    Raises
    ------
    DataError
        If the points are then too large to compute with.
    """
    return replace(
        dataset,
        x=np.append(dataset.x, x),
        y=np.append(dataset.y, y),
        recipe=dataset.recipe
        and f"{dataset.recipe}\nx = np.append(x, {x!r})\ny = np.append(y, {y!r})",
    )
