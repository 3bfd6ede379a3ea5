"""Codings out of other programs' tables: Taguette's highlights, ThemeFinder's and Consult's mappings."""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any

from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus, Session, Turn
from feedback.errors import Problem, ReadError, RefError, TableError
from feedback.exchange._codes import CodesRead, match, slug
from feedback.exchange._layout import fold
from feedback.exchange._losses import Loss, Losses
from feedback.exchange._settle import Imported
from feedback.exchange._xml import MAX_XML

HIGHLIGHTS = {"document", "content", "tag"}


@dataclass(frozen=True, slots=True)
class _Row:
    """One passage with one tag: where it stands in the file, which document it names, the words, the tag."""

    place: str
    document: str
    words: str
    tag: str


def read_highlights(path: Path, *, corpus: Corpus, codebook: Codebook, coder: str) -> Imported:
    """Read Taguette's highlights (CSV or XLSX: document, content, tag): each goes to the units that hold exactly its words.

    Raises:
        TableError: the columns are missing, or the file is not text.
    """
    return _place(path.name, list(_highlights(path)), corpus=corpus, codebook=codebook, coder=coder)


def read_consult(path: Path, *, corpus: Corpus, codebook: Codebook, coder: str) -> Imported:
    """Read a ThemeFinder or Consult mapping: `mapping.jsonl` with `themes.json` and `responses.jsonl` beside it.

    A response goes to the unit whose words it is, or whose address its `themefinder_id` is.

    Raises:
        TableError: a file is missing, or its lines do not fit.
    """
    folder = path if path.is_dir() else path.parent
    themes = {str(t.get("theme_key")): str(t.get("theme_name") or "") for t in _json_file(folder / "themes.json")}
    texts = {
        str(r.get("themefinder_id")): str(r.get("text") or "")
        for r in _json_lines(folder / "responses.jsonl", needed=False)
    }
    rows = []
    for n, r in enumerate(_json_lines(folder / "mapping.jsonl"), 1):
        ident, keys = str(r.get("themefinder_id")), r.get("theme_keys") or []
        for key in keys if isinstance(keys, list) else [keys]:
            rows.append(
                _Row(f"line {n}", "" if ident in texts else ident, texts.get(ident, ""), themes.get(str(key), str(key)))
            )
    return _place(folder.name if path.is_dir() else path.name, rows, corpus=corpus, codebook=codebook, coder=coder)


def is_highlights(path: Path) -> bool:
    """Say whether a table (.csv, .xlsx) is Taguette's: by its columns."""
    if path.suffix.lower() == ".xlsx":
        return {c.strip().lower() for c in next(iter(_sheet(path)), [])} >= HIGHLIGHTS
    head = _text(path).splitlines()[:1]
    return bool(head) and {c.strip().lower() for c in next(csv.reader(head), [])} >= HIGHLIGHTS


# ---- files --------------------------------------------------------------------------------------------------------


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_XML:
            raise TableError([Problem(path.name, "", "is too large.", f"{MAX_XML >> 20} MB is the most we read.")])
        return path.read_bytes().decode("utf-8-sig")
    except OSError:
        raise TableError([Problem(path.name, "", "cannot be opened.", "Check the name and the folder.")]) from None
    except UnicodeDecodeError as err:
        raise TableError([Problem(path.name, f"byte {err.start}", "is not UTF-8.", "Save it as CSV UTF-8.")]) from None


def _highlights(path: Path) -> Iterator[_Row]:
    rows = enumerate(_sheet(path), start=1) if path.suffix.lower() == ".xlsx" else _lines(path)
    _, first = next(rows, (1, list[str]()))
    head = [c.strip().lower() for c in first]
    if not set(head) >= HIGHLIGHTS:
        raise TableError([Problem(path.name, "row 1", "the columns document, content and tag are missing.")])
    at = {name: head.index(name) for name in HIGHLIGHTS}
    for number, row in rows:
        if any(row):
            cell = {name: _unescaped(row[i]) if i < len(row) else "" for name, i in at.items()}
            yield _Row(f"row {number}", cell["document"], cell["content"], cell["tag"])


def _lines(path: Path) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(io.StringIO(_text(path), newline=""))
    try:
        for row in reader:
            yield reader.line_num, row
    except csv.Error:
        raise TableError([Problem(path.name, f"row {reader.line_num}", "cannot be read as CSV.")]) from None


def _sheet(path: Path) -> list[list[str]]:
    """The first sheet of a workbook as text."""
    import python_calamine

    try:
        if path.stat().st_size > MAX_XML:
            raise TableError([Problem(path.name, "", "is too large.", f"{MAX_XML >> 20} MB is the most we read.")])
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(path.read_bytes()))
        cells = book.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except OSError:
        raise TableError([Problem(path.name, "", "cannot be opened.", "Check the name and the folder.")]) from None
    except (python_calamine.CalamineError, IndexError, ValueError):
        raise TableError([Problem(path.name, "", "is no workbook.", "Save it as .xlsx or .csv.")]) from None
    return [[str(c) for c in row] for row in cells]


def _unescaped(cell: str) -> str:
    """Take off the apostrophe that keeps a spreadsheet from running a cell."""
    return cell[1:] if cell[:1] == "'" and cell[1:2] in ("=", "+", "-", "@", "＝", "＋", "－", "＠") else cell


