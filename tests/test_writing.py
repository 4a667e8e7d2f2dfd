"""Numbers and lines are written for readers."""

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from core.datasets import Line
from core.words.writing import (
    count,
    equation,
    exact,
    in_steps,
    plain,
    readable,
    readable_below,
    subtraction,
    told_apart,
)
from tests.support.numbers import as_number


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.00001, "0.00001"),
        (0.1398, "0.14"),
        (-1, "−1"),
        (123456.7, "123,457"),
        (1e-9, "1.00×10⁻⁹"),
        (-2.5e8, "−2.50×10⁸"),
        (0.788, "0.788"),
        (99.99, "100"),
        (2_000_000, "2,000,000"),
    ],
)
def test_a_number_has_three_digits_that_count(value: float, text: str) -> None:
    assert readable(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_written_exactly_is_read_back_as_it_was_and_fits_a_field(value: float) -> None:
    text = exact(value)
    assert float(text) == value
    assert len(text) <= 35
    assert "e" not in text or not 1e-15 <= abs(value) <= 1e15


@pytest.mark.parametrize(
    ("value", "text"), [(0.00001, "0.00001"), (0.78812, "0.788"), (123_456, "123000"), (0, "0")]
)
def test_a_plain_number_has_three_digits_and_can_be_typed(value: float, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [(None, "–"), (0, "0"), (37_724_067, "37,724,067"), (123 * 10**97, "1.23×10⁹⁹")],
)
def test_a_count_has_all_its_digits_unless_they_are_very_many(
    number: int | None, text: str
) -> None:
    assert count(number) == text


@given(st.floats(1e-99, 1e99))
def test_a_limit_that_is_typed_as_it_is_written_is_not_exceeded(limit: float) -> None:
    written = as_number(readable_below(limit))
    assert 0.99 * limit < written <= limit or math.isclose(written, limit, rel_tol=1e-12)


@example(old=1.0130157482356646e-216, new=1.77771883261315e-222)
@example(old=9.99999e-10, new=-9.99999e-10)
@example(old=1e20, new=1.00000345e14)
@given(st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_a_written_subtraction_adds_up(old: float, new: float) -> None:
    first, second, third = map(as_number, subtraction(old, new))
    size = max(abs(old), abs(new))
    assert first == pytest.approx(old, abs=1e-5 * size)
    assert third == pytest.approx(new, abs=1e-5 * size)
    assert first - second == pytest.approx(third, abs=1e-9 * size)


def test_a_line_is_written_with_its_sign() -> None:
    assert equation(Line(0.1, 0.5)) == "y = 0.1·x + 0.5"
    assert equation(Line(-2.0, -1.0)) == "y = −2·x − 1"


def test_a_limit_of_three_digits_is_written_with_just_those() -> None:
    for value in (0.005, 0.0025, *(number / 1000 for number in range(100, 1000))):
        assert readable_below(value) == readable(value)


@given(st.floats(-1e-4, 1e-4), st.floats(-1.0, 1.0))
def test_no_part_of_a_subtraction_is_minus_zero(old: float, new: float) -> None:
    assert not any(text.startswith("−") and as_number(text) == 0 for text in subtraction(old, new))


@given(st.lists(st.floats(-1e9, 1e9).map(lambda value: value + 0.0), min_size=2, max_size=3))
def test_numbers_that_differ_can_be_told_apart(values: list[float]) -> None:
    texts = told_apart(*values)
    assert len(set(texts)) == len(set(values))


@pytest.mark.parametrize(
    ("number", "text"), [(None, "– steps"), (0, "0 steps"), (1, "1 step"), (2_000, "2,000 steps")]
)
def test_steps_are_counted_in_words(number: int | None, text: str) -> None:
    assert in_steps(number) == text
