"""Pages opened without a browser: what they say, and the controls on them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pandas as pd
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import FileUploader, Multiselect, Selectbox, TextInput
from streamlit.util import calc_hash

from core.course.outline import COURSE, START
from core.reading.typed_numbers import read_number

ROOT = Path(__file__).parents[2]
TIMEOUT = 120
WITHOUT_DATA = ("", "mistakes", "hot-dog", "report")
LESSONS = [page.file for page in COURSE if page.address not in WITHOUT_DATA]
STEPS, RATES, DATA, SURFACE = (
    f"lessons/{name}.py" for name in ("gradient_steps", "learning_rates", "data", "loss_surface")
)
# What is drawn only while it is open.
PANELS = (
    "change_data", "made_settings", "start_settings", "more_settings", "path_settings",
    "chebyshev_list", "network_settings",
)  # fmt: skip
# Pages that hold something back until the learner has predicted it.
HOLDING_BACK = (SURFACE, STEPS, RATES)


def open_link(file: str, **address: str | list[str]) -> AppTest:
    """Open a page as a link does."""
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=TIMEOUT)
    for panel in PANELS:
        app.session_state[panel] = True
    for name, value in address.items():
        app.query_params[name] = value
    # At once: `switch_page` would need a run of Start before.
    (page,) = (page for page in COURSE if page.file == file)
    app._page_hash = calc_hash(page.address)
    app.run()
    assert_whole(app)
    return app


def open_page(file: str = START.file, **address: str | list[str]) -> AppTest:
    """Open a page with nothing held back."""
    return open_link(file, **({"show": "all"} if file in HOLDING_BACK else {}) | address)


def assert_whole(app: AppTest) -> None:
    assert not app.exception, app.exception[0].message


def tables_of(app: AppTest) -> list[pd.DataFrame]:
    """Every table on the page, those in a text included."""
    written = [
        pd.DataFrame(rows, columns=names)
        for element in app.markdown
        for block in re.findall(r"(?:^\|.*\|$\n?)+", element.value, re.MULTILINE)
        for names, _, *rows in [[line[2:-2].split(" | ") for line in block.splitlines()]]
    ]
    return [*(table.value for table in app.table), *written]


def type_number(app: AppTest, name: str, value: float | str) -> AppTest:
    """Type a number, or whatever, into the box of that name, and press Enter."""
    return box(app, name).set_value(str(value)).run()


def shown_number(app: AppTest, name: str) -> float:
    """The number in the box of that name."""
    return read_number(box(app, name).value)


def words(app: AppTest) -> str:
    """Everything that is written on the page, tables included."""
    elements = [*app.markdown, *app.caption, *app.warning, *app.info, *app.error, *app.code]
    tables = [table.value.to_csv(sep=" ") for table in app.table]
    return "\n".join([*(str(element.value) for element in elements), *tables])


def unescaped(markdown: str) -> str:
    """What one sees of Markdown in which all that could be markup is escaped."""
    return re.sub(r"\\(.)", r"\1", markdown)


def steps_page(**address: str | list[str]) -> AppTest:
    return open_page("lessons/gradient_steps.py", **address)


def open_part(app: AppTest, part: str) -> AppTest:
    """Open a part of the page under *Go deeper*, or close it with an empty name."""
    (row,) = (row for row in app.segmented_control if str(row.key).startswith("deeper_"))
    row.set_value(part or None).run()
    assert_whole(app)
    return app


def loop_line(app: AppTest) -> tuple[float, float]:
    """Where the loop stands, read from the table beside the formula."""
    open_part(app, "exact")
    table = next(table for table in tables_of(app) if {"way", "loss"} <= set(table))
    row = table[table["way"] == "loop"].iloc[0]
    return float(row["w"].replace("−", "-")), float(row["b"].replace("−", "-"))


def component(app: AppTest, key: str) -> str:
    """The data that a component of that key got."""
    found = [
        node.proto.json
        for node in walk(app.main)
        if type(node.proto).__name__ == "BidiComponent" and key in node.proto.id
    ]
    assert len(found) == 1
    return found[0]


def walk(node: Any) -> Iterator[Any]:  # noqa: ANN401
    for child in getattr(node, "children", {}).values():
        yield from walk(child)
        if hasattr(child, "proto") and child.proto is not None:
            yield child


def uploader(app: AppTest) -> FileUploader:
    return next(loader for loader in app.file_uploader if loader.key == "upload")


def column_box(app: AppTest, axis: str) -> Selectbox:
    return next(box for box in app.selectbox if box.label == axis)


def pin_run(app: AppTest, name: str, rate: str, note: str = "") -> None:
    next(box for box in app.selectbox if box.label == "Learning rate").select(rate)
    app.text_input(key="pin_name").set_value(name)
    app.text_input(key="pin_note").set_value(note)
    next(button for button in app.button if button.label == "Pin this run").click().run()
    assert_whole(app)


def chosen(app: AppTest, name: str) -> Any:  # noqa: ANN401
    """The value of a parameter, as chosen or as usual."""
    return app.session_state.visit.get(name)


def box(app: AppTest, name: str) -> TextInput:
    """The box in which the value of a parameter is typed."""
    return app.text_input(key=app.session_state.visit.key(name))


def rates_box(app: AppTest) -> Multiselect:
    """The choice of the rates to compare."""
    return app.multiselect(key=app.session_state.visit.key("lrs"))


def names_of_controls(app: AppTest) -> set[str]:
    """The parameters whose controls are drawn."""
    kinds = (app.selectbox, app.text_input, app.toggle, app.multiselect)
    names = {str(widget.key).partition("|")[0] for kind in kinds for widget in kind}
    cards = any(radio.key == "data_card" for radio in app.radio)  # on Data, instead of the list
    return names | ({"data"} if cards else set())


def choose_data(app: AppTest, name: str) -> None:
    """Choose a data set: on Data by its card, on other pages from a list."""
    card = [radio for radio in app.radio if radio.key == "data_card"]
    if not card:
        app.selectbox(key="data").select(name).run()
        return
    family, _, number = name.partition("-")
    card[0].set_value(f"{family}-1" if number else name).run()
    if number not in ("", "1"):
        app.segmented_control(key="quartet").set_value(name).run()


def skip_prediction(app: AppTest) -> AppTest:
    """On Data, go on to the line by hand without predicting."""
    app.button(key="skip_data").click().run()
    return app
