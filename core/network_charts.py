"""The charts of the network, made as those of ``core.charts`` are: numbers travel as tables."""

import json
from functools import cache

import altair as alt

from core.charts import (
    _LOSS_AXIS,
    GUESS,
    MUTED,
    VERDICTS,
    Spec,
    _bound,
    _carry,
    _loss_scale,
    _row,
    _spec,
)
from core.frames import VERDICT_WORDS

_BOUNDS = "step_low step_high loss_low loss_high"


def _kind_colour(legend: bool = True) -> alt.Color:
    """Colour a run by its verdict; one without is grey."""
    kinds = list(range(-1, len(VERDICTS)))
    colour = alt.Color("kind:O").scale(domain=kinds, range=[MUTED, *VERDICTS.values()])
    if not legend:
        return colour.legend(None)
    words = json.dumps(["running", *VERDICT_WORDS.values()], ensure_ascii=False)
    return colour.legend(
        orient="top",
        values=kinds[1:],
        columns=2,
        title=None,
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolOpacity=1,
        labelExpr=f"{words}[datum.value + 1]",
    )


def _step_axis() -> alt.X:
    return (
        alt.X("step:Q")
        .scale(_bound("bounds", "step_low", "step_high"))
        .title("step")
        .axis(tickCount=6, grid=False)
    )


def _network_curves(y: alt.Y, legend: bool) -> Spec:
    runs = alt.Chart(alt.NamedData("curves"))
    lines = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        _step_axis(),
        y,
        _kind_colour(legend),
        alt.Detail("rate:O"),
        alt.StrokeDash("held_out:O").scale(domain=[0, 1], range=[[3, 4], [1, 0]]).legend(None),
    )
    names = (
        alt.Chart(alt.NamedData("ends"))
        .mark_text(align="left", dx=6, fontWeight="bold")
        .encode(_step_axis(), y, _kind_colour(legend=False), text="label:N")
    )
    return _spec(
        alt.layer(_carry("bounds"), lines, names)
        .add_params(_row("bounds", _BOUNDS))
        .properties(height=300)
    )


@cache
def network_losses() -> Spec:
    """Draw the loss of runs over the steps, dotted on the pictures they learn from.

    Tables: curves, bounds, ends (see ``core.network_frames``).
    """
    return _network_curves(
        alt.Y("loss:Q").scale(_loss_scale()).title("cross-entropy, log").axis(_LOSS_AXIS), True
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
    return _spec(
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
