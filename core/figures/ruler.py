"""Charts of an axis of learning rates: the ruler, and the questions of the page Learning rates."""

import math
from collections.abc import Sequence
from functools import cache, partial
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.course.predictions import PICTURE_STEPS, Pictures
from core.datasets import Dataset, FloatArray, Line
from core.figures import tables
from core.figures.palette import GUESS, MUTED
from core.figures.parts import (
    LOSS_AXIS,
    RATE_AXIS,
    VERDICT_SCALE,
    Spec,
    bound_ends,
    bound_scale,
    carry,
    finish,
    kind_of,
    slider_parameter,
    table_row,
    verdict_colour,
)
from core.figures.registry import Picture, Table, figure
from core.words.writing import VERDICT_WORDS, in_steps, readable, readable_below


def _zones(dataset: Dataset, low: float, high: float) -> Table:
    """Tabulate each verdict's range of rates, between two rates.

    Returns
    -------
    Table
        Columns kind (of verdict), low, high (rates), middle, text.
    """
    safe = theory.safe_rate(dataset)
    edges = np.array([low, safe / 10, safe, 2 * safe, high]).clip(low, high)
    kinds = np.flatnonzero(edges[:-1] < edges[1:])
    words = list(VERDICT_WORDS.values())
    return {
        "kind": kinds,
        "low": edges[kinds],
        "high": edges[kinds + 1],
        "middle": np.sqrt(edges[kinds] * edges[kinds + 1]),
        "text": [words[kind] for kind in kinds],
    }


def _side_by_side(source: alt.Chart, rate: str, text: str, size: float) -> alt.Chart:
    """Move texts in a row along a rate axis just far enough that none overlap.

    The texts' middles, as rates, become the column place. Like ``labels.spread``, but in the
    browser, which knows how wide the axis is. Parameters: bounds_row, span.
    """
    by_rate = [alt.SortField(rate)]
    until_here: dict[str, Any] = {"frame": [None, 0], "sort": by_rate, "ignorePeers": True}
    return (
        source.transform_calculate(wide=f"length(datum.{text}) * {0.56 * size} + 6")
        .transform_window(end="sum(wide)", **until_here)
        .transform_joinaggregate(total="sum(wide)")
        .transform_calculate(
            free=f"max(0, width * log(datum.{rate} / bounds_row.rate_low) / log(span)"
            " - datum.wide / 2) - (datum.end - datum.wide)"
        )
        .transform_window(pushed="max(free)", **until_here)
        .transform_calculate(
            place="bounds_row.rate_low * pow(span, (min(datum.pushed, width - datum.total)"
            " + datum.end - datum.wide / 2) / width)"
        )
    )


_SPAN = alt.param(name="span", expr="bounds_row.rate_high / bounds_row.rate_low")
_SWEPT = 256  # rates at which the curve is computed
_CELLS = 128  # clickable cells


_ROW_ABOVE = alt.value(alt.ExprRef("-17 * datum.row - 17"))
_ROWS = 2  # of rates: eight fit on a phone
_ROWS_BELOW = (3, 16, 31)  # pixels


