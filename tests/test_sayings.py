"""The verdicts on what is said are computed, and those that can differ do differ."""

import re

import numpy as np
import pytest

from core import theory
from core.course.sayings import (
    SAYINGS,
    gradient_is_the_way,
    larger_is_closer,
    never_exact,
    smaller_gets_closer,
    start_does_not_matter,
    too_large_jumps_out,
    true_line_is_best,
    two_million_steps,
    what_jumps,
)
from core.datasets import (
    BUNDLED,
    Dataset,
    Line,
    load_bundled,
    make_noisy_line,
    points_from_text,
)
from core.points import standardize, with_outlier
from core.runs import TrainingConfig
from core.training import train
from core.words.writing import readable
from tests.support.numbers import as_number
from tests.support.tiers import some

LESSON, START = make_noisy_line(), Line(0.0, -1.0)
ROUND = Dataset(np.array([-1.0, 0.0, 1.0]) * np.sqrt(1.5), np.array([0.2, 0.9, 2.3]))


def usual_rate(dataset: Dataset) -> float:
    return theory.round_down(theory.safe_rate(dataset))


@pytest.mark.parametrize("data", some(BUNDLED, "cars", "forbes", "anscombe-4"))
@pytest.mark.parametrize("saying", SAYINGS)
def test_every_saying_can_be_tried_on_every_data_set(data: str, saying: str) -> None:
    dataset = load_bundled(data)
    finding = SAYINGS[saying](train, dataset, Line(0.0, 0.0), usual_rate(dataset))
    if finding is None:
        assert saying == "true"
    else:
        assert finding.verdict in ("so", "partly", "not_so")
        assert "nan" not in str(finding.measured)
        assert all(rate > 0 for rate in finding.rates)
        assert 1 <= finding.steps <= 2_000_000


def test_on_the_lessons_data_the_verdicts_are_those_of_the_design() -> None:
    verdicts = {}
    for saying, try_it in SAYINGS.items():
        finding = try_it(train, LESSON, START, 0.1)
        assert finding is not None
        verdicts[saying] = finding.verdict
    assert list(verdicts.values()) == [
        "partly", "so", "so", "partly", "not_so", "partly", "not_so", "not_so",
    ]  # fmt: skip


def ends_of_two(dataset: Dataset, start: Line, first: float) -> list[float]:
    """Take 200 steps, and 200 more at the same rate or at a tenth of it, as powers of a matrix."""
    best, hessian = theory.best_fit(dataset), theory.hessian(dataset)
    ends = []
    for second in (first, first / 10):
        off = np.array([start.w - best.w, start.b - best.b])
        for rate in (first, second):
            off = np.linalg.matrix_power(np.eye(2) - rate * hessian, 200) @ off
        ends.append(float(np.sqrt(off @ hessian @ off / 2)))
    return ends


def test_above_the_fastest_rate_a_smaller_one_gets_closer_by_far() -> None:
    assert theory.fastest_rate(LESSON) < 0.75 < theory.stable_limit(LESSON)
    assert ends_of_two(LESSON, START, 0.75) == pytest.approx([0.0031, 6e-12], rel=0.05)
    same, smaller = ends_of_two(LESSON, START, 0.1)
    assert smaller > 3 * same


@pytest.mark.parametrize("data", ["lesson", *some(BUNDLED, "hubble", "forbes")])
@pytest.mark.parametrize("scaled", [False, True])
def test_a_smaller_rate_is_tried_on_both_sides_of_the_fastest(data: str, scaled: bool) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    dataset = standardize(dataset) if scaled else dataset
    start = START if data == "lesson" else Line(0.0, 0.0)
    finding = smaller_gets_closer(train, dataset, start, usual_rate(dataset))
    assert finding.verdict == "partly"
    told = re.findall(r"at (\S+): (\S+) and (\S+)$", str(finding.measured), re.MULTILINE)
    (below, *first), (above, *second) = [list(map(as_number, row)) for row in told]
    assert below <= theory.safe_rate(dataset) * (1 + 1e-2)  # as it is written
    assert 0.99 * theory.stable_limit(dataset) < above < theory.stable_limit(dataset)
    assert first[0] < first[1]
    assert second[0] > 2 * second[1]
    assert first == pytest.approx(ends_of_two(dataset, start, below), rel=0.05)


