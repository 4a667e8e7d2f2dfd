"""The prediction of Hot dog or not: which rate is the best on the held-out pictures.

Its answer is measured: no formula gives it. So rates can tie, and one that falls short by no more
than luck does is close.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from core.course.predictions import Facts
from core.network.runs import FRESH, HELD_OUT, STEPS, NetworkHistory, Verdict, verdict


def luck(one: float, other: float) -> float:
    """Give the typical difference between two scores that differ by chance alone, in points.

    Parameters
    ----------
    one, other : float
        Shares of right answers, from 0 to 1, of a network on as many pictures as are held out.
    """
    both = (one + other) / 2
    return 100 * math.sqrt(both * (1 - both) * (1 / HELD_OUT + 1 / FRESH))


@dataclass(frozen=True)
class ChosenRate(Facts):
    """Facts about the rate that was chosen as the best.

    It is "right", "close", or not the best: because it was "stopped", "explodes", zigzags
    ("zigzag"), is "slow", learned "by_heart", or although it is "good".

    Parameters
    ----------
    chosen_rate : float
    best_rates : tuple of float
        The rates that are right most often, without the chosen one.
    seen : str
        The verdict on the chosen rate.
    right_share, best_share : float
        Shares of right answers on held-out pictures, of the chosen rate and of the best.
    points, chance : float
        How far these lie apart, and how far luck sets two such scores apart, in points.
    loss, first_loss, best_loss : float
        The training loss that the chosen rate ended and began with, and that of the best.
    growth : float
        Its highest loss, in multiples of what it began with.
    steps, taken : int
        The steps of a whole run, and after how many the chosen one was last measured.
    is_smaller, all_stopped : bool
        Whether the chosen rate is smaller than the best, and whether all runs were stopped.
    """

    chosen_rate: float
    best_rates: tuple[float, ...]
    seen: Verdict
    right_share: float
    best_share: float
    points: float
    chance: float
    loss: float
    first_loss: float
    best_loss: float
    growth: float
    steps: int
    taken: int
    is_smaller: bool
    all_stopped: bool
    sections: ClassVar[str] = "hot_dog.predict"


@dataclass(frozen=True, eq=False)
class BestRate:
    """The question which of some rates is right most often, once their runs are whole.

    Parameters
    ----------
    rates : sequence of float
    histories : sequence of NetworkHistory
        One for each rate.
    """

    rates: Sequence[float]
    histories: Sequence[NetworkHistory]

    @property
    def best(self) -> list[int]:
        """Indices of the right rates, equally good; stopped runs come after all others."""
        ranks = [
            (history.diverged_at < 0, history.held_out_accuracy[-1]) for history in self.histories
        ]
        return [place for place, rank in enumerate(ranks) if rank == max(ranks)]

    @property
    def facts(self) -> dict[str, object]:
        """The facts of the answer, named as in ``ChosenRate``."""
        return {
            "best_rates": tuple(self.rates[place] for place in self.best),
            "best_share": self.histories[self.best[0]].held_out_accuracy[-1],
            "all_stopped": all(history.diverged_at >= 0 for history in self.histories),
        }

    def judge(self, choice: int) -> ChosenRate:
        """Find what is right and what is wrong about a choice."""
        mine, theirs = self.histories[choice], self.histories[self.best[0]]
        right, best_right = mine.held_out_accuracy[-1], theirs.held_out_accuracy[-1]
        return ChosenRate(
            self._kind(choice),
            self.rates[choice],
            tuple(self.rates[place] for place in self.best if place != choice),
            verdict(mine),
            right,
            best_right,
            100 * (best_right - right),
            luck(right, best_right),
            mine.loss[-1],
            mine.loss[0],
            theirs.loss[-1],
            mine.loss.max() / mine.loss[0],
            STEPS,
            int(mine.steps[-1]),
            self.rates[choice] < min(self.rates[place] for place in self.best),
            all(history.diverged_at >= 0 for history in self.histories),
        )

    def _kind(self, choice: int) -> str:
        mine, theirs = self.histories[choice], self.histories[self.best[0]]
        right, best_right = mine.held_out_accuracy[-1], theirs.held_out_accuracy[-1]
        if choice in self.best:
            return "right"
        if mine.diverged_at >= 0 > theirs.diverged_at:
            return "stopped"
        if 100 * (best_right - right) < luck(right, best_right):
            return "close"
        if mine.diverged_at >= 0:
            return "stopped"
        if verdict(mine) == "good" and mine.loss[-1] < theirs.loss[-1]:
            return "by_heart"
        return verdict(mine)
