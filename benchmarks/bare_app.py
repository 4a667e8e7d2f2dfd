"""The least a Streamlit page can do: one slider, one chart. What our pages are compared with."""

import altair as alt
import numpy as np
import pandas as pd
import streamlit as st

frequency = st.slider("frequency", 1, 60, 5)
x = np.linspace(0, 1, 200)
table = pd.DataFrame({"x": x, "y": np.sin(frequency * x)})
st.altair_chart(alt.Chart(table).mark_line().encode(x="x", y="y"))
