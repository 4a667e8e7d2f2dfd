"""The points a line is fitted to: the lesson's, the bundled sets, and a learner's own."""

import csv
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from core.points import MIN_POINTS, own_points
from core.points import DataError as DataError
from core.points import Dataset as Dataset
from core.points import FloatArray as FloatArray
from core.points import Line as Line
from core.reading.choosing import read_points
from core.reading.columns import How
from core.reading.layout import read_table, unique_names
from core.reading.numbers import MAX_CELL, Decimal
from core.reading.text import Source


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
        raise DataError("errors.few_points_to_make", least=MIN_POINTS, n=n)
    if not noise >= 0:
        raise DataError("errors.noise_below_0", noise=noise)
    if seed < 0:
        raise DataError("errors.seed_below_0", seed=seed)
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, n)
    noise = abs(noise)  # NumPy rejects -0.0 as negative
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
    """The file of a bundled data set, with the names of its columns on the page.

    Its texts are the sections ``<words>``, ``<words>_card``, ``<words>_caption``,
    ``<words>_slope`` and ``<words>_source`` of ``core/words/…/datasets.md``.
    """

    file: str
    columns: tuple[str, str]
    name: str
    x_label: str
    y_label: str
    words: str


BUNDLED = {
    "cars": _Bundled(
        "cars.csv",
        ("speed", "dist"),
        "Cars: stopping distance",
        "speed (mph)",
        "stopping distance (ft)",
        "cars",
    ),
    "hubble": _Bundled(
        "hubble.csv",
        ("distance", "velocity"),
        "Hubble: nebulae",
        "distance (Mpc)",
        "velocity (km/s)",
        "hubble",
    ),
    "forbes": _Bundled(
        "forbes.csv",
        ("temperature", "pressure"),
        "Forbes: boiling water",
        "boiling point (°F)",
        "pressure (inches of mercury)",
        "forbes",
    ),
    **{
        f"anscombe-{i}": _Bundled(
            "anscombe.csv",
            (f"x{i}", f"y{i}"),
            f"Anscombe {i}",
            "x",
            "y",
            "anscombe",
        )
        for i in range(1, 5)
    },
}

_DATA_FOLDER = Path(__file__).parent / "data"


def load_bundled(name: str) -> Dataset:
    """Load one of the data sets that come with the project.

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
        raise DataError("errors.no_such_data", name=name, names=BUNDLED)
    entry = BUNDLED[name]
    points = read_csv(_DATA_FOLDER / entry.file, *entry.columns)
    return Dataset(
        points.x,
        points.y,
        name=entry.name,
        x_label=entry.x_label,
        y_label=entry.y_label,
    )


def read_csv(
    source: Source,
    x: str | None = None,
    y: str | None = None,
    decimal: Decimal | None = None,
    day_first: bool | None = None,
) -> Dataset:
    """Read two columns of a table as points.

    Separators are commas, semicolons, tabs, bars or spaces; Excel's first line ``sep=;`` is
    obeyed. Encodings are UTF-8 with or without a byte order mark, UTF-16 and Windows-1252. Titles,
    names, units, totals and notes are told from the points; a file without names gets "column 1",
    "column 2", … Rows without a measurement are left out. Unit signs in cells are moved to the
    axis name, and dates become days since the first. Python's own ``csv`` and ``float`` parse,
    with limits on bytes, rows and columns: a C parser crashed the process on a malicious number.

    Parameters
    ----------
    source : str, PathLike, bytes or binary file
        A path, the content, or a file opened for reading bytes.
    x, y : str, optional
        Names of the columns. By default the first two that a line can be fitted to; constant
        columns and row numbers are tried last.
    decimal : {".", ","}, optional
        The decimal sign, used only if no cell of the file shows whether 1,234 is more than a
        thousand.
    day_first : bool, optional
        Whether 3/4/2024 is in April, used only if no cell of the file shows it.

    Returns
    -------
    Dataset

    Raises
    ------
    DataError
        If the file cannot be read as a table, a column is missing, holds something that is not a
        finite number or can be read in two ways, or the points do not determine a line. Never
        another exception.
    """
    return read_points(read_table(source), x, y, How(decimal, day_first)).points


def one_line(text: str) -> str:
    """Put a text on one line, without control, format and other invisible characters."""
    return " ".join("".join(map(_picture, text)).split())


def _picture(character: str) -> str:
    if character.isspace():
        return " "
    return "" if unicodedata.category(character).startswith("C") else character


MAX_AXIS_NAME = MAX_CELL
MAX_LABEL = MAX_AXIS_NAME + 20  # with a number, if both names are the same
_PLAIN_NAMES = ("x", "y")


def axis_names(x: str, y: str) -> tuple[str, str]:
    """Clean up typed axis names and make them unique; an empty one becomes x or y."""
    words = [one_line(text[: 2 * MAX_AXIS_NAME])[:MAX_AXIS_NAME].strip() for text in (x, y)]
    named = [word or plain for word, plain in zip(words, _PLAIN_NAMES, strict=True)]
    first, second = unique_names(named)
    return first, second


def names_to_link(dataset: Dataset) -> list[str]:
    """Write the axis names for the URL; an empty list if they are x and y."""
    names = axis_names(dataset.x_label, dataset.y_label)
    return [] if names == _PLAIN_NAMES else [*names]


def names_from_link(texts: Sequence[str]) -> tuple[str, str]:
    """Read what ``names_to_link`` wrote; anything else gives x and y."""
    if len(texts) != len(_PLAIN_NAMES) or any(len(text) > MAX_LABEL for text in texts):
        return _PLAIN_NAMES
    return axis_names(*texts)


MAX_LINK_POINTS = 100
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)


def points_to_text(dataset: Dataset) -> str | None:
    """Write up to 100 points for the URL, x_y~x_y~…, exactly; None if there are more."""
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
        Axis names, as ``names_from_link`` reads them.

    Raises
    ------
    DataError
        If the text has another format, or its points do not determine a line.
    """
    pairs = [pair.split("_") for pair in text.split("~", MAX_LINK_POINTS)]
    cells = [cell for pair in pairs for cell in pair]
    fits = len(pairs) <= MAX_LINK_POINTS and all(len(pair) == 2 for pair in pairs)
    if not fits or not all(len(c) <= MAX_CELL and _NUMBER.fullmatch(c) for c in cells):
        raise DataError("errors.points_of_link")
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
