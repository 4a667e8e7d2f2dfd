"""A verdict is on the rate, and a line arrives when it is there: the facts, and what pages say."""

import math
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import theory
from core.course import predictions
from core.course.checks import hidden_zigzag
from core.course.glossary import section
from core.course.verdicts import AT_THE_LIMIT, arrival, judged, verdict_word, what_grows
from core.datasets import BUNDLED, Dataset, Line, load_bundled, make_noisy_line
from core.points import standardize
from core.runs import LESSON_START, MAX_STEPS, TrainingConfig
from core.training import train
from core.words import say
from core.words.writing import VERDICT_WORDS, count, in_steps, readable, readable_below
from tests.support.data import own
from tests.support.pages import open_page, open_part, tables_of, words
from tests.support.questions import in_words

STEPS, RATES = (f"lessons/{name}.py" for name in ("gradient_steps", "learning_rates"))
LESSON, ORIGIN = make_noisy_line(), Line(0.0, 0.0)


def class_of_hands() -> Dataset:
    """Heights over hand spans, both in cm, of thirty in a class."""
    rng = np.random.default_rng(1)
    spans = np.round(rng.normal(20, 1.8, 30), 1)
    return Dataset(spans, np.round(110 + 3 * spans + rng.normal(0, 4, 30)))


def rates_table(app: AppTest) -> list[dict[str, str]]:
    return next(t for t in tables_of(app) if "s = rate × λ₂" in t).to_dict("records")


def alts(app: AppTest) -> str:
    return " ".join(text.value for text in app.text)


# When a line arrives


def test_little_excess_loss_is_left_long_before_the_line_arrives() -> None:
    forbes = load_bundled("forbes")
    safe = theory.safe_rate(forbes)
    assert theory.steps_needed(forbes, safe, ORIGIN) == 1
    after = theory.loss_after(forbes, ORIGIN, safe, np.array(MAX_STEPS))
    assert after == pytest.approx(4.67, abs=0.005)
    assert theory.mse(forbes, theory.best_fit(forbes)) == pytest.approx(0.048, abs=5e-4)
    rounded = standardize(forbes)
    assert theory.steps_needed(rounded, 0.5, rounded.from_original(ORIGIN)) == 1
    assert theory.arrives(rounded, 0.5, rounded.from_original(ORIGIN)) == 1

    hands = class_of_hands()
    rate = 0.45 * theory.stable_limit(hands)
    assert theory.verdict(hands, rate) == "good"
    assert theory.steps_needed(hands, rate, ORIGIN) == 2
    end = train(hands, TrainingConfig((rate,), 2, ORIGIN)).last_line()
    assert end.w > 2 * theory.best_fit(hands).w  # plainly wrong
    assert theory.arrives(hands, rate, ORIGIN) > 10_000


def test_a_long_valley_is_told_to_take_as_long_as_it_does() -> None:
    forbes = load_bundled("forbes")
    safe = theory.safe_rate(forbes)
    arrives = theory.arrives(forbes, safe, ORIGIN)
    assert arrives is not None
    app = open_page(RATES, data="forbes", part="algebra")
    said = words(app) + words(open_part(app, "round"))
    assert f"the line **arrives after {in_steps(arrives)}**" in said
    assert f"from then on its gap is at most {arrival(forbes, ORIGIN)}." in said
    assert "At most 1 % of the excess loss is left after 1 step already" in said
    assert f"the line arrives after **1 step** instead of {count(arrives)}." in said
    assert f"no rate below the limit arrives in the {MAX_STEPS:,} steps" in said
    assert "from 1 step to 1 step" not in said


def test_a_good_rate_is_shown_with_the_steps_until_its_line_arrives() -> None:
    hands = class_of_hands()
    rate = 0.45 * theory.stable_limit(hands)
    arrives = theory.arrives(hands, float(f"{rate:.3g}"), ORIGIN)
    assert arrives is not None
    shown = [f"{rate:.3g}"]
    app = open_page(RATES, **own(hands.x.tolist(), hands.y.tolist()), lrs=shown, part="numbers")
    (row,) = rates_table(app)
    assert (row["verdict"], row["arrives after"]) == ("good", count(arrives))
    assert row["measured"] == "–"
    assert f"good, not there yet: arrives after {in_steps(arrives)}" in alts(app)
    assert "*Arrives after*: so many steps until the gap is at most" in words(app)


