"""Numbers, lines and data in words, for readers."""

import math
import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:  # points raise errors whose sentences are written here
    from core.points import Dataset, Line


def literal(text: str) -> str:
    """Escape text typed by a learner, so that it is not rendered as Markdown.

    Bare URLs become links despite the escapes; a zero-width character (U+2060) prevents that.
    """
    unlinked = re.sub(r"(?<=http)(?=s?://)|(?<=www)(?=\.)|(?=@)", "\u2060", text, flags=re.I)
    return re.sub(r"([\\`*_{}\[\]()<>#+.!|$:~^&-])", r"\\\1", unlinked)


def readable(value: float, digits: int = 3) -> str:
    """Write a number for a reader: 3 significant digits, 0.00001 rather than 1e-05.

    Above ten million and below a millionth it becomes 1.23×10⁷.
    """
    if value == 0:
        return "0"
    size = abs(value)
    if not 1e-6 <= size < 1e7:
        mantissa, exponent = f"{value:.{digits - 1}e}".split("e")
        power = str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
        return f"{mantissa}×10{power}".replace("-", "−")
    decimals = max(0, digits - 1 - math.floor(math.log10(size)))
    text = f"{value:,.{decimals}f}"
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return text.replace("-", "−")


def plain(value: float) -> str:
    """Round a number to three digits, and write it so that it can be read back."""
    return exact(float(f"{value:.3g}"))


def exact(value: float) -> str:
    """Write a number with all its digits, and 0.00001 rather than 1e-05, but not 100 zeros."""
    if value == 0 or 1e-15 <= abs(value) <= 1e15:
        return np.format_float_positional(value, trim="-")
    return repr(value)


MAX_COUNTED = 10**12


def count(number: int | None) -> str:
    """Write an integer for a reader: all digits, but 1.23×10⁹⁹ for 100 of them; – for None."""
    if number is None:
        return "–"
    return f"{number:,}" if abs(number) < MAX_COUNTED else readable(float(number))


def in_steps(number: int | None) -> str:
    """Write a number of steps: 1 step, 2 steps."""
    return f"{count(number)} {'step' if number == 1 else 'steps'}"


def bound(value: float) -> str:
    """Write a bound so that it can be typed as it is shown: no commas between thousands."""
    return str(value) if isinstance(value, int) else readable(value).replace(",", "")


def in_code(value: float) -> str:
    """Write a number as programs do, with up to six digits: 0.5, 1e+100, inf."""
    return f"{value:g}"


def listed(numbers: Sequence[int]) -> str:
    """Write numbers that name something, such as rows: 9, 10, 1200."""
    return ", ".join(map(str, numbers))


def counted(number: int, one: str, several: str) -> str:
    """Write a number of things: ``n | counted("point", "points")``."""
    return f"{count(number)} {one if number == 1 else several}"


def capital(text: str) -> str:
    """Begin a text with a capital letter."""
    return text[:1].upper() + text[1:]


def month_and_day(day: date) -> str:
    """Write a day of any year: February 1."""
    return f"{day:%B} {day.day}"


def full_date(day: date) -> str:
    """Write a day: February 1, 2024."""
    return f"{month_and_day(day)}, {day.year}"


def told_apart(*values: float, digits: int = 3) -> list[str]:
    """Write numbers for a reader, with enough digits to distinguish those that differ."""
    different = len(set(values))
    for more in range(digits, 17):
        texts = [readable(value, more) for value in values]
        if len(set(texts)) == different:
            return texts
    return [readable(value, 17) for value in values]


def subtraction(old: float, new: float) -> tuple[str, str, str]:
    """Write old − difference = new so that the written numbers add up."""
    size = max(abs(old), abs(new))
    decimals = 5 - math.floor(math.log10(size)) if size else 0
    left, right = round(old, decimals), round(new, decimals)
    if not 0 <= decimals <= 12:
        digits = 6 if abs(left - right) <= size else 7
        return readable(left, 6), readable(left - right, digits), readable(right, 6)
    # Adding 0.0 turns −0.0 into 0.0.
    texts = (f"{value + 0.0:,.{decimals}f}" for value in (left, left - right, right))
    first, second, third = (text.replace("-", "−") for text in texts)
    return first, second, third


