"""What is said about learning rates, and whether it is so on the data at hand: by measuring it.

Each saying is a function that runs what the sentence is about and judges it by the numbers. The
verdicts may differ from data set to data set; that is the point.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import numpy as np

from core import theory
from core.datasets import Dataset, Line
from core.experiments import MIN_RATE, Experiment, Stretch, Train, train_stretches
from core.runs import MAX_STEPS, TrainingConfig
from core.wording import in_steps, readable, readable_below, told_apart

Verdict = Literal["so", "up to a point", "not so"]


@dataclass(frozen=True)
class Finding:
    """What came out.

    Parameters
    ----------
    verdict : "so", "up to a point" or "not so"
    measured : str
        The outcome, with its numbers.
    rates : tuple of float
        The learning rates to put side by side to see it.
    steps : int
        After so many steps.
    experiment : Experiment or None
        What shows it instead, where it is a change of the rate.
    """

    verdict: Verdict
    measured: str
    rates: tuple[float, ...]
    steps: int
    experiment: Experiment | None = None


def _gap_after(
    train: Train, dataset: Dataset, start: Line, rate: float, steps: int
) -> tuple[float, int]:
    """Run, and measure the gap at the end; the second number is −1, or where it exploded."""
    history = train(dataset, TrainingConfig((rate,), steps, start))
    return theory.gap(dataset, history.last_line()), int(history.diverged_at[0])


def larger_is_closer(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Compare rates from slow to beyond the limit after 200 steps."""
    limit = theory.stable_limit(dataset)
    rates = tuple(multiple * limit for multiple in (0.01, 0.1, 0.5, 0.97, 1.05))
    history = train(dataset, TrainingConfig(rates, 200, start))
    gaps = [theory.gap(dataset, history.last_line(index)) for index in range(len(rates))]
    best = int(np.argmin(gaps))
    verdict: Verdict = (
        "so" if best == len(rates) - 1 else "not so" if best == 0 else "up to a point"
    )
    told = "; ".join(
        f"{readable(one)}: {readable(end)}" for one, end in zip(rates, gaps, strict=True)
    )
    return Finding(
        verdict,
        f"After 200 steps the distance to the best fit is, rate by rate, {told}. Closest is "
        f"{readable(rates[best])}; above {readable_below(limit)} runs explode.",
        rates,
        200,
    )


