"""A running server and a real Chromium."""

import os
from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from playwright.sync_api import (
    Browser,
    sync_playwright,
)

from benchmarks.measuring import serve
from tests.support.browser import Learners, Visit


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
