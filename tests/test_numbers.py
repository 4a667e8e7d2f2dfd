"""Extreme but valid numbers give exact answers; changes of the data change answers as maths says.

The second half is for the trainer what scikit-learn's ``check_estimator`` is for an estimator:
whatever the data, permuting, repeating, shifting and scaling its points has a known effect on best
fit, curvature and limits, and on every line of a measured run.
"""

import math
from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.datasets import DataError, Dataset, Line, read_csv
from core.figures.frames import fit_window
from core.figures.ruler import ruler
from core.points import standardize
from core.runs import History, TrainingConfig
from core.theory import (
    best_fit,
    curvature,
    fastest_rate,
    gap,
    hessian,
    mse,
    safe_rate,
    stable_limit,
    steps_needed,
    verdict,
)
from core.training import train
from core.words.writing import readable
from tests.support.data import problems

NINE_DIGITS = 1e-9


def rows(x: list[str], y: list[str]) -> bytes:
    return "\n".join(["x,y", *map(",".join, zip(x, y, strict=True))]).encode()


EXTREMES = {
    "x around 1e9, spread 1": rows(
        ["1000000000", "1000000000.25", "1000000000.5", "1000000001"], ["3.5", "4", "2.25", "7"]
    ),
    "x around -1e12, spread 1": rows(
        ["-1000000000000", "-999999999999.5", "-999999999999"], ["1", "2", "4"]
    ),
    "y of 1e-12": rows(["1", "2", "3", "4"], ["2e-12", "3e-12", "2.5e-12", "5e-12"]),
    "y of 1e-12 on x in years": rows(["1990", "2000", "2010"], ["1e-12", "-2e-12", "4e-12"]),
    "y around 1e9, slope of 1": rows(["0", "1", "2"], ["1000000000", "1000000001", "1000000003"]),
    "three points": rows(["0", "0.1", "0.3"], ["0.1", "0.2", "0.7"]),
    "integers": rows(["1", "2", "3", "4", "5"], ["2", "3", "5", "7", "11"]),
    "years": rows(["1990", "1995", "2003", "2010", "2024"], ["353", "360", "375", "389", "422"]),
    "seconds since 1970": rows(["1700000000", "1700000060", "1700000120"], ["20.5", "20.7", "21"]),
    "x of 1e-19": rows(["0", "1e-19", "3e-19"], ["1", "2", "5"]),
    "the largest": rows(["-1e25", "1e25", "5e24"], ["1e25", "-1e25", "3"]),
    "both very small and very large": rows(["0", "1e-20", "3e-20"], ["1e25", "-1e24", "1e23"]),
    "one far point": rows(["0", "1", "2", "1e9"], ["0", "1", "1", "0"]),
    "y that does not vary": rows(["1", "2", "4"], ["7", "7", "7"]),
}


def exact_answers(dataset: Dataset) -> tuple[Fraction, Fraction, Decimal, Decimal]:
    """Compute w, b, λ₁ and λ₂ of the points as they are, the last two to 60 digits."""
    x, y = ([Fraction(value) for value in values.tolist()] for values in (dataset.x, dataset.y))
    n = Fraction(dataset.n)
    mean_x, mean_y = sum(x) / n, sum(y) / n
    variance = sum((a - mean_x) ** 2 for a in x) / n
    w = sum((a - mean_x) * (c - mean_y) for a, c in zip(x, y, strict=True)) / n / variance
    half_trace, determinant = variance + mean_x**2 + 1, 4 * variance
    with localcontext(prec=120):
        half, product = (
            Decimal(value.numerator) / Decimal(value.denominator)
            for value in (half_trace, Fraction(determinant))
        )
        steep = half + (half**2 - product).sqrt()
        return Fraction(w), Fraction(mean_y - w * mean_x), product / steep, steep


@pytest.mark.parametrize("content", EXTREMES.values(), ids=EXTREMES.keys())
def test_extremes_have_the_exact_best_fit_and_honest_limits(content: bytes) -> None:
    dataset = read_csv(content)
    w, b, flat, steep = exact_answers(dataset)
    line, axes = best_fit(dataset), curvature(dataset)
    assert line.w == pytest.approx(float(w), rel=NINE_DIGITS, abs=0)
    assert line.b == pytest.approx(float(b), rel=NINE_DIGITS, abs=0)
    assert axes.flat == pytest.approx(float(flat), rel=NINE_DIGITS, abs=0)
    assert axes.steep == pytest.approx(float(steep), rel=NINE_DIGITS, abs=0)
    assert stable_limit(dataset) == pytest.approx(float(2 / steep), rel=NINE_DIGITS, abs=0)
    assert safe_rate(dataset) == pytest.approx(float(1 / steep), rel=NINE_DIGITS, abs=0)
    assert fastest_rate(dataset) == pytest.approx(float(2 / (flat + steep)), rel=NINE_DIGITS, abs=0)


