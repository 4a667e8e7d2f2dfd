"""The charts' colours can be seen on both themes, and told apart by eyes that see fewer of them."""

import json
import re
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from core.figures import palette
from core.figures import parts as chart_parts
from core.figures.frames import LEVELS
from core.figures.palette import WORDS
from core.figures.parts import Spec
from core.figures.registry import FIGURES
from tests.support.samples import pictures, views

Colour = NDArray[np.float64]
THEME = tomllib.loads((Path(__file__).parents[1] / ".streamlit/config.toml").read_text())["theme"]
BACKGROUNDS = {name: THEME[name]["backgroundColor"] for name in ("light", "dark")}
PALETTE = {
    "points, start, fork": palette.MUTED,
    "true line": palette.TRUE_LINE,
    "best fit": palette.BEST_FIT,
    "guess": palette.GUESS,
    "arrow": palette.ARROW,
    "prediction": palette.PREDICTION,
    **palette.VERDICTS,
}
NAMES = {colour: name for name, colour in PALETTE.items()}
SPECS: dict[str, Spec] = {
    f"{key} {number}": spec
    for key in FIGURES
    for number, spec in enumerate({id(one.spec): one.spec for one in pictures(key)}.values())
}
DEPTH = 1 - (1 - chart_parts.RING) ** LEVELS  # of all rings on each other
ZONE = 0.2


