"""How much training in one browser slows the lessons in another, in Chromium.

Run ``CHROMIUM=… python -m benchmarks.neighbours``. The lessons answer key presses and clicks, first
alone, then while another browser trains networks one after the other, always new ones.
"""

import itertools
import os
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import sync_playwright

from benchmarks.browser import LESSONS, Case, Tab, open_case, take_turns
from benchmarks.measuring import machine, serve, verdict

ROUNDS = 21
MOST_SLOWDOWN = 2.0
_HEAVY = "units=64&net_batch=128&net_rates=0.02&net_rates=0.2&net_rates=0.3&net_rates=0.4"


@contextmanager
def training(address: str) -> Iterator[None]:
    """Keep another browser training, until the block ends."""
    is_over, begun = threading.Event(), threading.Event()

    def train() -> None:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
            )
            page = browser.new_page()
            for seed in itertools.count(1):
                page.goto(f"{address}/hot-dog?trained=true&net_seed={seed}&{_HEAVY}")
                page.wait_for_selector(".st-key-stop_network", timeout=60_000)
                begun.set()
                while page.locator(".st-key-stop_network").count():
                    page.wait_for_timeout(100)
                    if is_over.is_set():
                        browser.close()
                        return

    thread = threading.Thread(target=train, daemon=True)
    thread.start()
    begun.wait(120)
    yield
    is_over.set()
    thread.join(60)


def measure(tabs: dict[Case, Tab]) -> dict[Case, float]:
    """Find the median milliseconds from key press to the last new picture."""
    return {
        case: statistics.median(change.last for change in changes)
        for case, changes in take_turns(tabs, ROUNDS).items()
    }


def main() -> None:
    """Measure alone and beside a training, and print a table."""
    print(machine("streamlit", "tensorflow-cpu", "tensorflow"), end="\n\n")
    with serve("streamlit_app.py") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        tabs = {case: open_case(browser, address, case) for case in LESSONS}
        alone = measure(tabs)
        with training(address):
            beside = measure(tabs)
        browser.close()
    print("| key press or click to new picture | alone, ms | beside a training, ms | times |")
    print("|---|---:|---:|---:|")
    for case in LESSONS:
        ratio = beside[case] / alone[case]
        print(f"| {case.name} | {alone[case]:.0f} | {beside[case]:.0f} | {ratio:.2f} |")
    worst = max(beside[case] / alone[case] for case in LESSONS)
    target = f"at most {MOST_SLOWDOWN:g} times as long"
    print(f"\n{verdict(target, worst <= MOST_SLOWDOWN, f'{worst:.2f} times')}")


if __name__ == "__main__":
    main()
