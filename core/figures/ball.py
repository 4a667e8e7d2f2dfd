"""Charts of the page Learning rates: a ball in the bowl, cut along its steep and its flat axis."""

from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.course import valley
from core.course.predictions import Limit
from core.course.valley import Cut
from core.datasets import Dataset, Line
from core.figures import frames, tables
from core.figures.palette import BEST_FIT, GUESS, MUTED, VERDICTS
from core.figures.parts import (
    WINDOW,
    FitAxes,
    Spec,
    bound_scale,
    carry,
    finish,
    slider_parameter,
    table_row,
)
from core.figures.registry import Picture, figure
from core.runs import TrainingConfig
from core.words.writing import readable

_ROOM = 1.45  # half the width of the picture, in distances from which the ball begins
_LABEL = 15  # pixels between two numbers, at least
_NUMBERED = 4  # balls
_COLOUR = (
    "share < 0.1 ? '{slow}' : share <= 1 ? '{good}' : share < 2 ? '{zigzag}' : '{explodes}'"
).format(**VERDICTS)


def _at(step: str) -> str:
    """Write where the ball is after a step."""
    return f"ball_row.begins * pow(1 - share * ball_row.ratio, {step})"


@cache
def _bowl(*, is_driven: bool, is_height: bool = False, is_small: bool = False) -> Spec:
    """Draw a bowl cut along one of its axes, with the ball on it after each of its first steps.

    Tables: ball (see ``_ball``), trail (a row for each step). Parameters, where sliders drive it:
    share_at, the learning rate times λ₂; shown, up to which step balls are drawn. Otherwise these
    are columns of the table ball, share and last; judged tells whether colours show the verdict.
    """
    title = "too low ← the line → too high" if is_height else "how far off, to either side"
    x_title = "along the floor: the lowest point is in the middle" if is_small else title

    def x(field: str) -> alt.X:
        axis = alt.Axis(labels=False, grid=False) if is_small else alt.Axis()
        scale = bound_scale("ball", "low", "high")
        return alt.X(f"{field}:Q").scale(scale).title(x_title).axis(axis)

    def y(field: str) -> alt.Y:
        scale = bound_scale("ball", "loss_low", "loss_high")
        if is_small:
            return alt.Y(f"{field}:Q").scale(scale).axis(None)
        return alt.Y(f"{field}:Q").scale(scale).title("loss above the lowest")

    colour = alt.ExprRef(f"judged ? ({_COLOUR}) : '{GUESS}'")
    wall = (
        alt.Chart(alt.sequence(0, 101, as_="place"))
        .transform_calculate(off="ball_row.low * (1 - datum.place / 50)")
        .transform_calculate(loss="0.5 * ball_row.curvature * datum.off * datum.off")
    )
    ground = wall.mark_area(color=BEST_FIT, opacity=0.12, clip=True).encode(
        x("off"), y("loss"), y2=alt.value("height")
    )
    edge = wall.mark_line(color=BEST_FIT, strokeWidth=2.5, clip=True).encode(x("off"), y("loss"))
    balls = (
        alt.Chart(alt.NamedData("trail"))
        .transform_calculate(off=_at("datum.step"), before=_at("max(datum.step - 1, 0)"))
        .transform_calculate(
            loss="0.5 * ball_row.curvature * datum.off * datum.off",
            loss_before="0.5 * ball_row.curvature * datum.before * datum.before",
        )
        .transform_filter("datum.step <= last && abs(datum.before) <= ball_row.high")
    )
    ways = balls.mark_rule(
        color=colour, strokeWidth=1.5, strokeDash=[4, 3], opacity=0.85, clip=True
    ).encode(x("before"), y("loss_before"), alt.X2("off"), alt.Y2("loss"))
    inside = balls.transform_filter("abs(datum.off) <= ball_row.high")
    dots = inside.mark_circle(
        color=colour,
        size=alt.ExprRef(f"{150 if is_small else 380} * pow(0.82, datum.step)"),
        opacity=1,
    ).encode(x("off"), y("loss"))
    # Outside of the bowl, where no way from ball to ball passes, unless balls are too close.
    pixels = "(width / (ball_row.high - ball_row.low))"
    numbers = (
        inside.transform_calculate(two_before=_at("max(datum.step - 2, 0)"))
        .transform_filter(
            f"datum.step < {_NUMBERED} && (datum.step == 0"
            f" || abs(datum.off - datum.before) * {pixels} > {_LABEL})"
            f" && (datum.step < 2 || abs(datum.off - datum.two_before) * {pixels} > {_LABEL})"
        )
        .mark_text(
            color=MUTED, fontSize=13, fontWeight="bold", dy=11,
            dx=alt.ExprRef("datum.off < 0 ? -10 : 10"),
            align=alt.ExprRef("datum.off < 0 ? 'right' : 'left'"),
        )
        .encode(x("off"), y("loss"), text="name:N")
    )  # fmt: skip
    params = [
        table_row(
            "ball",
            "curvature ratio begins low high loss_low loss_high"
            + ("" if is_driven else " share last judged"),
        )
    ]
    if is_driven:
        params += [
            slider_parameter("share_at", valley.FIRST_SHARE),
            slider_parameter("shown", valley.STEPS),
            alt.param(name="share", expr="toNumber(share_at)"),
            alt.param(name="last", expr="toNumber(shown)"),
            alt.param(name="judged", expr="true"),
        ]
    else:
        params += [
            alt.param(name=name, expr=f"ball_row.{name}") for name in ("share", "last", "judged")
        ]
    goal = (
        alt.Chart(alt.NamedData("ball"))
        .mark_rule(color=MUTED, strokeWidth=1.5, strokeDash=[3, 3])
        .encode(x=alt.value(alt.ExprRef("width / 2")), y=alt.value(0), y2=alt.value("height"))
    )
    layers = [carry("ball", room=" "), ground, edge, ways, dots, goal if is_small else numbers]
    return finish(alt.layer(*layers).add_params(*params))


