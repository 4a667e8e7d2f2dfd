"""The loops of line and network beside each other: a part of Hot dog or not."""

import math
from functools import partial

import streamlit as st

from core.figures.network import entropy
from core.network import code
from core.network.pictures import SIZE
from core.network.runs import INPUTS
from lessons.sections.best_rate import Networks
from lessons.widgets.figure import draw
from lessons.widgets.page import table, text
from lessons.widgets.words import plain, say

_SURE, _BLIND, _HARDLY = 0.99, 0.5, 0.01  # probabilities given to the truth


def draw_same_loop(networks: Networks) -> None:
    """Draw both loops row by row, explain what differs, and offer the code of the runs."""
    _draw_rows()
    text(say("hot_dog.loop_told", size=SIZE, inputs=INPUTS, batch_size=networks.usual.batch_size))
    _draw_entropy()
    _offer(networks)


def _draw_rows() -> None:
    names, line, network = zip(*code.SAME_LOOP, strict=True)
    columns = {
        "": [say(f"hot_dog.loop_{name}") if name else "" for name in names],
        plain("hot_dog.loop_line"): [_as_code(row) for row in line],
        plain("hot_dog.loop_network"): [_as_code(row) for row in network],
    }
    text(say("hot_dog.loop"))
    st.container(key="same_loop").markdown(table(columns))


def _as_code(row: str) -> str:
    return f"`{row}`" if row else ""


def _draw_entropy() -> None:
    left, right = st.columns(2, gap="large")
    with left:
        draw(entropy())
    with right:
        text(
            say(
                "hot_dog.entropy",
                sure=_SURE,
                sure_loss=-math.log(_SURE),
                blind=_BLIND,
                blind_loss=-math.log(_BLIND),
                hardly=_HARDLY,
                worst_loss=-math.log(_HARDLY),
            )
        )


def _offer(networks: Networks) -> None:
    """Offer the script and the notebook of these runs."""
    configs = networks.configs or [networks.usual]
    text(say("hot_dog.code"))
    files = {
        "script": (code.script, "hot_dog.py", "text/x-python"),
        "notebook": (code.notebook, "hot_dog.ipynb", "application/x-ipynb+json"),
    }
    with st.container(horizontal=True):
        for kind, (write, name, mime) in files.items():
            st.download_button(
                say(f"hot_dog.code_{kind}"),
                partial(write, configs),
                name,
                mime,
                key=name,
                on_click="ignore",
            )
    reading = st.expander(say("hot_dog.code_read"), key="read_script", on_change="rerun")
    if reading.open:
        reading.code(code.run_section(configs), language="python")
