"""An experiment: a run made of stretches of steps, and optionally a fork to compare with.

It holds the settings only, no results. In the URL it reads
``run=200x0.1~200x0.01`` (200 steps at 0.1, then 200 at 0.01) and ``fork=200:200x0.1`` (from step
200 on, 200 steps at 0.1 instead). A stretch on mini-batches of 8 points reads ``200x0.1b8``, one
whose rate decays ``200x0.1d0.01``.
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np

from core.datasets import Dataset, FloatArray, Line
from core.rounding import known
from core.runs import (
    MAX_BATCH_FIRST_STEP,
    MAX_BATCH_SIZE,
    MAX_BATCH_STEPS,
    MAX_STEPS,
    RECORDED_STEPS,
    History,
    IntArray,
    TrainingConfig,
    batch_indices,
)
from core.theory import arrived_gap, best_fit, gap, hessian, size_of_terms, steps_needed
from core.words import Sentence

MAX_STRETCHES = 20
MIN_RATE, MAX_RATE = 1e-99, 1e15
MAX_DECAY = 1e6

Train = Callable[[Dataset, TrainingConfig], History]

_STRETCH = re.compile(
    r"(\d{1,7})x(\d{1,20}(?:\.\d{1,20})?(?:e-?\d{1,2})?)"
    r"(?:b(\d{1,2}))?(?:d(\d{1,20}(?:\.\d{1,20})?(?:e-?\d{1,2})?))?",
    re.ASCII,
)
_FORK = re.compile(r"(\d{1,8}):(.*)", re.ASCII | re.DOTALL)


@dataclass(frozen=True)
class Stretch:
    """A number of steps with the same settings.

    Parameters
    ----------
    steps : int
    learning_rate : float
    batch_size : int or None
        Points per step; None takes all.
    decay : float
        The rate of step t is ``learning_rate / (1 + decay·t)``.
    """

    steps: int
    learning_rate: float
    batch_size: int | None = None
    decay: float = 0.0

    def config(self, start: Line, first_step: int) -> TrainingConfig:
        """Make the trainer's configuration of this stretch, from a start and a step number."""
        return TrainingConfig(
            (self.learning_rate,),
            self.steps,
            start,
            first_step,
            self.batch_size,
            decay=self.decay,
        )

    def rate_at(self, step: int) -> float:
        """Compute the learning rate of the step from ``step`` to ``step + 1``."""
        return self.learning_rate / (1 + self.decay * step)


Stretches = tuple[Stretch, ...]


def count_steps(stretches: Sequence[Stretch]) -> int:
    """Add up the steps of stretches."""
    return sum(stretch.steps for stretch in stretches)


def cut(stretches: Sequence[Stretch], steps: int) -> Stretches:
    """Keep the first ``steps`` steps."""
    kept = []
    for stretch in stretches:
        if steps <= 0:
            break
        kept.append(replace(stretch, steps=min(steps, stretch.steps)))
        steps -= stretch.steps
    return tuple(kept)


@dataclass(frozen=True)
class Experiment:
    """A run, and optionally a fork: another continuation from one of its steps.

    Parameters
    ----------
    run : tuple of Stretch
        The stretches from the start.
    fork_at : int or None
        The step of the run at which the fork begins.
    fork : tuple of Stretch
        The stretches from there; empty right after going back.
    """

    run: Stretches = ()
    fork_at: int | None = None
    fork: Stretches = ()

    @property
    def active(self) -> Stretches:
        """All stretches from the start to the current step."""
        return self.run if self.fork_at is None else cut(self.run, self.fork_at) + self.fork

    @property
    def kept(self) -> Stretches:
        """The stretches of the other branch; none without a fork."""
        return () if self.fork_at is None else self.run

    def continued(self, stretch: Stretch) -> "Experiment":
        """Add a stretch at the current step."""
        if self.fork_at is None:
            return replace(self, run=(*self.run, stretch))
        return replace(self, fork=(*self.fork, stretch))

    def rewound(self, step: int) -> "Experiment":
        """Go back to a step of the active branch, and keep that branch to compare with.

        If there is a fork already, the fork is kept and the older branch dropped.
        """
        if not 0 <= step < count_steps(self.active):
            return self
        return Experiment(self.active if self.fork else self.run, step)

    def before(self) -> "Experiment | None":
        """Undo the last action; None if the experiment has no stretch."""
        if self.fork:
            return replace(self, fork=self.fork[:-1])
        if self.fork_at is not None:
            return Experiment(self.run)
        return Experiment(self.run[:-1]) if self.run else None

    @property
    def is_full(self) -> bool:
        """Whether a branch has the maximum number of stretches of a URL."""
        return max(len(self.active), len(self.run)) >= MAX_STRETCHES


