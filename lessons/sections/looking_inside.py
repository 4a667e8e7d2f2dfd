"""What the best network looks for, and what it gets most wrong: a part of Hot dog or not."""

import math

import numpy as np

from core import cache
from core.figures import images
from core.network.runs import HELD_OUT, picture_losses
from lessons.sections.best_rate import Networks
from lessons.widgets.page import text
from lessons.widgets.pictures import show_pictures, show_strip
from lessons.widgets.words import plain, say

_MOST_WRONG = 12


def look_inside(networks: Networks) -> None:
    """Draw the weights of the hidden units, and the pictures with the largest loss."""
    if not networks.are_whole:
        text(say("hot_dog.inside_wait"))
        return
    best = networks.question.best[0]
    config, history = networks.configs[best], networks.histories[best]
    text(
        say(
            "hot_dog.inside",
            rate=config.learning_rate,
            is_stopped=history.diverged_at >= 0,
            taken=int(history.steps[-1]),
        )
    )
    for name, (row, units) in images.unit_pictures(history).items():
        shown, side = min(units, images.UNITS_SHOWN), plain(f"hot_dog.inside_{name}")
        text(say("hot_dog.inside_units", side=side, shown=shown, units=units))
        show_strip(row, plain("hot_dog.inside_units_alt", side=side, shown=shown))
    text(say("hot_dog.inside_wrong"))
    _, held_out = cache.pictures(config.clutter)
    costs = picture_losses(history.scores, held_out.truth)
    show_pictures(*images.most_wrong(held_out, costs, _MOST_WRONG), width=76)
    text(
        say(
            "hot_dog.inside_costs",
            half_loss=float(np.median(costs)),
            shown=_MOST_WRONG,
            held_out=HELD_OUT,
            share=float(np.sort(costs)[-_MOST_WRONG:].sum() / costs.sum()),
            blind_loss=math.log(2),
        )
    )
