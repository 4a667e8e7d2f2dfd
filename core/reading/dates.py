"""Dates of a column as days since the first."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from core.points import FloatArray
from core.reading.numbers import is_missing

_EIGHT_DIGITS = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d)", re.ASCII)
# How a date begins, and how it may be written: day first, then month first.
_FORMATS = (
    (re.compile(r"\d{4}-\d{1,2}-\d{1,2}(?!\d)", re.ASCII), ("%Y-%m-%d",)),
    (re.compile(r"\d{4}/\d{1,2}/\d{1,2}(?!\d)", re.ASCII), ("%Y/%m/%d",)),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}(?!\d)", re.ASCII), ("%d.%m.%Y",)),
    (re.compile(r"\d{1,2}\.\d{1,2}\.\d{2}(?!\d)", re.ASCII), ("%d.%m.%y",)),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{4}(?!\d)", re.ASCII), ("%d/%m/%Y", "%m/%d/%Y")),
    (re.compile(r"\d{1,2}/\d{1,2}/\d{2}(?!\d)", re.ASCII), ("%d/%m/%y", "%m/%d/%y")),
    (re.compile(r"\d{1,2}-\d{1,2}-\d{4}(?!\d)", re.ASCII), ("%d-%m-%Y", "%m-%d-%Y")),
    (_EIGHT_DIGITS, ("%Y%m%d",)),
    (re.compile(r"\d{1,2} [A-Z][a-z]{2,8} \d{4}(?!\d)", re.ASCII), ("%d %b %Y",)),
    (re.compile(r"\d{1,2}-[A-Z][a-z]{2}-\d{4}(?!\d)", re.ASCII), ("%d-%b-%Y",)),
    (re.compile(r"\d{1,2}-[A-Z][a-z]{2}-\d{2}(?!\d)", re.ASCII), ("%d-%b-%y",)),
    (re.compile(r"[A-Z][a-z]{2,8} \d{1,2}, \d{4}(?!\d)", re.ASCII), ("%b %d, %Y",)),
)
_TIME = re.compile(
    r"(?:[ T,]+(\d{1,2}:\d{2})(:\d{2}(?:\.\d{1,6})?)?\d*(?: ?([AaPp][Mm]))?"
    r"(?:Z|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_MONTH = re.compile(r"[A-Z][a-z]{2,8}", re.ASCII)
_LONGEST = 40


@dataclass(frozen=True, eq=False)
class Dates:
    """A column of dates.

    Parameters
    ----------
    days : ndarray of shape (cells,)
        Days since the first; NaN where nothing is or nothing can be read.
    first : str
        The first of them, as year-month-day; empty where it can be read in two ways.
    unreadable : dict of int to str
        Cells that are neither dates nor missing, by their place.
    example : str
        A cell in which day and month can be taken for each other, where that makes a difference;
        else empty.
    readings : tuple of date
        What it means with the day first, and with the month first.
    """

    days: FloatArray
    first: str
    unreadable: dict[int, str]
    example: str = ""
    readings: tuple[date, ...] = ()


def is_date(cell: str) -> bool:
    """Tell whether a cell may hold a date."""
    return _split(cell) is not None


def find_dates(cells: Sequence[str], day_first: bool | None = None) -> Dates | None:
    """Read a column as dates; None where fewer than half of what stands in it are dates.

    Parameters
    ----------
    day_first : bool, optional
        Whether 3/4/2024 is in April, where the column can be read both ways. Left out, day first.
    """
    split = {cell: _split(cell) for cell in set(cells)}
    parts = {place: part for place, cell in enumerate(cells) if (part := split[cell])}
    filled = [place for place, cell in enumerate(cells) if not is_missing(cell)]
    if not parts or 2 * len(parts) < len(filled):
        return None
    formats = next(iter(parts.values()))[0]
    same = {place: text for place, (kinds, text) in parts.items() if kinds == formats}
    texts = pd.Series(same, dtype="str")
    readings = [
        pd.to_datetime(texts, format=f"{kind} %H:%M:%S.%f", errors="coerce") for kind in formats
    ]
    best = max(reading.count() for reading in readings)
    readings = [reading for reading in readings if reading.count() == best]
    if not best:
        return None
    all_days = [(reading - reading.min()).dt.total_seconds() / 86_400 for reading in readings]
    is_open = len(readings) > 1 and not np.allclose(all_days[0], all_days[1], equal_nan=True)
    chosen = -1 if is_open and day_first is False else 0
    known = all_days[chosen].dropna()
    days = np.full(len(cells), np.nan)
    days[known.index] = known
    unreadable = {place: cells[place] for place in filled if np.isnan(days[place])}
    first = f"{readings[chosen].min():%Y-%m-%d}"
    if not is_open:
        same_first = len({reading.min() for reading in readings}) == 1
        return Dates(days, first if same_first else "", unreadable)
    both = [i for i in known.index if all(reading[i] is not pd.NaT for reading in readings)]
    place = next((i for i in both if readings[0][i] != readings[1][i]), None)
    if place is None:  # each date can be read in one way only, and not all in the same
        return Dates(days, first, unreadable)
    return Dates(
        days, first, unreadable, cells[place], tuple(reading[place].date() for reading in readings)
    )


def _split(cell: str) -> tuple[tuple[str, ...], str] | None:
    """Give the ways in which a date may be written, and date and time in one form."""
    if len(cell) > _LONGEST:
        return None
    for begin, formats in _FORMATS:
        if date := begin.match(cell):
            time = _TIME.fullmatch(cell, date.end())
            if time is None:
                return None
            minutes, seconds, half = time.groups()
            hours, _, rest = (minutes or "0:00").partition(":")
            hour = int(hours) % 12 + 12 * (half.lower() == "pm") if half else int(hours)
            second = seconds or ":00"
            written = _MONTH.sub(lambda name: name[0][:3], date[0])  # April, Sept
            return formats, f"{written} {hour}:{rest}{second}{'' if '.' in second else '.0'}"
    return None
