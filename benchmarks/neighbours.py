"""What a training in one browser costs the lessons in another, in real Chromium.

Run ``CHROMIUM=… python -m benchmarks.neighbours``. One page of Learning rates answers key presses,
first alone, then while another browser trains networks one after the other, always new ones.
"""

import itertools
import os
import platform
import statistics
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Page, sync_playwright

from benchmarks.browser import CASES, Case, open_page, serve, time_to_picture

ROUNDS = 21
MOST_SLOWDOWN = 2.0
LESSONS = tuple(case for case in CASES if case.app == "ours")
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


def measure(pages: dict[Case, Page], rounds: int) -> dict[Case, float]:
    """Find the median milliseconds from key press to picture, page by page in turns."""
    times: dict[Case, list[float]] = {case: [] for case in pages}
    for turn in range(rounds + 1):
        for case, page in pages.items():
            milliseconds = time_to_picture(page, case, turn)
            if turn:  # the first round does not count
                times[case].append(milliseconds)
    return {case: statistics.median(values) for case, values in times.items()}


def main() -> None:
    """Measure alone and beside a training, and print a table."""
    print(f"{platform.machine()}, {os.cpu_count()} cores; Python {platform.python_version()}\n")
    with serve("streamlit_app.py") as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        pages = {case: open_page(browser, f"{address}/{case.path}") for case in LESSONS}
        for case, page in pages.items():
            page.wait_for_selector(case.chart, timeout=60_000)  # once TensorFlow is there
        alone = measure(pages, ROUNDS)
        with training(address):
            beside = measure(pages, ROUNDS)
        browser.close()
    print("| key press or click to new picture | alone, ms | beside a training, ms | times |")
    print("|---|---:|---:|---:|")
    for case in LESSONS:
        ratio = beside[case] / alone[case]
        print(f"| {case.name} | {alone[case]:.0f} | {beside[case]:.0f} | {ratio:.2f} |")
    worst = max(beside[case] / alone[case] for case in LESSONS)
    verdict = "holds" if worst <= MOST_SLOWDOWN else "FAILS"
    print(f"\nTarget: at most {MOST_SLOWDOWN} times as long: {verdict}, {worst:.2f}.")


if __name__ == "__main__":
    main()
