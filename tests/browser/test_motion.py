"""Nothing moves by itself for those who asked their system for less motion."""

import pytest

from tests.support.browser import Visits

# Remember, frame by frame, what is moving: animations and transitions that last.
WATCH = """() => {
    window.moving = new Set();
    const look = () => {
        for (const { animationName, transitionProperty, effect } of document.getAnimations())
            if (effect.getComputedTiming().duration > 10)
                window.moving.add(animationName ?? transitionProperty);
        requestAnimationFrame(look);
    };
    look();
}"""


def test_nothing_moves_for_those_who_asked_for_less_motion(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all", motion="reduce")
    tab.page.evaluate(WATCH)
    tab.page.get_by_role("button", name="Run 200 steps").click()
    tab.page.get_by_role("button", name="Continue 200 steps").wait_for()
    tab.page.get_by_role("button", name="Words on this page").click()
    tab.page.get_by_role("dialog").wait_for()
    tab.page.keyboard.press("Escape")
    tab.page.get_by_text("Check yourself").click()
    tab.settle()
    assert tab.page.evaluate("[...window.moving]") == []


@pytest.mark.long
def test_play_shows_a_few_pictures_to_those_who_asked_for_less_motion(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=200x0.1", motion="reduce")
    tab.pull("slot", 1, "Home")
    tab.page.evaluate(
        """() => {
            window.shown = [];
            const input = document.querySelector("input[name=slider-slot]");
            new MutationObserver(() => window.shown.push(Number(input.value)))
                .observe(input, { attributeFilter: ["aria-valuetext"] });
        }"""
    )
    tab.page.get_by_role("button", name="Play").click()
    tab.page.wait_for_function("window.shown.length >= 2")
    tab.page.get_by_role("button", name="Pause").click()
    first, second, *_ = tab.page.evaluate("window.shown")
    assert second - first > 200 / 10
