"""The network learns what is on the pictures, by gradients that are right, the same each time."""

import contextlib
import io
import math
import re
import runpy
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import tensorflow as tf

from core import cache
from core.eager import mean_squared_error
from core.network import code as network_code
from core.network import edge
from core.network import training as network
from core.network.pictures import Pictures
from core.network.runs import (
    INPUTS,
    STEPS,
    NetworkConfig,
    picture_losses,
    verdict,
)
from tests.support.networks import DEFAULT, edge_run, pictures, trained
from tests.support.tiers import some


def test_the_default_run_is_right_on_95_percent_of_held_out_pictures_in_ten_seconds() -> None:
    data = pictures()
    begun = time.perf_counter()
    *_, history = network.train(*data, DEFAULT)
    assert time.perf_counter() - begun < 10
    assert history.held_out_accuracy[-1] >= 0.96
    assert history.is_whole
    assert verdict(history) == "good"


@pytest.mark.long
@pytest.mark.parametrize("seed", [1, 2])
def test_other_seeds_do_as_well(seed: int) -> None:
    assert trained(replace(DEFAULT, seed=seed)).held_out_accuracy[-1] >= 0.95


def test_with_shuffled_labels_held_out_pictures_stay_near_chance() -> None:
    training, held_out = pictures()
    kinds = np.random.default_rng(0).permutation(training.kinds)
    *_, history = network.train(Pictures(training.pixels, kinds), held_out, DEFAULT)
    assert 0.4 < history.held_out_accuracy[-1] < 0.6
    assert history.accuracy[-1] > history.held_out_accuracy[-1]  # it can only learn by heart


def test_the_same_configuration_gives_the_same_run() -> None:
    again = list(network.train(*pictures(), DEFAULT))[-1]
    for once, twice in zip(trained().curves, again.curves, strict=True):
        np.testing.assert_array_equal(once, twice)
    np.testing.assert_array_equal(trained().looks_for, again.looks_for)


