import contextlib
import csv
import io
import math
import re
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.datasets import (
    BUNDLED,
    MAX_LABEL,
    DataError,
    Dataset,
    FloatArray,
    Line,
    load_bundled,
    make_noisy_line,
    names_to_link,
    points_from_text,
    points_to_text,
    read_csv,
    to_csv,
)
from core.points import standardize, with_outlier
from core.reading.layout import read_table
from core.reading.text import MAX_BYTES
from core.theory import best_fit, mse
from tests.strategies import datasets

THREE = np.array([1.0, 2.0, 4.0])


# Points


@pytest.mark.parametrize(
    ("w", "b", "n", "noise", "seed"), [(0.1, 0.5, 100, 0.01, 0), (-2.0, 3.0, 7, 1.5, 12345)]
)
def test_the_documented_recipe_gives_the_same_points(
    w: float, b: float, n: int, noise: float, seed: int
) -> None:
    dataset = make_noisy_line(w=w, b=b, n=n, noise=noise, seed=seed)
    rng = np.random.default_rng(seed)
    x = rng.uniform(0, 1, n)
    y = w * x + b + rng.normal(0, noise, n)
    np.testing.assert_array_equal(dataset.x, x)
    np.testing.assert_array_equal(dataset.y, y)
    assert dataset.true_line == Line(w, b)
    assert dataset.n == n


def test_the_defaults_are_the_lessons() -> None:
    plain, spelled_out = make_noisy_line(), make_noisy_line(0.1, 0.5, 100, 0.01, 0)
    assert plain.fingerprint == spelled_out.fingerprint


@pytest.mark.parametrize(
    ("argument", "value"),
    [("n", 2), ("n", -1), ("noise", -0.1), ("noise", math.nan), ("seed", -1)],
)
def test_a_line_that_cannot_be_made_is_refused(argument: str, value: float) -> None:
    with pytest.raises(DataError, match=rf"^{argument} must be .*, not {value:g}\.$"):
        make_noisy_line(**{argument: value})


def test_points_cannot_be_changed() -> None:
    dataset = make_noisy_line()
    for values in (dataset.x, dataset.y):
        with pytest.raises(ValueError, match="read-only"):
            values[0] = 0.0


def test_points_are_the_data_sets_own() -> None:
    x = np.array([1.0, 2.0, 4.0])
    dataset = Dataset(x, THREE)
    x[0] = 3.0
    assert dataset.x[0] == 1.0


@pytest.mark.parametrize(
    ("x", "y", "what"),
    [
        ([1.0, 2.0], [1.0, 2.0], "at least 3"),
        ([1.0, 2.0, 3.0], [1.0, 2.0], "in pairs"),
        ([2.0, 2.0, 2.0], [1.0, 2.0, 3.0], "choose a column that varies"),
        ([1e15, 1e15 + 1, 1e15 + 2], [1.0, 2.0, 3.0], "choose a column that varies"),
        ([1e-150, 2e-150, 3e-150], [1.0, 2.0, 3.0], "use a smaller unit"),
        ([1.0, math.nan, 3.0], [1.0, 2.0, 3.0], "Value 2 of 'x' is nan: use finite numbers"),
        ([1.0, 2.0, 3.0], [1.0, 2.0, -math.inf], "Value 3 of 'y' is -inf: use finite numbers"),
        ([1.0, 2.0, 1e308], [1.0, 2.0, 3.0], r"Value 3 of 'x' is 1e\+308: use finite numbers"),
    ],
)
def test_points_without_a_line_are_refused(x: list[float], y: list[float], what: str) -> None:
    with pytest.raises(DataError, match=what):
        Dataset(np.array(x), np.array(y))


@pytest.mark.parametrize("x", [np.array([1, 2, 4]), np.array([[1.0, 2.0, 4.0]])])
def test_other_arrays_are_refused(x: FloatArray) -> None:
    with pytest.raises(DataError, match="'x' must be one column of numbers"):
        Dataset(x, THREE)


def test_a_data_error_is_a_value_error() -> None:
    assert issubclass(DataError, ValueError)


