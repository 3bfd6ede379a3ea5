"""Parts of names that lists do not have: names of the street, a letter after a title, the first part before "de la"."""

from __future__ import annotations

import feedback.privacy._cues as cues
from feedback.privacy._lexicon import lexicon
from feedback.privacy._tokens import Token

__all__ = ["beside", "goes_on", "lettered", "near", "over_links", "street_name"]


def near(tok: Token) -> bool:
    """Whether only a space or a hyphen parts a word from the one before."""
    return tok.gap in (" ", "-", "\u00a0")


def goes_on(toks: list[Token], j: int) -> bool:
    """Whether a word goes on with the name before it: `near`, or after the dot of something short ("St. Cuthbert's")."""
    return near(toks[j]) or (toks[j].gap == ". " and len(toks[j - 1].word) < 4)


def over_links(toks: list[Token], first: int, *, cased: bool) -> int:
    """Where a name begins whose later part was found: "Pico de la Mirandela"."""
    j = first
    while j > 1 and near(toks[j]) and toks[j - 1].folded in ("de", "la", "del", "los", "las", "van", "von", "da", "dos"):
        j -= 1
    before = toks[j - 1] if j and j < first and near(toks[j]) else None
    lex = lexicon()
    if before is None or before.folded in cues.STOP or toks[first].folded in cues.STOP:
        return first
    listed = before.folded in lex.first or before.folded in lex.last
    shown = before.capital and not (before.first and before.ordinary and not listed)
    return j - 1 if (shown if cased else listed) else first


def beside(toks: list[Token], i: int, *, cased: bool) -> bool:
    """Whether an approved public word stands beside another that is no part of its name, both known as names: "chevy chase"."""
    lex, tok = lexicon(), toks[i]
    if tok.public != 1 or not (tok.folded in lex.first or tok.folded in lex.last) or tok.folded in cues.MONTHS:
        return False
    for j, gap in ((i - 1, tok), (i + 1, toks[i + 1] if i + 1 < len(toks) else tok)):
        if not 0 <= j < len(toks) or gap.gap != " " or toks[j].public > 1 or (cased and not toks[j].capital):
            continue
        other = toks[j]
        if other.folded in lex.first and other.folded not in cues.STOP and (not other.ordinary or other.capital or other.public):
            return True
    return False


def lettered(toks: list[Token], i: int) -> bool:
    """A letter after a title: "coach z", "Mr. B"."""
    if len(toks[i].folded) != 1 or not i or toks[i].gap not in (" ", ". ") or toks[i].folded in "aeiouy":
        return False
    return toks[i - 1].folded in cues.LETTERED


def street_name(toks: list[Token], i: int) -> bool:
    """Names of the street: "boo boo", "tay tay", "lil bit", "papi chulo", "big mama"."""
    word, prev = toks[i].folded, toks[i - 1] if i and toks[i].gap in (" ", "-") else None
    nxt = toks[i + 1] if i + 1 < len(toks) and toks[i + 1].gap in (" ", "-") else None
    if word in cues.TWICE and ((prev and prev.folded == word) or (nxt and nxt.folded == word)):
        return True
    if prev is not None and prev.folded in ("lil", "lil'", "papi", "og") and word not in cues.LITTLE and word not in cues.STOP:
        return True
    if word in cues.BY_LOOKS and prev is not None and prev.folded in ("el", "la") and nxt is not None and _acts(toks, i):
        return True
    tio = prev is not None and prev.folded == "tio" and i > 1 and toks[i - 2].folded in ("el", "mi", "al", "del", "con", "y")
    if tio and word not in cues.STOP | cues.PAST | cues.LINK | cues.POSSESSIVE and not toks[i].public and len(word) > 2:
        return True
    if nxt is not None and (word, nxt.folded) in cues.PAIRS:
        return True
    return bool(prev is not None and (prev.folded, word) in cues.PAIRS)


def _acts(toks: list[Token], i: int) -> bool:
    """Whether somebody called by looks does something at the beginning of a clause: "la güera fue", "el tuercas nos cobraba"."""
    after, prev = toks[i + 1].folded, toks[i - 1]
    ahead = toks[i - 2].folded if i > 1 and near(prev) and not prev.first else ""
    object_first = after in ("me", "le", "nos", "se", "les") and i + 2 < len(toks) and near(toks[i + 2])
    acts = object_first or after in cues.PAST - {"es", "era", "esta", "tiene"}
    return acts and not toks[i].capital and (not ahead or ahead in _CLAUSE)


_CLAUSE = frozenset(("y", "que", "pero", "cuando", "porque", "entonces", "tio", "compadre", "comadre"))