@pytest.mark.parametrize("rate", [0.2, 5.0, 1e15])
def test_a_run_that_was_interrupted_goes_on_to_the_very_same_figures(rate: float) -> None:
    config = NetworkConfig(rate, units=8, batch_size=8)
    whole = list(network.train(*pictures(), config))
    for reached in (whole[0], whole[len(whole) // 2]):
        if reached.is_whole:
            continue
        rest = list(network.train(*pictures(), config, reached))
        assert len(rest) == len(whole) - whole.index(reached) - 1
        once, again = whole[-1], rest[-1]
        assert once.diverged_at == again.diverged_at
        arrays = zip(
            (once.steps, *once.curves, *once.weights, once.scores),
            (again.steps, *again.curves, *again.weights, again.scores),
            strict=True,
        )
        for one, other in arrays:
            np.testing.assert_array_equal(one, other)


def test_the_gradients_of_the_tape_agree_with_finite_differences() -> None:
    training, _ = pictures()
    rows, truth = tf.constant(training.rows[:32]), tf.constant(training.truth[:32])
    net = network.begin(8, 0)
    net[1].assign(np.full(8, 0.01))

    def loss() -> float:
        return float(network.cross_entropy(network.predict(net, rows), truth))

    with tf.GradientTape() as tape:
        value = network.cross_entropy(network.predict(net, rows), truth)
    gradients = tape.gradient(value, net)
    rng, h = np.random.default_rng(0), 1e-6
    for variable, gradient in zip(net, gradients, strict=True):
        direction = rng.normal(size=variable.shape)
        here = variable.numpy()
        sides = []
        for way in (1, -1):
            variable.assign(here + way * h * direction)
            sides.append(loss())
        variable.assign(here)
        expected = float(np.sum(gradient.numpy() * direction))
        assert (sides[0] - sides[1]) / (2 * h) == pytest.approx(expected, rel=1e-6, abs=1e-9)


def test_units_that_give_0_for_every_picture_learn_nothing_more() -> None:
    training, _ = pictures()
    rows, truth = tf.constant(training.rows[:64]), tf.constant(training.truth[:64])
    net = network.begin(8, 0)
    net[1].assign(np.full(8, -1e6))
    with tf.GradientTape() as tape:
        loss = network.cross_entropy(network.predict(net, rows), truth)
    *dead, last = (np.abs(gradient.numpy()).max() for gradient in tape.gradient(loss, net))
    assert dead == [0, 0, 0]
    assert last > 0


@pytest.mark.parametrize("units", some([8, 64, 16], 64))
def test_networks_of_different_sizes_do_not_disturb_each_other(units: int) -> None:
    *_, history = network.train(*pictures(), NetworkConfig(units=units))
    assert history.looks_for.shape == (units, 24, 24, 3)
    assert history.held_out_accuracy[-1] >= 0.95


def test_a_compiled_step_is_the_plain_step() -> None:
    training, _ = pictures()
    data = tf.constant(training.rows), tf.constant(training.truth)
    chosen = np.array([[0, 1, 2], [3, 4, 4]])
    compiled, plain = network.begin(8, 1), network.begin(8, 1)
    arguments = (*data, tf.constant(chosen), tf.constant(0.2, tf.float64))
    network.descend(compiled, *arguments)
    network.descend.python_function(plain, *arguments)
    for one, other in zip(compiled, plain, strict=True):
        np.testing.assert_allclose(one.numpy(), other.numpy(), rtol=1e-12, atol=1e-15)


def test_cross_entropy_is_minus_the_log_of_the_probability_of_the_truth() -> None:
    scores, truth = np.array([-3.0, 0.0, 2.0, 40.0]), np.array([1.0, 0.0, 1.0, 0.0])
    hot_dog = 1 / (1 + np.exp(-scores))
    expected = -np.log(np.where(truth == 1, hot_dog, 1 / (1 + np.exp(scores))))
    np.testing.assert_allclose(picture_losses(scores, truth), expected)
    computed = network.cross_entropy(tf.constant(scores), tf.constant(truth))
    assert float(computed) == pytest.approx(expected.mean())


KINDS = [(1e-99, "slow"), (1e-3, "slow"), (0.2, "good"), (5.0, "zigzag"), (10.0, "explodes"),
         (100.0, "explodes"), (1e15, "explodes"), (1e300, "explodes")]  # fmt: skip


@pytest.mark.parametrize(("rate", "kind"), some(KINDS, *KINDS[1:5]))
def test_rates_are_told_apart_and_no_number_is_infinite(rate: float, kind: str) -> None:
    history = trained(NetworkConfig(rate))
    assert verdict(history) == kind
    arrays = (*history.curves, history.looks_for, history.speaks_for, history.scores)
    assert all(np.isfinite(array).all() for array in arrays)
    assert history.is_whole
    assert (history.diverged_at >= 0) == (history.steps[-1] < STEPS)


def test_a_loss_that_rises_by_a_rounding_error_does_not_jump() -> None:
    history = trained(NetworkConfig(0.2))
    still = replace(history, loss=np.array([0.7138079510734235, 0.7138079510734237]))
    assert verdict(still) == "slow"
    assert verdict(replace(history, loss=np.array([0.7, 0.5, 0.69]))) == "explodes"


def test_it_begins_by_guessing() -> None:
    history = next(network.train(*pictures(), DEFAULT))
    assert history.steps.tolist() == [0]
    assert history.loss[0] == pytest.approx(math.log(2), rel=0.1)
    assert not history.is_whole


def test_what_is_recorded_is_what_the_scores_say() -> None:
    history, (_, held_out) = trained(), pictures()
    losses = picture_losses(history.scores, held_out.truth)
    assert losses.mean() == pytest.approx(history.held_out_loss[-1])
    right = (history.scores > 0) == (held_out.truth == 1)
    assert right.mean() == pytest.approx(history.held_out_accuracy[-1])
    assert history.looks_for.size == INPUTS * DEFAULT.units


@pytest.mark.long
def test_the_script_reproduces_the_numbers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "Agg")
    rates = (DEFAULT.learning_rate, 100.0)
    file = tmp_path / "hot_dog.py"
    file.write_text(network_code.script([NetworkConfig(rate) for rate in rates]))
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(file), run_name="__main__")
    runs, _, chosen = printed.getvalue().partition("chosen by the held-out pictures: ")
    fresh = cache.fresh_accuracy(DEFAULT, trained())
    assert chosen.split() == [
        *f"0.2 right there {trained().held_out_accuracy[-1]:.1%}".split(),
        *f"right on fresh ones {fresh:.1%}".split(),
    ]
    parts = runs.split("learning rate ")[1:]
    for rate, part in zip(rates, parts, strict=True):
        history = trained(NetworkConfig(rate))
        rows = re.findall(r"step +(\d+)   loss (\S+) .*held out: loss (\S+)   right (\S+)%", part)
        assert [int(row[0]) for row in rows] == history.steps.tolist()
        for row, loss, unseen, right in zip(
            rows, history.loss, history.held_out_loss, history.held_out_accuracy, strict=True
        ):
            assert float(row[1]) == pytest.approx(loss, rel=1e-5)
            assert float(row[2]) == pytest.approx(unseen, rel=1e-5)
            assert float(row[3]) == pytest.approx(100 * right, abs=0.051)
        assert ("exploded" in part) == (history.diverged_at >= 0)


