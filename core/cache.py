"""Caches shared by all visitors: each result is computed once and kept while it is in use.

With ``core.process`` the only module of ``core`` that imports Streamlit. What is cached is small,
contains nothing private, and can be recomputed: any visitor can clear Streamlit's caches. Functions
that train raise ``process.TensorFlowMissingError`` if TensorFlow cannot be imported.
"""

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import streamlit as st

from core import theory, turns
from core.course.mistakes import MISTAKES
from core.course.outcomes import Outcome, run
from core.datasets import Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.descent.challenges import PARS
from core.figures.pins import PinnedRun, excess_shares
from core.figures.rate_frames import Comparison
from core.network.pictures import Pictures
from core.network.queue import Queue, Stage, Standing
from core.network.range_test import RANGE_STEPS, RANGE_WORK, RangeTest
from core.network.runs import (
    CHUNK,
    EDGE_STEPS,
    EDGE_WORK,
    STEPS,
    EdgeRun,
    NetworkConfig,
    NetworkHistory,
    held_out_pictures,
    share_done,
    training_pictures,
)
from core.network.runs import fresh_pictures as draw_fresh_pictures
from core.points import standardize, with_outlier
from core.process import wait_for_tensorflow
from core.reading.pins import Pin
from core.runs import History, TrainingConfig

noisy_line = st.cache_resource(max_entries=64, show_spinner=False)(make_noisy_line)
bundled = st.cache_resource(max_entries=16, show_spinner=False)(load_bundled)


@st.cache_resource(max_entries=64, show_spinner=False)
def outlying(fingerprint: str, x: float, y: float, _dataset: Dataset) -> Dataset:
    """Add an outlier to a data set, cached by its fingerprint, x and y."""
    return with_outlier(_dataset, x, y)


def standardized(dataset: Dataset) -> Dataset:
    """Standardize a data set, once."""
    labels = dataset.name, dataset.x_label, dataset.y_label
    return _standardized(dataset.fingerprint, labels, dataset)


@st.cache_resource(max_entries=64, show_spinner=False)
def _standardized(fingerprint: str, labels: tuple[str, ...], _dataset: Dataset) -> Dataset:
    return standardize(_dataset)


def train(dataset: Dataset, config: TrainingConfig) -> History:
    """Train as ``core.training.train`` does, at most once for each data set and configuration.

    Values that are only rounding error are set to 0: see ``theory.without_rounding``.
    """
    wait_for_tensorflow()
    return _train(dataset.fingerprint, config, dataset)


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs={TrainingConfig: repr})
def _train(fingerprint: str, config: TrainingConfig, _dataset: Dataset) -> History:
    from core import training

    return theory.without_rounding(_dataset, training.train(_dataset, config))


def par(challenge: str, dataset: Dataset, start: Line) -> float | None:
    """Search the best result of a challenge, at most once; its hundreds of runs are not cached."""
    wait_for_tensorflow()
    return _par(challenge, dataset.fingerprint, start, dataset)


@st.cache_data(max_entries=256, show_spinner=False)
def _par(challenge: str, fingerprint: str, start: Line, _dataset: Dataset) -> float | None:
    from core import training

    return PARS[challenge](training.train, _dataset, start)


def outcome(key: str, repaired: bool = False) -> Outcome:
    """Run the wrong or the repaired code of a mistake, at most once."""
    wait_for_tensorflow()
    return _outcome(key, repaired)


@st.cache_data(max_entries=2 * len(MISTAKES), show_spinner=False)
def _outcome(key: str, repaired: bool) -> Outcome:
    mistake = MISTAKES[key]
    return run(mistake.repaired if repaired else mistake.wrong)


@st.cache_resource(max_entries=4, show_spinner=False)
def pictures(clutter: float) -> tuple[Pictures, Pictures]:
    """Draw the training pictures and the held-out pictures."""
    return training_pictures(clutter), held_out_pictures(clutter)


@st.cache_resource(max_entries=4, show_spinner=False)
def fresh_pictures(clutter: float) -> Pictures:
    """Draw the test set: used neither for training nor for choosing a learning rate."""
    return draw_fresh_pictures(clutter)


T = TypeVar("T")
MAX_TRAINED = 64
ASKED_EVERY = 0.2  # seconds between two questions how a training stands
_queue = Queue()


@st.cache_resource(show_spinner=False)
def _trained() -> OrderedDict[Hashable, Any]:
    """Results of completed trainings, the latest last: of a network under its configuration."""
    return OrderedDict()


def _keep(key: Hashable, result: object) -> None:
    kept = _trained()
    kept[key] = result
    while len(kept) > MAX_TRAINED:
        kept.popitem(last=False)


def _follow(
    key: Hashable, begin: Callable[[], Iterator[Stage[T]]], work: float
) -> Iterator[Standing[T]]:
    """Train in the queue; tell several times a second how it stands, until it is over.

    A training goes on while somebody follows it: see ``core.network.queue``.
    """
    wait_for_tensorflow()
    while True:
        standing = _queue.ask(key, begin, work)
        yield standing
        if standing.is_over:
            return
        with turns.let_others():
            time.sleep(ASKED_EVERY)


