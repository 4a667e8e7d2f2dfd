"""Charts of the network: its runs, the loss of one picture, and the range test."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache, partial

import altair as alt
import numpy as np
import pandas as pd

from core.figures import tables
from core.figures.frames import rows, stack
from core.figures.labels import spread
from core.figures.palette import BEST_FIT, GUESS, POINT
from core.figures.parts import (
    LOSS_AXIS,
    RATE_AXIS,
    Spec,
    bound_scale,
    carry,
    finish,
    kind_of,
    loss_scale,
    table_row,
    verdict_colour,
)
from core.figures.registry import Picture, Table, as_columns, figure
from core.network.range_test import HIGHEST, LOWEST, RangeTest
from core.network.runs import SANE_GROWTH, STEPS, FloatArray, NetworkHistory, verdict_so_far
from core.reading.layout import unique_names
from core.words.writing import readable, readable_below

_GROWTH_SHOWN = 10.0  # times the loss at the start: explosions are cut there
_LEAST_LOSS = 1e-6
_LEAST_SHOWN = 40.0  # percent of right answers: a coin gets 50
_LABELS = 9  # how many fit above each other
# Runs of one verdict have one colour: from the second on they bear symbols, and so do their names.
SYMBOLS = ("M0,0Z", "circle", "square", "triangle-up")
NAMED_BY = ("", "● ", "■ ", "▲ ")
_EVERY = 4  # records from symbol to symbol


def step_axis() -> alt.X:
    """Encode the step along x, between the bounds."""
    return (
        alt.X("step:Q")
        .scale(bound_scale("bounds", "step_low", "step_high"))
        .title("step")
        .axis(grid=False)
    )


def draw_symbols() -> alt.Chart:
    """Draw the symbols that tell apart curves of one colour. Table: symbols, with a column twin."""
    shapes = alt.Scale(domain=list(range(len(SYMBOLS))), range=list(SYMBOLS))
    return (
        alt.Chart(alt.NamedData("symbols"))
        .mark_point(filled=True, size=60, opacity=1, clip=True)
        .encode(alt.Shape("twin:O").scale(shapes).legend(None))
    )


def _curves(what: str, y: Callable[[str], alt.Y], bounds: str) -> Spec:
    runs = alt.Chart(alt.NamedData("curves"))
    lines = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        step_axis(),
        y(what),
        verdict_colour(),
        alt.Detail("rate:O"),
        alt.StrokeDash("held_out:O").scale(domain=[0, 1], range=[[3, 4], [1, 0]]).legend(None),
    )
    colour = verdict_colour(legend=False)
    symbols = draw_symbols().encode(step_axis(), y(what), colour)
    # Right of the plot, where no curve is; a line leads there from a run that has stopped sooner.
    ends = alt.Chart(alt.NamedData("ends"))
    leaders = ends.mark_rule(strokeWidth=1, strokeDash=[1, 3], x2Offset=13).encode(
        step_axis(), y(what), alt.Y2(f"label_{what}"), colour, x2=alt.value("width")
    )
    names = ends.mark_text(align="left", dx=16, fontWeight="bold").encode(
        y(f"label_{what}"), colour, x=alt.value("width"), text="label:N"
    )
    return finish(
        alt.layer(carry("bounds", room="— ■ 0.0001"), lines, symbols, leaders, names)
        .add_params(table_row("bounds", f"step_low step_high {bounds}".strip()))
        .properties(height=280)
    )


@cache
def _losses() -> Spec:
    """Draw the loss of runs over the steps, dotted on the pictures they learn from.

    Tables: curves, symbols, bounds, ends (see ``_curve_tables``).
    """

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(loss_scale()).title("cross-entropy, log").axis(LOSS_AXIS)

    return _curves("loss", y, "loss_low loss_high")


@cache
def _accuracies() -> Spec:
    """Draw the share of right answers of the same runs. Tables: the same."""

    def y(field: str) -> alt.Y:
        scale = alt.Scale(domain=[_LEAST_SHOWN, 100], clamp=True)
        return alt.Y(f"{field}:Q").scale(scale).title("right answers, %")

    return _curves("accuracy", y, "")


@figure("network_losses")
def network_losses(histories: Sequence[NetworkHistory], net_rates: Sequence[float]) -> Picture:
    """Show the losses of runs, on the pictures they learn from and on those held out."""
    return Picture(
        spec=_losses(),
        tables=_curve_tables(histories, net_rates),
        facts=_at_the_end(histories, net_rates),
        numbers=partial(_step_by_step, histories, net_rates, accuracy=False),
    )


@figure("network_accuracies")
def network_accuracies(histories: Sequence[NetworkHistory], net_rates: Sequence[float]) -> Picture:
    """Show the shares of right answers of the same runs."""
    return Picture(
        spec=_accuracies(),
        tables=_curve_tables(histories, net_rates),
        facts=_at_the_end(histories, net_rates),
        numbers=partial(_step_by_step, histories, net_rates, accuracy=True),
    )


def _curve_tables(histories: Sequence[NetworkHistory], rates: Sequence[float]) -> dict[str, Table]:
    """Tabulate what both charts of runs draw; the colour is that of the verdict so far."""
    curves = _curves_of(histories)
    joined = stack(curves)
    bounds = _curve_bounds(joined)
    return {
        "curves": joined,
        "symbols": stack([rows(curve, slice(curve["twin"][0], None, _EVERY)) for curve in curves]),
        "bounds": bounds,
        "ends": _curve_ends(curves[1::2], rates, bounds),
    }


def _at_the_end(histories: Sequence[NetworkHistory], rates: Sequence[float]) -> dict[str, object]:
    """Collect the facts for both charts' texts: where each run ended, or was stopped.

    Rates whose training has not begun are left out.
    """
    return {
        "steps": STEPS,
        "whole": all(history.is_whole for history in histories),
        "runs": [
            {
                "rate": rate,
                "verdict": verdict_so_far(history),
                "loss": history.loss[-1],
                "held_out_loss": history.held_out_loss[-1],
                "right": history.accuracy[-1],
                "held_out_right": history.held_out_accuracy[-1],
            }
            for rate, history in zip(rates, histories, strict=False)
        ],
    }


def _curves_of(histories: Sequence[NetworkHistory]) -> list[Table]:
    """Tabulate losses and accuracies of runs, on training and on held-out pictures by turns.

    Returns
    -------
    list of Tables
        Columns rate (its index), kind (the index of its verdict so far), twin (how many rates
        before it have that verdict), held_out, step, loss, accuracy (in percent).
    """
    curves: list[Table] = []
    kinds = [kind_of(verdict_so_far(history)) for history in histories]
    for place, history in enumerate(histories):
        loss, accuracy, *held_out = history.curves
        for unseen, (losses, accuracies) in enumerate(((loss, accuracy), held_out)):
            columns = {
                "rate": place,
                "kind": kinds[place],
                "twin": kinds[:place].count(kinds[place]),
                "held_out": unseen,
                "step": history.steps,
                "loss": losses.clip(_LEAST_LOSS, SANE_GROWTH),
                "accuracy": 100 * accuracies,
            }
            curves.append(as_columns(columns))
    return curves


def _curve_bounds(table: Table) -> dict[str, float]:
    """Find the axis bounds for all curves: step_low, step_high, loss_low, loss_high."""
    at_start = table["loss"][0]
    return {
        "step_low": 0,
        "step_high": STEPS,
        "loss_low": min(table["loss"].min(), at_start / 10) / 1.5,
        "loss_high": 1.5 * min(table["loss"].max(), _GROWTH_SHOWN * at_start),
    }


def _curve_ends(
    unseen: Sequence[Table], rates: Sequence[float], bounds: Mapping[str, float]
) -> Table:
    """Tabulate where each run ends, and its label, moved so that none overlap.

    Parameters
    ----------
    unseen : sequence of Tables
        The runs' curves on held-out pictures.

    Returns
    -------
    Table
        Columns rate, kind, twin, step, loss, accuracy, label, label_loss, label_accuracy.
    """
    low, high = np.log([bounds["loss_low"], bounds["loss_high"]])
    ends = stack([rows(curve, slice(-1, None)) for curve in unseen])
    heights = np.log(ends["loss"]).clip(low, high)
    return {
        **ends,
        "label": [
            NAMED_BY[twin] + readable(rate) for rate, twin in zip(rates, ends["twin"], strict=False)
        ],
        "loss": np.exp(heights),
        "label_loss": np.exp(spread(heights, low, high, _LABELS)),
        "label_accuracy": spread(ends["accuracy"].clip(_LEAST_SHOWN), _LEAST_SHOWN, 100.0, _LABELS),
    }


def _step_by_step(
    histories: Sequence[NetworkHistory], learning_rates: Sequence[float], accuracy: bool
) -> pd.DataFrame:
    """Tabulate networks' losses, or their shares of right answers in percent, step by step."""
    runs: dict[str, pd.Series] = {}
    for history, name in zip(histories, unique_names(map(readable, learning_rates)), strict=False):
        seen, unseen = (
            (100 * history.accuracy, 100 * history.held_out_accuracy)
            if accuracy
            else (history.loss, history.held_out_loss)
        )
        what = "right, %" if accuracy else "loss"
        for kind, values in (("held out", unseen), ("training", seen)):
            runs[f"{what}, {kind}, at {name}"] = pd.Series(values, history.steps)
    return tables.by_step(runs)