def test_sharpness_is_the_largest_eigenvalue_of_the_hessian() -> None:
    training, _ = pictures()
    rows, answers = tf.constant(training.rows[:20]), tf.constant(2 * training.truth[:20] - 1)
    net = network.begin(4, 0)
    rng = np.random.default_rng(0)
    direction = [tf.constant(rng.normal(size=part.shape)) for part in net]
    for _ in range(10):
        _, sharpness, direction = edge.measure(net, rows, answers, direction)
    length = tf.linalg.global_norm(direction)
    direction = [part / length for part in direction]

    def gradient() -> list[np.ndarray]:
        with tf.GradientTape() as tape:
            loss = mean_squared_error(network.predict(net, rows), answers)
        return [part.numpy() for part in tape.gradient(loss, net)]

    start, h, sides = [part.numpy() for part in net], 1e-6, []
    for way in (1, -1):
        for part, here, step in zip(net, start, direction, strict=True):
            part.assign(here + way * h * step)
        sides.append(gradient())
    for plus, minus, part in zip(*sides, direction, strict=True):
        np.testing.assert_allclose(
            (plus - minus) / (2 * h), float(sharpness) * part.numpy(), atol=2e-3 * float(sharpness)
        )


@pytest.mark.long
@pytest.mark.parametrize(("rate", "hovers"), [(0.03, False), (0.05, True), (0.1, True)])
def test_sharpness_climbs_to_2_over_rate_and_hovers_unless_the_training_ends_before(
    rate: float, hovers: bool
) -> None:
    run = edge_run(rate)
    assert run.sharpness[-1] > run.sharpness[0]
    assert run.hovers == hovers
    assert run.loss[-1] < 0.01 * run.loss[0]
    if not hovers:
        assert run.share_of_limit.max() < 1


@pytest.mark.long
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_the_range_test_suggests_rates_that_work_for_the_network(seed: int) -> None:
    *_, found = network.range_test(pictures()[0], NetworkConfig(seed=seed))
    for rate in (found.steepest, found.tenth):
        history = trained(NetworkConfig(float(f"{rate:.2g}"), seed=seed))
        assert verdict(history) in ("good", "zigzag")
        assert history.held_out_accuracy[-1] >= 0.95
