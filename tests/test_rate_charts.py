"""The charts of learning rates draw what the maths says, and nothing that spoils the picture."""

from types import SimpleNamespace

import numpy as np
import pytest

from core import theory
from core.course.comparison import rate_table
from core.datasets import Dataset, Line, load_bundled, make_noisy_line
from core.descent.schedules import race, two_steps
from core.figures.pins import excess_shares, pinned_losses
from core.figures.rate_frames import Comparison
from core.figures.rates import rate_errors, rate_fits, rate_losses, rate_paths
from core.figures.registry import Picture
from core.figures.ruler import ruler
from core.figures.schedules import schedule_gaps
from core.points import standardize
from core.runs import LESSON_START, TrainingConfig
from core.training import train
from core.words.writing import VERDICT_WORDS, readable
from tests.support.samples import PIN, compare, pinned_run, rates_of, views
from tests.support.tables import frame

LESSON = make_noisy_line()
DATA = {"lesson": LESSON} | {
    name: load_bundled(name) for name in ("cars", "hubble", "forbes", "anscombe-4")
}


def scheduled(dataset: Dataset, factors: tuple[float, ...], steps: int = 24) -> Picture:
    run = race(train, dataset, LESSON_START, factors, 0.0, steps)
    return schedule_gaps(dataset, LESSON_START, run, 8)


@pytest.mark.parametrize("dataset", [LESSON, load_bundled("cars")])
def test_the_table_of_rates_says_what_a_step_does_and_when_it_has_arrived(dataset: Dataset) -> None:
    rates, axes = rates_of(dataset), theory.curvature(dataset)
    start = Line(1.0, -2.0)
    history = train(dataset, TrainingConfig(rates, 500, start))
    table = rate_table(dataset, history, rates)
    for index, rate in enumerate(rates):
        assert table["flat_factor"][index] == 1 - rate * axes.flat
        assert table["steep_factor"][index] == 1 - rate * axes.steep
        assert table["arrives"][index] == theory.arrives(dataset, rate, start)
        gaps = [
            theory.gap(dataset, Line(w, b))
            for w, b in zip(history.w[index], history.b[index], strict=True)
        ]
        arrived = np.flatnonzero(np.array(gaps) <= 0.01 * np.std(dataset.y))
        assert table["arrives_measured"][index] == (arrived[0] if arrived.size else None)


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
@pytest.mark.parametrize("factors", [(1.0, 5.0), (1.0,), (3.0,), (1e30, 1e-30)])
def test_a_schedule_is_drawn_inside_its_picture_and_an_explosion_does_not_spoil_it(
    data: str, factors: tuple[float, ...]
) -> None:
    dataset = DATA[data]
    begun = theory.gap(dataset, LESSON_START)
    for steps in (1, 24, 511):
        picture = scheduled(dataset, factors, steps)
        tables = {name: frame(table) for name, table in picture.tables.items()}
        for name, table in tables.items():
            assert np.isfinite(table.select_dtypes("number").to_numpy(float)).all(), name
        low, high = tables["bounds"][["loss_low", "loss_high"]].iloc[0]
        assert 1e-15 * begun < low < begun < high <= 60 * begun
        ends, runs = tables["ends"].set_index("name"), tables["runs"]
        for column in ("end_gap", "label_gap"):
            assert ends[column].between(low, high * (1 + 1e-9)).all()
        assert (runs["gap_drawn"] > low).all()
        assert low < tables["mark"]["gap_drawn"].iloc[0] < high
        yours = runs[runs["name"] == "yours"]
        exploded = picture.facts["exploded"]
        assert exploded or yours["step"].iloc[-1] == steps
        if factors[0] > 2 and steps == 511:
            assert exploded


def test_the_two_steps_in_a_list_of_ones_own_are_those_of_the_table() -> None:
    longest = theory.curvature(LESSON).condition_number
    runs = frame(scheduled(LESSON, (1.0, longest), 2).tables["runs"])
    gaps = runs.query("name == 'yours'")["gap"]
    across_first, _ = two_steps(train, LESSON, LESSON_START)
    assert gaps.iloc[1] == pytest.approx(across_first[1])
    assert gaps.iloc[2] <= 1e-12 * gaps.iloc[0]


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes", "anscombe-4"])
@pytest.mark.parametrize("at_best_fit", [False, True])
def test_runs_on_any_data_can_stand_in_one_picture(data: str, at_best_fit: bool) -> None:
    dataset = DATA[data]
    start = theory.best_fit(dataset) if at_best_fit else LESSON_START
    rates = (*rates_of(dataset), 1e10)
    runs = Comparison(dataset, train(dataset, TrainingConfig(rates, 200, start)), rates)
    picture = pinned_losses(runs, PIN, pinned_run())
    tables = {name: frame(table) for name, table in picture.tables.items()}
    for drawn in tables.values():
        assert np.isfinite(drawn.select_dtypes("number").to_numpy(dtype=float)).all()
    low, high = tables["bounds"][["loss_low", "loss_high"]].iloc[0]
    assert 0 < low < high
    assert list(tables["ends"]["label"]) == [*map(readable, rates), "pinned"]
    assert tables["ends"]["end_loss"].between(low, high).all()
    assert (tables["ends"]["end_step"] <= tables["bounds"]["step_high"].iloc[0]).all()


