"""From the bytes of a file to rows of cells: encoding, separator, quotes; bounded in size."""

import csv
import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from core.points import DataError
from core.reading.numbers import MAX_CELL, is_number

Source = str | os.PathLike[str] | bytes | BinaryIO

MAX_BYTES = 5_000_000
MAX_ROWS = 100_000
MAX_LINES = 1_000_000  # blank ones take time, too
MAX_COLUMNS = 1_000
_HEAD_LINES, _HEAD_CHARACTERS = 100, 20_000

SPACES, WIDE_SPACES = " ", "  "  # one or more, and two or more; tabs count as well
_DELIMITERS = (",", ";", "\t", "|", WIDE_SPACES, SPACES)
_CERTAINTY = {WIDE_SPACES: 1, SPACES: 0}
_MARGINS = re.compile(r"^[ \t]+|(?<![ \t])[ \t]+$", re.MULTILINE)
_WIDE = re.compile(r"[ \t]{2,}|\t")
_TOLD_DELIMITER = re.compile(r"sep=([,;\t|])\s*?[\r\n]")  # as Excel writes it, in the first line
# Soft hyphens, zero-width spaces and joiners, marks of direction, byte order marks.
_WITHOUT_PICTURE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
# Lines such as "# by Ann" and "#time,volt", above all others.
_COMMENTS_FIRST = re.compile(r"\A(?:[ \t]*#[^\r\n]*(?:\r\n|\r|\n))+")
_COMMENT = re.compile(r"^[ \t]*#+[ \t]*(?=[^,;|\s])", re.MULTILINE)
_LINE_END = re.compile(r"\r\n|\r|\n")
_UP_TO_THREE = re.compile(r"[+-]?[1-9]\d{0,2}", re.ASCII)
_SPACED = re.compile(r"\d \d")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_THREE_DIGITS = re.compile(r"\d{3}", re.ASCII)

# What a file begins with, what else is in it, and what it is.
_OTHER_KINDS = (
    (b"PK\x03\x04", b"xl/", "excel"),
    (b"\xd0\xcf\x11\xe0", b"", "old_excel"),
    (b"PK\x03\x04", b"opendocument.spreadsheet", "opendocument"),
    (b"PK\x03\x04", b"Index/", "numbers"),
    (b"PK\x03\x04", b"", "zip"),
    (b"%PDF", b"", "pdf"),
)


@dataclass(frozen=True)
class Grid:
    """The cells of a file, as text.

    Parameters
    ----------
    rows : list of list of str
        Cells without spaces around them; blank rows are left out.
    row_numbers : list of int
        Where each row stands in the file, counted from 1 as a spreadsheet does.
    delimiter : str
        What separates the cells: one of , ; | or a tab, or a space for any run of spaces.
    """

    rows: list[list[str]]
    row_numbers: list[int]
    delimiter: str


def read_grid(source: Source) -> Grid:
    """Read a file as rows of cells.

    Raises
    ------
    DataError
        If it is no text, holds no cells, or is larger than is allowed. Never another exception.
    """
    text = _decode(_read_bytes(source))
    if told := _TOLD_DELIMITER.match(text):
        delimiter, text = told[1], text[told.end(1) :]  # the rest of that line is a blank one
    else:
        delimiter = _find_delimiter(text)
    row_numbers, rows = _parse(text, delimiter)
    if not rows:
        raise DataError("reading.empty_file")
    return Grid(rows, row_numbers, delimiter)


def clip(text: str) -> str:
    """Shorten a cell to what a message may repeat."""
    return text if len(text) <= MAX_CELL else text[: MAX_CELL - 1] + "…"


