import contextlib
import math
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import words
from core.datasets import (
    BUNDLED,
    MAX_LABEL,
    DataError,
    Dataset,
    FloatArray,
    Line,
    load_bundled,
    make_noisy_line,
    names_to_link,
    points_from_text,
    points_to_text,
    read_csv,
    to_csv,
)
from core.points import standardize, with_outlier
from core.theory import best_fit, mse
from tests.support.data import datasets

THREE = np.array([1.0, 2.0, 4.0])


# Points


@pytest.mark.parametrize(
    ("w", "b", "n", "noise", "seed"), [(0.1, 0.5, 100, 0.01, 0), (-2.0, 3.0, 7, 1.5, 12345)]
)
def test_the_documented_recipe_gives_the_same_points(
    w: float, b: float, n: int, noise: float, seed: int
) -> None:
    dataset = make_noisy_line(w=w, b=b, n=n, noise=noise, seed=seed)
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, n)
    y = w * x + b + rng.normal(0, noise, n)
    np.testing.assert_array_equal(dataset.x, x)
    np.testing.assert_array_equal(dataset.y, y)
    assert dataset.true_line == Line(w, b)
    assert dataset.n == n


def test_the_defaults_are_the_lessons() -> None:
    plain, spelled_out = make_noisy_line(), make_noisy_line(0.1, 0.5, 100, 0.01, 0)
    assert plain.fingerprint == spelled_out.fingerprint


@pytest.mark.parametrize(
    ("argument", "value"),
    [("n", 2), ("n", -1), ("noise", -0.1), ("noise", math.nan), ("seed", -1)],
)
def test_a_line_that_cannot_be_made_is_refused(argument: str, value: float) -> None:
    with pytest.raises(DataError, match=rf"^{argument} must be .*, not {value:g}\.$"):
        make_noisy_line(**{argument: value})


def test_points_cannot_be_changed() -> None:
    dataset = make_noisy_line()
    for values in (dataset.x, dataset.y):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


def test_points_are_the_data_sets_own() -> None:
    x = np.array([1.0, 2.0, 4.0])
    dataset = Dataset(x, THREE)
    x[0] = 3.0
    assert dataset.x[0] == 1.0


@pytest.mark.parametrize(
    ("x", "y", "what"),
    [
        ([1.0, 2.0], [1.0, 2.0], "at least 3"),
        ([1.0, 2.0, 3.0], [1.0, 2.0], "in pairs"),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0], "choose a column that varies"),
        ([1e15, 1e15 + 1, 1e15 + 2], [1.0, 2.0, 3.0], "choose a column that varies"),
        ([1e-150, 2e-150, 3e-150], [1.0, 2.0, 3.0], "use a smaller unit"),
        ([1.0, math.nan, 3.0], [1.0, 2.0, 3.0], "Value 2 of 'x' is nan: use finite numbers"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, -math.inf], "Value 3 of 'y' is -inf: use finite numbers"),
        ([1.0, 2.0, 1e308], [1.0, 2.0, 3.0], r"Value 3 of 'x' is 1e\+308: use finite numbers"),
    ],
)
def test_points_without_a_line_are_refused(x: list[float], y: list[float], what: str) -> None:
    with pytest.raises(DataError, match=what):
        Dataset(np.array(x), np.array(y))


@pytest.mark.parametrize("text", ["1_2~2_5", "1_2~1_5", "1_2~1_2"])
def test_each_of_two_points_twice_is_advised_where_it_makes_data(text: str) -> None:
    with pytest.raises(DataError) as refused:
        points_from_text(text)
    twice = contextlib.nullcontext()
    if "a line" not in str(refused.value):
        twice = pytest.raises(DataError, match="choose a column that varies")
    with twice:
        assert points_from_text(f"{text}~{text}").n == 4


@pytest.mark.parametrize("x", [np.array([1, 2, 4]), np.array([[1.0, 2.0, 4.0]])])
def test_other_arrays_are_refused(x: FloatArray) -> None:
    with pytest.raises(DataError, match="'x' must be one column of numbers"):
        Dataset(x, THREE)


def test_a_data_error_is_a_value_error() -> None:
    assert issubclass(DataError, ValueError)


def test_the_fingerprint_tells_points_apart_and_nothing_else() -> None:
    dataset = make_noisy_line()
    renamed = Dataset(dataset.x, dataset.y, name="other", x_label="t")
    swapped = Dataset(dataset.y, dataset.x)
    y = dataset.y.copy()
    y[-1] = np.nextafter(y[-1], 1)
    assert renamed.fingerprint == dataset.fingerprint
    assert len({d.fingerprint for d in (dataset, swapped, Dataset(dataset.x, y))}) == 3


