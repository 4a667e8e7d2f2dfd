"""Results as tidy tables: what a chart draws, and the only place where columns get their names.

Every function returns a ``pandas.DataFrame``. Tables that share a name of a column mean the same
by it: ``x``, ``y`` a point; ``w``, ``b`` a line; ``slot`` the place of a step in a record.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core import schedules, theory
from core.datasets import Dataset, FloatArray, Line
from core.experiments import Step, Train
from core.runs import History, IntArray, TrainingConfig

MAX_DRAWN_POINTS = 1_000
MAX_DRAWN_RESIDUALS = 250  # more of them are slow to drag, and hide the points
MAX_STEEP_ERROR_GROWTH = 1.6  # how much of an explosion the signed-error chart leaves room for
MAX_LOSS_GROWTH = 100.0  # and the loss chart
MAX_COMPARED_GROWTH = 1e6  # where the curve of a loop that climbs is cut


def readable(value: float, digits: int = 3) -> str:
    """Write a number for a reader: 3 significant digits, 0.00001 rather than 1e-05.

    Above ten million and below a millionth it becomes 1.23×10⁷.
    """
    if value == 0:
        return "0"
    size = abs(value)
    if not 1e-6 <= size < 1e7:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa}×10{power}".replace("-", "−")
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


MAX_COUNTED = 10**12


def count(number: int | None) -> str:
    """Write a whole number for a reader: all its digits, but 1.23×10⁹⁹ for 100; – for none."""
    if number is None:
        return "–"
    return f"{number:,}" if abs(number) < MAX_COUNTED else readable(float(number))


def subtraction(old: float, new: float) -> tuple[str, str, str]:
    """Write old − difference = new so that the written numbers add up."""
    size = max(abs(old), abs(new))
    decimals = 5 - math.floor(math.log10(size)) if size else 0
    if not 0 <= decimals <= 12:
        return readable(old, 6), readable(old - new, 6), readable(new, 6)
    left, right = round(old, decimals), round(new, decimals)
    texts = (f"{value:,.{decimals}f}" for value in (left, left - right, right))
    first, second, third = (text.replace("-", "−") for text in texts)
    return first, second, third


def readable_below(value: float) -> str:
    """Write a positive number for a reader, rounded down: a limit one may type and not exceed."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 2)
    return readable(math.floor(value / unit) * unit)


def equation(line: Line, digits: int = 3) -> str:
    """Write a line as y = w·x + b."""
    sign = "+" if line.b >= 0 else "−"
    return f"y = {readable(line.w, digits)}·x {sign} {readable(abs(line.b), digits)}"


def in_original_units(dataset: Dataset, line: Line, digits: int = 3) -> str:
    """Write a line of the data as it reads before x was standardized."""
    return equation(dataset.to_original(line), digits)


def points(dataset: Dataset) -> pd.DataFrame:
    """Tabulate the points to draw: all, or an even sample of 1,000. Columns x, y."""
    step = max(1, math.ceil(dataset.n / MAX_DRAWN_POINTS))
    return pd.DataFrame({"x": dataset.x[::step], "y": dataset.y[::step]})


def residuals_drawn(dataset: Dataset) -> str:
    """Say what the pictures of a guess leave out; nothing where they draw it all."""
    shown = len(points(dataset))
    if shown <= MAX_DRAWN_RESIDUALS:
        return ""
    residuals = shown // math.ceil(shown / MAX_DRAWN_RESIDUALS)
    drawn = f"all {shown:,} points" if shown == dataset.n else f"{shown:,} of {dataset.n:,} points"
    return (
        f"Drawn are {drawn}, and the residuals of {residuals} of them; every number is computed "
        "from all points."
    )


def described(dataset: Dataset) -> str:
    """Say how many points there are, and from where to where they reach: for a text alternative."""
    ranges = " and ".join(
        f"{label} from {readable(values.min())} to {readable(values.max())}"
        for label, values in ((dataset.x_label, dataset.x), (dataset.y_label, dataset.y))
    )
    return f"{dataset.n:,} points, {ranges}"


LONG_VALLEY = 1e4  # a condition number from which gradient descent takes for ever


def without_last_point(dataset: Dataset) -> Dataset:
    """Take the outlier away again."""
    return replace(dataset, x=dataset.x[:-1], y=dataset.y[:-1], recipe="", scaling=None)


def fit_window(
    dataset: Dataset, lines: Sequence[Line] = (), headroom: float = 0.06
) -> pd.DataFrame:
    """Bound the picture of the data so that points and lines fit.

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


def fixed_lines(dataset: Dataset) -> pd.DataFrame:
    """Tabulate the lines that stay: best fit, and true line where it is known.

    Returns
    -------
    DataFrame
        Columns line (its name), w, b.
    """
    lines = {"best fit": theory.best_fit(dataset)}
    if dataset.true_line is not None:
        lines = {"true line": dataset.true_line} | lines
    return pd.DataFrame([{"line": name, "w": line.w, "b": line.b} for name, line in lines.items()])


def line_row(line: Line) -> pd.DataFrame:
    """Tabulate one line: columns w, b."""
    return pd.DataFrame({"w": [line.w], "b": [line.b]})


def losses(dataset: Dataset, guess: Line) -> pd.DataFrame:
    """Compare all lines: columns line, w, b, original (units), loss, gap; the guess first."""
    table = pd.concat(
        [pd.DataFrame({"line": ["guess"], "w": [guess.w], "b": [guess.b]}), fixed_lines(dataset)],
        ignore_index=True,
    )
    lines = [Line(w, b) for w, b in zip(table["w"], table["b"], strict=True)]
    table["original"] = [in_original_units(dataset, line, 4) for line in lines]
    table["loss"] = [theory.mse(dataset, line) for line in lines]
    table["gap"] = [theory.gap(dataset, line) for line in lines]
    return table


def path(dataset: Dataset, history: History, rate: int = 0) -> pd.DataFrame:
    """Tabulate one run, step by step, up to its last sane step.

    Returns
    -------
    DataFrame
        Columns slot (0, 1, … in the order of the record), step, w, b, loss, grad_w, grad_b,
        steep (signed error along the steep axis, in y-units).
    """
    kept = slice(_last_record(history, rate) + 1)
    w, b = history.w[rate, kept], history.b[rate, kept]
    steps = history.steps[kept]
    if history.diverged_at[rate] >= 0:
        steps = np.minimum(steps, history.diverged_at[rate])
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

    Of more than 1,000 recorded steps, that many are kept: an even share of each stretch, its ends
    always.
    """
    stride = max(1, math.ceil(sum(map(len, paths)) / MAX_SLOTS))
    thinned = [
        path.iloc[np.unique([*range(0, len(path), stride), len(path) - 1])] for path in paths
    ]
    joined = pd.concat([thinned[0], *(path.iloc[1:] for path in thinned[1:])], ignore_index=True)
    joined["slot"] = np.arange(len(joined))
    return joined


