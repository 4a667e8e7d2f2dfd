"""The numbers behind each chart, as tables to read, without columns that only the chart needs.

Every function returns a ``pandas.DataFrame`` whose columns are named for a reader. ``to_read``
formats such a table in few rows and digits, ``to_csv`` writes all of it exactly.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from core import theory
from core.course.verdicts import verdict_word
from core.datasets import Dataset, FloatArray, Line, write_csv
from core.figures.frames import Branches
from core.figures.registry import Table
from core.reading.layout import unique_names
from core.words.writing import count, readable

MAX_SHOWN = 50
_DIGITS, _MAX_DIGITS = 4, 15


def to_read(table: pd.DataFrame) -> pd.DataFrame:
    """Format a table as text: up to 50 of its rows, evenly chosen, with the first and last.

    Numbers get 4 digits; more in a column whose numbers would otherwise look equal.
    """
    places = np.linspace(0, len(table) - 1, min(MAX_SHOWN, len(table))).round().astype(int)
    texts = {}
    for name in table:
        digits = _digits(table[name])
        texts[name] = [_text(value, digits) for value in table[name].iloc[places].tolist()]
    return pd.DataFrame(texts)


def _digits(column: pd.Series) -> int:
    if not pd.api.types.is_float_dtype(column):
        return _DIGITS
    largest, spread = column.abs().max(), column.max() - column.min()
    if not spread > 0:
        return _DIGITS
    return min(_MAX_DIGITS, _DIGITS + math.floor(math.log10(largest / spread) + 0.5))


def _text(value: str | float, digits: int) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return count(value)
    return "–" if math.isnan(value) else readable(value, digits)


def to_csv(table: pd.DataFrame) -> str:
    """Write all of a table as CSV, exactly; see ``core.datasets.write_csv``."""
    return write_csv(map(str, table), zip(*(table[name].tolist() for name in table), strict=True))


def points(dataset: Dataset, lines: Mapping[str, Line]) -> pd.DataFrame:
    """Tabulate all points, with the y of each named line there."""
    names = unique_names([dataset.x_label, dataset.y_label, *lines])
    columns = [dataset.x, dataset.y, *(theory.heights(dataset, line) for line in lines.values())]
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def run(dataset: Dataset, branches: Branches) -> pd.DataFrame:
    """Tabulate a run step by step, and before it the branch that it left."""
    parts = []
    for name, path in branches.named.items():
        part = pd.DataFrame(
            {
                "step": path["step"],
                "gap": _gaps(dataset, path),
                "w": path["w"],
                "b": path["b"],
                "loss (MSE)": path["loss"],
                "slope along w": path["grad_w"],
                "slope along b": path["grad_b"],
            }
        )
        if branches.other is not None:
            part.insert(0, "branch", name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _gaps(dataset: Dataset, path: Table) -> FloatArray:
    return np.hypot(*theory.axis_errors(dataset, path["w"], path["b"]))


_ACROSS = 7  # values along an axis: few enough that all rows are shown


def surface(dataset: Dataset, window: Mapping[str, float]) -> pd.DataFrame:
    """Tabulate the loss at the best fit, then on a grid over a window of (w, b).

    See ``frames.path_window`` for the window.
    """
    w, b = np.meshgrid(*(along(window, axis, _ACROSS) for axis in "wb"), indexing="ij")
    best = theory.best_fit(dataset)
    return losses(dataset, np.append(best.w, w), np.append(best.b, b))


def along(window: Mapping[str, float], axis: str, places: int) -> FloatArray:
    """Spread places evenly along the axis w or b of a window."""
    return np.linspace(window[f"{axis}_low"], window[f"{axis}_high"], places)


def losses(dataset: Dataset, w: FloatArray, b: FloatArray) -> pd.DataFrame:
    """Tabulate the losses of lines."""
    lowest = theory.lowest_loss(dataset)
    excess = np.square(np.hypot(*theory.axis_errors(dataset, w, b)))
    return pd.DataFrame({"w": w, "b": b, "loss (MSE)": lowest + excess, "excess loss": excess})


def by_step(runs: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Join series by step; NaN where one lacks a step."""
    joined = pd.concat(list(runs.values()), axis=1, keys=list(runs)).sort_index()
    return joined.rename_axis("step").reset_index()


def verdicts(dataset: Dataset, learning_rates: Iterable[float]) -> list[str]:
    """List each rate's verdict in words."""
    return [verdict_word(dataset, rate) for rate in learning_rates]


def arrivals(dataset: Dataset, start: Line, learning_rates: Iterable[float]) -> pd.Series:
    """List each rate's steps until the line arrives; NaN where it never does."""
    steps = [theory.arrives(dataset, rate, start) for rate in learning_rates]
    # Whole numbers beyond int64: pandas would make floats of them.
    return pd.Series([math.nan if number is None else number for number in steps], dtype=object)
