"""What the learner has done, what each page asks for, and what comes next."""

from dataclasses import dataclass

import streamlit as st

from core.course.mistakes import MISTAKES
from core.course.outline import LESSONS, Page, page_at
from core.reading.progress import Outcome


def mark_done(what: str) -> None:
    """Record that something is done: `page:data`, `check:data`, `predict:data`, `mistake:plus`."""
    done: set[str] = st.session_state.setdefault("done", set())
    done.add(what)


def is_done(what: str) -> bool:
    """Tell whether it was recorded as done."""
    return what in st.session_state.get("done", ())


def record_outcome(name: str, grade: str, measure: str, data: str = "") -> None:
    """Keep what came of a prediction, for the report: of several under one name the latest.

    Parameters
    ----------
    name : str
        One of ``core.reading.progress.PREDICTIONS``.
    grade : {"right", "close", "wrong"}
    measure : str
        How far off the answer was, in plain text: what the learner said, and what was so.
    data : str
        The name of the data that was asked about, if any was.
    """
    outcomes: dict[str, Outcome] = st.session_state.setdefault("predicted", {})
    outcomes[name] = Outcome(grade, measure, data)


@dataclass(frozen=True)
class Part:
    """A part of a page that can be done.

    Parameters
    ----------
    name : str
        ``left_<name>`` of ``words/…/course.md`` says what is left to do.
    keys : tuple of str
        The keys that ``mark_done`` records; where there are several, each is a task of its own.
    """

    name: str
    keys: tuple[str, ...]

    @property
    def left(self) -> int:
        """How many of its keys are not recorded yet."""
        return sum(not is_done(key) for key in self.keys)


def _predict(page: str) -> Part:
    return Part("predict", (f"predict:{page}",))


def _check(page: str) -> Part:
    return Part("check", (f"check:{page}",))


# What a page asks for beyond being read; a page without an entry is done when it has been opened.
PARTS: dict[str, tuple[Part, ...]] = {
    "data": (
        _predict("data"),
        Part("by_hand", ("challenge:by-hand",)),
        _check("data"),
    ),
    "loss-surface": (_predict("loss-surface"), _check("loss-surface")),
    "gradient-steps": (_predict("gradient-steps"), _check("gradient-steps")),
    "learning-rates": (
        Part("predict_some", ("predict:learning-rates", "predict:picture")),
        _check("learning-rates"),
    ),
    "mistakes": (
        Part("mistakes", tuple(f"mistake:{mistake}" for mistake in MISTAKES)),
        _check("mistakes"),
    ),
    "hot-dog": (_predict("hot-dog"), _check("hot-dog")),
}


def note_page(address: str) -> None:
    """Record that the learner has opened a lesson.

    Only when the page changes: recorded at each rerun, it would reappear after "Forget me".
    """
    state = st.session_state
    if page_at(address) in LESSONS and state.get("noted_page") != address:
        mark_done(f"page:{address}")
    state.noted_page = address


def has_begun(address: str) -> bool:
    """Tell whether anything of a page is done."""
    keys = [key for part in PARTS.get(address, ()) for key in part.keys]
    return any(map(is_done, (f"page:{address}", *keys)))


def has_begun_course() -> bool:
    """Tell whether anything is done at all."""
    return any(has_begun(page.address) for page in LESSONS)


def to_do(address: str) -> list[Part]:
    """List the parts of a page of which something is left to do."""
    parts = (Part("see", (f"page:{address}",)), *PARTS.get(address, ()))
    return [part for part in parts if part.left]


def mark(address: str) -> str:
    """Give what follows the title of a lesson: a tick when all of it is done."""
    return " ✓" if page_at(address) in LESSONS and not to_do(address) else ""


def next_thing() -> tuple[Page, Part] | None:
    """Find the next thing to do: its page, and the part of that; None when all is done."""
    for page in LESSONS:
        if left := to_do(page.address):
            return page, left[0]
    return None
