"""Three short questions about each lesson, on the data at hand.

Each wrong choice is a common misconception with its own feedback. The numbers are computed from the
data; the sentences are in ``core.words``, and their claims hold on every data set.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import count

import numpy as np

from core import theory
from core.course.mistakes import Mistake
from core.datasets import Dataset, Line, make_noisy_line
from core.runs import TrainingConfig


@dataclass(frozen=True)
class Asked:
    """A question with one right answer, before it is put in words.

    Parameters
    ----------
    section : str
        The question; its choices are ``<section>_1`` to ``_3``, the feedback to a wrong one
        ``<section>_<choice>_no``, and why the right one is right ``<section>_because``.
    right : int
        Index of the right choice.
    facts : mapping
        The values of all these sections.
    """

    section: str
    right: int
    facts: Mapping[str, object]


Make = Callable[[Dataset, Line], Asked]


@dataclass(frozen=True)
class Choice:
    """An answer to choose; ``feedback`` says why it is wrong, None for the right one."""

    text: str
    feedback: str | None = None


@dataclass(frozen=True)
class Question:
    """A question in words: Markdown.

    Parameters
    ----------
    text : str
        What is asked.
    choices : tuple of Choice
        Three; the right one has no feedback.
    because : str
        Why the right choice is right.
    """

    text: str
    choices: tuple[Choice, Choice, Choice]
    because: str


def worded(asked: Asked, say: Callable[..., str]) -> Question:
    """Render the texts of a question.

    Parameters
    ----------
    say : callable
        Renders a section: ``core.words.say``, or the same in the learner's language.
    """
    first, second, third = (
        Choice(
            say(f"{asked.section}_{place + 1}", **asked.facts),
            None if place == asked.right else say(f"{asked.section}_{place + 1}_no", **asked.facts),
        )
        for place in range(3)
    )
    return Question(
        say(asked.section, **asked.facts),
        (first, second, third),
        say(f"{asked.section}_because", **asked.facts),
    )


# Data


def true_line(dataset: Dataset, start: Line) -> Asked:
    """Ask whether the true line has the lowest loss: the best fit has, by definition."""
    known = dataset.true_line
    facts = {
        "n": dataset.n,
        "known": known is not None,
        "is_exact": theory.lies_on_a_line(dataset),
        "lowest": theory.lowest_loss(dataset),
        "true_loss": None if known is None else theory.mse(dataset, known),
    }
    return Asked("data.check_true_line", 1, facts)


def twice_the_miss(dataset: Dataset, start: Line) -> Asked:
    """Ask what a residual of twice the size, on the other side, adds to the loss."""
    miss = theory.round_down(theory.spread(dataset) or 1.0)
    facts = {
        "n": dataset.n,
        "miss": miss,
        "twice": 2 * miss,
        "small": miss**2 / dataset.n,
        "large": (2 * miss) ** 2 / dataset.n,
    }
    return Asked("data.check_twice_the_miss", 2, facts)


def loss_left(dataset: Dataset, start: Line) -> Asked:
    """Ask how to interpret the loss of the best fit."""
    if theory.lies_on_a_line(dataset):
        return Asked("data.check_no_loss_left", 0, {})
    lowest = theory.lowest_loss(dataset)
    return Asked("data.check_loss_left", 0, {"lowest": lowest})


# Loss surface


def downhill(dataset: Dataset, start: Line) -> Asked:
    """Ask which way a step goes, at the learner's start: against the gradient."""
    w, b = theory.gradient(dataset, start)
    small = 0.1 * theory.safe_rate(dataset)
    losses = theory.losses_beside(dataset, start, (small * w, small * b))
    here, along, against = losses or (None, None, None)
    facts = {
        "slope_w": w,
        "slope_b": b,
        "is_seen": losses is not None,
        "loss": here,
        "loss_along": along,
        "loss_against": against,
    }
    return Asked("loss_surface.check_downhill", 1, facts)


def one_bowl(dataset: Dataset, start: Line) -> Asked:
    """Ask whether the loss has another minimum that a run can end in."""
    best, gap = theory.best_fit(dataset), theory.gap(dataset, start)
    times = 10 * max(1.0, theory.spread(dataset) / gap if gap else 1.0)
    far = Line(best.w - times * (start.w - best.w), best.b - times * (start.b - best.b))
    return Asked("loss_surface.check_one_bowl", 2, {"far": far, "best": best})


def same_ring(dataset: Dataset, start: Line) -> Asked:
    """Ask what lines on one ring share: the loss, neither slope nor residuals."""
    facts = {
        "start": start,
        "other": beside_on_ring(dataset, start),
        "loss": theory.mse(dataset, start),
    }
    return Asked("loss_surface.check_same_ring", 1, facts)


