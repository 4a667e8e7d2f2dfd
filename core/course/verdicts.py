"""Verdicts on learning rates and numbers of steps to arrive, in words.

A verdict depends only on the error across the valley. A good rate may still need thousands of steps
along a long valley, so a verdict is shown with the number of steps until the line arrives.
"""

from core import theory
from core.datasets import Dataset, Line
from core.words import Sentence
from core.words.writing import VERDICT_WORDS, in_steps, readable_below

AT_THE_LIMIT = "jumps for ever, equally far"


def verdict_word(dataset: Dataset, learning_rate: float) -> str:
    """Name a rate's verdict; exactly at the limit, where no error grows, it has its own name."""
    if theory.is_limit(dataset, learning_rate):
        return AT_THE_LIMIT
    return VERDICT_WORDS[theory.verdict(dataset, learning_rate)]


def what_grows(dataset: Dataset, learning_rate: float) -> Sentence:
    """Say which errors grow at a rate above the limit, and above which rates they do."""
    axes = theory.curvature(dataset)
    return Sentence(
        "shared.what_grows",
        limit=2 / axes.steep,
        floor_limit=2 / axes.flat,
        is_round=readable_below(2 / axes.steep) == readable_below(2 / axes.flat),
        on_floor=learning_rate * axes.flat >= 2,
    )


def with_arrival(word: str, arrives: int | None, taken: int | None = None) -> str:
    """Append the steps until a line arrives to a verdict; nothing if it never does.

    Parameters
    ----------
    taken : int, optional
        The steps of the run at hand: says where they are too few.
    """
    if arrives is None:
        return word
    if taken is not None and arrives > taken:
        return f"{word}, not there yet: arrives after {in_steps(arrives)}"
    return f"{word}, arrives after {in_steps(arrives)}" if arrives else f"{word}, has arrived"


def judged(dataset: Dataset, learning_rate: float, start: Line) -> str:
    """Name a rate's verdict, and after how many steps a run from the start arrives."""
    arrives = theory.arrives(dataset, learning_rate, start)
    return with_arrival(verdict_word(dataset, learning_rate), arrives)


def arrival(dataset: Dataset, start: Line) -> Sentence:
    """Say at which gap a line has arrived, and how that is defined."""
    gap, is_level = theory.arrived_gap(dataset, start), not theory.spread(dataset)
    return Sentence("shared.arrival", arrived_gap=gap, is_level=is_level)
