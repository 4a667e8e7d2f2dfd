"""The challenge of the page Data: set a line by hand as near to the best fit as one can see."""

from core import theory
from core.course.outlier import without_last_point
from core.datasets import Dataset, Line

_NEARLY = 1.5  # times the lowest loss
_SEEN = 0.02  # of the start's distance from the best fit: nearer cannot be told by eye
_REACHABLE = 1.1  # times the least loss that the sliders can make
_LEAST_SHARE = 1e-6  # times y's variance: the least goal, for points on a line


def goal(dataset: Dataset, start: Line, least_by_sliders: float) -> float:
    """Find the loss that a line by hand has to get below, in y-units².

    Parameters
    ----------
    start : Line
        Where the line by hand begins.
    least_by_sliders : float
        The least loss of the lines that the sliders can make, in y-units².
    """
    lowest = theory.lowest_loss(dataset)
    spread = theory.spread(dataset) or 1.0
    return max(
        0.0 if theory.lies_on_a_line(dataset) else _NEARLY * lowest,
        lowest + (_SEEN * theory.gap(dataset, start)) ** 2,
        _LEAST_SHARE * spread**2,
        _REACHABLE * least_by_sliders,
    )


def kind_of_truth(dataset: Dataset, *, has_outlier: bool) -> str:
    """Name the section of ``data.md`` that describes the true line of this data.

    Parameters
    ----------
    has_outlier : bool
        Whether the last point is an outlier.
    """
    if dataset.true_line is None:
        return "no_true_line"
    if theory.lies_on_a_line(dataset):
        return "true_line_is_best"
    if not has_outlier:
        return "true_line"
    others_are_exact = theory.lies_on_a_line(without_last_point(dataset))
    return "true_line_but_one" if others_are_exact else "true_line_with_outlier"
