"""Values to rows and back; nothing here knows a database."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from feedback.codebook import Coding
from feedback.corpus import Corpus, Ref, Session, Speaker, Turn

_HEADER = ("month", "audience", "participants", "spa", "recorded", "quote_consent")
_ANSWERED = ("month", "audience", "languages", "participants", "spa", "quote_consent")


def header(session: Session, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The session's header as plain JSON values; what a corrected document does not say stays as it was answered `before`.

    A permission to quote does not: it has to be given anew.
    """
    plain = {name: getattr(session, name) for name in _HEADER}
    lists: dict[str, Any] = {"languages": list(session.languages), "guide": list(session.guide), "extra": dict(session.extra)}
    out = plain | lists
    return out | {n: before[n] for n in _ANSWERED if not out[n] and before and before.get(n) not in (None, "yes")}


def unit_row(session: Session, turn: Turn) -> dict[str, Any]:
    """One row of `unit` for a turn as it was read; `text` stays empty until the gate has seen it."""
    return {
        "session": session.id, "index": turn.index, "raw": turn.text, "text": None, "withheld": None,
        "label": turn.speaker.label, "cleared_label": None, "cleared_file": None, "role": turn.speaker.role, "kind": turn.kind,
        "language": turn.language, "verbatim": turn.verbatim, "agreement": turn.agreement, "start": turn.start,
        "end": turn.end, "prompt": turn.prompt, "parking_lot": turn.parking_lot, "audience": turn.audience, "file": turn.file,
    }  # fmt: skip


def session_value(row: Any, units: list[Any], *, cleared: bool) -> Session:
    """A Session from its rows: as read, or (`cleared`) as it passed the gate."""
    seen = (row.cleared or {"header": dict(row.header) | {"guide": [], "extra": {}}, "file": ""}) if cleared else None
    head, file = (seen["header"], seen["file"]) if seen else (dict(row.header), row.file)
    beside = seen.get("beside", {}) if seen else {}
    turns = tuple(turn_value(u, cleared=cleared, beside=beside.get(str(u.index))) for u in units)
    return Session(
        id=row.id, turns=turns, file=file, sha256=row.sha256,
        format=row.format, languages=tuple(head["languages"]), guide=tuple(head["guide"]), extra=head["extra"],
        **{name: head[name] for name in _HEADER},
    )  # fmt: skip


def turn_value(row: Any, *, cleared: bool, beside: list[Any] | None = None) -> Turn:
    """A Turn from its row, with the audience and language that passed the gate (`beside`); one that it has not seen is withheld."""
    text, withheld, label, file = row.raw, None, row.label, row.file
    audience, language = beside or (row.audience, row.language)
    if cleared:
        text, label, file = row.text or "", row.cleared_label, row.cleared_file or ""
        withheld = row.withheld if row.text is not None else "not screened yet"
        audience = audience if row.text is not None else None
    return Turn(
        index=row.index, text=text, speaker=Speaker(label, row.role), kind=row.kind, language=language,
        verbatim=row.verbatim, agreement=row.agreement, start=row.start, end=row.end, prompt=row.prompt,
        parking_lot=row.parking_lot, audience=audience, file=file, withheld=withheld,
    )  # fmt: skip


def coding_row(coding: Coding) -> dict[str, Any]:
    """One row of `coding`."""
    ref = Ref.parse(coding.ref)
    return {
        "session": ref.session, "index": ref.index, "code": coding.code, "tagger": coding.tagger, "score": coding.score,
        "evidence": [list(span) for span in coding.evidence], "category": coding.category, "polarity": coding.polarity,
        "about": coding.about, "why": coding.why,
    }  # fmt: skip


def coding_value(row: Any) -> Coding:
    """A Coding from its row."""
    return Coding(
        ref=f"{row.session}#{row.index}", code=row.code, tagger=row.tagger, score=row.score,
        evidence=tuple((s, e) for s, e in row.evidence), category=row.category, polarity=row.polarity,
        about=row.about, why=row.why,
    )  # fmt: skip


def changed_beside(db: Any, unit: Any, corpus: Corpus) -> dict[str, dict[str, list[Any]]]:
    """Session -> unit -> who speaks, in which tongue, as it passed: where the gate changed what was read (columns `unit`)."""
    import sqlalchemy as sa

    out: dict[str, dict[str, list[Any]]] = {}
    known = {(s.id, t.index): [t.audience, t.language] for s in corpus for t in s.turns}
    beside = (unit.audience.is_not(None)) | (unit.language.is_not(None))
    for session, index, *read in db.execute(sa.select(unit.session, unit.index, unit.audience, unit.language).where(beside)):
        if known.get((session, index), read) != read:
            out.setdefault(session, {})[str(index)] = known[session, index]
    return out
