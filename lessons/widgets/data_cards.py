"""The choice of data as named cards: on Data, where it is open; on other pages it is a list."""

import streamlit as st

from core import cache
from core.datasets import BUNDLED
from core.parameters import PARAMETERS
from core.words import Markdown
from lessons.state import visit
from lessons.widgets.words import say

_QUARTET = [name for name, entry in BUNDLED.items() if entry.words == "anscombe"]
_NUMERALS = ("I", "II", "III", "IV")


def choose_from_cards(*, with_own: bool) -> None:
    """Draw a card for each data set, the four of Anscombe's under one."""
    state, now = st.session_state, visit.get("data")
    firsts = [name for name in BUNDLED if name not in _QUARTET[1:]]
    cards = ["lesson", *firsts, *(["own"] if with_own else [])]
    state.data_card = _QUARTET[0] if now in _QUARTET else now
    with st.container(key="data_cards"):
        st.radio(
            PARAMETERS["data"].label,
            cards,
            format_func=lambda name: say(f"datasets.{_words(name)}_card"),
            captions=[say(f"datasets.{_words(name)}_caption", n=_count(name)) for name in cards],
            horizontal=True,
            key="data_card",
            label_visibility="collapsed",
            on_change=lambda: visit.choose(data=state.data_card),
        )
    if now in _QUARTET:
        state.quartet = now
        st.segmented_control(
            say("datasets.anscombe_card"),
            _QUARTET,
            format_func=lambda name: _NUMERALS[_QUARTET.index(name)],
            required=True,
            key="quartet",
            label_visibility="collapsed",
            on_change=lambda: visit.choose(data=state.quartet),
        )


def name_of_data(name: str) -> Markdown:
    """Give the name of a data set, that of one of Anscombe's four with its numeral."""
    card = say(f"datasets.{_words(name)}_card")
    return Markdown(f"{card} {_NUMERALS[_QUARTET.index(name)]}") if name in _QUARTET else card


def _words(name: str) -> str:
    return BUNDLED[name].words if name in BUNDLED else name


def _count(name: str) -> int:
    """Count the points of a card's data set; own points are not counted."""
    return cache.bundled(name).n if name in BUNDLED else int(visit.get("n"))
