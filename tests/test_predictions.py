"""Every prompt can be solved from the data alone, and speaks to each wrong answer truly."""

import json
import math
import re
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from core import theory
from core.course import predictions
from core.course.predictions import ChosenLine, Judgement
from core.datasets import BUNDLED, Dataset, Line, load_bundled, make_noisy_line
from core.figures import fit, frames
from core.points import standardize
from core.runs import TrainingConfig
from core.training import train
from core.words import say
from core.words.writing import readable, readable_below
from tests.support.numbers import as_number
from tests.support.pages import assert_whole, component, open_page, rates_box, type_number, words
from tests.support.tiers import some

SEEDS = range(20)
NAMES = ["lesson", *BUNDLED, "hubble standardized"]


def problem(name: str) -> tuple[Dataset, Line]:
    if name == "lesson":
        return make_noisy_line(), Line(0.0, -1.0)
    dataset = load_bundled(name.split()[0])
    return (standardize(dataset) if "standardized" in name else dataset), Line(0.0, 0.0)


@pytest.fixture(params=NAMES)
def given(request: pytest.FixtureRequest) -> tuple[Dataset, Line]:
    return problem(request.param)


def mean_square(dataset: Dataset, line: Line) -> float:
    return float(np.mean((line.w * dataset.x + line.b - dataset.y) ** 2))


def steep_factor(dataset: Dataset, rate: float) -> float:
    """What a step multiplies the error across the valley by, measured in a run."""
    axes, best = theory.curvature(dataset), theory.best_fit(dataset)
    off = float(np.std(dataset.y)) * math.sqrt(2 / axes.steep)
    start = Line(best.w + off * axes.steep_axis[0], best.b + off * axes.steep_axis[1])
    history = train(dataset, TrainingConfig((rate,), 1, start))
    _, steep = theory.axis_errors(dataset, history.w[0], history.b[0])
    return float(steep[1] / steep[0])


def judged(prompt: Any, answer: Any) -> Judgement:  # noqa: ANN401
    """What is said about an answer, whether Python or ``core.words`` has the sentences."""
    found = prompt.judge(answer)
    return predictions.worded(found, say) if isinstance(found, ChosenLine) else found


def assert_own_feedback(judgements: list[Judgement]) -> None:
    """One answer is right, and no two answers are told the same."""
    assert [judgement.right for judgement in judgements].count(True) == 1
    assert len({judgement.feedback for judgement in judgements}) == len(judgements)
    for judgement in judgements:
        assert (judgement.gap == 0) == judgement.right
        assert not re.search(r"\b(nan|inf|None)\b", judgement.measure + judgement.feedback)


def test_the_least_wrong_line_is_that_of_the_lowest_loss(given: tuple[Dataset, Line]) -> None:
    dataset, _ = given
    for seed in SEEDS:
        prompt = predictions.least_wrong(dataset, seed)
        losses = [mean_square(dataset, line) for line in prompt.lines]
        judgements = [judged(prompt, choice) for choice in range(3)]
        assert_own_feedback(judgements)
        assert judgements[int(np.argmin(losses))].right
        assert min(losses) <= 0.8 * sorted(losses)[1]  # a fifth at least: it can be told by looking
        best, middle = theory.best_fit(dataset), np.array([np.mean(dataset.x)])
        for line, loss, judgement in zip(prompt.lines, losses, judgements, strict=True):
            assert judgement.gap == pytest.approx(loss - min(losses), rel=1e-9, abs=1e-12 * loss)
            typical = np.sqrt([loss, *sorted(losses)])
            facts = prompt.judge(losses.index(loss))
            assert (facts.off, facts.least_off, *facts.others) == pytest.approx(tuple(typical))
            said = judgement.feedback
            above = line.at(middle)[0] - best.at(middle)[0]
            assert ("too high" not in said) or above > 0
            assert ("too low" not in said) or above < 0
            assert ("too large" not in said) or line.w > best.w
            assert ("too small" not in said) or line.w < best.w


def test_an_answered_picture_shows_the_residuals_of_the_right_line() -> None:
    prompt = predictions.least_wrong(make_noisy_line(), 0)
    misses = fit.candidates(prompt, answered=True).tables["misses"]
    squares = (misses["y"] - misses["end"]) ** 2
    assert len(misses) == prompt.dataset.n
    assert squares.mean() == pytest.approx(min(prompt.losses))
    assert "misses" not in fit.candidates(prompt, answered=False).tables


def moved(dataset: Dataset, line: Line, height: float, tilt: float) -> Line:
    """Lift a line by ``height`` in the middle of x, and turn it there by ``tilt``, in y-units."""
    dw = tilt / float(np.std(dataset.x))
    return Line(line.w + dw, line.b + height - dw * float(np.mean(dataset.x)))


