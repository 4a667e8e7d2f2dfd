"""Prediction questions, made from the current data, with computed answers.

Each kind of question is a dataclass with a method ``judge``: it compares the learner's answer with
the computed one, measures the difference, and gives feedback on that answer. The same data, start
and seed make the same question.
"""

import contextlib
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from core import theory
from core.datasets import DataError, Dataset, FloatArray, Line
from core.runs import TrainingConfig
from core.words.writing import readable, readable_below, told_apart


def error_across(dataset: Dataset) -> str:
    """Say in words what the signed error across the valley is, on this data."""
    if theory.across_is_height(dataset):
        w, b = theory.curvature(dataset).steep_axis
        where, _ = told_apart(w / b, w / b + 0.1 * float(np.std(dataset.x)))
        return f"about how far the line is too high (+) or too low (−) at x = {where}"
    return "how far the line is off (the sign says to which side) along the steep axis"


@dataclass(frozen=True)
class Judgement:
    """The assessment of an answer.

    Parameters
    ----------
    kind : str
        Category of the answer; each has its own feedback.
    right : bool
    gap : float
        Distance of the answer from the result; 0 for a perfect answer.
    measure : str
        The gap in words, with its unit.
    feedback : str
        What is right and wrong about this answer.
    """

    kind: str
    right: bool
    gap: float
    measure: str
    feedback: str


def worded(facts: "ChosenLine", say: Callable[..., str]) -> Judgement:
    """Render the texts of a judgement.

    Parameters
    ----------
    say : callable
        Renders a section: ``core.words.say``, or the same in the learner's language.
    """
    values = vars(facts)
    return Judgement(
        facts.kind,
        facts.is_right,
        facts.loss - facts.least_loss,
        say(f"data.predict_{'right' if facts.is_right else 'wrong'}", **values).removesuffix("."),
        say(f"data.predict_{facts.kind}_why", **values),
    )


def _rng(dataset: Dataset, seed: int) -> np.random.Generator:
    """Make a random generator that depends on the data set and the seed."""
    return np.random.default_rng([seed, int(dataset.fingerprint[:8], 16)])


def _letter(choice: int) -> str:
    return "ABCD"[choice]


# Data: which line is the least wrong?


