"""Lists of learning rates, one for each step: Chebyshev's, and those that a learner types.

A step at the rate r multiplies the error along an axis of curvature λ by 1 − r·λ, so a list of N
rates multiplies it by p(λ) = Π(1 − rⱼ·λ), a polynomial with p(0) = 1. Of all such polynomials the
one that is smallest on [λ₁, λ₂] is Chebyshev's, shifted and scaled: its zeros are 1/rⱼ.

References
----------
D. A. Flanders, G. Shortley, "Numerical Determination of Fundamental Modes", Journal of Applied
Physics 21, 1950.
D. M. Young, "On Richardson's Method for Solving Linear Systems with Positive Definite Matrices",
Journal of Mathematics and Physics 32, 1954.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from core.datasets import DataError, Dataset, FloatArray, Line
from core.descent.experiments import Train
from core.reading.typed_numbers import read_numbers
from core.rounding import ROUNDING
from core.runs import MAX_FACTORS, History, IntArray, TrainingConfig
from core.theory import axis_errors, curvature, fastest_rate, gap, safe_rate, size_of_terms

MAX_FACTOR = 1e30
_WORD = re.compile(r"[^,; \t\n\r\f\v]+")


def chebyshev_rates(dataset: Dataset, n: int) -> FloatArray:
    """Compute the N rates that minimise the largest |p(λ)| over [λ₁, λ₂].

    They are 1 / (λ₁·cos²(aⱼ/2) + λ₂·sin²(aⱼ/2)) with aⱼ = (2j − 1)·π/(2N): the zeros of the
    Chebyshev polynomial on [λ₁, λ₂], written without a subtraction, so that no digits are lost if
    λ₁ is far below λ₂.

    Returns
    -------
    ndarray of shape (n,)
        Learning rates, descending.
    """
    axes = curvature(dataset)
    half_angles = (2 * np.arange(1, n + 1) - 1) * math.pi / (4 * n)
    rates: FloatArray = 1 / (
        axes.flat * np.cos(half_angles) ** 2 + axes.steep * np.sin(half_angles) ** 2
    )
    return rates


def chebyshev_bound(dataset: Dataset, n: int) -> float:
    """Compute what those N rates leave of an error in the worst case: 1/T_N((λ₂+λ₁)/(λ₂−λ₁)).

    With q = (√λ₂ − √λ₁)/(√λ₂ + √λ₁) it is 2·qᴺ/(1 + q²ᴺ), which is defined for λ₁ = λ₂ as well. The
    polynomial has this absolute value at both λ₁ and λ₂: from any start, it is the share of the gap
    that is left.
    """
    axes = curvature(dataset)
    narrow, wide = math.sqrt(axes.flat), math.sqrt(axes.steep)
    shrink = max(0.0, (wide - narrow) / (wide + narrow))
    return float(2 * shrink**n / (1 + shrink ** (2 * n)))


def interleave(rates: FloatArray) -> FloatArray:
    """Order rates so that initial errors and rounding errors grow little during the steps.

    A Leja order of 1/rate, for rates of shape (m,): after the smallest rate, always the one whose
    1/rate has the largest product of distances from those of the rates already taken.

    References
    ----------
    V. I. Lebedev, S. A. Finogenov, "Ordering of the iterative parameters in the cyclical Chebyshev
    iterative method", USSR Computational Mathematics and Mathematical Physics 11, 1971 (the
    question, and an order for N = 2ᵖ).
    L. Reichel, "The application of Leja points to Richardson iteration and polynomial
    preconditioning", Linear Algebra and its Applications 154–156, 1991 (this order, for any N).
    """
    left = np.sort(1 / rates)[::-1]
    log_distance = np.zeros(left.size)
    taken = []
    while left.size:
        place = int(np.argmax(log_distance))
        taken.append(left[place])
        left, log_distance = np.delete(left, place), np.delete(log_distance, place)
        with np.errstate(divide="ignore"):  # equal rates: log 0
            log_distance += np.log(np.abs(left - taken[-1]))
    return 1 / np.array(taken)


def _descend(rates: FloatArray) -> FloatArray:
    return np.sort(rates)[::-1]


ORDERS: dict[str, Callable[[FloatArray], FloatArray]] = {
    "ascending": np.sort,
    "descending": _descend,
    "interleaved": interleave,
}


def round_factors(dataset: Dataset, factors: Sequence[float]) -> tuple[float, float]:
    """Compute the factors of the two errors in one pass through a list, in units of 1/λ₂.

    Returns
    -------
    flat, steep : float
        Along the flat axis and along the steep one. Infinite on overflow.
    """
    axes, multiples = curvature(dataset), np.array(factors)
    return _product(1 - multiples * (axes.flat / axes.steep)), _product(1 - multiples)


def _product(factors: FloatArray) -> float:
    """Multiply; a factor that is 0 up to rounding makes the product 0, even if others overflow."""
    gone = np.any(np.abs(factors) <= 4 * np.finfo(np.float64).eps)
    return 0.0 if gone else math.prod(factors.tolist())


def error_growth(dataset: Dataset, rates: FloatArray) -> float:
    """Compute by how much later steps can amplify an error made during the run.

    The largest |Π(1 − rⱼ·λ)| over the last m rates of the list, of shape (t,), for any m and both
    curvatures; 1 where no error grows.
    """
    axes = curvature(dataset)
    behind = 1 - np.outer([axes.flat, axes.steep], rates[::-1])
    return max(1.0, float(np.max(np.abs(np.cumprod(behind, axis=1)))))


@dataclass(frozen=True, eq=False)
class GapRun:
    """The gap over the steps of a run, up to its last sane step.

    Parameters
    ----------
    steps : ndarray of int64, shape (t,)
    gaps : ndarray of shape (t,)
        In y-units.
    exploded : bool
    """

    steps: IntArray
    gaps: FloatArray
    exploded: bool

    @property
    def end(self) -> float:
        """The gap at the last of these steps."""
        return float(self.gaps[-1])


def _gap_run(dataset: Dataset, history: History, rate: int = 0) -> GapRun:
    steps = history.sane_steps(rate)
    w, b = history.w[rate, : steps.size], history.b[rate, : steps.size]
    gaps = np.hypot(*axis_errors(dataset, w, b))
    return GapRun(steps, gaps, bool(history.diverged_at[rate] >= 0))


@dataclass(frozen=True, eq=False)
class Race:
    """The run of a schedule, and those of two constant rates to compare with."""

    yours: GapRun
    fastest: GapRun
    safe: GapRun


def race(
    train: Train,
    dataset: Dataset,
    start: Line,
    factors: tuple[float, ...],
    decay: float,
    steps: int,
) -> Race:
    """Run a schedule, in units of 1/λ₂, and the constant ``fastest_rate`` and ``safe_rate``.

    Parameters
    ----------
    steps : int
        At most 511, so that each of them is recorded.
    """
    safe, fastest = safe_rate(dataset), fastest_rate(dataset)
    own = train(dataset, TrainingConfig((safe,), steps, start, factors=factors, decay=decay))
    single = train(dataset, TrainingConfig((fastest, safe), steps, start))
    return Race(_gap_run(dataset, own), _gap_run(dataset, single, 0), _gap_run(dataset, single, 1))


def gaps_of(
    train: Train, dataset: Dataset, start: Line, factors: tuple[float, ...]
) -> list[float | None]:
    """Take one step at each of up to 511 rates, in units of 1/λ₂, and measure the gaps.

    Returns
    -------
    list
        The gaps at steps 0, 1, 2 …; None where the run had been stopped as an explosion.
    """
    config = TrainingConfig((safe_rate(dataset),), len(factors), start, factors=factors)
    history = train(dataset, config)
    lines = zip(history.w[0].tolist(), history.b[0].tolist(), strict=True)
    last = int(history.diverged_at[0])
    return [
        gap(dataset, Line(w, b)) if last < 0 or step <= last else None
        for step, (w, b) in enumerate(lines)
    ]


def two_steps(train: Train, dataset: Dataset, start: Line) -> list[list[float | None]]:
    """Take the steps at 1/λ₂ and 1/λ₁, which end on the best fit, then those in the other order.

    Returns
    -------
    list of lists
        For both orders, the gaps at steps 0, 1 and 2; None where the run had been stopped as an
        explosion, as happens in a long valley.
    """
    pair = (1.0, curvature(dataset).condition_number)
    return [gaps_of(train, dataset, start, order) for order in (pair, pair[::-1])]


_FINE = math.log(1.05)  # two neighbouring rates differ by about 5 %
_MOST_BETWEEN = 200  # places from 1/λ₂ to 1/λ₁
_LOW, _HIGH = 0.1, 3.0  # the ends of the sliders: times 1/λ₂ and times 1/λ₁
_WORTH_PLAYING = 0.01  # of the start's gap


@dataclass(frozen=True)
class TwoRates:
    """A game: two steps at two rates that leave less than two steps at any one rate.

    Rates are set by whole numbers, their places: place i is the rate κ^(i/floor)/λ₂. So place 0 is
    exactly 1/λ₂, and place ``floor`` exactly 1/λ₁. All gaps here are by the closed form.

    Parameters
    ----------
    along, across : float
        How far off the start is along the valley's floor and across it, in y-units, not negative.
    flat, steep : float
        The curvatures λ₁ and λ₂.
    floor : int
        The place of 1/λ₁.
    rate : float
        The one rate that leaves least after two steps.
    par : float
        The gap that it leaves.
    """

    along: float
    across: float
    flat: float
    steep: float
    floor: int
    rate: float
    par: float

    @property
    def condition(self) -> float:
        """The condition number, κ."""
        return self.steep / self.flat

    @property
    def begun(self) -> float:
        """The start's gap."""
        return math.hypot(self.along, self.across)

    @property
    def is_worth_playing(self) -> bool:
        """Whether the best one rate leaves enough to beat."""
        return self.par > _WORTH_PLAYING * self.begun

    @property
    def found(self) -> float:
        """The gap up to which a pair of rates counts as the answer."""
        return 0.05 * self.par

    @property
    def places(self) -> range:
        """All places, ascending."""
        step = max(math.log(self.condition) / self.floor, _FINE / 2)
        low = math.ceil(-math.log(_LOW) / step)
        return range(-low, self.floor + math.ceil(math.log(_HIGH) / step) + 1)

    def factor(self, place: float) -> float:
        """Give the rate at a place, in units of 1/λ₂."""
        return float(self.condition ** (place / self.floor))

    def errors(self, *places: float) -> list[tuple[float, float]]:
        """Compute the errors along the floor and across, before and after steps at these places."""
        errors = [(self.along, self.across)]
        for place in places:
            along, across = errors[-1]
            errors.append(
                (along * (1 - self.factor(place - self.floor)), across * (1 - self.factor(place)))
            )
        return errors


