"""The page Learning rates, which asks how large a step may be, and who decides."""

import pandas as pd
import streamlit as st

from core import cache, charts, frames, theory
from core.frames import VERDICT_WORDS, readable, readable_below
from core.runs import MAX_STEPS, TrainingConfig
from lessons._controls import choose_data, learning_rates, steps
from lessons._layout import draw, heading, open_lesson, takeaway, text

open_lesson("learning-rates")
text(
    "The same data, the same start, the same number of steps: only the learning rate differs. "
    "Each run gets a verdict, and its colour."
)
dataset, start = choose_data()
with st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(width=620):
        rates = learning_rates(dataset)
    step_count = steps()
if not rates:
    st.info("Type a learning rate above, for example 0.1, and press Enter.")
    st.stop()

history = cache.train(dataset, TrainingConfig(rates, step_count, start))
best = theory.best_fit(dataset)
lowest = theory.mse(dataset, best)
table = frames.rate_table(dataset, history, rates)
paths = frames.rate_paths(dataset, history, table)
bounds = frames.rate_bounds(paths, lowest, step_count)
window = frames.fit_window(dataset, [best], headroom=0.3)
ends = frames.rate_ends(table, paths, bounds, window)
kinds = ", ".join(ends["sentence"])

left, right = st.columns(2)
with left:
    st.markdown("**Loss**: the lower the better; only explosions rise")
    draw(
        "rate_losses",
        charts.rate_losses(),
        {
            "rates": frames.drawn_loss(paths, bounds),
            "ends": ends,
            "bounds": bounds,
            "floor": frames.drawn_loss(frames.floor(dataset), bounds),
        },
        alt=f"Loss over {step_count:,} steps on a log axis for the learning rates {kinds}. The "
        f"best fit's loss is {readable(lowest)}.",
    )
with right:
    st.markdown("**Lines**: where each rate ended; the broad blue line is the best fit")
    draw(
        "rate_fits",
        charts.rate_fits(dataset.x_label, dataset.y_label),
        {
            "points": frames.points(dataset),
            "window": window,
            "fixed": frames.fixed_lines(dataset),
            "ends": ends,
        },
        alt=f"{dataset.n} points, the best fit, and the lines after {step_count:,} steps at the "
        f"learning rates {kinds}.",
    )
st.markdown("**Across the valley**: how far the line is too high (+) or too low (−), step by step")
draw(
    "rate_errors",
    charts.rate_errors(len(rates)),
    {"rates": paths, "ends": ends, "bounds": bounds},
    alt="The signed error along the steep axis over the first steps, a row for each learning rate: "
    f"{kinds}. Where a rate zigzags or explodes, the sign changes at every step.",
)
text(
    "The loss cannot show a zigzag: with all points in every step it falls steadily as long as "
    "the run does not explode. The rows above show it. A **slow** rate creeps towards zero, a "
    "**good** one slides into it, a **zigzag** jumps to the other side at each step but always "
    "less far, and one that **explodes** jumps farther each time."
)

heading("In numbers")
axes = theory.curvature(dataset)
limit, safe = theory.stable_limit(dataset), theory.safe_rate(dataset)
shown = pd.DataFrame(
    {
        "learning rate": table["learning_rate"].map(readable),
        "verdict": table["verdict"].map(VERDICT_WORDS),
        "rate ÷ limit": (table["learning_rate"] / limit).map(readable),
        "steps taken": table["steps"].map("{:,}".format),
        "w": table["w"].map(readable),
        "b": table["b"].map(readable),
        "loss": table["loss"].map(readable),
        "gap": table["gap"].map(readable),
        "steps to 1 %": [
            "–" if needed is None else f"{needed:,}" for needed in table["steps_needed"]
        ],
    }
)
st.table(shown, hide_index=True)
st.caption(
    "*Limit*: see below. *Gap*: the root mean square of the vertical distances from the best fit, "
    "in units of y. *Steps to 1 %*: until 1 % of the excess loss over the best fit is left, by the "
    "formula below; none where the rate is above the limit."
)
exploded = table[history.diverged_at >= 0]
if not exploded.empty:
    sentences = "; ".join(
        f"{readable(rate)} after step {steps:,}"
        for rate, steps in zip(exploded["learning_rate"], exploded["steps"], strict=True)
    )
    text(
        "An exploding run is stopped before its loss passes a million times the loss it began with "
        f"(or the mean of y², if that is larger): {sentences}. Its numbers are those of its last "
        "sane step."
    )

heading("Why there?")
text(
    f"The valley has a steep and a flat direction. How steep is a number the data decides, the "
    f"larger **curvature λ₂** of the bowl: here **{readable(axes.steep)}**. One step multiplies "
    f"the error across the valley by 1 − rate × λ₂. At the rate {readable(rates[0])} that is 1 − "
    f"{readable(rates[0])} × {readable(axes.steep)} = "
    f"{readable(1 - rates[0] * axes.steep)}. Small rates leave the error almost whole; at rate = "
    f"1/λ₂ = **{readable_below(safe)}** it is gone in one step; beyond, it changes sign at every "
    f"step; above 2/λ₂ = **{readable_below(limit)}** it grows at every step, however small it was: "
    "sooner or later the run explodes."
)
needed, halving = theory.steps_needed(dataset, safe, start), theory.halving_steps(dataset, safe)
text(
    f"With the safe choice, {readable_below(safe)}, this start needs **{needed:,} "
    f"{'step' if needed == 1 else 'steps'}** until only 1 % of the excess loss is left."
)
if axes.condition_number > 1.5:
    text(
        f"Along the flat direction the curvature is λ₁ = {readable(axes.flat)}, "
        f"{readable(axes.condition_number)} times smaller, and there every rate below the limit is "
        f"slow: with the safe choice the distance along the valley's floor halves every "
        f"**{readable(max(halving, 1))} {'step' if halving <= 1 else 'steps'}**."
        + (
            f" The {MAX_STEPS:,} steps one can run here do not even halve it: on this data no rate "
            "gets all the way, because the valley is too long for its width."
            if halving > MAX_STEPS
            else ""
        )
    )
takeaway(
    "The data sets the limit, 2/λ₂: above it the error across the valley grows at every step. Take "
    "half of it, 1/λ₂: it is a factor of two away from the cliff, and in the long run it needs at "
    "most about twice the steps of the fastest rate there is."
)
