"""What a learner has done stays in their browser; what a teacher writes into a link is text."""

import json
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from playwright.sync_api import BrowserContext

from benchmarks.measuring import find_free_port, serve
from core import theory, words
from core.course import predictions
from core.course.checks import CHECKS
from core.course.mistakes import MISTAKES
from core.course.outline import LESSONS
from core.datasets import make_noisy_line
from core.runs import LESSON_START
from tests.support.browser import (
    LOOKS,
    Learners,
    Visit,
    Visits,
    answer_plus,
    check,
    choose_answer,
    find_line,
    go_on_to_the_line,
    go_to,
    open_tab,
    predict,
    press,
    reload,
    skip_to_the_line,
    steer,
    wait_for_message,
)
from tests.support.course import TITLES
from tests.support.questions import in_words
from tests.support.tiers import some

NAME = "learning-rate-lab"
MISTAKES_LEFT = ("integers", "plus")


def stored(tab: Visit) -> dict[str, Any]:
    text = tab.page.evaluate(f"localStorage.getItem('{NAME}')")
    return {} if text is None else json.loads(text)


def begun(tab: Visit) -> int:
    """Of how many lessons the Start page says what is left to do; each has its questions left."""
    return tab.text().count("get three questions right")


def work_through(tab: Visit) -> None:
    """Find a good line by hand, look at the surface, answer a question about a mistake."""
    best = theory.best_fit(make_noisy_line())
    skip_to_the_line(tab)
    steer(tab, "guess_w", best.w)
    steer(tab, "guess_b", best.b)
    tab.page.get_by_text("Found!").wait_for()
    go_to(tab, "Loss surface")
    go_to(tab, "Mistakes")
    answer_plus(tab)


def assert_as_it_was(tab: Visit) -> None:
    tab.page.get_by_text(f"({len(MISTAKES) - 1} of {len(MISTAKES)} left)").wait_for()
    assert begun(tab) == 3
    assert "find the least wrong line" not in tab.text()
    assert "Go on: Data" in tab.text()


def begin_earlier(server: str, learner: BrowserContext) -> None:
    """Let a learner come back who has answered most mistakes, which takes long."""
    done = [f"mistake:{key}" for key in MISTAKES if key not in MISTAKES_LEFT]
    page = learner.new_page()
    page.goto(f"{server}/_stcore/health")
    kept = json.dumps({"version": 1, "done": done})
    page.evaluate("([name, text]) => localStorage.setItem(name, text)", [NAME, kept])
    page.close()


def take_the_course(tab: Visit) -> None:
    """Do what each page asks for, and pin a run, by way of the pages' own controls."""
    dataset = make_noisy_line()
    predict(tab, "data", predictions.least_wrong(dataset, 0))
    go_on_to_the_line(tab)
    best = theory.best_fit(dataset)
    steer(tab, "guess_w", best.w)
    steer(tab, "guess_b", best.b)
    tab.page.get_by_text("Found!").wait_for()
    tab.settle()
    answer_the_check(tab, "data")

    follow(tab, "Next: Loss surface")
    way = predictions.which_way(dataset, LESSON_START, 0)
    assert way is not None
    predict(tab, "loss-surface", way)
    answer_the_check(tab, "loss-surface")

    follow(tab, "Next: Gradient steps")
    check(tab, "gradient-steps")
    answer_the_check(tab, "gradient-steps")

    follow(tab, "Next: Learning rates")
    check(tab, "learning-rates")
    tab.page.locator(".st-key-again_picture button").click()
    tab.settle()
    predict(tab, "picture", predictions.pictures(dataset, 0))
    tab.page.get_by_text("Pinned runs", exact=True).click()
    tab.settle()
    tab.page.get_by_label("Name").fill("my first")
    press(tab, "Pin this run")
    answer_the_check(tab, "learning-rates")

    follow(tab, "Next: Mistakes")
    for key in MISTAKES_LEFT:
        find_line(tab, key)
        right = words.say(f"{MISTAKES[key].section}_{MISTAKES[key].right + 1}")
        choose_answer(tab, "What will happen?", right.replace("`", ""))
        press(tab, "Check")
    answer_the_check(tab, "mistakes")

    follow(tab, "Next: Hot dog or not")
    tab.page.locator(".st-key-network_guess label", has_text="0.2").last.click()
    press(tab, "Train")
    tab.page.wait_for_selector(".st-key-ask_again")
    answer_the_check(tab, "hot-dog")


