"""The page Hot dog or not runs, tells rates apart, and says what was measured."""

import json
import math
import re
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from streamlit.testing.v1 import AppTest

from core import cache, theory
from core.datasets import make_noisy_line
from core.eager import train_eagerly
from core.network import code as network_code
from core.network import range_test
from core.network import training as network
from core.network.code import SAME_LOOP
from core.network.pictures import Pictures
from core.network.queue import Standing
from core.network.runs import (
    CHUNK,
    HELD_OUT,
    STEPS,
    NetworkConfig,
    NetworkHistory,
    fresh_pictures,
    picture_losses,
    verdict,
)
from core.network.training import begin
from core.parameters import DEEPER, OLD_NETWORK_PARTS, renewed
from core.runs import LESSON_START
from core.training import train as train_line
from core.words.writing import percent, points, readable
from lessons.sections.rate_finding import EDGE_RATES
from tests.support import pages
from tests.support.networks import edge_run, ended, trained
from tests.support.pages import assert_whole, shown_number

PAGE = "lessons/hot_dog.py"


def open_page(**address: str | list[str]) -> AppTest:
    return pages.open_page(PAGE, **address)


def words(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.info, *app.warning, *app.code]
    return "\n".join(str(element.value) for element in elements)


def column(app: AppTest, table: int, name: str) -> list[Any]:
    return app.table[table].value[name].tolist()


def judgement(app: AppTest) -> str:
    """What is said of the prediction."""
    ((box,),) = [[*app.info, *app.success]]
    return str(box.value)


def test_nothing_is_trained_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("trained without being asked")

    for name in ("follow_networks", "follow_range_test", "follow_edge_runs"):
        monkeypatch.setattr(cache, name, refuse)
    app = open_page()
    assert not app.table
    assert "This network has 55,361, called weights" in words(app)  # 1,728 × 32 + 32 + 32 + 1
    for name in ("inside", "loop"):
        app.segmented_control(key="deeper_hot_dog").set_value(name).run()
        assert_whole(app)
        assert ("**Train** the networks first" in words(app)) == (name == "inside")


def test_the_number_of_weights_is_that_of_the_network() -> None:
    for units in (8, 32, 64):
        made = sum(int(np.prod(part.shape)) for part in begin(units, 0))
        assert NetworkConfig(units=units).weights == made


def test_training_tells_too_small_good_and_too_large_apart() -> None:
    app = open_page()
    app.radio(key="network_guess").set_value("10").run()
    app.button(key="train").click().run()
    assert_whole(app)
    assert column(app, 0, "verdict") == ["slow", "good", "explodes"]
    held_out = percent(trained(NetworkConfig()).held_out_accuracy[-1], 1)
    assert column(app, 0, "right, held out")[1] == held_out
    ends = {rate: trained(NetworkConfig(rate)) for rate in (0.2, 10.0)}
    right = {rate: run.held_out_accuracy[-1] for rate, run in ends.items()}
    told = judgement(app)
    assert told.startswith(f"**Not quite.** 10 is right on {percent(right[10.0], 1)} of the")
    assert f", 0.2 on {percent(right[0.2], 1)}: " in told
    assert f" {points(100 * (right[0.2] - right[10.0]))} more. It is too large: " in told
    assert not re.search(r"\b(nan|inf)\b", app.table[0].value.to_csv().lower() + words(app).lower())
    assert app.query_params["trained"] == "true"


def test_of_runs_that_were_all_stopped_none_is_said_to_have_gone_on() -> None:
    settings = {"units": 8, "batch_size": 8, "seed": 2}
    runs = {rate: trained(NetworkConfig(float(rate), **settings)) for rate in ("6", "8")}
    assert all(run.diverged_at >= 0 for run in runs.values())
    best = max(runs, key=lambda rate: runs[rate].held_out_accuracy[-1])
    app = open_page(net_rates=list(runs), units="8", net_batch="8", net_seed="2")
    (guess,) = set(runs) - {best}
    app.radio(key="network_guess").set_value(guess).run()
    app.button(key="train").click().run()
    assert_whole(app)
    told = judgement(app)
    assert f" {guess} is right on" in told
    assert f" {best} on" in told
    assert "(All were stopped; this is as last measured.)" in told


