"""Results of runs at several learning rates, for tables, charts and texts."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from core import theory
from core.course.verdicts import verdict_word
from core.datasets import Dataset
from core.runs import History
from core.words.writing import in_original_units


def rate_table(dataset: Dataset, history: History, rates: Sequence[float]) -> dict[str, list[Any]]:
    """Summarise runs at several learning rates, one row each.

    Returns
    -------
    dict of lists
        Columns learning_rate, verdict, in_words (the verdict for a reader), s (= rate·λ₂),
        flat_factor and steep_factor (the factor per step of the error along either axis,
        1 − rate·λ), steps (taken while sane), w, b, original (the line in the data's own units),
        loss, gap, arrives (after so many steps; None where the rate explodes),
        arrives_measured (the first recorded step at which the line had arrived, None if there is
        none).
    """
    axes, start = theory.curvature(dataset), history.first_line()
    lines = [history.last_line(index) for index in range(len(rates))]
    diverged_at = history.diverged_at
    return {
        "learning_rate": list(rates),
        "verdict": [theory.verdict(dataset, rate) for rate in rates],
        "in_words": [verdict_word(dataset, rate) for rate in rates],
        "s": [rate * axes.steep for rate in rates],
        "flat_factor": [1 - rate * axes.flat for rate in rates],
        "steep_factor": [1 - rate * axes.steep for rate in rates],
        "steps": np.where(diverged_at < 0, history.steps[-1], diverged_at).tolist(),
        "w": [line.w for line in lines],
        "b": [line.b for line in lines],
        "original": [in_original_units(dataset, line) for line in lines],
        "loss": history.loss[:, -1].tolist(),
        "gap": [theory.gap(dataset, line) for line in lines],
        "arrives": [theory.arrives(dataset, rate, start) for rate in rates],
        "arrives_measured": [
            _first_arrived(dataset, history, index) for index in range(len(rates))
        ],
    }


def _first_arrived(dataset: Dataset, history: History, rate: int) -> int | None:
    gaps = np.hypot(*theory.axis_errors(dataset, history.w[rate], history.b[rate]))
    there = np.flatnonzero(gaps <= theory.arrived_gap(dataset, history.first_line(rate)))
    return int(history.steps[there[0]]) if there.size else None
