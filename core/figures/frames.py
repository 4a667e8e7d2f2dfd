"""Results as tidy tables that charts draw.

Tables are ``pandas.DataFrame``. A column name means the same in all of them: ``x``, ``y`` a
point; ``w``, ``b`` a line; ``slot`` the index of a recorded step.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core import theory
from core.datasets import Dataset, FloatArray, Line
from core.runs import History, IntArray
from core.words.writing import in_original_units, readable

MAX_DRAWN_POINTS = 1_000
MAX_LOSS_GROWTH = 100.0  # explosions are cut at this multiple of the starting loss


def points(dataset: Dataset) -> pd.DataFrame:
    """Tabulate the points to draw: all, or an even sample of 1,000. Columns x, y."""
    step = max(1, math.ceil(dataset.n / MAX_DRAWN_POINTS))
    return pd.DataFrame({"x": dataset.x[::step], "y": dataset.y[::step]})


def fit_window(
    dataset: Dataset, lines: Sequence[Line] = (), headroom: float = 0.06
) -> pd.DataFrame:
    """Find axis bounds that fit the points and lines.

    Parameters
    ----------
    headroom : float
        Free height above them, as a share of theirs.

    Returns
    -------
    DataFrame
        One row; columns x_low, x_high, y_low, y_high.
    """
    x_low, x_high = _padded(dataset.x, 0.03)
    ends = [line.at(np.array([x_low, x_high])) for line in lines]
    y = np.concatenate([dataset.y, *ends])
    y_low, y_high = _padded(y, 0.06)
    y_high += (headroom - 0.06) * float(np.ptp(y))
    return pd.DataFrame(
        {"x_low": [x_low], "x_high": [x_high], "y_low": [y_low], "y_high": [y_high]}
    )


def _padded(values: FloatArray, share: float) -> tuple[float, float]:
    low, high = float(np.min(values)), float(np.max(values))
    margin = share * (high - low) or max(abs(low), 1.0) * share
    return low - margin, high + margin


def known_lines(dataset: Dataset) -> dict[str, Line]:
    """Return the fixed lines by name: the best fit, and the true line where it is known."""
    lines = {"best fit": theory.best_fit(dataset)}
    return lines if dataset.true_line is None else {"true line": dataset.true_line} | lines


def line_rows(lines: Mapping[str, Line]) -> pd.DataFrame:
    """Tabulate lines: columns line (its name), w, b."""
    return pd.DataFrame(
        {
            "line": list(lines),
            "w": [line.w for line in lines.values()],
            "b": [line.b for line in lines.values()],
        }
    )


def fixed_lines(dataset: Dataset) -> pd.DataFrame:
    """Tabulate the fixed lines; see ``line_rows``."""
    return line_rows(known_lines(dataset))


def line_row(line: Line) -> pd.DataFrame:
    """Tabulate one line: columns w, b."""
    return pd.DataFrame({"w": [line.w], "b": [line.b]})


def losses(dataset: Dataset, guess: Line) -> pd.DataFrame:
    """Compare all lines: columns line, w, b, original (units), loss, gap; the guess first."""
    lines = {"guess": guess, **known_lines(dataset)}
    return line_rows(lines).assign(
        original=[in_original_units(dataset, line, 4) for line in lines.values()],
        loss=[theory.mse(dataset, line) for line in lines.values()],
        gap=[theory.gap(dataset, line) for line in lines.values()],
    )


def path(dataset: Dataset, history: History, rate: int = 0) -> pd.DataFrame:
    """Tabulate one run, step by step, up to its last sane step.

    Returns
    -------
    DataFrame
        Columns slot (0, 1, … in the order of the record), step, w, b, loss, grad_w, grad_b,
        steep (signed error along the steep axis, in y-units).
    """
    steps = history.sane_steps(rate)
    kept = slice(steps.size)
    w, b = history.w[rate, kept], history.b[rate, kept]
    return pd.DataFrame(
        {
            "slot": np.arange(steps.size),
            "step": steps,
            "w": w,
            "b": b,
            "loss": history.loss[rate, kept],
            "grad_w": history.grad_w[rate, kept],
            "grad_b": history.grad_b[rate, kept],
            "steep": theory.axis_errors(dataset, w, b)[1],
        }
    )


MAX_SLOTS = 1_000


def join_paths(paths: Sequence[pd.DataFrame]) -> pd.DataFrame:
    """Join the stretches of one run; each begins with the step at which the last one ended.

    At most 1,000 recorded steps are kept: an even sample of each stretch, always with its ends.
    """
    stride = max(1, math.ceil(sum(map(len, paths)) / MAX_SLOTS))
    thinned = [
        path.iloc[np.unique([*range(0, len(path), stride), len(path) - 1])] for path in paths
    ]
    joined = pd.concat([thinned[0], *(path.iloc[1:] for path in thinned[1:])], ignore_index=True)
    joined["slot"] = np.arange(len(joined))
    return joined


@dataclass(frozen=True, eq=False)
class Branches:
    """A run, and the branch that it left at a fork, if there is one.

    Parameters
    ----------
    path : DataFrame
        The run from its start on; see ``path``.
    other : DataFrame, optional
        The other branch, from the same start on.
    fork_at : int
        The step at which the two part.
    """

    path: pd.DataFrame
    other: pd.DataFrame | None = None
    fork_at: int = 0

    @property
    def line(self) -> Line:
        """Where the run ends."""
        return _last_line(self.path)

    @property
    def taken(self) -> int:
        """How many steps the run has taken."""
        return int(self.path["step"].iloc[-1])

    @property
    def other_line(self) -> Line | None:
        """Where the other branch ends."""
        return None if self.other is None else _last_line(self.other)

    @property
    def left_behind(self) -> pd.DataFrame | None:
        """The part of the other branch after the fork; column last marks its end."""
        if self.other is None:
            return None
        rest = self.other[self.other["step"] >= self.fork_at]
        return rest.assign(last=rest["slot"] == self.other["slot"].iloc[-1])

    @property
    def named(self) -> dict[str, pd.DataFrame]:
        """The paths, by their names in the charts."""
        if self.other is None:
            return {"The run": self.path}
        return {"The dashed branch": self.other, "The fork": self.path}


def _last_line(path: pd.DataFrame) -> Line:
    return Line(float(path["w"].iloc[-1]), float(path["b"].iloc[-1]))


def ends(run: pd.DataFrame) -> dict[str, float]:
    """Return a run's first and last loss, and its number of steps."""
    first, last = run["loss"].iloc[[0, -1]]
    return {"first_loss": first, "last_loss": last, "taken": int(run["step"].iloc[-1])}


