"""The charts, as specifications that hold no number of the learner's: those travel as data.

A chart whose specification stays the same is redrawn in place: sliders keep their places, and only
data crosses the wire. So each function here builds one specification, once; what it draws comes in
named tables (see ``frames``), bounds of the axes included. Sliders are parameters that
the page sets from outside: see ``lessons.widgets.sliders``.
"""

from functools import cache
from typing import Any, Literal

import altair as alt
from altair.typing import ChartType

from core.figures.palette import ARROW, BEST_FIT, GUESS, MUTED, PREDICTION, TRUE_LINE
from core.figures.parts import (
    LOSS_AXIS,
    MAP_TITLES,
    STEP_AXIS,
    STEP_SCALE,
    WINDOW,
    FitAxes,
    Spec,
    b_axis,
    bound_scale,
    carry,
    finish,
    hand_parameters,
    kept_for_names,
    loss_rings,
    loss_scale,
    map_parameters,
    on_step_axis,
    power_or,
    slider_parameter,
    table_row,
    w_axis,
)


@kept_for_names
def run_fit(x_label: str, y_label: str, has_true_line: bool, has_fork: bool) -> Spec:
    """Draw the data, its lines, and the guess of the step that a slider chooses.

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
        )
        .add_params(WINDOW, slider_parameter("slot", 0))
        .properties(height=330)
    )


def _label(source: alt.Chart, colour: str, **place: Any) -> alt.Chart:  # noqa: ANN401
    return source.mark_text(color=colour, fontWeight="bold", **place).encode(
        w_axis(), b_axis(), text="line:N"
    )


def _surface_layers(has_true_line: bool) -> list[alt.Chart]:
    """Draw contours, minimum, true line's place, start, and a path, each with its name."""
    steps = alt.Chart(alt.NamedData("path"))
    path = steps.mark_line(color=GUESS, strokeWidth=1.5, clip=True).encode(
        w_axis(), b_axis(), alt.Order("slot:Q")
    )
    dots = steps.mark_circle(color=GUESS, size=14, opacity=1, clip=True).encode(w_axis(), b_axis())
    start = steps.transform_filter("datum.slot == 0").transform_calculate(line="'start'")
    fixed = alt.Chart(alt.NamedData("fixed"))
    best = fixed.transform_filter("datum.line == 'best fit'")
    layers = [
        carry("bounds"),
        loss_rings(),
        path,
        dots,
        best.mark_point(color=BEST_FIT, filled=True, size=80, opacity=1).encode(w_axis(), b_axis()),
        _label(best, BEST_FIT, align="left", dx=9, dy=-9),
        _label(start, GUESS, align="left", dx=9, dy=9, clip=True),
    ]
    if has_true_line:
        true = fixed.transform_filter("datum.line == 'true line'")
        mark = true.mark_point(color=TRUE_LINE, shape="diamond", size=110, strokeWidth=2.5)
        layers[4:4] = [
            mark.encode(w_axis(), b_axis()),
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
        color=ARROW, fontWeight="bold", align="right", dx=-8, dy=-8, clip=True
    ).encode(w_axis("new_w"), b_axis("new_b"), text="text:N")
    now = (
        alt.Chart(alt.NamedData("path"))
        .transform_filter("datum.slot == toNumber(slot)")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white", clip=True)
        .encode(w_axis(), b_axis())
    )
    return finish(
        alt.layer(
            *_surface_layers(has_true_line),
            *([other] if has_fork else []),
            now,
            shaft,
            tip,
            name,
        )
        .add_params(*map_parameters(), slider_parameter("slot", 0))
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
        *hand_parameters(),
        table_row("fold", "r00 r01 r02 r11 r12 r22"),
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
            w_axis(), b_axis(), alt.X2("to_w"), alt.Y2("to_b")
        )
        end = (w_axis("to_w"), b_axis("to_b"))
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
        .encode(w_axis(), b_axis())
    )
    return finish(
        alt.layer(
            *_surface_layers(has_true_line),
            *(arrow("+", MUTED, "gradient: uphill") if arrows else []),
            *(arrow("-", GUESS, "the step: downhill") if arrows else []),
            place,
        )
        .add_params(*map_parameters(), *_pointed_line(), pixels, reach)
        .properties(height=height)
    )


_SLICE_POINTS = 41


@cache
def loss_slices() -> Spec:
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
    Tables: shape, path, marks (see ``frames.Bowl``). Parameters: turn, tilt, in degrees.
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
        slider_parameter("turn", 30),
        slider_parameter("tilt", 30),
        table_row("shape", "flat_x flat_y steep_x steep_y"),
        *turned.values(),
        flatness,
        height,
        highest,
        lowest,
    )
    return finish(
        chart.project(
            type="identity",
            scale=alt.ExprRef("min(width, height) / 2.9"),  # at every turn and tilt it fits
            translate=alt.ExprRef(
                "[width / 2, (height + (highest - lowest) * min(width, height) / 2.9) / 2]"
            ),
        ).properties(height=440)
    )


_IS_LOG = "toNumber(log) == 1"


