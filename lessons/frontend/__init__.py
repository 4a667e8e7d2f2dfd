"""Scripts and styles for the browser, each in a file of its own kind."""

import re
from pathlib import Path

from core.figures.palette import GUESS, VERDICTS, WORDS

_HERE = Path(__file__).parent


def script(*names: str) -> str:
    """Join ES modules into the one script that a Streamlit component takes.

    Imports between the modules are removed, since all share one scope then, and so are comments,
    because Streamlit sends the script with every rerun of a page.
    """
    lines = [line.strip() for name in names for line in _read(name).splitlines()]
    kept = [line for line in lines if line and not line.startswith(("//", "import "))]
    return "\n".join(re.sub(r"^export (?!default)", "", line) for line in kept)


def styles(name: str) -> str:
    """Read a sheet of CSS without its comments."""
    return re.sub(r"/\*.*?\*/\s*", "", _read(name), flags=re.DOTALL)


def page_styles() -> str:
    """Write the style sheet of all pages: ``page.css``, the colours of words, ``print.css``."""
    kinds = {**VERDICTS, "limit": VERDICTS["explodes"]}
    told = {f"[data-kind={kind}]": WORDS[colour] for kind, colour in kinds.items()}
    told = {"": WORDS[GUESS], **told}
    coloured = {f'.stVegaLiteChart text[fill="{mark}"]': words for mark, words in WORDS.items()}
    coloured |= {f".lrl-told{kind} :is(strong, em)": words for kind, words in told.items()}
    rules = [
        f"{selector} {{ color: light-dark({dark}, {light}); fill: currentColor; }}"
        for selector, (dark, light) in coloured.items()
    ]
    return "\n".join([styles("page.css"), *rules, styles("print.css")])


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