def linear(colour: str) -> Colour:
    """Read #RRGGBB as linear RGB (IEC 61966-2-1)."""
    rgb = np.array([int(colour[place : place + 2], 16) for place in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def over(colour: str, opacity: float, background: str) -> str:
    """Lay a colour over a background, as a browser does: in sRGB."""
    parts = (
        round(opacity * int(top, 16) + (1 - opacity) * int(bottom, 16))
        for top, bottom in zip(
            *(re.findall("..", c[1:]) for c in (colour, background)), strict=True
        )
    )
    return "#" + "".join(f"{part:02X}" for part in parts)


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, contrast ratio."""
    low, high = sorted(float(linear(c) @ [0.2126, 0.7152, 0.0722]) for c in (one, other))
    return (high + 0.05) / (low + 0.05)


# Machado, Oliveira, Fernandes: A Physiologically-based Model for Simulation of Color Vision
# Deficiency, IEEE TVCG 15 (2009), severity 1.0; for linear RGB.
VISIONS = {
    "all cones": np.eye(3),
    "protanopia": np.array(
        [
            [0.152286, 1.052583, -0.204868],
            [0.114503, 0.786281, 0.099216],
            [-0.003882, -0.048116, 1.051998],
        ]
    ),
    "deuteranopia": np.array(
        [
            [0.367322, 0.860646, -0.227968],
            [0.280085, 0.672501, 0.047413],
            [-0.011820, 0.042940, 0.968881],
        ]
    ),
    "tritanopia": np.array(
        [
            [1.255528, -0.076749, -0.178779],
            [-0.078411, 0.930809, 0.147602],
            [0.004733, 0.691367, 0.303900],
        ]
    ),
}


def lab(rgb: Colour) -> Colour:
    """CIE Lab under D65 of linear sRGB."""
    to_xyz = np.array(
        [
            [0.4124564, 0.3575761, 0.1804375],
            [0.2126729, 0.7151522, 0.0721750],
            [0.0193339, 0.1191920, 0.9503041],
        ]
    )
    share = to_xyz @ rgb / (to_xyz @ np.ones(3))
    x, y, z = np.where(share > (6 / 29) ** 3, np.cbrt(share), share * (29 / 6) ** 2 / 3 + 4 / 29)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def ciede2000(one: Colour, other: Colour) -> float:
    """Sharma, Wu, Dalal: The CIEDE2000 Color-Difference Formula, Color Res. Appl. 30 (2005)."""
    lightness, a, b = np.array([one, other]).T
    mean_chroma = np.hypot(a, b).mean()
    a = a * (1.5 - 0.5 * np.sqrt(mean_chroma**7 / (mean_chroma**7 + 25**7)))
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
    turn = (hue[1] - hue[0] + 180) % 360 - 180 if chroma.all() else 0.0
    mean_hue = np.radians(hue[0] + turn / 2 if chroma.all() else hue.sum())
    mean_l, mean_c = lightness.mean(), chroma.mean()
    weight = (
        1
        - 0.17 * np.cos(mean_hue - np.radians(30))
        + 0.24 * np.cos(2 * mean_hue)
        + 0.32 * np.cos(3 * mean_hue + np.radians(6))
        - 0.20 * np.cos(4 * mean_hue - np.radians(63))
    )
    from_50 = (mean_l - 50) ** 2
    dl = (lightness[1] - lightness[0]) / (1 + 0.015 * from_50 / np.sqrt(20 + from_50))
    dc = (chroma[1] - chroma[0]) / (1 + 0.045 * mean_c)
    dh = 2 * np.sqrt(chroma.prod()) * np.sin(np.radians(turn / 2)) / (1 + 0.015 * mean_c * weight)
    blue = np.radians(60 * np.exp(-((((np.degrees(mean_hue) % 360) - 275) / 25) ** 2)))
    rotation = -2 * np.sqrt(mean_c**7 / (mean_c**7 + 25**7)) * np.sin(blue)
    return float(np.sqrt(dl**2 + dc**2 + dh**2 + rotation * dc * dh))


def apart(one: str, other: str) -> float:
    """How far apart two colours are to the eyes for which they are closest."""
    return min(
        ciede2000(*(lab(np.clip(vision @ linear(colour), 0, 1)) for colour in (one, other)))
        for vision in VISIONS.values()
    )


def colours(part: object) -> set[str]:
    return set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(part)))


@pytest.mark.parametrize(
    ("one", "other", "distance"),  # from the paper's table of test data
    [
        ((50, 2.6772, -79.7751), (50, 0, -82.7485), 2.0425),
        ((50, -1, 2), (50, 0, 0), 2.3669),
        ((50, 2.5, 0), (73, 25, -18), 27.1492),
        ((60.2574, -34.0099, 36.2677), (60.4626, -34.1751, 39.4387), 1.2644),
        ((2.0776, 0.0795, -1.1350), (0.9033, -0.0636, -0.5514), 0.9082),
    ],
)
def test_the_distance_is_the_published_one(
    one: tuple[float, ...], other: tuple[float, ...], distance: float
) -> None:
    assert ciede2000(np.array(one), np.array(other)) == pytest.approx(distance, abs=1e-4)
    assert ciede2000(np.array(other), np.array(one)) == pytest.approx(distance, abs=1e-4)


def test_contrast_and_simulation_are_the_published_ones() -> None:
    assert contrast("#FFFFFF", "#000000") == pytest.approx(21)
    assert contrast("#767676", "#FFFFFF") == pytest.approx(4.54, abs=0.01)
    for vision in VISIONS.values():  # greys stay as they are
        np.testing.assert_allclose(vision @ np.ones(3), 1, atol=1e-5)
    assert apart("#FF0000", "#767676") < ciede2000(lab(linear("#FF0000")), lab(linear("#767676")))


@pytest.mark.parametrize("theme", BACKGROUNDS)
@pytest.mark.parametrize("name", PALETTE)
def test_a_colour_can_be_seen_as_mark_and_as_word(name: str, theme: str) -> None:
    colour, plain = PALETTE[name], BACKGROUNDS[theme]
    word = WORDS[colour][theme == "dark"]
    rings = over(palette.BEST_FIT, DEPTH, plain)
    for background in (plain, rings):
        assert contrast(colour, background) >= 3  # WCAG 1.4.11
        assert contrast(word, background) >= 4.5  # WCAG 1.4.3
    assert contrast(word, over(colour, ZONE, plain)) >= 4.5


@pytest.mark.parametrize("name", SPECS)
def test_every_mark_has_a_colour_of_the_palette_and_words_a_shade_of_it(name: str) -> None:
    inside_of_the_bowl = {"#C8E0F0", "#EDF5FB"}
    for view in views(SPECS[name]):
        assert colours(view) <= {*PALETTE.values(), *inside_of_the_bowl}
        if view["mark"]["type"] == "text":
            assert colours(view), view  # Vega's own is black
    if name == "bowl 0":  # the path runs over its inside on both themes
        for inside in inside_of_the_bowl:
            assert contrast(palette.GUESS, inside) >= 3


# Fillings that no one has to see: beside them stand their edges, or their words.
_FILLINGS = {"bowl 0": "geoshape", "marked_rates 0": "rect"}


@pytest.mark.parametrize("name", SPECS)
def test_no_mark_that_says_something_is_too_pale(name: str) -> None:
    seen = 0
    for view in views(SPECS[name]):
        mark, encoding = view["mark"], view["encoding"]
        if mark.get("opacity") == 0 or mark["type"] == _FILLINGS.get(name):
            continue
        stroke = "stroke" in mark or "stroke" in encoding
        opacity = mark.get("opacity", 1) * mark.get(f"{'stroke' if stroke else 'fill'}Opacity", 1)
        if "opacity" in encoding:  # the grid is pale, and the line at zero is not
            assert encoding["opacity"]["condition"] == {"test": "datum.zero", "value": 1}
        for colour in colours(view):
            for background in BACKGROUNDS.values():
                assert contrast(over(colour, opacity, background), background) >= 3, view["mark"]
                seen += 1
    assert seen


# A difference of 1 is just seen between patches that touch. Thin lines and dots that lie apart
# need several times as much, and the simulations are averages: so 12 is asked for.
ENOUGH = 12
# Where colours that stand in one chart are nearer than that for some eyes: what else tells.
TOLD_OTHERWISE = {
    ("points, start, fork", "true line"): "dots; the line is dashed, or a diamond with its name",
    ("points, start, fork", "good"): "a dashed or named curve; rates are named dots and lines",
    ("points, start, fork", "explodes"): "the same",
    ("true line", "best fit"): "dashed and solid; a diamond and a dot, each with its name",
    ("best fit", "arrow"): "a dot with its name; an arrow with its step",
    ("best fit", "slow"): "broad, level or dashed, with its name; every rate has its own",
    ("best fit", "good"): "the same",
    ("guess", "prediction"): "solid; the prediction is dashed, or broader in a quarter of its own",
    ("guess", "zigzag"): "your schedule is solid, with dots; single rates are dashed; all named",
    ("prediction", "zigzag"): "a mark with its words; a zone with its own",
    ("prediction", "explodes"): "the same",
}


def test_colours_in_one_chart_can_be_told_apart_by_all_eyes() -> None:
    near = {}
    for name, spec in SPECS.items():
        together = [colour for view in views(spec) for colour in colours(view) if colour in NAMES]
        for one, other in combinations(sorted(set(together), key=list(NAMES).index), 2):
            if apart(one, other) < ENOUGH:
                near.setdefault((NAMES[one], NAMES[other]), []).append(name)
    assert near.keys() == TOLD_OTHERWISE.keys(), near


def test_the_verdicts_and_the_lines_that_are_solid_are_told_apart_by_colour_alone() -> None:
    for one, other in [*combinations(palette.VERDICTS, 2), ("best fit", "guess"),
                       ("arrow", "guess"), ("points, start, fork", "guess"),
                       ("points, start, fork", "best fit")]:  # fmt: skip
        assert apart(PALETTE[one], PALETTE[other]) >= ENOUGH, (one, other)


def test_what_tells_lines_apart_besides_colour_is_there() -> None:
    def dashes(name: str) -> dict[str, list[int]]:
        scales = [
            view["encoding"]["strokeDash"]["scale"]
            for view in views(SPECS[name])
            if "scale" in view["encoding"].get("strokeDash", {})
        ]
        return dict(zip(scales[0]["domain"], scales[0]["range"], strict=True))

    lines = dashes("fit 0")
    assert lines["best fit"] == lines["guess"] == [1, 0] != lines["true line"]
    roles = dashes("predicted 1")
    assert len(set(map(tuple, roles.values()))) == 3  # the run and the best fit are solid
    gaps = dashes("schedule_gaps 0")
    assert gaps["yours"] == [1, 0]
    assert [1, 0] not in (gaps["2/(λ₁ + λ₂)"], gaps["safe choice"])
