"""The outcome of a screening: findings by address, decisions, placeholders, a corpus that may pass, a certificate."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, RefError
from feedback.privacy._detect import DETECTORS
from feedback.privacy._fields import files_of, session_fields, unit_fields, value_of, without
from feedback.privacy._pseudonyms import Pseudonyms
from feedback.privacy._types import Finding, Group

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["OUTCOMES", "Audit", "Decision", "certificate_id", "seal_of"]

_LOG = logging.getLogger("feedback.privacy")
HIDDEN = ("property ", "comment", "change")  # parts of a document that are read to be screened and go no further
COLUMNS = ("ref", "start", "end", "kind", "tier", "detector", "score", "status", "placeholder")
OUTCOMES = (
    "already_handled_at_session", "protocol_followed", "past_and_previously_reported", "adult_about_own_past",
    "hypothetical_or_general", "not_a_disclosure", "remove_from_analysis",
)  # fmt: skip
_STATUS = {"accept": "accepted", "accepted": "accepted", "harmless": "accepted", "replace": "replaced", "replaced": "replaced",
           "remove": "removed", "removed": "removed", "open": "open"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Decision:
    """What a named person decided about all places of one word, why, and when (ISO time; empty where it is not kept)."""

    group: str
    decision: str
    by: str
    why: str
    at: str = ""


@dataclass(frozen=True)
class Audit:
    """What the privacy gate found in a corpus, by address; the words only through `reveal`.

    `ok` is True where no finding is open. `apply()` gives the corpus that may pass. Its repr and its errors hold no
    words.
    """

    findings: tuple[Finding, ...]
    decisions: tuple[Decision, ...] = ()
    protocol: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}), repr=False)
    _corpus: Corpus = field(default_factory=Corpus, repr=False)
    _tokens: Mapping[str, tuple[int, int]] = field(default_factory=dict, repr=False, compare=False)
    pseudonyms: Pseudonyms | None = field(default=None, repr=False, compare=False)
    on_reveal: Callable[[str, int], None] | None = field(default=None, repr=False, compare=False)
    _named: Mapping[str, str] | None = field(init=False, default=None, repr=False, compare=False)  # filled when asked

    @property
    def ok(self) -> bool:
        """Whether nothing is left to decide or replace."""
        return not any(f.status == "open" for f in self.findings)

    def __repr__(self) -> str:
        return f"Audit({len(self.findings)} findings, {sum(f.status == 'open' for f in self.findings)} open)"

    def frame(self) -> pd.DataFrame:
        """One row a finding; offsets count code points in the unit's text. The found words are not in it."""
        import pandas as pd

        rows = [(self._shown(f.ref), *(getattr(f, c) for c in COLUMNS[1:])) for f in self.findings]
        return pd.DataFrame(rows, columns=list(COLUMNS))

    def reveal(self, ref: str) -> tuple[str, ...]:
        """Return the words found at an address (or in a group): the only way to them, and logged. Raises RefError."""
        found = self._asked(ref)
        self._tell(self._shown(ref), len(found))
        return tuple(_value(self._corpus, f)[f.start : f.end] for f in found)

    def context(self, ref: str, *, most: int = 3) -> tuple[tuple[str, str, str, str], ...]:
        """Return (address, before, words, after) for up to `most` places of a group, to decide by; logged like `reveal`."""
        found = self._asked(ref)[:most]
        self._tell(self._shown(ref), len(found))
        rows = []
        for f in found:
            text = _value(self._corpus, f)
            a, b = (f.start, f.end) if f.kind != "disclosure" else (0, len(text))
            rows.append((self._shown(f.ref), text[max(0, a - 60) : a], text[a:b], text[b : b + 60]))
        return tuple(rows)

    def _asked(self, ref: str) -> list[Finding]:
        found = [f for f in self.findings if ref in (f.ref, f.group, self._shown(f.ref))]
        if not found:
            raise RefError("nothing was found at this address; `frame()` lists the addresses")
        return found

    def _shown(self, ref: str) -> str:
        """An address as it is shown: where a session's code is somebody's name, the session goes by its place."""
        if self._named is None:
            places = {s.id: n for n, s in enumerate(self._corpus.values, 1)}
            named = {f.ref for f in self.findings if f.where == "session"}
            object.__setattr__(self, "_named", {name: f"session-{places[name]}" for name in named if name in places})
        session, mark, rest = ref.partition("#")
        return f"{self._named[session]}{mark}{rest}" if self._named and session in self._named else ref

    def _tell(self, ref: str, count: int) -> None:
        _LOG.info("reveal %s (%d)", ref, count)
        if self.on_reveal is not None:
            self.on_reveal(ref, count)

    def words(self, finding: Finding) -> str:
        """Return the words of one finding: for the protected log only."""
        return _value(self._corpus, finding)[finding.start : finding.end]

    def groups(self) -> tuple[Group, ...]:
        """Distinct words to decide on, the surest and most frequent first; a group is named by an opaque address."""
        by: dict[str, list[Finding]] = {}
        for f in self.findings:
            if f.status == "open":
                by.setdefault(f.group, []).append(f)
        made = [
            Group(
                g,
                fs[0].kind,
                fs[0].tier,
                len(fs),
                tuple(dict.fromkeys(self._shown(f.ref) for f in fs)),
                max(f.score for f in fs),
                fs[0].status,
            )
            for g, fs in by.items()
        ]
        order = {"now": 0, "possible": 1}
        return tuple(sorted(made, key=lambda g: (order.get(g.tier or "", 2), -g.score, -g.count, g.id)))

    def undecided(self) -> tuple[Group, ...]:
        """The groups that need a person: not sure enough to be replaced without asking, and held disclosures."""
        unsure = {f.group for f in self.findings if f.status == "open" and not f.sure}
        return tuple(g for g in self.groups() if g.id in unsure)

    def decide(self, word_or_group: str, *, decision: str, by: str, why: str) -> Audit:
        """Decide once for all places of a word and return the new audit.

        `word_or_group` is a group's address, a unit's ref, `roster` (everything the roster found), or the word itself (never
        repeated). `decision` is accept (harmless), replace (it does identify) or remove (hold the units for good); for
        disclosures one of `OUTCOMES`.
        """
        if not by.strip() or not why.strip():
            raise FeedbackError("a decision needs a name (by) and a reason (why)")
        ids = self._address(word_or_group)
        if not ids:
            raise RefError("no finding has this address or word; `groups()` lists the addresses")
        made = [replace(f, status=_decided(f, decision)) if f.group in ids else f for f in self.findings]
        new = tuple(Decision(g, decision, by, why) for g in sorted(ids))
        return replace(self, findings=tuple(made), decisions=(*self.decisions, *new))

    def _address(self, asked: str) -> set[str]:
        from feedback.privacy._lexicon import fold

        if asked == "roster":
            return {f.group for f in self.findings if f.detector.startswith("roster") and f.status == "open"}
        ids = {f.group for f in self.findings if f.group == asked}
        if not ids:
            ids = {f.group for f in self.findings if asked in (f.ref, self._shown(f.ref))}
        if not ids:
            ids = {f.group for f in self.findings if fold(_value(self._corpus, f)[f.start : f.end]) == fold(asked)}
        return ids

    def states(self) -> dict[str, str]:
        """Each unit's state: clean, pseudonymized, quarantined (a word is undecided) or blocked (held or removed)."""
        found: dict[str, list[Finding]] = {}
        for f in self.findings:
            if f.where == "text":
                found.setdefault(f.ref, []).append(f)
        out = {}
        for s in self._corpus:
            for t in s.turns:
                ref = f"{s.id}#{t.index}"
                out[ref] = _state(found.get(ref, ()), t)
        return out

    def apply(self, *, numbers: Iterable[int] | None = None) -> Corpus:
        """Return the corpus that may pass: sure identifiers replaced, doubtful and held units emptied and withheld.

        A session whose code is somebody's name becomes `session-N`; `numbers` are the sessions' own (1, 2 ... by default).
        """
        by: dict[tuple[str, str], list[Finding]] = {}
        for f in self.findings:
            by.setdefault((f.ref, f.where), []).append(f)
        places = numbers or range(1, len(self._corpus) + 1)
        sessions = tuple(_session(s, by, i) for i, s in zip(places, self._corpus.values, strict=True))
        corpus = self._corpus.replace_sessions(sessions, screening=None)
        return replace(corpus, screening=certificate_id(corpus))

    def certificate(self) -> dict[str, dict[str, Any]]:
        """Per file: detector versions, counts by class and status, units by state, share of tokens proven safe.

        A file is named by its session's code, or by its place where the code itself is somebody's name; no word of it,
        no reviewer and no found word stands in it. `lists` are hashes of the word lists that the share was proven with.
        """
        states = self.states()
        out: dict[str, dict[str, Any]] = {}
        for n, s in enumerate(self._corpus.values, 1):
            mine = [f for f in self.findings if f.ref.split("#")[0] == s.id]
            words, safe = self._tokens.get(s.id, (0, 0))
            named = any(f.where in ("file", "session") for f in mine)
            out[f"session-{n}" if named else s.id] = {
                "sha256": s.sha256, "detectors": list(DETECTORS), "findings": dict(Counter(f.kind for f in mine)),
                "by_detector": dict(Counter(f.detector for f in mine)), "status": dict(Counter(f.status for f in mine)),
                "units": dict(Counter(states[f"{s.id}#{t.index}"] for t in s.turns)),
                "tokens": words, "share_safe": round(safe / words, 4) if words else 1.0,
                "decided": sum(d.group in {f.group for f in mine} for d in self.decisions), "lists": list_hashes(),
            }  # fmt: skip
        return out


