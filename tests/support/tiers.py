"""Which cases of a test `make test` tries, and which wait for `make test-all`."""

from collections.abc import Iterable, Sequence
from typing import Any

import pytest


def some(cases: Iterable[Any], *kept: object) -> Sequence[Any]:
    """Give all cases to ``parametrize``, those that are not kept marked as long."""
    cases = list(cases)
    assert all(case in cases for case in kept), "no such case"
    long = pytest.mark.long
    return [
        case
        if case in kept
        else pytest.param(*(case if isinstance(case, tuple) else (case,)), marks=long)
        for case in cases
    ]
