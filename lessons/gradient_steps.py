"""The page Gradient steps, which asks what happens in one step, and in 200."""

from functools import partial

from lessons.sections.forking import draw_fork, draw_formula, draw_printout
from lessons.sections.loop import LOOKING, draw_run, run_loop
from lessons.sections.mini_batches import draw_mini_batches
from lessons.sections.one_step import draw_line_by_line, draw_three_ways, look_into
from lessons.sections.take_away import draw_downloads
from lessons.state import visit
from lessons.widgets.check import check
from lessons.widgets.controls import choose_data
from lessons.widgets.deeper import go_deeper
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, next_lesson, open_lesson, sources, takeaway, text
from lessons.widgets.predict import is_revealed, predict_line
from lessons.widgets.words import say

open_lesson("gradient-steps")
dataset, start = choose_data()
text(say("gradient_steps.intro"))
loop = run_loop(dataset, start)
looked_into = look_into(loop) if visit.get("part") in LOOKING else None
predict_line(dataset, start, then=partial(draw_run, loop, looked_into), begun=bool(loop.stretches))

part = go_deeper("gradient_steps", ("line", "ways", "exact", "prints", "fork", "batches", "take"))
if part == "line" and looked_into:
    draw_line_by_line(loop, looked_into)
elif part == "ways" and looked_into:
    draw_three_ways(loop, looked_into)
elif part == "exact":
    draw_formula(loop)
elif part == "prints":
    draw_printout(loop)
elif part == "fork":
    draw_fork(loop)
elif part == "batches":
    draw_mini_batches(loop)
elif part == "take":
    draw_downloads(loop)

numbers_behind_charts()
is_told = is_revealed("gradient-steps") or loop.stretches
takeaway(say(f"gradient_steps.takeaway{'' if is_told else '_before'}"))
glossary("hyperparameter", "gradient step", "tape", "gap", "mini-batch", "decay")
check("gradient-steps", dataset, start)
sources("gradient_steps")
next_lesson("gradient-steps")
