"""Every section of every page renders in every language, whatever the values are."""

import re
from collections.abc import Iterator
from itertools import combinations, product
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from core import words
from core.datasets import Line
from core.figures.registry import FIGURES
from tests.support.facts import VALUES
from tests.support.samples import DATASETS, pictures
from tests.support.sections import names

SECTIONS = [
    (language, file.stem, section)
    for language in words.LANGUAGES
    for file in sorted((words.FOLDER / language).glob("*.md"))
    for section in words.sources(language, file.stem)
]
PLAIN = {"figures"}  # pages whose sections are read by screen readers only: no Markdown


def cases(needed: set[str]) -> Iterator[dict[str, object]]:
    """All values of each name, with the first of the others; all pairs of two booleans."""
    for name in needed:
        assert name in VALUES, f"add sample values of {name!r} to VALUES in tests/support/facts.py"
    usual = {name: VALUES[name][0] for name in needed}
    yield usual
    for name in needed:
        yield from (usual | {name: value} for value in VALUES[name][1:])
    flags = sorted(name for name in needed if all(isinstance(v, bool) for v in VALUES[name]))
    for pair in combinations(flags, 2):
        yield from (
            usual | dict(zip(pair, values, strict=True))
            for values in product((False, True), repeat=2)
        )


def faults(text: str, is_plain: bool) -> list[str]:
    """What no reader may find in a rendered section."""
    wrong = {
        "nothing": r"\A\s*\Z",
        "None": r"\bNone\b",
        "a boolean": r"\b(True|False)\b(?! line)",
        "two spaces": r"\S  +\S",
        "a space before a full stop": r"\w +[.,;](\s|$)",
        "no space after a full stop": r"[a-z0-9]{2}\.[A-Z]",
        "a brace of a template": r"\{\{|\{%|\{#|%\}",
    }
    text = re.sub(r"`[^`\n]+`", "code", text)  # indented
    if not is_plain:
        wrong["an HTML tag"] = r"(?<!\\)<[a-zA-Z/]"
    return [what for what, pattern in wrong.items() if re.search(pattern, text)]


@pytest.mark.parametrize(("language", "file", "section"), SECTIONS)
def test_a_section_is_whole_whatever_its_values_are(language: str, file: str, section: str) -> None:
    render = words.plain if file in PLAIN else words.say
    if file == "figures" and section in FIGURES:
        values_of_all = [picture.facts for data in DATASETS for picture in pictures(section, data)]
    else:
        values_of_all = list(cases(names(language, file, section)))
    for values in values_of_all:
        text = render(f"{file}.{section}", language, **values)
        assert not faults(text, file in PLAIN), f"{faults(text, file in PLAIN)} in {text!r}"


@pytest.mark.parametrize("language", words.LANGUAGES)
def test_all_languages_have_the_same_sections_with_the_same_values(language: str) -> None:
    theirs, english = (
        {(page, name): names(of, page, name) for of, page, name in SECTIONS if of == one}
        for one in (language, "en")
    )
    assert theirs == english


@pytest.mark.parametrize(
    "text", ["", "It is None.", "two  spaces", "It ends .", "a {{ name }}", "<b>", "It is True."]
)
def test_faults_are_found(text: str) -> None:
    assert faults(text, is_plain=False)


def test_a_sample_that_is_missing_is_named() -> None:
    with pytest.raises(AssertionError, match=r"'unheard_of' to VALUES in tests/support/facts\.py"):
        list(cases({"unheard_of"}))


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A file of sections of a page called ``trial``."""
    (tmp_path / "en").mkdir()
    monkeypatch.setattr(words, "FOLDER", tmp_path)
    words.sources.cache_clear()
    words.environment.cache_clear()
    yield tmp_path / "en" / "trial.md"
    words.sources.cache_clear()
    words.environment.cache_clear()


def test_a_value_that_is_not_passed_is_an_error(write: Path) -> None:
    write.write_text("## a\nIt is {{ size }}.\n")
    with pytest.raises(UndefinedError, match="size"):
        words.say("trial.a")


def test_a_number_that_no_filter_writes_is_an_error(write: Path) -> None:
    write.write_text("## a\nIt is {{ size }}.\n")
    with pytest.raises(TypeError, match="needs a filter"):
        words.say("trial.a", size=0.1)
    with pytest.raises(TypeError, match="needs a filter"):
        words.plain("trial.a", size=None)


def test_text_among_the_values_is_never_markdown(write: Path) -> None:
    write.write_text("## a\n**Bold**, and {{ name }}.\n")
    name = "*x* <b>y</b> [z](javascript:a)"
    shown = r"**Bold**, and \*x\* \<b\>y\</b\>  \[z\]\(javascript\:a\)."
    assert words.say("trial.a", name=name) == shown.replace("  ", " ")
    assert words.plain("trial.a", name=name) == f"**Bold**, and {name}."


def test_what_was_said_is_a_value_that_stays_markdown(write: Path) -> None:
    write.write_text("## a\n**{{ name }}**\n## b\nIt says {{ what }}.\n")
    assert words.say("trial.b", what=words.say("trial.a", name="x*y")) == r"It says **x\*y**."


def test_filters_write_numbers_steps_and_lines(write: Path) -> None:
    write.write_text("## a\n{{ size | number }}, {{ taken | steps }}, {{ line | equation }}\n")
    values = {"size": 0.00001, "taken": 1, "line": Line(2.0, -1.0)}
    assert words.say("trial.a", **values) == "0.00001, 1 step, y = 2·x − 1"


def test_a_number_beside_others_has_the_digits_that_tell_it_from_all_of_them(write: Path) -> None:
    write.write_text(
        "## a\n{{ size | number_beside(other) }}, {{ size | number_beside(other, third) }}, "
        "{{ size | number_beside(third, digits=5) }}\n"
    )
    values = {"size": 1.23456, "other": 1.25, "third": 1.2344}
    assert words.say("trial.a", **values) == "1.23, 1.235, 1.2346"


def test_lines_of_a_paragraph_are_joined_and_those_of_a_table_are_not(write: Path) -> None:
    write.write_text("Not shown.\n\n## a\nOne\nsentence.\n\n\n| a |\n| - |\n\n## b\nOther.\n")
    assert words.say("trial.a") == "One sentence.\n\n| a |\n| - |"
    assert words.say("trial.b") == "Other."


def test_a_section_can_include_another(write: Path) -> None:
    write.write_text('## a\nFirst. {% include "trial.b" %}\n## b\nIt is {{ size | number }}.\n')
    assert words.say("trial.a", size=2.0) == "First. It is 2."
    assert names("en", "trial", "a") == {"size"}


def test_two_sections_of_one_name_are_refused(write: Path) -> None:
    write.write_text("## a\nOne.\n## a\nTwo.\n")
    with pytest.raises(ValueError, match="two sections of one name"):
        words.say("trial.a")