def problem_with(stretch: Stretch, first_step: int) -> Sentence | None:
    """Say why a stretch cannot be run from that step; None if it can."""
    if stretch.batch_size is None:
        return None
    if stretch.steps > MAX_BATCH_STEPS:
        return Sentence("gradient_steps.run_too_many_batches", most=MAX_BATCH_STEPS)
    if first_step + stretch.steps > MAX_BATCH_FIRST_STEP:
        return Sentence("gradient_steps.run_too_far_for_batches", most=MAX_BATCH_FIRST_STEP)
    return None


def parse(run: str, fork: str = "") -> Experiment:
    """Read an experiment from its URL texts; invalid parts are left out."""
    stretches = _parse_stretches(run, 0)
    match = _FORK.fullmatch(fork)
    if not stretches or match is None or int(match[1]) >= count_steps(stretches):
        return Experiment(stretches)
    fork_at = int(match[1])
    forked = Experiment(stretches, fork_at, _parse_stretches(match[2], fork_at))
    makes_sense = bool(forked.fork or not match[2]) and len(forked.active) <= MAX_STRETCHES
    return forked if makes_sense else Experiment(stretches)


def _parse_stretches(text: str, first_step: int) -> Stretches:
    stretches: list[Stretch] = []
    for part in text.split("~")[: MAX_STRETCHES + 1]:
        match = _STRETCH.fullmatch(part)
        if match is None:
            return ()
        batch_size = int(match[3]) if match[3] else None
        stretch = Stretch(int(match[1]), float(match[2]), batch_size, float(match[4] or 0))
        if not (
            1 <= stretch.steps <= MAX_STEPS
            and MIN_RATE <= stretch.learning_rate <= MAX_RATE
            and (batch_size is None or 1 <= batch_size <= MAX_BATCH_SIZE)
            and (stretch.decay == 0 or MIN_RATE <= stretch.decay <= MAX_DECAY)
            and problem_with(stretch, first_step + count_steps(stretches)) is None
        ):
            return ()
        stretches.append(stretch)
    return tuple(stretches) if len(stretches) <= MAX_STRETCHES else ()


def write(experiment: Experiment) -> tuple[str, str]:
    """Write run and fork as URL texts that are read back exactly."""
    fork = "" if experiment.fork_at is None else f"{experiment.fork_at}:{_write(experiment.fork)}"
    return _write(experiment.run), fork


def _write(stretches: Sequence[Stretch]) -> str:
    return "~".join(
        f"{stretch.steps}x{_plain(stretch.learning_rate)}"
        + (f"b{stretch.batch_size}" if stretch.batch_size is not None else "")
        + (f"d{_plain(stretch.decay)}" if stretch.decay else "")
        for stretch in stretches
    )


def _plain(value: float) -> str:
    return np.format_float_positional(value, trim="-") if 1e-4 < value < 1e15 else repr(value)


