"""The page Mistakes, which asks what it looks like when the code is wrong."""

from core import cache
from core.course.mistakes import MISTAKES
from core.runs import LESSON_START
from lessons.sections.wrong_script import draw_wrong_script, tell_what_was_seen
from lessons.widgets.check import check
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, next_lesson, open_lesson, sources, takeaway, text
from lessons.widgets.words import say

open_lesson("mistakes")
text(say("mistakes.intro", scripts=len(MISTAKES)))
draw_wrong_script()
tell_what_was_seen()

numbers_behind_charts()
takeaway(say("mistakes.takeaway"))
glossary("broadcasting", "tape", "gradient", "learning rate", "best fit")
check("mistakes", cache.noisy_line(), LESSON_START)
sources("mistakes")
next_lesson("mistakes")