@pytest.mark.parametrize(
    ("rates", "guess", "told"),
    [
        (["0.21", "0.22", "0.1"], "0.22", r"Right.* 0\.22 is .*, and as often is 0\.21\."),
        (["0.21", "0.22", "0.1"], "0.1", r"close.* 0\.21 and 0\.22 on .* luck"),
        (["0.21", "0.1"], "0.21", r"Right\.\*\* 0\.21 is right on \S+ % of the .*pictures\. "),
    ],
)
def test_a_guess_that_is_right_as_often_as_the_best_is_right(
    rates: list[str], guess: str, told: str
) -> None:
    ends = {rate: trained(NetworkConfig(float(rate))).held_out_accuracy[-1] for rate in rates}
    best = {rate for rate, end in ends.items() if end == max(ends.values())}
    assert best == set(rates) - {"0.1"}
    app = open_page(net_rates=rates)
    app.radio(key="network_guess").set_value(guess).run()
    app.button(key="train").click().run()
    assert_whole(app)
    assert re.search(told, judgement(app)), judgement(app)
    chosen = "one of the best there" if len(best) > 1 else "best there"
    assert f"**0.21**, {chosen}, is tried out" in words(app)


def test_one_rate_alone_is_not_said_to_have_been_the_best() -> None:
    app = open_page(trained="true", net_rates=["0.2"])
    assert len(column(app, 0, "verdict")) == 1
    assert "**0.2**, the only rate here, is tried out" in words(app)


def test_a_network_that_was_stopped_is_not_called_trained() -> None:
    stopped, idle = trained(NetworkConfig(20.0)), trained(NetworkConfig(1e-99))
    assert stopped.diverged_at == stopped.steps[-1] == 0
    beginning = begin(NetworkConfig.units, NetworkConfig.seed)
    for kept, value in zip(stopped.weights, beginning, strict=True):
        np.testing.assert_array_equal(kept, value.numpy())
    assert stopped.held_out_accuracy[-1] == idle.held_out_accuracy[-1]
    app = open_page(trained="true", net_rates=["20", "1e-99"])
    assert_whole(app)
    assert sorted(column(app, 0, "steps")) == ["0", f"{STEPS:,}"]
    said = words(app)
    assert "Its row, and *Look inside*, show the network as it was last measured" in said
    assert "**1×10⁻⁹⁹**, best there, is tried out" in said.replace("1.00×", "1×")
    assert "last measured at step" not in words(
        open_page(trained="true", net_rates=["20", "1e-99"], part="inside")
    )
    alone = words(open_page(trained="true", net_rates=["20"], part="inside"))
    assert "This is the network of the rate **20**, last measured at step 0." in alone
    assert "as it was last measured" not in words(open_page(trained="true", net_rates=["1e-99"]))


def test_a_loss_that_stays_where_it_is_is_slow_too() -> None:
    config = NetworkConfig(1e-99)
    history = trained(config)
    assert np.ptp(history.loss) < 1e-6 * history.loss[0]
    assert verdict(history) == "slow"
    app = open_page(trained="true", net_rates=["1e-99"])
    assert column(app, 0, "verdict") == ["slow"]
    assert "*Slow*: the loss hardly falls, or falls steadily, and ends above a quarter" in words(
        app
    )


# Pictures that took no part in the choice of a rate


def right_answers(history: NetworkHistory, pictures: Pictures) -> float:
    """What the network at the end of a run gets right, computed by NumPy."""
    w1, b1, w2, b2 = history.weights
    hidden = np.maximum((pictures.rows / 255 - 0.5) @ w1 + b1, 0)
    return float(np.mean(((hidden @ w2 + b2)[:, 0] > 0) == (pictures.truth == 1)))


