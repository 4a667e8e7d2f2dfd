"""Break ``core`` in small ways, one at a time, and see whether a test notices each.

``python -m tests.mutations`` copies the project to a temporary folder, replaces a piece of its text
there, and runs the test files that `make test` has for it, up to the first failure. A mutation that
no test notices is a gap in the tests; one whose text is no longer found has to be written anew.
Either makes the command fail. A name, or a part of one, as an argument runs only those.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]
COPIED = (".streamlit", "core", "lessons", "tests", "streamlit_app.py", "pyproject.toml")


@dataclass(frozen=True)
class Mutation:
    """A small mistake: in which module of ``core``, what it replaces, and whose tests run."""

    name: str
    module: str
    old: str
    new: str
    tests: str


MUTATIONS = (
    # Files
    Mutation(
        "a comma before three digits is decimal",
        "reading/numbers",
        "if proven == {thousands} and not spaced:",
        "if False:",
        "reading",
    ),
    Mutation(
        "nobody is asked",
        "reading/numbers",
        "guess=not likely)",
        "guess=False)",
        "reading",
    ),
    Mutation(
        "other units count as the usual one",
        "reading/numbers",
        "if _may_stand_together(affix, usual)}",
        "if True}",
        "reading",
    ),
    Mutation(
        "month and day change places",
        "reading/dates",
        "chosen = -1 if is_open and day_first is False else 0",
        "chosen = 0 if is_open and day_first is False else -1",
        "reading",
    ),
    Mutation(
        "totals are points", "reading/choosing", "if not how.keep_totals:", "if False:", "reading"
    ),
    Mutation(
        "row numbers are data",
        "reading/choosing",
        "return is_named and np.array_equal(",
        "return False and np.array_equal(",
        "reading",
    ),
    # Data
    Mutation("two points are enough", "points", "MIN_POINTS = 3", "MIN_POINTS = 2", "datasets"),
    Mutation(
        "own numbers may be huge", "points", "MAGNITUDE = 1e25", "MAGNITUDE = 1e90", "datasets"
    ),
    Mutation(
        "the fold divides by n, not by its root",
        "points",
        "np.ones(self.n), self.y]) / math.sqrt(self.n)",
        "np.ones(self.n), self.y]) / self.n",
        "datasets",
    ),
    Mutation(
        "noise is a variance",
        "datasets",
        "y = w * x + b + rng.normal(0, noise, n)\n    recipe",
        "y = w * x + b + rng.normal(0, noise**2, n)\n    recipe",
        "datasets",
    ),
    Mutation(
        "standard deviation with n − 1",
        "points",
        "float(dataset.x.std()))",
        "float(dataset.x.std(ddof=1)))",
        "datasets numbers",
    ),
    Mutation(
        "sign of the mean when standardizing",
        "points",
        "_add(line.b, line.w * self.mean)",
        "_add(line.b, -line.w * self.mean)",
        "datasets numbers",
    ),
    Mutation(
        "the intercept is not taken back",
        "points",
        "Line(w, _add(line.b, -w * self.mean))",
        "Line(w, line.b)",
        "datasets numbers",
    ),
    Mutation(
        "links round to 15 digits", "datasets", "return repr(value)", 'return f"{value:.15g}"',
        "datasets",
    ),
    Mutation(
        "rows left out are counted from the header",
        "reading/text",
        "enumerate(_reader(text, delimiter), start=1)",
        "enumerate(_reader(text, delimiter), start=0)",
        "reading",
    ),
    # Theory
    Mutation(
        "sign in the best fit's intercept",
        "theory",
        "known(y_mean - w * x_mean,",
        "known(y_mean + w * x_mean,",
        "theory numbers",
    ),
    Mutation(
        "the mean is not taken off", "theory", "x, y = _centred(dataset.x), _centred(dataset.y)",
        "x, y = dataset.x - dataset.x[0], _centred(dataset.y)", "theory numbers",
    ),
    Mutation(
        "factor 2 in the Hessian", "theory", "[[2 * np.mean(x * x),", "[[np.mean(x * x),", "theory"
    ),
    Mutation(
        "factor 2 in λ₁", "theory", "flat = 4 * float(", "flat = 2 * float(", "theory numbers"
    ),
    Mutation(
        "the wrong eigenvalue makes the limit",
        "theory",
        "return 2 / curvature(dataset).steep",
        "return 2 / curvature(dataset).flat",
        "theory numbers",
    ),
    Mutation(
        "sign in the fastest rate",
        "theory",
        "return 2 / (axes.flat + axes.steep)",
        "return 2 / (axes.steep - axes.flat)",
        "theory numbers",
    ),
    Mutation(
        "a rate at the limit only zigzags",
        "theory",
        "if learning_rate >= 2 * safe:",
        "if learning_rate > 2 * safe:",
        "theory",
    ),
    Mutation(
        "factor 2 in the gradient",
        "theory",
        "slopes = 2 * float(np.mean(errors * dataset.x))",
        "slopes = float(np.mean(errors * dataset.x))",
        "theory experiments",
    ),
    Mutation(
        "a difference is divided by 2h",
        "theory",
        "line.w + h, line.b)) - here) / h",
        "line.w + h, line.b)) - here) / (2 * h)",
        "theory experiments",
    ),
    Mutation(
        "the gap is squared",
        "theory",
        "line.b - best.b]))\n",
        "line.b - best.b])) ** 2\n",
        "theory",
    ),
    Mutation(
        "sign of the steep error",
        "theory",
        "steep = math.sqrt(axes.steep / 2)",
        "steep = -math.sqrt(axes.steep / 2)",
        "theory",
    ),
    Mutation(
        "one step too few", "theory", "    return high\n", "    return low\n", "theory numbers"
    ),
    Mutation(
        "errors, not their squares, shrink to 1 %",
        "theory",
        "** 2, 2 * _log_factor(",
        "** 2, _log_factor(",
        "theory",
    ),
    Mutation("a third, not half", "theory", "math.log(2) / -", "math.log(3) / -", "theory"),
    Mutation("the path is a step ahead", "theory", "** taken\n", "** (taken + 1)\n", "theory"),
    Mutation("loss shrinks like a gap", "theory", "** (2.0 * steps)", "** (1.0 * steps)", "theory"),
    # Runs
    Mutation(
        "the last step is not recorded",
        "runs",
        "np.arange(self.steps + 1, dtype=np.int64)",
        "np.arange(max(self.steps, 1), dtype=np.int64)",
        "runs training",
    ),
    Mutation(
        "long runs end a step early",
        "runs",
        "np.geomspace(1, self.steps, RECORDED",
        "np.geomspace(1, self.steps - 1, RECORDED",
        "runs",
    ),
    Mutation(
        "the last point is never drawn", "runs", "integers(0, n, (steps",
        "integers(0, n - 1, (steps",
        "runs training",
    ),
    Mutation(
        "sign of the step along b",
        "training",
        "b - rate * grad_b",
        "b + rate * grad_b",
        "training",
    ),
    Mutation(
        "decay begins a step early",
        "training",
        "decay * tf.cast(step, tf.float64)",
        "decay * tf.cast(step + 1, tf.float64)",
        "training",
    ),
    Mutation(
        "a schedule begins with its second rate",
        "training",
        "step % factor_count)",
        "(step + 1) % factor_count)",
        "training",
    ),
    Mutation(
        "ten times more counts as sane", "training", "SANE_GROWTH = 1e6", "SANE_GROWTH = 1e7",
        "training",
    ),
    Mutation(
        "a run may leave where runs may start",
        "training",
        " & (tf.maximum(tf.abs(new_w), tf.abs(new_b)) <= MAX_START)",
        "",
        "training experiments",
    ),
    Mutation(
        "an explosion is reported a step late",
        "training",
        "tf.where(moving & ~sane, step, diverged_at)",
        "tf.where(moving & ~sane, step + 1, diverged_at)",
        "training",
    ),
    Mutation(
        "a continued run repeats its mini-batches",
        "training",
        "end, config.batch_size, first_step)",
        "end, config.batch_size)[: config.steps + 1]",
        "training",
    ),
    Mutation(
        "the lowest loss is left out",
        "training",
        " + tf.square(fold[2, 2])",
        "",
        "training",
    ),
    Mutation(
        "mini-batches have the limit of all points",
        "theory",
        "return 2 * batch_size / (steepest_point(dataset) + all_together)",
        "return stable_limit(dataset)",
        "mini_batches",
    ),
    Mutation(
        "a loss that falls at first is said to grow",
        "course/checks",
        "after > 1.01 * before",
        "after > 0.1 * before",
        "unusual",
    ),
    Mutation(
        "the learner's rate is not among those that are tried",
        "course/sayings",
        '(rate, Sentence("learning_rates.said_smaller_yours"',
        '(below, Sentence("learning_rates.said_smaller_yours"',
        "sayings",
    ),
    # Experiments and schedules
    Mutation(
        "a stretch is cut a step short",
        "descent/experiments",
        "steps=min(steps, stretch.steps)",
        "steps=min(steps - 1, stretch.steps)",
        "experiments",
    ),
    Mutation(
        "every stretch begins at the start",
        "descent/experiments",
        "        here = history.last_line()\n    return histories",
        "    return histories",
        "experiments",
    ),
    Mutation(
        "shares of gaps, not of losses, remain",
        "descent/experiments",
        "    if now <= there:\n        return 0\n    share = (there / now) ** 2",
        "    if now <= there:\n        return 0\n    share = there / now",
        "experiments",
    ),
    Mutation(
        "sign of the step that is taken apart",
        "descent/experiments",
        "Line(here.w - rate * grad_w,",
        "Line(here.w + rate * grad_w,",
        "experiments",
    ),
    Mutation(
        "the way in the link decays a step late",
        "descent/experiments",
        "(1 + self.decay * step)",
        "(1 + self.decay * (step - 1))",
        "experiments",
    ),
    Mutation(
        "wrong angles in Chebyshev's list",
        "descent/schedules",
        "(4 * n)",
        "(2 * n)",
        "schedules",
    ),
    Mutation(
        "factor 2 in Chebyshev's bound",
        "descent/schedules",
        "float(2 * shrink**n",
        "float(shrink**n",
        "schedules",
    ),
    Mutation(
        "the axes of a round of a list are swapped",
        "descent/schedules",
        "(axes.flat / axes.steep)",
        "(axes.steep / axes.flat)",
        "schedules",
    ),
    # Questions, and what is said about an answer
    Mutation(
        "a line that is off in two ways is called too high",
        "course/predictions",
        "if abs(slope) < 0.1 * abs(height)",
        "if abs(slope) < 0.9 * abs(height)",
        "predictions",
    ),
    Mutation(
        "a line that is off in two ways has a wrong slope",
        "course/predictions",
        "elif abs(height) < 0.1 * abs(slope)",
        "elif abs(height) < 0.9 * abs(slope)",
        "predictions",
    ),
    Mutation(
        "a height that is off by half of the gap is about right",
        "course/predictions",
        "height <= 0.4 * gap",
        "height <= 0.5 * gap",
        "predictions",
    ),
    Mutation(
        "who went aside went back",
        "course/predictions",
        "_MOSTLY = 0.7",
        "_MOSTLY = 0.5",
        "predictions",
    ),
    Mutation(
        "a mark at a third of the limit is where the zigzag begins",
        "course/predictions",
        "if ratio >= 0.45:",
        "if ratio >= 0.35:",
        "predictions",
    ),
    Mutation(
        "twice the limit is far beyond it",
        "course/predictions",
        '"above" if ratio < 3 else',
        '"above" if ratio < 2 else',
        "predictions",
    ),
    # What is shown and kept
    Mutation(
        "the flat factor is the steep one",
        "course/comparison",
        '"flat_factor": [1 - rate * axes.flat',
        '"flat_factor": [1 - rate * axes.steep',
        "charts",
    ),
    Mutation(
        "shares of gaps are shown as shares of losses",
        "figures/pins",
        "np.square(gaps / gaps[0])",
        "(gaps / gaps[0])",
        "charts",
    ),
    Mutation(
        "a line has arrived at ten times the gap",
        "course/comparison",
        "gaps <= theory.arrived_gap(dataset",
        "gaps <= 10 * theory.arrived_gap(dataset",
        "charts",
    ),
    Mutation(
        "a digit too many is shown",
        "words/writing",
        "max(0, digits - 1 - math",
        "max(0, digits - math",
        "writing",
    ),
    Mutation(
        "a missing standardize",
        "reading/pins",
        'return standardize(dataset) if settings["standardize"] else dataset',
        "return dataset",
        "pins",
    ),
    Mutation(
        "of two bests the larger stays", "reading/progress", "min(bests[name]", "max(bests[name]",
        "progress",
    ),
    Mutation(
        "the range test suggests its lowest rate", "network/range_test", "[lowest]) / 10",
        "[lowest])", "range_test",
    ),
    Mutation(
        "pins of different steps are the same",
        "reading/pins",
        "self.learning_rate, self.steps)",
        "self.learning_rate)",
        "pins",
    ),
    Mutation(
        "a printed run may have 22 rows",
        "figures/frames",
        "if steps < MAX_PRINTED * stride",
        "if steps <= MAX_PRINTED * stride",
        "charts",
    ),
    Mutation(
        "gradients are not rounded",
        "network/training",
        "rounded = tf.cast(gradient, tf.bfloat16)",
        "rounded = gradient",
        "same_everywhere",
    ),
    Mutation(
        "the network's rate is not used",
        "network/training",
        "assign_sub(rate * tf.cast(rounded, tf.float64))",
        "assign_sub(tf.cast(rounded, tf.float64))",
        "network",
    ),
    Mutation(
        "schedules count from the limit",
        "descent/challenges",
        "(theory.safe_rate(dataset),), SCHEDULE_STEPS",
        "(theory.stable_limit(dataset),), SCHEDULE_STEPS",
        "challenges",
    ),
)  # fmt: skip


def run_tests(folder: Path, tests: str) -> tuple[bool, str]:
    """Run test files up to the first failure; tell whether all passed, and which failed."""
    files = [f"tests/test_{name}.py" for name in tests.split()]
    options = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not long"]
    options += ["--hypothesis-profile=mutations"]
    run = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *files],
        cwd=folder,
        # A module changed twice within a second would be taken from what was compiled before.
        env={**os.environ, "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    if run.returncode not in (0, 1):  # not one test, but the run itself went wrong
        raise RuntimeError(f"The tests of {tests} did not run:\n{run.stdout}{run.stderr}")
    failed = [line for line in run.stdout.splitlines() if line.startswith("FAILED ")]
    return run.returncode == 0, failed[0].split(" - ")[0].split("::")[-1] if failed else ""


def try_out(folder: Path, mutation: Mutation) -> str:
    """Make a mistake in the copy, run its tests, and undo it; say what came of it."""
    path = folder / "core" / f"{mutation.module}.py"
    text = path.read_text(encoding="utf-8")
    if text.count(mutation.old) != 1:
        return f"TEXT FOUND {text.count(mutation.old)} TIMES"
    path.write_text(text.replace(mutation.old, mutation.new), encoding="utf-8")
    try:
        passed, failed = run_tests(folder, mutation.tests)
    finally:
        path.write_text(text, encoding="utf-8")
    return "NOT caught" if passed else f"caught by {failed}"


def main(wanted: str = "") -> int:
    """Try the mutations, print a table, and return 1 if any is not caught."""
    chosen = [mutation for mutation in MUTATIONS if wanted in mutation.name]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for copied in COPIED:
            copy = shutil.copytree if (ROOT / copied).is_dir() else shutil.copy
            copy(ROOT / copied, folder / copied)
        unbroken = " ".join(sorted({test for m in chosen for test in m.tests.split()}))
        passed, failed = run_tests(folder, unbroken)
        if not passed:
            print(f"Nothing is broken yet, and {failed} fails: mend that first.")
            return 1
        gaps = 0
        for mutation in chosen:
            before = time.perf_counter()
            outcome = try_out(folder, mutation)
            gaps += not outcome.startswith("caught")
            taken = f"{time.perf_counter() - before:4.0f} s"
            print(f"{mutation.module:12} {mutation.name:46} {taken}  {outcome}", flush=True)
    print(f"{len(chosen) - gaps} of {len(chosen)} mutations are caught.")
    return min(gaps, 1)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
