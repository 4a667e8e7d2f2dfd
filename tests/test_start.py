"""What the page Start says and draws of a run at each learning rate is what the run does."""

import json
import re
from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pytest
import vl_convert

from core import theory
from core.course import first_run
from core.course.first_run import DRAWN, RATES, STEPS, THROWN, mean_distance, outcomes
from core.datasets import Line, load_bundled, make_noisy_line
from core.eager import train_eagerly
from core.figures.first import _height, first
from core.runs import LESSON_START
from tests.support.pages import component, open_page
from tests.support.tables import frame

LESSON = make_noisy_line()
LIMIT = theory.stable_limit(LESSON)


def lines_of(rate: float, steps: int) -> list[Line]:
    """The line after each step of the lesson's own loop."""
    return [Line(w, b) for w, b, *_ in train_eagerly(LESSON, rate, steps, LESSON_START)]


@pytest.mark.parametrize("rate", [0.01, 0.1, 0.5])
def test_the_number_is_the_mean_distance_of_the_loops_last_line(rate: float) -> None:
    (outcome,) = outcomes(LESSON, [rate])
    last = lines_of(rate, STEPS)[-1]
    off = np.mean(np.abs(LESSON.y - (last.w * LESSON.x + last.b)))
    assert outcome.number == pytest.approx(off, rel=1e-6)


def test_each_step_of_an_explosion_throws_the_line_as_far_as_it_says() -> None:
    exploding = [one for one in outcomes(LESSON, RATES) if one.kind == "explodes"]
    assert exploding[0].rate == min(rate for rate in RATES if rate >= LIMIT)
    for outcome in exploding:
        off = [theory.gap(LESSON, line) for line in lines_of(outcome.rate, THROWN)]
        for before, after in pairwise(off):
            assert after / before == pytest.approx(outcome.number, rel=0.01)


def test_the_tags_are_true() -> None:
    best = mean_distance(LESSON, theory.best_fit(LESSON))
    for outcome in outcomes(LESSON, RATES):
        jumps = theory.verdict(LESSON, outcome.rate) == "zigzag"
        assert outcome.kind.endswith("_jumping") == jumps
        if outcome.kind.startswith("there"):
            assert outcome.number <= 1.5 * best
        elif outcome.kind.startswith("on_way"):
            assert outcome.number > 1.5 * best
        else:
            assert theory.verdict(LESSON, outcome.rate) == "explodes"


def test_on_these_points_the_range_is_wide_and_on_some_others_no_rate_gets_there() -> None:
    there = [one.rate for one in outcomes(LESSON, RATES) if one.kind.startswith("there")]
    assert max(there) / min(there) > 3
    forbes, start = load_bundled("forbes"), Line(0.0, 0.0)
    rates = np.geomspace(1e-3, 1, 200) * theory.stable_limit(forbes)
    needed = [theory.arrives(forbes, rate, start) for rate in (*rates, theory.fastest_rate(forbes))]
    assert all(steps is None or steps > STEPS for steps in needed)


def test_the_slider_passes_every_kind_of_run() -> None:
    kinds = {outcome.kind for outcome in outcomes(LESSON, RATES)}
    assert kinds >= {"on_way", "there", "there_jumping", "explodes"}
    told = json.loads(component(open_page(), "rate_slider"))["told"]
    assert set(told["kinds"]) == kinds
    assert len(told["positions"]) == RATES.size
    assert told["positions"][0] == ["on_way", "1.48"]


@pytest.mark.parametrize("rate", [0.001, 0.1, 0.7, 1.0])
def test_the_chart_draws_the_lines_of_the_loop(rate: float) -> None:
    form = SimpleNamespace(**first_run.errors(LESSON))
    for step, line in enumerate(lines_of(rate, 10)):
        for x in (0.0, 1.0):
            height = eval(
                _height("x", "step"), {"theory_row": form, "rate": rate, "x": x, "step": step}
            )
            assert height == pytest.approx(line.w * x + line.b, rel=1e-9)


def axis_labels(rate: float, shown: int) -> list[float]:
    """The numbers along the y axis, as Vega draws them at a rate and a place of Play."""
    picture = first(LESSON)
    spec = json.loads(json.dumps(picture.spec))
    for parameter in spec["params"]:
        given = {"log_rate": float(np.log10(rate)), "shown": shown}
        parameter.update({"value": given[parameter["name"]]} if parameter["name"] in given else {})
    tables = {name: frame(table).to_dict("records") for name, table in picture.tables.items()}
    drawn = vl_convert.vegalite_to_svg({**spec, "width": 500, "height": 300, "datasets": tables})
    axis = drawn.split('class="mark-group role-axis"')[-1]
    texts = re.findall(r">([−\d][\d.,]*)</text>", axis)
    return [float(text.replace("−", "-").replace(",", "")) for text in texts]


def test_the_axis_grows_with_an_explosion_and_with_no_other_run() -> None:
    last = len(DRAWN) - 1
    usual = axis_labels(0.01, last)
    assert axis_labels(0.5, last) == usual
    assert axis_labels(1.0, 0) == usual
    growing = [max(map(abs, axis_labels(1.0, shown))) for shown in (4, 8, last)]
    assert growing == sorted(set(growing))
    farthest = max(abs(line.b) for line in lines_of(1.0, THROWN))
    assert growing[-1] > 0.5 * farthest
