"""The controls that lessons share, each bound to its parameter in the address."""

import contextlib
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core import cache, experiments, frames, theory
from core.datasets import BUNDLED, DataError, Dataset, Line, names_to_link, points_to_text
from core.experiments import MAX_DECAY, MAX_RATE, MIN_RATE
from core.network_runs import CLUTTERS, PICTURE_BATCHES, UNITS, NetworkConfig
from core.pins import BOUNDS, Pin
from core.runs import LESSON_START, MAX_START, MAX_STEPS, RECORDED_STEPS
from core.schedules import ORDERS, read_factors, read_factors_of_link, write_factors
from core.typed_numbers import read_number_between
from core.wording import equation, exact, plain, readable
from lessons import _experiment, _own_data, _typed_box
from lessons._layout import TEXT_WIDTH, literal
from lessons._task import HIDABLE, is_hidden

# As they stand in the address. A bound choice carries what it shows, so it shows these names.
DATA_NAMES = ("lesson", *BUNDLED, "own")
_WHERE_TO_START = "Where to start"


def at_the_best_fit() -> str:
    """Say that no step is left to take, and what to do about it."""
    way_out = "" if is_hidden("start") else f": choose another, under *{_WHERE_TO_START}*"
    return f"The descent starts at the best fit already{way_out}."


@dataclass(frozen=True)
class Parameter:
    """A number in the address: its bounds, and what it is without one."""

    label: str
    low: float
    high: float
    default: float
    help: str | None = None


# What else stands in the address and can be in a link for a class.
_CHOICES = (
    *("data", "points", "names", "outlier", "standardize", "lrs", "batch"),
    *("run", "fork", "mistake"),
    *("part", "factors", "order", "net_rates", "units", "net_batch", "clutter", "net_part"),
)
# Every number that stands in the address under its own name. The choices beside them are `data`
# (one of DATA_NAMES), `lrs` (learning rates, repeated), `batch` (one of BATCH_SIZES), `outlier`
# and `standardize` (true or not there), `points` and `names` (a small set of own data, and what its
# columns are called), `run` and `fork` (the experiment on Gradient steps), `part`, `factors` and
# `order` (a part of Learning rates, and its schedule), `mistake` (one of the keys of MISTAKES),
# `net_rates`, `units`, `net_batch`, `clutter`, `trained` and `net_part` (those of Hot dog or not),
# `show` (`all`), `task` and `hide` (see lessons._task).
PARAMETERS = {
    "true_w": Parameter("true w (slope)", *BOUNDS["true_w"], 0.1),
    "true_b": Parameter("true b (intercept)", *BOUNDS["true_b"], 0.5),
    "n": Parameter("points", *BOUNDS["n"], 100),
    "noise": Parameter("noise (standard deviation)", *BOUNDS["noise"], 0.01),
    "seed": Parameter("seed", *BOUNDS["seed"], 0, "The same seed gives the same points."),
    "outlier_x": Parameter("outlier's x", *BOUNDS["outlier_x"], 0.9),
    "outlier_y": Parameter("outlier's y", *BOUNDS["outlier_y"], 2.0),
    "start_w": Parameter("start w", *BOUNDS["start_w"], LESSON_START.w),
    "start_b": Parameter("start b", *BOUNDS["start_b"], LESSON_START.b),
    "lr": Parameter("learning rate", *BOUNDS["learning_rate"], 0.1),
    "steps": Parameter("steps", *BOUNDS["steps"], 200),
    "step": Parameter("step to look into", 0, 2**31 - 1, 0),
    "decay": Parameter(
        "decay of the learning rate",
        0.0,
        MAX_DECAY,
        0.0,
        "The rate of step t is learning rate / (1 + decay × t). 0 keeps it.",
    ),
    "tolerance": Parameter(
        "stop when the gradient is at most",
        0.0,
        1e300,
        0.0,
        "Its length, √(slope along w² + slope along b²). 0: run all the steps.",
    ),
    "schedule_steps": Parameter("steps of the schedule", 1, RECORDED_STEPS - 1, 24),
    "schedule_decay": Parameter(
        "decay of the schedule",
        0.0,
        MAX_DECAY,
        0.0,
        "The rate of step t is factor / λ₂ / (1 + decay × t). 0 keeps it.",
    ),
    "chebyshev": Parameter("N, how many rates", 2, 32, 8),
    "net_seed": Parameter(
        "seed", 0, 2**31 - 1, 0, "It decides the first weights and the mini-batches."
    ),
}


