"""The charts of Learning rates, made as those of ``charts`` are: numbers travel as tables."""

from collections.abc import Callable
from functools import cache
from typing import Literal

import altair as alt

from core.figures.palette import BEST_FIT, GUESS, MUTED, PREDICTION, VERDICTS
from core.figures.parts import (
    LOSS_AXIS,
    RATE_AXIS,
    STEP_AXIS,
    STEP_SCALE,
    VERDICT_SCALE,
    WINDOW,
    FitAxes,
    Spec,
    b_axis,
    bound_ends,
    bound_scale,
    carry,
    finish,
    kept_for_names,
    loss_rings,
    loss_scale,
    map_parameters,
    on_step_axis,
    power_or,
    slider_parameter,
    table_row,
    verdict_colour,
    w_axis,
)
from core.figures.rate_frames import SCHEDULE_NAMES


def _zones(zones: alt.Chart, x: Callable[[str], alt.X]) -> alt.Chart:
    """Draw what each verdict's rates are on an axis of rates, with a line where each ends."""
    edge = alt.Stroke("kind:O").scale(VERDICT_SCALE).legend(None)
    return zones.mark_rect(fillOpacity=0.16, strokeWidth=0.8).encode(
        x("low"), alt.X2("high"), verdict_colour(legend=False), edge,
        y=alt.value(0), y2=alt.value("height"),
    )  # fmt: skip


_POWERS_AXIS = alt.Axis(  # 0, and the powers of ten
    values=alt.ExprRef("[0, 1, 10, 100, 1000, 1e4, 1e5, 1e6]"),
    labelExpr="format(datum.value, datum.value < 1e4 ? ',' : '~s')",
)
_PLAIN_POWER = power_or(
    "format(pow(10, datum.value), datum.value < 5 ? '~g' : '~s')", "pow(10, datum.value)"
)
# Each row of the table rates is what a run shows from the slider's place ``slot`` to ``until``.
_NOW = "datum.slot <= toNumber(slot) && toNumber(slot) < datum.until"


def _at_slot() -> alt.Chart:
    return alt.Chart(alt.NamedData("rates")).transform_filter(_NOW)


@cache
def rate_losses() -> Spec:
    """Draw the loss of up to eight learning rates over the steps, coloured by verdict.

    Tables: rates (see ``rate_frames.loss_columns``), ends, bounds, floor (one row a rate, one
    row, one row). Parameters: slot, log_step (0 or 1).
    """
    scale = alt.Scale(domain=bound_ends("bounds", "height_low", "height_high"), nice=False)
    axis = alt.Axis(
        values=alt.ExprRef(
            "sequence(ceil(bounds_row.height_low), bounds_row.height_high, bounds_row.log_tick)"
        ),
        labelExpr=_PLAIN_POWER,
    )

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale).title("loss (MSE), log")

    def x() -> alt.X:
        return alt.X("across:Q").scale(STEP_SCALE).title("step")

    runs = alt.Chart(alt.NamedData("rates")).transform_calculate(across=on_step_axis("datum.step"))
    curves = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        x().axis(STEP_AXIS), y("height").axis(axis), verdict_colour(), alt.Detail("rate:O")
    )
    by_formula = runs.mark_line(
        color="white", strokeWidth=1.6, strokeDash=[2, 8], clip=True
    ).encode(x(), y("formula"), alt.Detail("rate:O"))
    now = (
        _at_slot()
        .transform_filter("datum.height <= bounds_row.height_high")
        .transform_calculate(across=on_step_axis("datum.step"))
        .mark_point(filled=True, size=90, opacity=1, stroke="white")
        .encode(x(), y("height"), verdict_colour(legend=False))
    )
    ends = alt.Chart(alt.NamedData("ends")).transform_calculate(across=on_step_axis("datum.step"))
    names = ends.mark_text(align="left", dx=17, fontWeight="bold").encode(
        x(), y("label_height"), verdict_colour(legend=False), text="label:N"
    )
    leaders = ends.mark_rule(strokeWidth=1, xOffset=3, x2Offset=15).encode(
        x(), y("height"), alt.X2("across"), alt.Y2("label_height"), verdict_colour(legend=False)
    )
    floor = alt.Chart(alt.NamedData("floor"))
    rule = floor.mark_rule(color=BEST_FIT, strokeWidth=2).encode(y("height"))
    label = floor.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=10).encode(
        y("height"), x=alt.value("width"), text="text:N"
    )
    return finish(
        alt.layer(
            carry("bounds", room="— 0.00000001"),
            rule,
            label,
            curves,
            by_formula,
            leaders,
            names,
            now,
        )
        .add_params(
            slider_parameter("slot", 0),
            slider_parameter("log_step", 0),
            table_row("bounds", "step_low step_high step_tick height_low height_high log_tick"),
        )
        .properties(height=360)
    )


