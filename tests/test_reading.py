"""Files as people have them: each comes back as its numbers, is asked about, or is refused."""

import csv
import io
import math
import zipfile
from dataclasses import astuple, replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from core.datasets import DataError, read_csv
from core.reading.choosing import PointsRead, read_points
from core.reading.columns import Column, How, Table, TwoReadingsError, UnreadableCellsError
from core.reading.layout import read_table
from core.reading.numbers import OTHER, Decimal
from core.reading.text import MAX_BYTES
from core.theory import best_fit
from tests.support.data import HEIGHTS

FILES = Path(__file__).parent / "files"


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
    how = How("," if decimal_comma else ".")  # asked only where no cell tells
    columns = [read.column(name, how).values.tolist() for name in read.names]
    assert columns == [[x for x, _ in rows], [y for _, y in rows]]


# Files that cannot


def archive(name: str, inside: str = "1,2") -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as file:
        file.writestr(name, inside)
    return content.getvalue()


CLEAN = "Clean it, leave out that row, or choose other columns."
GIVE_TWO = "give two, separated by commas, semicolons or tabs."
EXPORT = "Export the table as CSV first, or copy and paste its columns."
CORRECT = "Correct that row, or save the file as CSV again."
SAVE_AGAIN = "save it as CSV again."

# name → content, what is wrong, what to do
UNREADABLE = {
    "constant x": (table("a,b", "2,1", "2,2", "2,3"), "Every value of 'a' is 2", "varies."),
    "one point": (table("a,b", "1,2"), "1 point cannot", "give at least 3."),
    "two points": (table("a,b", "1,2", "3,4"), "2 points cannot", "each of the two twice."),
    "two points, one above the other": (
        table("a,b", "1,2", "1,5"),
        "Every value of 'a' is 1, to within rounding",
        "varies.",
    ),
    "only a header": (table("a,b"), "no rows below the header", "give at least 3 points."),
    "NaN": (table("a,b", "1,2", "NaN,3", "4,5"), "Only 2 points have both", "at least 3."),
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
        "Row 3 of 'b' is '4e492493924924', too large to compute with.",
        CLEAN,
    ),
    "long number": (table("a,b", "1,2", "2," + "1" * 101, "4,5"), "101 characters long", CLEAN),
    "underscore": (table("a,b", "1,2", "2,1_000", "4,5"), "Row 3 of 'b' is '1_000'.", CLEAN),
    "other digits": (table("a,b", "1,2", "2,٣", "4,5"), "Row 3 of 'b' is '٣'.", CLEAN),
    "text among numbers": (table("a,b", "1,2", "2,many", "4,5"), "Row 3 of 'b' is 'many'.", CLEAN),
    "n/a": (table("a,price", "1,2", "2,3", "4,n/a"), "Only 2 points have both", "at least 3."),
    "text after a blank row": (table("a,b", "", "1,2", "2,3", "no,5"), "Row 5 of 'a'", CLEAN),
    "several": (
        table("a,b", "1,2", "2,many", "few,5", "3,6", "4,7"),
        "Row 3 of 'b' is 'many', row 4 of 'a' is 'few'. Clean them, leave out those rows",
        "choose other columns.",
    ),
    "too few whole rows": (
        table("a,b", "1,2", ",3", "4,5"),
        "Only 2 points have both 'a' and 'b'",
        "give at least 3.",
    ),
    "no numbers": (table("a,b", "x,y", "y,z", "z,x"), "(the columns are 'a', 'b')", "for y."),
    "one column of numbers": (table("a,b", "1,y", "2,z", "3,x"), "Fewer than two", "for y."),
    "thousands in one column": (table("1 234", "2 345"), "only one column", GIVE_TWO),
    "colons between": (table("a:b", "1:2", "2:3", "4:5"), "only one column", GIVE_TWO),
    "one column": (table("a", "1", "2", "3"), "only one column", GIVE_TWO),
    "decimal commas between commas": (
        table("a,b", "1,5,2,5", "2,5,3,5", "4,5,5,5"),
        "Row 1 has 2 cells where most rows have 4.",
        CORRECT,
    ),
    "thousands or decimals": (
        table("a,b", '"1,234",1', '"2,345",2', '"3,456",3'),
        "'1,234' in row 2 of 'a' can be read as 1234 or as 1.234",
        "say decimal='.' or decimal=','.",
    ),
    "a long row": (table("a,b", "1,2", "2,3,4", "4,5"), "Row 3 has 3 cells", CLEAN),
    "a short row": (table("a,b", "1,2", "2", "4,5"), "Row 3 has 1 cell where", CLEAN),
    "unclosed quote": (
        table("a,b", "1,2", '"2,3', "4,5", "6,7"),
        "In row 3 a quotation mark opens and never closes",
        CORRECT,
    ),
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
    "an Excel workbook": (
        archive("xl/worksheets/sheet1.xml"),
        "an Excel workbook. Open it in Excel and choose File → Save As → CSV UTF-8",
        "or copy and paste its columns.",
    ),
    "an OpenDocument spreadsheet": (
        archive("mimetype", "application/vnd.oasis.opendocument.spreadsheet"),
        "an OpenDocument spreadsheet. Open it in LibreOffice",
        "or copy and paste its columns.",
    ),
    "a Numbers table": (archive("Index/Document.iwa"), "Open it in Numbers", "Export To → CSV"),
    "another archive": (archive("a.csv"), "a zip archive", "copy and paste"),
    "an old Excel workbook": (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
        "old Excel",
        "CSV UTF-8",
    ),
    "a PDF document": (b"%PDF-1.7\n1 0 obj", "a PDF document", "save the table as CSV"),
    "a web page called .xls": (
        b"<html><table><tr><td>1</td></tr></table>",
        "web page",
        "save it as",
    ),
    "JSON": (b'[{"x": 1, "y": 2}, {"x": 2, "y": 3}]', "JSON", "or copy and paste its columns."),
    "blood pressure": (
        table("age,bp", "20,120/80", "30,125/85", "40,130/90"),
        "(the columns are 'age', 'bp'; row 2 of 'bp' is '120/80')",
        "for y.",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(range(256)), "not text", EXPORT),
    "UTF-16 without its mark": (GOOD.encode("utf-16-le"), "not text", EXPORT),
    "UTF-16 cut in two": (GOOD.encode("utf-16")[:-1], "not text", EXPORT),
    "UTF-32": (GOOD.encode("utf-32"), "not text", EXPORT),
}


