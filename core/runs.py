"""The configuration of a run of gradient descent, and its recorded history."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.datasets import FloatArray, Line

IntArray = NDArray[np.int64]

MAX_STEPS = 2_000_000
MAX_RATES = 256
MAX_FACTORS = 512
MAX_BATCH_SIZE = 32
MAX_BATCH_STEPS = 20_000
MAX_BATCH_RATES = 8
RECORDED_STEPS = 512
MAX_FIRST_STEP = 10**15  # a float64 still holds such step numbers exactly
MAX_BATCH_FIRST_STEP = 10**6  # the points of all earlier steps are drawn and discarded
MAX_START = 1e50  # so that its loss fits a float64 on any data set

LESSON_START = Line(0.0, -1.0)


@dataclass(frozen=True)
class TrainingConfig:
    """Everything that decides a run, besides the data. Hashable, so that runs can be cached.

    The learning rate of the step from t to t + 1 is
    ``learning_rate · factors[t mod len(factors)] / (1 + decay·t)``.

    Parameters
    ----------
    learning_rates : tuple of float, of length k
        1 to 256 positive rates (1 to 8 with mini-batches), in x- and y-free units of 1/λ.
    steps : int
        Steps to take, 0 to 2,000,000 (20,000 with mini-batches).
    start : Line
        Where every run begins; w and b up to 1e50 in size.
    first_step : int
        The number of the step at which ``start`` stands: above 0 when a run is continued, so that
        schedule and mini-batches continue. Up to 10¹⁵ (10⁶ with mini-batches).
    batch_size : int or None
        Points per step, 1 to 32, drawn with replacement; None takes all points in each step.
    seed : int
        Seed of the mini-batches' draws.
    factors : tuple of float
        1 to 512 multipliers of the learning rate, used cyclically.
    decay : float
        Decay of the learning rate, per step; 0 for a constant rate.

    Raises
    ------
    ValueError
        If a field is outside its range; the message names it.
    """

    learning_rates: tuple[float, ...] = (0.1,)
    steps: int = 200
    start: Line = LESSON_START
    first_step: int = 0
    batch_size: int | None = None
    seed: int = 0
    factors: tuple[float, ...] = (1.0,)
    decay: float = 0.0

    def __post_init__(self) -> None:
        batches = self.batch_size is not None
        max_rates = MAX_BATCH_RATES if batches else MAX_RATES
        max_steps = MAX_BATCH_STEPS if batches else MAX_STEPS
        max_first_step = MAX_BATCH_FIRST_STEP if batches else MAX_FIRST_STEP
        rates = self.learning_rates
        _require(
            1 <= len(rates) <= max_rates and all(0 < rate < math.inf for rate in rates),
            f"learning_rates must be 1 to {max_rates} positive finite numbers",
            rates,
        )
        _require(0 <= self.steps <= max_steps, f"steps must be 0 to {max_steps:,}", self.steps)
        _require(
            abs(self.start.w) <= MAX_START and abs(self.start.b) <= MAX_START,
            f"start must be finite, and at most {MAX_START:g} in size",
            self.start,
        )
        _require(
            0 <= self.first_step <= max_first_step,
            f"first_step must be 0 to {max_first_step:,}",
            self.first_step,
        )
        _require(
            self.batch_size is None or 1 <= self.batch_size <= MAX_BATCH_SIZE,
            f"batch_size must be 1 to {MAX_BATCH_SIZE}, or None for all points",
            self.batch_size,
        )
        _require(self.seed >= 0, "seed must be 0 or more", self.seed)
        _require(
            1 <= len(self.factors) <= MAX_FACTORS and all(map(math.isfinite, self.factors)),
            f"factors must be 1 to {MAX_FACTORS} finite numbers",
            self.factors,
        )
        _require(0 <= self.decay < math.inf, "decay must be 0 or more, and finite", self.decay)

    def recorded_steps(self) -> IntArray:
        """Choose the steps to record, shape (t,), ascending.

        All of them while they fit into 512 slots, else whole steps spaced geometrically; the
        start and the last step always.
        """
        if self.steps < RECORDED_STEPS:
            offsets = np.arange(self.steps + 1, dtype=np.int64)
        else:
            spaced = np.geomspace(1, self.steps, RECORDED_STEPS - 1)
            offsets = np.unique(np.concatenate([[0], np.round(spaced)]).astype(np.int64))
        return self.first_step + offsets


_BLOCK = 10_000  # rows drawn and discarded at a time: a million would take 256 MB


def batch_indices(seed: int, n: int, steps: int, batch_size: int, first_step: int = 0) -> IntArray:
    """Draw the points of each step's mini-batch, shape (steps − first_step, batch_size).

    The points of a step do not depend on ``steps`` or ``first_step``.
    """
    draw = np.random.default_rng(seed)
    for begin in range(0, first_step, _BLOCK):
        draw.integers(0, n, (min(_BLOCK, first_step - begin), batch_size))
    return draw.integers(0, n, (steps - first_step, batch_size))


@dataclass(frozen=True, eq=False)
class History:
    """What a run recorded: k learning rates, t recorded steps.

    A run is sane while its loss is finite and at most a million times the larger of its starting
    loss and mean(y²), and its w and b are within ``MAX_START``. A run that stops being sane repeats
    its last sane step to the end.

    Parameters
    ----------
    steps : ndarray of int64, shape (t,)
        Numbers of the recorded steps, ascending, from the start's to the last.
    w, b : ndarray of shape (k, t)
        The line at those steps, in y-units per x-unit and y-units.
    loss : ndarray of shape (k, t)
        Mean squared error over all points, in y-units², also where mini-batches train.
    grad_w, grad_b : ndarray of shape (k, t)
        The gradient the tape gave at that line, of the loss over the points that the next step
        looks at.
    diverged_at : ndarray of int64, shape (k,)
        The last sane step of each run that stopped being sane, −1 for the others. It need not be
        a recorded one.
    """

    steps: IntArray
    w: FloatArray
    b: FloatArray
    loss: FloatArray
    grad_w: FloatArray
    grad_b: FloatArray
    diverged_at: IntArray

    def first_line(self, rate: int = 0) -> Line:
        """Give the start of the run with the learning rate of that index."""
        return Line(float(self.w[rate, 0]), float(self.b[rate, 0]))

    def last_line(self, rate: int = 0) -> Line:
        """Give the end of the run with the learning rate of that index."""
        return Line(float(self.w[rate, -1]), float(self.b[rate, -1]))

    def last_record(self, rate: int = 0) -> int:
        """Find the first record at or after the last sane step; it holds that step's values."""
        diverged_at = self.diverged_at[rate]
        if diverged_at < 0:
            return self.steps.size - 1
        return int(np.searchsorted(self.steps, diverged_at))

    def sane_steps(self, rate: int = 0) -> IntArray:
        """List the recorded steps of a run up to its last sane one, which is always listed."""
        steps = self.steps[: self.last_record(rate) + 1]
        diverged_at = self.diverged_at[rate]
        return steps if diverged_at < 0 else np.minimum(steps, diverged_at)


def _require(condition: bool, rule: str, value: object) -> None:
    if not condition:
        raise ValueError(f"{rule}, not {value}")
