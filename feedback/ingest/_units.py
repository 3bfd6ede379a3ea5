"""What every reader hands over: drafts of units, and the document they stand in; and how they become a Session."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from feedback.corpus import Kind, Role, Session, Speaker, Turn
from feedback.errors import Problem
from feedback.ingest._fields import parse_header
from feedback.ingest._header import Header
from feedback.ingest._roles import kind_in_notes, kinds_in_transcript, main_questions, role_of_label, roles_of
from feedback.ingest._words import agreement_of, asks, fold, language_of

__all__ = ["Document", "Draft", "agreement_of", "finish", "fold", "language_of"]


@dataclass
class Draft:
    """One unit while it is being read; fields left None are filled by `finish`.

    Attributes:
        text: the words, without label, bullet mark, time stamp; `finish` folds white space and normalises to NFC.
        speaker: label as written (`Y3`, `Speaker 1`, `R7`), or None.
        role: participant, facilitator, notetaker, interpreter, heading; None: `finish` works it out from the label.
        kind: speech, note, prompt, process, agreement, debrief; None: `finish` works it out (facilitator's questions,
            agreement, logistics). A reader that knows (heading of a guide question: prompt) says so.
        verbatim: True, False; None: True for speech in transcripts, and for a note wholly in quotation marks.
        agreement: number who agreed; None: `finish` looks for "(x4)", "6 nods" ... in the text.
        start, end: seconds. prompt: index of the draft (in the list) that this answers; None: the last prompt before it.
        audience: who speaks, where the row or section says so.
    """

    text: str
    speaker: str | None = None
    role: Role | None = None
    kind: Kind | None = None
    language: str | None = None
    verbatim: bool | None = None
    agreement: int | None = None
    start: float | None = None
    end: float | None = None
    prompt: int | None = None
    parking_lot: bool = False
    audience: str | None = None


@dataclass
class Document:
    """What a format module returns from `read_document(path, raw)`.

    Attributes:
        drafts: every unit in reading order. Header lines that are units too (role heading, kind process) stand among
            them AND their text is in `header_lines`.
        header_lines: what the facilitator wrote about the session, line by line, for the session's fields.
        fields: header fields known structurally (a two-column header table, columns of a CSV): label as written -> value.
        format: docx, odt, rtf, pdf, csv, xlsx, txt, md, zoom_vtt, teams_vtt, vtt, srt, sbv, json ...
        transcript: True where people's own words were recorded: drafts without kind become speech, verbatim.
            False: notes (drafts without kind become notes).
        problems: what could not be used inside a file that was otherwise read (`blocking=False`).
    """

    drafts: list[Draft]
    header_lines: list[str] = field(default_factory=list)
    fields: dict[str, str] = field(default_factory=dict)
    format: str = ""
    transcript: bool = False
    problems: list[Problem] = field(default_factory=list)


_QUOTED = re.compile(r"""[\"“”«„][^"“”«»„]+[\"“”»][.,;!?]?|‘[^‘’]+’[.,;!?]?""")


def finish(document: Document, *, file: str, sha256: str, language_hint: str | None = None) -> Session:
    """Make the Session: header fields, roles, kinds, agreement, language, prompts.

    A session without a code in its header takes the file's stem. Drafts are used up: their None fields are filled.
    """
    stem = re.sub(r"[#\s]+", "-", file.rsplit(".", 1)[0]).strip("-") or "session"
    drafts = _kept(document.drafts)
    first = parse_header(document.header_lines, document.fields, stem=stem)
    _roles(document, drafts, first.guide)
    opening = [d.text for d in drafts if d.role == "facilitator"][:4] if document.transcript else []
    head = parse_header(document.header_lines, document.fields, stem=stem, spoken=opening)
    _kinds(document, drafts, head.guide)
    _prompts(drafts)
    main = head.languages[0] if head.languages else language_hint
    turns = tuple(_turn(i, d, document, main=main, file=file) for i, d in enumerate(drafts))
    return Session(
        id=head.code or stem, turns=turns, month=head.month, audience=head.audience, languages=_languages(head, turns),
        participants=head.participants, spa=head.spa, recorded=head.recorded, quote_consent=head.quote_consent,
        guide=head.guide or _guide(drafts), file=file, sha256=sha256, format=document.format, extra=_extra(head.extra),
    )  # fmt: skip


