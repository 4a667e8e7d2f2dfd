"""What one bad point does to the best fit, because residuals are squared."""

from dataclasses import dataclass, replace

import numpy as np

from core import theory
from core.datasets import Dataset, Line
from core.points import with_outlier

_AWAY = 6.0  # standard deviations of y: how far off the bad point of any data is


@dataclass(frozen=True)
class BadPoint:
    """One point that does not belong, and the points that do.

    Parameters
    ----------
    others : Dataset
        All points but the bad one.
    x, y : float
        Where the bad one is, in the units of the data.
    """

    others: Dataset
    x: float
    y: float

    @property
    def before(self) -> Line:
        """The best fit without it."""
        return theory.best_fit(self.others)

    @property
    def reach(self) -> tuple[float, float]:
        """From where to where the bad point can be moved, in y-units: around the line, and up."""
        level = float(self.before.at(np.array([self.x]))[0])
        far = max(abs(self.y - level), _AWAY * (theory.spread(self.others) or 1.0))
        return level - far, level + far

    @property
    def dataset(self) -> Dataset:
        """All points."""
        return with_outlier(self.others, self.x, self.y)

    @property
    def after(self) -> Line:
        """The best fit of all points."""
        return theory.best_fit(self.dataset)

    @property
    def moves(self) -> bool:
        """Whether the best fit with it is another line."""
        return theory.gap(self.dataset, self.before) > 0

    @property
    def share(self) -> float:
        """What its square makes up of the best fit's loss; 0 where all points lie on a line."""
        dataset = self.dataset
        if theory.lies_on_a_line(dataset):
            return 0.0
        best = theory.best_fit(dataset)
        miss = float(best.at(np.array([self.x]))[0]) - self.y
        return miss**2 / (dataset.n * theory.mse(dataset, best))


def without_last_point(dataset: Dataset) -> Dataset:
    """Take the last point away."""
    return replace(dataset, x=dataset.x[:-1], y=dataset.y[:-1], recipe="", scaling=None)


def of_made_data(dataset: Dataset, x: float, y: float, *, is_in: bool) -> BadPoint:
    """Take the bad point of the lesson's data.

    Parameters
    ----------
    x, y : float
        Where it is, in the data's own units.
    is_in : bool
        Whether it is the last of the data's points already.
    """
    if is_in:
        return BadPoint(without_last_point(dataset), float(dataset.x[-1]), float(dataset.y[-1]))
    scaling = dataset.scaling
    return BadPoint(dataset, (x - scaling.mean) / scaling.scale if scaling else x, y)


def of_any_data(dataset: Dataset) -> BadPoint:
    """Put a bad point far above the best fit, near the right end of x."""
    low, high = float(np.min(dataset.x)), float(np.max(dataset.x))
    x = low + 0.9 * (high - low)
    level = float(theory.best_fit(dataset).at(np.array([x]))[0])
    return BadPoint(dataset, x, level + _AWAY * (theory.spread(dataset) or 1.0))
