"""The page Data, which asks how wrong a line is."""

from functools import partial

import streamlit as st

from core.course import long_valley
from core.datasets import BUNDLED
from lessons.sections.by_hand import draw_line_by_hand, is_found, tell_of_true_line
from lessons.sections.outlier import draw_bad_point
from lessons.state import visit
from lessons.widgets.check import check
from lessons.widgets.controls import choose_data_from_cards
from lessons.widgets.deeper import go_deeper
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, next_lesson, open_lesson, sources, takeaway, text
from lessons.widgets.predict import predict_least_wrong
from lessons.widgets.words import say

open_lesson("data")
text(say("data.intro"))
dataset, start = choose_data_from_cards(found=is_found(visit.now().dataset()))
bundled = BUNDLED.get(visit.get("data"))
if bundled:
    text(say(f"datasets.{bundled.words}"))
predict_least_wrong(dataset, start, then=partial(draw_line_by_hand, dataset, start))

if is_found(dataset):
    tell_of_true_line(dataset)
    if bundled and dataset.scaling is None:
        text(say(f"datasets.{bundled.words}_slope"))

part = go_deeper("data", ("squares", "formula"))
if part == "squares":
    draw_bad_point(dataset)
elif part == "formula":
    text(say("data.formula"))

if reason := long_valley.why_long(dataset):
    st.info(say(f"data.long_valley_{reason}", **long_valley.facts(dataset)))

numbers_behind_charts()
takeaway(say("data.takeaway"))
glossary("parameter", "residual", "mean squared error", "loss", "true line", "best fit")
check("data", dataset, start)
sources("data")
next_lesson("data")
