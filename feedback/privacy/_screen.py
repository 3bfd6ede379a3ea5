"""The gate: screen a corpus, and refuse one that has not passed."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any

import feedback.privacy._detect as _detect
from feedback.corpus import Corpus, Session, Turn
from feedback.crew import Crew, crew
from feedback.errors import LeakError
from feedback.privacy._ages import find_ages
from feedback.privacy._audit import Audit, certificate_id
from feedback.privacy._edges import core
from feedback.privacy._fields import AUDIENCES, FREE, files_of, session_fields, unit_fields
from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._pseudonyms import Pseudonyms, bare, kin_of
from feedback.privacy._rare import find_rare
from feedback.privacy._recall import Found, remember, remembered
from feedback.privacy._roster import Roster, read_roster
from feedback.privacy._tokens import tokens
from feedback.privacy._types import Finding, Hit
from feedback.privacy._unique import find_unique

__all__ = ["require_clear", "screen"]

_KEY = b"feedback/privacy/groups/1"
PART = 1000  # units that one worker looks at in one go
# Header values that are plain as long as they look it: numbers, dates, codes and the words of a form.
_PLAIN_EXTRA = {
    name: re.compile(rf"(?:{form})\Z", re.IGNORECASE)
    for name, form in {
        "age_band": r"[\d\s+<>–-]{1,12}(?:to|a|y|and|years?|años|older|under|under \d+)?[\d\s+–-]{0,6}",
        "length": r"[\d.,:]+ ?[a-z. ]{0,12}",
        "duration": r"[\d.,:]+ ?[a-z. ]{0,12}", "quote_until": r"[\d./-]{4,10}",
        "recorded": r"\w{1,12}", "quote_consent": r"[\w ,-]{1,30}",
        "topics_prompted": r"[a-z_]+(?:[;, |]+[a-z_]+)*", "language": r"[\w ,;/&+-]{1,40}", "languages": r"[\w ,;/&+-]{1,40}",
    }.items()
}  # fmt: skip
HIDDEN_NAMES = (
    "property author", "property last modified by", "property manager", "property company", "comment author",
    "change author",
)  # fmt: skip
_cleared: dict[str, tuple[int, tuple[str, ...]]] = {}


def screen(
    corpus: Corpus, *, allow: Iterable[str] = (), roster: str | Path | Iterable[str] | Roster | None = None,
    key: bytes | str | None = None, protocol: Mapping[str, str] | None = None, context: bool = True,
    pseudonyms: Pseudonyms | None = None, scheduler: Any = None, workers: int = 1,
) -> Audit:  # fmt: skip
    """Look for everything by which somebody could be recognised, and for disclosures of harm.

    Args:
        corpus: what was read.
        allow: words that a person found harmless before; their findings are `accepted`.
        roster: names an organisation knows (an iterable, a text file with one a line, or a Roster of hashes); a unit that
            holds one, or what resembles one, is blocked until a person decides. Only salted hashes are held.
        key: secret for the addresses of groups; without one they are stable but guessable by whoever has the words.
        protocol: the organisation's own contacts, carried along for whoever shows a held unit.
        context: False leaves out the transformers that read the words around a name and what a unit tells: some five times
            faster; names that are everyday words are then mostly missed in lower case, and disclosures told sideways too.
        pseudonyms: the register of placeholders to go on from, so that a person keeps hers from run to run.
        scheduler, workers: who looks: a Dask scheduler (address or Client), or so many processes; the result is the same.
    """
    known = roster if isinstance(roster, Roster) or roster is None else read_roster(roster)
    secret = key.encode() if isinstance(key, str) else key or _KEY
    harmless = {core(fold(w.strip())) for w in allow}
    with crew(scheduler, workers=workers) as hands:
        sifted = list(sift(corpus, known, context=context, hands=hands))
    register = pseudonyms or Pseudonyms(secret)
    register.learn(persons(f for found, _ in sifted for f in found))
    findings = [finding(f, register, secret, harmless) for found, _ in sifted for f in found]
    counts = {s.id: counted for s, (_, counted) in zip(corpus, sifted, strict=True)}
    return Audit(tuple(findings), (), MappingProxyType(dict(protocol or {})), corpus, counts, register)


def sift(
    corpus: Iterable[Session], roster: Roster | None, *, context: bool, hands: Crew
) -> Iterator[tuple[tuple[Found, ...], tuple[int, int]]]:
    """Yield, session by session in order, what was found in it and (words, words that nothing claims)."""
    sessions = list(corpus)
    asked = [(roster, context, tuple(sorted((k, str(v)) for k, v in s.extra.items())), _attributes(s)) for s in sessions]
    kept = [remembered(s, how) for s, how in zip(sessions, asked, strict=True)]
    fresh = [s for s, found in zip(sessions, kept, strict=True) if found is None]
    look = partial(sift_part, roster=roster, context=context)
    made = (found for part in hands.map(look, Corpus(tuple(fresh)).blocks(PART)) for found in part)
    for session, how, found in zip(sessions, asked, kept, strict=True):
        if found is None:
            found = next(made)
            remember(session, how, found)
        yield found, _count(session, found)


def _attributes(session: Session) -> tuple[tuple[int, str], ...]:
    """What sessions do not compare by."""
    return tuple((t.index, repr(dict(t.speaker.attributes))) for t in session.turns if t.speaker.attributes)


def sift_part(sessions: Iterable[Session], *, roster: Roster | None, context: bool) -> list[tuple[Found, ...]]:
    """Find what is in each of these sessions; needs no key and nothing of other sessions."""
    out = []
    for session in sessions:
        mine = list(_session_hits(session, roster, context=context))
        mine += _register(session, mine)
        turns = {f"{session.id}#{t.index}": t for t in session.turns}
        spanish = {
            ref: _detect.in_spanish(text, turns[ref].language)
            for ref, where, text, hit in mine if where == "text" and hit.kind != "disclosure"
        }  # fmt: skip
        out.append(tuple(_found(*m, spanish=m[1] == "text" and spanish.get(m[0], False)) for m in mine))
    return out


def _found(ref: str, where: str, text: str, hit: Hit, *, spanish: bool) -> Found:
    if hit.kind == "disclosure":
        return ref, where, hit, fold(text), None, spanish
    return ref, where, hit, text[hit.start : hit.end], kin_of(text, hit) if hit.kind == "person" else None, spanish


def persons(found: Iterable[Found]) -> Iterator[tuple[str, str | None]]:
    """Yield the persons among what was found, as `Pseudonyms.learn` wants them."""
    return ((words, kin) for _, _, hit, words, kin, _ in found if hit.kind == "person")


def finding(found: Found, register: Pseudonyms, secret: bytes, harmless: set[str]) -> Finding:
    """Number, group and judge what was found; in the corpus's order, or numbers differ."""
    ref, where, hit, said, _, spanish = found
    words = core(fold(said).removesuffix("'s"))  # whose it is makes no other word of a name
    what = f"{ref}|{said}" if hit.kind == "disclosure" else words
    group = "g-" + hmac.new(secret, what.encode(), hashlib.sha256).hexdigest()[:12]
    return Finding(
        ref, hit.start, hit.end, hit.kind, hit.tier, hit.detector, round(hit.score, 2), _status(hit, words, harmless),
        register.placeholder(hit, said, spanish=spanish), where, group,
    )  # fmt: skip