IN_ADDRESS = {*PARAMETERS, *_CHOICES, "trained"}

# What stands together under one name of HIDABLE.
_GROUPS = {
    **dict.fromkeys(("true_w", "true_b", "n", "noise"), "made"),
    **dict.fromkeys(("outlier", "outlier_x", "outlier_y"), "made"),
    **dict.fromkeys(("start_w", "start_b"), "start"),
}


def set_start(w: object, b: object, dataset: Dataset) -> None:
    """Begin descents at the line that a browser names; what makes no sense is not taken.

    Nor is a line of which either number is out of bounds: ``tell_refused_start`` says so.
    """
    if is_hidden("start") or not (isinstance(w, int | float) and isinstance(b, int | float)):
        return
    line = dataset.to_original(Line(float(w), float(b)))
    values = {"start_w": line.w, "start_b": line.b}
    beyond = [
        f"{PARAMETERS[name].label} would be {readable(value)}"
        for name, value in values.items()
        if not PARAMETERS[name].low <= value <= PARAMETERS[name].high
    ]
    if beyond:
        st.session_state.start_refused = " and ".join(beyond)
    else:
        st.session_state.update(values)


def tell_refused_start() -> None:
    """Say why descents do not begin at the line that was just chosen, if they do not."""
    refused = st.session_state.pop("start_refused", None)
    if refused:
        low, high = (readable(bound) for bound in BOUNDS["start_w"])
        st.warning(
            f"The descent cannot start there: {refused}, and both numbers of a start lie between "
            f"{low} and {high}. The start is where it was: choose a line within these bounds, or "
            "count the data in larger units.",
            width=TEXT_WIDTH,
        )


def _bind(name: str, default: float | str | list[str]) -> dict[str, Any]:
    """Give the arguments that bind a control to its parameter in the address.

    On the way to another page Streamlit forgets what the address set and no hand has moved since.
    So the control's first run on a page hands its value, and the parameter, over.
    """
    state = st.session_state
    state.setdefault("usual", {})[name] = default
    drawn_on = state.setdefault("drawn_on", {})
    if drawn_on.get(name, state.page) != state.page and name in state:
        state[name] = state[name]
        if state[name] != default:
            # Refused where the parameter is still bound: then Streamlit has not forgotten it.
            with contextlib.suppress(StreamlitAPIException):
                st.query_params[name] = _as_in_address(state[name])
    drawn_on[name] = state.page
    return {"key": name, "bind": "query-params", "persist_state": "session"}


def _as_in_address(value: float | str | list[str]) -> str | list[str]:
    """Write a value as Streamlit itself does: 100 for 100.0."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value if isinstance(value, list) else str(value)


def _held(name: str, default: float | str, read: Callable[[str], float | str | None]) -> Any:  # noqa: ANN401
    """Give what the session keeps for a parameter, at first the address's, and show it there.

    For a control that is not drawn, or is not bound to its parameter. ``read`` makes a value from
    the address's text; it returns None, or raises a ValueError, where that makes no sense.
    """
    state = st.session_state
    state.setdefault("usual", {})[name] = default
    if name not in state:
        state[name] = default
        with contextlib.suppress(ValueError, OverflowError):
            value = read(st.query_params.get(name, ""))
            state[name] = default if value in (None, default) else value
    value = state[name]
    in_address = None if value == default else _as_in_address(value)
    if in_address is None:
        st.query_params.pop(name, None)
    elif st.query_params.get(name) != in_address:
        st.query_params[name] = in_address
    return value


def held_choice(name: str, choices: Sequence[str]) -> str:
    """Give a choice that the session keeps, at first the address's, and show it there."""
    return _held(name, choices[0], lambda text: text if text in choices else None)


def _held_switch(name: str) -> bool:
    return _held(name, False, lambda text: text == "true")


def _read_number(name: str, text: str) -> float | None:
    """Read a number of the address; None where it is none, or out of its bounds.

    As ``float`` does, and not as what is typed: so links have meant the same from the beginning.
    """
    parameter = PARAMETERS[name]
    try:
        value = type(parameter.default)(float(text))
    except (ValueError, OverflowError):
        return None
    return value if parameter.low <= value <= parameter.high else None


