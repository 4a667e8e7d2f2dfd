"""Networks trained, when it is their turn, while the page shows their curves and a Stop button."""

import time
from collections.abc import Iterable, Iterator, Sequence
from typing import TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core import cache
from core.cache import Histories
from core.figures.network import network_accuracies, network_losses
from core.network.queue import Standing
from core.network.runs import NetworkConfig, NetworkHistory, share_done, verdict, verdict_so_far
from core.words.writing import VERDICT_WORDS, percent, readable
from lessons.state.storage import keep_now
from lessons.widgets.figure import arrow_tables
from lessons.widgets.words import plain, say

T = TypeVar("T")
_REDRAWN_AFTER = 0.4  # seconds; or ten times as long as drawing takes, where many learners watch


def watch(configs: Sequence[NetworkConfig], hand: DeltaGenerator) -> list[NetworkHistory]:
    """Have networks trained that are not trained yet; a stopped training keeps the steps done.

    When the learner presses Stop or changes any control, Streamlit ends this run of the script when
    it next reads the session or calls ``st``. So all that is reached is kept in the session at
    once, and the next run continues after it.

    Parameters
    ----------
    hand : container
        Where progress and buttons are drawn; the curves are drawn below all that is there.
    """
    reached = _reached("network_reached", configs)
    if all(config in reached and reached[config].is_whole for config in configs):
        return [reached[config] for config in configs]
    if st.session_state.get("network_stopped") == configs:
        with hand:
            _offer_to_go_on()
        return [reached[config] for config in configs if config in reached]
    _train(configs, hand)
    st.rerun()


def _reached(name: str, configs: Sequence[NetworkConfig]) -> Histories:
    """Return how far networks are, in this session or whole; drop those of other settings.

    The next run of the script can begin, in another thread, while this one still waits. So the
    session keeps immutable histories, which both can read.
    """
    reached: Histories = st.session_state.setdefault(name, {})
    for config in set(reached) - set(configs):
        del reached[config]
    for config in configs:
        whole = cache.trained_network(config)
        if whole is not None:
            reached[config] = whole
    return reached


def _follow(name: str, configs: Sequence[NetworkConfig]) -> Iterator[Standing[Histories]]:
    """Have networks trained, and keep in the session how far they are."""
    for standing in cache.follow_networks(configs, _reached(name, configs)):
        reached = _reached(name, configs)
        for config, history in (standing.result or {}).items():
            # Others may have begun the same training anew, and be behind.
            if config not in reached or history.steps[-1] >= reached[config].steps[-1]:
                reached[config] = history
        yield standing


def _train(configs: Sequence[NetworkConfig], hand: DeltaGenerator) -> None:
    """Have all networks trained, and draw how far they are."""
    keep_now("training")
    with hand, st.container(horizontal=True, vertical_alignment="center"):
        bar = st.progress(0.0)
        st.button(
            say("hot_dog.stop"),
            key="stop_network",
            on_click=st.session_state.update,
            kwargs={"network_stopped": configs},
        )
    picture = st.empty()
    due, drawn = time.monotonic() + _REDRAWN_AFTER, 0.0
    for standing in _follow("network_reached", configs):
        reached = _reached("network_reached", configs)
        share = share_done(configs, reached)
        left = _rounded(standing.seconds)
        bar.progress(share, _place(standing) or plain("hot_dog.progress", share=share, left=left))
        if time.monotonic() > due and share > drawn:
            begun, drawn = time.monotonic(), share
            with picture.container():
                _draw_growing([config for config in configs if config in reached], reached)
            due = time.monotonic() + max(_REDRAWN_AFTER, 10 * (time.monotonic() - begun))


def _place(standing: Standing[T]) -> str:
    """Tell the place in the queue; nothing when there is none."""
    if not standing.ahead:
        return ""
    return plain("hot_dog.queue", ahead=standing.ahead, wait=_rounded(standing.seconds))


def _rounded(seconds: float | None) -> int | None:
    return None if seconds is None else max(1, round(seconds))


def wait_for(standings: Iterable[Standing[T]], doing: str) -> T:
    """Wait for a training that another part of the page asks about, with a progress bar.

    Parameters
    ----------
    doing : str
        What is told while it is trained.
    """
    bar = st.empty()
    for standing in standings:
        bar.progress(standing.share, _place(standing) or doing)
        result = standing.result
    bar.empty()
    assert result is not None
    return result


def run_through(configs: Sequence[NetworkConfig]) -> list[NetworkHistory]:
    """Have networks trained that another part of the page asks about, with a progress bar."""
    name = "network_tried"
    reached = _reached(name, configs)
    if not all(config in reached and reached[config].is_whole for config in configs):
        rates = [config.learning_rate for config in configs]
        wait_for(_follow(name, configs), plain("hot_dog.trying_out", rates=rates))
    reached = _reached(name, configs)
    return [reached[config] for config in configs]


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


def _draw_growing(configs: Sequence[NetworkConfig], reached: Histories) -> None:
    """Draw the curves so far; without keys, which must be unique within one script run."""
    rates = [config.learning_rate for config in configs]
    histories = [reached[config] for config in configs]
    for name, column, draw in zip(
        ("losses", "accuracies"),
        st.columns(2),
        (network_losses, network_accuracies),
        strict=True,
    ):
        picture = draw(histories, rates)
        column.markdown(say(f"hot_dog.{name}"))
        column.vega_lite_chart(
            {**picture.spec, "datasets": arrow_tables(picture)},
            width="stretch",
            alt=plain("figures.network_growing"),
        )
    st.caption(say("hot_dog.so_far", runs=so_far(rates, histories)))


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
