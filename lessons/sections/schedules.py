"""*Beat the best rate*, a part of Learning rates: an individual rate for each step."""

import math
from collections.abc import Mapping
from dataclasses import replace

import streamlit as st

from core import cache, theory
from core.datasets import Dataset, Line
from core.descent import schedules
from core.descent.schedules import TwoRates
from core.figures.schedules import LEAST_GAP, schedule_gaps
from core.figures.two_rates import two_rates
from core.runs import TrainingConfig
from core.words import Sentence
from core.words.writing import readable
from lessons.state import quiz, visit
from lessons.widgets.assist import announce
from lessons.widgets.controls import at_the_best_fit, number, order_of_rates, schedule
from lessons.widgets.figure import draw
from lessons.widgets.page import TEXT_WIDTH, show_table, text
from lessons.widgets.sliders import Slider, ToldGap, chart_sliders
from lessons.widgets.words import plain, say, say_sentence

_CHEBYSHEV_DIGITS = 8
_DECAY_SHOWN = 0.1  # default
_NOTHING_LEFT = 1e-6  # share of an error below which a step has removed it
_FIRST_FACTOR = 0.25  # where the sliders of the game stand at first, in units of 1/λ₂
_STATE = "two_rates_found"  # of the session: the places that were found, by question


def beat_the_best_rate(dataset: Dataset, start: Line) -> None:
    """Draw the part: the game of two rates, then why it works, and what longer lists can do."""
    if theory.steps_needed(dataset, theory.safe_rate(dataset), start) == 0:
        text(at_the_best_fit())
        return
    if _is_round(dataset):
        text(say("learning_rates.beat_round", safe=theory.safe_rate(dataset)))
    else:
        game = schedules.two_rates(dataset, start)
        if not game.is_worth_playing:
            facts = {"rate": game.rate, "par": game.par, "start_gap": game.begun}
            text(say("learning_rates.beat_little_to_beat", **facts))
        elif not _play(dataset, start, game):
            text(say("learning_rates.beat_held_back"))
            return
        _tell_why(dataset, start)
    steps = _own_schedule(dataset, start)
    _decay(dataset, start, visit.get("schedule_decay"), steps)
    _fold_of_chebyshev(dataset, start)


def _is_round(dataset: Dataset) -> bool:
    """Tell whether a step at 1/λ₂ also removes the error along the flat axis."""
    return theory.curvature(dataset).condition_number - 1 <= _NOTHING_LEFT


def _play(dataset: Dataset, start: Line, game: TwoRates) -> bool:
    """Draw the game; tell whether its answer may be shown."""
    question = f"two rates of {dataset.fingerprint} {start}"
    found: dict[str, tuple[int, int]] = st.session_state.setdefault(_STATE, {})
    is_open = quiz.is_open(question)
    shows_answer = is_open and question not in found
    text(say("learning_rates.beat", par=game.par, rate=game.rate))

    def solve(places: Mapping[str, float]) -> None:
        if not quiz.is_open(question):
            found[question] = (round(places["first"]), round(places["second"]))
            quiz.unlock(question)

    with st.container(key="two_rates_scope"):
        picture, hand = st.columns([3, 2], gap="medium")
        with picture:
            draw(two_rates(game))
        with hand:
            chart_sliders(
                "two_rates",
                "two_rates_scope",
                *_sliders(game, f"{question} {shows_answer}", shows_answer=shows_answer),
                told=_told(game),
                on_solved=solve,
            )
            if question in found:
                _tell_what_was_found(dataset, start, game, found[question])
            elif shows_answer:
                text(say("learning_rates.beat_shown"))
            else:
                st.button(
                    say("learning_rates.beat_give_up"),
                    key="show_two_rates",
                    on_click=quiz.unlock,
                    args=(question,),
                )
    return is_open


def _sliders(game: TwoRates, occasion: str, *, shows_answer: bool) -> list[Slider]:
    places = game.places
    texts = [readable(game.factor(place) / game.steep) for place in places]
    usual = min(places, key=lambda place: abs(game.factor(place) - _FIRST_FACTOR))
    return [
        Slider(
            name,
            plain(f"learning_rates.beat_{name}"),
            low=places.start,
            step=1,
            count=len(places),
            index=(answer if shows_answer else usual) - places.start,
            texts=texts,
            occasion=occasion,
        )
        for name, answer in (("first", 0), ("second", game.floor))
    ]


