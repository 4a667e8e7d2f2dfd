"""Print what runs show that amplify the last bit of a sum: a process of its own for each machine.

``python -m tests.support.figures_of_runs NAME …`` prints the named figures as JSON, floats to six
digits. The environment decides how this process adds up: see ``test_same_everywhere``.
"""

import json
import sys
from collections.abc import Callable, Iterable

from core import theory
from core.datasets import make_noisy_line
from core.descent import challenges
from core.network import edge, range_test
from core.network import training as network
from core.network.runs import NetworkConfig, held_out_pictures, training_pictures, verdict
from core.points import standardize
from core.runs import LESSON_START, TrainingConfig
from core.training import train

DEFAULT_RATES = (0.001, 0.2, 10.0)  # of the page
LARGE_RATES = (5.0, 8.0)


def digits(values: Iterable[float]) -> list[str]:
    return [f"{value:.6g}" for value in values]


def networks(rates: Iterable[float]) -> dict[str, object]:
    pictures = [make(NetworkConfig.clutter) for make in (training_pictures, held_out_pictures)]
    figures: dict[str, object] = {}
    for rate in rates:
        *_, history = network.train(*pictures, NetworkConfig(rate))
        curves = [digits(curve) for curve in history.curves]
        figures[str(rate)] = [verdict(history), history.diverged_at, *curves]
    return figures


def range_test_of_network() -> list[str]:
    found = network.range_test(training_pictures(NetworkConfig.clutter), NetworkConfig())
    return digits([found.steepest, found.tenth, *found.smoothed])


def edges() -> dict[str, object]:
    pictures = training_pictures(NetworkConfig.clutter)
    runs = [edge.follow(pictures, rate) for rate in (0.03, 0.1)]
    return {
        str(run.learning_rate): [run.hovers, digits(run.loss), digits(run.sharpness)]
        for run in runs
    }


def lines() -> dict[str, object]:
    dataset = make_noisy_line()
    limit = theory.stable_limit(dataset)
    rates = tuple(share * limit for share in (0.2, 0.97, 0.999, 1.001, 1.02))
    ends: dict[str, object] = {}
    for batch_size in (None, 8, 1):
        history = train(dataset, TrainingConfig(rates, 2_000, batch_size=batch_size))
        figures = [history.w, history.b, history.loss]
        ends[f"batches of {batch_size}"] = [
            history.diverged_at.tolist(),
            *(digits(figure[:, ::50].ravel()) for figure in figures),
        ]
    scaled = standardize(dataset)
    start = scaled.from_original(LESSON_START)
    ends["pars"] = {name: par(train, scaled, start) for name, par in challenges.PARS.items()}
    test = range_test.on_line(train, dataset, LESSON_START)
    ends["range test"] = digits([test.steepest, test.tenth])
    return ends


FIGURES: dict[str, Callable[[], object]] = {
    "large": lambda: networks(LARGE_RATES),
    "default": lambda: networks(DEFAULT_RATES),
    "range": range_test_of_network,
    "edge": edges,
    "lines": lines,
}

if __name__ == "__main__":
    print(json.dumps({name: FIGURES[name]() for name in sys.argv[1:]}))
