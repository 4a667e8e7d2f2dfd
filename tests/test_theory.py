import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from core.datasets import Dataset, Line, load_bundled, make_noisy_line
from core.runs import MAX_STEPS, TrainingConfig
from core.theory import (
    arrives,
    axis_errors,
    best_fit,
    closed_form_path,
    curvature,
    fastest_rate,
    gap,
    halving_steps,
    hessian,
    loss_after,
    mse,
    round_down,
    safe_rate,
    stable_limit,
    steps_needed,
    verdict,
)
from core.training import train
from tests.support.data import datasets, problems, scatter

LESSON = make_noisy_line()
LESSON_START = Line(0.0, -1.0)


def shifted(dataset: Dataset, offset: float) -> Dataset:
    return Dataset(dataset.x + offset, dataset.y)


def exact_moments(dataset: Dataset) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Compute mean x, mean y, Var(x) and Cov(x, y) without rounding."""
    x, y = ([Fraction(float(value)) for value in values] for values in (dataset.x, dataset.y))
    mean_x, mean_y = sum(x) / dataset.n, sum(y) / dataset.n
    variance = sum(((a - mean_x) ** 2 for a in x), Fraction(0)) / dataset.n
    pairs = zip(x, y, strict=True)
    covariance = sum(((a - mean_x) * (b - mean_y) for a, b in pairs), Fraction(0)) / dataset.n
    return Fraction(mean_x), Fraction(mean_y), variance, covariance


def exact_eigenvalues(dataset: Dataset) -> tuple[float, float]:
    """Solve λ² − (2·mean(x²) + 2)·λ + 4·Var(x) = 0 to 100 digits."""
    mean_x, _, variance, _ = exact_moments(dataset)

    def decimal(value: Fraction) -> Decimal:
        return Decimal(value.numerator) / Decimal(value.denominator)

    with localcontext(prec=100):
        half_trace = decimal(variance + mean_x**2 + 1)
        determinant = decimal(4 * variance)
        steep = half_trace + (half_trace**2 - determinant).sqrt()
        return float(determinant / steep), float(steep)


# The best fit


@pytest.mark.parametrize(
    ("name", "w", "b", "digits"),
    [
        ("cars", 3.9324, -17.5791, 4),
        ("hubble", 454.16, -40.78, 2),
        ("forbes", 0.5229, -81.0637, 4),
        ("anscombe-1", 0.500, 3.00, 2),
        ("anscombe-2", 0.500, 3.00, 2),
        ("anscombe-3", 0.500, 3.00, 2),
        ("anscombe-4", 0.500, 3.00, 2),
    ],
)
def test_best_fit_has_the_published_coefficients(
    name: str, w: float, b: float, digits: int
) -> None:
    line = best_fit(load_bundled(name))
    assert round(line.w, digits) == w
    assert round(line.b, digits) == b


@given(dataset=datasets(), offset=st.sampled_from([0.0, 1e3, -1e6, 1e9]))
def test_best_fit_is_the_exact_one_also_far_off_centre(dataset: Dataset, offset: float) -> None:
    dataset = shifted(dataset, offset)
    mean_x, mean_y, variance, covariance = exact_moments(dataset)
    line = best_fit(dataset)
    noise = 1e-14 * float(np.std(dataset.y) / np.std(dataset.x))
    w = covariance / variance
    assert abs(line.w - float(w)) <= 1e-12 * abs(float(w)) + noise
    size = abs(line.w * float(mean_x)) + abs(float(mean_y))
    assert abs(line.b - float(mean_y - w * mean_x)) <= 1e-12 * size + noise * abs(float(mean_x))


@pytest.mark.parametrize("offset", [1e12, 1e14])
def test_best_fit_loses_no_digits_where_neighbouring_floats_are_far_apart(offset: float) -> None:
    dataset = scatter(1, 30, 100.0, offset / 100)
    _, _, variance, covariance = exact_moments(dataset)
    assert best_fit(dataset).w == pytest.approx(float(covariance / variance), rel=1e-14)


@given(problem=problems())
def test_no_line_beats_the_best_fit(problem: tuple[Dataset, Line]) -> None:
    dataset, other = problem
    assert mse(dataset, best_fit(dataset)) < mse(dataset, other)


# The shape of the bowl


@given(dataset=datasets())
def test_the_hessian_is_the_second_difference_of_the_loss(dataset: Dataset) -> None:
    dw, db = 1 / float(np.sqrt(np.mean(dataset.x**2))), 1.0
    flat = mse(dataset, Line(0, 0))

    def second_difference(one: tuple[float, float], other: tuple[float, float]) -> float:
        both = Line(one[0] + other[0], one[1] + other[1])
        return mse(dataset, both) - mse(dataset, Line(*one)) - mse(dataset, Line(*other)) + flat

    expected = [
        [second_difference(one, other) / (sum(one) * sum(other)) for other in ((dw, 0), (0, db))]
        for one in ((dw, 0), (0, db))
    ]
    np.testing.assert_allclose(hessian(dataset), expected, rtol=1e-9, atol=1e-9 / dw)


@given(dataset=datasets(max_condition=1e4))
def test_curvature_is_what_an_eigenvalue_solver_finds(dataset: Dataset) -> None:
    values, vectors = np.linalg.eigh(hessian(dataset))
    axes = curvature(dataset)
    np.testing.assert_allclose([axes.flat, axes.steep], values, rtol=1e-10)
    assert axes.condition_number == pytest.approx(values[1] / values[0], rel=1e-10)
    assume(axes.condition_number > 1.001)
    for axis, vector in zip((axes.flat_axis, axes.steep_axis), vectors.T, strict=True):
        assert abs(np.dot(axis, vector)) == pytest.approx(1, abs=1e-9)


@given(dataset=datasets(), offset=st.sampled_from([0.0, 1e3, -1e6, 1e9, 1e12]))
def test_curvature_is_exact_also_far_off_centre(dataset: Dataset, offset: float) -> None:
    dataset = shifted(dataset, offset * float(np.std(dataset.x)))
    axes = curvature(dataset)
    flat, steep = exact_eigenvalues(dataset)
    assert axes.flat == pytest.approx(flat, rel=1e-13)
    assert axes.steep == pytest.approx(steep, rel=1e-13)


@pytest.mark.parametrize("power", range(-19, 20, 2))
def test_no_loss_is_lost_on_the_axes_however_small_or_large_x_is(power: int) -> None:
    dataset = Dataset(10.0**power * np.array([0.0, 1.6, 4.8]), np.array([1.0, 2.0, 5.0]))
    start = Line(0.0, 0.0)
    begun = loss_after(dataset, start, stable_limit(dataset) / 3, np.array(0))
    assert begun == pytest.approx(mse(dataset, start), rel=1e-12)


@given(dataset=datasets())
def test_the_axes_are_perpendicular_unit_vectors(dataset: Dataset) -> None:
    axes = curvature(dataset)
    basis = np.array([axes.flat_axis, axes.steep_axis])
    np.testing.assert_allclose(basis @ basis.T, np.eye(2), atol=1e-15)
    assert axes.steep_axis[1] >= 0


# The gap and its two parts


@given(problem=problems())
def test_gap_squared_is_the_excess_loss(problem: tuple[Dataset, Line]) -> None:
    dataset, line = problem
    lowest, loss = mse(dataset, best_fit(dataset)), mse(dataset, line)
    assert gap(dataset, line) ** 2 == pytest.approx(loss - lowest, rel=1e-9, abs=1e-13 * loss)
    assert gap(dataset, best_fit(dataset)) == 0


@given(problem=problems())
def test_gap_is_the_rms_distance_between_two_lines(problem: tuple[Dataset, Line]) -> None:
    dataset, line = problem
    distances = line.at(dataset.x) - best_fit(dataset).at(dataset.x)
    assert gap(dataset, line) == pytest.approx(float(np.sqrt(np.mean(distances**2))), rel=1e-9)


@given(problem=problems())
def test_gap_is_made_of_a_flat_and_a_steep_error(problem: tuple[Dataset, Line]) -> None:
    dataset, line = problem
    flat, steep = axis_errors(dataset, np.array([line.w]), np.array([line.b]))
    assert flat[0] ** 2 + steep[0] ** 2 == pytest.approx(gap(dataset, line) ** 2, rel=1e-9)


def test_gap_does_not_drown_in_the_lowest_loss() -> None:
    best = best_fit(LESSON)
    assert gap(LESSON, Line(best.w, best.b + 1e-12)) == pytest.approx(1e-12, rel=1e-3)


@pytest.mark.parametrize("offset", [-300.0, -1.0, 0.0, 1.0, 300.0])
def test_the_steep_error_is_positive_where_a_line_is_too_high(offset: float) -> None:
    dataset = shifted(LESSON, offset)
    best = best_fit(dataset)
    b = best.b + np.array([-2.0, 2.0])
    _, steep = axis_errors(dataset, np.full(2, best.w), b)
    assert steep[0] < 0 < steep[1]
    assert abs(steep[0]) == pytest.approx(abs(steep[1]))


# Limits and verdicts


@pytest.mark.parametrize(
    ("name", "limit", "condition_number"),
    [
        ("cars", 0.0038, 2_600),
        ("anscombe-1", 0.011, None),
        ("anscombe-4", 0.011, None),
        ("hubble", 0.49, None),
        ("forbes", 0.000024, 54_000_000),
    ],
)
def test_the_documented_limits(name: str, limit: float, condition_number: float | None) -> None:
    def two_digits(value: float) -> float:
        return float(f"{value:.1e}")

    dataset = load_bundled(name)
    assert two_digits(stable_limit(dataset)) == limit
    if condition_number:
        assert two_digits(curvature(dataset).condition_number) == condition_number


@given(dataset=datasets())
def test_the_rates_stand_in_order(dataset: Dataset) -> None:
    flat, steep = exact_eigenvalues(dataset)
    assert safe_rate(dataset) == pytest.approx(1 / steep)
    assert fastest_rate(dataset) == pytest.approx(2 / (flat + steep))
    assert stable_limit(dataset) == pytest.approx(2 / steep)
    assert safe_rate(dataset) < fastest_rate(dataset) < stable_limit(dataset)


@given(dataset=datasets())
def test_the_verdict_changes_where_it_says(dataset: Dataset) -> None:
    safe, limit = safe_rate(dataset), stable_limit(dataset)
    for rate, expected in (
        (1e-300, "slow"),
        (0.0999999 * safe, "slow"),
        (math.nextafter(safe / 10, 0), "slow"),
        (0.1 * safe, "good"),
        (safe, "good"),
        (math.nextafter(safe, math.inf), "zigzag"),
        (fastest_rate(dataset), "zigzag"),
        (math.nextafter(limit, 0), "zigzag"),
        (limit, "explodes"),
        (1e300, "explodes"),
    ):
        assert verdict(dataset, rate) == expected, rate / safe


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (0.39, 0.2),
        (0.5, 0.5),
        (0.49, 0.2),
        (0.00188, 0.001),
        (0.0000121, 0.00001),
        (1.0, 1.0),
        (math.nextafter(1.0, 0), 0.5),
        (99.0, 50.0),
        (1000.0, 1000.0),
    ],
)
def test_rounding_down_to_1_2_or_5(value: float, expected: float) -> None:
    assert round_down(value) == expected


@given(value=st.floats(1e-300, 1e300))
def test_rounding_down_loses_at_most_a_factor_of_two_and_a_half(value: float) -> None:
    rounded = round_down(value)
    assert rounded <= value < 2.5 * rounded * (1 + 1e-12)
    assert f"{rounded:e}"[0] in "125"
    assert set(f"{rounded:e}"[1:8]) <= set(".0")


@settings(max_examples=40)
@given(problem=problems())
def test_the_limit_is_where_runs_begin_to_explode(problem: tuple[Dataset, Line]) -> None:
    dataset, start = problem
    limit = stable_limit(dataset)
    config = TrainingConfig((0.99 * limit, 1.01 * limit), steps=5_000, start=start)
    below, above = train(dataset, config).diverged_at
    assert below == -1
    assert above > 0


# The steps a run needs


def excess(dataset: Dataset, rate: float, start: Line, steps: int) -> float:
    """Train, and measure gap² at the end as a share of the start's."""
    end = train(dataset, TrainingConfig((rate,), steps=steps, start=start)).last_line()
    return (gap(dataset, end) / gap(dataset, start)) ** 2


