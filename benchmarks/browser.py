"""How long a learner waits: our pages in real Chromium, beside the barest Streamlit page.

Run ``make benchmark``, or ``CHROMIUM=… python -m benchmarks.browser``. All figures are medians and
95th percentiles of one run, in which the pages take turns.
"""

import os
import platform
import socket
import statistics
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parent.parent
ROUNDS = 21
FRAMES = 60
MOST_RATIO = 1.5
MOST_FRAME_MS = 50

# Resolves with the time from the next key press, or click, to the first frame that shows a changed
# chart.
WAIT_FOR_PICTURE = """(chart) => {
    window.pictureTime = new Promise((resolve) => {
        let begin;
        const listen = (event) => { begin ??= event.timeStamp; };
        for (const kind of ["keydown", "click"])
            document.addEventListener(kind, listen, { capture: true });
        const watch = new MutationObserver(() => {
            if (begin === undefined) return;
            watch.disconnect();
            for (const kind of ["keydown", "click"])
                document.removeEventListener(kind, listen, { capture: true });
            requestAnimationFrame(() => resolve(performance.now() - begin));
        });
        const options = { childList: true, subtree: true, attributes: true, characterData: true };
        watch.observe(document.querySelector(chart), options);
    });
}"""

# Moves a slider to and fro at every frame the browser draws; the times from frame to frame.
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


@dataclass(frozen=True)
class Case:
    """A change on a page: the control that is focused, the key, and the chart that answers.

    Without a key the control is a chart, which is clicked now here, now there.
    """

    name: str
    app: str
    path: str
    control: str
    key: str
    chart: str


CHART = "[data-testid=stVegaLiteChart]"
SLIDER = "[data-testid=stSlider] :is([role=slider], input)"
SEED = ".st-key-seed input"
EIGHT_RATES = "&".join(f"lrs={rate}" for rate in (0.001, 0.01, 0.05, 0.2, 0.3, 0.6, 0.7, 0.9))
CASES = (
    Case("bare page, slider", "bare", "", SLIDER, "ArrowRight", CHART),
    Case(
        "Data, next seed", "ours", "data?show=all", SEED, "ArrowUp", f".st-key-figure_guess {CHART}"
    ),
    Case(
        "Loss surface, next seed", "ours", "loss-surface?show=all", SEED, "ArrowUp",
        f".st-key-figure_surface {CHART}",
    ),
    Case(
        "Gradient steps, next seed", "ours", "gradient-steps?show=all&run=200x0.1", SEED, "ArrowUp",
        f".st-key-figure_loss {CHART}",
    ),
    Case(
        "Learning rates, next seed", "ours", "learning-rates?show=all", SEED, "ArrowUp",
        f".st-key-figure_rate_losses {CHART}",
    ),
    Case(
        "Learning rates, one of eight", "ours", f"learning-rates?show=all&{EIGHT_RATES}",
        f".st-key-figure_ruler {CHART}", "", f".st-key-figure_rate_losses {CHART}",
    ),
)  # fmt: skip
DRAGS = (
    ("Start, 100 points", "", "log_rate"),
    ("Data, 1,000 points", "data?show=all&n=1000", "guess_w"),
    ("Loss surface, 1,000 points", "loss-surface?show=all&n=1000", "guess_b"),
    ("the bowl", "loss-surface", "turn"),
    ("Gradient steps, 1,000 points", "gradient-steps?show=all&n=1000&run=200x0.1", "slot"),
    ("Learning rates, eight of them", f"learning-rates?show=all&{EIGHT_RATES}", "slot"),
)


def find_free_port() -> int:
    """Find a port that nobody listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serve(script: str, port: int | None = None) -> Iterator[str]:
    """Run a Streamlit script, on any free port unless one is given; give its address."""
    port = find_free_port() if port is None else port
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "streamlit", "run", script),
            *("--server.port", str(port), "--server.address", "127.0.0.1"),
            *("--server.headless", "true"),
        ],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    address = f"http://127.0.0.1:{port}"
    try:
        wait_until_healthy(address, process)
        yield address
    finally:
        process.terminate()
        process.wait()


def wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the app answers; fail if it does not within a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health") as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError("the app did not start")


def open_page(browser: Browser, address: str) -> Page:
    """Open a page and wait until its charts stand."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(address)
    page.wait_for_selector(f"{CHART} svg.marks", timeout=60_000)
    page.wait_for_timeout(2_000)
    return page


def time_to_picture(page: Page, case: Case, turn: int) -> float:
    """Press the key once, or click; milliseconds until the chart has changed."""
    page.evaluate(WAIT_FOR_PICTURE, case.chart)
    if case.key:
        page.focus(case.control)
        page.keyboard.press(case.key)
    else:
        page.locator(case.control).click(position={"x": 300 + 40 * (turn % 9), "y": 100})
    milliseconds = float(page.evaluate("window.pictureTime"))
    page.wait_for_timeout(500)
    return milliseconds


def percentile_95(values: list[float]) -> float:
    """Find the value that 95 % do not exceed."""
    return statistics.quantiles(values, n=20)[-1]


def main() -> None:
    """Measure, and print two tables."""
    print(f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}\n")
    with (
        serve("benchmarks/bare_app.py") as bare,
        serve("streamlit_app.py") as ours,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        open_page(browser, f"{ours}/learning-rates?show=all").close()  # warms the trainer up
        addresses = {"bare": bare, "ours": ours}
        pages = {case: open_page(browser, f"{addresses[case.app]}/{case.path}") for case in CASES}
        times: dict[Case, list[float]] = {case: [] for case in CASES}
        for turn in range(ROUNDS + 1):
            for case, page in pages.items():
                milliseconds = time_to_picture(page, case, turn)
                if turn:  # the first round does not count
                    times[case].append(milliseconds)
        print_changes(times)
        for page in pages.values():
            page.close()
        print_drags(browser, ours)
        browser.close()


def print_changes(times: dict[Case, list[float]]) -> None:
    """Print how long each change took, and whether the target holds."""
    yardstick = statistics.median(times[CASES[0]])
    print("| key press or click to new picture | median ms | 95 % ms | times the bare page |")
    print("|---|---:|---:|---:|")
    for case, values in times.items():
        median = statistics.median(values)
        print(
            f"| {case.name} | {median:.0f} | {percentile_95(values):.0f} "
            f"| {median / yardstick:.2f} |"
        )
    worst = max(statistics.median(values) for values in times.values()) / yardstick
    verdict = "holds" if worst <= MOST_RATIO else "FAILS"
    print(f"\nTarget: at most {MOST_RATIO} times the bare page: {verdict}, {worst:.2f}.\n")


def print_drags(browser: Browser, address: str) -> None:
    """Print what a frame costs while a slider is dragged, and whether the target holds."""
    print("| dragging a slider | median ms a frame | 95 % ms |")
    print("|---|---:|---:|")
    medians = []
    for name, path, slider in DRAGS:
        page = open_page(browser, f"{address}/{path}")
        values = page.evaluate(DRAG, [slider, FRAMES])
        medians.append(statistics.median(values))
        print(f"| {name} | {medians[-1]:.0f} | {percentile_95(values):.0f} |")
        page.close()
    verdict = "holds" if max(medians) <= MOST_FRAME_MS else "FAILS"
    print(f"\nTarget: at most {MOST_FRAME_MS} ms a frame: {verdict}, {max(medians):.0f} ms.")


if __name__ == "__main__":
    main()
