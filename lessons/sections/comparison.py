"""The rates of Learning rates side by side: the ruler, the runs, and their numbers."""

import pandas as pd
import streamlit as st

from core import cache, process, theory
from core.course.predictions import error_across
from core.course.verdicts import arrival
from core.datasets import Dataset, Line
from core.figures.rate_frames import Comparison
from core.figures.rates import rate_errors, rate_fits, rate_losses
from core.figures.ruler import ruler
from core.runs import MAX_STEPS, TrainingConfig
from core.words.writing import count, readable, readable_below, told_apart
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce, draw_in_fragment
from lessons.widgets.controls import (
    add_rate,
    choose_rates,
    chosen_rates,
    learning_rates,
    offer_standardizing,
    presets,
    steps,
)
from lessons.widgets.figure import draw
from lessons.widgets.numbers import fragment
from lessons.widgets.page import TEXT_WIDTH, show_table, text
from lessons.widgets.predict import predict_picture
from lessons.widgets.sliders import Slider, step_slider, switch
from lessons.widgets.words import plain, say

_SORTED_BY = ("learning_rate", "loss", "gap", "arrives")  # columns of the table of rates
_COLUMNS = (
    "learning_rate", "gap", "verdict", "arrives", "s", "steps", "original", "loss", "measured",
    "flat_factor", "steep_factor",
)  # fmt: skip


def draw_rates(dataset: Dataset, start: Line) -> None:
    """Draw the ruler and the runs, as a fragment unless an open part depends on the rates."""
    process.wait_for_tensorflow()  # before the fragment, which would show an exception itself
    needed_below = visit.get("part") in ("numbers", "algebra", "pins", "challenges")
    fragment(_compare, needed_below)(dataset, start)
    predict_picture(dataset, start)


def compared(dataset: Dataset, start: Line) -> Comparison | None:
    """Run the rates that are compared; None where there are none."""
    rates = chosen_rates()
    if not rates:
        return None
    config = TrainingConfig(rates, int(visit.get("steps")), start)
    return Comparison(dataset, cache.train(dataset, config), rates)


def _compare(dataset: Dataset, start: Line) -> None:
    """Let the learner choose rates, and draw their runs."""
    with st.container(
        horizontal=True, vertical_alignment="bottom", gap="xsmall", key="choose_rates"
    ):
        with st.container(width=400):
            learning_rates()
        steps()
        for label, (rates, step_count) in presets(dataset).items():
            st.button(label, type="tertiary", on_click=choose_rates, args=(rates, step_count))
    runs = compared(dataset, start)
    if runs is None:
        st.info(say("learning_rates.no_rate"))
        return
    compared_place = st.container(key="compared")
    with compared_place:
        _draw_side_by_side(runs)
    text(say("learning_rates.reading", error=error_across(dataset)))
    _tell_what_has_not_arrived(runs)
    _announce(runs)
    with compared_place:
        draw_in_fragment()


def _announce(runs: Comparison) -> None:
    losses = [readable(loss) for loss in runs.table["loss"]]
    lowest = readable(min(runs.table["loss"]))
    steps = int(runs.history.steps[-1])
    told = say(
        "learning_rates.announced",
        steps=steps,
        best_rates=[rate for rate, loss in zip(runs.rates, losses, strict=True) if loss == lowest],
        lowest=min(runs.table["loss"]),
        runs=[
            {"rate": rate, "judged": said}
            for rate, said in zip(runs.rates, runs.judged, strict=True)
        ],
    )
    announce("rates", (runs.dataset.fingerprint, runs.start, steps, *runs.rates), told)


def place_of_step(runs: Comparison) -> Slider:
    """Make the slider over the steps of runs side by side, which begins at the last one."""
    steps = runs.history.steps[runs.slots]
    return Slider(
        "slot",
        plain("learning_rates.step"),
        low=0,
        step=1,
        count=steps.size,
        index=steps.size - 1,
        texts=[count(int(step)) for step in steps],
        occasion=f"{runs.dataset.fingerprint} {runs.start} {steps[-1]}",
    )