@pytest.mark.parametrize("content", EXTREMES.values(), ids=EXTREMES.keys())
def test_the_limit_of_extremes_is_where_runs_explode(content: bytes) -> None:
    dataset = read_csv(content)
    limit, (w, b) = stable_limit(dataset), curvature(dataset).steep_axis
    best = best_fit(dataset)
    size = max(abs(best.w), abs(best.b), 1e-3)
    start = Line(best.w + size * w, best.b + size * b)
    config = TrainingConfig((0.99 * limit, 1.05 * limit), 2_000, start)
    history = train(dataset, config)
    assert history.diverged_at[0] == -1
    assert history.diverged_at[1] > 0
    assert history.loss[0, -1] <= history.loss[0, 0] * (1 + 1e-9)


@pytest.mark.parametrize("content", EXTREMES.values(), ids=EXTREMES.keys())
def test_standardized_extremes_arrive_in_one_step(content: bytes) -> None:
    dataset = read_csv(content)
    rounded = standardize(dataset)
    start = Line(0.0, 0.0)
    history = train(rounded, TrainingConfig((safe_rate(rounded),), 1, start))
    assert gap(rounded, history.last_line()) <= 1e-12 * gap(rounded, start)
    found, (w, *_) = rounded.to_original(history.last_line()), exact_answers(dataset)
    spread = float(np.std(dataset.y) / np.std(dataset.x))
    assert found.w == pytest.approx(float(w), rel=1e-6, abs=1e-9 * spread + 1e-15 * abs(found.b))


@pytest.mark.parametrize("content", EXTREMES.values(), ids=EXTREMES.keys())
def test_axes_of_extremes_hold_the_points_and_little_else(content: bytes) -> None:
    dataset = read_csv(content)
    window = fit_window(dataset)
    for axis, values in (("x", dataset.x), ("y", dataset.y)):
        low, high = window[f"{axis}_low"], window[f"{axis}_high"]
        assert low < np.min(values) <= np.max(values) < high
        if np.ptp(values):
            assert np.ptp(values) > 0.8 * (high - low)
    for value in (stable_limit(dataset), best_fit(dataset).w, best_fit(dataset).b):
        assert len(readable(value)) < 16


def test_the_ruler_writes_the_fastest_rate_below_the_limit() -> None:
    dataset = read_csv(EXTREMES["x around 1e9, spread 1"])
    texts = ruler(dataset, Line(0.0, 0.0), (0.1,), (200,)).tables["marks"]["text"]
    assert list(texts)[1:] == ["fastest in the long run, 9.99×10⁻¹⁹", "limit, 2/λ₂ = 9.99×10⁻¹⁹"]


@pytest.mark.parametrize(
    ("x", "y", "why"),
    [
        (["1e26", "2", "3"], ["1", "2", "3"], "use finite numbers up to 1e+25"),
        (["1", "2", "3"], ["1", "1e308", "3"], "use finite numbers up to"),
        (["1", "2", "3"], ["1", "1e309", "3"], "too large to compute with"),
        (["0", "1e-21", "2e-21"], ["1", "2", "3"], "use a smaller unit"),
        (["1e15", "1000000000000001", "1e15"], ["1", "2", "3"], "no slope can be read"),
    ],
)
def test_what_float64_cannot_hold_is_refused_with_the_reason(
    x: list[str], y: list[str], why: str
) -> None:
    with pytest.raises(DataError) as caught:
        read_csv(rows(x, y))
    assert why in str(caught.value)


# Trainer checks

STEPS = 40
MULTIPLES = (0.03, 0.45, 0.9, 1.3)  # of the limit: slow, good, zigzag, explodes
POWERS = st.integers(-3, 3).map(lambda power: 10.0**power)
checked = settings(max_examples=20)
Problem = tuple[Dataset, Line]


def run(dataset: Dataset, start: Line, rates: tuple[float, ...] | None = None) -> History:
    limit = stable_limit(dataset)
    rates = rates or tuple(multiple * limit for multiple in MULTIPLES)
    return train(dataset, TrainingConfig(rates, STEPS, start))


