"""What a newcomer meets: a whole toy in the first screen, a short page, and nothing that jumps."""

from itertools import product
from typing import Literal

import pytest
from playwright.sync_api import Locator

from core.course.mistakes import MISTAKES
from tests.support.browser import Learners, Visit, Visits, open_tab, press, set_slider
from tests.support.tiers import some

# The pages retold so far, each with the containers of its prediction and of its toy.
PAGES = {
    "": ("", "first_picture"),
    "data": ("predict_data", "by_hand"),
    "loss-surface": ("predict_loss-surface", "pointing"),
    "gradient-steps": ("predict_gradient-steps", "run_scope"),
    "learning-rates": ("predict_learning-rates", "why"),
    "mistakes": ("", "find_line"),
    "hot-dog": ("", "predict_hot-dog"),
}
DESKTOP, PROJECTOR, PHONE = (1280, 800), (1280, 720), (390, 844)  # 1,920 × 1,080 at 150 %
MOST_WORDS, MOST_SCREENS, MOST_SHIFT, MOST_PIXELS = 350, 2, 0.1, 80

# Words that are read: neither those in charts nor those for screen readers only.
WORDS = """() => {
    const main = document.querySelector("[data-testid=stMain]");
    const count = text => text.split(/\\s+/).filter(word => /\\p{L}/u.test(word)).length;
    const hidden = [...main.querySelectorAll("svg, [class*=st-key-figure_] .stText")];
    return hidden.reduce((sum, it) => sum - count(it.textContent), count(main.innerText));
}"""
# How far the content moves while it loads: the sum of all layout shifts, as Lighthouse adds them.
SHIFTS = """
    window.shifted = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) shifted += entry.value;
    }).observe({ type: "layout-shift", buffered: true });
"""


def resize(tab: Visit, size: tuple[int, int]) -> None:
    width, height = size
    tab.page.set_viewport_size({"width": width, "height": height})
    tab.settle()


def bottom_of(tab: Visit, key: str) -> float:
    box = tab.page.locator(f".st-key-{key}").bounding_box()
    assert box is not None
    return box["y"] + box["height"]


@pytest.mark.parametrize("theme", some(["light", "dark"], "light"))
@pytest.mark.parametrize("path", PAGES)
def test_prediction_and_toy_are_whole_in_the_first_screen(
    visit: Visits, path: str, theme: Literal["light", "dark"]
) -> None:
    tab = visit(path, theme=theme)
    prediction, toy = PAGES[path]
    for key in filter(None, (prediction, toy)):
        if key == toy and prediction:
            with tab.answered():
                tab.page.locator(f".st-key-skip_{path} button").click()
        for size in (DESKTOP, PROJECTOR, PHONE):
            resize(tab, size)
            tab.page.locator("[data-testid=stMain]").evaluate("main => main.scrollTo(0, 0)")
            assert bottom_of(tab, key) <= size[1], (key, size)


@pytest.mark.parametrize("path", some([*PAGES, "report"], "gradient-steps", "report"))
def test_a_closed_page_is_short(visit: Visits, path: str) -> None:
    tab = visit(path)
    resize(tab, DESKTOP)
    assert tab.page.evaluate(WORDS) <= MOST_WORDS
    content = tab.page.locator("[data-testid=stMainBlockContainer]").bounding_box()
    assert content is not None
    assert content["height"] <= MOST_SCREENS * DESKTOP[1]


def test_who_comes_to_compare_finds_rates_side_by_side_in_the_first_screen(visit: Visits) -> None:
    tab = visit("learning-rates?lrs=0.02&lrs=0.3&lrs=0.35&lrs=0.76")
    resize(tab, DESKTOP)
    for key in ("ruler", "rate_losses", "rate_errors", "rate_fits"):
        plot = tab.page.locator(f".st-key-figure_{key} svg.marks .background").first.bounding_box()
        assert plot is not None
        assert plot["y"] + plot["height"] <= DESKTOP[1], key


LOADED = [
    *PAGES,
    "report",
    *(f"{path}?show=all" for path in ("loss-surface", "gradient-steps", "learning-rates")),
]


@pytest.mark.parametrize(
    ("path", "size"),
    some(
        product(LOADED, (DESKTOP, PHONE)),
        ("", PHONE), ("gradient-steps", PHONE), ("learning-rates?show=all", DESKTOP),
    ),
)  # fmt: skip
def test_nothing_shifts_while_a_page_loads(
    server: str, learners: Learners, path: str, size: tuple[int, int]
) -> None:
    tab = open_tab(server, learners.come(), path, size[0], SHIFTS)
    assert tab.page.evaluate("shifted") < MOST_SHIFT


def top_of(button: Locator) -> float:
    box = button.bounding_box()
    assert box is not None
    return box["y"]


