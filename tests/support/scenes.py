"""Charts as they are drawn on a page: their words, lines and axes, with places in pixels."""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import vl_convert
from numpy.typing import NDArray

from core.figures.registry import Picture
from tests.support.tables import frame

PHONE = 358  # pixels in a window of 390
HEIGHT = 224  # of charts as tall as page.css says: on a phone the lowest with words
_THIRD, _BESIDE, _HALF, _WIDER, _FULL = 324, 394, 470, 570, 1_004  # in one of 1280
WIDE = {
    **dict.fromkeys(("fit", "path", "loss"), _THIRD),
    "pointed_fit": _BESIDE,
    **dict.fromkeys(("bowl", "ruler", "schedule_gaps", "pinned_losses"), _FULL),
    **dict.fromkeys(("ball", "asked_ball"), _WIDER),
    **dict.fromkeys(("floor_ball", "asked_lines"), _BESIDE),
    **dict.fromkeys(("rate_losses", "rate_errors", "rate_fits"), _THIRD),
    **dict.fromkeys(("diagnosis", "pictures"), _WIDER),
    **dict.fromkeys(("candidates", "predicted", "guess", "surface", "gradient_map"), _WIDER),
    **dict.fromkeys(("bad_point", "compared", "first", "forked", "raced", "two_rates"), _WIDER),
    "quarters": 370,
}
# What of Streamlit's theme moves or sizes words.
THEME = {
    "axis": {
        "labelFontSize": 12, "titleFontSize": 14, "titleFontWeight": 400, "ticks": False,
        "domain": False, "labelFlush": True, "labelFlushOffset": 1, "labelBound": False,
        "labelLimit": 100, "titlePadding": 16, "labelPadding": 16, "labelSeparation": 4,
        "labelOverlap": True,
    },
    "legend": {
        "labelFontSize": 14, "titleFontSize": 14, "titlePadding": 8, "labelPadding": 16,
        "columnPadding": 8, "rowPadding": 4, "padding": 8, "symbolStrokeWidth": 4,
    },
    "axisDiscrete": {"grid": False},
}  # fmt: skip


def width_on_a_page(key: str) -> int:
    """How wide a chart is in a window of 1280 pixels."""
    return WIDE.get(key, _HALF)


Colour = str
Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True)
class Word:
    """A text in a chart."""

    text: str
    colour: Colour
    size: float
    box: Box


@dataclass(frozen=True, eq=False)
class Stroke:
    """A line in a chart, as segments: columns x, y, x2, y2."""

    colour: Colour
    segments: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Scene:
    """What is seen of a chart.

    Parameters
    ----------
    words, strokes : lists
        The marks that are texts, and those that are lines.
    around : list of Word
        The texts of axes and legends.
    axes : list of lists of str
        The labels of each axis.
    """

    words: list[Word] = field(default_factory=list)
    strokes: list[Stroke] = field(default_factory=list)
    around: list[Word] = field(default_factory=list)
    axes: list[list[str]] = field(default_factory=list)


def _line(line: object) -> str:
    return f"{getattr(line, 'w', 0.0)} {getattr(line, 'b', 0.0)}"


