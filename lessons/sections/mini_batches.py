"""Mini-batches, and whether a smaller rate helps against their jumps: a part of Gradient steps."""

import numpy as np
import streamlit as st

from core import cache, theory
from core.course import explosion
from core.descent import experiments
from core.descent.experiments import Experiment, Race, Stretch
from core.figures.branches import raced
from core.runs import MAX_BATCH_STEPS
from lessons.sections.forking import draw_branches, show_experiment
from lessons.sections.loop import Loop, points_a_step
from lessons.state.visit import is_hidden
from lessons.widgets.controls import at_the_best_fit
from lessons.widgets.figure import draw
from lessons.widgets.page import text
from lessons.widgets.words import plain, say

MANY = 20  # draws


def draw_mini_batches(loop: Loop) -> None:
    """Explain mini-batches, and offer to try a smaller rate early and late."""
    dataset, size = loop.dataset, points_a_step() or 8
    text(
        say(
            "gradient_steps.batches",
            on_a_line=theory.lies_on_a_line(dataset),
            limit=theory.stable_limit(dataset),
            **explosion.small_enough(dataset, size),
        )
    )
    plan = experiments.plan_race(dataset, loop.start, loop.rate)
    reason = _why_not(loop, size, plan)
    if reason is None and plan is not None:
        _offer(loop, size, plan)
        _show_result(loop, size, plan)
    elif reason is not None:
        text(reason)
    draw_branches(loop)


def _why_not(loop: Loop, size: int, plan: tuple[int, int] | None) -> str | None:
    """Say why a smaller rate cannot be tried at this rate; None if it can."""
    dataset, rate = loop.dataset, loop.rate
    settling = theory.steps_needed(dataset, rate, loop.start, 1e-12)
    fixed = {"rate": rate, "rate_is_hidden": is_hidden("lr")}
    if theory.verdict(dataset, rate) == "explodes":
        return say("gradient_steps.batches_never_settle", **fixed)
    if settling == 0:
        return at_the_best_fit()
    if not theory.is_small_enough(dataset, rate, size):
        return say("gradient_steps.batches_too_large", batch_size=size, **fixed)
    if settling is not None and settling < 5:
        return say("gradient_steps.batches_too_quick", settling=settling, **fixed)
    if plan is None:
        needed = settling and -(-settling // 100) * 100
        return say(
            "gradient_steps.batches_too_long", needed=needed, most=MAX_BATCH_STEPS, rate=rate
        )
    return None


def _setting(loop: Loop, size: int) -> tuple[object, ...]:
    return loop.dataset.fingerprint, loop.start, loop.rate, size


def _offer(loop: Loop, size: int, plan: tuple[int, int]) -> None:
    """Draw the buttons that try it, and those that show one run in the pictures."""
    early, late = plan
    rate = loop.rate
    tries = {
        1: say("gradient_steps.batches_try"),
        MANY: say("gradient_steps.batches_repeat", draws=MANY),
    }
    text(say("gradient_steps.batches_settled", early=early, late=late))
    with st.container(horizontal=True):
        for draws, label in tries.items():
            st.button(
                label,
                key=f"draw_{draws}",
                on_click=st.session_state.update,
                kwargs={"drawn": (_setting(loop, size), draws)},
            )
        for name, before in (("unsettled", early), ("settled", late)):
            run = Stretch(before, rate, size), Stretch(early, rate, size)
            fork = (Stretch(early, rate / 10, size),)
            st.button(
                say("gradient_steps.batches_open", is_settled=name == "settled"),
                key=f"open_{name}",
                on_click=show_experiment,
                args=(Experiment(run, before, fork), size),
            )


def _show_result(loop: Loop, size: int, plan: tuple[int, int]) -> None:
    """Draw what a smaller rate did, once it was tried on this data."""
    drawn_for, draws = st.session_state.get("drawn", (("",), 0))
    if drawn_for[0] != loop.dataset.fingerprint:
        return
    if drawn_for != _setting(loop, size):
        draws = 1  # 20 draws take a second
    result = experiments.race(cache.train, loop.dataset, loop.start, loop.rate, size, plan, draws)
    picture, words = st.columns([3, 2], gap="medium")
    with picture:
        draw(raced(result))
    with words:
        text(_tell_smaller(result))
    text(_tell_decay(loop, result))


def _tell_smaller(result: Race) -> str:
    """Say whether the smaller rate helped, early and late."""
    wins = (result.gaps[:, :, 1] < result.gaps[:, :, 0]).sum(axis=0)
    losses = (result.gaps[:, :, 1] > result.gaps[:, :, 0]).sum(axis=0)
    early, late = (
        "helped" if won > lost else "hurt" if won < lost else "no_difference"
        for won, lost in zip(wins, losses, strict=True)
    )
    return say(
        "gradient_steps.batches_told",
        draws=len(result.gaps),
        early=result.early,
        late=result.late,
        outcome_early=plain(f"gradient_steps.batches_{early}"),
        outcome_late=plain(f"gradient_steps.batches_{late}"),
        is_travel_then_jitter=(early, late) == ("hurt", "helped"),
        wins_early=int(wins[0]),
        wins_late=int(wins[1]),
    )


def _tell_decay(loop: Loop, result: Race) -> str:
    """Say what a rate that decays did."""
    kept, decayed = np.median(result.long_gaps, axis=0)
    return say(
        "gradient_steps.batches_decay",
        on_a_line=theory.lies_on_a_line(loop.dataset),
        long=result.long,
        decay=result.decay,
        kept=float(kept),
        decayed=float(decayed),
        wins=int((result.long_gaps[:, 1] < result.long_gaps[:, 0]).sum()),
        draws=len(result.gaps),
    )
