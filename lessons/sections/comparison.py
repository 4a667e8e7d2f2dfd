"""The comparison on Learning rates: the ruler, the runs side by side, and their numbers."""

import math
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import pandas as pd
import streamlit as st

from core import cache, theory
from core.course.predictions import error_across
from core.course.verdicts import arrival, with_arrival
from core.datasets import Dataset, Line
from core.figures import frames, rate_charts, rate_frames, tables
from core.runs import MAX_STEPS, History, TrainingConfig
from core.words.writing import (
    VERDICT_WORDS,
    count,
    described,
    equation,
    in_steps,
    place,
    readable,
    readable_below,
    told_apart,
)
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce, keep_in_part
from lessons.widgets.controls import add_rate, choose_rates, learning_rates, presets, steps
from lessons.widgets.figure import draw
from lessons.widgets.page import TEXT_WIDTH, show_table, text
from lessons.widgets.sliders import Slider, chart_sliders, step_slider, switch

_SORTED_BY = {
    "learning rate": "learning_rate",
    "loss": "loss",
    "gap": "gap",
    "arrives after": "arrives",
}


# Where the ruler's slider can stand: from one step to the most, evenly on a log axis.
_EXPONENTS = np.linspace(0, math.log10(MAX_STEPS), 127)
_STEP_TEXTS = [readable(round(10**exponent)) for exponent in _EXPONENTS]


def compare(dataset: Dataset, start: Line) -> None:
    """Let the learner choose rates, and draw what becomes of them."""
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
    table = rate_frames.rate_table(dataset, history, rates)
    _draw_side_by_side(dataset, start, history, table)
    _tabulate(dataset, start, history, table)
    _announce(dataset, start, history, table)
    with ruler_place:
        keep_in_part()