def _kept(drafts: Sequence[Draft]) -> list[Draft]:
    """Fold every text, drop empty units, keep `prompt` pointing at the same units."""
    kept: list[Draft] = []
    place: dict[int, int] = {}
    for i, draft in enumerate(drafts):
        draft.text = fold(draft.text)
        draft.speaker = fold(draft.speaker) or None if draft.speaker else None
        if draft.text:
            place[i] = len(kept)
            kept.append(draft)
    for draft in kept:
        draft.prompt = place.get(draft.prompt) if draft.prompt is not None else None
    return kept


def _roles(document: Document, drafts: Sequence[Draft], guide: Sequence[str]) -> None:
    open_turns = [(d.speaker, d.text) for d in drafts if d.role is None]
    header = "\n".join([*document.header_lines, *(f"{k}: {v}" for k, v in document.fields.items())])
    known = roles_of(open_turns, header, guide) if document.transcript else {}
    for d in drafts:
        if d.role is None:
            d.role = known.get(d.speaker or "") or role_of_label(d.speaker) or "participant"


def _counts_in_brackets(drafts: Sequence[Draft]) -> None:
    """Read a bare "(11)" at the end of a note as a count where several notes end so."""
    counted = [
        (d, m)
        for d in drafts
        if d.agreement is None and d.role == "participant" and (m := re.search(r"\((\d{1,2})\)$", d.text))
    ]
    if len(counted) >= 2:
        for d, m in counted:
            d.agreement = int(m[1])


def _kinds(document: Document, drafts: Sequence[Draft], guide: Sequence[str]) -> None:
    if document.transcript:
        told = kinds_in_transcript([(d.speaker, d.role or "participant", d.text) for d in drafts], guide)
    else:
        told = [(kind_in_notes(d.text, d.role or "participant"), None) for d in drafts]
    if not document.transcript:
        _counts_in_brackets(drafts)
    for d, (kind, count) in zip(drafts, told, strict=True):
        if d.kind is None:
            d.kind = kind
            d.agreement = count if d.agreement is None else d.agreement
        spoken = document.transcript and d.role != "notetaker"
        if (
            d.agreement is None
            and d.role in ("participant", "notetaker")
            and d.kind in ("note", "agreement")
            and not spoken
        ):
            d.agreement = agreement_of(d.text)
        if d.verbatim is None:
            d.verbatim = (
                d.role not in ("heading", "notetaker")
                and d.kind != "debrief"
                and (document.transcript or bool(_QUOTED.fullmatch(d.text)))
            )


def _prompts(drafts: Sequence[Draft]) -> None:
    """Let every unit that answers point at the question before it (an aside such as "Sure." is no question)."""
    current: int | None = None
    for i, d in enumerate(drafts):
        if d.kind == "prompt" and (d.role == "heading" or asks(d.text)):
            current = i
        elif d.role == "heading" and d.kind == "process":
            current = None
        elif d.prompt is None and d.kind in ("speech", "note", "agreement") and not d.parking_lot:
            d.prompt = current


def _turn(index: int, d: Draft, document: Document, *, main: str | None, file: str) -> Turn:
    return Turn(
        index=index, text=d.text, speaker=Speaker(d.speaker, d.role or "participant"), kind=d.kind or "note",
        language=d.language or language_of(d.text, main if main in ("en", "es") or len(d.text) < 12 else None),
        verbatim=bool(d.verbatim), agreement=d.agreement, start=d.start, end=d.end, prompt=d.prompt,
        parking_lot=d.parking_lot, audience=d.audience, file=file,
    )  # fmt: skip


def _languages(head: Header, turns: Sequence[Turn]) -> tuple[str, ...]:
    """Return the languages the header names; one said to be heard "a little" counts where whole units are in it."""
    spoken = {t.language for t in turns if t.role in ("participant", "interpreter")}
    return head.languages + tuple(x for x in head.asides if x in spoken)


def _guide(drafts: Sequence[Draft]) -> tuple[str, ...]:
    headings = tuple(
        dict.fromkeys(
            re.sub(r"^\W*(?:Q\s*)?\d{1,2}[.):]\s*", "", d.text)
            for d in drafts
            if d.kind == "prompt" and d.role == "heading"
        )
    )
    return headings or main_questions([d.text for d in drafts if d.kind == "prompt" and d.role == "facilitator"])


def _extra(extra: Mapping[str, str]) -> Mapping[str, str]:
    return MappingProxyType({k: fold(v) for k, v in sorted(extra.items())})
