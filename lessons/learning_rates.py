"""The page Learning rates, which asks how large a step may be, and who decides."""

import streamlit as st

from core import cache, theory
from core.datasets import Dataset, Line
from core.runs import MAX_STEPS, TrainingConfig
from core.sayings import SAYINGS
from core.wording import (
    count,
    equations,
    in_original_units,
    in_steps,
    plain,
    readable,
    readable_below,
)
from lessons._challenges import CHALLENGES, challenges
from lessons._checks import check
from lessons._comparison import compare
from lessons._controls import (
    at_the_best_fit,
    choose_data,
    choose_part,
    choose_rates,
    chosen_rates,
    default_rate,
    held_learning_rate,
)
from lessons._layout import (
    TEXT_WIDTH,
    glossary,
    heading,
    next_lesson,
    open_lesson,
    takeaway,
    text,
)
from lessons._numbers import fragment, numbers_behind_charts
from lessons._pins import pins
from lessons._predict import predict_limit, predict_picture
from lessons._schedules import beat_the_best_rate
from lessons._task import is_hidden

_DERIVATION = r"""

$$
\begin{aligned}
\theta_{t+1} &= \theta_t - r\,\nabla\text{loss}(\theta_t) \\
\nabla\text{loss}(\theta) &= H\,(\theta - \theta^*) \\
\theta_{t+1} - \theta^* &= (1 - r H)\,(\theta_t - \theta^*) \\
e_i &\to (1 - r\lambda_i)\,e_i \\
|1 - r\lambda_i| < 1 &\iff r < 2/\lambda_i
\end{aligned}
$$

"""

SLOW_FLOOR = 10  # a condition number from which on no rate is quick in both directions
SAID, BEAT, PINNED = "It is said …", "Beat the best rate", "Pinned runs"


def conclude() -> None:
    """End the page, however much of it is shown."""
    numbers_behind_charts()
    takeaway(
        "The data sets the limit, 2/λ₂, where λ₂ says how strongly the loss curves across the "
        "valley: above it the line is thrown farther off at every step. Take half of it, 1/λ₂: "
        "that is a factor of two away from the cliff, and in the long run it needs at most about "
        "twice the steps of the fastest rate there is."
    )
    check("learning-rates", dataset, start)
    next_lesson("learning-rates")


def _line_after(dataset: Dataset, start: Line, rate: float, steps: int) -> str:
    """Say which line there is after so many steps: little loss is left, but w and b may be far."""
    w, b = theory.closed_form_path(dataset, TrainingConfig((rate,), steps, start))
    line, best = Line(float(w[0, -1]), float(b[0, -1])), theory.best_fit(dataset)
    now, at_best = equations(line, best)
    return (
        f" (After {in_steps(steps)} the line is {now}, and the best fit is {at_best}: little loss "
        "is left long before both numbers are right.)"
        if abs(line.b - best.b) > 0.1 * abs(best.b)
        else ""
    )


