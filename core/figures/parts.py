"""What charts share: the axes, the rings of a map, and parameters read from tables."""

import json
import math
from functools import lru_cache
from typing import Any

import altair as alt
from altair.typing import ChartType

from core.figures.palette import BEST_FIT, LINE_COLOURS, LINE_DASHES, MUTED, POINT, VERDICTS
from core.figures.registry import Spec as Spec
from core.words.writing import VERDICT_WORDS

# Specifications depend on the axis names, which come from learners' files: the cache is bounded.
kept_for_names = lru_cache(maxsize=64)


def power_or(otherwise: str, value: str = "datum.value", small: float = 1e-6) -> str:
    """Write a Vega label expression; large and small numbers as ``writing.readable`` has them."""
    size = f"abs({value})"
    power = f"floor(log({size}) / LN10 + 1e-9)"
    digits = [
        f"(abs({power}) < {unit} ? '' : substring('⁰¹²³⁴⁵⁶⁷⁸⁹', floor(abs({power}) / {unit}) % 10,"
        f" floor(abs({power}) / {unit}) % 10 + 1))"
        for unit in (100, 10, 1)
    ]
    exponent = " + ".join([f"({power} < 0 ? '⁻' : '')", *digits])
    return (
        f"{size} == 0 || ({small} <= {size} && {size} < 1e7) ? {otherwise}"
        f" : format({value} / pow(10, {power}), '.3~f') + '×10' + {exponent}"
    )


# Where ticks are so close that labels need more than four digits, numbers are written in full.
_LABEL = (
    "datum.value == 0 ? (length(datum.label) > 6 ? '0' : datum.label)"
    " : abs(datum.value) >= 1 && indexof(datum.label, '.') >= 0"
    " || abs(toNumber(format(abs(datum.value), '.3e')) / abs(datum.value) - 1) > 1e-12"
    f" ? datum.label : {power_or('datum.label')}"
)


def finish(chart: ChartType) -> Spec:
    """Finish a chart: few and short axis labels, parts hidden from screen readers.

    No hover text, and no ARIA per mark, axis or legend: screen readers would read out internal
    fields such as slots and logarithms. The chart's own alt text says what it shows.
    """
    short = chart.configure_axisQuantitative(labelExpr=_LABEL, tickCount=_TICKS)
    silent = short.configure_axis(aria=False).configure_legend(aria=False)
    return dict(silent.configure_mark(aria=False, tooltip=None).to_dict())


def table_row(table: str, columns: str) -> alt.Parameter:
    """Let expressions read the one row of a table, under the table's name and ``_row``.

    Until the table has data, columns are 1, and those whose name ends in low are 0.1. The table
    must also be drawn, by ``carry`` at least: Vega-Lite leaves out data that no mark uses.
    """
    empty = {column: 0.1 if column.endswith("low") else 1 for column in columns.split()}
    return alt.param(name=f"{table}_row", expr=f"data('{table}')[0] || {json.dumps(empty)}")


WINDOW = table_row("window", "x_low x_high y_low y_high")
_MAP = table_row("bounds", "w_low w_high b_low b_high")


def bound_scale(table: str, low: str, high: str, **scale: Any) -> alt.Scale:  # noqa: ANN401
    """Take the ends of an axis from the ``_row`` of a table, so that they can change with data."""
    return alt.Scale(domain=bound_ends(table, low, high), nice=False, **scale)


def bound_ends(table: str, low: str, high: str) -> list[alt.ExprRef]:
    """Take a low and a high end from the ``_row`` of a table."""
    return [alt.ExprRef(f"{table}_row.{column}") for column in (low, high)]


_LABEL_ROOM = "0.00"  # centred on the edge: half of it extends beyond the plot


def carry(table: str, room: str = _LABEL_ROOM) -> alt.Chart:
    """Include a table that only expressions read, by an invisible mark.

    The mark is a text that reserves ``room``, right of the plot and above it, for labels there.
    Otherwise new data with a label nearer to the edge would change the plot's width, and Vega would
    draw everything twice.
    """
    return (
        alt.Chart(alt.NamedData(table))
        .mark_text(color=MUTED, opacity=0, align="left", baseline="middle")
        .encode(x=alt.value("width"), y=alt.value(0), text=alt.value(room))
    )


def slider_parameter(name: str, value: float) -> alt.Parameter:
    """Make a parameter that the page's own slider sets, through an input that is not shown."""
    return alt.param(name=name, value=value, bind=alt.binding(input="number"))


def hand_parameters() -> list[alt.Parameter]:
    """Make the parameters of a line that two sliders move.

    Both are sent as one, because Vega re-evaluates the chart each time a parameter is set.
    """
    both = "guess_w_and_guess_b"
    return [
        alt.param(name=both, value="0 0", bind=alt.binding(input="text")),
        alt.param(name="hand_w", expr=f"toNumber(split({both}, ' ')[0])"),
        alt.param(name="hand_b", expr=f"toNumber(split({both}, ' ')[1])"),
    ]


