"""OpenDocument text: headings, lists, tables and frames in order; tracked deletions and annotations dropped."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.errors import Problem, ReadError
from feedback.ingest._blocks import Block
from feedback.ingest._notes import read_blocks
from feedback.ingest._units import Document

if TYPE_CHECKING:
    from lxml.etree import _Element

__all__ = ["read_document"]

_NS = "urn:oasis:names:tc:opendocument:xmlns:"
_TEXT, _TABLE, _STYLE, _OFFICE, _DRAW = (f"{{{_NS}{n}:1.0}}" for n in ("text", "table", "style", "office", "drawing"))
_FO = f"{{{_NS}xsl-fo-compatible:1.0}}"
_LEFT_OUT = frozenset(
    (
        f"{_OFFICE}annotation",
        f"{_TEXT}note",
        f"{_TEXT}tracked-changes",
        f"{_DRAW}frame",
        f"{_DRAW}custom-shape",
        f"{_TEXT}bibliography-mark",
    )
)
_INSIDE = frozenset(
    (f"{_TEXT}section", f"{_TEXT}list-item", f"{_TEXT}list-header", f"{_DRAW}text-box", f"{_TEXT}index-body")
)


def read_document(path: Path, raw: bytes) -> Document:
    """Read an .odt file into units."""
    from lxml import etree

    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            content = etree.fromstring(archive.read("content.xml"), parser)
            named = etree.fromstring(archive.read("styles.xml"), parser) if "styles.xml" in archive.namelist() else None
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, EOFError, OSError, RuntimeError) as error:
        raise ReadError(
            "this is not an OpenDocument text that can be opened.", file=path.name,
            remedy="Open it in its program, save it again as .odt without a password, and add that file.",
        ) from error  # fmt: skip
    body = content.find(f"{_OFFICE}body/{_OFFICE}text")
    if body is None:
        raise ReadError("this OpenDocument file holds no text.", file=path.name, remedy="Add the text document itself.")
    reader = _Reader([content, *([named] if named is not None else [])])
    blocks = [b for b in reader.blocks(body) if b.text.strip() or b.rows]
    return read_blocks(blocks, format="odt", file=path.name, problems=_problems(body, path.name))


def _problems(body: _Element, file: str) -> list[Problem]:
    out = []
    for tag, word in ((f"{_OFFICE}annotation", "comment"), (f"{_TEXT}note", "footnote")):
        n = sum(1 for _ in body.iter(tag))
        if n:
            what = f"{n} {word}{'s are' if n > 1 else ' is'} not read: they are an editor's, not participants' words."
            out.append(Problem(file, "", what, "Copy what belongs to the session into the text.", blocking=False))
    return out


class _Reader:
    """The styles of one document, and the walk through it."""

    def __init__(self, trees: list[_Element]) -> None:
        self.styles: dict[str, _Element] = {}
        for tree in reversed(trees):
            for style in tree.iter(f"{_STYLE}style"):
                self.styles[style.get(f"{_STYLE}name", "")] = style

    def blocks(self, parent: _Element, depth: int = -1) -> Iterator[Block]:
        """Yield the blocks below an element, in reading order."""
        for child in parent:
            tag = child.tag
            if tag == f"{_TEXT}h":
                yield Block("heading", _words(child), int(child.get(f"{_TEXT}outline-level", "1")))
                yield from self._frames(child)
            elif tag == f"{_TEXT}p":
                yield self._paragraph(child, depth)
                yield from self._frames(child)
            elif tag == f"{_TEXT}list":
                yield from self.blocks(child, depth + 1)
            elif tag == f"{_TABLE}table":
                yield from self._table(child)
            elif tag in _INSIDE:
                yield from self.blocks(child, depth)

    def _frames(self, paragraph: _Element) -> Iterator[Block]:
        for box in paragraph.iter(f"{_DRAW}text-box"):
            yield from self.blocks(box)

    def _paragraph(self, p: _Element, depth: int) -> Block:
        text = _words(p)
        name = p.get(f"{_TEXT}style-name", "")
        names = [n for n, _ in self._chain(name)]
        if any(re.fullmatch(r"(?:Sub)?[Tt]itle|T[ií]tulo", n) for n in names):
            return Block("heading", text, 0)
        if any(re.match(r"Heading(_20_)?\d?|Encabezado", n) for n in names):
            return Block("heading", text, 1)
        runs = list(self._runs(p, name))
        shown = [r for r in runs if r[0].strip()]
        bold, italic = bool(shown) and all(r[1] for r in shown), bool(shown) and all(r[2] for r in shown)
        label = ""
        for words, strong, _ in [] if bold else shown:
            if not strong:
                break
            label += words
        kind, level = ("bullet", depth) if depth >= 0 else ("paragraph", 0)
        return Block(kind, text, level, bold=bold, italic=italic, label=label.strip() or None)  # type: ignore[arg-type]

    def _runs(self, element: _Element, style: str) -> Iterator[tuple[str, bool, bool]]:
        bold, italic = self._weight(style)
        yield element.text or "", bold, italic
        for child in element:
            if child.tag not in _LEFT_OUT:
                own = child.get(f"{_TEXT}style-name") if child.tag == f"{_TEXT}span" else None
                for words, b, i in self._runs(child, own or style):
                    yield words, b or (bold and own is None), i or (italic and own is None)
            yield child.tail or "", bold, italic

    def _chain(self, name: str) -> Iterator[tuple[str, _Element]]:
        seen: set[str] = set()
        while name in self.styles and name not in seen:
            seen.add(name)
            yield name, self.styles[name]
            name = self.styles[name].get(f"{_STYLE}parent-style-name", "")
        if name and name not in seen:
            yield name, self.styles.get(name, next(iter(self.styles.values()))) if self.styles else name  # type: ignore[misc]

    def _weight(self, name: str) -> tuple[bool, bool]:
        bold = italic = None
        for _, style in self._chain(name):
            found = style.find(f"{_STYLE}text-properties") if hasattr(style, "find") else None
            if found is not None:
                bold = found.get(f"{_FO}font-weight") if bold is None else bold
                italic = found.get(f"{_FO}font-style") if italic is None else italic
        return bold == "bold" or ((bold or "").isdigit() and int(bold or 0) >= 600), italic in ("italic", "oblique")

    def _table(self, table: _Element) -> Iterator[Block]:
        rows = [
            self._cells(row)
            for row in table.iter(f"{_TABLE}table-row")
            if next(row.iterancestors(f"{_TABLE}table")) is table
        ]
        if max((len(r) for r in rows), default=0) == 1 or table.find(f".//{_TABLE}table") is not None:
            for row in rows:
                for cell in row:
                    yield from self.blocks(cell)
            return
        yield Block("table", rows=[[self._cell(cell) for cell in row] for row in rows])

    @staticmethod
    def _cells(row: _Element) -> list[_Element]:
        out: list[_Element] = []
        for cell in row:
            if cell.tag in (f"{_TABLE}table-cell", f"{_TABLE}covered-table-cell"):
                repeat = int(cell.get(f"{_TABLE}number-columns-repeated", "1"))
                out += [cell] * (repeat if len(cell) else min(repeat, 64))
        return out

    def _cell(self, cell: _Element) -> str:
        blocks = [b for b in self.blocks(cell) if b.text.strip()]
        return "\n".join(("• " if b.kind == "bullet" else "") + b.text for b in blocks)


def _words(element: _Element) -> str:
    """The words of a paragraph: without notes, annotations, frames; with its spaces, tabs and line breaks."""
    out = [element.text or ""]
    for child in element:
        if child.tag == f"{_TEXT}s":
            out.append(" " * int(child.get(f"{_TEXT}c", "1")))
        elif child.tag == f"{_TEXT}tab":
            out.append("\t")
        elif child.tag == f"{_TEXT}line-break":
            out.append("\n")
        elif child.tag not in _LEFT_OUT:
            out.append(_words(child))
        out.append(child.tail or "")
    return "".join(out)