def beside_on_ring(dataset: Dataset, line: Line) -> Line:
    """Find a line with the same loss, another slope and other residuals.

    A quarter of the ring away, or nearer if that line has the same slope or residuals.
    """
    others = [_along_the_ring(dataset, line, degrees) for degrees in (90, 60, 40)]
    return next((other for other in others if _differ(dataset, line, other)), others[0])


def _along_the_ring(dataset: Dataset, line: Line, degrees: float) -> Line:
    best, fold = theory.best_fit(dataset), dataset.fold[:2, :2]
    cos, sin = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    off = fold @ [line.w - best.w, line.b - best.b]
    w, b = np.linalg.solve(fold, np.array([[cos, -sin], [sin, cos]]) @ off)
    return Line(float(best.w + w), float(best.b + b))


def _differ(dataset: Dataset, one: Line, other: Line) -> bool:
    """Tell whether two lines differ in their slopes and in how far they miss the points."""
    gap = theory.gap(dataset, one)
    misses, others = (np.sort(np.abs(theory.residuals(dataset, line))) for line in (one, other))
    turned = abs(other.w - one.w) * float(np.std(dataset.x)) > 0.01 * gap
    return turned and float(np.max(np.abs(misses - others))) > 1e-6 * gap


# Gradient steps

FEW_STEPS = 20


def only_way(dataset: Dataset, start: Line) -> Asked:
    """Ask whether a line can be fitted without gradient descent."""
    lowest = theory.lowest_loss(dataset)
    rate = theory.round_down(theory.safe_rate(dataset))
    loss = float(theory.loss_after(dataset, start, rate, np.array([FEW_STEPS]))[0])
    facts = {
        "n": dataset.n,
        "steps": FEW_STEPS,
        "rate": rate,
        "lowest": lowest,
        "loss": loss,
        "is_there": math.isclose(lowest, loss, rel_tol=1e-12),
    }
    return Asked("gradient_steps.check_only_way", 0, facts)


def smaller_is_closer(dataset: Dataset, start: Line) -> Asked:
    """Ask whether the smaller of two rates ends closer after as many steps."""
    large = theory.round_down(theory.safe_rate(dataset))
    small = large / 10
    w, b = theory.closed_form_path(dataset, TrainingConfig((large, small), FEW_STEPS, start))
    gaps = [theory.gap(dataset, Line(float(w[rate, -1]), float(b[rate, -1]))) for rate in range(2)]
    facts = {
        "steps": FEW_STEPS,
        "large_rate": large,
        "small_rate": small,
        "gap_of_large": gaps[0],
        "gap_of_small": gaps[1],
    }
    return Asked("gradient_steps.check_smaller_is_closer", 2, facts)


def one_step(dataset: Dataset, start: Line) -> Asked:
    """Ask what one step does to that of w and b whose slope is steeper."""
    slopes = theory.gradient(dataset, start)
    place = int(abs(slopes[1]) >= abs(slopes[0]))
    slope, rate = slopes[place], theory.round_down(theory.safe_rate(dataset))
    facts = {
        "parameter": "wb"[place],
        "slope": slope,
        "rate": rate,
        "uphill": rate * slope,
        "downhill": -rate * slope,
        "minus_slope": -slope,
    }
    return Asked("gradient_steps.check_one_step", 1, facts)


# Learning rates

HUGE = 10.0  # times the limit: a rate far above it
ARRIVES = 0.75  # times the limit: a step multiplies the error across the valley by −½
OVERFLOW_STEPS = 1_000  # enough for any error to overflow a float64 at that rate


def _is_off_across(dataset: Dataset, start: Line) -> bool:
    """Tell whether a start has an error across the valley that can grow."""
    flat, steep = theory.axis_errors(dataset, np.array(start.w), np.array(start.b))
    return bool(steep**2 > 1e-6 * (flat**2 + steep**2))


def _climbs_at_once(dataset: Dataset, start: Line, rate: float) -> bool:
    """Tell whether the loss grows visibly, by more than 1 %, in the first step.

    The loss is a sum of two exponentials and a constant: once it grows, it keeps growing. Before,
    the error along the floor may shrink by more than the one across the valley grows.
    """
    before, after = theory.loss_after(dataset, start, rate, np.arange(2))
    return bool(after > 1.01 * before)


def huge_rate(dataset: Dataset, start: Line) -> Asked:
    """Ask what a run far above the limit looks like, and what a NaN means."""
    rate = HUGE * theory.stable_limit(dataset)
    facts = {
        "steps": OVERFLOW_STEPS,
        "rate": rate,
        "climbs_at_once": _climbs_at_once(dataset, start, rate),
        "growth": 2 * HUGE - 1,
    }
    return Asked("learning_rates.check_huge_rate", 2, facts)


