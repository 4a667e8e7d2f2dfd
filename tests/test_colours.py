"""The charts' colours can be seen on both themes, and told apart by eyes that see fewer of them."""

import json
import re
import tomllib
from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from coloraide import Color

from core.figures import palette
from core.figures import parts as chart_parts
from core.figures.frames import LEVELS
from core.figures.palette import WORDS
from core.figures.parts import Spec
from core.figures.registry import FIGURES
from tests.support.samples import pictures, views

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
OPACITIES = chart_parts.RING * chart_parts.RING_FALL ** np.arange(LEVELS)
DEPTH = 1 - float(np.prod(1 - OPACITIES))  # of all rings on each other
ZONE = 0.2


NAMED = {  # as in :orange[your line]
    "orange": palette.GUESS,
    "blue": palette.BEST_FIT,
    "green": palette.TRUE_LINE,
    "violet": palette.ARROW,
    "red": palette.VERDICTS["explodes"],
    "gray": palette.MUTED,
}


@pytest.mark.parametrize("name", NAMED)
def test_coloured_words_of_a_sentence_have_the_colour_of_the_mark(name: str) -> None:
    shades = tuple(THEME[theme][f"{name}TextColor"] for theme in ("light", "dark"))
    assert shades == WORDS[NAMED[name]]


def over(colour: str, opacity: float, background: str) -> str:
    """Lay a colour over a background, as a browser does: in sRGB."""
    laid = Color.layer([Color(colour).set("alpha", opacity), background], space="srgb")
    return laid.to_string(hex=True)


def contrast(one: str, other: str) -> float:
    return Color(one).contrast(other, method="wcag21")


def seen_by_all(colour: str) -> list[Color]:
    """The colour as all cones see it, and as without those for red, for green, for blue."""
    without = ("protan", "deutan", "tritan")
    return [Color(colour), *(Color(colour).filter(kind, method="machado") for kind in without)]


def apart(one: str, other: str) -> float:
    """How far apart two colours are (CIEDE2000) to the eyes for which they are closest."""
    pairs = zip(seen_by_all(one), seen_by_all(other), strict=True)
    return min(
        mine.clip("srgb").delta_e(yours.clip("srgb"), method="2000") for mine, yours in pairs
    )


def colours(part: object) -> set[str]:
    return set(re.findall(r"#[0-9A-Fa-f]{6}", json.dumps(part)))


def test_the_closest_eyes_decide() -> None:
    red, grey = "#FF0000", "#767676"
    assert apart(red, grey) < Color(red).delta_e(grey, method="2000")
    assert apart("#000000", "#FFFFFF") == pytest.approx(100)


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
_FILLINGS = {"bowl 0": "geoshape"} | {
    f"{name} 0": "area" for name in ("ball", "floor_ball", "asked_ball")
}


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
    ("guess", "explodes"): "never at once: all lines of the run have one of them",
    ("best fit", "arrow"): "a dot with its name; an arrow with its step",
    ("best fit", "slow"): "broad, level or dashed, with its name; every rate has its own",
    ("best fit", "good"): "the same",
    ("guess", "prediction"): "solid; the prediction is dashed, or broader in a quarter of its own",
    ("guess", "zigzag"): "your schedule is solid, with dots; single rates are dashed; all named",
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
