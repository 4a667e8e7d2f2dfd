"""Ten wrong versions of the lesson's loop, each with its repair and a question about it.

Every code sample is a whole script that one can paste and run. What it leads to is nowhere written
down: ``core.course.outcomes`` runs it.
"""

import difflib
from dataclasses import dataclass


@dataclass(frozen=True)
class Choice:
    """One answer to "What will happen?"; ``feedback`` says why not, None for the right one."""

    text: str
    feedback: str | None = None


@dataclass(frozen=True)
class Mistake:
    """A mistake and its repair.

    Parameters
    ----------
    key : str
        Its name in an address.
    title : str
        What it is called.
    slip : str
        What the code does otherwise than the lesson.
    wrong, repaired : str
        Whole scripts.
    choices : tuple of Choice
        Three; one of them right.
    meaning : str
        What to learn from the outcome.
    silent : bool
        Whether it runs to its end, with a wrong result, instead of stopping with an error.
    """

    key: str
    title: str
    slip: str
    wrong: str
    repaired: str
    choices: tuple[Choice, Choice, Choice]
    meaning: str
    silent: bool = False

    def difference(self) -> str:
        """Tell which lines the repair takes out (−) and puts in (+), with the lines around."""
        lines = difflib.unified_diff(
            self.wrong.splitlines(), self.repaired.splitlines(), n=1, lineterm=""
        )
        return "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))


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

