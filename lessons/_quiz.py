"""What is shown only once the learner has had a try."""

import streamlit as st


def is_open(question: str) -> bool:
    """Tell whether the answer to a question may be shown: found, asked for, or `show=all`."""
    state = st.session_state
    if st.query_params.get("show") == "all":
        state.show_all = True
    elif state.get("show_all"):
        st.query_params["show"] = "all"
    return "show_all" in state or question in state.get("open_questions", ())


def unlock(question: str) -> None:
    """Let the answer to a question be shown from now on."""
    opened = st.session_state.setdefault("open_questions", set())
    opened.add(question)
