"""Trainings take turns: one background thread trains for all learners, first come, first served.

Ten trainings at once would take all cores from everybody else, and none of the ten would end
before all of them do. So a training is put in a queue and trained in stages, such as a chunk of
steps, by a thread that is there while somebody waits. Who waits asks again and again, and is told
how the training stands. Equal trainings have an equal key, and are one training.

A training that nobody has asked for lately (the learner pressed Stop, left, or closed the tab) lets
the next one go first, but keeps its place and what it has reached: a page that is drawn anew asks
again. Python only.
"""

import statistics
import threading
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass
from time import monotonic
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Stage = tuple[float, T]  # the share of the work that is done, from 0 to 1, and the result so far

ASKED_WITHIN = 2.0  # seconds: a training that was asked for longer ago lets others go first
KEPT_FOR = 60.0  # seconds: then it loses its place and what it has reached
_PACES = 50  # stages that the seconds to wait are estimated from


@dataclass(frozen=True, eq=False)
class Standing(Generic[T]):
    """How a training stands.

    Parameters
    ----------
    ahead : int
        How many other trainings come first; 0 once it is trained.
    seconds : float or None
        Until it begins or, if none is ahead, until it ends; estimated from the stages that were
        trained last, whoever's they were. None if there were none yet.
    share : float
        The share of its work that is done, from 0 to 1.
    result : object or None
        The result so far; None before the first stage.
    is_over : bool
        Whether the result is the last.
    """

    ahead: int
    seconds: float | None
    share: float
    result: T | None
    is_over: bool


class _Training:
    """A training in the queue."""

    def __init__(self, stages: Iterator[Stage[Any]], work: float) -> None:
        self.stages = stages
        self.work = work
        self.share = 0.0
        self.result: Any = None
        self.is_over = False
        self.error: Exception | None = None
        self.asked_at = 0.0

    @property
    def is_wanted(self) -> bool:
        """Whether there is something to train, and somebody waits for it."""
        return not self.is_over and monotonic() - self.asked_at < ASKED_WITHIN


class Queue:
    """A queue of trainings, and the thread that trains them."""

    def __init__(self) -> None:
        self._trainings: dict[Hashable, _Training] = {}  # in the order of their turns
        self._paces: deque[float] = deque(maxlen=_PACES)  # seconds a unit of work
        self._is_training = False
        self._lock = threading.Lock()

    def ask(
        self, key: Hashable, begin: Callable[[], Iterator[Stage[T]]], work: float
    ) -> Standing[T]:
        """Tell how a training stands; put it at the end of the queue if it is not there.

        Parameters
        ----------
        key : hashable
            Equal for equal trainings.
        begin : callable
            Gives the stages of the training, which are taken in the background.
        work : float
            About how much work it is, in a unit that is the same for all trainings.

        Raises
        ------
        Exception
            Whatever the training raised. Who asks again then, begins again.
        """
        with self._lock:
            self._forget()
            if key not in self._trainings:
                self._trainings[key] = _Training(begin(), work)
            training = self._trainings[key]
            training.asked_at = monotonic()
            if training.error is not None:
                del self._trainings[key]
                raise training.error
            if not (training.is_over or self._is_training):
                self._is_training = True
                threading.Thread(target=self._train, name="training", daemon=True).start()
            return self._standing(training)

    def _standing(self, training: _Training) -> Standing[Any]:
        ahead: list[_Training] = []
        for other in self._trainings.values():
            if other is training or training.is_over:
                break
            if other.is_wanted:
                ahead.append(other)
        work = sum(each.work * (1 - each.share) for each in ahead or [training])
        seconds = work * statistics.median(self._paces) if self._paces else None
        return Standing(len(ahead), seconds, training.share, training.result, training.is_over)

    def _forget(self) -> None:
        """Drop trainings that have ended or were given up: those that nobody has asked for."""
        now = monotonic()
        for key, training in list(self._trainings.items()):
            if now - training.asked_at > (ASKED_WITHIN if training.is_over else KEPT_FOR):
                del self._trainings[key]

    def _train(self) -> None:
        """Train, a stage at a time, whatever comes first, until nobody waits for anything."""
        while training := self._first():
            begun = monotonic()
            stage, error = None, None
            try:
                stage = next(training.stages, None)
            except Exception as raised:  # raised again where the result is asked for
                error = raised
            with self._lock:
                if stage is None:
                    training.error, training.is_over = error, True
                    continue
                share, training.result = stage
                if share > training.share:
                    work = (share - training.share) * training.work
                    self._paces.append((monotonic() - begun) / work)
                training.share = share

    def _first(self) -> _Training | None:
        """Find the first training that is wanted; without one, note that the thread ends."""
        with self._lock:
            wanted = (one for one in self._trainings.values() if one.is_wanted)
            first = next(wanted, None)
            self._is_training = first is not None
            return first
