"""What the pages of the course are called and ask, in English, by address."""

from core import words
from core.course.outline import COURSE

TITLES = {page.address: words.plain(f"course.{page.name}_title") for page in COURSE}
QUESTIONS = {page.address: words.plain(f"course.{page.name}_question") for page in COURSE}
