"""The chart of the page Start: the lines of a run at the learning rate a slider chooses."""

from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from core import theory
from core.datasets import Dataset
from core.figures import frames, tables
from core.figures.palette import GUESS
from core.figures.parts import WINDOW, FitAxes, Spec, carry, finish, slider_parameter, table_row
from core.figures.registry import Picture, figure
from core.runs import LESSON_START
from core.words.writing import in_steps

STEPS = 200
DRAWN = (0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 60, 100)
LOG_RATES = np.arange(-4.0, 0.1, 0.02)  # the slider's values
_TOLD = (0.001, 0.1, 1.0)  # rates whose outcomes the alt text describes


@cache
def _lines_of_steps() -> Spec:
    """Draw the lines that gradient descent visits at a rate a slider chooses, by the closed form.

    Everything is computed in the browser from one row: best fit, principal axes, and the start's
    errors along them. Tables: points, window, theory, trail (the steps to draw), fixed.
    Parameter: log_rate, the decimal logarithm of the learning rate.
    """
    axes = FitAxes("x", "y")
    rate = alt.param(name="rate", expr="pow(10, toNumber(log_rate))")
    lines = (
        alt.Chart(alt.NamedData("trail"))
        .transform_calculate(
            flat="theory_row.flat_error * pow(1 - rate * theory_row.flat, datum.step)",
            steep="theory_row.steep_error * pow(1 - rate * theory_row.steep, datum.step)",
        )
        .transform_calculate(
            w="theory_row.w + datum.flat * theory_row.flat_w + datum.steep * theory_row.steep_w",
            b="theory_row.b + datum.flat * theory_row.flat_b + datum.steep * theory_row.steep_b",
            x_from="window_row.x_low",
            x_to="window_row.x_high",
        )
        .transform_calculate(
            y_from="clamp(datum.w * datum.x_from + datum.b, -1e4, 1e4)",
            y_to="clamp(datum.w * datum.x_to + datum.b, -1e4, 1e4)",
        )
    )
    ends = (axes.x("x_from"), axes.y("y_from"), alt.X2("x_to"), alt.Y2("y_to"))
    trail = (
        lines.transform_filter("!datum.last")
        .mark_rule(color=GUESS, strokeWidth=1, opacity=0.85, clip=True)
        .encode(*ends)
    )
    last = lines.transform_filter("datum.last").mark_rule(color=GUESS, strokeWidth=3.5, clip=True)
    start = alt.Chart(alt.NamedData("start")).mark_text(
        color=GUESS, align="right", dx=-6, dy=-9, fontWeight="bold"
    )
    return finish(
        alt.layer(
            carry("window"),
            carry("theory"),
            trail,
            axes.points(),
            last.encode(*ends),
            start.encode(axes.x("x"), axes.y("y"), text="text:N"),
        )
        .add_params(
            slider_parameter("log_rate", -1),
            rate,
            WINDOW,
            table_row(
                "theory", "w b flat steep flat_w flat_b steep_w steep_b flat_error steep_error"
            ),
        )
        .properties(height=380)
    )


@figure("first")
def first(lesson: Dataset) -> Picture:
    """Show the line after each step of a run on the lesson's data, from its start."""
    window = frames.fit_window(lesson, [LESSON_START], headroom=1.2)
    trail = pd.DataFrame({"step": [*DRAWN, STEPS]})
    told = outcomes(lesson, _TOLD)
    return Picture(
        spec=_lines_of_steps(),
        tables={
            "points": frames.points(lesson),
            "window": window,
            "theory": _theory_row(lesson),
            "trail": trail.assign(last=trail["step"] == STEPS),
            "start": pd.DataFrame(
                {"x": window["x_high"], "y": [LESSON_START.b], "text": ["the first guess"]}
            ),
        },
        facts={
            "dataset": lesson,
            "steps": STEPS,
            "start": LESSON_START,
            "outcomes": [
                {"rate": rate, "explodes": verdict == "explodes", "gap": gap}
                for rate, verdict, gap in zip(
                    told["learning rate"], told["verdict"], told["gap"], strict=True
                )
            ],
        },
        numbers=partial(_told_outcomes, lesson),
    )


def _theory_row(dataset: Dataset) -> pd.DataFrame:
    """Put what the closed form needs into one row, from which the browser computes every step.

    Returns
    -------
    DataFrame
        Columns w, b (best fit), flat, steep (eigenvalues), flat_w, flat_b, steep_w, steep_b (their
        axes), flat_error, steep_error (the start's distance from the best fit along them, in the
        units of w and b).
    """
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    dw, db = LESSON_START.w - best.w, LESSON_START.b - best.b
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


def outcomes(dataset: Dataset, learning_rates: ArrayLike) -> pd.DataFrame:
    """Tabulate where each rate's run ends after all steps, by the closed form."""
    begin = _theory_row(dataset).iloc[0]
    rate = np.asarray(learning_rates, dtype=np.float64)
    flat, steep = (
        begin[f"{axis}_error"] * (1 - rate * begin[axis]) ** STEPS for axis in ("flat", "steep")
    )
    w = begin["w"] + flat * begin["flat_w"] + steep * begin["steep_w"]
    b = begin["b"] + flat * begin["flat_b"] + steep * begin["steep_b"]
    return pd.DataFrame(
        {
            "learning rate": rate,
            "verdict": tables.verdicts(dataset, rate),
            f"w after {in_steps(STEPS)}": w,
            f"b after {in_steps(STEPS)}": b,
            "gap": np.hypot(*theory.axis_errors(dataset, w, b)),
        }
    )


def _told_outcomes(dataset: Dataset) -> pd.DataFrame:
    """Tabulate ``outcomes`` of all rates, and after how many steps each line arrives."""
    table = outcomes(dataset, 10**LOG_RATES)
    table.insert(2, "arrives after", tables.arrivals(dataset, LESSON_START, table["learning rate"]))
    return table
