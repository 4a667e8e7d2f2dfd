"""Quick hands, by mouse and finger: what is dragged follows, and nothing else moves or is selected.

And what a browser does by itself: scroll a new page, shorten one, translate.
"""

import pytest
from playwright.sync_api import Locator

from core.datasets import make_noisy_line
from core.descent.schedules import two_rates
from core.runs import LESSON_START
from tests.support.browser import Fingers, Place, Visit, Visits, set_slider

SCROLLED = "document.querySelector('[data-testid=stMain]').scrollTop"
SELECTED = "getSelection().toString()"


def values(tab: Visit) -> list[str]:
    """Where all sliders of the page stand."""
    sliders = tab.page.locator(".lrl-sliders input[type=range]")
    return [slider.input_value() for slider in sliders.all()]


def middle(tab: Visit, element: Locator) -> Place:
    element.evaluate("it => it.scrollIntoView({block: 'center'})")
    tab.page.wait_for_timeout(300)
    box = element.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def test_a_quick_drag_out_of_the_chart_ends_at_its_edge_and_selects_nothing(visit: Visits) -> None:
    tab = visit("gradient-steps")
    left, mouse = tab.page.locator("[name=slider-left]"), tab.page.mouse
    ends = []
    for across, down in ((-0.3, 0.5), (0.03, -2.0), (-0.3, 3.0)):
        mouse.move(*tab.place_in("predicted", 0.03, 0.5))
        mouse.down()
        mouse.move(*tab.place_in("predicted", across, down), steps=2)
        mouse.up()
        tab.drawn()
        ends.append(float(left.input_value()))
        assert tab.page.evaluate(SELECTED) == ""
    highest, lowest = ends[1:]
    assert lowest < ends[0] < highest
    mouse.move(*tab.place_in("predicted", 0.03, 0.2))  # without a button: nothing sticks to it
    tab.drawn()
    assert float(left.input_value()) == lowest


def test_a_finger_drags_a_line_and_does_not_scroll_the_page(visit: Visits) -> None:
    tab = visit("gradient-steps", width=390)
    finger = Fingers(tab)
    chart = tab.page.locator(".st-key-figure_predicted svg.marks path.background").first
    middle(tab, chart)
    before, scrolled = values(tab), tab.page.evaluate(SCROLLED)
    finger.drag((tab.place_in("predicted", 0.9, 0.5), tab.place_in("predicted", 0.9, 0.1)))
    assert values(tab) != before
    assert tab.page.evaluate(SCROLLED) == scrolled


def test_a_swipe_over_a_slider_scrolls_the_page_and_a_drag_along_it_moves_it(visit: Visits) -> None:
    tab = visit("data?show=all", width=390)
    finger, slider = Fingers(tab), tab.page.locator(".lrl-sliders input[type=range]").first
    x, y = middle(tab, slider)
    before, scrolled = values(tab), tab.page.evaluate(SCROLLED)
    finger.drag(((x - 80, y), (x - 76, y - 200)))
    assert values(tab) == before
    assert tab.page.evaluate(SCROLLED) > scrolled + 50
    x, y = middle(tab, slider)
    finger.drag(((x, y), (x + 90, y + 4)))
    assert values(tab) != before


@pytest.mark.long
@pytest.mark.parametrize("way", ["top", "link"])
def test_a_page_opens_at_its_top(visit: Visits, way: str) -> None:
    tab = visit("learning-rates?show=all")
    for title in ("Gradient steps", "Loss surface", "Learning rates", "Data"):
        tab.page.evaluate(f"{SCROLLED} = 1500")
        with tab.answered():
            link = tab.page.locator("[data-testid=stTopNavLink]", has_text=title)
            link.first.evaluate("it => it.click()") if way == "link" else link.first.click()
        assert tab.page.evaluate(SCROLLED) == 0, title


def test_the_menu_of_a_phone_does_not_cover_the_page_that_was_chosen_in_it(visit: Visits) -> None:
    tab = visit("data", width=390)
    tab.page.locator("[data-testid=stExpandSidebarButton]").click()
    link = tab.page.locator("[data-testid=stSidebarNavLink]", has_text="Loss surface")
    with tab.answered():
        link.click()
    tab.page.wait_for_selector("[data-testid=stSidebarCollapseButton]", state="detached")
    assert tab.page.url.endswith("/loss-surface")


