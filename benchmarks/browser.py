"""How long a learner waits: our pages in Chromium, beside a minimal page and the naive app.

Run ``make benchmark``, or ``CHROMIUM=… python -m benchmarks.browser``. All figures are of one run,
in which the compared pages take turns. The bare page and the naive app run as Streamlit is
installed, so without uvloop; the bare page also once with it.
"""

import os
import statistics
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, Position, WebSocket, sync_playwright

from benchmarks.measuring import (
    find_free_port,
    machine,
    percentile,
    running,
    serve,
    streamlit_run,
    verdict,
)

ROUNDS = 41
COLD_STARTS = 7
FRAMES = 120

MOST_SPREAD = 1.4
LEAST_RATIO_OF_NAIVE = 5.0
MOST_COLD_START = 1.3
LEAST_FRAMES = 50

# Resolves once the page has settled after the next key press or click, with the times from there to
# the frames that show the first and the last of the charts that have changed. The chart that is
# itself the control does not count. With `anew`, only a chart that is rebuilt counts as changed.
# Each is watched until its first change only, so that watching adds little to what is measured.
WAIT_FOR_PICTURES = """([control, anew]) => {
    const chart = "[data-testid=stVegaLiteChart]";
    const own = document.querySelector(control).closest(chart);
    const watched = new Map();
    const times = [];
    window.pictureTimes = new Promise((resolve) => {
        let begin;
        let latest = Infinity;
        const listen = (event) => { begin ??= event.timeStamp; };
        for (const kind of ["keydown", "click"])
            document.addEventListener(kind, listen, { capture: true, once: true });
        const note = (found) => {
            watched.get(found).disconnect();
            requestAnimationFrame(() => {
                latest = performance.now();
                times.push(latest - begin);
            });
        };
        const isNew = ({ addedNodes }) => [...addedNodes].some(
            (node) => node.matches?.("svg.marks") || node.querySelector?.("svg.marks"));
        const watch = (found) => {
            if (found === own || watched.has(found)) return;
            watched.set(found, new MutationObserver((records) => {
                if (begin !== undefined && (!anew || records.some(isNew))) note(found);
            }));
            watched.get(found).observe(found, {
                childList: true, subtree: true, attributes: !anew, characterData: !anew,
            });
        };
        document.querySelectorAll(chart).forEach(watch);
        // A chart that was not there before has changed as soon as it is drawn.
        const arrivals = new MutationObserver(() => {
            for (const found of document.querySelectorAll(chart)) {
                if (begin === undefined || watched.has(found)) continue;
                watch(found);
                if (found.querySelector("svg.marks")) note(found);
            }
        });
        arrivals.observe(document.body, { childList: true, subtree: true });
        const settle = setInterval(() => {
            const state = document.querySelector("[data-test-script-state]")
                .getAttribute("data-test-script-state");
            if (state !== "notRunning" || performance.now() < latest + 300) return;
            clearInterval(settle);
            arrivals.disconnect();
            watched.forEach((one) => one.disconnect());
            resolve([Math.min(...times), Math.max(...times)]);
        }, 20);
    });
}"""

# Moves a slider back and forth at every animation frame; resolves with the frame times.
DRAG = """async ([name, frames]) => {
    const input = document.querySelector(`input[name=slider-${name}]`);
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < frames; frame += 1) {
        input.value = Math.round((0.3 + 0.4 * Math.abs(Math.sin(frame / 9))) * input.max);
        input.dispatchEvent(new Event("input", { bubbles: true }));
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times;
}"""

# The same with the pointer, in circles over a chart.
POINT = """async ([key, frames]) => {
    const plot = document.querySelector(
        `.st-key-figure_${key} svg.marks .mark-group.role-frame.root > g > path.background`);
    plot.scrollIntoView({ block: "center" });
    const box = plot.getBoundingClientRect();
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let frame = 0; frame < frames; frame += 1) {
        plot.dispatchEvent(new PointerEvent("pointermove", {
            bubbles: true, pointerType: "mouse",
            clientX: box.left + box.width * (0.5 + 0.4 * Math.cos(frame / 9)),
            clientY: box.top + box.height * (0.5 + 0.4 * Math.sin(frame / 9)),
        }));
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times;
}"""


# Tells whether the script has run, and every chart is drawn.
IS_IDLE = """(chart) => document.querySelector("[data-test-script-state=notRunning]")
    && [...document.querySelectorAll(chart)].every((one) => one.querySelector(".marks"))"""


@dataclass(frozen=True)
class Case:
    """A change on a page: the control that is focused, and the key.

    Without a key it is clicked: a chart at alternating places. ``opens`` is the button of the panel
    that the control is in.
    """

    name: str
    app: str
    path: str
    control: str
    key: str = ""
    opens: str = ""
    most_ratio: float = 1.5


