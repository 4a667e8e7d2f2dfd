"""What is typed into a box is taken as it was meant, or the box says why not and keeps it."""

from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import theory
from core.datasets import Line, make_noisy_line
from core.descent import schedules
from core.words.writing import readable
from lessons.widgets import sliders
from tests.support.pages import (
    assert_whole,
    box,
    choose_data,
    chosen,
    open_link,
    open_page,
    shown_number,
    type_number,
    unescaped,
    words,
)

STEPS, RATES = "lessons/gradient_steps.py", "lessons/learning_rates.py"


def typed(app: AppTest, name: str) -> str:
    text: str = box(app, name).value
    return text


def said(app: AppTest) -> list[str]:
    return [error.value for error in app.error]


@pytest.mark.parametrize(
    ("text", "value", "shown"),
    [
        ("0,05", 0.05, "0.05"),
        ("1e-5", 0.00001, "0.00001"),
        ("1,234.5", 1234.5, "1234.5"),
        (" 2 ", 2.0, "2"),
        ("", 0.1, "0.1"),
        ("0,1", 0.1, "0.1"),
    ],
)
def test_a_number_is_taken_and_written_anew(text: str, value: float, shown: str) -> None:
    app = type_number(open_page(STEPS, lr="0.3"), "lr", text)
    assert_whole(app)
    assert chosen(app, "lr") == value
    assert typed(app, "lr") == shown
    assert app.query_params.get("lr") == (None if value == 0.1 else shown)
    assert said(app) == []


@pytest.mark.parametrize(
    ("name", "text", "problem"),
    [
        ("lr", "1,000", "1,000 can be read as 1000 or as 1.000: write 1000 or 1.0."),
        ("lr", "fast", "'fast' is no number: write one such as 0.05, with a point."),
        ("lr", "0", "0 is out of bounds: write a number from 1.00×10⁻⁹⁹ to 1.00×10¹⁵."),
        ("steps", "3000000", "3000000 is out of bounds: write a whole number from 1 to 2000000."),
        ("steps", "2.5", "2.5 is not whole: write a whole number from 1 to 2000000."),
        ("noise", "-1", "-1 is out of bounds: write a number from 0 to 1000000."),
    ],
)
def test_what_cannot_be_taken_stays_in_the_box_and_changes_nothing(
    name: str, text: str, problem: str
) -> None:
    app = open_page(STEPS, lr="0.3")
    value, address = chosen(app, name), dict(app.query_params)
    type_number(app, name, text)
    assert_whole(app)
    for _ in range(2):
        assert chosen(app, name) == value
        assert dict(app.query_params) == address
        assert typed(app, name) == text
        assert [unescaped(sentence) for sentence in said(app)] == [problem]
        app.run()
    type_number(app, name, str(value))
    assert said(app) == []


def test_a_box_follows_what_is_set_elsewhere_whatever_was_typed_there() -> None:
    app = type_number(open_page(STEPS), "seed", "seven")
    assert len(said(app)) == 1
    next(button for button in app.button if button.label == "New sample").click().run()
    assert typed(app, "seed") == "1"
    assert said(app) == []
    type_number(app, "lr", "1,000")
    choose_data(app, "cars")
    assert typed(app, "lr") == "0.001"
    assert said(app) == []


def test_what_was_refused_on_one_page_is_not_on_the_next() -> None:
    app = type_number(open_page(STEPS, steps="50"), "steps", "many")
    app.switch_page("lessons/loss_surface.py").run()
    assert_whole(app)
    assert typed(app, "steps") == "50"
    assert said(app) == []
    app.switch_page("lessons/data.py").run()
    app.switch_page(STEPS).run()
    assert typed(app, "steps") == "50"
    assert said(app) == []


def test_a_number_is_typed_on_one_page_and_shown_on_all() -> None:
    app = type_number(open_page(STEPS), "steps", "1 500")
    for file in ("lessons/loss_surface.py", "lessons/data.py", RATES, STEPS):
        app.switch_page(file).run()
        assert_whole(app)
        if file != "lessons/data.py":
            assert shown_number(app, "steps") == 1500
            assert app.query_params["steps"] == "1500"


