"""The range test: a learning rate found by raising it until the loss explodes. NumPy only.

The rate grows by the same factor at every step of one short run. The two common rules suggest the
rate at which the loss falls fastest, or a tenth of the rate at which it is lowest.

References
----------
L. N. Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017 (the test). The two
rules are those of the library fastai (``lr_find``), as are smoothing and stopping.
"""

from dataclasses import dataclass

import numpy as np

from core.datasets import Dataset, FloatArray, Line
from core.descent.experiments import Train
from core.runs import TrainingConfig

RANGE_STEPS = 300
RANGE_WORK = 30  # about how long it takes a network, in chunks of the usual network
LOWEST, HIGHEST = 1e-5, 1e2
LINE_BATCH = 8
_SMOOTHING = 0.9
_STOP_AT = 4.0
_SPAN = 10  # steps to either side over which the slope is measured


@dataclass(frozen=True, eq=False)
class RangeTest:
    """The recorded steps of a range test, and the rates it suggests.

    Parameters
    ----------
    rates, loss, smoothed : ndarray of shape (t,)
        For each step: the rate, the loss before it, and the running average of the losses.
    steepest : float
        The rate at which the average falls fastest, by the logarithm of the rate.
    tenth : float
        A tenth of the rate at which the average is lowest.
    """

    rates: FloatArray
    loss: FloatArray
    smoothed: FloatArray
    steepest: float
    tenth: float


def rising_rates() -> FloatArray:
    """List the rates of the test, each the same factor above the one before."""
    return np.geomspace(LOWEST, HIGHEST, RANGE_STEPS)


def read(loss: FloatArray) -> RangeTest:
    """Smooth the losses of a range test, cut it where it explodes, and find the suggested rates.

    The losses have shape (t,), one for each step. The average at step t is that of the losses so
    far, weighted 0.9ᵗ⁻ⁱ; the test ends where it is four times its lowest, or no longer finite.
    """
    average, weight = 0.0, 0.0
    smoothed: list[float] = []
    for value in loss:
        average = _SMOOTHING * average + (1 - _SMOOTHING) * float(value)
        weight = _SMOOTHING * weight + (1 - _SMOOTHING)
        here = average / weight
        if not here <= _STOP_AT * min([here, *smoothed]):  # true for NaN as well
            break
        smoothed.append(here)
    curve, rates = np.array(smoothed), rising_rates()[: len(smoothed)]
    lowest = int(np.argmin(curve))
    way_down = curve[: lowest + 1]
    falls = way_down[: -2 * _SPAN] - way_down[2 * _SPAN :]
    steepest = int(np.argmax(falls)) + _SPAN if falls.size else lowest
    return RangeTest(
        rates, loss[: len(smoothed)], curve, float(rates[steepest]), float(rates[lowest]) / 10
    )


def on_line(train: Train, dataset: Dataset, start: Line) -> RangeTest:
    """Run the range test on a line, with mini-batches."""
    rates = rising_rates()
    config = TrainingConfig(
        (LOWEST,),
        RANGE_STEPS - 1,
        start,
        batch_size=LINE_BATCH,
        factors=tuple((rates / LOWEST).tolist()),
    )
    return read(train(dataset, config).loss[0])