def other_scale(dataset: Dataset, start: Line) -> Asked:
    """Ask whether a rate that arrives still does when x is counted in a smaller unit."""
    limit = theory.stable_limit(dataset)
    rate = ARRIVES * limit
    times, finer_limit = finer_unit(dataset, rate)
    finer = Dataset(times * dataset.x, dataset.y)
    facts = {
        "rate": rate,
        "times": times,
        "limit": limit,
        "finer_limit": finer_limit,
        "is_off_across": _is_off_across(finer, Line(start.w / times, start.b)),
    }
    return Asked("learning_rates.check_other_scale", 0, facts)


def finer_unit(dataset: Dataset, rate: float) -> tuple[float, float]:
    """Find the power of ten by which to multiply x so that a rate is twice the limit or more.

    Returns
    -------
    times : float
        10, 100, 1,000 …
    limit : float
        The limit with these x.
    """
    for power in count(1):
        times = 10.0**power
        curvatures = np.linalg.eigvalsh(theory.hessian(dataset) * np.outer([times, 1], [times, 1]))
        limit = 2 / float(curvatures[-1])
        if rate >= 2 * limit:
            break
    return times, limit


def hidden_zigzag(dataset: Dataset, start: Line) -> Asked:
    """Ask whether a falling loss rules out a zigzag."""
    factor = 1 - 2 * ARRIVES
    facts = {
        "rate": ARRIVES * theory.stable_limit(dataset),
        "factor": factor,
        "remaining": factor**10,
    }
    return Asked("learning_rates.check_hidden_zigzag", 1, facts)


# Mistakes


def what_happens(mistake: Mistake, lesson: Dataset) -> Asked:
    """Ask what a wrong script does; what is said why is also what to learn from it.

    Parameters
    ----------
    lesson : Dataset
        The lesson's noisy line, which the scripts make.
    """
    limit = theory.stable_limit(lesson)
    facts = {"n": lesson.n, "limit": limit, "sum_limit": limit / lesson.n}
    return Asked(mistake.section, mistake.right, facts)


def silence(dataset: Dataset, start: Line) -> Asked:
    """Ask what a run without an error message proves."""
    return Asked("mistakes.check_silence", 1, {})


def rising_loss(dataset: Dataset, start: Line) -> Asked:
    """Ask what a loss that grows at every step points to."""
    return Asked("mistakes.check_rising_loss", 0, {})


def last_line(dataset: Dataset, start: Line) -> Asked:
    """Ask where an error message says what is wrong."""
    return Asked("mistakes.check_last_line", 2, {})


# Hot dog or not: about the lesson's line and the network, independent of the chosen data

NETWORK_RATE = 2.0  # the network converges at this rate, and the lesson's line explodes


def what_is_gone(dataset: Dataset, start: Line) -> Asked:
    """Ask what exists for a line but not for a network: the formula for the limit, not the loop."""
    facts = {"rate": NETWORK_RATE, "limit": theory.stable_limit(make_noisy_line())}
    return Asked("hot_dog.check_what_is_gone", 1, facts)


def by_heart(dataset: Dataset, start: Line) -> Asked:
    """Ask which pictures show whether the network generalises: the held-out ones."""
    return Asked("hot_dog.check_by_heart", 2, {})


SURE, SURE_AND_WRONG, ANSWERS = 0.99, 0.0001, 10


def sure_and_wrong(dataset: Dataset, start: Line) -> Asked:
    """Ask what one confident wrong answer costs, compared with guessing."""
    worst, blind = -math.log(SURE_AND_WRONG), math.log(2)
    facts = {
        "answers": ANSWERS,
        "sure_answers": ANSWERS - 1,
        "sure": SURE,
        "hardly": SURE_AND_WRONG,
        "worst_loss": worst,
        "blind_loss": blind,
        "average_loss": (worst - (ANSWERS - 1) * math.log(SURE)) / ANSWERS,
        "blind_guesses": round(worst / blind),
    }
    return Asked("hot_dog.check_sure_and_wrong", 0, facts)


CHECKS: dict[str, tuple[Make, Make, Make]] = {
    "data": (true_line, twice_the_miss, loss_left),
    "loss-surface": (downhill, one_bowl, same_ring),
    "gradient-steps": (only_way, smaller_is_closer, one_step),
    "learning-rates": (huge_rate, other_scale, hidden_zigzag),
    "mistakes": (silence, rising_loss, last_line),
    "hot-dog": (what_is_gone, by_heart, sure_and_wrong),
}
