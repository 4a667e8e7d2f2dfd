"""A line by hand, on Data: two sliders, its residuals and its loss."""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from core import theory
from core.course.by_hand import goal, kind_of_truth
from core.datasets import Dataset, Line
from core.figures import fit
from core.words.writing import equation, readable
from lessons.state import quiz, visit
from lessons.state.progress import mark_done
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce
from lessons.widgets.figure import draw
from lessons.widgets.page import table, text
from lessons.widgets.sliders import Slider, between, least_loss, line_sliders, switch
from lessons.widgets.words import plain, say


def is_found(dataset: Dataset) -> bool:
    """Tell whether the best fit and the true line may be shown: found, or asked for."""
    return quiz.is_open(_best_fit_of(dataset))


def _best_fit_of(dataset: Dataset) -> str:
    return f"best fit of {dataset.fingerprint}"


def draw_line_by_hand(dataset: Dataset, start: Line) -> None:
    """Draw the sliders, the picture they move, and what was found by them."""
    best, spread = theory.best_fit(dataset), theory.spread(dataset) or 1.0
    occasion = f"{dataset.fingerprint} {start}"
    w = _around("guess_w", "w", best.w, start.w, 3 * spread / float(np.std(dataset.x)), occasion)
    b = _around("guess_b", "b", best.b, start.b, 3 * spread, occasion)
    aim = goal(dataset, start, least_loss(dataset, w, b))
    found = is_found(dataset)
    text(say("data.by_hand", goal=aim))
    with st.container(key="by_hand"):
        picture, hand = st.columns([3, 2], gap="medium")
        with picture:
            draw(fit.guess(dataset, start, found))
        with hand:
            line_sliders(
                "guess_sliders",
                "by_hand",
                dataset,
                w,
                b,
                switch("squares", plain("data.by_hand_squares")),
                label=plain("data.by_hand_loss"),
                bound=aim,
                on_solved=lambda: _solve(dataset),
            )
            if found:
                _tell_what_was_found(dataset, start)
            else:
                st.button(
                    say("data.by_hand_give_up"),
                    key="show_best",
                    on_click=quiz.unlock,
                    args=(_best_fit_of(dataset),),
                )
    if not is_hidden("start"):
        st.caption(say("data.by_hand_start"))
    if left_out := fit.left_out(dataset):
        st.caption(say("shared.residuals_left_out", **left_out))


def _around(
    name: str, label: str, centre: float, first: float, reach: float, occasion: str
) -> Slider:
    """Make a slider whose range contains the best value, off centre so as not to give it away."""
    span = max(1.4 * abs(first - centre), reach)
    return between(name, label, centre - 1.3 * span, centre + 0.9 * span, first, occasion)


def _solve(dataset: Dataset) -> None:
    """Record that a line with a loss below the goal was found."""
    quiz.unlock(_best_fit_of(dataset))
    st.session_state.setdefault("found_by_hand", set()).add(dataset.fingerprint)
    mark_done("challenge:by-hand")


def _tell_what_was_found(dataset: Dataset, start: Line) -> None:
    """Say that the best fit is found, and compare the known lines."""
    lowest = theory.lowest_loss(dataset)
    if dataset.fingerprint in st.session_state.get("found_by_hand", ()):
        st.success(say("data.by_hand_found", lowest=lowest))
        said = plain("data.by_hand_found_heard", lowest=lowest)
        announce("by hand", dataset.fingerprint, said, first=True)
    else:
        text(say("data.by_hand_shown", lowest=lowest))
    lines = {"start": start, "true": dataset.true_line, "best": theory.best_fit(dataset)}
    known = {name: line for name, line in lines.items() if line is not None}
    columns: dict[str, Sequence[str]] = {
        say("data.lines_line"): [say(f"data.lines_{name}") for name in known],
        "y =": [equation(line, 4).removeprefix("y = ") for line in known.values()],
        say("data.lines_loss"): [readable(theory.mse(dataset, x), 4) for x in known.values()],
    }
    if dataset.scaling is not None:
        columns[say("data.lines_original")] = [
            equation(dataset.to_original(line), 4) for line in known.values()
        ]
    text(table(columns))


def tell_of_true_line(dataset: Dataset) -> None:
    """Say what the true line is, or that nobody knows one: once the best fit is found."""
    best = theory.best_fit(dataset)
    kind = kind_of_truth(dataset, has_outlier=visit.now().settings().outlier)
    labels = {"x_label": dataset.x_label, "y_label": dataset.y_label}
    text(say(f"data.{kind}", n=dataset.n, w=best.w, b=best.b, **labels))
