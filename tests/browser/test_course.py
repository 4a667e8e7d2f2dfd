"""The course as a learner meets it: in a real browser."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from core import theory
from core.datasets import Line, load_bundled, make_noisy_line
from core.frames import readable
from core.runs import TrainingConfig
from core.training import train
from lessons._layout import COURSE
from tests.browser.conftest import Visit

Visits = Callable[..., Visit]


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (1280, "dark"), (390, "light")])
def test_every_page_opens_without_a_complaint(visit: Visits, width: int, theme: str) -> None:
    tab = visit("", width, theme)
    for _, _, address, question in COURSE:
        tab.open(address)
        assert question in tab.text()
        scrolled, shown = tab.page.eval_on_selector(
            "[data-testid=stMain]", "main => [main.scrollWidth, main.clientWidth]"
        )
        assert scrolled <= shown


@pytest.mark.parametrize(
    ("address", "slider", "key"),
    [
        ("", "log_rate", "first"),
        ("data", "guess_w", "guess"),
        ("data", "guess_b", "guess"),
        ("loss-surface", "slot", "surface"),
        ("gradient-steps?run=200x0.1", "slot", "fit"),
        ("gradient-steps?run=200x0.1", "slot", "path"),
        ("gradient-steps?run=200x0.1", "slot", "loss"),
    ],
)
def test_a_slider_moves_its_picture_without_the_server(
    visit: Visits, address: str, slider: str, key: str
) -> None:
    tab = visit(address)
    before, sent = tab.picture(key), tab.sent
    tab.pull(slider, 8, "ArrowLeft")
    assert tab.picture(key) != before
    assert tab.sent == sent


def test_the_loss_of_the_guess_is_its_mean_squared_error(visit: Visits) -> None:
    tab = visit("data?data=cars")
    tab.pull("guess_w", 20)
    tab.pull("guess_b", 5, "ArrowLeft")
    w, b = (number(text) for text in tab.page.locator(".lrl-sliders output").all_inner_texts())
    shown = re.search(r"of your guess: ([\d,.]+)", tab.picture("guess"))
    assert shown is not None
    assert (w, b) != (0, 0)
    loss = theory.mse(load_bundled("cars"), Line(w, b))
    assert number(shown[1]) == pytest.approx(loss, rel=1e-3)


def number(text: str) -> float:
    return float(text.replace("−", "-").replace(",", ""))


def loop_line(tab: Visit) -> tuple[float, float]:
    row = tab.page.locator("table tr", has_text="loop").locator("td").all_inner_texts()
    return number(row[2]), number(row[3])


def press(tab: Visit, label: str) -> None:
    tab.page.get_by_role("button", name=label, exact=True).click()
    tab.page.wait_for_timeout(400)
    tab.settle()


def test_the_lessons_experiment_and_its_link(visit: Visits) -> None:
    tab = visit("gradient-steps")
    press(tab, "Run 200 steps")
    w, b = loop_line(tab)
    assert w == pytest.approx(0.14, abs=0.02)
    assert b == pytest.approx(0.48, abs=0.02)
    press(tab, "Continue 200 steps")
    w, b = loop_line(tab)
    assert w == pytest.approx(0.10, abs=0.01)
    other = visit(tab.page.url.removeprefix(tab.server).lstrip("/"))
    assert loop_line(other) == (w, b)
    history = train(make_noisy_line(), TrainingConfig(steps=400))
    assert (w, b) == pytest.approx((history.w[0, -1], history.b[0, -1]), rel=1e-5)


def test_the_step_slider_names_the_step_it_shows(visit: Visits) -> None:
    tab = visit("gradient-steps?run=200x0.1")
    tab.pull("slot", 1, "Home")
    tab.pull("slot", 20)
    shown = tab.page.locator(".lrl-sliders output").inner_text()
    history = train(make_noisy_line(), TrainingConfig())
    assert shown.startswith(f"20: w = {readable(history.w[0, 20], 4)}, b = ")
    assert readable(history.loss[0, 20], 4) in shown


def test_hubble_shows_which_rates_explode_and_why(visit: Visits) -> None:
    tab = visit("learning-rates?data=hubble&lrs=0.2&lrs=0.45&lrs=0.5")
    rows = tab.page.locator("table tbody tr").all_inner_texts()
    assert [
        next(word for word in ("good", "fast, but zigzags", "explodes") if word in row)
        for row in rows
    ] == ["good", "fast, but zigzags", "explodes"]
    assert "0.492" in tab.text()


def go_to(tab: Visit, title: str) -> None:
    navigation = tab.page.locator("[data-testid=stTopNavLinkContainer], [data-testid=stHeader]")
    navigation.get_by_role("link", name=title, exact=True).first.click()
    tab.page.wait_for_timeout(500)
    tab.settle()


def test_what_is_chosen_holds_on_all_pages_and_in_the_address(visit: Visits) -> None:
    tab = visit("data?data=hubble&start_w=100&start_b=50")
    for _, title, address, _ in COURSE[2:]:
        go_to(tab, title)
        assert tab.page.url.startswith(f"{tab.server}/{address}?")
        for part in ("data=hubble", "start_w=100", "start_b=50"):
            assert part in tab.page.url
        assert "24 points" in tab.text()


def test_settings_of_the_lessons_data_travel_too(visit: Visits) -> None:
    tab = visit("data?n=37&true_w=2&seed=5")
    assert "37 points scattered around the line y = 2·x + 0.5" in tab.text()
    press(tab, "New sample")
    go_to(tab, "Learning rates")
    assert "37 points scattered around the line y = 2·x + 0.5" in tab.text()
    for part in ("n=37", "true_w=2", "seed=6"):
        assert part in tab.page.url


def choose(tab: Visit, data: str) -> None:
    tab.page.get_by_role("combobox", name="Data").click()
    tab.page.get_by_role("option", name=data, exact=True).click()
    tab.page.wait_for_timeout(500)
    tab.settle()


def test_another_data_set_brings_rates_that_suit_it_to_every_page(visit: Visits) -> None:
    tab = visit("gradient-steps?run=200x0.1&lr=0.2")
    choose(tab, "cars")
    assert tab.page.get_by_label("learning rate").input_value() == "0.001"
    go_to(tab, "Learning rates")
    rows = tab.page.locator("table tbody tr").all_inner_texts()
    verdicts = ["slow", "good", "fast, but zigzags", "explodes"]
    assert [verdict in row for verdict, row in zip(verdicts, rows, strict=True)] == [True] * 4


GOOD = b"speed;dist\n4,5;2\n7;4,25\n9;10\n12;14,5\n"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"price,weight\n1,2\n2,3\nn/a,4\n5,6\n", "Row 4 of 'price' is 'n/a'."),
        (b"a\n1\n2\n3\n", "only one column"),
        (b"a,b\n1,2\n1,3\n1,4\n", "no slope"),
        (b"PK\x03\x04\x00\x00", "not text"),
        (b"a,b\n1,2\n3,1e308\n4,5\n", "overflow"),
        (b"a,b\n1,2\n3,4\n", "at least 3"),
        (b"", "empty"),
    ],
)
def test_a_bad_file_gets_one_clear_sentence_and_costs_nothing(
    visit: Visits, content: bytes, sentence: str
) -> None:
    tab = visit("data?data=own")
    upload(tab, GOOD)
    assert "4 points, dist against speed" in tab.text()
    upload(tab, content)
    assert sentence in tab.page.locator("[data-testid=stAlert]").first.inner_text()
    assert "4 points, dist against speed" in tab.text()


def upload(tab: Visit, content: bytes) -> None:
    file: Any = {"name": "points.csv", "mimeType": "text/csv", "buffer": content}
    tab.page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(file)
    tab.page.wait_for_timeout(700)
    tab.settle()


def test_own_data_holds_on_all_pages(visit: Visits) -> None:
    tab = visit("data?data=own")
    upload(tab, GOOD)
    for _, title, _, _ in COURSE[2:]:
        go_to(tab, title)
        assert "4 points, dist against speed" in tab.text()
    go_to(tab, "Data")
    best = theory.best_fit(make_own())
    assert readable(best.w, 5) in tab.text()


def make_own() -> Any:  # noqa: ANN401
    from core.datasets import read_csv

    return read_csv(GOOD)


def test_a_link_to_own_data_says_that_it_cannot_carry_the_file(visit: Visits) -> None:
    tab = visit("learning-rates?data=own")
    assert "A link cannot carry a file" in tab.text()
