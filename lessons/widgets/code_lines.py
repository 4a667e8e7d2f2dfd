"""A script as numbered lines, one of which the learner finds and clicks; see ``lines.js``."""

from collections.abc import Callable, Sequence

import streamlit as st

from lessons.frontend import script, styles

_component = st.components.v2.component(
    "code_lines", css=styles("lines.css"), js=script("lines.js"), isolate_styles=False
)


def code_lines(
    key: str,
    lines: Sequence[tuple[str, str]],
    *,
    label: str,
    marked: Sequence[int] = (),
    place: int | None = None,
    note: str = "",
    kind: str = "",
    on_chosen: Callable[[int], None] | None = None,
) -> None:
    """Draw a script, with a mark on some of its lines and a note below one.

    Parameters
    ----------
    lines : sequence of tuple of str
        The sign of each line and its text: " ", "−" or "+"; those with "+" have no number.
    label : str
        What screen readers call it.
    marked : sequence of int
        Numbers of the marked lines, from 1.
    place : int, optional
        Number of the line above the note.
    note : str
        Plain text; what stands between backticks is code.
    kind : str
        How mark and note look: "right", "wrong" or "shown".
    on_chosen : callable, optional
        Is called with the number of the clicked line; without it there is nothing to click.
    """
    numbers = sum(sign != "+" for sign, _ in lines)

    def take() -> None:
        number = st.session_state[key].chosen
        if on_chosen is not None and type(number) is int and 1 <= number <= numbers:
            on_chosen(number)

    data = {
        "lines": [list(line) for line in lines],
        "label": label,
        "marked": list(marked),
        "place": place,
        "note": note,
        "kind": kind,
        "is_open": on_chosen is not None,
    }
    _component(key=key, data=data, on_chosen_change=take)
