"""Charts hold no data of their own, and name no field that their tables do not have."""

import json
import re
from collections.abc import Iterator
from inspect import signature
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from core import theory
from core.datasets import Dataset, Line, load_bundled, make_noisy_line
from core.descent.experiments import Stretch, take_apart
from core.figures import charts, frames, network_charts, rate_charts, rate_frames
from core.points import standardize
from core.runs import LESSON_START, TrainingConfig
from core.training import train
from core.words.writing import VERDICT_WORDS

Tables = dict[str, pd.DataFrame]


def run_tables(dataset: Dataset) -> Tables:
    history = train(dataset, TrainingConfig((theory.safe_rate(dataset),), 50))
    path = frames.path(dataset, history)
    window = frames.path_window(dataset, LESSON_START, path)
    solid = frames.bowl(dataset, LESSON_START, path)
    bounds = frames.run_bounds([path], theory.mse(dataset, theory.best_fit(dataset)))
    step = take_apart(train, dataset, LESSON_START, (Stretch(5, 0.1),), 3)
    return {
        "points": frames.points(dataset),
        "window": frames.fit_window(dataset),
        "fixed": frames.fixed_lines(dataset),
        "fold": frames.fold_row(dataset),
        "path": frames.drawn_loss(path, bounds),
        "bounds": window.join(bounds),
        "contours": frames.contours(dataset, window),
        "shape": solid.shape,
        "other": frames.branch(frames.drawn_loss(path, bounds), 10),
        "arrow": frames.arrow(step),
        "marks": solid.marks,
        "floor": frames.drawn_loss(frames.floor(dataset), bounds),
        "theory": frames.theory_row(dataset, LESSON_START),
        "trail": pd.DataFrame({"step": [0], "last": [True]}),
        "start": pd.DataFrame({"x": [0.0], "y": [0.0], "text": [""]}),
    }


def rate_tables(dataset: Dataset, rates: tuple[float, ...]) -> Tables:
    history = train(dataset, TrainingConfig(rates))
    table = rate_frames.rate_table(dataset, history, rates)
    paths = rate_frames.rate_paths(dataset, history, table)
    bounds = rate_frames.rate_bounds(paths, theory.mse(dataset, theory.best_fit(dataset)), 200)
    return run_tables(dataset) | {
        "paths": paths,
        "rates": rate_frames.loss_columns(paths, bounds),
        "errors": rate_frames.error_columns(paths, bounds),
        "fits": rate_frames.fit_columns(paths, frames.fit_window(dataset)),
        "bounds": bounds,
        "ends": rate_frames.rate_ends(table, paths, bounds),
        "ticks": rate_frames.error_ticks(len(rates), bounds),
        "floor": frames.floor_height(dataset, bounds),
    }


def rates_of(dataset: Dataset) -> tuple[float, ...]:
    return tuple(f * theory.stable_limit(dataset) for f in (0.001, 0.3, 0.97, 1.5))


def surface_tables(dataset: Dataset, rates: tuple[float, ...]) -> Tables:
    tables = rate_tables(dataset, rates)
    window = frames.path_window(dataset, LESSON_START, tables["paths"])
    return tables | {
        "bounds": window,
        "axes": rate_frames.principal_axes(dataset, window),
        "rates": rate_frames.path_columns(tables["paths"], window),
    }


def with_rates(name: str) -> Tables:
    tables = rate_tables(LESSON, rates_of(LESSON))
    return tables | {"rates": tables[name]}


def compared_tables(dataset: Dataset) -> Tables:
    climbing = [1.0, 1e3, 1e300, np.inf, np.nan, np.nan]
    losses = frames.compared_losses(climbing, [1.0, 0.5, 0.25, 0.1, 0.05, 0.025])
    bounds = frames.compared_bounds(losses, theory.mse(dataset, theory.best_fit(dataset)))
    return {
        "losses": frames.drawn_loss(losses, bounds),
        "bounds": bounds,
        "floor": frames.drawn_loss(frames.floor(dataset), bounds),
    }


def schedule_tables(dataset: Dataset, factors: tuple[float, ...], steps: int = 24) -> Tables:
    return vars(rate_frames.schedule_runs(dataset, LESSON_START, factors, 0.0, steps, 8, train))


