"""The mini-language of triggers, compiled once: words, `token*`, `[a|b]` and `...` (a gap of 0 to 3 words).

Text is compared lower-cased, without accents (n-tilde too), with straight apostrophes and hyphens as spaces; places
are code points of the text as it stands. Each distinct word is looked up once: a pattern costs nothing where its first
word does not stand.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Generic, TypeVar

from feedback.errors import CodebookError

GAP = 3
STOP = "."  # stands for the end of a sentence: nothing matches it, no gap crosses it
_TOKEN = re.compile(
    r"w/o?(?![^\W_])|b/c|[A-Z]&[A-Z]\b|[^\W_][\u0300-\u036f]*(?:['’ʼ]?[^\W_\u0300-\u036f][\u0300-\u036f]*)*|[.!?;\n]+"
)
_STOPS = frozenset(".!?;\n")
_SLOT = re.compile(r"\[[^\[\]]*\]|\.\.\.|[^\s\[\]]+")
K = TypeVar("K", bound=Hashable)
Span = tuple[int, int]


@lru_cache(maxsize=1 << 16)
def fold(word: str) -> str:
    """Lower-case a word, fold its accents, straighten its apostrophes.

    >>> fold("Pañales’")
    "panales'"
    """
    plain = unicodedata.normalize("NFD", word.lower())
    return "".join(c for c in plain if not unicodedata.combining(c)).replace("’", "'").replace("ʼ", "'")


@dataclass(frozen=True, slots=True)
class Words:
    """A text as folded words, each with its place (code points, end exclusive) in the text."""

    words: tuple[str, ...]
    spans: tuple[Span, ...]


@lru_cache(maxsize=8)  # triggers, then cues, read the same text
def words_of(text: str) -> Words:
    """Split a text into folded words; ends of sentences stand as `STOP`."""
    spans = tuple([m.span() for m in _TOKEN.finditer(text)])
    if text.isascii():  # nothing to fold but capitals
        low = text.lower()
        words = [STOP if low[a] in _STOPS else low[a:b] for a, b in spans]
    else:
        words = [STOP if text[a] in _STOPS else fold(text[a:b]) for a, b in spans]
    return Words(tuple(words), spans)


@dataclass(frozen=True, slots=True)
class _Slot:
    words: frozenset[str]
    heads: tuple[str, ...]
    gap: bool = False  # 0 to GAP words may stand before this slot

    def fits(self, word: str) -> bool:
        return word in self.words or (bool(self.heads) and word.startswith(self.heads))


@dataclass(frozen=True, slots=True)
class Pattern(Generic[K]):
    """One phrase with what it stands for."""

    key: K
    phrase: str
    slots: tuple[_Slot, ...]
    second: frozenset[str] = frozenset()  # words of which one must come next; empty where others may


@dataclass(frozen=True, slots=True)
class Hit(Generic[K]):
    """A phrase found: what it stands for, as written, and where (code points, end exclusive; and words)."""

    key: K
    phrase: str
    span: Span
    first: int
    last: int


_Starts = tuple[tuple[Pattern[K], ...], dict[str, tuple[Pattern[K], ...]]]


def parse(phrase: str, key: K) -> Pattern[K]:
    """Compile one phrase; raises CodebookError where it cannot be read."""
    slots: list[_Slot] = []
    gap = False
    for part in _SLOT.findall(phrase):
        if part == "...":
            gap = True
            continue
        options = part[1:-1].split("|") if part.startswith("[") else None
        for piece in [options] if options else _pieces(part):
            exact = frozenset(fold(o.strip()) for o in piece if o.strip() and not o.strip().endswith("*"))
            heads = tuple(sorted({fold(o.strip()[:-1]) for o in piece if o.strip().endswith("*")}))
            if "" in heads or not (exact or heads):
                raise CodebookError(f"the trigger {phrase!r} cannot be read: a star needs letters before it")
            slots.append(_Slot(exact, heads, gap and bool(slots)))
            gap = False
    if not slots:
        raise CodebookError(f"the trigger {phrase!r} holds no words")
    plain = len(slots) > 1 and not slots[1].gap and not slots[1].heads
    return Pattern(key, phrase, tuple(slots), slots[1].words if plain else frozenset())


def _pieces(part: str) -> list[list[str]]:
    """One slot a word: `drop-in` is two."""
    star = part.endswith("*")
    tokens = [m.group() for m in _TOKEN.finditer(part.rstrip("*")) if m.group()[0] not in _STOPS]
    if star and tokens:
        tokens[-1] += "*"
    return [[t] for t in tokens] or [[part]]


class Phrases(Generic[K]):
    """Phrases compiled to be found together in one pass over the words of a text."""

    def __init__(self, patterns: Iterable[Pattern[K]]) -> None:
        self._exact: dict[str, list[Pattern[K]]] = {}
        self._heads: dict[str, list[Pattern[K]]] = {}
        for p in patterns:
            for word in sorted(p.slots[0].words):
                self._exact.setdefault(word, []).append(p)
            for head in p.slots[0].heads:
                self._heads.setdefault(head, []).append(p)
        self._longest = max(map(len, self._heads), default=0)
        self._known: dict[str, _Starts[K] | None] = {STOP: None}

    def _starting(self, word: str) -> _Starts[K] | None:
        """What may start with a word whatever follows, and by the word that follows (these with the others among them)."""
        found = list(self._exact.get(word, ()))
        for n in range(1, min(len(word), self._longest) + 1):
            found += [p for p in self._heads.get(word[:n], ()) if p not in found]
        if len(self._known) > 1 << 17:
            self._known = {STOP: None}
        after = sorted({w for p in found if p.second for w in p.second})
        general = tuple(p for p in found if not p.second)
        exact = {w: tuple(p for p in found if not p.second or w in p.second) for w in after}
        self._known[word] = out = (general, exact) if found else None
        return out

    def find(self, text: Words) -> list[Hit[K]]:
        """Find every phrase, at each place where it starts, in order of place."""
        known, words, out = self._known, text.words, []
        end = len(words) - 1
        for i, word in enumerate(words):
            starts = known[word] if word in known else self._starting(word)
            if starts is None:
                continue
            general, exact = starts
            for p in exact.get(words[i + 1], general) if exact and i < end else general:
                last = i if len(p.slots) == 1 else _rest(p.slots, 1, words, i)
                if last is not None:
                    out.append(Hit(p.key, p.phrase, (text.spans[i][0], text.spans[last][1]), i, last))
        return out


def _rest(slots: Sequence[_Slot], k: int, words: Sequence[str], at: int) -> int | None:
    """Match slots[k:] after the word `at`; the place of the last word, or None."""
    slot = slots[k]
    for j in range(at + 1, min(len(words), at + 2 + (GAP if slot.gap else 0))):
        if words[j] == STOP:
            return None
        if slot.fits(words[j]):
            if k + 1 == len(slots):
                return j
            last = _rest(slots, k + 1, words, j)
            if last is not None:
                return last
    return None


class Shorthand:
    """Note-takers' shorthand, written out for matching only; each word keeps the place of what it stands for."""

    def __init__(self, rules: Mapping[str, Mapping[str, str]]) -> None:
        self._exact: dict[str, tuple[str, ...]] = {}
        self._folded: dict[str, tuple[str, ...]] = {}
        for short, full in {**rules.get("spanglish", {}), **rules.get("abbreviations", {})}.items():
            if "ambiguous" in str(full) or len(words_of(str(short)).words) != 1:
                continue
            written = tuple(w for w in words_of(str(full)).words if w != STOP)
            target = self._exact if str(short).isupper() else self._folded
            target[str(short) if target is self._exact else fold(str(short))] = written
        self._any = frozenset(map(fold, (*self._exact, *self._folded)))

    def expand(self, text: str, plain: Words) -> Words | None:
        """Write the shorthand out; None where there is none."""
        if self._any.isdisjoint(plain.words):
            return None
        known: Callable[[int], tuple[str, ...] | None] = lambda i: (  # noqa: E731
            self._folded.get(plain.words[i]) or self._exact.get(text[slice(*plain.spans[i])])
        )
        if not any(known(i) for i in range(len(plain.words))):
            return None
        words: list[str] = []
        spans: list[Span] = []
        for i, word in enumerate(plain.words):
            written = known(i) or (word,)
            words += written
            spans += [plain.spans[i]] * len(written)
        return Words(tuple(words), tuple(spans))
