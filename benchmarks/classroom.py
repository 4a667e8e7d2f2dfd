"""A class: how many learners one process serves, beside a minimal page and the naive app.

Run ``make benchmark``, or ``python -m benchmarks.classroom``. Learners without browsers arrive all
at once; then each changes a control every three seconds, always to a new value, so that no cache
helps. What a browser loads before it connects is not part of it.
"""

import argparse
import asyncio
import itertools
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from websockets.exceptions import WebSocketException

from benchmarks.learner import Learner, visit
from benchmarks.measuring import (
    find_free_port,
    machine,
    percentile,
    running,
    streamlit_run,
    verdict,
)

SECONDS_BETWEEN_CHANGES = 3.0
_fresh = itertools.count(1)

MOST_MILLISECONDS = 500
MOST_MEGABYTES = 5.0
MOST_GROWTH = 0.05
CLASS = 50


@dataclass(frozen=True)
class Habit:
    """What a learner does: the page, the control, and how its value is made from a fresh number."""

    page: str
    control: str
    kind: str
    value: Callable[[int], object] = int
    opens: str = ""  # the panel that the control is in


OURS = (
    Habit("", "words", "bool_value", lambda number: bool(number % 2)),
    Habit("data?show=all", "seed", "string_value", str, "made_settings"),
    Habit("loss-surface?show=all", "seed", "string_value", str, "change_data"),
    Habit("gradient-steps?show=all&run=200x0.1", "seed", "string_value", str, "change_data"),
    Habit(
        "gradient-steps?show=all&run=200x0.1",
        "lr|lesson|original",
        "string_value",
        lambda n: str(0.01 + n % 6_000 / 1e4),
    ),
    Habit("learning-rates?show=all", "seed", "string_value", str, "change_data"),
    # This one reruns only a fragment.
    Habit("learning-rates?show=all", "steps", "string_value", lambda n: str(100 + n % 2_000)),
)
BARE = (Habit("", "slider", "double_array_value", lambda number: 1 + number % 60),)
NAIVE = (Habit("", "slider", "double_array_value", lambda number: 0.01 + number % 70 / 100),)


@dataclass(frozen=True)
class Size:
    """The size of a measurement."""

    classes: tuple[int, ...] = (1, 10, CLASS, 100)
    naive_classes: tuple[int, ...] = (1, 10)
    changes: int = 20
    warm_up: int = 1_000
    reruns: int = 10_000


QUICK = Size(classes=(1, 10), naive_classes=(1,), changes=3, warm_up=70, reruns=140)


@dataclass
class Course:
    """What was measured of a class; times in milliseconds."""

    learners: int
    arrivals: list[float] = field(default_factory=list)
    changes: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    seconds: float = 0.0
    server_cores: float = 0.0
    client_cores: float = 0.0
    megabytes: float = 0.0


# The exceptions of a lost connection or a missing answer.
_LOST = (WebSocketException, OSError, TimeoutError)

# Makes TensorFlow log each XLA compilation.
_LOGGING = {"TF_CPP_MIN_LOG_LEVEL": "0", "TF_CPP_VMODULE": "device_compilation_profiler=1"}


class Server:
    """A running app, seen from outside."""

    def __init__(self, address: str, pid: int, log: Path) -> None:
        self.address = address
        self._pid = pid
        self._log = log

    def megabytes(self) -> float:
        """Find the anonymous memory of its process.

        Pages mapped from files are left out: the system evicts them, and no learner causes them.
        """
        status = Path(f"/proc/{self._pid}/status").read_text()
        sizes = (status.split(f"{name}:")[1].split()[0] for name in ("RssAnon", "VmSwap"))
        return sum(map(int, sizes)) / 1024

    def cpu_seconds(self) -> float:
        """Find the CPU time of all its threads."""
        fields = Path(f"/proc/{self._pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def compilations(self) -> int:
        """Count what XLA has compiled, by its own log."""
        return self._log.read_text(errors="replace").count("Compiled __inference")


@contextmanager
def serve_class(script: str) -> Iterator[Server]:
    """Serve an app as ``make run`` does ours."""
    port = find_free_port()
    command = streamlit_run(script, port)
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder, "log")
        with running(command, port, log, _LOGGING) as process:
            yield Server(f"http://127.0.0.1:{port}", process.pid, log)


async def hold_class(
    server: Server, habits: tuple[Habit, ...], learners: int, changes: int, pause: float
) -> Course:
    """Have learners arrive all at once, and then change their controls independently.

    Parameters
    ----------
    changes : int
        By each learner.
    pause : float
        Seconds from one change of a learner to the next; with 0, as fast as answers come.
    """
    course = Course(learners)
    async with AsyncExitStack() as stack:
        places = list(itertools.islice(itertools.cycle(habits), learners))
        present = await asyncio.gather(
            *(arrive(stack, server.address, habit, course) for habit in places)
        )
        begin, server_begin, client_begin = (
            time.perf_counter(), server.cpu_seconds(), time.process_time(),
        )  # fmt: skip
        await asyncio.gather(
            *(
                keep_changing(learner, habit, changes, pause, course)
                for learner, habit in zip(present, places, strict=True)
                if learner
            )
        )
        course.seconds = time.perf_counter() - begin
        course.server_cores = (server.cpu_seconds() - server_begin) / course.seconds
        course.client_cores = (time.process_time() - client_begin) / course.seconds
        course.megabytes = server.megabytes()
    return course


