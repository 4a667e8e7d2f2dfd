"""Sliders that move charts in the browser, at the speed of the hand."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import streamlit as st

_HERE = Path(__file__).parent
_component = st.components.v2.component(
    "chart_sliders",
    css=(_HERE / "_sliders.css").read_text(encoding="utf-8"),
    js=(_HERE / "_sliders.js").read_text(encoding="utf-8"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Slider:
    """A slider for one parameter of the charts around it.

    Parameters
    ----------
    name : str
        Name of the parameter.
    label : str
        What the learner reads.
    low, step : float
        Value at the left end, and between two places.
    count : int
        Number of places.
    index : int
        The place where it stands at first.
    texts : sequence of str
        What to show at each place; empty to show the value.
    occasion : str
        A change of it sends the slider back to ``index``; else it stays where the hand left it.
    """

    name: str
    label: str
    low: float
    step: float
    count: int
    index: int = 0
    texts: Sequence[str] = ()
    occasion: str = ""


def chart_sliders(key: str, scope: str, *sliders: Slider) -> None:
    """Draw sliders that drive every chart inside the container whose key is ``scope``."""
    _component(key=key, data={"scope": scope, "sliders": [asdict(s) for s in sliders]})
