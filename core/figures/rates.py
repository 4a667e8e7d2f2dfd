"""Charts of several learning rates side by side: losses, errors across the valley, lines, paths."""

import math
from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from core import theory
from core.datasets import Dataset, FloatArray
from core.figures import frames, tables
from core.figures.palette import BEST_FIT, MUTED
from core.figures.parts import (
    MAX_TICKS,
    STEP_AXIS,
    STEP_SCALE,
    WINDOW,
    FitAxes,
    Spec,
    b_axis,
    bound_ends,
    bound_scale,
    carry,
    finish,
    kept_for_names,
    kind_of,
    loss_rings,
    map_parameters,
    on_step_axis,
    power_or,
    slider_parameter,
    table_row,
    verdict_colour,
    w_axis,
)
from core.figures.rate_frames import EARLY_STEPS, Comparison
from core.figures.registry import Picture, Table, figure
from core.reading.layout import unique_names
from core.words.writing import readable

# A row of the table rates is current for slider positions ``slot`` ≤ s < ``until``.
_NOW = "datum.slot <= toNumber(slot) && toNumber(slot) < datum.until"


def _at_slot() -> alt.Chart:
    return alt.Chart(alt.NamedData("rates")).transform_filter(_NOW)


_PLACE = "rate kind dash slot until"
# Rates with the same verdict, and so the same colour, are told apart by their dashes.
DASHES = ([1, 0], [8, 3], [2, 2], [9, 3, 2, 3], [5, 5], [13, 3], [2, 5], [5, 2, 2, 2, 2, 2])
DASH = (
    alt.StrokeDash("dash:O").scale(domain=list(range(len(DASHES))), range=list(DASHES)).legend(None)
)
_FAR = 1e30  # beyond any picture, and still a float32


def _drawn(values: ArrayLike) -> NDArray[np.float32]:
    """Convert to float32, half as much to send to the browser; 7 digits suffice to draw."""
    return np.clip(np.asarray(values), -_FAR, _FAR).astype(np.float32)


def _placed(paths: Table, **columns: NDArray[Any]) -> Table:
    """Add columns to those that identify a row's run and slider positions."""
    return {**frames.columns(paths, _PLACE), **columns}


def _of_each(runs: Comparison, **facts: Sequence[object]) -> list[dict[str, object]]:
    """Collect the facts for each rate's sentence: verdict, last step, and further ones."""
    told = {
        "rate": runs.rates,
        "judged": runs.judged,
        "stopped": runs.table["steps"],
        **facts,
    }
    return [dict(zip(told, values, strict=True)) for values in zip(*told.values(), strict=True)]


def _step_by_step(
    runs: Comparison, columns: dict[str, str], last_step: int | None = None
) -> pd.DataFrame:
    """Tabulate columns of ``frames.path`` step by step, the learning rates side by side.

    A run that exploded has no numbers after its last sane step.
    """
    series: dict[str, pd.Series] = {}
    for place, name in enumerate(_named(runs)):
        path = pd.DataFrame(frames.path(runs.dataset, runs.history, place)).set_index("step")
        shown = path.loc[:last_step]
        series |= {f"{what} at {name}": shown[column] for column, what in columns.items()}
    return tables.by_step(series)


def _named(runs: Comparison) -> list[str]:
    """Name the rates by their value and verdict."""
    pairs = zip(runs.rates, runs.judged, strict=True)
    return unique_names(f"{readable(rate)} ({words})" for rate, words in pairs)


_PLAIN_POWER = power_or(
    "format(pow(10, datum.value), datum.value < 5 ? '.3~g' : '.3~s')", "pow(10, datum.value)"
)