def assert_own_kind(dataset: Dataset, height: float, tilt: float) -> str:
    """What is said of a line that is off in these ways is so; give its kind."""
    best = theory.best_fit(dataset)
    line = moved(dataset, best, height, tilt)
    said = judged(predictions.LeastWrong(dataset, (best, line)), 1)
    added = mean_square(dataset, line) - mean_square(dataset, best)
    height_alone = mean_square(dataset, moved(dataset, best, height, 0)) - mean_square(
        dataset, best
    )
    tilt_alone = mean_square(dataset, moved(dataset, best, 0, tilt)) - mean_square(dataset, best)
    assert added == pytest.approx(height_alone + tilt_alone, rel=1e-6)
    # What is not spoken of makes up less than a hundredth, what is spoken of more.
    speaks_of = {"height": (True, False), "slope": (False, True), "both": (True, True)}[said.kind]
    for spoken, alone, square in zip(
        speaks_of, (height_alone, tilt_alone), (height**2, tilt**2), strict=True
    ):
        assert (alone > 0.0099 * added) == spoken
        assert (readable(square, 2) in said.feedback) == spoken
        assert square == pytest.approx(alone, rel=1e-6)
    assert (f"too {'high' if height > 0 else 'low'}" in said.feedback) == speaks_of[0]
    assert (f"slope is too {'large' if tilt > 0 else 'small'}" in said.feedback) == speaks_of[1]
    return said.kind


@pytest.mark.parametrize("sign", [1, -1])
def test_a_line_is_told_each_way_in_which_it_is_off_and_what_that_adds(
    given: tuple[Dataset, Line], sign: int
) -> None:
    dataset, _ = given
    unit = 3.7 * theory.spread(dataset)
    borders = [(1, 0.098, "height"), (1, 0.102, "both"), (0.098, 1, "slope"), (0.102, 1, "both")]
    for height, tilt, kind in borders:
        assert assert_own_kind(dataset, unit * height, sign * unit * tilt) == kind
        assert assert_own_kind(dataset, sign * unit * height, -unit * tilt) == kind


def test_a_line_that_is_too_high_all_along_comes_nearer_to_some_points() -> None:
    dataset = load_bundled("hubble")
    prompt, best = predictions.least_wrong(dataset, 0), theory.best_fit(dataset)
    (choice,) = (c for c in range(3) if prompt.judge(c).kind == "height")
    height, _ = prompt.off(choice)
    off = np.abs(theory.residuals(dataset, prompt.lines[choice]))
    assert np.sum(off < np.abs(theory.residuals(dataset, best))) == 6
    assert dataset.n == 24
    lowest = mean_square(dataset, best)
    assert prompt.losses[choice] == pytest.approx(lowest + height**2, rel=1e-12)
    said = judged(prompt, choice).feedback
    assert "every distance" not in said
    assert "It may come nearer to some points" in said
    assert f"adds its square, {readable(height**2, 2)}, to the lowest loss there is" in said


def test_no_line_comes_nearer_to_a_point_than_an_exact_best_fit() -> None:
    for seed in SEEDS:
        for dataset, exact in ((make_noisy_line(noise=0.0), True), (make_noisy_line(), False)):
            prompt = predictions.least_wrong(dataset, seed)
            choice = next((c for c in range(3) if prompt.judge(c).kind == "height"), None)
            if choice is None:  # that line is the least wrong of the three
                continue
            best = theory.residuals(dataset, theory.best_fit(dataset))
            assert bool(np.all(best == 0)) == exact
            said = judged(prompt, choice).feedback
            height, _ = prompt.off(choice)
            assert ("come nearer to some points" in said) != exact
            assert f"adds its square, {readable(height**2, 2)}, to the lowest loss" in said


def test_the_way_is_that_of_a_small_step(given: tuple[Dataset, Line]) -> None:
    dataset, start = given
    for seed in SEEDS:
        prompt = predictions.which_way(dataset, start, seed)
        assert prompt is not None
        rate = 0.1 * theory.safe_rate(dataset)
        history = train(dataset, TrainingConfig((rate,), 1, prompt.place))
        moved = (
            int(np.sign(history.w[0, 1] - history.w[0, 0])),
            int(np.sign(history.b[0, 1] - history.b[0, 0])),
        )
        judgements = [prompt.judge(choice) for choice in range(4)]
        assert_own_feedback(judgements)
        assert judgements[predictions.WAYS.index(moved)].right
        assert prompt.loss_after(prompt.answer) == pytest.approx(history.loss[0, 1], rel=1e-6)
        assert_seen_on_the_map(prompt)
        for way, judgement in zip(predictions.WAYS, judgements, strict=True):
            if judgement.kind in ("w wrong", "b wrong"):
                assert_told_for_one_number(prompt, way, judgement)
        uphill = predictions.WAYS.index((-moved[0], -moved[1]))
        assert judgements[uphill].kind == "uphill"
        here = mean_square(dataset, prompt.place)
        assert prompt.loss_after(uphill) > here > prompt.loss_after(prompt.answer)
        best = theory.best_fit(dataset)
        for way, judgement in zip(predictions.WAYS, judgements, strict=True):
            if "direct way to the best fit" in judgement.feedback:
                assert way == (np.sign(best.w - prompt.place.w), np.sign(best.b - prompt.place.b))


