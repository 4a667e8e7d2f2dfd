"""The charts of the network, made as those of ``charts`` are: numbers travel as tables."""

from functools import cache

import altair as alt

from core.figures.network_frames import MAX_MARKS
from core.figures.palette import BEST_FIT, GUESS, POINT
from core.figures.parts import (
    LOSS_AXIS,
    RATE_AXIS,
    Spec,
    bound_scale,
    carry,
    finish,
    loss_scale,
    table_row,
    verdict_colour,
)

_BOUNDS = "step_low step_high loss_low loss_high"


def _step_axis() -> alt.X:
    return (
        alt.X("step:Q")
        .scale(bound_scale("bounds", "step_low", "step_high"))
        .title("step")
        .axis(tickCount=6, grid=False)
    )


def _network_curves(y: alt.Y, legend: bool) -> Spec:
    runs = alt.Chart(alt.NamedData("curves"))
    lines = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        _step_axis(),
        y,
        verdict_colour(legend, unjudged=True),
        alt.Detail("rate:O"),
        alt.StrokeDash("held_out:O").scale(domain=[0, 1], range=[[3, 4], [1, 0]]).legend(None),
    )
    names = (
        alt.Chart(alt.NamedData("ends"))
        .mark_text(align="left", dx=6, fontWeight="bold")
        .encode(_step_axis(), y, verdict_colour(legend=False, unjudged=True), text="label:N")
    )
    return finish(
        alt.layer(carry("bounds"), lines, names)
        .add_params(table_row("bounds", _BOUNDS))
        .properties(height=300)
    )


@cache
def network_losses() -> Spec:
    """Draw the loss of runs over the steps, dotted on the pictures they learn from.

    Tables: curves, bounds, ends (see ``network_frames``).
    """
    return _network_curves(
        alt.Y("loss:Q").scale(loss_scale()).title("cross-entropy, log").axis(LOSS_AXIS), True
    )


@cache
def network_accuracies() -> Spec:
    """Draw the share of right answers of the same runs. Tables: the same."""
    return _network_curves(
        alt.Y("accuracy:Q").scale(domain=[40, 100], clamp=True).title("right answers, %"), True
    )


@cache
def entropy() -> Spec:
    """Draw a picture's loss over the probability given to the truth. Tables: curve, marks."""

    def x() -> alt.X:
        return alt.X("probability:Q").title("probability given to the truth").scale(domain=[0, 1])

    def y() -> alt.Y:
        return alt.Y("loss:Q").title("loss of the picture")

    marks = alt.Chart(alt.NamedData("marks"))
    return finish(
        alt.layer(
            alt.Chart(alt.NamedData("curve"))
            .mark_line(color=GUESS, strokeWidth=3)
            .encode(x(), y()),
            marks.mark_point(color=GUESS, filled=True, size=80, opacity=1).encode(x(), y()),
            marks.mark_text(color=GUESS, fontWeight="bold", align="left", dx=8, dy=-8).encode(
                x(), y(), text="text:N"
            ),
        ).properties(height=260)
    )


@cache
def range_test() -> Spec:
    """Draw the loss over the rising rate: each step's as a dot, the average as a line.

    Tables: curve, bounds, marks (see ``network_frames``).
    """

    def x() -> alt.X:
        scale = bound_scale("bounds", "rate_low", "rate_high", type="log")
        return alt.X("rate:Q").scale(scale).title("learning rate, log").axis(RATE_AXIS)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(loss_scale()).title("loss, log").axis(LOSS_AXIS)

    curve = alt.Chart(alt.NamedData("curve"))
    layers = [
        carry("bounds"),
        curve.mark_circle(color=POINT, size=12, opacity=0.9, clip=True).encode(x(), y("loss")),
        curve.mark_line(color=GUESS, strokeWidth=3, clip=True).encode(x(), y("smoothed")),
    ]
    for place in range(MAX_MARKS):
        top = 16 * (place + 1)
        mark = alt.Chart(alt.NamedData("marks")).transform_filter(f"datum.place == {place}")
        layers += [
            mark.mark_rule(color=BEST_FIT, strokeWidth=2, strokeDash=[6, 4]).encode(
                x(), y=alt.value(top), y2=alt.value("height")
            ),
            mark.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dx=8).encode(
                x(), y=alt.value(top - 8), text="text:N"
            ),
        ]
    return finish(
        alt.layer(*layers)
        .add_params(table_row("bounds", "rate_low rate_high loss_low loss_high"))
        .properties(height=280)
    )


def _edge(y: alt.Y, *others: alt.Chart) -> Spec:
    runs = alt.Chart(alt.NamedData("runs"))
    lines = runs.mark_line(color=GUESS, strokeWidth=2.5, clip=True).encode(
        _step_axis(), y, alt.Detail("rate:O")
    )
    ends = alt.Chart(alt.NamedData("ends"))
    names = ends.mark_text(color=GUESS, align="left", dx=6, fontWeight="bold").encode(
        _step_axis(), y, text="label:N"
    )
    return finish(
        alt.layer(carry("bounds"), *others, lines, names)
        .add_params(table_row("bounds", f"{_BOUNDS} sharpness_high"))
        .properties(height=300)
    )


@cache
def edge_sharpness() -> Spec:
    """Draw the sharpness over the steps, with each rate's limit.

    Tables: runs, ends, limits, bounds (see ``network_frames``).
    """
    scale = alt.Scale(domain=[0, alt.ExprRef("bounds_row.sharpness_high")], nice=False)
    y = alt.Y("sharpness:Q").scale(scale).title("sharpness")
    limits = alt.Chart(alt.NamedData("limits"))
    rule = limits.mark_rule(color=BEST_FIT, strokeWidth=2, strokeDash=[6, 4]).encode(y)
    label = limits.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=-8).encode(
        y, x=alt.value("width"), text="text:N"
    )
    return _edge(y, rule, label)


@cache
def edge_losses() -> Spec:
    """Draw the loss of the same runs, on a log axis. Tables: runs, ends, bounds."""
    y = alt.Y("loss:Q").scale(loss_scale()).title("loss (MSE), log").axis(LOSS_AXIS)
    return _edge(y)
