"""Small colour pictures, hot dogs and what is not, drawn by NumPy from a seed.

Shapes are painted one over the other, all pictures of a kind at once. Nothing but NumPy is used,
so that the script of a run can carry this file as it is.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SIZE = 24  # pixels each way
HOT_DOG = "hot dog"
Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Pictures:
    """n pictures, and what is on them.

    Parameters
    ----------
    pixels : ndarray of shape (n, 24, 24, 3)
        Red, green, blue, each a whole number from 0 to 255, as a camera gives them.
    kinds : ndarray of shape (n,)
        The name of what is on each.
    """

    pixels: NDArray[np.uint8]
    kinds: NDArray[np.str_]

    @property
    def rows(self) -> NDArray[np.uint8]:
        """The same numbers, one row of 1,728 for each picture."""
        return self.pixels.reshape(len(self.pixels), -1)

    @property
    def truth(self) -> Array:
        """1 for a hot dog, 0 for anything else, shape (n,)."""
        return (self.kinds == HOT_DOG).astype(np.float64)


def make_pictures(n: int, seed: int, clutter: float) -> Pictures:
    """Draw n pictures, about half of them hot dogs, in mixed order.

    Parameters
    ----------
    clutter : float
        From 0, clean, to 1: crumbs lie about, and the camera is noisy.
    """
    rng = np.random.default_rng(seed)
    names = list(PAINTERS)
    hot_dogs = rng.random(n) < 0.5
    kinds = np.where(hot_dogs, names.index(HOT_DOG), rng.integers(1, len(names), n))
    pixels = np.empty((n, SIZE, SIZE, 3), dtype=np.uint8)
    for kind, paint in enumerate(PAINTERS.values()):
        places = np.flatnonzero(kinds == kind)
        pixels[places] = _photograph(rng, len(places), clutter, paint)
    return Pictures(pixels, np.array(names)[kinds])


class _Canvas:
    """n pictures that are being painted; (u, v) runs along and across the thing on each."""

    def __init__(self, rng: np.random.Generator, n: int) -> None:
        self.rng, self.n = rng, n
        along = (np.arange(SIZE) + 0.5) / (SIZE / 2) - 1
        self.x, self.y = along[np.newaxis, np.newaxis, :], along[np.newaxis, :, np.newaxis]
        angle, size = self.any(0, 2 * np.pi), self.any(0.8, 1.1)
        x, y = self.x - self.any(-0.08, 0.08), self.y - self.any(-0.08, 0.08)
        self.u = (np.cos(angle) * x + np.sin(angle) * y) / size
        self.v = (np.cos(angle) * y - np.sin(angle) * x) / size
        shade = self.colour((0.55, 0.55, 0.55), 0.15)
        slope = self.any(-0.12, 0.12) * self.x + self.any(-0.12, 0.12) * self.y
        self.pixels = shade + slope[..., np.newaxis]

    def any(self, low: float, high: float) -> Array:
        """Draw a number for each picture."""
        return self.rng.uniform(low, high, (self.n, 1, 1))

    def colour(self, usual: tuple[float, float, float], spread: float = 0.08) -> Array:
        """Draw a colour for each picture, near the usual one."""
        return np.array(usual) + self.rng.uniform(-spread, spread, (self.n, 1, 1, 3))

    def paint(self, distance: Array, colour: Array) -> None:
        """Cover what lies inside (distance below 0), with an edge a pixel wide."""
        cover = np.clip(0.5 - distance * SIZE / 2, 0, 1)[..., np.newaxis]
        self.pixels = self.pixels + cover * (colour - self.pixels)


def _rod(u: Array, v: Array, half_length: Array | float, radius: Array | float) -> Array:
    """Measure the distance from a rod with round ends."""
    return np.hypot(np.maximum(np.abs(u) - half_length, 0), v) - radius


def _photograph(
    rng: np.random.Generator, n: int, clutter: float, paint: Callable[[_Canvas], None]
) -> NDArray[np.uint8]:
    """Paint a background, crumbs and the thing, under any light, with a noisy camera."""
    canvas = _Canvas(rng, n)
    for _ in range(4):
        x, y = canvas.x - canvas.any(-1, 1), canvas.y - canvas.any(-1, 1)
        there = canvas.any(0, 1) < clutter
        crumb = np.where(there, np.hypot(x, y) - canvas.any(0.1, 0.3), 9.0)
        canvas.paint(crumb, canvas.colour((0.5, 0.5, 0.5), 0.5))
    paint(canvas)
    light = canvas.any(0.75, 1.1)[..., np.newaxis]
    noise = rng.normal(0, 0.15 * clutter, canvas.pixels.shape)
    return np.round(255 * np.clip(canvas.pixels * light + noise, 0, 1)).astype(np.uint8)


_BREAD, _SAUSAGE = (0.85, 0.62, 0.32), (0.68, 0.24, 0.16)


def _hot_dog(c: _Canvas) -> None:
    c.paint(_rod(c.u, c.v, 0.5, c.any(0.36, 0.46)), c.colour(_BREAD))
    c.paint(_rod(c.u, c.v, 0.62, c.any(0.19, 0.25)), c.colour(_SAUSAGE))
    wave = 0.09 * np.sin(c.any(6, 10) * c.u + c.any(0, 2 * np.pi))
    c.paint(_rod(c.u, c.v - wave, 0.55, 0.06), c.colour((0.95, 0.82, 0.12)))


def _bun(c: _Canvas) -> None:
    c.paint(_rod(c.u, c.v, 0.5, c.any(0.36, 0.46)), c.colour(_BREAD))
    c.paint(_rod(c.u, c.v, 0.55, 0.03), c.colour((0.6, 0.4, 0.2)))


def _burger(c: _Canvas) -> None:
    whole = np.hypot(c.u, c.v) - c.any(0.62, 0.74)
    c.paint(whole, c.colour(_BREAD))
    c.paint(np.maximum(whole - 0.05, np.abs(c.v) - 0.24), c.colour((0.35, 0.65, 0.2)))
    c.paint(np.maximum(whole, np.abs(c.v) - 0.14), c.colour((0.4, 0.22, 0.12)))


def _banana(c: _Canvas) -> None:
    bent = c.v - c.any(0.35, 0.6) * (c.u**2 - 0.2)
    c.paint(_rod(c.u, bent, 0.7, c.any(0.14, 0.2)), c.colour((0.95, 0.84, 0.25)))
    c.paint(_rod(np.abs(c.u) - 0.82, bent, 0.03, 0.06), c.colour((0.35, 0.25, 0.1)))


def _carrot(c: _Canvas) -> None:
    c.paint(_rod(c.u + 0.75, c.v, 0.12, 0.16), c.colour((0.25, 0.6, 0.2)))
    taper = c.any(0.2, 0.28) * (0.75 - 0.7 * c.u)
    c.paint(_rod(c.u, c.v, 0.62, taper), c.colour((0.95, 0.5, 0.12)))


def _pencil(c: _Canvas) -> None:
    width = c.any(0.09, 0.15)
    c.paint(_rod(c.u - 0.72, c.v, 0.12, 0.6 * width), c.colour((0.9, 0.75, 0.5)))
    c.paint(_rod(c.u + 0.1, c.v, 0.7, width), c.colour((0.5, 0.5, 0.5), 0.5))


def _ball(c: _Canvas) -> None:
    whole = np.hypot(c.u, c.v) - c.any(0.4, 0.65)
    c.paint(whole, c.colour((0.5, 0.5, 0.5), 0.5))
    c.paint(np.maximum(whole, np.abs(c.v) - 0.15), c.colour((0.5, 0.5, 0.5), 0.5))


def _sausage(c: _Canvas) -> None:
    c.paint(_rod(c.u, c.v, 0.62, c.any(0.19, 0.25)), c.colour(_SAUSAGE))


PAINTERS: dict[str, Callable[[_Canvas], None]] = {
    HOT_DOG: _hot_dog,
    "plain bun": _bun,
    "burger": _burger,
    "banana": _banana,
    "carrot": _carrot,
    "pencil": _pencil,
    "ball": _ball,
    "plain sausage": _sausage,
}
