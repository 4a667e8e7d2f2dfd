"""Two minimal Streamlit pages, one chart each: a baseline for page changes."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

x = np.linspace(0, 1, 200)
chart = alt.Chart(pd.DataFrame({"x": x, "y": np.sin(5 * x)})).encode(x="x", y="y")


def line() -> None:
    """Draw a line."""
    st.altair_chart(chart.mark_line())


def points() -> None:
    """Draw points."""
    st.altair_chart(chart.mark_point())


pages = [st.Page(line, title="Line", default=True), st.Page(points, title="Points")]
st.navigation(pages, position="top").run()
