"""A learner's own points on the page: read as people write them, asked about, kept."""

import pytest
from streamlit.testing.v1 import AppTest

from core import theory
from core.datasets import Line, load_bundled
from core.runs import TrainingConfig
from core.training import train
from core.words.writing import literal, readable, readable_below
from tests.support.data import HEIGHTS
from tests.support.pages import (
    assert_whole,
    chosen,
    column_box,
    open_page,
    unescaped,
    uploader,
    words,
)


def own_page(name: str, content: bytes) -> AppTest:
    app = open_page("lessons/data.py", data="own")
    uploader(app).upload(name, content, "text/csv").run()
    assert_whole(app)
    return app


def press(app: AppTest, label: str) -> None:
    next(button for button in app.button if unescaped(button.label) == label).click().run()
    assert_whole(app)


def own_y(app: AppTest) -> list[float]:
    return chosen(app, "points").y.tolist()


def test_heights_of_a_class_are_in_use_after_one_upload_and_one_click() -> None:
    one_odd_cell = HEIGHTS.replace("Gus;", "Fay;13.05.2024;13;1m60;39\nGus;")
    app = own_page("heights.csv", one_odd_cell.encode("cp1252"))
    assert "Row 10 of 'Height (cm)' is '1m60'." in unescaped(app.error[0].value)
    assert [column_box(app, axis).value for axis in "xy"] == ["Age (years)", "Height (cm)"]
    press(app, "Leave out that row")
    assert not app.error
    assert own_y(app) == [150.5, 155, 165.5, 158]
    said = words(app)
    assert "Read with a decimal comma." in said
    assert "row 10 (no number)" in said
    assert "row 12 (“Total”)" in said
    assert app.query_params["names"] == ["Age (years)", "Height (cm)"]
    press(app, "Keep row 12 (Total)")
    assert own_y(app)[-1] == 629


def test_the_other_reading_is_one_click_away_and_one_click_back() -> None:
    app = own_page("visits.tsv", b"week\tvisits\n1\t650\n2\t800\n3\t950\n4\t1,100\n5\t1,250\n")
    assert own_y(app) == [650, 800, 950, 1100, 1250]
    assert "Read with commas between thousands." in words(app)
    press(app, "Read with a decimal comma instead")
    assert own_y(app) == [650, 800, 950, 1.1, 1.25]
    press(app, "Read with a decimal point instead")
    assert own_y(app) == [650, 800, 950, 1100, 1250]


def test_where_both_readings_make_sense_the_page_asks_with_one_cell_both_ways() -> None:
    app = own_page("volts.tsv", b"t\tU\n1\t2.015\n2\t3.985\n3\t6.020\n")
    assert "own_points" not in app.session_state
    assert f"What is **“{literal('2.015')}”** in row 2 of “U”?" in words(app)
    labels = [unescaped(button.label) for button in app.button]
    assert labels.index("2015") + 1 == labels.index("2.015")
    press(app, "2.015")
    assert own_y(app) == [2.015, 3.985, 6.02]
    assert "What is" not in words(app)
    press(app, "Read with a decimal comma instead")
    assert own_y(app) == [2015, 3985, 6020]


def test_the_choice_of_columns_stays_whatever_is_wrong_and_belongs_to_the_file_that_is_shown() -> (
    None
):
    app = own_page("a.csv", b"a,b,c,d\n1,1,ann,4\n1,2,bo,6\n1,4,cy,7\n")
    assert [column_box(app, axis).value for axis in "xy"] == ["b", "d"]
    column_box(app, "x").select("a").run()
    assert "Every value of 'a' is 1" in app.error[0].value
    column_box(app, "x").select("c").run()
    assert "Row 2 of 'c' is 'ann'" in app.error[0].value
    column_box(app, "x").select("d").run()
    assert not app.error
    uploader(app).upload("b.csv", b"p,q\n1,5\n1,6\n1,8\n", "text/csv").run()
    assert [column_box(app, axis).options for axis in "xy"] == [["p", "q"]] * 2
    assert "Every value of 'p' is 1" in app.error[0].value
    column_box(app, "x").select("q").run()
    column_box(app, "y").select("p").run()
    assert not app.error
    assert own_y(app) == [1, 1, 1]


