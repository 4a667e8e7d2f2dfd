"""Files that learners upload, asked for only where the browser can upload them."""

from collections.abc import Callable, Sequence
from typing import Literal
from urllib.parse import urlencode

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from core.words import Markdown
from lessons.state import address
from lessons.widgets.page import TEXT_WIDTH
from lessons.widgets.words import say


def ask_for_file(
    label: str,
    types: Sequence[str] | None,
    key: str,
    on_change: Callable[[], None] | None = None,
    width: int | Literal["stretch"] = "stretch",
    instead: str = "",
) -> UploadedFile | None:
    """Let the learner choose a file; on an embedded page, link to the page in its own tab instead.

    When another site embeds the page, Streamlit's XSRF cookie is a third-party cookie, which
    browsers do not send: the server would answer an upload with status 403.

    Parameters
    ----------
    types : sequence of str or None
        Endings of the files that may be chosen; None allows any file.
    instead : str
        A sentence on what works in an embedded page.
    """
    if not st.context.is_embedded:
        return st.file_uploader(label, types, key=key, on_change=on_change, width=width)
    with st.container(border=True, width=TEXT_WIDTH, key=f"{key}_elsewhere"):
        st.markdown(say("shared.file_elsewhere", label=Markdown(label)) + f" {instead}".rstrip())
        st.link_button(say("shared.open_tab"), _address_of_tab())
    return None


def _address_of_tab() -> str:
    """Return this page's query string without ``embed``; the browser completes the URL."""
    return f"?{urlencode(address.now(), doseq=True)}"
