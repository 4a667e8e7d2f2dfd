"""A pin holds what makes a run; a file of pins is read, or refused in a sentence."""

import json
import time
from dataclasses import fields, replace
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.datasets import BUNDLED, DataError, Dataset, load_bundled, make_noisy_line
from core.parameters import PARAMETERS
from core.points import own_points, standardize, with_outlier
from core.reading.pins import (
    MAX_NAME,
    MAX_NOTE,
    MAX_PINS,
    Pin,
    fewest_points_first,
    join,
    pins_from_json,
    pins_to_json,
)
from core.reading.text import MAX_BYTES
from lessons.sections import pins
from tests.support.pins import ANY_DATA, ENTRY, LESSON, OWN_ENTRY, PIN, POINTS, written


def own_data(*y: float, x_label: str = "x") -> Dataset:
    return own_points(
        np.arange(1.0, len(y) + 1), np.array(y, dtype=float), x_label, "y", range(1, len(y) + 1)
    )


def number(name: str) -> st.SearchStrategy[float]:
    row = PARAMETERS["lr" if name == "learning_rate" else name]
    low, high = row.low, row.high
    return st.integers(low, high) if isinstance(low, int) else st.floats(low, high)


def words(least: int, most: int) -> st.SearchStrategy[str]:
    seen = st.characters(exclude_categories=("Cc", "Cf", "Cs", "Zl", "Zp"))
    return st.text(seen, min_size=least, max_size=most).filter(lambda t: len(t.strip()) >= least)


@st.composite
def any_pin(draw: st.DrawFn) -> Pin:
    data = draw(st.sampled_from(["lesson", *BUNDLED, "own"]))
    settings: dict[str, Any] = {
        "data": data,
        "standardize": draw(st.booleans()),
        "start_w": draw(number("start_w")),
        "start_b": draw(number("start_b")),
    }
    if data == "lesson":
        for name in ("true_w", "true_b", "n", "noise", "seed", "outlier_x", "outlier_y"):
            settings[name] = draw(number(name))
        settings["outlier"] = draw(st.booleans())
    own = own_data(*draw(st.lists(st.floats(-1e9, 1e9), min_size=3, max_size=9)))
    return Pin(
        draw(words(1, MAX_NAME)),
        draw(words(0, MAX_NOTE)),
        settings,
        draw(number("learning_rate")),
        int(draw(number("steps"))),
        own if data == "own" else None,
    )


@given(st.lists(any_pin(), max_size=5))
def test_a_file_of_pins_gives_the_same_pins(some: list[Pin]) -> None:
    text = pins_to_json(some)
    copy = pins_from_json(text.encode())
    assert [pin.identity for pin in copy] == [pin.identity for pin in some]
    assert pins_to_json(copy) == text
    for pin, its_copy in zip(some, copy, strict=True):
        assert its_copy.dataset().fingerprint == pin.dataset().fingerprint


ANOTHER: dict[str, Any] = {
    "name": "second", "note": "", "learning_rate": 0.2, "steps": 201,
    "own": own_data(1.0, 2.5, 2.0),
}  # fmt: skip
ANOTHER_SETTING: dict[str, Any] = {
    "data": "cars", "standardize": True, "start_w": 0.5, "start_b": 0.5, "true_w": 0.2,
    "true_b": 0.6, "n": 99, "noise": 0.02, "seed": 1, "outlier": True, "outlier_x": 0.8,
    "outlier_y": 3.0,
}  # fmt: skip


def test_pins_that_differ_in_anything_are_not_the_same() -> None:
    own = Pin("first", "a note", ANY_DATA | {"data": "own"}, 0.1, 200, own_data(1.0, 2.0, 4.0))
    others = {
        field.name: replace(
            own if field.name == "own" else PIN, **{field.name: ANOTHER[field.name]}
        )
        for field in fields(Pin)
        if field.name != "settings"
    }
    assert set(PIN.settings) == set(ANOTHER_SETTING)
    for name, value in ANOTHER_SETTING.items():
        settings = ANY_DATA | {name: value} if name == "data" else LESSON | {name: value}
        others[f"setting {name}"] = replace(PIN, settings=settings)
    renamed = own_data(1.0, 2.0, 4.0, x_label="t")
    pins = [PIN, own, *others.values(), replace(own, own=renamed)]
    assert len({pin.identity for pin in pins}) == len(pins)


