"""The network's results as tables and as pictures to look at."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from core.network.pictures import SIZE, Pictures
from core.network.range_test import HIGHEST, LOWEST, RangeTest
from core.network.runs import (
    SANE_GROWTH,
    STEPS,
    EdgeRun,
    FloatArray,
    NetworkHistory,
    verdict,
)
from core.words.writing import VERDICT_WORDS, readable

Image = NDArray[np.uint8]
_GROWTH_SHOWN = 10.0  # times the loss at the start: so much of an explosion is drawn
_LEAST_LOSS = 1e-6
_ENLARGED = 4
UNITS_SHOWN, _GAP = 8, 2
MAX_MARKS = 3  # in the picture of a range test


def curves(histories: Sequence[NetworkHistory], judged: bool = True) -> pd.DataFrame:
    """Tabulate how runs went, for the pictures they learn from and for those held out.

    Parameters
    ----------
    judged : bool
        Whether the runs have a verdict yet.

    Returns
    -------
    DataFrame
        Columns rate (its place), kind (the verdict's place, −1 without), held_out, step, loss,
        accuracy (in percent).
    """
    words = list(VERDICT_WORDS)
    parts = []
    for place, history in enumerate(histories):
        loss, accuracy, *held_out = history.curves
        for unseen, (losses, accuracies) in enumerate(((loss, accuracy), held_out)):
            parts.append(
                pd.DataFrame(
                    {
                        "rate": place,
                        "kind": words.index(verdict(history)) if judged else -1,
                        "held_out": unseen,
                        "step": history.steps,
                        "loss": losses.clip(_LEAST_LOSS, SANE_GROWTH),
                        "accuracy": 100 * accuracies,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def curve_bounds(table: pd.DataFrame) -> pd.DataFrame:
    """Bound the pictures of ``curves``: step_low, step_high, loss_low, loss_high."""
    at_start = table["loss"].iloc[0]
    return pd.DataFrame(
        {
            "step_low": [0],
            "step_high": [STEPS],
            "loss_low": [min(table["loss"].min(), at_start / 10) / 1.5],
            "loss_high": [1.5 * min(table["loss"].max(), _GROWTH_SHOWN * at_start)],
        }
    )


def curve_ends(table: pd.DataFrame, rates: Sequence[float], bounds: pd.DataFrame) -> pd.DataFrame:
    """Say where the name of each run stands: columns rate, kind, step, loss, accuracy, label.

    Where two names would cover each other, they are moved apart.
    """
    low, high = np.log(bounds[["loss_low", "loss_high"]].to_numpy()[0])
    unseen = table[table["held_out"] == 1]
    ends = unseen.groupby("rate", as_index=False).last()
    heights = np.log(ends["loss"].to_numpy()).clip(low, high)
    return ends.assign(
        label=[readable(rates[place]) for place in ends["rate"]],
        loss=np.exp(_apart(heights, low, high)),
        accuracy=_apart(ends["accuracy"].to_numpy(), 0.0, 100.0),
    )


def _apart(values: FloatArray, low: float, high: float) -> FloatArray:
    """Move labels along an axis just so far that none covers another."""
    room = (high - low) / 16
    order = np.argsort(values, kind="stable")
    places = values[order].astype(float)
    for place in range(1, places.size):
        places[place] = max(places[place], places[place - 1] + room)
    moved = np.empty_like(places)
    moved[order] = places - max(0.0, places[-1] - high)
    return moved


def results(histories: Sequence[NetworkHistory], rates: Sequence[float]) -> pd.DataFrame:
    """Tabulate where runs ended, as it is read."""
    return pd.DataFrame(
        {
            "learning rate": [readable(rate) for rate in rates],
            "verdict": [VERDICT_WORDS[verdict(history)] for history in histories],
            "right, held out": [percent(history.held_out_accuracy[-1]) for history in histories],
            "right, training": [percent(history.accuracy[-1]) for history in histories],
            "loss, held out": [readable(history.held_out_loss[-1]) for history in histories],
            "loss, training": [readable(history.loss[-1]) for history in histories],
            "steps": [f"{history.steps[-1]:,}" for history in histories],
        }
    )


def percent(share: float) -> str:
    """Write a share: 97.4 %."""
    return f"{100 * share:.1f} %"


def entropy_curve() -> pd.DataFrame:
    """Tabulate the loss of one picture over the probability given to the truth."""
    probability = np.linspace(0.002, 1, 300)
    return pd.DataFrame({"probability": probability, "loss": -np.log(probability)})


def entropy_marks(probabilities: Sequence[float] = (0.99, 0.5, 0.1, 0.01)) -> pd.DataFrame:
    """Tabulate some places on that curve, with what to write there."""
    losses = -np.log(np.array(probabilities))
    texts = [
        f"{readable(p)}: {readable(loss)}" for p, loss in zip(probabilities, losses, strict=True)
    ]
    return pd.DataFrame({"probability": probabilities, "loss": losses, "text": texts})


def enlarged(picture: NDArray[np.uint8]) -> Image:
    """Enlarge a picture, so that its pixels stay sharp."""
    return picture.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1)


def gallery(pictures: Pictures, each: int) -> tuple[list[Image], list[str]]:
    """Choose the first hot dogs, and the first of everything else; give captions as well.

    Parameters
    ----------
    each : int
        How many of each kind; of hot dogs three times as many.
    """
    images, captions = [], []
    names = sorted(set(pictures.kinds.tolist()), key=lambda name: (name != "hot dog", name))
    for name in names:
        count = 3 * each if name == names[0] else each
        for place in np.flatnonzero(pictures.kinds == name)[:count]:
            images.append(enlarged(pictures.pixels[place]))
            captions.append(name)
    return images, captions


def most_wrong(pictures: Pictures, losses: FloatArray, count: int) -> tuple[list[Image], list[str]]:
    """Choose the pictures with the largest loss, with what they are and that loss."""
    places = np.argsort(-losses, kind="stable")[:count]
    images = [enlarged(pictures.pixels[place]) for place in places]
    captions = [f"{pictures.kinds[place]}: {readable(losses[place])}" for place in places]
    return images, captions


def unit_pictures(history: NetworkHistory) -> dict[str, tuple[Image, int]]:
    """Draw what the hidden units look for that speak for a hot dog, and those that speak against.

    Grey is a weight of 0; each unit's largest weight is as bright as the screen can. A unit matters
    as much as its weights, together, times what it adds to the score.

    Returns
    -------
    dict
        For "for" and "against", if there are any: up to eight units in a row, those that matter
        most first, and how many there are in all.
    """
    weights = history.looks_for.astype(np.float64)
    size = np.sqrt(np.square(weights).sum(axis=(1, 2, 3)))
    importance = np.abs(history.speaks_for) * size
    rows = {}
    for side, chosen in (("for", history.speaks_for > 0), ("against", history.speaks_for <= 0)):
        units = np.flatnonzero(chosen)
        units = units[np.argsort(-importance[units], kind="stable")]
        if units.size:
            rows[side] = _in_a_row(weights[units[:UNITS_SHOWN]]), int(units.size)
    return rows


def _in_a_row(weights: FloatArray) -> Image:
    """Put pictures of weights side by side, with transparent gaps."""
    largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    shades = np.round(127.5 + 127.5 * weights / np.where(largest > 0, largest, 1)).astype(np.uint8)
    row = np.zeros((SIZE, UNITS_SHOWN * (SIZE + _GAP) - _GAP, 4), dtype=np.uint8)
    for place, picture in enumerate(shades):
        left = place * (SIZE + _GAP)
        row[:, left : left + SIZE, :3] = picture
        row[:, left : left + SIZE, 3] = 255
    return enlarged(row)


def range_curve(test: RangeTest) -> pd.DataFrame:
    """Tabulate a range test: columns rate, loss, smoothed."""
    return pd.DataFrame(
        {"rate": test.rates, "loss": test.loss.clip(_LEAST_LOSS), "smoothed": test.smoothed}
    )


def range_bounds(test: RangeTest) -> pd.DataFrame:
    """Bound its picture, with room for names above: rate_low, rate_high, loss_low, loss_high."""
    low, high = test.smoothed.min(), test.smoothed.max()
    return pd.DataFrame(
        {
            "rate_low": [LOWEST],
            "rate_high": [HIGHEST],
            "loss_low": [low / 2],
            "loss_high": [2 * high * (high / low) ** 0.25],
        }
    )


def range_marks(test: RangeTest, limit: float | None = None) -> pd.DataFrame:
    """Tabulate what it suggests, and the limit where it is known: columns rate, text, place.

    ``place`` numbers them from the right: the row of the label, so that no line crosses another's.
    """
    marks = {"steepest": test.steepest, "lowest ÷ 10": test.tenth}
    if limit is not None:
        marks["limit 2/λ₂"] = limit
    ordered = sorted(marks.items(), key=lambda mark: -mark[1])
    return pd.DataFrame(
        {
            "rate": [rate for _, rate in ordered],
            "text": [f"{name}: {readable(rate)}" for name, rate in ordered],
            "place": range(len(ordered)),
        }
    )


def edge_curves(runs: Sequence[EdgeRun]) -> pd.DataFrame:
    """Tabulate small networks' sharpness: columns rate (its place), step, loss, sharpness."""
    return pd.concat(
        [
            pd.DataFrame(
                {"rate": place, "step": run.steps, "loss": run.loss, "sharpness": run.sharpness}
            )
            for place, run in enumerate(runs)
        ],
        ignore_index=True,
    )


def edge_ends(runs: Sequence[EdgeRun]) -> pd.DataFrame:
    """Say where the names of their curves stand: columns step, loss, sharpness, label."""
    last = edge_curves(runs).groupby("rate").last()
    return last.assign(label=[readable(run.learning_rate) for run in runs])


def edge_limits(runs: Sequence[EdgeRun]) -> pd.DataFrame:
    """Tabulate what 2/rate is for each of them: columns sharpness, text."""
    limits = [2 / run.learning_rate for run in runs]
    return pd.DataFrame(
        {
            "sharpness": limits,
            "text": [
                f"2/{readable(run.learning_rate)} = {readable(limit)}"
                for run, limit in zip(runs, limits, strict=True)
            ],
        }
    )


def edge_bounds(runs: Sequence[EdgeRun]) -> pd.DataFrame:
    """Bound their pictures: step_low, step_high, loss_low, loss_high, sharpness_high."""
    losses = np.concatenate([run.loss for run in runs])
    return pd.DataFrame(
        {
            "step_low": [0],
            "step_high": [runs[0].steps[-1]],
            "loss_low": [losses.min() / 2],
            "loss_high": [2 * losses.max()],
            "sharpness_high": [1.15 * max(2 / run.learning_rate for run in runs)],
        }
    )