def assert_seen_on_the_map(prompt: predictions.WhichWay) -> None:
    """As far as the map is wide and high, the loss changes by comparable amounts."""
    row = frames.line_row(prompt.place)
    window = frames.path_window(prompt.dataset, prompt.place, row).iloc[0]
    w, b = np.abs(theory.gradient(prompt.dataset, prompt.place))
    seen = [w * (window["w_high"] - window["w_low"]), b * (window["b_high"] - window["b_low"])]
    assert math.degrees(math.atan2(min(seen), max(seen))) > 19.9


def assert_told_for_one_number(
    prompt: predictions.WhichWay, way: tuple[int, int], judgement: Judgement
) -> None:
    """With that number alone, one way raises the loss, the other lowers it: by what is told."""
    dataset, place, axis = prompt.dataset, prompt.place, "wb".index(judgement.kind[0])
    slope = theory.gradient(dataset, place)[axis]
    assert way[axis] * slope > 0
    told = re.fullmatch(
        rf"A gap of \S+: with {judgement.kind[0]} alone your way raises the loss by (\S+), "
        r"the step lowers it by (\S+)",
        judgement.measure,
    )
    assert told is not None
    step = way[axis] * 0.1 * theory.safe_rate(dataset) * abs(slope)
    changes = []
    for change in (step, -step):
        to = Line(place.w + change * (axis == 0), place.b + change * (axis == 1))
        changes.append(mean_square(dataset, to) - mean_square(dataset, place))
    assert changes[0] > 0 > changes[1]
    rounding = 1e-12 * mean_square(dataset, place)
    assert as_number(told[1]) == pytest.approx(changes[0], rel=0.01, abs=rounding)
    assert as_number(told[2]) == pytest.approx(-changes[1], rel=0.01, abs=rounding)
    assert judgement.gap == pytest.approx(changes[0] - changes[1], rel=1e-3, abs=rounding)


# What an error across the valley is


def test_an_error_across_the_valley_is_the_height_at_the_x_that_is_told(
    given: tuple[Dataset, Line],
) -> None:
    dataset, _ = given
    rng = np.random.default_rng(0)
    told = re.search(r"at x = (\S+)$", predictions.error_across(dataset))
    assert told is not None
    where, best = as_number(told[1]), theory.best_fit(dataset)
    for _ in range(50):
        height, tilt = 3 * theory.spread(dataset) * rng.normal(0, 1, 2)
        line = moved(dataset, best, height, tilt)
        above = float(line.at(np.array([where]))[0] - best.at(np.array([where]))[0])
        _, steep = theory.axis_errors(dataset, np.array(line.w), np.array(line.b))
        assert steep == pytest.approx(above, rel=0.12, abs=0.1 * abs(tilt))


def test_a_line_too_low_on_average_may_be_too_high_across_the_valley() -> None:
    hubble, start = load_bundled("hubble"), Line(554.0, -141.0)
    assert np.mean(start.at(hubble.x) - hubble.y) == pytest.approx(-9.2, abs=0.05)
    _, steep = theory.axis_errors(hubble, np.array(start.w), np.array(start.b))
    assert steep == pytest.approx(12.3, abs=0.05)
    assert predictions.error_across(hubble).endswith("at x = 1.13")
    assert start.at(np.array([1.13]))[0] - theory.best_fit(hubble).at(np.array([1.13]))[0] > 12
    own = Dataset(np.array([-1.2, -0.4, 0.6, 1.4]), np.array([1.0, 2, 2, 4]))
    assert "too high" not in predictions.error_across(own)  # rather slope than height


def test_the_right_way_is_not_always_the_same() -> None:
    dataset, start = problem("lesson")
    asked = [predictions.which_way(dataset, start, seed) for seed in SEEDS]
    assert {prompt.answer for prompt in asked if prompt is not None} == {0, 1, 2, 3}


def test_the_line_after_some_steps_is_that_of_the_run(given: tuple[Dataset, Line]) -> None:
    dataset, start = given
    for seed in SEEDS:
        prompt = predictions.after_steps(dataset, start, seed)
        assert prompt is not None
        assert f"{prompt.steps:,} steps" in prompt.question
        history = train(dataset, TrainingConfig((prompt.rate,), prompt.steps, start))
        end, best = history.last_line(), theory.best_fit(dataset)
        whole = theory.gap(dataset, start)
        judgement = prompt.judge(end)
        assert judgement.right
        assert judgement.gap <= 1e-6 * whole
        left = theory.gap(dataset, end)
        reached = "at" if left <= 1e-6 * whole else f"{readable(left)} from"
        assert f"the line is {reached} the best fit" in judgement.feedback
        x_far = float(np.ptp(dataset.x))
        y_far = whole / 2
        middle = float(np.mean(dataset.x))
        wrong = {
            "stayed": start,
            "arrived": best,
            "short": between(start, end, 0.6),
            "far": between(start, end, 1.4),
            "slope": Line(end.w + 3 * y_far / x_far, end.b - 3 * y_far / x_far * middle),
        }
        told = {}
        for kind, line in wrong.items():
            apart = float(np.sqrt(np.mean((line.at(dataset.x) - end.at(dataset.x)) ** 2)))
            judgement = prompt.judge(line)
            assert judgement.gap == pytest.approx(apart, rel=1e-6, abs=1e-9 * whole)
            if apart <= 0.03 * whole:
                assert judgement.right
                continue
            assert not judgement.right
            if kind in ("stayed", "arrived"):
                assert judgement.kind == kind
            told[judgement.kind] = judgement.feedback
            assert_true_of_lines(judgement, line, prompt)
        assert len(set(told.values())) == len(told)


