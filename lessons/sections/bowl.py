"""The loss surface as a bowl that one turns, a part of Loss surface."""

import streamlit as st

from core.figures import bowl
from lessons.sections.pointing import Descent
from lessons.widgets.figure import draw
from lessons.widgets.page import text
from lessons.widgets.sliders import Slider, chart_sliders
from lessons.widgets.words import plain, say

_ASIDE = 14  # degrees from the view in which the valley lies exactly from left to right


def draw_bowl(descent: Descent) -> None:
    """Draw the bowl with the path of the descent, to be turned by dragging or by its sliders."""
    solid = bowl.solid(descent.dataset, descent.start, descent.run)
    text(say("loss_surface.bowl"))
    with st.container(key="solid"):
        draw(bowl.bowl(solid))
        chart_sliders(
            "bowl_sliders",
            "solid",
            _angle("turn", -180, 181, round(solid.across + _ASIDE + 180) // 2),
            _angle("tilt", 4, 43, 16),
            pad={"chart": "bowl", "turns": {"turn": -180, "tilt": 80}},
        )
    if solid.widening > 1.05:
        st.caption(say("loss_surface.bowl_widened", times=solid.widening))


def _angle(name: str, low: int, count: int, index: int) -> Slider:
    """Make a slider over every other degree."""
    degrees = range(low, low + 2 * count, 2)
    texts = [plain("loss_surface.bowl_degrees", degrees=degree) for degree in degrees]
    return Slider(name, plain(f"loss_surface.bowl_{name}"), low, 2, count, index, texts)
