"""Runs that a learner keeps: what makes each of them, as a record, and as a file.

A pin holds no result. Loss, verdict and all other numbers are computed again from it, so that a
file cannot claim any.
"""

import json
import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

import numpy as np

from core.datasets import (
    MAX_LABEL,
    DataError,
    Dataset,
    FloatArray,
    Line,
    load_bundled,
    make_noisy_line,
)
from core.parameters import DATA_NAMES, PARAMETERS, Settings
from core.points import MAX_MAGNITUDE, own_points, standardize, with_outlier
from core.reading.text import MAX_BYTES, MAX_ROWS

MAX_PINS = 100
MAX_NAME = 60
MAX_NOTE = 300

# The settings of any data, and those that the lesson's data has besides.
_SETTINGS = ("data", "standardize", "start_w", "start_b")
_LESSON_SETTINGS = (
    "true_w", "true_b", "n", "noise", "seed", "outlier", "outlier_x", "outlier_y",
)  # fmt: skip

_HALF = re.compile("[\ud800-\udfff]")  # JSON can spell it, and no page can be sent it
# Control characters, line breaks, and those that turn the direction of the text after them.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


@dataclass(frozen=True, eq=False)
class Pin:
    """All that makes a run, under a name. Checked on construction.

    Parameters
    ----------
    name, note : str
        The learner's words, on one line each: a name of 1 to 60 characters, a note of up to 300.
    settings : mapping
        The address parameters that make data and start: data, standardize, start_w, start_b; for
        the lesson's data also true_w, true_b, n, noise, seed, outlier, outlier_x, outlier_y.
    learning_rate : float
        In x- and y-free units of 1/λ.
    steps : int
        Steps to take, 1 to 2,000,000.
    own : Dataset or None
        The points, where data is "own".

    Raises
    ------
    DataError
        If anything is missing, too much, of another type or out of its bounds.
    """

    name: str
    note: str
    settings: Mapping[str, Any]
    learning_rate: float
    steps: int
    own: Dataset | None = None

    def __post_init__(self) -> None:
        _check_words("name", self.name, 1, MAX_NAME)
        _check_words("note", self.note, 0, MAX_NOTE)
        settings = _checked_settings(self.settings)
        if (settings["data"] == "own") != (self.own is not None):
            raise DataError("errors.pin_with_points_of_other_data")
        object.__setattr__(self, "settings", settings)
        for name in ("learning_rate", "steps"):
            object.__setattr__(self, name, _checked_number(name, getattr(self, name)))

    @property
    def start(self) -> Line:
        """Where the run begins, in the data's own units."""
        return Line(self.settings["start_w"], self.settings["start_b"])

    @property
    def identity(self) -> tuple[object, ...]:
        """What two pins share exactly when they are the same; hashable."""
        words = (self.name, self.note, *self.settings.items(), self.learning_rate, self.steps)
        return words if self.own is None else (*words, *own_identity(self.own))

    def dataset(self) -> Dataset:
        """Make the points that the run is fitted to.

        Raises
        ------
        DataError
            If no line can be fitted to them.
        """
        settings = self.settings
        if self.own is not None:
            dataset = self.own
        elif settings["data"] == "lesson":
            dataset = make_noisy_line(
                *(settings[name] for name in ("true_w", "true_b", "n", "noise", "seed"))
            )
            if settings["outlier"]:
                dataset = with_outlier(dataset, settings["outlier_x"], settings["outlier_y"])
        else:
            dataset = load_bundled(settings["data"])
        return standardize(dataset) if settings["standardize"] else dataset


def settings_of(settings: Settings) -> dict[str, Any]:
    """Write what makes data and start as a pin keeps it."""
    names = (*_SETTINGS, *_LESSON_SETTINGS) if settings.data == "lesson" else _SETTINGS
    start = {"start_w": settings.start.w, "start_b": settings.start.b}
    return {name: start[name] if name in start else getattr(settings, name) for name in names}


