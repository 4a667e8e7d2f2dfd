"""Numbers and lines are written for readers."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets import Line
from core.wording import count, equation, exact, plain, readable, readable_below, subtraction


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


def as_number(text: str) -> float:
    """Read back what ``readable`` has written."""
    mantissa, _, power = text.replace(",", "").replace("−", "-").partition("×10")
    exponent = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(f"{mantissa}e{exponent or 0}")


@given(st.floats(1e-99, 1e99))
def test_a_limit_that_is_typed_as_it_is_written_is_not_exceeded(limit: float) -> None:
    written = as_number(readable_below(limit))
    assert 0.99 * limit < written <= limit or math.isclose(written, limit, rel_tol=1e-12)


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
