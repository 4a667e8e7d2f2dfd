"""The section "Beat the best rate" of the page Learning rates: an individual rate for each step."""

import math
from dataclasses import replace

import pandas as pd
import streamlit as st

from core import cache, theory
from core.datasets import Dataset, Line
from core.descent import schedules
from core.figures.schedules import LEAST_GAP, schedule_gaps
from core.runs import TrainingConfig
from core.words.writing import count, readable, readable_below
from lessons.state import visit
from lessons.widgets.controls import at_the_best_fit, number, order_of_rates, schedule
from lessons.widgets.figure import draw
from lessons.widgets.page import TEXT_WIDTH, text

_CHEBYSHEV_DIGITS = 8
_DECAY_SHOWN = 0.1  # default
_NOTHING_LEFT = 1e-6  # share of an error below which a step has removed it


def beat_the_best_rate(dataset: Dataset, start: Line) -> None:
    """Draw the section: two steps, a schedule of one's own, Chebyshev's list and its orders."""
    _introduce(dataset)
    if theory.steps_needed(dataset, theory.safe_rate(dataset), start) == 0:
        text(at_the_best_fit())
        return
    if not _is_round(dataset):
        _two_steps(dataset, start)
    st.markdown("**Your own schedule**")
    n, decay, steps = _own_schedule(dataset, start)
    st.markdown("**Chebyshev's list, and why the order matters**")
    _chebyshev(dataset, start, n)
    st.markdown("**And a rate that decays?**")
    _decay(dataset, start, decay, steps)


def _is_round(dataset: Dataset) -> bool:
    """Tell whether a step at 1/λ₂ also removes the error along the flat axis."""
    return theory.curvature(dataset).condition_number - 1 <= _NOTHING_LEFT


def _introduce(dataset: Dataset) -> None:
    text(
        "Nobody says that every step must have the same rate. The two errors, across the valley "
        "and along it, shrink by 1 − rate × λ₂ and 1 − rate × λ₁."
    )
    if _is_round(dataset):
        text(
            "On this data both curvatures are the same, the bowl is round: a single step at "
            f"**1/λ₂** = {readable(theory.safe_rate(dataset))} removes both errors, and no "
            "schedule beats one step. Schedules are for valleys, and data has one as a rule until "
            "it is standardized."
        )
        return
    beyond = theory.curvature(dataset).condition_number / 2  # 1/λ₁ in limits, 2/λ₂
    text(
        "So a step at **1/λ₂** removes the first one, and a step at **1/λ₁** the second"
        + (
            f", though that rate is {readable(beyond)} times the limit. Two steps, and the line is "
            "there: the second would blow up the error across the valley, but nothing is left of "
            "it."
            if beyond > 1
            else ". Two steps, and the line is there."
        )
    )


def _two_steps(dataset: Dataset, start: Line) -> None:
    orders = schedules.two_steps(cache.train, dataset, start)
    detour_stopped = bool(orders["gap at step 2"].isna().any())
    arrived = orders["gap at step 2"].iloc[0] <= 1e-6 * orders["gap at step 0"].iloc[0]
    st.table(
        orders.map(
            lambda cell: (
                cell
                if isinstance(cell, str)
                else "stopped"
                if math.isnan(cell)
                else readable(cell, 4)
            )
        ),
        hide_index=True,
        width="content",
    )
    if not arrived:
        is_closer = orders["gap at step 2"].iloc[0] < orders["gap at step 0"].iloc[0]
        text(
            "On this data the second step blows up the rounding of w and b, too, "
            f"{readable(theory.curvature(dataset).condition_number)} times: "
            + (
                "that is the gap that is left."
                if is_closer
                else "what it makes of that is no better than the start."
            )
        )
    fastest = theory.fastest_rate(dataset)
    thousandth, billionth = (
        theory.steps_needed(dataset, fastest, start, share**2) for share in (1e-3, 1e-9)
    )
    text(
        (
            "In the other order the first step throws the line out across this long valley so far "
            "that the run counts as exploded, and is stopped. "
            if detour_stopped
            else "In the other order it arrives too, after a detour: the first step throws the "
            "line out across the valley, and the second brings it back. "
            if orders["gap at step 1"].iloc[1] > orders["gap at step 0"].iloc[1]
            else "In the other order it arrives too. "
        )
        + (
            f"At the one rate that is fastest in the long run, {readable_below(fastest)}, it takes "
            f"**{_steps(thousandth)}** until the gap is down to a thousandth, and "
            f"{count(billionth)} "
            "until it is down to a billionth. "
            if thousandth is not None and billionth is not None
            else ""
        )
        + "Nobody does this for real: it needs λ₁ and λ₂, and who knows them could as well take "
        "the formula. But it shows what a rate is *for*: each removes one error best."
    )


