"""Beside every chart of every page stand its words and its numbers, those of what it shows.

What these words and numbers are like, ``test_register`` checks.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache as remember
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from core.figures import tables
from tests.support.pages import assert_whole, open_page, pin_run
from tests.support.samples import FIGURES  # all are registered there
from tests.support.tiers import some

STEPS = {"run": "200x0.1~200x0.01", "fork": "200:200x0.2"}
RATES, HOT_DOG = "lessons/learning_rates.py", "lessons/hot_dog.py"
# Page, address, buttons to press, and the keys of the charts that are then there.
PAGES: dict[str, tuple[str, dict[str, Any], tuple[str, ...], str]] = {
    "home": ("lessons/home.py", {}, (), "first"),
    "data": ("lessons/data.py", {"part": "squares"}, (), "candidates bad_point"),
    "data, told": ("lessons/data.py", {}, ("skip_data", "show_best"), "guess"),
    "surface": ("lessons/loss_surface.py", {}, ("again_loss-surface",), "quarters"),
    "surface, told": (
        "lessons/loss_surface.py",
        {"part": "slopes"},
        ("again_loss-surface", "show_loss-surface"),
        "quarters gradient_map slices",
    ),
    "surface, the map": (
        "lessons/loss_surface.py",
        {"part": "bowl"},
        (),
        "surface pointed_fit bowl",
    ),
    "steps": ("lessons/gradient_steps.py", {}, ("again_gradient-steps",), "predicted"),
    "steps, told": (
        "lessons/gradient_steps.py",
        STEPS | {"part": "fork"},
        ("again_gradient-steps", "show_gradient-steps"),
        "predicted forked",
    ),
    "steps, run": (
        "lessons/gradient_steps.py",
        STEPS | {"part": "batches"},
        ("draw_1",),
        "fit path loss raced forked",
    ),
    "rates": (
        RATES,
        {"part": "beat"},
        ("again_learning-rates", "again_picture"),
        "asked_ball asked_lines ruler rate_losses rate_errors rate_fits pictures schedule_gaps "
        "two_rates",
    ),
    "rates, told": (
        RATES,
        {"part": "challenges"},
        ("again_learning-rates", "again_picture", "show_learning-rates", "show_picture"),
        "asked_ball ruler rate_losses rate_errors rate_fits pictures",
    ),
    "mistakes": ("lessons/mistakes.py", {"show": "all", "mistake": "plus"}, (), "compared"),
    "hot dog": (
        HOT_DOG,
        {"trained": "true", "net_rates": ["0.2"], "units": "8", "part": "loop"},
        (),
        "network_losses network_accuracies entropy",
    ),
    "hot dog, range": (
        HOT_DOG,
        {"trained": "true", "net_rates": ["0.2"], "units": "8", "part": "range"},
        (),
        "network_losses network_accuracies line_range network_range",
    ),
    "hot dog, edge": (
        HOT_DOG,
        {"trained": "true", "net_rates": ["0.2"], "units": "8", "part": "edge"},
        (),
        "network_losses network_accuracies edge_sharpness edge_losses",
    ),
    "pins": (
        RATES,
        {"part": "pins", "lrs": ["0.1", "0.5"]},
        (),
        "ball floor_ball ruler rate_losses rate_errors rate_fits pinned_losses",
    ),
    "eight runs": (
        RATES,
        {"part": "challenges"},
        (),
        "ball floor_ball ruler rate_losses rate_errors rate_fits diagnosis",
    ),
    "round": (
        RATES,
        {"part": "round"},
        (),
        "ball floor_ball ruler rate_losses rate_errors rate_fits cuts",
    ),
    "algebra": (
        RATES,
        {"part": "algebra"},
        (),
        "ball floor_ball ruler rate_losses rate_errors rate_fits rate_paths",
    ),
    "report": ("lessons/report.py", {"show": "all"}, (), "reported"),
}  # fmt: skip


KEPT = [name for name in PAGES if name != "hot dog, edge"]
ON_DATA = [name for name in PAGES if "hot" not in name and name != "home"]


@dataclass
class Figure:
    """What stands beside a chart for those who do not see it."""

    alt: str
    title: str
    table: pd.DataFrame


def figures(app: AppTest) -> dict[str, Figure]:
    """Read the charts of a page whose numbers are open."""
    texts = dict(said_of_charts(app.main))
    drawn = app.session_state["figures"]
    assert set(texts) == set(drawn)
    return {key: Figure(texts[key], title, make()) for key, (title, make) in drawn.items()}


def said_of_charts(node: Any, key: str = "") -> Iterator[tuple[str, str]]:  # noqa: ANN401
    """Find the text after each chart of a page; a chart without one has none."""
    children = list(getattr(node, "children", {}).values())
    for child in children:
        proto = getattr(child, "proto", None)
        block = re.search(r"figure_(\w+)$", proto.id) if type(proto).__name__ == "Block" else None
        yield from said_of_charts(child, block[1] if block else key)
    if any(child.type == "vega_lite_chart" for child in children):
        yield key, " ".join(child.value for child in children if child.type == "text")


def opened(name: str, **address: str) -> AppTest:
    file, more, buttons, _ = PAGES[name]
    app = open_page(file, **{**more, **address})
    app.session_state["numbers"] = True
    app.run()
    for button in buttons:
        if any(one.key == button for one in app.button):
            app.button(key=button).click().run()
    if name == "pins":
        pin_run(app, "one", "0.1")
        app.toggle(key="pin_over").set_value(True).run()
    if name == "eight runs":
        app.pills(key="challenge").set_value("diagnosis").run()
    assert_whole(app)
    return app


@remember
def figures_of(name: str) -> dict[str, Figure]:
    """Read them once for all tests."""
    return figures(opened(name))


@pytest.mark.parametrize("name", some(PAGES, *KEPT))
def test_every_chart_of_a_page_has_words_and_numbers_beside_it(name: str) -> None:
    found = figures_of(name)
    assert set(found) == set(PAGES[name][3].split())
    for key, figure in found.items():
        assert figure.alt, key
        assert len(figure.table), key


def test_every_chart_in_the_register_is_on_one_of_these_pages() -> None:
    assert {key for *_, keys in PAGES.values() for key in keys.split()} == set(FIGURES)


@pytest.mark.parametrize("name", some(ON_DATA, *(name for name in ON_DATA if "told" not in name)))
def test_what_is_said_changes_with_what_is_shown(name: str) -> None:
    other = {"mistake": "no-rate"} if name == "mistakes" else {"data": "cars"}
    before, after = figures_of(name), figures(opened(name, **other))
    shared = before.keys() & after.keys()
    assert shared >= before.keys() - {"pictures", "raced"}  # on cars no run settles in time
    for key in shared - {"pictures"}:  # four rates in units of the limit: the same on any data
        assert before[key].alt != after[key].alt, key
        assert not before[key].table.equals(after[key].table), key


def test_the_numbers_cost_nothing_while_they_are_closed() -> None:
    app = open_page("lessons/loss_surface.py")
    assert app.session_state["figures"] == {}
    assert not any(box.key == "numbers_of" for box in app.selectbox)


def test_the_table_of_the_chosen_chart_is_shown_and_says_how_much_of_it() -> None:
    app = opened("surface")
    box = app.selectbox(key="numbers_of")
    assert set(box.options) == {figure.title for figure in figures(app).values()}
    for key, figure in figures(app).items():
        box = app.selectbox(key="numbers_of")
        box.select_index(box.options.index(figure.title)).run()
        assert_whole(app)
        shown, last = app.table[-1].value, tables.to_read(figure.table).iloc[-1]
        assert shown.iloc[-1].tolist() == last.tolist(), key
        rows = len(figure.table)
        told = [caption.value for caption in app.caption]
        assert any(
            f"All {rows:,} rows." == one
            if rows <= tables.MAX_SHOWN
            else one.startswith(f"{tables.MAX_SHOWN} of {rows:,} rows")
            for one in told
        )


def test_a_page_without_a_chart_says_so() -> None:
    app = open_page("lessons/mistakes.py")
    app.session_state["numbers"] = True
    app.run()
    assert_whole(app)
    assert "There is no chart on this page yet." in [text.value for text in app.markdown]
