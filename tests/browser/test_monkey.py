"""Whatever is done on the pages at random, by mouse, keyboard or fingers, nothing breaks.

`make monkey SECONDS=600 SEED=7` goes on for longer, and in another way.
"""

import os

import pytest

from tests.support.browser import Visits
from tests.support.monkey import MONKEYS, Monkey, TwoFingers

SECONDS = float(os.environ.get("MONKEY_SECONDS", "90"))
SEED = int(os.environ.get("MONKEY_SEED", "1"))


@pytest.mark.long
@pytest.mark.parametrize("monkey", MONKEYS, ids=lambda monkey: monkey.way)
def test_random_actions_break_nothing(visit: Visits, monkey: type[Monkey]) -> None:
    visit("gradient-steps?show=all&run=200x0.1")  # so that TensorFlow is loaded
    tab = visit(width=390 if monkey is TwoFingers else 1280)
    monkey(tab, SEED).run(SECONDS / len(MONKEYS))
