"""One step of the loop, taken apart: two parts of Gradient steps."""

import numpy as np
import streamlit as st

from core import cache, theory
from core.descent import experiments
from core.descent.experiments import Step, count_steps
from core.rounding import known
from core.runs import TrainingConfig
from core.words.writing import readable
from lessons.sections import running
from lessons.sections.loop import Loop, next_stretch
from lessons.state import visit
from lessons.widgets.controls import number
from lessons.widgets.page import table, text
from lessons.widgets.words import plain, say


def look_into(loop: Loop) -> Step:
    """Take apart the step that is looked into; one that the run has not got to is its last."""
    return experiments.take_apart(
        cache.train, loop.dataset, loop.start, (*loop.stretches, *_to_come(loop)), _wanted(loop)
    )


def _wanted(loop: Loop) -> int:
    last = max(loop.taken - 1, 0) if loop.exploded else loop.taken
    return min(int(visit.get("step")), last)


def _to_come(loop: Loop) -> tuple[experiments.Stretch, ...]:
    """Give the step that the next run begins with, unless the run is over."""
    one = next_stretch(1)
    if experiments.problem_with(one, loop.taken) is not None:
        one = experiments.Stretch(1, one.learning_rate, None, one.decay)
    return () if loop.exploded else (one,)


def _choose_step(loop: Loop) -> int:
    """Draw the box for the step to look into, and the button to go back to it."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        asked = int(number("step"))
        wanted = _wanted(loop)
        st.button(
            say("gradient_steps.line_back", wanted=wanted),
            key="rewind",
            disabled=wanted >= count_steps(loop.stretches),
            on_click=running.change,
            args=(loop.experiment.rewound(wanted),),
        )
    if wanted < asked:
        st.caption(say("gradient_steps.line_not_so_far", wanted=wanted))
    elif wanted == loop.taken:
        st.caption(say("gradient_steps.line_to_come"))
    return wanted


def draw_line_by_line(loop: Loop, step: Step) -> None:
    """Draw the code of the loop, with what each line computed at one step."""
    text(say("gradient_steps.line"))
    wanted = _choose_step(loop)
    taker = experiments.cut((*loop.stretches, *_to_come(loop)), wanted + 1)[-1]
    some = slice(3)
    code = say(
        "gradient_steps.line_table",
        wanted=wanted,
        predicted=step.predicted[some],
        true_values=step.y[some],
        is_whole=taker.batch_size is None,
        batch_size=step.x.size,
        loss=step.loss,
        whole_loss=theory.mse(loop.dataset, step.old),
        slope_w=step.gradient[0],
        slope_b=step.gradient[1],
        step_rate=step.learning_rate,
        old_w=step.old.w,
        new_w=step.new.w,
        old_b=step.old.b,
        new_b=step.new.b,
    )
    st.container(key="line_by_line").markdown(code)
    text(
        say(
            "gradient_steps.line_hyperparameter",
            rate=taker.learning_rate,
            decay=taker.decay,
            wanted=wanted,
            step_rate=step.learning_rate,
        )
    )


def draw_three_ways(loop: Loop, step: Step) -> None:
    """Compare the gradient of the tape with the formula's, and with a finite difference."""
    dataset, line = loop.dataset, step.old
    text(say("gradient_steps.ways"))
    wanted = _choose_step(loop)
    exponent = st.select_slider(
        say("gradient_steps.ways_h"),
        range(-16, 2),
        value=-6,
        format_func=lambda power: readable(10.0**power),
        key="h",
        width=400,
    )
    over_all_points = cache.train(dataset, TrainingConfig((1.0,), 0, line))
    exact, h = theory.gradient(dataset, line), 10.0**exponent
    ways = {
        plain("gradient_steps.ways_tape"): (
            float(over_all_points.grad_w[0, 0]),
            float(over_all_points.grad_b[0, 0]),
        ),
        plain("gradient_steps.ways_formula"): exact,
        plain("gradient_steps.ways_difference", h=h): theory.finite_difference(dataset, line, h),
    }
    slopes = zip(*ways.values(), strict=True)
    sizes = theory.size_of_slopes(dataset, line.w, line.b)
    columns = {plain("gradient_steps.ways_way"): list(ways)}
    for name, along, formula, size in zip("wb", slopes, exact, sizes, strict=True):
        off = np.abs(known(np.subtract(along, formula), size))
        columns[plain("gradient_steps.ways_along", name=name)] = [readable(x, 9) for x in along]
        columns[plain("gradient_steps.ways_off", name=name)] = [readable(x, 2) for x in off]
    text(f"{table(columns)}\n\n{say('gradient_steps.ways_where', wanted=wanted)}")
