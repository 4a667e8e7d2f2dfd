"""The sharpness of a small network's loss during full-batch training.

The line's loop and the line's loss, mean squared error, with the network's layers. The sharpness is
the largest eigenvalue of the Hessian, found by power iteration: repeated multiplication by the
Hessian turns a vector into the direction of the strongest curvature.

References
----------
J. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar, "Gradient Descent on Neural Networks Typically
Occurs at the Edge of Stability", ICLR 2021.
B. A. Pearlmutter, "Fast Exact Multiplication by the Hessian", Neural Computation 6, 1994.
"""

from collections.abc import Iterator

import numpy as np
import tensorflow as tf

from core.eager import mean_squared_error
from core.network.pictures import Pictures
from core.network.runs import EDGE_STEPS, SMALL_PICTURES, SMALL_UNITS, EdgeRun
from core.network.training import Network, begin, predict

SEED = 0
EVERY = 10
_ROUNDS = 20  # of power iteration per record, starting from the previous direction


def follow(pictures: Pictures, learning_rate: float) -> Iterator[EdgeRun]:
    """Train a small network on 100 pictures, full-batch; give the run so far at every record."""
    rows = tf.constant(pictures.rows[:SMALL_PICTURES])
    answers = tf.constant(2 * pictures.truth[:SMALL_PICTURES] - 1)
    network = begin(SMALL_UNITS, SEED)
    rng = np.random.default_rng(SEED)
    direction = [tf.constant(rng.normal(size=part.shape)) for part in network]
    records = []
    for step in range(0, EDGE_STEPS + 1, EVERY):
        if step:
            _descend(network, rows, answers, tf.constant(learning_rate, tf.float64))
        loss, sharpness, direction = measure(network, rows, answers, direction)
        records.append((float(loss), float(sharpness)))
        losses, sharpnesses = np.array(records).T
        yield EdgeRun(learning_rate, np.arange(0, step + 1, EVERY), losses, sharpnesses)


@tf.function
def _descend(network: Network, rows: tf.Tensor, answers: tf.Tensor, rate: tf.Tensor) -> None:
    for _ in tf.range(EVERY):
        with tf.GradientTape() as tape:
            loss = mean_squared_error(predict(network, rows), answers)
        gradients = tape.gradient(loss, network)
        for variable, gradient in zip(network, gradients, strict=True):
            rounded = tf.cast(gradient, tf.bfloat16)  # see core.network.training
            variable.assign_sub(rate * tf.cast(rounded, tf.float64))


@tf.function
def measure(
    network: Network, rows: tf.Tensor, answers: tf.Tensor, direction: list[tf.Tensor]
) -> tuple[tf.Tensor, tf.Tensor, list[tf.Tensor]]:
    """Compute loss, sharpness, and the direction of the strongest curvature (not normalised).

    The gradient of (gradient · direction), by a second tape, is the Hessian times the direction.
    Pictures are rows of shape (n, pixels), answers of shape (n,) −1 or 1; a direction has the
    shapes of the network's parameters.
    """
    loss, sharpness = tf.constant(0.0, tf.float64), tf.constant(0.0, tf.float64)
    for _ in tf.range(_ROUNDS):
        length = tf.linalg.global_norm(direction)
        direction = [part / length for part in direction]
        with tf.GradientTape() as outer:
            with tf.GradientTape() as inner:
                loss = mean_squared_error(predict(network, rows), answers)
            gradients = inner.gradient(loss, network)
            along = _dot(gradients, direction)
        curved = outer.gradient(along, network)
        sharpness = _dot(curved, direction)
        direction = curved
    return loss, sharpness, direction


def _dot(one: list[tf.Tensor], other: list[tf.Tensor]) -> tf.Tensor:
    return tf.add_n([tf.reduce_sum(a * b) for a, b in zip(one, other, strict=True)])
