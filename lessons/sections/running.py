"""The experiment on Gradient steps, with an undo."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import cache, theory
from core.datasets import Dataset, Line
from core.descent import experiments
from core.descent.experiments import Experiment, Stretch, Stretches
from core.figures import frames
from core.runs import History, TrainingConfig
from core.words.writing import readable
from lessons.state import visit
from lessons.widgets.waiting import Waiting

MAX_UNDO = 50


def read() -> Experiment:
    """Return the experiment on the present data, in the present unit of x."""
    experiment: Experiment = visit.get("run")
    return experiment


def _undo() -> list[Experiment]:
    """Return the experiment's earlier states, latest last; for one from a link, derive them."""
    kept: dict[str, list[Experiment]] = st.session_state.setdefault("undo", {})
    key = visit.now().key("run")
    if key not in kept:
        kept[key] = _history(read())
    return kept[key]


def _history(experiment: Experiment) -> list[Experiment]:
    before = experiment.before()
    return [] if before is None else [*_history(before), before]


def change(experiment: Experiment) -> None:
    """Replace the experiment; undo restores the present one."""
    before, undo = read(), _undo()
    if experiment != before:
        undo.append(before)
        del undo[:-MAX_UNDO]
        visit.choose(run=experiment)


def undo() -> None:
    """Restore the experiment before the last change."""
    if can_undo():
        visit.choose(run=_undo().pop())


def can_undo() -> bool:
    """Whether there is a change to take back."""
    return bool(_undo())


def table(
    dataset: Dataset, branches: Sequence[tuple[str, Sequence[Stretch], Sequence[pd.DataFrame]]]
) -> dict[str, list[str]]:
    """List the stretches of branches, a column each: steps, rate, and where they ended."""
    rows = []
    for branch, stretches, paths in branches:
        for stretch, path in zip(stretches, paths, strict=False):
            end = path.iloc[-1]
            rows.append(
                {
                    "branch": branch,
                    "learning rate": describe_rate(stretch),
                    "gap": readable(theory.gap(dataset, Line(end.w, end.b)), 4),
                    "from step": f"{path['step'].iloc[0]:,}",
                    "to step": f"{path['step'].iloc[-1]:,}",
                    "points a step": "all"
                    if stretch.batch_size is None
                    else str(stretch.batch_size),
                    "loss": readable(end.loss, 4),
                }
            )
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    usual = {"branch": branches[0][0], "points a step": "all"}
    return {name: texts for name, texts in columns.items() if set(texts) != {usual.get(name)}}


def describe_rate(stretch: Stretch) -> str:
    """Write a stretch's learning rate, with its decay if it has one."""
    rate = readable(stretch.learning_rate)
    return f"{rate}, decay {readable(stretch.decay)}" if stretch.decay else rate


def paths_of(dataset: Dataset, start: Line, stretches: Stretches) -> list[pd.DataFrame]:
    """Run stretches; return one path table for each that was run.

    A learner who stops it keeps the stretches that were run until then.
    """
    waiting = Waiting("stop_run", len(stretches), lambda done: change(Experiment(stretches[:done])))

    def train(dataset: Dataset, config: TrainingConfig) -> History:
        history = cache.train(dataset, config)
        waiting.tell()
        return history

    histories = experiments.train_stretches(train, dataset, start, stretches)
    waiting.end()
    return [frames.path(dataset, history) for history in histories]
