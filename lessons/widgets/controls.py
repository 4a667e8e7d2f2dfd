"""The controls that lessons share. Each shows a parameter of the visit and lets it be chosen."""

import contextlib
import math
from collections.abc import Iterator
from typing import Any, Literal

import streamlit as st

from core import theory
from core.course.outlier import without_last_point
from core.datasets import BUNDLED, Dataset, Line
from core.descent.schedules import read_factors
from core.network.runs import NetworkConfig
from core.parameters import (
    DATA_NAMES,
    MAX_COMPARED,
    MAX_NETWORKS,
    PARAMETERS,
    hidable,
    read_rates,
    usual_rate,
    usual_rates,
)
from core.reading.pins import Pin, settings_of
from core.runs import MAX_START, MAX_STEPS
from core.words import sources
from core.words.writing import exact, plain
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets import own_data
from lessons.widgets.data_cards import choose_from_cards, name_of_data
from lessons.widgets.page import TEXT_WIDTH
from lessons.widgets.words import say, say_sentence

_SENTENCE_WIDTH = 300


def at_the_best_fit() -> str:
    """Say that the start is the best fit already, and what to change."""
    if is_hidden("start"):
        return say("shared.at_best_fit_of_link")
    return say("shared.at_best_fit", control=hidable()["start"])


def offer_standardizing(dataset: Dataset, key: str) -> None:
    """Draw the button that standardizes x, or undoes it, unless the link leaves it out."""
    if not is_hidden("standardize"):
        st.button(
            say(f"learning_rates.{'unstandardize' if dataset.scaling else 'standardize'}"),
            key=key,
            on_click=visit.choose,
            kwargs={"standardize": dataset.scaling is None},
        )


def set_start(w: object, b: object, dataset: Dataset) -> None:
    """Begin descents at the line that the browser sends, unless that is not two numbers.

    Numbers out of bounds are kept for ``tell_refused_start`` to name.
    """
    if not (isinstance(w, int | float) and isinstance(b, int | float)):
        return
    line = dataset.to_original(Line(float(w), float(b)))
    values = {"start_w": line.w, "start_b": line.b}
    beyond = {
        name: value
        for name, value in values.items()
        if not PARAMETERS[name].low <= value <= PARAMETERS[name].high
    }
    if beyond:
        st.session_state.start_refused = beyond
    else:
        visit.choose(**values)


def tell_refused_start() -> None:
    """Say why descents do not begin at the line that was just chosen, if they do not."""
    refused = st.session_state.pop("start_refused", None)
    if not refused:
        return
    bounds = {"low": PARAMETERS["start_w"].low, "high": PARAMETERS["start_w"].high}
    if len(refused) == 2:
        w, b = refused["start_w"], refused["start_b"]
        st.warning(say("shared.start_refused_both", w=w, b=b, **bounds), width=TEXT_WIDTH)
    else:
        ((name, value),) = refused.items()
        label = PARAMETERS[name].label
        st.warning(say("shared.start_refused", name=label, value=value, **bounds), width=TEXT_WIDTH)


def _help(name: str) -> str | None:
    """Explain a control, if there is a section that does."""
    section = f"{name}_help"
    return say(f"parameters.{section}") if section in sources("en", "parameters") else None


def _box(
    name: str,
    width: int | Literal["stretch"] = 130,
    placeholder: str | None = None,
    on_change: Literal["rerun", "ignore"] = "rerun",
) -> None:
    """Draw a text box; what cannot be read changes nothing, and the reason is shown below it."""
    row = PARAMETERS[name]
    st.text_input(
        row.label,
        help=_help(name),
        width=width,
        placeholder=placeholder,
        on_change=on_change,
        **visit.control(name),
    )
    problem = visit.refusal(name)
    if problem is not None:
        st.error(say_sentence(problem), width=_SENTENCE_WIDTH)


def number(name: str, width: int = 130, *, matters_now: bool = True) -> float:
    """Draw the box for a number, unless the link leaves it out.

    Parameters
    ----------
    matters_now : bool
        Whether anything on the page depends on it before the next press of a button.
    """
    if not st.session_state.visit.hides(name):
        _box(name, width, on_change="rerun" if matters_now else "ignore")
    value: float = visit.get(name)
    return value


