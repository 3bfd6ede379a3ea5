"""The session matrix of rapid analysis: sessions by domains, two to four lines a cell, to be edited by people."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING

from feedback.codebook import Codebook, Codings
from feedback.errors import RefError
from feedback.findings._count import mentions_of
from feedback.findings._quotes import sentence_at
from feedback.findings._types import Mention

if TYPE_CHECKING:
    import pandas as pd

LINES = 3
_ORDER = {"need": 0, "refusal": 1, "asset": 2, "not_a_problem": 3, "talk": 4, "reported": 5}
_ADDRESS = re.compile(r"\s*⟨([^⟩]+)⟩\s*$")
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a cell: words as they stand at `ref`, or what a person wrote (`by`), then with or without an address."""

    text: str
    ref: str = ""
    by: str = ""

    def __str__(self) -> str:
        return f"{self.text} ⟨{self.ref}⟩" if self.ref else self.text


@dataclass(frozen=True, slots=True)
class Matrix:
    """Sessions by domains (the codebook's groups). A working paper: it holds participants' words, session by session.

    `cells` maps (session, domain) to lines. `left_out` is how many units it does not lay out because their codes are
    restricted.
    """

    sessions: tuple[str, ...]
    domains: tuple[tuple[str, str], ...]
    cells: Mapping[Key, tuple[Line, ...]] = field(default_factory=lambda: MappingProxyType({}))
    left_out: int = 0

    def frame(self) -> pd.DataFrame:
        """One row a session, one column a domain; lines are joined by line breaks."""
        import pandas as pd

        rows = [
            [s, *("\n".join(str(x) for x in self.cells.get((s, d), ())) for d, _ in self.domains)] for s in self.sessions
        ]
        return pd.DataFrame(rows, columns=["session", *(name for _, name in self.domains)])

    def edited(self, cells: Mapping[Key, tuple[str, ...]], *, by: str, words: Codings) -> Matrix:
        """Return the matrix with these cells as a person left them: what still stands at its address keeps it unsigned."""
        changed = {key: tuple(_line(text, by, words) for text in texts if text.strip()) for key, texts in cells.items()}
        return replace(self, cells={**self.cells, **changed})

    @property
    def written(self) -> tuple[Line, ...]:
        """Lines that people wrote or changed."""
        return tuple(x for lines in self.cells.values() for x in lines if x.by)


def matrix(codings: Codings, *, lines: int = LINES) -> Matrix:
    """Lay out what each session said on each domain, up to `lines` lines a cell; needs first, different codes first.

    >>> matrix(Codings((), __import__("feedback").Corpus(), Codebook())).sessions
    ()
    """
    book = codings.codebook
    chosen: dict[Key, list[Mention]] = {}
    found = mentions_of(codings, None)
    kept = {m.ref for m in found if book[m.code].sensitivity == "restricted"}
    for m in found:
        if m.repeated or m.ref in kept:
            continue
        chosen.setdefault((m.session, domain_of(book, m.code)), []).append(m)
    cells = {key: _best(several, codings, lines) for key, several in chosen.items()}
    used = [d for d in _domains(book) if any(d[0] == key[1] for key in cells)]
    return Matrix(tuple(s.id for s in codings.corpus), tuple(used), cells, len(kept))


def domain_of(book: Codebook, code: str) -> str:
    """The group at the root of a code."""
    parent, seen = book[code].parent, {code}
    while parent and parent in book and parent not in seen:
        seen.add(parent)
        parent = book[parent].parent
    return parent or code


def _domains(book: Codebook) -> list[tuple[str, str]]:
    roots = dict.fromkeys(domain_of(book, c.id) for c in book)
    return [(r, book.groups.get(r) or (book[r].name if r in book else r)) for r in roots]


def _best(found: list[Mention], codings: Codings, lines: int) -> tuple[Line, ...]:
    out: list[Line] = []
    taken: set[str] = set()
    codes: dict[str, int] = {}
    left = sorted(found, key=lambda m: (_ORDER[m.standing], -m.score, m.ref))
    while left and len(out) < lines:
        best = min(left, key=lambda m: (codes.get(m.code, 0), _ORDER[m.standing], -m.score, m.ref))
        left.remove(best)
        if best.ref in taken:
            continue
        taken.add(best.ref)
        codes[best.code] = codes.get(best.code, 0) + 1
        text = codings.corpus.text_of(best.ref)
        start, end = sentence_at(text, best.evidence[0][0] if best.evidence else 0)
        ref = best.ref if (start, end) == (0, len(text)) else f"{best.ref}:{start}-{end}"
        out.append(Line(text[start:end], ref))
    return tuple(out)


def _line(text: str, by: str, words: Codings) -> Line:
    found = _ADDRESS.search(text)
    said, ref = (text[: found.start()], found[1]) if found else (text.strip(), "")
    if ref:
        try:
            if words.corpus.text_of(ref) == said:
                return Line(said, ref)
        except RefError:
            ref = ""
    return Line(said.strip(), ref, by)
