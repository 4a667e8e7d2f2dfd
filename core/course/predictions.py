"""Prediction questions, made from the current data, with computed answers.

Each kind of question is a dataclass with a method ``judge``: it compares the learner's answer with
the computed one, and finds the facts of the feedback on just that answer; ``worded`` puts them into
words. The same data, start and seed make the same question.
"""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np

from core import theory
from core.datasets import DataError, Dataset, FloatArray, Line
from core.runs import TrainingConfig
from core.words import Markdown, Sentence
from core.words.writing import rounded_below

Grade = Literal["right", "close", "wrong"]


def error_across(dataset: Dataset) -> Sentence:
    """Say in words what the signed error across the valley is, on this data."""
    if theory.across_is_height(dataset):
        w, b = theory.curvature(dataset).steep_axis
        nearby = w / b + 0.1 * float(np.std(dataset.x))
        return Sentence("learning_rates.predict_error_as_height", where=w / b, nearby=nearby)
    return Sentence("learning_rates.predict_error")


@dataclass(frozen=True)
class Facts:
    """What an answer's feedback is made of; its sections name the other values.

    Parameters
    ----------
    kind : str
        "right", "close", or what is wrong with the answer: the section ``…_<kind>_why`` says why.
    """

    kind: str
    sections: ClassVar[str]

    @property
    def grade(self) -> Grade:
        """How good the answer is."""
        return "right" if self.kind == "right" else "close" if self.kind == "close" else "wrong"


@dataclass(frozen=True)
class Judgement:
    """The assessment of an answer, in words.

    Parameters
    ----------
    grade : {"right", "close", "wrong"}
    measure : str
        The grade, and how far off the answer is.
    feedback : str
        The same in Markdown, and why.
    """

    grade: Grade
    measure: Markdown
    feedback: Markdown


def worded(facts: Facts, say: Callable[..., Markdown]) -> Judgement:
    """Put a judgement into words.

    Parameters
    ----------
    say : callable
        Renders a section: ``core.words.say``, or the same in the learner's language.
    """
    values = vars(facts)
    grade = say(f"shared.prediction_{facts.grade}")
    measure = say(f"{facts.sections}_{facts.grade}", **values)
    why = say(f"{facts.sections}_{facts.kind}_why", **values)
    return Judgement(
        facts.grade,
        say("shared.prediction_measured", grade=grade, measure=measure),
        say("shared.prediction_judged", grade=grade, measure=measure, why=why),
    )


def _rng(dataset: Dataset, seed: int) -> np.random.Generator:
    """Make a random generator that depends on the data set and the seed."""
    return np.random.default_rng([seed, int(dataset.fingerprint[:8], 16)])


LETTERS = "ABCD"


# Data: which line is the least wrong?


@dataclass(frozen=True)
class ChosenLine(Facts):
    """Facts about the line that was chosen as the least wrong.

    It is "right", or off in "height", "slope" or "both".

    Parameters
    ----------
    chosen, right : str
        The letters of the chosen line and of the right one.
    loss, least_loss : float
        Their losses, in y-units².
    off, least_off : float
        The square roots of these (RMS residuals), in y-units.
    others : tuple of float
        The same for the lines that are not right, ascending.
    height : float
        Vertical distance of the chosen line from the best fit at the mean of x, in y-units.
    is_high, is_steep : bool
        Whether it lies above the best fit there, and whether its slope is larger.
    height_loss, slope_loss : float
        What the errors of height and slope add to the lowest loss, in y-units².
    is_exact : bool
        Whether the best fit goes through every point.
    """

    chosen: str
    right: str
    loss: float
    least_loss: float
    off: float
    least_off: float
    others: tuple[float, ...]
    height: float
    is_high: bool
    is_steep: bool
    height_loss: float
    slope_loss: float
    is_exact: bool
    sections: ClassVar[str] = "data.predict"


