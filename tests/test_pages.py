"""Every page runs, every control moves, and what stands on the page is what the maths says."""

import gc
import json
import math
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import FileUploader

from core import cache, process, theory
from core.course.checks import Question, what_happens, worded
from core.course.mistakes import MISTAKES
from core.course.outcomes import Outcome
from core.course.outline import COURSE, START, Page, page_at
from core.course.outline import LESSONS as WITH_TAKEAWAY
from core.course.sayings import SAYINGS, what_jumps
from core.course.verdicts import what_grows
from core.datasets import BUNDLED, FloatArray, Line, load_bundled, make_noisy_line, points_from_text
from core.descent import schedules, snippets
from core.descent.experiments import Stretch
from core.parameters import PARAMETERS
from core.points import with_outlier
from core.reading.pins import pins_from_json, pins_to_json
from core.reading.typed_numbers import read_number
from core.runs import TrainingConfig
from core.training import count_traces, train, warm_up
from core.words import say
from core.words.writing import count, equation, literal, readable, readable_below
from tests.support.course import QUESTIONS
from tests.support.numbers import as_number
from tests.support.pages import (
    LESSONS,
    ROOT,
    STEPS,
    SURFACE,
    TIMEOUT,
    assert_whole,
    box,
    choose_data,
    chosen,
    column_box,
    component,
    loop_line,
    names_of_controls,
    open_link,
    open_page,
    open_part,
    pin_run,
    rates_box,
    shown_number,
    skip_prediction,
    steps_page,
    tables_of,
    type_number,
    unescaped,
    uploader,
    words,
)
from tests.support.tiers import some


def test_the_first_page_speaks_of_a_wide_range_of_rates_on_its_own_points_only() -> None:
    said = words(open_page(START.file))
    assert "On these points there is a wide range of rates between too small and too large" in said
    assert "on some others no rate gets there in 200 steps" in said


@pytest.mark.parametrize("page", COURSE, ids=str)
def test_a_page_asks_its_question_and_states_its_takeaway(page: Page) -> None:
    app = open_page(page.file)
    assert app.title[0].value == QUESTIONS[page.address]
    assert ("What to remember" in words(app)) == (page in WITH_TAKEAWAY)


def moved(widget: Any) -> Any:  # noqa: ANN401
    """Move a control to another value it offers."""
    match widget.type:
        case "text_input":
            parameter = PARAMETERS[widget.key.partition("|")[0]]
            value = read_number(widget.value)
            more = int(value) + 1 if isinstance(parameter.low, int) else 1.1 * value + 0.01
            return widget.set_value(str(more if more <= parameter.high else 0.5))
        case "selectbox":
            others = [option for option in widget.options if option != widget.value]
            return widget.select(others[0])
        case "multiselect":
            return widget.unselect(widget.value[0])
        case "button":
            return widget.click()
    raise AssertionError(f"no move for {widget.type}")


def leave_prediction(app: AppTest) -> None:
    """Go on to what a prompt stands in the place of, if there is one."""
    for button in app.button:
        if str(button.key).startswith("skip_"):
            button.click().run()
            assert_whole(app)
            return


WITH_CONTROLS = ("line", "ways", "fork", "batches", "take")  # parts of Gradient steps


@pytest.mark.parametrize(
    ("file", "part"),
    [*((file, "") for file in LESSONS), *((STEPS, part) for part in WITH_CONTROLS)],
)
def test_every_control_of_a_page_can_be_moved(file: str, part: str) -> None:
    app = open_page(file, show="all", part=part)
    before = {
        str(widget.key)
        for kind in (app.text_input, app.selectbox, app.multiselect, app.button)
        for widget in kind
    }
    numbers = ("seed", "true_w", "true_b", "n", "noise", "start_w", "start_b")
    assert {"data", *numbers} <= names_of_controls(app)
    for key in sorted(before - {"data", "None"}):
        kinds = (app.text_input, app.selectbox, app.multiselect, app.button)
        widget = next(widget for kind in kinds for widget in kind if widget.key == key)
        if not widget.disabled:
            moved(widget).run()
            assert_whole(app)
            leave_prediction(app)
    choose_data(app, "anscombe-3")
    assert_whole(app)
    assert chosen(app, "data") == "anscombe-3"


PARTS = {
    STEPS: ("line", "ways", "exact", "prints", "fork", "batches", "take"),
    SURFACE: ("slopes", "bowl"),
}


def open_every_part(app: AppTest, file: str) -> None:
    """Open one part after the other, on a page that has parts under *Go deeper*."""
    for part in PARTS.get(file, ()):
        app.segmented_control(key=f"deeper_{Path(file).stem}").set_value(part).run()
        assert_whole(app)
        assert chosen(app, "part") == part


@pytest.mark.parametrize("file", LESSONS)
@pytest.mark.parametrize("data", some([*BUNDLED, "own"], "cars", "forbes", "anscombe-4", "own"))
def test_every_data_set_works_on_every_page(file: str, data: str) -> None:
    app = open_page(file, data=data)
    assert chosen(app, "data") == data
    open_every_part(app, file)


@pytest.mark.parametrize("file", LESSONS)
@pytest.mark.parametrize(
    "address",
    [
        {"data": "nonsense", "seed": "-4", "n": "1e99", "noise": "nan", "true_w": "inf"},
        {"lr": "0", "steps": "ten", "start_w": "1e400", "start_b": "", "run": "200x1e5~~"},
        {"lr": "nan", "lrs": ["abc", "nan", "-1", "1e999"], "steps": "-1", "run": "0x.1"},
        {"lrs": [str(i) for i in range(1, 30)], "run": "9" * 5000, "show": "\x00", "n": "3"},
        {"n": "inf", "seed": "4e492493924924", "steps": "-inf", "lr": "inf"},
    ],
)
def test_nonsense_in_the_address_falls_back_to_the_default(
    file: str, address: dict[str, str | list[str]]
) -> None:
    app = open_page(file, **address)
    assert chosen(app, "data") == "lesson"
    assert shown_number(app, "start_w") == 0.0


def test_an_infinite_number_of_points_is_none_and_another_one_can_be_set() -> None:
    app = open_page("lessons/loss_surface.py", n="inf", seed="9" * 5000)
    assert "n" not in app.query_params
    assert "seed" not in app.query_params
    assert shown_number(app, "n") == 100
    type_number(app, "n", 50)
    assert_whole(app)
    assert app.query_params["n"] == "50"


def test_everything_shown_stays_in_the_address_on_the_way_back() -> None:
    app = open_page("lessons/gradient_steps.py", show="all")
    app.switch_page("lessons/mistakes.py").run()
    del app.query_params["show"]  # as a browser does, on the way to another page
    app.switch_page("lessons/gradient_steps.py").run()
    assert app.query_params["show"] == "all"


def test_the_lessons_run_ends_where_the_lesson_ends() -> None:
    app = steps_page()
    app.button(key="go").click().run()
    w, b = loop_line(app)
    assert (round(w, 1), round(b, 2)) == (0.1, 0.48)
    history = train(make_noisy_line(), TrainingConfig())
    assert [w, b] == pytest.approx([history.w[0, -1], history.b[0, -1]], rel=1e-5)
    app.button(key="go").click().run()
    w, b = loop_line(app)
    assert (round(w, 2), round(b, 2)) == (0.1, 0.5)
    history = train(make_noisy_line(), TrainingConfig(steps=400))
    assert [w, b] == pytest.approx([history.w[0, -1], history.b[0, -1]], rel=1e-5)


def test_a_link_reproduces_the_experiment() -> None:
    app = steps_page()
    app.button(key="go").click().run()
    type_number(app, "lr", 0.01)
    app.button(key="go").click().run()
    assert app.query_params["run"] == "200x0.1~200x0.01"
    again = steps_page(run="200x0.1~200x0.01")
    assert loop_line(again) == loop_line(app)
    app.button(key="start_over").click().run()
    assert "run" not in app.query_params
    assert loop_line(app) == (0.0, -1.0)


def test_the_printout_prints_every_twenty_steps() -> None:
    app = steps_page(run="200x0.1", part="prints")
    lines = app.code[0].value.splitlines()
    assert [int(line.split()[1]) for line in lines] == list(range(0, 201, 20))
    history = train(make_noisy_line(), TrainingConfig())
    printed = [[float(v) for v in re.findall(r"(?<= )-?\d+\.\d+", line)] for line in lines]
    recorded = np.column_stack([history.w[0], history.b[0], history.loss[0]])[::20]
    np.testing.assert_allclose(printed, recorded, atol=5e-7)


def test_an_exploding_run_says_so_and_can_be_rewound() -> None:
    app = steps_page(run="500x5.0", part="line")
    data = make_noisy_line()
    assert readable_below(theory.stable_limit(data)) in words(app)
    growth = abs(1 - 5 * theory.curvature(data).steep)
    assert words(app).count(f"**{readable(growth, 4)}**") == 2  # predicted, and measured
    assert app.button(key="go").disabled
    app.button(key="rewind").click().run()
    assert_whole(app)
    assert not app.button(key="go").disabled


def forked_page() -> AppTest:
    """Do what the lesson wonders about: 200 steps, 200 at a tenth; back; 200 at the same rate."""
    app = steps_page()
    app.button(key="go").click().run()
    type_number(app, "lr", 0.01)
    app.button(key="go").click().run()
    open_part(app, "line")
    type_number(app, "step", 200)
    app.button(key="rewind").click().run()
    open_part(app, "")
    assert unescaped(app.button(key="go").label) == "Fork: 200 steps"
    type_number(app, "lr", 0.1)
    app.button(key="go").click().run()
    assert_whole(app)
    return app


def test_a_fork_at_the_same_rate_is_closer_than_a_smaller_rate() -> None:
    app = forked_page()
    assert "The fork is closer" in words(app)
    data, start = make_noisy_line(), Line(0.0, -1.0)
    same = train(data, TrainingConfig(steps=400)).last_line()
    here = train(data, TrainingConfig()).last_line()
    smaller = train(data, TrainingConfig((0.01,), 200, here, 200)).last_line()
    for line in (same, smaller):
        assert readable(theory.gap(data, line)) in words(app)
    assert theory.gap(data, same) < theory.gap(data, smaller) < theory.gap(data, start)
    open_part(app, "prints")
    table = next(table for table in tables_of(app) if "branch" in table)
    assert list(table["branch"]) == ["dashed", "dashed", "fork", "fork"]
    assert list(table["gap"]) == [
        readable(theory.gap(data, line), 4) for line in (here, smaller, here, same)
    ]


