"""Sample values of all names that the sections of ``core/words`` use.

A name means the same in all sections, so it stands here once. The first value of each is the usual
one: a section is rendered with each value of a name while the others have their first.
"""

from collections.abc import Sequence

from core.datasets import Line

NUMBERS = (0.25, 0.0, -3.5, 1e-9, 2.5e8)
POSITIVE = (0.25, 1e-9, 2.5e8)
WHOLE = (20, 0, 1, 1_234_567)
# Text that a learner types, or that stands in their file: Markdown and HTML in it are only text.
TEXTS = ("speed", "<b>*speed*</b> [a](b) $x$ #1 | `y`_", "www.example.org")
FLAGS = (False, True)

LINES = (Line(0.1, 0.5), Line(0.0, 0.0), Line(-2.5e8, -1e-9))

VALUES: dict[str, Sequence[object]] = {
    "after": LINES,
    "all": WHOLE,
    "axis": ("x", "y"),
    "b": NUMBERS,
    "because": TEXTS,
    "before": LINES,
    "cell": TEXTS,
    "cells": WHOLE,
    "characters": WHOLE,
    "chosen": ("A", "B"),
    "column": TEXTS,
    "control": TEXTS,
    "course": TEXTS,
    "feedback": TEXTS,
    "goal": POSITIVE,
    "height": POSITIVE,
    "height_loss": POSITIVE,
    "high": NUMBERS,
    "is_exact": FLAGS,
    "is_high": FLAGS,
    "is_steep": FLAGS,
    "known": FLAGS,
    "label": TEXTS,
    "large": POSITIVE,
    "least_loss": (0.25, 0.0),
    "least_off": (0.5, 0.0),
    "left": WHOLE,
    "left_out": WHOLE,
    "line": LINES,
    "low": NUMBERS,
    "lowest": (0.25, 0.0, 1e-9, 2.5e8),
    "mean": NUMBERS,
    "measure": TEXTS,
    "miss": POSITIVE,
    "most": WHOLE,
    "moves": FLAGS,
    "n": WHOLE,
    "name": TEXTS,
    "number": WHOLE,
    "off": POSITIVE,
    "others": ((0.5, 0.75),),
    "points_drawn": (1_000,),
    "points_in_all": (5_000, 1_000),
    "problem": TEXTS,
    "problems": TEXTS,
    "question": TEXTS,
    "rate": POSITIVE,
    "residuals_drawn": (250,),
    "right": ("C",),
    "row": WHOLE,
    "rows": WHOLE,
    "scale": POSITIVE,
    "share": (0.97, 0.0),
    "shown": WHOLE,
    "slope_loss": POSITIVE,
    "small": POSITIVE,
    "source": TEXTS,
    "spread": POSITIVE,
    "text": TEXTS,
    "title": TEXTS,
    "true_loss": (0.25, 0.0),
    "twice": POSITIVE,
    "value": NUMBERS,
    "w": NUMBERS,
    "x_label": TEXTS,
    "y": NUMBERS,
    "y_label": TEXTS,
}
