"""The page Gradient steps, which asks what happens in one step, and in 200."""

import math
from functools import partial

import numpy as np
import streamlit as st

from core import cache, theory
from core.course.sayings import what_jumps
from core.course.verdicts import arrival, what_grows
from core.datasets import Line
from core.descent import experiments, snippets
from core.descent.experiments import Experiment, Stretch, count_steps
from core.figures import fit, frames, loss, surface
from core.rounding import known
from core.runs import MAX_BATCH_STEPS, TrainingConfig
from core.words.writing import (
    count,
    in_original_units,
    in_steps,
    readable,
    readable_below,
    subtraction,
)
from lessons.sections import running
from lessons.state import visit
from lessons.state.visit import is_hidden
from lessons.widgets.assist import announce
from lessons.widgets.check import check
from lessons.widgets.controls import (
    at_the_best_fit,
    batch_size,
    choose_data,
    learning_rate,
    number,
    steps,
)
from lessons.widgets.figure import draw
from lessons.widgets.numbers import numbers_behind_charts
from lessons.widgets.page import (
    glossary,
    heading,
    next_lesson,
    open_lesson,
    show_table,
    table,
    takeaway,
    text,
)
from lessons.widgets.predict import predict_line
from lessons.widgets.sliders import Slider, step_slider, switch

_THREE_WAYS = r"""
$$
\begin{aligned}
\frac{\partial\,\text{loss}}{\partial w} &= \frac{2}{n}\sum (w\,x_i + b - y_i)\,x_i \\[6pt]
&\approx \frac{\text{loss}(w + h,\, b) - \text{loss}(w,\, b)}{h}
\end{aligned}
$$
"""
_BEST_FIT = r"""
$$
\begin{aligned}
w^* &= \frac{\sum (x_i - \bar x)(y_i - \bar y)}{\sum (x_i - \bar x)^2} \\
b^* &= \bar y - w^*\,\bar x
\end{aligned}
$$
"""
MOST_POINTS_TO_READ = 1_000  # in a script that contains its data

open_lesson("gradient-steps")
text(
    "One step of gradient descent does four things: it **predicts**, **measures** the loss, asks "
    "for the **gradient** (two numbers: how fast the loss rises along w, and along b), and "
    "**moves** w and b against it. How far? The gradient times the **learning rate**. The loop "
    "does not learn that number, you choose it: such a number is called a *hyperparameter*. "
    "**Run some steps, look, and go on.**"
)
glossary("hyperparameter", "learning rate", "gradient step", "tape", "gap", "mini-batch", "decay")
dataset, start = choose_data()
predict_line(dataset, start, then=lambda: None)
heading("Run the loop")
experiment = running.read()
with st.container(horizontal=True, vertical_alignment="bottom"):
    rate, step_count = learning_rate(), steps()
    with st.popover("More", key="more_settings"):
        points_a_step = batch_size()
        decay = number("decay", width=260)
        tolerance = number("tolerance", width=260, matters_now=False)
    buttons = st.container(horizontal=True, vertical_alignment="bottom", key="run_buttons")

stretches = experiment.active
paths = running.paths_of(dataset, start, stretches or (Stretch(0, rate),))
path = frames.join_paths(paths)
first, last = path.iloc[0], path.iloc[-1]
line, taken = Line(float(last.w), float(last.b)), int(last.step)
exploded = taken < count_steps(stretches)
here = math.hypot(*theory.gradient(dataset, line))


def run(more: int) -> None:
    """Continue for ``more`` steps, or until the gradient is within the tolerance."""
    stretch = Stretch(more, rate, points_a_step, decay)
    enough = visit.get("tolerance")  # read in the callback: it may have changed with this rerun
    if enough:
        flat = experiments.steps_until_flat(cache.train, dataset, line, taken, stretch, enough)
        stretch = Stretch(more if flat is None else flat, rate, points_a_step, decay)
    if stretch.steps:
        running.change(experiment.continued(stretch))


