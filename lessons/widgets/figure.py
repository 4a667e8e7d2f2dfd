"""Draw a chart, with its words for screen readers and the numbers behind it."""

from collections.abc import Callable
from typing import Any

import pandas as pd
import pyarrow as pa  # Streamlit brings it; what it sends to the browser is Arrow
import streamlit as st

from core.figures.registry import Picture
from lessons.widgets.words import plain

NUMBERS = "numbers"  # key of what shows the numbers behind the charts


def numbers_are_open() -> bool:
    """Tell whether the learner looks at the numbers: only then are they worth collecting."""
    return bool(st.session_state.get(NUMBERS))


def draw(picture: Picture, on_pick: Callable[[float], None] | None = None) -> None:
    """Draw a chart of ``core.figures``, with its words from ``words/…/figures.md``.

    Parameters
    ----------
    on_pick : callable, optional
        Is called with the rate one clicks at, in a chart that has the selection pick.

    Notes
    -----
    The words stand beside the chart, for screen readers only. Given to the chart itself they would
    be part of its specification, and each new number in them would have it built anew.
    """
    datasets = {name: _to_arrow(table) for name, table in picture.tables.items()}
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
            **selecting,
            alt=title,
        )
        st.text(plain(f"figures.{picture.key}", **picture.facts))
    if numbers_are_open():
        st.session_state.figures[picture.key] = title, picture.numbers


def _to_arrow(table: pd.DataFrame) -> pa.Table:
    """Hand Streamlit columns instead of a DataFrame, which it takes ten times as long to send."""
    return pa.table({name: pa.array(column.to_numpy()) for name, column in table.items()})
