"""What was set for data, in a unit of x, comes back with them, and the address says no other."""

from typing import Any

import numpy as np
import pytest

from core import theory
from core.datasets import Dataset, make_noisy_line
from core.points import own_points
from tests.support.pages import (
    assert_whole,
    choose_data,
    chosen,
    open_link,
    shown_number,
    steps_page,
    type_number,
)

RUN_AND_FORK = {"run": "200x0.1~100x0.2", "fork": "100:50x0.05", "lr": "0.12345", "start_b": "2"}
CARS, LESSON = ("selectbox", "data", "cars"), ("selectbox", "data", "lesson")
ON, OFF = ("toggle", "standardize", True), ("toggle", "standardize", False)


@pytest.mark.parametrize("looks_at_rates", [False, True])
@pytest.mark.parametrize(
    "detour",
    [
        (CARS, LESSON),
        (ON, OFF),
        (ON, CARS, OFF, LESSON),
        (CARS, ON, LESSON, OFF),
        (ON, CARS, LESSON, OFF),
    ],
)
def test_a_detour_to_other_data_or_units_brings_everything_back(
    detour: tuple[tuple[str, str, Any], ...], looks_at_rates: bool
) -> None:
    rates = ["0.12345", "0.5001"]
    app = steps_page(lrs=rates, **RUN_AND_FORK)
    before = chosen(app, "run")
    assert before.fork
    for place, (kind, key, value) in enumerate(detour):
        getattr(app, kind)(key=key).set_value(value).run()
        assert_whole(app)
        if place == 0:
            assert chosen(app, "run") != before
        if looks_at_rates:
            app.switch_page("lessons/learning_rates.py").run()
            app.switch_page("lessons/gradient_steps.py").run()
    assert chosen(app, "run") == before
    assert not next(one for one in app.button if one.label == "Undo").disabled
    assert app.query_params["run"] == RUN_AND_FORK["run"]
    assert shown_number(app, "lr") == 0.12345
    assert shown_number(app, "start_b") == 2
    app.switch_page("lessons/learning_rates.py").run()
    assert chosen(app, "lrs") == rates


@pytest.mark.parametrize("file", ["lessons/gradient_steps.py", "lessons/learning_rates.py"])
def test_what_is_set_in_other_units_of_x_but_means_the_same_stays(file: str) -> None:
    app = open_link(file, show="all", part="beat", factors="1,3,4")
    app.toggle(key="standardize").set_value(True).run()
    type_number(app, "start_b", 3.0)
    app.session_state.visit.choose(factors="1, 9")
    app.run()
    app.toggle(key="standardize").set_value(False).run()
    assert shown_number(app, "start_b") == 3
    assert chosen(app, "factors") == "1, 9"


def points_of(last: float) -> Dataset:
    return own_points(np.arange(3.0), np.array([1.0, 2.0, last]), "x", "y", range(3))


def test_a_run_comes_back_though_a_table_was_typed_meanwhile() -> None:
    app = open_link("lessons/gradient_steps.py", **RUN_AND_FORK)
    before = chosen(app, "run")
    choose_data(app, "own")
    for last in range(20):
        app.session_state.visit.choose(points=points_of(last), start_b=float(last))
        app.run()
        assert_whole(app)
    assert shown_number(app, "start_b") == 19
    app.session_state.visit.choose(points=points_of(12))
    assert chosen(app, "start_b") == 12
    app.session_state.visit.choose(points=points_of(11))  # one of more than eight
    assert chosen(app, "start_b") == 0
    choose_data(app, "lesson")
    assert chosen(app, "run") == before
    assert shown_number(app, "start_b") == 2


def test_what_was_set_on_data_comes_back_also_after_a_pin_of_others() -> None:
    app = open_link("lessons/learning_rates.py", show="all", part="pins")
    app.text_input(key="pin_name").set_value("mine")
    next(button for button in app.button if button.label == "Pin this run").click().run()
    choose_data(app, "cars")
    type_number(app, "start_b", 9.0)
    app.button(key="pin_back").click().run()
    assert_whole(app)
    assert chosen(app, "data") == "lesson"
    choose_data(app, "cars")
    assert shown_number(app, "start_b") == 9


def test_other_data_takes_rates_and_runs_of_a_link_out_of_the_address() -> None:
    app = open_link("lessons/data.py", show="all", lr="0.3", run="200x0.1")
    choose_data(app, "cars")
    app.run()
    assert "run" not in app.query_params
    assert "lr" not in app.query_params
    app.toggle(key="standardize").set_value(True).run()
    choose_data(app, "lesson")
    assert "run" not in app.query_params  # which was one in other units
    assert chosen(app, "lr") != 0.3
    app.toggle(key="standardize").set_value(False).run()
    app.switch_page("lessons/gradient_steps.py").run()
    assert shown_number(app, "lr") == 0.3
    assert chosen(app, "run").run


def test_a_rate_changed_in_other_units_keeps_its_share_of_the_limit() -> None:
    app = steps_page(run="200x0.1", lr="0.12345")
    app.toggle(key="standardize").set_value(True).run()
    type_number(app, "lr", 0.5)
    app.toggle(key="standardize").set_value(False).run()
    share = shown_number(app, "lr") / theory.stable_limit(make_noisy_line())
    assert share == pytest.approx(0.5, rel=0.01)
    assert chosen(app, "run").run


def test_a_look_at_the_table_does_not_cost_a_run_on_a_longer_file() -> None:
    app = steps_page(data="own")
    rows = "".join(f"{i},{i % 7}\n" for i in range(120))
    app.file_uploader(key="upload").upload("p.csv", f"a,b\n{rows}".encode(), "text/csv").run()
    app.button(key="go").click().run()
    before = chosen(app, "run")
    assert before.run
    app.segmented_control(key="own_way").set_value("Edit a table").run()
    assert chosen(app, "points").n == 100
    app.segmented_control(key="own_way").set_value("Upload a file").run()
    assert_whole(app)
    assert chosen(app, "points").n == 120
    assert chosen(app, "run") == before
