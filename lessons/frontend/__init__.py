"""Scripts and styles for the browser, each in a file of its own kind."""

from pathlib import Path

_HERE = Path(__file__).parent


def script(name: str) -> str:
    """Read a script without its comments: it is sent to the browser with every rerun of a page."""
    lines = [line.strip() for line in (_HERE / name).read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def styles(name: str) -> str:
    """Read a sheet of CSS."""
    return (_HERE / name).read_text(encoding="utf-8")
