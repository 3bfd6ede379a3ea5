"""Which of many patterns can match a text at all: each needs some three letters in a row, looked up once for all of them.

Some two hundred expressions are asked of every unit and hardly one matches. What a pattern needs is read off its own parse: of
the literal stretches that every match has to contain, the rarest. The answer is never "no" where the pattern would match.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

__all__ = ["Quick", "needs"]

_parser: Any = re._parser  # type: ignore[attr-defined]
_MOST = 96  # stretches that are followed through alternatives
_USUAL = {c: 1 + i for i, c in enumerate(reversed(" eaotnishrdlucmfwypgbvkxjqz"))}  # the higher, the more usual
AND = 3  # sets of a pattern that are looked for
DIGIT = "\\d"  # stands for any digit
_DIGIT = re.compile(r"\d")
_ODD = re.compile("[ıſİ]")  # letters that match another's case without lower() saying so


class Quick:
    """Patterns to be asked together; `may(text)` gives a number whose bit i is set where pattern i may match."""

    def __init__(self, patterns: Iterable[re.Pattern[str]]) -> None:
        self.patterns = tuple(patterns)
        self._bits = {id(p): 1 << i for i, p in enumerate(self.patterns)}
        self._by: dict[str, int] = {}  # a pattern's bit for each of the AND groups, one number after the other
        self._always, width = 0, len(self.patterns)
        for i, pattern in enumerate(self.patterns):
            groups = needs(pattern)[:AND]
            for k in range(AND):
                bit = 1 << (i + k * width)
                if k >= len(groups):
                    self._always |= bit
                for gram in groups[k] if k < len(groups) else ():
                    self._by[gram] = self._by.get(gram, 0) | bit
        self._all = (1 << width) - 1

    def may(self, text: str) -> int:
        """Say which patterns may match."""
        if not text.isascii() and _ODD.search(text):
            return self._all
        low, mask, by = text.lower(), self._always, self._by
        seen = {low[i : i + 3] for i in range(len(low) - 2)}
        seen.update(low)
        if _DIGIT.search(low):
            seen.add(DIGIT)
        for gram in seen & by.keys():
            mask |= by[gram]
        width = len(self.patterns)
        for _ in range(AND - 1):
            mask = mask & self._all & (mask >> width) | (mask >> width) & ~self._all
        return mask & self._all

    def places(self, text: str) -> Iterator[int]:
        """Yield the places of the patterns that may match, in order."""
        mask = self.may(text)
        while mask:
            low = mask & -mask
            yield low.bit_length() - 1
            mask ^= low

    def on(self, text: str) -> Callable[[re.Pattern[str]], re.Match[str] | None]:
        """Return `search` in this text for patterns among these, without asking those that cannot match."""
        mask, bits = self.may(text), self._bits
        return lambda p: p.search(text) if mask & bits[id(p)] else None


def needs(pattern: re.Pattern[str]) -> list[frozenset[str]]:
    """Return sets of lower-case stretches, the rarest set first; every match contains a stretch of each set."""
    return _all(_parser.parse(pattern.pattern, pattern.flags))


def _all(parsed: Sequence[Any]) -> list[frozenset[str]]:
    found: list[frozenset[str]] = []
    runs = {""}
    for item in parsed:
        finite = _strings([item])
        if finite is not None and len(runs) * len(finite) <= _MOST:
            runs = {a + b for a in runs for b in finite}
            continue
        found += _grams(runs)
        runs = {""} if finite is None else finite
        found += _inside(item)
    found += _grams(runs)
    return sorted(set(found), key=lambda g: (sum(map(_weight, g)), sorted(g)))


def _inside(item: Any) -> list[frozenset[str]]:
    name, value = str(item[0]), item[1]
    if name == "SUBPATTERN":
        return _all(value[-1])
    if name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
        return _all(value[2])
    if name == "ATOMIC_GROUP":
        return _all(value)
    if name == "ASSERT":
        return _all(value[1])
    if name == "IN" and all(_is_digit(v) for v in value):
        return [frozenset({DIGIT})]
    if name == "BRANCH":
        each = [_all(branch) for branch in value[1]]
        return [frozenset().union(*(e[0] for e in each))] if all(each) else []
    return []


def _is_digit(item: Any) -> bool:
    name, value = str(item[0]), item[1]
    if name == "CATEGORY":
        return str(value) == "CATEGORY_DIGIT"
    if name == "RANGE":
        return bool(48 <= value[0] <= value[1] <= 57)
    return bool(name == "LITERAL" and 48 <= value <= 57)


def _strings(parsed: Sequence[Any]) -> set[str] | None:
    """All that a sequence can match, lower-case, where that is a small number of strings."""
    out = {""}
    for item in parsed:
        one = _one(item)
        if one is None or len(out) * len(one) > _MOST:
            return None
        out = {a + b for a in out for b in one}
    return out


def _one(item: Any) -> set[str] | None:
    name, value = str(item[0]), item[1]
    if name == "LITERAL":
        low = chr(value).lower()
        return {low} if len(low) == 1 else None
    if name in ("AT", "ASSERT", "ASSERT_NOT"):
        return {""}
    if name == "IN":
        if any(str(n) != "LITERAL" for n, _ in value) or len(value) > 6:
            return None
        return {chr(v).lower() for _, v in value}
    if name == "SUBPATTERN":
        return _strings(value[-1])
    if name == "BRANCH":
        each = [_strings(branch) for branch in value[1]]
        if any(e is None for e in each):
            return None
        made = set().union(*(e for e in each if e is not None))
        return made if len(made) <= _MOST else None
    if name in ("MAX_REPEAT", "MIN_REPEAT") and value[:2] == (0, 1):
        inner = _strings(value[2])
        return None if inner is None else {"", *inner}
    return None


def _grams(runs: set[str]) -> list[frozenset[str]]:
    """One stretch of each string: its rarest three letters, or one sign; nothing where a string is shorter."""
    out = []
    for run in runs:
        options = [run[i : i + 3] for i in range(len(run) - 2)] + [c for c in run if not c.isalnum() and c != " "]
        if not options:
            return []
        out.append(min(options, key=lambda g: (_weight(g), g)))
    return [frozenset(out)]


def _weight(gram: str) -> float:
    out = 1.0
    for c in gram:
        out *= _USUAL.get(c, 1) / 27
    return out