@cache
def _losses() -> Spec:
    """Draw the loss of up to eight learning rates over the steps, coloured by verdict.

    Tables: rates (see ``_loss_columns``), ends, bounds, floor (one row a rate, one row, one row).
    Parameters: slot, log_step (0 or 1).
    """
    scale = alt.Scale(domain=bound_ends("bounds", "height_low", "height_high"), nice=False)
    axis = alt.Axis(
        values=alt.ExprRef(
            "sequence(ceil(bounds_row.height_low / bounds_row.log_tick) * bounds_row.log_tick,"
            " bounds_row.height_high, bounds_row.log_tick)"
        ),
        labelExpr=_PLAIN_POWER,
        tickCount=MAX_TICKS,
    )

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale).title("loss (MSE), log")

    def x() -> alt.X:
        return alt.X("across:Q").scale(STEP_SCALE).title("step")

    runs = alt.Chart(alt.NamedData("rates")).transform_calculate(across=on_step_axis("datum.step"))
    curves = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        x().axis(STEP_AXIS),
        y("height").axis(axis),
        verdict_colour(legend=False),
        DASH,
        alt.Detail("rate:O"),
    )
    by_formula = runs.mark_line(
        color="white", strokeWidth=1.6, strokeDash=[1.5, 18], clip=True
    ).encode(x(), y("formula"), alt.Detail("rate:O"))
    now = (
        _at_slot()
        .transform_filter("datum.height <= bounds_row.height_high")
        .transform_calculate(across=on_step_axis("datum.step"))
        .mark_point(filled=True, size=90, opacity=1, stroke="white")
        .encode(x(), y("height"), verdict_colour(legend=False))
    )
    ends = alt.Chart(alt.NamedData("ends")).transform_calculate(across=on_step_axis("datum.step"))
    # Right of the plot, where no curve is; a curve that leaves it sooner has a longer leader.
    names = ends.mark_text(align="left", dx=17, fontWeight="bold").encode(
        y("label_height"), verdict_colour(legend=False), x=alt.value("width"), text="label:N"
    )
    leaders = ends.mark_rule(strokeWidth=1, strokeDash=[1, 3], xOffset=3, x2Offset=15).encode(
        x(),
        y("height"),
        alt.Y2("label_height"),
        verdict_colour(legend=False),
        x2=alt.value("width"),
    )
    floor = alt.Chart(alt.NamedData("floor"))
    rule = floor.mark_rule(color=BEST_FIT, strokeWidth=2).encode(y("height"))
    label = floor.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=10).encode(
        y("height"), x=alt.value("width"), text="text:N"
    )
    return finish(
        alt.layer(
            carry("bounds", room="— 0.00000001"), rule, label, curves, by_formula, leaders, names,
            now,
        )
        .add_params(
            slider_parameter("slot", 0),
            slider_parameter("log_step", 0),
            table_row("bounds", "step_low step_high step_tick height_low height_high log_tick"),
        )
    )  # fmt: skip


@figure("rate_losses")
def rate_losses(runs: Comparison) -> Picture:
    """Show the losses over the steps, with what the closed form predicts."""
    floor = frames.floor(runs.dataset)
    return Picture(
        spec=_losses(),
        tables={
            "rates": _loss_columns(runs),
            "ends": runs.ends,
            "bounds": runs.bounds,
            "floor": {"text": floor["text"], "height": _height(runs, floor["loss"])},
        },
        facts={
            "steps": int(runs.history.steps[-1]),
            "first": runs.history.loss[0, 0],
            "lowest": floor["loss"],
            "runs": _of_each(runs, loss=runs.table["loss"]),
        },
        numbers=partial(_step_by_step, runs, {"loss": "loss"}),
    )


def _height(runs: Comparison, losses: FloatArray | float) -> FloatArray:
    """Take log10 of losses, clipped to the smallest that is drawn, as log10(0) is −∞."""
    return np.log10(np.maximum(losses, runs.bounds["loss_floor"]))


def _loss_columns(runs: Comparison) -> Table:
    """Tabulate the columns of the loss chart: step, height and formula (log10 of a loss)."""
    paths = runs.paths
    height, formula = (_drawn(_height(runs, paths[name])) for name in ("loss", "formula"))
    return _placed(paths, step=paths["step"].astype(np.int32), height=height, formula=formula)


