"""The charts, as specifications that hold no number of the learner's: those travel as data.

A chart whose specification stays the same is redrawn in place: sliders keep their places, and only
data crosses the wire. So each function here builds one specification, once; what it draws comes in
named tables (see ``core.frames``), bounds of the axes included. Sliders are parameters that
the page sets from outside: see ``lessons._sliders``.
"""

import json
import math
from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any, Literal

import altair as alt
from altair.typing import ChartType

from core.frames import MAX_DRAWN_RESIDUALS, SCHEDULE_NAMES, VERDICT_WORDS

Spec = dict[str, Any]

# One colour, one meaning, on light and dark alike. All are equally far from either background,
# 4.2 to 1: that leaves 3 to 1 where a mark is a little transparent, or lies on the rings of a map.
POINT = MUTED = "#7B7B7B"
TRUE_LINE = "#188C65"
BEST_FIT = "#3381B9"
GUESS = "#D2530A"
ARROW = "#9E64B7"  # the one step that is looked into
PREDICTION = "#9B734E"  # what the learner thinks will come
VERDICTS = {"slow": "#9160E0", "good": "#0A8989", "zigzag": "#A07300", "explodes": "#E72878"}
# Words need 4.5 to 1, which no colour has on both: so each is darker on light, lighter on dark.
WORDS = {
    MUTED: ("#5E5E5E", "#ABABAB"),
    TRUE_LINE: ("#106B4D", "#35B98C"),
    BEST_FIT: ("#25638F", "#6FB1E0"),
    GUESS: ("#A23E06", "#F5864A"),
    ARROW: ("#7A4C8D", "#C79BDB"),
    PREDICTION: ("#77583B", "#C9A07C"),
    VERDICTS["slow"]: ("#6F49AE", "#B794F4"),
    VERDICTS["good"]: ("#066969", "#3DB8B8"),
    VERDICTS["zigzag"]: ("#7B5800", "#D1A23A"),
    VERDICTS["explodes"]: ("#B31D5C", "#FF7DAE"),
}
_LINE_COLOURS = {"true line": TRUE_LINE, "best fit": BEST_FIT, "guess": GUESS}
_DASHES = {"true line": [6, 4], "best fit": [1, 0], "guess": [1, 0]}

# Axes are named by the columns of learners' files, of which there is no end: so many are kept.
_named = lru_cache(maxsize=64)


def _spec(chart: ChartType) -> Spec:
    """Finish a chart: no hover text or ARIA per mark (the chart's own alt text says it)."""
    return dict(chart.configure_mark(aria=False, tooltip=None).to_dict())


def _row(table: str, columns: str) -> alt.Parameter:
    """Let expressions read the one row of a table, under the table's name and ``_row``.

    Until the table is there, columns are 1, and those that end in low 0.1. The table must also be
    drawn, by ``_carry`` at least: Vega-Lite leaves out what no mark uses.
    """
    empty = {column: 0.1 if column.endswith("low") else 1 for column in columns.split()}
    return alt.param(name=f"{table}_row", expr=f"data('{table}')[0] || {json.dumps(empty)}")


_WINDOW = _row("window", "x_low x_high y_low y_high")
_MAP = _row("bounds", "w_low w_high b_low b_high")


def _bound(table: str, low: str, high: str, **scale: Any) -> alt.Scale:  # noqa: ANN401
    """Take the ends of an axis from the ``_row`` of a table, which may change under the chart."""
    return alt.Scale(domain=_ends(table, low, high), nice=False, **scale)


def _ends(table: str, low: str, high: str) -> list[alt.ExprRef]:
    return [alt.ExprRef(f"{table}_row.{column}") for column in (low, high)]


_LABEL_ROOM = "0.00"  # half of it reaches beyond the plot


def _carry(table: str, room: str = _LABEL_ROOM) -> alt.Chart:
    """Make a table part of a chart that only looks things up in it: a mark nobody sees.

    It is a text that takes as much ``room``, right of the plot and above it, as labels there may
    need. Else the plot would have another width, and all of it be drawn twice, whenever new data
    has its last label nearer to the edge.
    """
    return (
        alt.Chart(alt.NamedData(table))
        .mark_text(color=MUTED, opacity=0, align="left", baseline="middle")
        .encode(x=alt.value("width"), y=alt.value(0), text=alt.value(room))
    )


def _parameter(name: str, value: float) -> alt.Parameter:
    """Make a parameter that the page's own slider sets, through an input that is not shown."""
    return alt.param(name=name, value=value, bind=alt.binding(input="number"))


class _FitAxes:
    """The axes that all pictures of data and lines share."""

    def __init__(self, x_label: str, y_label: str) -> None:
        self.x_title, self.y_title = x_label, y_label
        self.x_scale = _bound("window", "x_low", "x_high", zero=False)
        self.y_scale = _bound("window", "y_low", "y_high", zero=False)

    def x(self, field: str) -> alt.X:
        return alt.X(f"{field}:Q").scale(self.x_scale).title(self.x_title)

    def y(self, field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(self.y_scale).title(self.y_title)

    def points(self) -> alt.Chart:
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

    def fixed_lines(self, has_true_line: bool) -> alt.Chart:
        names = [*(["true line"] if has_true_line else []), "best fit", "guess"]
        return self.lines("fixed", strokeWidth=2).encode(
            alt.Color("line:N")
            .scale(domain=names, range=[_LINE_COLOURS[name] for name in names])
            .legend(orient="top", title=None, symbolType="stroke", symbolStrokeWidth=3),
            alt.StrokeDash("line:N")
            .scale(domain=names, range=[_DASHES[name] for name in names])
            .legend(orient="top", title=None, symbolType="stroke", symbolStrokeWidth=3),
        )


def _hand() -> list[alt.Parameter]:
    """Make the parameters of a line that two sliders move.

    Both travel in one, because a chart goes through all it has as often as it is told something.
    """
    both = "guess_w_and_guess_b"
    return [
        alt.param(name=both, value="0 0", bind=alt.binding(input="text")),
        alt.param(name="hand_w", expr=f"toNumber(split({both}, ' ')[0])"),
        alt.param(name="hand_b", expr=f"toNumber(split({both}, ' ')[1])"),
    ]


def _corners(count: int, when: str = "true") -> alt.Chart:
    """Give every point that many corners of a path, and one more where the path breaks off.

    Of many points only an even sample: see ``frames.residuals_drawn``.
    """
    return (
        alt.Chart(alt.NamedData("points"))
        .transform_filter(when)
        .transform_window(point="row_number()")
        .transform_joinaggregate(points="count()")
        .transform_filter(f"datum.point % ceil(datum.points / {MAX_DRAWN_RESIDUALS}) == 0")
        .transform_calculate(corner=f"sequence({count + 1})")
        .transform_flatten(["corner"])
        .transform_calculate(order=f"datum.point * {count + 1} + datum.corner")
    )


@_named
def guess_by_hand(
    x_label: str, y_label: str, lines: tuple[str, ...], height: int, squares: bool
) -> Spec:
    """Draw the data, and a guess that two sliders move, with residuals.

    ``lines`` names what else to draw: of "true line", "best fit". Tables: points, window, fixed
    (those lines), fold. Parameters: guess_w_and_guess_b; with ``squares`` also squares, which is 1
    to draw the squares on the residuals and 0 not to.
    """
    axes = _FitAxes(x_label, y_label)
    # One path for all residuals and one for all squares: a thousand marks are slow to drag.
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
        _carry("window"),
        *([on_residuals] if squares else []),
        residuals.mark_line(color=GUESS, strokeWidth=0.8, clip=True).encode(
            axes.x("x"), axes.y("end"), alt.Order("order:Q")
        ),
    ]
    guess = axes.lines("fold", "hand_w", "hand_b", color=GUESS, strokeWidth=3)
    fixed = [axes.fixed_lines("true line" in lines)] if lines else []
    return _spec(
        alt.layer(*layers, axes.points(), *fixed, guess)
        .add_params(_WINDOW, *_hand(), *([_parameter("squares", 0)] if squares else []))
        .properties(height=height)
    )


