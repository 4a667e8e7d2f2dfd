"""The comparison on Learning rates: the ruler, the runs side by side, and their numbers."""

import math

import numpy as np
import streamlit as st

from core import cache
from core.course.predictions import error_across
from core.course.verdicts import arrival
from core.datasets import Dataset, Line
from core.figures.rate_frames import Comparison
from core.figures.rates import rate_errors, rate_fits, rate_losses, rate_paths
from core.figures.ruler import ruler
from core.runs import MAX_STEPS, TrainingConfig
from core.words.writing import count, in_steps, readable, readable_below, told_apart
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce, draw_in_fragment
from lessons.widgets.controls import add_rate, choose_rates, learning_rates, presets, steps
from lessons.widgets.figure import draw
from lessons.widgets.page import TEXT_WIDTH, show_table, text
from lessons.widgets.sliders import Slider, chart_sliders, step_slider, switch
from lessons.widgets.words import say_sentence

_SORTED_BY = {
    "learning rate": "learning_rate",
    "loss": "loss",
    "gap": "gap",
    "arrives after": "arrives",
}


# The values of the ruler's slider, as log10 of the steps: evenly from 1 to MAX_STEPS.
_EXPONENTS = np.linspace(0, math.log10(MAX_STEPS), 127)
_STEP_TEXTS = [readable(round(10**exponent)) for exponent in _EXPONENTS]


def compare(dataset: Dataset, start: Line) -> None:
    """Let the learner choose rates, and draw their runs."""
    ruler_place = st.container(key="ruling")
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=520):
            rates = learning_rates()
        step_count = steps()
        for label, (preset, preset_steps) in presets(dataset).items():
            st.button(label, on_click=choose_rates, args=(preset, preset_steps))
    if not rates:
        st.info("Type a learning rate above, for example 0.1, and press Enter.")
        return

    with ruler_place:
        _draw_ruler(dataset, start, rates, step_count)
    history = cache.train(dataset, TrainingConfig(rates, step_count, start))
    runs = Comparison(dataset, history, rates)
    _draw_side_by_side(runs)
    _tabulate(runs)
    _announce(runs)
    with ruler_place:
        draw_in_fragment()


def _announce(runs: Comparison) -> None:
    losses = [readable(loss) for loss in runs.table["loss"]]
    lowest = readable(runs.table["loss"].min())
    best = [readable(rate) for rate, loss in zip(runs.rates, losses, strict=True) if loss == lowest]
    kinds = "; ".join(
        f"{readable(rate)}: {said}" for rate, said in zip(runs.rates, runs.judged, strict=True)
    )
    steps = int(runs.history.steps[-1])
    announce(
        "rates",
        (runs.dataset.fingerprint, runs.start, steps, *runs.rates),
        f"After {in_steps(steps)} {' and '.join(best)} {'has' if len(best) == 1 else 'have'} the "
        f"lowest loss, {lowest}. {kinds}.",
    )


def _draw_ruler(dataset: Dataset, start: Line, rates: tuple[float, ...], step_count: int) -> None:
    chart_sliders(
        "ruler_steps",
        "ruling",
        Slider(
            "log_steps",
            "The curve: the loss after so many steps, at every rate",
            low=0,
            step=float(_EXPONENTS[1]),
            count=_EXPONENTS.size,
            index=int(np.argmin(np.abs(_EXPONENTS - math.log10(step_count)))),
            texts=_STEP_TEXTS,
            occasion=str(step_count),
        ),
    )
    draw(
        ruler(dataset, start, rates, step_count),
        on_pick=None if is_hidden("lrs") else add_rate,
    )
    st.caption(
        "The triangle marks which of the curve's 256 rates has the lowest loss after so many "
        "steps, by the closed form; where several have it but for rounding, the smallest of them."
    )


