"""Learners' tabs in a real Chromium, and what a learner does in them."""

import re
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    CDPSession,
    ConsoleMessage,
    Locator,
    Page,
    WebSocket,
)
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from core.course import predictions
from core.course.mistakes import MISTAKES
from tests.support.numbers import as_number

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


# What changes on a page within some time.
CHANGES = """() => new Promise(resolve => {
    const changed = [];
    const watch = new MutationObserver(records => changed.push(...records.map(
        ({ type, target }) => `${type} of ${target.nodeName} ${target.className ?? ""}`)));
    watch.observe(document.querySelector("[data-testid=stMain]"), {
        childList: true, subtree: true, attributes: true, characterData: true,
    });
    setTimeout(() => resolve(changed), 600);
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


Place = tuple[float, float]  # on the screen, in pixels


class Fingers:
    """The fingers on a touch screen."""

    def __init__(self, tab: Visit) -> None:
        self.page = tab.page
        self.session: CDPSession = tab.page.context.new_cdp_session(tab.page)
        self.session.send("Emulation.setTouchEmulationEnabled", {"enabled": True})

    def _send(self, kind: str, *places: Place) -> None:
        points = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(places)]
        self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    def drag(self, *ways: tuple[Place, Place], moves: int = 8) -> None:
        """Move a finger along each way, all at the same time."""
        self._send("touchStart", *(start for start, _ in ways))
        for move in range(1, moves + 1):
            share = move / moves
            places = [
                (x + share * (to_x - x), y + share * (to_y - y)) for (x, y), (to_x, to_y) in ways
            ]
            self._send("touchMove", *places)
            self.page.wait_for_timeout(16)
        self._send("touchEnd")
        self.page.wait_for_timeout(300)


class Learners:
    """Browsers of learners who do not know of each other; who leaves, hands theirs on, cleaned.

    What it has fetched from the server stays in it: to load the app anew takes longer than most
    tests do.
    """

    def __init__(self, browser: Browser, server: str, traced: bool = False) -> None:
        self.browser = browser
        self.server = server
        self.traced = traced
        self.complained = False
        self.idle: list[BrowserContext] = []
        self.busy: list[BrowserContext] = []

    def come(self) -> BrowserContext:
        context = self.idle.pop() if self.idle else self._new_context()
        self.busy.append(context)
        if self.traced:
            context.tracing.start_chunk()
        return context

    def _new_context(self) -> BrowserContext:
        """Start a browser; its first tab stays where no script runs that could store things."""
        context = self.browser.new_context()
        context.set_default_timeout(1_000 * PATIENCE)
        context.new_page().goto(f"{self.server}/_stcore/health")
        if self.traced:
            context.tracing.start(snapshots=True)
            context.tracing.stop_chunk()
        return context

    def leave(self, folder: Path | None = None) -> None:
        """Close the other tabs, and forget what they have stored; keep traces in a folder."""
        while self.busy:
            context = self.busy.pop()
            if self.traced:
                context.tracing.stop_chunk(path=folder and folder / f"trace-{len(self.busy)}.zip")
            first, *others = context.pages
            for page in others:
                page.close()
            first.evaluate("localStorage.clear()")
            context.clear_cookies()
            self.idle.append(context)
        self.complained = False


Visits = Callable[..., Visit]


def hand(tab: Visit) -> tuple[float, float]:
    """Where the sliders for w and b stand."""
    outputs = tab.page.locator(".lrl-sliders label output").all_inner_texts()
    return as_number(outputs[0]), as_number(outputs[1])


def set_slider(tab: Visit, slider: str, wanted: float) -> None:
    """Put a slider where a hand could put it, and let go."""
    tab.page.eval_on_selector(
        f"input[name=slider-{slider}]",
        """(input, share) => {
            input.value = Math.round(share * input.max);
            input.dispatchEvent(new Event("input", { bubbles: true }));
            input.dispatchEvent(new Event("change", { bubbles: true }));
        }""",
        wanted,
    )
    tab.drawn()


def steer(tab: Visit, slider: str, wanted: float) -> None:
    """Move a slider to the place nearest to a value."""
    shares = (0.0, 1.0)
    ends = []
    for share in shares:
        set_slider(tab, slider, share)
        ends.append(hand(tab)[0 if slider == "guess_w" else 1])
    set_slider(tab, slider, (wanted - ends[0]) / (ends[1] - ends[0]))


def press(tab: Visit, label: str) -> None:
    with tab.answered():
        tab.page.get_by_role("button", name=label, exact=True).click()


def shown_step(tab: Visit) -> int:
    return int(as_number(tab.page.locator(".lrl-sliders output").inner_text().split(":")[0]))


def go_to(tab: Visit, title: str) -> None:
    navigation = tab.page.locator("[data-testid=stTopNavLinkContainer], [data-testid=stHeader]")
    with tab.answered():
        navigation.get_by_role("link", name=re.compile(f"^{title}( ✓)?$")).first.click()


def choose_answer(tab: Visit, question: str, choice: str) -> None:
    group = tab.page.locator("[data-testid=stRadio]", has_text=question)
    group.locator("label", has_text=choice).last.click()


def wait_for_message(tab: Visit, words: str) -> None:
    tab.page.locator("[data-testid=stAlert]", has_text=words).wait_for()


def prompt_of(tab: Visit, name: str) -> Locator:
    return tab.page.locator(f".st-key-predict_{name}")


def check(tab: Visit, name: str) -> str:
    with tab.answered():
        prompt_of(tab, name).get_by_role("button", name="Check").click()
    return prompt_of(tab, name).inner_text()


Choosing = predictions.LeastWrong | predictions.WhichWay | predictions.Pictures

LOOKS = 20  # what is stored arrives after the page, and is shown by a rerun


def open_tab(
    server: str, learner: BrowserContext, path: str = "", width: int = 1280, script: str = ""
) -> Visit:
    """Open a tab, with a script that runs before any of the page's own."""
    tab = Visit(server, learner, width)
    if script:
        tab.page.add_init_script(script)
    tab.open(path)
    tab.settle(LOOKS)
    return tab


