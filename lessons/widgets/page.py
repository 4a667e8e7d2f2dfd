"""The parts every lesson is made of: its question, its text, its takeaway, the next lesson."""

from collections.abc import Mapping, Sequence
from typing import Literal

import pyarrow as pa  # a dependency of Streamlit, which sends tables as Arrow
import streamlit as st

from core.course.glossary import GLOSSARY, section
from core.course.outline import COURSE, LESSONS, page_at
from core.process import TensorFlowMissingError
from core.words import Markdown
from lessons.state import visit
from lessons.widgets.course import link_to_lesson, question, title
from lessons.widgets.words import plain, say

TEXT_WIDTH = 720
_ADDRESSES = [page.address for page in COURSE]


def open_lesson(address: str) -> None:
    """Begin a page with its place in the course and its question."""
    page = page_at(address)
    st.session_state.figures = {}
    with st.container(key="place"):  # not shown on a phone
        st.caption(
            say("shared.lesson", number=LESSONS.index(page) + 1, title=title(page))
            if page in LESSONS
            else say("course.name")
        )
    st.title(question(page), anchor=False)
    _show_task()


def _show_task() -> None:
    """Show the teacher's task, if the link has one: as text, not as Markdown."""
    task = visit.get("task")
    if task:
        with st.container(border=True, width=TEXT_WIDTH, key="task"):
            st.caption(say("shared.task"))
            st.text(task)
    elif "task" in visit.now().problems:
        st.caption(say("shared.task_too_long"))


def text(markdown: str) -> None:
    """Write paragraphs at a width that is easy to read.

    Paragraphs that belong together are written in one call, as one element: at each change the
    browser goes through all elements of a page several times.
    """
    st.markdown(markdown, width=TEXT_WIDTH, anchors=False)


def heading(title: str, markdown: str = "") -> None:
    """Begin a section, with its first paragraphs.

    Not by ``st.header``, which recomputes its anchor whenever anything on the page changes.
    """
    text(f"## {title}\n\n{markdown}")


def table(columns: Mapping[str, Sequence[str]]) -> str:
    """Write named columns as a Markdown table; cells are Markdown themselves."""
    rows = [columns, ["---"] * len(columns), *zip(*columns.values(), strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def glossary(*terms: str) -> None:
    """Explain terms where they first occur; those that another page shows link to it."""
    panel = st.popover(say("shared.words_on_page"), type="tertiary", key="words", on_change="rerun")
    if not panel.open:
        return
    with panel:
        for term in terms:
            st.markdown(say(section(term)))
            if GLOSSARY[term] != st.session_state.page:
                page = page_at(GLOSSARY[term])
                st.page_link(page.file, label=say("shared.shown_on", title=title(page)))


def show_table(
    columns: Mapping[str, Sequence[str]], width: Literal["stretch", "content"] = "content"
) -> None:
    """Show named columns of text as a table, sent as Arrow, without a DataFrame."""
    st.table(pa.table(dict(columns)), hide_index=True, width=width)


def say_what_is_missing(error: TensorFlowMissingError) -> None:
    """Say why nothing can be trained here, and what works all the same."""
    st.error(say("shared.tensorflow_missing", problem=str(error)))


def takeaway(markdown: str) -> None:
    """State what to remember. It is always on the page."""
    with st.container(border=True, width=TEXT_WIDTH, key="takeaway"):
        st.markdown(say("shared.takeaway", text=Markdown(markdown)))


def sources(page: str) -> None:
    """Name what a page's facts come from: its section ``sources``."""
    st.caption(say("shared.sources", text=say(f"{page}.sources")), width=TEXT_WIDTH)


def next_lesson(address: str) -> None:
    """Link from the lesson at this address to the next one, from the last one to the report."""
    page = COURSE[_ADDRESSES.index(address) + 1]
    with st.container(key="next_lesson"):
        link_to_lesson(page, plain("shared.next_lesson", title=title(page)), question(page))
