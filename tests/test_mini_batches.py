"""Mini-batches lower the limit of the rate: single points curve more than all together."""

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core import theory
from core.datasets import (
    BUNDLED,
    Dataset,
    FloatArray,
    Line,
    load_bundled,
    make_noisy_line,
    points_from_text,
)
from core.points import standardize
from core.runs import LESSON_START, TrainingConfig, batch_indices
from core.training import train
from core.words.writing import readable, readable_below
from tests.support.data import SEEDS, scatter
from tests.support.numbers import as_number
from tests.support.pages import steps_page, words
from tests.support.tiers import some

DRAWS, STEPS = 10, 1_000
GUARD = 1e6  # times the loss it began with, a run counts as exploded


def standardized_lesson(noise: float = 0.01) -> tuple[Dataset, Line]:
    dataset = standardize(make_noisy_line(noise=noise))
    return dataset, dataset.from_original(LESSON_START)


def lines_on_single_points(
    dataset: Dataset, start: Line, rate: float, steps: int, seed: int = 0
) -> tuple[FloatArray, FloatArray]:
    """Descend on one point a step, in NumPy, never stopped: w and b, of shape (steps + 1,)."""
    lines = [(start.w, start.b)]
    for point in batch_indices(seed, dataset.n, steps, 1)[:, 0]:
        (w, b), x = lines[-1], float(dataset.x[point])
        slope = 2 * (w * x + b - float(dataset.y[point]))
        lines.append((w - rate * slope * x, b - rate * slope))
    w, b = np.array(lines).T
    return w, b


def gaps_on_single_points(
    dataset: Dataset, start: Line, rate: float, steps: int, seed: int = 0
) -> list[float]:
    paths = lines_on_single_points(dataset, start, rate, steps, seed)
    return [theory.gap(dataset, Line(float(w), float(b))) for w, b in zip(*paths, strict=True)]


def highest_loss(dataset: Dataset, start: Line, rate: float, seed: int) -> float:
    """Measure the highest loss of a run on single points, as a share of where it explodes."""
    w, b = lines_on_single_points(dataset, start, rate, STEPS, seed)
    losses = np.mean((np.outer(w, dataset.x) + b[:, np.newaxis] - dataset.y) ** 2, axis=1)
    return float(np.max(losses)) / (GUARD * max(losses[0], float(np.mean(dataset.y**2))))


# The facts


def hubble() -> tuple[Dataset, Line]:
    return load_bundled("hubble"), Line(0.0, 0.0)


@pytest.mark.parametrize(
    ("problem", "share", "expected"),
    [
        (standardized_lesson(), 0.5, 3),
        (standardized_lesson(), 0.7, 10),
        (hubble(), 0.9, 9),
    ],
)
def test_on_single_points_runs_explode_below_the_limit(
    problem: tuple[Dataset, Line], share: float, expected: int
) -> None:
    dataset, start = problem
    rate = share * theory.stable_limit(dataset)
    assert theory.batch_limit(dataset, 1) < rate
    highest = np.array([highest_loss(dataset, start, rate, seed) for seed in range(DRAWS)])
    assert np.all((highest < 0.5) | (highest > 2))  # none so near the guard that rounding decides
    runs = [TrainingConfig((rate,), STEPS, start, 0, 1, seed) for seed in range(DRAWS)]
    exploded = np.array([train(dataset, run).diverged_at[0] >= 0 for run in runs])
    np.testing.assert_array_equal(exploded, highest > 1)
    assert np.count_nonzero(exploded) == expected
    assert train(dataset, TrainingConfig((rate,), STEPS, start)).diverged_at[0] < 0


def test_where_all_points_arrive_in_one_step_single_points_are_thrown_far_out() -> None:
    dataset, start = standardized_lesson()
    assert theory.steps_needed(dataset, theory.safe_rate(dataset), start, 1e-12) == 1
    gaps = gaps_on_single_points(dataset, start, 0.5, 200)
    assert max(gaps) == pytest.approx(4.9, abs=0.05)
    assert max(gaps) > 3 * gaps[0]


def test_a_mini_batch_can_lead_away_from_a_line_that_all_points_lie_on() -> None:
    dataset, start = standardized_lesson(noise=0.0)
    assert theory.lies_on_a_line(dataset)
    gaps = gaps_on_single_points(dataset, start, 0.7, 3)
    assert gaps[2:] == pytest.approx([1.29, 2.25], abs=0.005)


def test_a_single_point_has_a_whole_line_of_lowest_lines() -> None:
    x, y = make_noisy_line().x[0], make_noisy_line().y[0]
    w = np.array([-3.0, 0.0, 2.0])
    assert np.max(np.abs(w * x + (y - w * x) - y)) < 1e-15


# A limit that is low enough


