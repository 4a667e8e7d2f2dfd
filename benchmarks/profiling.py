"""Where the time of a change goes, by cause: in the server and in the browser, page by page.

Run ``make profile``, or ``CHROMIUM=… python -m benchmarks.profiling``, with words of the pages'
names to profile only these. The server is sampled from outside by py-spy, which may need root; the
browser by Chromium's own tracing. Sampling slows both: compare causes, not with other figures.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.browser import BARE, LESSONS, Case, click, open_tab
from benchmarks.measuring import find_free_port, machine, running, streamlit_run

CHANGES = 20
Events = Sequence[dict[str, Any]]
Counts = defaultdict[str, float]  # seconds by cause
SAMPLES_A_SECOND = 500


CASES = (
    BARE,
    Case("Start", "ours", "?show=all", ".st-key-words button"),
    *LESSONS,
    Case("Mistakes", "ours", "mistakes?show=all", ".st-key-mistake [aria-checked=false] >> nth=0"),
    Case("Hot dog", "ours", "hot-dog?show=all", ".st-key-network_settings button"),
)

# The first pattern that a file on the stack matches, from the innermost frame outwards.
SERVER = {
    "pandas": r"/pandas/",
    "Arrow, NumPy": r"/pyarrow/|/numpy/",
    "Protobuf, hashing": r"/google/|/forward_msg|/hashlib|/serialization|/runtime_util",
    "sending": r"/uvicorn/|/uvloop/|/websockets/|/starlette/|/asyncio/",
    "core": r"/core/",
    "lessons": r"/lessons/|/streamlit_app\.py|/deploy/",
    "Streamlit: elements": r"/streamlit/(elements|delta_generator|cursor|type_util|string)",
    "Streamlit: state and runs": r"/streamlit/",
}
BROWSER = {
    "ours": r"^blob:",
    "Vega": r"/embed\.",
    "Arrow": r"/arrow",
    "Markdown": r"/(StreamlitMarkdown|rehype|katex)",
    "React": r"/react-dom\.",
    "messages": r"/protobuf\.",
    "Streamlit": r"/static/js/",
}
# Chromium's names of what its main thread does besides scripts.
RENDERING = {
    "UpdateLayoutTree": "style",
    "Layout": "layout",
    **dict.fromkeys(("PrePaint", "Paint", "Layerize", "Commit", "UpdateLayer"), "paint"),
    **dict.fromkeys(("MinorGC", "MajorGC", "BlinkGC.AtomicPhase"), "garbage"),
}


def cause_of(files: Sequence[str], causes: Mapping[str, str]) -> str:
    """Find the cause of a sample from the files on its stack, the innermost first."""
    for file in files:
        for cause, pattern in causes.items():
            if re.search(pattern, file):
                return cause
    return "other"


@contextmanager
def sampled(pid: int, into: Counts) -> Iterator[None]:
    """Sample a process until the block ends; add seconds by cause."""
    with tempfile.TemporaryDirectory() as folder:
        stacks = Path(folder, "stacks")
        command = [str(Path(sys.executable).with_name("py-spy")), "record", "--pid", str(pid)]
        command += ["--format", "raw", "--full-filenames", "--rate", str(SAMPLES_A_SECOND), "--gil"]
        with subprocess.Popen(
            [*command, "--output", stacks], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
        ) as sampler:
            yield
            sampler.send_signal(signal.SIGINT)
            _, errors = sampler.communicate(timeout=60)
        if not stacks.exists():
            raise RuntimeError(f"py-spy has recorded nothing: {errors.decode()}")
        for line in stacks.read_text().splitlines():
            stack, _, count = line.rpartition(" ")
            files = [re.sub(r"^.*\(|:\d+\)$|\)$", "", frame) for frame in stack.split(";")]
            into[cause_of(files[::-1], SERVER)] += int(count) / SAMPLES_A_SECOND


@contextmanager
def traced(browser: Browser, page: Page, into: Counts) -> Iterator[None]:
    """Trace a page's main thread until the block ends; add seconds by cause."""
    browser.start_tracing(
        page=page, categories=["devtools.timeline", "disabled-by-default-v8.cpu_profiler"]
    )
    yield
    events = json.loads(browser.stop_tracing())["traceEvents"]
    _add_rendering(events, into)
    _add_scripts(events, into)