def certificate_id(corpus: Corpus) -> str:
    """Name the screening of exactly these units: any change of them gives another name."""
    return f"cert-{seal_of(corpus)[:20]}"


def seal_of(corpus: Corpus) -> str:
    """SHA-256 over everything that sessions hold, and over the detectors there are."""
    return hashlib.sha256(("|".join(DETECTORS) + corpus.fingerprint + _extras(corpus)).encode()).hexdigest()


@cache
def list_hashes() -> dict[str, str]:
    """SHA-256 (first 16 digits) of every word list and model the gate reads."""
    from feedback.privacy._lexicon import MODELS

    files = [p for p in (*sorted(MODELS.glob("*")), *sorted(Path(__file__).parent.glob("*.txt"))) if p.suffix != ".md"]
    files.append(Path(__file__).with_name("disclosures.yaml"))
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest()[:16] for p in files if p.is_file()}


def _extras(corpus: Corpus) -> str:
    """What the corpus's own fingerprint leaves out of headers and of units."""
    heads = [
        (s.file, s.sha256, s.format, s.recorded, tuple(s.guide), sorted((k, str(v)) for k, v in s.extra.items())) for s in corpus
    ]
    beside = hashlib.sha256()
    for s in corpus:
        for t in s.turns:
            times = (t.start if t.start is None else float(t.start), t.end if t.end is None else float(t.end))
            more = sorted(t.speaker.attributes.items())
            beside.update(repr((t.audience, t.language, t.file, t.prompt, t.parking_lot, t.verbatim, times, more)).encode())
    return repr(heads) + beside.hexdigest()


