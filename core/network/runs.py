"""The configuration of a training of the network, and its history. NumPy only."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from core.network.pictures import SIZE, Pictures, make_pictures
from core.runs import IntArray

FloatArray = NDArray[np.float64]
Verdict = Literal["slow", "good", "zigzag", "explodes"]

INPUTS = SIZE * SIZE * 3
TRAINED_ON, HELD_OUT, FRESH = 4_000, 1_000, 1_000
TRAINING_SEED, HELD_OUT_SEED, FRESH_SEED = 1, 2, 3
MEASURED = 1_000  # training pictures that the loss is measured on: as many as held out
STEPS, CHUNK = 1_200, 50  # measured, and can be stopped, after every chunk of steps
UNITS = (8, 16, 32, 64)
PICTURE_BATCHES = (8, 32, 128)
SMALL_PICTURES, SMALL_UNITS = 100, 16  # of the network in core.network.edge
EDGE_STEPS = 500
EDGE_WORK = 40  # of one run there, in chunks of the usual network
CLUTTERS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True)
class NetworkConfig:
    """Everything that decides a run. Hashable, so that runs can be cached.

    Parameters
    ----------
    learning_rate : float
        Positive.
    units : int
        Hidden units.
    batch_size : int
        Pictures per step, drawn with replacement.
    seed : int
        Seed of the initial weights and of the mini-batches.
    clutter : float
        0 to 1: see ``make_pictures``.
    """

    learning_rate: float = 0.2
    units: int = 32
    batch_size: int = 32
    seed: int = 0
    clutter: float = 0.25

    @property
    def weights(self) -> int:
        """How many numbers the network learns."""
        return INPUTS * self.units + 2 * self.units + 1

    @property
    def chunk_work(self) -> float:
        """About how long a chunk takes, as measured, in chunks of the usual network."""
        return (self.units + 20) * (self.batch_size + 50) / (52 * 82)


@dataclass(frozen=True, eq=False)
class NetworkHistory:
    """The history of a run so far, without NaN or infinity.

    Parameters
    ----------
    steps : ndarray of shape (t,)
        The steps after which it was measured; the first is 0.
    loss, accuracy : ndarray of shape (t,)
        Cross-entropy, and share of right answers, on 1,000 of the training pictures.
    held_out_loss, held_out_accuracy : ndarray of shape (t,)
        The same on the held-out pictures.
    diverged_at : int
        −1, or the last step after which every number was finite, where the run was stopped.
    weights : tuple of ndarray, of shapes (INPUTS, units), (units,), (units, 1), (1,)
        All the network's parameters at the last of the steps; the run continues from them.
    scores : ndarray of shape (1000,)
        Scores of the held-out pictures.
    """

    steps: IntArray
    loss: FloatArray
    accuracy: FloatArray
    held_out_loss: FloatArray
    held_out_accuracy: FloatArray
    diverged_at: int
    weights: tuple[FloatArray, ...]
    scores: FloatArray

    @property
    def curves(self) -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
        """Loss, accuracy, and the same on held-out pictures."""
        return self.loss, self.accuracy, self.held_out_loss, self.held_out_accuracy

    @property
    def looks_for(self) -> NDArray[np.float32]:
        """The weights between the picture and each hidden unit, shape (units, 24, 24, 3)."""
        return self.weights[0].T.reshape(-1, SIZE, SIZE, 3).astype(np.float32)

    @property
    def speaks_for(self) -> FloatArray:
        """The weight of each hidden unit in the score for "hot dog", shape (units,)."""
        return self.weights[2][:, 0]

    @property
    def is_whole(self) -> bool:
        """Whether the run is complete."""
        return self.diverged_at >= 0 or int(self.steps[-1]) == STEPS


def share_done(
    configs: Sequence[NetworkConfig], reached: Mapping[NetworkConfig, NetworkHistory]
) -> float:
    """Compute which share of all steps is done, from 0 to 1."""
    done = [
        1 if reached[one].is_whole else reached[one].steps[-1] / STEPS
        for one in configs
        if one in reached
    ]
    return float(sum(done) / len(configs))


def training_pictures(clutter: float) -> Pictures:
    """Draw the pictures that networks are trained on."""
    return make_pictures(TRAINED_ON, TRAINING_SEED, clutter)


def held_out_pictures(clutter: float) -> Pictures:
    """Draw the held-out pictures, never trained on."""
    return make_pictures(HELD_OUT, HELD_OUT_SEED, clutter)


def fresh_pictures(clutter: float) -> Pictures:
    """Draw the test set: used neither for training nor for choosing a learning rate."""
    return make_pictures(FRESH, FRESH_SEED, clutter)


def picture_losses(scores: FloatArray, truth: FloatArray) -> FloatArray:
    """Compute each picture's cross-entropy, −log of the probability of its true class.

    Parameters
    ----------
    scores, truth : ndarray of shape (n,)
    """
    return np.logaddexp(0, (1 - 2 * truth) * scores)


SANE_GROWTH = 1e6  # times the initial loss: above it a run counts as exploded, as on the line
_HIGH = 2.0
_LITTLE = 0.9
_LEFT = 0.25
_LOST_AGAIN = 1 / 3
_ROUNDING = 1e-12  # times the initial loss: smaller rises are ignored


def verdict(history: NetworkHistory) -> Verdict:
    """Classify a learning rate by the measured training loss: a network has no formula.

    *zigzag*: all rises of the loss between records add up to more than a third of all falls.
    *explodes*: the run diverged, or a loss exceeded twice the initial one, or the loss zigzagged
    and ended above 0.9 of the initial one. *slow*: no zigzag, and the final loss is above a quarter
    of the initial one. *good*: all others.
    """
    changes = np.diff(history.loss)
    fallen, risen = -changes[changes < 0].sum(), changes[changes > 0].sum()
    relative = history.loss / history.loss[0]
    jumps = risen > max(_LOST_AGAIN * fallen, _ROUNDING * history.loss[0])
    if history.diverged_at >= 0 or relative.max() > _HIGH or (jumps and relative[-1] > _LITTLE):
        return "explodes"
    if jumps:
        return "zigzag"
    return "slow" if relative[-1] > _LEFT else "good"


def verdict_so_far(history: NetworkHistory) -> Verdict:
    """Classify a run that may go on by what has been seen of it: as if it ended here.

    But only what no later step can undo is called an explosion; until the end a loss that goes up
    and down about where it began is a zigzag.
    """
    now = verdict(history)
    can_come_back = not history.is_whole and history.loss.max() <= _HIGH * history.loss[0]
    return "zigzag" if now == "explodes" and can_come_back else now


@dataclass(frozen=True, eq=False)
class EdgeRun:
    """Full-batch training of a small network, with its sharpness.

    Parameters
    ----------
    learning_rate : float
    steps : ndarray of shape (t,)
    loss : ndarray of shape (t,)
        Mean squared error on all its pictures.
    sharpness : ndarray of shape (t,)
        The largest eigenvalue of the loss's Hessian: what λ₂ is for a line.
    """

    learning_rate: float
    steps: IntArray
    loss: FloatArray
    sharpness: FloatArray

    @property
    def share_of_limit(self) -> FloatArray:
        """Sharpness over 2/rate: at 1 the rate is exactly the limit."""
        return self.sharpness * self.learning_rate / 2

    @property
    def hovers(self) -> bool:
        """Whether the sharpness began below the limit, reached it, and stayed within 10 % of it."""
        share = self.share_of_limit
        late = share[share.size // 2 :]
        return bool(share[0] < 0.9 and share.max() >= 1 and np.abs(late - 1).max() < 0.1)