def test_all_cells_that_are_no_numbers_are_listed_at_once_beside_the_choice_of_columns() -> None:
    rows = "".join(f"{i},{'odd <b>' if i % 3 == 0 else i * i}\n" for i in range(1, 21))
    app = own_page("a.csv", f"a,b\n{rows}".encode())
    assert column_box(app, "y").value == "b"
    assert "and 3 more" in app.error[0].value
    assert app.text[0].value.splitlines() == [f"row {i + 1}, b: odd <b>" for i in range(3, 21, 3)]
    press(app, "Leave out those 6 rows")
    assert own_y(app) == [i * i for i in range(1, 21) if i % 3]


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods", "a.numbers"])
def test_other_kinds_of_files_get_a_sentence_that_says_how_to_make_a_csv(name: str) -> None:
    app = own_page(name, b"PK\x03\x04" + bytes(30) + b"xl/workbook.xml")
    assert "CSV" in app.error[0].value
    assert "copy and paste its columns" in app.error[0].value


def test_what_is_pasted_is_read_like_a_file_and_kept_on_other_pages() -> None:
    app = open_page("lessons/data.py", data="own")
    app.segmented_control(key="own_way").set_value("Paste").run()
    box = next(box for box in app.text_area if box.key == "own_paste")
    box.set_value("Länge (m)\tPreis\n1,5\t1.200 €\n2,5\t2.400,50 €\n4\t3.100 €").run()
    assert_whole(app)
    assert own_y(app) == [1200, 2400.5, 3100]
    assert app.query_params["names"] == ["Länge (m)", "Preis (€)"]
    box = next(box for box in app.text_area if box.key == "own_paste")
    box.set_value("nonsense").run()
    assert "only one column" in app.error[0].value
    assert "from before are in use" in app.error[0].value
    assert own_y(app) == [1200, 2400.5, 3100]
    box = next(box for box in app.text_area if box.key == "own_paste")
    box.set_value("a;b\n1;2\n2;3\n3;7").run()
    assert own_y(app) == [2, 3, 7]
    app.switch_page("lessons/loss_surface.py").run()
    assert_whole(app)
    assert "3 points, b against a" in words(app)


def test_a_number_typed_into_the_table_that_can_be_read_in_two_ways_is_asked_about() -> None:
    app = open_page("lessons/data.py", data="own", points="1_2~2_3~3_5~4_9")
    app.segmented_control(key="own_way").set_value("Edit a table").run()
    app.session_state.own_cells.loc[2, "y"] = "1,234"
    app.run()
    press(app, "1.234")
    assert own_y(app) == [2, 3, 1.234, 9]


def test_units_of_cells_go_along_into_link_pin_and_script() -> None:
    app = own_page("p.csv", "Größe;Preis\n1;12,50 €\n2;25,00 €\n3;37,90 €\n".encode())
    again = open_page(
        "lessons/data.py",
        data="own",
        points=app.query_params["points"],
        names=app.query_params["names"],
    )
    assert f"3 points, {literal('Preis (€)')} against Größe" in words(again)
    assert chosen(again, "points").fingerprint == chosen(app, "points").fingerprint


def test_where_little_loss_is_left_the_page_says_how_far_the_line_is() -> None:
    rows = "".join(f"{3 * i},{15 * i + 2}\n" for i in range(100))  # y = 5·x + 2
    app = own_page("p.csv", f"x,y\n{rows}".encode())
    app.session_state.visit.choose(show="all", part="algebra")
    app.switch_page("lessons/learning_rates.py").run()
    assert_whole(app)
    data, origin = chosen(app, "points"), Line(0.0, 0.0)
    safe = theory.safe_rate(data)
    history = train(data, TrainingConfig((safe,), 1, origin))
    b = history.b[0, -1]
    assert abs(b) < 0.1  # and not 2
    said = words(app)
    assert "the line **arrives after 1 step**" in said
    assert f"·x + {readable(b)}, and the best fit is y = 5·x + 2: a line can arrive before" in said


def test_the_limit_of_half_the_loss_is_told() -> None:
    app = open_page("lessons/learning_rates.py", part="algebra", data="hubble")
    twice = readable_below(2 * theory.stable_limit(load_bundled("hubble")))
    assert f"has half the slope everywhere, and twice the limit: {twice} on this data" in words(app)
