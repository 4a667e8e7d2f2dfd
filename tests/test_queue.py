"""Trainings take turns: who came first is first, equal ones are one, and who left blocks nobody."""

import threading
from collections.abc import Iterator

import pytest

from core.network import queue
from core.network.queue import Queue, Stage, Standing
from tests.support.threads import until


class Work:
    """A training of some stages, each of which waits until the test lets it go on."""

    def __init__(self, stages: int = 2) -> None:
        self.stages = stages
        self.taken = 0
        self.begun = 0
        self._allowed = threading.Semaphore(0)

    def begin(self) -> Iterator[Stage[int]]:
        self.begun += 1
        for stage in range(1, self.stages + 1):
            assert self._allowed.acquire(timeout=60)
            self.taken += 1
            yield stage / self.stages, stage

    def allow(self, stages: int) -> None:
        self._allowed.release(stages)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The queue's clock, which stands still until the test moves it."""
    made = Clock()
    monkeypatch.setattr(queue, "monotonic", made)
    return made


def ask(line: Queue, name: str, work: Work, size: float = 1.0) -> Standing[int]:
    return line.ask(name, work.begin, size)


def test_who_came_first_is_trained_first_and_the_place_goes_down() -> None:
    line, works = Queue(), {name: Work() for name in "abc"}

    def places() -> list[int]:
        return [ask(line, name, work).ahead for name, work in works.items()]

    assert places() == places() == [0, 1, 2]
    works["c"].allow(2)
    works["b"].allow(2)
    works["a"].allow(1)
    until(lambda: ask(line, "a", works["a"]).share == 0.5)
    assert places() == [0, 1, 2]
    assert [work.taken for work in works.values()] == [1, 0, 0]
    works["a"].allow(1)
    until(lambda: max(places()) == 0)
    assert all(ask(line, name, work).is_over for name, work in works.items())
    assert [ask(line, name, work).result for name, work in works.items()] == [2, 2, 2]


def test_equal_trainings_are_one_and_go_on_when_one_learner_leaves() -> None:
    line, work, copy = Queue(), Work(), Work()
    assert ask(line, "same", work).ahead == ask(line, "same", copy).ahead == 0
    work.allow(1)
    until(lambda: ask(line, "same", copy).result == 1)  # the first learner asks no more
    work.allow(1)
    until(lambda: ask(line, "same", copy).is_over)
    assert (work.begun, copy.begun) == (1, 0)


def test_who_left_blocks_nobody_and_finds_the_place_again(clock: Clock) -> None:
    line, gone, there = Queue(), Work(2), Work(3)
    ask(line, "gone", gone)
    gone.allow(1)
    until(lambda: ask(line, "gone", gone).result == 1)
    assert ask(line, "there", there).ahead == 1
    clock.now += queue.ASKED_WITHIN
    assert ask(line, "there", there).ahead == 0
    there.allow(1)
    gone.allow(1)  # the stage that is being taken
    until(lambda: ask(line, "there", there).result == 1)
    clock.now += queue.KEPT_FOR - queue.ASKED_WITHIN
    back = ask(line, "gone", gone)
    assert (back.ahead, back.result, gone.begun) == (0, 2, 1)
    there.allow(2)
    until(lambda: ask(line, "there", there).is_over and ask(line, "gone", gone).is_over)
    assert (gone.begun, there.begun) == (1, 1)


def test_what_nobody_has_asked_for_in_a_minute_begins_anew_at_the_end(clock: Clock) -> None:
    line, first, second = Queue(), Work(), Work()
    ask(line, "first", first)
    first.allow(1)
    until(lambda: ask(line, "first", first).result == 1)
    assert ask(line, "second", second).ahead == 1
    clock.now += queue.KEPT_FOR + 1
    assert ask(line, "second", second).ahead == 0
    assert ask(line, "first", first).ahead == 1
    first.allow(3)
    second.allow(2)
    until(lambda: ask(line, "second", second).is_over and ask(line, "first", first).is_over)
    assert (first.begun, second.begun) == (2, 1)


def test_results_do_not_pile_up(clock: Clock) -> None:
    line, work, other = Queue(), Work(1), Work(1)
    work.allow(1)
    until(lambda: ask(line, "work", work).is_over)
    clock.now += queue.ASKED_WITHIN + 1
    ask(line, "other", other)
    other.allow(1)
    work.allow(1)
    until(lambda: ask(line, "work", work).is_over)
    assert work.begun == 2


def test_an_error_reaches_who_waits_and_nobody_else() -> None:
    line, other = Queue(), Work(1)

    def fail() -> Iterator[Stage[int]]:
        yield 0.5, 1
        raise ZeroDivisionError

    def has_failed() -> bool:
        try:
            line.ask("failing", fail, 1.0)
        except ZeroDivisionError:
            return True
        ask(line, "other", other)
        return False

    until(has_failed)
    other.allow(1)
    until(lambda: ask(line, "other", other).is_over)
    until(has_failed)  # begun again


def test_the_wait_is_told_from_what_was_measured_and_from_the_work_ahead(clock: Clock) -> None:
    line, large, last, rest = Queue(), Work(), Work(), threading.Semaphore(0)

    def timed() -> Iterator[Stage[int]]:
        for stage in (1, 2):  # half a second for two of eight units of work
            clock.now += 0.5
            yield stage / 4, stage
        rest.acquire(timeout=60)

    assert line.ask("small", timed, 8.0).seconds in (None, 1.5, 1.0)
    until(lambda: line.ask("small", timed, 8.0).share == 0.5)
    assert line.ask("small", timed, 8.0).seconds == 1.0
    assert ask(line, "large", large, 100.0).seconds == 1.0
    assert ask(line, "last", last).seconds == 1.0 + 25.0
    rest.release()
    for work in (large, last):
        work.allow(2)
    until(lambda: ask(line, "last", last).is_over and ask(line, "large", large).is_over)