@pytest.mark.parametrize(
    ("points", "scaled", "rate"),
    [("0_0~0_1~1_2~1_4", True, 0.5), ("-3_0~-3_0~3_2~3_2", False, 0.1)],
)
def test_at_the_limit_itself_nothing_need_shrink(points: str, scaled: bool, rate: float) -> None:
    dataset = points_from_text(points)
    dataset = standardize(dataset) if scaled else dataset
    assert theory.batch_limit(dataset, 1) == pytest.approx(rate, rel=1e-12)
    for x in dataset.x:  # every step is a reflection: it keeps the length of the error
        step = np.eye(2) - rate * 2 * np.outer([x, 1], [x, 1])
        assert np.linalg.svd(step, compute_uv=False) == pytest.approx([1, 1], rel=1e-12)
    for seed in range(3):
        gaps = gaps_on_single_points(dataset, LESSON_START, rate, STEPS, seed)
        assert min(gaps[-100:]) > 0.1
    for near, promised in ((rate * (1 - 1e-12), True), (rate * (1 - 1e-15), False), (rate, False)):
        assert theory.is_small_enough(dataset, near, 1) == promised
    address = {"standardize": "true"} if scaled else {}
    app = steps_page(data="own", points=points, batch="1", lr=str(rate), part="batches", **address)
    said = words(app)
    assert f"a rate below **{rate}** is small enough" in said
    assert f"At {rate}, which is not below that, nothing is promised" in said
    assert not {"draw_1", "draw_20"} & {button.key for button in app.button}


@settings(max_examples=50)
@given(
    seed=SEEDS,
    n=st.integers(3, 7),
    offset=st.sampled_from([0.0, 0.5, 3.0, 100.0]),
    size=st.integers(1, 3),
)
def test_up_to_the_limit_of_its_size_a_mini_batch_shrinks_errors_on_average(
    seed: int, n: int, offset: float, size: int
) -> None:
    dataset = scatter(seed, n, 1.0, offset)
    rate = theory.batch_limit(dataset, size)
    points = np.stack([dataset.x, np.ones(n)], axis=1)
    squared = np.zeros((2, 2))
    every_draw = list(itertools.product(range(n), repeat=size))
    for draw in every_draw:
        step = np.eye(2) - rate * 2 / size * points[list(draw)].T @ points[list(draw)]
        squared += step.T @ step / len(every_draw)
        if size == 1:  # here no draw whatever makes an error longer
            assert np.linalg.norm(step, 2) <= 1 + 1e-9
    assert np.linalg.eigvalsh(squared)[-1] <= 1 + 1e-9


@pytest.mark.parametrize("data", some(BUNDLED, "hubble", "anscombe-4"))
@pytest.mark.parametrize("scaled", [False, True])
def test_it_lies_below_the_limit_of_all_points_and_rises_to_it(data: str, scaled: bool) -> None:
    dataset = load_bundled(data)
    dataset = standardize(dataset) if scaled else dataset
    limits = [theory.batch_limit(dataset, size) for size in (1, 8, 32, 10**9)]
    assert limits[0] == pytest.approx(1 / (1 + np.max(dataset.x**2)), rel=1e-12)
    assert np.all(np.diff(limits) > 0)
    assert limits[-1] == pytest.approx(theory.stable_limit(dataset), rel=1e-6)
    for size, limit in zip((1, 8, 32), limits, strict=False):
        runs = (TrainingConfig((limit,), STEPS, Line(0.0, 0.0), 0, size, seed) for seed in range(3))
        assert all(train(dataset, run).diverged_at[0] < 0 for run in runs)


def test_a_mini_batch_has_points() -> None:
    with pytest.raises(ValueError, match="batch_size must be positive, not 0"):
        theory.batch_limit(make_noisy_line(), 0)


# What the page says of it


def test_a_run_that_explodes_below_the_limit_is_told_why() -> None:
    dataset, start = standardized_lesson()
    assert train(dataset, TrainingConfig((0.5,), STEPS, start, 0, 1)).diverged_at[0] >= 0
    said = words(steps_page(standardize="true", run=f"{STEPS}x0.5b1"))
    enough = readable_below(theory.batch_limit(dataset, 1))
    steepest = readable(float(2 * np.max(1 + dataset.x**2)))
    assert "at a rate below 1 does not explode on this data; you had 0.5." in said
    assert f"curvature is 2 for all points, and up to {steepest} for a single one" in said
    assert f"With 1 point a step, a rate below **{enough}** is small enough" in said
    assert float(enough) < 0.5


@pytest.mark.parametrize(
    ("run", "told"),
    [
        ("200x5b8", "explodes even with all points in every step; you had 5."),
        ("200x5b8d0.001", "explodes even with all points in every step; at that step it was 4.99."),
        (
            "200x5",
            "at rates above 0.755 an error across the valley grows at every step; you had 5.",
        ),
        (
            "200x5d0.001",
            "valley grows at every step; at that step it was 4.99.",
        ),
    ],
)
def test_a_run_above_the_limit_is_told_that(run: str, told: str) -> None:
    said = words(steps_page(run=run))
    assert told in said
    assert ("is small enough: there a large error" in said) == ("b8" in run)


