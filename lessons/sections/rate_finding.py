"""Parts of the page Hot dog or not: a rate without a formula, and the edge of stability."""

from dataclasses import replace

import pandas as pd
import streamlit as st

from core import cache, theory
from core.course.verdicts import arrival, verdict_word
from core.datasets import Dataset
from core.figures import edge
from core.figures.network import line_range, network_range
from core.network import range_test
from core.network.range_test import RangeTest
from core.network.runs import SMALL_PICTURES, SMALL_UNITS, NetworkConfig, verdict
from core.runs import LESSON_START
from core.words.writing import VERDICT_WORDS, count, percent, readable, readable_below
from lessons.sections import network_training
from lessons.widgets.assist import announce
from lessons.widgets.controls import compare_network_rates
from lessons.widgets.figure import draw
from lessons.widgets.page import text

EDGE_RATES = (0.03, 0.05, 0.1)


def find_a_rate(config: NetworkConfig) -> None:
    """Draw the range test of line and network, and test its suggestions."""
    text(
        "**The range test**: take a new network and raise the rate by the same factor at every "
        f"step, from {readable(range_test.LOWEST)} up, until the loss explodes. That costs one "
        "short run. Two rules read a rate off the curve: where the loss **falls most steeply**, "
        "or a **tenth** of the rate where it is lowest. On the line we know the limit, so there we "
        "can see what the rules are worth."
    )
    dataset = cache.noisy_line()
    on_line = range_test.on_line(cache.train, dataset, LESSON_START)
    here = cache.range_test(config)
    limit = theory.stable_limit(dataset)
    batch, batch_limit = range_test.LINE_BATCH, theory.batch_limit(dataset, range_test.LINE_BATCH)
    left, right = st.columns(2)
    with left:
        st.markdown("**The line** of the lesson, with the limit of all points")
        draw(line_range(on_line, limit))
    with right:
        st.markdown("**This network**")
        draw(network_range(here))
    text(
        f"Both tests look at mini-batches. Those of the line are of {batch} points, which stand a "
        f"little less than all of them: a rate below {readable_below(batch_limit)} is small "
        f"enough there, instead of {readable_below(limit)}."
    )
    _judge_on_line(dataset, on_line)
    _try_out(config, here)


def _judge_on_line(dataset: Dataset, test: RangeTest) -> None:
    """Compare what the test suggests for the line with what the formulas say."""
    limit = theory.stable_limit(dataset)
    lowest, safe = 10 * test.tenth, theory.safe_rate(dataset)
    rows = [
        {
            "rule": rule,
            "rate": readable_below(rate) if rate == safe else readable(rate),
            "share of 2/λ₂": percent(rate / limit, 1),
            "verdict": verdict_word(dataset, rate),
            "arrives after": count(theory.arrives(dataset, rate, LESSON_START)),
        }
        for rule, rate in (*_rules(test), ("formula, 1/λ₂", safe))
    ]
    st.markdown("**How far off is it on the line?**")
    st.table(pd.DataFrame(rows), hide_index=True, width="content")
    text(
        "*Arrives after*: so many steps until the line's gap is at most "
        f"{arrival(dataset, LESSON_START)}. The average loss is lowest at {readable(lowest)}, "
        + (
            f"which is {readable(lowest / limit)} times 2/λ₂: an explosion takes some steps "
            "to show, and the rate has grown meanwhile. So nobody should take the lowest point "
            "itself. "
            if lowest > limit
            else f"{percent(lowest / limit, 1)} of 2/λ₂. "
        )
        + (
            f"Both rules stay on the safe side of 1/λ₂, {readable(safe / test.steepest)} and "
            f"{readable(safe / test.tenth)} times below it."
            if max(test.steepest, test.tenth) < safe
            else "One of the rules is above the safe choice, 1/λ₂."
        )
    )


def _rules(test: RangeTest) -> tuple[tuple[str, float], tuple[str, float]]:
    return ("steepest", test.steepest), ("lowest ÷ 10", test.tenth)


