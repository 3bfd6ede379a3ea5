"""PDF files: words by their place on the page become lines, columns, paragraphs, list items and running heads."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from feedback.errors import Problem, ReadError
from feedback.ingest._layout import Line, Page, blocks_of_pages, lines_of, running_lines
from feedback.ingest._notes import read_blocks
from feedback.ingest._units import Document

__all__ = ["read_document"]


def read_document(path: Path, raw: bytes) -> Document:
    """Read a .pdf file into units; raises ReadError for a scan, a password or a damaged file."""
    _check(path, raw)
    pages, empty = _pages(path, raw)
    if not any(page.lines or page.tables for page in pages):
        raise ReadError(
            "this PDF is a scan: it holds pictures of pages and no text.", file=path.name,
            remedy="Run it through text recognition (OCR), or type the notes, and add that file.",
        )  # fmt: skip
    problems = []
    if empty:
        where = ", ".join(str(n) for n in empty)
        problems.append(
            Problem(
                path.name,
                f"page {where}",
                "this page holds a picture and no text; it is not read.",
                "Type what it says, or recognise it (OCR).",
                blocking=False,
            )
        )
    running = running_lines(pages)
    return read_blocks(blocks_of_pages(pages, running), format="pdf", file=path.name, problems=problems)


def _check(path: Path, raw: bytes) -> None:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(raw) as opened:
            if len(opened):
                return
    except pypdfium2.PdfiumError as error:
        locked = "password" in str(error).lower() or b"/Encrypt" in raw
        what = "this PDF is locked with a password." if locked else "this PDF is damaged and cannot be opened."
        remedy = (
            "Save a copy without a password, and add that."
            if locked
            else "Export it again from the program it was made in."
        )
        raise ReadError(what, file=path.name, remedy=remedy) from None
    raise ReadError("this PDF has no pages.", file=path.name, remedy="Export it again from the program it was made in.")


def _pages(path: Path, raw: bytes) -> tuple[list[Page], list[int]]:
    import logging

    import pdfplumber

    logging.getLogger("pdfminer").setLevel(logging.ERROR)
    pages: list[Page] = []
    empty: list[int] = []
    try:
        with pdfplumber.open(io.BytesIO(raw)) as opened:
            for number, page in enumerate(opened.pages, start=1):
                found = _page(page, number)
                pages.append(found)
                if not found.lines and not found.tables and page.images:
                    empty.append(number)
                page.close()
    except Exception as error:  # pdfminer raises many kinds on damaged files
        raise ReadError(
            "this PDF is damaged and cannot be read to its end.", file=path.name, place=f"page {len(pages) + 1}",
            remedy="Export it again from the program it was made in.",
        ) from error  # fmt: skip
    return pages, empty


def _page(page: Any, number: int) -> Page:
    words = page.extract_words(
        x_tolerance=1.5, y_tolerance=2, keep_blank_chars=False, use_text_flow=False, extra_attrs=["fontname", "size"],
    )  # fmt: skip
    tables = []
    for table in page.find_tables({"vertical_strategy": "lines", "horizontal_strategy": "lines"}):
        rows = _cells(table, words)
        if len(rows) > 1 and max(map(len, rows)) > 1 and sum(bool(c) for r in rows for c in r) >= 3:
            tables.append((table.bbox, rows))
    for box, _ in tables:
        words = [w for w in words if not _inside(w, box)]
    return Page(number, float(page.width), float(page.height), lines_of(words), tables)


def _cells(table: Any, words: Sequence[dict[str, Any]]) -> list[list[str]]:
    rows = []
    for row in table.rows:
        cells = []
        for box in row.cells:
            inner = [w for w in words if _inside(w, box)] if box else []
            cells.append(_cell_text(lines_of(inner)))
        rows.append(cells)
    return rows


def _cell_text(lines: list[Line]) -> str:
    """Join the lines of a cell; a list item or a gap begins a new paragraph."""
    page = Page(0, 0.0, 0.0, lines, [])
    parts = blocks_of_pages([page], set())
    return "\n".join(("• " if b.kind == "bullet" else "") + b.text for b in parts)


def _inside(word: dict[str, Any], box: Sequence[float]) -> bool:
    x, y = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(box[0] <= x <= box[2] and box[1] <= y <= box[3])
