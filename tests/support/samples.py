"""Sample pictures of every chart in the register.

A chart is called with arguments found by the names of its parameters: switches both ways, all else
from ``VALUES``. So a new chart that takes known kinds of facts is tested without a line here.
"""

import importlib
import inspect
import math
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

import numpy as np

from core import figures, theory
from core.course import outlier, predictions
from core.datasets import Dataset, Line, load_bundled, make_noisy_line
from core.descent.challenges import draw_diagnosis
from core.descent.experiments import Step, Stretch, take_apart
from core.descent.experiments import race as mini_batch_race
from core.descent.schedules import race, two_rates
from core.figures import bowl, frames
from core.figures.frames import Branches
from core.figures.pins import PinnedRun, excess_shares
from core.figures.rate_frames import Comparison
from core.figures.registry import FIGURES, Picture, Spec, Table
from core.network import range_test
from core.network.runs import INPUTS, STEPS, EdgeRun, NetworkHistory
from core.points import standardize
from core.reading.pins import Pin
from core.runs import LESSON_START, TrainingConfig
from core.training import train

MODULES = [  # imported, so that all charts are registered
    importlib.import_module(f"{figures.__name__}.{module.name}")
    for module in pkgutil.iter_modules(figures.__path__)
]

LESSON = make_noisy_line()
DATASETS = {
    "lesson": LESSON,
    "standardized": standardize(LESSON),
    "without noise": make_noisy_line(noise=0.0),
    **{name: load_bundled(name) for name in ("cars", "hubble", "forbes", "anscombe-4")},
}


def rates_of(dataset: Dataset) -> tuple[float, ...]:
    """A rate of each verdict: slow, good, zigzag, explodes."""
    return tuple(share * theory.stable_limit(dataset) for share in (0.001, 0.3, 0.97, 1.5))


def compare(dataset: Dataset, rates: tuple[float, ...], steps: int = 200) -> Comparison:
    return Comparison(dataset, train(dataset, TrainingConfig(rates, steps)), rates)


def run(dataset: Dataset, share: float, steps: int) -> Table:
    """A run at a share of the limit."""
    config = TrainingConfig((share * theory.stable_limit(dataset),), steps)
    return frames.path(dataset, train(dataset, config))


def arrow(dataset: Dataset) -> Step:
    """The fourth step of a run."""
    stretch = Stretch(5, theory.safe_rate(dataset))
    return take_apart(train, dataset, LESSON_START, (stretch,), 3)


PIN = Pin(
    "a long run",
    "",
    {"data": "hubble", "standardize": False, "start_w": 0.0, "start_b": -1.0},
    0.2,
    100_000,
)


@cache
def pinned_run() -> PinnedRun:
    runs = compare(PIN.dataset(), (PIN.learning_rate,), PIN.steps)
    return PinnedRun(runs.rows[0], excess_shares(runs))


def network(losses: Sequence[float], diverged_at: int = -1, share: float = 1.0) -> NetworkHistory:
    """The history of a network with such losses, that has come through a share of its steps."""
    curve = np.array(losses)
    steps = np.linspace(0, share * STEPS, curve.size).astype(np.int64)
    accuracy = np.exp(-curve.clip(max=10))
    rng = np.random.default_rng(0)
    weights = rng.normal(size=(INPUTS, 8)), np.zeros(8), rng.normal(size=(8, 1)), np.zeros(1)
    scores = rng.normal(size=1_000)
    return NetworkHistory(
        steps, curve, accuracy, 1.1 * curve, accuracy, diverged_at, weights, scores
    )


NET_RATES = (1e-3, 0.2, 10.0, 1e5)
NETWORKS = [
    network([0.7, 0.69, 0.68]),
    network([0.7, 0.3, 0.1, 0.05]),
    network([0.7, 1e200, 0.7]),
    network([0.7], diverged_at=0),
]
STOPPED_NETWORKS = [network([0.7, 0.69], share=0.5), network([0.7, 0.3, 0.1], share=0.5)]
EDGE_RUNS = [
    EdgeRun(0.1, np.arange(3), np.array([1.0, 0.5, 0.1]), np.array([5.0, 21.0, 20.0])),
    EdgeRun(0.03, np.arange(3), np.array([1.0, 0.6, 0.2]), np.array([5.0, 15.0, 30.0])),
]
LOSSES_OF_A_RANGE_TEST = np.concatenate([np.linspace(1, 0.3, 250), np.geomspace(0.3, 1e9, 50)])