CHART = "[data-testid=stVegaLiteChart]"
SLIDER = "[data-testid=stSlider] :is([role=slider], input)"
NEW_SAMPLE = "button:has-text('New sample')"
EIGHT_RATES = "&".join(f"lrs={rate}" for rate in (0.001, 0.01, 0.05, 0.2, 0.3, 0.6, 0.7, 0.9))
BARE = Case("the bare page", "bare", "", SLIDER, "ArrowRight")
BARE_WITH_UVLOOP = Case("the bare page, with uvloop", "bare_uvloop", "", SLIDER, "ArrowRight")
NAIVE = Case("the naive app", "naive", "", SLIDER, "ArrowRight")
DATA_PANEL = ".st-key-change_data button"
LESSONS = (
    Case("Data, next seed", "ours", "data?show=all", NEW_SAMPLE, most_ratio=1.3),
    Case("Loss surface, next seed", "ours", "loss-surface?show=all", NEW_SAMPLE, opens=DATA_PANEL),
    Case(
        "Gradient steps, next seed", "ours", "gradient-steps?show=all&run=200x0.1", NEW_SAMPLE,
        opens=DATA_PANEL,
    ),
    Case(
        "Learning rates, next seed", "ours", "learning-rates?show=all", NEW_SAMPLE,
        opens=DATA_PANEL, most_ratio=1.6,
    ),
    Case(
        "Learning rates, one of eight", "ours", f"learning-rates?show=all&{EIGHT_RATES}",
        f".st-key-figure_ruler {CHART}",
    ),
)  # fmt: skip

# Where to go from each page, by the words in the navigation, and back.
PAGE_CHANGES = {
    "bare": ("", ("Points", "Line")),
    "ours": (
        "data?show=all",
        ("Loss surface", "Gradient steps", "Learning rates", "Start", "Data"),
    ),
}

SCRUBS = (
    ("Start, 100 points", "", DRAG, "log_rate"),
    ("Data, 1,000 points", "data?show=all&n=1000", DRAG, "guess_w"),
    ("Loss surface, 1,000 points", "loss-surface?show=all&n=1000", DRAG, "guess_b"),
    ("pointing at its map", "loss-surface?show=all&n=1000", POINT, "surface"),
    ("turning the bowl", "loss-surface?show=all&part=bowl", DRAG, "turn"),
    ("Gradient steps, 1,000 points", "gradient-steps?show=all&n=1000&run=200x0.1", DRAG, "slot"),
    ("pointing along its loss", "gradient-steps?show=all&n=1000&run=200x0.1", POINT, "loss"),
    ("Learning rates, eight of them", f"learning-rates?show=all&{EIGHT_RATES}", DRAG, "slot"),
    ("the ball in its bowl", "learning-rates?show=all", DRAG, "share_at"),
    ("pointing at the ruler", "learning-rates?show=all", POINT, "ruler"),
)


@dataclass
class Tab:
    """A page in the browser, with the sizes of its messages to and from the server, in bytes."""

    page: Page
    sent: list[int]
    received: list[int]

    def bytes_since(self, messages: tuple[int, int]) -> tuple[int, int]:
        """Sum the bytes each way, after the first messages of each."""
        return sum(self.sent[messages[0] :]), sum(self.received[messages[1] :])

    def messages(self) -> tuple[int, int]:
        """Count the messages each way."""
        return len(self.sent), len(self.received)


@dataclass(frozen=True)
class Change:
    """What followed a key press or click: milliseconds to the pictures, bytes each way."""

    first: float
    last: float
    sent: int = 0
    received: int = 0