def problem_of(more: int) -> str | None:
    """Say in a sentence why the loop cannot run ``more`` steps; None if it can."""
    return experiments.problem_with(Stretch(more, rate, points_a_step, decay), taken)


problem = None
if exploded:
    problem = "The run exploded: go back to an earlier step, undo, or start over."
elif experiment.is_full:
    problem = f"That is {experiments.MAX_STRETCHES} stretches, all a link can hold: start over."
elif tolerance and here <= tolerance:
    problem = (
        f"Stopped at step {taken:,}: the gradient's length, over all points, is {readable(here)}, "
        f"not above the {readable(tolerance)} that you set under *More*."
    )
why_not = problem or problem_of(step_count)
forking = experiment.fork_at is not None and not experiment.fork
verb = "Fork:" if forking else "Continue" if stretches else "Run"
with buttons:
    st.button(
        f"{verb} {in_steps(step_count)}",
        type="primary",
        key="go",
        disabled=why_not is not None,
        on_click=run,
        args=(step_count,),
    )
    for more in (1, 10):
        st.button(f"+{more} step{'s' if more > 1 else ''}", key=f"go_{more}", args=(more,),
                  disabled=bool(problem or problem_of(more)), on_click=run)  # fmt: skip
    st.button("Undo", disabled=not running.can_undo(), on_click=running.undo)
    st.button("Start over", key="start_over", disabled=not experiment.run,
              on_click=running.change, args=(Experiment(),))  # fmt: skip
if why_not:
    st.caption(why_not)

# The branch that a fork has left, if there is one.
kept_paths = running.paths_of(dataset, start, experiment.kept) if experiment.kept else []
kept = frames.join_paths(kept_paths) if kept_paths else None
has_fork = kept is not None
branches = frames.Branches(path, kept, experiment.fork_at or 0)

best, lowest = theory.best_fit(dataset), theory.mse(dataset, theory.best_fit(dataset))
on_a_line = theory.lies_on_a_line(dataset)
loss_picture = loss.loss(dataset, branches)


def take(button: str, chosen: int) -> None:
    """Apply a button below the step slider to the chosen step."""
    if button == "look":
        visit.choose(step=chosen)
    else:
        running.change(experiment.rewound(chosen))


def open_above(other_experiment: Experiment, points: int | None) -> None:
    """Show an experiment in the main charts, and set its batch size for further steps."""
    running.change(other_experiment)
    visit.choose(batch="all" if points is None else str(points))
    st.toast("It is in the pictures at the top.")


def in_points(number: int) -> str:
    """Write how many points: 1 point, 2 points."""
    return f"{number} {'point' if number == 1 else 'points'}"


def small_enough(batch_size: int) -> str:
    """State a rate below which mini-batches of that size do not explode."""
    return (
        f"With {in_points(batch_size)} a step, a rate below "
        f"**{readable_below(theory.batch_limit(dataset, batch_size))}** is small enough: there a "
        "large error shrinks, on average over all draws."
    )


def why_it_exploded(stretch: Stretch, step: int) -> str:
    """Say what made a run explode after that step: its rate, or too few points for its rate."""
    limit, then = theory.stable_limit(dataset), stretch.rate_at(step)
    yours = f"{'at that step it was' if stretch.decay else 'you had'} {readable(then)}"
    if stretch.batch_size is None:
        return f"On this data, {what_grows(dataset, then)}; {yours}."
    with_all_points = (
        f"Above a rate of {readable_below(limit)} a run on this data that is off across the valley "
        f"explodes even with all points in every step; {yours}. With mini-batches the limit is "
        "lower still"
        if then > limit
        else f"With all points in every step, a run at a rate below {readable_below(limit)} does "
        f"not explode on this data; {yours}. With mini-batches it can"
    )
    return (
        f"{with_all_points}: a few points, drawn at random, can curve the loss more than all of "
        "them together. Here the steepest curvature is "
        f"{readable(theory.curvature(dataset).steep)} for all points, and up to "
        f"{readable(theory.steepest_point(dataset))} for a single one. "
        f"{small_enough(stretch.batch_size)}"
    )


