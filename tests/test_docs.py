"""What the documents name is there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
DOCUMENTS = ["README.md", "SECURITY.md", "deploy/README.md"] + [
    f"docs/{file.name}" for file in sorted((ROOT / "docs").glob("*.md"))
]
OUR_FOLDERS = ("core", "lessons", "tests", "docs", "deploy", "benchmarks")
NOT_THERE = {  # the examples of docs/contributing.md
    "core/figures/residuals.py",
    "core/data/women.csv",
    "core/words/de/",
}


@pytest.mark.parametrize("name", DOCUMENTS)
def test_links_lead_somewhere(name: str) -> None:
    file = ROOT / name
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", file.read_text(encoding="utf-8"))
    assert [target for target in targets if not (file.parent / target).exists()] == []


@pytest.mark.parametrize("name", DOCUMENTS)
def test_files_that_are_named_exist(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = re.findall(rf"`((?:{'|'.join(OUR_FOLDERS)})/[\w./-]+)`", text)
    assert [path for path in named if not (ROOT / path).exists() and path not in NOT_THERE] == []


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text(encoding="utf-8").splitlines()) <= 90
