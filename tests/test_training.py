import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.datasets import Dataset, FloatArray, Line, make_noisy_line
from core.eager import train_eagerly
from core.runs import MAX_FACTORS, MAX_STEPS, History
from core.theory import closed_form_path, mse, safe_rate, stable_limit
from core.training import TrainingConfig, batch_indices, count_traces, train, warm_up
from tests.support.data import problems, scatter

RELATIVE = 1e-9
LESSON = make_noisy_line()
SERIES = ("w", "b", "loss", "grad_w", "grad_b")
SCHEDULES = {
    "constant": {"factors": (1.0,), "decay": 0.0},
    "cycle": {"factors": (1.0, 0.1, 0.5), "decay": 0.0},
    "warm-up, then decay": {"factors": (0.3, 0.6, 1.0, 1.0, 1.0, 1.0, 1.0), "decay": 0.05},
}


def assert_close(actual: FloatArray, expected: FloatArray, relative: float = RELATIVE) -> None:
    """Compare series, along the last axis, relative to the largest value of each."""
    scale = np.max(np.abs(expected), axis=-1, keepdims=True)
    assert np.all(np.abs(actual - expected) <= relative * scale)


def assert_same_bits(one: History, other: History) -> None:
    for name in ("steps", *SERIES, "diverged_at"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name), err_msg=name)


def rates_of_schedule(config: TrainingConfig) -> FloatArray:
    """List the rate of every step, shape (k, steps), as the configuration's docstring says."""
    step = config.first_step + np.arange(config.steps)
    multiplier = np.array(config.factors)[step % len(config.factors)] / (1 + config.decay * step)
    return np.outer(config.learning_rates, multiplier)


def analytic_gradient(x: FloatArray, y: FloatArray, w: float, b: float) -> FloatArray:
    matrix = np.column_stack([x, np.ones_like(x)])
    return 2 / x.size * matrix.T @ (matrix @ [w, b] - y)


def descend_in_numpy(dataset: Dataset, config: TrainingConfig) -> tuple[FloatArray, int]:
    """Run the first rate step by step: rows (w, b, loss, grad_w, grad_b), and the last sane step.

    After the last sane step its row repeats.
    """
    n = dataset.n
    last = config.first_step + config.steps
    batches = np.tile(np.arange(n), (last + 1, 1))
    if config.batch_size is not None:
        rng = np.random.default_rng(config.seed)
        batches = rng.integers(0, n, (last + 1, config.batch_size))

    def row(step: int, w: float, b: float) -> FloatArray:
        chosen = batches[step]
        gradient = analytic_gradient(dataset.x[chosen], dataset.y[chosen], w, b)
        return np.array([w, b, mse(dataset, Line(w, b)), *gradient])

    rows = [row(config.first_step, config.start.w, config.start.b)]
    bound = 1e6 * max(rows[0][2], float(np.mean(dataset.y**2)))
    diverged_at = -1
    for step, rate in enumerate(rates_of_schedule(config)[0], start=config.first_step):
        here = rows[-1]
        if diverged_at < 0:
            with np.errstate(over="ignore", invalid="ignore"):
                there = row(step + 1, *(here[:2] - rate * here[3:]))
            if there[2] <= bound:
                here = there
            else:
                diverged_at = step
        rows.append(here)
    return np.array(rows).T, diverged_at


def sane_columns(history: History, rate: int = 0) -> NDArray[np.bool_]:
    last = history.diverged_at[rate]
    return history.steps <= (last if last >= 0 else history.steps[-1])


def all_series(history: History, rate: int = 0) -> FloatArray:
    return np.array([getattr(history, name)[rate] for name in SERIES])


# The reference: the lesson's own loop


@settings(max_examples=25)
@given(
    problem=problems(),
    multiple=st.one_of(st.floats(1e-4, 0.99), st.sampled_from([0.999, 1.02, 1.5])),
    schedule=st.sampled_from(sorted(SCHEDULES)),
)
def test_it_repeats_the_eager_loop(
    problem: tuple[Dataset, Line], multiple: float, schedule: str
) -> None:
    dataset, start = problem
    rate = multiple * stable_limit(dataset)
    config = TrainingConfig((rate,), steps=40, start=start, **SCHEDULES[schedule])
    history = train(dataset, config)
    rows = train_eagerly(dataset, rates_of_schedule(config)[0], config.steps, start)
    sane = sane_columns(history)
    assert_close(all_series(history)[:, sane], np.array(rows).T[:, sane])


