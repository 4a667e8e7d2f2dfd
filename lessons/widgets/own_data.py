"""The learner's own points: from a file, pasted, typed into a table, or in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from core import cache
from core.datasets import (
    MAX_LABEL,
    MAX_LINK_POINTS,
    DataError,
    Dataset,
    axis_names,
    to_csv,
)
from core.reading.choosing import PointsRead, choose_columns, read_points
from core.reading.columns import (
    AS_IT_IS,
    Option,
    Table,
    TwoReadingsError,
    UnreadableCellsError,
)
from core.reading.layout import read_table
from core.reading.pins import own_identity
from core.words import Sentence
from core.words.writing import exact, literal
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.files import ask_for_file
from lessons.widgets.words import plain, say, say_sentence

UPLOAD, PASTE, TABLE = WAYS = ("way_upload", "way_paste", "way_table")  # their sections in words
_SHOWN_ROWS, _SHOWN_CHARACTERS = 5, 100


def choose_own_points() -> None:
    """Let the learner bring points; while there are none, say which are used instead."""
    state = st.session_state
    if _points() is None and (problem := visit.now().problems.get("points")):
        _refuse(problem)
    if is_hidden("data") or is_hidden("own"):
        if _points() is None:
            st.info(say("own_data.nothing_in_link"))
        return
    way = st.segmented_control(
        say("own_data.where_from"),
        WAYS,
        format_func=lambda way: say(f"own_data.{way}"),
        default=UPLOAD,
        required=True,
        key="own_way",
        persist_state="session",
    )
    if way == TABLE:
        _edit_table()
    else:
        state.pop("own_cells", None)  # reopened, the table begins with the points of that time
        if way == UPLOAD:
            _upload()
        else:
            _paste()
        if state.get("own_origin") == way:
            _choose_columns()
    points = _points()
    if points is not None:
        _show_own(points)
        return
    is_open = state.get("own_origin") == way  # a question about the file
    st.info(say("own_data.nothing_until_then" if is_open else "own_data.nothing_yet"))


def _points() -> Dataset | None:
    points: Dataset | None = visit.get("points")
    return points


def _refuse(problem: Sentence) -> None:
    """Show what is wrong with points, and which are used instead."""
    is_kept = _points() is not None
    st.error(
        say("own_data.refused_points_kept", problem=problem) if is_kept else say_sentence(problem)
    )


def _upload() -> None:
    """Let the learner choose a file, and read it if it is a new one."""
    state = st.session_state
    upload = ask_for_file(
        say("own_data.upload"),
        None,  # all types: for those we cannot read, we say how to make a CSV
        "upload",
        instead=say("own_data.upload_instead"),
    )
    if upload is None:
        state.own_problem = None
        if state.pop("own_file", None):
            state.own_read_on = None
    elif upload.file_id != state.get("own_file"):
        state.own_file = upload.file_id
        _read(upload.getvalue(), UPLOAD)
    if problem := state.get("own_problem"):
        _refuse(problem)


def _paste() -> None:
    """Let the learner paste columns of a spreadsheet, and read them if they have changed."""
    state = st.session_state
    x, y = plain("own_data.example_x"), plain("own_data.example_y")
    text = st.text_area(
        say("own_data.paste"),
        key="own_paste",
        persist_state="session",
        height=140,
        placeholder=f"{x}\t{y}\n0\t1.2\n1\t3.1\n2\t4.8",
    )
    if not text.strip():
        state.own_pasted = state.own_problem = None
    elif text != state.get("own_pasted"):
        state.own_pasted = text
        _read(text.encode(), PASTE)
    if problem := state.get("own_problem"):
        _refuse(problem)


def _read(content: bytes, origin: str) -> None:
    """Read a file, and choose two of its columns; the previous file is dropped."""
    state = st.session_state
    _forget_file()
    state.own_problem = None
    try:
        table = read_table(content)
    except DataError as error:
        state.own_problem = error.sentence
        return
    try:
        columns = choose_columns(table, None, None, AS_IT_IS)
    except DataError:
        columns = table.names[0], table.names[1]  # reading them reports what is wrong
    # Keep the file, not the parsed table, which can take twenty times its memory.
    state.own_bytes, state.own_origin, state.own_names = content, origin, table.names
    state.own_head = [
        [cell[:_SHOWN_CHARACTERS] for cell in row] for row in table.rows[:_SHOWN_ROWS]
    ]
    state.own_columns, state.own_how, state.own_read_on = columns, AS_IT_IS, state.page
    state.own_file_number = state.get("own_file_number", 0) + 1
    state.own_taken = (columns, AS_IT_IS), _points_of(table, *columns, "own_how")


def _choose_columns() -> None:
    """Let the learner choose columns of the file, and how numbers in it are read."""
    state = st.session_state
    names = state.own_names
    with st.container(horizontal=True):
        x, y = (
            # With the same key the browser would show the choice made for the previous file.
            st.selectbox(
                axis, names, names.index(name), key=f"own_{axis}_{state.own_file_number}", width=200
            )
            for axis, name in zip("xy", state.own_columns, strict=True)
        )
    state.own_columns = x, y
    asked = (x, y), state.own_how
    if state.own_taken[0] != asked:
        state.own_taken = asked, _points_of(read_table(state.own_bytes), x, y, "own_how")
        state.own_read_on = state.page
    elif state.own_read_on != state.page:
        state.own_read_on = None
    _use(state.own_taken[1], "own_how", with_notes=bool(state.own_read_on))
    with st.expander(say("own_data.first_rows")):
        rows = [[literal(cell) for cell in row] for row in state.own_head]
        st.table(pd.DataFrame(rows, columns=list(map(literal, names))), hide_index=True)


def _points_of(table: Table, x: str, y: str, how: str) -> PointsRead | DataError:
    """Read two columns, or say what is wrong with them.

    Parameters
    ----------
    how : str
        The session-state key of the chosen way of reading them.
    """
    try:
        return read_points(table, x, y, st.session_state[how])
    except DataError as error:
        return error.with_traceback(None)  # a traceback would keep the table in memory


def _use(read: PointsRead | DataError, how: str, *, with_notes: bool) -> None:
    """Make points the learner's own data; if they are not valid, say why, and what can be done."""
    if isinstance(read, PointsRead):
        _use_as_own_data(read.points)
        if with_notes:
            _tell(read, how)
    elif isinstance(read, TwoReadingsError):
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            st.markdown(
                say("own_data.two_readings", cell=read.cell, row=read.row, column=read.column)
            )
            _offer(read.options, how)
    else:
        _refuse(read.sentence)
        if isinstance(read, UnreadableCellsError):
            if len(read.cells) > 3:
                with st.expander(say("own_data.all_unreadable", cells=len(read.cells))):
                    lines = (plain(line.section, **line.values) for line in read.listed())
                    st.text("\n".join(lines))
            label = (
                Sentence("own_data.leave_out_row")
                if read.rows == 1
                else Sentence("own_data.leave_out_rows", rows=read.rows)
            )
            _offer([Option(label, {"leave_out_unreadable": True})], how)


