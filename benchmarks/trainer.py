"""What a step of gradient descent costs: the trainer beside six other ways, in one run.

Run ``make benchmark``, or ``python -m benchmarks.trainer`` where ``benchmarks/requirements.txt`` is
installed. Every figure is a median; the contenders take turns, and are compiled before timing.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

# First, because importing it sets XLA's flags, which then hold for JAX's XLA as well.
from core.training import train, warm_up  # isort: skip

import jax
import jax.numpy as jnp
import keras
import numpy as np
import tensorflow as tf
import torch

from benchmarks.measuring import ROOT, machine, verdict
from core.datasets import Dataset, Line, make_noisy_line
from core.eager import mean_squared_error, train_eagerly
from core.runs import MAX_RATES, MAX_STEPS, TrainingConfig

RATE = 0.1
EIGHT_RATES = (1e-5, 1e-4, 1e-3, 0.01, 0.05, 0.1, 0.3, 0.7)
SIX_RATES = EIGHT_RATES[2:]
START = Line(0.0, -1.0)
REPETITIONS = 7
SHORT = 20_000

LEAST_SPEEDUP = 10_000
LEAST_SPEEDUP_AGAINST_JAX = 5
MOST_GROWTH = 1.5

ALL_POINTS = (100, 1_000, 10_000, 100_000, 1_000_000)
ALL_STEPS = (200, 2_000, 20_000, 200_000, MAX_STEPS)
ALL_WIDTHS = (1, 8, MAX_RATES)


@dataclass(frozen=True)
class Contender:
    """A way to take steps, and how much of it to time.

    Parameters
    ----------
    prepare : callable
        Prepares for a data set; returns a function that runs a number of steps and waits for the
        result.
    """

    name: str
    prepare: Callable[[Dataset], Callable[[int], object]]
    rates: int
    points: int
    steps: int


def median_seconds(
    runs: Sequence[Callable[[], object]], repetitions: int = REPETITIONS
) -> list[float]:
    """Time runs in turn, so that other load slows them all; the first round is a warm-up."""
    times: list[list[float]] = [[] for _ in runs]
    for _ in range(repetitions + 1):
        for run, record in zip(runs, times, strict=True):
            begin = time.perf_counter()
            run()
            record.append(time.perf_counter() - begin)
    return [statistics.median(record[1:]) for record in times]


def prepare_eager(dataset: Dataset) -> Callable[[int], object]:
    """Prepare the lesson's loop."""
    return lambda steps: train_eagerly(dataset, RATE, steps, START)


def prepare_function(dataset: Dataset) -> Callable[[int], object]:
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


def prepare_keras(dataset: Dataset) -> Callable[[int], object]:
    """Prepare Keras' own loop over one neuron, with the whole data set as its one batch."""
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, dtype="float64")])
    model.compile(optimizer=keras.optimizers.SGD(RATE), loss="mse")
    x = dataset.x[:, np.newaxis]
    return lambda steps: model.fit(
        x, dataset.y, batch_size=dataset.n, epochs=steps, shuffle=False, verbose=0
    )


def prepare_torch(dataset: Dataset) -> Callable[[int], object]:
    """Prepare the lesson's loop in PyTorch."""
    x, y = torch.from_numpy(dataset.x.copy()), torch.from_numpy(dataset.y.copy())

    def run(steps: int) -> float:
        w = torch.tensor(START.w, dtype=torch.float64, requires_grad=True)
        b = torch.tensor(START.b, dtype=torch.float64, requires_grad=True)
        for _ in range(steps):
            loss = torch.mean(torch.square(w * x + b - y))
            gradients = torch.autograd.grad(loss, [w, b])
            with torch.no_grad():
                w -= RATE * gradients[0]
                b -= RATE * gradients[1]
        return w.item()

    return run