def _draw_side_by_side(runs: Comparison) -> None:
    """Draw the ruler and the runs, all at the step of one slider."""
    recorded = runs.history.steps[runs.slots].tolist()
    draw(
        ruler(runs.dataset, runs.start, runs.rates, recorded),
        on_pick=None if is_hidden("lrs") else add_rate,
    )
    step_slider(
        "compared_slider",
        "compared",
        place_of_step(runs),
        switch("log_step", plain("learning_rates.log_steps")),
        chart="rate_losses",
        steps=recorded,
        bounds=runs.bounds,
        log_step="log_step",
    )
    losses, errors, lines = st.columns(3)
    with losses:
        st.markdown(say("learning_rates.losses"))
        draw(rate_losses(runs))
    with errors:
        st.markdown(say("learning_rates.errors"))
        draw(rate_errors(runs))
    with lines:
        st.markdown(say("learning_rates.lines"))
        draw(rate_fits(runs))


def _tell_what_has_not_arrived(runs: Comparison) -> None:
    """Say of the largest good rate whose line has not arrived why not, and show the way out."""
    dataset, start, steps = runs.dataset, runs.start, int(runs.history.steps[-1])
    waiting = [
        (row, line)
        for row, line in zip(runs.rows, runs.lines, strict=True)
        if row["verdict"] == "good" and row["arrives"] > steps
    ]
    if not waiting:
        return
    row, line = waiting[-1]
    told = say(
        "learning_rates.not_arrived",
        rate=row["learning_rate"],
        steps=steps,
        gap=row["gap"],
        arrives=row["arrives"],
    )
    is_across = abs(theory.error_across(dataset, line)) > theory.arrived_gap(dataset, start)
    if is_across or theory.is_round(dataset):
        text(f"{told} {say('learning_rates.not_arrived_more_steps')}")
        return
    rounded = cache.standardized(dataset)
    why = say(
        "learning_rates.not_arrived_along",
        flat_factor=row["flat_factor"],
        is_out_of_reach=theory.out_of_reach(dataset, start, MAX_STEPS),
        most=MAX_STEPS,
        can_standardize=not is_hidden("standardize"),
        round_steps=theory.arrives(
            rounded, theory.safe_rate(rounded), rounded.from_original(start)
        ),
    )
    text(f"{told} {why}")
    offer_standardizing(dataset, "standardize_here")


def draw_numbers(dataset: Dataset, start: Line) -> None:
    """Draw the table of the rates that are compared: where they ended, and why."""
    runs = compared(dataset, start)
    if runs is None:
        st.info(say("learning_rates.no_rate"))
        return
    history = runs.history
    table = pd.DataFrame(runs.table, dtype=object)  # whole numbers beyond int64, and None
    exploded = table[history.diverged_at >= 0]
    thinned = (
        history.steps.size <= history.steps[-1]
    )  # then a measured step is the next recorded one
    column = {name: plain(f"learning_rates.table_{name}") for name in _COLUMNS}
    order = st.selectbox(
        say("learning_rates.sorted_by"),
        _SORTED_BY,
        format_func=column.__getitem__,
        key="sorted_by",
        width=200,
    )
    table = table.sort_values(order, kind="stable")
    show_table(
        {
            column["learning_rate"]: [readable(rate) for rate in table["learning_rate"]],
            column["gap"]: [readable(gap) for gap in table["gap"]],
            column["verdict"]: table["in_words"].tolist(),
            column["arrives"]: [count(steps) for steps in table["arrives"]],
            column["s"]: [
                readable_below(s) if s < 2 <= float(f"{s:.3g}") else readable(s) for s in table["s"]
            ],
            column["steps"]: [count(steps) for steps in table["steps"]],
            "w": [readable(w) for w in table["w"]],
            "b": [readable(b) for b in table["b"]],
        }
        | ({column["original"]: table["original"].tolist()} if dataset.scaling else {})
        | {
            column["loss"]: [readable(loss) for loss in table["loss"]],
            column["measured"]: [
                "–" if there is None else f"≤ {there:,}" if thinned and there > 1 else f"{there:,}"
                for there in table["arrives_measured"]
            ],
            column["flat_factor"]: [told_apart(1, factor)[1] for factor in table["flat_factor"]],
            column["steep_factor"]: [told_apart(-1, factor)[1] for factor in table["steep_factor"]],
        },
        width="stretch",
    )
    st.download_button(
        say("learning_rates.table_file"),
        lambda: table.to_csv(index=False),
        "learning_rates.csv",
        "text/csv",
        on_click="ignore",
    )
    st.caption(
        say(
            "learning_rates.table_legend",
            arrival=arrival(dataset, start),
            stopped_runs=[
                {"rate": rate, "steps": steps}
                for rate, steps in zip(exploded["learning_rate"], exploded["steps"], strict=True)
            ],
        ),
        width=TEXT_WIDTH,
    )