def _decided(f: Finding, decision: str) -> str:
    if f.kind == "disclosure":
        if decision in OUTCOMES:
            return "removed" if decision == "remove_from_analysis" else "accepted"
        if decision in ("remove", "removed"):
            return "removed"
        raise FeedbackError(f"a held unit needs one of these outcomes: {', '.join(OUTCOMES)}")
    if decision not in _STATUS:
        raise FeedbackError("a decision is accept, replace or remove")
    return _STATUS[decision]


def _state(found: Iterable[Finding], turn: Turn) -> str:
    state = "clean"
    for f in found:
        if f.status == "removed" or (f.status == "open" and (f.kind == "disclosure" or f.detector.startswith("roster"))):
            return "blocked"
        if f.kind == "disclosure" or f.status == "accepted":
            continue
        if f.status == "open" and not f.sure:
            state = "quarantined"
        elif state == "clean":
            state = "pseudonymized"
    return "blocked" if turn.withheld and state == "clean" else state


def _value(corpus: Corpus, f: Finding) -> str:
    session = corpus[f.ref.split("#")[0]]
    if f.where == "file":
        return session.file
    if f.where == "session":
        return session.id
    if f.where == "audience":
        return session.audience or ""
    if "#" not in f.ref:
        if f.where in session.extra:
            return str(session.extra[f.where])
        return value_of(session, None, f.where) or _guide(session, f.where)
    turn = session.turns[int(f.ref.split("#")[1])]
    if f.where in ("speaker", "text"):
        return (turn.speaker.label or "") if f.where == "speaker" else turn.text
    return value_of(session, turn, f.where) or ""


