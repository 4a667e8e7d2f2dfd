"""The page Loss surface, which asks where the best line is, and which way is down."""

from functools import partial

from lessons.sections.bowl import draw_bowl
from lessons.sections.pointing import draw_map, draw_slopes, run_descent
from lessons.widgets.check import check
from lessons.widgets.controls import choose_data
from lessons.widgets.deeper import go_deeper
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, next_lesson, open_lesson, sources, takeaway, text
from lessons.widgets.predict import is_revealed, predict_way
from lessons.widgets.words import say

open_lesson("loss-surface")
dataset, start = choose_data()
text(say("loss_surface.intro"))
descent = run_descent(dataset, start)
predict_way(dataset, start, then=partial(draw_map, descent))

part = go_deeper("loss_surface", ("slopes", "bowl"))
if part == "bowl":
    draw_bowl(descent)
elif part == "slopes" and is_revealed("loss-surface"):
    draw_slopes(descent)
elif part == "slopes":
    text(say("loss_surface.slopes_wait"))

numbers_behind_charts()
takeaway(say("loss_surface.takeaway"))
glossary("slope of the loss", "gradient", "gradient descent", "excess loss", "ring", "tape")
check("loss-surface", dataset, start)
sources("loss_surface")
next_lesson("loss-surface")
