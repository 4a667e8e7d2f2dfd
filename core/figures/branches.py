"""Charts that compare runs by their gap: the two branches of a fork, and mini-batch runs."""

from collections.abc import Sequence
from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.datasets import Dataset, FloatArray
from core.descent.experiments import Race
from core.figures import frames, labels, tables
from core.figures.frames import Branches
from core.figures.palette import GUESS, MUTED
from core.figures.parts import Spec, bound_scale, carry, finish, log_axis, table_row
from core.figures.registry import Picture, Table, figure
from core.words.writing import in_steps

_GAP = "gap to the best fit"
_GAP_AXIS = log_axis("bounds_row.gap_low", "bounds_row.gap_high")


def _log_bounds(gaps: FloatArray) -> dict[str, float]:
    """Find the ends of a log axis of gaps; those that are 0, or rounding error, are at its end."""
    high = max(float(gaps.max()), 1e-280)
    low = max(float(gaps.min()), 1e-12 * high)
    return {"gap_low": low / 1.5, "gap_high": high * 1.5}


@cache
def _two_branches() -> Spec:
    """Draw the gap of two branches over the steps, from the fork on, on a log axis.

    Tables: left, run (columns step, gap), ends (step, gap, label, text, is_left), bounds.
    """
    x = alt.X("step:Q").scale(bound_scale("bounds", "step_low", "step_high")).title("step")
    x = x.axis(tickCount=5, format=",d")

    def y(field: str = "gap") -> alt.Y:
        scale = bound_scale("bounds", "gap_low", "gap_high", type="log")
        return alt.Y(f"{field}:Q").scale(scale).title(_GAP).axis(_GAP_AXIS)

    left = alt.Chart(alt.NamedData("left")).mark_line(
        color=MUTED, strokeWidth=2, strokeDash=[6, 4], clip=True
    )
    run = alt.Chart(alt.NamedData("run")).mark_line(color=GUESS, strokeWidth=2.5, clip=True)
    names = [
        alt.Chart(alt.NamedData("ends"))
        .transform_filter(f"datum.is_left == {str(is_left).lower()}")
        .mark_text(color=colour, align="left", dx=6, fontWeight="bold", fontSize=12)
        .encode(y("label"), x=alt.value("width"), text="text:N")
        for is_left, colour in ((True, MUTED), (False, GUESS))
    ]
    return finish(
        alt.layer(carry("bounds", "dashed"), left.encode(x, y()), run.encode(x, y()), *names)
        .add_params(table_row("bounds", "step_low step_high gap_low gap_high"))
        .properties(height=220)
    )


@figure("forked")
def forked(dataset: Dataset, branches: Branches) -> Picture:
    """Show how far both branches of a fork are from the best fit, from the fork on."""
    run, other = branches.path, branches.other
    both = [
        _gaps(dataset, path, branches.fork_at) for path in (run if other is None else other, run)
    ]
    joined = frames.stack(both)
    bounds, steps = _log_bounds(joined["gap"]), joined["step"]
    low, high = bounds.values()
    both = [{**path, "gap": path["gap"].clip(low)} for path in both]
    ends = [float(path["gap"][-1]) for path in both]
    return Picture(
        spec=_two_branches(),
        tables={
            "left": both[0],
            "run": both[1],
            "ends": {
                "text": ["dashed", "fork"],
                "is_left": [True, False],
                "label": np.exp(labels.spread(np.log(ends), np.log(low), np.log(high))),
            },
            "bounds": {
                "step_low": float(steps.min()),
                "step_high": float(steps.max()),
                **bounds,
            },
        },
        facts={
            "fork_at": branches.fork_at,
            "taken": branches.taken,
            "gap": ends[1],
            "other_taken": int(both[0]["step"][-1]),
            "gap_there": ends[0],
        },
        numbers=partial(tables.run, dataset, branches),
    )


def _gaps(dataset: Dataset, path: Table, first_step: int) -> Table:
    """Tabulate the gap of a run from a step on, or its end if it exploded before: step, gap."""
    path = frames.rows(path, path["step"] >= min(first_step, path["step"][-1]))
    gaps = np.hypot(*theory.axis_errors(dataset, path["w"], path["b"]))
    return {"step": path["step"], "gap": gaps}


@cache
def _draws() -> Spec:
    """Draw the final gap of each draw, in a row for each kind of run, and the median.

    Tables: draws, medians (columns row, gap), bounds.
    """
    x = (
        alt.X("gap:Q")
        .scale(bound_scale("bounds", "gap_low", "gap_high", type="log"))
        .title(f"{_GAP} in the end")
        .axis(_GAP_AXIS)
    )
    y = alt.Y("row:N").sort(None).title(None).axis(labelLimit=220)
    dots = alt.Chart(alt.NamedData("draws")).mark_circle(color=GUESS, size=45, opacity=0.85)
    middle = alt.Chart(alt.NamedData("medians")).mark_tick(
        color=GUESS, thickness=3, size=26, opacity=1
    )
    return finish(
        alt.layer(carry("bounds", ""), dots.encode(x, y), middle.encode(x, y))
        .add_params(table_row("bounds", "gap_low gap_high"))
        .properties(height=190)
    )


@figure("raced")
def raced(batch_race: Race) -> Picture:
    """Show where mini-batch runs end at the same rate and at a tenth of it, early and late."""
    names = [
        f"after {in_steps(before)}, {rate}"
        for before in (batch_race.early, batch_race.late)
        for rate in ("same rate", "a tenth")
    ]
    gaps = batch_race.gaps.reshape(-1, len(names))  # a row for each draw
    bounds = _log_bounds(gaps)
    shown = gaps.clip(bounds["gap_low"])
    return Picture(
        spec=_draws(),
        tables={
            "draws": {"row": np.repeat(names, len(gaps)), "gap": shown.T.ravel()},
            "medians": {"row": names, "gap": np.median(shown, axis=0)},
            "bounds": bounds,
        },
        facts={
            "draws": len(gaps),
            "rows": [
                {"row": name, "gap": gap}
                for name, gap in zip(names, np.median(gaps, axis=0).tolist(), strict=True)
            ],
        },
        numbers=partial(_draw_by_draw, names, gaps),
    )


def _draw_by_draw(names: Sequence[str], gaps: FloatArray) -> pd.DataFrame:
    """Tabulate where each draw ends, one kind of run after the other."""
    draws = np.arange(1, len(gaps) + 1)
    return pd.DataFrame(
        {
            "row": np.repeat(names, draws.size),
            "draw": np.tile(draws, len(names)),
            "gap": gaps.T.ravel(),
        }
    )
