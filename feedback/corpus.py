"""What was said and written down, as values: Speaker, Turn, Session, Segment, Ref, Corpus."""

from __future__ import annotations

import copyreg
import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal

from feedback.errors import Problem, RefError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Corpus", "Ref", "Segment", "Session", "Speaker", "Turn"]

Role = Literal["participant", "facilitator", "notetaker", "interpreter", "heading"]
Kind = Literal["speech", "note", "prompt", "process", "agreement", "debrief"]

ROLES: tuple[Role, ...] = ("participant", "facilitator", "notetaker", "interpreter", "heading")
KINDS: tuple[Kind, ...] = ("speech", "note", "prompt", "process", "agreement", "debrief")
UNIT_COLUMNS = (
    "ref", "session", "file", "index", "speaker", "role", "audience", "language", "kind", "verbatim", "agreement",
    "start", "end", "text", "prompt", "parking_lot", "withheld",
)  # fmt: skip
SESSION_COLUMNS = (
    "session", "file", "sha256", "format", "month", "audience", "languages", "participants", "spa", "recorded",
    "quote_consent", "guide", "units", "missing",
)  # fmt: skip

_REF = re.compile(r"^(?P<session>[^#]+)#(?P<index>\d+)(?::(?P<start>\d+)-(?P<end>\d+))?$")


@dataclass(frozen=True, slots=True, order=True)
class Ref:
    """The address of a unit, or of a span in it: `LS-Y04#12` or `LS-Y04#12:40-118`.

    `start` and `end` count code points within the unit's text, end exclusive. Refs print, sort and resolve.

    >>> str(Ref.parse("LS-Y04#12:40-118").unit)
    'LS-Y04#12'
    """

    session: str
    index: int
    start: int | None = None
    end: int | None = None

    @classmethod
    def parse(cls, ref: str) -> Ref:
        """Read an address; raises RefError where it is not one."""
        m = _REF.match(ref.strip())
        if not m:
            said = repr(ref) if len(ref) < 40 and " " not in ref.strip() else "that"  # it may be a line from another column
            raise RefError(f"{said} is not an address: write SESSION#UNIT or SESSION#UNIT:START-END, as in LS-Y04#12:40-118")
        start, end = m["start"], m["end"]
        return cls(m["session"], int(m["index"]), int(start) if start else None, int(end) if end else None)

    @property
    def unit(self) -> Ref:
        """The address of the whole unit."""
        return Ref(self.session, self.index)

    def __str__(self) -> str:
        span = "" if self.start is None else f":{self.start}-{self.end}"
        return f"{self.session}#{self.index}{span}"


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who spoke or wrote, known only inside one session; `label` is None where the document does not say."""

    label: str | None = None
    role: Role = "participant"
    attributes: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)


@dataclass(frozen=True, slots=True)
class Turn:
    """One unit as people use it: a speaker's turn, a bullet, a table cell, a sticky note, a heading.

    Attributes:
        index: place in the session, from 0.
        text: the words, white space folded, NFC, without speaker label, bullet mark or time stamp.
        kind: speech, note, prompt (a guide question), process (about the meeting), agreement, debrief.
        language: `en`, `es`, `mixed`, another ISO code, or None where it cannot be told.
        verbatim: True where the words are the speaker's own (transcripts; notes wholly in quotation marks).
        agreement: number of others who agreed ("x4", nods, votes), or None. People, not mentions.
        start, end: seconds from the start of the recording, or None.
        prompt: index of the heading or question that this unit answers, or None.
        parking_lot: True where it was put down outside the questions asked.
        audience: who speaks, where it differs from the session's (mixed sessions).
        file: name of the document it stands in.
        withheld: why the words may not be used (a finding of the privacy gate), or None.
    """

    index: int
    text: str
    speaker: Speaker = Speaker()
    kind: Kind = "speech"
    language: str | None = None
    verbatim: bool = False
    agreement: int | None = None
    start: float | None = None
    end: float | None = None
    prompt: int | None = None
    parking_lot: bool = False
    audience: str | None = None
    file: str = ""
    withheld: str | None = None

    @property
    def role(self) -> Role:
        """The speaker's role."""
        return self.speaker.role

    @property
    def voiced(self) -> bool:
        """Whether these are a participant's words (an interpreter's carry them), so that they may be coded."""
        return self.role in ("participant", "interpreter") and self.kind in ("speech", "note", "agreement")


