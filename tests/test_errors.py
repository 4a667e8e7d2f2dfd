"""Errors and notes name a section of words with its values: all exist, and none is left over."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core import words
from tests.support.sections import names

ROOT = Path(__file__).parents[1]
TREES = [
    ast.parse(path.read_text(encoding="utf-8"), str(path))
    for folder in ("core", "lessons")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
SECTIONS = {
    f"{file.stem}.{name}"
    for file in (words.FOLDER / "en").glob("*.md")
    for name in words.sources("en", file.stem)
}
ERRORS_AND_NOTES = {name for name in SECTIONS if name.startswith(("errors.", "reading."))}
STRINGS = {
    node.value
    for tree in TREES
    for node in ast.walk(tree)
    if isinstance(node, ast.Constant) and isinstance(node.value, str)
}


def calls(trees: list[ast.Module]) -> Iterator[ast.Call]:
    """All that makes a DataError or a Sentence."""
    for tree in trees:
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            name = ast.unparse(node.func)
            if name in ("DataError", "Sentence"):
                yield node
        for one in ast.walk(tree):
            if isinstance(one, ast.ClassDef) and "DataError" in map(ast.unparse, one.bases):
                yield from (
                    node
                    for node in ast.walk(one)
                    if isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"
                )


def sections(argument: ast.expr) -> set[str]:
    """The sections that an argument can name; of ``f"reading.way_{way}"`` all that begin so."""
    if isinstance(argument, ast.Constant):
        return {str(argument.value)}
    if isinstance(argument, ast.IfExp):
        return sections(argument.body) | sections(argument.orelse)
    if isinstance(argument, ast.JoinedStr):
        pattern = "".join(
            re.escape(str(part.value)) if isinstance(part, ast.Constant) else "(.+)"
            for part in argument.values
        )
        matches = (re.fullmatch(pattern, name) for name in SECTIONS)
        return {match[0] for match in matches if match and match[1] in STRINGS}
    return set()


def wrong_calls(trees: list[ast.Module]) -> list[str]:
    """The calls that name no section, or not just the values of its template."""
    return [
        f"line {call.lineno}: {ast.unparse(call)}"
        for call in calls(trees)
        if ast.unparse(call) != "Sentence(section, **values)"  # a DataError hands its own on
        and not (
            (named := sections(call.args[0]))
            and named <= SECTIONS
            and all(names("en", *one.split(".")) == {k.arg for k in call.keywords} for one in named)
        )
    ]


def test_each_error_and_note_has_a_sentence_and_passes_its_values() -> None:
    assert wrong_calls(TREES) == []


def test_each_sentence_of_errors_and_notes_is_said_somewhere() -> None:
    said = set().union(*(sections(call.args[0]) for call in calls(TREES)))
    assert ERRORS_AND_NOTES - said == set()


@pytest.mark.parametrize(
    "code",
    [
        'DataError("The file is empty.")',
        'DataError("reading.unheard_of")',
        'DataError("reading.two_points")',
        'DataError("reading.two_points", least=3, most=4)',
        'Sentence(f"reading.no_such_{kind}")',
        "DataError(text)",
    ],
)
def test_an_error_without_its_sentence_is_found(code: str) -> None:
    assert len(wrong_calls([ast.parse(code)])) == 1
