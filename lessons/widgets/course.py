"""The pages of the course in words: what they are called and ask, and what is left to do there."""

import streamlit as st

from core.course.outline import Page
from lessons.state.progress import Part
from lessons.widgets.words import plain


def title(page: Page) -> str:
    """Give the title of a page."""
    return plain(f"course.{page.name}_title")


def question(page: Page) -> str:
    """Give the one question of a page."""
    return plain(f"course.{page.name}_question")


def left_to_do(part: Part) -> str:
    """Say what is left to do of a part of a page."""
    return plain(f"course.left_{part.name}", left=part.left, all=len(part.keys))


def link_to_lesson(page: Page, label: str, more: str) -> None:
    """Link to a page of the course, with a few words on it."""
    st.page_link(page.file, label=f"**{label}** · {more}" if more else f"**{label}**")