def _status(hit: Hit, words: str, harmless: set[str]) -> str:
    if hit.tier == "general":
        return "noted"
    if hit.detector.startswith("ages"):  # bands, not words to decide on
        return "replaced"
    if hit.kind != "disclosure" and (words in harmless or bare(words) in harmless):
        return "accepted"
    return "open"


def require_clear(corpus: Corpus, *, unscreened: str | None = None) -> str | None:
    """Return quietly where a corpus may pass the gate; raise LeakError where it may not.

    It may where `screening` names a certificate over exactly these units, or where a screening finds nothing open.
    With `unscreened="the reason"` it passes all the same, and the reason is returned to be recorded.
    """
    if unscreened is not None:
        if not unscreened.strip():
            raise LeakError("`unscreened` needs a reason in words; it is recorded")
        return unscreened
    mark = certificate_id(corpus)
    if corpus.screening == mark:
        return None
    if mark not in _cleared:
        audit = screen(corpus)
        held = {f.ref for f in audit.findings if f.where == "text" and _is_withheld(corpus, f.ref)}
        still = [audit._shown(f.ref) for f in audit.findings if f.status == "open" and not (f.where == "text" and f.ref in held)]
        if len(_cleared) > 256:
            _cleared.clear()
        _cleared[mark] = (len(still), tuple(dict.fromkeys(still)))
    count, refs = _cleared[mark]
    if count:
        shown = ", ".join(refs[:8]) + (f" and {len(refs) - 8} more" if len(refs) > 8 else "")
        raise LeakError(
            f"{count} open finding{'s' if count > 1 else ''} in {len(refs)} place{'s' if len(refs) > 1 else ''} ({shown}): "
            'screen the corpus, decide, and pass on audit.apply(), or give unscreened="the reason"',
            refs,
        )
    return None


def _is_withheld(corpus: Corpus, ref: str) -> bool:
    turn = corpus.resolve(ref).turn if "#" in ref else None
    return turn is not None and bool(turn.withheld) and not turn.text


