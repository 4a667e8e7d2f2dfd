"""The pinned runs on Learning rates: kept in the session, and in a file the learner downloads."""

from collections.abc import Callable, Sequence

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
from core.runs import TrainingConfig
from core.words.writing import count, exact, literal, readable
from lessons.state import visit
from lessons.state.storage import kept_pins
from lessons.widgets.controls import (
    bring_back,
    chosen_rates,
    hidden_changes,
)
from lessons.widgets.figure import draw
from lessons.widgets.files import ask_for_file
from lessons.widgets.page import text
from lessons.widgets.words import say_sentence


def pins(dataset: Dataset, start: Line) -> None:
    """Draw the section: pin one of the present runs, and look at those that are pinned."""
    rates, steps = chosen_rates(), visit.get("steps")
    if not rates:
        return
    history = cache.train(dataset, TrainingConfig(rates, steps, start))
    runs = Comparison(dataset, history, rates)
    text(
        "Keep a run, and come back to it later: on this data, on other data, or, by way of a file, "
        "on another day."
    )
    st.session_state.setdefault("pins", [])
    _ask_what_to_pin(visit.now().settings(), rates, steps)
    _say_what_happened()
    kept: list[Pin] = st.session_state.pins
    if kept:
        rows = pd.DataFrame(_row(title, pin) for title, pin in _titled(kept).items())
        with st.container(key="pins_table"):
            st.table(rows, hide_index=True)
        _look_at_one(kept, runs)
    _files(kept)


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
        chosen = st.selectbox("Learning rate", [exact(rate) for rate in rates], first, width=160)
        typed = st.text_input(
            "Name",
            key="pin_name",
            max_chars=MAX_NAME,
            placeholder="left empty: data and rate",
            width=240,
        )
        note = st.text_input("Note", key="pin_note", max_chars=MAX_NOTE, width=320)
        submitted = st.form_submit_button("Pin this run")
    if submitted:
        rate = float(chosen)
        name = typed.strip() or f"{settings.data}, {readable(rate)}"
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
        state.pins_said = (st.error, say_sentence(error.sentence))
        return
    added = len(state.pins) - len(before)
    there = len(made) - added
    state.pins_said = (
        st.success,
        f"{_runs(added)} pinned." + (f" {_runs(there)} had been there before." if there else ""),
    )
    if left_out := len(state.pins) - len(kept_pins()):
        state.pins_said = (
            st.warning,
            f"{_runs(added)} pinned. {_runs(left_out)} here cannot be kept in this browser beyond "
            "this visit, because the points are too many: download the pins below.",
        )
    if added:
        state.pinned_run = list(_titled(state.pins))[-1]


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count} runs"


def _say_what_happened() -> None:
    say, sentence = st.session_state.pop("pins_said", (None, ""))
    if say is not None:
        say(sentence)


def _row(title: str, pin: Pin) -> dict[str, str]:
    """Write a pin and its results as a row of the table."""
    run = cache.pinned_run(pin).row
    return {
        "pin": literal(title),
        "learning rate": readable(pin.learning_rate),
        "gap": readable(run["gap"]),
        "verdict": run["in_words"],
        "arrives after": count(run["arrives"]),
        "data": _describe_data(pin),
        "steps taken": f"{run['steps']:,}",
        "loss": readable(run["loss"]),
        "note": literal(pin.note),
    }


def _describe_data(pin: Pin) -> str:
    """Name a pin's data, with the settings that differ from the defaults."""
    chosen = pin.settings
    words = [chosen["data"]]
    if pin.own is not None:
        words.append(f"{pin.own.n:,} points")
    words += [
        f"{name.replace('_', ' ')} {readable(chosen[name])}"
        for name in ("true_w", "true_b", "n", "noise", "seed")
        if name in chosen and chosen[name] != PARAMETERS[name].usual
    ]
    if chosen.get("outlier"):
        words.append(f"outlier ({readable(chosen['outlier_x'])}, {readable(chosen['outlier_y'])})")
    if chosen["standardize"]:
        words.append("standardized")
    return ", ".join(words)


def _look_at_one(kept: Sequence[Pin], runs: Comparison) -> None:
    """Let the learner choose a pin: bring it back, lay it over the present runs, remove it."""
    titled = _titled(kept)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        title = st.selectbox(
            "Pinned run", list(titled), key="pinned_run", persist_state="session", width=300
        )
        kept_from_it = hidden_changes(titled[title])
        if not kept_from_it:
            st.button("Bring it back", key="pin_back", on_click=_bring_back, args=(titled[title],))
        st.button("Remove it", key="pin_remove", on_click=_remove, args=(titled[title],))
        laid_over = st.toggle("Lay it over", key="pin_over", persist_state="session")
    if kept_from_it:
        st.caption(
            "It cannot be brought back here: that would change what this link leaves out "
            f"({'; '.join(kept_from_it)})."
        )
    if laid_over:
        _draw_over(titled[title], runs)


def _bring_back(pin: Pin) -> None:
    sentence = f"{pin.name}: data, start, rate and steps above are as they were."
    st.session_state.pins_said = (st.success, sentence)
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
    st.markdown("**Excess loss**: what is left of the start's, with the pinned run dashed")
    draw(pinned_losses(runs, pin, cache.pinned_run(pin)))
    st.caption(
        "Losses of different data cannot be compared. So each curve is a share: the loss above the "
        "best fit of its own data, divided by what that was at its own start. It begins at 1, and "
        "ends where 10⁻¹² or less is left."
    )


def _files(kept: Sequence[Pin]) -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        ask_for_file("Load pins (JSON)", ["json"], "pins_file", on_change=_load, width=420)
        if kept:
            st.download_button(
                "Download all (JSON)",
                lambda: pins_to_json(kept),
                "pins.json",
                "application/json",
                on_click="ignore",
            )
