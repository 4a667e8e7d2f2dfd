"""A soak test: fifty learners on one process for an hour, on every page, coming and going.

Run ``make soak``, or ``python -m benchmarks.soak`` with another number of minutes. What it measures
every ten seconds goes to ``build/soak.csv`` at once, and at the end as a picture to
``build/soak.svg``. Of the memory of the process it tells what glibc's malloc has in use and what
lies free there; Python's own pools of small objects, stacks and compiled code are in neither.
"""

import argparse
import asyncio
import csv
import itertools
import json
import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from benchmarks.classroom import (
    CLASS,
    MOST_GROWTH,
    MOST_MILLISECONDS,
    OURS,
    SECONDS_BETWEEN_CHANGES,
    Course,
    Habit,
    Server,
    arrive,
    keep_changing,
)
from benchmarks.measuring import (
    ROOT,
    find_free_port,
    machine,
    percentile,
    running,
    streamlit_run,
    verdict,
)
from core.course.mistakes import MISTAKES

SECONDS_BETWEEN_SAMPLES = 10.0
FEWEST_CHANGES, MOST_CHANGES = 10, 100  # per visit: half a minute to five minutes
# Caches fill at first; only memory growth after that indicates a leak.
SECONDS_TO_SETTLE = 600.0
MEMORY = {"megabytes": "all", "in_use": "in use", "free": "free"}
TABLE, PICTURE = ROOT / "build" / "soak.csv", ROOT / "build" / "soak.svg"

READS_MISTAKES = Habit(
    "mistakes?show=all",
    "mistake",
    "string_array_value",
    lambda number: [list(MISTAKES)[number % len(MISTAKES)]],
)
TRAINS_NETWORKS = Habit(
    "hot-dog?trained=true&units=8&net_rates=0.2", "net_seed", "string_value", str
)
# One visit in seventeen trains networks. A training costs about ten other changes, and a learner
# looks at it for longer.
SECONDS_BETWEEN_TRAININGS = 30.0
EVERYBODY = (*OURS, READS_MISTAKES, *OURS, READS_MISTAKES, TRAINS_NETWORKS)


@dataclass(frozen=True)
class Sample:
    """What was measured since the last sample.

    Parameters
    ----------
    seconds : float
        Since the beginning.
    megabytes : float
        Anonymous memory of the process.
    in_use, free : float
        What glibc's malloc has given out, and what lies free in its heaps, in MB. Of the latter a
        part is memory that went back to the system.
    blocks : int
        Blocks of memory that Python's own allocator has given out.
    cores : float
        Processor seconds a second.
    arrivals, changes, errors : int
    median_ms, p95_ms : float
        From a change to its answer; NaN without answers.
    """

    seconds: float
    megabytes: float
    in_use: float
    free: float
    blocks: int
    cores: float
    arrivals: int
    changes: int
    errors: int
    median_ms: float
    p95_ms: float


class RecordedServer(Server):
    """A running app that also records its memory; see ``benchmarks.recording``."""

    def __init__(self, address: str, pid: int, log: Path, record: Path) -> None:
        super().__init__(address, pid, log)
        self._record = record

    def memory(self) -> dict[str, Any]:
        """Tell the memory of its process apart; see ``Sample``."""
        recorded = json.loads(self._record.read_text())
        return {
            "megabytes": round(self.megabytes(), 1),
            "in_use": round(recorded["in_use"] / 2**20, 1),
            "free": round(recorded["free"] / 2**20, 1),
            "blocks": recorded["blocks"],
        }


@contextmanager
def serve_recorded(script: str) -> Iterator[RecordedServer]:
    """Serve an app as ``make run`` does ours, and record its memory."""
    port = find_free_port()
    with tempfile.TemporaryDirectory() as folder:
        log, record = Path(folder, "log"), Path(folder, "memory")
        python, _, _, *arguments = streamlit_run(script, port)
        command = (python, "-m", "benchmarks.recording", str(record), *arguments)
        with running(command, port, log) as process:
            yield RecordedServer(f"http://127.0.0.1:{port}", process.pid, log, record)


async def hold(server: RecordedServer, seconds: float) -> tuple[list[Sample], Course]:
    """Keep fifty learners connected for the duration; write every sample."""
    course = Course(CLASS)
    habits = itertools.cycle(EVERYBODY)
    places = [asyncio.create_task(_keep_place(server, habits, course)) for _ in range(CLASS)]
    try:
        return await _watch(server, course, seconds), course
    finally:
        for place in places:
            place.cancel()
        await asyncio.gather(*places, return_exceptions=True)


async def _keep_place(server: Server, habits: Iterator[Habit], course: Course) -> None:
    """Run one learner after another, each on the next page."""
    while True:
        habit, changes = next(habits), random.randint(FEWEST_CHANGES, MOST_CHANGES)
        pause = SECONDS_BETWEEN_CHANGES
        if habit is TRAINS_NETWORKS:
            changes, pause = changes // 10, SECONDS_BETWEEN_TRAININGS
        async with AsyncExitStack() as stack:
            if learner := await arrive(stack, server.address, habit, course):
                await keep_changing(learner, habit, changes, pause, course)
        await asyncio.sleep(SECONDS_BETWEEN_CHANGES)


