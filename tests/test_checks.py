"""Every question is solved by measuring: one choice is so, and each other one is told why not."""

import itertools
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import cache, theory
from core.course import checks
from core.course.checks import CHECKS, Make
from core.course.mistakes import MISTAKES
from core.course.outline import LESSONS
from core.datasets import BUNDLED, Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.eager import train_eagerly
from core.network import training as network
from core.network.pictures import Pictures
from core.network.runs import NetworkConfig, verdict
from core.points import standardize, with_outlier
from core.runs import LESSON_START, TrainingConfig
from core.training import train
from core.words.writing import equations, readable
from tests.support.data import scatter
from tests.support.networks import edge_run, pictures, trained
from tests.support.numbers import as_number
from tests.support.pages import assert_whole, open_page, words
from tests.support.questions import in_words
from tests.support.tiers import some


def data_sets() -> dict[str, tuple[Dataset, Line]]:
    """Name the lesson's data in twenty samples, the bundled sets, and what is special."""
    zero = Line(0.0, 0.0)
    sets = {f"seed {seed}": (make_noisy_line(seed=seed), LESSON_START) for seed in range(20)}
    sets |= {name: (load_bundled(name), zero) for name in BUNDLED}
    for name in ("seed 0", "cars", "forbes"):
        dataset, start = sets[name]
        standardized = standardize(dataset)
        assert standardized.scaling is not None
        sets[f"{name}, standardized"] = standardized, standardized.scaling.to_standardized(start)
    return sets | {
        "no noise": (make_noisy_line(noise=0.0), LESSON_START),
        "outlier": (with_outlier(make_noisy_line(), 0.9, 2.0), LESSON_START),
        "tiny x": (Dataset(1e-6 * np.arange(5.0), np.array([1.0, 3, 2, 5, 4])), zero),
    }


DATA_SETS = data_sets()
MAKERS = [(page, make) for page, makers in CHECKS.items() for make in makers]
ON_NO_DATA = [*CHECKS["mistakes"], *CHECKS["hot-dog"]]
TRAINING = (checks.what_is_gone, checks.silence, checks.by_heart)
KEPT = [make for make in ON_NO_DATA if make not in TRAINING]
ON_THE_DATA = [make for page, make in MAKERS if page not in ("mistakes", "hot-dog")]


def name_of(make: Make) -> str:
    return make.__name__


# What is so, found without the question: the place of the choice that says it


def solve_true_line(dataset: Dataset, start: Line) -> int:
    lowest = theory.mse(dataset, theory.best_fit(dataset))
    rng = np.random.default_rng(0)
    lines = [Line(*start_and_shift) for start_and_shift in rng.normal(0, 1, (50, 2))]
    lines += [dataset.true_line] if dataset.true_line else []
    beaten = any(theory.mse(dataset, line) < lowest * (1 - 1e-12) - 1e-30 for line in lines)
    return 0 if beaten else 1


def solve_twice_the_miss(dataset: Dataset, start: Line) -> int:
    residuals = np.array([1.0, -2.0])
    ratio = residuals[1] ** 2 / residuals[0] ** 2
    return {2.0: 0, -2.0: 1, 4.0: 2}[ratio]


def solve_loss_left(dataset: Dataset, start: Line) -> int:
    slope, intercept = np.polyfit(dataset.x, dataset.y, 1)
    misses = np.abs(slope * dataset.x + intercept - dataset.y)
    question = in_words(checks.loss_left, dataset, start)
    assert ("is 0," in question.text) == bool(np.all(misses < 1e-9))
    return 0


def solve_downhill(dataset: Dataset, start: Line) -> int:
    history = train(dataset, TrainingConfig((0.1 * theory.safe_rate(dataset),), 1, start))
    assert history.loss[0, 1] < history.loss[0, 0]
    moved = history.w[0, 1] - history.w[0, 0], history.b[0, 1] - history.b[0, 0]
    told = in_words(checks.downhill, dataset, start).choices[1].text
    for name, change in zip("wb", moved, strict=True):
        assert f"{name} {'grows' if change > 0 else 'shrinks'}" in told
    return 1