def notes(read: PointsRead) -> list[str]:
    return list(map(str, read.notes))


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
    assert complaint(content, x="who").startswith("Row 2 of 'who' is 'ann', and hardly a cell")


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


# Files as people have them


# file → labels of x and y, first x and y, w and b of the best fit, what is said
FILES_READ = {
    "b01_de_thousands_dot.csv": (
        ("Wohnfläche (m²)", "Preis (€)"),
        [(62.5, 189_000), (80, 245_500), (95.5, 299_000), (120, 372_000), (141, 455_900)],
        (3353.002, -22349.50),
        "Read with a decimal comma, dots between thousands.",
    ),
    "b05_tsv_us_thousands_mixed.tsv": (
        ("week", "visits"),
        [(1, 650), (2, 800), (3, 950), (4, 1100), (5, 1250)],
        (150, 500),
        "Read with commas between thousands.",
    ),
    "b06_semicolon_us_thousands.csv": (
        ("ad spend", "revenue"),
        [(120, 980), (150, 1220), (200, 1630), (260, 2100)],
        (8.0155211, 19.667406),
        "Read with commas between thousands.",
    ),
    "b69_de_all_three_decimals.csv": (
        ("t", "U"),
        [(1, 2.015), (2, 3.985), (3, 6.02)],
        (2.0025, 0.00166666667),
        "Read with a decimal comma.",
    ),
    "b79_dot_three_decimals_ok.csv": (
        ("Zeit", "Wert"),
        [(1, 0.5), (2, 1), (3, 1.5), (4, 2)],
        (0.5, 0),
        "Read with a decimal point.",
    ),
    "b10_moodle_dash_missing.csv": (
        ("Quiz 1 (Real)", "Course total (Real)"),
        [(7.5, 71.25), (9.25, 90.1), (6.75, 66.4), (4, 41)],
        (9.24672, 3.61627),
        "Left out: row 3 (no value).",
    ),
    "b14_r_na.csv": (
        ("temp", "ozone"),
        [(67, 41), (72, 36), (74, 12), (56, 18), (65, 23), (59, 19)],
        (0.366733, 0.812291),
        "Left out: rows 5, 7 (no value).",
    ),
    "b15_excel_na.csv": (
        ("hours", "score"),
        [(1, 52), (3, 61), (4, 70), (5, 74)],
        (5.685714, 45.77143),
        "Left out: row 3 (no value).",
    ),
    "b16_sas_dot_missing.csv": (
        ("x", "y"),
        [(1, 2), (3, 6), (4, 8.5), (5, 10)],
        (2.042857, -0.01428571),
        "Left out: row 3 (no value).",
    ),
    "b12_pandas_index.csv": (
        ("YearsExperience", "Salary"),
        [(1.1, 40_100), (1.9, 46_700), (3.2, 60_300), (4.5, 64_800), (6.8, 91_200), (9.4, 114_900)],
        (8996.183, 29333.79),
        "",
    ),
    "b58_semicolon_id_first.csv": (
        ("Zeit in s", "Weg in m"),
        [(0.5, 1.1), (1, 2), (1.5, 3.2), (2, 3.9)],
        (1.92, 0.15),
        "Read with a decimal comma.",
    ),
    "b26_hash_header.csv": (
        ("time", "volt"),
        [(0, 1.01), (1, 1.52), (2, 2.03), (3, 2.49)],
        (0.495, 1.02),
        "",
    ),
    "b30_totals_row_label.csv": (
        ("Hours", "Points"),
        [(2, 41), (4, 52), (5, 60), (7, 71)],
        (6.0769, 28.6538),
        "Left out: row 6 (“Total”).",
    ),
    "b36_quiz_header.csv": (
        ("1", "2"),
        [(10, 12), (14, 15), (9, 11), (17, 20)],
        (1.073171, 1.085366),
        "",
    ),
    "b37_x_year_header.csv": (("x", "2023"), [(1, 12), (2, 15), (3, 11), (4, 20)], (2, 9.5), ""),
    "b38_quoted_after_space.csv": (
        ("time", "height"),
        [(1, 2.5), (2, 3.5), (3, 4.4)],
        (0.95, 1.566667),
        "",
    ),
    "b45_zero_width.csv": (("x", "y"), [(1, 2), (2, 4), (3, 5), (4, 7)], (1.6, 0.5), ""),
    "b60_constant_first.csv": (
        ("time", "volt"),
        [(0, 1), (1, 1.4), (2, 2.1), (3, 2.4)],
        (0.49, 0.99),
        "",
    ),
    "b61_sheets_currency_eur.csv": (
        ("Tage", "Betrag (€)"),
        [(1, 12.5), (2, 25), (3, 37.9)],
        (12.7, -0.2666667),
        "Read with a decimal comma.",
    ),
    "b76_gapminder_one_year.csv": (
        ("lifeExp", "gdpPercap"),
        [(43.8, 974), (76.4, 5937), (72.3, 6223), (42.7, 4797), (75.3, 12779)],
        (172.6694, -4580.764),
        "",
    ),
    "b77_two_sensors_gaps.csv": (
        ("Sensor B: Time (s)", "Sensor B: T (C)"),
        [(0, 30), (1, 29), (2, 27), (3, 26)],
        (-1.4, 30.1),
        "Left out: rows 2, 3 (no value).",
    ),
    "a06_intercept_stuck.csv": (("x", "y"), [(0, 2), (3, 17)], (5, 2), ""),
    "a14_both_standardized.csv": (("x", "y"), [], (0.995949, 0), ""),
    "a18_profit_alpha.csv": (("population", "profit"), [], (1.24166, -4.74766), ""),
}