def test_a_rate_of_which_the_comma_means_two_things_is_left_out_and_that_is_said() -> None:
    app = open_page(RATES, lrs=["1,000", "0,5", "0.2"], part="numbers")
    (warning,) = app.warning
    assert "1,000 can be read as 1000 or as 1.000" in unescaped(warning.value)
    table = next(table.value for table in app.table if "verdict" in table.value)
    assert list(table["learning rate"]) == ["0.2", "0.5"]


@pytest.mark.parametrize("part", ["beat", "challenges"])
def test_a_list_with_a_comma_that_means_two_things_is_refused_with_both(part: str) -> None:
    app = open_page(RATES, part=part)
    if part == "challenges":
        app.pills(key="challenge").set_value("schedule").run()
    type_number(app, "factors", "2, 3")
    type_number(app, "factors", "0,5")
    assert_whole(app)
    assert [unescaped(sentence) for sentence in said(app)] == [
        "0,5 in the list can be one number or several: write 0.5, or 0, 5 with spaces."
    ]
    assert typed(app, "factors") == "0,5"
    assert chosen(app, "factors") == "2, 3"
    assert app.query_params["factors"] == "2, 3"
    type_number(app, "factors", "0.5 1;2")
    assert typed(app, "factors") == "0.5, 1, 2"
    assert said(app) == []
    type_number(app, "factors", "")
    assert typed(app, "factors") == "1, 5"


@pytest.mark.parametrize(
    ("carried", "shown"),
    [("1,5", "1, 5"), ("1,3,4", "1, 3, 4"), ("0.5,4", "0.5, 4"), ("1,05", "1, 5"), ("x", "1, 5")],
)
def test_a_list_in_a_link_is_what_it_always_was(carried: str, shown: str) -> None:
    app = open_link(RATES, show="all", part="beat", factors=carried)
    assert typed(app, "factors") == shown
    assert said(app) == []
    assert app.query_params.get("factors") == (None if shown == "1, 5" else shown)
    assert words(app) == words(open_link(RATES, show="all", part="beat", factors=shown))


def test_an_old_links_list_is_run_as_before() -> None:
    app = open_link(RATES, show="all", part="beat", factors="1,19.5")
    dataset = make_noisy_line()
    flat, _ = schedules.round_factors(dataset, (1.0, 19.5))
    assert f"the one along it by {readable(flat)}" in words(app)


@pytest.fixture
def pointed(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A hand that points at a line on the map, and a button in place of the click there."""
    hand = SimpleNamespace(line=Line(0.0, 0.0))

    def component(key: str, data: Any, on_chosen_change: Any = None, **_: object) -> None:  # noqa: ANN401
        def click() -> None:
            chosen = {"guess_w": hand.line.w, "guess_b": hand.line.b}
            st.session_state[key] = SimpleNamespace(chosen=chosen)
            on_chosen_change()

        if key == "pointed_line":
            st.button("Start here", key="start_here", on_click=click)

    monkeypatch.setattr(sliders, "_component", component)
    return hand


def test_a_start_out_of_bounds_is_not_taken_by_half_and_that_is_said(
    pointed: SimpleNamespace,
) -> None:
    points = "0_2e9~1_2000000001~2_2000000003"
    app = open_link("lessons/loss_surface.py", show="all", data="own", points=points)
    type_number(app, "start_w", "0.25")
    pointed.line = theory.best_fit(chosen(app, "points"))
    app.button(key="start_here").click().run()
    assert_whole(app)
    (warning,) = app.warning
    assert "start b would be 2.00×10⁹, and both numbers of a start lie between" in warning.value
    assert "−1.00×10⁹ and 1.00×10⁹" in warning.value
    assert (shown_number(app, "start_w"), shown_number(app, "start_b")) == (0.25, 0)
    pointed.line = Line(3.0, 4.0)
    app.button(key="start_here").click().run()
    assert not app.warning
    assert (shown_number(app, "start_w"), shown_number(app, "start_b")) == (3, 4)


def test_no_start_is_taken_from_the_map_where_a_link_leaves_it_out(
    pointed: SimpleNamespace,
) -> None:
    app = open_link("lessons/loss_surface.py", show="all", hide="start", start_b="2")
    pointed.line = Line(3.0, 4.0)
    app.button(key="start_here").click().run()
    assert (chosen(app, "start_w"), chosen(app, "start_b")) == (0, 2)