@_named
def run_fit(x_label: str, y_label: str, has_true_line: bool, has_fork: bool) -> Spec:
    """Draw the data, its lines, and the guess of the step that a slider chooses.

    Tables: points, window, fixed, path; with a fork also other, the branch it left, whose last line
    is drawn. Parameter: slot.
    """
    axes = _FitAxes(x_label, y_label)
    other = axes.lines("other", color=MUTED, strokeWidth=2, strokeDash=[6, 4]).transform_filter(
        "datum.last"
    )
    guess = axes.lines("path", color=GUESS, strokeWidth=3).transform_filter(
        "datum.slot == toNumber(slot)"
    )
    return _spec(
        alt.layer(
            _carry("window"),
            axes.points(),
            axes.fixed_lines(has_true_line),
            *([other] if has_fork else []),
            guess,
        )
        .add_params(_WINDOW, _parameter("slot", 0))
        .properties(height=330)
    )


_TITLES = {"w": "w (slope)", "b": "b (intercept)"}


def _w(field: str = "w") -> alt.X:
    scale = _bound("bounds", "w_low", "w_high", zero=False)
    return alt.X(f"{field}:Q").scale(scale).title(_TITLES["w"])


def _b(field: str = "b") -> alt.Y:
    scale = _bound("bounds", "b_low", "b_high", zero=False)
    return alt.Y(f"{field}:Q").scale(scale).title(_TITLES["b"])


def _map_parameters() -> list[alt.Parameter]:
    """Make what every map of the loss needs: its bounds, and the pixels for 1 of w and 1 of b."""
    return [
        _MAP,
        alt.param(name="across", expr="width / (bounds_row.w_high - bounds_row.w_low)"),
        alt.param(name="up", expr="height / (bounds_row.b_high - bounds_row.b_low)"),
    ]


def _zones(zones: alt.Chart, x: Callable[[str], alt.X]) -> alt.Chart:
    """Draw what each verdict's rates are on an axis of rates, with a line where each ends."""
    edge = alt.Stroke("kind:O").scale(_VERDICT_SCALE).legend(None)
    return zones.mark_rect(fillOpacity=0.16, strokeWidth=0.8).encode(
        x("low"), alt.X2("high"), _verdict_colour(legend=False), edge,
        y=alt.value(0), y2=alt.value("height"),
    )  # fmt: skip


def _label(source: alt.Chart, colour: str, **place: Any) -> alt.Chart:  # noqa: ANN401
    return source.mark_text(color=colour, fontWeight="bold", **place).encode(
        _w(), _b(), text="line:N"
    )


def _ellipse() -> str:
    """Write the outline of a ring of ``frames.contours`` in pixels around its centre.

    Four Bézier curves make a circle, to 0.03 % of its radius, and so its linear image, an ellipse.
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


RING = 0.03  # opacity of a ring's inside; they lie on each other, and what is drawn, on them


def _rings() -> alt.Chart:
    return (
        alt.Chart(alt.NamedData("contours"))
        .mark_point(
            shape=alt.ExprRef(_ellipse()), size=4, filled=True, fill=BEST_FIT, fillOpacity=RING,
            stroke=BEST_FIT, strokeOpacity=0.85, strokeWidth=0.8, clip=True,
        )
        .encode(_w(), _b())
    )  # fmt: skip


def _surface_layers(has_true_line: bool) -> list[alt.Chart]:
    """Draw contours, minimum, true line's place, start, and a path, each with its name."""
    steps = alt.Chart(alt.NamedData("path"))
    path = steps.mark_line(color=GUESS, strokeWidth=1.5, clip=True).encode(
        _w(), _b(), alt.Order("slot:Q")
    )
    dots = steps.mark_circle(color=GUESS, size=14, opacity=1, clip=True).encode(_w(), _b())
    start = steps.transform_filter("datum.slot == 0").transform_calculate(line="'start'")
    fixed = alt.Chart(alt.NamedData("fixed"))
    best = fixed.transform_filter("datum.line == 'best fit'")
    layers = [
        _carry("bounds"),
        _rings(),
        path,
        dots,
        best.mark_point(color=BEST_FIT, filled=True, size=80, opacity=1).encode(_w(), _b()),
        _label(best, BEST_FIT, align="left", dx=9, dy=-9),
        _label(start, GUESS, align="left", dx=9, dy=9, clip=True),
    ]
    if has_true_line:
        true = fixed.transform_filter("datum.line == 'true line'")
        mark = true.mark_point(color=TRUE_LINE, shape="diamond", size=110, strokeWidth=2.5)
        layers[4:4] = [
            mark.encode(_w(), _b()),
            _label(true, TRUE_LINE, align="right", dx=-9, dy=11),
        ]
    return layers


@cache
def path_on_surface(has_true_line: bool, has_fork: bool) -> Spec:
    """Draw the loss over (w, b) with a run on it, and the step that a slider chooses.

    Tables: contours, bounds, fixed (best fit and true line), path, arrow (w, b, new_w, new_b and
    text: one step); with a fork also other, the branch it left. Parameter: slot.
    """
    other = (
        alt.Chart(alt.NamedData("other"))
        .mark_line(color=MUTED, strokeWidth=2, strokeDash=[6, 4], clip=True)
        .encode(_w(), _b(), alt.Order("step:Q"))
    )
    arrow = alt.Chart(alt.NamedData("arrow"))
    shaft = arrow.mark_rule(color=ARROW, strokeWidth=3, clip=True).encode(
        _w(), _b(), alt.X2("new_w"), alt.Y2("new_b")
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
        .encode(_w("new_w"), _b("new_b"))
    )
    name = arrow.mark_text(
        color=ARROW, fontWeight="bold", align="right", dx=-8, dy=-8, clip=True
    ).encode(_w("new_w"), _b("new_b"), text="text:N")
    now = (
        alt.Chart(alt.NamedData("path"))
        .transform_filter("datum.slot == toNumber(slot)")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white", clip=True)
        .encode(_w(), _b())
    )
    return _spec(
        alt.layer(
            *_surface_layers(has_true_line),
            *([other] if has_fork else []),
            now,
            shaft,
            tip,
            name,
        )
        .add_params(*_map_parameters(), _parameter("slot", 0))
        .properties(height=330)
    )


