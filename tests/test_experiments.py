import math
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from core.datasets import Dataset, FloatArray, Line, load_bundled, make_noisy_line
from core.descent.experiments import (
    MAX_DECAY,
    MAX_RATE,
    MAX_STRETCHES,
    MIN_RATE,
    Experiment,
    Stretch,
    count_steps,
    cut,
    parse,
    plan_race,
    problem_with,
    race,
    steps_remaining,
    steps_until_flat,
    take_apart,
    train_stretches,
    write,
)
from core.eager import train_eagerly
from core.figures import frames, surface
from core.figures.registry import Table
from core.runs import (
    MAX_BATCH_FIRST_STEP,
    MAX_BATCH_SIZE,
    MAX_BATCH_STEPS,
    MAX_START,
    MAX_STEPS,
    History,
    IntArray,
    TrainingConfig,
)
from core.theory import (
    arrives,
    axis_errors,
    best_fit,
    closed_form_path,
    curvature,
    finite_difference,
    gap,
    gradient,
    hessian,
    mse,
    stable_limit,
)
from core.training import train
from tests.support.data import problems
from tests.support.tables import frame
from tests.support.tiers import some

LESSON = make_noisy_line()
START = Line(0.0, -1.0)
TWO = (Stretch(200, 0.1), Stretch(200, 0.01))
MIXED = (
    Stretch(300, 0.1),
    Stretch(900, 0.05, decay=0.01),
    Stretch(60, 0.1, 8),
    Stretch(700, 0.02, 32, 0.002),
    Stretch(40, 0.1, 8),
)


def some_stretches(at_least: int, at_most: int) -> st.SearchStrategy[tuple[Stretch, ...]]:
    rates = st.one_of(
        st.floats(MIN_RATE, MAX_RATE),
        st.floats(-15, 15).map(lambda power: min(max(10**power, MIN_RATE), MAX_RATE)),
        st.sampled_from([MIN_RATE, 5e-05, 1e-4, math.nextafter(1e-4, 1), 0.1, 5.0, 1e15]),
    )
    decays = st.one_of(st.just(0.0), st.floats(1e-12, MAX_DECAY))
    on_all = st.builds(Stretch, st.integers(1, MAX_STEPS), rates, st.none(), decays)
    on_batches = st.builds(
        Stretch, st.integers(1, MAX_BATCH_STEPS), rates, st.integers(1, MAX_BATCH_SIZE), decays
    )
    return st.lists(on_all | on_batches, min_size=at_least, max_size=at_most).map(tuple)


def can_be_run(stretches: Sequence[Stretch]) -> bool:
    first_step = 0
    for stretch in stretches:
        try:
            stretch.config(START, first_step)
        except ValueError:
            return False
        first_step += stretch.steps
    return all(stretch.steps >= 1 for stretch in stretches)


@st.composite
def experiments(draw: st.DrawFn) -> Experiment:
    run = draw(some_stretches(1, 6) | some_stretches(MAX_STRETCHES, MAX_STRETCHES))
    fork_at = draw(st.none() | st.integers(0, count_steps(run) - 1))
    experiment = Experiment(run, fork_at, () if fork_at is None else draw(some_stretches(0, 4)))
    assume(can_be_run(run) and can_be_run(experiment.active))
    assume(len(experiment.active) <= MAX_STRETCHES)
    return experiment


def descend(
    dataset: Dataset, start: Line, stretches: Sequence[Stretch], first_step: int = 0, seed: int = 0
) -> tuple[FloatArray, FloatArray, list[IntArray]]:
    """Descend in plain NumPy: w and b before every step and after the last, each step's gradient
    (also that of the step to come), and the points it looks at."""
    last = first_step + count_steps(stretches)
    lines, gradients, points = [np.array([start.w, start.b])], [], []
    step = first_step
    for stretch in stretches:
        drawn = np.tile(np.arange(dataset.n), (1, 1))
        if stretch.batch_size is not None:
            rng = np.random.default_rng(seed)
            drawn = rng.integers(0, dataset.n, (last + 1, stretch.batch_size))

        def look(
            step: int, batched: bool = stretch.batch_size is not None, drawn: IntArray = drawn
        ) -> None:
            points.append(drawn[step if batched else 0])
            x, (w, b) = dataset.x[points[-1]], lines[-1]
            errors = w * x + b - dataset.y[points[-1]]
            gradients.append(np.array([2 * np.mean(errors * x), 2 * np.mean(errors)]))

        for _ in range(stretch.steps):
            look(step)
            rate = stretch.learning_rate / (1 + stretch.decay * step)
            lines.append(lines[-1] - rate * gradients[-1])
            step += 1
    look(step)
    return np.array(lines), np.array(gradients), points


def only(history: History) -> FloatArray:
    return np.array([history.w[0], history.b[0]]).T


# The address


@given(experiment=experiments())
def test_what_is_written_needs_no_escapes_and_is_read_back_exactly(experiment: Experiment) -> None:
    written = write(experiment)
    assert set("".join(written)) <= set("0123456789.-~:xbde")
    assert parse(*written) == experiment


def test_an_experiment_reads_as_one_would_say_it() -> None:
    experiment = Experiment(TWO, 200, (Stretch(200, 0.1, 8), Stretch(30, 0.5, None, 0.01)))
    assert write(experiment) == ("200x0.1~200x0.01", "200:200x0.1b8~30x0.5d0.01")
    assert write(Experiment(TWO, 0)) == ("200x0.1~200x0.01", "0:")
    assert write(Experiment()) == ("", "")


