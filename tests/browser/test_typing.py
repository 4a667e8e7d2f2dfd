"""Numbers typed in a real browser, and a start chosen on the map, that is taken whole or not."""

from tests.support.browser import Visits


def test_a_decimal_comma_is_one_in_an_english_browser_and_a_doubtful_one_is_refused(
    visit: Visits,
) -> None:
    tab = visit("gradient-steps?show=all")
    assert tab.page.evaluate("navigator.language").startswith("en")
    rate = tab.page.get_by_role("textbox", name="learning rate")
    with tab.answered():
        rate.press("ControlOrMeta+a")
        rate.press_sequentially("0,05")
        rate.press("Enter")
    assert rate.input_value() == "0.05"
    assert "lr=0.05" in tab.page.url
    with tab.answered():
        rate.press("ControlOrMeta+a")
        rate.press_sequentially("1,000")
        rate.press("Enter")
    assert tab.page.get_by_role("alert").inner_text() == (
        "1,000 can be read as 1000 or as 1.000: write 1000 or 1.0."
    )
    assert rate.input_value() == "1,000"
    assert rate.evaluate("it => it === document.activeElement")
    assert "lr=0.05" in tab.page.url
    with tab.answered():  # whoever goes on without Enter has typed it, too
        rate.press("ControlOrMeta+a")
        rate.press_sequentially("0.2")
        rate.press("Tab")
    assert not tab.page.get_by_role("alert").count()
    assert "lr=0.2" in tab.page.url


def test_a_start_beyond_its_bounds_is_not_taken_by_half(visit: Visits) -> None:
    points = "0_2e9~1_2000000001~2_2000000003"
    tab = visit(f"loss-surface?show=all&data=own&points={points}")
    before = tab.page.url
    with tab.answered():
        tab.page.mouse.click(*tab.place_in("surface", 0.6, 0.3))
    assert "The descent cannot start there: start b would be" in tab.text()
    assert "−1.00×10⁹ and 1.00×10⁹" in tab.text()
    assert tab.page.url == before