@cache
def _entropy() -> Spec:
    """Draw a picture's loss over the probability of its true label. Tables: curve, marks."""

    def x() -> alt.X:
        return alt.X("probability:Q").title("probability given to the truth").scale(domain=[0, 1])

    def y() -> alt.Y:
        return alt.Y("loss:Q").title("loss of the picture")

    marks = alt.Chart(alt.NamedData("marks"))
    return finish(
        alt.layer(
            alt.Chart(alt.NamedData("curve"))
            .mark_line(color=GUESS, strokeWidth=3)
            .encode(x(), y()),
            marks.mark_point(color=GUESS, filled=True, size=80, opacity=1).encode(x(), y()),
            marks.mark_text(color=GUESS, fontWeight="bold", align="left", dx=8, dy=-8).encode(
                x(), y(), text="text:N"
            ),
        ).properties(height=260)
    )


@figure("entropy")
def entropy() -> Picture:
    """Show a picture's loss over the predicted probability of the true label."""
    curve, marks = _cost(np.linspace(0.002, 1, 300)), _cost(np.array([0.99, 0.5, 0.1, 0.01]))
    pairs = list(zip(marks["probability"].tolist(), marks["loss"].tolist(), strict=True))
    texts = [f"{readable(p)}: {readable(loss)}" for p, loss in pairs]
    return Picture(
        spec=_entropy(),
        tables={"curve": curve, "marks": {**marks, "text": texts}},
        facts={
            "marks": [{"probability": probability, "loss": loss} for probability, loss in pairs]
        },
        numbers=partial(_entropy_numbers, curve),
    )