def test_the_fingerprint_tells_points_apart_and_nothing_else() -> None:
    dataset = make_noisy_line()
    renamed = Dataset(dataset.x, dataset.y, name="other", x_label="t")
    swapped = Dataset(dataset.y, dataset.x)
    y = dataset.y.copy()
    y[-1] = np.nextafter(y[-1], 1)
    assert renamed.fingerprint == dataset.fingerprint
    assert len({d.fingerprint for d in (dataset, swapped, Dataset(dataset.x, y))}) == 3


@given(
    dataset=datasets(),
    offset=st.sampled_from([0.0, 1e3, -1e8, 1e12]),
    w=st.floats(-100, 100),
    b=st.floats(-100, 100),
)
def test_the_fold_has_the_loss_in_it(dataset: Dataset, offset: float, w: float, b: float) -> None:
    dataset = Dataset(dataset.x + offset * float(np.std(dataset.x)), dataset.y)
    assert dataset.fold.shape == (3, 3)
    assert np.all(np.tril(dataset.fold, -1) == 0)
    line = Line(w, b)
    folded = float(np.linalg.norm(dataset.fold @ [w, b, -1]))
    size = float(np.sqrt(np.mean((abs(w * dataset.x) + abs(b) + abs(dataset.y)) ** 2)))
    assert folded == pytest.approx(math.sqrt(mse(dataset, line)), rel=1e-12, abs=1e-14 * size)


def test_the_fold_of_a_hundred_thousand_points() -> None:
    dataset = make_noisy_line(n=100_000)
    for line in (Line(0.0, -1.0), Line(0.1, 0.5)):
        folded = float(np.sum(np.square(dataset.fold @ [line.w, line.b, -1])))
        assert folded == pytest.approx(mse(dataset, line), rel=1e-12)


# The bundled sets


@pytest.mark.parametrize(
    ("name", "n", "author"),
    [
        ("cars", 50, "Ezekiel"),
        ("hubble", 24, "Hubble"),
        ("forbes", 17, "Forbes"),
        *((f"anscombe-{i}", 11, "Anscombe") for i in range(1, 5)),
    ],
)
def test_a_bundled_set(name: str, n: int, author: str) -> None:
    dataset = load_bundled(name)
    assert dataset.n == n
    assert author in dataset.source
    assert any(year in dataset.source for year in ("1930", "1929", "1857", "1973"))
    assert dataset.name
    assert dataset.x_label
    assert dataset.y_label
    assert dataset.true_line is None


def test_there_are_seven_bundled_sets_all_different() -> None:
    assert len({load_bundled(name).fingerprint for name in BUNDLED}) == 7


def test_another_name_is_answered_with_the_names_there_are() -> None:
    with pytest.raises(DataError, match=r"'iris'.* cars, hubble"):
        load_bundled("iris")


# Files that can be read


def test_minus_zero_is_no_noise() -> None:
    line = make_noisy_line(noise=-0.0)
    assert line.fingerprint == make_noisy_line(noise=0.0).fingerprint
    assert line.recipe == make_noisy_line(noise=0.0).recipe


def table(*rows: str) -> bytes:
    return "\n".join(rows).encode() + b"\n"


GOOD = "a,b\n1,2\n2,3\n4,5\n"
WIDE = [",".join(f"c{i}" for i in range(200))] + [
    ",".join(str((i + 1) * row) for i in range(200)) for row in (1, 2, 4)
]

