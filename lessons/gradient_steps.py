"""The page Gradient steps, which asks what happens in one step, and in 200."""

import pandas as pd
import streamlit as st

from core import cache, charts, frames, theory
from core.datasets import Line
from core.frames import readable, readable_below
from core.runs import TrainingConfig
from lessons import _stretches
from lessons._controls import choose_data, learning_rate, steps
from lessons._layout import draw, heading, next_lesson, open_lesson, takeaway, text
from lessons._sliders import Slider, chart_sliders

open_lesson("gradient-steps")
text(
    "One step of gradient descent does four things: it **predicts**, **measures** the loss, asks "
    "for the **gradient** (two numbers: how fast the loss rises along w, and along b), and "
    "**moves** w and b against it. How far? The gradient times the **learning rate**. The loop "
    "does not learn that number, you choose it: such a number is called a *hyperparameter*."
)
st.code(
    """import tensorflow as tf

w, b = tf.Variable(start_w), tf.Variable(start_b)  # numbers that can be changed
for step in range(steps):
    with tf.GradientTape() as tape:                # writes down what is computed
        predictions = w * x + b
        loss = tf.reduce_mean(tf.square(predictions - y))
    gradients = tape.gradient(loss, [w, b])        # the two slopes
    w.assign_sub(learning_rate * gradients[0])     # subtracts
    b.assign_sub(learning_rate * gradients[1])""",
    language="python",
    width=720,
)
dataset, start = choose_data()
stretches = _stretches.read()
with st.container(horizontal=True, vertical_alignment="bottom"):
    rate, step_count = learning_rate(dataset), steps()
    go_on = st.container(horizontal=True, vertical_alignment="bottom")


def run(stretches: tuple[_stretches.Stretch, ...]) -> tuple[list[pd.DataFrame], bool]:
    """Train stretch after stretch, each from where the last one ended; stop at an explosion."""
    paths: list[pd.DataFrame] = []
    here, done = start, 0
    for stretch in stretches:
        config = TrainingConfig((stretch.learning_rate,), stretch.steps, here, done)
        history = cache.train(dataset, config)
        paths.append(frames.path(dataset, history))
        if history.diverged_at[0] >= 0:
            return paths, True
        here, done = history.last_line(), done + stretch.steps
    return paths, False


paths, exploded = run(stretches or (_stretches.Stretch(0, rate),))
path = frames.join_paths(paths)
with go_on:
    label = f"Continue {step_count:,} steps" if stretches else f"Run {step_count:,} steps"
    full = len(stretches) >= _stretches.MAX_STRETCHES
    st.button(
        label,
        type="primary",
        key="go",
        disabled=exploded or full,
        on_click=_stretches.append,
        args=(step_count, rate),
    )
    st.button("Start over", key="start_over", disabled=not stretches, on_click=_stretches.clear)

last = path.iloc[-1]
line = Line(float(last.w), float(last.b))
best, lowest = theory.best_fit(dataset), theory.mse(dataset, theory.best_fit(dataset))
window = frames.path_window(dataset, start, path)
bounds = frames.run_bounds(path, lowest)
drawn = frames.drawn_loss(path, bounds)
fixed = frames.fixed_lines(dataset)
with st.container(key="linked"):
    chart_sliders(
        "step_slider",
        "linked",
        Slider(
            "slot",
            "Step",
            low=0,
            step=1,
            count=len(path),
            index=len(path) - 1,
            texts=frames.step_texts(path),
            occasion=f"{dataset.fingerprint} {start} {stretches}",
        ),
    )
    left, middle, right = st.columns(3)
    with left:
        st.markdown("**The line** over the points")
        draw(
            "fit",
            charts.run_fit(dataset.x_label, dataset.y_label, dataset.true_line is not None),
            {
                "points": frames.points(dataset),
                "window": frames.fit_window(dataset, [start]),
                "fixed": fixed,
                "path": path[["slot", "w", "b"]],
            },
            alt=f"{dataset.n} points and a guess that begins at y = {readable(start.w)}·x + "
            f"{readable(start.b)} and stands at y = {readable(line.w)}·x + {readable(line.b)} "
            f"after step {last.step:,.0f}.",
        )
    with middle:
        st.markdown("**The path** over (w, b)")
        draw(
            "path",
            charts.path_on_surface(dataset.true_line is not None),
            {
                "contours": frames.contours(dataset, window),
                "bounds": window,
                "fixed": fixed,
                "path": path[["slot", "w", "b"]],
            },
            alt=f"The path over slope w and intercept b, from w = {readable(start.w)}, b = "
            f"{readable(start.b)} to w = {readable(line.w)}, b = {readable(line.b)}; the best fit "
            f"is at w = {readable(best.w)}, b = {readable(best.b)}.",
        )
    with right:
        st.markdown("**The loss**, step by step")
        draw(
            "loss",
            charts.loss_curve(),
            {
                "path": drawn[["slot", "step", "loss_drawn"]],
                "bounds": bounds,
                "floor": frames.drawn_loss(frames.floor(dataset), bounds),
            },
            alt=f"The loss over the steps: {readable(path['loss'].iloc[0])} at the start, "
            f"{readable(last.loss)} at the end; the best fit has {readable(lowest)}.",
        )

