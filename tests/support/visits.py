"""What stands in the controls of a page, and what a visit has chosen."""

from typing import Any

from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Multiselect, TextInput


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
    return {str(widget.key).partition("|")[0] for kind in kinds for widget in kind}
