"""A teacher's link: a task in plain text, controls left out whose values hold, and its builder."""

import json
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.runtime.context import ContextProxy
from streamlit.runtime.state.query_params import QueryParams
from streamlit.testing.v1 import AppTest

from core.course.outline import COURSE, START
from core.datasets import DataError, load_bundled, make_noisy_line, points_from_text
from core.parameters import hidable, usual_rates
from core.reading.pins import Pin
from core.reading.tasks import MAX_TASK, read_task
from lessons.widgets import class_link
from tests.support.pages import (
    LESSONS,
    SURFACE,
    assert_whole,
    choose_data,
    chosen,
    component,
    loop_line,
    names_of_controls,
    open_link,
    open_page,
    open_part,
    shown_number,
    type_number,
    unescaped,
    walk,
    words,
)
from tests.support.tiers import some

HOSTILE = [
    "<script>alert(1)</script>",
    "**bold** $x$ :red[x] ![](http://x) [a](javascript:b)",
    "a\x00b\x07c\u202edef\nsecond\tline",
    "%00%1b[31m &task=2 # \u2028 \U000e0041 <img src=x onerror=alert(1)>",
    "é" * MAX_TASK,
]


@given(st.text())
def test_a_task_is_one_short_line_that_can_be_seen(text: str) -> None:
    try:
        task = read_task(text)
    except DataError:
        assert len(text) > MAX_TASK
        return
    assert len(task) <= MAX_TASK
    assert task == " ".join(task.split())
    assert task.isprintable()
    assert read_task(task) == task
    if text.isprintable() and len(text.split()) < 2:
        assert task == text.strip()


def test_a_task_of_10_kb_is_refused() -> None:
    with pytest.raises(DataError):
        read_task("x" * 10_000)


@pytest.mark.parametrize("task", some(HOSTILE, *HOSTILE[:2]))
def test_a_task_is_shown_as_text_on_every_page(task: str) -> None:
    app = open_link(LESSONS[0], task=task)
    for file, _ in COURSE:
        app.switch_page(file).run()
        assert_whole(app)
        shown = [text.value for text in app.text]
        assert (read_task(task) in shown) == bool(read_task(task))
        assert "<script" not in words(app)
    assert app.query_params.get("task", "") == read_task(task)


def test_a_task_that_is_too_long_is_not_shown_and_that_is_said() -> None:
    app = open_link(LESSONS[0], task="word " * 2_000)
    assert "too long" in words(app)
    assert not any("word" in text.value for text in app.text)


STRIP = ["data", "made", "seed", "standardize", "start"]
DRAWN = {
    "data": "data",
    "made": "true_w",
    "seed": "seed",
    "standardize": "standardize",
    "start": "start_b",
}


@pytest.mark.parametrize("name", STRIP)
@pytest.mark.parametrize("file", LESSONS)
def test_a_hidden_control_is_not_drawn_and_the_others_are(name: str, file: str) -> None:
    shown = names_of_controls(open_link(file, hide=name, show="all"))
    assert DRAWN[name] not in shown
    assert {DRAWN[other] for other in STRIP if other != name} <= shown


def test_values_of_hidden_controls_hold_on_all_pages() -> None:
    address: dict[str, str | list[str]] = {
        "hide": [*STRIP, "steps", "lr"],
        "true_w": "0.7",
        "seed": "3",
        "n": "50",
        "standardize": "true",
        "start_b": "2",
        "run": "20x0.1",
        "lr": "0.25",
    }
    app, plain = (
        open_link("lessons/gradient_steps.py", show="all", **chosen)
        for chosen in (address, {**address, "hide": []})
    )
    assert loop_line(app) == loop_line(plain)
    assert app.button(key="go").label == plain.button(key="go").label
    for file in LESSONS:
        app.switch_page(file).run()
        assert_whole(app)
        for name in ("true_w", "seed", "n", "standardize", "start_b"):
            assert app.query_params[name] == address[name]
    assert chosen(app, "lr") == 0.25


def test_data_that_the_link_fixes_is_that_on_every_page() -> None:
    app = open_link("lessons/mistakes.py", data="hubble", hide=["data", "start"])
    for file in LESSONS:
        app.switch_page(file).run()
        assert_whole(app)
        assert "data" not in names_of_controls(app)
        assert "Hubble" in words(app)


