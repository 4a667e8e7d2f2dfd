"""Execute a code sample of the course, and record its output, error and losses."""

import io
import traceback
from dataclasses import dataclass
from functools import partial
from typing import Any

FILE_NAME = "loop.py"  # the file name in tracebacks


@dataclass(frozen=True)
class Outcome:
    """The result of executing a sample.

    Parameters
    ----------
    printed : str
        Its output.
    error : str
        The traceback, as Python writes it; empty if the sample ran to its end.
    losses : tuple of float
        The sample's list ``losses``, in y-units²; infinity and NaN included.
    """

    printed: str
    error: str
    losses: tuple[float, ...]

    @property
    def text(self) -> str:
        """Output and error, as a terminal shows them."""
        return "\n".join(part for part in (self.printed.rstrip(), self.error) if part)


def run(code: str) -> Outcome:
    """Execute a sample in a new namespace; an exception it raises becomes part of the outcome.

    It gets its own ``print``: redirecting ``sys.stdout`` would redirect it for all visitors.

    Parameters
    ----------
    code : str
        One of the course's own samples. Never user input: it is executed without a sandbox.
    """
    printed, error = io.StringIO(), ""
    namespace: dict[str, Any] = {"__name__": "__main__", "print": partial(print, file=printed)}
    try:
        exec(compile(code, FILE_NAME, "exec"), namespace)
    except Exception as raised:
        error = _as_the_interpreter_says(raised, code)
    return Outcome(printed.getvalue(), error, tuple(namespace.get("losses", ())))


def _as_the_interpreter_says(raised: Exception, code: str) -> str:
    """Format a traceback as Python does, without the frames of libraries and their paths."""
    said = "".join(traceback.format_exception_only(raised)).rstrip()
    lines = [
        number
        for frame, number in traceback.walk_tb(raised.__traceback__)
        if frame.f_code.co_filename == FILE_NAME
    ]
    if not lines:  # a syntax error, whose message contains the line
        return said
    source = code.splitlines()[lines[-1] - 1].strip()
    return (
        "Traceback (most recent call last):\n"
        f'  File "{FILE_NAME}", line {lines[-1]}, in <module>\n    {source}\n{said}'
    )