def test_it_repeats_the_eager_loop_until_the_loop_explodes() -> None:
    history = train(LESSON, TrainingConfig((2.0,), steps=20))
    sane = history.diverged_at[0] + 1
    assert 2 <= sane <= 20
    rows = np.array(train_eagerly(LESSON, 2.0, 20, Line(0.0, -1.0))).T
    np.testing.assert_allclose(all_series(history)[:, :sane], rows[:, :sane], rtol=RELATIVE)
    assert rows[2, sane] > 1e6 * rows[2, 0]


# The closed form


@settings(max_examples=100)
@given(
    problem=problems(),
    multiples=st.lists(st.floats(1e-4, 1.05), min_size=1, max_size=8),
    steps=st.integers(0, 4_000),
    schedule=st.sampled_from(sorted(SCHEDULES)),
)
def test_it_follows_the_closed_form(
    problem: tuple[Dataset, Line], multiples: list[float], steps: int, schedule: str
) -> None:
    dataset, start = problem
    rates = tuple(multiple * stable_limit(dataset) for multiple in multiples)
    config = TrainingConfig(rates, steps=steps, start=start, **SCHEDULES[schedule])
    history = train(dataset, config)
    w, b = closed_form_path(dataset, config)
    for rate in range(len(rates)):
        sane = sane_columns(history, rate)
        assert_close(history.w[rate, sane], w[rate, sane])
        assert_close(history.b[rate, sane], b[rate, sane])


def test_it_follows_the_closed_form_for_two_million_steps() -> None:
    rates = (1e-7, 1e-5, 1e-3, 0.1, safe_rate(LESSON), 0.999 * stable_limit(LESSON))
    config = TrainingConfig(rates, steps=MAX_STEPS)
    history = train(LESSON, config)
    for actual, expected in zip(
        (history.w, history.b), closed_form_path(LESSON, config), strict=True
    ):
        assert_close(actual, expected)


# The tape


@settings(max_examples=50)
@given(problem=problems(), batch_size=st.sampled_from([None, 1, 8, 32]), seed=st.integers(0, 99))
def test_the_tape_gives_the_analytic_gradient(
    problem: tuple[Dataset, Line], batch_size: int | None, seed: int
) -> None:
    dataset, start = problem
    rate = 0.01 * stable_limit(dataset)
    config = TrainingConfig((rate,), steps=30, start=start, batch_size=batch_size, seed=seed)
    history = train(dataset, config)
    gradients = []
    for step, w, b in zip(history.steps, history.w[0], history.b[0], strict=True):
        chosen = slice(None)
        if batch_size is not None:
            chosen = batch_indices(seed, dataset.n, config.steps + 1, batch_size)[step]
        gradients.append(analytic_gradient(dataset.x[chosen], dataset.y[chosen], w, b))
    assert_close(np.array([history.grad_w[0], history.grad_b[0]]), np.array(gradients).T)


def test_mini_batch_gradients_scatter_around_the_full_gradient() -> None:
    standing_still = 1e-15
    spreads = []
    for batch_size in (8, 32):
        config = TrainingConfig((standing_still,), steps=511, batch_size=batch_size, seed=3)
        history = train(LESSON, config)
        gradients = np.array([history.grad_w[0], history.grad_b[0]])
        full = analytic_gradient(LESSON.x, LESSON.y, 0.0, -1.0)
        standard_error = gradients.std(axis=1) / np.sqrt(512)
        assert np.all(np.abs(gradients.mean(axis=1) - full) < 4 * standard_error)
        assert np.all(standard_error < 0.02 * np.abs(full))
        spreads.append(gradients.std(axis=1))
    np.testing.assert_allclose(spreads[0] / spreads[1], 2.0, rtol=0.2)


# Mini-batches


@settings(max_examples=40)
@given(
    problem=problems(),
    batch_size=st.sampled_from([1, 2, 8, 31, 32]),
    seed=st.integers(0, 10**12),
    first_step=st.integers(0, 3_000),
    schedule=st.sampled_from(sorted(SCHEDULES)),
)
def test_mini_batches_repeat_a_plain_numpy_loop(
    problem: tuple[Dataset, Line], batch_size: int, seed: int, first_step: int, schedule: str
) -> None:
    dataset, start = problem
    rate = 0.05 * stable_limit(dataset)
    config = TrainingConfig((rate,), 60, start, first_step, batch_size, seed, **SCHEDULES[schedule])
    history = train(dataset, config)
    series, diverged_at = descend_in_numpy(dataset, config)
    assert history.diverged_at[0] == diverged_at
    assert_close(all_series(history), series)


def test_mini_batches_differ_by_seed() -> None:
    one, other = (train(LESSON, TrainingConfig(batch_size=8, seed=seed)) for seed in (0, 1))
    assert not np.array_equal(one.w, other.w)


# The same run, twice, together, in parts