@dataclass(frozen=True, slots=True)
class Session:
    """One listening session: its header and its units.

    Attributes:
        id: the session code the facilitator wrote (`LS-Y04`), or the file's stem where none is given.
        month: `YYYY-MM`, or None. audience: youth, family, stakeholder, `mixed`, another word, or None.
        languages: ISO codes, the main one first. participants: head count, or None. spa: 1 to 8, or None.
        quote_consent: `yes`, `review`, `no`, or None (not said: treated as no). recorded: True, False or None.
        guide: the questions asked. file, sha256, format: the (first) document it was read from.
        extra: other header fields as written (age_band, host, interpreter, length, quote_until, topics_prompted ...), and
            what is hidden in the document (`property author`, `comment`, `change` ...): for the privacy gate alone.
        missing: names of the header fields that the document does not give.
    """

    id: str
    turns: tuple[Turn, ...] = ()
    month: str | None = None
    audience: str | None = None
    languages: tuple[str, ...] = ()
    participants: int | None = None
    spa: int | None = None
    recorded: bool | None = None
    quote_consent: str | None = None
    guide: tuple[str, ...] = ()
    file: str = ""
    sha256: str = ""
    format: str = ""
    extra: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), compare=False)

    MANDATORY = ("month", "audience", "languages", "participants")

    @property
    def missing(self) -> tuple[str, ...]:
        """Mandatory header fields that nobody has given yet (asked for by name, never guessed)."""
        return tuple(name for name in self.MANDATORY if not getattr(self, name))

    def audience_of(self, turn: Turn) -> str | None:
        """Who speaks in this unit: the unit's own audience, else the session's."""
        return turn.audience or self.audience

    def summary(self) -> str:
        """Say what was read, in words a facilitator can confirm."""
        kinds, roles = Counter(t.kind for t in self.turns), Counter(t.role for t in self.turns)
        people = [t for t in self.turns if t.role in ("participant", "interpreter")]
        points = sum(t.kind in ("speech", "note") for t in people)
        labels = {r: {t.speaker.label for t in self.turns if t.role == r and t.speaker.label} for r in ROLES}
        parts = [_n(points, "point"), _n(kinds["prompt"], "question")]
        quotes = sum(t.verbatim and t.kind == "note" for t in people)
        if quotes:
            parts.append(f"{quotes} marked as quotes")
        if labels["participant"]:
            parts.append(_n(len(labels["participant"]), "speaker"))
        if labels["facilitator"]:
            parts.append(_n(len(labels["facilitator"]), "facilitator"))
        if roles["interpreter"]:
            parts.append(_n(roles["interpreter"], "interpreter turn"))
        if kinds["debrief"]:
            parts.append(_n(kinds["debrief"], "debrief line"))
        text = f"{self.id}: " + ", ".join(parts)
        return text + (f". Please tell us: {', '.join(self.missing)}." if self.missing else ".")


@dataclass(frozen=True, slots=True)
class Segment:
    """The unit of coding: one turn with its address and the session it stands in."""

    ref: str
    turn: Turn
    session: Session = field(repr=False, compare=False)

    @property
    def text(self) -> str:
        """The unit's words."""
        return self.turn.text

    @property
    def audience(self) -> str | None:
        """Who speaks: youth, family, stakeholder ..."""
        return self.session.audience_of(self.turn)

    @property
    def prompt_text(self) -> str | None:
        """The question or column heading that this unit answers."""
        i = self.turn.prompt
        return None if i is None else self.session.turns[i].text

    @property
    def before(self) -> Segment | None:
        """The unit just before this one in the session, whoever said it."""
        i = self.turn.index - 1
        if i < 0:
            return None
        return Segment(f"{self.session.id}#{i}", self.session.turns[i], self.session)


