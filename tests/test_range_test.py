"""The range test reads a curve as its rules say, and is honest about the line."""

import numpy as np
import pytest

from core import theory
from core.datasets import make_noisy_line
from core.network import range_test
from core.runs import LESSON_START
from core.training import train


def test_it_reads_off_the_steepest_place_and_a_tenth_of_the_lowest() -> None:
    rates = range_test.rising_rates()
    place = np.log10(rates)
    loss = 1 - np.tanh(4 * (place + 2)) / 2 + 30 * np.maximum(place, 0)  # steepest at 0.01
    found = range_test.read(loss)
    assert found.steepest == pytest.approx(0.01, rel=1.2)  # the average lags by some steps
    lowest = found.rates[np.argmin(found.smoothed)]
    assert found.tenth == pytest.approx(lowest / 10)
    assert found.steepest < lowest


@pytest.mark.parametrize("bad", [np.nan, np.inf, 1e300])
def test_it_ends_where_the_loss_explodes(bad: float) -> None:
    loss = np.concatenate([np.linspace(1, 0.5, 100), np.full(200, bad)])
    found = range_test.read(loss)
    assert found.rates.size == found.smoothed.size == found.loss.size == 100
    assert np.isfinite([found.steepest, found.tenth]).all()


@pytest.mark.parametrize("loss", [np.ones(300), np.concatenate([[1.0], np.full(299, 1e9)])])
def test_a_curve_that_never_falls_still_gives_numbers(loss: np.ndarray) -> None:
    found = range_test.read(loss)
    assert found.steepest > 0
    assert found.tenth > 0


@pytest.mark.parametrize("seed", range(5))
def test_on_the_line_the_lowest_place_is_near_the_limit_and_both_rules_stay_below_half_of_it(
    seed: int,
) -> None:
    dataset = make_noisy_line(seed=seed)
    found = range_test.on_line(train, dataset, LESSON_START)
    limit = theory.stable_limit(dataset)
    assert 0.8 < 10 * found.tenth / limit < 1.6
    assert max(found.steepest, found.tenth) < theory.safe_rate(dataset)
    assert theory.verdict(dataset, found.tenth) == "good"
    assert theory.verdict(dataset, found.steepest) == "slow"