@cache
def schedule_gaps() -> Spec:
    """Draw the gap over the steps of a schedule, of the two single rates to beat, and the bound.

    Tables: those of ``rate_frames.Schedules``.
    """
    colour = (
        alt.Color("name:N")
        .scale(domain=list(SCHEDULE_NAMES), range=[GUESS, VERDICTS["zigzag"], VERDICTS["good"]])
        .legend(None)
    )

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", "step_low", "step_high", zero=False)
        return alt.X(f"{field}:Q").scale(scale).title("step").axis(tickMinStep=1)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(loss_scale()).title("gap, log").axis(LOSS_AXIS)

    runs = alt.Chart(alt.NamedData("runs"))
    curves = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        x("step"),
        y("gap_drawn"),
        colour,
        alt.Order("step:Q"),
        alt.StrokeDash("name:N")
        .scale(domain=list(SCHEDULE_NAMES), range=[[1, 0], [8, 3], [3, 2]])
        .legend(None),
    )
    dots = runs.transform_filter(f"datum.name == '{SCHEDULE_NAMES[0]}'").mark_circle(
        size=24, opacity=1, clip=True
    )
    ends = alt.Chart(alt.NamedData("ends"))
    names = ends.mark_text(align="left", dx=3, fontWeight="bold").encode(
        x("label_step"), y("label_gap"), colour, text="name:N"
    )
    leaders = ends.mark_rule(strokeWidth=1).encode(
        x("end_step"), y("end_gap"), alt.X2("label_step"), alt.Y2("label_gap"), colour
    )
    mark = alt.Chart(alt.NamedData("mark"))
    diamond = mark.mark_point(
        shape="diamond", color=MUTED, size=130, strokeWidth=2.5, opacity=1
    ).encode(x("step"), y("gap_drawn"))
    sides: tuple[tuple[str, Literal["left", "right"], int], ...] = (
        ("left", "right", -5),
        ("right", "left", 5),
    )
    down = mark.mark_rule(color=MUTED, strokeWidth=1.5, strokeDash=[5, 3]).encode(
        x("step"), y("gap_drawn"), y2=alt.value("height")
    )
    texts = [
        mark.transform_filter(f"datum.side == '{side}'")
        .mark_text(color=MUTED, fontWeight="bold", align=align, baseline="bottom", dx=dx, dy=-5)
        .encode(x("step"), text="text:N", y=alt.value("height"))
        for side, align, dx in sides
    ]
    return finish(
        alt.layer(carry("bounds"), curves, dots.encode(x("step"), y("gap_drawn"), colour),
                  leaders, names, down, diamond, *texts)
        .add_params(table_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=340)
    )  # fmt: skip


