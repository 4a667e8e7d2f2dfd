"""Download the progress that the browser keeps, restore it from a file, or delete it."""

import streamlit as st

from core.datasets import DataError
from core.words import Sentence
from lessons.state import storage
from lessons.widgets.files import ask_for_file
from lessons.widgets.page import TEXT_WIDTH, text
from lessons.widgets.words import say, say_sentence


def draw_panel() -> None:
    """Draw the controls for the stored progress; only while the panel is open."""
    state = st.session_state
    panel = st.expander(
        say("shared.progress"), key="your_progress", on_change="rerun", width=TEXT_WIDTH
    )
    if not panel.open:
        return
    with panel:
        saved = storage.as_file()
        is_kept = not state.get("storage_failed")
        text(say("shared.progress_kept" if is_kept else "shared.progress_not_kept"))
        if left_out := storage.too_many_points():
            st.warning(say("shared.progress_without_pins", left_out=left_out))
        with st.container(horizontal=True):
            st.download_button(
                say("shared.progress_save"),
                saved or "",
                "learning_rate_lab.json",
                "application/json",
                on_click="ignore",
                disabled=saved is None,
            )
            if state.get("asked_to_forget"):
                st.button(say("shared.forget_yes"), type="primary", on_click=storage.forget)
                st.button(
                    say("shared.forget_no"), on_click=state.pop, args=("asked_to_forget", None)
                )
            else:
                st.button(
                    say("shared.forget"),
                    on_click=state.update,
                    kwargs={"asked_to_forget": True},
                )
        if state.get("asked_to_forget"):
            st.caption(say("shared.forget_means"))
        ask_for_file(say("shared.progress_load"), ["json"], "progress_file", on_change=_take_file)
        if state.get("progress_problem"):
            st.error(say_sentence(state.progress_problem))


def _take_file() -> None:
    """Merge a file into the progress; say what is wrong if it cannot be read."""
    state = st.session_state
    state.progress_problem = None
    if state.progress_file is None:
        return
    try:
        storage.bring_back(state.progress_file.getvalue().decode("utf-8-sig"))
    except UnicodeDecodeError:
        state.progress_problem = Sentence("shared.progress_not_text")
    except DataError as error:
        state.progress_problem = error.sentence
    else:
        st.toast(say("shared.progress_loaded"))
