"""A par can be reached and not be beaten; a try is judged by its run; a diagnosis is the run's."""

import itertools
import re

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import theory
from core.course.verdicts import what_grows
from core.datasets import BUNDLED, Dataset, Line, load_bundled, make_noisy_line
from core.descent.challenges import (
    DIAGNOSED_STEPS,
    MOST_STEPS,
    NAMES,
    Diagnosis,
    converges,
    draw_diagnosis,
    fewest_scheduled_steps,
    fewest_steps,
    largest_rate,
    steps_with_one_rate,
    steps_with_schedule,
    three_digits,
)
from core.eager import train_eagerly
from core.figures.diagnosis import diagnosis
from core.points import standardize
from core.runs import LESSON_START, TrainingConfig
from core.training import train
from core.words import say
from core.words.writing import VERDICT_WORDS, readable
from tests.support.data import own
from tests.support.pages import assert_whole, box, chosen, open_page, words
from tests.support.tables import frame
from tests.support.tiers import some

ZERO = Line(0.0, 0.0)
LESSON = make_noisy_line()
DATA_SETS = {
    **{f"seed {seed}": (make_noisy_line(seed=seed), LESSON_START) for seed in range(6)},
    **{name: (load_bundled(name), ZERO) for name in BUNDLED},
    "standardized": (standardize(load_bundled("cars")), ZERO),
}
KEPT = ("seed 0", "forbes")
SOME = ["seed 0", "seed 1", "cars", "hubble", "forbes", "anscombe-3", "standardized"]


# The largest rate


@pytest.mark.parametrize("data", some(DATA_SETS, *KEPT))
def test_the_largest_rate_found_is_the_last_one_below_the_limit(data: str) -> None:
    dataset, start = DATA_SETS[data]
    par, limit = largest_rate(train, dataset, start), theory.stable_limit(dataset)
    assert par is not None
    next_one = three_digits(par + 10.0 ** (np.floor(np.log10(par)) - 2))
    assert par <= limit <= next_one * (1 + 1e-6)


@pytest.mark.parametrize("data", some(SOME, *KEPT))
def test_no_rate_of_three_digits_converges_above_par(data: str) -> None:
    dataset, start = DATA_SETS[data]
    par = largest_rate(train, dataset, start)
    assert par is not None
    assert converges(train, dataset, start, par)
    rng = np.random.default_rng(0)
    tries = {three_digits(par * (1 + over)) for over in [*rng.uniform(0, 0.1, 20), 1, 100]} - {par}
    assert not any(converges(train, dataset, start, rate) for rate in tries)


def test_at_the_limit_itself_nothing_converges() -> None:
    dataset, start = DATA_SETS["standardized"]
    assert theory.stable_limit(dataset) == 1
    assert not converges(train, dataset, start, 1.0)
    assert converges(train, dataset, start, 0.999)


# λ₂ = 2 and λ₁ = 4/3: the limit is 1, which three digits can write.
STEP = Dataset(np.array([-1.0, 0.0, 1.0]), np.array([-1.0, 1.0, 1.5]))
FIVE = Dataset(np.arange(-2.0, 3.0), np.array([0.0, 1.0, 2.0, 2.0, 5.0]))
VEE = Dataset(np.array([-1.0, 0.0, 1.0]), np.array([-1.0, 0.0, 1.0]))  # its best fit has b = 0


@pytest.mark.parametrize("dataset", [STEP, FIVE])
def test_a_run_that_jumps_for_ever_does_not_converge_though_it_has_come_closer(
    dataset: Dataset,
) -> None:
    limit = theory.stable_limit(dataset)
    run = train(dataset, TrainingConfig((limit,), MOST_STEPS, ZERO))
    begun, left = theory.gap(dataset, ZERO), theory.gap(dataset, run.last_line())
    assert left < 0.99 * begun
    assert left == pytest.approx(abs(theory.error_across(dataset, ZERO)))
    assert not converges(train, dataset, ZERO, limit)
    par = largest_rate(train, dataset, ZERO)
    assert par is not None
    assert par < limit < par + 0.0011


