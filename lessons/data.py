"""The page Data, which asks how wrong a line is."""

import numpy as np
import streamlit as st

from core import theory
from core.datasets import BUNDLED
from core.figures import fit, frames
from core.words.writing import equation, equations, literal, readable
from lessons.state import quiz, visit
from lessons.state.progress import mark_done
from lessons.state.visit import is_hidden
from lessons.widgets.check import check
from lessons.widgets.controls import choose_data
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, heading, next_lesson, open_lesson, takeaway, text
from lessons.widgets.predict import predict_least_wrong
from lessons.widgets.sliders import Slider, between, least_loss, line_sliders, switch
from lessons.widgets.words import say

GOAL = 1.5  # of the lowest loss: a line that is nearly as good as can be
REACHABLE = 1.1  # of the least loss that the sliders can make: some place is better than that

open_lesson("data")
text(
    "A line is two numbers: its **slope w** (how much y grows when x grows by one) and its "
    "**intercept b** (where it is at x = 0). How wrong is it, for points that do not lie on it?"
)
glossary("parameter", "residual", "mean squared error", "loss", "true line", "best fit")
dataset, start = choose_data()
about = BUNDLED.get(visit.get("data"))
if about:
    text(about.about)

predict_least_wrong(dataset, start)
is_made = visit.get("data") == "lesson"
has_outlier = is_made and visit.get("outlier")
best = theory.best_fit(dataset)
lowest = theory.mse(dataset, best)
challenge = f"best fit of {dataset.fingerprint}"
revealed = quiz.is_open(challenge)
spread = theory.spread(dataset) or 1.0


def around(name: str, label: str, centre: float, first: float, reach: float) -> Slider:
    """Make a slider that holds the best value, but not in the middle where one would guess it."""
    span = max(1.4 * abs(first - centre), reach)
    occasion = f"{dataset.fingerprint} {start}"
    return between(name, label, centre - 1.3 * span, centre + 0.9 * span, first, occasion)


def solve() -> None:
    """Take it that a line below the goal was found."""
    quiz.unlock(challenge)
    mark_done("challenge:by-hand")


slope = around("guess_w", "w", best.w, start.w, 3 * spread / float(np.std(dataset.x)))
intercept = around("guess_b", "b", best.b, start.b, 3 * spread)
# Points that lie exactly on a line leave no loss to come near to: then a small share of y's spread.
goal = max(
    0.0 if theory.lies_on_a_line(dataset) else GOAL * lowest,
    1e-6 * spread**2,
    REACHABLE * least_loss(dataset, slope, intercept),
)

heading(
    "Find the least wrong line by hand",
    "Each thin bar below is a **residual**: how far a point lies above or below the line. To "
    "compare lines we need one number. Square every residual (so that above and below both "
    "count, and large misses count most) and take the average: the **mean squared error**, the "
    "*loss* of the line. **Move w and b until it is as small as you can make it. Can you get it "
    f"below {readable(goal)}?**"
    + (
        ""
        if is_hidden("start")
        else " (*Start the descent here* makes your line the one that the next lessons begin with; "
        "you need not.)"
    ),
)
with st.container(key="by_hand"):
    line_sliders(
        "guess_sliders",
        "by_hand",
        dataset,
        slope,
        intercept,
        switch("squares", "show the squares"),
        label="Loss of your guess (MSE)",
        bound=goal,
        on_solved=solve,
    )
    draw(fit.guess(dataset, start, revealed))
if left_out := fit.left_out(dataset):
    st.caption(say("figures.left_out", **left_out))

if not revealed:
    st.button("Show me the best fit", key="show_best", on_click=quiz.unlock, args=(challenge,))
