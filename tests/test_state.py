"""One table says what a link can say, one module keeps it, and no page fights over it."""

import ast
import math
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from streamlit.testing.v1 import AppTest

from core import parameters, theory
from core.course import outline
from core.course.outline import COURSE, LESSONS, REPORT, START, Page
from core.datasets import BUNDLED, Dataset, load_bundled, make_noisy_line
from core.descent.experiments import Experiment, Stretch
from core.parameters import PARAMETERS, rescaled
from core.points import own_points
from core.words import sources
from docs import links
from lessons.state.visit import MAX_OWN, Visit
from tests.support.pages import ROOT, assert_whole, box, open_link, open_page, words
from tests.support.tiers import some

MODULES = [ROOT / "streamlit_app.py", *sorted((ROOT / "lessons").rglob("*.py"))]


# Who owns what


def names_in(path: Path) -> set[str]:
    """Every attribute that a module names, as it is written, and every keyword argument."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = list(ast.walk(tree))
    attributes = {ast.unparse(node) for node in nodes if isinstance(node, ast.Attribute)}
    return attributes | {f"{node.arg}=" for node in nodes if isinstance(node, ast.keyword)}


def test_one_module_talks_to_the_address() -> None:
    assert [path.name for path in MODULES if "st.query_params" in names_in(path)] == ["address.py"]


def test_no_control_is_bound_to_the_address_by_streamlit() -> None:
    assert not [path.name for path in MODULES if "bind=" in names_in(path)]


def test_one_module_keeps_parameters_in_the_session() -> None:
    """No other names one as an attribute, or as a key, of the session's state."""
    kept = set(PARAMETERS) | parameters.in_addresses()
    for path in MODULES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Attribute) and ast.unparse(node.value) in (
                "st.session_state", "state",
            ):  # fmt: skip
                assert node.attr not in kept, (path.name, ast.unparse(node))
            if isinstance(node, ast.Subscript) and ast.unparse(node.value) in (
                "st.session_state", "state",
            ) and isinstance(node.slice, ast.Constant):  # fmt: skip
                assert node.slice.value not in kept, (path.name, ast.unparse(node))


def test_the_table_of_parameters_in_the_docs_is_up_to_date() -> None:
    now = links.FILE.read_text(encoding="utf-8")
    assert links.written(now) == now


def test_each_explanation_belongs_to_a_control() -> None:
    explained = {section.removesuffix("_help") for section in sources("en", "parameters")}
    assert explained <= set(PARAMETERS)


def test_the_question_mark_beside_a_box_explains_it() -> None:
    app = open_page("lessons/gradient_steps.py")
    assert box(app, "seed").help == "The same seed gives the same points."
    assert not box(app, "n").help