def rounded_below(value: float) -> float:
    """Round a positive number down to three digits."""
    unit = 10.0 ** (math.floor(math.log10(value)) - 2)
    return math.floor(value / unit * (1 + 1e-12)) * unit


def subtracted(old: float, new: float) -> str:
    """Write the subtraction that leads from an old value to a new one: 1 − (0.2) = **0.8**."""
    first, second, third = subtraction(old, new)
    return f"{first} − ({second}) = **{third}**"


def readable_below(value: float) -> str:
    """Write a positive number for a reader, rounded down: for limits that can be typed in."""
    return readable(rounded_below(value))


def equation(line: "Line", digits: int = 3) -> str:
    """Write a line as y = w·x + b."""
    sign = "+" if line.b >= 0 else "−"
    return f"y = {readable(line.w, digits)}·x {sign} {readable(abs(line.b), digits)}"


def equations(*lines: "Line") -> list[str]:
    """Write lines as y = w·x + b, with enough digits to distinguish those that differ."""
    different = len(set(lines))
    for digits in range(3, 17):
        texts = [equation(line, digits) for line in lines]
        if len(set(texts)) == different:
            return texts
    return [equation(line, 17) for line in lines]


def in_original_units(dataset: "Dataset", line: "Line", digits: int = 3) -> str:
    """Write a line of the data in the original units of x."""
    return equation(dataset.to_original(line), digits)


def described(dataset: "Dataset") -> str:
    """Describe the number of points and their ranges, for a text alternative."""
    ranges = " and ".join(
        f"{label} from {readable(values.min())} to {readable(values.max())}"
        for label, values in ((dataset.x_label, dataset.x), (dataset.y_label, dataset.y))
    )
    return f"{dataset.n:,} points, {ranges}"


def place(line: "Line") -> str:
    """Write a line's coordinates on the map, for a text alternative."""
    return f"w = {readable(line.w)}, b = {readable(line.b)}"


VERDICT_WORDS = {"slow": "slow", "good": "good", "zigzag": "zigzags", "explodes": "explodes"}


def verdict(kind: str) -> str:
    """Write a verdict as the words shown to readers."""
    return VERDICT_WORDS[kind]


def numbers(values: Iterable[float], digits: int = 3) -> str:
    """Write numbers separated by commas: 0.1, 0.5."""
    return ", ".join(readable(value, digits) for value in values)


def percent(share: float, digits: int = 0) -> str:
    """Write a share as a percentage: 97 %."""
    return f"{100 * share:.{digits}f} %"


def points(number: float) -> str:
    """Write a difference of two percentages, to a tenth: 1 point, 3.4 points."""
    text = readable(round(number, 1))
    return f"{text} {'point' if text == '1' else 'points'}"


# The filters of the templates: ``{{ loss | number }}``, ``{{ taken | steps }}``.
FILTERS: dict[str, Callable[..., str]] = {
    "number": readable,
    "numbers": numbers,
    "exact": exact,
    "bound": bound,
    "in_code": in_code,
    "listed": listed,
    "counted": counted,
    "capital": capital,
    "month_and_day": month_and_day,
    "full_date": full_date,
    "below": readable_below,
    "whole": count,
    "steps": in_steps,
    "percent": percent,
    "points": points,
    "subtracted": subtracted,
    "verdict": verdict,
    "equation": equation,
    "number_beside": lambda value, *others, digits=3: told_apart(value, *others, digits=digits)[0],
    "equation_beside": lambda line, other: equations(line, other)[0],
    "place": place,
    "described": described,
}
