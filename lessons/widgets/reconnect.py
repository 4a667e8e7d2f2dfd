"""A page that lost its connection reruns once reconnected, to the same or another server."""

from datetime import timedelta

import streamlit as st


@st.fragment(run_every=timedelta(days=1))
def rerun_when_connected_again() -> None:
    """Have the browser request a rerun after every reconnect: call it once in each rerun.

    A server without the visit's session has no widgets yet, and would not call the callback of the
    first button that is pressed. Streamlit's frontend requests a rerun after a reconnect only on a
    page with a fragment that has ``run_every``: this empty one has, once a day.
    """