_TOP_LEGEND: dict[str, Any] = {
    "orient": "top", "title": None, "symbolType": "stroke", "symbolStrokeWidth": 3,
    "labelFontSize": 12, "offset": 4,
}  # fmt: skip


class FitAxes:
    """The axes that all pictures of data and lines share."""

    def __init__(self, x_label: str, y_label: str) -> None:
        self.x_title, self.y_title = x_label, y_label
        self.x_scale = bound_scale("window", "x_low", "x_high", zero=False)
        self.y_scale = bound_scale("window", "y_low", "y_high", zero=False)

    def x(self, field: str) -> alt.X:
        """Encode a column along x."""
        return alt.X(f"{field}:Q").scale(self.x_scale).title(self.x_title)

    def y(self, field: str) -> alt.Y:
        """Encode a column along y."""
        return alt.Y(f"{field}:Q").scale(self.y_scale).title(self.y_title)

    def points(self) -> alt.Chart:
        """Draw the data. Table: points."""
        return (
            alt.Chart(alt.NamedData("points"))
            .mark_circle(color=POINT, size=26, opacity=0.9, clip=True)
            .encode(self.x("x"), self.y("y"))
        )

    def lines(self, table: str, w: str = "datum.w", b: str = "datum.b", **mark: Any) -> alt.Chart:  # noqa: ANN401
        """Draw lines from edge to edge, for each row of a table."""
        return (
            alt.Chart(alt.NamedData(table))
            .transform_calculate(x_from="window_row.x_low", x_to="window_row.x_high")
            .transform_calculate(y_from=f"{w} * datum.x_from + {b}", y_to=f"{w} * datum.x_to + {b}")
            .mark_rule(clip=True, **mark)
            .encode(self.x("x_from"), self.y("y_from"), alt.X2("x_to"), alt.Y2("y_to"))
        )

    def fixed_lines(
        self, has_true_line: bool, has_legend: bool = True, has_guess: bool = True
    ) -> alt.Chart:
        """Draw the true line and the best fit, with a legend for them and the guess. Table: fixed.

        Without a legend where the chart beside it names the colours.
        """
        names = [*(["true line"] if has_true_line else []), "best fit"]
        names += ["guess"] if has_guess else []
        legend = alt.Legend(**_TOP_LEGEND) if has_legend else None
        return self.lines("fixed", strokeWidth=2).encode(
            alt.Color("line:N")
            .scale(domain=names, range=[LINE_COLOURS[name] for name in names])
            .legend(legend),
            alt.StrokeDash("line:N")
            .scale(domain=names, range=[LINE_DASHES[name] for name in names])
            .legend(legend),
        )


MAP_TITLES = {"w": "w (slope)", "b": "b (intercept)"}


def w_axis(field: str = "w") -> alt.X:
    """Encode a slope along a map's x axis."""
    scale = bound_scale("bounds", "w_low", "w_high", zero=False)
    return alt.X(f"{field}:Q").scale(scale).title(MAP_TITLES["w"])


def b_axis(field: str = "b") -> alt.Y:
    """Encode an intercept along a map's y axis."""
    scale = bound_scale("bounds", "b_low", "b_high", zero=False)
    return alt.Y(f"{field}:Q").scale(scale).title(MAP_TITLES["b"])


def map_parameters() -> list[alt.Parameter]:
    """Make the parameters of every loss map: its bounds, and the pixels per unit of w and of b."""
    return [
        _MAP,
        alt.param(name="across", expr="width / (bounds_row.w_high - bounds_row.w_low)"),
        alt.param(name="up", expr="height / (bounds_row.b_high - bounds_row.b_low)"),
    ]


def _ellipse() -> str:
    """Write the outline of a ring of ``frames.contours`` in pixels around its centre.

    Four cubic Bézier curves approximate a circle to 0.03 % of its radius; a linear map of their
    control points gives the ellipse.
    """
    reach = 4 / 3 * math.tan(math.pi / 8)

    def place(flat: float, steep: float) -> str:
        x = f"({flat} * datum.flat_w + {steep} * datum.steep_w) * across"
        y = f"-({flat} * datum.flat_b + {steep} * datum.steep_b) * up"
        return f"({x}) + ' ' + ({y})"

    path = f"'M' + {place(1, 0)}"
    here = (1.0, 0.0)
    for there in ((0.0, 1.0), (-1.0, 0.0), (0.0, -1.0), (1.0, 0.0)):
        leaving = here[0] + reach * there[0], here[1] + reach * there[1]
        arriving = there[0] + reach * here[0], there[1] + reach * here[1]
        path += f" + 'C' + {place(*leaving)} + ' ' + {place(*arriving)} + ' ' + {place(*there)}"
        here = there
    return f"{path} + 'Z'"


# Opacity of the largest ring, and how it falls from ring to ring: the fills add up. The outer
# ones, which make up most of a map, can be seen apart, and marks can be seen on the innermost.
RING, RING_FALL = 0.08, 0.73


