"""A box in which a value is typed: what cannot be read changes nothing, and the box says why."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, Literal

import streamlit as st

from core.datasets import DataError
from core.typed_numbers import read_number_between
from core.wording import exact
from lessons._layout import literal

_SENTENCE_WIDTH = 300


@dataclass(frozen=True)
class _Refused:
    """What is wrong with the text in a box: for as long as the page and the value stay the same."""

    sentence: str
    page: str
    value: object


def draw_number(
    name: str,
    label: str,
    bounds: tuple[float, float],
    empty: float | None,
    *,
    help: str | None = None,
    width: int = 130,
    placeholder: str | None = None,
) -> None:
    """Draw the box for a number; see ``draw``.

    Parameters
    ----------
    bounds : tuple of two numbers
        The smallest and the largest that is taken; of type int for a whole number.
    empty : float or None
        What an empty box stands for.
    """
    draw(
        name,
        label,
        partial(read_number_between, low=bounds[0], high=bounds[1]),
        _write_number,
        empty,
        help=help,
        width=width,
        placeholder=placeholder,
    )


def _write_number(value: float | None) -> str:
    return "" if value is None else exact(value)


def draw(
    name: str,
    label: str,
    read: Callable[[str], Any],
    write: Callable[[Any], str],
    empty: object,
    *,
    help: str | None = None,
    width: int | Literal["stretch"] = "stretch",
    placeholder: str | None = None,
) -> None:
    """Draw the box for the value that the session keeps under ``name``.

    The text has a key of its own, ``<name>_typed``, so that code can set the value at any time: the
    box follows.

    Parameters
    ----------
    read : callable
        Makes the value from a text, or raises a DataError that says what is wrong.
    write : callable
        Makes the text of a value.
    empty : object
        The value that an empty box stands for.
    """
    state, key = st.session_state, f"{name}_typed"
    refused: dict[str, _Refused] = state.setdefault("refused", {})
    problem = refused.get(name)
    if problem is not None and (problem.page, problem.value) != (state.page, state[name]):
        del refused[name]
        problem = None
    if problem is None and state.get(key) != write(state[name]):  # setting it ends one's typing
        state[key] = write(state[name])
    st.text_input(
        label,
        key=key,
        help=help,
        width=width,
        placeholder=placeholder,
        on_change=_take,
        args=(name, read, empty),
        persist_state="session",
    )
    if problem is not None:
        st.error(literal(problem.sentence), width=_SENTENCE_WIDTH)


def _take(name: str, read: Callable[[str], Any], empty: object) -> None:
    """Read what was typed, and make it the value."""
    state = st.session_state
    state.refused.pop(name, None)
    typed = state[f"{name}_typed"].strip()
    try:
        state[name] = read(typed) if typed else empty
    except DataError as error:
        state.refused[name] = _Refused(str(error), state.page, state[name])