@dataclass(frozen=True, slots=True)
class Corpus:
    """Sessions read together, and what could not be read.

    `values` are the sessions, in order; iterating gives them, `corpus["LS-Y04"]` gives one, `sessions()` a table.
    `screening` is set by the privacy gate's `apply()`: the certificate under which units may pass.
    """

    values: tuple[Session, ...] = ()
    problems: tuple[Problem, ...] = ()
    screening: str | None = None
    _places: dict[str, int] = field(init=False, default_factory=dict, repr=False, compare=False)  # filled when asked

    def __len__(self) -> int:
        return len(self.values)

    def __iter__(self) -> Iterator[Session]:
        return iter(self.values)

    def __getitem__(self, session: str) -> Session:
        """The session with this code; raises RefError."""
        if not self._places:
            self._places.update({s.id: i for i, s in reversed(list(enumerate(self.values)))})
        if session in self._places:
            return self.values[self._places[session]]
        raise RefError(
            f"there is no session {session!r} here; there are: {', '.join(s.id for s in self.values) or 'none'}"
        )

    def segments(self, *, everyone: bool = False, withheld: bool = False) -> Iterator[Segment]:
        """Yield the units that may be coded: participants' words, not the facilitator's, headings' or note-taker's.

        Interpreters' turns are yielded too (they carry a participant's words); `findings` counts them once. Process
        talk is left out. `everyone=True` yields every unit; `withheld=True` also those that the gate holds.
        """
        for session in self.values:
            for turn in session.turns:
                if turn.withheld and not withheld:
                    continue
                if everyone or turn.voiced:
                    yield Segment(f"{session.id}#{turn.index}", turn, session)

    def blocks(self, units: int) -> Iterator[Corpus]:
        """Cut into corpora of whole sessions, in order, each of at least `units` units (the last of fewer)."""
        block: list[Session] = []
        count = 0
        for session in self.values:
            block.append(session)
            count += len(session.turns)
            if count >= units:
                yield Corpus(tuple(block))
                block, count = [], 0
        if block:
            yield Corpus(tuple(block))

    def resolve(self, ref: str | Ref) -> Segment:
        """Return the unit that an address names; raises RefError."""
        r = Ref.parse(ref) if isinstance(ref, str) else ref
        session = self[r.session]
        if not 0 <= r.index < len(session.turns):
            raise RefError(f"{r.session} has units 0 to {len(session.turns) - 1}; {r} names none of them")
        turn = session.turns[r.index]
        if (r.end is not None and (r.start or 0) >= r.end) or (r.end or 0) > len(turn.text):
            raise RefError(f"{r}: the unit has {len(turn.text)} characters; that span lies outside")
        return Segment(str(r.unit), turn, session)

    def text_of(self, ref: str | Ref) -> str:
        """Return the words at an address: the span, or the whole unit."""
        r = Ref.parse(ref) if isinstance(ref, str) else ref
        text = self.resolve(r).text
        return text if r.start is None else text[r.start : r.end]

    @property
    def fingerprint(self) -> str:
        """SHA-256 over every unit and header: two corpora with the same fingerprint are the same."""
        h = hashlib.sha256()
        for s in self.values:
            h.update(repr((s.id, s.month, s.audience, s.languages, s.participants, s.spa, s.quote_consent)).encode())
            for t in s.turns:
                h.update(repr((t.index, t.text, t.role, t.kind, t.speaker.label, t.agreement, t.withheld)).encode())
        return h.hexdigest()

    def replace_sessions(self, sessions: Iterable[Session], **changes: object) -> Corpus:
        """Return a corpus with other sessions (and other fields, by name)."""
        return replace(self, values=tuple(sessions), **changes)  # type: ignore[arg-type]

    def frame(self) -> pd.DataFrame:
        """One row a unit; columns `UNIT_COLUMNS`. `start` and `end` are seconds, `prompt` is a ref or None."""
        import pandas as pd

        rows = [
            (
                f"{s.id}#{t.index}", s.id, t.file or s.file, t.index, t.speaker.label, t.role, s.audience_of(t), t.language,
                t.kind, t.verbatim, t.agreement, t.start, t.end, t.text,
                None if t.prompt is None else f"{s.id}#{t.prompt}", t.parking_lot, t.withheld,
            )
            for s in self.values
            for t in s.turns
        ]  # fmt: skip
        frame = pd.DataFrame(rows, columns=list(UNIT_COLUMNS))
        return frame.astype(
            {"agreement": "Int64", "start": "float64", "end": "float64", "verbatim": bool, "parking_lot": bool}
        )

    def sessions(self) -> pd.DataFrame:
        """One row a session; columns `SESSION_COLUMNS`. `languages` and `guide` are tuples."""
        import pandas as pd

        rows = [
            (
                s.id, s.file, s.sha256, s.format, s.month, s.audience, s.languages, s.participants, s.spa, s.recorded,
                s.quote_consent, s.guide, len(s.turns), s.missing,
            )
            for s in self.values
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=list(SESSION_COLUMNS)).astype({"participants": "Int64", "spa": "Int64"})

    def summary(self) -> str:
        """Say what was read and what was not, one line a session or problem."""
        lines = [s.summary() for s in self.values]
        lines += [f"Not read: {p}" if p.blocking else f"Look at: {p}" for p in self.problems]
        return "\n".join(lines)


def _frozen(plain: dict[Any, Any]) -> Mapping[Any, Any]:
    return MappingProxyType(plain)


copyreg.pickle(MappingProxyType, lambda m: (_frozen, (dict(m),)))  # type: ignore[arg-type, return-value]  # values travel


def _n(count: int, noun: str) -> str:
    return f"{count} {noun}" + ("" if count == 1 else "s")
