"""What axe finds on every page, light and dark, on a desktop and on a phone."""

from collections.abc import Callable
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.browser.conftest import Visit

Visits = Callable[..., Visit]
PAGES = (
    "",
    "data?show=all",
    "loss-surface?show=all",
    "gradient-steps?show=all&run=200x0.1",
    "learning-rates?show=all",
    "learning-rates",
    "mistakes?show=all",
    "hot-dog",
)


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_axe_finds_nothing_serious(
    visit: Visits, width: int, theme: Literal["light", "dark"]
) -> None:
    tab = visit("", width, theme)
    found = []
    for path in PAGES:
        tab.open(path)
        found += [
            (path, finding["id"], node["target"], node["html"])
            for finding in Axe().run(tab.page).response["violations"]
            if finding["impact"] in ("serious", "critical")
            for node in finding["nodes"]
            if not is_streamlits_own(tab, finding["id"], node["target"][0])
        ]
    assert found == []


def is_streamlits_own(tab: Visit, finding: str, target: str) -> bool:
    """Whether Streamlit's own table, code or formula scrolls sideways, where it is too wide.

    Browsers let the keyboard scroll it all the same; axe wants a tabindex to be there.
    """
    if finding != "scrollable-region-focusable":
        return False
    inside = "e => Boolean(e.closest('.stTable, .stCode, .katex-display'))"
    return bool(tab.page.locator(target).first.evaluate(inside))
