"""Results as tables that charts draw; see ``registry.Table``.

A column name means the same in all of them: ``x``, ``y`` a point; ``w``, ``b`` a line; ``slot`` the
index of a recorded step.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import theory
from core.datasets import Dataset, FloatArray, Line
from core.figures.registry import Table, as_columns
from core.runs import History, IntArray
from core.words.writing import readable

MAX_DRAWN_POINTS = 1_000
MAX_LOSS_GROWTH = 100.0  # explosions are cut at this multiple of the starting loss


def rows(table: Table, chosen: NDArray[Any] | slice) -> dict[str, NDArray[Any]]:
    """Choose rows of a table, by index, mask or slice."""
    return {name: column[chosen] for name, column in table.items()}


def columns(table: Table, names: str) -> Table:
    """Choose columns of a table, by their names with spaces between."""
    return {name: table[name] for name in names.split()}


def stack(tables: Sequence[Table]) -> dict[str, NDArray[Any]]:
    """Put tables with the same columns below each other."""
    parts = list(map(as_columns, tables))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def points(dataset: Dataset) -> dict[str, FloatArray]:
    """Tabulate the points to draw: all, or an even sample of 1,000. Columns x, y."""
    step = max(1, math.ceil(dataset.n / MAX_DRAWN_POINTS))
    return {"x": dataset.x[::step], "y": dataset.y[::step]}


def fit_window(
    dataset: Dataset, lines: Sequence[Line] = (), headroom: float = 0.06
) -> dict[str, float]:
    """Find axis bounds that fit the points and lines: x_low, x_high, y_low, y_high.

    Parameters
    ----------
    headroom : float
        Free height above them, as a share of theirs.
    """
    x_low, x_high = _padded(dataset.x, 0.03)
    ends = [line.at(np.array([x_low, x_high])) for line in lines]
    y = np.concatenate([dataset.y, *ends])
    y_low, y_high = _padded(y, 0.06)
    y_high += (headroom - 0.06) * float(np.ptp(y))
    return {"x_low": x_low, "x_high": x_high, "y_low": y_low, "y_high": y_high}


def _padded(values: FloatArray, share: float) -> tuple[float, float]:
    low, high = float(np.min(values)), float(np.max(values))
    margin = share * (high - low) or max(abs(low), 1.0) * share
    return low - margin, high + margin


def known_lines(dataset: Dataset) -> dict[str, Line]:
    """Return the fixed lines by name: the best fit, and the true line where it is known."""
    lines = {"best fit": theory.best_fit(dataset)}
    return lines if dataset.true_line is None else {"true line": dataset.true_line} | lines


def line_rows(lines: Mapping[str, Line]) -> Table:
    """Tabulate lines: columns line (its name), w, b."""
    return {
        "line": list(lines),
        "w": [line.w for line in lines.values()],
        "b": [line.b for line in lines.values()],
    }


def fixed_lines(dataset: Dataset) -> Table:
    """Tabulate the fixed lines; see ``line_rows``."""
    return line_rows(known_lines(dataset))


def path(dataset: Dataset, history: History, rate: int = 0) -> dict[str, NDArray[Any]]:
    """Tabulate one run, step by step, up to its last sane step.

    Returns
    -------
    dict of ndarrays
        Columns slot (0, 1, … in the order of the record), step, w, b, loss, grad_w, grad_b,
        steep (signed error along the steep axis, in y-units).
    """
    steps = history.sane_steps(rate)
    kept = slice(steps.size)
    w, b = history.w[rate, kept], history.b[rate, kept]
    return {
        "slot": np.arange(steps.size),
        "step": steps,
        "w": w,
        "b": b,
        "loss": history.loss[rate, kept],
        "grad_w": history.grad_w[rate, kept],
        "grad_b": history.grad_b[rate, kept],
        "steep": theory.axis_errors(dataset, w, b)[1],
    }


MAX_SLOTS = 1_000


def join_paths(paths: Sequence[Table]) -> dict[str, NDArray[Any]]:
    """Join the stretches of one run; each begins with the step at which the last one ended.

    At most 1,000 recorded steps are kept: an even sample of each stretch, always with its ends.
    """
    sizes = [path["step"].size for path in paths]
    stride = max(1, math.ceil(sum(sizes) / MAX_SLOTS))
    kept = [np.unique([*range(0, size, stride), size - 1]) for size in sizes]
    thinned = [rows(path, chosen) for path, chosen in zip(paths, kept, strict=True)]
    joined = stack([thinned[0], *(rows(path, slice(1, None)) for path in thinned[1:])])
    return joined | {"slot": np.arange(joined["step"].size)}


@dataclass(frozen=True, eq=False)
class Branches:
    """A run, and the branch that it left at a fork, if there is one.

    Parameters
    ----------
    path : Table
        The run from its start on; see ``path``.
    other : Table, optional
        The other branch, from the same start on.
    fork_at : int
        The step at which the two part.
    """

    path: Table
    other: Table | None = None
    fork_at: int = 0

    @property
    def line(self) -> Line:
        """Where the run ends."""
        return _last_line(self.path)

    @property
    def taken(self) -> int:
        """How many steps the run has taken."""
        return int(self.path["step"][-1])

    @property
    def other_line(self) -> Line | None:
        """Where the other branch ends."""
        return None if self.other is None else _last_line(self.other)

    @property
    def left_behind(self) -> Table | None:
        """The part of the other branch after the fork; column last marks its end."""
        if self.other is None:
            return None
        rest = rows(self.other, self.other["step"] >= self.fork_at)
        return rest | {"last": rest["slot"] == self.other["slot"][-1]}

    @property
    def named(self) -> dict[str, Table]:
        """The paths, by their names in the charts."""
        if self.other is None:
            return {"The run": self.path}
        return {"The dashed branch": self.other, "The fork": self.path}


def _last_line(path: Table) -> Line:
    return Line(float(path["w"][-1]), float(path["b"][-1]))


def ends(run: Table) -> dict[str, float]:
    """Return a run's first and last loss, and its number of steps."""
    loss = run["loss"]
    return {"first_loss": loss[0], "last_loss": loss[-1], "taken": int(run["step"][-1])}