# The place of the charts. They are drawn further down, as one of them shows the step that is chosen
# in the section after them.
linked = st.container(key="linked")

gap_here = theory.gap(dataset, line)
announce(
    "run",
    (stretches, stretches and (dataset.fingerprint, start)),
    f"The run exploded after step {taken:,}."
    if exploded
    else f"Step {taken:,}: loss {readable(last.loss)}, gap {readable(gap_here)} from the best fit.",
)
if kept is not None:
    end = kept.iloc[-1]
    gap_there = theory.gap(dataset, Line(end.w, end.b))
    if forking:
        text(
            f"You went back to step {taken:,}. The branch you left is drawn dashed. "
            + ("Now fork." if is_hidden("lr") else "Choose a learning rate, and fork.")
        )
    else:
        verdict = "closer" if gap_here < gap_there else "farther away"
        if math.isclose(gap_here, gap_there, rel_tol=1e-6):
            verdict = "as close"
        verdict += " so far" if taken < end.step else ""
        text(
            f"**The fork is {verdict}**: at step {taken:,} its line is {readable(gap_here)} from "
            f"the best fit; the dashed branch ended at step {end.step:,.0f}, {readable(gap_there)} "
            "from it."
        )
if stretches:
    parts_of_runs = [("fork" if has_fork else "run", stretches, paths)]
    if has_fork:
        parts_of_runs.insert(0, ("dashed", experiment.kept, kept_paths))
    text(
        f"{table(running.table(dataset, parts_of_runs))}\n\n"
        "*Gap*: the root mean square of the vertical distances from the best fit."
    )

if exploded:
    at_fault = stretches[len(paths) - 1]
    told = (
        f"**The run exploded.** After step {taken:,} the loss would have passed a million times "
        "what is reasonable (the loss this stretch began with, or the mean of y², whichever is "
        "larger), so it was stopped there."
    )
    shown = frames.fit_window(dataset, [start]).iloc[0]
    heights = line.at(np.array([shown.x_low, shown.x_high]))
    if heights.min() > shown.y_high or heights.max() < shown.y_low:
        told += " (Its last line lies outside of the first picture: go back through the steps.)"
    told += f"\n\n{why_it_exploded(at_fault, taken)}"
    crossing = paths[-1].iloc[-2:]
    plain = at_fault.batch_size is None and not at_fault.decay
    if plain and len(crossing) == 2 and (crossing["steep"] != 0).all():
        steep = theory.curvature(dataset).steep
        growth = abs(1 - at_fault.learning_rate * steep)
        ratio = abs(crossing["steep"].iloc[1] / crossing["steep"].iloc[0])
        measured = ratio ** (1 / float(crossing["step"].iloc[1] - crossing["step"].iloc[0]))
        told += (
            "\n\nA step multiplies the error across the valley by "
            f"|1 − rate × {readable(steep)}| = **{readable(growth, 4)}**, says the formula; at the "
            f"end of this run it grew **{readable(measured, 4)}** times a step. (The number in it "
            "is the steepest curvature of the bowl; the next page is about it.)"
        )
    text(told)

heading(
    "One step, line by line",
    "This is the loop, in TensorFlow (`tf`). Its *tape* writes down how the loss is computed from "
    "w and b, and can therefore say how the loss changes with them. Beside each line stands what "
    "it computed at the step you look into; on the path above, that step is the violet arrow.",
)
with st.container(horizontal=True, vertical_alignment="bottom"):
    asked = int(number("step"))
    wanted = min(asked, max(taken - 1, 0) if exploded else taken)
    st.button(
        f"Go back to step {wanted:,}",
        key="rewind",
        disabled=wanted >= count_steps(stretches),
        on_click=running.change,
        args=(experiment.rewound(wanted),),
    )
if wanted < asked:
    st.caption(f"The run has not got that far: this is step {wanted:,}.")
elif wanted == taken:
    st.caption("This step is still to come: it is the one that the next run begins with.")
next_one = Stretch(1, rate, points_a_step, decay)
if experiments.problem_with(next_one, taken):
    next_one = Stretch(1, rate, None, decay)