def solve_one_bowl(dataset: Dataset, start: Line) -> int:
    best = theory.best_fit(dataset)
    far = Line(best.w - 10 * (start.w - best.w), best.b - 10 * (start.b - best.b))
    round_one = dataset if dataset.scaling else standardize(dataset)
    assert round_one.scaling is not None
    begin = far if dataset.scaling else round_one.scaling.to_standardized(far)
    end = train(round_one, TrainingConfig((0.1,), 500, begin)).last_line()
    assert theory.gap(round_one, end) <= 1e-9 * theory.gap(round_one, begin)
    return 2


def solve_same_ring(dataset: Dataset, start: Line) -> int:
    other = checks.beside_on_ring(dataset, start)
    assert theory.mse(dataset, other) == pytest.approx(theory.mse(dataset, start), rel=1e-6)
    apart = abs(other.w - start.w) * float(np.std(dataset.x))
    assert apart > 0.01 * theory.gap(dataset, start)
    residuals = [np.sort(np.abs(line.at(dataset.x) - dataset.y)) for line in (start, other)]
    assert not np.allclose(*residuals, rtol=0.01)
    return 1


@pytest.mark.parametrize("start", [Line(1.0, 1.0), Line(1.0, 0.0), Line(0.3, -2.0)])
def test_two_lines_of_a_ring_differ_on_points_that_mirror_each_other(start: Line) -> None:
    """A quarter of the ring further the slope, or each miss, is the same again."""
    dataset = Dataset(np.array([-1.0, -1.0, 1.0, 1.0]), np.zeros(4))
    assert solve_same_ring(dataset, start) == 1
    written = equations(start, checks.beside_on_ring(dataset, start))
    told = str(in_words(checks.same_ring, dataset, start).choices[0].feedback)
    assert all(line in told for line in written)


def test_where_the_loop_is_there_no_loss_of_it_is_set_against_the_formulas() -> None:
    dataset, start = DATA_SETS["seed 0, standardized"]
    lowest = theory.mse(dataset, theory.best_fit(dataset))
    loop = train(dataset, TrainingConfig((0.5,), checks.FEW_STEPS, start)).loss[0, -1]
    assert loop == pytest.approx(lowest, rel=1e-12)
    told = str(in_words(checks.only_way, dataset, start).choices[2].feedback)
    assert told.count(readable(lowest, 4)) == 1
    assert "other way round" not in told


def solve_only_way(dataset: Dataset, start: Line) -> int:
    slope, intercept = np.polyfit(dataset.x, dataset.y, 1)
    rate = theory.round_down(theory.safe_rate(dataset))
    loop = train(dataset, TrainingConfig((rate,), checks.FEW_STEPS, start)).loss[0, -1]
    formula = float(np.mean((slope * dataset.x + intercept - dataset.y) ** 2))
    assert formula <= loop * (1 + 1e-9) + 1e-20
    feedback = str(in_words(checks.only_way, dataset, start).choices[2].feedback)
    assert readable(loop, 4) in feedback
    there = math.isclose(formula, loop, rel_tol=1e-9)
    assert ("closer and closer" in feedback) == (not there)
    assert ("the loop is there as well" in feedback) == there
    return 0


def solve_smaller_is_closer(dataset: Dataset, start: Line) -> int:
    large = theory.round_down(theory.safe_rate(dataset))
    history = train(dataset, TrainingConfig((large, large / 10), checks.FEW_STEPS, start))
    gaps = [theory.gap(dataset, history.last_line(rate)) for rate in range(2)]
    told = in_words(checks.smaller_is_closer, dataset, start).because
    assert readable(gaps[1]) in told
    assert readable(gaps[0]) in told or gaps[0] < 1e-9 * gaps[1]
    assert readable(gaps[0]) != readable(gaps[1])
    return 0 if gaps[1] < gaps[0] else 2


def solve_one_step(dataset: Dataset, start: Line) -> int:
    rate = theory.round_down(theory.safe_rate(dataset))
    end = train(dataset, TrainingConfig((rate,), 1, start)).last_line()
    question = in_words(checks.one_step, dataset, start)
    change = end.w - start.w if "do to w?" in question.text else end.b - start.b
    told = [choice.text.replace("−", "-").replace(",", "") for choice in question.choices]
    changes = [float(text.removeprefix("It changes by ").removesuffix(".")) for text in told]
    assert change == pytest.approx(min(changes, key=lambda value: abs(value - change)), rel=1e-3)
    return int(np.argmin(np.abs(np.array(changes) - change)))


