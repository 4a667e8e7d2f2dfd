"""A running server and a real Chromium."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    WebSocket,
    sync_playwright,
)
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.measuring import serve


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start the app as `make run` does; give its address."""
    with serve("streamlit_app.py") as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"],
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--disable-component-update",
                # No other machine is there: what asks for one is refused, and a complaint. One name
                # of another site points here (DNS rebinding).
                "--host-resolver-rules="
                "MAP rebound.example.org 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
                # Pages need no GPU; one made of software takes 2 s for what Learning rates shows.
                "--disable-gpu",
                "--disable-software-rasterizer",
                # Nor a thread that draws each frame of what blinks until a page is whole.
                "--disable-threaded-animation",
                # A new tab goes on with the scripts that others of the same learner have compiled,
                "--process-per-site",
                # and does not read them once more beside, nor make code quick that soon is left.
                "--disable-features=ScriptStreaming,BackgroundScriptStreaming",
                "--js-flags=--no-opt --no-maglev --single-threaded-gc",
            ],
        )
        yield chromium
        chromium.close()


PATIENCE = 60  # seconds: the machine may be slow, and busy with other tests
# Resolves once, at so many looks in a row, the script has run and every chart is drawn.
WAIT_UNTIL_WHOLE = """([looks, patience]) => new Promise((resolve, reject) => {
    const count = selector => document.querySelectorAll(selector).length;
    const isWhole = () => count("[data-test-script-state=notRunning]")
        && !count("[data-testid=stSkeleton]")
        && count("[data-testid=stVegaLiteChart]")
            === count("[data-testid=stVegaLiteChart] :is(svg, canvas).marks");
    const end = performance.now() + 1000 * patience;
    let seen = 0;
    const look = () => {
        seen = isWhole() ? seen + 1 : 0;
        if (seen > looks) resolve();
        else if (performance.now() > end) reject(new Error("the page never became whole"));
        else setTimeout(look, 20);
    };
    look();
})"""

A_FEW_FRAMES = """() => new Promise(done => {
    let left = 3;
    const next = () => left-- ? requestAnimationFrame(next) : done();
    next();
})"""


