"""A number that is typed is read as it was meant, or refused in a sentence: never as another."""

import contextlib
import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.datasets import DataError
from core.parameters import PARAMETERS
from core.reading.typed_numbers import read_number, read_number_between, read_numbers


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.05", 0.05), (".5", 0.5), ("5.", 5), ("007", 7), ("  3 ", 3), ("1e-5", 1e-5),
        ("1.000", 1), ("1234567", 1234567), ("1E+3", 1000),
        ("0,05", 0.05), ("12,5", 12.5), ("0,005", 0.005), (",5", 0.5), ("1,2E-3", 0.0012),
        ("1234,567", 1234.567), ("1,0000", 1), ("00,005", 0.005),
        ("1,234.5", 1234.5), ("1,000,000", 1e6), ("12,345,678.9", 12345678.9),
        ("1 000", 1000), ("1\u00a0000", 1000), ("1\u202f000\u202f000,5", 1000000.5),
        ("1\u2009000", 1000), ("1'000'000", 1e6), ("1’000.25", 1000.25), ("1 234,500", 1234.5),
        ("−2", -2), ("–2,5", -2.5), ("-1,234.5", -1234.5), ("+7", 7), ("＋7", 7), ("-0", 0),
        ("1e−3", 0.001),
    ],
)  # fmt: skip
def test_a_number_is_read(text: str, value: float) -> None:
    assert read_number(text) == value


