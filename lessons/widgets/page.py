"""The parts every lesson is made of: its question, its pictures, its takeaway, the way on."""

from collections.abc import Mapping, Sequence
from typing import Literal

import pyarrow as pa  # Streamlit brings it; what it sends to the browser is Arrow
import streamlit as st

from core.course.glossary import GLOSSARY
from core.course.outline import COURSE
from core.figures.palette import WORDS
from core.process import TensorFlowMissingError
from core.words.writing import literal
from lessons.frontend import styles
from lessons.state import visit

TEXT_WIDTH = 720

# Words in charts have the colour of the mark they name, in a shade readable on the background.
_WORD_COLOURS = "\n".join(
    f'.stVegaLiteChart text[fill="{colour}"] {{ fill: light-dark({dark}, {light}); }}'
    for colour, (dark, light) in WORDS.items()
)
_STYLE = f"<style>{styles('page.css')}{_WORD_COLOURS}</style>"


def open_lesson(address: str) -> None:
    """Begin a page with its place in the course and its question."""
    place, (_, title, _, question) = next(
        (place, page) for place, page in enumerate(COURSE) if page[2] == address
    )
    st.session_state.figures = {}
    st.html(_STYLE)
    st.caption(f"Lesson {place}: {title}" if place else "Learning Rate Lab")
    st.title(question, anchor=False)
    _show_task()


def _show_task() -> None:
    """Show the teacher's task, if the link has one: as text, whatever it says."""
    task = visit.get("task")
    if task:
        with st.container(border=True, width=TEXT_WIDTH, key="task"):
            st.caption("Your task")
            st.text(task)
    elif "task" in visit.now().problems:
        st.caption("The task in this link is too long, and is not shown.")


def text(markdown: str) -> None:
    """Write paragraphs at a width that is easy to read.

    What belongs together is written in one call: the browser goes through every element of a page
    several times after each change, whether it is new or not.
    """
    st.markdown(markdown, width=TEXT_WIDTH, anchors=False)


def heading(words: str, markdown: str = "") -> None:
    """Begin a section, with its first paragraphs.

    Not by ``st.header``: it works its anchor out anew whenever anything on the page changes.
    """
    text(f"## {words}\n\n{markdown}")


def table(columns: Mapping[str, Sequence[str]]) -> str:
    """Write columns, each under its name, as a table in a text; cells are Markdown themselves."""
    rows = [columns, ["---"] * len(columns), *zip(*columns.values(), strict=True)]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def glossary(*terms: str) -> None:
    """Explain words where they are first met; those that another page shows lead there."""
    pages = {address: (file, title) for file, title, address, _ in COURSE}
    words = st.popover("Words on this page", type="tertiary", key="words", on_change="rerun")
    if not words.open:
        return
    with words:
        for term in terms:
            entry = GLOSSARY[term]
            st.markdown(f"**{term[0].upper()}{term[1:]}.** {entry.meaning}")
            if entry.page != st.session_state.page:
                file, title = pages[entry.page]
                st.page_link(file, label=f"Shown on *{title}*")


def show_table(
    columns: Mapping[str, Sequence[str]], width: Literal["stretch", "content"] = "content"
) -> None:
    """Show columns of text, each under its name. It too travels without a DataFrame."""
    st.table(pa.table(dict(columns)), hide_index=True, width=width)


def say_what_is_missing(error: TensorFlowMissingError) -> None:
    """Say why nothing can be trained here, and what works all the same."""
    st.error(
        "TensorFlow, which takes the steps, cannot be loaded on this computer: "
        f"{literal(str(error))}. Install it anew with the commands in the README. The pages Start, "
        "Data and Loss surface work without it."
    )


def takeaway(markdown: str) -> None:
    """State what to remember. It is always on the page."""
    with st.container(border=True, width=TEXT_WIDTH, key="takeaway"):
        st.markdown(f"**What to remember.** {markdown}")


def next_lesson(address: str) -> None:
    """Lead from the lesson at this address to the one after it."""
    addresses = [a for _, _, a, _ in COURSE]
    file, title, _, question = COURSE[addresses.index(address) + 1]
    link_to_lesson(file, f"Next: {title}", question)


def link_to_lesson(file: str, label: str, question: str) -> None:
    """Link to a lesson, with its question."""
    st.page_link(file, label=f"**{label}** · {question}")