def between(one: Line, other: Line, share: float) -> Line:
    return Line(one.w + share * (other.w - one.w), one.b + share * (other.b - one.b))


def assert_true_of_lines(judgement: Judgement, line: Line, prompt: predictions.AfterSteps) -> None:
    """What is said about a predicted line is so, measured point by point."""
    dataset, said, kind = prompt.dataset, judgement.feedback, judgement.kind
    x, end, start = dataset.x, prompt.answer, prompt.start
    above = float(np.mean(line.at(x) - end.at(x)))
    assert ("too high" not in said) or above > 0
    assert ("too low" not in said) or above < 0
    assert ("too large" not in said) or line.w > end.w
    assert ("too small" not in said) or line.w < end.w

    def apart(one: Line, other: Line) -> float:
        return float(np.sqrt(np.mean((one.at(x) - other.at(x)) ** 2)))

    gap, way, whole = apart(line, end), apart(start, end), theory.gap(dataset, start)
    near = 0.03 * whole * (1 + 1e-6)
    assert ("on the best fit already" in said) == (kind == "arrived")
    assert (kind not in ("stayed", "arrived")) or apart(
        line, start if kind == "stayed" else theory.best_fit(dataset)
    ) <= near
    ends = [math.hypot(*theory.gradient(dataset, one)) for one in (start, end)]
    creeps = way <= near or ends[1] >= 0.8 * ends[0]
    assert ("hardly change" not in said) or creeps
    assert (not re.search("long at first|first steps are long|flatten on the way", said)) or (
        not creeps
    )
    if kind in ("right", "stayed", "arrived"):
        assert judgement.right == (gap <= near)
        return
    assert min(apart(line, start), apart(line, theory.best_fit(dataset)), gap) > 0.99 * near
    right_height = abs(above) <= 0.4 * gap and abs(above) <= 0.1 * whole
    assert ("about the right height" in said) == right_height == (kind == "slope")
    if kind == "slope":
        return
    if kind == "aside":
        assert f"your line is {readable(abs(above))} too" in said
        assert_true_of_the_way(said, prompt)
    assert ("slope is about right" not in said) or abs(line.w - end.w) * np.std(x) <= 0.1 * gap
    share = float(np.mean((line.at(x) - start.at(x)) * (end.at(x) - start.at(x)))) / way**2
    ahead, taken = abs(1 - share) * way / gap, share * way / apart(line, start)
    assert ("gets farther than you thought" in said) == (0 <= share < 1 and ahead >= 0.7)
    assert ("farther than it gets" in said) == (share >= 1 and ahead >= 0.7)
    assert ("the other way" in said) == (taken <= -0.7)
    if kind == "short":
        assert f"{readable(100 * share, 2)} % of its way" in said


def assert_true_of_the_way(said: str, prompt: predictions.AfterSteps) -> None:
    """Where a run has arrived, or goes straight, its way is no reason for an answer beside it."""
    dataset, start = prompt.dataset, prompt.start
    x, best = dataset.x, theory.best_fit(dataset)
    whole, left = theory.gap(dataset, start), theory.gap(dataset, prompt.answer)
    assert ("gets to the best fit, or nearly" in said) == (left <= 0.03 * whole)
    history = train(dataset, TrainingConfig((prompt.rate,), prompt.steps, start))
    lines = np.outer(history.w[0] - best.w, x) + history.b[0, :, np.newaxis] - best.b
    straight = lines[0] / np.linalg.norm(lines[0])
    beside = np.linalg.norm(lines - np.outer(lines @ straight, straight), axis=1)
    goes_straight = float(np.max(beside)) < 0.01 * math.sqrt(x.size) * whole
    assert ("goes straight towards" not in said) or goes_straight
    assert ("need not take the direct way" not in said) or not goes_straight


@pytest.mark.parametrize("name", ["lesson", "hubble", "hubble standardized"])
def test_the_way_of_a_run_is_a_reason_only_where_it_is_not_direct(name: str) -> None:
    dataset, start = problem(name)
    whole, told = theory.gap(dataset, start), set()
    for seed in SEEDS:
        prompt = predictions.after_steps(dataset, start, seed)
        assert prompt is not None
        for turn in (1, -1):
            line = moved(dataset, prompt.answer, 0.5 * whole, turn * whole)
            judgement = prompt.judge(line)
            if judgement.kind == "aside":
                assert_true_of_the_way(judgement.feedback, prompt)
                told.add(judgement.feedback.split(": ")[-1])
    assert len(told) == 2