def test_own_points_in_a_link_need_no_control() -> None:
    names = ["hours", "grade"]
    app = open_link(LESSONS[0], data="own", points="0_1~1_2~2_4", names=names, hide="data")
    assert "3 points, grade against hours" in words(app)
    assert not app.get("file_uploader")
    app.switch_page(LESSONS[1]).run()
    assert "3 points, grade against hours" in words(app)
    assert app.query_params["points"] == "0_1~1_2~2_4"
    assert app.query_params["names"] == names


def test_own_data_can_be_left_out_of_the_choice() -> None:
    assert "own" not in open_link(LESSONS[1], hide="own").selectbox(key="data").options
    cards = open_link("lessons/data.py", hide="own").radio(key="data_card")
    assert len(cards.options) == 5


@pytest.mark.parametrize("file", LESSONS)
@pytest.mark.parametrize(
    "address",
    [
        {"data": "nonsense", "seed": "-4", "n": "1e99", "noise": "nan", "true_w": "inf"},
        {"lr": "0", "steps": "ten", "start_w": "1e400", "start_b": "", "standardize": "maybe"},
        {
            "lrs": ["abc", "nan"],
            "steps": "-1",
            "outlier": "perhaps",
            "outlier_x": "7",
            "n": "9" * 5000,
        },
    ],
)
def test_nonsense_for_a_hidden_control_falls_back_to_the_default(
    file: str, address: dict[str, str | list[str]]
) -> None:
    app = open_link(file, hide=[*hidable(), "nonsense", "<b>"], **address | {"show": "all"})
    data = make_noisy_line()
    assert f"{data.n} points" in words(app)
    assert app.session_state.visit.dataset().fingerprint == data.fingerprint
    assert chosen(app, "start_w") == 0
    assert not app.warning


def test_hidden_rates_hold() -> None:
    app = open_link(
        "lessons/learning_rates.py", show="all", hide="lrs", lrs=["0.2", "0.4"], part="numbers"
    )
    table = next(table.value for table in app.table if "verdict" in table.value)
    assert list(table["learning rate"]) == ["0.2", "0.4"]
    assert "lrs" not in names_of_controls(app)


def test_another_page_uses_what_the_first_could_not() -> None:
    app = open_link("lessons/mistakes.py", show="all", seed="5", run="20x0.1", lr="0.3")
    app.switch_page("lessons/gradient_steps.py").run()
    assert_whole(app)
    assert shown_number(app, "seed") == 5
    assert shown_number(app, "lr") == 0.3
    assert app.query_params["run"] == "20x0.1"
    app.button(key="start_over").click().run()
    app.switch_page("lessons/data.py").run()
    assert "run" not in app.query_params


def test_the_builder_makes_a_link_that_brings_it_all_back() -> None:
    app = open_page("lessons/gradient_steps.py")
    type_number(app, "seed", 4)
    type_number(app, "start_b", 0.25)
    app.button(key="go").click().run()
    line = loop_line(app)
    app.switch_page(START.file)
    app.session_state.class_link = True
    app.run()
    app.selectbox(key="link_page").select("gradient-steps")
    app.multiselect(key="link_hide").set_value(["seed", "data"])
    app.text_area(key="link_task").set_value("How many steps & <why>?").run()
    assert_whole(app)
    link = urlsplit(app.code[-1].value)
    assert link.path.endswith("/gradient-steps")
    address = parse_qs(link.query)
    assert address["task"] == ["How many steps & <why>?"]
    again = open_link("lessons/gradient_steps.py", **address)
    assert loop_line(again) == line
    assert {"seed", "data"}.isdisjoint(names_of_controls(again))
    assert "start_b" in names_of_controls(again)
    assert shown_number(again, "start_b") == 0.25


def test_a_task_of_several_lines_is_one_sentence_and_one_that_is_too_long_is_refused() -> None:
    app = open_page(START.file)
    app.session_state.class_link = True
    app.run()
    app.text_area(key="link_task").set_value("Say first.\nThen  run.").run()
    assert parse_qs(urlsplit(app.code[-1].value).query)["task"] == ["Say first. Then run."]
    app.text_area(key="link_task").set_value("x" * 217).run()
    assert_whole(app)
    (error,) = app.error
    said = error.value.replace("\\", "")  # what keeps a sentence from being read as Markdown
    assert said == "This task has 217 characters, and a link carries 200: shorten it."
    assert not app.code


