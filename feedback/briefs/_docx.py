"""A page as an editable Word document with real styles, header rows, language, page numbers and alternative texts."""

from __future__ import annotations

import io
import zipfile
from typing import Any

from feedback.briefs import _png
from feedback.briefs._html import band, keywords
from feedback.briefs._page import (
    HIDDEN,
    Block,
    Boxes,
    Bullets,
    Figure,
    Inline,
    Link,
    Page,
    Paragraph,
    Picture,
    QuoteBlock,
    Section,
    Table,
    grouped,
    plain,
    quoted,
)

_INK, _SOFT = "0B4F6C", "57606A"
_EPOCH = (1980, 1, 1, 0, 0, 0)
_WIDE = 16.6  # centimetres between the margins
_SHADES = {1: "EEF3F6", 2: "D3DDE4", 3: "A9C0CD", 4: "0B4F6C"}
_SLOT = "[Translation: ______________________________  Translator: ______________]"


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
        _section(document, section)
    if page.sources:
        _sources(document, page)
    buffer = io.BytesIO()
    document.save(buffer)
    return same_bytes(buffer.getvalue())


def _section(document: Any, section: Section) -> None:
    heading = document.add_heading(section.heading, level=section.level - 1)
    heading.paragraph_format.page_break_before = section.fresh
    for block in section.blocks:
        _block(document, block)


def _sources(document: Any, page: Page) -> None:
    from docx.shared import Pt

    document.add_heading("Sources: what each number and quote stands on", level=1)
    for ids, source in grouped(page.claims):
        line = document.add_paragraph(style="Normal")
        line.add_run(f"[{', '.join(ids)}] ").bold = True
        line.add_run(plain(source))
        line.paragraph_format.space_after = Pt(1)
        for run in line.runs:
            run.font.size = Pt(7)


def _styles(document: Any, page: Page) -> None:
    from datetime import datetime

    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt, RGBColor

    core = document.core_properties
    core.title, core.author, core.language, core.keywords = page.title, "feedback", page.language, keywords(page)
    core.created = core.modified = datetime(2000, 1, 1)
    core.comments = ""
    for section in document.sections:
        section.left_margin = section.right_margin = Cm(2.4)
        section.top_margin = section.bottom_margin = Cm(1.9)
        _page_number(section.footer.paragraphs[0])
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Calibri", Pt({"full": 10.5, "board": 10}.get(page.stamp.get("kind", ""), 11))
    normal.paragraph_format.space_after = Pt(5 if page.sources else 3)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "en-US" if page.language == "en" else "es-US")
    normal.element.get_or_add_rPr().append(language)
    for name in ("List Bullet", "List Number", "Quote"):
        document.styles[name].paragraph_format.space_after = Pt(2)
    for name, size in (("Title", 22), ("Heading 1", 15), ("Heading 2", 12), ("Heading 3", 11)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = "Calibri", Pt(size), RGBColor.from_string(_INK)
        style.paragraph_format.keep_with_next = True
        style.paragraph_format.space_before = Pt(0 if name == "Title" else 10)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for slot in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):
            fonts.attrib.pop(qn(f"w:{slot}"), None)
    caption = document.styles["Caption"]
    caption.font.size, caption.font.color.rgb, caption.paragraph_format.keep_with_next = Pt(9.5), RGBColor.from_string(_INK), True


def _page_number(line: Any) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    line.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)


def _block(document: Any, block: Block) -> None:
    if isinstance(block, Paragraph):
        line = document.add_paragraph()
        _inline(line, block.text)
        line.paragraph_format.keep_with_next = block.tone == "lead"
        if block.tone == "note":
            _small(line)
        for run in line.runs if block.tone == "lead" else ():
            run.bold = True
    elif isinstance(block, Bullets):
        for text in block.items:
            _inline(document.add_paragraph(style="List Number" if block.ordered else "List Bullet"), text)
    elif isinstance(block, QuoteBlock):
        _quote(document, block)
    elif isinstance(block, Boxes):
        _boxes(document, block)
    elif isinstance(block, Picture):
        _picture(document, block)
    elif isinstance(block, Table):
        _table(document, block)


def _small(line: Any) -> None:
    from docx.shared import Pt, RGBColor

    for run in line.runs:
        run.font.size, run.font.color.rgb = Pt(8.5), RGBColor.from_string(_SOFT)


def _quote(document: Any, block: QuoteBlock) -> None:
    from docx.shared import Pt

    lines = [(quoted(block.text), "Quote")]
    if block.translation:
        lines.append((f"{block.translation} (translated by {block.translator})", "Normal"))
    elif block.slot:
        lines.append((_SLOT, "Normal"))
    head = " · ".join(x for x in (block.label, block.ref) if x)
    lines.append((f"{head} [{block.claim}]", "Normal"))
    for text, style in lines:
        line = document.add_paragraph(text, style=style)
        line.paragraph_format.left_indent = Pt(18)
        line.paragraph_format.space_after = Pt(1)
        line.paragraph_format.keep_with_next = text != lines[-1][0]
        if style == "Normal":
            _small(line)


def _boxes(document: Any, block: Boxes) -> None:
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for start in range(0, len(block.boxes), 2):
        cells = table.add_row().cells
        pair = block.boxes[start : start + 2]
        for cell, (title, lines) in zip(cells if len(pair) == 2 else (cells[0].merge(cells[1]),), pair, strict=False):
            cell.paragraphs[0].add_run(title).bold = True
            for text in lines:
                _inline(cell.add_paragraph(style="List Bullet"), text)
    _rows(table)
    _gap(document)