def test_a_prediction_is_told_apart_on_both_sides_of_each_border() -> None:
    dataset, start = problem("lesson")
    prompt = predictions.after_steps(dataset, start, 0)
    assert prompt is not None
    end, best, whole = prompt.answer, theory.best_fit(dataset), theory.gap(dataset, start)
    turn = math.sqrt(1 - 0.4**2)
    way = (
        float(np.mean(end.at(dataset.x) - start.at(dataset.x))),
        (end.w - start.w) * float(np.std(dataset.x)),
    )
    aside = (-way[1], way[0])  # as long as the way, and at a right angle to it

    def on_the_way(along: float, across: float) -> Line:
        height, tilt = (along * a + across * b for a, b in zip(way, aside, strict=True))
        return moved(dataset, start, height, tilt)

    def beyond(one: float) -> Line:
        return on_the_way(1 + one, math.sqrt(1 - one**2))

    lines = [
        (moved(dataset, end, 0.0299 * whole, 0), "right"),
        (moved(dataset, end, 0.0301 * whole, 0), "far"),
        (moved(dataset, start, 0, 0.0299 * whole), "stayed"),
        (moved(dataset, start, 0, 0.0301 * whole), "short"),
        (moved(dataset, best, 0, -0.0299 * whole), "arrived"),
        (moved(dataset, best, 0, -0.0301 * whole), "slope"),
        (moved(dataset, end, 0.0399 * whole, 0.1 * turn * whole), "slope"),
        (moved(dataset, end, 0.0401 * whole, 0.1 * turn * whole), "aside"),
        (moved(dataset, end, 0.099 * whole, turn * whole), "slope"),
        (moved(dataset, end, 0.101 * whole, turn * whole), "aside"),
        (on_the_way(0.2, 0.81), "short"),
        (on_the_way(0.2, 0.82), "aside"),
        (beyond(0.701), "far"),
        (beyond(0.699), "aside"),
        (on_the_way(-0.701, math.sqrt(1 - 0.701**2)), "back"),
        (on_the_way(-0.699, math.sqrt(1 - 0.699**2)), "aside"),
        (on_the_way(-0.01, 0.9), "aside"),
        (on_the_way(0.01, 0.1), "short"),
    ]
    for line, kind in lines:
        judgement = prompt.judge(line)
        assert judgement.kind == kind
        assert_true_of_lines(judgement, line, prompt)


@pytest.mark.parametrize(("data", "line"), [("hubble", Line(-772.0, 1397.0)), ("forbes", None)])
def test_a_line_that_is_far_off_in_the_middle_is_not_said_to_have_about_the_right_height(
    data: str, line: Line | None
) -> None:
    dataset, start = problem(data)
    prompt = predictions.after_steps(dataset, start, 0)
    assert prompt is not None
    line = line or moved(dataset, prompt.answer, 4.62, 15.0)
    above = float(np.mean(line.at(dataset.x) - prompt.answer.at(dataset.x)))
    gap = prompt.apart(line, prompt.answer)
    assert 0.1 * theory.gap(dataset, start) < above < 0.4 * gap
    judgement = prompt.judge(line)
    assert_true_of_lines(judgement, line, prompt)
    assert f"In the middle of the points your line is {readable(above)} too high" in (
        judgement.feedback
    )


CREEPING = [("forbes", Line(0.57213, -91.064)), ("forbes", Line(0.0, 25.06)),
            ("cars", Line(4.223, -22.571))]  # fmt: skip


@pytest.mark.parametrize(("data", "start"), CREEPING)
def test_a_run_that_hardly_moves_is_not_said_to_begin_with_long_steps(
    data: str, start: Line
) -> None:
    dataset, _ = problem(data)
    prompt = predictions.after_steps(dataset, start, 0)
    assert prompt is not None
    assert (prompt.steps, prompt.multiple) == (200, 0.9)
    history = train(dataset, TrainingConfig((prompt.rate,), prompt.steps, start))
    flat, steep = theory.axis_errors(dataset, history.w[0], history.b[0])
    assert abs(steep[-1]) < 0.01 * abs(flat[-1])  # what is left lies along the floor
    late = np.hypot(history.grad_w[0], history.grad_b[0])[-100:]
    assert np.ptp(late) < 0.1 * late.max()
    assert theory.gap(dataset, prompt.answer) > 0.86 * theory.gap(dataset, start)
    for line in (prompt.answer, theory.best_fit(dataset)):
        said = prompt.judge(line).feedback
        assert not re.search("long at first|steps are long", said)
        assert "What is left lies along the floor of the valley" in said
        assert_true_of_lines(prompt.judge(line), line, prompt)


def test_a_slope_is_called_about_right_where_it_makes_up_a_tenth_of_the_gap_at_most() -> None:
    dataset, _ = problem("lesson")
    prompt = predictions.AfterSteps(
        dataset, moved(dataset, theory.best_fit(dataset), 0, 1), 0.5, 20
    )
    for tilt, about_right in ((0.1, True), (0.101, False), (-0.1, True), (-0.101, False)):
        height = math.sqrt(1 - tilt**2)
        line = moved(dataset, prompt.answer, height, tilt * (1 - 1e-6))
        judgement = prompt.judge(line)
        assert judgement.kind == "aside"
        assert ("its slope is about right" in judgement.feedback) == about_right
        assert_true_of_lines(judgement, line, prompt)


