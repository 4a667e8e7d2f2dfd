"""Where the labels at the ends of curves stand, so that none covers another."""

import numpy as np
from numpy.typing import ArrayLike

from core.datasets import FloatArray


def spread(values: ArrayLike, low: float, high: float, most: int = 14) -> FloatArray:
    """Move labels up an axis just so far that none covers another.

    Parameters
    ----------
    values : array_like of shape (k,)
        Where they belong.
    low, high : float
        The ends of the axis.
    most : int
        So many labels fit above each other.
    """
    room = (high - low) / most
    values = np.asarray(values, dtype=float)
    order = np.argsort(values, kind="stable")
    places = values[order]
    for place in range(1, places.size):
        places[place] = max(places[place], places[place - 1] + room)
    moved = np.empty_like(places)
    moved[order] = places - max(0.0, places[-1] - high)
    return moved
