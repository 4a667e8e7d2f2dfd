"""Networks trained before the learner's eyes: curves that grow, the time left, and a stop."""

import time
from collections.abc import Mapping, Sequence

import streamlit as st

from core import cache, network_charts, network_frames
from core.network_frames import percent
from core.network_runs import STEPS, NetworkConfig, NetworkHistory
from core.wording import readable

_REDRAWN_AFTER = 0.4  # seconds


def watch(configs: Sequence[NetworkConfig]) -> list[NetworkHistory]:
    """Train what is not trained yet; a stopped training leaves what it has reached.

    Streamlit ends this run of the script, at the next thing it draws, when the learner presses Stop
    or moves a control. So every chunk of steps is kept in the session as it comes.
    """
    state = st.session_state
    reached: dict[NetworkConfig, NetworkHistory] = state.setdefault("network_reached", {})
    for config in set(reached) - set(configs):
        del reached[config]
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


def _train(configs: Sequence[NetworkConfig], reached: dict[NetworkConfig, NetworkHistory]) -> None:
    """Train all networks, a chunk of steps each in turn."""
    runs = {config: cache.train_network(config) for config in configs}
    with st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0)
        st.button(
            "Stop", key="stop_network", on_click=st.session_state.update,
            kwargs={"network_stopped": configs},
        )  # fmt: skip
    picture = st.empty()
    begun = drawn = time.monotonic()
    while runs:
        for config in list(runs):
            history = next(runs[config], None)
            if history is None:
                del runs[config]
                continue
            reached[config] = history
            share = _share(configs, reached)
            left = (time.monotonic() - begun) * (1 - share) / share if share else 0.0
            bar.progress(share, f"{share:.0%} of the steps, about {left:.0f} s left")
        if time.monotonic() - drawn > _REDRAWN_AFTER:
            drawn = time.monotonic()
            with picture.container():
                _draw_growing({config.learning_rate: reached[config] for config in configs})


def run_through(configs: Sequence[NetworkConfig]) -> list[NetworkHistory]:
    """Train networks that another part of the page asks about, with a progress bar."""
    ends: list[NetworkHistory] = []
    bar = st.empty()
    for config in configs:
        for history in cache.train_network(config):
            if not history.is_whole:
                share = (len(ends) + history.steps[-1] / STEPS) / len(configs)
                bar.progress(share, f"Trying out the rate {readable(config.learning_rate)}")
        ends.append(history)
    bar.empty()
    return ends


def _share(configs: Sequence[NetworkConfig], reached: dict[NetworkConfig, NetworkHistory]) -> float:
    """Compute which share of all steps is done."""
    done = [
        1 if reached[one].is_whole else reached[one].steps[-1] / STEPS
        for one in configs
        if one in reached
    ]
    return float(sum(done) / len(configs))


def _draw_growing(histories: Mapping[float, NetworkHistory]) -> None:
    """Draw the curves so far. Without keys, which one run of a script may use only once."""
    curves = network_frames.curves(list(histories.values()), judged=False)
    tables = {
        "curves": curves,
        "bounds": network_frames.curve_bounds(curves),
        "ends": curves.head(0).assign(label=""),
    }
    specs = (network_charts.network_losses(), network_charts.network_accuracies())
    for column, spec in zip(st.columns(2), specs, strict=True):
        column.vega_lite_chart(
            {**spec, "datasets": tables},
            width="stretch",
            alt="Curves that grow as it trains; where they are is said in the text after them.",
        )
    reached = "; ".join(
        f"{readable(rate)}: loss {readable(history.held_out_loss[-1])}, "
        f"{percent(history.held_out_accuracy[-1])} right, at step {history.steps[-1]:,}"
        for rate, history in histories.items()
    )
    st.caption(f"On held-out pictures so far: {reached}.")


def _offer_to_go_on() -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown("**Stopped.** The curves show how far it came.")
        st.button(
            "Train from the start", key="train_again", on_click=st.session_state.update,
            kwargs={"network_stopped": None},
        )  # fmt: skip
