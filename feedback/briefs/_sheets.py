"""A page's tables and claims as a workbook: text stays text, formulas never run."""

from __future__ import annotations

import io
import re
from datetime import datetime

from feedback.briefs._html import keywords
from feedback.briefs._page import HIDDEN, Page, Table, plain

_NUMBER = re.compile(r"^\d+$")


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
    sheet = book.add_worksheet(_name("Sources", names))
    for column, (text, width) in enumerate((("claim", 8), ("kind", 12), ("value", 12), ("stands on", 100))):
        sheet.write_string(0, column, text, head)
        sheet.set_column(column, column, width)
    for number, claim in enumerate(page.claims.values(), start=1):
        value = "" if claim.kind == "quote" else str(claim.value)
        for column, text in enumerate((claim.id, claim.kind, value, plain(claim.source))):
            sheet.write_string(number, column, text, cell)
    book.close()
    return buffer.getvalue()


def _name(caption: str, used: set[str]) -> str:
    base = re.sub(r"[\[\]:*?/\\']", "", caption)[:28] or "Table"
    name, number = base, 2
    while name.lower() in used:
        name, number = f"{base[:25]} {number}", number + 1
    used.add(name.lower())
    return name
