"""What is said about the lesson's own numbers, measured on 400 samples of its data.

A single sample differs, so most figures are medians over the samples.
"""

from functools import cache

import numpy as np
import pytest

from core.datasets import Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.runs import TrainingConfig
from core.theory import (
    axis_errors,
    best_fit,
    closed_form_path,
    curvature,
    fastest_rate,
    gap,
    mse,
    safe_rate,
    stable_limit,
    steps_needed,
    verdict,
)
from core.training import train

LESSON_START = Line(0.0, -1.0)


@cache
def samples() -> list[Dataset]:
    return [make_noisy_line(seed=seed) for seed in range(400)]


def ends(config: TrainingConfig) -> FloatArray:
    """Compute (w, b) after the last step, for every sample: shape (400, 2)."""
    paths = (closed_form_path(dataset, config) for dataset in samples())
    return np.array([(w[0, -1], b[0, -1]) for w, b in paths])


def median_end(rate: float, steps: int, factors: tuple[float, ...] = (1.0,)) -> FloatArray:
    return np.median(ends(TrainingConfig((rate,), steps=steps, factors=factors)), axis=0)


# The data and the first run


def test_the_data() -> None:
    dataset = make_noisy_line()
    assert dataset.n == 100
    assert dataset.true_line == Line(0.1, 0.5)
    assert all(np.all((dataset.x >= 0) & (dataset.x < 1)) for dataset in samples())
    residuals = [dataset.y - dataset.true_line.at(dataset.x) for dataset in samples()]
    assert np.std(residuals) == pytest.approx(0.01, rel=0.02)


def test_the_guess_lies_below_the_whole_plot() -> None:
    assert all(np.all(LESSON_START.at(dataset.x) < dataset.y.min()) for dataset in samples())


def test_the_first_run_ends_near_014_and_048() -> None:
    np.testing.assert_allclose(median_end(0.1, 200), [0.1398, 0.4785], atol=1e-4)


def test_run_again_it_ends_near_the_true_line() -> None:
    np.testing.assert_allclose(median_end(0.1, 400), [0.103, 0.498], atol=5e-4)


def test_the_trainer_says_the_same_of_single_samples() -> None:
    for place, end in enumerate(ends(TrainingConfig())[:20]):
        line = train(samples()[place], TrainingConfig()).last_line()
        np.testing.assert_allclose([line.w, line.b], end, rtol=1e-9)


def test_the_best_fit_is_close_to_the_true_line() -> None:
    lines = [best_fit(dataset) for dataset in samples()]
    assert np.median([line.w for line in lines]) == pytest.approx(0.1, abs=5e-4)
    assert np.median([line.b for line in lines]) == pytest.approx(0.5, abs=5e-4)


# The bowl


def test_the_bowl_of_the_lesson() -> None:
    axes = [curvature(dataset) for dataset in samples()]
    assert np.mean([axis.flat for axis in axes]) == pytest.approx(0.131, abs=1e-3)
    assert np.mean([axis.steep for axis in axes]) == pytest.approx(2.54, abs=5e-3)
    assert np.mean([axis.condition_number for axis in axes]) == pytest.approx(19.6, abs=0.05)


def test_the_fastest_rate_and_the_limit() -> None:
    limits = [stable_limit(dataset) for dataset in samples()]
    assert np.mean(limits) == pytest.approx(0.788, abs=1e-3)
    assert np.std(limits) == pytest.approx(0.019, abs=1e-3)
    assert np.median([fastest_rate(dataset) for dataset in samples()]) == pytest.approx(
        0.75, abs=1e-3
    )


def test_rate_01_is_good_on_every_sample() -> None:
    assert {verdict(dataset, 0.1) for dataset in samples()} == {"good"}


# "The more the rate increases, the closer the model gets": up to a point


def test_a_larger_rate_gets_closer_up_to_the_fastest() -> None:
    rates = (0.001, 0.01, 0.1, 0.3, 0.75)
    gaps = [
        np.median(
            [
                gap(dataset, Line(*end))
                for dataset, end in zip(
                    samples(), ends(TrainingConfig((rate,), steps=200)), strict=True
                )
            ]
        )
        for rate in rates
    ]
    assert np.all(np.diff(gaps) < 0)


@pytest.mark.parametrize("seed", range(20))
def test_from_the_limit_on_every_run_explodes(seed: int) -> None:
    dataset = samples()[seed]
    limit = stable_limit(dataset)
    config = TrainingConfig((0.97 * limit, 1.02 * limit, 3 * limit), steps=2_000)
    below, above, far_above = train(dataset, config).diverged_at
    assert below == -1
    assert 0 < far_above < above


# "Instead of 200 steps you might need two million": almost exactly


def test_two_million_tiny_steps_get_as_far_as_200() -> None:
    tiny = median_end(0.00001, 2_000_000)
    assert tiny[0] == pytest.approx(0.1405, abs=1e-4)
    np.testing.assert_allclose(tiny, median_end(0.1, 200), atol=1e-3)


# "Between the two there is a wide and comfortable range": on the lesson's points, not on all


def shares_left(dataset: Dataset, start: Line, shares_of_limit: FloatArray) -> FloatArray:
    """Measure the gap after 200 steps at each rate, in standard deviations of y."""
    rates = tuple((shares_of_limit * stable_limit(dataset)).tolist())
    w, b = closed_form_path(dataset, TrainingConfig(rates, steps=200, start=start))
    ends = zip(w[:, -1].tolist(), b[:, -1].tolist(), strict=True)
    return np.array([gap(dataset, Line(*end)) for end in ends]) / np.std(dataset.y)


