"""Go deeper: the parts of a page, of which at most one is open; the others are not computed."""

from collections.abc import Callable, Sequence

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
    return _choose(f"deeper_{page}", parts, lambda part: say(f"{page}.part_{part}"))


def choose_part(parts: Sequence[str]) -> str:
    """Draw the choice of a part where one is always open: at first the first."""
    return _choose("part", parts, str, required=True) or parts[0]


def _choose(
    key: str, parts: Sequence[str], label: Callable[[str], str], *, required: bool = False
) -> str | None:
    """Draw the control for ``part``, one address parameter that all pages share."""
    now = visit.get("part")
    first = parts[0] if required else None
    st.session_state[key] = now if now in parts else first
    st.segmented_control(
        PARAMETERS["part"].label,
        parts,
        format_func=label,
        required=required,
        key=key,
        label_visibility="collapsed",
        on_change=lambda: visit.choose(part=st.session_state[key] or ""),
    )
    return now if now in parts else first