@pytest.mark.parametrize("data", BUNDLED)
def test_no_rate_is_said_to_arrive_only_where_none_does(data: str) -> None:
    dataset = load_bundled(data)
    limit = theory.stable_limit(dataset)
    tried = [theory.arrives(dataset, share * limit, ORIGIN) for share in np.linspace(0.9, 1, 50)]
    least = min(steps for steps in tried if steps is not None)
    assert theory.out_of_reach(dataset, ORIGIN, MAX_STEPS) == (least > MAX_STEPS)
    assert theory.out_of_reach(dataset, ORIGIN, least // 2 - 1)
    assert not theory.out_of_reach(dataset, ORIGIN, least)


def test_a_start_that_has_arrived_is_not_asked_to_arrive() -> None:
    best = theory.best_fit(LESSON)
    near = Line(round(best.w, 4), round(best.b, 4))
    assert 0 < theory.gap(LESSON, near) < theory.arrived_gap(LESSON, near)
    start = {"start_w": repr(near.w), "start_b": repr(near.b)}
    app = open_page(RATES, part="numbers", show="all", **start)
    assert {row["arrives after"] for row in rates_table(app)} == {"0", "–"}
    for part in ("algebra", "round"):
        assert words(open_part(app, part)).count("has arrived already") == 1
    open_part(app, "challenges")
    for challenge in ("one_rate", "schedule"):
        app.pills(key="challenge").set_value(challenge).run()
        assert "This start has arrived already: its gap is at most" in words(app)


def test_of_level_points_a_hundredth_of_the_way_is_left() -> None:
    level = Dataset(np.array([1.0, 2.0, 4.0]), np.full(3, 5.0))
    assert str(arrival(level, ORIGIN)) == "0.05, 1 % of the gap at the start"
    said = words(open_page(RATES, part="algebra", **own([1.0, 2.0, 4.0], [5.0, 5.0, 5.0])))
    assert "its gap is at most 0.05, 1 % of the gap at the start" in said


@pytest.mark.parametrize("taken", [3, 500])
def test_the_steps_that_are_left_are_those_until_the_line_arrives(taken: int) -> None:
    total = theory.arrives(LESSON, 0.1, LESSON_START)
    assert total is not None
    said = words(open_page(STEPS, run=f"{taken}x0.1", part="exact"))
    there = arrival(LESSON, LESSON_START)
    if taken < total:
        assert f"it **arrives after {total - taken:,} more steps**: then its gap is at" in said
        assert "has **arrived**" not in said
    else:
        assert f"So it has **arrived**: its gap is at most {there}." in said


# The verdict is on the rate


@pytest.mark.parametrize(
    ("rate", "verdict", "needed", "arrives"),
    [(0.755, "zigzag", 1049, 3882), (0.03, "slow", 43, 1519), (0.34, "good", 3, 132)],
)
def test_a_verdict_does_not_say_how_soon_a_line_arrives(
    rate: float, verdict: theory.Verdict, needed: int, arrives: int
) -> None:
    assert theory.verdict(LESSON, rate) == verdict
    assert theory.steps_needed(LESSON, rate, LESSON_START) == needed
    assert theory.arrives(LESSON, rate, LESSON_START) == arrives
    word = VERDICT_WORDS[verdict]
    assert "fast" not in word
    assert judged(LESSON, rate, LESSON_START) == f"{word}, arrives after {arrives:,} steps"


def test_a_good_rate_on_the_cars_needs_thousands_of_steps() -> None:
    cars = load_bundled("cars")
    rate = 0.45 * theory.stable_limit(cars)
    assert theory.steps_needed(cars, rate, ORIGIN) == 518
    assert judged(cars, rate, ORIGIN) == "good, arrives after 8,882 steps"


@pytest.mark.parametrize("data", ["lesson", *BUNDLED])
def test_of_the_way_along_a_valley_no_rate_removes_more_than_is_said(data: str) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    axes = theory.curvature(dataset)
    app = open_page(RATES, part="algebra", **({} if data == "lesson" else {"data": data}))
    found = re.search(r"removes less than one part in (\S+) of the distance", words(app))
    assert found is not None
    assert found[1] == readable_below(axes.condition_number / 2)
    parts = np.float64(found[1].replace(",", "")) if "×" not in found[1] else 0.0
    assert theory.stable_limit(dataset) * axes.flat * parts <= 1 + 1e-12


def test_a_factor_that_is_not_1_is_not_written_as_1() -> None:
    forbes = load_bundled("forbes")
    rate = 0.45 * theory.stable_limit(forbes)
    app = open_page(RATES, data="forbes", part="numbers", lrs=[f"{rate:.3g}"])
    (row,) = rates_table(app)
    assert row["a step × flat error"] == "0.99999998"
    (row,) = rates_table(open_page(RATES, standardize="true", lrs=["0.9999"], part="numbers"))
    assert row["× steep error"] == "−0.9998"


# At the limit, and above


@pytest.mark.parametrize(
    "dataset", [standardize(LESSON), Dataset(np.array([-2.0, 0.1, 2]), np.array([1.0, 3, 2]))]
)
def test_exactly_at_the_limit_a_run_jumps_for_ever_equally_far(dataset: Dataset) -> None:
    limit = theory.stable_limit(dataset)
    start = dataset.from_original(LESSON_START)
    history = train(dataset, TrainingConfig((limit,), 500, start))
    _, across = theory.axis_errors(dataset, history.w[0], history.b[0])
    np.testing.assert_allclose(across[1:], -across[:-1], rtol=1e-9)
    assert history.diverged_at[0] < 0
    assert theory.verdict(dataset, limit) == "explodes"
    assert verdict_word(dataset, limit) == AT_THE_LIMIT
    assert verdict_word(dataset, 1.001 * limit) == "explodes"
    assert verdict_word(dataset, 0.999 * limit) == "zigzags"


def test_at_the_limit_the_page_does_not_say_that_it_explodes() -> None:
    app = open_page(RATES, standardize="true", lrs=["1"], part="numbers", show="all")
    (row,) = rates_table(app)
    assert (row["verdict"], row["arrives after"]) == (AT_THE_LIMIT, "–")
    start = standardize(LESSON).from_original(LESSON_START)
    assert row["loss"] == readable(theory.mse(standardize(LESSON), start))
    assert f"1: {AT_THE_LIMIT}" in alts(app)
    assert "1: explodes" not in alts(app)
    said = words(open_part(app, "algebra"))
    assert "at 2/λ₂ = **1** it changes sign for ever and keeps its size; above" in said
    open_part(app, "challenges")
    app.button(key="take_from_ruler").click().run()
    assert "**1 is too large**: the error across the valley jumps for ever" in words(app)


def test_above_the_limit_the_error_across_the_valley_grows_though_the_line_comes_closer() -> None:
    start, rate = Line(2.0, -0.451), 0.77
    assert theory.stable_limit(LESSON) < rate
    history = train(LESSON, TrainingConfig((rate,), 10, start))
    assert history.loss[0, 0] == pytest.approx(0.341, abs=5e-4)
    assert history.loss[0, 10] == pytest.approx(0.091, abs=5e-4)
    assert (np.diff(history.loss[0]) < 0).all()
    _, across = theory.axis_errors(LESSON, history.w[0], history.b[0])
    assert (np.diff(np.abs(across)) > 0).all()
    said = words(open_page(RATES))
    assert "above it an error across the valley grows at every step" in said
    assert "thrown farther off" not in said
    assert "come no closer" not in words(open_page(STEPS, lr="0.77", part="batches"))


def test_an_explosion_along_the_floor_is_not_blamed_on_the_error_across_the_valley() -> None:
    vee = Dataset(np.array([-1.0, 0.0, 1.0]), np.array([-1.0, 0.0, 1.0]))
    history = train(vee, TrainingConfig((1.6,), 200, ORIGIN))
    flat, steep = theory.axis_errors(vee, history.w[0], history.b[0])
    assert history.diverged_at[0] > 0
    assert not steep.any()
    assert (np.diff(np.abs(flat[:20])) > 0).all()
    address = {"data": "own", "points": "-1_-1~0_0~1_1", "start_w": "0", "start_b": "0"}
    for app in (
        open_page(STEPS, lr="1.6", run="200x1.6", **address),
        open_page("lessons/loss_surface.py", lr="1.6", **address),
    ):
        said = words(app) + " ".join(warning.value for warning in app.warning)
        assert str(what_grows(vee, 1.6)) in said
        assert "the error across the valley grows" not in said


def test_the_question_about_the_limit_is_about_the_error_across_the_valley() -> None:
    prompt = predictions.limit_of(LESSON, LESSON_START, 0)
    question = say("learning_rates.predict_limit", stretch=prompt.stretch, shown_rate=prompt.shown)
    assert "Above which rate does every step throw it farther than the last" in question
    assert "Cut the valley of the loss across" in say("learning_rates.intro")
    for multiple in (1.0, 1.5, 20.0):
        said = predictions.worded(prompt.judge(multiple * prompt.answer), say).feedback
        assert "line" not in said or "jumps for ever, equally far" in said
        assert "across the valley" in said
    asked = in_words(hidden_zigzag, LESSON, LESSON_START)
    assert not any("arrive" in choice.text + (choice.feedback or "") for choice in asked.choices)


# The condition number, and what makes the valley's shape


def spread_by(deviation: float, line: Line) -> Dataset:
    """Four points on a line, whose x have mean 0 and this standard deviation."""
    x = deviation * np.array([-1.0, -1.0, 1.0, 1.0])
    return Dataset(x, line.at(x))


def test_a_larger_condition_number_can_take_fewer_steps_at_a_rate() -> None:
    smaller, larger = spread_by(0.5, Line(2.1, 1.0)), spread_by(3.0, Line(1.0, 1.0))
    conditions = [theory.curvature(data).condition_number for data in (smaller, larger)]
    assert conditions == pytest.approx([4, 9])
    needed = [theory.steps_needed(data, 0.1, ORIGIN) for data in (smaller, larger)]
    assert needed == [39, 11]
    assert "every rate" not in say(section("condition number"))


def test_the_larger_the_condition_number_the_more_steps_the_fastest_rate_needs() -> None:
    assert "the more steps even the fastest rate needs" in say(section("condition number"))
    needed = []
    for deviation in (0.9, 0.5, 0.1, 0.01):
        data = spread_by(deviation, Line(1.0, 1.0))
        needed.append(theory.steps_needed(data, theory.fastest_rate(data), ORIGIN, 1e-12))
    assert needed == sorted(needed)
    assert len(set(needed)) == 4


@pytest.mark.parametrize("data", ["lesson", *BUNDLED])
def test_unit_and_zero_of_x_make_the_valley_as_round_as_is_said(data: str) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    deviation, mean = float(np.std(dataset.x)), float(np.mean(dataset.x))

    def condition(unit: float, zero: float) -> float:
        return theory.curvature(Dataset((dataset.x - zero) / unit, dataset.y)).condition_number

    by_unit, by_zero = theory.roundest(dataset)
    size = math.hypot(deviation, mean)
    assert condition(size, 0) == pytest.approx(by_unit, rel=1e-6)
    assert min(condition(size * unit, 0) for unit in (0.99, 1.01)) > by_unit
    assert condition(1, mean) == pytest.approx(by_zero, rel=1e-6)
    assert min(condition(1, mean + off * deviation) for off in (-0.01, 0.01)) > by_zero
    assert condition(deviation, mean) == pytest.approx(1)
    said = words(open_page(RATES, part="round", **({} if data == "lesson" else {"data": data})))
    assert f"would be {readable(by_unit)} at best in another unit, and {readable(by_zero)}" in said
    assert "nothing but its units" not in said


def test_the_units_of_x_alone_leave_a_valley() -> None:
    forbes = load_bundled("forbes")
    assert theory.roundest(LESSON)[0] == pytest.approx(15, abs=0.5)
    assert theory.curvature(LESSON).condition_number == pytest.approx(19, abs=0.5)
    assert theory.roundest(forbes)[0] == pytest.approx(5279, abs=1)
    assert theory.curvature(forbes).condition_number == pytest.approx(5.4e7, rel=0.01)


def test_what_is_round_already_has_mean_0_and_deviation_1() -> None:
    apart = own([-1.0, -1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 2.0])
    said = words(open_page(RATES, part="round", **apart))
    assert "these x have mean 0 and standard deviation 1" in said
    # Around 0, and each 1 from it: but all on one side.
    aside = own([1.0, 1.0, 1.0, -1.0, 1.0, 1.0], [0.0, 1, 2, 0, 1, 3])
    assert "It is round already" not in words(open_page(RATES, part="round", **aside))