@cache
def _errors(rates: int) -> Spec:
    """Draw the signed error along the steep axis, a row for each learning rate.

    It shows what the loss hides: whether a run jumps across the valley at each step.
    Tables: rates (see ``_error_columns``), ends, ticks, bounds. Parameter: slot.
    """
    scale_x = bound_scale("bounds", "early_low", "early_high", zero=False)
    scale_y = alt.Scale(domain=[0.6 - rates, 0.7], nice=False)

    def x() -> alt.X:
        return alt.X("step:Q").scale(scale_x).title("step").axis(tickMinStep=1, grid=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale_y).axis(None)

    ticks = alt.Chart(alt.NamedData("ticks"))
    rules = ticks.mark_rule(color=MUTED, strokeWidth=0.8).encode(
        y("height"), opacity=alt.condition("datum.zero", alt.value(1), alt.value(0.3))
    )
    values = ticks.mark_text(color=MUTED, align="right", dx=-6).encode(
        y("height"), x=alt.value(0), text="text:N"
    )
    runs = alt.Chart(alt.NamedData("rates"))
    place = (x(), y("height"), verdict_colour(legend=False), alt.Detail("rate:O"))
    lines = runs.mark_line(strokeWidth=1.5).encode(*place, alt.Order("step:Q"))
    dots = runs.transform_filter("datum.dot").mark_circle(size=24, opacity=1).encode(*place)
    now = (
        _at_slot()
        .transform_filter("datum.dot")
        .mark_point(filled=True, size=110, opacity=1, stroke="white")
        .encode(*place)
    )
    names = (
        alt.Chart(alt.NamedData("ends"))
        .transform_calculate(height="0.53 - datum.rate")
        .mark_text(align="left", baseline="middle", fontWeight="bold")
        .encode(y("height"), verdict_colour(legend=False), text="sentence:N", x=alt.value(4))
    )
    return finish(
        alt.layer(carry("bounds"), rules, values, lines, dots, now, names)
        .add_params(table_row("bounds", "early_low early_high"), slider_parameter("slot", 0))
        .properties(height=40 * rates + 64)
    )


@figure("rate_errors")
def rate_errors(runs: Comparison) -> Picture:
    """Show the signed errors across the valley over the first steps, a row for each rate."""
    errors = theory.axis_errors(runs.dataset, runs.history.w, runs.history.b)[1]
    return Picture(
        spec=_errors(len(runs.rates)),
        tables={
            "rates": _error_columns(runs),
            "ends": runs.ends,
            "ticks": _error_ticks(runs),
            "bounds": runs.bounds,
        },
        facts={
            "first": errors[0, 0],
            "runs": _of_each(runs, error=errors[:, 1].tolist()),
        },
        numbers=partial(_step_by_step, runs, {"steep": "error across the valley"}, EARLY_STEPS),
    )


_ROW_HALF = 0.34  # half a row's height, as a share of the distance between rows


def _error_columns(runs: Comparison) -> Table:
    """Tabulate what the rows of signed errors draw: step, height (row 0 at 0, row 1 at −1 …), dot.

    A run that leaves its row is cut at the row's edge, interpolated between two steps.
    """
    room = runs.bounds["steep_high"]
    drawn = frames.rows(runs.paths, runs.paths["step"] <= runs.bounds["early_high"])
    rate, step, steep = drawn["rate"], drawn["step"].astype(float), drawn["steep"]
    outside = np.abs(steep) > room
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
    return frames.rows(_placed(drawn, dot=dot, step=_drawn(step), height=height), kept)


def _error_ticks(runs: Comparison) -> Table:
    """Tabulate the scale of each row of signed errors: columns height, text, zero."""
    count, room = len(runs.rates), runs.bounds["steep_high"]
    tick = theory.round_down(room)
    heights = np.array([-tick, 0.0, tick]) / room * _ROW_HALF
    return {
        "height": (heights - np.arange(count)[:, np.newaxis]).ravel(),
        "text": [readable(-tick), "", readable(tick)] * count,
        "zero": [False, True, False] * count,
    }


_NAMES = 13  # how many fit above each other