@cache
def _ruler() -> Spec:
    """Draw the learning rates on one axis: zones, limits, those chosen, and the loss they lead to.

    The curve is the loss after t steps at each of 256 rates, computed in the browser by the
    closed form: in t steps, the squared error along an axis shrinks by (1 − rate·λ)^(2t).
    A triangle marks the rate with the least excess loss, compared by its logarithm, because added
    to the lowest loss it can round to the same loss at many rates. Where the logarithms are equal,
    too, the smallest of those rates is marked; for a start at the best fit, none.
    Tables: bounds, theory, zones, marks, chosen, recorded. Parameter: slot, the row of recorded
    that has t.
    Selection: pick, the rate at which one clicks.
    """

    def x(field: str) -> alt.X:
        scale = bound_scale("bounds", "rate_low", "rate_high", type="log")
        return alt.X(f"{field}:Q").scale(scale).title("learning rate")

    def y(field: str) -> alt.Y:
        scale = alt.Scale(
            domain=bound_ends("bounds", "loss_low", "loss_high"), type="log", clamp=True
        )
        return alt.Y(f"{field}:Q").scale(scale).title("loss at that step")

    zones = alt.Chart(alt.NamedData("zones"))
    edge = alt.Stroke("kind:O").scale(VERDICT_SCALE).legend(None)
    areas = zones.mark_rect(fillOpacity=0.16, strokeWidth=0.8).encode(
        x("low"), alt.X2("high"), verdict_colour(legend=False), edge,
        y=alt.value(0), y2=alt.value("height"),
    )  # fmt: skip
    steps = alt.param(name="steps", expr="(data('recorded')[toNumber(slot)] || {step: 1}).step")
    left_over = [
        f"theory_row.{axis}_share * pow(1 - datum.rate * theory_row.{axis}, 2 * steps)"
        for axis in ("flat", "steep")
    ]
    loss = f"min(theory_row.lowest + {' + '.join(left_over)}, bounds_row.loss_high)"
    swept = (
        alt.Chart(alt.sequence(_SWEPT, as_="place"))
        .transform_calculate(rate=f"bounds_row.rate_low * pow(span, datum.place / {_SWEPT - 1})")
        .transform_calculate(loss=loss)
    )
    axis = RATE_AXIS.copy()
    axis.labelPadding = _ROWS_BELOW[-1] + 18
    curve = swept.mark_line(color=MUTED, strokeWidth=2.5, clip=True).encode(
        x("rate").axis(axis), y("loss").axis(LOSS_AXIS)
    )
    flat_left, steep_left = (
        f"(log(theory_row.{axis}_share) + 2 * steps * log(abs(1 - datum.rate * theory_row.{axis})))"
        for axis in ("flat", "steep")
    )
    best = (
        swept.transform_calculate(
            excess=f"max({flat_left}, {steep_left})"
            f" + log(1 + exp(-abs({flat_left} - {steep_left})))"
        )
        .transform_joinaggregate(least="min(excess)")
        .transform_filter("steps > 0")
        .transform_filter("datum.excess <= datum.least + 1e-12")
        .transform_window(found="row_number()")
        .transform_filter("datum.found == 1")
        .mark_point(
            shape="triangle-down", filled=True, color=MUTED, size=90, opacity=1, yOffset=-12
        )
        .encode(x("rate"), y("loss"))
    )
    # Names are above the plot, each in its own row and on the side of its rule where those of the
    # higher rows do not pass.
    marks = alt.Chart(alt.NamedData("marks"))
    rules = marks.mark_rule(color=MUTED, strokeWidth=1.5, strokeDash=[5, 3]).encode(
        x("rate"), y=_ROW_ABOVE, y2=alt.value("height")
    )
    words = marks.mark_text(
        color=MUTED, fontWeight="bold", baseline="top",
        align=alt.ExprRef("datum.left ? 'left' : 'right'"),
        dx=alt.ExprRef("datum.left ? 5 : -5"),
    ).encode(x("rate"), text="text:N", y=_ROW_ABOVE)  # fmt: skip
    chosen = alt.Chart(alt.NamedData("chosen")).transform_calculate(loss=loss)
    dots = chosen.mark_point(filled=True, size=130, opacity=1, stroke="white").encode(
        x("rate"), y("loss"), verdict_colour(legend=False)
    )
    # Below the plot, where no line is: the rates in two rows, and under them the zones.
    stems = chosen.mark_rule(strokeWidth=1).encode(
        x("rate"), y("loss"), verdict_colour(legend=False), y2=alt.value("height")
    )
    rows = [
        *(
            (_side_by_side(chosen.transform_filter(f"datum.row == {row}"), "rate", "label", 11), 11)
            for row in range(_ROWS)
        ),
        (_side_by_side(zones, "middle", "text", 13), 13),
    ]
    labels = [
        row.mark_text(fontWeight="bold", fontSize=size, baseline="top", dy=down).encode(
            x("place"), verdict_colour(legend=False), y=alt.value("height"),
            text="label:N" if size == 11 else "text:N",
        )
        for (row, size), down in zip(rows, _ROWS_BELOW, strict=True)
    ]  # fmt: skip
    pick = alt.selection_point(name="pick", on="click", fields=["rate"], empty=False)
    cells = (
        alt.Chart(alt.sequence(_CELLS, as_="place"))
        .transform_calculate(
            rate=f"bounds_row.rate_low * pow(span, (datum.place + 0.5) / {_CELLS})"
        )
        .transform_calculate(
            left=f"datum.rate * pow(span, -0.5 / {_CELLS})",
            right=f"datum.rate * pow(span, 0.5 / {_CELLS})",
        )
        .mark_rect(opacity=0)
        .encode(x("left"), alt.X2("right"), y=alt.value(0), y2=alt.value("height"))
        .add_params(pick)
    )
    return finish(
        alt.layer(
            carry("bounds"), carry("theory"), carry("recorded"), areas, rules, words, stems, curve,
            best, dots, *labels, cells,
        )
        .add_params(
            slider_parameter("slot", 0),
            table_row("bounds", "rate_low rate_high loss_low loss_high"),
            table_row("theory", "lowest flat steep flat_share steep_share"),
            steps,
            _SPAN,
        )
    )  # fmt: skip


