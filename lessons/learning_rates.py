"""The page Learning rates, which asks how large a step may be, and who decides."""

from functools import partial

from lessons.sections.algebra import draw_algebra, draw_round
from lessons.sections.challenges import challenges
from lessons.sections.comparison import draw_numbers, draw_rates
from lessons.sections.pins import pins
from lessons.sections.sayings import draw_sayings
from lessons.sections.schedules import beat_the_best_rate
from lessons.sections.why import draw_why
from lessons.state import visit
from lessons.widgets.check import check
from lessons.widgets.controls import choose_data, chosen_rates
from lessons.widgets.deeper import go_deeper
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import (
    glossary,
    heading,
    next_lesson,
    open_lesson,
    sources,
    takeaway,
    text,
)
from lessons.widgets.predict import is_revealed, predict_limit, reveal, was_revealed
from lessons.widgets.words import say

open_lesson("learning-rates")
dataset, start = choose_data()
if visit.now().is_chosen("lrs") and not is_revealed("learning-rates"):
    reveal("learning-rates")  # who comes with rates comes to compare them
if was_revealed("learning-rates"):
    draw_rates(dataset, start)
    heading(say("learning_rates.why_title"), say("learning_rates.intro"))
else:
    text(say("learning_rates.intro"))
predict_limit(dataset, start, then=partial(draw_why, dataset, start))
if is_revealed("learning-rates") and not was_revealed("learning-rates"):
    heading(say("learning_rates.rates_title"))
    draw_rates(dataset, start)

part = go_deeper(
    "learning_rates", ("numbers", "algebra", "round", "said", "beat", "pins", "challenges")
)
if part and not is_revealed("learning-rates"):
    text(say("learning_rates.parts_wait"))
elif part == "numbers":
    draw_numbers(dataset, start)
elif part == "algebra":
    draw_algebra(dataset, start)
elif part == "round":
    draw_round(dataset, start)
elif part == "said":
    draw_sayings(dataset, start)
elif part == "beat":
    beat_the_best_rate(dataset, start)
elif part == "pins":
    pins(dataset, start)
elif part == "challenges" and chosen_rates():
    challenges(dataset, start, chosen_rates())

numbers_behind_charts()
takeaway(say(f"learning_rates.takeaway{'' if is_revealed('learning-rates') else '_before'}"))
glossary("curvature", "overshoot", "zigzag", "explode", "condition number", "hyperparameter", "gap")
check("learning-rates", dataset, start)
sources("learning_rates")
next_lesson("learning-rates")
