"""The verdicts on what is said are computed, and those that can differ do differ."""

import re

import numpy as np
import pytest

from core import theory
from core.datasets import BUNDLED, Dataset, Line, load_bundled, make_noisy_line
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
        "up to a point", "so", "so", "not so", "not so", "up to a point", "not so", "not so",
    ]  # fmt: skip


def test_a_smaller_rate_gets_closer_where_the_larger_one_nearly_explodes() -> None:
    assert smaller_gets_closer(train, LESSON, START, 0.1).verdict == "not so"
    nearly = 0.998 * theory.stable_limit(ROUND)
    finding = smaller_gets_closer(train, ROUND, START, nearly)
    assert finding.verdict == "so"
    history = train(ROUND, TrainingConfig((nearly,), 400, START))
    assert theory.gap(ROUND, history.last_line()) > 0.01


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
