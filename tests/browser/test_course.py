"""The course as a learner meets it: in a real browser."""

import re
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pandas as pd
import pytest

from core import theory
from core.course.glossary import GLOSSARY, section
from core.course.mistakes import MISTAKES
from core.datasets import Line, load_bundled, make_noisy_line, read_csv
from core.figures import frames, palette
from core.points import standardize
from core.reading.pins import pins_from_json
from core.runs import TrainingConfig
from core.training import train
from core.words import say
from core.words.writing import VERDICT_WORDS, readable
from tests.support.browser import (
    Visit,
    Visits,
    click_line,
    go_to,
    hand,
    press,
    set_slider,
    shown_step,
    skip_to_the_line,
    steer,
)
from tests.support.course import TITLES
from tests.support.numbers import as_number
from tests.support.tiers import some

WITH_DATA = [
    (title, address)
    for address, title in TITLES.items()
    if address not in ("", "mistakes", "hot-dog", "report")
]


MOVED = [
    ("", [("log_rate", "first")]),
    ("data?show=all", [("guess_w", "guess"), ("guess_b", "guess")]),
    ("loss-surface?show=all", [("guess_w", "surface"), ("guess_b", "pointed_fit")]),
    ("gradient-steps?run=200x0.1", [("slot", "fit"), ("slot", "path"), ("slot", "loss")]),
]


@pytest.mark.parametrize(
    ("address", "pairs"),
    some(MOVED, MOVED[0], MOVED[-1]),
)
def test_a_slider_moves_its_pictures_without_the_server(
    visit: Visits, address: str, pairs: list[tuple[str, str]]
) -> None:
    tab = visit(address)
    sent = tab.sent
    for slider, key in pairs:
        before = tab.picture(key)
        tab.pull(slider, 8, "ArrowLeft")
        assert tab.picture(key) != before, (slider, key)
    assert tab.sent == sent


@pytest.mark.parametrize(
    ("points", "residuals"), some([(100, 100), (251, 125), (1_000, 250)], (251, 125))
)
def test_as_many_residuals_are_drawn_as_is_said(visit: Visits, points: int, residuals: int) -> None:
    tab = visit(f"data?n={points}&show=all")
    path = tab.page.locator(f'.st-key-figure_guess path[stroke="{palette.GUESS}"]').first
    assert (path.get_attribute("d") or "").count("M") == residuals
    said = f"Drawn are all {points:,} points, and the residuals of {residuals} of them"
    assert (said in tab.text()) == (residuals < points)


def test_the_loss_of_the_guess_is_its_mean_squared_error(visit: Visits) -> None:
    tab = visit("data?data=cars&show=all")
    tab.pull("guess_w", 20)
    tab.pull("guess_b", 5, "ArrowLeft")
    w, b = hand(tab)
    assert (w, b) != (0, 0)
    assert shown_loss(tab) == pytest.approx(theory.mse(load_bundled("cars"), Line(w, b)), rel=1e-3)


def shown_loss(tab: Visit) -> float:
    return as_number(tab.page.inner_text(".lrl-loss").split(":")[1])


def test_the_challenge_reveals_the_best_fit_when_it_is_met(visit: Visits) -> None:
    tab = visit("data")
    skip_to_the_line(tab)
    assert "Found!" not in tab.text()
    best = theory.best_fit(make_noisy_line())
    sent = tab.sent
    steer(tab, "guess_w", best.w)
    assert tab.sent == sent
    steer(tab, "guess_b", best.b)
    tab.settle()
    assert "Found!" in tab.text()
    assert readable(theory.mse(make_noisy_line(), best), 4) in tab.text()


def test_squares_appear_without_the_server(visit: Visits) -> None:
    tab = visit("data?data=cars&show=all")
    before, sent = tab.picture("guess"), tab.sent
    tab.page.get_by_label("show the squares").check()
    tab.drawn()
    assert tab.picture("guess") != before
    assert tab.sent == sent


@pytest.mark.long
def test_where_the_hand_stops_descent_can_start(visit: Visits) -> None:
    tab = visit("data?show=all")
    tab.pull("guess_w", 12)
    tab.pull("guess_b", 30)
    w, b = hand(tab)
    press(tab, "Start the descent here")
    for part in (f"start_w={w}", f"start_b={b}"):
        assert part in tab.page.url
    go_to(tab, "Gradient steps")
    assert loop_line(tab) == (w, b)


