"""At most two scripts compute at a time, the others in the order in which they came.

Python runs one thread at a time. Fifty scripts that all run switch between each other every few
milliseconds, which costs a quarter of the work again, and all end late.
"""

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager

AT_A_TIME = 2

_lock = threading.Lock()
_free = AT_A_TIME
_waiting: deque[threading.Event] = deque()  # one for each thread, the first to come first
_mine = threading.local()  # has_turn: whether this thread has a turn


@contextmanager
def turn() -> Iterator[None]:
    """Wait for a turn, and have it until the block ends; a thread that has one keeps it."""
    if getattr(_mine, "has_turn", False):
        yield
        return
    _take()
    try:
        yield
    finally:
        _give_back()


@contextmanager
def let_others() -> Iterator[None]:
    """Give this thread's turn back while the block waits for something; then wait for another one.

    Not inside of a function that Streamlit caches: threads that have a turn may wait for its
    result.
    """
    if not getattr(_mine, "has_turn", False):
        yield
        return
    _give_back()
    try:
        yield
    finally:
        _take()


def _take() -> None:
    global _free
    called = None
    with _lock:
        if _free:
            _free -= 1
        else:
            called = threading.Event()
            _waiting.append(called)
    if called is not None:
        called.wait()
    _mine.has_turn = True


def _give_back() -> None:
    global _free
    _mine.has_turn = False
    with _lock:
        if _waiting:
            _waiting.popleft().set()
        else:
            _free += 1
