"""The tables behind the charts say what the maths says, and are fit to be read."""

import csv
import io
import math

import numpy as np
import pandas as pd
import pytest

from core import theory
from core.course import predictions
from core.course.verdicts import AT_THE_LIMIT, verdict_word
from core.datasets import Dataset, Line, load_bundled, make_noisy_line, read_csv
from core.descent.challenges import DIAGNOSED_STEPS, draw_diagnosis
from core.descent.experiments import Stretch, train_stretches
from core.descent.schedules import race
from core.figures import ball, first, fit, frames, ruler, tables
from core.figures.diagnosis import diagnosis
from core.figures.edge import edge_sharpness
from core.figures.frames import Branches
from core.figures.loss import compared
from core.figures.network import entropy, network_accuracies, network_losses, network_range
from core.figures.pins import PinnedRun, excess_shares, pinned_losses
from core.figures.rate_frames import EARLY_STEPS
from core.figures.rates import rate_errors, rate_fits, rate_losses, rate_paths
from core.figures.schedules import schedule_gaps
from core.figures.surface import slices
from core.network import range_test
from core.network.runs import STEPS
from core.runs import LESSON_START, TrainingConfig
from core.training import train
from core.words.writing import VERDICT_WORDS, readable
from tests.support.samples import EDGE_RUNS, PIN, compare, network, rates_of

LESSON = make_noisy_line()
DATA = pytest.mark.parametrize(
    "dataset", [LESSON, load_bundled("cars"), load_bundled("forbes")], ids=lambda data: data.name
)


def lines(table: pd.DataFrame) -> list[Line]:
    return [Line(w, b) for w, b in zip(table["w"], table["b"], strict=True)]


def losses(dataset: Dataset, table: pd.DataFrame) -> list[float]:
    return [theory.mse(dataset, line) for line in lines(table)]


@DATA
def test_points_stand_beside_the_height_of_each_line(dataset: Dataset) -> None:
    best = theory.best_fit(dataset)
    table = tables.points(dataset, {"best fit": best, "start": LESSON_START})
    assert list(table)[:2] == [dataset.x_label, dataset.y_label]
    assert len(table) == dataset.n
    misses = table["best fit"] - table[dataset.y_label]
    assert np.mean(misses**2) == pytest.approx(theory.mse(dataset, best), rel=1e-9)
    with_guess = fit.pointed_fit(dataset, LESSON_START).numbers()
    assert np.mean(with_guess["residual"] ** 2) == pytest.approx(theory.mse(dataset, LESSON_START))
    assert (with_guess["residual"] > 0).equals(with_guess[dataset.y_label] > with_guess["guess"])


def test_columns_that_would_have_one_name_get_two() -> None:
    own = read_csv(b"best fit,guess\n1,2\n2,3\n3,5\n")
    table = tables.points(own, {"best fit": Line(0, 0), "guess": Line(1, 1)})
    assert list(table) == ["best fit", "guess", "best fit (2)", "guess (2)"]
    assert list(table["guess (2)"]) == [2, 3, 4]


@DATA
def test_a_run_ends_with_the_loss_the_gap_and_the_slopes_of_its_last_line(dataset: Dataset) -> None:
    rate = theory.safe_rate(dataset)
    stretches = (Stretch(30, rate), Stretch(20, rate / 2))
    histories = train_stretches(train, dataset, LESSON_START, stretches)
    path = frames.join_paths([frames.path(dataset, history) for history in histories])
    table = tables.run(dataset, Branches(path))
    assert list(table["step"]) == list(range(51))
    np.testing.assert_allclose(table["loss (MSE)"], losses(dataset, table), rtol=1e-9)
    last = lines(table)[-1]
    assert table["gap"].iloc[-1] == pytest.approx(theory.gap(dataset, last), rel=1e-6)
    slopes = table[["slope along w", "slope along b"]]
    np.testing.assert_allclose(slopes.iloc[0], theory.gradient(dataset, LESSON_START), rtol=1e-9)
    both = tables.run(dataset, Branches(frames.rows(path, slice(10)), path))
    assert both.groupby("branch").size().to_dict() == {"The dashed branch": 51, "The fork": 10}