def excess_in_closed_form(dataset: Dataset, rate: float, start: Line, steps: int) -> float:
    """Compute the same from Σ shareᵢ·(1 − rate·λᵢ)²ᵗ, to 50 digits."""
    flat, steep = axis_errors(dataset, np.array(start.w), np.array(start.b))
    axes = curvature(dataset)
    with localcontext(prec=50):
        parts = [
            Decimal(float(error)) ** 2 * (1 - Decimal(rate) * Decimal(eigenvalue)) ** (2 * steps)
            for error, eigenvalue in ((flat, axes.flat), (steep, axes.steep))
        ]
        return float(sum(parts) / (Decimal(float(flat)) ** 2 + Decimal(float(steep)) ** 2))


@settings(max_examples=40)
@given(
    problem=problems(),
    multiple=st.one_of(st.floats(1e-3, 0.9999), st.just(0.5)),
    fraction=st.sampled_from([0.01, 0.5, 1e-6]),
)
def test_a_trained_run_needs_the_steps_foretold(
    problem: tuple[Dataset, Line], multiple: float, fraction: float
) -> None:
    dataset, start = problem
    rate = multiple * stable_limit(dataset)
    steps = steps_needed(dataset, rate, start, fraction)
    assert steps is not None
    assert steps >= 1
    assume(steps <= MAX_STEPS)
    assert excess(dataset, rate, start, steps) <= fraction * (1 + 1e-6)
    assert excess(dataset, rate, start, steps - 1) > fraction * (1 - 1e-6)


