"""The first words of each page, which are shown before the app has loaded."""

from core.course.first_run import STEPS
from core.course.mistakes import MISTAKES
from core.words import Sentence

# By the page's name. Those of the other pages depend on what a visit has chosen.
INTRODUCTIONS = {
    "home": Sentence("home.intro", steps=STEPS),
    "data": Sentence("data.intro"),
    "loss_surface": Sentence("loss_surface.intro"),
    "gradient_steps": Sentence("gradient_steps.intro"),
    "learning_rates": Sentence("learning_rates.intro"),
    "mistakes": Sentence("mistakes.intro", scripts=len(MISTAKES)),
}
