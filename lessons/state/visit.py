"""The settings of a visit, chosen by its link or in its controls. No other module stores any.

A choice is kept under a key that says what it belongs to: ``seed``, ``start_w|cars``,
``lr|cars|standardized``. Other data has other keys, so returning to a data set restores its
choices. A parameter that was not chosen has its usual value, which can depend on the data.

The widget of a parameter is not its store. Its state, under the same key in the session state, is
assigned before the widget is drawn, and read whenever the parameter is asked for. So any code can
choose a value at any time, whether or not the widget is on the page.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

import streamlit as st

from core import cache, theory
from core.datasets import DataError, Dataset, Line
from core.parameters import PARAMETERS, Settings, read_address, renewed, write_address
from core.words import Sentence

MAX_OWN = 8  # own data sets of which choices are kept
_MADE = ("true_w", "true_b", "n", "noise", "seed", "outlier", "outlier_x", "outlier_y")


class Visit:
    """What was chosen in a visit. It does not depend on Streamlit's widgets.

    Parameters
    ----------
    address : mapping of str to sequence of str
        The query parameters of the link it begins with: all values of each name.
    """

    def __init__(self, address: Mapping[str, Sequence[str]]) -> None:
        values, self.problems = read_address(address)
        self._chosen: dict[str, Any] = {}
        self._own: list[str] = []  # own data sets, the latest last
        self._made: dict[Hashable, Any] = {}
        self.shown: dict[str, Any] = {}  # the value last seen in the widget with that key
        self.refused: dict[str, Sentence] = {}  # why text typed into that widget was rejected
        for name, value in values.items():
            self._chosen[self.key(name)] = value
        if "points" in values:
            self._keep_the_last_own_data()

    def key(self, name: str, standardized: bool | None = None) -> str:
        """Give the key of a parameter on the present data, in the present or the named unit."""
        belongs_to = PARAMETERS[name].belongs_to
        if belongs_to in ("visit", "own"):
            return name
        data, own = self.get("data"), self.get("points")
        if data == "own" and own is not None:
            data = _name_of_own(own)
        if belongs_to == "data":
            return f"{name}|{data}"
        if standardized is None:
            standardized = self.get("standardize")
        return f"{name}|{data}|{'standardized' if standardized else 'original'}"

    def _key_elsewhere(self, name: str) -> str:
        """Give the key, in the other unit of x, of a value that can be rescaled; else ""."""
        can_be = PARAMETERS[name].rescale is not None
        return self.key(name, not self.get("standardize")) if can_be else ""

    def get(self, name: str) -> Any:
        """Give the value of a parameter: as chosen, also in the other unit of x, or as usual."""
        key, elsewhere = self.key(name), self._key_elsewhere(name)
        rescale = PARAMETERS[name].rescale
        if key in self._chosen:
            return self._chosen[key]
        if rescale is not None and elsewhere in self._chosen:
            here = self.get("standardize")
            now, then = (theory.stable_limit(self.dataset(unit)) for unit in (here, not here))
            return rescale(self._chosen[elsewhere], now / then)
        return self.usual(name)

    def usual(self, name: str) -> Any:
        """Give the default value of a parameter."""
        usual = PARAMETERS[name].usual
        if not callable(usual):
            return usual
        return self._once(("usual", name), lambda: usual(self.dataset()))

    def _once(self, what: Hashable, make: Callable[[], Any]) -> Any:
        """Cache a value that depends on choices alone, until one of them changes."""
        if what not in self._made:
            self._made[what] = make()
        return self._made[what]

    def is_chosen(self, name: str) -> bool:
        """Tell whether a parameter is other than usual."""
        if not {self.key(name), self._key_elsewhere(name)} & self._chosen.keys():
            return False
        return bool(self.get(name) != self.usual(name))

    def choose(self, **values: Any) -> None:
        """Choose values; those whose control the link leaves out stay as they are."""
        for name in PARAMETERS:  # in table order: parameters that other keys depend on come first
            if name in values and not self.hides(name):
                self.set_at(self.key(name), values[name])

    def set_at(self, key: str, value: Any) -> None:
        """Choose a value under a key, possibly one of other data."""
        name = _name(key)
        self._made.clear()
        self.refused.pop(key, None)
        is_here = key == self.key(name)
        # Drop a value in the other unit of x: it would otherwise be rescaled and used.
        replaced = self._chosen.pop(self._key_elsewhere(name), None) if is_here else None
        if is_here and replaced is None and value == self.usual(name):
            self._chosen.pop(key, None)
        else:
            self._chosen[key] = value
        if name == "points" and value is not None:
            self._keep_the_last_own_data()

    def bring_own(self, points: Dataset) -> None:
        """Use the points of an earlier visit as own data, unless this one has points or hides them.

        Parameters of own data from the address apply to them.
        """
        if self.get("points") is not None or {"data", "own"} & set(self.get("hide")):
            return
        for key in list(self._chosen):
            name, *data = key.split("|")
            if data[:1] == ["own"]:
                there = "|".join([name, _name_of_own(points), *data[1:]])
                self._chosen[there] = self._chosen.pop(key)
        self.set_at("points", points)

    def _keep_the_last_own_data(self) -> None:
        now = _name_of_own(self.get("points"))
        self._own = [*(other for other in self._own if other != now), now][-MAX_OWN:]
        for key in list(self._chosen):
            _, *data = key.split("|")
            if data and data[0].startswith("own ") and data[0] not in self._own:
                del self._chosen[key]

    def hides(self, name: str) -> bool:
        """Tell whether the link leaves out the control of a parameter."""
        hide = PARAMETERS[name].hide
        return hide is not None and hide.name in self.get("hide")

    def dataset(self, standardized: bool | None = None) -> Dataset:
        """Make the data that was chosen, in the present unit of x or the named one.

        Own data without points falls back to the lesson's data, unmodified.
        """
        unit: bool = self.get("standardize") if standardized is None else standardized
        made: Dataset = self._once(("data", unit), lambda: self._make_data(unit))
        return made

    def _make_data(self, standardized: bool) -> Dataset:
        data, own = self.get("data"), self.get("points")
        if data == "lesson":
            w, b, n, noise, seed, outlier, x, y = map(self.get, _MADE)
            dataset = cache.noisy_line(w, b, n, noise, seed)
            if outlier:
                dataset = cache.outlying(dataset.fingerprint, x, y, dataset)
        elif data == "own":
            dataset = cache.noisy_line() if own is None else own
        else:
            dataset = cache.bundled(data)
        return cache.standardized(dataset) if standardized else dataset

    def settings(self) -> Settings:
        """Give the settings that determine the data and the start of descents."""
        data, own = self.get("data"), self.get("points")
        bare = data == "own" and own is None
        made = {name: self.usual(name) if bare else self.get(name) for name in _MADE}
        return Settings(
            "lesson" if bare else data,
            self.get("standardize"),
            Line(self.get("start_w"), self.get("start_b")),
            **made,
            own=own if data == "own" else None,
        )

    def address(self) -> dict[str, list[str]]:
        """Write the query parameters that restore this visit: those that are not the defaults."""
        return write_address(self._not_as_usual())

    def for_class(self, **more: Any) -> dict[str, list[str]]:
        """Write the query parameters of a class link: the settings, and the teacher's additions."""
        values = self._not_as_usual().items()
        passed_on = {name: value for name, value in values if PARAMETERS[name].for_class}
        return write_address(passed_on | more)

    def _not_as_usual(self) -> dict[str, Any]:
        has_own = self.get("data") == "own"
        return {
            name: self.get(name)
            for name, row in PARAMETERS.items()
            if self.is_chosen(name) and (has_own or row.belongs_to != "own")
        }