def test_the_rate_that_is_best_on_held_out_pictures_is_tried_out_on_fresh_ones() -> None:
    app = open_page(trained="true")
    history = trained(NetworkConfig())
    fresh = right_answers(history, fresh_pictures(NetworkConfig.clutter))
    assert cache.fresh_accuracy(NetworkConfig(), history) == fresh
    held_out = history.held_out_accuracy[-1]
    assert column(app, 0, "right, held out")[1] == percent(held_out, 1)
    said = words(app)
    assert f"**0.2**, best there, is tried out on {HELD_OUT:,} **fresh** pictures" in said
    assert f"it is right on **{percent(fresh, 1)}** of them" in said
    assert held_out > fresh
    assert f"{points(100 * (held_out - fresh))} less than on the held-out ones." in said
    chance = 100 * math.sqrt((held_out * (1 - held_out) + fresh * (1 - fresh)) / HELD_OUT)
    told = re.search(r"typically lie (\S+) points? apart", said)
    assert told
    assert float(told[1]) == pytest.approx(chance, abs=0.06)


def test_fresh_pictures_are_drawn_as_the_others_and_none_of_them_is_among_those() -> None:
    for clutter in (0.0, 0.25):
        fresh = cache.fresh_pictures(clutter)
        known = {row.tobytes() for some in cache.pictures(clutter) for row in some.rows}
        assert not known & {row.tobytes() for row in fresh.rows}
        assert len(fresh.rows) == HELD_OUT
        assert fresh.truth.mean() == pytest.approx(0.5, abs=0.05)


def test_who_chooses_by_a_score_gets_a_score_that_flatters() -> None:
    """Of many rates that are equally good, the luckiest is chosen: fresh pictures tell."""
    rng = np.random.default_rng(0)
    held_out, fresh = rng.binomial(HELD_OUT, 0.97, (2, 2_000, 4)) / HELD_OUT
    best = held_out.argmax(axis=1)
    chosen = np.arange(best.size), best
    assert np.mean(held_out[chosen]) > 0.974
    assert np.mean(fresh[chosen]) == pytest.approx(0.97, abs=0.0005)


def test_fresh_pictures_compile_nothing() -> None:
    history = trained(NetworkConfig())
    compiled = (network.descend, network.score_and_judge)
    before = [function.experimental_get_tracing_count() for function in compiled]
    network.share_right(history.weights, cache.fresh_pictures(0.25))
    network.share_right(history.weights, cache.fresh_pictures(0.0))
    assert [function.experimental_get_tracing_count() for function in compiled] == before


# What is said of scores, units and costs


def test_the_square_of_a_score_would_punish_being_sure_and_cross_entropy_does_not() -> None:
    assert "a score of 5 for a hot dog" in words(open_page(part="loop"))
    scores, hot_dog = np.array([5.0, -1.0]), np.ones(2)
    sure_and_right, wrong = (scores - hot_dog) ** 2
    assert sure_and_right > wrong
    sure_and_right, wrong = picture_losses(scores, hot_dog)
    assert sure_and_right < wrong


def test_of_pictures_of_equal_contrast_a_unit_gives_most_for_its_weights() -> None:
    app = open_page(trained="true", part="inside")
    assert "of all pictures that differ as strongly from grey" in words(app)
    w1 = trained(NetworkConfig()).weights[0]
    x = cache.pictures(NetworkConfig.clutter)[1].rows / 255 - 0.5
    contrast = np.linalg.norm(x, axis=1, keepdims=True)
    own = contrast * np.linalg.norm(w1, axis=0)  # for a picture of its weights, as strong
    assert (x @ w1 <= own).all()
    mild = 0.1 * own.min(axis=0)
    assert ((x @ w1).max(axis=0) > mild).all()  # but a weak one of those is no match for others


