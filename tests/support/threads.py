"""Waiting for what another thread does."""

import time
from collections.abc import Callable


def until(is_so: Callable[[], bool]) -> None:
    """Wait until something is so; fail after a minute."""
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.005)
