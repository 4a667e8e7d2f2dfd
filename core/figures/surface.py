"""Charts of the loss over slope w and intercept b: maps of it, and cuts through it."""

from collections.abc import Mapping, Sequence
from functools import cache, partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd
from altair.typing import ChartType

from core import theory
from core.course.predictions import LETTERS, WAYS, WhichWay
from core.datasets import Dataset, Line
from core.descent.experiments import Step
from core.figures import frames, tables
from core.figures.frames import Branches
from core.figures.palette import ARROW, BEST_FIT, GUESS, MUTED, PREDICTION, TRUE_LINE
from core.figures.parts import (
    MAP_TITLES,
    Spec,
    b_axis,
    bound_scale,
    carry,
    finish,
    hand_parameters,
    loss_rings,
    map_parameters,
    power_or,
    slider_parameter,
    table_row,
    w_axis,
)
from core.figures.registry import Picture, Table, figure
from core.parameters import usual_start

_CHARACTER = 6.6  # average width in pixels of a character of names in bold
Name = tuple[str, str]  # a text and its colour


def _names(*rows: Sequence[Name]) -> list[alt.Chart]:
    """Write what the marks of a map are, above it: on it, words would stand on its rings."""
    return [
        alt.Chart(alt.NamedData("bounds"))
        .mark_text(color=colour, fontWeight="bold", fontSize=12, align="left", baseline="bottom")
        .encode(
            x=alt.value(sum(_CHARACTER * len(text) + 5 for text, _ in row[:place])),
            y=alt.value(-5 - 16 * (len(rows) - 1 - number)),
            text=alt.value(text),
        )
        for number, row in enumerate(rows)
        for place, (text, colour) in enumerate(row)
    ]


def _names_of_lines(has_true_line: bool, guess: str) -> list[Name]:
    true_line = [("◆ true line", TRUE_LINE)] if has_true_line else []
    return [("● best fit", BEST_FIT), *true_line, (f"● {guess}", GUESS)]


def _surface_layers(has_true_line: bool) -> list[alt.Chart]:
    """Draw contours, minimum, the true line's (w, b), and a path."""
    steps = alt.Chart(alt.NamedData("path"))
    path = steps.mark_line(color=GUESS, strokeWidth=1.5, clip=True).encode(
        w_axis(), b_axis(), alt.Order("slot:Q")
    )
    dots = steps.mark_circle(color=GUESS, size=14, opacity=1, clip=True).encode(w_axis(), b_axis())
    fixed = alt.Chart(alt.NamedData("fixed"))
    best = fixed.transform_filter("datum.line == 'best fit'")
    true = fixed.transform_filter("datum.line == 'true line'")
    diamond = true.mark_point(color=TRUE_LINE, shape="diamond", size=110, strokeWidth=2.5)
    return [
        carry("bounds"),
        loss_rings(),
        path,
        dots,
        best.mark_point(color=BEST_FIT, filled=True, size=80, opacity=1).encode(w_axis(), b_axis()),
        *([diamond.encode(w_axis(), b_axis())] if has_true_line else []),
    ]


@cache
def _path_on_surface(has_true_line: bool, has_fork: bool, has_arrow: bool) -> Spec:
    """Draw the loss over (w, b) with a run on it, and the step that a slider chooses.

    Tables: contours, bounds, fixed (best fit and true line), path; with an arrow also arrow (w, b,
    new_w, new_b and text: one step), with a fork other, the branch it left. Parameter: slot.
    """
    other = (
        alt.Chart(alt.NamedData("other"))
        .mark_line(color=MUTED, strokeWidth=2, strokeDash=[6, 4], clip=True)
        .encode(w_axis(), b_axis(), alt.Order("step:Q"))
    )
    arrow = alt.Chart(alt.NamedData("arrow"))
    shaft = arrow.mark_rule(color=ARROW, strokeWidth=3, clip=True).encode(
        w_axis(), b_axis(), alt.X2("new_w"), alt.Y2("new_b")
    )
    tip = (
        arrow.transform_calculate(
            right="(datum.new_w - datum.w) * across", rise="(datum.new_b - datum.b) * up"
        )
        .transform_filter("datum.right != 0 || datum.rise != 0")
        .mark_point(
            shape="triangle",
            filled=True,
            color=ARROW,
            size=110,
            opacity=1,
            angle=alt.ExprRef("90 - atan2(datum.rise, datum.right) * 180 / PI"),
            clip=True,
        )
        .encode(w_axis("new_w"), b_axis("new_b"))
    )
    name = arrow.mark_text(
        color=ARROW, fontWeight="bold", fontSize=12, align="left", baseline="bottom"
    ).encode(x=alt.value(0), y=alt.value(-21), text="text:N")
    now = (
        alt.Chart(alt.NamedData("path"))
        .transform_filter("datum.slot == toNumber(slot)")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white", clip=True)
        .encode(w_axis(), b_axis())
    )
    return finish(
        alt.layer(
            *_surface_layers(has_true_line),
            *_names(_names_of_lines(has_true_line, "the run")),
            *([other] if has_fork else []),
            now,
            *([shaft, tip, name] if has_arrow else []),
        ).add_params(*map_parameters(), slider_parameter("slot", 0))
    )