@pytest.mark.parametrize("name", FILES_READ)
def test_a_file_as_people_have_it_comes_back_as_its_numbers(name: str) -> None:
    labels, points, line, said = FILES_READ[name]
    read = read_points(read_table(FILES / name))
    assert (read.points.x_label, read.points.y_label) == labels
    pairs = list(zip(read.points.x.tolist(), read.points.y.tolist(), strict=True))
    assert pairs[: len(points)] == points
    if len(points) > 2:
        assert len(pairs) == len(points)
    assert astuple(best_fit(read_csv(FILES / name))) == pytest.approx(line, rel=1e-5, abs=1e-12)
    assert said in notes(read) or not said
    assert (said != "") or notes(read) == []


@pytest.mark.parametrize(
    ("name", "y", "label", "values"),
    [
        ("b32_percent.csv", "score", "score (%)", [48, 55, 63, 71]),
        ("b34_dollar.csv", "price", "price ($)", [189_000, 251_900, 310_000, 379_500]),
        ("b12_pandas_index.csv", "column 1", "column 1", [0, 1, 2, 3, 4, 5]),
        ("b58_semicolon_id_first.csv", "Nr.", "Nr.", [1, 2, 3, 4]),
    ],
)
def test_another_column_can_be_chosen(name: str, y: str, label: str, values: list[float]) -> None:
    read = read_csv(FILES / name, y=y)
    assert (read.y_label, read.y.tolist()) == (label, values)


def test_every_file_of_the_folder_is_tried() -> None:
    tried = {*FILES_READ, "b32_percent.csv", "b34_dollar.csv", "a12_two_points.csv"}
    assert {path.name for path in FILES.iterdir()} == tried


def test_two_points_are_told_why_they_are_too_few_and_each_twice_will_do() -> None:
    assert "give at least 3, a third one or each of the two twice" in complaint(
        FILES / "a12_two_points.csv"
    )
    twice = read_csv(table("size,price", "1,310", "2,490", "1,310", "2,490"))
    assert astuple(best_fit(twice)) == pytest.approx((180, 130))


def test_totals_are_points_for_those_who_say_so() -> None:
    totals = read_table(FILES / "b30_totals_row_label.csv")
    left_out = read_points(totals)
    (option,) = left_out.otherwise
    assert str(option.label) == "Keep row 6 (Total)"
    kept = read_points(totals, how=replace(How(), **option.change))
    assert kept.points.y.tolist() == [41, 52, 60, 71, 224]
    assert [str(option.label) for option in kept.otherwise] == ["Leave out row 6 (Total)"]


# The other way of reading is one click away where it makes sense, and only there.


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("b01_de_thousands_dot.csv", []),
        ("b79_dot_three_decimals_ok.csv", []),
        ("b05_tsv_us_thousands_mixed.tsv", [650, 800, 950, 1.1, 1.25]),
        ("b06_semicolon_us_thousands.csv", [980, 1.22, 1.63, 2.1]),
        ("b69_de_all_three_decimals.csv", [2015, 3985, 6020]),
    ],
)
def test_the_other_reading_is_offered_where_it_makes_sense(name: str, other: list[float]) -> None:
    file = read_table(FILES / name)
    options = read_points(file).otherwise
    assert len(options) == bool(other)
    for option in options:
        again = read_points(file, how=replace(How(), **option.change))
        assert again.points.y.tolist() == other
        back = read_points(file, how=replace(How(), **again.otherwise[0].change))
        assert back.points.fingerprint == read_points(file).points.fingerprint


