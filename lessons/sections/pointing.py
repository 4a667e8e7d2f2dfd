"""The map of the loss at which one points, on Loss surface, and the slopes there."""

from dataclasses import dataclass

import streamlit as st

from core import cache, process, theory
from core.course.verdicts import what_grows
from core.datasets import Dataset, Line
from core.figures import fit, frames, surface
from core.figures.registry import Picture, Table
from core.runs import History, TrainingConfig
from core.words.writing import readable
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce
from lessons.widgets.controls import learning_rate, panel, steps
from lessons.widgets.figure import draw
from lessons.widgets.page import say_what_is_missing, table, text
from lessons.widgets.predict import is_revealed
from lessons.widgets.sliders import between, line_sliders
from lessons.widgets.words import plain, say


@dataclass(frozen=True, eq=False)
class Descent:
    """A run of gradient descent, as the map shows it.

    Parameters
    ----------
    dataset : Dataset
    start : Line
    rate : float
    history : History
        Of that one rate.
    run : Table
        The same as a table; see ``frames.path``.
    has_tape : bool
        Whether TensorFlow has computed it; without TensorFlow it is the start alone.
    """

    dataset: Dataset
    start: Line
    rate: float
    history: History
    run: Table
    has_tape: bool

    @property
    def exploded(self) -> bool:
        """Whether it was stopped because the loss grew without end."""
        return bool(self.history.diverged_at[0] >= 0)

    @property
    def facts(self) -> dict[str, object]:
        """The values of the sentences about it."""
        return {**frames.ends(self.run), "rate": self.rate, "exploded": self.exploded}


def run_descent(dataset: Dataset, start: Line) -> Descent:
    """Run gradient descent from the start, at the rate and for the steps that are set."""
    rate, count = float(visit.get("lr")), int(visit.get("steps"))
    try:
        config = TrainingConfig((rate,), count, start)
        history, has_tape = cache.train(dataset, config), True
    except process.TensorFlowMissingError as error:
        say_what_is_missing(error)
        history, has_tape = theory.start_alone(dataset, start), False
    return Descent(dataset, start, rate, history, frames.path(dataset, history), has_tape)


def draw_map(descent: Descent) -> None:
    """Draw the map with the path of the descent, and the line one points at beside it."""
    dataset, start = descent.dataset, descent.start
    picture = surface.surface(dataset, start, descent.run, is_revealed("loss-surface"))
    announce("surface", _occasion(descent), plain("loss_surface.path_heard", **descent.facts))
    text(say("loss_surface.map", starts=not is_hidden("start")))
    with st.container(key="pointing"):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            draw(picture)
        with right:
            draw(fit.pointed_fit(dataset, start))
            _point("pointed_line", "pointing", descent, picture)
    _tell_path(descent)


def _point(key: str, scope: str, descent: Descent, picture: Picture) -> None:
    """Draw the sliders of the pointed line; one can point at a map in their place."""
    window, start, occasion = picture.tables["bounds"], descent.start, _occasion(descent)
    line_sliders(
        key,
        scope,
        descent.dataset,
        between("guess_w", "w", window["w_low"], window["w_high"], start.w, occasion),
        between("guess_b", "b", window["b_low"], window["b_high"], start.b, occasion),
        label=plain("loss_surface.loss_there"),
        pad=picture.key,
        window=window,
    )


def _occasion(descent: Descent) -> str:
    steps = descent.history.steps[-1]
    return f"{descent.dataset.fingerprint} {descent.start} {descent.rate} {steps}"


def _tell_path(descent: Descent) -> None:
    """Say what the path is and where it leads, and let its rate and steps be changed."""
    dataset = descent.dataset
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="path_line"):
        st.markdown(say("loss_surface.path", **descent.facts), width="content")
        with panel("path_settings", say("loss_surface.path_change"), "lr", "steps") as is_open:
            if is_open:
                learning_rate()
                steps()
    if descent.exploded:
        grows = what_grows(dataset, descent.rate)
        st.warning(say("loss_surface.path_exploded", what_grows=grows, **descent.facts))
    if dataset.scaling is not None:
        best = dataset.to_original(theory.best_fit(dataset))
        text(say("loss_surface.map_of_standardized", best=best))
    if left_out := fit.left_out(dataset):
        st.caption(say("shared.residuals_left_out", **left_out))


def draw_slopes(descent: Descent) -> None:
    """Draw the gradient on a map of its own, and the two cuts whose slopes it is made of."""
    dataset, start, run = descent.dataset, descent.start, descent.run
    text(say("loss_surface.slopes"))
    with st.container(key="slopes"):
        left, right = st.columns([3, 2], gap="medium")
        with left:
            picture = surface.gradient_map(dataset, start, run)
            draw(picture)
            _point("sloped_line", "slopes", descent, picture)
        with right:
            draw(surface.slices(dataset, start, run))
    slopes: dict[str, list[str]] = {say("loss_surface.slopes_along"): ["w", "b"]}
    if descent.has_tape:
        of_tape = descent.history.grad_w[0, 0], descent.history.grad_b[0, 0]
        slopes[say("loss_surface.slopes_tape")] = [readable(slope, 6) for slope in of_tape]
    of_formula = theory.gradient(dataset, start)
    slopes[say("loss_surface.slopes_formula")] = [readable(slope, 6) for slope in of_formula]
    at_start = say("loss_surface.slopes_at_start", w=start.w, b=start.b, has_tape=descent.has_tape)
    text(f"{at_start}\n\n{table(slopes)}\n\n{say('loss_surface.slopes_in_symbols')}")