@figure("path")
def path(dataset: Dataset, start: Line, branches: Branches, step: Step | None) -> Picture:
    """Show a run on the map, with an arrow for the step that is looked into, if there is one."""
    left = branches.left_behind
    is_nearer = step and theory.gap(dataset, step.new) < theory.gap(dataset, start)
    window = frames.path_window(
        dataset,
        start,
        frames.stack(list(branches.named.values())),
        [step.new] if step is not None and is_nearer else [],
    )
    return Picture(
        spec=_path_on_surface(dataset.true_line is not None, left is not None, step is not None),
        tables={
            "contours": frames.contours(dataset, window),
            "bounds": window,
            "fixed": frames.fixed_lines(dataset),
            "path": frames.columns(branches.path, "slot w b"),
            **({} if step is None else {"arrow": _arrow(step)}),
            **({} if left is None else {"other": frames.columns(left, "step w b")}),
        },
        facts={
            "start": start,
            "line": branches.line,
            "best": theory.best_fit(dataset),
            "step": step,
            "other_line": branches.other_line,
        },
        numbers=partial(tables.run, dataset, branches),
    )


def _arrow(step: Step) -> Table:
    """Tabulate one step in one row: w, b, new_w, new_b, text."""
    return {
        "w": step.old.w,
        "b": step.old.b,
        "new_w": step.new.w,
        "new_b": step.new.b,
        "text": f"→ step {step.number:,}",
    }


def _pointed_line() -> list[alt.Parameter]:
    """Make the parameters for the loss and gradient of the pointed line, from ``Dataset.fold``."""
    computed = {
        "above": "fold_row.r00 * hand_w + fold_row.r01 * hand_b - fold_row.r02",
        "below": "fold_row.r11 * hand_b - fold_row.r12",
        "hand_loss": "pow(above, 2) + pow(below, 2) + pow(fold_row.r22, 2)",
        "grad_w": "2 * fold_row.r00 * above",
        "grad_b": "2 * (fold_row.r01 * above + fold_row.r11 * below)",
    }
    return [
        *hand_parameters(),
        table_row("fold", "r00 r01 r02 r11 r12 r22"),
        *(alt.param(name=name, expr=expression) for name, expression in computed.items()),
    ]


def _here(**columns: str) -> alt.Chart:
    """Make a one-row source for marks of the pointed line, computed by expressions."""
    return alt.Chart(alt.NamedData("fold")).transform_calculate(**columns)


@cache
def _pointed_surface(has_true_line: bool, arrows: bool) -> Spec:
    """Draw the loss over (w, b), with the gradient and its opposite at the pointed place.

    Tables: contours, bounds, fixed, path (the run), fold. Parameter: guess_w_and_guess_b.
    """

    def arrow(sign: str, colour: str) -> list[alt.Chart]:
        there = _here(
            w="hand_w", b="hand_b", to_w=f"hand_w {sign} reach * grad_w",
            to_b=f"hand_b {sign} reach * grad_b",
        )  # fmt: skip
        shaft = there.mark_rule(color=colour, strokeWidth=2.5, clip=True).encode(
            w_axis(), b_axis(), alt.X2("to_w"), alt.Y2("to_b")
        )
        tip = there.mark_circle(color=colour, size=55, opacity=1, clip=True).encode(
            w_axis("to_w"), b_axis("to_b")
        )
        return [shaft, tip]

    names: list[list[Name]] = [_names_of_lines(has_true_line, "your line")]
    if arrows:
        names.append([("↙ gradient: uphill", MUTED), ("↗ step: downhill", GUESS)])
    pixels = alt.param(name="pixels", expr="sqrt(pow(grad_w * across, 2) + pow(grad_b * up, 2))")
    reach = alt.param(name="reach", expr="pixels > 0 ? 64 / pixels : 0")
    place = (
        _here(w="hand_w", b="hand_b")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white", clip=True)
        .encode(w_axis(), b_axis())
    )
    return finish(
        alt.layer(
            *_surface_layers(has_true_line),
            *(arrow("+", MUTED) if arrows else []),
            *(arrow("-", GUESS) if arrows else []),
            place,
            *_names(*names),
        ).add_params(*map_parameters(), *_pointed_line(), pixels, reach)
    )