def prepare_numpy(dataset: Dataset) -> Callable[[int], object]:
    """Prepare the loop with the gradient written out by hand."""
    x, y = dataset.x, dataset.y

    def run(steps: int) -> tuple[float, float]:
        w, b = START.w, START.b
        for _ in range(steps):
            errors = w * x + b - y
            w, b = w - RATE * 2 * float(np.mean(errors * x)), b - RATE * 2 * float(np.mean(errors))
        return w, b

    return run


def prepare_jax(dataset: Dataset) -> Callable[[int], object]:
    """Prepare all steps as one compiled scan, all rates at once, without recording."""
    x, y = jnp.asarray(dataset.x), jnp.asarray(dataset.y)
    gradient = jax.grad(lambda line: jnp.mean(jnp.square(line[0] * x + line[1] - y)))

    def descend(rate: jax.Array, steps: int) -> jax.Array:
        def take_step(line: jax.Array, _: None) -> tuple[jax.Array, None]:
            return line - rate * gradient(line), None

        return jax.lax.scan(take_step, jnp.array([START.w, START.b]), None, length=steps)[0]

    compiled = jax.jit(jax.vmap(descend, in_axes=(0, None)), static_argnums=1)
    rates = jnp.array(SIX_RATES)
    return lambda steps: compiled(rates, steps).block_until_ready()


def prepare_trainer(rates: tuple[float, ...], dataset: Dataset) -> Callable[[int], object]:
    """Prepare the trainer. The warm-up round computes ``Dataset.fold``."""
    return lambda steps: train(dataset, TrainingConfig(rates, steps=steps, start=START))


EAGER = Contender("the lesson's eager loop", prepare_eager, 1, 100, 200)
JAX = Contender("JAX, jit + scan + vmap", prepare_jax, 6, 200, MAX_STEPS)
SIX = Contender("the trainer", partial(prepare_trainer, SIX_RATES), 6, 200, MAX_STEPS)
EIGHT = Contender("the trainer", partial(prepare_trainer, EIGHT_RATES), 8, 100, MAX_STEPS)
CONTENDERS = (
    EAGER,
    Contender("the same step as a tf.function", prepare_function, 1, 100, 2_000),
    Contender("Keras fit, full batch", prepare_keras, 1, 100, 20),
    Contender("PyTorch, eager", prepare_torch, 1, 100, 2_000),
    Contender("NumPy by hand", prepare_numpy, 1, 100, 2_000),
    Contender("JAX, jit + scan + vmap", prepare_jax, 6, 200, 200),
    Contender("the trainer", partial(prepare_trainer, SIX_RATES), 6, 200, 200),
    JAX,
    SIX,
    EIGHT,
)


def compare() -> dict[Contender, float]:
    """Find the seconds that a step of each contender takes, and print them as a table."""
    runs = [
        partial(contender.prepare(make_noisy_line(n=contender.points)), contender.steps)
        for contender in CONTENDERS
    ]
    costs = {
        contender: seconds / contender.steps
        for contender, seconds in zip(CONTENDERS, median_seconds(runs), strict=True)
    }
    print("| | rates | points | steps run | µs a step | times cheaper than eager |")
    print("|---|---:|---:|---:|---:|---:|")
    for contender, cost in costs.items():
        print(
            f"| {contender.name} | {contender.rates} | {contender.points:,} | {contender.steps:,} "
            f"| {digits(cost * 1e6)} | {digits(costs[EAGER] / cost)} |"
        )
    print(f"\nA step is a step of all its rates. Medians of {REPETITIONS} runs, in float64.\n")
    return costs


def weigh_points() -> float:
    """Print cost against points and steps; return the ratio of highest to lowest.

    The ratio is taken for each number of steps; the largest is returned.
    """
    datasets = [make_noisy_line(n=points) for points in ALL_POINTS]
    columns = print_costs(
        "8 rates",
        [f"{points:,} points" for points in ALL_POINTS],
        [prepare_trainer(EIGHT_RATES, dataset) for dataset in datasets],
    )
    return max(max(column) / min(column) for column in columns)


