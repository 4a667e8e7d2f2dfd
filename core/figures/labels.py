"""Positions for the labels at the ends of curves, so that none overlap."""

import numpy as np
from numpy.typing import ArrayLike

from core.datasets import FloatArray


def spread(values: ArrayLike, low: float, high: float, most: int = 14) -> FloatArray:
    """Move labels along an axis just far enough that none overlap.

    Parameters
    ----------
    values : array_like of shape (k,)
        The labels' ideal positions.
    low, high : float
        The ends of the axis.
    most : int
        How many labels fit above each other.
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
