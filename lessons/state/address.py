"""The address of a page: read once, when a visit begins, and written at the end of each run.

Streamlit empties it on the way to another page, and the browser's Back brings an old one: neither
says anything about the visit, which writes its own over both.
"""

import streamlit as st

from core.parameters import in_addresses
from lessons.state import visit


def read() -> dict[str, list[str]]:
    """Give all that the address says."""
    return {name: st.query_params.get_all(name) for name in st.query_params}


def write() -> None:
    """Write the visit's settings, if the address says something else.

    Names that are not ours stay as they came, on the page that they came to.
    """
    wanted = now()
    if read() != wanted:
        st.query_params.from_dict(wanted)


def now() -> dict[str, list[str]]:
    """Give what the address has to say now."""
    ours = in_addresses()
    others = {name: texts for name, texts in read().items() if name not in ours}
    return others | visit.now().address()
