"""The table of all URL parameters: how each is read, written, hidden and documented.

A new parameter needs a row here and a line in the page that draws its control. Links, links for a
class, pins, hidden controls, text inputs and the table in docs/links.md are derived from the row.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from types import MappingProxyType
from typing import Any, Literal

from core import theory
from core.course.mistakes import MISTAKES
from core.datasets import (
    BUNDLED,
    MAX_LINK_POINTS,
    DataError,
    Dataset,
    Line,
    names_to_link,
    points_from_text,
    points_to_text,
)
from core.descent import experiments
from core.descent.experiments import MAX_DECAY, MAX_RATE, MIN_RATE, Experiment
from core.descent.schedules import ORDERS, read_factors, read_factors_of_link, write_factors
from core.network.runs import CLUTTERS, PICTURE_BATCHES, UNITS, NetworkConfig
from core.reading.tasks import MAX_TASK, read_task
from core.reading.typed_numbers import read_number_between
from core.runs import LESSON_START, MAX_STEPS, RECORDED_STEPS
from core.words import Sentence
from core.words.writing import exact, plain

MAX_COMPARED, MAX_NETWORKS = 8, 4
DATA_NAMES = ("lesson", *BUNDLED, "own")
BATCH_SIZES = ("all", "32", "8", "1")
DEEPER = (
    "squares", "formula",  # Data
    "slopes", "bowl",  # Loss surface
    "line", "ways", "exact", "prints", "fork", "batches", "take",  # Gradient steps
    "numbers", "algebra", "round", "said", "beat", "pins", "challenges",  # Learning rates
    "loop", "inside", "range", "edge",  # Hot dog or not
)  # fmt: skip
# What links of an earlier version call parts of Learning rates.
_FORMER_PARTS = {
    "It is said …": "said",
    "Beat the best rate": "beat",
    "Pinned runs": "pins",
    "Challenges": "challenges",
}
# What the parts of Hot dog or not are called in older links, as ``net_part``.
OLD_NETWORK_PARTS = {
    "Look inside": "inside", "Find a rate without a formula": "range", "At the edge": "edge",
    "The code of this run": "loop",
}  # fmt: skip
DEFAULT_FACTORS = "1, 5"
# One of each kind, as multiples of the data's limit: slow, good, zigzag, explodes.
ONE_OF_EACH_KIND = (0.02, 0.45, 0.9, 1.02)
_MAX_SEED = 2**31 - 1


@dataclass(frozen=True)
class Hiding:
    """A name that the URL parameter ``hide`` accepts, and the label of what it hides."""

    name: str
    label: str


@dataclass(frozen=True)
class Parameter:
    """A row of the table.

    What its control explains is the section ``<name>_help`` of ``core/words/en/parameters.md``, if
    there is one.

    Parameters
    ----------
    name : str
        Its name in the URL.
    label : str
        Label of its control.
    meaning : str
        Its description in docs/links.md.
    usual : value, or callable that makes it from the data set at hand
        The default; never written to the URL.
    read : callable
        Parses the value from the URL's texts under the name, and those under ``second`` if there
        is one. Raises a ValueError or an OverflowError for invalid texts; the message of a
        DataError is shown to the learner.
    write : callable
        Writes those texts, one list for each name; empty if a link cannot hold the value.
    belongs_to : "visit", "own", "data" or "units"
        How long a chosen value is kept: for the visit; while own data is chosen; for one data
        set; for one data set in one unit of x.
    usual_words : str
        How docs/links.md describes ``usual``.
    choices : sequence
        All allowed values, if it is a choice.
    second : str
        A second URL name, for a part of the value.
    low, high : number
        Its bounds; ints for an integer parameter.
    hide : Hiding or None
        How a teacher's link hides its control.
    for_class : bool
        Whether a link for a class contains it.
    typed : callable or None
        Parses what is typed into its text input, or raises a DataError.
    shown : callable
        Converts the value to what its control displays.
    rescale : callable or None
        Converts a value chosen in one unit of x to another unit, given the factor by which the
        limit of learning rates changes.
    """

    name: str
    label: str
    meaning: str
    usual: Any
    read: Callable[..., Any]
    write: Callable[[Any], Sequence[Sequence[str]]]
    belongs_to: Literal["visit", "own", "data", "units"] = "visit"
    usual_words: str = ""
    second: str = ""
    choices: Sequence[Any] = ()
    low: float = 0
    high: float = 0
    hide: Hiding | None = None
    for_class: bool = True
    typed: Callable[[str], Any] | None = None
    shown: Callable[[Any], Any] = field(default=lambda value: value)
    rescale: Callable[[Any, float], Any] | None = None


def _number(
    name: str, label: str, low: float, high: float, usual: object, meaning: str, **more: Any
) -> Parameter:
    """Make the row of a number: an integer if ``low`` is an int."""
    kind = type(low)

    def read(texts: Sequence[str]) -> float:
        # Parsed by ``float``, not as typed input is, so that old links keep their meaning.
        value = kind(float(texts[-1]))
        if not low <= value <= high:
            raise ValueError(name)
        return value

    typed = partial(read_number_between, low=low, high=high)
    return Parameter(
        name, label, meaning, usual, read, lambda value: [[exact(value)]],
        low=low, high=high, typed=typed, shown=exact, **more,
    )  # fmt: skip


def _choice(
    name: str,
    label: str,
    choices: Sequence[Any],
    usual: Any,
    meaning: str,
    former: Mapping[str, Any] = MappingProxyType({}),
    **more: Any,
) -> Parameter:
    """Make the row of a choice; the URL holds the name of the chosen value.

    Names that links of an earlier version have for values are in ``former``.
    """
    named = {str(choice): choice for choice in choices} | dict(former)

    def read(texts: Sequence[str]) -> Any:
        if texts[-1] not in named:
            raise ValueError(name)
        return named[texts[-1]]

    return Parameter(
        name, label, meaning, usual, read, lambda value: [[str(value)]], choices=choices, **more
    )


def _switch(name: str, label: str, meaning: str, **more: Any) -> Parameter:
    """Make the row of a switch, off by default."""

    def read(texts: Sequence[str]) -> bool:
        return {"true": True, "false": False}.get(texts[-1], False)

    return Parameter(name, label, meaning, False, read, lambda _: [["true"]], **more)


def _rates(name: str, label: str, most: int, usual: object, meaning: str, **more: Any) -> Parameter:
    """Make the row of learning rates to compare, kept as the texts that were typed."""

    def read(texts: Sequence[str]) -> list[str]:
        typed = list(texts[:most])
        rates, _ = read_rates(typed)
        if not rates and typed != [""]:
            raise ValueError(name)
        return list(filter(None, typed))

    def write(rates: Sequence[str]) -> list[list[str]]:
        return [[*rates] or [""]]

    return Parameter(name, label, meaning, usual, read, write, **more)


def read_rate(text: str) -> float:
    """Read one of the rates to compare.

    Raises
    ------
    DataError
        If it is not a number, or out of its bounds.
    """
    return read_number_between(text, MIN_RATE, MAX_RATE)


def read_rates(texts: Sequence[str]) -> tuple[tuple[float, ...], list[Sentence]]:
    """Read learning rates, ascending, and what is wrong with each text that is not a valid rate."""
    rates, problems = set(), []
    for text in texts:
        try:
            rates.add(read_rate(text))
        except DataError as error:
            problems.append(error.sentence)
    return tuple(sorted(rates)), problems


def rescaled(rate: float, factor: float) -> float:
    """Multiply a rate by the factor by which the limit changes, to three digits."""
    return min(max(float(plain(rate * factor)), MIN_RATE), MAX_RATE)


def usual_rate(dataset: Dataset) -> float:
    """Give the default rate: 0.1 on the lesson's data, elsewhere ``safe_rate`` rounded down."""
    if dataset.true_line is not None and dataset.scaling is None:
        return 0.1
    return min(max(theory.round_down(theory.safe_rate(dataset)), MIN_RATE), MAX_RATE)