def own_identity(own: Dataset) -> tuple[str, str, str]:
    """Give what two sets of own points share exactly when they are the same."""
    return own.fingerprint, own.x_label, own.y_label


def _check_words(name: str, words: object, least: int, most: int) -> None:
    if not isinstance(words, str) or not least <= len(words.strip()) <= len(words) <= most:
        raise DataError("errors.pin_text", name=name, least=least, most=most)
    if _UNSEEN.search(words):
        raise DataError("errors.pin_unseen_character", name=name)


def _checked_settings(settings: object) -> dict[str, Any]:
    """Check settings one by one; put them into their order, numbers into their type."""
    if not isinstance(settings, Mapping):
        raise DataError("errors.pin_settings")
    data = settings.get("data")
    if not isinstance(data, str) or data not in DATA_NAMES:
        raise DataError("errors.pin_data", names=DATA_NAMES)
    names = (*_SETTINGS, *_LESSON_SETTINGS) if data == "lesson" else _SETTINGS
    if set(settings) != set(names):
        raise DataError("errors.pin_names_of_settings", data=data, names=names)
    for name in {"standardize", "outlier"} & set(names):
        if not isinstance(settings[name], bool):
            raise DataError("errors.pin_switch", name=name)
    return {
        name: settings[name]
        if name in ("data", "standardize", "outlier")
        else _checked_number(name, settings[name])
        for name in names
    }


def _checked_number(name: str, value: object) -> float:
    row = PARAMETERS["lr" if name == "learning_rate" else name]
    low, high = row.low, row.high
    kind = int if isinstance(low, int) else float
    if _is_number(value, kind) and low <= value <= high:
        return kind(value)
    raise DataError(
        "errors.pin_whole_number" if kind is int else "errors.pin_number",
        name=name,
        low=low,
        high=high,
    )


def _is_number(value: object, kind: type) -> TypeGuard[float]:
    return isinstance(value, (int, kind)) and not isinstance(value, bool)


def join(pins: Sequence[Pin], more: Sequence[Pin]) -> list[Pin]:
    """Add to pins those that are not there yet.

    Raises
    ------
    DataError
        If they would be more than 100, or more than one file of 5 MB can hold.
    """
    joined = list({pin.identity: pin for pin in [*pins, *more]}.values())
    if len(joined) > MAX_PINS:
        raise DataError("errors.too_many_pins", pins=len(joined), most=MAX_PINS)
    if len(pins_to_json(joined).encode()) > MAX_BYTES:
        raise DataError("errors.pins_too_large", megabytes=MAX_BYTES // 1_000_000)
    return joined


def fewest_points_first(pins: Sequence[Pin], most: int) -> list[Pin]:
    """Choose pins whose file has at most so many characters, in their order.

    Where all are too many, those with the most own points are left out.
    """
    ordered = sorted(pins, key=lambda pin: 0 if pin.own is None else pin.own.n)

    def fewest(count: int) -> list[Pin]:
        kept = {pin.identity for pin in ordered[:count]}
        return [pin for pin in pins if pin.identity in kept]

    counts = range(1, len(ordered) + 1)
    return fewest(bisect_right(counts, most, key=lambda count: len(pins_to_json(fewest(count)))))


def pins_to_json(pins: Sequence[Pin]) -> str:
    """Write pins as a file: a line for each pin, and one for each set of own points.

    Floats are written exactly. Points that several pins share are written once.
    """
    own = {own_identity(pin.own): pin.own for pin in pins if pin.own is not None}
    places = {identity: place for place, identity in enumerate(own)}
    entries = [
        {
            "name": pin.name,
            "note": pin.note,
            "learning_rate": pin.learning_rate,
            "steps": pin.steps,
            "settings": pin.settings,
        }
        | ({} if pin.own is None else {"own_data": places[own_identity(pin.own)]})
        for pin in pins
    ]
    points = [write_points(dataset) for dataset in own.values()]
    return f'{{\n"pins": {_lines(entries)},\n"own_data": {_lines(points)}\n}}\n'


def write_points(dataset: Dataset) -> dict[str, Any]:
    """Write own points as what JSON can say, exactly."""
    return {
        "x_label": dataset.x_label,
        "y_label": dataset.y_label,
        "x": dataset.x.tolist(),
        "y": dataset.y.tolist(),
    }


def _lines(entries: Sequence[Mapping[str, Any]]) -> str:
    if not entries:
        return "[]"
    lines = ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries)
    return f"[\n{lines}\n]"