@pytest.mark.parametrize("rate", [0.1, 0.75])
def test_a_smaller_rate_is_tried_at_the_learners_rate(rate: float) -> None:
    finding = smaller_gets_closer(train, LESSON, START, rate)
    told = re.search(rf"your rate, {rate}: (\S+) and (\S+)\n", str(finding.measured))
    assert told is not None
    ends = [as_number(end) for end in told.groups()]
    assert ends == pytest.approx(ends_of_two(LESSON, START, rate), rel=0.01)


def test_a_rate_that_explodes_is_not_said_to_have_ended_anywhere() -> None:
    measured = str(smaller_gets_closer(train, LESSON, START, 1.1).measured)
    assert "your rate, 1.1: the first 200 steps explode" in measured
    measured = str(two_million_steps(train, LESSON, START, 1.1).measured)
    assert "200 steps at 1.1 explode, " in measured
    measured = str(two_million_steps(train, LESSON, START, 1e6).measured)
    assert "2,000,000 steps at 100 explode; " in measured


def test_the_exact_solution_is_out_of_reach_only_in_the_longest_valleys() -> None:
    assert never_exact(train, LESSON, START, 0.1).verdict == "not_so"
    assert never_exact(train, load_bundled("cars"), Line(0.0, 0.0), 0.001).verdict == "not_so"
    assert never_exact(train, load_bundled("forbes"), Line(0.0, 0.0), 1e-5).verdict == "so"


def test_the_start_does_not_matter_where_the_valley_is_round() -> None:
    assert start_does_not_matter(train, LESSON, START, 0.1).verdict == "partly"
    assert start_does_not_matter(train, ROUND, START, 0.1).verdict == "so"


def test_the_true_line_is_the_best_one_only_without_noise() -> None:
    noisy = true_line_is_best(train, LESSON, START, 0.1)
    exact = true_line_is_best(train, make_noisy_line(noise=0.0), START, 0.1)
    assert noisy is not None
    assert exact is not None
    assert (noisy.verdict, exact.verdict) == ("not_so", "so")
    assert true_line_is_best(train, ROUND, START, 0.1) is None


def test_nothing_jumps_out_of_the_minimum_that_stands_in_it() -> None:
    line = make_noisy_line(noise=0.0)
    assert too_large_jumps_out(train, LESSON, START, 0.1).verdict == "so"
    assert too_large_jumps_out(train, line, theory.best_fit(line), 0.1).verdict == "not_so"


def test_two_million_steps_are_not_the_same_where_200_explode() -> None:
    assert two_million_steps(train, LESSON, START, 0.1).verdict == "so"
    assert two_million_steps(train, LESSON, START, 0.8).verdict == "not_so"


def test_the_closest_rate_named_is_the_one_whose_run_ends_closest() -> None:
    finding = larger_is_closer(train, LESSON, START, 0.1)
    gaps = [
        theory.gap(LESSON, train(LESSON, TrainingConfig((rate,), 200, START)).last_line())
        for rate in finding.rates
    ]
    named = re.search(r"closest is ([\d.]+);", str(finding.measured))
    assert named is not None
    assert float(named[1]) == pytest.approx(finding.rates[int(np.argmin(gaps))], rel=0.01)


def test_a_step_along_the_gradient_goes_up() -> None:
    for seed in range(20):
        finding = gradient_is_the_way(train, make_noisy_line(seed=seed), START, 0.1)
        assert finding.verdict == "not_so"


def test_a_step_that_rounding_hides_goes_up_all_the_same() -> None:
    far = Dataset(1e9 + np.arange(4.0), np.array([0.0, 1.0, 2.0, 4.0]))
    start = Line(0.0, 1.75)
    step = 0.1 * theory.safe_rate(far) * np.array(theory.gradient(far, start))
    along = Line(start.w + step[0], start.b + step[1])
    assert theory.mse(far, along) == pytest.approx(theory.mse(far, start), rel=1e-15)
    assert theory.losses_beside(far, start, (step[0], step[1])) is None
    finding = gradient_is_the_way(train, far, start, 1e-19)
    assert finding.verdict == "not_so"
    assert "here both by less than rounding lets one see" in str(finding.measured)
    assert not re.search(r"\d\.\d{10}", str(finding.measured))


CARS, FORBES = load_bundled("cars"), load_bundled("forbes")
VEE = Dataset(np.array([-1.0, 0.0, 1.0]), np.array([-1.0, 0.0, 1.0]))  # λ₁ = 4/3, λ₂ = 2
ORIGIN = Line(0.0, 0.0)


def along_the_valley(dataset: Dataset) -> Line:
    """A start whose whole error lies along the valley's floor."""
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    return Line(best.w + axes.flat_axis[0], best.b + axes.flat_axis[1])


