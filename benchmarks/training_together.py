"""Ten learners train networks at the same time: how long each waits, and what others notice.

Run ``make benchmark``, or ``python -m benchmarks.training_together``. Learners without browsers
change a control on Data and on Learning rates, and open Data for the first time: first while nobody
trains, then while ten learners train, with settings of their own or all with the same.
"""

import argparse
import asyncio
import itertools
import statistics
from collections.abc import Awaitable, Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from benchmarks.classroom import Server, serve_class
from benchmarks.learner import Answer, Learner, visit
from benchmarks.measuring import machine, verdict

MOST_SLOWDOWN = 2.0
MOST_UNTOLD_MS = 1_000
PAUSE = 0.3  # seconds between two changes of a neighbour
_fresh = itertools.count(1)
_Measure = Callable[[], Awaitable[Answer]]
_Times = dict[str, list[float]]


@dataclass(frozen=True)
class Lesson:
    """What was measured while some trained, in milliseconds.

    Parameters
    ----------
    alone, beside : dict of str to list of float
        What neighbours waited for each of their changes, before and while others trained.
    told, ended : list of float
        When each who trained was first told how far it is, or their place; and when it had ended.
    """

    alone: _Times
    beside: _Times
    told: list[float]
    ended: list[float]


async def arrive(stack: AsyncExitStack, address: str, page: str) -> Learner:
    """Open a page, until the stack is closed."""
    learner = await stack.enter_async_context(visit(address, page))
    await learner.arrive()
    return learner


async def press_train(learner: Learner) -> tuple[float, float]:
    """Train; find when the learner was first told how far it is, or the place, and the end."""
    answer = await learner.change("train", "trigger_value", True)
    assert not answer.errors, answer.errors
    told = (
        moment
        for moment, element in zip(answer.moments, answer.elements, strict=True)
        if element.progress.text
    )
    return next(told), answer.milliseconds


async def neighbours(stack: AsyncExitStack, address: str) -> dict[str, _Measure]:
    """Open the pages of those who do not train; what they do, by name."""
    data = await arrive(stack, address, "data?show=all")
    await data.change("made_settings", "bool_value", True)  # opens the panel with the seed
    rates = await arrive(stack, address, "learning-rates?show=all")

    async def open_data() -> Answer:
        async with visit(address, "data?show=all") as newcomer:
            return await newcomer.arrive()

    return {
        "Data: another seed": lambda: data.change("seed", "string_value", str(next(_fresh))),
        "Learning rates: other steps": lambda: rates.change(
            "steps", "string_value", str(100 + next(_fresh) % 2_000)
        ),
        "Data: a first visit": open_data,
    }


async def measure_until(is_over: asyncio.Event, measures: dict[str, _Measure]) -> _Times:
    """Have neighbours do what they do, again and again, in milliseconds each."""

    async def repeat(measure: _Measure) -> list[float]:
        times = []
        while not is_over.is_set():
            answer = await measure()
            assert not answer.errors, answer.errors
            times.append(answer.milliseconds)
            await asyncio.sleep(PAUSE)
        return times

    every = await asyncio.gather(*map(repeat, measures.values()))
    return dict(zip(measures, every, strict=True))


async def hold_lesson(address: str, seeds: Sequence[int], seconds: float) -> Lesson:
    """Measure neighbours for some seconds, and while a learner for each seed trains networks."""
    async with AsyncExitStack() as stack:
        pages = [f"hot-dog?net_seed={seed}" for seed in seeds]
        learners = [await arrive(stack, address, page) for page in pages]
        measures = await neighbours(stack, address)
        is_over = asyncio.Event()
        asyncio.get_running_loop().call_later(seconds, is_over.set)
        alone = await measure_until(is_over, measures)
        is_over.clear()
        beside = asyncio.create_task(measure_until(is_over, measures))
        trained = await asyncio.gather(*map(press_train, learners))
        is_over.set()
        told, ended = (sorted(moments) for moments in zip(*trained, strict=True))
        return Lesson(alone, await beside, told, ended)


async def train_alone(server: Server, seed: int) -> tuple[float, float]:
    """Train while nobody does anything else: seconds, and seconds of a core."""
    async with AsyncExitStack() as stack:
        learner = await arrive(stack, server.address, f"hot-dog?net_seed={seed}")
        before = server.cpu_seconds()
        _, ended = await press_train(learner)
        return ended / 1000, server.cpu_seconds() - before


async def measure_all(server: Server, learners: int, seconds: float) -> None:
    """Measure, and print the figures and whether the targets hold."""
    await train_alone(server, 900)  # compiles
    taken, of_a_core = await train_alone(server, 901)
    print(f"One training alone: {taken:.1f} s, {of_a_core:.1f} s of a core.\n")
    print("| what neighbours wait for, median ms | alone | beside | times |")
    print("|---|---:|---:|---:|", flush=True)
    lessons = {}
    ratios = []
    for name, seeds in (
        ("different settings", range(learners)),
        ("the same settings", [902] * learners),
    ):
        lessons[name] = lesson = await hold_lesson(server.address, seeds, seconds)
        for what, times in lesson.beside.items():
            alone, beside = statistics.median(lesson.alone[what]), statistics.median(times)
            ratios.append(beside / alone)
            print(
                f"| {what}, {name} | {alone:,.0f} | {beside:,.0f} | {beside / alone:.1f} |",
                flush=True,
            )
    print(f"\n| {learners} trainings | told after, median s | last | result, first s | last |")
    print("|---|---:|---:|---:|---:|")
    for name, lesson in lessons.items():
        figures = statistics.median(lesson.told), lesson.told[-1], lesson.ended[0], lesson.ended[-1]
        print(f"| {name} | {' | '.join(f'{figure / 1000:.1f}' for figure in figures)} |")
    latest, worst = max(lesson.told[-1] for lesson in lessons.values()), max(ratios)
    target = f"neighbours wait at most {MOST_SLOWDOWN:g} times as long"
    print(f"\n{verdict(target, worst <= MOST_SLOWDOWN, f'{worst:.1f} times')}")
    target = f"each who trains is told something within {MOST_UNTOLD_MS / 1000:g} s"
    print(verdict(target, latest <= MOST_UNTOLD_MS, f"{latest / 1000:.1f} s"))


def main() -> None:
    """Measure and print everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--learners", type=int, default=10)
    parser.add_argument("--seconds", type=float, default=20, help="measured while nobody trains")
    options = parser.parse_args()
    print(machine("streamlit", "uvicorn", "tensorflow-cpu", "tensorflow"), end="\n\n")
    with serve_class("streamlit_app.py") as server:
        asyncio.run(measure_all(server, options.learners, options.seconds))


if __name__ == "__main__":
    main()