def _announce(dataset: Dataset, start: Line, history: History, table: pd.DataFrame) -> None:
    losses = [readable(loss) for loss in table["loss"]]
    lowest = readable(table["loss"].min())
    best = [
        readable(rate)
        for rate, loss in zip(table["learning_rate"], losses, strict=True)
        if loss == lowest
    ]
    judged = map(with_arrival, table["in_words"], table["arrives"])
    kinds = "; ".join(
        f"{readable(rate)}: {said}"
        for rate, said in zip(table["learning_rate"], judged, strict=True)
    )
    steps = int(history.steps[-1])
    announce(
        "rates",
        (dataset.fingerprint, start, steps, *table["learning_rate"]),
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
    ruler = rate_frames.ruler(dataset, start, rates)
    draw(
        "ruler",
        rate_charts.ruler(),
        {
            "bounds": ruler.bounds,
            "theory": ruler.theory,
            "zones": ruler.zones,
            "marks": ruler.marks,
            "chosen": ruler.chosen,
        },
        alt="A log axis of learning rates, with a curve of the loss that each leads to after so "
        f"many steps. Below {readable(ruler.zones['high'].iloc[0])} they are slow, up to "
        f"{readable_below(theory.safe_rate(dataset))} good, up to "
        f"{readable_below(theory.stable_limit(dataset))} they zigzag, and above they explode. "
        f"Chosen are {', '.join(ruler.chosen['label'])}.",
        title="The ruler of learning rates",
        numbers=partial(tables.ruler, dataset, start, rates, step_count),
        on_pick=None if is_hidden("lrs") else add_rate,
    )
    st.caption(
        "The triangle marks which of the curve's 256 rates has the lowest loss after so many "
        "steps, by the closed form; where several have it but for rounding, the smallest of them."
    )


def _draw_side_by_side(
    dataset: Dataset, start: Line, history: History, table: pd.DataFrame
) -> None:
    best, last_step = theory.best_fit(dataset), int(history.steps[-1])
    lowest = theory.mse(dataset, best)
    paths = rate_frames.rate_paths(dataset, history, table)
    bounds = rate_frames.rate_bounds(paths, lowest, last_step)
    window = frames.fit_window(dataset, [best], headroom=0.3)
    ends = rate_frames.rate_ends(table, paths, bounds)
    lines = [history.last_line(rate) for rate in range(len(table))]
    stops = [f"at step {step:,}" for step in table["steps"]]
    across = theory.axis_errors(dataset, history.w, history.b)[1]

    def of_each(said: Iterable[str], when: Sequence[str] = stops) -> str:
        told = zip(ends["sentence"], said, when, strict=True)
        return "; ".join(f"{rate}, {what} {at}" for rate, what, at in told)

    fixed = frames.fixed_lines(dataset)
    slots = rate_frames.compared_slots(history)
    with st.container(key="compared"):
        step_slider(
            "compared_slider",
            "compared",
            Slider(
                "slot",
                "Step",
                low=0,
                step=1,
                count=slots.size,
                index=slots.size - 1,
                texts=[f"{step:,}" for step in history.steps[slots]],
                occasion=f"{dataset.fingerprint} {start} {last_step}",
            ),
            switch("log_step", "log steps"),
            chart="rate_losses",
            steps=history.steps[slots].tolist(),
            bounds=bounds,
            log_step="log_step",
        )
        left, right = st.columns(2)
        with left:
            st.markdown("**Loss**: only explosions rise; white dots: predicted by the closed form")
            draw(
                "rate_losses",
                rate_charts.rate_losses(),
                {
                    "rates": rate_frames.loss_columns(paths, bounds),
                    "ends": ends,
                    "bounds": bounds,
                    "floor": frames.floor_height(dataset, bounds),
                },
                alt=f"The loss over {in_steps(last_step)} on a log axis, from "
                f"{readable(history.loss[0, 0])} on; the best fit has {readable(lowest)}. Learning "
                f"rate {of_each(map(readable, table['loss']))}.",
                title="The loss of each learning rate",
                numbers=partial(tables.rates, dataset, history, table, ["loss"]),
            )
            st.markdown(f"**Across the valley**: {error_across(dataset)}")
            draw(
                "rate_errors",
                rate_charts.rate_errors(len(table)),
                {
                    "rates": rate_frames.error_columns(paths, bounds),
                    "ends": ends,
                    "ticks": rate_frames.error_ticks(len(table), bounds),
                    "bounds": bounds,
                },
                alt="The signed error across the valley over the first steps, a row for each "
                f"learning rate: it begins at {readable(across[0, 0])}. Learning rate "
                + of_each(
                    map(readable, across[:, 1]),
                    [f"at step {min(step, 1)}" for step in table["steps"]],
                )
                + ".",
                title="The error across the valley at each learning rate",
                numbers=partial(
                    tables.rates, dataset, history, table, ["steep"], rate_frames.EARLY_STEPS
                ),
            )
        with right:
            st.markdown("**Lines** at that step; the broad blue one is the best fit")
            draw(
                "rate_fits",
                rate_charts.rate_fits(dataset.x_label, dataset.y_label),
                {
                    "points": frames.points(dataset),
                    "window": window,
                    "fixed": fixed,
                    "rates": rate_frames.fit_columns(paths, window),
                    "ends": ends,
                },
                alt=f"{described(dataset)}, the best fit, {equation(best)}, and a "
                f"line for each learning rate: {of_each(map(equation, lines))}.",
                title="The line of each learning rate over the points",
                numbers=partial(tables.rate_points, dataset, history, table),
            )
            calm = paths[paths["kind"] != list(VERDICT_WORDS).index("explodes")]
            st.markdown(
                "**Paths** over (w, b), with the two axes of the bowl"
                + (
                    "; of rates from the limit on, the first five steps"
                    if len(calm) < len(paths)
                    else ""
                )
            )
            surface = frames.path_window(dataset, start, calm)
            draw(
                "rate_paths",
                rate_charts.rate_paths(),
                {
                    "contours": frames.contours(dataset, surface),
                    "bounds": surface,
                    "axes": rate_frames.principal_axes(dataset, surface),
                    "rates": rate_frames.path_columns(paths, surface),
                    "fixed": fixed,
                },
                alt="Rings of equal loss over slope w and intercept b, the two axes of the bowl "
                f"through the best fit, {place(best)}, and a path for each learning rate. "
                f"They begin at {place(start)} and lead to: "
                f"{of_each(map(place, lines))}.",
                title="The path of each learning rate over (w, b)",
                numbers=partial(tables.rates, dataset, history, table, ["w", "b"]),
            )
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


def _tabulate(dataset: Dataset, start: Line, history: History, table: pd.DataFrame) -> None:
    exploded = table[history.diverged_at >= 0]
    thinned = (
        history.steps.size <= history.steps[-1]
    )  # then a measured step is the next recorded one
    order = st.selectbox("Sorted by", list(_SORTED_BY), key="sorted_by", width=200)
    table = table.sort_values(_SORTED_BY[order], kind="stable")
    show_table(
        {
            "learning rate": [readable(rate) for rate in table["learning_rate"]],
            "verdict": table["in_words"].tolist(),
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
            "gap": [readable(gap) for gap in table["gap"]],
            "arrives after": [count(steps) for steps in table["arrives"]],
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