def test_a_link_reproduces_a_fork() -> None:
    app = forked_page()
    assert app.query_params["run"] == "200x0.1~200x0.01"
    assert app.query_params["fork"] == "200:200x0.1"
    again = steps_page(run="200x0.1~200x0.01", fork="200:200x0.1", step="200", lr="0.1")
    assert loop_line(again) == loop_line(app)
    assert words(again) == words(app)


@pytest.mark.parametrize("from_link", [False, True])
def test_undo_takes_back_one_thing_after_the_other(from_link: bool) -> None:
    app = steps_page(run="200x0.1~200x0.01", fork="200:200x0.1") if from_link else forked_page()
    seen = []
    undo = next(button for button in app.button if button.label == "Undo")
    while not undo.disabled:
        undo.click().run()
        assert_whole(app)
        seen.append((app.query_params.get("run"), app.query_params.get("fork")))
        undo = next(button for button in app.button if button.label == "Undo")
    assert seen == [
        ("200x0.1~200x0.01", "200:"),
        ("200x0.1~200x0.01", None),
        ("200x0.1", None),
        (None, None),
    ]


@pytest.mark.parametrize(
    "fork", ["200", "900:20x0.1", "-3:20x0.1", "20:20x0", "20:" + "1x1~" * 40, "x" * 9000]
)
def test_a_fork_that_makes_no_sense_is_left_out(fork: str) -> None:
    app = steps_page(run="200x0.1", fork=fork, part="prints")
    assert app.query_params["run"] == "200x0.1"
    assert not any("branch" in table for table in tables_of(app))


@pytest.mark.parametrize("run", ["200x1e15", "20x0.1~50x1e15", "5x1e15b8", "5x1e15d3"])
def test_an_explosion_in_the_first_step_is_told_too(run: str) -> None:
    app = steps_page(run=run)
    assert "The run exploded" in words(app)
    app.button(key="start_over").click().run()
    assert_whole(app)


@pytest.mark.parametrize(
    "address",
    [
        {"run": "2000000x0.1", "batch": "8", "step": "2000000"},
        {"run": "1000000x0.1~200x0.1b8", "step": "1000100"},
        {"true_w": "0", "true_b": "0", "noise": "0", "start_w": "0", "start_b": "0"},
        {"data": "own", "points": "0_0~1_0~2_0"},
        {"data": "own", "points": "0_0~1e9_1~2e9_3"},
        {"data": "own", "points": "1e20_0~2e20_1~4e20_3", "run": "20x1e-60"},
        {"lr": "1e9"},
        {"run": "1x0.1"},
    ],
)
@pytest.mark.parametrize("file", LESSONS[1:])
def test_extremes_are_no_trouble(file: str, address: dict[str, str | list[str]]) -> None:
    open_every_part(open_page(file, **address), file)


def test_the_step_that_would_explode_is_told_as_it_would_be() -> None:
    app = steps_page(lr="1e9", part="line")
    table = next(table for table in tables_of(app) if "at step 0" in table)
    grad_w, _ = theory.gradient(make_noisy_line(), Line(0.0, -1.0))
    assert f"= **{readable(-1e9 * grad_w, 6)}**" in table["at step 0"].iloc[4]


def test_a_loss_that_grew_is_told_with_what_grows() -> None:
    lesson, start = make_noisy_line(), Line(0.0, -1.0)
    for rate, grows in ((0.8, True), (0.1, False)):
        first, *_, last = train(lesson, TrainingConfig((rate,), 5, start)).loss[0, :6]
        assert (last > first) == grows
        said = words(steps_page(run=f"5x{rate}"))
        assert ("**The loss grew:**" in said) == grows
        assert (str(what_grows(lesson, rate)) in unescaped(said)) == grows


def test_branches_that_end_alike_are_as_close() -> None:
    assert "The fork is as close" in words(steps_page(run="200x0.1", fork="100:100x0.1"))


@pytest.mark.parametrize("saying", SAYINGS)
def test_no_saying_judges_rounding(saying: str) -> None:
    address = {"part": "said", "noise": "0", "start_w": "0.1", "start_b": "0.5"}
    app = open_page("lessons/learning_rates.py", **address)
    app.pills(key="saying").set_value(saying).run()
    assert_whole(app)
    assert "choose another, under *Where to start*" in words(app)


def test_a_fork_from_behind_an_explosion_is_no_trouble() -> None:
    app = steps_page(run="500x5.0", fork="300:20x0.1")
    assert app.button(key="go").disabled


@pytest.mark.parametrize(
    ("address", "number", "rate"),
    [
        ({"run": "200x0.1", "lr": "0.3"}, 0, 0.1),
        ({"run": "200x0.1~200x0.01"}, 250, 0.01),
        ({"run": "200x0.1", "lr": "0.3"}, 200, 0.3),
        ({"run": "5000x0.1"}, 601, 0.1),
    ],
)
def test_every_line_of_the_loop_shows_its_numbers(
    address: dict[str, str], number: int, rate: float
) -> None:
    app = steps_page(**address, step=str(number), part="line")
    data = make_noisy_line()
    if number == 250:
        here = train(data, TrainingConfig()).last_line()
        old = train(data, TrainingConfig((0.01,), 50, here, 200)).last_line()
    else:
        old = train(data, TrainingConfig((0.1,), number)).last_line()
    grad_w, grad_b = theory.gradient(data, old)
    table = next(table for table in tables_of(app) if f"at step {number:,}" in table)
    told = "\n".join(table[f"at step {number:,}"])
    for value in old.at(data.x[:3]):
        assert readable(value, 4) in told
    assert f"**{readable(theory.mse(data, old), 6)}**" in told
    assert f"**{readable(grad_w, 6)}** along w, **{readable(grad_b, 6)}** along b" in told
    equation = r"− ([\d.]+) × N = N − N = \*\*N".replace("N", r"\(?([−\d.,]+)\)?")
    sums = re.findall(equation, told)
    assert len(sums) == 2
    for texts, before, slope in zip(sums, (old.w, old.b), (grad_w, grad_b), strict=True):
        shown_rate, shown_slope, left, move, right = (
            float(text.replace("−", "-").replace(",", "")) for text in texts
        )
        assert (shown_rate, shown_slope) == pytest.approx((rate, slope), rel=1e-5)
        assert left - move == pytest.approx(right, abs=1e-12)  # what is written adds up
        assert shown_rate * shown_slope == pytest.approx(move, abs=2e-6)
        assert (left, right) == pytest.approx((before, before - rate * slope), abs=6e-6)


def test_a_step_beyond_the_run_is_the_next_one_and_says_so() -> None:
    app = steps_page(run="20x0.1", step="300", part="line")
    assert "this is step 20" in words(app)
    assert any("at step 20" in table for table in tables_of(app))


def test_a_run_stops_when_the_gradient_is_small_enough() -> None:
    app = steps_page(steps="2000", tolerance="0.001")
    app.button(key="go").click().run()
    steps = int(app.query_params["run"].split("x")[0])
    history = train(make_noisy_line(), TrainingConfig(steps=500))
    length = np.hypot(history.grad_w[0], history.grad_b[0])
    assert steps == np.flatnonzero(length <= 0.001)[0]
    assert f"Stopped at step {steps:,}" in words(app)
    assert app.button(key="go").disabled


@pytest.mark.parametrize(("power", "off"), [(0, 1.0), (-2, 0.01), (-6, 1e-6), (-15, None)])
def test_a_finite_difference_is_off_by_truncation_or_by_rounding(
    power: int, off: float | None
) -> None:
    app = steps_page(part="ways")
    app.select_slider(key="h").set_value(power).run()
    assert_whole(app)
    table = next(table for table in tables_of(app) if "off by (b)" in table)
    told = table["off by (b)"].iloc[2]
    if off is None:
        assert told not in ("0", readable(10.0**power, 2))
    else:  # along b the curvature is 2: off by h
        assert told == readable(off, 2)


@pytest.mark.parametrize(
    ("lr", "stays", "fork"), [(0.1, 0.1, "farther"), (0.75, 0.75, "closer"), (5, 0.378, "farther")]
)
def test_a_smaller_rate_is_compared_with_the_learners_rate_that_does_not_explode(
    lr: float, stays: float, fork: str
) -> None:
    app = steps_page(lr=str(lr), part="fork")
    assert str(what_jumps(make_noisy_line())) in unescaped(words(app))
    button = app.button(key="try_smaller")
    assert button.label.startswith(f"Compare: stay at {stays}, or")
    button.click().run()
    assert f"The fork is {fork}" in words(app)  # at the smaller rate


def test_the_steps_that_remain_are_counted() -> None:
    app = steps_page(run="3x0.1", part="exact")
    data, start = make_noisy_line(), Line(0.0, -1.0)
    arrives = theory.arrives(data, 0.1, start)
    assert arrives is not None
    assert f"**arrives after {arrives - 3:,} more steps**" in words(app)


@pytest.mark.parametrize("size", some(["all", "32", "1"], "all"))
def test_mini_batches_are_measured_in_both_states(size: str) -> None:
    app = steps_page(batch=size, run="10x0.1b4", part="batches")
    app.session_state["numbers"] = True
    app.run()
    assert "raced" not in app.session_state["figures"]  # until one asks
    app.button(key="draw_1").click().run()
    table = app.session_state["figures"]["raced"][1]()
    data, start = make_noisy_line(), Line(0.0, -1.0)
    count = 8 if size == "all" else int(size)
    for row, before in zip((0, 1), (180, 900), strict=True):
        here = train(data, TrainingConfig((0.1,), before, start, 0, count)).last_line()
        on = train(data, TrainingConfig((0.1, 0.01), 180, here, before, count))
        gaps = [theory.gap(data, on.last_line(rate)) for rate in range(2)]
        assert table["gap"].iloc[2 * row : 2 * row + 2].tolist() == pytest.approx(gaps, rel=1e-9)
    for name in ("unsettled", "settled"):
        app.button(key=f"open_{name}").click().run()
        assert_whole(app)
        assert "The fork is" in words(app)
    app.button(key="draw_20").click().run()
    assert "medians of 20 draws" in words(app)
    type_number(app, "start_b", -2.0)  # which takes a moment: not by itself
    assert "medians of 20 draws" not in words(app)
    assert "raced" in app.session_state["figures"]


def test_the_script_can_be_read_once_one_opens_it() -> None:
    app = steps_page(run="200x0.1", part="take")
    app.session_state.read_script = True
    app.run()
    branch = snippets.Branch((Stretch(200, 0.1),), list(range(0, 201, 20)))
    script = snippets.script(make_noisy_line(), Line(0.0, -1.0), [branch])
    assert app.code[-1].value == script.rstrip()


