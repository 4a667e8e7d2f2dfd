"""What has a closed form: best fit, curvature, limits of the learning rate, the path of a run.

The loss of a line is a bowl. Its curvature is the Hessian H = (2/n)·AᵀA, A = [x, 1], with
eigenvalues λ₁ ≤ λ₂; along eigenvector i the error shrinks by (1 − lr·λᵢ) a step.

References
----------
G. Goh, "Why Momentum Really Works", Distill, 2017.
"""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

import numpy as np

from core.datasets import Dataset, FloatArray, Line
from core.rounding import ROUNDING, known
from core.runs import History, IntArray, TrainingConfig

_ROUND = 1.001  # the condition number below which a bowl counts as round
MOST_STEPS = 2**1000  # as many as a float64 can hold, with room to compute

Verdict = Literal["slow", "good", "zigzag", "explodes"]


def mse(dataset: Dataset, line: Line) -> float:
    """Average the squared vertical distances of the points from a line, in y-units².

    0 where the distances are rounding alone.
    """
    loss = np.mean((line.at(dataset.x) - dataset.y) ** 2)
    return float(known(loss, size_of_terms(dataset, line.w, line.b), power=2))


def heights(dataset: Dataset, line: Line) -> FloatArray:
    """Compute how high a line is over each x, shape (n,), in y-units; 0 for rounding alone."""
    return known(line.at(dataset.x), size_of_terms(dataset, line.w, line.b))


def residuals(dataset: Dataset, line: Line) -> FloatArray:
    """Compute how far each point lies above a line, shape (n,), in y-units.

    0 for rounding alone.
    """
    return known(dataset.y - line.at(dataset.x), size_of_terms(dataset, line.w, line.b))


def size_of_terms(dataset: Dataset, w: FloatArray | float, b: FloatArray | float) -> FloatArray:
    """Bound the root mean square of |w·x| + |b| + |y|, what a residual is made of, in y-units.

    Parameters
    ----------
    w, b : float, or ndarray of any one shape
        Lines, in y-units per x-unit and y-units.
    """
    x, one, y = _sizes(dataset)
    return np.asarray(np.abs(w) * x + np.abs(b) * one + y)


_kept = lru_cache(maxsize=32)  # what the data alone decides: every chart of a page asks for it


@_kept
def _sizes(dataset: Dataset) -> FloatArray:
    """Compute the root mean squares of x, of 1, and of y, shape (3,)."""
    return np.linalg.norm(dataset.fold, axis=0)


@_kept
def best_fit(dataset: Dataset) -> Line:
    """Find the line with the lowest loss, in closed form.

    w = Σ(x − x̄)(y − ȳ) / Σ(x − x̄)², b = ȳ − w·x̄; both means are subtracted first, so that x far
    from 0 costs no digits. A slope that changes the line by no more than the rounding error of y is
    set to 0, and so is a b that is no larger than the rounding error of the terms it is made of.
    """
    x, y = _centred(dataset.x), _centred(dataset.y)
    squares = float(x @ x)
    w = float(known(float(x @ y) / squares, np.linalg.norm(dataset.y) / math.sqrt(squares)))
    x_mean, y_mean = dataset.x[0] - x[0], dataset.y[0] - y[0]
    return Line(w, float(known(y_mean - w * x_mean, size_of_terms(dataset, w, 0.0))))


@_kept
def lowest_loss(dataset: Dataset) -> float:
    """Compute the loss of the best fit, in y-units²."""
    return mse(dataset, best_fit(dataset))


def _centred(values: FloatArray) -> FloatArray:
    """Subtract the first value, then the mean: the mean itself may not be exact in a float64."""
    from_first: FloatArray = values - values[0]
    return from_first - np.mean(from_first)


def hessian(dataset: Dataset) -> FloatArray:
    """Compute the second derivatives of the loss, (2/n)·AᵀA with A = [x, 1], shape (2, 2)."""
    x = dataset.x
    return np.array([[2 * np.mean(x * x), 2 * np.mean(x)], [2 * np.mean(x), 2.0]])


