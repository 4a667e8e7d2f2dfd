"""Points in the plane, and lines through them."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from core.rounding import known
from core.words import Sentence

FloatArray = NDArray[np.float64]


class DataError(ValueError):
    """Data that no line can be fitted to; its sentence says what is wrong and what to do.

    Parameters
    ----------
    section : str
        The section of ``core.words`` that says it, such as ``reading.two_points``.
    **values
        What the section's template names.
    """

    def __init__(self, section: str, /, **values: object) -> None:
        super().__init__(section)
        self.sentence = Sentence(section, **values)

    def __str__(self) -> str:
        return str(self.sentence)


@dataclass(frozen=True)
class Line:
    """A line ``y = w·x + b``.

    Parameters
    ----------
    w : float
        Slope, in y-units per x-unit.
    b : float
        Intercept, in y-units.
    """

    w: float
    b: float

    def at(self, x: FloatArray) -> FloatArray:
        """Predict y, shape (n,), at x, shape (n,)."""
        return self.w * x + self.b


@dataclass(frozen=True)
class Scaling:
    """How x was standardized: x′ = (x − mean) / scale.

    Parameters
    ----------
    mean, scale : float
        Mean and standard deviation of x, in x-units.
    """

    mean: float
    scale: float

    def to_standardized(self, line: Line) -> Line:
        """Convert a line over x to the same line over x′."""
        return Line(line.w * self.scale, _add(line.b, line.w * self.mean))

    def to_original(self, line: Line) -> Line:
        """Convert a line over x′ to the same line over x."""
        w = line.w / self.scale
        return Line(w, _add(line.b, -w * self.mean))


def _add(one: float, other: float) -> float:
    return float(known(one + other, abs(one) + abs(other)))


MIN_POINTS = 3
MAX_MAGNITUDE = 1e100  # squares times a million must not overflow a float64
# For own points: the lines of a run must be representable and drawable as well.
MAX_OWN_MAGNITUDE = 1e25
MIN_OWN_SPREAD = 1e-20
MIN_RELATIVE_SPREAD = 1e-13  # below it, the spread of x is rounding error of its offset


@dataclass(frozen=True, eq=False)
class Dataset:
    """Points in the plane, checked on construction.

    Parameters
    ----------
    x, y : ndarray of shape (n,)
        Coordinates, in x-units and y-units. At least 3 points, all finite, x not constant.
    name : str
        What the data is called on a page.
    x_label, y_label : str
        Axis names, with units where they are known.
    true_line : Line or None
        The line the points (except an outlier) were generated from; None if there is none.
    left_out : tuple of int
        Rows of the file that are not among the points, because a cell in them holds no value.
    recipe : str
        Lines of Python that make x and y, for generated points.
    scaling : Scaling or None
        How x was standardized, if it was; then x has mean 0 and mean square 1.

    Raises
    ------
    DataError
        If the points do not determine a line, or squares of them would overflow.
    """

    x: FloatArray
    y: FloatArray
    name: str = "data"
    x_label: str = "x"
    y_label: str = "y"
    true_line: Line | None = None
    left_out: tuple[int, ...] = ()
    recipe: str = ""
    scaling: Scaling | None = None

    def __post_init__(self) -> None:
        for label, values in ((self.x_label, self.x), (self.y_label, self.y)):
            _check_column(label, values, MAX_MAGNITUDE)
        if self.x.shape != self.y.shape:
            raise DataError("reading.unpaired", x_values=self.x.size, y_values=self.y.size)
        if self.n < MIN_POINTS and self.n != 2:
            raise DataError("reading.too_few_points", n=self.n, least=MIN_POINTS)
        spread = float(np.ptp(self.x))
        if spread == 0.0 or spread <= MIN_RELATIVE_SPREAD * float(np.max(np.abs(self.x))):
            raise DataError("reading.constant_x", column=self.x_label, value=self.x[0])
        _check_spread(self.x_label, spread, 1 / MAX_MAGNITUDE)
        if self.n < MIN_POINTS:  # two points with different x: a line fits them exactly
            raise DataError("reading.two_points", least=MIN_POINTS)
        for axis in ("x", "y"):
            values = getattr(self, axis).copy()  # do not freeze the caller's array
            values.setflags(write=False)
            object.__setattr__(self, axis, values)

    @property
    def n(self) -> int:
        """Count the points."""
        return int(self.x.size)

    def from_original(self, line: Line) -> Line:
        """Convert a line from the original units of x to this data's units."""
        return line if self.scaling is None else self.scaling.to_standardized(line)

    def to_original(self, line: Line) -> Line:
        """Convert a line from this data's units to the original units of x."""
        return line if self.scaling is None else self.scaling.to_original(line)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of the points: two data sets share it exactly when their points are equal."""
        return hashlib.sha256(self.x.tobytes() + self.y.tobytes()).hexdigest()

    @cached_property
    def fold(self) -> FloatArray:
        """R, shape (3, 3), all of the data that the loss depends on: loss = ‖R·(w, b, −1)ᵀ‖².

        R is the triangle of the QR factorisation of [x, 1, y]/√n. Unlike sums of squares it
        loses no digits to cancellation; each entry is exact to a rounding error of its column.
        """
        columns = np.column_stack([self.x, np.ones(self.n), self.y]) / math.sqrt(self.n)
        return known(np.linalg.qr(columns, mode="r"), np.linalg.norm(columns, axis=0))


def _check_column(label: str, values: FloatArray, most: float) -> None:
    if values.dtype != np.float64 or values.ndim != 1:
        raise DataError("reading.not_one_column", column=label)
    bad = np.flatnonzero(~(np.abs(values) <= most))
    if bad.size:
        place = int(bad[0])
        raise DataError(
            "reading.too_large", place=place + 1, column=label, value=values[place], most=most
        )


def _check_spread(label: str, spread: float, least: float) -> None:
    if spread < least:
        raise DataError("reading.too_close", column=label, spread=spread)


def own_points(
    x: FloatArray, y: FloatArray, x_label: str, y_label: str, row_numbers: Sequence[int]
) -> Dataset:
    """Make a data set from two columns of a learner, without rows that have an empty cell.

    Parameters
    ----------
    x, y : ndarray of shape (rows,)
        The cells; NaN for an empty one.
    x_label, y_label : str
        The names of the columns.
    row_numbers : sequence of int
        Row numbers as the learner sees them.

    Raises
    ------
    DataError
        If the points do not determine a line, are larger than 1e25, or lie within 1e-20 along x.
    """
    whole = ~(np.isnan(x) | np.isnan(y))
    left_out = tuple(number for number, kept in zip(row_numbers, whole, strict=True) if not kept)
    n = int(np.count_nonzero(whole))
    if n < MIN_POINTS and left_out:
        raise DataError(
            "reading.too_few_whole_rows", n=n, x_label=x_label, y_label=y_label, least=MIN_POINTS
        )
    points = Dataset(
        x[whole],
        y[whole],
        name="Your own data",
        x_label=x_label,
        y_label=y_label,
        left_out=left_out,
    )
    for label, values in ((x_label, points.x), (y_label, points.y)):
        _check_column(label, values, MAX_OWN_MAGNITUDE)
    _check_spread(x_label, float(np.ptp(points.x)), MIN_OWN_SPREAD)
    return points


def standardize(dataset: Dataset) -> Dataset:
    """Measure x in standard deviations from its mean: the same points, in other units.

    y and every line's loss stay the same. The Hessian becomes 2·I on every data set.

    Parameters
    ----------
    dataset : Dataset
        Not standardized yet.

    Returns
    -------
    Dataset
        With ``scaling`` set, and the true line, if there is one, in the new units.
    """
    size = np.linalg.norm(dataset.x) / math.sqrt(dataset.n)
    scaling = Scaling(float(known(dataset.x.mean(), size)), float(dataset.x.std()))
    x = (dataset.x - scaling.mean) / scaling.scale
    return replace(
        dataset,
        x=known((x - x.mean()) / x.std(), 1.0),  # twice: for x far from 0 the first mean is inexact
        x_label=f"{dataset.x_label}, standardized",
        true_line=dataset.true_line and scaling.to_standardized(dataset.true_line),
        recipe=dataset.recipe and f"{dataset.recipe}\nx = (x - x.mean()) / x.std()",
        scaling=scaling,
    )


def with_outlier(dataset: Dataset, x: float, y: float) -> Dataset:
    """Append an outlier.

    Raises
    ------
    DataError
        If the points are then too large to compute with.
    """
    return replace(
        dataset,
        x=np.append(dataset.x, x),
        y=np.append(dataset.y, y),
        recipe=dataset.recipe
        and f"{dataset.recipe}\nx = np.append(x, {x!r})\ny = np.append(y, {y!r})",
    )
