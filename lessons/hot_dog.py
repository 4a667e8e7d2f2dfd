"""The page Hot dog or not, which asks whether it still works with thousands of weights."""

import base64
import math
from collections.abc import Sequence
from functools import partial
from io import BytesIO

import numpy as np
import PIL.Image  # a dependency of Streamlit
import streamlit as st

from core import cache
from core.figures import images
from core.figures.network import entropy, network_accuracies, network_losses
from core.network import code as network_code
from core.network.pictures import Pictures
from core.network.runs import (
    FRESH,
    HELD_OUT,
    INPUTS,
    STEPS,
    TRAINED_ON,
    NetworkConfig,
    NetworkHistory,
    picture_losses,
    verdict,
)
from core.parameters import NETWORK_PARTS
from core.runs import LESSON_START
from core.words.writing import VERDICT_WORDS, exact, percent, readable
from lessons.sections import network_training, rate_finding
from lessons.state import visit
from lessons.state.progress import is_done, mark_done
from lessons.widgets.assist import announce
from lessons.widgets.check import check
from lessons.widgets.controls import choose_network_part, clutter, network_configs
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import glossary, heading, next_lesson, open_lesson, takeaway, text

GALLERY_EACH, MOST_WRONG, PICTURE_WIDTH = 2, 12, 84
BLIND_GUESS = math.log(2)
Configs = Sequence[NetworkConfig]
Histories = Sequence[NetworkHistory]

state = st.session_state


def begin_training() -> None:
    """Train, now and after each later change of a control; note that a guess was made."""
    visit.choose(trained=True)
    if state.get("network_guess"):
        mark_done("predict:hot-dog")


def ask(configs: Configs) -> None:
    """Ask the learner to predict the best rate, and offer to train."""
    weights = INPUTS * configs[0].units + 2 * configs[0].units + 1
    question = "which rate will be right most often on the held-out pictures?"
    text(
        f"{weights:,} weights, and {STEPS:,} steps of {configs[0].batch_size} pictures for each "
        f"rate. **Say first**: {question}"
    )
    rates = [exact(config.learning_rate) for config in configs]
    if state.get("network_guess") not in rates:
        state.pop("network_guess", None)
    st.radio(question.capitalize(), rates, index=None, key="network_guess", horizontal=True,
             persist_state="session", label_visibility="collapsed")  # fmt: skip
    st.button("Train", type="primary", key="train", on_click=begin_training)


def ask_again(seed: int) -> None:
    """Ask for a new prediction, for networks with other initial weights."""
    visit.choose(trained=False, net_seed=seed)


def show_curves(configs: Configs, histories: Histories) -> None:
    """Draw how the runs went; those that were stopped have no verdict."""
    rates = [config.learning_rate for config in configs]
    whole = all(history.is_whole for history in histories)
    answers = "; ".join(
        f"{readable(rate)}: {VERDICT_WORDS[verdict(history)] if whole else 'stopped'}, "
        f"{percent(history.held_out_accuracy[-1], 1)} of held-out pictures, "
        f"{percent(history.accuracy[-1], 1)} of those it learns from"
        for rate, history in zip(rates, histories, strict=False)
    )
    announce(
        "networks",
        (*configs, whole),
        f"{'Trained' if whole else 'Stopped'}. {answers} are right.",
        first=True,
    )
    left, right = st.columns(2)
    with left:
        st.markdown("**Loss**: solid on held-out pictures, dotted on those it learns from")
        draw(network_losses(histories, rates))
    with right:
        st.markdown("**Right answers**: blind guessing gives about 50 %")
        draw(network_accuracies(histories, rates))


def best_places(histories: Histories) -> list[int]:
    """Find the runs with the best held-out accuracy, among those that did not diverge if any."""
    some_went_on = any(history.diverged_at < 0 for history in histories)
    ends = {
        place: history.held_out_accuracy[-1]
        for place, history in enumerate(histories)
        if history.diverged_at < 0 or not some_went_on
    }
    return [place for place, end in ends.items() if end == max(ends.values())]


def judge_on_fresh_pictures(config: NetworkConfig, history: NetworkHistory, among: str) -> None:
    """State the accuracy, on fresh pictures, of a network chosen by the held-out ones."""
    held_out, fresh = history.held_out_accuracy[-1], cache.fresh_accuracy(config, history)
    apart = round(100 * (fresh - held_out), 1)  # of the rounded values that are shown
    both = (held_out + fresh) / 2
    by_chance = 100 * math.sqrt(both * (1 - both) * (1 / HELD_OUT + 1 / FRESH))
    text(
        "A rate that is chosen by its score on the held-out pictures may owe some of that score to "
        f"luck. So **{readable(config.learning_rate)}**, {among}, is tried out on {FRESH:,} "
        "fresh pictures that took no part in the choice: it is right on "
        f"**{percent(fresh, 1)}** of them, "
        + (
            f"{abs(apart):.1f} points {'less' if apart < 0 else 'more'} than on the held-out ones."
            if apart
            else "as on the held-out ones."
        )
        + (
            f" (By chance alone two such scores typically lie {by_chance:.1f} points apart.)"
            if by_chance
            else ""
        )
    )


