"""What one bad point does to the best fit, because residuals are squared."""

import math
from dataclasses import dataclass, replace

import numpy as np

from core import theory
from core.datasets import Dataset, Line
from core.points import with_outlier

_AWAY = 6.0  # standard deviations of y: distance of the bad point from the best fit


@dataclass(frozen=True)
class BadPoint:
    """An outlier, and the other points.

    Parameters
    ----------
    others : Dataset
        All points but the bad one.
    x, y : float
        Position of the bad point, in the units of the data.
    """

    others: Dataset
    x: float
    y: float

    @property
    def before(self) -> Line:
        """The best fit without it."""
        return theory.best_fit(self.others)

    def reach(self, low: float = -math.inf, high: float = math.inf) -> tuple[float, float]:
        """Find the range of y for moving the bad point, in y-units: around the line without it.

        Parameters
        ----------
        low, high : float
            Bounds of that range; y itself lies within.
        """
        level = float(self.before.at(np.array([self.x]))[0])
        far = max(abs(self.y - level), _AWAY * (theory.spread(self.others) or 1.0))
        bottom, top = max(level - far, low), min(level + far, high)
        return (bottom, top) if bottom < top else (low, high)

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
        """Whether the bad point changes the best fit."""
        return theory.gap(self.dataset, self.before) > 0

    @property
    def share(self) -> float:
        """The share of its squared residual in the best fit's loss; 0 if that loss is 0."""
        dataset = self.dataset
        if theory.lies_on_a_line(dataset):
            return 0.0
        best = theory.best_fit(dataset)
        miss = float(best.at(np.array([self.x]))[0]) - self.y
        return miss**2 / (dataset.n * theory.mse(dataset, best))


def without_last_point(dataset: Dataset) -> Dataset:
    """Remove the last point."""
    return replace(dataset, x=dataset.x[:-1], y=dataset.y[:-1], recipe="", scaling=None)


def of_made_data(dataset: Dataset, x: float, y: float, *, is_in: bool) -> BadPoint:
    """Make the bad point of the lesson's data.

    Parameters
    ----------
    x, y : float
        Its position, in the data's own units.
    is_in : bool
        Whether the data contains it already, as its last point.
    """
    if is_in:
        return BadPoint(without_last_point(dataset), float(dataset.x[-1]), float(dataset.y[-1]))
    scaling = dataset.scaling
    return BadPoint(dataset, (x - scaling.mean) / scaling.scale if scaling else x, y)


def of_any_data(dataset: Dataset) -> BadPoint:
    """Make a bad point far above the best fit, near the right end of x."""
    low, high = float(np.min(dataset.x)), float(np.max(dataset.x))
    x = low + 0.9 * (high - low)
    level = float(theory.best_fit(dataset).at(np.array([x]))[0])
    return BadPoint(dataset, x, level + _AWAY * (theory.spread(dataset) or 1.0))
