"""A button that prints the page; how pages look on paper is in ``frontend/print.css``."""

import streamlit as st

from lessons.frontend import script
from lessons.widgets.words import plain

_component = st.components.v2.component("print", js=script("print.js"), isolate_styles=False)


def print_button() -> None:
    """Draw the button."""
    _component(key="print", data={"label": plain("report.print")}, width="content")
