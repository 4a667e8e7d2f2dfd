"""Prompts for a prediction, which then show how far off it was; see ``core.course.predictions``."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.course import predictions
from core.course.predictions import Facts, worded
from core.datasets import Dataset, Line
from core.figures import fit, ruler, surface
from core.reading.progress import ANSWERED, ASKED, FOLDED, Try
from core.words import Markdown
from core.words.writing import readable
from lessons.state import quiz, visit
from lessons.state.progress import is_done, mark_done, record_outcome
from lessons.widgets.assist import announce
from lessons.widgets.figure import draw
from lessons.widgets.page import TEXT_WIDTH
from lessons.widgets.sliders import Slider, answer_sliders, between
from lessons.widgets.words import plain, say


def is_revealed(name: str) -> bool:
    """Tell whether the page may show what reveals the answer to a prompt."""
    return quiz.is_open(f"predict {name}")


def _try(name: str, dataset: Dataset, start: Line, *, begun: bool = False) -> Try:
    """Get the state of a prompt; on other data, one that was answered starts folded.

    So does one whose toy is in use: a link may bring a run.
    """
    tries: dict[str, Try] = st.session_state.setdefault("tries", {})
    occasion = f"{dataset.fingerprint} {dataset.scaling} {start}"
    if name not in tries or tries[name].occasion != occasion:
        seed = tries[name].seed if name in tries else 0
        tries[name] = Try(occasion, FOLDED if is_revealed(name) or begun else ASKED, seed)
    return tries[name]


def _ask(now: Try, seed: int) -> None:
    now.stage, now.seed, now.answer, now.measure = ASKED, seed, None, ""


def _answer(name: str, now: Try, answer: object) -> None:
    now.stage, now.answer = ANSWERED, answer
    mark_done(f"predict:{name}")
    quiz.unlock(f"predict {name}")


def _show(name: str, now: Try) -> None:
    now.stage, now.answer = ANSWERED, None
    quiz.unlock(f"predict {name}")


def _fold(now: Try) -> None:
    now.stage = FOLDED


def _draw_below(
    name: str,
    now: Try,
    question: str,
    draw_prompt: Callable[[], None],
    judge: Callable[[Any], Facts],
    choices: Sequence[str] = (),
) -> None:
    """Draw a prompt on a page that goes on below it: folded, one line; else with its result.

    Without ``choices`` the learner answers in the picture.
    """
    if now.stage == FOLDED:
        _draw_folded(name, now)
        return
    with st.container(border=True, key=f"predict_{name}"):
        st.markdown(say("shared.prediction", question=Markdown(question)), width=TEXT_WIDTH)
        draw_prompt()
        if now.stage == ASKED:
            _take(name, now, question, choices)
        else:
            _tell(name, now, judge)


def _draw_first(
    name: str,
    now: Try,
    section: str,
    question: str,
    draw_picture: Callable[[], None],
    judge: Callable[[Any], Facts],
    choices: Sequence[str] = (),
    draw_sliders: Callable[[], None] = lambda: None,
) -> None:
    """Draw a prompt in the place of what follows it: its picture left, the hand right.

    Parameters
    ----------
    section : str
        Page and beginning of its sections: ``…_next`` leads on, ``…_skip`` leaves it out.
    draw_sliders : callable
        Draws what the learner answers with where there are no ``choices``.
    """
    with st.container(key=f"predict_{name}"):
        st.markdown(say("shared.prediction", question=Markdown(question)), width=TEXT_WIDTH)
        picture, hand = st.columns([3, 2], gap="medium")
        with picture:
            draw_picture()
        with hand:
            if now.stage == ANSWERED:
                _tell(name, now, judge, say(f"{section}_next"))
                return
            draw_sliders()
            _take(name, now, question, choices)
            st.button(
                say(f"{section}_skip"),
                key=f"skip_{name}",
                type="tertiary",
                on_click=_fold,
                args=(now,),
            )


def _draw_folded(name: str, now: Try) -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"folded_{name}"):
        if now.measure:
            st.caption(say("shared.predicted", measure=now.measure))
        st.button(
            say("shared.predict_again" if is_done(f"predict:{name}") else "shared.predict_first"),
            key=f"again_{name}",
            on_click=_ask,
            args=(now, now.seed + 1 if now.measure else now.seed),
        )


def _tell(name: str, now: Try, judge: Callable[[Any], Facts], leads_to: str = "") -> None:
    """Show the result of an answer, and a button to continue.

    Parameters
    ----------
    leads_to : str
        What replaces the prompt; empty where it is just folded.
    """
    what, outcome = f"predict {name}", (now.occasion, now.seed)
    if now.answer is None:
        announce(what, outcome, plain("shared.prediction_shown"), first=True)
    else:
        judgement = worded(judge(now.answer), say)
        now.measure = str(judgement.measure)
        record_outcome(name, judgement.grade, now.measure, visit.get("data"))
        announce(what, outcome, now.measure, first=True)
        box = st.success if judgement.grade == "right" else st.info
        box(judgement.feedback, width=TEXT_WIDTH)
    with st.container(horizontal=True):
        if leads_to:
            st.button(leads_to, key=f"fold_{name}", type="primary", on_click=_fold, args=(now,))
        st.button(
            say("shared.predict_another"),
            key=f"another_{name}",
            on_click=_ask,
            args=(now, now.seed + 1),
        )
        if not leads_to:
            st.button(say("shared.fold"), key=f"fold_{name}", on_click=_fold, args=(now,))


def _take(name: str, now: Try, question: str, choices: Sequence[str]) -> None:
    """Draw the choices, and the button to see the result without an answer."""
    choice = None
    if choices:
        choice = st.radio(
            question.replace("*", ""),  # the name of the choice for screen readers
            range(len(choices)),
            format_func=choices.__getitem__,
            index=None,
            horizontal=True,
            key=f"choice_{name}_{now.seed}",
            label_visibility="collapsed",
        )
    with st.container(horizontal=True):
        if choices:
            st.button(
                say("shared.answer"),
                key=f"judge_{name}",
                type="primary",
                disabled=choice is None,
                on_click=_answer,
                args=(name, now, choice),
            )
        st.button(say("shared.show_answer"), key=f"show_{name}", on_click=_show, args=(name, now))


def predict_least_wrong(dataset: Dataset, start: Line, then: Callable[[], None]) -> None:
    """Ask which of three lines has the lowest loss.

    Parameters
    ----------
    then : callable
        Draws what replaces the prompt once the learner continues.
    """
    now = _try("data", dataset, start)
    if now.stage == FOLDED:
        then()
        _draw_folded("data", now)
        return
    asked = predictions.least_wrong(dataset, now.seed)
    _draw_first(
        "data",
        now,
        "data.predict",
        say("data.predict"),
        lambda: draw(fit.candidates(asked, now.stage == ANSWERED)),
        asked.judge,
        [say(f"data.predict_{letter.lower()}") for letter in asked.letters],
    )


_MAP_WIDTH = 370  # nearly square, as on a phone: so its directions look the same there


def predict_way(dataset: Dataset, start: Line, then: Callable[[], None]) -> None:
    """Ask into which quadrant of the map a step leads.

    Parameters
    ----------
    then : callable
        Draws what replaces the prompt once the learner continues, or where nothing can be asked.
    """
    now = _try("loss-surface", dataset, start)
    asked = predictions.which_way(dataset, start, now.seed)
    if asked is None or now.stage == FOLDED:
        then()
        if asked is not None:
            _draw_folded("loss-surface", now)
        return

    def draw_map() -> None:
        with st.container(width=_MAP_WIDTH):
            draw(surface.quarters(asked, now.stage == ANSWERED, now.answer))

    _draw_first(
        "loss-surface",
        now,
        "loss_surface.predict",
        say("loss_surface.predict"),
        draw_map,
        asked.judge,
        [say(f"loss_surface.predict_{letter.lower()}") for letter in asked.letters],
    )


def predict_line(dataset: Dataset, start: Line, then: Callable[[], None], *, begun: bool) -> None:
    """Ask where a run's line is after some steps, from where it is after half of them.

    Parameters
    ----------
    begun : bool
        Whether the learner has run some steps already.
    then : callable
        Draws what replaces the prompt once the learner continues, or where nothing can be asked.
    """
    now = _try("gradient-steps", dataset, start, begun=begun)
    asked = predictions.after_steps(dataset, start, now.seed)
    if asked is None or now.stage == FOLDED:
        then()
        if asked is not None:
            _draw_folded("gradient-steps", now)
        return
    shown = fit.predicted(asked, now.stage == ANSWERED, now.answer)
    left, right, low, high = (
        float(shown.tables["window"][name].iloc[0])
        for name in ("x_low", "x_high", "y_low", "y_high")
    )

    def take(values: dict[str, float]) -> None:
        slope = (values["right"] - values["left"]) / (right - left)
        _answer("gradient-steps", now, Line(slope, values["left"] - slope * left))

    def draw_sliders() -> None:
        ends = start.at(np.array([left, right]))
        occasion = f"{now.occasion} {now.seed}"
        labels = [plain(f"gradient_steps.predict_{side}_end") for side in ("left", "right")]
        answer_sliders(
            "predicted_ends",
            "predict_gradient-steps",
            between("left", labels[0], low, high, float(ends[0]), occasion),
            between("right", labels[1], low, high, float(ends[1]), occasion),
            pad={
                "chart": "predicted",
                "y": "left",
                "y_right": "right",
                "bounds": {"x_low": left, "x_high": right, "y_low": low, "y_high": high},
            },
            on_answer=take,
        )

    question = say(
        "gradient_steps.predict",
        quarter=asked.steps // 4,
        half=asked.steps // 2,
        steps=asked.steps,
        rate=asked.rate,
    )
    _draw_first(
        "gradient-steps",
        now,
        "gradient_steps.predict",
        question,
        lambda: draw(shown),
        asked.judge,
        draw_sliders=draw_sliders,
    )


_MARKS = 400  # places on the axis of learning rates


def predict_limit(dataset: Dataset, start: Line) -> bool:
    """Ask from which learning rate on runs explode; tell whether the page may show it."""
    now = _try("learning-rates", dataset, start)
    asked = predictions.limit_of(dataset, now.seed)
    answered = now.stage == ANSWERED
    low, high = np.log10(asked.low), np.log10(asked.high)
    exponents = np.linspace(low, high, _MARKS + 1)

    def take(values: dict[str, float]) -> None:
        _answer("learning-rates", now, float(10 ** np.clip(values["log_mark"], low, high)))

    def picture() -> None:
        with st.container(key="predict_scope"):
            draw(ruler.marked_rates(asked, answered, now.answer))
            if not answered:
                answer_sliders(
                    "marked_rate",
                    "predict_scope",
                    Slider(
                        "log_mark",
                        plain("learning_rates.predict_limit_mark"),
                        low=float(low),
                        step=float(exponents[1] - exponents[0]),
                        count=exponents.size,
                        index=_MARKS // 10,
                        texts=[readable(10**exponent) for exponent in exponents],
                        occasion=f"{now.occasion} {now.seed}",
                    ),
                    pad={
                        "chart": "marked_rates",
                        "x": "log_mark",
                        "bounds": {"x_low": low, "x_high": high, "y_low": 0, "y_high": 1},
                    },
                    on_answer=take,
                )

    question = say("learning_rates.predict_limit", stretch=asked.stretch)
    _draw_below("learning-rates", now, question, picture, asked.judge)
    return is_revealed("learning-rates")


def predict_picture(dataset: Dataset, start: Line) -> None:
    """Ask which of four signed errors belongs to a learning rate."""
    now = _try("picture", dataset, start)
    asked = predictions.pictures(dataset, now.seed)
    answered = now.stage == ANSWERED

    def picture() -> None:
        with st.container(width=TEXT_WIDTH):
            draw(ruler.pictures(asked, answered))

    question = say(
        "learning_rates.predict_picture",
        error=predictions.error_across(dataset),
        asked_share=asked.asked,
    )
    _draw_below("picture", now, question, picture, asked.judge, asked.letters)
