"""Caches shared by all visitors: each result is computed once and kept while it is in use.

With ``core.process`` the only module of ``core`` that imports Streamlit. What is cached is small,
contains nothing private, and can be recomputed: any visitor can clear Streamlit's caches. Functions
that train raise ``process.TensorFlowMissingError`` if TensorFlow cannot be imported.
"""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace

import streamlit as st

from core import theory
from core.course.mistakes import MISTAKES
from core.course.outcomes import Outcome, run
from core.datasets import Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.descent.challenges import PARS
from core.figures.pins import PinnedRun, excess_shares
from core.figures.rate_frames import Comparison
from core.network.pictures import Pictures
from core.network.range_test import RangeTest
from core.network.runs import (
    EdgeRun,
    NetworkConfig,
    NetworkHistory,
    held_out_pictures,
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


MAX_NETWORKS = 64


@st.cache_resource(show_spinner=False)
def _networks() -> OrderedDict[NetworkConfig, NetworkHistory]:
    """Completed runs, the latest last."""
    return OrderedDict()


def trained_network(config: NetworkConfig) -> NetworkHistory | None:
    """Look up a completed run; None if it is not cached."""
    return _networks().get(config)


def train_network(
    config: NetworkConfig, reached: NetworkHistory | None = None
) -> Iterator[NetworkHistory]:
    """Train as ``core.network.training.train`` does, at most once for each configuration.

    Compiled on first use rather than in the warm-up, so that it delays no other page.
    """
    kept = _networks()
    if config in kept:
        yield kept[config]
        return
    wait_for_tensorflow()
    from core.network import training as network

    for history in network.train(*pictures(config.clutter), config, reached):
        if history.is_whole:
            kept[config] = history
            while len(kept) > MAX_NETWORKS:
                kept.popitem(last=False)
        yield history


def fresh_accuracy(config: NetworkConfig, history: NetworkHistory) -> float:
    """Compute the accuracy of a completed run's network on the test set, at most once."""
    wait_for_tensorflow()
    return _fresh_accuracy(config, history.weights)


@st.cache_data(max_entries=MAX_NETWORKS, show_spinner=False)
def _fresh_accuracy(config: NetworkConfig, _weights: tuple[FloatArray, ...]) -> float:
    from core.network import training as network

    return network.share_right(_weights, fresh_pictures(config.clutter))


def range_test(config: NetworkConfig) -> RangeTest:
    """Run the range test on a new network, at most once for all learning rates."""
    wait_for_tensorflow()
    return _range_test(replace(config, learning_rate=NetworkConfig.learning_rate))


@st.cache_data(max_entries=64, show_spinner=False)
def _range_test(config: NetworkConfig) -> RangeTest:
    from core.network import training as network

    return network.range_test(pictures(config.clutter)[0], config)


def edge_run(learning_rate: float) -> EdgeRun:
    """Train the small network at a learning rate and measure its sharpness, at most once."""
    wait_for_tensorflow()
    return _edge_run(learning_rate)


@st.cache_data(max_entries=8, show_spinner=False)
def _edge_run(learning_rate: float) -> EdgeRun:
    from core.network import edge

    return edge.follow(pictures(NetworkConfig.clutter)[0], learning_rate)


def pinned_run(pin: Pin) -> PinnedRun:
    """Repeat the run of a pin, at most once."""
    return _pinned_run(pin.identity, pin)


@st.cache_resource(max_entries=256, show_spinner=False)
def _pinned_run(identity: tuple[object, ...], _pin: Pin) -> PinnedRun:
    dataset, rates = _pin.dataset(), (_pin.learning_rate,)
    config = TrainingConfig(rates, _pin.steps, dataset.from_original(_pin.start))
    runs = Comparison(dataset, train(dataset, config), rates)
    return PinnedRun(runs.rows[0], excess_shares(runs))