def test_too_many_steps_for_mini_batches_are_refused_in_a_sentence() -> None:
    app = steps_page(batch="8", steps="30000")
    assert app.button(key="go").disabled
    assert "at most 20,000 steps" in words(app)


def test_hubbles_verdicts_limits_and_reasons() -> None:
    app = open_page(
        "lessons/learning_rates.py",
        part="numbers",
        data="hubble",
        lrs=["0.001", "0.2", "0.4", "0.5"],
    )
    table = next(table for table in tables_of(app) if "verdict" in table)
    assert list(table["verdict"]) == ["slow", "good", "zigzags", "explodes"]
    assert readable_below(theory.stable_limit(load_bundled("hubble"))) == "0.491"
    assert "0.491" in words(app)
    hubble = load_bundled("hubble")
    arrives = theory.arrives(hubble, 0.2, Line(0.0, 0.0))
    assert table["arrives after"].iloc[1] == f"{arrives}"
    assert table["arrives after"].iloc[3] == "–"


def test_the_table_of_rates_agrees_with_the_runs() -> None:
    rates = (0.01, 0.3, 0.7, 0.9)
    app = open_page("lessons/learning_rates.py", part="numbers", lrs=[str(rate) for rate in rates])
    table = next(table for table in tables_of(app) if "verdict" in table)
    data, start = make_noisy_line(), Line(0.0, -1.0)
    axes = theory.curvature(data)
    for row, rate in zip(table.to_dict("records"), rates, strict=True):
        history = train(data, TrainingConfig((rate,)))
        gaps = [
            theory.gap(data, Line(w, b)) for w, b in zip(history.w[0], history.b[0], strict=True)
        ]
        there = np.flatnonzero(np.array(gaps) <= 0.01 * np.std(data.y))
        assert row["measured"] == (f"{there[0]}" if there.size else "–")
        arrives = theory.arrives(data, rate, start)
        assert row["arrives after"] == count(arrives)
        if there.size:
            assert arrives == there[0]
        assert row["a step × flat error"] == readable(1 - rate * axes.flat)
        assert row["× steep error"] == readable(1 - rate * axes.steep)
        _, steep = theory.axis_errors(data, history.w[0], history.b[0])
        assert steep[1] / steep[0] == pytest.approx(1 - rate * axes.steep)


@pytest.mark.parametrize("steps", [24, 400])
def test_of_two_single_rates_the_one_that_is_closer_by_then_is_not_called_slower(
    steps: int,
) -> None:
    said = words(open_page("lessons/learning_rates.py", part="beat", schedule_steps=str(steps)))
    data, start = make_noisy_line(), Line(0.0, -1.0)
    rates = (theory.fastest_rate(data), theory.safe_rate(data))
    history = train(data, TrainingConfig(rates, steps, start))
    fastest, safe = (theory.gap(data, history.last_line(rate)) for rate in range(2))
    assert f"leaves a gap of {readable(fastest)}, the safe choice {readable(safe)}." in said
    assert ("The safe choice is closer here" in said) == (safe < fastest)
    assert (safe < fastest) == (steps == 24)


def test_a_run_whose_last_line_is_in_the_picture_is_not_said_to_be_outside() -> None:
    outside = "last line lies outside of the first picture"
    calm = steps_page(data="forbes", run="200x0.00001~50x1")
    assert "**The run exploded.**" in words(calm)
    assert outside not in words(calm)
    assert outside in words(steps_page(run="200x5"))


def test_orders_of_chebyshevs_list_that_are_stopped_are_not_said_to_end_alike() -> None:
    cars, lesson = (
        words(open_page("lessons/learning_rates.py", part="beat", data=data))
        for data in ("cars", "lesson")
    )
    assert "stopped after step" in cars
    assert "all would end at the same gap" in cars
    assert "all end at the same gap" in lesson


CHANGES_THE_RATE = "smaller"
ON_RULER = [saying for saying in SAYINGS if saying != CHANGES_THE_RATE]


@pytest.mark.parametrize("saying", some(ON_RULER, *ON_RULER[::3]))
def test_a_saying_is_tried_out_and_can_be_put_on_the_ruler(saying: str) -> None:
    app = open_page("lessons/learning_rates.py", part="said")
    app.pills(key="saying").set_value(saying).run()
    assert_whole(app)
    finding = SAYINGS[saying](train, make_noisy_line(), Line(0.0, -1.0), 0.1)
    assert finding is not None
    judged = say(f"learning_rates.said_{finding.verdict}")
    assert f"On this data: **{judged}**. {finding.measured}" in words(app)
    app.button(key="show_finding").click().run()
    assert_whole(app)
    assert [float(rate) for rate in rates_box(app).value] == pytest.approx(finding.rates, rel=0.01)
    assert shown_number(app, "steps") == finding.steps
    assert "On the ruler, above, now stand these rates" in words(app)


@pytest.mark.parametrize(("rate", "fork"), [("0.75", "closer"), ("0.1", "farther away")])
def test_a_saying_on_a_change_of_the_rate_is_run_as_a_fork(rate: str, fork: str) -> None:
    app = open_page("lessons/learning_rates.py", part="said", lr=rate)
    app.pills(key="saying").set_value(CHANGES_THE_RATE).run()
    app.button(key="run_finding").click().run()
    assert_whole(app)
    assert f"**The fork is {fork}**: at step 400" in words(app)


def test_a_saying_is_tried_at_the_rate_that_the_learner_has_chosen() -> None:
    app = steps_page()
    type_number(app, "lr", 0.75)
    app.switch_page("lessons/learning_rates.py").run()
    open_part(app, "said")
    app.pills(key="saying").set_value(CHANGES_THE_RATE).run()
    assert_whole(app)
    assert "your rate, 0.75: 0.00309 and 6.1" in words(app)
    app = open_page("lessons/learning_rates.py", lr="0.75", part="said")
    app.pills(key="saying").set_value(CHANGES_THE_RATE).run()
    assert "your rate, 0.75: 0.00309 and 6.1" in words(app)


@pytest.mark.parametrize("data", ["lesson", "hubble"])
def test_two_million_tiny_steps_get_as_close_as_two_hundred(data: str) -> None:
    app = open_page("lessons/learning_rates.py", part="numbers", data=data)
    next(b for b in app.button if b.label.startswith("Two million steps at 0.0000")).click().run()
    assert_whole(app)
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    start = Line(0.0, -1.0 if data == "lesson" else 0.0)
    rate = 0.1 if data == "lesson" else theory.round_down(theory.safe_rate(dataset))
    table = next(table for table in tables_of(app) if "verdict" in table)
    assert list(table["steps taken"]) == ["2,000,000"]
    assert list(table["learning rate"]) == [readable(rate / 10_000)]
    few, many = (
        train(dataset, TrainingConfig((rate / ratio,), 200 * ratio, start)).last_line()
        for ratio in (1, 10_000)
    )
    assert [table["w"].iloc[0], table["b"].iloc[0]] == [readable(many.w), readable(many.b)]
    begun = theory.gap(dataset, start)
    assert abs(theory.gap(dataset, few) - theory.gap(dataset, many)) < 0.01 * begun


