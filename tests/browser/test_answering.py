"""Checks and challenges as a learner meets them, on a phone, too."""

import re

import pytest

from core.course.checks import CHECKS
from core.datasets import Line, load_bundled, make_noisy_line
from core.descent.challenges import NAMES, draw_diagnosis, largest_rate
from core.runs import LESSON_START
from core.training import train
from tests.support.browser import Visits, choose_answer, wait_for_message
from tests.support.questions import in_words


def test_a_check_answers_each_choice_and_is_remembered_on_the_way_back(visit: Visits) -> None:
    tab = visit("data", 390)
    tab.page.get_by_text("Check yourself").click()
    tab.settle()
    questions = [in_words(make, make_noisy_line(), LESSON_START) for make in CHECKS["data"]]
    for question in questions:
        wrong = next(choice for choice in question.choices if choice.feedback)
        choose_answer(tab, question.text[:40], wrong.text)
        wait_for_message(tab, str(wrong.feedback)[:60])
        right = next(choice for choice in question.choices if choice.feedback is None)
        choose_answer(tab, question.text[:40], right.text)
        wait_for_message(tab, question.because[:60])
    tab.page.get_by_text("three questions ✓").wait_for()
    tab.page.get_by_role("link", name="Next: Loss surface").click()
    tab.page.get_by_role("heading", name=re.compile("least wrong line")).wait_for()
    tab.settle()
    tab.page.go_back()
    tab.page.get_by_role("heading", name=re.compile("How wrong is a line")).wait_for()
    tab.settle()
    wait_for_message(tab, questions[0].because[:60])


def test_an_answer_does_not_draw_the_page_anew(visit: Visits) -> None:
    tab = visit("learning-rates?show=all")
    tab.page.get_by_text("Check yourself").click()
    tab.settle()
    tab.page.evaluate("document.querySelector('.st-key-figure_ruler').dataset.mine = 'kept'")
    choose_answer(tab, "ten times the limit", "wobbles")
    wait_for_message(tab, "thrown from wall to wall")
    assert tab.page.locator("[data-mine=kept]").count() == 1


@pytest.mark.long
def test_the_largest_rate_and_eight_runs_can_be_played_on_a_phone(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&part=challenges&data=cars", 390)
    cars, start = load_bundled("cars"), Line(0.0, 0.0)
    par = largest_rate(train, cars, start)
    rate = tab.page.get_by_label("Your rate")
    rate.fill("0.01")
    rate.press("Enter")
    tab.page.get_by_text("0.01 is too large").wait_for()
    rate.fill(str(par))
    rate.press("Enter")
    tab.page.get_by_text("That is par").wait_for()
    tab.page.get_by_text("Eight runs", exact=True).click()
    tab.page.get_by_text("What are these eight runs?").wait_for()
    tab.settle()
    before = tab.picture("diagnosis")
    shown = {"slow": "slow", "good": "good", "zigzag": "zigzags", "explodes": "explodes"}
    for name, kind in zip(NAMES, draw_diagnosis(train, cars, start, 0).kinds, strict=True):
        group = tab.page.get_by_role("radiogroup", name=name, exact=True)
        group.get_by_text(shown[kind]).click()
        group.locator("[aria-checked=true]").wait_for()
    tab.page.get_by_role("button", name="Check", exact=True).click()
    tab.page.get_by_text("8 of 8").wait_for()
    tab.settle()
    assert tab.picture("diagnosis") != before
    scrolled, visible = tab.page.eval_on_selector(
        "[data-testid=stMain]", "main => [main.scrollWidth, main.clientWidth]"
    )
    assert scrolled <= visible