def number(name: str, default: float | None = None, width: int = 130) -> float:
    """Draw the box for one number of the address, unless the link leaves it out."""
    parameter = PARAMETERS[name]
    kind: Callable[[float], float] = type(parameter.default)
    standard = kind(parameter.default if default is None else default)
    value: float = _held(name, standard, partial(_read_number, name))
    if not is_hidden(_GROUPS.get(name, name)):
        bounds = parameter.low, parameter.high
        _typed_box.draw_number(
            name, parameter.label, bounds, standard, help=parameter.help, width=width
        )
    return value


def choose_data() -> tuple[Dataset, Line]:
    """Draw the strip that every lesson begins with: data, seed, start, and the units of x.

    Returns
    -------
    Dataset
    Line
        Where descents begin, in the data set's units.
    """
    with st.container(border=True, key="strip"):
        row = st.container(horizontal=True, vertical_alignment="bottom")
        with row:
            choice = _choose_source()
            dataset = _make_lesson_data() if choice == "lesson" else None
        if choice == "own":
            dataset = _own_data.choose_own_points()
        else:
            _own_data.drop_points_from_address()
            if choice != "lesson":
                dataset = cache.bundled(choice)
        if dataset is None:
            choice, dataset = "lesson", cache.noisy_line()
        default_start = LESSON_START if choice == "lesson" else Line(0.0, 0.0)
        occasion = f"own {dataset.fingerprint}" if choice == "own" else choice
        description = _describe(dataset)
        with row:
            if _switch("Standardize x", "standardize", "standardize", _STANDARDIZE):
                dataset = cache.standardized(dataset)
                description += f" {_describe_scaling(dataset)}"
        _begin_anew_on_other_data(occasion, dataset, default_start)
        with row, _settings(_WHERE_TO_START, "start"):
            if not is_hidden("start"):
                st.caption("Where gradient descent begins, in the data's own units.")
            w = number("start_w", default_start.w)
            b = number("start_b", default_start.b)
        st.session_state.chosen_start = Line(w, b)
        start = dataset.from_original(Line(w, b))
        if max(abs(start.w), abs(start.b)) > MAX_START:
            st.warning("This start is too large to compute with: 0 and 0 are used instead.")
            start = dataset.from_original(Line(0.0, 0.0))
        st.caption(description)
    return dataset, start


def _choose_source() -> str:
    """Draw the choice of data."""
    if is_hidden("data"):
        return held_choice("data", DATA_NAMES)
    chosen = st.session_state.get("data", st.query_params.get("data"))
    has_own = chosen == "own" or not is_hidden("own")
    names = [name for name in DATA_NAMES if name != "own" or has_own]
    return st.selectbox("Data", names, width=200, **_bind("data", DATA_NAMES[0]))


def _switch(label: str, name: str, group: str, explained: str | None = None) -> bool:
    """Draw a switch of the address, unless the link leaves it out."""
    if is_hidden(group):
        return _held_switch(name)
    return st.toggle(label, help=explained, **_bind(name, False))


def _settings(label: str, name: str) -> contextlib.AbstractContextManager[Any]:
    """Draw the button that opens some settings, unless the link leaves them out."""
    return (
        contextlib.nullcontext() if is_hidden(name) else st.popover(label, key=f"{name}_settings")
    )


_STANDARDIZE = (
    "Measure x in standard deviations from its mean: the same points in other units. What that "
    "does to learning rates is on the page Learning rates."
)


def _describe_scaling(dataset: Dataset) -> str:
    assert dataset.scaling is not None
    return (
        f"x is standardized: it counts standard deviations ({readable(dataset.scaling.scale)}) "
        f"from the mean ({readable(dataset.scaling.mean)})."
    )


def _describe(dataset: Dataset) -> str:
    """Say what the points are, in one line."""
    if dataset.true_line is not None:
        has_outlier = st.session_state.data == "lesson" and st.session_state.outlier
        others = frames.without_last_point(dataset) if has_outlier else dataset
        lie = "on" if theory.lies_on_a_line(others) else "scattered around"
        outlier = ", and one outlier" if has_outlier else ""
        return f"{others.n:,} points {lie} the line {equation(dataset.true_line)}{outlier}."
    source = f" Source: {dataset.source}." if dataset.source else ""
    axes = literal(f"{dataset.y_label} against {dataset.x_label}")
    return f"{dataset.name}: {dataset.n:,} points, {axes}.{source}"