def test_a_parameter_is_one_row_and_one_line_where_it_is_drawn(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    row = parameters._number(
        "ink", "ink", 0, 9, 3, "how dark the points are",
        hide=parameters.Hiding("ink", "the ink"),
    )  # fmt: skip
    monkeypatch.setitem(PARAMETERS, "ink", row)
    page = (ROOT / "lessons" / "home.py").read_text(encoding="utf-8")
    page += "\nfrom lessons.widgets.controls import number\nst.text(f\"ink {number('ink')}\")\n"
    drawn = tmp_path / "home.py"
    drawn.write_text(page, encoding="utf-8")
    monkeypatch.setattr(outline, "COURSE", (Page(str(drawn), ""), *LESSONS, REPORT))

    def opened(**address: str | list[str]) -> AppTest:
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        return app.run()

    app = opened(ink="7")
    assert_whole(app)
    assert "ink 7" in [text.value for text in app.text]
    assert app.query_params["ink"] == "7"
    box(app, "ink").set_value("12").run()
    assert "12 is out of bounds" in words(app)
    box(app, "ink").set_value("5").run()
    assert app.query_params["ink"] == "5"
    app.session_state.class_link = True
    app.run()
    assert "the ink" in app.multiselect(key="link_hide").options
    app.multiselect(key="link_hide").set_value(["ink"]).run()
    made = parse_qs(urlsplit(app.code[-1].value).query)
    assert made == {"ink": ["5"], "hide": ["ink"]}
    again = opened(**made)
    assert "ink 5" in [text.value for text in again.text]
    assert "ink" not in {str(one.key) for one in again.text_input}
    assert "| `ink` | how dark the points are | `3` |" in links.table()


# The visit, without a screen


def visit(**address: str | list[str]) -> Visit:
    texts = {name: [said] if isinstance(said, str) else said for name, said in address.items()}
    return Visit(texts)


def test_what_nobody_chose_is_as_usual_and_not_in_the_address() -> None:
    begun = visit()
    assert begun.address() == {}
    assert begun.get("lr") == 0.1
    assert (begun.get("start_w"), begun.get("start_b")) == (0, -1)
    begun.choose(data="cars")
    assert begun.address() == {"data": ["cars"]}
    assert begun.get("lr") == theory.round_down(theory.safe_rate(load_bundled("cars")))
    assert begun.get("start_b") == 0


def test_usual_rates_follow_the_data_until_somebody_chooses() -> None:
    begun = visit()
    for seed in (1, 2):
        begun.choose(seed=seed)
        assert begun.get("lrs") == parameters.usual_rates(make_noisy_line(seed=seed))
    begun.choose(lrs=["0.3"])
    begun.choose(seed=3)
    assert begun.get("lrs") == ["0.3"]
    assert begun.address() == {"seed": ["3"], "lrs": ["0.3"]}


@pytest.mark.parametrize("data", some(["lesson", *BUNDLED], "lesson", "cars", "forbes"))
def test_a_rate_keeps_its_share_of_the_limit_in_other_units(data: str) -> None:
    begun = visit(data=data)
    limits = [theory.stable_limit(begun.dataset(unit)) for unit in (False, True)]
    rate = float(f"{0.7 * limits[0]:.3g}")
    begun.choose(lr=rate, lrs=[f"{rate}"])
    begun.choose(standardize=True)
    assert begun.get("lr") / limits[1] == pytest.approx(rate / limits[0], rel=0.005)
    assert [float(one) for one in begun.get("lrs")] == [begun.get("lr")]
    begun.choose(standardize=False)
    assert begun.get("lr") == rate  # where it was chosen, it is exactly that
    begun.choose(standardize=True, lr=0.25)
    begun.choose(standardize=False)
    assert begun.get("lr") / limits[0] == pytest.approx(0.25 / limits[1], rel=0.005)


@given(st.floats(1e-90, 1e12), st.floats(1e-30, 1e30))
def test_a_rescaled_rate_stays_in_its_bounds(rate: float, factor: float) -> None:
    row, there = PARAMETERS["lr"], rescaled(rate, factor)
    assert row.low <= there <= row.high
    if row.low < rate * factor < row.high:
        assert there == pytest.approx(rate * factor, rel=0.005)


def points(last: float) -> Dataset:
    return own_points(np.arange(3.0), np.array([0.0, 1.0, last]), "x", "y", range(3))


def test_what_is_set_for_own_data_is_kept_for_the_last_eight() -> None:
    begun = visit(data="own")
    for last in range(2 * MAX_OWN):
        begun.choose(points=points(last), lr=0.01 + last / 1000)
    for last in range(MAX_OWN, 2 * MAX_OWN):
        begun.choose(points=points(last))
        assert begun.get("lr") == 0.01 + last / 1000
    begun.choose(points=points(MAX_OWN - 1))
    assert begun.get("lr") == begun.usual("lr")


def test_what_a_link_says_of_own_data_waits_for_the_points_that_the_browser_kept() -> None:
    begun = visit(data="own", lr="0.1", run="20x0.1")
    begun.bring_own(points(5))
    assert begun.get("lr") == 0.1
    assert begun.get("run") == Experiment((Stretch(20, 0.1),))
    begun.bring_own(points(6))  # from another tab: this visit has its own by now
    assert begun.get("points").y[-1] == 5
    hidden = visit(data="own", hide="own")
    hidden.bring_own(points(5))
    assert hidden.get("points") is None


def test_what_is_hidden_cannot_be_chosen() -> None:
    begun = visit(hide=["lr", "start"], lr="0.3")
    begun.choose(lr=0.5, start_w=3.0, start_b=4.0, steps=7)
    assert (begun.get("lr"), begun.get("start_w"), begun.get("steps")) == (0.3, 0, 7)


def test_a_value_that_makes_no_sense_is_as_usual_and_leaves_the_others() -> None:
    begun = visit(n="2", noise="nan", seed="1e400", data="horses", lr="0.2", fork="9:1x1")
    assert begun.address() == {"lr": ["0.2"]}
    assert not begun.problems


def test_the_texts_of_a_link_are_read_back_exactly() -> None:
    rate = math.nextafter(0.1, 1)
    begun = visit()
    begun.choose(lr=rate, start_b=1e-7, n=100_000, run=Experiment((Stretch(3, rate),), 1))
    again = Visit(begun.address())
    for name in ("lr", "start_b", "n", "run"):
        assert again.get(name) == begun.get(name)


# On the pages


@pytest.mark.parametrize("file", [START.file, "lessons/mistakes.py", "lessons/hot_dog.py"])
def test_a_page_without_data_carries_what_was_set_for_data(file: str) -> None:
    address = {"data": "cars", "hide": "data", "task": "Use the cars", "lr": "0.0015", "steps": "9"}
    app = open_link("lessons/learning_rates.py", **address)
    app.switch_page(file).run()
    assert {name: app.query_params[name] for name in address} == address
    again = open_link("lessons/data.py", **app.query_params)
    assert "50 points" in words(again)


KINDS = {
    "selectbox": lambda widget, pick: widget.select_index(pick % len(widget.options)),
    "toggle": lambda widget, pick: widget.set_value(bool(pick % 2)),
    "button": lambda widget, pick: widget.click(),
    "text_input": lambda widget, pick: widget.set_value(["3", "0.5", "", "x", "0.011"][pick % 5]),
    "segmented_control": lambda widget, pick: widget.set_value(
        widget.options[pick % len(widget.options)]
    ),
    "multiselect": lambda widget, pick: widget.set_value(widget.value[pick % 2 :]),
}
OTHERS = ("link_page", "numbers_of", "own_way", "tried_rate", "pin_name", "pin_note", "own_name_x")
# What is no setting, or takes long.
NOT_PRESSED = ("train", "stop_network", "go_10")


def controls(app: AppTest) -> list[tuple[str, Any]]:
    return [
        (kind, widget)
        for kind in KINDS
        for widget in app.get(kind)
        if widget.key and widget.key not in (*OTHERS, *NOT_PRESSED) and not widget.disabled
    ]


BEGIN = st.sampled_from(
    [{}, {"data": "cars"}, {"data": "own", "points": "1_2~2_3~3_7"}, {"show": "all"},
     {"hide": "data", "data": "hubble", "lr": "0.2"}, {"standardize": "true", "lr": "0.3"}]
)  # fmt: skip


class Walk(RuleBasedStateMachine):
    """Go from page to page, move controls, and open what the address says in the end."""

    @initialize(begin=BEGIN)
    def begin(self, begin: dict[str, str]) -> None:
        self.app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
        for name, value in begin.items():
            self.app.query_params[name] = value
        self.app.run()

    @rule(file=st.sampled_from([page.file for page in COURSE]))
    def go_to(self, file: str) -> None:
        self.app.switch_page(file).run()
        assert_whole(self.app)

    @rule(place=st.integers(0, 40), pick=st.integers(0, 9))
    def move(self, place: int, pick: int) -> None:
        found = controls(self.app)
        if found:
            kind, widget = found[place % len(found)]
            KINDS[kind](widget, pick)
            self.app.run()
            assert_whole(self.app)

    def teardown(self) -> None:
        before, again = self.app.session_state.visit, visit(**self.app.query_params)
        for name in PARAMETERS:
            if name != "points":
                assert again.get(name) == before.get(name), (name, self.app.query_params)
        assert again.dataset().fingerprint == before.dataset().fingerprint


class LongWalk(Walk):
    """The same, more often."""


TestWalk, TestLongWalk = Walk.TestCase, pytest.mark.long(LongWalk.TestCase)
TestWalk.settings, TestLongWalk.settings = (
    settings(max_examples=walks, stateful_step_count=8, suppress_health_check=list(HealthCheck))
    for walks in (40, 200)
)
