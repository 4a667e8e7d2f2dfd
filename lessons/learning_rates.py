"""The page Learning rates, which asks how large a step may be, and who decides."""

import math

import numpy as np
import pandas as pd
import streamlit as st

from core import cache, charts, frames, theory
from core.frames import VERDICT_WORDS, readable, readable_below
from core.runs import MAX_STEPS, TrainingConfig
from core.sayings import SAYINGS
from lessons._controls import (
    add_rate,
    choose_data,
    choose_part,
    choose_rates,
    default_rate,
    learning_rates,
    plain,
    presets,
    steps,
)
from lessons._layout import (
    TEXT_WIDTH,
    draw,
    glossary,
    heading,
    next_lesson,
    open_lesson,
    takeaway,
    text,
)
from lessons._predict import predict_limit, predict_picture
from lessons._schedules import beat_the_best_rate
from lessons._sliders import Slider, chart_sliders, step_slider, switch

_SORTED_BY = {
    "learning rate": "learning_rate",
    "loss": "loss",
    "gap": "gap",
    "steps to 1 %": "steps_needed",
}


def conclude() -> None:
    """End the page, however much of it is shown."""
    takeaway(
        "The data sets the limit, 2/λ₂: above it the error across the valley grows at every step. "
        "Take half of it, 1/λ₂: it is a factor of two away from the cliff, and in the long run it "
        "needs at most about twice the steps of the fastest rate there is."
    )
    next_lesson("learning-rates")


open_lesson("learning-rates")
text(
    "The same data, the same start, the same number of steps: only the learning rate differs. A "
    "tiny one creeps. With a larger one each step takes the line farther towards the points; with "
    "a still larger one it jumps past them to the other side. How large may it be?"
)
glossary("overshoot", "zigzag", "explode", "curvature", "condition number", "hyperparameter", "gap")
dataset, start = choose_data()
if not predict_limit(dataset, start):
    text(
        "Once you have marked it, this page shows all learning rates, with what each of them does."
    )
    conclude()
    st.stop()
text(
    "On the ruler lie all rates, from far too small to far too large. **Click where you want "
    "one**: it runs, gets a verdict, and its colour."
)
ruler_place = st.container(key="ruling")
with st.container(horizontal=True, vertical_alignment="bottom"):
    with st.container(width=520):
        rates = learning_rates(dataset)
    step_count = steps()
    for label, (preset, preset_steps) in presets(dataset).items():
        st.button(label, on_click=choose_rates, args=(preset, preset_steps))
if not rates:
    st.info("Type a learning rate above, for example 0.1, and press Enter.")
    st.stop()

with ruler_place:
    exponents = np.linspace(0, math.log10(MAX_STEPS), 127)
    chart_sliders(
        "ruler_steps",
        "ruling",
        Slider(
            "log_steps",
            "The curve: the loss after so many steps, at every rate",
            low=0,
            step=float(exponents[1]),
            count=exponents.size,
            index=int(np.argmin(np.abs(exponents - math.log10(step_count)))),
            texts=[readable(round(10**exponent)) for exponent in exponents],
            occasion=str(step_count),
        ),
    )
    ruler = frames.ruler(dataset, start, rates)
    draw(
        "ruler",
        charts.ruler(),
        {
            "bounds": ruler.bounds,
            "theory": ruler.theory,
            "zones": ruler.zones,
            "marks": ruler.marks,
            "chosen": ruler.chosen,
        },
        alt=f"A log axis of learning rates. Below {readable(ruler.zones['high'].iloc[0])} they are "
        f"slow, up to {readable_below(theory.safe_rate(dataset))} good, up to "
        f"{readable_below(theory.stable_limit(dataset))} they zigzag, and above they explode. A "
        "curve shows the loss each leads to: a valley, and a cliff at the limit.",
        on_pick=add_rate,
    )
    st.caption("The triangle marks the rate with the lowest loss after so many steps.")

