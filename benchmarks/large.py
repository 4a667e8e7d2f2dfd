"""The largest inputs beside small ones: how much longer a learner waits for them, in Chromium.

Run ``CHROMIUM=… python -m benchmarks.large``, or with the names of some cases. The same things are
done in turns in two tabs, one with small input and one with the largest that is taken. Times are
from a click, a key press or the choice of a file until the page last changed.
"""

import argparse
import json
import os
import statistics
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from playwright.sync_api import Browser, FilePayload, Page, sync_playwright

from benchmarks.browser import EIGHT_RATES, open_tab, settle
from benchmarks.classroom import Server, serve_class
from benchmarks.measuring import machine, verdict

ROUNDS = 5
MOST_SECONDS_MORE = 1.0

# Resolves once the page has settled after the next click, key press or choice of a file, with the
# milliseconds from there to the last change in the page, and whether a button to stop was seen.
WAIT_FOR_LAST_CHANGE = """() => {
    const count = (selector) => document.querySelectorAll(selector).length;
    const isWhole = () => count("[data-test-script-state=notRunning]")
        && !count("[data-testid=stSkeleton]")
        && count("[data-testid=stVegaLiteChart]") === count("[data-testid=stVegaLiteChart] .marks");
    window.lastChange = new Promise((resolve) => {
        let begin;
        let last;
        let couldStop = false;
        for (const kind of ["click", "keydown", "change"])
            document.addEventListener(kind, (event) => { begin ??= last = event.timeStamp; },
                { capture: true, once: true });
        const watch = new MutationObserver(() => {
            last = performance.now();
            couldStop ||= count("[class*=st-key-stop_]") > 0;
        });
        watch.observe(document.querySelector("[data-testid=stMain]"), {
            childList: true, subtree: true, attributes: true, characterData: true,
        });
        const settle = setInterval(() => {
            if (begin === undefined || last === begin) return;
            if (!isWhole() || performance.now() < last + 700) return;
            clearInterval(settle);
            watch.disconnect();
            resolve([last - begin, couldStop]);
        }, 20);
    });
}"""

Act = tuple[str, Callable[[Page], object]]  # its name in the table, and what is done in the page


@dataclass(frozen=True)
class Case:
    """What is done with small and with large input.

    Parameters
    ----------
    small, large : int
        The sizes.
    path : callable
        From a size, where the tab begins.
    acts : callable
        From a size and the number of the round, what is done there.
    """

    small: int
    large: int
    path: Callable[[int], str]
    acts: Callable[[int, int], Iterator[Act]]


@dataclass(frozen=True)
class Took:
    """What an act took: seconds, processor seconds of the server, whether it could be stopped."""

    seconds: float
    processor: float
    could_stop: bool


def click(selector: str, page: Page) -> None:
    """Click on the first element that matches."""
    page.locator(selector).first.click()


def enter_steps(steps: int, page: Page) -> None:
    """Type another number of steps."""
    box = page.locator("[class*=st-key-steps] input").first
    box.fill(f"{steps}")
    box.press("Enter")


def enter_seed(seed: int, page: Page) -> None:
    """Type another seed of the data, which no cache knows."""
    page.locator(".st-key-change_data button").first.click()
    box = page.locator(".st-key-seed input")
    box.fill(f"{seed}")
    box.press("Enter")


def choose_file(key: str, name: str, content: str, page: Page) -> None:
    """Choose a file with this name and content."""
    file = FilePayload(name=name, mimeType="", buffer=content.encode())
    page.set_input_files(f".st-key-{key} input[type=file]", file)


def choose_third_column(page: Page) -> None:
    """Choose the third column of the file for y."""
    page.locator("[class*=st-key-own_y] input").first.click()
    page.get_by_role("option").last.click()


def table(rows: int, seed: int) -> str:
    """Write a file of three columns."""
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 10, rows)
    y, z = (slope * x + rng.normal(0, 1, rows) for slope in (2, -1))
    lines = [f"{a:.4f},{b:.4f},{c:.4f}" for a, b, c in zip(x, y, z, strict=True)]
    return "\n".join(["x,y,z", *lines])


def use_own_points(rows: int, turn: int) -> Iterator[Act]:
    """Choose a file, and go through the lessons with its points."""
    yield "choose the file", partial(choose_file, "upload", "points.csv", table(rows, turn))
    yield "choose another column", choose_third_column
    for title in ("Loss surface", "Gradient steps"):
        yield f"go to {title}", partial(click, f"[data-testid=stTopNavLink]:has-text('{title}')")
    yield "run 200 steps", partial(click, ".st-key-go button")
    yield (
        "three gradients of a step",
        partial(click, ".st-key-deeper_gradient_steps button >> nth=1"),
    )
    yield "go to Learning rates", partial(click, "[data-testid=stTopNavLink]:has-text('rates')")
    yield "other steps", partial(enter_steps, 300 + turn)


def compare_rates(steps: int, turn: int) -> Iterator[Act]:
    """Compare eight rates after other steps."""
    yield "other steps", partial(enter_steps, steps - turn)


