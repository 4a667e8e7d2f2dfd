"""What a learner has done: read from anything, joined, shown, brought back and forgotten."""

import ast
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from core.course import predictions
from core.course.checks import CHECKS
from core.course.mistakes import MISTAKES
from core.course.outline import COURSE, LESSONS
from core.datasets import DataError, Line, make_noisy_line
from core.reading import progress
from lessons.state import storage
from lessons.state.progress import PARTS
from tests.support.course import TITLES
from tests.support.pages import PANELS, assert_whole, open_page, unescaped, words
from tests.support.questions import in_words

ROOT = Path(__file__).parent.parent
NAMES = st.from_regex(r"[a-z]{1,9}:[a-z-]{1,20}", fullmatch=True)
NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**50), 2**50)
DOCUMENTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@given(st.sets(NAMES), st.dictionaries(NAMES, NUMBERS))
def test_what_is_written_is_read_again(done: set[str], bests: dict[str, float]) -> None:
    text = progress.write({"done": sorted(done), "bests": bests})
    if text is None:
        assert not done
        assert not bests
        return
    parts = progress.read(text)
    assert progress.read_done(parts.get("done", [])) == done
    assert progress.read_bests(parts.get("bests", {})) == bests


@given(
    st.text()
    | DOCUMENTS.map(json.dumps)
    | DOCUMENTS.map(lambda part: json.dumps({"version": 1, "done": part, "bests": part}))
)
@example("[" * 100_000)
@example('{"version": 1, "bests": {"a": 1e999, "b": NaN}}')
@example('{"version": 1, "bests": {"a": ' + "9" * 5_000 + "}}")
@example('{"version": 1, "done": ["\\ud800", "a\\u0000b", "page:data", 3, null, []]}')
@example("x" * (progress.MAX_TEXT + 1))
@example(json.dumps({"version": 1, "done": ["a"] * 1_001, "bests": dict.fromkeys("a" * 9, 1)}))
def test_anything_else_is_refused_or_left_out_but_does_no_harm(text: str) -> None:
    try:
        parts = progress.read(text)
    except DataError:
        return
    for name, read in (("done", progress.read_done), ("bests", progress.read_bests)):
        try:
            taken = read(parts.get(name))
        except DataError:
            continue
        assert len(taken) <= progress.MAX_ENTRIES
        assert all(entry.isascii() and entry.isprintable() for entry in taken)
        if isinstance(taken, dict):
            assert all(math.isfinite(best) for best in taken.values())


def test_a_part_that_is_too_large_is_left_out_and_named() -> None:
    parts = {"done": ["page:data"], "pins": "x" * 600_000}
    assert progress.too_large(parts) == ["pins"]
    assert progress.read(progress.write(parts) or "") == {"done": ["page:data"]}


def test_of_two_bests_the_smaller_stays() -> None:
    assert progress.better_bests({"a": 3, "b": 1}, {"a": 2, "c": 5}) == {"a": 2, "b": 1, "c": 5}


TRIES = {
    "data": progress.Try(
        "abc None Line(w=0.0, b=-1.0)",
        progress.ANSWERED,
        3,
        2,
        "Not quite. The points lie typically 0.1 from B, and only 0.05 from A.",
    ),
    "gradient-steps": progress.Try("abc", progress.FOLDED, 0, Line(0.1, -2.5), "Very close"),
    "learning-rates": progress.Try("abc", progress.ANSWERED, 0, 0.756, "No gap"),
    "picture": progress.Try("abc", progress.ANSWERED, 0, None, ""),
}


def test_predictions_are_read_back_exactly_but_for_those_that_are_only_asked() -> None:
    asked = {"loss-surface": progress.Try("abc", progress.ASKED, 1)}
    written = json.loads(json.dumps(progress.write_tries(TRIES | asked)))
    assert progress.read_tries(written) == TRIES


