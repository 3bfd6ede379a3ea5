"""Quotes: words as they were said, by stated criteria, only where the session allows it."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from feedback.corpus import Corpus, Ref, Segment, Session
from feedback.errors import FeedbackError, RefError
from feedback.findings._themes import Themes
from feedback.findings._types import Mention, Quote, Theme
from feedback.findings._voices import may_name
from feedback.privacy import Count, may_show, may_tell_of_harm, shows_column

WORDS = 45
MOST_OF_ONE = 2  # quotes of one speaker in a whole brief
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
    signatures: Mapping[str, tuple[int, bool]] | None = None,
) -> tuple[Quote, ...]:  # fmt: skip
    """Offer up to `k` quotes that show a theme: surely about it, short, typical in length, spread over sessions and voices.

    A person picks. `used` are quotes already taken elsewhere, `reviewed` sessions (or addresses of quotes) that a person
    has read and allowed, `never` addresses a person has refused, `on` the date of printing (`YYYY-MM-DD`; without it
    sessions with an expiry need review). `signatures`: address -> (different people who signed, did the one quoted agree).
    None are offered where the theme's own cell is hidden or too few of the speaker's group named it; of material that went
    round the gate, never a possible disclosure. A sensitive code's quote is printable with two signatures, a restricted
    code's is offered only with two and the yes of the one quoted. Nobody is quoted twice for one theme, or more than twice
    in all; where its sessions may not be listed, two of them are never quoted. `paraphrase=True` offers
    note-takers' lines, marked.
    """
    theme, signed = themes[code], signatures or {}
    if k < 1:
        raise FeedbackError("ask for at least one quote")
    restricted = theme.code.sensitivity == "restricted"
    if theme.all.suppressed or (restricted and not signed):
        return ()
    kept = {m.ref for t in themes if t.code.sensitivity == "restricted" for m in t.mentions}
    small, quiet = _small_groups(theme, themes), _unquoted(themes, theme, standing)
    offers, offered = list[Offer](), set[str]()
    for m in theme.mentions:
        if m.session in quiet or m.standing != standing or m.interpreted:
            continue
        if not restricted and (m.ref in kept or m.group in small):
            continue
        segment = themes.corpus.resolve(m.ref)
        span = _span(segment.text, m)
        address = _address(m.ref, span, segment.text) if span else ""
        if address in offered:
            continue
        people, agreed = signed.get(address, (0, False))
        if not span or address in never or m.ref in never or (restricted and not (people >= 2 and agreed)):
            continue
        status = _status(segment, reviewed=reviewed, on=on, address=address)
        if status == "ok" and theme.code.sensitivity != "standard" and people < 2:
            status = "needs review"
        if status and segment.turn.verbatim != paraphrase:
            words = segment.text[span[0] : span[1]]
            if not _PLACEHOLDER.search(words) and not (themes.unscreened and may_tell_of_harm(segment.text)):
                offers.append((address, words, status, segment, m.score))
                offered.add(address)
    return _spread_out(themes, offers, k=k, used=used, theme=theme)


def spread(themes: Themes, quotes: Iterable[Quote]) -> Spread:
    """Measure how widely quotes are spread."""
    found = [themes.corpus.resolve(q.ref) for q in quotes]

    def most(names: Iterable[str]) -> tuple[tuple[str, int], ...]:
        return tuple(sorted(Counter(names).items(), key=lambda x: (-x[1], x[0])))

    return Spread(
        most(s.session.id for s in found), most(s.audience or "not stated" for s in found),
        most(s.turn.language or "not stated" for s in found),
    )  # fmt: skip


def label_of(themes: Themes, segment: Segment, theme: Theme | None = None) -> str:
    """Say who speaks, as widely as the people check asks: audience and area, audience, or "a participant".

    The people check is that of the column, and of the cell the label would make: those of them who named the `theme`.
    """
    audience, spa = segment.audience, segment.session.spa
    same = [s for s in themes.corpus if s.audience == audience]
    restricted = theme is not None and theme.code.sensitivity == "restricted"
    if not audience or restricted or not _stands(same, theme, themes):
        return "a participant"
    near = [s for s in same if s.spa == spa]
    plain = theme is None or theme.code.sensitivity == "standard"
    return f"{audience}, SPA {spa}" if spa and plain and _stands(near, theme, themes) else audience


def _stands(sessions: list[Session], theme: Theme | None, themes: Themes) -> bool:
    """Whether these sessions may be named as a group, and those among them where the theme was heard as a cell."""
    if not shows_column([s.participants for s in sessions], themes.settings):
        return False
    heard = set(theme.sessions) if theme is not None else set()
    inside = tuple(s.participants for s in sessions if s.id in heard)
    return theme is None or may_show(Count(inside, ()), themes.settings)


def _status(segment: Segment, *, reviewed: Collection[str], on: str | None, address: str) -> str | None:
    session = segment.session
    if session.quote_consent not in ("yes", "review"):
        return None
    until = session.extra.get("quote_until", "")
    if until and on and on[: len(until)] > until:
        return None
    doubtful = session.quote_consent == "review" or (until and not on)
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


def _small_groups(theme: Theme, themes: Themes) -> set[str]:
    """Groups of which so few named the theme that a quote from one would point to them."""
    out = set()
    for cell in theme.cells[1:]:
        named = {m.session for m in theme.mentions if m.group == cell.group}
        heads = tuple(themes.corpus[s].participants for s in sorted(named))
        if cell.suppressed and not may_show(Count(heads, ()), themes.settings):
            out.add(cell.group)
    return out


def _unquoted(themes: Themes, theme: Theme, standing: str) -> set[str]:
    """Sessions never quoted for a theme: two of those that said it, always the same, and those whose quotes would tell of others.

    So all quotes together never list them. None where the sessions may be listed anyhow.
    """
    if may_name(themes, theme):
        return set()
    said = {m.session for m in theme.mentions if m.standing == standing} if standing == "refusal" else set(theme.sessions)
    may = {s: themes.corpus[s].quote_consent in ("yes", "review") for s in said}  # first those that may not be quoted anyway
    order = sorted(said, key=lambda s: (may[s], hashlib.sha256(f"{theme.id}|{s}".encode()).digest()))
    return {*order[:2], *(set(theme.sessions) - theme.quotable)}


def _room(segment: Segment) -> str:
    return segment.session.id


def _audience(segment: Segment) -> str | None:
    return segment.audience


def _tongue(segment: Segment) -> str | None:
    return segment.turn.language


def _voice(segment: Segment) -> tuple[str, str] | None:
    """Whose words these are, as far as the document says."""
    label = segment.turn.speaker.label
    return (segment.session.id, label) if label else None


def _address(ref: str, span: tuple[int, int], text: str) -> str:
    return ref if span == (0, len(text)) else f"{ref}:{span[0]}-{span[1]}"


def _spread_out(
    themes: Themes, offers: list[Offer], *, k: int, used: Collection[Quote], theme: Theme
) -> tuple[Quote, ...]:
    reason = f"shows {theme.code.id}"
    taken = [themes.corpus.resolve(q.ref) for q in used]
    lengths = sorted(len(words.split()) for _, words, *_ in offers)
    typical = lengths[len(lengths) // 2] if lengths else 0
    done = {s.ref for s in taken}
    out: list[Quote] = []
    left = [o for o in offers if o[3].ref not in done]
    sessions, audiences, languages = (Counter(f(t) for t in taken) for f in (_room, _audience, _tongue))
    while left and len(out) < k:

        def cost(o: Offer) -> tuple[object, ...]:
            s = o[3]
            return (
                o[2] != "ok", sessions[_room(s)], audiences[_audience(s)], languages[_tongue(s)], -round(o[4], 1),
                abs(len(o[1].split()) - typical), o[0],
            )  # fmt: skip

        best = min(left, key=cost)
        left.remove(best)
        voice = _voice(best[3])
        here = [_voice(themes.corpus.resolve(q.ref)) for q in out]
        if voice and (voice in here or [_voice(t) for t in taken].count(voice) >= MOST_OF_ONE):
            continue
        taken.append(best[3])
        for count, of in ((sessions, _room), (audiences, _audience), (languages, _tongue)):
            count[of(best[3])] += 1
        out.append(quote(themes.corpus, best[0], label=label_of(themes, best[3], theme), reason=reason, status=best[2]))
    return tuple(out)