def branch(path: pd.DataFrame, fork_at: int) -> pd.DataFrame:
    """Take the part of a run that a fork left behind; column last marks its end."""
    rest = path[path["step"] >= fork_at]
    return rest.assign(last=rest["slot"] == path["slot"].iloc[-1])


def arrow(step: Step) -> pd.DataFrame:
    """Tabulate one step in one row: columns w, b, new_w, new_b, text."""
    return pd.DataFrame(
        {
            "w": [step.old.w],
            "b": [step.old.b],
            "new_w": [step.new.w],
            "new_b": [step.new.b],
            "text": [f"step {step.number:,}"],
        }
    )


def place(line: Line) -> str:
    """Name the place of a line on the map, for a text alternative."""
    return f"w = {readable(line.w)}, b = {readable(line.b)}"


MAX_PRINTED = 21


def printed(path: pd.DataFrame) -> pd.DataFrame:
    """Choose the steps that a loop prints: one in 20, and the last; of short runs one in 5, or all.

    A longer run prints 21 of its recorded steps, evenly chosen: they lie ever farther apart.
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
    """Bound the picture of the loss surface so that start, minimum, true line and path fit.

    And ``others``.

    While the loss falls, a path stays inside the ellipse of its start's loss; what an exploding
    run does outside of that is not followed.

    Returns
    -------
    DataFrame
        One row; columns w_low, w_high, b_low, b_high.
    """
    best = theory.best_fit(dataset)
    reach = max(theory.gap(dataset, start), 1e-3 * float(np.std(dataset.y)), 1e-12)
    half_w, half_b = _ellipse_half_extents(dataset, reach)
    w, b = path["w"].to_numpy(), path["b"].to_numpy()
    inside = (np.abs(w - best.w) <= half_w) & (np.abs(b - best.b) <= half_b)
    marks = [line for line in (best, start, dataset.true_line, *others) if line is not None]
    w = np.concatenate([w[inside], [line.w for line in marks]])
    b = np.concatenate([b[inside], [line.b for line in marks]])
    least_w, least_b = _ellipse_half_extents(dataset, 1e-3 * float(np.std(dataset.y)) or 1e-12)
    if np.ptp(w) < least_w or np.ptp(b) < least_b:  # a start at the best fit
        w = np.concatenate([w, [best.w - least_w, best.w + least_w]])
        b = np.concatenate([b, [best.b - least_b, best.b + least_b]])
    w_low, w_high = _padded(w, 0.25)
    b_low, b_high = _padded(b, 0.2)
    if dataset.scaling is not None:  # the same scale for both: so that the round valley looks round
        half = max(w_high - w_low, b_high - b_low) / 2
        w_low, w_high = (w_low + w_high) / 2 - half, (w_low + w_high) / 2 + half
        b_low, b_high = (b_low + b_high) / 2 - half, (b_low + b_high) / 2 + half
    return pd.DataFrame(
        {"w_low": [w_low], "w_high": [w_high], "b_low": [b_low], "b_high": [b_high]}
    )


def widened(window: pd.DataFrame, share: float) -> pd.DataFrame:
    """Add that share of its width and height to each side of a window of ``path_window``."""
    margin_w = share * (window["w_high"] - window["w_low"])
    margin_b = share * (window["b_high"] - window["b_low"])
    return pd.DataFrame(
        {
            "w_low": window["w_low"] - margin_w,
            "w_high": window["w_high"] + margin_w,
            "b_low": window["b_low"] - margin_b,
            "b_high": window["b_high"] + margin_b,
        }
    )


def apart(path: pd.DataFrame, window: pd.DataFrame) -> pd.DataFrame:
    """Leave out the steps one could not tell apart in a picture of that window; never the last."""
    bounds = window.iloc[0]
    across = path["w"].to_numpy() / (bounds["w_high"] - bounds["w_low"])
    up = path["b"].to_numpy() / (bounds["b_high"] - bounds["b_low"])
    kept = [0]
    for row in range(1, len(path)):
        if math.hypot(across[row] - across[kept[-1]], up[row] - up[kept[-1]]) >= _APART:
            kept.append(row)
    return path.iloc[np.unique([*kept, len(path) - 1])]


_APART = 0.005  # of the picture's width or height


def _ellipse_half_extents(dataset: Dataset, gap: float) -> tuple[float, float]:
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
    level passes through that corner of the window where the loss is highest.

    Returns
    -------
    DataFrame
        Columns w, b (their centre), flat_w, flat_b, steep_w, steep_b (from there to the ring along
        either axis of the bowl), loss. On the ring lies centre + cos(a)·flat + sin(a)·steep, for
        every angle a.
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
        }
    )


_LEAST_LOSS = 1e-280  # that an axis shows, where all losses are 0
_TINY = 1e-15  # of the starting loss: below it a loss is rounding, and no log axis need go there


def run_bounds(paths: Sequence[pd.DataFrame], lowest_loss: float) -> pd.DataFrame:
    """Bound the picture of the loss of one run, or of the branches of one.

    Returns
    -------
    DataFrame
        One row; columns step_low, step_high, step_tick (from one tick to the next); loss_low,
        loss_high (of a log axis), log_tick (in decades); loss_top (of a linear axis, from 0),
        linear_tick.
    """
    step, loss = (np.concatenate([path[name] for path in paths]) for name in ("step", "loss"))
    bounds = _loss_bounds(step, loss, lowest_loss, math.inf)
    high = bounds["loss_high"]
    decades = math.log10(high / bounds["loss_low"])
    return _one_row(
        **bounds,
        # Powers of two where there are few powers of ten.
        log_tick=math.log10(2) if decades < 2 else float(math.ceil(decades / 7)),
        step_tick=max(1.0, theory.round_down((bounds["step_high"] - bounds["step_low"]) / 4)),
        loss_top=0.55 * high,
        linear_tick=theory.round_down(0.55 * high / 4),
    )


def _one_row(**values: float) -> pd.DataFrame:
    return pd.DataFrame({name: [value] for name, value in values.items()})


def _loss_bounds(
    step: IntArray, loss: FloatArray, lowest_loss: float, growth: float = MAX_LOSS_GROWTH
) -> dict[str, float]:
    """Bound a picture of losses: step_low, step_high, loss_low, loss_high."""
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
    """Add loss_drawn: the loss, kept above the log axis' lower end so that 0 can be drawn."""
    return frame.assign(loss_drawn=frame["loss"].clip(lower=2 * bounds["loss_low"].iloc[0]))