def _make_lesson_data() -> Dataset:
    with _settings("How it is made", "made"):
        if not is_hidden("made"):
            st.caption("x is uniform between 0 and 1; y = w·x + b, plus normal noise.")
        w, b = number("true_w"), number("true_b")
        n, noise = int(number("n")), number("noise")
        outlier = _switch("one outlier", "outlier", "made")
        outlier_at = (number("outlier_x"), number("outlier_y")) if outlier else None
    seed = int(number("seed", width=120))
    if not is_hidden("seed"):
        st.button("New sample", on_click=_next_seed)
    dataset = cache.noisy_line(w, b, n, noise, seed)
    return cache.outlying(dataset.fingerprint, *outlier_at, dataset) if outlier_at else dataset


def _next_seed() -> None:
    st.session_state.seed = (st.session_state.get("seed", 0) + 1) % (BOUNDS["seed"][1] + 1)


def what_makes_the_data() -> tuple[dict[str, Any], Dataset | None]:
    """Tell what makes the present data and start, as a pin keeps it; own points beside it."""
    state = st.session_state
    own: Dataset | None = state.get("own_points") if state.data == "own" else None
    bare = state.data == "own" and own is None  # nothing to use yet: the lesson's data, as it comes
    chosen: dict[str, Any] = {
        "data": "lesson" if bare else state.data,
        "standardize": state.get("standardize", False),
        "start_w": state.chosen_start.w,
        "start_b": state.chosen_start.b,
    }
    if chosen["data"] == "lesson":
        made = ("true_w", "true_b", "n", "noise", "seed", "outlier_x", "outlier_y")
        usual = {"outlier": False} | {name: PARAMETERS[name].default for name in made}
        chosen |= usual
        if not bare:
            chosen |= {name: state[name] for name in usual if state.get(name) is not None}
    return chosen, own


def hidden_changes(pin: Pin) -> list[str]:
    """Name the controls that the link leaves out and that bringing a pin back would move."""
    state = st.session_state
    _, own = what_makes_the_data()
    points_now, points_then = (points and points.fingerprint for points in (own, pin.own))
    moved = {
        _GROUPS.get(name, name)
        for name, value in pin.settings.items()
        if state.get(name, PARAMETERS[name].default if name in PARAMETERS else False) != value
    }
    if points_now != points_then:
        moved |= {"data", "own"} if pin.own is not None else {"data"}
    if moved & {"data", "standardize"}:
        moved.add("lr")
    if chosen_rates() != (pin.learning_rate,):
        moved.add("lrs")
    if state.steps != pin.steps:
        moved.add("steps")
    return [label for name, label in HIDABLE.items() if is_hidden(name) and name in moved]


def bring_back(pin: Pin) -> None:
    """Set all controls as they stood when a run was pinned, and run the page again."""
    state = st.session_state
    now, own = what_makes_the_data()
    before, then = (points and points.fingerprint for points in (own, pin.own))
    if before != then or any(now[name] != pin.settings[name] for name in ("data", "standardize")):
        _leave()
        state.lr = pin.learning_rate
    state.pop("settings_made_for", None)  # what is set here suits the data, as in a new visit
    for name, value in pin.settings.items():
        state[name] = value
        if name in st.query_params:  # of a control that is not drawn now, it would have its way
            with contextlib.suppress(StreamlitAPIException):  # refused for one that is drawn
                st.query_params[name] = _as_in_address(value)
    state.lrs, state.steps = [exact(pin.learning_rate)], pin.steps
    if pin.own is not None:
        _own_data.bring_back(pin.own)
    st.rerun()  # with the address as it is now


# What is set for one data set; of that, what is set in one unit of x; and what that was made for.
_SET_FOR_DATA = ("start_w", "start_b", "lr", "lrs", "factors", "experiment", "undo")
_SET_IN_UNITS = ("lr", "lrs", "experiment", "undo")
_MADE_FOR = ("settings_made_for", "default_rates", "other_units")
_IN_ADDRESS = ("lr", "lrs", "factors", "run", "fork")
MAX_OWN_LEFT = 8


