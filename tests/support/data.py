"""Data for tests: random data and starts, own points in an address, a class's table."""

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from core.datasets import Dataset, Line
from core.theory import best_fit, curvature

SEEDS = st.integers(0, 2**32 - 1)


def scatter(seed: int, n: int, spread: float, offset: float, noise: float = 0.3) -> Dataset:
    """Draw points around some line: x around ``offset`` spreads, y of order 1."""
    rng = np.random.default_rng(seed)
    z = rng.normal(0, 1, n)
    slope, level = rng.uniform(-1, 1, 2)
    y = slope * z + level + noise * rng.normal(0, 1, n)
    return Dataset(spread * (z + offset), y)


@st.composite
def datasets(draw: st.DrawFn, max_condition: float = 1e6) -> Dataset:
    """Draw data whose valley is at most that long, from nearly round to the limit."""
    dataset = scatter(
        draw(SEEDS),
        draw(st.integers(3, 60)),
        10 ** draw(st.floats(-2.5, 2.5)),
        draw(st.sampled_from([-1, 1])) * 10 ** draw(st.floats(-2, 2.5)),
        draw(st.sampled_from([0.0, 0.01, 1.0])),
    )
    assume(curvature(dataset).condition_number <= max_condition)
    return dataset


@st.composite
def problems(draw: st.DrawFn, max_condition: float = 1e6) -> tuple[Dataset, Line]:
    """Draw data and a start that is off by about 1 y-unit along each axis of the bowl."""
    dataset = draw(datasets(max_condition))
    best, axes = best_fit(dataset), curvature(dataset)
    flat, steep = (
        draw(st.sampled_from([-1, 1])) * draw(st.floats(0.1, 10)) / np.sqrt(eigenvalue / 2)
        for eigenvalue in (axes.flat, axes.steep)
    )
    return dataset, Line(
        float(best.w + flat * axes.flat_axis[0] + steep * axes.steep_axis[0]),
        float(best.b + flat * axes.flat_axis[1] + steep * axes.steep_axis[1]),
    )


def own(x: list[float], y: list[float]) -> dict[str, str]:
    """Name some points in an address."""
    points = "~".join(f"{a!r}_{b!r}" for a, b in zip(x, y, strict=True))
    return {"data": "own", "points": points}


HEIGHTS = """Heights of class 7b;;;;
;;;;
Name;Date;Age;Height;Shoe size
;;years;cm;EU
Ann;12.05.2024;12;150,5;36
Ben;13.05.2024;13;NA;38
Cem;12.05.2024;~12;155;37
Dora;12.05.2024;12;absent;36,5
Eli;13.05.2024;14;165,5;40
Gus;12.05.2024;13;158;38
Total;;76;629;226
"""