def usual_rates(dataset: Dataset) -> list[str]:
    """Give the default rates to compare: one of each kind."""
    limit = theory.stable_limit(dataset)
    return [plain(multiple * limit) for multiple in ONE_OF_EACH_KIND]


def usual_start(dataset: Dataset) -> Line:
    """Give the default start of gradient descent, in the data's own units."""
    return Line(0.0, 0.0) if dataset.true_line is None else LESSON_START


def _read_points(texts: Sequence[str], names: Sequence[str]) -> Dataset:
    return points_from_text(texts[-1], names)


def _write_points(points: Dataset) -> list[list[str]]:
    text = points_to_text(points)
    return [[], []] if text is None else [[text], names_to_link(points)]


def _read_experiment(run: Sequence[str], fork: Sequence[str]) -> Experiment:
    return experiments.parse(run[-1], fork[-1] if fork else "")


def _write_experiment(experiment: Experiment) -> list[list[str]]:
    return [[text] if text else [] for text in experiments.write(experiment)]


def _read_hidden(texts: Sequence[str]) -> list[str]:
    return [name for name in hidable() if name in texts]


def _read_list_of_link(texts: Sequence[str]) -> str:
    return write_factors(read_factors_of_link(texts[-1]))


_MADE = Hiding("made", "How it is made")
_START = Hiding("start", "Where to start")