@pytest.mark.parametrize("batch_size", [None, 8])
def test_a_run_repeats_to_the_last_bit(batch_size: int | None) -> None:
    config = TrainingConfig((0.01, 0.1, 2.0), steps=700, batch_size=batch_size, seed=5)
    assert_same_bits(train(LESSON, config), train(LESSON, config))


@pytest.mark.parametrize("batch_size", [None, 8])
def test_several_rates_at_once_are_each_rate_alone(batch_size: int | None) -> None:
    rates = (1e-5, 0.01, 0.1, 0.5, 0.75, 0.79, 2.0, 1e300)
    together = train(LESSON, TrainingConfig(rates, steps=600, batch_size=batch_size))
    for place, rate in enumerate(rates):
        alone = train(LESSON, TrainingConfig((rate,), steps=600, batch_size=batch_size))
        np.testing.assert_array_equal(all_series(together, place), all_series(alone))
        assert together.diverged_at[place] == alone.diverged_at[0]


def test_a_sweep_of_256_rates_is_each_rate_alone() -> None:
    rates = tuple(np.geomspace(1e-5, 2.0, 256))
    sweep = train(LESSON, TrainingConfig(rates, steps=600))
    assert sweep.w.shape == (256, sweep.steps.size)
    for place in (0, 7, 8, 100, 254, 255):
        alone = train(LESSON, TrainingConfig((rates[place],), steps=600))
        np.testing.assert_allclose(all_series(sweep, place), all_series(alone), rtol=1e-11)
        assert sweep.diverged_at[place] == alone.diverged_at[0]


@settings(max_examples=40)
@given(
    parts=st.lists(st.integers(0, 300), min_size=2, max_size=3),
    batch_size=st.sampled_from([None, 8]),
    schedule=st.sampled_from(sorted(SCHEDULES)),
)
def test_a_run_in_parts_is_the_run_in_one(
    parts: list[int], batch_size: int | None, schedule: str
) -> None:
    def run(start: Line, first_step: int, steps: int) -> History:
        rest = SCHEDULES[schedule]
        return train(
            LESSON, TrainingConfig((0.1,), steps, start, first_step, batch_size, 4, **rest)
        )

    start = Line(0.0, -1.0)
    whole = run(start, 0, sum(parts))
    first_step = 0
    for steps in parts:
        part = run(start, first_step, steps)
        here, there = np.isin(part.steps, whole.steps), np.isin(whole.steps, part.steps)
        np.testing.assert_allclose(
            all_series(part)[:, here], all_series(whole)[:, there], rtol=1e-12, atol=1e-14
        )
        start, first_step = part.last_line(), first_step + steps


@pytest.mark.parametrize("batch_size", [None, 8])
def test_a_step_that_was_not_recorded_is_reached_by_running_to_it(batch_size: int | None) -> None:
    long = train(LESSON, TrainingConfig(steps=5_000, batch_size=batch_size))
    missing = next(step for step in range(5_000) if step not in long.steps)
    reached = train(LESSON, TrainingConfig(steps=missing, batch_size=batch_size))
    before = np.flatnonzero(long.steps < missing)[-1]
    continued = train(
        LESSON,
        TrainingConfig(
            steps=missing - int(long.steps[before]),
            start=Line(float(long.w[0, before]), float(long.b[0, before])),
            first_step=int(long.steps[before]),
            batch_size=batch_size,
        ),
    )
    np.testing.assert_allclose(
        all_series(reached)[:, -1], all_series(continued)[:, -1], rtol=1e-12, atol=1e-14
    )


def test_no_steps_record_the_start_only() -> None:
    history = train(LESSON, TrainingConfig((0.1, 5.0), steps=0, first_step=7))
    assert history.steps.tolist() == [7]
    assert history.w.tolist() == [[0.0], [0.0]]
    assert history.b.tolist() == [[-1.0], [-1.0]]
    assert history.diverged_at.tolist() == [-1, -1]


# Divergence


@settings(max_examples=60)
@given(
    problem=problems(),
    multiple=st.one_of(st.floats(0.9, 1e3), st.floats(0, 300).map(lambda e: 10**e)),
    batch_size=st.sampled_from([None, 1, 8]),
    first_step=st.sampled_from([0, 17]),
    schedule=st.sampled_from(sorted(SCHEDULES)),
)
def test_a_run_that_explodes_repeats_its_last_sane_step(
    problem: tuple[Dataset, Line],
    multiple: float,
    batch_size: int | None,
    first_step: int,
    schedule: str,
) -> None:
    dataset, start = problem
    rate = min(multiple * stable_limit(dataset), 1e300)
    config = TrainingConfig((rate,), 120, start, first_step, batch_size, 2, **SCHEDULES[schedule])
    history = train(dataset, config)
    series, diverged_at = descend_in_numpy(dataset, config)
    assert history.diverged_at[0] == diverged_at
    assert np.all(np.isfinite(all_series(history)))
    assert_close(all_series(history)[:3], series[:3], relative=1e-6)
    if diverged_at >= 0:
        after = all_series(history)[:, history.steps >= diverged_at]
        np.testing.assert_array_equal(after, np.repeat(after[:, :1], after.shape[1], axis=1))


