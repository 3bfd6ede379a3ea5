"""Workbooks and tables of text: sticky-note walls, capture grids, transcripts, and the exports of other tools."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from feedback.errors import Problem, ReadError, RefusedFile
from feedback.ingest._blocks import Block, mark_of
from feedback.ingest._columns import columns_of, votes_of
from feedback.ingest._grids import add_document, header_row, is_roster, table_drafts
from feedback.ingest._guard import decode
from feedback.ingest._notes import read_notes
from feedback.ingest._sections import header_field, is_debrief, is_guide_line, is_header_line, is_parking, is_question
from feedback.ingest._signin import refusal
from feedback.ingest._units import Document, Draft

__all__ = ["delimiter_of", "read_document", "sheet_document"]

Rows = list[list[str]]


def read_document(path: Path, raw: bytes) -> Document:
    """Read .xlsx, .xls, .ods, .csv or .tsv into units."""
    text = path.suffix.lower() in (".csv", ".tsv", ".tab")
    document = _read_text(path, raw) if text else _read_workbook(path, raw)
    _guide(document)
    return document


def _guide(document: Document) -> None:
    """Where nobody wrote down the questions, the headings over the notes are what was asked."""
    if any(d.kind == "prompt" for d in document.drafts) or any(
        "?" in x or is_guide_line(x) for x in document.header_lines
    ):
        return
    asked = dict.fromkeys(d.prompt for d in document.drafts if d.kind == "note" and d.prompt is not None)
    if asked:
        heads = [document.drafts[i].text for i in asked]
        document.fields.setdefault("guide", " ".join(f"({n}) {head}" for n, head in enumerate(heads, start=1)))


# -- text tables ----------------------------------------------------------------------------------------------------


def _read_text(path: Path, raw: bytes) -> Document:
    text = decode(raw, file=path.name)
    if not text.strip():
        raise ReadError("the file is empty.", file=path.name, remedy="Save the table again and add that file.")
    try:
        rows = [
            [_clean(c) for c in row] for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter_of(text))
        ]
    except csv.Error:
        raise ReadError(
            "this is not a table that can be read.", file=path.name, remedy="Save it again as CSV UTF-8."
        ) from None
    if is_roster(rows):
        raise RefusedFile(refusal[0], file=path.name, remedy=refusal[1])
    document = sheet_document(rows, file=path.name)
    if not document.drafts:
        raise ReadError("there is nothing in the table.", file=path.name, remedy="Check that this is the right file.")
    document.format = "csv"
    return document


def delimiter_of(text: str) -> str:
    r"""Return the delimiter that divides most rows into the same number of cells, more than one.

    >>> delimiter_of("a;b\n1,5;2\n"), delimiter_of("only one column\nof notes, really\n")
    (';', ',')
    """
    sample = text[:200_000]
    best, chosen = (0.0, 0), ","
    for mark in (",", ";", "\t", "|"):
        try:
            widths = [
                len(r) for r in csv.reader(io.StringIO(sample, newline=""), delimiter=mark) if any(c.strip() for c in r)
            ][:200]
        except csv.Error:
            continue
        common = max(set(widths), key=lambda w: (widths.count(w), w)) if widths else 1
        score = (round(widths.count(common) / len(widths), 1), common) if common > 1 else (0.0, 0)
        if score > best:
            best, chosen = score, mark
    return chosen


# -- workbooks ------------------------------------------------------------------------------------------------------


def _read_workbook(path: Path, raw: bytes) -> Document:
    import python_calamine

    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(raw))
    except Exception as error:  # calamine raises its own, zip and XML errors
        raise ReadError(
            "this is not a workbook that can be opened.", file=path.name,
            remedy="Open it in Excel, save it again as .xlsx without a password, and add that file.",
        ) from error  # fmt: skip
    document = Document([], format=path.suffix.lower().lstrip("."))
    hidden = rosters = 0
    for meta in book.sheets_metadata:
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        if meta.visible != python_calamine.SheetVisibleEnum.Visible:
            hidden += 1
            continue
        cells = book.get_sheet_by_name(meta.name).to_python(skip_empty_area=True)
        rows = [[_show(c) for c in row] for row in cells]
        if is_roster(rows):
            rosters += 1
            continue
        add_document(document, sheet_document(rows, file=path.name, name=meta.name, first=not document.drafts))
    if rosters and not document.drafts:
        raise RefusedFile(refusal[0], file=path.name, remedy=refusal[1])
    if rosters:
        many, one = "sheets look like a sign-in sheet and are not read.", "sheet looks like a sign-in sheet and is not read."
        what = f"{rosters} {many if rosters > 1 else one}"
        document.problems.append(
            Problem(path.name, "", what, "Please delete it from the file before you share it.", blocking=False)
        )
    if hidden:
        what = f"{hidden} hidden sheet{'s are' if hidden > 1 else ' is'} not read."
        document.problems.append(Problem(path.name, "", what, "Unhide what belongs to the session.", blocking=False))
    if not document.drafts:
        raise ReadError("there is nothing in its sheets.", file=path.name, remedy="Check that this is the right file.")
    return document


def _show(cell: Any) -> str:
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() else repr(cell)
    if isinstance(cell, dt.datetime):
        return cell.strftime("%Y-%m-%d") if cell.time() == dt.time() else cell.strftime("%Y-%m-%d %H:%M:%S")
    if isinstance(cell, dt.timedelta):
        total = int(cell.total_seconds())
        return f"{total // 3600:02d}:{total // 60 % 60:02d}:{total % 60:02d}"
    return _clean(str(cell))


def _clean(text: str) -> str:
    """Keep the line breaks of a cell only where they divide list items."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if "\n" in text and not any(mark_of(line)[0] for line in text.split("\n")):
        return " ".join(text.split("\n"))
    return text


