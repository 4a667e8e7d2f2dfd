"""Draw a chart, with its words for screen readers and the numbers behind it."""

from collections.abc import Callable
from typing import Any

import pyarrow as pa  # a dependency of Streamlit, which sends tables as Arrow
import streamlit as st

from core.figures.registry import Picture, as_columns
from lessons.widgets.words import plain

NUMBERS = "numbers"  # key of the control that shows the numbers behind the charts


def numbers_are_open() -> bool:
    """Tell whether the numbers are shown: only then are they collected."""
    return bool(st.session_state.get(NUMBERS))


def draw(picture: Picture, on_pick: Callable[[float], None] | None = None) -> None:
    """Draw a chart of ``core.figures``, with its words from ``words/…/figures.md``.

    A chart whose specification has no height is as tall as ``page.css`` says: less on a phone.

    Parameters
    ----------
    on_pick : callable, optional
        Called with the clicked rate, in a chart that has the selection pick.

    Notes
    -----
    The alt text is a separate element, for screen readers only. In the chart it would be part of
    the specification, and each new number in it would make the browser rebuild the chart.
    """
    datasets = arrow_tables(picture)
    key = f"{picture.key}_chart"
    title = plain(f"figures.{picture.key}_title")

    def pick() -> None:
        picked = st.session_state[key].selection.get("pick", [])
        if picked and on_pick is not None:
            on_pick(float(picked[0]["rate"]))

    selecting: dict[str, Any] = {} if on_pick is None else {"on_select": pick}
    with st.container(key=f"figure_{picture.key}"):
        st.vega_lite_chart(
            {**picture.spec, "datasets": datasets},
            key=key,
            width="stretch",
            height="content" if {"height", "vconcat"} & picture.spec.keys() else "stretch",
            **selecting,
            alt=title,
        )
        st.text(plain(f"figures.{picture.key}", **picture.facts))
    if numbers_are_open():
        st.session_state.figures[picture.key] = title, picture.numbers


def arrow_tables(picture: Picture) -> dict[str, pa.Table]:
    """Convert the tables of a chart to Arrow, which Streamlit sends as it is."""
    return {name: pa.table(as_columns(table)) for name, table in picture.tables.items()}