def _session_hits(session: Session, roster: Roster | None, *, context: bool = True) -> Iterable[tuple[str, str, str, Hit]]:
    yield from _header_hits(session, roster)
    labels: dict[str, list[Hit]] = {}
    beside: dict[tuple[str, str], list[Hit]] = {}
    for turn in session.turns:
        ref, label = f"{session.id}#{turn.index}", turn.speaker.label
        for where, value in unit_fields(turn):
            if (where, value) not in beside:
                free = where.startswith(FREE)
                beside[where, value] = _value_hits(where, value, roster) if free else [_odd(value)]
            for hit in beside[where, value]:
                yield ref, where, value, hit
        if label and label not in labels:
            labels[label] = _detect.detect_label(label, roster=roster)
        for hit in labels.get(label or "", ()):
            yield ref, "speaker", label or "", hit
        if turn.text:
            for hit in _unit_hits(turn, roster, context=context):
                yield ref, "text", turn.text, hit


def _header_hits(session: Session, roster: Roster | None) -> Iterable[tuple[str, str, str, Hit]]:
    names = {"file": session.file, **files_of(session)}
    for where, value in (*((w, Path(name).stem) for w, name in names.items() if name), ("session", session.id)):
        hits = _detect.detect_label(value, roster=roster)
        if hits:  # a name in a file name is rarely alone: the whole goes
            worst = max(hits, key=lambda h: h.score)
            yield session.id, where, value, Hit(0, len(value), worst.kind, worst.detector, worst.score)
    for name, value in session.extra.items():
        plain = _PLAIN_EXTRA.get(name)
        if isinstance(value, str):
            looks_plain = plain is not None and plain.match(value)
            for hit in _held(value) if looks_plain else _value_hits(name, value, roster):
                yield session.id, name, value, hit
    for i, question in enumerate(session.guide):
        hits = _detect.detect(question, roster=roster, heading=True) + _held(question)
        for hit in hits:
            yield session.id, f"guide {i}", question, hit
    if session.audience and session.audience not in AUDIENCES:
        for hit in _value_hits("audience", session.audience, roster):
            yield session.id, "audience", session.audience, hit
    for where, value in session_fields(session):
        yield session.id, where, value, _odd(value)


def _value_hits(name: str, value: str, roster: Roster | None) -> list[Hit]:
    """Findings in a header value or a hidden part of the document; who wrote or changed it is a name by its place."""
    if name.startswith(HIDDEN_NAMES):
        return [Hit(0, len(value), "person", "properties@1", 0.95)]
    look = _detect.detect_label if len(value) < 40 else _detect.detect
    return look(value, roster=roster) + _held(value)


def _odd(value: str) -> Hit:
    """A value that is not of the form asked for could say anything."""
    return Hit(0, len(value), "other", "properties@1", 0.95)


def _held(text: str) -> list[Hit]:
    return [h for h in _detect.disclosures(text) if h.tier != "general"]


def _unit_hits(turn: Turn, roster: Roster | None, *, context: bool = True) -> list[Hit]:
    heading = turn.role == "heading"
    hits = _detect.detect(
        turn.text,
        language=turn.language,
        roster=roster,
        context=context,
        heading=heading,
        meeting=heading or turn.kind in ("process", "prompt"),
    )
    if not heading and turn.kind not in ("prompt", "process"):
        only = [(h.start, h.end) for h in hits if h.kind == "other"]
        rare = [h for h in (*find_rare(turn.text), *find_unique(turn.text)) if not any(a < h.end and h.start < b for a, b in only)]
        hits = _detect.settle([*hits, *rare, *find_ages(turn.text)])
    if not heading and turn.kind != "prompt" and (turn.role != "facilitator" or turn.kind in ("note", "debrief")):
        hits = [*hits, *_detect.disclosures(turn.text, context=context)]
    return hits


def _register(session: Session, found: list[tuple[str, str, str, Hit]]) -> list[tuple[str, str, str, Hit]]:
    """A name found once is looked for in the whole session."""
    lex = lexicon()
    sure: dict[str, float] = {}
    for _, _, text, hit in found:
        if hit.kind == "person" and hit.detector not in ("vocabulary@1", "ambiguous@1") and hit.score >= 0.7:
            for t in tokens(text[hit.start : hit.end]):
                if len(t.folded) > 2 and not t.public and not lex.listed(t.folded):
                    sure[t.folded] = max(sure.get(t.folded, 0.0), 0.85)
    if not sure:
        return []
    taken: dict[str, list[Hit]] = {}
    for ref, where, _, hit in found:
        if where == "text" and hit.kind != "disclosure":
            taken.setdefault(ref, []).append(hit)
    out = []
    for turn in session.turns:
        ref = f"{session.id}#{turn.index}"
        low = fold(turn.text)
        if not any(w in low for w in sure):
            continue
        for t in tokens(turn.text):
            if t.folded in sure and not any(h.start < t.end and t.start < h.end for h in taken.get(ref, ())):
                out.append((ref, "text", turn.text, Hit(t.start, t.end, "person", "register@1", sure[t.folded])))
    return out


def _count(session: Session, found: Iterable[Found]) -> tuple[int, int]:
    words = sum(len(t.text.split()) for t in session.turns)
    claimed = sum(len(said.split()) for _, where, h, said, *_ in found if where == "text" and h.kind != "disclosure")
    return words, max(0, words - claimed)
