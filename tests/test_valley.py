"""The ball in the bowl is where training takes the line, and what is said of it is so."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from core import theory
from core.course.valley import SHARES, STEPS, cuts, distances, outcomes
from core.datasets import Line, load_bundled, make_noisy_line
from core.figures.ball import ball, floor_ball
from core.figures.palette import BEST_FIT, VERDICTS
from core.figures.rates import DASHES
from core.points import standardize
from core.runs import LESSON_START, TrainingConfig
from core.training import train
from core.words.writing import in_steps, readable
from tests.support.pages import component, open_page, words
from tests.support.samples import compare
from tests.support.scenes import scene
from tests.support.tables import frame

RATES = "lessons/learning_rates.py"
LESSON = make_noisy_line()
DATA = {
    "lesson": LESSON,
    "standardized": standardize(LESSON),
    **{name: load_bundled(name) for name in ("cars", "hubble", "forbes")},
}
SOME_SHARES = (0.025, 0.5, 0.9, 1.0, 1.5, 2.0, 2.4)


@pytest.mark.parametrize("name", DATA)
def test_the_ball_is_where_the_trainer_takes_the_line(name: str) -> None:
    dataset = DATA[name]
    axes, begun = theory.curvature(dataset), cuts(dataset, LESSON_START)
    rates = tuple(share / axes.steep for share in SOME_SHARES)
    history = train(dataset, TrainingConfig(rates, STEPS, LESSON_START))
    recorded = theory.axis_errors(dataset, history.w, history.b)
    for cut, errors in zip(begun, recorded, strict=True):
        assert cut.is_start
        for rate, error in zip(rates, errors, strict=True):
            trained = error * math.sqrt(2 / cut.curvature)
            size = abs(cut.begins) * max(1, abs(1 - rate * cut.curvature)) ** STEPS
            tolerance = 1e-9 * size * max(1, axes.condition_number / 1e6)
            np.testing.assert_allclose(distances(cut, rate), trained, atol=tolerance)


@pytest.mark.parametrize("name", ["lesson", "cars"])
@pytest.mark.parametrize("share", [0.05, 0.5, 1.6, 2.1])
def test_the_chart_draws_the_balls_steps(name: str, share: float) -> None:
    dataset = DATA[name]
    flat, steep = cuts(dataset, LESSON_START)
    verdict = theory.verdict(dataset, share / steep.curvature)
    for cut, picture in (
        (steep, ball(dataset, LESSON_START)),
        (flat, floor_ball(dataset, LESSON_START)),
    ):
        drawn = scene(picture, 570, {"share_at": share, "shown": STEPS})
        by_colour = {
            colour: np.concatenate([s.segments for s in drawn.strokes if s.colour == colour])
            for colour in (BEST_FIT, VERDICTS[verdict])
        }
        wall, ways = by_colour.values()
        left, right = wall[:, [0, 2]].min(), wall[:, [0, 2]].max()
        reach = picture.tables["ball"]["high"]
        off = distances(cut, share / steep.curvature)
        places = (left + right) / 2 + off / reach * (right - left) / 2
        inside = int(np.sum(np.abs(off) <= reach))
        assert inside > 3
        from_here, to_there = ways[1:inside, [0, 2]].T  # the first way leads from step 0 to itself
        np.testing.assert_allclose(from_here, places[: inside - 1], atol=0.02)
        np.testing.assert_allclose(to_there, places[1:inside], atol=0.02)


def test_what_a_step_multiplies_the_distance_by() -> None:
    for dataset in DATA.values():
        axes, found = theory.curvature(dataset), outcomes(dataset, LESSON_START)
        assert (found[39].steep_factor, found[39].kind) == ("0", "good")  # at 1/λ₂
        assert (found[79].steep_factor, found[79].kind) == ("−1", "limit")
        assert found[59].steep_factor == "−0.5"
        for share, one in zip(SHARES.tolist(), found, strict=True):
            rate = share / axes.steep
            assert one.steep_factor == readable(1 - share)
            if one.kind != "limit":
                assert one.kind == theory.verdict(dataset, rate)
            arrives = theory.arrives(dataset, rate, LESSON_START)
            assert (arrives is None) == (one.kind in ("limit", "explodes"))
            assert one.arrives == ("" if arrives is None else in_steps(arrives))
            assert axes.condition_number < 1.001 or one.flat_factor != "1"


def test_the_slope_under_the_ball_is_the_curvature_times_its_distance() -> None:
    for dataset in DATA.values():
        axes, (_, steep) = theory.curvature(dataset), cuts(dataset, LESSON_START)
        slope = np.dot(axes.steep_axis, theory.gradient(dataset, LESSON_START))
        assert slope == pytest.approx(axes.steep * steep.begins, rel=1e-6)
        # and the excess loss is ½ · λ₂ · distance²
        error = theory.error_across(dataset, LESSON_START)
        assert error**2 == pytest.approx(0.5 * steep.curvature * steep.begins**2)


def test_a_start_that_is_not_off_across_gets_a_ball_that_is() -> None:
    best, axes = theory.best_fit(LESSON), theory.curvature(LESSON)
    for start in (best, Line(best.w + axes.flat_axis[0], best.b + axes.flat_axis[1])):
        _, steep = cuts(LESSON, start)
        assert not steep.is_start
        assert steep.begins > 0
    app = open_page(RATES, noise="0", start_w="0.1", start_b="0.5")
    assert "This start is not off across the valley at all" in words(app)
    assert "This start is not off" not in words(open_page(RATES))


def test_the_slider_tells_the_factor_the_rate_and_when_the_line_arrives() -> None:
    sent = json.loads(component(open_page(RATES), "ball_slider"))
    kinds, positions = sent["told"]["kinds"], sent["told"]["positions"]
    assert set(kinds) == {"slow", "good", "zigzag", "limit", "explodes"}
    assert len(positions) == SHARES.size == sent["sliders"][0]["count"]
    safe = positions[39]
    assert safe[:2] == ["good", "0"]
    assert safe[2] == readable(theory.safe_rate(LESSON))
    before, after, tag, below = kinds["good"]
    assert before == "Across the valley, a step multiplies the distance by"
    assert "1 − rate × λ₂ = 1 − {2} × 2.65" in after
    assert tag == "good"
    assert "by {3}" in below
    assert "arrives after {4}" in below
    assert safe[3] == readable(1 - theory.safe_rate(LESSON) * theory.curvature(LESSON).flat)
    assert safe[4] == in_steps(theory.arrives(LESSON, theory.safe_rate(LESSON), LESSON_START))
    assert "{4}" not in "".join(kinds["explodes"])


def test_a_zigzag_can_arrive_sooner_and_the_safe_choice_needs_at_most_about_twice_the_steps() -> (
    None
):
    for name in ("lesson", "cars", "hubble"):
        dataset, safe = DATA[name], theory.safe_rate(DATA[name])
        steps = theory.arrives(dataset, safe, LESSON_START)
        fastest = theory.arrives(dataset, theory.fastest_rate(dataset), LESSON_START)
        sooner = theory.arrives(dataset, 1.5 * safe, LESSON_START)
        assert None not in (steps, fastest, sooner)
        assert sooner < steps <= 2.2 * fastest


def test_rates_with_the_same_verdict_are_told_apart_by_their_dashes() -> None:
    limit = theory.stable_limit(LESSON)
    rates = tuple(share * limit for share in (0.01, 0.1, 0.2, 0.3, 0.4, 0.6, 0.9, 1.1))
    paths = frame(compare(LESSON, rates).paths)
    looks = paths.groupby("rate")[["kind", "dash"]].first()
    assert len(set(map(tuple, looks.to_numpy().tolist()))) == len(rates)
    assert looks["dash"].tolist() == [0, 0, 1, 2, 3, 0, 1, 0]
    assert len({tuple(dash) for dash in DASHES}) == len(DASHES) == 8


def test_where_a_good_line_has_not_arrived_the_page_says_so_and_why() -> None:
    app = open_page(RATES, data="cars", show="all")
    dataset, start = load_bundled("cars"), Line(0.0, 0.0)
    (rate,) = (
        float(typed)
        for typed in app.session_state.visit.get("lrs")
        if theory.verdict(dataset, float(typed)) == "good"
    )
    needed = theory.arrives(dataset, rate, start)
    assert needed is not None
    assert f"{readable(rate)} is good, but its line has not arrived" in words(app)
    assert f"it arrives after {in_steps(needed)}" in words(app)
    config = TrainingConfig((rate,), needed, start)
    end = train(dataset, config).last_line()
    early = train(dataset, replace(config, steps=needed - 1)).last_line()
    goal = theory.arrived_gap(dataset, start)
    assert theory.gap(dataset, end) <= goal < theory.gap(dataset, early)
    app.button(key="standardize_here").click().run()
    assert app.session_state.visit.get("standardize")
    assert "has not arrived" not in words(app)
    assert "has not arrived" not in words(open_page(RATES, show="all", steps="2000"))


def test_where_only_steps_are_missing_the_page_does_not_blame_the_valley() -> None:
    for address in ({}, {"standardize": "true", "lrs": "0.1"}):
        said = words(open_page(RATES, show="all", steps="2", **address))
        assert "More steps remove what is left." in said
        assert "along its floor a step leaves" not in said
        assert "The way out" not in said
    app = open_page(RATES, data="cars", show="all", hide="standardize")
    assert "has not arrived" in words(app)
    assert "The way out" not in words(app)


def test_the_floor_is_called_slow_only_where_it_is() -> None:
    assert "The same rate hardly moves the ball there" in words(open_page(RATES))
    near = {"data": "own", "points": "-2_1~-1_2~0_0~1_3~2_2"}
    said = words(open_page(RATES, **near))
    assert "The same rate moves the ball less there" in said
    assert "hardly moves" not in said
    round_bowl = words(open_page(RATES, standardize="true"))
    assert "one rate serves both" in " ".join(round_bowl.split())


def test_the_takeaway_waits_for_the_prediction_too() -> None:
    app = open_page(RATES, show="")
    assert "2/λ₂" not in words(app)
    assert "1/λ₂" not in words(app)
    assert "The data decides how large a step may be" in words(app)
    for part in ("numbers", "algebra", "round", "said", "beat", "pins", "challenges"):
        waiting = words(open_page(RATES, show="", part=part))
        assert "Predict it first" in waiting
        assert "λ₂" not in waiting