@pytest.mark.parametrize(
    ("text", "ways"),
    [
        ("1,000", "1,000 can be read as 1000 or as 1.000: write 1000 or 1.0."),
        ("12,500", "12,500 can be read as 12500 or as 12.500: write 12500 or 12.5."),
        ("-999,123", "-999,123 can be read as -999123 or as -999.123: write -999123 or -999.123."),
        ("1,500e3", "1,500e3 can be read as 1500e3 or as 1.500e3: write 1500e3 or 1.5e3."),
    ],
)
def test_a_number_that_can_be_read_in_two_ways_is_refused_with_both(text: str, ways: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_number(text)
    assert str(refusal.value) == ways
    first, second = re.findall(r"(?:write|or) (\S+?)(?= or |\.$)", ways.split(": ")[1])
    assert read_number(first) != read_number(second)


@pytest.mark.parametrize(
    "text",
    [
        "", " ", "abc", "nan", "inf", "-Infinity", "0x1F", "1_000", "１", "٣", "1.234,5", "1.2.3",
        "1,2,3", "1,23,456", "1,2.5", "0,123,456", "1 00", "0 123", "1 000'000", "1 234 5", "--1",
        "- 1", "e5", "1e", "1e5.5", "5%", "€5", ".", ",", "1e999", "-1e999", "1e-999", "9" * 1_000,
        "1\n000", "1,\n000", "\x00", "4e492493924924",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_in_one_short_sentence(text: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_number(text)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert len(sentence) < 100


@st.composite
def written(draw: st.DrawFn) -> tuple[float, str, bool]:
    """Draw a number, a way in which people write it, and whether that way may be refused."""
    whole = str(draw(st.integers(0, 10**12) | st.integers(0, 2_000)))
    decimals = draw(st.text("0123456789", max_size=6))
    point = draw(st.sampled_from(".,"))
    separator = draw(st.sampled_from(["", " ", "\u00a0", "\u202f", "\u2009", "'", "’", ",", "."]))
    power = draw(st.sampled_from(["", "", "e3", "E-2", "e+1", "e−4"]))
    sign, written_sign = draw(st.sampled_from([("", ""), ("-", "-"), ("-", "−"), ("", "+")]))
    grouped = f"{int(whole):,}".replace(",", separator)
    groups = grouped.count(separator) if separator else 0
    assume(not (separator == point == "," and decimals))  # nobody writes so
    # A point is always the decimal sign: 1.000 is 1, whoever may mean a thousand by it.
    assume(not (separator == "." and groups == 1 and not decimals))
    text = f"{written_sign}{grouped}{point + decimals if decimals else ''}{power}"
    has_points_between = separator == "." and groups > 0
    has_one_comma_and_three_digits = (separator == "," and groups == 1 and not decimals) or (
        point == "," and len(decimals) == 3 and groups == 0 and len(whole) <= 3 and whole != "0"
    )
    may_be_refused = has_points_between or has_one_comma_and_three_digits
    value = float(f"{sign}{whole}.{decimals or 0}{power.replace('−', '-')}")
    return value, text, may_be_refused


@given(written())
def test_a_number_in_any_style_is_read_as_it_was_meant_or_refused(
    number: tuple[float, str, bool],
) -> None:
    value, text, may_be_refused = number
    try:
        assert read_number(text) == value
    except DataError:
        assert may_be_refused


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from([repr, str, "{:.17g}"]))
def test_what_a_program_writes_is_read_exactly(value: float, write: object) -> None:
    text = write.format(value) if isinstance(write, str) else write(value)  # type: ignore[operator]
    assert read_number(text) == value


@given(st.text() | st.text(alphabet="0123456789.,'eE+-−– \u00a0\u202f_xnaif", max_size=30))
def test_nothing_one_types_raises_anything_else(text: str) -> None:
    for read in (read_number, read_numbers):
        with contextlib.suppress(DataError):
            read(text)


def bounds(name: str) -> tuple[float, float]:
    return PARAMETERS[name].low, PARAMETERS[name].high


@pytest.mark.parametrize(
    ("text", "low", "high", "said"),
    [
        ("2", *bounds("n"), "2 is out of bounds: write a whole number from 3 to 100000."),
        ("50,5", *bounds("n"), "50,5 is not whole: write a whole number from 3 to 100000."),
        ("-1", *bounds("noise"), "-1 is out of bounds: write a number from 0 to 1000000."),
        ("2e9", *bounds("start_b"),
         "2e9 is out of bounds: write a number from −1.00×10⁹ to 1.00×10⁹."),
    ],
)  # fmt: skip
def test_a_bound_is_named(text: str, low: float, high: float, said: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_number_between(text, low, high)
    assert str(refusal.value) == said


def test_a_whole_number_is_of_type_int() -> None:
    assert repr(read_number_between("1e3", 3, 100_000)) == "1000"
    assert repr(read_number_between("1e3", 0.0, 1e6)) == "1000.0"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("1, 9.5", [1, 9.5]), (" 1;2 3\n4\t5, ", [1, 2, 3, 4, 5]), ("", []),
        ("1,5,1,5", [1, 5, 1, 5]),
        ("1.5,2", [1.5, 2]), ("1; 0.5 ,", [1, 0.5]), ("1,\u00a05", [1, 5]),
        ("1\u00a0234, 2", [1234, 2]), ("1'000 2", [1000, 2]), ("1e3,2", [1000, 2]), ("5,", [5]),
        ("1,,5,", [1, 5]),
    ],
)  # fmt: skip
def test_a_list_is_read(text: str, numbers: list[float]) -> None:
    assert read_numbers(text) == numbers


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("0,5", "0,5 in the list can be one number or several: write 0.5, or 0, 5 with spaces."),
        ("2 1,5", "1,5 in the list can be one number or several: write 1.5, or 1, 5 with spaces."),
        ("1,000", "1,000 in the list can be one number or several: write 1.000, or 1, 000 with "
                  "spaces."),
        ("1,234.5", "1,234.5 in the list can be one number or several: write 1234.5, or 1, 234.5 "
                    "with spaces."),
        ("1, two", "'two' in the list is no number: write some such as 1, 0.5."),
    ],
)  # fmt: skip
def test_a_list_that_can_be_read_in_two_ways_is_refused_with_both(text: str, said: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_numbers(text)
    assert str(refusal.value) == said


@pytest.mark.parametrize("text", ["1,000,000", "1\u00a05", " ,5", "1,x,2", "1−2"])
def test_no_list_is_a_guess(text: str) -> None:
    with pytest.raises(DataError):
        read_numbers(text)