ASKED = {
    "tabs": ("t\tU\n1\t2.015\n2\t3.985\n3\t6.020\n", "2.015", [2.015, 3.985, 6.02]),
    "semicolons, dots": ("x;y\n1;1.234\n2;2.345\n3;13.456\n", "1.234", [1.234, 2.345, 13.456]),
    "quoted commas": ('y,x\n"1,234",1\n"2,345",2\n"3,456",3\n', "1,234", [1.234, 2.345, 3.456]),
    "one of them": ("x;y\n1;900\n2;1,125\n3;700\n", "1,125", [900, 1.125, 700]),
    "a price of petrol": (
        "d;p\n1;1,859 €\n2;1,899 €\n3;1,829 €\n",
        "1,859 €",
        [1.859, 1.899, 1.829],
    ),
    "a price among others": ("d|p\n1|1.859\n2|2.500\n3|3.829\n", "1.859", [1.859, 2.5, 3.829]),
    "both signs": ("x;y\n1;1,234\n2;2.345\n3;3.456\n", "1,234", None),
    "other columns differ": (
        "a;b;c\n0,5;1.5;1.234\n1,5;2.5;2.345\n2,5;3.5;3.456\n",
        "1.234",
        [1.234, 2.345, 3.456],
    ),
}


@pytest.mark.parametrize(("text", "cell", "decimals"), ASKED.values(), ids=ASKED.keys())
def test_where_both_readings_make_sense_somebody_is_asked(
    text: str, cell: str, decimals: list[float] | None
) -> None:
    file = read_table(text.encode())
    x, y = ("x", "y") if "y" in file.names else (file.names[0], file.names[-1])
    with pytest.raises(TwoReadingsError) as caught:
        read_points(file, x, y)
    error = caught.value
    assert error.cell == cell
    one, other = error.options
    assert float(str(one.label)) == pytest.approx(1_000 * float(str(other.label)))
    if decimals is None:
        return
    sign = "," if "," in cell else "."
    decimal = read_csv(text.encode(), x, y, decimal=sign).y.tolist()
    grouped = read_csv(text.encode(), x, y, decimal="," if sign == "." else ".").y.tolist()
    assert decimal == decimals
    assert grouped == pytest.approx([1_000 * v if v % 1 else v for v in decimals])


def test_what_a_cell_proves_is_not_asked() -> None:
    file = table("x;y", "0.5;1", "1.5;2", "2.5;4")
    assert read_csv(file, decimal=",").x.tolist() == [0.5, 1.5, 2.5]


NUMBERS_AS_WRITTEN = {
    "spaces": ("a;b\n1 200,5;1\n1 300;2\n900;3\n", [1200.5, 1300, 900], "a"),
    "no-break spaces": ("a;b\n1\xa0200,5;1\n1\xa0300;2\n900;3\n", [1200.5, 1300, 900], "a"),
    "narrow no-break spaces": (
        "a;b\n1\u202f200,5;1\n1\u202f300;2\n900;3\n",
        [1200.5, 1300, 900],
        "a",
    ),
    "thin spaces": ("a;b\n1\u2009200,5;1\n1\u2009300;2\n900;3\n", [1200.5, 1300, 900], "a"),
    "spaces prove that a comma does not": (
        "a;b\n1 200;1,125\n1 300;2,375\n900;3\n",
        [1200, 1300, 900],
        "a",
    ),
    "Swiss": ("a;b\n450'000;1\n600'000.50;2\n1'200'000;3\n", [450_000, 600_000.5, 1_200_000], "a"),
    "typographic apostrophes": (
        "a;b\n450’000;1\n600’000.50;2\n7;3\n",
        [450_000, 600_000.5, 7],
        "a",
    ),
    "currency before": (
        "a;b\nCHF 450'000;1\nCHF 60;2\nCHF 7.50;3\n",
        [450_000, 60, 7.5],
        "a (CHF)",
    ),
    "currency before, minus": ("a;b\n-$5.50;1\n$-6.25;2\n$7.00;3\n", [-5.5, -6.25, 7], "a ($)"),
    "currency at some": ("a;b\n€5.50;1\n6.25;2\n€7.00;3\n", [5.5, 6.25, 7], "a (€)"),
    "per cent": ("a;b\n48 %;1\n55,5 %;2\n63%;3\n", [48, 55.5, 63], "a (%)"),
    "a unit": ("a;b\n20,5 °C;1\n21 °C;2\n22 °C;3\n", [20.5, 21, 22], "a (°C)"),
    "a unit that the name has": ("a (cm);b\n20 cm;1\n21 cm;2\n22 cm;3\n", [20, 21, 22], "a (cm)"),
    "powers in units": ("a;b\n20 m/s²;1\n21 m/s²;2\n22 m/s²;3\n", [20, 21, 22], "a (m/s²)"),
    "minus": ("a;b\n−1;1\n–2,5;2\n3;3\n", [-1, -2.5, 3], "a"),
    "exponents": ("a;b\n1,2E-3;1\n2,2e-3;2\n3,5E+3;3\n", [0.0012, 0.0022, 3500], "a"),
    "India": ("a;b\n12,34,567;1\n13,00,000;2\n9,50,000;3\n", [1_234_567, 1_300_000, 950_000], "a"),
    "millions": ("a;b\n1.234.567;1\n2.345;2\n3;3\n", [1_234_567, 2345, 3], "a"),
    "both signs": ('a,b\n"1,234.5",1\n"2,345",2\n"3,456",3\n', [1234.5, 2345, 3456], "a"),
    "one comma, one point": ("a;b\n1,5;1\n2.5;2\n3,25;3\n", [1.5, 2.5, 3.25], "a"),
    "about": ("a;b\n~18;1\n≈19;2\nca. 20;3\n21;4\n", [18, 19, 20, 21], "a"),
    "bare points": ("a;b\n1.;1\n.5;2\n2.e1;3\n", [1, 0.5, 20], "a"),
}


