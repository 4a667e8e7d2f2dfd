"""The numbers behind the charts of a page: the table of the chart that the learner chooses."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec

import streamlit as st

from core.figures import tables
from core.words.writing import literal
from lessons.state.storage import run_alone
from lessons.widgets.figure import NUMBERS, numbers_are_open
from lessons.widgets.words import say

P = ParamSpec("P")


def fragment(part: Callable[P, None], needed_below: bool = False) -> Callable[P, None]:
    """Make a part of a page a fragment, unless what is shown further down depends on it.

    The open table of numbers depends on it, and so does what ``needed_below`` says.

    Notes
    -----
    ``st.fragment`` draws into a container of its own. Drawn without the fragment, the part gets one
    too: otherwise all elements after it would get another path, and React would rebuild them.
    """

    def with_the_page(*args: P.args, **kwargs: P.kwargs) -> None:
        with st.container():
            part(*args, **kwargs)

    return with_the_page if needed_below or numbers_are_open() else run_alone(part)


def numbers_behind_charts() -> None:
    """Draw the choice of a chart and its table, while it is open. Call it after all charts."""
    panel = st.expander(say("shared.numbers"), key=NUMBERS, on_change="rerun")
    if not panel.open:
        return
    drawn = st.session_state.figures
    with panel:
        if not drawn:
            st.markdown(say("shared.numbers_without_chart"))
            return
        key = st.selectbox(
            say("shared.numbers_chart"),
            list(drawn),
            format_func=lambda key: drawn[key][0],
            key="numbers_of",
            width=420,
        )
        table = drawn[key][1]()
        shown = tables.to_read(table)
        kind = "numbers_all" if len(shown) == len(table) else "numbers_some"
        st.caption(say(f"shared.{kind}", shown=len(shown), rows=len(table)))
        st.table(shown.rename(columns=literal), hide_index=True)
        st.download_button(
            say("shared.numbers_file"),
            partial(tables.to_csv, table),
            f"{key}.csv",
            "text/csv",
            key="numbers_file",
            on_click="ignore",
        )
