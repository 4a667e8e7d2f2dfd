"""The numbers behind the charts of a page: the table of the chart that the learner chooses."""

from collections.abc import Callable
from functools import partial
from typing import ParamSpec

import streamlit as st

from core.figures import tables
from core.words.writing import literal
from lessons.state.storage import run_alone
from lessons.widgets.figure import NUMBERS, numbers_are_open

P = ParamSpec("P")


def fragment(part: Callable[P, None], needed_below: bool = False) -> Callable[P, None]:
    """Let a part of a page run alone, unless what is shown further down depends on it.

    The numbers of its charts do, while they are open, and whatever ``needed_below`` says.

    Notes
    -----
    ``st.fragment`` draws into a container of its own. Without one, all that follows would move to
    another place in the page's tree whenever this changes, and React would build it anew.
    """

    def with_the_page(*args: P.args, **kwargs: P.kwargs) -> None:
        with st.container():
            part(*args, **kwargs)

    return with_the_page if needed_below or numbers_are_open() else run_alone(part)


def numbers_behind_charts() -> None:
    """Draw the choice of a chart and its table, while it is open. Call it after all charts."""
    panel = st.expander("The numbers behind the charts", key=NUMBERS, on_change="rerun")
    if not panel.open:
        return
    drawn = st.session_state.figures
    with panel:
        if not drawn:
            st.markdown("There is no chart on this page yet.")
            return
        key = st.selectbox(
            "Chart", list(drawn), format_func=lambda key: drawn[key][0], key="numbers_of", width=420
        )
        table = drawn[key][1]()
        shown = tables.to_read(table)
        st.caption(
            f"All {len(table):,} rows."
            if len(shown) == len(table)
            else f"{len(shown)} of {len(table):,} rows, evenly chosen; the file has them all."
        )
        st.table(shown.rename(columns=literal), hide_index=True)
        st.download_button(
            "Download these numbers (CSV)",
            partial(tables.to_csv, table),
            f"{key}.csv",
            "text/csv",
            key="numbers_file",
            on_click="ignore",
        )