@pytest.mark.parametrize(
    ("name", "entry"),
    [
        ("data", ["abc", "answered", 0, 3, ""]),  # of three lines
        ("data", ["abc", "answered", 0, True, ""]),
        ("data", ["abc", "asked", 0, 1, ""]),
        ("data", ["abc", "answered", -1, 1, ""]),
        ("data", ["x" * 2_000, "answered", 0, 1, ""]),
        ("data", "abcde"),
        ("data", 7),
        ("unknown", ["abc", "answered", 0, 1, ""]),
        ("gradient-steps", ["abc", "answered", 0, [1e300, 0], ""]),
        ("gradient-steps", ["abc", "answered", 0, [0, "1"], ""]),
        ("learning-rates", ["abc", "answered", 0, 0.0, ""]),
        ("learning-rates", ["abc", "answered", 0, -1, ""]),
    ],
)
def test_a_prediction_that_cannot_be_is_left_out(name: str, entry: object) -> None:
    assert progress.read_tries({name: entry}) == {}


@given(st.dictionaries(st.sampled_from(sorted(TRIES)), DOCUMENTS))
def test_whatever_is_kept_of_predictions_is_read_or_left_out(part: object) -> None:
    for one in progress.read_tries(part).values():
        assert one.stage != progress.ASKED


def test_answers_are_those_that_a_question_offers() -> None:
    part = {
        "check_data_0": 2,
        "check_data_1": 3,
        "mistake plus": -1,
        "other": 0,
        "check_data_2": 1.0,
    }
    assert progress.read_answers(part, {"check_data_0": 3, "check_data_1": 3, "check_data_2": 3,
                                        "mistake plus": 3}) == {"check_data_0": 2}  # fmt: skip


def test_as_many_answers_are_kept_as_are_offered() -> None:
    dataset, start = make_noisy_line(), Line(0.0, -1.0)
    way = predictions.which_way(dataset, start, 0)
    assert way is not None
    offered = {"data": predictions.least_wrong(dataset, 0), "loss-surface": way,
               "picture": predictions.pictures(dataset, 0)}  # fmt: skip
    for name, prompt in offered.items():
        most = len(prompt.letters)
        for answer in range(most + 1):
            part = {name: ["abc", progress.ANSWERED, 0, answer, ""]}
            assert bool(progress.read_tries(part)) == (answer < most)
    for page, questions in CHECKS.items():
        asked = {f"check_{page}_{place}": 3 for place in range(len(questions))}
        assert {name: most for name, most in storage._CHOICES.items() if page in name} == asked
        assert all(len(in_words(make, dataset, start).choices) == 3 for make in questions)


# On the pages


def test_what_the_browser_kept_opens_what_was_open_before() -> None:
    first = open_page("lessons/data.py")
    first.radio(key="choice_data_0").set_value(1).run()
    first.button(key="judge_data").click().run()
    first.button(key="fold_data").click().run()
    first.button(key="show_best").click().run()
    first.toggle(key="check_data").set_value(True).run()
    first.radio(key="check_data_0").set_value(0).run()
    kept = first.session_state.kept
    again = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    again.run()
    again.session_state.your_progress = True
    for panel in PANELS:
        again.session_state[panel] = True
    again.run()
    again.file_uploader(key="progress_file").upload(
        "mine.json", kept.encode(), "application/json"
    ).run()
    again.switch_page("lessons/data.py").run()
    again.toggle(key="check_data").set_value(True).run()
    assert_whole(again)
    assert words(again) == words(first)
    assert again.radio(key="check_data_0").value == 0


def test_every_part_that_runs_alone_keeps_what_is_done_in_it() -> None:
    modules = sorted((ROOT / "lessons").rglob("*.py"))
    fragments = [
        path.name
        for path in modules
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and ast.unparse(node) == "st.fragment"
    ]
    # One for all parts, which sends what is kept; and one in which nothing can be done.
    assert sorted(fragments) == ["reconnect.py", "storage.py"]


def start_page(**state: object) -> AppTest:
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=120)
    for name, value in state.items():
        app.session_state[name] = value
    app.run()
    assert_whole(app)
    return app


def links(app: AppTest) -> list[str]:
    return [link.proto.label for link in app.get("page_link")]


def titles(app: AppTest) -> list[str]:
    return [link.split("**")[1] for link in links(app) if "**" in link]


def all_of(address: str) -> set[str]:
    return {f"page:{address}", *(key for part in PARTS.get(address, ()) for key in part.keys)}


def test_a_new_learner_is_asked_to_begin() -> None:
    shown = titles(start_page())
    assert shown[0] == "Begin the course: Data"
    assert not any("✓" in title for title in shown)


