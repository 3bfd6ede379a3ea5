"""Rules: triggers and blocks of a codebook, laid on units as codings with their evidence and a readable trace."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

from feedback.codebook import Codebook, Coding
from feedback.corpus import Segment
from feedback.tagging._compile import Hit, Phrases, Shorthand, Span, parse, words_of
from feedback.tagging._discourse import Reader

_Key = tuple[str, str]  # (code, language), or (code, "block")


def version_of(book: Codebook) -> str:
    """Name a codebook's rules: its version and a short hash of what can fire."""
    h = hashlib.sha256()
    for code in book:
        h.update(repr((code.id, code.status, sorted(code.triggers.items()), code.block)).encode())
    h.update(repr([book.rules.get(k) for k in ("discourse", "voice", "shorthand")]).encode())
    return "-".join(part for part in (book.version, h.hexdigest()[:6]) if part)


class RuleTagger:
    """A tagger that lays a code where one of its triggers stands, in any language, unless a block covers it."""

    def __init__(self, book: Codebook) -> None:
        self.book = book
        self.name = f"rules@{version_of(book)}"
        shorthand: Any = book.rules.get("shorthand") or {}
        self._shorthand = Shorthand(shorthand)
        words = shorthand.get("ambiguous_words") or ()
        self._cased = {str(w["word"]).lower(): str(w["word"]) for w in words if w.get("rule") == "case-sensitive"}
        codes = [c for c in book if c.status != "retired"]
        self._phrases: Phrases[_Key] = Phrases(
            [parse(p, (c.id, lang)) for c in codes for lang, group in c.triggers.items() for p in group]
            + [parse(p, (c.id, "block")) for c in codes for p in c.block]
        )
        self.reader = Reader(book)

    def hits(self, text: str) -> dict[str, list[Hit[_Key]]]:
        """Find the triggers that fire, by code, blocks taken into account."""
        plain = words_of(text)
        found = self._phrases.find(plain)
        written = self._shorthand.expand(text, plain)
        if written:
            found += self._phrases.find(written)
        blocks = [h for h in found if h.key[1] == "block"]
        out: dict[str, list[Hit[_Key]]] = {}
        for hit in found:
            code, language = hit.key
            if language == "block" or not self._spelled(hit, text):
                continue
            if any(b.key[0] == code and b.span[0] <= hit.span[0] and hit.span[1] <= b.span[1] for b in blocks):
                continue
            out.setdefault(code, []).append(hit)
        return out

    def _spelled(self, hit: Hit[_Key], text: str) -> bool:
        """True unless a case-sensitive word stands in other letters (captions without capitals are let through)."""
        if not self._cased:
            return True
        asked = [w for w in hit.phrase.lower().split() if w in self._cased]
        return not asked or text == text.lower() or all(self._cased[w] in text[slice(*hit.span)] for w in asked)

    def tag(self, segments: Iterable[Segment]) -> Iterator[Coding]:
        """Yield codings, unit by unit, codes in the codebook's order."""
        order = {c.id: i for i, c in enumerate(self.book)}
        for segment in segments:
            if segment.turn.kind == "agreement":
                continue
            hits = self.hits(segment.text)
            if not hits:
                continue
            reading = self.reader.read(segment)
            for code in sorted(hits, key=order.__getitem__):
                spans = tuple(dict.fromkeys(sorted(h.span for h in hits[code])))
                said = reading.at(spans[0])
                why = "; ".join(dict.fromkeys(f"trigger {h.key[1]}: {h.phrase!r}" for h in hits[code]))
                trace = f"{why}; {said.why}" if said.why else why
                yield Coding(
                    segment.ref, code, self.name, 1.0, _outer(spans), said.category, said.polarity, said.about, trace
                )


def _outer(spans: tuple[Span, ...]) -> tuple[Span, ...]:
    """Drop spans that stand inside others."""
    return tuple(s for s in spans if not any(o != s and o[0] <= s[0] and s[1] <= o[1] for o in spans))
