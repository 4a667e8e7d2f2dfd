"""An experiment as a script or a notebook that repeats it, in the plain style of the lesson.

Both need only TensorFlow, NumPy and Matplotlib, hold the data or make it from the same seed, and
print what the page prints.
"""

import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

from core.datasets import Dataset, Line
from core.descent.experiments import Stretches, count_steps

MAX_EAGER_STEPS = 20_000  # a longer stretch would take minutes as a plain loop

_IMPORTS = """import matplotlib.pyplot as plt
import numpy as np
import tensorflow as tf"""

_LOSS = """def predict(x):
    return w * x + b


def mean_squared_error(predictions, y):
    return tf.reduce_mean(tf.square(predictions - y))"""

_LOOP = """\
def descend(first_step, steps, learning_rate, printed{arguments}):
    for step in range(first_step, first_step + steps):
        if step in printed:
            report(step){batch}
        with tf.GradientTape() as tape:
            loss = mean_squared_error(predict({x}), {y})
        gradients = tape.gradient(loss, [w, b])
        w.assign_sub({rate} * gradients[0])
        b.assign_sub({rate} * gradients[1])"""

_LONG_LOOP = """\
# A plain Python loop takes about a millisecond a step. A stretch of more than {most:,} steps is
# wrapped in tf.function: TensorFlow traces the loop once, then runs the steps by itself.
@tf.function
def take_steps(first_step, steps, learning_rate, decay):
    for step in tf.range(first_step, first_step + steps):
        rate = learning_rate / (1.0 + decay * tf.cast(step, tf.float64))
        with tf.GradientTape() as tape:
            loss = mean_squared_error(predict(x), y)
        gradients = tape.gradient(loss, [w, b])
        w.assign_sub(rate * gradients[0])
        b.assign_sub(rate * gradients[1])


def descend_far(first_step, steps, learning_rate, printed, decay=0.0):
    step, last = first_step, first_step + steps
    while step < last:
        if step in printed:
            report(step)
        stop = min([s for s in printed if s > step] + [last])
        take_steps(
            tf.constant(step, tf.int64),
            tf.constant(stop - step, tf.int64),
            tf.constant(learning_rate, tf.float64),
            tf.constant(decay, tf.float64),
        )
        step = stop"""


@dataclass(frozen=True)
class Branch:
    """What to repeat: stretches from the start, and the steps to print, the last among them."""

    stretches: Stretches
    printed: Sequence[int]


def script(dataset: Dataset, start: Line, branches: Sequence[Branch]) -> str:
    """Write a Python script that repeats an experiment and draws where it ended.

    Parameters
    ----------
    branches : sequence of Branch
        One, or two: the branch that was left, and the fork.
    """
    return as_script(_sections(dataset, start, branches))


def notebook(dataset: Dataset, start: Line, branches: Sequence[Branch]) -> str:
    """Write the same as a Jupyter notebook (nbformat 4.5)."""
    return as_notebook(_sections(dataset, start, branches))


def as_script(sections: Sequence[tuple[str, str]]) -> str:
    """Join sections, each words and code, to a script."""
    parts = []
    for words, code in sections:
        parts.append("\n".join(f"# {line}" for line in words.splitlines()) + "\n" + code)
    return "\n\n\n".join(parts) + "\n"


def as_notebook(sections: Sequence[tuple[str, str]]) -> str:
    """Make sections, each words and code, the cells of a notebook (nbformat 4.5)."""
    cells: list[dict[str, object]] = []
    for words, code in sections:
        for kind, text in (("markdown", words), ("code", code)):
            cell: dict[str, object] = {
                "cell_type": kind,
                "id": f"cell-{len(cells)}",
                "metadata": {},
                "source": text.splitlines(keepends=True),
            }
            cells.append(
                cell | ({"execution_count": None, "outputs": []} if kind == "code" else {})
            )
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    return json.dumps(
        {"cells": cells, "metadata": {"kernelspec": kernel}, "nbformat": 4, "nbformat_minor": 5},
        indent=1,
        ensure_ascii=False,
    )


def _sections(dataset: Dataset, start: Line, branches: Sequence[Branch]) -> list[tuple[str, str]]:
    """Tell the experiment in steps: words, and the code that does it."""
    all_stretches = [stretch for branch in branches for stretch in branch.stretches]
    width = len(str(max(step for branch in branches for step in branch.printed)))
    uses_batches = any(stretch.batch_size for stretch in all_stretches)
    uses_decay = any(stretch.decay for stretch in all_stretches)
    sections = [
        ("Gradient descent on a line: an experiment from Learning Rate Lab.", _IMPORTS),
        (f"The data: {dataset.n:,} points.", _data(dataset)),
        (
            "The line, and its loss. w and b are variables, so that the loop can change them.",
            f"w = tf.Variable({start.w!r}, dtype=tf.float64)\n"
            f"b = tf.Variable({start.b!r}, dtype=tf.float64)\n\n\n{_LOSS}",
        ),
        (
            "The loop. It prints now and then how far it is.",
            _report(width) + "\n\n\n" + _loop(uses_batches, uses_decay),
        ),
    ]
    if any(stretch.steps > MAX_EAGER_STEPS for stretch in all_stretches):
        sections.append(("The same loop for many steps.", _LONG_LOOP.format(most=MAX_EAGER_STEPS)))
    for number, branch in enumerate(branches):
        title = "The run." if len(branches) == 1 else ("The first branch.", "The fork.")[number]
        sections.append((title, _calls(start, branch, begin_anew=number > 0)))
    sections.append(("Where it ended.", _plot(dataset)))
    return sections