def choose_data() -> tuple[Dataset, Line]:
    """Tell the data in one line, with a button that opens all that can be changed about it.

    Returns
    -------
    Dataset
    Line
        Where descents begin, in the data set's units.
    """
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="strip"):
        told = st.container(width="content")
        made = ("made", "seed") if visit.get("data") == "lesson" else ()
        choices = ("data", "standardize", "start", *made)
        with panel("change_data", say("shared.change_data"), *choices) as is_open:
            if is_open:
                _draw_choices()
            if visit.get("data") == "own" and not is_hidden("data"):
                own_data.choose_own_points()
        dataset = visit.now().dataset()
        told.markdown(say("shared.data_line", **_facts_of_line(dataset)))
    if visit.get("data") == "own" and is_hidden("data"):
        own_data.choose_own_points()
    return dataset, _start_in_units(dataset)


def _draw_choices() -> None:
    """Draw all that can be changed about the data, and where descents begin."""
    if not is_hidden("data"):
        st.selectbox(
            PARAMETERS["data"].label,
            _sources(),
            format_func=name_of_data,
            **visit.control("data"),
            width=260,
        )
    st.caption(_describe(found=True))
    if visit.get("data") == "lesson":
        with st.container(horizontal=True, vertical_alignment="bottom"):
            _choose_how_it_is_made(true_line=True)
            _draw_new_sample()
    _switch("standardize")
    if not is_hidden("start"):
        st.caption(say("shared.where_descent_begins"))
    with st.container(horizontal=True):
        _choose_start()


def choose_data_from_cards(*, found: bool) -> tuple[Dataset, Line]:
    """Draw the choice of data as cards, and below them, in one line, the other settings of it.

    Parameters
    ----------
    found : bool
        Whether the true line may be shown.

    Returns
    -------
    Dataset
    Line
        Where descents begin, in the data set's units.
    """
    with st.container(key="strip", gap="small"):
        if not is_hidden("data"):
            choose_from_cards(with_own="own" in _sources())
        row = st.container(horizontal=True, vertical_alignment="center", key="data_settings")
        told = row.container()
        with row:
            if visit.get("data") == "lesson":
                with panel("made_settings", hidable()["made"], "made") as is_open:
                    if is_open:
                        st.caption(say("shared.how_data_is_made"))
                    if is_open or is_hidden("made"):  # then the seed stands alone
                        _choose_how_it_is_made(true_line=found)
                _draw_new_sample()
        if visit.get("data") == "own":
            own_data.choose_own_points()
        with row:
            _switch("standardize")
            with panel("start_settings", hidable()["start"], "start") as is_open:
                if is_open:
                    st.caption(say("shared.where_descent_begins"))
                    _choose_start()
        told.caption(_describe(found))
    dataset = visit.now().dataset()
    return dataset, _start_in_units(dataset)


def tell_data() -> tuple[Dataset, Line]:
    """Tell the data in one line, with nothing to change about it.

    Returns
    -------
    Dataset
    Line
        Where descents begin, in the data set's units.
    """
    dataset = visit.now().dataset()
    st.markdown(say("shared.data_line", **_facts_of_line(dataset)))
    return dataset, _start_in_units(dataset)


@contextlib.contextmanager
def panel(key: str, label: str, *hidden: str) -> Iterator[bool]:
    """Draw the button that opens some settings, unless the link leaves out every one of them.

    Yields
    ------
    bool
        Whether it is open. Only then may its controls be drawn: the browser would go on sending the
        values of controls in a closed popover, and so undo what is chosen elsewhere.
    """
    if hidden and all(map(is_hidden, hidden)):
        yield False
        return
    popover = st.popover(label, key=key, on_change="rerun")
    with popover:
        yield bool(popover.open)


def _sources() -> list[str]:
    """List the data sets that can be chosen."""
    has_own = visit.get("data") == "own" or not is_hidden("own")
    return [name for name in DATA_NAMES if name != "own" or has_own]


def _choose_start() -> None:
    """Draw the two numbers of the start, in the data's own units."""
    number("start_w")
    number("start_b")


def _start_in_units(dataset: Dataset) -> Line:
    """Give the start in the data set's units; one too large to compute with is replaced."""
    start = dataset.from_original(Line(visit.get("start_w"), visit.get("start_b")))
    if max(abs(start.w), abs(start.b)) > MAX_START:
        st.warning(say("shared.start_too_large"))
        start = dataset.from_original(Line(0.0, 0.0))
    return start


def _switch(name: str) -> bool:
    """Draw a switch, unless the link leaves it out."""
    row = PARAMETERS[name]
    if not st.session_state.visit.hides(name):
        st.toggle(row.label, help=_help(name), **visit.control(name))
    is_on: bool = visit.get(name)
    return is_on


