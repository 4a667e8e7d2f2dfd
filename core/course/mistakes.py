"""Twelve wrong versions of the lesson's loop, each with its repair and a question about it.

Every code sample is a whole script that one can paste and run. What it leads to is nowhere written
down: ``core.course.outcomes`` runs it. What is said about it is in ``core/words/…/mistakes.md``.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from typing import NamedTuple

BOTH, OUT, IN = " ", "−", "+"  # where a line stands: in both scripts, what goes, what comes


class CodeLine(NamedTuple):
    """A line of a wrong script, or one that its repair puts in.

    Parameters
    ----------
    sign : str
        BOTH, OUT or IN.
    text : str
    """

    sign: str
    text: str


@dataclass(frozen=True)
class Mistake:
    """A mistake and its repair.

    Parameters
    ----------
    key : str
        Its name in an address.
    wrong, repaired : str
        Whole scripts.
    right : int
        Index of the choice that says what the wrong one does.
    silent : bool
        Whether it runs to its end, with a wrong result, instead of stopping with an error.
    aim : str
        What the script is meant to do: the section ``aim_<aim>``.
    """

    key: str
    wrong: str
    repaired: str
    right: int
    silent: bool = False
    aim: str = "line"

    @property
    def section(self) -> str:
        """The sections it is told in: this one, and those that begin so."""
        return f"mistakes.{self.key.replace('-', '_')}"

    @cached_property
    def difference(self) -> tuple[CodeLine, ...]:
        """The lines of the wrong script, and where they belong those that the repair puts in."""
        return tuple(self._differ())

    def _differ(self) -> Iterator[CodeLine]:
        wrong, repaired = self.wrong.splitlines(), self.repaired.splitlines()
        matcher = SequenceMatcher(None, wrong, repaired, autojunk=False)
        for tag, begin, end, there, there_end in matcher.get_opcodes():
            for text in wrong[begin:end]:
                yield CodeLine(BOTH if tag == "equal" else OUT, text)
            if tag != "equal":
                for text in repaired[there:there_end]:
                    yield CodeLine(IN, text)

    @cached_property
    def taken_out(self) -> tuple[int, ...]:
        """The numbers of the lines that the repair takes out or changes."""
        signs = [line.sign for line in self.difference if line.sign != IN]
        return tuple(number for number, sign in enumerate(signs, start=1) if sign == OUT)

    @cached_property
    def to_find(self) -> frozenset[int]:
        """The numbers of the lines that count as the wrong one.

        They are those that the repair takes out or changes, and where it only puts in a line, the
        two between which that is missing.
        """
        found, number, before = set(self.taken_out), 0, CodeLine(BOTH, "")
        for line in self.difference:
            if line.sign != IN:
                number += 1
            elif before.sign == BOTH:
                found |= {number, number + 1}
            before = line
        return frozenset(found)


LOOP = """\
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
x = rng.uniform(0, 1, 100)
y = 0.1 * x + 0.5 + rng.normal(0, 0.01, 100)

w, b = tf.Variable(0.0), tf.Variable(-1.0)
learning_rate = 0.1
losses = []
for step in range(200):
    with tf.GradientTape() as tape:
        predictions = w * x + b
        loss = tf.reduce_mean(tf.square(predictions - y))
    gradients = tape.gradient(loss, [w, b])
    losses.append(float(loss))
    if step % 20 == 0:
        print(step, w.numpy(), b.numpy(), loss.numpy())
    w.assign_sub(learning_rate * gradients[0])
    b.assign_sub(learning_rate * gradients[1])
"""

_TWO_RATES = """\
import numpy as np
import tensorflow as tf

rng = np.random.default_rng(0)
x = rng.uniform(0, 1, 100)
y = 0.1 * x + 0.5 + rng.normal(0, 0.01, 100)

