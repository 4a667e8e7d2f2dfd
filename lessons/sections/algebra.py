"""What the ball in the bowl is in algebra, and how to make the valley round: parts of a page."""

import streamlit as st

from core import cache, theory
from core.course import valley
from core.course.verdicts import arrival
from core.datasets import Dataset, Line
from core.figures.ball import cuts
from core.figures.rate_frames import Comparison
from core.figures.rates import rate_paths
from core.parameters import usual_rate
from core.runs import MAX_STEPS, TrainingConfig
from core.words import Sentence
from lessons.sections.comparison import compared, place_of_step
from lessons.widgets.controls import at_the_best_fit, offer_standardizing
from lessons.widgets.figure import draw
from lessons.widgets.page import text
from lessons.widgets.sliders import chart_sliders
from lessons.widgets.words import say


def draw_algebra(dataset: Dataset, start: Line) -> None:
    """Draw the map with the two axes of the bowl, and say what a step does along each."""
    axes, usual = theory.curvature(dataset), usual_rate(dataset)
    safe = theory.safe_rate(dataset)
    is_round = theory.is_round(dataset)
    left, right = st.columns(2, gap="large")
    with left:
        text(
            say(
                "learning_rates.algebra",
                is_round=is_round,
                steep=axes.steep,
                condition=axes.condition_number,
            )
        )
    with right:
        runs = compared(dataset, start)
        if runs is not None:
            _draw_paths(runs)
        text(
            say(
                "learning_rates.algebra_numbers",
                rate=usual,
                steep=axes.steep,
                factor=1 - usual * axes.steep,
                safe=safe,
                limit=theory.stable_limit(dataset),
                half_limit=2 * theory.stable_limit(dataset),
                arriving=_arriving(dataset, start),
                is_round=is_round,
                flat=axes.flat,
                condition=axes.condition_number,
                is_long=axes.condition_number > valley.LONG_FLOOR,
                halving=theory.halving_steps(dataset, safe),
                flat_factor=1 - safe * axes.flat,
                is_out_of_reach=theory.out_of_reach(dataset, start, MAX_STEPS),
                most=MAX_STEPS,
            )
        )


def _draw_paths(runs: Comparison) -> None:
    explodes = "explodes" in runs.table["verdict"]
    with st.container(key="algebra"):
        st.markdown(say("learning_rates.paths", explodes=explodes))
        draw(rate_paths(runs))
        chart_sliders("path_slider", "algebra", place_of_step(runs))


def _arriving(dataset: Dataset, start: Line) -> str:
    """Say after how many steps of the safe choice the line arrives."""
    if theory.gap(dataset, start) == 0:
        return at_the_best_fit()
    safe = theory.safe_rate(dataset)
    arrives = theory.arrives(dataset, safe, start)
    return say(
        "learning_rates.arriving",
        arrives=arrives,
        arrival=arrival(dataset, start),
        safe=safe,
        aside=_long_before(dataset, start, safe, arrives),
    )


def _long_before(
    dataset: Dataset, start: Line, rate: float, arrives: int | None
) -> Sentence | None:
    """Say when the line is far off despite a small loss, or b is far off though it arrived."""
    needed = theory.steps_needed(dataset, rate, start)
    if needed is None or not arrives:
        return None
    is_early = 2 * needed <= arrives
    steps = needed if is_early else arrives
    if steps > MAX_STEPS:
        return None
    w, b = theory.closed_form_path(dataset, TrainingConfig((rate,), steps, start))
    line, best = Line(float(w[0, -1]), float(b[0, -1])), theory.best_fit(dataset)
    if not is_early and abs(line.b - best.b) <= 0.1 * abs(best.b):
        return None
    kind = "early" if is_early else "before_b"
    return Sentence(f"learning_rates.arriving_{kind}", steps=steps, line=line, best=best)


def draw_round(dataset: Dataset, start: Line) -> None:
    """Say what standardizing does to the valley, show it, and let the learner do it."""
    picture, words = st.columns([2, 3], gap="large")
    with picture:
        st.markdown(say("learning_rates.round_picture"))
        draw(cuts(dataset))
        offer_standardizing(dataset, "toggle_standardize")
    with words:
        text(_told_of_roundness(dataset, start))


def _told_of_roundness(dataset: Dataset, start: Line) -> str:
    axes = theory.curvature(dataset)
    if dataset.scaling is not None:
        best = dataset.to_original(theory.best_fit(dataset))
        return say("learning_rates.round_already", best=best)
    if theory.is_round(dataset):
        return say("learning_rates.round_by_chance")
    rounded = cache.standardized(dataset)
    by_unit, by_zero = theory.roundest(dataset)
    return say(
        "learning_rates.round",
        condition=axes.condition_number,
        by_unit=by_unit,
        by_zero=by_zero,
        limit=theory.stable_limit(dataset),
        round_limit=theory.stable_limit(rounded),
        round_safe=theory.safe_rate(rounded),
        steps_before=theory.arrives(dataset, theory.safe_rate(dataset), start),
        steps=theory.arrives(rounded, theory.safe_rate(rounded), rounded.from_original(start)),
    )
