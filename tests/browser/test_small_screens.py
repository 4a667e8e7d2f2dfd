"""Phones, and a desktop zoomed to 200 %: nothing lies outside, nothing is too small to aim at."""

from collections.abc import Callable

from tests.browser.conftest import Visit

Visits = Callable[..., Visit]
PAGES = (
    "",
    "data",
    "loss-surface?show=all",
    "gradient-steps?show=all&run=200x0.1",
    "learning-rates?show=all",
    "learning-rates",
    "mistakes?show=all&mistake=plus",
    "hot-dog",
)

# What is wrong with what one can press: WCAG 2.2's 2.5.8 asks for 24 by 24 pixels. Links in a
# sentence may be smaller, and so may the knob of Streamlit's own slider, which has nothing near it.
AIMED_AT = """() => [...document.querySelectorAll(
        "[data-testid=stMain] :is(a[href], button, input, select, summary)"
    )].filter(it => it.checkVisibility() && !it.matches(
        "[data-testid=stElementToolbar] *, .vega-bindings *, p *, [data-testid=stSlider] *"
    )).flatMap(it => {
        const box = (it.closest("label") ?? it).getBoundingClientRect();
        const name = it.ariaLabel || it.innerText || it.labels?.[0]?.innerText || it.name;
        const wrong = [];
        if (Math.min(box.width, box.height) < 24) wrong.push(`${name} is small`);
        if (box.left < 0 || box.right > innerWidth) wrong.push(`${name} lies outside`);
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


def test_every_page_fits(visit: Visits) -> None:
    tab = visit("", 640)
    for path in PAGES:
        tab.open(path)
        for width in (640, 390, 320):
            tab.page.set_viewport_size({"width": width, "height": 900})
            tab.settle()
            scrolled, shown = tab.page.eval_on_selector(
                "[data-testid=stMain]", "main => [main.scrollWidth, main.clientWidth]"
            )
            wrong = [*tab.page.evaluate(AIMED_AT), *tab.page.evaluate(CUT_OFF)]
            assert (scrolled - shown, wrong) == (0, []), f"{path} at {width} px"
