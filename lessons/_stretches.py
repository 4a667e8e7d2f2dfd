"""The stretches of an experiment on Gradient steps: kept in the session and in the address.

The address holds them as ``run=200x0.1~200x0.01``: 200 steps at 0.1, then 200 at 0.01.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from core import theory
from core.datasets import Dataset, Line
from core.frames import readable
from lessons._controls import PARAMETERS

MAX_STRETCHES = 20
_STRETCH = re.compile(r"(\d{1,7})x([0-9.]{1,24}(?:e-?\d{1,2})?)", re.ASCII)


@dataclass(frozen=True)
class Stretch:
    """So many steps at one learning rate."""

    steps: int
    learning_rate: float


def parse(text: str) -> tuple[Stretch, ...]:
    """Read stretches as the address holds them; what makes no sense makes no stretches."""
    stretches = []
    for part in text.split("~")[:MAX_STRETCHES]:
        match = _STRETCH.fullmatch(part)
        if match is None or match[2].count(".") > 1 or match[2].startswith("e"):
            return ()
        stretch = Stretch(int(match[1]), float(match[2]))
        steps, rate = PARAMETERS["steps"], PARAMETERS["lr"]
        if not steps.low <= stretch.steps <= steps.high:
            return ()
        if not rate.low <= stretch.learning_rate <= rate.high:
            return ()
        stretches.append(stretch)
    return tuple(stretches)


def write(stretches: Sequence[Stretch]) -> str:
    """Write stretches as the address holds them, so that they are read back exactly."""
    return "~".join(f"{stretch.steps}x{stretch.learning_rate!r}" for stretch in stretches)


def read() -> tuple[Stretch, ...]:
    """Take the stretches of this session, at first those in the address, and show them there."""
    if "stretches" not in st.session_state:
        st.session_state.stretches = parse(st.query_params.get("run", ""))
    stretches: tuple[Stretch, ...] = st.session_state.stretches
    if stretches:
        st.query_params["run"] = write(stretches)
    elif "run" in st.query_params:
        del st.query_params["run"]
    return stretches


def append(steps: int, learning_rate: float) -> None:
    """Add a stretch to the experiment."""
    st.session_state.stretches += (Stretch(steps, learning_rate),)


def clear() -> None:
    """Begin the experiment anew."""
    st.session_state.stretches = ()


def table(
    dataset: Dataset, stretches: Sequence[Stretch], paths: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """List the stretches that were run: steps, rate, and where each ended."""
    rows = []
    for stretch, path in zip(stretches, paths, strict=False):
        end = path.iloc[-1]
        rows.append(
            {
                "from step": f"{path['step'].iloc[0]:,}",
                "to step": f"{path['step'].iloc[-1]:,}",
                "learning rate": readable(stretch.learning_rate),
                "loss": readable(end.loss, 4),
                "gap": readable(theory.gap(dataset, Line(end.w, end.b)), 4),
            }
        )
    return pd.DataFrame(rows)
