import ast
import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Sequence
from contextlib import redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import matplotlib as mpl
import nbformat
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.course.outlier import without_last_point
from core.datasets import BUNDLED, Dataset, Line, load_bundled, make_noisy_line, read_csv
from core.descent.experiments import (
    Experiment,
    Stretch,
    Stretches,
    count_steps,
    cut,
    train_stretches,
)
from core.descent.snippets import Branch, notebook, script
from core.figures import frames
from core.figures.registry import Table
from core.points import with_outlier
from core.runs import History
from core.theory import best_fit
from core.training import train
from tests.support.tiers import some

mpl.use("Agg")
pytestmark = pytest.mark.filterwarnings("ignore:FigureCanvasAgg is non-interactive")

START = Line(0.0, -1.0)
OWN = b"speed;stopped after\n4,5;2,25\n7;4\n8;16,125\n9;10\n10;18\n"


@dataclass(frozen=True)
class Case:
    """Data, and what is done with it, as the page does it."""

    dataset: Dataset
    experiment: Experiment
    start: Line = field(default=START)

    def both(self) -> list[Stretches]:
        """The branch that was left, if there is one, and the active one."""
        return [
            stretches for stretches in (self.experiment.kept, self.experiment.active) if stretches
        ]

    def histories(self, stretches: Stretches) -> list[History]:
        return train_stretches(train, self.dataset, self.start, stretches)

    def path(self, stretches: Stretches) -> Table:
        return frames.join_paths(
            [frames.path(self.dataset, history) for history in self.histories(stretches)]
        )

    def parts(self) -> tuple[Dataset, Line, list[Branch]]:
        branches = []
        for stretches in self.both():
            path = self.path(stretches)
            taken = int(path["step"][-1])
            branches.append(Branch(cut(stretches, taken), frames.printed(path)["step"].tolist()))
        return self.dataset, self.start, branches


def lesson(*run: Stretch) -> Case:
    return Case(make_noisy_line(seed=7), Experiment(run))


CASES = {
    "two stretches": lesson(Stretch(200, 0.1), Stretch(200, 0.01)),
    "a fork": Case(
        make_noisy_line(seed=7),
        Experiment((Stretch(150, 0.1), Stretch(60, 0.01)), 70, (Stretch(90, 0.3),)),
        Line(3.0, 2.5),
    ),
    "mini-batches with decay": lesson(Stretch(300, 0.1, 8, 0.01), Stretch(45, 0.05)),
    "forked mini-batches of two sizes": Case(
        make_noisy_line(seed=7),
        Experiment(
            (Stretch(50, 0.1), Stretch(50, 0.1, 8)),
            60,
            (Stretch(55, 0.05, 32), Stretch(20, 0.1, 8)),
        ),
    ),
    "many steps": lesson(Stretch(50_000, 0.001)),
    "few steps, then many": Case(
        make_noisy_line(seed=7),
        Experiment((Stretch(30, 0.3, None, 0.02), Stretch(20_001, 0.001, None, 0.0005))),
        Line(-2.0, 4.0),
    ),
    "real data": Case(load_bundled("hubble"), Experiment((Stretch(130, 0.3),))),
    "own data": Case(read_csv(OWN), Experiment((Stretch(61, 0.016 / 3),)), Line(1 / 3, 0.1 + 0.2)),
    "an outlier": Case(
        with_outlier(make_noisy_line(w=2.0, b=-1.0, n=30, noise=0.2, seed=7), 0.9, 2.0),
        Experiment((Stretch(41, 0.2),)),
    ),
    "one step": lesson(Stretch(1, 0.1)),
    "an explosion": lesson(Stretch(25, 0.1), Stretch(500, 2.0), Stretch(200, 0.1)),
    "a fork from the start": Case(
        make_noisy_line(seed=7), Experiment((Stretch(30, 0.1),), 0, (Stretch(40, 0.2),))
    ),
    "just gone back": Case(make_noisy_line(seed=7), Experiment((Stretch(60, 0.1),), 33)),
}
LONG = {"many steps", "few steps, then many"}


@dataclass
class Outcome:
    """What a piece of code printed, left behind and drew."""

    printed: list[str]
    names: dict[str, Any]
    drawn: list[tuple[Any, Any]]
    labels: tuple[str, str]


