"""The server asks nobody: not while it starts, and for no page."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from benchmarks.learner import visit
from benchmarks.measuring import find_free_port, running
from lessons._layout import COURSE

# Python reads a module of this name when it starts.
NOTE_WHO_IS_ASKED = """
import sys

asked = open({file!r}, "a", buffering=1)

def note(event, arguments):
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
        for _, _, page, _ in COURSE:
            async with visit(f"http://127.0.0.1:{port}", f"{page}?show=all") as learner:
                assert (await learner.arrive()).errors == []

    host = "127.0.0.1"
    with running((sys.executable, "-m", "deploy.serve", "--host", host, "--port", f"{port}"), port):
        asyncio.run(learn())
    assert asked.read_text(encoding="utf-8") == ""
