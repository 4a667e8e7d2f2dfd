"""Sample pictures of every chart in the register.

A chart is called with arguments found by the names of its parameters: switches both ways, all else
from ``VALUES``. So a new chart that takes known kinds of facts is tested without a line here.
"""

import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from functools import cache
from itertools import product
from typing import Any

from core import figures
from core.course import predictions
from core.datasets import Dataset, load_bundled, make_noisy_line
from core.figures.registry import FIGURES, Picture, Spec
from core.points import standardize
from core.runs import LESSON_START

for _module in pkgutil.iter_modules(figures.__path__):  # so that all charts are registered
    importlib.import_module(f"{figures.__name__}.{_module.name}")

LESSON = make_noisy_line()
DATASETS = {
    "lesson": LESSON,
    "standardized": standardize(LESSON),
    "without noise": make_noisy_line(noise=0.0),
    **{name: load_bundled(name) for name in ("cars", "hubble", "forbes", "anscombe-4")},
}

# For each name of a parameter: some values of it, on a data set.
VALUES: dict[str, Callable[[Dataset], Sequence[object]]] = {
    "dataset": lambda dataset: [dataset],
    "start": lambda dataset: [LESSON_START],
    "least_wrong": lambda dataset: [predictions.least_wrong(dataset, 0)],
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
