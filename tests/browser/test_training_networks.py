"""Hot dog or not in a real browser: it trains before one's eyes, and stops at once."""

import re

import pytest

from core.figures import palette
from tests.support.browser import Visits
from tests.support.tiers import some

SLOW_RUN = "hot-dog?units=64&net_batch=128&net_rates=0.02&net_rates=0.2&net_rates=0.3"


def test_it_trains_with_progress_tells_rates_apart_and_puts_pictures_into_words(
    visit: Visits,
) -> None:
    tab = visit("hot-dog?net_seed=17")
    tab.page.locator(".st-key-train button").click()
    tab.page.wait_for_selector("text=about")  # the time left
    tab.page.wait_for_selector(".st-key-ask_again")
    with tab.answered():
        tab.page.get_by_role("radio", name="Look inside").click()
    text = tab.text()
    for verdict in ("slow", "good", "explodes"):
        assert re.search(rf"\b{verdict}\b", text)
    assert not re.search(r"\bnan\b", text, re.IGNORECASE)
    assert "trained=true" in tab.page.url
    losses = tab.picture("network_losses")
    assert "NaN" not in losses
    assert losses.count("<path") > 6
    images = tab.page.locator("[data-testid=stMain] img")  # what it looked at, and looks for
    assert images.count() == 10 + 2 + 12
    assert all(image.get_attribute("alt") for image in images.all())


def test_stop_stops_at_once_and_shows_what_was_reached(visit: Visits) -> None:
    tab = visit(SLOW_RUN)
    tab.page.locator(".st-key-train button").click()
    tab.page.wait_for_function(
        "() => /[1-9][0-9]* % of the steps/.test(document.body.innerText)", timeout=60_000
    )
    tab.page.locator(".st-key-stop_network button").click()
    tab.page.wait_for_selector(".st-key-train_again", timeout=3_000)
    tab.settle()
    assert "Stopped." in tab.text()
    assert not tab.page.locator(".st-key-ask_again").count()
    assert re.search(r"\bso far\b", tab.page.locator(".st-key-figure_network_losses").inner_text())
    assert not tab.page.locator(".st-key-train").count()


NOTE_SHARES = """() => {
    window.shares = [];
    new MutationObserver(() => {
        const said = document.body.innerText.match(/([0-9]+) % of the steps/);
        if (said) window.shares.push(Number(said[1]));
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
}"""


def test_what_else_one_opens_meanwhile_does_not_begin_the_training_again(visit: Visits) -> None:
    tab = visit("hot-dog?net_rates=0.2&net_rates=0.3&net_seed=18")
    with tab.answered():
        tab.page.locator(".st-key-network_guess label", has_text="0.3").last.click()
    tab.page.locator(".st-key-train button").click()
    tab.page.wait_for_function("() => /[1-9][0-9] % of the steps/.test(document.body.innerText)")
    kept = tab.page.evaluate("localStorage.getItem('learning-rate-lab')")
    assert "predict:hot-dog" in kept  # already, should one leave before it ends
    tab.page.evaluate(NOTE_SHARES)
    tab.page.get_by_role("button", name="Words on this page").click()
    tab.page.get_by_text("Hidden unit.").wait_for()
    tab.page.wait_for_function("() => window.shares.at(-1) > window.shares[0] + 10")
    shares = tab.page.evaluate("window.shares")
    assert min(shares) >= shares[0] - 3, shares  # a chunk of one network, which was being taken


def test_curves_grow_where_the_hand_is_in_colours_and_with_names(visit: Visits) -> None:
    tab = visit("hot-dog?units=64&net_batch=128&net_seed=19")
    tab.page.set_viewport_size({"width": 1280, "height": 800})
    with tab.answered():
        tab.page.locator(".st-key-network_guess label", has_text="10").last.click()
    tab.page.locator(".st-key-train button").click()
    curves = tab.page.locator(".stVegaLiteChart svg.marks").first
    curves.locator(".mark-line path").first.wait_for()
    assert tab.page.locator("[data-testid=stMain]").evaluate("main => main.scrollTop") == 0
    box = curves.bounding_box()
    assert box is not None
    assert box["y"] < 600
    marks = curves.inner_html()
    assert palette.VERDICTS["slow"].lower() in marks.lower()  # from the first chunk of steps on
    assert ">0.001<" in marks
    tab.page.locator(".st-key-stop_network button").click()
    tab.page.wait_for_selector(".st-key-train_again")


def test_who_presses_second_is_told_the_place_and_goes_on_when_the_first_stops(
    visit: Visits,
) -> None:
    first = visit(f"{SLOW_RUN}&net_seed=41")
    first.page.locator(".st-key-train button").click()
    first.page.wait_for_selector("text=of the steps")
    second = visit("hot-dog?units=8&net_batch=8&net_rates=0.2&net_seed=42")
    second.page.locator(".st-key-train button").click()
    second.page.wait_for_selector("text=1 training comes before yours")
    assert not second.page.locator(".stVegaLiteChart").count()
    first.page.locator(".st-key-stop_network button").click()
    first.page.wait_for_selector(".st-key-train_again")
    second.page.wait_for_selector(".st-key-ask_again")


@pytest.mark.long
def test_the_same_settings_are_trained_once_for_two(visit: Visits) -> None:
    link = f"{SLOW_RUN}&net_seed=43"
    first = visit(link)
    first.page.locator(".st-key-train button").click()
    first.page.wait_for_function("() => /[1-9][0-9] % of the steps/.test(document.body.innerText)")
    second = visit(link)
    second.page.evaluate(NOTE_SHARES)
    second.page.locator(".st-key-train button").click()
    second.page.wait_for_function("() => window.shares.length")
    first.page.locator(".st-key-stop_network button").click()
    first.page.wait_for_selector(".st-key-train_again")
    second.page.wait_for_function("() => window.shares.at(-1) > window.shares[0] + 5")
    shares = [share for share in second.page.evaluate("window.shares") if share]
    assert shares == sorted(shares)
    assert shares[0] >= 10
    second.page.locator(".st-key-stop_network button").click()
    second.page.wait_for_selector(".st-key-train_again")


@pytest.mark.parametrize("width", some([1280, 390], 390))
def test_both_loops_stand_beside_each_other(visit: Visits, width: int) -> None:
    tab = visit("hot-dog?part=loop", width)
    table = tab.page.locator(".st-key-same_loop [data-testid=stMarkdownContainer]")
    scrolled, shown = table.evaluate("it => [it.scrollWidth, it.clientWidth]")
    assert (scrolled <= shown) == (width == 1280)
    heights = table.locator("tr").evaluate_all("rows => rows.map(row => row.offsetHeight)")
    assert max(heights[1:]) < 40  # no row of code is broken
    page = tab.page.eval_on_selector(
        "[data-testid=stMain]", "main => main.scrollWidth <= main.clientWidth"
    )
    assert page


@pytest.mark.long
def test_every_part_opens_on_a_phone_in_the_dark(visit: Visits) -> None:
    tab = visit("hot-dog?trained=true", 390, "dark")
    parts = tab.page.locator(".st-key-deeper_hot_dog").get_by_role("radio")
    for place, part in enumerate(
        ("The same loop, line by line", "Look inside", "The range test", "The edge of stability")
    ):
        with tab.answered():
            parts.nth(place).click()
        assert parts.nth(place).is_checked()
        assert part in parts.nth(place).inner_text()
        scrolled, shown = tab.page.eval_on_selector(
            "[data-testid=stMain]", "main => [main.scrollWidth, main.clientWidth]"
        )
        assert scrolled <= shown, part