@cache
def pinned_losses() -> Spec:
    """Draw how much excess loss is left of the present runs, and over them a pinned one, dashed.

    The steps are on a log axis, for runs of 200 steps beside runs of two million. Tables: those of
    ``rate_frames.Overlay``.
    """

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", "step_low", "step_high", type="symlog")
        return alt.X(f"{field}:Q").scale(scale).title("step, log").axis(_POWERS_AXIS)

    def y(field: str) -> alt.Y:
        title = "excess loss left, log"
        return alt.Y(f"{field}:Q").scale(loss_scale()).title(title).axis(LOSS_AXIS)

    colour = alt.condition("datum.pinned", alt.value(MUTED), verdict_colour())
    curves = (
        alt.Chart(alt.NamedData("runs"))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x("step"),
            y("loss_drawn"),
            colour,
            alt.Detail("rate:O"),
            strokeDash=alt.condition("datum.pinned", alt.value([6, 4]), alt.value([1, 0])),
        )
    )
    ends = alt.Chart(alt.NamedData("ends"))
    leaders = ends.mark_rule(strokeWidth=1).encode(
        x("end_step"), y("end_loss"), alt.X2("label_step"), alt.Y2("label_loss"), colour
    )
    labels = ends.mark_text(align="left", dx=3, fontWeight="bold").encode(
        x("label_step"), y("label_loss"), colour, text="label:N"
    )
    return finish(
        alt.layer(carry("bounds"), curves, leaders, labels)
        .add_params(table_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=330)
    )


_SWEPT = 256  # rates that the curve goes through
_CELLS = 128  # places to click at


@cache
def ruler() -> Spec:
    """Draw the learning rates on one axis: zones, limits, those chosen, and the loss they lead to.

    The curve is the loss after so many steps at each of 256 rates, computed in the browser by the
    closed form: with t steps, the squared error along an axis shrinks by (1 − rate·λ)^(2t).
    A triangle marks where it is lowest: by the logarithm of the excess loss, as the loss itself
    is the same at many rates once the lowest loss hides what they leave. Where rounding hides that,
    too, it marks the smallest of those rates; at the best fit, none.
    Tables: those of ``rate_frames.Ruler``. Parameter: log_steps, the decimal logarithm of t.
    Selection: pick, the rate at which one clicks.
    """

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", "rate_low", "rate_high", type="log")
        return alt.X(f"{field}:Q").scale(scale).title("learning rate")

    def y(field: str) -> alt.Y:
        scale = alt.Scale(
            domain=bound_ends("bounds", "loss_low", "loss_high"), type="log", clamp=True
        )
        return alt.Y(f"{field}:Q").scale(scale).title("loss after those steps")

    zones = alt.Chart(alt.NamedData("zones"))
    areas = _zones(zones, x)
    names = [
        zones.transform_filter(f"datum.row == {index}")
        .transform_calculate(
            at_edge="width < 500 && datum.kind == 3",  # on a phone the last word is too long
            middle="datum.at_edge ? datum.high : sqrt(datum.low * datum.high)",
        )
        .mark_text(
            fontWeight="bold",
            fontSize=13,
            baseline="top",
            align=alt.ExprRef("datum.at_edge ? 'right' : 'center'"),
        )
        .encode(
            x("middle"), verdict_colour(legend=False), text="text:N",
            y=alt.value(8 + 16 * index),
        )
        for index in range(2)
    ]  # fmt: skip
    steps = alt.param(name="steps", expr="round(pow(10, toNumber(log_steps)))")
    span = alt.param(name="span", expr="bounds_row.rate_high / bounds_row.rate_low")
    left_over = [
        f"theory_row.{axis}_share * pow(1 - datum.rate * theory_row.{axis}, 2 * steps)"
        for axis in ("flat", "steep")
    ]
    loss = f"min(theory_row.lowest + {' + '.join(left_over)}, bounds_row.loss_high)"
    swept = (
        alt.Chart(alt.sequence(_SWEPT, as_="place"))
        .transform_calculate(rate=f"bounds_row.rate_low * pow(span, datum.place / {_SWEPT - 1})")
        .transform_calculate(loss=loss)
    )
    curve = swept.mark_line(color=MUTED, strokeWidth=2.5, clip=True).encode(
        x("rate").axis(RATE_AXIS), y("loss").axis(LOSS_AXIS)
    )
    flat_left, steep_left = (
        f"(log(theory_row.{axis}_share) + 2 * steps * log(abs(1 - datum.rate * theory_row.{axis})))"
        for axis in ("flat", "steep")
    )
    best = (
        swept.transform_calculate(
            excess=f"max({flat_left}, {steep_left})"
            f" + log(1 + exp(-abs({flat_left} - {steep_left})))"
        )
        .transform_joinaggregate(least="min(excess)")
        .transform_filter("datum.excess <= datum.least + 1e-12")
        .transform_window(found="row_number()")
        .transform_filter("datum.found == 1")
        .mark_point(shape="triangle-up", filled=True, color=MUTED, size=90, opacity=1, yOffset=11)
        .encode(x("rate"), y("loss"))
    )
    # Names stand above the plot, each in a row of its own, left of its rule: none meets another.
    marks = alt.Chart(alt.NamedData("marks"))
    rules_and_words = [
        layer
        for index in range(3)
        for mark in [marks.transform_filter(f"datum.row == {index}")]
        for layer in (
            mark.mark_rule(color=MUTED, strokeWidth=1.5, strokeDash=[5, 3]).encode(
                x("rate"), y=alt.value(-17 * index - 17), y2=alt.value("height")
            ),
            mark.mark_text(
                color=MUTED, fontWeight="bold", align="right", baseline="top", dx=-5
            ).encode(x("rate"), text="text:N", y=alt.value(-17 * index - 17)),
        )
    ]
    chosen = alt.Chart(alt.NamedData("chosen")).transform_calculate(loss=loss)
    dots = chosen.mark_point(filled=True, size=130, opacity=1, stroke="white").encode(
        x("rate"), y("loss"), verdict_colour(legend=False)
    )
    labels = [
        chosen.transform_filter(f"datum.row == {index}")
        .mark_text(
            fontWeight="bold",
            dy=alt.ExprRef(f"datum.loss < bounds_row.loss_high ? {dy} : {48 + 14 * index}"),
        )
        .encode(x("rate"), y("loss"), verdict_colour(legend=False), text="label:N")
        for index, dy in enumerate((-13, 16, -27))
    ]
    pick = alt.selection_point(name="pick", on="click", fields=["rate"], empty=False)
    cells = (
        alt.Chart(alt.sequence(_CELLS, as_="place"))
        .transform_calculate(
            rate=f"bounds_row.rate_low * pow(span, (datum.place + 0.5) / {_CELLS})"
        )
        .transform_calculate(
            left=f"datum.rate * pow(span, -0.5 / {_CELLS})",
            right=f"datum.rate * pow(span, 0.5 / {_CELLS})",
        )
        .mark_rect(opacity=0)
        .encode(x("left"), alt.X2("right"), y=alt.value(0), y2=alt.value("height"))
        .add_params(pick)
    )
    return finish(
        alt.layer(
            carry("bounds"), carry("theory"), areas, *rules_and_words, curve, best, *names,
            dots, *labels, cells,
        )
        .add_params(
            slider_parameter("log_steps", 2.3),
            table_row("bounds", "rate_low rate_high loss_low loss_high"),
            table_row("theory", "lowest flat steep flat_share steep_share"),
            steps,
            span,
        )
        .properties(height=300)
    )  # fmt: skip