READABLE = {
    "commas": GOOD.encode(),
    "semicolons": GOOD.replace(",", ";").encode(),
    "tabs": GOOD.replace(",", "\t").encode(),
    "bars": GOOD.replace(",", "|").encode(),
    "byte order mark": GOOD.encode("utf-8-sig"),
    "UTF-16": GOOD.encode("utf-16"),
    "UTF-16, big end first": b"\xfe\xff" + GOOD.encode("utf-16-be"),
    "Windows line ends": GOOD.replace("\n", "\r\n").encode(),
    "old Mac line ends": GOOD.replace("\n", "\r").encode(),
    "no end of line": GOOD.encode().rstrip(),
    "blank lines and spaces": b"\n a , b \n\n 1 , 2\n2,3\n  \n4,5\n\n",
    "quotes": b'"a","b"\n"1","2"\n"2","3"\n"4","5"\n',
    "plus and exponent": b"a,b\n+1,2e0\n2.,.3E+1\n4.0,50e-1\n",
    "Excel tells the delimiter": b"sep=;\r\na;b\r\n1;2\r\n2;3\r\n4;5\r\n",
    "decimal comma, semicolons": b"a;b\n1,0;2,0\n2;3,00\n4;5\n",
    "decimal comma, bars": b"a|b\n1,0|2,0\n2,0|3,0\n4,0|5,0\n",
    "decimal comma in quotes": b'a,b\n"1,0","2,0"\n2,"3,00"\n4,5\n',
    "a column of text before": table("who,a,b", "ann,1,2", "bob,2,3", "cy,4,5"),
    "a column with gaps before": table("gaps,a,b", "1,1,2", ",2,3", "3,4,5"),
    "an empty column after": table("a,b,", "1,2,", "2,3,", "4,5,"),
}


@pytest.mark.parametrize("content", READABLE.values(), ids=READABLE.keys())
def test_a_file_that_can_be_read(content: bytes) -> None:
    dataset = read_csv(content)
    assert dataset.x.tolist() == [1, 2, 4]
    assert dataset.y.tolist() == [2, 3, 5]
    assert (dataset.x_label, dataset.y_label) == ("a", "b")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_names_in_any_encoding(encoding: str) -> None:
    dataset = read_csv(GOOD.replace("a", "Größe (µm)").encode(encoding))
    assert dataset.x_label == "Größe (µm)"


def test_a_path_a_string_and_an_open_file_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "points.csv"
    path.write_bytes(GOOD.encode())
    with path.open("rb") as file:
        prints = {read_csv(source).fingerprint for source in (path, str(path), file)}
    assert prints == {read_csv(GOOD.encode()).fingerprint}
    assert read_csv(io.BytesIO(GOOD.encode())).fingerprint in prints


def test_a_file_without_a_header_gets_names() -> None:
    dataset = read_csv(b"1,2\n2,3\n4,5\n")
    assert (dataset.x_label, dataset.y_label) == ("column 1", "column 2")
    assert dataset.n == 3


def test_two_numbers_with_decimal_commas_are_not_three_cells() -> None:
    dataset = read_csv(b"1,5;2,5\n2,5;3,5\n4,5;5,5\n")
    assert dataset.x.tolist() == [1.5, 2.5, 4.5]
    assert dataset.y.tolist() == [2.5, 3.5, 5.5]


def test_a_typographic_minus_is_one() -> None:
    dataset = read_csv("T − T₀,b\n−1,2\n2,−3e−1\n4,5\n".encode())
    assert dataset.x.tolist() == [-1, 2, 4]
    assert dataset.y.tolist() == [2, -0.3, 5]
    assert dataset.x_label == "T − T₀"


def test_rows_are_counted_from_the_line_that_tells_the_delimiter() -> None:
    with pytest.raises(DataError, match="Row 4 of 'b' is 'x'"):
        read_csv(b"sep=;\na;b\n1;2\n2;x\n4;5\n")


def test_nameless_and_repeated_columns_can_be_told_apart() -> None:
    names = read_table(b"a,,a,a (2),\n1,2,3,4,5\n").names
    assert names == ["a", "column 2", "a (2)", "a (2) (2)", "column 5"]
    assert len(set(names)) == 5


def test_200_columns_are_read() -> None:
    dataset = read_csv(table(*WIDE), x="c7", y="c199")
    assert dataset.x.tolist() == [8, 16, 32]
    assert dataset.y.tolist() == [200, 400, 800]


def test_a_hundred_thousand_rows_are_read() -> None:
    assert read_csv(b"a,b\n" + b"1,2\n2,3\n" * 50_000).n == 100_000


@pytest.mark.parametrize(
    ("x", "y", "labels"),
    [
        (None, None, ("a", "b")),
        ("c", None, ("c", "a")),
        (None, "a", ("b", "a")),
        ("c", "b", ("c", "b")),
    ],
)
def test_columns_are_chosen_by_name(x: str | None, y: str | None, labels: tuple[str, str]) -> None:
    dataset = read_csv(table("a,b,c", "1,2,3", "2,3,1", "4,5,2"), x, y)
    assert (dataset.x_label, dataset.y_label) == labels


