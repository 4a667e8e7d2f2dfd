"""Charts of the loss over the steps of a run."""

import math
from collections.abc import Sequence
from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.datasets import Dataset
from core.figures import frames, tables
from core.figures.frames import Branches
from core.figures.palette import BEST_FIT, GUESS, MUTED
from core.figures.parts import (
    LOSS_AXIS,
    MAX_TICKS,
    STEP_AXIS,
    STEP_SCALE,
    Spec,
    bound_scale,
    carry,
    finish,
    loss_scale,
    on_step_axis,
    power_or,
    slider_parameter,
    table_row,
)
from core.figures.registry import Picture, Table, figure

_IS_LOG = "toNumber(log) == 1"


@cache
def _loss_curve(has_fork: bool) -> Spec:
    """Draw the loss over the steps of one run, on a log or a linear axis, with the best fit's.

    Tables: path, bounds (see ``_run_bounds``), floor (loss, text); with a fork also
    other, the branch it left. Parameters: slot, log and log_step (0 or 1: for loss and steps).
    """
    low = alt.param(name="lowest", expr=f"{_IS_LOG} ? log(bounds_row.loss_low) / LN10 : 0")
    high = alt.param(
        name="highest", expr=f"{_IS_LOG} ? log(bounds_row.loss_high) / LN10 : bounds_row.loss_top"
    )
    scale = alt.Scale(domain=[alt.ExprRef("lowest"), alt.ExprRef("highest")], nice=False)
    log_ticks = (
        "sequence(ceil(lowest / bounds_row.log_tick) * bounds_row.log_tick, highest,"
        " bounds_row.log_tick)"
    )
    linear_ticks = "sequence(0, bounds_row.loss_top, bounds_row.linear_tick)"
    value = f"({_IS_LOG} ? pow(10, datum.value) : datum.value)"
    axis = alt.Axis(
        values=alt.ExprRef(f"{_IS_LOG} ? {log_ticks} : {linear_ticks}"),
        labelExpr=power_or(
            f"format({value}, {value} < 1e3 ? '.3~g' : {value} < 1e5 ? ',.0f' : '.3~s')", value
        ),
        tickCount=MAX_TICKS,
    )

    def x() -> alt.X:
        return alt.X("across:Q").scale(STEP_SCALE).title("step")

    def y() -> alt.Y:
        return alt.Y("height:Q").scale(scale).title("loss (MSE)")

    def placed(table: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(table)).transform_calculate(
            height=f"{_IS_LOG} ? log(datum.loss_drawn) / LN10 : datum.loss",
            **({} if table == "floor" else {"across": on_step_axis("datum.step")}),
        )

    steps = placed("path")
    curve = steps.mark_line(color=GUESS, strokeWidth=2.5, clip=True).encode(
        x().axis(STEP_AXIS), y().axis(axis)
    )
    other = placed("other").mark_line(color=MUTED, strokeWidth=2, strokeDash=[6, 4], clip=True)
    now = (
        steps.transform_filter("datum.slot == toNumber(slot)")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white")
        .encode(x(), y())
    )
    rule = placed("floor").mark_rule(color=BEST_FIT, strokeWidth=2).encode(y())
    # Below its line, where no curve is; on a linear axis there is no room, so above the plot.
    floor_words = placed("floor").mark_text(
        color=BEST_FIT, fontWeight="bold", align="right", dy=alt.ExprRef(f"{_IS_LOG} ? 10 : -10")
    )
    labels = [
        floor_words.transform_filter(when).encode(x=alt.value("width"), y=place, text="text:N")
        for when, place in ((_IS_LOG, y()), (f"!({_IS_LOG})", alt.value(0)))
    ]
    return finish(
        alt.layer(
            carry("bounds"),
            rule,
            *labels,
            *([other.encode(x(), y())] if has_fork else []),
            curve,
            now,
        ).add_params(
            slider_parameter("slot", 0),
            slider_parameter("log", 1),
            slider_parameter("log_step", 0),
            table_row(
                "bounds",
                "step_low step_high step_tick loss_low loss_high loss_top log_tick linear_tick",
            ),
            low,
            high,
        )
    )


@figure("loss")
def loss(dataset: Dataset, branches: Branches) -> Picture:
    """Show the loss of a run, that of a branch it left, and the lowest possible loss."""
    lowest = theory.lowest_loss(dataset)
    bounds = _run_bounds(list(branches.named.values()), lowest)
    columns, other, left = "step loss loss_drawn", branches.other, branches.left_behind
    path = frames.drawn_loss(branches.path, bounds)
    return Picture(
        spec=_loss_curve(left is not None),
        tables={
            "path": frames.columns(path, f"slot {columns}"),
            "bounds": bounds,
            "floor": frames.drawn_loss(frames.floor(dataset), bounds),
            **(
                {}
                if left is None
                else {"other": frames.columns(frames.drawn_loss(left, bounds), columns)}
            ),
        },
        facts={
            **frames.ends(branches.path),
            "lowest": lowest,
            "other": None if other is None else frames.ends(other),
        },
        numbers=partial(tables.run, dataset, branches),
    )


