"""The page Your report, which asks what one found out."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from core import theory
from core.course.outline import page_at
from core.datasets import Dataset, Line, one_line
from core.figures.report import reported
from core.reading.progress import MAX_NAME
from lessons.sections.by_hand import is_found
from lessons.sections.findings import draw_findings
from lessons.sections.own_runs import draw_runs, run_own_loop
from lessons.state import visit
from lessons.widgets.controls import tell_data
from lessons.widgets.course import link_to_lesson, title
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, open_lesson, text
from lessons.widgets.printing import print_button
from lessons.widgets.words import plain, say


def ask_for_name() -> None:
    """Draw the box for the learner's name, the button that prints, and the report's heading."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="report_controls"):
        name = st.text_input(
            say("report.name"),
            key="learner_name",
            help=say("report.name_help"),
            max_chars=MAX_NAME,
            width=260,
            persist_state="session",
        )
        print_button()
    # UTC minus local time in minutes, as browsers tell it.
    behind = timedelta(minutes=st.context.timezone_offset or 0)
    today = (datetime.now(UTC) - behind).date()
    text(say("report.heading", name=one_line(name), today=today))


def draw_data() -> tuple[Dataset, Line]:
    """Draw the data, and tell what was found on it; return it and where descents begin."""
    dataset = visit.now().dataset()
    picture, told = st.columns([2, 3], gap="medium")
    with picture:
        draw(reported(dataset, is_found(dataset)))
    with told:
        dataset, start = tell_data()
        if is_found(dataset):
            st.markdown(tell_lines(dataset))
        else:
            link_to_lesson(page_at("data"), title(page_at("data")), plain("report.best_first"))
        loss = theory.mse(dataset, start)
        st.markdown(say("report.start_of_descents", start=start, loss=loss))
    return dataset, start


def tell_lines(dataset: Dataset) -> str:
    """Tell the best fit, in x's own unit too, and the true line where one is known."""
    best = theory.best_fit(dataset)
    facts = {"best": best, "lowest": theory.lowest_loss(dataset)}
    told = [
        say("report.best", **facts)
        if dataset.scaling is None
        else say("report.best_original", original_line=dataset.to_original(best), **facts)
    ]
    if line := dataset.true_line:
        told.append(say("report.true_line", line=line, loss=theory.mse(dataset, line)))
    return "\n\n".join(told)


open_lesson("report")
ask_for_name()
dataset, start = draw_data()
loop = run_own_loop(dataset, start)
draw_findings(dataset, start, loop)
draw_runs(dataset, start, loop)
numbers_behind_charts()
glossary("loss", "best fit", "gap", "curvature", "held out")