def _guide(session: Session, where: str) -> str:
    return session.guide[int(where.removeprefix("guide "))] if where.startswith("guide ") else ""


def _put(text: str, found: Iterable[Finding]) -> str:
    for f in sorted(found, key=lambda f: -f.start):
        if f.kind != "disclosure" and f.status in ("open", "replaced"):
            text = text[: f.start] + f.placeholder + text[f.end :]
    return text


def _session(s: Session, by: Mapping[tuple[str, str], list[Finding]], number: int) -> Session:
    sid = f"session-{number}" if (s.id, "session") in by else s.id
    names = {s.file: _put(s.file, by.get((s.id, "file"), ()))}
    names |= {name: _put(name, by.get((s.id, where), ())) for where, name in files_of(s).items()}
    odd = {where: "" for where, _ in session_fields(s) if (s.id, where) in by}
    s = without(s, odd) if odd else s
    extra = {k: _field(str(v), by.get((s.id, k), ())) for k, v in s.extra.items() if not k.startswith(HIDDEN)}
    guide = tuple(_field(g, by.get((s.id, f"guide {i}"), ())) for i, g in enumerate(s.guide))
    who = _field(s.audience, by.get((s.id, "audience"), ())) if s.audience else s.audience
    turns = tuple(_turn(t, s, by, names) for t in s.turns)
    return replace(s, id=sid, file=names[s.file], audience=who, extra=MappingProxyType(extra), guide=guide, turns=turns)


def _field(value: str, found: Iterable[Finding]) -> str:
    """A header value as it may pass: placeholders for what is sure, nothing where something is in doubt or held."""
    found = list(found)
    return "" if _withheld(found) else _put(value, found)


def _turn(t: Turn, s: Session, by: Mapping[tuple[str, str], list[Finding]], names: Mapping[str, str]) -> Turn:
    ref = f"{s.id}#{t.index}"
    found, labels = by.get((ref, "text"), []), by.get((ref, "speaker"), [])
    if labels and t.speaker.label:
        t = replace(t, speaker=Speaker(_put(t.speaker.label, labels), t.speaker.role, t.speaker.attributes))
    beside = {where: by[ref, where] for where, _ in unit_fields(t) if (ref, where) in by}
    if beside:
        t = without(t, {where: _field(t.audience or "", hits) for where, hits in beside.items()})
    if t.file and names[t.file] != t.file:
        t = replace(t, file=names[t.file])
    if t.withheld:
        return replace(t, text="")
    if not found:
        return t
    why = _withheld(found)
    return replace(t, text="", withheld=why) if why else replace(t, text=_put(t.text, found))


def _withheld(found: Iterable[Finding]) -> str | None:
    why = None
    for f in found:
        if f.status == "removed":
            return "removed by decision"
        if f.detector.startswith("roster") and f.status == "open" and why is None:
            why = "blocked: resembles a name on the roster"
        if f.kind == "disclosure" and f.status == "open":
            why = "held: possible disclosure"
        elif f.status == "open" and not f.sure and why is None:
            why = "quarantined: possible " + {
                "person": "name",
                "other": "identifying detail",
                "org": "name of a place",
            }.get(f.kind, f.kind)
    return why
