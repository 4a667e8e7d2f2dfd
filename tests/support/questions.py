"""The questions of a page in English."""

from core import words
from core.course.checks import Make, Question, worded
from core.datasets import Dataset, Line


def in_words(make: Make, dataset: Dataset, start: Line) -> Question:
    return worded(make(dataset, start), words.say)
