"""Run a code sample of the course for real, and keep what it printed, raised and measured."""

import io
import traceback
from dataclasses import dataclass
from functools import partial
from typing import Any

FILE_NAME = "loop.py"  # what errors call the sample


@dataclass(frozen=True)
class Outcome:
    """What running a sample led to.

    Parameters
    ----------
    printed : str
        What it wrote.
    error : str
        What Python says where it stopped; empty if it ran to its end.
    losses : tuple of float
        What it has collected in a list of that name, in y-units²: also infinity and NaN.
    """

    printed: str
    error: str
    losses: tuple[float, ...]

    @property
    def text(self) -> str:
        """All that one would see in a terminal."""
        return "\n".join(part for part in (self.printed.rstrip(), self.error) if part)


def run(code: str) -> Outcome:
    """Run a sample in a namespace of its own; whatever it raises is part of the outcome.

    It gets its own ``print``: redirecting ``sys.stdout`` would redirect it for all visitors.

    Parameters
    ----------
    code : str
        One of the course's own samples. Never what somebody typed: nothing holds it back.
    """
    printed, error = io.StringIO(), ""
    namespace: dict[str, Any] = {"__name__": "__main__", "print": partial(print, file=printed)}
    try:
        exec(compile(code, FILE_NAME, "exec"), namespace)
    except Exception as raised:
        error = _as_the_interpreter_says(raised, code)
    return Outcome(printed.getvalue(), error, tuple(namespace.get("losses", ())))


def _as_the_interpreter_says(raised: Exception, code: str) -> str:
    """Write an error as Python does, without the libraries' own lines and their paths."""
    said = "".join(traceback.format_exception_only(raised)).rstrip()
    lines = [
        number
        for frame, number in traceback.walk_tb(raised.__traceback__)
        if frame.f_code.co_filename == FILE_NAME
    ]
    if not lines:  # not even compiled: then the error itself names the place
        return said
    source = code.splitlines()[lines[-1] - 1].strip()
    return (
        "Traceback (most recent call last):\n"
        f'  File "{FILE_NAME}", line {lines[-1]}, in <module>\n    {source}\n{said}'
    )
