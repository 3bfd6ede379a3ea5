"""Rich text: paragraphs with their style, list marks, bold and italics; deleted changes and notes dropped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from feedback.errors import Problem, ReadError
from feedback.ingest._blocks import Block, mark_of
from feedback.ingest._notes import read_blocks
from feedback.ingest._units import Document

__all__ = ["read_document"]

_MAX_DEPTH = 400
_TOKEN = re.compile(r"\\([a-zA-Z]+)(-?\d+)? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z'])|([{}])|([^\\{}\r\n]+)|[\r\n]+|\\")
_SKIPPED = frozenset(
    [
        "fonttbl",
        "colortbl",
        "info",
        "pict",
        "object",
        "header",
        "headerl",
        "headerr",
        "headerf",
        "footer",
        "footerl",
        "footerr",
        "footerf",
        "footnote",
        "annotation",
        "atnid",
        "atnauthor",
        "atnref",
        "atnicn",
        "atrfstart",
        "atrfend",
        "fldinst",
        "listtable",
        "listoverridetable",
        "revtbl",
        "rsidtbl",
        "generator",
        "themedata",
        "colorschememapping",
        "latentstyles",
        "datastore",
        "xmlnstbl",
        "filetbl",
        "pgptbl",
        "mmathpr",
        "nonshppict",
        "sp",
        "sn",
        "sv",
        "bkmkstart",
        "bkmkend",
        "panose",
        "falt",
        "private",
        "shpinst",
        "pnseclvl",
        "wgrffmtfilter",
        "tc",
        "xe",
    ]
)
_CHARACTERS = {
    "tab": "\t", "line": "\n", "bullet": "•", "emdash": "—", "endash": "–", "lquote": "‘", "rquote": "’",
    "ldblquote": "“", "rdblquote": "”", "emspace": " ", "enspace": " ", "qmspace": " ",
}  # fmt: skip
_MARKS = {"~": "\u00a0", "_": "-", "-": "", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n"}


@dataclass(frozen=True)
class _State:
    """What holds within a group."""

    bold: bool = False
    italic: bool = False
    skip: bool = False
    mark: bool = False
    styles: bool = False
    unicode: int = 1
    deleted: bool = False


@dataclass
class _Paragraph:
    runs: list[tuple[str, bool, bool]] = field(default_factory=list)
    mark: str = ""
    style: int | None = None
    outline: int | None = None
    level: int = 0
    listed: bool = False
    in_table: bool = False


def read_document(path: Path, raw: bytes) -> Document:
    """Read an .rtf file into units."""
    if not raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"{\\rtf"):
        raise ReadError(
            "this is not rich text: it does not begin with {\\rtf.",
            file=path.name,
            remedy="Save it again as .rtf or .docx.",
        )
    reader = _Reader(raw.decode("latin-1"), path.name)
    blocks = [b for b in reader.blocks() if b.text.strip() or b.rows]
    problems = []
    if reader.notes:
        word = "footnotes or comments" if reader.notes > 1 else "footnote or comment"
        what = f"{reader.notes} {word} not read: an editor's, not participants' words."
        problems.append(Problem(path.name, "", what, "Copy what belongs to the session into the text.", blocking=False))
    return read_blocks(blocks, format="rtf", file=path.name, problems=problems)


class _Reader:
    """One walk through the control words."""

    def __init__(self, source: str, file: str) -> None:
        self.source, self.file = source, file
        page = re.search(r"\\ansicpg(\d+)", source[:2000])
        self.codec = (
            "mac_roman"
            if "\\mac" in source[:200]
            else f"cp{page[1]}"
            if page and page[1] not in ("0", "10000", "65001")
            else "cp1252"
        )
        self.state, self.stack = _State(), [_State()]
        self.paragraph, self.names = _Paragraph(), dict[int, str]()
        self.row: list[str] = []
        self.cell: list[Block] = []
        self.table: list[list[str]] = []
        self.bytes, self.waste, self.notes, self.star = bytearray(), 0, 0, False
        self.pending: list[Block] = []

    def blocks(self) -> Iterator[Block]:
        """Yield the blocks of the document."""
        for m in _TOKEN.finditer(self.source):
            word, number, code, mark, brace, text = m.groups()
            if code:
                self._byte(int(code, 16))
                continue
            self._flush()
            if brace:
                self._group(brace)
            elif word:
                self._control(word.lower() if word != "listtext" else word, int(number) if number else None)
            elif mark:
                if mark == "*":
                    self.star = True
                else:
                    self._say(_MARKS.get(mark, ""))
                    self._end_paragraph() if mark in "\r\n" else None
            elif text:
                self._say(text)
            yield from self._take()
        self._flush()
        self._end_paragraph()
        self._end_table()
        yield from self._take()

    def _take(self) -> list[Block]:
        out, self.pending = self.pending, []
        return out

    # -- tokens -----------------------------------------------------------------------------------------------------

    def _group(self, brace: str) -> None:
        self.star = False
        if brace == "{":
            self.stack.append(self.state)
            if len(self.stack) > _MAX_DEPTH:
                raise ReadError(
                    "the file is nested far too deeply to be a document.",
                    file=self.file,
                    remedy="Save it again as .docx.",
                )
        elif len(self.stack) > 1:
            self.state = self.stack.pop()

    def _control(self, word: str, number: int | None) -> None:
        on = number != 0
        starred, self.star = self.star, False
        if word in _SKIPPED or (starred and word not in ("shptxt", "pntext", "pn", "cs", "shppict")):
            self.notes += word in ("footnote", "annotation")
            self.state = replace(self.state, skip=True)
        elif word in ("listtext", "pntext"):
            self.state = replace(self.state, mark=True)
        elif word == "stylesheet":
            self.state = replace(self.state, styles=True)
        elif word == "u" and number is not None:
            self._say(chr(number % 65536))
            self.waste = self.state.unicode
        elif word in _CHARACTERS:
            self._say(_CHARACTERS[word])
        elif word in ("b", "i", "deleted", "uc", "plain"):
            self._format(word, number, on=on)
        elif not self.state.skip and not self.state.styles:
            self._layout(word, number)
        elif self.state.styles and word == "s" and number is not None:
            self.paragraph.style = number

    def _format(self, word: str, number: int | None, *, on: bool) -> None:
        changes = {
            "b": {"bold": on}, "i": {"italic": on}, "deleted": {"deleted": on},
            "uc": {"unicode": number if number is not None else 1},
            "plain": {"bold": False, "italic": False, "deleted": False},
        }[word]  # fmt: skip
        self.state = replace(self.state, **changes)  # type: ignore[arg-type]

    def _layout(self, word: str, number: int | None) -> None:
        p = self.paragraph
        if word in ("par", "sect", "page"):
            self._end_paragraph()
        elif word == "pard":
            self.paragraph = _Paragraph(p.runs, p.mark)
        elif word == "s":
            p.style = number
        elif word == "outlinelevel":
            p.outline = number
        elif word == "ls":
            p.listed = number != 0
        elif word == "ilvl":
            p.level = number or 0
        elif word == "intbl":
            p.in_table = True
        elif word == "cell":
            self._end_paragraph(cell=True)
            self.row.append(
                "\n".join(("• " if b.kind == "bullet" else "") + b.text for b in self.cell if b.text.strip())
            )
            self.cell = []
        elif word == "row":
            self.table.append(self.row)
            self.row = []

    def _byte(self, value: int) -> None:
        if self.waste:
            self.waste -= 1
        else:
            self.bytes.append(value)

    def _flush(self) -> None:
        if self.bytes:
            try:
                text = bytes(self.bytes).decode(self.codec, "replace")
            except LookupError:
                text = bytes(self.bytes).decode("cp1252", "replace")
            self.bytes.clear()
            self._say(text, keep=True)

    def _say(self, text: str, *, keep: bool = False) -> None:
        if self.waste and not keep:
            text, self.waste = text[self.waste :], max(0, self.waste - len(text))
        if self.state.skip or self.state.deleted or not text:
            return
        if self.state.styles:
            if text.strip(" ;"):
                self.names[self.paragraph.style or 0] = text.strip(" ;").lower()
        elif self.state.mark:
            self.paragraph.mark += text
        else:
            self.paragraph.runs.append((text, self.state.bold, self.state.italic))

    # -- blocks -----------------------------------------------------------------------------------------------------

    def _end_paragraph(self, *, cell: bool = False) -> None:
        p = self.paragraph
        block = self._block(p)
        self.paragraph = replace(p, runs=[], mark="")
        if cell or p.in_table:
            self.cell.append(block)
            return
        if block.text.strip():
            self._end_table()
            self.pending.append(block)

    def _end_table(self) -> None:
        if self.table:
            self.pending.append(Block("table", rows=self.table))
            self.table = []

    def _block(self, p: _Paragraph) -> Block:
        shown = [r for r in p.runs if r[0].strip()]
        text = "".join(r[0] for r in p.runs).strip(" ")
        bold, italic = bool(shown) and all(r[1] for r in shown), bool(shown) and all(r[2] for r in shown)
        label = ""
        for words, strong, _ in [] if bold else shown:
            if not strong:
                break
            label += words
        block = Block("paragraph", text, bold=bold, italic=italic, label=label.strip() or None)
        name = self.names.get(p.style, "") if p.style else ""
        mark, words = mark_of(text.lstrip())
        if re.match(r"(?:sub)?title|t[ií]tulo$", name):
            block.kind = "heading"
        elif re.match(r"heading|encabezado|t[ií]tulo \d", name) or (p.outline is not None and p.outline < 9):
            block.kind, block.level = "heading", int((re.search(r"\d", name) or [str(p.outline or 0)])[0])
        elif mark == "bullet":
            block.kind, block.text = "bullet", words
        elif p.mark.strip() or p.listed or name.startswith("list "):
            block.kind, block.level = "bullet", p.level
        block.numbered = mark == "number"
        return block