@cache
def loss_curve(has_fork: bool) -> Spec:
    """Draw the loss over the steps of one run, on a log or a linear axis, above the best fit's.

    Tables: path, bounds (see ``frames.run_bounds``), floor (loss, text); with a fork also
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
        labelExpr=power_or(
            f"format({value}, {value} < 1e3 ? '.3~g' : {value} < 1e5 ? ',.0f' : '.3~s')", value
        ),
    )

    def x() -> alt.X:
        return alt.X("across:Q").scale(STEP_SCALE).title("step")

    def y() -> alt.Y:
        return alt.Y("height:Q").scale(scale).title("loss (MSE)")

    def placed(table: str) -> alt.Chart:
        return alt.Chart(alt.NamedData(table)).transform_calculate(
            height=f"{_IS_LOG} ? log(datum.loss_drawn) / LN10 : datum.loss",
            **({} if table == "floor" else {"across": on_step_axis("datum.step")}),
        )

    steps = placed("path")
    curve = steps.mark_line(color=GUESS, strokeWidth=2.5, clip=True).encode(
        x().axis(STEP_AXIS), y().axis(axis)
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
    return finish(
        alt.layer(
            carry("bounds"),
            rule,
            label,
            *([other.encode(x(), y())] if has_fork else []),
            curve,
            now,
        )
        .add_params(
            slider_parameter("slot", 0),
            slider_parameter("log", 1),
            slider_parameter("log_step", 0),
            table_row(
                "bounds",
                "step_low step_high step_tick loss_low loss_high loss_top log_tick linear_tick",
            ),
            low,
            high,
        )
        .properties(height=330)
    )


@cache
def compared_losses() -> Spec:
    """Draw the loss of a wrong loop, and dashed that of the repaired one, on a log axis.

    Tables: losses (see ``frames.compared_losses``), bounds, floor.
    """
    versions = ["wrong", "repaired"]
    legend = alt.Legend(orient="top", title=None, symbolType="stroke", symbolStrokeWidth=3)

    def y() -> alt.Y:
        return alt.Y("loss_drawn:Q").scale(loss_scale()).title("loss (MSE), log").axis(LOSS_AXIS)

    curves = (
        alt.Chart(alt.NamedData("losses"))
        .mark_line(strokeWidth=2.5, clip=True)
        .encode(
            alt.X("step:Q")
            .scale(bound_scale("bounds", "step_low", "step_high", zero=False))
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
    return finish(
        alt.layer(carry("bounds"), rule, label, curves)
        .add_params(table_row("bounds", "step_low step_high loss_low loss_high"))
        .properties(height=300)
    )


@cache
def quarters() -> Spec:
    """Draw rings of equal loss, a point, and an arrow into each of four quarters around it.

    Tables: contours, bounds, ways (see ``core.course.predictions.WhichWay.rows``).
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
        w_axis(), b_axis(), alt.X2("to_w"), alt.Y2("to_b"), colour, width
    )
    tips = ways.mark_point(
        shape="triangle", filled=True, size=90, opacity=1, clip=True,
        angle=alt.ExprRef("90 - atan2(datum.rise, datum.right) * 180 / PI"),
    ).encode(w_axis("to_w"), b_axis("to_b"), colour)  # fmt: skip
    names = ways.mark_text(fontWeight="bold", fontSize=14, clip=True).encode(
        w_axis("text_w"), b_axis("text_b"), colour, text="text:N"
    )
    place = (
        ways.transform_filter("datum.right > 0 && datum.rise > 0")
        .mark_point(color=GUESS, filled=True, size=150, opacity=1, stroke="white")
        .encode(w_axis(), b_axis())
    )
    return finish(
        alt.layer(carry("bounds"), loss_rings(), shafts, tips, names, place)
        .add_params(*map_parameters())
        .properties(height=340)
    )


_ROLES = {"start": MUTED, "your prediction": PREDICTION, "the run": GUESS, "best fit": BEST_FIT}


@kept_for_names
def predicted_line(x_label: str, y_label: str, answered: bool) -> Spec:
    """Draw the data, the start, and the line that a learner predicts; then what came of it.

    Tables: points, window, lines (see ``predictions.AfterSteps.rows``). Parameters, until it is
    answered: left and right, the heights of the predicted line at the edges.
    """
    axes = FitAxes(x_label, y_label)
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
    layers = [carry("window"), axes.points(), lines]
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
    parameters = [] if answered else [slider_parameter("left", 0), slider_parameter("right", 0)]
    return finish(alt.layer(*layers).add_params(WINDOW, *parameters).properties(height=330))


@cache
def first_picture() -> Spec:
    """Draw the lines that gradient descent visits at a rate a slider chooses, by the closed form.

    Everything is computed in the browser from one row: best fit, principal axes, and the start's
    errors along them. Tables: points, window, theory, trail (the steps to draw), fixed.
    Parameter: log_rate, the decimal logarithm of the learning rate.
    """
    axes = FitAxes("x", "y")
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
    return finish(
        alt.layer(
            carry("window"),
            carry("theory"),
            trail,
            axes.points(),
            last.encode(*ends),
            start.encode(axes.x("x"), axes.y("y"), text="text:N"),
        )
        .add_params(
            slider_parameter("log_rate", -1),
            rate,
            WINDOW,
            table_row(
                "theory", "w b flat steep flat_w flat_b steep_w steep_b flat_error steep_error"
            ),
        )
        .properties(height=380)
    )
