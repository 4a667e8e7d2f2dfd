"""What holds on every page, each opened once: it rests, it fits, it can be read, axe is content.

In the light and in the dark, on a desktop, on one zoomed to 200 %, and on phones; and nothing is
from elsewhere.
"""

from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

import pytest
from coloraide import Color

from tests.support.browser import CHANGES, Learners, Visit, serious_findings
from tests.support.course import QUESTIONS, TITLES
from tests.support.tiers import some

# Each with all that it can show; and as newcomers meet them, and others; no two show the same.
PAGES = (
    "",
    "data",
    "gradient-steps?show=all&run=200x0.1",
    "learning-rates?show=all&part=challenges",
    "hot-dog?trained=true&net_rates=0.2&units=8",
    "report?show=all&run=200x0.1&lrs=0.1&lrs=0.5",
)
MORE_PAGES = (
    "mistakes",
    "loss-surface?show=all",
    "loss-surface",
    "gradient-steps",
    "learning-rates",
    "hot-dog",
    "data?show=all",
    "data?data=own&points=0_1~1_3~2_4",
    "gradient-steps?show=all&run=200x0.1~100x0.1b8&step=3",
    "learning-rates?show=all&part=said",
    "learning-rates?show=all&part=beat",
    "mistakes?show=all&mistake=sum",
    "report",
)
LOOKS: tuple[tuple[int, Literal["light", "dark"]], ...] = (
    (1280, "light"), (640, "dark"), (320, "light"), (390, "dark"),
)  # fmt: skip

# What is wrong with what one can press: WCAG 2.2's 2.5.8 asks for 24 by 24 pixels. Links in a
# sentence may be smaller, and so may the knob of Streamlit's own slider, which has nothing near it.
# A file's own input is not what one presses: that is the button around it.
AIMED_AT = """() => [...document.querySelectorAll(
        "[data-testid=stMain] :is(a[href], button, input, select, summary)"
    )].filter(it => it.checkVisibility() && !it.matches(
        "[data-testid=stElementToolbar] *, .vega-bindings *, p *, [data-testid=stSlider] *, "
        + "[type=file]"
    )).flatMap(it => {
        const box = (it.closest("label") ?? it).getBoundingClientRect();
        const name = it.ariaLabel || it.innerText || it.labels?.[0]?.innerText || it.name;
        const wrong = [];
        if (Math.min(box.width, box.height) < 24) wrong.push(`${name} is small`);
        const row = it.closest(".st-key-data_cards, .st-key-data_settings");  // these scroll
        if (!row && (box.left < 0 || box.right > innerWidth)) wrong.push(`${name} lies outside`);
        return wrong;
    })"""
# Words that are cut off: at the edge of their chart, or at that of a box which does not scroll.
CUT_OFF = """() => [
    ...[...document.querySelectorAll("svg.marks text")].filter(words => {
        const [box, chart] = [words, words.closest("svg")].map(it => it.getBoundingClientRect());
        return box.width && (box.left < chart.left - 3 || box.right > chart.right + 3);
    }),
    ...[...document.querySelectorAll("[data-testid=stMain] :is(p, label, h1, h2, button, td)")]
        .filter(it => it.checkVisibility() && it.scrollWidth > it.clientWidth + 1
            && getComputedStyle(it).overflowX === "hidden"),
].map(it => it.textContent)"""

# Of each chart its size, and how the words beside it are kept from sight and from taking room.
FIGURES = """() => [...document.querySelectorAll("[class*=st-key-figure_]")].map(figure => {
    const chart = figure.querySelector(".stVegaLiteChart").getBoundingClientRect();
    const words = getComputedStyle(figure.querySelector(".stText").closest(".stElementContainer"));
    return [[chart.width, chart.height], [words.position, words.clipPath]];
})"""

# The words in charts with their colours, and the colour behind them.
WORDS = """() => {
    const hex = color => "#" + color.match(/[0-9]+/g).slice(0, 3)
        .map(part => Number(part).toString(16).padStart(2, "0")).join("");
    const app = document.querySelector("[data-testid=stApp]");
    return [
        [...document.querySelectorAll("svg.marks text")]
            .map(words => [words.textContent, hex(getComputedStyle(words).fill)]),
        hex(getComputedStyle(app).backgroundColor),
    ];
}"""

