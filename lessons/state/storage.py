"""What a learner has done is kept in their browser's localStorage; see ``storage.js``.

The server holds it in the session state, for as long as the visit lasts, and stores nothing.
"""

import contextlib
import json
import secrets
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core import turns
from core.course.mistakes import MISTAKES
from core.course.outline import LESSONS
from core.datasets import DataError, Dataset, one_line
from core.reading import progress
from core.reading.pins import (
    Pin,
    fewest_points_first,
    join,
    own_identity,
    pins_from_json,
    pins_to_json,
    read_points,
    write_points,
)
from lessons.frontend import script
from lessons.state import address, visit

P = ParamSpec("P")
MAX_OWN = 5_000  # own points that the browser keeps

_component = st.components.v2.component(
    "browser_storage",
    js=script("storage.js"),
    isolate_styles=False,
)


@dataclass(frozen=True)
class Kept:
    """A part of what the browser stores, which outlives the visit.

    Parameters
    ----------
    now : callable
        Gives its present value, to compare with that of the last rerun: must be cheap.
    write : callable
        Turns that value into JSON's types.
    join : callable
        Reads what was kept, and merges it with what is there; raises DataError where it cannot.
    forget : callable
        Removes it from the visit.
    """

    now: Callable[[], Hashable]
    write: Callable[[Any], object]
    join: Callable[[object], None]
    forget: Callable[[], object]


def _join_done(part: object) -> None:
    state = st.session_state
    # read_done limits their number to what it can read the next time.
    state.done = progress.read_done([*state.get("done", set()) | progress.read_done(part)])


def _join_bests(part: object) -> None:
    state = st.session_state
    bests = progress.better_bests(state.get("bests", {}), progress.read_bests(part))
    state.bests = progress.read_bests(bests)


def _pinned() -> list[Pin]:
    kept: list[Pin] = st.session_state.get("pins", [])
    return kept


def kept_pins() -> list[Pin]:
    """Choose the pins that a browser keeps: all, unless their own points are too many."""
    return fewest_points_first(_pinned(), progress.MAX_PART)


def _write_pins(pins: list[Pin]) -> object:
    return json.loads(pins_to_json(pins)) if pins else None


def _join_pins(part: object) -> None:
    st.session_state.pins = join(_pinned(), pins_from_json(json.dumps(part).encode()))


def _join_open(part: object) -> None:
    state = st.session_state
    state.open_questions = state.get("open_questions", set()) | progress.read_done(part)


def _tries() -> dict[str, progress.Try]:
    tries: dict[str, progress.Try] = st.session_state.setdefault("tries", {})
    return tries


def _join_tries(part: object) -> None:
    tries = _tries()
    for name, one in progress.read_tries(part).items():
        if name not in tries or tries[name].stage == progress.ASKED:
            tries[name] = one


def _outcomes() -> dict[str, progress.Outcome]:
    outcomes: dict[str, progress.Outcome] = st.session_state.setdefault("predicted", {})
    return outcomes


def _join_outcomes(part: object) -> None:
    st.session_state.predicted = progress.read_outcomes(part) | _outcomes()


def _join_name(part: object) -> None:
    name = progress.read_name(part)
    st.session_state.learner_name = st.session_state.get("learner_name") or name


def _answers() -> dict[str, int]:
    """Collect what was answered: of the questions of each page, and of the mistakes."""
    state = st.session_state
    mistakes: dict[str, int] = state.setdefault("mistakes_answers", {})
    checks = {key: state[key] for key in _CHECKS if state.get(key) is not None}
    return checks | {f"mistake {key}": answer for key, answer in mistakes.items()}


_CHECKS = [f"check_{page.address}_{place}" for page in LESSONS for place in range(3)]
_CHOICES = dict.fromkeys([*_CHECKS, *(f"mistake {key}" for key in MISTAKES)], 3)


def _join_answers(part: object) -> None:
    state, there = st.session_state, _answers()
    for name, answer in progress.read_answers(part, _CHOICES).items():
        if name in there:
            continue
        if name in _CHECKS:
            state[name] = answer
        else:
            state.mistakes_answers[name.removeprefix("mistake ")] = answer


def _forget_answers() -> None:
    for name in ("mistakes_answers", *_CHECKS):
        st.session_state.pop(name, None)


def _own() -> Dataset | None:
    """Return the own points, if they are few enough to be kept."""
    points: Dataset | None = visit.get("points")
    return points if points is not None and points.n <= MAX_OWN else None


def _join_own(part: object) -> None:
    visit.now().bring_own(read_points(part))


def _forgets(name: str) -> Callable[[], object]:
    return lambda: st.session_state.pop(name, None)