@figure("ruler")
def ruler(
    dataset: Dataset, start: Line, rates: Sequence[float], recorded: Sequence[int]
) -> Picture:
    """Show rates from far too small to far too large, the chosen ones, and their losses.

    Parameters
    ----------
    recorded : sequence of int
        The steps at which the losses can be shown; the table of numbers has those at the last.
    """
    limit, safe = theory.stable_limit(dataset), theory.safe_rate(dataset)
    low = min(limit / 1000, *(rate / 2 for rate in rates))
    high = max(limit * 3, *(rate * 1.5 for rate in rates))
    marks = _marks(dataset, low, high)
    return Picture(
        spec=_ruler(),
        tables={
            "bounds": _bounds(dataset, start, low, high),
            "theory": _left_over(dataset, start),
            "zones": _zones(dataset, low, high),
            "marks": marks,
            "chosen": _chosen(dataset, rates),
            "recorded": {"step": recorded},
        },
        facts={"slow": safe / 10, "safe": safe, "limit": limit, "chosen": rates},
        numbers=partial(_swept, dataset, start, rates, int(recorded[-1]), low, high, marks),
    )


def _bounds(dataset: Dataset, start: Line, low: float, high: float) -> Table:
    """Find the ruler's bounds: rate_low, rate_high; loss_low, loss_high of its loss axis."""
    lowest, first = (theory.mse(dataset, line) for line in (theory.best_fit(dataset), start))
    loss_high = 30 * max(first, lowest, np.finfo(np.float64).tiny)
    return {
        "rate_low": low,
        "rate_high": high,
        "loss_low": max(lowest, 1e-12 * loss_high) / 4,
        "loss_high": loss_high,
    }


def _left_over(dataset: Dataset, start: Line) -> Table:
    """Tabulate the values from which the loss after any number of steps is computed.

    Returns
    -------
    Table
        One row: lowest, flat, steep (eigenvalues), flat_share, steep_share (the start's
        squared errors along their axes, in y-units²).
    """
    flat, steep = theory.axis_errors(dataset, np.array(start.w), np.array(start.b))
    axes = theory.curvature(dataset)
    return {
        "lowest": theory.lowest_loss(dataset),
        "flat": axes.flat,
        "steep": axes.steep,
        "flat_share": float(flat) ** 2,
        "steep_share": float(steep) ** 2,
    }


def _marks(dataset: Dataset, low: float, high: float) -> Table:
    """Tabulate the rates given by theory: columns rate, text, left, row.

    ``left`` tells that the text begins at the rate's line, ``row`` how high it stands.
    """
    safe, fastest, limit = (
        rate(dataset) for rate in (theory.safe_rate, theory.fastest_rate, theory.stable_limit)
    )
    to_the_right = math.log(safe / low) < 0.5 * math.log(high / low)
    return {
        "rate": [safe, fastest, limit],
        "text": [
            f"safe choice, 1/λ₂ = {readable_below(safe)}",
            f"fastest in the long run, {readable_below(fastest)}",
            f"limit, 2/λ₂ = {readable_below(limit)}",
        ],
        "left": to_the_right,
        "row": [2, 1, 0] if to_the_right else [0, 1, 2],
    }


def _chosen(dataset: Dataset, rates: Sequence[float]) -> Table:
    """Tabulate the rates that run: columns rate, kind, label, row."""
    return {
        "rate": rates,
        "kind": [kind_of(theory.verdict(dataset, rate)) for rate in rates],
        "label": [readable(rate) for rate in rates],
        "row": np.argsort(np.argsort(rates)) % _ROWS,
    }


_SWEPT_ROWS = 33  # few enough that all rows are shown