def two_rates(dataset: Dataset, start: Line) -> TwoRates:
    """Set up the game of two rates.

    The one rate is where the derivative of along²·(1 − r·λ₁)⁴ + across²·(1 − r·λ₂)⁴ is 0: it is
    convex, and the cube root of the two terms of its derivative makes the equation linear in r.
    """
    axes = curvature(dataset)
    along, across = (
        abs(float(error)) for error in axis_errors(dataset, np.array(start.w), np.array(start.b))
    )
    flat, steep = np.cbrt([along**2 * axes.flat, across**2 * axes.steep]).tolist()
    weighted = flat * axes.flat + steep * axes.steep
    rate = (flat + steep) / weighted if weighted else 1 / axes.steep
    par = math.hypot(along * (1 - rate * axes.flat) ** 2, across * (1 - rate * axes.steep) ** 2)
    between = round(math.log(axes.condition_number) / _FINE)
    floor = min(max(between, 1), _MOST_BETWEEN)
    return TwoRates(along, across, axes.flat, axes.steep, floor, rate, par)


_DIGITS = 1e-4  # times a gap: a smaller error does not change the digits shown


def chebyshev_orders(train: Train, dataset: Dataset, start: Line, n: int) -> pd.DataFrame:
    """Take Chebyshev's N steps in every order.

    Returns
    -------
    DataFrame
        Columns order, highest (the largest gap of the run, as a multiple of the start's), gap
        (at the end), stopped (the last sane step of a run that exploded, −1 for the others),
        error_growth (see ``error_growth``). Gaps are NaN where amplified rounding errors can
        change the digits shown: they differ from machine to machine.
    """
    safe, begun = safe_rate(dataset), gap(dataset, start)
    left = begun * chebyshev_bound(dataset, n)
    rounding = ROUNDING * float(size_of_terms(dataset, start.w, start.b))
    rows = []
    for order, arrange in ORDERS.items():
        rates = arrange(chebyshev_rates(dataset, n))
        factors = tuple((rates / safe).tolist())
        history = train(dataset, TrainingConfig((safe,), n, start, factors=factors))
        run = _gap_run(dataset, history)
        growth = error_growth(dataset, rates)
        error = growth * rounding
        rows.append(
            {
                "order": order,
                "highest": run.gaps.max() / begun if error < _DIGITS * begun else math.nan,
                "gap": run.end if error < _DIGITS * left else math.nan,
                "stopped": history.diverged_at[0],
                "error_growth": growth,
            }
        )
    return pd.DataFrame(rows)


