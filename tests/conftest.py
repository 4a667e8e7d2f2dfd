from functools import cache

from hypothesis import HealthCheck, Phase, settings
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
# `make mutations`: the same cases; one that fails is enough, a simpler one is not looked for.
settings.register_profile(
    "mutations",
    settings.get_profile("repeatable"),
    phases=(Phase.explicit, Phase.generate),
)
settings.load_profile("repeatable")

# Every AppTest would read what is written about every installed package, to find components.
manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)

# And each of its runs would read and compile the page anew.
_bytecode = cache(ScriptCache().get_bytecode)
ScriptCache.get_bytecode = lambda _, path: _bytecode(path)  # type: ignore[method-assign]