@cache
def marked_rates(answered: bool) -> Spec:
    """Draw an axis of learning rates with the learner's mark; then the zones and the limit.

    Tables: bounds; when answered also zones and marks (see ``predictions.Limit``). Parameter,
    until it is answered: log_mark, the decimal logarithm of the marked rate.
    """

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", "rate_low", "rate_high", type="log")
        axis = RATE_AXIS.copy()
        axis.ticks = True
        return alt.X(f"{field}:Q").scale(scale).title("learning rate").axis(axis)

    whole = (
        alt.Chart(alt.NamedData("bounds"))
        .mark_rect(color=MUTED, opacity=0.08)
        .encode(x("rate_low"), alt.X2("rate_high"), y=alt.value(0), y2=alt.value("height"))
    )
    layers: list[alt.Chart] = [carry("bounds"), whole]
    if answered:
        zones = alt.Chart(alt.NamedData("zones"))
        layers = [
            carry("bounds"),
            _zones(zones, x),
            *(
                zones.transform_filter(f"datum.row == {index}")
                .transform_calculate(middle="sqrt(datum.low * datum.high)")
                .mark_text(fontWeight="bold", fontSize=13, baseline="top")
                .encode(x("middle"), verdict_colour(legend=False), text="text:N",
                        y=alt.value(6 + 17 * index))
                for index in range(2)
            ),
        ]  # fmt: skip
        marks = alt.Chart(alt.NamedData("marks"))
        for row, (role, colour) in enumerate((("limit", MUTED), ("yours", PREDICTION))):
            mark = marks.transform_filter(f"datum.role == '{role}'")
            layers += [
                mark.mark_rule(color=colour, strokeWidth=3).encode(
                    x("rate"), y=alt.value(-17 * row - 17), y2=alt.value("height")
                ),
                mark.mark_text(
                    color=colour, fontWeight="bold", baseline="top",
                    align=alt.ExprRef("datum.left ? 'left' : 'right'"),
                    dx=alt.ExprRef("datum.left ? 6 : -6"),
                ).encode(x("rate"), text="text:N", y=alt.value(-17 * row - 17)),
            ]  # fmt: skip
    else:
        hand = alt.Chart(alt.NamedData("bounds")).transform_calculate(
            rate="pow(10, toNumber(log_mark))"
        )
        layers += [
            hand.mark_rule(color=PREDICTION, strokeWidth=3).encode(
                x("rate"), y=alt.value(-4), y2=alt.value("height")
            ),
            hand.transform_calculate(text="'it explodes above this'")
            .mark_text(
                color=PREDICTION, fontWeight="bold", baseline="top",
                align=alt.ExprRef("datum.rate > sqrt(bounds_row.rate_low * bounds_row.rate_high)"
                                  " ? 'right' : 'left'"),
                dx=alt.ExprRef("datum.rate > sqrt(bounds_row.rate_low * bounds_row.rate_high)"
                               " ? -6 : 6"),
            )
            .encode(x("rate"), text="text:N", y=alt.value(8)),
        ]  # fmt: skip
    return finish(
        alt.layer(*layers)
        .add_params(
            *([] if answered else [slider_parameter("log_mark", 0)]),
            table_row("bounds", "rate_low rate_high"),
        )
        .properties(height=175 if answered else 150)
    )


