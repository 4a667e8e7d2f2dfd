"""Sentences for learners stand in ``core/words``, not in Python."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
# What these files write is code, and words that stand in learners' files.
CODE_AND_DATA = {
    "core/descent/snippets.py",
    "core/network/code.py",
    "core/reading/vocabulary.py",
}
FILES = sorted(
    {
        str(file.relative_to(ROOT))
        for pattern in ("streamlit_app.py", "lessons/**/*.py", "core/**/*.py")
        for file in ROOT.glob(pattern)
    }
    - CODE_AND_DATA
)
# Errors that a programmer makes and reads.
PROGRAMMERS = {"ValueError", "TypeError", "KeyError", "RuntimeError", "AssertionError"}
LABELS = ("label", "help", "placeholder")


def text_of(node: ast.expr) -> str:
    """What an expression says, with x for what is computed; empty where it is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(text_of(part) or "x" for part in parts)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            texts = text_of(left), text_of(right)
            return "".join(text or "x" for text in texts) if any(texts) else ""
    return ""


def texts_in(node: ast.AST) -> Iterator[str]:
    """All texts in code but docstrings and the errors of programmers."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Raise(exc=ast.Call(func=ast.Name(id=name))) if name in PROGRAMMERS:
            return
    text = text_of(node) if isinstance(node, ast.expr) else ""
    if text:
        yield text
        return
    for child in ast.iter_child_nodes(node):
        yield from texts_in(child)


def sentences_in(source: str) -> list[str]:
    """Texts of more than six words in which a sentence ends."""
    texts = texts_in(ast.parse(source))
    return [text for text in texts if len(text.split()) > 6 and re.search(r"\w[.](\W|$)", text)]


def labels_in(source: str) -> list[str]:
    """Texts of two words or more that are passed to Streamlit, or to what writes on a page."""
    shown: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        writer, _, method = ast.unparse(node.func).rpartition(".")
        if (writer == "st" and method != "switch_page") or method in ("text", "heading"):
            shown += node.args[:1]
        shown += [given.value for given in node.keywords if given.arg in LABELS]
    return [text for text in map(text_of, shown) if re.search("[A-Za-z]{2} [A-Za-z]{2}", text)]


@pytest.mark.parametrize("file", FILES)
def test_a_file_has_no_words_for_learners(file: str) -> None:
    source = (ROOT / file).read_text(encoding="utf-8")
    found = sentences_in(source) + labels_in(source)
    assert not found, f"move to core/words: {found}"


@pytest.mark.parametrize(
    "source",
    [
        'text("One two three four five six seven.")',
        'text(f"One two {three} four five six seven.")',
        'text("One two three " + four + " five six seven.")',
        'text("One two three "\n"four five six seven. Eight")',
        'raise DataError("One two three four five six seven.")',
    ],
)
def test_a_sentence_is_found(source: str) -> None:
    assert sentences_in(source)


@pytest.mark.parametrize(
    "source",
    [
        'st.button("Two words")',
        'st.button(f"Two words {n}")',
        'heading("Two words")',
        'ask(key="x", label="Two words")',
    ],
)
def test_a_label_is_found(source: str) -> None:
    assert labels_in(source)


def test_what_is_no_label_is_not_found() -> None:
    assert not labels_in('st.button(say("page.two_words"), key="two words", on_click=f)')
    assert not labels_in('st.switch_page("two words")')


@pytest.mark.parametrize(
    "source",
    [
        '"""One two three four five six seven."""',
        'def f():\n    """One two three four five six seven."""',
        'raise ValueError("one two three four five six seven.")',
        'text("One two three four five six.")',
        'text("one two three four five six 7.5 eight")',
    ],
)
def test_what_is_no_sentence_is_not_found(source: str) -> None:
    assert not sentences_in(source)
