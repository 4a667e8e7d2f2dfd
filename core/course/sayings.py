"""Common claims about learning rates, tested on the current data by running them.

Each claim is a function that performs the runs it is about and derives the verdict from the
numbers. The verdicts are meant to differ from data set to data set.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core import theory
from core.datasets import Dataset, Line
from core.descent.experiments import MIN_RATE, Experiment, Stretch, Train, train_stretches
from core.runs import MAX_STEPS, TrainingConfig
from core.words import Sentence
from core.words.writing import in_steps, readable, readable_below, told_apart

Verdict = Literal["so", "up to a point", "not so"]


@dataclass(frozen=True)
class Finding:
    """The result of testing a claim.

    Parameters
    ----------
    verdict : "so", "up to a point" or "not so"
    measured : str
        The result in words, with its numbers.
    rates : tuple of float
        The learning rates whose comparison shows it.
    steps : int
        The number of steps of that comparison.
    experiment : Experiment or None
        The experiment that shows it instead, if it needs a change of the rate.
    """

    verdict: Verdict
    measured: str
    rates: tuple[float, ...]
    steps: int
    experiment: Experiment | None = None


def _gap_after(
    train: Train, dataset: Dataset, start: Line, rate: float, steps: int
) -> tuple[float, int]:
    """Run, and measure the final gap; also return ``diverged_at`` of the run."""
    history = train(dataset, TrainingConfig((rate,), steps, start))
    return theory.gap(dataset, history.last_line()), int(history.diverged_at[0])


def larger_is_closer(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Compare rates from slow to beyond the limit after 200 steps."""
    limit = theory.stable_limit(dataset)
    rates = tuple(multiple * limit for multiple in (0.01, 0.1, 0.5, 0.97, 1.05))
    history = train(dataset, TrainingConfig(rates, 200, start))
    gaps = [
        math.inf if stopped >= 0 else theory.gap(dataset, history.last_line(index))
        for index, stopped in enumerate(history.diverged_at)
    ]
    best = [rate for rate, end in zip(rates, gaps, strict=True) if end == min(gaps)]
    verdict: Verdict = (
        "so" if best == [rates[-1]] else "not so" if best == [rates[0]] else "up to a point"
    )
    told = "; ".join(
        f"{readable(rate)}: "
        + (readable(end) if stopped < 0 else f"explodes, stopped after step {stopped:,}")
        for rate, end, stopped in zip(rates, gaps, history.diverged_at, strict=True)
    )
    closest = (
        f"Closest is {readable(best[0])}"
        if len(best) == 1
        else f"Closest are {', '.join(map(readable, best))}, equally so but for rounding"
    )
    return Finding(
        verdict,
        f"After 200 steps the distance to the best fit is, rate by rate, {told}. {closest}; above "
        f"{readable_below(limit)} a run that is off across the valley explodes.",
        rates,
        200,
    )


def two_million_steps(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Compare 200 steps with two million at a ten-thousandth of the rate.

    The verdict is "so" if both runs need about all of their steps to reach the gap at which the 200
    steps end, to 1 %, or to arrive: one of them may be there long before its end.
    """
    begun = theory.gap(dataset, start)
    runs = ((MAX_STEPS // 10_000, rate), (MAX_STEPS, rate / 10_000))
    ends = [_gap_after(train, dataset, start, tried, steps) for steps, tried in runs]
    (few, exploded), (many, _) = ends
    verdict: Verdict = "not so"
    why = ""
    if exploded < 0 and few <= 0.99 * begun:
        near = max(1.01 * few, min(theory.arrived_gap(dataset, start), 0.01 * begun))
        needed, needed_tiny = (
            theory.steps_needed(dataset, tried, start, (near / begun) ** 2) for _, tried in runs
        )
        if needed is None:
            verdict = "up to a point"
            why = (
                f" But {readable(rate)} is not below the limit: what the first run sheds is error "
                "along the valley's floor, and an error across the valley does not shrink at that "
                "rate."
            )
        elif needed_tiny is not None:
            if needed >= 0.9 * runs[0][0] and abs(needed_tiny / MAX_STEPS - 1) <= 0.1:
                verdict = "so"
            elif needed_tiny >= 1_000 * needed:
                verdict = "up to a point"
            why = (
                f" The gap is down to {readable(near)} after {in_steps(needed)} at "
                f"{readable(rate)}, and after {in_steps(needed_tiny)} at {readable(rate / 10_000)}."
            )
    elif exploded < 0 and many > 0.99 * begun:
        why = " Neither run has come a hundredth of the way."
    told = (
        f"{steps:,} steps at {readable(tried)} "
        + ("explode" if stopped >= 0 else f"end {readable(end)} from the best fit")
        for (steps, tried), (end, stopped) in zip(runs, ends, strict=True)
    )
    return Finding(
        verdict,
        f"{', '.join(told)}; the start is {readable(begun)} away.{why}",
        (rate / 10_000,),
        MAX_STEPS,
    )


def too_large_jumps_out(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Run at a rate a little above the limit."""
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
            else "In these 200 steps it has not climbed above where it began. What grows above the "
            "limit is an error across the valley, and this start has "
            + ("none." if theory.error_across(dataset, start) == 0 else "only a little of it.")
        ),
        (above,),
        200,
    )