def show_results(configs: Configs, histories: Histories) -> None:
    """Say where the runs ended, what was guessed, and what the verdicts mean."""
    rates = [config.learning_rate for config in configs]
    places = best_places(histories)
    guess, best = state.get("network_guess"), [exact(rates[place]) for place in places]
    if guess in [exact(rate) for rate in rates]:
        named = " and ".join(f"**{rate}**" for rate in best if rate != guess)
        tie = ", equally often" if len(best) > 1 else ""
        as_often = f", and as often {named}" if tie else ""
        stopped = [history.diverged_at >= 0 for history in histories]
        it_is = (
            "It is"
            if not any(stopped)
            else "All were stopped; as last measured, it is"
            if all(stopped)
            else "Of the runs that were not stopped, it is"
        )
        truth = f"So it is{as_often}." if guess in best else f"{it_is} {named}{tie}."
        text(f"You said {guess}. {truth}")
    if not is_done("predict:hot-dog"):
        st.button("Predict first, with another seed", key="ask_again", on_click=ask_again,
                  args=((configs[0].seed + 1) % 1000,))  # fmt: skip
    st.table(network_training.results(histories, rates), hide_index=True)
    if any(history.diverged_at >= 0 for history in histories):
        text(
            "A run whose loss grows a millionfold, or leaves what can be computed with, is "
            "stopped. Its row, and *Look inside*, show the network as it was last measured before, "
            "after the steps in its row: after 0 it has learned nothing. In the choice of a rate, "
            "runs that were not stopped come first."
        )
    among = (
        "the only rate here"
        if len(rates) == 1
        else "best there"
        if len(best) == 1
        else "one of the best there"
    )
    judge_on_fresh_pictures(configs[places[0]], histories[places[0]], among)
    text(
        "The words are those of the page *Learning rates*, but **no formula** gives them here: "
        "they are measured. *Slow*: the loss hardly falls, or falls steadily, and ends above a "
        "quarter of what it began with. *Zigzags*: of what it gains, it loses a third or more "
        "again. *Explodes*: it rises above twice what it began with, or goes up and down and ends "
        "about where it began."
    )
    text(
        "Unlike a line, a network may come back from an explosion. But where its hidden units then "
        "give 0 for every picture, their gradient is 0, too, and no rate can teach them any more."
    )


def address_of(picture: images.Image) -> str:
    """Encode a picture as a data URL.

    Streamlit drops its media files as soon as the page reruns; a browser that is slow to fetch one
    would get an error, and not try again.
    """
    file = BytesIO()
    PIL.Image.fromarray(picture).save(file, "PNG")
    return f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"


def look_inside(rate: float, history: NetworkHistory, held_out: Pictures) -> None:
    """Draw the weights of the hidden units, and the pictures with the largest loss."""
    at = f", last measured at step {history.steps[-1]:,}" if history.diverged_at >= 0 else ""
    text(
        f"This is the network of the rate **{readable(rate)}**{at}. A hidden unit has a weight for "
        "each number of a picture, so its weights **are** a picture: of all pictures that differ "
        "as strongly from grey, it gives most for just that one. Grey is a weight of 0."
    )
    for side, (row, count) in images.unit_pictures(history).items():
        shown = min(count, images.UNITS_SHOWN)
        st.markdown(
            f"**Units that speak {side} a hot dog**: the {shown} that matter most of {count}"
        )
        st.image(
            address_of(row), width=760, alt=f"Weights of {shown} units that speak {side} a hot dog"
        )
    st.markdown("**The most wrong of the held-out pictures**: what they are, and their loss")
    costs = picture_losses(history.scores, held_out.truth)
    most_wrong, captions = images.most_wrong(held_out, costs, MOST_WRONG)
    st.image(list(map(address_of, most_wrong)), captions, width=PICTURE_WIDTH, alt=captions)
    share = np.sort(costs)[-MOST_WRONG:].sum() / costs.sum()
    text(
        f"Half of the held-out pictures cost at most {readable(float(np.median(costs)))} each; "
        f"these {MOST_WRONG} of {HELD_OUT:,} make up **{percent(share, 1)}** of the whole loss. "
        f"Where a picture costs more than {readable(BLIND_GUESS)}, the answer is wrong."
    )


def show_code(configs: Configs) -> None:
    """Offer the script and the notebook of these runs."""
    text(
        "The pictures, the network and the loop, exactly as they run here: one file that needs "
        "TensorFlow, NumPy and Matplotlib, and prints the figures of this page."
    )
    with st.container(horizontal=True):
        st.download_button(
            "Script", partial(network_code.script, configs), "hot_dog.py", "text/x-python",
            on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "Notebook", partial(network_code.notebook, configs), "hot_dog.ipynb",
            "application/x-ipynb+json", on_click="ignore",
        )  # fmt: skip
    st.code(network_code.run_section(configs), language="python")


