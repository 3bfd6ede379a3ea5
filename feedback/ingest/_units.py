"""What every reader hands over: drafts of units, and the document they stand in; and how they become a Session."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from feedback.corpus import Kind, Role, Session
from feedback.errors import Problem

__all__ = ["Document", "Draft", "agreement_of", "finish", "fold", "language_of", "looks_like_transcript"]


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


def fold(text: str) -> str:
    """Fold white space to single spaces and normalise to NFC."""
    raise NotImplementedError


def agreement_of(text: str) -> int | None:
    """Return how many others agreed, as a note says it: "(x4)", "x 4", "6 nods", "5 dots", "4 agree", "||||"."""
    raise NotImplementedError


def language_of(text: str, default: str | None = None) -> str | None:
    """Return `en`, `es`, `mixed`, or `default` where the words do not tell."""
    raise NotImplementedError


def looks_like_transcript(lines: Sequence[str]) -> bool:
    """Say whether the lines are a transcript (repeated speaker labels or time stamps) rather than notes."""
    raise NotImplementedError


def finish(document: Document, *, file: str, sha256: str, language_hint: str | None = None) -> Session:
    """Make the Session: header fields, roles, kinds, agreement, language, prompts."""
    raise NotImplementedError