def _main_thread(events: Events) -> tuple[int, int]:
    """Find the process and thread that the page's scripts run in: the busiest renderer."""
    busy = Counter((event["pid"], event["tid"]) for event in events if event.get("ph") == "X")
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event["name"] == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return max(mains, key=busy.__getitem__)


def _add_rendering(events: Events, seconds: Counts) -> None:
    """Add the seconds of the main thread that go into style, layout, paint and garbage."""
    thread = _main_thread(events)
    end = 0.0
    for event in sorted(events, key=lambda event: event.get("ts", 0)):
        if event.get("ph") != "X" or (event["pid"], event["tid"]) != thread:
            continue
        cause = RENDERING.get(event["name"])
        if cause and event["ts"] >= end:  # not within another of these
            end = event["ts"] + event["dur"]
            seconds[cause] += event["dur"] / 1e6


def _add_scripts(events: Events, seconds: Counts) -> None:
    """Add the seconds of the main thread's scripts, from the samples of V8's profiler."""
    process, _ = _main_thread(events)
    frames: dict[int, tuple[str, int | None]] = {}
    for event in events:
        if event["name"] != "ProfileChunk" or event["pid"] != process:
            continue
        chunk = event["args"]["data"]
        profile = chunk.get("cpuProfile", {})
        for made in profile.get("nodes", []):
            frames[made["id"]] = made["callFrame"].get("url", ""), made.get("parent")
        for sample, delta in zip(
            profile.get("samples", []), chunk.get("timeDeltas", []), strict=True
        ):
            files = []
            node: int | None = sample
            while node is not None:
                url, node = frames[node]
                files.append(url)
            cause = cause_of(files, BROWSER)
            if cause != "other":  # idle, or Chromium's own code, which is counted above
                seconds[cause] += delta / 1e6


def make_changes(page: Page, case: Case) -> None:
    """Make some changes, each after the page has come to rest from the one before."""
    for turn in range(CHANGES):
        if case.key:
            page.focus(case.control)
            page.keyboard.press(case.key)
        else:
            click(page, case.control, turn)
        page.wait_for_timeout(600)
        page.wait_for_selector("[data-test-script-state=notRunning]")


def profile(browser: Browser, case: Case) -> tuple[Counts, Counts]:
    """Profile a change; seconds of the server and of the browser's main thread, by cause."""
    port = find_free_port()
    address = f"http://127.0.0.1:{port}"
    server = Counts(float)
    front = Counts(float)
    script = "benchmarks/bare_app.py" if case is BARE else "streamlit_app.py"
    with running(streamlit_run(script, port), port) as process:
        if case is not BARE:  # warms the trainer up
            open_tab(browser, f"{address}/learning-rates?show=all").page.close()
        page = browser.new_page(viewport={"width": 1280, "height": 900})
        page.goto(f"{address}/{case.path}")
        if case.opens:
            page.click(case.opens)
        page.wait_for_selector(case.control)
        make_changes(page, case)
        with sampled(process.pid, server):
            make_changes(page, case)
        with traced(browser, page, front):
            make_changes(page, case)
        page.close()
    return server, front


def _milliseconds(seconds: float) -> str:
    return f"{1000 * seconds / CHANGES:.1f}"


def print_table(title: str, profiles: Mapping[str, Counts], causes: Sequence[str]) -> None:
    """Print milliseconds a change, by cause and page."""
    print(f"\n| {title}, ms a change | {' | '.join(profiles)} |")
    print("|---|" + "---:|" * len(profiles))
    for cause in causes:
        print(f"| {cause} | {' | '.join(_milliseconds(one[cause]) for one in profiles.values())} |")
    print(f"| all | {' | '.join(_milliseconds(sum(one.values())) for one in profiles.values())} |")


def main() -> None:
    """Profile the pages, and print the tables."""
    print(machine("streamlit", "altair"), flush=True)
    wanted = [word.lower() for word in sys.argv[1:]]
    cases = [
        case for case in CASES if not wanted or any(word in case.name.lower() for word in wanted)
    ]
    servers, fronts = {}, {}
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ["CHROMIUM"], args=["--no-sandbox"]
        )
        for case in cases:
            servers[case.name], fronts[case.name] = profile(browser, case)
        browser.close()
    print_table("server", servers, [*SERVER, "other"])
    print_table("browser", fronts, [*BROWSER, *dict.fromkeys(RENDERING.values())])


if __name__ == "__main__":
    main()
