"""Charts of the points with lines over them: guessed, compared, predicted, run."""

import math
from collections.abc import Mapping
from functools import partial

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.course.predictions import AfterSteps, LeastWrong
from core.datasets import Dataset, Line
from core.figures import frames, labels, tables
from core.figures.frames import Branches
from core.figures.palette import BEST_FIT, GUESS, MUTED, PREDICTION
from core.figures.parts import (
    WINDOW,
    FitAxes,
    Spec,
    carry,
    finish,
    hand_parameters,
    kept_for_names,
    slider_parameter,
)
from core.figures.registry import Picture, Table, figure
from core.words.writing import readable

_MAX_DRAWN_RESIDUALS = 250  # more make dragging slow, and hide the points
_LETTERS = "ABC"


def left_out(dataset: Dataset) -> dict[str, int] | None:
    """Count what the charts of a guess draw; None where they leave nothing out.

    These are the values of the section ``residuals_left_out`` of ``words/…/shared.md``.
    """
    points = frames.points(dataset)["x"].size
    if points <= _MAX_DRAWN_RESIDUALS:
        return None
    residuals = points // math.ceil(points / _MAX_DRAWN_RESIDUALS)
    return {"points_drawn": points, "points_in_all": dataset.n, "residuals_drawn": residuals}


def _corners(count: int, when: str = "true") -> alt.Chart:
    """Repeat each point as ``count`` corners of a path, plus one that interrupts it.

    If there are many points, only of an even sample: see ``left_out``.
    """
    return (
        alt.Chart(alt.NamedData("points"))
        .transform_filter(when)
        .transform_window(point="row_number()")
        .transform_joinaggregate(points="count()")
        .transform_filter(f"datum.point % ceil(datum.points / {_MAX_DRAWN_RESIDUALS}) == 0")
        .transform_calculate(corner=f"sequence({count + 1})")
        .transform_flatten(["corner"])
        .transform_calculate(order=f"datum.point * {count + 1} + datum.corner")
    )


@kept_for_names
def _guess_by_hand(x_label: str, y_label: str, lines: tuple[str, ...], squares: bool) -> Spec:
    """Draw the data, and a guess that two sliders move, with residuals.

    ``lines`` names further lines to draw: "true line", "best fit". Tables: points, window, fixed
    (those lines), fold. Parameters: guess_w_and_guess_b; with ``squares`` also squares (0 or 1:
    whether the squares of the residuals are drawn).
    """
    axes = FitAxes(x_label, y_label)
    # One path for all residuals and one for all squares: redrawing a thousand marks is slow.
    guessed = "hand_w * datum.x + hand_b"
    residuals = _corners(2).transform_calculate(
        end=f"datum.corner == 0 ? datum.y : datum.corner == 1 ? {guessed} : null"
    )
    on_residuals = (
        _corners(5, "toNumber(squares) == 1")
        .transform_calculate(guess=guessed)
        .transform_calculate(
            side="abs(datum.guess - datum.y) * height / (window_row.y_high - window_row.y_low)"
            " * (window_row.x_high - window_row.x_low) / width"
        )
        .transform_calculate(
            side_x="datum.x + (datum.corner == 1 || datum.corner == 2 ? datum.side : 0)",
            end="datum.corner == 5 ? null"
            " : datum.corner == 2 || datum.corner == 3 ? datum.guess : datum.y",
        )
        .mark_line(
            filled=True, fill=GUESS, fillOpacity=0.1, stroke=GUESS, strokeOpacity=0.85,
            strokeWidth=1, clip=True,
        )
        .encode(axes.x("side_x"), axes.y("end"), alt.Order("order:Q"))
    )  # fmt: skip
    layers = [
        carry("window"),
        *([on_residuals] if squares else []),
        residuals.mark_line(color=GUESS, strokeWidth=0.8, clip=True).encode(
            axes.x("x"), axes.y("end"), alt.Order("order:Q")
        ),
    ]
    moved = axes.lines("fold", "hand_w", "hand_b", color=GUESS, strokeWidth=3)
    fixed = [axes.fixed_lines("true line" in lines, has_legend=squares)] if lines else []
    return finish(
        alt.layer(*layers, axes.points(), *fixed, moved).add_params(
            WINDOW, *hand_parameters(), *([slider_parameter("squares", 0)] if squares else [])
        )
    )