@dataclass(frozen=True, eq=False)
class LeastWrong:
    """The question which of three lines has the lowest loss.

    Parameters
    ----------
    dataset : Dataset
    lines : tuple of three Lines
        Called A, B and C.
    """

    dataset: Dataset
    lines: tuple[Line, ...]
    letters: ClassVar[str] = LETTERS[:3]

    @property
    def losses(self) -> list[float]:
        """The loss of each line, in y-units²."""
        return [theory.mse(self.dataset, line) for line in self.lines]

    @property
    def answer(self) -> int:
        """Index of the right line."""
        return int(np.argmin(self.losses))

    def off(self, choice: int) -> tuple[float, float]:
        """Split a line's distance from the best fit into height at the mean of x, and slope.

        Both in y-units, the slope's as the root mean square over the points. The loss of the line
        is the lowest loss plus the squares of the two.
        """
        line, best = self.lines[choice], theory.best_fit(self.dataset)
        middle = np.array([np.mean(self.dataset.x)])
        height = float(line.at(middle)[0] - best.at(middle)[0])
        return height, (line.w - best.w) * float(np.std(self.dataset.x))

    def judge(self, choice: int) -> ChosenLine:
        """Find what is right and what is wrong about a choice."""
        losses, right = self.losses, self.answer
        height, slope = self.off(choice)
        kind = "both"
        if choice == right:
            kind = "right"
        elif abs(slope) < 0.1 * abs(height):
            kind = "height"
        elif abs(height) < 0.1 * abs(slope):
            kind = "slope"
        others = sorted(math.sqrt(loss) for place, loss in enumerate(losses) if place != right)
        return ChosenLine(
            kind,
            LETTERS[choice],
            LETTERS[right],
            losses[choice],
            losses[right],
            math.sqrt(losses[choice]),
            math.sqrt(losses[right]),
            tuple(others),
            abs(height),
            height > 0,
            slope > 0,
            height**2,
            slope**2,
            theory.lies_on_a_line(self.dataset),
        )


_OFF = (1.0, 1.5, 2.2)  # gaps of the three lines, in units of the scatter


def least_wrong(dataset: Dataset, seed: int) -> LeastWrong:
    """Make the question: one line has a wrong height, one a wrong slope, one some of both."""
    rng = _rng(dataset, seed)
    best = theory.best_fit(dataset)
    scatter = 0.0 if theory.lies_on_a_line(dataset) else math.sqrt(theory.lowest_loss(dataset))
    unit = max(scatter, 0.7 * theory.spread(dataset)) or 1.0
    lines = []
    for size, (height, tilt) in zip(
        rng.permutation(_OFF), ((1.0, 0.0), (0.0, 1.0), (0.8, 0.6)), strict=True
    ):
        signs = rng.choice([-1, 1], 2)
        dw = signs[1] * tilt * size * unit / float(np.std(dataset.x))
        db = signs[0] * height * size * unit - dw * float(np.mean(dataset.x))
        lines.append(Line(best.w + float(dw), best.b + float(db)))
    return LeastWrong(dataset, tuple(lines[place] for place in rng.permutation(3)))


# Loss surface: which way is down?

# Signs of the changes of w and b; the letters go around the point from the upper right.
WAYS = ((1, 1), (1, -1), (-1, -1), (-1, 1))
# Width over height of the map's plot, on a phone of 390 px and in a window of 1280 px.
ASPECTS = (1.35, 1.65)
MIN_ANGLE = 20.0  # degrees between a direction and the border of two answers
_MARGINS = np.array([1.5, 1.4])  # of the map along w and b, as in ``frames.path_window``


@dataclass(frozen=True)
class ChosenWay(Facts):
    """Facts about the quadrant that was chosen for a step.

    It is "right", "uphill" along both w and b, or wrong along one of them: "half".

    Parameters
    ----------
    name, right_name : str
        w and b; if only one is wrong, that is ``name``.
    up, down : float
        What the chosen way adds to the loss, and what the step takes from it, in y-units²; if only
        one of w and b is wrong, by that number alone.
    loss_after : float
        The loss after the step, in y-units².
    rises_w, rises_b, rises : bool
        Whether the loss rises as w grows, as b grows, and as ``name`` grows.
    is_beeline : bool
        Whether the best fit lies that way.
    lies_along : str
        The axis along which the step is drawn almost, "w" or "b"; empty where it is seen to lead
        into its quadrant.
    """

    name: str
    right_name: str
    up: float
    down: float
    loss_after: float
    rises_w: bool
    rises_b: bool
    rises: bool
    is_beeline: bool
    lies_along: str
    sections: ClassVar[str] = "loss_surface.predict"