@pytest.mark.parametrize(
    ("run", "expected"),
    [
        ("200x0.1~200x0.01", TWO),
        ("500x5.0", (Stretch(500, 5.0),)),
        ("20x5e-05", (Stretch(20, 5e-05),)),
        ("1x1", (Stretch(1, 1.0),)),
        ("2000000x1000000000000000.0", (Stretch(2_000_000, 1e15),)),
        ("200x0.1b8", (Stretch(200, 0.1, 8),)),
        ("200x0.1d0.01", (Stretch(200, 0.1, None, 0.01),)),
        ("200x1e-15b32d1e6", (Stretch(200, 1e-15, 32, 1e6),)),
    ],
)
def test_links_are_read(run: str, expected: tuple[Stretch, ...]) -> None:
    assert parse(run) == Experiment(expected)


@pytest.mark.parametrize(
    "run",
    [
        *("", " ", "~", "200", "x", "200x", "x0.1", "200x0.1~", "~200x0.1", "200x0.1~~200x0.1"),
        *("0x0.1", "-5x0.1", "+5x0.1", "2.5x0.1", "2000001x0.1", "99999999x0.1", "2e2x0.1"),
        *(
            "200x0",
            "200x-0.1",
            "200xnan",
            "200xinf",
            "200x1e16",
            "200x.1e-99",
            "200x1e99",
            "200x.1",
        ),
        *("200x1e999", "200x0.1e", "200x0.1e+2", "200x" + "9" * 400, "200x0." + "0" * 400 + "1"),
        *("200x0.1b0", "200x0.1b33", "200x0.1b-8", "200x0.1b8.0", "200x0.1b", "20001x0.1b8"),
        *("200x0.1d", "200x0.1d-1", "200x0.1dnan", "200x0.1d1e7", "200x0.1d0.1b8", "200x0.1d1e99"),
        *("1000001x0.1~20x0.1b8", "200X0.1", "200×0.1", "200x0,1", "200x0.1;200x0.01", "200x0.1\n"),
        *(" 200x0.1", "200x0.1 ", "２００x0.1", "٢٠٠x0.1", "1_0x0.1", "\x00", "<script>", "🙂"),
        "~".join(["200x0.1"] * 21),
        "~".join(["1x0.1"] * 100_000),
    ],
)
def test_a_run_of_nonsense_is_left_out(run: str) -> None:
    assert parse(run, "0:200x0.1") == Experiment()


def test_as_many_stretches_as_are_allowed_are_read() -> None:
    text = "~".join(["200x0.1"] * MAX_STRETCHES)
    assert parse(text).run == (Stretch(200, 0.1),) * MAX_STRETCHES
    fork = parse(text, f"1:{'~'.join(['200x0.2'] * (MAX_STRETCHES - 1))}")
    assert len(fork.active) == MAX_STRETCHES
    assert fork.fork_at == 1


@pytest.mark.parametrize(
    "fork",
    [
        *("400:200x0.1", "401:200x0.1", "99999999:200x0.1", "999999999999:200x0.1", "-1:200x0.1"),
        *("200", ":", ":200x0.1", "x:200x0.1", "200:200", "200:200x0", "200:~", "200 :200x0.1"),
        *("２００:200x0.1", "200:200x0.1\n", "200:1x0.1~x", "1.5:200x0.1", "200::200x0.1"),
        "200:" + "~".join(["200x0.1"] * 20),
        "0:" + "~".join(["200x0.1"] * 21),
    ],
)
def test_a_fork_of_nonsense_or_beyond_the_end_is_left_out(fork: str) -> None:
    assert parse("200x0.1~200x0.01", fork) == Experiment(TWO)


def test_a_fork_may_begin_at_any_step_before_the_last() -> None:
    for step in (0, 1, 199, 200, 399):
        assert parse("200x0.1~200x0.01", f"{step}:5x1") == Experiment(TWO, step, (Stretch(5, 1.0),))
        assert parse("200x0.1~200x0.01", f"{step}:") == Experiment(TWO, step)


def test_mini_batches_late_in_a_fork_are_left_out_like_those_late_in_a_run() -> None:
    last = MAX_BATCH_FIRST_STEP - 20
    assert parse(f"{last + 9}x0.1", f"{last}:20x0.1b8").fork == (Stretch(20, 0.1, 8),)
    assert parse(f"{last + 9}x0.1", f"{last + 1}:20x0.1b8").fork == ()


_PIECES = st.lists(
    st.sampled_from(
        [*"0123456789", *"xxxbd~~:.e-", "200x0.1", "e-9", "0.00001", "b8", "d0.1", "0:"]
    ),
    max_size=12,
).map("".join)


@settings(max_examples=1_000)
@given(run=_PIECES | st.text(max_size=30), fork=_PIECES | st.text(max_size=30))
@example("1999999x0.1~1999999x0.1b1", "1:5x0.1b1")
@example("200x0.1b8", "100:20000x0.1b8")
@example("200x0.1d1e-99", "100:1x1d1e-99")
@example("200x0.1d0.00001e-99", "")
def test_whatever_an_address_holds_can_be_run_and_written_again(run: str, fork: str) -> None:
    experiment = parse(run, fork)
    assert can_be_run(experiment.run)
    assert can_be_run(experiment.active)
    assert max(len(experiment.run), len(experiment.active)) <= MAX_STRETCHES
    if experiment.fork_at is not None:
        assert 0 <= experiment.fork_at < count_steps(experiment.run)
    assert parse(*write(experiment)) == experiment


def run_and_look_into_its_end(stretch: Stretch, first_step: int) -> None:
    stretch.config(START, first_step)
    replace(stretch, steps=1).config(START, first_step + stretch.steps)


