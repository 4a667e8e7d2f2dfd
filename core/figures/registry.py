"""The register of all charts: the parts of a chart, and its key.

A chart is a function that takes facts (a data set, a run) and gives a ``Picture``; ``@figure`` puts
it into ``FIGURES``. Tests go through the register: every field a specification names is a column of
its table, colours can be told apart, and every picture has words and numbers.

A chart whose specification stays the same is redrawn in place: its sliders keep their places, and
only data go to the browser. So a specification is built once, and holds no number of the data:
those travel in tables, the bounds of the axes too. Sliders are parameters that the page sets from
outside: see ``lessons.widgets.sliders``.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import wraps
from typing import Any, ParamSpec

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Spec = dict[str, Any]
P = ParamSpec("P")
# Columns by name: arrays or lists of one length. A plain value stands in every row, and is the row
# where there is nothing else.
Table = Mapping[str, Any]


def as_columns(table: Table) -> dict[str, NDArray[Any]]:
    """Make every column of a table an array of one length.

    Raises
    ------
    ValueError
        If columns differ in length.
    """
    arrays = np.broadcast_arrays(*map(np.atleast_1d, table.values()))
    return dict(zip(table, arrays, strict=True))


@dataclass(frozen=True, eq=False)
class Picture:
    """What a chart shows at one moment.

    Parameters
    ----------
    spec : dict
        The Vega-Lite specification, without any values of the data: when only the data change,
        the browser updates the chart; when the specification changes, it rebuilds it.
    tables : mapping of str to Table
        The data of the chart, by the names that the specification uses.
    facts : mapping
        The values of its sentences: of section ``<key>`` of ``words/…/figures.md``.
    numbers : callable
        Makes the table of the numbers behind the chart, when someone opens it.
    key : str
        Names the chart on its page; filled in by ``figure``.
    """

    spec: Spec
    tables: Mapping[str, Table]
    facts: Mapping[str, object]
    numbers: Callable[[], pd.DataFrame]
    key: str = field(default="", kw_only=True)


FIGURES: dict[str, Callable[..., Picture]] = {}


def figure(key: str) -> Callable[[Callable[P, Picture]], Callable[P, Picture]]:
    """Register a chart under a key, by which its words and its place on the page are found."""

    def register(make: Callable[P, Picture]) -> Callable[P, Picture]:
        @wraps(make)
        def keyed(*args: P.args, **kwargs: P.kwargs) -> Picture:
            return replace(make(*args, **kwargs), key=key)

        if key in FIGURES:
            raise ValueError(f"two charts have the key {key}")
        FIGURES[key] = keyed
        return keyed

    return register