def _run_bounds(paths: Sequence[Table], lowest_loss: float) -> dict[str, float]:
    """Find the axis bounds for the loss of one run, or of its branches.

    Returns
    -------
    dict
        step_low, step_high, step_tick (from one tick to the next); loss_low, loss_high (of a log
        axis), log_tick (in decades); loss_top (of a linear axis, from 0), linear_tick.
    """
    step, loss = (np.concatenate([path[name] for path in paths]) for name in ("step", "loss"))
    bounds = frames.loss_bounds(step, loss, lowest_loss, math.inf)
    high = bounds["loss_high"]
    decades = math.log10(high / bounds["loss_low"])
    return {
        **bounds,
        # Powers of two where there are few powers of ten.
        "log_tick": math.log10(2) if decades < 2 else float(math.ceil(decades / 5)),
        "step_tick": max(1.0, theory.round_down((bounds["step_high"] - bounds["step_low"]) / 4)),
        "loss_top": 0.55 * high,
        "linear_tick": theory.round_down(0.55 * high / 4),
    }


@cache
def _compared_losses() -> Spec:
    """Draw the loss of a wrong loop, and dashed that of the repaired one, on a log axis.

    Tables: losses (see ``_losses``), bounds, floor.
    """
    versions = ["wrong", "repaired"]
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolStrokeWidth=3)

    def y() -> alt.Y:
        return alt.Y("loss_drawn:Q").scale(loss_scale()).title("loss (MSE), log").axis(LOSS_AXIS)

    curves = (
        alt.Chart(alt.NamedData("losses"))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            alt.X("step:Q")
            .scale(bound_scale("bounds", "step_low", "step_high", zero=False))
            .title("step")
            .axis(tickMinStep=1),
            y(),
            alt.Color("version:N").scale(domain=versions, range=[GUESS, MUTED]).legend(legend),
            alt.StrokeDash("version:N").scale(domain=versions, range=[[1, 0], [6, 4]]),
        )
    )
    floor = alt.Chart(alt.NamedData("floor"))
    rule = floor.mark_rule(color=BEST_FIT, strokeWidth=2).encode(y())
    label = floor.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=10).encode(
        y(), x=alt.value("width"), text="text:N"
    )
    return finish(
        alt.layer(carry("bounds"), rule, label, curves)
        .add_params(table_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=240)
    )


@figure("compared")
def compared(dataset: Dataset, wrong: Sequence[float], repaired: Sequence[float]) -> Picture:
    """Show the losses of a wrong and of a repaired loop, at every step."""
    losses = _losses(wrong, repaired)
    lowest = theory.lowest_loss(dataset)
    bounds = frames.loss_bounds(losses["step"], losses["loss"], lowest)
    last = {
        version: losses["loss"][losses["version"] == version][-1]
        for version in ("wrong", "repaired")
    }
    return Picture(
        spec=_compared_losses(),
        tables={
            "losses": frames.drawn_loss(losses, bounds),
            "bounds": bounds,
            "floor": frames.drawn_loss(frames.floor(dataset), bounds),
        },
        facts={
            "first_loss": wrong[0],
            "wrong_loss": last["wrong"],
            "repaired_loss": last["repaired"],
            "lowest": lowest,
        },
        numbers=partial(_side_by_side, losses),
    )


_MAX_GROWTH = 1e6  # times the first loss: a rising curve is cut there


def _losses(wrong: Sequence[float], repaired: Sequence[float]) -> Table:
    """Tabulate the losses of a wrong and of a repaired loop, at every step.

    Returns
    -------
    Table
        Columns version, step, loss; a run ends before its loss exceeds a million times the first.
    """
    parts = []
    for version, losses in (("wrong", wrong), ("repaired", repaired)):
        loss = np.array(losses)
        sane = np.cumprod(loss <= _MAX_GROWTH * loss[0]).astype(bool)  # NaN compares as False
        parts.append({"version": version, "step": np.flatnonzero(sane), "loss": loss[sane]})
    return frames.stack(parts)


def _side_by_side(losses: Table) -> pd.DataFrame:
    """Tabulate ``_losses``, side by side."""
    by_version = pd.DataFrame(losses).set_index("step").groupby("version", sort=False)["loss"]
    return tables.by_step({f"loss, {version}": loss for version, loss in by_version})
