"""Every word is explained in two sentences where the course meets it, and leads to a page."""

import ast
import re
from pathlib import Path

import pytest

from core.glossary import GLOSSARY
from lessons._layout import COURSE

ROOT = Path(__file__).parents[1]


def explained_on(file: str) -> list[str]:
    """Which words a page asks the glossary for."""
    tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
    return [
        ast.literal_eval(argument)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "glossary"
        for argument in node.args
    ]


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_word_has_two_sentences_and_a_page(term: str) -> None:
    entry = GLOSSARY[term]
    assert entry.page in {address for _, _, address, _ in COURSE if address}
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", entry.meaning)
    assert len(sentences) == 2
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(entry.meaning) < 220


def test_there_are_some_twenty_words_and_hyperparameter_is_among_the_first() -> None:
    assert 20 <= len(GLOSSARY) <= 30
    assert "hyperparameter" in list(GLOSSARY)[:3]


def test_every_page_explains_words_and_every_word_is_explained_somewhere() -> None:
    pages = {file: explained_on(file) for file, *_ in COURSE}
    assert all(pages.values())
    assert {term for terms in pages.values() for term in terms} == set(GLOSSARY)


def test_a_word_leads_to_a_page_that_uses_it() -> None:
    files = {address: file for file, _, address, _ in COURSE}
    named_otherwise = {
        "slope of the loss": "slope",
        "overshoot": "changes sign",
        "parameter": "two numbers",
        "broadcasting": "(n, 1)",
    }
    for term, entry in GLOSSARY.items():
        page = (ROOT / files[entry.page]).read_text(encoding="utf-8")
        page = re.sub(r"glossary\([^)]*\)|[*]", "", page)
        if entry.page == "learning-rates":
            page += (ROOT / "lessons/_comparison.py").read_text(encoding="utf-8")
        if entry.page == "mistakes":
            page += (ROOT / "core/mistakes.py").read_text(encoding="utf-8")
        assert named_otherwise.get(term, term).lower() in page.lower(), term