INSIDE, FIND, EDGE, CODE = NETWORK_PARTS


def go_further(configs: Configs, histories: Histories, held_out: Pictures) -> None:
    """Show the chosen part of the page, and compute no other."""
    text(
        "Look inside the network; find a rate without a formula, by a **range test**; or, "
        "for the curious, watch the **sharpness** of the loss."
    )
    part = choose_network_part()
    if part == INSIDE:
        best = best_places(histories)[0]
        look_inside(configs[best].learning_rate, histories[best], held_out)
    elif part == FIND:
        rate_finding.find_a_rate(configs[0])
    elif part == EDGE:
        rate_finding.at_the_edge()
    else:
        show_code(configs)


open_lesson("hot-dog")
text(
    "A line has two numbers to learn. This network has thousands, and it learns to tell **hot dog "
    "from not hot dog**. The loop stays the same: predict, measure the loss, ask the tape for the "
    "gradient, and subtract it times the learning rate."
)
glossary("hidden unit", "cross-entropy", "held out", "range test", "sharpness", "mini-batch")

heading("The pictures")
clutter_level = clutter()
_, held_out = cache.pictures(clutter_level)
shown, captions = images.gallery(held_out, GALLERY_EACH)
st.image(list(map(address_of, shown)), captions, width=PICTURE_WIDTH, alt=captions)
text(
    f"Each is {held_out.pixels.shape[1]} × {held_out.pixels.shape[2]} pixels of red, green and "
    f"blue: {INPUTS:,} numbers, drawn by a program. About half are hot dogs, at any angle, size "
    f"and light. The network learns from {TRAINED_ON:,} of them. Another {HELD_OUT:,} are "
    "**held out**: no step ever sees them, so they tell whether it learned what a hot dog is, "
    f"or learned its pictures by heart. And {FRESH:,} **fresh** ones wait until a learning rate is "
    "chosen. (The three are often called *training*, *validation* and *test set*.)"
)

heading("The same loop")
line, network = network_code.side_by_side()
left, right = st.columns(2)
with left:
    st.markdown("**The line**")
    st.code(line, language="python")
with right:
    st.markdown("**The network**")
    st.code(network, language="python")
text(
    "Line for line, both do the same; this is the code that runs below. The network's "
    "parameters are tables of numbers, called *weights*. Each **hidden unit** multiplies every "
    "number of a picture by a weight of its own and adds them up; what is below 0 becomes 0 "
    "(`relu`). The second table weighs what the units give: that sum is the **score**, above 0 for "
    "“hot dog”."
    "\n\nOne line is new: before it is subtracted, each gradient is **rounded**, to two or three "
    "digits (`bfloat16`, in which large networks are trained). Computers add long sums in "
    "different orders, and so differ in the last digit; at a large rate each step would multiply "
    "that difference, until the networks have nothing in common. Rounded, the gradients are the "
    "same, and this link gives the same network on any computer."
)

heading("How wrong is an answer?")
left, right = st.columns(2, gap="large")
with left:
    draw(entropy())
with right:
    sure, blind, wrong = (-math.log(probability) for probability in (0.99, 0.5, 0.01))
    text(
        "One could call “hot dog” 1 and “burger” −1, and square how far off the score is; the part "
        "*At the edge* does so. But then a score of 5 for a hot dog, right and very sure, would "
        "cost more than a score of −1, which is wrong. So the score becomes a probability: "
        "1 / (1 + exp(−score)), which is ½ at 0 and close to 1 for a large score. "
        "The loss of a picture is **−log of the probability given to the truth** (Python's "
        "`math.log`); its average is called *cross-entropy*."
    )
    text(
        f"Sure and right (0.99) costs {readable(sure)}, blind guessing (0.5) {readable(blind)}, "
        f"sure and wrong (0.01) {readable(wrong)}: the loss is "
        "**large when the answer is very wrong**, and there is no end to it."
    )

heading("Train it")
configs = network_configs(clutter_level)
trained = visit.get("trained")
before = st.empty()  # cleared when the training begins
if not configs:
    st.info("Type a learning rate above, for example 0.2, and press Enter.")
elif not trained:
    with before.container():
        ask(configs)

if configs and trained:
    histories = network_training.watch(configs)
    if histories:
        show_curves(configs, histories)
    if len(histories) == len(configs) and all(history.is_whole for history in histories):
        show_results(configs, histories)
        heading("Go further")
        go_further(configs, histories, held_out)
numbers_behind_charts()
takeaway(
    "The loop that fits a line trains thousands of weights, too. What is gone is the formula for "
    "the limit: a good rate has to be found by trying, and judged on pictures that neither the "
    "training nor the choice has seen."
)
check("hot-dog", cache.noisy_line(), LESSON_START)
next_lesson("hot-dog")