@settings(max_examples=40)
@given(problem=problems(), multiple=st.one_of(st.floats(1e-3, 0.9999), st.just(0.5)))
def test_a_trained_run_arrives_at_the_step_foretold(
    problem: tuple[Dataset, Line], multiple: float
) -> None:
    dataset, start = problem
    rate = multiple * stable_limit(dataset)
    steps = arrives(dataset, rate, start)
    assert steps is not None
    assume(steps <= MAX_STEPS)
    there = 0.01 * np.std(dataset.y) / gap(dataset, start)
    assert excess(dataset, rate, start, steps) <= there**2 * (1 + 1e-6)
    if steps > 0:
        assert excess(dataset, rate, start, steps - 1) > there**2 * (1 - 1e-6)


def test_half_the_loss_has_twice_the_limit() -> None:
    limit, best = stable_limit(LESSON), best_fit(LESSON)
    ends = []
    for rate in (1.99 * limit, 2.01 * limit):
        w, b = best.w + 0.1, best.b + 0.1
        for _ in range(2_000):
            error = w * LESSON.x + b - LESSON.y
            w, b = w - rate * np.mean(error * LESSON.x), b - rate * np.mean(error)
        ends.append(gap(LESSON, Line(w, b)))
    assert ends[0] < 0.01 * gap(LESSON, Line(best.w + 0.1, best.b + 0.1)) < ends[1]


