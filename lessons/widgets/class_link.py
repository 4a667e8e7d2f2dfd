"""A teacher makes a link for a class: the page, what is set, what is left out, and a task."""

from io import BytesIO
from urllib.parse import SplitResult, urlencode, urlsplit

import segno
import streamlit as st

from core.course.outline import COURSE, page_at
from core.datasets import MAX_LINK_POINTS, DataError
from core.parameters import hidable
from core.reading.tasks import MAX_TASK, read_task
from deploy.addresses import is_this_machine
from deploy.serving import network_addresses
from lessons.state import visit
from lessons.widgets.course import title
from lessons.widgets.page import TEXT_WIDTH, text
from lessons.widgets.words import plain, say, say_sentence

# Modules along a side of a QR code. Projected a metre wide, each is then a centimetre wide, which a
# phone at the back of a classroom still resolves.
MAX_MODULES = 97


def draw_builder() -> None:
    """Draw the builder; only while it is open."""
    builder = st.expander(
        say("shared.class_link"), key="class_link", on_change="rerun", width=TEXT_WIDTH
    )
    if not builder.open:
        return
    with builder:
        text(say("shared.class_link_how"))
        page = st.selectbox(
            say("shared.class_link_page"),
            [page.address for page in COURSE],
            index=1,
            format_func=lambda address: title(page_at(address)),
            key="link_page",
            width=260,
        )
        hidden = st.multiselect(
            say("shared.class_link_hide"),
            list(hidable()),
            format_func=hidable().__getitem__,
            key="link_hide",
            placeholder=plain("shared.class_link_hide_none"),
        )
        # No max_chars: with it, the browser rejects a longer pasted text entirely.
        typed = st.text_area(
            say("shared.class_link_task", characters=MAX_TASK),
            key="link_task",
            placeholder=plain("shared.class_link_no_task"),
            height=90,
        )
        embedded = st.checkbox(say("shared.class_link_embedded"), key="link_embed")
        try:
            parameters = visit.now().for_class(hide=hidden, task=read_task(typed))
        except DataError as error:
            st.error(say_sentence(error.sentence))
            return
        if embedded:
            parameters["embed"] = ["true"]
        here = urlsplit(st.context.url or "")
        link = f"{here.scheme}://{_choose_host(here)}{here.path.rstrip('/')}/{page}"
        query = urlencode(parameters, doseq=True)
        link = f"{link}?{query}" if query else link
        st.code(link, language=None, wrap_lines=True)
        if parameters.get("data") == ["own"] and "points" not in parameters:
            st.warning(say("shared.class_link_without_file", most=MAX_LINK_POINTS))
        _draw_qr_code(link)


def _choose_host(here: SplitResult) -> str:
    """Choose the link's host and port: where the app is open as localhost, its network address."""
    if not is_this_machine(here.hostname or ""):
        return here.netloc
    found = network_addresses()
    if not found:
        st.warning(say("shared.class_link_here_only"))
        return here.netloc
    address = found[0]
    if len(found) > 1:
        address = st.selectbox(say("shared.class_link_address"), found, key="link_host", width=260)
    st.caption(say("shared.class_link_in_network"))
    return f"{address}:{here.port}" if here.port else address


def _draw_qr_code(link: str) -> None:
    """Draw the link as a QR code, to project and to download."""
    try:
        code = segno.make(link, error="l", micro=False)
    except segno.DataOverflowError:
        st.caption(say("shared.qr_code_impossible"))
        return
    picture = BytesIO()
    code.save(picture, kind="png", scale=10)
    if code.symbol_size(border=0)[0] > MAX_MODULES:
        st.caption(say("shared.qr_code_fine"))
    st.image(picture.getvalue(), width=320, alt=plain("shared.qr_code"))
    st.download_button(
        say("shared.qr_code_save"),
        picture.getvalue(),
        "learning-rate-lab-qr.png",
        "image/png",
        key="link_qr",
        on_click="ignore",
    )
