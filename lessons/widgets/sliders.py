"""Sliders that change charts in the browser, without a request to the server."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import streamlit as st

from core import theory
from core.datasets import Dataset, FloatArray
from lessons.frontend import script, styles
from lessons.state.visit import is_hidden
from lessons.widgets.controls import set_start, tell_refused_start
from lessons.widgets.words import plain

_component = st.components.v2.component(
    "chart_sliders",
    css=styles("sliders.css"),
    js=script(
        "observer.js",
        "numbers.js",
        "player.js",
        "hover.js",
        "pad.js",
        "pointer.js",
        "told.js",
        "sliders.js",
    ),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Slider:
    """A slider for one parameter of the charts around it.

    Parameters
    ----------
    name : str
        Name of the parameter.
    label : str
        What the learner reads.
    low, step : float
        Value at the left end, and difference from one position to the next.
    count : int
        Number of positions.
    index : int
        The initial position.
    texts : sequence of str
        The text for each position; empty to show the value.
    occasion : str
        When it changes, the slider returns to ``index``; otherwise it keeps its position.
    is_switch : bool
        Whether it has two positions and is drawn as a checkbox.
    is_hidden : bool
        Whether it is not drawn, because only Play moves it.
    """

    name: str
    label: str
    low: float
    step: float
    count: int
    index: int = 0
    texts: Sequence[str] = ()
    occasion: str = ""
    is_switch: bool = False
    is_hidden: bool = False

    @property
    def places(self) -> FloatArray:
        """The value at each position, shape (count,)."""
        return np.asarray(self.low + self.step * np.arange(self.count), dtype=np.float64)


@dataclass(frozen=True)
class Told:
    """What a slider's position means: a large number between a few words, and a tag below.

    Parameters
    ----------
    kinds : mapping of str to tuple of str
        For each kind: the words before the number, those after it, the tag, and, where there are
        any, words below. ``{2}`` in them stands for the third text of the position, and so on.
    positions : sequence of tuple of str
        For each position of the first slider: its kind, its number, and texts within the words.
    """

    kinds: Mapping[str, tuple[str, ...]]
    positions: Sequence[tuple[str, ...]]


@dataclass(frozen=True)
class ToldGap:
    """The gap that two steps leave at the rates that two sliders set, in large, by the closed form.

    Parameters
    ----------
    rates : tuple of two str
        The names of the sliders. Their values are places of ``core.descent.schedules.TwoRates``.
    along, across, condition, floor : float
        See there.
    kinds : mapping of str to tuple of str
        For each kind of gap: the words before the number, those after it, and the tag.
    bounds : sequence of tuples
        For each kind, ascending, the largest gap of that kind; None for the last. Of the first
        kind the server is told, once.
    """

    rates: tuple[str, str]
    along: float
    across: float
    condition: float
    floor: int
    kinds: Mapping[str, tuple[str, str, str]]
    bounds: Sequence[tuple[str, float | None]]


def switch(name: str, label: str, on: bool = False) -> Slider:
    """Make a switch: its parameter is 0 or 1."""
    return Slider(name, label, 0, 1, 2, int(on), is_switch=True)


def between(name: str, label: str, low: float, high: float, first: float, occasion: str) -> Slider:
    """Make a slider over round numbers from low to high, initially at the one nearest to first."""
    step = theory.round_down((high - low) / 1000)
    left, right = math.floor(low / step), math.ceil(high / step)
    index = min(max(round(first / step), left), right) - left
    return Slider(name, label, left * step, step, right - left + 1, index, occasion=occasion)


def least_loss(dataset: Dataset, w: Slider, b: Slider) -> float:
    """Find the least loss of the lines that two sliders can make, in y-units².

    For each w the loss is a parabola in b, symmetric about the best b: so the slider position
    nearest to that b has the least loss.
    """
    best, slopes = theory.best_fit(dataset), w.places
    wanted = best.b - (slopes - best.w) * float(np.mean(dataset.x))
    nearest = np.rint((wanted - b.low) / b.step).clip(0, b.count - 1)
    flat, steep = theory.axis_errors(dataset, slopes, b.low + b.step * nearest)
    return theory.lowest_loss(dataset) + float(np.min(flat**2 + steep**2))


def chart_sliders(
    key: str,
    scope: str,
    *sliders: Slider,
    told: Told | ToldGap | None = None,
    play: str = "",
    pad: Mapping[str, Any] | None = None,
    buttons: Mapping[str, str] = MappingProxyType({}),
    on_chosen: Callable[[dict[str, float]], None] = lambda values: None,
    on_solved: Callable[[dict[str, float]], None] = lambda values: None,
) -> None:
    """Draw sliders that drive every chart inside the container whose key is ``scope``.

    Parameters
    ----------
    told : Told or ToldGap, optional
        What each position of the first slider means, or those of two sliders.
    play : str
        Name of a slider that a button plays from end to end; it rests at its right end.
    pad : mapping, optional
        A chart in which one may press and drag instead; see ``answer_sliders``.
    buttons : mapping
        Names and labels of buttons that send the values to the server.
    on_chosen, on_solved : callable
        Are called with each slider's name and value: when a button is pressed, and when a slider is
        released where the gap that is told is of the first kind.
    """
    data: dict[str, Any] = {
        "scope": scope,
        "sliders": [vars(slider) for slider in sliders],
        "buttons": [{"name": name, "label": label} for name, label in buttons.items()],
    }
    if told is not None:
        data["told_gap" if isinstance(told, ToldGap) else "told"] = vars(told)
    if play:
        data["play"] = {"slider": play, "words": _words_of_player("play", "pause")}
    if pad is not None:
        data["pad"] = {**pad, "drag": True}
    _component(
        key=key,
        data=data,
        on_chosen_change=_takes(key, "chosen", sliders, on_chosen),
        on_solved_change=_takes(key, "solved", sliders, on_solved),
    )


def _words_of_player(*names: str) -> dict[str, str]:
    return {name: plain(f"shared.{name}") for name in names}


def _takes(
    key: str, what: str, sliders: Sequence[Slider], use: Callable[[dict[str, float]], None]
) -> Callable[[], None]:
    """Make the callback that reads what a component has sent: a number for each slider."""

    def take() -> None:
        chosen = getattr(st.session_state[key], what)
        if not isinstance(chosen, dict):
            return
        values = {slider.name: chosen.get(slider.name) for slider in sliders}
        if all(isinstance(value, int | float) for value in values.values()):
            use({name: float(value) for name, value in values.items() if value is not None})

    return take


def step_slider(
    key: str,
    scope: str,
    slider: Slider,
    *others: Slider,
    chart: str,
    steps: Sequence[int],
    bounds: Mapping[str, float],
    log_step: str,
    buttons: Mapping[str, str] = MappingProxyType({}),
    on_chosen: Callable[[str, int], None] = lambda button, step: None,
) -> None:
    """Draw the slider over the steps of a run, with the button that plays them.

    Parameters
    ----------
    slider : Slider
        Its positions are the recorded steps.
    chart : str
        Key of the chart over the steps along which one can point instead.
    steps : sequence of int
        The recorded steps, ascending.
    bounds : mapping
        Bounds of that chart: step_low, step_high.
    log_step : str
        Name of the switch, among ``others``, that makes its axis of steps a log axis.
    buttons : mapping
        Names and labels of buttons that send the chosen step to the server.
    on_chosen : callable
        Is called with the button's name and the step.
    """

    def take() -> None:
        chosen = st.session_state[key].chosen
        if isinstance(chosen, dict) and chosen.get("button") in buttons:
            place = chosen.get(slider.name)
            if isinstance(place, int) and 0 <= place < len(steps):
                on_chosen(chosen["button"], int(steps[place]))

    data = {
        "scope": scope,
        "sliders": [vars(s) for s in (slider, *others)],
        "play": {
            "slider": slider.name,
            "words": _words_of_player("play", "pause", "speed", "slow", "medium", "fast"),
        },
        "hover": {
            "chart": chart,
            "slider": slider.name,
            "steps": [int(step) for step in steps],
            "low": float(bounds["step_low"]),
            "high": float(bounds["step_high"]),
            "log": log_step,
        },
        "buttons": [{"name": name, "label": label} for name, label in buttons.items()],
    }
    _component(key=key, data=data, on_chosen_change=take)


def answer_sliders(
    key: str,
    scope: str,
    *sliders: Slider,
    pad: Mapping[str, Any] | None = None,
    on_answer: Callable[[dict[str, float]], None],
) -> None:
    """Draw sliders to answer a question with, and the button that sends the answer.

    Parameters
    ----------
    pad : mapping, optional
        The chart (its key) where one can press and drag instead: ``x`` and ``y`` name the sliders
        that follow the pointer across and up, ``y_right`` the one that follows it up in the right
        half; ``bounds`` are the axes' ends, x_low, x_high, y_low, y_high.
    on_answer : callable
        Is called with each slider's name and value.
    """
    buttons = {"check": plain("shared.answer")}
    chart_sliders(key, scope, *sliders, pad=pad, buttons=buttons, on_chosen=on_answer)


def line_sliders(
    key: str,
    scope: str,
    dataset: Dataset,
    w: Slider,
    b: Slider,
    *others: Slider,
    label: str,
    bound: float | None = None,
    pad: str | None = None,
    window: Mapping[str, float] | None = None,
    on_solved: Callable[[], None] = lambda: None,
) -> None:
    """Draw sliders for the w and b of a line, with its loss and a button to start there.

    Where the link leaves out the start, there is no such button, and a click starts nothing.

    Parameters
    ----------
    label : str
        The name of the loss.
    bound : float, optional
        ``on_solved`` is called once when a slider is released at a line whose loss is at most that.
    pad : str, optional
        Key of a chart over (w, b), bounded by ``window``, where one can point instead: a click
        there starts the descent at that place.
    """
    fold = dataset.fold
    data: dict[str, Any] = {
        "scope": scope,
        "sliders": [vars(slider) for slider in (w, b, *others)],
        "loss": {
            "fold": [fold[i, j] for i in range(3) for j in range(i, 3)],
            "w": w.name,
            "b": b.name,
            "label": label,
            "bound": bound,
        },
        "buttons": []
        if is_hidden("start")
        else [{"name": "start", "label": plain("shared.start_the_descent")}],
    }
    if pad is not None and window is not None:
        data["pad"] = {
            "chart": pad,
            "x": w.name,
            "y": b.name,
            "bounds": {
                "x_low": window["w_low"],
                "x_high": window["w_high"],
                "y_low": window["b_low"],
                "y_high": window["b_high"],
            },
        }

    def take_start() -> None:
        chosen = st.session_state[key].chosen
        if isinstance(chosen, dict):
            set_start(chosen.get(w.name), chosen.get(b.name), dataset)

    def solve() -> None:
        if st.session_state[key].solved:
            on_solved()

    _component(key=key, data=data, on_chosen_change=take_start, on_solved_change=solve)
    tell_refused_start()
