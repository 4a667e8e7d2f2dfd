"""What a first visit costs, and what is seen before the app is there."""

import gzip
import re
from typing import Literal
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from deploy.serving import STATIC
from tests.support.browser import Visit

SCRIPT = re.compile(r"\.js$")


def fetch(address: str, encoding: str) -> tuple[dict[str, str], bytes]:
    with urlopen(Request(address, headers={"Accept-Encoding": encoding})) as answer:
        return {name.lower(): value for name, value in answer.headers.items()}, answer.read()


def test_a_first_visit_loads_less_than_two_megabytes(browser: Browser, server: str) -> None:
    context = browser.new_context()  # one that has fetched nothing yet
    tab = Visit(server, context)
    loaded: list[int] = []
    network = context.new_cdp_session(tab.page)
    network.on("Network.loadingFinished", lambda event: loaded.append(event["encodedDataLength"]))
    network.send("Network.enable")
    tab.open("data")
    assert len(loaded) > 50
    assert sum(loaded) < 2_000_000
    context.close()


def test_what_comes_compressed_is_what_it_was_and_is_kept_as_long(server: str) -> None:
    _, page = fetch(server, "identity")
    packed, body = fetch(server, "gzip")
    assert (packed["content-encoding"], gzip.decompress(body)) == ("gzip", page)
    files = re.findall(r'"\./(static/[^"]+)"', page.decode())
    (font,) = [file for file in files if file.endswith(".woff2")]
    kept, _ = fetch(f"{server}/{font}", "gzip")  # Streamlit's own answer
    assert "immutable" in kept["cache-control"]
    for file in (files[1], files[-1]):
        plain, content = fetch(f"{server}/{file}", "identity")
        packed, body = fetch(f"{server}/{file}", "gzip, br")
        assert gzip.decompress(body) == content == (STATIC / file).read_bytes()
        assert packed["content-encoding"] == "gzip"
        assert packed["cache-control"] == plain["cache-control"] == kept["cache-control"]
        assert packed["content-type"] == plain["content-type"]
        assert packed["vary"] == plain["vary"] == "Accept-Encoding"


@pytest.mark.parametrize(
    ("theme", "colour"), [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 28)")]
)
def test_the_page_has_its_colour_and_name_before_any_script_runs(
    browser: Browser, server: str, theme: Literal["light", "dark"], colour: str
) -> None:
    page = browser.new_page()
    page.emulate_media(color_scheme=theme)
    page.route(SCRIPT, lambda _: None)  # it waits
    page.goto(f"{server}/data", wait_until="commit")
    word = page.get_by_text("Learning Rate Lab")
    word.wait_for()
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(background) == colour
    page.unroute(SCRIPT)
    page.wait_for_selector("[data-testid=stMain] h1")
    assert page.locator("#root > p").count() == 0
    page.close()