def execute(code: str, file: Path) -> Outcome:
    """Run code as a script of that name (AutoGraph reads the source from there)."""
    import matplotlib.pyplot as plt

    file.write_text(code, encoding="utf-8")
    names: dict[str, Any] = {"__name__": "__main__", "__file__": str(file)}
    output = io.StringIO()
    try:
        with redirect_stdout(output):
            # What is executed is the project's own output, as a learner would: that is the test.
            exec(compile(code, str(file), "exec"), names)
        axes = plt.gca()
        axes.figure.canvas.draw()  # a name that is read as a formula would stop here
        drawn = [line.get_data() for line in axes.get_lines()]
        labels = axes.get_xlabel(), axes.get_ylabel()
    finally:
        plt.close("all")
    return Outcome(output.getvalue().splitlines(), names, drawn, labels)


def code_cells(text: str) -> list[str]:
    return ["".join(c["source"]) for c in json.loads(text)["cells"] if c["cell_type"] == "code"]


FORMS: dict[str, Callable[[Dataset, Line, Sequence[Branch]], str]] = {
    "script": script,
    "notebook": lambda *parts: "\n\n\n".join(code_cells(notebook(*parts))) + "\n",
}


# A notebook is a script in cells: `make test` runs one, and of most other cases the script only.
RUNS = {f"{case}, {form}": (case, form) for case in CASES for form in FORMS}
AS_NOTEBOOK = "forked mini-batches of two sizes, notebook"
AS_SCRIPTS = [f"{case}, script" for case in CASES if case not in {"two stretches", "many steps"}]


@pytest.fixture(
    scope="module",
    params=some(RUNS, *AS_SCRIPTS, AS_NOTEBOOK),
)
def ran(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Case, Outcome]:
    name, form = RUNS[request.param]
    case = CASES[name]
    code = FORMS[form](*case.parts())
    return case, execute(code, tmp_path_factory.mktemp("run") / "gradient_descent.py")


def assert_same_printout(actual: Sequence[str], expected: str) -> None:
    """Compare token by token: words and steps exactly, w and b to one unit of their sixth decimal,
    the loss to one of its eighth digit."""
    lines = expected.splitlines()
    assert len(actual) == len(lines)
    for ours, theirs in zip(actual, lines, strict=True):
        one, other = ours.split(), theirs.split()
        assert [one[0], one[1], *one[2::2]] == [other[0], other[1], *other[2::2]]
        assert one[::2] == ["step", "w", "b", "loss"]
        numbers = zip(map(float, one[3::2]), map(float, other[3::2]), strict=True)
        for (value, wanted), (relative, absolute) in zip(
            numbers, ((0, 1.5e-6), (0, 1.5e-6), (2e-7, 0)), strict=True
        ):
            assert value == pytest.approx(wanted, rel=relative, abs=absolute)


# What the code does


def test_it_ends_where_the_page_ended(ran: tuple[Case, Outcome]) -> None:
    case, outcome = ran
    path = case.path(case.both()[-1])
    w, b = (float(outcome.names[name].numpy()) for name in "wb")
    assert w == pytest.approx(path["w"][-1], rel=1e-6)
    assert b == pytest.approx(path["b"][-1], rel=1e-6)
    loss = outcome.names["mean_squared_error"](
        outcome.names["predict"](outcome.names["x"]), outcome.names["y"]
    )
    assert loss.dtype == np.float64
    assert float(loss) == pytest.approx(path["loss"][-1], rel=1e-6)


def test_it_prints_what_the_page_prints(ran: tuple[Case, Outcome]) -> None:
    case, outcome = ran
    expected = "\n".join(frames.printout(case.path(stretches)) for stretches in case.both())
    assert_same_printout(outcome.printed, expected)


def test_its_data_are_the_pages_to_the_last_bit(ran: tuple[Case, Outcome]) -> None:
    case, outcome = ran
    made = Dataset(outcome.names["x"], outcome.names["y"])
    assert made.fingerprint == case.dataset.fingerprint


def test_it_draws_the_guess_and_the_best_fit(ran: tuple[Case, Outcome]) -> None:
    case, outcome = ran
    guess = Line(*(float(outcome.names[name].numpy()) for name in "wb"))
    ends = np.array([case.dataset.x.min(), case.dataset.x.max()])
    assert outcome.labels == (case.dataset.x_label, case.dataset.y_label)
    assert len(outcome.drawn) == 2
    for (x, y), line in zip(outcome.drawn, (guess, best_fit(case.dataset)), strict=True):
        np.testing.assert_array_equal(x, ends)
        np.testing.assert_allclose(y, line.at(ends), rtol=1e-9)


