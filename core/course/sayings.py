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

Verdict = Literal["so", "partly", "not_so"]


@dataclass(frozen=True)
class Finding:
    """The result of testing a claim.

    Parameters
    ----------
    verdict : "so", "partly" or "not_so"
        Its words are the sections ``said_<verdict>``.
    measured : Sentence
        What was measured.
    rates : tuple of float
        The learning rates whose comparison shows it.
    steps : int
        The number of steps of that comparison.
    experiment : Experiment or None
        The experiment that shows it instead, if it needs a change of the rate.
    """

    verdict: Verdict
    measured: Sentence
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
    closest = [rate for rate, end in zip(rates, gaps, strict=True) if end == min(gaps)]
    verdict: Verdict = (
        "so" if closest == [rates[-1]] else "not_so" if closest == [rates[0]] else "partly"
    )
    ends = [
        Sentence("learning_rates.said_larger_end", rate=rate, gap=end)
        if stopped < 0
        else Sentence("learning_rates.said_larger_exploded", rate=rate, stopped=int(stopped))
        for rate, end, stopped in zip(rates, gaps, history.diverged_at, strict=True)
    ]
    measured = Sentence("learning_rates.said_larger_found", ends=ends, closest=closest, limit=limit)
    return Finding(verdict, measured, rates, 200)


