"""Word documents: tracked changes, text boxes, content controls, comments, tables of every shape."""

from __future__ import annotations

import copy
import io
import zipfile
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from feedback.errors import ReadError, RefusedFile
from feedback.ingest import _docx
from feedback.ingest._units import Document

HEAD = "LS-D01. March 2025. Youth. English. 7 youth. SPA 4. Not recorded."


def read(document: Any, name: str = "notes.docx") -> Document:
    out = io.BytesIO()
    document.save(out)
    return _docx.read_document(Path(name), out.getvalue())


def start(*bullets: str) -> Any:
    d = docx.Document()
    d.add_heading("LS-D01 notes", 0)
    d.add_paragraph(HEAD)
    d.add_heading("What helps?", 1)
    for text in bullets:
        d.add_paragraph(text, style="List Bullet")
    return d


def notes(document: Document) -> list[str]:
    return [" ".join(d.text.split()) for d in document.drafts if d.kind == "note"]


def test_tracked_insertions_stay_and_deletions_go() -> None:
    d = start("the bus", "gone")
    p = d.paragraphs[-2]._p
    p.append(
        parse_xml(
            f'<w:ins {nsdecls("w")} w:id="1" w:author="x"><w:r><w:t xml:space="preserve"> comes late</w:t></w:r></w:ins>'
        )
    )
    p.append(parse_xml(f'<w:del {nsdecls("w")} w:id="2" w:author="x"><w:r><w:delText> never</w:delText></w:r></w:del>'))
    p.append(
        parse_xml(f'<w:moveFrom {nsdecls("w")} w:id="3" w:author="x"><w:r><w:t> moved off</w:t></w:r></w:moveFrom>')
    )
    p.append(parse_xml(f'<w:moveTo {nsdecls("w")} w:id="4" w:author="x"><w:r><w:t> moved here</w:t></w:r></w:moveTo>'))
    last = d.paragraphs[-1]
    run = last.runs[0]._r
    wrapper = parse_xml(f'<w:del {nsdecls("w")} w:id="5" w:author="x"/>')
    last._p.append(wrapper)
    wrapper.append(run)
    assert notes(read(d)) == ["the bus comes late moved here"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs() -> None:
    d = start("the bus ", "comes late", "rent")
    p = d.paragraphs[-3]._p
    p.get_or_add_pPr().append(parse_xml(f'<w:rPr {nsdecls("w")}><w:del w:id="9" w:author="x"/></w:rPr>'))
    assert notes(read(d)) == ["the bus comes late", "rent"]


def test_a_whole_inserted_row_and_content_controls_are_read() -> None:
    d = start("the bus")
    p = copy.deepcopy(d.paragraphs[-1]._p)
    control = parse_xml(f"<w:sdt {nsdecls('w')}><w:sdtContent/></w:sdt>")
    control[0].append(p)
    d.paragraphs[-1]._p.addnext(control)
    assert notes(read(d)) == ["the bus", "the bus"]


def test_text_boxes_are_read_once() -> None:
    d = start("the bus")
    style = '<w:pPr><w:pStyle w:val="ListBullet"/></w:pPr>'
    inner = f"<w:txbxContent><w:p>{style}<w:r><w:t>from the box</w:t></w:r></w:p></w:txbxContent>"
    spaces = f'{nsdecls("w")} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
    d.paragraphs[-1]._p.append(parse_xml(
        f'<w:r {spaces} xmlns:v="urn:schemas-microsoft-com:vml"><mc:AlternateContent><mc:Choice Requires="wps">{inner}'
        f"</mc:Choice><mc:Fallback><w:pict><v:textbox>{inner}</v:textbox></w:pict>"
        "</mc:Fallback></mc:AlternateContent></w:r>"
    ))  # fmt: skip
    assert notes(read(d)) == ["the bus", "from the box"]


def test_hyperlinks_fields_tabs_and_soft_hyphens_keep_their_words() -> None:
    d = start("")
    p = d.paragraphs[-1]._p
    for xml in (
        "<w:hyperlink {n}><w:r><w:t>the map</w:t></w:r></w:hyperlink>",
        '<w:r {n}><w:fldChar w:fldCharType="begin"/></w:r>',
        "<w:r {n}><w:instrText>PAGE secret</w:instrText></w:r>",
        "<w:r {n}><w:tab/><w:t>after</w:t><w:noBreakHyphen/><w:t>hours</w:t></w:r>",
    ):
        p.append(parse_xml(xml.replace("{n}", nsdecls("w"))))
    assert notes(read(d)) == ["the map after-hours"]


def test_comments_and_footnotes_are_counted_not_read() -> None:
    d = start("the bus")
    d.add_comment(d.paragraphs[-1].runs, text="who said this?", author="x")
    document = read(d)
    assert notes(document) == ["the bus"]
    (problem,) = document.problems
    assert "1 comment" in problem.what
    assert not problem.blocking
    assert "who said" not in str(problem)


def test_the_page_header_helps_with_the_session() -> None:
    d = start("the bus")
    d.sections[0].header.paragraphs[0].text = "Host: Harbor Commons"
    document = read(d)
    assert "Host: Harbor Commons" in document.header_lines
    assert all("Harbor" not in x.text for x in document.drafts)


def test_styles_made_from_others_are_known() -> None:
    d = docx.Document()
    d.add_paragraph(HEAD)
    mine = d.styles.add_style("County question", 1)
    mine.base_style = d.styles["Heading 2"]
    points = d.styles.add_style("County point", 1)
    points.base_style = d.styles["List Bullet"]
    d.add_paragraph("What helps?", style="County question")
    d.add_paragraph("the garden", style="County point")
    assert [(x.text, x.role, x.kind) for x in read(d).drafts] == [
        (HEAD, "heading", "process"), ("What helps?", "heading", "prompt"), ("the garden", "participant", "note"),
    ]  # fmt: skip


def table(d: Any, rows: list[list[str]]) -> None:
    t = d.add_table(rows=0, cols=len(rows[0]))
    for row in rows:
        for cell, text in zip(t.add_row().cells, row, strict=True):
            first, *more = text.split("|")
            cell.text = first
            for line in more:
                cell.add_paragraph(line)


def test_a_header_table_gives_fields_and_a_unit_a_cell() -> None:
    d = docx.Document()
    d.add_heading("Notes", 0)
    table(d, [["Session", "LS-D02"], ["Month", "May 2025"], ["Head count / recording", "12, not recorded"]])
    d.add_heading("What helps?", 2)
    d.add_paragraph("the garden", style="List Bullet")
    document = read(d)
    assert document.fields == {"Session": "LS-D02", "Month": "May 2025", "Head count / recording": "12, not recorded"}
    assert [x.text for x in document.drafts if x.role == "heading"] == [
        "Notes", "Session", "LS-D02", "Month", "May 2025", "Head count / recording", "12, not recorded", "What helps?",
    ]  # fmt: skip


def test_a_capture_grid_gives_speaker_and_question_to_each_cell() -> None:
    d = docx.Document()
    d.add_paragraph(HEAD)
    table(
        d,
        [
            ["Seat", "What helps?", "What gets in the way?"],
            ["P1", "the garden (x3)", ""],
            ["P2", "", "no bus"],
            ["All", "“rent”", "rent"],
        ],
    )
    drafts = read(d).drafts
    cells = [
        (x.speaker, x.text, drafts[x.prompt].text if x.prompt is not None else None) for x in drafts if x.kind == "note"
    ]
    assert cells == [
        ("P1", "the garden (x3)", "What helps?"), ("P2", "no bus", "What gets in the way?"),
        (None, "“rent”", "What helps?"), (None, "rent", "What gets in the way?"),
    ]  # fmt: skip


def test_a_question_table_gives_a_unit_a_paragraph() -> None:
    d = docx.Document()
    d.add_paragraph(HEAD)
    table(
        d,
        [
            ["Question", "What we heard"],
            ["What helps?", "the garden|“my aunt”"],
            ["Parking lot", "who sweeps"],
            ["Facilitator notes", "calm"],
        ],
    )
    drafts = read(d).drafts
    assert [(x.text, x.role, x.kind, x.parking_lot) for x in drafts[1:]] == [
        ("What helps?", "heading", "prompt", False), ("the garden", "participant", "note", False),
        ("“my aunt”", "participant", "note", False),
        ("Parking lot", "heading", "process", False), ("who sweeps", "participant", "note", True),
        ("Facilitator notes", "heading", "process", False), ("calm", "notetaker", "debrief", False),
    ]  # fmt: skip


def test_nested_tables_and_frames_lose_nothing() -> None:
    d = start("the bus")
    outer = d.add_table(rows=1, cols=2)
    outer.cell(0, 0).paragraphs[0].text = "left words"
    inner = outer.cell(0, 1).add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "inner words"
    assert {"left words", "inner words"} <= {x.text for x in read(d).drafts}


def test_notes_below_a_transcript_are_not_glued_to_its_last_turn() -> None:
    d = docx.Document()
    d.add_paragraph("LS-D03, May 2025, families, English, 5 people, SPA 1. Speaker 1 facilitates.")
    for who, text in [
        ("1", "What helps?"),
        ("2", "My sister."),
        ("3", "The van."),
        ("1", "And what else?"),
        ("2", "Nothing."),
        ("1", "Thank you all."),
    ]:
        d.add_paragraph(f"Speaker {who}: {text}")
    d.add_heading("Parking lot", 2)
    d.add_paragraph("who drives the van", style="List Bullet")
    d.add_heading("Debrief", 2)
    d.add_paragraph("Tired group.")
    drafts = read(d).drafts
    assert [(x.text, x.role, x.kind) for x in drafts[-4:]] == [
        ("Parking lot", "heading", "process"), ("who drives the van", "participant", "note"),
        ("Debrief", "heading", "process"), ("Tired group.", "notetaker", "debrief"),
    ]  # fmt: skip
    assert drafts[-5].text == "Thank you all."


def test_a_sign_in_table_is_refused_or_left_out() -> None:
    d = docx.Document()
    table(d, [["Name", "Phone", "Signature"], ["A", "1", ""], ["B", "2", ""]])
    with pytest.raises(RefusedFile) as refused:
        read(d, "group.docx")
    assert "group.docx" in str(refused.value)
    d = start(*[f"note number {i}" for i in range(8)])
    table(d, [["Name", "Phone", "Signature"], ["Zed", "1", ""]])
    document = read(d)
    assert "Zed" not in " ".join(x.text for x in document.drafts)
    assert "sign-in" in document.problems[0].what


@pytest.mark.parametrize("raw", [b"", b"PK\x03\x04 broken", b"<html>"])
def test_what_is_no_word_document_is_said_plainly(raw: bytes) -> None:
    with pytest.raises(ReadError) as error:
        _docx.read_document(Path("notes.docx"), raw)
    assert "notes.docx" in str(error.value)
    assert error.value.problem.remedy


def test_a_zip_without_a_document_is_said_plainly() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("a.txt", "x")
    with pytest.raises(ReadError, match=r"notes\.docx"):
        _docx.read_document(Path("notes.docx"), out.getvalue())