@pytest.mark.parametrize("name", ["cost ($), $x^$", 'a"); import os #', "a\nb", "\\$"])
def test_no_name_is_more_than_a_name_in_a_script(name: str, tmp_path: Path) -> None:
    dataset = Dataset(np.array([0.0, 1.0, 2.0]), np.array([0.0, 1.0, 3.0]), y_label=name)
    case = Case(dataset, Experiment((Stretch(1, 0.1),)))
    outcome = execute(script(*case.parts()), tmp_path / "gradient_descent.py")
    assert outcome.labels[1].replace(r"\$", "$") == name  # as Matplotlib draws it


def test_a_fork_is_printed_after_the_branch_it_left() -> None:
    case = CASES["a fork"]
    kept, active = case.both()
    assert (count_steps(kept), count_steps(active)) == (210, 160)
    code = script(*case.parts())
    assert code.index("The first branch") < code.index("The fork")


@pytest.mark.long
@pytest.mark.parametrize("name", ["mini-batches with decay", "few steps, then many"])
def test_the_script_runs_by_itself(name: str, tmp_path: Path) -> None:
    case = CASES[name]
    file = tmp_path / "gradient_descent.py"
    file.write_text(script(*case.parts()), encoding="utf-8")
    result = subprocess.run(
        [sys.executable, str(file)],
        cwd=tmp_path,
        env={
            "MPLBACKEND": "Agg",
            **{k: os.environ[k] for k in ("PATH", "HOME") if k in os.environ},
        },
        capture_output=True,
        text=True,
        check=True,
    )
    assert_same_printout(result.stdout.splitlines(), frames.printout(case.path(case.both()[-1])))
    assert "Traceback" not in result.stderr
    assert "AutoGraph" not in result.stderr


def test_a_run_that_explodes_in_its_first_step_can_be_taken_along(tmp_path: Path) -> None:
    case = lesson(Stretch(200, 1e15))
    (path,) = [case.path(stretches) for stretches in case.both()]
    assert path["step"].tolist() == [0]
    outcome = execute(script(*case.parts()), tmp_path / "gradient_descent.py")
    assert_same_printout(outcome.printed, frames.printout(path))


def test_a_long_loop_prints_whichever_steps_it_is_asked_for(tmp_path: Path) -> None:
    steps = [0, 1, 2, 3, 500, 20_000, 20_001]
    branch = Branch((Stretch(20_001, 0.01),), steps)
    outcome = execute(script(make_noisy_line(), START, [branch]), tmp_path / "long.py")
    assert [int(line.split()[1]) for line in outcome.printed] == steps
    history = train(make_noisy_line(), Stretch(3, 0.01).config(START, 0))
    losses = [float(line.split()[-1]) for line in outcome.printed[:4]]
    np.testing.assert_allclose(losses, history.loss[0], rtol=1e-7)


# The data


def made_data(dataset: Dataset) -> dict[str, Any]:
    """Execute the imports and the section that makes the data."""
    cells = code_cells(notebook(dataset, START, [Branch((Stretch(1, 0.1),), [0, 1])]))
    names: dict[str, Any] = {}
    # The project's own output again, cells that a learner would run.
    exec("\n".join(line for line in cells[0].splitlines() if "numpy" in line), names)
    exec(cells[1], names)
    return names


def assert_made_exactly(dataset: Dataset) -> None:
    names = made_data(dataset)
    assert Dataset(names["x"], names["y"]).fingerprint == dataset.fingerprint


@settings(max_examples=50)
@given(
    w=st.floats(-1e6, 1e6),
    b=st.floats(-1e6, 1e6),
    n=st.integers(3, 2_000),
    noise=st.floats(0, 1e6),
    seed=st.integers(0, 2**31 - 1),
    outlier=st.none() | st.tuples(st.floats(0, 1), st.floats(-100, 100)),
)
def test_the_lessons_data_are_made_again_from_their_seed(
    w: float, b: float, n: int, noise: float, seed: int, outlier: tuple[float, float] | None
) -> None:
    dataset = make_noisy_line(w, b, n, noise, seed)
    if outlier is not None:
        dataset = with_outlier(dataset, *outlier)
    assert_made_exactly(dataset)


@pytest.mark.parametrize("name", BUNDLED)
def test_real_data_are_written_out_exactly(name: str) -> None:
    assert_made_exactly(load_bundled(name))


