"""Under which names the app answers, where others reach it, and what its page has at first."""

import base64
import hashlib
import re
import socket
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.config import get_option, set_option
from streamlit.web.server.app_discovery import discover_asgi_app

from core.course.mistakes import MISTAKES
from deploy import addresses, serving

ROOT = Path(__file__).parents[1]
NAMES = ["localhost", "laptop", "laptop.local", "course.example.org", "*.school.example"]


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8501", "LOCALHOST", "127.0.0.1:8501", "[::1]:8501", "[::1]"),
        *("192.168.1.7", "10.0.0.255:8501", "laptop:8501", "laptop.local", "Laptop.local."),
        *("course.example.org", "lab.school.example"),
    ],
)
def test_it_answers_to_numbers_to_this_machines_names_and_to_those_allowed(host: str) -> None:
    assert serving.is_called_by(host, NAMES)


@pytest.mark.parametrize(
    "host",
    [
        *("", ":8501", ".", "example.org", "localhost.example.org", "127.0.0.1.example.org", "7.a"),
        *("laptop.example.org", "x.course.example.org", "school.example", "localhost@example.org"),
        *("example.org@localhost", "localhost/x", "localhost:x", "localhost:99999", "[::1", "a b"),
    ],
)
def test_it_answers_to_nothing_else(host: str) -> None:
    assert not serving.is_called_by(host, NAMES)


def test_behind_a_proxy_it_answers_to_every_name() -> None:
    assert serving.is_called_by("anything.example.org", ["*"])


@pytest.mark.parametrize("name", ["Laptop", "laptop.local", "laptop.school.example"])
def test_its_own_names_are_those_that_no_other_site_can_have(
    monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(socket, "gethostname", lambda: name)
    assert serving.own_names() == ["localhost", "laptop", "laptop.local"]


@pytest.fixture
def listen(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str | None], None]]:
    """Let the server listen somewhere, on a machine with two addresses."""
    monkeypatch.setattr(serving, "in_the_network", lambda: ["192.168.1.7", "10.8.0.2"])
    before = get_option("server.address")
    yield lambda address: set_option("server.address", address)
    set_option("server.address", before)


@pytest.mark.parametrize(
    ("address", "found"),
    [
        (None, ["192.168.1.7", "10.8.0.2"]),
        ("0.0.0.0", ["192.168.1.7", "10.8.0.2"]),
        ("10.8.0.2", ["10.8.0.2"]),
        ("127.0.0.1", []),
        ("localhost", []),
    ],
)
def test_others_reach_it_only_where_it_listens(
    listen: Callable[[str | None], None], address: str | None, found: list[str]
) -> None:
    listen(address)
    assert serving.network_addresses() == found


def test_behind_a_proxy_it_does_not_know_where_others_reach_it(
    listen: Callable[[str | None], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    listen(None)
    monkeypatch.setattr(sys, "argv", ["streamlit_app.py", "--behind-proxy"])
    assert serving.network_addresses() == []


def test_no_address_in_the_network_is_one_that_others_cannot_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen = ["10.0.0.5", "127.0.0.1", "169.254.3.4", "0.0.0.0", "192.168.1.7", "10.0.0.5"]
    monkeypatch.setattr(addresses, "_of_the_default_route", lambda: iter(seen[:1]))
    monkeypatch.setattr(addresses, "_of_interfaces", lambda: iter(seen[1:]))
    assert addresses.in_the_network() == ["10.0.0.5", "192.168.1.7"]


def test_a_machine_in_no_network_has_no_address(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise OSError("Network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", fail)
    monkeypatch.setattr(socket, "if_nameindex", lambda: [(1, "lo")])
    assert addresses.in_the_network() == []


def test_streamlit_run_finds_the_app() -> None:
    assert discover_asgi_app(ROOT / "streamlit_app.py").import_string == "streamlit_app:app"


def test_the_page_is_ours_until_its_scripts_have_run() -> None:
    page = serving.first_page("mistakes", "en")
    assert '<html lang="en" translate="no">' in page
    assert '<meta name="google" content="notranslate" />' in page
    assert "<title>Learning Rate Lab</title>" in page
    assert "<h1>What does it look like when the code is wrong?</h1>" in page
    assert f"Here are {len(MISTAKES)} scripts, each with one slip" in page
    assert "<h1>Learning Rate Lab</h1>" in serving.first_page(None, "en")
    dark = page[page.index("prefers-color-scheme: dark") :]
    assert get_option("theme.dark.backgroundColor") in dark
    assert get_option("theme.dark.textColor") in dark


def test_of_scripts_in_the_page_only_its_own_are_allowed() -> None:
    page = (serving.STATIC / "index.html").read_text(encoding="utf-8")
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert scripts
    digests = [hashlib.sha256(script.encode()).digest() for script in scripts]
    allowed = re.findall(r"'sha256-([^']+)'", serving.policy(serving.first_page("data", "en")))
    assert allowed == [base64.b64encode(digest).decode() for digest in digests]
