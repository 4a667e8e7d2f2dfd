"""The server asks nobody: not while it starts, and for no page."""

import asyncio
import os
from pathlib import Path

import pytest

from benchmarks.learner import visit
from benchmarks.measuring import find_free_port, running, streamlit_run
from core.course.outline import COURSE

# Python reads a module of this name when it starts.
NOTE_WHO_IS_ASKED = """
import socket
import sys

asked = open({file!r}, "a", buffering=1)

def note(event, arguments):
    if event == "socket.connect" and arguments[0].type == socket.SOCK_DGRAM:
        return  # by UDP this sends nothing: it has the system choose the way
    if event in ("socket.connect", "socket.getaddrinfo"):
        print(event, arguments, file=asked)

sys.addaudithook(note)
"""


@pytest.mark.long
def test_the_server_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = tmp_path / "asked"
    text = NOTE_WHO_IS_ASKED.format(file=str(asked))
    (tmp_path / "sitecustomize.py").write_text(text, encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
    port = find_free_port()

    async def learn() -> None:
        for _, page in COURSE:
            async with visit(f"http://127.0.0.1:{port}", f"{page}?show=all") as learner:
                assert (await learner.arrive()).errors == []

    with running(streamlit_run("streamlit_app.py", port), port):
        asyncio.run(learn())
    assert asked.read_text(encoding="utf-8") == ""