def _swept(
    dataset: Dataset,
    start: Line,
    chosen: Sequence[float],
    steps: int,
    low: float,
    high: float,
    marks: Table,
) -> pd.DataFrame:
    """Tabulate learning rates from slow to exploding: verdict, loss after some steps, and marks."""
    swept = pd.DataFrame({"rate": np.geomspace(low, high, _SWEPT_ROWS), "text": ""})
    picked = pd.DataFrame({"rate": list(chosen), "text": "chosen"})
    marked = pd.DataFrame({"rate": marks["rate"], "text": marks["text"]})
    all_rates = pd.concat([swept, marked, picked])
    all_rates = all_rates.sort_values("rate", kind="stable", ignore_index=True)
    loss = theory.loss_after(dataset, start, all_rates["rate"].to_numpy(), np.array(steps))
    return pd.DataFrame(
        {
            "learning rate": all_rates["rate"],
            "verdict": tables.verdicts(dataset, all_rates["rate"]),
            "arrives after": tables.arrivals(dataset, start, all_rates["rate"]),
            f"loss after {in_steps(steps)}": np.where(np.isfinite(loss), loss, np.nan),
            "mark": all_rates["text"],
        }
    )


@cache
def _signed_errors(answered: bool) -> Spec:
    """Draw four signed errors over the steps, a row each; coloured by verdict when answered.

    Tables: pictures (see ``_errors``) and names (see ``_names``).
    """
    scale = alt.Scale(domain=[-3.45, 0.65], nice=False)
    colour = {"color": verdict_colour(legend=False) if answered else alt.value(GUESS)}

    def x() -> alt.X:
        return alt.X("step:Q").title("step").axis(tickMinStep=1, grid=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale).axis(None)

    names = alt.Chart(alt.NamedData("names"))
    zeros = names.mark_rule(color=MUTED, strokeWidth=1).encode(y("zero"))
    words = names.mark_text(align="left", baseline="bottom", fontWeight="bold", fontSize=14).encode(
        y("top"), text="text:N", x=alt.value(6), **colour
    )
    runs = alt.Chart(alt.NamedData("pictures"))
    place = (x(), y("height"), alt.Detail("row:O"))
    lines = runs.mark_line(strokeWidth=1.5).encode(*place, alt.Order("step:Q"), **colour)
    dots = runs.mark_circle(size=28, opacity=1).encode(*place, **colour)
    return finish(alt.layer(zeros, lines, dots, words).properties(height=340))


@figure("pictures")
def pictures(four: Pictures, answered: bool) -> Picture:
    """Show four signed errors, one of them of the rate asked about; when answered, all rates."""
    names, errors = _names(four, answered), four.errors()
    return Picture(
        spec=_signed_errors(answered),
        tables={"pictures": _errors(four), "names": names},
        facts={
            "steps": PICTURE_STEPS,
            "answered": answered,
            "runs": [
                {"name": name, "multiple": multiple, "errors": first}
                for name, multiple, first in zip(
                    four.letters, four.multiples, errors[:, :5].tolist(), strict=True
                )
            ],
        },
        numbers=partial(_error_columns, names, errors),
    )


def _kinds(four: Pictures) -> list[int]:
    limit = theory.stable_limit(four.dataset)
    return [kind_of(theory.verdict(four.dataset, share * limit)) for share in four.multiples]


def _errors(four: Pictures) -> Table:
    """Tabulate the pictures: columns row, step, height, kind (of verdict)."""
    errors = four.errors()
    rows, steps = np.indices(errors.shape)
    return {
        "row": rows.ravel(),
        "step": steps.ravel(),
        "height": (0.3 * errors - rows).ravel(),
        "kind": np.repeat(_kinds(four), errors.shape[1]),
    }


def _names(four: Pictures, answered: bool) -> Table:
    """Tabulate the labels beside the pictures: columns text, zero, top, kind."""
    places = np.arange(len(four.multiples))
    return {
        "text": [
            f"{letter}: {readable(multiple)} of the limit" if answered else letter
            for letter, multiple in zip(four.letters, four.multiples, strict=True)
        ],
        "zero": -places,
        "top": 0.32 - places,
        "kind": _kinds(four),
    }


def _error_columns(names: Table, errors: FloatArray) -> pd.DataFrame:
    """Tabulate four signed errors, each in units of its largest; when answered with their rates."""
    table = pd.DataFrame(dict(zip(names["text"], errors, strict=True)))
    table.insert(0, "step", np.arange(errors.shape[1]))
    return table
