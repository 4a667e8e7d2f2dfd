"""The section "Challenges" of the page Learning rates: four games, each with its par."""

from collections.abc import Callable

import streamlit as st

from core import cache, theory
from core.course.verdicts import arrival, what_grows
from core.datasets import DataError, Dataset, Line
from core.descent.challenges import (
    CONFUSIONS,
    DIAGNOSED_STEPS,
    MOST_STEPS,
    NAMES,
    SCHEDULE_STEPS,
    converges,
    draw_diagnosis,
    steps_with_one_rate,
    steps_with_schedule,
    three_digits,
)
from core.figures.diagnosis import diagnosis
from core.parameters import read_rate
from core.words.writing import VERDICT_WORDS, exact, readable
from lessons.state import visit
from lessons.state.progress import is_done, mark_done
from lessons.state.visit import is_hidden
from lessons.widgets.controls import at_the_best_fit, number, schedule
from lessons.widgets.figure import draw
from lessons.widgets.numbers import fragment
from lessons.widgets.page import text
from lessons.widgets.words import say_sentence

LARGEST, ONE_RATE, SCHEDULE, DIAGNOSE = (
    "The largest rate",
    "Arrive with one rate",
    "Arrive with a schedule",
    "Eight runs",
)


def challenges(dataset: Dataset, start: Line, rates: tuple[float, ...]) -> None:
    """Draw the choice of a challenge, and the one that is chosen."""
    chosen = st.pills(
        "Challenge",
        (LARGEST, ONE_RATE, SCHEDULE, DIAGNOSE),
        default=LARGEST,
        required=True,
        key="challenge",
        persist_state="session",
        label_visibility="collapsed",
    )
    if chosen == DIAGNOSE:
        fragment(_diagnose)(dataset, start)  # an answer reruns this part, not the whole page
    elif theory.steps_needed(dataset, theory.safe_rate(dataset), start) == 0:
        text(at_the_best_fit())
    elif chosen == LARGEST:
        _largest(dataset, start, rates[-1])
    elif theory.gap(dataset, start) <= theory.arrived_gap(dataset, start):
        text(
            f"This start has arrived already: its gap is at most {arrival(dataset, start)}."
            + ("" if is_hidden("start") else " Choose one that is farther away.")
        )
    elif chosen == ONE_RATE:
        _one_rate(dataset, start)
    else:
        _schedule(dataset, start)


def _keep_best(name: str, value: float) -> None:
    """Keep a learner's best on the present data: the minimum; pass −value where more is better."""
    bests: dict[str, float] = st.session_state.setdefault("bests", {})
    bests[name] = min(bests.get(name, value), value)


def _best(name: str, write: Callable[[float], str]) -> str:
    """Write the learner's best so far, if there is one."""
    best = st.session_state.get("bests", {}).get(name)
    return "" if best is None else f" Your best: {write(abs(best))}."


def _on(dataset: Dataset, start: Line) -> str:
    return f"{dataset.fingerprint} {start.w!r} {start.b!r}"


def _steps(count: float) -> str:
    return f"{count:,.0f} {'step' if count == 1 else 'steps'}"


def _type_rate() -> float | None:
    """Draw the input for the rate to try."""
    with st.container(width=180):
        typed = st.text_input("Your rate", key="tried_rate", placeholder="type a rate")
        try:
            return read_rate(typed) if typed.strip() else None
        except DataError as error:
            st.error(say_sentence(error.sentence))
            return None


def _try(rate: float) -> None:
    st.session_state.tried_rate = exact(rate)