def test_the_builder_is_built_only_while_it_is_open() -> None:
    assert not open_link(START.file).code


def link_for(app: AppTest, page: str, *hidden: str) -> dict[str, list[str]]:
    """Make a link for a class, and give its parameters."""
    app.switch_page(START.file)
    app.session_state.class_link = True
    app.run()
    app.selectbox(key="link_page").select(page)
    app.multiselect(key="link_hide").set_value(list(hidden)).run()
    assert_whole(app)
    return parse_qs(urlsplit(app.code[-1].value).query)


@pytest.mark.parametrize("chosen", [{"data": "cars"}, {"standardize": "true"}])
def test_the_builder_keeps_what_is_usual_on_the_lessons_data_only(chosen: dict[str, str]) -> None:
    app = open_page("lessons/gradient_steps.py", **chosen)
    type_number(app, "lr", 0.1)
    type_number(app, "start_b", -1.0)
    again = open_page("lessons/gradient_steps.py", **link_for(app, "gradient-steps"))
    assert shown_number(again, "lr") == 0.1
    assert shown_number(again, "start_b") == -1


def test_the_builder_leaves_out_what_a_new_visit_has_anyway() -> None:
    app = open_link("lessons/gradient_steps.py", data="cars")
    app.switch_page("lessons/learning_rates.py").run()
    assert link_for(app, "gradient-steps") == {"data": ["cars"]}


def test_the_builder_keeps_what_is_set_on_the_last_pages() -> None:
    address = {"units": "16", "net_batch": "8", "clutter": "0.5", "net_seed": "7"}
    app = open_link("lessons/hot_dog.py", net_rates=["0.05", "0.3"], show="all", **address)
    app.switch_page("lessons/mistakes.py").run()
    app.pills(key="mistake").set_value("sum").run()
    app.switch_page("lessons/learning_rates.py").run()
    open_part(app, "challenges")
    made = link_for(app, "hot-dog")
    assert made == {
        "net_rates": ["0.05", "0.3"],
        "mistake": ["sum"],
        "part": ["challenges"],
        **{name: [value] for name, value in address.items()},
    }


@pytest.mark.parametrize(
    ("former", "part"),
    [
        ("It is said …", "said"),
        ("Beat the best rate", "beat"),
        ("Pinned runs", "pins"),
        ("Challenges", "challenges"),
    ],
)
def test_links_to_parts_of_an_earlier_version_open_them(former: str, part: str) -> None:
    app = open_link("lessons/learning_rates.py", part=former, show="all")
    assert app.segmented_control(key="deeper_learning_rates").value == part
    assert app.query_params["part"] == part


def test_own_points_of_a_link_hold_though_own_data_is_left_out_of_the_choices() -> None:
    app = open_link("lessons/data.py", data="own", points="1_2~2_3~3_7", hide="own")
    assert chosen(app, "points").n == 3
    assert app.query_params["points"] == "1_2~2_3~3_7"
    app.switch_page("lessons/gradient_steps.py").run()
    assert_whole(app)
    assert app.query_params["points"] == "1_2~2_3~3_7"
    choose_data(app, "cars")
    app.run()
    assert "own" not in app.selectbox(key="data").options


@pytest.mark.parametrize("hidden", ["data", "own"])
def test_a_link_that_has_lost_its_points_or_has_spoiled_ones_says_so(hidden: str) -> None:
    app = open_link("lessons/data.py", data="own", hide=hidden)
    assert "The link carries no points" in app.info[0].value
    app = open_link("lessons/data.py", data="own", hide=hidden, points="1_2~x")
    for _ in range(2):
        assert "The points in this link cannot be read" in app.error[0].value
        app.run()


def test_rates_that_are_left_out_follow_the_data_in_the_address_too() -> None:
    app = open_link("lessons/learning_rates.py", hide="lrs", lrs=["0.3", "0.4"], show="all")
    choose_data(app, "cars")
    app.run()
    assert chosen(app, "lrs") == usual_rates(load_bundled("cars"))
    assert "lrs" not in app.query_params


@pytest.mark.parametrize("first", [START.file, "lessons/data.py"])
def test_the_builder_keeps_the_names_of_own_points(first: str) -> None:
    own = {"data": ["own"], "points": ["1_2~2_3~3_7"], "names": ["speed (mph)", "distance"]}
    made = link_for(open_link(first, **own), "data")
    assert made == own
    assert "distance against speed" in words(open_link("lessons/data.py", **made))


