"""The questions of a page in English, whether Python or ``core.words`` has their sentences."""

from core import words
from core.course.checks import Asked, Make, Question, worded
from core.datasets import Dataset, Line


def in_words(make: Make, dataset: Dataset, start: Line) -> Question:
    made = make(dataset, start)
    return worded(made, words.say) if isinstance(made, Asked) else made
