"""A page that lost its connection reruns when it has one again, to the same or another server."""

from datetime import timedelta

import streamlit as st


@st.fragment(run_every=timedelta(days=1))
def rerun_when_connected_again() -> None:
    """Have the browser ask for a rerun after every lost connection: call it once in each rerun.

    A server without the visit's session has no widgets yet, and would not call the callback of the
    first button that is pressed. Streamlit's frontend asks for a rerun after it has reconnected,
    but only on a page with a fragment that runs by itself: this empty one does, once a day.
    """