def assert_same_run(
    one: History, other: History, w: float = 1, b: float = 1, shift: float = 0
) -> None:
    """Compare runs, the second with its w and b multiplied, and b shifted, back to the first."""
    assert one.diverged_at.tolist() == other.diverged_at.tolist()
    scale = np.max(np.abs([one.w, one.b - shift]), axis=-1, keepdims=True) + abs(shift)
    for mine, theirs, size in (
        (one.w, other.w * w, scale[0]),
        (one.b, other.b * b + shift, scale[1]),
    ):
        assert np.all(np.abs(mine - theirs) <= 1e-8 * size)


def assert_same_bowl(one: Dataset, other: Dataset) -> None:
    mine, theirs = curvature(one), curvature(other)
    assert mine.flat == pytest.approx(theirs.flat, rel=NINE_DIGITS)
    assert mine.steep == pytest.approx(theirs.steep, rel=NINE_DIGITS)
    assert stable_limit(one) == pytest.approx(stable_limit(other), rel=NINE_DIGITS)


def assert_line(line: Line, w: float, b: float, dataset: Dataset) -> None:
    """Compare as heights over the points, which have one unit."""
    heights = np.array([w, b]) - [line.w, line.b]
    off = float(np.sqrt(np.mean((heights[0] * dataset.x + heights[1]) ** 2)))
    size = abs(w) * float(np.max(np.abs(dataset.x))) + abs(b) + float(np.max(np.abs(dataset.y)))
    assert off <= NINE_DIGITS * size


@checked
@given(problem=problems(1e4), seed=st.integers(0, 99))
def test_the_order_of_points_does_not_matter(problem: Problem, seed: int) -> None:
    dataset, start = problem
    order = np.random.default_rng(seed).permutation(dataset.n)
    permuted = Dataset(dataset.x[order], dataset.y[order])
    best = best_fit(dataset)
    assert_line(best_fit(permuted), best.w, best.b, permuted)
    assert_same_bowl(dataset, permuted)
    assert_same_run(run(dataset, start), run(permuted, start))


@checked
@given(problem=problems(1e4), times=st.integers(2, 5))
def test_repeating_all_points_changes_nothing(problem: Problem, times: int) -> None:
    dataset, start = problem
    repeated = Dataset(np.tile(dataset.x, times), np.tile(dataset.y, times))
    best = best_fit(dataset)
    assert_line(best_fit(repeated), best.w, best.b, repeated)
    assert_same_bowl(dataset, repeated)
    assert mse(repeated, start) == pytest.approx(mse(dataset, start), rel=NINE_DIGITS)
    assert_same_run(run(dataset, start), run(repeated, start))


@checked
@given(problem=problems(1e4))
def test_repeating_one_point_pulls_the_line_towards_it(problem: Problem) -> None:
    dataset, _ = problem
    best = best_fit(dataset)
    far = int(np.argmax(np.abs(best.at(dataset.x) - dataset.y)))
    before = best.at(dataset.x)[far] - dataset.y[far]
    pulled = best_fit(
        Dataset(np.append(dataset.x, dataset.x[far]), np.append(dataset.y, dataset.y[far]))
    )
    after = pulled.at(dataset.x)[far] - dataset.y[far]
    size = float(np.max(np.abs(dataset.y))) + float(np.max(np.abs(best.at(dataset.x))))
    assert abs(after) <= abs(before) + NINE_DIGITS * size


@checked
@given(problem=problems(1e4), shift=st.floats(-100, 100))
def test_shifting_y_shifts_every_intercept(problem: Problem, shift: float) -> None:
    dataset, start = problem
    shifted = Dataset(dataset.x, dataset.y + shift)
    best = best_fit(dataset)
    assert_line(best_fit(shifted), best.w, best.b + shift, shifted)
    assert_same_bowl(dataset, shifted)
    # Runs that explode are stopped by mean(y²) as well, which a shift changes.
    rates = tuple(multiple * stable_limit(dataset) for multiple in MULTIPLES[:3])
    moved = run(shifted, Line(start.w, start.b + shift), rates)
    assert_same_run(moved, run(dataset, start, rates), shift=shift)