NUMBERS = st.floats(-1e50, 1e50).filter(lambda value: value == 0 or abs(value) > 1e-50)


@given(
    rows=st.lists(st.tuples(NUMBERS, NUMBERS), min_size=3, max_size=20),
    delimiter=st.sampled_from(",;\t|"),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]),
    decimal_comma=st.booleans(),
    header=st.booleans(),
)
def test_what_was_written_is_read_to_the_last_bit(
    rows: list[tuple[float, float]],
    delimiter: str,
    encoding: str,
    decimal_comma: bool,
    header: bool,
) -> None:
    # With commas between cells, a comma in a number is read only where it cannot mean thousands.
    decimal_comma = decimal_comma and delimiter != ","
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    if header:
        writer.writerow(["first", "second"])
    for row in rows:
        cells = map(repr, row)
        writer.writerow([cell.replace(".", ",") for cell in cells] if decimal_comma else cells)
    read = read_table(text.getvalue().encode(encoding))
    columns = [read.column(name).tolist() for name in read.names]
    assert columns == [[x for x, _ in rows], [y for _, y in rows]]


# Files that cannot


def archive() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr("xl/worksheets/sheet1.xml", "<worksheet/>")
    return content.getvalue()


CLEAN = "Clean it, or choose another column."
GIVE_TWO = "give two, separated by commas, semicolons or tabs."
EXPORT = "Export the table as CSV first."
CORRECT = "Correct that row, or save the file as CSV again."
DECIMAL_POINT = "write numbers with a decimal point and no thousands separator."
SAVE_AGAIN = "save it as CSV again."

