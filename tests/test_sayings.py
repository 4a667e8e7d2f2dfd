"""The verdicts on what is said are computed, and those that can differ do differ."""

import re

import numpy as np
import pytest

from core import theory
from core.datasets import BUNDLED, Dataset, Line, load_bundled, make_noisy_line
from core.points import standardize
from core.runs import TrainingConfig
from core.sayings import (
    SAYINGS,
    gradient_is_the_way,
    larger_is_closer,
    never_exact,
    smaller_gets_closer,
    start_does_not_matter,
    too_large_jumps_out,
    true_line_is_best,
    two_million_steps,
)
from core.training import train
from tests.test_wording import as_number
from tests.tiers import some

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
        assert saying == "The true line is where the loss is lowest."
    else:
        assert finding.verdict in ("so", "up to a point", "not so")
        assert "nan" not in finding.measured
        assert all(rate > 0 for rate in finding.rates)
        assert 1 <= finding.steps <= 2_000_000


def test_on_the_lessons_data_the_verdicts_are_those_of_the_design() -> None:
    verdicts = {}
    for saying, try_it in SAYINGS.items():
        finding = try_it(train, LESSON, START, 0.1)
        assert finding is not None
        verdicts[saying] = finding.verdict
    assert list(verdicts.values()) == [
        "up to a point", "so", "so", "up to a point", "not so", "up to a point", "not so", "not so",
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
    assert finding.verdict == "up to a point"
    told = re.findall(r"at (\S+): (\S+) and (\S+)$", finding.measured, re.MULTILINE)
    (below, *first), (above, *second) = [list(map(as_number, row)) for row in told]
    assert below < 0.6 * theory.fastest_rate(dataset)
    assert theory.fastest_rate(dataset) < above < theory.stable_limit(dataset)
    assert first[0] < first[1]
    assert second[0] > 2 * second[1]
    assert first == pytest.approx(ends_of_two(dataset, start, below), rel=0.05)


@pytest.mark.parametrize("rate", [0.1, 0.75])
def test_a_smaller_rate_is_tried_at_the_learners_rate(rate: float) -> None:
    finding = smaller_gets_closer(train, LESSON, START, rate)
    told = re.search(rf"your rate, {rate}: (\S+) and (\S+)\n", finding.measured)
    assert told is not None
    ends = [as_number(end) for end in told.groups()]
    assert ends == pytest.approx(ends_of_two(LESSON, START, rate), rel=0.01)


def test_a_rate_that_explodes_is_not_said_to_have_ended_anywhere() -> None:
    measured = smaller_gets_closer(train, LESSON, START, 1.1).measured
    assert "your rate, 1.1: the first 200 steps explode" in measured
    assert "200 steps at 1.1 explode, " in two_million_steps(train, LESSON, START, 1.1).measured
    measured = two_million_steps(train, LESSON, START, 1e6).measured
    assert "2,000,000 steps at 100 explode; " in measured


def test_the_exact_solution_is_out_of_reach_only_in_the_longest_valleys() -> None:
    assert never_exact(train, LESSON, START, 0.1).verdict == "not so"
    assert never_exact(train, load_bundled("cars"), Line(0.0, 0.0), 0.001).verdict == "not so"
    assert never_exact(train, load_bundled("forbes"), Line(0.0, 0.0), 1e-5).verdict == "so"


def test_the_start_does_not_matter_where_the_valley_is_round() -> None:
    assert start_does_not_matter(train, LESSON, START, 0.1).verdict == "up to a point"
    assert start_does_not_matter(train, ROUND, START, 0.1).verdict == "so"


def test_the_true_line_is_the_best_one_only_without_noise() -> None:
    noisy = true_line_is_best(train, LESSON, START, 0.1)
    exact = true_line_is_best(train, make_noisy_line(noise=0.0), START, 0.1)
    assert noisy is not None
    assert exact is not None
    assert (noisy.verdict, exact.verdict) == ("not so", "so")
    assert true_line_is_best(train, ROUND, START, 0.1) is None


def test_nothing_jumps_out_of_the_minimum_that_stands_in_it() -> None:
    line = make_noisy_line(noise=0.0)
    assert too_large_jumps_out(train, LESSON, START, 0.1).verdict == "so"
    assert too_large_jumps_out(train, line, theory.best_fit(line), 0.1).verdict == "not so"


def test_two_million_steps_are_not_the_same_where_200_explode() -> None:
    assert two_million_steps(train, LESSON, START, 0.1).verdict == "so"
    assert two_million_steps(train, LESSON, START, 0.8).verdict == "not so"


def test_the_closest_rate_named_is_the_one_whose_run_ends_closest() -> None:
    finding = larger_is_closer(train, LESSON, START, 0.1)
    gaps = [
        theory.gap(LESSON, train(LESSON, TrainingConfig((rate,), 200, START)).last_line())
        for rate in finding.rates
    ]
    named = re.search(r"Closest is ([\d.]+);", finding.measured)
    assert named is not None
    assert float(named[1]) == pytest.approx(finding.rates[int(np.argmin(gaps))], rel=0.01)


def test_a_step_along_the_gradient_goes_up() -> None:
    for seed in range(20):
        finding = gradient_is_the_way(train, make_noisy_line(seed=seed), START, 0.1)
        assert finding.verdict == "not so"
