"""Files that learners bring, asked for where a browser lets them through."""

from collections.abc import Callable, Sequence
from typing import Literal
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from lessons.state import address
from lessons.widgets.page import TEXT_WIDTH


def ask_for_file(
    label: str,
    types: Sequence[str] | None,
    key: str,
    on_change: Callable[[], None] | None = None,
    width: int | Literal["stretch"] = "stretch",
    instead: str = "",
) -> UploadedFile | None:
    """Let the learner choose a file; inside another page, say where they can.

    There the cookie that Streamlit checks before it takes a file is a third party's, and browsers
    keep it back: the server would answer with status 403.

    Parameters
    ----------
    types : sequence of str or None
        Endings of the files that may be chosen; None lets any file through.
    instead : str
        What works inside another page, in a sentence.
    """
    if not st.context.is_embedded:
        return st.file_uploader(label, types, key=key, on_change=on_change, width=width)
    with st.container(border=True, width=TEXT_WIDTH, key=f"{key}_elsewhere"):
        st.markdown(
            f"**{label}** needs a tab of its own: inside another page your browser does not let "
            f"files through. {instead}"
        )
        st.link_button("Open this page in a tab of its own", _address_of_tab())
    return None


def _address_of_tab() -> str:
    """Give what this page's address says now, without ``embed``; the browser knows the rest."""
    return f"?{urlencode(address.now(), doseq=True)}"