def read_factors(text: str) -> tuple[float, ...]:
    """Read a list of factors such as "1, 9.5", as ``typed_numbers.read_numbers`` reads it.

    Raises
    ------
    DataError
        If it is not 1 to 512 positive numbers up to 10³⁰, or is ambiguous.
    """
    at_most = sum(1 for _ in _WORD.finditer(text))
    if at_most > MAX_FACTORS:
        raise DataError("errors.too_many_factors", numbers=at_most, most=MAX_FACTORS)
    factors = tuple(read_numbers(text))
    if not factors:
        raise DataError("errors.no_factors")
    for factor in factors:
        if not 1 / MAX_FACTOR <= factor <= MAX_FACTOR:
            raise DataError("errors.factor_out_of_bounds", factor=factor)
    return factors


def read_factors_of_link(text: str) -> tuple[float, ...]:
    """Read the list of a link, where every comma is a separator: 1,5 is 1 and 5.

    Raises
    ------
    DataError
        As ``read_factors``.
    """
    return read_factors(re.sub(r"[\s,]+", " ", text))


def write_factors(factors: Sequence[float], digits: int = 17) -> str:
    """Write a list as ``read_factors`` reads it, 0.00001 rather than 1e-05; 17 digits: exactly."""
    return ", ".join(
        np.format_float_positional(float(f"{factor:.{digits}g}"), trim="-") for factor in factors
    )
