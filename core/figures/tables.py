"""The numbers behind each chart, as tables to read: in words, and without what only a chart needs.

Every function returns a ``pandas.DataFrame`` whose columns are named for a reader. ``to_read``
writes such a table as texts of a sensible length, ``to_csv`` writes all of it exactly.
"""

import math
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from core import theory
from core.course.verdicts import verdict_word
from core.datasets import Dataset, FloatArray, Line, write_csv
from core.figures import frames
from core.reading.layout import unique_names
from core.words.writing import count, in_steps, readable

MAX_SHOWN = 50
_DIGITS, _MAX_DIGITS = 4, 15


def to_read(table: pd.DataFrame) -> pd.DataFrame:
    """Write a table as texts: up to 50 of its rows, evenly chosen, the first and last among them.

    Numbers get 4 digits; more in a column where these would not tell its numbers apart.
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
    """Tabulate all points, and how high each of the named lines is there."""
    names = unique_names([dataset.x_label, dataset.y_label, *lines])
    columns = [dataset.x, dataset.y, *(theory.heights(dataset, line) for line in lines.values())]
    return pd.DataFrame(dict(zip(names, columns, strict=True)))


def lines_of(frame: pd.DataFrame) -> dict[str, Line]:
    """Read the lines of a table with columns line (its name), w, b."""
    return {name: Line(w, b) for name, w, b in zip(frame["line"], frame["w"], frame["b"],
                                                   strict=True)}  # fmt: skip


def run(dataset: Dataset, branches: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Tabulate a run step by step, or the branches of one (see ``frames.path``)."""
    parts = []
    for name, path in branches.items():
        part = pd.DataFrame(
            {
                "step": path["step"],
                "w": path["w"],
                "b": path["b"],
                "loss (MSE)": path["loss"],
                "gap": _gaps(dataset, path),
                "slope along w": path["grad_w"],
                "slope along b": path["grad_b"],
            }
        )
        if len(branches) > 1:
            part.insert(0, "branch", name)
        parts.append(part)
    return pd.concat(parts, ignore_index=True)


def _gaps(dataset: Dataset, path: pd.DataFrame) -> FloatArray:
    return np.hypot(*theory.axis_errors(dataset, path["w"].to_numpy(), path["b"].to_numpy()))


_ACROSS, _SLICED = 7, 21  # places along an axis: few enough that all rows are shown


def surface(dataset: Dataset, window: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the loss at the best fit, then on a grid over a window of (w, b).

    See ``frames.path_window`` for the window.
    """
    w, b = np.meshgrid(*(_along(window, axis, _ACROSS) for axis in "wb"), indexing="ij")
    best = theory.best_fit(dataset)
    return _losses(dataset, np.append(best.w, w), np.append(best.b, b))


def _along(window: pd.DataFrame, axis: str, places: int) -> FloatArray:
    return np.linspace(window[f"{axis}_low"].iloc[0], window[f"{axis}_high"].iloc[0], places)


def _losses(dataset: Dataset, w: FloatArray, b: FloatArray) -> pd.DataFrame:
    lowest = theory.mse(dataset, theory.best_fit(dataset))
    excess = np.square(np.hypot(*theory.axis_errors(dataset, w, b)))
    return pd.DataFrame({"w": w, "b": b, "loss (MSE)": lowest + excess, "excess loss": excess})


def slices(dataset: Dataset, line: Line, window: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the loss, and its slope, along w and along b through a line."""
    parts = []
    for axis, (here, other) in {"w": (line.w, line.b), "b": (line.b, line.w)}.items():
        values = np.sort(np.append(_along(window, axis, _SLICED), here))
        same = np.full(values.size, other)
        w, b = (values, same) if axis == "w" else (same, values)
        slopes = [
            theory.gradient(dataset, Line(*place))["wb".index(axis)]
            for place in zip(w, b, strict=True)
        ]
        part = _losses(dataset, w, b).drop(columns="excess loss")
        part.insert(0, "along", axis)
        parts.append(part.assign(**{"slope there": slopes}))
    return pd.concat(parts, ignore_index=True)


def by_step(runs: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Put series over steps side by side; NaN where one has no such step."""
    joined = pd.concat(list(runs.values()), axis=1, keys=list(runs)).sort_index()
    return joined.rename_axis("step").reset_index()


def verdicts(dataset: Dataset, learning_rates: Iterable[float]) -> list[str]:
    """List each rate's verdict in words."""
    return [verdict_word(dataset, rate) for rate in learning_rates]


def arrivals(dataset: Dataset, start: Line, learning_rates: Iterable[float]) -> pd.Series:
    """List after how many steps the line arrives at each rate; NaN where it never does."""
    steps = [theory.arrives(dataset, rate, start) for rate in learning_rates]
    # Whole numbers beyond int64: pandas would make floats of them.
    return pd.Series([math.nan if number is None else number for number in steps], dtype=object)


def outcomes(dataset: Dataset, start: Line, learning_rates: ArrayLike, steps: int) -> pd.DataFrame:
    """Tabulate where some steps at each rate lead, by the closed form."""
    begin = frames.theory_row(dataset, start).iloc[0]
    rate = np.asarray(learning_rates, dtype=np.float64)
    flat, steep = (
        begin[f"{axis}_error"] * (1 - rate * begin[axis]) ** steps for axis in ("flat", "steep")
    )
    w = begin["w"] + flat * begin["flat_w"] + steep * begin["steep_w"]
    b = begin["b"] + flat * begin["flat_b"] + steep * begin["steep_b"]
    return pd.DataFrame(
        {
            "learning rate": rate,
            "verdict": verdicts(dataset, rate),
            f"w after {in_steps(steps)}": w,
            f"b after {in_steps(steps)}": b,
            "gap": np.hypot(*theory.axis_errors(dataset, w, b)),
        }
    )


def told_outcomes(
    dataset: Dataset, start: Line, learning_rates: ArrayLike, steps: int
) -> pd.DataFrame:
    """Tabulate ``outcomes``, and after how many steps each line arrives."""
    table = outcomes(dataset, start, learning_rates, steps)
    table.insert(2, "arrives after", arrivals(dataset, start, table["learning rate"]))
    return table


def compared(losses: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the losses of ``frames.compared_losses``, side by side."""
    by_version = losses.set_index("step").groupby("version", sort=False)["loss"]
    return by_step({f"loss, {version}": loss for version, loss in by_version})