def answer_the_check(tab: Visit, page: str) -> None:
    tab.page.get_by_text("Check yourself").click()
    tab.settle()
    for make in CHECKS[page]:
        question = in_words(make, make_noisy_line(), LESSON_START)
        right = next(choice for choice in question.choices if choice.feedback is None)
        choose_answer(tab, question.text[:40], right.text)
        wait_for_message(tab, question.because.replace("`", "")[:40])
    tab.page.get_by_text("three questions ✓").wait_for()
    assert TITLES[page] in ticked(tab)  # at once, and not when the next page opens


def follow(tab: Visit, link: str) -> None:
    with tab.answered():
        tab.page.get_by_role("link", name=link).click()


def ticked(tab: Visit) -> list[str]:
    """Which pages have a tick in the navigation."""
    titles = tab.page.locator("[data-testid=stTopNavLink]").all_inner_texts()
    return [title.removesuffix(" ✓") for title in titles if title.endswith(" ✓")]


def assert_all_is_done(tab: Visit) -> None:
    tab.page.get_by_text("You have done all of it.").wait_for()
    assert begun(tab) == 0
    tab.until(lambda: ticked(tab) == [TITLES[page.address] for page in LESSONS])


def assert_pinned(tab: Visit, pins: list[str]) -> None:
    """Look at the pins, in a visit that has just begun, and come back."""
    go_to(tab, "Learning rates")
    press(tab, "Show me")
    tab.page.get_by_text("Pinned runs", exact=True).click()
    assert pinned(tab) == pins
    go_to(tab, "Start")


def pinned(tab: Visit) -> list[str]:
    tab.page.locator(".st-key-pins_table").wait_for()
    return tab.page.locator(".st-key-pins_table tbody tr").all_inner_texts()


@pytest.mark.long
def test_the_whole_course_outlives_reload_tab_and_server_and_is_forgotten(
    learners: Learners,
) -> None:
    me, port = learners.come(), find_free_port()
    with serve("streamlit_app.py", port) as server:
        begin_earlier(server, me)
        tab = open_tab(server, me)
        follow(tab, "Go on: Data")
        take_the_course(tab)
        go_to(tab, "Learning rates")
        pins = pinned(tab)
        assert len(pins) == 1
        assert "my first" in pins[0]
        go_to(tab, "Start")
        assert_all_is_done(tab)
        reload(tab)
        assert_all_is_done(tab)
        assert_pinned(tab, pins)
        before = stored(tab)
        complaints = tab.complaints.copy()
    with serve("streamlit_app.py", port) as server:
        # The open tab finds the new server by itself, and must not overwrite what is kept.
        tab.page.wait_for_function(
            "() => !document.querySelector('[data-testid=stConnectionStatus]')"
        )
        fresh = open_tab(server, me)
        assert_all_is_done(fresh)
        assert_pinned(fresh, pins)
        reload(tab)
        assert_all_is_done(tab)
        assert stored(fresh) == stored(tab) == before
        forget(fresh)
        assert_nothing_is_left(fresh)
        reload(fresh)
        assert_nothing_is_left(fresh)
        assert [*complaints, *fresh.complaints] == []


def forget(tab: Visit) -> None:
    tab.page.get_by_text("Your progress").click()
    press(tab, "Forget me")
    press(tab, "Yes, forget it all")
    tab.settle(LOOKS)


def assert_nothing_is_left(tab: Visit) -> None:
    keys = tab.page.evaluate("Object.keys(localStorage)")
    assert [key for key in keys if not key.startswith("stActiveTheme")] == []
    assert begun(tab) == 0
    assert "Begin the course: Data" in tab.text()
    assert "✓" not in tab.page.inner_text("body")


@pytest.mark.long
def test_a_best_of_a_part_that_runs_alone_outlives_a_reload_at_once(
    server: str, learners: Learners
) -> None:
    tab = open_tab(server, learners.come(), "learning-rates?show=all&part=challenges")
    tab.page.get_by_text("Eight runs", exact=True).click()
    tab.settle()
    for group in tab.page.locator("[class*='st-key-diagnosis'] [role=radiogroup]").all():
        group.get_by_text("good", exact=True).click()
        group.locator("[aria-checked=true]").wait_for()
    tab.settle()
    press(tab, "Check")
    tab.page.get_by_text("Your best:").wait_for()
    tab.until(lambda: bool(bests(tab)))
    before = bests(tab)
    reload(tab)
    assert bests(tab) == before


def bests(tab: Visit) -> dict[str, float]:
    """Which personal bests the browser keeps."""
    kept = stored(tab).get("bests", {})
    assert isinstance(kept, dict)
    return kept


