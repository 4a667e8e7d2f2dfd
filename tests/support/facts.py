"""Sample values of all names that the sections of ``core/words`` use.

A name means the same in all sections, so it stands here once. The first value of each is the usual
one: a section is rendered with each value of a name while the others have their first.
"""

from collections.abc import Sequence
from datetime import date

from core.datasets import Line
from core.words import Sentence

NUMBERS = (0.25, 0.0, -3.5, 1e-9, 2.5e8)
POSITIVE = (0.25, 1e-9, 2.5e8)
WHOLE = (20, 0, 1, 1_234_567)
# Text that a learner types, or that stands in their file: Markdown and HTML in it are only text.
TEXTS = ("speed", "<b>*speed*</b> [a](b) $x$ #1 | `y`_", "www.example.org")
FLAGS = (False, True)

LINES = (Line(0.1, 0.5), Line(0.0, 0.0), Line(-2.5e8, -1e-9))
NAMES = (["speed", TEXTS[1]], ["distance"])
CELL = Sentence("reading.unreadable_cell", row=1200, column=TEXTS[1], cell=TEXTS[1])
BETWEEN = (Sentence("reading.way_dots_between"), Sentence("reading.way_spaces_between"))
ROWS = Sentence("reading.rows", row_numbers=[9, 1200], more=1_234)

VALUES: dict[str, Sequence[object]] = {
    "after": LINES,
    "all": WHOLE,
    "as_decimal": ("1.234",),
    "as_thousands": ("1234",),
    "axis": ("x", "y"),
    "b": NUMBERS,
    "because": TEXTS,
    "before": LINES,
    "begin": TEXTS,
    "cell": (*TEXTS, Sentence("reading.long_cell", begin=TEXTS[1], length=1_234)),
    "cells": WHOLE,
    "cells_of_row": WHOLE,
    "characters": WHOLE,
    "chosen": ("A", "B"),
    "column": TEXTS,
    "column_count": WHOLE,
    "columns": [Sentence("reading.columns", names=names, more=3) for names in NAMES],
    "control": TEXTS,
    "course": TEXTS,
    "data": TEXTS,
    "date": (date(2024, 2, 1),),
    "digits": ("1234",),
    "factor": NUMBERS,
    "feedback": TEXTS,
    "first_day": ("2024-02-01",),
    "first_reading": (Sentence("reading.reading_as_date", date=date(2024, 2, 1)),),
    "goal": POSITIVE,
    "groups": ([Sentence("reading.totals_left_out", which_rows=ROWS, name=TEXTS[1])],),
    "height": POSITIVE,
    "height_loss": POSITIVE,
    "high": NUMBERS,
    "is_exact": FLAGS,
    "is_high": FLAGS,
    "is_steep": FLAGS,
    "known": FLAGS,
    "label": TEXTS,
    "large": POSITIVE,
    "least": WHOLE,
    "least_loss": (0.25, 0.0),
    "least_off": (0.5, 0.0),
    "left": WHOLE,
    "left_out": WHOLE,
    "length": WHOLE,
    "line": LINES,
    "listed_cells": ([CELL], [CELL, CELL]),
    "low": NUMBERS,
    "lowest": (0.25, 0.0, 1e-9, 2.5e8),
    "mean": NUMBERS,
    "measure": TEXTS,
    "megabytes": WHOLE,
    "miss": POSITIVE,
    "more": (0, 3, 1_234),
    "most": (*WHOLE, 1e100),
    "moves": FLAGS,
    "n": WHOLE,
    "name": TEXTS,
    "names": NAMES,
    "noise": (-0.5,),
    "number": WHOLE,
    "numbers": WHOLE,
    "off": POSITIVE,
    "one_number": ("0.5",),
    "others": ((0.5, 0.75),),
    "pins": WHOLE,
    "place": WHOLE,
    "points_drawn": (1_000,),
    "points_in_all": (5_000, 1_000),
    "problem": TEXTS,
    "problems": ([Sentence("errors.no_number", text=text) for text in TEXTS],),
    "question": TEXTS,
    "rate": POSITIVE,
    "reason": TEXTS,
    "residuals_drawn": (250,),
    "right": ("C",),
    "row": WHOLE,
    "row_count": (1, 1200),
    "row_numbers": ([9], [9, 1200]),
    "rows": WHOLE,
    "scale": POSITIVE,
    "second_reading": (Sentence("reading.reading_as_number", digits="1.234"),),
    "seed": (-3,),
    "several": (["0", "5"],),
    "share": (0.97, 0.0),
    "shortened": ("1.2",),
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
    "ways": ([Sentence("reading.way_both")], [Sentence("reading.way_comma"), *BETWEEN]),
    "which_rows": (ROWS,),
    "width": WHOLE,
    "wrong": (Sentence("errors.pin_keys", names=NAMES[0]),),
    "x_label": TEXTS,
    "x_values": WHOLE,
    "y": NUMBERS,
    "y_label": TEXTS,
    "y_values": WHOLE,
}
