"""What the sections of ``core/words`` need to be rendered."""

from jinja2 import meta

from core import words


def names(language: str, page: str, section: str) -> set[str]:
    """The names of the values that a section and those it includes use."""
    tree = words.environment(language, plain=False).parse(words.sources(language, page)[section])
    included = [name.split(".") for name in meta.find_referenced_templates(tree) if name]
    used = (names(language, *parts) for parts in included)
    return meta.find_undeclared_variables(tree).union(*used)