def _json_file(path: Path) -> list[dict[str, Any]]:
    try:
        found = json.loads(_text(path))
    except (ValueError, RecursionError):
        raise TableError([Problem(path.name, "", "is not JSON.")]) from None
    found = found.get("themes", []) if isinstance(found, dict) else found
    return [t for t in found if isinstance(t, dict)] if isinstance(found, list) else []


def _json_lines(path: Path, *, needed: bool = True) -> Iterator[dict[str, Any]]:
    if not needed and not path.is_file():
        return
    for n, line in enumerate(_text(path).split("\n"), 1):
        if line.strip():
            try:
                row = json.loads(line)
            except (ValueError, RecursionError):
                raise TableError([Problem(path.name, f"line {n}", "is not JSON.")]) from None
            if isinstance(row, dict):
                yield row


# ---- words to units -----------------------------------------------------------------------------------------------


def _place(file: str, rows: list[_Row], *, corpus: Corpus, codebook: Codebook, coder: str) -> Imported:
    tags = list(dict.fromkeys(r.tag for r in rows))
    codes = _codes(tags, codebook)
    by_name = _sessions(corpus)
    found: dict[tuple[str, str], set[tuple[int, int]] | None] = {}
    left_out: list[str] = []
    count: Counter[str] = Counter()
    for r in rows:
        code = codes.get(r.tag)
        if code is None:
            count["code"] += 1
            left_out.append(
                f"{r.place}: the codebook has no code for its tag (tag {tags.index(r.tag) + 1} of the file)"
            )
            continue
        hits = list(_units(r, corpus, by_name))
        if len({ref.rpartition("#")[0] for ref, _ in hits}) > 1 or (not r.document and len(hits) > 1):
            count["twice"] += 1
            left_out.append(f"{r.place}: its words stand in several places, and its document does not say which")
            continue
        if not hits:
            count["words"] += 1
            left_out.append(f"{r.place}: no unit holds exactly its words")
        for ref, span in hits:
            before = found.get((ref, code), set())
            found[(ref, code)] = None if span is None or before is None else before | {span}
    values = [Coding(ref, code, f"human:{coder}", evidence=tuple(sorted(s or ()))) for (ref, code), s in found.items()]
    codings = Codings((), corpus, codebook).merged(values)
    lost = (
        Loss(count["code"], "rows whose tag is no code of the codebook.", "Add the codes, or rename the tags."),
        Loss(count["words"], "rows whose words no unit holds exactly (changed, held by the privacy gate, or across two units)."),
        Loss(count["twice"], "rows whose words stand in several places."),
    )  # fmt: skip
    kept = (
        f"{len(rows) - sum(count.values())} of {len(rows)} rows, as {len(codings)} codings of units by human:{coder}",
    )
    return Imported(codings, (), tuple(left_out), Losses(file, "import", kept, lost))


def _codes(tags: Iterable[str], book: Codebook) -> Mapping[str, str | None]:
    """The code for each tag: by id or name, whole, after the last dot (`a.b.c`), or before a colon (`label: what it is`)."""
    from feedback.codebook import Code

    out: dict[str, str | None] = {}
    for n, tag in enumerate(tags, 1):
        for form in (tag, tag.rpartition(".")[2], tag.partition(":")[0], slug(tag, n)):
            made = CodesRead(Codebook((Code("x", form.strip() or "-"),)))
            if out.get(tag) is None:
                found = match(made, book)["x"]
                out[tag] = found if found != "x" or "x" in book else None
    return out


def _sessions(corpus: Corpus) -> dict[str, Session]:
    out: dict[str, Session] = {}
    for s in corpus:
        for name in (s.id, s.file, *(t.file for t in s.turns)):
            if name:
                out.setdefault(name.casefold(), s)
                out.setdefault(PurePath(name).stem.casefold(), s)
    return out


def _units(row: _Row, corpus: Corpus, by_name: Mapping[str, Session]) -> Iterator[tuple[str, tuple[int, int] | None]]:
    """The units that hold a row's words, with the span of them; None where they are the whole unit."""
    name = row.document.casefold()
    if not row.words and "#" in row.document:
        try:
            if not corpus.resolve(row.document).turn.withheld:
                yield row.document, None
        except RefError:
            pass
        return
    session = by_name.get(name) or by_name.get(PurePath(name).stem if name else "")
    if row.document and session is None:
        return
    for line in [part for part in row.words.split("\n") if part.strip()]:
        for s in corpus if session is None else (session,):
            for turn in s.turns:
                span = None if turn.withheld is not None else _span(turn, line)
                if span is not None:
                    whole = not (turn.text[: span[0]] + turn.text[span[1] :]).strip()
                    yield f"{s.id}#{turn.index}", None if whole else span
                    if session is not None:
                        break


def _span(turn: Turn, words: str) -> tuple[int, int] | None:
    folded, places = fold(turn.text)
    wanted = fold(words)[0].strip()
    label = f"{turn.speaker.label}: " if turn.speaker.label else ""
    for form in (wanted, wanted.removeprefix(label)):
        at = folded.find(form) if form else -1
        if at >= 0:
            return places[at], places[at + len(form)]
    return None


def refuse(path: Path) -> ReadError:
    """The error for a file that no import reads."""
    return ReadError(
        f"an import is .csv, .xlsx (highlights), .qdpx, .qdc or mapping.jsonl, not {path.suffix or 'a file without suffix'}.",
        file=path.name,
        remedy="Export from the other program as REFI-QDA project (.qdpx).",
    )  # fmt: skip
