"""Imports point one way, and what a page imports does not bring TensorFlow or Streamlit along."""

import ast
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
CORE = sorted((ROOT / "core").rglob("[!_]*.py"))
PAGES = [*sorted((ROOT / "lessons").glob("*.py")), ROOT / "streamlit_app.py"]

# A module imports from the layers before its own.
LAYERS = (
    {"rounding", "reading.vocabulary"},
    {"points", "addresses", "glossary", "mistakes", "outcomes", "palette", "pictures"},
    {"reading.numbers"},
    {"reading.text", "reading.dates"},
    {"reading.columns"},
    {"reading.layout", "reading.choosing"},
    {"datasets"},
    {"runs", "tasks", "wording"},
    {"theory", "eager", "training", "network_runs", "chart_parts", "typed_numbers"},
    {"experiments", "schedules", "verdicts"},
    {"parameters", "progress"},
    {"frames", "snippets", "pins", "range_test"},
    {"charts", "rate_frames", "network", "network_frames", "network_code"},
    {
        "rate_charts",
        "sayings",
        "checks",
        "challenges",
        "prompts",
        "network_charts",
        "edge",
    },
    {"tables", "cache"},
    {"serving"},
)
WITH_TENSORFLOW = {"eager", "training", "network", "edge"}
WITH_STREAMLIT = {"cache", "serving"}
TENSORFLOW = {"tensorflow", "keras", *(f"core.{name}" for name in WITH_TENSORFLOW)}


def module_of(path: Path) -> str:
    """Name a module of core as the layers do."""
    return ".".join(path.with_suffix("").parts[path.parts.index("core") + 1 :])


def layer(module: str) -> int:
    return next(place for place, names in enumerate(LAYERS) if module in names)


@cache
def mentioned_imports(path: Path) -> set[str]:
    """List what a file imports anywhere, also inside functions, as dotted names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(filter(None, [node.level and path.parent.name, node.module]))
            names |= {base} | {f"{base}.{alias.name}" for alias in node.names}
    return names


def touches(path: Path, modules: set[str]) -> set[str]:
    """Find which of these modules, or of their parts, a file imports."""
    return {
        module
        for module in modules
        for name in mentioned_imports(path)
        if name == module or name.startswith(f"{module}.")
    }


def imports_upwards(path: Path) -> set[str]:
    """Find which of its own layer, or of those above, a module of core imports."""
    not_below = {name for place in LAYERS[layer(module_of(path)) :] for name in place}
    return touches(path, {f"core.{name}" for name in not_below})


def loads(modules: set[str], suspects: set[str], folder: Path = ROOT) -> set[str]:
    """Import modules in a fresh process, and tell which of the suspects came along."""
    script = (
        f"import importlib, sys; [importlib.import_module(name) for name in {sorted(modules)}];"
        f"print(*({suspects} & sys.modules.keys()))"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": str(folder)},
        capture_output=True,
        text=True,
        check=True,
    )
    return set(result.stdout.split())


def core_without(*exceptions: set[str]) -> set[str]:
    names = set(map(module_of, CORE)).difference(*exceptions)
    assert {"datasets", "runs", "theory"} <= names
    return {f"core.{name}" for name in names}


def test_maths_tables_and_charts_load_neither_tensorflow_nor_streamlit() -> None:
    modules = core_without(WITH_TENSORFLOW, WITH_STREAMLIT)
    assert loads(modules, {"tensorflow", "keras", "streamlit"}) == set()


def test_the_cache_and_the_app_that_is_served_do_not_load_tensorflow() -> None:
    assert loads({"core.cache", "streamlit_app"}, {"tensorflow", "keras"}) == set()


_VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from core import cache

cache.HEAD_START = 600.0
app = AppTest.from_file("streamlit_app.py", default_timeout=120).run()
app.switch_page("lessons/data.py").run()
print("tensorflow" in sys.modules)
app.query_params["run"] = "200x0.1"
app.switch_page("lessons/gradient_steps.py").run()
print("tensorflow" in sys.modules, bool(app.exception))
"""


def test_tensorflow_waits_for_the_first_pages_and_no_page_that_trains_waits_for_its_time() -> None:
    result = subprocess.run(
        [sys.executable, "-c", _VISIT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "True", "False"]


def test_only_the_cache_and_serving_load_streamlit() -> None:
    modules = core_without(WITH_STREAMLIT)
    assert loads(modules, {"tensorflow", "streamlit"}) == {"tensorflow"}


@pytest.mark.parametrize("path", CORE, ids=module_of)
def test_every_module_of_core_has_a_layer_and_imports_from_below(path: Path) -> None:
    assert any(module_of(path) in names for names in LAYERS), "give the new module a layer"
    assert imports_upwards(path) == set()


@pytest.mark.parametrize("path", CORE, ids=module_of)
def test_only_the_cache_reaches_for_the_trainer_even_inside_a_function(path: Path) -> None:
    if module_of(path) not in WITH_TENSORFLOW | WITH_STREAMLIT:
        assert touches(path, TENSORFLOW) == set()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_no_page_reaches_for_tensorflow_even_inside_a_function(path: Path) -> None:
    assert touches(path, TENSORFLOW) == set()


@pytest.mark.parametrize("path", CORE, ids=module_of)
def test_core_knows_no_page(path: Path) -> None:
    assert touches(path, {"lessons", "streamlit_app"}) == set()


# The checks themselves can fail


def test_a_module_that_loads_tensorflow_is_caught(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").touch()
    (tmp_path / "clean.py").touch()
    (tmp_path / "leaky.py").write_text("import tensorflow as tf\n")
    assert loads({"clean"}, {"tensorflow"}, tmp_path) == set()
    assert loads({"clean", "leaky"}, {"tensorflow"}, tmp_path) == {"tensorflow"}


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("import tensorflow", {"tensorflow"}),
        ("import tensorflow.keras as keras", {"tensorflow"}),
        ("from tensorflow import GradientTape", {"tensorflow"}),
        ("from core import training", {"core.training"}),
        ("from core.eager import train_eagerly", {"core.eager"}),
        ("from core import theory", set()),
        ("import tensorflow_free", set()),
    ],
)
def test_an_import_inside_a_function_is_caught(tmp_path: Path, line: str, caught: set[str]) -> None:
    lazy = tmp_path / "lazy.py"
    lazy.write_text(f"def draw():\n    {line}\n")
    assert touches(lazy, TENSORFLOW) == caught


@pytest.mark.parametrize(
    ("line", "caught"),
    [
        ("from core.frames import points", {"core.frames"}),
        ("from core import charts, runs", {"core.charts"}),
        ("from . import charts", {"core.charts"}),
        ("from .training import train", {"core.training"}),
        ("from core.runs import History", set()),
    ],
)
def test_an_import_upwards_is_caught(tmp_path: Path, line: str, caught: set[str]) -> None:
    folder = tmp_path / "core"
    folder.mkdir()
    (folder / "theory.py").write_text(f"{line}\n")
    assert imports_upwards(folder / "theory.py") == caught