async def arrive(
    stack: AsyncExitStack, address: str, habit: Habit, course: Course
) -> Learner | None:
    """Connect one learner until the stack is closed; return None on an error."""
    begin = time.perf_counter()
    try:
        learner = await stack.enter_async_context(visit(address, habit.page))
        answer = await learner.arrive()
    except _LOST as error:
        course.errors.append(repr(error))
        return None
    course.arrivals.append(1000 * (time.perf_counter() - begin))
    if habit.opens:
        answer = await learner.change(habit.opens, "bool_value", True)
    course.errors.extend(answer.errors)
    return None if answer.errors else learner


async def keep_changing(
    learner: Learner, habit: Habit, changes: int, pause: float, course: Course
) -> None:
    """Have one learner change a control now and then, until there is an error."""
    due = time.perf_counter() + random.uniform(0, pause)
    for _ in range(changes):
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        try:
            answer = await learner.change(habit.control, habit.kind, habit.value(next(_fresh)))
        except _LOST as error:
            course.errors.append(repr(error))
            return
        course.changes.append(answer.milliseconds)
        course.errors.extend(answer.errors)
        if answer.errors:
            return
        due = max(due + pause, time.perf_counter())


def hold_classes(
    server: Server,
    name: str,
    habits: tuple[Habit, ...],
    sizes: Sequence[int],
    changes: int,
    yardsticks: dict[int, Course],
) -> dict[int, Course]:
    """Measure a class of each size, and print the results beside the bare app's."""
    asyncio.run(hold_class(server, habits, len(habits), 3, pause=0))  # the first runs do not count
    nobody = server.megabytes()
    courses = {}
    for learners in sizes:
        course = asyncio.run(hold_class(server, habits, learners, changes, SECONDS_BETWEEN_CHANGES))
        course.megabytes -= nobody
        courses[learners] = course
        bare = yardsticks.get(learners, course)
        cells = [
            name,
            f"{learners}",
            *_percentiles(course.arrivals, 50, 95),
            f"{len(course.changes) / course.seconds:.1f}",
            *_percentiles(course.changes, 50, 95, 99),
            f"{percentile(course.changes, 50) / percentile(bare.changes, 50):.1f}",
            f"{len(course.errors)}",
            f"{course.server_cores:.2f}",
            f"{1000 * course.server_cores * course.seconds / len(course.changes):.0f}",
            f"{course.client_cores:.2f}",
            f"{course.megabytes:.0f}",
        ]
        print(f"| {' | '.join(cells)} |", flush=True)
        for error in sorted(set(course.errors)):
            print(f"|   | {course.errors.count(error)} times: {error} |")
    return courses


def _percentiles(values: Sequence[float], *percents: int) -> list[str]:
    return [f"{percentile(values, percent):,.0f}" for percent in percents]


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="little of everything, as a trial")
    options = parser.parse_args()
    size = QUICK if options.quick else Size()
    print(machine("streamlit", "uvicorn", "tensorflow-cpu", "tensorflow"), end="\n\n")
    print(
        "| app | learners | all arrive at once, median ms | 95 % | changes a second | median ms "
        "| 95 % | 99 % | times bare | errors | cores used | ms of a core a change "
        "| cores the client used | MB more |"
    )
    print("|---|" + "---:|" * 13)
    everyone = sorted({*size.classes, *size.naive_classes})
    with serve_class("benchmarks/bare_app.py") as server:
        bare = hold_classes(server, "bare", BARE, everyone, size.changes, {})
    with serve_class("streamlit_app.py") as server:
        before = asyncio.run(hold_class(server, OURS, len(OURS), size.warm_up // len(OURS), 0))
        compiled = server.compilations()
        after = asyncio.run(hold_class(server, OURS, len(OURS), size.reruns // len(OURS), 0))
        ours = hold_classes(server, "ours", OURS, size.classes, size.changes, bare)
        compiled_since = server.compilations() - compiled
    with serve_class("benchmarks/naive_app.py") as server:
        hold_classes(server, "naive", NAIVE, size.naive_classes, size.changes, bare)
    growth = after.megabytes / before.megabytes - 1
    print(
        f"\n{len(after.changes):,} changes as fast as answers came, by {len(OURS)} learners: "
        f"{len(after.changes) / after.seconds:.1f} a second; the process grew from "
        f"{before.megabytes:.0f} to {after.megabytes:.0f} MB. The warm-up compiled {compiled} "
        f"times.\n"
    )
    print_targets(ours, growth, [*before.errors, *after.errors], compiled_since)


def print_targets(
    courses: dict[int, Course], growth: float, errors: Sequence[str], compilations: int
) -> None:
    """Say of each target whether it holds."""
    learners = max(count for count in courses if count <= CLASS)
    course = courses[learners]
    slow, errors = percentile(course.changes, 95), [*errors, *course.errors]
    each = course.megabytes / learners
    for target, holds, figure in (
        (
            f"{learners} learners, 95 % of changes within {MOST_MILLISECONDS} ms",
            slow <= MOST_MILLISECONDS,
            f"{slow:.0f} ms",
        ),
        ("no error", not errors, f"{len(errors)}"),
        (
            f"at most {MOST_MEGABYTES:g} MB a learner",
            each <= MOST_MEGABYTES,
            f"{each:.1f} MB",
        ),
        (
            f"many changes grow the process by at most {MOST_GROWTH:.0%}",
            growth <= MOST_GROWTH,
            f"{growth:.1%}",
        ),
        ("nothing is compiled after the warm-up", not compilations, f"{compilations} times"),
    ):
        print(verdict(target, holds, figure))


if __name__ == "__main__":
    main()
