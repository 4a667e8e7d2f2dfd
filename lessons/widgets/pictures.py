"""Small pictures, drawn by the program."""

import base64
from collections.abc import Sequence
from io import BytesIO

import PIL.Image  # a dependency of Streamlit
import streamlit as st

from core.figures.images import Image


def show_pictures(pictures: Sequence[Image], captions: list[str], width: int) -> None:
    """Show pictures side by side, each with its caption."""
    st.image(list(map(_address_of, pictures)), captions, width=width, alt=captions)


def show_strip(picture: Image, alt: str) -> None:
    """Show a row of pictures that is one picture."""
    st.image(_address_of(picture), width=760, alt=alt)


def _address_of(picture: Image) -> str:
    """Encode a picture as a data URL.

    Streamlit drops its media files as soon as the page reruns; a browser that is slow to fetch one
    would get an error, and not try again.
    """
    file = BytesIO()
    PIL.Image.fromarray(picture).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
