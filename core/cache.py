"""Results shared by all visitors, and TensorFlow kept out of everyone's way.

The only module of ``core`` that knows Streamlit. It imports the trainer inside its functions,
because importing TensorFlow takes seconds; what trains raises TensorFlowMissingError where it
cannot be imported. What is cached is small, nobody's own, and can be computed again: any visitor
can clear it.
"""

import ctypes
import gc
import importlib
import itertools
import sys
import threading
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import replace

import pandas as pd
import streamlit as st

from core import rate_frames, theory
from core.challenges import PARS
from core.datasets import Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.mistakes import MISTAKES
from core.network_runs import (
    EdgeRun,
    NetworkConfig,
    NetworkHistory,
    held_out_pictures,
    training_pictures,
)
from core.network_runs import fresh_pictures as draw_fresh_pictures
from core.outcomes import Outcome, run
from core.pictures import Pictures
from core.pins import Pin
from core.points import standardize, with_outlier
from core.range_test import RangeTest
from core.runs import History, TrainingConfig

noisy_line = st.cache_resource(max_entries=64, show_spinner=False)(make_noisy_line)
bundled = st.cache_resource(max_entries=16, show_spinner=False)(load_bundled)


@st.cache_resource(max_entries=64, show_spinner=False)
def outlying(fingerprint: str, x: float, y: float, _dataset: Dataset) -> Dataset:
    """Add an outlier to a data set of that fingerprint."""
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

    What is rounding alone is taken out of the result.
    """
    wait_for_tensorflow()
    return _train(dataset.fingerprint, config, dataset)


@st.cache_data(max_entries=512, show_spinner=False, hash_funcs={TrainingConfig: repr})
def _train(fingerprint: str, config: TrainingConfig, _dataset: Dataset) -> History:
    from core import training

    return theory.without_rounding(_dataset, training.train(_dataset, config))


def par(challenge: str, dataset: Dataset, start: Line) -> float | None:
    """Search the par of a challenge, at most once; its hundreds of runs are not kept."""
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
    """Draw the pictures that networks learn from, and those held out."""
    return training_pictures(clutter), held_out_pictures(clutter)


@st.cache_resource(max_entries=4, show_spinner=False)
def fresh_pictures(clutter: float) -> Pictures:
    """Draw the pictures that no training and no choice of a rate sees."""
    return draw_fresh_pictures(clutter)


MAX_NETWORKS = 64


@st.cache_resource(show_spinner=False)
def _networks() -> OrderedDict[NetworkConfig, NetworkHistory]:
    """Whole runs, the latest last."""
    return OrderedDict()


def trained_network(config: NetworkConfig) -> NetworkHistory | None:
    """Look up a whole run."""
    return _networks().get(config)


def train_network(
    config: NetworkConfig, reached: NetworkHistory | None = None
) -> Iterator[NetworkHistory]:
    """Train as ``core.network.train`` does, at most once for each configuration.

    It is not compiled in the warm-up but here, on first use, so that it delays no other page.
    """
    kept = _networks()
    if config in kept:
        yield kept[config]
        return
    wait_for_tensorflow()
    from core import network

    for history in network.train(*pictures(config.clutter), config, reached):
        if history.is_whole:
            kept[config] = history
            while len(kept) > MAX_NETWORKS:
                kept.popitem(last=False)
        yield history


def fresh_accuracy(config: NetworkConfig, history: NetworkHistory) -> float:
    """Try out the network at the end of a whole run on fresh pictures, at most once."""
    wait_for_tensorflow()
    return _fresh_accuracy(config, history.weights)


@st.cache_data(max_entries=MAX_NETWORKS, show_spinner=False)
def _fresh_accuracy(config: NetworkConfig, _weights: tuple[FloatArray, ...]) -> float:
    from core import network

    return network.share_right(_weights, fresh_pictures(config.clutter))


def range_test(config: NetworkConfig) -> RangeTest:
    """Put a new network through the range test, at most once for all learning rates."""
    wait_for_tensorflow()
    return _range_test(replace(config, learning_rate=NetworkConfig.learning_rate))


@st.cache_data(max_entries=64, show_spinner=False)
def _range_test(config: NetworkConfig) -> RangeTest:
    from core import network

    return network.range_test(pictures(config.clutter)[0], config)


def edge_run(learning_rate: float) -> EdgeRun:
    """Follow the sharpness of the small network at a learning rate, at most once."""
    wait_for_tensorflow()
    return _edge_run(learning_rate)


@st.cache_data(max_entries=8, show_spinner=False)
def _edge_run(learning_rate: float) -> EdgeRun:
    from core import edge

    return edge.follow(pictures(NetworkConfig.clutter)[0], learning_rate)


class TensorFlowMissingError(Exception):
    """TensorFlow cannot be imported here; the message says why."""


def wait_for_tensorflow() -> None:
    """Wait for what is left of the warm-up, and say so on the page.

    Raises
    ------
    TensorFlowMissingError
        If TensorFlow cannot be imported.
    """
    warm_up = start_warm_up()
    if warm_up.is_alive():
        with st.spinner("Getting TensorFlow ready: this takes a few seconds, once."):
            warm_up.join()
    try:
        importlib.import_module("tensorflow")
    except ImportError as error:
        raise TensorFlowMissingError(str(error)) from error


def pinned_run(pin: Pin) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Run a pin again, at most once: its row of ``rate_table``, and its ``excess_shares``."""
    return _pinned_run(pin.identity, pin)


