"""Charts of how sharply the loss of small networks curves while they are trained."""

import math
from collections.abc import Callable, Sequence
from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd

from core.figures import tables
from core.figures.frames import rows, stack
from core.figures.labels import spread
from core.figures.network import NAMED_BY, draw_symbols, step_axis
from core.figures.palette import BEST_FIT, GUESS
from core.figures.parts import LOSS_AXIS, Spec, carry, finish, loss_scale, table_row
from core.figures.registry import Picture, Table, as_columns, figure
from core.network.runs import EdgeRun
from core.words.writing import readable

_EVERY, _APART = 12, 4  # records from symbol to symbol, and from run to run


def _curves(what: str, y: Callable[[str], alt.Y], bounds: str, *others: alt.Chart) -> Spec:
    runs = alt.Chart(alt.NamedData("runs"))
    lines = runs.mark_line(color=GUESS, strokeWidth=2.5, clip=True).encode(
        step_axis(), y(what), alt.Detail("rate:O")
    )
    symbols = draw_symbols().encode(step_axis(), y(what), color=alt.value(GUESS))
    ends = alt.Chart(alt.NamedData("ends"))
    names = ends.mark_text(color=GUESS, align="left", dx=6, fontWeight="bold").encode(
        y(f"label_{what}"), x=alt.value("width"), text="label:N"
    )
    return finish(
        alt.layer(carry("bounds"), *others, lines, symbols, names)
        .add_params(table_row("bounds", f"step_low step_high {bounds}"))
        .properties(height=300)
    )


def _tables(edge_runs: Sequence[EdgeRun]) -> dict[str, Table]:
    """Tabulate what both charts draw.

    Returns
    -------
    dict of Tables
        ``runs``: columns rate (its index), step, loss, sharpness. ``symbols``: some of its rows,
        with a column twin (the same index). ``ends``: label, label_loss,
        label_sharpness. ``limits``: sharpness, label_sharpness, text. ``bounds``: one row:
        step_low, step_high, loss_low, loss_high, sharpness_high. Labels are moved apart, those of
        the limits from those of the runs as well.
    """
    curves = [
        as_columns({"rate": place, "step": run.steps, "loss": run.loss, "sharpness": run.sharpness})
        for place, run in enumerate(edge_runs)
    ]
    runs, rates = stack(curves), [run.learning_rate for run in edge_runs]
    symbols = stack(
        [rows(curve, slice(_APART * place, None, _EVERY)) for place, curve in enumerate(curves)]
    )
    limits = [2 / rate for rate in rates]
    loss_low, loss_high = runs["loss"].min() / 2, 2 * runs["loss"].max()
    sharpness_high = 1.15 * max(limits)
    heights = spread([*(run.sharpness[-1] for run in edge_runs), *limits], 0.0, sharpness_high)
    ends = np.log([run.loss[-1] for run in edge_runs])
    return {
        "runs": runs,
        "symbols": {**symbols, "twin": symbols["rate"]},
        "ends": {
            "label": [name + readable(rate) for name, rate in zip(NAMED_BY, rates, strict=False)],
            "label_loss": np.exp(spread(ends, math.log(loss_low), math.log(loss_high))),
            "label_sharpness": heights[: len(rates)],
        },
        "limits": {
            "sharpness": limits,
            "label_sharpness": heights[len(rates) :],
            "text": [
                f"2/{readable(rate)} = {readable(limit)}"
                for rate, limit in zip(rates, limits, strict=True)
            ],
        },
        "bounds": {
            "step_low": 0,
            "step_high": runs["step"].max(),
            "loss_low": loss_low,
            "loss_high": loss_high,
            "sharpness_high": sharpness_high,
        },
    }


def _step_by_step(edge_runs: Sequence[EdgeRun], column: str) -> pd.DataFrame:
    """Tabulate "sharpness" or "loss", the learning rates side by side."""
    return tables.by_step(
        {
            f"{column} at {readable(run.learning_rate)} (2/rate = {readable(2 / run.learning_rate)}"
            ")": pd.Series(getattr(run, column), run.steps)
            for run in edge_runs
        }
    )


@cache
def _sharpness() -> Spec:
    """Draw the sharpness over the steps, with each rate's limit.

    Tables: runs, symbols, ends, limits, bounds.
    """
    scale = alt.Scale(domain=[0, alt.ExprRef("bounds_row.sharpness_high")], nice=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale).title("sharpness")

    limits = alt.Chart(alt.NamedData("limits"))
    rule = limits.mark_rule(color=BEST_FIT, strokeWidth=2, strokeDash=[6, 4]).encode(y("sharpness"))
    label = limits.mark_text(color=BEST_FIT, fontWeight="bold", align="left", dx=6).encode(
        y("label_sharpness"), x=alt.value("width"), text="text:N"
    )
    return _curves("sharpness", y, "sharpness_high", rule, label)


@figure("edge_sharpness")
def edge_sharpness(edge_runs: Sequence[EdgeRun]) -> Picture:
    """Show the sharpness over the steps, and each rate's limit, 2/rate."""
    return Picture(
        spec=_sharpness(),
        tables=_tables(edge_runs),
        facts={
            "runs": [
                {
                    "rate": run.learning_rate,
                    "first": run.sharpness[0],
                    "last": run.sharpness[-1],
                    "limit": 2 / run.learning_rate,
                }
                for run in edge_runs
            ]
        },
        numbers=partial(_step_by_step, edge_runs, "sharpness"),
    )


@cache
def _losses() -> Spec:
    """Draw the loss of the same runs, on a log axis. Tables: runs, symbols, ends, bounds."""

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(loss_scale()).title("loss (MSE), log").axis(LOSS_AXIS)

    return _curves("loss", y, "loss_low loss_high")


@figure("edge_losses")
def edge_losses(edge_runs: Sequence[EdgeRun]) -> Picture:
    """Show the losses of the same runs."""
    return Picture(
        spec=_losses(),
        tables={name: table for name, table in _tables(edge_runs).items() if name != "limits"},
        facts={
            "runs": [
                {"rate": run.learning_rate, "first": run.loss[0], "last": run.loss[-1]}
                for run in edge_runs
            ]
        },
        numbers=partial(_step_by_step, edge_runs, "loss"),
    )