def _read_bytes(source: Source) -> bytes:
    """Read at most one byte more than is allowed."""
    name: str | None = None
    try:
        if isinstance(source, bytes):
            content = source
        elif isinstance(source, str | os.PathLike):
            name = clip(os.fspath(source))
            with open(source, "rb") as file:
                content = file.read(MAX_BYTES + 1)
        else:
            content = source.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        if name is None:
            raise DataError("reading.no_file") from error
        raise DataError("reading.no_file_of_this_name", name=name) from error
    if not isinstance(content, bytes):
        raise DataError("reading.opened_as_text")
    for begin, inside, kind in _OTHER_KINDS:
        if content.startswith(begin) and inside in content:
            raise DataError(f"reading.file_is_{kind}")
    if len(content) > MAX_BYTES:
        raise DataError("reading.file_too_large", megabytes=MAX_BYTES // 1_000_000)
    return content


def _decode(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encoding = "utf-16"
    elif b"\0" in content:
        raise DataError("reading.not_text")
    else:
        encoding = "utf-8"
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    if "\0" in text:
        raise DataError("reading.not_text")
    if text.lstrip().startswith(("<", "{", "[{")):
        raise DataError("reading.web_page")
    text = _WITHOUT_PICTURE.sub("", text)
    return _COMMENTS_FIRST.sub(lambda comments: _COMMENT.sub("", comments[0]), text)


def _find_delimiter(text: str) -> str:
    """Pick what splits the first lines into the same number of cells, most of them numbers.

    Numbers count before cells: 1,5;2,5 is two numbers, not three cells. Spaces count only where
    nothing else does as well: they stand inside numbers and names, too.
    """
    head = "\n".join(_LINE_END.split(text[:_HEAD_CHARACTERS])[:_HEAD_LINES])

    def score(delimiter: str) -> tuple[float, float, int, int]:
        rows = [row for row in _reader(head, delimiter) if any(map(str.strip, row))]
        widths = Counter(len(row) for row in rows if len(row) > 1)
        is_no_delimiter = (delimiter == "," and _stand_between_thousands(head)) or (
            delimiter == SPACES and _may_be_thousands(rows)
        )
        if not widths or is_no_delimiter:
            return (0.0, 0.0, 0, 0)
        width, count = widths.most_common(1)[0]
        cells = [cell for row in rows if len(row) == width for cell in row]
        # 20,5 980: the comma is in a number, and the space between two.
        is_split = [delimiter == "," and _SPACED.search(cell) is not None for cell in cells]
        numbers = sum(is_number(c) and not s for c, s in zip(cells, is_split, strict=True))
        certainty = _CERTAINTY.get(delimiter, 2)
        return (count / len(rows), numbers / len(cells), certainty, width)

    try:
        return max(_DELIMITERS, key=score)
    except csv.Error as error:
        raise _unreadable(error) from error


def _stand_between_thousands(head: str) -> bool:
    """Tell whether all commas stand in numbers such as 8,336,817, beside other words."""
    lines = [line.split() for line in _LINE_END.split(head) if "," in line]
    return bool(lines) and all(
        len(words) > 1 and all(_THOUSANDS.fullmatch(word) for word in words if "," in word)
        for words in lines
    )


def _may_be_thousands(rows: list[list[str]]) -> bool:
    """Tell whether spaces may stand between the thousands of one column, as in 1 250."""
    numbers = [row for row in rows if is_number(row[0])]
    behind = [cell for row in numbers for cell in row[1:]]
    are_groups = behind and all(map(_THREE_DIGITS.fullmatch, behind))
    return bool(are_groups) and all(_UP_TO_THREE.fullmatch(row[0]) for row in numbers)


def _reader(text: str, delimiter: str) -> Iterator[list[str]]:
    if delimiter in _CERTAINTY:
        text = _MARGINS.sub("", text)
    if delimiter == SPACES:
        text = text.replace("\t", " ")
    elif delimiter == WIDE_SPACES:
        text, delimiter = _WIDE.sub("\t", text), "\t"
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)


def _unreadable(error: csv.Error) -> DataError:
    return DataError("reading.not_csv", reason=str(error))


def _parse(text: str, delimiter: str) -> tuple[list[int], list[list[str]]]:
    """Split into rows of cells, blank rows left out but counted."""
    row_numbers: list[int] = []
    rows: list[list[str]] = []
    try:
        for number, cells in enumerate(_reader(text, delimiter), start=1):
            if number > MAX_LINES:
                raise DataError("reading.too_many_lines", most=MAX_LINES)
            row = list(map(str.strip, cells))
            if not any(row):
                continue
            row_numbers.append(number)
            rows.append(row)
            if len(rows) > MAX_ROWS + 1:
                raise DataError("reading.too_many_rows", most=MAX_ROWS)
    except csv.Error as error:
        raise _unreadable(error) from error
    return row_numbers, rows
