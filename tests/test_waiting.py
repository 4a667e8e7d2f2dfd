"""Work that takes long shows how far it is, and can be stopped without losing what is done."""

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import cache
from lessons.widgets import waiting
from tests.support.pages import RATES, STEPS, open_page, words
from tests.support.pins import PIN


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Show the bar at once."""
    monkeypatch.setattr(waiting, "PATIENCE", -1.0)


def only(parts: int, do: Callable[..., object]) -> Callable[..., object]:
    """Do only so many parts of some work, and end the script in the next, as a press of Stop does.

    A page without a browser cannot be touched while its script runs.
    """
    left = iter(range(parts))

    def until_then(*args: object) -> object:
        if next(left, None) is None:
            st.stop()
        return do(*args)

    return until_then


def has_stop_button(app: AppTest) -> bool:
    return any(button.label == "Stop" for button in app.button)


def test_quick_work_shows_no_bar() -> None:
    app = open_page(STEPS, run="20x0.1~20x0.2~20x0.3")
    assert not has_stop_button(app)


@pytest.mark.usefixtures("patience")
def test_after_slow_work_the_page_is_as_without_a_bar() -> None:
    app = open_page(STEPS, run="21x0.1~21x0.2~21x0.3")
    assert not has_stop_button(app)
    assert "After 63 steps" in words(app)


@pytest.mark.usefixtures("patience")
def test_a_stopped_run_keeps_the_stretches_that_were_run(monkeypatch: pytest.MonkeyPatch) -> None:
    app = open_page(STEPS, run="22x0.1")
    with monkeypatch.context() as patched:
        patched.setattr(cache, "train", only(2, cache.train))
        run = app.session_state.visit.get("run")
        longer = replace(run, run=run.run * 5)
        app.session_state.visit.choose(run=longer)
        app.run()
        assert has_stop_button(app)
    app.button(key="stop_run").click().run()
    assert app.session_state.visit.get("run") == replace(run, run=run.run * 2)
    assert "After 44 steps" in words(app)
    next(button for button in app.button if button.label == "Undo").click().run()
    assert app.session_state.visit.get("run") == longer


@pytest.mark.usefixtures("patience")
def test_stopped_pins_keep_their_results_and_the_others_can_follow(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = open_page(RATES, part="pins")
    kept = [replace(PIN, name=f"pin {place}", steps=150 + place) for place in range(4)]
    app.session_state.pins = kept
    with monkeypatch.context() as patched:
        patched.setattr(cache, "pinned_run", only(3, cache.pinned_run))
        app.run()
        app.button(key="stop_pins").click().run()
    assert "3 of 4 pinned runs were repeated" in words(app)
    assert list(pins_of(app)["steps taken"]) == ["150", "151", "152", "–"]
    app.button(key="pins_go_on").click().run()
    assert list(pins_of(app)["steps taken"]) == ["150", "151", "152", "153"]
    assert not has_stop_button(app)


def pins_of(app: AppTest) -> pd.DataFrame:
    (table,) = (table.value for table in app.table if "steps taken" in table.value)
    return table