def shares_of(
    dataset: Dataset, rates: tuple[float, ...], steps: int, start: Line = LESSON_START
) -> pd.DataFrame:
    history = train(dataset, TrainingConfig(rates, steps, start))
    table = rate_frames.rate_table(dataset, history, rates)
    return rate_frames.excess_shares(dataset, rate_frames.rate_paths(dataset, history, table))


def overlay_of(dataset: Dataset, rates: tuple[float, ...], start: Line) -> rate_frames.Overlay:
    """Lay a long run on other data over some rates."""
    present, labels = shares_of(dataset, rates, 200, start), [f"{rate:g}" for rate in rates]
    return rate_frames.overlay(present, labels, shares_of(load_bundled("hubble"), (0.2,), 100_000))


LESSON = make_noisy_line()
CASES = {
    "run_fit": (charts.run_fit("x", "y", True, True), run_tables(LESSON)),
    "path_on_surface": (charts.path_on_surface(True, True), run_tables(LESSON)),
    "pointed_surface": (charts.pointed_surface(True, 9), run_tables(LESSON)),
    "loss_slices": (charts.loss_slices(), run_tables(LESSON)),
    "bowl": (
        charts.bowl(),
        run_tables(LESSON)
        | {"path": frames.bowl(LESSON, LESSON_START, run_tables(LESSON)["path"]).path},
    ),
    "loss_curve": (charts.loss_curve(True), run_tables(LESSON)),
    "rate_losses": (rate_charts.rate_losses(), rate_tables(LESSON, rates_of(LESSON))),
    "rate_fits": (rate_charts.rate_fits("x", "y"), with_rates("fits")),
    "pinned_losses": (
        rate_charts.pinned_losses(),
        vars(overlay_of(LESSON, rates_of(LESSON), LESSON_START)),
    ),
    "ruler": (rate_charts.ruler(), vars(rate_frames.ruler(LESSON, LESSON_START, rates_of(LESSON)))),
    "rate_paths": (rate_charts.rate_paths(), surface_tables(LESSON, rates_of(LESSON))),
    "rate_errors": (rate_charts.rate_errors(4), with_rates("errors")),
    "compared_losses": (charts.compared_losses(), compared_tables(LESSON)),
    "first_picture": (charts.first_picture(), run_tables(LESSON)),
    "schedule_gaps": (rate_charts.schedule_gaps(), schedule_tables(LESSON, (1.0, 5.0))),
}


