"""Lists of rates do what is said of them: on random data, against brute force and by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import theory
from core.datasets import DataError, Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.descent.schedules import (
    ORDERS,
    chebyshev_bound,
    chebyshev_orders,
    chebyshev_rates,
    error_growth,
    gaps_of,
    interleave,
    race,
    read_factors,
    read_factors_of_link,
    round_factors,
    two_rates,
    write_factors,
)
from core.eager import train_eagerly
from core.figures.schedules import LEAST_GAP, schedule_gaps
from core.runs import LESSON_START, MAX_FACTORS, TrainingConfig
from core.theory import axis_errors, closed_form_path, curvature, fastest_rate, gap, safe_rate
from core.training import count_traces, train, warm_up
from tests.support.data import datasets, problems, scatter
from tests.support.pages import open_page
from tests.support.tables import frame
from tests.support.tiers import some

PROBLEMS = 240
LENGTHS = st.integers(1, 32)


def valley(condition_number: float) -> Dataset:
    """Points whose H is diagonal, with λ₂/λ₁ as given: x has mean 0, λ₂ is 2."""
    x = np.array([-1.0, 1.0, -1.0, 1.0]) / math.sqrt(condition_number)
    return Dataset(x, np.array([0.0, 1.0, 1.0, 3.0]))


def random_problem(seed: int) -> tuple[Dataset, Line, int]:
    """Draw data with κ up to 1,000, a start some y-units off, and N."""
    rng = np.random.default_rng(seed)
    while True:
        dataset = scatter(
            int(rng.integers(2**32)),
            int(rng.integers(3, 50)),
            spread=10.0 ** rng.uniform(-1.5, 1.5),
            offset=rng.choice([-1, 1]) * 10.0 ** rng.uniform(-2, 1.3),
        )
        if curvature(dataset).condition_number <= 1e3:
            break
    best, axes = theory.best_fit(dataset), curvature(dataset)
    flat, steep = rng.normal(0, 3, 2) / np.sqrt([axes.flat / 2, axes.steep / 2])
    start = Line(
        float(best.w + flat * axes.flat_axis[0] + steep * axes.steep_axis[0]),
        float(best.b + flat * axes.flat_axis[1] + steep * axes.steep_axis[1]),
    )
    return dataset, start, int(rng.integers(1, 33))


def worst_case(rates: FloatArray, flat: float, steep: float) -> float:
    """The largest |Π(1 − r·λ)| on a fine grid of λ between the two."""
    grid = np.unique(
        np.concatenate([np.linspace(flat, steep, 20_001), np.geomspace(flat, steep, 5_001)])
    )
    return float(np.max(np.abs(np.prod(1 - np.outer(grid, rates), axis=1))))


def run_in(order: str, dataset: Dataset, n: int, start: Line) -> TrainingConfig:
    safe = safe_rate(dataset)
    factors = ORDERS[order](chebyshev_rates(dataset, n)) / safe
    return TrainingConfig((safe,), n, start, factors=tuple(factors.tolist()))


def rounding(dataset: Dataset, start: Line, rates: FloatArray) -> float:
    """What rounding w and b at every step may leave of a gap, in y-units."""
    best = theory.best_fit(dataset)
    size = float(
        np.linalg.norm(
            np.abs(dataset.fold[:, :2])
            @ np.maximum(np.abs([start.w, start.b]), np.abs([best.w, best.b]))
        )
    )
    return 1e-14 * rates.size * error_growth(dataset, rates) * size


# By hand


def test_two_rates_by_hand() -> None:
    dataset = valley(9.0)  # λ from 2/9 to 2: centre 10/9, half width 8/9, T₂(z) = 2z² − 1
    axes = curvature(dataset)
    assert (axes.flat, axes.steep) == pytest.approx((2 / 9, 2))
    by_hand = [1 / (10 / 9 - 8 / 9 / math.sqrt(2)), 1 / (10 / 9 + 8 / 9 / math.sqrt(2))]
    np.testing.assert_allclose(chebyshev_rates(dataset, 2), by_hand)
    assert chebyshev_bound(dataset, 2) == pytest.approx(1 / (2 * 1.25**2 - 1))


@given(datasets())
def test_one_rate_is_the_fastest_single_one(dataset: Dataset) -> None:
    axes = curvature(dataset)
    assert chebyshev_rates(dataset, 1) == pytest.approx([fastest_rate(dataset)])
    by_hand = (axes.steep - axes.flat) / (axes.steep + axes.flat)
    assert chebyshev_bound(dataset, 1) == pytest.approx(by_hand, abs=1e-15)


@pytest.mark.parametrize("n", [1, 2, 7, 32, 512])
def test_a_round_bowl_takes_one_rate_over_and_over(n: int) -> None:
    dataset = valley(1.0)
    assert chebyshev_rates(dataset, n) == pytest.approx(np.full(n, safe_rate(dataset)))
    assert chebyshev_bound(dataset, n) <= 1e-15
    for arrange in ORDERS.values():
        assert arrange(chebyshev_rates(dataset, n)).shape == (n,)


# The bound


@given(datasets(max_condition=1e5), LENGTHS)
def test_the_bound_is_the_worst_case_over_all_curvatures(dataset: Dataset, n: int) -> None:
    axes, bound = curvature(dataset), chebyshev_bound(dataset, n)
    worst = worst_case(chebyshev_rates(dataset, n), axes.flat, axes.steep)
    assert worst == pytest.approx(bound, rel=1e-6, abs=1e-15)


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
@pytest.mark.parametrize("n", [2, 8, 32])
def test_the_bound_is_that_of_the_polynomial_as_it_is_written(data: str, n: int) -> None:
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    axes = curvature(dataset)
    z = (axes.steep + axes.flat) / (axes.steep - axes.flat)
    assert chebyshev_bound(dataset, n) == pytest.approx(1 / math.cosh(n * math.acosh(z)), rel=1e-6)
    basis = np.polynomial.chebyshev.Chebyshev.basis(n)
    assert chebyshev_bound(dataset, n) == pytest.approx(1 / float(basis(z)), rel=1e-6)


@pytest.mark.parametrize("seed", some(range(20), *range(8)))
def test_no_other_list_has_a_smaller_worst_case(seed: int) -> None:
    dataset, _, n = random_problem(seed)
    n = min(n, 8)
    rng, axes = np.random.default_rng(seed), curvature(dataset)
    best, bound = chebyshev_rates(dataset, n), chebyshev_bound(dataset, n)
    for turn in range(100):
        if turn % 2:
            other = best * np.exp(rng.normal(0, 10.0 ** rng.uniform(-4, 0), n))
        else:
            other = 1 / rng.uniform(axes.flat, axes.steep, n)
        assert worst_case(other, axes.flat, axes.steep) >= bound * (1 - 1e-6)


# Runs


def test_a_run_ends_at_the_bound_and_not_above_it() -> None:
    reached = 0
    for seed in range(PROBLEMS):
        dataset, start, n = random_problem(seed)
        rates = interleave(chebyshev_rates(dataset, n))
        history = train(dataset, run_in("interleaved", dataset, n, start))
        assert history.diverged_at[0] == -1, seed
        measured, begun = gap(dataset, history.last_line()), gap(dataset, start)
        promised = chebyshev_bound(dataset, n) * begun
        slack = rounding(dataset, start, rates)
        assert measured <= promised * (1 + 1e-9) + slack, seed
        assert measured >= promised * (1 - 1e-9) - slack, seed
        reached += slack < 1e-6 * promised
    assert reached > PROBLEMS / 2


@given(problems(max_condition=1e3), LENGTHS)
def test_all_orders_end_at_the_same_line(problem: tuple[Dataset, Line], n: int) -> None:
    dataset, start = problem
    begun, ends = gap(dataset, start), []
    for order in ORDERS:
        w, b = closed_form_path(dataset, run_in(order, dataset, n, start))
        ends.append(np.array(axis_errors(dataset, w[0, -1], b[0, -1])))
    best = theory.best_fit(dataset)
    size = gap(dataset, Line(0.0, 0.0)) + float(
        np.linalg.norm(dataset.fold[:, :2] @ [best.w, best.b])
    )
    for end in ends[1:]:
        np.testing.assert_allclose(end, ends[0], atol=1e-9 * begun + 1e-13 * size)


def test_ascending_never_grows_descending_grows_most_and_interleaved_little() -> None:
    for seed in range(PROBLEMS):
        dataset, start, n = random_problem(seed)
        rates = chebyshev_rates(dataset, n)
        ascending, descending, interleaved = (arrange(rates) for arrange in ORDERS.values())
        highest = {}
        for order in ORDERS:
            w, b = closed_form_path(dataset, run_in(order, dataset, n, start))
            highest[order] = float(np.max(np.hypot(*axis_errors(dataset, w[0], b[0]))))
        begun = gap(dataset, start)
        assert highest["ascending"] <= begun * (1 + 1e-9), seed
        assert highest["interleaved"] <= max(highest["descending"], begun) * (1 + 1e-6), seed
        assert highest["interleaved"] <= 0.5 * max(n, 4) ** 2 * begun, seed
        growths = [error_growth(dataset, list_) for list_ in (descending, interleaved, ascending)]
        assert growths[0] <= 1 + 1e-9, seed
        assert growths[1] <= growths[2] * (1 + 1e-9), seed
        assert growths[1] <= 2 * n**2 + 4, seed


@pytest.mark.parametrize("n", [2, 3, 8, 17, 32])
def test_orders_hold_the_same_rates(n: int) -> None:
    rates = chebyshev_rates(make_noisy_line(), n)
    orders = {name: arrange(rates) for name, arrange in ORDERS.items()}
    for arranged in orders.values():
        np.testing.assert_allclose(np.sort(arranged), np.sort(rates))
    assert (np.diff(orders["ascending"]) > 0).all()
    assert (np.diff(orders["descending"]) < 0).all()
    assert orders["interleaved"][0] == pytest.approx(rates.min())
    if n == 2:
        np.testing.assert_allclose(orders["interleaved"], orders["ascending"])


def test_where_large_rates_come_last_rounding_is_seen_to_be_blown_up() -> None:
    table = chebyshev_orders(train, load_bundled("forbes"), Line(0.0, 0.0), 32)
    orders = table.set_index("order")
    bound = chebyshev_bound(load_bundled("forbes"), 32) * gap(
        load_bundled("forbes"), Line(0.0, 0.0)
    )
    # Rounding decides how far it ends from there, and so another machine ends elsewhere.
    assert orders.loc["ascending", ["gap", "highest"]].isna().all()
    assert orders.loc["interleaved", "gap"] == pytest.approx(bound, rel=1e-3)
    assert orders.loc["descending", "stopped"] >= 0
    growth = orders["error_growth"]
    assert growth["descending"] == 1
    assert growth["interleaved"] < 1e4 < 1e15 < growth["ascending"]


@given(problems(max_condition=1e3), st.lists(st.floats(0.05, 3), min_size=1, max_size=6))
def test_a_round_multiplies_the_errors_as_said(
    problem: tuple[Dataset, Line], factors: list[float]
) -> None:
    dataset, start = problem
    config = TrainingConfig((safe_rate(dataset),), len(factors), start, factors=tuple(factors))
    errors = np.array(axis_errors(dataset, *closed_form_path(dataset, config)))[:, 0]
    measured = errors[:, -1]
    said = np.array(round_factors(dataset, factors)) * errors[:, 0]
    np.testing.assert_allclose(measured, said, atol=1e-7 * np.max(np.abs(errors)))


def test_past_float64_a_round_is_infinite_and_not_nan() -> None:
    flat, steep = round_factors(make_noisy_line(), (1e30,) * 512)
    assert math.isinf(flat)
    assert math.isinf(steep)
    assert round_factors(make_noisy_line(), (1.0, *(1e30,) * 511))[1] == 0


@pytest.mark.parametrize("seed", range(50))
def test_from_the_safe_choice_on_a_decaying_rate_gets_less_far(seed: int) -> None:
    dataset, start, n = random_problem(seed)
    kept, decayed = (
        gap(
            dataset,
            train(
                dataset, TrainingConfig((safe_rate(dataset),), n, start, decay=decay)
            ).last_line(),
        )
        for decay in (0.0, 0.1)
    )
    assert kept <= decayed * (1 + 1e-9) + 1e-12 * gap(dataset, start)


def test_no_schedule_compiles_anything() -> None:
    warm_up()
    before = count_traces()
    for n in (2, 9, 32):
        chebyshev_orders(train, make_noisy_line(), LESSON_START, n)
        race(train, make_noisy_line(), LESSON_START, (1.0,) * (16 * n), 0.1 * n, 15 * n)
    assert count_traces() == before


# What a learner types


@pytest.mark.parametrize(
    ("text", "factors"),
    [
        ("1, 9.5", (1, 9.5)),
        ("1,5,1,5", (1, 5, 1, 5)),
        (" 1;2 3\n4\t5, ", (1, 2, 3, 4, 5)),
        (".5 2. 1e3 1E-2", (0.5, 2, 1000, 0.01)),
        ("1 " * MAX_FACTORS, (1,) * MAX_FACTORS),
    ],
)
def test_a_list_is_read(text: str, factors: tuple[float, ...]) -> None:
    assert read_factors(text) == factors


@pytest.mark.parametrize(
    ("text", "factors"),
    [
        ("1,5", (1, 5)),
        ("1,000", None),
        ("0.5,1.5", (0.5, 1.5)),
        ("1, 5", (1, 5)),
        ("1,,5,", (1, 5)),
        ("1\u00a05", (1, 5)),
        (",".join(["7"] * MAX_FACTORS), (7,) * MAX_FACTORS),
        (",".join(["7"] * (MAX_FACTORS + 1)), None),
    ],
)
def test_in_a_link_every_comma_separates(text: str, factors: tuple[float, ...] | None) -> None:
    if factors is None:
        with pytest.raises(DataError):
            read_factors_of_link(text)
    else:
        assert read_factors_of_link(text) == factors


@pytest.mark.parametrize(
    "text",
    [
        "", " ,; ", "one", "1, x", "nan", "inf", "-1", "0", "1_0", "0,5", "1,5", "1e31",
        "1e999", "1e-999",
        "0x1", "１", "1..2", "1 " * (MAX_FACTORS + 1), "9" * 100_000, "1,2\x00", "1−2",
    ],
)  # fmt: skip
def test_what_is_no_list_is_refused_in_one_sentence(text: str) -> None:
    with pytest.raises(DataError) as refusal:
        read_factors(text)
    sentence = str(refusal.value)
    assert sentence.endswith(".")
    assert len(sentence) < 160
    assert "\n" not in sentence


@given(st.text() | st.text(alphabet="0123456789.,;eE+- naif\n", max_size=40))
def test_nothing_one_types_raises_anything_else(text: str) -> None:
    try:
        factors = read_factors(text)
    except DataError:
        return
    assert 1 <= len(factors) <= MAX_FACTORS
    assert all(0 < factor < math.inf for factor in factors)
    TrainingConfig(factors=factors)


@given(st.lists(st.floats(1e-20, 1e20), min_size=1, max_size=40))
def test_what_is_written_is_read_back(factors: list[float]) -> None:
    assert read_factors(write_factors(factors)) == tuple(factors)
    assert read_factors(write_factors(factors, 8)) == pytest.approx(factors, rel=1e-7)


def test_a_gap_too_small_for_the_picture_is_drawn_at_its_bottom_and_need_not_be_rounding() -> None:
    lesson, steps = make_noisy_line(), 285
    run = race(train, lesson, LESSON_START, (1.0,), 0.0, steps)
    runs = frame(schedule_gaps(lesson, LESSON_START, run, 5).tables["runs"])
    fastest = runs[runs["name"] == "2/(λ₁ + λ₂)"].iloc[-1]
    begun = gap(lesson, LESSON_START)
    assert fastest["gap"] < LEAST_GAP * begun
    # All of it but a hundredth is what the closed form leaves.
    axes = curvature(lesson)
    share = abs(1 - fastest_rate(lesson) * axes.flat) ** steps
    assert fastest["gap"] == pytest.approx(share * begun, rel=0.01)
    assert fastest["gap_drawn"] == pytest.approx(LEAST_GAP * begun)
    said = " ".join(
        caption.value
        for caption in open_page(
            "lessons/learning_rates.py", part="beat", schedule_steps=str(steps)
        ).caption
    )
    assert "too small for this picture, and is drawn at the bottom" in said
    assert "is rounding" not in said


# The game of two rates


@given(problems(max_condition=1e6))
def test_no_one_rate_used_twice_leaves_less_than_par(problem: tuple[Dataset, Line]) -> None:
    dataset, start = problem
    game, axes = two_rates(dataset, start), curvature(dataset)
    rates = np.concatenate([np.geomspace(0.01 / axes.steep, 4 / axes.flat, 4_000), [game.rate]])
    left = np.hypot(
        game.along * (1 - rates * axes.flat) ** 2, game.across * (1 - rates * axes.steep) ** 2
    )
    assert left.min() >= game.par * (1 - 1e-9)
    assert left[-1] == pytest.approx(game.par)


@pytest.mark.parametrize("data", ["lesson", "hubble", "cars", "forbes"])
def test_the_places_of_the_game_hold_its_answer_exactly(data: str) -> None:
    dataset = make_noisy_line() if data == "lesson" else load_bundled(data)
    game = two_rates(dataset, LESSON_START)
    axes = curvature(dataset)
    assert game.is_worth_playing
    assert {0, game.floor} <= set(game.places)
    assert game.factor(0) == 1
    assert game.factor(game.floor) == pytest.approx(axes.steep / axes.flat, rel=1e-14)
    assert game.errors(0, game.floor)[-1] == game.errors(game.floor, 0)[-1] == (0, 0)
    assert len(game.places) < 300
    assert game.begun == pytest.approx(gap(dataset, LESSON_START))


@pytest.mark.parametrize("places", [(-20, -20), (0, 30), (0, 60), (12, 55), (60, 0)])
def test_the_errors_of_the_game_are_those_of_the_lessons_loop(places: tuple[int, int]) -> None:
    lesson, start = make_noisy_line(), LESSON_START
    game, line = two_rates(lesson, start), start
    for place, said in zip((None, *places), game.errors(*places), strict=True):
        if place is not None:
            rate = game.factor(place) / curvature(lesson).steep
            w, b, *_ = train_eagerly(lesson, rate, 1, line)[-1]
            line = Line(float(w), float(b))
        measured = axis_errors(lesson, np.array(line.w), np.array(line.b))
        np.testing.assert_allclose(np.abs(measured), np.abs(said), atol=1e-12)
    factors = tuple(map(game.factor, places))
    *_, end = gaps_of(train, lesson, start, factors)
    assert end == pytest.approx(gap(lesson, line), abs=1e-12)


def test_one_rate_is_enough_where_there_is_one_error_only_or_the_bowl_is_nearly_round() -> None:
    lesson = make_noisy_line()
    best, axes = theory.best_fit(lesson), curvature(lesson)
    for axis, curved in ((axes.flat_axis, axes.flat), (axes.steep_axis, axes.steep)):
        game = two_rates(lesson, Line(best.w + axis[0], best.b + axis[1]))
        assert not game.is_worth_playing
        assert game.rate == pytest.approx(1 / curved, rel=1e-3)
    assert not two_rates(valley(1.1), Line(3.0, 4.0)).is_worth_playing
    assert two_rates(valley(9.0), Line(3.0, 4.0)).is_worth_playing
