"""Documents as a second hand made them, without a look at the readers: every unit, exactly."""

from __future__ import annotations

from pathlib import Path

import pytest

from feedback.corpus import Session
from feedback.ingest._folder import read_file

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

Unit = tuple[str, str, bool, int | None, str | None, str]


def units(session: Session) -> list[Unit]:
    return [(t.role, t.kind, t.verbatim, t.agreement, t.speaker.label, t.text) for t in session.turns]


def head(text: str, kind: str = "process") -> Unit:
    return "heading", kind, False, None, None, text


def note(text: str, who: str | None = None, n: int | None = None, *, quoted: bool = False) -> Unit:
    return "participant", "note", quoted, n, who, text


def read_text(folder: Path, name: str, text: str) -> Session:
    (folder / name).write_text(text, encoding="utf-8")
    return read_file(folder / name)[0]


def test_bold_questions_sub_bullets_and_a_header_in_one_line(tmp_path: Path) -> None:
    import docx

    page = docx.Document()
    header = (
        "Date: 3/14/25; Who: youth 14-17, group home (STRTP); Language: English; 9 youth + 2 staff (staff stepped out); "
        "Antelope Valley; not recorded; youth said it's ok to use their quotes"
    )
    page.add_paragraph().add_run("Listening session notes — LS-Y21").bold = True
    page.add_paragraph(header)
    page.add_paragraph().add_run("1) What do you need that you don't have?").bold = True
    page.add_paragraph("“A lock.”", style="List Bullet")
    page.add_paragraph("two others same thing w/ doctor appts", style="List Bullet 2")
    page.add_paragraph("phone, for when something happens +1", style="List Bullet")
    page.add_paragraph().add_run("2) Who helps?").bold = True
    page.add_paragraph("night staff, the one who cooks. 7 heads nodding", style="List Bullet")
    page.add_paragraph("nobody x3", style="List Bullet")
    page.add_paragraph("Next steps")
    page.add_paragraph("send everybody the slides", style="List Bullet")
    page.save(str(tmp_path / "LS-Y21_notes.docx"))
    session, _ = read_file(tmp_path / "LS-Y21_notes.docx")
    assert units(session) == [
        head("Listening session notes — LS-Y21"), head(header),
        head("1) What do you need that you don't have?", "prompt"), note("“A lock.”", quoted=True),
        note("two others same thing w/ doctor appts", n=2), note("phone, for when something happens +1", n=1),
        head("2) Who helps?", "prompt"), note("night staff, the one who cooks. 7 heads nodding", n=7), note("nobody x3", n=3),
        head("Next steps"), note("send everybody the slides"),
    ]  # fmt: skip
    assert (session.id, session.month, session.audience, session.participants) == ("LS-Y21", "2025-03", "youth", 9)
    assert (session.spa, session.recorded, session.quote_consent) == (1, False, "yes")


def test_a_question_across_a_table_is_not_lost(tmp_path: Path) -> None:
    import docx

    page = docx.Document()
    page.add_paragraph("LS-F22, familias, marzo de 2025, doce mamás, español, SPA 6. No se grabó. No usar citas.")
    for asked, rows in (
        ("¿Qué les preocupa?", [("P1", "la renta subió otra vez"), ("P3", "el teléfono toda la noche x4")]),
        ("¿Qué ayuda?", [("P2", "la promotora del parque")]),
    ):
        table = page.add_table(1 + len(rows), 2)
        for i, row in enumerate([(asked, ""), *rows]):
            for j, cell in enumerate(row):
                table.cell(i, j).text = cell
    page.save(str(tmp_path / "LS-F22.docx"))
    assert units(read_file(tmp_path / "LS-F22.docx")[0])[1:] == [
        head("¿Qué les preocupa?", "prompt"), note("la renta subió otra vez", "P1"),
        note("el teléfono toda la noche x4", "P3", 4), head("¿Qué ayuda?", "prompt"), note("la promotora del parque", "P2"),
    ]  # fmt: skip


def test_labelled_lines_of_an_unrecorded_session_are_notes(tmp_path: Path) -> None:
    lines = "LS-Y36 drop-in group\nSpring 2025, youth 18-24, English, about 8 youth, not recorded, quotes: yes, no names\n\n"
    lines += 'What gets in the way?\nP1: IDs (x3)\nP2: shelter closes at 7\nP1: "You need a phone to get a phone."\n'
    lines += "What should the county do?\nP4: lockers\nP2: nothing new. fix what you got. +2\n"
    session = read_text(tmp_path, "LS-Y36.txt", lines)
    assert units(session)[2:] == [
        head("What gets in the way?", "prompt"), note("IDs (x3)", "P1", 3), note("shelter closes at 7", "P2"),
        note('"You need a phone to get a phone."', "P1", quoted=True), head("What should the county do?", "prompt"),
        note("lockers", "P4"), note("nothing new. fix what you got. +2", "P2", 2),
    ]  # fmt: skip
    assert (session.month, session.participants, session.quote_consent) == (None, 8, "yes")


