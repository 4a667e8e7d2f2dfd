"""Sentences of ``core.words`` in the learner's language."""

import streamlit as st

from core import words
from core.words import Sentence


def language() -> str:
    """Choose the browser's language where the course has it, and English otherwise."""
    return words.language_for(st.context.locale)


def say(section: str, /, **values: object) -> words.Markdown:
    """Render a section as Markdown; see ``core.words.say``."""
    return words.say(section, language(), **values)


def say_sentence(sentence: Sentence) -> words.Markdown:
    """Render what an error, a note or a label says as Markdown."""
    return say(sentence.section, **sentence.values)


def plain(section: str, /, **values: object) -> str:
    """Render a section as text without Markdown; see ``core.words.plain``."""
    return words.plain(section, language(), **values)
