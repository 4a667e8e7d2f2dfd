"""What the learner has done, for as long as the visit lasts."""

import streamlit as st


def mark_done(what: str) -> None:
    """Note that something is done: `page:data`, `check:data`, `predict:limit`, `mistake:tape`."""
    done: set[str] = st.session_state.setdefault("done", set())
    done.add(what)


def is_done(what: str) -> bool:
    """Tell whether it was noted."""
    return what in st.session_state.get("done", ())
