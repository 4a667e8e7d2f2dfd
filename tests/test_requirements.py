"""The lock file is what an image installs: it must say what the pins say, with hashes."""

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
PIN = re.compile(r"^([a-z0-9-]+)==([^\s;]+)", re.M)


def test_the_lock_file_holds_the_pinned_versions() -> None:
    pins = dict(PIN.findall((ROOT / "requirements.txt").read_text()))
    locked = dict(PIN.findall((ROOT / "requirements.lock").read_text()))
    assert len(pins) == 9
    assert pins.items() <= locked.items()


def test_every_locked_package_has_a_hash() -> None:
    packages = re.split(r"\n(?=[a-z0-9])", (ROOT / "requirements.lock").read_text())
    assert len(packages) > 40
    for package in packages:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", package), package.splitlines()[0]