def solve_huge_rate(dataset: Dataset, start: Line) -> int:
    rate = checks.HUGE * theory.stable_limit(dataset)
    losses = losses_of_the_loop(dataset, rate, start)
    overflow, no_number = int(np.argmax(np.isinf(losses))), int(np.argmax(np.isnan(losses)))
    assert 5 < overflow < no_number
    assert np.all(np.diff(losses[:overflow]) > 0)
    assert np.isinf(losses[overflow:no_number]).all()
    assert np.isnan(losses[no_number:]).all()
    usual = losses_of_the_loop(dataset, theory.safe_rate(dataset), start)
    assert np.isfinite(usual).all()  # the tool works
    _, steep = theory.axis_errors(
        dataset, *np.array([row[:2] for row in train_eagerly(dataset, rate, 2, start)]).T
    )
    assert steep[1:] / steep[:-1] == pytest.approx(-19, rel=1e-6)
    question = in_words(checks.huge_rate, dataset, start)
    assert f"{losses.size:,} steps" in question.text
    assert question.choices[2].text == "A loss that grows at every step, then inf, then NaN."
    assert "−19" in question.because
    return 2


def losses_of_the_loop(dataset: Dataset, rate: float, start: Line) -> FloatArray:
    """Run the lesson's loop in its own arithmetic, float64."""
    x, y, w, b = dataset.x, dataset.y, start.w, start.b
    losses = []
    with np.errstate(all="ignore"):
        for _ in range(checks.OVERFLOW_STEPS):
            errors = w * x + b - y
            losses.append(float(np.mean(errors * errors)))
            w = w - rate * 2 * np.mean(errors * x)
            b = b - rate * 2 * np.mean(errors)
    return np.array(losses)


@pytest.mark.parametrize(
    ("x", "y_size", "start"),
    [
        (np.arange(5.0), 1e-120, Line(0.0, 0.0)),  # inf comes after more than 200 steps
        (np.arange(5.0), 1e25, Line(1e50, 1e50)),
        (1e9 + np.arange(5.0), 1.0, Line(0.0, 0.0)),
    ],
)
def test_ten_times_the_limit_gives_inf_and_then_nan_however_large_the_data(
    x: FloatArray, y_size: float, start: Line
) -> None:
    dataset = Dataset(x, y_size * np.array([1.0, 3, 2, 5, 4]))
    assert solve_huge_rate(dataset, start) == 2


def test_the_lessons_loop_itself_comes_to_inf_and_then_to_nan() -> None:
    rows = train_eagerly(make_noisy_line(), 7.56, 250, LESSON_START)
    losses = np.array([row[2] for row in rows])
    assert np.isfinite(losses[119])
    assert np.isinf(losses[121:200]).all()
    assert np.isnan(losses[250])


def solve_other_scale(dataset: Dataset, start: Line) -> int:
    rate = checks.ARRIVES * theory.stable_limit(dataset)
    times, limit = checks.finer_unit(dataset, rate)
    scaled = Dataset(times * dataset.x, dataset.y)
    assert theory.stable_limit(scaled) == pytest.approx(limit, rel=1e-9)
    before = train(dataset, TrainingConfig((rate,), 20, start))
    after = train(scaled, TrainingConfig((rate,), 200, Line(start.w / times, start.b)))
    assert np.all(np.diff(before.loss[0]) <= 1e-12 * before.loss[0, 0])
    assert before.diverged_at[0] < 0
    return 0 if after.diverged_at[0] >= 0 else 1


def solve_hidden_zigzag(dataset: Dataset, start: Line) -> int:
    rate = checks.ARRIVES * theory.stable_limit(dataset)
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    size = 1 / math.sqrt(axes.steep)
    wall = Line(best.w + size * axes.steep_axis[0], best.b + size * axes.steep_axis[1])
    history = train(dataset, TrainingConfig((rate,), 10, wall))
    loss = history.loss[0]
    assert np.all(np.diff(loss) < 1e-12 * loss[0])
    _, steep = theory.axis_errors(dataset, history.w[0], history.b[0])
    assert steep[1:6] / steep[:5] == pytest.approx(-0.5, rel=1e-3)
    assert abs(steep[10] / steep[0]) == pytest.approx(0.5**10, rel=0.1)
    return 1


