"""What a run of 200 steps shows without the server, in one tab: it plays, slides, is pointed at."""

from collections.abc import Iterator

import pytest

from core.datasets import make_noisy_line
from core.runs import TrainingConfig
from core.training import train
from core.words.writing import readable
from tests.support.browser import Learners, Visit, shown_step


@pytest.fixture(scope="module")
def tab(server: str, all_learners: Learners) -> Iterator[Visit]:
    tab = Visit(server, all_learners.come())
    tab.open("gradient-steps?show=all&run=200x0.1")
    yield tab
    assert tab.complaints == []
    all_learners.leave()


def test_nothing_plays_by_itself(tab: Visit) -> None:
    before = tab.picture("fit")
    tab.page.wait_for_timeout(800)
    assert tab.picture("fit") == before


def test_the_step_slider_names_the_step_it_shows(tab: Visit) -> None:
    tab.pull("slot", 1, "Home")
    tab.pull("slot", 5)
    shown = tab.page.locator(".lrl-sliders output").inner_text()
    history = train(make_noisy_line(), TrainingConfig())
    assert shown.startswith(f"5: w = {readable(history.w[0, 5], 4)}, b = ")
    assert readable(history.loss[0, 5], 4) in shown


def test_play_goes_to_the_end_and_pauses_without_the_server(tab: Visit) -> None:
    tab.pull("slot", 1, "Home")
    sent, before = tab.sent, tab.picture("path")
    tab.page.get_by_role("button", name="Play").click()
    tab.until(lambda: shown_step(tab) > 20)
    tab.page.get_by_role("button", name="Pause").click()
    paused = shown_step(tab)
    assert 20 < paused < 190
    tab.drawn()
    assert tab.picture("path") != before
    assert shown_step(tab) == paused
    tab.page.get_by_label("Speed").select_option("fast")
    tab.page.get_by_role("button", name="Play").click()
    tab.page.get_by_role("button", name="Play").wait_for()
    assert shown_step(tab) == 200
    assert tab.sent == sent


def test_pointing_along_the_loss_moves_all_and_a_click_keeps_the_step(tab: Visit) -> None:
    tab.pull("slot", 1, "End")
    sent, before = tab.sent, {key: tab.picture(key) for key in ("fit", "path", "loss")}
    x, y = tab.place_in("loss", 0.25, 0.5)
    above = tab.place_in("loss", 0.25, 0)[1] - 80
    tab.page.mouse.move(x, y)
    tab.drawn()
    assert shown_step(tab) == pytest.approx(50, abs=2)
    assert all(tab.picture(key) != picture for key, picture in before.items())
    tab.page.mouse.move(x, above)
    tab.drawn()
    assert shown_step(tab) == 200  # it goes back to where the slider was
    tab.page.mouse.click(x, y)
    tab.page.mouse.move(x, above)
    tab.drawn()
    assert shown_step(tab) == pytest.approx(50, abs=2)
    assert tab.sent == sent


def test_the_loss_axis_can_be_linear_without_the_server(tab: Visit) -> None:
    sent = tab.sent
    figure = tab.page.locator(".st-key-figure_loss svg.marks")
    assert "0.0001" not in (figure.text_content() or "")
    tab.page.get_by_label("log loss").check()
    tab.drawn()
    assert "0.0001" in (figure.text_content() or "")
    assert tab.sent == sent
