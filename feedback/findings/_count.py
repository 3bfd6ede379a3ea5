"""Count sessions: who voiced what, where it could have come up, prompted or not. Nothing is suppressed here."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from feedback.codebook import Coding, Codings
from feedback.corpus import Corpus, Segment, Session
from feedback.errors import FeedbackError
from feedback.findings._types import APART, Count, Evidence

DIMENSIONS = ("audience", "language", "spa", "month", "format")
_EMPHASIS = re.compile(r"[A-ZÁÉÍÓÚÑ]{4,}|!|\b(?:never|always|every single|nunca|siempre|jamás)\b")
_COUNTED = ("need", "barrier", "asset", "recommendation", "experience", "other")


@dataclass(slots=True)
class Heard:
    """Everything heard on one code, before it is counted."""

    units: dict[str, tuple[Segment, Coding]] = field(default_factory=dict)
    apart: dict[str, list[str]] = field(default_factory=dict)
    unasked: set[str] = field(default_factory=set)


def collect(codings: Codings, mentions: Callable[[str], frozenset[str]]) -> dict[str, Heard]:
    """Gather, per code, the units that voice it and those that only report or refuse it.

    `mentions` says which codes a question or heading speaks of: answers to it are prompted.
    """
    asked: dict[str, frozenset[str]] = {}
    out: dict[str, Heard] = {c.id: Heard() for c in codings.codebook}
    by_ref = codings.by_ref()
    for segment in codings.corpus.segments():
        for coding in _one_each(by_ref.get(segment.ref, ())):
            if segment.turn.role == "interpreter" and _repeats(segment, coding.code, by_ref):
                continue
            heard = out.setdefault(coding.code, Heard())
            stand = _stand(coding)
            if stand:
                heard.apart.setdefault(stand, []).append(segment.ref)
                continue
            heard.units[segment.ref] = (segment, coding)
            prompt = segment.prompt_text or ""
            if prompt not in asked:
                asked[prompt] = mentions(prompt) if prompt else frozenset()
            if segment.turn.parking_lot or coding.code not in asked[prompt]:
                heard.unasked.add(segment.ref)
    return out


def evidence(heard: Heard) -> Evidence:
    """Sort the units of one code by what they do."""
    kinds: dict[str, list[str]] = {name: [] for name in _COUNTED}
    for ref, (_, coding) in heard.units.items():
        kinds[coding.category if coding.category in kinds else "other"].append(ref)
    others = [r for r, (_, c) in heard.units.items() if c.about in ("child_or_relative", "client")]
    keep = [r for r, (_, c) in heard.units.items() if c.polarity == "keep"]
    fixed = {k: tuple(v) for k, v in kinds.items()}
    apart = {k: tuple(v) for k, v in heard.apart.items()}
    return Evidence(**fixed, keep=tuple(keep), about_others=tuple(others), **apart)


def groups_of(corpus: Corpus, by: str) -> dict[str, dict[str, int]]:
    """Return group -> session -> head count known for that group in it (0: not known).

    A session stands in a group when a participant's unit in it does; in sessions of several groups nobody knows how
    many belong to each, so they add no people.

    Raises:
        FeedbackError: there is no such dimension.
    """
    if by not in DIMENSIONS:
        raise FeedbackError(f"there is no grouping {by!r}; there are: {', '.join(DIMENSIONS)}")
    out: dict[str, dict[str, int]] = {}
    for session in corpus:
        present = session_groups(session, by)
        for group in present:
            out.setdefault(group, {})[session.id] = (session.participants or 0) if len(present) == 1 else 0
    return dict(sorted(out.items()))


def session_groups(session: Session, by: str) -> tuple[str, ...]:
    """The groups of a dimension that a session's usable participant units stand in."""
    turns = [t for t in session.turns if t.role in ("participant", "interpreter") and not t.withheld and t.kind != "process"]
    if not turns:
        return ()
    if by == "audience":
        found = Counter(session.audience_of(t) or "not said" for t in turns)
    elif by == "language":
        found = Counter({(session.languages or ("not said",))[0]: 1})
    elif by == "spa":
        found = Counter({f"SPA {session.spa}" if session.spa else "not said": 1})
    elif by == "month":
        found = Counter({session.month or "not said": 1})
    else:
        found = Counter({"recorded" if any(t.kind == "speech" for t in turns) else "notes": 1})
    return tuple(sorted(found))


def count(heard: Heard, groups: Mapping[str, Mapping[str, int]], corpus: Corpus, by: str) -> tuple[Count, ...]:
    """Count one code in `all` and in every group."""
    usable = {s.id: s.participants or 0 for s in corpus if session_groups(s, by)}
    rows = [_count("all", heard, usable, lambda _: True)]
    for group, members in groups.items():
        rows.append(_count(group, heard, members, _in_group(group, by)))
    return tuple(rows)


def agreement(heard: Heard) -> int:
    """How many others agreed with the units of a code: marks in notes, votes, and "same" turns that follow."""
    total = 0
    for segment, _ in heard.units.values():
        total += segment.turn.agreement or 0
        for turn in segment.session.turns[segment.turn.index + 1 :]:
            if turn.kind != "agreement":
                break
            total += turn.agreement or 1
    return total


def intensity(heard: Heard) -> int:
    """Units with emphasis: capitals, exclamation marks, "never", "always", "nunca", "siempre"."""
    return sum(bool(_EMPHASIS.search(s.text)) for s, _ in heard.units.values())


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson 95 % bounds of k/n; (0, 0) where n is 0. Wilson (1927), JASA 22.

    >>> [round(x, 3) for x in wilson(14, 22)]
    [0.43, 0.803]
    """
    if n == 0:
        return 0.0, 0.0
    z = 1.959963984540054
    p, d = k / n, 1 + z * z / n
    middle, half = (p + z * z / (2 * n)) / d, z / d * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return (0.0 if k == 0 else max(0.0, middle - half)), (1.0 if k == n else min(1.0, middle + half))


def _count(group: str, heard: Heard, members: Mapping[str, int], belongs: Callable[[Segment], bool]) -> Count:
    units = [(r, s) for r, (s, _) in heard.units.items() if s.session.id in members and belongs(s)]
    sessions = {s.session.id for _, s in units}
    unasked = {s.session.id for r, s in units if r in heard.unasked}
    speakers = {(s.session.id, s.turn.speaker.label) for _, s in units if s.turn.speaker.label}
    low, high = wilson(len(sessions), len(members))
    people = sum(members[s] for s in sessions)
    return Count(group, len(sessions), len(members), len(sessions - unasked), len(unasked), len(speakers), people, low, high)


def _in_group(group: str, by: str) -> Callable[[Segment], bool]:
    if by == "audience":
        return lambda s: (s.audience or "not said") == group
    return lambda _: True


def _one_each(codings: Iterable[Coding]) -> Sequence[Coding]:
    best: dict[str, Coding] = {}
    for c in codings:
        old = best.get(c.code)
        if old is None or (c.tagger.startswith("human"), c.score) > (old.tagger.startswith("human"), old.score):
            best[c.code] = c
    return tuple(best.values())


def _stand(coding: Coding) -> str:
    if coding.polarity == "rejected":
        return "refused"
    if coding.polarity == "not_a_problem":
        return "not_a_problem"
    return "reported" if coding.about in APART else ""


def _repeats(segment: Segment, code: str, by_ref: Mapping[str, Sequence[Coding]]) -> bool:
    for back in (1, 2):
        i = segment.turn.index - back
        if i >= 0 and segment.session.turns[i].role == "participant":
            return any(c.code == code for c in by_ref.get(f"{segment.session.id}#{i}", ()))
    return False