def test_without_an_error_across_the_valley_the_limit_is_that_of_its_floor() -> None:
    assert theory.error_across(VEE, ZERO) == 0
    limit, floor = theory.stable_limit(VEE), 2 / theory.curvature(VEE).flat
    assert converges(train, VEE, ZERO, 1.02 * limit)
    assert largest_rate(train, VEE, ZERO) == pytest.approx(floor, rel=0.01)
    assert not converges(train, VEE, ZERO, 1.6)
    run = train(VEE, TrainingConfig((1.6,), 20, ZERO))
    assert not theory.axis_errors(VEE, run.w, run.b)[1].any()
    told = str(what_grows(VEE, 1.6))
    assert "above 1 an error across the valley grows" in told
    assert "from 1.5 on one along its floor does not shrink" in told
    assert "floor" not in str(what_grows(VEE, 1.4))


@pytest.mark.parametrize("dataset", [LESSON, VEE, load_bundled("cars"), standardize(LESSON)])
def test_what_is_said_to_grow_grows(dataset: Dataset) -> None:
    axes, best = theory.curvature(dataset), theory.best_fit(dataset)
    limit, floor = 2 / axes.steep, 2 / axes.flat
    for rate in (1.01 * limit, 0.99 * floor, 1.01 * floor):
        told = str(what_grows(dataset, rate))
        for (w, b), name in ((axes.steep_axis, "across the valley"), (axes.flat_axis, "floor")):
            step = TrainingConfig((rate,), 1, Line(best.w + w, best.b + b))
            paths = theory.closed_form_path(dataset, step)
            before, after = np.hypot(*theory.axis_errors(dataset, *paths))[0]
            if rate > limit:
                assert (name in told or "in any direction" in told) == (after > before)


def test_a_rate_too_small_to_move_a_float_does_not_converge() -> None:
    assert not converges(train, LESSON, LESSON_START, 1e-40)


# 1 % in the fewest steps


def eager_steps(dataset: Dataset, start: Line, rate: float, most: int) -> int:
    """Count on the lesson's own loop, by its losses."""
    lowest, enough = theory.mse(dataset, theory.best_fit(dataset)), (0.01 * np.std(dataset.y)) ** 2
    excess = [row[2] - lowest for row in train_eagerly(dataset, rate, most, start)]
    return next(step for step, value in enumerate(excess) if value <= enough)


@pytest.mark.parametrize("multiple", some([0.4, 0.5, 0.9], 0.5))
def test_steps_are_those_of_the_lessons_loop(multiple: float) -> None:
    rate = multiple * theory.stable_limit(LESSON)
    steps = steps_with_one_rate(train, LESSON, LESSON_START, rate)
    assert steps == eager_steps(LESSON, LESSON_START, rate, 200)


@pytest.mark.parametrize("data", some(DATA_SETS, *KEPT))
def test_steps_are_those_of_the_closed_form(data: str) -> None:
    dataset, start = DATA_SETS[data]
    for multiple in (0.003, 0.3, 0.5, 0.9, 0.99, 1.1):
        rate = multiple * theory.stable_limit(dataset)
        needed = theory.arrives(dataset, rate, start)
        measured = steps_with_one_rate(train, dataset, start, rate)
        assert measured == (None if needed is None or needed > MOST_STEPS else needed)