_PIN_KEYS = {"name", "note", "learning_rate", "steps", "settings"}
_OWN_KEYS = {"x_label", "y_label", "x", "y"}


def pins_from_json(content: bytes) -> list[Pin]:
    """Read what ``pins_to_json`` wrote.

    Parameters
    ----------
    content : bytes
        Of the file, in UTF-8.

    Returns
    -------
    list of Pin

    Raises
    ------
    DataError
        If the content is anything else. Never another exception.
    """
    if len(content) > MAX_BYTES:
        raise DataError("errors.pins_file_too_large", megabytes=MAX_BYTES // 1_000_000)
    try:
        file = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError):  # of text, JSON and digits; of brackets in brackets
        file = None
    if not isinstance(file, dict) or file.keys() != {"pins", "own_data"}:
        raise DataError("errors.no_pins_file")
    pins, own = file["pins"], file["own_data"]
    for entries in (pins, own):
        if not isinstance(entries, list) or len(entries) > MAX_PINS:
            raise DataError("errors.too_many_in_file", most=MAX_PINS)
    datasets = []
    for place, entry in enumerate(own, start=1):
        try:
            datasets.append(read_points(entry))
        except DataError as error:
            raise DataError("errors.points_of_file", place=place, wrong=error.sentence) from error
    return [_read_pin(place, entry, datasets) for place, entry in enumerate(pins, start=1)]


def _read_pin(place: int, entry: object, datasets: Sequence[Dataset]) -> Pin:
    try:
        if not isinstance(entry, dict) or entry.keys() - {"own_data"} != _PIN_KEYS:
            raise DataError("errors.pin_keys", names=sorted(_PIN_KEYS))
        own = None
        if "own_data" in entry:
            at = entry["own_data"]
            if type(at) is not int or not 0 <= at < len(datasets):
                raise DataError("errors.pin_place_of_points")
            own = datasets[at]
        return Pin(**{name: entry[name] for name in _PIN_KEYS}, own=own)
    except DataError as error:
        raise DataError("errors.pin_of_file", place=place, wrong=error.sentence) from error


def read_points(entry: object) -> Dataset:
    """Read what ``write_points`` wrote.

    Raises
    ------
    DataError
        If it is anything else.
    """
    if not isinstance(entry, dict) or entry.keys() != _OWN_KEYS:
        raise DataError("errors.points_keys", names=sorted(_OWN_KEYS))
    labels = entry["x_label"], entry["y_label"]
    for label in labels:
        if not isinstance(label, str) or len(label) > MAX_LABEL or _HALF.search(label):
            raise DataError("errors.points_label", most=MAX_LABEL)
    x, y = _read_column(entry["x"]), _read_column(entry["y"])
    if x.size != y.size:
        raise DataError("errors.points_unpaired", x_values=x.size, y_values=y.size)
    return own_points(x, y, *labels, range(1, x.size + 1))


def _read_column(values: object) -> FloatArray:
    if not isinstance(values, list) or len(values) > MAX_ROWS:
        raise DataError("errors.points_column", most=MAX_ROWS)
    if not all(_is_number(value, float) and abs(value) <= MAX_MAGNITUDE for value in values):
        raise DataError("errors.points_value", most=MAX_MAGNITUDE)
    return np.array(values, dtype=np.float64)