@pytest.mark.long
def test_two_tabs_do_not_lose_what_the_other_has_done(server: str, learners: Learners) -> None:
    me = learners.come()
    first, second = (open_tab(server, me, path) for path in ("loss-surface", "mistakes"))
    answer_plus(second)
    go_to(first, "Gradient steps")
    go_to(second, "Learning rates")
    expected = {
        "mistake:plus",
        *(f"page:{name}" for name in ("loss-surface", "mistakes", "gradient-steps")),
        "page:learning-rates",
    }
    # The tabs tell each other, by way of the server.
    first.until(lambda: set(stored(first)["done"]) == expected)
    go_to(first, "Start")
    first.settle(LOOKS)
    assert begun(first) == 4


def test_forget_me_leaves_nothing_in_any_tab(server: str, learners: Learners) -> None:
    me = learners.come()
    others = [open_tab(server, me, path) for path in ("loss-surface", "")]
    tab = open_tab(server, me)
    assert begun(tab) == 1
    forget(tab)
    assert_nothing_is_left(tab)
    reload(tab)
    assert_nothing_is_left(tab)
    assert [complaint for one in (tab, *others) for complaint in one.complaints] == []


@pytest.mark.long
def test_a_saved_file_brings_progress_to_another_browser(
    server: str, learners: Learners, tmp_path: Path
) -> None:
    tab = open_tab(server, learners.come(), "loss-surface")
    go_to(tab, "Start")
    tab.page.get_by_text("Your progress").click()
    with tab.page.expect_download() as download:
        tab.page.get_by_role("button", name="Save as a file").click()
    download.value.save_as(tmp_path / "progress.json")
    elsewhere = open_tab(server, learners.come())
    assert begun(elsewhere) == 0
    elsewhere.page.get_by_text("Your progress").click()
    uploader = elsewhere.page.locator("[data-testid=stFileUploader] input")
    with elsewhere.answered():
        uploader.set_input_files(tmp_path / "progress.json")
    elsewhere.settle(LOOKS)
    assert begun(elsewhere) == 1
    assert stored(elsewhere) == stored(tab)


@pytest.mark.long
def test_a_link_that_trains_at_once_finds_what_is_kept(server: str, learners: Learners) -> None:
    me = learners.come()
    begin_earlier(server, me)
    # With a seed of its own, so that no other test has trained this network.
    tab = open_tab(server, me, "hot-dog?trained=true&units=8&net_rates=0.2&net_seed=31")
    assert tab.complaints == []
    go_to(tab, "Mistakes")
    answer_plus(tab)
    tab.settle(LOOKS)
    done = {f"mistake:{key}" for key in MISTAKES if key != "integers"}
    assert done <= set(stored(tab)["done"])


@pytest.mark.long
def test_back_leads_to_the_page_before_with_what_is_set_by_now(visit: Visits) -> None:
    tab = visit("gradient-steps?show=all&data=cars&run=200x0.001")
    go_to(tab, "Learning rates")
    go_to(tab, "Loss surface")
    with tab.answered():
        tab.page.get_by_role("button", name="Change the path").click()
    steps = tab.page.get_by_role("textbox", name="steps")
    with tab.answered():
        steps.fill("50")
        steps.press("Enter")
    rates, loop = "How large may a step be", "What exactly happens"
    way = [(rates, tab.page.go_back), (loop, tab.page.go_back), (rates, tab.page.go_forward)]
    for question, go in way:
        go()
        tab.page.get_by_role("heading", name=re.compile(question)).wait_for()
        tab.settle(LOOKS)
        fresh = visit(tab.page.url.removeprefix(f"{tab.server}/"))
        assert tab.page.get_by_role("textbox", name="steps").input_value() == "50"
        for selector in ("[data-testid=stMarkdown]", "table"):
            said = [one.page.locator(selector).all_inner_texts() for one in (tab, fresh)]
            assert said[0] == said[1]
    assert "data=cars" in tab.page.url


FORBIDDEN = """Object.defineProperty(window, 'localStorage', {
    get() { throw new DOMException('not here', 'SecurityError'); } });"""
FULL = """Storage.prototype.setItem = () => {
    throw new DOMException('no room', 'QuotaExceededError'); };"""


@pytest.mark.parametrize("script", some([FORBIDDEN, FULL], FORBIDDEN), ids=["forbidden", "full"])
def test_without_storage_all_works_for_the_visit(
    server: str, learners: Learners, script: str
) -> None:
    tab = open_tab(server, learners.come(), "data", script=script)
    work_through(tab)
    go_to(tab, "Start")
    assert_as_it_was(tab)
    tab.page.get_by_text("Your progress").click()
    tab.page.get_by_text("does not let this page keep anything").wait_for()
    assert [text for text in tab.complaints if "QuotaExceeded" not in text] == []


NONSENSE = {
    "script": "<script>alert(1)</script>",
    "nested": "[" * 200_000,
    "wrong type": '{"version": 1, "done": {"a": 1}}',
    "huge": "x" * 3_000_000,
}


