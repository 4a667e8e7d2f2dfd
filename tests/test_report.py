"""Your report: what one found out, predicted, answered and ran; what to do where it is empty."""

import json
import re
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from core import theory
from core.course.checks import CHECKS
from core.course.mistakes import MISTAKES
from core.course.outline import COURSE, LESSONS, REPORT
from core.datasets import Dataset, Line, load_bundled, make_noisy_line
from core.network.runs import INPUTS, NetworkConfig
from core.reading import progress
from core.reading.pins import Pin
from core.runs import LESSON_START
from core.words.writing import full_date, readable, readable_below
from lessons.sections import findings, own_runs
from tests.support.course import TITLES
from tests.support.pages import assert_whole, open_link, open_page, tables_of, unescaped, words
from tests.support.pins import ANY_DATA
from tests.support.samples import DATASETS, network

LESSON = make_noisy_line()
FILE = REPORT.file


def report(app: AppTest | None = None, **address: str | list[str]) -> AppTest:
    """Open the report, in a visit that has begun if one is given."""
    if app is None:
        return open_page(FILE, **address)
    app.switch_page(FILE).run()
    assert_whole(app)
    return app


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


def runs_of(app: AppTest) -> list[dict[str, str]]:
    tables = [table for table in tables_of(app) if "verdict" in table]
    return tables[0].to_dict("records") if tables else []


def kept(app: AppTest) -> dict[str, object]:
    """What the browser is to keep."""
    text = app.session_state.kept if "kept" in app.session_state else None
    return json.loads(text) if text else {}


def said(app: AppTest) -> str:
    return unescaped(words(app))


def test_it_is_the_end_of_the_course_and_no_lesson() -> None:
    assert COURSE[-1] == REPORT
    assert REPORT not in LESSONS
    assert len(LESSONS) == 6
    assert links(open_page("lessons/hot_dog.py"))[-1].startswith("**Next: Your report**")
    start = open_page()
    assert links(start)[-1] == "**Your report** · What did I find out?"
    assert "7." not in "".join(links(start))


def test_opening_it_is_nothing_done_and_nothing_to_do() -> None:
    app = report()
    assert "done" not in app.session_state
    assert not kept(app)


def test_an_empty_report_says_for_each_lesson_and_for_runs_what_to_do_first() -> None:
    app = report()
    firsts = [link for link in links(app) if "First: " in link]
    assert [re.sub(r"\*\*\d\. (.*)\*\*.*", r"\1", link) for link in firsts] == [
        TITLES[page.address] for page in LESSONS
    ]
    assert "Nothing is run yet." in words(app)
    assert runs_of(app) == []
    assert "Best fit" not in words(app)  # nobody has found it yet
    assert readable_below(theory.stable_limit(LESSON)) not in words(app)


def test_a_prediction_is_told_with_what_was_so_and_stays_when_another_is_asked() -> None:
    app = open_page("lessons/data.py")
    app.radio(key="choice_data_0").set_value(1).run()
    app.button(key="judge_data").click().run()
    measure = app.session_state.tries["data"].measure
    app.button(key="another_data").click().run()
    report(app)
    assert f"Predicted: {measure}" in said(app)
    app.switch_page("lessons/data.py").run()
    app.session_state.visit.choose(data="cars")
    report(app)
    assert f"Predicted (The lesson's line): {measure}" in said(app)


def test_what_is_only_shown_is_no_prediction() -> None:
    app = open_link("lessons/data.py")
    app.button(key="show_data").click().run()
    assert "Predicted" not in words(report(app))


def test_answers_are_counted_and_wrong_ones_named() -> None:
    app = open_page("lessons/data.py")
    app.toggle(key="check_data").set_value(True).run()
    right = [make(LESSON, LESSON_START).right for make in CHECKS["data"]]
    for place, answer in enumerate((right[0], (right[1] + 1) % 3)):
        app.radio(key=f"check_data_{place}").set_value(answer).run()
    assert "Questions: 1 of 3 right; look again at 2" in said(report(app))


@pytest.mark.parametrize("page", CHECKS)
def test_which_choice_is_right_does_not_depend_on_the_data(page: str) -> None:
    for make in CHECKS[page]:
        rights = {make(data, LESSON_START).right for data in DATASETS.values()}
        assert rights == {make(LESSON, LESSON_START).right}