def test_half_of_the_pictures_cost_at_most_what_is_said_even_if_all_are_told_the_same() -> None:
    truth = np.array([1.0, 1.0, 1.0, 0.0])
    costs = picture_losses(np.full(4, 0.3), truth)
    assert np.mean(costs < np.median(costs)) == 0
    assert np.mean(costs <= np.median(costs)) >= 0.5
    app = open_page(trained="true", part="inside")
    assert "Half of the held-out pictures cost at most" in words(app)


@pytest.mark.long
def test_who_trained_without_a_guess_can_predict_another_network() -> None:
    app = open_page(trained="true", units="8")
    app.button(key="ask_again").click().run()
    assert_whole(app)
    assert not app.table
    assert "trained" not in app.query_params
    app.radio(key="network_guess").set_value("0.2").run()
    app.button(key="train").click().run()
    assert_whole(app)
    assert shown_number(app, "net_seed") == 1
    assert " 0.2 is right on" in judgement(app)
    assert "predict:hot-dog" in app.session_state.done
    assert "Predict again" in app.button(key="ask_again").label
    app.multiselect(key="net_rates").set_value(["0.2", "5"]).run()
    assert not [*app.info, *app.success]  # of those networks nothing was said


@pytest.mark.long
def test_a_link_gives_the_same_numbers() -> None:
    address = {"net_rates": ["0.5", "0.05"], "units": "8", "net_batch": "8", "net_seed": "3"}
    app = open_page(trained="true", clutter="0.5", **address)
    expected = [
        trained(NetworkConfig(rate, units=8, batch_size=8, seed=3, clutter=0.5))
        for rate in (0.05, 0.5)
    ]
    assert column(app, 0, "loss, held out") == [
        readable(history.held_out_loss[-1]) for history in expected
    ]


@pytest.mark.parametrize(
    "address",
    [
        {"net_rates": ["abc", "nan", "-1"], "units": "7", "net_batch": "x", "clutter": "9"},
        {"net_rates": [str(i) for i in range(1, 9)], "net_seed": "1e99", "part": "?"},
    ],
)
def test_nonsense_in_the_address_falls_back(address: dict[str, str | list[str]]) -> None:
    app = open_page(**address)
    assert app.selectbox(key="units").value == "32"
    assert app.selectbox(key="net_batch").value == "32"
    assert len(app.multiselect(key="net_rates").value) <= 4


def test_rates_that_overflow_leave_no_gap() -> None:
    app = open_page(trained="true", net_rates=["1000000000000000"], units="8")
    assert column(app, 0, "verdict") == ["explodes"]
    assert column(app, 0, "steps") == ["0"]


def test_a_stopped_training_shows_what_it_reached_and_can_go_on() -> None:
    configs = [NetworkConfig(0.123, units=8)]
    app = open_page(net_rates=["0.123"], units="8")
    history = next(cache.train_network(configs[0]))
    app.session_state.network_stopped = configs
    app.session_state.network_reached = {configs[0]: history}
    app.button(key="train").click().run()
    assert "**Stopped.**" in words(app)
    assert not app.table
    app.button(key="train_again").click().run()
    assert "**Stopped.**" not in words(app)
    assert column(app, 0, "verdict") == ["good"]