def solve_silence(dataset: Dataset, start: Line) -> int:
    silent = [mistake for mistake in MISTAKES.values() if mistake.silent]
    assert silent
    fell = [key for key in MISTAKES if MISTAKES[key].silent and falls(run_losses(key))]
    assert fell  # a wrong loop whose loss falls
    return 1


def run_losses(key: str) -> list[float]:
    return list(cache.outcome(key).losses)


def falls(losses: list[float]) -> bool:
    return losses[-1] < losses[0]


def solve_rising_loss(dataset: Dataset, start: Line) -> int:
    assert not falls(run_losses("plus"))
    above = train(dataset, TrainingConfig((1.1 * theory.stable_limit(dataset),), 20, start))
    assert above.loss[0, -1] > above.loss[0, 15] > above.loss[0, 10]
    noisy = make_noisy_line(noise=1.0)
    rate = theory.safe_rate(noisy)
    assert np.all(np.diff(train(noisy, TrainingConfig((rate,), 20, start)).loss[0]) < 0)
    return 0


def solve_last_line(dataset: Dataset, start: Line) -> int:
    for key in ("gradients", "constant"):
        outcome = cache.outcome(key).text.strip().splitlines()[-1]
        assert "Error" in outcome
    return 2


def solve_what_is_gone(dataset: Dataset, start: Line) -> int:
    rate, lesson = checks.NETWORK_RATE, make_noisy_line()
    assert train(lesson, TrainingConfig((rate,))).diverged_at[0] >= 0
    assert trained(NetworkConfig(rate)).held_out_accuracy[-1] > 0.9  # the loop works
    because = in_words(checks.what_is_gone, dataset, start).because
    assert "with its usual settings, learns" in because
    unusual = trained(NetworkConfig(rate, units=64, batch_size=8, clutter=1.0))
    assert verdict(unusual) == "explodes"
    limits = 2 / edge_run(0.03).sharpness
    return 1 if limits.min() < 0.5 * limits[0] else 2


def solve_by_heart(dataset: Dataset, start: Line) -> int:
    seen, held_out = pictures()
    by_chance = np.random.default_rng(0).permutation(seen.kinds)
    *_, history = network.train(Pictures(seen.pixels, by_chance), held_out, NetworkConfig())
    assert history.accuracy[-1] > 0.65
    assert history.held_out_accuracy[-1] < 0.6
    text = in_words(checks.by_heart, dataset, start).text
    (_, unseen_a), (_, unseen_b) = re.findall(r"(\d+) %.*? (\d+) %", text)
    assert float(unseen_a) < 60  # of what blind guessing gives
    return 2 if float(unseen_b) > float(unseen_a) else 0


def solve_sure_and_wrong(dataset: Dataset, start: Line) -> int:
    given = np.array([checks.SURE] * (checks.ANSWERS - 1) + [checks.SURE_AND_WRONG])
    sure = float(network.cross_entropy(np.log(given / (1 - given)), np.ones(given.size)))
    blind = float(network.cross_entropy(np.zeros(given.size), np.ones(given.size)))
    question = in_words(checks.sure_and_wrong, dataset, start)
    assert f"{readable(sure)} against {readable(blind)}" in question.because
    return 0 if sure > blind else 1


SOLVERS: dict[Make, Callable[[Dataset, Line], int]] = {
    make: globals()[f"solve_{make.__name__}"] for _, make in MAKERS
}


@pytest.mark.parametrize("make", ON_THE_DATA, ids=name_of)
def test_one_choice_is_so_and_each_other_one_is_told_why_not(make: Make) -> None:
    for dataset, start in DATA_SETS.values():
        assert_solved(make, dataset, start)


@pytest.mark.parametrize("make", some(ON_NO_DATA, *KEPT), ids=name_of)
def test_what_hangs_on_no_data_is_solved_by_trying_it_out(make: Make) -> None:
    assert_solved(make, make_noisy_line(), LESSON_START)


def assert_solved(make: Make, dataset: Dataset, start: Line) -> None:
    question = in_words(make, dataset, start)
    right = SOLVERS[make](dataset, start)
    assert [choice.feedback is None for choice in question.choices] == [
        place == right for place in range(3)
    ]
    told = [choice.feedback for choice in question.choices if choice.feedback]
    assert len(set(told)) == 2
    assert len({choice.text for choice in question.choices}) == 3
    assert question.because
    written = " ".join([question.text, question.because, *told])
    assert not any(word in written for word in ("nan", "inf ", "e-0", "e+"))


