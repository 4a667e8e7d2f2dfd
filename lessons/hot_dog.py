"""The page Hot dog or not, which asks whether it still works with thousands of weights."""

from core import cache
from core.runs import LESSON_START
from lessons.sections.best_rate import introduce, train_networks
from lessons.sections.looking_inside import look_inside
from lessons.sections.rate_finding import at_the_edge, find_a_rate
from lessons.sections.same_loop import draw_same_loop
from lessons.widgets.check import check
from lessons.widgets.deeper import go_deeper
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, next_lesson, open_lesson, sources, takeaway
from lessons.widgets.words import say

open_lesson("hot-dog")
introduce()
networks = train_networks()

part = go_deeper("hot_dog", ("loop", "inside", "range", "edge"))
if part == "loop":
    draw_same_loop(networks)
elif part == "inside":
    look_inside(networks)
elif part == "range":
    find_a_rate(networks.usual)
elif part == "edge":
    at_the_edge()

numbers_behind_charts()
takeaway(say("hot_dog.takeaway"))
glossary("hidden unit", "cross-entropy", "held out", "range test", "sharpness", "mini-batch")
check("hot-dog", cache.noisy_line(), LESSON_START)
sources("hot_dog")
next_lesson("hot-dog")