@figure("surface")
def surface(dataset: Dataset, start: Line, run: Table, arrows: bool) -> Picture:
    """Show a run on the map the learner points at; with ``arrows`` also the gradient there."""
    return _pointed_map(dataset, start, run, arrows)


@figure("gradient_map")
def gradient_map(dataset: Dataset, start: Line, run: Table) -> Picture:
    """Show the gradient and its opposite wherever the learner points."""
    return _pointed_map(dataset, start, run, arrows=True)


def _window(dataset: Dataset, start: Line, run: Table) -> dict[str, float]:
    """Find the bounds of the map: with the usual start, so that nearer ones do not zoom in."""
    usual = dataset.from_original(usual_start(dataset))
    return frames.path_window(dataset, start, run, [usual])


def _pointed_map(dataset: Dataset, start: Line, run: Table, arrows: bool) -> Picture:
    window = _window(dataset, start, run)
    best = theory.best_fit(dataset)
    return Picture(
        spec=_pointed_surface(dataset.true_line is not None, arrows),
        tables={
            "contours": frames.contours(dataset, window),
            "bounds": window,
            "fixed": frames.fixed_lines(dataset),
            "path": frames.columns(frames.apart(run, window), "slot w b"),
            "fold": frames.fold_row(dataset),
        },
        facts={
            "best": best,
            "lowest": theory.lowest_loss(dataset),
            "start": start,
            "end": Branches(run).line,
            **frames.ends(run),
        },
        numbers=partial(tables.run, dataset, Branches(run)),
    )


_SLICE_POINTS = 41


@cache
def _loss_slices() -> Spec:
    """Draw the loss along w, and along b, through the pointed line, with its slopes there.

    Tables: bounds, fold. Parameter: guess_w_and_guess_b.
    """
    slices = alt.vconcat(_loss_slice("w"), _loss_slice("b"), spacing=34)
    return finish(
        slices.add_params(
            table_row("bounds", "w_low w_high b_low b_high loss_low loss_high"), *_pointed_line()
        ).properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    )


def _loss_slice(along: str) -> ChartType:
    w, b = ("datum.w", "hand_b") if along == "w" else ("hand_w", "datum.b")

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", f"{along}_low", f"{along}_high", zero=False)
        return alt.X(f"{field}:Q").scale(scale).title(MAP_TITLES[along])

    def y(field: str) -> alt.Y:
        scale = bound_scale("bounds", "loss_low", "loss_high", zero=False)
        return alt.Y(f"{field}:Q").scale(scale).title("loss (MSE)")

    width = f"(bounds_row.{along}_high - bounds_row.{along}_low)"
    parabola = (
        alt.Chart(alt.sequence(_SLICE_POINTS, as_="place"))
        .transform_calculate(
            **{along: f"bounds_row.{along}_low + datum.place / {_SLICE_POINTS - 1} * {width}"}
        )
        .transform_calculate(
            loss=f"pow(fold_row.r00 * {w} + fold_row.r01 * {b} - fold_row.r02, 2)"
            f" + pow(fold_row.r11 * {b} - fold_row.r12, 2) + pow(fold_row.r22, 2)"
        )
        .mark_line(color=BEST_FIT, strokeWidth=2.5, clip=True)
        .encode(x(along), y("loss"))
    )  # fmt: skip
    run = f"0.14 * {width}"
    tangent = (
        _here(
            left=f"hand_{along} - {run}",
            right=f"hand_{along} + {run}",
            left_loss=f"hand_loss - grad_{along} * {run}",
            right_loss=f"hand_loss + grad_{along} * {run}",
        )
        .mark_rule(color=GUESS, strokeWidth=2.5, clip=True)
        .encode(x("left"), y("left_loss"), alt.X2("right"), alt.Y2("right_loss"))
    )
    point = (
        _here(here=f"hand_{along}", loss="hand_loss")
        .mark_point(color=GUESS, filled=True, size=130, opacity=1, stroke="white", clip=True)
        .encode(x("here"), y("loss"))
    )
    gradient = power_or(f"format(grad_{along}, ',.4~r')", f"grad_{along}")
    slope = (
        _here(text=f"'slope here: ' + ({gradient})")
        .mark_text(color=GUESS, fontWeight="bold", align="left", baseline="bottom", fontSize=13)
        .encode(text="text:N", x=alt.value(0), y=alt.value(-6))
    )
    return alt.layer(carry("bounds"), parabola, tangent, point, slope).properties(
        height=150, width="container"
    )