def test_pointing_at_the_map_moves_the_line_and_a_click_starts_there(visit: Visits) -> None:
    tab = visit("loss-surface?show=all&part=slopes")
    pictures = {key: tab.picture(key) for key in ("surface", "pointed_fit", "slices")}
    sent = tab.sent
    tab.page.mouse.move(*tab.place_in("gradient_map", 0.7, 0.3))
    tab.drawn()
    outputs = tab.page.locator(".st-key-sloped_line label output").all_inner_texts()
    grad_w, grad_b = theory.gradient(make_noisy_line(), Line(*map(as_number, outputs)))
    shown = re.findall(r"slope here: ([−\d.,]+)", tab.picture("slices"))
    assert [as_number(slope) for slope in shown] == pytest.approx([grad_w, grad_b], rel=1e-3)
    x, y = tab.place_in("surface", 0.7, 0.3)
    tab.page.mouse.move(x, y)
    tab.drawn()
    w, b = hand(tab)
    assert shown_loss(tab) == pytest.approx(theory.mse(make_noisy_line(), Line(w, b)), rel=1e-3)
    assert all(tab.picture(key) != picture for key, picture in pictures.items())
    assert tab.sent == sent
    with tab.answered():
        tab.page.mouse.click(x, y)
    start = parse_qs(urlsplit(tab.page.url).query)
    chosen = float(start["start_w"][0]), float(start["start_b"][0])
    assert chosen == pytest.approx((w, b), abs=0.01)  # a pixel or two
    assert f"At the start, w = {readable(chosen[0])} and b = {readable(chosen[1])}" in tab.text()


@pytest.mark.long
def test_the_bowl_turns_and_tilts_as_a_whole_without_the_server(visit: Visits) -> None:
    tab = visit("loss-surface?show=all&data=cars")
    sent = tab.sent
    for slider in ("turn", "tilt"):
        before = patches(tab)
        tab.pull(slider, 5)
        after = patches(tab)
        assert len(before) == len(after) > 200
        assert not set(before) & set(after)  # not one patch stays behind
    assert tab.sent == sent


def patches(tab: Visit) -> list[str]:
    """Outlines of the patches the bowl is made of, but for those without extent at its bottom."""
    outlines: list[str] = tab.page.eval_on_selector_all(
        ".st-key-figure_bowl svg .mark-shape path", "paths => paths.map(p => p.getAttribute('d'))"
    )
    return outlines


def test_the_rings_on_the_map_are_lines_of_equal_loss(visit: Visits) -> None:
    tab = visit("loss-surface?show=all")
    dataset, start = make_noisy_line(), Line(0.0, -1.0)
    path = frames.path(dataset, train(dataset, TrainingConfig()))
    window = frames.path_window(dataset, start, path)
    rings = tab.page.eval_on_selector(
        ".st-key-figure_surface svg.marks",
        """svg => {
            const box = svg.querySelector("path.background").getBoundingClientRect();
            const ringed = [...svg.querySelectorAll(".mark-symbol path")]
                .filter(path => path.getAttribute("d").includes("C"));
            return ringed.map(path => [0, 0.13, 0.4, 0.71].map(share => {
                const on = path.getPointAtLength(share * path.getTotalLength());
                const there = new DOMPoint(on.x, on.y).matrixTransform(path.getScreenCTM());
                return [(there.x - box.left) / box.width, (box.bottom - there.y) / box.height];
            }));
        }""",
    )
    expected = frames.contours(dataset, window)["loss"]
    assert len(rings) == len(expected)
    lowest = theory.mse(dataset, theory.best_fit(dataset))
    for ring, loss in zip(rings, expected, strict=True):
        for across, up in ring:
            line = Line(
                window["w_low"] + across * (window["w_high"] - window["w_low"]),
                window["b_low"] + up * (window["b_high"] - window["b_low"]),
            )
            assert theory.mse(dataset, line) - lowest == pytest.approx(loss - lowest, rel=0.03)


def loop_line(tab: Visit) -> tuple[float, float]:
    if not tab.page.locator("table tr", has_text="loop").count():
        with tab.answered():
            tab.page.get_by_role("radio", name="A formula instead of a loop").click()
    row = tab.page.locator("table tr", has_text="loop").locator("td").all_inner_texts()
    return as_number(row[2]), as_number(row[3])


