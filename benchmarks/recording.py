"""``python -m benchmarks.recording FILE run …``: ``streamlit run …`` that records its own memory.

What an allocator holds can only be asked from inside of its process. Every few seconds a thread
writes it to the file, as JSON.
"""

import ctypes
import json
import os
import sys
import threading
import time
from pathlib import Path

from streamlit.web import cli

SECONDS_BETWEEN_RECORDS = 2.0


class _MallInfo(ctypes.Structure):
    """``struct mallinfo2`` of glibc 2.33 and later, in bytes."""

    _fields_ = tuple(
        (name, ctypes.c_size_t)
        for name in (
            "arena", "ordblks", "smblks", "hblks", "hblkhd", "usmblks", "fsmblks", "uordblks",
            "fordblks", "keepcost",
        )
    )  # fmt: skip


def record(file: Path) -> None:
    """Write what glibc has in use and free, and how many blocks Python has, again and again."""
    mallinfo = ctypes.CDLL(None).mallinfo2
    mallinfo.restype = _MallInfo
    while True:
        info = mallinfo()
        now = {
            "in_use": info.uordblks + info.hblkhd,
            "free": info.fordblks,
            "blocks": sys.getallocatedblocks(),
        }
        part = file.with_suffix(".part")
        part.write_text(json.dumps(now))
        os.replace(part, file)
        time.sleep(SECONDS_BETWEEN_RECORDS)


if __name__ == "__main__":
    target = Path(sys.argv.pop(1))
    threading.Thread(target=record, args=(target,), daemon=True).start()
    cli.main()
