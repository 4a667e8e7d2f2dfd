"""All sentences of the course: Markdown files, one for each page and language, in sections.

A file is divided by lines such as ``## fork``. What stands under one is a Jinja2 template: Python
passes values, and filters of ``core.words.writing`` write them (``{{ gap | number }}``), so that a
translator has the whole sentence with its grammar. What stands above the first section is a note
for those who edit the file.
"""

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FunctionLoader, StrictUndefined, Undefined

from core.words import writing

FOLDER = Path(__file__).parent
LANGUAGES = tuple(sorted({file.parent.name for file in FOLDER.glob("*/*.md")}))

_SECTION = re.compile(r"^## ([a-z0-9_]+)\n", re.MULTILINE)
# The lines of these blocks stay lines: tables, lists, headings, quotations, formulas and code.
_LINES = re.compile(r"[|>#]|[-*+] |\d+\. |```|\$\$| {4}")


class Markdown(str):
    """Text that is Markdown already, such as what ``say`` returns: as a value, not escaped."""

    __slots__ = ()


def _text(value: object) -> str:
    """Take a value that stands in a sentence as it is: text, but no number that no filter wrote.

    Raises
    ------
    TypeError
        For what is not text.
    UndefinedError
        For a name that was not passed.
    """
    if isinstance(value, Undefined):
        return str(value)
    if not isinstance(value, str):
        raise TypeError(f"{value!r} needs a filter that writes it, such as number or whole")
    return value


def _escaped(value: object) -> str:
    return value if isinstance(value, Markdown) else writing.literal(_text(value))


def _written(write: Callable[..., str]) -> Callable[..., Markdown]:
    return lambda *values, **how: Markdown(write(*values, **how))


@cache
def sources(language: str, page: str) -> dict[str, str]:
    """Read the sections of a page's file, by name, as they were written.

    Raises
    ------
    ValueError
        If two sections of the file have one name.
    """
    parts = _SECTION.split((FOLDER / language / f"{page}.md").read_text(encoding="utf-8"))
    names = parts[1::2]
    if len(set(names)) < len(names):
        raise ValueError(f"{language}/{page}.md has two sections of one name")
    return dict(zip(names, parts[2::2], strict=True))


@cache
def environment(language: str, plain: bool) -> Environment:
    """Make what compiles the sections of a language, each once, as Markdown or as plain text.

    A section can hold another one: ``{% include "data.measured" %}``.
    """

    def load(section: str) -> str:
        page, name = section.split(".")
        return sources(language, page)[name]

    made = Environment(
        loader=FunctionLoader(load),
        cache_size=-1,
        auto_reload=False,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_text if plain else _escaped,
    )
    for name, write in writing.FILTERS.items():
        made.filters[name] = write if plain else _written(write)
    return made


def say(section: str, /, language: str = "en", **values: object) -> Markdown:
    """Render a section as Markdown; text among the values is shown as it is, never as Markdown.

    Parameters
    ----------
    section : str
        Page and section, such as ``data.intro``.
    language : str
        One of ``LANGUAGES``.
    **values
        What the section's template names.

    Raises
    ------
    jinja2.UndefinedError
        If the template names a value that was not passed.
    TypeError
        If a value that is not text is not written by a filter.
    """
    return Markdown(_render(section, language, values, plain=False))


def plain(section: str, /, language: str = "en", **values: object) -> str:
    """Render a section as text without Markdown: for alternatives of charts, and for files."""
    return _render(section, language, values, plain=True)


def _render(section: str, language: str, values: dict[str, object], plain: bool) -> str:
    text = environment(language, plain).get_template(section).render(values)
    return "\n\n".join(map(_joined, re.split(r"\n\s*\n", text.strip())))


def _joined(block: str) -> str:
    """Join the lines of a paragraph: a label, or a sentence that is heard, has no line breaks."""
    return block if _LINES.match(block) else " ".join(block.split())