@cache
def error_pictures(answered: bool) -> Spec:
    """Draw four signed errors over the steps, a row each, to choose from; then by verdict.

    Tables: pictures and names (see ``core.course.predictions.Pictures``).
    """
    scale = alt.Scale(domain=[-3.45, 0.65], nice=False)
    colour = {"color": verdict_colour(legend=False) if answered else alt.value(GUESS)}

    def x() -> alt.X:
        return alt.X("step:Q").title("step").axis(tickMinStep=1, grid=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale).axis(None)

    names = alt.Chart(alt.NamedData("names"))
    zeros = names.mark_rule(color=MUTED, strokeWidth=1).encode(y("zero"))
    words = names.mark_text(align="left", baseline="bottom", fontWeight="bold", fontSize=14).encode(
        y("top"), text="text:N", x=alt.value(6), **colour
    )
    runs = alt.Chart(alt.NamedData("pictures"))
    place = (x(), y("height"), alt.Detail("row:O"))
    lines = runs.mark_line(strokeWidth=1.5).encode(*place, alt.Order("step:Q"), **colour)
    dots = runs.mark_circle(size=28, opacity=1).encode(*place, **colour)
    return finish(alt.layer(zeros, lines, dots, words).properties(height=340))


@cache
def rate_paths() -> Spec:
    """Draw the paths of several rates over (w, b), coloured by verdict, and the axes of the bowl.

    Tables: contours, bounds, axes (see ``rate_frames.principal_axes``), rates (see
    ``rate_frames.path_columns``), fixed. Parameter: slot.
    """
    axes = alt.Chart(alt.NamedData("axes"))
    lines = axes.mark_rule(color=BEST_FIT, strokeWidth=1.5, strokeDash=[5, 3], clip=True).encode(
        w_axis(), b_axis(), alt.X2("to_w"), alt.Y2("to_b")
    )
    names = axes.mark_text(color=BEST_FIT, fontWeight="bold", dy=-9).encode(
        w_axis("text_w"), b_axis("text_b"), text="text:N"
    )
    place = {letter: f"bounds_row.{letter}_low + datum.d{letter}" for letter in "wb"}
    runs = alt.Chart(alt.NamedData("rates")).transform_calculate(**place)
    early = runs.transform_filter("datum.slot <= 12")  # later they would touch
    paths = runs.mark_line(strokeWidth=2, clip=True).encode(
        w_axis(), b_axis(), verdict_colour(legend=False), alt.Detail("rate:O"), alt.Order("slot:Q")
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
            lines,
            paths,
            dots.encode(w_axis(), b_axis(), verdict_colour(legend=False)),
            best,
            names,
            now.encode(w_axis(), b_axis(), verdict_colour(legend=False)),
        )
        .add_params(*map_parameters(), slider_parameter("slot", 0))
        .properties(height=360)
    )