def _facts_of_line(dataset: Dataset) -> dict[str, object]:
    """Give what the line about the data says: its name, how many points, and what was done."""
    settings, made = visit.now().settings(), ("true_w", "true_b", "noise")
    is_made = settings.data == "lesson"
    return {
        "name": name_of_data(settings.data),
        "n": dataset.n,
        "is_made_otherwise": is_made and any(map(visit.now().is_chosen, made)),
        "has_outlier": is_made and settings.outlier,
        "is_standardized": dataset.scaling is not None,
        "is_own_missing": visit.get("data") == "own" and settings.own is None,
    }


def _describe(found: bool) -> str:
    """Say what the points are, in a line or two; the true line only where it may be shown."""
    original, dataset = visit.now().dataset(standardized=False), visit.now().dataset()
    scaling = dataset.scaling
    more = (
        ""
        if scaling is None
        else " " + say("shared.standardized", scale=scaling.scale, mean=scaling.mean)
    )
    if original.true_line is not None:
        has_outlier = visit.now().settings().outlier
        others = without_last_point(original) if has_outlier else original
        where = "on" if theory.lies_on_a_line(others) else "around"
        hidden = "" if found else "_hidden"
        kind = f"points_{where}{hidden}_line" + "_with_outlier" * has_outlier
        return say(f"shared.{kind}", n=others.n, line=original.true_line) + more
    bundled = BUNDLED.get(visit.now().settings().data)
    described = say(
        "shared.data_points_of_source" if bundled else "shared.data_points",
        name=original.name,
        n=original.n,
        x_label=original.x_label,
        y_label=original.y_label,
        source=say(f"datasets.{bundled.words}_source") if bundled else "",
    )
    return described + more


def _choose_how_it_is_made(*, true_line: bool) -> None:
    """Draw the settings of the lesson's data; those of its true line only where it may be shown."""
    for name in (*(("true_w", "true_b") if true_line else ()), "n", "noise"):
        number(name)
    if _switch("outlier"):
        number("outlier_x")
        number("outlier_y")
    number("seed")


def _draw_new_sample() -> None:
    if not is_hidden("seed"):
        st.button(say("shared.new_sample"), on_click=_next_seed)


def _next_seed() -> None:
    visit.choose(seed=(visit.get("seed") + 1) % (int(PARAMETERS["seed"].high) + 1))


def _made_by(pin: Pin) -> dict[str, Any]:
    """Return the values of all parameters that determine a pinned run."""
    run = {"lrs": [exact(pin.learning_rate)], "steps": pin.steps}
    return {**pin.settings, **run} | ({} if pin.own is None else {"points": pin.own})


def hidden_changes(pin: Pin) -> list[str]:
    """Name the controls that the link leaves out and that bringing a pin back would move."""
    now, then = visit.now(), _made_by(pin)
    there = {name: now.get(name) for name in then}
    there |= {"lrs": [exact(rate) for rate in chosen_rates()]} | settings_of(now.settings())
    hides = {name: row.hide.name for name, row in PARAMETERS.items() if row.hide}
    moved = {hides[name] for name in then if name != "points" and there.get(name) != then[name]}
    own = now.settings().own
    if (own and own.fingerprint) != (pin.own and pin.own.fingerprint):
        moved |= {"data"} if pin.own is None else {"data", "own"}
    if moved & {"data", "standardize"}:
        moved.add("lr")
    return [label for name, label in hidable().items() if is_hidden(name) and name in moved]


def bring_back(pin: Pin) -> None:
    """Set all controls to their values when a run was pinned."""
    visit.choose(**_made_by(pin))
    if pin.own is not None:
        own_data.begin_with_points()


def learning_rate() -> float:
    """Draw the input for one learning rate."""
    return number("lr", width=150)


def steps() -> int:
    """Draw the input for the number of steps."""
    return int(number("steps", width=110))


def batch_size() -> int | None:
    """Draw the choice of the batch size; None is all points."""
    choice = _select("batch", width=260)
    return None if choice == "all" else int(choice)


def _select(name: str, width: int) -> str:
    """Draw the choice of one of a few."""
    row = PARAMETERS[name]
    chosen: str = st.selectbox(row.label, row.choices, **visit.control(name), width=width)
    return chosen


def schedule() -> tuple[float, ...]:
    """Draw the input for a list of factors."""
    _box("factors", TEXT_WIDTH, str(PARAMETERS["factors"].usual))
    return read_factors(visit.get("factors"))


def order_of_rates() -> str:
    """Draw the choice of the order in which the rates of a list are used."""
    return _select("order", width=160)


