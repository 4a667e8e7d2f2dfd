"""Pages on paper: whole, dark on white from either theme, and the report on two pages."""

import json
import re
from itertools import product
from typing import Literal

import pytest
from coloraide import Color

from core.course.mistakes import MISTAKES
from core.course.outline import LESSONS
from core.reading import progress
from core.reading.pins import Pin, pins_to_json
from tests.support.browser import Learners, Visit, Visits, open_tab
from tests.support.pins import ANY_DATA
from tests.support.tiers import some

# Each as newcomers meet it, and with much that it can show.
PAGES = (
    "report",
    "report?show=all&run=200x0.1&lrs=0.1&lrs=0.5",
    "gradient-steps?show=all&run=200x0.1&part=line",
    "data?show=all&part=squares",
    "",
    "data",
    "loss-surface",
    "loss-surface?show=all&part=bowl",
    "gradient-steps",
    "learning-rates",
    "learning-rates?show=all",
    "mistakes?show=all&mistake=plus",
    "hot-dog",
    "hot-dog?trained=true&net_rates=0.2&units=8",
)
KEPT = PAGES[:3]
PAPERS = {"A4": (794, 1123), "Letter": (816, 1056)}  # CSS pixels
MARGIN = 45  # 12 mm

# What is wider than the paper, or cut off by its box.
CLIPPED = """() => [...document.querySelectorAll("[data-testid=stApp], [data-testid=stApp] *")]
    .filter(it => it.checkVisibility() && !it.closest("svg, [data-testid=stSlider], input")
        && !it.matches("input, span[style*=clip], .katex-mathml, .katex-mathml *"))
    .filter(it => {
        const style = getComputedStyle(it), box = it.getBoundingClientRect();
        const cuts = style.overflowX !== "visible" || style.overflowY !== "visible";
        if (style.clipPath !== "none" || box.width <= 1 || box.height <= 1) return false;
        return box.right > innerWidth + 1
            || cuts && (it.scrollHeight > it.clientHeight + 2
                || it.scrollWidth > it.clientWidth + 2);
    }).map(it => `${it.tagName} ${it.className} ${it.textContent.slice(0, 40)}`)"""
CHARTS = """() => [...document.querySelectorAll(".stVegaLiteChart svg.marks")].map(chart => {
    const box = chart.getBoundingClientRect();
    return [box.width, box.height, chart.querySelectorAll("path, line, text").length];
})"""
# The colours of words, and of what lies behind them where it is not let through.
COLOURS = """() => {
    const words = document.createTreeWalker(
        document.querySelector("[data-testid=stMain]"), NodeFilter.SHOW_TEXT);
    const found = [];
    while (words.nextNode()) {
        const it = words.currentNode.parentElement;
        const word = words.currentNode.data.trim(), style = getComputedStyle(it);
        if (word && it.checkVisibility({ opacityProperty: true })) {
            found.push([word, it.closest("svg") ? style.fill : style.color]);
        }
    }
    return found;
}"""
BACKGROUNDS = """() => [document.documentElement, ...document.querySelectorAll("body, body *")]
    .filter(it => it.checkVisibility() && !it.closest(
        "[data-testid=stSlider], [data-testid=stRadioOption], [data-testid=stCheckbox], svg *"))
    .map(it => getComputedStyle(it)).flatMap(({ backgroundColor, backgroundImage }) =>
        [backgroundColor, backgroundImage]).filter(it => it !== "none")"""


def pages_of(pdf: bytes) -> int:
    return len(re.findall(rb"/Type\s*/Page\b", pdf))


def put_on_paper(tab: Visit, paper: str = "A4") -> None:
    width, height = PAPERS[paper]
    tab.page.set_viewport_size({"width": width - 2 * MARGIN, "height": height - 2 * MARGIN})
    tab.page.emulate_media(media="print")
    tab.drawn()