def test_a_share_is_the_excess_loss_over_that_of_the_start() -> None:
    for dataset in (LESSON, load_bundled("hubble")):
        rates = rates_of(dataset)[:3]
        runs = compare(dataset, rates, 100)
        shares = frame(excess_shares(runs))
        excess = runs.paths["loss"] - theory.mse(dataset, theory.best_fit(dataset))
        np.testing.assert_allclose(shares["loss"], excess / excess[0], rtol=1e-6, atol=1e-12)
        for place, rate in enumerate(rates):
            run = shares[shares["rate"] == place]
            needed = theory.steps_needed(dataset, rate, Line(0.0, -1.0))
            assert ((run["loss"] <= 0.01) == (run["step"] >= needed)).all()


@pytest.mark.parametrize("data", ["lesson", "cars", "hubble", "forbes", "anscombe-4"])
def test_the_ruler_lays_out_what_the_theory_says(data: str) -> None:
    dataset = DATA[data]
    rates = (*rates_of(dataset), 50 * theory.stable_limit(dataset))
    tables = ruler(dataset, LESSON_START, rates, (0, 200)).tables
    low, high = tables["bounds"]["rate_low"], tables["bounds"]["rate_high"]
    assert low < min(rates) < max(rates) < high
    zones = tables["zones"]
    assert list(zones["low"]) == [low, *zones["high"][:-1]]
    for zone in frame(zones).itertuples():
        for share in (0.001, 0.5, 0.999):
            rate = zone.low * (zone.high / zone.low) ** share
            assert theory.verdict(dataset, rate) == list(VERDICT_WORDS)[zone.kind]
    assert list(tables["marks"]["rate"]) == [
        theory.safe_rate(dataset), theory.fastest_rate(dataset), theory.stable_limit(dataset)
    ]  # fmt: skip
    row = tables["theory"]
    for rate in rates_of(dataset)[:3]:
        shrunk = [
            row[f"{axis}_share"] * (1 - rate * row[axis]) ** (2 * 30) for axis in ("flat", "steep")
        ]
        end = train(dataset, TrainingConfig((rate,), 30)).loss[0, -1]
        assert row["lowest"] + sum(shrunk) == pytest.approx(end, rel=1e-6)


def triangle(dataset: Dataset, start: Line, steps: int) -> float:
    """Work out, as the browser does, which rate the triangle on the ruler marks; NaN for none."""
    picture = ruler(dataset, start, (theory.safe_rate(dataset),), (0, steps))
    tables, spec = picture.tables, picture.spec
    (layer,) = (view for view in views(spec) if view["mark"].get("shape") == "triangle-down")
    datum = SimpleNamespace(place=np.arange(layer["data"]["sequence"]["stop"]))
    names = {
        "datum": datum,
        "steps": steps,
        "pow": np.power,
        "log": np.log,
        "exp": np.exp,
        "min": np.minimum,
        "max": np.maximum,
        **{f"{name}_row": SimpleNamespace(**tables[name]) for name in ("bounds", "theory")},
    }
    (span,) = (param["expr"] for param in spec["params"] if param["name"] == "span")
    names["span"] = eval(span, names)
    with np.errstate(all="ignore"):
        for transform in layer["transform"]:
            if "calculate" in transform:
                setattr(datum, transform["as"], eval(transform["calculate"], names))
            elif "joinaggregate" in transform:
                (least,) = transform["joinaggregate"]
                setattr(datum, least["as"], np.nanmin(getattr(datum, least["field"]), initial=1e99))
            elif "window" in transform:
                break
            else:
                kept = eval(transform["filter"], names)
    return float(datum.rate[kept][0]) if kept.any() else float("nan")


STARTS = {"lesson": LESSON_START, "cars": Line(0.0, 0.0), "hubble": Line(0.0, 0.0)}