def _picture(document: Any, block: Picture) -> None:
    from docx.shared import Cm

    document.add_paragraph(block.caption, style="Caption")
    line = document.add_paragraph()
    shape = line.add_run().add_picture(io.BytesIO(_png.render(block.scene)), width=Cm(15.5))
    properties = shape._inline.docPr
    properties.set("descr", block.scene.alt)
    properties.set("title", block.scene.title)


def _table(document: Any, block: Table) -> None:
    from docx.shared import Cm

    grid = block.look == "grid"
    document.add_paragraph(block.caption, style="Caption")
    table = document.add_table(rows=0, cols=len(block.head), style="Table Grid" if grid else "Normal Table")
    _describe(table, block.caption)
    if not grid:
        _lines(table)
    _heads(table, block)
    for row in block.rows:
        for i, (cell, text) in enumerate(zip(table.add_row().cells, row, strict=True)):
            _cell(cell, text, block.look if i else "plain")
    widths = block.widths or (1 / len(block.head),) * len(block.head)
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(_WIDE * width)
        for cell in column.cells:
            cell.width = Cm(_WIDE * width)
    _rows(table, size=6.5 if grid else 9)
    if block.note:
        for line in (p for cell in table.rows[-1].cells for p in cell.paragraphs):
            line.paragraph_format.keep_with_next = True
        _small(document.add_paragraph(block.note))
    _gap(document)


def _heads(table: Any, block: Table) -> None:
    """The head, repeated on every page; in a grid, groups of columns above it and its names upright."""
    from docx.oxml import OxmlElement
    from docx.shared import Cm

    for names in ([_spread(block.groups)] if block.groups else []) + [list(block.head)]:
        row = table.add_row()
        row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
        upright = block.look == "grid" and names == list(block.head)
        if upright:
            row.height = Cm(0.24 * max(len(n) for n in names[1:]) + 0.2)
        for i, (cell, name) in enumerate(zip(row.cells, names, strict=True)):
            cell.paragraphs[0].add_run(name).bold = not upright or not i
            if upright and i:
                _upright(cell)
    _merge(table, block.groups)


def _cell(cell: Any, text: Inline, look: str) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH

    _inline(cell.paragraphs[0], text)
    if look == "grid":
        cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
    shade = band(plain(text)) if look == "heat" else 0
    if plain(text) == HIDDEN:
        _shade(cell, "FFFFFF", pattern="diagStripe")
    elif shade:
        _shade(cell, _SHADES[shade], white=shade == 4)


def _spread(groups: tuple[tuple[str, int], ...]) -> list[str]:
    return ["", *(x for name, n in groups for x in (name, *[""] * (n - 1)))]


def _merge(table: Any, groups: tuple[tuple[str, int], ...]) -> None:
    at = 1
    for _, n in groups:
        if n > 1:
            cell = table.cell(0, at).merge(table.cell(0, at + n - 1))
            for empty in cell.paragraphs[1:]:
                empty._p.getparent().remove(empty._p)
        at += n


def _lines(table: Any) -> None:
    """Thin lines between the rows, none between columns."""
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    borders = OxmlElement("w:tblBorders")
    for side, size, color in (("top", "8", _INK), ("bottom", "8", _INK), ("insideH", "4", "C5CDD5")):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", size), ("space", "0"), ("color", color)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    table._tbl.tblPr.append(borders)


def _rows(table: Any, size: float = 9) -> None:
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    for row in table.rows:
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
        for cell in row.cells:
            for line in cell.paragraphs:
                line.paragraph_format.space_after = Pt(0)
                for run in line.runs:
                    run.font.size = Pt(size)


def _upright(cell: Any) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    turn = OxmlElement("w:textDirection")
    turn.set(qn("w:val"), "btLr")
    cell._tc.get_or_add_tcPr().append(turn)


def _describe(table: Any, text: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    note = OxmlElement("w:tblCaption")
    note.set(qn("w:val"), text)
    table._tbl.tblPr.append(note)


def _shade(cell: Any, fill: str, *, pattern: str = "clear", white: bool = False) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn
    from docx.shared import RGBColor

    shading = OxmlElement("w:shd")
    shading.set(qn("w:val"), pattern)
    shading.set(qn("w:color"), "9AA5B1" if pattern != "clear" else "auto")
    shading.set(qn("w:fill"), fill)
    cell._tc.get_or_add_tcPr().append(shading)
    for run in cell.paragraphs[0].runs if white else ():
        run.font.color.rgb = RGBColor.from_string("FFFFFF")


def _gap(document: Any) -> None:
    from docx.shared import Pt

    line = document.add_paragraph()
    line.paragraph_format.space_after, line.paragraph_format.line_spacing = Pt(0), Pt(6)


def _inline(line: Any, text: Inline) -> None:
    for run in text:
        if isinstance(run, str):
            line.add_run("not shown" if run == HIDDEN else run)
        elif isinstance(run, Figure):
            line.add_run(run.text).bold = True
        else:
            line.add_run(run.text).bold = not isinstance(run, Link)


def same_bytes(raw: bytes) -> bytes:
    """The same parts, in order, without the time of writing."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(raw)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in sorted(old.namelist()):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(entry, old.read(name))
    return out.getvalue()
