"""The loop that one runs on Gradient steps: its buttons, its slider, and three pictures of it."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import streamlit as st

from core import cache, theory
from core.course import explosion
from core.course.verdicts import what_grows
from core.datasets import Dataset, Line
from core.descent import experiments
from core.descent.experiments import MAX_STRETCHES, Experiment, Step, Stretch, count_steps
from core.figures import fit, frames, loss, surface
from core.figures.frames import Branches
from core.figures.registry import Table
from core.words import Sentence
from lessons.sections import running
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce
from lessons.widgets.controls import batch_size, learning_rate, number, panel, steps
from lessons.widgets.figure import draw
from lessons.widgets.page import text
from lessons.widgets.sliders import Slider, step_slider, switch
from lessons.widgets.words import plain, say, say_sentence

LOOKING = ("line", "ways")  # the parts of the page that look into one step


@dataclass(frozen=True, eq=False)
class Loop:
    """The experiment as it has been run so far.

    Parameters
    ----------
    dataset : Dataset
    start : Line
    experiment : Experiment
    rate : float
        Of the next stretch.
    paths, kept_paths : sequence of Tables
        A table for each stretch that was run, of the present branch and of the one that was left;
        see ``frames.path``.
    """

    dataset: Dataset
    start: Line
    experiment: Experiment
    rate: float
    paths: Sequence[Table]
    kept_paths: Sequence[Table]

    @property
    def stretches(self) -> tuple[Stretch, ...]:
        """The stretches of the present branch."""
        return self.experiment.active

    @cached_property
    def branches(self) -> Branches:
        """The present branch, and the one that was left."""
        kept = frames.join_paths(self.kept_paths) if self.kept_paths else None
        return Branches(frames.join_paths(self.paths), kept, self.experiment.fork_at or 0)

    @property
    def taken(self) -> int:
        """How many steps it has taken."""
        return self.branches.taken

    @property
    def line(self) -> Line:
        """Where it stands."""
        return self.branches.line

    @property
    def exploded(self) -> bool:
        """Whether it was stopped because the loss grew without end."""
        return self.taken < count_steps(self.stretches)

    @property
    def is_forking(self) -> bool:
        """Whether one has gone back and not run on yet."""
        return self.experiment.fork_at is not None and not self.experiment.fork

    @cached_property
    def gap(self) -> float:
        """How far the line is from the best fit, in y-units."""
        return theory.gap(self.dataset, self.line)

    @cached_property
    def lowest(self) -> float:
        """The lowest loss there is, in y-units²."""
        return theory.lowest_loss(self.dataset)

    @property
    def facts(self) -> dict[str, object]:
        """The values of the sentences about where it stands."""
        return {
            "taken": self.taken,
            "exploded": self.exploded,
            "loss": float(self.branches.path["loss"][-1]),
            "lowest": self.lowest,
            "gap": self.gap,
        }


def points_a_step() -> int | None:
    """Give how many points the next step takes; None is all."""
    chosen = visit.get("batch")
    return None if chosen == "all" else int(chosen)


def run_loop(dataset: Dataset, start: Line) -> Loop:
    """Run the experiment of this visit."""
    experiment, rate = running.read(), float(visit.get("lr"))
    run = partial(running.paths_of, dataset, start)
    paths = run(experiment.active or (Stretch(0, rate),))
    kept = run(experiment.kept) if experiment.kept else []
    return Loop(dataset, start, experiment, rate, paths, kept)


def next_stretch(steps: int) -> Stretch:
    """Make the stretch that a press of the button would run, as it is set now."""
    return Stretch(steps, float(visit.get("lr")), points_a_step(), visit.get("decay"))


def draw_run(loop: Loop, step: Step | None) -> None:
    """Draw the buttons that run the loop, the slider over its steps, and the pictures.

    Parameters
    ----------
    step : Step, optional
        The step that is looked into.
    """
    with st.container(key="run_scope"):
        _draw_buttons(loop)
        loss_picture = loss.loss(loop.dataset, loop.branches)
        _draw_slider(loop, loss_picture.tables["bounds"])
        with st.container(key="run_pictures"):
            left, middle, right = st.columns(3)
            with left:
                st.markdown(say("gradient_steps.run_line"))
                draw(fit.fit(loop.dataset, loop.start, loop.branches))
            with middle:
                st.markdown(say("gradient_steps.run_path"))
                draw(surface.path(loop.dataset, loop.start, loop.branches, step))
            with right:
                st.markdown(say("gradient_steps.run_loss"))
                draw(loss_picture)
    _tell_where_it_stands(loop)


def _draw_buttons(loop: Loop) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom", key="run_controls"):
        learning_rate()
        count = steps()
        problem = _problem(loop)
        why_not = problem or experiments.problem_with(next_stretch(count), loop.taken)
        verb = say(
            "gradient_steps.run_verb",
            forking=loop.is_forking,
            begun=bool(loop.stretches),
            more=count,
        )
        st.button(
            verb,
            type="primary",
            key="go",
            disabled=why_not is not None,
            on_click=_run,
            args=(loop,),
        )
        for more in (1, 10):
            cannot = problem or experiments.problem_with(next_stretch(more), loop.taken)
            st.button(
                say("gradient_steps.run_plus", more=more),
                key=f"go_{more}",
                disabled=cannot is not None,
                on_click=_run,
                args=(loop, more),
            )
        st.button(
            say("gradient_steps.run_undo"), disabled=not running.can_undo(), on_click=running.undo
        )
        st.button(
            say("gradient_steps.run_start_over"),
            key="start_over",
            disabled=not loop.experiment.run,
            on_click=running.change,
            args=(Experiment(),),
        )
        with panel("more_settings", say("gradient_steps.run_more")) as is_open:
            if is_open:
                batch_size()
                number("decay", width=260)
                number("tolerance", width=260, matters_now=False)
    if why_not is not None:
        st.caption(say_sentence(why_not))


def _run(loop: Loop, count: int | None = None) -> None:
    """Continue for so many steps, or as many as are set, or until within the tolerance.

    What is set is read at the press: a number that was just typed comes with it.
    """
    more = int(visit.get("steps")) if count is None else count
    stretch, tolerance = next_stretch(more), visit.get("tolerance")
    if experiments.problem_with(stretch, loop.taken) is not None:
        return
    if tolerance:
        flat = experiments.steps_until_flat(
            cache.train, loop.dataset, loop.line, loop.taken, stretch, tolerance
        )
        stretch = next_stretch(more if flat is None else flat)
    if stretch.steps:
        running.change(loop.experiment.continued(stretch))


def _problem(loop: Loop) -> Sentence | None:
    """Say why the loop cannot run on at all; None if it can."""
    tolerance = visit.get("tolerance")
    length = math.hypot(*theory.gradient(loop.dataset, loop.line))
    if loop.exploded:
        return Sentence("gradient_steps.run_is_over")
    if loop.experiment.is_full:
        return Sentence("gradient_steps.run_is_full", most=MAX_STRETCHES)
    if tolerance and length <= tolerance:
        return Sentence(
            "gradient_steps.run_is_flat", taken=loop.taken, length=length, tolerance=tolerance
        )
    return None


def _draw_slider(loop: Loop, bounds: Mapping[str, float]) -> None:
    """Draw the slider over the steps, with Play, and the buttons for the step it shows."""
    path = loop.branches.path
    buttons = {name: plain(f"gradient_steps.run_{name}") for name in ("look", "rewind")}
    step_slider(
        "step_slider",
        "run_scope",
        Slider(
            "slot",
            plain("gradient_steps.run_step"),
            low=0,
            step=1,
            count=path["step"].size,
            index=path["step"].size - 1,
            texts=frames.step_texts(path),
            occasion=f"{loop.dataset.fingerprint} {loop.start} {loop.stretches}",
        ),
        switch("log", plain("gradient_steps.run_log_loss")),
        switch("log_step", plain("gradient_steps.run_log_steps")),
        chart="loss",
        steps=path["step"].tolist(),
        bounds=bounds,
        log_step="log_step",
        buttons=buttons,
        on_chosen=partial(_take, loop),
    )


def _take(loop: Loop, button: str, chosen: int) -> None:
    """Apply a button below the step slider to the chosen step."""
    if button == "rewind":
        running.change(loop.experiment.rewound(chosen))
    else:
        part = visit.get("part")
        visit.choose(step=chosen, part=part if part in LOOKING else "line")
        st.toast(say("gradient_steps.run_looked", chosen_step=chosen))


def _tell_where_it_stands(loop: Loop) -> None:
    occasion = (loop.stretches, loop.stretches and (loop.dataset.fingerprint, loop.start))
    announce("run", occasion, plain("gradient_steps.run_heard", **loop.facts))
    if loop.exploded:
        _tell_explosion(loop)
        return
    last = loop.stretches[-1].learning_rate if loop.stretches else loop.rate
    losses = loop.branches.path["loss"]
    is_too_large = theory.verdict(loop.dataset, last) == "explodes"
    text(
        say(
            "gradient_steps.run_status",
            grew=bool(losses[-1] > losses[0] and is_too_large),
            what_grows=what_grows(loop.dataset, last),
            **loop.facts,
        )
    )
    if loop.is_forking:
        text(say("gradient_steps.run_back", rate_is_hidden=is_hidden("lr"), taken=loop.taken))
    else:
        tell_fork(loop, "gradient_steps.fork_told_briefly")


def tell_fork(loop: Loop, section: str) -> None:
    """Say which of two branches is closer to the best fit, if there are two."""
    other, line = loop.branches.other, loop.branches.other_line
    if other is None or line is None:
        return
    steps, there = int(other["step"][-1]), theory.gap(loop.dataset, line)
    verdict = "closer" if loop.gap < there else "farther"
    if math.isclose(loop.gap, there, rel_tol=1e-6):
        verdict = "as_close"
    text(
        say(
            section,
            verdict=verdict,
            so_far=loop.taken < steps,
            taken=loop.taken,
            gap=loop.gap,
            gap_there=there,
            other_taken=steps,
        )
    )


def _tell_explosion(loop: Loop) -> None:
    at_fault = loop.stretches[len(loop.paths) - 1]
    window = frames.fit_window(loop.dataset, [loop.start])
    why = explosion.why(loop.dataset, at_fault, loop.taken)
    outside = explosion.is_outside(loop.line, window)
    told = [
        say("gradient_steps.exploded", is_outside=outside, taken=loop.taken),
        say("gradient_steps.exploded_why", **why),
    ]
    if grown := explosion.growth(loop.dataset, at_fault, loop.paths[-1]):
        told.append(say("gradient_steps.exploded_growth", **grown))
    text("\n\n".join(told))
