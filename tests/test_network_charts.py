"""The network's tables and charts: every field is a column, nothing drawn is without a number."""

import json
import re

import numpy as np
import pandas as pd
import pytest

from core.figures import network_charts, network_frames
from core.network import range_test
from core.network.pictures import make_pictures
from core.network.runs import (
    INPUTS,
    STEPS,
    EdgeRun,
    NetworkHistory,
    picture_losses,
    verdict,
)


def history(loss: list[float], diverged_at: int = -1) -> NetworkHistory:
    curve = np.array(loss)
    steps = np.linspace(0, STEPS, curve.size).astype(np.int64)
    accuracy = np.exp(-curve.clip(max=10))
    rng = np.random.default_rng(0)
    return NetworkHistory(
        steps, curve, accuracy, 1.1 * curve, accuracy, diverged_at,
        (rng.normal(size=(INPUTS, 8)), np.zeros(8), rng.normal(size=(8, 1)), np.zeros(1)),
        rng.normal(size=1_000),
    )  # fmt: skip


CALM = history([0.7, 0.3, 0.1, 0.05])
RUNS = [history([0.7, 0.69, 0.68]), CALM, history([0.7, 1e200, 0.7]), history([0.7], 0)]
RATES = (1e-3, 0.2, 10.0, 1e5)
CURVES = network_frames.curves(RUNS)
BOUNDS = network_frames.curve_bounds(CURVES)
ENDS = network_frames.curve_ends(CURVES, RATES, BOUNDS)
TEST = range_test.read(np.concatenate([np.linspace(1, 0.3, 250), np.geomspace(0.3, 1e9, 50)]))
EDGE = [EdgeRun(0.1, np.arange(3), np.array([1.0, 0.5, 0.1]), np.array([5.0, 21.0, 20.0]))]
EDGE_TABLES = {
    "runs": network_frames.edge_curves(EDGE),
    "ends": network_frames.edge_ends(EDGE),
    "limits": network_frames.edge_limits(EDGE),
    "bounds": network_frames.edge_bounds(EDGE),
}
RUN_TABLES = {"curves": CURVES, "bounds": BOUNDS, "ends": ENDS}
CASES = {
    "network_losses": RUN_TABLES,
    "network_accuracies": RUN_TABLES,
    "entropy": {
        "curve": network_frames.entropy_curve(),
        "marks": network_frames.entropy_marks(),
    },
    "range_test": {
        "curve": network_frames.range_curve(TEST),
        "bounds": network_frames.range_bounds(TEST),
        "marks": network_frames.range_marks(TEST, 0.7),
    },
    "edge_sharpness": EDGE_TABLES,
    "edge_losses": EDGE_TABLES,
}


@pytest.mark.parametrize("name", CASES)
def test_every_field_is_a_column_and_no_number_is_missing(name: str) -> None:
    spec, tables = getattr(network_charts, name)(), CASES[name]
    for view in spec["layer"]:
        columns = set(tables[view["data"]["name"]])
        for channel in view["encoding"].values():
            if "field" in channel:
                assert channel["field"] in columns
    text = json.dumps(spec)
    for table, column in re.findall(r"(\w+)_row\.(\w+)", text):
        assert column in tables[table]
    assert not spec.get("datasets")
    assert getattr(network_charts, name)() is spec
    for table in tables.values():
        assert np.isfinite(table.select_dtypes("number").to_numpy()).all()


def test_verdicts_need_nothing_but_the_loss() -> None:
    assert [verdict(run) for run in RUNS] == ["slow", "good", "explodes", "explodes"]
    assert verdict(history([0.7, 0.3, 0.5, 0.2, 0.4, 0.1])) == "zigzag"
    assert verdict(history([0.7, 0.9, 0.66, 0.8, 0.7])) == "explodes"  # up and down, and nowhere


def test_running_curves_have_no_verdict_and_names_do_not_cover_each_other() -> None:
    assert (network_frames.curves(RUNS, judged=False)["kind"] == -1).all()
    same = network_frames.curves([CALM] * 4)
    bounds = network_frames.curve_bounds(same)
    ends = network_frames.curve_ends(same, RATES, bounds)
    assert ends["label"].tolist() == ["0.001", "0.2", "10", "100,000"]
    for values in (np.log(ends["loss"]), ends["accuracy"]):
        assert np.diff(np.sort(values)).min() > 0.03


def test_the_most_wrong_pictures_come_first() -> None:
    pictures = make_pictures(50, 0, 0.25)
    scores = np.random.default_rng(0).normal(size=50)
    losses = picture_losses(scores, pictures.truth)
    images, captions = network_frames.most_wrong(pictures, losses, 3)
    assert [image.shape for image in images] == [(96, 96, 3)] * 3
    worst = int(np.argmax(losses))
    assert captions[0].startswith(f"{pictures.kinds[worst]}: ")
    assert np.array_equal(images[0][::4, ::4], pictures.pixels[worst])


def test_units_are_shown_on_the_side_they_speak_for() -> None:
    rows = network_frames.unit_pictures(CALM)
    assert {side: count for side, (_, count) in rows.items()} == {
        "for": int((CALM.speaks_for > 0).sum()),
        "against": int((CALM.speaks_for <= 0).sum()),
    }
    strength = np.abs(CALM.speaks_for) * np.sqrt((CALM.looks_for**2).sum(axis=(1, 2, 3)))
    first = int(np.argmax(np.where(CALM.speaks_for > 0, strength, -1)))
    weights = CALM.looks_for[first]
    shown = rows["for"][0][: 24 * 4 : 4, : 24 * 4 : 4, :3].astype(float)
    expected = 127.5 + 127.5 * weights / np.abs(weights).max()
    np.testing.assert_allclose(shown, expected, atol=0.51)


def test_the_gallery_shows_every_kind() -> None:
    pictures = make_pictures(300, 0, 0.25)
    _, captions = network_frames.gallery(pictures, 2)
    counts = pd.Series(captions).value_counts()
    assert counts["hot dog"] == 6
    assert (counts.drop("hot dog") == 2).all()
    assert len(counts) == 8