@dataclass(frozen=True)
class ChosenLine:
    """Facts about the line that was chosen as the least wrong.

    Parameters
    ----------
    kind : str
        "right", or what is wrong with it: "height", "slope" or "both".
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

    kind: str
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

    @property
    def is_right(self) -> bool:
        """Whether no line has a lower loss."""
        return self.kind == "right"


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

    @property
    def losses(self) -> list[float]:
        """The loss of each line, in y-units²."""
        return [theory.mse(self.dataset, line) for line in self.lines]

    @property
    def answer(self) -> int:
        """Index of the right line."""
        return int(np.argmin(self.losses))

    @property
    def letters(self) -> list[str]:
        """What the lines are called."""
        return [_letter(place) for place in range(len(self.lines))]

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
            _letter(choice),
            _letter(right),
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
    scatter = 0.0 if theory.lies_on_a_line(dataset) else math.sqrt(theory.mse(dataset, best))
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
_MOVES = {1: "grows", -1: "shrinks"}
_MARGINS = np.array([1.5, 1.4])  # of the map along w and b, as in ``frames.path_window``


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
    question: ClassVar[str] = (
        "Gradient descent takes one small step from the dot on this map. Into which quarter? (A "
        "hint: look along w only. Do the rings get lower to the right, or to the left? Then along "
        "b.)"
    )

    @property
    def choices(self) -> tuple[str, ...]:
        """The four ways in words."""
        return tuple(
            f"{_letter(place)}: w {_MOVES[w]}, b {_MOVES[b]}" for place, (w, b) in enumerate(WAYS)
        )

    @property
    def answer(self) -> int:
        """Index of the right direction: against both slopes."""
        slopes = theory.gradient(self.dataset, self.place)
        return next(i for i, way in enumerate(WAYS) if way[0] * slopes[0] < 0 > way[1] * slopes[1])

    def loss_after(self, choice: int) -> float:
        """Compute the loss after a gradient step, reflected into a quadrant, in y-units²."""
        rate = 0.1 * theory.safe_rate(self.dataset)
        w, b = (rate * abs(slope) for slope in theory.gradient(self.dataset, self.place))
        to = Line(self.place.w + WAYS[choice][0] * w, self.place.b + WAYS[choice][1] * b)
        return theory.gap(self.dataset, to) ** 2 + self._lowest

    def _along(self, axis: int, slope: float) -> tuple[float, float]:
        """Compute by how much a step in w or b alone raises the loss uphill, or lowers it downhill.

        Along w or b alone the loss is a parabola.
        """
        rate = 0.1 * theory.safe_rate(self.dataset)
        bend = rate * float(theory.hessian(self.dataset)[axis, axis]) / 2
        return rate * slope**2 * (1 + bend), rate * slope**2 * (1 - bend)

    @property
    def _lowest(self) -> float:
        return theory.mse(self.dataset, theory.best_fit(self.dataset))

    def judge(self, choice: int) -> Judgement:
        """Judge the choice of a quadrant."""
        right, slopes = self.answer, theory.gradient(self.dataset, self.place)
        wrong = [WAYS[choice][axis] != WAYS[right][axis] for axis in (0, 1)]
        here = theory.gap(self.dataset, self.place) ** 2 + self._lowest
        after, best_after = self.loss_after(choice), self.loss_after(right)
        gap = after - best_after
        if choice == right:
            return Judgement(
                "right", True, 0.0,
                f"No gap: the step lowers the loss by {readable(here - after)}, to "
                f"{readable(after, 4)}",
                f"Against both slopes: along w the loss {_goes(slopes[0])}, so w "
                f"{_MOVES[WAYS[right][0]]}; along b it {_goes(slopes[1])}, so b "
                f"{_MOVES[WAYS[right][1]]}.",
            )  # fmt: skip
        if all(wrong):
            return Judgement(
                "uphill", False, gap,
                f"A gap of {readable(gap)}: your way raises the loss by {readable(after - here)}, "
                f"the step lowers it by {readable(here - best_after)}",
                "That is where the gradient itself points: both slopes are taken with the wrong "
                "sign, and the loss rises fastest. A step goes the opposite way.",
            )  # fmt: skip
        axis = wrong.index(True)
        name, other = "wb"[axis], "wb"[1 - axis]
        up, down = self._along(axis, slopes[axis])
        gap = up + down
        measure = (
            f"A gap of {readable(gap)}: with {name} alone your way raises the loss by "
            f"{readable(up)}, the step lowers it by {readable(down)}"
        )
        best = theory.best_fit(self.dataset)
        beeline = ((best.w - self.place.w) * WAYS[choice][0] > 0) and (
            (best.b - self.place.b) * WAYS[choice][1] > 0
        )
        feedback = (
            f"Right about {other}. But along {name} the loss {_goes(slopes[axis])} here (its slope "
            f"is {readable(slopes[axis])}), so the step makes {name} "
            f"{'larger' if slopes[axis] < 0 else 'smaller'}."
        )
        if beeline:
            feedback += (
                " Yours is the direct way to the best fit. But a step does not know where that is: "
                "it only knows the two slopes under its feet, and they lead across the valley "
                "first."
            )
        return Judgement(f"{name} wrong", False, gap, measure, feedback)


def _goes(slope: float) -> str:
    """Say in words whether the loss rises or falls as w or b grows."""
    return "rises" if slope > 0 else "falls"


def which_way(dataset: Dataset, start: Line, seed: int) -> WhichWay | None:
    """Make the question at a point about as wrong as the start; None if no point is clear enough.

    Most points lie on a wall of the valley, where w and b mostly move in the same direction. So the
    quadrant of the answer is chosen first, and points at random distances from the floor are drawn
    until one has that answer.
    """
    rng = _rng(dataset, seed)
    best, axes = theory.best_fit(dataset), theory.curvature(dataset)
    reach = max(theory.gap(dataset, start), theory.spread(dataset) or 1.0)
    wanted = int(rng.integers(4))
    fallback = None
    for _ in range(200):
        share = 10 ** -rng.uniform(0, 2)  # of the distance: the part across the valley
        flat, steep = (
            side * part * reach * math.sqrt(2 / eigenvalue)
            for side, part, eigenvalue in zip(
                rng.choice([-1, 1], 2),
                rng.uniform(0.4, 0.8) * np.array([math.sqrt(1 - min(share, 0.9) ** 2), share]),
                (axes.flat, axes.steep),
                strict=True,
            )
        )
        place = Line(
            float(best.w + flat * axes.flat_axis[0] + steep * axes.steep_axis[0]),
            float(best.b + flat * axes.flat_axis[1] + steep * axes.steep_axis[1]),
        )
        prompt = WhichWay(dataset, place)
        if _is_clear(prompt):
            fallback = prompt
            if prompt.answer == wanted:
                break
    return fallback


def _is_clear(prompt: WhichWay) -> bool:
    """Whether the gradient, as drawn on the map, is at least 20° off the axes of w and b."""
    dataset, place = prompt.dataset, prompt.place
    shown = [place, theory.best_fit(dataset), dataset.true_line or place]
    size = _MARGINS * np.ptp([[line.w, line.b] for line in shown], axis=0)
    slopes = np.abs(theory.gradient(dataset, place)) * (1 if dataset.scaling else size)
    return bool(min(slopes) > math.tan(math.radians(20)) * max(slopes))


# Gradient steps: where will the line be?

_MULTIPLES, _STEPS = (0.05, 0.125, 0.25, 0.45, 0.9), (10, 50, 200, 1_000)
_NEAR = 0.03  # times the gap of the start: lines nearer than this count as the same
_ROUND = 1.001  # the condition number below which the bowl counts as round
_MOSTLY = 0.7  # at least this share of a distance lies in the direction of the run


@dataclass(frozen=True, eq=False)
class AfterSteps:
    """The question where the line is after some steps at a learning rate.

    Parameters
    ----------
    dataset : Dataset
    start : Line
    multiple : float
        The learning rate, in units of the data's limit.
    steps : int
    """

    dataset: Dataset
    start: Line
    multiple: float
    steps: int

    @property
    def rate(self) -> float:
        """The learning rate."""
        return self.multiple * theory.stable_limit(self.dataset)

    @property
    def question(self) -> str:
        """What is asked."""
        return (
            f"Where will the line be after **{self.steps:,} steps** at a learning rate of "
            f"**{readable(self.rate)}**? Your prediction still lies on the start: drag its two "
            "ends, or move the sliders."
        )

    @property
    def answer(self) -> Line:
        """Where the run ends, by the closed form."""
        config = TrainingConfig((self.rate,), self.steps, self.start)
        w, b = theory.closed_form_path(self.dataset, config)
        return Line(float(w[0, -1]), float(b[0, -1]))

    def apart(self, one: Line, other: Line) -> float:
        """Measure the RMS vertical distance between two lines over the data's x, in y-units."""
        return float(np.linalg.norm(self._vector(one, other)))

    def _vector(self, one: Line, other: Line) -> FloatArray:
        return np.asarray(self.dataset.fold[:, :2] @ [other.w - one.w, other.b - one.b])

    def share(self, line: Line) -> float:
        """Project a line onto the way from the start of the run (0) to its end (1)."""
        way = self._vector(self.start, self.answer)
        return float(way @ self._vector(self.start, line) / (way @ way)) if way.any() else 1.0

    def judge(self, line: Line) -> Judgement:
        """Judge a predicted line."""
        end, best = self.answer, theory.best_fit(self.dataset)
        whole, left = self.apart(self.start, best), theory.gap(self.dataset, end)
        gap, height = self.apart(line, end), self._height(line)
        kind = self._kind(line)
        slope, slopes = "large" if line.w > end.w else "small", told_apart(line.w, end.w)
        reached = "at" if left <= 1e-6 * whole else f"{readable(left)} from"
        about_right = abs(line.w - end.w) * float(np.std(self.dataset.x)) <= 0.1 * gap
        creeps = self._creeps()
        floor = (
            "What is left lies along the floor of the valley, where the slopes are small and "
            "hardly change."
        )
        feedback = {
            "right": "You saw it."
            if left <= _NEAR * whole
            else f"You saw how little that is. {floor}"
            if creeps
            else "A step is learning rate × slope: long at first, then shorter and shorter, as the "
            "slopes flatten. You allowed for it.",
            "stayed": "You left the line almost where it began. Steps add up: there are "
            f"{self.steps:,} of them.",
            "arrived": f"You put it on the best fit already. {floor}"
            if creeps
            else "You put it on the best fit already. The first steps are long, because the "
            "slopes are steep; then they shrink with the slopes, and that much is still left.",
            "slope": "Your line has about the right height in the middle of the points, but its "
            f"slope is too {slope}: {slopes[0]}, the run's is {slopes[1]}.",
            "short": "The run gets farther than you thought: you took it "
            f"{readable(100 * self.share(line), 2)} % of its way. Early steps are the longest.",
            "back": "You took it the other way: a step goes against the gradient, and the line "
            "comes closer to the points.",
            "far": f"You took it farther than it gets. {floor}"
            if creeps
            else "You took it farther than it gets: a step is learning rate × slope, and the "
            "slopes flatten on the way.",
            "aside": f"In the middle of the points your line is {readable(abs(height))} too "
            f"{'high' if height > 0 else 'low'}, and its slope is "
            f"{'about right' if about_right else f'too {slope}'}: {self._direct()}",
        }[kind]
        return Judgement(
            kind,
            kind == "right",
            gap,
            f"A gap of {readable(gap)} (root mean square of the distances) to the result",
            f"After {self.steps:,} steps the line is {reached} the best fit; it began "
            f"{readable(whole)} from it. {feedback}",
        )

    def _direct(self) -> str:
        """Compare the run in words with the direct way to the best fit."""
        best = theory.best_fit(self.dataset)
        if self.apart(self.answer, best) <= _NEAR * self.apart(self.start, best):
            return "this run gets to the best fit, or nearly, so that was the answer."
        if theory.curvature(self.dataset).condition_number < _ROUND:
            return "here the valley is round, and a run goes straight towards the best fit."
        return "a run need not take the direct way to the best fit."

    def _creeps(self) -> bool:
        """Tell whether the run ends near its start, or its gradient hardly shrinks."""
        end, whole = self.answer, self.apart(self.start, theory.best_fit(self.dataset))
        first, last = (
            math.hypot(*theory.gradient(self.dataset, line)) for line in (self.start, end)
        )
        return self.apart(self.start, end) <= _NEAR * whole or last >= 0.8 * first

    def _height(self, line: Line) -> float:
        """Measure how far a line lies above the run's last line at the mean of x, in y-units."""
        return float(np.mean(line.at(self.dataset.x) - self.answer.at(self.dataset.x)))

    def _kind(self, line: Line) -> str:
        """Classify a predicted line: right, or which mistake it is closest to."""
        end, best = self.answer, theory.best_fit(self.dataset)
        near, gap = _NEAR * self.apart(self.start, best), self.apart(line, end)
        if gap <= near:
            return "right"
        if self.apart(line, self.start) <= near:
            return "stayed"
        if self.apart(line, best) <= near:
            return "arrived"
        height = abs(self._height(line))
        if height <= 0.4 * gap and height <= 0.1 * self.apart(self.start, best):
            return "slope"
        share, way = self.share(line), self.apart(self.start, end)
        if share < 0:
            turned_back = -share * way >= _MOSTLY * self.apart(self.start, line)
            return "back" if turned_back else "aside"
        if abs(1 - share) * way < _MOSTLY * gap:
            return "aside"
        return "short" if share < 1 else "far"


