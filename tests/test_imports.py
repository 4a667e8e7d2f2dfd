"""What importing a module loads. In which direction imports point, `make lint` checks."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
WITH_TENSORFLOW = {"core.eager", "core.training", "core.network.training", "core.network.edge"}
WITH_STREAMLIT = {"core.cache", "core.process"}
CORE = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "core").rglob("[!_]*.py")
}


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


def test_modules_named_here_exist() -> None:
    assert WITH_TENSORFLOW | WITH_STREAMLIT < CORE


def test_facts_words_and_figures_load_neither_tensorflow_nor_streamlit() -> None:
    modules = CORE - WITH_TENSORFLOW - WITH_STREAMLIT
    assert loads(modules, {"tensorflow", "keras", "streamlit"}) == set()


def test_cache_and_served_app_do_not_load_tensorflow() -> None:
    assert loads({"core.cache", "streamlit_app"}, {"tensorflow", "keras"}) == set()


_VISIT = """
import sys
from streamlit.testing.v1 import AppTest
from core import process

process.HEAD_START = 600.0
app = AppTest.from_file("streamlit_app.py", default_timeout=120).run()
app.switch_page("lessons/data.py").run()
print("tensorflow" in sys.modules)
app.query_params["run"] = "200x0.1"
app.switch_page("lessons/gradient_steps.py").run()
print("tensorflow" in sys.modules, bool(app.exception))
"""


def test_first_pages_load_no_tensorflow_and_pages_that_train_do_not_wait_for_the_timer() -> None:
    result = subprocess.run(
        [sys.executable, "-c", _VISIT], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout.split() == ["False", "True", "False"]


def test_a_module_that_loads_tensorflow_is_caught(tmp_path: Path) -> None:
    (tmp_path / "tensorflow.py").touch()
    (tmp_path / "clean.py").touch()
    (tmp_path / "leaky.py").write_text("import tensorflow as tf\n")
    assert loads({"clean"}, {"tensorflow"}, tmp_path) == set()
    assert loads({"clean", "leaky"}, {"tensorflow"}, tmp_path) == {"tensorflow"}


def test_no_test_imports_from_another_test() -> None:
    borrowed = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in (ROOT / "tests").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for name in imported(node)
        if re.search(r"^tests\.(\w+\.)?(test_|conftest)", name)
    ]
    assert borrowed == []


def imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    prefix = f"{node.module}." if isinstance(node, ast.ImportFrom) else ""
    return [prefix + alias.name for alias in node.names]
