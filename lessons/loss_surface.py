"""The page Loss surface, which asks where the best line is, and which way is down."""

import streamlit as st

from core import cache, process, theory
from core.course.verdicts import what_grows
from core.figures import bowl, fit, frames, surface
from core.runs import TrainingConfig
from core.words.writing import (
    in_original_units,
    in_steps,
    readable,
)
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce
from lessons.widgets.check import check
from lessons.widgets.controls import choose_data, learning_rate, steps
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import (
    glossary,
    heading,
    next_lesson,
    open_lesson,
    say_what_is_missing,
    table,
    takeaway,
    text,
)
from lessons.widgets.predict import is_revealed, predict_way
from lessons.widgets.sliders import Slider, between, chart_sliders, line_sliders
from lessons.widgets.words import say

_SLOPES = r"""
$$
\begin{aligned}
\frac{\partial\,\text{loss}}{\partial w} &= \frac{2}{n}\sum (w\,x_i + b - y_i)\,x_i \\[6pt]
\frac{\partial\,\text{loss}}{\partial b} &= \frac{2}{n}\sum (w\,x_i + b - y_i)
\end{aligned}
$$
"""

open_lesson("loss-surface")
text(
    "Every line is a pair (w, b), so every line is **a point on a map**. Colour the map by the "
    "loss of each line, **the stronger the blue, the lower the loss**, and a valley appears: all "
    "lines on one ring are equally wrong, and in the middle lies the best fit. **Gradient "
    "descent** is the name of the small steps from the first page, each towards less loss: on the "
    "map they are a path down into the valley."
)
glossary("slope of the loss", "gradient", "gradient descent", "excess loss", "ring", "tape")
dataset, start = choose_data()
predict_way(dataset, start, then=lambda: None)
arrows_shown = is_revealed("loss-surface")
heading(
    "The map",
    "**Point at the map**, or move w and b: the line beside it is the one you point at. "
    + (
        "Where the path starts is fixed by the link."
        if is_hidden("start")
        else "Click, or press *Start the descent here*, and the path starts there."
    ),
)
with st.container(horizontal=True):
    rate, step_count = learning_rate(), steps()
try:
    history, has_tape = cache.train(dataset, TrainingConfig((rate,), step_count, start)), True
except process.TensorFlowMissingError as error:
    say_what_is_missing(error)
    history, has_tape = theory.start_alone(dataset, start), False
best = theory.best_fit(dataset)
run = frames.path(dataset, history)
map_of_run = surface.surface(dataset, start, run, arrows_shown)
window = map_of_run.tables["bounds"]
end = run.iloc[-1]
led = (
    f"from the loss {readable(run['loss'].iloc[0])} at the start to {readable(end.loss)} after "
    f"{in_steps(int(end.step))}"
)
occasion = f"{dataset.fingerprint} {start} {rate} {step_count}"
announce(
    "surface",
    occasion,
    f"The path leads {led}{', and the run exploded there' if history.diverged_at[0] >= 0 else ''}.",
)
edges = window.iloc[0]

with st.container(key="pointing"):
    line_sliders(
        "pointed_line",
        "pointing",
        dataset,
        between("guess_w", "w", edges["w_low"], edges["w_high"], start.w, occasion),
        between("guess_b", "b", edges["b_low"], edges["b_high"], start.b, occasion),
        label="Loss there (MSE)",
        pad="surface",
        window=window,
    )
    left, right = st.columns([3, 2])
    with left:
        draw(map_of_run)
    with right:
        draw(fit.pointed_fit(dataset, start))
        if left_out := fit.left_out(dataset):
            st.caption(say("shared.residuals_left_out", **left_out))
    if history.diverged_at[0] >= 0:
        st.warning(
            f"At a learning rate of {readable(rate)} the run climbs out of the valley, and was "
            f"stopped after step {history.diverged_at[0]:,}. On this data, "
            f"{what_grows(dataset, rate)}."
        )
    text(
        "From one ring to the next one inwards the *excess* loss, what a line loses over the best "
        "fit, falls to a quarter. The orange path "
        "is a run of gradient descent from the start."
        + (
            " (w and b are those of the standardized x: the best fit, in the original units, is "
            f"{in_original_units(dataset, best)}.)"
            if dataset.scaling
            else ""
        )
    )

    if arrows_shown:
        tape = history.grad_w[0, 0], history.grad_b[0, 0]
        formula = theory.gradient(dataset, start)
        slopes = {"slope along": ["w", "b"]}
        if has_tape:
            slopes["tape.gradient"] = [readable(value, 6) for value in tape]
        slopes["formula"] = [readable(value, 6) for value in formula]
        left, right = st.columns(2, gap="large")
        with left:
            heading(
                "Which way is down?",
                "Cut the surface along w, then along b, through the line you point at. Each cut is "
                "a parabola, and its **slope** at your point says how fast the loss rises when "
                "only that number grows. The two slopes together are the **gradient**. On the map "
                "it points to where the loss rises fastest, and a step of gradient descent goes "
                "**the opposite way**. (w and b are drawn at different scales, so the arrows need "
                "not look square to the rings.)\n\n"
                f"At the start, w = {readable(start.w)} and b = {readable(start.b)}, "
                + ("TensorFlow's tape and the formula give:" if has_tape else "the formula gives:")
                + f"\n\n{table(slopes)}\n\n{_SLOPES}\n\n"
                "∂loss/∂w is how one writes “the slope of the loss along w”. You need not work it "
                "out: the tape does.",
            )
        with right:
            draw(surface.slices(dataset, start, run))
    else:
        text(
            "Which way is down from the point you are at? First predict it, at the top of this "
            "page; then two arrows and two cuts through the surface show it here, wherever you "
            "point."
        )

heading("The same surface, as a bowl")
solid = bowl.solid(dataset, start, run)
with st.container(key="solid"):
    chart_sliders(
        "bowl_sliders",
        "solid",
        Slider(
            "turn",
            "Turn",
            low=-180,
            step=2,
            count=181,
            index=round(solid.across + 14 + 180) // 2,  # valley from left to right, turned by 14°
            texts=[f"{degrees}°" for degrees in range(-180, 181, 2)],
        ),
        Slider("tilt", "Tilt", 4, 2, 43, 16, [f"{d}°" for d in range(4, 90, 2)]),
    )
    draw(bowl.bowl(solid))
if solid.widening > 1.05:
    st.caption(
        f"The valley is {readable(solid.widening, 2)} times narrower than it is drawn: as it is, "
        "it would be too thin to see."
    )
numbers_behind_charts()
takeaway(
    "For a line and squared errors the loss is one bowl with one lowest point, the best fit. The "
    "gradient points uphill; a step goes against it."
)
check("loss-surface", dataset, start)
next_lesson("loss-surface")
