"""Challenges about learning rates: both the learner's try and the best result are measured.

Each par (best result) is found by running the trainer, 256 rates at a time, not by the formulas
that the page explains, so it checks them as well.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core import theory
from core.datasets import Dataset, FloatArray, Line
from core.descent.experiments import MAX_RATE, MIN_RATE, Train
from core.runs import MAX_RATES, RECORDED_STEPS, History, TrainingConfig

MOST_STEPS = 20_000  # of one run
SCHEDULE_STEPS = RECORDED_STEPS - 1  # all of them are recorded
_CLOSER = 1 - 1e-9  # times the start's excess loss; at the limit it changes only by rounding
_ROUNDS = 3  # of the search: each refines the grid by a factor of 127 or more


def _excess(dataset: Dataset, history: History) -> FloatArray:
    """Compute the excess losses of the recorded lines, shape (k, t)."""
    flat, steep = theory.axis_errors(dataset, history.w, history.b)
    return np.asarray(flat**2 + steep**2)


def _shares_left(
    train: Train, dataset: Dataset, start: Line, rates: FloatArray, steps: int
) -> FloatArray:
    """Measure the share of the start's excess loss that is left at each rate, shape (k,)."""
    excess = _excess(dataset, train(dataset, TrainingConfig(tuple(rates.tolist()), steps, start)))
    return np.asarray(excess[:, -1] / excess[:, 0])


def three_digits(rate: float) -> float:
    """Round a rate to three significant digits, the precision of the challenges."""
    return float(f"{rate:.2e}")


def converges(train: Train, dataset: Dataset, start: Line, rate: float) -> bool:
    """Measure whether 20,000 steps end closer to the best fit than they began.

    False at or above the limit if there is an error across the valley, which never shrinks there.
    """
    return bool(_converge(train, dataset, start, np.array([rate]))[0])


def _converge(train: Train, dataset: Dataset, start: Line, rates: FloatArray) -> NDArray[np.bool_]:
    closer = _shares_left(train, dataset, start, rates, MOST_STEPS) < _CLOSER
    if theory.error_across(dataset, start) == 0:
        return closer
    return closer & (rates < theory.stable_limit(dataset))


def _edge(train: Train, dataset: Dataset, start: Line) -> float | None:
    """Search the largest rate that converges, to about 1e-6 of it; None if none does."""
    # Without an error across the valley, the limit is that of its floor, 2/λ₁.
    low, high = MIN_RATE, min(2.2 / theory.curvature(dataset).flat, MAX_RATE)
    for _ in range(_ROUNDS):
        rates = np.geomspace(low, high, MAX_RATES)
        converging = np.flatnonzero(_converge(train, dataset, start, rates))
        if not converging.size:
            return None
        last = int(converging[-1])
        low, high = float(rates[last]), float(rates[min(last + 1, rates.size - 1)])
    return low


def largest_rate(train: Train, dataset: Dataset, start: Line) -> float | None:
    """Search the largest rate with three digits that converges; None if none does."""
    low = _edge(train, dataset, start)
    if low is None:
        return None
    unit = 10.0 ** (np.floor(np.log10(low)) - 2)
    candidates = [three_digits(low + places * unit) for places in (2, 1, 0, -1, -2)]
    return next((rate for rate in candidates if converges(train, dataset, start, rate)), None)


def steps_with_one_rate(train: Train, dataset: Dataset, start: Line, rate: float) -> int | None:
    """Measure after how many steps the line has arrived; None if not within 20,000."""
    enough = theory.arrived_gap(dataset, start) ** 2
    here, done, last = start, 0, MOST_STEPS
    while True:
        history = train(dataset, TrainingConfig((rate,), last - done, here))
        there = np.flatnonzero(_excess(dataset, history)[0] <= enough)
        if not there.size:
            return None
        slot, steps = int(there[0]), history.steps
        if slot == 0 or steps[slot] == steps[slot - 1] + 1:
            return done + int(steps[slot])
        # It arrived between two recorded steps: run those again, with every step recorded.
        here = Line(float(history.w[0, slot - 1]), float(history.b[0, slot - 1]))
        done, last = done + int(steps[slot - 1]), done + int(steps[slot])


def _least_share(train: Train, dataset: Dataset, start: Line, largest: float, steps: int) -> float:
    """Search the smallest share of the start's excess loss that one rate leaves after ``steps``.

    The share is a sum of even powers of 1 − rate·λ, so it is unimodal in the rate: the minimum lies
    between the neighbours of the best grid point.
    """
    low, high = largest / 1_000, largest
    least = np.inf
    for _ in range(_ROUNDS):
        rates = np.geomspace(low, high, MAX_RATES)
        shares = _shares_left(train, dataset, start, rates, steps)
        place = int(np.argmin(shares))
        least = min(least, float(shares[place]))
        low, high = float(rates[max(place - 1, 0)]), float(rates[min(place + 1, MAX_RATES - 1)])
    return least


