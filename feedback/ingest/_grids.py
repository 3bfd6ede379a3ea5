"""Grids: tables of documents and sheets as people lay them out. Walls, capture grids, long tables, header tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback.ingest._blocks import mark_of, without_number
from feedback.ingest._columns import Column, column_of, columns_of, speaker_label, votes_of
from feedback.ingest._exports import export_document, session_fields
from feedback.ingest._sections import (
    Labels,
    header_field,
    is_aside,
    is_debrief,
    is_parking,
    is_question,
    labels_of,
    note_taker_kind,
    quoted,
)  # fmt: skip
from feedback.ingest._signin import is_sign_in_header
from feedback.ingest._units import Document, Draft

__all__ = ["add_document", "header_row", "header_table", "is_roster", "table_drafts"]

Rows = Sequence[Sequence[str]]


def header_table(rows: Rows) -> dict[str, str] | None:
    """Return the fields of a table of labels and values (`Month | March 2025`), or None where it is not one."""
    pairs: list[tuple[str, str]] = []
    for row in rows:
        cells = [c.strip() for c in row]
        while cells and not cells[-1]:
            cells.pop()
        if len(cells) == 1 and ":" in cells[0]:
            label, _, value = cells[0].partition(":")
            cells = [label, value.strip()]
        if len(cells) > 4 or (len(cells) % 2 and len(cells) > 1):
            return None
        pairs += [(cells[i].rstrip(":").strip(), cells[i + 1]) for i in range(0, len(cells) - 1, 2) if cells[i]]
    named = [label for label, _ in pairs if header_field(label)]
    if len(named) < 2 or len(named) < 0.6 * len(pairs) or any(column_of(v) == "text" for _, v in pairs[:1]):
        return None
    return dict(pairs)


def header_row(row: Sequence[str]) -> bool:
    """Say whether a row of two or four cells is a header field with its value, or two of them."""
    cells = [c for c in row if c.strip()]
    if len(cells) not in (2, 4) or any("?" in c for c in cells):
        return False
    return all(header_field(c) for c in cells[::2]) and not any(header_field(c) and len(c) < 16 for c in cells[1::2])


def is_roster(rows: Rows) -> bool:
    """Say whether a table is a sign-in sheet: a column of names beside signatures, telephones or e-mail."""
    return any(is_sign_in_header(row) and not any(is_question(c) for c in row) for row in rows[:12])


def add_document(document: Document, other: Document) -> None:
    """Append what was read from a further sheet or table."""
    base = len(document.drafts)
    for draft in other.drafts:
        if draft.prompt is not None:
            draft.prompt += base
        document.drafts.append(draft)
    document.header_lines += other.header_lines
    document.fields.update({k: v for k, v in other.fields.items() if k not in document.fields})
    document.problems += other.problems
    document.transcript = document.transcript or other.transcript


def table_drafts(rows: Rows, *, file: str = "") -> Document:
    """Read one table: a known export, a transcript, or cell by cell in the shape its first row and column show."""
    grid = _trim(rows)
    if not grid:
        return Document([])
    if len(grid) > 1 and _banner(grid[0]):
        return _under_banners(grid, file=file)
    return export_document(grid, file=file) or _Table(grid, file=file).read()


def _banner(row: Sequence[str]) -> bool:
    """Say whether a row is one question over the whole table."""
    return len(row) > 1 and bool(row[0]) and not any(row[1:]) and is_question(row[0])


def _under_banners(grid: Rows, *, file: str) -> Document:
    """Read a table whose rows stand under questions that go right across it."""
    document = Document([])
    starts = [i for i, row in enumerate(grid) if _banner(row)]
    for start, end in zip(starts, [*starts[1:], len(grid)], strict=True):
        base = len(document.drafts)
        document.drafts.append(Draft(grid[start][0], role="heading", kind="prompt"))
        rows = grid[start + 1 : end]
        if rows and all(len(r) == 2 and speaker_label(r[0]) for r in rows):
            inner = Document([Draft(words, speaker=who, role="participant") for who, words in rows])
        else:
            inner = table_drafts(rows, file=file)
        add_document(document, inner)
        for draft in document.drafts[base + 1 :]:
            if draft.role != "heading" and draft.prompt is None:
                draft.prompt = base
    return document


def _trim(rows: Rows) -> list[list[str]]:
    """Drop empty rows and columns; make all rows equally long."""
    width = max((len(r) for r in rows), default=0)
    full = [[c.strip() for c in r] + [""] * (width - len(r)) for r in rows if any(c.strip() for c in r)]
    keep = [j for j in range(width) if any(r[j] for r in full)]
    return [[r[j] for j in keep] for r in full]


@dataclass
class _Table:
    """One table while it is read."""

    rows: list[list[str]]
    document: Document = field(default_factory=lambda: Document([]))
    labels: Labels = field(default_factory=Labels)
    asking: bool = False
    file: str = ""

    def read(self) -> Document:
        """Choose the shape and read it."""
        self.labels = labels_of(without_number(c) for r in self.rows for c in r)
        head, body = self.rows[0], self.rows[1:]
        columns = columns_of(head)
        for names in (head, [r[0] for r in self.rows]):
            named = [
                c for c in names if c and column_of(c) is None and speaker_label(c) is None and votes_of(c) is None
            ]
            self.asking = self.asking or (len(named) >= 3 and sum(is_question(c) for c in named) > 0.5 * len(named))
        unnamed = [c for c in head if c and column_of(c) is None]
        if (
            body
            and "text" in columns
            and ("speaker" in columns or len(unnamed) < 2 or any(speaker_label(c) is None for c in unnamed))
            and ("question" in columns or "speaker" in columns or "start" in columns or "role" in columns)
        ):
            self._long(columns, body)
        elif body and len(head) > 1 and self._coded([r[0] for r in body], head[0]):
            self._grid(head, body)
        elif body and self._coded(head[1:], "speaker"):
            self._across(head, body)
        elif len(head) == 1:
            self._list([r[0] for r in self.rows])
        elif self._questions_left() or self._topics_left():
            self._left(self.rows)
        elif body:
            self._wall(head, body)
        else:
            for cell in head:
                self._cell(cell)
        return self.document

    @staticmethod
    def _coded(cells: Sequence[str], name: str) -> bool:
        """Say whether cells are labels of people; bare numbers are only where the column's name says so."""
        filled = [c for c in cells if c]
        if all(c.isdigit() for c in filled) and column_of(name) not in ("speaker", "id"):
            return False
        return len(filled) >= 2 and sum(speaker_label(c) is not None for c in filled) >= 0.6 * len(filled)

    def _questions_left(self) -> bool:
        left = [r[0] for r in self.rows if r[0]]
        return (
            len(self.rows[0]) in (2, 3)
            and sum(is_question(c) for c in left) >= max(2, 0.5 * len(left))
            and not is_question(self.rows[0][-1])
        )

    def _topics_left(self) -> bool:
        """Say whether short topics stand on the left, longer notes on the right, and no heads above them."""
        left, right = [r[0] for r in self.rows if r[0]], [r[1] for r in self.rows if len(r) > 1 and r[1]]
        if (
            len(self.rows[0]) != 2
            or len(left) < 2
            or len(right) < 2
            or any(votes_of(c) is not None for c in left + right)
        ):
            return False
        headless = len(self.rows[0][1]) > 25 or "\n" in self.rows[0][1]
        return (
            headless
            and max(map(len, left)) <= 70
            and sum(map(len, left)) / len(left) < 0.35 * sum(map(len, right)) / len(right)
        )

    # -- shapes -----------------------------------------------------------------------------------------------------

    def _long(self, columns: dict[Column, list[int]], body: list[list[str]]) -> None:
        """One note a row, with its question, speaker and votes beside it."""
        seen: dict[str, int] = {}
        texts = columns["text"] + columns.get("aside", [])

        def value(row: list[str], name: Column) -> str:
            return next((row[j] for j in columns.get(name, []) if row[j]), "")

        prompt: int | None = None
        for row in body:
            question = value(row, "question")
            if question:
                if question not in seen:
                    seen[question] = self._head(question)
                prompt = seen[question]
            who = speaker_label(value(row, "speaker")) or value(row, "speaker") or None
            for j in sorted(texts):
                if row[j]:
                    aside = j in columns.get("aside", [])
                    votes = votes_of(value(row, "votes"))
                    self._cell(row[j], speaker=who, prompt=prompt, votes=votes, aside=aside, part=question)
        session_fields(self.document, columns, body, file=self.file)

    def _grid(self, head: list[str], body: list[list[str]]) -> None:
        """Rows are people, columns are topics or questions."""
        votes = self._vote_columns(head, body)
        prompts = {
            j: self._head(c) for j, c in enumerate(head) if j and c and j not in votes and column_of(c) != "aside"
        }
        for row in body:
            who = speaker_label(row[0])
            group = who is None
            for j, cell in enumerate(row[1:], start=1):
                if cell and j not in votes:
                    own = column_of(head[j]) == "aside" or (
                        bool(re.match(r"(?i)(nt|note|obs|facil|nota)", row[0])) and group
                    )
                    tally = votes_of(row[votes_at]) if (votes_at := self._beside(j, votes)) is not None else None
                    self._cell(_whole(cell), speaker=who, prompt=prompts.get(j), votes=tally, aside=own)

    def _across(self, head: list[str], body: list[list[str]]) -> None:
        """Rows are questions, columns are people."""
        for row in body:
            prompt = self._head(row[0]) if row[0] else None
            for j, cell in enumerate(row[1:], start=1):
                if cell:
                    self._cell(
                        _whole(cell), speaker=speaker_label(head[j]), prompt=prompt, aside=column_of(head[j]) == "aside"
                    )

    def _left(self, rows: list[list[str]]) -> None:
        """Questions or topics on the left, what was said on the right."""
        head = rows[0]
        if len(rows) > 1 and (column_of(head[0]) == "question" or column_of(head[1]) == "text"):
            rows = rows[1:]
        prompt = None
        for row in rows:
            if row[0]:
                prompt = self._head(row[0])
            for j, cell in enumerate(row[1:], start=1):
                self._cell(cell, prompt=prompt, aside=len(head) > j and column_of(head[j]) == "aside")

    def _list(self, cells: list[str]) -> None:
        prompt: int | None = None
        for cell in cells:
            if is_parking(cell) or is_debrief(cell) or (is_question(cell) and cell.endswith("?") and len(cells) > 1):
                prompt = self._head(cell)
            else:
                self._cell(cell, prompt=prompt)

    def _wall(self, head: list[str], body: list[list[str]]) -> None:
        """Columns are headings with sticky notes below, votes beside them; read column by column."""
        votes = self._vote_columns(head, body)
        texts = [j for j in range(len(head)) if j not in votes]
        if len(texts) == 1 and not any(head[j] and votes_of(head[j]) is None for j in votes):
            self._tally([head, *body], texts[0], votes)
            return
        prompts = {j: self._head(head[j]) for j in texts if head[j]}
        for j in texts:
            beside = self._beside(j, votes)
            part = head[j] if j in prompts else ""
            for row in body:
                tally = votes_of(row[beside]) if beside is not None else None
                self._cell(row[j], prompt=prompts.get(j), votes=tally, aside=column_of(part) == "aside", part=part)

    def _tally(self, rows: list[list[str]], j: int, votes: set[int]) -> None:
        """One column of notes with its votes; a short line without votes, above lines that have them, is their heading."""
        beside = self._beside(j, votes)
        counts = [votes_of(row[beside]) if beside is not None else None for row in rows]
        prompt, part = None, ""
        for i, row in enumerate(rows):
            leads = counts[i] is None and i + 1 < len(rows) and counts[i + 1] is not None and len(row[j]) <= 60
            if row[j] and (
                (leads and (i == 0 or counts[i - 1] is not None)) or is_parking(row[j]) or is_debrief(row[j])
            ):
                prompt, part = self._head(row[j]), row[j]
            else:
                self._cell(row[j], prompt=prompt, votes=counts[i], part=part)

    # -- parts ------------------------------------------------------------------------------------------------------

    @staticmethod
    def _vote_columns(head: list[str], body: list[list[str]]) -> set[int]:
        found = set()
        for j, name in enumerate(head):
            cells = [r[j] for r in body if r[j]]
            counted = bool(cells) and all(votes_of(c) is not None for c in cells)
            if (counted and (column_of(name) == "votes" or not name or (j and not is_question(name)))) or (
                column_of(name) == "votes" and sum(votes_of(c) is not None for c in cells) * 2 >= len(cells)
            ):
                found.add(j)
        return found

    @staticmethod
    def _beside(j: int, votes: set[int]) -> int | None:
        """The votes of a column stand in the next one (or, where votes come first, in the one before)."""
        if not votes:
            return None
        before = 0 in votes
        k = j - 1 if before else j + 1
        return k if k in votes else None

    def _head(self, text: str) -> int:
        asks = (is_question(text) or self.asking) and not is_parking(text) and not is_debrief(text)
        self.document.drafts.append(Draft(text, role="heading", kind="prompt" if asks else "process"))
        return len(self.document.drafts) - 1

    def _cell(
        self, cell: str, *, speaker: str | None = None, prompt: int | None = None, votes: int | None = None,
        aside: bool = False, part: str = "",
    ) -> None:  # fmt: skip
        if is_parking(part) or is_debrief(part):
            prompt = None
        for text in units_in(cell):
            label, words = self.labels.take(text) if speaker is None else (speaker, text)
            own = note_taker_kind(words)
            if aside or own or is_aside(words) or is_debrief(part):
                kind = "debrief" if is_debrief(part) or own == "debrief" else "process"
                self.document.drafts.append(Draft(words, role="notetaker", kind=kind, verbatim=False, prompt=prompt))  # type: ignore[arg-type]
                continue
            self.document.drafts.append(
                Draft(
                    words, speaker=label, role="participant" if label is None else None, kind="note",
                    verbatim=quoted(words), agreement=votes, prompt=prompt, parking_lot=is_parking(part),
                )
            )  # fmt: skip


def _whole(cell: str) -> str:
    """What one person said to one question is one unit, unless the cell lists items."""
    return cell if any(mark_of(line)[0] == "bullet" for line in cell.split("\n")) else " ".join(cell.split("\n"))


def units_in(cell: str) -> list[str]:
    r"""Divide a cell into its notes: a list item or a paragraph each.

    >>> units_in("• rent\n• no bus\nafter six"), units_in("  ")
    (['rent', 'no bus after six'], [])
    """
    lines = [line for line in cell.split("\n") if line.strip()]
    marks = [mark_of(line) for line in lines]
    if not any(kind == "bullet" for kind, _ in marks):
        return [
            without_number(line).strip() if kind == "number" and len(lines) > 1 else line.strip()
            for line, (kind, _) in zip(lines, marks, strict=True)
        ]
    out: list[str] = []
    for kind, words in marks:
        if kind == "bullet" or not out:
            out.append(words.strip())
        else:
            out[-1] += " " + words.strip()
    return out