def find_line(tab: Visit, key: str) -> None:
    """On Mistakes, choose a script and click its wrong line."""
    number = str(list(MISTAKES).index(key) + 1)
    tab.page.locator(".st-key-mistake").get_by_role("radio", name=number, exact=True).click()
    tab.settle()
    with tab.answered():
        click_line(tab, min(MISTAKES[key].to_find))


def click_line(tab: Visit, number: int) -> None:
    """On Mistakes, click a line of the code."""
    tab.page.locator(f".lrl-line[data-number='{number}']").click()


def answer_plus(tab: Visit) -> None:
    find_line(tab, "plus")
    tab.page.get_by_text("The loss grows at every step.").click()
    press(tab, "Check")


def predict(tab: Visit, name: str, prompt: Choosing) -> None:
    letter = prompt.letters[prompt.answer]
    choice = re.compile(rf"^{letter}\b")  # some have words after it
    with tab.answered():
        prompt_of(tab, name).locator("label", has_text=choice).last.click()
    check(tab, name)


def go_on_to_the_line(tab: Visit) -> None:
    """On Data, once the prediction is answered, go on to the line by hand."""
    press(tab, "Now find a better one by hand")


def skip_to_the_line(tab: Visit) -> None:
    """On Data, go on to the line by hand without predicting."""
    press(tab, "Skip to the line by hand")


def reload(tab: Visit) -> None:
    tab.page.reload()
    tab.settle(LOOKS)


def status_of_session(server: str, origin: str = "", host: str = "") -> int:
    """Ask for a session, under another name than the server's if one is given; tell the status.

    Without an origin given, as a page would that was loaded under that name.
    """
    place = urlsplit(server)
    host = host or place.netloc
    with socket.create_connection((place.hostname, place.port), timeout=10) as way:
        try:
            with connect(
                f"ws://{host}/_stcore/stream",
                sock=way,
                origin=origin or f"http://{host}",  # type: ignore[arg-type] # a NewType of str
                subprotocols=["streamlit"],  # type: ignore[list-item] # as above
            ) as opened:
                assert opened.response
                return opened.response.status_code
        except InvalidStatus as refusal:
            return refusal.response.status_code


def is_streamlits_own(tab: Visit, finding: str, target: str) -> bool:
    """Whether Streamlit's own table, code or formula scrolls sideways, where it is too wide.

    Browsers let the keyboard scroll it all the same; axe wants a tabindex to be there.
    """
    if finding != "scrollable-region-focusable":
        return False
    inside = "e => Boolean(e.closest('.stTable, .stCode, .katex-display'))"
    return bool(tab.page.locator(target).first.evaluate(inside))


def serious_findings(tab: Visit) -> list[tuple[str, str, str]]:
    """What axe finds serious or critical on a page: the rule, where, and the HTML."""
    return [
        (finding["id"], node["target"][0], node["html"])
        for finding in Axe().run(tab.page).response["violations"]
        if finding["impact"] in ("serious", "critical")
        for node in finding["nodes"]
        if not is_streamlits_own(tab, finding["id"], node["target"][0])
    ]
