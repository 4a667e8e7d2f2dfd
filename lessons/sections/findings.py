"""What was found out in each lesson, with the numbers of one's own data, on Your report."""

from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core import cache, theory
from core.course.best_rate import BestRate
from core.course.checks import CHECKS
from core.course.mistakes import MISTAKES
from core.course.outline import LESSONS, Page
from core.datasets import Dataset, Line
from core.parameters import read_rates
from core.reading.progress import Outcome
from core.runs import LESSON_START
from core.words import Markdown
from lessons.sections.by_hand import is_found
from lessons.sections.loop import Loop
from lessons.state import progress, visit
from lessons.widgets.controls import network_of_visit
from lessons.widgets.course import left_to_do, link_to_lesson, title
from lessons.widgets.data_cards import name_of_data
from lessons.widgets.page import heading
from lessons.widgets.predict import is_revealed
from lessons.widgets.words import plain, say

Facts = Mapping[str, object]


def draw_findings(dataset: Dataset, start: Line, loop: Loop | None) -> None:
    """Draw a card for each lesson.

    Parameters
    ----------
    loop : Loop, optional
        The learner's run on Gradient steps.
    """
    heading(say("report.found"))
    found = {
        "data": _of_data(dataset),
        "loss-surface": _of_loss_surface(dataset),
        "gradient-steps": _of_gradient_steps(dataset, start, loop),
        "learning-rates": _of_learning_rates(dataset, start),
        "mistakes": _of_mistakes(),
        "hot-dog": _of_hot_dog(),
    }
    with st.container(key="findings"):
        for row in range(0, len(LESSONS), 2):
            for column, page in zip(st.columns(2), LESSONS[row : row + 2], strict=True):
                with column:
                    _draw_card(page, found[page.address])


def _draw_card(page: Page, facts: Facts | None) -> None:
    number = LESSONS.index(page) + 1
    with st.container(border=True, gap="small", key=f"finding_{page.name}"):
        if facts is None:
            first = plain(f"report.{page.name}_first")
            link_to_lesson(page, f"{number}. {title(page)}", plain("report.first", to_do=first))
        else:
            finding = say(f"report.{page.name}", **facts)
            st.markdown(say("report.lesson", number=number, title=title(page), finding=finding))
        if told := [*_predictions(page), *_answers(page)]:
            st.caption("\n\n".join(told))
        if facts is not None and (left := progress.to_do(page.address)):
            to_do = left_to_do(left[0])
            link_to_lesson(page, title(page), plain("report.still_open", to_do=to_do))


def _predictions(page: Page) -> list[Markdown]:
    """Say what was predicted on a page, and what was so."""
    outcomes: dict[str, Outcome] = st.session_state.get("predicted", {})
    names = [page.address, *(["picture"] if page.address == "learning-rates" else [])]
    now = ("", visit.get("data"))  # what need not be named
    return [
        say(
            "report.predicted",
            data="" if outcomes[name].data in now else name_of_data(outcomes[name].data),
            measure=outcomes[name].measure,
        )
        for name in names
        if name in outcomes
    ]


def _answers(page: Page) -> list[Markdown]:
    """Count the right answers to a page's questions; the right choice is the same on all data."""
    line = cache.noisy_line()
    questions = [make(line, LESSON_START) for make in CHECKS[page.address]]
    answers = [st.session_state.get(f"check_{page.address}_{place}") for place in range(3)]
    if answers == [None] * 3:
        return []
    pairs = list(zip(answers, questions, strict=True))
    wrong = [
        place
        for place, (answer, question) in enumerate(pairs, start=1)
        if answer not in (None, question.right)
    ]
    right = sum(answer == question.right for answer, question in pairs)
    return [say("report.answered", answered_right=right, all=len(pairs), look_again=wrong)]


def _of_data(dataset: Dataset) -> Facts | None:
    """Give the lowest loss, once the best fit is found."""
    if not is_found(dataset):
        return None
    return {"lowest": theory.lowest_loss(dataset)}


def _of_loss_surface(dataset: Dataset) -> Facts | None:
    """Give the lowest point of the map, once the map is shown."""
    return {"best": theory.best_fit(dataset)} if is_revealed("loss-surface") else None


def _of_gradient_steps(dataset: Dataset, start: Line, loop: Loop | None) -> Facts | None:
    """Give the gap of the run before and after."""
    if loop is None:
        return None
    rates = dict.fromkeys(stretch.learning_rate for stretch in loop.stretches)
    return {
        "taken": loop.taken,
        "exploded": loop.exploded,
        "rates": list(rates),
        "gap": loop.gap,
        "first_gap": theory.gap(dataset, start),
    }


def _of_learning_rates(dataset: Dataset, start: Line) -> Facts | None:
    """Give the limit and the safe choice, once they are shown."""
    if not is_revealed("learning-rates"):
        return None
    safe = theory.safe_rate(dataset)
    return {
        "steep": theory.curvature(dataset).steep,
        "limit": theory.stable_limit(dataset),
        "safe": safe,
        "arrives": theory.arrives(dataset, safe, start),
    }


def _of_mistakes() -> Facts | None:
    """Count the mistakes of which it was said rightly what they do, once one was tried."""
    if not st.session_state.get("mistakes_answers"):
        return None
    found = sum(progress.is_done(f"mistake:{key}") for key in MISTAKES)
    return {"found_count": found, "all": len(MISTAKES)}


def _of_hot_dog() -> Facts | None:
    """Give the rates of the best networks, once all that are chosen are trained."""
    usual, rates = network_of_visit(), read_rates(visit.get("net_rates"))[0]
    found = [cache.trained_network(replace(usual, learning_rate=rate)) for rate in rates]
    histories = [history for history in found if history is not None]
    if not visit.get("trained") or not rates or len(histories) < len(rates):
        return None
    best = BestRate(rates, histories).best
    return {
        "weights": usual.weights,
        "best_rates": [rates[place] for place in best],
        "accuracy": float(histories[best[0]].held_out_accuracy[-1]),
    }