PARAMETERS: dict[str, Parameter] = {
    row.name: row
    for row in (
        _choice(
            "data", "Data", DATA_NAMES, "lesson",
            ", ".join(f"`{name}`" for name in DATA_NAMES),
            hide=Hiding("data", "the choice of data"),
        ),
        Parameter(
            "points", "own points",
            f"up to {MAX_LINK_POINTS} points of own data, `1_2~2.5_4~…` (x_y, with `data=own`), and"
            " what its columns are called, x first: `names=speed (mph)&names=distance (ft)`",
            None, _read_points, _write_points, "own", "none; x, y", "names",
            hide=Hiding("own", "own data, among the choices"),
        ),
        _number("true_w", "true w (slope)", -1e6, 1e6, 0.1,
                "how the lesson's data is made: its true line's slope", hide=_MADE),
        _number("true_b", "true b (intercept)", -1e6, 1e6, 0.5,
                "its true line's intercept", hide=_MADE),
        _number("n", "points", 3, 100_000, 100, "how many points it has", hide=_MADE),
        _number("noise", "noise (standard deviation)", 0.0, 1e6, 0.01,
                "how far they scatter", hide=_MADE),
        _switch("outlier", "one outlier",
                "`true`: one more point, which does not belong", hide=_MADE),
        _number("outlier_x", "outlier's x", 0.0, 1.0, 0.9, "where it is", hide=_MADE),
        _number("outlier_y", "outlier's y", -100.0, 100.0, 2.0, "and how high", hide=_MADE),
        _number("seed", "seed", 0, _MAX_SEED, 0, "which of all such samples it is",
                hide=Hiding("seed", "seed and New sample")),
        _switch("standardize", "Standardize x",
                "`true`: x is measured in standard deviations from its mean",
                hide=Hiding("standardize", "Standardize x")),
        _number("start_w", "start w", -1e9, 1e9, lambda data: usual_start(data).w,
                "where descents begin: the slope", belongs_to="data",
                usual_words="0", hide=_START),
        _number("start_b", "start b", -1e9, 1e9, lambda data: usual_start(data).b,
                "and the intercept", belongs_to="data",
                usual_words="−1 (lesson); 0 (other data)", hide=_START),
        _number("lr", "learning rate", MIN_RATE, MAX_RATE, usual_rate, "learning rate",
                belongs_to="units", rescale=rescaled,
                usual_words="0.1 (lesson, not standardized); the largest 1-2-5 number ≤ 1/λ₂ "
                "(other data)",
                hide=Hiding("lr", "learning rate (Loss surface, Gradient steps)")),
        _rates("lrs", "Learning rates, up to eight: click on the ruler, or type and press Enter",
               MAX_COMPARED,
               usual_rates, "learning rates to compare, repeated: `lrs=0.1&lrs=0.5`",
               belongs_to="units", usual_words="one of each kind",
               rescale=lambda rates, factor: [
                   plain(rescaled(rate, factor)) for rate in read_rates(rates)[0]
               ],
               hide=Hiding("lrs", "learning rates (Learning rates)")),
        _number("steps", "steps", 1, MAX_STEPS, 200, f"steps of a run, up to {MAX_STEPS:,}",
                hide=Hiding("steps", "steps")),
        Parameter(
            "run", "the experiment",
            "what was run on Gradient steps: `200x0.1~200x0.01`, with mini-batches of 8 and decay "
            "`200x0.1b8d0.01`; and another way to go on from one of its steps: "
            "`fork=200:200x0.1`",
            Experiment(), _read_experiment, _write_experiment, "units",
            "nothing run yet; no fork", "fork",
        ),
        _number("step", "step to look into", 0, _MAX_SEED, 0, "the step to look into there"),
        _choice("batch", "points a step", BATCH_SIZES, "all",
                "for the next run there: points a step (`all`, `32`, `8`, `1`)"),
        _number("decay", "decay of the learning rate", 0.0, MAX_DECAY, 0.0,
                "for the next run there: decay of the rate"),
        _number("tolerance", "stop when the gradient is at most", 0.0, 1e300, 0.0,
                "for the next run there: stop at a gradient this short"),
        _choice("part", "Part of the page", ("", *DEEPER), "",
                "the part that is open under *Go deeper*: "
                + ", ".join(f"`{part}`" for part in DEEPER),
                former=_FORMER_PARTS, usual_words="none"),
        Parameter(
            "factors", "Your list, in units of 1/λ₂: 1 is the safe choice, 2 the limit",
            "the schedule on Learning rates: rates in units of 1/λ₂, `factors=1,5`",
            DEFAULT_FACTORS, _read_list_of_link,
            lambda factors: [[factors]], "data",
            typed=lambda text: write_factors(read_factors(text)),
        ),
        _number("schedule_steps", "steps of the schedule", 1, RECORDED_STEPS - 1, 24,
                f"its steps, up to {RECORDED_STEPS - 1}"),
        _number("schedule_decay", "decay of the schedule", 0.0, MAX_DECAY, 0.0, "its decay"),
        _number("chebyshev", "N, how many rates", 2, 32, 8,
                "how many rates Chebyshev's list there has"),
        _choice("order", "in which order", list(ORDERS), next(iter(ORDERS)),
                "and in which order: " + ", ".join(f"`{order}`" for order in ORDERS)),
        _choice("mistake", "Mistake", list(MISTAKES), next(iter(MISTAKES)),
                "the mistake on Mistakes: " + ", ".join(f"`{key}`" for key in MISTAKES)),
        _rates("net_rates", "Learning rates, up to four: type a number and press Enter",
               MAX_NETWORKS, ["0.001", "0.2", "10"],
               "the networks on Hot dog or not: up to four learning rates"),
        _choice("units", "hidden units", list(map(str, UNITS)), str(NetworkConfig.units),
                f"hidden units (`{UNITS[0]}` to `{UNITS[-1]}`)"),
        _choice("net_batch", "pictures a step", list(map(str, PICTURE_BATCHES)),
                str(NetworkConfig.batch_size), "pictures a step"),
        _number("net_seed", "seed", 0, _MAX_SEED, 0, "seed"),
        _choice("clutter", "clutter and noise", CLUTTERS, NetworkConfig.clutter,
                "how cluttered and noisy its pictures are: "
                + ", ".join(f"`{clutter}`" for clutter in CLUTTERS)),
        _switch("trained", "Train", "`true` trains at once", for_class=False,
                usual_words="after a press of *Train*"),
        _choice("show", "Show all", ["all"], "",
                "`all` shows at once what otherwise waits for a prediction or a try of one's own",
                for_class=False, usual_words="after a try"),
        Parameter(
            "task", "Your task",
            f"a teacher's task: one sentence of up to {MAX_TASK} characters, shown as text on "
            "every page",
            "", lambda texts: read_task(texts[-1]), lambda task: [[task] if task else []],
            for_class=False, usual_words="none",
        ),
        Parameter(
            "hide", "Leave out",
            "controls to leave out, repeated; what the link says about them still holds: ",
            [], _read_hidden, lambda names: [names], for_class=False, usual_words="all are there",
        ),
    )
}  # fmt: skip


