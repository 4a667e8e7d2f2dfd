"""One bad point pulls the best fit as far as the page Data says, in its words and in its chart."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from core import theory
from core.course.outlier import BadPoint, of_any_data, of_made_data
from core.datasets import BUNDLED, Dataset, load_bundled, make_noisy_line
from core.figures.outlier import _PULL, bad_point
from core.parameters import PARAMETERS
from core.points import standardize, with_outlier
from tests.support.pages import DATA, assert_whole, component, open_page

DATASETS = {
    "lesson": make_noisy_line(),
    "exact": make_noisy_line(noise=0.0),
    "standardized": standardize(make_noisy_line()),
    **{name: load_bundled(name) for name in BUNDLED},
}


def drawn(bad: BadPoint, y: float) -> dict[str, float]:
    """Compute what the chart draws with its slider at y, by the chart's own expressions."""
    others = SimpleNamespace(**bad_point(bad).tables["others"])
    names = {"others_row": others, "toNumber": float, "bad_y": y}
    for name, formula in _PULL.items():
        names[name] = eval(formula, {"max": max}, names)
    return {name: float(names[name]) for name in ("pulled_w", "pulled_b", "share")}


@pytest.mark.parametrize("name", DATASETS)
def test_the_chart_draws_the_best_fit_of_all_points_wherever_the_bad_one_is(name: str) -> None:
    bad = of_any_data(DATASETS[name])
    for y in np.linspace(*bad.reach(), 7):
        moved = BadPoint(bad.others, bad.x, float(y))
        seen, best = drawn(bad, float(y)), moved.after
        ends = np.array([bad.others.x.min(), bad.others.x.max()])
        heights = seen["pulled_w"] * ends + seen["pulled_b"]
        scale = theory.spread(moved.dataset)
        np.testing.assert_allclose(heights, best.at(ends), atol=1e-7 * scale)
        assert seen["share"] == pytest.approx(moved.share, rel=1e-6, abs=1e-9)


def test_the_share_of_a_point_is_that_of_its_square_in_the_sum_of_squares() -> None:
    bad = of_made_data(make_noisy_line(), 0.9, 2.0, is_in=False)
    everything = with_outlier(make_noisy_line(), 0.9, 2.0)
    squares = theory.residuals(everything, theory.best_fit(everything)) ** 2
    assert bad.share == pytest.approx(squares[-1] / squares.sum())


def test_a_bad_point_is_the_same_before_and_after_it_is_put_into_the_data() -> None:
    outside = of_made_data(make_noisy_line(), 0.9, 2.0, is_in=False)
    inside = of_made_data(with_outlier(make_noisy_line(), 0.9, 2.0), 0.9, 2.0, is_in=True)
    assert (inside.x, inside.y, inside.after) == (outside.x, outside.y, outside.after)
    scaled = of_made_data(standardize(make_noisy_line()), 0.9, 2.0, is_in=False)
    assert scaled.others.scaling is not None
    assert scaled.x * scaled.others.scaling.scale + scaled.others.scaling.mean == pytest.approx(0.9)


@pytest.mark.parametrize("level", ["0.5", "1000000", "-1000000"])
@pytest.mark.parametrize("y", ["2", "100", "-100"])
def test_the_slider_of_the_bad_point_stays_where_a_link_can_say_it(level: str, y: str) -> None:
    app = open_page(DATA, part="squares", true_b=level, outlier_y=y)
    slider = json.loads(component(app, "bad_point_slider"))["sliders"][0]
    row, last = PARAMETERS["outlier_y"], slider["low"] + slider["step"] * (slider["count"] - 1)
    assert row.low <= slider["low"] + 1e-9
    assert last - 1e-9 <= row.high
    assert slider["low"] + slider["step"] * slider["index"] == pytest.approx(float(y), abs=0.2)


@pytest.mark.parametrize(
    "points",
    [
        "1e20_0~2e20_1~4e20_3",
        "0_1e40~1_2e40~2_4e40",
        "0_0~1e-90_1~3e-90_2",
        "0_5~1_5~2_5",
        "1e9_1e-200~1000000001_2e-200~1000000002_5e-200",
    ],
)
def test_unusual_points_can_have_a_bad_one_too(points: str) -> None:
    assert_whole(open_page(DATA, part="squares", data="own", points=points, show="all"))


def test_any_data_gets_a_point_that_pulls_its_line() -> None:
    level = Dataset(np.arange(4.0), np.full(4, 5.0))
    assert of_any_data(level).moves
    assert of_any_data(make_noisy_line()).moves
