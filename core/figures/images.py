"""The network's input pictures, and its weights, as images."""

import numpy as np
from numpy.typing import NDArray

from core.network.pictures import SIZE, Pictures
from core.network.runs import FloatArray, NetworkHistory
from core.words.writing import readable

Image = NDArray[np.uint8]
_ENLARGED = 4
UNITS_SHOWN, _GAP = 8, 2


def _enlarged(picture: NDArray[np.uint8]) -> Image:
    """Enlarge a picture, so that its pixels stay sharp."""
    return picture.repeat(_ENLARGED, axis=0).repeat(_ENLARGED, axis=1)


def gallery(pictures: Pictures, each: int) -> tuple[list[Image], list[str]]:
    """Choose the first hot dogs and the first other pictures; return them with captions.

    Parameters
    ----------
    each : int
        How many of each kind; three times as many hot dogs.
    """
    images, captions = [], []
    names = sorted(set(pictures.kinds.tolist()), key=lambda name: (name != "hot dog", name))
    for name in names:
        count = 3 * each if name == names[0] else each
        for place in np.flatnonzero(pictures.kinds == name)[:count]:
            images.append(_enlarged(pictures.pixels[place]))
            captions.append(name)
    return images, captions


def most_wrong(pictures: Pictures, losses: FloatArray, count: int) -> tuple[list[Image], list[str]]:
    """Choose the pictures with the largest loss, with captions: the label and the loss."""
    places = np.argsort(-losses, kind="stable")[:count]
    images = [_enlarged(pictures.pixels[place]) for place in places]
    captions = [f"{pictures.kinds[place]}: {readable(losses[place])}" for place in places]
    return images, captions


def unit_pictures(history: NetworkHistory) -> dict[str, tuple[Image, int]]:
    """Draw the weights of the hidden units that count for a hot dog, and of those against it.

    Grey is a weight of 0; each unit is scaled so that its largest weight has full contrast. Units
    are ranked by the norm of their input weights times their output weight.

    Returns
    -------
    dict
        For "for" and "against", if there are any: up to eight units in a row, those that matter
        most first, and how many there are in all.
    """
    weights = history.looks_for.astype(np.float64)
    size = np.sqrt(np.square(weights).sum(axis=(1, 2, 3)))
    importance = np.abs(history.speaks_for) * size
    rows = {}
    for side, chosen in (("for", history.speaks_for > 0), ("against", history.speaks_for <= 0)):
        units = np.flatnonzero(chosen)
        units = units[np.argsort(-importance[units], kind="stable")]
        if units.size:
            rows[side] = _in_a_row(weights[units[:UNITS_SHOWN]]), int(units.size)
    return rows


def _in_a_row(weights: FloatArray) -> Image:
    """Put pictures of weights side by side, with transparent gaps."""
    largest = np.abs(weights).max(axis=(1, 2, 3), keepdims=True)
    shades = np.round(127.5 + 127.5 * weights / np.where(largest > 0, largest, 1)).astype(np.uint8)
    row = np.zeros((SIZE, UNITS_SHOWN * (SIZE + _GAP) - _GAP, 4), dtype=np.uint8)
    for place, picture in enumerate(shades):
        left = place * (SIZE + _GAP)
        row[:, left : left + SIZE, :3] = picture
        row[:, left : left + SIZE, 3] = 255
    return _enlarged(row)