to_come = () if exploded else (next_one,)
step = experiments.take_apart(cache.train, dataset, start, (*stretches, *to_come), wanted)
with linked:
    step_slider(
        "step_slider",
        "linked",
        Slider(
            "slot",
            "Step",
            low=0,
            step=1,
            count=len(path),
            index=len(path) - 1,
            texts=frames.step_texts(path),
            occasion=f"{dataset.fingerprint} {start} {stretches}",
        ),
        switch("log", "log loss", on=True),
        switch("log_step", "log steps"),
        chart="loss",
        steps=path["step"].tolist(),
        bounds=loss_picture.tables["bounds"],
        log_step="log_step",
        buttons={"look": "Look into this step"}
        | ({"rewind": "Go back to this step"} if stretches else {}),
        on_chosen=take,
    )
    left, middle, right = st.columns(3)
    with left:
        st.markdown("**The line** over the points")
        draw(fit.fit(dataset, start, branches))
    with middle:
        st.markdown("**The path** over (w, b)")
        draw(surface.path(dataset, start, branches, step))
    with right:
        st.markdown("**The loss**: point along it")
        draw(loss_picture)

some = slice(3)
predicted = ", ".join(readable(value, 4) for value in step.predicted[some])
true_values = ", ".join(readable(value, 4) for value in step.y[some])
taker = experiments.cut((*stretches, *to_come), wanted + 1)[-1]
whole = taker.batch_size is None
few = "all points" if whole else f"a mini-batch of {step.x.size:,}"
step_rate = readable(step.learning_rate, 6)
w_slope, b_slope = (readable(slope, 6) for slope in step.gradient)
w_sum, b_sum = (
    subtraction(old, new) for old, new in ((step.old.w, step.new.w), (step.old.b, step.new.b))
)
over_all = "" if whole else f" (over all points: {readable(theory.mse(dataset, step.old), 6)})"
code = {
    "`    with tf.GradientTape() as tape:`": "writes down what is computed below",
    "`        predictions = w * x + b`": f"{predicted} … for {few}, where y is {true_values} …",
    "`        loss = tf.reduce_mean(tf.square(predictions - y))`": (
        f"**{readable(step.loss, 6)}**, the mean of the squared differences{over_all}"
    ),
    "`    gradients = tape.gradient(loss, [w, b])`": (
        f"**{w_slope}** along w, **{b_slope}** along b"
    ),
    "`    w.assign_sub(learning_rate * gradients[0])`": (
        f"w − {step_rate} × ({w_slope}) = {w_sum[0]} − ({w_sum[1]}) = **{w_sum[2]}**"
    ),
    "`    b.assign_sub(learning_rate * gradients[1])`": (
        f"b − {step_rate} × ({b_slope}) = {b_sum[0]} − ({b_sum[1]}) = **{b_sum[2]}**"
    ),
}
st.container(key="line_by_line").markdown(
    table(
        {"**`for step in range(steps):`**": list(code), f"at step {wanted:,}": list(code.values())}
    )
)
text(
    "`w` and `b` are `tf.Variable`s: numbers that `assign_sub` can change, by subtracting. The "
    f"learning rate, {readable(taker.learning_rate)}, comes from outside: it is a "
    "**hyperparameter**, a number that decides how the loop learns, and that it does not learn."
    + (
        f" (The decay makes it {readable(taker.learning_rate)} / (1 + {readable(taker.decay)} × "
        f"{wanted:,}) = {step_rate} at this step.)"
        if taker.decay
        else ""
    )
)

heading(
    "Three ways to a gradient",
    "The tape is exact, and so is the formula it saves you from working out. One can also just "
    "*try*: move w by a little h and see how much the loss changes. With a large h the slope "
    f"changes on the way; with a tiny one the difference drowns in rounding.\n{_THREE_WAYS}",
)
exponent = st.select_slider(
    "h, the little step",
    range(-16, 2),
    value=-6,
    format_func=lambda power: readable(10.0**power),
    key="h",
    width=400,
)
tape = step.gradient
if not whole:
    over_all_points = cache.train(dataset, TrainingConfig((1.0,), 0, step.old))
    tape = (float(over_all_points.grad_w[0, 0]), float(over_all_points.grad_b[0, 0]))
