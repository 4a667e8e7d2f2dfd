"""A running server and a real Chromium."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser

from benchmarks.measuring import serve
from tests.support.browser import Learners, Visit


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """Start the app as `make run` does; give its address."""
    with serve("streamlit_app.py") as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Start the Chromium that is named; pytest-playwright does the rest."""
    args = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        # No other machine is there: what asks for one is refused, and a complaint. One name of
        # another site points here (DNS rebinding).
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
    ]
    return {**browser_type_launch_args, "executable_path": os.environ["CHROMIUM"], "args": args}


@pytest.fixture(scope="session")
def all_learners(browser: Browser, server: str, pytestconfig: pytest.Config) -> Learners:
    return Learners(browser, server, traced=pytestconfig.getoption("--tracing") != "off")


@pytest.fixture
def learners(
    all_learners: Learners, output_path: str, request: pytest.FixtureRequest
) -> Iterator[Learners]:
    """Browsers of learners; of a test that fails, ``playwright show-trace`` shows what they did."""
    yield all_learners
    report = getattr(request.node, "rep_call", None)
    failed = all_learners.complained or report is None or report.failed
    all_learners.leave(Path(output_path) if failed else None)


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
    complaints = [complaint for tab in visits for complaint in tab.complaints]
    learners.complained = bool(complaints)
    assert complaints == []