def train_stretches(
    train: Train, dataset: Dataset, start: Line, stretches: Sequence[Stretch]
) -> list[History]:
    """Train the stretches, each from the end of the one before; stop at an explosion.

    Parameters
    ----------
    train : callable
        ``core.training.train``, or a cached version of it.

    Returns
    -------
    list of History
        One for each stretch that was run, of one learning rate each.
    """
    histories: list[History] = []
    here = start
    begins = accumulate((stretch.steps for stretch in stretches), initial=0)
    for stretch, first_step in zip(stretches, begins, strict=False):
        history = train(dataset, stretch.config(here, first_step))
        histories.append(history)
        if history.diverged_at[0] >= 0:
            break
        here = history.last_line()
    return histories


def steps_until_flat(
    train: Train, dataset: Dataset, start: Line, first_step: int, stretch: Stretch, tolerance: float
) -> int | None:
    """Count the steps of a stretch until the gradient is no longer than a tolerance.

    It is the gradient over all points, even if the steps use mini-batches.

    Parameters
    ----------
    start : Line
        Where the stretch begins.
    first_step : int
        The step number of the start.
    tolerance : float
        The largest allowed √(grad_w² + grad_b²).

    Returns
    -------
    int or None
        0 if the start satisfies it already; None if no step of the stretch does.
    """
    here, done = start, 0
    best, curvature_matrix = best_fit(dataset), hessian(dataset)
    while True:
        steps = stretch.steps - done
        if stretch.batch_size is not None:  # noisy gradients: record every step
            steps = min(steps, RECORDED_STEPS - 1)
        history = train(dataset, replace(stretch, steps=steps).config(here, first_step + done))
        length = np.hypot(history.grad_w[0], history.grad_b[0])
        if stretch.batch_size is not None:
            length = np.hypot(*(curvature_matrix @ [history.w[0] - best.w, history.b[0] - best.b]))
        taken = history.steps - history.steps[0]
        flat = np.flatnonzero(length <= tolerance)
        if flat.size:
            slot = int(flat[0])
            if slot == 0 or taken[slot] == taken[slot - 1] + 1:
                return done + int(taken[slot])
            # It lies between two recorded steps: run those again, with every step recorded.
            here = Line(float(history.w[0, slot - 1]), float(history.b[0, slot - 1]))
            stretch = replace(stretch, steps=done + int(taken[slot]))
            done += int(taken[slot - 1])
        elif done + steps < stretch.steps and history.diverged_at[0] < 0:
            here, done = history.last_line(), done + steps
        else:
            return None


def steps_remaining(dataset: Dataset, start: Line, here: Line, learning_rate: float) -> int | None:
    """Count the steps from here until the line has arrived, in closed form; see ``arrives``.

    0 if it has; None if the rate explodes, or if no gap counts as arrived: all y are equal and the
    run started at the best fit.
    """
    now, there = gap(dataset, here), arrived_gap(dataset, start)
    if now <= there:
        return 0
    share = (there / now) ** 2
    return steps_needed(dataset, learning_rate, here, share) if share else None


@dataclass(frozen=True, eq=False)
class Step:
    """One iteration of the loop, with everything it computes.

    Parameters
    ----------
    number : int
        The step's number.
    learning_rate : float
    x, y : ndarray of shape (m,)
        The points used: all, or its mini-batch.
    predicted : ndarray of shape (m,)
        Predictions of the old line, in y-units.
    loss : float
        Mean squared error over those points.
    gradient : tuple of two floats
        The gradient from the tape, by w and by b.
    old, new : Line
        Before and after.
    """

    number: int
    learning_rate: float
    x: FloatArray
    y: FloatArray
    predicted: FloatArray
    loss: float
    gradient: tuple[float, float]
    old: Line
    new: Line


