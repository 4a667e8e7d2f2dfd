"""Every word is explained in two sentences where the course meets it, and leads to a page."""

import ast
import re
from pathlib import Path

import pytest

from core import words
from core.course.glossary import GLOSSARY, section
from core.course.outline import COURSE, LESSONS

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


def meaning_of(term: str) -> str:
    """What a word means, without the word itself, which is printed bold before it."""
    return words.say(section(term)).partition(".** ")[2]


@pytest.mark.parametrize("term", GLOSSARY)
def test_a_word_has_two_sentences_and_a_page(term: str) -> None:
    assert GLOSSARY[term] in {page.address for page in LESSONS}
    assert words.say(section(term)).lower().startswith(f"**{term}.** ")
    sentences = re.split(r"(?<=[.!?]) (?=[A-Z])", meaning_of(term))
    assert len(sentences) == 2
    assert all(sentence.endswith(".") for sentence in sentences)
    assert len(meaning_of(term)) < 220


def test_there_are_some_twenty_words_and_hyperparameter_is_the_first_where_there_is_a_loop() -> (
    None
):
    assert 20 <= len(GLOSSARY) <= 30
    assert explained_on("lessons/gradient_steps.py")[0] == "hyperparameter"


def test_every_page_explains_words_and_every_word_is_explained_somewhere() -> None:
    pages = {page.file: explained_on(page.file) for page in COURSE}
    assert all(pages.values())
    assert {term for terms in pages.values() for term in terms} == set(GLOSSARY)


# A word in an entry, if it is not the term itself, and the term that explains it.
OTHER_FORMS = {
    "learning rate": r"\brates?\b",
    "parameter": r"\bw and b\b|\b(along|slope) w\b",
    "slope of the loss": r"\bslopes? of the loss\b",
    "explode": r"\bexplo(d|s)|\bdiverg",
    "curvature": r"λ|\beigenvalue|\bcurve[sd]\b",
    "mini-batch": r"\bbatch",
}
# What no entry explains, and an earlier page or the beginning of its own has to.
SAID_BEFORE = ("valley", "bowl", "map", "loop", "network", "wall", "score", "picture", "weights")


def terms_in(meaning: str) -> set[str]:
    return {
        term
        for term in GLOSSARY
        if re.search(rf"\b{term}|{OTHER_FORMS.get(term, '(?!)')}", meaning, re.IGNORECASE)
    }


def strings_of(source: str) -> str:
    """What a page says: the texts in its code, without those of the glossary."""
    texts = (node.value for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Constant))
    return " ".join(text for text in texts if isinstance(text, str))


def written_for(file: str) -> str:
    """What ``core/words`` has for a page; nothing while its sentences are in its code."""
    page = words.FOLDER / "en" / f"{Path(file).stem}.md"
    return page.read_text(encoding="utf-8") if page.exists() else ""


def test_an_entry_uses_only_words_that_were_met_before() -> None:
    met: list[str] = []
    said = ""
    for file, _ in COURSE:
        source = (ROOT / file).read_text(encoding="utf-8")
        said += strings_of(source[: source.index("\nglossary(")]) + written_for(file)
        for term in explained_on(file):
            if term in met:
                continue
            met.append(term)
            meaning = meaning_of(term)
            unexplained = terms_in(meaning) - set(met)
            assert not unexplained, f"{term}, on {file}, uses {unexplained}"
            for word in SAID_BEFORE:
                assert not re.search(rf"\b{word}\b", meaning) or word in said, (term, word)
        said += strings_of(source[source.index("\nglossary(") :])
    assert met == list(GLOSSARY)


def test_words_of_words_are_found() -> None:
    assert terms_in("Above 1/λ₂ each step explodes at such rates.") == {
        "learning rate", "step", "explode", "curvature",
    }  # fmt: skip
    assert terms_in("Two slopes of the loss, along w and along b.") == {
        "loss", "slope of the loss", "parameter",
    }  # fmt: skip


def test_a_word_leads_to_a_page_that_uses_it() -> None:
    files = {address: file for file, address in COURSE}
    named_otherwise = {
        "slope of the loss": "slope",
        "overshoot": "changes sign",
        "gradient step": "step of gradient descent",
        "parameter": "two numbers",
        "broadcasting": "(n, 1)",
    }
    for term, address in GLOSSARY.items():
        page = (ROOT / files[address]).read_text(encoding="utf-8") + written_for(files[address])
        page = re.sub(r"glossary\([^)]*\)|[*]", "", page)
        if address == "learning-rates":
            page += (ROOT / "lessons/sections/comparison.py").read_text(encoding="utf-8")
        assert named_otherwise.get(term, term).lower() in page.lower(), term