def test_an_outlier_can_be_added_to_real_data() -> None:
    assert_made_exactly(with_outlier(load_bundled("hubble"), 1.0, 2.0))


def test_without_its_outlier_data_are_still_the_same() -> None:
    dataset = with_outlier(make_noisy_line(seed=7), 0.9, 2.0)
    assert_made_exactly(without_last_point(dataset))


_NUMBERS = st.floats(-1e100, 1e100) | st.sampled_from([0.1 + 0.2, 5e-324, -0.0, 1e22, 123456789.1])


@settings(max_examples=50)
@given(pairs=st.lists(st.tuples(_NUMBERS, _NUMBERS), min_size=1, max_size=40))
def test_own_data_are_written_out_exactly(pairs: list[tuple[float, float]]) -> None:
    x, y = np.array([*pairs, (1.5e99, 2.0), (-1.5e99, 3.0)]).T
    assert_made_exactly(Dataset(x, y))


# How the code reads


@pytest.mark.parametrize("name", CASES)
def test_the_script_is_python_and_imports_only_what_the_lesson_does(name: str) -> None:
    code = script(*CASES[name].parts())
    imported = set()
    for node in ast.walk(ast.parse(code)):
        assert not isinstance(node, ast.ImportFrom)
        if isinstance(node, ast.Import):
            imported |= {alias.name.split(".")[0] for alias in node.names}
    assert imported == {"tensorflow", "numpy", "matplotlib"}


@pytest.mark.parametrize("name", CASES)
def test_no_line_is_longer_than_a_hundred_characters_but_for_rows_of_data(name: str) -> None:
    code = script(*CASES[name].parts())
    rows_of_data = re.compile(r"    (-?[\d.]+(e[-+]?\d+)?, ?)+")
    long = [line for line in code.splitlines() if len(line) > 100]
    assert [line for line in long if not rows_of_data.fullmatch(line)] == []


@pytest.mark.parametrize(
    "run",
    [
        (Stretch(1_000, 0.1),),
        (Stretch(2_000_000, 1e-4),),
        (Stretch(2_000_000, 1e-6, None, 0.1),) * 3,
    ],
)
def test_the_steps_to_print_fit_into_lines_too(run: Stretches) -> None:
    lines = script(*lesson(*run).parts()).splitlines()
    assert max(map(len, lines)) <= 100


@pytest.mark.parametrize("name", CASES)
def test_it_is_compiled_only_where_a_plain_loop_would_take_minutes(name: str) -> None:
    case = CASES[name]
    code = script(*case.parts())
    assert "tf.GradientTape() as tape" in code
    assert ("tf.function" in code) == (name in LONG)
    assert ("default_rng(7)" in code) == bool(case.dataset.recipe)


def test_twenty_thousand_steps_are_still_a_plain_loop() -> None:
    for steps, compiled in ((20_000, False), (20_001, True)):
        code = script(*lesson(Stretch(steps, 0.1)).parts())
        assert ("tf.function" in code) == compiled
        assert (f"\ndescend(0, {steps}, 0.1, printed)\n" in code) != compiled
        assert (f"\ndescend_far(0, {steps}, 0.1, printed)\n" in code) == compiled


def test_what_an_experiment_does_not_use_is_not_in_its_script() -> None:
    plain = script(*CASES["two stretches"].parts())
    assert "batch" not in plain
    assert "decay" not in plain
    assert "learning_rate * gradients[0]" in plain


@pytest.mark.parametrize("name", CASES)
def test_the_notebook_is_a_valid_one_with_the_scripts_code(name: str) -> None:
    parts = CASES[name].parts()
    text = notebook(*parts)
    nbformat.validate(nbformat.reads(text, as_version=4))
    cells = json.loads(text)["cells"]
    assert [cell["cell_type"] for cell in cells] == ["markdown", "code"] * (len(cells) // 2)
    assert len({cell["id"] for cell in cells}) == len(cells)
    joined = ast.parse("\n".join(code_cells(text)))
    assert ast.dump(joined) == ast.dump(ast.parse(script(*parts)))


@pytest.mark.parametrize("name", CASES)
def test_the_words_of_the_notebook_are_the_comments_of_the_script(name: str) -> None:
    parts = CASES[name].parts()
    code = script(*parts)
    for cell in json.loads(notebook(*parts))["cells"]:
        if cell["cell_type"] == "markdown":
            for line in cell["source"]:
                assert f"# {line.strip()}\n" in code