def _try_out(config: NetworkConfig, test: RangeTest) -> None:
    """Train the network at the suggested rates."""
    st.markdown("**Does its suggestion work here?**")
    rates = [float(readable(rate, 2)) for _, rate in _rules(test)]
    histories = network_training.run_through(
        [replace(config, learning_rate=rate) for rate in rates]
    )
    ends = (
        f"{readable(rate)}: {VERDICT_WORDS[verdict(history)]}"
        for rate, history in zip(rates, histories, strict=True)
    )
    announce("range test", config, f"Tried out. {'; '.join(ends)}.", first=True)
    table = network_training.results(histories, rates)
    table.insert(0, "rule", [rule for rule, _ in _rules(test)])
    st.table(table, hide_index=True, width="content")
    works = [
        rule
        for (rule, _), history in zip(_rules(test), histories, strict=True)
        if verdict(history) == "good"
    ]
    text(
        (
            "Both do: these rates were found without a formula."
            if len(works) == 2
            else f"The rule “{works[0]}” does; the other does not get the verdict good."
            if works
            else "Neither gets the verdict good: the test gives a place to begin, no more."
        )
        + " It is a rule of thumb, not a theorem: the curve is noisy, and another seed moves it."
    )
    st.button("Put them beside each other", key="compare_found", on_click=compare_network_rates,
              args=(rates,))  # fmt: skip


def at_the_edge() -> None:
    """Draw the sharpness over the steps, and say whether it reached 2/rate in the measured runs."""
    with st.spinner("Training three small networks, and measuring how their loss curves …"):
        runs = [cache.edge_run(rate) for rate in EDGE_RATES]
    hovering = [run for run in runs if run.hovers]
    reached = (
        f"{readable(run.learning_rate)}: {percent(run.share_of_limit[-1], 1)} of the limit"
        for run in runs
    )
    said = f"Trained. Sharpness at the end: {'; '.join(reached)}."
    announce("edge", EDGE_RATES, said, first=True)
    if not hovering:
        st.info("In this run the sharpness did not reach its limit, so there is nothing to show.")
        return
    text(
        "For a line the curvature is fixed, and a rate above 2/λ₂ explodes. A network's loss "
        "curves differently everywhere. Its **sharpness** is the curvature in the direction in "
        "which it curves most, what λ₂ is for a line; so 2/sharpness would be the limit, *here and "
        "now*. Turn it around: at a given rate, a place is too sharp when its sharpness is above "
        "**2/rate**."
    )
    left, right = st.columns(2)
    with left:
        st.markdown("**Sharpness** climbs towards 2/rate (dashed)")
        draw(edge.edge_sharpness(runs))
    with right:
        st.markdown("**Loss** of the same runs: in the long run it falls all the same")
        draw(edge.edge_losses(runs))
    for run in runs:
        share = run.share_of_limit
        late = share[share.size // 2 :]
        text(
            f"- Rate **{readable(run.learning_rate)}**, limit "
            f"{readable(2 / run.learning_rate)}: begins at {percent(share[0], 1)} of it; in the "
            f"second half of the steps between {percent(late.min(), 1)} and "
            f"{percent(late.max(), 1)}. "
            + (
                "It climbed to the limit and **hovers there**."
                if run.hovers
                else "It stays below: the loss is nearly 0 before it gets there."
                if share.max() < 1
                else ""
            )
        )
    text(
        "Nobody told the sharpness to stop there. Above the limit the steps zigzag along that "
        "direction, farther each time, as on the line; but here they thereby reach places "
        "where the loss curves less, and the run goes on instead of exploding. It trains **at the "
        "edge of stability**. How far this reaches, and why it is so, is still being studied."
    )
    text(
        f"Measured here: {runs[0].steps[-1]} steps with all of {SMALL_PICTURES} pictures, "
        f"{SMALL_UNITS} hidden units, and the line's own loss, mean squared error; the sharpness "
        "by power iteration, with a tape around the tape."
    )
    st.caption(
        "J. Cohen, S. Kaur, Y. Li, J. Z. Kolter, A. Talwalkar, “Gradient Descent on Neural "
        "Networks Typically Occurs at the Edge of Stability”, ICLR 2021."
    )
