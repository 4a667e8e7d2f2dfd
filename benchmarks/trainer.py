"""What a step of gradient descent costs: the trainer beside three plain loops, in one run.

Run ``python -m benchmarks.trainer``, or ``make benchmark``.
"""

import os
import platform
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import tensorflow as tf

from core.datasets import Dataset, Line, make_noisy_line
from core.eager import mean_squared_error, train_eagerly
from core.runs import MAX_STEPS, TrainingConfig
from core.training import train, warm_up

POINTS = (100, 100_000)
RATE = 0.1
RATES = (1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.3, 0.7)
START = Line(0.0, -1.0)

Steps = tuple[int, int]

LEAST_SPEEDUP = 5_000
MOST_GROWTH = 1.5


@dataclass(frozen=True)
class Row:
    """One line of the table; ``seconds`` is the median time of one run."""

    name: str
    rates: int
    points: int
    steps: int
    seconds: float

    @property
    def step(self) -> float:
        """Cost of one step of all its rates, in seconds."""
        return self.seconds / self.steps


def median_seconds(runs: Sequence[Callable[[], object]], repetitions: int) -> list[float]:
    """Time runs in turn, so that a busy moment slows them all; the first round does not count."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(repetitions + 1):
        for run, record in zip(runs, times, strict=True):
            begin = time.perf_counter()
            run()
            record.append(time.perf_counter() - begin)
    return [statistics.median(record[1:]) for record in times]


def make_function_loop(dataset: Dataset) -> Callable[[int], None]:
    """Put tape and update of one step into a ``tf.function``, and call it from a Python loop."""
    x, y = tf.constant(dataset.x), tf.constant(dataset.y)
    w = tf.Variable(START.w, dtype=tf.float64)
    b = tf.Variable(START.b, dtype=tf.float64)
    rate = tf.constant(RATE, tf.float64)

    def take_step() -> tf.Tensor:
        with tf.GradientTape() as tape:
            loss = mean_squared_error(w * x + b, y)
        gradients = tape.gradient(loss, [w, b])
        w.assign_sub(rate * gradients[0])
        b.assign_sub(rate * gradients[1])
        return loss

    compiled = tf.function(take_step)

    def run(steps: int) -> None:
        for _ in range(steps):
            compiled()

    return run


def descend_in_numpy(dataset: Dataset, steps: int) -> tuple[float, float]:
    """Run the lesson's loop with the gradient written out by hand."""
    x, y = dataset.x, dataset.y
    w, b = START.w, START.b
    for _ in range(steps):
        errors = w * x + b - y
        w, b = w - RATE * 2 * float(np.mean(errors * x)), b - RATE * 2 * float(np.mean(errors))
    return w, b


def run_eagerly(dataset: Dataset) -> Callable[[int], object]:
    """Prepare the lesson's loop."""
    return lambda steps: train_eagerly(dataset, RATE, steps, START)


def run_numpy(dataset: Dataset) -> Callable[[int], object]:
    """Prepare the loop by hand."""
    return lambda steps: descend_in_numpy(dataset, steps)


def run_trainer(rates: tuple[float, ...], dataset: Dataset) -> Callable[[int], object]:
    """Prepare the trainer. The round that does not count folds the data; see ``main``."""
    return lambda steps: train(dataset, TrainingConfig(rates, steps=steps, start=START))


# name, rates, what prepares it for a data set, steps to run at 100 and at 100,000 points
CONTENDERS: list[tuple[str, int, Callable[[Dataset], Callable[[int], object]], Steps]] = [
    ("eager loop", 1, run_eagerly, (200, 100)),
    ("tf.function", 1, make_function_loop, (2_000, 1_000)),
    ("NumPy by hand", 1, run_numpy, (2_000, 1_000)),
    *(
        ("trainer", len(rates), partial(run_trainer, rates), (steps, steps))
        for rates in ((RATE,), RATES)
        for steps in (200, 20_000, MAX_STEPS)
    ),
]
REPETITIONS = 7