def test_a_random_prediction_is_told_what_is_so(given: tuple[Dataset, Line]) -> None:
    dataset, start = given
    rng = np.random.default_rng(0)
    window = frames.fit_window(dataset, [start, theory.best_fit(dataset)], headroom=0.25).iloc[0]
    kinds = set()
    for seed in SEEDS:
        prompt = predictions.after_steps(dataset, start, seed)
        assert prompt is not None
        for _ in range(10):
            ends = rng.uniform(window["y_low"], window["y_high"], 2)
            slope = (ends[1] - ends[0]) / (window["x_high"] - window["x_low"])
            line = Line(float(slope), float(ends[0] - slope * window["x_low"]))
            judgement = prompt.judge(line)
            kinds.add(judgement.kind)
            assert_true_of_lines(judgement, line, prompt)
            assert (judgement.gap <= 0.03 * theory.gap(dataset, start)) == judgement.right
    assert len(kinds) >= 3


def test_early_steps_are_the_longest(given: tuple[Dataset, Line]) -> None:
    dataset, start = given
    for seed in SEEDS:
        prompt = predictions.after_steps(dataset, start, seed)
        assert prompt is not None
        history = train(dataset, TrainingConfig((prompt.rate,), min(prompt.steps, 50), start))
        lengths = np.hypot(history.grad_w[0], history.grad_b[0])
        assert (np.diff(lengths) <= 1e-12 * lengths[0]).all()


def test_nothing_is_asked_where_nothing_moves() -> None:
    dataset = make_noisy_line(noise=0.0)
    assert predictions.after_steps(dataset, Line(0.1, 0.5), 0) is None


def test_the_limit_is_where_a_runs_jumps_begin_to_grow(given: tuple[Dataset, Line]) -> None:
    marks = {0.01: "slow", 0.2: "good", 0.5: "turning", 0.8: "zigzag", 1.0: "right", 1.5: "above",
             20.0: "far"}  # fmt: skip
    for seed in SEEDS:
        prompt = predictions.limit_of(given[0], seed)
        limit = prompt.answer
        assert abs(steep_factor(prompt.dataset, 0.99 * limit)) < 1
        assert abs(steep_factor(prompt.dataset, 1.01 * limit)) > 1
        assert 10**0.2 * prompt.low < limit < prompt.high / 10**0.2  # not at an end of the axis
        judgements = []
        for multiple, kind in marks.items():
            judgement = prompt.judge(multiple * limit)
            judgements.append(judgement)
            assert judgement.kind == kind
            assert judgement.gap == pytest.approx(max(multiple, 1 / multiple) - 1, abs=1e-9)
            factor = steep_factor(prompt.dataset, multiple * limit)
            assert factor == pytest.approx(1 - 2 * multiple, rel=1e-6, abs=1e-6)
            if kind in ("slow", "good"):
                assert 0 < factor < 1  # it does not jump past the points
            if kind == "zigzag":
                assert -1 < factor < 0
            if kind in ("above", "far"):
                assert factor < -1
            if kind not in ("right", "turning"):
                assert readable(abs(1 - 2 * multiple)) in judgement.feedback
        assert_own_feedback(judgements)


# Multiples of the limit, on both sides of each border between two kinds of feedback.
BORDERS = {0.0499: "slow", 0.0501: "good", 0.449: "good", 0.451: "turning", 0.549: "turning",
           0.551: "zigzag", 0.951: "zigzag", 0.954: "right", 1.049: "right", 1.051: "above",
           2.99: "above", 3.01: "far"}  # fmt: skip


@pytest.mark.parametrize("data", ["lesson", "forbes"])
def test_a_mark_is_told_what_is_so_on_both_sides_of_each_border(data: str) -> None:
    prompt = predictions.limit_of(problem(data)[0], 0)
    limit = prompt.answer
    for multiple, kind in BORDERS.items():
        judgement = prompt.judge(multiple * limit)
        assert judgement.kind == kind
        factor = steep_factor(prompt.dataset, multiple * limit)
        said = judgement.feedback
        slow = theory.verdict(prompt.dataset, multiple * limit) == "slow"
        assert ("creeps" in said) == slow
        assert ("does not even cross the valley" in said) == (factor > 0.1 and not slow)
        assert ("about twice as far" in said) == (abs(factor) < 0.1)
        assert ("still calms down" in said) == (-0.905 < factor < -0.1)
        assert judgement.right == (-1.1 < factor < -0.905)
        assert ("explode already below your mark" in said) == (-5 < factor < -1.1)
        # A third of the rate still explodes.
        assert ("Much smaller rates explode as well" in said) == (
            steep_factor(prompt.dataset, multiple * limit / 3) < -1
        )