@settings(max_examples=300)
@given(
    stretch=st.builds(
        Stretch,
        st.sampled_from([1, MAX_BATCH_STEPS, MAX_BATCH_STEPS + 1, MAX_STEPS]),
        st.just(0.1),
        st.sampled_from([None, 1, MAX_BATCH_SIZE]),
    ),
    first_step=st.sampled_from([0, MAX_BATCH_FIRST_STEP, MAX_BATCH_FIRST_STEP + 1, 4 * 10**7]),
)
def test_there_is_a_problem_where_the_trainer_would_refuse(
    stretch: Stretch, first_step: int
) -> None:
    problem = problem_with(stretch, first_step)
    if problem is None:
        stretch.config(START, first_step)
    else:
        assert str(problem).endswith(".")
        with pytest.raises(ValueError, match=r"^(steps|first_step) must be"):
            run_and_look_into_its_end(stretch, first_step)


# Going on, going back, undoing


@given(stretches=some_stretches(0, 5), share=st.floats(-0.5, 1.5), borders=st.booleans())
def test_a_cut_keeps_the_first_steps(
    stretches: tuple[Stretch, ...], share: float, borders: bool
) -> None:
    steps = int(share * count_steps(stretches))
    if borders and stretches:
        steps = count_steps(stretches[: 1 + len(stretches) // 2])
    kept = cut(stretches, steps)
    assert count_steps(kept) == min(max(steps, 0), count_steps(stretches))
    assert kept[:-1] == stretches[: len(kept)][:-1]
    assert all(stretch.steps >= 1 for stretch in kept)
    for place in range(len(kept)):
        assert replace(kept[place], steps=1) == replace(stretches[place], steps=1)


def test_the_rate_of_a_stretch_decays_with_the_number_of_the_step() -> None:
    stretch = Stretch(200, 0.1, None, 0.5)
    assert [stretch.rate_at(step) for step in (0, 2, 8)] == pytest.approx([0.1, 0.05, 0.02])


def test_a_run_goes_on_from_its_end() -> None:
    experiment = Experiment()
    for stretch in TWO:
        experiment = experiment.continued(stretch)
    assert experiment == Experiment(TWO)
    assert experiment.active == TWO
    assert experiment.kept == ()


def test_going_back_and_on_gives_two_branches() -> None:
    back = Experiment(TWO).rewound(200)
    assert back.active == (Stretch(200, 0.1),)
    assert back.kept == TWO
    on = back.continued(Stretch(200, 0.1))
    assert on.active == (Stretch(200, 0.1), Stretch(200, 0.1))
    assert on.kept == TWO


def test_going_back_into_a_stretch_cuts_it_and_keeps_its_rate_and_batches() -> None:
    run = (Stretch(100, 0.1), Stretch(100, 0.2, 8, 0.01))
    back = Experiment(run).rewound(130)
    assert back.active == (Stretch(100, 0.1), Stretch(30, 0.2, 8, 0.01))
    assert back.kept == run


def test_going_back_twice_still_keeps_the_run() -> None:
    back = Experiment(TWO).rewound(300).rewound(50)
    assert back.active == (Stretch(50, 0.1),)
    assert back.kept == TWO


def test_going_back_to_the_start_leaves_nothing_but_the_other_branch() -> None:
    back = Experiment(TWO).rewound(0)
    assert back.active == ()
    assert back.kept == TWO
    assert back.continued(Stretch(5, 1.0)).active == (Stretch(5, 1.0),)


def test_forking_a_fork_keeps_the_fork() -> None:
    forked = Experiment(TWO, 200, (Stretch(200, 0.1),))
    again = forked.rewound(250).continued(Stretch(10, 0.5))
    assert again.kept == (Stretch(200, 0.1), Stretch(200, 0.1))
    assert again.active == (Stretch(200, 0.1), Stretch(50, 0.1), Stretch(10, 0.5))
    before_the_fork = forked.rewound(20)
    assert before_the_fork.kept == forked.active
    assert before_the_fork.active == (Stretch(20, 0.1),)


@given(experiment=experiments(), beyond=st.integers(0, 10**9))
def test_one_does_not_go_back_to_where_one_stands_nor_to_what_is_not_there(
    experiment: Experiment, beyond: int
) -> None:
    assert experiment.rewound(count_steps(experiment.active) + beyond) == experiment
    assert experiment.rewound(-1 - beyond) == experiment


@given(experiment=experiments(), stretch=some_stretches(1, 1))
def test_undoing_takes_the_last_stretch_away(
    experiment: Experiment, stretch: tuple[Stretch]
) -> None:
    assert experiment.continued(*stretch).before() == experiment


@given(run=some_stretches(1, 5), share=st.floats(0, 0.999))
def test_undoing_takes_a_way_back_back(run: tuple[Stretch, ...], share: float) -> None:
    assert Experiment(run).rewound(int(share * count_steps(run))).before() == Experiment(run)


@given(experiment=experiments())
def test_undoing_ends_at_an_experiment_that_has_not_begun(experiment: Experiment) -> None:
    done = len(experiment.run) + len(experiment.fork) + (experiment.fork_at is not None)
    for _ in range(done):
        before = experiment.before()
        assert before is not None
        experiment = before
    assert experiment == Experiment()
    assert experiment.before() is None


def test_an_experiment_is_full_with_as_many_stretches_as_an_address_holds() -> None:
    almost = Experiment((Stretch(5, 0.1),) * (MAX_STRETCHES - 1))
    full = almost.continued(Stretch(5, 0.1))
    assert not almost.is_full
    assert full.is_full
    assert parse(*write(full)) == full
    assert parse(*write(full.continued(Stretch(5, 0.1)))) != full.continued(Stretch(5, 0.1))
    assert Experiment(TWO, 1, (Stretch(5, 0.1),) * (MAX_STRETCHES - 1)).is_full
    assert not Experiment(TWO, 1, (Stretch(5, 0.1),) * (MAX_STRETCHES - 2)).is_full


# Stretch after stretch


@settings(max_examples=40)
@given(
    problem=problems(),
    parts=st.lists(
        st.tuples(st.integers(1, 1_200), st.floats(1e-3, 0.99), st.sampled_from([0.0, 0.01])),
        min_size=1,
        max_size=4,
    ),
)
def test_stretches_follow_the_closed_form(
    problem: tuple[Dataset, Line], parts: list[tuple[int, float, float]]
) -> None:
    dataset, start = problem
    limit = stable_limit(dataset)
    stretches = [Stretch(steps, part * limit, None, decay) for steps, part, decay in parts]
    here, first_step = start, 0
    for stretch, history in zip(
        stretches, train_stretches(train, dataset, start, stretches), strict=True
    ):
        config = TrainingConfig(
            (stretch.learning_rate,), stretch.steps, here, first_step, decay=stretch.decay
        )
        w, b = closed_form_path(dataset, config)
        assert history.steps[0] == first_step
        for actual, expected in ((history.w, w), (history.b, b)):
            scale = np.max(np.abs(expected)) + abs(start.w if expected is w else start.b)
            np.testing.assert_allclose(actual, expected, rtol=0, atol=1e-9 * scale)
        here, first_step = Line(float(w[0, -1]), float(b[0, -1])), first_step + stretch.steps
        assert history.steps[-1] == first_step


def test_stretches_of_one_rate_are_one_run_of_the_plain_loop() -> None:
    histories = train_stretches(train, LESSON, START, [Stretch(n, 0.1) for n in (20, 1, 79)])
    assert [len(history.steps) for history in histories] == [21, 2, 80]
    rows = np.array(train_eagerly(LESSON, 0.1, 100, START))
    for history in histories:
        np.testing.assert_allclose(only(history), rows[history.steps, :2], rtol=1e-12)
        np.testing.assert_allclose(history.loss[0], rows[history.steps, 2], rtol=1e-12)


def test_stretches_of_all_kinds_are_one_run_of_a_plain_numpy_loop() -> None:
    lines, gradients, _ = descend(LESSON, START, MIXED)
    histories = train_stretches(train, LESSON, START, MIXED)
    assert [history.steps[0] for history in histories] == [0, 300, 1200, 1260, 1960]
    for history in histories:
        np.testing.assert_allclose(only(history), lines[history.steps], rtol=1e-10)
        inner = history.steps[:-1]  # a border's gradient is that of the next stretch
        measured = np.array([history.grad_w[0], history.grad_b[0]]).T[:-1]
        np.testing.assert_allclose(measured, gradients[inner], rtol=1e-9, atol=1e-12)


def test_nothing_is_run_after_an_explosion() -> None:
    stretches = (Stretch(20, 0.1), Stretch(500, 2.0), Stretch(20, 0.1))
    calm, exploded = train_stretches(train, LESSON, START, stretches)
    assert calm.diverged_at[0] == -1
    sane = int(exploded.diverged_at[0])
    lines, _, _ = descend(LESSON, START, (stretches[0], Stretch(100, 2.0)))
    losses = [mse(LESSON, Line(*line)) for line in lines]
    bound = 1e6 * max(losses[20], float(np.mean(LESSON.y**2)))
    assert 20 < sane < 120
    assert losses[sane] <= bound < losses[sane + 1]
    np.testing.assert_allclose(only(exploded)[-1], lines[sane], rtol=1e-9)


def test_stretches_that_climb_again_and_again_end_where_no_run_may_start() -> None:
    # None of them grows its own loss a millionfold; all of them together leave every bound.
    climbing = (Stretch(1, 300.0),) * MAX_STRETCHES
    histories = train_stretches(train, LESSON, START, climbing)
    assert 2 < len(histories) < MAX_STRETCHES
    assert [history.diverged_at[0] for history in histories[:-1]] == [-1] * (len(histories) - 1)
    assert histories[-1].diverged_at[0] == len(histories) - 1
    end = histories[-1].last_line()
    assert 1e45 < max(abs(end.w), abs(end.b)) <= MAX_START
    step = take_apart(train, LESSON, START, climbing, len(histories) - 1)
    assert step.old == end


def test_a_race_on_huge_data_is_run() -> None:
    huge = Dataset(np.array([0.0, 1.0, 2.0]), np.array([1e90, 2e90, 5e90]))
    plan = plan_race(huge, Line(0.0, 0.0), 0.1)
    assert plan is not None
    assert np.all(np.isfinite(race(train, huge, Line(0.0, 0.0), 0.1, 8, plan, 1).gaps))


def test_no_stretches_are_no_histories() -> None:
    assert train_stretches(train, LESSON, START, ()) == []


# Until the gradient is flat


def lengths(dataset: Dataset, start: Line, stretch: Stretch, first_step: int = 0) -> FloatArray:
    """Compute how long the gradient over all points is, step by step."""
    lines, gradients, _ = descend(dataset, start, (stretch,), first_step)
    if stretch.batch_size is not None:
        gradients = np.array([gradient(dataset, Line(*map(float, line))) for line in lines])
    return np.linalg.norm(gradients, axis=1)


def first_below(values: FloatArray, tolerance: float) -> int | None:
    places = np.flatnonzero(values <= tolerance)
    return int(places[0]) if places.size else None


@settings(max_examples=60)
@given(
    problem=problems(),
    multiple=st.floats(1e-2, 0.99),
    steps=st.integers(1, 1_500),
    share=st.floats(0, 1),
    decay=st.sampled_from([0.0, 0.01]),
)
def test_the_first_flat_step_is_that_of_a_brute_force_search(
    problem: tuple[Dataset, Line], multiple: float, steps: int, share: float, decay: float
) -> None:
    dataset, start = problem
    stretch = Stretch(steps, multiple * stable_limit(dataset), None, decay)
    found = lengths(dataset, start, stretch)
    least = max(found[-1], 1e-6 * found[0])
    tolerance = float(least * (found[0] / least) ** share)
    first = steps_until_flat(train, dataset, start, 0, stretch, tolerance)
    if first is None:
        assert np.all(found > tolerance * (1 - 1e-7))
    else:
        assert found[first] <= tolerance * (1 + 1e-7)
        assert np.all(found[:first] > tolerance * (1 - 1e-7))


@pytest.mark.parametrize(
    ("stretch", "tolerance"),
    [
        (Stretch(200, 0.1), 0.1),
        (Stretch(511, 0.1), 1e-4),
        (Stretch(5_000, 0.1), 1e-6),
        (Stretch(5_000, 0.01), 1e-2),
        (Stretch(5_000, 0.01), 7e-4),
        (Stretch(5_000, 0.75), 1e-9),
        (Stretch(5_000, 0.1, None, 0.01), 1e-3),
        (Stretch(5_000, 0.7, None, 0.01), 1e-8),
    ],
)
def test_the_first_flat_step_also_lies_between_recorded_ones(
    stretch: Stretch, tolerance: float
) -> None:
    expected = first_below(lengths(LESSON, START, stretch), tolerance)
    assert expected is not None
    assert steps_until_flat(train, LESSON, START, 0, stretch, tolerance) == expected


def test_the_very_last_step_counts_and_the_one_after_does_not() -> None:
    found = lengths(LESSON, START, Stretch(3_000, 0.02))
    for steps in (40, 700, 2_900):
        tolerance = float(found[steps] * (1 + 1e-9))
        for length, expected in ((steps + 1, steps), (steps, steps), (steps - 1, None)):
            stretch = Stretch(length, 0.02)
            assert steps_until_flat(train, LESSON, START, 0, stretch, tolerance) == expected


@pytest.mark.parametrize(("rate", "tolerance"), [(1e-5, 0.01), (2e-6, 0.1), (1e-5, 0.5)])
def test_the_first_flat_step_of_two_million_is_that_of_the_closed_form(
    rate: float, tolerance: float
) -> None:
    axes, best = curvature(LESSON), best_fit(LESSON)
    values = np.array([axes.flat, axes.steep])
    errors = np.array([axes.flat_axis, axes.steep_axis]) @ [START.w - best.w, START.b - best.b]

    def length(steps: int) -> float:
        return float(np.linalg.norm(values * errors * np.exp(steps * np.log1p(-rate * values))))

    low, high = 0, MAX_STEPS
    assert length(low) > tolerance >= length(high)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if length(middle) <= tolerance else (middle, high)
    stretch = Stretch(MAX_STEPS, rate)
    assert steps_until_flat(train, LESSON, START, 0, stretch, tolerance) == high
    assert high > 50_000


@pytest.mark.parametrize("batch_size", some([1, 8, 32], 8))
@pytest.mark.parametrize("first_step", some([0, 700], 700))
def test_on_mini_batches_the_first_flat_step_is_the_first_of_all(
    batch_size: int, first_step: int
) -> None:
    stretch = Stretch(8_000, 0.1, batch_size)
    found = lengths(LESSON, START, stretch, first_step)
    running_least = np.unique(np.minimum.accumulate(found))[::-1]
    places = [first_below(found, least) for least in running_least]
    assert len(places) >= 3
    assert max(filter(None, places)) > 511
    for place, least in zip(places, running_least, strict=True):
        tolerance = float(least * (1 + 1e-7))
        assert place == steps_until_flat(train, LESSON, START, first_step, stretch, tolerance)
    none = float(found.min() * (1 - 1e-7))
    assert steps_until_flat(train, LESSON, START, first_step, stretch, none) is None


def test_no_step_is_skipped_between_two_looks_at_mini_batches() -> None:
    stretch = Stretch(9_000, 0.1, 8)
    found = lengths(LESSON, START, stretch)
    lines = descend(LESSON, START, (stretch,))[0]
    for steps in (510, 511, 512, 1_021, 1_022, 1_023):
        # Somewhere the gradient after exactly so many steps is the shortest until then.
        first = next(
            first
            for first in range(found.size)
            if found[first + steps] < 0.999 * found[first : first + steps].min()
        )
        here = Line(*map(float, lines[first]))
        tolerance = float(found[first + steps] * (1 + 1e-7))
        rest = Stretch(2_000, 0.1, 8)
        assert steps_until_flat(train, LESSON, here, first, rest, tolerance) == steps


@pytest.mark.parametrize("batch_size", [None, 8])
def test_where_it_is_flat_already_no_step_is_taken(batch_size: int | None) -> None:
    stretch = Stretch(2_000, 0.1, batch_size)
    assert steps_until_flat(train, LESSON, START, 0, stretch, 100.0) == 0
    if batch_size is None:
        assert steps_until_flat(train, LESSON, best_fit(LESSON), 0, stretch, 1e-12) == 0


@pytest.mark.parametrize("steps", [100, 20_000])
@pytest.mark.parametrize("batch_size", [None, 8])
def test_an_explosion_never_gets_flat(steps: int, batch_size: int | None) -> None:
    stretch = Stretch(steps, 3.0, batch_size)
    assert steps_until_flat(train, LESSON, START, 0, stretch, 1e-3) is None


# One step, taken apart


def check_step(dataset: Dataset, stretches: Sequence[Stretch], numbers: Sequence[int]) -> None:
    lines, gradients, points = descend(dataset, START, stretches)
    for number in numbers:
        step = take_apart(train, dataset, START, stretches, number)
        assert step.number == number
        old, new = (np.array([line.w, line.b]) for line in (step.old, step.new))
        np.testing.assert_allclose(old, lines[number], rtol=1e-9)
        np.testing.assert_allclose(new, lines[number + 1], rtol=1e-9)
        np.testing.assert_array_equal(step.x, dataset.x[points[number]])
        np.testing.assert_array_equal(step.y, dataset.y[points[number]])
        errors = step.old.w * step.x + step.old.b - step.y
        assert step.loss == pytest.approx(float(np.mean(errors**2)), rel=1e-12)
        by_hand = 2 * np.mean(errors * step.x), 2 * np.mean(errors)
        np.testing.assert_allclose(step.gradient, by_hand, rtol=1e-7, atol=1e-12)
        np.testing.assert_allclose(step.gradient, gradients[number], rtol=1e-7, atol=1e-10)
        moved = step.learning_rate * np.array(step.gradient)
        np.testing.assert_allclose(new, old - moved, rtol=1e-14, atol=1e-15)


def test_the_steps_of_a_short_run_are_those_of_the_plain_loop() -> None:
    rows = train_eagerly(LESSON, 0.1, 30, START)
    for number in (0, 1, 17, 29):
        step = take_apart(train, LESSON, START, (Stretch(30, 0.1),), number)
        w, b, loss, *slopes = rows[number]
        assert (step.old.w, step.old.b) == pytest.approx((w, b), rel=1e-12)
        assert (step.new.w, step.new.b) == pytest.approx(rows[number + 1][:2], rel=1e-12)
        assert step.loss == pytest.approx(loss, rel=1e-12)
        assert step.gradient == pytest.approx(slopes, rel=1e-10)
        assert step.learning_rate == 0.1
        np.testing.assert_array_equal(step.x, LESSON.x)


def test_steps_of_all_kinds_are_those_of_a_plain_numpy_loop() -> None:
    borders = [0, 299, 300, 301, 1_199, 1_200, 1_201, 1_259, 1_260, 1_959, 1_960, 1_999]
    check_step(LESSON, MIXED, [*borders, 17, 700, 850, 1_230, 1_700])


def test_steps_of_a_real_data_set_come_apart_too() -> None:
    check_step(load_bundled("hubble"), (Stretch(800, 0.3), Stretch(5, 0.1, 4)), [0, 600, 800, 804])


def test_a_taken_apart_step_is_the_recorded_one() -> None:
    stretches = (Stretch(3_000, 0.1), Stretch(2_000, 0.05, 8))
    for history in train_stretches(train, LESSON, START, stretches):
        for slot in (0, 1, len(history.steps) // 2, len(history.steps) - 2):
            step = take_apart(train, LESSON, START, stretches, int(history.steps[slot]))
            np.testing.assert_allclose([step.old.w, step.old.b], only(history)[slot], rtol=1e-12)
            recorded = [history.grad_w[0, slot], history.grad_b[0, slot]]
            np.testing.assert_allclose(step.gradient, recorded, rtol=1e-7, atol=1e-13)


# What is left to go


@settings(max_examples=60)
@given(
    problem=problems(),
    taken=st.integers(0, 300),
    multiple=st.floats(1e-3, 0.99),
    other=st.floats(1e-3, 0.99),
)
def test_the_steps_that_remain_are_as_many_as_it_takes(
    problem: tuple[Dataset, Line], taken: int, multiple: float, other: float
) -> None:
    dataset, start = problem
    limit = stable_limit(dataset)
    here = train(dataset, TrainingConfig((multiple * limit,), taken, start)).last_line()
    rate = other * limit

    def left(steps: int) -> float:
        end = train(dataset, TrainingConfig((rate,), steps, here)).last_line()
        return gap(dataset, end) / float(np.std(dataset.y))

    steps = steps_remaining(dataset, start, here, rate)
    assert steps is not None
    assume(steps <= MAX_STEPS)
    assert left(steps) <= 0.01 * (1 + 1e-6)
    if steps:
        assert left(steps - 1) > 0.01 * (1 - 1e-6)


def test_on_the_lessons_data_a_known_number_of_steps_remains() -> None:
    lines = descend(LESSON, START, [Stretch(600, 0.1)])[0]
    found = np.array([gap(LESSON, Line(*line)) for line in lines])
    total = first_below(found, 0.01 * float(np.std(LESSON.y)))
    assert total == arrives(LESSON, 0.1, START)
    for taken in (0, 1, total - 1, total, total + 100):
        here = Line(*map(float, lines[taken]))
        assert steps_remaining(LESSON, START, here, 0.1) == max(total - taken, 0)


def test_at_an_exploding_rate_no_number_of_steps_remains() -> None:
    assert steps_remaining(LESSON, START, START, 1.01 * stable_limit(LESSON)) is None
    assert steps_remaining(LESSON, START, best_fit(LESSON), 1.01 * stable_limit(LESSON)) == 0


@pytest.mark.parametrize("x", [(0.0, 1.0, 2.0), (0.1, 0.2, 0.7)])
def test_a_start_at_the_best_fit_leaves_no_step_to_go(x: tuple[float, ...]) -> None:
    perfect = Dataset(np.array(x), 2 * np.array(x) + 1)
    start = best_fit(perfect)
    assert steps_remaining(perfect, start, start, 0.1) == 0
    here = train(perfect, TrainingConfig((0.1,), 200, start)).last_line()
    assert steps_remaining(perfect, start, here, 0.1) in (0, None)


def test_no_number_of_steps_brings_down_to_a_share_of_nothing() -> None:
    level = Dataset(np.array([0.0, 1.0, 2.0]), np.full(3, 5.0))
    assert steps_remaining(level, best_fit(level), Line(0.0, 4.0), 0.1) is None
    assert steps_remaining(level, Line(0.0, 0.0), Line(0.0, 4.0), 0.1) > 0


# Mini-batches: travel first, jitter later


def batch_gaps(before: int, batch_size: int | None, samples: int = 50) -> FloatArray:
    """Run on new data, and new draws, for each seed: gaps, shape (samples, 2), after 200 steps
    more at 0.1 and at 0.01."""
    gaps = []
    for seed in range(samples):
        dataset = make_noisy_line(seed=seed)
        first = TrainingConfig((0.1,), before, START, 0, batch_size, seed)
        here = train(dataset, first).last_line()
        more = train(dataset, TrainingConfig((0.1, 0.01), 200, here, before, batch_size, seed))
        gaps.append([gap(dataset, more.last_line(place)) for place in range(2)])
    return np.array(gaps)


def test_once_settled_a_smaller_rate_calms_the_jitter_of_mini_batches() -> None:
    gaps = batch_gaps(1_000, 8)
    same, smaller = np.median(gaps, axis=0)
    assert smaller == pytest.approx(0.0004, rel=0.25)
    assert same == pytest.approx(0.001, rel=0.25)
    assert np.count_nonzero(gaps[:, 1] < gaps[:, 0]) >= 40


def test_before_that_a_smaller_rate_only_delays_mini_batches() -> None:
    gaps = batch_gaps(200, 8)
    same, smaller = np.median(gaps, axis=0)
    assert smaller == pytest.approx(0.009, rel=0.15)
    assert 0.0011 < same < 0.0022
    assert np.count_nonzero(gaps[:, 1] > gaps[:, 0]) >= 45


@pytest.mark.parametrize("before", [200, 1_000])
def test_with_all_points_a_smaller_rate_is_farther_away_early_and_late(before: int) -> None:
    gaps = batch_gaps(before, None)
    same, smaller = np.median(gaps, axis=0)
    assert smaller > 3 * same
    assert np.count_nonzero(gaps[:, 1] > gaps[:, 0]) >= 45


def test_in_the_long_run_a_decaying_rate_ends_closer() -> None:
    gaps = []
    for seed in range(50):
        dataset = make_noisy_line(seed=seed)
        kept, decaying = (
            TrainingConfig((0.1,), 4_800, START, 0, 8, seed, decay=decay)
            for decay in (0, 9 / 4_800)
        )
        gaps.append([gap(dataset, train(dataset, run).last_line()) for run in (kept, decaying)])
    assert np.median(gaps, axis=0)[1] < 0.5 * np.median(gaps, axis=0)[0]
    assert sum(decaying < kept for kept, decaying in gaps) >= 40


def test_the_race_is_run_as_told() -> None:
    result = race(train, LESSON, START, 0.1, 8, (200, 1_000), 2)
    assert (result.early, result.late, result.more, result.long) == (200, 1_000, 200, 4_800)
    assert 0.1 / (1 + result.decay * result.long) == pytest.approx(0.01)
    assert result.gaps.shape == (2, 2, 2)
    assert result.long_gaps.shape == (2, 2)
    for seed in range(2):

        def end(*stretches: Stretch, seed: int = seed) -> float:
            return gap(LESSON, Line(*descend(LESSON, START, stretches, 0, seed)[0][-1]))

        expected = [
            [end(Stretch(before, 0.1, 8), Stretch(200, rate, 8)) for rate in (0.1, 0.01)]
            for before in (200, 1_000)
        ]
        np.testing.assert_allclose(result.gaps[seed], expected, rtol=1e-6)
        long = [end(Stretch(4_800, 0.1, 8, decay)) for decay in (0, 9 / 4_800)]
        np.testing.assert_allclose(result.long_gaps[seed], long, rtol=1e-6)


def test_a_race_is_planned_from_where_the_way_is_long_to_where_it_is_over() -> None:
    for dataset, rate in (
        (LESSON, 0.1),
        (LESSON, 0.7),
        (LESSON, 0.007),
        (load_bundled("hubble"), 0.2),
    ):
        plan = plan_race(dataset, START, rate)
        assert plan is not None
        early, late = plan
        assert early == late // 5
        assert late + early <= MAX_BATCH_STEPS

        def left(steps: int, dataset: Dataset = dataset, rate: float = rate) -> float:
            w, b = closed_form_path(dataset, TrainingConfig((rate,), steps, START))
            return gap(dataset, Line(w[0, -1], b[0, -1])) / gap(dataset, START)

        assert left(late) <= 1e-6 < left(late - 100)
        assert left(early) > 1e-6


def test_no_race_is_planned_where_it_would_not_end_or_is_over_at_once() -> None:
    assert plan_race(LESSON, START, 1.01 * stable_limit(LESSON)) is None
    assert plan_race(LESSON, START, 1e-3) is None
    assert plan_race(load_bundled("forbes"), START, 1e-5) is None
    assert plan_race(LESSON, best_fit(LESSON), 0.1) is None
    x = np.array([-1.0, 0.0, 1.0]) * math.sqrt(1.5)  # a round bowl: one step is enough
    assert plan_race(Dataset(x, np.array([0.0, 1.0, 0.5])), START, 0.5) is None


def test_a_race_that_is_planned_can_be_run() -> None:
    planned = [(rate, plan_race(LESSON, START, rate)) for rate in np.geomspace(2e-3, 0.2, 40)]
    longest = max((plan for _, plan in planned if plan), key=lambda plan: plan[1])
    assert 15_000 < longest[1] <= MAX_BATCH_STEPS
    rate = next(float(rate) for rate, plan in planned if plan == longest)
    result = race(train, LESSON, START, rate, 1, longest, 1)
    assert np.all(result.gaps > 0)
    assert result.long == MAX_BATCH_STEPS


# The finite difference


@settings(max_examples=60)
@given(problem=problems(max_condition=1e4), power=st.floats(-2, 2))
def test_a_large_difference_is_off_by_half_the_curvature_times_h(
    problem: tuple[Dataset, Line], power: float
) -> None:
    dataset, line = problem
    h = 10**power
    off = np.subtract(finite_difference(dataset, line, h), gradient(dataset, line))
    expected = h * np.diag(hessian(dataset)) / 2  # exact: the loss is a parabola
    moved = max(mse(dataset, Line(line.w + h, line.b)), mse(dataset, Line(line.w, line.b + h)))
    rounding = 1e-13 * (moved + mse(dataset, line)) / h
    size = 1e-12 * np.abs(gradient(dataset, line)).max() * max(1.0, float(np.ptp(dataset.x)))
    assert np.all(np.abs(off - expected) <= 1e-9 * expected + rounding + size)


def test_a_tiny_difference_drowns_in_rounding() -> None:
    line = Line(0.3, -0.7)
    off = np.abs(np.subtract(finite_difference(LESSON, line, 1e-14), gradient(LESSON, line)))
    truncation = 1e-14 * np.diag(hessian(LESSON)) / 2
    assert np.all(off > 1e6 * truncation)
    eps = np.finfo(np.float64).eps
    steepest = float(np.max(np.abs(gradient(LESSON, line))))
    assert np.all(off < 16 * eps * (mse(LESSON, line) + steepest) / 1e-14)


def test_in_between_the_difference_is_best() -> None:
    line = Line(0.3, -0.7)
    off = {
        power: np.abs(
            np.subtract(finite_difference(LESSON, line, 10.0**power), gradient(LESSON, line))
        ).max()
        for power in (-14, -8, 0)
    }
    assert off[-8] < 1e-6 < 1e-4 < off[-14]
    assert off[-8] < off[0]


@pytest.mark.parametrize("h", [0.0, -0.0, -1e-6, math.nan, -math.inf])
def test_a_difference_needs_a_step_forward(h: float) -> None:
    with pytest.raises(ValueError, match=r"^h must be positive"):
        finite_difference(LESSON, START, h)


# Stretches as one table


def paths_of(stretches: Sequence[Stretch]) -> list[Table]:
    histories = train_stretches(train, LESSON, START, stretches)
    return [frames.path(LESSON, history) for history in histories]


def test_many_long_stretches_are_joined_into_a_thousand_slots() -> None:
    paths = paths_of([Stretch(2_000, 0.001 * (1 + place)) for place in range(20)])
    joined = frame(frames.join_paths(paths))
    assert 500 < len(joined) <= frames.MAX_SLOTS + len(paths) + 1
    assert joined["slot"].tolist() == list(range(len(joined)))
    assert joined["step"].is_monotonic_increasing
    assert joined["step"].is_unique
    assert set(range(0, 40_001, 2_000)) <= set(joined["step"])
    for path in paths:
        shared = joined[joined["step"].between(path["step"][0], path["step"][-1])]
        assert len(shared) > 20
        rows = frame(path).set_index("step").loc[shared["step"]]
        np.testing.assert_allclose(shared[["w", "b", "loss"]], rows[["w", "b", "loss"]], rtol=1e-12)


def test_short_stretches_are_joined_step_by_step() -> None:
    joined = frames.join_paths(paths_of([Stretch(200, 0.1), Stretch(1, 0.5), Stretch(99, 0.01)]))
    assert joined["step"].tolist() == list(range(301))
    assert joined["slot"].tolist() == list(range(301))
    lines = descend(LESSON, START, [Stretch(200, 0.1), Stretch(1, 0.5), Stretch(99, 0.01)])[0]
    found = np.column_stack([joined["w"], joined["b"]])
    np.testing.assert_allclose(found, lines, rtol=1e-11)


def test_one_stretch_alone_stays_as_it_is() -> None:
    (path,) = paths_of([Stretch(2_000, 0.1)])
    pd.testing.assert_frame_equal(frame(frames.join_paths([path])), frame(path))


def test_an_explosion_ends_the_joined_path_at_its_last_sane_step() -> None:
    stretches = [Stretch(20, 0.1), Stretch(500, 2.0), Stretch(20, 0.1)]
    sane = int(train_stretches(train, LESSON, START, stretches)[-1].diverged_at[0])
    joined = frames.join_paths(paths_of(stretches))
    assert joined["step"].tolist() == list(range(sane + 1))
    at_once = frames.join_paths(paths_of([Stretch(20, 0.1), Stretch(500, 1e15)]))
    assert at_once["step"].tolist() == list(range(21))


def test_a_branch_is_what_a_fork_has_left() -> None:
    joined = frames.join_paths(paths_of(TWO))
    rest = frames.Branches(frames.rows(joined, slice(201)), joined, 200).left_behind
    assert rest is not None
    assert rest["step"].tolist() == list(range(200, 401))
    assert rest["last"].tolist() == [False] * 200 + [True]
    assert {"step", "w", "b", "loss", "last"} <= set(rest)
    np.testing.assert_array_equal(rest["w"], joined["w"][200:])
    assert "last" not in joined


def test_an_arrow_goes_from_the_old_line_to_the_new() -> None:
    step = take_apart(train, LESSON, START, (Stretch(2_000, 0.1),), 1_234)
    branches = frames.Branches(frames.join_paths(paths_of([Stretch(2_000, 0.1)])))
    row = surface.path(LESSON, START, branches, step).tables["arrow"]
    expected: dict[str, Any] = {
        "w": step.old.w,
        "b": step.old.b,
        "new_w": step.new.w,
        "new_b": step.new.b,
        "text": "→ step 1,234",
    }
    assert row == expected
    assert axis_errors(LESSON, row["new_w"], row["new_b"])[0] != 0