def test_where_a_line_arrives() -> None:
    # The whole excess loss may be gone along the steep axis, and the line be plainly wrong.
    forbes, origin = load_bundled("forbes"), Line(0.0, 0.0)
    assert steps_needed(forbes, safe_rate(forbes), origin) == 1
    assert arrives(forbes, safe_rate(forbes), origin) > 100_000_000
    assert mse(forbes, best_fit(forbes)) == pytest.approx(0.048, abs=5e-4)
    assert arrives(LESSON, stable_limit(LESSON), LESSON_START) is None
    assert arrives(LESSON, 0.1, best_fit(LESSON)) == 0
    level = Dataset(np.array([1.0, 2.0, 4.0]), np.full(3, 5.0))
    assert arrives(level, safe_rate(level), origin) == steps_needed(
        level, safe_rate(level), origin, 1e-4
    )


@pytest.mark.parametrize("multiple", [0.0005, 0.05, 0.5, 0.99])
@pytest.mark.parametrize("fraction", [0.01, 1e-8])
def test_hundreds_of_millions_of_steps_follow_the_closed_form(
    multiple: float, fraction: float
) -> None:
    forbes = load_bundled("forbes")
    best, (w, b) = best_fit(forbes), curvature(forbes).flat_axis
    start = Line(best.w + w, best.b + b)
    rate = multiple * stable_limit(forbes)
    steps = steps_needed(forbes, rate, start, fraction)
    assert steps is not None
    assert steps > 5e7
    assert excess_in_closed_form(forbes, rate, start, steps) <= fraction * (1 + 1e-12)
    assert excess_in_closed_form(forbes, rate, start, steps - 1) > fraction * (1 - 1e-12)


