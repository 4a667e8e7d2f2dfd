"""The formula beside the loop, what the loop prints, and forks: parts of Gradient steps."""

import streamlit as st

from core import theory
from core.course.sayings import what_jumps
from core.course.verdicts import arrival
from core.descent import experiments
from core.descent.experiments import MIN_RATE, Experiment, Stretch
from core.figures import frames
from core.figures.branches import forked
from core.words.writing import equation, readable
from lessons.sections import running
from lessons.sections.loop import Loop, tell_fork
from lessons.state import visit
from lessons.widgets.figure import draw
from lessons.widgets.page import table, text
from lessons.widgets.words import plain, say


def draw_formula(loop: Loop) -> None:
    """Compare the loop with the formula of the best fit."""
    dataset, best = loop.dataset, theory.best_fit(loop.dataset)
    loss = theory.mse(dataset, loop.line)
    ends = {
        plain("gradient_steps.exact_loop"): (loop.line, loss),
        plain("gradient_steps.exact_formula"): (best, loop.lowest),
    }
    after = plain("gradient_steps.exact_after", taken=loop.taken)
    columns = {
        plain("gradient_steps.exact_way"): list(ends),
        "": [after, plain("gradient_steps.exact_best")],
        "w": [readable(line.w, 6) for line, _ in ends.values()],
        "b": [readable(line.b, 6) for line, _ in ends.values()],
    }
    if dataset.scaling is not None:
        columns[plain("gradient_steps.exact_original")] = [
            equation(dataset.to_original(line), 6) for line, _ in ends.values()
        ]
    columns[plain("gradient_steps.exact_loss")] = [readable(value, 6) for _, value in ends.values()]
    compared = say("gradient_steps.exact_compared", **_compared(loop, loss))
    text(f"{say('gradient_steps.exact')}\n\n{table(columns)}\n\n{compared}")


def _compared(loop: Loop, loss: float) -> dict[str, object]:
    """Say how many points the loop has looked at, how far it is, and when it arrives."""
    dataset, start = loop.dataset, loop.start
    lowest = loop.lowest
    looks = sum(
        stretch.steps * (stretch.batch_size or dataset.n)
        for stretch in experiments.cut(loop.stretches, loop.taken)
    )
    is_above = not theory.lies_on_a_line(dataset) and loss > 1.5 * lowest
    has_distance = theory.arrived_gap(dataset, start) > 0
    remaining = experiments.steps_remaining(dataset, start, loop.line, loop.rate)
    return {
        "n": dataset.n,
        "looks": looks,
        "gap": loop.gap,
        "remaining": remaining if has_distance else None,
        "arrival": arrival(dataset, start),
        "loss_ratio": loss / lowest if is_above else None,
        "rate": loop.rate,
    }


def draw_printout(loop: Loop) -> None:
    """Show what the loop prints, branch by branch, and its stretches in a table."""
    branches = loop.branches
    names = ("dashed", "fork") if branches.other is not None else ("run",)
    for column, name, path in zip(st.columns(2), names, branches.named.values(), strict=False):
        with column:
            st.caption(say(f"gradient_steps.prints_{name}"))
            st.code(frames.printout(path), language=None)
    if loop.stretches:
        stretches = _stretches(loop)
        text(f"{stretches}\n\n{say('gradient_steps.prints_gap')}")


def _stretches(loop: Loop) -> str:
    parts = [(loop.stretches, loop.paths)]
    if loop.kept_paths:
        parts.insert(0, (loop.experiment.kept, loop.kept_paths))
    names = ("dashed", "fork") if loop.kept_paths else ("run",)
    rows = [(name, *part) for name, part in zip(names, parts, strict=True)]
    return table(running.table(loop.dataset, rows))


def draw_fork(loop: Loop) -> None:
    """Offer to compare a smaller rate, and draw the branches that there are."""
    dataset, rate = loop.dataset, loop.rate
    text(say("gradient_steps.fork"))
    explodes = theory.verdict(dataset, rate) == "explodes"
    settled = theory.safe_rate(dataset) if explodes else rate
    smaller = max(settled / 10, MIN_RATE)
    before = Stretch(200, settled)
    st.button(
        say("gradient_steps.fork_compare", rate=settled, smaller=smaller),
        key="try_smaller",
        on_click=show_experiment,
        args=(Experiment((before, before), 200, (Stretch(200, smaller),)), None),
    )
    draw_branches(loop)
    text(say("gradient_steps.fork_chance", jumps=what_jumps(dataset)))


def show_experiment(experiment: Experiment, points: int | None) -> None:
    """Run another experiment, and set the points a step for what is run after it."""
    running.change(experiment)
    visit.choose(batch="all" if points is None else str(points))


def draw_branches(loop: Loop) -> None:
    """Draw how far two branches are from the best fit, and say which is closer."""
    if loop.branches.other is None or loop.is_forking:
        return
    picture, words = st.columns([3, 2], gap="medium")
    with picture:
        draw(forked(loop.dataset, loop.branches))
    with words:
        tell_fork(loop, "gradient_steps.fork_told")