def gradient(dataset: Dataset, line: Line) -> tuple[float, float]:
    """Compute the slopes of the loss along w and along b: (2/n)·Σ(w·x + b − y)·x, (2/n)·Σ(…).

    A slope is 0 where it is rounding alone.
    """
    errors = line.at(dataset.x) - dataset.y
    slopes = 2 * float(np.mean(errors * dataset.x)), 2 * float(np.mean(errors))
    w, b = map(known, slopes, size_of_slopes(dataset, line.w, line.b))
    return float(w), float(b)


def size_of_slopes(
    dataset: Dataset, w: FloatArray | float, b: FloatArray | float
) -> tuple[FloatArray, FloatArray]:
    """Bound the terms of the slopes of the loss along w and along b, as ``size_of_terms`` does."""
    size = 2 * size_of_terms(dataset, w, b)
    return size * abs(dataset.fold[0, 0]), size


def finite_difference(dataset: Dataset, line: Line, h: float) -> tuple[float, float]:
    """Estimate the gradient from the loss alone: (loss(w + h, b) − loss(w, b)) / h, and for b.

    Its error is about h·λ/2 (truncation) plus the rounding error of the loss, divided by h.

    Raises
    ------
    ValueError
        If h is not positive.
    """
    if not h > 0:
        raise ValueError(f"h must be positive, not {h}")
    here = mse(dataset, line)
    return (
        (mse(dataset, Line(line.w + h, line.b)) - here) / h,
        (mse(dataset, Line(line.w, line.b + h)) - here) / h,
    )


@dataclass(frozen=True)
class Curvature:
    """The principal axes of the bowl.

    Parameters
    ----------
    flat, steep : float
        Eigenvalues λ₁ ≤ λ₂ of the Hessian.
    flat_axis, steep_axis : tuple of two floats
        Their unit eigenvectors as (w, b), the steep one with b ≥ 0: along it a positive error is
        a line that lies too high at x = w/b.
    """

    flat: float
    steep: float
    flat_axis: tuple[float, float]
    steep_axis: tuple[float, float]

    @property
    def condition_number(self) -> float:
        """κ = λ₂/λ₁: the square of the valley's length over its width."""
        return self.steep / self.flat


@_kept
def curvature(dataset: Dataset) -> Curvature:
    """Compute eigenvalues and eigenvectors of the Hessian.

    λ₁ comes from the determinant, as 4·Var(x)/λ₂ with the variance around the mean: a plain
    eigenvalue solver returns rounding noise when x is far from 0. For standardized data λ₁ = λ₂ and
    every direction is an eigenvector; then b is taken as the steep axis.
    """
    if dataset.scaling is not None:
        return Curvature(2.0, 2.0, (1.0, 0.0), (0.0, 1.0))
    (ww, wb), (_, bb) = hessian(dataset)
    steep = (ww + bb) / 2 + math.hypot((ww - bb) / 2, wb)
    flat = 4 * float(np.mean(np.square(_centred(dataset.x)))) / steep
    angle = math.atan2(2 * wb, abs(ww - bb)) / 2  # from the nearer of the axes w and b
    near, far = math.cos(angle), math.sin(angle)
    w, b = (near, far) if ww > bb else (far, near)
    if b < 0:
        w, b = -w, -b
    return Curvature(float(flat), float(steep), (b, -w), (w, b))


def is_round(dataset: Dataset) -> bool:
    """Tell whether the bowl curves alike in all directions, to a thousandth."""
    return curvature(dataset).condition_number < _ROUND


@_kept
def spread(dataset: Dataset) -> float:
    """Compute the standard deviation of y, in y-units; 0, not rounding, where all are the same."""
    varies = np.ptp(dataset.y) > ROUNDING * np.max(np.abs(dataset.y))
    return float(np.std(dataset.y)) if varies else 0.0


def lies_on_a_line(dataset: Dataset) -> bool:
    """Tell whether the loss of the best fit is 0, up to rounding error."""
    return lowest_loss(dataset) == 0


def across_is_height(dataset: Dataset) -> bool:
    """Tell whether an error along the steep axis (w, b) is about the height of a line at x = w/b.

    The error is that height times 1/√(1 + r²), where r is the slope's contribution relative to that
    of the height at the mean of x. For r up to ½ it is at most a ninth smaller.
    """
    w, b = curvature(dataset).steep_axis
    return bool(abs(w * np.mean(dataset.x) + b) >= 2 * abs(w) * np.std(dataset.x))


