"""Runs at several learning rates as tables to draw, as those of ``frames`` are."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core import theory
from core.course.verdicts import verdict_word, with_arrival
from core.datasets import Dataset, FloatArray, Line
from core.descent import schedules
from core.descent.experiments import Train
from core.figures.frames import drawn_loss, last_record, loss_bounds, one_row, path
from core.rounding import ROUNDING
from core.runs import History, IntArray, TrainingConfig
from core.words.writing import VERDICT_WORDS, in_original_units, readable, readable_below

MAX_STEEP_ERROR_GROWTH = 1.6  # how much of an explosion the signed-error chart leaves room for


def rate_table(dataset: Dataset, history: History, rates: Sequence[float]) -> pd.DataFrame:
    """Summarise runs at several learning rates, one row each.

    Returns
    -------
    DataFrame
        Columns learning_rate, verdict, in_words (the verdict for a reader), s (= rate·λ₂),
        flat_factor and steep_factor (what a step multiplies the error along either axis by,
        1 − rate·λ), steps (taken while sane), w, b, original (the line in the data's own units),
        loss, gap, arrives (after so many steps; missing where the rate explodes),
        arrives_measured (the first recorded step at which the line had arrived, missing if none).
    """
    axes = theory.curvature(dataset)
    start = Line(float(history.w[0, 0]), float(history.b[0, 0]))
    lines = [history.last_line(index) for index in range(len(rates))]
    diverged_at = history.diverged_at
    return pd.DataFrame(
        {
            "learning_rate": rates,
            "verdict": [theory.verdict(dataset, rate) for rate in rates],
            "in_words": [verdict_word(dataset, rate) for rate in rates],
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
            "arrives": pd.Series(
                [theory.arrives(dataset, rate, start) for rate in rates], dtype=object
            ),
            "arrives_measured": pd.Series(
                [_first_arrived(dataset, history, index) for index in range(len(rates))],
                dtype=object,
            ),
        }
    )


def _first_arrived(dataset: Dataset, history: History, rate: int) -> int | None:
    start = Line(float(history.w[rate, 0]), float(history.b[rate, 0]))
    gaps = np.hypot(*theory.axis_errors(dataset, history.w[rate], history.b[rate]))
    there = np.flatnonzero(gaps <= theory.arrived_gap(dataset, start))
    return int(history.steps[there[0]]) if there.size else None


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


SCHEDULE_NAMES = ("yours", "2/(λ₁ + λ₂)", "safe choice")
_EXPLOSION_SHOWN = 30.0  # times the start's gap: so much of an explosion is drawn
LEAST_GAP = 1e-12  # of the start's: a smaller gap is drawn there, at the bottom


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


_DIGITS = 1e-4  # of a gap: an error below this leaves the digits that are shown


def chebyshev_orders(dataset: Dataset, start: Line, n: int, train: Train) -> pd.DataFrame:
    """Take Chebyshev's N steps in every order.

    Returns
    -------
    DataFrame
        Columns order, highest (the largest gap on the way, as a multiple of the start's), gap
        (at the end), stopped (the last sane step of a run that exploded, −1 for the others),
        error_growth (see ``schedules``). Gaps are NaN where rounding errors, grown so much,
        can change their digits: there each machine has others.
    """
    safe, begun = theory.safe_rate(dataset), theory.gap(dataset, start)
    left = begun * schedules.chebyshev_bound(dataset, n)
    rounding = ROUNDING * float(theory.size_of_terms(dataset, start.w, start.b))
    rows = []
    for order, arrange in schedules.ORDERS.items():
        rates = arrange(schedules.chebyshev_rates(dataset, n))
        factors = tuple((rates / safe).tolist())
        history = train(dataset, TrainingConfig((safe,), n, start, factors=factors))
        run, stopped = _gaps(dataset, history)
        growth = schedules.error_growth(dataset, rates)
        error = growth * rounding
        rows.append(
            {
                "order": order,
                "highest": run["gap"].max() / begun if error < _DIGITS * begun else math.nan,
                "gap": run["gap"].iloc[-1] if error < _DIGITS * left else math.nan,
                "stopped": stopped,
                "error_growth": growth,
            }
        )
    return pd.DataFrame(rows)


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
    ends = [last_record(history, rate) for rate in range(len(table))]
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
    losses = loss_bounds(paths["step"].to_numpy(), loss, lowest_loss)
    low, high = math.log10(losses["loss_low"]), math.log10(losses["loss_high"])
    first = abs(float(paths["steep"].iloc[0]))
    room = MAX_STEEP_ERROR_GROWTH * max(first, 1e-3 * math.sqrt(float(loss[0])))
    room = room or 1.0
    last = max(last_step, 1)
    return one_row(
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
    labels = [readable(rate) for rate in table["learning_rate"]]
    judged = map(with_arrival, table["in_words"], table["arrives"])
    return pd.DataFrame(
        {
            "rate": range(len(table)),
            "kind": [_kind(verdict) for verdict in table["verdict"]],
            "label": labels,
            "sentence": [f"{label}: {said}" for label, said in zip(labels, judged, strict=True)],
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
    in_picture = loss_bounds(step, loss, max(loss.min(), _LEAST_SHARE))
    # The axis of the steps is logarithmic: a power of its end is room beside it.
    reach = float(in_picture["step_high"]) + 1
    bounds = one_row(**in_picture | {"step_high": reach**_ROOM_FOR_LABELS - 1})
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
                "text": list(VERDICT_WORDS.values()),
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