def _leave() -> None:
    """Put away what is set for the present data, so that it comes back with them."""
    state = st.session_state
    _take_in()
    left = state.setdefault("left", {})
    ((occasion, _), _) = state.settings_made_for
    left.pop(occasion, None)
    set_now = {name: state[name] for name in _SET_FOR_DATA if name in state}
    left[occasion] = set_now | {name: state.pop(name) for name in _MADE_FOR if name in state}
    for other in [name for name in left if name.startswith("own ")][:-MAX_OWN_LEFT]:
        del left[other]
    _experiment.forget()


def _take_in() -> None:
    """Take out of the address what is set for the present data, used by a page or not yet."""
    state, address = st.session_state, st.query_params
    _experiment.read()
    if "lr" not in state and (rate := _read_number("lr", address.get("lr", ""))) is not None:
        state.lr = rate
    if "lrs" not in state and "lrs" in address:
        state.lrs = address.get_all("lrs")[:MAX_COMPARED]
    if "factors" not in state and "factors" in address:
        with contextlib.suppress(DataError):
            state.factors = _factors_of_link(address["factors"])
    for name in _IN_ADDRESS:
        with contextlib.suppress(StreamlitAPIException):  # a drawn control sees to its own
            address.pop(name, None)


def _begin_anew_on_other_data(occasion: str, dataset: Dataset, start: Line) -> None:
    """Begin anew on other data, or with what was set for them when they were left.

    Rates, start and stretches mean something for one data set only. Where only the units of x are
    others, rates keep their share of the limit.
    """
    state = st.session_state
    rates, limit = default_rates(dataset), theory.stable_limit(dataset)
    here = occasion, dataset.scaling is not None
    if "settings_made_for" in state and state.settings_made_for[0][0] != occasion:
        _leave()
        state.start_w, state.start_b = start.w, start.b
        state.lr, state.lrs = default_rate(dataset), rates
        state.factors = DEFAULT_FACTORS
        state.update(state.left.pop(occasion, {}))
    before, limit_before = state.setdefault("settings_made_for", (here, limit))
    nobody_chose = "lrs" in state and state.lrs == state.get("default_rates")
    if before != here:
        _change_units(limit / limit_before)
    if nobody_chose:
        state.lrs = rates  # they follow the data, as in a new visit
    state.settings_made_for, state.default_rates = (here, limit), rates
    usual = {"start_w": start.w, "start_b": start.b, "lr": default_rate(dataset)}
    state.setdefault("usual", {}).update(usual)


def _change_units(factor: float) -> None:
    """Go on in units of x in which the limit is so many times as large.

    The experiment of before in these units comes back, and so do rates that were not changed since.
    """
    state = st.session_state
    _take_in()
    set_then, given = state.get("other_units", ({}, {}))
    set_now = {name: state[name] for name in _SET_IN_UNITS if name in state}
    _experiment.forget()
    state.update(_rescaled(factor))
    for name, value in set_then.items():
        if name not in given or given[name] == set_now.get(name):
            state[name] = value
    given = {name: state[name] for name in ("lr", "lrs") if name in state}
    state.other_units = set_now, given


def _rescaled(factor: float) -> dict[str, Any]:
    """Give the learning rates so many times as large."""
    state, rescaled = st.session_state, dict[str, Any]()
    if "lrs" in state:
        rescaled["lrs"] = [plain(rate * factor) for rate in _read_rates(state.lrs)[0]]
    if "lr" in state:
        rescaled["lr"] = min(max(float(plain(state.lr * factor)), MIN_RATE), MAX_RATE)
    return rescaled


def default_rate(dataset: Dataset) -> float:
    """Choose the rate without one in the address: the lesson's 0.1, elsewhere a round safe one."""
    if dataset.true_line is not None and dataset.scaling is None:
        return PARAMETERS["lr"].default
    return min(max(theory.round_down(theory.safe_rate(dataset)), MIN_RATE), MAX_RATE)


# One of each kind, as multiples of the data's limit: slow, good, zigzag, explodes.
ONE_OF_EACH_KIND = (0.02, 0.45, 0.9, 1.02)


def default_rates(dataset: Dataset) -> list[str]:
    """Choose the rates to compare without any in the address: one of each kind."""
    limit = theory.stable_limit(dataset)
    return [plain(multiple * limit) for multiple in ONE_OF_EACH_KIND]


def learning_rate(dataset: Dataset) -> float:
    """Draw the input for one learning rate."""
    return number("lr", default_rate(dataset), width=150)