def views(spec: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every view of a chart that draws marks."""
    for part in spec.get("layer", []) + spec.get("vconcat", []):
        yield from views(part)
    if "mark" in spec:
        yield spec


@pytest.mark.parametrize("dataset", [LESSON, load_bundled("cars")])
def test_the_table_of_rates_says_what_a_step_does_and_when_it_has_arrived(dataset: Dataset) -> None:
    rates, axes = rates_of(dataset), theory.curvature(dataset)
    start = Line(1.0, -2.0)
    history = train(dataset, TrainingConfig(rates, 500, start))
    table = rate_frames.rate_table(dataset, history, rates)
    for index, (rate, row) in enumerate(zip(rates, table.itertuples(), strict=True)):
        assert row.flat_factor == 1 - rate * axes.flat
        assert row.steep_factor == 1 - rate * axes.steep
        assert row.arrives == theory.arrives(dataset, rate, start)
        gaps = [
            theory.gap(dataset, Line(w, b))
            for w, b in zip(history.w[index], history.b[index], strict=True)
        ]
        arrived = np.flatnonzero(np.array(gaps) <= 0.01 * np.std(dataset.y))
        assert row.arrives_measured == (arrived[0] if arrived.size else None)


@pytest.mark.parametrize("name", CASES)
def test_every_field_is_a_column_of_its_table(name: str) -> None:
    spec, tables = CASES[name]
    seen = 0
    for view in views(spec):
        data = view["data"]
        columns = {data["sequence"]["as"]} if "sequence" in data else set(tables[data["name"]])
        for transform in view.get("transform", []):
            used = re.findall(r"datum\.([a-z_0-9]+)", json.dumps(transform, ensure_ascii=False))
            assert set(used) <= columns, (name, used, columns)
            folded = transform.get("window", transform.get("joinaggregate", [{}]))[0]
            made = transform.get("as", folded.get("as", []))
            if "lookup" in transform:
                source = transform["from"]
                assert {source["key"], *source["fields"]} <= set(tables[source["data"]["name"]])
                made = source["fields"]
            columns |= {made} if isinstance(made, str) else set(made)
        for channel in view["encoding"].values():
            if isinstance(channel, dict) and "field" in channel:
                assert channel["field"] in columns, (name, channel["field"], columns)
                seen += 1
    assert seen > 3
    rows = {parameter["name"]: parameter.get("expr", "") for parameter in spec.get("params", [])}
    looked_up = set(re.findall(r"(\w+)_row\.(\w+)", json.dumps(spec)))
    for table, column in looked_up:
        assert f'"{column}":' in rows[f"{table}_row"], (name, table, column)
        assert column in tables[table], (name, table, column)
    for row, expression in rows.items():
        if row.endswith("_row"):
            columns = json.loads(expression.partition(" || ")[2])
            assert {(row[:-4], column) for column in columns} <= looked_up, (name, row)


@pytest.mark.parametrize("name", CASES)
def test_a_chart_holds_no_data(name: str) -> None:
    spec, _ = CASES[name]
    assert not spec.get("datasets")
    assert '"values": [' not in json.dumps(spec)  # an axis computes its values


@pytest.mark.parametrize("name", CASES)
def test_a_specification_is_built_once(name: str) -> None:
    build = vars(charts).get(name) or vars(rate_charts)[name]
    arguments = {
        "run_fit": ("x", "y", True, True),
        "path_on_surface": (True, True),
        "loss_curve": (True,),
        "pointed_surface": (True, 9),
        "rate_errors": (4,),
        "rate_fits": ("x", "y"),
    }
    some = arguments.get(name, ())
    assert build(*some) is build(*some)


@pytest.mark.parametrize("data", ["cars", "hubble", "forbes", "anscombe-4"])
def test_no_nan_or_infinity_reaches_a_chart(data: str) -> None:
    dataset = load_bundled(data)
    for name, table in rate_tables(dataset, (*rates_of(dataset), 1e10)).items():
        numbers = table.select_dtypes("number").drop(columns="fit_y", errors="ignore")
        assert np.isfinite(numbers.to_numpy(dtype=float)).all(), name


def test_the_curve_of_a_loop_that_climbs_is_cut() -> None:
    tables = compared_tables(LESSON)
    for table in tables.values():
        assert np.isfinite(table.select_dtypes("number").to_numpy()).all()
    assert tables["losses"].groupby("version").size().to_dict() == {"repaired": 6, "wrong": 2}
    assert (tables["losses"]["loss_drawn"] > 0).all()


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
@pytest.mark.parametrize("factors", [(1.0, 5.0), (1.0,), (3.0,), (1e30, 1e-30)])
def test_a_schedule_is_drawn_inside_its_picture_and_an_explosion_does_not_spoil_it(
    data: str, factors: tuple[float, ...]
) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    begun = theory.gap(dataset, LESSON_START)
    for steps in (1, 24, 511):
        tables = schedule_tables(dataset, factors, steps)
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
        stopped = ends.loc["yours", "stopped"]
        assert yours["step"].iloc[-1] == (steps if stopped < 0 else stopped)
        if factors[0] > 2 and steps == 511:
            assert stopped >= 0


def test_the_two_steps_in_a_list_of_ones_own_are_those_of_the_table() -> None:
    longest = theory.curvature(LESSON).condition_number
    tables = schedule_tables(LESSON, (1.0, longest), 2)
    gaps = tables["runs"].query("name == 'yours'")["gap"]
    table = rate_frames.two_steps(LESSON, LESSON_START, train)
    assert gaps.iloc[1] == pytest.approx(table["gap at step 1"].iloc[0])
    assert gaps.iloc[2] <= 1e-12 * gaps.iloc[0]


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes", "anscombe-4"])
@pytest.mark.parametrize("at_best_fit", [False, True])
def test_runs_on_any_data_can_stand_in_one_picture(data: str, at_best_fit: bool) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    start = theory.best_fit(dataset) if at_best_fit else LESSON_START
    rates = (*rates_of(dataset), 1e10)
    laid = overlay_of(dataset, rates, start)
    for drawn in vars(laid).values():
        numbers = drawn.select_dtypes("number").to_numpy(dtype=float)
        assert np.isfinite(numbers).all()
    low, high = laid.bounds[["loss_low", "loss_high"]].iloc[0]
    assert 0 < low < high
    assert list(laid.ends["label"]) == [*(f"{rate:g}" for rate in rates), "pinned"]
    assert laid.ends["end_loss"].between(low, high).all()
    assert (laid.ends["label_step"] < laid.bounds["step_high"].iloc[0]).all()


def test_a_share_is_the_excess_loss_over_that_of_the_start() -> None:
    for dataset in (LESSON, load_bundled("hubble")):
        rates = rates_of(dataset)[:3]
        history = train(dataset, TrainingConfig(rates, 100))
        table = rate_frames.rate_table(dataset, history, rates)
        paths = rate_frames.rate_paths(dataset, history, table)
        shares = rate_frames.excess_shares(dataset, paths)
        excess = paths["loss"] - theory.mse(dataset, theory.best_fit(dataset))
        np.testing.assert_allclose(shares["loss"], excess / excess[0], rtol=1e-6, atol=1e-12)
        for place, rate in enumerate(rates):
            run = shares[shares["rate"] == place]
            needed = theory.steps_needed(dataset, rate, Line(0.0, -1.0))
            assert ((run["loss"] <= 0.01) == (run["step"] >= needed)).all()


def test_a_noise_free_fit_can_be_drawn_on_a_log_axis() -> None:
    dataset = make_noisy_line(noise=0.0)
    tables = rate_tables(dataset, rates_of(dataset))
    assert np.isfinite(tables["rates"][["height", "formula"]]).all(axis=None)
    assert np.isfinite(tables["floor"]["height"]).all()
    assert np.isfinite(tables["bounds"]).all(axis=None)


def test_contours_are_lines_of_equal_loss() -> None:
    for dataset in (LESSON, load_bundled("cars"), load_bundled("forbes")):
        window = frames.path_window(dataset, Line(0.0, 0.0), run_tables(dataset)["path"])
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
        window = frames.path_window(dataset, LESSON_START, run_tables(dataset)["path"])
        rings = frames.contours(dataset, window)["loss"].to_numpy()
        excess = rings - theory.mse(dataset, theory.best_fit(dataset))
        np.testing.assert_allclose(excess[1:] / excess[:-1], 0.25, rtol=1e-4)


def test_the_window_holds_start_minimum_true_line_and_path() -> None:
    history = train(LESSON, TrainingConfig())
    path = frames.path(LESSON, history)
    window = frames.path_window(LESSON, LESSON_START, path).iloc[0]
    assert LESSON.true_line is not None
    w = [*path["w"], LESSON.true_line.w, theory.best_fit(LESSON).w]
    b = [*path["b"], LESSON.true_line.b, theory.best_fit(LESSON).b]
    assert window["w_low"] < min(w) <= max(w) < window["w_high"]
    assert window["b_low"] < min(b) <= max(b) < window["b_high"]


def test_an_explosion_does_not_spoil_the_window() -> None:
    calm = frames.path(LESSON, train(LESSON, TrainingConfig()))
    wild = frames.path(LESSON, train(LESSON, TrainingConfig((1.2,))))
    windows = [frames.path_window(LESSON, LESSON_START, path).iloc[0] for path in (calm, wild)]
    heights = [window["b_high"] - window["b_low"] for window in windows]
    assert wild["b"].abs().max() > 100 * heights[0]
    assert heights[1] < 4 * heights[0]


def test_a_path_ends_at_its_last_sane_step() -> None:
    history = train(LESSON, TrainingConfig((1.2,), steps=100_000))
    path = frames.path(LESSON, history)
    assert path["step"].iloc[-1] == history.diverged_at[0]
    assert path["step"].is_unique
    exact = train(LESSON, TrainingConfig((1.2,), steps=int(history.diverged_at[0])))
    assert path["w"].iloc[-1] == exact.w[0, -1]


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
def test_the_bowl_is_as_high_as_the_excess_loss(data: str) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    start = Line(0.0, -1.0)
    path = frames.path(dataset, train(dataset, TrainingConfig((theory.safe_rate(dataset),), 50)))
    solid = frames.bowl(dataset, start, path)
    gaps = [theory.gap(dataset, Line(w, b)) for w, b in zip(path["w"], path["b"], strict=True)]
    share = np.square(gaps) / (1.1 * theory.gap(dataset, start)) ** 2
    height = solid.path["flat"] ** 2 + solid.path["steep"] ** 2  # as the chart computes it
    np.testing.assert_allclose(height, share, rtol=1e-6, atol=1e-12)
    axes = solid.shape.to_numpy().reshape(2, 2)
    _, (long, short), _ = np.linalg.svd(axes)
    assert 1 <= long / short <= 3 + 1e-9
    assert solid.widening >= 1


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
def test_the_bowl_tells_where_w_and_b_grow_and_how_to_see_its_length(data: str) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    path = frames.path(dataset, train(dataset, TrainingConfig((theory.safe_rate(dataset),), 50)))
    solid = frames.bowl(dataset, LESSON_START, path)
    best, marks = theory.best_fit(dataset), solid.marks.set_index("text")
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
    axes = solid.shape.to_numpy().reshape(2, 2).T
    turn = np.radians(solid.across)
    turned = np.array([[np.cos(turn), -np.sin(turn)], [np.sin(turn), np.cos(turn)]]) @ axes
    right, back = np.abs(np.linalg.svd(turned)[0][:, 0])
    assert (right, back) == pytest.approx((1, 0), abs=1e-9)


def test_steps_that_cannot_be_told_apart_are_drawn_once() -> None:
    path = frames.path(LESSON, train(LESSON, TrainingConfig(steps=500)))
    window = frames.path_window(LESSON, LESSON_START, path)
    kept = frames.apart(path, window)
    assert 20 < len(kept) < 0.6 * len(path)
    assert list(kept["slot"].iloc[[0, -1]]) == [0, 500]
    size = window.iloc[0]
    width, height = size["w_high"] - size["w_low"], size["b_high"] - size["b_low"]
    for _, step in path.iterrows():
        apart = np.hypot((kept["w"] - step["w"]) / width, (kept["b"] - step["b"]) / height)
        assert apart.min() <= 0.005


def test_a_long_valley_is_drawn_wider_and_says_by_how_much() -> None:
    widenings = []
    for dataset in (LESSON, load_bundled("cars"), load_bundled("forbes")):
        run = train(dataset, TrainingConfig((theory.safe_rate(dataset),), 5))
        path = frames.path(dataset, run)
        widenings.append(frames.bowl(dataset, LESSON_START, path).widening)
    assert widenings == sorted(widenings)
    assert widenings[2] > 20


@pytest.mark.parametrize("data", ["lesson", "cars", "hubble", "forbes", "anscombe-4"])
def test_the_ruler_lays_out_what_the_theory_says(data: str) -> None:
    dataset = LESSON if data == "lesson" else load_bundled(data)
    rates = (*rates_of(dataset), 50 * theory.stable_limit(dataset))
    ruler = rate_frames.ruler(dataset, LESSON_START, rates)
    low, high = ruler.bounds[["rate_low", "rate_high"]].iloc[0]
    assert low < min(rates) < max(rates) < high
    zones = ruler.zones
    assert list(zones["low"]) == [low, *zones["high"][:-1]]
    for zone in zones.itertuples():
        for share in (0.001, 0.5, 0.999):
            rate = zone.low * (zone.high / zone.low) ** share
            assert theory.verdict(dataset, rate) == list(VERDICT_WORDS)[zone.kind]
    assert list(ruler.marks["rate"]) == [
        theory.safe_rate(dataset), theory.fastest_rate(dataset), theory.stable_limit(dataset)
    ]  # fmt: skip
    row = ruler.theory.iloc[0]
    for rate in rates_of(dataset)[:3]:
        shrunk = [
            row[f"{axis}_share"] * (1 - rate * row[axis]) ** (2 * 30) for axis in ("flat", "steep")
        ]
        end = train(dataset, TrainingConfig((rate,), 30)).loss[0, -1]
        assert row["lowest"] + sum(shrunk) == pytest.approx(end, rel=1e-6)


def triangle(dataset: Dataset, start: Line, steps: int) -> float:
    """Work out, as the browser does, which rate the triangle on the ruler marks; NaN for none."""
    tables = vars(rate_frames.ruler(dataset, start, (theory.safe_rate(dataset),)))
    spec = rate_charts.ruler()
    (layer,) = (view for view in views(spec) if view["mark"].get("shape") == "triangle-up")
    datum = SimpleNamespace(place=np.arange(layer["data"]["sequence"]["stop"]))
    names = {
        "datum": datum,
        "steps": steps,
        "pow": np.power,
        "log": np.log,
        "exp": np.exp,
        "min": np.minimum,
        "max": np.maximum,
        **{f"{name}_row": tables[name].iloc[0] for name in ("bounds", "theory")},
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
    dataset = LESSON if data == "lesson" else load_bundled(data)
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
    dataset = LESSON if data == "lesson" else load_bundled(data)
    tables = surface_tables(dataset, rates_of(dataset))
    window, matrix = tables["bounds"].iloc[0], theory.hessian(dataset)
    best, curvature = theory.best_fit(dataset), theory.curvature(dataset)
    for axis, eigenvalue in zip(
        tables["axes"].itertuples(), (curvature.flat, curvature.steep), strict=True
    ):
        way = np.array([axis.to_w - axis.w, axis.to_b - axis.b])
        way /= np.linalg.norm(way)
        assert matrix @ way == pytest.approx(eigenvalue * way, abs=1e-7 * curvature.steep)
        for w, b in ((axis.w, axis.b), (axis.to_w, axis.to_b), (axis.text_w, axis.text_b)):
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
            history = train(dataset, TrainingConfig(rates, steps, LESSON_START))
            table = rate_frames.rate_table(dataset, history, rates)
            paths = rate_frames.rate_paths(dataset, history, table)
            slots = rate_frames.compared_slots(history)
            assert history.steps[slots][-1] == steps
            for place, record in enumerate(slots):
                shown = paths[(paths["slot"] <= place) & (place < paths["until"])]
                assert list(shown["rate"]) == list(range(len(rates)))
                np.testing.assert_array_equal(shown["w"], history.w[:, record])
                np.testing.assert_array_equal(shown["loss"], history.loss[:, record])


def test_the_rows_of_signed_errors_say_the_errors_and_stay_in_their_rows() -> None:
    tables = rate_tables(LESSON, rates_of(LESSON))
    errors, paths, ticks = tables["errors"], tables["paths"], tables["ticks"]
    assert len(ticks) == 3 * 4
    assert (errors["height"] + errors["rate"]).abs().max() < 0.5
    unit = float(ticks["text"].iloc[2]) / (ticks["height"].iloc[2] - ticks["height"].iloc[1])
    dots = errors[errors["dot"]].merge(paths, on=["rate", "slot"])
    np.testing.assert_allclose((dots["height"] + dots["rate"]) * unit, dots["steep"], atol=1e-5)
    exploding = errors[errors["rate"] == 3]
    assert list(exploding["dot"]).count(False) == 1  # it leaves its row, once


def test_what_is_sent_of_eight_rates_is_small() -> None:
    rates = tuple(np.geomspace(0.001, 0.9, 8))
    tables = rate_tables(LESSON, rates)
    window = frames.path_window(LESSON, LESSON_START, tables["paths"])
    sent = [tables["rates"], tables["fits"], tables["errors"],
            rate_frames.path_columns(tables["paths"], window)]  # fmt: skip
    assert sum(int(table.memory_usage(index=False).sum()) for table in sent) < 100_000


def test_no_chart_is_kept_for_ever_that_bears_a_learners_words() -> None:
    of_all = [*vars(charts).values(), *vars(rate_charts).values(), *vars(network_charts).values()]
    cached = [chart for chart in of_all if isinstance(chart, type(charts.bowl))]
    named = [chart for chart in cached if "x_label" in signature(chart).parameters]
    assert 0 < len(named) < len(cached)
    for chart in cached:
        kept = chart.cache_parameters()["maxsize"]
        assert kept == 64 if chart in named else kept is None
        # What the others differ by has an end: switches, a height, a number of rates.
        kinds = {parameter.annotation for parameter in signature(chart).parameters.values()}
        assert chart in named or str not in kinds


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