@pytest.mark.parametrize("data", ["lesson", "hubble", "cars", "forbes"])
def test_two_steps_at_two_rates_arrive(data: str) -> None:
    app = open_page("lessons/learning_rates.py", data=data, part="beat")
    table = next(table for table in tables_of(app) if "gap at step 2" in table)
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    assert (table["gap at step 2"].iloc[1] == "stopped") == (data in ("cars", "forbes"))
    for end in table["gap at step 2"].replace("stopped", "0"):
        mantissa, _, power = end.partition("×10")
        exponent = int(power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")) or 0)
        limit = 1e-9 * float(np.std(dataset.y)) * theory.curvature(dataset).condition_number
        assert float(mantissa) * 10.0**exponent < limit


def schedule_page(**address: str | list[str]) -> AppTest:
    return open_page("lessons/learning_rates.py", part="beat", **address)


WHY = "Why two rates do it"


def test_the_answer_of_the_two_rates_is_held_back_until_it_is_asked_for() -> None:
    app = open_link("lessons/learning_rates.py", part="Beat the best rate")
    app.button(key="show_learning-rates").click().run()
    game = schedules.two_rates(make_noisy_line(), Line(0.0, -1.0))
    assert f"a gap of **{readable(game.par)}**: at {readable(game.rate)}" in words(app)
    assert WHY not in words(app)
    assert "factors" not in names_of_controls(app)
    data = json.loads(component(app, "two_rates"))
    first, second = data["sliders"]
    assert first["texts"][-game.places.start] == readable(1 / game.steep)
    assert second["texts"][game.floor - game.places.start] == readable(1 / game.flat)
    app.button(key="show_two_rates").click().run()
    assert_whole(app)
    assert WHY in words(app)
    assert "The sliders stand at the answer" in words(app)
    places = [s["low"] + s["index"] for s in json.loads(component(app, "two_rates"))["sliders"]]
    assert places == [0, game.floor]


@pytest.mark.parametrize(("data", "exploded"), [("lesson", False), ("cars", True)])
def test_what_the_loop_makes_of_two_rates_that_were_found_is_told(
    data: str, exploded: bool
) -> None:
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    start = Line(0.0, -1.0 if data == "lesson" else 0.0)
    game = schedules.two_rates(dataset, start)
    found = {f"two rates of {dataset.fingerprint} {start}": (game.floor, 0)}
    app = open_link("lessons/learning_rates.py", part="Beat the best rate", data=data)
    app.button(key="show_learning-rates").click().run()
    app.session_state["two_rates_found"] = found
    app.session_state["open_questions"] |= set(found)
    app.run()
    assert_whole(app)
    (told,) = app.success
    assert (
        f"You found it: {readable(1 / game.flat)}, then {readable(1 / game.steep)}." in told.value
    )
    assert ("counts as exploded, and is stopped" in told.value) == exploded
    assert "The sliders stand at the answer" not in words(app)


def test_where_one_rate_is_enough_there_is_no_game() -> None:
    best, axes = theory.best_fit(make_noisy_line()), theory.curvature(make_noisy_line())
    start = {"start_w": best.w + axes.flat_axis[0], "start_b": best.b + axes.flat_axis[1]}
    app = schedule_page(**{name: str(value) for name, value in start.items()})
    assert "From this start one rate is enough" in words(app)
    assert WHY in words(app)


def test_what_is_in_the_closed_fold_is_not_computed() -> None:
    app = schedule_page()
    assert any("order" in table for table in tables_of(app))
    app.session_state["chebyshev_list"] = False
    app.run()
    assert not any("order" in table for table in tables_of(app))
    assert "chebyshev" not in names_of_controls(app)


def test_a_list_that_is_used_is_said_to_be() -> None:
    app = schedule_page(factors="1, 2")
    assert "It is your schedule now" not in words(app)
    app.button(key="fill_in_chebyshev").click().run()
    assert "It is your schedule now" in words(app)


UNSAYABLE_PEAKS = {("ascending", 32, data) for data in ("cars", "forbes", "anscombe-1")}


@pytest.mark.parametrize(
    "data", some(["lesson", "cars", "hubble", "forbes", "anscombe-1"], "lesson", "forbes")
)
@pytest.mark.parametrize("n", some([2, 8, 32], 2, 32))
def test_chebyshevs_list_in_three_orders(data: str, n: int) -> None:
    app = schedule_page(data=data, chebyshev=str(n), order="interleaved")
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    start = Line(0.0, -1.0 if data == "lesson" else 0.0)
    begun, safe = theory.gap(dataset, start), theory.safe_rate(dataset)
    table = next(table for table in tables_of(app) if "order" in table).set_index("order")
    bound = schedules.chebyshev_bound(dataset, n)
    assert f"**{readable(bound, 4)}**: no more" in words(app)
    assert (table["bound"] == readable(bound * begun, 4)).all()
    for order, arrange in schedules.ORDERS.items():
        factors = arrange(schedules.chebyshev_rates(dataset, n)) / safe
        history = train(dataset, TrainingConfig((safe,), n, start, factors=tuple(factors.tolist())))
        lines = zip(history.w[0], history.b[0], strict=True)
        gaps = [theory.gap(dataset, Line(float(w), float(b))) for w, b in lines]
        shown = table.loc[order]
        if history.diverged_at[0] >= 0:
            assert list(shown)[:2] == [f"stopped after step {history.diverged_at[0]}", "–"]
            continue
        if (order, n) == ("ascending", 32):  # 10⁸ to 10¹⁶ times the rounding of the first step
            assert shown[f"gap at step {n}"] == "rounding decides"
            assert "rounding errors, grown or not, are large enough" in words(app)
        else:
            gap_shown = number_in(shown[f"gap at step {n}"])
            assert gap_shown == pytest.approx(gaps[-1], rel=1e-3)
        highest = shown["largest gap on the way"]
        if (order, n, data) in UNSAYABLE_PEAKS:
            assert highest == "rounding decides"
        else:
            assert number_in(highest) == pytest.approx(max(gaps) / begun, rel=1e-2)
    app.button(key="fill_in_chebyshev").click().run()
    assert_whole(app)
    assert not app.error
    typed = schedules.read_factors(box(app, "factors").value)
    interleaved = schedules.interleave(schedules.chebyshev_rates(dataset, n))
    assert typed == pytest.approx(interleaved / safe, rel=1e-7)
    assert not re.search(r"\b(nan|inf|None)\b", words(app))


def number_in(text: str) -> float:
    """Read the number a text begins with, as ``readable`` writes it."""
    digits, power = re.match(r"([\d.,]+)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?", text).groups()  # type: ignore[union-attr]
    exponent = (power or "⁰").translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(digits.replace(",", "")) * 10.0 ** int(exponent)


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
def test_a_schedule_of_ones_own_is_run_and_told(data: str) -> None:
    app = schedule_page(data=data, factors="0.5 4;1", schedule_steps="30", schedule_decay="0.25")
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    start = Line(0.0, -1.0 if data == "lesson" else 0.0)
    safe, axes = theory.safe_rate(dataset), theory.curvature(dataset)
    config = TrainingConfig((safe,), 30, start, factors=(0.5, 4.0, 1.0), decay=0.25)
    history = train(dataset, config)
    ended = theory.gap(dataset, history.last_line())
    said = words(app)
    if history.diverged_at[0] < 0:
        assert f"it leaves a gap of **{readable(ended)}**" in said
    for rate in (theory.fastest_rate(dataset), safe):
        end = train(dataset, TrainingConfig((rate,), 30, start)).last_line()
        assert readable(theory.gap(dataset, end)) in said
    flat = math.prod(1 - factor * axes.flat / axes.steep for factor in (0.5, 4, 1))
    assert f"across the valley by 0 and the one along it by {readable(flat)}" in said
    kept, decayed = (
        theory.gap(
            dataset, train(dataset, TrainingConfig((safe,), 30, start, decay=decay)).last_line()
        )
        for decay in (0.0, 0.25)
    )
    assert kept <= decayed
    assert f"**{readable(kept, 4)}**" in said
    assert f"**{readable(decayed, 4)}**" in said


def test_the_buttons_fill_in_the_two_steps_and_a_link_reproduces_them() -> None:
    for label, order in (("Two steps", 1), ("The other order", -1)):
        app = schedule_page()
        next(button for button in app.button if button.label == label).click().run()
        assert_whole(app)
        longest = theory.curvature(make_noisy_line()).condition_number
        typed = box(app, "factors").value
        assert schedules.read_factors(typed) == (1, longest)[::order]
        copy = schedule_page(factors=typed)
        assert box(copy, "factors").value == typed
        assert words(copy) == words(app)


def test_where_nothing_is_left_to_descend_no_schedule_is_compared() -> None:
    app = schedule_page(noise="0", start_w="0.1", start_b="0.5")
    assert "starts at the best fit already" in words(app)
    assert "factors" not in names_of_controls(app)


def test_an_exploding_schedule_says_so() -> None:
    app = schedule_page(factors="3")
    history = train(
        make_noisy_line(),
        TrainingConfig((theory.safe_rate(make_noisy_line()),), 24, factors=(3.0,)),
    )
    assert history.diverged_at[0] > 0
    assert f"exploded, and was stopped after step {history.diverged_at[0]}" in words(app)
    app = schedule_page(data="cars", chebyshev="8", order="descending")
    app.button(key="fill_in_chebyshev").click().run()
    assert "So it would come back in the end" in words(app)


NO_LISTS = ["1, two", "0,5", "-1", "0", "nan", "1e999", "1," * 600, "*_$x"]


@pytest.mark.parametrize("typed", some(NO_LISTS, "1, two", "1," * 600, "*_$x"))
def test_a_list_that_is_none_is_refused_in_one_sentence(typed: str) -> None:
    app = schedule_page()
    box(app, "factors").set_value(typed).run()
    assert_whole(app)
    (error,) = app.error
    assert "list" in error.value
    assert "What to remember" in words(app)


def test_another_data_set_brings_back_the_first_list() -> None:
    app = schedule_page(factors="1,2,3")
    choose_data(app, "cars")
    assert_whole(app)
    assert box(app, "factors").value == "1, 5"


def test_schedules_compile_nothing() -> None:
    warm_up()
    before = count_traces()
    app = schedule_page()
    for typed, steps, decay in (("1", 1, 0.0), ("1, 2, 3", 77, 0.5), ("7 " * 512, 511, 1e6)):
        box(app, "factors").set_value(typed)
        box(app, "schedule_steps").set_value(str(steps))
        type_number(app, "schedule_decay", decay)
        type_number(app, "chebyshev", shown_number(app, "chebyshev") + 1)
        assert_whole(app)
    assert count_traces() == before


def test_rates_that_are_none_are_left_out_and_named() -> None:
    app = open_page("lessons/learning_rates.py", part="numbers", lrs=["0.1", "fast", "-3"])
    (warning,) = app.warning
    assert "fast" in warning.value
    assert "-3" in warning.value
    table = next(table for table in tables_of(app) if "verdict" in table)
    assert list(table["learning rate"]) == ["0.1"]
    # They take no place among the eight, and are told once.
    assert app.query_params["lrs"] == "0.1"
    app.run()
    assert not app.warning


@pytest.mark.parametrize(("data", "arrives"), [("forbes", False), ("hubble", True)])
def test_where_no_rate_arrives_the_page_says_how_long_it_takes(data: str, arrives: bool) -> None:
    app = open_page("lessons/learning_rates.py", data=data, part="algebra")
    dataset = load_bundled(data)
    limit = theory.stable_limit(dataset)
    halving = theory.halving_steps(dataset, theory.safe_rate(dataset))
    assert (halving < 2_000_000) == arrives
    assert f"{readable(halving)} steps" in words(app)
    assert ("no rate below the limit arrives" in words(app)) != arrives
    closed = open_page("lessons/learning_rates.py", data=data, lrs=[readable(limit / 3)])
    assert ("From this start no rate arrives in the 2,000,000 steps" in words(closed)) != arrives


def test_what_is_chosen_on_one_page_holds_on_all() -> None:
    app = open_page("lessons/data.py")
    type_number(app, "seed", 7)
    type_number(app, "n", 50)
    type_number(app, "start_b", 0.25)
    for file in LESSONS[1:]:
        app.switch_page(file).run()
        assert_whole(app)
        assert shown_number(app, "seed") == 7
        assert shown_number(app, "n") == 50
        assert shown_number(app, "start_b") == 0.25


def test_another_data_set_brings_rates_and_start_that_suit_it() -> None:
    app = steps_page(run="200x0.1")
    choose_data(app, "cars")
    cars = load_bundled("cars")
    assert shown_number(app, "lr") == theory.round_down(theory.safe_rate(cars)) == 0.001
    assert shown_number(app, "start_b") == 0
    assert app.button(key="go").label == "Run 200 steps"
    app.switch_page("lessons/learning_rates.py").run()
    verdicts = [theory.verdict(cars, float(rate)) for rate in rates_box(app).value]
    assert verdicts == ["slow", "good", "zigzag", "explodes"]


def test_rates_nobody_chose_follow_the_data_so_that_a_link_agrees() -> None:
    app = open_page("lessons/learning_rates.py")
    type_number(app, "n", 3)
    copy = open_page("lessons/learning_rates.py", n="3")
    assert rates_box(app).value == rates_box(copy).value
    rates_box(app).unselect(rates_box(app).value[0]).run()
    chosen = rates_box(app).value
    type_number(app, "n", 30)
    assert rates_box(app).value == chosen


def test_numbers_named_as_limits_do_not_pass_them() -> None:
    for data in BUNDLED:
        dataset = load_bundled(data)
        safe, limit = theory.safe_rate(dataset), theory.stable_limit(dataset)
        for exact in (safe, limit):
            shown = readable_below(exact)
            assert 0.99 * exact <= float(shown.replace(",", "")) <= exact
        assert theory.verdict(dataset, float(readable_below(safe))) == "good"
        assert theory.verdict(dataset, float(readable_below(limit))) == "zigzag"


@pytest.mark.parametrize("file", LESSONS)
def test_a_start_at_the_best_fit_is_no_trouble(file: str) -> None:
    app = open_page(file, noise="0", start_w="0.1", start_b="0.5", run="20x0.1", show="all")
    assert not app.error
    if file == "lessons/data.py":
        assert "on the true line exactly" in words(app)


def test_above_the_limit_a_small_error_grows_at_every_step() -> None:
    dataset = make_noisy_line()
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    start = Line(best.w + 1e-6 * axes.steep_axis[0], best.b + 1e-6 * axes.steep_axis[1])
    rate = 1.02 * theory.stable_limit(dataset)
    history = train(dataset, TrainingConfig((rate,), 100, start))
    _, steep = theory.axis_errors(dataset, history.w[0], history.b[0])
    assert (np.diff(np.abs(steep)) > 0).all()


@pytest.mark.parametrize(
    ("steps", "lines"), [(7, 8), (60, 13), (200, 11), (2_000, 21), (2_000_000, 21)]
)
def test_a_printout_is_short_and_ends_at_the_end(steps: int, lines: int) -> None:
    app = steps_page(run=f"{steps}x0.1", part="prints")
    printed = [int(line.split()[1]) for line in app.code[0].value.splitlines()]
    assert len(printed) == lines
    assert (printed[0], printed[-1]) == (0, steps)
    assert printed == sorted(set(printed))


@pytest.mark.parametrize("way", ["asked for", "in the address"])
def test_the_losses_of_all_three_lines_show_when_wanted(way: str) -> None:
    app = open_page("lessons/data.py", **({"show": "all"} if way == "in the address" else {}))
    if way == "asked for":
        skip_prediction(app)
        assert "loss (MSE)" not in words(app)
        assert "0.1·x + 0.5" not in words(app)  # the true line
        app.button(key="show_best").click().run()
    data = make_noisy_line()
    lines = {"the line you began with": Line(0, -1), "the true line": data.true_line}
    for name, line in (lines | {"the best fit": theory.best_fit(data)}).items():
        row = next(row for row in words(app).splitlines() if row.startswith(f"| {name} |"))
        assert row.split("|")[-2].strip() == readable(theory.mse(data, line), 4)


@pytest.mark.parametrize("data", ["hubble", "anscombe-2"])
def test_a_slope_is_spoken_of_in_the_units_of_the_data_and_with_the_best_fit(data: str) -> None:
    about = say(f"datasets.{BUNDLED[data].words}")
    slope_means = say(f"datasets.{BUNDLED[data].words}_slope")
    app = skip_prediction(open_page("lessons/data.py", data=data, show=""))
    assert about in words(app)
    assert slope_means not in words(app)
    app.button(key="show_best").click().run()
    assert_whole(app)
    assert slope_means in words(app)
    app = open_page("lessons/data.py", data=data, standardize="true")
    assert about in words(app)
    assert slope_means not in words(app)


def start_of(data: str) -> Line:
    return Line(0.0, -1.0) if data == "lesson" else Line(0.0, 0.0)


@pytest.mark.parametrize("data", ["lesson", *BUNDLED])
def test_the_goal_can_be_reached_with_the_sliders(data: str) -> None:
    app = skip_prediction(open_page("lessons/data.py", data=data))
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    sent = json.loads(component(app, "guess_sliders"))
    w, b = (
        {s["name"]: places(s) for s in sent["sliders"]}[name] for name in ("guess_w", "guess_b")
    )
    best = theory.best_fit(dataset)
    near_w = w[np.argsort(np.abs(w - best.w))[:3]]
    losses = [
        theory.mse(dataset, Line(slope, level))
        for slope in near_w
        for level in b[
            np.argsort(np.abs(b - (np.mean(dataset.y) - slope * np.mean(dataset.x))))[:1]
        ]
    ]
    lowest, began = theory.mse(dataset, best), theory.gap(dataset, start_of(data))
    goal = max(1.5 * lowest, lowest + (0.02 * began) ** 2)  # what an eye can tell
    assert sent["loss"]["bound"] == pytest.approx(goal)
    assert min(losses) <= sent["loss"]["bound"]


@pytest.mark.parametrize(
    "address",
    [
        {"data": "own", "points": "2001_3~2002_5~2003_4~2004_7"},
        {"noise": "0", "standardize": "true"},
        {"start_b": "100"},
        {"noise": "0", "true_w": "3.3333", "true_b": "0.142857142857"},
    ],
)
def test_coarse_sliders_can_reach_the_goal_too(address: dict[str, str]) -> None:
    app = skip_prediction(open_page("lessons/data.py", **address))
    sent = json.loads(component(app, "guess_sliders"))
    w, b = (places(slider) for slider in sent["sliders"][:2])
    r00, r01, r02, r11, r12, r22 = sent["loss"]["fold"]
    losses = ((r00 * w[:, np.newaxis] + r01 * b - r02) ** 2) + (r11 * b - r12) ** 2 + r22**2
    least = float(np.min(losses))
    goal = sent["loss"]["bound"]
    assert f"Make it smaller than {readable(goal)}." in words(app)
    assert least > 1.3 * r22**2  # the lowest loss there is: out of their reach
    assert goal >= 1.1 * least * (1 - 1e-6)
    assert least < as_number(readable(goal))


def places(slider: dict[str, Any]) -> FloatArray:
    return slider["low"] + slider["step"] * np.arange(slider["count"])


def test_an_outlier_and_what_it_does() -> None:
    app = open_page("lessons/data.py", show="all", part="squares")
    assert_whole(app)
    calm, bent = make_noisy_line(), with_outlier(make_noisy_line(), 0.9, 2.0)
    for line in (theory.best_fit(calm), theory.best_fit(bent)):
        assert equation(line) in words(app)
    assert "of 101 makes up" in words(app)
    miss = theory.best_fit(bent).at(np.array([0.9]))[0] - 2.0
    share = miss**2 / (101 * theory.mse(bent, theory.best_fit(bent)))
    assert f"{100 * share:.0f} %" in words(app)


@pytest.mark.parametrize(
    ("made", "moves"),
    [
        ({"n": "100000"}, True),
        ({"n": "100000", "noise": "0"}, True),
        ({"noise": "0", "outlier_y": "0.59"}, False),  # it lies on the line of the others
    ],
)
def test_an_outlier_leaves_the_best_fit_only_where_it_does_not_move_it(
    made: dict[str, str], moves: bool
) -> None:
    app = open_page("lessons/data.py", outlier="true", part="squares", **made)
    calm = make_noisy_line(n=int(made.get("n", 100)), noise=float(made.get("noise", 0.01)))
    bent = with_outlier(calm, 0.9, float(made.get("outlier_y", 2)))
    before, after = theory.best_fit(calm), theory.best_fit(bent)
    moved = math.hypot(before.w - after.w, before.b - after.b)
    assert (moved > 1e-6) == (moved > 1e-12) == moves
    told = re.search(r"pulls the best fit from (y = \S+ . \S+) to \*\*(y = [^*]+)\*\*", words(app))
    assert ("leaves the best fit where it was" in words(app)) == (not moves) == (told is None)
    assert told is None or told[1] != told[2]


def test_the_tape_and_the_formula_agree_on_the_surface_page() -> None:
    app = open_page(SURFACE, data="cars", start_w="1.5", start_b="-3", part="slopes")
    w, b = map(readable, theory.gradient(load_bundled("cars"), Line(1.5, -3.0)), (6, 6))
    assert "| slope along | tape.gradient | formula |" in words(app)
    assert f"| w | {w} | {w} |\n| b | {b} | {b} |" in words(app)


def test_a_small_set_of_own_points_travels_in_the_address() -> None:
    app = open_page("lessons/data.py", data="own", points="1_2~2_3.5~4_5~7_6.25", show="all")
    best = theory.best_fit(points_from_text("1_2~2_3.5~4_5~7_6.25"))
    assert f"{readable(best.w, 5)} × x" in words(app)
    for file in LESSONS[1:]:
        app.switch_page(file).run()
        assert_whole(app)
        assert "4 points, y against x" in words(app)


@pytest.mark.parametrize("points", ["1_2", "1_2~3_4~5_inf", "<script>", "1_1~1_2~1_3", "_~_~_"])
def test_points_that_make_no_sense_are_refused_in_one_sentence(points: str) -> None:
    app = open_page("lessons/data.py", data="own", points=points)
    assert len(app.error) == 1
    assert "100 points scattered" in words(app)


def test_points_leave_the_address_with_the_data() -> None:
    app = open_page("lessons/data.py", data="own", points="1_2~2_3.5~4_5")
    assert app.query_params["points"] == "1_2~2_3.5~4_5"
    choose_data(app, "cars")
    assert "points" not in app.query_params
    choose_data(app, "own")
    assert app.query_params["points"] == "1_2~2_3.5~4_5"
    upload = next(loader for loader in app.file_uploader if loader.key == "upload")
    upload.upload("p.csv", b"a,b\n" + b"1,2\n2,3\n4,6\n" * 40, "text/csv").run()
    assert_whole(app)
    assert "120 points" in words(app)
    assert "points" not in app.query_params


def test_a_table_that_cuts_the_data_says_so() -> None:
    app = open_page("lessons/data.py", data="own")
    upload = next(loader for loader in app.file_uploader if loader.key == "upload")
    upload.upload("p.csv", b"a,b\n" + b"1,2\n2,3\n4,6\n" * 40, "text/csv").run()
    assert not app.warning
    app.segmented_control(key="own_way").set_value("Edit a table").run()
    assert_whole(app)
    assert "other 20 are left out" in words(app)
    assert "100 points, b against a" in words(app)
    app.segmented_control(key="own_way").set_value("Upload a file").run()
    assert "120 points" in words(app)


def test_what_is_wrong_with_a_file_goes_with_it_and_the_points_before_stay_in_use() -> None:
    app = open_page("lessons/data.py", data="own")

    def loader() -> FileUploader:
        return next(loader for loader in app.file_uploader if loader.key == "upload")

    loader().upload("none.csv", b"a\n1\n", "text/csv").run()
    assert app.error[0].value.endswith("commas, semicolons or tabs.")  # nothing was there
    loader().upload("good.csv", b"a,b\n1,2\n2,\n3,3\n4,6\n", "text/csv").run()
    assert "Left out: row 3 (no value)." in words(app)
    loader().upload("none.csv", b"a\n1\n", "text/csv").run()
    assert app.error[0].value.endswith("Until then, the points from before are in use.")
    assert "Left out" not in words(app)
    assert not app.selectbox  # no columns of the file before
    assert "3 points, b against a" in words(app)
    for file in ("lessons/loss_surface.py", "lessons/data.py"):  # where no file is any more
        app.switch_page(file).run()
        assert_whole(app)
        assert not app.error
        assert "3 points, b against a" in words(app)


def test_what_is_left_out_of_a_file_is_said_of_the_file_that_is_shown() -> None:
    app = open_page("lessons/data.py", data="own")
    uploader(app).upload("gap.csv", b"a,b\n1,2\n2,\n3,3\n4,6\n", "text/csv").run()
    assert "Left out: row 3 (no value)." in words(app)
    uploader(app).upload("repaired.csv", b"a,b\n1,2\n3,3\n4,6\n", "text/csv").run()
    assert "Left out" not in words(app)
    uploader(app).upload("gap.csv", b"a,b\n1,2\n3,3\n4,6\n,7\n", "text/csv").run()
    assert "Left out: row 5 (no value)." in words(app)
    for file in ("lessons/loss_surface.py", "lessons/data.py"):
        app.switch_page(file).run()
        assert_whole(app)
        assert "3 points, b against a" in words(app)
        assert "Left out" not in words(app)


def test_other_columns_of_a_file_tell_what_they_leave_out_on_the_page_where_they_are_chosen() -> (
    None
):
    app = open_page("lessons/data.py", data="own")
    rows = b"a,b,c\n1,2,2\n2,3,\n3,3,5\n4,6,7\n"
    uploader(app).upload("gap.csv", rows, "text/csv").run()
    app.switch_page("lessons/loss_surface.py").run()
    column_box(app, "y").select("c").run()
    assert "Left out: row 3 (no value)." in words(app)
    app.switch_page("lessons/data.py").run()
    assert "Left out" not in words(app)


def test_what_is_left_out_of_a_table_goes_when_the_row_does() -> None:
    app = open_page("lessons/data.py", data="own", points="1_2~2_3~3_5~4_9")
    app.segmented_control(key="own_way").set_value("Edit a table").run()
    app.session_state.own_cells.loc[2, "y"] = ""
    app.run()
    assert "Left out: row 3 (no value)." in words(app)
    app.session_state.own_cells = app.session_state.own_cells.drop(index=2)
    app.run()
    assert "Left out" not in words(app)


def test_what_is_wrong_with_a_file_is_said_without_reading_it_as_markdown() -> None:
    app = open_page("lessons/data.py", data="own")
    upload = next(loader for loader in app.file_uploader if loader.key == "upload")
    column = "![p](http://b.example/p.png)"
    upload.upload("p.csv", f"{column},b\n1,2\nx,3\n4,6\n".encode(), "text/csv").run()
    assert literal(column) in app.error[0].value
    upload = next(loader for loader in app.file_uploader if loader.key == "upload")
    upload.upload("q.csv", f"{column},b\n1,2\n3,3\n4,6\n".encode(), "text/csv").run()
    assert_whole(app)
    assert "![" not in words(app)
    assert literal(column) in app.table[0].value.columns


NAMES = ["speed (mph)", "stopping distance (ft)"]


def test_names_of_columns_travel_in_the_address_and_into_the_table() -> None:
    app = open_page("lessons/data.py", data="own")
    file = b"speed (mph),stopping distance (ft)\n1,2\n2,3.5\n4,5\n"
    uploader(app).upload("p.csv", file, "text/csv").run()
    told = literal("stopping distance (ft) against speed (mph)")
    assert app.query_params["names"] == NAMES
    again = open_page("lessons/data.py", data="own", points="1_2~2_3.5~4_5", names=NAMES)
    for opened in (app, again):
        for page in ("lessons/loss_surface.py", "lessons/data.py"):
            opened.switch_page(page).run()
            assert told in words(opened)
            assert opened.query_params["names"] == NAMES
        opened.segmented_control(key="own_way").set_value("Edit a table").run()
        assert_whole(opened)
        assert told in words(opened)
        assert [opened.text_input(key=f"own_name_{axis}").value for axis in "xy"] == NAMES
    choose_data(app, "cars")
    assert "names" not in app.query_params


def test_names_can_be_typed_and_keep_what_was_typed_in_the_table() -> None:
    app = open_page("lessons/data.py", data="own", points="1_2~2_3.5~4_5")
    assert "names" not in app.query_params
    app.segmented_control(key="own_way").set_value("Edit a table").run()
    app.session_state.own_cells_now.loc[2, "y"] = "6"
    app.text_input(key="own_name_y").set_value("  volt\u202eage ").run()
    assert_whole(app)
    assert "voltage against x" in words(app)
    assert app.query_params["points"] == "1_2~2_3.5~4_6"
    assert app.query_params["names"] == ["x", "voltage"]
    app.text_input(key="own_name_x").set_value("voltage").run()
    assert app.query_params["names"] == ["voltage", "voltage (2)"]
    for axis in "xy":
        app.text_input(key=f"own_name_{axis}").set_value("").run()
    assert "names" not in app.query_params
    assert "y against x" in words(app)


def test_what_is_wrong_in_the_table_is_told_by_the_names_of_its_columns() -> None:
    app = open_page("lessons/data.py", data="own", points="1_2~2_3.5~4_5", names=NAMES)
    app.segmented_control(key="own_way").set_value("Edit a table").run()
    app.session_state.own_cells.loc[1, "y"] = "many"
    app.run()
    assert f"Row 2 of '{NAMES[1]}' is 'many'." in unescaped(app.error[0].value)


@pytest.mark.parametrize(
    "names",
    [
        ["one"],
        ["a", "b", "c"],
        ["a" * 121, "b"],
        ["\x00", "\u202e"],
        [" ", ""],
        "x" * 5_000,
    ],
)
def test_names_that_make_no_sense_fall_back_to_x_and_y(names: str | list[str]) -> None:
    app = open_page("lessons/data.py", data="own", points="1_2~2_3.5~4_5", names=names)
    assert "3 points, y against x" in words(app)
    assert "names" not in app.query_params


@pytest.mark.parametrize("file", LESSONS)
def test_names_of_a_link_are_words_and_nothing_else(file: str) -> None:
    name = "<img src=x onerror=alert(1)>![p](http://b.example/p.png) $w$ *b*"
    app = open_page(file, data="own", points="1_2~2_3.5~4_5", names=["=x()", name], show="all")
    app.session_state.numbers = True
    app.run()
    assert_whole(app)
    assert literal(name) in words(app)
    assert name not in words(app)


def test_the_source_of_bundled_data_is_markdown() -> None:
    captions = [caption.value for caption in open_page("lessons/data.py", data="cars").caption]
    assert any("50 points" in text and text.endswith("in R as `cars`.") for text in captions)


def test_inside_another_page_a_tab_is_offered_where_a_file_could_be_chosen() -> None:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT)
    app.context.update(is_embedded=True)
    address = {"data": "own", "points": "1_2~2_3~3_5", "names": ["a", "b c"], "task": "Go & look"}
    for name, value in address.items():
        app.query_params[name] = value
    app.run()
    app.switch_page("lessons/data.py").run()
    assert_whole(app)
    assert not app.file_uploader
    assert "A file with a table: CSV, or any other text** needs a tab of its own" in words(app)
    (link,) = app.get("link_button")
    assert link.proto.url.startswith("?")
    assert {
        name: values if len(values) > 1 else values[0]
        for name, values in parse_qs(urlsplit(link.proto.url).query).items()
    } == address
    app.segmented_control(key="own_way").set_value("Edit a table").run()
    assert not app.get("link_button")
    app.session_state.visit.choose(part="pins", show="all")
    app.switch_page("lessons/learning_rates.py").run()
    assert "Load pins (JSON)** needs a tab of its own" in words(app)
    app.session_state.your_progress = True
    app.switch_page("lessons/home.py").run()
    assert "Go on from a file** needs a tab of its own" in words(app)
    assert not app.file_uploader