losses = []
for learning_rate in [0.1, 0.01]:
    w, b = tf.Variable(0.0), tf.Variable(-1.0)
    for step in range(200):
        with tf.GradientTape() as tape:
            predictions = w * x + b
            loss = tf.reduce_mean(tf.square(predictions - y))
        gradients = tape.gradient(loss, [w, b])
        losses.append(float(loss))
        w.assign_sub(learning_rate * gradients[0])
        b.assign_sub(learning_rate * gradients[1])
    print(learning_rate, w.numpy(), b.numpy(), loss.numpy())
"""


def _with(code: str, *changes: tuple[str, str]) -> str:
    """Put new text for old, which must be there."""
    for old, new in changes:
        assert old in code, old
        code = code.replace(old, new)
    return code


_START = "w, b = tf.Variable(0.0), tf.Variable(-1.0)\n"
_SHOW_GRADIENTS = _with(LOOP, ("print(step, w.numpy(), b.numpy(), loss.numpy())",
                               "print(step, *gradients)"))  # fmt: skip
_LONG_LOOP = _with(LOOP, ("range(200)", "range(400)"), ("% 20", "% 40"))
_WHOLE_NUMBERS = _with(
    LOOP,
    ("rng.uniform(0, 1, 100)", "rng.integers(0, 3, 100)  # 0, 1 or 2"),
    ("0.01, 100)\n", "0.01, 100)\nx = tf.constant(x, dtype=tf.float32)\n"),
)

# Their order does not tell which of them stop with an error.
_ALL = (
    Mistake("plus", _with(LOOP, ("assign_sub", "assign_add")), LOOP, right=1, silent=True),
    Mistake("gradients", _with(LOOP, ("tape.gradient(", "tape.gradients(")), LOOP, right=1),
    Mistake(
        "constant",
        _with(_SHOW_GRADIENTS, ("tf.Variable(", "tf.constant(")),
        _SHOW_GRADIENTS,
        right=0,
        aim="slopes",
    ),
    Mistake("equals", _with(LOOP, ("% 20 == 0", "% 20 = 0")), LOOP, right=2),
    Mistake(
        "assign",
        _with(
            LOOP,
            ("w.assign_sub(learning_rate * gradients[0])", "w = w - learning_rate * gradients[0]"),
            ("b.assign_sub(learning_rate * gradients[1])", "b = b - learning_rate * gradients[1]"),
        ),
        LOOP,
        right=0,
    ),
    Mistake("no-rate", _with(LOOP, ("learning_rate * ", "")), LOOP, right=2, silent=True),
    Mistake(
        "outside",
        _with(
            _SHOW_GRADIENTS,
            ("        predictions = w * x + b\n", ""),
            ("    with tf", "    predictions = w * x + b\n    with tf"),
        ),
        _SHOW_GRADIENTS,
        right=1,
        aim="slopes",
    ),
    Mistake(
        "column",
        _with(_LONG_LOOP, (_START, "x = x.reshape(-1, 1)\n" + _START)),
        _LONG_LOOP,
        right=0,
        silent=True,
        aim="long",
    ),
    Mistake(
        "two-calls",
        _with(
            LOOP,
            (
                "    gradients = tape.gradient(loss, [w, b])\n",
                "    grad_w = tape.gradient(loss, w)\n    grad_b = tape.gradient(loss, b)\n",
            ),
            ("gradients[0]", "grad_w"),
            ("gradients[1]", "grad_b"),
        ),
        _with(
            LOOP,
            ("gradients = tape", "grad_w, grad_b = tape"),
            ("gradients[0]", "grad_w"),
            ("gradients[1]", "grad_b"),
        ),
        right=1,
    ),
    Mistake("sum", _with(LOOP, ("reduce_mean", "reduce_sum")), LOOP, right=2, silent=True),
    Mistake(
        "integers",
        _with(_WHOLE_NUMBERS, (", dtype=tf.float32", "")),
        _WHOLE_NUMBERS,
        right=0,
        aim="whole",
    ),
    Mistake(
        "no-reset",
        _with(_TWO_RATES, ("    " + _START, ""), ("losses = []\n", "losses = []\n" + _START)),
        _TWO_RATES,
        right=2,
        silent=True,
        aim="rates",
    ),
)

MISTAKES = {mistake.key: mistake for mistake in _ALL}
