"""No word in a chart stands on another word: the boxes of all text marks of all charts."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from itertools import combinations

import pytest
import vl_convert

from core.figures.registry import FIGURES, Picture
from tests.support.samples import pictures

WIDTH = 520  # as wide as a chart is beside its text
CHARACTER = 0.55  # of the font size, about
Box = tuple[str, float, float, float, float]  # text, left, top, right, bottom


def svg_of(picture: Picture) -> str:
    tables = {
        name: table.astype(object).where(table.notna(), None).to_dict("records")
        for name, table in picture.tables.items()
    }
    width = {} if "vconcat" in picture.spec else {"width": WIDTH}
    return vl_convert.vegalite_to_svg({**picture.spec, **width, "datasets": tables})


def boxes(svg: str) -> list[Box]:
    """Find the boxes of the text marks that are seen; axes and legends are Vega's own."""

    def walk(element: ET.Element, x: float, y: float, in_mark: bool) -> Iterator[Box]:
        moved = re.search(r"translate\(([-\d.e]+),\s*([-\d.e]+)\)", element.get("transform", ""))
        if moved:
            x, y = x + float(moved[1]), y + float(moved[2])
        kind = element.get("class", "")
        if "role-mark" in kind:
            in_mark = "mark-text" in kind
        seen = all(float(element.get(name, 1)) > 0 for name in ("opacity", "fill-opacity"))
        text = "".join(element.itertext()).strip()
        if in_mark and seen and text and element.tag.endswith("}text"):
            size = float(element.get("font-size", "11px").removesuffix("px"))
            width = CHARACTER * size * len(text)
            left = x - width * {"end": 1.0, "middle": 0.5}.get(element.get("text-anchor", ""), 0.0)
            yield text, left, y - 0.75 * size, left + width, y + 0.2 * size
        for child in element:
            yield from walk(child, x, y, in_mark)

    return list(walk(ET.fromstring(svg), 0.0, 0.0, False))


def overlapping(found: list[Box]) -> list[tuple[str, str]]:
    return [
        (one[0], other[0])
        for one, other in combinations(found, 2)
        if one[1] < other[3] - 1
        and other[1] < one[3] - 1
        and one[2] < other[4] - 1
        and other[2] < one[4] - 1
    ]


@pytest.mark.parametrize("key", FIGURES)
def test_words_in_a_chart_do_not_overlap(key: str) -> None:
    assert overlapping(boxes(svg_of(pictures(key, "lesson")[-1]))) == []


def test_overlapping_words_are_found() -> None:
    def svg(gap: int) -> str:
        text = '<text font-size="10px" transform="translate({},20)">four</text>'
        marks = text.format(0) + text.format(gap)
        return (
            '<svg xmlns="http://www.w3.org/2000/svg"><g class="mark-text role-mark">'
            f"{marks}</g></svg>"
        )

    assert overlapping(boxes(svg(10))) == [("four", "four")]
    assert overlapping(boxes(svg(30))) == []
