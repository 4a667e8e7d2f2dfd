"""What a learner has done, as the one text that their own browser keeps, and as a file.

Anybody can write into a browser's storage and into a file: what is read here may be anything.
"""

import json
import math
import re
from collections.abc import Mapping

from core.datasets import DataError

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
        None where nothing is left to write.
    """
    left_out = too_large(parts)
    written = {name: part for name, part in parts.items() if part and name not in left_out}
    if not written:
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
        raise DataError(f"This is longer than {MAX_TEXT:,} characters: choose a file from here.")
    try:
        document = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):  # of JSON and digits; of brackets in brackets
        document = None
    if not isinstance(document, dict) or "version" not in document:
        raise DataError("This is no progress of this course: choose a file saved on this page.")
    if document.pop("version") != VERSION:
        raise DataError("This progress was saved by another version of this course.")
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
        raise DataError(f"What is done must be a list of at most {MAX_ENTRIES:,} names.")
    return {name for name in part if isinstance(name, str) and _NAME.fullmatch(name)}


def read_bests(part: object) -> dict[str, float]:
    """Take personal bests from a part; what is no name with a finite number is left out.

    Raises
    ------
    DataError
        If it is not names with a value each, or more than 1,000.
    """
    if not isinstance(part, dict) or len(part) > MAX_ENTRIES:
        raise DataError(f"Personal bests must be at most {MAX_ENTRIES:,} names with a number each.")
    return {name: best for name, best in part.items() if _NAME.fullmatch(name) and _finite(best)}


def _finite(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 2**53


def better_bests(mine: Mapping[str, float], others: Mapping[str, float]) -> dict[str, float]:
    """Join personal bests; of two under one name the smaller is better."""
    return {
        name: min(bests[name] for bests in (mine, others) if name in bests)
        for name in {**mine, **others}
    }
