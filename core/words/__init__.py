"""All sentences of the course: Markdown files, one for each page and language, in sections.

Headings such as ``## fork`` divide a file into sections. Each section is a Jinja2 template: Python
passes values, and filters of ``core.words.writing`` format them (``{{ gap | number }}``), so that
translators get whole sentences. Text above the first section is a note for editors of the file.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined, Undefined

from core.words import writing

FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted({file.parent.name for file in FOLDER.glob("*/*.md")}))

_SECTION = re.compile(r"^## ([a-z0-9_]+)\n", re.MULTILINE)
# Blocks that keep their line breaks: tables, lists, headings, quotations, formulas and code.
_LINES = re.compile(r"[|>#]|[-*+] |\d+\. |```|\$\$| {4}")


class Markdown(str):
    """Text that is Markdown already, such as what ``say`` returns: not escaped as a value."""

    __slots__ = ()


def _text(value: object) -> str:
    """Check a template's output value: only text is allowed, so numbers need a filter.

    Raises
    ------
    TypeError
        If the value is not text.
    UndefinedError
        If the template names a value that was not passed.
    """
    if isinstance(value, Undefined):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{value!r} needs a filter that writes it, such as number or whole")
    return value


def _written(write: Callable[..., str]) -> Callable[..., Markdown]:
    return lambda *values, **how: Markdown(write(*values, **how))


def language_for(locale: str | None) -> str:
    """Choose the language of a browser where the course has it, and English otherwise."""
    preferred = (locale or "en").partition("-")[0]
    return preferred if preferred in LANGUAGES else "en"


@cache
def sources(language: str, page: str) -> dict[str, str]:
    """Read the sections of a page's file, by name, unrendered.

    Raises
    ------
    ValueError
        If two sections of the file have the same name.
    """
    parts = _SECTION.split((FOLDER / language / f"{page}.md").read_text(encoding="utf-8"))
    names = parts[1::2]
    if len(set(names)) < len(names):
        raise ValueError(f"{language}/{page}.md has two sections of one name")
    return dict(zip(names, parts[2::2], strict=True))


@cache
def environment(language: str, plain: bool) -> Environment:
    """Make the Jinja2 environment of a language, for Markdown or plain text.

    Each section is compiled once, and can include others: ``{% include "data.measured" %}``, or, if
    Python chooses which, a ``Sentence`` among its values.
    """

    def load(section: str) -> str:
        page, name = section.split(".")
        return sources(language, page)[name].strip("\n")  # within a sentence, too

    def write_value(value: object) -> str:
        if isinstance(value, Sentence):
            return _render(value.section, language, value.values, plain)
        text = _text(value)
        return text if plain or isinstance(value, Markdown) else writing.literal(text)

    def join(values: Iterable[object], between: str) -> str:
        return between.join(map(write_value, values))

    made = Environment(
        loader=FunctionLoader(load),
        cache_size=-1,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=write_value,
    )
    for name, write in {**writing.FILTERS, "join": join}.items():
        made.filters[name] = _written(write)
    return made


class Sentence:
    """A section with its values: facts now, words once it is known in which language.

    It can itself be a value of another section. ``str`` gives it in English, without Markdown.

    Parameters
    ----------
    section : str
        Page and section, such as ``reading.column_of_text``.
    **values
        What the section's template names.
    """

    def __init__(self, section: str, /, **values: object) -> None:
        self.section, self.values = section, values

    def __str__(self) -> str:
        return _render(self.section, "en", self.values, plain=True)


def say(section: str, /, language: str = "en", **values: object) -> Markdown:
    """Render a section as Markdown; text among the values is escaped, unless it is ``Markdown``.

    Parameters
    ----------
    section : str
        Page and section, such as ``data.intro``.
    language : str
        One of ``LANGUAGES``.
    **values
        The values that the section's template names.

    Raises
    ------
    jinja2.UndefinedError
        If the template names a value that was not passed.
    TypeError
        If a value that is not text is not formatted by a filter.
    """
    return Markdown(_render(section, language, values, plain=False))


def plain(section: str, /, language: str = "en", **values: object) -> str:
    """Render a section as plain text: for text alternatives of charts, and for files."""
    return _render(section, language, values, plain=True)


def _render(section: str, language: str, values: dict[str, object], plain: bool) -> str:
    text = environment(language, plain).get_template(section).render(values)
    return "\n\n".join(map(_joined, re.split(r"\n\s*\n", text.strip())))


def _joined(block: str) -> str:
    """Join the lines of a paragraph: labels and text for screen readers have no line breaks."""
    return block if _LINES.match(block) else re.sub(r"[ \t\r\n]+", " ", block).strip()
