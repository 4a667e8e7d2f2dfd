"""Whether the valley of the loss is long (the Hessian ill-conditioned), and why."""

import numpy as np

from core import theory
from core.datasets import Dataset

LONG_VALLEY = 1e4  # the condition number from which gradient descent is impractically slow


def why_long(dataset: Dataset) -> str | None:
    """Find why the valley of this data is long; None if it is not.

    Returns
    -------
    str or None
        "far" if the mean of x is large relative to its standard deviation, "scale" if the unit of
        x is the reason; the section of ``data.md`` is ``long_valley_`` plus this.
    """
    if theory.curvature(dataset).condition_number <= LONG_VALLEY:
        return None
    by_unit, by_zero = theory.roundest(dataset)
    return "far" if by_zero < by_unit else "scale"


def facts(dataset: Dataset) -> dict[str, float]:
    """Compute the mean and the standard deviation of x, in x-units."""
    return {"mean": float(np.mean(dataset.x)), "spread": float(np.std(dataset.x))}
