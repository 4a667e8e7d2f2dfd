"""What the charts of one run draw is what the theory says."""

import numpy as np
import pytest

from core import theory
from core.datasets import FloatArray, Line, load_bundled, make_noisy_line
from core.figures import bowl, frames
from core.figures.loss import compared
from core.runs import LESSON_START, TrainingConfig
from core.training import train
from tests.support.samples import run
from tests.support.tables import frame

LESSON = make_noisy_line()


def test_the_curve_of_a_loop_that_climbs_is_cut() -> None:
    climbing = [1.0, 1e3, 1e300, np.inf, np.nan, np.nan]
    losses = compared(LESSON, climbing, [1.0, 0.5, 0.25, 0.1, 0.05, 0.025]).tables["losses"]
    assert frame(losses).groupby("version").size().to_dict() == {"repaired": 6, "wrong": 2}
    assert (losses["loss_drawn"] > 0).all()


def test_contours_are_lines_of_equal_loss() -> None:
    for dataset in (LESSON, load_bundled("cars"), load_bundled("forbes")):
        window = frames.path_window(dataset, Line(0.0, 0.0), run(dataset, 0.5, 50))
        contours = frames.contours(dataset, window)
        lowest = theory.mse(dataset, theory.best_fit(dataset))
        for angle in np.linspace(0, 2 * np.pi, 7):
            flat, steep = np.cos(angle), np.sin(angle)
            w = contours["w"] + flat * contours["flat_w"] + steep * contours["steep_w"]
            b = contours["b"] + flat * contours["flat_b"] + steep * contours["steep_b"]
            measured = [theory.gap(dataset, Line(*line)) for line in zip(w, b, strict=True)]
            np.testing.assert_allclose(measured, np.sqrt(contours["loss"] - lowest), rtol=1e-3)


def test_from_one_ring_to_the_next_inwards_the_excess_loss_falls_to_a_quarter() -> None:
    for dataset in (LESSON, load_bundled("hubble")):
        window = frames.path_window(dataset, LESSON_START, run(dataset, 0.5, 50))
        rings = frames.contours(dataset, window)["loss"]
        excess = rings - theory.mse(dataset, theory.best_fit(dataset))
        np.testing.assert_allclose(excess[1:] / excess[:-1], 0.25, rtol=1e-4)


def test_the_window_holds_start_minimum_true_line_and_path() -> None:
    history = train(LESSON, TrainingConfig())
    path = frames.path(LESSON, history)
    window = frames.path_window(LESSON, LESSON_START, path)
    assert LESSON.true_line is not None
    w = [*path["w"], LESSON.true_line.w, theory.best_fit(LESSON).w]
    b = [*path["b"], LESSON.true_line.b, theory.best_fit(LESSON).b]
    assert window["w_low"] < min(w) <= max(w) < window["w_high"]
    assert window["b_low"] < min(b) <= max(b) < window["b_high"]


def test_an_explosion_does_not_spoil_the_window() -> None:
    calm = frames.path(LESSON, train(LESSON, TrainingConfig()))
    wild = frames.path(LESSON, train(LESSON, TrainingConfig((1.2,))))
    windows = [frames.path_window(LESSON, LESSON_START, path) for path in (calm, wild)]
    heights = [window["b_high"] - window["b_low"] for window in windows]
    assert np.abs(wild["b"]).max() > 100 * heights[0]
    assert heights[1] < 4 * heights[0]


def test_a_path_ends_at_its_last_sane_step() -> None:
    history = train(LESSON, TrainingConfig((1.2,), steps=100_000))
    path = frames.path(LESSON, history)
    assert path["step"][-1] == history.diverged_at[0]
    assert (np.diff(path["step"]) > 0).all()
    exact = train(LESSON, TrainingConfig((1.2,), steps=int(history.diverged_at[0])))
    assert path["w"][-1] == exact.w[0, -1]


