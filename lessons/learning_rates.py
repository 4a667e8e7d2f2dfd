"""The page Learning rates, which asks how large a step may be, and who decides."""

import streamlit as st

from core import cache, process, theory
from core.course.verdicts import arrival
from core.datasets import Dataset, Line
from core.parameters import RATE_PARTS, usual_rate
from core.runs import MAX_STEPS, TrainingConfig
from core.words.writing import (
    count,
    equations,
    in_original_units,
    in_steps,
    readable,
    readable_below,
)
from lessons.sections.challenges import challenges
from lessons.sections.comparison import compare
from lessons.sections.pins import pins
from lessons.sections.sayings import draw_sayings
from lessons.sections.schedules import beat_the_best_rate
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.check import check
from lessons.widgets.controls import (
    at_the_best_fit,
    choose_data,
    chosen_rates,
)
from lessons.widgets.deeper import choose_part
from lessons.widgets.numbers import fragment, numbers_behind_charts
from lessons.widgets.page import (
    glossary,
    heading,
    next_lesson,
    open_lesson,
    takeaway,
    text,
)
from lessons.widgets.predict import predict_limit, predict_picture

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

LONG_FLOOR = 10  # condition number: from here on, no rate gets far along the valley in one step
SAID, BEAT, PINNED, CHALLENGES = RATE_PARTS


def conclude() -> None:
    """Draw the end of the page, also where the rest is still hidden."""
    numbers_behind_charts()
    takeaway(
        "The data sets the limit, 2/λ₂, where λ₂ says how strongly the loss curves across the "
        "valley: above it an error across the valley grows at every step. Take half of it, 1/λ₂: "
        "that is a factor of two away from the cliff, and in the long run it needs, from nearly "
        "every start, at most about twice the steps of the fastest rate there is."
    )
    check("learning-rates", dataset, start)
    next_lesson("learning-rates")


def _arriving(dataset: Dataset, start: Line) -> str:
    """Say after how many steps of the safe choice the line arrives."""
    safe = theory.safe_rate(dataset)
    arrives, there = theory.arrives(dataset, safe, start), arrival(dataset, start)
    if theory.gap(dataset, start) == 0:
        return at_the_best_fit()
    if arrives == 0:
        return f"This start has arrived already: its gap is at most {there}."
    return (
        f"With the safe choice, {readable_below(safe)}, the line **arrives after "
        f"{in_steps(arrives)}**: from then on its gap is at most {there}."
        + _long_before(dataset, start, safe, arrives)
    )


def _long_before(dataset: Dataset, start: Line, rate: float, arrives: int | None) -> str:
    """Say when the line is far off despite a small loss, or b is far off though it arrived."""
    needed = theory.steps_needed(dataset, rate, start)
    if needed is None or arrives is None:
        return ""
    is_early = 2 * needed <= arrives
    steps = needed if is_early else arrives
    if steps > MAX_STEPS:
        return ""
    w, b = theory.closed_form_path(dataset, TrainingConfig((rate,), steps, start))
    line, best = Line(float(w[0, -1]), float(b[0, -1])), theory.best_fit(dataset)
    now, at_best = equations(line, best)
    lines = f"the line is {now}, and the best fit is {at_best}"
    if is_early:
        return (
            f" (At most 1 % of the excess loss is left after {in_steps(steps)} already, but then "
            f"{lines}.)"
        )
    return (
        f" (After {in_steps(steps)} {lines}: a line can arrive before both numbers are right.)"
        if abs(line.b - best.b) > 0.1 * abs(best.b)
        else ""
    )


def _arrives_rounded(dataset: Dataset, start: Line) -> str:
    """Say after how many steps of the safe choice the line arrives once x is standardized."""
    rounded = cache.standardized(dataset)
    steps, before = (
        theory.arrives(data, theory.safe_rate(data), begin)
        for data, begin in ((rounded, rounded.from_original(start)), (dataset, start))
    )
    if not before:
        return "one step removes every error: this start has arrived already, in either unit."
    also = ", too." if steps == before else f" instead of {count(before)}."
    return f"the line arrives after **{in_steps(steps)}**{also}"


