"""The chart of one bad point that pulls the best fit."""

from functools import partial

import altair as alt
import numpy as np

from core.course.outlier import BadPoint
from core.figures import frames, tables
from core.figures.palette import BEST_FIT, GUESS, MUTED
from core.figures.parts import (
    WINDOW,
    FitAxes,
    Spec,
    carry,
    finish,
    kept_for_names,
    slider_parameter,
    table_row,
)
from core.figures.registry import Picture, figure

# With e, how far the point lies above the best fit of the others, and h = 1/n + (x − mean)²/sxx,
# the best fit of all points follows from that of the others (Sherman and Morrison, 1950):
# w + e (x − mean) / (sxx (1 + h)) and b + e (1/n − mean (x − mean)/sxx) / (1 + h). The point's
# residual is then e / (1 + h), and the sum of all squares sse + e²/(1 + h).
_PULL = {
    "above": "toNumber(bad_y) - (others_row.w * others_row.x + others_row.b)",
    "aside": "others_row.x - others_row.mean",
    "lever": "1 + 1 / others_row.n + aside * aside / others_row.sxx",
    "pulled_w": "others_row.w + above * aside / (others_row.sxx * lever)",
    "pulled_b": "others_row.b"
    " + above * (1 / others_row.n - others_row.mean * aside / others_row.sxx) / lever",
    "squares": "others_row.sse + above * above / lever",
    "share": "above * above / (lever * lever) / max(squares, 1e-300)",
}


@kept_for_names
def _bad_point(x_label: str, y_label: str) -> Spec:
    """Draw the points, the bad one with its residual, and the best fits without and with it.

    Tables: points, window, others (one row). Parameter: bad_y.
    """
    axes = FitAxes(x_label, y_label)
    # The axes fit the lines: a point beyond them is drawn at the edge, as a triangle.
    there = alt.Chart(alt.NamedData("others")).transform_calculate(
        y="clamp(toNumber(bad_y), window_row.y_low, window_row.y_high)",
        shape="bad_y > window_row.y_high ? 'triangle-up'"
        " : bad_y < window_row.y_low ? 'triangle-down' : 'diamond'",
        end="pulled_w * datum.x + pulled_b",
        text="'y = ' + format(bad_y, '.3~f') + ': '"
        " + format(100 * share, '.0f') + ' % of the loss'",
    )
    residual = there.mark_rule(color=GUESS, strokeWidth=2, clip=True).encode(
        axes.x("x"), axes.y("y"), y2="end"
    )
    point = there.mark_point(color=GUESS, filled=True, size=160, opacity=1).encode(
        axes.x("x"), axes.y("y"), alt.Shape("shape:N").scale(None)
    )
    # Above the plot: inside of it the lines pass everywhere.
    told = there.mark_text(color=GUESS, align="right", dy=-10, fontWeight="bold").encode(
        x=alt.value("width"), y=alt.value(0), text="text:N"
    )
    before = axes.lines("others", color=MUTED, strokeWidth=2, strokeDash=[6, 4])
    after = axes.lines("others", "pulled_w", "pulled_b", color=BEST_FIT, strokeWidth=3)
    parameters = [alt.param(name=name, expr=formula) for name, formula in _PULL.items()]
    return finish(
        alt.layer(carry("window"), axes.points(), before, after, residual, point, told)
        .add_params(
            WINDOW,
            table_row("others", "w b n mean sxx sse x"),
            slider_parameter("bad_y", 0),
            *parameters,
        )
        .properties(height=320)
    )


@figure("bad_point")
def bad_point(bad: BadPoint) -> Picture:
    """Show the best fit with and without a bad point, whose height a slider moves."""
    others, x = bad.others, bad.others.x
    before, after = bad.before, bad.after
    residuals = others.y - before.at(x)
    row = {
        "w": before.w,
        "b": before.b,
        "n": others.n,
        "mean": float(np.mean(x)),
        "sxx": float(np.sum((x - np.mean(x)) ** 2)),
        "sse": float(np.sum(residuals**2)),
        "x": bad.x,
    }
    window = frames.fit_window(others, [before, after], headroom=0.5)
    return Picture(
        spec=_bad_point(others.x_label, others.y_label),
        tables={
            "points": frames.points(others),
            "window": window,
            "others": row,
        },
        facts={"x": bad.x, "y": bad.y, "n": others.n, "before": before, "after": after},
        numbers=partial(
            tables.points, bad.dataset, {"best fit without it": before, "best fit": after}
        ),
    )