@pytest.fixture
def chunks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Count the steps of each chunk that is really taken."""
    taken: list[int] = []
    descend = network.descend

    def count(*arguments: Any) -> None:  # noqa: ANN401
        taken.append(len(arguments[3]))
        descend(*arguments)

    monkeypatch.setattr(network, "descend", count)
    return taken


def test_a_rerun_that_interrupts_a_training_does_not_begin_it_again(chunks: list[int]) -> None:
    config = NetworkConfig(0.124, units=8)
    *_, reached, _ = network.train(*cache.pictures(config.clutter), config)
    chunks.clear()
    app = open_page(net_rates=["0.124"], units="8")
    app.session_state.network_reached = {config: reached}
    app.button(key="train").click().run()
    assert_whole(app)
    assert chunks == [CHUNK]  # the last one
    assert column(app, 0, "verdict") == ["good"]


def test_a_rate_that_is_tried_out_goes_on_where_it_was_interrupted(chunks: list[int]) -> None:
    def page() -> None:
        from core.network.runs import NetworkConfig
        from lessons.sections.network_training import run_through

        run_through([NetworkConfig(0.125, units=8)])

    config = NetworkConfig(0.125, units=8)
    *_, reached, _ = network.train(*cache.pictures(config.clutter), config)
    chunks.clear()
    app = AppTest.from_function(page, default_timeout=120)
    app.session_state.network_tried = {config: reached}
    assert_whole(app.run())
    assert chunks == [CHUNK]
    assert cache.trained_network(config) is not None


@pytest.mark.long
def test_the_range_test_is_tried_out_on_line_and_network() -> None:
    app = open_page(trained="true", part="range")
    dataset = make_noisy_line()
    test = range_test.on_line(train_line, dataset, LESSON_START)
    limit = theory.stable_limit(dataset)
    assert column(app, 1, "rate")[:2] == [readable(test.steepest), readable(test.tenth)]
    assert column(app, 1, "share of 2/λ₂")[1] == percent(test.tenth / limit, 1)
    here = ended(cache.follow_range_test(NetworkConfig()))
    rates = [float(readable(rate, 2)) for rate in (here.steepest, here.tenth)]
    assert column(app, 2, "learning rate") == [readable(rate) for rate in rates]
    assert column(app, 2, "verdict") == ["good", "good"]
    assert "Both do" in words(app)
    ends = "; ".join(f"{readable(rate)}: good" for rate in rates)
    assert app.session_state["announced"][1] == f"Tried out. {ends}."
    app.button(key="compare_found").click().run()
    assert_whole(app)
    assert column(app, 0, "learning rate") == [readable(rate) for rate in sorted(rates)]


@pytest.mark.long
def test_the_edge_is_shown_because_it_reproduces() -> None:
    app = open_page(trained="true", part="edge")
    runs = ended(cache.follow_edge_runs(EDGE_RATES))
    assert words(app).count("hovers there") == sum(run.hovers for run in runs) == 2
    for run in runs:
        assert f"begins at {percent(run.share_of_limit[0], 1)}" in words(app)
        end = f"{readable(run.learning_rate)}: {percent(run.share_of_limit[-1], 1)} of the limit"
        assert end in app.session_state["announced"][1]
        assert run.loss[-1] < 0.01 * run.loss[0]  # in the long run
    assert "in the long run it falls all the same" in words(app)
    fast = runs[-1]
    assert fast.loss[4] > 1.2 * fast.loss[3]  # not from record to record
    calm = runs[0].share_of_limit
    assert calm.max() < 0.8  # it climbs towards the limit, and does not meet it
    assert calm[-1] > 3 * calm[0]
    assert "**Sharpness** climbs towards 2/rate" in words(app)


@pytest.mark.long
def test_where_nothing_hovers_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    calm = edge_run(EDGE_RATES[0])
    standing = Standing(0, None, 1.0, [calm], is_over=True)
    monkeypatch.setattr(cache, "follow_edge_runs", lambda _: iter([standing]))
    app = open_page(trained="true", part="edge")
    assert "nothing to show" in words(app)
    assert "hovers" not in words(app)


def test_the_code_of_the_run_is_offered() -> None:
    app = open_page(part="loop", net_rates=["0.2", "10"])
    app.session_state["read_script"] = True
    app.run()
    assert {button.label for button in app.get("download_button")} >= {"Script", "Notebook"}
    assert "for learning_rate in [0.2, 10.0]:" in words(app)
    cells = json.loads(network_code.notebook([NetworkConfig()]))["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code"] * 4


def test_both_loops_are_shown_row_by_row_and_no_row_is_too_long() -> None:
    app = open_page(part="loop")
    (table,) = [one for one in pages.tables_of(app) if "the network" in one]
    for name, place in (("the line", 1), ("the network", 2)):
        assert [row.strip("`") for row in table[name]] == [row[place] for row in SAME_LOOP]
    told = table.iloc[:, 0].tolist()
    assert [name for name in told if name] == [
        "begin", "repeat", "record", "predict", "measure", "ask", "round", "step",
    ]  # fmt: skip
    assert max(len(row) for rows in SAME_LOOP for row in rows[1:]) <= 57  # see page.css


def test_the_loop_of_the_line_as_shown_is_the_lessons() -> None:
    dataset, steps, rate = make_noisy_line(), 50, 0.1
    names = {"tf": tf, "steps": steps, "learning_rate": rate,
             "x": dataset.x.astype(np.float32), "y": dataset.y.astype(np.float32)}  # fmt: skip
    exec("\n".join(row for _, row, _ in SAME_LOOP), names)
    w, b, *_ = train_eagerly(dataset, rate, steps, LESSON_START)[-1]
    assert float(names["w"]) == pytest.approx(w, abs=1e-4)
    assert float(names["b"]) == pytest.approx(b, abs=1e-4)


def test_the_loop_of_the_network_as_shown_is_the_one_that_runs() -> None:
    config, steps = NetworkConfig(units=8), 5
    seen, _ = cache.pictures(config.clutter)
    batches = np.random.default_rng(0).integers(0, len(seen.rows), (steps, config.batch_size))
    names = {
        "tf": tf, "units": config.units, "seed": 0, "batches": batches, "begin": begin,
        "learning_rate": config.learning_rate, "cross_entropy": network.cross_entropy,
        "x": seen.rows / 255 - 0.5, "truth": seen.truth,
        "rounded": lambda g: tf.cast(tf.cast(g, tf.bfloat16), tf.float64),
    }  # fmt: skip
    exec("\n".join(row for _, _, row in SAME_LOOP), names)
    running = begin(config.units, 0)
    network.descend(
        running, tf.constant(seen.rows), tf.constant(seen.truth), tf.constant(batches),
        tf.constant(config.learning_rate, tf.float64),
    )  # fmt: skip
    for name, part in zip(("w1", "b1", "w2", "b2"), running, strict=True):
        np.testing.assert_allclose(names[name].numpy(), part.numpy(), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize(("old", "part"), OLD_NETWORK_PARTS.items())
def test_an_older_link_opens_the_part_that_it_names(old: str, part: str) -> None:
    assert part in DEEPER
    assert renewed({"net_part": [old]}, "") == {"net_part": [old], "part": [part]}
    both = {"net_part": [old], "part": ["Challenges"]}
    assert renewed(both, "hot-dog")["part"] == [part]
    assert renewed(both, "learning-rates") == both
    assert renewed({"net_part": ["?"]}, "hot-dog") == {"net_part": ["?"]}


def test_the_part_of_an_older_link_is_open_and_its_old_name_goes() -> None:
    app = open_page(net_part="The code of this run")
    assert app.segmented_control(key="deeper_hot_dog").value == "loop"
    assert dict(app.query_params) == {"part": "loop"}


def test_verdicts_in_the_table_are_those_of_the_runs() -> None:
    app = open_page(trained="true", net_rates=["5"])
    assert column(app, 0, "verdict") == ["zigzags"]
    assert verdict(trained(NetworkConfig(5.0))) == "zigzag"


def test_rates_that_read_alike_can_be_told_apart() -> None:
    app = open_page(net_rates=["0.2", "0.2001"])
    assert app.radio(key="network_guess").options == ["0.2", "0.2001"]