def test_where_the_zigzag_begins_each_crossing_is_shorter_than_the_last() -> None:
    dataset, _ = problem("lesson")
    prompt = predictions.limit_of(dataset, 0)
    assert prompt.dataset is dataset
    said = prompt.judge(0.54 * prompt.answer)
    assert "about where the zigzag begins" in said.feedback
    assert -1 < steep_factor(dataset, 0.54 * prompt.answer) < 0
    assert prompt.judge(prompt.answer * 1.04).right
    assert not prompt.judge(prompt.answer * 1.06).right


def test_other_units_of_x_move_the_limit() -> None:
    dataset, _ = problem("lesson")
    limits = {}
    for seed in SEEDS:
        prompt = predictions.limit_of(dataset, seed)
        np.testing.assert_array_equal(prompt.dataset.x, prompt.stretch * dataset.x)
        limits[prompt.stretch] = prompt.answer
    assert list(np.diff([limits[stretch] for stretch in sorted(limits)]) < 0) == [True] * 5


def test_each_picture_is_a_run_at_its_rate(given: tuple[Dataset, Line]) -> None:
    dataset, _ = given
    for seed in SEEDS:
        prompt = predictions.pictures(dataset, seed)
        verdicts = [
            theory.verdict(dataset, multiple * theory.stable_limit(dataset))
            for multiple in prompt.multiples
        ]
        assert sorted(verdicts) == ["explodes", "good", "slow", "zigzag"]
        best, axes = theory.best_fit(dataset), theory.curvature(dataset)
        off = -float(np.std(dataset.y)) * math.sqrt(2 / axes.steep)
        start = Line(best.w + off * axes.steep_axis[0], best.b + off * axes.steep_axis[1])
        limit = theory.stable_limit(dataset)
        rates = tuple(multiple * limit for multiple in prompt.multiples)
        history = train(dataset, TrainingConfig(rates, predictions.PICTURE_STEPS, start))
        _, steep = theory.axis_errors(dataset, history.w, history.b)
        drawn = steep / np.max(np.abs(steep), axis=1, keepdims=True)
        np.testing.assert_allclose(prompt.errors(), drawn, atol=1e-6)
        judgements = [prompt.judge(choice) for choice in range(4)]
        assert_own_feedback(judgements)
        assert judgements[prompt.answer].right
        asked = prompt.multiples[prompt.answer]
        assert f"{readable(asked)} of the limit" in prompt.question
        assert f"= {readable(1 - 2 * asked)}:" in judgements[prompt.answer].feedback
        for errors, choice in zip(prompt.errors(), range(4), strict=True):
            signs, sizes = np.sign(errors[np.abs(errors) > 1e-9]), np.abs(errors)
            said = prompt.judge(choice).feedback.split(". ")[0]
            if choice != prompt.answer:
                assert ("changes its side" in said) == (set(signs) == {-1, 1})
                assert ("farther off" in said) == (sizes[-1] > sizes[0])
                assert ("within a few steps" in said) == (sizes[6] < 0.01)


def test_the_first_question_asks_for_097_of_the_limit() -> None:
    prompt = predictions.pictures(make_noisy_line(), 0)
    assert prompt.multiples[prompt.answer] == 0.97


def test_the_same_seed_asks_the_same_and_others_ask_something_else() -> None:
    dataset, start = problem("lesson")
    for make in (
        lambda seed: str(predictions.least_wrong(dataset, seed).lines),
        lambda seed: str(getattr(predictions.which_way(dataset, start, seed), "place", None)),
        lambda seed: predictions.limit_of(dataset, seed).question,
        lambda seed: str(predictions.pictures(dataset, seed).multiples),
    ):
        assert make(3) == make(3)
        assert len({make(seed) for seed in range(6)}) >= 5


# The pages

DATA, SURFACE, STEPS, RATES = (
    f"lessons/{name}.py" for name in ("data", "loss_surface", "gradient_steps", "learning_rates")
)
CHOICES = ((DATA, "data"), (SURFACE, "loss-surface"), (RATES, "picture"))


def fresh_page(file: str, **address: str) -> AppTest:
    """Open a page with nothing answered yet; on Learning rates only the limit is."""
    app = open_page(file, **{"show": "", **address})
    if file == RATES:
        app.button(key="show_learning-rates").click().run()
        assert_whole(app)
    return app


def made(name: str, dataset: Dataset, start: Line, seed: int) -> Any:  # noqa: ANN401
    return {
        "data": lambda: predictions.least_wrong(dataset, seed),
        "loss-surface": lambda: predictions.which_way(dataset, start, seed),
        "picture": lambda: predictions.pictures(dataset, seed),
    }[name]()


