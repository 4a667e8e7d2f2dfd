"""What the learner has done, what each page asks for, and what comes next."""

from dataclasses import dataclass

import streamlit as st

from core.course.mistakes import MISTAKES
from core.course.outline import COURSE


def mark_done(what: str) -> None:
    """Note that something is done: `page:data`, `check:data`, `predict:data`, `mistake:plus`."""
    done: set[str] = st.session_state.setdefault("done", set())
    done.add(what)


def is_done(what: str) -> bool:
    """Tell whether it was noted."""
    return what in st.session_state.get("done", ())


@dataclass(frozen=True)
class Part:
    """A part of a page that can be done: what is left to do in words, and what is noted for it."""

    words: str
    keys: tuple[str, ...]

    def to_do(self) -> str | None:
        """Say what is left; None when all is done."""
        left = sum(not is_done(key) for key in self.keys)
        if not left:
            return None
        return (
            self.words if len(self.keys) == 1 else f"{self.words} ({left} of {len(self.keys)} left)"
        )


def _predict(*keys: str) -> Part:
    return Part("predict what happens", keys)


def _check(key: str) -> Part:
    return Part("answer three questions", (key,))


# What a page asks for beyond being read. A line for each; a page without one is done when seen.
PARTS: dict[str, tuple[Part, ...]] = {
    "data": (
        _predict("predict:data"),
        Part("find the least wrong line by hand", ("challenge:by-hand",)),
        _check("check:data"),
    ),
    "loss-surface": (_predict("predict:loss-surface"), _check("check:loss-surface")),
    "gradient-steps": (_predict("predict:gradient-steps"), _check("check:gradient-steps")),
    "learning-rates": (
        _predict("predict:learning-rates", "predict:picture"),
        _check("check:learning-rates"),
    ),
    "mistakes": (
        Part("say what the mistakes do", tuple(f"mistake:{mistake}" for mistake in MISTAKES)),
        _check("check:mistakes"),
    ),
    "hot-dog": (_predict("predict:hot-dog"), _check("check:hot-dog")),
}


def arrive(address: str) -> None:
    """Note that the learner has come to a page: once, so that what is forgotten stays so."""
    state = st.session_state
    if address and state.get("arrived_at") != address:
        mark_done(f"page:{address}")
    state.arrived_at = address


def has_begun(address: str) -> bool:
    """Tell whether anything of a page is done."""
    keys = [key for part in PARTS.get(address, ()) for key in part.keys]
    return any(map(is_done, (f"page:{address}", *keys)))


def has_begun_course() -> bool:
    """Tell whether anything is done at all."""
    return any(has_begun(address) for _, _, address, _ in COURSE[1:])


def to_do(address: str) -> list[str]:
    """Say what is left to do of a page."""
    parts = (Part("see it", (f"page:{address}",)), *PARTS.get(address, ()))
    return [words for part in parts if (words := part.to_do())]


def mark(address: str) -> str:
    """Give what follows the title of a page: a tick when all of it is done."""
    return "" if not address or to_do(address) else " ✓"


def next_thing() -> tuple[str, str, str] | None:
    """Find the next thing to do: file and title of its page, and what; None at the end."""
    for file, title, address, question in COURSE[1:]:
        left = to_do(address)
        if left:
            return file, title, left[0] if has_begun(address) else question
    return None
