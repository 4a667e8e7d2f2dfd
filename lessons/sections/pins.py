"""*Pinned runs*, a part of Learning rates: kept in the session, and in a file one downloads."""

from collections.abc import Callable, Hashable, Sequence

import pandas as pd
import streamlit as st

from core import cache
from core.datasets import DataError, Dataset, Line
from core.figures.pins import pinned_losses
from core.figures.rate_frames import Comparison
from core.parameters import PARAMETERS, Settings
from core.reading.pins import (
    MAX_NAME,
    MAX_NOTE,
    Pin,
    join,
    pins_from_json,
    pins_to_json,
    settings_of,
)
from core.words.writing import count, exact, literal, readable
from lessons.sections.comparison import compared
from lessons.state import visit
from lessons.state.storage import kept_pins
from lessons.widgets.controls import (
    bring_back,
    hidden_changes,
)
from lessons.widgets.figure import draw
from lessons.widgets.files import ask_for_file
from lessons.widgets.page import text
from lessons.widgets.waiting import Waiting
from lessons.widgets.words import plain, say, say_sentence


def pins(dataset: Dataset, start: Line) -> None:
    """Draw the section: pin one of the present runs, and look at those that are pinned."""
    runs = compared(dataset, start)
    if runs is None:
        return
    text(say("learning_rates.pins"))
    st.session_state.setdefault("pins", [])
    _ask_what_to_pin(visit.now().settings(), runs.rates, visit.get("steps"))
    kept: list[Pin] = st.session_state.pins
    _files(kept)
    _say_what_happened("added")
    if kept:
        results = _results(kept)
        rows = [_row(title, pin, results.get(pin.identity)) for title, pin in _titled(kept).items()]
        with st.container(key="pins_table"):
            st.table(pd.DataFrame(rows), hide_index=True)
        _look_at_one(kept, runs)


def _titled(kept: Sequence[Pin]) -> dict[str, Pin]:
    """Put a number before each name, as names may repeat."""
    return {f"{place}. {pin.name}": pin for place, pin in enumerate(kept, start=1)}


def _ask_what_to_pin(settings: Settings, rates: Sequence[float], steps: int) -> None:
    with (
        st.form("pin", clear_on_submit=True),
        st.container(horizontal=True, vertical_alignment="bottom"),
    ):
        # Without a key, the box resets when the rates change; with one, an old rate would persist.
        added = st.session_state.get("rate_added")
        first = rates.index(added) if added in rates else 0
        offered = [exact(rate) for rate in rates]
        chosen = st.selectbox(say("learning_rates.pins_rate"), offered, first, width=160)
        typed = st.text_input(
            say("learning_rates.pins_name"),
            key="pin_name",
            max_chars=MAX_NAME,
            placeholder=plain("learning_rates.pins_name_empty"),
            width=240,
        )
        note = st.text_input(
            say("learning_rates.pins_note"), key="pin_note", max_chars=MAX_NOTE, width=320
        )
        submitted = st.form_submit_button(say("learning_rates.pins_pin"))
    if submitted:
        rate = float(chosen)
        unnamed = plain("learning_rates.pins_name_of", data=settings.data, rate=rate)
        name = typed.strip() or unnamed
        made_by = settings_of(settings)
        _add(lambda: [Pin(name, note.strip(), made_by, rate, steps, settings.own)])


def _load() -> None:
    file = st.session_state.pins_file
    if file is not None:
        _add(lambda: pins_from_json(file.getvalue()))


def _add(make: Callable[[], list[Pin]]) -> None:
    """Keep new pins, if they can be made, and select the last; report the result."""
    state = st.session_state
    before: list[Pin] = state.pins
    try:
        made = make()
        state.pins = join(before, made)
    except DataError as error:
        state.pins_said = ("added", st.error, say_sentence(error.sentence))
        return
    new = len(state.pins) - len(before)
    told = say("learning_rates.pins_added", new=new, there=len(made) - new)
    state.pins_said = ("added", st.success, told)
    if left_out := len(state.pins) - len(kept_pins()):
        told = say("learning_rates.pins_added_for_this_visit", new=new, left_out=left_out)
        state.pins_said = ("added", st.warning, told)
    if new:
        state.pinned_run = list(_titled(state.pins))[-1]


def _say_what_happened(where: str) -> None:
    """Report once, where the hand is, what came of what was pressed there."""
    said_where, write, sentence = st.session_state.get("pins_said", ("", st.success, ""))
    if said_where == where:
        del st.session_state["pins_said"]
        write(sentence)


