"""Run every layer over one text and settle overlaps."""

from __future__ import annotations

from collections.abc import Sequence

import feedback.privacy._accounts as _accounts
import feedback.privacy._crf as _crf
import feedback.privacy._disclosures as _disclosures
import feedback.privacy._forms as _forms
import feedback.privacy._homes as _homes
import feedback.privacy._mini as _mini
import feedback.privacy._names as _names
import feedback.privacy._nicks as _nicks
import feedback.privacy._patterns as _patterns
import feedback.privacy._places as _places
import feedback.privacy._said as _said
import feedback.privacy._streets as _streets
import feedback.privacy._things as _things
from feedback.privacy._edges import grown
from feedback.privacy._lexicon import lexicon
from feedback.privacy._roster import Roster
from feedback.privacy._tokens import PLACEHOLDER, Token, tokens
from feedback.privacy._types import SURE, Hit

__all__ = ["DETECTORS", "Roster", "detect", "detect_label", "in_spanish", "settle"]

DETECTORS = (
    "ages@1", "ambiguous@1", "capitals@1", "crf@3", "disclosures@2", "forms@2", "harm@5", "introductions@2", "kinship@1",
    "minilm@4", "names@1", "only@1", "patterns@3", "places@3", "properties@1", "rare@2", "register@1", "roster@2",
    "spoken@4", "streets@4", "things@1", "titles@2", "vocabulary@1",
)  # fmt: skip
_RANK = {
    "patterns@3": 0, "forms@2": 0, "roster@2": 0, "spoken@4": 0, "streets@4": 0, "only@1": 1, "rare@2": 1, "ages@1": 9,
    "places@3": 2, "titles@2": 3, "introductions@2": 3,
}  # fmt: skip
_SPANISH = frozenset(
    [
        "el",
        "la",
        "los",
        "las",
        "que",
        "de",
        "y",
        "en",
        "un",
        "una",
        "por",
        "con",
        "para",
        "mi",
        "no",
        "se",
        "lo",
        "es",
        "me",
    ]
)
_SAFE_LABEL = frozenset(
    [
        "mom",
        "dad",
        "parent",
        "youth",
        "teen",
        "staff",
        "facilitator",
        "participant",
        "speaker",
        "note",
        "taker",
        "notetaker",
        "interpreter",
        "host",
        "co",
        "unknown",
        "person",
        "caregiver",
        "group",
        "table",
        "everyone",
        "several",
        "all",
        "teacher",
        "nurse",
        "worker",
        "advocate",
        "grandma",
        "grandpa",
        "f",
        "p",
        "r",
        "y",
        "s",
        "fac",
        "int",
        "nt",
        "q",
        "a",
        "male",
        "female",
        "voice",
        "mod",
        "moderator",
        "facilitadora",
        "participante",
        "interprete",
        "mama",
        "papa",
        "abuela",
        "madre",
        "padre",
        "familia",
        "joven",
        "hablante",
    ]
)


def detect(
    text: str,
    *,
    language: str | None = None,
    meeting: bool = False,
    heading: bool = False,
    roster: Roster | None = None,
    context: bool = True,
) -> list[Hit]:
    """Return the hits of every layer in one unit, overlaps settled; without `context` the transformer stays out."""
    if not text:
        return []
    toks = tokens(text)
    english = _english(toks, language)
    capitals = [t for t in toks if t.capital]
    long = [t for t in toks if len(t.word) > 3]
    title_case = len(long) > 5 and len([t for t in long if t.capital]) > 0.75 * len(long)
    cased = bool(capitals) and not title_case
    hits: list[Hit] = []
    hits += _patterns.find_patterns(text, meeting=meeting)
    hits += _forms.find_forms(text)
    words = _said.words_of(text)
    hits += _said.find_said(words)
    hits += _accounts.find_accounts(text)
    hits += _streets.find_streets(words, text, quick=frozenset(w.word for w in words))
    if not heading:
        hits += _places.find_only(text)
    hits += _places.find_places(toks, cased=cased, english=english)
    hits += _homes.find_homes(toks, text, cased=cased, english=english)
    if not heading:
        hits += _crf.find_learned(toks, english=english, cased=cased)
        hits += _things.find_things(toks, cased=cased)
    if context and not heading:
        hits += _mini.find_in_context(toks, text, cased=cased, english=english)
    hits += _names.find_names(toks, text, cased=cased, english=english, titled=heading or meeting)
    if not heading:
        hits += _nicks.find_nicknames(toks)
    more = {"address": _streets.with_unit, "org": _homes.with_whom}
    hits = [more[h.kind](h, text) if h.kind in more else h for h in _with_articles(hits, toks)]
    if roster is not None:
        hits += roster.find(toks)
    hits = _apart(hits)
    holes = [m.span() for m in PLACEHOLDER.finditer(text)] if "[" in text else []
    hits = [h for h in hits if not any(a < h.end and h.start < b for a, b in holes)]
    return settle(grown(settle(hits), text))  # grown, they may meet


