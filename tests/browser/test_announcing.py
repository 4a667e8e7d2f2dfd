"""What a screen reader says by itself: how something ended, once, and nothing else."""

import numpy as np
import pytest
from playwright.sync_api import Page

from core import theory
from core.course.verdicts import with_arrival
from core.datasets import Line, load_bundled, make_noisy_line
from core.parameters import ONE_OF_EACH_KIND
from core.runs import TrainingConfig
from core.training import train
from core.words.writing import plain, readable
from tests.support.browser import Visit, Visits


def listen(page: Page) -> None:
    """Write down what the polite live region says from now on."""
    assert page.get_by_role("status").and_(page.locator("#lrl-said")).count() == 1
    page.evaluate(
        """() => {
            window.heard = [];
            const region = document.getElementById("lrl-said");
            new MutationObserver(() => {
                if (region.textContent) window.heard.push(region.textContent);
            }).observe(region, { childList: true });
        }"""
    )


def heard(page: Page, count: int) -> list[str]:
    """What was said since one listens, once that is so much."""
    page.wait_for_function("count => window.heard.length >= count", arg=count)
    sentences: list[str] = page.evaluate("window.heard")
    assert len(sentences) == count
    return sentences


def press(tab: Visit, label: str) -> None:
    tab.page.get_by_role("button", name=label, exact=True).click()
    tab.settle()


@pytest.mark.long
def test_the_end_of_a_run_is_said_once(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=10x0.1")
    listen(tab.page)
    dataset = make_noisy_line()
    history = train(dataset, TrainingConfig(steps=210))
    lines = [Line(w, b) for w, b in zip(history.w[0], history.b[0], strict=True)]
    ends = [
        f"Step {step}: loss {readable(history.loss[0, step])}, "
        f"gap {readable(theory.gap(dataset, lines[step]))} from the best fit."
        for step in (210, 10)
    ]
    press(tab, "Continue 200 steps")
    assert heard(tab.page, 1) == ends[:1]
    press(tab, "Undo")
    assert heard(tab.page, 2) == ends
    # The page is drawn anew, but nothing has ended.
    press(tab, "Look into this step")
    rate = tab.page.get_by_role("textbox", name="learning rate")
    rate.fill("0.9")
    rate.press("Enter")
    tab.settle()
    press(tab, "Continue 200 steps")
    exploded = train(dataset, TrainingConfig((0.9,), 200, lines[10], 10)).diverged_at[0]
    assert heard(tab.page, 3)[2] == f"The run exploded after step {exploded}."


@pytest.mark.long
def test_where_the_path_on_the_map_leads_is_said(visit: Visits) -> None:
    tab = visit("loss-surface?show=all")
    listen(tab.page)
    dataset = make_noisy_line()
    for number, rate in enumerate((0.2, 0.9), 1):
        box = tab.page.get_by_role("textbox", name="learning rate")
        with tab.answered():
            box.fill(str(rate))
            box.press("Enter")
        history = train(dataset, TrainingConfig((rate,)))
        end = history.diverged_at[0] if rate == 0.9 else 200
        first, last = (readable(history.loss[0, step]) for step in (0, end))
        assert heard(tab.page, number)[-1] == (
            f"The path leads from the loss {first} at the start to {last} after {end} steps"
            f"{', and the run exploded there' if rate == 0.9 else ''}."
        )


@pytest.mark.long
def test_what_other_rates_lead_to_is_said_though_a_part_of_the_page_runs_alone(
    visit: Visits,
) -> None:
    tab = visit("learning-rates?show=all&data=hubble&lrs=0.2&lrs=0.5&part=numbers")
    listen(tab.page)
    press(tab, "One of each kind")
    dataset = load_bundled("hubble")
    limit = theory.stable_limit(dataset)
    rates = tuple(float(plain(multiple * limit)) for multiple in ONE_OF_EACH_KIND)
    losses = train(dataset, TrainingConfig(rates, start=Line(0.0, 0.0))).loss[:, -1]
    best = int(np.argmin(losses))
    words = ("slow", "good", "zigzags", "explodes")
    arrives = [theory.arrives(dataset, rate, Line(0.0, 0.0)) for rate in rates]
    said = [with_arrival(*one, 200) for one in zip(words, arrives, strict=True)]
    assert heard(tab.page, 1) == [
        f"After 200 steps {readable(rates[best])} has the lowest loss, {readable(losses[best])}. "
        f"{'; '.join(f'{readable(rate)}: {one}' for rate, one in zip(rates, said, strict=True))}."
    ]
    tab.page.get_by_role("combobox", name="Sorted by").press("ArrowDown")
    tab.page.keyboard.press("Enter")
    tab.settle()
    press(tab, "Standardize x")  # the whole page, with other rates
    heard(tab.page, 2)


def test_what_a_prediction_came_to_is_said(visit: Visits) -> None:
    tab = visit("learning-rates")
    listen(tab.page)
    prompt = tab.page.locator(".st-key-predict_learning-rates")
    prompt.get_by_role("button", name="Check").click()
    tab.settle()
    (said,) = heard(tab.page, 1)
    assert said in prompt.inner_text()
    for label in ("Try another", "Show me"):
        with tab.answered():
            prompt.get_by_role("button", name=label).click()
    assert heard(tab.page, 2)[1] == "The picture shows the answer."


@pytest.mark.long
def test_that_a_network_is_trained_is_said(visit: Visits) -> None:
    tab = visit("hot-dog?units=8&net_rates=0.2")
    listen(tab.page)
    tab.page.locator(".st-key-train button").click()
    tab.page.wait_for_selector(".st-key-ask_again")
    (said,) = heard(tab.page, 1)
    assert said.startswith("Trained. 0.2: good, ")
