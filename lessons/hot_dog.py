"""The page Hot dog or not, which asks whether it still works with thousands of weights."""

import streamlit as st

from core import cache, network_charts, network_code, network_frames
from core.frames import VERDICT_WORDS, readable
from core.network_frames import percent
from core.network_runs import HELD_OUT, INPUTS, STEPS, TRAINED_ON, verdict
from lessons import _training
from lessons._controls import choose_part, clutter, network_configs
from lessons._layout import draw, glossary, heading, open_lesson, takeaway, text

GALLERY_EACH, MOST_WRONG, PICTURE_WIDTH = 2, 12, 96

state = st.session_state
open_lesson("hot-dog")
text(
    "A line has two numbers to learn. This network has thousands, and it learns to tell **hot dog "
    "from not hot dog**. The loop stays the same: predict, measure the loss, ask the tape for the "
    "gradient, and subtract it times the learning rate."
)
glossary("learning rate", "mini-batch", "tape")

heading("The pictures")
clutter_level = clutter()
learned_from, held_out = cache.pictures(clutter_level)
images, captions = network_frames.gallery(held_out, GALLERY_EACH)
st.image(images, captions, width=PICTURE_WIDTH, alt=captions)
text(
    f"Each is {held_out.pixels.shape[1]} × {held_out.pixels.shape[2]} pixels of red, green and "
    f"blue: {INPUTS:,} numbers, drawn by a program. Half are hot dogs, at any angle, size and "
    f"light. The network learns from {TRAINED_ON:,} of them. Another {HELD_OUT:,} are **held "
    "out**: no step ever sees them, so they tell whether it learned hot dogs or only these "
    "pictures."
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
    "The rows beside each other do the same. The network's two parameters are not numbers but "
    "tables of them. Each **hidden unit** multiplies every number of a picture by a weight of its "
    "own, adds them up, and passes the sum on if it is above 0 (`relu`). A second table weighs "
    "what the units pass on: that is the **score**, above 0 for hot dog."
)

heading("How wrong is an answer?")
left, right = st.columns(2, gap="large")
with left:
    marks = network_frames.entropy_marks()
    draw(
        "entropy",
        network_charts.entropy(),
        {"curve": network_frames.entropy_curve(), "marks": marks},
        alt="The loss of a picture falls from very large to 0 as the probability given to the "
        f"truth goes from 0 to 1. Probability and loss: {', '.join(marks['text'])}.",
    )
with right:
    text(
        "The score becomes a probability: 0 means ½, a large one nearly 1. The loss of a picture "
        "is **−log of the probability given to the truth**, called *cross-entropy*. Sure and right "
        "costs almost nothing, blind guessing costs "
        f"{readable(marks['loss'][marks['probability'] == 0.5].item())}, and sure but wrong is "
        "**large when very wrong**: there is no end to it."
    )

heading("Train it")
configs = network_configs(clutter_level)
if not configs:
    st.info("Type a learning rate above, for example 0.2, and press Enter.")
    st.stop()
rates = [config.learning_rate for config in configs]
weights = INPUTS * configs[0].units + 2 * configs[0].units + 1
if "trained" not in state:
    state.trained = st.query_params.get("trained") == "true"
if not state.trained:
    text(
        f"{weights:,} weights, {STEPS:,} steps of {configs[0].batch_size} pictures for each rate. "
        "**Say first**: which rate will give the most right answers on held-out pictures?"
    )
    st.radio("Your guess", list(map(readable, rates)), index=None, key="network_guess",
             horizontal=True, persist_state="session")  # fmt: skip
    st.button("Train", type="primary", key="train", on_click=state.update,
              kwargs={"trained": True})  # fmt: skip
if state.trained:
    st.query_params["trained"] = "true"
    histories = _training.watch(configs)
    curves = network_frames.curves(histories)
    bounds = network_frames.curve_bounds(curves)
    tables = {
        "curves": curves,
        "bounds": bounds,
        "ends": network_frames.curve_ends(curves, rates, bounds),
    }
    results = network_frames.results(histories, rates)
    told = "; ".join(
        f"{readable(rate)}: {VERDICT_WORDS[verdict(history)]}, "
        f"{percent(history.held_out_accuracy[-1])} right"
        for rate, history in zip(rates, histories, strict=True)
    )
    left, right = st.columns(2)
    with left:
        st.markdown("**Loss**: solid on held-out pictures, dotted on those it learns from")
        draw("network_losses", network_charts.network_losses(), tables,
             alt=f"The loss over {STEPS:,} steps on a log axis, rate by rate. {told}.")  # fmt: skip
    with right:
        st.markdown("**Right answers**: blind guessing gives 50 %")
        draw("network_accuracies", network_charts.network_accuracies(), tables,
             alt=f"The share of right answers over {STEPS:,} steps. {told}.")  # fmt: skip
    st.table(results, hide_index=True)

    heading("Go further")
    INSIDE, CODE = "Look inside", "The code of this run"
    part = choose_part(INSIDE, CODE, name="net_part")
    if part == INSIDE:
        best = max(range(len(configs)), key=lambda i: histories[i].held_out_accuracy[-1])
        history = histories[best]
        st.markdown(f"**What each hidden unit looks for**, at the rate {readable(rates[best])}")
        images, captions = network_frames.unit_pictures(history)
        st.image(images, captions, width=PICTURE_WIDTH)
        st.markdown("**The most wrong pictures**, and their loss")
        images, captions, _ = network_frames.most_wrong(held_out, history.scores, MOST_WRONG)
        st.image(images, captions, width=PICTURE_WIDTH)
    else:
        with st.container(horizontal=True):
            st.download_button("Script", network_code.script(configs), "hot_dog.py")
            st.download_button("Notebook", network_code.notebook(configs), "hot_dog.ipynb")
takeaway(
    "The loop that fits a line also trains thousands of weights. Only the formula for the limit is "
    "gone: a good rate has to be found by trying, and judged on pictures the network has not seen."
)