history = cache.train(dataset, TrainingConfig(rates, step_count, start))
axes, best = theory.curvature(dataset), theory.best_fit(dataset)
limit, safe = theory.stable_limit(dataset), theory.safe_rate(dataset)
lowest = theory.mse(dataset, best)
table = frames.rate_table(dataset, history, rates)
paths = frames.rate_paths(dataset, history, table)
bounds = frames.rate_bounds(paths, lowest, step_count)
window = frames.fit_window(dataset, [best], headroom=0.3)
ends = frames.rate_ends(table, paths, bounds)
kinds = ", ".join(ends["sentence"])

slots = frames.compared_slots(history)
with st.container(key="compared"):
    step_slider(
        "compared_slider",
        "compared",
        Slider(
            "slot",
            "Step",
            low=0,
            step=1,
            count=slots.size,
            index=slots.size - 1,
            texts=[f"{step:,}" for step in history.steps[slots]],
            occasion=f"{dataset.fingerprint} {start} {step_count}",
        ),
        switch("log_step", "log steps"),
        chart="rate_losses",
        steps=history.steps[slots].tolist(),
        bounds=bounds,
        log_step="log_step",
    )
    left, right = st.columns(2)
    with left:
        st.markdown("**Loss**: only explosions rise; white dots: predicted by the closed form")
        draw(
            "rate_losses",
            charts.rate_losses(),
            {
                "rates": frames.loss_columns(paths, bounds),
                "ends": ends,
                "bounds": bounds,
                "floor": frames.floor_height(dataset, bounds),
            },
            alt=f"Loss over {step_count:,} steps on a log axis for the learning rates {kinds}. The "
            f"best fit's loss is {readable(lowest)}.",
        )
        st.markdown("**Across the valley**: how far the line is too high (+) or too low (−)")
        draw(
            "rate_errors",
            charts.rate_errors(len(rates)),
            {
                "rates": frames.error_columns(paths, bounds),
                "ends": ends,
                "ticks": frames.error_ticks(len(rates), bounds),
                "bounds": bounds,
            },
            alt="The signed error along the steep axis over the first steps, a row for each "
            f"learning rate: {kinds}. Where a rate zigzags or explodes, the sign changes at every "
            "step.",
        )
    with right:
        st.markdown("**Lines** at that step; the broad blue one is the best fit")
        draw(
            "rate_fits",
            charts.rate_fits(dataset.x_label, dataset.y_label),
            {
                "points": frames.points(dataset),
                "window": window,
                "fixed": frames.fixed_lines(dataset),
                "rates": frames.fit_columns(paths, window),
                "ends": ends,
            },
            alt=f"{dataset.n} points, the best fit, and the lines after {step_count:,} steps at "
            f"the learning rates {kinds}.",
        )
        st.markdown("**Paths** over (w, b), with the two axes of the bowl")
        calm = paths[paths["kind"] != list(VERDICT_WORDS).index("explodes")]
        surface = frames.path_window(dataset, start, calm)
        draw(
            "rate_paths",
            charts.rate_paths(),
            {
                "contours": frames.contours(dataset, surface),
                "bounds": surface,
                "axes": frames.principal_axes(dataset, surface),
                "rates": frames.path_columns(paths, surface),
                "fixed": frames.fixed_lines(dataset),
            },
            alt="Rings of equal loss over slope w and intercept b, the two axes of the bowl "
            f"through the best fit, and the paths of the learning rates {kinds}. Slow ones creep "
            "along, good ones go down and then along the floor, zigzags cross the floor at every "
            "step.",
        )
        if len(calm) < len(paths):
            st.caption("Of rates that explode the first five steps are drawn.")
text(
    "The loss cannot show a zigzag: with all points in every step it falls steadily as long as "
    "the run does not explode. The rows below it do. A **slow** rate creeps towards zero, a "
    "**good** one slides into it, a **zigzag** jumps to the other side at each step but always "
    "less far, and one that **explodes** jumps farther each time, until it leaves the picture."
)
predict_picture(dataset, start)