def test_columns_named_by_seats_are_read_beside_a_column_of_notes(tmp_path: Path) -> None:
    rows = (
        'LS-K56 | stakeholders | August 2025\nPrompt,Table A,Table B,Notes\nWhat works?,a clinic,"""they know me""",\n'
    )
    session = read_text(tmp_path, "LS-K56.csv", rows + "What is missing?,beds (x2),,\n")
    assert units(session)[1:] == [
        head("What works?", "prompt"), note("a clinic", "Table A"), note('"they know me"', "Table B", quoted=True),
        head("What is missing?", "prompt"), note("beds (x2)", "Table A", 2),
    ]  # fmt: skip


def test_a_wall_below_facts_side_by_side(tmp_path: Path) -> None:
    rows = "LS-Y53 flip charts typed by staff,,,\nFeb 2025,youth,English,SPA 6\nProblems,# dots,Good stuff,# dots\n"
    session = read_text(tmp_path, "LS-Y53.csv", rows + "cops by the bus,4,the lunch lady,9\nno ride,2,the mural,1\n")
    assert units(session)[5:] == [
        head("Problems"), head("Good stuff"), note("cops by the bus", n=4), note("no ride", n=2),
        note("the lunch lady", n=9), note("the mural", n=1),
    ]  # fmt: skip
    assert (session.month, session.audience, session.languages, session.spa) == ("2025-02", "youth", ("en",), 6)


@pytest.mark.parametrize(
    ("name", "text", "leader"),
    [
        ("a.txt", "Speaker 1 (00:02):\nHi. I'm the facilitator today. What is hard?\n\nSpeaker 2 (00:09):\nThe bus.\n\n"
         "Speaker 3 (00:12):\nThe walk.\n\nSpeaker 2 (00:20):\nBoth.\n", "Speaker 1"),
        ("b.vtt", "WEBVTT\n\n1\n00:00:01.000 --> 00:00:02.000\nHost: What is hard?\n\n2\n00:00:03.000 --> 00:00:04.000\n"
         "Participant 4 (she/her): the bus\n\n3\n00:00:05.000 --> 00:00:06.000\nParticipant 2 (they/them): the walk\n", "Host"),
        ("c.txt", "F = facilitator, N = note taker\n\nF: What is hard?\nA: The bus.\nB: The walk.\nF: Why?\nA: Late.\n", "F"),
    ],
)  # fmt: skip
def test_who_leads_is_said_in_many_ways(tmp_path: Path, name: str, text: str, leader: str) -> None:
    session = read_text(tmp_path, name, text)
    assert {t.speaker.label for t in session.turns if t.role == "facilitator"} == {leader}
    assert any(t.role == "participant" for t in session.turns)


def test_a_foot_and_a_broken_header_line_in_print(tmp_path: Path) -> None:
    weasyprint = pytest.importorskip("weasyprint")
    style = '<style>@page{size:letter;margin:1in;@bottom-center{content:"LS-F25 family notes";font-size:9pt}}</style>'
    header = "August 2025. Families. English. SPA 3. Not recorded. Quotes may be used without names."
    body = (
        f"<h1>LS-F25</h1><p>{header}</p><h2>What worries you?</h2><ul><li>rent</li><li>the walk</li><li>food</li></ul>"
    )
    weasyprint.HTML(string=style + body + "<h2>Debrief</h2><p>Calm group.</p>").write_pdf(tmp_path / "LS-F25.pdf")
    assert units(read_file(tmp_path / "LS-F25.pdf")[0]) == [
        head("LS-F25"), head(header), head("What worries you?", "prompt"), note("rent"), note("the walk"), note("food"),
        head("Debrief"), ("notetaker", "debrief", False, None, None, "Calm group."), head("LS-F25 family notes"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "consent"),
    [
        ("recorded with permission", None),
        ("recorded with permission, names changed to numbers by host", "yes"),
        ("recorded with permission, names changed; do not quote", "no"),
        ("not recorded; quotes ok", "yes"),
        ("not recorded or quoted", "no"),
    ],
)
def test_leave_to_record_is_leave_to_quote_only_without_names(tmp_path: Path, line: str, consent: str | None) -> None:
    session = read_text(tmp_path, "LS-Y99.txt", f"LS-Y99 | May 2025 | youth | {line}\n\nWhat helps?\n- rides\n- food\n")
    assert session.quote_consent == consent
