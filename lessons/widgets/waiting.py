"""Work of several parts: after half a second of it, a progress bar with a button to stop."""

import time
from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from lessons.widgets.words import plain, say

PATIENCE = 0.5  # seconds of work before the bar is shown


class Waiting:
    """Shows how much of some work is done, and lets the learner stop it.

    When the learner presses the button or changes any control, Streamlit ends this run of the
    script at the next call of ``tell``. So what is done must be kept as soon as it is done.

    Parameters
    ----------
    key : str
        Of the button.
    count : int
        How many parts the work has.
    on_stop : callable
        Called when the button is pressed, with the number of parts that are done.
    """

    def __init__(self, key: str, count: int, on_stop: Callable[[int], None]) -> None:
        self._key, self._count, self._on_stop = key, count, on_stop
        self._done, self._begun = 0, time.monotonic()
        # Always there: an element more or less would make the browser rebuild all that follow.
        self._place = st.empty()
        self._bar: DeltaGenerator | None = None

    def tell(self) -> None:
        """Count one more part as done, and show it if the work takes long."""
        self._done += 1
        if self._bar is None and time.monotonic() - self._begun > PATIENCE:
            with self._place.container(horizontal=True, vertical_alignment="center"):
                self._bar = st.progress(0.0)
                st.button(
                    say("shared.waiting_stop"),
                    key=self._key,
                    on_click=lambda: self._on_stop(self._done),
                )
        if self._bar is not None:
            told = plain("shared.waiting", done=self._done, parts=self._count)
            self._bar.progress(self._done / self._count, told)

    def end(self) -> None:
        """Take the bar away, if there is one."""
        if self._bar is not None:
            self._place.empty()
