import math
from dataclasses import FrozenInstanceError
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.datasets import Line
from core.runs import MAX_STEPS, RECORDED_STEPS, History, TrainingConfig, batch_indices

REFUSED: list[dict[str, Any]] = [
    {"learning_rates": ()},
    {"learning_rates": (0.1, 0.0)},
    {"learning_rates": (-0.1,)},
    {"learning_rates": (math.nan,)},
    {"learning_rates": (math.inf,)},
    {"learning_rates": (0.1,) * 257},
    {"learning_rates": (0.1,) * 9, "batch_size": 8},
    {"steps": -1},
    {"steps": 2_000_001},
    {"steps": 20_001, "batch_size": 8},
    {"start": Line(math.nan, 0.0)},
    {"start": Line(0.0, math.inf)},
    {"start": Line(1e51, 0.0)},
    {"first_step": -1},
    {"first_step": 10**15 + 1},
    {"first_step": 10**6 + 1, "batch_size": 8},
    {"batch_size": 0},
    {"batch_size": 33},
    {"seed": -1},
    {"factors": ()},
    {"factors": (1.0,) * 513},
    {"factors": (1.0, math.nan)},
    {"decay": -0.1},
    {"decay": math.nan},
    {"decay": math.inf},
]

ACCEPTED: list[dict[str, Any]] = [
    {"learning_rates": (1e-300, 1e300)},
    {"learning_rates": (0.1,) * 256},
    {"learning_rates": (0.1,) * 8, "batch_size": 1},
    {"steps": 0},
    {"steps": 2_000_000},
    {"steps": 20_000, "batch_size": 32},
    {"start": Line(-1e50, 1e50)},
    {"first_step": 10**15},
    {"first_step": 10**6, "batch_size": 32},
    {"seed": 2**70},
    {"factors": (0.0, -1.0) * 256},
    {"decay": 1e300},
]


@pytest.mark.parametrize("fields", REFUSED, ids=str)
def test_a_field_out_of_range_is_named(fields: dict[str, Any]) -> None:
    name, value = next(iter(fields.items()))
    with pytest.raises(ValueError, match=rf"^{name} must be .*, not ") as caught:
        TrainingConfig(**fields)
    assert str(value) in str(caught.value)


@pytest.mark.parametrize("fields", ACCEPTED, ids=str)
def test_the_ends_of_every_range_are_in_it(fields: dict[str, Any]) -> None:
    config = TrainingConfig(**fields)
    assert config.recorded_steps()[-1] == config.first_step + config.steps


def test_the_defaults_are_the_lessons_first_run() -> None:
    config = TrainingConfig()
    assert config == TrainingConfig(
        learning_rates=(0.1,),
        steps=200,
        start=Line(0.0, -1.0),
        first_step=0,
        batch_size=None,
        seed=0,
        factors=(1.0,),
        decay=0.0,
    )
    assert config.recorded_steps().tolist() == list(range(201))


def test_a_config_is_a_key() -> None:
    assert len({TrainingConfig(), TrainingConfig(), TrainingConfig(steps=1)}) == 2
    with pytest.raises(FrozenInstanceError):
        TrainingConfig().steps = 1


@given(steps=st.integers(0, MAX_STEPS), first_step=st.integers(0, 10**15))
@example(steps=510, first_step=0)
@example(steps=511, first_step=0)
@example(steps=512, first_step=0)
@example(steps=MAX_STEPS, first_step=10**15)
def test_recorded_steps(steps: int, first_step: int) -> None:
    recorded = TrainingConfig(steps=steps, first_step=first_step).recorded_steps()
    assert recorded.dtype == np.int64
    assert recorded[0] == first_step
    assert recorded[-1] == first_step + steps
    assert recorded.size <= RECORDED_STEPS
    assert np.all(np.diff(recorded) > 0)
    if steps < RECORDED_STEPS:
        assert recorded.size == steps + 1


def test_recorded_steps_are_dense_early_and_evenly_spread_by_size() -> None:
    recorded = TrainingConfig(steps=MAX_STEPS).recorded_steps()
    assert recorded[:20].tolist() == list(range(20))
    assert recorded.size > 400
    late = recorded[recorded > 1_000]
    np.testing.assert_allclose(late[1:] / late[:-1], late[1] / late[0], rtol=2e-3)


def test_a_history_knows_its_last_line() -> None:
    w = np.array([[0.0, 1.0], [0.0, 2.0]])
    never = np.array([-1, -1])
    history = History(np.array([0, 1]), w, -w, w, w, w, never)
    assert history.last_line() == Line(1.0, -1.0)
    assert history.last_line(1) == Line(2.0, -2.0)


@pytest.mark.parametrize("n", [3, 100, 100_000])
@pytest.mark.parametrize("batch_size", [1, 7, 32])
@pytest.mark.parametrize("first_step", [0, 1, 9_999, 10_000, 25_000])
def test_batches_are_the_same_wherever_a_run_begins(
    n: int, batch_size: int, first_step: int
) -> None:
    whole = np.random.default_rng(5).integers(0, n, (25_010, batch_size))
    np.testing.assert_array_equal(
        batch_indices(5, n, 25_010, batch_size, first_step), whole[first_step:]
    )