def stable_limit(dataset: Dataset) -> float:
    """Compute 2/λ₂: above this learning rate every run that has any steep error explodes."""
    return 2 / curvature(dataset).steep


def safe_rate(dataset: Dataset) -> float:
    """Compute 1/λ₂: half the limit; the steep error is gone in one step."""
    return 1 / curvature(dataset).steep


def steepest_point(dataset: Dataset) -> float:
    """Compute the largest curvature of a single point's loss: 2·(1 + the largest x²).

    At least λ₂, the steepest curvature of the loss of all points together.
    """
    return 2 * (1 + float(np.max(np.square(dataset.x))))


def batch_limit(dataset: Dataset, batch_size: int) -> float:
    """Compute a rate below which mini-batches of m points do not explode: 2/(λ₂ + (L − λ₂)/m).

    L is the curvature of the steepest point. A step at the rate r multiplies the error e by
    I − r·B, with B the Hessian of the points drawn. Over the draws, which are independent, the mean
    of B is H, and that of B² is at most (λ₂ + (L − λ₂)/m)·H; so below this rate the squared length
    of e shrinks on average, whatever e is. At it, or above, it need not, even far below 2/λ₂: for a
    single point a step, the limit is 1/(1 + the largest x²), and where all x² are the same, at it
    every step is a reflection. Sufficient, not sharp: on some data larger rates do not explode.

    Parameters
    ----------
    batch_size : int
        m, the points per step, drawn with replacement.

    Returns
    -------
    float
        A learning rate, at most ``stable_limit``, to which it rises with m.

    Raises
    ------
    ValueError
        If batch_size is not positive.

    References
    ----------
    S. Ma, R. Bassily, M. Belkin, "The Power of Interpolation: Understanding the Effectiveness of
    SGD in Modern Over-parametrized Learning", ICML 2018 (theorem 1; its step size is half of this).
    """
    if batch_size < 1:
        raise ValueError(f"batch_size must be positive, not {batch_size}")
    all_together = (batch_size - 1) * curvature(dataset).steep
    return 2 * batch_size / (steepest_point(dataset) + all_together)


def is_small_enough(dataset: Dataset, learning_rate: float, batch_size: int) -> bool:
    """Tell whether a rate is below ``batch_limit`` by more than rounding error."""
    return learning_rate / batch_limit(dataset, batch_size) - 1 < -ROUNDING


def round_down(value: float) -> float:
    """Round a positive number down to 1, 2 or 5 times a power of ten."""
    exponent = math.floor(math.log10(value))
    candidates = [float(f"{d}e{p}") for p in (exponent, exponent - 1) for d in (5, 2, 1)]
    return max(candidate for candidate in candidates if candidate <= value)


def fastest_rate(dataset: Dataset) -> float:
    """Compute 2/(λ₁ + λ₂): it shrinks both errors by the same factor a step."""
    axes = curvature(dataset)
    return 2 / (axes.flat + axes.steep)


def verdict(dataset: Dataset, learning_rate: float) -> Verdict:
    """Classify a rate by the factor 1 − s of the error across the valley, with s = lr·λ₂.

    Slow for s below 0.1; good up to 1; zigzag below 2; explodes from 2 on, though at 2 itself that
    error keeps its size (``is_limit``). It does not say when a line arrives (``arrives``).
    """
    safe = safe_rate(dataset)
    if learning_rate >= 2 * safe:
        return "explodes"
    if learning_rate > safe:
        return "zigzag"
    return "good" if learning_rate >= safe / 10 else "slow"


def is_limit(dataset: Dataset, learning_rate: float) -> bool:
    """Tell whether a rate is 2/λ₂ itself, or above it by no more than rounding.

    There the steep error changes its sign at every step and keeps its size.
    """
    return 0 <= learning_rate / stable_limit(dataset) - 1 <= ROUNDING