class Visit:
    """A learner's tab: where it is, what it complained about, what it sent."""

    def __init__(
        self,
        server: str,
        context: BrowserContext,
        width: int = 1280,
        theme: Literal["light", "dark"] = "light",
        motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> None:
        self.server = server
        self.page: Page = context.new_page()
        self.page.set_viewport_size({"width": width, "height": 900})
        self.page.emulate_media(color_scheme=theme, reduced_motion=motion)
        self.complaints: list[str] = []
        self.sent = 0
        self.asked = 0
        self.waits_for_answer = False
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on("websocket", self._connect)

    def _hear(self, message: ConsoleMessage) -> None:
        kind, text, url = message.type, message.text, message.location.get("url", "")
        # Streamlit looks for its own base below the page's address first.
        if kind == "error" and not ("404" in text and "/_stcore/" in url):
            self.complaints.append(f"{text} {url}")

    def _connect(self, socket: WebSocket) -> None:
        self.waits_for_answer = False  # whatever was asked on an earlier one is lost
        socket.on("framesent", self._ask)
        socket.on("framereceived", self._be_answered)

    def _ask(self, message: bytes | str) -> None:
        self.sent += 1
        if isinstance(message, bytes) and BackMsg.FromString(message).HasField("rerun_script"):
            self.asked += 1
            self.waits_for_answer = True

    def _be_answered(self, message: bytes | str) -> None:
        if isinstance(message, bytes):
            answer = ForwardMsg.FromString(message)
            if answer.HasField("script_finished") and (
                answer.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
            ):
                self.waits_for_answer = False

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server}/{path}")
        self.settle()

    def settle(self, looks: int = 8) -> None:
        """Wait until, at so many looks in a row, the script has run and every chart is drawn."""
        self.page.wait_for_selector("[data-testid=stMain] h1")
        asked = -1
        while self.waits_for_answer or self.asked != asked:
            self.until(lambda: not self.waits_for_answer)
            asked = self.asked
            self.page.evaluate(WAIT_UNTIL_WHOLE, [looks, PATIENCE])
        assert not self.page.locator("[data-testid=stException]").count()

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait until something is so."""
        deadline = time.monotonic() + PATIENCE
        while not holds():
            assert time.monotonic() < deadline, "it never came to be"
            self.page.wait_for_timeout(20)

    @contextmanager
    def answered(self) -> Iterator[None]:
        """Wait until what is done inside has reached the server, and the page is whole again."""
        asked = self.asked
        yield
        self.until(lambda: self.asked > asked)
        self.settle()

    def drawn(self) -> None:
        """Wait until charts show what was done; what it would send to the server is sent, too."""
        self.page.wait_for_timeout(200)  # Streamlit gathers changes for up to that long
        self.page.evaluate(A_FEW_FRAMES)

    def text(self) -> str:
        return self.page.inner_text("[data-testid=stMain]")

    def picture(self, key: str) -> str:
        """What a chart shows at this moment."""
        return self.page.locator(f".st-key-figure_{key} svg.marks").first.inner_html()

    def place_in(self, key: str, across: float, down: float) -> tuple[float, float]:
        """Where a place in a chart's plot, in shares of its width and height, is on the screen."""
        plot = self.page.locator(f".st-key-figure_{key} svg.marks path.background").first
        plot.scroll_into_view_if_needed()
        box = plot.bounding_box()
        assert box is not None
        return box["x"] + across * box["width"], box["y"] + down * box["height"]

    def pull(self, slider: str, presses: int, key: str = "ArrowRight") -> None:
        handle = self.page.locator(f"input[name=slider-{slider}]")
        for _ in range(presses):
            handle.press(key)
        self.drawn()


class Learners:
    """Browsers of learners who do not know of each other; who leaves, hands theirs on, cleaned.

    What it has fetched from the server stays in it: to load the app anew takes longer than most
    tests do.
    """

    def __init__(self, browser: Browser, server: str) -> None:
        self.browser = browser
        self.server = server
        self.idle: list[BrowserContext] = []
        self.busy: list[BrowserContext] = []

    def come(self) -> BrowserContext:
        context = self.idle.pop() if self.idle else self._new_context()
        self.busy.append(context)
        return context

    def _new_context(self) -> BrowserContext:
        """Start a browser; its first tab stays where no script runs that could store things."""
        context = self.browser.new_context()
        context.set_default_timeout(1_000 * PATIENCE)
        context.new_page().goto(f"{self.server}/_stcore/health")
        return context

    def leave(self) -> None:
        """Close the other tabs, and forget what they have stored."""
        while self.busy:
            context = self.busy.pop()
            first, *others = context.pages
            for page in others:
                page.close()
            first.evaluate("localStorage.clear()")
            context.clear_cookies()
            self.idle.append(context)


@pytest.fixture(scope="session")
def all_learners(browser: Browser, server: str) -> Learners:
    return Learners(browser, server)


@pytest.fixture
def learners(all_learners: Learners) -> Iterator[Learners]:
    yield all_learners
    all_learners.leave()


@pytest.fixture
def visit(server: str, learners: Learners) -> Iterator[Callable[..., Visit]]:
    """Open tabs, each of a learner of its own; nothing may have gone wrong in any."""
    visits: list[Visit] = []

    def new_visit(
        path: str = "",
        width: int = 1280,
        theme: Literal["light", "dark"] = "light",
        motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> Visit:
        visits.append(Visit(server, learners.come(), width, theme, motion))
        visits[-1].open(path)
        return visits[-1]

    yield new_visit
    assert [complaint for tab in visits for complaint in tab.complaints] == []