def _told(game: TwoRates) -> ToldGap:
    before = plain("learning_rates.beat_before")
    after = plain("learning_rates.beat_after", par=game.par, start_gap=game.begun)
    bounds = (
        ("found", game.found),
        ("beaten", game.par * (1 - 1e-12)),
        ("behind", game.begun),
        ("farther", None),
    )
    return ToldGap(
        ("first", "second"),
        game.along,
        game.across,
        game.condition,
        game.floor,
        {kind: (before, after, plain(f"learning_rates.beat_{kind}")) for kind, _ in bounds},
        bounds,
    )


def _tell_what_was_found(
    dataset: Dataset, start: Line, game: TwoRates, places: tuple[int, int]
) -> None:
    """Say which two rates were found, and what the loop makes of them."""
    factors = tuple(map(game.factor, places))
    first, second = (factor / game.steep for factor in factors)
    *_, end = schedules.gaps_of(cache.train, dataset, start, factors)
    facts = {"first_rate": first, "second_rate": second, "end_gap": end}
    st.success(say("learning_rates.beat_by_hand", **facts))
    announce("two rates", places, plain("learning_rates.beat_heard"), first=True)


def _tell_why(dataset: Dataset, start: Line) -> None:
    """Say what each of the two rates does, and what their order changes."""
    axes = theory.curvature(dataset)
    text(say("learning_rates.beat_why", beyond=axes.condition_number / 2))  # in limits
    orders = schedules.two_steps(cache.train, dataset, start)
    names = [say(f"learning_rates.beat_order_{order}") for order in ("in", "out")]
    columns: dict[str, list[str]] = {say("learning_rates.beat_order_rates"): [*names]}
    for step, gaps in enumerate(zip(*orders, strict=True)):
        columns[say("learning_rates.beat_order_gap", step=step)] = [
            say("learning_rates.beat_stopped") if gap is None else readable(gap, 4) for gap in gaps
        ]
    show_table(columns)
    (begun, _, end), (_, detour, other_end) = orders
    is_stopped = detour is None or other_end is None
    facts: dict[str, object] = {
        "is_stopped": is_stopped,
        "is_detour": detour is not None and begun is not None and detour > begun,
        "fastest": theory.fastest_rate(dataset),
    }
    for name, share in (("thousandth", 1e-3), ("billionth", 1e-9)):
        facts[name] = theory.steps_needed(dataset, theory.fastest_rate(dataset), start, share**2)
    told = [say("learning_rates.beat_order", **facts)]
    if begun is not None and end is not None and end > _NOTHING_LEFT * begun:
        blown_up = {"condition": axes.condition_number, "is_closer": end < begun}
        told.insert(0, say("learning_rates.beat_rounding", **blown_up))
    text("\n\n".join(told))


def _own_schedule(dataset: Dataset, start: Line) -> int:
    """Draw the list to edit and its run; return its number of steps."""
    text(say("learning_rates.beat_own"))
    longest = theory.curvature(dataset).condition_number  # 1/λ₁ in units of 1/λ₂
    if 1 + _NOTHING_LEFT < longest <= schedules.MAX_FACTOR:
        with st.container(horizontal=True):
            for name, pair in (("two_steps", (1.0, longest)), ("other_order", (longest, 1.0))):
                st.button(
                    say(f"learning_rates.beat_{name}"),
                    key=f"fill_in_{name}",
                    on_click=_fill_in,
                    args=(schedules.write_factors(pair),),
                )
    factors = schedule()
    with st.container(horizontal=True):
        steps = int(number("schedule_steps", width=180))
        decay = number("schedule_decay", width=180)
    _draw_schedule(dataset, start, factors, decay, steps)
    return steps


def _fill_in(factors: str) -> None:
    visit.choose(factors=factors)


def _draw_schedule(
    dataset: Dataset, start: Line, factors: tuple[float, ...], decay: float, steps: int
) -> None:
    race = schedules.race(cache.train, dataset, start, factors, decay, steps)
    rates = {"fastest": theory.fastest_rate(dataset), "safe": theory.safe_rate(dataset)}
    st.markdown(say("learning_rates.beat_own_gap", **rates))
    n = int(visit.get("chebyshev"))
    draw(schedule_gaps(dataset, start, race, n))
    flat, steep = schedules.round_factors(dataset, factors)
    is_finite = math.isfinite(flat) and math.isfinite(steep)
    comes_back = is_finite and decay == 0 and max(abs(flat), abs(steep)) < 1
    told = say(
        "learning_rates.beat_own_told",
        exploded=race.yours.exploded,
        stopped=int(race.yours.steps[-1]),
        gap=race.yours.end,
        taken=steps,
        gap_of_fastest=race.fastest.end,
        gap_of_safe=race.safe.end,
        round_is_finite=is_finite,
        round_steps=len(factors),
        steep_factor=steep,
        flat_factor=flat,
        would_come_back=comes_back and race.yours.exploded,
    )
    text(told)
    st.caption(say("learning_rates.beat_diamond", n=n))


