"""Sentences stay true on data and settings that are unusual: exact lines, round bowls, no way."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import theory
from core.course.checks import huge_rate, one_bowl, only_way, other_scale, same_ring, true_line
from core.course.long_valley import LONG_VALLEY
from core.course.predictions import after_steps, error_across, least_wrong, which_way, worded
from core.course.verdicts import AT_THE_LIMIT
from core.datasets import BUNDLED, Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.descent.challenges import largest_rate
from core.points import standardize, with_outlier
from core.runs import TrainingConfig
from core.training import train
from core.words import say
from core.words.writing import told_apart
from tests.support.data import own
from tests.support.numbers import as_number
from tests.support.pages import DATA, RATES, STEPS, SURFACE, open_page, open_part, words
from tests.support.questions import in_words
from tests.support.tiers import some

FIVE = [3.0, 1.0, 3.0, 1.0, 3.0]
PARTS_OF_RATES = ("numbers", "algebra", "round", "said", "beat")
PARTS_OF_STEPS = ("line", "ways", "exact", "prints", "fork", "batches", "take")


@given(st.integers(3, 20), *[st.floats(-1e6, 1e6)] * 3)
def test_points_on_a_line_are_known_from_points_beside_it(
    n: int, first: float, w: float, b: float
) -> None:
    x = first + np.arange(n)
    y = w * x + b
    assert theory.lies_on_a_line(Dataset(x, y))
    y[1] += 1e-6 * float(np.max(np.abs(w * x)) + abs(b) + 1)
    assert not theory.lies_on_a_line(Dataset(x, y))


@pytest.mark.parametrize(
    ("x", "y", "is_exact"),
    [
        ([0, 1, 2, 3], [1e12, 1e12 + 3, 1e12 + 1, 1e12 + 4], False),
        ([1.7e9 + i for i in range(6)], [0, 0.1, 0.2, 0.3, 0.4, 0.5], True),
        ([0, 1, 2], [0, 0, 0], True),
        ([0, 1, 2], [0, 0, 1e-30], False),
    ],
)
def test_what_lies_on_a_line_is_told_at_every_size(
    x: list[float], y: list[float], is_exact: bool
) -> None:
    data = Dataset(np.array(x, dtype=float), np.array(y, dtype=float))
    assert theory.lies_on_a_line(data) == is_exact


@pytest.mark.parametrize("noise", [1e-11, 1e-9])
def test_a_little_noise_is_noise(noise: float) -> None:
    assert not theory.lies_on_a_line(make_noisy_line(noise=noise))
    assert theory.lies_on_a_line(make_noisy_line(noise=0.0))


@pytest.mark.parametrize("value", [0.1, 0.3, 0.7, 1.1, 2.3, -1e9])
@pytest.mark.parametrize("n", [3, 7, 10, 100])
def test_where_all_y_are_the_same_there_is_no_spread(value: float, n: int) -> None:
    flat = Dataset(np.linspace(0, 1, n), np.full(n, value))
    assert theory.spread(flat) == 0
    losses = sorted(theory.mse(flat, line) for line in least_wrong(flat, 0).lines)
    assert losses[0] > 0.5
    assert losses[-1] > 2 * losses[0]


def test_points_that_are_all_level_leave_a_goal_one_can_reach() -> None:
    app = open_page(DATA, true_w="0", true_b="0.3", n="10", noise="0", show="all")
    goal = re.search(r"Make it smaller than (\S+)\.\*\*", words(app))
    assert goal is not None
    assert float(goal[1]) == pytest.approx((0.02 * 1.3) ** 2)  # of the way from −1 to 0.3


def test_a_round_bowl_leaves_no_travel_to_tell_from_jitter() -> None:
    app = open_page(STEPS, standardize="true", part="batches")
    assert "is there after 1 step: that is too little travel" in words(app)
    assert "steps to settle" not in words(app)


def test_what_a_script_prints_where_the_page_has_0_is_rounding() -> None:
    dataset, rate = make_noisy_line(noise=0.0), 0.3
    x, y, w, b = dataset.x, dataset.y, 0.0, -1.0
    for _ in range(2_000):
        errors = w * x + b - y
        w, b = w - rate * 2 * float(np.mean(errors * x)), b - rate * 2 * float(np.mean(errors))
    assert np.mean((w * x + b - y) ** 2) < 1e-28
    app = open_page(STEPS, noise="0", run="2000x0.3", part="exact")
    assert "| loop | after step 2,000 | 0.1 | 0.5 | 0 |" in words(app)
    open_part(app, "take")
    assert "It prints the numbers above, as far as rounding goes." in words(app)


def test_what_is_still_above_the_lowest_loss_is_told_as_it_is() -> None:
    dataset = make_noisy_line(noise=0.0002)
    app = open_page(STEPS, noise="0.0002", run="500x0.1", part="exact")
    lowest = theory.mse(dataset, theory.best_fit(dataset))
    rows = theory.loss_after(dataset, Line(0.0, -1.0), 0.1, np.array([500]))
    assert f"its loss is still {told_apart(float(rows[0]) / lowest)[0]} times" in words(app)
    exact = open_page(STEPS, noise="0", run="500x0.3", part="exact")
    assert "So it has **arrived**" in words(exact)
    assert "times the lowest" not in words(exact)
    at_best = words(open_page(STEPS, noise="0", start_w="0.1", start_b="0.5", part="batches"))
    assert "starts at the best fit already" in at_best


def test_without_noise_nothing_is_said_to_scatter_or_jump() -> None:
    app = open_page(DATA, noise="0", outlier="true", show="all")
    assert "Noise moved" not in words(app)
    assert "All but one lie on the true line" in words(app)
    app = open_page(STEPS, noise="0", part="batches")
    assert "100 points on the line" in words(app)
    assert "not once it is reached" in words(app)
    noisy = words(open_page(STEPS, part="batches"))
    assert "not for the best fit of all" in noisy
    assert "not once it is reached" not in noisy
    for size in (1, 8, 32):
        config = TrainingConfig((0.1,), 50, Line(0.1, 0.5), batch_size=size)
        history = train(make_noisy_line(noise=0.0), config)
        assert np.max(np.abs([history.grad_w, history.grad_b])) < 1e-14
    assert "points scattered around the line" in noisy


@pytest.mark.parametrize(
    ("x", "told"),
    [
        ([-1000.0, 0.0, 1000.0], "These x are large numbers"),
        ([-0.001, 0.0, 0.001], "These x are small numbers"),
        ([1000.0, 1001.0, 1002.0], "These x lie far from 0"),
    ],
)
def test_a_long_valley_has_the_cause_that_it_has(x: list[float], told: str) -> None:
    app = open_page(DATA, **own(x, [1.0, 2.0, 2.0]))
    assert [info.value.startswith(told) for info in app.info] == [True]
    axes = theory.curvature(Dataset(np.array(x), np.array([1.0, 2.0, 2.0])))
    assert axes.condition_number > LONG_VALLEY
    # Around 0 the two axes are w and b themselves: each needs a rate of its own.
    assert (min(map(abs, axes.steep_axis)) < 1e-9) == (min(x) < 0)


def best_condition(x: FloatArray) -> tuple[float, float]:
    """Try other units, then other zeros of x: the lowest condition number that each brings."""

    def condition(x: FloatArray) -> float:
        return theory.curvature(Dataset(x, np.arange(x.size) ** 2.0)).condition_number

    size, width = float(np.sqrt(np.mean(x**2))), float(np.ptp(x))
    by_unit = min(condition(x * times / size) for times in np.geomspace(0.1, 10, 101))
    by_zero = min(condition(x - np.mean(x) + width * way) for way in np.linspace(-2, 2, 101))
    return by_unit, by_zero


@pytest.mark.parametrize(
    ("x", "told"),
    [
        ([0.001, 0.002, 0.003, 0.0015], "These x are small numbers"),
        ([200.0, 1000.0, 1900.0, 2500.0, 100.0], "These x are large numbers"),
        ([2001.0, 2002.0, 2003.0, 2004.0], "These x lie far from 0"),
    ],
)
def test_a_long_valley_that_another_unit_would_shorten_is_not_laid_to_a_far_zero(
    x: list[float], told: str
) -> None:
    by_unit, by_zero = best_condition(np.array(x))
    assert abs(np.mean(x)) > np.std(x)
    assert (by_unit < 100 < by_zero) == (told != "These x lie far from 0")
    assert (by_zero < 10 < by_unit) == (told == "These x lie far from 0")
    app = open_page(DATA, **own(x, [float(i**2) for i in range(len(x))]))
    (info,) = app.info
    assert info.value.startswith(told)


@pytest.mark.parametrize("noise", ["0", "0.01", "10"])
def test_an_outlier_is_not_said_to_be_one_of_the_points_that_noise_moved(noise: str) -> None:
    app = open_page(DATA, noise=noise, outlier="true", show="all")
    said = words(app)
    lie = "on" if noise == "0" else "scattered around"
    assert f"100 points {lie} the line y = 0.1·x + 0.5, and one outlier." in said
    made = make_noisy_line(noise=float(noise))
    assert theory.lies_on_a_line(made) == (noise == "0")
    off = theory.residuals(with_outlier(made, 0.9, 2.0), Line(0.1, 0.5))
    assert off[-1] == pytest.approx(1.41)  # by hand, whatever the noise
    assert "all points but the outlier were made from" in said
    assert ("Noise moved all of them but the outlier" in said) == bool(off[:-1].any())
    for wrong in ("each of them", "a little up", "101 points scattered", "101 points on"):
        assert wrong not in said
    assert (
        "The points were made from"
        not in in_words(true_line, with_outlier(made, 0.9, 2.0), Line(0, 0)).text
    )


def test_the_strip_says_how_the_points_lie_without_an_outlier_too() -> None:
    assert "100 points scattered around the line y = 0.1·x + 0.5." in words(
        open_page(DATA, show="all")
    )
    assert "100 points on the line y = 0.1·x + 0.5." in words(
        open_page(DATA, noise="0", show="all")
    )


@pytest.mark.parametrize("data", ["cars", "anscombe-1", "anscombe-4"])
def test_points_without_a_true_line_are_not_all_said_to_be_measured(data: str) -> None:
    said = words(open_page(DATA, data=data, show="all"))
    dataset = load_bundled(data)
    assert dataset.true_line is None
    assert ("made up" in said) == data.startswith("anscombe")
    asked = in_words(true_line, dataset, Line(0.0, 0.0)).text
    assert "measurements" not in asked
    assert "For real measurements nobody knows a true line" not in said
    assert "No true line is known for these points." in said


@pytest.mark.parametrize(
    ("noise", "outlier_y", "is_pulled"),
    [("0", "0.55", False), ("0.01", "0.55", True), ("0.01", "5", True)],
)
def test_an_outlier_pulls_the_best_fit_only_where_it_does(
    noise: str, outlier_y: str, is_pulled: bool
) -> None:
    at = {"outlier_x": "0.5", "outlier_y": outlier_y}
    app = open_page(DATA, noise=noise, outlier="true", part="squares", **at)
    assert ("leaves the best fit where it was" in words(app)) != is_pulled
    assert ("pulls the best fit from" in words(app)) == is_pulled


def test_a_run_that_explodes_at_once_has_no_steps_to_go_back_through() -> None:
    app = open_page(STEPS, run="10x1000000000000000")
    assert "After step 0 the loss" in words(app)
    assert "go back through the steps" not in words(app)
    assert "go back through the steps" in words(open_page(STEPS, run="200x5"))


def test_a_bowl_that_is_round_is_not_called_a_valley() -> None:
    x, y = [-1.0, -1.0, 1.0, 1.0], [0.0, 1.0, 1.0, 2.0]
    app = open_page(RATES, part="algebra", **own(x, y))
    assert "the loss is a round bowl" in words(app)
    open_part(app, "round")
    assert "It is round already" in words(app)
    assert "instead of" not in words(app)


@pytest.mark.parametrize(("x", "is_slow"), [([-2.0, -1.0, 0.0, 1.0, 2.0], False), (None, True)])
def test_the_floor_is_called_slow_only_where_it_is(x: list[float] | None, is_slow: bool) -> None:
    app = open_page(RATES, part="algebra", **({} if x is None else own(x, FIVE)))
    assert ("A step at any rate below the limit removes less than" in words(app)) == is_slow
    assert ("multiplies the distance along the valley's floor by **0.5**" in words(app)) != is_slow


def test_at_the_best_fit_no_steps_are_counted() -> None:
    app = open_page(RATES, part="algebra", noise="0", start_w="0.1", start_b="0.5")
    assert "0 steps" not in words(app)
    assert "starts at the best fit already" in words(app)


@pytest.mark.parametrize("steps", ["1", "2"])
def test_one_step_is_one_step(steps: str) -> None:
    parts = {
        STEPS: ["", *PARTS_OF_STEPS],
        RATES: ["", *PARTS_OF_RATES],
        SURFACE: ["", "slopes", "bowl"],
    }
    for page, part in [(page, part) for page, those in parts.items() for part in those]:
        app = open_page(page, steps=steps, run=f"{steps}x0.1", part=part)
        told = [words(app), *(str(chart.proto.alt) for chart in app.get("arrow_vega_lite_chart"))]
        told += [button.label for button in app.button]
        assert not any(re.search(r"\b1 steps\b", text) for text in told)


def test_in_a_round_bowl_one_step_at_one_rate_is_the_whole_schedule() -> None:
    dataset = standardize(make_noisy_line())
    start = dataset.from_original(Line(0.0, -1.0))
    end = train(dataset, TrainingConfig((theory.safe_rate(dataset),), 1, start)).last_line()
    assert theory.gap(dataset, end) < 1e-12 * theory.gap(dataset, start)
    app = open_page(RATES, part="beat", standardize="true")
    told = words(app).split("Two rates can beat one")[1].split("What to remember")[0]
    assert "a single step at **1/λ₂** = 0.5 removes both errors" in told
    assert "Two steps" not in told
    assert "In the other order" not in told
    assert "rounding decides" not in words(app)
    assert not {"Two steps", "The other order"} & {button.label for button in app.button}
    valley = words(open_page(RATES, part="beat"))
    assert "Two steps, and the line is there" in valley
    assert "removes both errors" not in valley


def test_who_made_a_list_of_step_sizes_of_chebyshevs_zeros_is_named() -> None:
    told = words(open_page(RATES, part="beat"))
    assert "Chebyshev found the answer" not in told
    for name in ("Flanders", "Shortley", "1950", "Young", "1954"):
        assert name in told


def test_no_order_of_rates_below_the_limit_is_said_to_blow_anything_up() -> None:
    address = {"part": "beat", "show": "all"}
    wide = own([-2.0, -1.0, 0.0, 1.0, 2.0], FIVE)
    assert "none of the orders blows anything up" in words(open_page(RATES, **wide, **address))
    assert "blow up what error the start has" in words(open_page(RATES, **address))


def test_an_error_of_the_slope_is_not_called_a_height() -> None:
    x = np.array([-20.0, -10.0, 0.0, 10.0, 20.0])
    assert "too high" not in str(error_across(Dataset(x, np.array(FIVE))))
    assert "too high" in str(error_across(make_noisy_line()))


def test_rates_just_below_the_limit_are_written_below_it() -> None:
    app = open_page(RATES, standardize="true", lrs=["0.999", "1"], part="numbers")
    table = next(table.value for table in app.table if "s = rate × λ₂" in table.value)
    assert dict(zip(table["verdict"], table["s = rate × λ₂"], strict=True)) == {
        "zigzags": "1.99",
        AT_THE_LIMIT: "2",
    }


def test_a_prediction_the_other_way_is_told_so() -> None:
    prompt = after_steps(make_noisy_line(), Line(0.0, -1.0), 0)
    assert prompt is not None
    back = prompt.judge(Line(0.0, -1.2))
    assert back.kind == "back"
    assert "%" not in worded(back, say).feedback


def test_a_step_downhill_is_told_by_how_much() -> None:
    for seed in range(20):
        prompt = which_way(make_noisy_line(w=50.0, b=-3.0), Line(0.0, -1.0), seed)
        if prompt is not None:
            right = prompt.judge(prompt.answer)
            assert right.loss_after < theory.mse(prompt.dataset, prompt.place)
            assert "the loss falls by" in worded(right, say).measure


def test_where_no_error_can_grow_another_start_is_named() -> None:
    level = Dataset(np.array([-2.0, -1.0, 0.0, 1.0, 2.0]), np.array(FIVE))
    elsewhere = "from a start that is off across the valley, too"
    assert elsewhere not in in_words(other_scale, make_noisy_line(), Line(0.0, -1.0)).text
    # Counted in a finer unit the steep axis is that of the slope, and this start has the right one.
    assert elsewhere in in_words(other_scale, level, Line(0.0, 0.0)).text
    assert elsewhere not in in_words(other_scale, level, Line(1.0, 0.0)).text


def losses_far_above_the_limit(dataset: Dataset, start: Line, steps: int = 8) -> FloatArray:
    """Run the loop in NumPy at ten times the limit: the loss at every step."""
    rate, (w, b) = 10 * theory.stable_limit(dataset), (start.w, start.b)
    losses = []
    for _ in range(steps + 1):
        errors = w * dataset.x + b - dataset.y
        losses.append(np.mean(errors**2))
        w, b = w - rate * 2 * np.mean(errors * dataset.x), b - rate * 2 * np.mean(errors)
    return np.array(losses)


FIRST_FALLS = Line(2.0, -0.6)


def test_far_above_the_limit_the_loss_can_fall_at_first() -> None:
    losses = losses_far_above_the_limit(make_noisy_line(), FIRST_FALLS)
    assert losses[:3] == pytest.approx([0.335, 0.147, 52.9], rel=0.005)


@pytest.mark.parametrize("data", ["lesson", *some(BUNDLED, "hubble", "forbes")])
def test_a_loss_is_said_to_grow_at_every_step_only_from_where_it_does(data: str) -> None:
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    best, axes, size = theory.best_fit(dataset), theory.curvature(dataset), theory.spread(dataset)
    elsewhere = "from a start that is off mainly across the valley"
    said = {True: 0, False: 0}
    for share in (0.0, 1e-4, 1e-3, 1 / 400, 1 / 300, 0.01, 0.1, 0.5, 1.0):  # of the excess loss
        flat, steep = (
            size * np.sqrt(2 * part / curvature)
            for part, curvature in ((1 - share, axes.flat), (share, axes.steep))
        )
        start = Line(
            float(best.w + flat * axes.flat_axis[0] + steep * axes.steep_axis[0]),
            float(best.b + flat * axes.flat_axis[1] + steep * axes.steep_axis[1]),
        )
        grows = elsewhere not in in_words(huge_rate, dataset, start).text
        said[grows] += 1
        if grows:
            assert np.all(np.diff(losses_far_above_the_limit(dataset, start)) > 0)
        if share >= 0.5:  # the start that is named instead
            assert grows
    assert min(said.values()) > 0
    assert elsewhere in in_words(huge_rate, dataset, best).text
    assert elsewhere in in_words(huge_rate, make_noisy_line(), FIRST_FALLS).text


def test_from_a_start_on_the_floor_the_largest_rate_is_that_of_the_floor() -> None:
    dataset = Dataset(np.array([-0.01, 0.0, 0.01]), np.zeros(3))
    largest = largest_rate(train, dataset, Line(1.0, 0.0))
    assert largest == pytest.approx(2 / theory.curvature(dataset).flat, rel=0.01)


def test_questions_hold_for_a_start_that_is_all_but_the_best_fit() -> None:
    dataset = load_bundled("anscombe-1")
    start = Line(0.5, 3.0)
    assert theory.gap(dataset, start) < 0.001
    asked = in_words(one_bowl, dataset, start).text
    far = re.search(r"from y = (\S+)·x ([+−]) (\S+) instead", asked)
    assert far is not None
    line = Line(as_number(far[1]), as_number(far[3]) * (1 if far[2] == "+" else -1))
    assert theory.gap(dataset, line) > theory.spread(dataset)
    because = in_words(same_ring, dataset, start).because
    on_ring = re.search(r"Your start, (.*?), and (.*?) lie", because)
    assert on_ring is not None
    assert on_ring[1] != on_ring[2]
    feedback = in_words(only_way, dataset, start).choices[2].feedback
    way = re.search(r"there is, (\S+)\. It is at (\S+) after", feedback)
    assert way is not None
    assert way[1] != way[2]