@st.cache_resource(max_entries=256, show_spinner="Running what is pinned again.")
def _pinned_run(identity: tuple[object, ...], _pin: Pin) -> tuple[pd.DataFrame, pd.DataFrame]:
    dataset, rates = _pin.dataset(), (_pin.learning_rate,)
    start = dataset.from_original(_pin.start)
    history = train(dataset, TrainingConfig(rates, _pin.steps, start))
    table = rate_frames.rate_table(dataset, history, rates)
    return table, rate_frames.excess_shares(
        dataset, rate_frames.rate_paths(dataset, history, table)
    )


HEAD_START = 3.0  # seconds that the first page has, before TensorFlow takes a core


@st.cache_resource(show_spinner=False)
def _schedule_warm_up() -> None:
    """Start the warm-up a little later, once per process; a page that needs it does so at once.

    The browser has just got its first page: on two cores it would draw it a second later.
    """
    timer = threading.Timer(HEAD_START, start_warm_up)
    timer.daemon = True
    timer.start()


@st.cache_resource(show_spinner=False)
def start_warm_up() -> threading.Thread:
    """Import TensorFlow and compile the trainer in a background thread, once per process."""
    thread = threading.Thread(target=_warm_up, name="warm-up", daemon=True)
    thread.start()
    return thread


_is_over = threading.Event()  # the warm-up, whatever came of it


def _warm_up() -> None:
    try:
        _share_heaps()
        from core import training

        # Importing TensorFlow imports Keras, which nothing here uses. Streamlit would clear Keras'
        # session after every rerun, and with it TensorFlow's kernels: some 10 ms for each next run.
        sys.modules.pop("keras", None)
        training.warm_up()
        freeze_heap()
    finally:
        _is_over.set()


_GLIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_M_ARENA_MAX = -8  # as glibc's malloc.h has it


def _share_heaps() -> None:
    """Have all threads take their memory from two heaps, where glibc would give them eight a core.

    Each rerun is a thread of its own and takes from whichever heap is least in use; what it frees
    stays there. After 14 minutes of fifty learners 272 MB lay free in sixteen heaps and still grew,
    beside 200 in use; in two heaps it was 24 to 42.
    """
    if _GLIBC is not None:
        _GLIBC.mallopt(_M_ARENA_MAX, 2)


RERUNS_TO_COLLECT = 256
_reruns = itertools.count()


def freeze_heap() -> None:
    """Take what is on the heap out of the garbage collector's sight.

    Streamlit collects garbage after every rerun; with TensorFlow's objects to look through, that
    takes some 200 ms each time, for every visitor. What was taken out before is looked through once
    more, so that no garbage stays; and what lies free between the rest goes back to the system.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    if _GLIBC is not None:
        _GLIBC.malloc_trim(0)


def after_script_run() -> None:
    """Do what should not delay a page: call it when a page has been drawn.

    What fifty visits gather on the heap in some hundred reruns takes Streamlit as long to look
    through as the pages take to be drawn. So it is frozen after each, which costs nothing, and
    looked through for garbage now and then.
    """
    _schedule_warm_up()
    if not _is_over.is_set():
        return
    if next(_reruns) % RERUNS_TO_COLLECT == 0:
        freeze_heap()
    else:
        gc.freeze()
