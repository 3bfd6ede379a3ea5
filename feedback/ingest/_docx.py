"""Word documents: paragraphs, lists, tables and text boxes in order; tracked insertions kept, deletions dropped."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import Problem, ReadError
from feedback.ingest._blocks import Block
from feedback.ingest._notes import read_blocks
from feedback.ingest._units import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_document"]

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_BREAKS = {f"{_W}tab": "\t", f"{_W}br": "\n", f"{_W}cr": "\n", f"{_W}noBreakHyphen": "-", f"{_W}ptab": "\t"}
_GONE = frozenset(
    (f"{_W}del", f"{_W}moveFrom", f"{_W}txbxContent", f"{_MC}Fallback", f"{_W}pPr", f"{_W}rPr", f"{_W}instrText")
)
_WRAPPERS = frozenset((f"{_W}sdt", f"{_W}sdtContent", f"{_W}ins", f"{_W}moveTo", f"{_W}customXml", f"{_W}smartTag"))
_HEADING = re.compile(r"(?:heading|t[ií]tulo|encabezado|titre|überschrift)\s*(\d)?$", re.I)
_TITLE = re.compile(r"(?:title|subtitle|t[ií]tulo del documento|subt[ií]tulo|puesto)$", re.I)
_LIST = re.compile(r"list\b|lista\b|bullet|viñeta", re.I)


def read_document(path: Path, raw: bytes) -> Document:
    """Read a .docx file into units; comments, footnotes and struck changes are not participants' words."""
    import docx

    try:
        opened = docx.Document(io.BytesIO(raw))
    except Exception as error:  # python-docx raises KeyError, ValueError, BadZipFile, XMLSyntaxError and its own
        raise ReadError(
            "this is not a Word document that can be opened.", file=path.name,
            remedy="Open it in Word, save it again as .docx, and add that file.",
        ) from error  # fmt: skip
    reader = _Reader(opened)
    blocks = list(reader.blocks(opened.element.body))
    document = read_blocks(blocks, format="docx", file=path.name, problems=reader.problems(path.name))
    document.header_lines += [line for line in reader.margins() if line not in document.header_lines]
    return document