def _ball(cut: Cut, steep: Cut) -> dict[str, float]:
    """Tabulate a cut for drawing, in one row.

    Returns
    -------
    dict
        curvature, ratio (to λ₂), begins, low, high (of the distance), loss_low, loss_high. A bowl
        as curved as the steep one fills the picture.
    """
    reach = _ROOM * abs(cut.begins)
    top = 0.5 * steep.curvature * reach**2
    return {
        "curvature": cut.curvature,
        "ratio": cut.curvature / steep.curvature,
        "begins": cut.begins,
        "low": -reach,
        "high": reach,
        "loss_low": -0.11 * top,
        "loss_high": top,
    }


_TRAIL = {
    "step": range(valley.STEPS + 1),
    "name": ["start", *(str(step) for step in range(1, valley.STEPS + 1))],
}


def _positions(cut: Cut, rates: dict[str, float]) -> pd.DataFrame:
    """Tabulate where the ball is after each step, at some rates."""
    return pd.DataFrame(
        {"step": _TRAIL["step"]}
        | {f"distance at {name}": valley.distances(cut, rate) for name, rate in rates.items()}
    )


def _some_rates(dataset: Dataset) -> dict[str, float]:
    limit = theory.stable_limit(dataset)
    return {readable(share * limit): share * limit for share in (0.05, 0.5, 0.9, 1.1)}


@figure("ball")
def ball(dataset: Dataset, start: Line) -> Picture:
    """Show the bowl cut across its valley, with a ball that takes steps at a slider's rate."""
    _, steep = valley.cuts(dataset, start)
    return Picture(
        spec=_bowl(is_driven=True, is_height=theory.across_is_height(dataset)),
        tables={"ball": _ball(steep, steep), "trail": _TRAIL},
        facts={"curvature": steep.curvature, "begins": steep.begins, "steps": valley.STEPS},
        numbers=partial(_positions, steep, _some_rates(dataset)),
    )


@figure("floor_ball")
def floor_ball(dataset: Dataset, start: Line) -> Picture:
    """Show the bowl cut along its valley's floor, with the same steps."""
    flat, steep = valley.cuts(dataset, start)
    return Picture(
        spec=_bowl(is_driven=True, is_small=True),
        tables={"ball": _ball(flat, steep), "trail": _TRAIL},
        facts={"curvature": flat.curvature, "begins": flat.begins, "steps": valley.STEPS},
        numbers=partial(_positions, flat, _some_rates(dataset)),
    )