PRESSED = {
    "learning-rates?show=all": [
        "One of each kind", "In numbers", "The algebra", "Make the valley round", "It is said …",
        "Beat the best rate", "Pinned runs", "Challenges",
    ],
    "loss-surface?show=all": ["Slopes and the gradient", "The surface as a bowl"],
    "data?show=all": ["What squaring does to one bad point", "The formula"],
    "gradient-steps?show=all": [
        "Run 200 steps", "+1 step", "+10 steps", "Undo", "One step, line by line",
        "Three ways to a gradient", "A formula instead of a loop", "What the loop prints",
        "Go back and fork", "Compare: stay at 0.1, or go on at 0.01", "Mini-batches", "Try it",
        "Repeat with 20 draws", "Open the settled run above", "Take it with you", "Start over",
    ],
    "hot-dog?trained=true&units=8&net_rates=0.2&net_rates=0.3": [
        "The same loop, line by line", "Look inside", "The range test",
        "Put them beside each other",
        "The edge of stability", "Predict first, with another seed", "Train",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "size"),
    some(product(PRESSED, (DESKTOP, PHONE)), ("gradient-steps?show=all", PHONE)),
)
def test_nothing_pressed_moves_from_under_the_hand(
    visit: Visits, path: str, size: tuple[int, int]
) -> None:
    tab = visit(path)
    resize(tab, size)
    moved = {}
    for label in PRESSED[path]:
        button = tab.page.locator("[data-testid=stMain] button", has_text=label).first
        button.evaluate("it => it.scrollIntoView({ block: 'center' })")  # not below the header
        before = top_of(button)
        with tab.answered():
            button.click()
        still_there = tab.page.locator("[data-testid=stMain] button", has_text=label)
        if still_there.count():
            moved[label] = round(top_of(still_there.first) - before)
    assert {label: by for label, by in moved.items() if abs(by) > MOST_PIXELS} == {}


@pytest.mark.parametrize("path", some(["data", "loss-surface"], "data"))
def test_the_next_page_opens_at_its_top(visit: Visits, path: str) -> None:
    tab = visit(path)
    resize(tab, DESKTOP)
    with tab.answered():
        tab.page.locator(".st-key-next_lesson a").click()
    assert tab.page.locator("[data-testid=stMain]").evaluate("main => main.scrollTop") == 0
    assert tab.page.locator("h1").is_visible()


SCRIPTS = [f"mistakes?mistake={key}" for key in MISTAKES]


@pytest.mark.parametrize("path", some(SCRIPTS, SCRIPTS[-1]))
def test_the_code_of_every_script_is_whole_in_the_first_screen(visit: Visits, path: str) -> None:
    tab = visit(path)
    for size in (DESKTOP, PROJECTOR, PHONE):
        resize(tab, size)
        assert bottom_of(tab, "find_line") <= size[1], size
        assert not tab.page.evaluate(
            """() => [...document.querySelectorAll(".lrl-line")].some(
                line => line.scrollWidth > line.clientWidth || line.clientHeight > 40)"""
        ), size


@pytest.mark.parametrize("size", [pytest.param(DESKTOP, marks=pytest.mark.long), PHONE])
def test_what_becomes_of_a_script_appears_where_the_hand_is(
    visit: Visits, size: tuple[int, int]
) -> None:
    tab = visit("mistakes?mistake=sum&show=all")  # TensorFlow is there
    tab = visit("mistakes?mistake=sum")
    resize(tab, size)
    for number in (20, 14):  # a right line, and the wrong one
        line = tab.page.locator(f".lrl-line[data-number='{number}']")
        before = top_of(line)
        with tab.answered():
            line.click()
        assert abs(top_of(line) - before) <= MOST_PIXELS
        note = tab.page.locator(".lrl-note").bounding_box()
        assert note is not None
        assert top_of(line) < note["y"] < top_of(line) + 60
        assert note["y"] + note["height"] <= size[1]
    button = tab.page.get_by_role("button", name="Check", exact=True)
    tab.page.get_by_text("The loss grows until").click()
    tab.settle()
    button.evaluate("it => it.scrollIntoView({ block: 'center' })")
    before = top_of(button)
    with tab.answered():
        button.click()
    assert abs(top_of(button) - before) <= MOST_PIXELS
    assert before < top_of(tab.page.get_by_text("That is what happens.").first) < size[1]
    assert top_of(tab.page.get_by_text("But the loss tells:")) < size[1]


LINES = """svg => [...svg.querySelectorAll(".role-mark line")].map(line =>
    ["transform", "x2", "y2", "stroke"].map(name => line.getAttribute(name)).join()).sort()"""


def test_the_picture_of_start_forgets_an_explosion(visit: Visits) -> None:
    tab = visit()

    def lines_at(share: float) -> list[str]:
        set_slider(tab, "log_rate", share)
        lines: list[str] = tab.page.locator(".st-key-figure_first svg.marks").evaluate(LINES)
        return lines

    before = lines_at(0.5)
    assert len(before) == 17
    assert lines_at(1.0) != before
    assert lines_at(0.5) == before


def test_a_number_that_was_just_typed_comes_with_the_press(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all")
    tab.page.get_by_label("learning rate", exact=True).fill("0.3")
    press(tab, "+10 steps")
    assert "10x0.3" in tab.page.url