heading("Why there?")
needed, halving = theory.steps_needed(dataset, safe, start), theory.halving_steps(dataset, safe)
left, right = st.columns(2, gap="large")
with left:
    text(
        "Seen from above, the loss is a valley with two directions of its own, the **steep** axis "
        "across it and the **flat** axis along its floor. How strongly the bowl curves along them "
        "are two numbers that the data decides, λ₁ and λ₂; λ₂/λ₁, here "
        f"**{readable(axes.condition_number)}**, is called the *condition number*. (On the "
        "map above w and b are drawn at different scales, so the axes need not look square to each "
        "other.)"
    )
    st.latex(
        r"\begin{aligned}"
        r"\theta_{t+1} &= \theta_t - r\,\nabla\text{loss}(\theta_t) \\"
        r"\nabla\text{loss}(\theta) &= H\,(\theta - \theta^*) \\"
        r"\theta_{t+1} - \theta^* &= (1 - r H)\,(\theta_t - \theta^*) \\"
        r"e_i &\to (1 - r\lambda_i)\,e_i \\"
        r"|1 - r\lambda_i| < 1 &\iff r < 2/\lambda_i"
        r"\end{aligned}"
    )
    text(
        "In words: a step at the rate r, with θ = (w, b); the gradient of a bowl; so the error "
        "shrinks, along each axis by itself; as long as r is below both limits, and λ₂ makes the "
        "strict one."
    )
with right:
    text(
        f"Across the valley a step at the rate {readable(rates[0])} multiplies the error by 1 − "
        f"{readable(rates[0])} × {readable(axes.steep)} = {readable(1 - rates[0] * axes.steep)}. "
        "Small rates leave the error almost whole; at rate = 1/λ₂ = "
        f"**{readable_below(safe)}** it is gone in one step; beyond, it changes sign at every "
        f"step; above 2/λ₂ = **{readable_below(limit)}** it grows at every step, however small it "
        "was: sooner or later the run explodes."
    )
    text(
        f"With the safe choice, {readable_below(safe)}, this start needs **{needed:,} "
        f"{'step' if needed == 1 else 'steps'}** until only 1 % of the excess loss is left."
    )
    if axes.condition_number > 1.5:
        text(
            f"Along the flat direction the curvature is λ₁ = {readable(axes.flat)}, "
            f"{readable(axes.condition_number)} times smaller, and there every rate below the "
            "limit is slow: with the safe choice the distance along the valley's floor halves "
            f"every **{readable(max(halving, 1))} {'step' if halving <= 1 else 'steps'}**."
            + (
                f" The {MAX_STEPS:,} steps one can run here do not even halve it: on this data no "
                "rate gets all the way, because the valley is too long for its width."
                if halving > MAX_STEPS
                else ""
            )
        )

heading("Make the valley round")
if dataset.scaling is None:
    rounded = cache.standardized(dataset)
    assert rounded.scaling is not None
    round_start = rounded.scaling.to_standardized(start)
    round_safe = theory.safe_rate(rounded)
    round_needed = theory.steps_needed(rounded, round_safe, round_start)
    text(
        "The shape of the valley is decided by x, and by nothing but its units: **standardize** x, "
        "that is, count it in standard deviations from its mean. The points stay where they are, "
        f"and so does the best fit. But the condition number goes from "
        f"{readable(axes.condition_number)} to **{readable(1.0)}**, the limit from "
        f"{readable_below(limit)} to **{readable(theory.stable_limit(rounded))}**, and the safe "
        f"choice, then {readable(round_safe)}, needs **{round_needed} "
        f"{'step' if round_needed == 1 else 'steps'}** instead of {needed:,}."
    )
else:
    text(
        "x is **standardized**: λ₁ and λ₂ are both 2, whatever the data, so the valley is round "
        "and the limit is 1. There is no flat direction left to be slow along: at the safe choice, "
        "½, one step removes every error. Rates, curvatures, w and b are those of the "
        f"standardized x; the best fit, in the original units, is "
        f"**{frames.in_original_units(dataset, best, 4)}**."
    )
