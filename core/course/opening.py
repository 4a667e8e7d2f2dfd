"""The first words of each page, which are shown before the app has loaded."""

from core.course.first_run import STEPS
from core.course.mistakes import MISTAKES
from core.course.outline import Page
from core.words import Sentence

_VALUES: dict[str, dict[str, object]] = {
    "home": {"steps": STEPS},
    "mistakes": {"scripts": len(MISTAKES)},
}


def introduction(page: Page) -> Sentence | None:
    """Give the first paragraph of a page; None where it is not the same for everybody."""
    if page.name in ("hot_dog", "report"):
        return None
    return Sentence(f"{page.name}.intro", **_VALUES.get(page.name, {}))
