"""PDF files: columns, wraps, page breaks, heads and feet, ruled tables, and what cannot be read."""

from __future__ import annotations

import io
import warnings
from html import escape
from pathlib import Path

import pytest

from feedback.errors import ReadError
from feedback.ingest import _pdf
from feedback.ingest._blocks import join_wrapped
from feedback.ingest._units import Document

HEAD = (
    "<h1>LS-P01 Youth session notes</h1><p>April 2025. Youth, 9 participants, SPA 4. English and Spanish. Not "
    "recorded. Quotes after review.</p>"
)
POINTS = [
    "the second bus never meets the first, so on most days we walk home along the canal and it is dark by then",
    "same form at three offices (x4)",
    "“Nobody asks me for a form at the garden.”",
    "mi tía me guarda un plato aunque llegue tarde, y nadie me pregunta nada, así que me quedo ahí",
    "dogs",
    "someone who answers after five, not a recording, not a form, not a number that gives you another number",
    "piano lessons cost more than the piano does",
]
PAGE = (
    "@page{size:letter;margin:2cm;@bottom-center{content:'LS-P01 page ' counter(page);font-size:8pt}"
    "@top-right{content:'Draft, do not share';font-size:8pt}} body{font:10.5pt serif}"
)


def pdf(body: str, css: str = PAGE) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # about an optional library of its own
        import weasyprint

        out: bytes = weasyprint.HTML(string=f"<html lang=en><style>{css}</style>{body}").write_pdf()
    return out


def read(body: str, css: str = PAGE) -> Document:
    return _pdf.read_document(Path("notes.pdf"), pdf(body, css))


def items(texts: list[str]) -> str:
    return "<ul>" + "".join(f"<li>{escape(x)}</li>" for x in texts) + "</ul>"


def notes(document: Document) -> list[str]:
    return [d.text for d in document.drafts if d.kind == "note"]


def test_two_columns_are_read_one_after_the_other() -> None:
    body = (
        f"{HEAD}<div style='column-count:2;column-gap:30px'><h2>1. What helps?</h2>{items(POINTS)}<h2>2. What "
        f"gets in the way?</h2>{items(POINTS[::-1])}</div>"
    )
    document = read(body)
    assert notes(document) == POINTS + POINTS[::-1]
    assert [d.text for d in document.drafts if d.kind == "prompt"] == ["1. What helps?", "2. What gets in the way?"]


@pytest.mark.parametrize("size", ["a4", "a5", "letter landscape"])
@pytest.mark.parametrize("mark", ["– ", "• ", "-  ", "* "])
def test_wrapped_points_are_joined_and_feet_stand_apart(size: str, mark: str) -> None:
    asked = ["1. What helps?", "2. What gets in the way?", "3. Who do you call?", "4. What is missing?"]
    body = HEAD + "".join(f"<p>{q}</p>" + "".join(f"<p>{mark}{escape(x)}</p>" for x in POINTS) for q in asked)
    document = read(body, f"{PAGE} p{{margin:0;font-size:12pt}} @page{{size:{size}}}")
    assert notes(document) == POINTS * 4
    assert [d.text for d in document.drafts if d.kind == "prompt"] == asked
    feet = [d.text for d in document.drafts if d.text.startswith("LS-P01 page")]
    assert feet == [f"LS-P01 page {n}" for n in range(1, len(feet) + 1)]
    assert all(d.role == "heading" and d.kind == "process" for d in document.drafts if "page" in d.text)


def test_a_point_broken_by_the_page_stays_one_and_the_foot_comes_after_it() -> None:
    long = " ".join(["the way home takes two transfers and the second is never there,"] * 16) + " so we walk"
    body = f"<div style='height:14cm'>{HEAD}</div><p>- {long}</p><p>- next point</p>"
    document = read(body, PAGE + " @page{size:a5;margin:1.5cm} p{orphans:1;widows:1}")
    assert notes(document) == [long, "next point"]
    texts = [d.text for d in document.drafts]
    assert texts.index(long) < texts.index("LS-P01 page 1") < texts.index("next point")