@pytest.mark.parametrize(
    ("text", "values", "label"), NUMBERS_AS_WRITTEN.values(), ids=NUMBERS_AS_WRITTEN.keys()
)
def test_numbers_are_read_as_people_write_them(text: str, values: list[float], label: str) -> None:
    read = read_csv(text.encode())
    assert read.x.tolist() == values
    assert read.x_label == label


@pytest.mark.parametrize(
    "cell",
    ["1.2k", "5'2\"", "120/80", "12:30", "5½", "1_000", "7b", "<0.5", "1.2.3", "12 m", "3 - ok"],
)
def test_what_may_be_a_number_but_not_that_one_is_listed_and_not_read(cell: str) -> None:
    with pytest.raises(UnreadableCellsError) as caught:
        read_csv(table("a;b", "1;900", f"2;{cell}", "3;800", "4;700"))
    assert caught.value.cells == ((3, "b", cell),)


def test_all_unreadable_cells_are_listed_and_their_rows_can_be_left_out() -> None:
    rows = [f"{i},{'odd' if i % 3 == 0 else i * i}" for i in range(1, 21)]
    file = read_table(table("a,b", *rows))
    with pytest.raises(UnreadableCellsError) as caught:
        read_points(file)
    assert caught.value.cells == tuple((i + 1, "b", "odd") for i in range(3, 21, 3))
    assert "and 3 more" in str(caught.value)
    read = read_points(file, how=How(leave_out_unreadable=True))
    assert read.points.x.tolist() == [i for i in range(1, 21) if i % 3]
    assert notes(read) == ["Left out: rows 4, 7, 10, 13, 16, 19 (no number)."]


# What is not a point


def test_heights_of_a_class_are_read_at_once() -> None:
    read = read_points(read_table(HEIGHTS.encode("cp1252")))
    assert (read.points.x_label, read.points.y_label) == ("Age (years)", "Height (cm)")
    assert read.points.x.tolist() == [12, 12, 14, 13]
    assert read.points.y.tolist() == [150.5, 155, 165.5, 158]
    assert notes(read) == [
        "Read with a decimal comma.",
        "Read as plain numbers: “~12” (row 7).",
        "Left out: row 1 (title); row 4 (units, now in the names); rows 6, 8 (no value); "
        "row 11 (“Total”).",
    ]


NAMED = {
    "units in brackets": ("time,voltage\n[s],[V]\n0,1\n1,2\n2,4\n", ("time (s)", "voltage (V)")),
    "bare units": ("time,voltage\ns,V\n0,1\n1,2\n2,4\n", ("time (s)", "voltage (V)")),
    "groups above": (
        "Sensor A,,Sensor B,\ntime,T,time,T\n0,20,0,30\n1,21,1,29\n2,22,2,27\n",
        ("Sensor A time", "Sensor A T"),
    ),
    "a logger's head": (
        'Device,Logger 5\nRate (Hz),100\nOperator,"Kim, A."\n\nTime (s),Temp\n0,20\n1,21\n2,23\n',
        ("Time (s)", "Temp"),
    ),
    "titles of one cell": ("My data\nby Ann\n\na,b\n1,2\n2,3\n3,5\n", ("a", "b")),
    "comments": ("# My data\n# by Ann\na,b\n1,2\n2,3\n3,5\n", ("a", "b")),
    "names of races": ("Name,100m,200m\nAnn,13,27\nBen,12,26\nCy,14,29\n", ("100m", "200m")),
    "years": ("country,2000,2010\nFrance,59,62\nSpain,40,46\nItaly,57,59\n", ("2000", "2010")),
    "numbers of tasks": ("code,1,2,3\nS01,4,5,6\nS02,7,8,1\nS03,2,4,4\n", ("1", "2")),
    "names of rows in R": ('"x" "y"\n"1" 1 2\n"2" 2 3\n"3" 4 5\n', ("x", "y")),
    "no names": ("Ann,1,2\nBen,3,4\nCy,5,7\n", ("column 2", "column 3")),
    "gnuplot": ("# time volt\n0.0   1.5\n0.5   2.5\n10.0 3.25\n", ("time", "volt")),
    "aligned": ("   x      y\n  1.0   2.5\n 10.0  12.5\n  3.0   7.25\n", ("x", "y")),
    "names with spaces": (
        "time (s)   temp (C)\n0    20\n1    21\n2    23\n",
        ("time (s)", "temp (C)"),
    ),
    "a header again": ("x,y\n1,2\n2,4\nx,y\n3,5\n", ("x", "y")),
    "a note at the end": ("x,y\n1,2\n2,4\n3,5\nSource: our lab,\n", ("x", "y")),
    "a line at the end": ("x,y\n1,2\n2,4\n3,5\n\nSource: our lab\n", ("x", "y")),
    "an index named by pandas": ("Unnamed: 0,a,b\n0,1,2\n1,2,3\n2,4,4\n", ("a", "b")),
    "an index that starts later": ("#,a,b\n7,1,2\n8,2,3\n9,4,4\n", ("a", "b")),
    "an index and one column": ("Nr,a\n1,5\n2,6\n3,8\n", ("Nr", "a")),
    "a count that is data": ("day,a,b\n1,5,1\n2,6,1\n3,8,3\n", ("day", "a")),
}


