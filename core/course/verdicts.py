"""Verdicts on learning rates and numbers of steps to arrive, in words.

A verdict depends only on the error across the valley. A good rate may still need thousands of steps
along a long valley, so a verdict is shown with the number of steps until the line arrives.
"""

from core import theory
from core.datasets import Dataset, Line
from core.words.writing import VERDICT_WORDS, in_steps, readable, readable_below

AT_THE_LIMIT = "jumps for ever, equally far"


def verdict_word(dataset: Dataset, learning_rate: float) -> str:
    """Name a rate's verdict; exactly at the limit, where no error grows, it has its own name."""
    if theory.is_limit(dataset, learning_rate):
        return AT_THE_LIMIT
    return VERDICT_WORDS[theory.verdict(dataset, learning_rate)]


def what_grows(dataset: Dataset, learning_rate: float) -> str:
    """Say which errors grow at a rate above the limit, and above which rates they do."""
    axes = theory.curvature(dataset)
    limits = [readable_below(2 / curvature) for curvature in (axes.steep, axes.flat)]
    if limits[0] == limits[1]:
        return f"at rates above {limits[0]} an error grows at every step, in any direction"
    across = f"at rates above {limits[0]} an error across the valley grows at every step"
    if learning_rate * axes.flat < 2:
        return across
    return f"{across}, and from {limits[1]} on one along its floor does not shrink"


def with_arrival(word: str, arrives: int | None) -> str:
    """Append the steps until a line arrives to a verdict; nothing if it never does."""
    if arrives is None:
        return word
    return f"{word}, arrives after {in_steps(arrives)}" if arrives else f"{word}, has arrived"


def judged(dataset: Dataset, learning_rate: float, start: Line) -> str:
    """Name a rate's verdict, and after how many steps a run from the start arrives."""
    arrives = theory.arrives(dataset, learning_rate, start)
    return with_arrival(verdict_word(dataset, learning_rate), arrives)


def arrival(dataset: Dataset, start: Line) -> str:
    """Say at which gap a line has arrived, and how that is defined."""
    whole = "the standard deviation of y" if theory.spread(dataset) else "the gap at the start"
    return f"{readable(theory.arrived_gap(dataset, start))}, 1 % of {whole}"
