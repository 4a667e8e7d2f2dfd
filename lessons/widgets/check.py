"""Check yourself: three questions at the end of a lesson."""

import streamlit as st

from core import theory
from core.course.checks import CHECKS, Question, worded
from core.datasets import Dataset, Line
from lessons.state.progress import is_done, mark_done
from lessons.state.storage import run_alone
from lessons.widgets.controls import at_the_best_fit
from lessons.widgets.page import TEXT_WIDTH
from lessons.widgets.words import say


@run_alone  # an answer reruns the questions, not the whole page
def check(page: str, dataset: Dataset, start: Line) -> None:
    """Draw the three questions about a page, once they are asked for."""
    done = f"check:{page}"
    label = say("shared.check_done" if is_done(done) else "shared.check")
    if not st.toggle(label, key=f"check_{page}", persist_state="session"):
        return
    if theory.steps_needed(dataset, theory.safe_rate(dataset), start) == 0:
        st.caption(at_the_best_fit())
        return
    questions = [worded(make(dataset, start), say) for make in CHECKS[page]]
    right = [_ask(f"check_{page}_{place}", question) for place, question in enumerate(questions)]
    if all(right) and not is_done(done):
        mark_done(done)
        st.rerun()  # the whole page: it shows progress elsewhere


def _ask(key: str, question: Question) -> bool:
    """Draw a question and the feedback for its answer; tell whether that is the right one."""
    with st.container(border=True, width=TEXT_WIDTH, gap="small"):
        answer = st.radio(
            question.text,
            range(len(question.choices)),
            format_func=lambda choice: question.choices[choice].text,
            index=None,
            key=key,
            persist_state="session",
        )
        if answer is None:
            return False
        feedback = question.choices[answer].feedback
        if feedback is None:
            st.success(say("shared.check_right", because=question.because))
        else:
            st.info(say("shared.check_wrong", feedback=feedback))
        return feedback is None
