"""What Streamlit leaves out for those who hear a page, use it by keyboard alone, or go Back.

What has ended, a run or a prediction, is said by a screen reader; the focus is not lost where a
button goes that was pressed; the browser's Back is one step a page (see `state.address`); a page
opens at its top, and does not move under a hand.
"""

from collections.abc import Hashable

import streamlit as st

from lessons.frontend import script

_component = st.components.v2.component(
    "assist",
    js=script("assist.js"),
    isolate_styles=False,
)


def announce(what: str, outcome: Hashable, sentence: str, first: bool = False) -> None:
    """Have a screen reader say how something ended, when it has ended otherwise than before.

    Parameters
    ----------
    what : str
        A name for what ends, again and again.
    outcome : hashable
        Tells one end from another: the settings it comes from.
    first : bool
        Whether the first outcome is said, too: not where it comes with the page.
    """
    state = st.session_state
    outcomes: dict[str, Hashable] = state.setdefault("outcomes", {})
    is_new = outcomes[what] != outcome if what in outcomes else first
    outcomes[what] = outcome
    if is_new:
        number, _ = state.get("announced", (0, ""))
        state.announced, state.unsaid = (number + 1, sentence), True


def keep() -> None:
    """Say what was announced, and do the rest: call it at the end of every rerun."""
    _say("assist")


def keep_in_part() -> None:
    """Say what was announced in a part of a page that runs alone: call it at the end of that."""
    if st.session_state.get("unsaid"):
        _say("assist_part")


def _say(key: str) -> None:
    state = st.session_state
    number, sentence = state.get("announced", (0, ""))
    state.unsaid = False
    _component(key=key, data={"number": number, "sentence": sentence, "page": state.page})