async def _watch(server: RecordedServer, course: Course, seconds: float) -> list[Sample]:
    samples: list[Sample] = []
    begin, cpu = time.perf_counter(), server.cpu_seconds()
    arrivals = changes = errors = 0
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("w", newline="", encoding="utf-8") as file:
        table = csv.DictWriter(file, [column.name for column in fields(Sample)])
        table.writeheader()
        last = begin
        while last - begin < seconds:
            await asyncio.sleep(SECONDS_BETWEEN_SAMPLES)
            now, cpu_now = time.perf_counter(), server.cpu_seconds()
            latencies = course.changes[changes:]
            samples.append(
                Sample(
                    seconds=round(now - begin, 1),
                    **server.memory(),
                    cores=round((cpu_now - cpu) / (now - last), 2),
                    arrivals=len(course.arrivals) - arrivals,
                    changes=len(latencies),
                    errors=len(course.errors) - errors,
                    median_ms=round(percentile(latencies, 50), 1) if latencies else np.nan,
                    p95_ms=round(percentile(latencies, 95), 1) if latencies else np.nan,
                )
            )
            table.writerow(asdict(samples[-1]))
            file.flush()
            last, cpu = now, cpu_now
            arrivals, changes = len(course.arrivals), len(course.changes)
            errors = len(course.errors)
    return samples


def draw(samples: Sequence[Sample], path: Path) -> None:
    """Draw memory, latency and errors over time, one above the other."""
    minutes = [sample.seconds / 60 for sample in samples]
    figure = Figure(figsize=(9, 7), layout="constrained")
    memory, latency, errors = figure.subplots(3, sharex=True)
    for (name, label), colour in zip(
        MEMORY.items(), ("#1F6A9A", "#106B4D", "#B8480A"), strict=True
    ):
        megabytes = [getattr(sample, name) for sample in samples]
        memory.plot(minutes, megabytes, color=colour, label=label)
    memory.set(title="Memory of the process", ylabel="MB", ylim=(0, None))
    memory.legend(loc="lower right")
    latency.plot(minutes, [sample.median_ms for sample in samples], color="#1F6A9A", label="median")
    latency.plot(minutes, [sample.p95_ms for sample in samples], color="#B8480A", label="95 %")
    latency.axhline(MOST_MILLISECONDS, color="#777777", linestyle=":", label="target for 95 %")
    latency.set(title="From a change to the whole answer", ylabel="ms", ylim=(0, None))
    latency.legend(loc="upper right")
    counts = [sample.errors for sample in samples]
    errors.step(minutes, counts, color="#B8480A")
    errors.set(title="Errors", ylabel="in ten seconds", xlabel="minutes", ylim=(0, max(counts) + 1))
    figure.savefig(path)


def print_verdicts(samples: Sequence[Sample], course: Course) -> None:
    """Say of each target whether it holds."""
    settled = min(SECONDS_TO_SETTLE, samples[-1].seconds / 3)
    after = [sample for sample in samples if sample.seconds >= settled]
    minute = max(1, min(round(60 / SECONDS_BETWEEN_SAMPLES), len(after) // 2))

    def ends(name: str) -> tuple[float, float]:
        first, last = (
            float(np.median([getattr(sample, name) for sample in some]))
            for some in (after[:minute], after[-minute:])
        )
        return first, last

    first, last = ends("megabytes")
    growth = last / first - 1
    print(verdict("no error", not course.errors, f"{len(course.errors)}"))
    for error in sorted(set(course.errors)):
        print(f"  {course.errors.count(error)} times: {error}")
    print(
        verdict(
            f"after {settled / 60:.0f} minutes memory grows by at most {MOST_GROWTH:.0%}",
            growth <= MOST_GROWTH,
            f"{growth:.1%}, from {first:.0f} to {last:.0f} MB",
        )
    )
    for name, label in MEMORY.items():
        print(f"  {label}: from {ends(name)[0]:.0f} to {ends(name)[1]:.0f} MB")
    print("  blocks of Python: from {:,.0f} to {:,.0f}".format(*ends("blocks")))
    slow = percentile(course.changes, 95)
    print(
        verdict(
            f"95 % of changes within {MOST_MILLISECONDS} ms",
            slow <= MOST_MILLISECONDS,
            f"{slow:.0f} ms, the median {percentile(course.changes, 50):.0f} ms",
        )
    )


def main() -> None:
    """Run the class, and print, write and draw the results."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("minutes", type=float, nargs="?", default=60.0)
    minutes = parser.parse_args().minutes
    print(machine("streamlit", "uvicorn", "tensorflow-cpu", "tensorflow"), flush=True)
    with serve_recorded("streamlit_app.py") as server:
        samples, course = asyncio.run(hold(server, 60 * minutes))
    draw(samples, PICTURE)
    print(
        f"{minutes:g} minutes, {CLASS} learners at a time: {len(course.arrivals):,} arrived, "
        f"{len(course.changes):,} changes: "
        f"{TABLE.relative_to(ROOT)}, {PICTURE.relative_to(ROOT)}"
    )
    print_verdicts(samples, course)


if __name__ == "__main__":
    main()