def fewest_steps(train: Train, dataset: Dataset, start: Line) -> int | None:
    """Search the fewest steps in which the line arrives with one rate.

    Below the limit every step brings the line closer, so the least share that any rate leaves falls
    with the number of steps: bisection applies. 0 if the start has arrived; None if no rate arrives
    within 20,000 steps.
    """
    begun, there = theory.gap(dataset, start), theory.arrived_gap(dataset, start)
    if begun <= there:
        return 0
    allowed = (there / begun) ** 2
    largest = _edge(train, dataset, start)
    if largest is None:
        return None

    def suffice(steps: int) -> bool:
        return _least_share(train, dataset, start, largest, steps) <= allowed

    if not suffice(MOST_STEPS):
        return None
    low, high = 0, MOST_STEPS
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if suffice(middle) else (middle, high)
    return high


def steps_with_schedule(
    train: Train, dataset: Dataset, start: Line, factors: tuple[float, ...], decay: float
) -> int | None:
    """Measure after how many steps of a schedule the line has arrived.

    Parameters
    ----------
    factors : tuple of float
        Rates in units of 1/λ₂, used cyclically.
    decay : float
        Decay of the rate, per step.

    Returns
    -------
    int or None
        None if the line has not arrived after 511 steps.
    """
    config = TrainingConfig(
        (theory.safe_rate(dataset),), SCHEDULE_STEPS, start, factors=factors, decay=decay
    )
    excess = _excess(dataset, train(dataset, config))[0]
    there = np.flatnonzero(excess <= theory.arrived_gap(dataset, start) ** 2)
    return int(there[0]) if there.size else None


def fewest_scheduled_steps(train: Train, dataset: Dataset, start: Line) -> int | None:
    """Find the fewest steps of any schedule: 0 or 1 if that many suffice, else 2.

    One step has one rate, so the search over single rates tells whether one step is enough. If it
    is not, the two steps at 1/λ₂ and 1/λ₁ are run and measured.
    """
    alone = fewest_steps(train, dataset, start)
    if alone in (0, 1):
        return alone
    axes = theory.curvature(dataset)
    pair = (1.0, axes.condition_number)
    steps = steps_with_schedule(train, dataset, start, pair, 0.0)
    return min((count for count in (alone, steps) if count is not None), default=None)


PARS = {
    "largest": largest_rate,
    "one-rate": fewest_steps,
    "schedule": fewest_scheduled_steps,
}


# Diagnosis

NAMES = "ABCDEFGH"
DIAGNOSED_STEPS = 40
# rate·λ₂ of each kind, away from the boundaries at 0.1, 1 and 2, so that charts are unambiguous.
_DRAWN_FROM: dict[theory.Verdict, tuple[float, float]] = {
    "slow": (0.01, 0.04),
    "good": (0.25, 0.7),
    "zigzag": (1.5, 1.85),
    "explodes": (2.05, 2.15),
}
_ALONG = 0.1  # the error along the valley, relative to that across it


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Eight runs whose kinds the learner has to recognise.

    Parameters
    ----------
    history : History
        All steps of the eight runs.
    rates : tuple of float
    kinds : tuple of verdicts
        The kind of each run, determined from its first step.
    """

    history: History
    rates: tuple[float, ...]
    kinds: tuple[theory.Verdict, ...]

    def first_errors(self, dataset: Dataset) -> FloatArray:
        """Measure the signed errors across the valley at steps 0 to 4, shape (8, 5)."""
        return theory.axis_errors(dataset, self.history.w[:, :5], self.history.b[:, :5])[1]


def draw_diagnosis(train: Train, dataset: Dataset, start: Line, seed: int) -> Diagnosis:
    """Draw eight rates, each kind at least once, and run them.

    They start about as far from the best fit as the learner's start, or as the spread of y if that
    is more, but with most of the error across the valley, so that the kinds are visible.
    """
    rng = np.random.default_rng([seed, int(dataset.fingerprint[:8], 16)])
    names = list(_DRAWN_FROM)
    kinds = rng.permutation([*names, *rng.choice(names, len(NAMES) - len(names))])
    multiples = [rng.uniform(*_DRAWN_FROM[kind]) for kind in kinds]
    rates = tuple(float(s) * theory.safe_rate(dataset) for s in multiples)
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    size = max(theory.gap(dataset, start), theory.spread(dataset)) or 1.0
    flat, steep = (
        share * size / np.sqrt(eigenvalue / 2)
        for share, eigenvalue in zip(
            rng.choice([-1, 1], 2) * [_ALONG, 1], (axes.flat, axes.steep), strict=True
        )
    )
    begin = Line(
        float(best.w + flat * axes.flat_axis[0] + steep * axes.steep_axis[0]),
        float(best.b + flat * axes.flat_axis[1] + steep * axes.steep_axis[1]),
    )
    history = train(dataset, TrainingConfig(rates, DIAGNOSED_STEPS, begin))
    _, errors = theory.axis_errors(dataset, history.w, history.b)
    return Diagnosis(history, rates, tuple(_tell(a / b) for b, a in errors[:, :2]))


def _tell(factor: float) -> theory.Verdict:
    """Classify a run by the factor of its first step for the error across the valley."""
    if factor < 0:
        return "explodes" if factor <= -1 else "zigzag"
    return "good" if factor <= 0.9 else "slow"
