"""Runs that amplify a difference show the same figures whatever order a machine adds up in."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.figures_of_runs import FIGURES

ROOT = Path(__file__).parent.parent
THREADS = {f"{count} threads": {"TF_NUM_INTRAOP_THREADS": str(count)} for count in (1, 2, 4, 8)}
# What XLA, oneDNN, NumPy, OpenBLAS and glibc have for processors without AVX and fused
# multiply-add. (What is asked for and not there, on another kind of processor, does nothing.)
OLDER = {
    "XLA_FLAGS": "--xla_cpu_max_isa=SSE4_2",
    "ONEDNN_MAX_CPU_ISA": "SSE41",
    "NPY_DISABLE_CPU_FEATURES": "AVX2 FMA3 AVX512F AVX512CD AVX512_SKX",
    "OPENBLAS_CORETYPE": "Nehalem",
    "GLIBC_TUNABLES": "glibc.cpu.hwcaps=-AVX2,-FMA,-AVX512F",
}
MACHINES = THREADS | {"an older processor": OLDER}


def figures(names: list[str], *machines: dict[str, str]) -> list[dict[str, Any]]:
    """Run processes side by side, and read what they print."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.support.figures_of_runs", *names],
            cwd=ROOT,
            env={**os.environ, **machine},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        for machine in machines
    ]
    outputs = [process.communicate()[0] for process in processes]
    assert [process.returncode for process in processes] == [0] * len(processes)
    return [json.loads(output) for output in outputs]


def test_large_rates_and_lines_near_the_limit_are_the_same_on_two_machines() -> None:
    one, other = figures(["large", "lines"], MACHINES["1 threads"], MACHINES["4 threads"] | OLDER)
    assert one == other


@pytest.mark.long
def test_all_runs_are_the_same_on_all_machines() -> None:
    machines = iter(MACHINES.values())
    (one,) = figures(list(FIGURES), next(machines))
    for machine in machines:
        assert figures(list(FIGURES), machine) == [one], machine
