"""TensorFlow's warm-up in a background thread, and memory settings of the process.

With ``core.cache`` the only module of ``core`` that imports Streamlit. The trainer is imported
inside functions: importing TensorFlow takes seconds and must not delay the first page.
"""

import ctypes
import gc
import importlib
import itertools
import sys
import threading

import streamlit as st

from core import turns, words


class TensorFlowMissingError(Exception):
    """TensorFlow cannot be imported here; the message says why."""


def wait_for_tensorflow() -> None:
    """Wait until the warm-up has ended, with a message on the page.

    Raises
    ------
    TensorFlowMissingError
        If TensorFlow cannot be imported.
    """
    warm_up = start_warm_up()
    if warm_up.is_alive():
        language = words.language_for(st.context.locale)
        with st.spinner(words.say("shared.tensorflow_loading", language)), turns.let_others():
            warm_up.join()
    try:
        importlib.import_module("tensorflow")
    except ImportError as error:
        raise TensorFlowMissingError(str(error)) from error


HEAD_START = 3.0  # seconds before the warm-up starts, left to the first page


@st.cache_resource(show_spinner=False)
def _schedule_warm_up() -> None:
    """Start the warm-up after HEAD_START, once per process; a page that trains starts it at once.

    On two cores, a warm-up that starts at once delays the first page in the browser by a second.
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


_is_over = threading.Event()  # set when the warm-up has ended, even if it failed


def _warm_up() -> None:
    try:
        _share_heaps()
        from core import training

        # TensorFlow imports Keras, which is not used here. While it is in sys.modules, Streamlit
        # clears Keras' session after every rerun, and with it TensorFlow's kernels, which costs
        # the next run some 10 ms.
        sys.modules.pop("keras", None)
        training.warm_up()
        freeze_heap()
    finally:
        _is_over.set()


_GLIBC = ctypes.CDLL(None) if sys.platform == "linux" else None
_M_ARENA_MAX = -8  # from glibc's malloc.h


def _share_heaps() -> None:
    """Limit glibc's malloc to two arenas; its default is eight per core.

    Each rerun is a new thread that allocates from the least used arena, and freed memory stays in
    its arena. After 14 minutes with fifty learners, sixteen arenas held 272 MB of free memory and
    were still growing, beside 200 MB in use; two arenas held 24 to 42 MB.
    """
    if _GLIBC is not None:
        _GLIBC.mallopt(_M_ARENA_MAX, 2)


RERUNS_TO_COLLECT = 256
_reruns = itertools.count()


def freeze_heap() -> None:
    """Collect garbage, then exclude all live objects from later collections (``gc.freeze``).

    Streamlit collects garbage after every rerun; traversing TensorFlow's objects takes some 200 ms
    each time, for every visitor. Objects frozen before are checked once more, so that no garbage
    stays, and free memory is returned to the system.
    """
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    if _GLIBC is not None:
        _GLIBC.malloc_trim(0)


def after_script_run() -> None:
    """Schedule the warm-up and freeze the heap; call it after a page has been drawn.

    The objects that fifty visits allocate in some hundred reruns take Streamlit's collection as
    long as drawing the pages. So they are frozen after each rerun, which costs nothing, and
    collected only every ``RERUNS_TO_COLLECT`` reruns.
    """
    _schedule_warm_up()
    if not _is_over.is_set():
        return
    if next(_reruns) % RERUNS_TO_COLLECT == 0:
        freeze_heap()
    else:
        gc.freeze()
