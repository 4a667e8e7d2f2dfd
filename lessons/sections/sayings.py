"""*It is said …*, a part of Learning rates: claims that one hears, tried out on this data."""

import streamlit as st

from core import cache, theory
from core.course.sayings import SAYINGS, Finding
from core.datasets import Dataset, Line
from core.words.writing import plain as typed
from lessons.sections import running
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.controls import at_the_best_fit, choose_rates
from lessons.widgets.page import TEXT_WIDTH, text
from lessons.widgets.words import say, say_sentence


def draw_sayings(dataset: Dataset, start: Line) -> None:
    """Draw the choice of a claim, and what comes of it."""
    text(say("learning_rates.said"))
    saying = st.pills(
        say("learning_rates.said_choose"),
        list(SAYINGS),
        format_func=lambda key: say(f"learning_rates.said_{key}"),
        key="saying",
        label_visibility="collapsed",
    )
    if not saying:
        return
    with st.container(border=True, width=TEXT_WIDTH, key="finding"):
        if theory.steps_needed(dataset, theory.safe_rate(dataset), start) == 0:
            st.markdown(at_the_best_fit())
            return
        finding = SAYINGS[saying](cache.train, dataset, start, visit.get("lr"))
        if finding is None:
            st.markdown(say("learning_rates.said_true_unknown"))
            return
        tried = say(
            "learning_rates.said_tried",
            claim=say(f"learning_rates.said_{saying}"),
            judged=say(f"learning_rates.said_{finding.verdict}"),
            found=say_sentence(finding.measured),
        )
        st.markdown(tried)
        _offer_to_see_it(finding)


def _offer_to_see_it(finding: Finding) -> None:
    """Draw the button that shows what was compared: on the ruler, or as a fork."""
    if finding.experiment is not None:
        if not is_hidden("lr") and st.button(say("learning_rates.said_run_it"), key="run_finding"):
            running.change(finding.experiment)
            visit.choose(part="fork")
            st.switch_page("lessons/gradient_steps.py")
    elif not (is_hidden("lrs") or is_hidden("steps")):
        rates = [typed(rate) for rate in finding.rates]
        st.button(
            say("learning_rates.said_put_on_ruler"),
            key="show_finding",
            on_click=choose_rates,
            args=(rates, finding.steps),
        )
        if (visit.get("lrs"), visit.get("steps")) == (rates, finding.steps):
            st.caption(say("learning_rates.said_is_on_ruler", steps=finding.steps))