def _largest(dataset: Dataset, start: Line, on_ruler: float) -> None:
    text(
        "**Find the largest rate that still converges**: one whose run ends closer to the best fit "
        f"than it began, after {MOST_STEPS:,} steps, and leaves no error that grows or jumps for "
        "ever. Rates count with three digits."
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = _type_rate()
        st.button(
            f"Take the largest on the ruler, {readable(on_ruler)}",
            key="take_from_ruler",
            on_click=_try,
            args=(on_ruler,),
        )
    if typed is None:
        return
    rate, name = three_digits(typed), f"largest {_on(dataset, start)}"
    par = cache.par("largest", dataset, start)
    if not converges(cache.train, dataset, start, rate):
        why = (
            "the error across the valley jumps for ever, equally far."
            if theory.is_limit(dataset, rate)
            else f"{what_grows(dataset, rate)}."
        )
        told = (
            f"**{readable(rate)} is too large**: {why}"
            if theory.verdict(dataset, rate) == "explodes"
            else f"At {readable(rate)} the run has not come closer, not by a billionth."
        )
        text(told + _best(name, readable))
    elif par is not None:
        _keep_best(name, -rate)
        reached = rate >= par
        text(
            f"**{readable(rate)} converges.** "
            + (
                f"That is par: a search with 256 rates at once found none above {readable(par)}."
                if reached
                else f"It is {_percent(rate / par)} of par, the largest that a search found."
            )
            + _best(name, readable)
        )
        if reached:
            mark_done("challenge:largest")


def _percent(share: float) -> str:
    """Write a share below 1 as a percentage, at most 99.9 %."""
    return f"{min(100 * share, 99.9):.3g} %"


def _way_out(dataset: Dataset) -> str:
    """Suggest how to get a rounder valley, by the controls that the link shows."""
    ways = [
        *([] if is_hidden("standardize") or dataset.scaling else ["*Standardize x*"]),
        *([] if is_hidden("data") else ["choose other data"]),
    ]
    return f": {', or '.join(ways)}" if ways else ""


def _one_rate(dataset: Dataset, start: Line) -> None:
    par = cache.par("one-rate", dataset, start)
    if par is None:
        text(
            f"From this start no rate arrives within {MOST_STEPS:,} steps: a search tried 256 at "
            f"once. The valley is too long{_way_out(dataset)}."
        )
        return
    text(
        "**Arrive in as few steps as you can, with one rate**, that is, at a gap of at most "
        f"{arrival(dataset, start)}. Par is **{_steps(par)}**, found by a search with 256 rates at "
        "once."
    )
    rate = _type_rate()
    if rate is not None:
        steps = steps_with_one_rate(cache.train, dataset, start, rate)
        _tell_steps("one-rate", dataset, start, f"At {readable(rate, 6)}", steps, par, MOST_STEPS)


def _tell_steps(
    name: str, dataset: Dataset, start: Line, how: str, steps: int | None, par: float, most: int
) -> None:
    """Say how many steps it took, beside par and the learner's best."""
    kept = f"{name} {_on(dataset, start)}"
    if steps is None:
        text(f"{how} it does not get there in {most:,} steps.{_best(kept, _steps)}")
        return
    _keep_best(kept, steps)
    beside = f"{abs(steps - par):,.0f} {'above' if steps > par else 'below'} par"
    beside = "that is par" if steps == par else beside
    text(f"{how} it takes **{_steps(steps)}**: {beside}.{_best(kept, _steps)}")
    if steps <= par:
        mark_done(f"challenge:{name}")


def _schedule(dataset: Dataset, start: Line) -> None:
    par = cache.par("schedule", dataset, start)
    if par is None:
        text(
            f"From this start the line arrives neither with one rate nor with two"
            f"{_way_out(dataset)}."
        )
        return
    text(
        "**The same with a schedule**: a list of rates, used in turn. Par is "
        f"**{_steps(par)}**: "
        + (
            "a search found one rate that does it at once."
            if par == 1
            else "a search found no rate that does it in one step, and a list of two that does it "
            "in two was run and measured. *Beat the best rate* is about that list."
            if par == 2
            else "a list of two would do it in two (*Beat the best rate* is about it), but its "
            "second step blows up the rounding of the first. With that list, used over and over, "
            "or with one rate, so many are the fewest that were measured."
        )
    )
    factors = schedule()
    decay = number("schedule_decay", width=180)
    if not visit.now().is_chosen("factors"):
        text("That is the list one finds here. Now one of yours.")
        return
    steps = steps_with_schedule(cache.train, dataset, start, factors, decay)
    _tell_steps("schedule", dataset, start, "With your list", steps, par, SCHEDULE_STEPS)


_KINDS = tuple(VERDICT_WORDS)


def _diagnose(dataset: Dataset, start: Line) -> None:
    state = st.session_state
    seed: int = state.setdefault("diagnosis_seed", 0)
    occasion = f"{dataset.fingerprint} {start} {seed}"
    checked = state.get("diagnosis_checked") == occasion
    eight = draw_diagnosis(cache.train, dataset, start, seed)
    text(
        f"**What are these eight runs?** Each row shows the first {DIAGNOSED_STEPS} steps of one: "
        "the signed error across the valley, around zero, and the loss, above the lowest there is. "
        "All begin at the same line."
    )
    draw(diagnosis(dataset, eight, checked))
    answers = _answer(occasion, checked)
    if not checked:
        st.button(
            "Check",
            type="primary",
            key="check_diagnosis",
            disabled=None in answers,
            on_click=state.update,
            kwargs={"diagnosis_checked": occasion},
        )
        return
    _tell_diagnosis(dataset, eight.kinds, answers)
    st.button("Eight others", on_click=state.update, kwargs={"diagnosis_seed": seed + 1})


def _answer(occasion: str, checked: bool) -> list[str | None]:
    """Draw eight choices; once checked they stay as they are."""
    columns = st.columns(2)
    return [
        columns[place // 4].segmented_control(
            name,
            _KINDS,
            format_func=VERDICT_WORDS.__getitem__,
            key=f"diagnosis {occasion} {name}",
            disabled=checked,
        )
        for place, name in enumerate(NAMES)
    ]


def _tell_diagnosis(
    dataset: Dataset, kinds: tuple[theory.Verdict, ...], answers: list[str | None]
) -> None:
    right = sum(said == is_so for said, is_so in zip(answers, kinds, strict=True))
    kept = f"diagnosis {dataset.fingerprint}"
    _keep_best(kept, -right)
    text(f"**{right} of {len(NAMES)}.** Par is {len(NAMES)}.{_best(kept, readable)}")
    wrong = [
        f"- **{name}**, you said *{VERDICT_WORDS[str(said)]}*: it is *{VERDICT_WORDS[kind]}*. "
        + next(why for pair, why in CONFUSIONS.items() if pair == (said, kind))
        for name, said, kind in zip(NAMES, answers, kinds, strict=True)
        if said != kind
    ]
    if wrong:
        text("\n".join(wrong))
    if right == len(NAMES) and not is_done("challenge:diagnosis"):
        mark_done("challenge:diagnosis")
        st.rerun()  # the whole page: it shows progress elsewhere
