"""The chart of two steps at two rates, in the plane of the two errors."""

import math
from functools import cache, partial
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from core.descent.schedules import TwoRates
from core.figures.palette import BEST_FIT, GUESS, MUTED
from core.figures.parts import Spec, carry, finish, slider_parameter, table_row
from core.figures.registry import Picture, figure

_NAMES = ("start", "step 1", "step 2")
RING = "ring: at one rate"
_ROOM = 1.2  # around the farthest point
# Where the name of a point stands: from where the path seldom comes, and goes.
_PLACES: tuple[tuple[int, int, Literal["left", "right"]], ...] = (
    (-8, -10, "right"),
    (9, 13, "left"),
    (-9, -7, "right"),
)


@cache
def _two_steps() -> Spec:
    """Draw the errors before and after two steps at rates that two sliders choose.

    A point's distance from the middle is its gap, in the units of the axes; a ring has the least
    gap that one rate leaves. All is computed in the browser from one row. The axes grow with what
    is thrown out. Tables: game, points (step, name), ring (turn, in radians). Parameters: first and
    second, the places of the rates; see ``schedules.TwoRates``.
    """
    errors = []
    for axis, zero in (("along", "game_row.floor"), ("across", "0")):
        after_1, after_2 = (
            f"(1 - pow(game_row.condition, (toNumber({step}) - {zero}) / game_row.floor))"
            for step in ("first", "second")
        )
        one = f"game_row.{axis} * {after_1}"
        errors += [
            alt.param(name=f"{axis}_1", expr=one),
            alt.param(name=f"{axis}_2", expr=f"{one} * {after_2}"),
            alt.param(
                name=f"{axis}_end",
                expr=f"{_ROOM} * max(game_row.{axis}, game_row.par, abs({axis}_1), abs({axis}_2))",
            ),
        ]

    x, y = (
        encode(f"{field}:Q")
        .scale(domain=[alt.ExprRef(f"-{axis}_end"), alt.ExprRef(f"{axis}_end")], nice=False)
        .title(title)
        .axis(minExtent=extent, maxExtent=extent)
        for encode, field, axis, title, extent in (
            (alt.X, "x", "along", "error along the floor", 30),
            (alt.Y, "y", "across", "error across the valley", 46),
        )
    )
    middle = alt.Chart(alt.NamedData("game")).transform_calculate(x="0", y="0")
    rules = [middle.mark_rule(color=MUTED, strokeWidth=1).encode(axis) for axis in (x, y)]
    ring = (
        alt.Chart(alt.NamedData("ring"))
        .transform_calculate(x="game_row.par * cos(datum.turn)", y="game_row.par * sin(datum.turn)")
        .mark_line(color=BEST_FIT, strokeWidth=2, strokeDash=[5, 3])
        .encode(x, y, alt.Order("turn:Q"))
    )
    ring_name = middle.mark_text(
        color=BEST_FIT, align="left", dx=8, dy=-10, fontWeight="bold", text=RING
    ).encode(x=alt.value(0), y=alt.value("height"))
    points = alt.Chart(alt.NamedData("points")).transform_calculate(
        **{
            field: f"datum.step == 0 ? game_row.{axis} : datum.step == 1 ? {axis}_1 : {axis}_2"
            for field, axis in (("x", "along"), ("y", "across"))
        }
    )
    path = points.mark_line(color=GUESS, strokeWidth=2).encode(x, y, alt.Order("step:Q"))
    dots = points.mark_circle(color=GUESS, size=90, opacity=1).encode(x, y)
    pixels = [
        f"abs(datum.{field} - game_row.{axis}) / {axis}_end * {size} / 2"
        for field, axis, size in (("x", "along", "width"), ("y", "across", "height"))
    ]
    is_apart = (  # from the start, and from the ring
        f"max({', '.join(pixels)}) > 30 && abs(datum.y) > 1.2 * game_row.par + 0.15 * across_end"
    )
    names = [
        points.transform_filter(f"datum.step == {step} && ({step} == 0 || {is_apart})")
        .mark_text(color=GUESS, align=align, dx=dx, dy=dy, fontWeight="bold")
        .encode(x, y, text="name:N")
        for step, (dx, dy, align) in enumerate(_PLACES)
    ]
    return finish(
        alt.layer(carry("game"), *rules, ring, ring_name, path, dots, *names).add_params(
            slider_parameter("first", 0),
            slider_parameter("second", 0),
            table_row("game", "along across condition floor par"),
            *errors,
        )
    )


@figure("two_rates")
def two_rates(game: TwoRates) -> Picture:
    """Show the errors of two steps whose rates two sliders choose, and what one rate leaves."""
    return Picture(
        spec=_two_steps(),
        tables={
            "game": {
                "along": game.along,
                "across": game.across,
                "condition": game.condition,
                "floor": game.floor,
                "par": game.par,
            },
            "points": {"step": range(3), "name": _NAMES},
            "ring": {"turn": np.linspace(0, 2 * math.pi, 73)},
        },
        facts={
            "along": game.along,
            "across": game.across,
            "rate": game.rate,
            "par": game.par,
        },
        numbers=partial(_at_one_rate, game),
    )


def _at_one_rate(game: TwoRates) -> pd.DataFrame:
    """Tabulate the errors and the gap before and after two steps at the best one rate."""
    step = np.arange(3)
    along = game.along * (1 - game.rate * game.flat) ** step
    across = game.across * (1 - game.rate * game.steep) ** step
    return pd.DataFrame(
        {
            "step": step,
            "learning rate": [math.nan, game.rate, game.rate],
            "error along the floor": along,
            "error across the valley": across,
            "gap": np.hypot(along, across),
        }
    )
