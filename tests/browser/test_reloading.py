"""A reload loses nothing: what was set is in the address, what was done is in the browser."""

from urllib.parse import parse_qs, quote, urlsplit

import pytest

from core.course import predictions
from core.datasets import make_noisy_line
from core.runs import LESSON_START
from tests.support.browser import (
    LOOKS,
    Learners,
    Visit,
    answer_plus,
    go_on_to_the_line,
    go_to,
    open_tab,
    predict,
    press,
    reload,
)
from tests.support.course import TITLES

LESSON_MADE_OTHERWISE = "?seed=5&n=40&outlier=true&start_b=2&lr=0.3&steps=50&run=20x0.3~30x0.1"
KINDS = {
    "the lesson's, made otherwise": LESSON_MADE_OTHERWISE,
    "cars, standardized": "?data=cars&standardize=true&lr=0.3&lrs=0.2&lrs=0.4&start_w=1&steps=9",
    "own points": "?data=own&points=1_2~2_3~3_7&names=hours&names=grade&lr=0.07&factors=1,3",
    "own file": "?data=own&steps=60",
}
FILE = "hours,grade\n" + "".join(f"{i},{(7 * i) % 30}\n" for i in range(150))


def said(tab: Visit) -> list[str]:
    """What stands on a page; the labels of an axis may come in another order."""
    return sorted(tab.text().splitlines())


def address(tab: Visit) -> dict[str, list[str]]:
    return parse_qs(urlsplit(tab.page.url).query)


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_all_that_was_set_is_there_after_a_reload_of_any_page(
    server: str, learners: Learners, kind: str
) -> None:
    tab = open_tab(server, learners.come(), f"data{KINDS[kind]}&show=all")
    if kind == "own file":
        with tab.answered():
            tab.page.locator(".st-key-upload input[type=file]").set_input_files(
                {"name": "class.csv", "mimeType": "text/csv", "buffer": FILE.encode()}
            )
        tab.page.get_by_text("150 points").first.wait_for()
    for title in TITLES.values():
        go_to(tab, title)
        tab.settle(LOOKS)
        before = address(tab)
        assert before
        assert_same_after_reload(tab)
        assert address(tab) == before
    go_to(tab, "Data")
    assert {"own file": "150 points", "cars, standardized": "50 points"}.get(kind, "") in tab.text()
    assert tab.complaints == []


def test_a_teachers_data_holds_after_a_reload_of_a_page_that_has_none(
    server: str, learners: Learners
) -> None:
    task = quote("Use the cars")
    tab = open_tab(server, learners.come(), f"learning-rates?data=cars&hide=data&task={task}")
    go_to(tab, "Mistakes")
    reload(tab)
    assert "Use the cars" in tab.text()
    go_to(tab, "Data")
    assert "50 points" in tab.text()
    assert not tab.page.locator(".st-key-data, .st-key-data_cards").count()


@pytest.mark.long
def test_what_was_predicted_shown_and_answered_is_there_after_a_reload(
    server: str, learners: Learners
) -> None:
    dataset = make_noisy_line()
    tab = open_tab(server, learners.come(), "data")
    predict(tab, "data", predictions.least_wrong(dataset, 0))
    go_on_to_the_line(tab)
    press(tab, "Show me the best fit")
    assert_same_after_reload(tab)
    go_to(tab, "Loss surface")
    way = predictions.which_way(dataset, LESSON_START, 0)
    assert way is not None
    predict(tab, "loss-surface", way)
    assert_same_after_reload(tab)
    go_to(tab, "Learning rates")
    press(tab, "Show me")
    go_to(tab, "Mistakes")
    go_to(tab, "Learning rates")  # now the rates stand first, as after a reload
    assert_same_after_reload(tab)
    assert tab.page.locator(".st-key-figure_ruler").count()
    go_to(tab, "Mistakes")
    answer_plus(tab)
    assert_same_after_reload(tab)
    assert "That is what happens." in tab.text()


def assert_same_after_reload(tab: Visit) -> None:
    tab.settle(LOOKS)
    text = said(tab)
    reload(tab)
    tab.until(lambda: said(tab) == text)


def test_a_change_of_page_is_one_step_back_and_changes_nothing_that_was_set(
    server: str, learners: Learners
) -> None:
    tab = open_tab(server, learners.come(), "data?data=cars&lr=0.0015")
    go_to(tab, "Gradient steps")
    before = address(tab)
    tab.page.go_back()
    tab.page.get_by_text("How wrong is a line", exact=False).first.wait_for()
    tab.settle(LOOKS)
    assert address(tab) == before
    assert "50 points" in tab.text()