def ends_of_axes(solid: bowl.Solid) -> FloatArray:
    """The drawn ends of the flat and of the steep axis, as columns."""
    return np.array(
        [[solid.shape[f"{axis}_{way}"] for axis in ("flat", "steep")] for way in ("x", "y")]
    )


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
def test_the_bowl_is_as_high_as_the_excess_loss(data: str) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    start = Line(0.0, -1.0)
    solid = bowl.solid(dataset, start, run(dataset, 0.5, 50))
    path = frames.apart(solid.run, solid.window)
    gaps = [theory.gap(dataset, Line(w, b)) for w, b in zip(path["w"], path["b"], strict=True)]
    share = np.square(gaps) / (1.1 * theory.gap(dataset, start)) ** 2
    height = solid.path["flat"] ** 2 + solid.path["steep"] ** 2  # as the chart computes it
    np.testing.assert_allclose(height, share, rtol=1e-6, atol=1e-12)
    axes = ends_of_axes(solid)
    _, (long, short), _ = np.linalg.svd(axes)
    assert 1 <= long / short <= 3 + 1e-9
    assert solid.widening >= 1


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
def test_the_bowl_tells_where_w_and_b_grow_and_how_to_see_its_length(data: str) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    solid = bowl.solid(dataset, LESSON_START, run(dataset, 0.5, 50))
    best, marks = theory.best_fit(dataset), frame(solid.marks).set_index("text")
    scale = 1e-3 * abs(best.w)
    for way, line in (
        ("more w", Line(best.w + scale, best.b)),
        ("more b", Line(best.w, best.b + scale)),
    ):
        errors = np.array(theory.axis_errors(dataset, np.array(line.w), np.array(line.b)))
        drawn = marks.loc[way, ["flat", "steep"]].to_numpy(float)
        np.testing.assert_allclose(
            drawn / np.linalg.norm(drawn), errors / np.linalg.norm(errors), atol=1e-6
        )
    axes = ends_of_axes(solid)
    turn = np.radians(solid.across)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ axes
    right, back = np.abs(np.linalg.svd(turned)[0][:, 0])
    assert (right, back) == pytest.approx((1, 0), abs=1e-9)


def test_steps_that_cannot_be_told_apart_are_drawn_once() -> None:
    path = frames.path(LESSON, train(LESSON, TrainingConfig(steps=500)))
    window = frames.path_window(LESSON, LESSON_START, path)
    kept = frames.apart(path, window)
    assert 20 < kept["w"].size < 0.6 * path["w"].size
    assert list(kept["slot"][[0, -1]]) == [0, 500]
    width, height = window["w_high"] - window["w_low"], window["b_high"] - window["b_low"]
    for w, b in zip(path["w"], path["b"], strict=True):
        apart = np.hypot((kept["w"] - w) / width, (kept["b"] - b) / height)
        assert apart.min() <= 0.005


def test_a_long_valley_is_drawn_wider_and_says_by_how_much() -> None:
    widenings = [
        bowl.solid(dataset, LESSON_START, run(dataset, 0.5, 5)).widening
        for dataset in (LESSON, load_bundled("cars"), load_bundled("forbes"))
    ]
    assert widenings == sorted(widenings)
    assert widenings[2] > 20


@pytest.mark.parametrize(
    ("steps", "stride", "rows"),
    [(20, 1, 21), (21, 5, 6), (104, 5, 22), (105, 20, 7), (419, 20, 22), (420, None, 21)],
)
def test_a_loop_prints_about_twenty_steps(steps: int, stride: int | None, rows: int) -> None:
    path = frames.path(LESSON, train(LESSON, TrainingConfig(steps=steps)))
    printed = frames.printed(path)["step"].tolist()
    assert len(printed) == rows
    assert printed[0] == 0
    assert printed[-1] == steps
    if stride:
        assert printed[:-1] == list(range(0, steps, stride))