exact = theory.gradient(dataset, step.old)
ways = {
    "tape.gradient": tape,
    "formula": exact,
    f"finite difference, h = {readable(10.0**exponent)}": theory.finite_difference(
        dataset, step.old, 10.0**exponent
    ),
}
along_w, along_b = zip(*ways.values(), strict=True)
sizes = theory.size_of_slopes(dataset, step.old.w, step.old.b)
off_w, off_b = (
    np.abs(known(np.subtract(slopes, formula), size))
    for slopes, formula, size in zip((along_w, along_b), exact, sizes, strict=True)
)
compared = table(
    {
        "way": list(ways),
        "along w": [readable(slope, 9) for slope in along_w],
        "off by": [readable(off, 2) for off in off_w],
        "along b": [readable(slope, 9) for slope in along_b],
        "off by ": [readable(off, 2) for off in off_b],
    }
)
text(
    f"{compared}\n\n"
    "At the line of the step you look into, over all points. *Off by*: the difference from the "
    "formula."
)

two = (line, best)
ends = table(
    {
        "way": ["loop", "formula"],
        "": [f"after step {taken:,}", "best fit"],
        "w": [readable(end.w, 6) for end in two],
        "b": [readable(end.b, 6) for end in two],
    }
    | (
        {"in the original units": [in_original_units(dataset, end, 6) for end in two]}
        if dataset.scaling
        else {}
    )
    | {"loss": [readable(loss, 6) for loss in (last.loss, lowest)]}
)
remaining = experiments.steps_remaining(dataset, start, line, rate)
looks = sum(
    stretch.steps * (dataset.n if stretch.batch_size is None else stretch.batch_size)
    for stretch in experiments.cut(stretches, taken)
)
heading(
    "Iterative and analytical",
    "The loop is *iterative*: it gets closer step by step. For a line there is also an "
    f"*analytical* solution, a formula that gives the best fit at once:\n{_BEST_FIT}\n"
    "x̄ and ȳ are the means of x and y; the star marks the best fit.\n\n"
    f"{ends}\n\n"
    f"The formula looks at each of the {dataset.n:,} points twice: once for the means, once for "
    f"the sums. The loop has looked at points {looks:,} {'time' if looks == 1 else 'times'}, and "
    "its line is "
    f"**{readable(gap_here)}** from the best fit (the *gap*: the root mean square of the vertical "
    "distances over the points, √(its loss − the lowest loss))."
    + (
        ""
        if remaining is None or theory.arrived_gap(dataset, start) == 0
        else f" So it has **arrived**: its gap is at most {arrival(dataset, start)}"
        + (
            f", but its loss is still {readable(last.loss / lowest)} times the lowest."
            if not on_a_line and last.loss > 1.5 * lowest
            else "."
        )
        if remaining == 0
        else f" At a learning rate of {readable(rate)}, with all points, it **arrives after "
        f"{count(remaining)} more {'step' if remaining == 1 else 'steps'}**: then its gap is at "
        f"most {arrival(dataset, start)}."
    )
    + " Why loop, then? Because for most models there is no formula.",
)

heading("What the loop prints")
for column, (name, printed) in zip(st.columns(2), branches.named.items(), strict=False):
    with column:
        st.caption(name)
        st.code(frames.printout(printed), language=None)