@given(
    dataset=datasets(),
    offset=st.sampled_from([0.0, 1e3, -1e8, 1e12]),
    w=st.floats(-100, 100),
    b=st.floats(-100, 100),
)
def test_the_fold_has_the_loss_in_it(dataset: Dataset, offset: float, w: float, b: float) -> None:
    dataset = Dataset(dataset.x + offset * float(np.std(dataset.x)), dataset.y)
    assert dataset.fold.shape == (3, 3)
    assert np.all(np.tril(dataset.fold, -1) == 0)
    line = Line(w, b)
    folded = float(np.linalg.norm(dataset.fold @ [w, b, -1]))
    size = float(np.sqrt(np.mean((abs(w * dataset.x) + abs(b) + abs(dataset.y)) ** 2)))
    assert folded == pytest.approx(math.sqrt(mse(dataset, line)), rel=1e-12, abs=1e-14 * size)


def test_the_fold_of_a_hundred_thousand_points() -> None:
    dataset = make_noisy_line(n=100_000)
    for line in (Line(0.0, -1.0), Line(0.1, 0.5)):
        folded = float(np.sum(np.square(dataset.fold @ [line.w, line.b, -1])))
        assert folded == pytest.approx(mse(dataset, line), rel=1e-12)


# The bundled sets


@pytest.mark.parametrize(
    ("name", "n", "author"),
    [
        ("cars", 50, "Ezekiel"),
        ("hubble", 24, "Hubble"),
        ("forbes", 17, "Forbes"),
        *((f"anscombe-{i}", 11, "Anscombe") for i in range(1, 5)),
    ],
)
def test_a_bundled_set(name: str, n: int, author: str) -> None:
    dataset = load_bundled(name)
    assert dataset.n == n
    source = words.say(f"datasets.{BUNDLED[name].words}_source")
    assert author in source
    assert any(year in source for year in ("1930", "1929", "1857", "1973"))
    assert dataset.name
    assert dataset.x_label
    assert dataset.y_label
    assert dataset.true_line is None


def test_the_bundled_sets_are_all_different() -> None:
    assert len({load_bundled(name).fingerprint for name in BUNDLED}) == len(BUNDLED)


def test_what_is_said_of_hubbles_data_is_so() -> None:
    hubble = load_bundled("hubble")
    about, slope_means = words.say("datasets.hubble"), words.say("datasets.hubble_slope")
    assert int(np.sum(hubble.y < 0)) == 5
    assert "Five come nearer" in about
    slope = best_fit(hubble).w
    assert slope == pytest.approx(454.16, abs=0.005)
    for published, error in ((465, 50), (513, 60)):  # PNAS 15, 1929, p. 171
        assert f"{published} ± {error}" in slope_means
        assert 1 < abs(slope - published) < error
    assert "close to, but not quite" in slope_means
    standardized = best_fit(standardize(hubble)).w
    assert standardized == pytest.approx(287, abs=0.5)  # km/s, not km/s per megaparsec


def test_anscombes_four_have_the_same_best_fit_to_two_decimals_only() -> None:
    names = [f"anscombe-{i}" for i in range(1, 5)]
    lines = [best_fit(load_bundled(name)) for name in names]
    assert {(f"{line.w:.2f}", f"{line.b:.2f}") for line in lines} == {("0.50", "3.00")}
    assert len({f"{line.w:.4f} {line.b:.4f}" for line in lines}) == 4
    assert {BUNDLED[name].words for name in names} == {"anscombe"}
    assert "the same best fit, to two decimals." in words.say("datasets.anscombe")
    assert "0.50 × x + 3.00, to two decimals" in words.say("datasets.anscombe_slope")


@pytest.mark.parametrize("name", BUNDLED)
def test_every_bundled_set_has_its_sentences(name: str) -> None:
    parts = ("", "_card", "_caption", "_slope", "_source")
    about = {f"{BUNDLED[name].words}{part}" for part in parts}
    assert about <= words.sources("en", "datasets").keys()


def test_another_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(DataError, match=r"'iris'.* cars, hubble"):
        load_bundled("iris")


# Files that can be read


def test_minus_zero_is_no_noise() -> None:
    line = make_noisy_line(noise=-0.0)
    assert line.fingerprint == make_noisy_line(noise=0.0).fingerprint
    assert line.recipe == make_noisy_line(noise=0.0).recipe


# Links and downloads


@given(datasets())
def test_points_in_a_link_come_back_exactly(dataset: Dataset) -> None:
    text = points_to_text(dataset)
    assert text is not None
    again = points_from_text(text)
    assert (again.x.tolist(), again.y.tolist()) == (dataset.x.tolist(), dataset.y.tolist())
    assert re.fullmatch(r"[0-9._~e-]+", text)


