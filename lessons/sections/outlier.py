"""How squaring weights one bad point, a part of Data."""

import streamlit as st

from core.course import outlier
from core.course.outlier import BadPoint
from core.datasets import Dataset
from core.figures.outlier import bad_point
from core.parameters import PARAMETERS
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.figure import draw
from lessons.widgets.page import text
from lessons.widgets.sliders import between, chart_sliders
from lessons.widgets.words import say


def draw_bad_point(dataset: Dataset) -> None:
    """Draw the best fit with one bad point that the learner moves, and what its square does."""
    is_made, is_in = visit.get("data") == "lesson", visit.get("outlier")
    bad = (
        outlier.of_made_data(dataset, visit.get("outlier_x"), visit.get("outlier_y"), is_in=is_in)
        if is_made
        else outlier.of_any_data(dataset)
    )
    text(say("data.squares"))
    with st.container(key="bad_point_scope"):
        picture, hand = st.columns([3, 2], gap="medium")
        with picture:
            draw(bad_point(bad))
        with hand:
            numbers = {"y": bad.y, "n": bad.others.n + 1, "before": bad.before}
            if bad.moves:
                text(say("data.squares_pulls", share=bad.share, after=bad.after, **numbers))
            else:
                text(say("data.squares_on_line", **numbers))
            _move(bad, is_made=is_made, is_in=is_made and is_in)


def _move(bad: BadPoint, *, is_made: bool, is_in: bool) -> None:
    """Draw the slider of the bad point's height, and the button that adds it to the data.

    Parameters
    ----------
    is_made : bool
        Whether the data is the lesson's, which has parameters for an outlier.
    is_in : bool
        Whether the data contains the bad point already.
    """
    can_keep = is_made and not is_hidden("made")
    row = PARAMETERS["outlier_y"]
    low, high = bad.reach(row.low, row.high) if is_made else bad.reach()
    occasion = f"{bad.others.fingerprint} {bad.y}"
    slider = between("bad_y", say("data.squares_point"), low, high, bad.y, occasion)
    chart_sliders(
        "bad_point_slider",
        "bad_point_scope",
        slider,
        buttons={"keep": say("data.squares_keep")} if can_keep else {},
        on_chosen=lambda values: visit.choose(outlier=True, outlier_y=values["bad_y"]),
    )
    if is_in:
        st.caption(say("data.squares_kept"))
        if can_keep:
            st.button(
                say("data.squares_take"),
                key="take_outlier",
                on_click=visit.choose,
                kwargs={"outlier": False},
            )
