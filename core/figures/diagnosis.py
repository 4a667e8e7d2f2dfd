"""The chart of eight runs that the learner diagnoses."""

import math
from collections.abc import Sequence
from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.datasets import Dataset
from core.descent.challenges import DIAGNOSED_STEPS, NAMES, Diagnosis
from core.figures.frames import stack
from core.figures.palette import MUTED
from core.figures.parts import Spec, finish, kind_of, verdict_colour
from core.figures.registry import Picture, Table, figure
from core.words.writing import VERDICT_WORDS


@cache
def _small_pictures() -> Spec:
    """Draw rows of small multiples, signed error beside loss; coloured only once checked.

    Tables: curves, lines, texts (see ``_tables``).
    """
    scale_x = alt.Scale(domain=[-0.1, 2.12], nice=False)
    scale_y = alt.Scale(domain=[-7.6, 0.9], nice=False)

    def x() -> alt.X:
        return alt.X("across:Q").scale(scale_x).axis(None)

    def y() -> alt.Y:
        return alt.Y("height:Q").scale(scale_y).axis(None)

    lines = alt.Chart(alt.NamedData("lines")).mark_rule(color=MUTED, strokeWidth=0.8)
    texts = alt.Chart(alt.NamedData("texts")).mark_text(color=MUTED, fontWeight="bold")
    colour = verdict_colour(legend=False, unjudged=True)
    curves = alt.Chart(alt.NamedData("curves"))
    place = (x(), y(), colour, alt.Detail("curve:O"))
    return finish(
        alt.layer(
            lines.encode(x(), y(), alt.X2("to")),
            curves.mark_line(strokeWidth=1.5).encode(*place, alt.Order("across:Q")),
            curves.transform_filter("datum.curve % 2 == 0")
            .mark_circle(size=14, opacity=1)
            .encode(*place),
            texts.encode(x(), y(), text="text:N"),
        ).properties(height=540)
    )


@figure("diagnosis")
def diagnosis(dataset: Dataset, eight: Diagnosis, checked: bool) -> Picture:
    """Show eight runs as small pictures; once checked, coloured and named by their verdicts."""
    losses, errors = eight.history.loss, eight.first_errors(dataset)
    return Picture(
        spec=_small_pictures(),
        tables=_tables(dataset, eight, checked),
        facts={
            "steps": DIAGNOSED_STEPS,
            "checked": checked,
            "runs": [
                {"name": name, "verdict": kind, "errors": first, "begun": loss[0], "end": loss[-1]}
                for name, kind, first, loss in zip(
                    NAMES, eight.kinds, errors.tolist(), losses.tolist(), strict=True
                )
            ],
        },
        numbers=partial(_numbers, dataset, eight, checked),
    )


_HALF_ROW = 0.44  # of the distance between two rows of unlabelled runs
_ERROR_SHOWN = 1.8  # times the start's error, and
_LOSS_SHOWN = 30.0  # times the start's loss: explosions are cut there
_SECOND_COLUMN = 1.1  # where the second column of pictures begins; each is 1 wide


def _tables(dataset: Dataset, eight: Diagnosis, checked: bool) -> dict[str, Table]:
    """Tabulate runs as two columns of small pictures: signed error, and beside it log loss.

    Returns
    -------
    dict of Tables
        ``curves``: columns curve, kind (−1 until it is checked), across, height (row 0 at 0, row 1
        at −1 …). ``lines``: across, to, height of zero and of the lowest loss. ``texts``: across,
        height, text.
    """
    _, steep = theory.axis_errors(dataset, eight.history.w, eight.history.b)
    history = eight.history
    begun = float(history.loss[0, 0])
    room = _ERROR_SHOWN * abs(float(steep[0, 0]))
    low = math.log10(max(theory.lowest_loss(dataset), 1e-6 * begun))
    high = math.log10(_LOSS_SHOWN * begun)
    losses = np.log10(np.maximum(history.loss, 10.0**low))
    pictures = ((0.0, steep / room), (_SECOND_COLUMN, 2 * (losses - low) / (high - low) - 1))
    share = (history.steps - history.steps[0]) / (history.steps[-1] - history.steps[0])
    curves, lines = [], []
    for row, verdict in enumerate(eight.kinds):
        kind = kind_of(verdict) if checked else -1
        for column, (left, heights) in enumerate(pictures):
            outside = np.flatnonzero(np.abs(heights[row]) > 1 + 1e-9)
            inside = slice(outside[0] if outside.size else None)
            curves.append(
                {
                    "curve": np.int8(2 * row + column),
                    "kind": np.int8(kind),
                    "across": (left + share[inside]).astype(np.float32),
                    "height": (_HALF_ROW * heights[row][inside] - row).astype(np.float32),
                }
            )
            level = -row - (_HALF_ROW if column else 0)
            lines.append({"across": left, "to": left + 1, "height": level})
    texts = [
        {"across": -0.06, "height": float(-row), "text": name} for row, name in enumerate(NAMES)
    ]
    if checked:
        texts += [
            {"across": 0.7, "height": 0.3 - row, "text": VERDICT_WORDS[verdict]}
            for row, verdict in enumerate(eight.kinds)
        ]
    headings = zip((0.5, _SECOND_COLUMN + 0.5), ("signed error", "loss (log)"), strict=True)
    texts += [{"across": across, "height": 0.62, "text": text} for across, text in headings]
    return {
        "curves": stack(curves),
        "lines": stack(lines),
        "texts": stack(texts),
    }


def _numbers(dataset: Dataset, eight: Diagnosis, checked: bool) -> pd.DataFrame:
    """Tabulate eight runs: error across the valley, and loss; verdicts once checked."""
    _, steep = theory.axis_errors(dataset, eight.history.w, eight.history.b)
    columns: dict[str, Sequence[float]] = {"step": range(DIAGNOSED_STEPS + 1)}
    for name, kind, error, loss in zip(NAMES, eight.kinds, steep, eight.history.loss, strict=True):
        told = f"{name}, {VERDICT_WORDS[kind]}" if checked else name
        columns |= {f"{told}: error": error, f"{told}: loss": loss}
    return pd.DataFrame(columns)