def test_a_pin_makes_its_data_again() -> None:
    settings = LESSON | {"true_w": 2, "n": 7, "noise": 0.5, "seed": 4}
    made = make_noisy_line(2.0, 0.5, 7, 0.5, 4)
    assert replace(PIN, settings=settings).dataset().fingerprint == made.fingerprint
    settings |= {"outlier": True}
    with_one = with_outlier(made, 0.9, 2.0)
    assert replace(PIN, settings=settings).dataset().fingerprint == with_one.fingerprint
    for name in BUNDLED:
        pin = replace(PIN, settings=ANY_DATA | {"data": name})
        assert pin.dataset().fingerprint == load_bundled(name).fingerprint
        assert pin.dataset().name == BUNDLED[name].name
        rounded = replace(pin, settings=pin.settings | {"standardize": True}).dataset()
        assert rounded.fingerprint == standardize(load_bundled(name)).fingerprint
        assert rounded.scaling is not None


def test_a_file_is_readable_and_holds_shared_points_once() -> None:
    points = own_data(1.0, 2.5, 2.0)
    settings = ANY_DATA | {"data": "own"}
    shared = [Pin(name, "", settings, 0.1, 20, points) for name in "abc"]
    text = pins_to_json([*shared, Pin("d", "", settings, 0.1, 20, own_data(3.0, 1.0, 2.0)), PIN])
    assert text.count("2.5") == 1
    assert len(text.splitlines()) == 5 + 2 + 6
    assert [entry["y"] for entry in json.loads(text)["own_data"]] == [[1, 2.5, 2], [3, 1, 2]]


def test_points_keep_their_labels() -> None:
    settings = ANY_DATA | {"data": "own"}
    labels = ["a\tb", "<b>", "speed (mph)", ""]
    some = [Pin("p", "", settings, 0.1, 20, own_data(1, 2, 4, x_label=label)) for label in labels]
    copy = pins_from_json(pins_to_json(some).encode())
    assert [pin.own.x_label for pin in copy if pin.own] == labels


def test_a_file_claims_no_result() -> None:
    entry = json.loads(pins_to_json([PIN]))["pins"][0]
    assert set(entry) == {"name", "note", "learning_rate", "steps", "settings"}
    with pytest.raises(DataError, match="it must hold just"):
        pins_from_json(written(entry | {"loss": 0.0}))


def test_only_new_pins_join() -> None:
    copy = pins_from_json(pins_to_json([PIN]).encode())
    other = replace(PIN, name="other")
    assert [pin.name for pin in join([PIN], [*copy, other, other])] == ["first", "other"]


def test_there_is_room_for_so_many() -> None:
    many = [replace(PIN, name=f"pin {place}") for place in range(MAX_PINS)]
    assert len(join([], many)) == MAX_PINS
    with pytest.raises(DataError, match="remove some"):
        join(many, [PIN])


def test_what_cannot_be_loaded_again_is_not_kept() -> None:
    rng = np.random.default_rng(0)
    settings = ANY_DATA | {"data": "own"}
    large = [
        Pin("p", "", settings, 0.1, 20, own_points(*rng.normal(size=(2, n)), "x", "y", range(n)))
        for n in (90_000, 50_000)
    ]
    assert pins_from_json(pins_to_json(join([], large[:1])).encode())
    with pytest.raises(DataError, match="5 MB"):
        join(large[:1], large[1:])