@given(st.text(max_size=150), st.text(max_size=150))
def test_names_in_a_link_come_back_as_they_were_written(x: str, y: str) -> None:
    named = points_from_text("1_2~2_3~4_5", [x, y])
    written = names_to_link(named)
    again = points_from_text("1_2~2_3~4_5", written)
    assert (again.x_label, again.y_label) == (named.x_label, named.y_label)
    assert again.x_label != again.y_label
    assert all(name.isprintable() and len(name) <= MAX_LABEL for name in written)
    assert bool(written) == ((named.x_label, named.y_label) != ("x", "y"))


@given(st.lists(st.text(max_size=200), max_size=4))
def test_no_names_in_a_link_keep_points_from_being_read(names: list[str]) -> None:
    assert points_from_text("1_2~2_3~4_5", names).n == 3


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode() + b"\n"


def test_names_of_a_file_come_back_from_a_link() -> None:
    dataset = read_csv(table("time (s),voltage (V)", "1,2", "2,3.5", "4,6"))
    text, names = points_to_text(dataset), names_to_link(dataset)
    assert text is not None
    again = points_from_text(text, names)
    assert (again.x_label, again.y_label) == ("time (s)", "voltage (V)")
    assert names_to_link(points_from_text(text)) == []


def test_a_link_carries_a_hundred_points_and_not_more() -> None:
    assert points_to_text(make_noisy_line(n=100)) is not None
    assert points_to_text(make_noisy_line(n=101)) is None
    text = "~".join(f"{i}_{i}" for i in range(101))
    with pytest.raises(DataError, match="link"):
        points_from_text(text)


@given(st.text() | st.text("0123456789._~e-"))
def test_no_text_in_a_link_does_more_than_complain(text: str) -> None:
    with contextlib.suppress(DataError):
        points_from_text(text)


def test_a_download_can_be_read_again_and_holds_no_formula() -> None:
    dataset = read_csv(table("=cmd(),@x", "1,2", "2,3.5", "4,1e-9"))
    text = to_csv(dataset)
    assert text.splitlines()[0] == "'=cmd(),'@x"
    again = read_csv(text.encode())
    assert again.fingerprint == dataset.fingerprint


def test_an_outlier_is_one_point_more() -> None:
    dataset = with_outlier(make_noisy_line(n=5), 0.9, 3.0)
    assert (dataset.n, dataset.x[-1], dataset.y[-1]) == (6, 0.9, 3.0)
    assert dataset.true_line == make_noisy_line().true_line


def far_from_zero() -> Dataset:
    rng = np.random.default_rng(0)
    x = 1e9 + rng.uniform(-1, 1, 50)
    return Dataset(x, 2 * (x - 1e9) + 3 + rng.normal(0, 0.1, 50))


STANDARDIZED = [
    make_noisy_line(),
    *map(load_bundled, ("cars", "hubble", "forbes", "anscombe-4")),
    far_from_zero(),
]


@pytest.mark.parametrize("dataset", STANDARDIZED)
def test_standardized_x_has_mean_0_and_mean_square_1(dataset: Dataset) -> None:
    standardized = standardize(dataset)
    assert abs(float(np.mean(standardized.x))) < 1e-14
    assert float(np.mean(standardized.x**2)) == pytest.approx(1, rel=1e-14)
    np.testing.assert_array_equal(standardized.y, dataset.y)


@pytest.mark.parametrize("dataset", STANDARDIZED)
def test_a_line_keeps_its_loss_and_finds_its_way_back(dataset: Dataset) -> None:
    standardized = standardize(dataset)
    assert standardized.scaling is not None
    line = Line(0.7, -3.0)
    there = standardized.scaling.to_standardized(line)
    assert mse(standardized, there) == pytest.approx(mse(dataset, line), rel=1e-6)
    back = standardized.scaling.to_original(there)
    assert back.w == pytest.approx(line.w, rel=1e-12)
    assert back.b == pytest.approx(line.b, abs=1e-12 * float(np.max(np.abs(dataset.x))))
    best, fitted = best_fit(dataset), best_fit(standardized)
    np.testing.assert_allclose(fitted.at(standardized.x), best.at(dataset.x), rtol=1e-6)


def test_the_recipe_of_standardized_data_makes_it() -> None:
    standardized = standardize(make_noisy_line(seed=3))
    made: dict[str, Any] = {"np": np}
    exec(standardized.recipe, made)
    np.testing.assert_allclose(made["x"], standardized.x, rtol=1e-13, atol=1e-14)