def held_learning_rate(dataset: Dataset) -> float:
    """Give the one learning rate that other pages draw, and show it in the address."""
    rate: float = _held("lr", default_rate(dataset), partial(_read_number, "lr"))
    return rate


def steps() -> int:
    """Draw the input for the number of steps."""
    return int(number("steps", width=150))


BATCH_SIZES = ("all", "32", "8", "1")


def batch_size() -> int | None:
    """Draw the choice of how many points each step looks at; None is all of them."""
    choice = st.selectbox("points a step", BATCH_SIZES, width=260, **_bind("batch", BATCH_SIZES[0]))
    return None if choice == "all" else int(choice)


DEFAULT_FACTORS = "1, 5"


def schedule() -> tuple[float, ...]:
    """Draw the input for a list of factors."""
    _held("factors", DEFAULT_FACTORS, _factors_of_link)
    _typed_box.draw(
        "factors",
        "Your list, in units of 1/λ₂: 1 is the safe choice, 2 the limit",
        lambda typed: write_factors(read_factors(typed)),
        str,
        DEFAULT_FACTORS,
        width=TEXT_WIDTH,
        placeholder=DEFAULT_FACTORS,
    )
    return read_factors(st.session_state.factors)


def _factors_of_link(text: str) -> str:
    return write_factors(read_factors_of_link(text))


def order_of_rates() -> str:
    """Draw the choice of the order in which the rates of a list are used."""
    names = list(ORDERS)
    return st.selectbox("in which order", names, width=160, **_bind("order", names[0]))


MAX_COMPARED = 8


def add_rate(rate: float) -> None:
    """Add a rate to those that are compared, rounded to two digits; of nine the first goes."""
    chosen = [text for text in st.session_state.lrs if text != plain(float(f"{rate:.2g}"))]
    st.session_state.lrs = [*chosen, plain(float(f"{rate:.2g}"))][-MAX_COMPARED:]


def presets(dataset: Dataset) -> dict[str, tuple[list[str], int]]:
    """Name choices of rates to compare, and of how many steps to take, as far as one may choose."""
    if is_hidden("lrs"):
        return {}
    decade = math.floor(math.log10(theory.stable_limit(dataset)))
    steps = int(PARAMETERS["steps"].default)
    usual, tiny = default_rate(dataset), default_rate(dataset) / 10_000
    many_steps = {f"Two million steps at {readable(tiny)}": ([plain(tiny)], MAX_STEPS)}
    return {
        "One of each kind": (default_rates(dataset), steps),
        "A decade each": ([plain(10.0**power) for power in range(decade - 3, decade + 2)], steps),
        "The lesson's": ([plain(usual), plain(usual / 10)], steps),
        **({} if is_hidden("steps") else many_steps),
    }


def choose_rates(rates: list[str], steps: int) -> None:
    """Compare these rates, after so many steps where one may choose them."""
    st.session_state.lrs = rates
    if not is_hidden("steps"):
        st.session_state.steps = steps


def learning_rates(dataset: Dataset) -> tuple[float, ...]:
    """Draw the input for up to eight learning rates; return those that make sense, ascending."""
    if "lrs" not in st.session_state:
        in_address = st.query_params.get_all("lrs")[:MAX_COMPARED]
        st.session_state.lrs = in_address or default_rates(dataset)
    if is_hidden("lrs"):
        return _held_rates(dataset)
    typed = st.multiselect(
        "Learning rates, up to eight: type a number and press Enter",
        st.session_state.lrs,  # no others: a typed number is no search among suggestions
        max_selections=MAX_COMPARED,
        accept_new_options=True,
        placeholder="0.1",
        **_bind("lrs", []),
    )
    _note_new_rate(typed)
    return _tell_rates(typed)


def _note_new_rate(chosen: list[str]) -> None:
    """Note which rate was added last, by typing or on the ruler; none where several are new."""
    state = st.session_state
    new = [text for text in chosen if text not in state.get("rates_before", chosen)]
    state.rates_before = chosen
    if new:
        rates, _ = _read_rates(new)
        state.rate_added = rates[0] if len(rates) == 1 else None


def chosen_rates() -> tuple[float, ...]:
    """Tell which learning rates are compared now."""
    return _read_rates(st.session_state.lrs)[0]


