"""Write the table in links.md of all that a link can say; with --check, only tell if it is so."""

import sys
from pathlib import Path

from core.parameters import PARAMETERS, Parameter, hidable, names_of

FILE = Path(__file__).parent / "links.md"
BEGIN, END = "<!-- parameters: written by docs/links.py -->\n", "<!-- end of parameters -->\n"


def table() -> str:
    """Write the table, a row for each parameter."""
    rows = ["| parameter | meaning | without it |", "|---|---|---|"]
    for row in PARAMETERS.values():
        names = ", ".join(f"`{name}`" for name in names_of(row))
        meaning = row.meaning
        if row.name == "hide":
            meaning += ", ".join(f"`{name}`" for name in hidable())
        rows.append(f"| {names} | {meaning} | {_usual(row)} |")
    return "\n".join(rows) + "\n"


def _usual(row: Parameter) -> str:
    if row.usual_words:
        return row.usual_words
    if isinstance(row.usual, bool):
        return "off"
    return ", ".join(f"`{text}`" for text in row.write(row.usual)[0])


def written(text: str) -> str:
    """Put the table where it belongs in the text of the file."""
    before, _, rest = text.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{table()}\n{END}{after}"


if __name__ == "__main__":
    now = FILE.read_text(encoding="utf-8")
    if "--check" in sys.argv:
        sys.exit(now != written(now) and "docs/links.md: run python -m docs.links")
    FILE.write_text(written(now), encoding="utf-8")
