"""The page Loss surface, which asks where the best line is, and which way is down."""

import streamlit as st

from core import cache, charts, frames, theory
from core.frames import readable
from core.runs import TrainingConfig
from lessons._controls import choose_data, learning_rate, steps
from lessons._layout import draw, next_lesson, open_lesson, takeaway, text
from lessons._sliders import Slider, chart_sliders

open_lesson("loss-surface")
text(
    "Every line is a pair (w, b), so every line is **a point on a map**. Colour the map by the "
    "loss of each line and a valley appears: all lines on one ring are equally wrong, and in the "
    "middle lies the best fit."
)
dataset, start = choose_data()
with st.container(horizontal=True):
    rate, step_count = learning_rate(dataset), steps()
history = cache.train(dataset, TrainingConfig((rate,), step_count, start))
best = theory.best_fit(dataset)
path = frames.path(dataset, history)
window = frames.path_window(dataset, start, path)
last = path.iloc[-1]
with st.container(key="surface_linked"):
    chart_sliders(
        "surface_step",
        "surface_linked",
        Slider(
            "slot",
            "Step",
            low=0,
            step=1,
            count=len(path),
            index=len(path) - 1,
            texts=frames.step_texts(path),
            occasion=f"{dataset.fingerprint} {rate} {step_count} {start}",
        ),
    )
    draw(
        "surface",
        charts.surface(480, dataset.true_line is not None),
        {
            "contours": frames.contours(dataset, window),
            "bounds": window,
            "fixed": frames.fixed_lines(dataset),
            "path": path[["slot", "w", "b"]],
        },
        alt=f"Rings of equal loss over slope w and intercept b around the best fit at w = "
        f"{readable(best.w)}, b = {readable(best.b)}. A path of gradient descent leads from w = "
        f"{readable(start.w)}, b = {readable(start.b)} to w = {readable(last.w)}, b = "
        f"{readable(last.b)}.",
    )
text(
    "From one ring to the next the *excess* loss, what is lost over the best fit, falls to a "
    "quarter. The orange path is one run of gradient descent: at each point it looks which way "
    "the loss rises most steeply. That direction is the **gradient**, and the step goes **the "
    "opposite way**, at a right angle to the ring it stands on (the map stretches w and b "
    "differently, so the angle may look off)."
)
if history.diverged_at[0] >= 0:
    st.warning(
        f"At a learning rate of {readable(rate)} the run climbs out of the valley, and was stopped "
        f"after step {history.diverged_at[0]:,}. On this data that happens from "
        f"{readable(theory.stable_limit(dataset))} on."
    )
takeaway(
    "For a line and squared errors the loss is one bowl with one lowest point, the best fit. The "
    "gradient points uphill; a step goes against it."
)
next_lesson("loss-surface")
