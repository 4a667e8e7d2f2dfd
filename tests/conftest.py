from functools import cache

from hypothesis import HealthCheck, settings
from streamlit.components.v2 import manifest_scanner
from streamlit.runtime.scriptrunner.script_cache import ScriptCache

settings.register_profile(
    "repeatable",
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],  # the first run of the trainer compiles it
)
# `make wild`: other cases each time; a failure is printed with the line that brings it back.
settings.register_profile(
    "wild",
    settings.get_profile("repeatable"),
    max_examples=10_000,
    derandomize=False,
    print_blob=True,
)
settings.load_profile("repeatable")

# Every AppTest would read what is written about every installed package, to find components.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# And each of its runs would read and compile the page anew.
_bytecode = cache(ScriptCache().get_bytecode)
ScriptCache.get_bytecode = lambda _, path: _bytecode(path)  # type: ignore[method-assign]
