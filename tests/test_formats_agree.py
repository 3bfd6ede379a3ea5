"""One session, written down in many formats, reads as the same units."""

from __future__ import annotations

import csv
import io
import json
import warnings
import zipfile
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest

from feedback.corpus import Session
from feedback.ingest import read as read_documents

TITLE = "LS-T11 Listening Session Notes"
FACTS = "April 2025. Youth, ages 14 to 18. English with some Spanish. 9 youth. SPA 4. Not recorded. Quotes need review."
PARTS: list[tuple[str, list[tuple[str | None, str]]]] = [
    ("1. What helps you get through the week?", [
        ("P1", "the choir bus, it comes when it says it comes (x4)"),
        ("P4", "“Nobody at the garden asks me for a form.”"),
        (None, "mi tía me guarda un plato, aunque llegue tarde"),
    ]),
    ("2. What gets in the way?", [
        ("P2", "library closes at five; the long way home takes two transfers and the second one is never there "
        "when the first one arrives, so most of us walk"),
        ("P3", "same form, three offices. 6 nods"),
        (None, "NT: long pause before the next one, two left the room"),
        ("P1", "piano lessons cost more than the piano"),
    ]),
]  # fmt: skip
PARKED = ["who sweeps the court on Sundays", "¿y los papás cuándo vienen?"]
DEBRIEF = [
    "Warm group, they laughed a lot. Transfers came up from every side of the room.",
    "Nothing that needs a call tonight.",
]

WANTED = [
    (TITLE, "heading", "process", None, None),
    (FACTS, "heading", "process", None, None),
    *[
        unit
        for prompt, notes in PARTS
        for unit in [
            (prompt, "heading", "prompt", None, None),
            *[
                (text, "notetaker" if text.startswith("NT") else "participant", "process" if text.startswith("NT") else "note",
                 label,
                 {"(x4)": 4, "nods": 6}.get(text.split()[-1]))
                for label, text in notes
            ],
        ]
    ],
    ("Parking lot", "heading", "process", None, None),
    *[(text, "participant", "note", None, None) for text in PARKED],
    ("Facilitator debrief", "heading", "process", None, None),
    *[(text, "notetaker", "debrief", None, None) for text in DEBRIEF],
]  # fmt: skip


def label_of(label: str | None, text: str) -> str:
    return f"{label}: {text}" if label else text


def write_pdf(path: Path, html: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about an optional library of its own
        import weasyprint

        weasyprint.HTML(string=html).write_pdf(path)


def docx_notes(path: Path) -> None:
    import docx

    d = docx.Document()
    d.add_heading(TITLE, 0)
    d.add_paragraph(FACTS)
    for prompt, notes in PARTS:
        d.add_heading(prompt, 2)
        for label, text in notes:
            d.add_paragraph(label_of(label, text), style="List Bullet")
    d.add_heading("Parking lot", 2)
    for text in PARKED:
        d.add_paragraph(text, style="List Bullet")
    d.add_heading("Facilitator debrief", 2)
    for text in DEBRIEF:
        d.add_paragraph().add_run(text).italic = True
    d.save(path)


def pdf_notes(path: Path) -> None:
    def items(lines: list[str]) -> str:
        return "<ul>" + "".join(f"<li>{escape(x)}</li>" for x in lines) + "</ul>"

    body = f"<h1>{TITLE}</h1><p>{FACTS}</p>"
    for prompt, notes in PARTS:
        body += f"<h2>{prompt}</h2>" + items([label_of(a, b) for a, b in notes])
    body += "<h2>Parking lot</h2>" + items(PARKED) + "<h2>Facilitator debrief</h2>"
    body += "".join(f"<p><i>{escape(x)}</i></p>" for x in DEBRIEF)
    style = "body{font-family:serif;font-size:11pt} @page{size:letter;margin:2.5cm}"
    write_pdf(path, f"<style>{style}</style>{body}")


def odt_notes(path: Path) -> None:
    def items(lines: list[str]) -> str:
        return (
            "<text:list>"
            + "".join(f"<text:list-item><text:p>{escape(x)}</text:p></text:list-item>" for x in lines)
            + "</text:list>"
        )

    body = f"<text:h text:outline-level='1'>{TITLE}</text:h><text:p>{FACTS}</text:p>"
    for prompt, notes in PARTS:
        body += f"<text:h text:outline-level='2'>{prompt}</text:h>" + items([label_of(a, b) for a, b in notes])
    body += "<text:h text:outline-level='2'>Parking lot</text:h>" + items(PARKED)
    body += "<text:h text:outline-level='2'>Facilitator debrief</text:h>" + "".join(
        f"<text:p>{escape(x)}</text:p>" for x in DEBRIEF
    )
    write_odt(path, body)


def write_odt(path: Path, body: str) -> None:
    names = {n: f"urn:oasis:names:tc:opendocument:xmlns:{n}:1.0" for n in ("office", "text", "table", "style")}
    spaces = " ".join(f'xmlns:{k}="{v}"' for k, v in names.items())
    xml = f'<?xml version="1.0"?><office:document-content {spaces}>'
    xml += f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    with zipfile.ZipFile(path, "w") as z:
        z.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        z.writestr("content.xml", xml)
        z.writestr("META-INF/manifest.xml", "<manifest/>")


def rtf(text: str) -> str:
    return "".join(c if ord(c) < 128 else f"\\u{ord(c)}?" for c in text.replace("\\", "\\\\"))


def rtf_notes(path: Path) -> None:
    def items(lines: list[str]) -> list[str]:
        return [r"{\pntext\'b7\tab}\fi-200 " + rtf(x) + r"\par" for x in lines]

    out = [r"\b\fs32 " + TITLE + r"\b0\fs22\par", FACTS + r"\par"]
    for prompt, notes in PARTS:
        out += [r"\b " + prompt + r"\b0\par", *items([label_of(a, b) for a, b in notes])]
    out += [
        r"\b Parking lot\b0\par",
        *items(PARKED),
        r"\b Facilitator debrief\b0\par",
        *[r"\i " + rtf(x) + r"\i0\par" for x in DEBRIEF],
    ]
    path.write_text("{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0 Arial;}}\n" + "\n".join(out) + "\n}", encoding="ascii")


def txt_notes(path: Path) -> None:
    import textwrap

    def item(text: str) -> list[str]:
        return textwrap.wrap(text, 78, initial_indent="- ", subsequent_indent="  ")

    lines = [TITLE, "", *textwrap.wrap(FACTS, 78)]
    for prompt, notes in PARTS:
        lines += ["", prompt, *[row for a, b in notes for row in item(label_of(a, b))]]
    lines += ["", "Parking lot", *[row for x in PARKED for row in item(x)], "", "Facilitator debrief"]
    for text in DEBRIEF:
        lines += [*textwrap.wrap(text, 78), ""]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))


