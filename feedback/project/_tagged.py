"""Tagging session by session: what did not change since last time is not tagged again, and a long run says how far it is."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from feedback.codebook import Codebook, Codings
    from feedback.corpus import Corpus

BATCH = 8
Kept = dict[str, "Codings"]


def tag_sessions(
    corpus: Corpus, book: Codebook, *, taggers: Iterable[str] | None, kept: Kept | None = None,
    tell: Callable[[int, int], object] = lambda done, total: None,
) -> Codings:  # fmt: skip
    """Lay the codebook on a corpus, some sessions at a time; the same as on all of them at once.

    `kept` holds what was made before, by session, and is filled; what is not asked for any more is forgotten. `tell` is
    called with (sessions done, sessions in all); what it raises stops the run.
    """
    from feedback.tagging import tag

    names = None if taggers is None else tuple(taggers)
    kept = {} if kept is None else kept
    mark = hashlib.sha256(repr((book, names)).encode()).hexdigest()
    keys = {s.id: hashlib.sha256(f"{mark}{s!r}".encode()).hexdigest() for s in corpus}
    left = [s for s in corpus if keys[s.id] not in kept]
    for first in range(0, max(len(left), 1), BATCH):
        tell(len(corpus) - len(left) + first, len(corpus))
        batch = left[first : first + BATCH]
        made = tag(replace(corpus, values=tuple(batch)), book, taggers=names)
        for s in batch:
            mine = tuple(c for c in made if c.ref.rpartition("#")[0] == s.id)
            said = {r: d for r, d in made.discourse.items() if r.rpartition("#")[0] == s.id}
            kept[keys[s.id]] = replace(made, values=mine, corpus=replace(corpus, values=()), discourse=said)
    tell(len(corpus), len(corpus))
    for key in set(kept) - set(keys.values()):
        del kept[key]
    parts = [kept[keys[s.id]] for s in corpus]
    empty = replace(made, values=(), corpus=corpus, discourse={r: d for p in parts for r, d in p.discourse.items()})
    return empty.merged([c for p in parts for c in p.values])

