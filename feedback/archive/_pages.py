"""Sessions and codings that lie in parts on disk and are read when asked for: a whole of any size, a few parts in memory."""

from __future__ import annotations

from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from types import MappingProxyType
from typing import Any, overload

from feedback.archive._columns import HEADER, Columns, unpack_codings, unpack_corpus
from feedback.archive._kept import Piecework
from feedback.codebook import Coding, Discourse
from feedback.corpus import Corpus, Session, Turn
from feedback.errors import StoreError

__all__ = ["Pages", "Said", "Turns", "Values", "codings_of", "sessions_of"]

NEAR = 4  # parts in memory at a time
Load = Callable[[Piecework], Any]


class Pages:
    """What `load` reads of a part, the last few parts kept."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._near: OrderedDict[str, Any] = OrderedDict()

    def of(self, part: Piecework) -> Any:
        """What lies in this part."""
        if part.name in self._near:
            self._near.move_to_end(part.name)
            return self._near[part.name]
        try:
            found = self._near[part.name] = self._load(part)
        except FileNotFoundError:
            raise StoreError("the archive was changed since: ask it for its corpus and codings again") from None
        if len(self._near) > NEAR:
            self._near.popitem(last=False)
        return found


Piece = tuple[Piecework, int, int]  # a part, the place of the session in it, its units there


class Turns(Sequence[Turn]):
    """The units of one session, read from its parts when looked at."""

    def __init__(self, pages: Pages, pieces: Sequence[Piece]) -> None:
        self._pages, self._pieces = pages, tuple(pieces)
        self._ends = tuple(accumulate(n for _, _, n in pieces))

    @property
    def parts(self) -> tuple[Piecework, ...]:
        """The parts they lie in."""
        return tuple(part for part, _, _ in self._pieces)

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    def __iter__(self) -> Iterator[Turn]:
        for k in range(len(self._pieces)):
            yield from self._piece(k)

    @overload
    def __getitem__(self, at: int) -> Turn: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Turn, ...]: ...
    def __getitem__(self, at: int | slice) -> Turn | tuple[Turn, ...]:
        """A unit by its place, or several."""
        if isinstance(at, slice):
            return tuple(self[i] for i in range(*at.indices(len(self))))
        i = at + len(self) if at < 0 else at
        if not 0 <= i < len(self):
            raise IndexError(at)
        k = bisect_right(self._ends, i)
        return self._piece(k)[i - (self._ends[k - 1] if k else 0)]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, (tuple, Turns)) or len(self) != len(other):
            return False
        return all(a == b for a, b in zip(self, other, strict=True))

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type, tuple[tuple[Turn, ...]]]:
        return tuple, (tuple(self),)

    def _piece(self, k: int) -> tuple[Turn, ...]:
        part, place, _ = self._pieces[k]
        turns: tuple[Turn, ...] = self._pages.of(part)[0].values[place].turns
        return turns if not k else moved_on(turns, self._ends[k - 1])


def moved_on(turns: Iterable[Turn], by: int) -> tuple[Turn, ...]:
    """Let units go on where an earlier part ended."""
    return tuple(replace(t, index=t.index + by, prompt=None if t.prompt is None else t.prompt + by) for t in turns)


def headed(pieces: Sequence[Session], turns: Any) -> Session:
    """One session with these units; its header from its pieces: what the first does not say a later one may; the least consent."""
    first = pieces[0]
    filled: dict[str, Any] = {}
    for piece in pieces[1:]:
        for name in ("month", "audience", "languages", "participants", "spa", "recorded", "guide", "quote_consent"):
            if not (getattr(first, name) or filled.get(name)) and getattr(piece, name):
                filled[name] = getattr(piece, name)
    consents = [p.quote_consent for p in pieces]
    if "no" in consents or None in consents:
        filled["quote_consent"] = "no" if "no" in consents else None
    elif "review" in consents:
        filled["quote_consent"] = "review"
    return replace(first, turns=turns, **filled)


def sessions_of(parts: Sequence[tuple[Piecework, Any]]) -> list[Session]:
    """The sessions of these parts (each with where its cleared units lie), headers read, units left where they are."""
    pages = Pages(lambda part: unpack_corpus(paths[part.name]))
    paths = {part.name: path for part, path in parts}
    heads: dict[str, list[Session]] = {}
    pieces: dict[str, list[Piece]] = {}
    for part, path in parts:
        with Columns(path) as columns:
            listed = columns.head()["sessions"]
        for place, (ident, units, header, languages, guide, extra) in enumerate(listed):
            known = dict(zip(HEADER, header, strict=True))
            made = Session(ident, languages=tuple(languages), guide=tuple(guide), extra=MappingProxyType(extra), **known)
            heads.setdefault(ident, []).append(made)
            pieces.setdefault(ident, []).append((part, place, units))
    return [headed(several, Turns(pages, pieces[ident])) for ident, several in heads.items()]


Found = tuple[dict[str, list[Coding]], dict[str, Discourse]]


def by_session(found: tuple[tuple[Coding, ...], dict[str, Discourse]]) -> Found:
    """Codings of a part by session, in order, beside what each unit does."""
    out: dict[str, list[Coding]] = {}
    for c in sorted(found[0], key=lambda c: (int(c.ref.rpartition("#")[2]), c.code, c.tagger)):
        out.setdefault(c.ref.rpartition("#")[0], []).append(c)
    return out, found[1]


class Values(Sequence[Coding]):
    """All codings in the order of `Codings.merged`, read part by part; `of_session(code)` gives one session's."""

    def __init__(self, pages: Pages, home: Mapping[str, Sequence[Piecework]], count: int) -> None:
        self._pages, self._home, self._count = pages, home, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Coding]:
        for ident in sorted(self._home):
            yield from self.of_session(ident)

    @overload
    def __getitem__(self, at: int) -> Coding: ...
    @overload
    def __getitem__(self, at: slice) -> tuple[Coding, ...]: ...
    def __getitem__(self, at: int | slice) -> Coding | tuple[Coding, ...]:
        """A coding by its place: for a look; iterate for all."""
        found = tuple(self)
        return found[at]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, (tuple, Values)) and tuple(self) == tuple(other)

    def __hash__(self) -> int:
        return hash(tuple(self))

    def __reduce__(self) -> tuple[type, tuple[tuple[Coding, ...]]]:
        return tuple, (tuple(self),)

    def of_session(self, ident: str) -> Sequence[Coding]:
        """The codings of one session, by unit, code and tagger."""
        parts = self._home.get(ident, ())
        found = [self._pages.of(part)[0].get(ident, []) for part in parts]
        return found[0] if len(found) == 1 else [c for several in found for c in several]


