"""A network with one hidden layer, and the lesson's loop that trains it.

It is the loop of ``core.eager``: open a tape, predict, measure the loss, ask for the gradient, and
subtract it times the learning rate. Two numbers have become thousands, a line two layers, and a
step looks at a few pictures instead of all points. The page shows the functions of this file.

Everything is float64, so that gradients can be held to finite differences. Only the gradient that
is subtracted is rounded, to bfloat16: machines add up in different orders and differ in the last
bit of a sum, and at a large rate every step multiplies such a difference, until the verdict is
another one. Rounded, the gradients are equal, and so are the runs.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import tensorflow as tf

from core.network.pictures import Pictures
from core.network.range_test import RANGE_STEPS, RangeTest, read, rising_rates
from core.network.runs import (
    CHUNK,
    INPUTS,
    MEASURED,
    SANE_GROWTH,
    STEPS,
    FloatArray,
    NetworkConfig,
    NetworkHistory,
)

# Weights (INPUTS, units), biases (units,), weights (units, 1), bias (1,). Pictures are rows, of
# shape (n, INPUTS); scores, and truth, 1 for a hot dog and 0 for none, have shape (n,).
Network = list[tf.Variable]


def begin(units: int, seed: int) -> Network:
    """Make the network's variables: small random weights, so that no two units are alike."""
    rng = np.random.default_rng(seed)
    w1 = tf.Variable(rng.normal(0, np.sqrt(2 / INPUTS), (INPUTS, units)))
    b1 = tf.Variable(np.zeros(units))
    w2 = tf.Variable(rng.normal(0, np.sqrt(1 / units), (units, 1)))
    b2 = tf.Variable(np.zeros(1))
    return [w1, b1, w2, b2]


def predict(network: Network, pictures: tf.Tensor) -> tf.Tensor:
    """Give each picture a score: above 0 for "hot dog"."""
    w1, b1, w2, b2 = network
    x = tf.cast(pictures, tf.float64) / 255 - 0.5
    hidden = tf.nn.relu(x @ w1 + b1)
    return (hidden @ w2 + b2)[:, 0]


def cross_entropy(scores: tf.Tensor, truth: tf.Tensor) -> tf.Tensor:
    """Average −log of the probability given to the truth, 1 for a hot dog and 0 for none."""
    return tf.reduce_mean(tf.nn.softplus((1 - 2 * truth) * scores))


@tf.function
def descend(
    network: Network, pictures: tf.Tensor, truth: tf.Tensor, batches: tf.Tensor, rate: tf.Tensor
) -> None:
    """Take a step for each mini-batch, a row of picture numbers."""
    for chosen in batches:
        with tf.GradientTape() as tape:
            scores = predict(network, tf.gather(pictures, chosen))
            loss = cross_entropy(scores, tf.gather(truth, chosen))
        gradients = tape.gradient(loss, network)
        for variable, gradient in zip(network, gradients, strict=True):
            rounded = tf.cast(gradient, tf.bfloat16)  # the same on machines that add up otherwise
            variable.assign_sub(rate * tf.cast(rounded, tf.float64))


@tf.function
def score_and_judge(
    network: Network, pictures: tf.Tensor, truth: tf.Tensor
) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
    """Compute scores, loss, and the share of right answers."""
    scores = predict(network, pictures)
    right = (scores > 0) == (truth > 0.5)
    return scores, cross_entropy(scores, truth), tf.reduce_mean(tf.cast(right, tf.float64))


def train(
    training: Pictures,
    held_out: Pictures,
    config: NetworkConfig,
    reached: NetworkHistory | None = None,
) -> Iterator[NetworkHistory]:
    """Train a network; give its history at the start and after every chunk of steps.

    A run that explodes is a result: it ends with its last record while all numbers were finite and
    the loss at most a million times what it began with.

    Parameters
    ----------
    training, held_out : Pictures
        What it learns from, and what it is tried out on.
    reached : NetworkHistory, optional
        How far an interrupted run of this configuration came. The run goes on after it, to the
        same figures as without the interruption.
    """
    draw = np.random.default_rng(config.seed)
    chosen = draw.integers(0, len(training.rows), (STEPS, config.batch_size))
    network, next_step = begin(config.units, config.seed), 0
    if reached is not None:
        for variable, values in zip(network, reached.weights, strict=True):
            variable.assign(values)
        next_step = int(reached.steps[-1]) + CHUNK
    data = tf.constant(training.rows), tf.constant(training.truth)
    seen = data[0][:MEASURED], data[1][:MEASURED]
    unseen = tf.constant(held_out.rows), tf.constant(held_out.truth)
    rate = tf.constant(config.learning_rate, tf.float64)
    history = reached
    for step in range(next_step, STEPS + 1, CHUNK):
        if step:
            descend(network, *data, tf.constant(chosen[step - CHUNK : step]), rate)
        history = _record(history, step, network, seen, unseen)
        yield history
        if history.diverged_at >= 0:
            return


def share_right(weights: tuple[FloatArray, ...], pictures: Pictures) -> float:
    """Compute the share of right answers that a network of these weights gives, from 0 to 1.

    It is not compiled: it is asked for once a run, and must not disturb what is.
    """
    network = [tf.constant(values) for values in weights]
    scores = predict(network, tf.constant(pictures.rows)).numpy()
    return float(np.mean((scores > 0) == (pictures.truth > 0.5)))


def range_test(training: Pictures, config: NetworkConfig) -> Iterator[RangeTest]:
    """Put a new network through the range test; give what is found after every chunk of steps.

    Of the configuration the rate is not used.
    """
    draw = np.random.default_rng(config.seed)
    chosen = draw.integers(0, len(training.rows), (RANGE_STEPS, config.batch_size))
    network = begin(config.units, config.seed)
    data = tf.constant(training.rows), tf.constant(training.truth)
    losses = []
    for rate, numbers in zip(rising_rates(), chosen, strict=True):
        batch = tuple(tf.gather(part, numbers) for part in data)
        _, loss, _ = score_and_judge(network, *batch)
        losses.append(float(loss))
        descend(network, *data, tf.constant(numbers[np.newaxis]), tf.constant(rate))
        if len(losses) % CHUNK == 0:
            yield read(np.array(losses))


def _record(
    before: NetworkHistory | None,
    step: int,
    network: Network,
    seen: tuple[tf.Tensor, tf.Tensor],
    unseen: tuple[tf.Tensor, tf.Tensor],
) -> NetworkHistory:
    """Measure the network, and add that to what was recorded before."""
    _, *on_seen = score_and_judge(network, *seen)
    scores, *on_unseen = score_and_judge(network, *unseen)
    figures = [float(figure) for figure in (*on_seen, *on_unseen)]
    weights = tuple(variable.numpy() for variable in network)
    if before is None:
        past = np.empty((5, 0))
    else:
        past = np.array([before.steps, *before.curves])
        sane = max(figures) <= SANE_GROWTH * before.loss[0]  # False for NaN and infinity
        if not (sane and all(np.isfinite(values).all() for values in weights)):
            return replace(before, diverged_at=int(before.steps[-1]))
    steps, loss, accuracy, *held_out = np.column_stack([past, [step, *figures]])
    return NetworkHistory(
        steps.astype(np.int64),
        loss,
        accuracy,
        held_out_loss=held_out[0],
        held_out_accuracy=held_out[1],
        diverged_at=-1,
        weights=weights,
        scores=scores.numpy(),
    )
