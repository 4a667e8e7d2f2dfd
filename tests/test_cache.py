"""What all visitors share does not grow with their number, and is what each of them asked for."""

import subprocess
import sys
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from core import cache
from core.datasets import Line, load_bundled, make_noisy_line
from core.network.runs import NetworkConfig
from core.runs import TrainingConfig
from core.training import train

ROOT = Path(__file__).parents[1]
THREADS = 7  # fewer than the heaps of a machine with one core
# In a process of its own, because the heaps that there are stay. The warm-up does not get further
# than to TensorFlow, which takes seconds to import.
COUNT_HEAPS = f"""
import ctypes, sys, threading
from core import cache, process
sys.modules["tensorflow"] = None
threading.excepthook = lambda _: None
if sys.argv[2] == "warm":
    process.start_warm_up().join()
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


OTHERS: dict[str, Any] = {
    "learning_rates": (0.2,), "steps": 21, "start": Line(0.5, 0.5), "first_step": 3,
    "batch_size": 4, "seed": 1, "factors": (1.0, 0.5), "decay": 0.1,
}  # fmt: skip


def test_runs_that_differ_in_anything_do_not_share_a_result() -> None:
    dataset, usual = make_noisy_line(), TrainingConfig(steps=20, batch_size=8)
    assert set(OTHERS) == {field.name for field in fields(TrainingConfig)}
    configs = [usual, *(replace(usual, **{name: value}) for name, value in OTHERS.items())]
    runs = [cache.train(dataset, config) for config in configs]
    runs.append(cache.train(make_noisy_line(seed=1), usual))
    results = {(run.steps.tobytes(), run.w.tobytes(), run.b.tobytes()) for run in runs}
    assert len(results) == len(runs)
    np.testing.assert_array_equal(cache.train(dataset, usual).w, train(dataset, usual).w)


def test_pars_belong_to_a_challenge_data_and_a_start() -> None:
    name, other = list(cache.PARS)[:2]
    dataset, start = make_noisy_line(), Line(0.0, -1.0)
    found = cache.par(name, dataset, start)
    assert found == cache.PARS[name](train, dataset, start)
    assert cache.par(other, dataset, start) == cache.PARS[other](train, dataset, start) != found
    elsewhere = dataset, Line(3.0, 2.0)
    assert cache.par(other, *elsewhere) == cache.PARS[other](train, *elsewhere)
    cars = load_bundled("cars"), start
    assert cache.par(name, *cars) == cache.PARS[name](train, *cars) != found


def test_networks_that_differ_in_anything_are_trained_apart() -> None:
    others: dict[str, Any] = {
        "learning_rate": 0.3, "units": 8, "batch_size": 8, "seed": 1, "clutter": 0.5,
    }  # fmt: skip
    assert set(others) == {field.name for field in fields(NetworkConfig)}
    configs = [NetworkConfig(), *(replace(NetworkConfig(), **{n: v}) for n, v in others.items())]
    assert len(dict.fromkeys(configs)) == len(configs)