_ALL = (
    Mistake(
        "gradients",
        "tape.gradients",
        "The loop asks the tape for its `gradients`.",
        _with(LOOP, ("tape.gradient(", "tape.gradients(")),
        LOOP,
        (
            Choice(
                "It does not start: Python sees the wrong name while it reads the file.",
                "Python looks up a name only when it gets there, so the lines above have run. "
                "Beforehand it checks the grammar, not the names.",
            ),
            Choice("It stops at that line: the tape has no such name."),
            Choice(
                "It works: Python takes the method with the similar name.",
                "Python never takes another name than the one you wrote, however close it is.",
            ),
        ),
        "The method is called `gradient`, for one variable and for many. Read the last line of an "
        "error first: it names what is missing.",
    ),
    Mistake(
        "constant",
        "tf.constant for w and b",
        "w and b are made with `tf.constant`.",
        _with(_SHOW_GRADIENTS, ("tf.Variable(", "tf.constant(")),
        _SHOW_GRADIENTS,
        (
            Choice("Both gradients are `None`, and `assign_sub` is missing."),
            Choice(
                "It runs, but w and b keep their first values.",
                "It does not get that far: to change a constant is not just without effect, it is "
                "an error.",
            ),
            Choice(
                "It stops at `tape.gradient`: a constant has no gradient.",
                "You may ask. The tape answers `None`, which means “I did not watch that”, and the "
                "error comes later.",
            ),
        ),
        "The tape watches variables by itself, but not constants: so both gradients are `None`. "
        "And only a `tf.Variable` can change: a constant has no `assign_sub`.",
    ),
    Mistake(
        "equals",
        "= for ==",
        "The loop is to print at every 20th step, and says `=` instead of `==`.",
        _with(LOOP, ("% 20 == 0", "% 20 = 0")),
        LOOP,
        (
            Choice(
                "It runs, and prints at every step.",
                "In some languages an `=` inside an `if` counts as a value. In Python it is not "
                "allowed there.",
            ),
            Choice(
                "It runs up to the `if`, and stops there.",
                "Grammar is checked before the first line runs: not one step is taken.",
            ),
            Choice("It does not start: Python cannot read the file."),
        ),
        "`=` gives a name to a value, `==` compares two values. Python notices before anything "
        "runs, and even says what you may have meant.",
    ),
    Mistake(
        "outside",
        "Predictions outside the tape",
        "The predictions are computed before the tape begins to record.",
        _with(
            _SHOW_GRADIENTS,
            ("        predictions = w * x + b\n", ""),
            ("    with tf.", "    predictions = w * x + b\n    with tf."),
        ),
        _SHOW_GRADIENTS,
        (
            Choice(
                "It works: the tape is told about w and b in `tape.gradient`.",
                "That says what you want to know. How the loss came from w and b the tape knows "
                "only from what it recorded.",
            ),
            Choice("Both gradients are `None`, and multiplying by `None` fails."),
            Choice(
                "It runs, but w and b never move.",
                "For that the gradients would have to be 0. They are `None`, which is not a "
                "number, and cannot be multiplied.",
            ),
        ),
        "The whole way from w and b to the loss has to be inside the `with` block. The error names "
        "the line where `None` was used; the slip is some lines above it.",
    ),
    Mistake(
        "two-calls",
        "Two gradient calls",
        "The tape is asked twice: first for w, then for b.",
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
        (
            Choice(
                "It works: two calls give what one call with a list gives.",
                "They would, if the record were still there. A tape throws it away after the first "
                "call, to save memory.",
            ),
            Choice("The second call stops with an error."),
            Choice(
                "The second gradient is `None`.",
                "`None` is the answer for what was not watched. A used tape gives no answer: it "
                "raises an error.",
            ),
        ),
        "One `gradient` call uses up the tape: ask for all variables at once, in a list. "
        "(`tf.GradientTape(persistent=True)` keeps its record for more calls.)",
    ),
    Mistake(
        "integers",
        "Whole numbers as data",
        "The data are whole numbers, and TensorFlow gets them as they are.",
        _with(_WHOLE_NUMBERS, (", dtype=tf.float32", "")),
        _WHOLE_NUMBERS,
        (
            Choice("It stops at `w * x`: TensorFlow does not mix number types."),
            Choice(
                "It works: whole numbers turn into decimal ones by themselves.",
                "Plain Python and NumPy do that. TensorFlow does not: both tensors must have the "
                "same type.",
            ),
            Choice(
                "It runs, and rounds the predictions to whole numbers.",
                "Nothing is computed at all: TensorFlow refuses to multiply the two types.",
            ),
        ),
        "w is a `float`, x an `int64`: say which type you want when you hand data over. "
        "(`tf.Variable(0)`, without the point, is the same slip in w, and stops the loop at the "
        "same line. If b is a whole number, too, and x a NumPy array, the loop gets farther: then "
        "both gradients are `None`.)",
    ),
    Mistake(
        "no-rate",
        "No learning rate",
        "The whole gradient is subtracted: the learning rate is forgotten.",
        _with(LOOP, ("learning_rate * ", "")),
        LOOP,
        (
            Choice(
                "It arrives sooner, because the steps are ten times as large.",
                "A run comes closer only at rates below a limit, here 0.75. Without a learning "
                "rate the steps are as with a rate of 1.",
            ),
            Choice(
                "It jumps to and fro near the best fit, always about as far.",
                "It does jump to and fro, but each jump is longer than the last.",
            ),
            Choice("The loss grows until it is no number any more."),
        ),
        "No learning rate is a learning rate of 1, and that is above this data's limit. The loss "
        "grows to `inf`, then w, b and loss are `nan`, and nothing stops the loop.",
        silent=True,
    ),
    Mistake(
        "plus",
        "Plus instead of minus",
        "The gradient is added, with `assign_add`, instead of subtracted.",
        _with(LOOP, ("assign_sub", "assign_add")),
        LOOP,
        (
            Choice(
                "The loss falls: the gradient points to the best fit.",
                "The gradient points uphill, to where the loss rises fastest.",
            ),
            Choice("The loss grows at every step."),
            Choice(
                "It stops with an error once the loss grows.",
                "To Python a growing number is a number like any other. Only you know that the "
                "loss should fall.",
            ),
        ),
        "The way down is *against* the gradient. Here every step goes uphill, and a smaller "
        "learning rate does not help: it only climbs more slowly.",
        silent=True,
    ),
    Mistake(
        "column",
        "(n, 1) minus (n,)",
        "x is turned into a column, of shape (100, 1). y keeps its shape, (100,).",
        _with(_LONG_LOOP, (_START, "x = x.reshape(-1, 1)\n" + _START)),
        _LONG_LOOP,
        (
            Choice("It runs, and ends with a flat line."),
            Choice(
                "It stops: the two shapes do not fit.",
                "They do: both are stretched to (100, 100), by the same rules as in NumPy "
                "(*broadcasting*).",
            ),
            Choice(
                "It runs, and w and b come out the same.",
                "Each prediction is now compared with every y, not only with its own. That is "
                "another loss, with another lowest point.",
            ),
        ),
        "`predictions - y` has shape (100, 100): every prediction is compared with every y. The "
        "least wrong answer to that is a flat line, w = 0, at the mean of y.",
        silent=True,
    ),
    Mistake(
        "no-reset",
        "w and b not reset",
        "Two learning rates are to be compared, but w and b are made only once.",
        _with(_TWO_RATES, ("    " + _START, ""), ("losses = []\n", "losses = []\n" + _START)),
        _TWO_RATES,
        (
            Choice(
                "0.01 looks worse, because its steps are ten times smaller.",
                "From the same start it would. But it goes on where 0.1 has stopped, close to the "
                "best fit.",
            ),
            Choice(
                "The comparison is fair: both begin at w = 0, b = −1.",
                "Nothing puts w and b back. A variable keeps its value until some line changes it.",
            ),
            Choice("0.01 looks better than 0.1."),
        ),
        "The second run went on where the first had ended: it looks better, and had little left to "
        "do. From the same start 0.01 ends with a much larger loss than 0.1.",
        silent=True,
    ),
)

MISTAKES = {mistake.key: mistake for mistake in _ALL}