def hidable() -> dict[str, str]:
    """List the names that ``hide`` accepts, with their labels."""
    hidings = (row.hide for row in PARAMETERS.values())
    return {hiding.name: hiding.label for hiding in hidings if hiding is not None}


def names_of(row: Parameter) -> tuple[str, ...]:
    """Give the URL names of a row."""
    return (row.name, row.second) if row.second else (row.name,)


def in_addresses() -> set[str]:
    """List the URL names of all parameters, and of those in older links."""
    return {"net_part", *(name for row in PARAMETERS.values() for name in names_of(row))}


def renewed(address: Mapping[str, Sequence[str]], page: str) -> Mapping[str, Sequence[str]]:
    """Translate an older link, in which the part of Hot dog or not had a name of its own."""
    part = OLD_NETWORK_PARTS.get(["", *address.get("net_part", ())][-1])
    if part and (page == "hot-dog" or not address.get("part")):
        return {**address, "part": [part]}
    return address


def read_address(
    address: Mapping[str, Sequence[str]],
) -> tuple[dict[str, Any], dict[str, Sentence]]:
    """Read the parameters of a URL.

    Parameters
    ----------
    address : mapping
        All texts under each name in the query string.

    Returns
    -------
    dict
        Values by parameter name; invalid ones are left out.
    dict
        Sentences of the DataErrors among the invalid ones, by parameter name.
    """
    values: dict[str, Any] = {}
    problems: dict[str, Sentence] = {}
    for name, row in PARAMETERS.items():
        if not address.get(name):
            continue
        try:
            values[name] = row.read(*(address.get(one, ()) for one in names_of(row)))
        except DataError as error:
            problems[name] = error.sentence
        except (ValueError, OverflowError):
            continue
    return values, problems


def write_address(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Write values as URL parameters, without those that a link cannot hold."""
    address: dict[str, list[str]] = {}
    for name, value in values.items():
        row = PARAMETERS[name]
        texts = dict(zip(names_of(row), row.write(value), strict=False))
        address |= {name: [*written] for name, written in texts.items() if written}
    return address


@dataclass(frozen=True, eq=False)
class Settings:
    """What determines a data set, and where gradient descent on it starts.

    Parameters
    ----------
    data : str
        One of DATA_NAMES.
    standardize : bool
    start : Line
        In the data's own units.
    true_w, true_b, n, noise, seed, outlier, outlier_x, outlier_y
        How the lesson's data is generated.
    own : Dataset or None
        The points of own data.
    """

    data: str
    standardize: bool
    start: Line
    true_w: float
    true_b: float
    n: int
    noise: float
    seed: int
    outlier: bool
    outlier_x: float
    outlier_y: float
    own: Dataset | None