@pytest.mark.parametrize(("text", "labels"), NAMED.values(), ids=NAMED.keys())
def test_names_are_told_from_titles_units_and_points(text: str, labels: tuple[str, str]) -> None:
    read = read_csv(text.encode())
    assert (read.x_label, read.y_label) == labels
    assert read.n == 3


@pytest.mark.parametrize(
    "last", ["Mean", "Average:", "Overall average", "Grand total", "Summe", "Mittelwert", "Std dev"]
)
def test_rows_that_are_named_like_totals_are_left_out_and_named(last: str) -> None:
    read = read_points(read_table(table("who,a,b", "ann,1,2", "bo,2,4", "cy,3,5", f"{last},6,11")))
    assert read.points.x.tolist() == [1, 2, 3]
    assert notes(read) == [f"Left out: row 5 (“{last}”)."]
    assert [str(option.label) for option in read.otherwise] == [f"Keep row 5 ({last})"]


@pytest.mark.parametrize("who", ["Summer", "Max", "Meaney", "Totalmann"])
def test_people_are_no_totals(who: str) -> None:
    assert read_csv(table("who,a,b", "ann,1,2", "bo,2,4", "cy,3,5", f"{who},6,11")).n == 4


DATES = {
    "as in a database": (["2024-02-28", "2024-02-29", "2024-03-02"], [0, 1, 3]),
    "with times": (
        ["2024-05-01 12:00:00", "2024-05-02 00:00:00", "2024-05-02T06:00"],
        [0, 0.5, 0.75],
    ),
    "German": (["28.02.2024", "29.02.2024", "02.03.2024"], [0, 1, 3]),
    "German, short": (["28.02.24", "29.02.24", "02.03.24"], [0, 1, 3]),
    "British": (["28/02/2024", "29/02/2024", "02/03/2024"], [0, 1, 3]),
    "American": (["2/28/2024", "2/29/2024", "3/2/2024"], [0, 1, 3]),
    "American, afternoon": (
        ["2/28/2024 1:00 AM", "2/28/2024 1:00 PM", "2/29/2024 1:00 AM"],
        [0, 0.5, 1],
    ),
    "with names of months": (["28 Feb 2024", "29 Feb 2024", "2 Mar 2024"], [0, 1, 3]),
    "day first or not, the same": (["1/1/2024", "2/2/2024", "3/3/2024"], [0, 32, 62]),
}


@pytest.mark.parametrize(("dates", "days"), DATES.values(), ids=DATES.keys())
def test_dates_become_days_since_the_first(dates: list[str], days: list[float]) -> None:
    read = read_points(
        read_table(table("day;y", *(f"{day};{i * i}" for i, day in enumerate(dates))))
    )
    assert read.points.x.tolist() == pytest.approx(days)
    first = "2024-05-01" if "05" in dates[0] else "2024-01-01" if days[1] == 32 else "2024-02-28"
    assert read.points.x_label == f"day (days since {first})"
    assert f"“day” is read as days since {first}." in notes(read)


def test_of_dates_that_can_be_read_in_two_ways_it_is_asked_which() -> None:
    content = table("day,y", "1/2/2024,5", "1/3/2024,6", "1/4/2024,9")
    with pytest.raises(
        TwoReadingsError,
        match="'1/2/2024' in row 2 of 'day' can be read as February 1 or as January 2",
    ):
        read_csv(content)
    assert read_csv(content, day_first=True).x.tolist() == [0, 29, 60]
    assert read_csv(content, day_first=False).x.tolist() == [0, 1, 2]
    read = read_points(read_table(content), how=How(day_first=True))
    assert read.otherwise[0].change == {"day_first": False}


def test_dates_that_can_each_be_read_in_one_way_only_are_no_question() -> None:
    content = table("day,y", "13/1/2024,5", "14/1/2024,6", "15/1/2024,9", "1/13/2024,7")
    with pytest.raises(UnreadableCellsError) as caught:
        read_csv(content)
    assert caught.value.cells == ((5, "day", "1/13/2024"),)
    half = table("day,y", *(f"{d}/1/2024,{d}" for d in (13, 14)), "1/13/2024,7", "1/14/2024,7")
    with pytest.raises(UnreadableCellsError):
        read_csv(half)


def test_dates_of_a_visit_are_not_taken_for_x_where_there_are_numbers() -> None:
    read = read_csv(table("day,a,b", "2024-05-02,1,2", "2024-05-01,2,3", "2024-05-02,4,5"))
    assert (read.x_label, read.y_label) == ("a", "b")


# Made from numbers, in every way they can be written