else:
    heading("The line that cannot be beaten")
    table = frames.losses(dataset, start)
    table["line"] = ["the first guess (start)" if a == "guess" else a for a in table["line"]]
    st.table(
        table.drop(columns=["gap"] if dataset.scaling else ["gap", "original"])
        .rename(columns={"loss": "loss (MSE)", "original": "in the original units"})
        .map(lambda cell: cell if isinstance(cell, str) else readable(cell, 4)),
        hide_index=True,
        width="content",
    )
    if dataset.true_line is not None and theory.lies_on_a_line(dataset):
        text("These points lie on the true line exactly, so it is the best fit too.")
    elif dataset.true_line is not None:
        true_loss = theory.mse(dataset, dataset.true_line)
        made = "all points but the outlier" if has_outlier else "the points"
        text(
            f"The **true line** is the one that {made} were made from. The **best fit** is the "
            f"line with the lowest loss on the {dataset.n:,} points at hand, "
            f"{readable(lowest, 4)}. On them the true line ({readable(true_loss, 4)}) can never "
            "beat it: “best” means the lowest loss on just these points. "
            + (
                "Noise moved each of them up or down, and the best fit follows them; on a new "
                "sample it would be another line."
                if not has_outlier
                else "All but one lie on it, but the best fit follows that one, too."
                if theory.lies_on_a_line(frames.without_last_point(dataset))
                else "Noise moved all of them but the outlier up or down, and the best fit follows "
                "them all."
            )
        )
    else:
        text(
            "No true line is known for these points. What exists is the **best fit**, the line "
            f"with the lowest loss on these {dataset.n:,} points: "
            f"{literal(dataset.y_label)} = {readable(best.w, 5)} × {literal(dataset.x_label)} "
            f"{'+' if best.b >= 0 else '−'} {readable(abs(best.b), 5)}."
            + (f" {about.slope}" if about and dataset.scaling is None else "")
        )
st.latex(r"\text{loss}(w, b) = \frac{1}{n}\sum_{i=1}^{n}\left(w\,x_i + b - y_i\right)^2")
st.caption("The same as a formula: Σ says “add up, for each of the n points”.")

if is_made and (has_outlier or not is_hidden("made")):
    on_squares = "What squaring does to one bad point"
    if not has_outlier:
        heading(
            on_squares,
            "Squares make large misses count most. Put one point where it does not belong, and "
            "see how far it pulls the best fit.",
        )
        st.button("Add an outlier", key="add_outlier", on_click=visit.choose,
                  kwargs={"outlier": True})  # fmt: skip
    else:
        without = frames.without_last_point(dataset)
        calm = theory.best_fit(without)
        miss = float(best.at(dataset.x[-1:])[0] - dataset.y[-1])
        share = 0.0 if theory.lies_on_a_line(dataset) else miss**2 / (dataset.n * lowest)
        before, after = equations(calm, best)
        heading(
            on_squares,
            f"The outlier at x = {readable(dataset.x[-1])}, y = {readable(dataset.y[-1])} is one "
            f"point of {dataset.n:,}. Its square alone makes up **{share:.0%}** of the best fit's "
            "loss, and it "
            + (
                f"leaves the best fit where it was, at {equation(best)}."
                if theory.gap(dataset, calm) == 0
                else f"pulls the best fit from {before} to **{after}**."
            )
            + ("" if is_hidden("made") else " Move it under *How it is made*."),
        )
        if not is_hidden("made"):
            st.button("Take the outlier away", key="take_outlier",
                      on_click=visit.choose, kwargs={"outlier": False})  # fmt: skip

axes = theory.curvature(dataset)
if axes.condition_number > frames.LONG_VALLEY:
    centre, width = float(np.mean(dataset.x)), float(np.std(dataset.x))
    by_unit, by_zero = theory.roundest(dataset)
    st.info(
        f"These x lie far from 0 for how little they differ (mean {readable(centre)}, spread "
        f"{readable(width)}). That is fine for the best fit. For gradient descent it will be "
        "hard: a small change of w lifts the whole line, b has to make up for it, and the two can "
        "only move together, slowly. The later pages show it."
        if by_zero < by_unit
        else f"These x are {'large' if width > 1 else 'small'} numbers (spread {readable(width)}). "
        "That is fine for the best fit. For gradient descent it will be hard: w and b need steps "
        "of very different size. The later pages show it."
    )
numbers_behind_charts()
takeaway(
    "A line is two numbers, w and b. Its loss is the mean of the squared residuals. The best fit "
    "is the line whose loss no other line can beat, on the points at hand."
)
check("data", dataset, start)
next_lesson("data")
