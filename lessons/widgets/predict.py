"""Prompts for a prediction, which then show how far off it was; see ``core.course.predictions``."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import streamlit as st

from core.course import predictions
from core.course.predictions import Facts, worded
from core.datasets import Dataset, Line
from core.figures import ball, fit, ruler, surface
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


def was_revealed(name: str) -> bool:
    """Tell whether it could show that already when the learner opened the page."""
    return is_revealed(name) and name not in st.session_state.answered_here


def reveal(name: str) -> None:
    """Let the page show what reveals the answer to a prompt."""
    quiz.unlock(f"predict {name}")


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
    _reveal_here(name)


def _show(name: str, now: Try) -> None:
    now.stage, now.answer = ANSWERED, None
    _reveal_here(name)


def _reveal_here(name: str) -> None:
    if not is_revealed(name):
        st.session_state.answered_here.add(name)
    reveal(name)


def _fold(now: Try) -> None:
    now.stage = FOLDED


def _skip(name: str, now: Try) -> None:
    now.stage = FOLDED
    _reveal_here(name)


def _draw_first(
    name: str,
    now: Try,
    section: str,
    question: str,
    draw_picture: Callable[[], None],
    judge: Callable[[Any], Facts],
    choices: Sequence[str] = (),
    draw_sliders: Callable[[], None] = lambda: None,
    shown: str = "",
) -> None:
    """Draw a prompt in the place of what follows it: its picture left, the hand right.

    Parameters
    ----------
    section : str
        Page and beginning of its sections: ``…_next`` leads on, ``…_skip`` leaves it out.
    draw_sliders : callable
        Draws what the learner answers with where there are no ``choices``.
    shown : str
        What to say, beside the picture, where the result is shown without an answer.
    """
    with st.container(key=f"predict_{name}"):
        st.markdown(say("shared.prediction", question=Markdown(question)), width=TEXT_WIDTH)
        picture, hand = st.columns([3, 2], gap="medium")
        with picture:
            draw_picture()
        with hand:
            if now.stage == ANSWERED:
                _tell(name, now, judge, say(f"{section}_next"), shown)
                return
            draw_sliders()
            _take(name, now, question, choices)
            st.button(
                say(f"{section}_skip"),
                key=f"skip_{name}",
                type="tertiary",
                on_click=_skip,
                args=(name, now),
            )


def _draw_folded(name: str, now: Try, first: str = "shared.predict_first") -> None:
    with st.container(horizontal=True, vertical_alignment="center", key=f"folded_{name}"):
        if now.measure:
            st.caption(say("shared.predicted", measure=now.measure))
        st.button(
            say("shared.predict_again" if is_done(f"predict:{name}") else first),
            key=f"again_{name}",
            on_click=_ask,
            args=(now, now.seed + 1 if now.measure else now.seed),
        )


def _tell(
    name: str, now: Try, judge: Callable[[Any], Facts], leads_to: str = "", shown: str = ""
) -> None:
    """Show the result of an answer, and a button to continue.

    Parameters
    ----------
    leads_to : str
        What replaces the prompt; empty where it is just folded.
    shown : str
        See ``_draw_first``.
    """
    what, outcome = f"predict {name}", (now.occasion, now.seed)
    if now.answer is None:
        announce(what, outcome, plain("shared.prediction_shown"), first=True)
        if shown:
            st.info(shown, width=TEXT_WIDTH)
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
    window = shown.tables["window"]
    left, right, low, high = (window[name] for name in ("x_low", "x_high", "y_low", "y_high"))

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


def predict_limit(dataset: Dataset, start: Line, then: Callable[[], None]) -> None:
    """Ask from which learning rate on each step throws the ball farther than the last.

    Parameters
    ----------
    then : callable
        Draws what replaces the prompt once the learner continues.
    """
    now, above = _try("learning-rates", dataset, start), st.container()
    if now.stage == FOLDED:
        with above:  # where the next prompt will be
            _draw_folded("learning-rates", now)
        then()
        return
    asked = predictions.limit_of(dataset, start, now.seed)
    low, high = np.log10(asked.low), np.log10(asked.high)
    exponents = np.linspace(low, high, _MARKS + 1)

    def take(values: dict[str, float]) -> None:
        _answer("learning-rates", now, float(10 ** np.clip(values["log_mark"], low, high)))

    def draw_sliders() -> None:
        draw(ball.asked_lines(asked))
        answer_sliders(
            "marked_rate",
            "predict_learning-rates",
            Slider(
                "log_mark",
                plain("learning_rates.predict_limit_mark"),
                low=float(low),
                step=float(exponents[1] - exponents[0]),
                count=exponents.size,
                index=int(np.argmin(np.abs(exponents - np.log10(asked.shown)))),
                texts=[readable(10**exponent) for exponent in exponents],
                occasion=f"{now.occasion} {now.seed}",
            ),
            on_answer=take,
        )

    _draw_first(
        "learning-rates",
        now,
        "learning_rates.predict_limit",
        say("learning_rates.predict_limit", stretch=asked.stretch, shown_rate=asked.shown),
        lambda: draw(ball.asked_ball(asked, now.stage == ANSWERED, now.answer)),
        asked.judge,
        draw_sliders=draw_sliders,
        shown=say("learning_rates.predict_limit_shown", limit=asked.answer),
    )


def predict_picture(dataset: Dataset, start: Line) -> None:
    """Ask which of four signed errors belongs to a learning rate; folded at first."""
    now = _try("picture", dataset, start, begun=True)
    if now.stage == FOLDED:
        _draw_folded("picture", now, "learning_rates.predict_picture_open")
        return
    asked = predictions.pictures(dataset, now.seed)
    question = say(
        "learning_rates.predict_picture",
        error=predictions.error_across(dataset),
        asked_share=asked.asked,
    )
    with st.container(border=True, key="predict_picture"):
        st.markdown(say("shared.prediction", question=Markdown(question)), width=TEXT_WIDTH)
        with st.container(width=TEXT_WIDTH):
            draw(ruler.pictures(asked, now.stage == ANSWERED))
        if now.stage == ASKED:
            _take("picture", now, question, asked.letters)
        else:
            _tell("picture", now, asked.judge)
