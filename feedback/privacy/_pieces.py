"""The gate over a corpus that comes in parts: look at each part anywhere, number and group in order, clear each part anywhere."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from feedback.corpus import Corpus, Session
from feedback.errors import LeakError, Problem
from feedback.privacy._audit import Audit, certificate_id
from feedback.privacy._edges import core
from feedback.privacy._lexicon import fold
from feedback.privacy._pseudonyms import Pseudonyms
from feedback.privacy._recall import Found
from feedback.privacy._roster import Roster
from feedback.privacy._screen import finding, persons, sift_part
from feedback.privacy._types import Finding, Hit

__all__ = ["clear", "gate_version", "joined", "look", "order"]


def look(corpus: Corpus, *, roster: Roster | None = None, context: bool = True) -> list[list[Any]]:
    """Find what is in one part, as plain values; it holds the found words and needs no key."""
    rows = []
    for found in sift_part(corpus, roster=roster, context=context):
        for ref, where, hit, words, kin, spanish in found:
            rows.append([ref, where, hit.start, hit.end, hit.kind, hit.detector, hit.score, hit.tier, words, kin, spanish])
    return rows


def order(
    parts: Callable[[], Iterable[list[list[Any]]]], *, key: bytes, register: Pseudonyms, allow: Iterable[str] = ()
) -> Iterable[list[Finding]]:
    """Yield each part's findings: placeholders numbered, words grouped, as one screening of the whole would give them.

    `parts()` gives what `look` found, in order; it is asked for twice (who is there, then who gets which number).
    """
    register.learn(person for rows in parts() for person in persons(map(_found, rows)))
    harmless = {core(fold(w.strip())) for w in allow}
    for rows in parts():
        yield [finding(_found(row), register, key, harmless) for row in rows]


def _found(row: Sequence[Any]) -> Found:
    ref, where, start, end, kind, detector, score, tier, words, kin, spanish = row
    return ref, where, Hit(start, end, kind, detector, score, tier), words, kin, spanish


def clear(
    corpus: Corpus, findings: Sequence[Finding], *, decisions: Mapping[str, tuple[str, str, str]], numbers: Sequence[int]
) -> tuple[Corpus, Audit]:
    """Return one part as it may pass, and its audit, with people's decisions by group: (decision, by, why)."""
    audit = Audit(tuple(findings), (), {}, corpus)
    for group in dict.fromkeys(f.group for f in findings if f.group in decisions):
        decision, by, why = decisions[group]
        audit = audit.decide(group, decision=decision, by=by, why=why)
    return audit.apply(numbers=numbers), audit


def joined(parts: Iterable[Corpus], join: Callable[[Iterable[Session]], Iterable[Session]] = tuple) -> Corpus:
    """Put parts together (or choose among their sessions) where each carries the gate's certificate; else LeakError."""
    problems: list[Problem] = []

    def passed() -> Iterator[Session]:
        for part in parts:
            if part.screening != certificate_id(part):
                raise LeakError("a part has not passed the gate, or was changed since: screen it first")
            problems.extend(part.problems)
            yield from part

    whole = Corpus(tuple(join(passed())), tuple(problems))
    return replace(whole, screening=certificate_id(whole))


def without(corpus: Corpus, out: Collection[str]) -> Corpus:
    """Return the other sessions, cleared where the whole was; what is less than the whole needs no screening of its own."""
    left = Corpus(tuple(s for s in corpus if s.id not in out), corpus.problems)
    return replace(left, screening=certificate_id(left)) if corpus.screening == certificate_id(corpus) else left


SHARED = tuple(Path(__file__).parents[1] / name for name in ("gloss.py", "networks.py"))


@cache
def gate_version() -> str:
    """Name everything that decides what is found: this code, its lists and its models."""
    from feedback.privacy._audit import list_hashes

    h = hashlib.sha256(repr(sorted(list_hashes().items())).encode())
    for path in (*sorted(Path(__file__).parent.glob("*.py")), *SHARED):
        h.update(path.read_bytes())
    return h.hexdigest()[:16]
