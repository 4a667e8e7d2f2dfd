"""The learner's own points: from a file, typed into a table, or carried by the address."""

from dataclasses import replace
from functools import partial

import pandas as pd
import streamlit as st

from core import cache
from core.datasets import (
    MAX_LABEL,
    MAX_LINK_POINTS,
    DataError,
    Dataset,
    axis_names,
    names_to_link,
    points_from_text,
    points_to_text,
    to_csv,
)
from core.reading.tables import Table, points_from_table, read_table
from core.wording import exact
from lessons._files import ask_for_file
from lessons._layout import literal
from lessons._task import is_hidden

UPLOAD, TABLE = "Upload a CSV", "Edit a table"


def choose_own_points() -> Dataset | None:
    """Let the learner bring points; None while there is nothing to use."""
    state, address = st.session_state, st.query_params
    if "own_points" not in state and "points" in address:
        try:
            state.own_points = points_from_text(address["points"], address.get_all("names"))
        except DataError as error:
            _refuse(str(error))
    if is_hidden("data") or is_hidden("own"):
        return _own_data_of_link()
    way = st.segmented_control(
        "Where from",
        (UPLOAD, TABLE),
        default=UPLOAD,
        required=True,
        key="own_way",
        persist_state="session",
    )
    if way == TABLE:
        left_out = _edit_table()
    else:
        state.pop("own_cells", None)  # opened again, the table begins with what is there then
        left_out = _upload()
    if left_out:
        rows = ", ".join(map(str, left_out[:10]))
        more = f" and {len(left_out) - 10} more" if len(left_out) > 10 else ""
        st.warning(f"Left out, because a cell is empty: row {rows}{more}.")
    points: Dataset | None = state.get("own_points")
    if points is None:
        st.info("A link cannot carry a file. Until you bring points, this is the lesson's data.")
        return None
    _show_own(points)
    return points


def _refuse(problem: str) -> None:
    """Say what is wrong with points, and which are used instead."""
    kept = " Until then, the points from before are in use." * ("own_points" in st.session_state)
    st.error(literal(problem) + kept)


def _put_into_address(points: Dataset) -> bool:
    """Put points and their names into the address, if they fit; tell whether they do."""
    text, names, address = points_to_text(points), names_to_link(points), st.query_params
    if text is None:
        drop_points_from_address()
        return False
    if address.get("points") != text:  # each setting of it is a message
        address["points"] = text
    if not names:
        address.pop("names", None)
    elif address.get_all("names") != names:
        address["names"] = names
    return True


def drop_points_from_address() -> None:
    """Leave no points in the address that are not those on the page."""
    for name in ("points", "names"):
        st.query_params.pop(name, None)
        st.session_state.waiting.pop(name, None)


def _own_data_of_link() -> Dataset | None:
    """Give the points that the link carries, and go on carrying them."""
    points: Dataset | None = st.session_state.get("own_points")
    if points is not None:
        _put_into_address(points)
    elif "points" not in st.query_params:
        st.info("The link carries no points of its own: this is the lesson's data.")
    return points


def _upload() -> tuple[int, ...]:
    """Let the learner choose a file, and its columns; give the rows that are left out of it.

    That is told on the page where the file was chosen, or its columns were.
    """
    state = st.session_state
    upload = ask_for_file(
        "A CSV file with a header",
        ["csv", "tsv", "txt"],
        "upload",
        instead=f"*{TABLE}* works here, too.",
    )
    if upload is None:
        state.own_problem = None  # it went with its file
        if state.pop("own_file", None):
            state.own_read_on = None
    elif upload.file_id != state.get("own_file"):
        state.own_file = upload.file_id
        try:
            table = read_table(upload)
            points = points_from_table(table)
        except DataError as error:
            state.own_problem = str(error)
        else:
            # Not the whole table, which can take twenty times as much memory as the file.
            head = replace(table, rows=table.rows[:5], row_numbers=table.row_numbers[:5])
            state.own_problem, state.own_table, state.own_bytes = None, head, upload.getvalue()
            state.own_columns = state.own_x, state.own_y = points.x_label, points.y_label
            state.own_taken = state.own_columns, points
            state.own_read_on = state.page
    problem: str | None = state.get("own_problem")
    if problem:
        _refuse(problem)
    if "own_table" not in state:
        return ()
    names = state.own_table.names
    with st.container(horizontal=True):
        places = [names.index(name) for name in state.own_columns]
        x = st.selectbox("x", names, places[0], key="own_x", width=200)
        y = st.selectbox("y", names, places[1], key="own_y", width=200)
        state.own_columns = x, y
    with st.expander("First rows of the file"):
        rows = [[literal(cell[:100]) for cell in row] for row in state.own_table.rows]
        st.table(pd.DataFrame(rows, columns=list(map(literal, names))), hide_index=True)
    if state.own_taken[0] != (x, y):
        state.own_taken = (x, y), _points_of(read_table(state.own_bytes), x, y)
        state.own_read_on = state.page
    elif state.own_read_on != state.page:
        state.own_read_on = None
    left_out = _take(state.own_taken[1])
    return left_out if state.own_read_on and not problem else ()


