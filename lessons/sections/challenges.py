"""*Challenges*, a part of Learning rates: four games, each with its par."""

import streamlit as st

from core import cache, theory
from core.course.verdicts import arrival, what_grows
from core.datasets import DataError, Dataset, Line
from core.descent.challenges import (
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
from core.words import Sentence
from core.words.writing import VERDICT_WORDS, exact
from lessons.state import visit
from lessons.state.progress import is_done, mark_done
from lessons.state.visit import is_hidden
from lessons.widgets.controls import at_the_best_fit, number, schedule
from lessons.widgets.figure import draw
from lessons.widgets.numbers import fragment
from lessons.widgets.page import text
from lessons.widgets.words import plain, say, say_sentence

LARGEST, ONE_RATE, SCHEDULE, DIAGNOSE = ("largest", "one_rate", "schedule", "diagnosis")


def challenges(dataset: Dataset, start: Line, rates: tuple[float, ...]) -> None:
    """Draw the choice of a challenge, and the one that is chosen."""
    chosen = st.pills(
        say("learning_rates.challenges"),
        (LARGEST, ONE_RATE, SCHEDULE, DIAGNOSE),
        format_func=lambda key: say(f"learning_rates.challenges_{key}"),
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
        there, can_choose_start = arrival(dataset, start), not is_hidden("start")
        text(
            say(
                "learning_rates.challenges_has_arrived",
                arrival=there,
                can_choose_start=can_choose_start,
            )
        )
    elif chosen == ONE_RATE:
        _one_rate(dataset, start)
    else:
        _schedule(dataset, start)


def _keep_best(name: str, value: float) -> None:
    """Keep a learner's best on the present data: the minimum; pass −value where more is better."""
    bests: dict[str, float] = st.session_state.setdefault("bests", {})
    bests[name] = min(bests.get(name, value), value)


def _best(name: str) -> float | None:
    """Return the learner's best so far, if there is one."""
    best = st.session_state.get("bests", {}).get(name)
    return None if best is None else abs(best)


def _best_rate(name: str) -> str:
    best = _best(name)
    return "" if best is None else say("learning_rates.challenges_best", best_rate=best)


def _best_steps(name: str) -> str:
    best = _best(name)
    return "" if best is None else say("learning_rates.challenges_best_steps", best_steps=int(best))


def _on(dataset: Dataset, start: Line) -> str:
    return f"{dataset.fingerprint} {start.w!r} {start.b!r}"


def _type_rate() -> float | None:
    """Draw the input for the rate to try."""
    with st.container(width=180):
        typed = st.text_input(
            say("learning_rates.challenges_your_rate"),
            key="tried_rate",
            placeholder=plain("learning_rates.challenges_type_a_rate"),
        )
        try:
            return read_rate(typed) if typed.strip() else None
        except DataError as error:
            st.error(say_sentence(error.sentence))
            return None


def _try(rate: float) -> None:
    st.session_state.tried_rate = exact(rate)


def _largest(dataset: Dataset, start: Line, on_ruler: float) -> None:
    text(say("learning_rates.challenges_find_largest", most=MOST_STEPS))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = _type_rate()
        st.button(
            say("learning_rates.challenges_take_from_ruler", rate=on_ruler),
            key="take_from_ruler",
            on_click=_try,
            args=(on_ruler,),
        )
    if typed is None:
        return
    rate, name = three_digits(typed), f"largest {_on(dataset, start)}"
    par = cache.par("largest", dataset, start)
    if not converges(cache.train, dataset, start, rate):
        is_too_large = theory.verdict(dataset, rate) == "explodes"
        what = (
            Sentence("learning_rates.challenges_jumps")
            if theory.is_limit(dataset, rate)
            else what_grows(dataset, rate)
        )
        section = f"learning_rates.challenges_{'too_large' if is_too_large else 'no_closer'}"
        text(say(section, rate=rate, what_grows=what, your_best=_best_rate(name)))
    elif par is not None:
        _keep_best(name, -rate)
        reached = rate >= par
        told = say(
            "learning_rates.challenges_converges",
            rate=rate,
            is_par=reached,
            par_rate=par,
            percentage=min(100 * rate / par, 99.9),
            your_best=_best_rate(name),
        )
        text(told)
        if reached:
            mark_done("challenge:largest")


def _way_out(dataset: Dataset) -> str:
    """Suggest how to get a rounder valley, by the controls that the link shows."""
    ways = [
        *([] if is_hidden("standardize") or dataset.scaling else ["standardize"]),
        *([] if is_hidden("data") else ["data"]),
    ]
    named = [Sentence(f"learning_rates.challenges_way_{way}") for way in ways]
    return say("learning_rates.challenges_ways_out", ways=named) if ways else ""


def _one_rate(dataset: Dataset, start: Line) -> None:
    par = cache.par("one-rate", dataset, start)
    if par is None:
        way_out = _way_out(dataset)
        text(say("learning_rates.challenges_too_long", most=MOST_STEPS, way_out=way_out))
        return
    there = arrival(dataset, start)
    text(say("learning_rates.challenges_find_one_rate", arrival=there, par=int(par)))
    rate = _type_rate()
    if rate is not None:
        steps = steps_with_one_rate(cache.train, dataset, start, rate)
        how = Sentence("learning_rates.challenges_at_rate", rate=rate)
        _tell_steps("one-rate", dataset, start, how, steps, int(par), MOST_STEPS)


def _tell_steps(
    name: str, dataset: Dataset, start: Line, how: Sentence, steps: int | None, par: int, most: int
) -> None:
    """Say how many steps it took, beside par and the learner's best."""
    kept = f"{name} {_on(dataset, start)}"
    if steps is None:
        best = _best_steps(kept)
        text(say("learning_rates.challenges_not_there", how=how, most=most, your_best=best))
        return
    _keep_best(kept, steps)
    facts = {"how": how, "taken": steps, "par": par, "your_best": _best_steps(kept)}
    text(say("learning_rates.challenges_there", **facts))
    if steps <= par:
        mark_done(f"challenge:{name}")


def _schedule(dataset: Dataset, start: Line) -> None:
    par = cache.par("schedule", dataset, start)
    if par is None:
        text(say("learning_rates.challenges_neither", way_out=_way_out(dataset)))
        return
    text(say("learning_rates.challenges_find_schedule", par=int(par)))
    factors = schedule()
    decay = number("schedule_decay", width=180)
    if not visit.now().is_chosen("factors"):
        text(say("learning_rates.challenges_list_found_here"))
        return
    steps = steps_with_schedule(cache.train, dataset, start, factors, decay)
    how = Sentence("learning_rates.challenges_with_list")
    _tell_steps("schedule", dataset, start, how, steps, int(par), SCHEDULE_STEPS)


_KINDS = tuple(VERDICT_WORDS)


def _diagnose(dataset: Dataset, start: Line) -> None:
    state = st.session_state
    seed: int = state.setdefault("diagnosis_seed", 0)
    occasion = f"{dataset.fingerprint} {start} {seed}"
    checked = state.get("diagnosis_checked") == occasion
    eight = draw_diagnosis(cache.train, dataset, start, seed)
    text(say("learning_rates.challenges_find_kinds", steps=DIAGNOSED_STEPS))
    picture, hand = st.columns([3, 2], gap="medium")
    with picture:
        draw(diagnosis(dataset, eight, checked))
    with hand:
        answers = _answer(occasion, checked)
        if not checked:
            st.button(
                say("learning_rates.challenges_check"),
                type="primary",
                key="check_diagnosis",
                disabled=None in answers,
                on_click=state.update,
                kwargs={"diagnosis_checked": occasion},
            )
            return
        st.button(
            say("learning_rates.challenges_others"),
            key="other_diagnosis",
            on_click=state.update,
            kwargs={"diagnosis_seed": seed + 1},
        )
        _tell_diagnosis(dataset, eight.kinds, answers)


def _answer(occasion: str, checked: bool) -> list[str | None]:
    """Draw eight choices; once checked they stay as they are."""
    return [
        st.segmented_control(
            name,
            _KINDS,
            format_func=VERDICT_WORDS.__getitem__,
            key=f"diagnosis {occasion} {name}",
            disabled=checked,
        )
        for name in NAMES
    ]


def _tell_diagnosis(
    dataset: Dataset, kinds: tuple[theory.Verdict, ...], answers: list[str | None]
) -> None:
    right = sum(said == is_so for said, is_so in zip(answers, kinds, strict=True))
    kept = f"diagnosis {dataset.fingerprint}"
    _keep_best(kept, -right)
    told = say(
        "learning_rates.challenges_right",
        right_answers=right,
        answers=len(NAMES),
        your_best=_best_rate(kept),
    )
    wrong = [
        say(
            "learning_rates.challenges_wrong",
            name=name,
            said=VERDICT_WORDS[str(said)],
            is_so=VERDICT_WORDS[kind],
            why=say(f"learning_rates.challenges_{said}_is_{kind}", steps=DIAGNOSED_STEPS),
        )
        for name, said, kind in zip(NAMES, answers, kinds, strict=True)
        if said != kind
    ]
    text("\n".join([told, "", *wrong]))
    if right == len(NAMES) and not is_done("challenge:diagnosis"):
        mark_done("challenge:diagnosis")
        st.rerun()  # the whole page: it shows progress elsewhere