def _apart(hits: list[Hit]) -> list[Hit]:
    """Without what the transformer alone takes for a corner where two people surely stand: "guadalupe and lupita"."""
    sure = [h for h in hits if h.kind == "person" and h.score >= SURE]
    spots = [h for h in hits if h.detector == _mini.DETECTOR and h.kind == "address"]
    bridges = {h for h in spots if sum(s.start < h.end and h.start < s.end for s in sure) > 1}
    return [h for h in hits if h not in bridges] if bridges else hits


def _with_articles(hits: list[Hit], toks: Sequence[Token]) -> list[Hit]:
    """Let a person's name take along what belongs to it: an article ("la Kimberly"), an initial ("T. Delacroix"), "big", "mamá"."""
    before = {toks[i].start: i - 1 for i in range(1, len(toks))}
    out = []
    for h in hits:
        i = before.get(h.start)
        prev = toks[i] if i is not None else None
        if h.kind == "person" and prev is not None and i is not None and _belongs(toks, i):
            h = Hit(prev.start, h.end, h.kind, h.detector, h.score)
        out.append(h)
    return out


def _belongs(toks: Sequence[Token], i: int) -> bool:
    word, gap, before = toks[i].folded, toks[i + 1].gap, toks[i - 1].folded if i else ""
    if word in ("el", "la", "lil"):
        return before not in ("en", "por", "sobre", "entre", "con")
    if len(word) == 1 and word not in "aiyoeu":
        return gap in (". ", " ", ".") and not toks[i].gap.endswith(("'", "’"))
    return gap == " " and word in ("big", "mama", "papa") and before not in ("mi", "su", "tu", "my", "her", "his", "la", "el")


def disclosures(text: str, *, context: bool = True) -> list[Hit]:
    """Return the disclosure in a unit, if there is one; without `context` as the rules see it."""
    return list(_disclosures.find_disclosures(text, context=context))


def detect_label(label: str, *, roster: Roster | None = None) -> list[Hit]:
    """Return the hits in a speaker label, header value or file name."""
    shown = label.replace("_", " ") if label else ""
    toks = tokens(shown)
    hits = [h for h in detect(shown, heading=True, roster=roster)]
    lex = lexicon()
    if toks and len(toks) <= 3 and not hits:
        words = [t for t in toks if t.folded not in _SAFE_LABEL and not t.public]
        for t in words:
            if t.folded in lex.ambiguous or (t.capital and t.folded in lex.first and len(toks) < 3):
                hits.append(Hit(t.start, t.end, "person", "ambiguous@1", 0.6))
    return settle(hits)


def settle(hits: Sequence[Hit]) -> list[Hit]:
    """Make hits disjoint: the surer layer gives the kind, and its span grows over what overlaps it."""
    out: list[Hit] = []
    for hit in sorted(hits, key=lambda h: (_RANK.get(h.detector, 4), -h.score, h.start - h.end, h.start)):
        grown = False
        for i, kept in enumerate(out):
            if kept.start < hit.end and hit.start < kept.end:
                if not grown and (hit.start < kept.start or hit.end > kept.end):
                    score = kept.score
                    out[i] = Hit(min(kept.start, hit.start), max(kept.end, hit.end), kept.kind, kept.detector, score)
                grown = True
        if not grown:
            out.append(hit)
    out.sort(key=lambda h: h.start)
    merged: list[Hit] = []
    for hit in out:
        if merged and hit.start < merged[-1].end:
            last = merged[-1]
            merged[-1] = Hit(last.start, max(last.end, hit.end), last.kind, last.detector, min(last.score, hit.score))
        else:
            merged.append(hit)
    return merged


def in_spanish(text: str, language: str | None) -> bool:
    """Whether a unit is written in Spanish, by what is known of it or by which language its words are commoner in."""
    if language in ("en", "es"):
        return language == "es"
    known = [lexicon().numbers(t.folded) for t in tokens(text)]
    return sum(es > en for en, _, es, _ in known) > sum(en > es for en, _, es, _ in known)


def _english(toks: Sequence[Token], language: str | None) -> bool:
    if language in ("en", "es"):
        return language == "en"
    spanish = sum(t.folded in _SPANISH for t in toks)
    return spanish * 6 < len(toks)
