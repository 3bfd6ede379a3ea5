"""Tagging session by session, for a program that tags again and again: only what changed, saying how far it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from feedback.errors import NotInstalled

if TYPE_CHECKING:
    from feedback.codebook import Codebook, Codings
    from feedback.corpus import Corpus

Kept = dict[str, "Codings"]


def tag_sessions(corpus: Corpus, book: Codebook, *, kept: Kept, tell: Callable[[int, int], object]) -> Codings:
    """Lay the codebook on a corpus, one session at a time, so that what others said changes nothing on a session.

    `kept` holds what was made before, by session, and is brought up to date. `tell` is called with (sessions done, sessions
    in all); what it raises stops the run. What people decided at the gate holds for each session as for the whole.
    """
    from feedback.privacy import joined
    from feedback.tagging import tag

    mark = hashlib.sha256(repr(book).encode()).hexdigest()
    keys = {s.id: hashlib.sha256(f"{mark}{s!r}".encode()).hexdigest() for s in corpus}
    left = [s for s in corpus if keys[s.id] not in kept]
    taggers = _taggers(book) if left else [book]
    for n, s in enumerate(left, start=len(corpus) - len(left)):
        tell(n, len(corpus))
        alone = joined([corpus], lambda all_, name=s.id: [x for x in all_ if x.id == name])  # type: ignore[misc]
        kept[keys[s.id]] = replace(tag(alone, *taggers), corpus=replace(corpus, values=()))
    tell(len(corpus), len(corpus))
    for key in set(kept) - set(keys.values()):
        del kept[key]
    parts = [kept[keys[s.id]] for s in corpus]
    empty = replace(parts[0], values=(), corpus=corpus, discourse={r: d for p in parts for r, d in p.discourse.items()})
    return empty.merged([c for p in parts for c in p.values])


def _taggers(book: Codebook) -> list[Any]:
    """What a codebook is laid by, made once: see `tag`."""
    from feedback.tagging import HearingTagger, RuleTagger

    if any(c.definition for c in book if c.status != "retired"):
        try:
            return [RuleTagger(book), HearingTagger(book)]
        except NotInstalled:
            pass
    return [book]
