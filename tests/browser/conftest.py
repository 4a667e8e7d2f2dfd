"""A running server and a real Chromium."""

import os
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    sync_playwright,
)

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
            args=["--no-sandbox", "--disable-background-networking", "--disable-component-update"],
        )
        yield chromium
        chromium.close()


class Visit:
    """A learner's tab: where it is, what it complained about, what it sent."""

    def __init__(self, server: str, context: BrowserContext) -> None:
        self.server = server
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.sent = 0
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._hear)
        self.page.on(
            "websocket", lambda socket: socket.on("framesent", lambda _: self._count_message())
        )

    def _hear(self, message: ConsoleMessage) -> None:
        kind, text, url = message.type, message.text, message.location.get("url", "")
        # Streamlit looks for its own base below the page's address first.
        if kind == "error" and not ("404" in text and "/_stcore/" in url):
            self.complaints.append(f"{text} {url}")

    def _count_message(self) -> None:
        self.sent += 1

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server}/{path}")
        self.settle()

    def settle(self) -> None:
        """Wait until the script has run and every chart is drawn."""
        self.page.wait_for_selector("[data-testid=stMain] h1")
        self.page.wait_for_function(
            """() => document.querySelector('[data-test-script-state]')
                     ?.getAttribute('data-test-script-state') === 'notRunning'
                  && !document.querySelector('[data-testid=stSkeleton]')"""
        )
        for _ in range(100):
            charts = self.page.locator("[data-testid=stVegaLiteChart]")
            drawn = self.page.locator("[data-testid=stVegaLiteChart] :is(svg, canvas).marks")
            if charts.count() == drawn.count():
                break
            self.page.wait_for_timeout(50)
        self.page.wait_for_timeout(300)
        assert not self.page.locator("[data-testid=stException]").count()

    def text(self) -> str:
        return self.page.inner_text("[data-testid=stMain]")

    def picture(self, key: str) -> str:
        """What a chart shows at this moment."""
        return self.page.locator(f".st-key-figure_{key} svg.marks").first.inner_html()

    def pull(self, slider: str, presses: int, key: str = "ArrowRight") -> None:
        handle = self.page.locator(f"input[name=slider-{slider}]")
        for _ in range(presses):
            handle.press(key)
        self.page.wait_for_timeout(150)


@pytest.fixture
def visit(server: str, browser: Browser) -> Iterator[Callable[..., Visit]]:
    """Open tabs, each of a learner of its own; nothing may have gone wrong in any."""
    contexts: list[BrowserContext] = []
    visits: list[Visit] = []

    def new_visit(
        path: str = "",
        width: int = 1280,
        theme: Literal["light", "dark"] = "light",
        motion: Literal["reduce", "no-preference"] = "no-preference",
    ) -> Visit:
        context = browser.new_context(
            viewport={"width": width, "height": 900}, color_scheme=theme, reduced_motion=motion
        )
        context.set_default_timeout(60_000)
        contexts.append(context)
        visits.append(Visit(server, context))
        visits[-1].open(path)
        return visits[-1]

    yield new_visit
    for context in contexts:
        context.close()
    assert [complaint for tab in visits for complaint in tab.complaints] == []