def measure(datasets: Sequence[Dataset]) -> list[Row]:
    """Time all contenders on all data sets; rows in the order of points."""
    rows = []
    for name, rates, prepare, all_steps in CONTENDERS:
        runs = [
            partial(prepare(dataset), steps)
            for dataset, steps in zip(datasets, all_steps, strict=True)
        ]
        for dataset, steps, seconds in zip(
            datasets, all_steps, median_seconds(runs, REPETITIONS), strict=True
        ):
            rows.append(Row(name, rates, dataset.n, steps, seconds))
    return sorted(rows, key=lambda row: row.points)


def seconds_to_fold(dataset: Dataset) -> float:
    """Time the factorisation that a data set needs once."""
    return median_seconds([lambda: Dataset(dataset.x, dataset.y).fold], REPETITIONS)[0]


def compile_in_a_fresh_process() -> tuple[float, float, int, int]:
    """Tell seconds to import, seconds to compile, traces, and compilations by XLA's own log."""
    script = """
import time
begin = time.perf_counter()
from core.training import count_traces, warm_up
imported = time.perf_counter()
warm_up()
print(imported - begin, time.perf_counter() - imported, count_traces())
"""
    result = subprocess.run(
        [sys.executable, "-c", script],
        cwd=Path(__file__).parents[1],
        env={
            **os.environ,
            "TF_CPP_MIN_LOG_LEVEL": "0",
            "TF_CPP_VMODULE": "device_compilation_profiler=1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    imported, compiled, traces = result.stdout.split()
    compilations = result.stderr.count("Compiled __inference")
    return float(imported), float(compiled), int(traces), compilations


def machine() -> str:
    """Name processor, cores and versions."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    processor = found[1] if found else platform.processor()
    return (
        f"{processor}, {os.cpu_count()} cores; Python {platform.python_version()}, "
        f"TensorFlow {tf.__version__}, NumPy {np.__version__}"
    )


def digits(value: float) -> str:
    """Write a positive number with three digits, and never with an exponent."""
    return f"{float(f'{value:.3g}'):,.10g}"


def print_table(rows: list[Row]) -> None:
    """Print a Markdown table, in the order of points."""
    eager = {row.points: row.step for row in rows if row.name == "eager loop"}
    print("| | rates | points | steps run | µs a step | times cheaper than eager |")
    print("|---|---:|---:|---:|---:|---:|")
    for row in rows:
        print(
            f"| {row.name} | {row.rates} | {row.points:,} | {row.steps:,} "
            f"| {digits(row.step * 1e6)} | {digits(eager[row.points] / row.step)} |"
        )


def print_targets(rows: list[Row]) -> None:
    """Say of each target whether it holds."""

    def step(name: str, points: int) -> float:
        return next(row.step for row in reversed(rows) if row.name == name and row.points == points)

    few, many = POINTS
    speedup, against_few = (step("eager loop", n) / step("trainer", many) for n in (many, few))
    growth = step("trainer", many) / step("trainer", few)
    print(
        f"Target: a step of 8 rates, {many:,} points, {MAX_STEPS:,} steps, at least "
        f"{LEAST_SPEEDUP:,} times cheaper than an eager step of 1 rate: "
        f"{'holds' if speedup >= LEAST_SPEEDUP else 'MISSED'}, {speedup:,.0f} times "
        f"({against_few:,.0f} times against eager steps of {few} points)."
    )
    print(
        f"Target: a step at {many:,} points costs at most {MOST_GROWTH} times a step at {few}: "
        f"{'holds' if growth <= MOST_GROWTH else 'MISSED'}, {growth:.2f} times."
    )


def main() -> None:
    """Measure and print everything."""
    print(machine(), end="\n\n")
    warm_up()
    datasets = [make_noisy_line(n=n) for n in POINTS]
    rows = measure(datasets)
    print_table(rows)
    print(f"\nMedians of {REPETITIONS} runs, all points in each step, one process.")
    for dataset in datasets:
        print(f"Folding {dataset.n:,} points, once per data set: {seconds_to_fold(dataset):.2g} s.")
    imported, compiled, traces, compilations = compile_in_a_fresh_process()
    print(
        f"In a fresh process: TensorFlow imports in {imported:.1f} s; the trainer's 3 shapes "
        f"compile in {compiled:.1f} s, with {traces} traces and {compilations} compilations."
    )
    print_targets(rows)


if __name__ == "__main__":
    main()