def _own_schedule(dataset: Dataset, start: Line) -> tuple[int, float, int]:
    """Draw the list to edit and its run; return N, decay and steps."""
    text(
        "A *schedule* is a list of rates. Yours is used in turn, over and over: edit it, or fill "
        "it in with a button. *Chebyshev* is explained below."
    )
    longest = theory.curvature(dataset).condition_number  # 1/λ₁ in units of 1/λ₂
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if 1 + _NOTHING_LEFT < longest <= schedules.MAX_FACTOR:
            for label, pair in (("Two steps", (1.0, longest)), ("The other order", (longest, 1.0))):
                st.button(label, on_click=_fill_in, args=(schedules.write_factors(pair),))
        n = int(number("chebyshev"))
        rates = schedules.ORDERS[order_of_rates()](schedules.chebyshev_rates(dataset, n))
        list_of_n = (rates / theory.safe_rate(dataset)).tolist()
        st.button(
            f"Chebyshev, {n}",
            key="fill_in_chebyshev",
            on_click=_fill_in,
            args=(schedules.write_factors(list_of_n, _CHEBYSHEV_DIGITS),),
        )
    factors = schedule()
    with st.container(horizontal=True):
        steps = int(number("schedule_steps", width=180))
        decay = number("schedule_decay", width=180)
    _draw_schedule(dataset, start, factors, decay, steps, n)
    return n, decay, steps


def _fill_in(factors: str) -> None:
    visit.choose(factors=factors)


def _draw_schedule(
    dataset: Dataset, start: Line, factors: tuple[float, ...], decay: float, steps: int, n: int
) -> None:
    race = schedules.race(cache.train, dataset, start, factors, decay, steps)
    yours, fastest, safe = race.yours, race.fastest, race.safe
    st.markdown(
        "**Gap**: your schedule; the rate that is fastest in the long run, 2/(λ₁ + λ₂) = "
        f"{readable_below(theory.fastest_rate(dataset))}; and the safe choice, "
        f"{readable_below(theory.safe_rate(dataset))}"
    )
    taken = _steps(steps)
    found = (
        f"it exploded, and was stopped after step {yours.steps[-1]:,}"
        if yours.exploded
        else f"it leaves a gap of **{readable(yours.end)}**"
    )
    compared = (
        f"After {taken}, the rate that is fastest in the long run leaves a gap of "
        f"{readable(fastest.end)}, the safe choice {readable(safe.end)}."
    )
    why = (
        " The safe choice is closer here: it removes the error across the valley at once."
        if safe.end < fastest.end
        else ""
    )
    draw(schedule_gaps(dataset, start, race, n))
    flat, steep = schedules.round_factors(dataset, factors)
    round_of_it = (
        f" Without decay, a round of it, {_steps(len(factors))}, multiplies the error "
        f"across the valley by {readable(steep)} and the one along it by {readable(flat)}."
        if math.isfinite(flat) and math.isfinite(steep)
        else ""
    )
    too_far_out = (
        " So it would come back in the end; but as far out as it gets on the way, a run counts as "
        "exploded."
        if round_of_it and yours.exploded and decay == 0 and max(abs(flat), abs(steep)) < 1
        else ""
    )
    text(f"Your schedule: {found}. {compared}{why}{round_of_it}{too_far_out}")
    st.caption(
        "The diamond: what *Chebyshev, N* leaves after its N steps. A gap below 10⁻¹² of "
        "the start's is too small for this picture, and is drawn at the bottom."
    )