@dataclass(frozen=True, eq=False)
class WhichWay:
    """The question into which quadrant a step of gradient descent leads from a point on the map.

    Parameters
    ----------
    dataset : Dataset
    place : Line
        Where the step begins.
    """

    dataset: Dataset
    place: Line
    letters: ClassVar[str] = LETTERS

    @cached_property
    def slopes(self) -> tuple[float, float]:
        """The slopes of the loss along w and along b."""
        return theory.gradient(self.dataset, self.place)

    @property
    def answer(self) -> int:
        """Index of the right direction: against both slopes."""
        w, b = self.slopes
        return next(i for i, way in enumerate(WAYS) if way[0] * w < 0 > way[1] * b)

    def loss_after(self, choice: int) -> float:
        """Compute the loss after a gradient step, reflected into a quadrant, in y-units²."""
        return theory.mse(self.dataset, self.place) + self._change(*WAYS[choice])

    def _change(self, along_w: int, along_b: int) -> float:
        """Compute by how much a step changes the loss, with these signs of its parts (0: none).

        The loss is a parabola in both, so a step (s, t) adds slopes·(s, t) + ½·(s, t)·H·(s, t).
        """
        rate = 0.1 * theory.safe_rate(self.dataset)
        step = rate * np.abs(self.slopes) * [along_w, along_b]
        return float(step @ self.slopes + step @ theory.hessian(self.dataset) @ step / 2)

    @cached_property
    def angles(self) -> FloatArray:
        """How far the rings, and the step, lead aside of the axes: see ``_angles``."""
        place = np.array([[self.place.w, self.place.b]])
        return _angles(self.dataset, place, np.array([self.slopes]))[0]

    @property
    def lies_along(self) -> str:
        """The axis along which the step is drawn almost; empty if it is seen to be aside of it."""
        if self.angles[1] >= MIN_ANGLE:
            return ""
        place = np.array([[self.place.w, self.place.b]])
        w, b = np.abs(self.slopes) / _size_of_map(self.dataset, place)[0]
        return "w" if w > b else "b"

    def judge(self, choice: int) -> ChosenWay:
        """Judge the choice of a quadrant."""
        way, right = WAYS[choice], WAYS[self.answer]
        wrong = [way[axis] != right[axis] for axis in (0, 1)]
        axis = 1 if wrong == [False, True] else 0
        kind = {0: "right", 1: "half", 2: "uphill"}[sum(wrong)]
        alone = [kind != "half" or axis == place for place in (0, 1)]  # what is told about
        best = theory.best_fit(self.dataset)
        there = (best.w - self.place.w, best.b - self.place.b)
        return ChosenWay(
            kind,
            "wb"[axis],
            "wb"[1 - axis],
            self._change(way[0] * alone[0], way[1] * alone[1]),
            -self._change(right[0] * alone[0], right[1] * alone[1]),
            self.loss_after(self.answer),
            self.slopes[0] > 0,
            self.slopes[1] > 0,
            self.slopes[axis] > 0,
            all(sign * far > 0 for sign, far in zip(way, there, strict=True)),
            self.lies_along,
        )


def _size_of_map(dataset: Dataset, places: FloatArray) -> FloatArray:
    """Compute width and height of the map around each point, both up to a factor: shape (n, 2)."""
    if dataset.scaling is not None:  # both axes have one scale
        return np.ones_like(places)
    shown = [places]
    for line in (theory.best_fit(dataset), dataset.true_line):
        if line is not None:
            shown.append(np.broadcast_to([line.w, line.b], places.shape))
    return np.asarray(_MARGINS * np.ptp(shown, axis=0))


def _angles(dataset: Dataset, places: FloatArray, slopes: FloatArray) -> FloatArray:
    """Measure how far what is seen around points on the map leads aside of its axes, in degrees.

    Parameters
    ----------
    places, slopes : ndarray of shape (n, 2)
        Lines as (w, b), and the slopes of the loss there along both.

    Returns
    -------
    ndarray of shape (n, 2)
        First of the direction straight across the rings, by which one tells the way along w and
        along b; then of the step, as it is drawn. They differ, as w and b have scales of their own.
        Each in the shape of the map in which it is less.
    """
    angles = []
    for width in ASPECTS:
        pixels = np.array([width, 1.0]) / _size_of_map(dataset, places)  # per unit of w and of b
        seen = np.abs([slopes / pixels, slopes * pixels])
        angles.append(np.degrees(np.arctan2(np.min(seen, axis=2), np.max(seen, axis=2))).T)
    return np.asarray(np.min(angles, axis=0))


