"""The numbers behind a chart, in a real browser: a table and a file."""

import csv
import re

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator

from core import theory
from core.datasets import Dataset, Line, make_noisy_line
from core.runs import TrainingConfig
from core.training import train
from core.words.writing import readable
from tests.support.browser import Visit, Visits, is_streamlits_own
from tests.support.tiers import some


def open_numbers(tab: Visit, chart: str) -> Locator:
    tab.page.get_by_text("The numbers behind the charts").click()
    tab.settle()
    box = tab.page.get_by_role("combobox", name="Chart")
    box.press_sequentially(chart)  # as one does who has no mouse
    box.press("Enter")
    tab.page.wait_for_timeout(500)
    tab.settle()
    return tab.page.locator("[data-testid=stExpander] table").last


def test_a_charts_numbers_are_a_table_and_a_file(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=200x0.1")
    table = open_numbers(tab, "The loss over the steps")
    history = train(make_noisy_line(), TrainingConfig())
    w, b, loss = history.w[0, -1], history.b[0, -1], history.loss[0, -1]
    assert table.locator("thead th").all_inner_texts() == [
        "step", "gap", "w", "b", "loss (MSE)", "slope along w", "slope along b",
    ]  # fmt: skip
    rows = table.locator("tbody tr")
    assert rows.count() == 50
    last = rows.last.locator("td").all_inner_texts()
    gap = readable(theory.gap(make_noisy_line(), Line(w, b)), 4)
    assert last[:5] == ["200", gap, readable(w, 4), readable(b, 4), readable(loss, 4)]
    assert "50 of 201 rows" in tab.text()
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Download these numbers").click()
    assert download.value.suggested_filename == "loss.csv"
    with open(download.value.path(), encoding="utf-8", newline="") as file:
        written = list(csv.DictReader(file))
    assert [int(row["step"]) for row in written] == list(range(201))
    end = written[-1]
    line = Line(float(end["w"]), float(end["b"]))
    assert line == Line(w, b)
    assert float(end["loss (MSE)"]) == loss
    assert float(end["gap"]) == pytest.approx(theory.gap(make_noisy_line(), line), rel=1e-9)
    found = Axe().run(tab.page, ".stExpander").response["violations"]
    assert [
        (finding["id"], node["html"])
        for finding in found
        for node in finding["nodes"]
        if not is_streamlits_own(tab, finding["id"], node["target"][0])
    ] == []


@pytest.mark.long
def test_numbers_follow_a_part_of_the_page_that_runs_alone(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&lrs=0.1")
    table = open_numbers(tab, "The loss of each learning rate")
    assert table.locator("thead th").all_inner_texts() == ["step", "loss at 0.1 (good)"]
    tab.page.get_by_role("button", name="The lesson's").click()
    tab.page.wait_for_timeout(500)
    tab.settle()
    assert table.locator("thead th").all_inner_texts() == [
        "step", "loss at 0.01 (slow)", "loss at 0.1 (good)",
    ]  # fmt: skip
    tab.page.get_by_text("The numbers behind the charts").click()
    tab.settle()
    assert not tab.page.get_by_role("combobox", name="Chart").count()


EXTREMES = [
    ("1e9_123456789~1000000001_2234567891~1000000002_3345678912", (5e8, -1e18, 1e17)),
    ("0_1e-12~1_3e-12~2_4e-12", (3e-12, 5e-13, 1e-24)),
]


@pytest.mark.parametrize(("points", "large_or_small"), some(EXTREMES, EXTREMES[0]))
def test_an_axis_of_large_or_small_numbers_is_written_as_they_are_elsewhere(
    visit: Visits, points: str, large_or_small: tuple[float, ...]
) -> None:
    tab = visit(f"gradient-steps?show=all&data=own&run=200x0.1&points={points}", 390)
    labels = tab.page.locator("svg.marks .role-axis-label text").all_text_contents()
    assert not [label for label in labels if "…" in label or len(label) > len("1,000,000,000.0")]
    powers = [label for label in labels if "×10" in label]
    assert len(powers) >= len(large_or_small)
    assert all(re.fullmatch(r"−?[1-9](\.\d+)?×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+", label) for label in powers)
    assert {"1,000,000,000.0", "1,000,000,002.0"} <= set(labels) or "1e9" not in points


@pytest.mark.long
def test_a_guess_by_hand_and_its_loss_are_written_as_the_text_writes_numbers(
    visit: Visits,
) -> None:
    tab = visit()
    for size in ("e9", "e-12", "e2"):
        tab.open(f"data?show=all&data=own&points=0_1{size}~1_3{size}~2_4{size}")
        dataset = Dataset(np.arange(3.0), np.array([1, 3, 4]) * float(f"1{size}"))
        loss = readable(theory.mse(dataset, Line(0.0, 0.0)), 4)
        assert tab.page.inner_text(".lrl-loss").endswith(f": {loss}")
        tab.pull("guess_b", 1, "Home")
        _, lowest = tab.page.locator(".lrl-sliders label output").all_inner_texts()
        plain = lowest.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")).replace("×10", "e")
        number = float(plain.replace(",", ""))
        assert number < 0
        assert lowest == readable(number, 4)