@pytest.mark.parametrize("make", [make for _, make in MAKERS], ids=name_of)
def test_every_question_can_be_asked_on_data_of_any_size(make: Make) -> None:
    sizes = itertools.product((1e-60, 1e-6, 1.0, 1e6, 1e60), (1e-60, 1.0, 1e60), (0.0, 1.0))
    for seed, (x_size, y_size, offset) in enumerate(sizes):
        points = scatter(seed, 10, 1.0, offset)
        dataset = Dataset(x_size * points.x, y_size * points.y)
        question = in_words(make, dataset, Line(0.0, 0.0))
        assert len({choice.text for choice in question.choices}) == 3
        written = [choice.feedback or question.because for choice in question.choices]
        assert len(set(written)) == 3
        assert "nan" not in " ".join(written)


def test_every_lesson_has_three_questions() -> None:
    lessons = [page.address for page in LESSONS]
    assert list(CHECKS) == lessons
    assert len(set(SOLVERS)) == 3 * len(lessons)


def test_the_right_choice_is_not_always_in_the_same_place() -> None:
    dataset, start = DATA_SETS["seed 0"]
    for makers in CHECKS.values():
        places = {
            [choice.feedback for choice in in_words(make, dataset, start).choices].index(None)
            for make in makers
        }
        assert len(places) >= 2


# On the pages


def open_check(file: str, **address: str) -> AppTest:
    app = open_page(file, **address)
    toggle = next(one for one in app.toggle if one.label.startswith("Check yourself"))
    assert not asked(app)
    toggle.set_value(True).run()
    assert_whole(app)
    return app


def asked(app: AppTest) -> list[Any]:
    """The questions of the check; a page may ask others."""
    return [radio for radio in app.radio if str(radio.key).startswith("check_")]


PAGES = [(page.file, page.address) for page in LESSONS]


@pytest.mark.parametrize(("file", "page"), some(PAGES, *PAGES[::3]))
def test_answers_are_met_at_once_and_three_right_ones_are_noted(file: str, page: str) -> None:
    app = open_check(file)
    for place, make in enumerate(CHECKS[page]):
        question = in_words(make, make_noisy_line(), LESSON_START)
        assert app.radio(key=f"check_{page}_{place}").value is None
        right = [choice.feedback for choice in question.choices].index(None)
        for answer in [index for index in range(3) if index != right]:
            app.radio(key=f"check_{page}_{place}").set_value(answer).run()
            assert str(question.choices[answer].feedback) in words(app)
            assert f"check:{page}" not in app.session_state["done"]
        app.radio(key=f"check_{page}_{place}").set_value(right).run()
        assert any(question.because in message.value for message in app.success)
    assert_whole(app)
    assert f"check:{page}" in app.session_state["done"]


@pytest.mark.parametrize("data", BUNDLED)
def test_the_check_is_about_the_data_at_hand(data: str) -> None:
    app = open_check("lessons/data.py", data=data)
    dataset = load_bundled(data)
    assert readable(theory.mse(dataset, theory.best_fit(dataset)), 4) in asked(app)[2].label


def test_at_the_best_fit_there_is_nothing_to_ask() -> None:
    app = open_check("lessons/data.py", noise="0", start_w="0.1", start_b="0.5")
    assert not asked(app)
    assert "starts at the best fit already" in words(app)


def test_a_step_whose_change_rounding_hides_is_told_without_two_equal_numbers() -> None:
    far = Dataset(1e9 + np.arange(4.0), np.array([0.0, 1.0, 2.0, 4.0]))
    start = Line(0.0, 1.75)
    question = in_words(checks.downhill, far, start)
    for said in (question.because, question.choices[0].feedback):
        assert "here by less than rounding lets one see" in str(said)
    lesson = make_noisy_line()
    because = in_words(checks.downhill, lesson, LESSON_START).because
    losses = re.search(r"from (\S+) to (\S+)\.$", because)
    assert losses is not None
    before, after = map(as_number, losses.groups())
    assert before == pytest.approx(theory.mse(lesson, LESSON_START), rel=1e-5)
    assert after < before
