"""The source code of the line's and the network's loops, as pages show it: the code that runs.

The files are read as text, so that TensorFlow need not be imported.
"""

import ast
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from core.descent.snippets import as_notebook, as_script
from core.network.runs import (
    CHUNK,
    FRESH,
    FRESH_SEED,
    HELD_OUT,
    HELD_OUT_SEED,
    INPUTS,
    MEASURED,
    SANE_GROWTH,
    STEPS,
    TRAINED_ON,
    TRAINING_SEED,
    NetworkConfig,
)

_CORE = Path(__file__).parents[1]
_NETWORK = "network/training"
# Matching rows: how one begins in the code for the line, and how in that for the network.
_MATCHING = (
    ("def mean_squared_error", "def cross_entropy"),
    ("return tf.reduce_mean", "return tf.reduce_mean"),
    ("w = tf.Variable", "w1 = tf.Variable"),
    ("for step in", "for chosen in"),
    ("with tf.GradientTape()", "with tf.GradientTape()"),
    ("predictions =", "scores = predict"),
    ("loss =", "loss ="),
    ("gradients =", "gradients ="),
    ("w.assign_sub", "for variable"),
)


def source(module: str, *names: str) -> str:
    """Read top-level definitions of a module of core, decorators included."""
    text = (_CORE / f"{module}.py").read_text(encoding="utf-8")
    found = {
        node.name: node
        for node in ast.parse(text).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
    }
    lines = text.splitlines()
    parts = []
    for name in names:
        node = found[name]
        first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
        parts.append("\n".join(lines[first - 1 : node.end_lineno]))
    return "\n\n\n".join(parts)


def _without_docstrings(code: str) -> str:
    """Remove the docstrings of functions, to save space on the page."""
    lines = code.splitlines()
    for node in reversed(list(ast.walk(ast.parse(code)))):
        if isinstance(node, ast.FunctionDef) and ast.get_docstring(node):
            del lines[node.body[0].lineno - 1 : node.body[0].end_lineno]
    return "\n".join(lines)


@cache
def side_by_side() -> tuple[str, str]:
    """Give the line's and the network's code, with empty lines so that matching rows align."""
    line, network = (
        _without_docstrings(source(module, *names)).splitlines()
        for module, names in (
            ("eager", ("mean_squared_error", "train_eagerly")),
            (_NETWORK, ("cross_entropy", "begin", "predict", "descend")),
        )
    )
    for left, right in _MATCHING:
        place, other = _find(line, left), _find(network, right)
        shorter, here = (line, place) if place < other else (network, other)
        shorter[here:here] = [""] * abs(place - other)
    return "\n".join(line), "\n".join(network)


def _find(lines: list[str], beginning: str) -> int:
    return next(i for i, line in enumerate(lines) if line.strip().startswith(beginning))


_HEADER = """\
import os
from collections.abc import Callable
from dataclasses import dataclass

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")  # TensorFlow is chatty

import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray"""

_RUN = """\
TRAINING = make_pictures({trained_on}, seed={training_seed}, clutter={clutter})
HELD_OUT = make_pictures({held_out}, seed={held_out_seed}, clutter={clutter})
FRESH = make_pictures({fresh}, seed={fresh_seed}, clutter={clutter})
data = tf.constant(TRAINING.rows), tf.constant(TRAINING.truth)
seen = data[0][:{measured}], data[1][:{measured}]
unseen = tf.constant(HELD_OUT.rows), tf.constant(HELD_OUT.truth)
fresh = tf.constant(FRESH.rows), tf.constant(FRESH.truth)
chosen = np.random.default_rng({seed}).integers(0, {trained_on}, ({steps}, {batch_size}))
ends, stopped = {{}}, set()

for learning_rate in {rates}:
    print(f"learning rate {{learning_rate}}")
    network = begin(units={units}, seed={seed})
    rate = tf.constant(learning_rate, tf.float64)
    records = []
    for step in range(0, {steps} + 1, {chunk}):
        if step:
            descend(network, *data, tf.constant(chosen[step - {chunk} : step]), rate)
        _, loss, right = score_and_judge(network, *seen)
        _, held_out_loss, held_out_right = score_and_judge(network, *unseen)
        _, _, fresh_right = score_and_judge(network, *fresh)
        if records and not loss <= {growth:.0e} * records[0][1]:
            print("exploded")
            stopped.add(learning_rate)
            break
        records.append((step, loss.numpy(), held_out_loss.numpy()))
        ends[learning_rate] = held_out_right.numpy(), fresh_right.numpy()
        print(
            f"step {{step:4}}   loss {{loss:.6g}}   right {{right:.1%}}"
            f"   held out: loss {{held_out_loss:.6g}}   right {{held_out_right:.1%}}"
        )
    steps, losses, held_out_losses = zip(*records)
    plt.plot(steps, held_out_losses, label=f"{{learning_rate}}")

best = max(ends, key=lambda one: (one not in stopped, ends[one][0]))
held_out_right, fresh_right = ends[best]
print(
    f"chosen by the held-out pictures: {{best}}"
    f"   right there {{held_out_right:.1%}}   right on fresh ones {{fresh_right:.1%}}"
)

plt.yscale("log")
plt.xlabel("step")
plt.ylabel("cross-entropy on held-out pictures")
plt.legend(title="learning rate")
plt.show()"""


def _sections(configs: Sequence[NetworkConfig]) -> list[tuple[str, str]]:
    """List the parts of the script: a heading and the code of each."""
    first = configs[0]
    pictures = (_CORE / "network/pictures.py").read_text(encoding="utf-8")
    pictures = pictures[pictures.index("SIZE = ") :].rstrip()
    parts = ("begin", "predict", "cross_entropy", "descend", "score_and_judge")
    return [
        ("Hot dog or not: a run from Learning Rate Lab.", _HEADER),
        ("The pictures.", pictures),
        (
            "The network, its loss, and the loop.",
            f"INPUTS = {INPUTS}\nNetwork = list[tf.Variable]\n\n\n{source(_NETWORK, *parts)}",
        ),
        (
            "The run.",
            _RUN.format(
                trained_on=TRAINED_ON,
                held_out=HELD_OUT,
                training_seed=TRAINING_SEED,
                held_out_seed=HELD_OUT_SEED,
                fresh=FRESH,
                fresh_seed=FRESH_SEED,
                measured=MEASURED,
                steps=STEPS,
                chunk=CHUNK,
                growth=SANE_GROWTH,
                clutter=first.clutter,
                seed=first.seed,
                batch_size=first.batch_size,
                units=first.units,
                rates=[config.learning_rate for config in configs],
            ),
        ),
    ]


def run_section(configs: Sequence[NetworkConfig]) -> str:
    """Write the part of the script that depends on these runs."""
    return _sections(configs)[-1][1]


def script(configs: Sequence[NetworkConfig]) -> str:
    """Write a Python script that repeats runs which differ only in the learning rate."""
    return as_script(_sections(configs))


def notebook(configs: Sequence[NetworkConfig]) -> str:
    """Write the same as a Jupyter notebook (nbformat 4.5)."""
    return as_notebook(_sections(configs))
