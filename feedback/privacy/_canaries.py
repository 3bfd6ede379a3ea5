"""Plant synthetic identifiers of every class in a copy and see which survive the screening."""

# ruff: noqa: E501
from __future__ import annotations

import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from feedback.corpus import Corpus

if TYPE_CHECKING:
    from feedback.privacy._audit import Audit

__all__ = ["Canaries", "canaries"]

# Invented: 555 telephone numbers, `.example` domains, a social security number of the block never issued.
_SONGS: dict[str, tuple[tuple[str, str], ...]] = {
    "person": (
        ("and Marisol Quintanilla said the same.", "Marisol Quintanilla"), ("my friend keyshawn was there too", "keyshawn"),
        ("Mr. Abernathy never called back.", "Abernathy"), ("la señora Xochitl Barrientos nos ayuda", "Xochitl Barrientos"),
    ),
    "phone": (("call 213-555-0142 after six", "213-555-0142"), ("it's three two three five five five oh one nine eight", "three two three five five five oh one nine eight"),
              ("es el tres uno cero cinco cinco cinco cero uno ocho siete", "tres uno cero cinco cinco cinco cero uno ocho siete")),
    "email": (("write to vela.test@mail.example", "vela.test@mail.example"), ("it's vela dot test at mail dot example", "vela dot test at mail dot example")),
    "handle": (("follow @vela.test_9 on there", "@vela.test_9"), ("my ig is vela_test_nine", "vela_test_nine")),
    "id": (("my social is 987-65-4320", "987-65-4320"), ("case number 19CCJP04321A", "19CCJP04321A"), ("la placa es 8ABC123", "8ABC123")),
    "date": (("born 03/14/2009", "03/14/2009"), ("nació el 5 de mayo de 2010", "5 de mayo de 2010")),
    "address": (("we live at 1482 Alondra Ave", "1482 Alondra Ave"), ("over on mariposa and 97th", "mariposa and 97th")),
    "url": (("see www.velatest.example/home", "www.velatest.example/home"),),
    "org": (("she goes to Quillmark Middle", "Quillmark Middle"), ("placed at Harrowgate House", "Harrowgate House")),
    "other": (("I'm the only Samoan girl in Irwindale", "the only Samoan girl in Irwindale"),),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Canaries:
    """How many planted identifiers of each class were found; `ok` where all were."""

    planted: dict[str, int]
    found: dict[str, int]

    @property
    def ok(self) -> bool:
        """Whether none survived."""
        return self.planted == self.found

    @property
    def survivors(self) -> tuple[str, ...]:
        """The classes of which at least one survived."""
        return tuple(k for k in self.planted if self.found[k] < self.planted[k])


def canaries(corpus: Corpus, seed: int = 0) -> Canaries:
    """Plant one of each synthetic identifier at the end of random units of a copy and screen the copy."""
    from feedback.privacy._screen import screen

    chance = random.Random(seed)
    places = [(s.id, t.index) for s in corpus for t in s.turns if t.text and t.role == "participant" and not t.withheld]
    songs = [(kind, song, words) for kind, rows in _SONGS.items() for song, words in rows]
    if not places:
        return Canaries({}, {})
    chosen = chance.sample(places, len(songs)) if len(places) >= len(songs) else [chance.choice(places) for _ in songs]
    texts = {(s.id, t.index): t.text for s in corpus for t in s.turns}
    planted = []
    for (kind, song, words), where in zip(songs, chosen, strict=True):
        start = len(texts[where]) + 1 + song.index(words)
        texts[where] = f"{texts[where]} {song}"
        planted.append((kind, where, start, start + len(words)))
    copy = corpus.replace_sessions(
        (replace(s, turns=tuple(replace(t, text=texts[s.id, t.index]) for t in s.turns)) for s in corpus),
        screening=None,
    )
    return _count(planted, screen(copy))


def _count(planted: list[tuple[str, tuple[str, int], int, int]], audit: Audit) -> Canaries:
    spans: dict[str, list[tuple[int, int]]] = {}
    for f in audit.findings:
        if f.where == "text" and f.kind != "disclosure":
            spans.setdefault(f.ref, []).append((f.start, f.end))
    sown: dict[str, int] = {}
    found: dict[str, int] = {}
    for kind, (session, index), start, end in planted:
        covers = spans.get(f"{session}#{index}", [])
        seen = any(a <= start and end <= b for a, b in covers)
        sown[kind] = sown.get(kind, 0) + 1
        found[kind] = found.get(kind, 0) + seen
    return Canaries(sown, found)
