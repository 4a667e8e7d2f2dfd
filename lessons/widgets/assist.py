"""Accessibility and navigation that Streamlit lacks; the browser's part is ``assist.js``.

Screen readers announce that a run or a prediction has ended; the keyboard focus goes on where the
focused button is removed; the browser's Back goes one page back (see ``state.address``); a page
opens scrolled to its top, and what was clicked stays where it is. On a touch screen the boxes of
numbers open the number pad.
"""

from collections.abc import Hashable

import streamlit as st

from core.parameters import PARAMETERS
from lessons.frontend import script

# Numbers for which a number pad will do: it has no minus.
_NOT_NEGATIVE = [name for name, row in PARAMETERS.items() if 0 <= row.low < row.high]
_component = st.components.v2.component(
    "assist",
    js=script("observer.js", "assist.js"),
    isolate_styles=False,
)


def announce(what: str, outcome: Hashable, sentence: str, first: bool = False) -> None:
    """Have screen readers announce how something ended, when its outcome is another than before.

    Parameters
    ----------
    what : str
        The name of what ends, such as a run.
    outcome : hashable
        Identifies the outcome: the settings it comes from.
    first : bool
        Whether the first outcome is announced too; not where it is there when the page opens.
    """
    state = st.session_state
    outcomes: dict[str, Hashable] = state.setdefault("outcomes", {})
    is_new = outcomes[what] != outcome if what in outcomes else first
    outcomes[what] = outcome
    if is_new:
        number, _ = state.get("announced", (0, ""))
        state.announced, state.unsaid = (number + 1, sentence), True


def draw() -> None:
    """Draw the component on the page: call it at the end of every rerun."""
    _draw("assist")


def draw_in_fragment() -> None:
    """Draw the component in a fragment that has announced something: call it at its end."""
    if st.session_state.get("unsaid"):
        _draw("assist_part")


def _draw(key: str) -> None:
    state = st.session_state
    number, sentence = state.get("announced", (0, ""))
    state.unsaid = False
    _component(
        key=key,
        data={
            "number": number,
            "sentence": sentence,
            "page": state.page,
            "not_negative": _NOT_NEGATIVE,
        },
    )
