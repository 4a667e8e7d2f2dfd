"""What an address says besides numbers: a teacher's task, and controls to leave out.

And what becomes of an address on the way to another page, by a link or by the browser's Back.
"""

from collections.abc import Collection

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.datasets import DataError
from core.tasks import read_task

# What `hide` in the address can name, and what it leaves out. A value that the address gives to a
# control still holds where the control is not drawn.
HIDABLE = {
    "data": "the choice of data",
    "own": "own data, among the choices",
    "made": "How it is made",
    "seed": "seed and New sample",
    "standardize": "Standardize x",
    "start": "Where to start",
    "lr": "learning rate (Loss surface, Gradient steps)",
    "lrs": "learning rates (Learning rates)",
    "steps": "steps",
}


# Where a parameter lies once it has been used, if not under its own name.
_USED_AS = {
    **dict.fromkeys(("points", "names"), "own_points"),
    **dict.fromkeys(("run", "fork"), "experiment"),
    "hide": "hidden",
}


def come_back(page: str) -> None:
    """Where the browser's Back or Forward led to another page, begin anew as if by a link.

    Streamlit would take the address over what the session holds, but drop from it what controls of
    the page before are bound to: the lesson's data under an address that names others. So what the
    session holds counts, and the address where the session knows nothing yet.
    """
    state, address, context = st.session_state, st.query_params, get_script_run_ctx()
    if context is None or not context.is_history_navigation or state.get("page") == page:
        return
    new = [name for name in address if _USED_AS.get(name, name) not in state]
    address.from_dict({name: address.get_all(name) for name in new})
    st.rerun()


def arrive(parameters: Collection[str]) -> None:
    """Take from the address, once, what is not a control's, and hold it there on every page.

    On the way to another page Streamlit drops parameters. So those of the link wait here until
    the page comes that uses them.

    Parameters
    ----------
    parameters : collection of str
        The names of those that wait. Others, of which the pages know nothing, stay on the page
        that they came to.
    """
    state, address = st.session_state, st.query_params
    if "hidden" not in state:
        state.waiting = {name: address.get_all(name) for name in address if name in parameters}
        state.hidden = [name for name in HIDABLE if name in address.get_all("hide")]
        state.task, state.task_problem = "", None
        try:
            state.task = read_task(address.get("task", ""))
        except DataError:
            state.task_problem = "The task in this link is too long, and is not shown."
    for name, values in list(state.waiting.items()):
        if _USED_AS.get(name, name) in state:
            del state.waiting[name]
        elif name not in address:
            address[name] = values
    if state.task and address.get("task") != state.task:
        address["task"] = state.task
    if state.hidden and address.get_all("hide") != state.hidden:
        address["hide"] = state.hidden


def is_hidden(name: str) -> bool:
    """Tell whether the link leaves a control out."""
    return name in st.session_state.hidden


def show_task(width: int) -> None:
    """Show the task, if the link has one: as text, whatever it says."""
    state = st.session_state
    if state.task:
        with st.container(border=True, width=width, key="task"):
            st.caption("Your task")
            st.text(state.task)
    elif state.task_problem:
        st.caption(state.task_problem)