@checked
@given(problem=problems(1e4), factor=POWERS, sign=st.sampled_from([1, -1]))
def test_scaling_y_scales_every_line(problem: Problem, factor: float, sign: int) -> None:
    dataset, start = problem
    factor *= sign
    scaled = Dataset(dataset.x, dataset.y * factor)
    best = best_fit(dataset)
    assert_line(best_fit(scaled), best.w * factor, best.b * factor, scaled)
    assert_same_bowl(dataset, scaled)
    there = run(scaled, Line(start.w * factor, start.b * factor))
    assert_same_run(there, run(dataset, start), w=factor, b=factor)
    for rate in (0.01, 0.5, 1.5):
        rate *= stable_limit(dataset)
        assert verdict(scaled, rate) == verdict(dataset, rate)
        needed = [
            steps_needed(data, rate, Line(start.w * by, start.b * by))
            for data, by in ((dataset, 1), (scaled, factor))
        ]
        assert (needed[0] is None) == (needed[1] is None)
        if needed[0] is not None and needed[1] is not None:
            assert needed[0] == pytest.approx(needed[1], rel=1e-6, abs=1)


@checked
@given(problem=problems(1e4))
def test_mirroring_x_mirrors_every_slope(problem: Problem) -> None:
    dataset, start = problem
    mirrored = Dataset(-dataset.x, dataset.y)
    best = best_fit(dataset)
    assert_line(best_fit(mirrored), -best.w, best.b, mirrored)
    assert_same_bowl(dataset, mirrored)
    assert_same_run(run(mirrored, Line(-start.w, start.b)), run(dataset, start), w=-1)


@checked
@given(problem=problems(1e4), shift=st.floats(-100, 100), factor=POWERS)
def test_other_units_of_x_change_the_bowl_as_the_maths_says(
    problem: Problem, shift: float, factor: float
) -> None:
    dataset, _ = problem
    moved = Dataset(dataset.x * factor + shift, dataset.y)
    best, w, b, flat, steep = best_fit(dataset), *exact_answers(moved)
    assert_line(best_fit(moved), best.w / factor, best.b - best.w / factor * shift, moved)
    assert_line(best_fit(moved), float(w), float(b), moved)
    # θ = M·θ′ with M = [[factor, 0], [shift, 1]]ᵀ, so H′ = MᵀHM.
    change = np.array([[factor, shift], [0.0, 1.0]])
    expected = change @ hessian(dataset) @ change.T
    np.testing.assert_allclose(hessian(moved), expected, rtol=1e-7, atol=1e-9 * np.max(expected))
    assert curvature(moved).flat == pytest.approx(float(flat), rel=NINE_DIGITS)
    assert curvature(moved).steep == pytest.approx(float(steep), rel=NINE_DIGITS)
    # The determinant knows no shift, and knows the factor squared.
    product = curvature(dataset).flat * curvature(dataset).steep
    assert float(flat * steep) == pytest.approx(product * factor**2, rel=1e-6)
    # And the limit is where a measured run turns.
    (ww, wb), limit = curvature(moved).steep_axis, stable_limit(moved)
    found = best_fit(moved)
    below, above = (
        train(moved, TrainingConfig((share * limit,), 60, Line(found.w + ww, found.b + wb)))
        for share in (0.97, 1.03)
    )
    assert gap(moved, below.last_line()) < gap(moved, Line(found.w + ww, found.b + wb))
    assert gap(moved, above.last_line()) > gap(moved, Line(found.w + ww, found.b + wb))


@checked
@given(problem=problems(1e4), shift=st.floats(-100, 100), factor=POWERS)
def test_standardized_data_knows_no_units_of_x(
    problem: Problem, shift: float, factor: float
) -> None:
    dataset, start = problem
    spread = float(np.std(dataset.x))
    moved = Dataset((dataset.x / spread + shift) * factor, dataset.y)
    one, other = standardize(dataset), standardize(moved)
    np.testing.assert_allclose(one.x, other.x, rtol=0, atol=1e-8)
    assert_same_bowl(one, other)
    assert curvature(one).condition_number == 1
    there = Line(start.w * spread, start.b)
    assert_same_run(run(one, there), run(other, there))
    for data, rounded in ((dataset, one), (moved, other)):
        line = rounded.to_original(best_fit(rounded))
        best = best_fit(data)
        assert_line(line, best.w, best.b, data)


@checked
@given(problem=problems(1e4))
def test_points_on_a_line_are_fitted_by_that_line(problem: Problem) -> None:
    dataset, line = problem
    perfect = Dataset(dataset.x, line.at(dataset.x))
    assert_line(best_fit(perfect), line.w, line.b, perfect)
    stays = run(perfect, line)
    assert np.all(np.abs(stays.loss[:3]) <= 1e-18 * float(np.mean(perfect.y**2)) + 1e-300)
    assert math.isclose(stays.w[0, -1], line.w, rel_tol=1e-9, abs_tol=1e-9)
