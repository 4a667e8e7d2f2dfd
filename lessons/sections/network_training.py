"""Networks trained while the page shows growing curves, the time left, and a Stop button."""

import time
from collections.abc import Iterator, Mapping, Sequence

import pandas as pd
import streamlit as st

from core import cache
from core.figures.network import network_accuracies, network_losses
from core.network.runs import STEPS, NetworkConfig, NetworkHistory, verdict
from core.words.writing import VERDICT_WORDS, percent, readable
from lessons.state.storage import keep_now
from lessons.widgets.words import plain

_REDRAWN_AFTER = 0.4  # seconds
_Reached = dict[NetworkConfig, NetworkHistory]


def watch(configs: Sequence[NetworkConfig]) -> list[NetworkHistory]:
    """Train networks that are not trained yet; a stopped training keeps the steps done so far.

    When the learner presses Stop or changes any control, Streamlit ends this run of the script at
    its next call of ``st``. So every chunk of steps is kept in the session at once, and the next
    run continues after it.
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
        _offer_to_go_on()
        return [reached[config] for config in configs if config in reached]
    _train(configs, reached)
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


def _train(configs: Sequence[NetworkConfig], reached: _Reached) -> None:
    """Train all networks, a chunk of steps each in turn."""
    keep_now("training")
    runs = {config: _go_on(config, reached) for config in configs}
    before = _share(configs, reached)
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(before)
        st.button(
            "Stop", key="stop_network", on_click=st.session_state.update,
            kwargs={"network_stopped": configs},
        )  # fmt: skip
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
            bar.progress(share, f"{share:.0%} of the steps, about {left:.0f} s left")
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
                bar.progress(share, f"Trying out the rate {readable(config.learning_rate)}")
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


def _draw_growing(histories: Mapping[float, NetworkHistory]) -> None:
    """Draw the curves so far; without keys, which must be unique within one script run."""
    for column, draw in zip(st.columns(2), (network_losses, network_accuracies), strict=True):
        picture = draw(list(histories.values()), list(histories))
        unnamed = {"ends": picture.tables["ends"].head(0)}
        column.vega_lite_chart(
            {**picture.spec, "datasets": {**picture.tables, **unnamed}},
            width="stretch",
            alt=plain("figures.network_growing"),
        )
    reached = "; ".join(
        f"{readable(rate)}: loss {readable(history.held_out_loss[-1])}, "
        f"{percent(history.held_out_accuracy[-1], 1)} right, at step {history.steps[-1]:,}"
        for rate, history in histories.items()
    )
    st.caption(f"On held-out pictures so far: {reached}.")


def _offer_to_go_on() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Stopped.** The curves show how far it came.")
        st.button(
            "Go on training", key="train_again", on_click=st.session_state.update,
            kwargs={"network_stopped": None},
        )  # fmt: skip


def results(histories: Sequence[NetworkHistory], rates: Sequence[float]) -> pd.DataFrame:
    """Tabulate where runs ended, formatted for the page."""
    return pd.DataFrame(
        {
            "learning rate": [readable(rate) for rate in rates],
            "verdict": [VERDICT_WORDS[verdict(history)] for history in histories],
            "right, held out": [percent(history.held_out_accuracy[-1], 1) for history in histories],
            "right, training": [percent(history.accuracy[-1], 1) for history in histories],
            "loss, held out": [readable(history.held_out_loss[-1]) for history in histories],
            "loss, training": [readable(history.loss[-1]) for history in histories],
            "steps": [f"{history.steps[-1]:,}" for history in histories],
        }
    )
