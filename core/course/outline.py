"""The pages of the course, in order; their titles and questions are in ``words/…/course.md``."""

from pathlib import Path
from typing import NamedTuple


class Page(NamedTuple):
    """A page: its script, and its address below the course's own."""

    file: str
    address: str

    @property
    def name(self) -> str:
        """The prefix of its sections in ``core/words``, such as ``loss_surface``."""
        return Path(self.file).stem


COURSE = (
    Page("lessons/home.py", ""),
    Page("lessons/data.py", "data"),
    Page("lessons/loss_surface.py", "loss-surface"),
    Page("lessons/gradient_steps.py", "gradient-steps"),
    Page("lessons/learning_rates.py", "learning-rates"),
    Page("lessons/mistakes.py", "mistakes"),
    Page("lessons/hot_dog.py", "hot-dog"),
    Page("lessons/report.py", "report"),
)
START, LESSONS, REPORT = COURSE[0], COURSE[1:-1], COURSE[-1]


def page_at(address: str) -> Page:
    """Find the page with an address."""
    return next(page for page in COURSE if page.address == address)