def after_steps(dataset: Dataset, start: Line, seed: int) -> AfterSteps | None:
    """Make the question; None if the start is the best fit, up to rounding error.

    The first one asks about 200 steps, at the largest of the rates that do not arrive by then.
    """
    if theory.steps_needed(dataset, theory.safe_rate(dataset), start) == 0:
        return None
    if seed == 0:
        whole = theory.gap(dataset, start)
        first = [AfterSteps(dataset, start, multiple, 200) for multiple in _MULTIPLES]
        on_the_way = [one for one in first if theory.gap(dataset, one.answer) > 2 * _NEAR * whole]
        return (on_the_way or first[:1])[-1]
    rng = _rng(dataset, seed)
    return AfterSteps(dataset, start, float(rng.choice(_MULTIPLES)), int(rng.choice(_STEPS)))


# Learning rates: where do runs begin to explode?

_CLOSE = 1.05  # a mark within this factor of the limit counts as right
_STRETCHES = (1.0, 2.0, 0.5, 3.0, 0.25, 5.0)


@dataclass(frozen=True, eq=False)
class Limit:
    """The question from which learning rate on a run explodes.

    Parameters
    ----------
    dataset : Dataset
    stretch : float
        The factor that x was multiplied by.
    low, high : float
        Ends of the axis on which the answer is marked: powers of ten.
    """

    dataset: Dataset
    stretch: float
    low: float
    high: float

    @property
    def question(self) -> str:
        """What is asked."""
        same = (
            "On this data"
            if self.stretch == 1
            else f"The same points, but every x is multiplied by {readable(self.stretch)}, as if "
            "measured in another unit. Now"
        )
        return (
            f"{same}: above which learning rate does every step jump farther across the valley "
            "than the last, so that the run **explodes**? Mark it on the axis."
        )

    @property
    def answer(self) -> float:
        """The limit, 2/λ₂."""
        return theory.stable_limit(self.dataset)

    def judge(self, rate: float) -> Judgement:
        """Judge a mark on the axis of learning rates."""
        limit = self.answer
        ratio = rate / limit
        times = max(ratio, 1 / ratio)
        factor = 1 - 2 * ratio  # of the error across the valley, per step
        size = readable(abs(factor))
        kind = self._kind(ratio)
        feedback = {
            "right": "There it is: below, each jump across the valley is a little shorter than the "
            "last; above, a little longer, and that is enough. Exactly at the limit the line jumps "
            "for ever, equally far.",
            "far": "Far beyond: at your mark a single step makes the error across the valley "
            f"{size} times as large, on the other side. Much smaller rates explode as well.",
            "above": "Runs explode already below your mark: there each step makes the error across "
            f"the valley {size} times as large, on the other side. Anything above 1 is enough, "
            "however little.",
            "zigzag": "At your mark the line jumps to the other side of the valley at every step. "
            f"But each jump is {size} times as long as the last, so the run still calms down.",
            "turning": "You placed the limit about where the zigzag begins: from there on the line "
            "crosses the valley at every step, but each crossing is still shorter than the last. "
            "The limit is about twice as far.",
            "good": "At your mark the line does not even cross the valley: of the error across "
            f"it each step leaves {size}. There is a lot of room above.",
            "slow": "At your mark the run creeps: of the error across the valley each step leaves "
            f"{size}. Rates can be much larger.",
        }[kind]
        measure = (
            f"Your mark, {readable(rate)}, is {readable(times)} times "
            f"{'as large as' if ratio >= 1 else 'smaller than'} the limit, {readable_below(limit)}"
        )
        return Judgement(kind, kind == "right", times - 1, measure, feedback)

    @staticmethod
    def _kind(ratio: float) -> str:
        if 1 / _CLOSE <= ratio <= _CLOSE:
            return "right"
        if ratio > 1:
            return "above" if ratio < 3 else "far"
        if ratio > 0.55:
            return "zigzag"
        if ratio >= 0.45:
            return "turning"
        return "good" if ratio >= 0.05 else "slow"