@pytest.mark.parametrize("place", range(1, len(LESSONS) + 1))
def test_the_next_thing_is_the_first_that_is_open(place: int) -> None:
    addresses = [page.address for page in LESSONS]
    done = set[str]().union(*map(all_of, addresses[: place - 1]), {f"page:{addresses[place - 1]}"})
    app = start_page(done=done)
    expected = place + (not PARTS.get(addresses[place - 1]))
    if expected <= len(LESSONS):
        assert titles(app)[0] == f"Go on: {TITLES[COURSE[expected].address]}"
    else:
        assert "You have done all of it." in words(app)
    ticked = [title for title in titles(app) if title.endswith("✓")]
    assert len(ticked) == expected - 1


def test_all_done_is_said_and_nothing_is_asked_for() -> None:
    app = start_page(done=set[str]().union(*(all_of(page.address) for page in LESSONS)))
    assert "You have done all of it." in words(app)
    assert not any(title.startswith("Go on") for title in titles(app))


def test_what_is_open_of_a_page_is_counted() -> None:
    app = start_page(done={"page:mistakes", *(f"mistake:{key}" for key in list(MISTAKES)[:3])})
    left = f"({len(MISTAKES) - 3} of {len(MISTAKES)} left)"
    assert any(left in unescaped(link) for link in links(app))


def test_pages_are_noted_as_one_comes_to_them() -> None:
    app = open_page("lessons/loss_surface.py")
    app.switch_page("lessons/gradient_steps.py").run()
    assert app.session_state.done == {"page:loss-surface", "page:gradient-steps"}


def test_the_panel_is_built_only_while_it_is_open() -> None:
    assert not start_page().get("file_uploader")


def opened(app: AppTest) -> AppTest:
    app.session_state.your_progress = True
    app.run()
    assert_whole(app)
    return app


FILE = json.dumps({"version": 1, "done": ["page:data"], "bests": {"steps": 12}})


def test_a_saved_file_is_joined_to_what_is_there() -> None:
    app = opened(start_page(done={"page:mistakes"}, bests={"steps": 20}))
    app.file_uploader(key="progress_file").upload("p.json", FILE.encode(), "application/json").run()
    assert_whole(app)
    assert app.session_state.done == {"page:data", "page:mistakes"}
    assert app.session_state.bests == {"steps": 12}


def test_a_file_of_more_names_than_can_be_read_again_costs_nothing() -> None:
    app = opened(start_page(done={"page:mistakes"}, bests={"steps": 20}))
    names = [f"page:{number}" for number in range(progress.MAX_ENTRIES)]
    file = json.dumps({"version": 1, "done": names, "bests": dict.fromkeys(names, 1)})
    app.file_uploader(key="progress_file").upload("p.json", file.encode(), "application/json").run()
    assert_whole(app)
    assert app.error
    assert app.session_state.done == {"page:mistakes"}
    assert app.session_state.bests == {"steps": 20}


def test_a_best_from_a_start_of_many_digits_is_read_again() -> None:
    dataset, start = make_noisy_line(), Line(-1 / 3e-99, -2 / 3e-99)
    name = f"one rate {dataset.fingerprint} {start.w} {start.b}"
    assert progress.read_bests({name: 7}) == {name: 7}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xfe\x00",
        b"[" * 50_000,
        b"<script>",
        b'{"version": 2}',
        b'{"version":1,"done":7}',
    ],
)
def test_a_file_that_is_none_gets_one_sentence_and_costs_nothing(content: bytes) -> None:
    app = opened(start_page(done={"page:mistakes"}))
    app.file_uploader(key="progress_file").upload("p.json", content, "application/json").run()
    assert_whole(app)
    (error,) = app.error
    assert "\n" not in error.value
    assert app.session_state.done == {"page:mistakes"}


def test_forget_me_asks_once_and_forgets() -> None:
    app = opened(start_page(done={"page:mistakes"}, bests={"steps": 20}))
    button(app, "Forget me").click().run()
    button(app, "No, keep it").click().run()
    assert app.session_state.done == {"page:mistakes"}
    button(app, "Forget me").click().run()
    button(app, "Yes, forget it all").click().run()
    assert_whole(app)
    assert "done" not in app.session_state
    assert "bests" not in app.session_state
    assert titles(app)[0] == "Begin the course: Data"


def button(app: AppTest, label: str) -> Any:  # noqa: ANN401
    return next(button for button in app.button if button.label == label)
