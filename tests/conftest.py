from functools import cache

from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # the first run of the trainer compiles it
)
settings.load_profile("repeatable")

# Every AppTest would read what is written about every installed package, to find components.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