def _slots(picture: Picture) -> list[int]:
    if "recorded" in picture.tables:
        last = len(picture.tables["recorded"]["step"]) - 1
    else:
        last = int(
            max(np.max(table["slot"]) for table in picture.tables.values() if "slot" in table)
        )
    return [last, last // 3]


# Where sliders stand: the first place is tried on a wide screen, all on a phone.
_PLACES: dict[str, Callable[[Picture], list[object]]] = {
    "slot": lambda picture: list(_slots(picture)),
    "log": lambda picture: [1, 0],
    "log_step": lambda picture: [0, 1],
    "guess_w_and_guess_b": lambda picture: [_line(picture.facts["start"])],
    "squares": lambda picture: [0, 1],
    "first": lambda picture: [-40, 0, 10],
    "second": lambda picture: [-40, 55, -20],
    "log_rate": lambda picture: [-2, -0.12, 0, -1],
    "shown": lambda picture: [16, 16, 16, 5],
    "share_at": lambda _: [1.5, 0.25, 0.9, 2.0, 2.4],
    "bad_y": lambda picture: [
        picture.facts["y"],
        2 * picture.tables["window"]["y_high"] - picture.tables["window"]["y_low"],
    ],
}


def scenes(picture: Picture, width: int) -> Iterator[Scene]:
    """Draw a chart as wide as that, with its sliders at some places."""
    bound = [param["name"] for param in picture.spec.get("params", []) if "bind" in param]
    places = {name: _PLACES[name](picture) for name in bound if name in _PLACES}
    tries = max(map(len, places.values()), default=1) if width == PHONE else 1
    for index in range(tries):
        at = {name: values[index % len(values)] for name, values in places.items()}
        yield scene(picture, width, at)


def scene(picture: Picture, width: int, places: Mapping[str, object]) -> Scene:
    """Draw a chart as wide as that, with some of its parameters set."""
    spec = picture.spec
    tables = {name: frame(table).to_dict("records") for name, table in picture.tables.items()}
    params = [
        {**param, "value": places.get(param["name"], param.get("value"))}
        if "bind" in param
        else param
        for param in spec.get("params", [])
    ]
    if "vconcat" in spec:
        parts = [{**part, "width": width - 70} for part in spec["vconcat"]]
        sized = {"vconcat": parts, "autosize": "pad"}
    else:
        fit = {"type": "fit", "contains": "padding"}
        sized = {"width": width, "height": spec.get("height", HEIGHT), "autosize": fit}
    config = {
        **THEME,
        **spec["config"],
        "axis": {**THEME["axis"], **spec["config"].get("axis", {})},
        "legend": {**THEME["legend"], **spec["config"].get("legend", {})},
    }
    drawn = {**spec, **sized, "params": params, "config": config, "datasets": tables}
    found = Scene()
    _walk(vl_convert.vegalite_to_scenegraph(drawn)["scenegraph"], (0.0, 0.0), (0, 0, 1, 1), found)
    return found


def _walk(mark: dict[str, Any], at: tuple[float, float], plot: Box, found: Scene) -> None:
    """Collect what a mark and those inside it show. ``plot`` is the box of the nearest view."""
    role, kind = mark["role"], mark["marktype"]
    items = [item for item in mark["items"] if item.get("opacity", 1) > 0]
    if kind == "group":
        for item in items:
            x, y = at[0] + item.get("x", 0), at[1] + item.get("y", 0)
            inside = (x, y, x + item["width"], y + item["height"]) if "width" in item else plot
            labels = [
                inner["text"]
                for part in item["items"]
                if part["role"] == "axis-label"
                for inner in part["items"]
                if inner.get("opacity", 1) > 0 and inner["text"]
            ]
            if any(part["role"] == "axis-label" for part in item["items"]):
                found.axes.append(labels)
            for part in item["items"]:
                _walk(part, (x, y), inside, found)
    elif kind == "text":
        words = found.words if role == "mark" else found.around
        words += [
            Word(item["text"], item.get("fill", ""), item["fontSize"], box)
            for item in items
            if item.get("text") and item.get("fillOpacity", 1) > 0
            if (box := _clipped(_box(item, at), plot if mark["clip"] else None))
        ]
    elif role == "mark" and kind in ("rule", "line"):
        for colour, segments in _strokes(kind, items):
            moved = segments + np.array([*at, *at])
            clipped = _clip(moved, plot) if mark["clip"] else moved
            if clipped.size:
                found.strokes.append(Stroke(colour, clipped))


_CHARACTER = 0.55  # of the font size, about
_BASELINES = {"top": 0.79, "middle": 0.3, "bottom": -0.21}


def _box(item: dict[str, Any], at: tuple[float, float]) -> Box:
    size = item["fontSize"]
    along = _CHARACTER * size * len(item["text"])
    left = -along * {"right": 1.0, "center": 0.5}.get(item.get("align", "left"), 0.0)
    left += item.get("dx", 0)
    base = _BASELINES.get(item.get("baseline", ""), 0.0) * size + item.get("dy", 0)
    corners = np.array([[left, base - 0.75 * size], [left + along, base + 0.2 * size]])
    angle = math.radians(item.get("angle") or 0)
    turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
    turned = corners @ turn + [at[0] + item["x"], at[1] + item["y"]]
    low, high = turned.min(axis=0), turned.max(axis=0)
    return float(low[0]), float(low[1]), float(high[0]), float(high[1])


def _clipped(box: Box, plot: Box | None) -> Box | None:
    if plot is None:
        return box
    left, top = max(box[0], plot[0]), max(box[1], plot[1])
    right, bottom = min(box[2], plot[2]), min(box[3], plot[3])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _strokes(
    kind: str, items: list[dict[str, Any]]
) -> Iterator[tuple[Colour, NDArray[np.float64]]]:
    seen = [item for item in items if item.get("strokeOpacity", 1) > 0 and item.get("stroke")]
    if kind == "rule":
        for item in seen:
            x, y = item.get("x", 0), item.get("y", 0)
            yield item["stroke"], np.array([[x, y, item.get("x2", x), item.get("y2", y)]], float)
    elif seen:
        places = np.array([[item.get(axis, 0) for axis in "xy"] for item in items], float)
        places[[not item.get("defined", True) for item in items]] = math.nan
        segments = np.hstack([places[:-1], places[1:]])
        yield seen[0]["stroke"], segments[np.isfinite(segments).all(axis=1)]


def _clip(segments: NDArray[np.float64], box: Box) -> NDArray[np.float64]:
    """Keep the parts of segments that lie in a box (Liang and Barsky)."""
    start, way = segments[:, :2], segments[:, 2:] - segments[:, :2]
    enter, leave = np.zeros(len(segments)), np.ones(len(segments))
    with np.errstate(divide="ignore", invalid="ignore"):
        for axis in (0, 1):
            for sign, edge in ((-1, box[axis]), (1, box[axis + 2])):
                speed, room = sign * way[:, axis], sign * (edge - start[:, axis])
                enter = np.where(speed < 0, np.maximum(enter, room / speed), enter)
                leave = np.where(speed > 0, np.minimum(leave, room / speed), leave)
                leave = np.where((speed == 0) & (room < 0), -1, leave)
    kept = enter <= leave
    start, way, enter, leave = start[kept], way[kept], enter[kept, None], leave[kept, None]
    return np.hstack([start + enter * way, start + leave * way])


MARGIN = 1.0  # a pixel more or less: the widths of texts are estimates


def meeting_words(found: Scene) -> list[tuple[str, str]]:
    """Find the texts among the marks that lie on another text."""
    return [
        (word.text, other.text)
        for place, word in enumerate(found.words)
        for other in [*found.words[place + 1 :], *found.around]
        if all(
            word.box[axis] < other.box[axis + 2] - MARGIN
            and other.box[axis] < word.box[axis + 2] - MARGIN
            for axis in (0, 1)
        )
    ]


def crossed_words(found: Scene) -> list[tuple[str, Colour]]:
    """Find the texts that lie on a line of another colour: a text names lines of its own."""
    crossed = []
    for word in found.words:
        left, top, right, bottom = word.box
        inner = left + MARGIN, top + MARGIN, right - MARGIN, bottom - MARGIN
        crossed += [
            (word.text, stroke.colour)
            for stroke in found.strokes
            if stroke.colour not in (word.colour, "white")  # white: dots along a line
            and _clip(stroke.segments, inner).size
        ]
    return crossed