def md_notes(path: Path) -> None:
    lines = [f"# {TITLE}", "", FACTS, ""]
    for prompt, notes in PARTS:
        lines += [f"## {prompt}", "", *[f"* **{a}:** {b}" if a else f"* {b}" for a, b in notes], ""]
    lines += ["## Parking lot", "", *[f"* {x}" for x in PARKED], "", "## Facilitator debrief", ""]
    lines += [f"*{x}*\n" for x in DEBRIEF]
    path.write_text("\n".join(lines), encoding="utf-8-sig")


def table_rows() -> list[list[str]]:
    rows = [[TITLE], [FACTS], [], ["Question", "Who", "What was said"]]
    rows += [[prompt, label or "", text] for prompt, notes in PARTS for label, text in notes]
    return rows + [["Parking lot", "", x] for x in PARKED] + [["Facilitator debrief", "", x] for x in DEBRIEF]


def csv_notes(path: Path) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=";").writerows(table_rows())
    path.write_bytes(out.getvalue().encode("utf-8-sig"))


def xlsx_notes(path: Path) -> None:
    import xlsxwriter

    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("Notes")
        for i, row in enumerate(table_rows()):
            sheet.write_row(i, 0, row)


NOTES: dict[str, Callable[[Path], None]] = {
    "docx": docx_notes, "pdf": pdf_notes, "odt": odt_notes, "rtf": rtf_notes, "txt": txt_notes, "md": md_notes, "csv": csv_notes,
    "xlsx": xlsx_notes,
}  # fmt: skip


def units(session: Session) -> list[tuple[str, str, str, str | None, int | None]]:
    return [(t.text, t.role, t.kind, t.speaker.label, t.agreement) for t in session.turns]


def read(path: Path) -> Session:
    corpus = read_documents(path)
    assert not corpus.problems
    (session,) = corpus
    return session


@pytest.mark.parametrize("suffix", NOTES)
def test_notes_read_the_same_in_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"LS-T11_notes.{suffix}"
    NOTES[suffix](path)
    session = read(path)
    assert units(session) == WANTED
    assert [t.text for t in session.turns if t.verbatim] == ["“Nobody at the garden asks me for a form.”"]
    assert [t.text for t in session.turns if t.parking_lot] == PARKED
    asked = {t.index: t.text for t in session.turns if t.kind == "prompt"}
    assert [asked[t.prompt] for t in session.turns if t.kind == "note" and t.prompt is not None] == [
        p for p, notes in PARTS for _, text in notes if not text.startswith("NT")
    ]
    assert (session.id, session.month, session.audience, session.participants, session.spa) == (
        "LS-T11",
        "2025-04",
        "youth",
        9,
        4,
    )
    assert (session.recorded, session.quote_consent, session.languages) == (False, "review", ("en", "es"))