def test_no_number_of_steps_helps_from_the_limit_on() -> None:
    limit = stable_limit(LESSON)
    assert steps_needed(LESSON, limit, LESSON_START) is None
    assert steps_needed(LESSON, 1e300, LESSON_START) is None
    assert steps_needed(LESSON, math.nextafter(limit, 0), LESSON_START) > 10**10


@given(seed=st.integers(0, 10**6))
def test_just_below_the_limit_the_search_ends(seed: int) -> None:
    dataset = make_noisy_line(n=3 + seed % 9, seed=seed)
    steps = steps_needed(dataset, math.nextafter(stable_limit(dataset), 0), LESSON_START)
    assert steps is None or steps > 10**10


@pytest.mark.parametrize("rate", [1e-310, 5e-324])
def test_a_rate_too_small_to_count_its_steps_never_arrives(rate: float) -> None:
    assert steps_needed(LESSON, rate, LESSON_START) is None


@given(dataset=datasets(), rate=st.sampled_from([1e-9, 0.5, 0.99]))
def test_the_best_fit_needs_no_steps(dataset: Dataset, rate: float) -> None:
    rate *= stable_limit(dataset)
    assert steps_needed(dataset, rate, best_fit(dataset)) == 0


def test_the_whole_of_the_start_is_there_at_once() -> None:
    assert steps_needed(LESSON, 0.1, LESSON_START, fraction=1) == 0


@given(problem=problems(), fraction=st.sampled_from([0.01, 1e-4, 1e-12]))
def test_the_safe_choice_takes_at_most_twice_the_steps_of_the_fastest(
    problem: tuple[Dataset, Line], fraction: float
) -> None:
    dataset, start = problem
    safe = steps_needed(dataset, safe_rate(dataset), start, fraction)
    fastest = steps_needed(dataset, fastest_rate(dataset), start, fraction)
    assert safe is not None
    assert fastest is not None
    assert safe <= 2 * fastest


@given(problem=problems(max_condition=1e4), multiple=st.floats(0.01, 0.99))
def test_in_the_long_run_no_rate_is_faster_than_the_fastest(
    problem: tuple[Dataset, Line], multiple: float
) -> None:
    dataset, start = problem
    fastest = steps_needed(dataset, fastest_rate(dataset), start, 1e-100)
    other = steps_needed(dataset, multiple * stable_limit(dataset), start, 1e-100)
    assert fastest is not None
    assert other is not None
    assert fastest <= other * 1.05 + 1


@pytest.mark.parametrize(
    ("rate", "fraction", "name"),
    [
        (0.0, 0.01, "learning_rate"),
        (-1.0, 0.01, "learning_rate"),
        (math.nan, 0.01, "learning_rate"),
        (0.1, 0.0, "fraction"),
        (0.1, 1.1, "fraction"),
        (0.1, math.nan, "fraction"),
    ],
)
def test_nonsense_is_refused_by_name(rate: float, fraction: float, name: str) -> None:
    with pytest.raises(ValueError, match=rf"^{name} must be"):
        steps_needed(LESSON, rate, LESSON_START, fraction)


# The path


@pytest.mark.parametrize("steep_first", [True, False])
@pytest.mark.parametrize("name", ["lesson", "hubble"])
def test_one_step_for_each_axis_lands_on_the_best_fit(name: str, steep_first: bool) -> None:
    dataset = LESSON if name == "lesson" else load_bundled(name)
    axes, best = curvature(dataset), best_fit(dataset)
    factors = (1 / axes.steep, 1 / axes.flat)
    history = train(
        dataset,
        TrainingConfig((1.0,), steps=2, factors=factors if steep_first else factors[::-1]),
    )
    assert history.diverged_at[0] == -1
    scale = gap(dataset, LESSON_START)
    assert gap(dataset, history.last_line()) < 1e-9 * scale
    assert history.last_line().w == pytest.approx(best.w, rel=1e-9)
    assert history.last_line().b == pytest.approx(best.b, rel=1e-9)


