"""The gate: screen a corpus, and refuse one that has not passed."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from types import MappingProxyType

import feedback.privacy._detect as _detect
from feedback.corpus import Corpus, Session, Turn
from feedback.errors import LeakError, ReadError
from feedback.privacy._audit import Audit, certificate_id
from feedback.privacy._detect import Roster
from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._recall import recalled
from feedback.privacy._tokens import tokens
from feedback.privacy._types import Finding, Hit

__all__ = ["require_clear", "screen"]

_KEY = b"feedback/privacy/groups/1"
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "abr": 4, "ago": 8, "dic": 12,
}  # fmt: skip
_SEASONS = {12: "winter", 1: "winter", 2: "winter", 3: "spring", 4: "spring", 5: "spring", 6: "summer", 7: "summer", 8: "summer",
            9: "fall", 10: "fall", 11: "fall"}  # fmt: skip
_PLAIN_EXTRA = frozenset({
    "age_band", "length", "quote_until", "topics_prompted", "recorded", "quote_consent", "duration", "language", "languages",
})  # fmt: skip
_cleared: dict[str, tuple[int, tuple[str, ...]]] = {}


def screen(
    corpus: Corpus, *, allow: Iterable[str] = (), roster: str | Path | Iterable[str] | None = None,
    key: bytes | str | None = None, protocol: Mapping[str, str] | None = None, context: bool = True,
) -> Audit:  # fmt: skip
    """Look for everything by which somebody could be recognised, and for disclosures of harm.

    Args:
        corpus: what was read.
        allow: words that a person found harmless before; their findings are `accepted`.
        roster: names an organisation knows (an iterable, or a text file with one a line); whatever resembles one is
            a sure finding. Not kept.
        key: secret for the addresses of groups; without one they are stable but guessable by whoever has the words.
        protocol: the organisation's own contacts, carried along for whoever shows a held unit.
        context: False leaves out the transformer that reads the words around a name: some five times faster, and names
            that are everyday words are then mostly missed in lower case.
    """
    known = Roster(_names_of(roster)) if roster is not None else None
    secret = key.encode() if isinstance(key, str) else key or _KEY
    harmless = {fold(w.strip()) for w in allow}
    raw: list[tuple[str, str, str, Hit]] = []
    counts: dict[str, tuple[int, int]] = {}
    for session in corpus:
        look = partial(_session_hits, session, known, context=context)
        mine = list(recalled(session, (known, context), look))
        mine += _register(session, mine)
        raw += mine
        counts[session.id] = _count(session, mine)
    numbers: dict[tuple[str, str], int] = {}
    aliases = _aliases(raw)
    findings = []
    for ref, where, text, hit in raw:
        words = fold(text[hit.start : hit.end])
        status = "noted" if hit.tier == "general" else "open"
        if hit.kind != "disclosure" and (words in harmless or _bare(words) in harmless):
            status = "accepted"
        what = f"{ref}|{words}" if hit.kind == "disclosure" else words
        group = "g-" + hmac.new(secret, what.encode(), hashlib.sha256).hexdigest()[:12]
        findings.append(Finding(
            ref, hit.start, hit.end, hit.kind, hit.tier, hit.detector, round(hit.score, 2), status,
            _placeholder(hit, text[hit.start : hit.end], numbers, aliases), where, group,
        ))  # fmt: skip
    return Audit(tuple(findings), (), MappingProxyType(dict(protocol or {})), corpus, counts)


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
        still = tuple(dict.fromkeys(
            f.ref for f in audit.findings if f.status == "open" and not (f.where == "text" and _is_withheld(corpus, f.ref))
        ))  # fmt: skip
        count = sum(f.ref in still for f in audit.findings if f.status == "open")
        if len(_cleared) > 256:
            _cleared.clear()
        _cleared[mark] = (count, still)
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
    return "#" in ref and bool(corpus.resolve(ref).turn.withheld)


def _names_of(roster: str | Path | Iterable[str]) -> list[str]:
    if isinstance(roster, (str, Path)):
        path = Path(roster)
        try:
            text = path.read_text(encoding="utf-8-sig")
        except (OSError, UnicodeDecodeError) as err:
            raise ReadError(
                "the roster cannot be read as text", file=path.name, remedy="Save it as UTF-8, one name a line."
            ) from err
        return [line for line in text.replace(",", "\n").replace(";", "\n").splitlines() if line.strip()]
    return list(roster)


def _session_hits(session: Session, roster: Roster | None, *, context: bool = True) -> Iterable[tuple[str, str, str, Hit]]:
    yield from _header_hits(session, roster)
    labels: dict[str, list[Hit]] = {}
    for turn in session.turns:
        ref, label = f"{session.id}#{turn.index}", turn.speaker.label
        if label and label not in labels:
            labels[label] = _detect.detect_label(label, roster=roster)
        for hit in labels.get(label or "", ()):
            yield ref, "speaker", label or "", hit
        if turn.text:
            for hit in _unit_hits(turn, roster, context=context):
                yield ref, "text", turn.text, hit


def _header_hits(session: Session, roster: Roster | None) -> Iterable[tuple[str, str, str, Hit]]:
    stem = Path(session.file).stem if session.file else ""
    for where, value in (("file", stem), ("session", session.id)):
        hits = _detect.detect_label(value, roster=roster)
        if hits:  # a name in a file name is rarely alone: the whole goes
            worst = max(hits, key=lambda h: h.score)
            yield session.id, where, value, Hit(0, len(value), worst.kind, worst.detector, worst.score)
    for name, value in session.extra.items():
        if name not in _PLAIN_EXTRA and isinstance(value, str):
            look = _detect.detect_label if len(value) < 40 else _detect.detect
            for hit in look(value, roster=roster):
                yield session.id, name, value, hit
    for i, question in enumerate(session.guide):
        for hit in _detect.detect(question, roster=roster, heading=True):
            yield session.id, f"guide {i}", question, hit


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
    if turn.role in ("participant", "interpreter", "notetaker") and turn.kind not in ("prompt", "process"):
        hits += _detect.disclosures(turn.text)
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


def _count(session: Session, found: Iterable[tuple[str, str, str, Hit]]) -> tuple[int, int]:
    words = sum(len(t.text.split()) for t in session.turns)
    claimed = sum(
        len(text[h.start : h.end].split()) for _, where, text, h in found if where == "text" and h.kind != "disclosure"
    )
    return words, max(0, words - claimed)


_TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|mister|dr|don|do[nñ]a|se[nñ]or(?:a|ita)?|sra?|srta|coach|pastor|officer|judge|nurse|uncle|aunt(?:ie)?|t[ií][ao]|"
    r"grandma|maestr[ao]|licenciad[ao]|comadre|compadre|baby|mi|my|la|el)\.?\s+)+"
)


def _bare(words: str) -> str:
    return _TITLE.sub("", words)


def _aliases(raw: Iterable[tuple[str, str, str, Hit]]) -> dict[str, str]:
    """Map a single name to the only full name that has it, so that one person has one placeholder."""
    full = {_bare(fold(text[h.start : h.end])) for _, _, text, h in raw if h.kind == "person"}
    many: dict[str, set[str]] = {}
    for name in full:
        parts = name.split()
        if len(parts) > 1:
            for p in (parts[0], parts[-1]):
                many.setdefault(p, set()).add(name)
    return {p: next(iter(names)) for p, names in many.items() if len(names) == 1}


def _placeholder(hit: Hit, words: str, numbers: dict[tuple[str, str], int], aliases: Mapping[str, str]) -> str:
    if hit.kind == "disclosure":
        return ""
    if hit.kind == "date":
        return _season(words)
    kind = {"person": "PERSON", "place": "PLACE", "org": _org(words), "address": "ADDRESS", "phone": "PHONE",
            "email": "EMAIL", "handle": "HANDLE",
            "id": "ID", "url": "URL", "other": "DETAIL"}[hit.kind]  # fmt: skip
    if kind in ("PHONE", "EMAIL", "HANDLE", "ID", "URL", "DETAIL", "ADDRESS"):
        return f"[{kind}]"
    name = _bare(fold(words))
    name = aliases.get(name, name) if kind == "PERSON" else name
    if (kind, name) not in numbers:
        numbers[kind, name] = 1 + sum(k == kind for k, _ in numbers)
    return f"[{kind} {numbers[kind, name]}]"


def _org(words: str) -> str:
    low = fold(words)
    if re.search(
        r"\b(?:middle|high|elementary|academy|continuation|hs|ms|charter|prep|college|school|escuela|primaria|secundaria|prepa|colegio)\b",
        low,
    ):
        return "SCHOOL"
    if re.search(r"\b(?:house|home|strtp|shelter|ranch|casa|albergue|lodge|villa|manor|vista)\b", low):
        return "GROUP HOME"
    return "ORGANIZATION"


def _season(words: str) -> str:
    low, year = fold(words), _YEAR.search(words)
    month = next((n for name, n in _MONTHS.items() if re.search(rf"\b{name}", low)), None)
    parts = re.findall(r"\d+", words)
    if month is None and len(parts) == 3 and "-" not in words[:5]:
        a, b = int(parts[0]), int(parts[1])
        month = a if 1 <= a <= 12 else b if 1 <= b <= 12 else None
    if year is None:
        return "[DATE]"
    return f"[DATE: {_SEASONS[month]} {year.group()}]" if month else f"[DATE: {year.group()}]"