def _chebyshev(dataset: Dataset, start: Line, n: int) -> None:
    if _is_round(dataset):
        text("On this data all rates of the list are 1/λ₂, and the first step leaves no error.")
        return
    bound = schedules.chebyshev_bound(dataset, n)
    begun = theory.gap(dataset, start)
    text(
        "Two steps serve a line, which has two curvatures. A model with thousands of weights has "
        "thousands. Say one knows only that they all lie between λ₁ and λ₂: which N rates leave "
        "the least of the error, whatever the curvature? Those whose inverses are the zeros of one "
        "of Chebyshev's polynomials, stretched to the range from λ₁ to λ₂:"
    )
    st.latex(
        r"\begin{aligned}"
        r"r_j &= 1\Big/\Big(\tfrac{\lambda_2+\lambda_1}{2}"
        r" + \tfrac{\lambda_2-\lambda_1}{2}\cos\tfrac{(2j-1)\pi}{2N}\Big) \\"
        r"\text{bound} &= 1\Big/T_N\Big(\tfrac{\lambda_2+\lambda_1}{\lambda_2-\lambda_1}\Big)"
        r"\end{aligned}",
        width=TEXT_WIDTH,
    )
    text(
        "$T_N$ is Chebyshev's polynomial: $T_N(z)$ is cos(N·arccos z), beyond 1 cosh(N·arcosh z). "
        f"No list of {n} rates does better in the worst case. Here, with N = {n}, the bound is "
        f"**{readable(bound, 4)}**: no more of any error is left. A line's two curvatures, λ₁ and "
        "λ₂, are such worst cases: whatever the start, just this share of the gap is left, here "
        f"{readable(bound * begun, 4)} of {readable(begun, 4)}."
    )
    st.caption(
        "He found the polynomials. As a list of step sizes their zeros are younger: D. A. Flanders "
        "and G. Shortley, *Numerical determination of fundamental modes*, Journal of Applied "
        "Physics 21, 1950, and D. Young, *On Richardson's method for solving linear systems with "
        "positive definite matrices*, Journal of Mathematics and Physics 32, 1954.",
        width=TEXT_WIDTH,
    )
    orders = schedules.chebyshev_orders(cache.train, dataset, start, n)
    stopped = orders["stopped"] >= 0
    st.table(
        pd.DataFrame(
            {
                "order": orders["order"],
                "largest gap on the way": [
                    f"stopped after step {step:,}"
                    if step >= 0
                    else _ROUNDING
                    if math.isnan(highest)
                    else f"{_multiple(highest)} the start's"
                    for step, highest in zip(orders["stopped"], orders["highest"], strict=True)
                ],
                f"gap at step {n}": [
                    "–" if step >= 0 else _ROUNDING if math.isnan(gap) else readable(gap, 4)
                    for step, gap in zip(orders["stopped"], orders["gap"], strict=True)
                ],
                "bound": readable(bound * begun, 4),
                "rounding grows up to": orders["error_growth"].map(_multiple),
            }
        ),
        hide_index=True,
        width="content",
    )
    if schedules.chebyshev_rates(dataset, n).max() <= theory.stable_limit(dataset):
        text(
            f"The same {n} rates, in three orders; all end at the same gap. On this data none of "
            "them is above the limit, so none of the orders blows anything up on the way."
        )
        return
    text(
        f"The same {n} rates, in three orders; but for rounding, all "
        + (
            "would end at the same gap, but as far out as one of them gets on the way, a run "
            "counts as exploded, and is stopped. "
            if stopped.any()
            else "end at the same gap. "
        )
        + "**Ascending**, the small rates take so much of the error across the valley that the "
        "large ones bring back only a part of it: but for rounding, the gap is never above the "
        "start's. "
        "Yet rounding adds a little error at every step, and the large rates at the end blow it "
        "up. **Descending**, they come first, and blow up what error the start has across the "
        "valley. "
        "**Interleaved**, each next rate is one far from those already used, which weighs the one "
        "against the other." + (" With two rates that is the ascending order." if n == 2 else "")
    )
    if (orders["gap"].isna() & ~stopped).any():
        text(
            f"Where the table says “{_ROUNDING}”, rounding errors, grown or not, are large enough "
            "beside the gap that is left to change its digits. Computers round sums differently, "
            "so each ends at another gap."
        )


_ROUNDING = "rounding decides"


def _multiple(value: float) -> str:
    return f"{readable(value)} ×"


def _decay(dataset: Dataset, start: Line, decay: float, steps: int) -> None:
    constant = TrainingConfig((theory.safe_rate(dataset),), steps, start)
    tried = decay or _DECAY_SHOWN
    kept, decayed = (
        theory.gap(dataset, cache.train(dataset, config).last_line())
        for config in (constant, replace(constant, decay=tried))
    )
    if max(kept, decayed) <= LEAST_GAP * theory.gap(dataset, start):
        outcome = "at most 10⁻¹² of the start's gap is left either way."
    elif readable(kept, 4) == readable(decayed, 4):
        outcome = f"the gap is **{readable(kept, 4)}** either way, to four digits."
    else:
        outcome = (
            f"the gap is **{readable(kept, 4)}** if the rate is kept, and "
            f"**{readable(decayed, 4)}** if it decays."
        )
    text(
        f"With decay {readable(tried)} the rate of step t is divided by 1 + {readable(tried)} × t. "
        "On mini-batches that calms the jitter. Here every step looks at all the points: there is "
        "no jitter, and from the safe choice on, a smaller rate only gets less far. After "
        f"{_steps(steps)} from 1/λ₂, {outcome}"
    )


def _steps(number: int) -> str:
    return f"{count(number)} {'step' if number == 1 else 'steps'}"
