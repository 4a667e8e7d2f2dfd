"""The trainer: gradient descent on a line, with ``tf.GradientTape``, for many rates at once.

It is the loop of ``core.eager``, made fast in three ways:

1. *Compiled once.* Tape and update run inside ``tf.while_loop``s that XLA compiles. All shapes are
   fixed (rates are padded to 8 or 256, recorded steps to 512 slots) and every input is a tensor,
   so no input causes another compilation.
2. *All rates at once.* k rates are one vectorised run.
3. *The data is folded first.* With all points in each step, the loss depends on them only through
   ``Dataset.fold``, a 3×3 triangle: the same function, so the same gradient on the tape, at a
   cost that does not grow with the number of points.

Mini-batches cannot be folded; there NumPy draws the points of every step beforehand.
"""

import os
from collections.abc import Callable

import numpy as np

# XLA on a CPU dispatches every operation of a loop's body by itself, at about 1 µs an iteration,
# unless the loop's state is small: then it compiles the loop into one function, which is twelve
# times as fast. The schedule's 512 factors are part of the state and need this larger "small".
os.environ["XLA_FLAGS"] = " ".join(
    [
        os.environ.get("XLA_FLAGS", ""),
        "--xla_backend_extra_options=xla_cpu_small_while_loop_byte_threshold=65536",
    ]
).strip()
# Threads that share one operation busy-wait for each other; a network trains as fast with one, and
# leaves the other cores to other learners.
os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import tensorflow as tf

from core.datasets import Dataset, FloatArray
from core.runs import (
    MAX_BATCH_RATES,
    MAX_BATCH_SIZE,
    MAX_BATCH_STEPS,
    MAX_FACTORS,
    MAX_RATES,
    MAX_START,
    RECORDED_STEPS,
    History,
    TrainingConfig,
    batch_indices,
)

__all__ = ["TrainingConfig", "count_traces", "train", "warm_up"]

SANE_GROWTH = 1e6
_WIDTHS = (8, MAX_RATES)

# (step, w, b) → (loss over all points, gradient by w, gradient by b), each of shape (k,)
_Evaluate = Callable[[tf.Tensor, tf.Tensor, tf.Tensor], tuple[tf.Tensor, tf.Tensor, tf.Tensor]]


def train(dataset: Dataset, config: TrainingConfig) -> History:
    """Run gradient descent on a line for every learning rate of a configuration.

    A run that explodes is a result, not an error: see ``History``.

    Parameters
    ----------
    dataset : Dataset
        n points.
    config : TrainingConfig
        k rates, and the steps to take.

    Returns
    -------
    History
        Of t recorded steps, in float64, without NaN or infinity.
    """
    recorded = config.recorded_steps()
    k = len(config.learning_rates)
    width = next(width for width in _WIDTHS if width >= k)
    slots = np.pad(recorded, (0, RECORDED_STEPS - recorded.size), mode="edge")
    factors = np.resize(np.array(config.factors, dtype=np.float64), MAX_FACTORS)
    arguments = (
        dataset.fold,
        np.pad(np.array(config.learning_rates, dtype=np.float64), (0, width - k)),
        np.array([config.start.w, config.start.b], dtype=np.float64),
        slots,
        factors,
        np.int64(len(config.factors)),
        np.float64(config.decay),
    )
    if config.batch_size is None:
        records, diverged_at = _TRAIN_ON_ALL[width](*arguments)
    else:
        points = _draw_batches(dataset, config)
        records, diverged_at = _train_on_batches(*arguments, points, np.int64(config.batch_size))
    w, b, loss, grad_w, grad_b = records.numpy()[:, : recorded.size, :k].transpose(0, 2, 1)
    return History(recorded, w, b, loss, grad_w, grad_b, diverged_at.numpy()[:k])


def _draw_batches(dataset: Dataset, config: TrainingConfig) -> FloatArray:
    """Draw every step's mini-batch, x and y, padded to the fixed shape (20,001, 2, 32).

    A draw depends on the absolute step number, so a continued run draws what one long run would.
    """
    assert config.batch_size is not None
    first_step, end = config.first_step, config.first_step + config.steps + 1
    chosen = batch_indices(config.seed, dataset.n, end, config.batch_size, first_step)
    points = np.zeros((MAX_BATCH_STEPS + 1, 2, MAX_BATCH_SIZE))
    points[: chosen.shape[0], 0, : config.batch_size] = dataset.x[chosen]
    points[: chosen.shape[0], 1, : config.batch_size] = dataset.y[chosen]
    return points


def count_traces() -> int:
    """Count TensorFlow's traces of the trainer: at most one for each of its three shapes."""
    functions = [*_TRAIN_ON_ALL.values(), _train_on_batches]
    return sum(function.experimental_get_tracing_count() for function in functions)


def warm_up() -> None:
    """Compile all shapes of the trainer, so that no learner waits for it."""
    line = Dataset(np.array([0.0, 0.5, 1.0]), np.array([0.0, 0.5, 1.0]))
    for rates, batch_size in (((0.1,) * 8, None), ((0.1,), 1), ((0.1,) * MAX_RATES, None)):
        train(line, TrainingConfig(rates, steps=1, batch_size=batch_size))


def _signature(width: int) -> list[tf.TensorSpec]:
    """Specify fold, rates, start, recorded steps, factors, number of factors, decay."""
    return [
        tf.TensorSpec([3, 3], tf.float64),
        tf.TensorSpec([width], tf.float64),
        tf.TensorSpec([2], tf.float64),
        tf.TensorSpec([RECORDED_STEPS], tf.int64),
        tf.TensorSpec([MAX_FACTORS], tf.float64),
        tf.TensorSpec([], tf.int64),
        tf.TensorSpec([], tf.float64),
    ]