@kept_for_names
def rate_fits(x_label: str, y_label: str) -> Spec:
    """Draw each learning rate's line, coloured by verdict, over data and best fit.

    Tables: points, window, fixed, rates (see ``rate_frames.fit_columns``), ends. Parameter:
    slot.
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
            verdict_colour(legend=False),
        )
    )  # fmt: skip
    # The names stand side by side, so that they do not meet where lines do.
    names = (
        now.transform_calculate(share="0.98 - 0.12 * datum.rate")
        .transform_calculate(
            there="datum.left + datum.share * (datum.right - datum.left)",
            across="window_row.x_low + datum.share * (window_row.x_high - window_row.x_low)",
        )
        .transform_filter("window_row.y_low <= datum.there && datum.there <= window_row.y_high")
        .transform_lookup("rate", alt.LookupData(alt.NamedData("ends"), "rate", ["label"]))
        .mark_text(align="right", dx=-4, dy=-7, fontWeight="bold")
        .encode(axes.x("across"), axes.y("there"), verdict_colour(legend=False), text="label:N")
    )
    return finish(
        alt.layer(carry("window"), axes.points(), best, lines, names)
        .add_params(WINDOW, slider_parameter("slot", 0))
        .properties(height=360)
    )


@cache
def rate_errors(rates: int) -> Spec:
    """Draw the signed error along the steep axis, a row for each learning rate.

    It shows what the loss hides: whether a run jumps across the valley at each step.
    Tables: rates (see ``rate_frames.error_columns``), ends, ticks, bounds. Parameter: slot.
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
        .properties(height=78 * rates + 8)
    )


@cache
def unlabelled_runs() -> Spec:
    """Draw rows of small pictures, signed error beside loss; of a colour only once they are told.

    Tables: curves, lines, texts (see ``rate_frames.unlabelled_runs``).
    """
    scale_x = alt.Scale(domain=[-0.1, 2.12], nice=False)
    scale_y = alt.Scale(domain=[-7.6, 0.9], nice=False)

    def x() -> alt.X:
        return alt.X("across:Q").scale(scale_x).axis(None)

    def y() -> alt.Y:
        return alt.Y("height:Q").scale(scale_y).axis(None)

    lines = alt.Chart(alt.NamedData("lines")).mark_rule(color=MUTED, strokeWidth=0.8)
    texts = alt.Chart(alt.NamedData("texts")).mark_text(color=MUTED, fontWeight="bold")
    colour = verdict_colour(legend=False, unjudged=True)
    curves = alt.Chart(alt.NamedData("curves"))
    place = (x(), y(), colour, alt.Detail("curve:O"))
    return finish(
        alt.layer(
            lines.encode(x(), y(), alt.X2("to")),
            curves.mark_line(strokeWidth=1.5).encode(*place, alt.Order("across:Q")),
            curves.transform_filter("datum.curve % 2 == 0")
            .mark_circle(size=14, opacity=1)
            .encode(*place),
            texts.encode(x(), y(), text="text:N"),
        ).properties(height=540)
    )