def _tell(read: PointsRead, how: str) -> None:
    """Say how points were read, and offer the other ways."""
    if read.notes:
        st.caption(" ".join(map(say_sentence, read.notes)))
    if read.otherwise:
        with st.container(horizontal=True):
            _offer(read.otherwise, how)


def _offer(options: Sequence[Option], how: str) -> None:
    """Draw a button for each way in which points can be read."""
    for option in options:
        key = f"{how}_{'_'.join(map(str, option.change.items()))}"
        label = say_sentence(option.label)
        st.button(label, key=key, on_click=_choose, args=(how, option.change))


def _choose(how: str, change: Mapping[str, Any]) -> None:
    """Change how points are to be read; the rerun after this callback reads them again."""
    st.session_state[how] = replace(st.session_state[how], **change)


def _edit_table() -> None:
    """Let the learner edit points and column names in a table, starting from the present ones."""
    state = st.session_state
    # Streamlit drops the editor's state on a page that does not draw it.
    if "own_cells" not in state or "own_editor" not in state:
        points = _points() or cache.bundled("anscombe-1")
        shown = slice(MAX_LINK_POINTS)
        state.own_cells = pd.DataFrame(
            {"x": list(map(exact, points.x[shown])), "y": list(map(exact, points.y[shown]))}
        )
        state.own_table_how = AS_IT_IS
        state.own_name_x, state.own_name_y = points.x_label, points.y_label
        state.own_left_out = max(points.n - MAX_LINK_POINTS, 0)
    if state.own_left_out:
        st.warning(
            say("own_data.table_too_short", most=MAX_LINK_POINTS, left_out=state.own_left_out)
        )
    st.caption(say("own_data.table_how", most=MAX_LINK_POINTS))
    with st.container(horizontal=True):
        typed = [
            st.text_input(
                say("own_data.name_of_axis", axis=axis),
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
        # Text columns: a number column would turn 1,5 into 15, and drop letters.
        column_config={
            axis: st.column_config.TextColumn(name, alignment="right")
            for axis, name in zip("xy", names, strict=True)
        },
    )
    if any(state.own_editor.values()):
        _forget_file()  # the points are no longer those of the file
    state.own_cells_now = cells
    rows = cells[["x", "y"]].fillna("").to_numpy().tolist()
    table = Table([*names], rows, list(range(1, len(rows) + 1)), delimiter=",")
    _use(_points_of(table, *names, "own_table_how"), "own_table_how", with_notes=True)


def _begin_table_anew() -> None:
    """Make the edited table the editor's data, which drops its edits when columns are renamed."""
    st.session_state.own_cells = st.session_state.own_cells_now.reset_index(drop=True)
    _forget_file()


def _forget_file() -> None:
    for name in ("own_bytes", "own_origin", "own_names", "own_head", "own_taken", "own_how"):
        st.session_state.pop(name, None)


def _use_as_own_data(points: Dataset) -> None:
    """Make points the learner's own data, unless they are already."""
    kept = _points()
    if kept is None or own_identity(kept) != own_identity(points):
        visit.choose(points=points)


def _show_own(points: Dataset) -> None:
    """Offer points for download, and say whether the address contains them."""
    kind = "carried" if points.n <= MAX_LINK_POINTS else "not_carried"
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            say("own_data.download"),
            partial(to_csv, points),
            "points.csv",
            "text/csv",
            on_click="ignore",
        )
        st.caption(say(f"own_data.{kind}", most=MAX_LINK_POINTS))


def begin_with_points() -> None:
    """Show the points there are now as if they had come in a file."""
    state = st.session_state
    state.own_way = UPLOAD
    _forget_file()
    for name in ("own_cells", "own_problem"):  # they belong to other points
        state.pop(name, None)