@st.composite
def written(draw: st.DrawFn) -> tuple[bytes, list[list[float]], Decimal]:
    """Draw numbers, and a file in which they are written in one of many ways."""
    separator = draw(st.sampled_from([",", ";", "\t", "|"]))
    decimal = draw(st.sampled_from([".", ","]))
    thousands = draw(st.sampled_from(["", " ", "\u202f", "'", "." if decimal == "," else ","]))
    digits = draw(
        st.sampled_from([0, 1, 2, 3, 4, None])
    )  # behind the sign; None: as many as needed
    missing = draw(st.sampled_from(["", "NA", "#N/A", "-", ".", "n/a", "null"]))
    head = draw(st.sampled_from(["names", "title", "units", "none"]))
    unit = draw(st.sampled_from(["", "", " %", " €", " cm"]))
    number = st.integers(-2_000_000, 2_000_000).map(lambda i: i / 1000) | st.integers(-9, 99).map(
        float
    )
    rows = draw(st.lists(st.tuples(number, number | st.none()), min_size=4, max_size=12))

    def write(value: float | None, unit: str) -> str:
        if value is None:
            return missing
        text = f"{value:,.{digits}f}" if digits is not None else f"{value:,}".removesuffix(".0")
        signs = {",": thousands, ".": decimal}
        return "".join(signs.get(sign, sign) for sign in text) + unit

    lines = [[write(x, ""), write(y, unit)] for x, y in rows]
    if head != "none":
        lines.insert(0, ["first", "second"])
    if head == "title":
        lines[:0] = [["A title", ""], ["", ""]]
    if head == "units":
        lines.insert(1, ["s", "kg"])
    text = io.StringIO(newline="")
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    csv.writer(text, delimiter=separator, lineterminator=end).writerows(lines)
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "cp1252"]))
    rounded = [
        [
            math.nan if v is None else float(f"{v:.{digits}f}") if digits is not None else v
            for v in row
        ]
        for row in rows
    ]
    return text.getvalue().encode(encoding, errors="ignore"), rounded, decimal


@settings(max_examples=300)
@given(written())
def test_numbers_come_back_however_they_are_written_or_are_asked_about(
    file: tuple[bytes, list[list[float]], Decimal],
) -> None:
    content, rows, decimal = file
    read = read_table(content)
    for place, name in enumerate(read.names):
        made = [row[place] for row in rows]
        if not all(map(math.isnan, made)):
            assert same(column(read, name, How(decimal)), made)
            try:
                found = column(read, name, How())
            except TwoReadingsError:
                continue
            if not same(found, made):  # as in b69: all numbers have three digits behind the sign
                assert found.decision.open
                assert (read.delimiter, found.decision.decimal) in [(";", ","), (",", ".")]
                assert same(column(read, name, How(OTHER[found.decision.decimal])), made)


def column(read: Table, name: str, how: How) -> Column:
    found = read.column(name, how)
    assert not found.unreadable
    return found


def same(found: Column, made: list[float]) -> bool:
    return np.array_equal(found.values, np.array(made), equal_nan=True)


# Files that came back as others once


READ_RIGHT: dict[str, tuple[bytes, list[tuple[float, float]]]] = {
    "years as names": (
        b"Country Name,2019,2020,2021\nGermany,82,83,84\nFrance,64,66,67\nItaly,60,59,58\n",
        [(82, 83), (64, 66), (60, 59)],
    ),
    "uneven years, falling": (
        b"Land;2020;2015;1990\nA;8;7;6\nB;6;6;5\nC;4;3;2\n",
        [(8, 7), (6, 6), (4, 3)],
    ),
    "years as points": (
        b"Ann,1990,2010\nBo,1991,2012\nCy,1994,2019\n",
        [(1990, 2010), (1991, 2012), (1994, 2019)],
    ),
    "decimal commas between spaces": (
        b"Temp Druck\n20,5 980\n21,5 990\n22,5 975\n",
        [(20.5, 980), (21.5, 990), (22.5, 975)],
    ),
    "an empty last column": (b"1;20;\n2;31;\n3;39;\n4;52;\n", [(1, 20), (2, 31), (3, 39), (4, 52)]),
    "an empty last column below names": (b"x,y\n1,2,\n2,3,\n3,5,\n", [(1, 2), (2, 3), (3, 5)]),
    "a remark in the last column": (
        b"1;20;\n2;31;ok\n3;39;\n4;52;\n",
        [(1, 20), (2, 31), (3, 39), (4, 52)],
    ),
    "names without a header": (
        b"Jo;1;5\nBob;2;6\nCyd;3;7\nDan;4;9\n",
        [(1, 5), (2, 6), (3, 7), (4, 9)],
    ),
    "a point that is commented out": (b"x,y\n1,2\n2,4\n#3,60\n4,8\n", [(1, 2), (2, 4), (4, 8)]),
    "a comment between": (b"# t s\n0 0\n1 2\n# 2 99\n3 6\n", [(0, 0), (1, 2), (3, 6)]),
    "an error of a spreadsheet": (b"x,y\n#N/A,1\n1,2\n#NV,3\n2,4\n3,7\n", [(1, 2), (2, 4), (3, 7)]),
    "values with units at first": (
        b"t,s\n0 s,0 m\n1 s,2 m\n2 s,4 m\n",
        [(0, 0), (1, 2), (2, 4)],
    ),
    "the same word below all names": (
        b"name,t1,t2\nAnn,not there,not there\nBob,1,2\nCy,3,4\nDan,5,7\n",
        [],
    ),
    "three digits behind a space": (
        b"T p\n20.5 980\n21.0 990\n22.5 970\n",
        [(20.5, 980), (21, 990), (22.5, 970)],
    ),
    "a name in front": (
        b"Name t h\nA 5 100\nB 10 200\nC 15 300\n",
        [(5, 100), (10, 200), (15, 300)],
    ),
    "May": (b"Date,h\n1 April 2024,1\n1 May 2024,2\n1 June 2024,4\n", [(0, 1), (30, 2), (61, 4)]),
    "eight digits": (b"Datum,Temp\n20240130,1\n20240131,2\n20240201,3\n", [(0, 1), (1, 2), (2, 3)]),
    "times with an offset": (
        b"t,y\n2024-05-01T00:00:00+02:00,1\n2024-05-01T12:00:00+02:00,2\n2024-05-02 00:00,3\n",
        [(0, 1), (0.5, 2), (1, 3)],
    ),
    "the same word in all rows": (
        b"kind,a,b\ntotal,1,2\ntotal,2,3\ntotal,3,5\ntotal,4,6\n",
        [(1, 2), (2, 3), (3, 5), (4, 6)],
    ),
    "mean, max and min": (
        b"who,a,b\nann,1,2\nbo,2,4\ncy,3,5\nMean,2,3.7\nMax,3,5\nMin,1,2\n",
        [(1, 2), (2, 4), (3, 5)],
    ),
    "joined words": (
        b"wer;a;b\nann;1;2\nbo;2;4\ncy;3;5\nKlassendurchschnitt;2;3\n",
        [(1, 2), (2, 4), (3, 5)],
    ),
    "a subtotal": (
        b"who,a,b\nann,1,2\nbo,2,4\nSubtotal North,3,6\ncy,3,5\ndi,4,7\nel,5,9\n"
        + b"".join(b"p%d,%d,%d\n" % (i, i, i) for i in range(6, 12)),
        [(1, 2), (2, 4), (3, 5), (4, 7), (5, 9), *((i, i) for i in range(6, 12))],
    ),
    "points possible": (
        b"Student,Quiz,Exam\n    Points Possible,10,20\nAnn,5,12\nBo,7,15\nCy,9,18\n",
        [(5, 12), (7, 15), (9, 18)],
    ),
    "columns named y and x": (b"y,x\n1,2\n2,3\n3,5\n", [(2, 1), (3, 2), (5, 3)]),
    "an index with gaps": (b",a,b\n0,1,2\n2,2,4\n5,3,5\n", [(1, 2), (2, 4), (3, 5)]),
    "an identifier": (b"ID,a,b\n9471,1,2\n1322,2,4\n5001,3,5\n", [(1, 2), (2, 4), (3, 5)]),
    "a rule": (b" a | b \n---+---\n 1 | 2\n 2 | 3\n 3 | 5\n", [(1, 2), (2, 3), (3, 5)]),
}