st.button(
    "Standardize x" if dataset.scaling is None else "Back to the original x",
    key="toggle_standardize",
    on_click=st.session_state.update,
    kwargs={"standardize": dataset.scaling is None},
)

heading("Go further")
NUMBERS, SAID, BEAT = "In numbers", "It is said …", "Beat the best rate"
part = choose_part(NUMBERS, SAID, BEAT)
if part == NUMBERS:
    exploded = table[history.diverged_at >= 0]
    thinned = history.steps.size <= step_count  # then a measured step is the next recorded one
    order = st.selectbox("Sorted by", list(_SORTED_BY), key="sorted_by", width=200)
    table = table.sort_values(_SORTED_BY[order], kind="stable")
    shown = pd.DataFrame(
        {
            "learning rate": table["learning_rate"].map(readable),
            "verdict": table["verdict"].map(VERDICT_WORDS),
            "s = rate × λ₂": table["s"].map(readable),
            "steps taken": table["steps"].map("{:,}".format),
            "w": table["w"].map(readable),
            "b": table["b"].map(readable),
            "in the original units": table["original"],
            "loss": table["loss"].map(readable),
            "gap": table["gap"].map(readable),
            "steps to 1 %": [
                "–" if needed is None else f"{needed:,}" for needed in table["steps_needed"]
            ],
            "measured": [
                "–" if there is None else f"≤ {there:,}" if thinned and there > 1 else f"{there:,}"
                for there in table["steps_measured"]
            ],
            "a step × flat error": table["flat_factor"].map(readable),
            "× steep error": table["steep_factor"].map(readable),
        }
    )
    st.table(
        shown.drop(columns=[] if dataset.scaling else "in the original units"), hide_index=True
    )
    st.download_button(
        "Download the table (CSV)", table.to_csv(index=False), "learning_rates.csv", "text/csv"
    )
    st.caption(
        "*λ₂*: see above. *Gap*: the root mean square of the vertical distances from the best fit, "
        "in units of y. *Steps to 1 %*: until 1 % of the excess loss over the best fit is left, by "
        "the closed form (none where the rate is above the limit), and as measured in this run. "
        "The last two columns: what a step multiplies the errors along the two axes of the bowl "
        "by; below 0 the error changes sides, below −1 it grows."
    )
    if not exploded.empty:
        sentences = "; ".join(
            f"{readable(rate)} after step {steps:,}"
            for rate, steps in zip(exploded["learning_rate"], exploded["steps"], strict=True)
        )
        text(
            "An exploding run is stopped before its loss passes a million times the loss it began "
            f"with (or the mean of y², if that is larger): {sentences}. Its numbers are those of "
            "its last sane step."
        )
elif part == SAID:
    text("Sentences one hears about learning rates. Choose one: it is tried out on this data.")
    default = default_rate(dataset)
    saying = st.pills("It is said …", list(SAYINGS), key="saying", label_visibility="collapsed")
    if saying:
        at_best_fit = theory.steps_needed(dataset, safe, start) == 0
        finding = None if at_best_fit else SAYINGS[saying](cache.train, dataset, start, default)
        with st.container(border=True, width=TEXT_WIDTH, key="finding"):
            if at_best_fit:
                st.markdown("The descent starts at the best fit already: choose another *Start*.")
            elif finding is None:
                st.markdown(
                    "For real measurements nobody knows a true line: only a best fit exists."
                )
            else:
                st.markdown(f"“{saying}” On this data: **{finding.verdict}**. {finding.measured}")
                st.button(
                    "Put it on the ruler",
                    key="show_finding",
                    on_click=choose_rates,
                    args=([plain(rate) for rate in finding.rates], finding.steps),
                )
else:
    beat_the_best_rate(dataset, start)
conclude()
