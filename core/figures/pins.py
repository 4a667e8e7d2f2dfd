"""The chart of a pinned run over the present runs, which may be on other data."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.course.verdicts import with_arrival
from core.figures import tables
from core.figures.frames import columns, drawn_loss, loss_bounds, rows, stack
from core.figures.labels import spread
from core.figures.palette import MUTED
from core.figures.parts import (
    LOSS_AXIS,
    MAX_TICKS,
    Spec,
    bound_scale,
    carry,
    finish,
    loss_scale,
    table_row,
    verdict_colour,
)
from core.figures.rate_frames import Comparison
from core.figures.registry import Picture, Table, as_columns, figure
from core.reading.layout import unique_names
from core.reading.pins import Pin
from core.words.writing import readable

_POWERS_AXIS = alt.Axis(  # 0, and the powers of ten
    values=alt.ExprRef("[0, 1, 10, 100, 1000, 1e4, 1e5, 1e6]"),
    labelExpr="format(datum.value, datum.value < 1e4 ? ',' : '~s')",
    tickCount=MAX_TICKS,
)


@cache
def _excess_losses() -> Spec:
    """Draw the remaining excess loss of the present runs, and over them a pinned one, dashed.

    The steps are on a log axis, as runs can have 200 steps or two million. Tables: those of
    ``_overlay``.
    """

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", "step_low", "step_high", type="symlog")
        return alt.X(f"{field}:Q").scale(scale).title("step, log").axis(_POWERS_AXIS)

    def y(field: str) -> alt.Y:
        title = "excess loss left, log"
        return alt.Y(f"{field}:Q").scale(loss_scale()).title(title).axis(LOSS_AXIS)

    colour = alt.condition("datum.pinned", alt.value(MUTED), verdict_colour())
    curves = (
        alt.Chart(alt.NamedData("runs"))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x("step"),
            y("loss_drawn"),
            colour,
            alt.Detail("rate:O"),
            strokeDash=alt.condition("datum.pinned", alt.value([6, 4]), alt.value([1, 0])),
        )
    )
    ends = alt.Chart(alt.NamedData("ends"))
    # Right of the plot, where no curve is; a curve that leaves it sooner has a longer leader.
    leaders = ends.mark_rule(strokeWidth=1, strokeDash=[1, 3], x2Offset=13).encode(
        x("end_step"), y("end_loss"), alt.Y2("label_loss"), colour, x2=alt.value("width")
    )
    labels = ends.mark_text(align="left", dx=16, fontWeight="bold").encode(
        y("label_loss"), colour, x=alt.value("width"), text="label:N"
    )
    return finish(
        alt.layer(carry("bounds", room="— 0.00000001"), curves, leaders, labels)
        .add_params(table_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=330)
    )


@dataclass(frozen=True, eq=False)
class PinnedRun:
    """The results of a pinned run.

    Parameters
    ----------
    row : mapping
        Its row of ``rate_table``.
    shares : Table
        Its ``excess_shares``.
    """

    row: Mapping[str, Any]
    shares: Table


@figure("pinned_losses")
def pinned_losses(runs: Comparison, pin: Pin, pinned: PinnedRun) -> Picture:
    """Show the remaining excess loss of the present runs, and over them a pinned run's."""
    drawn = _overlay(runs, pinned.shares)
    return Picture(
        spec=_excess_losses(),
        tables=drawn,
        facts={
            "rates": runs.rates,
            "name": pin.name,
            "rate": pin.learning_rate,
            "judged": with_arrival(pinned.row["in_words"], pinned.row["arrives"]),
            "left": pinned.shares["loss"][-1],
            "steps": pinned.row["steps"],
        },
        numbers=partial(_shares, drawn),
    )


_MOST_SHARE = 1e6  # of the start's excess loss: larger than any picture shows


def excess_shares(runs: Comparison) -> Table:
    """Tabulate the share of their starting excess loss that remains.

    The excess over the best fit's loss is the gap squared. As a share of the start's it has no
    unit, so that runs on different data are comparable.

    Returns
    -------
    Table
        Columns rate, kind, step, loss (the share: 1 at the start; 0 throughout where the start
        is the best fit).
    """
    paths = runs.paths
    gaps = np.hypot(*theory.axis_errors(runs.dataset, paths["w"], paths["b"]))
    with np.errstate(over="ignore"):
        shares = np.square(gaps / gaps[0]) if gaps[0] > 0 else np.zeros_like(gaps)
    return {**columns(paths, "rate kind step"), "loss": np.minimum(shares, _MOST_SHARE)}


_LEAST_SHARE = 1e-12  # the square of a millionth of the start's gap


def _overlay(runs: Comparison, pinned: Table) -> dict[str, Table]:
    """Combine the ``excess_shares`` of a pinned run with those of the present runs.

    A run is drawn until 10⁻¹² of its excess loss is left.

    Returns
    -------
    dict of Tables
        ``runs``: columns of ``excess_shares``, pinned (whether the row is of that run),
        loss_drawn. ``ends``: one row a run: rate, kind, pinned, label, end_step, end_loss,
        label_loss. ``bounds``: one row: step_low, step_high, loss_low, loss_high.
    """
    shares, parts = excess_shares(runs), []
    of_each = [rows(shares, shares["rate"] == place) for place in range(len(runs.rates))]
    for place, run in enumerate([*of_each, pinned]):
        gone = np.flatnonzero(run["loss"] <= _LEAST_SHARE)
        until = slice(gone[0] + 1 if gone.size else None)
        parts.append(as_columns({**rows(run, until), "rate": place, "pinned": run is pinned}))
    laid = stack(parts)
    bounds = loss_bounds(laid["step"], laid["loss"], max(laid["loss"].min(), _LEAST_SHARE))
    low, high = bounds["loss_low"], bounds["loss_high"]
    ends = stack([rows(part, np.flatnonzero(part["loss"] <= high)[-1:]) for part in parts])
    end_loss = drawn_loss(ends, bounds)["loss_drawn"]
    return {
        "runs": drawn_loss(laid, bounds),
        "ends": {
            **columns(ends, "rate kind pinned"),
            "label": [*map(readable, runs.rates), "pinned"],
            "end_step": ends["step"],
            "end_loss": end_loss,
            "label_loss": np.exp(spread(np.log(end_loss), math.log(low), math.log(high))),
        },
        "bounds": bounds,
    }


def _shares(drawn: Mapping[str, Table]) -> pd.DataFrame:
    """Tabulate the remaining share of the starting excess loss; the pinned run comes last."""
    ends = drawn["ends"]
    names = unique_names(
        "pinned run" if pinned else f"at {label}"
        for pinned, label in zip(ends["pinned"], ends["label"], strict=True)
    )
    runs = pd.DataFrame(drawn["runs"]).set_index("step").groupby("rate")["loss"]
    return tables.by_step({name: loss for name, (_, loss) in zip(names, runs, strict=True)})
