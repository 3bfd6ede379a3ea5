"""A page as slides: tables as real tables, drawings with alternative texts, one thing a slide, sources in the notes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from feedback.briefs import _png
from feedback.briefs._docx import same_bytes
from feedback.briefs._html import band, keywords
from feedback.briefs._page import (
    HIDDEN,
    Block,
    Boxes,
    Bullets,
    Page,
    Paragraph,
    Picture,
    QuoteBlock,
    Section,
    Table,
    plain,
    quoted,
)

_INK, _SOFT, _PAPER = "0B4F6C", "57606A", "FFFFFF"
_SHADES = {0: "FFFFFF", 1: "EEF3F6", 2: "D3DDE4", 3: "A9C0CD", 4: "0B4F6C"}
_WIDTH, _HEIGHT, _EDGE, _TOP = 33.867, 19.05, 1.5, 3.3  # centimetres: 16 to 9
_ROWS = 11
_LEFT_OUT = ("needs", "more", "less", "actions", "codebook", "sessions", "account", "checklist", "beside")
_BULLETS = 7


def render(page: Page) -> bytes:
    """Render a page; appendices stay in the report. The same page gives the same bytes."""
    import pptx
    from pptx.util import Cm

    show = pptx.Presentation()
    show.slide_width, show.slide_height = Cm(_WIDTH), Cm(_HEIGHT)
    core = show.core_properties
    core.title, core.author, core.keywords, core.language = page.title, "feedback", keywords(page), page.language
    core.created = core.modified = core.last_printed = datetime(2000, 1, 1)
    core.revision, core.last_modified_by, core.comments = 1, "feedback", ""
    _title(show, page)
    for section in page.sections:
        if section.id not in _LEFT_OUT and not section.id.startswith("need-"):
            for heading, blocks in _slides_of(section):
                _slide(show, heading, blocks, page)
    buffer = io.BytesIO()
    show.save(buffer)
    return same_bytes(buffer.getvalue())


def _slides_of(section: Section) -> Iterator[tuple[str, list[Block]]]:
    """Cut a section into slides: a table or drawing has one to itself, lists are cut at seven lines."""
    text: list[Block] = []
    for block in section.blocks:
        if isinstance(block, Table):
            for start in range(0, len(block.rows), _ROWS):
                part = block.rows[start : start + _ROWS]
                more = "" if len(block.rows) <= _ROWS else f" ({start // _ROWS + 1})"
                note = block.note if start + _ROWS >= len(block.rows) else ""
                yield f"{block.caption}{more}", [Table(block.caption, block.head, part, note, block.look, block.widths, block.groups)]
        elif isinstance(block, Picture):
            yield block.caption, [block]
        elif isinstance(block, Bullets):
            for start in range(0, len(block.items), _BULLETS):
                text.append(Bullets(block.items[start : start + _BULLETS]))
        else:
            text.append(block)
    room: list[Block] = []
    used = 0
    for block in text:
        size = _size(block)
        if room and used + size > 13:
            yield section.heading, room
            room, used = [], 0
        room.append(block)
        used += size
    if room:
        yield section.heading, room


def _size(block: Block) -> int:
    """Lines a block takes on a slide, about."""
    if isinstance(block, Boxes):
        return 8
    words = [plain(i) for i in block.items] if isinstance(block, Bullets) else [_words(block)]
    return sum(1 + len(w) // 105 for w in words)


def _words(block: Block) -> str:
    if isinstance(block, QuoteBlock):
        return f"{quoted(block.text)} {block.label}"
    return plain(block.text) if isinstance(block, Paragraph) else ""


def _title(show: Any, page: Page) -> None:
    from pptx.util import Cm, Pt

    slide = show.slides.add_slide(show.slide_layouts[0])
    for shape, text, size, top in ((slide.shapes.title, page.title, 36, 5.5), (slide.placeholders[1], page.subtitle, 18, 10.2)):
        shape.left, shape.top, shape.width, shape.height = Cm(_EDGE), Cm(top), Cm(_WIDTH - 2 * _EDGE), Cm(4)
        shape.text_frame.text = text
        _paint(shape.text_frame.paragraphs[0], Pt(size), _INK if size > 20 else _SOFT)


def _slide(show: Any, heading: str, blocks: list[Block], page: Page) -> None:
    from pptx.util import Cm, Pt

    slide = show.slides.add_slide(show.slide_layouts[5])
    title = slide.shapes.title
    title.left, title.top, title.width, title.height = Cm(_EDGE), Cm(0.7), Cm(_WIDTH - 2 * _EDGE), Cm(2.2)
    title.text_frame.text, title.text_frame.word_wrap = heading, True
    _paint(title.text_frame.paragraphs[0], Pt(26 if len(heading) < 70 else 22), _INK, bold=True)
    if len(blocks) == 1 and isinstance(blocks[0], Table):
        _table(slide, blocks[0])
    elif len(blocks) == 1 and isinstance(blocks[0], Picture):
        _picture(slide, blocks[0])
    else:
        _text(slide, blocks)
    slide.notes_slide.notes_text_frame.text = f"{page.title}. Sources of every number and quote: in the report."


def _paint(line: Any, size: Any, color: str, *, bold: bool = False, italic: bool = False) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.text import PP_ALIGN

    line.alignment = PP_ALIGN.LEFT
    for run in line.runs:
        run.font.size, run.font.bold, run.font.italic, run.font.name = size, bold, italic, "Calibri"
        run.font.color.rgb = RGBColor.from_string(color)


def _text(slide: Any, blocks: list[Block]) -> None:
    from pptx.util import Cm, Pt

    frame = slide.shapes.add_textbox(Cm(_EDGE), Cm(_TOP), Cm(_WIDTH - 2 * _EDGE), Cm(_HEIGHT - _TOP - 1)).text_frame
    frame.word_wrap = True
    first = True
    for text, size, color, italic in (x for b in blocks for x in _lines(b)):
        line = frame.paragraphs[0] if first else frame.add_paragraph()
        first = False
        line.text, line.space_after = text, Pt(6)
        _paint(line, Pt(size), color, italic=italic)


def _lines(block: Block) -> Iterator[tuple[str, int, str, bool]]:
    if isinstance(block, Paragraph):
        yield _shown(plain(block.text)), 14 if block.tone == "note" else 20, _SOFT if block.tone == "note" else "1B1F24", False
    elif isinstance(block, Bullets):
        for text in block.items:
            yield f"•  {_shown(plain(text))}", 18, "1B1F24", False
    elif isinstance(block, QuoteBlock):
        yield quoted(block.text), 17, "1B1F24", True
        if block.translation:
            yield f"{block.translation} ({block.translator})", 14, _SOFT, False
        yield " · ".join(x for x in (block.label, block.ref) if x), 12, _SOFT, False
    elif isinstance(block, Boxes):
        for title, lines in block.boxes:
            yield f"{title}: {'; '.join(_shown(plain(x)) for x in lines)}", 14, "1B1F24", False


def _shown(text: str) -> str:
    return text.replace(HIDDEN, "not shown")


def _picture(slide: Any, block: Picture) -> None:
    from pptx.util import Cm

    scene = block.scene
    high, wide = _HEIGHT - _TOP - 1, _WIDTH - 2 * _EDGE
    scale = min(wide / scene.width, high / scene.height)
    width, height = scene.width * scale, scene.height * scale
    left = (_WIDTH - width) / 2
    shape = slide.shapes.add_picture(io.BytesIO(_png.render(scene)), Cm(left), Cm(_TOP), Cm(width), Cm(height))
    shape._element._nvXxPr.cNvPr.set("descr", scene.alt)
    shape._element._nvXxPr.cNvPr.set("title", scene.title)


def _table(slide: Any, block: Table) -> None:
    from pptx.util import Cm, Pt

    above = 1 if block.groups else 0
    rows, wide = len(block.rows) + 1 + above, _WIDTH - 2 * _EDGE
    size = Pt(10 if block.look == "grid" else 15 if len(block.head) < 5 and rows < 10 else 12)
    high = min(1.45, (_HEIGHT - _TOP - 2) / rows)
    shape = slide.shapes.add_table(rows, len(block.head), Cm(_EDGE), Cm(_TOP), Cm(wide), Cm(high * rows))
    shape._element._nvXxPr.cNvPr.set("descr", f"{block.caption}. {block.note}".strip())
    table = shape.table
    widths = block.widths or (1 / len(block.head),) * len(block.head)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Cm(wide * width)
    _heads(table, block, size)
    for number, row in enumerate(block.rows, start=above + 1):
        for column, inline in enumerate(row):
            text, heat = plain(inline), block.look == "heat" and column
            shade = band(text) if heat else 0
            dark = shade == 4
            hidden = text == HIDDEN
            said = "not shown" if hidden else text
            _cell(table.cell(number, column), said, size, fill=_SHADES[shade], color=_PAPER if dark else "1B1F24", hatch=hidden,
                  middle=block.look == "grid" and column > 0)  # fmt: skip
    if block.note:
        box = slide.shapes.add_textbox(Cm(_EDGE), Cm(_HEIGHT - 1.6), Cm(wide), Cm(1.2)).text_frame
        box.word_wrap, box.text = True, block.note.replace(f"{HIDDEN} ", "")
        _paint(box.paragraphs[0], Pt(11), _SOFT)


def _heads(table: Any, block: Table, size: Any) -> None:
    above = 1 if block.groups else 0
    at = 1
    for name, n in block.groups:
        table.cell(0, at).merge(table.cell(0, at + n - 1))
        _cell(table.cell(0, at), name, size, fill=_INK, color=_PAPER)
        at += n
    if above:
        _cell(table.cell(0, 0), "", size, fill=_INK, color=_PAPER)
    for column, name in enumerate(block.head):
        said = name if block.look != "grid" or not column else name.rpartition("-")[2]
        _cell(table.cell(above, column), said, size, fill=_INK, color=_PAPER, middle=block.look == "grid" and column > 0)


def _cell(
    cell: Any, text: str, size: Any, *, fill: str, color: str, hatch: bool = False, middle: bool = False
) -> None:
    from pptx.dml.color import RGBColor
    from pptx.enum.dml import MSO_PATTERN
    from pptx.enum.text import PP_ALIGN
    from pptx.util import Cm

    cell.text_frame.text = text
    _paint(cell.text_frame.paragraphs[0], size, color)
    if middle:
        cell.text_frame.paragraphs[0].alignment = PP_ALIGN.CENTER
    cell.margin_top = cell.margin_bottom = Cm(0.05)
    cell.margin_left = cell.margin_right = Cm(0.12)
    if hatch:
        cell.fill.patterned()
        cell.fill.pattern = MSO_PATTERN.LIGHT_UPWARD_DIAGONAL
        cell.fill.fore_color.rgb, cell.fill.back_color.rgb = RGBColor.from_string("9AA5B1"), RGBColor.from_string("FFFFFF")
    else:
        cell.fill.solid()
        cell.fill.fore_color.rgb = RGBColor.from_string(fill)
