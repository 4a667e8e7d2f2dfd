"""The page Data, which asks how wrong a line is."""

import math

import numpy as np
import streamlit as st

from core import charts, frames, theory
from core.frames import readable
from core.theory import round_down
from lessons._controls import choose_data
from lessons._layout import draw, heading, next_lesson, open_lesson, takeaway, text
from lessons._sliders import Slider, chart_sliders

open_lesson("data")
text(
    "A line is two numbers: its **slope w** (how much y grows when x grows by one) and its "
    "**intercept b** (where it is at x = 0). Move both until the line fits, and watch the grey "
    "points: each thin bar is a **residual**, the distance from a point to the line, straight up "
    "or down."
)
dataset, start = choose_data()
best = theory.best_fit(dataset)


def around_best(name: str, label: str, centre: float, first: float, reach: float) -> Slider:
    """Make a slider over round numbers, the best one inside but not where one would guess it."""
    span = max(1.4 * abs(first - centre), reach)
    step = round_down(2.2 * span / 250)
    left = math.floor((centre - 1.3 * span) / step)
    right = math.ceil((centre + 0.9 * span) / step)
    texts = [readable(place * step, 4) for place in range(left, right + 1)]
    index = round(first / step) - left
    occasion = f"{dataset.fingerprint} {start}"
    return Slider(name, label, left * step, step, len(texts), index, texts, occasion)


spread = float(np.std(dataset.y))
with st.container(key="by_hand"):
    chart_sliders(
        "guess_sliders",
        "by_hand",
        around_best("guess_w", "w", best.w, start.w, 3 * spread / float(np.std(dataset.x))),
        around_best("guess_b", "b", best.b, start.b, 3 * spread),
    )
    draw(
        "guess",
        charts.guess_by_hand(dataset.x_label, dataset.y_label, dataset.true_line is not None),
        {
            "points": frames.points(dataset),
            "window": frames.fit_window(dataset, [start], headroom=0.18),
            "fixed": frames.fixed_lines(dataset),
            "fold": frames.fold_row(dataset),
        },
        alt=f"{dataset.n} points of {dataset.y_label} against {dataset.x_label}, the best fit "
        f"y = {readable(best.w)}·x + {readable(best.b)}, and a guess that the sliders move.",
    )
if dataset.n > frames.MAX_DRAWN_POINTS:
    st.caption(
        f"{len(frames.points(dataset)):,} of {dataset.n:,} points are drawn; every number is "
        "computed from all of them."
    )

heading("One number for “how wrong”")
text(
    "To compare lines we need one number. Take every residual, square it (so that above and below "
    "both count, and large misses count most), and average: that is the **mean squared error**, "
    "the *loss* of the line."
)
st.latex(r"\text{loss}(w, b) = \frac{1}{n}\sum_{i=1}^{n}\left(w\,x_i + b - y_i\right)^2")
table = frames.losses(dataset, start).replace({"line": {"guess": "the first guess (start)"}})
st.table(
    table.drop(columns="gap")
    .rename(columns={"loss": "loss (MSE)"})
    .map(lambda cell: cell if isinstance(cell, str) else readable(cell, 4)),
    hide_index=True,
    width="content",
)
lowest = theory.mse(dataset, best)
if dataset.true_line is not None:
    text(
        f"The **true line** is the one the points were made from. The **best fit** is the line "
        f"with the lowest loss on the {dataset.n:,} points at hand, {readable(lowest, 4)}. On them "
        f"the true line ({readable(theory.mse(dataset, dataset.true_line), 4)}) can never beat it: "
        "the noise pushed the points a little to one side, and the best fit follows the points."
    )
else:
    text(
        "For real measurements nobody knows a true line. What exists is the **best fit**, the "
        f"line with the lowest loss on these {dataset.n:,} points: "
        f"{dataset.y_label} = {readable(best.w, 5)} × {dataset.x_label} "
        f"{'+' if best.b >= 0 else '−'} {readable(abs(best.b), 5)}."
    )
takeaway(
    "A line is two numbers, w and b. Its loss is the mean of the squared residuals. The best fit "
    "is the line whose loss no other line can beat, on the points at hand."
)
next_lesson("data")
