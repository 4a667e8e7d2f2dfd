"""Go deeper: the parts of a page, of which at most one is open; the others are not computed."""

from collections.abc import Sequence

import streamlit as st

from core.parameters import PARAMETERS
from lessons.state import visit
from lessons.widgets.page import heading
from lessons.widgets.words import say


def go_deeper(page: str, parts: Sequence[str]) -> str | None:
    """Draw the row of a page's parts, closed at first; return the one that is open.

    Parameters
    ----------
    parts : sequence of str
        Their names in the address; their labels are the sections ``part_<part>`` of the page.
    """
    heading(say("shared.go_deeper"))
    key, now = f"deeper_{page}", visit.get("part")
    st.session_state[key] = now if now in parts else None
    st.segmented_control(
        PARAMETERS["part"].label,
        parts,
        format_func=lambda part: say(f"{page}.part_{part}"),
        key=key,
        label_visibility="collapsed",
        on_change=lambda: visit.choose(part=st.session_state[key] or ""),
    )
    return now if now in parts else None