def _folded_loss(fold: tf.Tensor, w: tf.Tensor, b: tf.Tensor) -> tf.Tensor:
    """Mean squared error over all points, shape (k,): ‖R·(w, b, −1)ᵀ‖²."""
    first = fold[0, 0] * w + fold[0, 1] * b - fold[0, 2]
    second = fold[1, 1] * b - fold[1, 2]
    return tf.square(first) + tf.square(second) + tf.square(fold[2, 2])


def _make_train_on_all(width: int) -> tf.types.experimental.PolymorphicFunction:
    @tf.function(jit_compile=True, autograph=False, input_signature=_signature(width))
    def train_on_all(
        fold: tf.Tensor, rates: tf.Tensor, start: tf.Tensor, slots: tf.Tensor, *schedule: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor]:
        def evaluate(
            step: tf.Tensor, w: tf.Tensor, b: tf.Tensor
        ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
            with tf.GradientTape() as tape:
                tape.watch([w, b])
                loss = _folded_loss(fold, w, b)
            return loss, *tape.gradient(loss, [w, b])

        return _descend(evaluate, fold, rates, start, slots, *schedule)

    return train_on_all


_TRAIN_ON_ALL = {width: _make_train_on_all(width) for width in _WIDTHS}


_POINTS = tf.TensorSpec([MAX_BATCH_STEPS + 1, 2, MAX_BATCH_SIZE], tf.float64)


@tf.function(
    jit_compile=True,
    autograph=False,
    input_signature=[*_signature(MAX_BATCH_RATES), _POINTS, tf.TensorSpec([], tf.int64)],
)
def _train_on_batches(
    fold: tf.Tensor,
    rates: tf.Tensor,
    start: tf.Tensor,
    slots: tf.Tensor,
    factors: tf.Tensor,
    factor_count: tf.Tensor,
    decay: tf.Tensor,
    points: tf.Tensor,
    batch_size: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    in_batch = tf.range(MAX_BATCH_SIZE, dtype=tf.int64) < batch_size

    def evaluate(
        step: tf.Tensor, w: tf.Tensor, b: tf.Tensor
    ) -> tuple[tf.Tensor, tf.Tensor, tf.Tensor]:
        row = step - slots[0]
        with tf.GradientTape() as tape:
            tape.watch([w, b])
            x, y = tf.unstack(tf.gather(points, row))
            errors = w[:, tf.newaxis] * x + b[:, tf.newaxis] - y
            squares = tf.where(in_batch, tf.square(errors), 0.0)
            batch_loss = tf.reduce_sum(squares, axis=1) / tf.cast(batch_size, tf.float64)
        return _folded_loss(fold, w, b), *tape.gradient(batch_loss, [w, b])

    return _descend(evaluate, fold, rates, start, slots, factors, factor_count, decay)


def _descend(
    evaluate: _Evaluate,
    fold: tf.Tensor,
    rates: tf.Tensor,
    start: tf.Tensor,
    slots: tf.Tensor,
    factors: tf.Tensor,
    factor_count: tf.Tensor,
    decay: tf.Tensor,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Step from slot to slot, and record (w, b, loss, grad_w, grad_b) at each, shape (5, 512, k).

    A run whose next step would not be sane (see ``History``) repeats its last sane step.
    """
    w, b = tf.fill(tf.shape(rates), start[0]), tf.fill(tf.shape(rates), start[1])
    here = (w, b, *evaluate(slots[0], w, b))
    mean_square_of_y = tf.reduce_sum(tf.square(fold[:, 2]))
    bound = SANE_GROWTH * tf.maximum(here[2][0], mean_square_of_y)
    never = tf.fill(tf.shape(rates), tf.constant(-1, tf.int64))

    def take_step(
        step: tf.Tensor, here: tuple[tf.Tensor, ...], diverged_at: tf.Tensor
    ) -> tuple[tf.Tensor, tuple[tf.Tensor, ...], tf.Tensor]:
        w, b, _, grad_w, grad_b = here
        factor = tf.gather(factors, step % factor_count)
        rate = rates * factor / (1.0 + decay * tf.cast(step, tf.float64))
        new_w, new_b = w - rate * grad_w, b - rate * grad_b
        there = (new_w, new_b, *evaluate(step + 1, new_w, new_b))
        moving = diverged_at < 0
        # False for NaN and infinity, and for lines that no run may start at.
        sane = (there[2] <= bound) & (tf.maximum(tf.abs(new_w), tf.abs(new_b)) <= MAX_START)
        here = tuple(tf.where(moving & sane, *pair) for pair in zip(there, here, strict=True))
        return step + 1, here, tf.where(moving & ~sane, step, diverged_at)

    def fill_slot(
        slot: tf.Tensor,
        records: tf.Tensor,
        step: tf.Tensor,
        here: tuple[tf.Tensor, ...],
        diverged_at: tf.Tensor,
    ) -> tuple[object, ...]:
        step, here, diverged_at = tf.while_loop(
            lambda step, *_: step < tf.gather(slots, slot), take_step, (step, here, diverged_at)
        )
        records = tf.tensor_scatter_nd_update(records, [[slot]], [tf.stack(here)])
        return slot + 1, records, step, here, diverged_at

    empty = tf.zeros([RECORDED_STEPS, 5, rates.shape[0]], tf.float64)
    _, records, *_, diverged_at = tf.while_loop(
        lambda slot, *_: slot < RECORDED_STEPS,
        fill_slot,
        (tf.constant(0), empty, slots[0], here, never),
    )
    return tf.transpose(records, [1, 0, 2]), diverged_at
