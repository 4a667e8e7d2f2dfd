"""TensorFlow's warm-up in a background thread, and the heap of the process.

With ``core.cache`` the only module of ``core`` that imports Streamlit. It imports the trainer
inside its functions: importing TensorFlow takes seconds, and must not delay the first page.
"""

import ctypes
import gc
import importlib
import itertools
import sys
import threading

import streamlit as st


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