def show_all_rates(dataset: Dataset, start: Line) -> None:
    """Draw what the prediction has held back: all rates, why they behave so, and more."""
    heading(
        "All rates on one ruler",
        "On the ruler lie all rates, from far too small to far too large. "
        + (
            "Those of the link run: each has a verdict, and its colour. "
            if is_hidden("lrs")
            else "**Click where you want one**, or type it below: it runs, gets a verdict, and its "
            "colour. "
        )
        + "(λ₂, in the names of three marks, says how strongly the loss curves across the valley: "
        "*Why there?*, below, is about it.)",
    )
    cache.wait_for_tensorflow()  # here: what a fragment raises, it shows as an error of its own
    # A change of the rates runs this part alone, unless what is shown below it needs them.
    shown = {st.session_state.get("part"), st.query_params.get("part")}
    fragment(compare, needed_below=bool(shown & {PINNED, CHALLENGES}))(dataset, start)
    predict_picture(dataset, start)

    axes, best = theory.curvature(dataset), theory.best_fit(dataset)
    is_round = axes.condition_number < 1.001
    limit, safe = theory.stable_limit(dataset), theory.safe_rate(dataset)

    heading("Why there?")
    needed, halving = theory.steps_needed(dataset, safe, start), theory.halving_steps(dataset, safe)
    arrives, usual = theory.arrives(dataset, safe, start), default_rate(dataset)
    left, right = st.columns(2, gap="large")
    with left:
        text(
            (
                "Seen from above, the loss is a round bowl: it curves equally in all directions, "
                f"by λ₁ = λ₂ = {readable(axes.steep)}. λ₂/λ₁, which is called the *condition "
                "number*, is **1**."
                if is_round
                else "Seen from above, the loss is a valley with two directions of its own, the "
                "**steep** axis across it and the **flat** axis along its floor. How strongly the "
                "bowl curves along them are two numbers that the data decides, λ₁ and λ₂; λ₂/λ₁, "
                f"here **{readable(axes.condition_number)}**, is called the *condition number*. "
                "(On the map above w and b are drawn at different scales, so the axes need not "
                "look square to each other.)"
            )
            + f"{_DERIVATION}"
            "In words, line by line. θ is the pair (w, b): a step subtracts the rate r times the "
            "gradient, ∇loss. The gradient of a bowl is how far θ is from the best fit, θ*, times "
            "how the bowl curves, H. So a step multiplies that error by 1 − rH; along an axis, by "
            "1 − rλ. There it shrinks as long as r is below 2/λ, and λ₂, the larger one, makes the "
            "strict limit."
        )
    with right:
        text(
            f"Across the valley a step at the rate {readable(usual)} multiplies the error by 1 − "
            f"{readable(usual)} × {readable(axes.steep)} = {readable(1 - usual * axes.steep)}. Far "
            "smaller rates leave the error almost whole; at rate = 1/λ₂ = "
            f"**{readable_below(safe)}** it is gone in one step; beyond, it changes sign at every "
            f"step; above 2/λ₂ = **{readable_below(limit)}** it grows at every step, however small "
            "it was: sooner or later the run explodes. (A course that puts a ½ in front of the "
            "loss has half the slope everywhere, and twice the limit: "
            f"{readable_below(2 * limit)} on this data.)\n\n"
            + (
                at_the_best_fit()
                if needed == 0
                else f"With the safe choice, {readable_below(safe)}, this start needs "
                f"**{in_steps(needed)}** until only 1 % of the excess loss is left, and "
                f"**{in_steps(arrives)}** until the line arrives, that is, until its gap is at "
                "most 1 % of the standard deviation of y."
                + (
                    _line_after(dataset, start, safe, needed)
                    if needed and needed <= MAX_STEPS
                    else ""
                )
            )
            + (
                ""
                if is_round
                else "\n\n"
                f"Along the flat direction the curvature is λ₁ = {readable(axes.flat)}, "
                f"{readable(axes.condition_number)} times smaller"
                + (
                    ", and there every rate below the limit is slow: with the safe choice the "
                    "distance along the valley's floor halves every "
                    f"**{readable(halving)} steps**."
                    if axes.condition_number > SLOW_FLOOR
                    else ": with the safe choice a step multiplies the distance along the valley's "
                    f"floor by **{readable(1 - safe * axes.flat)}**."
                )
            )
            + (
                f" The {MAX_STEPS:,} steps one can run here do not even halve it: on this data no "
                "rate gets all the way, because the valley is too long for its width."
                if halving > MAX_STEPS
                else ""
            )
        )

    if dataset.scaling is None and is_round:
        heading(
            "Make the valley round",
            "It is round already: these x lie around 0, one standard deviation from it. On other "
            "data one *standardizes* x, that is, counts it in standard deviations from its mean.",
        )
    elif dataset.scaling is None:
        rounded = cache.standardized(dataset)
        round_start = rounded.from_original(start)
        round_safe = theory.safe_rate(rounded)
        round_needed = theory.steps_needed(rounded, round_safe, round_start)
        heading(
            "Make the valley round",
            "The shape of the valley is decided by x, and by nothing but its units: "
            "**standardize** x, "
            "that is, count it in standard deviations from its mean. The points stay where they "
            "are, "
            f"and so does the best fit. But the condition number goes from "
            f"{readable(axes.condition_number)} to **{readable(1.0)}**, the limit from "
            f"{readable_below(limit)} to **{readable(theory.stable_limit(rounded))}**, and the "
            "safe "
            f"choice, then {readable(round_safe)}, "
            + (
                "leaves a start at the best fit where it is."
                if needed == 0
                else f"needs **{in_steps(round_needed)}**"
                + (", too." if round_needed == needed else f" instead of {count(needed)}.")
            ),
        )
    else:
        heading(
            "Make the valley round",
            "x is **standardized**: λ₁ and λ₂ are both 2, whatever the data, so the valley is "
            "round "
            "and the limit is 1. There is no flat direction left to be slow along: at the safe "
            "choice, "
            "½, one step removes every error. Rates, curvatures, w and b are those of the "
            f"standardized x; the best fit, in the original units, is "
            f"**{in_original_units(dataset, best, 4)}**.",
        )
    if not is_hidden("standardize"):
        st.button(
            "Standardize x" if dataset.scaling is None else "Back to the original x",
            key="toggle_standardize",
            on_click=st.session_state.update,
            kwargs={"standardize": dataset.scaling is None},
        )

    heading("Go further")
    part = choose_part(SAID, BEAT, PINNED, CHALLENGES)
    if part == SAID:
        text("Sentences one hears about learning rates. Choose one: it is tried out on this data.")
        rate = held_learning_rate(dataset)
        saying = st.pills("It is said …", list(SAYINGS), key="saying", label_visibility="collapsed")
        if saying:
            at_best_fit = theory.steps_needed(dataset, safe, start) == 0
            finding = None if at_best_fit else SAYINGS[saying](cache.train, dataset, start, rate)
            with st.container(border=True, width=TEXT_WIDTH, key="finding"):
                if at_best_fit:
                    st.markdown(at_the_best_fit())
                elif finding is None:
                    st.markdown(
                        "For real measurements nobody knows a true line: only a best fit exists."
                    )
                else:
                    st.markdown(
                        f"“{saying}” On this data: **{finding.verdict}**. {finding.measured}"
                    )
                    if not (is_hidden("lrs") or is_hidden("steps")):
                        st.button(
                            "Put it on the ruler",
                            key="show_finding",
                            on_click=choose_rates,
                            args=([plain(rate) for rate in finding.rates], finding.steps),
                        )
    elif part == BEAT:
        beat_the_best_rate(dataset, start)
    elif part == PINNED:
        pins(dataset, start)
    elif rates := chosen_rates():
        challenges(dataset, start, rates)


open_lesson("learning-rates")
text(
    "The same data, the same start, the same number of steps: only the learning rate differs. A "
    "tiny one creeps. With a larger one each step takes the line farther towards the points; with "
    "a still larger one it jumps past them to the other side. How large may it be?"
)
glossary("overshoot", "zigzag", "explode", "curvature", "condition number", "hyperparameter", "gap")
dataset, start = choose_data()
if predict_limit(dataset, start):
    show_all_rates(dataset, start)
else:
    text(
        "Once you have marked it, this page shows all learning rates, with what each of them does."
    )
conclude()
