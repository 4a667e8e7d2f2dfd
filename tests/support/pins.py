"""A pin, and files of pins written by hand."""

import json
from typing import Any

from core.reading.pins import Pin, pins_to_json

ANY_DATA = {"standardize": False, "start_w": 0.0, "start_b": -1.0}


LESSON = ANY_DATA | {
    "data": "lesson",
    "true_w": 0.1,
    "true_b": 0.5,
    "n": 100,
    "noise": 0.01,
    "seed": 0,
    "outlier": False,
    "outlier_x": 0.9,
    "outlier_y": 2.0,
}


PIN = Pin("first", "a note", LESSON, 0.1, 200)


def written(*entries: Any, own: Any = ()) -> bytes:  # noqa: ANN401
    return json.dumps({"pins": list(entries), "own_data": list(own)}).encode()


ENTRY: dict[str, Any] = json.loads(pins_to_json([PIN]))["pins"][0]


OWN_ENTRY = ENTRY | {"settings": ANY_DATA | {"data": "own"}, "own_data": 0}


POINTS: dict[str, Any] = {"x_label": "x", "y_label": "y", "x": [1, 2, 3], "y": [2, 3, 5]}
