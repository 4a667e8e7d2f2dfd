"""At most two scripts at a time, in the order in which they came."""

import threading
from collections.abc import Callable

import pytest

from core import turns
from tests.support.threads import until


def start(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    return thread


class Script:
    """A script that notes when it has its turn, may wait for something, and ends when it is told.

    Parameters
    ----------
    begun : list of Script
        Those that have had their turn, in that order.
    """

    def __init__(self, begun: list["Script"]) -> None:
        self.begun = begun
        self.runs, self.ends = threading.Event(), threading.Event()
        self.acts, self.has_waited = threading.Event(), threading.Event()
        self.waits = False
        self.thread = start(self.run)

    def run(self) -> None:
        with turns.turn(), turns.turn():  # a fragment within a page
            self.begun.append(self)
            self.runs.set()
            self.acts.wait(10)
            if self.waits:
                with turns.let_others():
                    self.has_waited.wait(10)
            self.ends.wait(10)

    def end(self) -> None:
        for event in (self.acts, self.has_waited, self.ends):
            event.set()
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def scripts() -> list[Script]:
    """Five scripts that came one after the other."""
    begun: list[Script] = []
    scripts: list[Script] = []
    for number in range(5):
        scripts.append(Script(begun))
        if number < turns.AT_A_TIME:
            assert scripts[-1].runs.wait(10)
        else:
            until(lambda number=number: len(turns._waiting) == number - turns.AT_A_TIME + 1)
    return scripts


def test_scripts_take_turns_in_the_order_in_which_they_came(scripts: list[Script]) -> None:
    first, second, third, fourth, fifth = scripts
    assert [script.runs.is_set() for script in scripts] == [True, True, False, False, False]
    second.end()
    assert third.runs.wait(10)
    assert not fourth.runs.is_set()
    third.end()
    assert fourth.runs.wait(10)
    fourth.end()
    assert fifth.runs.wait(10)
    for script in (fifth, first):
        script.end()
    assert first.begun == scripts


def test_a_script_that_waits_lets_others_run_and_then_takes_a_turn(scripts: list[Script]) -> None:
    first, second, third, fourth, fifth = scripts
    first.waits = True
    first.acts.set()
    assert third.runs.wait(10)
    first.has_waited.set()
    until(lambda: len(turns._waiting) == 3)  # the fourth, the fifth, and the first again
    for script in (second, third, fourth, fifth, first):
        script.end()


def test_a_turn_is_given_back_after_an_exception() -> None:
    for _ in range(turns.AT_A_TIME + 1):
        with pytest.raises(ValueError, match="gone"), turns.turn():
            raise ValueError("gone")
    with turns.turn():
        pass