@DATA
def test_the_surface_and_its_cuts_have_the_loss_and_slope_of_each_place(dataset: Dataset) -> None:
    run = {"w": np.array([LESSON_START.w]), "b": np.array([LESSON_START.b])}
    window = frames.path_window(dataset, LESSON_START, run)
    surface, cuts = tables.surface(dataset, window), slices(dataset, LESSON_START, run).numbers()
    for table in (surface, cuts):
        np.testing.assert_allclose(table["loss (MSE)"], losses(dataset, table), rtol=1e-6)
        assert len(table) <= tables.MAX_SHOWN  # so that no row is left out
    assert surface.iloc[0][["w", "b"]].tolist() == list(vars(theory.best_fit(dataset)).values())
    assert (surface["excess loss"].iloc[1:] > surface["excess loss"].iloc[0]).all()
    assert surface["w"].min() == window["w_low"]
    assert surface["b"].max() == window["b_high"]
    for axis, along in cuts.groupby("along"):
        assert (np.array([LESSON_START.w, LESSON_START.b])["wb".index(axis)] == along[axis]).any()
        steps, slopes = along[axis].diff().iloc[1:], along["slope there"]
        means = (slopes + slopes.shift()).iloc[1:] / 2  # exact for a parabola
        rises = along["loss (MSE)"].diff().iloc[1:]
        size = along["loss (MSE)"].max()
        np.testing.assert_allclose(rises, means * steps, rtol=0, atol=1e-9 * size)


@DATA
def test_learning_rates_stand_side_by_side_as_the_closed_form_says(dataset: Dataset) -> None:
    rates = rates_of(dataset)
    runs = compare(dataset, rates)
    history, table = runs.history, runs.table
    shown = rate_losses(runs).numbers()
    assert list(shown["step"]) == history.steps.tolist()
    for place, (rate, name) in enumerate(zip(rates, list(shown)[1:], strict=True)):
        assert name.startswith(f"loss at {readable(rate)} (")
        assert VERDICT_WORDS[theory.verdict(dataset, rate)] in name
        there = shown[name].notna()
        last = table["steps"][place]
        assert shown["step"][there].iloc[-1] == last
        expected = theory.loss_after(dataset, LESSON_START, rate, shown["step"][there].to_numpy())
        np.testing.assert_allclose(shown[name][there], expected, rtol=1e-6)
    assert shown.iloc[-1, -1:].isna().all()  # the last one exploded
    errors = rate_errors(runs).numbers()
    assert errors["step"].iloc[-1] == EARLY_STEPS
    factor = errors.iloc[1, 3] / errors.iloc[0, 3]
    assert factor == pytest.approx(table["steep_factor"][2], rel=1e-6)
    paths = rate_paths(runs).numbers()
    assert paths.iloc[-1, 1:3].tolist() == [history.w[0, -1], history.b[0, -1]]
    over_points = rate_fits(runs).numbers()
    misses = over_points.iloc[:, 3] - dataset.y
    assert np.mean(misses**2) == pytest.approx(table["loss"][0], rel=1e-6)


def test_rates_that_read_alike_keep_columns_of_their_own() -> None:
    runs = compare(LESSON, (0.10001, 0.10002), 5)
    assert len(set(rate_losses(runs).numbers())) == 3


@DATA
def test_the_ruler_tells_each_rate_with_its_verdict_and_its_loss(dataset: Dataset) -> None:
    rates = rates_of(dataset)
    runs = compare(dataset, rates).table
    table = ruler.ruler(dataset, LESSON_START, rates, (0, 200)).numbers()
    assert len(table) <= tables.MAX_SHOWN
    assert table["learning rate"].is_monotonic_increasing
    assert list(table["learning rate"][table["mark"] == "chosen"]) == list(rates)
    limit = table["learning rate"][table["mark"].str.startswith("limit")].iloc[0]
    assert limit == theory.stable_limit(dataset)
    for _, row in table.iterrows():
        assert row["verdict"] == verdict_word(dataset, row["learning rate"])
        arrives = theory.arrives(dataset, row["learning rate"], LESSON_START)
        assert row["arrives after"] == arrives or (arrives is None and math.isnan(row.iloc[2]))
    assert verdict_word(dataset, limit) == AT_THE_LIMIT
    chosen = table[table["mark"] == "chosen"]["loss after 200 steps"].to_numpy()
    np.testing.assert_allclose(chosen[:3], runs["loss"][:3], rtol=1e-6)
    assert table["loss after 200 steps"].max() > 1e6 * chosen[0]


