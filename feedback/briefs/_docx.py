"""A page as an editable Word document with real styles, header rows, language and title."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from feedback.briefs._html import HIDDEN
from feedback.briefs._page import (
    Block,
    Boxes,
    Bullets,
    Figure,
    Inline,
    Link,
    Page,
    Paragraph,
    QuoteBlock,
    Table,
    plain,
    quoted,
)

_INK, _SOFT = "0B4F6C", "57606A"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def render(page: Page) -> bytes:
    """Render a page; the same page gives the same bytes."""
    import docx
    from docx.shared import Pt, RGBColor

    document = docx.Document()
    _styles(document, page)
    document.add_heading(page.title, level=0)
    lead = document.add_paragraph(page.subtitle)
    lead.runs[0].font.size, lead.runs[0].font.color.rgb = Pt(12), RGBColor.from_string(_SOFT)
    for section in page.sections:
        document.add_heading(section.heading, level=section.level - 1)
        for block in section.blocks:
            _block(document, block)
    document.add_heading("Sources: what each number and quote stands on", level=1)
    for claim in page.claims.values():
        line = document.add_paragraph(style="Normal")
        line.add_run(f"[{claim.id}] ").bold = True
        line.add_run(plain(claim.source))
        line.paragraph_format.space_after = Pt(3)
    buffer = io.BytesIO()
    document.save(buffer)
    return _same_bytes(buffer.getvalue())


def _styles(document: Any, page: Page) -> None:
    from datetime import datetime

    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    core = document.core_properties
    core.title, core.author, core.language = page.title, "feedback", page.language
    core.created = core.modified = datetime(2000, 1, 1)
    core.comments = ""
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2.4)
        section.top_margin = section.bottom_margin = Cm(2.2)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt(11)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US" if page.language == "en" else "es-US")
    normal.element.get_or_add_rPr().append(language)
    for name in ("Title", "Heading 1", "Heading 2", "Heading 3"):
        style = document.styles[name]
        style.font.name, style.font.color.rgb = "Calibri", RGBColor.from_string(_INK)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{slot}"), None)


def _block(document: Any, block: Block) -> None:
    from docx.shared import Pt, RGBColor

    if isinstance(block, Paragraph):
        line = document.add_paragraph()
        _inline(line, block.text)
        if block.tone == "note":
            for run in line.runs:
                run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(_SOFT)
    elif isinstance(block, Bullets):
        for text in block.items:
            _inline(document.add_paragraph(style="List Number" if block.ordered else "List Bullet"), text)
    elif isinstance(block, QuoteBlock):
        line = document.add_paragraph(style="Quote")
        line.add_run(quoted(block.text))
        line.paragraph_format.left_indent = Pt(18)
        footer = document.add_paragraph()
        footer.paragraph_format.left_indent = Pt(18)
        run = footer.add_run(f"{block.label} · {block.ref} [{block.claim}]")
        run.font.size, run.font.color.rgb = Pt(9), RGBColor.from_string(_SOFT)
    elif isinstance(block, Boxes):
        _boxes(document, block)
    elif isinstance(block, Table):
        _table(document, block)


def _boxes(document: Any, block: Boxes) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for start in range(0, len(block.boxes), 2):
        cells = table.add_row().cells
        for cell, (title, lines) in zip(cells, block.boxes[start : start + 2], strict=False):
            cell.paragraphs[0].add_run(title).bold = True
            for text in lines:
                _inline(cell.add_paragraph(style="List Bullet"), text)
    document.add_paragraph()


def _table(document: Any, block: Table) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    document.add_paragraph(block.caption, style="Caption")
    table = document.add_table(rows=1, cols=len(block.head), style="Light Grid Accent 1")
    header = table.rows[0]
    header._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    for cell, name in zip(header.cells, block.head, strict=True):
        cell.text = name
    for row in block.rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            _inline(cell.paragraphs[0], text)
    for row in table.rows:
        for cell in row.cells:
            for line in cell.paragraphs:
                for run in line.runs:
                    run.font.size = Pt(9)
    if block.note:
        document.add_paragraph(block.note).runs[0].font.size = Pt(9)
    document.add_paragraph()


def _inline(line: Any, text: Inline) -> None:
    for run in text:
        if isinstance(run, str):
            line.add_run("not shown" if run == HIDDEN else run)
        elif isinstance(run, Figure):
            line.add_run(run.text).bold = True
        else:
            line.add_run(run.text).bold = not isinstance(run, Link)


def _same_bytes(raw: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()