def test_on_the_lessons_points_many_rates_get_there_in_200_steps() -> None:
    there = shares_left(make_noisy_line(), LESSON_START, np.linspace(0.005, 0.995, 199)) < 0.01
    assert np.count_nonzero(there) > 0.6 * there.size
    assert np.count_nonzero(np.diff(there.astype(int))) == 2  # they are one range


def test_on_forbes_points_no_rate_gets_there_in_200_steps() -> None:
    forbes = load_bundled("forbes")
    shares = np.geomspace(1e-5, 0.9999, 200)
    left = shares_left(forbes, Line(0.0, 0.0), shares)
    assert np.min(left) * np.std(forbes.y) == pytest.approx(2.231, abs=1e-3)
    assert np.min(left) > 70 * 0.01


# "Too large, and you jump out of the minimum": it climbs


@pytest.mark.parametrize("seed", range(20))
def test_past_the_limit_each_step_overshoots_by_more(seed: int) -> None:
    dataset = samples()[seed]
    history = train(dataset, TrainingConfig((1.02 * stable_limit(dataset),), steps=100))
    _, steep = axis_errors(dataset, history.w[0], history.b[0])
    assert np.all(steep[1:] * steep[:-1] < 0)
    assert np.all(np.abs(steep[1:]) > np.abs(steep[:-1]))


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("s", [0.05, 0.5, 1.5, 1.9, 1.99])
def test_below_the_limit_loss_falls_at_every_step_even_in_a_zigzag(seed: int, s: float) -> None:
    dataset = samples()[seed]
    history = train(dataset, TrainingConfig((s * safe_rate(dataset),), steps=40))
    assert np.all(np.diff(history.loss[0]) < 0)
    _, steep = axis_errors(dataset, history.w[0], history.b[0])
    flips = steep[1:] * steep[:-1] < 0
    assert np.all(flips) if s > 1 else not np.any(flips)


# "A smaller rate gets closer": not with all the data in each step, but with mini-batches, late


def test_with_all_the_data_a_smaller_rate_gets_less_far() -> None:
    switched = median_end(1.0, 400, factors=(0.1,) * 200 + (0.01,) * 200)
    assert switched[0] == pytest.approx(0.131, abs=5e-4)
    assert median_end(0.1, 400)[0] == pytest.approx(0.103, abs=5e-4)


def mini_batch_gaps(steps_before: int) -> FloatArray:
    """Measure the gap after 200 more steps at 0.01 and at 0.1: medians over 50 samples."""

    def gaps(seed: int) -> list[float]:
        dataset = samples()[seed]
        before = TrainingConfig(steps=steps_before, batch_size=8, seed=seed)
        reached = train(dataset, before).last_line()
        after = TrainingConfig((0.01, 0.1), 200, reached, steps_before, batch_size=8, seed=seed)
        history = train(dataset, after)
        return [gap(dataset, history.last_line(rate)) for rate in (0, 1)]

    return np.median([gaps(seed) for seed in range(50)], axis=0)


def test_with_mini_batches_a_smaller_rate_gets_closer_once_the_travel_is_over() -> None:
    small, same = mini_batch_gaps(steps_before=1_000)
    assert small == pytest.approx(0.0004, abs=1e-4)
    assert same == pytest.approx(0.001, abs=2e-4)


def test_with_mini_batches_a_smaller_rate_too_early_stays_behind() -> None:
    small, same = mini_batch_gaps(steps_before=200)
    assert small == pytest.approx(0.009, abs=1e-3)
    assert same == pytest.approx(0.0015, abs=5e-4)


# "It will not give the exact solution": as close as the arithmetic allows


@pytest.mark.parametrize("seed", range(10))
def test_with_enough_steps_it_gives_the_exact_solution(seed: int) -> None:
    dataset = samples()[seed]
    rates = (0.1, safe_rate(dataset), fastest_rate(dataset))
    history = train(dataset, TrainingConfig(rates, steps=20_000))
    for rate in range(3):
        assert gap(dataset, history.last_line(rate)) < 1e-14


# "The start does not matter": not to where it ends, but to how long it takes


def test_the_start_matters_to_the_time_only() -> None:
    dataset = samples()[0]
    best, (w, b) = best_fit(dataset), curvature(dataset).flat_axis
    starts = (LESSON_START, Line(5.0, 5.0), Line(best.w + w, best.b + b))
    runs = [train(dataset, TrainingConfig(steps=20_000, start=start)) for start in starts]
    for run in runs:
        assert gap(dataset, run.last_line()) < 1e-13
    needed = [steps_needed(dataset, 0.1, start) for start in starts]
    assert max(needed) > 10 * min(needed)


# "The gradient is the direction to go": the opposite of it


@pytest.mark.parametrize("seed", range(20))
def test_the_gradient_points_uphill(seed: int) -> None:
    dataset = samples()[seed]
    history = train(dataset, TrainingConfig(steps=0))
    w, b, slope_w, slope_b = 0.0, -1.0, history.grad_w[0, 0], history.grad_b[0, 0]
    here = mse(dataset, LESSON_START)
    assert mse(dataset, Line(w + 0.01 * slope_w, b + 0.01 * slope_b)) > here
    assert mse(dataset, Line(w - 0.01 * slope_w, b - 0.01 * slope_b)) < here


# "The guess is compared with the true line": the best fit never loses to it


def test_the_true_line_never_beats_the_best_fit() -> None:
    for dataset in samples():
        assert dataset.true_line is not None
        assert mse(dataset, dataset.true_line) > mse(dataset, best_fit(dataset))