@figure("slices")
def slices(dataset: Dataset, start: Line, run: Table) -> Picture:
    """Show the loss along w and along b through the place pointed at on the map of a run."""
    window = _window(dataset, start, run)
    slope_w, slope_b = theory.gradient(dataset, start)
    return Picture(
        spec=_loss_slices(),
        tables={
            "bounds": _slice_bounds(dataset, start, window),
            "fold": frames.fold_row(dataset),
        },
        facts={
            "start": start,
            "loss": theory.mse(dataset, start),
            "slope_w": slope_w,
            "slope_b": slope_b,
        },
        numbers=partial(_slices, dataset, start, window),
    )


def _slice_bounds(dataset: Dataset, start: Line, window: Mapping[str, float]) -> Table:
    """Find the slices' bounds: the window's, and loss_low, loss_high around the start's loss."""
    lowest = theory.lowest_loss(dataset)
    high = 1.5 * max(theory.mse(dataset, start), 4 * lowest)
    return {**window, "loss_low": -0.04 * high, "loss_high": high}


_SLICED = 21  # values along an axis: few enough that all rows are shown


def _slices(dataset: Dataset, line: Line, window: Mapping[str, float]) -> pd.DataFrame:
    """Tabulate the loss, and its slope, along w and along b through a line."""
    parts = []
    for axis, (here, other) in {"w": (line.w, line.b), "b": (line.b, line.w)}.items():
        values = np.sort(np.append(tables.along(window, axis, _SLICED), here))
        same = np.full(values.size, other)
        w, b = (values, same) if axis == "w" else (same, values)
        slopes = [
            theory.gradient(dataset, Line(*place))["wb".index(axis)]
            for place in zip(w, b, strict=True)
        ]
        part = tables.losses(dataset, w, b).drop(columns="excess loss")
        part.insert(0, "along", axis)
        parts.append(part.assign(**{"slope there": slopes}))
    return pd.concat(parts, ignore_index=True)


@cache
def _quarters(answered: bool) -> Spec:
    """Draw rings of equal loss, a point, and an arrow into each of the four quadrants around it.

    When answered, draw where the loss rises and falls along w and along b, the learner's arrow, and
    the step's own. Tables: contours, bounds, ways (see ``_ways``); when answered also sides (see
    ``_sides``) and step (see ``_direction``).
    """

    def arrow(source: alt.Chart, colour: Any, width: float, far: int) -> list[alt.Chart]:  # noqa: ANN401
        ended = source.transform_calculate(
            to_w=f"datum.w + {far} * datum.right / across",
            to_b=f"datum.b + {far} * datum.rise / up",
        )
        shaft = ended.mark_rule(clip=True, strokeWidth=width).encode(
            w_axis(), b_axis(), alt.X2("to_w"), alt.Y2("to_b"), color=colour
        )
        tip = ended.mark_point(
            shape="triangle", filled=True, size=90, opacity=1, clip=True,
            angle=alt.ExprRef("90 - atan2(datum.rise, datum.right) * 180 / PI"),
        ).encode(w_axis("to_w"), b_axis("to_b"), color=colour)  # fmt: skip
        return [shaft, tip]

    def words(source: alt.Chart, colour: Any, far: int, **mark: Any) -> alt.Chart:  # noqa: ANN401
        return (
            source.transform_calculate(
                text_w=f"datum.w + {far} * datum.right / across",
                text_b=f"datum.b + {far} * datum.rise / up",
            )
            .mark_text(fontWeight="bold", clip=True, **mark)
            .encode(w_axis("text_w"), b_axis("text_b"), text="text:N", color=colour)
        )

    ways = alt.Chart(alt.NamedData("ways"))
    colour = (
        alt.Color("role:N").scale(domain=["way", "yours"], range=[MUTED, PREDICTION]).legend(None)
    )
    letters = words(ways, colour, _LETTERED, fontSize=14)
    if not answered:
        layers = [*arrow(ways, colour, 2, _DIAGONAL), letters]
    else:
        yours = ways.transform_filter("datum.role == 'yours'")
        sides = alt.Chart(alt.NamedData("sides"))
        down = sides.transform_filter("datum.text == 'falls'")
        # The step's direction in pixels depends on the width of the picture.
        step = (
            alt.Chart(alt.NamedData("step"))
            .transform_calculate(
                far="sqrt(pow(datum.per_w * across, 2) + pow(datum.per_b * up, 2))"
            )
            .transform_calculate(
                right="datum.per_w * across / datum.far", rise="datum.per_b * up / datum.far"
            )
        )
        layers = [
            *arrow(yours, colour, 3, _DIAGONAL),
            *arrow(down, alt.value(MUTED), 2, _ALONG),
            *arrow(step, alt.value(GUESS), 4, _STEP),
            letters,
            *(
                words(
                    sides.transform_filter(f"datum.right == {side}"),
                    alt.value(MUTED),
                    _SAID,
                    align=align,
                )
                for side, align in ((-1, "right"), (0, "center"), (1, "left"))
            ),
        ]
    place = (
        ways.transform_filter("datum.right > 0 && datum.rise > 0")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white")
        .encode(w_axis(), b_axis())
    )
    return finish(
        alt.layer(carry("bounds"), loss_rings(), *layers, place).add_params(*map_parameters())
    )


