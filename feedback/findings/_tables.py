"""Small tables that people bring: CSV with a header row, read strictly, every problem with its line."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from feedback.errors import Problem, TableError

Rows = list[tuple[int, dict[str, str]]]


def read_table(path: str | Path, *, required: tuple[str, ...] = ()) -> Rows:
    """Rows of a CSV file as (line, column -> words); raises TableError for what is no table or lacks a column."""
    source = Path(path)
    try:
        text = source.read_text(encoding="utf-8-sig")
    except OSError as err:
        raise TableError([Problem(source.name, "", f"cannot be opened ({err.strerror}).", "Check the name.")]) from None
    except UnicodeDecodeError:
        raise TableError([Problem(source.name, "", "is not UTF-8.", "Save it as CSV UTF-8.")]) from None
    return parse_table(text, name=source.name, required=required)


def parse_table(text: str, *, name: str, required: tuple[str, ...] = ()) -> Rows:
    """The same from text that is already here."""
    sample = text.split("\n", 1)[0]
    mark = max(",;\t", key=sample.count)
    rows = [r for r in csv.reader(io.StringIO(text), delimiter=mark)]
    if not rows or not any(c.strip() for c in rows[0]):
        raise TableError([Problem(name, "", "is empty.", "Its first row names the columns.")])
    head = [c.strip().casefold() for c in rows[0]]
    missing = [c for c in required if c not in head]
    if missing:
        there = ", ".join(c for c in head if c)
        raise TableError([Problem(name, "line 1", f"has no column {', '.join(missing)}.", f"It has: {there}.")])
    out: Rows = []
    for line, row in enumerate(rows[1:], start=2):
        if any(c.strip() for c in row):
            out.append((line, {h: (row[i].strip() if i < len(row) else "") for i, h in enumerate(head) if h}))
    return out