heading(
    "Go back, and try another way",
    "A notebook forgets where it was. Here you can go back to any step (*Go back to this step*, "
    "beside the slider) and fork: run on from there at another rate, and compare. It is said that "
    "near the end the loop *jumps around the minimum*, and that a smaller rate then gets closer. "
    "Is that so, with all points in every step?",
)
settled_rate = theory.safe_rate(dataset) if theory.verdict(dataset, rate) == "explodes" else rate
smaller_rate = max(settled_rate / 10, experiments.MIN_RATE)
st.button(
    f"Compare: stay at {readable(settled_rate)}, or go on at {readable(smaller_rate)}",
    key="try_smaller",
    on_click=open_above,
    args=(
        Experiment(
            (Stretch(200, settled_rate), Stretch(200, settled_rate)),
            200,
            (Stretch(200, smaller_rate),),
        ),
        None,
    ),
)
text(f"With all points in every step nothing is left to chance. {what_jumps(dataset)}")

size = points_a_step or 8
heading(
    "Mini-batches: travel first, jitter later",
    "With many points one looks at a few of them, drawn at random, in each step: a **mini-batch**. "
    "That is cheap, and the line *does* jump around: each step heads for lines that fit its own "
    "points best, not for the best fit of all. "
    + (
        "(Here it comes to rest at a rate that is small enough: these points lie on one line, "
        "which fits every mini-batch. A step can lead away from it, but not once it is reached.) "
        if on_a_line
        else ""
    )
    + "And a few points can curve the loss more than all together, so the rate must be smaller: "
    f"with all points it has to stay below {readable_below(theory.stable_limit(dataset))}. "
    f"{small_enough(size)}\n\nDoes a smaller rate help against the jumps? It can depend on when. "
    f"(Here with {in_points(size)} a step; choose 32, 8 or 1 under *More*.)",
)


def show_race(early: int, late: int, draws: int) -> None:
    """Train on mini-batches for ``draws`` draws, and say what a smaller rate did."""
    result = experiments.race(cache.train, dataset, start, rate, size, (early, late), draws)
    middle_gaps, middle_long = np.median(result.gaps, axis=0), np.median(result.long_gaps, axis=0)
    wins = (result.gaps[:, :, 1] < result.gaps[:, :, 0]).sum(axis=0)
    losses = (result.gaps[:, :, 1] > result.gaps[:, :, 0]).sum(axis=0)
    long_wins = (result.long_gaps[:, 1] < result.long_gaps[:, 0]).sum()
    many = draws > 1
    show_table(
        {
            "from where": [
                f"after {in_steps(early)} (unsettled)",
                f"after {in_steps(late)} (settled)",
            ],
            "steps more": [f"{early:,}"] * 2,
            "gap, same rate": [readable(same) for same, _ in middle_gaps],
            "gap, a tenth of it": [readable(smaller) for _, smaller in middle_gaps],
            "smaller rate closer": [
                f"in {won} of {draws} draws" if many else "yes" if won else "no" for won in wins
            ],
        }
    )
    words = [
        "helped" if won > lost else "hurt" if won < lost else "made no difference"
        for won, lost in zip(wins, losses, strict=True)
    ]
    text(
        ("Medians of 20 draws. " if many else "")
        + f"After {in_steps(early)} the smaller rate **{words[0]}**, after {in_steps(late)} it "
        f"**{words[1]}**."
        + (
            " Slow travel first, jitter later: while the way is long a smaller rate only delays "
            "it, and in the end it makes the jumps smaller."
            if words == ["hurt", "helped"]
            else ""
            if many
            else " One draw is chance: repeat it with 20."
        )
    )
    text(
        "Against jumps that stay people use a rate that **decays**: rate / (1 + decay × step), "
        "large for the travel and small in the end. "
        + ("Here none stay, as these points lie on one line. " if on_a_line else "")
        + f"After {result.long:,} steps with decay "
        f"{readable(result.decay)} the gap is **{readable(middle_long[1])}**; with the rate kept "
        f"as it is, **{readable(middle_long[0])}**"
        + (
            f" (the decaying rate is closer in {long_wins} of {draws} draws)."
            if many
            else "."
            if long_wins
            else ": not closer, in this draw."
        )
        + " Set *decay* under *More* to try."
    )


plan = experiments.plan_race(dataset, start, rate)
settling = theory.steps_needed(dataset, rate, start, 1e-12)
if theory.verdict(dataset, rate) == "explodes":
    text(
        f"At {readable(rate)} an error across the valley does not shrink on this data, so runs do "
        "not settle" + ("." if is_hidden("lr") else ": choose a smaller rate.")
    )