@pytest.mark.parametrize("name", some(NONSENSE, "huge"))
def test_nonsense_in_the_storage_is_overwritten(server: str, learners: Learners, name: str) -> None:
    me, item = learners.come(), [NAME, NONSENSE[name]]
    me.pages[0].evaluate("([name, text]) => localStorage.setItem(name, text)", item)
    tab = open_tab(server, me, "mistakes")
    assert stored(tab) == {"version": 1, "done": ["page:mistakes"]}
    assert tab.complaints == []


TASKS = [
    ("<img src=x onerror='window.hacked = 1'>", "<img src=x onerror='window.hacked = 1'>"),
    ("<script>window.hacked = 1</script>", "<script>window.hacked = 1</script>"),
    ("**a** $x$ [b](javascript:c)", "**a** $x$ [b](javascript:c)"),
    ("a\x00b\x1b[31m\u202ec\r\nd", "ab[31mc d"),
    ("x" * 10_000, None),
]


@pytest.mark.parametrize(("task", "shown"), some(TASKS, TASKS[0]))
def test_a_task_in_a_link_is_text_or_nothing(
    server: str, learners: Learners, task: str, shown: str | None
) -> None:
    tab = open_tab(server, learners.come(), f"mistakes?task={quote(task)}", 390)
    for title in (None, "Data"):
        if title:
            press_link(tab, title)
        box = tab.page.locator(".st-key-task [data-testid=stText]")
        assert box.all_inner_texts() == ([] if shown is None else [shown])
        assert tab.page.evaluate("window.hacked") is None
        scrolled, there = tab.page.eval_on_selector(
            "[data-testid=stMain]", "main => [main.scrollWidth, main.clientWidth]"
        )
        assert scrolled <= there
    assert ("too long" in tab.text()) == (shown is None)
    assert tab.complaints == []


def press_link(tab: Visit, title: str) -> None:
    """Go to a page by the navigation of a phone."""
    tab.page.locator("[data-testid=stExpandSidebarButton]").click()
    with tab.answered():
        tab.page.locator("[data-testid=stSidebar]").get_by_role("link", name=title).click()


def test_a_teachers_link_fixes_the_data_on_every_page(server: str, learners: Learners) -> None:
    hide = "&".join(f"hide={name}" for name in ("data", "start", "standardize"))
    tab = open_tab(server, learners.come(), f"?data=hubble&standardize=true&{hide}&task=Look.")
    for title in ("Data", "Learning rates"):
        go_to(tab, title)
        assert "24 points" in tab.text()
        assert "standardized" in tab.text()
        assert not tab.page.locator(".st-key-strip :is([data-testid=stSelectbox], button)").count()
        address = parse_qs(urlsplit(tab.page.url).query)
        assert (address["data"], address["task"]) == (["hubble"], ["Look."])
        assert address["hide"] == ["data", "standardize", "start"]
    copy = open_tab(server, learners.come(), tab.page.url.removeprefix(f"{server}/"))
    assert copy.text() == tab.text()


def test_the_builder_makes_a_link_that_works_elsewhere(server: str, learners: Learners) -> None:
    tab = open_tab(server, learners.come(), "data?data=cars")
    go_to(tab, "Start")
    tab.page.get_by_text("Make a link for a class").click()
    task = tab.page.get_by_label("A task, in up to")
    task.fill("How fast is <b>safe</b>?")
    with tab.answered():
        task.press("Tab")
    link = tab.page.locator(".st-key-class_link [data-testid=stCode]").inner_text().strip()
    assert link.startswith(f"{server}/data?")
    pupil = open_tab(server, learners.come(), link.removeprefix(f"{server}/"))
    assert "How fast is <b>safe</b>?" in pupil.text()
    assert re.search(r"stopping distance|50 points", pupil.text())


@pytest.mark.parametrize("width", some([800, 390], 390))
def test_inside_another_page_nothing_is_cut_off(
    server: str, learners: Learners, width: int
) -> None:
    page = learners.come().new_page()
    page.route(
        f"{server}/host",
        lambda route: route.fulfill(
            content_type="text/html",
            body=f'<iframe src="{server}/data?embed=true" width={width} height=800></iframe>',
        ),
    )
    page.goto(f"{server}/host")
    frame = page.frame_locator("iframe")
    frame.get_by_text("What to remember").wait_for()
    main = frame.locator("[data-testid=stMain]")
    assert main.evaluate("main => main.scrollWidth <= main.clientWidth")
    top = frame.locator("h1").bounding_box()
    assert top is not None
    assert top["y"] < 200  # no more than the navigation and a line stand above the question