MAX_PRINTED = 21


def printed(path: Table) -> Table:
    """Choose the steps that a loop prints: one in 20, and the last; of short runs one in 5, or all.

    Of a longer run, 21 of its recorded steps, evenly chosen by index; the gaps between recorded
    steps grow, so theirs do too.
    """
    last, steps = path["step"].size - 1, int(path["step"][-1] - path["step"][0])
    stride = next((stride for stride in (1, 5, 20) if steps < MAX_PRINTED * stride), None)
    if stride is None:
        chosen = np.linspace(0, last, MAX_PRINTED).round().astype(int)
    else:
        chosen = np.flatnonzero(path["step"] % stride == 0)
    return rows(path, np.unique([*chosen, last]))


def printout(path: Table) -> str:
    """Write a run as a loop prints it."""
    width = len(str(path["step"][-1]))
    return "\n".join(
        f"step {step:>{width}}   w {w:10.6f}   b {b:10.6f}   loss {loss:.8g}"
        for step, w, b, loss in _steps(printed(path))
    )


def step_texts(path: Table) -> list[str]:
    """Write every step of a run as one line: step, w, b, loss."""
    return [
        f"{step:,}: w = {readable(w, 4)}, b = {readable(b, 4)}, loss {readable(loss, 4)}"
        for step, w, b, loss in _steps(path)
    ]


def _steps(path: Table) -> Iterator[tuple[int, float, float, float]]:
    return zip(*(path[name].tolist() for name in ("step", "w", "b", "loss")), strict=True)


def path_window(
    dataset: Dataset, start: Line, path: Table, others: Sequence[Line] = ()
) -> dict[str, float]:
    """Find map bounds that fit start, minimum, true line, path and ``others``.

    While the loss falls, a path stays inside the ellipse of its start's loss. Steps of an
    exploding run outside that ellipse do not widen the bounds.

    Returns
    -------
    dict
        w_low, w_high, b_low, b_high.
    """
    best = theory.best_fit(dataset)
    reach = max(theory.gap(dataset, start), 1e-3 * float(np.std(dataset.y)), 1e-12)
    half_w, half_b = ellipse_half_extents(dataset, reach)
    w, b = path["w"], path["b"]
    inside = (np.abs(w - best.w) <= half_w) & (np.abs(b - best.b) <= half_b)
    marks = [line for line in (best, start, dataset.true_line, *others) if line is not None]
    w = np.concatenate([w[inside], [line.w for line in marks]])
    b = np.concatenate([b[inside], [line.b for line in marks]])
    least_w, least_b = ellipse_half_extents(dataset, 1e-3 * float(np.std(dataset.y)) or 1e-12)
    if np.ptp(w) < least_w or np.ptp(b) < least_b:  # a start at the best fit
        w = np.concatenate([w, [best.w - least_w, best.w + least_w]])
        b = np.concatenate([b, [best.b - least_b, best.b + least_b]])
    w_low, w_high = _padded(w, 0.25)
    b_low, b_high = _padded(b, 0.2)
    if dataset.scaling is not None:  # the same scale for both axes, so that circles stay round
        half = max(w_high - w_low, b_high - b_low) / 2
        w_low, w_high = (w_low + w_high) / 2 - half, (w_low + w_high) / 2 + half
        b_low, b_high = (b_low + b_high) / 2 - half, (b_low + b_high) / 2 + half
    return {"w_low": w_low, "w_high": w_high, "b_low": b_low, "b_high": b_high}


