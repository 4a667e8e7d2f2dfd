"""A page whose connection was lost goes on by itself, also where another server takes it over."""

from datetime import timedelta

import streamlit as st


@st.fragment(run_every=timedelta(days=1))
def go_on() -> None:
    """Have the browser ask for a rerun after every lost connection: call it once in each rerun.

    A server that knows nothing of the visit has no widgets yet, and would not call the callback of
    the first button that is pressed. Streamlit's browser side asks for a rerun when it has
    connected again, but only on a page where something runs by itself: here, nothing, once a day.
    """