@pytest.mark.parametrize(("file", "name"), CHOICES)
@pytest.mark.parametrize("data", some(["lesson", "cars"], "lesson"))
def test_each_choice_is_answered_and_can_be_tried_again(file: str, name: str, data: str) -> None:
    app = fresh_page(file, data=data)
    dataset, start = problem(data)
    for seed in range(3):
        prompt = made(name, dataset, start, seed)
        options = app.radio(key=f"choice_{name}_{seed}").options
        choice = (prompt.answer + seed) % len(options)
        assert app.button(key=f"judge_{name}").disabled
        app.radio(key=f"choice_{name}_{seed}").set_value(choice).run()
        judgement = judged(prompt, choice)
        assert judgement.feedback not in said(app)
        app.button(key=f"judge_{name}").click().run()
        assert_whole(app)
        assert f"**{judgement.measure}.** {judgement.feedback}" in said(app)
        assert len(app.success) == int(judgement.right)
        assert f"predict:{name}" in app.session_state.done
        app.button(key=f"another_{name}").click().run()
        assert_whole(app)


def said(app: AppTest) -> str:
    return "\n".join([words(app), *(element.value for element in app.success)])


def test_a_dragged_line_is_sent_as_two_ends() -> None:
    app = fresh_page(STEPS)
    sent = json.loads(component(app, "predicted_ends"))
    dataset, start = problem("lesson")
    window = frames.fit_window(dataset, [start, theory.best_fit(dataset)], headroom=0.25).iloc[0]
    assert sent["pad"]["bounds"] == pytest.approx(
        {name: window[name] for name in ("x_low", "x_high", "y_low", "y_high")}
    )
    assert (sent["pad"]["y"], sent["pad"]["y_right"], sent["pad"]["drag"]) == (
        "left",
        "right",
        True,
    )
    prompt = predictions.after_steps(dataset, start, 0)
    assert prompt is not None
    ends = prompt.answer.at(window[["x_low", "x_high"]].to_numpy(float))
    assert (window["y_low"] < ends).all()
    assert (ends < window["y_high"]).all()  # the right answer is inside of the picture


@pytest.mark.parametrize("data", ["lesson", "cars", "forbes"])
def test_learning_rates_keeps_the_limit_to_itself_until_it_is_asked_for(data: str) -> None:
    app = open_page(RATES, show="", data=data)
    limit = theory.stable_limit(problem(data)[0])
    spoilers = {
        write(value) for value in (limit, limit / 2) for write in (readable, readable_below)
    }
    assert not any(spoiler in words(app) for spoiler in spoilers)
    assert "What to remember" in words(app)
    assert not app.table
    app.button(key="show_learning-rates").click().run()
    assert_whole(app)
    assert readable_below(limit) in words(app)
    assert "done" not in app.session_state or "predict:learning-rates" not in app.session_state.done
    app.switch_page(DATA).run()
    app.switch_page(RATES).run()
    assert readable_below(limit) in words(app)


def test_the_rates_of_a_link_wait_for_the_prediction() -> None:
    app = open_page(RATES, show="", lrs=["0.1", "0.3"])
    app.button(key="show_learning-rates").click().run()
    assert_whole(app)
    assert rates_box(app).value == ["0.1", "0.3"]


def test_the_way_down_shows_on_the_map_after_it_was_predicted() -> None:
    app = open_page(SURFACE, show="")
    assert not any("tape.gradient" in text.value for text in app.markdown)
    app.button(key="show_loss-surface").click().run()
    assert_whole(app)
    assert any("tape.gradient" in text.value for text in app.markdown)


@pytest.mark.parametrize(
    ("file", "name"),
    [
        (DATA, "data"),
        (SURFACE, "loss-surface"),
        (STEPS, "gradient-steps"),
        (RATES, "learning-rates"),
    ],
)
def test_show_all_folds_the_prompts_and_other_data_folds_those_that_were_answered(
    file: str, name: str
) -> None:
    app = open_page(file, show="all")
    assert not any(button.key == f"show_{name}" for button in app.button)
    app.button(key=f"again_{name}").click().run()
    assert_whole(app)
    app.button(key=f"show_{name}").click().run()
    app.button(key=f"fold_{name}").click().run()
    assert_whole(app)
    app = open_page(file, show="")
    app.button(key=f"show_{name}").click().run()
    type_number(app, "seed", 5)
    assert_whole(app)
    assert any(button.key == f"again_{name}" for button in app.button)
    assert not any(button.key == f"show_{name}" for button in app.button)


EXTREMES: list[dict[str, str]] = [
    {"true_w": "0", "true_b": "0", "noise": "0", "start_w": "0", "start_b": "0"},
    {"data": "own", "points": "0_0~1_0~2_0"},
    {"data": "own", "points": "1e20_0~2e20_1~4e20_3"},
    {"data": "own", "points": "0_1e40~1_2e40~2_4e40", "start_w": "1e9"},
    {"data": "own", "points": "0_0~1e-90_1~3e-90_2"},
    {"standardize": "true", "data": "forbes"},
]


@pytest.mark.parametrize("file", [DATA, SURFACE, STEPS, RATES])
@pytest.mark.parametrize("address", some(EXTREMES, EXTREMES[0], EXTREMES[3]))
def test_extremes_can_be_asked_about_too(file: str, address: dict[str, str]) -> None:
    app = fresh_page(file, **address)
    for _ in range(3):
        for button in [b for b in app.button if (b.key or "").startswith(("show_", "another_"))]:
            if button.key != "show_best":
                button.click().run()
                assert_whole(app)
