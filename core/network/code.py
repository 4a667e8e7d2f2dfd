"""The source code of the line's and the network's loops, as pages show it: the code that runs.

The files are read as text, so that TensorFlow need not be imported.
"""

import ast
from collections.abc import Sequence
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
# The two loops in the lesson's plain form, row by row: what a row does (a section of
# ``words/…/hot_dog.md``), the row of the line's loop, and that of the network's.
SAME_LOOP = (
    ("made", "w, b = tf.Variable(0.0), tf.Variable(-1.0)", "w1, b1, w2, b2 = begin(units, seed)"),
    ("repeated", "for step in range(steps):", "for chosen in batches:"),
    ("recorded", "    with tf.GradientTape() as tape:", "    with tf.GradientTape() as tape:"),
    ("predicted", "        predictions = w * x + b",
     "        hidden = tf.nn.relu(x[chosen] @ w1 + b1)"),
    ("", "", "        scores = (hidden @ w2 + b2)[:, 0]"),
    ("measured", "        loss = tf.reduce_mean(tf.square(predictions - y))",
     "        loss = cross_entropy(scores, truth[chosen])"),
    ("asked", "    gradients = tape.gradient(loss, [w, b])",
     "    gradients = tape.gradient(loss, [w1, b1, w2, b2])"),
    ("rounded", "", "    gradients = [rounded(g) for g in gradients]"),
    ("moved", "    w.assign_sub(learning_rate * gradients[0])",
     "    w1.assign_sub(learning_rate * gradients[0])"),
    ("", "    b.assign_sub(learning_rate * gradients[1])",
     "    b1.assign_sub(learning_rate * gradients[1])"),
    ("", "", "    w2.assign_sub(learning_rate * gradients[2])"),
    ("", "", "    b2.assign_sub(learning_rate * gradients[3])"),
)  # fmt: skip


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