# Pixels from the dot: the arrows into the quadrants (each way), along w or b, and that of the step;
# the letters (each way), and the words along w and b.
_DIAGONAL, _ALONG, _STEP, _LETTERED, _SAID = 32, 32, 46, 44, 45
_ROOM = 0.4  # of the map on each side: so much more room for them


@figure("quarters")
def quarters(which_way: WhichWay, answered: bool, choice: int | None) -> Picture:
    """Show a point on the map and four directions; when answered, the step and its reasons."""
    dataset, place = which_way.dataset, which_way.place
    alone = {"w": np.array([place.w]), "b": np.array([place.b])}
    whole = frames.path_window(dataset, place, alone)
    window = _widened(whole, _ROOM)
    told = {"sides": _sides(which_way), "step": _direction(which_way, window)}
    rises = [slope > 0 for slope in which_way.slopes]
    return Picture(
        spec=_quarters(answered),
        tables={
            "contours": frames.contours(dataset, window),
            "bounds": window,
            "ways": _ways(which_way, choice if answered else None),
            **(told if answered else {}),
        },
        facts={
            "best": theory.best_fit(dataset),
            "dot": place,
            "answered": answered,
            "answer": LETTERS[which_way.answer],
            "rises_w": rises[0],
            "rises_b": rises[1],
        },
        numbers=partial(tables.surface, dataset, window),
    )


def _ways(which_way: WhichWay, choice: int | None) -> Table:
    """Tabulate the four arrows: columns w, b, right, rise, text, role."""
    return {
        "w": which_way.place.w,
        "b": which_way.place.b,
        "right": [w for w, _ in WAYS],
        "rise": [b for _, b in WAYS],
        "text": list(LETTERS),
        "role": ["yours" if place == choice else "way" for place in range(len(WAYS))],
    }


def _sides(which_way: WhichWay) -> Table:
    """Tabulate what the loss does on the four sides of the dot: columns w, b, right, rise, text."""
    w, b = which_way.slopes
    uphill = [w > 0, b > 0, w < 0, b < 0]
    return {
        "w": which_way.place.w,
        "b": which_way.place.b,
        "right": [1, 0, -1, 0],
        "rise": [0, 1, 0, -1],
        "text": ["rises" if rises else "falls" for rises in uphill],
    }


def _direction(which_way: WhichWay, window: Mapping[str, float]) -> Table:
    """Tabulate the step in one row: w, b (the dot), per_w, per_b (against the slopes)."""
    w, b = which_way.slopes
    size = max(
        abs(w) / (window["w_high"] - window["w_low"]),
        abs(b) / (window["b_high"] - window["b_low"]),
    )
    return {
        "w": which_way.place.w,
        "b": which_way.place.b,
        "per_w": -w / size,
        "per_b": -b / size,
    }


def _widened(window: Mapping[str, float], share: float) -> dict[str, float]:
    """Widen a window of ``frames.path_window`` on each side by a share of its width and height."""
    margin_w = share * (window["w_high"] - window["w_low"])
    margin_b = share * (window["b_high"] - window["b_low"])
    return {
        "w_low": window["w_low"] - margin_w,
        "w_high": window["w_high"] + margin_w,
        "b_low": window["b_low"] - margin_b,
        "b_high": window["b_high"] + margin_b,
    }
