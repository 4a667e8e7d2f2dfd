"""The chart of the report: the data, and the lines that were found on it."""

from functools import partial

import altair as alt

from core import theory
from core.datasets import Dataset
from core.figures import frames, tables
from core.figures.parts import WINDOW, FitAxes, Spec, carry, finish, kept_for_names
from core.figures.registry import Picture, figure


@kept_for_names
def _points_and_lines(x_label: str, y_label: str, lines: tuple[str, ...]) -> Spec:
    """Draw the data, and the named ones of the true line and the best fit.

    Tables: points, window; with lines also fixed.
    """
    axes = FitAxes(x_label, y_label)
    fixed = [axes.fixed_lines("true line" in lines, has_guess=False)] if lines else []
    return finish(alt.layer(carry("window"), axes.points(), *fixed).add_params(WINDOW))


@figure("reported")
def reported(dataset: Dataset, revealed: bool) -> Picture:
    """Show the data; once the best fit is found, with it and the true line."""
    lines = frames.known_lines(dataset) if revealed else {}
    return Picture(
        spec=_points_and_lines(dataset.x_label, dataset.y_label, tuple(lines)),
        tables={
            "points": frames.points(dataset),
            "window": frames.fit_window(dataset, list(lines.values())),
            **({"fixed": frames.line_rows(lines)} if lines else {}),
        },
        facts={
            "dataset": dataset,
            "revealed": revealed,
            "best": theory.best_fit(dataset),
            "true_line": dataset.true_line,
        },
        numbers=partial(tables.points, dataset, lines),
    )