class Said(Mapping[str, Discourse]):
    """What each unit does, by address, read part by part."""

    def __init__(self, pages: Pages, home: Mapping[str, Sequence[Piecework]]) -> None:
        self._pages, self._home = pages, home

    def __getitem__(self, ref: str) -> Discourse:
        for part in self._home.get(ref.rpartition("#")[0], ()):
            found: Discourse | None = self._pages.of(part)[1].get(ref)
            if found is not None:
                return found
        raise KeyError(ref)

    def __iter__(self) -> Iterator[str]:
        for part in dict.fromkeys(p for parts in self._home.values() for p in parts):
            yield from self._pages.of(part)[1]

    def __len__(self) -> int:
        return sum(1 for _ in self)


def codings_of(corpus: Corpus, paths: Mapping[str, Any], count: int) -> tuple[Any, Mapping[str, Discourse]]:
    """The codings of sessions from `sessions_of`, and what their units do, of the files named by part.

    They stay on disk where a walk in their order (by session code) reads each part about once; else they are read at once.
    """
    pages = Pages(lambda part: by_session(unpack_codings(paths[part.name])))
    home = {s.id: s.turns.parts for s in corpus if isinstance(s.turns, Turns)}
    values, said = Values(pages, home, count), Said(pages, home)
    walk = [part.name for ident in sorted(home) for part in home[ident]]
    turns = sum(a != b for a, b in pairwise(walk))
    if turns <= 2 * len(paths) + NEAR:
        return values, said
    read = {part.name: pages.of(part) for parts in home.values() for part in parts}
    return tuple(c for ident in sorted(home) for part in home[ident] for c in read[part.name][0].get(ident, ())), said
