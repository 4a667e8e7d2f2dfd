"""The small fonts have all letters that the course itself writes."""

import re
from itertools import pairwise
from pathlib import Path

from deploy.letters import LETTERS, others

ROOT = Path(__file__).parents[1]


def test_all_words_are_written_in_the_letters_of_the_small_fonts() -> None:
    files = [*(ROOT / "core" / "words").rglob("*.md"), *(ROOT / "core" / "words").rglob("*.py")]
    written = set().union(*(file.read_text(encoding="utf-8") for file in files)) - {"\n"}
    assert len(written) > 100
    kept = {chr(code) for first, last in LETTERS for code in range(first, last + 1)}
    assert written - kept == set()


def test_every_letter_comes_from_one_font() -> None:
    rest = [tuple(int(end, 16) for end in pair)
            for pair in re.findall(r"U\+([0-9A-F]+)-([0-9A-F]+)", others())]  # fmt: skip
    ranges = sorted([*LETTERS, *rest])
    assert (ranges[0][0], ranges[-1][1]) == (0, 0x10FFFF)
    assert all(last + 1 == first for (_, last), (first, _) in pairwise(ranges))