# -- one sheet ------------------------------------------------------------------------------------------------------


def sheet_document(rows: Rows, *, file: str, name: str = "", first: bool = True) -> Document:
    """Read one sheet: its header lines, its table, and lists below or instead of one."""
    rows = [[c.strip() for c in row] for row in rows]
    document = Document([])
    blank_before = True
    parts: list[Rows] = [[]]
    for row in rows:
        filled = [c for c in row if c]
        if (
            filled
            and len(filled) == 1
            and (is_parking(filled[0]) or is_debrief(filled[0]))
            and (blank_before or _below_table(parts[-1]))
        ):
            parts.append([])
        blank_before = not filled
        if filled:
            parts[-1].append(row)
    for i, part in enumerate(p for p in parts if p):
        add_document(document, _part(part, file=file, name=name, first=first and i == 0))
    return document


def _below_table(part: Rows) -> bool:
    return any(sum(bool(c) for c in row) > 1 for row in part)


def _part(rows: Rows, *, file: str, name: str, first: bool) -> Document:
    opens = _opens(rows)  # a parking lot or a debrief has no header
    top = _table_start(rows, header=not opens)
    if top == len(rows):
        return _list(rows, name=name, first=first)
    if opens:
        top = 0
    elif top > 1 and votes_of(rows[top][-1]) is not None and not is_header_line(next(c for c in rows[top - 1] if c)):
        top -= 1  # notes with votes beside them: the line above them is their heading
    elif top == 1 and votes_of(rows[top][-1]) is not None and len(next(c for c in rows[0] if c)) <= 40:
        top -= 1
    document = Document([])
    for row in rows[:top]:
        cells = [c for c in row if c]
        keyed = any(header_field(c) for c in cells[::2])
        if len(cells) > 1 and not keyed:  # facts side by side, each in a cell of its own
            document.header_lines.append(" | ".join(cells))
        elif len(cells) > 1:
            document.fields.update({cells[i].rstrip(": "): cells[i + 1] for i in range(0, len(cells) - 1, 2)})
        if keyed or len(cells) == 1:
            document.header_lines.append(
                ": ".join(c.rstrip(":") if i % 2 == 0 and len(cells) > 1 else c for i, c in enumerate(cells))
            )
        document.drafts += [Draft(c, role="heading", kind="process") for c in cells]
    table = rows[top:]
    found = table_drafts(table, file=file)
    if is_parking(name) or is_debrief(name):
        _mark(found.drafts, name)
    add_document(document, found)
    return document


def _table_start(rows: Rows, *, header: bool) -> int:
    """Index of the first row of the table: the first with several cells that is not a field of the header."""
    voted = (i for i, row in enumerate(rows[:12]) if sum("votes" in columns_of([c]) for c in row if c) >= 2)
    if header and (start := next(voted, None)) is not None:
        return start
    for i, row in enumerate(rows):
        filled = [c for c in row if c]
        if len(filled) < 2 or (header and header_row(row) and not _named(row)):
            continue
        return i
    return len(rows)


def _named(row: Sequence[str]) -> bool:
    known = columns_of(row)
    return ("text" in known and len(known) > 1) or any("votes" in columns_of([c]) for c in row if c)


def _list(rows: Rows, *, name: str, first: bool) -> Document:
    """Read a sheet of one column as a page of notes."""
    blocks: list[Block] = []
    if name and not first and (is_parking(name) or is_debrief(name)) and not _opens(rows):
        blocks.append(Block("heading", name, 1))
    body = not first
    for i, row in enumerate(rows):
        text = next(c for c in row if c)
        mark, words = mark_of(text)
        section = is_parking(text) or is_debrief(text)
        body = body or section or mark == "bullet" or is_question(text) or (not is_header_line(text) and i > 0)
        if section or (is_question(text) and mark != "bullet" and _asks_next(rows, i)):
            blocks.append(Block("heading", text, 1))
        elif body:
            blocks.append(Block("bullet", words))
        else:
            blocks.append(Block("paragraph", text))
    return read_notes(blocks)


def _opens(rows: Rows) -> bool:
    text = next(c for c in rows[0] if c)
    return is_parking(text) or is_debrief(text)


def _asks_next(rows: Rows, i: int) -> bool:
    """A question opens a part only where something that is no question follows it."""
    before = [next(c for c in r if c) for r in rows[:i]]
    if any(is_parking(t) or is_debrief(t) for t in before):
        return False
    return i + 1 < len(rows) and not is_question(next(c for c in rows[i + 1] if c))


def _mark(drafts: list[Draft], name: str) -> None:
    for draft in drafts:
        if draft.role == "heading":
            continue
        if is_debrief(name):
            draft.role, draft.kind = "notetaker", "debrief"
        else:
            draft.parking_lot = True