def _pointed_line() -> list[alt.Parameter]:
    """Make what follows from the pointed line: its loss and gradient, from the data's fold."""
    computed = {
        "above": "fold_row.r00 * hand_w + fold_row.r01 * hand_b - fold_row.r02",
        "below": "fold_row.r11 * hand_b - fold_row.r12",
        "hand_loss": "pow(above, 2) + pow(below, 2) + pow(fold_row.r22, 2)",
        "grad_w": "2 * fold_row.r00 * above",
        "grad_b": "2 * (fold_row.r01 * above + fold_row.r11 * below)",
    }
    return [
        *_hand(),
        _row("fold", "r00 r01 r02 r11 r12 r22"),
        *(alt.param(name=name, expr=expression) for name, expression in computed.items()),
    ]


def _here(**columns: str) -> alt.Chart:
    """Make one row for marks of the pointed line, from expressions."""
    return alt.Chart(alt.NamedData("fold")).transform_calculate(**columns)


@cache
def pointed_surface(has_true_line: bool, height: int, arrows: bool = True) -> Spec:
    """Draw the loss over (w, b), and at a place one points at the gradient and its opposite.

    Tables: those of ``path_on_surface``, and fold. Parameter: guess_w_and_guess_b.
    """

    def arrow(sign: str, colour: str, words: str) -> list[alt.Chart]:
        there = _here(
            w="hand_w", b="hand_b", to_w=f"hand_w {sign} reach * grad_w",
            to_b=f"hand_b {sign} reach * grad_b",
        )  # fmt: skip
        shaft = there.mark_rule(color=colour, strokeWidth=2.5, clip=True).encode(
            _w(), _b(), alt.X2("to_w"), alt.Y2("to_b")
        )
        end = (_w("to_w"), _b("to_b"))
        tip = there.mark_circle(color=colour, size=55, opacity=1, clip=True).encode(*end)
        label = there.mark_text(color=colour, fontWeight="bold", dy=-11, clip=True).encode(
            *end, text=alt.value(words)
        )
        return [shaft, tip, label]

    pixels = alt.param(name="pixels", expr="sqrt(pow(grad_w * across, 2) + pow(grad_b * up, 2))")
    reach = alt.param(name="reach", expr="pixels > 0 ? 64 / pixels : 0")
    place = (
        _here(w="hand_w", b="hand_b")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white", clip=True)
        .encode(_w(), _b())
    )
    return _spec(
        alt.layer(
            *_surface_layers(has_true_line),
            *(arrow("+", MUTED, "gradient: uphill") if arrows else []),
            *(arrow("-", GUESS, "the step: downhill") if arrows else []),
            place,
        )
        .add_params(*_map_parameters(), *_pointed_line(), pixels, reach)
        .properties(height=height)
    )


_SLICE_POINTS = 41


@cache
def loss_slices() -> Spec:
    """Draw the loss along w, and along b, through the pointed line, with its slopes there.

    Tables: bounds, fold. Parameter: guess_w_and_guess_b.
    """
    slices = alt.vconcat(_loss_slice("w"), _loss_slice("b"), spacing=34)
    return _spec(
        slices.add_params(
            _row("bounds", "w_low w_high b_low b_high loss_low loss_high"), *_pointed_line()
        ).properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    )


def _loss_slice(along: str) -> ChartType:
    w, b = ("datum.w", "hand_b") if along == "w" else ("hand_w", "datum.b")

    def x(field: str) -> alt.X:
        scale = _bound("bounds", f"{along}_low", f"{along}_high", zero=False)
        return alt.X(f"{field}:Q").scale(scale).title(_TITLES[along])

    def y(field: str) -> alt.Y:
        scale = _bound("bounds", "loss_low", "loss_high", zero=False)
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
    slope = (
        _here(text=f"'slope here: ' + format(grad_{along}, ',.4~r')")
        .mark_text(color=GUESS, fontWeight="bold", align="left", baseline="bottom", fontSize=13)
        .encode(text="text:N", x=alt.value(0), y=alt.value(-6))
    )
    return alt.layer(_carry("bounds"), parabola, tangent, point, slope).properties(
        height=150, width="container"
    )


_RINGS, _SECTORS = 8, 30
_BESIDE: tuple[tuple[str, Literal["left", "right"], int], ...] = (
    ("more w", "left", 4),
    ("more b", "right", -4),
)