def weigh_rates() -> None:
    """Print cost against rates and steps."""
    dataset = make_noisy_line()
    rates = [tuple(np.geomspace(1e-5, 0.7, width).tolist()) for width in ALL_WIDTHS]
    names = [f"{width} rate{'s' if width > 1 else ''}" for width in ALL_WIDTHS]
    print_costs("100 points", names, [prepare_trainer(some, dataset) for some in rates])


def print_costs(
    what: str, names: Sequence[str], runs: Sequence[Callable[[int], object]]
) -> list[list[float]]:
    """Print µs a step, a row for each run and a column for each number of steps; give columns."""
    columns = []
    for steps in ALL_STEPS:
        # A short run's time varies more: repeat it more often.
        repetitions = REPETITIONS if steps > SHORT else 10 * REPETITIONS
        seconds = median_seconds([partial(run, steps) for run in runs], repetitions)
        columns.append([1e6 * each / steps for each in seconds])
    print(f"| µs a step, {what} |" + "".join(f" {steps:,} steps |" for steps in ALL_STEPS))
    print("|---|" + "---:|" * len(ALL_STEPS))
    for name, *row in zip(names, *columns, strict=True):
        print(f"| {name} | {' | '.join(digits(cost) for cost in row)} |")
    print()
    return columns


def seconds_to_fold(dataset: Dataset) -> float:
    """Time the factorisation that a data set needs once."""
    return median_seconds([lambda: Dataset(dataset.x, dataset.y).fold])[0]


def compile_in_a_fresh_process() -> tuple[float, float, int, int]:
    """Return seconds to import, seconds to compile, traces, and compilations logged by XLA."""
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
        cwd=ROOT,
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


def digits(value: float) -> str:
    """Write a positive number with three digits, and never with an exponent."""
    return f"{float(f'{value:.3g}'):,.10g}"


def main() -> None:
    """Measure and print everything."""
    print(machine("tensorflow-cpu", "tensorflow", "numpy", "keras", "torch", "jax"), end="\n\n")
    jax.config.update("jax_enable_x64", True)
    warm_up()
    costs = compare()
    growth = weigh_points()
    weigh_rates()
    for points in (ALL_POINTS[0], ALL_POINTS[-1]):
        seconds = seconds_to_fold(make_noisy_line(n=points))
        print(f"Folding {points:,} points, once per data set: {seconds:.2g} s.")
    imported, compiled, traces, compilations = compile_in_a_fresh_process()
    print(
        f"In a fresh process: TensorFlow imports in {imported:.1f} s; the trainer's 3 shapes "
        f"compile in {compiled:.1f} s, with {traces} traces and {compilations} compilations.\n"
    )
    against_eager, against_jax = costs[EAGER] / costs[EIGHT], costs[JAX] / costs[SIX]
    for target, holds, figure in (
        (
            f"a step of 8 rates, {MAX_STEPS:,} steps, at least {LEAST_SPEEDUP:,} times cheaper "
            "than an eager step of 1 rate",
            against_eager >= LEAST_SPEEDUP,
            f"{against_eager:,.0f} times",
        ),
        (
            f"6 rates, 200 points, {MAX_STEPS:,} steps, at least {LEAST_SPEEDUP_AGAINST_JAX} times "
            "as fast as JAX's compiled scan",
            against_jax >= LEAST_SPEEDUP_AGAINST_JAX,
            f"{against_jax:.1f} times",
        ),
        (
            f"a step costs the same within {MOST_GROWTH} from {ALL_POINTS[0]:,} to "
            f"{ALL_POINTS[-1]:,} points",
            growth <= MOST_GROWTH,
            f"{growth:.2f} times",
        ),
    ):
        print(verdict(target, holds, figure))


if __name__ == "__main__":
    main()
