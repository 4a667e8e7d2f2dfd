"""The run on Start: where it leads at each learning rate of the slider, by the closed form."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from core import theory
from core.datasets import Dataset, FloatArray, Line
from core.runs import LESSON_START

STEPS = 200
# The steps whose lines are drawn; of a run that explodes, the first ones, one by one.
DRAWN = (0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 60, 100, STEPS)
THROWN = (len(DRAWN) - 1) // 2
RATES = 10 ** np.arange(-4.0, 0.1, 0.02)
FIRST_RATE = 0.01

_NEAR = 1.5  # times the best fit's mean distance: a line up to there counts as arrived


@dataclass(frozen=True)
class Outcome:
    """What a run of ``STEPS`` steps at a learning rate does.

    Parameters
    ----------
    rate : float
    kind : str
        "explodes"; "there" or "on_way", by where it ends; and if the line jumps to the other side
        of the points at every step, "there_jumping" or "on_way_jumping".
    number : float
        Of a run that explodes: how many times as far off each step throws the line as the step
        before. Else the mean vertical distance of its last line from the points, in y-units.
    """

    rate: float
    kind: str
    number: float


def mean_distance(dataset: Dataset, line: Line) -> float:
    """Compute the mean vertical distance of a line from the points, in y-units."""
    return float(np.mean(np.abs(theory.residuals(dataset, line))))


def outcomes(dataset: Dataset, learning_rates: ArrayLike) -> list[Outcome]:
    """Find what a run from the lesson's start does at each rate."""
    near = _NEAR * mean_distance(dataset, theory.best_fit(dataset))
    steep = theory.curvature(dataset).steep
    found = []
    rates = np.asarray(learning_rates, dtype=np.float64)
    for rate, w, b in np.transpose([rates, *ends(dataset, rates)]).tolist():
        share = rate * steep
        if share >= 2:
            found.append(Outcome(rate, "explodes", share - 1))
            continue
        distance = mean_distance(dataset, Line(w, b))
        kind = "there" if distance <= near else "on_way"
        found.append(Outcome(rate, kind + "_jumping" * (share > 1), distance))
    return found


def errors(dataset: Dataset) -> dict[str, float]:
    """Give what the closed form of a run from the lesson's start needs.

    Returns
    -------
    dict
        w, b (best fit), flat, steep (eigenvalues), flat_w, flat_b, steep_w, steep_b (their axes),
        flat_error, steep_error (the start's distance from the best fit along them, in the units of
        w and b).
    """
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    off = LESSON_START.w - best.w, LESSON_START.b - best.b
    return {
        "w": best.w,
        "b": best.b,
        "flat": axes.flat,
        "steep": axes.steep,
        "flat_w": axes.flat_axis[0],
        "flat_b": axes.flat_axis[1],
        "steep_w": axes.steep_axis[0],
        "steep_b": axes.steep_axis[1],
        "flat_error": float(np.dot(axes.flat_axis, off)),
        "steep_error": float(np.dot(axes.steep_axis, off)),
    }


def ends(dataset: Dataset, learning_rates: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Compute the line after all steps at each rate: w and b, each of the shape of the rates."""
    form = errors(dataset)
    flat, steep = (
        form[f"{axis}_error"] * (1 - learning_rates * form[axis]) ** STEPS
        for axis in ("flat", "steep")
    )
    return (
        form["w"] + flat * form["flat_w"] + steep * form["steep_w"],
        form["b"] + flat * form["flat_b"] + steep * form["steep_b"],
    )