@cache
def bowl() -> Spec:
    """Draw the loss surface as a solid that two sliders turn and tilt, with a path on it.

    The corners of every patch are turned in the browser; patches are drawn back to front, and
    those seen from outside are faint, so that one looks into the bowl.
    Tables: shape, path, marks (see ``core.frames.Bowl``). Parameters: turn, tilt, in degrees.
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
    # How far the picture reaches above and below the best fit, when the long axis points back.
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
            # Vega draws a patch anew when a number of its style changes, not when its outline does.
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
        _parameter("turn", 30),
        _parameter("tilt", 30),
        _row("shape", "flat_x flat_y steep_x steep_y"),
        *turned.values(),
        flatness,
        height,
        highest,
        lowest,
    )
    return _spec(
        chart.project(
            type="identity",
            scale=alt.ExprRef("min(width, height) / 2.9"),  # at every turn and tilt it fits
            translate=alt.ExprRef(
                "[width / 2, (height + (highest - lowest) * min(width, height) / 2.9) / 2]"
            ),
        ).properties(height=440)
    )


_DIGIT = "round(datum.value / pow(10, floor(log(datum.value) / LN10 + 1e-9)))"
_LABELLED = f"({_DIGIT} == 1 || (({_DIGIT} == 2 || {_DIGIT} == 5)" + (
    " && bounds_row.loss_high / bounds_row.loss_low < 1000))"
)
# Powers of ten; where there are fewer than three of them, twos and fives as well.
_LOSS_AXIS = alt.Axis(
    labelExpr=f"{_LABELLED} ? format(datum.value, datum.value < 1e5 ? '~g' : '~s') : ''",
    gridOpacity=alt.condition(_LABELLED, alt.value(1), alt.value(0)),
    ticks=False,
)


_RATE_AXIS = alt.Axis(
    labelExpr=f"{_DIGIT} == 1 ? format(datum.value, datum.value < 1e-5 ? '.0e' : '~g') : ''",
    ticks=False,
    grid=False,
)


_POWERS_AXIS = alt.Axis(  # 0, and the powers of ten
    values=alt.ExprRef("[0, 1, 10, 100, 1000, 1e4, 1e5, 1e6]"),
    labelExpr="format(datum.value, datum.value < 1e4 ? ',' : '~s')",
)


def _loss_scale() -> alt.Scale:
    return _bound("bounds", "loss_low", "loss_high", type="log")


_IS_LOG = "toNumber(log) == 1"
_PLAIN_POWER = (
    "pow(10, datum.value) < 1e5 ? format(pow(10, datum.value), '~g')"
    " : format(pow(10, datum.value), '~s')"
)


def _on_axis(step: str) -> str:
    """Place a step on an axis, a log one where log_step is 1: there 0 stands where 1/2 would."""
    return f"(toNumber(log_step) == 1 ? log(max({step}, 0.5)) / LN10 : {step})"


_STEP_SCALE = alt.Scale(
    domain=[alt.ExprRef(_on_axis(f"bounds_row.step_{end}")) for end in ("low", "high")], nice=False
)
_STEP_AXIS = alt.Axis(
    values=alt.ExprRef(
        f"toNumber(log_step) == 1 ? sequence(0, {_on_axis('bounds_row.step_high')} + 1e-9)"
        " : sequence(0, bounds_row.step_high + 1e-9, bounds_row.step_tick)"
    ),
    labelExpr="format(toNumber(log_step) == 1 ? pow(10, datum.value) : datum.value,"
    " bounds_row.step_high < 1e5 ? ',.0f' : '.3~s')",
    labelOverlap=True,
)


@cache
def loss_curve(has_fork: bool) -> Spec:
    """Draw the loss over the steps of one run, on a log or a linear axis, above the best fit's.

    Tables: path, bounds (see ``core.frames.run_bounds``), floor (loss, text); with a fork also
    other, the branch it left. Parameters: slot, log and log_step (0 or 1: for loss and steps).
    """
    low = alt.param(name="lowest", expr=f"{_IS_LOG} ? log(bounds_row.loss_low) / LN10 : 0")
    high = alt.param(
        name="highest", expr=f"{_IS_LOG} ? log(bounds_row.loss_high) / LN10 : bounds_row.loss_top"
    )
    scale = alt.Scale(domain=[alt.ExprRef("lowest"), alt.ExprRef("highest")], nice=False)
    log_ticks = (
        "sequence(ceil(lowest / bounds_row.log_tick) * bounds_row.log_tick, highest,"
        " bounds_row.log_tick)"
    )
    linear_ticks = "sequence(0, bounds_row.loss_top, bounds_row.linear_tick)"
    value = f"({_IS_LOG} ? pow(10, datum.value) : datum.value)"
    axis = alt.Axis(
        values=alt.ExprRef(f"{_IS_LOG} ? {log_ticks} : {linear_ticks}"),
        labelExpr=f"format({value}, {value} < 1e3 ? '.3~g' : {value} < 1e5 ? ',.0f' : '.3~s')",
    )

    def x() -> alt.X:
        return alt.X("across:Q").scale(_STEP_SCALE).title("step")

    def y() -> alt.Y:
        return alt.Y("height:Q").scale(scale).title("loss (MSE)")

    def placed(table: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(table)).transform_calculate(
            height=f"{_IS_LOG} ? log(datum.loss_drawn) / LN10 : datum.loss",
            **({} if table == "floor" else {"across": _on_axis("datum.step")}),
        )

    steps = placed("path")
    curve = steps.mark_line(color=GUESS, strokeWidth=2.5, clip=True).encode(
        x().axis(_STEP_AXIS), y().axis(axis)
    )
    other = placed("other").mark_line(color=MUTED, strokeWidth=2, strokeDash=[6, 4], clip=True)
    now = (
        steps.transform_filter("datum.slot == toNumber(slot)")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white")
        .encode(x(), y())
    )
    rule = placed("floor").mark_rule(color=BEST_FIT, strokeWidth=2).encode(y())
    label = (
        placed("floor")
        .mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=alt.ExprRef(
            f"{_IS_LOG} ? 10 : -9"
        ))
        .encode(y(), x=alt.value("width"), text="text:N")
    )  # fmt: skip
    return _spec(
        alt.layer(
            _carry("bounds"),
            rule,
            label,
            *([other.encode(x(), y())] if has_fork else []),
            curve,
            now,
        )
        .add_params(
            _parameter("slot", 0),
            _parameter("log", 1),
            _parameter("log_step", 0),
            _row(
                "bounds",
                "step_low step_high step_tick loss_low loss_high loss_top log_tick linear_tick",
            ),
            low,
            high,
        )
        .properties(height=330)
    )


_KINDS = list(range(len(VERDICTS)))  # verdicts as numbers, in the order of VERDICTS


_VERDICT_SCALE = alt.Scale(domain=_KINDS, range=list(VERDICTS.values()))


def _verdict_colour(legend: bool = True) -> alt.Color:
    colour = alt.Color("kind:O").scale(_VERDICT_SCALE)
    if not legend:
        return colour.legend(None)
    words = json.dumps([VERDICT_WORDS[verdict] for verdict in VERDICTS], ensure_ascii=False)
    return colour.legend(
        orient="top",
        columns=2,
        title=None,
        symbolType="stroke",
        symbolStrokeWidth=3,
        symbolOpacity=1,
        labelExpr=f"{words}[datum.value]",
    )


# Each row of the table rates is what a run shows from the slider's place ``slot`` to ``until``.
_NOW = "datum.slot <= toNumber(slot) && toNumber(slot) < datum.until"


def _at_slot() -> alt.Chart:
    return alt.Chart(alt.NamedData("rates")).transform_filter(_NOW)


@cache
def rate_losses() -> Spec:
    """Draw the loss of up to eight learning rates over the steps, coloured by verdict.

    Tables: rates (see ``core.frames.loss_columns``), ends, bounds, floor (one row a rate, one row,
    one row). Parameters: slot, log_step (0 or 1).
    """
    scale = alt.Scale(domain=_ends("bounds", "height_low", "height_high"), nice=False)
    axis = alt.Axis(
        values=alt.ExprRef(
            "sequence(ceil(bounds_row.height_low), bounds_row.height_high, bounds_row.log_tick)"
        ),
        labelExpr=_PLAIN_POWER,
    )

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale).title("loss (MSE), log")

    def x() -> alt.X:
        return alt.X("across:Q").scale(_STEP_SCALE).title("step")

    runs = alt.Chart(alt.NamedData("rates")).transform_calculate(across=_on_axis("datum.step"))
    curves = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        x().axis(_STEP_AXIS), y("height").axis(axis), _verdict_colour(), alt.Detail("rate:O")
    )
    by_formula = runs.mark_line(
        color="white", strokeWidth=1.6, strokeDash=[2, 8], clip=True
    ).encode(x(), y("formula"), alt.Detail("rate:O"))
    now = (
        _at_slot()
        .transform_filter("datum.height <= bounds_row.height_high")
        .transform_calculate(across=_on_axis("datum.step"))
        .mark_point(filled=True, size=90, opacity=1, stroke="white")
        .encode(x(), y("height"), _verdict_colour(legend=False))
    )
    ends = alt.Chart(alt.NamedData("ends")).transform_calculate(across=_on_axis("datum.step"))
    names = ends.mark_text(align="left", dx=17, fontWeight="bold").encode(
        x(), y("label_height"), _verdict_colour(legend=False), text="label:N"
    )
    leaders = ends.mark_rule(strokeWidth=1, xOffset=3, x2Offset=15).encode(
        x(), y("height"), alt.X2("across"), alt.Y2("label_height"), _verdict_colour(legend=False)
    )
    floor = alt.Chart(alt.NamedData("floor"))
    rule = floor.mark_rule(color=BEST_FIT, strokeWidth=2).encode(y("height"))
    label = floor.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=10).encode(
        y("height"), x=alt.value("width"), text="text:N"
    )
    return _spec(
        alt.layer(
            _carry("bounds", room="— 0.00000001"),
            rule,
            label,
            curves,
            by_formula,
            leaders,
            names,
            now,
        )
        .add_params(
            _parameter("slot", 0),
            _parameter("log_step", 0),
            _row("bounds", "step_low step_high step_tick height_low height_high log_tick"),
        )
        .properties(height=360)
    )


@cache
def compared_losses() -> Spec:
    """Draw the loss of a wrong loop, and dashed that of the repaired one, on a log axis.

    Tables: losses (see ``core.frames.compared_losses``), bounds, floor.
    """
    versions = ["wrong", "repaired"]
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolStrokeWidth=3)

    def y() -> alt.Y:
        return alt.Y("loss_drawn:Q").scale(_loss_scale()).title("loss (MSE), log").axis(_LOSS_AXIS)

    curves = (
        alt.Chart(alt.NamedData("losses"))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            alt.X("step:Q")
            .scale(_bound("bounds", "step_low", "step_high", zero=False))
            .title("step")
            .axis(tickMinStep=1),
            y(),
            alt.Color("version:N").scale(domain=versions, range=[GUESS, MUTED]).legend(legend),
            alt.StrokeDash("version:N").scale(domain=versions, range=[[1, 0], [6, 4]]),
        )
    )
    floor = alt.Chart(alt.NamedData("floor"))
    rule = floor.mark_rule(color=BEST_FIT, strokeWidth=2).encode(y())
    label = floor.mark_text(color=BEST_FIT, fontWeight="bold", align="right", dy=10).encode(
        y(), x=alt.value("width"), text="text:N"
    )
    return _spec(
        alt.layer(_carry("bounds"), rule, label, curves)
        .add_params(_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=300)
    )


@cache
def schedule_gaps() -> Spec:
    """Draw the gap over the steps of a schedule, of the two single rates to beat, and the bound.

    Tables: those of ``core.frames.Schedules``.
    """
    colour = (
        alt.Color("name:N")
        .scale(domain=list(SCHEDULE_NAMES), range=[GUESS, VERDICTS["zigzag"], VERDICTS["good"]])
        .legend(None)
    )

    def x(field: str) -> alt.X:
        scale = _bound("bounds", "step_low", "step_high", zero=False)
        return alt.X(f"{field}:Q").scale(scale).title("step").axis(tickMinStep=1)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(_loss_scale()).title("gap, log").axis(_LOSS_AXIS)

    runs = alt.Chart(alt.NamedData("runs"))
    curves = runs.mark_line(strokeWidth=2.5, clip=True).encode(
        x("step"),
        y("gap_drawn"),
        colour,
        alt.Order("step:Q"),
        alt.StrokeDash("name:N")
        .scale(domain=list(SCHEDULE_NAMES), range=[[1, 0], [8, 3], [3, 2]])
        .legend(None),
    )
    dots = runs.transform_filter(f"datum.name == '{SCHEDULE_NAMES[0]}'").mark_circle(
        size=24, opacity=1, clip=True
    )
    ends = alt.Chart(alt.NamedData("ends"))
    names = ends.mark_text(align="left", dx=3, fontWeight="bold").encode(
        x("label_step"), y("label_gap"), colour, text="name:N"
    )
    leaders = ends.mark_rule(strokeWidth=1).encode(
        x("end_step"), y("end_gap"), alt.X2("label_step"), alt.Y2("label_gap"), colour
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
    return _spec(
        alt.layer(_carry("bounds"), curves, dots.encode(x("step"), y("gap_drawn"), colour),
                  leaders, names, down, diamond, *texts)
        .add_params(_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=340)
    )  # fmt: skip


@cache
def pinned_losses() -> Spec:
    """Draw how much excess loss is left of the present runs, and over them a pinned one, dashed.

    The steps are on a log axis, for runs of 200 steps beside runs of two million. Tables: those of
    ``core.frames.Overlay``.
    """

    def x(field: str) -> alt.X:
        scale = _bound("bounds", "step_low", "step_high", type="symlog")
        return alt.X(f"{field}:Q").scale(scale).title("step, log").axis(_POWERS_AXIS)

    def y(field: str) -> alt.Y:
        title = "excess loss left, log"
        return alt.Y(f"{field}:Q").scale(_loss_scale()).title(title).axis(_LOSS_AXIS)

    colour = alt.condition("datum.pinned", alt.value(MUTED), _verdict_colour())
    curves = (
        alt.Chart(alt.NamedData("runs"))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            x("step"),
            y("loss_drawn"),
            colour,
            alt.Detail("rate:O"),
            strokeDash=alt.condition("datum.pinned", alt.value([6, 4]), alt.value([1, 0])),
        )
    )
    ends = alt.Chart(alt.NamedData("ends"))
    leaders = ends.mark_rule(strokeWidth=1).encode(
        x("end_step"), y("end_loss"), alt.X2("label_step"), alt.Y2("label_loss"), colour
    )
    labels = ends.mark_text(align="left", dx=3, fontWeight="bold").encode(
        x("label_step"), y("label_loss"), colour, text="label:N"
    )
    return _spec(
        alt.layer(_carry("bounds"), curves, leaders, labels)
        .add_params(_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=330)
    )


_SWEPT = 256  # rates that the curve goes through
_CELLS = 128  # places to click at


@cache
def ruler() -> Spec:
    """Draw the learning rates on one axis: zones, limits, those chosen, and the loss they lead to.

    The curve is the loss after so many steps at each of 256 rates, computed in the browser by the
    closed form: with t steps, the squared error along an axis shrinks by (1 − rate·λ)^(2t).
    A triangle marks where it is lowest; on a plateau, the smallest rate that is there.
    Tables: those of ``core.frames.Ruler``. Parameter: log_steps, the decimal logarithm of t.
    Selection: pick, the rate at which one clicks.
    """

    def x(field: str) -> alt.X:
        scale = _bound("bounds", "rate_low", "rate_high", type="log")
        return alt.X(f"{field}:Q").scale(scale).title("learning rate")

    def y(field: str) -> alt.Y:
        scale = alt.Scale(domain=_ends("bounds", "loss_low", "loss_high"), type="log", clamp=True)
        return alt.Y(f"{field}:Q").scale(scale).title("loss after those steps")

    zones = alt.Chart(alt.NamedData("zones"))
    areas = _zones(zones, x)
    names = [
        zones.transform_filter(f"datum.row == {index}")
        .transform_calculate(
            at_edge="width < 500 && datum.kind == 3",  # on a phone the last word is too long
            middle="datum.at_edge ? datum.high : sqrt(datum.low * datum.high)",
        )
        .mark_text(
            fontWeight="bold",
            fontSize=13,
            baseline="top",
            align=alt.ExprRef("datum.at_edge ? 'right' : 'center'"),
        )
        .encode(
            x("middle"), _verdict_colour(legend=False), text="text:N",
            y=alt.value(8 + 16 * index),
        )
        for index in range(2)
    ]  # fmt: skip
    steps = alt.param(name="steps", expr="round(pow(10, toNumber(log_steps)))")
    span = alt.param(name="span", expr="bounds_row.rate_high / bounds_row.rate_low")
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
    curve = swept.mark_line(color=MUTED, strokeWidth=2.5, clip=True).encode(
        x("rate").axis(_RATE_AXIS), y("loss").axis(_LOSS_AXIS)
    )
    best = (
        swept.transform_joinaggregate(least="min(loss)")
        .transform_filter("datum.loss <= datum.least * 1.000001")
        .transform_window(found="row_number()")
        .transform_filter("datum.found == 1")
        .mark_point(shape="triangle-up", filled=True, color=MUTED, size=90, opacity=1, yOffset=11)
        .encode(x("rate"), y("loss"))
    )
    # Names stand above the plot, each in a row of its own, left of its rule: none meets another.
    marks = alt.Chart(alt.NamedData("marks"))
    rules_and_words = [
        layer
        for index in range(3)
        for mark in [marks.transform_filter(f"datum.row == {index}")]
        for layer in (
            mark.mark_rule(color=MUTED, strokeWidth=1.5, strokeDash=[5, 3]).encode(
                x("rate"), y=alt.value(-17 * index - 17), y2=alt.value("height")
            ),
            mark.mark_text(
                color=MUTED, fontWeight="bold", align="right", baseline="top", dx=-5
            ).encode(x("rate"), text="text:N", y=alt.value(-17 * index - 17)),
        )
    ]
    chosen = alt.Chart(alt.NamedData("chosen")).transform_calculate(loss=loss)
    dots = chosen.mark_point(filled=True, size=130, opacity=1, stroke="white").encode(
        x("rate"), y("loss"), _verdict_colour(legend=False)
    )
    labels = [
        chosen.transform_filter(f"datum.row == {index}")
        .mark_text(
            fontWeight="bold",
            dy=alt.ExprRef(f"datum.loss < bounds_row.loss_high ? {dy} : {48 + 14 * index}"),
        )
        .encode(x("rate"), y("loss"), _verdict_colour(legend=False), text="label:N")
        for index, dy in enumerate((-13, 16, -27))
    ]
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
    return _spec(
        alt.layer(
            _carry("bounds"), _carry("theory"), areas, *rules_and_words, curve, best, *names,
            dots, *labels, cells,
        )
        .add_params(
            _parameter("log_steps", 2.3),
            _row("bounds", "rate_low rate_high loss_low loss_high"),
            _row("theory", "lowest flat steep flat_share steep_share"),
            steps,
            span,
        )
        .properties(height=300)
    )  # fmt: skip


@_named
def candidate_lines(x_label: str, y_label: str) -> Spec:
    """Draw the data and some lines, each with its name, to choose from.

    Tables: points, window, lines (see ``core.prompts.LeastWrong.rows``).
    """
    axes = _FitAxes(x_label, y_label)
    lines = axes.lines("lines", color=GUESS).encode(
        strokeWidth=alt.StrokeWidth("width:Q").scale(None),
        strokeDash=alt.StrokeDash("name:N").scale(range=[[1, 0], [9, 4], [3, 3]]).legend(None),
    )
    names = (
        alt.Chart(alt.NamedData("lines"))
        .transform_calculate(
            across="window_row.x_low + datum.share * (window_row.x_high - window_row.x_low)"
        )
        .transform_calculate(there="datum.w * datum.across + datum.b")
        .mark_text(color=GUESS, fontWeight="bold", fontSize=14, align="center", dy=-10)
        .encode(axes.x("across"), axes.y("there"), text="text:N")
    )
    return _spec(
        alt.layer(_carry("window"), axes.points(), lines, names)
        .add_params(_WINDOW)
        .properties(height=300)
    )


@cache
def quarters() -> Spec:
    """Draw rings of equal loss, a point, and an arrow into each of four quarters around it.

    Tables: contours, bounds, ways (see ``core.prompts.WhichWay.rows``).
    """
    ways = alt.Chart(alt.NamedData("ways")).transform_calculate(
        to_w="datum.w + 46 * datum.right / across", to_b="datum.b + 46 * datum.rise / up",
        text_w="datum.w + 60 * datum.right / across", text_b="datum.b + 60 * datum.rise / up",
    )  # fmt: skip
    colour = (
        alt.Color("role:N")
        .scale(domain=["way", "yours", "step"], range=[MUTED, PREDICTION, GUESS])
        .legend(None)
    )
    width = alt.StrokeWidth("width:Q").scale(None)
    shafts = ways.mark_rule(clip=True).encode(
        _w(), _b(), alt.X2("to_w"), alt.Y2("to_b"), colour, width
    )
    tips = ways.mark_point(
        shape="triangle", filled=True, size=90, opacity=1, clip=True,
        angle=alt.ExprRef("90 - atan2(datum.rise, datum.right) * 180 / PI"),
    ).encode(_w("to_w"), _b("to_b"), colour)  # fmt: skip
    names = ways.mark_text(fontWeight="bold", fontSize=14, clip=True).encode(
        _w("text_w"), _b("text_b"), colour, text="text:N"
    )
    place = (
        ways.transform_filter("datum.right > 0 && datum.rise > 0")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white")
        .encode(_w(), _b())
    )
    return _spec(
        alt.layer(_carry("bounds"), _rings(), shafts, tips, names, place)
        .add_params(*_map_parameters())
        .properties(height=340)
    )


_ROLES = {"start": MUTED, "your prediction": PREDICTION, "the run": GUESS, "best fit": BEST_FIT}


@_named
def predicted_line(x_label: str, y_label: str, answered: bool) -> Spec:
    """Draw the data, the start, and the line that a learner predicts; then what came of it.

    Tables: points, window, lines (see ``core.prompts.AfterSteps.rows``). Parameters, until it is
    answered: left and right, the heights of the predicted line at the edges.
    """
    axes = _FitAxes(x_label, y_label)
    roles = list(_ROLES) if answered else ["start", "your prediction"]
    dashes = {"start": [2, 6], "your prediction": [10, 3]}
    legend = alt.Legend(
        orient="top", columns=2, title=None, symbolType="stroke", symbolStrokeWidth=3
    )
    # The start is a row of broad ticks: a prediction may lie on it.
    is_start = "datum.line == 'start'"
    lines = axes.lines("lines").encode(
        strokeWidth=alt.condition(is_start, alt.value(7), alt.value(2.5)),
        color=alt.Color("line:N")
        .scale(domain=roles, range=[_ROLES[role] for role in roles])
        .legend(legend),
        strokeDash=alt.StrokeDash("line:N")
        .scale(domain=roles, range=[dashes.get(role, [1, 0]) for role in roles])
        .legend(legend),
    )
    layers = [_carry("window"), axes.points(), lines]
    if not answered:
        edges = alt.Chart(alt.NamedData("window")).transform_calculate(
            left="toNumber(left)", right="toNumber(right)"
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
    parameters = [] if answered else [_parameter("left", 0), _parameter("right", 0)]
    return _spec(alt.layer(*layers).add_params(_WINDOW, *parameters).properties(height=330))


@cache
def marked_rates(answered: bool) -> Spec:
    """Draw an axis of learning rates with the learner's mark; then the zones and the limit.

    Tables: bounds; when answered also zones and marks (see ``core.prompts.Limit``). Parameter,
    until it is answered: log_mark, the decimal logarithm of the marked rate.
    """

    def x(field: str) -> alt.X:
        scale = _bound("bounds", "rate_low", "rate_high", type="log")
        axis = _RATE_AXIS.copy()
        axis.ticks = True
        return alt.X(f"{field}:Q").scale(scale).title("learning rate").axis(axis)

    whole = (
        alt.Chart(alt.NamedData("bounds"))
        .mark_rect(color=MUTED, opacity=0.08)
        .encode(x("rate_low"), alt.X2("rate_high"), y=alt.value(0), y2=alt.value("height"))
    )
    layers: list[alt.Chart] = [_carry("bounds"), whole]
    if answered:
        zones = alt.Chart(alt.NamedData("zones"))
        layers = [
            _carry("bounds"),
            _zones(zones, x),
            *(
                zones.transform_filter(f"datum.row == {index}")
                .transform_calculate(middle="sqrt(datum.low * datum.high)")
                .mark_text(fontWeight="bold", fontSize=13, baseline="top")
                .encode(x("middle"), _verdict_colour(legend=False), text="text:N",
                        y=alt.value(6 + 17 * index))
                for index in range(2)
            ),
        ]  # fmt: skip
        marks = alt.Chart(alt.NamedData("marks"))
        for row, (role, colour) in enumerate((("limit", MUTED), ("yours", PREDICTION))):
            mark = marks.transform_filter(f"datum.role == '{role}'")
            layers += [
                mark.mark_rule(color=colour, strokeWidth=3).encode(
                    x("rate"), y=alt.value(-17 * row - 17), y2=alt.value("height")
                ),
                mark.mark_text(
                    color=colour, fontWeight="bold", baseline="top",
                    align=alt.ExprRef("datum.left ? 'left' : 'right'"),
                    dx=alt.ExprRef("datum.left ? 6 : -6"),
                ).encode(x("rate"), text="text:N", y=alt.value(-17 * row - 17)),
            ]  # fmt: skip
    else:
        hand = alt.Chart(alt.NamedData("bounds")).transform_calculate(
            rate="pow(10, toNumber(log_mark))"
        )
        layers += [
            hand.mark_rule(color=PREDICTION, strokeWidth=3).encode(
                x("rate"), y=alt.value(-4), y2=alt.value("height")
            ),
            hand.transform_calculate(text="'it explodes from here'")
            .mark_text(
                color=PREDICTION, fontWeight="bold", baseline="top",
                align=alt.ExprRef("datum.rate > sqrt(bounds_row.rate_low * bounds_row.rate_high)"
                                  " ? 'right' : 'left'"),
                dx=alt.ExprRef("datum.rate > sqrt(bounds_row.rate_low * bounds_row.rate_high)"
                               " ? -6 : 6"),
            )
            .encode(x("rate"), text="text:N", y=alt.value(8)),
        ]  # fmt: skip
    return _spec(
        alt.layer(*layers)
        .add_params(
            *([] if answered else [_parameter("log_mark", 0)]),
            _row("bounds", "rate_low rate_high"),
        )
        .properties(height=175 if answered else 150)
    )


@cache
def error_pictures(answered: bool) -> Spec:
    """Draw four signed errors over the steps, a row each, to choose from; then by verdict.

    Tables: pictures and names (see ``core.prompts.Pictures``).
    """
    scale = alt.Scale(domain=[-3.45, 0.65], nice=False)
    colour = {"color": _verdict_colour(legend=False) if answered else alt.value(GUESS)}

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
    return _spec(alt.layer(zeros, lines, dots, words).properties(height=340))


@cache
def rate_paths() -> Spec:
    """Draw the paths of several rates over (w, b), coloured by verdict, and the axes of the bowl.

    Tables: contours, bounds, axes (see ``core.frames.principal_axes``), rates (see
    ``core.frames.path_columns``), fixed. Parameter: slot.
    """
    axes = alt.Chart(alt.NamedData("axes"))
    lines = axes.mark_rule(color=BEST_FIT, strokeWidth=1.5, strokeDash=[5, 3], clip=True).encode(
        _w(), _b(), alt.X2("to_w"), alt.Y2("to_b")
    )
    names = axes.mark_text(color=BEST_FIT, fontWeight="bold", dy=-9).encode(
        _w("text_w"), _b("text_b"), text="text:N"
    )
    place = {letter: f"bounds_row.{letter}_low + datum.d{letter}" for letter in "wb"}
    runs = alt.Chart(alt.NamedData("rates")).transform_calculate(**place)
    early = runs.transform_filter("datum.slot <= 12")  # later they would touch
    paths = runs.mark_line(strokeWidth=2, clip=True).encode(
        _w(), _b(), _verdict_colour(legend=False), alt.Detail("rate:O"), alt.Order("slot:Q")
    )
    dots = early.mark_circle(size=18, opacity=1, clip=True)
    now = (
        _at_slot()
        .transform_calculate(**place)
        .mark_point(filled=True, size=130, opacity=1, stroke="white", clip=True)
    )
    best = (
        alt.Chart(alt.NamedData("fixed"))
        .transform_filter("datum.line == 'best fit'")
        .mark_point(color=BEST_FIT, filled=True, size=80, opacity=1)
        .encode(_w(), _b())
    )
    return _spec(
        alt.layer(
            _carry("bounds"),
            _rings(),
            lines,
            paths,
            dots.encode(_w(), _b(), _verdict_colour(legend=False)),
            best,
            names,
            now.encode(_w(), _b(), _verdict_colour(legend=False)),
        )
        .add_params(*_map_parameters(), _parameter("slot", 0))
        .properties(height=360)
    )


@_named
def rate_fits(x_label: str, y_label: str) -> Spec:
    """Draw each learning rate's line, coloured by verdict, over data and best fit.

    Tables: points, window, fixed, rates (see ``core.frames.fit_columns``), ends. Parameter: slot.
    """
    axes = _FitAxes(x_label, y_label)
    best = axes.lines("fixed", color=BEST_FIT, strokeWidth=7).transform_filter(
        "datum.line == 'best fit'"
    )
    now = _at_slot()
    lines = (
        now.transform_calculate(x_from="window_row.x_low", x_to="window_row.x_high")
        .mark_rule(strokeWidth=2, clip=True)
        .encode(
            axes.x("x_from"), axes.y("left"), alt.X2("x_to"), alt.Y2("right"),
            _verdict_colour(legend=False),
        )
    )  # fmt: skip
    # The names stand side by side, so that they do not meet where lines do.
    names = (
        now.transform_calculate(share="0.98 - 0.12 * datum.rate")
        .transform_calculate(
            there="datum.left + datum.share * (datum.right - datum.left)",
            across="window_row.x_low + datum.share * (window_row.x_high - window_row.x_low)",
        )
        .transform_filter("window_row.y_low <= datum.there && datum.there <= window_row.y_high")
        .transform_lookup("rate", alt.LookupData(alt.NamedData("ends"), "rate", ["label"]))
        .mark_text(align="right", dx=-4, dy=-7, fontWeight="bold")
        .encode(axes.x("across"), axes.y("there"), _verdict_colour(legend=False), text="label:N")
    )
    return _spec(
        alt.layer(_carry("window"), axes.points(), best, lines, names)
        .add_params(_WINDOW, _parameter("slot", 0))
        .properties(height=360)
    )


@cache
def rate_errors(rates: int) -> Spec:
    """Draw the signed error along the steep axis, a row for each learning rate.

    It shows what the loss hides: whether a run jumps across the valley at each step.
    Tables: rates (see ``core.frames.error_columns``), ends, ticks, bounds. Parameter: slot.
    """
    scale_x = _bound("bounds", "early_low", "early_high", zero=False)
    scale_y = alt.Scale(domain=[0.6 - rates, 0.7], nice=False)

    def x() -> alt.X:
        return alt.X("step:Q").scale(scale_x).title("step").axis(tickMinStep=1, grid=False)

    def y(field: str) -> alt.Y:
        return alt.Y(f"{field}:Q").scale(scale_y).axis(None)

    ticks = alt.Chart(alt.NamedData("ticks"))
    rules = ticks.mark_rule(color=MUTED, strokeWidth=0.8).encode(
        y("height"), opacity=alt.condition("datum.zero", alt.value(1), alt.value(0.3))
    )
    values = ticks.mark_text(color=MUTED, align="right", dx=-6).encode(
        y("height"), x=alt.value(0), text="text:N"
    )
    runs = alt.Chart(alt.NamedData("rates"))
    place = (x(), y("height"), _verdict_colour(legend=False), alt.Detail("rate:O"))
    lines = runs.mark_line(strokeWidth=1.5).encode(*place, alt.Order("step:Q"))
    dots = runs.transform_filter("datum.dot").mark_circle(size=24, opacity=1).encode(*place)
    now = (
        _at_slot()
        .transform_filter("datum.dot")
        .mark_point(filled=True, size=110, opacity=1, stroke="white")
        .encode(*place)
    )
    names = (
        alt.Chart(alt.NamedData("ends"))
        .transform_calculate(height="0.53 - datum.rate")
        .mark_text(align="left", baseline="middle", fontWeight="bold")
        .encode(y("height"), _verdict_colour(legend=False), text="sentence:N", x=alt.value(4))
    )
    return _spec(
        alt.layer(_carry("bounds"), rules, values, lines, dots, now, names)
        .add_params(_row("bounds", "early_low early_high"), _parameter("slot", 0))
        .properties(height=78 * rates + 8)
    )


@cache
def unlabelled_runs() -> Spec:
    """Draw rows of small pictures, signed error beside loss; of a colour only once they are told.

    Tables: curves, lines, texts (see ``core.frames.unlabelled_runs``).
    """
    scale_x = alt.Scale(domain=[-0.1, 2.12], nice=False)
    scale_y = alt.Scale(domain=[-7.6, 0.9], nice=False)

    def x() -> alt.X:
        return alt.X("across:Q").scale(scale_x).axis(None)

    def y() -> alt.Y:
        return alt.Y("height:Q").scale(scale_y).axis(None)

    lines = alt.Chart(alt.NamedData("lines")).mark_rule(color=MUTED, strokeWidth=0.8)
    texts = alt.Chart(alt.NamedData("texts")).mark_text(color=MUTED, fontWeight="bold")
    colour = alt.Color("kind:O").legend(None)
    colour = colour.scale(domain=[-1, *_KINDS], range=[MUTED, *VERDICTS.values()])
    curves = alt.Chart(alt.NamedData("curves"))
    place = (x(), y(), colour, alt.Detail("curve:O"))
    return _spec(
        alt.layer(
            lines.encode(x(), y(), alt.X2("to")),
            curves.mark_line(strokeWidth=1.5).encode(*place, alt.Order("across:Q")),
            curves.transform_filter("datum.curve % 2 == 0")
            .mark_circle(size=14, opacity=1)
            .encode(*place),
            texts.encode(x(), y(), text="text:N"),
        ).properties(height=540)
    )


@cache
def first_picture() -> Spec:
    """Draw the lines that gradient descent visits at a rate a slider chooses, by the closed form.

    Everything is computed in the browser from one row: best fit, principal axes, and the start's
    errors along them. Tables: points, window, theory, trail (the steps to draw), fixed.
    Parameter: log_rate, the decimal logarithm of the learning rate.
    """
    axes = _FitAxes("x", "y")
    rate = alt.param(name="rate", expr="pow(10, toNumber(log_rate))")
    lines = (
        alt.Chart(alt.NamedData("trail"))
        .transform_calculate(
            flat="theory_row.flat_error * pow(1 - rate * theory_row.flat, datum.step)",
            steep="theory_row.steep_error * pow(1 - rate * theory_row.steep, datum.step)",
        )
        .transform_calculate(
            w="theory_row.w + datum.flat * theory_row.flat_w + datum.steep * theory_row.steep_w",
            b="theory_row.b + datum.flat * theory_row.flat_b + datum.steep * theory_row.steep_b",
            x_from="window_row.x_low",
            x_to="window_row.x_high",
        )
        .transform_calculate(
            y_from="clamp(datum.w * datum.x_from + datum.b, -1e4, 1e4)",
            y_to="clamp(datum.w * datum.x_to + datum.b, -1e4, 1e4)",
        )
    )
    ends = (axes.x("x_from"), axes.y("y_from"), alt.X2("x_to"), alt.Y2("y_to"))
    trail = (
        lines.transform_filter("!datum.last")
        .mark_rule(color=GUESS, strokeWidth=1, opacity=0.85, clip=True)
        .encode(*ends)
    )
    last = lines.transform_filter("datum.last").mark_rule(color=GUESS, strokeWidth=3.5, clip=True)
    start = alt.Chart(alt.NamedData("start")).mark_text(
        color=GUESS, align="right", dx=-6, dy=-9, fontWeight="bold"
    )
    return _spec(
        alt.layer(
            _carry("window"),
            _carry("theory"),
            trail,
            axes.points(),
            last.encode(*ends),
            start.encode(axes.x("x"), axes.y("y"), text="text:N"),
        )
        .add_params(
            _parameter("log_rate", -1),
            rate,
            _WINDOW,
            _row("theory", "w b flat steep flat_w flat_b steep_w steep_b flat_error steep_error"),
        )
        .properties(height=380)
    )