MAX_PRINTED = 21


def printed(path: pd.DataFrame) -> pd.DataFrame:
    """Choose the steps that a loop prints: one in 20, and the last; of short runs one in 5, or all.

    Of a longer run, 21 of its recorded steps, evenly chosen by index; the gaps between recorded
    steps grow, so theirs do too.
    """
    last, steps = len(path) - 1, int(path["step"].iloc[-1] - path["step"].iloc[0])
    stride = next((stride for stride in (1, 5, 20) if steps < MAX_PRINTED * stride), None)
    if stride is None:
        chosen = np.linspace(0, last, MAX_PRINTED).round().astype(int)
    else:
        chosen = np.flatnonzero(path["step"] % stride == 0)
    return path.iloc[np.unique([*chosen, last])]


def printout(path: pd.DataFrame) -> str:
    """Write a run as a loop prints it."""
    width = len(str(path["step"].iloc[-1]))
    return "\n".join(
        f"step {step:>{width}}   w {w:10.6f}   b {b:10.6f}   loss {loss:.8g}"
        for step, w, b, loss in _steps(printed(path))
    )


def step_texts(path: pd.DataFrame) -> list[str]:
    """Write every step of a run as one line: step, w, b, loss."""
    return [
        f"{step:,}: w = {readable(w, 4)}, b = {readable(b, 4)}, loss {readable(loss, 4)}"
        for step, w, b, loss in _steps(path)
    ]


def _steps(path: pd.DataFrame) -> Iterator[tuple[int, float, float, float]]:
    return zip(path["step"], path["w"], path["b"], path["loss"], strict=True)


