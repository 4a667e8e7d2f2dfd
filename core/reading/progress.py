"""What a learner has done, as the one text that their own browser keeps, and as a file.

Anybody can write into a browser's storage and into a file: what is read here may be anything.
"""

import contextlib
import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeGuard

from core.datasets import DataError, Line, one_line
from core.descent.experiments import MAX_RATE, MIN_RATE
from core.parameters import DATA_NAMES

VERSION = 1
MAX_TEXT = 2_000_000  # browsers hold some five million characters for a site
MAX_PART = 500_000
MAX_ENTRIES = 1_000
_NAME = re.compile(r"[ -~]{1,200}")


def write(parts: Mapping[str, object]) -> str | None:
    """Write parts as a text; the same parts always give the same text.

    Parameters
    ----------
    parts : mapping
        Names, and what JSON can say. A part that is empty is left out, and so is one that is too
        large (see ``too_large``).

    Returns
    -------
    str or None
        None where nothing is left to write, or only the learner's name.
    """
    left_out = too_large(parts)
    written = {name: part for name, part in parts.items() if part and name not in left_out}
    if written.keys() <= {NAME}:
        return None
    return _dumps({"version": VERSION, **written})


def too_large(parts: Mapping[str, object]) -> list[str]:
    """Name the parts that take more than 500,000 characters."""
    return [name for name, part in parts.items() if len(_dumps(part)) > MAX_PART]


def _dumps(value: object) -> str:
    return json.dumps(value, sort_keys=True, allow_nan=False, ensure_ascii=False)


def read(text: str) -> dict[str, object]:
    """Read what ``write`` wrote.

    Returns
    -------
    dict
        Parts under their names. What is in them is not checked yet.

    Raises
    ------
    DataError
        If the text is no such document. Never another exception.
    """
    if len(text) > MAX_TEXT:
        raise DataError("errors.progress_too_long", most=MAX_TEXT)
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):  # of JSON and digits; of brackets in brackets
        document = None
    if not isinstance(document, dict) or "version" not in document:
        raise DataError("errors.no_progress")
    if document.pop("version") != VERSION:
        raise DataError("errors.progress_of_other_version")
    return document


def _refuse(constant: str) -> None:
    raise ValueError(constant)  # NaN and infinities, which JSON does not have


def read_done(part: object) -> set[str]:
    """Take the names of things done from a part; what is no name is left out.

    Raises
    ------
    DataError
        If it is no list, or one of more than 1,000.
    """
    if not isinstance(part, list) or len(part) > MAX_ENTRIES:
        raise DataError("errors.progress_done", most=MAX_ENTRIES)
    return {name for name in part if isinstance(name, str) and _NAME.fullmatch(name)}


def read_bests(part: object) -> dict[str, float]:
    """Take personal bests from a part; what is no name with a finite number is left out.

    Raises
    ------
    DataError
        If it is not names with a value each, or more than 1,000.
    """
    if not isinstance(part, dict) or len(part) > MAX_ENTRIES:
        raise DataError("errors.progress_bests", most=MAX_ENTRIES)
    return {name: best for name, best in part.items() if _NAME.fullmatch(name) and _finite(best)}


def _finite(value: object) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**53