@lru_cache(maxsize=64)
def gap(dataset: Dataset, line: Line) -> float:
    """Measure the RMS vertical distance of a line from the best fit over the data's x, in y-units.

    It equals √(loss − lowest loss), computed as ‖R₂·(θ − θ*)‖ with R₂ the first two columns of
    the data's fold, because the subtraction would lose its digits. 0 where it is rounding error.
    """
    if not any(_errors(dataset, line)):
        return 0.0
    best = best_fit(dataset)
    return float(np.linalg.norm(dataset.fold[:, :2] @ [line.w - best.w, line.b - best.b]))


def axis_errors(dataset: Dataset, w: FloatArray, b: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Split the errors of lines into flat and steep axis of the bowl, signed, in y-units.

    They are the two parts of the gap: gap² = flat² + steep². Where it is height
    (``across_is_height``) the steep error is positive for a line that lies too high there. An
    error is 0 where it is rounding alone.

    Parameters
    ----------
    w, b : ndarray of any one shape
        The lines, in y-units per x-unit and y-units.

    Returns
    -------
    flat, steep : ndarray of that shape
    """
    best, axes, size = best_fit(dataset), curvature(dataset), size_of_terms(dataset, w, b)
    dw, db = w - best.w, b - best.b
    flat = math.sqrt(axes.flat / 2) * (axes.flat_axis[0] * dw + axes.flat_axis[1] * db)
    steep = math.sqrt(axes.steep / 2) * (axes.steep_axis[0] * dw + axes.steep_axis[1] * db)
    return known(flat, size), known(steep, size)


def error_across(dataset: Dataset, line: Line) -> float:
    """Measure the signed error of one line across the valley, in y-units; see ``axis_errors``."""
    return _errors(dataset, line)[1]


def losses_beside(
    dataset: Dataset, line: Line, step: tuple[float, float]
) -> tuple[float, float, float] | None:
    """Compute the loss of a line, after a step in (w, b), and after the opposite one.

    Parameters
    ----------
    step : tuple of two floats
        A small one along the gradient.

    Returns
    -------
    tuple of three floats or None
        In y-units², the second above the first and the third below it; None where rounding
        errors exceed the differences.
    """
    here, along, against = (
        mse(dataset, Line(line.w + way * step[0], line.b + way * step[1])) for way in (0, 1, -1)
    )
    is_seen = min(along - here, here - against) > ROUNDING * here
    return (here, along, against) if is_seen else None


def steps_needed(
    dataset: Dataset, learning_rate: float, start: Line, fraction: float = 0.01
) -> int | None:
    """Count the steps until the excess loss is down to a fraction of the start's.

    Found by bisection of the closed form, so that 200 million steps cost no more than 2.

    Parameters
    ----------
    learning_rate : float
        Positive.
    start : Line
        Where the run begins.
    fraction : float
        The fraction of the start's gap², between 0 and 1.

    Returns
    -------
    int or None
        0 where the start is the best fit, to within rounding; None where the rate explodes, or
        is too close to 0 for float64 to count the steps.

    Raises
    ------
    ValueError
        If learning_rate is not positive or fraction is not between 0 and 1.
    """
    if not learning_rate > 0:
        raise ValueError(f"learning_rate must be positive, not {learning_rate}")
    if not 0 < fraction <= 1:
        raise ValueError(f"fraction must be above 0 and at most 1, not {fraction}")
    if verdict(dataset, learning_rate) == "explodes":
        return None
    if gap(dataset, start) == 0:
        return 0
    axes, errors = curvature(dataset), _errors(dataset, start)
    all_of_it = math.hypot(*errors)
    parts = [
        ((error / all_of_it) ** 2, 2 * _log_factor(learning_rate * eigenvalue))
        for error, eigenvalue in zip(errors, (axes.flat, axes.steep), strict=True)
    ]

    def arrived(steps: int) -> bool:
        left = sum(share * math.exp(steps * log_factor) for share, log_factor in parts)
        return steps > 0 and left <= fraction

    if fraction == 1:
        return 0
    high = 1
    while not arrived(high):
        high *= 2
        if high > MOST_STEPS:
            return None
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if arrived(middle) else (middle, high)
    return high


def _log_factor(product: float) -> float:
    """Compute log |1 − rate·λ| from rate·λ; −∞ for a rate of 1/λ, which removes that error."""
    shrunk = min(product, 2 - product)
    return math.log1p(-shrunk) if shrunk < 1 else -math.inf


@lru_cache(maxsize=64)
def _errors(dataset: Dataset, line: Line) -> tuple[float, float]:
    """Split the error of one line; see ``axis_errors``."""
    flat, steep = axis_errors(dataset, np.array(line.w), np.array(line.b))
    return float(flat), float(steep)


ARRIVED = 0.01  # times the standard deviation of y: the gap at which a line has arrived


def arrived_gap(dataset: Dataset, start: Line) -> float:
    """Compute the gap at which a line has arrived: 1 % of the standard deviation of y, in y-units.

    If all y are equal, it is 1 % of the start's gap.
    """
    return ARRIVED * (spread(dataset) or gap(dataset, start))


def arrives(dataset: Dataset, learning_rate: float, start: Line) -> int | None:
    """Count the steps until a line is visually at the best fit.

    A line has arrived when its gap is at most 1 % of the standard deviation of y. Where the valley
    is long, most of the loss can be gone after one step, but the error along its floor is not.

    Parameters
    ----------
    learning_rate : float
        Positive.
    start : Line
        Where the run begins.

    Returns
    -------
    int or None
        0 where the start has arrived; None where the rate explodes, or is too close to 0 for
        float64 to count the steps.

    Raises
    ------
    ValueError
        If learning_rate is not positive.
    """
    return steps_needed(dataset, learning_rate, start, _share_on_arrival(dataset, start))


@lru_cache(maxsize=64)
def _share_on_arrival(dataset: Dataset, start: Line) -> float:
    """Compute which share of the start's excess loss a line has left when it arrives; at most 1."""
    begun, there = gap(dataset, start), arrived_gap(dataset, start)
    return 1.0 if begun <= there else (there / begun) ** 2


def out_of_reach(dataset: Dataset, start: Line, steps: int) -> bool:
    """Tell whether no rate below the limit arrives within ``steps`` steps.

    At every such rate, a step leaves at least 1 − 2·λ₁/λ₂ of the error along the valley.
    """
    flat, _ = _errors(dataset, start)
    most_removed = 2 / curvature(dataset).condition_number
    if most_removed >= 1:
        return False
    left = abs(flat) * math.exp(steps * math.log1p(-most_removed))
    return left > arrived_gap(dataset, start)


def roundest(dataset: Dataset) -> tuple[float, float]:
    """Compute the lowest condition number reached by rescaling x alone, and by shifting x alone.

    With mean m and standard deviation σ of x, (λ₁ + λ₂)²/(λ₁·λ₂) = (σ² + m² + 1)²/σ². The best
    unit makes σ² + m² = 1; the best zero is the mean.

    Returns
    -------
    by_unit, by_zero : float
        (√(1 + (m/σ)²) + |m|/σ)², and the larger of σ² and 1/σ².
    """
    deviations = _centred(dataset.x)
    variance = float(np.mean(np.square(deviations)))
    away = abs(float(dataset.x[0] - deviations[0])) / math.sqrt(variance)
    return (math.hypot(1, away) + away) ** 2, max(variance, 1 / variance)


def loss_after(
    dataset: Dataset, start: Line, learning_rate: FloatArray | float, steps: FloatArray | IntArray
) -> FloatArray:
    """Compute the loss after ``steps`` steps on all points, in closed form.

    It is the lowest loss plus the start's squared errors along both axes of the bowl, each
    multiplied by (1 − rate·λ)² per step.

    Parameters
    ----------
    learning_rate : float or ndarray
    steps : ndarray
        Of a shape that broadcasts with the rates.

    Returns
    -------
    ndarray
        In y-units²; infinite on overflow, and 0 where it is below the rounding error of a loss.
    """
    axes, best = curvature(dataset), best_fit(dataset)
    errors = _errors(dataset, start)
    loss = np.full(np.broadcast(learning_rate, steps).shape, lowest_loss(dataset))
    with np.errstate(over="ignore"):
        for error, eigenvalue in zip(errors, (axes.flat, axes.steep), strict=True):
            if error != 0:
                loss += np.square(error) * np.abs(1 - learning_rate * eigenvalue) ** (2.0 * steps)
    return known(loss, size_of_terms(dataset, best.w, best.b), power=2)


def halving_steps(dataset: Dataset, learning_rate: float) -> float:
    """Count the steps in which the error along the flat axis, the slowest to shrink, halves.

    Returns
    -------
    float
        0 where one step removes it; infinity where it does not shrink.
    """
    factor = learning_rate * curvature(dataset).flat
    shrink = min(factor, 2 - factor)
    if shrink <= 0:
        return math.inf
    return math.log(2) / -math.log1p(-shrink) if shrink < 1 else 0.0


def closed_form_path(dataset: Dataset, config: TrainingConfig) -> tuple[FloatArray, FloatArray]:
    """Compute the lines of gradient descent on all points from the closed form.

    After t steps the start's error along eigenvector i is multiplied by Π(1 − rateⱼ·λᵢ), j < t.

    Parameters
    ----------
    config : TrainingConfig
        With ``batch_size=None``: there is no closed form for mini-batches.

    Returns
    -------
    w, b : ndarray of shape (k, t)
        At ``config.recorded_steps()``. Infinite on overflow; runs are not stopped here.

    Raises
    ------
    ValueError
        If batch_size is set.
    """
    if config.batch_size is not None:
        raise ValueError(f"batch_size must be None, not {config.batch_size}")
    best, axes = best_fit(dataset), curvature(dataset)
    dw, db = config.start.w - best.w, config.start.b - best.b
    w = np.full((len(config.learning_rates), config.recorded_steps().size), best.w)
    b = np.full_like(w, best.b)
    for eigenvalue, (axis_w, axis_b) in (
        (axes.flat, axes.flat_axis),
        (axes.steep, axes.steep_axis),
    ):
        with np.errstate(over="ignore", invalid="ignore"):
            error = (axis_w * dw + axis_b * db) * _shrink_factors(eigenvalue, config)
            w += axis_w * error
            b += axis_b * error
    return w, b


def start_alone(dataset: Dataset, start: Line) -> History:
    """Make the history of a run of 0 steps, with the gradient in closed form: k = t = 1."""
    w, b = np.array([[start.w]]), np.array([[start.b]])
    grad_w, grad_b = gradient(dataset, start)
    return History(
        steps=np.array([0]),
        w=w,
        b=b,
        loss=np.array([[mse(dataset, start)]]),
        grad_w=np.array([[grad_w]]),
        grad_b=np.array([[grad_b]]),
        diverged_at=np.array([-1]),
    )


def without_rounding(dataset: Dataset, history: History) -> History:
    """Set losses and slopes of a run to 0 where they are only rounding error.

    A line that differs from the best fit only by rounding error becomes the best fit.
    """
    best, size = best_fit(dataset), size_of_terms(dataset, history.w, history.b)
    size_w, size_b = size_of_slopes(dataset, history.w, history.b)
    flat, steep = axis_errors(dataset, history.w, history.b)
    travels = (flat != 0) | (steep != 0)
    return replace(
        history,
        w=np.where(travels, history.w, best.w),
        b=np.where(travels, history.b, best.b),
        loss=known(history.loss, size, power=2),
        grad_w=known(history.grad_w, size_w),
        grad_b=known(history.grad_b, size_b),
    )


def _shrink_factors(eigenvalue: float, config: TrainingConfig) -> FloatArray:
    """Π(1 − rateⱼ·λ) over the steps taken, shape (k, t), at the recorded steps."""
    rates = np.array(config.learning_rates)[:, np.newaxis]
    taken = config.recorded_steps() - config.first_step
    if config.decay == 0 and len(config.factors) == 1:
        return (1 - rates * config.factors[0] * eigenvalue) ** taken
    step = config.first_step + np.arange(config.steps)
    multiplier = np.array(config.factors)[step % len(config.factors)] / (1 + config.decay * step)
    product = np.cumprod(1 - rates * multiplier * eigenvalue, axis=1)
    return np.column_stack([np.ones(len(rates)), product])[:, taken]
