"""The page Start, which shows what the learning rate does, under one's own hand."""

from functools import partial

import numpy as np
import pandas as pd
import streamlit as st
from numpy.typing import ArrayLike

from core import cache
from core.course.outline import LESSONS
from core.figures import charts, frames, tables
from core.runs import LESSON_START
from core.words.writing import described, equation, readable
from lessons.state import progress
from lessons.widgets import your_progress
from lessons.widgets.class_link import draw_builder
from lessons.widgets.course import left_to_do, link_to_lesson, question, title
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import TEXT_WIDTH, glossary, open_lesson, text
from lessons.widgets.sliders import Slider, chart_sliders

STEPS = 200
DRAWN = (0, 1, 2, 3, 4, 5, 6, 8, 10, 13, 17, 22, 30, 40, 60, 100)
LOG_RATES = np.arange(-4.0, 0.1, 0.02)
TOLD = (0.001, 0.1, 1.0)  # rates of which a text alternative says what becomes

dataset = cache.noisy_line()


def outcomes(rates: ArrayLike) -> list[str]:
    """Say where the line is after all steps at each rate."""
    table = tables.outcomes(dataset, LESSON_START, rates, STEPS)
    return [
        f"{readable(rate)}: "
        + (
            "the line flies off"
            if verdict == "explodes"
            else f"after {STEPS} steps {readable(gap, 2)} from the best line"
        )
        for rate, verdict, gap in zip(
            table["learning rate"], table["verdict"], table["gap"], strict=True
        )
    ]


open_lesson("")
upcoming = progress.next_thing()
begun = progress.has_begun_course()
if upcoming and begun:
    page, part = upcoming
    what = left_to_do(part) if progress.has_begun(page.address) else question(page)
    with st.container(border=True, width="content", key="go_on"):
        link_to_lesson(page, f"Go on: {title(page)}", what)
text(
    "A computer wants to lay a line through these points. It begins with a bad guess, far below, "
    "and then takes small steps, each one in the direction in which the line gets less wrong. "
    "**How large each step is, you decide.** That number is the *learning rate*. Move it: the "
    f"thin lines are some of the first {DRAWN[-1]} steps, the thick one is where {STEPS} lead."
)
glossary("step", "learning rate")
with st.container(key="first_picture"):
    chart_sliders(
        "rate_slider",
        "first_picture",
        Slider(
            "log_rate",
            "Learning rate",
            low=float(LOG_RATES[0]),
            step=0.02,
            count=LOG_RATES.size,
            index=int(np.argmin(np.abs(LOG_RATES + 2))),
            texts=outcomes(10**LOG_RATES),
        ),
    )
    trail = pd.DataFrame({"step": [*DRAWN, STEPS]})
    trail["last"] = trail["step"] == STEPS
    window = frames.fit_window(dataset, [LESSON_START], headroom=1.2)
    draw(
        "first",
        charts.first_picture(),
        {
            "points": frames.points(dataset),
            "window": window,
            "theory": frames.theory_row(dataset, LESSON_START),
            "trail": trail,
            "start": pd.DataFrame(
                {"x": window["x_high"], "y": [LESSON_START.b], "text": ["the first guess"]}
            ),
        },
        alt=f"{described(dataset)}, and the lines that {STEPS} steps lead through from a "
        f"first guess far below, {equation(LESSON_START)}. Learning rate "
        f"{'; '.join(outcomes(TOLD))}.",
        title="The lines that steps lead through, at every learning rate",
        numbers=partial(tables.told_outcomes, dataset, LESSON_START, 10**LOG_RATES, STEPS),
    )
text(
    "Too small, and the line is still on its way when the steps run out. Too large, and each step "
    "jumps farther past the points than the last. On these points there is a wide and comfortable "
    "range between the two. **The data decides where it lies, and how wide it is**: on some "
    f"others no rate gets there in {STEPS} steps. In this course you find out why, on these "
    "points, on real measurements, or on your own."
)
if not begun:
    st.page_link(LESSONS[0].file, label="**Begin with the data**")
with st.container(border=True, width=TEXT_WIDTH):
    st.markdown("**The course**")
    for number, page in enumerate(LESSONS, start=1):
        is_begun = progress.has_begun(page.address)
        left = "; ".join(map(left_to_do, progress.to_do(page.address))) if is_begun else ""
        link_to_lesson(
            page,
            f"{number}. {title(page)}{progress.mark(page.address)}",
            f"{question(page)} *Still open: {left}*" if left else question(page),
        )
    if upcoming is None:
        st.caption("You have done all of it.")
numbers_behind_charts()
your_progress.draw_panel()
draw_builder()
