"""No word in a chart stands on another word or on a line, and no axis has many labels.

Charts are drawn as wide as they are on the page, in a wide window and on a phone.
"""

import altair as alt
import numpy as np
import pandas as pd
import pytest

from core.figures.parts import finish, log_axis
from core.figures.registry import FIGURES, Picture
from tests.support.samples import calls, pictures
from tests.support.scenes import (
    PHONE,
    Scene,
    Stroke,
    Word,
    crossed_words,
    meeting_words,
    scenes,
    width_on_a_page,
)
from tests.support.tiers import some

DATA = ("lesson", "hubble", "forbes")
LEAST_WORD, LEAST_LABEL = 11, 10  # pixels
MAX_LABELS = 6


def scenes_of(key: str, width: int) -> list[Scene]:
    """Draw the sample pictures of a chart; of its other data in a wide window only the last."""
    found = []
    for data in DATA if shows_data(key) else DATA[:1]:
        every = width == PHONE or data == DATA[0]
        for picture in pictures(key, data)[0 if every else -1 :]:
            found += scenes(picture, width)
    return found


def shows_data(key: str) -> bool:
    return any(
        one is not other
        for call, called in zip(calls(key, DATA[0]), calls(key, DATA[1]), strict=True)
        for one, other in zip(call.values(), called.values(), strict=True)
    )


@pytest.mark.parametrize("on", some(["wide", "phone"], "phone"))
@pytest.mark.parametrize("key", FIGURES)
def test_words_stand_free_and_axes_have_few_labels(key: str, on: str) -> None:
    found = scenes_of(key, PHONE if on == "phone" else width_on_a_page(key))
    assert {pair for scene in found for pair in meeting_words(scene)} == set()
    assert {pair for scene in found for pair in crossed_words(scene)} == set()
    for scene in found:
        assert all(2 <= len(labels) <= MAX_LABELS for labels in scene.axes), scene.axes
        assert all(word.size >= LEAST_WORD for word in scene.words)
        assert all(word.size >= LEAST_LABEL for word in scene.around)


def a_word(left: float, colour: str = "red") -> Word:
    return Word("four", colour, 10, (left, 0, left + 22, 10))


def test_overlapping_words_are_found() -> None:
    assert meeting_words(Scene([a_word(0), a_word(10)])) == [("four", "four")]
    assert meeting_words(Scene([a_word(0), a_word(30)])) == []
    assert meeting_words(Scene([a_word(0)], around=[a_word(10)])) == [("four", "four")]


@pytest.mark.parametrize(
    ("line", "crosses"),
    [
        ((-5, 5, 40, 5), True),
        ((10, -5, 12, 40), True),
        ((5, 5, 6, 6), True),
        ((-5, 12, 40, 12), False),
        ((23, -5, 60, 40), False),
        ((-30, 0, 0, 30), False),
    ],
)
def test_words_on_lines_are_found(line: tuple[float, ...], crosses: bool) -> None:
    stroke = Stroke("blue", np.array([line], float))
    assert crossed_words(Scene([a_word(0)], [stroke])) == ([("four", "blue")] if crosses else [])
    assert crossed_words(Scene([a_word(0, "blue")], [stroke])) == []


@pytest.mark.parametrize(
    ("low", "high"),
    [
        (3.0, 3.1),
        (7e-9, 6e-8),
        (0.9, 11.0),
        (1.1, 95.0),
        (2.0, 300.0),
        (1e-12, 1e10),
        (1e-250, 1.0),
    ],
)
def test_a_log_axis_has_two_to_six_labels_over_any_range(low: float, high: float) -> None:
    scale = alt.Scale(domain=[low, high], type="log", nice=False)
    axis = log_axis(str(low), str(high))
    chart = alt.Chart(alt.NamedData("ends")).mark_point()
    spec = finish(chart.encode(alt.Y("loss:Q").scale(scale).axis(axis)))
    ends = {"loss": [low, high]}
    (found,) = scenes(Picture(spec, {"ends": ends}, {}, lambda: pd.DataFrame(ends)), PHONE)
    (labels,) = found.axes
    assert 2 <= len(labels) <= MAX_LABELS
    assert len(set(labels)) == len(labels)


def test_every_kind_of_mark_that_is_looked_for_is_found() -> None:
    (found,) = scenes(pictures("rate_losses")[0], 494)
    assert {"best fit", "0.733"} <= {word.text.partition(":")[0] for word in found.words}
    assert len(found.strokes) > len(found.words)
    assert found.axes == [["0", "50", "100", "150", "200"], ["0.0001", "0.01", "1", "100"]]
    assert "step" in {word.text for word in found.around}
    (with_legend,) = scenes(pictures("network_losses")[0], 494)
    assert "zigzags" in {word.text for word in with_legend.around}
