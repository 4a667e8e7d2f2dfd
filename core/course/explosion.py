"""Facts about a run that exploded: what made it, and how fast it grew."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import theory
from core.course.verdicts import what_grows
from core.datasets import Dataset, Line
from core.descent.experiments import Stretch


def why(dataset: Dataset, stretch: Stretch, step: int) -> dict[str, object]:
    """Say what made a run explode after a step: its rate, or too few points for its rate.

    These are the values of the section ``exploded_why`` of ``gradient_steps.md``.
    """
    rate, limit = stretch.rate_at(step), theory.stable_limit(dataset)
    facts: dict[str, object] = {
        "with_all_points": stretch.batch_size is None,
        "rate": rate,
        "decays": stretch.decay > 0,
        "what_grows": what_grows(dataset, rate),
    }
    if stretch.batch_size is None:
        return facts
    return facts | {
        "is_above": rate > limit,
        "limit": limit,
        "steep": theory.curvature(dataset).steep,
        "steepest_point": theory.steepest_point(dataset),
        **small_enough(dataset, stretch.batch_size),
    }


def small_enough(dataset: Dataset, batch_size: int) -> dict[str, object]:
    """Give a rate below which mini-batches of that size do not explode."""
    return {"batch_size": batch_size, "batch_limit": theory.batch_limit(dataset, batch_size)}


def growth(
    dataset: Dataset, stretch: Stretch, path: Mapping[str, NDArray[Any]]
) -> dict[str, float] | None:
    """Compare how fast the error across the valley grew with the formula.

    Parameters
    ----------
    path : mapping of str to ndarray
        The steps of the stretch that exploded; see ``frames.path``.

    Returns
    -------
    dict or None
        The values of the section ``exploded_growth``; None where the rate or the points change
        from step to step, or the error was 0.
    """
    crossing = np.abs(path["steep"][-2:])
    if stretch.batch_size is not None or stretch.decay:
        return None
    if crossing.size < 2 or not crossing.all():
        return None
    steep = theory.curvature(dataset).steep
    before, after = crossing
    steps = float(np.ptp(path["step"][-2:]))
    return {
        "steep": steep,
        "growth_factor": abs(1 - stretch.learning_rate * steep),
        "measured": float((after / before) ** (1 / steps)),
    }


def is_outside(line: Line, window: Mapping[str, float]) -> bool:
    """Tell whether a line lies outside of a chart's window; see ``frames.fit_window``."""
    heights = line.at(np.array([window["x_low"], window["x_high"]]))
    return bool(heights.min() > window["y_high"] or heights.max() < window["y_low"])