def apart(path: Table, window: Mapping[str, float]) -> Table:
    """Drop steps that the window cannot show apart from the previous one; keep the last."""
    across = (path["w"] / (window["w_high"] - window["w_low"])).tolist()
    up = (path["b"] / (window["b_high"] - window["b_low"])).tolist()
    kept = [0]
    for row in range(1, len(up)):
        if math.hypot(across[row] - across[kept[-1]], up[row] - up[kept[-1]]) >= _APART:
            kept.append(row)
    return rows(path, np.unique([*kept, len(up) - 1]))


_APART = 0.005  # as a share of the picture's width or height


def ellipse_half_extents(dataset: Dataset, gap: float) -> tuple[float, float]:
    """Half width in w and half height in b of the ellipse of lines with that gap."""
    axes = theory.curvature(dataset)
    flat, steep = gap * math.sqrt(2 / axes.flat), gap * math.sqrt(2 / axes.steep)
    return (
        math.hypot(flat * axes.flat_axis[0], steep * axes.steep_axis[0]),
        math.hypot(flat * axes.flat_axis[1], steep * axes.steep_axis[1]),
    )


LEVELS = 9


def contours(dataset: Dataset, window: Mapping[str, float]) -> Table:
    """Describe lines of equal loss: exact ellipses around the minimum, the largest first.

    The gap halves, and so the excess loss is quartered, from one level to the next; the first
    level passes through the corner of the window with the highest loss.

    Returns
    -------
    Table
        Columns w, b (their centre), flat_w, flat_b, steep_w, steep_b (the ellipse's half axes as
        vectors), loss, level (0 is the largest). The ellipse is centre + cos(a)·flat +
        sin(a)·steep, for every angle a.
    """
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    farthest = max(
        theory.gap(dataset, Line(w, b))
        for w in (window["w_low"], window["w_high"])
        for b in (window["b_low"], window["b_high"])
    )
    gaps = farthest / 2.0 ** np.arange(LEVELS)
    flat, steep = gaps * math.sqrt(2 / axes.flat), gaps * math.sqrt(2 / axes.steep)
    return {
        "w": best.w,
        "b": best.b,
        "flat_w": flat * axes.flat_axis[0],
        "flat_b": flat * axes.flat_axis[1],
        "steep_w": steep * axes.steep_axis[0],
        "steep_b": steep * axes.steep_axis[1],
        "loss": theory.lowest_loss(dataset) + gaps**2,
        "level": np.arange(LEVELS),
    }


_LEAST_LOSS = 1e-280  # lower end of the axis where all losses are 0
_TINY = 1e-15  # times the starting loss: lower losses are rounding error, below the log axis


def loss_bounds(
    step: IntArray, loss: FloatArray, lowest_loss: float, growth: float = MAX_LOSS_GROWTH
) -> dict[str, float]:
    """Find the axis bounds for losses: step_low, step_high, loss_low, loss_high."""
    start = float(loss[0])
    room = growth * start if start > 0 else math.inf
    high = max(min(float(loss.max()), room), lowest_loss, _LEAST_LOSS)
    low = max(lowest_loss, _TINY * high, np.finfo(np.float64).tiny)
    return {
        "step_low": int(step[0]),
        "step_high": max(int(step.max()), int(step[0]) + 1),
        "loss_low": low / 2,
        "loss_high": high * 2,
    }


def drawn_loss(table: Table, bounds: Mapping[str, float]) -> Table:
    """Add loss_drawn: the loss, clipped to the log axis' lower end so that 0 can be drawn."""
    return {**table, "loss_drawn": np.maximum(table["loss"], 2 * bounds["loss_low"])}


def floor(dataset: Dataset) -> Table:
    """Tabulate the lowest possible loss in one row: loss, text."""
    lowest = theory.lowest_loss(dataset)
    return {"loss": lowest, "text": f"best fit: {readable(lowest)}"}


def fold_row(dataset: Dataset) -> Table:
    """Put ``Dataset.fold`` into one row, r00 … r22, from which the browser computes losses."""
    return {f"r{i}{j}": dataset.fold[i, j] for i in range(3) for j in range(i, 3)}
