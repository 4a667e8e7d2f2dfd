"""The lesson's loop as the lesson writes it: plain, eager, one step at a time.

This is the reference. The learner is shown it, the tests hold the trainer to it, and the benchmark
compares with it. Everything that ``core.training`` does faster, it does the same.
"""

import tensorflow as tf

from core.datasets import Dataset, FloatArray, Line


def mean_squared_error(predictions: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
    """Average the squared differences, in y-units²."""
    return tf.reduce_mean(tf.square(predictions - y))


def train_eagerly(
    dataset: Dataset, learning_rate: float | FloatArray, steps: int, start: Line
) -> list[tuple[float, float, float, float, float]]:
    """Fit a line by gradient descent, with ``tf.GradientTape``.

    Parameters
    ----------
    learning_rate : float or ndarray of shape (steps,)
        One rate for all steps, or one for each.
    steps : int
        How many to take.
    start : Line
        Where to begin.

    Returns
    -------
    list of (w, b, loss, grad_w, grad_b)
        At the start and after each step: ``steps + 1`` rows.
    """
    x, y = tf.constant(dataset.x), tf.constant(dataset.y)
    rates = tf.broadcast_to(tf.constant(learning_rate, tf.float64), [steps])
    w = tf.Variable(start.w, dtype=tf.float64)
    b = tf.Variable(start.b, dtype=tf.float64)
    rows = []
    for step in range(steps + 1):
        with tf.GradientTape() as tape:
            predictions = w * x + b
            loss = mean_squared_error(predictions, y)
        gradients = tape.gradient(loss, [w, b])
        rows.append((float(w), float(b), float(loss), float(gradients[0]), float(gradients[1])))
        if step < steps:
            w.assign_sub(rates[step] * gradients[0])
            b.assign_sub(rates[step] * gradients[1])
    return rows