def limit_of(dataset: Dataset, seed: int) -> Limit:
    """Make the question: first about the data itself, then about its x in other units."""
    rng = _rng(dataset, seed)
    stretch, stretched = _STRETCHES[seed % len(_STRETCHES)], dataset
    if stretch != 1:
        with contextlib.suppress(DataError):  # stretched x would be out of bounds
            stretched = Dataset(dataset.x * stretch, dataset.y, name=dataset.name)
        stretch = stretch if stretched is not dataset else 1.0
    decade = math.log10(theory.stable_limit(stretched))
    low = math.floor(decade - rng.uniform(0.7, 2.2))
    high = math.ceil(decade + rng.uniform(0.3, 1.5))
    return Limit(stretched, stretch, 10.0**low, 10.0**high)


# Learning rates: which picture belongs to a rate?

PICTURE_STEPS = 24
# How the error behaves, and the range of rates, in units of the limit, that are drawn for it.
_KINDS = {
    "stays on its side and shrinks only little by little": (0.02, 0.04),
    "stays on its side and is gone within a few steps": (0.35, 0.45),
    "changes its side at every step, each time a little less far": (0.9, 0.97),
    "changes its side at every step, each time a little farther off": (1.03, 1.1),
}


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
    choices: ClassVar[tuple[str, ...]] = ("A", "B", "C", "D")

    @property
    def question(self) -> str:
        """What is asked."""
        return (
            "Four runs on this data. Each row shows, step by step, "
            f"{error_across(self.dataset)}, each row on a scale of its own. Which one belongs to a "
            f"learning rate of **{readable(self.multiples[self.answer])} of the limit**?"
        )

    def errors(self) -> FloatArray:
        """Compute the pictures, shape (4, t): signed steep errors, each in units of its largest.

        All runs start with a line that is too low; a step multiplies that error by 1 − rate·λ₂.
        """
        factors = 1 - 2 * np.array(self.multiples)[:, np.newaxis]
        errors = -(factors ** np.arange(PICTURE_STEPS + 1))
        return np.asarray(errors / np.max(np.abs(errors), axis=1, keepdims=True))

    def judge(self, choice: int) -> Judgement:
        """Judge the choice of a picture."""
        asked, chosen = self.multiples[self.answer], self.multiples[choice]
        measure = (
            f"{_letter(choice)} is a run at {readable(chosen)} of the limit, asked for was "
            f"{readable(asked)}"
        )
        wanted = (
            f"At {readable(asked)} of the limit a step multiplies the error by 1 − 2 × "
            f"{readable(asked)} = {readable(1 - 2 * asked)}: it {_looks(asked)}."
        )
        if choice == self.answer:
            measure = f"No gap: {_letter(choice)} is the run at {readable(asked)} of the limit"
            return Judgement("right", True, 0.0, measure, wanted)
        seen = f"In {_letter(choice)} the error {_looks(chosen)}. "
        return Judgement(_looks(chosen), False, abs(chosen - asked), measure, seen + wanted)


def _looks(multiple: float) -> str:
    """Say how the error behaves at a multiple of the limit."""
    return next(looks for looks, multiples in _KINDS.items() if multiple in multiples)


def pictures(dataset: Dataset, seed: int) -> Pictures:
    """Make the question: a slow, a good, a zigzagging and an exploding rate, in some order.

    The first asks for 0.97 of the limit.
    """
    rng = _rng(dataset, seed)
    multiples = [float(rng.choice(kind)) for kind in _KINDS.values()]
    asked = 2 if seed == 0 else int(rng.integers(4))
    if seed == 0:
        multiples = [kind[at] for kind, at in zip(_KINDS.values(), (1, 1, 1, 0), strict=True)]
    order = [int(place) for place in rng.permutation(4)]
    return Pictures(dataset, tuple(multiples[place] for place in order), order.index(asked))