def test_the_builder_passes_on_what_no_page_has_used_yet() -> None:
    address = {"data": "cars", "lr": "0.0005", "run": "30x0.0005", "steps": "7"}
    app = open_link(START.file, utm_source="x", **address)
    made = link_for(app, "gradient-steps")
    assert made == {name: [value] for name, value in address.items()}


@pytest.mark.parametrize("part", ["pins", "challenges"])
def test_rates_that_are_none_leave_no_part_of_the_page_empty(part: str) -> None:
    app = open_link("lessons/learning_rates.py", hide="lrs", lrs="abc", part=part, show="all")
    assert chosen(app, "lrs") == usual_rates(make_noisy_line())
    assert {"pins": "pins_file", "challenges": "challenge"}[part] in {
        str(widget.key) for widget in (*app.get("file_uploader"), *app.pills)
    }


def make_link_under(
    url: str, found: list[str], monkeypatch: pytest.MonkeyPatch, **parameters: str
) -> AppTest:
    """Open the builder on a page that was opened so, on a machine with these addresses."""
    monkeypatch.setattr(ContextProxy, "url", property(lambda _: url))
    monkeypatch.setattr(class_link, "network_addresses", lambda: found)
    app = open_link(START.file, **parameters)
    app.session_state.class_link = True
    return app.run()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "[::1]"])