def test_the_lessons_experiment_and_its_link(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all")
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


@pytest.mark.long
def test_the_lessons_doubt_is_settled_by_a_fork_and_its_link(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all")
    press(tab, "Run 200 steps")
    set_rate(tab, "0.01")
    press(tab, "Continue 200 steps")
    set_slider(tab, "slot", 0.5)
    press(tab, "Go back to this step")
    set_rate(tab, "0.1")
    press(tab, "Fork: 200 steps")
    assert "The fork is closer" in tab.text()
    assert "fork=200%3A200x0.1" in tab.page.url
    other = visit(tab.page.url.removeprefix(tab.server).lstrip("/"))
    assert loop_line(other) == loop_line(tab)
    assert branches(other) == branches(tab)
    history = train(make_noisy_line(), TrainingConfig(steps=400))
    assert loop_line(other) == pytest.approx((history.w[0, -1], history.b[0, -1]), rel=1e-5)


def set_rate(tab: Visit, rate: str) -> None:
    box = tab.page.get_by_role("textbox", name="learning rate")
    box.fill(rate)
    with tab.answered():
        box.press("Enter")


def branches(tab: Visit) -> list[str]:
    rows: list[str] = tab.page.locator("table", has_text="branch").locator("tr").all_inner_texts()
    return rows


@pytest.mark.long
def test_the_steps_can_be_on_a_log_axis_and_pointed_at_there(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=2000000x0.1")
    sent = tab.sent
    tab.page.get_by_label("log steps").check()
    tab.drawn()
    figure = tab.page.locator(".st-key-figure_loss svg.marks")
    assert "1M" in (figure.text_content() or "")
    tab.page.mouse.move(*tab.place_in("loss", 0.5, 0.3))
    tab.drawn()
    assert shown_step(tab) == pytest.approx((0.5 * 2_000_000) ** 0.5, rel=0.05)
    assert tab.sent == sent


@pytest.mark.long
def test_the_step_on_the_slider_can_be_looked_into(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=200x0.1")
    tab.pull("slot", 1, "Home")
    tab.pull("slot", 7)
    press(tab, "Look into this step")
    history = train(make_noisy_line(), TrainingConfig())
    row = tab.page.locator("table tr", has_text="w.assign_sub").inner_text()
    assert f"= {readable(history.w[0, 8], 6)}" in row.replace("\xa0", " ")
    assert "step=7" in tab.page.url
    assert "step 7" in tab.picture("path")


@pytest.mark.long
def test_a_run_of_one_step_has_a_slider_too(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=1x0.1")
    handle = tab.page.locator("input[name=slider-slot]")
    assert handle.get_attribute("type") == "range"
    assert shown_step(tab) == 1
    press(tab, "+10 steps")
    assert shown_step(tab) == 11
    press(tab, "Start over")
    assert not tab.page.get_by_role("button", name="Go back to this step").count()


@pytest.mark.long
def test_a_downloaded_script_holds_the_experiment(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=200x0.1~200x0.01")
    for name, part in (("script", "descend(200, 200, 0.01"), ("notebook", '"nbformat": 4')):
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name=f"Download the {name}").click()
        with open(download.value.path(), encoding="utf-8") as file:
            assert part in file.read()


@pytest.mark.long
def test_hubble_shows_which_rates_explode_and_why(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&data=hubble&lrs=0.2&lrs=0.45&lrs=0.5")
    rows = tab.page.locator("table").first.locator("tbody tr").all_inner_texts()
    assert [
        next(word for word in ("good", "zigzags", "explodes") if word in row) for row in rows
    ] == ["good", "zigzags", "explodes"]
    assert "0.491" in tab.text()


def test_a_typed_rate_is_taken_as_it_is_typed(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&lrs=0.34&part=numbers")
    box = tab.page.get_by_role("combobox", name="Learning rates")
    box.click()
    for rate in ("0.1", "0.3"):
        box.press_sequentially(rate)
        with tab.answered():
            box.press("Enter")
    rows = tab.page.locator("table").first.locator("tbody tr").all_inner_texts()
    assert [row.split()[0] for row in rows] == ["0.1", "0.3", "0.34"]


def rates_in_table(tab: Visit) -> list[str]:
    rows = tab.page.locator("table").first.locator("tbody tr").all_inner_texts()
    return [row.split()[0] for row in rows]


def test_a_click_on_the_ruler_adds_the_rate_there(visit: Visits) -> None:
    tab = visit("learning-rates?lrs=0.1&part=numbers")
    with tab.answered():
        tab.page.mouse.click(*tab.place_in("ruler", 0.5, 0.5))
    limit = theory.stable_limit(make_noisy_line())
    middle = (limit / 1000 * 3 * limit) ** 0.5
    rates = [float(rate) for rate in rates_in_table(tab)]
    assert 0.1 in rates
    assert rates == pytest.approx([middle, 0.1], rel=0.05)
    assert f"lrs={rates[0]}" in tab.page.url


def test_one_slider_moves_the_ruler_and_all_pictures_without_the_server(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&steps=20")
    pictures = ("ruler", "rate_losses", "rate_errors", "rate_fits")
    before, sent = [tab.picture(key) for key in pictures], tab.sent
    tab.pull("slot", 10, "ArrowLeft")
    for key, picture in zip(pictures, before, strict=True):
        assert tab.picture(key) != picture
    log_before = tab.picture("rate_losses")
    tab.page.locator("input[name=slider-log_step]").check()
    tab.drawn()
    assert tab.picture("rate_losses") != log_before
    assert tab.sent == sent


@pytest.mark.long
def test_the_paths_have_a_slider_of_their_own(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&steps=20&part=algebra")
    pictures, sent = [tab.picture(key) for key in ("rate_paths", "rate_fits")], tab.sent
    slider = tab.page.locator(".st-key-path_slider input[name=slider-slot]")
    slider.focus()
    for _ in range(10):
        tab.page.keyboard.press("ArrowLeft")
    tab.drawn()
    assert tab.picture("rate_paths") != pictures[0]
    assert tab.picture("rate_fits") == pictures[1]
    assert tab.sent == sent


@pytest.mark.long
def test_a_click_on_the_standardized_map_starts_at_the_same_line(visit: Visits) -> None:
    tab = visit("loss-surface?show=all&standardize=true")
    with tab.answered():
        tab.page.mouse.click(*tab.place_in("surface", 0.3, 0.6))
    address = parse_qs(urlsplit(tab.page.url).query)
    start = Line(float(address["start_w"][0]), float(address["start_b"][0]))
    scaling = standardize(make_noisy_line()).scaling
    assert scaling is not None
    there = scaling.to_standardized(start)
    assert f"At the start, w = {readable(there.w)} and b = {readable(there.b)}" in tab.text()


@pytest.mark.parametrize("data", some(["lesson", "forbes"], "forbes"))
def test_the_names_on_the_ruler_do_not_meet(visit: Visits, data: str) -> None:
    tab = visit(f"learning-rates?show=all&data={data}&lrs=0.00001")
    boxes = tab.page.eval_on_selector_all(
        ".st-key-figure_ruler svg.marks text",
        """texts => texts.filter(t => /safe|fastest|limit/.test(t.textContent)).map(t => {
            const box = t.getBoundingClientRect();
            return [box.top, box.bottom];
        })""",
    )
    assert len(boxes) == 3
    ordered = sorted(boxes)
    for (_, bottom), (top, _) in pairwise(ordered):
        assert top >= bottom - 4  # letters have some air in their boxes


@pytest.mark.long
def test_presets_choose_rates_that_suit_the_data(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&data=hubble&lrs=1&part=numbers")
    for preset, count in (("A decade each", 5), ("The lesson's", 2), ("One of each kind", 4)):
        press(tab, preset)
        assert len(rates_in_table(tab)) == count
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Download the table (CSV)").click()
    table = pd.read_csv(download.value.path())
    assert list(table["verdict"]) == ["slow", "good", "zigzag", "explodes"]
    assert [readable(rate) for rate in table["learning_rate"]] == rates_in_table(tab)


def test_what_is_chosen_holds_on_all_pages_and_in_the_address(visit: Visits) -> None:
    tab = visit("data?data=hubble&start_w=100&start_b=50")
    for title, address in WITH_DATA[1:]:
        go_to(tab, title)
        assert tab.page.url.startswith(f"{tab.server}/{address}?")
        for part in ("data=hubble", "start_w=100", "start_b=50"):
            assert part in tab.page.url
        assert "24 points" in tab.text()


@pytest.mark.long
def test_settings_of_the_lessons_data_travel_too(visit: Visits) -> None:
    tab = visit("data?n=37&true_w=2&seed=5&show=all")
    assert "37 points scattered around the line y = 2·x + 0.5" in tab.text()
    press(tab, "New sample")
    go_to(tab, "Learning rates")
    assert "37 points scattered around the line y = 2·x + 0.5" in tab.text()
    for part in ("n=37", "true_w=2", "seed=6"):
        assert part in tab.page.url


def choose(tab: Visit, option: str, name: str = "Data") -> None:
    with tab.answered():
        pick(tab, option, name)


def pick(tab: Visit, option: str, name: str) -> None:
    """Take an option; in a form, the server does not hear of it yet."""
    box = tab.page.get_by_role("combobox", name=name, exact=True)
    wanted = tab.page.get_by_role("option", name=option, exact=True)
    for _ in range(5):  # a page that is still being drawn closes it again
        box.click()
        tab.page.wait_for_timeout(400)
        if wanted.count():
            break
    wanted.click()


@pytest.mark.long
def test_another_data_set_brings_rates_that_suit_it_to_every_page(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&run=200x0.1&lr=0.2")
    choose(tab, "cars")
    assert tab.page.get_by_label("learning rate").input_value() == "0.001"
    go_to(tab, "Learning rates")
    rows = tab.page.locator("table").first.locator("tbody tr").all_inner_texts()
    verdicts = ["slow", "good", "zigzags", "explodes"]
    assert [verdict in row for verdict, row in zip(verdicts, rows, strict=True)] == [True] * 4


GOOD = b"speed;dist\n4,5;2\n7;4,25\n9;10\n12;14,5\n"


BAD = {
    b"price,weight\n1,2\n2,3\nmany,4\n5,6\n": "Row 4 of 'price' is 'many'.",
    b"a\n1\n2\n3\n": "only one column",
    b"a,b\n1,2\n1,3\n1,4\n": "no slope",
    b"PK\x03\x04\x00\x00": "a zip archive",
    b"a,b\n1,2\n3,1e308\n4,5\n": "overflow",
    b"a,b\n1,2\n3,4\n": "at least 3",
    b"": "empty",
}


def test_a_bad_file_gets_one_clear_sentence_and_costs_nothing(visit: Visits) -> None:
    tab = visit("data?data=own")
    upload(tab, GOOD)
    assert "4 points, dist against speed" in tab.text()
    for content, sentence in BAD.items():
        upload(tab, content)
        said = tab.page.locator("[data-testid=stAlert]").first.inner_text()
        assert sentence in said, content
        assert "4 points, dist against speed" in tab.text(), content


def upload(tab: Visit, content: bytes) -> None:
    file: Any = {"name": "points.csv", "mimeType": "text/csv", "buffer": content}
    with tab.answered():
        tab.page.locator("[data-testid=stFileUploader] input[type=file]").set_input_files(file)


WIDE = "\n".join(
    [
        ";".join(f"column {i}" for i in range(1, 201)),
        *(";".join(f"{row * i},5" for i in range(1, 201)) for row in (1, 2, 4, 7)),
    ]
)


FROM_TEACHERS = {
    WIDE.encode("utf-8-sig"): "4 points, column 2 against column 1",
    b"\xef\xbb\xbfa;b\r\n1,5;2\r\n2,5;4\r\n3,5;5\r\n": "3 points, b against a",
    b"year,dollars\n2001,1e9\n2002,2e9\n2003,2.5e9\n": "These x lie far from 0",
    b"who,a,b\nann,1,2\nbob,2,4\ncy,3,5\n": "3 points, b against a",
    b"a,b\n1,2\n2,\n3,5\n4,6\n": "Left out: row 3 (no value).",
    b"**a**,$b$\n1,2\n2,4\n3,5\n": "3 points, $b$ against **a**",
}


@pytest.mark.long
def test_a_teachers_file_works(visit: Visits) -> None:
    tab = visit("data?data=own")
    for content, shown in FROM_TEACHERS.items():
        assert shown not in tab.text()
        upload(tab, content)
        assert shown in tab.text(), content


@pytest.mark.long
def test_a_link_carries_a_small_set_of_own_points(visit: Visits) -> None:
    tab = visit("data?data=own")
    upload(tab, GOOD)
    assert "The address carries these points" in tab.text()
    other = visit(tab.page.url.removeprefix(tab.server).lstrip("/"))
    assert "4 points" in other.text()
    with other.page.expect_download() as download:
        other.page.get_by_role("button", name="Download the points").click()
    with open(download.value.path(), "rb") as file:
        assert read_csv(file).fingerprint == read_csv(GOOD).fingerprint


@pytest.mark.long
def test_points_can_be_typed_into_a_table(visit: Visits) -> None:
    tab = visit("data?data=own&points=1_2~2_3~4_5")

    def write(text: str) -> None:
        """Into the first row's y."""
        grid = tab.page.locator(".st-key-own_editor canvas").first
        grid.wait_for()
        box = grid.bounding_box()
        assert box is not None
        tab.page.mouse.click(box["x"] + 0.7 * box["width"], box["y"] + 52)
        tab.page.locator("#glide-cell-2-0[aria-selected=true]").wait_for(state="attached")
        tab.page.keyboard.press("Enter")
        tab.page.locator("#portal textarea").fill(text)
        with tab.answered():
            tab.page.keyboard.press("Enter")

    with tab.answered():
        tab.page.get_by_role("radio", name="Edit a table").click()
    write("2,5")
    assert "points=1_2.5~2_3~4_5" in tab.page.url
    write("two")
    assert "Row 1 of 'y' is 'two'" in tab.text()
    write("-7")
    for title in ("Loss surface", "Data"):
        go_to(tab, title)
        assert "points=1_-7~2_3~4_5" in tab.page.url
        if title != "Data":
            tab.page.get_by_role("button", name="Change", exact=True).click()
            tab.page.get_by_role("radio", name="Edit a table").wait_for()
        assert tab.page.get_by_role("radio", name="Edit a table").is_checked()
        tab.page.keyboard.press("Escape")
        tab.settle()
    with tab.answered():  # no file is there: what was typed stays
        tab.page.get_by_role("radio", name="Upload a file").click()
    assert "points=1_-7~2_3~4_5" in tab.page.url


@pytest.mark.long
def test_own_data_holds_on_all_pages(visit: Visits) -> None:
    tab = visit("data?data=own&show=all")
    upload(tab, GOOD)
    for title, _ in WITH_DATA[1:]:
        go_to(tab, title)
        assert "4 points, dist against speed" in tab.text()
    go_to(tab, "Data")
    assert readable(theory.best_fit(read_csv(GOOD)).w, 5) in tab.text()


@pytest.mark.long
def test_a_link_to_own_data_says_that_it_cannot_carry_the_file(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&data=own")
    assert "A link cannot carry a file" in tab.text()


@pytest.mark.long
def test_a_mistake_is_answered_marked_and_drawn(visit: Visits) -> None:
    tab = visit("mistakes?mistake=plus")
    with tab.answered():
        click_line(tab, 9)
    assert "Line 9 can stay as it is. Look further down." in tab.text()
    assert "Plus instead of minus" not in tab.text()
    with tab.answered():
        click_line(tab, 20)
    assert "Found. The gradient is added" in tab.text()
    assert "Plus instead of minus" in tab.text()
    assert not tab.page.locator("button.lrl-line").count()
    assert not tab.page.locator(".st-key-figure_compared, .lrl-line ins").count()
    tab.page.get_by_text("The loss grows at every step.").click()
    press(tab, "Check")
    assert "That is what happens." in tab.text()
    assert tab.picture("compared")
    assert tab.page.locator(".lrl-line ins").all_inner_texts() == [
        f"{name}.assign_sub(learning_rate * gradients[{place}])" for place, name in enumerate("wb")
    ]
    number = list(MISTAKES).index("plus") + 1
    assert tab.page.get_by_role("radio", name=f"✓ {number}", exact=True).is_checked()
    go_to(tab, "Data")
    go_to(tab, "Mistakes")
    assert tab.page.url.endswith("/mistakes")
    assert "That is what happens." in tab.text()


@pytest.mark.long
def test_words_are_explained_and_lead_to_the_page_that_shows_them(visit: Visits) -> None:
    tab = visit("learning-rates")
    for title in reversed(TITLES.values()):
        tab.page.keyboard.press("Escape")
        go_to(tab, title)
        with tab.answered():
            tab.page.get_by_role("button", name="Words on this page", exact=True).click()
        shown = tab.page.inner_text("body")
        meanings = {term: say(section(term)).partition(".** ")[2] for term in GLOSSARY}
        explained = [term for term, meaning in meanings.items() if meaning in shown]
        assert explained
        titles = {TITLES[GLOSSARY[term]] for term in explained}
        for name in titles - {title}:
            assert f"Shown on {name}" in shown
    with tab.answered():
        tab.page.get_by_role("link", name="Shown on Learning rates").click()
    assert tab.page.url.startswith(f"{tab.server}/learning-rates")


@pytest.mark.long
def test_one_of_each_kind_is_built_pinned_and_brought_back_on_two_data_sets(visit: Visits) -> None:
    tab = visit("learning-rates?show=all")
    kept = []
    for data in ("lesson", "hubble"):
        if data == "hubble":
            choose(tab, "hubble")
        press(tab, "In numbers")
        press(tab, "One of each kind")
        with tab.page.expect_download() as download:
            tab.page.get_by_role("button", name="Download the table (CSV)").click()
        table = pd.read_csv(download.value.path())
        assert list(table["verdict"]) == ["slow", "good", "zigzag", "explodes"]
        dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
        start = Line(0.0, -1.0 if data == "lesson" else 0.0)
        history = train(dataset, TrainingConfig(tuple(table["learning_rate"]), 200, start))
        assert list(table["loss"]) == pytest.approx(history.loss[:, -1])
        rows = tab.page.locator("table").first.locator("tbody tr").all_inner_texts()
        for row, word in zip(rows, VERDICT_WORDS.values(), strict=True):
            assert word in row
        press(tab, "Pinned runs")
        press(tab, "Pin this run")  # the slow one
        kept.append(table.iloc[0])
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Download all").click()
    pins = pins_from_json(download.value.path().read_bytes())
    assert [pin.settings["data"] for pin in pins] == ["lesson", "hubble"]
    assert [pin.learning_rate for pin in pins] == [row["learning_rate"] for row in kept]
    pinned = tab.page.locator(".st-key-pins_table tbody tr").all_inner_texts()
    for row, shown in zip(kept, pinned, strict=True):
        assert readable(row["loss"]) in shown
        assert readable(row["gap"]) in shown
    choose(tab, f"1. lesson, {readable(kept[0]['learning_rate'])}", "Pinned run")
    press(tab, "Bring it back")
    tab.settle()
    assert "points scattered around the line" in tab.text()
    press(tab, "In numbers")
    assert rates_in_table(tab) == [readable(kept[0]["learning_rate"])]


@pytest.mark.long
def test_a_pinned_run_is_downloaded_loaded_elsewhere_and_brought_back(visit: Visits) -> None:
    tab = visit("learning-rates?show=all&part=pins&seed=3&start_b=2&steps=50&lrs=0.12345&lrs=0.5")
    form = tab.page.locator("[data-testid=stForm]")
    pick(tab, "0.5", "Learning rate")
    form.get_by_label("Name").fill("*mine* www.a.b")
    press(tab, "Pin this run")
    table = tab.page.locator(".st-key-pins_table")
    assert "1. *mine* www\u2060.a.b" in table.inner_text()
    assert table.locator("a, em").count() == 0
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Download all").click()
    # A seed that waits for the lesson's data.
    other = visit("learning-rates?show=all&part=pins&data=cars&seed=7")
    content = download.value.path().read_bytes()
    file: Any = {"name": "pins.json", "mimeType": "application/json", "buffer": content}
    with other.answered():
        other.page.locator(".st-key-pins_file input[type=file]").set_input_files(file)
    press(other, "Bring it back")
    link = parse_qs(urlsplit(other.page.url).query)
    assert (link.pop("part"), link.pop("show")) == (["pins"], ["all"])
    assert link == {"seed": ["3"], "start_b": ["2.0"], "steps": ["50"], "lrs": ["0.5"]}
    assert "zigzags" in other.page.locator(".st-key-pins_table").inner_text()
