"""The address of a page: read once, when a visit begins, and written at the end of each run.

Streamlit clears the query string on a change of page, and the browser's Back restores an old one:
the visit's settings are written over both.
"""

import streamlit as st

from core.parameters import in_addresses
from lessons.state import visit


def read() -> dict[str, list[str]]:
    """Give all parameters of the query string."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def write() -> None:
    """Write the visit's settings, if the query string differs.

    Parameters that are not ours are kept, on the page that was opened with them only.
    """
    wanted = now()
    if read() != wanted:
        st.query_params.from_dict(wanted)


def now() -> dict[str, list[str]]:
    """Return the query parameters for the visit's present state."""
    ours = in_addresses()
    others = {name: texts for name, texts in read().items() if name not in ours}
    return others | visit.now().address()
