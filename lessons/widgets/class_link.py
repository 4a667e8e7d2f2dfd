"""A teacher makes a link for a class: the page, what is set, what is left out, and a task."""

from io import BytesIO
from urllib.parse import SplitResult, urlencode, urlsplit

import segno
import streamlit as st

from core.course.outline import COURSE
from core.datasets import DataError
from core.parameters import hidable
from core.reading.tasks import MAX_TASK, read_task
from core.words.writing import literal
from deploy.addresses import is_this_machine
from deploy.serving import network_addresses
from lessons.state import visit
from lessons.widgets.page import TEXT_WIDTH, text

# Dots along a side of a QR code. On the wall, in a square a metre wide, each is then a centimetre,
# which a phone at the back of a classroom still tells from its neighbours.
MAX_DOTS = 97


def draw_builder() -> None:
    """Draw the builder; only while it is open."""
    builder = st.expander(
        "Make a link for a class", key="class_link", on_change="rerun", width=TEXT_WIDTH
    )
    if not builder.open:
        return
    with builder:
        text(
            "Set data, start and rates on the pages as your class shall find them, then come back: "
            "the link carries what is set now."
        )
        titles = {address: title for _, title, address, _ in COURSE}
        page = st.selectbox(
            "The page it opens",
            list(titles),
            index=1,
            format_func=titles.__getitem__,
            key="link_page",
            width=260,
        )
        hidden = st.multiselect(
            "Leave out these controls",
            list(hidable()),
            format_func=hidable().__getitem__,
            key="link_hide",
            placeholder="none",
        )
        # Without max_chars: of a pasted text that is longer, the browser would take nothing.
        typed = st.text_area(
            f"A task, in up to {MAX_TASK} characters", key="link_task", placeholder="no task",
            height=90,
        )  # fmt: skip
        embedded = st.checkbox("to be shown inside another page", key="link_embed")
        try:
            parameters = visit.now().for_class(hide=hidden, task=read_task(typed))
        except DataError as error:
            st.error(literal(str(error)))
            return
        if embedded:
            parameters["embed"] = ["true"]
        here = urlsplit(st.context.url or "")
        link = f"{here.scheme}://{_choose_host(here)}{here.path.rstrip('/')}/{page}"
        query = urlencode(parameters, doseq=True)
        link = f"{link}?{query}" if query else link
        st.code(link, language=None, wrap_lines=True)
        if parameters.get("data") == ["own"] and "points" not in parameters:
            st.warning("A link cannot carry your file: choose data with up to 100 points.")
        _draw_qr_code(link)


def _choose_host(here: SplitResult) -> str:
    """Tell the host and port for the link: where others reach what was opened as localhost."""
    if not is_this_machine(here.hostname or ""):
        return here.netloc
    found = network_addresses()
    if not found:
        st.warning(
            "This link opens on this machine only. Connect the machine to the network of your "
            "class, or open this page under an address that your class can reach, and make the "
            "link then."
        )
        return here.netloc
    address = found[0]
    if len(found) > 1:
        address = st.selectbox(
            "This machine's address in your class's network", found, key="link_host", width=260
        )
    st.caption("It opens on machines in the same network as this one, for as long as the app runs.")
    return f"{address}:{here.port}" if here.port else address


def _draw_qr_code(link: str) -> None:
    """Draw the link as a QR code, to be shown on the wall and to be saved."""
    try:
        code = segno.make(link, error="l", micro=False)
    except segno.DataOverflowError:
        st.caption("This link is too long for a QR code.")
        return
    picture = BytesIO()
    code.save(picture, kind="png", scale=10)
    if code.symbol_size(border=0)[0] > MAX_DOTS:
        st.caption(
            "This link is long, and its QR code so fine that a phone may not read it from a "
            "projector. Send the link itself, or leave out what makes it long, such as points."
        )
    st.image(picture.getvalue(), width=320, alt="QR code of this link")
    st.download_button(
        "Save the QR code",
        picture.getvalue(),
        "learning-rate-lab-qr.png",
        "image/png",
        key="link_qr",
        on_click="ignore",
    )
