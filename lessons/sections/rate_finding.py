"""Parts of the page Hot dog or not: a rate without a formula, and the edge of stability."""

from dataclasses import replace

import streamlit as st

from core import cache, theory
from core.course.verdicts import arrival, verdict_word
from core.datasets import Dataset
from core.figures import edge
from core.figures.network import line_range, network_range
from core.network import range_test
from core.network.range_test import RangeTest
from core.network.runs import SMALL_PICTURES, SMALL_UNITS, EdgeRun, NetworkConfig, verdict
from core.runs import LESSON_START
from core.words.writing import count, percent, readable, readable_below
from lessons.sections import network_training
from lessons.widgets.assist import announce
from lessons.widgets.controls import compare_network_rates
from lessons.widgets.figure import draw
from lessons.widgets.page import show_table, text
from lessons.widgets.words import plain, say

EDGE_RATES = (0.03, 0.05, 0.1)


def find_a_rate(config: NetworkConfig) -> None:
    """Draw the range test of line and network, and test its suggestions."""
    text(say("hot_dog.range", low=range_test.LOWEST))
    dataset = cache.noisy_line()
    on_line = range_test.on_line(cache.train, dataset, LESSON_START)
    here = network_training.wait_for(cache.follow_range_test(config), plain("hot_dog.range_wait"))
    limit, batch = theory.stable_limit(dataset), range_test.LINE_BATCH
    left, right = st.columns(2)
    with left:
        st.markdown(say("hot_dog.range_line"))
        draw(line_range(on_line, limit))
    with right:
        st.markdown(say("hot_dog.range_network"))
        draw(network_range(here))
    batch_limit = theory.batch_limit(dataset, batch)
    text(say("hot_dog.range_batches", batch_size=batch, batch_limit=batch_limit, limit=limit))
    _judge_on_line(dataset, on_line)
    _try_out(config, here)


def _judge_on_line(dataset: Dataset, test: RangeTest) -> None:
    """Compare what the test suggests for the line with what the formulas say."""
    limit, safe = theory.stable_limit(dataset), theory.safe_rate(dataset)
    rates = {**_rules(test), plain("hot_dog.range_formula"): safe}
    columns = {
        "table_rule": list(rates),
        "range_rate": [
            readable_below(rate) if rate == safe else readable(rate) for rate in rates.values()
        ],
        "range_share": [percent(rate / limit, 1) for rate in rates.values()],
        "table_verdict": [verdict_word(dataset, rate) for rate in rates.values()],
        "range_arrives": [
            count(theory.arrives(dataset, rate, LESSON_START)) for rate in rates.values()
        ],
    }
    st.markdown(say("hot_dog.range_how_far"))
    show_table({plain(f"hot_dog.{name}"): cells for name, cells in columns.items()})
    text(
        say(
            "hot_dog.range_on_line",
            arrival=arrival(dataset, LESSON_START),
            lowest_rate=10 * test.tenth,
            limit=limit,
            steepest_rate=test.steepest,
            tenth_rate=test.tenth,
            safe=safe,
        )
    )


def _rules(test: RangeTest) -> dict[str, float]:
    return {
        plain("hot_dog.range_steepest"): test.steepest,
        plain("hot_dog.range_tenth"): test.tenth,
    }


def _try_out(config: NetworkConfig, test: RangeTest) -> None:
    """Train the network at the suggested rates."""
    st.markdown(say("hot_dog.range_does_it_work"))
    rates = {rule: float(readable(rate, 2)) for rule, rate in _rules(test).items()}
    histories = network_training.run_through(
        [replace(config, learning_rate=rate) for rate in rates.values()]
    )
    runs = network_training.so_far(rates.values(), histories)
    announce("range test", config, plain("hot_dog.range_heard", runs=runs), first=True)
    show_table(network_training.results(histories, [*rates.values()], [*rates]))
    working = [
        rule for rule, history in zip(rates, histories, strict=True) if verdict(history) == "good"
    ]
    text(say("hot_dog.range_works", working=working))
    st.button(
        say("hot_dog.range_compare"),
        key="compare_found",
        on_click=compare_network_rates,
        args=([*rates.values()],),
    )


def at_the_edge() -> None:
    """Draw the sharpness over the steps, and say whether it reached 2/rate in the measured runs."""
    runs = network_training.wait_for(cache.follow_edge_runs(EDGE_RATES), plain("hot_dog.edge_wait"))
    reached = [{"rate": run.learning_rate, "share_at_end": run.share_of_limit[-1]} for run in runs]
    announce("edge", EDGE_RATES, plain("hot_dog.edge_heard", runs=reached), first=True)
    if not any(run.hovers for run in runs):
        st.info(say("hot_dog.edge_nothing"))
        return
    text(say("hot_dog.edge"))
    left, right = st.columns(2)
    with left:
        st.markdown(say("hot_dog.edge_sharpness"))
        draw(edge.edge_sharpness(runs))
    with right:
        st.markdown(say("hot_dog.edge_losses"))
        draw(edge.edge_losses(runs))
    text("\n".join(f"- {_told_of(run)}" for run in runs))
    text(
        say(
            "hot_dog.edge_why",
            steps=int(runs[0].steps[-1]),
            small_pictures=SMALL_PICTURES,
            units=SMALL_UNITS,
        )
    )


def _told_of(run: EdgeRun) -> str:
    share = run.share_of_limit
    late = share[share.size // 2 :]
    return say(
        "hot_dog.edge_run",
        rate=run.learning_rate,
        limit=2 / run.learning_rate,
        share=share[0],
        share_low=late.min(),
        share_high=late.max(),
        hovers=run.hovers,
        is_below=bool(share.max() < 1),
    )
