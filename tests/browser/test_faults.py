"""What goes wrong around a learner costs them nothing."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from threading import Event

import pytest
from playwright.sync_api import Page, WebSocketRoute
from streamlit.proto.BackMsg_pb2 import BackMsg
from websockets.sync.client import connect
from websockets.typing import Origin, Subprotocol

from benchmarks.measuring import find_free_port, running, serve, streamlit_run
from tests.support.browser import Learners, Visit, Visits

EXPERIMENT = "gradient-steps?show=all&data=cars&run=200x0.001~300x0.002&part=prints"


def wait_for_steps(page: Page, steps: int) -> None:
    page.locator("[data-testid=stMain] table", has_text=f"{steps:,}").first.wait_for()


def words(tab: Visit) -> list[str]:
    """What the page says, and what its charts show in words."""
    said = tab.page.locator(":is([data-testid=stMarkdown], [data-testid=stText], table)")
    return said.all_inner_texts()


@pytest.mark.long
def test_a_server_killed_in_mid_run_costs_no_session_what_it_had(learners: Learners) -> None:
    port, learner = find_free_port(), learners.come()
    running_on, resting, own = (Visit(f"http://127.0.0.1:{port}", learner) for _ in range(3))
    with running(streamlit_run("streamlit_app.py", port), port) as process:
        own.open("data?show=all&data=own")
        upload(own, 4)
        for tab in (resting, running_on):
            tab.open(EXPERIMENT)
            wait_for_steps(tab.page, 500)
            tab.settle()
        running_on.page.get_by_role("button", name="Continue 200 steps").click()
        process.kill()
    asked = {tab: tab.asked for tab in (running_on, resting, own)}
    with serve("streamlit_app.py", port):
        # Each asks the new server for a rerun.
        running_on.until(lambda: all(tab.asked > before for tab, before in asked.items()))
        for tab in asked:
            tab.settle(looks=50)
        assert "4 points" in own.text()  # the address carries them
        upload(own, 150)
        for tab in (running_on, resting):
            wait_for_steps(tab.page, 500)
            assert "data=cars" in tab.page.url
            tab.page.get_by_role("button", name="Continue 200 steps").click()
            wait_for_steps(tab.page, 700)


def test_a_cut_websocket_is_mended_and_the_experiment_goes_on(
    server: str, learners: Learners
) -> None:
    sockets: list[WebSocketRoute] = []

    def connect(socket: WebSocketRoute) -> None:
        sockets.append(socket)
        socket.connect_to_server()

    tab = Visit(server, learners.come())
    tab.page.route_web_socket("**/_stcore/stream", connect)
    tab.open(EXPERIMENT)
    wait_for_steps(tab.page, 500)
    sockets[-1].close(code=1012, reason="cut")
    tab.until(lambda: len(sockets) > 1)  # it has connected again
    tab.page.locator("[data-testid=stConnectionStatus]").wait_for(state="detached")
    tab.settle()
    tab.page.get_by_role("button", name="Continue 200 steps").click()
    wait_for_steps(tab.page, 700)


def upload(tab: Visit, points: int) -> None:
    rows = "\n".join(f"{x},{2 * x + x % 3}" for x in range(points))
    tab.page.set_input_files(
        ".st-key-upload input[type=file]",
        {"name": "mine.csv", "mimeType": "text/csv", "buffer": f"x,y\n{rows}".encode()},
    )
    tab.page.get_by_text(f"{points} points", exact=False).first.wait_for()
    tab.settle()


@pytest.mark.long
def test_two_tabs_of_one_learner_keep_each_its_own_experiment(
    server: str, learners: Learners
) -> None:
    learner = learners.come()
    one, other = Visit(server, learner), Visit(server, learner)
    one.open(EXPERIMENT)
    other.open("gradient-steps?show=all&data=hubble&run=100x0.1")
    for tab, steps in ((one, 700), (other, 300), (one, 900)):
        tab.page.get_by_role("button", name="Continue 200 steps").click()
        wait_for_steps(tab.page, steps)
        tab.settle()
    for tab, data, steps in ((one, "cars", 900), (other, "hubble", 300)):
        before = words(tab)
        tab.page.reload()
        tab.settle()
        wait_for_steps(tab.page, steps)
        assert f"data={data}" in tab.page.url
        assert words(tab) == before


@contextmanager
def clearing_the_cache(server: str) -> Iterator[None]:
    """Have another visitor clear what all share, again and again."""
    enough = Event()

    def clear() -> None:
        address = f"{server.replace('http:', 'ws:')}/_stcore/stream"
        origin = Origin(server)
        with connect(address, origin=origin, subprotocols=[Subprotocol("streamlit")]) as socket:
            while not enough.wait(0.02):
                socket.send(BackMsg(clear_cache=True).SerializeToString())

    with ThreadPoolExecutor() as pool:
        visitor = pool.submit(clear)
        try:
            yield
        finally:
            enough.set()
    assert visitor.exception() is None


@pytest.mark.long
def test_a_cache_that_another_visitor_clears_all_the_time_costs_no_number(visit: Visits) -> None:
    tab = visit(EXPERIMENT)
    with clearing_the_cache(tab.server):
        for steps in (700, 900):
            tab.page.get_by_role("button", name="Continue 200 steps").click()
            wait_for_steps(tab.page, steps)
        tab.settle()
    fresh = visit(tab.page.url.removeprefix(f"{tab.server}/"))
    assert words(tab) == words(fresh)


@pytest.mark.long
@pytest.mark.parametrize(
    ("path", "slider"),
    [
        ("gradient-steps?show=all&run=200x0.1", "h"),
        ("hot-dog?trained=true&units=8&net_rates=0.2", "clutter"),  # each move trains a network
    ],
)
def test_after_twenty_quick_slider_moves_the_page_shows_the_last(
    visit: Visits, path: str, slider: str
) -> None:
    quick, slow = visit(path), visit(path)
    for tab in (quick, slow):
        if slider == "clutter":
            with tab.answered():
                tab.page.get_by_role("button", name="Change").click()
    for tab, moves in ((quick, "<" * 8 + ">" * 7 + "<" * 5), (slow, "<" * 6)):
        handle = tab.page.locator(f".st-key-{slider}").get_by_role("slider")
        for move in moves:
            handle.press("ArrowLeft" if move == "<" else "ArrowRight")
        tab.page.wait_for_timeout(1_000)
        tab.settle()
    assert words(quick) == words(slow)


@pytest.mark.long
@pytest.mark.parametrize("page", ["data", "loss-surface"])
def test_after_twenty_quick_changes_the_page_shows_the_last(visit: Visits, page: str) -> None:
    tab = visit(f"{page}?show=all")
    if page == "data":
        tab.page.get_by_role("button", name="How it is made").click()
    box = tab.page.locator(".st-key-seed input")
    for seed in range(1, 21):
        box.fill(str(seed))
        box.press("Enter")
    tab.page.wait_for_url("**seed=20**")
    tab.page.keyboard.press("Escape")
    tab.settle()
    fresh = visit(f"{page}?show=all&seed=20")
    assert words(tab) == words(fresh)


@pytest.mark.long
def test_without_tensorflow_the_first_lessons_work_and_the_others_say_why(
    learners: Learners, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tensorflow.py").write_text("raise ImportError('its files are damaged')\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    with serve("streamlit_app.py") as server:
        tab = Visit(server, learners.come())
        for address in ("", "data?show=all"):
            tab.open(address)
            assert not tab.page.locator("[data-testid=stAlert]").count()
        for address in (
            "loss-surface?show=all", "gradient-steps?show=all&run=200x0.1",
            "learning-rates?show=all", "mistakes?show=all", "hot-dog?trained=true",
        ):  # fmt: skip
            tab.open(address)
            why = tab.page.locator("[data-testid=stAlert]", has_text="its files are damaged")
            assert "cannot be loaded" in why.inner_text()
            if address.startswith("loss-surface"):
                assert "the formula gives:" in tab.text()
                assert "What to remember" in tab.text()
                assert tab.page.locator("[data-testid=stVegaLiteChart]").count() == 4