DATA = {"lesson": LESSON, "cars": load_bundled("cars")}


@pytest.mark.parametrize("data", DATA)
def test_each_takeaway_has_the_number_of_ones_own_data(
    data: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dataset, start = DATA[data], LESSON_START if data == "lesson" else Line(0.0, 0.0)
    net = network([0.7, 0.3, 0.1, 0.05])
    monkeypatch.setattr(findings.cache, "trained_network", lambda config: net)
    rate = theory.round_down(theory.safe_rate(dataset))
    app = open_page(
        FILE,
        data=data,
        show="all",
        run=f"20x{rate}",
        start_w=str(start.w),
        start_b=str(start.b),
        trained="true",
        net_rates="0.2",
        units="8",
    )
    app.session_state.mistakes_answers = {"plus": 0}
    app.session_state.done = {"mistake:plus"}
    app.run()
    text = said(app)
    best, safe = theory.best_fit(dataset), theory.safe_rate(dataset)
    assert f"On your data none has less than **{readable(theory.mse(dataset, best))}**" in text
    assert f"lowest point is **w = {readable(best.w)}, b = {readable(best.b)}**" in text
    after = follow(dataset, start, rate, 20)
    assert f"After your 20 steps at a rate of {readable(rate)} the gap is" in text
    assert f"**{readable(theory.gap(dataset, after))}**; it began with" in text
    assert f"began with {readable(theory.gap(dataset, start))}." in text
    steep = theory.curvature(dataset).steep
    assert f"curves by λ₂ = {readable(steep)}" in text
    assert f"2/λ₂ = **{readable_below(2 / steep)}**" in text
    assert f"1/λ₂ = **{readable_below(1 / steep)}**" in text
    assert f"arrives after {theory.arrives(dataset, safe, start):,} steps" in text
    assert f"**1 of {len(MISTAKES)}** mistakes" in text
    weights = INPUTS * 8 + 8 + 8 + 1
    assert f"trains {weights:,} weights" in text
    assert "Of your rates, the best is 0.2: right on **95.1 %**" in text
    assert not [link for link in links(app) if "First: " in link]


def follow(dataset: Dataset, start: Line, rate: float, steps: int) -> Line:
    """Take gradient steps, one after the other."""
    line = start
    for _ in range(steps):
        w, b = theory.gradient(dataset, line)
        line = Line(line.w - rate * w, line.b - rate * b)
    return line


@pytest.mark.parametrize("share", [1.001, 1.5])
def test_above_the_limit_it_names_an_error_grows_and_below_none_does(share: float) -> None:
    for dataset in DATASETS.values():
        limit, axes = theory.stable_limit(dataset), theory.curvature(dataset)
        assert abs(1 - share * limit * axes.steep) > 1
        assert all(abs(1 - limit / share * axis) < 1 for axis in (axes.steep, axes.flat))


def test_a_run_that_exploded_is_told_as_such() -> None:
    app = report(run="500x1.2")
    assert re.search(r"After \d+ steps your run \*\*exploded\*\*", said(app))
    (row, *_) = runs_of(app)
    assert row["verdict"] == "explodes"


def test_the_runs_are_those_that_were_made() -> None:
    app = report(run="200x0.1", lrs=["0.1", "0.5"], steps="100")
    rows = runs_of(app)
    assert [(row["run"], row["learning rate"], row["steps"]) for row in rows] == [
        ("Gradient steps", "0.1", "200"),
        ("Learning rates", "0.1", "100"),
        ("Learning rates", "0.5", "100"),
    ]
    for row, steps in zip(rows, (200, 100, 100), strict=True):
        line = follow(LESSON, LESSON_START, float(row["learning rate"]), steps)
        assert row["loss"] == readable(theory.mse(LESSON, line))
        rate = float(row["learning rate"])
        arrives = theory.arrives(LESSON, rate, LESSON_START)
        assert row["verdict"].endswith(f"arrives after {arrives:,} steps")


def test_of_many_pins_the_latest_are_shown_and_the_others_counted() -> None:
    app = report()
    settings = ANY_DATA | {"data": "hubble"}
    app.session_state.pins = [
        Pin(f"*run* {place}", "", settings, 0.2, 100 + place) for place in range(64)
    ]
    app.run()
    assert_whole(app)
    rows = runs_of(app)
    assert [unescaped(row["run"]) for row in rows] == [
        f"*run* {place}" for place in range(64 - own_runs.MAX_PINS, 64)
    ]
    assert f"{64 - own_runs.MAX_PINS} more pinned runs are" in words(app)
    assert rows[0]["data"] == "Hubble's nebulae"


def test_rates_are_listed_once_they_were_seen() -> None:
    app = open_link("lessons/learning_rates.py")
    assert runs_of(report(app)) == []
    app.switch_page("lessons/learning_rates.py").run()
    app.button(key="show_learning-rates").click().run()
    assert {row["run"] for row in runs_of(report(app))} == {"Learning rates"}


def test_a_name_stands_above_the_report_as_text_and_stays() -> None:
    app = report()
    name = "**Ada** <b> [x](y)"
    app.text_input(key="learner_name").set_value(name).run()
    assert f"**Report of {name}**" in said(app)
    assert "<b>" not in words(app).replace(r"\<b", "")
    app.switch_page("lessons/data.py").run()
    assert kept(app)["name"] == name  # beside that the page was opened
    assert f"Report of {name}" in said(report(app))


def test_a_name_alone_is_not_kept() -> None:
    app = report()
    app.text_input(key="learner_name").set_value("Ada").run()
    assert not kept(app)


def test_the_date_is_written_out() -> None:
    assert full_date(date(2026, 11, 9)) == "November 9, 2026"


OTHERS: list[Callable[[], dict[str, str]]] = [
    lambda: {"data": "forbes"},
    lambda: {"data": "own", "points": "0_1~1_3~2_4", "names": ["<b>a</b>", "*b*"]},
    lambda: {"data": "own"},
    lambda: {"standardize": "true", "run": "20x0.1~20x0.2~20x0.3~20x0.4b8"},
    lambda: {"start_w": "1e300", "start_b": "-1e300", "run": "20x0.1"},
    lambda: {"n": "3", "noise": "0", "net_rates": "nonsense", "trained": "true"},
]


@pytest.mark.parametrize("address", [make() for make in OTHERS])
def test_any_data_has_its_report(address: dict[str, str]) -> None:
    app = report(show="all", **address)
    assert_whole(app)
    assert "Best fit" in words(app)


def test_networks_that_are_not_trained_are_not_trained_for_the_report() -> None:
    app = report(trained="true", net_rates="0.123")
    assert any(link.startswith("**6. Hot dog or not** · First") for link in links(app))
    assert findings.cache.trained_network(NetworkConfig(0.123)) is None


# What the browser keeps

OUTCOMES = {"data": progress.Outcome("wrong", "Not quite. B is worse.", "cars")}


def test_outcomes_are_read_back() -> None:
    written = json.loads(json.dumps(progress.write_outcomes(OUTCOMES)))
    assert progress.read_outcomes(written) == OUTCOMES


@pytest.mark.parametrize(
    "entry",
    [
        ["good", "Right.", "cars"],
        ["right", "", "cars"],
        ["right", "x" * 1_000, "cars"],
        ["right", "Right.", "nothing"],
        ["right", 7, "cars"],
        [["right"], "Right.", "cars"],
        ["right", "Right.", ["cars"]],
        ["right", "Right."],
        "right",
        None,
        7,
    ],
)
def test_an_outcome_that_cannot_be_is_left_out(entry: object) -> None:
    assert progress.read_outcomes({"data": entry, "other": ["right", "Right.", ""]}) == {}


def test_what_a_stranger_stores_is_text_on_the_report() -> None:
    app = report()
    name = "<img src=x> \u202e\x00" + "y" * 20
    evil = "<script>alert(1)</script> [a](javascript:b) $x$\n# big \ud800"
    part = json.loads(json.dumps({"data": ["right", evil, "lesson"], "hot-dog": ["right", 7, ""]}))
    app.session_state.predicted = progress.read_outcomes(part)
    app.session_state.learner_name = progress.read_name(name)
    app.run()
    assert_whole(app)
    shown = words(app)
    assert r"\<script\>" in shown
    assert "<script>" not in shown
    assert "\u202e" not in shown
    assert "\ud800" not in shown
    assert "\n\\# big" not in shown
