"""A teacher makes a link for a class: the page, what is set, what is left out, and a task."""

from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.datasets import DataError
from core.tasks import MAX_TASK, read_task
from lessons._controls import address_now
from lessons._layout import COURSE, TEXT_WIDTH, literal, text
from lessons._task import HIDABLE


def draw_builder() -> None:
    """Draw the builder; only while it is open."""
    builder = st.expander(
        "Make a link for a class", key="class_link", on_change="rerun", width=TEXT_WIDTH
    )
    if not builder.open:
        return
    with builder:
        text(
            "Set data, start and rates on the pages as your class shall find them, then come back: "
            "the link carries what is set now."
        )
        titles = {address: title for _, title, address, _ in COURSE}
        page = st.selectbox(
            "The page it opens",
            list(titles),
            index=1,
            format_func=titles.__getitem__,
            key="link_page",
            width=260,
        )
        hidden = st.multiselect(
            "Leave out these controls",
            list(HIDABLE),
            format_func=HIDABLE.__getitem__,
            key="link_hide",
            placeholder="none",
        )
        typed = st.text_input(
            "A task, in one sentence", max_chars=MAX_TASK, key="link_task", placeholder="no task"
        )
        embedded = st.checkbox("to be shown inside another page", key="link_embed")
        parameters: dict[str, str | list[str]] = {**address_now()}
        if hidden:
            parameters["hide"] = hidden
        try:
            task = read_task(typed)
        except DataError as error:
            st.error(literal(str(error)))
            return
        if task:
            parameters["task"] = task
        if embedded:
            parameters["embed"] = "true"
        here = urlsplit(st.context.url or "")
        link = f"{here.scheme}://{here.netloc}{here.path.rstrip('/')}/{page}"
        query = urlencode(parameters, doseq=True)
        st.code(f"{link}?{query}" if query else link, language=None, wrap_lines=True)
        if parameters.get("data") == "own" and "points" not in parameters:
            st.warning("A link cannot carry your file: choose data with up to 100 points.")