# -- a transcript -----------------------------------------------------------------------------------------------------

TURNS = [
    ("Facilitator", 1, "Okay, first one. What helps you get through the week?"),
    ("Participant 1", 6, "The choir bus. It comes when it says it comes."),
    ("Participant 4", 13, "My tía keeps me a plate, aunque llegue tarde, y nobody asks me for a form, which is "
    "the whole thing for me right now."),
    ("Participant 2", 24, "Nobody at the garden asks either."),
    ("Facilitator", 31, "And what gets in the way?"),
    ("Participant 3", 35, "The library closes at five."),
    ("Participant 1", 41, "Three offices, and every one of them wants the same form."),
]  # fmt: skip
SPOKEN = [
    (
        text,
        "facilitator" if who == "Facilitator" else "participant",
        "prompt" if who == "Facilitator" else "speech",
        who,
    )
    for who, _, text in TURNS
]


def clock(seconds: int, mark: str = ".") -> str:
    return f"00:00:{seconds:02d}{mark}000"


def vtt(path: Path) -> None:
    cues = [f"{clock(at)} --> {clock(at + 5)}\n<v {who}>{text}</v>\n" for who, at, text in TURNS]
    path.write_text("WEBVTT\n\n" + "\n".join(cues), encoding="utf-8")


def srt(path: Path) -> None:
    cues = [
        f"{i}\n{clock(at, ',')} --> {clock(at + 5, ',')}\n{who}: {text}\n" for i, (who, at, text) in enumerate(TURNS, 1)
    ]
    path.write_text("\n".join(cues), encoding="utf-8")


def whisperx(path: Path) -> None:
    segments = [{"start": at, "end": at + 5, "speaker": who, "text": f" {text}"} for who, at, text in TURNS]
    path.write_text(json.dumps({"segments": segments}), encoding="utf-8")


def csv_turns(path: Path) -> None:
    out = io.StringIO()
    csv.writer(out).writerows(
        [["start", "speaker", "text"], *[[f"00:00:{at:02d}", who, text] for who, at, text in TURNS]]
    )
    path.write_bytes(out.getvalue().encode("cp1252"))


def lines_of_turns() -> list[str]:
    return [f"{who}: {text}" for who, _, text in TURNS]


def docx_turns(path: Path) -> None:
    import docx

    d = docx.Document()
    for who, _, text in TURNS:
        p = d.add_paragraph()
        p.add_run(f"{who}: ").bold = True
        p.add_run(text)
    d.save(path)


def docx_table(path: Path) -> None:
    import docx

    d = docx.Document()
    table = d.add_table(rows=0, cols=3)
    for row in [("Time", "Speaker", "Comment"), *[(f"00:{at:02d}", who, text) for who, at, text in TURNS]]:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    d.save(path)


def pdf_turns(path: Path) -> None:
    body = "".join(f"<p><b>{who}:</b> {escape(text)}</p>" for who, _, text in TURNS)
    write_pdf(path, f"<style>p{{font:12pt serif;width:10cm}}</style>{body}")


TRANSCRIPTS: dict[str, Callable[[Path], None]] = {
    "vtt": vtt, "srt": srt, "json": whisperx, "csv": csv_turns, "docx": docx_turns, "table.docx": docx_table, "pdf": pdf_turns,
    "txt": lambda p: p.write_text("\n".join(lines_of_turns()), encoding="utf-16"),
    "md": lambda p: p.write_text("\n\n".join(f"**{who}:** {text}" for who, _, text in TURNS), encoding="utf-8"),
    "rtf": lambda p: p.write_text("{\\rtf1\\ansi " + "\\par\n".join(rtf(x) for x in lines_of_turns()) + "}", encoding="ascii"),
    "odt": lambda p: write_odt(p, "".join(f"<text:p>{escape(x)}</text:p>" for x in lines_of_turns())),
}  # fmt: skip


@pytest.mark.parametrize("suffix", TRANSCRIPTS)
def test_a_transcript_reads_the_same_in_every_format(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"LS-T12_session.{suffix}"
    TRANSCRIPTS[suffix](path)
    session = read(path)
    assert [(t.text, t.role, t.kind, t.speaker.label) for t in session.turns] == SPOKEN
    assert all(t.verbatim for t in session.turns)
    timed = suffix in ("vtt", "srt", "json", "csv", "table.docx")
    assert [t.start for t in session.turns] == [float(at) if timed else None for _, at, _ in TURNS]