def with_setting(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401
    return ENTRY | {"settings": LESSON | {name: value}}


def test_what_is_written_by_hand_can_be_read() -> None:
    (pin,) = pins_from_json(b"\xef\xbb\xbf" + written(OWN_ENTRY, own=[POINTS]))
    assert pin.dataset().n == 3
    (pin,) = pins_from_json(written(with_setting("true_w", 2)))
    assert isinstance(pin.settings["true_w"], float)


NUMBERS = [None, True, "1", [], {}, 1e999, -1e999, float("nan"), 10**400, -(10**400)]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"x,y\n1,2\n",
        b"\xff\xfe{\0}\0",
        b"\x80\x81",
        b"null",
        b"NaN",
        b"[]",
        b"{}",
        b'{"pins": []}',
        b'{"pins": [], "own_data": [], "more": 1}',
        b'{"pins": {}, "own_data": []}',
        b'{"pins": [], "own_data": "text"}',
        b'{"pins": [],' + b" " * MAX_BYTES,
        b"[" * 1_000_000,
        b'{"a":' * 500_000,
        b"9" * 1_000_000,
        b'{"pins": [1' + b"0" * 5_000 + b'], "own_data": []}',
        written(*[ENTRY] * (MAX_PINS + 1)),
        written(own=[POINTS] * (MAX_PINS + 1)),
        *(written(entry) for entry in (None, [], "pin", 1, {}, [ENTRY])),
        *(written({k: v for k, v in ENTRY.items() if k != key}) for key in ENTRY),
        *(written(ENTRY | {"name": name}) for name in ("", "  ", "n" * 61, "a\nb", "\ud800", 1)),
        *(written(ENTRY | {"note": note}) for note in ("n" * 301, "a\0", "\u202e", None)),
        *(written(ENTRY | {"settings": value}) for value in (None, [], 1, {}, {"data": "lesson"})),
        *(
            written(with_setting("data", value))
            for value in ("cars", "own", "titanic", "", None, [], {})
        ),
        *(written(with_setting(name, value)) for name in ("outlier", "standardize")
          for value in (0, 1, "true", None)),
        written(with_setting("more", 1)),
        *(written(with_setting(name, value)) for name in ("n", "seed", "noise", "start_w", "true_b")
          for value in NUMBERS),
        *(written(ENTRY | {name: value}) for name in ("learning_rate", "steps")
          for value in (*NUMBERS, 0, -1, 10**16)),
        written(ENTRY | {"steps": 20.0}),
        written(ENTRY | {"own_data": 0}, own=[POINTS]),
        *(written(OWN_ENTRY | {"own_data": place}, own=[POINTS])
          for place in (1, -1, True, 0.0, None, "0", [0])),
        *(written(own=[entry]) for entry in (None, [], {}, POINTS | {"z": [1, 2, 3]})),
        *(written(own=[POINTS | {"x_label": label}]) for label in (1, None, "l" * 121, "\udfff")),
        *(written(own=[POINTS | {"x": column}])
          for column in (None, "123", {}, [], [1, 2], [1, 1, 1], [1, 2, "3"], [1, 2, None],
                         [1, 2, True], [1, 2, [3]], [1, 2, 1e101], [1, 2, float("nan")],
                         [1, 2, 10**400], [1, 2, float("inf")])),
        written(own=[POINTS | {"x": [1] * 100_001}]),
    ],
)  # fmt: skip
def test_what_is_no_file_of_pins_is_refused_in_a_sentence(content: bytes) -> None:
    before = time.perf_counter()
    with pytest.raises(DataError) as caught:
        pins_from_json(content)
    assert time.perf_counter() - before < 2
    sentence = str(caught.value)
    assert sentence.endswith(".")
    assert len(sentence) < 400
    assert "\n" not in sentence


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda parts: st.lists(parts) | st.dictionaries(st.text(), parts),
    max_leaves=10,
)


@given(st.data())
def test_whatever_stands_in_a_file_is_read_or_refused(data: st.DataObject) -> None:
    file = json.loads(written(ENTRY, OWN_ENTRY, own=[POINTS]))
    part: Any = file
    while isinstance(part, dict | list) and part:
        keys = list(part) if isinstance(part, dict) else range(len(part))
        key = data.draw(st.sampled_from(keys))
        if data.draw(st.booleans()):
            part[key] = data.draw(ANYTHING)
            break
        part = part[key]
    try:
        for pin in pins_from_json(json.dumps(file).encode()):
            pin.dataset()
    except DataError:
        pass


@given(st.binary())
def test_random_bytes_are_refused(content: bytes) -> None:
    with pytest.raises(DataError):
        pins_from_json(content)


@given(ANYTHING)
def test_random_json_is_refused(value: Any) -> None:  # noqa: ANN401
    with pytest.raises(DataError):
        pins_from_json(json.dumps(value).encode())


def test_where_a_browser_has_no_room_for_all_the_largest_are_left_out() -> None:
    small, large = (replace(PIN, name=name) for name in ("small", "other"))
    rng = np.random.default_rng(0)
    heavy = Pin("heavy", "", ANY_DATA | {"data": "own"}, 0.1, 9, own_data(*rng.normal(size=9_000)))
    kept = [small, heavy, large]
    assert fewest_points_first(kept, 1_000_000) == kept
    assert fewest_points_first(kept, 100_000) == [small, large]
    assert fewest_points_first(kept, len(pins_to_json([small]))) == [small]
    many = [replace(heavy, name=str(i), own=own_data(1, 2, i)) for i in range(11)]
    many += [replace(heavy, name=f"{i}s", own=own_data(1, 2, 50)) for i in range(60)]
    for most in range(18_000, 20_000, 7):
        assert len(pins_to_json(fewest_points_first(many, most))) <= most
    assert fewest_points_first(kept, 10) == fewest_points_first([], 10) == []


def test_the_second_click_on_remove_removes_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    other = replace(PIN, name="other")
    state = SimpleNamespace(pins=[PIN, other])
    monkeypatch.setattr(pins.st, "session_state", state)
    pins._remove(PIN)
    pins._remove(PIN)
    assert state.pins == [other]