def add_rate(rate: float) -> None:
    """Add a rate to those that are compared, rounded to two digits; a ninth replaces the first."""
    added = plain(float(f"{rate:.2g}"))
    chosen = [text for text in visit.get("lrs") if text != added]
    visit.choose(lrs=[*chosen, added][-MAX_COMPARED:])


def presets(dataset: Dataset) -> dict[str, tuple[list[str], int]]:
    """Name presets of rates and of numbers of steps, as far as the link lets one choose."""
    if is_hidden("lrs"):
        return {}
    decade = math.floor(math.log10(theory.stable_limit(dataset)))
    steps = PARAMETERS["steps"].usual
    usual, tiny = usual_rate(dataset), usual_rate(dataset) / 10_000
    decades = [plain(10.0**power) for power in range(decade - 3, decade + 2)]
    many_steps = say("shared.rate_for_two_million_steps", rate=tiny)
    return {
        say("shared.rates_of_each_kind"): (usual_rates(dataset), steps),
        say("shared.rates_a_decade_each"): (decades, steps),
        say("shared.rates_of_the_lesson"): ([plain(usual), plain(usual / 10)], steps),
        **({} if is_hidden("steps") else {many_steps: ([plain(tiny)], MAX_STEPS)}),
    }


def choose_rates(rates: list[str], steps: int) -> None:
    """Compare these rates, after so many steps."""
    visit.choose(lrs=rates, steps=steps)


def learning_rates() -> tuple[float, ...]:
    """Draw the input for up to eight learning rates; return them, ascending."""
    if is_hidden("lrs"):
        return chosen_rates()
    typed, rates = _type_rates("lrs", MAX_COMPARED, "0.1")
    _note_new_rate(typed)
    return rates


def _type_rates(name: str, most: int, placeholder: str) -> tuple[list[str], tuple[float, ...]]:
    """Draw the input for some learning rates; what is none is told once, and takes no place."""
    typed = visit.get(name)
    _, problems = read_rates(typed)
    if problems:
        visit.choose(**{name: [text for text in typed if not read_rates([text])[1]]})
    kept: list[str] = st.multiselect(
        PARAMETERS[name].label,
        visit.get(name),  # only the chosen ones: typing must not filter suggestions
        max_selections=most,
        accept_new_options=True,
        placeholder=placeholder,
        **visit.control(name),
    )
    if problems:
        st.warning(say("shared.rates_left_out", problems=problems))
    return kept, read_rates(kept)[0]


def _note_new_rate(chosen: list[str]) -> None:
    """Record which rate was added last, by typing or on the ruler; none if several are new."""
    state = st.session_state
    new = [text for text in chosen if text not in state.get("rates_before", chosen)]
    state.rates_before = chosen
    if new:
        rates, _ = read_rates(new)
        state.rate_added = rates[0] if len(rates) == 1 else None


def chosen_rates() -> tuple[float, ...]:
    """Return the learning rates that are compared now."""
    return read_rates(visit.get("lrs"))[0]


def network_of_visit() -> NetworkConfig:
    """Give the network that is chosen, at the usual rate."""
    return NetworkConfig(
        units=int(visit.get("units")),
        batch_size=int(visit.get("net_batch")),
        seed=int(visit.get("net_seed")),
        clutter=visit.get("clutter"),
    )


def choose_network() -> NetworkConfig:
    """Tell the network in one line, with a button that opens what can be changed about it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="strip"):
        told = st.container(width="content")
        with panel("network_settings", say("shared.change_data")) as is_open:
            if is_open:
                _draw_network_settings()
        config = network_of_visit()
        told.markdown(
            say(
                "hot_dog.network_line",
                **vars(config),
                is_made_otherwise=config.clutter != NetworkConfig.clutter,
            )
        )
    return config


def _draw_network_settings() -> None:
    """Draw the settings of a network, of its training, and of its pictures."""
    _select("units", width=130)
    _select("net_batch", width=130)
    number("net_seed", matters_now=visit.get("trained"))
    row = PARAMETERS["clutter"]
    st.select_slider(row.label, row.choices, **visit.control("clutter"), width=300)


def choose_network_rates() -> tuple[float, ...]:
    """Draw the input for up to four learning rates; return them, ascending."""
    return _type_rates("net_rates", MAX_NETWORKS, "0.2")[1]


def compare_network_rates(rates: list[float]) -> None:
    """Train networks at these rates."""
    visit.choose(net_rates=[plain(rate) for rate in rates])