def _cost(probability: FloatArray) -> dict[str, FloatArray]:
    """Tabulate a picture's loss over the predicted probability of the true label."""
    return {"probability": probability, "loss": -np.log(probability)}


def _entropy_numbers(curve: Table) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "probability given to the truth": curve["probability"],
            "loss of the picture": curve["loss"],
        }
    )


_MAX_MARKS = 3


@cache
def _range_test() -> Spec:
    """Draw the loss over the rising rate: each step's as a dot, the average as a line.

    Tables: curve, bounds, marks.
    """

    def x() -> alt.X:
        scale = bound_scale("bounds", "rate_low", "rate_high", type="log")
        return alt.X("rate:Q").scale(scale).title("learning rate, log").axis(RATE_AXIS)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(loss_scale()).title("loss, log").axis(LOSS_AXIS)

    curve = alt.Chart(alt.NamedData("curve"))
    layers = [
        carry("bounds"),
        curve.mark_circle(color=POINT, size=12, opacity=0.9, clip=True).encode(x(), y("loss")),
        curve.mark_line(color=GUESS, strokeWidth=3, clip=True).encode(x(), y("smoothed")),
    ]
    for place in range(_MAX_MARKS):
        top = 16 * (place + 1)
        mark = alt.Chart(alt.NamedData("marks")).transform_filter(f"datum.place == {place}")
        layers += [
            mark.mark_rule(color=BEST_FIT, strokeWidth=2, strokeDash=[6, 4]).encode(
                x(), y=alt.value(top), y2=alt.value("height")
            ),
            mark.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dx=8).encode(
                x(), y=alt.value(top - 8), text="text:N"
            ),
        ]
    return finish(
        alt.layer(*layers)
        .add_params(table_row("bounds", "rate_low rate_high loss_low loss_high"))
        .properties(height=280)
    )


