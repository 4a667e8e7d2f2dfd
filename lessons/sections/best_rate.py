"""The toy of Hot dog or not: networks trained at some rates, after a prediction of the best."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st

from core import cache
from core.course.best_rate import BestRate, luck
from core.course.predictions import worded
from core.figures import images
from core.figures.network import network_accuracies, network_losses
from core.network.runs import FRESH, HELD_OUT, STEPS, TRAINED_ON, NetworkConfig, NetworkHistory
from core.parameters import PARAMETERS
from core.words import Markdown
from core.words.writing import exact
from lessons.sections import network_training
from lessons.state import visit
from lessons.state.progress import mark_done, record_outcome
from lessons.widgets.assist import announce
from lessons.widgets.controls import choose_network, choose_network_rates, network_of_visit
from lessons.widgets.figure import draw
from lessons.widgets.page import show_table, text
from lessons.widgets.pictures import show_pictures
from lessons.widgets.words import plain, say

_GALLERY_EACH = 1  # pictures of each kind, and three times as many hot dogs

state = st.session_state


@dataclass(frozen=True, eq=False)
class Networks:
    """The networks of the page, as far as they are trained.

    Parameters
    ----------
    usual : NetworkConfig
        Their configuration, at the usual rate.
    configs : list of NetworkConfig
        The same at each of the rates, ascending.
    histories : list of NetworkHistory
        Their runs so far; empty before the training.
    """

    usual: NetworkConfig
    configs: list[NetworkConfig]
    histories: list[NetworkHistory]

    @property
    def rates(self) -> list[float]:
        """Their learning rates."""
        return [config.learning_rate for config in self.configs]

    @property
    def are_whole(self) -> bool:
        """Whether there are some, and all are trained."""
        trained = [history for history in self.histories if history.is_whole]
        return 0 < len(self.configs) == len(trained)

    @property
    def question(self) -> BestRate:
        """The question which of their rates is the best."""
        return BestRate(self.rates, self.histories)


def introduce() -> None:
    """Say what is to be learned, and show some of the pictures."""
    config = network_of_visit()
    text(say("hot_dog.intro", weights=config.weights, trained_on=TRAINED_ON))
    _, held_out = cache.pictures(config.clutter)
    with st.container(key="gallery"):
        show_pictures(*images.gallery(held_out, _GALLERY_EACH), width=84)


def train_networks() -> Networks:
    """Draw the settings; then the prediction or, once it is made, the training and its results."""
    with st.container(key="predict_hot-dog"):
        settings, hand = st.columns(2, gap="medium")
    with settings:
        usual = choose_network()
        rates = choose_network_rates()
    configs = [replace(usual, learning_rate=rate) for rate in rates]
    prompt = hand.empty()  # cleared when the training begins
    if not configs:
        hand.info(say("hot_dog.no_rates"))
    elif not visit.get("trained"):
        with prompt.container():
            _ask(rates)
    else:
        networks = Networks(usual, configs, network_training.watch(configs, hand))
        with hand:
            _judge(networks)
        _show(networks)
        return networks
    return Networks(usual, configs, [])


def _ask(rates: Sequence[float]) -> None:
    """Ask which rate will be the best, if there is a choice, and offer to train."""
    choices = list(map(exact, rates))
    if state.get("network_guess") not in choices:
        state.pop("network_guess", None)
    if len(choices) > 1:
        question = say("hot_dog.predict", steps=STEPS, held_out=HELD_OUT)
        st.markdown(say("shared.prediction", question=Markdown(question)))
        st.radio(
            plain("hot_dog.predict", steps=STEPS, held_out=HELD_OUT),
            choices,
            index=None,
            key="network_guess",
            horizontal=True,
            persist_state="session",
            label_visibility="collapsed",
        )
    st.button(say("hot_dog.train"), type="primary", key="train", on_click=_begin_training)


def _begin_training() -> None:
    """Train, now and after each later change of a control; note what was predicted."""
    visit.choose(trained=True)
    guess = state.get("network_guess")
    state.network_said = guess, None
    if guess is not None:
        mark_done("predict:hot-dog")


def _said_of(configs: list[NetworkConfig]) -> str | None:
    """Get the prediction, if it was made for these networks: those that were trained first."""
    guess, asked = state.get("network_said", (None, None))
    if asked is None:
        asked = configs
        state.network_said = guess, asked
    return guess if asked == configs else None


def _ask_again(seed: int) -> None:
    """Ask for a new prediction, for networks with other initial weights."""
    state.pop("network_guess", None)
    visit.choose(trained=False, net_seed=seed)


def _show(networks: Networks) -> None:
    """Show how the runs went, and of whole ones where they ended."""
    if networks.histories:
        _draw_curves(networks)
    if networks.are_whole:
        _show_results(networks)


def _judge(networks: Networks) -> None:
    """Say of whole runs how good the prediction was, and offer to predict again."""
    if not networks.are_whole:
        return
    asked, said = networks.question, _said_of(networks.configs)
    choices = list(map(exact, networks.rates))
    if said is None:
        text(say("hot_dog.best", **asked.facts))
    else:
        judgement = worded(asked.judge(choices.index(said)), say)
        record_outcome("hot-dog", judgement.grade, str(judgement.measure))
        announce("best rate", tuple(networks.configs), str(judgement.measure), first=True)
        box = st.success if judgement.grade == "right" else st.info
        box(judgement.feedback)
    st.button(
        say(f"hot_dog.predict_{'again' if said else 'first'}"),
        key="ask_again",
        on_click=_ask_again,
        args=((networks.usual.seed + 1) % (int(PARAMETERS["net_seed"].high) + 1),),
    )


def _draw_curves(networks: Networks) -> None:
    """Draw the curves of the runs, and say for screen readers that they have ended."""
    histories, rates = networks.histories, networks.rates
    is_whole = networks.are_whole
    runs = network_training.so_far(rates, histories)
    announce(
        "networks",
        (*networks.configs, is_whole),
        plain("hot_dog.trained_heard", is_whole=is_whole, runs=runs),
        first=True,
    )
    left, right = st.columns(2)
    with left:
        st.markdown(say("hot_dog.losses"))
        draw(network_losses(histories, rates))
    with right:
        st.markdown(say("hot_dog.accuracies"))
        draw(network_accuracies(histories, rates))


def _show_results(networks: Networks) -> None:
    """Tabulate where the runs ended, try the best rate on fresh pictures, explain the verdicts."""
    histories = networks.histories
    show_table(network_training.results(histories, networks.rates), width="stretch")
    if any(history.diverged_at >= 0 for history in histories):
        text(say("hot_dog.table_was_stopped"))
    best = networks.question.best
    text(_told_of_fresh_pictures(networks, best))
    text(say("hot_dog.verdicts"))


def _told_of_fresh_pictures(networks: Networks, best: list[int]) -> str:
    """Tell the accuracy, on fresh pictures, of a network chosen by the held-out ones."""
    config, history = networks.configs[best[0]], networks.histories[best[0]]
    held_out, fresh = history.held_out_accuracy[-1], cache.fresh_accuracy(config, history)
    apart = round(100 * (fresh - held_out), 1)  # of the rounded values that are shown
    return say(
        "hot_dog.fresh",
        rate=config.learning_rate,
        is_alone=len(networks.configs) == 1,
        is_tie=len(best) > 1,
        fresh_pictures=FRESH,
        fresh_share=fresh,
        points=abs(apart),
        is_less=apart < 0,
        chance=luck(held_out, fresh),
    )