def _results(kept: Sequence[Pin]) -> dict[Hashable, pd.Series]:
    """Repeat the runs of pins; a learner who stops it has the results of those done until then.

    Returns
    -------
    dict of Hashable to Series
        By the identity of a pin, its row of ``rate_table``.
    """
    state, wanted = st.session_state, [pin.identity for pin in kept]
    results: dict[Hashable, pd.Series] = state.setdefault("pin_results", {})
    for identity in set(results) - set(wanted):
        del results[identity]
    missing = [pin for pin in kept if pin.identity not in results]
    if missing and state.get("pins_stopped") == wanted:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(say("learning_rates.pins_stopped", parts=len(kept), done=len(results)))
            st.button(
                say("learning_rates.pins_go_on"),
                key="pins_go_on",
                on_click=state.update,
                kwargs={"pins_stopped": None},
            )
        return results
    waiting = Waiting("stop_pins", len(missing), lambda _: state.update(pins_stopped=wanted))
    for pin in missing:
        results[pin.identity] = cache.pinned_run(pin).row
        waiting.tell()
    waiting.end()
    return results


def _row(title: str, pin: Pin, run: pd.Series | None) -> dict[str, str]:
    """Write a pin and its results, if there are any yet, as a row of the table."""
    cells = {
        "pin": literal(title),
        "rate": readable(pin.learning_rate),
        "gap": "–" if run is None else readable(run["gap"]),
        "verdict": "–" if run is None else run["in_words"],
        "arrives": "–" if run is None else count(run["arrives"]),
        "data": _describe_data(pin),
        "steps": "–" if run is None else count(run["steps"]),
        "loss": "–" if run is None else readable(run["loss"]),
        "note": literal(pin.note),
    }
    return {say(f"learning_rates.pins_column_{name}"): cell for name, cell in cells.items()}


def _describe_data(pin: Pin) -> str:
    """Name a pin's data, with the settings that differ from the defaults."""
    chosen = pin.settings
    words = [chosen["data"]]
    if pin.own is not None:
        words.append(say("learning_rates.pins_points", n=pin.own.n))
    words += [
        f"{name.replace('_', ' ')} {readable(chosen[name])}"
        for name in ("true_w", "true_b", "n", "noise", "seed")
        if name in chosen and chosen[name] != PARAMETERS[name].usual
    ]
    if chosen.get("outlier"):
        at = {"x": chosen["outlier_x"], "y": chosen["outlier_y"]}
        words.append(say("learning_rates.pins_outlier", **at))
    if chosen["standardize"]:
        words.append(say("learning_rates.pins_standardized"))
    return ", ".join(words)


def _look_at_one(kept: Sequence[Pin], runs: Comparison) -> None:
    """Let the learner choose a pin: bring it back, lay it over the present runs, remove it."""
    titled = _titled(kept)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.selectbox(
            say("learning_rates.pins_choose"),
            list(titled),
            key="pinned_run",
            persist_state="session",
            width=300,
        )
        kept_from_it = hidden_changes(titled[title])
        if not kept_from_it:
            st.button(
                say("learning_rates.pins_bring_back"),
                key="pin_back",
                on_click=_bring_back,
                args=(titled[title],),
            )
        st.button(
            say("learning_rates.pins_remove"),
            key="pin_remove",
            on_click=_remove,
            args=(titled[title],),
        )
        laid_over = st.toggle(
            say("learning_rates.pins_lay_over"), key="pin_over", persist_state="session"
        )
    _say_what_happened("brought back")
    if kept_from_it:
        st.caption(say("learning_rates.pins_held", controls=kept_from_it))
    if laid_over:
        _draw_over(titled[title], runs)


def _bring_back(pin: Pin) -> None:
    sentence = say("learning_rates.pins_brought_back", name=pin.name)
    st.session_state.pins_said = ("brought back", st.success, sentence)
    bring_back(pin)


def _remove(pin: Pin) -> None:
    state = st.session_state
    if pin not in state.pins:  # the second click of two quick ones
        return
    place = state.pins.index(pin)
    state.pins = [other for other in state.pins if other is not pin]
    if state.pins:
        state.pinned_run = list(_titled(state.pins))[max(place - 1, 0)]


def _draw_over(pin: Pin, runs: Comparison) -> None:
    st.markdown(say("learning_rates.pins_over"))
    draw(pinned_losses(runs, pin, cache.pinned_run(pin)))
    st.caption(say("learning_rates.pins_shares"))


def _files(kept: Sequence[Pin]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        label = plain("learning_rates.pins_load")
        ask_for_file(label, ["json"], "pins_file", on_change=_load, width=420)
        if kept:
            st.download_button(
                say("learning_rates.pins_download"),
                lambda: pins_to_json(kept),
                "pins.json",
                "application/json",
                on_click="ignore",
            )