_DRAWN = 400  # points from which one is taken


def which_way(dataset: Dataset, start: Line, seed: int) -> WhichWay | None:
    """Make the question at a point about as wrong as the start; None if no point is clear enough.

    Most points lie on a wall of the valley, where w and b mostly move in the same direction. So the
    quadrant of the answer is chosen first, and points at random distances from the floor are drawn:
    the first is taken that has that answer, and whose rings and step both show it. The rings must;
    where no step can, or none into that quadrant, do without.
    """
    rng = _rng(dataset, seed)
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    reach = max(theory.gap(dataset, start), theory.spread(dataset) or 1.0)
    wanted = WAYS[int(rng.integers(4))]
    share = 10 ** -rng.uniform(0, 2, _DRAWN)  # of the distance: the part across the valley
    parts = np.column_stack([np.sqrt(1 - np.minimum(share, 0.9) ** 2), share])
    parts *= rng.choice([-1, 1], parts.shape) * rng.uniform(0.4, 0.8, parts.shape) * reach
    curved, directions = np.array([axes.flat, axes.steep]), [axes.flat_axis, axes.steep_axis]
    places = [best.w, best.b] + (parts * np.sqrt(2 / curved)) @ directions
    slopes = (parts * np.sqrt(2 * curved)) @ directions
    seen = _angles(dataset, places, slopes) >= MIN_ANGLE
    worth = 2 * seen[:, 1] + np.all(-np.sign(slopes) == wanted, axis=1)
    order = np.argsort(-worth, kind="stable")
    for place in places[order[seen[order, 0]]]:
        asked = WhichWay(dataset, Line(float(place[0]), float(place[1])))
        if all(asked.slopes) and asked.angles[0] >= MIN_ANGLE:
            return asked
    return None


# Gradient steps: where will the line be?

_RATES = (1.0, 1.2, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)  # times powers of ten
_STEPS = (8, 20, 40, 100, 200)
_USUAL_STEPS = 20
# In units of the start's gap: how near a line counts as right, as very close, as another line.
_RIGHT, _CLOSE, _NEAR = 0.03, 0.1, 0.05
_MOSTLY = 0.7  # at least this share of a distance lies in the direction of the run


@dataclass(frozen=True)
class DrawnLine(Facts):
    """Facts about the line that was drawn for the end of a run.

    It is "right" or "close"; the start: "stayed"; as far again as in the first half: "linear"; the
    best fit: "arrived"; wrong in its "slope" alone; on the way of the run, but too "short" or too
    "far", or the other way: "back"; or "aside" of that way. All distances are in y-units.

    Parameters
    ----------
    off : float
        RMS vertical distance from the line of the run, over the data's x.
    way : float
        The same distance between the start and that line.
    first, second : float
        How far the line moves in the first and in the second half of the steps.
    remaining : float
        Distance of the run's line from the best fit.
    steps, half : int
        The steps of the run, and half of them.
    share : float
        Which part of the run's way the drawn line has come.
    leans : str
        Where a line that is close lies on the way: "short", "far", or "" if rather beside it.
    height : float
        Vertical distance from the run's line at the mean of x.
    is_high, is_steep : bool
        Whether it lies above the run's line there, and whether its slope is larger.
    slope_fits : bool
        Whether its slope is about right.
    slope, end_slope : float
        Its slope, and that of the run's line.
    is_there : bool
        Whether the run has arrived at the best fit, or nearly.
    is_round : bool
        Whether the valley is round, so that runs go straight to the best fit.
    """

    off: float
    way: float
    first: float
    second: float
    remaining: float
    steps: int
    half: int
    share: float
    leans: str
    height: float
    is_high: bool
    is_steep: bool
    slope_fits: bool
    slope: float
    end_slope: float
    is_there: bool
    is_round: bool
    sections: ClassVar[str] = "gradient_steps.predict"


