"""The experiment on Gradient steps: kept in the session and in the address, with an undo."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from core import cache, experiments, frames, theory
from core.datasets import Dataset, Line
from core.experiments import Experiment, Stretch
from core.wording import readable

MAX_UNDO = 50


def read() -> Experiment:
    """Take the experiment of this session, at first the one in the address, and show it there."""
    state = st.session_state
    if "experiment" not in state:
        address = st.query_params
        state.experiment = experiments.parse(address.get("run", ""), address.get("fork", ""))
        state.undo = _history(state.experiment)
    experiment: Experiment = state.experiment
    for name, text in zip(("run", "fork"), experiments.write(experiment), strict=True):
        if not text:
            st.query_params.pop(name, None)
        elif text != st.query_params.get(name):  # each setting of it is a message
            st.query_params[name] = text
    return experiment


def _history(experiment: Experiment) -> list[Experiment]:
    """List what an experiment from a link was before, step by step, the latest last."""
    before = experiment.before()
    return [] if before is None else [*_history(before), before]


def change(experiment: Experiment) -> None:
    """Make this the experiment; undo brings the present one back."""
    state = st.session_state
    if experiment == state.experiment:
        return
    state.undo = [*state.undo, state.experiment][-MAX_UNDO:]
    state.experiment = experiment


def undo() -> None:
    """Bring back the experiment before the last change."""
    if st.session_state.undo:
        st.session_state.experiment = st.session_state.undo.pop()


def can_undo() -> bool:
    """Whether there is a change to take back."""
    return bool(st.session_state.undo)


def forget() -> None:
    """Begin without an experiment, as on other data."""
    st.session_state.experiment, st.session_state.undo = Experiment(), []


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
                    "from step": f"{path['step'].iloc[0]:,}",
                    "to step": f"{path['step'].iloc[-1]:,}",
                    "learning rate": describe_rate(stretch),
                    "points a step": "all"
                    if stretch.batch_size is None
                    else str(stretch.batch_size),
                    "loss": readable(end.loss, 4),
                    "gap": readable(theory.gap(dataset, Line(end.w, end.b)), 4),
                }
            )
    columns = {name: [row[name] for row in rows] for name in rows[0]}
    usual = {"branch": branches[0][0], "points a step": "all"}
    return {name: texts for name, texts in columns.items() if set(texts) != {usual.get(name)}}


def describe_rate(stretch: Stretch) -> str:
    """Write a stretch's learning rate, with its decay if it has one."""
    rate = readable(stretch.learning_rate)
    return f"{rate}, decay {readable(stretch.decay)}" if stretch.decay else rate


def paths_of(dataset: Dataset, start: Line, stretches: Sequence[Stretch]) -> list[pd.DataFrame]:
    """Run stretches; one table for each that was run, in the order of its steps."""
    histories = experiments.train_stretches(cache.train, dataset, start, stretches)
    return [frames.path(dataset, history) for history in histories]
