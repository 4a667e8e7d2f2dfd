"""Every wrong loop does what is said of it, and every repaired one what the lesson's loop does."""

import logging
import math
import re
import threading
from functools import cache as remember
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from core import cache, theory
from core.course.checks import Question, what_happens, worded
from core.course.mistakes import IN, MISTAKES, OUT, Mistake
from core.course.outcomes import Outcome, run
from core.datasets import Dataset, Line, make_noisy_line
from core.eager import train_eagerly
from core.runs import TrainingConfig
from core.training import train
from core.words import plain, say
from core.words.writing import readable_below
from tests.support.tiers import some

LESSON = make_noisy_line()
START = Line(0.0, -1.0)
SILENT = {key for key, mistake in MISTAKES.items() if mistake.silent}


class Heard(logging.Handler):
    """Keeps what is logged."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


# Each is run once for all tests, as for all visitors.


def wrong(key: str) -> Outcome:
    return cache.outcome(key)


def repaired(key: str) -> Outcome:
    return cache.outcome(key, repaired=True)


def question(key: str) -> Question:
    return worded(what_happens(MISTAKES[key], LESSON), say)


@remember
def lessons_losses() -> list[float]:
    return [row[2] for row in train_eagerly(LESSON, 0.1, 399, START)]


def printed_numbers(outcome: Outcome) -> list[list[float]]:
    return [[float(word) for word in line.split()] for line in outcome.printed.splitlines()]


# What stands in the table


def test_all_twelve_are_there() -> None:
    assert list(MISTAKES) == [
        "plus", "gradients", "constant", "equals", "assign", "no-rate",
        "outside", "column", "two-calls", "sum", "integers", "no-reset",
    ]  # fmt: skip


@pytest.mark.parametrize("file", ["README.md", "docs/teachers.md"])
def test_docs_tell_how_many_there_are(file: str) -> None:
    names = {5: "five", 7: "seven", 12: "twelve"}
    text = (Path(__file__).parent.parent / file).read_text(encoding="utf-8")
    assert f"{names[len(MISTAKES)]} wrong versions of the loop" in text
    if file == "docs/teachers.md":
        loud, silent = names[len(MISTAKES) - len(SILENT)], names[len(SILENT)]
        assert f"{loud} stop with TensorFlow's or Python's own error, {silent} run" in text


@pytest.mark.parametrize("key", MISTAKES)
def test_one_choice_is_right_and_every_other_is_told_why_not(key: str) -> None:
    choices = question(key).choices
    assert len({choice.text for choice in choices}) == 3
    reasons = [choice.feedback for choice in choices if choice.feedback is not None]
    assert len(set(reasons)) == 2
    assert all(len(reason) > 40 for reason in reasons)


def test_the_right_choice_is_not_always_in_the_same_place() -> None:
    places = [mistake.right for mistake in MISTAKES.values()]
    assert all(places.count(place) >= 3 for place in range(3))


def test_their_order_does_not_tell_which_are_silent() -> None:
    silent = [mistake.silent for mistake in MISTAKES.values()]
    changes = sum(one != other for one, other in pairwise(silent))
    assert changes >= len(SILENT)


@pytest.mark.parametrize("key", MISTAKES)
def test_what_stands_there_before_a_slip_is_found_does_not_name_it(key: str) -> None:
    before = plain(f"mistakes.aim_{MISTAKES[key].aim}")
    for told in (plain(f"{MISTAKES[key].section}_title"), question(key).text):
        names = set(re.findall(r"`([^`]+)`", told))
        assert not any(name in before for name in names)
        assert told not in before


# The lines to find


def lines_to_find(mistake: Mistake) -> list[str]:
    lines = mistake.wrong.splitlines()
    return [lines[number - 1].strip() for number in sorted(mistake.to_find)]


@pytest.mark.parametrize(
    ("key", "lines"),
    [
        ("gradients", ["gradients = tape.gradients(loss, [w, b])"]),
        ("constant", ["w, b = tf.constant(0.0), tf.constant(-1.0)"]),
        ("plus", ["w.assign_add(learning_rate * gradients[0])",
                  "b.assign_add(learning_rate * gradients[1])"]),
        ("equals", ["if step % 20 = 0:"]),
        ("assign", ["w = w - learning_rate * gradients[0]",
                    "b = b - learning_rate * gradients[1]"]),
        ("no-rate", ["w.assign_sub(gradients[0])", "b.assign_sub(gradients[1])"]),
        ("outside", ["predictions = w * x + b", "with tf.GradientTape() as tape:",
                     "loss = tf.reduce_mean(tf.square(predictions - y))"]),
        ("column", ["x = x.reshape(-1, 1)"]),
        ("two-calls", ["grad_w = tape.gradient(loss, w)", "grad_b = tape.gradient(loss, b)"]),
        ("sum", ["loss = tf.reduce_sum(tf.square(predictions - y))"]),
        ("integers", ["x = tf.constant(x)"]),
        ("no-reset", ["w, b = tf.Variable(0.0), tf.Variable(-1.0)",
                      "for learning_rate in [0.1, 0.01]:", "for step in range(200):"]),
    ],
)  # fmt: skip
def test_the_lines_to_find_are_those_of_the_repair_and_where_one_is_missing(
    key: str, lines: list[str]
) -> None:
    assert lines_to_find(MISTAKES[key]) == lines


def test_where_a_line_is_only_missing_both_lines_around_it_count() -> None:
    mistake = Mistake("trial", "a = 1\nb = 2\nc = 3\n", "a = 1\nb = 2\nbetween = 0\nc = 3\n", 0)
    assert mistake.taken_out == ()
    assert lines_to_find(mistake) == ["b = 2", "c = 3"]


@pytest.mark.parametrize("key", MISTAKES)
def test_a_script_is_short_and_its_repair_is_small(key: str) -> None:
    mistake = MISTAKES[key]
    for code in (mistake.wrong, mistake.repaired):
        lines = code.splitlines()
        assert len(lines) <= 21  # all of it is in the first screen of a phone
        assert max(map(len, lines)) <= 61
    wrong = [line.text for line in mistake.difference if line.sign != IN]
    repaired = [line.text for line in mistake.difference if line.sign != OUT]
    assert wrong == mistake.wrong.splitlines()
    assert repaired == mistake.repaired.splitlines()
    assert 1 <= sum(line.sign in (IN, OUT) for line in mistake.difference) <= 4
    assert mistake.taken_out  # it has a line to mark
    assert set(mistake.taken_out) <= mistake.to_find <= set(range(1, len(wrong) + 1))
    assert all(wrong[number - 1] for number in mistake.to_find)  # an empty line is no button
    ordered = sorted(mistake.to_find)
    assert ordered == list(range(ordered[0], ordered[-1] + 1))  # or “further up” would be wrong


# What comes of the wrong ones


@pytest.mark.parametrize("key", MISTAKES)
def test_a_mistake_speaks_or_is_silent_as_it_is_said_to(key: str) -> None:
    outcome = wrong(key)
    assert bool(outcome.error) != MISTAKES[key].silent
    assert outcome.text.endswith(outcome.error or outcome.printed.rstrip())
    if not outcome.error:
        assert len(outcome.losses) == len(repaired(key).losses)


@pytest.mark.parametrize(
    ("key", "line", "error"),
    [
        ("gradients", "gradients = tape.gradients(loss, [w, b])",
         "AttributeError: 'GradientTape' object has no attribute 'gradients'"),
        ("constant", "w.assign_sub(learning_rate * gradients[0])", "AttributeError: "),
        ("constant", "", "EagerTensor' object has no attribute 'assign_sub'"),
        ("equals", "if step % 20 = 0:", "SyntaxError: "),
        ("equals", "", "Maybe you meant '==' instead of '='?"),
        ("assign", "w = w - learning_rate * gradients[0]",
         "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'"),
        ("outside", "w.assign_sub(learning_rate * gradients[0])",
         "TypeError: unsupported operand type(s) for *: 'float' and 'NoneType'"),
        ("two-calls", "grad_b = tape.gradient(loss, b)",
         "RuntimeError: A non-persistent GradientTape can only be used to compute one set of"),
        ("integers", "predictions = w * x + b", "InvalidArgumentError: cannot compute Mul as"),
        ("integers", "", "expected to be a float tensor but is a int64 tensor"),
    ],
)  # fmt: skip
def test_an_error_names_its_line_and_what_is_wrong(key: str, line: str, error: str) -> None:
    said = wrong(key).error
    assert error in said.splitlines()[-1]
    assert line in said
    number = int(re.findall(r'File "loop.py", line (\d+)', said)[-1])
    assert line in MISTAKES[key].wrong.splitlines()[number - 1]


@pytest.mark.parametrize("key", some(MISTAKES, "gradients", *SILENT))
def test_nothing_of_the_machine_shows(key: str) -> None:
    for outcome in (wrong(key), repaired(key)):
        assert not re.search(r"site-packages|/home|/tmp|0x[0-9a-f]{4}|\bid=", outcome.text)


@pytest.mark.parametrize("key", ["constant", "outside"])
def test_what_is_not_watched_has_no_gradient(key: str) -> None:
    assert wrong(key).printed == "0 None None\n"


def test_a_name_is_looked_up_late_but_grammar_is_checked_first() -> None:
    for key, printed in (("gradients", "begun\n"), ("equals", "")):
        code = MISTAKES[key].wrong.replace("losses = []", "losses = []\nprint('begun')")
        outcome = run(code)
        assert outcome.printed == printed
        assert outcome.error


def test_a_persistent_tape_answers_twice() -> None:
    code = MISTAKES["two-calls"].wrong.replace("GradientTape()", "GradientTape(persistent=True)")
    assert run(code).losses == pytest.approx(repaired("two-calls").losses)


def test_numpy_turns_whole_numbers_into_decimal_ones_and_tensorflow_does_not() -> None:
    without_tensor = MISTAKES["integers"].wrong.replace("x = tf.constant(x)\n", "")
    assert not run(without_tensor).error


def with_start(key: str, w: str, b: str) -> Outcome:
    usual = "tf.Variable(0.0), tf.Variable(-1.0)"
    code = MISTAKES[key].repaired
    assert usual in code
    return run(code.replace(usual, f"tf.Variable({w}), tf.Variable({b})"))


@pytest.mark.parametrize("key", ["integers", "constant"])  # x a tensor, and x a NumPy array
def test_a_whole_number_as_w_stops_the_loop_where_whole_numbers_as_data_do(key: str) -> None:
    error = with_start(key, "0", "-1.0").error
    line = "predictions = w * x + b\n"
    assert line in error
    assert line in wrong("integers").error
    assert "InvalidArgumentError: cannot compute" in error


def test_only_where_b_is_whole_too_and_x_an_array_the_gradients_are_none() -> None:
    assert with_start("constant", "0", "-1").printed == "0 None None\n"
    assert "predictions = w * x + b\n" in with_start("integers", "0", "-1").error
    assert "predictions = w * x + b\n" in with_start("constant", "0.0", "-1").error
    said = question("integers").because
    assert "stops the loop at the same line" in said
    assert "If b is a whole number, too, and x a NumPy array" in said
    assert said.index("If b is") < said.index("`None`")


def test_without_a_rate_the_loop_explodes() -> None:
    losses = wrong("no-rate").losses
    finite = [loss for loss in losses if math.isfinite(loss)]
    assert all(later > earlier for earlier, later in pairwise(finite))
    assert math.inf in losses
    assert math.isnan(losses[-1])
    words = wrong("no-rate").printed.split()
    assert words.index("inf") < words.index("nan")
    assert words[-3:] == ["nan"] * 3


def test_the_limit_in_the_feedback_is_the_datas_limit() -> None:
    reasons = [choice.feedback or "" for choice in question("no-rate").choices]
    assert "closer only at rates below a limit, here 0.755." in " ".join(reasons)
    assert readable_below(theory.stable_limit(LESSON)).startswith("0.75")
    assert theory.verdict(LESSON, 1.0) == "explodes"


def test_without_a_rate_each_jump_is_longer_and_to_the_other_side() -> None:
    rows = train_eagerly(LESSON, 1.0, 30, START)
    best, steep = theory.best_fit(LESSON), np.array(theory.curvature(LESSON).steep_axis)
    across = np.array([[w - best.w, b - best.b] for w, b, *_ in rows]) @ steep
    assert (across[1:] * across[:-1] < 0).all()
    assert (np.abs(across[1:]) > np.abs(across[:-1])).all()


def test_a_new_name_works_for_one_step_and_then_the_tape_knows_no_w() -> None:
    shown = "    print('step', step, type(w).__name__, *gradients)\n    losses.append"
    lines = run(MISTAKES["assign"].wrong.replace("    losses.append", shown)).printed.splitlines()
    first, second = (line.split() for line in lines if line.startswith("step"))
    assert "ResourceVariable" in first
    assert "None" not in first
    assert second == ["step", "1", "EagerTensor", "None", "None"]
    assert wrong("assign").losses == pytest.approx(lessons_losses()[:2], rel=1e-5)


def sum_losses(rate: float, steps: int = 200) -> list[float]:
    """The losses of the script with the sum, in double precision, at another rate."""
    code = MISTAKES["sum"].wrong
    for old, new in (
        ("learning_rate = 0.1", f"learning_rate = {rate!r}"),
        ("range(200)", f"range({steps})"),
        ("Variable(0.0)", "Variable(0.0, dtype=tf.float64)"),
        ("Variable(-1.0)", "Variable(-1.0, dtype=tf.float64)"),
    ):
        assert old in code
        code = code.replace(old, new)
    outcome = run(code)
    assert not outcome.error
    return list(outcome.losses)


def test_a_sum_shrinks_the_limit_by_the_number_of_points() -> None:
    limit = theory.stable_limit(LESSON) / LESSON.n
    below, above = sum_losses(0.98 * limit), sum_losses(1.02 * limit)
    assert below[-1] < 0.2 * below[0]
    assert above[-1] > 10 * above[-50]
    said = question("sum").because
    assert f"from {readable_below(LESSON.n * limit)} to {readable_below(limit)}." in said
    assert readable_below(limit) == "0.00755"


def test_a_sum_at_a_rate_divided_by_n_does_what_the_mean_does() -> None:
    expected = [LESSON.n * loss for loss in lessons_losses()[:200]]
    assert sum_losses(0.1 / LESSON.n) == pytest.approx(expected, rel=1e-9)


def test_at_the_lessons_rate_a_sum_explodes() -> None:
    losses = wrong("sum").losses
    assert losses[0] == pytest.approx(LESSON.n * lessons_losses()[0], rel=1e-5)
    finite = [loss for loss in losses if math.isfinite(loss)]
    assert all(later > earlier for earlier, later in pairwise(finite))
    assert math.isnan(losses[-1])
    assert wrong("sum").printed.split()[-3:] == ["nan"] * 3


def test_more_points_shrink_the_limit_of_a_sum_and_not_that_of_a_mean() -> None:
    limits = [theory.stable_limit(make_noisy_line(n=n)) for n in (100, 10_000)]
    assert limits[1] == pytest.approx(limits[0], rel=0.1)
    good = 0.9 * theory.safe_rate(LESSON)
    many = make_noisy_line(n=10_000)
    assert theory.verdict(many, good) == "good"
    history = train(many, TrainingConfig((good,), 200, START))
    assert history.loss[0, -1] < history.loss[0, 0]
    assert theory.verdict(LESSON, good) == "good"
    # A sum of squares over n points at a rate is their mean at n times that rate.
    good_for_sum = good / LESSON.n
    assert theory.verdict(many, many.n * good_for_sum) == "explodes"


@pytest.mark.parametrize("rate", ["0.1", "0.001"])
def test_added_gradients_climb_at_any_rate(rate: str) -> None:
    code = MISTAKES["plus"].wrong.replace("learning_rate = 0.1", f"learning_rate = {rate}")
    finite = [loss for loss in run(code).losses if math.isfinite(loss)]
    assert len(finite) > 100
    assert all(later > earlier for earlier, later in pairwise(finite))


def test_a_column_minus_a_row_ends_with_a_flat_line_at_the_mean() -> None:
    _, w, b, loss = printed_numbers(wrong("column"))[-1]
    assert abs(w) < 0.005
    assert b == pytest.approx(LESSON.y.mean(), abs=0.005)
    assert loss == pytest.approx(LESSON.y.var(), rel=0.01)
    assert wrong("column").losses[-1] > 10 * repaired("column").losses[-1]
    code = MISTAKES["column"].wrong + "print((predictions - y).shape)\n"
    assert run(code).printed.endswith("(100, 100)\n")


def test_a_run_that_goes_on_looks_better_than_one_that_begins() -> None:
    (_, *_, first), (_, *_, second) = printed_numbers(wrong("no-reset"))
    assert second < first
    (_, *_, first), (_, *_, second) = printed_numbers(repaired("no-reset"))
    assert second > 50 * first


# What comes of the repaired ones


@pytest.mark.parametrize(
    "key", some(sorted(set(MISTAKES) - {"no-reset", "integers"}), "gradients", "plus", "column")
)
def test_a_repaired_loop_does_what_the_lessons_loop_does(key: str) -> None:
    outcome = repaired(key)
    assert not outcome.error
    assert len(outcome.losses) in (200, 400)
    assert outcome.losses == pytest.approx(lessons_losses()[: len(outcome.losses)], rel=1e-4)


def test_two_repaired_runs_are_each_what_the_lessons_loop_does() -> None:
    outcome = repaired("no-reset")
    expected = [row[2] for rate in (0.1, 0.01) for row in train_eagerly(LESSON, rate, 199, START)]
    assert not outcome.error
    assert outcome.losses == pytest.approx(expected, rel=1e-4)


def test_repaired_whole_numbers_fit_as_the_lessons_loop_does() -> None:
    rng = np.random.default_rng(0)
    x = rng.integers(0, 3, 100).astype(float)
    data = Dataset(x, 0.1 * x + 0.5 + rng.normal(0, 0.01, 100))
    outcome = repaired("integers")
    assert not outcome.error
    rows = train_eagerly(data, 0.1, 199, START)
    assert outcome.losses == pytest.approx([row[2] for row in rows], rel=1e-3)


# How they are run


def test_tensorflow_logs_nothing_that_the_page_would_hide() -> None:
    heard = Heard()
    logging.getLogger().addHandler(heard)
    try:
        for mistake in MISTAKES.values():
            run(re.sub(r"range\(\d+\)", "range(3)", mistake.wrong))
    finally:
        logging.getLogger().removeHandler(heard)
    assert heard.records == []


def test_print_goes_into_the_outcome_only(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("print('here', 1, sep='-')").printed == "here-1\n"
    assert capsys.readouterr().out == ""


def test_runs_at_the_same_time_do_not_mix() -> None:
    together = threading.Barrier(4)
    outcomes: dict[int, Outcome] = {}

    def work(number: int) -> None:
        together.wait()
        outcomes[number] = run(f"for _ in range(2000):\n    print({number})\n1 / 0\n")

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for number, outcome in outcomes.items():
        assert outcome.printed == f"{number}\n" * 2000
        assert outcome.error.endswith("ZeroDivisionError: division by zero")
        assert 'File "loop.py", line 3, in <module>\n    1 / 0' in outcome.error
