"""The numbers behind each chart, as tables to read: in words, and without what only a chart needs.

Every function returns a ``pandas.DataFrame`` whose columns are named for a reader. ``to_read``
writes such a table as texts of a sensible length, ``to_csv`` writes all of it exactly.
"""

import math
from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from core import theory
from core.course.predictions import Limit, Pictures
from core.course.verdicts import verdict_word, with_arrival
from core.datasets import Dataset, FloatArray, Line, write_csv
from core.descent.challenges import DIAGNOSED_STEPS, NAMES, Diagnosis
from core.figures import frames, rate_frames
from core.network.range_test import RangeTest
from core.network.runs import EdgeRun, NetworkHistory
from core.reading.layout import unique_names
from core.runs import History
from core.words.writing import VERDICT_WORDS, count, in_steps, readable

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


_COLUMNS = {"loss": "loss", "w": "w", "b": "b", "steep": "error across the valley"}


def rates(
    dataset: Dataset,
    history: History,
    table: pd.DataFrame,
    columns: Sequence[str],
    last_step: int | None = None,
) -> pd.DataFrame:
    """Tabulate columns of ``frames.path`` step by step, the learning rates side by side.

    Parameters
    ----------
    table : DataFrame
        Of ``rate_frames.rate_table``. A run that exploded has no numbers after its last sane
        step.
    """
    names = _named(table)
    runs: dict[str, pd.Series] = {}
    for place, name in enumerate(names):
        path = frames.path(dataset, history, place).set_index("step").loc[:last_step]
        runs |= {f"{_COLUMNS[column]} at {name}": path[column] for column in columns}
    return _by_step(runs)


def rate_points(dataset: Dataset, history: History, table: pd.DataFrame) -> pd.DataFrame:
    """Tabulate all points, and how high the best fit and each rate's last line is there."""
    names = _named(table)
    lines = {f"line at {name}": history.last_line(place) for place, name in enumerate(names)}
    return points(dataset, {"best fit": theory.best_fit(dataset)} | lines)


def _named(table: pd.DataFrame) -> list[str]:
    """Call the rates of a ``rate_frames.rate_table`` by their number and what is said."""
    said = map(with_arrival, table["in_words"], table["arrives"])
    pairs = zip(table["learning_rate"], said, strict=True)
    return unique_names(f"{readable(rate)} ({words})" for rate, words in pairs)


def _by_step(runs: Mapping[str, pd.Series]) -> pd.DataFrame:
    """Put series over steps side by side; NaN where one has no such step."""
    joined = pd.concat(list(runs.values()), axis=1, keys=list(runs)).sort_index()
    return joined.rename_axis("step").reset_index()


_SWEPT = 33  # few enough that all rows are shown


def ruler(dataset: Dataset, start: Line, chosen: Sequence[float], steps: int) -> pd.DataFrame:
    """Tabulate learning rates from slow to exploding: verdict, loss after some steps, and marks."""
    drawn = rate_frames.ruler(dataset, start, chosen)
    low, high = drawn.bounds[["rate_low", "rate_high"]].iloc[0]
    swept = pd.DataFrame({"rate": np.geomspace(low, high, _SWEPT), "text": ""})
    picked = pd.DataFrame({"rate": list(chosen), "text": "chosen"})
    all_rates = pd.concat([swept, drawn.marks[["rate", "text"]], picked])
    all_rates = all_rates.sort_values("rate", kind="stable", ignore_index=True)
    loss = theory.loss_after(dataset, start, all_rates["rate"].to_numpy(), np.array(steps))
    return pd.DataFrame(
        {
            "learning rate": all_rates["rate"],
            "verdict": _verdicts(dataset, all_rates["rate"]),
            "arrives after": arrivals(dataset, start, all_rates["rate"]),
            f"loss after {in_steps(steps)}": np.where(np.isfinite(loss), loss, np.nan),
            "mark": all_rates["text"],
        }
    )


def _verdicts(dataset: Dataset, learning_rates: Iterable[float]) -> list[str]:
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
            "verdict": _verdicts(dataset, rate),
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


