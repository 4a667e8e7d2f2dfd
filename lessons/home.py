"""The page Start, which shows what the learning rate does, by a slider."""

import numpy as np
import streamlit as st

from core import cache
from core.course.outline import LESSONS
from core.figures import first
from core.words.writing import readable
from lessons.state import progress
from lessons.widgets import your_progress
from lessons.widgets.class_link import draw_builder
from lessons.widgets.course import left_to_do, link_to_lesson, question, title
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import TEXT_WIDTH, glossary, open_lesson, text
from lessons.widgets.sliders import Slider, chart_sliders

lesson = cache.noisy_line()


def outcomes() -> list[str]:
    """Say where the line is after all steps at each rate of the slider."""
    table = first.outcomes(lesson, 10**first.LOG_RATES)
    return [
        f"{readable(rate)}: "
        + (
            "the line flies off"
            if verdict == "explodes"
            else f"after {first.STEPS} steps {readable(gap, 2)} from the best line"
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
    f"thin lines are some of the first {first.DRAWN[-1]} steps, the thick one is where "
    f"{first.STEPS} lead."
)
glossary("step", "learning rate")
with st.container(key="first_picture"):
    chart_sliders(
        "rate_slider",
        "first_picture",
        Slider(
            "log_rate",
            "Learning rate",
            low=float(first.LOG_RATES[0]),
            step=0.02,
            count=first.LOG_RATES.size,
            index=int(np.argmin(np.abs(first.LOG_RATES + 2))),
            texts=outcomes(),
        ),
    )
    draw(first.first(lesson))
text(
    "Too small, and the line is still on its way when the steps run out. Too large, and each step "
    "jumps farther past the points than the last. On these points there is a wide and comfortable "
    "range between the two. **The data decides where it lies, and how wide it is**: on some "
    f"others no rate gets there in {first.STEPS} steps. In this course you find out why, on these "
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
