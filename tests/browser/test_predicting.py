"""Predictions as a learner makes them: on the chart, in a real browser."""

import numpy as np
import pytest

from core import theory
from core.course import predictions
from core.datasets import Line, load_bundled, make_noisy_line
from core.figures import fit
from core.words.writing import readable
from tests.support.browser import Visit, Visits, check, prompt_of, set_slider
from tests.support.tiers import some


def drag(tab: Visit, key: str, across: float, up_from: float, up_to: float) -> None:
    """Press and drag in a chart; places are shares of its plot's width and height."""
    tab.page.mouse.move(*tab.place_in(key, across, 1 - up_from))
    tab.page.mouse.down()
    tab.page.mouse.move(*tab.place_in(key, across, 1 - up_to), steps=4)
    tab.page.mouse.up()
    tab.drawn()


@pytest.mark.parametrize("width", some([1280, 390], 390))
def test_a_line_is_dragged_where_it_is_expected_and_the_run_is_laid_over_it(
    visit: Visits, width: int
) -> None:
    tab = visit("gradient-steps", width=width)
    dataset, start = make_noisy_line(), Line(0.0, -1.0)
    prompt = predictions.after_steps(dataset, start, 0)
    assert prompt is not None
    window = fit.predicted(prompt, answered=False, prediction=None).tables["window"]
    before, sent = tab.picture("predicted"), tab.sent
    high = window["y_high"] - window["y_low"]
    for across, x in ((0.03, window["x_low"]), (0.97, window["x_high"])):
        share = (prompt.answer.w * x + prompt.answer.b - window["y_low"]) / high
        drag(tab, "predicted", across, 0.5, float(share))
    assert tab.picture("predicted") != before
    assert tab.sent == sent
    assert "step 10" in tab.picture("predicted")
    assert ">step 20<" not in tab.picture("predicted")
    said = check(tab, "gradient-steps")
    assert tab.sent > sent
    assert "Right." in said or "Very close." in said
    assert "You allowed for it" in said
    assert ">step 20<" in tab.picture("predicted")
    assert not prompt_of(tab, "gradient-steps").locator("input").count()
    tab.page.mouse.move(5, 5)  # a drag there no longer does anything
    with tab.answered():
        tab.page.get_by_role("button", name="Try another").click()
    another = predictions.after_steps(dataset, start, 1)
    assert another is not None
    assert f"{another.steps:,} steps" in prompt_of(tab, "gradient-steps").inner_text()
    assert tab.page.evaluate(
        "document.querySelector('[data-testid=stMain]').scrollWidth <= innerWidth"
    )


def test_the_limit_is_predicted_on_the_ball_and_then_the_page_opens(visit: Visits) -> None:
    tab = visit("learning-rates?data=hubble")
    assert not tab.page.locator(".st-key-figure_ruler").count()
    dataset = load_bundled("hubble")
    prompt = predictions.limit_of(dataset, Line(0.0, 0.0), 0)
    before, sent = tab.picture("asked_ball"), tab.sent
    wanted = 0.52 * prompt.answer  # where the zigzag begins
    share = np.log(wanted / prompt.low) / np.log(prompt.high / prompt.low)
    set_slider(tab, "log_mark", float(share))
    assert tab.picture("asked_ball") == before  # it shows the step at another rate
    assert tab.sent == sent
    said = check(tab, "learning-rates")
    assert "where the zigzag begins" in said
    assert tab.picture("asked_ball") != before
    assert tab.picture("ruler")
    with tab.answered():
        tab.page.get_by_role("button", name="Now move the rate yourself").click()
    assert not tab.page.locator(".st-key-figure_asked_ball").count()
    assert "Your prediction: Not quite. Your mark" in tab.text()


def test_the_keyboard_can_answer_too(visit: Visits) -> None:
    tab = visit("learning-rates")
    tab.pull("log_mark", 5)
    button = prompt_of(tab, "learning-rates").get_by_role("button", name="Check")
    button.focus()
    with tab.answered():
        tab.page.keyboard.press("Enter")
    assert "There is a lot of room above" in tab.text()


def test_the_ball_and_its_number_follow_the_slider_without_the_server(visit: Visits) -> None:
    tab = visit("learning-rates?show=all")
    axes = theory.curvature(make_noisy_line())
    sent, told = tab.sent, tab.page.locator(".st-key-ball_slider .lrl-told")
    seen = set()
    for share, number, word in (
        (0.5, "0.5", "So the line arrives after"),
        (1.0, "0", "good"),
        (1.5, "−0.5", "zigzags: the other wall at each step"),
        (2.0, "−1", "jumps for ever, equally far"),
        (2.2, "−1.2", "explodes"),
    ):
        set_slider(tab, "share_at", (share / 0.025 - 1) / 99)
        assert told.locator("strong").inner_text() == number
        said = told.inner_text()
        assert word in said
        if share != 2.0:
            assert f"1 − rate × λ₂ = 1 − {readable(share / axes.steep)} × 2.65" in said
        assert "{" not in said
        pictures = tab.picture("ball"), tab.picture("floor_ball")
        assert pictures not in seen
        seen.add(pictures)
    assert tab.sent == sent


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_picture_is_chosen(visit: Visits, theme: str) -> None:
    tab = visit("learning-rates?show=all", theme=theme)
    with tab.answered():
        tab.page.locator(".st-key-again_picture button").click()
    prompt = predictions.pictures(make_noisy_line(), 0)
    with tab.answered():
        prompt_of(tab, "picture").locator("label", has_text="ABCD"[prompt.answer]).last.click()
    said = check(tab, "picture")
    assert "0.97" in said
    assert "Right." in said
    assert "0.97 of the limit" in tab.picture("pictures")
