"""The chart of the page Start: the lines of a run at the learning rate a slider chooses."""

from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.course import first_run
from core.course.first_run import DRAWN, RATES, STEPS
from core.datasets import Dataset
from core.figures import frames, tables
from core.figures.palette import GUESS, VERDICTS
from core.figures.parts import WINDOW, FitAxes, Spec, carry, finish, slider_parameter, table_row
from core.figures.registry import Picture, figure
from core.runs import LESSON_START
from core.words.writing import in_steps

_TOLD = (0.001, 0.1, 1.0)  # rates whose outcomes the alt text describes
_COLUMNS = "w b flat steep flat_w flat_b steep_w steep_b flat_error steep_error"


def _height(x: str, step: str) -> str:
    """Write the height at x of the line after a step."""
    flat, steep = (
        f"theory_row.{axis}_error * pow(1 - rate * theory_row.{axis}, {step})"
        for axis in ("flat", "steep")
    )
    w, b = (
        f"theory_row.{name} + {flat} * theory_row.flat_{name} + {steep} * theory_row.steep_{name}"
        for name in ("w", "b")
    )
    return f"(({w}) * {x} + {b})"


def _axis_end(side: str, farthest: str) -> str:
    """Write an end of the y axis: the window's, or where the last two lines of an explosion are."""
    heights = ", ".join(
        _height(f"window_row.{x}", step)
        for x in ("x_low", "x_high")
        for step in ("last_step", "max(last_step - 1, 0)")
    )
    window = f"window_row.y_{side}"
    return f"explodes ? 1.1 * {farthest}({window}, {heights}) : {window}"


@cache
def _lines_of_steps() -> Spec:
    """Draw the lines that gradient descent visits at a rate a slider chooses, by the closed form.

    Everything is computed in the browser from one row: best fit, principal axes, and the start's
    errors along them. The y axis grows with an explosion. Tables: points, window, theory, trail
    (the steps to draw), labels. Parameters: log_rate, the decimal logarithm of the learning rate;
    shown, up to which row of the trail lines are drawn.
    """
    axes = FitAxes("x", "")
    axes.y_scale = alt.Scale(domain=[alt.ExprRef("low"), alt.ExprRef("high")], nice=False)
    colour = alt.ExprRef(f"explodes ? '{VERDICTS['explodes']}' : '{GUESS}'")
    lines = (
        alt.Chart(alt.NamedData("trail"))
        .transform_calculate(
            taken="explodes ? datum.slot / 2 : datum.step",  # Vega keeps what a column was set to
            x_from="window_row.x_low",
            x_to="window_row.x_high",
        )
        .transform_calculate(
            y_from=_height("datum.x_from", "datum.taken"),
            y_to=_height("datum.x_to", "datum.taken"),
        )
    )
    ends = (axes.x("x_from"), axes.y("y_from"), alt.X2("x_to"), alt.Y2("y_to"))
    trail = (
        lines.mark_rule(color=colour, strokeWidth=1, opacity=0.85, clip=True)
        .transform_filter("datum.slot < last_slot && (!explodes || datum.slot % 2 == 0)")
        .encode(*ends)
    )
    last = (
        lines.mark_rule(color=colour, strokeWidth=3.5, clip=True)
        .transform_filter("datum.slot == last_slot")
        .encode(*ends)
    )
    # Right of the plot, below the end of one line and above that of the other.
    labels = (
        alt.Chart(alt.NamedData("labels"))
        .transform_filter("datum.is_start || last_slot > 0")
        .transform_calculate(
            text="datum.is_start ? datum.start : datum.last + ' ' + format(last_step, ',')",
            y_to=f"datum.is_start ? {_height('window_row.x_high', '0')}"
            f" : {_height('window_row.x_high', 'last_step')}",
        )
    )
    written = [
        labels.mark_text(color=colour, align="left", dx=6, dy=dy, fontWeight="bold", fontSize=12)
        .transform_filter(f"datum.is_start == ({'' if is_below else '!'}!explodes)")
        .encode(axes.y("y_to"), x=alt.value("width"), text="text:N")
        for is_below, dy in ((True, 9), (False, -7))
    ]
    return finish(
        alt.layer(
            carry("window", "step 200"), carry("theory"), trail, axes.points(), last, *written
        ).add_params(
            slider_parameter("log_rate", -2),
            slider_parameter("shown", len(DRAWN) - 1),
            alt.param(name="rate", expr="pow(10, toNumber(log_rate))"),
            alt.param(name="explodes", expr="rate * theory_row.steep >= 2"),
            alt.param(
                name="last_slot", expr="explodes ? 2 * floor(shown / 2) : toNumber(shown)"
            ),
            alt.param(
                name="last_step",
                expr=f"explodes ? last_slot / 2 : {list(DRAWN)}[last_slot]",
            ),
            alt.param(name="low", expr=_axis_end("low", "min")),
            alt.param(name="high", expr=_axis_end("high", "max")),
            WINDOW,
            table_row("theory", _COLUMNS),
        )
    )  # fmt: skip


@figure("first")
def first(lesson: Dataset) -> Picture:
    """Show the line after each step of a run on the lesson's data, from its start."""
    return Picture(
        spec=_lines_of_steps(),
        tables={
            "points": frames.points(lesson),
            "window": frames.fit_window(lesson, [LESSON_START], headroom=1.2),
            "theory": first_run.errors(lesson),
            "trail": {"slot": range(len(DRAWN)), "step": DRAWN},
            "labels": {"is_start": [True, False], "start": ["start", ""], "last": ["", "step"]},
        },
        facts={
            "dataset": lesson,
            "steps": STEPS,
            "start": LESSON_START,
            "outcomes": first_run.outcomes(lesson, _TOLD),
        },
        numbers=partial(_told_outcomes, lesson),
    )


def _told_outcomes(dataset: Dataset) -> pd.DataFrame:
    """Tabulate where the run ends at each rate, and after how many steps the line arrives."""
    w, b = first_run.ends(dataset, RATES)
    return pd.DataFrame(
        {
            "learning rate": RATES,
            "verdict": tables.verdicts(dataset, RATES),
            "arrives after": tables.arrivals(dataset, LESSON_START, RATES),
            f"w after {in_steps(STEPS)}": w,
            f"b after {in_steps(STEPS)}": b,
            "gap": np.hypot(*theory.axis_errors(dataset, w, b)),
        }
    )