def show_all_rates(dataset: Dataset, start: Line) -> None:
    """Draw what stays hidden until the prediction: all rates, why they behave so, and more."""
    heading(
        "All rates on one ruler",
        "On the ruler lie all rates, from far too small to far too large. "
        + (
            "Those of the link run: each has a verdict, and its colour. "
            if is_hidden("lrs")
            else "**Click where you want one**, or type it below: it runs, gets a verdict, and its "
            "colour. "
        )
        + "(λ₂, in the names of two marks, says how strongly the loss curves across the valley: "
        "*Why there?*, below, is about it.)",
    )
    process.wait_for_tensorflow()  # before the fragment, which would show an exception itself
    # A change of the rates reruns this fragment only, unless parts below depend on the rates.
    needed_below = visit.get("part") in (PINNED, CHALLENGES)
    fragment(compare, needed_below)(dataset, start)
    predict_picture(dataset, start)

    axes, best = theory.curvature(dataset), theory.best_fit(dataset)
    is_round = axes.condition_number < 1.001
    limit, safe = theory.stable_limit(dataset), theory.safe_rate(dataset)

    heading("Why there?")
    halving, usual = theory.halving_steps(dataset, safe), usual_rate(dataset)
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
            f"step; at 2/λ₂ = **{readable_below(limit)}** it changes sign for ever and keeps its "
            "size; above, it grows at every step, however small, unless it is 0: sooner or later "
            "such a run explodes. (A course that puts a ½ in front of the loss has half the slope "
            "everywhere, and twice the limit: "
            f"{readable_below(2 * limit)} on this data.)\n\n"
            + _arriving(dataset, start)
            + (
                ""
                if is_round
                else "\n\n"
                f"Along the flat direction the curvature is λ₁ = {readable(axes.flat)}, "
                f"{readable(axes.condition_number)} times smaller"
                + (
                    ". A step at any rate below the limit removes less than one part in "
                    f"{readable_below(axes.condition_number / 2)} of the distance along the "
                    "valley's floor; with the safe choice it halves every "
                    f"**{readable(halving)} steps**."
                    if axes.condition_number > LONG_FLOOR
                    else ": with the safe choice a step multiplies the distance along the valley's "
                    f"floor by **{readable(1 - safe * axes.flat)}**."
                )
            )
            + (
                f" From this start no rate below the limit arrives in the {MAX_STEPS:,} steps "
                "one can run here: the valley is too long for its width."
                if theory.out_of_reach(dataset, start, MAX_STEPS)
                else ""
            )
        )

    if dataset.scaling is None and is_round:
        heading(
            "Make the valley round",
            "It is round already: to three decimals, these x have mean 0 and standard deviation "
            "1. On other data one *standardizes* x, that is, counts it in standard deviations "
            "from its mean.",
        )
    elif dataset.scaling is None:
        rounded = cache.standardized(dataset)
        round_safe = theory.safe_rate(rounded)
        by_unit, by_zero = map(readable, theory.roundest(dataset))
        heading(
            "Make the valley round",
            "The shape of the valley is decided by x alone: by its unit, and by where it has its "
            f"zero. The condition number, {readable(axes.condition_number)}, would be {by_unit} at "
            f"best in another unit, and {by_zero} at best with another zero. **Standardizing** x, "
            "that is, counting it in standard deviations from its mean, changes both. The points "
            "stay where they are, and so does the best fit. But the condition number is "
            f"**{readable(1.0)}** then, the limit goes from {readable_below(limit)} to "
            f"**{readable(theory.stable_limit(rounded))}**, and at the safe choice, then "
            f"{readable(round_safe)}, {_arrives_rounded(dataset, start)}",
        )
    else:
        heading(
            "Make the valley round",
            "x is **standardized**: λ₁ and λ₂ are both 2, whatever the data, so the valley is "
            "round and the limit is 1. There is no flat direction left: at the safe choice, ½, one "
            "step removes every error. Rates, curvatures, w and b are those of the "
            f"standardized x; the best fit, in the original units, is "
            f"**{in_original_units(dataset, best, 4)}**.",
        )
    if not is_hidden("standardize"):
        st.button(
            "Standardize x" if dataset.scaling is None else "Back to the original x",
            key="toggle_standardize",
            on_click=visit.choose,
            kwargs={"standardize": dataset.scaling is None},
        )

    heading("Go further")
    part = choose_part(RATE_PARTS)
    if part == SAID:
        draw_sayings(dataset, start)
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
glossary("curvature", "overshoot", "zigzag", "explode", "condition number", "hyperparameter", "gap")
dataset, start = choose_data()
if predict_limit(dataset, start):
    show_all_rates(dataset, start)
else:
    text(
        "Once you have marked it, this page shows all learning rates, with what each of them does."
    )
conclude()
