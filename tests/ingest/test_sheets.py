"""Workbooks and text tables: walls, grids, long tables, transcripts, exports, encodings, what is refused."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from feedback.errors import ReadError, RefusedFile
from feedback.ingest import _sheets
from feedback.ingest._columns import column_of, role_of, seconds_of, speaker_label, votes_of
from feedback.ingest._units import Document


def book(sheets: dict[str, list[list[Any]]], *, hide: tuple[str, ...] = ()) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"default_date_format": "yyyy-mm-dd"}) as workbook:
        for name, rows in sheets.items():
            sheet = workbook.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
            if name in hide:
                sheet.hide()
    return out.getvalue()


def xlsx(rows: list[list[Any]], **more: list[list[Any]]) -> Document:
    return _sheets.read_document(Path("wall.xlsx"), book({"Sheet1": rows, **more}))


def table(rows: list[list[Any]], *, delimiter: str = ",", encoding: str = "utf-8") -> Document:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    return _sheets.read_document(Path("export.csv"), out.getvalue().encode(encoding))


def notes(document: Document) -> list[tuple[str | None, str, int | None, str | None]]:
    """Speaker, words, agreement, what it answers."""
    drafts = document.drafts
    return [
        (d.speaker, d.text, d.agreement, drafts[d.prompt].text if d.prompt is not None else None)
        for d in drafts
        if d.kind == "note"
    ]


def headings(document: Document) -> list[tuple[str, str | None]]:
    return [(d.text, d.kind) for d in document.drafts if d.role == "heading"]


WALL = [
    ["LS-X1 wall, June 2025, youth, 12 people, SPA 6, English"], [],
    ["Issues", "votes", "Helps", "dots", "Ideas", "votes"],
    ["no bus", 5, "my aunt", "3 dots", "free bus", "●●●"],
    ["rent", 0, "", "", "a door", ""],
    ["", "", "garden", "IIII", "", ""],
]  # fmt: skip


def test_a_wall_is_read_column_by_column_with_its_votes() -> None:
    document = xlsx(WALL)
    assert notes(document) == [
        (None, "no bus", 5, "Issues"), (None, "rent", 0, "Issues"), (None, "my aunt", 3, "Helps"), (None, "garden", 4, "Helps"),
        (None, "free bus", 3, "Ideas"), (None, "a door", None, "Ideas"),
    ]  # fmt: skip
    assert headings(document)[1:] == [("Issues", "process"), ("Helps", "process"), ("Ideas", "process")]
    assert document.header_lines == [WALL[0][0]]


@pytest.mark.parametrize("blank", [True, False])
def test_a_parking_lot_below_or_beside_the_wall(blank: bool) -> None:
    below = [
        *WALL,
        *([[]] if blank else []),
        ["Parking lot"],
        ["who sweeps?"],
        ["Facilitator debrief"],
        ["Loud, warm."],
    ]
    for document in (xlsx(below), xlsx(WALL, **{"Flip chart": below[6 + blank :]})):
        assert [d.text for d in document.drafts if d.parking_lot] == ["who sweeps?"]
        assert [(d.text, d.role) for d in document.drafts if d.kind == "debrief"] == [("Loud, warm.", "notetaker")]
        assert len(notes(document)) == 7


def test_votes_before_or_without_a_name() -> None:
    assert notes(xlsx([["dots", "Barriers"], [3, "no bus"], [9, "rent"]])) == [
        (None, "no bus", 3, "Barriers"),
        (None, "rent", 9, "Barriers"),
    ]
    assert notes(xlsx([["Barriers", ""], ["no bus", 3], ["rent", 9]])) == [
        (None, "no bus", 3, "Barriers"),
        (None, "rent", 9, "Barriers"),
    ]
    assert notes(xlsx([["no bus", 3], ["rent", 9], ["six workers in a year", 4]]))[0] == (None, "no bus", 3, None)


GRID = [
    ["Session", "LS-X2"], ["Month", "May 2025"], ["People", 8], [],
    ["Seat", "What helps?", "What gets in the way?", "Note-taker comments"],
    ["P1", "rent help", "", "looked tired"], ["P2", "“my aunt”", "- dogs\n- no bus (x4)", ""], ["Group", "", "time", ""],
]  # fmt: skip


def test_a_capture_grid_in_a_workbook_and_in_text() -> None:
    wanted = [
        ("P1", "rent help", None, "What helps?"), ("P2", "“my aunt”", None, "What helps?"),
        ("P2", "dogs", None, "What gets in the way?"),
        ("P2", "no bus (x4)", None, "What gets in the way?"), (None, "time", None, "What gets in the way?"),
    ]  # fmt: skip
    for document in (
        xlsx(GRID),
        table(GRID),
        table(GRID, delimiter="\t"),
        table(GRID, delimiter=";", encoding="utf-16"),
    ):
        assert notes(document) == wanted
        assert document.fields == {"Session": "LS-X2", "Month": "May 2025", "People": "8"}
        assert [(d.text, d.kind) for d in document.drafts if d.role == "notetaker"] == [("looked tired", "process")]
        assert [d.text for d in document.drafts if d.verbatim] == ["“my aunt”"]


def test_a_grid_turned_on_its_side() -> None:
    document = table(
        [["", "P1", "P2", "P3"], ["What helps?", "aunt", "", "garden"], ["What is missing?", "", "a bus", ""]]
    )
    assert notes(document) == [
        ("P1", "aunt", None, "What helps?"), ("P3", "garden", None, "What helps?"), ("P2", "a bus", None, "What is missing?"),
    ]  # fmt: skip


def test_a_long_table_names_each_question_once() -> None:
    rows = [
        ["session", "pregunta", "quién", "lo que se dijo", "de acuerdo"],
        ["LS-X3", "¿Qué ayuda?", "M1", "mi tía", 3],
        ["LS-X3", "¿Qué ayuda?", "M2", "«el jardín»", ""],
    ]
    rows += [["LS-X3", "Estacionamiento", "", "¿quién barre?", ""], ["LS-X3", "Notas del equipo", "", "calor", ""]]
    document = table(rows, delimiter=";", encoding="cp1252")
    assert notes(document) == [
        ("M1", "mi tía", 3, "¿Qué ayuda?"),
        ("M2", "«el jardín»", None, "¿Qué ayuda?"),
        (None, "¿quién barre?", None, None),
    ]
    assert headings(document)[0] == ("¿Qué ayuda?", "prompt")
    assert [d.text for d in document.drafts if d.kind == "debrief"] == ["calor"]
    assert document.fields["session"] == "LS-X3"


def test_a_list_in_one_column_is_a_page_of_notes() -> None:
    rows = [
        ["LS-X4, March 2025, stakeholders, 10 people, SPA 1"],
        ["What are you seeing?"],
        ["no buses"],
        ["kids tired"],
        ["What would help?"],
        ["pay people"],
    ]
    document = xlsx([*rows, ["Parking lot"], ["who funds it?"], ["Debrief"], ["calm"]])
    assert notes(document) == [
        (None, "no buses", None, "What are you seeing?"), (None, "kids tired", None, "What are you seeing?"),
        (None, "pay people", None, "What would help?"), (None, "who funds it?", None, None),
    ]  # fmt: skip


def test_a_transcript_in_any_order_and_language() -> None:
    rows = [
        ["texto", "hablante", "inicio", "fin", "rol"],
        ["Sesión LS-X5. Mayo 2025. Español. SPA 2.", "NOTAS", "00:00:00", "", "notas"],
    ]
    rows += [
        ["¿Qué les preocupa?", "FAC", "00:00:05", "8", "facilitadora"],
        ["La renta", "M1", "1:02:09", "", "participante"],
        ["Rent", "INT", "00:00:12", "", "intérprete"],
    ]
    document = table(rows, delimiter="\t", encoding="cp1252")
    assert document.transcript
    assert [(d.speaker, d.role, d.start) for d in document.drafts] == [
        ("NOTAS", "notetaker", 0.0), ("FAC", "facilitator", 5.0), ("M1", "participant", 3729.0), ("INT", "interpreter", 12.0),
    ]  # fmt: skip
    assert document.header_lines == ["Sesión LS-X5. Mayo 2025. Español. SPA 2."]


def test_rows_of_two_sessions_are_not_mixed() -> None:
    with pytest.raises(ReadError, match="2 sessions"):
        table([["session", "speaker", "start", "text"], ["A", "P1", "0:01", "one"], ["B", "P1", "0:02", "two"]])


def test_polis_leaves_out_what_moderators_took_out_and_says_so() -> None:
    head = ["timestamp", "datetime", "comment-id", "author-id", "agrees", "disagrees", "moderated", "comment-body"]
    document = table(
        [
            head,
            ["1", "Mon", 0, 3, 12, 1, 1, "More buses"],
            ["2", "Mon", 1, 4, 0, 9, -1, "buy my shoes"],
            ["3", "Mon", 2, 3, 0, 5, 0, "A bed"],
        ]
    )
    assert [(d.speaker, d.text, d.agreement, d.verbatim) for d in document.drafts] == [
        ("3", "More buses", 12, True),
        ("3", "A bed", 0, True),
    ]
    assert "1 comment" in document.problems[0].what
    assert "shoes" not in str(document.problems[0])


def test_taguette_highlights_come_once_and_tags_are_not_words() -> None:
    document = table(
        [
            ["id", "document", "tag", "content"],
            ["1", "d", "transport", "no bus"],
            ["1", "d", "need", "no bus"],
            ["2", "d", "", "“rent”"],
        ]
    )
    assert [d.text for d in document.drafts] == ["no bus", "“rent”"]
    assert "2 tags" in document.problems[0].what


def test_a_survey_gives_a_unit_an_answer_and_no_e_mail() -> None:
    rows = [
        ["Timestamp", "Email", "Age", "What is hard right now?", "What helps?"],
        ["5/1", "a@b.c", 17, "the bus is never on time", "my aunt"],
        ["5/2", "d@e.f", 16, "", "garden on fridays"],
    ]
    document = table(rows)
    assert [x[1] for x in notes(document)] == ["the bus is never on time", "my aunt", "garden on fridays"]
    assert not any("@" in d.text for d in document.drafts)
    assert document.problems


def test_dates_formulas_and_hidden_sheets() -> None:
    raw = book(
        {
            "A": [["Month", dt.date(2025, 5, 1)], ["Session", "LS-X6"], [], ["Issues", "votes"], ["rent", 3]],
            "B": [["old words"]],
        },
        hide=("B",),
    )
    document = _sheets.read_document(Path("wall.xlsx"), raw)
    assert document.fields["Month"].startswith("2025-05")
    assert "old words" not in [d.text for d in document.drafts]
    assert "1 hidden sheet" in document.problems[0].what


def test_sign_in_sheets_are_refused_and_left_out() -> None:
    people = [["Name", "Agency", "Phone", "Signature"], ["Ana Ruiz", "x", "1", ""]]
    for refused in (lambda: table(people), lambda: xlsx(people)):
        with pytest.raises(RefusedFile) as error:
            refused()
        assert "Ana" not in str(error.value)
    document = xlsx(WALL, Signin=people)
    assert len(notes(document)) == 6
    assert "sign-in" in document.problems[0].what


@pytest.mark.parametrize("raw", [b"PK\x03\x04 no", b"\xd0\xcf\x11\xe0 no"])
def test_a_broken_workbook_is_one_clear_error(raw: bytes) -> None:
    with pytest.raises(ReadError, match=r"wall\.xlsx"):
        _sheets.read_document(Path("wall.xlsx"), raw)


def test_empty_ones_are_said_to_be_empty() -> None:
    for make in (lambda: xlsx([]), lambda: table([]), lambda: table([["", ""], ["", ""]])):
        with pytest.raises(ReadError):
            make()


def test_what_columns_and_cells_mean() -> None:
    assert [column_of(x) for x in ("Hablante", "start_time", "Comment", "# of dots", "Barriers", "¿Qué ayuda?")] == [
        "speaker",
        "start",
        "text",
        "votes",
        None,
        None,
    ]
    assert [speaker_label(x) for x in ("P3", "Madre 2", "R1 (nurse)", "rent", "NT", "7")] == [
        "P3",
        "Madre 2",
        "R1",
        None,
        None,
        "7",
    ]
    assert [votes_of(x) for x in ("x4", "4", "4.0", "5 nods", "four", "4 buses", "II")] == [4, 4, 4, 5, None, None, 2]
    assert [seconds_of(x) for x in ("0:03", "1:00:03.5", "83", "2m 5s", "soon", "")] == [
        3.0,
        3603.5,
        83.0,
        125.0,
        None,
        None,
    ]
    assert [role_of(x) for x in ("Facilitadora", "notes", "Participante", "intérprete", "x")] == [
        "facilitator",
        "notetaker",
        "participant",
        "interpreter",
        None,
    ]


def test_lists_with_votes_under_one_another() -> None:
    rows = [
        ["LS-X7, June 2025, families, 9 people, SPA 1"],
        ["Barriers"],
        ["no bus", 3],
        ["rent", 9],
        ["Strengths"],
        ["my aunt", 4],
        ["Parking lot"],
        ["who sweeps", 1],
    ]
    document = xlsx(rows)
    assert [(d.text, d.role) for d in document.drafts[:2]] == [(rows[0][0], "heading"), ("Barriers", "heading")]
    assert notes(document) == [
        (None, "no bus", 3, "Barriers"), (None, "rent", 9, "Barriers"), (None, "my aunt", 4, "Strengths"),
        (None, "who sweeps", 1, None),
    ]  # fmt: skip