def smaller_gets_closer(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """After 200 steps on all points, take 200 more at the same rate, and at a tenth of it.

    At the learner's rate, at one below 1/λ₂, where nothing zigzags, and at one near the limit; the
    latter two so small, and so near, that much of one error is left after 200 steps.
    """
    fastest, limit = theory.fastest_rate(dataset), theory.stable_limit(dataset)
    axes = theory.curvature(dataset)
    below = min(fastest / 2, _LASTING / axes.flat)
    above = max((fastest + limit) / 2, (2 - _LASTING) / axes.steep)
    edge, beyond = told_apart(limit, above)
    tried = {
        f"your rate, {readable(rate)}": rate,
        f"without a zigzag, at {readable(below)}": below,
        f"near the limit, {edge}, at {beyond}": above,
    }
    closer, told = [], []
    for name, first in tried.items():
        same, smaller = (
            _end_of_two(train, dataset, start, first, second) for second in (first, first / 10)
        )
        if same is not None and smaller is not None:
            closer.append(smaller < same)
            told.append("- {}: {} and {}".format(name, *told_apart(same, smaller)))
        elif smaller is not None:
            closer.append(True)
            told.append(
                f"- {name}: at the same rate the second 200 explode, at a tenth of it they end "
                f"{readable(smaller)} away"
            )
        else:
            closer.append(False)
            told.append(f"- {name}: the first 200 steps explode")
    rows = "\n".join(told)
    return Finding(
        "so" if all(closer) else "up to a point" if any(closer) else "not so",
        "200 steps at a rate, then 200 more at it, or at a tenth of it, end so far from the best "
        f"fit:\n\n{rows}\n\nWith all points in every step nothing jitters. {what_jumps(dataset)} "
        "(Mini-batches jitter: see Gradient steps.)",
        (rate, rate / 10),
        400,
        Experiment((Stretch(200, rate),) * 2, 200, (Stretch(200, max(rate / 10, MIN_RATE)),)),
    )


def what_jumps(dataset: Dataset) -> Sentence:
    """Say when a tenth of the rate gets closer, with all points in every step."""
    safe, limit = theory.safe_rate(dataset), theory.stable_limit(dataset)
    return Sentence("shared.what_jumps", safe=safe, limit=limit)


_LASTING = 0.01  # of an error removed per step: 0.99²⁰⁰, about a seventh, is left after 200


def _end_of_two(
    train: Train, dataset: Dataset, start: Line, first: float, second: float
) -> float | None:
    """Take 200 steps at one rate and 200 at another; return the gap, or None if they explode."""
    stretches = (Stretch(200, first), Stretch(200, second))
    last = train_stretches(train, dataset, start, stretches)[-1]
    return None if last.diverged_at[0] >= 0 else theory.gap(dataset, last.last_line())


def never_exact(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Run until 1e-9 of the start's gap is left, or for two million steps."""
    safe = theory.safe_rate(dataset)
    begun = theory.gap(dataset, start)
    needed = theory.steps_needed(dataset, safe, start, 1e-18)
    steps = MAX_STEPS if needed is None else min(max(needed, 1), MAX_STEPS)
    end, _ = _gap_after(train, dataset, start, safe, steps)
    arrived = steps < MAX_STEPS or end <= 1e-8 * begun  # before that, only rounding is left
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
    """Compare the start with one ten times as far from the best fit, on the opposite side."""
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
    losses = theory.losses_beside(dataset, start, (small * grad_w, small * grad_b))
    if losses is None:
        measured = (
            f"At the start the loss is {readable(theory.mse(dataset, start), 6)}. A small step "
            "along the gradient makes it larger, a step against it smaller, here both by less than "
            "rounding lets one see"
        )
    else:
        before, along, against = told_apart(*losses, digits=6)
        measured = (
            f"At the start the loss is {before}. A small step along the gradient makes it "
            f"{along}, a step against it {against}"
        )
    return Finding(
        "not so",
        f"{measured}: the gradient points uphill, and the loop subtracts it.",
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
    away, equal = theory.gap(dataset, dataset.true_line), theory.lies_on_a_line(dataset)
    return Finding(
        "so" if equal else "not so",
        "These points lie on the true line exactly: it is the best fit."
        if equal
        else f"On these {dataset.n:,} points the true line has a loss of {readable(true, 6)}, the "
        f"best fit one of {readable(best, 6)}, the lowest there is. Gradient descent goes to the "
        f"best fit; the true line is another one, {readable(away)} away.",
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
