"""Networks trained once for all tests, as they are for all visitors."""

from core import cache
from core.network.pictures import Pictures
from core.network.runs import NetworkConfig, NetworkHistory

DEFAULT = NetworkConfig()


def pictures() -> tuple[Pictures, Pictures]:
    return cache.pictures(DEFAULT.clutter)


def trained(config: NetworkConfig = DEFAULT) -> NetworkHistory:
    return list(cache.train_network(config))[-1]