# name → content, what is wrong, what to do
UNREADABLE = {
    "constant x": (table("a,b", "2,1", "2,2", "2,3"), "Every value of 'a' is 2", "varies."),
    "one point": (table("a,b", "1,2"), "1 point cannot", "give at least 3."),
    "two points": (table("a,b", "1,2", "3,4"), "2 points cannot", "give at least 3."),
    "only a header": (table("a,b"), "no rows below the header", "give at least 3 points."),
    "NaN": (table("a,b", "1,2", "NaN,3", "4,5"), "Row 3 of 'a' is 'NaN'.", CLEAN),
    "infinity": (table("a,b", "1,2", "2,-inf", "4,5"), "Row 3 of 'b' is '-inf'.", CLEAN),
    "1e308": (table("a,b", "1,2", "2,1e308", "4,5"), "'b' is 1e+308", "finite numbers up to"),
    "1e26": (table("a,b", "1,2", "2,1e26", "4,5"), "Value 2 of 'b' is 1e+26", "a larger unit"),
    "spread of 1e-21": (
        table("a,b", "0,2", "1e-21,3", "5e-22,5"),
        "The values of 'a' lie only 1e-21 apart",
        "use a smaller unit.",
    ),
    "a million blank lines": (
        b"a,b\n" + b"\n" * 1_000_000,
        "more than 1,000,000 lines",
        "leave out those that are blank.",
    ),
    "hostile number": (
        table("a,b", "1,2", "2,4e492493924924", "4,5"),
        "Row 3 of 'b' is '4e492493924924', too large",
        CLEAN,
    ),
    "long number": (table("a,b", "1,2", "2," + "1" * 101, "4,5"), "101 characters long", CLEAN),
    "underscore": (table("a,b", "1,2", "2,1_000", "4,5"), "Row 3 of 'b' is '1_000'.", CLEAN),
    "other digits": (table("a,b", "1,2", "2,٣", "4,5"), "Row 3 of 'b' is '٣'.", CLEAN),
    "text among numbers": (table("a,b", "1,2", "2,many", "4,5"), "Row 3 of 'b' is 'many'.", CLEAN),
    "n/a": (table("a,price", "1,2", "2,3", "4,n/a"), "Row 4 of 'price' is 'n/a'.", CLEAN),
    "n/a after a blank row": (table("a,price", "", "1,2", "n/a,3"), "Row 4 of 'a'", CLEAN),
    "too few whole rows": (
        table("a,b", "1,2", ",3", "4,5"),
        "Only 2 points have both 'a' and 'b'",
        "give at least 3.",
    ),
    "no numbers": (table("a,b", "x,y", "y,z", "z,x"), "(the columns are 'a', 'b')", "for y."),
    "one column of numbers": (table("a,b", "1,y", "2,z", "3,x"), "Fewer than two", "for y."),
    "spaces between": (table("a b", "1 2", "2 3", "4 5"), "only one column", GIVE_TWO),
    "colons between": (table("a:b", "1:2", "2:3", "4:5"), "only one column", GIVE_TWO),
    "one column": (table("a", "1", "2", "3"), "only one column", GIVE_TWO),
    "decimal commas between commas": (
        table("a,b", "1,5,2,5", "2,5,3,5", "4,5,5,5"),
        "Row 1 has 2 cells where most rows have 4.",
        CORRECT,
    ),
    "thousands or decimals": (
        table("a,b", '"1,234",1', '"2,345",2', '"3,456",3'),
        "'a' holds '1,234', and its comma can be read in two ways",
        DECIMAL_POINT,
    ),
    "thousands and decimals": (
        table("a,b", '"1,234.5",1', '"2,345",2', '"3,456",3'),
        "'a' holds '1,234.5', and its comma can be read in two ways",
        DECIMAL_POINT,
    ),
    "a long row": (table("a,b", "1,2", "2,3,4", "4,5"), "Row 3 has 3 cells", CORRECT),
    "a short row": (table("a,b", "1,2", "2", "4,5"), "Row 3 has 1 cell where", CORRECT),
    "a title above": (table("My data", "a,b", "1,2", "2,3"), "Row 1 has 1 cell", CORRECT),
    "unclosed quote": (table("a,b", "1,2", '"2,3', "4,5", "6,7"), "Row 3 has 1 cell", CORRECT),
    "huge field": (
        table("a,b", "1,2", '2,"' + "x" * 200_000 + '"', "4,5"),
        "cannot be read as a table (field larger than",
        SAVE_AGAIN,
    ),
    "huge first field": (
        table('a,"' + "x" * 200_000 + '"', "1,2", "2,3"),
        "cannot be read as a table",
        SAVE_AGAIN,
    ),
    "2,000 columns": (table(",".join(["1"] * 2_000)), "2,000 columns, more than 1,000", "leave in"),
    "too many rows": (b"a,b\n" + b"1,2\n" * 100_001, "more than 100,000 rows", "a sample"),
    "too large": (b"a,b\n" + b"1,2\n" * (MAX_BYTES // 4), "larger than 5 MB", "leave in the rows"),
    "empty": (b"", "The file is empty", "at least two columns."),
    "blank": (b"\n  \n\n", "The file is empty", "at least two columns."),
    "only a byte order mark": (b"\xef\xbb\xbf", "The file is empty", "at least two columns."),
    "NUL": (table("a,b", "1,2", "2,\0", "4,5"), "not text", EXPORT),
    "a spreadsheet": (archive(), "not text", EXPORT),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "not text", EXPORT),
    "UTF-16 without its mark": (GOOD.encode("utf-16-le"), "not text", EXPORT),
    "UTF-16 cut in two": (GOOD.encode("utf-16")[:-1], "not text", EXPORT),
    "UTF-32": (GOOD.encode("utf-32"), "not text", EXPORT),
}


def complaint(source: object, x: str | None = None, y: str | None = None) -> str:
    with pytest.raises(DataError) as caught:
        read_csv(source, x, y)
    return str(caught.value)


@pytest.mark.parametrize(("content", "what", "way_out"), UNREADABLE.values(), ids=UNREADABLE.keys())
def test_a_file_that_cannot_be_read(content: bytes, what: str, way_out: str) -> None:
    sentence = complaint(content)
    assert what in sentence
    assert way_out in sentence
    assert not sentence[0].islower()
    assert sentence.endswith(".")
    assert len(sentence) < 250


def test_a_chosen_column_of_text_is_named() -> None:
    content = table("who,a,b", "ann,1,2", "bob,2,3", "cy,4,5")
    assert complaint(content, x="who").startswith("Row 2 of 'who' is 'ann'.")


@pytest.mark.parametrize("axis", ["x", "y"])
def test_an_unknown_column_is_answered_with_the_columns_there_are(axis: str) -> None:
    sentence = complaint(GOOD.encode(), **{axis: "price"})
    assert sentence == "There is no column 'price'. The columns are 'a', 'b'."


def test_a_long_list_of_columns_is_cut() -> None:
    sentence = complaint(table(*WIDE), x="n" * 500)
    assert "'c7' and 192 more" in sentence
    assert len(sentence) < 250


@pytest.mark.parametrize("path", ["no/such/file.csv", ".", "a\0b", "n" * 5_000])
def test_a_path_that_cannot_be_opened(path: str) -> None:
    sentence = complaint(path)
    assert f"'{path[:50]}" in sentence
    assert "cannot be read: check that it is there." in sentence


def test_a_file_that_is_closed_or_open_as_text() -> None:
    closed = io.BytesIO(GOOD.encode())
    closed.close()
    assert "cannot be read" in complaint(closed)
    assert "open it for reading bytes" in complaint(io.StringIO(GOOD))


# Anything at all

LOOKS_LIKE_A_TABLE = st.text(alphabet='0123456789.,;|\t"\r\n eE+-_naif\ufeffé\0', max_size=200)


def read_or_refuse(content: bytes, x: str | None = None, y: str | None = None) -> None:
    """Fail with any exception but a DataError."""
    try:
        dataset = read_csv(content, x, y)
    except DataError:
        return
    assert dataset.n >= 3
    assert np.all(np.isfinite([dataset.x, dataset.y]))
    assert np.all(np.isfinite(dataset.fold))


@settings(max_examples=500)
@given(content=st.binary(max_size=300))
@example(content=b"\xff\xfe")
@example(content=b"\xff\xfe\x00\xd8")
@example(content=b'"')
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    read_or_refuse(content)


@settings(max_examples=300)
@given(
    text=st.one_of(st.text(max_size=200), LOOKS_LIKE_A_TABLE),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
    x=st.none() | st.text(max_size=3),
    y=st.none() | st.text(max_size=3),
)
def test_any_text_is_read_or_refused(
    text: str, encoding: str, x: str | None, y: str | None
) -> None:
    read_or_refuse(text.encode(encoding, errors="replace"), x, y)


CELLS = st.one_of(
    st.floats().map(repr),
    st.integers().map(str),
    st.sampled_from(["", "n/a", "1,5", '"1,5"', "1e999", "-0", "1e-300", "0x10", "½", "x" * 200]),
)


@settings(max_examples=500)
@given(
    rows=st.lists(st.lists(CELLS, min_size=2, max_size=3), max_size=8),
    delimiter=st.sampled_from(",;\t|: "),
)
def test_any_table_is_read_or_refused(rows: list[list[str]], delimiter: str) -> None:
    read_or_refuse("\n".join(map(delimiter.join, rows)).encode())


def test_rows_with_an_empty_cell_are_left_out_and_named() -> None:
    dataset = read_csv(table("a,b", "1,2", ",3", "", "4,5", "6,", "8,9"))
    assert dataset.x.tolist() == [1, 4, 8]
    assert dataset.left_out == (3, 6)


# Links and downloads


@given(datasets())
def test_points_in_a_link_come_back_exactly(dataset: Dataset) -> None:
    text = points_to_text(dataset)
    assert text is not None
    again = points_from_text(text)
    assert (again.x.tolist(), again.y.tolist()) == (dataset.x.tolist(), dataset.y.tolist())
    assert re.fullmatch(r"[0-9._~e-]+", text)


@given(st.text(max_size=150), st.text(max_size=150))
def test_names_in_a_link_come_back_as_they_were_written(x: str, y: str) -> None:
    named = points_from_text("1_2~2_3~4_5", [x, y])
    written = names_to_link(named)
    again = points_from_text("1_2~2_3~4_5", written)
    assert (again.x_label, again.y_label) == (named.x_label, named.y_label)
    assert again.x_label != again.y_label
    assert all(name.isprintable() and len(name) <= MAX_LABEL for name in written)
    assert bool(written) == ((named.x_label, named.y_label) != ("x", "y"))


@given(st.lists(st.text(max_size=200), max_size=4))
def test_no_names_in_a_link_keep_points_from_being_read(names: list[str]) -> None:
    assert points_from_text("1_2~2_3~4_5", names).n == 3


def test_names_of_a_file_come_back_from_a_link() -> None:
    dataset = read_csv(table("time (s),voltage (V)", "1,2", "2,3.5", "4,6"))
    text, names = points_to_text(dataset), names_to_link(dataset)
    assert text is not None
    again = points_from_text(text, names)
    assert (again.x_label, again.y_label) == ("time (s)", "voltage (V)")
    assert names_to_link(points_from_text(text)) == []


def test_a_link_carries_a_hundred_points_and_not_more() -> None:
    assert points_to_text(make_noisy_line(n=100)) is not None
    assert points_to_text(make_noisy_line(n=101)) is None
    text = "~".join(f"{i}_{i}" for i in range(101))
    with pytest.raises(DataError, match="link"):
        points_from_text(text)


@given(st.text() | st.text("0123456789._~e-"))
def test_no_text_in_a_link_does_more_than_complain(text: str) -> None:
    with contextlib.suppress(DataError):
        points_from_text(text)


def test_a_download_can_be_read_again_and_holds_no_formula() -> None:
    dataset = read_csv(table("=cmd(),@x", "1,2", "2,3.5", "4,1e-9"))
    text = to_csv(dataset)
    assert text.splitlines()[0] == "'=cmd(),'@x"
    again = read_csv(text.encode())
    assert again.fingerprint == dataset.fingerprint


def test_an_outlier_is_one_point_more() -> None:
    dataset = with_outlier(make_noisy_line(n=5), 0.9, 3.0)
    assert (dataset.n, dataset.x[-1], dataset.y[-1]) == (6, 0.9, 3.0)
    assert dataset.true_line == make_noisy_line().true_line


def far_from_zero() -> Dataset:
    rng = np.random.default_rng(0)
    x = 1e9 + rng.uniform(-1, 1, 50)
    return Dataset(x, 2 * (x - 1e9) + 3 + rng.normal(0, 0.1, 50))


STANDARDIZED = [
    make_noisy_line(),
    *map(load_bundled, ("cars", "hubble", "forbes", "anscombe-4")),
    far_from_zero(),
]


@pytest.mark.parametrize("dataset", STANDARDIZED)
def test_standardized_x_has_mean_0_and_mean_square_1(dataset: Dataset) -> None:
    standardized = standardize(dataset)
    assert abs(float(np.mean(standardized.x))) < 1e-14
    assert float(np.mean(standardized.x**2)) == pytest.approx(1, rel=1e-14)
    np.testing.assert_array_equal(standardized.y, dataset.y)


@pytest.mark.parametrize("dataset", STANDARDIZED)
def test_a_line_keeps_its_loss_and_finds_its_way_back(dataset: Dataset) -> None:
    standardized = standardize(dataset)
    assert standardized.scaling is not None
    line = Line(0.7, -3.0)
    there = standardized.scaling.to_standardized(line)
    assert mse(standardized, there) == pytest.approx(mse(dataset, line), rel=1e-6)
    back = standardized.scaling.to_original(there)
    assert back.w == pytest.approx(line.w, rel=1e-12)
    assert back.b == pytest.approx(line.b, abs=1e-12 * float(np.max(np.abs(dataset.x))))
    best, fitted = best_fit(dataset), best_fit(standardized)
    np.testing.assert_allclose(fitted.at(standardized.x), best.at(dataset.x), rtol=1e-6)


def test_the_recipe_of_standardized_data_makes_it() -> None:
    standardized = standardize(make_noisy_line(seed=3))
    made: dict[str, Any] = {"np": np}
    exec(standardized.recipe, made)
    np.testing.assert_allclose(made["x"], standardized.x, rtol=1e-13, atol=1e-14)