def _draw_side_by_side(runs: Comparison) -> None:
    dataset, history = runs.dataset, runs.history
    steps = history.steps[runs.slots]
    with st.container(key="compared"):
        step_slider(
            "compared_slider",
            "compared",
            Slider(
                "slot",
                "Step",
                low=0,
                step=1,
                count=steps.size,
                index=steps.size - 1,
                texts=[f"{step:,}" for step in steps],
                occasion=f"{dataset.fingerprint} {runs.start} {history.steps[-1]}",
            ),
            switch("log_step", "log steps"),
            chart="rate_losses",
            steps=steps.tolist(),
            bounds=runs.bounds,
            log_step="log_step",
        )
        left, right = st.columns(2)
        with left:
            st.markdown("**Loss**: only explosions rise; white dots: predicted by the closed form")
            draw(rate_losses(runs))
            st.markdown(f"**Across the valley**: {say_sentence(error_across(dataset))}")
            draw(rate_errors(runs))
        with right:
            st.markdown("**Lines** at that step; the broad blue one is the best fit")
            draw(rate_fits(runs))
            explodes = (runs.table["verdict"] == "explodes").any()
            st.markdown(
                "**Paths** over (w, b), with the two axes of the bowl"
                + ("; of rates from the limit on, the first five steps" if explodes else "")
            )
            draw(rate_paths(runs))
    text(
        "The loss cannot show a zigzag: with all points in every step it falls steadily at every "
        "rate below the limit. The rows below it do. At a **slow** rate the error across the "
        "valley creeps towards zero, at a **good** one it slides into it, one that **zigzags** "
        "makes it jump to the other side at each step but always less far, and one that "
        "**explodes** farther each time, until it leaves the picture. Exactly at the limit it "
        "jumps for ever, equally far. These words judge the rate by that error alone. The way "
        "along the valley may take far longer: beside each word stands after how many steps the "
        "line **arrives** at the best fit, as far as one can see."
        "\n\n## In numbers"
    )


def _tabulate(runs: Comparison) -> None:
    dataset, start, history, table = runs.dataset, runs.start, runs.history, runs.table
    exploded = table[history.diverged_at >= 0]
    thinned = (
        history.steps.size <= history.steps[-1]
    )  # then a measured step is the next recorded one
    order = st.selectbox("Sorted by", list(_SORTED_BY), key="sorted_by", width=200)
    table = table.sort_values(_SORTED_BY[order], kind="stable")
    show_table(
        {
            "learning rate": [readable(rate) for rate in table["learning_rate"]],
            "gap": [readable(gap) for gap in table["gap"]],
            "verdict": table["in_words"].tolist(),
            "arrives after": [count(steps) for steps in table["arrives"]],
            "s = rate × λ₂": [
                readable_below(s) if s < 2 <= float(f"{s:.3g}") else readable(s) for s in table["s"]
            ],
            "steps taken": [f"{steps:,}" for steps in table["steps"]],
            "w": [readable(w) for w in table["w"]],
            "b": [readable(b) for b in table["b"]],
        }
        | ({"in the original units": table["original"].tolist()} if dataset.scaling else {})
        | {
            "loss": [readable(loss) for loss in table["loss"]],
            "measured": [
                "–" if there is None else f"≤ {there:,}" if thinned and there > 1 else f"{there:,}"
                for there in table["arrives_measured"]
            ],
            "a step × flat error": [told_apart(1, factor)[1] for factor in table["flat_factor"]],
            "× steep error": [told_apart(-1, factor)[1] for factor in table["steep_factor"]],
        },
        width="stretch",
    )
    st.download_button(
        "Download the table (CSV)",
        lambda: table.to_csv(index=False),
        "learning_rates.csv",
        "text/csv",
        on_click="ignore",
    )
    legend = (
        "*Verdict*: on the rate, by what a step does to the error across the valley. *λ₂*: see "
        "below. *Gap*: the root mean square of the vertical distances from the best fit, in units "
        f"of y. *Arrives after*: so many steps until the gap is at most {arrival(dataset, start)}, "
        "by the closed form (none from the limit on), and as measured in this run. The last two "
        "columns: what a step multiplies the errors along the two axes of the bowl by; below 0 "
        "the error changes sides, at −1 it keeps its size, below −1 it grows."
    )
    if not exploded.empty:
        sentences = "; ".join(
            f"{readable(rate)} after step {steps:,}"
            for rate, steps in zip(exploded["learning_rate"], exploded["steps"], strict=True)
        )
        legend += (
            "\n\nAn exploding run is stopped before its loss passes a million times the loss it "
            f"began with (or the mean of y², if that is larger): {sentences}. Its numbers are "
            "those of its last sane step."
        )
    st.caption(legend, width=TEXT_WIDTH)