@figure("asked_ball")
def asked_ball(limit: Limit, answered: bool, mark: float | None) -> Picture:
    """Show the ball's first step at one rate; when answered, its steps at the learner's rate."""
    _, steep = valley.cuts(limit.dataset, limit.start)
    rate = (limit.answer if mark is None else mark) if answered else limit.shown
    shown = valley.STEPS if answered else 1
    return Picture(
        spec=_bowl(is_driven=False, is_height=theory.across_is_height(limit.dataset)),
        tables={
            "ball": {
                **_ball(steep, steep),
                "share": rate * steep.curvature,
                "last": shown,
                "judged": int(answered),
            },
            "trail": _TRAIL,
        },
        facts={
            "rate": rate,
            "steps": shown,
            "distances": valley.distances(steep, rate, shown).tolist()[:4],
        },
        numbers=partial(_positions, steep, {readable(rate): rate}),
    )


@cache
def _lines() -> Spec:
    """Draw points, and lines with their names. Tables: points, window, lines."""
    axes = FitAxes("", "")
    lines = axes.lines("lines", color=GUESS, strokeWidth=2)
    names = (
        alt.Chart(alt.NamedData("lines"))
        .transform_calculate(there="datum.w * window_row.x_high + datum.b")
        .mark_text(color=GUESS, align="left", dx=5, fontWeight="bold", fontSize=12)
        .encode(axes.y("there"), x=alt.value("width"), text="name:N")
    )
    return finish(
        alt.layer(carry("window", room="start"), axes.points(), lines, names).add_params(WINDOW)
    )


@figure("asked_lines")
def asked_lines(limit: Limit) -> Picture:
    """Show the points, the line at the start, and after the first step at the rate asked about."""
    dataset = limit.dataset
    w, b = theory.closed_form_path(dataset, TrainingConfig((limit.shown,), 1, limit.start))
    lines = [Line(float(w[0, step]), float(b[0, step])) for step in (0, 1)]
    return Picture(
        spec=_lines(),
        tables={
            "points": frames.points(dataset),
            "window": frames.fit_window(dataset, lines, headroom=0.3),
            "lines": {
                "w": [line.w for line in lines],
                "b": [line.b for line in lines],
                "name": ["start", "1"],
            },
        },
        facts={"dataset": dataset, "rate": limit.shown, "before": lines[0], "after": lines[1]},
        numbers=partial(
            tables.points, dataset, {"line at step 0": lines[0], "line at step 1": lines[1]}
        ),
    )


@cache
def _cuts() -> Spec:
    """Draw a bowl cut along both of its axes. Tables: cuts, names."""
    place = (
        alt.X("off:Q").title("distance").axis(labels=False, grid=False),
        alt.Y("loss:Q").title("loss above the lowest").axis(labels=False),
    )
    dash = alt.StrokeDash("name:N").scale(domain=["across", "along"], range=[[1, 0], [6, 4]])
    lines = (
        alt.Chart(alt.NamedData("cuts"))
        .mark_line(color=BEST_FIT, strokeWidth=2.5)
        .encode(*place, dash.legend(None))
    )
    names = (
        alt.Chart(alt.NamedData("names"))
        .mark_text(color=BEST_FIT, fontWeight="bold", fontSize=12, align="left", dx=5)
        .encode(place[1], x=alt.value("width"), text="text:N")
    )
    return finish(alt.layer(carry("cuts", room="across, along"), lines, names))


@figure("cuts")
def cuts(dataset: Dataset) -> Picture:
    """Show how the bowl curves across its valley and along its floor."""
    axes = theory.curvature(dataset)
    off = np.linspace(-1, 1, 81)
    across, along = 0.5 * axes.steep, 0.5 * axes.flat  # at a distance of 1
    curves = {"across": across * off**2, "along": along * off**2}
    return Picture(
        spec=_cuts(),
        tables={
            "cuts": frames.stack(
                [{"off": off, "loss": loss, "name": name} for name, loss in curves.items()]
            ),
            "names": {"loss": across, "text": "across, along"}
            if theory.is_round(dataset)
            else {"loss": [across, along], "text": ["across", "along"]},
        },
        facts={"low": off[0], "high": off[-1], "across": across, "along": along},
        numbers=partial(pd.DataFrame, {"distance": off} | curves),
    )