def path_window(
    dataset: Dataset, start: Line, path: pd.DataFrame, others: Sequence[Line] = ()
) -> pd.DataFrame:
    """Find map bounds that fit start, minimum, true line, path and ``others``.

    While the loss falls, a path stays inside the ellipse of its start's loss. Steps of an
    exploding run outside that ellipse do not widen the bounds.

    Returns
    -------
    DataFrame
        One row; columns w_low, w_high, b_low, b_high.
    """
    best = theory.best_fit(dataset)
    reach = max(theory.gap(dataset, start), 1e-3 * float(np.std(dataset.y)), 1e-12)
    half_w, half_b = ellipse_half_extents(dataset, reach)
    w, b = path["w"].to_numpy(), path["b"].to_numpy()
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
    return pd.DataFrame(
        {"w_low": [w_low], "w_high": [w_high], "b_low": [b_low], "b_high": [b_high]}
    )


def apart(path: pd.DataFrame, window: pd.DataFrame) -> pd.DataFrame:
    """Drop steps that the window cannot show apart from the previous one; keep the last."""
    bounds = window.iloc[0]
    across = path["w"].to_numpy() / (bounds["w_high"] - bounds["w_low"])
    up = path["b"].to_numpy() / (bounds["b_high"] - bounds["b_low"])
    kept = [0]
    for row in range(1, len(path)):
        if math.hypot(across[row] - across[kept[-1]], up[row] - up[kept[-1]]) >= _APART:
            kept.append(row)
    return path.iloc[np.unique([*kept, len(path) - 1])]


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


def contours(dataset: Dataset, window: pd.DataFrame) -> pd.DataFrame:
    """Describe lines of equal loss: exact ellipses around the minimum, the largest first.

    The gap halves, and so the excess loss is quartered, from one level to the next; the first
    level passes through the corner of the window with the highest loss.

    Returns
    -------
    DataFrame
        Columns w, b (their centre), flat_w, flat_b, steep_w, steep_b (the ellipse's half axes as
        vectors), loss, level (0 is the largest). The ellipse is centre + cos(a)·flat +
        sin(a)·steep, for every angle a.
    """
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    bounds = window.iloc[0]
    farthest = max(
        theory.gap(dataset, Line(w, b))
        for w in (bounds["w_low"], bounds["w_high"])
        for b in (bounds["b_low"], bounds["b_high"])
    )
    gaps = farthest / 2.0 ** np.arange(LEVELS)
    flat, steep = gaps * math.sqrt(2 / axes.flat), gaps * math.sqrt(2 / axes.steep)
    return pd.DataFrame(
        {
            "w": best.w,
            "b": best.b,
            "flat_w": flat * axes.flat_axis[0],
            "flat_b": flat * axes.flat_axis[1],
            "steep_w": steep * axes.steep_axis[0],
            "steep_b": steep * axes.steep_axis[1],
            "loss": theory.mse(dataset, best) + gaps**2,
            "level": np.arange(LEVELS),
        }
    )


_LEAST_LOSS = 1e-280  # lower end of the axis where all losses are 0
_TINY = 1e-15  # times the starting loss: lower losses are rounding error, below the log axis


def one_row(**values: float) -> pd.DataFrame:
    """Make a table of one row."""
    return pd.DataFrame({name: [value] for name, value in values.items()})


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


def drawn_loss(frame: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Add loss_drawn: the loss, clipped to the log axis' lower end so that 0 can be drawn."""
    return frame.assign(loss_drawn=frame["loss"].clip(lower=2 * bounds["loss_low"].iloc[0]))


def floor(dataset: Dataset) -> pd.DataFrame:
    """Tabulate the lowest possible loss: columns loss, text."""
    lowest = theory.mse(dataset, theory.best_fit(dataset))
    return pd.DataFrame({"loss": [lowest], "text": [f"best fit: {readable(lowest)}"]})


def fold_row(dataset: Dataset) -> pd.DataFrame:
    """Put ``Dataset.fold`` into one row, r00 … r22, from which the browser computes losses."""
    return pd.DataFrame([{f"r{i}{j}": dataset.fold[i, j] for i in range(3) for j in range(i, 3)}])