def test_rates_of_a_link_that_are_none_are_shown_as_they_are() -> None:
    app = open_page("lessons/learning_rates.py", lrs=["0.1", "![p](http://b.example)"])
    assert literal("![p](http://b.example)"[:30]) in app.warning[0].value


def test_a_number_of_steps_beyond_counting_is_written_with_a_power_of_ten() -> None:
    app = open_page("lessons/learning_rates.py", part="numbers", lrs=["1e-99", "0.1"])
    table = next(table for table in tables_of(app) if "arrives after" in table)
    assert re.fullmatch(r"\d\.\d\d×10¹⁰⁰", table["arrives after"].iloc[0])
    assert count(999_999_999_999) == "999,999,999,999"
    app = steps_page(lr="1e-99", part="exact")
    assert re.search(r"\d\.\d\d×10¹⁰⁰ more steps", words(app))
    assert max(map(len, re.findall(r"[\d,]+", words(app)))) < 40


def test_names_of_columns_are_shown_as_they_are() -> None:
    assert literal("a*b_c [x](y) <b> $1") == r"a\*b\_c \[x\]\(y\) \<b\> \$1"


@pytest.mark.parametrize("text", ["http://a.b", "HTTPS://a.b", "www.a.b", "me@a.b"])
def test_an_address_in_a_learners_words_is_no_link(text: str) -> None:
    shown = literal(text).replace("\\", "")
    assert not re.search(r"https?://|www\.|\w@", shown, re.I)
    assert shown.replace("\u2060", "") == text


