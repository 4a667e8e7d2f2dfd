"""What a first visit costs, and what is seen before the app is there."""

import gzip
import re
from typing import Literal
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Browser

from core.course.outline import COURSE
from deploy.serving import STATIC
from tests.support.browser import Visit, Visits
from tests.support.tiers import some

ADDRESSES = [page.address for page in COURSE]
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
    kept, whole = fetch(f"{server}/{font}?whole", "gzip")  # Streamlit's own answer
    assert whole == (STATIC / font).read_bytes()
    small, letters = fetch(f"{server}/{font}", "gzip")
    assert small["cache-control"] == kept["cache-control"]
    assert len(letters) < len(whole) / 2
    assert "immutable" in kept["cache-control"]
    for file in (files[1], files[-1]):
        plain, content = fetch(f"{server}/{file}", "identity")
        packed, body = fetch(f"{server}/{file}", "gzip, br")
        assert gzip.decompress(body) == content == (STATIC / file).read_bytes()
        assert packed["content-encoding"] == "gzip"
        assert packed["cache-control"] == plain["cache-control"] == kept["cache-control"]
        assert packed["content-type"] == plain["content-type"]
        assert packed["vary"] == plain["vary"] == "Accept-Encoding"


COLOURS = [("light", "rgb(255, 255, 255)"), ("dark", "rgb(20, 23, 28)")]


@pytest.mark.parametrize(("theme", "colour"), some(COLOURS, COLOURS[-1]))
def test_the_page_has_its_colour_and_name_before_any_script_runs(
    browser: Browser, server: str, theme: Literal["light", "dark"], colour: str
) -> None:
    page = browser.new_page()
    page.emulate_media(color_scheme=theme)
    page.route(SCRIPT, lambda _: None)  # it waits
    page.goto(f"{server}/data", wait_until="commit")
    page.get_by_text("Learning Rate Lab").wait_for()
    background = "getComputedStyle(document.documentElement).backgroundColor"
    assert page.evaluate(background) == colour
    page.unroute(SCRIPT)
    page.wait_for_selector("[data-testid=stMain] h1")
    assert page.locator("#root > header").count() == 0
    page.close()


@pytest.mark.parametrize("address", some(ADDRESSES, "", "report"))
def test_the_first_words_of_a_page_are_there_before_any_script_runs(
    browser: Browser, server: str, address: str
) -> None:
    tab = Visit(server, browser.new_context())
    tab.page.route(SCRIPT, lambda _: None)  # it waits
    tab.page.goto(f"{server}/{address}", wait_until="commit")
    first = tab.page.locator("#root > header")
    first.wait_for()
    words = [first.locator(part).inner_text() for part in ("h1", "p")]
    assert not re.search(r"[*{\[]", "".join(words))
    tab.page.unroute(SCRIPT)
    tab.open(address)
    shown = re.sub(r"\s+", " ", tab.text())
    for said in words:
        assert said in shown
    tab.page.context.close()


def test_no_script_has_to_be_asked_for_only_when_the_first_picture_is_drawn(
    browser: Browser, server: str
) -> None:
    context = browser.new_context()
    tab = Visit(server, context)
    asked: list[str] = []
    tab.page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    tab.open("")
    _, index = fetch(server, "identity")
    scripts = [path for path in asked if SCRIPT.search(path)]
    assert len(scripts) > 50
    assert [path for path in scripts if path.encode() not in index] == []
    context.close()


def test_letters_that_the_small_font_lacks_come_from_the_whole_one(visit: Visits) -> None:
    def whole_fonts(tab: Visit) -> list[str]:
        fonts = tab.page.evaluate("performance.getEntriesByType('resource').map(it => it.name)")
        return [font for font in fonts if font.endswith("?whole")]

    assert whole_fonts(visit("gradient-steps?show=all&task=Łódź, αβγ")) == []
    (font,) = whole_fonts(visit("gradient-steps?show=all&task=Привет"))
    assert "SourceSansVF-Upright" in font


# The names of icons whose text is wider than high: they are written in letters.
MISSING_ICONS = """() => [...document.querySelectorAll("[data-testid=stIconMaterial]")]
    .filter((icon) => {
        const range = document.createRange();
        range.selectNodeContents(icon);
        const size = parseFloat(getComputedStyle(icon).fontSize);
        return range.getBoundingClientRect().width > 1.01 * size;
    })
    .map((icon) => icon.innerText)"""


@pytest.mark.parametrize("address", some(ADDRESSES, "gradient-steps"))
def test_every_icon_is_in_the_font(visit: Visits, address: str) -> None:
    tab = visit(f"{address}?show=all&data=own")
    for panel in tab.page.locator("[data-testid=stPopover] button").all():
        panel.click()
        tab.settle()
        tab.page.keyboard.press("Escape")
    assert tab.page.locator("[data-testid=stIconMaterial]").count()
    assert tab.page.evaluate(MISSING_ICONS) == []
