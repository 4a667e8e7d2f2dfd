"""Networks trained once for all tests, as they are for all visitors."""

from collections.abc import Iterable
from typing import TypeVar

from core import cache
from core.network.pictures import Pictures
from core.network.queue import Standing
from core.network.runs import EdgeRun, NetworkConfig, NetworkHistory

T = TypeVar("T")
DEFAULT = NetworkConfig()


def pictures() -> tuple[Pictures, Pictures]:
    return cache.pictures(DEFAULT.clutter)


def trained(config: NetworkConfig = DEFAULT) -> NetworkHistory:
    return list(cache.train_network(config))[-1]


def ended(standings: Iterable[Standing[T]]) -> T:
    """Follow a training to its end."""
    *_, last = standings
    assert last.is_over
    assert last.result is not None
    return last.result


def edge_run(rate: float) -> EdgeRun:
    return ended(cache.follow_edge_runs([rate]))[0]