def _name_of_own(points: Dataset) -> str:
    return f"own {points.fingerprint[:16]}"


def _name(key: str) -> str:
    return key.partition("|")[0]


def begin(read: Callable[[], Mapping[str, Sequence[str]]], page: str) -> None:
    """Begin a visit from its address, unless it has begun; record the page it is on."""
    state = st.session_state
    if "visit" not in state:
        state.visit = Visit(renewed(read(), page))
    if state.get("page") != page:
        visit = now()  # reads widget values typed just before the page change
        visit.shown.clear()
        visit.refused.clear()
        state.answered_here = set()  # prompts that were answered since the page was opened
    state.page = page


def now() -> Visit:
    """Give the visit as it is now, with the values of its widgets read in."""
    visit: Visit = st.session_state.visit
    for key in visit.shown:
        _take_in(visit, key)
    return visit


def _take_in(visit: Visit, key: str) -> None:
    """Choose a widget's value for its parameter, if the widget has changed."""
    shown = st.session_state.get(key)
    if key not in visit.shown or shown in (None, visit.shown[key]):
        return
    visit.shown[key] = shown
    name = _name(key)
    typed = PARAMETERS[name].typed
    if typed is None:
        visit.set_at(key, shown)
    elif not shown.strip():
        visit.set_at(key, visit.usual(name))
    else:
        try:
            visit.set_at(key, typed(shown.strip()))
        except DataError as error:
            visit.refused[key] = error.sentence


def get(name: str) -> Any:
    """Give the value of a parameter as it is now."""
    visit: Visit = st.session_state.visit
    for one in ("data", "standardize"):
        _take_in(visit, one)
    _take_in(visit, visit.key(name))
    return visit.get(name)


def choose(**values: Any) -> None:
    """Choose values, as ``Visit.choose`` does; a callback can call it."""
    now().choose(**values)


def is_hidden(name: str) -> bool:
    """Tell whether the link's ``hide`` parameter contains this name."""
    return name in st.session_state.visit.get("hide")


def control(name: str) -> dict[str, Any]:
    """Assign a parameter's value to its widget's state; return the arguments for the widget."""
    value, visit, state = get(name), st.session_state.visit, st.session_state
    key = visit.key(name)
    if key not in visit.refused:
        shown = PARAMETERS[name].shown(value)
        # Assigning discards text that is being typed: so only if the value differs. On another page
        # the widget is a new one, whose state has to be assigned.
        if key not in visit.shown or state.get(key) != shown:
            state[key] = shown
        visit.shown[key] = shown
    # Without persist_state Streamlit resets the state of a widget that is not drawn to what was
    # last assigned, which would be read as a choice.
    return {"key": key, "persist_state": "session"}


def refusal(name: str) -> Sentence | None:
    """Say why text typed into the box of a parameter was rejected, if it was."""
    visit: Visit = st.session_state.visit
    return visit.refused.get(visit.key(name))
