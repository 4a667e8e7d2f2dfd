"""A cut through the bowl along each of its axes, with a ball on it: the line's error there.

Along an axis the excess loss is ½·λ·distance², and a step multiplies the distance by 1 − rate·λ.
"""

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core import theory
from core.datasets import Dataset, FloatArray, Line
from core.words.writing import in_steps, readable, readable_below, told_apart

STEPS = 8  # that are drawn
_TO_LIMIT = 80  # rates up to the limit: both 1/λ₂ and 2/λ₂ are among them
SHARES = 2 / _TO_LIMIT * np.arange(1, _TO_LIMIT * 5 // 4 + 1)  # rates, times λ₂
FIRST_SHARE = 0.25
LONG_FLOOR = 10  # condition number: from here on, no rate gets far along the valley in one step


@dataclass(frozen=True)
class Cut:
    """A cut through the bowl along one of its axes.

    Parameters
    ----------
    curvature : float
        λ, the eigenvalue.
    begins : float
        Where the ball begins: the signed distance of the start from the best fit along the axis, in
        the units of w and b.
    is_start : bool
        False where the start is not off along this axis: then the ball begins somewhere else.
    """

    curvature: float
    begins: float
    is_start: bool


def cuts(dataset: Dataset, start: Line) -> tuple[Cut, Cut]:
    """Cut the bowl along its flat and along its steep axis."""
    axes = theory.curvature(dataset)
    errors = map(float, theory.axis_errors(dataset, np.array(start.w), np.array(start.b)))
    made_up = math.sqrt(max(theory.mse(dataset, start), np.finfo(np.float64).tiny))
    flat, steep = (
        Cut(curvature, (error or made_up) * math.sqrt(2 / curvature), error != 0)
        for curvature, error in zip((axes.flat, axes.steep), errors, strict=True)
    )
    return flat, steep


def distances(cut: Cut, learning_rate: float, steps: int = STEPS) -> FloatArray:
    """Compute where the ball is after each step, shape (steps + 1,), in the units of w and b."""
    factors = (1 - learning_rate * cut.curvature) ** np.arange(steps + 1)
    return np.asarray(cut.begins * factors)


@dataclass(frozen=True)
class Outcome:
    """What the ball does at one of the slider's rates.

    Parameters
    ----------
    kind : str
        The verdict, or "limit".
    rate, steep_factor, flat_factor, arrives : str
        As they are read: the rate, what a step multiplies the distance along each axis by, and
        after how many steps the line arrives; empty where it never does.
    """

    kind: str
    rate: str
    steep_factor: str
    flat_factor: str
    arrives: str


@lru_cache(maxsize=32)
def outcomes(dataset: Dataset, start: Line) -> tuple[Outcome, ...]:
    """Find what the ball does at each of ``SHARES``."""
    axes = theory.curvature(dataset)
    found = []
    for share in SHARES.tolist():
        rate = share / axes.steep
        is_limit, arrives = theory.is_limit(dataset, rate), theory.arrives(dataset, rate, start)
        found.append(
            Outcome(
                "limit" if is_limit else theory.verdict(dataset, rate),
                readable_below(rate) if is_limit else readable(rate),
                readable(1 - share),
                told_apart(1, 1 - rate * axes.flat)[1],
                "" if arrives is None else in_steps(arrives),
            )
        )
    return tuple(found)