# Each of these is kept, saved to a file, brought back and forgotten.
KEPT: dict[str, Kept] = {
    "done": Kept(
        lambda: frozenset(st.session_state.get("done", ())), sorted, _join_done, _forgets("done")
    ),
    "bests": Kept(
        lambda: tuple(st.session_state.get("bests", {}).items()),
        dict,
        _join_bests,
        _forgets("bests"),
    ),
    "pins": Kept(
        lambda: tuple(pin.identity for pin in _pinned()),
        lambda _: _write_pins(kept_pins()),
        _join_pins,
        _forgets("pins"),
    ),
    "open": Kept(
        lambda: frozenset(st.session_state.get("open_questions", ())),
        sorted,
        _join_open,
        _forgets("open_questions"),
    ),
    "tries": Kept(
        lambda: repr(progress.write_tries(_tries())),
        lambda _: progress.write_tries(_tries()),
        _join_tries,
        _forgets("tries"),
    ),
    "predicted": Kept(
        lambda: tuple(_outcomes().items()),
        lambda _: progress.write_outcomes(_outcomes()),
        _join_outcomes,
        _forgets("predicted"),
    ),
    progress.NAME: Kept(
        lambda: st.session_state.get("learner_name") or "",
        one_line,
        _join_name,
        _forgets("learner_name"),
    ),
    "answers": Kept(lambda: tuple(_answers().items()), dict, _join_answers, _forget_answers),
    "own": Kept(
        lambda: (own := _own()) and own_identity(own),
        lambda _: (own := _own()) and write_points(own),
        _join_own,
        lambda: visit.choose(points=None),
    ),
}


def keep() -> None:
    """Draw the component that stores the present state: call it at the end of every rerun."""
    _note_what_is_new()
    _component(
        key="browser_storage",
        data=_told(),
        on_found_change=_take_found,
        on_failed_change=_note_failure,
    )


def run_alone(part: Callable[P, None]) -> Callable[P, None]:
    """Make a part of a page a fragment, which reruns alone after a change inside it.

    A fragment's rerun does not reach the end of the script, which stores the progress and writes
    the address. So the fragment does both at its end, also where it calls ``st.rerun``.
    """

    @st.fragment
    @wraps(part)
    def kept(*args: P.args, **kwargs: P.kwargs) -> None:
        with turns.turn():
            try:
                part(*args, **kwargs)
            finally:
                context = get_script_run_ctx()
                if context is not None and context.fragment_ids_this_run:
                    keep_now(part.__name__.strip("_"))
                    address.write()

    return kept


def keep_now(where: str) -> None:
    """Store changes in a run that does not call ``keep``, or only much later."""
    if _note_what_is_new():
        _component(key=f"browser_storage_{where}", data=_told(in_part=True))


def _note_what_is_new() -> bool:
    """Serialize the present state into the session; tell whether it has changed."""
    state = st.session_state
    now = {name: kept.now() for name, kept in KEPT.items()}
    if state.get("kept_now") == now:
        return False
    text = progress.write(_parts(now))
    if text != state.get("kept"):
        # What was sent before is stored by now, unless the browser has reported something else.
        state.kept_before, state.kept = state.get("kept"), text
    state.kept_now = now
    return True


def _told(in_part: bool = False) -> dict[str, object]:
    """Return the data of the component; see ``storage.js``."""
    state = st.session_state
    return {
        "text": state.get("kept"),
        "base": state.get("kept_before"),
        "forget": state.get("forget"),
        "in_part": in_part,
    }


def _parts(now: dict[str, Hashable]) -> dict[str, object]:
    return {name: KEPT[name].write(value) for name, value in now.items()}


def _take_found() -> None:
    """Merge what the browser has found stored; nothing means: forgotten in another tab."""
    state = st.session_state
    found = state.browser_storage.found
    stored = found.get("stored") if isinstance(found, dict) else None
    if isinstance(stored, str):
        state.kept = stored
        with contextlib.suppress(DataError):  # text of any other origin is overwritten
            bring_back(stored)
        state.pop("kept_now", None)
    else:
        for kept in KEPT.values():
            kept.forget()
        for name in ("kept", "kept_before", "kept_now"):
            state.pop(name, None)


def bring_back(text: str) -> None:
    """Merge the parts of a text into the session; a part that cannot be read is left out.

    Raises
    ------
    DataError
        If the text, or one of its parts, was not written by this course.
    """
    parts, refused = progress.read(text), None
    for name, kept in KEPT.items():
        if name in parts:
            try:
                kept.join(parts[name])
            except DataError as error:
                refused = error
    if refused:
        raise refused


def _note_failure() -> None:
    st.session_state.storage_failed = True


def as_file() -> str | None:
    """Write what is kept as the text of a file; None where there is nothing yet."""
    return progress.write(_parts({name: kept.now() for name, kept in KEPT.items()}))


def too_many_points() -> int:
    """Count the pinned runs that are not kept, because their own points are too many."""
    return len(_pinned()) - len(kept_pins())


def forget() -> None:
    """Delete everything about the learner from this visit and this browser."""
    st.session_state.clear()
    st.session_state.forget = secrets.token_hex(8)