@figure("guess")
def guess(dataset: Dataset, start: Line, revealed: bool) -> Picture:
    """Show a guess that two sliders move; when revealed, the lines to compare it with as well."""
    others = frames.known_lines(dataset) if revealed else {}
    true_line, best = dataset.true_line, theory.best_fit(dataset)
    return Picture(
        spec=_guess_by_hand(dataset.x_label, dataset.y_label, tuple(others), squares=True),
        tables={
            "points": frames.points(dataset),
            "window": frames.fit_window(dataset, [start], headroom=0.18),
            "fold": frames.fold_row(dataset),
            **({"fixed": frames.line_rows(others)} if others else {}),
        },
        facts={
            "dataset": dataset,
            "start": start,
            "loss": theory.mse(dataset, start),
            "revealed": revealed,
            "true_line": true_line,
            "true_loss": theory.mse(dataset, true_line) if true_line else None,
            "best": best,
            "lowest": theory.lowest_loss(dataset),
        },
        numbers=partial(_residuals, dataset, start, others),
    )


@figure("pointed_fit")
def pointed_fit(dataset: Dataset, start: Line) -> Picture:
    """Show the line at the pointed place on the loss map, with the known lines."""
    others = frames.known_lines(dataset)
    best = others["best fit"]
    return Picture(
        spec=_guess_by_hand(dataset.x_label, dataset.y_label, tuple(others), squares=False),
        tables={
            "points": frames.points(dataset),
            "window": frames.fit_window(dataset, [start, best], headroom=0.18),
            "fold": frames.fold_row(dataset),
            "fixed": frames.line_rows(others),
        },
        facts={"dataset": dataset, "start": start, "best": best},
        numbers=partial(_residuals, dataset, start, others),
    )


def _residuals(dataset: Dataset, guess: Line, others: Mapping[str, Line]) -> pd.DataFrame:
    """Tabulate the points with a guess, how far each point lies above it, and other lines."""
    table = tables.points(dataset, {"guess": guess, **others})
    table.insert(3, "residual", theory.residuals(dataset, guess))
    return table


@kept_for_names
def _candidate_lines(x_label: str, y_label: str, answered: bool) -> Spec:
    """Draw the data and some lines, each with its name, to choose from.

    Tables: points, window, lines (see ``_candidates``); when answered also misses (see
    ``_misses``).
    """
    axes = FitAxes(x_label, y_label)
    lines = axes.lines("lines", color=GUESS).encode(
        strokeWidth=alt.StrokeWidth("width:Q").scale(None),
        strokeDash=alt.StrokeDash("name:N").scale(range=[[1, 0], [9, 4], [3, 3]]).legend(None),
    )
    # Right of the plot, where no line and no point is.
    names = (
        alt.Chart(alt.NamedData("lines"))
        .mark_text(color=GUESS, fontWeight="bold", fontSize=14, align="left", dx=6)
        .encode(axes.y("label"), x=alt.value("width"), text="text:N")
    )
    misses = (
        alt.Chart(alt.NamedData("misses"))
        .mark_rule(color=GUESS, strokeWidth=0.8, clip=True)
        .encode(axes.x("x"), axes.y("y"), alt.Y2("end"))
    )
    return finish(
        alt.layer(
            carry("window", "B: 0.0001234"),
            *([misses] if answered else []),
            axes.points(),
            lines,
            names,
        ).add_params(WINDOW)
    )


@figure("candidates")
def candidates(least_wrong: LeastWrong, answered: bool) -> Picture:
    """Show three lines, one with the lowest loss; when answered, their losses too."""
    dataset, lines = least_wrong.dataset, least_wrong.lines
    named = dict(zip(_LETTERS, lines, strict=True))
    window = frames.fit_window(dataset, lines)
    return Picture(
        spec=_candidate_lines(dataset.x_label, dataset.y_label, answered),
        tables={
            "points": frames.points(dataset),
            "window": window,
            "lines": _candidates(least_wrong, answered, window),
            **({"misses": _misses(least_wrong)} if answered else {}),
        },
        facts={
            "dataset": dataset,
            "a": lines[0],
            "b": lines[1],
            "c": lines[2],
            "losses": least_wrong.losses,
            "answered": answered,
        },
        numbers=partial(tables.points, dataset, named),
    )


