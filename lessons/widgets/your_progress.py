"""Save what the browser keeps of a learner, bring it back, or have it forgotten."""

import streamlit as st

from core.datasets import DataError
from core.words.writing import literal
from lessons.state import storage
from lessons.widgets.files import ask_for_file
from lessons.widgets.page import TEXT_WIDTH, text


def draw_panel() -> None:
    """Draw what one can do with what is kept; only while it is open."""
    state = st.session_state
    panel = st.expander("Your progress", key="your_progress", on_change="rerun", width=TEXT_WIDTH)
    if not panel.open:
        return
    with panel:
        saved = storage.as_file()
        if state.get("storage_failed"):
            text(
                "Your browser does not let this page keep anything: it is set not to, or it is "
                "full. All works for as long as this visit lasts; save it as a file to go on later."
            )
        else:
            text(
                "What you have done here is kept in this browser, on this computer, and nowhere "
                "else. To go on with another browser, save it as a file and bring the file there."
            )
        if left_out := storage.too_many_points():
            st.warning(
                f"Of the pinned runs {left_out} cannot be kept here or saved as this file, because "
                "their own points are too many: download the pins on the page Learning rates."
            )
        with st.container(horizontal=True):
            st.download_button(
                "Save as a file",
                saved or "",
                "learning_rate_lab.json",
                "application/json",
                on_click="ignore",
                disabled=saved is None,
            )
            if state.get("asked_to_forget"):
                st.button("Yes, forget it all", type="primary", on_click=storage.forget)
                st.button("No, keep it", on_click=state.pop, args=("asked_to_forget", None))
            else:
                st.button("Forget me", on_click=state.update, kwargs={"asked_to_forget": True})
        if state.get("asked_to_forget"):
            st.caption(
                "This empties what this browser keeps of the course, and begins this visit anew. "
                "What you do from then on is kept again."
            )
        ask_for_file("Go on from a file", ["json"], "progress_file", on_change=_take_file)
        if state.get("progress_problem"):
            st.error(literal(state.progress_problem))


def _take_file() -> None:
    """Join what a file holds; say what is wrong with it where it is none."""
    state = st.session_state
    state.progress_problem = None
    if state.progress_file is None:
        return
    try:
        storage.bring_back(state.progress_file.getvalue().decode("utf-8-sig"))
    except UnicodeDecodeError:
        state.progress_problem = "This is no text: choose a file that was saved on this page."
    except DataError as error:
        state.progress_problem = str(error)
    else:
        st.toast("Your progress is here.")
