"""Whether pages grow in the browser: what Chromium holds after 10 changes of a page, and after 200.

Run ``CHROMIUM=… python -m benchmarks.growth``, or with another number of changes and the names of
pages. Garbage is collected before each measurement.
"""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import CHART, EIGHT_RATES, IS_IDLE, NEW_SAMPLE, open_tab, settle
from benchmarks.measuring import machine, serve, verdict

FIRST, LAST = 10, 200
MOST_GROWTH = 1.05


@dataclass(frozen=True)
class Case:
    """A page, and its commonest change: it gets the page and the number of the change."""

    path: str
    change: Callable[[Page, int], object]


@dataclass(frozen=True)
class Held:
    """What a page holds after a collection: the heap in bytes, and how many of each."""

    heap: int
    nodes: int
    listeners: int


def draw_new_sample(page: Page, turn: int) -> None:
    """Press *New sample*; where it is among the settings of the data, open these first."""
    if not page.locator(NEW_SAMPLE).count():
        page.locator(".st-key-change_data button").first.click()
    page.locator(NEW_SAMPLE).click()


def move_slider(page: Page, turn: int) -> None:
    """Move the slider of Start by one, to and fro."""
    page.locator("input[name=slider-log_rate]").press("ArrowLeft" if turn % 2 else "ArrowRight")


def add_rate(page: Page, turn: int) -> None:
    """Click on the ruler, each time elsewhere."""
    ruler = page.locator(f".st-key-figure_ruler {CHART}")
    ruler.click(position={"x": 300 + 40 * (turn % 9), "y": 100})


def choose_mistake(page: Page, turn: int) -> None:
    """Choose the next script."""
    page.locator(".st-key-mistake").get_by_role(
        "radio", name=f"{turn % 12 + 1}", exact=True
    ).click()


def open_part(page: Page, turn: int) -> None:
    """Open the first or the second part under *Go deeper*."""
    page.locator(".st-key-deeper_hot_dog button").nth(turn % 2).click()


CASES = {
    "Start": Case("", move_slider),
    "Data": Case("data?show=all", draw_new_sample),
    "Loss surface": Case("loss-surface?show=all", draw_new_sample),
    "Gradient steps": Case("gradient-steps?show=all&run=200x0.1", draw_new_sample),
    "Learning rates": Case(f"learning-rates?show=all&{EIGHT_RATES}", add_rate),
    "Mistakes": Case("mistakes?show=all", choose_mistake),
    "Hot dog or not": Case("hot-dog?show=all", open_part),
}


def measure(browser: Browser, address: str, case: Case, changes: int) -> tuple[Held, Held]:
    """Make changes; return what is held after the first ten, and after all."""
    tab = settle(open_tab(browser, f"{address}/{case.path}"))
    protocol = tab.page.context.new_cdp_session(tab.page)
    protocol.send("Performance.enable")

    def held() -> Held:
        settle(tab)
        protocol.send("HeapProfiler.collectGarbage")
        metrics = protocol.send("Performance.getMetrics")["metrics"]
        heap = next(each["value"] for each in metrics if each["name"] == "JSHeapUsedSize")
        counted = protocol.send("Memory.getDOMCounters")
        return Held(int(heap), counted["nodes"], counted["jsEventListeners"])

    first = held()
    for turn in range(1, changes + 1):
        case.change(tab.page, turn)
        tab.page.wait_for_timeout(300)  # Streamlit gathers changes for up to 200 ms
        tab.page.wait_for_function(IS_IDLE, arg=CHART, timeout=60_000)
        if turn == FIRST:
            first = held()
    last = held()
    tab.page.context.close()
    return first, last


def main(names: Sequence[str], changes: int) -> None:
    """Measure, and print the table."""
    print(machine("streamlit", "altair"), end="\n\n")
    print(f"| page | heap after {FIRST}, MB | after {changes}, MB | times | nodes | listeners |")
    print("|---|---:|---:|---:|---:|---:|")
    ratios = {}
    with sync_playwright() as playwright, serve("streamlit_app.py") as address:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        for name in names:
            first, last = measure(browser, address, CASES[name], changes)
            ratios[name] = last.heap / first.heap
            print(
                f"| {name} | {first.heap / 1e6:.1f} | {last.heap / 1e6:.1f} | {ratios[name]:.3f} "
                f"| {first.nodes:,} → {last.nodes:,} | {first.listeners:,} → {last.listeners:,} |",
                flush=True,
            )
        browser.close()
    print()
    for name, ratio in ratios.items():
        target = f"{name}: the heap grows by at most {MOST_GROWTH - 1:.0%}"
        print(verdict(target, ratio <= MOST_GROWTH, f"{ratio - 1:.1%}"))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("changes", type=int, nargs="?", default=LAST)
    parser.add_argument("pages", nargs="*", default=list(CASES), metavar="PAGE")
    options = parser.parse_args()
    main(options.pages, options.changes)
