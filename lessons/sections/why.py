"""Why 1/λ₂: a ball in the bowl, cut across its valley, at a rate the learner chooses."""

import numpy as np
import streamlit as st

from core import theory
from core.course import valley
from core.datasets import Dataset, Line
from core.figures.ball import ball, floor_ball
from lessons.widgets.figure import draw
from lessons.widgets.page import text
from lessons.widgets.sliders import Slider, Told, chart_sliders
from lessons.widgets.words import plain, say


def draw_why(dataset: Dataset, start: Line) -> None:
    """Draw the ball with its slider, and say why half of the limit is a good rate."""
    flat, steep = valley.cuts(dataset, start)
    with st.container(key="why"):
        picture, hand = st.columns([3, 2], gap="medium")
        with picture:
            draw(ball(dataset, start))
        with hand:
            _draw_sliders(dataset, start)
            draw(floor_ball(dataset, start))
    text(
        say(
            "learning_rates.why",
            steep=steep.curvature,
            flat=flat.curvature,
            safe=theory.safe_rate(dataset),
            limit=theory.stable_limit(dataset),
            is_round=theory.is_round(dataset),
            is_long=theory.curvature(dataset).condition_number > valley.LONG_FLOOR,
            is_start=steep.is_start,
        )
    )


def _draw_sliders(dataset: Dataset, start: Line) -> None:
    """Draw the slider for the rate, what a step at it does, and the button that plays the steps."""
    axes, outcomes = theory.curvature(dataset), valley.outcomes(dataset, start)
    before = plain("learning_rates.why_before")
    after = plain("learning_rates.why_after", steep=axes.steep)
    kinds = {
        kind: (
            before,
            after,
            plain(f"learning_rates.why_{kind}"),
            plain(f"learning_rates.why_floor{'' if arrives else '_only'}"),
        )
        for kind, arrives in {one.kind: one.arrives for one in outcomes}.items()
    }
    told = Told(
        kinds,
        [(one.kind, one.steep_factor, one.rate, one.flat_factor, one.arrives) for one in outcomes],
    )
    first = float(valley.SHARES[0])
    rate = Slider(
        "share_at",
        plain("learning_rates.why_rate"),
        low=first,
        step=first,
        count=valley.SHARES.size,
        index=int(np.argmin(np.abs(valley.SHARES - valley.FIRST_SHARE))),
        texts=[outcome.rate for outcome in outcomes],
        occasion=f"{dataset.fingerprint} {dataset.scaling}",
    )
    steps = valley.STEPS
    shown = Slider("shown", plain("shared.play"), 0, 1, steps + 1, steps, is_hidden=True)
    chart_sliders("ball_slider", "why", rate, shown, told=told, play="shown")
