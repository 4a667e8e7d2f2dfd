"""What is shown only once the learner has had a try."""

import streamlit as st


def arrive() -> None:
    """Take `show=all` from the address, and hold it there on every page: call it in each rerun."""
    if st.query_params.get("show") == "all":
        st.session_state.show_all = True
    elif "show_all" in st.session_state:
        st.query_params["show"] = "all"


def is_open(question: str) -> bool:
    """Tell whether the answer to a question may be shown: found, asked for, or `show=all`."""
    state = st.session_state
    return "show_all" in state or question in state.get("open_questions", ())


def unlock(question: str) -> None:
    """Let the answer to a question be shown from now on."""
    opened = st.session_state.setdefault("open_questions", set())
    opened.add(question)