# Numbers and single words in a table that stand in two lines.
IN_TWO_PARTS = """() => [...document.querySelectorAll(".stMarkdown td")].filter(cell => {
    if (/\\s/.test(cell.textContent.trim()) || cell.querySelector("code")) return false;
    const range = document.createRange();
    range.selectNodeContents(cell);
    return new Set([...range.getClientRects()].map(({ top }) => Math.round(top))).size > 1;
}).map(cell => cell.textContent)"""


class Opened:
    """A page that stays open, and every place it has asked for anything."""

    def __init__(self, server: str, learners: Learners, path: str) -> None:
        self.tab = Visit(server, learners.come())
        self.asked: set[str] = set()
        self.tab.page.on("request", lambda request: self.asked.add(urlsplit(request.url).netloc))
        self.tab.open(path)

    def look_at(self, width: int, theme: Literal["light", "dark"]) -> None:
        self.tab.page.set_viewport_size({"width": width, "height": 900})
        self.tab.page.emulate_media(color_scheme=theme)
        self.tab.settle()


@pytest.fixture(scope="module", params=some([*PAGES, *MORE_PAGES], *PAGES))
def path(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def opened(server: str, all_learners: Learners, path: str) -> Iterator[Opened]:
    yield Opened(server, all_learners, path)
    all_learners.leave()


def test_it_rests_when_nobody_touches_it(opened: Opened) -> None:
    opened.tab.settle(looks=20)
    assert opened.tab.page.evaluate(CHANGES) == []


def test_it_fits_on_every_screen(opened: Opened) -> None:
    page, misfits = opened.tab.page, {}
    for look in LOOKS:
        opened.look_at(*look)
        scrolled, shown = page.eval_on_selector(
            "[data-testid=stMain]", "main => [main.scrollWidth, main.clientWidth]"
        )
        misfits[look] = scrolled - shown, page.evaluate(AIMED_AT), page.evaluate(CUT_OFF)
    assert misfits == dict.fromkeys(LOOKS, (0, [], []))


def test_charts_are_seen_and_their_words_are_not(opened: Opened) -> None:
    for size, words in opened.tab.page.evaluate(FIGURES):
        assert min(size) > 100
        assert words == ["absolute", "inset(50%)"]


def test_what_is_heard_has_a_name_of_its_own(opened: Opened) -> None:
    """Charts, and groups to choose from; no tick, legend or mark is read out."""
    page = opened.tab.page
    charts = page.locator("[data-testid=stVegaLiteChart]")
    names = [str(chart.get_attribute("aria-label")) for chart in charts.all()]
    assert len(set(names)) == len(names)
    assert not any("chart" in name for name in names)
    assert not charts.locator("[role=graphics-symbol]:not([aria-hidden=true])").count()
    groups = page.locator("[data-testid=stMain]").get_by_role("radiogroup").all()
    named = [str(group.get_attribute("aria-label")) for group in groups]
    assert len(set(named)) == len(named)
    assert not any(set("*`$") & set(name) or name.startswith("Your") for name in named)


def test_it_can_be_read_and_axe_is_content_on_a_phone_in_the_dark_and_on_a_desktop(
    opened: Opened,
) -> None:
    found = []
    for look in (LOOKS[-1], LOOKS[0]):
        opened.look_at(*look)
        found += [(look, words) for words in opened.tab.page.evaluate(IN_TWO_PARTS)]
        words, background = opened.tab.page.evaluate(WORDS)
        found += [
            (look, word, fill) for word, fill in words if Color(fill).contrast(background) < 4.5
        ]
        found += [(look, *finding) for finding in serious_findings(opened.tab)]
    assert found == []


def test_it_asks_its_question_and_nothing_is_from_elsewhere_whatever_is_unfolded(
    opened: Opened, path: str
) -> None:
    tab = opened.tab
    address = path.partition("?")[0]
    assert QUESTIONS[address] in tab.text()
    title = f"{TITLES[address]} · Learning Rate Lab"
    assert tab.page.title() == title.removeprefix("Start · ")
    closed = tab.page.locator("[data-testid=stExpander] details:not([open]) summary")
    while closed.count():
        closed.first.click()
        tab.settle()
    assert opened.asked - {""} == {urlsplit(tab.server).netloc}  # data: has no place
    assert tab.complaints == []