elif settling == 0:
    text(at_the_best_fit())
elif not theory.is_small_enough(dataset, rate, size):
    text(
        f"At {readable(rate)}, which is not below that, nothing is promised: a run with "
        f"{in_points(size)} a step may settle, or explode."
        + ("" if is_hidden("lr") else " Choose a smaller rate, or more points a step.")
    )
elif settling is not None and settling < 5:
    text(
        f"With all points a run at {readable(rate)} is there after {in_steps(settling)}: that is "
        "too little travel to tell from the jitter."
        + ("" if is_hidden("lr") else " Choose a smaller rate.")
    )
elif plan is None:
    needed = count(settling and -(-settling // 100) * 100)
    text(
        f"On this data, at a learning rate of {readable(rate)}, a run takes {needed} steps to "
        "settle: with all points at most a millionth of the gap is left then. With a fifth more, "
        f"to compare, that is over the {MAX_BATCH_STEPS:,} steps that one can take here with "
        "mini-batches."
    )
else:
    early, late = plan
    text(
        f"A run is called *settled* after {in_steps(late)}: with all points at most a millionth of "
        f"the gap would be left. After a fifth of them, {in_steps(early)}, it is *unsettled*."
    )
    with st.container(horizontal=True):
        for name, before in (("unsettled", early), ("settled", late)):
            begun = Stretch(before, rate, size)
            st.button(
                f"Open the {name} run above",
                key=f"open_{name}",
                on_click=open_above,
                args=(
                    Experiment(
                        (begun, Stretch(early, rate, size)),
                        before,
                        (Stretch(early, rate / 10, size),),
                    ),
                    size,
                ),
            )
        setting = dataset.fingerprint, start, rate, size
        for label, draws in (("Try it", 1), ("Repeat with 20 draws", 20)):
            st.button(label, key=f"draw_{draws}", on_click=st.session_state.update,
                      kwargs={"drawn": (setting, draws)})  # fmt: skip
    drawn_for, draws = st.session_state.get("drawn", (("",), 0))
    if drawn_for[0] == dataset.fingerprint:
        show_race(early, late, draws if drawn_for == setting else 1)  # 20 draws take 1 s

if stretches:
    parts = [
        snippets.Branch(experiments.cut(stretches, taken), frames.printed(path)["step"].tolist())
    ]
    if kept is not None:
        kept_taken = int(kept["step"].iloc[-1])
        kept_part = experiments.cut(experiment.kept, kept_taken)
        parts.insert(0, snippets.Branch(kept_part, frames.printed(kept)["step"].tolist()))
    heading(
        "Take it with you",
        "This experiment as plain TensorFlow, as in the lesson, with its data. It prints the "
        "numbers above, as far as rounding goes. It needs `tensorflow`, `numpy` and `matplotlib`.",
    )
    with st.container(horizontal=True):
        for label, name, write in (
            ("Download the script", "gradient_descent.py", snippets.script),
            ("Download the notebook", "gradient_descent.ipynb", snippets.notebook),
        ):
            # A rerun at the click would drop the file before the browser has fetched it.
            st.download_button(
                label, partial(write, dataset, start, parts), name, key=name, on_click="ignore"
            )
    if dataset.recipe or dataset.n <= MOST_POINTS_TO_READ:
        reading = st.expander("Read it here", key="read_script", on_change="rerun")
        if reading.open:
            reading.code(snippets.script(dataset, start, parts), language="python")
else:
    heading(
        "Take it with you",
        "Run some steps: then you can take them with you, as a script or a notebook.",
    )
numbers_behind_charts()
takeaway(
    "A step is learning rate × gradient, against the gradient. As the slope of the valley flattens "
    "the steps shrink by themselves: the loss falls fast, then crawls. At a rate that is not too "
    "large, and with all points, running on from where the loop stopped gets closer still."
)
check("gradient-steps", dataset, start)
next_lesson("gradient-steps")