def test_every_rate_of_the_first_picture_leads_where_a_run_leads() -> None:
    of_all = first.first(LESSON).numbers()
    some = of_all.iloc[[50, 150, 190]]  # about 0.001, 0.1 and 0.63
    history = train(LESSON, TrainingConfig(tuple(some["learning rate"]), 200))
    np.testing.assert_allclose(some["w after 200 steps"], history.w[:, -1], rtol=1e-9)
    np.testing.assert_allclose(some["b after 200 steps"], history.b[:, -1], rtol=1e-9)
    gaps = [theory.gap(LESSON, history.last_line(place)) for place in range(3)]
    np.testing.assert_allclose(some["gap"], gaps, rtol=1e-6)
    assert list(some["verdict"]) == ["slow", "good", "zigzags"]
    arrives = [theory.arrives(LESSON, rate, LESSON_START) for rate in of_all["learning rate"]]
    told = [None if math.isnan(steps) else steps for steps in of_all["arrives after"]]
    assert told == arrives


def test_what_a_question_asks_for_is_not_in_its_table_before_the_answer() -> None:
    limit = predictions.limit_of(LESSON, LESSON_START, 0)
    asked = ball.asked_ball(limit, answered=False, mark=None).numbers()
    assert list(asked) == ["step", "distance at 0.2"]
    told = ball.asked_ball(limit, answered=True, mark=None).numbers().iloc[:, 1]
    np.testing.assert_allclose(told, told[0] * (-1.0) ** np.arange(9), rtol=1e-9)  # for ever

    four = predictions.pictures(LESSON, 0)
    asked, told = (ruler.pictures(four, answered).numbers() for answered in (False, True))
    assert list(asked) == ["step", "A", "B", "C", "D"]
    np.testing.assert_array_equal(asked.iloc[:, 1:].to_numpy().T, four.errors())
    assert list(told)[1 + four.answer].endswith(": 0.97 of the limit")

    eight = draw_diagnosis(train, LESSON, LESSON_START, 0)
    asked, told = (diagnosis(LESSON, eight, checked).numbers() for checked in (False, True))
    assert not any(word in name for name in asked for word in VERDICT_WORDS.values())
    assert VERDICT_WORDS[eight.kinds[0]] in list(told)[1]
    assert len(asked) == DIAGNOSED_STEPS + 1
    np.testing.assert_array_equal(asked["H: loss"], eight.history.loss[7])
    _, steep = theory.axis_errors(LESSON, eight.history.w, eight.history.b)
    np.testing.assert_array_equal(told.iloc[:, 1], steep[0])


def test_schedules_and_pinned_runs_stand_side_by_side() -> None:
    run = race(train, LESSON, LESSON_START, (1.0, 5.0), 0.0, 24)
    picture = schedule_gaps(LESSON, LESSON_START, run, 30)
    table = picture.numbers().set_index("step")
    assert table.index[-1] == 30  # the bound lies beyond the runs
    assert table["gap, safe choice"][24] == pytest.approx(
        theory.gap(
            LESSON, train(LESSON, TrainingConfig((theory.safe_rate(LESSON),), 24)).last_line()
        )
    )
    assert table["Chebyshev's bound"].notna().sum() == 1
    assert table["Chebyshev's bound"][30] == picture.facts["bound"]

    other = compare(LESSON, (0.05,), 500)
    pinned = PinnedRun(other.rows[0], excess_shares(other))
    rates = rates_of(LESSON)
    table = pinned_losses(compare(LESSON, rates), PIN, pinned).numbers().set_index("step")
    assert list(table) == [*(f"at {readable(rate)}" for rate in rates), "pinned run"]
    assert (table.iloc[0] == 1).all()
    assert table["pinned run"][500] == pytest.approx(
        (theory.loss_after(LESSON, LESSON_START, 0.05, np.array(500)) - _lowest())
        / (theory.mse(LESSON, LESSON_START) - _lowest())
    )