def floor(dataset: Dataset) -> pd.DataFrame:
    """Tabulate the lowest loss there is: columns loss, text."""
    lowest = theory.mse(dataset, theory.best_fit(dataset))
    return pd.DataFrame({"loss": [lowest], "text": [f"best fit: {readable(lowest)}"]})


def floor_height(dataset: Dataset, bounds: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the same for a picture of ``rate_bounds``: columns height, text."""
    lowest = floor(dataset)
    height = math.log10(max(lowest["loss"].iloc[0], bounds["loss_floor"].iloc[0]))
    return pd.DataFrame({"text": lowest["text"], "height": [height]})


def compared_losses(wrong: Sequence[float], repaired: Sequence[float]) -> pd.DataFrame:
    """Tabulate the losses of a wrong and of a repaired loop, one of each step.

    Returns
    -------
    DataFrame
        Columns version, step, loss; a run ends before its loss is a million times what it was.
    """
    parts = []
    for version, losses in (("wrong", wrong), ("repaired", repaired)):
        loss = np.array(losses)
        sane = np.cumprod(loss <= MAX_COMPARED_GROWTH * loss[0]).astype(bool)  # NaN is not
        steps = np.arange(loss.size)[sane]
        parts.append(pd.DataFrame({"version": version, "step": steps, "loss": loss[sane]}))
    return pd.concat(parts, ignore_index=True)


def compared_bounds(losses: pd.DataFrame, lowest_loss: float) -> pd.DataFrame:
    """Bound the picture of ``compared_losses``: step_low, step_high, loss_low, loss_high."""
    return _one_row(
        **_loss_bounds(losses["step"].to_numpy(), losses["loss"].to_numpy(), lowest_loss)
    )


def rate_table(dataset: Dataset, history: History, rates: Sequence[float]) -> pd.DataFrame:
    """Summarise runs at several learning rates, one row each.

    Returns
    -------
    DataFrame
        Columns learning_rate, verdict, s (= rate·λ₂), flat_factor and steep_factor (what a step
        multiplies the error along either axis by, 1 − rate·λ), steps (taken while sane), w, b,
        original (the line in the data's own units), loss, gap, steps_needed (to 1 % of the start's
        excess loss; missing where the rate explodes), steps_measured (the first recorded step at
        which that was so, missing if none).
    """
    axes = theory.curvature(dataset)
    start = Line(float(history.w[0, 0]), float(history.b[0, 0]))
    lines = [history.last_line(index) for index in range(len(rates))]
    diverged_at = history.diverged_at
    return pd.DataFrame(
        {
            "learning_rate": rates,
            "verdict": [theory.verdict(dataset, rate) for rate in rates],
            "s": [rate * axes.steep for rate in rates],
            "flat_factor": [1 - rate * axes.flat for rate in rates],
            "steep_factor": [1 - rate * axes.steep for rate in rates],
            "steps": np.where(diverged_at < 0, history.steps[-1], diverged_at),
            "w": [line.w for line in lines],
            "b": [line.b for line in lines],
            "original": [in_original_units(dataset, line) for line in lines],
            "loss": history.loss[:, -1],
            "gap": [theory.gap(dataset, line) for line in lines],
            # Whole numbers beyond int64, and None: pandas would make floats of them.
            "steps_needed": pd.Series(
                [theory.steps_needed(dataset, rate, start) for rate in rates], dtype=object
            ),
            "steps_measured": pd.Series(
                [_first_at_one_percent(dataset, history, index) for index in range(len(rates))],
                dtype=object,
            ),
        }
    )


def _first_at_one_percent(dataset: Dataset, history: History, rate: int) -> int | None:
    flat, steep = theory.axis_errors(dataset, history.w[rate], history.b[rate])
    excess = flat**2 + steep**2
    there = np.flatnonzero(excess <= 0.01 * excess[0])
    return int(history.steps[there[0]]) if there.size and excess[0] > 0 else None


def two_steps(dataset: Dataset, start: Line, train: Train) -> pd.DataFrame:
    """Take the two steps that end on the best fit, in both orders.

    Returns
    -------
    DataFrame
        Columns rates (their names), and the gap at steps 0, 1 and 2; missing where the detour of
        a long valley was stopped as an explosion.
    """
    axes = theory.curvature(dataset)
    rates = {"1/λ₂, then 1/λ₁": (axes.steep, axes.flat), "1/λ₁, then 1/λ₂": (axes.flat, axes.steep)}
    rows = []
    for order, (first, second) in rates.items():
        schedule = TrainingConfig((1 / first,), 2, start, factors=(1.0, first / second))
        history = train(dataset, schedule)
        lines = zip(history.w[0], history.b[0], strict=True)
        gaps = [theory.gap(dataset, Line(float(w), float(b))) for w, b in lines]
        if history.diverged_at[0] >= 0:
            gaps[int(history.diverged_at[0]) + 1 :] = [math.nan] * (2 - int(history.diverged_at[0]))
        rows.append({"rates": order} | {f"gap at step {step}": g for step, g in enumerate(gaps)})
    return pd.DataFrame(rows)


_COMPARED_ROWS = 400  # records of all rates that the comparison draws, or little more
_FOR_EVER = 32_767


def compared_slots(history: History) -> IntArray:
    """Choose the records to draw: the first ones, an even share of the others, and the last.

    Of an odd number of records one is taken: so a zigzag still looks like one. The browser's work
    at a change grows with their number: with twice as many, losses and paths take twice as long.
    """
    slots = np.arange(history.steps.size)
    early = history.steps <= history.steps[0] + EARLY_STEPS
    others = _COMPARED_ROWS // history.w.shape[0] - np.count_nonzero(early)
    stride = math.ceil(slots.size / max(others, 1)) // 2 * 2 + 1
    return np.flatnonzero(early | (slots % stride == 0) | (slots == slots[-1]))


SCHEDULE_NAMES = ("yours", "fastest rate", "safe choice")
_EXPLOSION_SHOWN = 30.0  # times the start's gap: so much of an explosion is drawn
LEAST_GAP = 1e-12  # of the start's: below it a gap is rounding


@dataclass(frozen=True)
class Schedules:
    """A schedule beside the two single rates to beat, and what N rates can do at best.

    Parameters
    ----------
    runs : DataFrame
        Columns name (one of ``SCHEDULE_NAMES``), step, gap, gap_drawn (kept above the log axis'
        lower end). A run that exploded ends with its last sane step.
    ends : DataFrame
        Columns name, gap (at the end), stopped (the last sane step of a run that exploded, −1 for
        the others), end_step, end_gap (the last point inside the picture), label_step, label_gap.
    mark : DataFrame
        One row: Chebyshev's bound. Columns step (N), gap, gap_drawn, text, side.
    bounds : DataFrame
        One row; columns step_low, step_high, loss_low, loss_high (of the gaps' log axis).
    """

    runs: pd.DataFrame
    ends: pd.DataFrame
    mark: pd.DataFrame
    bounds: pd.DataFrame


def schedule_runs(
    dataset: Dataset,
    start: Line,
    factors: tuple[float, ...],
    decay: float,
    steps: int,
    n: int,
    train: Train,
) -> Schedules:
    """Run a schedule, in units of 1/λ₂, beside the fastest single rate and the safe choice.

    Parameters
    ----------
    steps : int
        At most 511, so that each of them is recorded.
    n : int
        For which Chebyshev's bound is marked.
    """
    safe, fastest = theory.safe_rate(dataset), theory.fastest_rate(dataset)
    own = train(dataset, TrainingConfig((safe,), steps, start, factors=factors, decay=decay))
    single = train(dataset, TrainingConfig((fastest, safe), steps, start))
    begun = theory.gap(dataset, start)
    bound = schedules.chebyshev_bound(dataset, n) * begun
    runs, ends = [], []
    for name, history, rate in zip(SCHEDULE_NAMES, (own, single, single), (0, 0, 1), strict=True):
        run, stopped = _gaps(dataset, history, rate)
        drawn = run[run["gap"] <= _EXPLOSION_SHOWN * begun] if stopped >= 0 else run
        runs.append(run.assign(name=name))
        ends.append(
            {
                "name": name,
                "gap": run["gap"].iloc[-1],
                "stopped": stopped,
                "highest": drawn["gap"].max(),
                "end_step": drawn["step"].iloc[-1],
                "end_gap": drawn["gap"].iloc[-1],
            }
        )
    all_runs, all_ends = pd.concat(runs, ignore_index=True), pd.DataFrame(ends)
    least = max(min(float(all_runs["gap"].min()), bound), LEAST_GAP * begun)
    high = 2 * float(all_ends["highest"].max())
    low = least / max(2.0, (high / least) ** 0.1)  # room for the bound's name below all curves
    last = max(steps, n)
    all_ends["end_gap"] = all_ends["end_gap"].clip(lower=least)
    return Schedules(
        all_runs.assign(gap_drawn=all_runs["gap"].clip(lower=least)),
        all_ends.drop(columns="highest").assign(
            label_step=all_ends["end_step"] + 0.03 * last,
            label_gap=np.exp(_spread(np.log(all_ends["end_gap"]), math.log(low), math.log(high))),
        ),
        pd.DataFrame(
            {
                "step": [n],
                "gap": [bound],
                "gap_drawn": [max(bound, least)],
                "text": [f"bound for {n} rates: {readable(bound)}"],
                "side": ["right" if n < 0.5 * last else "left"],
            }
        ),
        pd.DataFrame(
            {"step_low": [0], "step_high": [1.33 * last], "loss_low": [low], "loss_high": [high]}
        ),
    )


def _gaps(dataset: Dataset, history: History, rate: int = 0) -> tuple[pd.DataFrame, int]:
    """Columns step, gap of one run up to its last sane step; that step where it exploded, or −1."""
    run = path(dataset, history, rate)
    errors = theory.axis_errors(dataset, run["w"].to_numpy(), run["b"].to_numpy())
    return (
        pd.DataFrame({"step": run["step"], "gap": np.hypot(*errors)}),
        int(history.diverged_at[rate]),
    )


def chebyshev_orders(dataset: Dataset, start: Line, n: int, train: Train) -> pd.DataFrame:
    """Take Chebyshev's N steps in every order.

    Returns
    -------
    DataFrame
        Columns order, highest (the largest gap on the way, as a multiple of the start's), gap
        (at the end), stopped (the last sane step of a run that exploded, −1 for the others),
        error_growth (see ``core.schedules``).
    """
    safe, begun = theory.safe_rate(dataset), theory.gap(dataset, start)
    rows = []
    for order, arrange in schedules.ORDERS.items():
        rates = arrange(schedules.chebyshev_rates(dataset, n))
        factors = tuple((rates / safe).tolist())
        history = train(dataset, TrainingConfig((safe,), n, start, factors=factors))
        run, stopped = _gaps(dataset, history)
        rows.append(
            {
                "order": order,
                "highest": run["gap"].max() / begun,
                "gap": run["gap"].iloc[-1],
                "stopped": stopped,
                "error_growth": schedules.error_growth(dataset, rates),
            }
        )
    return pd.DataFrame(rows)


_COMPARED_STEPS = 256  # records of one rate that the comparison draws


def rate_paths(dataset: Dataset, history: History, table: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the runs of ``rate_table`` for drawing, at ``compared_slots`` of their record.

    Returns
    -------
    DataFrame
        Columns rate (its place in the table), kind (its verdict's place among the words), slot and
        until (from which place of a slider to before which the run is there), step, w, b, loss,
        steep, formula (the loss by the closed form).
    """
    start = Line(float(history.w[0, 0]), float(history.b[0, 0]))
    slots = compared_slots(history)
    ends = [_last_record(history, rate) for rate in range(len(table))]
    records = [np.append(slots[slots < end], end) for end in ends]
    places = [np.searchsorted(slots, kept) for kept in records]
    sizes = [kept.size for kept in records]
    rate, record = np.repeat(np.arange(len(table)), sizes), np.concatenate(records)
    stops = np.where(history.diverged_at < 0, history.steps[-1], history.diverged_at)
    step = np.minimum(history.steps[record], stops[rate])
    w, b = history.w[rate, record], history.b[rate, record]
    rates = table["learning_rate"].to_numpy()
    kinds = np.array([_kind(verdict) for verdict in table["verdict"]], dtype=np.int8)
    return pd.DataFrame(
        {
            "rate": rate.astype(np.int8),
            "kind": kinds[rate],
            "slot": np.concatenate(places).astype(np.int16),
            "until": np.concatenate([np.append(p[1:], _FOR_EVER) for p in places]).astype(np.int16),
            "step": step,
            "w": w,
            "b": b,
            "loss": history.loss[rate, record],
            "steep": theory.axis_errors(dataset, w, b)[1],
            "formula": theory.loss_after(dataset, start, rates[rate], step),
        }
    )


def _last_record(history: History, rate: int) -> int:
    """Find the first record at or after the last sane step; it holds that step's values."""
    diverged_at = history.diverged_at[rate]
    if diverged_at < 0:
        return history.steps.size - 1
    return int(np.searchsorted(history.steps, diverged_at))


def _kind(verdict: str) -> int:
    return list(VERDICT_WORDS).index(verdict)


_PLACE = ["rate", "kind", "slot", "until"]
_FAR = 1e30  # beyond any picture, and still a float32


def _drawn(values: ArrayLike) -> NDArray[np.float32]:
    """Halve what is sent to the browser: seven digits are enough for a picture."""
    return np.clip(np.asarray(values), -_FAR, _FAR).astype(np.float32)


def _placed(paths: pd.DataFrame, **columns: ArrayLike) -> pd.DataFrame:
    """Put columns beside those that say which run, and which place of a slider, a row is for."""
    return pd.DataFrame({name: paths[name].to_numpy() for name in _PLACE} | columns)


def loss_columns(paths: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Tabulate what the picture of the losses draws: step, height and formula (log10 of a loss)."""
    floor = bounds["loss_floor"].iloc[0]
    height, formula = (
        _drawn(np.log10(np.maximum(paths[name].to_numpy(), floor))) for name in ("loss", "formula")
    )
    return _placed(paths, step=paths["step"].to_numpy(np.int32), height=height, formula=formula)


def fit_columns(paths: pd.DataFrame, window: pd.DataFrame) -> pd.DataFrame:
    """Tabulate what the picture of the lines draws: left and right, a line's y at its edges."""
    w, b = paths["w"].to_numpy(), paths["b"].to_numpy()
    left, right = (_drawn(w * window[f"x_{end}"].iloc[0] + b) for end in ("low", "high"))
    return _placed(paths, left=left, right=right)


def path_columns(paths: pd.DataFrame, window: pd.DataFrame) -> pd.DataFrame:
    """Tabulate what the map of the paths draws: dw and db, from the window's lower left corner.

    Of runs that explode only the first five steps, and those lie below the others.
    """
    exploding, step = paths["kind"].to_numpy() == _kind("explodes"), paths["step"].to_numpy()
    first = np.flatnonzero(exploding & (step <= step.min() + 5))
    drawn = paths.iloc[np.concatenate([first, np.flatnonzero(~exploding)])]
    dw, db = (_drawn(drawn[axis].to_numpy() - window[f"{axis}_low"].iloc[0]) for axis in "wb")
    return _placed(drawn, dw=dw, db=db)


_ROW_HALF = 0.34  # of the distance between two rows: how high a row of signed errors reaches


def error_columns(paths: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Tabulate what the rows of signed errors draw: step, height (row 0 at 0, row 1 at −1 …), dot.

    A run that leaves its row is drawn up to where it does, between two steps.
    """
    room, last = bounds["steep_high"].iloc[0], bounds["early_high"].iloc[0]
    drawn = paths[paths["step"].to_numpy() <= last]
    rate, step, steep = (drawn[name].to_numpy() for name in ("rate", "step", "steep"))
    step, steep, outside = step.astype(float), steep.copy(), np.abs(steep) > room
    kept, dot = ~outside, ~outside
    for left in np.unique(rate[outside]):
        rows = np.flatnonzero(rate == left)
        first = rows[outside[rows]][0]
        edge = math.copysign(room, steep[first])
        share = (edge - steep[first - 1]) / (steep[first] - steep[first - 1])
        step[first] = step[first - 1] + share * (step[first] - step[first - 1])
        steep[first] = edge
        kept[rows] = rows <= first
    height = _drawn(steep / room * _ROW_HALF - rate)
    return _placed(drawn, dot=dot, step=_drawn(step), height=height)[kept]


def error_ticks(rates: int, bounds: pd.DataFrame) -> pd.DataFrame:
    """Tabulate the scale of each row of signed errors: columns height, text, zero."""
    room = bounds["steep_high"].iloc[0]
    tick = theory.round_down(room)
    return pd.DataFrame(
        [
            {"height": value / room * _ROW_HALF - row, "text": readable(value), "zero": value == 0}
            for row in range(rates)
            for value in (-tick, 0.0, tick)
        ]
    )


def principal_axes(dataset: Dataset, window: pd.DataFrame) -> pd.DataFrame:
    """Draw the two axes of the bowl through the best fit, as far as a picture reaches.

    Returns
    -------
    DataFrame
        Columns w, b, to_w, to_b (the ends of each), text, text_w, text_b (where its name stands).
    """
    best, axes, bounds = theory.best_fit(dataset), theory.curvature(dataset), window.iloc[0]
    rows = []
    for (way_w, way_b), eigenvalue, name, share in (
        (axes.flat_axis, axes.flat, "flat, λ₁", 0.7),  # inside, on a phone, too
        (axes.steep_axis, axes.steep, "steep, λ₂", 0.5),
    ):
        reach = [
            (bounds[f"{letter}_{end}"] - centre) / way
            for letter, centre, way in (("w", best.w, way_w), ("b", best.b, way_b))
            for end in ("low", "high")
            if way != 0
        ]
        back, on = max(r for r in reach if r <= 0), min(r for r in reach if r >= 0)
        longer = back if abs(back) > on else on
        rows.append(
            {
                "w": best.w + back * way_w,
                "b": best.b + back * way_b,
                "to_w": best.w + on * way_w,
                "to_b": best.b + on * way_b,
                "text": f"{name} = {readable(eigenvalue)}",
                "text_w": best.w + share * longer * way_w,
                "text_b": best.b + share * longer * way_b,
            }
        )
    return pd.DataFrame(rows)


EARLY_STEPS = 30  # what happens across the valley happens in the first few steps


def rate_bounds(paths: pd.DataFrame, lowest_loss: float, last_step: int) -> pd.DataFrame:
    """Bound the pictures of several runs. An explosion is given room to be seen, and not more.

    Returns
    -------
    DataFrame
        One row; columns step_low, step_high, step_tick; height_low, height_high (log10 of the
        loss), log_tick, loss_floor (the least loss that is drawn); early_low, early_high,
        steep_low, steep_high of the signed errors.
    """
    loss = paths["loss"].to_numpy()
    losses = _loss_bounds(paths["step"].to_numpy(), loss, lowest_loss)
    low, high = math.log10(losses["loss_low"]), math.log10(losses["loss_high"])
    first = abs(float(paths["steep"].iloc[0]))
    room = MAX_STEEP_ERROR_GROWTH * max(first, 1e-3 * math.sqrt(float(loss[0])))
    room = room or 1.0
    last = max(last_step, 1)
    return _one_row(
        step_low=0,
        step_high=last,
        step_tick=max(1.0, theory.round_down(last / 4)),
        height_low=low,
        height_high=high,
        log_tick=float(math.ceil((high - low) / 7)),
        loss_floor=2 * losses["loss_low"],
        early_low=0,
        early_high=min(EARLY_STEPS, last),
        steep_low=-room,
        steep_high=room,
    )


def rate_ends(table: pd.DataFrame, paths: pd.DataFrame, bounds: pd.DataFrame) -> pd.DataFrame:
    """Say where each run's curve leaves the picture of the losses, and what to write there.

    Returns
    -------
    DataFrame
        Columns rate, kind, label (the rate), sentence, step and height (the last point inside of
        the picture), label_height (where its name has room beside it).
    """
    high = bounds["height_high"].iloc[0]
    heights = np.log10(np.maximum(paths["loss"].to_numpy(), bounds["loss_floor"].iloc[0]))
    inside = np.flatnonzero(heights <= high)
    rate, steps = paths["rate"].to_numpy(), paths["step"].to_numpy()
    last = [inside[rate[inside] == index][-1] for index in range(len(table))]
    rates, verdicts = table["learning_rate"].tolist(), table["verdict"].tolist()
    labels = [readable(rate) for rate in rates]
    return pd.DataFrame(
        {
            "rate": range(len(table)),
            "kind": [_kind(verdict) for verdict in verdicts],
            "label": labels,
            "sentence": [
                f"{label}: {VERDICT_WORDS[verdict]}"
                for label, verdict in zip(labels, verdicts, strict=True)
            ],
            "step": steps[last],
            "height": heights[last],
            "label_height": _spread(heights[last], bounds["height_low"].iloc[0], high),
        }
    )


_MOST_SHARE = 1e6  # of the start's excess loss: no picture of shares follows an explosion so far


def excess_shares(dataset: Dataset, paths: pd.DataFrame) -> pd.DataFrame:
    """Tell of the runs of ``rate_paths`` how much of their start's excess loss is left.

    The excess over the best fit's loss is the gap squared. As a share of the start's it has no
    unit, so that runs on different data can stand in one picture.

    Returns
    -------
    DataFrame
        Columns rate, kind, step, loss (the share: 1 at the start; 0 throughout where the start
        is the best fit).
    """
    gaps = np.hypot(*theory.axis_errors(dataset, paths["w"].to_numpy(), paths["b"].to_numpy()))
    with np.errstate(over="ignore"):
        shares = np.square(gaps / gaps[0]) if gaps[0] > 0 else np.zeros_like(gaps)
    return paths[["rate", "kind", "step"]].assign(loss=np.minimum(shares, _MOST_SHARE))


@dataclass(frozen=True)
class Overlay:
    """Runs of today with a pinned one over them, for a picture of their excess losses.

    Parameters
    ----------
    runs : DataFrame
        Columns of ``excess_shares``, pinned (whether the row is of that run), loss_drawn.
    ends : DataFrame
        One row a run: columns rate, kind, pinned, label, end_step, end_loss, label_step,
        label_loss.
    bounds : DataFrame
        One row: columns step_low, step_high, loss_low, loss_high.
    """

    runs: pd.DataFrame
    ends: pd.DataFrame
    bounds: pd.DataFrame


def overlay(present: pd.DataFrame, labels: Sequence[str], pinned: pd.DataFrame) -> Overlay:
    """Lay the one run of ``pinned`` over those of ``present``, which have these labels.

    A run is drawn until 10⁻¹² of its excess loss is left.
    """
    last = pinned.assign(rate=len(labels))
    runs = pd.concat([present.assign(pinned=False), last.assign(pinned=True)], ignore_index=True)
    arrived = (runs["loss"] <= _LEAST_SHARE).groupby(runs["rate"]).cummax()
    runs = runs[arrived.groupby(runs["rate"]).cumsum() <= 1]
    step, loss = runs["step"].to_numpy(), runs["loss"].to_numpy()
    in_picture = _loss_bounds(step, loss, max(loss.min(), _LEAST_SHARE))
    # The axis of the steps is logarithmic: a power of its end is room beside it.
    reach = float(in_picture["step_high"]) + 1
    bounds = _one_row(**in_picture | {"step_high": reach**_ROOM_FOR_LABELS - 1})
    loss_low, loss_high = in_picture["loss_low"], in_picture["loss_high"]
    inside = drawn_loss(runs[runs["loss"] <= loss_high], bounds)
    ends = inside.groupby("rate", as_index=False).last()
    return Overlay(
        drawn_loss(runs, bounds),
        ends[["rate", "kind", "pinned"]].assign(
            label=[*labels, "pinned"],
            end_step=ends["step"],
            end_loss=ends["loss_drawn"],
            label_step=(ends["step"] + 1) * reach**_BESIDE - 1,
            label_loss=np.exp(
                _spread(np.log(ends["loss_drawn"]), math.log(loss_low), math.log(loss_high))
            ),
        ),
        bounds,
    )


_LEAST_SHARE = 1e-12  # a millionth of the start's gap
_ROOM_FOR_LABELS, _BESIDE = 1.2, 0.03


def _spread(values: ArrayLike, low: float, high: float) -> FloatArray:
    """Move labels up an axis just so far that none covers another."""
    room = (high - low) / 14
    values = np.asarray(values)
    order = np.argsort(values, kind="stable")
    places = values[order]
    for place in range(1, places.size):
        places[place] = max(places[place], places[place - 1] + room)
    spread = np.empty_like(places)
    spread[order] = places - max(0.0, places[-1] - high)
    return spread


VERDICT_WORDS = {
    "slow": "slow",
    "good": "good",
    "zigzag": "fast, but zigzags",
    "explodes": "explodes",
}


def theory_row(dataset: Dataset, start: Line) -> pd.DataFrame:
    """Put what the closed form needs into one row, for a browser to compute every step from.

    Returns
    -------
    DataFrame
        Columns w, b (best fit), flat, steep (eigenvalues), flat_w, flat_b, steep_w, steep_b (their
        axes), flat_error, steep_error (the start's distance from the best fit along them, in the
        units of w and b).
    """
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    dw, db = start.w - best.w, start.b - best.b
    return pd.DataFrame(
        [
            {
                "w": best.w,
                "b": best.b,
                "flat": axes.flat,
                "steep": axes.steep,
                "flat_w": axes.flat_axis[0],
                "flat_b": axes.flat_axis[1],
                "steep_w": axes.steep_axis[0],
                "steep_b": axes.steep_axis[1],
                "flat_error": axes.flat_axis[0] * dw + axes.flat_axis[1] * db,
                "steep_error": axes.steep_axis[0] * dw + axes.steep_axis[1] * db,
            }
        ]
    )


@dataclass(frozen=True)
class Ruler:
    """An axis of learning rates, with what the data says about them.

    Parameters
    ----------
    bounds : DataFrame
        One row: columns rate_low, rate_high; loss_low, loss_high of the log axis beside it.
    theory : DataFrame
        One row: what the loss after any number of steps is computed from: columns lowest, flat,
        steep (eigenvalues), flat_share, steep_share (the start's squared errors along their axes,
        in y-units²).
    zones : DataFrame
        Columns kind (of verdict), low, high (rates, inside of the bounds), text, row.
    marks : DataFrame
        Columns rate, text, row (a row of its own for each name, so that none covers another).
    chosen : DataFrame
        The rates that run: columns rate, kind, label, row.
    """

    bounds: pd.DataFrame
    theory: pd.DataFrame
    zones: pd.DataFrame
    marks: pd.DataFrame
    chosen: pd.DataFrame


def ruler(dataset: Dataset, start: Line, rates: Sequence[float]) -> Ruler:
    """Lay out the rates from far too slow to far too large, and those that were chosen."""
    limit, safe = theory.stable_limit(dataset), theory.safe_rate(dataset)
    low = min(limit / 1000, *(rate / 2 for rate in rates))
    high = max(limit * 3, *(rate * 1.5 for rate in rates))
    lowest, first = (theory.mse(dataset, line) for line in (theory.best_fit(dataset), start))
    loss_high = 30 * max(first, lowest, np.finfo(np.float64).tiny)
    loss_low = max(lowest, 1e-12 * loss_high) / 4
    errors = theory.axis_errors(dataset, np.array(start.w), np.array(start.b))
    axes = theory.curvature(dataset)
    edges = [low, safe / 10, safe, limit, high]
    verdicts = list(VERDICT_WORDS)
    return Ruler(
        pd.DataFrame(
            {
                "rate_low": [low],
                "rate_high": [high],
                "loss_low": [loss_low],
                "loss_high": [loss_high],
            }
        ),
        pd.DataFrame(
            {
                "lowest": [lowest],
                "flat": [axes.flat],
                "steep": [axes.steep],
                "flat_share": [float(errors[0]) ** 2],
                "steep_share": [float(errors[1]) ** 2],
            }
        ),
        pd.DataFrame(
            {
                "kind": range(len(verdicts)),
                "low": edges[:-1],
                "high": edges[1:],
                "text": ["slow", "good", "zigzags", "explodes"],
                "row": [0, 0, 1, 0],  # on a phone the last two would meet
            }
        ),
        pd.DataFrame(
            {
                "rate": [safe, theory.fastest_rate(dataset), limit],
                "text": [
                    f"safe choice, 1/λ₂ = {readable_below(safe)}",
                    f"fastest in the long run, {readable_below(theory.fastest_rate(dataset))}",
                    f"limit, 2/λ₂ = {readable_below(limit)}",
                ],
                "row": [0, 1, 2],
            }
        ),
        pd.DataFrame(
            {
                "rate": list(rates),
                "kind": [_kind(theory.verdict(dataset, rate)) for rate in rates],
                "label": [readable(rate) for rate in rates],
                "row": [index % 3 for index in range(len(rates))],
            }
        ),
    )


def fold_row(dataset: Dataset) -> pd.DataFrame:
    """Put the data's fold into one row, r00 … r22, for a browser to compute any line's loss."""
    return pd.DataFrame([{f"r{i}{j}": dataset.fold[i, j] for i in range(3) for j in range(i, 3)}])


def slice_bounds(dataset: Dataset, start: Line, window: pd.DataFrame) -> pd.DataFrame:
    """Bound the slices: the window's columns, and loss_low, loss_high around the start's loss."""
    high = 1.5 * max(theory.mse(dataset, start), 4 * float(floor(dataset)["loss"].iloc[0]))
    return window.assign(loss_low=-0.04 * high, loss_high=high)


@dataclass(frozen=True)
class Bowl:
    """The loss surface as a solid, in units of its picture.

    Along the principal axes, in y-units, the excess loss is simply flat² + steep²: a round bowl,
    the same for all data. So places on it are told as (flat, steep), with 1 at the rim.

    Parameters
    ----------
    shape : DataFrame
        One row: columns flat_x, flat_y, steep_x, steep_y, where the ends of the axes are drawn.
    path : DataFrame
        A run on the surface: columns order, flat, steep; only steps that lie inside the rim.
    marks : DataFrame
        Columns text, flat, steep: the best fit, and where beyond the rim w grows, and b.
    widening : float
        By how much the valley is drawn wider than it is; 1 where it need not be.
    across : float
        The turn, in degrees, at which the valley lies from left to right.
    """

    shape: pd.DataFrame
    path: pd.DataFrame
    marks: pd.DataFrame
    widening: float
    across: float


_MAX_ASPECT = 3.0  # a longer ellipse does not read as a bowl


def bowl(dataset: Dataset, start: Line, path: pd.DataFrame) -> Bowl:
    """Build the loss surface up to the ring just above the start.

    A linear map takes (flat, steep) to the picture's (w, b). It is stretched where the valley would
    be too narrow to see.
    """
    axes = theory.curvature(dataset)
    rim = 1.1 * max(theory.gap(dataset, start), 1e-3 * float(np.std(dataset.y)), 1e-12)
    half_w, half_b = _ellipse_half_extents(dataset, 1.0)
    flat, steep = math.sqrt(2 / axes.flat), math.sqrt(2 / axes.steep)
    exact = np.array(
        [
            [flat * axes.flat_axis[0] / half_w, steep * axes.steep_axis[0] / half_w],
            [flat * axes.flat_axis[1] / half_b, steep * axes.steep_axis[1] / half_b],
        ]
    )
    left, (long, short), right = np.linalg.svd(exact)
    drawn_short = max(short, long / _MAX_ASPECT)
    drawn = left @ np.diag([long, drawn_short]) @ right
    errors = np.array(theory.axis_errors(dataset, path["w"].to_numpy(), path["b"].to_numpy())) / rim
    on_it = errors[:, np.hypot(*errors) <= 1]
    ways = np.linalg.inv(exact)
    ways *= 1.06 / np.linalg.norm(ways, axis=0)
    return Bowl(
        pd.DataFrame(
            {
                "flat_x": [drawn[0, 0]],
                "flat_y": [drawn[1, 0]],
                "steep_x": [drawn[0, 1]],
                "steep_y": [drawn[1, 1]],
            }
        ),
        pd.DataFrame({"order": np.arange(on_it.shape[1]), "flat": on_it[0], "steep": on_it[1]}),
        pd.DataFrame(
            {
                "text": ["best fit", "more w", "more b"],
                "flat": [0.0, *ways[0]],
                "steep": [0.0, *ways[1]],
            }
        ),
        float(drawn_short / short),
        -math.degrees(math.atan(left[1, 0] / left[0, 0])),
    )


_HALF_ROW = 0.44  # of the distance between two rows of unlabelled runs
_ERROR_SHOWN = 1.8  # times the start's error, and
_LOSS_SHOWN = 30.0  # times the start's loss: so much of an explosion is drawn
_SECOND_COLUMN = 1.1  # where the second column of pictures begins; each is 1 wide


def unlabelled_runs(
    dataset: Dataset, history: History, names: Sequence[str], kinds: Sequence[str]
) -> dict[str, pd.DataFrame]:
    """Tabulate runs as two columns of small pictures: signed error, and beside it log loss.

    Parameters
    ----------
    history : History
        Of k runs, with every step recorded.
    names : sequence of str
        What to call each.
    kinds : sequence of str
        Verdicts to colour and to name them by; empty not to tell them.

    Returns
    -------
    dict of DataFrames
        ``curves``: columns curve, kind, across, height (row 0 at 0, row 1 at −1 …). ``lines``:
        across, to, height of zero and of the lowest loss. ``texts``: across, height, text.
    """
    _, steep = theory.axis_errors(dataset, history.w, history.b)
    begun = float(history.loss[0, 0])
    room = _ERROR_SHOWN * abs(float(steep[0, 0]))
    low = math.log10(max(theory.mse(dataset, theory.best_fit(dataset)), 1e-6 * begun))
    high = math.log10(_LOSS_SHOWN * begun)
    losses = np.log10(np.maximum(history.loss, 10.0**low))
    pictures = ((0.0, steep / room), (_SECOND_COLUMN, 2 * (losses - low) / (high - low) - 1))
    share = (history.steps - history.steps[0]) / (history.steps[-1] - history.steps[0])
    curves, lines = [], []
    for row in range(len(names)):
        kind = _kind(kinds[row]) if kinds else -1
        for column, (left, heights) in enumerate(pictures):
            outside = np.flatnonzero(np.abs(heights[row]) > 1 + 1e-9)
            inside = slice(outside[0] if outside.size else None)
            curves.append(
                pd.DataFrame(
                    {
                        "curve": np.int8(2 * row + column),
                        "kind": np.int8(kind),
                        "across": (left + share[inside]).astype(np.float32),
                        "height": (_HALF_ROW * heights[row][inside] - row).astype(np.float32),
                    }
                )
            )
            level = -row - (_HALF_ROW if column else 0)
            lines.append({"across": left, "to": left + 1, "height": level})
    texts = [
        {"across": -0.06, "height": float(-row), "text": name} for row, name in enumerate(names)
    ]
    texts += [
        {"across": 0.7, "height": 0.3 - row, "text": VERDICT_WORDS[kind]}
        for row, kind in enumerate(kinds)
    ]
    headings = zip((0.5, _SECOND_COLUMN + 0.5), ("signed error", "loss (log)"), strict=True)
    texts += [{"across": across, "height": 0.62, "text": text} for across, text in headings]
    return {
        "curves": pd.concat(curves, ignore_index=True),
        "lines": pd.DataFrame(lines),
        "texts": pd.DataFrame(texts),
    }