def two_million_steps(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Compare 200 steps with two million at a ten-thousandth of the rate."""
    begun = theory.gap(dataset, start)
    runs = ((MAX_STEPS // 10_000, rate), (MAX_STEPS, rate / 10_000))
    ends = [_gap_after(train, dataset, start, tried, steps) for steps, tried in runs]
    (few, exploded), (many, _) = ends
    same = exploded < 0 and abs(few - many) <= 0.01 * begun
    told = (
        f"{steps:,} steps at {readable(tried)} "
        + ("explode" if stopped >= 0 else f"end {readable(end)} from the best fit")
        for (steps, tried), (end, stopped) in zip(runs, ends, strict=True)
    )
    return Finding(
        "so" if same else "not so",
        f"{', '.join(told)}; the start is {readable(begun)} away.",
        (rate / 10_000,),
        MAX_STEPS,
    )


def too_large_jumps_out(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Run a little above the limit."""
    above = 1.02 * theory.stable_limit(dataset)
    history = train(dataset, TrainingConfig((above,), 200, start))
    gaps = [
        theory.gap(dataset, Line(float(w), float(b)))
        for w, b in zip(history.w[0], history.b[0], strict=True)
    ]
    climbs = max(gaps) > gaps[0] and gaps[-1] > gaps[0]
    return Finding(
        "so" if climbs else "not so",
        f"At {readable(above)}, 2 % above the limit, the line is {readable(gaps[0])} from the best "
        f"fit at the start and {readable(gaps[-1])} at the end. "
        + (
            "But it jumps *to* nowhere: there is one bowl, and the run climbs its walls."
            if climbs
            else "In these 200 steps it has not climbed above where it began."
        ),
        (above,),
        200,
    )


def smaller_gets_closer(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """After 200 steps, go on for 200 at the same rate, and at a tenth of it; with all points.

    At the learner's rate, and on both sides of the fastest one, 2/(λ₁ + λ₂): so far from it that
    much of one error is still there after 200 steps.
    """
    fastest, limit = theory.fastest_rate(dataset), theory.stable_limit(dataset)
    axes = theory.curvature(dataset)
    below = min(fastest / 2, _LASTING / axes.flat)
    above = max((fastest + limit) / 2, (2 - _LASTING) / axes.steep)
    border, beyond, _ = told_apart(fastest, above, limit)
    tried = {
        f"your rate, {readable(rate)}": rate,
        f"below 2/(λ₁ + λ₂) = {border}, at {readable(below)}": below,
        f"above it, at {beyond}": above,
    }
    closer, told = [], []
    for name, first in tried.items():
        same, smaller = (
            _end_of_two(train, dataset, start, first, second) for second in (first, first / 10)
        )
        if same is None or smaller is None:
            closer.append(False)
            told.append(f"- {name}: the first 200 steps explode")
        else:
            closer.append(smaller < same)
            told.append("- {}: {} and {}".format(name, *told_apart(same, smaller)))
    rows = "\n".join(told)
    return Finding(
        "so" if all(closer) else "up to a point" if any(closer) else "not so",
        "200 steps at a rate, then 200 more at it, or at a tenth of it, end so far from the best "
        f"fit:\n\n{rows}\n\nWith all points in every step nothing jitters; what jumps is the "
        "zigzag across the valley. Above 2/(λ₁ + λ₂) it is what is left in the end, and a smaller "
        "rate calms it. Below, a smaller rate is only slower. (Mini-batches jitter: see Gradient "
        "steps.)",
        (rate, rate / 10),
        400,
        Experiment((Stretch(200, rate),) * 2, 200, (Stretch(200, max(rate / 10, MIN_RATE)),)),
    )


_LASTING = 0.01  # an error that loses so little in a step is there after 200, a seventh of it


def _end_of_two(
    train: Train, dataset: Dataset, start: Line, first: float, second: float
) -> float | None:
    """Take 200 steps at one rate, 200 at another, and measure the gap; None: they explode."""
    stretches = (Stretch(200, first), Stretch(200, second))
    last = train_stretches(train, dataset, start, stretches)[-1]
    return None if last.diverged_at[0] >= 0 else theory.gap(dataset, last.last_line())


def never_exact(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Run until a billionth of the start's gap is left, if two million steps reach that."""
    safe = theory.safe_rate(dataset)
    begun = theory.gap(dataset, start)
    needed = theory.steps_needed(dataset, safe, start, 1e-18)
    steps = MAX_STEPS if needed is None else min(max(needed, 1), MAX_STEPS)
    end, _ = _gap_after(train, dataset, start, safe, steps)
    arrived = end <= 1e-8 * begun
    return Finding(
        "not so" if arrived else "so",
        f"At the safe rate, {readable_below(safe)}, {in_steps(steps)} "
        f"{'ends' if steps == 1 else 'end'} {readable(end)} from the best fit; the start is "
        f"{readable(begun)} away. "
        + (
            "With enough steps it comes as close as the arithmetic allows."
            if arrived
            else "On this data two million steps are not enough."
        ),
        (safe,),
        steps,
    )


def start_does_not_matter(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Start from here, and from ten times as far away on the other side."""
    best, safe = theory.best_fit(dataset), theory.safe_rate(dataset)
    far = Line(best.w - 10 * (start.w - best.w), best.b - 10 * (start.b - best.b))
    near_end, _ = _gap_after(train, dataset, start, safe, 200)
    far_end, _ = _gap_after(train, dataset, far, safe, 200)
    begun = theory.gap(dataset, start)
    bound = 1e-6 * begun
    both = max(near_end, far_end) <= bound
    return Finding(
        "so" if both else "up to a point",
        f"From this start 200 steps at {readable_below(safe)} end {readable(near_end)} from the "
        f"best fit; from ten times as far, on the other side, {readable(far_end)}. "
        + (
            "Both are there."
            if both
            else "Both go to the same place: there is one bowl. But the way is longer, and takes "
            "more steps."
        ),
        (safe,),
        200,
    )


def gradient_is_the_way(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Take one small step along the gradient, and one against it."""
    small = 0.1 * theory.safe_rate(dataset)
    history = train(dataset, TrainingConfig((small,), 0, start))
    grad_w, grad_b = float(history.grad_w[0, 0]), float(history.grad_b[0, 0])
    lines = [
        Line(start.w + way * small * grad_w, start.b + way * small * grad_b) for way in (0, 1, -1)
    ]
    before, along, against = told_apart(*(theory.mse(dataset, line) for line in lines), digits=6)
    return Finding(
        "not so" if theory.gap(dataset, lines[1]) > theory.gap(dataset, lines[0]) else "so",
        f"At the start the loss is {before}. A small step along the gradient makes it {along}, a "
        f"step against it {against}: the gradient points uphill, and the loop subtracts it.",
        (small,),
        200,
    )


def true_line_is_best(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding | None:
    """Compare the losses of the true line and of the best fit; None where no true line is known."""
    if dataset.true_line is None:
        return None
    true, best = (
        theory.mse(dataset, line) for line in (dataset.true_line, theory.best_fit(dataset))
    )
    equal = theory.lies_on_a_line(dataset)
    return Finding(
        "so" if equal else "not so",
        "These points lie on the true line exactly: it is the best fit."
        if equal
        else f"On these {dataset.n:,} points the true line has a loss of {readable(true, 6)}, the "
        f"best fit one of {readable(best, 6)}, the lowest there is. Gradient descent goes to the "
        "best fit; the true line is only near it.",
        (theory.safe_rate(dataset),),
        200,
    )


SAYINGS: dict[str, Callable[[Train, Dataset, Line, float], Finding | None]] = {
    "The larger the rate, the closer it gets.": larger_is_closer,
    "Too small, and 200 steps become two million.": two_million_steps,
    "Too large, and it jumps out of the minimum.": too_large_jumps_out,
    "Near the end a smaller rate gets closer.": smaller_gets_closer,
    "It will not give you the exact solution.": never_exact,
    "Where it starts does not matter.": start_does_not_matter,
    "The gradient is the direction to go.": gradient_is_the_way,
    "The true line is where the loss is lowest.": true_line_is_best,
}