@kept_for_names
def _fits(x_label: str, y_label: str) -> Spec:
    """Draw each learning rate's line, coloured by verdict, over data and best fit.

    Tables: points, window, fixed, rates (see ``_fit_columns``), ends. Parameter: slot.
    """
    axes = FitAxes(x_label, y_label)
    best = axes.lines("fixed", color=BEST_FIT, strokeWidth=7).transform_filter(
        "datum.line == 'best fit'"
    )
    now = _at_slot()
    lines = (
        now.transform_calculate(x_from="window_row.x_low", x_to="window_row.x_high")
        .mark_rule(strokeWidth=2, clip=True)
        .encode(
            axes.x("x_from"), axes.y("left"), alt.X2("x_to"), alt.Y2("right"),
            verdict_colour(legend=False), DASH,
        )
    )  # fmt: skip
    # Right of the plot, moved apart as ``labels.spread`` does.
    room = f"((window_row.y_high - window_row.y_low) / {_NAMES})"
    names = (
        now.transform_filter(
            "min(datum.left, datum.right) <= window_row.y_high"
            " && window_row.y_low <= max(datum.left, datum.right)"
        )
        .transform_calculate(end="clamp(datum.right, window_row.y_low, window_row.y_high)")
        .transform_window(place="row_number()", sort=[alt.SortField("end")])
        .transform_calculate(free=f"datum.end - datum.place * {room}")
        .transform_window(pushed="max(free)", frame=[None, 0], sort=[alt.SortField("place")])
        .transform_calculate(there=f"datum.pushed + datum.place * {room}")
        .transform_joinaggregate(top="max(there)")
        .transform_calculate(label_y="datum.there - max(0, datum.top - window_row.y_high)")
        .transform_lookup("rate", alt.LookupData(alt.NamedData("ends"), "rate", ["label"]))
        .mark_text(align="left", dx=6, fontWeight="bold")
        .encode(
            axes.y("label_y"), verdict_colour(legend=False), x=alt.value("width"), text="label:N"
        )
    )
    return finish(
        alt.layer(carry("window", room="0.0000001"), axes.points(), best, lines, names).add_params(
            WINDOW, slider_parameter("slot", 0)
        )
    )


@figure("rate_fits")
def rate_fits(runs: Comparison) -> Picture:
    """Show the lines over the points."""
    dataset, best = runs.dataset, theory.best_fit(runs.dataset)
    window = frames.fit_window(dataset, [best], headroom=0.3)
    return Picture(
        spec=_fits(dataset.x_label, dataset.y_label),
        tables={
            "points": frames.points(dataset),
            "window": window,
            "fixed": frames.fixed_lines(dataset),
            "rates": _fit_columns(runs, window),
            "ends": runs.ends,
        },
        facts={"dataset": dataset, "best": best, "runs": _of_each(runs, line=runs.lines)},
        numbers=partial(_points, runs),
    )


def _fit_columns(runs: Comparison, window: Mapping[str, float]) -> Table:
    """Tabulate the columns of the line chart: left and right, a line's y at the chart's edges."""
    w, b = runs.paths["w"], runs.paths["b"]
    left, right = (_drawn(w * window[f"x_{end}"] + b) for end in ("low", "high"))
    return _placed(runs.paths, left=left, right=right)


def _points(runs: Comparison) -> pd.DataFrame:
    """Tabulate all points, with the y of the best fit and of each rate's last line there."""
    lines = {f"line at {name}": line for name, line in zip(_named(runs), runs.lines, strict=True)}
    return tables.points(runs.dataset, {"best fit": theory.best_fit(runs.dataset)} | lines)