class _Reader:
    """One open document."""

    def __init__(self, opened: Any) -> None:
        self.opened = opened
        self.styles: dict[str, Any] = {s.style_id: s for s in opened.styles}
        default = opened.styles.element.find(f"{_W}docDefaults")
        self.default = default

    # -- walking ----------------------------------------------------------------------------------------------------

    def blocks(self, parent: _Element) -> Iterator[Block]:
        """Yield the blocks below an element, in reading order, through content controls and tracked insertions."""
        carried = ""
        for child in parent:
            if child.tag == f"{_W}p":
                block = self._paragraph(child, carried)
                carried = ""
                if child.find(f"{_W}pPr/{_W}rPr/{_W}del") is not None:
                    carried = block.text
                elif block.text.strip():
                    yield block
                for box in self._boxes(child):
                    yield from self.blocks(box)
            elif child.tag == f"{_W}tbl":
                yield from self._table(child)
            elif child.tag in _WRAPPERS:
                yield from self.blocks(child)
        if carried.strip():
            yield Block("paragraph", carried)

    @staticmethod
    def _boxes(paragraph: _Element) -> Iterator[_Element]:
        for box in paragraph.iter(f"{_W}txbxContent"):
            if not any(a.tag in (f"{_MC}Fallback", f"{_W}del") for a in box.iterancestors()):
                outer = next((a for a in box.iterancestors() if a.tag in (f"{_W}txbxContent", f"{_W}p")), None)
                if outer is paragraph:
                    yield box

    def _table(self, table: _Element) -> Iterator[Block]:
        rows = [r for r in self._through(table, f"{_W}tr") if r.find(f"{_W}trPr/{_W}del") is None]
        cells = [list(self._through(row, f"{_W}tc")) for row in rows]
        if max((len(r) for r in cells), default=0) == 1 or any(
            c.find(f".//{_W}tbl") is not None for r in cells for c in r
        ):
            for row in cells:  # a frame round text, or tables set side by side: what is in it stands in the flow
                for cell in row:
                    yield from self.blocks(cell)
            return
        yield Block("table", rows=[self._row(row) for row in cells])

    def _row(self, cells: list[_Element]) -> list[str]:
        out: list[str] = []
        for cell in cells:
            merged = cell.find(f"{_W}tcPr/{_W}vMerge")
            span = cell.find(f"{_W}tcPr/{_W}gridSpan")
            below = merged is not None and merged.get(f"{_W}val") != "restart"
            blocks = [] if below else [b for b in self.blocks(cell) if b.text.strip()]
            out.append("\n".join(("• " if b.kind == "bullet" else "") + b.text for b in blocks))
            out += [""] * (int(span.get(f"{_W}val", "1")) - 1 if span is not None else 0)
        return out

    def _through(self, parent: _Element, tag: str) -> Iterator[_Element]:
        for child in parent:
            if child.tag == tag:
                yield child
            elif child.tag in _WRAPPERS:
                yield from self._through(child, tag)

    # -- paragraphs -------------------------------------------------------------------------------------------------

    def _paragraph(self, p: _Element, carried: str) -> Block:
        runs = list(self._runs(p, self._style_of(p)))
        text = carried + "".join(words for words, _, _ in runs)
        shown = [(words, bold, italic) for words, bold, italic in runs if words.strip()]
        bold, italic = bool(shown) and all(b for _, b, _ in shown), bool(shown) and all(i for _, _, i in shown)
        label = ""
        for words, strong, _ in [] if bold else shown:
            if not strong:
                break
            label += words
        block = Block("paragraph", text.strip("\n"), bold=bold, italic=italic, label=label.strip() or None)
        return self._classify(block, p)

    def _classify(self, block: Block, p: _Element) -> Block:
        names = [s.name or "" for s in self._chain(self._style_of(p))]
        heading = next((m for n in names if (m := _HEADING.match(n))), None)
        outline = self._property(p, "outlineLvl")
        if any(_TITLE.match(n) for n in names):
            block.kind, block.level = "heading", 0
        elif heading or (outline is not None and 0 <= int(outline.get(f"{_W}val", "9")) < 9):
            block.kind = "heading"
            block.level = int(heading[1] or 1) if heading else int(outline.get(f"{_W}val")) + 1
        else:
            number = self._property(p, "numPr")
            found = number.find(f"{_W}numId") if number is not None else None
            listed = found is not None and found.get(f"{_W}val") != "0"
            if listed or (found is None and any(_LIST.match(n) for n in names)):
                depth = number.find(f"{_W}ilvl") if number is not None else None
                block.kind = "bullet"
                block.level = int(depth.get(f"{_W}val", "0")) if depth is not None else 0
        return block

    def _style_of(self, p: _Element) -> str | None:
        style = p.find(f"{_W}pPr/{_W}pStyle")
        return style.get(f"{_W}val") if style is not None else None

    def _chain(self, style: str | None) -> Iterator[Any]:
        found, seen = self.styles.get(style or ""), set()
        while found is not None and found.style_id not in seen:
            seen.add(found.style_id)
            yield found
            found = found.base_style

    def _property(self, p: _Element, name: str) -> Any:
        own = p.find(f"{_W}pPr/{_W}{name}")
        if own is not None:
            return own
        found = (s.element.find(f"{_W}pPr/{_W}{name}") for s in self._chain(self._style_of(p)))
        return next((e for e in found if e is not None), None)

    def _runs(self, p: _Element, style: str | None) -> Iterator[tuple[str, bool, bool]]:
        """Yield the words of each run that stands in the document, with bold and italic."""
        for run in p.iter(f"{_W}r"):
            above = [a.tag for a in run.iterancestors()]
            inside = above[: next((i for i, a in enumerate(run.iterancestors()) if a is p), 0)]
            if any(tag in _GONE for tag in inside):
                continue
            words = "".join(_words(run))
            if words:
                yield words, self._toggle(run, "b", style), self._toggle(run, "i", style)

    def _toggle(self, run: _Element, name: str, style: str | None) -> bool:
        own = run.find(f"{_W}rPr/{_W}{name}")
        if own is None:
            named = run.find(f"{_W}rPr/{_W}rStyle")
            chain = [*self._chain(named.get(f"{_W}val") if named is not None else None), *self._chain(style)]
            own = next((e for s in chain if (e := s.element.find(f"{_W}rPr/{_W}{name}")) is not None), None)
        return own is not None and own.get(f"{_W}val", "1") not in ("0", "false", "none", "off")

    # -- what is left out -------------------------------------------------------------------------------------------

    def margins(self) -> Iterator[str]:
        """Yield the lines of the page header, where facilitators often write the session code."""
        for section in self.opened.sections[:1]:
            for part in (section.header, section.first_page_header):
                if not part.is_linked_to_previous:
                    yield from (b.text for b in self.blocks(part._element) if b.kind != "table" and b.text.strip())

    def problems(self, file: str) -> list[Problem]:
        """Say what a document holds that is not read: comments and notes at the foot."""
        counts = {"comment": 0, "footnote": 0, "endnote": 0}
        for part in self.opened.part.package.iter_parts():
            name = str(part.partname).rsplit("/", 1)[-1]
            for kind in counts:
                if name == f"{kind}s.xml":
                    counts[kind] += len(re.findall(rb"<w:%s (?![^>]*w:type=)" % kind.encode(), part.blob))
        return [
            Problem(
                file, "", f"{n} {kind}{'s are' if n > 1 else ' is'} not read: they are an "
                f"editor's, not participants' words.",
                "Copy what belongs to the session into the text.", blocking=False,
            )
            for kind, n in counts.items() if n
        ]  # fmt: skip


def _words(run: _Element) -> Iterator[str]:
    for child in run:
        if child.tag == f"{_W}t":
            yield child.text or ""
        elif child.tag in _BREAKS:
            yield "" if child.get(f"{_W}type") == "page" else _BREAKS[child.tag]
        elif child.tag == f"{_W}sym":
            yield ""