def trained_network(config: NetworkConfig) -> NetworkHistory | None:
    """Look up a completed run; None if it is not cached."""
    history: NetworkHistory | None = _trained().get(config)
    return history


def train_network(
    config: NetworkConfig, reached: NetworkHistory | None = None
) -> Iterator[NetworkHistory]:
    """Train as ``core.network.training.train`` does, at most once for each configuration.

    Compiled on first use rather than in the warm-up, so that it delays no other page.
    """
    kept = trained_network(config)
    if kept is not None:
        yield kept
        return
    wait_for_tensorflow()
    from core.network import training as network

    for history in network.train(*pictures(config.clutter), config, reached):
        if history.is_whole:
            _keep(config, history)
        yield history


Histories = dict[NetworkConfig, NetworkHistory]


def follow_networks(
    configs: Sequence[NetworkConfig], reached: Mapping[NetworkConfig, NetworkHistory]
) -> Iterator[Standing[Histories]]:
    """Train networks side by side, when it is their turn; tell how they stand until all are whole.

    Parameters
    ----------
    configs : sequence of NetworkConfig
    reached : mapping of NetworkConfig to NetworkHistory
        How far interrupted runs came: they go on after it.
    """
    work = sum(config.chunk_work for config in configs) * STEPS / CHUNK
    begun = dict(reached)
    yield from _follow(tuple(configs), lambda: _train_side_by_side(configs, begun), work)


def _train_side_by_side(
    configs: Sequence[NetworkConfig], reached: Histories
) -> Iterator[Stage[Histories]]:
    """Train networks, a chunk of steps each in turn."""
    runs = {config: train_network(config, reached.get(config)) for config in configs}
    while runs:
        for config, histories in list(runs.items()):
            history = next(histories, None)
            if history is None:
                del runs[config]
                continue
            reached = {**reached, config: history}
            yield share_done(configs, reached), reached


def fresh_accuracy(config: NetworkConfig, history: NetworkHistory) -> float:
    """Compute the accuracy of a completed run's network on the test set, at most once."""
    wait_for_tensorflow()
    return _fresh_accuracy(config, history.weights)


@st.cache_data(max_entries=MAX_TRAINED, show_spinner=False)
def _fresh_accuracy(config: NetworkConfig, _weights: tuple[FloatArray, ...]) -> float:
    from core.network import training as network

    return network.share_right(_weights, fresh_pictures(config.clutter))


def _follow_once(
    key: Hashable, begin: Callable[[], Iterator[Stage[T]]], work: float
) -> Iterator[Standing[T]]:
    """Train in the queue, and keep the result."""
    kept = _trained()
    if key in kept:
        yield Standing(0, None, 1.0, kept[key], is_over=True)
        return
    for standing in _follow(key, begin, work):
        if standing.is_over:
            _keep(key, standing.result)
        yield standing


def follow_range_test(config: NetworkConfig) -> Iterator[Standing[RangeTest]]:
    """Run the range test on a new network, when it is its turn, at most once for all rates."""
    config = replace(config, learning_rate=NetworkConfig.learning_rate)
    yield from _follow_once(("range test", config), lambda: _range_test(config), RANGE_WORK)


def _range_test(config: NetworkConfig) -> Iterator[Stage[RangeTest]]:
    from core.network import training as network

    tests = network.range_test(pictures(config.clutter)[0], config)
    for taken, test in enumerate(tests, 1):
        yield taken * CHUNK / RANGE_STEPS, test


def follow_edge_runs(rates: Sequence[float]) -> Iterator[Standing[list[EdgeRun]]]:
    """Train small networks and measure their sharpness, when it is their turn, at most once."""
    yield from _follow_once(("edge", *rates), lambda: _edge_runs(rates), EDGE_WORK * len(rates))


def _edge_runs(rates: Sequence[float]) -> Iterator[Stage[list[EdgeRun]]]:
    from core.network import edge

    runs: list[EdgeRun] = []
    for place, rate in enumerate(rates):
        for so_far in edge.follow(pictures(NetworkConfig.clutter)[0], rate):
            runs = [*runs[:place], so_far]
            yield (place + so_far.steps[-1] / EDGE_STEPS) / len(rates), runs


def pinned_run(pin: Pin) -> PinnedRun:
    """Repeat the run of a pin, at most once."""
    return _pinned_run(pin.identity, pin)


@st.cache_resource(max_entries=256, show_spinner=False)
def _pinned_run(identity: tuple[object, ...], _pin: Pin) -> PinnedRun:
    dataset, rates = _pin.dataset(), (_pin.learning_rate,)
    config = TrainingConfig(rates, _pin.steps, dataset.from_original(_pin.start))
    runs = Comparison(dataset, train(dataset, config), rates)
    return PinnedRun(runs.rows[0], excess_shares(runs))
