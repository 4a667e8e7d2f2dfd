"""What all visitors share does not grow with their number."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
THREADS = 7  # fewer than the heaps of a machine with one core
# In a process of its own, because the heaps that there are stay. The warm-up does not get further
# than to TensorFlow, which takes seconds to import.
COUNT_HEAPS = f"""
import ctypes, sys, threading
from core import cache
sys.modules["tensorflow"] = None
threading.excepthook = lambda _: None
if sys.argv[2] == "warm":
    cache.start_warm_up().join()
together = threading.Barrier({THREADS})
def take_memory():
    together.wait()
    kept = bytes(5_000)
    together.wait()
threads = [threading.Thread(target=take_memory) for _ in range({THREADS})]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
libc = ctypes.CDLL(None)
libc.fopen.restype = ctypes.c_void_p
file = ctypes.c_void_p(libc.fopen(sys.argv[1].encode(), b"w"))
libc.malloc_info(0, file)
libc.fclose(file)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="glibc's heaps")
@pytest.mark.parametrize(("state", "low", "high"), [("warm", 1, 4), ("cold", THREADS, 99)])
def test_threads_share_a_few_heaps_after_the_warm_up(
    state: str, low: int, high: int, tmp_path: Path
) -> None:
    told = tmp_path / "heaps.xml"
    subprocess.run([sys.executable, "-c", COUNT_HEAPS, str(told), state], cwd=ROOT, check=True)
    assert low <= told.read_text(encoding="utf-8").count("<heap nr=") <= high