@pytest.mark.parametrize("theme", some(["light", "dark"], "dark"))
@pytest.mark.parametrize("path", some(PAGES, *KEPT))
def test_a_page_on_paper_is_whole_and_dark_on_white(
    visit: Visits, path: str, theme: Literal["light", "dark"]
) -> None:
    tab = visit(path, theme=theme)
    before = tab.page.evaluate(CHARTS)
    put_on_paper(tab)
    assert tab.page.evaluate(CLIPPED) == []
    charts = tab.page.evaluate(CHARTS)
    assert len(charts) == len(before)
    assert all(min(width, height) > 60 and marks for width, height, marks in charts)
    assert {
        word for word, colour in tab.page.evaluate(COLOURS) if Color(colour).contrast("white") < 4.5
    } == set()
    assert {colour for colour in tab.page.evaluate(BACKGROUNDS) if not is_white(colour)} == set()


def is_white(background: str) -> bool:
    colour = Color(background) if background.startswith("rgb") else None
    return colour is not None and (colour.alpha() == 0 or colour.to_string(hex=True) == "#ffffff")


@pytest.mark.parametrize("theme", some(["light", "dark"], "dark"))
def test_what_can_only_be_pressed_is_not_on_paper(
    visit: Visits, theme: Literal["light", "dark"]
) -> None:
    tab = visit("gradient-steps?show=all&run=200x0.1&part=line", theme=theme)
    put_on_paper(tab)
    main = tab.page.locator("[data-testid=stApp]")
    assert [it.inner_text() for it in main.get_by_role("button").all() if it.is_visible()] == []
    assert not tab.page.locator("[data-testid=stHeader]").is_visible()
    assert main.get_by_text("One step, line by line", exact=True).is_visible()  # what is open


def everything() -> str:
    """Text of a browser's storage in which all of the report is full."""
    lessons = [page.address for page in LESSONS]
    settings = ANY_DATA | {"data": "hubble"}
    pins = [Pin(f"a pinned run, {place}, " + "of a long name " * 2, "", settings, 0.2, 100 + place)
            for place in range(64)]  # fmt: skip
    answers = {f"check_{page}_{place}": 0 for page in lessons for place in range(3)}
    outcome = "Not quite. " + "What you said is far from what was so. " * 4
    parts = {
        "done": [f"page:{page}" for page in lessons],
        "open": [f"predict {page}" for page in lessons],
        "answers": answers | {f"mistake {key}": 0 for key in MISTAKES},
        "predicted": {name: ["wrong", outcome, "anscombe-4"] for name in progress.PREDICTIONS},
        "pins": json.loads(pins_to_json(pins)),
        "name": "W" * progress.MAX_NAME,
    }
    return progress.write(parts) or ""


FULL = "report?show=all&run=200x0.1~100x0.01&" + "&".join(
    f"lrs={rate}" for rate in (0.001, 0.01, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9)
)


@pytest.mark.parametrize(
    ("theme", "paper"),
    some(product(("light", "dark"), PAPERS), ("dark", "A4")),
)
def test_a_full_report_is_on_two_pages(
    server: str, learners: Learners, theme: Literal["light", "dark"], paper: str
) -> None:
    kept = f"localStorage.setItem('learning-rate-lab', {json.dumps(everything())})"
    tab = open_tab(server, learners.come(), FULL, script=kept)
    tab.page.emulate_media(color_scheme=theme)
    tab.page.get_by_text("56 more pinned runs").wait_for()
    tab.settle()
    for background in (False, True):
        assert pages_of(tab.page.pdf(format=paper, print_background=background)) == 2
    put_on_paper(tab, paper)
    assert tab.page.evaluate(CLIPPED) == []


def test_an_empty_report_is_on_one_page(visit: Visits) -> None:
    assert pages_of(visit("report").page.pdf(format="A4")) == 1


def test_the_button_prints_with_the_name_that_was_just_typed(visit: Visits) -> None:
    tab = visit("report")
    tab.page.evaluate("""() => {
        window.print = () => {
            window.printed = document.querySelector("[data-testid=stMain]").innerText;
        };
    }""")
    tab.page.get_by_label("Your name", exact=True).fill("Ada")
    tab.page.get_by_role("button", name="Print, or save as PDF").click()
    tab.until(lambda: bool(tab.page.evaluate("window.printed")))
    assert "Report of Ada" in tab.page.evaluate("window.printed")