def test_a_run_from_near_the_best_fit_may_climb_to_the_size_of_the_data() -> None:
    perfect = Dataset(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 5.0, 7.0]))
    config = TrainingConfig((0.5,), steps=40, start=Line(2.0, 1.0 + 1e-6))
    history = train(perfect, config)
    assert history.loss[0, 0] < 1e-11
    assert 1e3 < history.loss[0, -1] <= 1e6 * np.mean(perfect.y**2)
    assert history.diverged_at[0] == descend_in_numpy(perfect, config)[1]


def test_only_the_runs_that_explode_stop() -> None:
    limit = stable_limit(LESSON)
    rates = (0.999 * limit, 1.02 * limit, 1.5 * limit, 1e300)
    history = train(LESSON, TrainingConfig(rates, steps=MAX_STEPS))
    sane, slowly, quickly, at_once = history.diverged_at
    assert sane == -1
    assert slowly > quickly > at_once == 0
    assert not np.isin(slowly, history.steps), "the last sane step need not be a recorded one"
    assert np.all(all_series(history, 3) == all_series(history, 3)[:, :1])


@pytest.mark.parametrize("sizes", [(1e100, 1e100), (1e-90, 1e100), (1e100, 1e-100), (1.0, 0.0)])
@pytest.mark.parametrize("batch_size", [None, 8])
def test_no_number_leaves_the_floats(sizes: tuple[float, float], batch_size: int | None) -> None:
    x, y = (size * np.array([-1.0, 0.3, 1.0]) for size in sizes)
    for start in (Line(0.0, 0.0), Line(1e50, -1e50)):
        config = TrainingConfig(
            (1e-300, 1e-200, 1e-9, 1.0, 1e9, 1e300),
            steps=300,
            start=start,
            batch_size=batch_size,
            factors=(1.0, -1e300, 0.0, 1e300),
        )
        history = train(Dataset(x, y), config)
        for name in SERIES:
            assert np.all(np.isfinite(getattr(history, name))), name


def test_a_start_at_the_best_fit_of_a_perfect_line_stays() -> None:
    perfect = Dataset(np.array([0.0, 1.0, 2.0, 3.0]), np.array([1.0, 3.0, 5.0, 7.0]))
    history = train(perfect, TrainingConfig((0.1, 0.2), steps=300, start=Line(2.0, 1.0)))
    np.testing.assert_allclose(history.w, 2.0, rtol=1e-14)
    np.testing.assert_allclose(history.b, 1.0, rtol=1e-14)


# Compiled once


def random_config(rng: np.random.Generator) -> TrainingConfig:
    batch_size = None if rng.random() < 0.6 else int(rng.integers(1, 33))
    most_rates = 8 if batch_size or rng.random() < 0.7 else 256
    return TrainingConfig(
        tuple(10 ** rng.uniform(-6, 1, rng.integers(1, most_rates + 1))),
        steps=int(rng.integers(0, 1_200)),
        start=Line(*rng.normal(0, 2, 2)),
        first_step=int(rng.integers(0, 2_000)),
        batch_size=batch_size,
        seed=int(rng.integers(0, 99)),
        factors=tuple(rng.uniform(0, 2, rng.integers(1, MAX_FACTORS + 1))),
        decay=float(rng.choice([0.0, 0.01, 3.0])),
    )


def train_on_anything(count: int) -> None:
    rng = np.random.default_rng(8)
    for _ in range(count):
        dataset = scatter(
            int(rng.integers(99)), int(rng.integers(3, 5_000)), rng.uniform(0.1, 9), rng.normal()
        )
        train(dataset, random_config(rng))


def test_no_input_traces_again() -> None:
    warm_up()
    assert count_traces() == 3
    train_on_anything(200)
    warm_up()
    assert count_traces() == 3


def test_no_input_compiles_again() -> None:
    """XLA can compile again without a new trace; only its own log shows that."""
    here = Path(__file__).parent
    script = (
        "from test_training import train_on_anything, warm_up; warm_up(); train_on_anything(30)"
    )
    log = subprocess.run(
        [sys.executable, "-c", script],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join([str(here), str(here.parent)]),
            "TF_CPP_MIN_LOG_LEVEL": "0",
            "TF_CPP_VMODULE": "device_compilation_profiler=1",
        },
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert log.count("Compiled __inference") == 3