def _held_rates(dataset: Dataset) -> tuple[float, ...]:
    """Give the rates to compare where the link leaves out their control."""
    if not _read_rates(st.session_state.lrs)[0]:
        st.session_state.lrs = default_rates(dataset)
    rates = st.session_state.lrs
    if rates == default_rates(dataset):
        st.query_params.pop("lrs", None)
    elif st.query_params.get_all("lrs") != rates:
        st.query_params["lrs"] = rates
    return _read_rates(rates)[0]


def _read_rates(typed: Sequence[str]) -> tuple[tuple[float, ...], list[str]]:
    """Read learning rates, ascending; of what is none, say in a sentence each what is wrong."""
    rates, problems = set(), []
    for text in typed:
        try:
            rates.add(read_number_between(text, PARAMETERS["lr"].low, PARAMETERS["lr"].high))
        except DataError as error:
            problems.append(str(error))
    return tuple(sorted(rates)), problems


def _tell_rates(typed: Sequence[str]) -> tuple[float, ...]:
    """Read learning rates, and say which are left out, and why."""
    rates, problems = _read_rates(typed)
    if problems:
        st.warning(f"Left out: {literal(' '.join(problems))}")
    return rates


def choose_part(*parts: str, name: str = "part") -> str:
    """Draw the choice of which part of a page to show; at first the first."""
    part: str = st.segmented_control(
        "Part of the page",
        parts,
        default=parts[0],
        required=True,
        label_visibility="collapsed",
        **_bind(name, parts[0]),
    )
    return part


def address_now() -> dict[str, str | list[str]]:
    """Give the parameters that bring what is set in this visit back on another computer."""
    state = st.session_state
    usual = state.get("usual", {}) | {"lrs": state.get("default_rates")}
    address: dict[str, str | list[str]] = {
        name: values for name, values in state.waiting.items() if name in (*PARAMETERS, *_CHOICES)
    }
    address |= {
        name: _as_in_address(state[name])
        for name, default in usual.items()
        if state.get(name) not in (None, default)
    }
    if state.get("data") == "own" and "own_points" in state:
        address["points"] = points_to_text(state.own_points) or ""
        address["names"] = names_to_link(state.own_points) if address["points"] else []
    if "experiment" in state:
        address |= dict(zip(("run", "fork"), experiments.write(state.experiment), strict=True))
    return {name: value for name, value in address.items() if value}


MAX_NETWORKS = 4
DEFAULT_NETWORK_RATES = ["0.001", "0.2", "10"]  # one that crawls, one that arrives, one too large


def clutter() -> float:
    """Draw the slider for how cluttered and noisy pictures are."""
    return st.select_slider(
        "clutter and noise",
        CLUTTERS,
        NetworkConfig.clutter,
        width=300,
        **_bind("clutter", NetworkConfig.clutter),
    )


def network_configs(clutter: float) -> list[NetworkConfig]:
    """Draw the inputs for a network and up to four learning rates, ascending."""
    if "net_rates" not in st.session_state:
        in_address = st.query_params.get_all("net_rates")[:MAX_NETWORKS]
        st.session_state.net_rates = in_address or DEFAULT_NETWORK_RATES
    with st.container(horizontal=True, vertical_alignment="bottom"):
        with st.container(width=420):
            typed = st.multiselect(
                "Learning rates, up to four: type a number and press Enter",
                st.session_state.net_rates,
                max_selections=MAX_NETWORKS,
                accept_new_options=True,
                placeholder="0.2",
                **_bind("net_rates", []),
            )
        st.session_state.usual["net_rates"] = DEFAULT_NETWORK_RATES
        units = _choose_whole("hidden units", "units", UNITS, NetworkConfig.units)
        batch_size = _choose_whole(
            "pictures a step", "net_batch", PICTURE_BATCHES, NetworkConfig.batch_size
        )
        seed = int(number("net_seed"))
    rates = _tell_rates(typed)
    return [NetworkConfig(rate, units, batch_size, seed, clutter) for rate in rates]


def _choose_whole(label: str, name: str, choices: Sequence[int], default: int) -> int:
    """Draw the choice of one of a few whole numbers."""
    choice = st.selectbox(
        label,
        list(map(str, choices)),
        choices.index(default),
        width=130,
        **_bind(name, str(default)),
    )
    return int(choice)


def compare_network_rates(rates: list[float]) -> None:
    """Train networks at these rates."""
    st.session_state.net_rates = [plain(rate) for rate in rates]
