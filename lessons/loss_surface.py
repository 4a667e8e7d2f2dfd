"""The page Loss surface, which asks where the best line is, and which way is down."""

import pandas as pd
import streamlit as st

from core import cache, charts, frames, theory
from core.frames import readable, readable_below
from core.runs import TrainingConfig
from lessons._checks import check
from lessons._controls import choose_data, learning_rate, steps
from lessons._layout import (
    draw,
    glossary,
    heading,
    next_lesson,
    open_lesson,
    say_what_is_missing,
    takeaway,
    text,
)
from lessons._predict import predict_way
from lessons._sliders import Slider, between, chart_sliders, line_sliders

open_lesson("loss-surface")
text(
    "Every line is a pair (w, b), so every line is **a point on a map**. Colour the map by the "
    "loss of each line, **the stronger the blue, the lower the loss**, and a valley appears: all "
    "lines on one ring are equally wrong, and in the middle lies the best fit. **Gradient "
    "descent** is the name of the small steps from the first page, each towards less loss: on the "
    "map they are a path down into the valley."
)
glossary("gradient descent", "ring", "excess loss", "slope of the loss", "gradient", "tape")
dataset, start = choose_data()
arrows_shown = predict_way(dataset, start)
with st.container(horizontal=True):
    rate, step_count = learning_rate(dataset), steps()
try:
    history, has_tape = cache.train(dataset, TrainingConfig((rate,), step_count, start)), True
except cache.TensorFlowMissingError as error:
    say_what_is_missing(error)
    history, has_tape = theory.start_alone(dataset, start), False
best = theory.best_fit(dataset)
run = frames.path(dataset, history)
window = frames.path_window(dataset, start, run)
path = frames.apart(run, window)
bounds = frames.slice_bounds(dataset, start, window)
fold, fixed = frames.fold_row(dataset), frames.fixed_lines(dataset)
has_true_line = dataset.true_line is not None
last = frames.summary(run)
occasion = f"{dataset.fingerprint} {start} {rate} {step_count}"
edges = window.iloc[0]

text(
    "**Point at the map**, or move w and b: the line beside it is the one you point at. Click, or "
    "press *Start the descent here*, and the path starts there."
)
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
        draw(
            "surface",
            charts.pointed_surface(has_true_line, 420, arrows_shown),
            {
                "contours": frames.contours(dataset, window),
                "bounds": window,
                "fixed": fixed,
                "path": path[["slot", "w", "b"]],
                "fold": fold,
            },
            alt=f"Rings of equal loss over slope w and intercept b around the best fit at w = "
            f"{readable(best.w)}, b = {readable(best.b)}. A path of gradient descent leads from "
            f"w = {readable(start.w)}, b = {readable(start.b)} to {last}.",
        )
    with right:
        draw(
            "pointed_fit",
            charts.guess_by_hand(
                dataset.x_label, dataset.y_label, tuple(fixed["line"]), 420, squares=False
            ),
            {
                "points": frames.points(dataset),
                "window": frames.fit_window(dataset, [start, best], headroom=0.18),
                "fixed": fixed,
                "fold": fold,
            },
            alt=f"{dataset.n} points, the best fit, and the line one points at on the map.",
        )
    if history.diverged_at[0] >= 0:
        st.warning(
            f"At a learning rate of {readable(rate)} the run climbs out of the valley, and was "
            f"stopped after step {history.diverged_at[0]:,}. On this data that happens above "
            f"{readable_below(theory.stable_limit(dataset))}."
        )
    text(
        "From one ring to the next one inwards the *excess* loss, what a line loses over the best "
        "fit, falls to a quarter. The orange path "
        "is a run of gradient descent from the start."
        + (
            " (w and b are those of the standardized x: the best fit, in the original units, is "
            f"{frames.in_original_units(dataset, best)}.)"
            if dataset.scaling
            else ""
        )
    )

    if arrows_shown:
        heading("Which way is down?")
        left, right = st.columns(2, gap="large")
        with left:
            text(
                "Cut the surface along w, then along b, through the line you point at. Each cut is "
                "a parabola, and its **slope** at your point says how fast the loss rises when "
                "only that number grows. The two slopes together are the **gradient**. On the map "
                "it points to where the loss rises fastest, and a step of gradient descent goes "
                "**the opposite way**. (w and b are drawn at different scales, so the arrows need "
                "not look square to the rings.)"
            )
            tape = history.grad_w[0, 0], history.grad_b[0, 0]
            formula = theory.gradient(dataset, start)
            text(
                f"At the start, w = {readable(start.w)} and b = {readable(start.b)}, "
                + ("TensorFlow's tape and the formula give:" if has_tape else "the formula gives:")
            )
            st.table(
                pd.DataFrame(
                    {
                        "slope along": ["w", "b"],
                        "tape.gradient": [readable(value, 6) for value in tape],
                        "formula": [readable(value, 6) for value in formula],
                    }
                ).drop(columns=[] if has_tape else "tape.gradient"),
                hide_index=True,
                width="content",
            )
            st.latex(
                r"\begin{aligned}"
                r"\frac{\partial\,\text{loss}}{\partial w} &= "
                r"\frac{2}{n}\sum (w\,x_i + b - y_i)\,x_i \\[6pt]"
                r"\frac{\partial\,\text{loss}}{\partial b} &= \frac{2}{n}\sum (w\,x_i + b - y_i)"
                r"\end{aligned}"
            )
            st.caption(
                "∂loss/∂w is how one writes “the slope of the loss along w”. You need not work it "
                "out: the tape does."
            )
        with right:
            draw(
                "slices",
                charts.loss_slices(),
                {"bounds": bounds, "fold": fold},
                alt="The loss along w with b as pointed at, and along b with w as pointed at: two "
                "parabolas, the pointed line on them, and their slopes there.",
            )
    else:
        text(
            "Which way is down from the point you are at? First predict it, at the top of this "
            "page; then two arrows and two cuts through the surface show it here, wherever you "
            "point."
        )

heading("The same surface, as a bowl")
bowl = frames.bowl(dataset, start, path)
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
            index=round(bowl.across + 14 + 180) // 2,  # across, and a little into the depth
            texts=[f"{degrees}°" for degrees in range(-180, 181, 2)],
        ),
        Slider("tilt", "Tilt", 4, 2, 43, 16, [f"{d}°" for d in range(4, 90, 2)]),
    )
    draw(
        "bowl",
        charts.bowl(),
        {"shape": bowl.shape, "path": bowl.path, "marks": bowl.marks},
        alt="The loss as a bowl over w and b, with the best fit at its bottom and the path of "
        "gradient descent running down its wall and along its floor.",
    )
if bowl.widening > 1.05:
    st.caption(
        f"The valley is {readable(bowl.widening, 2)} times narrower than it is drawn: as it is, it "
        "would be too thin to see."
    )
takeaway(
    "For a line and squared errors the loss is one bowl with one lowest point, the best fit. The "
    "gradient points uphill; a step goes against it."
)
check("loss-surface", dataset, start)
next_lesson("loss-surface")
