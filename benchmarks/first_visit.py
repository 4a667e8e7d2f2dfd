"""What a first visit costs on a slow connection: our pages beside the bare page, in Chromium.

Run ``make benchmark``, or ``CHROMIUM=… python -m benchmarks.first_visit``. A phone's window, 1.6
Mbit/s with 150 ms to the server, and a processor four times slower: what Lighthouse takes for a
slow phone, though here it is really slowed down, not simulated.
"""

import math
import os
import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, sync_playwright

from benchmarks.browser import open_tab
from benchmarks.measuring import machine, serve, verdict
from core.course.outline import COURSE

VISITS = 5
SLOW_PHONE = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOWER = 4
MOST_SECONDS_TO_PICTURE = 10.0
MOST_SECONDS_TO_LARGEST = 9.0

# Notes when the first chart stands, when the largest text was painted, and for how long the page
# could not answer: of each task of the main thread what is beyond 50 ms.
OBSERVE = """() => {
    window.visit = { picture: NaN, largest: 0, blocking: 0 };
    const observe = (type, use) => new PerformanceObserver(
        (list) => list.getEntries().forEach(use)).observe({ type, buffered: true });
    observe("largest-contentful-paint", (entry) => { visit.largest = entry.startTime; });
    observe("longtask", (entry) => { visit.blocking += Math.max(0, entry.duration - 50); });
    const look = () => {
        if (document.querySelector("svg.marks, [data-testid=stImage] img"))
            visit.picture = performance.now();
        else requestAnimationFrame(look);
    };
    look();
}"""


@dataclass(frozen=True)
class Cost:
    """Of one visit: seconds to the first picture and largest paint, blocked ms, requests, bytes."""

    picture: float
    largest: float
    blocking: float
    requests: int
    received: int


def visit(browser: Browser, address: str) -> Cost:
    """Open a page as somebody who has never been there."""
    context = browser.new_context(
        viewport={"width": 412, "height": 823}, device_scale_factor=1.75, is_mobile=True
    )
    page = context.new_page()
    network, sizes = context.new_cdp_session(page), list[int]()
    network.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    network.send("Network.enable")
    network.send("Network.emulateNetworkConditions", SLOW_PHONE)
    network.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(f"({OBSERVE})()")
    page.goto(address, wait_until="commit")
    page.wait_for_selector("[data-testid=stMain] :is(h1, svg.marks)", timeout=120_000)
    page.wait_for_timeout(8_000)
    seen = page.evaluate("visit")
    context.close()
    return Cost(
        seen["picture"] / 1000 if seen["picture"] else float("nan"),
        seen["largest"] / 1000,
        seen["blocking"],
        len(sizes),
        sum(sizes),
    )


def print_costs(name: str, costs: Sequence[Cost]) -> Cost:
    """Print the medians of some visits; return them."""
    median = Cost(*(statistics.median(cells) for cells in zip(*map(_cells, costs), strict=True)))
    picture = "–" if math.isnan(median.picture) else f"{median.picture:.1f}"  # a page without one
    print(
        f"| {name} | {picture} | {median.largest:.1f} | {median.blocking:,.0f} "
        f"| {median.requests:.0f} | {median.received / 1000:,.0f} |",
        flush=True,
    )
    return median


def _cells(cost: Cost) -> tuple[float, ...]:
    return tuple(vars(cost).values())


def main() -> None:
    """Measure, and print the table."""
    print(machine("streamlit", "altair"), end="\n\n")
    print("| first visit | picture, s | largest paint, s | blocked, ms | requests | kB |")
    print("|---|" + "---:|" * 5)
    ours = {}
    with (
        serve("benchmarks/bare_app.py") as bare,
        serve("streamlit_app.py") as address,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        for warms_up in (bare, f"{address}/learning-rates?show=all"):
            open_tab(browser, warms_up).page.close()
        print_costs("the bare page", [visit(browser, bare) for _ in range(VISITS)])
        for page in COURSE:
            costs = [visit(browser, f"{address}/{page.address}") for _ in range(VISITS)]
            ours[page.name] = print_costs(page.name, costs)
        browser.close()
    print()
    for name, figure, most in (
        ("first picture of Start, s", ours["home"].picture, MOST_SECONDS_TO_PICTURE),
        ("largest paint, s", max(cost.largest for cost in ours.values()), MOST_SECONDS_TO_LARGEST),
    ):
        print(verdict(f"{name}: at most {most:g}", figure <= most, f"{figure:,.1f}"))


if __name__ == "__main__":
    main()
