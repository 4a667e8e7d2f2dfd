"""Runs at several learning rates as tables that several pictures draw."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core import theory
from core.course.comparison import rate_table
from core.course.verdicts import with_arrival
from core.datasets import Dataset, Line
from core.figures.frames import loss_bounds
from core.figures.labels import spread
from core.figures.parts import kind_of
from core.figures.registry import Table
from core.runs import History, IntArray
from core.words.writing import readable

MAX_STEEP_ERROR_GROWTH = 1.6  # explosions are cut at this multiple in the signed-error chart
EARLY_STEPS = 30  # what happens across the valley happens in the first few steps


@dataclass(frozen=True, eq=False)
class Comparison:
    """Runs at several learning rates, with the tables that their charts share, each made once.

    Parameters
    ----------
    dataset : Dataset
    history : History
        Of one run for each rate, all from the same start.
    rates : sequence of float
    """

    dataset: Dataset
    history: History
    rates: Sequence[float]

    @property
    def start(self) -> Line:
        """Where all runs begin."""
        return self.history.first_line()

    @cached_property
    def table(self) -> dict[str, list[Any]]:
        """The runs' ``rate_table``."""
        return rate_table(self.dataset, self.history, self.rates)

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The rows of the table, one for each rate."""
        columns = self.table
        return [dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True)]

    @cached_property
    def judged(self) -> list[str]:
        """Each rate's verdict, and after how many steps its line arrives, or whether not yet."""
        return [
            with_arrival(word, arrives, int(self.history.steps[-1]))
            for word, arrives in zip(self.table["in_words"], self.table["arrives"], strict=True)
        ]

    @cached_property
    def lines(self) -> list[Line]:
        """Where each run ended."""
        return [self.history.last_line(place) for place in range(len(self.rates))]

    @cached_property
    def slots(self) -> IntArray:
        """The recorded steps to draw: positions of the step slider."""
        return compared_slots(self.history)

    @cached_property
    def paths(self) -> dict[str, NDArray[Any]]:
        """The runs, record by record; see ``rate_paths``."""
        return rate_paths(self)

    @cached_property
    def bounds(self) -> dict[str, float]:
        """The ends of the axes; see ``rate_bounds``."""
        return rate_bounds(self)

    @cached_property
    def ends(self) -> Table:
        """The ends of the curves, and their names; see ``rate_ends``."""
        return rate_ends(self)


_COMPARED_ROWS = 400  # roughly how many recorded steps the comparison draws, over all rates
_FOR_EVER = 32_767


def compared_slots(history: History) -> IntArray:
    """Choose the recorded steps to draw: the first ones, every k-th of the others, and the last.

    k is odd, so that a run that zigzags still looks like it. The browser's work
    at a change grows with their number: with twice as many, losses and paths take twice as long.
    """
    slots = np.arange(history.steps.size)
    early = history.steps <= history.steps[0] + EARLY_STEPS
    others = _COMPARED_ROWS // history.w.shape[0] - np.count_nonzero(early)
    stride = math.ceil(slots.size / max(others, 1)) // 2 * 2 + 1
    return np.flatnonzero(early | (slots % stride == 0) | (slots == slots[-1]))


def rate_paths(runs: Comparison) -> dict[str, NDArray[Any]]:
    """Tabulate runs for drawing, at ``compared_slots`` of their record.

    Returns
    -------
    dict of ndarrays
        Columns rate (its index), kind (its verdict's index), dash (its place among the rates of
        that verdict), slot and until (the row is current for slider positions slot ≤ s < until),
        step, w, b, loss, steep, formula (the loss by the closed form).
    """
    dataset, history, table, slots = runs.dataset, runs.history, runs.table, runs.slots
    ends = [history.last_record(rate) for rate in range(len(runs.rates))]
    records = [np.append(slots[slots < end], end) for end in ends]
    places = [np.searchsorted(slots, kept) for kept in records]
    sizes = [kept.size for kept in records]
    rate, record = np.repeat(np.arange(len(runs.rates)), sizes), np.concatenate(records)
    step = np.minimum(history.steps[record], np.array(table["steps"])[rate])
    w, b = history.w[rate, record], history.b[rate, record]
    verdicts = table["verdict"]
    kinds = np.array([kind_of(verdict) for verdict in verdicts], np.int8)
    dashes = [verdicts[:place].count(verdict) for place, verdict in enumerate(verdicts)]
    return {
        "rate": rate.astype(np.int8),
        "kind": kinds[rate],
        "dash": np.array(dashes, np.int8)[rate],
        "slot": np.concatenate(places).astype(np.int16),
        "until": np.concatenate([np.append(p[1:], _FOR_EVER) for p in places]).astype(np.int16),
        "step": step,
        "w": w,
        "b": b,
        "loss": history.loss[rate, record],
        "steep": theory.axis_errors(dataset, w, b)[1],
        "formula": theory.loss_after(dataset, runs.start, np.array(runs.rates)[rate], step),
    }


def rate_bounds(runs: Comparison) -> dict[str, float]:
    """Find the axis bounds for several runs, with limited room for those that explode.

    Returns
    -------
    dict
        step_low, step_high, step_tick; height_low, height_high (log10 of the
        loss), log_tick, loss_floor (the least loss that is drawn); early_low, early_high,
        steep_low, steep_high of the signed errors.
    """
    paths, lowest = runs.paths, theory.lowest_loss(runs.dataset)
    loss = paths["loss"]
    losses = loss_bounds(paths["step"], loss, lowest)
    low, high = math.log10(losses["loss_low"]), math.log10(losses["loss_high"])
    first = abs(float(paths["steep"][0]))
    room = MAX_STEEP_ERROR_GROWTH * max(first, 1e-3 * math.sqrt(float(loss[0])))
    room = room or 1.0
    last = max(int(runs.history.steps[-1]), 1)
    return {
        "step_low": 0,
        "step_high": last,
        "step_tick": max(1.0, theory.round_down(last / 4)),
        "height_low": low,
        "height_high": high,
        # Powers of two where there are few powers of ten.
        "log_tick": math.log10(2) if high - low < 2 else float(math.ceil((high - low) / 5)),
        "loss_floor": 2 * losses["loss_low"],
        "early_low": 0,
        "early_high": min(EARLY_STEPS, last),
        "steep_low": -room,
        "steep_high": room,
    }


def rate_ends(runs: Comparison) -> Table:
    """Tabulate where each run's curve leaves the loss chart, and its label there.

    Returns
    -------
    Table
        Columns rate, kind, label (the rate), sentence, step and height (the last point inside of
        the picture), label_height (its label's, so that none overlap).
    """
    paths, bounds = runs.paths, runs.bounds
    high = bounds["height_high"]
    heights = np.log10(np.maximum(paths["loss"], bounds["loss_floor"]))
    inside = np.flatnonzero(heights <= high)
    rate, places = paths["rate"], range(len(runs.rates))
    last = [inside[rate[inside] == place][-1] for place in places]
    labels = [readable(rate) for rate in runs.rates]
    return {
        "rate": places,
        "kind": [kind_of(verdict) for verdict in runs.table["verdict"]],
        "label": labels,
        "sentence": [f"{label}: {said}" for label, said in zip(labels, runs.judged, strict=True)],
        "step": paths["step"][last],
        "height": heights[last],
        "label_height": spread(heights[last], bounds["height_low"], high),
    }