def better_bests(mine: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    """Join personal bests; of two under one name the smaller is better."""
    return {
        name: min(bests[name] for bests in (mine, others) if name in bests)
        for name in {**mine, **others}
    }


ASKED, ANSWERED, FOLDED = "asked", "answered", "folded"
_CHOICES = {"data": 3, "loss-surface": 4, "picture": 4}  # of the predictions that offer some
_LARGEST = 1e60  # of a number in an answer: its square can still be computed with


@dataclass
class Try:
    """Where the learner stands with one prediction.

    Parameters
    ----------
    occasion : str
        The data and start it was made from.
    stage : str
        ASKED, ANSWERED (by the learner or by "Show me"), or FOLDED into one line.
    seed : int
        Of the question.
    answer : int, float, Line or None
        What the learner said; None after "Show me".
    measure : str
        The gap, in words.
    """

    occasion: str
    stage: str
    seed: int = 0
    answer: Any = None
    measure: str = ""


def write_tries(tries: Mapping[str, Try]) -> dict[str, list[object]]:
    """Write what was predicted as what JSON can say; what is only asked is left out."""
    return {
        name: [one.occasion, one.stage, one.seed, _write_answer(one.answer), one.measure]
        for name, one in tries.items()
        if one.stage != ASKED
    }


def _write_answer(answer: object) -> object:
    return [answer.w, answer.b] if isinstance(answer, Line) else answer


def read_tries(part: object) -> dict[str, Try]:
    """Take predictions from a part; what makes no sense is left out.

    Raises
    ------
    DataError
        If it is not names with something each.
    """
    if not isinstance(part, dict) or len(part) > MAX_ENTRIES:
        raise DataError("errors.progress_predictions")
    tries = {}
    for name, entry in part.items():
        with contextlib.suppress(TypeError, ValueError):
            occasion, stage, seed, answer, measure = entry
            one = Try(occasion, stage, seed, _read_answer(name, answer), measure)
            words = (occasion, stage, measure)
            if all(isinstance(word, str) and len(word) <= 1_000 for word in words) and (
                stage in (ANSWERED, FOLDED) and type(seed) is int and 0 <= seed < 2**31
            ):
                tries[name] = one
    return tries


def _read_answer(name: str, answer: object) -> object:
    """Check an answer; raise a ValueError where the prediction cannot have it."""
    if answer is None:
        return None
    if name in _CHOICES and type(answer) is int and 0 <= answer < _CHOICES[name]:
        return answer
    if name == "learning-rates" and _finite(answer) and MIN_RATE <= float(answer) <= MAX_RATE:
        return float(answer)
    if name == "gradient-steps" and isinstance(answer, list) and len(answer) == 2:
        w, b = answer
        if _finite(w) and _finite(b) and max(abs(w), abs(b)) <= _LARGEST:
            return Line(float(w), float(b))
    raise ValueError(name)


PREDICTIONS = ("data", "loss-surface", "gradient-steps", "learning-rates", "picture", "hot-dog")
_GRADES = ("right", "close", "wrong")
MAX_MEASURE = 400


@dataclass(frozen=True)
class Outcome:
    """What came of a prediction, for the report.

    Parameters
    ----------
    grade : {"right", "close", "wrong"}
    measure : str
        How far off the answer was, in plain text.
    data : str
        The name of the data; empty where the prediction was about none.
    """

    grade: str
    measure: str
    data: str


def write_outcomes(outcomes: Mapping[str, Outcome]) -> dict[str, list[str]]:
    """Write what came of predictions as what JSON can say."""
    return {name: [one.grade, one.measure, one.data] for name, one in outcomes.items()}


def read_outcomes(part: object) -> dict[str, Outcome]:
    """Take what came of predictions from a part; what makes no sense is left out.

    Raises
    ------
    DataError
        If it is not names with something each.
    """
    if not isinstance(part, dict) or len(part) > MAX_ENTRIES:
        raise DataError("errors.progress_predictions")
    outcomes = {}
    for name in PREDICTIONS:
        entry = part.get(name)
        if not isinstance(entry, list) or len(entry) != 3:
            continue
        grade, measure, data = entry
        is_text = isinstance(measure, str) and 0 < len(measure) <= MAX_MEASURE
        if grade in _GRADES and is_text and data in ("", *DATA_NAMES):
            outcomes[name] = Outcome(grade, one_line(measure), data)
    return outcomes


MAX_NAME = 60
NAME = "name"  # the part that is kept only beside others


def read_name(part: object) -> str:
    """Take the learner's name from a part.

    Raises
    ------
    DataError
        If it is no text of up to 60 characters.
    """
    if not isinstance(part, str) or len(part) > MAX_NAME:
        raise DataError("errors.progress_name", most=MAX_NAME)
    return one_line(part)


def read_answers(part: object, choices: Mapping[str, int]) -> dict[str, int]:
    """Take the answers to questions from a part; those that cannot be are left out.

    Parameters
    ----------
    choices : mapping
        How many answers each question offers.

    Raises
    ------
    DataError
        If it is not names with something each.
    """
    if not isinstance(part, dict) or len(part) > MAX_ENTRIES:
        raise DataError("errors.progress_answers")
    return {
        name: answer
        for name, answer in part.items()
        if type(answer) is int and 0 <= answer < choices.get(name, 0)
    }