@pytest.mark.parametrize(("data", "steps"), [("lesson", 200), ("lesson", 1000), ("hubble", 50)])
def test_the_triangle_on_the_ruler_marks_the_lowest_loss_though_noise_hides_it(
    data: str, steps: int
) -> None:
    dataset = DATA[data]
    start, marked = STARTS[data], triangle(dataset, STARTS[data], steps)
    limit = theory.stable_limit(dataset)
    assert 0.85 * limit < marked < limit
    # What is left of the error along each axis, as a logarithm: the larger part is what counts.
    rates, axes = np.linspace(0.01, 0.999, 2_000) * limit, theory.curvature(dataset)
    left = [
        np.log(abs(float(error))) + steps * np.log(abs(1 - rates * curvature))
        for error, curvature in zip(
            theory.axis_errors(dataset, np.array(start.w), np.array(start.b)),
            (axes.flat, axes.steep),
            strict=True,
        )
    ]
    assert marked == pytest.approx(rates[int(np.argmin(np.maximum(*left)))], rel=0.04)


def test_in_the_long_run_the_triangle_marks_the_rate_that_is_fastest_in_the_long_run() -> None:
    for dataset in (LESSON, standardize(LESSON), load_bundled("cars")):
        marked = triangle(dataset, LESSON_START, 2_000_000)
        assert marked == pytest.approx(theory.fastest_rate(dataset), rel=0.04)


def test_at_the_best_fit_no_rate_has_the_lowest_loss() -> None:
    line = make_noisy_line(noise=0.0)
    assert np.isnan(triangle(line, theory.best_fit(line), 200))


@pytest.mark.parametrize("data", ["lesson", "cars", "hubble", "forbes"])
def test_the_axes_of_the_bowl_lie_along_the_eigenvectors_and_inside_the_picture(data: str) -> None:
    dataset = DATA[data]
    tables = rate_paths(compare(dataset, rates_of(dataset))).tables
    window, matrix = tables["bounds"], theory.hessian(dataset)
    best, curvature = theory.best_fit(dataset), theory.curvature(dataset)
    for axis, eigenvalue in zip(
        frame(tables["axes"]).itertuples(), (curvature.flat, curvature.steep), strict=True
    ):
        way = np.array([axis.to_w - axis.w, axis.to_b - axis.b])
        way /= np.linalg.norm(way)
        assert matrix @ way == pytest.approx(eigenvalue * way, abs=1e-7 * curvature.steep)
        for w, b in ((axis.w, axis.b), (axis.to_w, axis.to_b)):
            across = (w - best.w) * way[1] - (b - best.b) * way[0]
            assert abs(across) <= 1e-6 * (abs(w - best.w) + abs(b - best.b))
            room_w = 1e-9 * (window["w_high"] - window["w_low"])
            room_b = 1e-9 * (window["b_high"] - window["b_low"])
            assert window["w_low"] - room_w <= w <= window["w_high"] + room_w
            assert window["b_low"] - room_b <= b <= window["b_high"] + room_b
        assert readable_in(axis.text) == pytest.approx(eigenvalue, rel=0.01)


def readable_in(text: str) -> float:
    """Read the number at the end of a name."""
    digits, _, power = text.split("= ")[1].replace(",", "").partition("×10")
    plain = power.translate(str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789"))
    return float(digits) * 10.0 ** int(plain or 0)


def test_the_slider_shows_each_run_as_it_was_at_that_step() -> None:
    for dataset in (LESSON, load_bundled("cars")):
        for steps in (0, 1, 30, 200, 5_000):
            rates = rates_of(dataset)
            runs = compare(dataset, rates, steps)
            history, paths = runs.history, frame(runs.paths)
            assert history.steps[runs.slots][-1] == steps
            for place, record in enumerate(runs.slots):
                shown = paths[(paths["slot"] <= place) & (place < paths["until"])]
                assert list(shown["rate"]) == list(range(len(rates)))
                np.testing.assert_array_equal(shown["w"], history.w[:, record])
                np.testing.assert_array_equal(shown["loss"], history.loss[:, record])


def test_the_rows_of_signed_errors_say_the_errors_and_stay_in_their_rows() -> None:
    runs = compare(LESSON, rates_of(LESSON))
    tables = rate_errors(runs).tables
    errors, paths, ticks = map(frame, (tables["rates"], runs.paths, tables["ticks"]))
    assert len(ticks) == 3 * 4
    assert (errors["height"] + errors["rate"]).abs().max() < 0.5
    unit = float(ticks["text"].iloc[2]) / (ticks["height"].iloc[2] - ticks["height"].iloc[1])
    dots = errors[errors["dot"]].merge(paths, on=["rate", "slot"])
    np.testing.assert_allclose((dots["height"] + dots["rate"]) * unit, dots["steep"], atol=1e-5)
    exploding = errors[errors["rate"] == 3]
    assert list(exploding["dot"]).count(False) == 1  # it leaves its row, once


def test_what_is_sent_of_eight_rates_is_small() -> None:
    runs = compare(LESSON, tuple(np.geomspace(0.001, 0.9, 8)))
    charts = (rate_losses, rate_errors, rate_fits, rate_paths)
    columns = [column for chart in charts for column in chart(runs).tables["rates"].values()]
    assert sum(column.nbytes for column in columns) < 100_000
