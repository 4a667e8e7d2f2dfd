"""A minimal Streamlit page, one slider and one chart: a baseline for our pages."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

frequency = st.slider("frequency", 1, 60, 5)
x = np.linspace(0, 1, 200)
table = pd.DataFrame({"x": x, "y": np.sin(frequency * x)})
st.altair_chart(alt.Chart(table).mark_line().encode(x="x", y="y"))