def two_million_steps(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Compare 200 steps with two million at a ten-thousandth of the rate.

    The verdict is "so" if both runs need about all of their steps to reach the gap at which the 200
    steps end, to 1 %, or to arrive: one of them may be there long before its end.
    """
    begun = theory.gap(dataset, start)
    runs = ((MAX_STEPS // 10_000, rate), (MAX_STEPS, rate / 10_000))
    ends = [_gap_after(train, dataset, start, tried, steps) for steps, tried in runs]
    (few, exploded), (many, _) = ends
    verdict: Verdict = "not_so"
    why: str | Sentence = ""
    if exploded < 0 and few <= 0.99 * begun:
        near = max(1.01 * few, min(theory.arrived_gap(dataset, start), 0.01 * begun))
        needed, tiny_needed = (
            theory.steps_needed(dataset, tried, start, (near / begun) ** 2) for _, tried in runs
        )
        if needed is None:
            verdict = "partly"
            why = Sentence("learning_rates.said_million_floor", rate=rate)
        elif tiny_needed is not None:
            if needed >= 0.9 * runs[0][0] and abs(tiny_needed / MAX_STEPS - 1) <= 0.1:
                verdict = "so"
            elif tiny_needed >= 1_000 * needed:
                verdict = "partly"
            why = Sentence(
                "learning_rates.said_million_needed",
                near=near,
                needed=needed,
                rate=rate,
                tiny_needed=tiny_needed,
                tiny=rate / 10_000,
            )
    elif exploded < 0 and many > 0.99 * begun:
        why = Sentence("learning_rates.said_million_neither")
    told = [
        Sentence("learning_rates.said_million_end", steps=steps, rate=tried, gap=end)
        if stopped < 0
        else Sentence("learning_rates.said_million_exploded", steps=steps, rate=tried)
        for (steps, tried), (end, stopped) in zip(runs, ends, strict=True)
    ]
    measured = Sentence("learning_rates.said_million_found", ends=told, start_gap=begun, why=why)
    return Finding(verdict, measured, (rate / 10_000,), MAX_STEPS)


def too_large_jumps_out(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Run at a rate a little above the limit."""
    above = 1.02 * theory.stable_limit(dataset)
    history = train(dataset, TrainingConfig((above,), 200, start))
    gaps = [
        theory.gap(dataset, Line(float(w), float(b)))
        for w, b in zip(history.w[0], history.b[0], strict=True)
    ]
    climbs = max(gaps) > gaps[0] and gaps[-1] > gaps[0]
    measured = Sentence(
        "learning_rates.said_jumps_found",
        rate=above,
        start_gap=gaps[0],
        gap=gaps[-1],
        climbs=climbs,
        is_off_across=theory.error_across(dataset, start) != 0,
    )
    return Finding("so" if climbs else "not_so", measured, (above,), 200)


def smaller_gets_closer(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """After 200 steps on all points, take 200 more at the same rate, and at a tenth of it.

    At the learner's rate, at one below 1/λ₂, where nothing zigzags, and at one near the limit; the
    latter two so small, and so near, that much of one error is left after 200 steps.
    """
    fastest, limit = theory.fastest_rate(dataset), theory.stable_limit(dataset)
    axes = theory.curvature(dataset)
    below = min(fastest / 2, _LASTING / axes.flat)
    above = max((fastest + limit) / 2, (2 - _LASTING) / axes.steep)
    tried = [
        (rate, Sentence("learning_rates.said_smaller_yours", rate=rate)),
        (below, Sentence("learning_rates.said_smaller_below", rate=below)),
        (above, Sentence("learning_rates.said_smaller_above", rate=above, limit=limit)),
    ]
    closer, ends = [], []
    for first, which in tried:
        same, smaller = (
            _end_of_two(train, dataset, start, first, second) for second in (first, first / 10)
        )
        closer.append(smaller is not None and (same is None or smaller < same))
        if smaller is None:
            ends.append(Sentence("learning_rates.said_smaller_exploded", which=which))
        elif same is None:
            ends.append(
                Sentence("learning_rates.said_smaller_half_exploded", which=which, smaller=smaller)
            )
        else:
            ends.append(
                Sentence(
                    "learning_rates.said_smaller_ends", which=which, same=same, smaller=smaller
                )
            )
    return Finding(
        "so" if all(closer) else "partly" if any(closer) else "not_so",
        Sentence("learning_rates.said_smaller_found", ends=ends, jumps=what_jumps(dataset)),
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
    measured = Sentence(
        "learning_rates.said_exact_found",
        safe=safe,
        steps=steps,
        gap=end,
        start_gap=begun,
        arrived=arrived,
    )
    return Finding("not_so" if arrived else "so", measured, (safe,), steps)


def start_does_not_matter(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Compare the start with one ten times as far from the best fit, on the opposite side."""
    best, safe = theory.best_fit(dataset), theory.safe_rate(dataset)
    far = Line(best.w - 10 * (start.w - best.w), best.b - 10 * (start.b - best.b))
    near_end, _ = _gap_after(train, dataset, start, safe, 200)
    far_end, _ = _gap_after(train, dataset, far, safe, 200)
    begun = theory.gap(dataset, start)
    bound = 1e-6 * begun
    both = max(near_end, far_end) <= bound
    measured = Sentence(
        "learning_rates.said_start_found", safe=safe, gap=near_end, far_gap=far_end, arrived=both
    )
    return Finding("so" if both else "partly", measured, (safe,), 200)


def gradient_is_the_way(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding:
    """Take one small step along the gradient, and one against it."""
    small = 0.1 * theory.safe_rate(dataset)
    history = train(dataset, TrainingConfig((small,), 0, start))
    grad_w, grad_b = float(history.grad_w[0, 0]), float(history.grad_b[0, 0])
    losses = theory.losses_beside(dataset, start, (small * grad_w, small * grad_b))
    loss, along, against = losses or (theory.mse(dataset, start),) * 3
    measured = Sentence(
        "learning_rates.said_gradient_found",
        loss=loss,
        is_seen=losses is not None,
        loss_along=along,
        loss_against=against,
    )
    return Finding("not_so", measured, (small,), 200)


def true_line_is_best(train: Train, dataset: Dataset, start: Line, rate: float) -> Finding | None:
    """Compare the losses of the true line and of the best fit; None where no true line is known."""
    if dataset.true_line is None:
        return None
    true, best = (
        theory.mse(dataset, line) for line in (dataset.true_line, theory.best_fit(dataset))
    )
    is_exact = theory.lies_on_a_line(dataset)
    measured = Sentence(
        "learning_rates.said_true_found",
        is_exact=is_exact,
        n=dataset.n,
        true_loss=true,
        lowest=best,
        gap=theory.gap(dataset, dataset.true_line),
    )
    return Finding("so" if is_exact else "not_so", measured, (theory.safe_rate(dataset),), 200)


# The claims are the sections ``said_<key>`` of ``core/words/…/learning_rates.md``.
SAYINGS: dict[str, Callable[[Train, Dataset, Line, float], Finding | None]] = {
    "larger": larger_is_closer,
    "million": two_million_steps,
    "jumps": too_large_jumps_out,
    "smaller": smaller_gets_closer,
    "exact": never_exact,
    "start": start_does_not_matter,
    "gradient": gradient_is_the_way,
    "true": true_line_is_best,
}