def test_speaker_tags_in_bold_or_with_a_colon_leave_the_text() -> None:
    for tag in ("<b>R{0}</b> {1}", "R{0}: {1}", "<b>R{0}:</b> {1}"):
        body = (
            HEAD
            + "<h3>What helps?</h3>"
            + "".join(
                f"<p style='text-indent:-20px;margin-left:20px'>{tag.format(i, escape(x))}</p>"
                for i, x in enumerate(POINTS, 1)
            )
        )
        document = read(body)
        assert notes(document) == POINTS
        assert [d.speaker for d in document.drafts if d.kind == "note"] == [f"R{i}" for i in range(1, 8)]


def test_labels_in_a_column_of_their_own() -> None:
    rows = "".join(
        f"<tr><td style='width:60px;vertical-align:top'><b>P{i}</b></td><td>{escape(x)}</td></tr>"
        for i, x in enumerate(POINTS, 1)
    )
    document = read(f"{HEAD}<h3>What helps?</h3><table>{rows}</table>", PAGE + " td{text-align:justify;hyphens:auto}")
    assert notes(document) == POINTS
    assert [d.speaker for d in document.drafts if d.kind == "note"] == [f"P{i}" for i in range(1, 8)]


def test_a_ruled_table_is_a_capture_grid() -> None:
    rows = "".join(
        f"<tr><td>S{i}</td><td>{escape(a)}</td><td>{escape(b)}</td></tr>"
        for i, (a, b) in enumerate(zip(POINTS, POINTS[::-1], strict=True), 1)
    )
    grid = (
        f"<table style='border-collapse:collapse'><tr><th>Seat</th><th>What helps?</th><th>What gets in the "
        f"way?</th></tr>{rows}</table>"
    )
    document = read(
        f"{HEAD}{grid}<h3>Parking lot</h3><p>- who sweeps the court</p>",
        PAGE + " td,th{border:1px solid black;padding:3px}",
    )
    cells = [
        (d.speaker, d.text, document.drafts[d.prompt].text)
        for d in document.drafts
        if d.kind == "note" and d.prompt is not None
    ]
    wanted = [
        (f"S{i}", x, q)
        for i, pair in enumerate(zip(POINTS, POINTS[::-1], strict=True), 1)
        for x, q in zip(pair, ("What helps?", "What gets in the way?"), strict=True)
    ]
    assert cells == wanted
    assert [d.text for d in document.drafts if d.parking_lot] == ["who sweeps the court"]


def test_words_divided_at_the_end_of_a_line() -> None:
    assert join_wrapped("trans-", "portation") == "transportation"
    assert join_wrapped("a far-", "off cousin") == "a far-off cousin"
    assert join_wrapped("we spoke of ni-", "ños y escuelas") == "we spoke of niños y escuelas"
    assert join_wrapped("ages 16-", "21 only") == "ages 16-21 only"
    assert join_wrapped("he waits -", "always") == "he waits - always"


def test_a_scan_says_that_it_is_one() -> None:
    import pypdfium2

    with pypdfium2.PdfDocument.new() as empty:
        empty.new_page(300, 300)
        out = io.BytesIO()
        empty.save(out)
    with pytest.raises(ReadError, match="scan") as error:
        _pdf.read_document(Path("wall.pdf"), out.getvalue())
    assert "wall.pdf" in str(error.value)
    assert "OCR" in error.value.problem.remedy


def test_a_locked_pdf_says_that_it_is_locked() -> None:
    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("<p>secret words of a participant</p>")))
    writer.encrypt("key", algorithm="AES-256")
    out = io.BytesIO()
    writer.write(out)
    with pytest.raises(ReadError, match="password") as error:
        _pdf.read_document(Path("notes.pdf"), out.getvalue())
    assert "secret" not in str(error.value)


@pytest.mark.parametrize("cut", [10, 400])
def test_a_damaged_pdf_is_one_clear_error(cut: int) -> None:
    with pytest.raises(ReadError, match=r"notes\.pdf") as error:
        _pdf.read_document(Path("notes.pdf"), pdf("<p>some words of the session</p>")[:cut])
    assert error.value.problem.remedy
    assert "words of" not in str(error.value)
