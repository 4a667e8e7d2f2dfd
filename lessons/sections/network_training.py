"""Networks trained while the page shows growing curves, the time left, and a Stop button."""

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cache
from core.figures.network import network_accuracies, network_losses
from core.network.runs import STEPS, NetworkConfig, NetworkHistory, verdict, verdict_so_far
from core.words.writing import VERDICT_WORDS, percent, readable
from lessons.state.storage import keep_now
from lessons.widgets.figure import arrow_tables
from lessons.widgets.words import plain, say

_REDRAWN_AFTER = 0.4  # seconds
_Reached = dict[NetworkConfig, NetworkHistory]


def watch(configs: Sequence[NetworkConfig], hand: DeltaGenerator) -> list[NetworkHistory]:
    """Train networks that are not trained yet; a stopped training keeps the steps done so far.

    When the learner presses Stop or changes any control, Streamlit ends this run of the script at
    its next call of ``st``. So every chunk of steps is kept in the session at once, and the next
    run continues after it.

    Parameters
    ----------
    hand : container
        Where progress and buttons are drawn; the curves are drawn below all that is there.
    """
    state = st.session_state
    reached = _reached("network_reached", configs)
    for config in configs:
        whole = cache.trained_network(config)
        if whole is not None:
            reached[config] = whole
    if all(config in reached and reached[config].is_whole for config in configs):
        return [reached[config] for config in configs]
    if state.get("network_stopped") == configs:
        with hand:
            _offer_to_go_on()
        return [reached[config] for config in configs if config in reached]
    _train(configs, reached, hand)
    st.rerun()


def _reached(name: str, configs: Sequence[NetworkConfig]) -> _Reached:
    """Return the session's partly trained networks; drop those of other settings."""
    reached: _Reached = st.session_state.setdefault(name, {})
    for config in set(reached) - set(configs):
        del reached[config]
    return reached


def _go_on(config: NetworkConfig, reached: _Reached) -> Iterator[NetworkHistory]:
    """Train a network from its last kept step, and keep every chunk of steps.

    The next run of the script can begin, in another thread, while this one still computes a chunk.
    So the session keeps immutable histories, which both can read, and no trainer.
    """
    before = reached.get(config)
    if before is not None and before.is_whole:
        return
    for history in cache.train_network(config, before):
        reached[config] = history
        yield history


def _train(configs: Sequence[NetworkConfig], reached: _Reached, hand: DeltaGenerator) -> None:
    """Train all networks, a chunk of steps each in turn."""
    keep_now("training")
    runs = {config: _go_on(config, reached) for config in configs}
    before = _share(configs, reached)
    with hand, st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(before)
        st.button(
            say("hot_dog.stop"),
            key="stop_network",
            on_click=st.session_state.update,
            kwargs={"network_stopped": configs},
        )
    picture = st.empty()
    begun = drawn = time.monotonic()
    while runs:
        for config in list(runs):
            if next(runs[config], None) is None:
                del runs[config]
                continue
            share = _share(configs, reached)
            taken = time.monotonic() - begun
            left = taken * (1 - share) / (share - before) if share > before else 0.0
            bar.progress(share, plain("hot_dog.progress", share=share, left=round(left)))
        if time.monotonic() - drawn > _REDRAWN_AFTER:
            drawn = time.monotonic()
            with picture.container():
                _draw_growing({config.learning_rate: reached[config] for config in configs})


def run_through(configs: Sequence[NetworkConfig]) -> list[NetworkHistory]:
    """Train networks that another part of the page asks about, with a progress bar."""
    reached = _reached("network_tried", configs)
    bar = st.empty()
    for place, config in enumerate(configs):
        for history in _go_on(config, reached):
            if not history.is_whole:
                share = (place + history.steps[-1] / STEPS) / len(configs)
                bar.progress(share, plain("hot_dog.trying_out", rate=config.learning_rate))
    bar.empty()
    return [reached[config] for config in configs]


def _share(configs: Sequence[NetworkConfig], reached: _Reached) -> float:
    """Compute which share of all steps is done."""
    done = [
        1 if reached[one].is_whole else reached[one].steps[-1] / STEPS
        for one in configs
        if one in reached
    ]
    return float(sum(done) / len(configs))


def so_far(rates: Iterable[float], histories: Iterable[NetworkHistory]) -> list[dict[str, object]]:
    """List what is said of each run so far; those of the last rates may not have begun."""
    return [
        {
            "rate": rate,
            "verdict": verdict_so_far(history),
            "held_out_loss": history.held_out_loss[-1],
            "held_out_right": history.held_out_accuracy[-1],
            "right": history.accuracy[-1],
            "taken": int(history.steps[-1]),
        }
        for rate, history in zip(rates, histories, strict=False)
    ]


def _draw_growing(histories: Mapping[float, NetworkHistory]) -> None:
    """Draw the curves so far; without keys, which must be unique within one script run."""
    for name, column, draw in zip(
        ("losses", "accuracies"),
        st.columns(2),
        (network_losses, network_accuracies),
        strict=True,
    ):
        picture = draw(list(histories.values()), list(histories))
        column.markdown(say(f"hot_dog.{name}"))
        column.vega_lite_chart(
            {**picture.spec, "datasets": arrow_tables(picture)},
            width="stretch",
            alt=plain("figures.network_growing"),
        )
    st.caption(say("hot_dog.so_far", runs=so_far(histories, histories.values())))


def _offer_to_go_on() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(say("hot_dog.stopped"))
        st.button(
            say("hot_dog.go_on"),
            key="train_again",
            on_click=st.session_state.update,
            kwargs={"network_stopped": None},
        )


def results(
    histories: Sequence[NetworkHistory], rates: Sequence[float], rules: Sequence[str] = ()
) -> dict[str, list[str]]:
    """Tabulate where runs ended, for the page; ``rules`` say where the rates come from."""
    columns = {
        "rule": list(rules),
        "rate": [readable(rate) for rate in rates],
        "verdict": [VERDICT_WORDS[verdict(history)] for history in histories],
        "held_out": [percent(history.held_out_accuracy[-1], 1) for history in histories],
        "training": [percent(history.accuracy[-1], 1) for history in histories],
        "held_out_loss": [readable(history.held_out_loss[-1]) for history in histories],
        "training_loss": [readable(history.loss[-1]) for history in histories],
        "steps": [f"{history.steps[-1]:,}" for history in histories],
    }
    return {plain(f"hot_dog.table_{name}"): cells for name, cells in columns.items() if cells}