@pytest.mark.parametrize(("content", "points"), READ_RIGHT.values(), ids=READ_RIGHT.keys())
def test_a_file_comes_back_as_it_was_meant(
    content: bytes, points: list[tuple[float, float]]
) -> None:
    if not points:  # refused or asked about, and never as others
        with pytest.raises(DataError):
            read_csv(content)
        return
    read = read_csv(content)
    assert list(zip(read.x.tolist(), read.y.tolist(), strict=True)) == points


REFUSED = {
    "a quotation mark that swallows rows": (
        b'x,y,n\n1,2,\n2,3,\n3,5,\n4,7,"good\n5,8,\n6,9,\n7,10,\n',
        "In row 5 a quotation mark opens and never closes",
    ),
    "a letter for a digit": (b"1,O.5\n2,1.0\n3,1.5\n4,2.0\n", "is 'O.5'"),
    "less than": (b"1,<0.1\n2,1.0\n3,1.5\n4,2.0\n", "is '<0.1'"),
    "a value in brackets": (b"x,y\n1,(5.2)\n2,3.1\n3,2.0\n4,4.5\n", "Row 2 of 'y' is '(5.2)'"),
    "an exponent apart": (b"I\tU\n1.5 E-3\t0.5\n2.5 E-3\t0.8\n3.5\t1\n4.5\t2\n", "is '1.5 E-3'"),
    "feet": (b"a,b\n1,5'3\n2,6'3\n3,4'3\n", "is '5'3'"),
    "pesos": (
        b"Kilos\tPrecio\n1\t$ 12.000\n2\t$ 8.500\n3\t$ 950\n",
        "can be read as 12000 or as 12",
    ),
    "one thousand among small numbers": (
        b't,s\n1,1.5\n2,1.25\n3,"1,234"\n4,1.75\n',
        "'1,234' in row 4 of 's' can be read as 1234 or as 1.234",
    ),
    "whole numbers below a hundred": (b"n;m\n1;1.250\n2;2\n3;3.125\n", "1250 or as 1.25"),
    "hundreds among thousands": (
        b"Ort;Einw;Dichte\nA;1.234;0.5\nB;987;1.5\nC;12.345;2.5\n",
        "'1.234' in row 2 of 'Einw' can be read as 1234 or as 1.234",
    ),
    "signs twice": (b"x;y\n1.234.567;1\n0.5;2\n1.234;3\n2;4\n", "'1.234' in row 4"),
}


@pytest.mark.parametrize(("content", "said"), REFUSED.values(), ids=REFUSED.keys())
def test_a_file_is_refused_rather_than_read_as_another(content: bytes, said: str) -> None:
    assert said in complaint(content)


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
@example(text=":=|", encoding="utf-8", x=None, y=None)  # only rules
@example(text="---,---", encoding="utf-8", x=None, y=None)
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
