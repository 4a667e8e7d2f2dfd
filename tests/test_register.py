"""Every chart in the register: its fields, tables, words and numbers fit together."""

import json
import re
from functools import cache
from inspect import signature

import numpy as np
import pandas as pd
import pytest

from core import words
from core.figures import tables
from core.figures.registry import FIGURES, Picture
from core.words.writing import count, readable
from tests.support import samples
from tests.support.samples import DATASETS, pictures, views
from tests.support.tables import frame

MAX_SENTENCES = 3
LEGEND_OF_VERDICTS = '"values": [0, 1, 2, 3]'
OTHER_SECTIONS = {"network_growing"}  # of figures.md, that belong to no chart alone

every_chart = pytest.mark.parametrize("key", FIGURES)
on_all_data = pytest.mark.parametrize("data", DATASETS)


def alternative(picture: Picture) -> str:
    return words.plain(f"figures.{picture.key}", **picture.facts)


@every_chart
def test_every_field_of_a_specification_is_a_column_of_its_table(key: str) -> None:
    for picture in pictures(key):
        seen = 0
        for view in views(picture.spec):
            data = view["data"]
            columns = (
                {data["sequence"]["as"]}
                if "sequence" in data
                else set(picture.tables[data["name"]])
            )
            for transform in view.get("transform", []):
                used = re.findall(r"datum\.([a-z_0-9]+)", json.dumps(transform))
                assert set(used) <= columns
                folded = transform.get("window", transform.get("joinaggregate", [{}]))[0]
                made = transform.get("as", folded.get("as", []))
                if "lookup" in transform:
                    source = transform["from"]
                    table = picture.tables[source["data"]["name"]]
                    assert {source["key"], *source["fields"]} <= set(table)
                    made = source["fields"]
                columns |= {made} if isinstance(made, str) else set(made)
            for channel in view["encoding"].values():
                if isinstance(channel, dict) and "field" in channel:
                    assert channel["field"] in columns
                    seen += 1
        assert seen


@every_chart
def test_every_value_an_expression_looks_up_is_in_the_one_row_of_its_table(key: str) -> None:
    for picture in pictures(key):
        parameters = picture.spec.get("params", [])
        rows = {
            parameter["name"].removesuffix("_row"): parameter["expr"]
            for parameter in parameters
            if parameter["name"].endswith("_row")
        }
        looked_up = set(re.findall(r"(\w+)_row\.(\w+)", json.dumps(picture.spec)))
        declared = {
            (table, column)
            for table, expression in rows.items()
            for column in json.loads(expression.partition(" || ")[2])
        }
        assert looked_up == declared
        for table, column in looked_up:
            assert len(frame(picture.tables[table])) == 1
            assert column in picture.tables[table]


@every_chart
def test_every_table_is_used(key: str) -> None:
    for picture in pictures(key):
        named = set(re.findall(r'"name": "(\w+)"', json.dumps(picture.spec)))
        assert set(picture.tables) <= named


@every_chart
def test_a_specification_holds_no_data_and_is_built_once(key: str) -> None:
    for picture, call in zip(pictures(key), samples.calls(key), strict=True):
        assert not picture.spec.get("datasets")
        text = json.dumps(picture.spec).replace(LEGEND_OF_VERDICTS, "")
        assert '"values": [' not in text  # an axis computes its values
        assert FIGURES[key](**call).spec is picture.spec


@on_all_data
@every_chart
def test_no_nan_or_infinity_reaches_a_chart(key: str, data: str) -> None:
    for picture in pictures(key, data):
        for name, table in picture.tables.items():
            shown = frame(table)
            assert len(shown), name
            assert np.isfinite(shown.select_dtypes("number").to_numpy(float)).all(), name


@on_all_data
@every_chart
def test_a_chart_is_told_in_few_sentences_with_numbers_of_its_table(key: str, data: str) -> None:
    assert words.plain(f"figures.{key}_title")
    for picture in pictures(key, data):
        told = alternative(picture)
        assert told[0].isupper() or told[0].isdigit()
        assert not re.search(r"\b(nan|inf|None)\b", told)
        assert len(re.split(r"[.!?]\s+(?=[A-Z])", told.rstrip("."))) <= MAX_SENTENCES
        numbers = set(re.findall(r"−?\d+(?:,\d{3})*(?:\.\d+)?(?:×10[⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+)?", told))
        assert len(numbers) >= 2
        assert numbers & numbers_in(picture.numbers())


def numbers_in(table: pd.DataFrame) -> set[str]:
    """Write every number of a table as a text might say it."""
    values = [value for name in table for value in [*table[name].tolist(), table[name].min(),
                                                     table[name].max()]]  # fmt: skip
    numbers = [value for value in values if not isinstance(value, str) and value == value]
    named = {part for name in table for part in re.findall(r"\d+(?:\.\d+)?", str(name))}
    exact = {count(value) for value in numbers if isinstance(value, int)}
    return named | exact | {readable(value, digits) for value in numbers for digits in (2, 3)}


@on_all_data
@every_chart
def test_the_numbers_of_a_chart_can_be_read(key: str, data: str) -> None:
    for picture in pictures(key, data):
        table = picture.numbers()
        assert len(table)
        assert table.columns.is_unique
        for column in table:  # words, with no bounds, slots or sizes of a drawing
            assert not re.search(r"_|\blow\b|\bhigh\b|slot|kind|drawn", str(column)), column
        assert not np.isinf(table.select_dtypes("number").to_numpy(float)).any()
        shown = tables.to_read(table)
        assert len(shown) == min(len(table), tables.MAX_SHOWN)
        assert not shown.isin(["nan", "inf"]).any(axis=None)
        assert tables.to_csv(table).count("\n") == len(table) + 1


def test_no_specification_is_kept_for_ever_that_bears_a_learners_words() -> None:
    found = {id(value): value for module in samples.MODULES for value in vars(module).values()}
    cached = [value for value in found.values() if isinstance(value, type(cache(len)))]
    named = [build for build in cached if "x_label" in signature(build).parameters]
    assert 0 < len(named) < len(cached)
    for build in cached:
        kept = build.cache_parameters()["maxsize"]
        assert kept == 64 if build in named else kept is None
        # What the others differ by has an end: switches, a height, a number of rates.
        kinds = {parameter.annotation for parameter in signature(build).parameters.values()}
        assert build in named or str not in kinds


def test_every_chart_has_a_title_of_its_own_and_no_words_are_left_over() -> None:
    titles = [words.plain(f"figures.{key}_title") for key in FIGURES]
    assert len(set(titles)) == len(titles)
    written = set(words.sources("en", "figures"))
    assert written == {*FIGURES, *(f"{key}_title" for key in FIGURES), *OTHER_SECTIONS}


def test_a_parameter_without_samples_is_said_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(samples.VALUES, "start")
    with pytest.raises(KeyError, match="'guess' takes 'start': add some values for it to VALUES"):
        samples.calls("guess")