@pytest.mark.parametrize(
    ("dataset", "start", "rate"),
    [
        (FORBES, ORIGIN, 0.0000242),
        (CARS, ORIGIN, 0.999 * theory.stable_limit(CARS)),
        (CARS, Line(6.927335, -17.404693), 0.0037),
    ],
)
def test_near_the_limit_of_a_long_valley_a_smaller_rate_helps_below_the_fastest_too(
    dataset: Dataset, start: Line, rate: float
) -> None:
    assert 0.98 * theory.stable_limit(dataset) < rate < theory.fastest_rate(dataset)
    same, smaller = ends_of_two(dataset, start, rate)
    assert same > 1.5 * smaller
    finding = smaller_gets_closer(train, dataset, start, rate)
    assert finding.verdict == "partly"
    assert "Near the limit" in str(finding.measured)
    assert "+ λ₂" not in str(finding.measured)


def test_above_the_fastest_rate_a_tenth_of_it_can_be_slower() -> None:
    round_one = standardize(LESSON)
    start = round_one.from_original(START)
    assert theory.fastest_rate(round_one) < 0.7 < 0.9 * theory.stable_limit(round_one)
    here = train(round_one, TrainingConfig((0.7,), 10, start)).last_line()
    run = train(round_one, TrainingConfig((0.7, 0.07), 10, here))
    same, smaller = (theory.gap(round_one, run.last_line(place)) for place in range(2))
    assert smaller > 100 * same
    assert ends_of_two(LESSON, along_the_valley(LESSON), 0.752)[1] > 1e-12
    for dataset, begin in ((VEE, ORIGIN), (LESSON, along_the_valley(LESSON)), (round_one, start)):
        measured = str(smaller_gets_closer(train, dataset, begin, 0.3).measured)
        assert str(what_jumps(dataset)) in measured


@pytest.mark.parametrize("dataset", [LESSON, CARS, FORBES, VEE, standardize(LESSON)])
def test_what_jumps_is_so_at_both_ends(dataset: Dataset) -> None:
    """Without a zigzag a tenth of a rate is slower in every part; near the limit it calms one."""
    axes = theory.curvature(dataset)
    for rate in np.linspace(0.01, 1, 20) * theory.safe_rate(dataset):
        for curvature in (axes.flat, axes.steep):
            assert 1 - rate * curvature / 10 > 1 - rate * curvature >= -1e-12
    for rate in np.linspace(0.95, 1, 10) * theory.stable_limit(dataset):
        assert abs(1 - rate * axes.steep / 10) < 0.95 * abs(1 - rate * axes.steep)
    told = str(what_jumps(dataset))
    safe, limit = (as_number(told.split(name)[1].split()[0].rstrip(",")) for name in (
        "At rates up to", "Near the limit,"
    ))  # fmt: skip
    assert safe == pytest.approx(theory.safe_rate(dataset), rel=0.01)
    assert limit == pytest.approx(theory.stable_limit(dataset), rel=0.01)


def test_a_run_that_explodes_in_the_second_200_steps_is_told_so() -> None:
    start, rate = Line(0.9653, 0.0009), 0.771
    first = train(LESSON, TrainingConfig((rate,), 200, start))
    assert first.diverged_at[0] < 0
    assert train(LESSON, TrainingConfig((rate,), 400, start)).diverged_at[0] > 200
    measured = str(smaller_gets_closer(train, LESSON, start, rate).measured)
    assert "the first 200 steps explode" not in measured
    told = re.search(r"your rate, 0.771: .* the second 200 explode, .* end (\S+) away", measured)
    assert told is not None
    assert as_number(told[1]) == pytest.approx(ends_of_two(LESSON, start, rate)[1], rel=0.05)


def test_a_run_that_was_stopped_has_no_distance_after_200_steps() -> None:
    finding = larger_is_closer(train, LESSON, START, 0.1)
    stopped = train(LESSON, TrainingConfig((finding.rates[-1],), 200, START)).diverged_at[0]
    assert 0 < stopped < 200
    assert f": explodes, stopped after step {stopped}." in str(finding.measured)


def test_all_the_rates_that_are_equally_close_are_named() -> None:
    round_one = standardize(LESSON)
    measured = str(larger_is_closer(train, round_one, round_one.from_original(START), 0.1).measured)
    assert "0.1: 0; 0.5: 0;" in measured
    assert "closest are 0.1, 0.5, equally so but for rounding" in measured


