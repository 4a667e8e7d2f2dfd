"""The learner without a browser says what a browser says: the answers follow its controls."""

import asyncio
from collections.abc import Iterator

import pytest

from benchmarks.classroom import BARE, OURS, Habit
from benchmarks.learner import visit
from benchmarks.measuring import serve

pytestmark = pytest.mark.long


@pytest.fixture(scope="module", params=["benchmarks/bare_app.py", "streamlit_app.py"])
def app(request: pytest.FixtureRequest) -> Iterator[tuple[str, Habit]]:
    """An app, and a habit of its learners."""
    habit = BARE[0] if "bare" in request.param else OURS[1]
    with serve(request.param) as address:
        yield address, habit


async def change(address: str, habit: Habit, numbers: tuple[int, ...]) -> list[bytes]:
    """What a learner is shown on arrival and after each change, without what has no picture."""
    async with visit(address, habit.page) as learner:
        answers = [await learner.arrive()]
        if habit.opens:
            await learner.change(habit.opens, "bool_value", True)
        for number in numbers:
            value = habit.value(number)
            answers.append(await learner.change(habit.control, habit.kind, value))
    assert [answer.errors for answer in answers] == [[]] * len(answers)
    return [
        b"".join(
            element.vega_lite_chart.SerializeToString(deterministic=True)
            for element in answer.elements
            if element.HasField("vega_lite_chart")
        )
        for answer in answers
    ]


def test_two_learners_get_the_pictures_they_ask_for(app: tuple[str, Habit]) -> None:
    async def both() -> list[list[bytes]]:
        return await asyncio.gather(change(*app, (7, 8)), change(*app, (8, 7)))

    (_, seven, eight), (_, eight_too, seven_too) = asyncio.run(both())
    assert seven
    assert seven != eight
    assert (seven, eight) == (seven_too, eight_too)