def _lowest() -> float:
    return theory.mse(LESSON, theory.best_fit(LESSON))


def test_a_loop_that_climbs_has_no_numbers_after_it_was_cut() -> None:
    table = compared(LESSON, [1.0, 1e3, 1e300, math.nan], [1.0, 0.5, 0.2, 0.1]).numbers()
    assert list(table["loss, repaired"]) == [1.0, 0.5, 0.2, 0.1]
    assert list(table["loss, wrong"].dropna()) == [1.0, 1e3]


def test_networks_stand_side_by_side_and_a_stopped_one_ends_early() -> None:
    histories, rates = [network([0.7, 0.4], share=0.5), network([0.7, 0.4, 0.1])], (0.001, 0.2)
    losses = network_losses(histories, rates).numbers().set_index("step")
    assert losses["loss, training, at 0.2"][STEPS] == 0.1
    assert losses["loss, held out, at 0.2"][STEPS] == pytest.approx(0.11)
    assert losses["loss, held out, at 0.001"].isna().tolist() == [False, False, True]
    right = network_accuracies(histories, rates).numbers().set_index("step")
    assert right["right, %, held out, at 0.2"][STEPS] == 100 * histories[1].held_out_accuracy[-1]
    assert right["right, %, training, at 0.2"][STEPS] == 100 * histories[1].accuracy[-1]


def test_what_belongs_to_networks_only_is_told_in_words() -> None:
    test = range_test.on_line(train, LESSON, LESSON_START)
    table = network_range(test).numbers()
    assert table["learning rate"].iloc[table["average loss"].argmin()] == pytest.approx(
        10 * test.tenth
    )
    sharp = edge_sharpness(EDGE_RUNS[:1]).numbers()
    assert list(sharp) == ["step", "sharpness at 0.1 (2/rate = 20)"]
    assert list(sharp.iloc[:, 1]) == [5, 21, 20]
    cost = entropy().numbers()
    assert list(cost) == ["probability given to the truth", "loss of the picture"]
    np.testing.assert_allclose(np.exp(-cost.iloc[:, 1]), cost.iloc[:, 0])


def test_a_long_table_is_shown_from_its_first_to_its_last_row() -> None:
    long = pd.DataFrame({"step": range(201), "loss": np.geomspace(1, 1e-9, 201)})
    shown = tables.to_read(long)
    assert len(shown) == tables.MAX_SHOWN
    assert list(shown.iloc[0]) == ["0", "1"]
    assert list(shown.iloc[-1]) == ["200", "1.000×10⁻⁹"]
    steps = shown["step"].astype(int)
    assert set(steps.diff().dropna()) == {4, 5}
    assert len(tables.to_read(long.head(50))) == 50
    assert list(tables.to_read(pd.DataFrame({"a": [1.0, math.nan], "b": ["x", ""]}))["a"]) == [
        "1",
        "–",
    ]


@pytest.mark.parametrize("offset", [0.0, 2_000.0, 1e6, 1e9])
def test_numbers_are_written_with_as_many_digits_as_tell_them_apart(offset: float) -> None:
    column = offset + np.arange(11) / 10
    texts = tables.to_read(pd.DataFrame({"x": column}))["x"]
    assert texts.is_unique
    assert max(map(len, texts)) <= 18


def test_a_file_of_the_numbers_has_all_rows_exactly_and_no_formula() -> None:
    values = [0.1 + 0.2, -1e-300, 12345678.9, math.nan]
    table = pd.DataFrame({"=cmd()": values, "word": ["@a", "-b", "+c", "slow"], "step": range(4)})
    rows = list(csv.reader(io.StringIO(tables.to_csv(table))))
    assert rows[0] == ["'=cmd()", "word", "step"]
    assert [float(row[0]) if row[0] else math.nan for row in rows[1:]] == pytest.approx(
        values, abs=0, rel=0, nan_ok=True
    )
    assert [row[1] for row in rows[1:]] == ["'@a", "'-b", "'+c", "slow"]
    assert [row[2] for row in rows[1:]] == ["0", "1", "2", "3"]
