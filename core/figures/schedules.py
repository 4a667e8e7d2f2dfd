"""The chart of a schedule beside the single rates it competes with."""

import math
from functools import cache, partial
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.datasets import Dataset, Line
from core.descent.schedules import GapRun, Race, chebyshev_bound
from core.figures import tables
from core.figures.frames import rows, stack
from core.figures.labels import spread
from core.figures.palette import GUESS, MUTED, VERDICTS
from core.figures.parts import LOSS_AXIS, Spec, bound_scale, carry, finish, loss_scale, table_row
from core.figures.registry import Picture, Table, as_columns, figure
from core.words.writing import readable

_NAMES = ("yours", "2/(λ₁ + λ₂)", "safe choice")
_EXPLOSION_SHOWN = 30.0  # times the start's gap: explosions are cut there
LEAST_GAP = 1e-12  # times the start's gap: smaller gaps are drawn at this height


@cache
def _gaps() -> Spec:
    """Draw the gap over the steps of a schedule, of the two single rates to beat, and the bound.

    Tables: those of ``_tables``.
    """
    colour = (
        alt.Color("name:N")
        .scale(domain=list(_NAMES), range=[GUESS, VERDICTS["zigzag"], VERDICTS["good"]])
        .legend(None)
    )

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", "step_low", "step_high", zero=False)
        return alt.X(f"{field}:Q").scale(scale).title("step").axis(tickMinStep=1)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(loss_scale()).title("gap, log").axis(LOSS_AXIS)

    runs = alt.Chart(alt.NamedData("runs"))
    curves = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        x("step"),
        y("gap_drawn"),
        colour,
        alt.Order("step:Q"),
        alt.StrokeDash("name:N")
        .scale(domain=list(_NAMES), range=[[1, 0], [8, 3], [3, 2]])
        .legend(None),
    )
    dots = runs.transform_filter(f"datum.name == '{_NAMES[0]}'").mark_circle(
        size=24, opacity=1, clip=True
    )
    ends = alt.Chart(alt.NamedData("ends"))
    # Right of the plot, where no curve is; one that leaves it sooner has a longer leader.
    names = ends.mark_text(align="left", dx=16, fontWeight="bold").encode(
        y("label_gap"), colour, x=alt.value("width"), text="name:N"
    )
    leaders = ends.mark_rule(strokeWidth=1, strokeDash=[1, 3], x2Offset=13).encode(
        x("end_step"), y("end_gap"), alt.Y2("label_gap"), colour, x2=alt.value("width")
    )
    mark = alt.Chart(alt.NamedData("mark"))
    diamond = mark.mark_point(
        shape="diamond", color=MUTED, size=130, strokeWidth=2.5, opacity=1
    ).encode(x("step"), y("gap_drawn"))
    sides: tuple[tuple[str, Literal["left", "right"], int], ...] = (
        ("left", "right", -5),
        ("right", "left", 5),
    )
    down = mark.mark_rule(color=MUTED, strokeWidth=1.5, strokeDash=[5, 3]).encode(
        x("step"), y("gap_drawn"), y2=alt.value("height")
    )
    texts = [
        mark.transform_filter(f"datum.side == '{side}'")
        .mark_text(color=MUTED, fontWeight="bold", align=align, baseline="bottom", dx=dx, dy=-5)
        .encode(x("step"), text="text:N", y=alt.value("height"))
        for side, align, dx in sides
    ]
    return finish(
        alt.layer(carry("bounds"), curves, dots.encode(x("step"), y("gap_drawn"), colour),
                  leaders, names, down, diamond, *texts)
        .add_params(table_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=340)
    )  # fmt: skip


@figure("schedule_gaps")
def schedule_gaps(dataset: Dataset, start: Line, race: Race, n: int) -> Picture:
    """Show the gaps of a schedule and of two single rates, and the bound for any N rates.

    Parameters
    ----------
    n : int
        Number of steps for which Chebyshev's bound is marked.
    """
    bound = chebyshev_bound(dataset, n) * theory.gap(dataset, start)
    return Picture(
        spec=_gaps(),
        tables=_tables(race, n, bound, theory.gap(dataset, start)),
        facts={
            "steps": int(race.safe.steps[-1]),
            "n": n,
            "bound": bound,
            "exploded": race.yours.exploded,
            "stopped": int(race.yours.steps[-1]),
            "yours": race.yours.end,
            "fastest": race.fastest.end,
            "safe": race.safe.end,
        },
        numbers=partial(_side_by_side, race, n, bound),
    )


def _tables(race: Race, n: int, bound: float, begun: float) -> dict[str, Table]:
    """Tabulate the gaps of three runs from the same start, and the bound for N rates.

    Returns
    -------
    dict of Tables
        ``runs``: columns name (one of ``_NAMES``), step, gap, gap_drawn (clipped to the log axis'
        lower end); a run that exploded ends with its last sane step. ``ends``: name, end_step,
        end_gap (the last point inside the picture), label_gap. ``mark``: one row, the
        bound: step (N), gap_drawn, text, side. ``bounds``: one row: step_low, step_high, loss_low,
        loss_high (of the gaps' log axis).
    """
    parts = [
        as_columns({"name": name, "step": run.steps, "gap": run.gaps})
        for name, run in _named(race).items()
    ]
    runs = stack(parts)
    highest = [
        _EXPLOSION_SHOWN * begun if run.exploded else math.inf for run in _named(race).values()
    ]
    inside = [rows(part, part["gap"] <= high) for part, high in zip(parts, highest, strict=True)]
    least = max(min(float(runs["gap"].min()), bound), LEAST_GAP * begun)
    high = 2 * float(stack(inside)["gap"].max())
    low = least / max(2.0, (high / least) ** 0.1)  # room for the bound's name below all curves
    last = max(int(race.safe.steps[-1]), n)
    ends = stack([rows(part, slice(-1, None)) for part in inside])
    end_gap = ends["gap"].clip(least)
    return {
        "runs": {**runs, "gap_drawn": runs["gap"].clip(least)},
        "ends": {
            "name": ends["name"],
            "end_step": ends["step"],
            "end_gap": end_gap,
            "label_gap": np.exp(spread(np.log(end_gap), math.log(low), math.log(high))),
        },
        "mark": {
            "step": n,
            "gap_drawn": max(bound, least),
            "text": f"bound for {n} rates: {readable(bound)}",
            "side": "right" if n < 0.5 * last else "left",
        },
        "bounds": {"step_low": 0, "step_high": last, "loss_low": low, "loss_high": high},
    }


def _named(race: Race) -> dict[str, GapRun]:
    return dict(zip(_NAMES, (race.yours, race.fastest, race.safe), strict=True))


def _side_by_side(race: Race, n: int, bound: float) -> pd.DataFrame:
    """Tabulate the gaps of a schedule and of the single rates, and Chebyshev's bound."""
    gaps = {f"gap, {name}": pd.Series(run.gaps, run.steps) for name, run in _named(race).items()}
    return tables.by_step(gaps | {"Chebyshev's bound": pd.Series([bound], [n])})