def _candidates(least_wrong: LeastWrong, answered: bool, window: Mapping[str, float]) -> Table:
    """Tabulate lines: columns name, w, b, text (when answered with the loss), width, label.

    ``label`` is the height of the name beside the plot: where the line leaves it, moved so that
    names do not overlap.
    """
    best = least_wrong.answer
    ends = [line.at(np.array([window["x_high"]]))[0] for line in least_wrong.lines]
    return {
        "name": list(_LETTERS),
        "w": [line.w for line in least_wrong.lines],
        "b": [line.b for line in least_wrong.lines],
        "text": [
            f"{letter}: {readable(loss)}" if answered else letter
            for letter, loss in zip(_LETTERS, least_wrong.losses, strict=True)
        ],
        "width": [4.0 if answered and place == best else 2.0 for place in range(3)],
        "label": labels.spread(ends, window["y_low"], window["y_high"]),
    }


def _misses(least_wrong: LeastWrong) -> Table:
    """Tabulate the residuals of the right line: columns x, y, end."""
    points = frames.points(least_wrong.dataset)
    stride = math.ceil(points["x"].size / _MAX_DRAWN_RESIDUALS)
    drawn = frames.rows(points, slice(None, None, stride))
    return drawn | {"end": least_wrong.lines[least_wrong.answer].at(drawn["x"])}


_ROLES = {"start": MUTED, "best fit": BEST_FIT, "the run": GUESS, "your prediction": PREDICTION}
_DASHES = {"start": [2, 6], "your prediction": [10, 3]}


@kept_for_names
def _predicted_line(x_label: str, y_label: str, answered: bool) -> Spec:
    """Draw the data and a run's lines, each with its name, and the predicted line.

    Tables: points, window, lines (see ``_lines_of_run``). Parameters, until it is answered: left
    and right, the heights of the predicted line at the edges.
    """
    axes = FitAxes(x_label, y_label)
    # The start is drawn wider, as short dashes: it shows under a prediction that covers it.
    dashes = [_DASHES.get(role, [1, 0]) for role in _ROLES]
    colour = alt.Color("role:N").scale(domain=list(_ROLES), range=list(_ROLES.values()))
    lines = axes.lines("lines").encode(
        colour.legend(None),
        alt.StrokeDash("role:N").scale(domain=list(_ROLES), range=dashes).legend(None),
        alt.StrokeWidth("width:Q").scale(None),
        alt.StrokeOpacity("opacity:Q").scale(None),
    )
    # Right of the plot, and of the handles of the predicted line.
    names = (
        alt.Chart(alt.NamedData("lines"))
        .mark_text(fontWeight="bold", align="left", dx=13)
        .encode(axes.y("label"), colour.legend(None), x=alt.value("width"), text="text:N")
    )
    layers = [carry("window", "step 2000"), axes.points(), lines, names]
    if not answered:
        # Clamped, since the parameters begin at 0: for marks outside of the plot Vega would reserve
        # room, and keep the smaller clip after the sliders have set the parameters.
        edges = alt.Chart(alt.NamedData("window")).transform_calculate(
            left="clamp(toNumber(left), datum.y_low, datum.y_high)",
            right="clamp(toNumber(right), datum.y_low, datum.y_high)",
        )
        place = (axes.x("x_low"), axes.y("left"), alt.X2("x_high"), alt.Y2("right"))
        ends = [
            edges.mark_point(
                color=PREDICTION, filled=True, size=260, opacity=1, stroke="white"
            ).encode(axes.x(x), axes.y(y))
            for x, y in (("x_low", "left"), ("x_high", "right"))
        ]
        hand = edges.mark_rule(color=PREDICTION, strokeWidth=3, strokeDash=[10, 3], clip=True)
        layers += [hand.encode(*place), *ends]
    parameters = [] if answered else [slider_parameter("left", 0), slider_parameter("right", 0)]
    return finish(alt.layer(*layers).add_params(WINDOW, *parameters))