@pytest.mark.long
def test_leaving_a_long_part_moves_what_was_pressed_by_at_most_80_pixels(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&part=beat")
    parts = tab.page.locator(".st-key-deeper_learning_rates button")
    for name in ("Challenges", "Beat the best rate", "Pinned runs"):
        pressed = parts.filter(has_text=name).first
        _, before = middle(tab, pressed)
        with tab.answered():
            pressed.click()
        box = pressed.bounding_box()
        assert box is not None
        assert abs(box["y"] + box["height"] / 2 - before) <= 80, name


# What a translator does: it wraps words in elements of its own, where that is not forbidden.
TRANSLATE = """() => {
    const forbidden = "script, style, code, svg, textarea, font, [translate=no], .notranslate";
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const words = [];
    while (walker.nextNode()) words.push(walker.currentNode);
    let wrapped = 0;
    for (const word of words) {
        if (!word.data.trim() || word.parentElement.closest(forbidden)) continue;
        const font = document.createElement("font");
        word.replaceWith(font);
        font.append(word.data);
        wrapped += 1;
    }
    return wrapped;
}"""


def test_a_translator_that_heeds_the_pages_mark_breaks_nothing(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all")
    assert tab.page.evaluate(TRANSLATE) == 0
    with tab.answered():
        tab.page.get_by_role("button", name="Run 200 steps").click()
    assert tab.page.evaluate("document.documentElement.lang") == "en"


def test_without_the_mark_a_translator_breaks_the_page(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all")
    tab.page.evaluate(
        "() => { const root = document.documentElement;"
        "root.removeAttribute('translate'); root.classList.remove('notranslate'); }"
    )
    assert tab.page.evaluate(TRANSLATE) > 50
    tab.page.get_by_role("button", name="Run 200 steps").click()
    tab.until(lambda: any("removeChild" in complaint for complaint in tab.complaints))
    tab.complaints.clear()  # expected


def test_a_tap_on_a_chart_lays_no_buttons_over_the_slider_above_it(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=200x0.1", width=390)
    finger = Fingers(tab)
    no_hover = {"name": "hover", "value": "none"}
    finger.session.send("Emulation.setEmulatedMedia", {"features": [no_hover]})
    chart = tab.page.locator(".st-key-figure_loss")
    place = middle(tab, chart)
    finger.drag((place, place), moves=1)
    toolbar = chart.locator("[data-testid=stElementToolbar]")
    opacities = toolbar.evaluate_all("bars => bars.map(bar => getComputedStyle(bar).opacity)")
    assert set(opacities) == {"0"}
    toolbar.locator("button").first.focus()
    tab.drawn()
    assert (
        toolbar.evaluate("bar => getComputedStyle(bar).opacity") == "1"
    )  # by keyboard it is there


@pytest.mark.long
def test_two_rates_are_set_by_hand_until_they_leave_nothing(visit: Visits) -> None:
    tab = visit("learning-rates?part=Beat%20the%20best%20rate")
    with tab.answered():
        tab.page.locator(".st-key-show_learning-rates button").click()
    game = two_rates(make_noisy_line(), LESSON_START)
    scope, told = tab.page.locator(".st-key-two_rates_scope"), tab.page.locator(".lrl-told")
    seen = tab.picture("two_rates")
    for slider, place, kind in (
        ("second", game.floor, "farther"),
        ("first", 1, "behind"),
        ("second", game.floor // 2, "behind"),
        ("first", 0, "beaten"),
    ):
        set_slider(tab, slider, (place - game.places.start) / (len(game.places) - 1))
        assert told.get_attribute("data-kind") == kind
        assert tab.picture("two_rates") != seen
        seen = tab.picture("two_rates")
    first = tab.page.locator("input[name=slider-first]")
    _, before = middle(tab, first)
    with tab.answered():
        set_slider(tab, "second", (game.floor - game.places.start) / (len(game.places) - 1))
    assert told.get_attribute("data-kind") == "found"
    scope.get_by_text("You found it: 0.378, then 7.2.").wait_for()
    box = first.bounding_box()
    assert box is not None
    assert abs(box["y"] + box["height"] / 2 - before) < 1
    tab.page.get_by_text("Why two rates do it.").wait_for()


def test_the_bowl_turns_under_the_hand(visit: Visits) -> None:
    tab = visit("loss-surface?show=all&part=bowl")
    mouse, turn = tab.page.mouse, tab.page.locator("input[name=slider-turn]")
    before = int(turn.input_value())
    x, y = tab.place_in("bowl", 0.5, 0.5)
    seen = tab.picture("bowl")
    mouse.move(x, y)
    mouse.down()
    mouse.move(x + 100, y, steps=4)
    tab.drawn()
    turned = int(turn.input_value())
    assert turned != before
    assert tab.picture("bowl") != seen
    mouse.up()
    mouse.move(x - 100, y)
    tab.drawn()
    assert int(turn.input_value()) == turned