def loss_rings() -> alt.Chart:
    """Draw rings of equal loss. Table: contours."""
    return (
        alt.Chart(alt.NamedData("contours"))
        .mark_point(
            shape=alt.ExprRef(_ellipse()), size=4, filled=True, fill=BEST_FIT,
            fillOpacity=alt.ExprRef(f"{RING} * pow({RING_FALL}, datum.level)"),
            stroke=BEST_FIT, strokeOpacity=0.95, strokeWidth=1, clip=True,
        )
        .encode(w_axis(), b_axis())
    )  # fmt: skip


MAX_TICKS = 6
# For linear axes: Vega's steps are 1, 2 or 5 times a power of ten, up to 1.58 times as many as it
# is told; so there are at most six ticks.
_TICKS = 3.75


def log_axis(low: str, high: str, small: float = 1e-6, **axis: Any) -> alt.Axis:  # noqa: ANN401
    """Make a log axis with two to six labels, from expressions for its ends.

    They stand at powers of ten; along less than two of them also at twos and fives, along less than
    one at equal distances.
    """
    lowest, highest = f"log({low}) / LN10", f"log({high}) / LN10"
    first = f"ceil({lowest} - 1e-9)"
    stride = f"max(1, ceil((floor({highest}) - {first} + 1) / {MAX_TICKS}))"
    powers = ", ".join(f"pow(10, {first} + {place} * {stride})" for place in range(MAX_TICKS))
    parts = ", ".join(
        f"{part} * pow(10, floor({lowest}))" for part in (1, 2, 5, 10, 20, 50, 100, 200)
    )
    third = f"(({high} - {low}) / 3)"
    unit = f"pow(10, floor(log({third}) / LN10))"
    step = f"({unit} * ({third} < 2 * {unit} ? 1 : {third} < 5 * {unit} ? 2 : 5))"
    equal = f"sequence(ceil({low} / {step}) * {step}, {high}, {step})"
    decades = f"{highest} - {lowest}"
    return alt.Axis(
        values=alt.ExprRef(f"{decades} < 1 ? {equal} : {decades} < 2 ? [{parts}] : [{powers}]"),
        tickCount=MAX_TICKS,  # Vega leaves out every second one of more
        labelExpr=power_or(
            "format(datum.value, abs(datum.value) < 1e5 ? '~g' : '~s')", small=small
        ),
        **axis,
    )


LOSS_AXIS = log_axis("bounds_row.loss_low", "bounds_row.loss_high", ticks=False)
RATE_AXIS = log_axis(
    "bounds_row.rate_low", "bounds_row.rate_high", small=1e-5, ticks=False, grid=False
)


def loss_scale() -> alt.Scale:
    """Scale losses between the bounds, on a log axis."""
    return bound_scale("bounds", "loss_low", "loss_high", type="log")


def on_step_axis(step: str) -> str:
    """Write a step's axis position: log10 if log_step is 1, with step 0 placed at 1/2."""
    return f"(toNumber(log_step) == 1 ? log(max({step}, 0.5)) / LN10 : {step})"


STEP_SCALE = alt.Scale(
    domain=[alt.ExprRef(on_step_axis(f"bounds_row.step_{end}")) for end in ("low", "high")],
    nice=False,
)
STEP_AXIS = alt.Axis(
    values=alt.ExprRef(
        f"toNumber(log_step) == 1 ? sequence(0, {on_step_axis('bounds_row.step_high')} + 1e-9)"
        " : sequence(0, bounds_row.step_high + 1e-9, bounds_row.step_tick)"
    ),
    labelExpr="format(toNumber(log_step) == 1 ? pow(10, datum.value) : datum.value,"
    " bounds_row.step_high < 1e5 ? ',.0f' : '.3~s')",
    labelOverlap=True,
    tickCount=MAX_TICKS,
)


_KINDS = list(range(len(VERDICTS)))  # verdicts as numbers, in the order of VERDICTS


def kind_of(verdict: str) -> int:
    """Write a verdict as the number by which tables name it."""
    return list(VERDICTS).index(verdict)


VERDICT_SCALE = alt.Scale(domain=_KINDS, range=list(VERDICTS.values()))


def verdict_colour(legend: bool = True, unjudged: bool = False) -> alt.Color:
    """Colour runs by their verdict; with ``unjudged`` those that have none yet, at −1, are grey."""
    colour = alt.Color("kind:O").scale(VERDICT_SCALE)
    if unjudged:
        colour = colour.scale(domain=[-1, *_KINDS], range=[MUTED, *VERDICTS.values()])
    if not legend:
        return colour.legend(None)
    words = json.dumps([VERDICT_WORDS[verdict] for verdict in VERDICTS], ensure_ascii=False)
    return colour.legend(
        orient="top",
        values=_KINDS if unjudged else alt.Undefined,
        columns=2,
        title=None,
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolOpacity=1,
        labelExpr=f"{words}[datum.value]",
    )