def rates_page(**address: str | list[str]) -> AppTest:
    return open_page("lessons/learning_rates.py", part="pins", **address)


def test_the_rate_that_was_added_last_is_the_one_to_pin() -> None:
    app = rates_page(lrs=["0.1", "0.5"])

    def offered() -> str:
        return str(next(box for box in app.selectbox if box.label == "Learning rate").value)

    assert offered() == "0.1"
    rates_box(app).set_value(["0.1", "0.5", "0.3"]).run()
    assert_whole(app)
    assert offered() == "0.3"
    rates_box(app).set_value(["0.1", "0.5"]).run()
    assert offered() == "0.1"
    next(button for button in app.button if button.label.startswith("A decade")).click().run()
    assert_whole(app)
    assert offered() == chosen(app, "lrs")[0]


def press(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert_whole(app)


def pinned(app: AppTest) -> list[dict[str, str]]:
    """The table of pins, row by row."""
    tables = [table.value for table in app.table if "pin" in table.value]
    return tables[0].to_dict("records") if tables else []


def two_pins() -> AppTest:
    """The page on Hubble's data, with a pin of the lesson's and one of Hubble's."""
    app = rates_page(seed="3", n="20", start_b="2", steps="50", lrs=["0.12345", "0.5"])
    pin_run(app, "one", "0.12345", "*slow*")
    choose_data(app, "hubble")
    type_number(app, "steps", 100)
    rate = rates_box(app).value[-1]
    pin_run(app, "", rate)
    return app


def test_pinned_runs_of_different_data_stand_in_one_table() -> None:
    app = two_pins()
    first, second = pinned(app)
    data, start = make_noisy_line(n=20, seed=3), Line(0.0, 2.0)
    history = train(data, TrainingConfig((0.12345,), 50, start))
    assert first == {
        "pin": r"1\. one",
        "data": "lesson, n 20, seed 3",
        "learning rate": "0.123",
        "verdict": "good",
        "steps taken": "50",
        "loss": readable(history.loss[0, -1]),
        "gap": readable(theory.gap(data, history.last_line())),
        "arrives after": count(theory.arrives(data, 0.12345, start)),
        "note": r"\*slow\*",
    }
    assert second["pin"] == literal(f"2. hubble, {second['learning rate']}")
    assert (second["data"], second["verdict"]) == ("hubble", "explodes")
    assert second["arrives after"] == "–"


def test_a_pin_brings_back_data_start_rate_and_steps() -> None:
    app = two_pins()
    app.selectbox(key="pinned_run").select("1. one").run()
    press(app, "pin_back")
    assert chosen(app, "data") == "lesson"
    numbers = {"seed": 3, "n": 20, "start_w": 0, "start_b": 2, "steps": 50}
    assert {name: shown_number(app, name) for name in numbers} == numbers
    assert rates_box(app).value == ["0.12345"]
    app.run()  # and nothing changes it afterwards
    assert {name: shown_number(app, name) for name in numbers} == numbers
    assert rates_box(app).value == ["0.12345"]
    assert app.query_params["seed"] == "3"
    choose_data(app, "cars")  # other data brings its own, as ever
    assert shown_number(app, "start_b") == 0
    assert len(rates_box(app).value) == 4


def test_a_pin_of_standardized_data_is_run_and_brought_back_as_such() -> None:
    app = rates_page(data="cars", standardize="true", start_w="1", lrs=["0.5"], steps="1")
    pin_run(app, "one step", "0.5")
    assert pinned(app)[0]["gap"] == "0"
    choose_data(app, "hubble")
    app.toggle(key="standardize").set_value(False).run()
    press(app, "pin_back")
    assert app.toggle(key="standardize").value
    assert shown_number(app, "start_w") == 1
    assert rates_box(app).value == ["0.5"]


def test_an_outlier_comes_and_goes_with_its_pin() -> None:
    app = rates_page(outlier="true", outlier_y="5", lrs=["0.1"])
    pin_run(app, "with", "0.1")
    app.toggle(key="outlier").set_value(False).run()
    pin_run(app, "without", "0.1")
    assert "outlier (0.9, 5)" in pinned(app)[0]["data"]
    for title, there in (("1. with", True), ("2. without", False), ("1. with", True)):
        app.selectbox(key="pinned_run").select(title).run()
        press(app, "pin_back")
        assert app.toggle(key="outlier").value == there
    assert shown_number(app, "outlier_y") == 5


def test_own_points_come_back_with_their_names() -> None:
    app = rates_page(data="own")
    upload = next(loader for loader in app.file_uploader if loader.key == "upload")
    upload.set_value(("one.csv", b"speed,dist\n1,2\n2,3.5\n4,5\n7,6.25\n", "text/csv")).run()
    rate = rates_box(app).value[1]
    pin_run(app, "mine", rate)
    upload = next(loader for loader in app.file_uploader if loader.key == "upload")
    upload.set_value(("two.csv", b"a,b\n1,2\n2,3\n3,5\n", "text/csv")).run()
    assert app.session_state.visit.dataset().x_label == "a"
    for other in ("own", "hubble"):
        choose_data(app, other)
        press(app, "pin_back")
        for file in (LESSONS[0], "lessons/learning_rates.py"):
            app.switch_page(file).run()
            assert_whole(app)
            assert "4 points" in words(app)
            assert app.session_state.visit.dataset().x_label == "speed"
        assert rates_box(app).value == [rate]


def test_own_data_that_is_not_there_yet_is_pinned_as_what_is_shown() -> None:
    app = rates_page(data="own", seed="7", lrs=["0.1"])
    pin_run(app, "", "0.1")
    assert pinned(app)[0]["data"] == "lesson"
    press(app, "pin_back")
    assert chosen(app, "data") == "lesson"
    assert shown_number(app, "seed") == 0


def test_a_pin_has_its_way_against_an_address_that_was_waiting() -> None:
    app = rates_page(seed="3", lrs=["0.1"])
    pin_run(app, "one", "0.1")
    content = pins_to_json(app.session_state.pins).encode()
    app = rates_page(data="cars", seed="7", noise="0.5", outlier="true")
    load(app, content)
    press(app, "pin_back")
    assert shown_number(app, "seed") == 3
    assert shown_number(app, "noise") == 0.01
    assert not app.toggle(key="outlier").value
    assert app.query_params["seed"] == "3"
    assert "noise" not in app.query_params


@pytest.mark.parametrize(("data", "kept"), [("lesson", True), ("hubble", False)])
def test_an_experiment_outlives_a_pin_of_the_same_data_only(data: str, kept: bool) -> None:
    app = rates_page(lrs=["0.1"])
    pin_run(app, "", "0.1")
    choose_data(app, data)
    app.switch_page("lessons/gradient_steps.py").run()
    app.button(key="go").click().run()
    app.switch_page("lessons/learning_rates.py").run()
    press(app, "pin_back")
    app.switch_page("lessons/gradient_steps.py").run()
    assert_whole(app)
    assert bool(chosen(app, "run").run) == kept
    assert shown_number(app, "lr") == 0.1
    assert shown_number(app, "start_b") == -1


def test_a_pin_is_removed() -> None:
    app = two_pins()
    app.selectbox(key="pinned_run").select("1. one").run()
    press(app, "pin_remove")
    assert [row["pin"].startswith(r"1\. hubble") for row in pinned(app)] == [True]
    press(app, "pin_remove")
    assert pinned(app) == []


def test_a_pin_lies_over_runs_on_other_data_and_survives_a_change_of_page() -> None:
    app = two_pins()
    app.selectbox(key="pinned_run").select("1. one").run()
    app.toggle(key="pin_over").set_value(True).run()
    before = pinned(app)
    for _ in range(2):
        sentence = next(text.value for text in app.text if "of the pinned run" in text.value)
        assert "of the pinned run one at 0.123: good" in sentence
        app.switch_page("lessons/data.py").run()
        app.switch_page("lessons/learning_rates.py").run()
        assert_whole(app)
        assert pinned(app) == before
    choose_data(app, "cars")
    assert_whole(app)


def load(app: AppTest, content: bytes) -> None:
    loader = next(loader for loader in app.file_uploader if loader.key == "pins_file")
    loader.set_value(("pins.json", content, "application/json")).run()
    assert_whole(app)


def test_a_file_brings_the_pins_that_are_not_there() -> None:
    app = two_pins()
    content = pins_to_json(app.session_state.pins).encode()
    rows = pinned(app)
    other = rates_page()
    load(other, content)
    assert other.success[0].value == "2 runs pinned."
    assert pinned(other) == rows
    app.selectbox(key="pinned_run").select("2. " + pins_from_json(content)[1].name).run()
    press(app, "pin_remove")
    load(app, content)
    assert app.success[0].value == "1 run pinned. 1 run had been there before."
    assert pinned(app) == rows


NO_PINS = [b"", b"[[[", b"x,y\n1,2", b'{"pins": [1], "own_data": []}']


@pytest.mark.parametrize("content", some(NO_PINS, b"[[["))
def test_a_file_that_holds_no_pins_costs_nothing(content: bytes) -> None:
    app = two_pins()
    before = pinned(app)
    load(app, content)
    assert len(app.error) == 1
    assert pinned(app) == before
    app.run()
    assert not app.error


def test_words_that_cannot_be_kept_are_refused_in_one_sentence() -> None:
    app = rates_page(lrs=["0.1"])
    pin_run(app, "turned \u202e", "0.1")
    assert len(app.error) == 1
    assert pinned(app) == []


def test_there_is_room_for_a_hundred_pins() -> None:
    app = rates_page(lrs=["0.1"])
    pin_run(app, "pin", "0.1")
    (pin,) = json.loads(pins_to_json(app.session_state.pins))["pins"]
    more = [pin | {"name": f"pin {place}"} for place in range(1, 100)]
    load(app, json.dumps({"pins": more, "own_data": []}).encode())
    assert len(pinned(app)) == 100
    pin_run(app, "one more", "0.1")
    assert "remove some" in app.error[0].value
    assert len(pinned(app)) == 100


@pytest.mark.parametrize("turns", some([30, 100], 30))
def test_interactions_compile_nothing(turns: int) -> None:
    warm_up()
    before = count_traces()
    rng = np.random.default_rng(0)
    app = open_page("lessons/loss_surface.py")
    for turn in range(turns):
        if turn % 12 == 11:
            app.switch_page(LESSONS[1 + int(rng.integers(3))]).run()
        controls = [w for w in (*app.text_input, *app.button, *app.selectbox) if not w.disabled]
        moved(controls[rng.integers(len(controls))]).run()
        assert_whole(app)
    assert count_traces() == before


@pytest.mark.parametrize("file", LESSONS)
@pytest.mark.parametrize("data", some(["lesson", *BUNDLED], "lesson", "hubble", "forbes"))
def test_standardized_x_holds_on_every_page_and_lines_are_told_in_their_own_units(
    file: str, data: str
) -> None:
    part = {STEPS: "exact", "lessons/learning_rates.py": "round"}.get(file, "")
    app = open_page(file, data=data, standardize="true", part=part)
    assert "x is standardized" in words(app)
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    if file != "lessons/data.py":  # there the best fit is found by hand first
        told = {equation(theory.best_fit(dataset), digits) for digits in (3, 4, 6)}
        assert any(line in words(app) for line in told), told
    app.toggle(key="standardize").set_value(False).run()
    assert_whole(app)
    assert "x is standardized" not in words(app)


def test_standardizing_keeps_the_verdicts_and_moves_the_rates() -> None:
    app = open_page("lessons/learning_rates.py", data="cars", lrs=["0.0001", "0.003"])
    open_part(app, "numbers")
    before = next(table for table in tables_of(app) if "verdict" in table)
    open_part(app, "round")
    app.button(key="toggle_standardize").click().run()
    assert_whole(app)
    open_part(app, "numbers")
    after = next(table for table in tables_of(app) if "verdict" in table)
    assert list(after["verdict"]) == list(before["verdict"])
    limit = theory.stable_limit(load_bundled("cars"))
    assert [float(rate) for rate in rates_box(app).value] == pytest.approx(
        [0.0001 / limit, 0.003 / limit], rel=1e-2
    )
    open_part(app, "round")
    app.button(key="toggle_standardize").click().run()
    assert [float(rate) for rate in rates_box(app).value] == pytest.approx(
        [0.0001, 0.003], rel=1e-2
    )


def test_the_table_of_rates_can_be_sorted() -> None:
    app = open_page("lessons/learning_rates.py", part="numbers")
    app.selectbox(key="sorted_by").set_value("gap").run()
    assert_whole(app)
    table = next(table for table in tables_of(app) if "verdict" in table)
    assert list(table["verdict"]) == ["zigzags", "good", "slow", "explodes"]
    assert "0.771 after step" in words(app)  # it is still that one that exploded


MISTAKES_PAGE = "lessons/mistakes.py"


def question_about(key: str) -> Question:
    return worded(what_happens(MISTAKES[key], make_noisy_line()), say)


def title_of(key: str) -> str:
    return say(f"{MISTAKES[key].section}_title")


def code_of(app: AppTest) -> dict[str, Any]:
    """The code as the page shows it."""
    data: dict[str, Any] = json.loads(component(app, "code_lines"))
    return data


def found(app: AppTest) -> AppTest:
    """Have the line shown, where no browser can click it."""
    app.button(key="show_line").click().run()
    assert_whole(app)
    return app


def answered(app: AppTest, key: str, choice: int) -> AppTest:
    app.radio(key=f"answer_{key}").set_value(choice).run()
    app.button(key="check").click().run()
    assert_whole(app)
    return app


@pytest.mark.parametrize("key", MISTAKES)
def test_a_mistake_is_found_then_answered_and_then_seen(key: str) -> None:
    app, mistake = open_page(MISTAKES_PAGE, mistake=key), MISTAKES[key]
    question, title = question_about(key), title_of(key)
    code = code_of(app)
    assert code["lines"] == [[" ", line] for line in mistake.wrong.splitlines()]
    assert code["is_open"]
    assert code["note"] == ""
    assert title not in words(app)
    assert not [*app.radio]
    code = code_of(found(app))
    assert not code["is_open"]
    assert code["marked"] == list(mistake.taken_out)
    assert code["note"] == f"Here it is. {question.text}"
    assert title in words(app)
    assert app.radio(key=f"answer_{key}").value is None
    assert app.button(key="check").disabled
    for place, choice in enumerate(question.choices):
        if choice.feedback:
            answered(app, key, place)
            assert [info.value for info in app.info] == [f"Not so. {choice.feedback}"]
            assert f"mistake:{key}" not in app.session_state.done
    answered(app, key, mistake.right)
    assert [*app.info] == []
    assert app.success[0].value == "That is what happens."
    assert f"mistake:{key}" in app.session_state.done
    assert [code.value for code in app.code] == [cache.outcome(key).text]
    assert code_of(app)["lines"] == [list(line) for line in mistake.difference]
    assert question.because in words(app)
    assert bool(app.get("vega_lite_chart")) == mistake.silent


def test_no_mistake_runs_before_it_was_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, bool]] = []
    real = cache.outcome

    def outcome(key: str, repaired: bool = False) -> Outcome:
        asked.append((key, repaired))
        return real(key, repaired)

    monkeypatch.setattr(cache, "outcome", outcome)
    app = found(open_page(MISTAKES_PAGE, mistake="plus"))
    app.radio(key="answer_plus").set_value(0).run()
    assert asked == []
    app.button(key="show_outcome").click().run()
    assert asked == [("plus", False), ("plus", False), ("plus", True)]
    assert "mistake:plus" not in app.session_state.done
    assert [*app.info, *app.success] == []


