"""The page Start, which asks what the learning rate does."""

import numpy as np
import streamlit as st

from core import cache
from core.course import first_run
from core.course.first_run import DRAWN, RATES, STEPS, THROWN
from core.course.outline import LESSONS, REPORT
from core.figures.first import first
from core.runs import LESSON_START
from core.words.writing import readable
from lessons.state import progress
from lessons.widgets import your_progress
from lessons.widgets.class_link import draw_builder
from lessons.widgets.course import left_to_do, link_to_lesson, question, title
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import TEXT_WIDTH, glossary, open_lesson, text
from lessons.widgets.sliders import Slider, Told, chart_sliders
from lessons.widgets.words import plain, say

lesson = cache.noisy_line()


def what_rates_do() -> Told:
    """Say what the run does at each rate of the slider."""
    began = first_run.mean_distance(lesson, LESSON_START)
    usual = plain("home.told_before", steps=STEPS), plain("home.told_after", began=began)
    thrown = plain("home.told_before_explodes"), plain("home.told_after_explodes", thrown=THROWN)
    outcomes = first_run.outcomes(lesson, RATES)
    return Told(
        {
            kind: (*(thrown if kind == "explodes" else usual), plain(f"home.{kind}"))
            for kind in {outcome.kind for outcome in outcomes}
        },
        [(outcome.kind, readable(outcome.number)) for outcome in outcomes],
    )


def draw_toy() -> None:
    """Draw the lines of the run, and the slider for its learning rate."""
    rate = Slider(
        "log_rate",
        plain("home.rate"),
        low=float(np.log10(RATES[0])),
        step=0.02,
        count=RATES.size,
        index=int(np.argmin(np.abs(RATES - first_run.FIRST_RATE))),
        texts=[readable(rate) for rate in RATES],
    )
    last = len(DRAWN) - 1
    shown = Slider("shown", plain("shared.play"), 0, 1, last + 1, last, is_hidden=True)
    with st.container(key="first_picture"):
        picture, hand = st.columns([3, 2], gap="medium")
        with picture:
            draw(first(lesson))
        with hand:
            chart_sliders(
                "rate_slider", "first_picture", rate, shown, told=what_rates_do(), play="shown"
            )
            link_on()


def link_on() -> None:
    """Link into the course: to its first lesson, or to what is left to do."""
    upcoming = progress.next_thing()
    with st.container(key="go_on"):
        if upcoming and progress.has_begun_course():
            page, part = upcoming
            begun = progress.has_begun(page.address)
            label = plain("home.go_on", title=title(page))
            link_to_lesson(page, label, left_to_do(part) if begun else "")
        else:
            link_to_lesson(LESSONS[0], plain("home.begin", title=title(LESSONS[0])), "")


def list_lessons() -> None:
    """List the lessons, with what is done of them and what is still open, and the report."""
    with st.container(border=True, width=TEXT_WIDTH):
        st.markdown(say("home.course"))
        for number, page in enumerate(LESSONS, start=1):
            to_do = progress.to_do(page.address) if progress.has_begun(page.address) else []
            open_parts, asked = "; ".join(map(left_to_do, to_do)), question(page)
            link_to_lesson(
                page,
                f"{number}. {title(page)}{progress.mark(page.address)}",
                say("home.still_open", question=asked, to_do=open_parts) if to_do else asked,
            )
        link_to_lesson(REPORT, title(REPORT), question(REPORT))
        if progress.next_thing() is None:
            st.caption(say("home.all_done"))


open_lesson("")
text(say("home.intro", steps=STEPS))
draw_toy()
text(say("home.why", steps=STEPS))
list_lessons()
glossary("step", "learning rate")
numbers_behind_charts()
your_progress.draw_panel()
draw_builder()