def test_the_closed_form_starts_at_the_start_and_ends_at_the_best_fit() -> None:
    config = TrainingConfig((0.1, 0.5), steps=10_000, start=Line(3.0, -2.0))
    w, b = closed_form_path(LESSON, config)
    best = best_fit(LESSON)
    assert w.shape == b.shape == (2, config.recorded_steps().size)
    np.testing.assert_allclose(w[:, 0], 3.0)
    np.testing.assert_allclose(b[:, 0], -2.0)
    np.testing.assert_allclose(w[:, -1], best.w)
    np.testing.assert_allclose(b[:, -1], best.b)


def test_the_closed_form_of_one_step_is_one_step() -> None:
    residuals = LESSON_START.at(LESSON.x) - LESSON.y
    w, b = closed_form_path(LESSON, TrainingConfig((0.1,), steps=1))
    assert w[0, 1] == pytest.approx(0.0 - 0.1 * 2 * float(np.mean(residuals * LESSON.x)))
    assert b[0, 1] == pytest.approx(-1.0 - 0.1 * 2 * float(np.mean(residuals)))


def test_a_continued_closed_form_goes_on_in_the_schedule() -> None:
    schedule = {"factors": (1.0, 0.5, 0.1), "decay": 0.01}
    whole = closed_form_path(LESSON, TrainingConfig((0.3,), steps=50, **schedule))
    half = Line(float(whole[0][0, 20]), float(whole[1][0, 20]))
    rest = closed_form_path(
        LESSON, TrainingConfig((0.3,), steps=30, start=half, first_step=20, **schedule)
    )
    np.testing.assert_allclose(rest, np.array(whole)[:, :, 20:], rtol=1e-12)


def test_mini_batches_have_no_closed_form() -> None:
    with pytest.raises(ValueError, match=r"^batch_size must be None"):
        closed_form_path(LESSON, TrainingConfig(batch_size=8))


@given(datasets(), st.floats(1e-3, 1.9))
def test_the_flat_error_halves_in_halving_steps(dataset: Dataset, s: float) -> None:
    rate, axes, best = s / curvature(dataset).steep, curvature(dataset), best_fit(dataset)
    halving = halving_steps(dataset, rate)
    assume(2 < halving < 1e6)
    start = Line(best.w + axes.flat_axis[0], best.b + axes.flat_axis[1])
    w, b = closed_form_path(dataset, TrainingConfig((rate,), round(halving), start))
    flat, _ = axis_errors(dataset, w[0], b[0])
    exact_share = 0.5 ** (round(halving) / halving)
    assert flat[-1] == pytest.approx(flat[0] * exact_share, rel=1e-4)


def test_what_is_gone_in_a_step_or_stays_needs_no_halving() -> None:
    round_valley = Dataset(np.array([-1.0, 0.0, 1.0, 0.0]) * np.sqrt(2), np.arange(4.0))
    assert halving_steps(round_valley, safe_rate(round_valley)) == pytest.approx(0, abs=0.05)
    assert halving_steps(round_valley, stable_limit(round_valley)) == math.inf
    assert halving_steps(round_valley, 1e-320) > 1e300


@given(problems(), st.integers(0, 300), st.floats(0.01, 1.9))
def test_the_loss_after_so_many_steps_is_that_of_the_closed_form_path(
    problem: tuple[Dataset, Line], steps: int, s: float
) -> None:
    dataset, start = problem
    rate = s * safe_rate(dataset)
    w, b = closed_form_path(dataset, TrainingConfig((rate,), steps, start))
    line = Line(float(w[0, -1]), float(b[0, -1]))
    lowest = mse(dataset, best_fit(dataset))
    loss = loss_after(dataset, start, rate, np.array(steps))
    assert float(loss) - lowest == pytest.approx(
        gap(dataset, line) ** 2, rel=1e-6, abs=1e-9 * gap(dataset, start) ** 2
    )


def test_a_loss_beyond_any_number_is_infinite() -> None:
    dataset = make_noisy_line()
    rates = np.array([0.1, 5.0])
    loss = loss_after(dataset, Line(0.0, -1.0), rates, np.array(10_000))
    assert np.isfinite(loss[0])
    assert loss[1] == np.inf