# For each name of a parameter: some values of it, on a data set.
VALUES: dict[str, Callable[[Dataset], Sequence[object]]] = {
    "dataset": lambda dataset: [dataset],
    "start": lambda dataset: [LESSON_START],
    "bad": lambda dataset: [outlier.of_any_data(dataset)],
    "least_wrong": lambda dataset: [predictions.least_wrong(dataset, 0)],
    "which_way": lambda dataset: [
        question
        for seed in (0, 1)
        if (question := predictions.which_way(dataset, LESSON_START, seed))
    ],
    "choice": lambda dataset: [None, 1],
    "after_steps": lambda dataset: [predictions.after_steps(dataset, LESSON_START, 0)],
    "prediction": lambda dataset: [None, Line(0.0, 0.0)],
    "lesson": lambda dataset: [LESSON],
    "run": lambda dataset: [run(dataset, 0.5, 50), run(dataset, 1.2, 1_000)],
    "branches": lambda dataset: [
        Branches(run(dataset, 0.5, 50)),
        Branches(run(dataset, 1.2, 1_000), run(dataset, 0.5, 50), fork_at=10),
    ],
    "step": lambda dataset: [None, arrow(dataset)],
    "solid": lambda dataset: [bowl.solid(dataset, LESSON_START, run(dataset, 0.5, 50))],
    "wrong": lambda dataset: [(1.0, 1e3, 1e300, math.inf, math.nan, math.nan)],
    "repaired": lambda dataset: [(1.0, 0.5, 0.25, 0.1, 0.05, 0.025)],
    "limit": lambda dataset: [predictions.limit_of(dataset, LESSON_START, seed) for seed in (0, 1)],
    "mark": lambda dataset: [None, 0.7 * theory.stable_limit(dataset)],
    "four": lambda dataset: [predictions.pictures(dataset, seed) for seed in (0, 1)],
    "rates": lambda dataset: [rates_of(dataset), (*rates_of(dataset), 1e10)],
    "steps": lambda dataset: [200],
    "recorded": lambda dataset: [(0, 1, 30, 200)],
    "runs": lambda dataset: [
        compare(dataset, rates_of(dataset)),
        compare(dataset, (*rates_of(dataset), 1e10), 100_000),
    ],
    "pin": lambda dataset: [PIN],
    "pinned": lambda dataset: [pinned_run()],
    "race": lambda dataset: [
        race(train, dataset, LESSON_START, factors, 0.0, steps)
        for factors, steps in (((1.0,), 1), ((1.0, 5.0), 24), ((3.0,), 511))
    ],
    "batch_race": lambda dataset: [
        mini_batch_race(
            train, dataset, LESSON_START, 0.5 * theory.batch_limit(dataset, 8), 8, (5, 25), draws
        )
        for draws in (1, 3)
    ],
    "n": lambda dataset: [2, 30],
    "game": lambda dataset: [two_rates(dataset, LESSON_START)],
    "eight": lambda dataset: [draw_diagnosis(train, dataset, LESSON_START, 0)],
    "histories": lambda dataset: [NETWORKS, STOPPED_NETWORKS],
    "net_rates": lambda dataset: [NET_RATES],
    "range_test": lambda dataset: [range_test.read(LOSSES_OF_A_RANGE_TEST)],
    "limit_of_line": lambda dataset: [0.7],
    "edge_runs": lambda dataset: [EDGE_RUNS],
}


@cache
def _values(name: str, data: str) -> Sequence[object]:
    return VALUES[name](DATASETS[data])


def calls(key: str, data: str = "lesson") -> list[dict[str, object]]:
    """List the arguments with which a chart is tried on a data set: all combinations.

    Raises
    ------
    KeyError
        If the chart has a parameter of a name that is not in ``VALUES``.
    """
    choices = {}
    for name, parameter in inspect.signature(FIGURES[key]).parameters.items():
        if parameter.annotation is not bool and name not in VALUES:
            raise KeyError(
                f"the chart {key!r} takes {name!r}: add some values for it to VALUES in {__file__}"
            )
        choices[name] = [False, True] if parameter.annotation is bool else _values(name, data)
    return [dict(zip(choices, values, strict=True)) for values in product(*choices.values())]


@cache
def pictures(key: str, data: str = "lesson") -> tuple[Picture, ...]:
    """Make the sample pictures of a chart on a data set."""
    return tuple(FIGURES[key](**call) for call in calls(key, data))


def views(spec: Spec) -> Iterator[dict[str, Any]]:
    """Walk through every view of a specification that draws marks."""
    for part in spec.get("layer", []) + spec.get("vconcat", []):
        yield from views(part)
    if "mark" in spec:
        yield spec