def test_a_solved_mistake_is_marked_and_stays_so_on_other_pages() -> None:
    app = found(open_page(MISTAKES_PAGE, mistake="outside"))
    answered(app, "outside", MISTAKES["outside"].right)
    place = list(MISTAKES).index("outside") + 1
    assert f"✓ {place}" in app.pills(key="mistake").options
    app.switch_page("lessons/data.py").run()
    app.switch_page(MISTAKES_PAGE).run()
    assert chosen(app, "mistake") == "outside"
    assert app.success[0].value == "That is what happens."
    app.pills(key="mistake").set_value("sum").run()
    assert app.query_params["mistake"] == "sum"
    assert code_of(app)["is_open"]
    marked = [title for title in app.pills(key="mistake").options if "✓" in title]
    assert marked == [f"✓ {place}"]
    assert "Stop with an error: Predictions outside the tape" in words(app)


def test_titles_are_numbers_and_the_page_says_how_many() -> None:
    app = open_page(MISTAKES_PAGE)
    assert app.pills(key="mistake").options == [str(n) for n in range(1, len(MISTAKES) + 1)]
    assert f"Here are {len(MISTAKES)} scripts" in words(app)
    assert not any(title_of(key) in words(app) for key in MISTAKES)


@pytest.mark.parametrize(
    ("kept", "is_seen"),
    [
        ({"done": ["mistake:plus"]}, False),
        (
            {"done": ["mistake:plus"], "open": ["mistake plus"], "answers": {"mistake plus": 1}},
            True,
        ),
        ({"open": ["mistake plus"]}, True),
    ],
)
def test_what_was_answered_before_one_had_to_find_the_line_counts_as_found(
    kept: dict[str, object], is_seen: bool
) -> None:
    app = open_page(mistake="plus")
    app.session_state.your_progress = True
    app.run()
    file = json.dumps({"version": 1, **kept})
    app.file_uploader(key="progress_file").upload("p.json", file.encode(), "application/json").run()
    app.switch_page(MISTAKES_PAGE).run()
    assert_whole(app)
    assert not code_of(app)["is_open"]
    assert title_of("plus") in words(app)
    assert app.radio(key="answer_plus").value == (1 if "answers" in kept else None)
    assert (question_about("plus").because in words(app)) == is_seen
    assert len([*app.success]) == ("answers" in kept)