@figure("line_range")
def line_range(range_test: RangeTest, limit_of_line: float) -> Picture:
    """Show the range test of the line, with its known limit."""
    return _range_picture(range_test, limit_of_line)


@figure("network_range")
def network_range(range_test: RangeTest) -> Picture:
    """Show the range test of a network."""
    return _range_picture(range_test, None)


def _range_picture(test: RangeTest, limit: float | None) -> Picture:
    return Picture(
        spec=_range_test(),
        tables={
            "curve": _range_curve(test),
            "bounds": _range_bounds(test),
            "marks": _range_marks(test, limit),
        },
        facts={
            "first": test.smoothed[0],
            "first_rate": test.rates[0],
            "lowest": test.smoothed.min(),
            "last": test.smoothed[-1],
            "last_rate": test.rates[-1],
            "steepest": test.steepest,
            "tenth": test.tenth,
            "limit": limit,
        },
        numbers=partial(_range_numbers, test),
    )


def _range_curve(test: RangeTest) -> Table:
    """Tabulate a range test: columns rate, loss, smoothed."""
    return {"rate": test.rates, "loss": test.loss.clip(_LEAST_LOSS), "smoothed": test.smoothed}


def _range_bounds(test: RangeTest) -> Table:
    """Find its axis bounds, with room for names above: rate_low, rate_high, loss_low, loss_high."""
    low, high = test.smoothed.min(), test.smoothed.max()
    return {
        "rate_low": LOWEST,
        "rate_high": HIGHEST,
        "loss_low": low / 2,
        "loss_high": 2 * high * (high / low) ** 0.25,
    }


def _range_marks(test: RangeTest, limit: float | None) -> Table:
    """Tabulate what it suggests, and the limit where it is known: columns rate, text, place.

    ``place``, counted from the right, is the label's row: so no rule crosses another's label.
    """
    marks = {"steepest": test.steepest, "lowest ÷ 10": test.tenth}
    if limit is not None:
        marks["limit 2/λ₂"] = limit
    ordered = sorted(marks.items(), key=lambda mark: -mark[1])
    return {
        "rate": [rate for _, rate in ordered],
        "text": [
            f"{name}: {(readable_below if rate == limit else readable)(rate)}"
            for name, rate in ordered
        ],
        "place": range(len(ordered)),
    }


def _range_numbers(test: RangeTest) -> pd.DataFrame:
    """Tabulate a range test, step by step."""
    return pd.DataFrame(
        {"learning rate": test.rates, "loss": test.loss, "average loss": test.smoothed}
    )
