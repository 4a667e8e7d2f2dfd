"""The experiment as a script and a notebook, a part of Gradient steps."""

from functools import partial

import streamlit as st

from core.descent import experiments, snippets
from core.figures import frames
from lessons.sections.loop import Loop
from lessons.widgets.page import text
from lessons.widgets.words import say

MOST_POINTS_TO_READ = 1_000  # in a script that contains its data


def draw_downloads(loop: Loop) -> None:
    """Offer the experiment as a script and as a notebook, once there is one."""
    if not loop.stretches:
        text(say("gradient_steps.take_nothing"))
        return
    text(say("gradient_steps.take"))
    dataset, parts = loop.dataset, _branches(loop)
    files = {"script": "gradient_descent.py", "notebook": "gradient_descent.ipynb"}
    with st.container(horizontal=True):
        for kind, name in files.items():
            write = snippets.script if kind == "script" else snippets.notebook
            # A rerun at the click would drop the file before the browser has fetched it.
            st.download_button(
                say(f"gradient_steps.take_{kind}"),
                partial(write, dataset, loop.start, parts),
                name,
                key=name,
                on_click="ignore",
            )
    if dataset.recipe or dataset.n <= MOST_POINTS_TO_READ:
        reading = st.expander(say("gradient_steps.take_read"), key="read_script", on_change="rerun")
        if reading.open:
            reading.code(snippets.script(dataset, loop.start, parts), language="python")


def _branches(loop: Loop) -> list[snippets.Branch]:
    """List the branches as the files repeat them: the one that was left first."""
    branches = loop.branches
    parts = [(loop.stretches, branches.path)]
    if branches.other is not None:
        parts.insert(0, (loop.experiment.kept, branches.other))
    return [
        snippets.Branch(
            experiments.cut(stretches, int(path["step"][-1])),
            frames.printed(path)["step"].tolist(),
        )
        for stretches, path in parts
    ]
