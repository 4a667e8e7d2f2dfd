"""The loss over slope and intercept as a 3-D surface that the learner turns and tilts."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import Literal

import altair as alt
import numpy as np

from core import theory
from core.datasets import Dataset, Line
from core.figures import frames, tables
from core.figures.palette import BEST_FIT, GUESS, MUTED
from core.figures.parts import Spec, finish, slider_parameter, table_row
from core.figures.registry import Picture, Table, figure


@dataclass(frozen=True, eq=False)
class Solid:
    """The loss surface as a 3-D solid, in scaled coordinates.

    Along the principal axes, in y-units, the excess loss is simply flat² + steep²: a round bowl,
    the same for all data. So places on it have coordinates (flat, steep), with 1 at the rim.

    Parameters
    ----------
    dataset : Dataset
    run : Table
        See ``frames.path``.
    window : mapping
        The bounds of a map of that run; see ``frames.path_window``.
    shape : Table
        One row: flat_x, flat_y, steep_x, steep_y, the drawn ends of the principal axes.
    path : Table
        The run on the surface: columns order, flat, steep; only steps that lie inside the rim.
    marks : Table
        Columns text, flat, steep: the best fit, and labels beyond the rim where w and b increase.
    widening : float
        Factor by which the valley is drawn wider than it is; 1 if it is not widened.
    across : float
        The turn, in degrees, at which the flat axis runs from left to right.
    """

    dataset: Dataset
    run: Table
    window: Mapping[str, float]
    shape: Table
    path: Table
    marks: Table
    widening: float
    across: float


_MAX_ASPECT = 3.0  # a longer ellipse does not read as a bowl


def solid(dataset: Dataset, start: Line, run: Table) -> Solid:
    """Build the loss surface up to the ring just above the start.

    A linear map takes (flat, steep) to the picture's (w, b). It is stretched where the valley would
    be too narrow to see.
    """
    window = frames.path_window(dataset, start, run)
    path = frames.apart(run, window)
    axes = theory.curvature(dataset)
    rim = 1.1 * max(theory.gap(dataset, start), 1e-3 * float(np.std(dataset.y)), 1e-12)
    half_w, half_b = frames.ellipse_half_extents(dataset, 1.0)
    flat, steep = math.sqrt(2 / axes.flat), math.sqrt(2 / axes.steep)
    exact = np.array(
        [
            [flat * axes.flat_axis[0] / half_w, steep * axes.steep_axis[0] / half_w],
            [flat * axes.flat_axis[1] / half_b, steep * axes.steep_axis[1] / half_b],
        ]
    )
    left, (long, short), right = np.linalg.svd(exact)
    drawn_short = max(short, long / _MAX_ASPECT)
    drawn = left @ np.diag([long, drawn_short]) @ right
    errors = np.array(theory.axis_errors(dataset, path["w"], path["b"])) / rim
    on_it = errors[:, np.hypot(*errors) <= 1]
    ways = np.linalg.inv(exact)
    ways *= 1.06 / np.linalg.norm(ways, axis=0)
    return Solid(
        dataset,
        run,
        window,
        shape=dict(zip(("flat_x", "flat_y", "steep_x", "steep_y"), drawn.T.ravel(), strict=True)),
        path={"order": np.arange(on_it.shape[1]), "flat": on_it[0], "steep": on_it[1]},
        marks={
            "text": ["best fit", "more w", "more b"],
            "flat": [0.0, *ways[0]],
            "steep": [0.0, *ways[1]],
        },
        widening=float(drawn_short / short),
        across=-math.degrees(math.atan(left[1, 0] / left[0, 0])),
    )


_RINGS, _SECTORS = 8, 30
_BESIDE: tuple[tuple[str, Literal["left", "right"], int], ...] = (
    ("more w", "left", 4),
    ("more b", "right", -4),
)


@cache
def _bowl() -> Spec:
    """Draw the loss surface as a solid that two sliders turn and tilt, with a path on it.

    The browser projects the corners of every patch. Patches are drawn back to front; those seen
    from outside are nearly transparent, so that the inside of the bowl is visible.
    Tables: shape, path, marks (see ``Solid``). Parameters: turn, tilt, in degrees.
    """
    turned = {
        f"{axis}_{way}": alt.param(
            name=f"{axis}_{way}", expr=f"shape_row.{axis}_x * {x} {sign} shape_row.{axis}_y * {y}"
        )
        for axis in ("flat", "steep")
        for way, x, sign, y in (
            ("right", "cos(toNumber(turn) * PI / 180)", "-", "sin(toNumber(turn) * PI / 180)"),
            ("back", "sin(toNumber(turn) * PI / 180)", "+", "cos(toNumber(turn) * PI / 180)"),
        )
    }
    flatness = alt.param(name="flatness", expr="sin(toNumber(tilt) * PI / 180)")
    height = alt.param(name="height_shown", expr="1.15 * cos(toNumber(tilt) * PI / 180)")
    # How far the projection extends above and below the best fit when the long axis points back.
    long = "1.42 * flatness"
    highest = alt.param(name="highest", expr=f"{long} + height_shown")
    lowest = alt.param(
        name="lowest",
        expr=f"{long} < 2 * height_shown ? pow({long}, 2) / (4 * height_shown)"
        f" : {long} - height_shown",
    )

    def right(flat: str, steep: str) -> str:
        return f"{flat} * flat_right + {steep} * steep_right"

    def back(flat: str, steep: str) -> str:
        return f"({flat} * flat_back + {steep} * steep_back)"

    def down(flat: str, steep: str, z: str) -> str:
        return f"-{back(flat, steep)} * flatness - {z} * height_shown"

    around = {}
    for corner, (ring, sector) in enumerate(((0, 0), (0, 1), (1, 1), (1, 0))):
        radius = f"(floor(datum.cell / {_SECTORS}) + {ring}) / {_RINGS}"
        angle = f"(datum.cell % {_SECTORS} + {sector}) * 2 * PI / {_SECTORS}"
        around[f"flat{corner}"] = f"{radius} * cos({angle})"
        around[f"steep{corner}"] = f"{radius} * sin({angle})"
        around[f"z{corner}"] = f"pow({radius}, 2)"
    screen = {f"right{k}": right(f"datum.flat{k}", f"datum.steep{k}") for k in range(4)}
    screen |= {
        f"down{k}": down(f"datum.flat{k}", f"datum.steep{k}", f"datum.z{k}") for k in range(4)
    }
    outline = ", ".join(f"[datum.right{k}, datum.down{k}]" for k in (0, 1, 2, 3, 0))
    outside = (
        "(datum.right2 - datum.right0) * (datum.down3 - datum.down1)"
        " - (datum.right3 - datum.right1) * (datum.down2 - datum.down0) > 0"
    )
    surface = (
        alt.Chart(alt.sequence(_RINGS * _SECTORS, as_="cell"))
        .transform_calculate(level=f"floor(datum.cell / {_SECTORS})", **around)
        .transform_calculate(**screen)
        .transform_calculate(
            type="'Feature'",
            geometry=f"{{type: 'Polygon', coordinates: [[{outline}]]}}",
            depth=f"-{back('(datum.flat0 + datum.flat2)', '(datum.steep0 + datum.steep2)')}",
        )
        .mark_geoshape(
            fillOpacity=alt.ExprRef(f"{outside} ? 0.12 : 1"),
            stroke=BEST_FIT,
            # Vega redraws a patch when a style value changes, but not when only its outline does:
            # so the stroke width depends on the outline.
            strokeWidth=alt.ExprRef("0.6 + 1e-6 * (flat_right + 2 * steep_right + 3 * flatness)"),
            strokeOpacity=alt.ExprRef(f"{outside} ? 0.35 : 0.7"),
        )
        .encode(
            alt.Color("level:Q").scale(range=["#C8E0F0", "#EDF5FB"]).legend(None),
            alt.Order("depth:Q"),
        )
    )

    def placed(table: str) -> alt.Chart:
        height_there = "(pow(datum.flat, 2) + pow(datum.steep, 2))"
        return alt.Chart(alt.NamedData(table)).transform_calculate(
            right=right("datum.flat", "datum.steep"),
            down=down("datum.flat", "datum.steep", height_there),
        )

    spot = (alt.Longitude("right:Q"), alt.Latitude("down:Q"))
    on_it = placed("path")
    path = on_it.mark_line(color=GUESS, strokeWidth=2.5).encode(*spot, alt.Order("order:Q"))
    dots = on_it.mark_circle(color=GUESS, size=24, opacity=1).encode(*spot)
    marks = placed("marks")
    names = [
        marks.transform_filter(f"datum.text == '{way}'")
        .mark_text(color=MUTED, fontWeight="bold", fontSize=13, align=align, dx=dx)
        .encode(*spot, text="text:N")
        for way, align, dx in _BESIDE
    ]
    best = (
        marks.transform_filter("datum.text == 'best fit'")
        .mark_circle(color=BEST_FIT, size=90, opacity=1)
        .encode(*spot)
    )
    carry = (
        alt.Chart(alt.NamedData("shape"))
        .mark_point(opacity=0)
        .encode(alt.Longitude("flat_x:Q"), alt.Latitude("flat_y:Q"))
    )
    chart = alt.layer(carry, surface, path, dots, best, *names).add_params(
        slider_parameter("turn", 30),
        slider_parameter("tilt", 30),
        table_row("shape", "flat_x flat_y steep_x steep_y"),
        *turned.values(),
        flatness,
        height,
        highest,
        lowest,
        # As large as fits at every turn, at this tilt.
        alt.param(name="enlarged", expr="min(width / 2.9, height / (1.1 * (highest + lowest)))"),
    )
    return finish(
        chart.project(
            type="identity",
            scale=alt.ExprRef("enlarged"),
            translate=alt.ExprRef("[width / 2, (height + (highest - lowest) * enlarged) / 2]"),
        )
    )


@figure("bowl")
def bowl(solid: Solid) -> Picture:
    """Show a run on the bowl."""
    dataset = solid.dataset
    best = theory.best_fit(dataset)
    return Picture(
        spec=_bowl(),
        tables={"shape": solid.shape, "path": solid.path, "marks": solid.marks},
        facts={"best": best, "lowest": theory.lowest_loss(dataset), **frames.ends(solid.run)},
        numbers=partial(tables.surface, dataset, solid.window),
    )