@figure("predicted")
def predicted(after_steps: AfterSteps, answered: bool, prediction: Line | None) -> Picture:
    """Show a run up to its half, and a line that two sliders move; when answered, all of the run.

    Parameters
    ----------
    prediction : Line, optional
        The line that was predicted, if one was.
    """
    dataset, start, best = (
        after_steps.dataset,
        after_steps.start,
        theory.best_fit(after_steps.dataset),
    )
    run = after_steps.quarters
    lines = {"start" if step == 0 else f"step {step}": line for step, line in run.items()}
    shown = list(lines.values())
    if answered:
        lines |= {"best fit": best} | ({"yours": prediction} if prediction else {})
    else:
        lines = dict(list(lines.items())[:3])
    window = frames.fit_window(dataset, [*shown, after_steps.linear, best])
    return Picture(
        spec=_predicted_line(dataset.x_label, dataset.y_label, answered),
        tables={
            "points": frames.points(dataset),
            "window": window,
            "lines": _lines_of_run(lines, window),
        },
        facts={
            "dataset": dataset,
            "start": start,
            "half": after_steps.steps // 2,
            "middle": after_steps.half,
            "answered": answered,
            "steps": after_steps.steps,
            "end": after_steps.answer,
            "prediction": prediction,
        },
        numbers=partial(tables.points, dataset, lines),
    )


_FAINT = {0: 0.9, 1: 0.45, 2: 0.6, 3: 0.8, 4: 1.0}  # opacities of the lines of a run


def _lines_of_run(lines: Mapping[str, Line], window: Mapping[str, float]) -> Table:
    """Tabulate named lines: columns role, w, b, text (its name), label, width, opacity.

    ``label`` is the height of the name beside the plot, moved so that names do not overlap.
    """
    right, low, high = window["x_high"], window["y_low"], window["y_high"]
    roles = {"start": "start", "best fit": "best fit", "yours": "your prediction"}
    named = [roles.get(name, "the run") for name in lines]
    ends = [float(np.clip(line.at(np.array([right]))[0], low, high)) for line in lines.values()]
    run = [role in ("start", "the run") for role in named]
    return {
        "role": named,
        "w": [line.w for line in lines.values()],
        "b": [line.b for line in lines.values()],
        "text": list(lines),
        "label": labels.spread(ends, low, high),
        "width": [
            5.0 if role == "start" else 3.0 if place == 4 or not is_run else 1.8
            for place, (role, is_run) in enumerate(zip(named, run, strict=True))
        ],
        "opacity": [_FAINT[place] if is_run else 1.0 for place, is_run in enumerate(run)],
    }


@kept_for_names
def _run_fit(x_label: str, y_label: str, has_true_line: bool, has_fork: bool) -> Spec:
    """Draw the data, its lines, and the run's line at the step that a slider chooses.

    Tables: points, window, fixed, path; with a fork also other, the branch it left, whose last line
    is drawn. Parameter: slot.
    """
    axes = FitAxes(x_label, y_label)
    other = axes.lines("other", color=MUTED, strokeWidth=2, strokeDash=[6, 4]).transform_filter(
        "datum.last"
    )
    guess = axes.lines("path", color=GUESS, strokeWidth=3).transform_filter(
        "datum.slot == toNumber(slot)"
    )
    return finish(
        alt.layer(
            carry("window"),
            axes.points(),
            axes.fixed_lines(has_true_line),
            *([other] if has_fork else []),
            guess,
        ).add_params(WINDOW, slider_parameter("slot", 0))
    )


@figure("fit")
def fit(dataset: Dataset, start: Line, branches: Branches) -> Picture:
    """Show the run's line at the step a slider chooses, and the last line of another branch."""
    known, line, other = frames.known_lines(dataset), branches.line, branches.other_line
    left = branches.left_behind
    return Picture(
        spec=_run_fit(
            dataset.x_label, dataset.y_label, dataset.true_line is not None, left is not None
        ),
        tables={
            "points": frames.points(dataset),
            "window": frames.fit_window(dataset, [start]),
            "fixed": frames.line_rows(known),
            "path": frames.columns(branches.path, "slot w b"),
            **({} if left is None else {"other": frames.columns(left, "w b last")}),
        },
        facts={
            "dataset": dataset,
            "best": known["best fit"],
            "start": start,
            "line": line,
            "taken": branches.taken,
            "gap": theory.gap(dataset, line),
            "other_line": other,
        },
        numbers=partial(
            tables.points,
            dataset,
            known | {"guess": line} | ({"dashed": other} if other else {}),
        ),
    )