def marked_rates(prompt: Limit, answered: bool, mark: float | None) -> pd.DataFrame:
    """Tabulate the axis of a question; when it is answered, also zones, limit and mark."""
    rows = [("left end of the axis", prompt.low)]
    if answered:
        zones = prompt.zones()
        rows += [
            (f"up to here: {text}", high)
            for text, high in zip(zones["text"].iloc[:-1], zones["high"].iloc[:-1], strict=True)
        ]
        rows += [("the limit", prompt.answer)] + ([] if mark is None else [("your mark", mark)])
    rows.append(("right end of the axis", prompt.high))
    return pd.DataFrame(rows, columns=["place", "learning rate"])


def pictures(prompt: Pictures, answered: bool) -> pd.DataFrame:
    """Tabulate four signed errors, each in units of its largest; when answered with their rates."""
    errors = prompt.errors()
    table = pd.DataFrame(dict(zip(prompt.names(answered)["text"], errors, strict=True)))
    table.insert(0, "step", np.arange(errors.shape[1]))
    return table


def schedules(runs: rate_frames.Schedules) -> pd.DataFrame:
    """Tabulate the gaps of a schedule and of the single rates, and Chebyshev's bound."""
    named = runs.runs.set_index("step").groupby("name", sort=False)["gap"]
    gaps = {f"gap, {name}": gap for name, gap in named}
    return _by_step(gaps | {"Chebyshev's bound": runs.mark.set_index("step")["gap"]})


def shares(laid: rate_frames.Overlay) -> pd.DataFrame:
    """Tabulate which share of the start's excess loss is left, the pinned run at the end."""
    names = unique_names(
        "pinned run" if pinned else f"at {label}"
        for pinned, label in zip(laid.ends["pinned"], laid.ends["label"], strict=True)
    )
    runs = laid.runs.set_index("step").groupby("rate")["loss"]
    return _by_step({name: loss for name, (_, loss) in zip(names, runs, strict=True)})


def diagnosis(dataset: Dataset, eight: Diagnosis, checked: bool) -> pd.DataFrame:
    """Tabulate eight runs: error across the valley, and loss; verdicts once they are told."""
    _, steep = theory.axis_errors(dataset, eight.history.w, eight.history.b)
    table: dict[str, Sequence[float]] = {"step": range(DIAGNOSED_STEPS + 1)}
    for name, kind, error, loss in zip(NAMES, eight.kinds, steep, eight.history.loss, strict=True):
        told = f"{name}, {VERDICT_WORDS[kind]}" if checked else name
        table |= {f"{told}: error": error, f"{told}: loss": loss}
    return pd.DataFrame(table)


def compared(losses: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the losses of ``frames.compared_losses``, side by side."""
    by_version = losses.set_index("step").groupby("version", sort=False)["loss"]
    return _by_step({f"loss, {version}": loss for version, loss in by_version})


def network(
    histories: Sequence[NetworkHistory], learning_rates: Sequence[float], accuracy: bool
) -> pd.DataFrame:
    """Tabulate networks' losses, or their shares of right answers in percent, step by step."""
    runs: dict[str, pd.Series] = {}
    for history, name in zip(histories, unique_names(map(readable, learning_rates)), strict=False):
        seen, unseen = (
            (100 * history.accuracy, 100 * history.held_out_accuracy)
            if accuracy
            else (history.loss, history.held_out_loss)
        )
        what = "right, %" if accuracy else "loss"
        for kind, values in (("held out", unseen), ("training", seen)):
            runs[f"{what}, {kind}, at {name}"] = pd.Series(values, history.steps)
    return _by_step(runs)


def entropy(curve: pd.DataFrame) -> pd.DataFrame:
    """Tabulate what a picture costs over the probability given to the truth."""
    return curve.rename(
        columns={"probability": "probability given to the truth", "loss": "loss of the picture"}
    )


def range_test(test: RangeTest) -> pd.DataFrame:
    """Tabulate a range test, step by step."""
    return pd.DataFrame(
        {"learning rate": test.rates, "loss": test.loss, "average loss": test.smoothed}
    )


def edge(runs: Sequence[EdgeRun], column: str) -> pd.DataFrame:
    """Tabulate "sharpness" or "loss" of small networks, the learning rates side by side."""
    return _by_step(
        {
            f"{column} at {readable(run.learning_rate)} (2/rate = {readable(2 / run.learning_rate)}"
            ")": pd.Series(getattr(run, column), run.steps)
            for run in runs
        }
    )
