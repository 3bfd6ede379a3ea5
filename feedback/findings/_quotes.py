"""Quotes: words as they were said, by stated criteria, only where the session allows it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from feedback.corpus import Corpus, Ref, Segment
from feedback.errors import FeedbackError, RefError
from feedback.findings._themes import Themes
from feedback.findings._types import Mention, Quote
from feedback.privacy import shows_column

WORDS = 45
SHORT = 5
_SENTENCE = re.compile(r"[^.!?…]+(?:[.!?…]+[\"'”’»)\]]*|$)\s*")
Offer = tuple[str, str, str, Segment, float]
_PLACEHOLDER = re.compile(r"\[[^\]]*\]|\b(?:XXX+|█+)")


@dataclass(frozen=True, slots=True)
class Spread:
    """How widely quotes are spread: sessions, audiences and languages with the number of quotes from each."""

    sessions: tuple[tuple[str, int], ...]
    audiences: tuple[tuple[str, int], ...]
    languages: tuple[tuple[str, int], ...]

    @property
    def twice(self) -> tuple[str, ...]:
        """Sessions quoted more than once."""
        return tuple(name for name, n in self.sessions if n > 1)


def quote(
    corpus: Corpus, ref: str | Ref, *, label: str = "a participant", reason: str = "", status: str = "ok"
) -> Quote:
    """Make a quote of what stands at an address: never of a held unit, or of words that are not a participant's."""
    segment = corpus.resolve(ref)
    if segment.turn.withheld or segment.turn.role not in ("participant", "interpreter"):
        raise RefError(f"{ref} holds no words that may be quoted (a participant's, not held by the privacy gate)")
    said = segment.turn.verbatim and segment.turn.role == "participant"
    return Quote(str(ref), corpus.text_of(ref), label, segment.turn.language, reason, not said, status)


def pick(
    themes: Themes, code: str, *, k: int = 3, standing: str = "need", used: Collection[Quote] = (),
    reviewed: Collection[str] = (), on: str | None = None, paraphrase: bool = False, never: Collection[str] = (),
) -> tuple[Quote, ...]:  # fmt: skip
    """Offer up to `k` quotes that show a theme: surely about it, short, typical in length, spread over sessions and voices.

    A person picks. `used` are quotes already taken elsewhere, `reviewed` sessions (or addresses of quotes) that a person
    has read and allowed, `never` addresses a person has refused, `on` the date of printing (`YYYY-MM-DD`; without it
    sessions with an expiry need review). None are offered
    where the theme's own cell is hidden, nor for restricted codes. `paraphrase=True` offers note-takers' lines, marked.
    """
    theme = themes[code]
    if k < 1:
        raise FeedbackError("ask for at least one quote")
    if theme.code.sensitivity == "restricted" or theme.all.suppressed:
        return ()
    held = {m.ref for t in themes if t.code.sensitivity == "restricted" for m in t.mentions}
    offers = []
    for m in theme.mentions:
        if m.standing != standing or m.interpreted or m.ref in held:
            continue
        segment = themes.corpus.resolve(m.ref)
        span = _span(segment.text, m)
        address = _address(m.ref, span, segment.text) if span else ""
        if not span or address in never or m.ref in never:
            continue
        status = _status(
            segment, reviewed=reviewed, on=on, sensitive=theme.code.sensitivity != "standard", address=address
        )
        if status and segment.turn.verbatim != paraphrase:
            words = segment.text[span[0] : span[1]]
            if not _PLACEHOLDER.search(words):
                offers.append((address, words, status, segment, m.score))
    return _spread_out(themes, offers, k=k, used=used, reason=f"shows {theme.code.id}")


def spread(themes: Themes, quotes: Iterable[Quote]) -> Spread:
    """Measure how widely quotes are spread."""
    found = [themes.corpus.resolve(q.ref) for q in quotes]

    def most(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(Counter(names).items(), key=lambda x: (-x[1], x[0])))

    return Spread(
        most(s.session.id for s in found), most(s.audience or "not stated" for s in found),
        most(s.turn.language or "not stated" for s in found),
    )  # fmt: skip


def label_of(themes: Themes, segment: Segment) -> str:
    """Say who speaks, as widely as the people check asks: audience and area, audience, or "a participant"."""
    audience, spa = segment.audience, segment.session.spa
    same = [s for s in themes.corpus if s.audience == audience]
    if not audience or not shows_column([s.participants for s in same], themes.settings):
        return "a participant"
    near = [s.participants for s in same if s.spa == spa]
    return f"{audience}, SPA {spa}" if spa and shows_column(near, themes.settings) else audience


def _status(
    segment: Segment, *, reviewed: Collection[str], on: str | None, sensitive: bool, address: str
) -> str | None:
    session = segment.session
    if session.quote_consent not in ("yes", "review"):
        return None
    until = session.extra.get("quote_until", "")
    if until and on and on[: len(until)] > until:
        return None
    doubtful = session.quote_consent == "review" or (until and not on) or sensitive
    return "needs review" if doubtful and session.id not in reviewed and address not in reviewed else "ok"


def _span(text: str, mention: Mention) -> tuple[int, int] | None:
    """The whole unit where it is short, else the sentences around the evidence, up to 45 words; None where neither."""
    if len(text.split()) < SHORT:
        return None
    start, end = sentence_at(text, mention.evidence[0][0] if mention.evidence else 0)
    return (start, end) if SHORT <= len(text[start:end].split()) <= WORDS else None


def sentence_at(text: str, at: int) -> tuple[int, int]:
    """The whole text where it is short, else the sentence at this place and those that follow it, up to 45 words."""
    if len(text.split()) <= WORDS:
        return 0, len(text)
    ends = [(m.start(), m.end()) for m in _SENTENCE.finditer(text)] or [(0, len(text))]
    here = next((i for i, (a, b) in enumerate(ends) if a <= at < b), 0)
    last = here
    while last + 1 < len(ends) and len(text[ends[here][0] : ends[last + 1][1]].split()) <= WORDS:
        last += 1
    start, end = ends[here][0], ends[last][1]
    start += len(text[start:end]) - len(text[start:end].lstrip())
    return start, start + len(text[start:end].rstrip())


def _address(ref: str, span: tuple[int, int], text: str) -> str:
    return ref if span == (0, len(text)) else f"{ref}:{span[0]}-{span[1]}"


def _spread_out(
    themes: Themes, offers: list[Offer], *, k: int, used: Collection[Quote], reason: str
) -> tuple[Quote, ...]:
    taken = [themes.corpus.resolve(q.ref) for q in used]
    lengths = sorted(len(words.split()) for _, words, *_ in offers)
    typical = lengths[len(lengths) // 2] if lengths else 0
    done = {s.ref for s in taken}
    out: list[Quote] = []
    left = [o for o in offers if o[3].ref not in done]
    while left and len(out) < k:

        def cost(o: Offer) -> tuple[object, ...]:
            s = o[3]
            return (
                o[2] != "ok", sum(t.session.id == s.session.id for t in taken),
                sum(t.audience == s.audience for t in taken),
                sum(t.turn.language == s.turn.language for t in taken), -round(o[4], 1), abs(len(o[1].split()) - typical), o[0],
            )  # fmt: skip

        best = min(left, key=cost)
        left.remove(best)
        taken.append(best[3])
        out.append(quote(themes.corpus, best[0], label=label_of(themes, best[3]), reason=reason, status=best[2]))
    return tuple(out)