@pytest.mark.parametrize("data", some(DATA_SETS, *KEPT))
def test_no_rate_needs_fewer_steps_than_par_and_one_needs_as_many(data: str) -> None:
    dataset, start = DATA_SETS[data]
    par = fewest_steps(train, dataset, start)
    if theory.out_of_reach(dataset, start, MOST_STEPS):
        assert par is None
        return
    limit = theory.stable_limit(dataset)
    rng = np.random.default_rng(1)
    tries = [*rng.uniform(0, limit, 100), *np.linspace(0.3, 0.9999, 1_000) * limit]
    needed = [theory.arrives(dataset, rate, start) for rate in tries]
    least = min(steps for steps in needed if steps is not None)
    assert par is not None
    assert par <= least
    # Reached, by a rate that the search did not hand over: the tries above are close together.
    assert least <= par + max(1, par // 100)
    best = tries[int(np.argmin([np.inf if steps is None else steps for steps in needed]))]
    assert steps_with_one_rate(train, dataset, start, best) == least


def test_where_no_rate_arrives_there_is_no_par() -> None:
    forbes = load_bundled("forbes")
    assert fewest_steps(train, forbes, ZERO) is None
    assert steps_with_one_rate(train, forbes, ZERO, theory.safe_rate(forbes)) is None
    assert "From this start no rate arrives within 20,000 steps" in words(
        open_challenge("one_rate", data="forbes")
    )


def test_a_start_that_has_arrived_needs_no_step() -> None:
    best = theory.best_fit(LESSON)
    near = Line(best.w, best.b + 0.5 * theory.arrived_gap(LESSON, LESSON_START))
    assert fewest_steps(train, LESSON, near) == 0
    assert fewest_scheduled_steps(train, LESSON, near) == 0


@pytest.mark.parametrize("data", some(SOME, *KEPT))
def test_two_steps_do_with_a_schedule_and_one_only_if_one_rate_does(data: str) -> None:
    dataset, start = DATA_SETS[data]
    par = fewest_scheduled_steps(train, dataset, start)
    alone = fewest_steps(train, dataset, start)
    assert par == (1 if alone == 1 else 2)
    rng = np.random.default_rng(2)
    for first, second in 2 * 10 ** rng.uniform(-2, 2, (50, 2)):
        steps = steps_with_schedule(train, dataset, start, (first, second), 0.0)
        assert steps is None or steps >= par


def test_a_schedule_is_measured_by_its_own_steps() -> None:
    kappa = theory.curvature(LESSON).condition_number
    assert steps_with_schedule(train, LESSON, LESSON_START, (1.0, kappa), 0.0) == 2
    same = steps_with_schedule(train, LESSON, LESSON_START, (0.5,), 0.0)
    assert same == steps_with_one_rate(train, LESSON, LESSON_START, 0.5 * theory.safe_rate(LESSON))
    assert steps_with_schedule(train, LESSON, LESSON_START, (3.0,), 0.0) is None
    slower = steps_with_schedule(train, LESSON, LESSON_START, (0.2,), 0.1)
    assert slower is None or slower > (same or 0)


def test_rounding_can_spoil_the_second_step_of_the_list_of_two() -> None:
    far = Dataset(1e4 + np.arange(4.0), np.array([0.0, 1.0, 2.0, 4.0]))
    kappa = theory.curvature(far).condition_number
    pair = TrainingConfig((theory.safe_rate(far),), 2, ZERO, factors=(1.0, kappa))
    assert theory.gap(far, train(far, pair).last_line()) > 100 * theory.arrived_gap(far, ZERO)
    assert fewest_scheduled_steps(train, far, ZERO) != 2
    said = words(open_challenge("schedule", **own(far.x.tolist(), far.y.tolist())))
    assert "does it in two was run and measured" not in said
    assert "its second step blows up the rounding of the first" in said


# Diagnosis


def confusion(said: str, kind: str) -> str:
    """What a learner is told who took one kind for another."""
    return say(f"learning_rates.challenges_{said}_is_{kind}", steps=DIAGNOSED_STEPS)


def drawn(data: str, seed: int) -> tuple[Dataset, Diagnosis]:
    dataset, start = DATA_SETS[data]
    return dataset, draw_diagnosis(train, dataset, start, seed)


@pytest.mark.parametrize("data", some(DATA_SETS, *KEPT))
def test_a_diagnosis_is_the_verdict_of_its_rate_and_of_its_run(data: str) -> None:
    for seed in range(5):
        dataset, eight = drawn(data, seed)
        assert list(eight.kinds) == [theory.verdict(dataset, rate) for rate in eight.rates]
        assert set(eight.kinds) == set(VERDICT_WORDS)
        flat, steep = theory.axis_errors(dataset, eight.history.w, eight.history.b)
        excess = flat**2 + steep**2
        for run, kind in enumerate(eight.kinds):
            sides = np.sign(steep[run, :5])
            assert (len(set(sides[::2])), set(sides[1::2]) == set(sides[::2])) == (
                1,
                kind in ("slow", "good"),
            )
            assert (excess[run, -1] > excess[run, 0]) == (kind == "explodes")
            if kind == "explodes":  # as an answer that took it for a good one is told
                assert np.all(np.diff(excess[run]) > 0)
                assert "This one's rises." in confusion("good", kind)
            left = abs(steep[run, -1] / steep[run, 0])
            assert (0.1 < left < 1) == (kind == "slow")


def test_other_seeds_and_other_data_draw_other_runs() -> None:
    drawings = [drawn(data, seed)[1].kinds for data in SOME[:3] for seed in range(3)]
    assert len(set(drawings)) > 6


def test_every_confusion_is_met_with_words_of_its_own() -> None:
    pairs = list(itertools.permutations(VERDICT_WORDS, 2))
    assert len({confusion(said, kind) for said, kind in pairs}) == len(pairs)


@pytest.mark.parametrize("data", some(SOME, *KEPT))
def test_the_pictures_tell_the_kinds_only_when_they_are_asked_to(data: str) -> None:
    dataset, eight = drawn(data, 0)
    hidden, told = (diagnosis(dataset, eight, checked).tables for checked in (False, True))
    assert set(hidden["curves"]["kind"]) == {-1}
    kinds = frame(told["curves"]).groupby("curve")["kind"].first().to_numpy()
    assert [list(VERDICT_WORDS)[kind] for kind in kinds[::2]] == list(eight.kinds)
    written = [
        set(table["texts"]["text"]) & set(VERDICT_WORDS.values()) for table in (hidden, told)
    ]
    assert written == [set(), set(VERDICT_WORDS.values())]
    for table in told.values():
        assert frame(table)["across"].between(-0.1, 2.12).all()
    assert frame(told["curves"])["height"].between(-7.6, 0.9).all()


def test_a_curve_of_the_pictures_is_the_run() -> None:
    dataset, eight = drawn("cars", 0)
    curves = frame(diagnosis(dataset, eight, checked=False).tables["curves"])
    good = eight.kinds.index("good")
    curve = curves[curves["curve"] == 2 * good]
    _, steep = theory.axis_errors(dataset, eight.history.w[good], eight.history.b[good])
    np.testing.assert_allclose(
        (curve["height"] + good) / (curve["height"].iloc[0] + good), steep / steep[0], atol=1e-4
    )


# On the page


def open_challenge(name: str, **address: str) -> AppTest:
    app = open_page("lessons/learning_rates.py", part="challenges", **address)
    app.pills(key="challenge").set_value(name).run()
    assert_whole(app)
    return app


def type_rate(app: AppTest, rate: float) -> str:
    app.text_input(key="tried_rate").set_value(str(rate)).run()
    assert_whole(app)
    return words(app)


def test_the_largest_rate_is_judged_and_par_is_noted() -> None:
    app = open_challenge("largest")
    assert "converges.**" not in words(app)
    assert "is too large" in type_rate(app, 0.8)
    par = largest_rate(train, LESSON, LESSON_START)
    assert par is not None
    below = type_rate(app, 0.7)
    assert "0.7 converges" in below
    assert f"{100 * 0.7 / par:.3g} % of par" in below
    assert "challenge:largest" not in app.session_state["done"]
    assert "That is par" in type_rate(app, par)
    assert "challenge:largest" in app.session_state["done"]
    for other in (0.5, 0.9):
        assert f"Your best: {readable(par)}" in type_rate(app, other)


def test_the_limit_itself_is_too_large_on_the_page_too() -> None:
    app = open_challenge("largest", **own(STEP.x.tolist(), STEP.y.tolist()))
    assert "jumps for ever, equally far" in type_rate(app, 1.0)
    assert "That is par" in type_rate(app, 0.999)


def test_a_run_along_the_floor_is_not_said_to_grow_across_the_valley() -> None:
    app = open_challenge("largest", **own(VEE.x.tolist(), VEE.y.tolist()))
    assert "1.02 converges" in type_rate(app, 1.02)
    assert f"**1.6 is too large**: {what_grows(VEE, 1.6)}" in type_rate(app, 1.6)


def test_the_largest_rate_on_the_ruler_can_be_tried() -> None:
    app = open_challenge("largest")
    app.button(key="take_from_ruler").click().run()
    assert float(app.text_input(key="tried_rate").value) == max(map(float, chosen(app, "lrs")))
    assert "is too large" in words(app)


@pytest.mark.parametrize("data", some(["lesson", "cars", "hubble"], "lesson", "hubble"))
def test_steps_with_one_rate_are_told_beside_par(data: str) -> None:
    dataset, start = (LESSON, LESSON_START) if data == "lesson" else (load_bundled(data), ZERO)
    app = open_challenge("one_rate", data=data)
    par = fewest_steps(train, dataset, start)
    assert f"Par is **{par:,} step" in words(app)
    rate = theory.safe_rate(dataset)
    needed = theory.arrives(dataset, rate, start)
    assert needed is not None
    assert f"it takes **{needed:,} step" in type_rate(app, rate)
    assert "does not get there" in type_rate(app, 1.1 * theory.stable_limit(dataset))


def test_a_list_of_ones_own_reaches_par() -> None:
    app = open_challenge("schedule", data="hubble")
    assert "Par is **2 steps**" in words(app)
    box(app, "factors").set_value("1").run()
    assert re.search(r"it takes \*\*37 steps\*\*: 35 above par", words(app))
    kappa = theory.curvature(load_bundled("hubble")).condition_number
    box(app, "factors").set_value(f"1, {kappa:.8g}").run()
    assert "it takes **2 steps**: that is par" in words(app)
    assert "challenge:schedule" in app.session_state["done"]
    box(app, "factors").set_value("1, [x](y)").run()
    assert_whole(app)
    assert "is no number" in app.error[0].value


def answer(app: AppTest, answers: list[str]) -> None:
    for name, said in zip(NAMES, answers, strict=True):
        group = next(one for one in app.segmented_control if str(one.key).endswith(f" {name}"))
        group.set_value(said).run()
    app.button(key="check_diagnosis").click().run()
    assert_whole(app)


def test_eight_right_diagnoses_are_par() -> None:
    app = open_challenge("diagnosis", data="hubble")
    assert app.button(key="check_diagnosis").disabled
    answer(app, list(drawn("hubble", 0)[1].kinds))
    assert "8 of 8" in words(app)
    assert "challenge:diagnosis" in app.session_state["done"]


def test_each_wrong_diagnosis_is_told_why() -> None:
    app = open_challenge("diagnosis")
    kinds = draw_diagnosis(train, LESSON, LESSON_START, 0).kinds
    answer(app, ["good"] * 8)
    told = words(app)
    assert f"**{kinds.count('good')} of 8.**" in told
    for kind in set(kinds) - {"good"}:
        assert confusion("good", kind) in told
    app.button(key="other_diagnosis").click().run()
    assert "of 8.**" not in words(app)
    answer(app, list(draw_diagnosis(train, LESSON, LESSON_START, 1).kinds))
    assert "8 of 8" in words(app)


def test_at_the_best_fit_there_is_no_race_but_there_are_eight_runs() -> None:
    at_best = {"noise": "0", "start_w": "0.1", "start_b": "0.5"}
    app = open_challenge("one_rate", **at_best)
    assert "starts at the best fit already" in words(app)
    app = open_challenge("diagnosis", **at_best)
    assert app.button(key="check_diagnosis").disabled