def test_a_link_shows_every_mistake_at_once() -> None:
    app = open_page(MISTAKES_PAGE, mistake="nonsense", show="all")
    assert chosen(app, "mistake") == "plus"
    for key in MISTAKES:
        app.pills(key="mistake").set_value(key).run()
        assert_whole(app)
        assert question_about(key).because in words(app)


@pytest.mark.parametrize("address", ["gradient-steps", "learning-rates"])
def test_a_cache_that_another_visitor_clears_costs_nobody_a_number(address: str) -> None:
    file = page_at(address).file
    app = open_page(file, data="cars", run="200x0.001~100x0.002")
    before = words(app)
    st.cache_data.clear()
    st.cache_resource.clear()
    app.run()
    assert_whole(app)
    assert words(app) == before


def test_the_collector_has_next_to_nothing_to_look_through_after_a_rerun() -> None:
    process.start_warm_up().join()
    app = open_page("lessons/gradient_steps.py")
    for seed in range(1, 4):
        app.session_state.visit.choose(seed=seed)
        app.run()
    assert gc.get_freeze_count() > 100_000
    assert len(gc.get_objects()) < 2_000


@pytest.mark.parametrize(
    "line",
    [
        {"true_w": "1", "true_b": "0", "outlier_y": "0.9"},
        {"true_w": "0", "true_b": "2"},
        {"true_w": "0", "true_b": "0", "outlier_y": "0"},
    ],
)
def test_an_outlier_that_lies_on_an_exact_line_makes_up_nothing(line: dict[str, str]) -> None:
    app = open_page("lessons/data.py", noise="0", outlier="true", part="squares", **line)
    assert "this one point of 101 lies on the line of the others" in words(app)


def test_where_all_points_are_0_the_true_line_is_the_best_fit() -> None:
    app = open_page("lessons/data.py", noise="0", true_w="0", true_b="0", show="all")
    assert "lie on the true line exactly" in words(app)
    assert "can never beat" not in words(app)


@pytest.mark.parametrize("address", [{"data": "own"}, {"n": "3"}])
def test_the_lessons_data_is_told_of_without_its_controls_and_with_few_points(
    address: dict[str, str],
) -> None:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT)
    app.query_params.update({"show": "all", **address})
    app.switch_page("lessons/data.py").run()
    assert_whole(app)
    assert "Noise moved each point" in words(app)


def test_an_outlier_goes_as_it_came() -> None:
    app = open_page("lessons/data.py", part="squares", outlier="true")
    assert app.toggle(key="outlier").value
    app.button(key="take_outlier").click().run()
    assert not app.toggle(key="outlier").value
    assert_whole(app)


def test_after_the_last_seed_comes_the_first() -> None:
    app = open_page("lessons/data.py", seed=str(2**31 - 1))
    next(button for button in app.button if button.label == "New sample").click().run()
    assert shown_number(app, "seed") == 0
    assert str(2**31) not in str(app.query_params)
    assert_whole(app)


def test_each_button_goes_only_as_far_as_mini_batches_do() -> None:
    app = open_page("lessons/gradient_steps.py", run="999999x0.1", batch="8", steps="1")
    disabled = {key: app.button(key=key).disabled for key in ("go", "go_1", "go_10")}
    assert disabled == {"go": False, "go_1": False, "go_10": True}
    app.button(key="go_1").click().run()
    assert_whole(app)
    again = open_page("lessons/gradient_steps.py", run=app.query_params["run"])
    assert chosen(again, "run") == chosen(app, "run")


def test_the_smallest_rate_has_a_fork_that_a_link_can_hold() -> None:
    app = steps_page(lr="1e-99", part="fork")
    app.button(key="try_smaller").click().run()
    address = {name: app.query_params[name] for name in ("run", "fork")}
    again = open_page("lessons/gradient_steps.py", **address)
    assert chosen(again, "run") == chosen(app, "run")
    assert chosen(again, "run").fork


def test_of_a_file_only_its_bytes_are_kept_and_other_columns_are_read_from_them() -> None:
    app = open_page("lessons/data.py", data="own")
    rows = "".join(f"{i},{i % 7},{i % 5},?\n" for i in range(1_000))
    app.file_uploader(key="upload").upload("p.csv", f"a,b,c,d\n{rows}".encode(), "text/csv").run()
    assert len(app.session_state.own_head) == 5
    column_box(app, "y").select("c").run()
    assert chosen(app, "points").y.tolist() == [i % 5 for i in range(1_000)]
    column_box(app, "y").select("d").run()
    assert "Column 'd' is empty: choose a column of numbers." in app.error[0].value
    assert "from before are in use" in app.error[0].value
    column_box(app, "y").select("b").run()
    assert not app.error
    assert chosen(app, "points").y.tolist() == [i % 7 for i in range(1_000)]