@dataclass(frozen=True, eq=False)
class AfterSteps:
    """The question where the line is after some steps, from where it is after half of them.

    Parameters
    ----------
    dataset : Dataset
    start : Line
    rate : float
        The learning rate.
    steps : int
        A multiple of 4.
    """

    dataset: Dataset
    start: Line
    rate: float
    steps: int

    @cached_property
    def quarters(self) -> dict[int, Line]:
        """The lines of the run at the start and after each quarter of its steps, by closed form."""
        config = TrainingConfig((self.rate,), self.steps, self.start)
        w, b = theory.closed_form_path(self.dataset, config)
        chosen = range(0, self.steps + 1, self.steps // 4)
        return {step: Line(float(w[0, step]), float(b[0, step])) for step in chosen}

    @property
    def half(self) -> Line:
        """The line after half of the steps."""
        return self.quarters[self.steps // 2]

    @property
    def answer(self) -> Line:
        """Where the run ends."""
        return self.quarters[self.steps]

    @property
    def linear(self) -> Line:
        """Where it would end if it came as far again as in the first half."""
        start, half = self.start, self.half
        return Line(2 * half.w - start.w, 2 * half.b - start.b)

    def apart(self, one: Line, other: Line) -> float:
        """Measure the RMS vertical distance between two lines over the data's x, in y-units."""
        return float(np.linalg.norm(self._vector(one, other)))

    def _vector(self, one: Line, other: Line) -> FloatArray:
        return np.asarray(self.dataset.fold[:, :2] @ [other.w - one.w, other.b - one.b])

    def share(self, line: Line) -> float:
        """Project a line onto the way from the start of the run (0) to its end (1)."""
        way = self._vector(self.start, self.answer)
        return float(way @ self._vector(self.start, line) / (way @ way))

    def judge(self, line: Line) -> DrawnLine:
        """Judge a drawn line."""
        end, best = self.answer, theory.best_fit(self.dataset)
        off, way, height = self.apart(line, end), self.apart(self.start, end), self._height(line)
        share, left = self.share(line), theory.gap(self.dataset, end)
        whole = theory.gap(self.dataset, self.start)
        leans = "short" if share < 1 else "far"
        return DrawnLine(
            self._kind(line),
            off,
            way,
            self.apart(self.start, self.half),
            self.apart(self.half, end),
            left,
            self.steps,
            self.steps // 2,
            share,
            leans if abs(1 - share) * way >= _MOSTLY * off else "",
            abs(height),
            height > 0,
            line.w > end.w,
            abs(line.w - end.w) * float(np.std(self.dataset.x)) <= 0.1 * off,
            line.w,
            end.w,
            self.apart(end, best) <= _RIGHT * whole,
            theory.is_round(self.dataset),
        )

    def _height(self, line: Line) -> float:
        """Measure how far a line lies above the run's last line at the mean of x, in y-units."""
        return float(np.mean(line.at(self.dataset.x) - self.answer.at(self.dataset.x)))

    def _kind(self, line: Line) -> str:
        """Classify a drawn line: right, close, or which mistake it is closest to."""
        end, whole = self.answer, theory.gap(self.dataset, self.start)
        gap = self.apart(line, end)
        if gap <= _CLOSE * whole:
            return "right" if gap <= _RIGHT * whole else "close"
        others = {
            "stayed": self.start,
            "linear": self.linear,
            "arrived": theory.best_fit(self.dataset),
        }
        for kind, other in others.items():
            if self.apart(line, other) <= _NEAR * whole:
                return kind
        height = abs(self._height(line))
        if height <= 0.4 * gap and height <= 0.1 * whole:
            return "slope"
        share, way = self.share(line), self.apart(self.start, end)
        if share < 0:
            turned_back = -share * way >= _MOSTLY * self.apart(self.start, line)
            return "back" if turned_back else "aside"
        if abs(1 - share) * way < _MOSTLY * gap:
            return "aside"
        return "short" if share < 1 else "far"


def after_steps(dataset: Dataset, start: Line, seed: int) -> AfterSteps | None:
    """Make the question; None if no case can be answered by looking.

    In each case the movement slows down: had the line come as far again in the second half of the
    steps as in the first, it would be clearly elsewhere. The first case is the clearest one of 20
    steps, of which a part of the way is left. Where the start is the best fit, or differs from it
    only along the floor of a long valley, there is no case.
    """
    errors = theory.axis_errors(dataset, np.array(start.w), np.array(start.b))
    whole = math.hypot(*errors)
    if whole == 0:
        return None
    safe, axes = theory.safe_rate(dataset), theory.curvature(dataset)
    decade = math.floor(math.log10(safe))
    rates = [float(f"{one}e{power}") for power in range(decade - 4, decade + 1) for one in _RATES]
    cases = np.array([(rate, steps) for rate in rates if rate < safe for steps in _STEPS])
    # What remains of the errors along both axes after half of the steps; then after all.
    remains = (1 - np.outer(cases[:, 0], [axes.flat, axes.steep])) ** (cases[:, 1:] / 2)
    first, left = (
        np.linalg.norm(np.array(errors) * part, axis=1) / whole
        for part in (1 - remains, remains**2)
    )
    second, naive = (
        np.linalg.norm(np.array(errors) * part, axis=1) / whole
        for part in (remains * (1 - remains), (1 - remains) ** 2)
    )
    is_clear = (
        (first >= 0.2) & (naive >= np.maximum(0.4 * first, 1.5 * _CLOSE)) & (second >= 1.2 * _CLOSE)
    )
    if seed == 0:
        is_clear &= left >= _CLOSE
    if not is_clear.any():
        return None
    worth = np.minimum(naive, left) * is_clear * (1 + (cases[:, 1] == _USUAL_STEPS))
    place = int(np.argmax(worth))
    if seed:
        place = int(_rng(dataset, seed).choice(np.flatnonzero(is_clear)))
    return AfterSteps(dataset, start, float(cases[place, 0]), int(cases[place, 1]))


# Learning rates: where do runs begin to explode?

_FACTOR_RIGHT, _FACTOR_CLOSE = 1.05, 1.25  # of a mark and the limit
_STRETCHES = (1.0, 2.0, 0.5, 3.0, 0.25, 5.0)
_FROM_ENDS = 0.2  # of the axis, at least, lies on either side of the limit


@dataclass(frozen=True)
class MarkedRate(Facts):
    """Facts about a rate that was marked as the limit.

    It is "right" or "close"; "far" above, or "above"; where runs "zigzag", or begin to: "turning";
    "good" or "slow".

    Parameters
    ----------
    rate, limit : float
        The marked rate, and the limit as it is told: rounded down to three digits.
    times : float
        The larger of the two rates as a multiple of the smaller.
    off : float
        By which share of the limit the mark lies beside it.
    is_above : bool
        Whether it lies above.
    factor : float
        What a step at the mark multiplies the size of the error across the valley by.
    stretch : float
        The factor that x was multiplied by.
    """

    rate: float
    limit: float
    times: float
    off: float
    is_above: bool
    factor: float
    stretch: float
    sections: ClassVar[str] = "learning_rates.predict_limit"


@dataclass(frozen=True, eq=False)
class Limit:
    """The question from which learning rate on a run explodes.

    Parameters
    ----------
    dataset : Dataset
    start : Line
    stretch : float
        The factor that x was multiplied by.
    low, high : float
        Ends of the axis on which the answer is marked: powers of ten.
    """

    dataset: Dataset
    start: Line
    stretch: float
    low: float
    high: float

    @property
    def answer(self) -> float:
        """The limit, 2/λ₂."""
        return theory.stable_limit(self.dataset)

    @property
    def shown(self) -> float:
        """A rate whose first step is shown: it removes a quarter to three fifths of the error."""
        return theory.round_down(0.3 * self.answer)

    def judge(self, rate: float) -> MarkedRate:
        """Judge a mark on the axis of learning rates."""
        ratio = rate / self.answer
        return MarkedRate(
            self._kind(ratio),
            rate,
            rounded_below(self.answer),
            max(ratio, 1 / ratio),
            abs(ratio - 1),
            ratio > 1,
            abs(1 - 2 * ratio),
            self.stretch,
        )

    @staticmethod
    def _kind(ratio: float) -> str:
        times = max(ratio, 1 / ratio)
        if times <= _FACTOR_CLOSE:
            return "right" if times <= _FACTOR_RIGHT else "close"
        if ratio > 1:
            return "above" if ratio < 3 else "far"
        if ratio > 0.55:
            return "zigzag"
        if ratio >= 0.45:
            return "turning"
        return "good" if ratio >= 0.05 else "slow"


def limit_of(dataset: Dataset, start: Line, seed: int) -> Limit:
    """Make the question: first about the data itself, then about its x in other units."""
    rng = _rng(dataset, seed)
    stretch, stretched = _STRETCHES[seed % len(_STRETCHES)], dataset
    if stretch != 1:
        with contextlib.suppress(DataError):  # stretched x would be out of bounds
            stretched = Dataset(dataset.x * stretch, dataset.y, name=dataset.name)
        stretch = stretch if stretched is not dataset else 1.0
    place = math.log10(theory.stable_limit(stretched))
    decade = math.floor(place)
    axes = [
        (low, high)
        for low in range(decade - 2, decade + 1)
        for high in range(decade + 1, decade + 4)
        if _FROM_ENDS <= (place - low) / (high - low) <= 1 - _FROM_ENDS and high - low >= 2
    ]
    low, high = axes[int(rng.integers(len(axes)))]
    return Limit(stretched, Line(start.w / stretch, start.b), stretch, 10.0**low, 10.0**high)


# Learning rates: which picture belongs to a rate?

PICTURE_STEPS = 24
# The verdicts, and the rates, in units of the limit, that are drawn for them.
_SHARES = {"slow": (0.02, 0.04), "good": (0.35, 0.45), "zigzag": (0.9, 0.97),
           "explodes": (1.03, 1.1)}  # fmt: skip


@dataclass(frozen=True)
class ChosenPicture(Facts):
    """Facts about the picture that was chosen for a rate: it is "right" or an "other" one.

    Parameters
    ----------
    chosen : str
        Its letter.
    chosen_share, asked_share : float
        Its rate and the one asked for, in units of the limit.
    factor : float
        What a step at the rate asked for multiplies the error across the valley by.
    chosen_looks, asked_looks : Sentence
        How the errors behave at the two rates.
    """

    chosen: str
    chosen_share: float
    asked_share: float
    factor: float
    chosen_looks: Sentence
    asked_looks: Sentence
    sections: ClassVar[str] = "learning_rates.predict_picture"


@dataclass(frozen=True, eq=False)
class Pictures:
    """The question which of four pictures of errors across the valley belongs to a rate.

    Parameters
    ----------
    dataset : Dataset
    multiples : tuple of four floats
        The rates of the pictures A to D, in units of the data's limit.
    answer : int
        Index of the right picture.
    """

    dataset: Dataset
    multiples: tuple[float, ...]
    answer: int
    letters: ClassVar[str] = LETTERS

    @property
    def asked(self) -> float:
        """The rate that is asked for, in units of the limit."""
        return self.multiples[self.answer]

    def errors(self) -> FloatArray:
        """Compute the pictures, shape (4, t): signed steep errors, each in units of its largest.

        All runs start with a line that is too low; a step multiplies that error by 1 − rate·λ₂.
        """
        factors = 1 - 2 * np.array(self.multiples)[:, np.newaxis]
        errors = -(factors ** np.arange(PICTURE_STEPS + 1))
        return np.asarray(errors / np.max(np.abs(errors), axis=1, keepdims=True))

    def judge(self, choice: int) -> ChosenPicture:
        """Judge the choice of a picture."""
        chosen = self.multiples[choice]
        return ChosenPicture(
            "right" if choice == self.answer else "other",
            LETTERS[choice],
            chosen,
            self.asked,
            1 - 2 * self.asked,
            _looks(chosen),
            _looks(self.asked),
        )


def _looks(share: float) -> Sentence:
    """Say how the error behaves at a share of the limit."""
    kind = next(kind for kind, shares in _SHARES.items() if share in shares)
    return Sentence(f"learning_rates.predict_errors_{kind}")


def pictures(dataset: Dataset, seed: int) -> Pictures:
    """Make the question: a slow, a good, a zigzagging and an exploding rate, in some order.

    The first asks for 0.97 of the limit.
    """
    rng = _rng(dataset, seed)
    multiples = [float(rng.choice(shares)) for shares in _SHARES.values()]
    asked = 2 if seed == 0 else int(rng.integers(4))
    if seed == 0:
        multiples = [shares[at] for shares, at in zip(_SHARES.values(), (1, 1, 1, 0), strict=True)]
    order = [int(place) for place in rng.permutation(4)]
    return Pictures(dataset, tuple(multiples[place] for place in order), order.index(asked))
