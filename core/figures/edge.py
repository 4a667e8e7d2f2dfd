"""Charts of how sharply the loss of small networks curves while they are trained."""

from collections.abc import Sequence
from functools import cache, partial

import altair as alt
import pandas as pd

from core.figures import tables
from core.figures.frames import one_row
from core.figures.network import step_axis
from core.figures.palette import BEST_FIT, GUESS
from core.figures.parts import LOSS_AXIS, Spec, carry, finish, loss_scale, table_row
from core.figures.registry import Picture, figure
from core.network.runs import EdgeRun
from core.words.writing import readable


def _curves(y: alt.Y, bounds: str, *others: alt.Chart) -> Spec:
    runs = alt.Chart(alt.NamedData("runs"))
    lines = runs.mark_line(color=GUESS, strokeWidth=2.5, clip=True).encode(
        step_axis(), y, alt.Detail("rate:O")
    )
    ends = alt.Chart(alt.NamedData("ends"))
    names = ends.mark_text(color=GUESS, align="left", dx=6, fontWeight="bold").encode(
        step_axis(), y, text="label:N"
    )
    return finish(
        alt.layer(carry("bounds"), *others, lines, names)
        .add_params(table_row("bounds", f"step_low step_high {bounds}"))
        .properties(height=300)
    )


def _tables(edge_runs: Sequence[EdgeRun]) -> dict[str, pd.DataFrame]:
    """Tabulate what both charts draw.

    Returns
    -------
    dict of DataFrames
        ``runs``: columns rate (its index), step, loss, sharpness. ``ends``: step, loss, sharpness,
        label. ``bounds``: one row: step_low, step_high, loss_low, loss_high, sharpness_high.
    """
    curves = pd.concat(
        [
            pd.DataFrame(
                {"rate": place, "step": run.steps, "loss": run.loss, "sharpness": run.sharpness}
            )
            for place, run in enumerate(edge_runs)
        ],
        ignore_index=True,
    )
    return {
        "runs": curves,
        "ends": curves.groupby("rate")
        .last()
        .assign(label=[readable(run.learning_rate) for run in edge_runs]),
        "bounds": one_row(
            step_low=0,
            step_high=curves["step"].max(),
            loss_low=curves["loss"].min() / 2,
            loss_high=2 * curves["loss"].max(),
            sharpness_high=1.15 * max(2 / run.learning_rate for run in edge_runs),
        ),
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

    Tables: runs, ends, limits, bounds.
    """
    scale = alt.Scale(domain=[0, alt.ExprRef("bounds_row.sharpness_high")], nice=False)
    y = alt.Y("sharpness:Q").scale(scale).title("sharpness")
    limits = alt.Chart(alt.NamedData("limits"))
    rule = limits.mark_rule(color=BEST_FIT, strokeWidth=2, strokeDash=[6, 4]).encode(y)
    label = limits.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=-8).encode(
        y, x=alt.value("width"), text="text:N"
    )
    return _curves(y, "sharpness_high", rule, label)


@figure("edge_sharpness")
def edge_sharpness(edge_runs: Sequence[EdgeRun]) -> Picture:
    """Show the sharpness over the steps, and each rate's limit, 2/rate."""
    return Picture(
        spec=_sharpness(),
        tables={**_tables(edge_runs), "limits": _limits(edge_runs)},
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


def _limits(edge_runs: Sequence[EdgeRun]) -> pd.DataFrame:
    """Tabulate 2/rate for each learning rate: columns sharpness, text."""
    limits = [2 / run.learning_rate for run in edge_runs]
    return pd.DataFrame(
        {
            "sharpness": limits,
            "text": [
                f"2/{readable(run.learning_rate)} = {readable(limit)}"
                for run, limit in zip(edge_runs, limits, strict=True)
            ],
        }
    )


@cache
def _losses() -> Spec:
    """Draw the loss of the same runs, on a log axis. Tables: runs, ends, bounds."""
    y = alt.Y("loss:Q").scale(loss_scale()).title("loss (MSE), log").axis(LOSS_AXIS)
    return _curves(y, "loss_low loss_high")


@figure("edge_losses")
def edge_losses(edge_runs: Sequence[EdgeRun]) -> Picture:
    """Show the losses of the same runs."""
    return Picture(
        spec=_losses(),
        tables=_tables(edge_runs),
        facts={
            "runs": [
                {"rate": run.learning_rate, "first": run.loss[0], "last": run.loss[-1]}
                for run in edge_runs
            ]
        },
        numbers=partial(_step_by_step, edge_runs, "loss"),
    )