if exploded:
    limit = theory.stable_limit(dataset)
    st.warning(
        f"The run exploded. After step {last.step:,.0f} the loss would have passed a million times "
        "what is reasonable (the loss it began with, or the mean of y², whichever is larger), so "
        f"it was stopped there. On this data the error across the valley grows at every step when "
        f"the rate is above {readable_below(limit)}; you had "
        f"{readable(stretches[len(paths) - 1].learning_rate)}. Start over with a smaller one."
    )

first, first_rate = path.iloc[0], stretches[0].learning_rate if stretches else rate
heading("The first step, in numbers")
text(
    f"At the start, w = {readable(first.w)} and b = {readable(first.b)}, the tape gives the "
    f"gradient ({readable(first.grad_w, 4)}, {readable(first.grad_b, 4)}). Times the learning rate "
    f"{readable(first_rate)}, and subtracted, that takes w to "
    f"{readable(first.w - first_rate * first.grad_w, 4)} and b to "
    f"{readable(first.b - first_rate * first.grad_b, 4)}."
)

heading("Iterative and analytical")
text(
    "The loop is *iterative*: it gets closer step by step. For a line there is also an "
    "*analytical* solution, a formula that gives the best fit at once:"
)
st.latex(
    r"\begin{aligned} w^* &= \frac{\sum (x_i - \bar x)(y_i - \bar y)}{\sum (x_i - \bar x)^2} \\"
    r"b^* &= \bar y - w^*\,\bar x \end{aligned}"
)
comparison = pd.DataFrame(
    [
        ("loop", f"after step {last.step:,.0f}", line.w, line.b, last.loss),
        ("formula", "best fit", best.w, best.b, lowest),
    ],
    columns=["way", "", "w", "b", "loss"],
)
st.table(
    comparison.map(lambda cell: cell if isinstance(cell, str) else readable(cell, 6)),
    hide_index=True,
    width="content",
)
needed = theory.steps_needed(dataset, rate, start)
text(
    f"The loop's line is **{readable(theory.gap(dataset, line))}** away from the best fit (the "
    "*gap*: the root mean square of the vertical distances over the points, which is "
    "√(its loss − the lowest loss))."
    + (
        f" From the start, at a learning rate of {readable(rate)}, it takes {needed:,} steps until "
        "only 1 % of the excess loss is left."
        if needed is not None
        else ""
    )
)
if stretches:
    heading("What the loop prints")
    st.code(frames.printout(path), language=None, width=720)
    text("The stretches so far, one for each time you pressed the button:")
    st.table(_stretches.table(dataset, stretches, paths), hide_index=True, width="content")
takeaway(
    "A step is learning rate × gradient, against the gradient. As the slope of the valley flattens "
    "the steps shrink by themselves: the loss falls fast, then crawls. At a rate that is not too "
    "large, running on from where the loop stopped gets closer still."
)
next_lesson("gradient-steps")
