"""When the valley of the loss is long, and why: what the later pages struggle with."""

import numpy as np

from core import theory
from core.datasets import Dataset

LONG_VALLEY = 1e4  # a condition number from which gradient descent takes for ever


def why_long(dataset: Dataset) -> str | None:
    """Tell why the valley of this data is long; None where it is not.

    Returns
    -------
    str or None
        "far" where x lies far from 0 for how little it varies, "scale" where its unit is the
        reason: the section of ``data.md``, after ``long_valley_``.
    """
    if theory.curvature(dataset).condition_number <= LONG_VALLEY:
        return None
    by_unit, by_zero = theory.roundest(dataset)
    return "far" if by_zero < by_unit else "scale"


def facts(dataset: Dataset) -> dict[str, float]:
    """Measure x: its mean and its standard deviation, in x-units."""
    return {"mean": float(np.mean(dataset.x)), "spread": float(np.std(dataset.x))}
