"""What the benchmarks share: a running app, percentiles, the machine's name, a verdict."""

import os
import platform
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import MappingProxyType

import numpy as np

ROOT = Path(__file__).parent.parent


def find_free_port() -> int:
    """Find a port that nobody listens to."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def serve(script: str, port: int | None = None, with_uvloop: bool = True) -> Iterator[str]:
    """Run a Streamlit script, on any free port unless one is given; give its address."""
    port = find_free_port() if port is None else port
    with running(streamlit_run(script, port, with_uvloop), port):
        yield f"http://127.0.0.1:{port}"


# Streamlit uses uvloop where it is installed, but does not depend on it.
_WITHOUT_UVLOOP = (
    "import sys; sys.modules['uvloop'] = None; from streamlit.web import cli; cli.main()"
)


def streamlit_run(script: str, port: int, with_uvloop: bool = True) -> tuple[str, ...]:
    """Write the command that serves a script as ``make run`` does, on this machine only.

    Parameters
    ----------
    with_uvloop : bool
        Whether uvloop is used, as in our environment, or not, as with Streamlit alone.
    """
    streamlit = ("-m", "streamlit") if with_uvloop else ("-c", _WITHOUT_UVLOOP)
    return (
        *(sys.executable, *streamlit, "run", script),
        *("--server.port", str(port), "--server.address", "127.0.0.1"),
        *("--server.headless", "true"),
    )


@contextmanager
def running(
    command: Sequence[str],
    port: int,
    log: Path | None = None,
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a server until the block ends; wait until it answers.

    Parameters
    ----------
    port : int
        Where it listens, on this machine.
    log : Path, optional
        File for its standard error.
    environment : mapping, optional
        Variables to add to its environment.
    """
    with open(log or os.devnull, "wb") as errors:
        process = subprocess.Popen(
            command,
            cwd=ROOT,
            env={**os.environ, **environment},
            stdout=subprocess.DEVNULL,
            stderr=errors,
        )
        try:
            wait_until_healthy(f"http://127.0.0.1:{port}", process)
            yield process
        finally:
            process.terminate()
            process.wait()


def wait_until_healthy(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the app answers; fail if it does not within three minutes."""
    deadline = time.monotonic() + 180
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health") as answer:
                if answer.read() == b"ok":
                    return
        except OSError:
            time.sleep(0.05)
    raise RuntimeError("the app did not start")


def percentile(values: Sequence[float], percent: int) -> float:
    """Find the value that a given percentage of values do not exceed."""
    return float(np.percentile(values, percent))


def verdict(target: str, holds: bool, figure: str) -> str:
    """Say of a target whether it holds, with the figure."""
    return f"Target: {target}: {'holds' if holds else 'FAILS'}, {figure}."


def machine(*packages: str) -> str:
    """Name the processor, its cores, and versions; packages that are not installed are left out."""
    cpuinfo = Path("/proc/cpuinfo")
    found = re.search(r"model name\s*: (.+)", cpuinfo.read_text()) if cpuinfo.exists() else None
    named = [f"Python {platform.python_version()}"]
    for package in packages:
        try:
            named.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            continue
    processor = found[1] if found else platform.processor()
    return f"{processor}, {os.cpu_count()} cores; {', '.join(named)}"
