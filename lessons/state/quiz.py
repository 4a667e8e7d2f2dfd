"""Answers that are shown only after the learner has tried, or with ``show=all``."""

import streamlit as st

from lessons.state import visit


def is_open(question: str) -> bool:
    """Tell whether the answer to a question may be shown: found, asked for, or `show=all`."""
    shown: set[str] = st.session_state.get("open_questions", set())
    return visit.get("show") == "all" or question in shown


def unlock(question: str) -> None:
    """Let the answer to a question be shown from now on."""
    opened = st.session_state.setdefault("open_questions", set())
    opened.add(question)
