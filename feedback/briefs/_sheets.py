"""A page's tables and claims as a workbook: text stays text, formulas never run."""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from feedback.briefs._html import keywords
from feedback.briefs._page import HIDDEN, Page, QuoteBlock, Table, plain, sourced
from feedback.briefs._words import UNTRANSLATED

_NUMBER = re.compile(r"^\d+$")
_QUOTE = (("quote", 70), ("who", 22), ("address", 18), ("language", 10), ("translation", 50), ("translator", 18))
_CLAIM = (("claim", 8), ("kind", 12), ("value", 12), ("stands on", 100))


def render(page: Page) -> bytes:
    """Render every table of a page on a sheet of its own, and the claims on the last."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": page.title, "author": "feedback", "keywords": keywords(page), "created": datetime(2000, 1, 1)})
    head = book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"})
    cell = book.add_format({"text_wrap": True, "valign": "top"})
    names: set[str] = set()
    for block in (b for s in page.sections for b in s.blocks if isinstance(b, Table)):
        sheet = book.add_worksheet(_name(block.caption, names))
        sheet.write_string(0, 0, block.caption, book.add_format({"bold": True}))
        for column, text in enumerate(block.head):
            sheet.write_string(2, column, text, head)
            sheet.set_column(column, column, 40 if column == 0 else 18)
        for number, row in enumerate(block.rows, start=3):
            for column, inline in enumerate(row):
                text = plain(inline)
                if _NUMBER.match(text):
                    sheet.write_number(number, column, int(text), cell)
                else:
                    sheet.write_string(number, column, "not shown" if text == HIDDEN else text, cell)
        sheet.freeze_panes(3, 1)
        if block.note:
            sheet.write_string(len(block.rows) + 4, 0, block.note)
    quotes = [b for s in page.sections for b in s.blocks if isinstance(b, QuoteBlock)]
    if quotes:
        _listed(book.add_worksheet(_name("Quotes", names)), _QUOTE, [_quote(q) for q in quotes], head=head, cell=cell)
    stands = {c.id: plain(sourced(c, page.language)) for c in page.claims.values()}
    claims = [(c.id, c.kind, "" if c.kind == "quote" else str(c.value), stands[c.id]) for c in page.claims.values()]
    _listed(book.add_worksheet(_name("Sources", names)), _CLAIM, claims, head=head, cell=cell)
    book.close()
    return buffer.getvalue()


def _quote(q: QuoteBlock) -> tuple[str, ...]:
    translation = q.translation or (UNTRANSLATED["en"] if q.slot else "")
    return (q.text, q.label, q.ref, q.language or "", translation, q.translator)


def _listed(sheet: Any, heads: tuple[tuple[str, int], ...], rows: Sequence[tuple[str, ...]], *, head: Any, cell: Any) -> None:
    for column, (text, width) in enumerate(heads):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, width)
    for number, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            sheet.write_string(number, column, text, cell)
    sheet.freeze_panes(1, 1)


def _name(caption: str, used: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", "", caption)[:28] or "Table"
    name, number = base, 2
    while name.lower() in used:
        name, number = f"{base[:25]} {number}", number + 1
    used.add(name.lower())
    return name