def _edit_table() -> tuple[int, ...]:
    """Let the learner type points and the names of their columns, beginning with those there are.

    Give the rows that are left out.
    """
    state = st.session_state
    if "own_cells" not in state or "own_editor" not in state:  # the editor forgets on other pages
        points: Dataset = state.get("own_points", cache.bundled("anscombe-1"))
        shown = slice(MAX_LINK_POINTS)
        state.own_cells = pd.DataFrame(
            {"x": list(map(exact, points.x[shown])), "y": list(map(exact, points.y[shown]))}
        )
        state.own_name_x, state.own_name_y = points.x_label, points.y_label
        state.own_left_out = max(points.n - MAX_LINK_POINTS, 0)
    if state.own_left_out:
        st.warning(
            f"The table holds the first {MAX_LINK_POINTS} points, and they are the data now: the "
            f"other {state.own_left_out:,} are left out."
        )
    st.caption("Change a number, or add a row below the last. Up to 100 points travel in a link.")
    with st.container(horizontal=True):
        typed = [
            st.text_input(
                f"Name of {axis}",
                key=f"own_name_{axis}",
                max_chars=MAX_LABEL,
                placeholder=axis,
                on_change=_begin_table_anew,
                width=152,
            )
            for axis in "xy"
        ]
    names = axis_names(*typed)
    cells = st.data_editor(
        state.own_cells,
        num_rows="dynamic",
        key="own_editor",
        width=320,
        height=240,
        # As text: of numbers, Streamlit's editor makes 15 out of 1,5, and nothing out of a letter.
        column_config={
            axis: st.column_config.TextColumn(name, alignment="right")
            for axis, name in zip("xy", names, strict=True)
        },
    )
    if any(state.own_editor.values()):
        _forget_file()  # what is typed is no longer what it holds
    state.own_cells_now = cells
    rows = cells[["x", "y"]].fillna("").to_numpy().tolist()
    table = Table([*names], rows, list(range(1, len(rows) + 1)), delimiter=",")
    return _take(_points_of(table, *names))


def _begin_table_anew() -> None:
    """Begin the table with what is in it: under other names Streamlit's editor forgets changes."""
    st.session_state.own_cells = st.session_state.own_cells_now.reset_index(drop=True)
    _forget_file()


def _points_of(table: Table, x: str, y: str) -> Dataset | str:
    """Read two columns, or say what is wrong with them."""
    try:
        return points_from_table(table, x, y)
    except DataError as error:
        return str(error)  # the error itself would hold the table for as long as it is kept


def _take(points: Dataset | str) -> tuple[int, ...]:
    """Make points the learner's own data, and give the rows that are left out of them.

    Say what is wrong where they cannot be.
    """
    if isinstance(points, str):
        _refuse(points)
        return ()
    _keep(points)
    return points.left_out


def _forget_file() -> None:
    for name in ("own_table", "own_bytes", "own_taken"):
        st.session_state.pop(name, None)


def _keep(points: Dataset) -> None:
    """Make points the learner's own data, unless they are just that already."""
    kept: Dataset | None = st.session_state.get("own_points")
    if kept is None or _identity(kept) != _identity(points):
        st.session_state.own_points = points


def _identity(points: Dataset) -> tuple[str, str, str]:
    return points.fingerprint, points.x_label, points.y_label


def _show_own(points: Dataset) -> None:
    """Let points be downloaded, and put them into the address if they fit."""
    note = (
        "The address carries these points."
        if _put_into_address(points)
        else f"A link cannot carry them: it takes up to {MAX_LINK_POINTS} points."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Download the points",
            partial(to_csv, points),
            "points.csv",
            "text/csv",
            on_click="ignore",
        )
        st.caption(note)


def bring_back(points: Dataset) -> None:
    """Make points of before the learner's own data, as if they had come in a file."""
    state = st.session_state
    state.own_points, state.own_way = points, UPLOAD
    _forget_file()
    for name in ("own_cells", "own_problem"):  # they would put other points there, too
        state.pop(name, None)