def write_run(stretches: int, steps: int) -> str:
    """Write a run for the address."""
    return "~".join(f"{steps}x{0.1 + place / 1_000:.3f}" for place in range(stretches))


def run_on(_: int, __: int) -> Iterator[Act]:
    """Run on, and undo it."""
    yield "run 10 more", partial(click, ".st-key-go_10 button")
    yield "undo", partial(click, "button:has-text('Undo')")


def run_again(_: int, turn: int) -> Iterator[Act]:
    """Run all stretches again, on other data."""
    yield "another sample", partial(enter_seed, 100 + turn)


PIN: dict[str, Any] = {
    "note": "",
    "steps": 2_000_000,
    "settings": {
        "data": "lesson", "standardize": False, "start_w": 0.0, "start_b": -1.0, "true_w": 0.1,
        "true_b": 0.5, "n": 100, "noise": 0.01, "seed": 0, "outlier": False, "outlier_x": 0.9,
        "outlier_y": 2.0,
    },
}  # fmt: skip


def use_pins(count: int, turn: int) -> Iterator[Act]:
    """Load a file of pins, change the steps above, remove one."""
    entries = [
        PIN | {"name": f"{place}", "learning_rate": 0.1 + turn / 100 + place / 10_000}
        for place in range(count)
    ]
    content = json.dumps({"pins": entries, "own_data": []})
    yield "load them", partial(choose_file, "pins_file", "pins.json", content)
    yield "other steps", partial(enter_steps, 300 + turn)
    yield "remove one", partial(click, ".st-key-pin_remove button")


CASES = {
    "own points": Case(100, 100_000, lambda _: "data?show=all&data=own", use_own_points),
    "steps of eight rates": Case(
        300, 2_000_000, lambda _: f"learning-rates?show=all&{EIGHT_RATES}", compare_rates
    ),
    "stretches of 200 steps": Case(
        1, 19, lambda n: f"gradient-steps?show=all&run={write_run(n, 200)}", run_on
    ),
    "stretches of 2,000,000 steps": Case(
        1, 20, lambda n: f"gradient-steps?show=all&run={write_run(n, 2_000_000)}", run_again
    ),
    "pins of 2,000,000 steps": Case(
        1, 64, lambda _: "learning-rates?show=all&part=pins", use_pins
    ),
}  # fmt: skip


def measure(
    browser: Browser, server: Server, case: Case, rounds: int
) -> dict[str, dict[int, list[Took]]]:
    """Do everything with both sizes in turns; the first round does not count."""
    took: dict[str, dict[int, list[Took]]] = defaultdict(lambda: defaultdict(list))
    for turn in range(rounds + 1):
        for size in (case.small, case.large):
            tab = settle(open_tab(browser, f"{server.address}/{case.path(size)}"))
            for name, act in case.acts(size, turn):
                tab.page.evaluate(WAIT_FOR_LAST_CHANGE)
                processor = server.cpu_seconds()
                act(tab.page)
                milliseconds, could_stop = tab.page.evaluate("window.lastChange")
                processor = server.cpu_seconds() - processor
                if turn:
                    took[name][size].append(Took(milliseconds / 1_000, processor, could_stop))
            tab.page.context.close()
    return took


def print_times(name: str, case: Case, times: dict[str, dict[int, list[Took]]]) -> list[str]:
    """Print a row for each act; return those that take too long and cannot be stopped."""
    late = []
    for act, sizes in times.items():
        small, large = (sizes[size] for size in (case.small, case.large))
        seconds, processor = (
            [statistics.median(getattr(took, what) for took in some) for some in (small, large)]
            for what in ("seconds", "processor")
        )
        could_stop = all(took.could_stop for took in large)
        print(
            f"| {case.large:,} {name} | {act} | {seconds[0]:.2f} | {seconds[1]:.2f} "
            f"| {processor[0]:.2f} | {processor[1]:.2f} | {'yes' if could_stop else ''} |",
            flush=True,
        )
        if seconds[1] > seconds[0] + MOST_SECONDS_MORE and not could_stop:
            late.append(f"{name}: {act}")
    return late


def main(names: Sequence[str], rounds: int) -> None:
    """Measure, and print the table."""
    print(machine("streamlit", "tensorflow-cpu", "tensorflow"), end="\n\n")
    print(
        "| large | what is done | small, s | large, s | small, s of the server's processor "
        "| large | can be stopped |"
    )
    print("|---|---|---:|---:|---:|---:|---|")
    late: list[str] = []
    with sync_playwright() as playwright, serve_class("streamlit_app.py") as server:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        warm = settle(open_tab(browser, f"{server.address}/learning-rates?show=all"))
        warm.page.context.close()
        for name in names:
            took = measure(browser, server, CASES[name], rounds)
            late += print_times(name, CASES[name], took)
        browser.close()
    target = f"at most {MOST_SECONDS_MORE:g} s more than for small input, or a way to stop"
    print(f"\n{verdict(target, not late, '; '.join(late) or 'all')}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("cases", nargs="*", default=list(CASES), metavar="CASE")
    options = parser.parse_args()
    main(options.cases, options.rounds)