def test_above_the_limit_nothing_explodes_that_has_no_error_across_the_valley() -> None:
    for dataset in (CARS, VEE):
        start = ORIGIN if dataset is VEE else along_the_valley(CARS)
        assert abs(theory.error_across(dataset, start)) < 1e-9 * theory.gap(dataset, start)
        finding = larger_is_closer(train, dataset, start, 0.1)
        history = train(dataset, TrainingConfig((finding.rates[-1],), 200, start))
        assert history.diverged_at[0] < 0
        assert finding.rates[-1] > theory.stable_limit(dataset)
        assert "a run that is off across the valley explodes" in str(finding.measured)
    finding = too_large_jumps_out(train, VEE, ORIGIN, 0.1)
    assert finding.verdict == "not_so"
    assert "an error across the valley, and this start has none" in str(finding.measured)


@pytest.mark.parametrize(
    ("dataset", "start", "rate", "verdict", "needed"),
    [
        (LESSON, START, 0.1, "so", (200, 2_000_000)),
        (standardize(LESSON), standardize(LESSON).from_original(START), 0.5, "partly",
         (1, 85_053)),
        (load_bundled("hubble"), ORIGIN, 0.2, "partly", (46, 470_779)),
        (LESSON, START, 0.75, "not_so", (200, 90_106)),
        (LESSON, START, 1e-8, "not_so", None),
        (FORBES, Line(0.0, 25.06), 1e-5, "not_so", None),
    ],
)  # fmt: skip
def test_two_million_steps_are_so_only_where_both_numbers_are_needed(
    dataset: Dataset, start: Line, rate: float, verdict: str, needed: tuple[int, int] | None
) -> None:
    finding = two_million_steps(train, dataset, start, rate)
    assert finding.verdict == verdict
    if needed is None:
        assert "Neither run has come a hundredth of the way" in str(finding.measured)
        end = train(dataset, TrainingConfig((rate,), 200, start)).last_line()
        assert theory.gap(dataset, end) > 0.99 * theory.gap(dataset, start)
        return
    told = re.search(r"down to (\S+) after ([\d,]+) steps? at .*, and after ([\d,]+)",
                     str(finding.measured))  # fmt: skip
    assert told is not None
    near, *steps = map(as_number, told.groups())
    assert steps == pytest.approx(needed, rel=0.01)
    for count, tried in zip(steps, (rate, rate / 10_000), strict=True):
        run = TrainingConfig((tried,), min(int(count), 2_000_000), start)
        assert theory.gap(dataset, train(dataset, run).last_line()) <= 1.02 * near


def test_only_two_million_steps_that_were_run_are_said_not_to_be_enough() -> None:
    high = Dataset(CARS.x, CARS.y + 1e7)
    finding = never_exact(train, high, Line(0.0, 1e7), 0.001)
    assert finding.steps < 2_000_000
    end = train(high, TrainingConfig(finding.rates, finding.steps, Line(0.0, 1e7))).last_line()
    assert 1e-8 < theory.gap(high, end) < 1e-12 * 1e7
    assert finding.verdict == "not_so"
    assert "not enough" not in str(finding.measured)


def test_a_true_line_far_from_the_best_fit_is_not_called_near() -> None:
    dataset = with_outlier(make_noisy_line(n=3), 1.0, 100.0)
    assert dataset.true_line is not None
    away = theory.gap(dataset, dataset.true_line)
    assert away > 0.9 * theory.spread(dataset)
    finding = true_line_is_best(train, dataset, START, 0.1)
    assert finding is not None
    assert f"the true line is another one, {readable(away)} away" in str(finding.measured)


@pytest.mark.parametrize(
    ("dataset", "start", "rate"),
    [
        (points_from_text("-2_3~-1_3~0_3~1_3~2_3"), Line(0.0, 0.0), 0.6),  # none across the valley
        (LESSON, Line(2.0, 0.3), 0.756),  # twice as much across it as along its floor
    ],
)
def test_from_the_limit_on_a_run_comes_closer_along_the_floor_alone(
    dataset: Dataset, start: Line, rate: float
) -> None:
    assert rate >= theory.stable_limit(dataset)
    finding = two_million_steps(train, dataset, start, rate)
    assert finding.verdict == "partly"
    assert f"{rate} is not below the limit: what the first run sheds" in str(finding.measured)
    history = train(dataset, TrainingConfig((rate,), 200, start))
    flat, steep = np.abs(theory.axis_errors(dataset, history.w[0], history.b[0]))
    assert flat[-1] < flat[0]
    assert steep[-1] >= steep[0]
