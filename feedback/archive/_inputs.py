"""Cut what is to be read into parts that many can work on: rows of a large table by session, files of a folder by size."""

from __future__ import annotations

import csv
import hashlib
import json
import re
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from feedback.errors import Problem
from feedback.ingest import columns_of, delimiter_of, documents

__all__ = ["LEAST", "Piece", "digest_of", "parts_of"]

LEAST, MOST = 2000, 6000  # rows of a part: cut after the first session from LEAST on whose name says so, at the latest at MOST
BYTES = 4 << 20  # of a folder's files in one part
WHOLE = 1 << 20  # a table up to this size is one document, unless its rows name several sessions
ROWS = frozenset({".jsonl", ".ndjson", ".csv", ".tsv", ".tab"})


@dataclass(frozen=True, slots=True)
class Piece:
    """What one reader call gets: a document, or the rows of one session of a table (`session` its code, else None)."""

    name: str
    body: bytes
    session: str | None = None
    path: str = ""


def parts_of(path: Path, problems: list[Problem]) -> Iterator[tuple[Piece, ...]]:
    """Yield the parts of a file or folder, the same for the same content; files that are not read become problems."""
    if path.is_dir():
        yield from _files(path, problems)
    elif path.suffix.lower() in ROWS and (found := _rows(path)) is not None:
        yield from _by_session(path, found)
    else:
        yield (Piece(path.name, path.read_bytes()),)


def digest_of(part: tuple[Piece, ...]) -> str:
    """Name a part by its content."""
    h = hashlib.sha256()
    for piece in part:
        h.update(repr((piece.name, piece.session, len(piece.body))).encode())
        h.update(piece.body)
    return h.hexdigest()[:32]


def _files(root: Path, problems: list[Problem]) -> Iterator[tuple[Piece, ...]]:
    seen: dict[str, str] = {}
    part: list[Piece] = []
    size = 0
    for path in documents(root, problems):
        if path.suffix.lower() in ROWS and path.stat().st_size > WHOLE:
            yield from parts_of(path, problems)
            continue
        body = path.read_bytes()
        mark = hashlib.sha256(body).hexdigest()
        if mark in seen:
            what = f"it is the same file as {seen[mark]}; it was read once."
            problems.append(Problem(path.name, "", what, "Delete one of them."))
            continue
        seen[mark] = path.name
        part.append(Piece(path.name, body, path=path.relative_to(root).as_posix()))
        size += len(body)
        if size >= BYTES:
            yield tuple(part)
            part, size = [], 0
    if part:
        yield tuple(part)


_Rows = Iterator[tuple[str | None, bytes]]


def _rows(path: Path) -> tuple[bytes, _Rows] | None:
    """The head of a table and its rows, each with its session; None where it is one document."""
    lines = path.suffix.lower() in (".jsonl", ".ndjson")
    with path.open("rb") as file:
        head, found = (b"", _json_rows(file)) if lines else _csv_rows(file)
        sessions = set()
        for n, (session, _) in enumerate(found):
            sessions.add(session)
            if len(sessions) > 1 or n >= MOST:
                break
        if not sessions or (path.stat().st_size <= WHOLE and len(sessions) < 2):
            return None
    file = path.open("rb")
    return head, _closing(file, _json_rows(file) if lines else _csv_rows(file)[1])


def _closing(file: IO[bytes], rows: _Rows) -> _Rows:
    with file:
        yield from rows


def _json_rows(file: IO[bytes]) -> _Rows:
    for line in file:
        if line.strip():
            yield _session_of(line), line if line.endswith(b"\n") else line + b"\n"


def _session_of(line: bytes) -> str | None:
    try:
        row: Any = json.loads(line)
    except ValueError:
        return None
    if not isinstance(row, dict):
        return None
    named = row.get("session") or row.get("session_id")
    return str(named) if isinstance(named, (str, int)) and not isinstance(named, bool) else None


def _csv_rows(file: IO[bytes]) -> tuple[bytes, _Rows]:
    """Header and rows as they lie in the file, a row with line breaks in its cells whole; without a known header no rows."""
    start = file.read(1 << 16)
    file.seek(0)
    mark = delimiter_of(start.decode("utf-8-sig", "surrogateescape"))
    taken: list[bytes] = []

    def lines() -> Iterator[str]:
        for line in file:
            taken.append(line)
            yield line.decode("utf-8-sig", "surrogateescape")

    reader = csv.reader(lines(), delimiter=mark)
    header = next(reader, [])
    head = b"".join(taken)
    known = columns_of(header)
    if "text" not in known:
        return head, iter(())
    at = known["session"][0] if "session" in known else None

    def rows() -> _Rows:
        taken.clear()
        for row in reader:
            body = b"".join(taken)
            taken.clear()
            if any(c.strip() for c in row):
                session = row[at].strip() if at is not None and at < len(row) else ""
                yield session or None, body if body.endswith(b"\n") else body + b"\n"

    return head, rows()


def _by_session(path: Path, table: tuple[bytes, _Rows]) -> Iterator[tuple[Piece, ...]]:
    head, rows = table
    part: list[Piece] = []
    body: list[bytes] = []
    count = 0  # rows in the part
    now: str | None = None

    def piece() -> Piece:
        name = path.name if not _is_document(body) else f"{path.stem}.json"
        return Piece(name, head + b"".join(body), now and re.sub(r"[#\s]+", "-", now).strip("-"))

    for session, row in rows:
        if body and (session != now or _is_document(body)):
            part.append(piece())
            body = []
            if count >= MOST or (count >= LEAST and zlib.crc32((now or "").encode()) % 4 == 0):
                yield tuple(part)
                part, count = [], 0
        elif count >= MOST:  # one session larger than a part goes on in the next
            part.append(piece())
            yield tuple(part)
            part, body, count = [], [], 0
        now = session
        body.append(row)
        count += 1
    if body:
        part.append(piece())
    if part:
        yield tuple(part)


def _is_document(body: list[bytes]) -> bool:
    """Whether a line is a whole session with its turns, not a row."""
    return len(body) == 1 and b'"turns"' in body[0][:4000]