def open_tab(browser: Browser, address: str) -> Tab:
    """Open a page in a new browser context, and wait until its charts are drawn."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    tab = Tab(page, [], [])

    def listen(socket: WebSocket) -> None:
        socket.on("framesent", lambda data: tab.sent.append(len(data)))
        socket.on("framereceived", lambda data: tab.received.append(len(data)))

    page.on("websocket", listen)
    page.goto(address)
    page.wait_for_selector(f"{CHART} svg.marks", timeout=180_000)
    return tab


def open_case(browser: Browser, address: str, case: Case) -> Tab:
    """Open the page of a case, with the panel that its control is in."""
    tab = settle(open_tab(browser, f"{address}/{case.path}"))
    if case.opens:
        tab.page.click(case.opens)
        tab.page.wait_for_selector(case.control)
    return settle(tab)


def settle(tab: Tab) -> Tab:
    """Wait until the page is idle, so that the next change is measured alone."""
    tab.page.wait_for_function(IS_IDLE, arg=CHART, timeout=60_000)
    tab.page.wait_for_timeout(1_000)
    return tab


def change(tab: Tab, case: Case, turn: int) -> Change:
    """Press the key once, or click, and wait until the page has settled."""
    before = tab.messages()
    own = case.control if CHART in case.control else "body"
    tab.page.evaluate(WAIT_FOR_PICTURES, [own, False])
    if case.key:
        tab.page.focus(case.control)
        tab.page.keyboard.press(case.key)
    else:
        click(tab.page, case.control, turn)
    first, last = tab.page.evaluate("window.pictureTimes")
    tab.page.wait_for_timeout(200)
    return Change(first, last, *tab.bytes_since(before))


def click(page: Page, control: str, turn: int) -> None:
    """Click a control; a chart at another place each turn."""
    position: Position | None = {"x": 300 + 40 * (turn % 9), "y": 100} if CHART in control else None
    page.locator(control).click(position=position)


def take_turns(tabs: Mapping[Case, Tab], rounds: int) -> dict[Case, list[Change]]:
    """Make changes, page by page in turns; the first round does not count."""
    changes: dict[Case, list[Change]] = {case: [] for case in tabs}
    for turn in range(rounds + 1):
        for case, tab in tabs.items():
            made = change(tab, case, turn)
            if turn:
                changes[case].append(made)
    return changes


def print_changes(changes: Mapping[Case, Sequence[Change]]) -> None:
    """Print how long changes took, and whether the targets hold."""
    print(
        "| key press or click to new picture | first chart, median ms | 95 % | times bare "
        "| last chart, median ms | 95 % | times bare | bytes sent | received |"
    )
    print("|---|" + "---:|" * 8)
    wholes = {case: [each.last for each in made] for case, made in changes.items()}
    yardstick = statistics.median(wholes[BARE])
    ratios = {case: statistics.median(whole) / yardstick for case, whole in wholes.items()}
    for case, made in changes.items():
        first = [each.first for each in made]
        cells = [
            f"{statistics.median(first):.0f}",
            f"{percentile(first, 95):.0f}",
            f"{statistics.median(first) / yardstick:.2f}",
            f"{statistics.median(wholes[case]):.0f}",
            f"{percentile(wholes[case], 95):.0f}",
            f"{ratios[case]:.2f}",
            f"{statistics.median(each.sent for each in made):,.0f}",
            f"{statistics.median(each.received for each in made):,.0f}",
        ]
        print(f"| {case.name} | {' | '.join(cells)} |")
    print(f"\nThe bare page has one chart. {ROUNDS} changes each. Targets, to the last chart:\n")
    for case in LESSONS:
        target = f"{case.name}: at most {case.most_ratio} times the bare page"
        print(verdict(target, ratios[case] <= case.most_ratio, f"{ratios[case]:.2f} times"))
        spread = percentile(wholes[case], 95) / statistics.median(wholes[case])
        target = f"{case.name}: 95 % within {MOST_SPREAD} times the median"
        print(verdict(target, spread <= MOST_SPREAD, f"{spread:.2f} times"))
    target = f"the naive app takes at least {LEAST_RATIO_OF_NAIVE:g} times as long as the bare page"
    naive = ratios[NAIVE]
    print(verdict(target, naive >= LEAST_RATIO_OF_NAIVE, f"{naive:.1f} times"), end="\n\n")


def change_page(tab: Tab, title: str) -> float:
    """Click in the navigation; milliseconds until the last chart of that page stands."""
    link = f"[data-testid=stTopNavLink]:has-text('{title}')"
    tab.page.evaluate(WAIT_FOR_PICTURES, ["body", True])
    tab.page.click(link)
    _, last = tab.page.evaluate("window.pictureTimes")
    tab.page.wait_for_timeout(500)
    return float(last)


def print_page_changes(tabs: Mapping[str, Tab]) -> None:
    """Print how long it takes from a click in the navigation to the page's last chart."""
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(ROUNDS // 2 + 1):
        for app, (_, titles) in PAGE_CHANGES.items():
            for title in titles:
                milliseconds = change_page(tabs[app], title)
                if turn:
                    times.setdefault((app, title), []).append(milliseconds)
    bare = statistics.median(t for (app, _), some in times.items() if app == "bare" for t in some)
    print("| page change, to its last chart | median ms | 95 % | times bare |")
    print("|---|---:|---:|---:|")
    for (app, title), some in times.items():
        median = statistics.median(some)
        print(
            f"| {'two bare pages: ' if app == 'bare' else ''}{title} | {median:.0f} "
            f"| {percentile(some, 95):.0f} | {median / bare:.2f} |"
        )
    print()


def cold_start(browser: Browser, script: str, slider: str) -> float:
    """Start an app and open it; seconds until its first chart has followed its slider."""
    port = find_free_port()
    begin = time.perf_counter()
    with running(streamlit_run(script, port, with_uvloop=script == "streamlit_app.py"), port):
        tab = open_tab(browser, f"http://127.0.0.1:{port}")
        tab.page.wait_for_selector(slider)
        tab.page.evaluate(WAIT_FOR_FRAME, CHART)
        tab.page.focus(slider)
        tab.page.keyboard.press("ArrowRight")
        tab.page.evaluate("window.frame")
        seconds = time.perf_counter() - begin
        tab.page.close()
    return seconds


# Resolves with the next frame in which a chart has changed.
WAIT_FOR_FRAME = """(chart) => {
    window.frame = new Promise((resolve) => {
        const watch = new MutationObserver(() => {
            watch.disconnect();
            requestAnimationFrame(resolve);
        });
        const options = { childList: true, subtree: true, attributes: true, characterData: true };
        watch.observe(document.querySelector(chart), options);
    });
}"""


def print_cold_starts(browser: Browser) -> None:
    """Print how long an app takes from its process's start to a first responsive page."""
    apps = {
        "the bare page": ("benchmarks/bare_app.py", SLIDER),
        "the naive app": ("benchmarks/naive_app.py", SLIDER),
        "ours": ("streamlit_app.py", "input[name=slider-log_rate]"),
    }
    times: dict[str, list[float]] = {name: [] for name in apps}
    for turn in range(COLD_STARTS + 1):
        for name, (script, slider) in apps.items():
            seconds = cold_start(browser, script, slider)
            if turn:  # the first fills the file system's cache
                times[name].append(seconds)
    bare = statistics.median(times["the bare page"])
    print("| start of the process to a slider that answers | median s | 95 % | times bare |")
    print("|---|---:|---:|---:|")
    for name, some in times.items():
        median = statistics.median(some)
        print(f"| {name} | {median:.2f} | {percentile(some, 95):.2f} | {median / bare:.2f} |")
    ratio = statistics.median(times["ours"]) / bare
    target = f"a cold start takes at most {MOST_COLD_START} times the bare page's"
    print(f"\n{verdict(target, ratio <= MOST_COLD_START, f'{ratio:.2f} times')}\n")


def print_scrubs(browser: Browser, address: str) -> None:
    """Print how fast charts follow a slider or the pointer, and whether they send requests."""
    print(
        "| scrubbing, pointing, turning | frames a second | median ms a frame | 95 % | messages |"
    )
    print("|---|---:|---:|---:|---:|")
    rates, said = [], 0
    for name, path, script, what in SCRUBS:
        tab = settle(open_tab(browser, f"{address}/{path}"))
        before, _ = tab.messages()
        times = tab.page.evaluate(script, [what, FRAMES])
        tab.page.wait_for_timeout(500)
        messages = tab.messages()[0] - before
        rates.append(1000 / statistics.mean(times))
        said += messages
        print(
            f"| {name} | {rates[-1]:.0f} | {statistics.median(times):.0f} "
            f"| {percentile(times, 95):.0f} | {messages} |"
        )
        tab.page.close()
    target = f"at least {LEAST_FRAMES} frames a second"
    print(f"\n{verdict(target, min(rates) >= LEAST_FRAMES, f'{min(rates):.0f}')}")
    print(verdict("no message to the server", not said, f"{said} messages"))


def main() -> None:
    """Measure, and print the tables."""
    print(machine("streamlit", "altair"), end="\n\n")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        print_cold_starts(browser)
        with (
            serve("benchmarks/bare_app.py", with_uvloop=False) as bare,
            serve("benchmarks/bare_app.py") as bare_uvloop,
            serve("benchmarks/bare_pages.py", with_uvloop=False) as bare_pages,
            serve("benchmarks/naive_app.py", with_uvloop=False) as naive,
            serve("streamlit_app.py") as ours,
        ):
            # Warms the trainer up.
            settle(open_tab(browser, f"{ours}/learning-rates?show=all")).page.close()
            addresses = {"bare": bare, "bare_uvloop": bare_uvloop, "naive": naive, "ours": ours}
            tabs = {
                case: open_case(browser, addresses[case.app], case)
                for case in (BARE, BARE_WITH_UVLOOP, NAIVE, *LESSONS)
            }
            print_changes(take_turns(tabs, ROUNDS))
            for tab in tabs.values():
                tab.page.close()
            addresses["bare"] = bare_pages
            travellers = {
                app: settle(open_tab(browser, f"{addresses[app]}/{path}"))
                for app, (path, _) in PAGE_CHANGES.items()
            }
            print_page_changes(travellers)
            for tab in travellers.values():
                tab.page.close()
            print_scrubs(browser, ours)
        browser.close()


if __name__ == "__main__":
    main()