def test_where_runs_need_not_settle_none_is_said_to_be_there_or_settled() -> None:
    said = words(steps_page(standardize="true", batch="1", lr="0.5", part="batches"))
    assert "a run with 1 point a step may settle, or explode." in said
    assert "is there after" not in said
    assert "With all points a run at 0.5 is there after 1 step" in words(
        steps_page(standardize="true", batch="8", lr="0.5", part="batches")
    )
    app = steps_page(  # about as large as is small enough
        data="hubble", batch="1", lr="0.199", part="batches"
    )
    assert "may settle, or explode" not in words(app)
    app.button(key="draw_1").click().run()
    assert "settled, it" not in words(app)


def test_above_what_is_small_enough_runs_may_settle_after_all() -> None:
    dataset, rate = make_noisy_line(noise=0.0), 0.6
    assert theory.batch_limit(dataset, 1) < rate < mean_square_limit(dataset)
    for seed in range(20):
        gaps = gaps_on_single_points(dataset, LESSON_START, rate, STEPS, seed)
        assert gaps[-1] < 1e-9 * gaps[0]
    said = words(steps_page(noise="0", batch="1", lr="0.6", part="batches"))
    assert (
        "At 0.6, which is not below that, nothing is promised: a run with 1 point a step may settle"
        in said
    )


def mean_square_limit(dataset: Dataset) -> float:
    """Find the rate up to which the squared error shrinks on average, with one point a step."""
    rows = np.column_stack([dataset.x, np.ones(dataset.n)])
    bends = [2 * np.outer(row, row) for row in rows]

    def grows(rate: float) -> bool:
        steps = [np.eye(2) - rate * bend for bend in bends]
        both = np.mean([np.kron(step, step) for step in steps], axis=0)
        return bool(np.max(np.abs(np.linalg.eigvals(both))) > 1)

    low, high = 0.0, theory.stable_limit(dataset)
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (low, middle) if grows(middle) else (middle, high)
    return low


def test_what_is_small_enough_is_below_the_limit_but_need_not_be_it() -> None:
    line = make_noisy_line(noise=0.0)
    assert theory.batch_limit(line, 1) < 0.6
    assert mean_square_limit(line) == pytest.approx(0.6746, abs=1e-4)
    for dataset in (hubble()[0], standardized_lesson()[0]):
        assert theory.batch_limit(dataset, 1) < mean_square_limit(dataset)


def test_on_an_exact_line_a_decaying_rate_is_not_called_a_remedy() -> None:
    app = steps_page(noise="0", batch="8", lr="0.1", part="batches")
    app.button(key="draw_1").click().run()
    said = words(app)
    assert "Here none stay, as these points lie on one line." in said
    assert "not closer, in this draw" in said
    noisy = steps_page(batch="8", lr="0.1", part="batches")
    noisy.button(key="draw_1").click().run()
    assert "Against jumps that stay people use" in words(noisy)
    assert "Here none stay" not in words(noisy)
    line = make_noisy_line(noise=0.0)
    runs = [TrainingConfig((0.1,), 5_000, LESSON_START, 0, 8, decay=fall) for fall in (0.0, 0.002)]
    kept, decaying = (theory.gap(line, train(line, run).last_line()) for run in runs)
    assert kept < decaying


@pytest.mark.parametrize(
    ("rate", "needed", "told"), [("0.0045", 18_636, "18,700"), ("0.005", 16_772, "16,800")]
)
def test_a_run_too_long_to_compare_is_told_when_it_settles(
    rate: str, needed: int, told: str
) -> None:
    assert theory.steps_needed(make_noisy_line(), float(rate), LESSON_START, 1e-12) == needed
    assert needed < 20_000 < 1.2 * needed
    said = words(steps_page(lr=rate, batch="8", part="batches"))
    assert f"at a learning rate of {rate}, a run takes {told} steps to settle" in said
    assert "With a fifth more, to compare, that is over the 20,000 steps" in said


def test_at_the_smallest_rate_the_steps_to_settle_are_counted() -> None:
    said = words(steps_page(lr="1e-99", batch="8", part="batches"))
    told = re.search(r"a run takes (\S+) steps to settle", said)
    assert told
    flat = theory.curvature(make_noisy_line()).flat
    # The gap is down to 10⁻⁶ of the start's, of which the floor has a ninth.
    share = abs(float(theory.axis_errors(make_noisy_line(), np.array(0.0), np.array(-1.0))[0]))
    left = 1e-6 * theory.gap(make_noisy_line(), LESSON_START) / share
    assert as_number(told[1]) == pytest.approx(-np.log(left) / (1e-99 * flat), rel=0.01)


def test_what_mini_batches_jump_for_is_true_of_single_points_too() -> None:
    said = words(steps_page(batch="1", part="batches"))
    assert "a minimum of its own" not in said
    assert "heads for lines that fit its own points best" in said
