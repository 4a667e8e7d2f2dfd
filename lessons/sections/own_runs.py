"""The runs a learner made, in one table, on Your report."""

from collections.abc import Iterator, Mapping

import streamlit as st

from core import cache
from core.course.outline import page_at
from core.course.verdicts import judged, verdict_word, with_arrival
from core.datasets import Dataset, Line
from core.figures.rate_frames import Comparison
from core.reading.pins import Pin
from core.runs import TrainingConfig
from core.words.writing import count, literal, readable
from lessons.sections import running
from lessons.sections.loop import Loop, run_loop
from lessons.state import progress, visit
from lessons.widgets.controls import chosen_rates
from lessons.widgets.course import link_to_lesson, title
from lessons.widgets.data_cards import name_of_data
from lessons.widgets.page import heading, show_table, text
from lessons.widgets.predict import is_revealed
from lessons.widgets.words import plain, say

MAX_PINS = 8  # that are shown: all fit on the two pages
Row = Mapping[str, str]


def run_own_loop(dataset: Dataset, start: Line) -> Loop | None:
    """Run the experiment of Gradient steps, if there is one."""
    return run_loop(dataset, start) if running.read().active else None


def draw_runs(dataset: Dataset, start: Line, loop: Loop | None) -> None:
    """Draw the table of the run on Gradient steps, those on Learning rates, and the pinned ones."""
    heading(say("report.runs"))
    pins: list[Pin] = st.session_state.get("pins", [])
    rows = [] if loop is None else [_of_loop(loop)]
    rows += [*_of_rates(dataset, start), *map(_of_pin, pins[-MAX_PINS:])]
    if not rows:
        text(say("report.runs_first"))
        for address, what in (("gradient-steps", "steps"), ("learning-rates", "rates")):
            page = page_at(address)
            link_to_lesson(page, title(page), plain(f"report.runs_first_{what}"))
        return
    with st.container(key="own_runs"):
        show_table({say(f"report.column_{name}"): [row[name] for row in rows] for name in rows[0]})
    told = [say("report.runs_meaning")]
    if (more := len(pins) - MAX_PINS) > 0:
        told.append(say("report.runs_more", more=more))
    st.caption(" ".join(told))


def _row(run: str, rate: str, steps: int, gap: float, loss: float, verdict: str, data: str) -> Row:
    return {
        "run": run,
        "rate": rate,
        "steps": count(steps),
        "gap": readable(gap),
        "loss": readable(loss),
        "verdict": verdict,
        "data": name_of_data(data),
    }


def _of_loop(loop: Loop) -> Row:
    stretches = loop.stretches
    rates = list(dict.fromkeys(map(running.describe_rate, stretches)))
    told = ", ".join(rates) if len(rates) < 4 else f"{rates[0]}, … {rates[-1]}"
    has_batches = any(stretch.batch_size for stretch in stretches)
    if loop.exploded:
        verdict = verdict_word(loop.dataset, stretches[len(loop.paths) - 1].learning_rate)
    elif len(rates) == 1 and not has_batches and not stretches[0].decay:
        verdict = judged(loop.dataset, stretches[0].learning_rate, loop.start)
    else:
        verdict = "–"
    return _row(
        say("report.run_of_loop"),
        say("report.run_with_batches", several_rates=told) if has_batches else told,
        loop.taken,
        loop.gap,
        float(loop.branches.path["loss"][-1]),
        verdict,
        visit.get("data"),
    )


def _of_rates(dataset: Dataset, start: Line) -> Iterator[Row]:
    """Give the rates side by side, if they were seen there or chosen."""
    rates = chosen_rates()
    seen = progress.is_done("page:learning-rates") and is_revealed("learning-rates")
    if not rates or not (seen or visit.now().is_chosen("lrs")):
        return
    history = cache.train(dataset, TrainingConfig(rates, visit.get("steps"), start))
    for run in Comparison(dataset, history, rates).rows:
        yield _row(
            say("report.run_of_rates"),
            readable(run["learning_rate"]),
            run["steps"],
            run["gap"],
            run["loss"],
            with_arrival(run["in_words"], run["arrives"]),
            visit.get("data"),
        )


def _of_pin(pin: Pin) -> Row:
    run = cache.pinned_run(pin).row
    return _row(
        literal(pin.name),
        readable(pin.learning_rate),
        run["steps"],
        run["gap"],
        run["loss"],
        with_arrival(run["in_words"], run["arrives"]),
        pin.settings["data"],
    )
