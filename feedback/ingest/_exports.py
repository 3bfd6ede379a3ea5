"""Tables whose columns have names: transcripts and the exports of Polis, Taguette and survey tools."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from feedback.errors import Problem, ReadError
from feedback.ingest._columns import Column, column_of, columns_of, plain, role_of, seconds_of, speaker_label, votes_of
from feedback.ingest._sections import is_header_line, is_question
from feedback.ingest._units import Document, Draft

__all__ = ["export_document", "session_fields"]

Rows = Sequence[Sequence[str]]


def export_document(rows: Rows, *, file: str) -> Document | None:
    """Read a table that is a known export, or a transcript by its columns; None where it is neither."""
    width = max(len(r) for r in rows)
    full = [[*r, *[""] * (width - len(r))] for r in rows]
    head, body = full[0], [r for r in full[1:] if any(r)]
    names = [plain(c) for c in head]
    if not body:
        return None
    if "comment body" in names and ("agrees" in names or "moderated" in names):
        return _polis(names, body, file)
    if {"tag", "content"} <= set(names) and ("document" in names or "id" in names):
        return _taguette(names, body, file)
    columns = columns_of(head)
    if "text" in columns and _is_transcript(columns, head, body):
        return _transcript(columns, body, file)
    if _is_survey(head, body, columns):
        return _survey(head, body, columns, file)
    return None


# -- transcripts ----------------------------------------------------------------------------------------------------


def _is_transcript(columns: dict[Column, list[int]], head: Sequence[str], body: Rows) -> bool:
    if len(columns["text"]) != 1 or sum(len(v) for v in columns.values()) < 0.6 * sum(bool(c) for c in head):
        return False
    timed = [r[columns["start"][0]] for r in body] if "start" in columns else []
    if sum(seconds_of(c) is not None for c in timed) > len(body) / 2:
        return True
    if "role" in columns and "speaker" in columns:
        return True
    spoken = re.fullmatch(
        r"text|utterance|transcript(ion)?|words( said)?|said|speech|texto|intervencion|turn|dialogue|transcripcion|palabras",
        plain(head[columns["text"][0]]),
    )
    return "speaker" in columns and bool(spoken) and "question" not in columns


def _transcript(columns: dict[Column, list[int]], body: Rows, file: str) -> Document:
    document = Document([], transcript=True)
    questions: dict[str, int] = {}
    header = True
    for row in body:
        text = _value(row, columns, "text")
        if not text:
            continue
        prompt = _question(row, columns, questions, document)
        role = role_of(_value(row, columns, "role"))
        who = _value(row, columns, "speaker") or None
        role = role or (role_of(who) if who and not speaker_label(who) else None)
        header = header and role in ("notetaker", "heading", None) and is_header_line(text)
        if header:
            document.header_lines.append(text)
        kind = "process" if header else None
        document.drafts.append(
            Draft(
                text, speaker=who, role=role, kind=kind, verbatim=False if role in ("notetaker", "heading") else None,  # type: ignore[arg-type]
                language=_language(_value(row, columns, "language")), agreement=votes_of(_value(row, columns, "votes")),
                start=seconds_of(_value(row, columns, "start")), end=seconds_of(_value(row, columns, "end")),
                prompt=prompt, audience=_value(row, columns, "audience").lower() or None,
            )
        )  # fmt: skip
    session_fields(document, columns, body, file=file)
    return document


def _value(row: Sequence[str], columns: dict[Column, list[int]], name: Column) -> str:
    for j in columns.get(name, ()):
        if row[j]:
            return row[j]
    return ""


def _question(
    row: Sequence[str], columns: dict[Column, list[int]], seen: dict[str, int], document: Document
) -> int | None:
    question = _value(row, columns, "question")
    if not question:
        return None
    if question not in seen:
        seen[question] = len(document.drafts)
        document.drafts.append(Draft(question, role="heading", kind="prompt" if is_question(question) else "process"))
    return seen[question]


def _language(cell: str) -> str | None:
    key = cell.strip().lower()
    known = {
        "en": "en",
        "eng": "en",
        "english": "en",
        "es": "es",
        "spa": "es",
        "spanish": "es",
        "español": "es",
        "inglés": "en",
        "mixed": "mixed",
        "mixto": "mixed",
    }
    return known.get(key)


def session_fields(document: Document, columns: dict[Column, list[int]], body: Rows, *, file: str) -> None:
    """Take what a column says in every row as a field of the session; raises ReadError where rows are of several."""
    sessions = {v for r in body if (v := _value(r, columns, "session"))}
    if len(sessions) > 1:
        raise ReadError(
            f"its rows belong to {len(sessions)} sessions.", file=file, remedy="Save the rows of each session as a file "
            "of its own.",
        )  # fmt: skip
    names: dict[Column, str] = {
        "session": "session",
        "date": "month",
        "audience": "audience",
        "spa": "SPA",
        "count": "participants",
    }
    for column, label in names.items():
        values = {v for r in body if (v := _value(r, columns, column))}
        if len(values) == 1:
            document.fields[label] = values.pop()
            if column == "audience":
                for draft in document.drafts:
                    draft.audience = None


# -- other tools ----------------------------------------------------------------------------------------------------


def _polis(names: list[str], body: Rows, file: str) -> Document:
    """Polis `comments.csv`: moderated-out comments (-1) are left out, and counted."""
    document = Document([])
    get = _getter(names)
    out = 0
    for row in body:
        text = get(row, "comment body")
        if get(row, "moderated") == "-1":
            out += 1
        elif text:
            who = get(row, "author id")
            document.drafts.append(
                Draft(
                    text,
                    speaker=who or None,
                    role="participant",
                    kind="note",
                    verbatim=True,
                    agreement=votes_of(get(row, "agrees")),
                )
            )
    if out:
        _say(
            document,
            file,
            f"{out} " + (
                "comments that moderators took out are not read."
                if out > 1
                else "comment that moderators took out is not read."
            ),
            "",
        )
    return document


def _taguette(names: list[str], body: Rows, file: str) -> Document:
    """Taguette highlights: one row a tag, so a highlight with two tags comes once; tags are codes, not words."""
    document = Document([])
    get = _getter(names)
    seen: set[str] = set()
    tags: set[str] = set()
    for row in body:
        tags.add(get(row, "tag"))
        text, key = get(row, "content"), get(row, "id") or get(row, "content")
        if text and key not in seen:
            seen.add(key)
            document.drafts.append(Draft(text, role="participant", kind="note", verbatim=None))
    _say(
        document, file, f"{len(tags - {''})} tags are not read: these are highlights, and their codes are "
        f"imported elsewhere.",
        "Use `feedback import` to bring the codes of another tool.",
    )  # fmt: skip
    return document


def _getter(names: list[str]) -> Callable[[Sequence[str], str], str]:
    places = {name: j for j, name in reversed(list(enumerate(names)))}
    return lambda row, name: row[places[name]].strip() if name in places else ""


def _say(document: Document, file: str, what: str, remedy: str) -> None:
    document.problems.append(Problem(file, "", what, remedy, blocking=False))


def _is_survey(head: Sequence[str], body: Rows, columns: dict[Column, list[int]]) -> bool:
    """A survey has a row a person: a time or an id first, and at least one open question as a column."""
    open_ = [j for j, c in enumerate(head) if c and (is_question(c) or len(c) > 40)]
    about = [j for j, c in enumerate(head) if column_of(c) in ("id", "start", "date", "private")]
    leads = (
        bool(about)
        and min(about) <= 1
        and column_of(head[0]) in ("id", "start", "date", "private", "speaker", "session")
    )
    return leads and bool(open_)


def _survey(head: Sequence[str], body: Rows, columns: dict[Column, list[int]], file: str) -> Document:
    """Read a survey export row by row: one unit an answer; closed questions and what names people stay out."""
    document = Document([])
    open_ = [j for j, c in enumerate(head) if c and (is_question(c) or len(c) > 40) and _is_open([r[j] for r in body])]
    prompts = {}
    for j in open_:
        prompts[j] = len(document.drafts)
        document.drafts.append(Draft(head[j], role="heading", kind="prompt"))
    for row in body:
        who = next(
            (x for j in [*columns.get("speaker", []), *columns.get("id", [])] if (x := speaker_label(row[j]))), None
        )
        for j in open_:
            if row[j]:
                document.drafts.append(
                    Draft(row[j], speaker=who, role="participant", kind="note", verbatim=True, prompt=prompts[j])
                )
    closed = sum(bool(c) for c in head) - len(open_) - len(columns.get("speaker", [])) - len(columns.get("id", []))
    if closed > 0:
        _say(document, file, f"{closed} columns that hold no open answers are not read.", "")
    session_fields(document, columns, body, file=file)
    return document


def _is_open(cells: Sequence[str]) -> bool:
    filled = [c for c in cells if c]
    return (bool(filled) and sum(len(c.split()) > 2 for c in filled) >= 0.3 * len(filled)) or len(set(filled)) > max(
        5, 0.6 * len(filled)
    )