def _decay(dataset: Dataset, start: Line, decay: float, steps: int) -> None:
    """Say what a rate that decays leaves, beside one that is kept."""
    constant = TrainingConfig((theory.safe_rate(dataset),), steps, start)
    tried = decay or _DECAY_SHOWN
    kept, decayed = (
        theory.gap(dataset, cache.train(dataset, config).last_line())
        for config in (constant, replace(constant, decay=tried))
    )
    told = say(
        "learning_rates.beat_decay",
        decay=tried,
        taken=steps,
        kept=kept,
        decayed=decayed,
        is_gone=max(kept, decayed) <= LEAST_GAP * theory.gap(dataset, start),
        is_alike=readable(kept, 4) == readable(decayed, 4),
    )
    text(told)


def _fold_of_chebyshev(dataset: Dataset, start: Line) -> None:
    """Draw the fold with Chebyshev's list; what is in it is computed only while it is open."""
    title = say("learning_rates.beat_chebyshev")
    fold = st.expander(title, key="chebyshev_list", on_change="rerun")
    if not fold.open:
        return
    with fold:
        if _is_round(dataset):
            text(say("learning_rates.beat_chebyshev_round"))
            return
        with st.container(horizontal=True, vertical_alignment="bottom"):
            n = int(number("chebyshev"))
            rates = schedules.ORDERS[order_of_rates()](schedules.chebyshev_rates(dataset, n))
            list_of_n = (rates / theory.safe_rate(dataset)).tolist()
            typed = schedules.write_factors(list_of_n, _CHEBYSHEV_DIGITS)
            st.button(
                say("learning_rates.beat_chebyshev_fill_in"),
                key="fill_in_chebyshev",
                on_click=_fill_in,
                args=(typed,),
            )
        if schedules.read_factors(visit.get("factors")) == schedules.read_factors(typed):
            st.caption(say("learning_rates.beat_chebyshev_is_used"))
        _tell_bound(dataset, start, n)
        _compare_orders(dataset, start, n)
        st.caption(say("learning_rates.beat_chebyshev_sources"), width=TEXT_WIDTH)


def _tell_bound(dataset: Dataset, start: Line, n: int) -> None:
    bound, begun = schedules.chebyshev_bound(dataset, n), theory.gap(dataset, start)
    facts = {"n": n, "bound": bound, "gap": bound * begun, "start_gap": begun}
    text(say("learning_rates.beat_chebyshev_rates", **facts))


def _compare_orders(dataset: Dataset, start: Line, n: int) -> None:
    """Tabulate the list in its three orders, and say what the order changes."""
    orders = schedules.chebyshev_orders(cache.train, dataset, start, n)
    stopped = orders["stopped"] >= 0
    left = schedules.chebyshev_bound(dataset, n) * theory.gap(dataset, start)
    rounding = Sentence("learning_rates.beat_rounding_decides")
    highest, gaps = [], []
    for step, high, gap in zip(orders["stopped"], orders["highest"], orders["gap"], strict=True):
        is_known = not math.isnan(high)
        times = Sentence("learning_rates.beat_orders_of_start", times=high)
        exploded = Sentence("learning_rates.beat_orders_stopped", stopped=int(step))
        highest.append(exploded if step >= 0 else times if is_known else rounding)
        known = say_sentence(rounding) if math.isnan(gap) else readable(gap, 4)
        gaps.append("–" if step >= 0 else known)
    columns = {
        "order": list(orders["order"]),
        "highest": list(map(say_sentence, highest)),
        "gap": gaps,
        "bound": [readable(left, 4)] * len(orders),
        "rounding": [
            say("learning_rates.beat_orders_times", times=growth)
            for growth in orders["error_growth"]
        ],
    }
    show_table(
        {say(f"learning_rates.beat_orders_{name}", n=n): cells for name, cells in columns.items()}
    )
    if schedules.chebyshev_rates(dataset, n).max() <= theory.stable_limit(dataset):
        text(say("learning_rates.beat_orders_below", n=n))
        return
    told = [say("learning_rates.beat_orders", n=n, is_stopped=bool(stopped.any()))]
    if (orders["gap"].isna() & ~stopped).any():
        told.append(say("learning_rates.beat_orders_rounding_decides"))
    text("\n\n".join(told))