def _data(dataset: Dataset) -> str:
    if dataset.recipe:
        return dataset.recipe
    columns = []
    for name, values in (("x", dataset.x), ("y", dataset.y)):
        numbers = [repr(float(value)) for value in values]
        rows = [", ".join(numbers[i : i + 6]) for i in range(0, len(numbers), 6)]
        columns.append(f"{name} = np.array([\n    " + ",\n    ".join(rows) + ",\n])")
    return "\n".join(columns)


def _report(width: int) -> str:
    return (
        "def report(step):\n"
        "    loss = mean_squared_error(predict(x), y).numpy()\n"
        f'    print(f"step {{step:>{width}}}   w {{w.numpy():10.6f}}   b {{b.numpy():10.6f}}   '
        'loss {loss:.8g}")'
    )


def _loop(uses_batches: bool, uses_decay: bool) -> str:
    arguments, batch, x, y, rate = "", "", "x", "y", "learning_rate"
    if uses_batches:
        arguments += ", batch_size=None"
        batch = (
            "\n        chosen = slice(None) if batch_size is None else batches[batch_size][step]"
        )
        x, y = "x[chosen]", "y[chosen]"
    if uses_decay:
        arguments += ", decay=0.0"
        batch += "\n        rate = learning_rate / (1 + decay * step)"
        rate = "rate"
    return _LOOP.format(arguments=arguments, batch=batch, x=x, y=y, rate=rate)


def _calls(start: Line, branch: Branch, begin_anew: bool) -> str:
    lines = []
    if begin_anew:
        lines += [f"w.assign({start.w!r})", f"b.assign({start.b!r})"]
    sizes = {stretch.batch_size for stretch in branch.stretches if stretch.batch_size}
    if sizes:
        lines.append("# Which points each step looks at, drawn beforehand.")
        lines.append("batches = {")
        for size in sorted(sizes):
            last = max(
                count_steps(branch.stretches[: place + 1])
                for place, stretch in enumerate(branch.stretches)
                if stretch.batch_size == size
            )
            lines.append(
                f"    {size}: np.random.default_rng(0).integers(0, len(x), ({last}, {size})),"
            )
        lines.append("}")
    lines.append(f"printed = {_printed(branch.printed)}")
    first_step = 0
    for stretch in branch.stretches:
        name = "descend_far" if stretch.steps > MAX_EAGER_STEPS else "descend"
        options = f", batch_size={stretch.batch_size}" if stretch.batch_size else ""
        options += f", decay={stretch.decay!r}" if stretch.decay else ""
        lines.append(
            f"{name}({first_step}, {stretch.steps}, {stretch.learning_rate!r}, printed{options})"
        )
        first_step += stretch.steps
    lines.append(f"report({first_step})")
    return "\n".join(lines)


def _printed(steps: Sequence[int]) -> str:
    """Write the steps to print before the last: as a range where they are one."""
    inner = [int(step) for step in steps[:-1]]
    stride = inner[1] - inner[0] if len(inner) > 1 else 1
    stop = len(inner) * stride
    if inner == list(range(0, stop, stride)):
        return f"range(0, {stop}, {stride})"
    listed = textwrap.fill(", ".join(map(str, inner)), 90, initial_indent="    ",
                           subsequent_indent="    ")  # fmt: skip
    return f"[\n{listed},\n]"


def _plot(dataset: Dataset) -> str:
    x_label, y_label = map(_as_matplotlib_text, (dataset.x_label, dataset.y_label))
    return f"""plt.scatter(x, y, color="gray", s=12)
ends = np.array([min(x), max(x)])
plt.plot(ends, w.numpy() * ends + b.numpy(), color="orangered", label="guess")
best = np.polyfit(x - np.mean(x), y, 1)  # the closed form
plt.plot(ends, np.polyval(best, ends - np.mean(x)), color="steelblue", label="best fit")
plt.xlabel({x_label})
plt.ylabel({y_label})
plt.legend()
plt.show()"""


def _as_matplotlib_text(label: str) -> str:
    """Write a name as Python; Matplotlib takes what stands between two dollars for a formula."""
    return repr(label.replace("$", r"\$"))
