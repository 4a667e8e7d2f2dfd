"""The prediction of Hot dog or not: its answer is measured, and so is what is said of each rate."""

import math
from collections.abc import Sequence

import numpy as np
import pytest

from core.course.best_rate import BestRate, luck
from core.course.predictions import worded
from core.network.runs import FRESH, HELD_OUT, STEPS, NetworkHistory
from core.words import say
from tests.support.samples import network


def run(
    right: float, losses: Sequence[float] = (0.7, 0.2, 0.1), diverged_at: int = -1
) -> NetworkHistory:
    """A run that ends with that share of right answers on the held-out pictures."""
    history = network(losses, diverged_at)
    history.held_out_accuracy[-1] = right
    return history


def judged(choice: int, *runs: NetworkHistory) -> tuple[str, str, str]:
    """The kind, the grade, and what is said of a choice; rates are 0.1, 0.2, …"""
    asked = BestRate([(place + 1) / 10 for place in range(len(runs))], runs)
    facts = asked.judge(choice)
    told = worded(facts, say)
    return facts.kind, told.grade, told.feedback


BEST = run(0.97)


@pytest.mark.parametrize(
    ("mine", "kind", "grade", "told"),
    [
        (run(0.965), "close", "close", "0.5 points more. That may be luck"),
        (run(0.91, (0.7, 0.3, 0.15)), "good", "wrong", "is 0.15, and that of the best 0.1."),
        (run(0.91, (0.7, 0.2, 0.01)), "by_heart", "wrong", "lower than that of the best, 0.01"),
        (run(0.7, (0.7, 0.69, 0.65)), "slow", "wrong", "is still 0.65; it began at 0.7."),
        (run(0.9, (0.7, 0.2, 0.5, 0.1)), "zigzag", "wrong", "it loses a third or more again"),
        (run(0.8, (0.7, 2.1, 0.6)), "explodes", "wrong", "its loss rose to 3 times"),
        (run(0.5, (0.7, 0.9, 0.6, 0.9, 0.69)), "explodes", "wrong", "ends about where it began"),
        (run(0.99, (0.7, 0.6), 50), "stopped", "wrong", "stopped come after those that were not"),
        (run(0.5, (0.7,), 0), "stopped", "wrong", "after 0 steps it was measured for the last"),
    ],
)
def test_each_rate_is_told_what_it_did(
    mine: NetworkHistory, kind: str, grade: str, told: str
) -> None:
    found = judged(0, mine, BEST)
    assert found[:2] == (kind, grade)
    assert told in found[2].replace("\\", "")
    assert judged(1, mine, BEST)[:2] == ("right", "right")


def test_only_a_smaller_rate_is_said_to_take_short_steps() -> None:
    slow = run(0.7, (0.7, 0.69, 0.65))
    assert "short steps" in judged(0, slow, BEST)[2]
    assert "short steps" not in judged(1, BEST, slow)[2]


def test_rates_that_are_right_equally_often_are_all_right() -> None:
    kind, _, told = judged(0, BEST, run(0.5), run(0.97))
    assert kind == "right"
    assert "and as often is 0.3." in told
    assert "0.1 and 0.3 on 97.0 %: 47 points more" in judged(1, BEST, run(0.5), BEST)[2]


def test_where_all_were_stopped_the_last_measured_decides() -> None:
    runs = run(0.6, (0.7, 0.6), 50), run(0.5, (0.7,), 0)
    assert judged(0, *runs)[0] == "right"
    assert "All were stopped" in judged(0, *runs)[2]
    kind, grade, told = judged(1, *runs)
    assert (kind, grade) == ("stopped", "wrong")
    assert "0.1 on 60.0 %: 10 points more. (All were stopped" in told


def test_what_is_close_is_what_luck_sets_apart() -> None:
    rng = np.random.default_rng(0)
    for share in (0.6, 0.97):
        one = rng.binomial(HELD_OUT, share, 20_000) / HELD_OUT
        other = rng.binomial(FRESH, share, 20_000) / FRESH
        apart = 100 * math.sqrt(np.mean((one - other) ** 2))
        assert luck(share, share) == pytest.approx(apart, rel=0.03)


def test_a_whole_run_has_the_steps_that_are_told() -> None:
    assert f"After {STEPS:,} steps" in judged(0, run(0.7, (0.7, 0.69)), BEST)[2].replace("\\", "")