def test_a_link_made_on_the_machine_that_serves_is_one_that_a_class_can_open(
    host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_link_under(f"http://{host}:8501/", ["192.168.1.7"], monkeypatch)
    assert app.code[-1].value == "http://192.168.1.7:8501/data"
    assert not app.warning


def test_of_several_addresses_a_teacher_chooses(monkeypatch: pytest.MonkeyPatch) -> None:
    found = ["10.8.0.2", "192.168.1.7"]
    app = make_link_under("http://localhost:8501/", found, monkeypatch)
    assert app.code[-1].value == "http://10.8.0.2:8501/data"
    app.selectbox(key="link_host").select("192.168.1.7").run()
    assert app.code[-1].value == "http://192.168.1.7:8501/data"


def test_where_there_is_no_network_the_builder_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    app = make_link_under("http://localhost:8501/", [], monkeypatch)
    assert app.code[-1].value == "http://localhost:8501/data"
    assert "opens on this machine only" in app.warning[0].value


def test_an_address_that_a_class_can_open_stays_in_the_link(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = make_link_under("https://course.example.org/", ["192.168.1.7"], monkeypatch)
    assert app.code[-1].value == "https://course.example.org/data"
    assert not app.warning


@pytest.mark.parametrize(
    ("points", "sentence"), [(3, ""), (60, "may not read it"), (100, "too long for a QR code")]
)
def test_a_link_is_a_qr_code_too_as_long_as_phones_can_read_it(
    points: int, sentence: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = "~".join(f"{i}.123456_{2 * i}.654321" for i in range(points))
    app = make_link_under("http://192.168.1.7:8501/", [], monkeypatch, data="own", points=own)
    app.text_area(key="link_task").set_value("é" * (2 * points)).run()
    assert_whole(app)
    said = " ".join(caption.value for caption in app.caption)
    assert sentence in said
    assert ("QR" in said) == bool(sentence)
    images = [image.proto.imgs[0] for image in app.get("image")]
    assert len(images) == len(app.get("download_button")) == (points < 100)
    assert all(image.alt for image in images)


# What a link leaves out holds, wherever on the pages it could be changed


HELD: dict[str, dict[str, str | list[str]]] = {
    "data": {"data": "cars"},
    "own": {},
    "made": {"n": "50", "noise": "0.1", "outlier": "true"},
    "seed": {"seed": "3"},
    "standardize": {"data": "cars"},
    "start": {"start_w": "0.5", "start_b": "2"},
    "lr": {"lr": "0.25"},
    "lrs": {"lrs": ["0.2", "0.4"]},
    "steps": {"steps": "50"},
}
STATE = {
    "data": ("data",),
    "own": ("points",),
    "made": ("true_w", "true_b", "n", "noise", "outlier", "outlier_x", "outlier_y"),
    "start": ("start_w", "start_b"),
}
PIN = Pin(
    "of the lesson",
    "",
    {
        "data": "lesson", "standardize": True, "start_w": 1.0, "start_b": 1.0, "true_w": 0.1,
        "true_b": 0.5, "n": 20, "noise": 0.01, "seed": 7, "outlier": False, "outlier_x": 0.9,
        "outlier_y": 2.0,
    },
    0.5,
    20,
)  # fmt: skip
OWN_PIN = Pin(
    "of one's own",
    "",
    {"data": "own", "standardize": False, "start_w": 0.0, "start_b": 0.0},
    0.1,
    200,
    points_from_text("1_2~2_3~3_7"),
)
PARTS = {"lessons/learning_rates.py": ("said", "pins", "challenges")}


def state_of(app: AppTest, name: str) -> dict[str, object]:
    return {key: chosen(app, key) for key in STATE.get(name, (name,))}


@pytest.mark.parametrize(
    ("file", "part"),
    [(file, part) for file in LESSONS for part in PARTS.get(file, ("",))],
)
@pytest.mark.parametrize(
    "hidden", some([list(hidable()), *([name] for name in hidable())], list(hidable()))
)
def test_no_button_changes_what_a_link_leaves_out(file: str, part: str, hidden: list[str]) -> None:
    address = {name: value for hide in hidden for name, value in HELD[hide].items()}
    app = open_link(file, hide=hidden, show="all", part=part, **address)
    app.session_state.pins = [OWN_PIN, PIN]
    if part == "said":
        app.pills(key="saying").set_value("larger")
    app.run()
    assert_whole(app)
    before = {name: state_of(app, name) for name in hidden}
    # In other units of x the same rates are other numbers: no button but these may change them.
    units = {"Standardize x", "Back to the original x"} & {one.label for one in app.button}
    pressed = units if {"lr", "lrs"} & set(hidden) else set[str]()
    while left := [one for one in app.button if not one.disabled and one.label not in pressed]:
        pressed.add(left[0].label)
        left[0].click().run()
        assert_whole(app)
        assert {name: state_of(app, name) for name in hidden} == before, left[0].label
    assert pressed


@pytest.mark.parametrize(
    "name", ["data", "made", "seed", "standardize", "start", "lrs", "steps", "lr"]
)
@pytest.mark.parametrize("is_hidden", [True, False])
def test_a_pin_is_brought_back_only_where_it_changes_nothing_that_is_left_out(
    name: str, is_hidden: bool
) -> None:
    app = open_link(
        "lessons/learning_rates.py",
        show="all",
        part="pins",
        hide=name if is_hidden else [],
        lr="0.25",
        **HELD[name] if name == "data" else {},
    )
    app.session_state.pins = [PIN]
    app.run()
    assert_whole(app)
    assert any(button.key == "pin_back" for button in app.button) != is_hidden
    assert (f"what this link leaves out ({hidable()[name]})" in unescaped(words(app))) == is_hidden


def test_a_pin_that_changes_nothing_that_is_left_out_is_brought_back() -> None:
    app = open_link(
        "lessons/learning_rates.py", show="all", part="pins", hide=["data", "steps"],
        steps="20",
    )  # fmt: skip
    app.session_state.pins = [PIN]
    app.run()
    app.button(key="pin_back").click().run()
    assert_whole(app)
    assert chosen(app, "seed") == 7
    assert chosen(app, "standardize")


def test_own_points_of_a_pin_are_own_data() -> None:
    app = open_link("lessons/learning_rates.py", show="all", part="pins", hide="own")
    app.session_state.pins = [OWN_PIN]
    app.run()
    assert f"what this link leaves out ({hidable()['own']})" in words(app)


@pytest.mark.parametrize("hidden", ["", "standardize"])
def test_the_valley_is_made_round_only_where_x_may_be_standardized(hidden: str) -> None:
    app = open_link("lessons/learning_rates.py", show="all", hide=hidden, part="round")
    assert any(button.key == "toggle_standardize" for button in app.button) == (not hidden)
    assert "The shape of the valley is decided by x alone" in words(app)


@pytest.mark.parametrize("hidden", ["", "start"])
@pytest.mark.parametrize(
    ("file", "key"),
    [("lessons/data.py", "guess_sliders"), ("lessons/loss_surface.py", "pointed_line")],
)
def test_a_start_is_taken_from_a_chart_only_where_it_may_be_chosen(
    file: str, key: str, hidden: str
) -> None:
    app = open_link(file, show="all", hide=hidden)
    assert bool(json.loads(component(app, key))["buttons"]) == (not hidden)
    said = "**click** to begin there" if file == SURFACE else "Start the descent here"
    assert (said in words(app)) == (not hidden)


@pytest.mark.parametrize("hidden", ["", "lrs"])
def test_rates_are_taken_from_the_ruler_only_where_they_may_be_chosen(hidden: str) -> None:
    app = open_link("lessons/learning_rates.py", show="all", hide=hidden)
    charts = [node.proto for node in walk(app.main) if type(node.proto).__name__ == "VegaLiteChart"]
    picked_from = [chart for chart in charts if list(chart.selection_mode) == ["pick"]]
    assert len(picked_from) == (0 if hidden else 1)
    labels = [box.label for box in app.multiselect]
    assert any("click on the ruler" in label for label in labels) == (not hidden)
    assert any(button.label == "The lesson's" for button in app.button) == (not hidden)


def test_rates_can_be_chosen_while_the_steps_hold() -> None:
    app = open_link("lessons/learning_rates.py", show="all", hide="steps", steps="50")
    labels = [button.label for button in app.button]
    assert not any(label.startswith("Two million") for label in labels)
    next(button for button in app.button if button.label == "The lesson's").click().run()
    assert chosen(app, "lrs") == ["0.1", "0.01"]
    assert chosen(app, "steps") == 50
    assert app.query_params["steps"] == "50"


def test_no_way_out_is_named_that_a_link_leaves_out() -> None:
    for hide in ([], ["standardize"], ["standardize", "data"]):
        app = open_link(
            "lessons/learning_rates.py", show="all", part="challenges", hide=hide,
            data="own", points="1000000_1~1000001_2~1000002_4",
        )  # fmt: skip
        app.pills(key="challenge").set_value("one_rate").run()
        assert_whole(app)
        assert "The valley is too long" in words(app)
        assert ("*Standardize x*" in words(app)) == ("standardize" not in hide)
        assert ("choose other data" in words(app)) == ("data" not in hide)


# What stands in the address


PAGES = [page.file for page in COURSE]


@pytest.mark.parametrize("file", PAGES)
def test_an_address_is_written_only_when_something_changes(
    file: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = open_link(
        file, show="all", data="own", points="1_2~2_3~3_7", standardize="true", start_b="2",
        steps="50", lr="0.3", run="20x0.1", lrs=["0.2", "0.4"], factors="1,5", mistake="plus",
        part="beat", trained="true", units="8", net_rates="0.2", net_seed="3",
        task="Why?", hide="seed", utm_source="x",
    )  # fmt: skip
    app.run()
    written: list[str] = []
    monkeypatch.setattr(
        QueryParams, "_send_query_param_msg", lambda address: written.append(str(address))
    )
    for _ in range(3):
        app.run()
        assert_whole(app)
    assert written == []


def test_the_mistake_that_is_shown_anyway_is_not_in_the_address() -> None:
    app = open_link("lessons/mistakes.py")
    assert "mistake" not in app.query_params
    app.pills(key="mistake").set_value("sum").run()
    assert app.query_params["mistake"] == "sum"
    app.pills(key="mistake").set_value("plus").run()
    assert "mistake" not in app.query_params


def test_parameters_of_others_stay_where_they_came_and_go_no_farther() -> None:
    app = open_link("lessons/data.py", utm_source="x", seed="5", run="20x0.1")
    assert app.query_params["utm_source"] == "x"
    for name in ("utm_source", "seed", "run"):
        del app.query_params[name]  # as a browser does, on the way to another page
    app.switch_page("lessons/mistakes.py").run()
    assert_whole(app)
    assert "utm_source" not in app.query_params
    assert app.query_params["run"] == "20x0.1"


@pytest.mark.parametrize("outlier", ["true", "false"])
@pytest.mark.parametrize("hidden", ["", "made"])
def test_an_outlier_comes_and_goes_only_where_one_may_choose_how_data_is_made(
    hidden: str, outlier: str
) -> None:
    app = open_link("lessons/data.py", hide=hidden, outlier=outlier, part="squares")
    taken = any(button.key == "take_outlier" for button in app.button)
    kept = json.loads(component(app, "bad_point_slider"))["buttons"]
    assert bool(kept) == (not hidden)
    assert taken == (not hidden and outlier == "true")