def take_apart(
    train: Train, dataset: Dataset, start: Line, stretches: Sequence[Stretch], number: int
) -> Step:
    """Run up to a step, and return everything that this step computes.

    Parameters
    ----------
    stretches : sequence of Stretch
        The last of them contains that step.
    number : int
        How many steps come before it.
    """
    to_it = cut(stretches, number + 1)
    stretch, first_step = to_it[-1], count_steps(to_it[:-1])
    here = start
    for history in train_stretches(train, dataset, start, to_it[:-1]):
        here = history.last_line()
    if first_step < number:
        here = train(
            dataset, replace(stretch, steps=number - first_step).config(here, first_step)
        ).last_line()
    history = train(dataset, replace(stretch, steps=0).config(here, number))
    grad_w, grad_b = float(history.grad_w[0, 0]), float(history.grad_b[0, 0])
    rate = stretch.rate_at(number)
    chosen: IntArray | slice = slice(None)
    if stretch.batch_size is not None:
        (chosen,) = batch_indices(0, dataset.n, number + 1, stretch.batch_size, number)
    x, y = dataset.x[chosen], dataset.y[chosen]
    size = size_of_terms(dataset, here.w, here.b)
    return Step(
        number,
        rate,
        x,
        y,
        known(here.at(x), size),
        float(known(np.mean((here.at(x) - y) ** 2), size, power=2)),
        (grad_w, grad_b),
        here,
        Line(here.w - rate * grad_w, here.b - rate * grad_b),  # even if the run explodes here
    )


@dataclass(frozen=True, eq=False)
class Race:
    """Final gaps of mini-batch runs: settled or not, at the same rate or a tenth of it.

    Parameters
    ----------
    early, late, more : int
        Steps before the rate changes, for the unsettled and the settled runs, and after it.
    gaps : ndarray of shape (draws, 2, 2)
        Final gaps, in y-units: unsettled and settled; same and smaller rate.
    long : int
        Steps of the run with a decaying rate, and of the one with a constant rate.
    long_gaps : ndarray of shape (draws, 2)
        Final gaps of those, in y-units: constant rate, and decaying rate.
    decay : float
        Decay per step: the rate ends at a tenth of its initial value.
    """

    early: int
    late: int
    more: int
    gaps: FloatArray
    long: int
    long_gaps: FloatArray
    decay: float


def plan_race(dataset: Dataset, start: Line, learning_rate: float) -> tuple[int, int] | None:
    """Choose after how many steps a run is still converging, and after how many it has settled.

    Settled: gradient descent on all points would have shrunk the gap to a millionth. Converging: a
    fifth of those steps. None if mini-batch runs are not allowed that many steps.
    """
    needed = steps_needed(dataset, learning_rate, start, 1e-12)
    if needed is None or needed < 5:
        return None
    late = math.ceil(needed / 100) * 100 if needed > 100 else needed
    return None if late + late // 5 > MAX_BATCH_STEPS else (late // 5, late)


def race(
    train: Train,
    dataset: Dataset,
    start: Line,
    learning_rate: float,
    batch_size: int,
    plan: tuple[int, int],
    draws: int,
) -> Race:
    """Continue mini-batch runs at the same rate and at a tenth of it, for several draws.

    Parameters
    ----------
    plan : tuple of two ints
        From ``plan_race``.
    draws : int
        Number of repetitions, with seeds 0, 1, …
    """
    early, late = plan
    long = min(4 * (late + early), MAX_BATCH_STEPS)
    decay = 9 / long
    gaps, long_gaps = np.empty((draws, 2, 2)), np.empty((draws, 2))
    for seed in range(draws):
        for place, before in enumerate(plan):
            run = TrainingConfig((learning_rate,), before, start, 0, batch_size, seed)
            here = train(dataset, run).last_line()
            rates = (learning_rate, learning_rate / 10)
            on = train(dataset, TrainingConfig(rates, early, here, before, batch_size, seed))
            gaps[seed, place] = [gap(dataset, on.last_line(rate)) for rate in range(2)]
        for place, fall in enumerate((0.0, decay)):
            run = TrainingConfig((learning_rate,), long, start, 0, batch_size, seed, decay=fall)
            long_gaps[seed, place] = gap(dataset, train(dataset, run).last_line())
    return Race(early, late, early, gaps, long, long_gaps, decay)
