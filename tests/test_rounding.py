"""What is rounding alone is 0 wherever a page may show it; what is small but known is kept."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import theory
from core.datasets import Dataset, Line, make_noisy_line
from core.points import standardize
from core.rounding import known
from core.runs import TrainingConfig
from core.training import train
from tests.support.data import own
from tests.support.pages import DATA, STEPS, SURFACE, open_page, words

TENTHS = [i / 10 for i in range(11)]
THROUGH_ZERO = {
    "whole numbers": ([0, 1, 2, 3], [0, 2, 4, 6]),
    "tenths": (TENTHS, [0.1 * x for x in TENTHS]),
    "tenths as typed": (TENTHS, [round(0.1 * x, 2) for x in TENTHS]),
    "thirds": ([i / 3 for i in range(-4, 9)], [7 * (i / 3) for i in range(-4, 9)]),
    "both columns standardized": ([-1.2, -0.4, 0.1, 0.5, 1.0], [-1.1, -0.7, 0.3, 0.6, 0.9]),
    "scattered evenly around 0": ([-0.3, -0.1, 0.1, 0.3], [0.2, -0.3, 0.3, -0.2]),
}
LEVEL = {
    "level points": ([0, 0.1, 0.2, 0.7], [0.3, 0.3, 0.3, 0.3]),
    "a parabola": ([-0.2, -0.1, 0.0, 0.1, 0.2], [4.1, 1.2, 0.3, 1.2, 4.1]),
}


def points(x: list[float], y: list[float]) -> Dataset:
    return Dataset(np.array(x, dtype=float), np.array(y, dtype=float))


def test_what_rounding_leaves_of_terms_is_nothing_and_what_is_small_by_itself_is_kept() -> None:
    sums = known([0.1 + 0.2 - 0.3, 3e-16, -1e-300, 2.0], [0.3, 1e-15, 1e-300, 2.0])
    assert sums.tolist() == [0.0, 3e-16, -1e-300, 2.0]
    assert known([1e-31, 1e-20, np.inf], [1.0, 1.0, 1e200], power=2).tolist() == [0, 1e-20, np.inf]


@pytest.mark.parametrize("data", THROUGH_ZERO.values(), ids=THROUGH_ZERO.keys())
@pytest.mark.parametrize("unit", [1.0, 1e-15, 1e12])
def test_a_best_fit_through_zero_has_an_intercept_of_zero_in_all_units(
    data: tuple[list[float], list[float]], unit: float
) -> None:
    dataset = points(data[0], [unit * y for y in data[1]])
    best = theory.best_fit(dataset)
    assert best.b == 0
    assert best.w == pytest.approx(unit * theory.best_fit(points(*data)).w, rel=1e-12, abs=0)
    rounded = standardize(dataset)
    assert rounded.to_original(theory.best_fit(rounded)).b == 0


@pytest.mark.parametrize("data", LEVEL.values(), ids=LEVEL.keys())
@pytest.mark.parametrize("unit", [1.0, 1e-15, 1e12])
def test_a_level_best_fit_has_a_slope_of_zero_in_all_units(
    data: tuple[list[float], list[float]], unit: float
) -> None:
    best = theory.best_fit(points(data[0], [unit * y for y in data[1]]))
    assert best.w == 0
    assert best.b == pytest.approx(unit * np.mean(data[1]), rel=1e-14, abs=0)


@given(st.integers(3, 40), st.integers(-30, 30), *[st.integers(-10_000, 10_000)] * 3)
def test_points_on_a_line_leave_no_loss_gap_slope_or_residual(
    n: int, power: int, first: int, w: int, b: int
) -> None:
    x = (first + np.arange(n)) / 100
    dataset = Dataset(x, (w * x + b / 10) * 10.0**power)
    best = theory.best_fit(dataset)
    assert theory.mse(dataset, best) == 0
    assert theory.gap(dataset, best) == 0
    assert theory.gradient(dataset, best) == (0, 0)
    assert not theory.residuals(dataset, best).any()


@pytest.mark.parametrize(
    ("x", "y", "w", "b"),
    [
        ([1e9, 1e9 + 1, 1e9 + 2], [1e9 + 5, 1e9 + 6, 1e9 + 7], 1.0, 5.0),
        ([0, 1, 2], [1e-15, 2e-15, 3e-15], 1e-15, 1e-15),
        ([0, 1, 2], [1e9, 1e9 + 1e-3, 1e9 + 2e-3], 1e-3, 1e9),
        ([-1, 0, 1], [-1 + 1e-12, 1e-12, 1 + 1e-12], 1.0, 1e-12),
    ],
)
def test_what_is_small_but_known_is_kept(
    x: list[float], y: list[float], w: float, b: float
) -> None:
    best = theory.best_fit(points(x, y))
    assert best.w == pytest.approx(w, rel=1e-3, abs=0)
    assert best.b == pytest.approx(b, rel=1e-3, abs=0)


def test_a_run_that_has_arrived_ends_at_the_best_fit_and_one_on_its_way_is_untouched() -> None:
    dataset = standardize(points(*THROUGH_ZERO["tenths"]))
    history = train(dataset, TrainingConfig((0.45, 1e-99), 200, Line(0.0, 0.0)))
    shown = theory.without_rounding(dataset, history)
    assert shown.last_line() == theory.best_fit(dataset)
    assert shown.loss[0, -1] == shown.grad_w[0, -1] == shown.grad_b[0, -1] == 0
    assert (shown.w[1] == history.w[1]).all()
    assert shown.w[1, 1] > 0
    early = slice(5)
    assert (shown.loss[0, early] == history.loss[0, early]).all()


def test_digits_of_a_lowest_loss_that_is_no_rounding_are_all_there() -> None:
    dataset = make_noisy_line(noise=1e-9)
    best = theory.best_fit(dataset)
    assert theory.mse(dataset, best) == np.mean((best.w * dataset.x + best.b - dataset.y) ** 2)
    almost = Line(best.w, best.b + 1e-12)
    assert theory.gap(dataset, almost) == pytest.approx(1e-12, rel=1e-3)


NOISE = re.compile(r"\S*×10⁻(?:¹[⁵-⁹]|[²³][⁰¹²³⁴-⁹])|(?<![\w.,])−0(?![\d.,])")


@pytest.mark.parametrize(
    ("name", "standardized"),
    [
        ("whole numbers", "true"),
        ("tenths as typed", "true"),
        ("both columns standardized", "false"),
    ],
)
def test_no_page_shows_digits_of_rounding(name: str, standardized: str) -> None:
    address = {**own(*THROUGH_ZERO[name]), "standardize": standardized, "show": "all"}
    for file in (DATA, SURFACE, STEPS):
        arrived = {"run": "2000000x0.5" if standardized == "true" else "2000000x0.1"}
        app = open_page(file, **address, **(arrived if file == STEPS else {}))
        app.session_state.numbers = True
        app.run()
        told = "\n".join([words(app), *(element.value for element in app.text)])
        assert not NOISE.findall(told)