@cache
def _paths() -> Spec:
    """Draw the paths of several rates over (w, b), coloured by verdict, and the axes of the bowl.

    Tables: contours, bounds, axes (see ``_principal_axes``), rates (see ``_path_columns``), fixed.
    Parameter: slot.
    """
    axes = alt.Chart(alt.NamedData("axes"))
    lines = [
        axes.transform_filter(f"datum.row == {row}")
        .mark_rule(color=BEST_FIT, strokeWidth=1.5, strokeDash=dash, clip=True)
        .encode(w_axis(), b_axis(), alt.X2("to_w"), alt.Y2("to_b"))
        for row, dash in enumerate(([7, 4], [2, 3]))
    ]
    # Above the map, where no path is.
    names = axes.mark_text(
        color=BEST_FIT, fontWeight="bold", fontSize=12, align="left", baseline="bottom"
    ).encode(x=alt.value(0), y=alt.value(alt.ExprRef("-21 + 16 * datum.row")), text="text:N")
    place = {letter: f"bounds_row.{letter}_low + datum.d{letter}" for letter in "wb"}
    runs = alt.Chart(alt.NamedData("rates")).transform_calculate(**place)
    early = runs.transform_filter("datum.slot <= 12")  # later dots would touch
    paths = runs.mark_line(strokeWidth=2, clip=True).encode(
        w_axis(),
        b_axis(),
        verdict_colour(legend=False),
        DASH,
        alt.Detail("rate:O"),
        alt.Order("slot:Q"),
    )
    dots = early.mark_circle(size=18, opacity=1, clip=True)
    now = (
        _at_slot()
        .transform_calculate(**place)
        .mark_point(filled=True, size=130, opacity=1, stroke="white", clip=True)
    )
    best = (
        alt.Chart(alt.NamedData("fixed"))
        .transform_filter("datum.line == 'best fit'")
        .mark_point(color=BEST_FIT, filled=True, size=80, opacity=1)
        .encode(w_axis(), b_axis())
    )
    return finish(
        alt.layer(
            carry("bounds"),
            loss_rings(),
            *lines,
            paths,
            dots.encode(w_axis(), b_axis(), verdict_colour(legend=False)),
            best,
            names,
            now.encode(w_axis(), b_axis(), verdict_colour(legend=False)),
        )
        .add_params(*map_parameters(), slider_parameter("slot", 0))
        .properties(height=360)
    )


@figure("rate_paths")
def rate_paths(runs: Comparison) -> Picture:
    """Show the paths over (w, b); of rates that explode, only the first steps."""
    dataset, start = runs.dataset, runs.start
    calm = frames.rows(runs.paths, runs.paths["kind"] != kind_of("explodes"))
    window = frames.path_window(dataset, start, calm)
    return Picture(
        spec=_paths(),
        tables={
            "contours": frames.contours(dataset, window),
            "bounds": window,
            "axes": _principal_axes(dataset, window),
            "rates": _path_columns(runs, window),
            "fixed": frames.fixed_lines(dataset),
        },
        facts={
            "best": theory.best_fit(dataset),
            "start": start,
            "runs": _of_each(runs, line=runs.lines),
        },
        numbers=partial(_step_by_step, runs, {"w": "w", "b": "b"}),
    )


def _path_columns(runs: Comparison, window: Mapping[str, float]) -> Table:
    """Tabulate the columns of the map: dw and db, offsets from the window's lower left corner.

    Of runs that explode only the first five steps, drawn below the others.
    """
    paths = runs.paths
    exploding, step = paths["kind"] == kind_of("explodes"), paths["step"]
    first = np.flatnonzero(exploding & (step <= step.min() + 5))
    drawn = frames.rows(paths, np.concatenate([first, np.flatnonzero(~exploding)]))
    dw, db = (_drawn(drawn[axis] - window[f"{axis}_low"]) for axis in "wb")
    return _placed(drawn, dw=dw, db=db)


def _principal_axes(dataset: Dataset, window: Mapping[str, float]) -> Table:
    """Draw the two axes of the bowl through the best fit, clipped to the map.

    Returns
    -------
    Table
        Columns w, b, to_w, to_b (the ends of each), text, row (0 is the flat axis).
    """
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    named = (
        (axes.flat_axis, axes.flat, "– – flat, λ₁"),
        (axes.steep_axis, axes.steep, "· · · steep, λ₂"),
    )
    reached = []
    for (way_w, way_b), _, _ in named:
        reach = [
            (window[f"{letter}_{end}"] - centre) / way
            for letter, centre, way in (("w", best.w, way_w), ("b", best.b, way_b))
            for end in ("low", "high")
            if way != 0
        ]
        back, on = max(r for r in reach if r <= 0), min(r for r in reach if r >= 0)
        reached.append(
            (
                best.w + back * way_w,
                best.b + back * way_b,
                best.w + on * way_w,
                best.b + on * way_b,
            )
        )
    return {
        **dict(zip(("w", "b", "to_w", "to_b"), np.transpose(reached), strict=True)),
        "text": [f"{name} = {readable(eigenvalue)}" for _, eigenvalue, name in named],
        "row": [0, 1],
    }
