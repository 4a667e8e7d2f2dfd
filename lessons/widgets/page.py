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
from lessons.state import visit

TEXT_WIDTH = 720

# The words in a chart have its colours, in a shade that the theme makes readable.
_WORDS = "\n".join(
    f'.stVegaLiteChart text[fill="{colour}"] {{ fill: light-dark({dark}, {light}); }}'
    for colour, (dark, light) in WORDS.items()
)
_RULES = """
[class*="st-key-figure_"] { contain: layout style; }
/* Nothing is seen of these, and they take no room. What stands after a chart are its words; told by
   its number, :nth-child, the browser would look at every element whenever one comes or goes. */
[data-testid="stLayoutWrapper"]:has(> .st-key-storage) { position: absolute; width: 0; }
[class*="st-key-figure_"] > .stElementContainer + .stElementContainer,
.st-key-assist_part,
[class*="st-key-browser_storage_"],
#lrl-said {
    position: absolute;
    width: 1px;
    height: 1px;
    overflow: hidden;
    clip-path: inset(50%);
}
[data-testid="stPageLink"] p { white-space: normal; }
/* Streamlit shows a chart's own buttons to a pointer only; Tab comes to them all the same. */
[data-testid="stElementToolbar"]:focus-within { opacity: 1; z-index: 1; transition: none; }
/* Who drags in a chart, or clicks there, selects none of its words. */
.stVegaLiteChart svg { -webkit-user-select: none; user-select: none; }
/* After a tap they would stay, above the chart, on the slider that stands there. */
@media (hover: none) {
    [class*="st-key-figure_"] [data-testid="stElementToolbar"]:not(:focus-within) {
        opacity: 0;
        pointer-events: none;
    }
}
/* Streamlit's own greys and blues are too faint to read well: less than 4.5 to 1. */
[data-testid="stCaptionContainer"] { color: inherit; opacity: 0.8; }
.stCode .token.keyword { color: light-dark(#0B5FB0, #6DB3F2); }
.stCode .token.number { color: light-dark(#0B6E61, #4CC9B5); }
.stCode .token.inserted { color: light-dark(#17692F, #5CCB7B); }
.stCode .token.deleted { color: light-dark(#B3261E, #FF8F87); }
.stCode .linenumber { color: inherit !important; opacity: 0.75; }
.stVegaLiteChart :is([class*="role-axis"], [class*="role-legend"]) text {
    fill: light-dark(#5B626C, #C9CED6);
}
.st-key-pins_table :is(td, th):is(:first-child, :last-child) { min-width: 11rem; }
/* On a narrow screen: lines of code beside what they compute, no number in two parts, a row of
   buttons as one. */
.stMarkdown :is(th, td) { white-space: pre-wrap; }
.stMarkdown td code { overflow-wrap: anywhere; white-space: pre-wrap; }
@media (max-width: 480px) {
    .stMarkdown :is(th, td) { padding-inline: 0.25rem; font-size: 0.8rem; }
}
@media (max-width: 360px) {
    .stMarkdown :is(th, td) { overflow-wrap: anywhere; }
}
.st-key-line_by_line td:last-child { min-width: 8rem; }
[data-testid="stLayoutWrapper"]:has(> .st-key-run_buttons) { min-width: min(100%, 24rem); }
@media (max-width: 360px) {
    .katex-display { font-size: 0.85em; }
    .st-key-saying button { padding-inline: 0.5rem; }
}
/* Streamlit shows the focus there by a grey that one can hardly see, or not at all. */
:is(a, main, [data-testid="stElementToolbar"] button, .stCode button):focus-visible {
    outline: 2px solid currentColor !important;
    outline-offset: -2px;
}
/* What one aims at is at least 24 pixels wide and high, as WCAG 2.2 asks for. */
button[aria-label^="Help for"], [data-testid="stMultiSelect"] button,
:is([data-testid="stRadio"], [data-testid="stCheckbox"]) label {
    min-width: 24px;
    min-height: 24px;
}
/* Whoever asked for less motion gets what moves at its end, at once. */
@media (prefers-reduced-motion: reduce) {
    *, ::before, ::after {
        animation-duration: 1ms !important;
        animation-iteration-count: 1 !important;
        transition-duration: 1ms !important;
        scroll-behavior: auto !important;
    }
}
.st-key-task { gap: 0; overflow: hidden; }
.st-key-task [data-testid="stText"] { overflow-wrap: anywhere; }
"""
_STYLE = f"<style>{_RULES}{_WORDS}</style>"


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
