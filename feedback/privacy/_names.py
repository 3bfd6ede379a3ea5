"""Names of people: lists, titles, kinship, introductions, ambiguous words by context, unknown words."""

from __future__ import annotations

import re
from collections.abc import Iterator

import feedback.privacy._cues as cues
from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._parts import beside, lettered, over_links, street_name
from feedback.privacy._parts import near as _near
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_names"]

DETECTOR = "names@1"
UNKNOWN = "vocabulary@1"
CAPITALS = "capitals@1"


_APART = re.compile(r"\s['’]s\b")
_Mark = tuple[float, str, str] | None


def find_names(
    toks: list[Token], text: str, *, cased: bool, english: bool, titled: bool = False
) -> Iterator[Hit]:
    """Yield spans that may name a person, joined over neighbouring parts.

    `cased` says that the unit writes capitals, `english` that it is in English, `titled` that it is a heading, where
    everyday words have capitals too.
    """
    marks = [_mark(toks, i, text, cased=cased, english=english, titled=titled) for i in range(len(toks))]
    i = 0
    while i < len(toks):
        if marks[i] is None:
            i += 1
            continue
        first, last, scores = i, i, [marks[i]]
        while first > 0 and marks[first - 1] is None and _joins(toks[first - 1], toks[first], left=True, cased=cased):
            first -= 1
        first = over_links(toks, first, cased=cased)
        j = i + 1
        while j < len(toks) and (_near(toks[j]) or (toks[j].gap == ". " and len(toks[j - 1].word) == 1)):
            link = (
                toks[j].folded in cues.LINK
                and j + 1 < len(toks)
                and (marks[j + 1] or (cased and toks[j + 1].capital))
                and cased
                and _near(toks[j + 1])
            )
            sure = best_so_far(scores) >= 0.85
            if marks[j] is None and not (
                link
                or (cased and toks[j].capital and not toks[j].public and not toks[j].upper)
                or (sure and _surname(toks, j))
            ):
                break
            if marks[j] is not None:
                scores.append(marks[j])
            last = j + 1 if link and marks[j] is None else j
            j = last + 1
        best = max((s for s in scores if s), key=lambda s: s[0])
        score = best[0]
        if len([s for s in scores if s and s[0] >= 0.6]) > 1:
            score = max(score, 0.9)
        if (
            first > 0
            and best[1] == "titles@2"
            and toks[first - 1].folded in cues.TITLES | cues.SOFT_TITLES
            and toks[first].gap in (" ", ". ")
        ):
            first -= 1
        tail = _APART.match(text, toks[last].end) if best[2] == "person" else None
        yield Hit(toks[first].start, tail.end() if tail else toks[last].end, best[2], best[1], score)
        i = max(last + 1, i + 1)


def best_so_far(scores: list[_Mark]) -> float:
    """The highest score of a run so far."""
    return max((s[0] for s in scores if s), default=0.0)


def _surname(toks: list[Token], j: int) -> bool:
    """Whether an ordinary lower-case word after a sure first name is most likely its surname ("terry gross")."""
    tok, lex = toks[j], lexicon()
    if len(tok.folded) == 1:
        return (
            tok.folded not in ("a", "i", "y", "o", "e", "u")
            and j + 1 < len(toks)
            and (_near(toks[j + 1]) or toks[j + 1].gap == ". ")
        )
    en, _, es, _ = lex.numbers(tok.folded)
    if en < 4 and es < 4 and tok.folded not in cues.STOP | cues.PAST | cues.LINK and len(tok.folded) > 3:
        return True
    return (
        tok.folded in lex.last
        and tok.folded not in cues.STOP | cues.PAST | cues.LINK
        and lex.numbers(tok.folded)[0] < 11
        and lex.numbers(tok.folded)[2] < 10
    )


def _joins(before: Token, tok: Token, *, left: bool, cased: bool) -> bool:
    """Whether a capitalised ordinary word just before a name is a part of it ("Summer Delacroix")."""
    return (
        left and cased and _near(tok) and before.capital and not before.first and not before.public and not before.upper
        and tok.capital and before.folded not in cues.STOP
    )  # fmt: skip


def _mark(toks: list[Token], i: int, text: str, *, cased: bool, english: bool, titled: bool) -> _Mark:
    tok = toks[i]
    if lettered(toks, i) or (i + 2 < len(toks) and [t.folded for t in toks[i + 1 : i + 3]] == ["et", "al"]):
        return 0.85, "titles@2", "person"
    if len(tok.folded) < 2 or tok.folded in cues.STOP:
        return None
    cue = _cued(toks, i, text, cased=cased)
    if cue is not None:
        return cue
    if tok.public and beside(toks, i, cased=cased):
        return 0.6, DETECTOR, "person"
    if street_name(toks, i):
        return 0.6, "ambiguous@1", "person"
    if tok.public:
        return None if text[tok.end : tok.end + 3].strip(" ,")[:1].isdigit() else _public_name(toks, i, cased=cased)
    if tok.ordinary:
        lex = lexicon()
        if tok.folded in lex.ambiguous and (_ambiguous(toks, i, cased=cased) or _shown(toks, i)):
            return 0.6, "ambiguous@1", "person"
        if english and tok.word.isascii() and (tok.capital or not cased) and _english_name(tok.folded):
            return 0.65, DETECTOR, "person"
        if english and not tok.capital and _subject_name(toks, i):
            return 0.5, "ambiguous@1", "person"
        if cased and tok.capital and not tok.first and not tok.upper and tok.folded not in cues.SELF:
            plain = lex.listed(tok.folded)
            return None if plain and titled else (0.5 if plain else 0.55, CAPITALS, "person")
        return None
    return _unknown(toks, i, cased=cased)


def _unknown(toks: list[Token], i: int, *, cased: bool) -> _Mark:
    lex, tok = lexicon(), toks[i]
    if tok.upper and len(tok.word) <= 5 and tok.folded not in lex.first:
        return (0.4, UNKNOWN, "other") if tok.folded in lex.last and len(tok.word) > 4 else None
    parts = tok.folded.split("-")
    if any(p in lex.first for p in parts):
        return 0.9, DETECTOR, "person"
    if not tok.capital and i and toks[i - 1].folded in cues.ES_BEFORE_NOUN and tok.gap == " " and lex.numbers(tok.folded)[2] > 4:
        return None  # "la huerta", "un molino": family names that are things
    if any(p in lex.last and len(p) > 2 for p in parts):
        return 0.65, DETECTOR, "person"
    en, _, es, _ = lex.numbers(tok.folded)
    if en or es:
        at = i > 0 and toks[i - 1].folded in ("in", "at", "to", "from", "de", "en", "near", "por", "a")
        return 0.5, UNKNOWN, "place" if at else "person" if tok.capital else "other"
    return (0.6 if tok.capital and cased and not tok.first else 0.45), UNKNOWN, "person" if tok.capital else "other"


def _cued(toks: list[Token], i: int, text: str, *, cased: bool) -> _Mark:
    """A title, kinship word or introduction just before the word."""
    tok = toks[i]
    lex = lexicon()
    prev = toks[i - 1] if i else None
    namelike = (cased and tok.capital and not tok.public) or not lex.listed(tok.folded) or tok.folded in lex.ambiguous
    if prev is not None and tok.gap in (" ", ". ", "\u00a0") and not (prev.upper and not tok.upper):
        if (
            prev.folded in cues.TITLES
            and prev.folded not in ("senora", "senorita", "licenciada", "licenciado", "lic")
            and not tok.public
            and (namelike or prev.folded not in ("dona", "dr") or _lady(toks, i))
        ):
            return 0.95, "titles@2", "person"
        if (
            prev.folded in cues.TITLES | cues.SOFT_TITLES
            and tok.gap != ". "
            and (namelike or prev.folded == "miss")
            and not tok.public
            and _titled(toks, i, cased=cased)
        ):
            return 0.85, "titles@2", "person"
        if (
            prev.folded in cues.KIN
            and prev.folded == fold(prev.word)
            and tok.gap == " "
            and namelike
            and i > 1
            and toks[i - 2].folded in cues.POSSESSIVE
            and not (tok.public and tok.folded not in lex.ambiguous)
            and (not (tok.ordinary and not tok.capital) or _free(toks, i))
        ):
            return 0.8 if not tok.ordinary else 0.7, "kinship@1", "person"
    head = text[max(0, tok.start - 30) : tok.start]
    m = cues.NAMED.search(head)
    if tok.word.lower() in cues.WITH_TILDE:
        return 0.85, DETECTOR, "person"
    if m and tok.folded not in cues.STOP:
        weak = bool(cues.WEAK_NAMED.search(head))
        if (not tok.ordinary and not tok.public) or (namelike and cased and tok.capital and not tok.public):
            return 0.9, "introductions@2", "person"
        if tok.folded in lex.ambiguous and not (weak and not cues.NICKED.search(head)):
            return 0.85, "introductions@2", "person"
    return None


def _lady(toks: list[Token], i: int) -> bool:
    """Whether an everyday word after "doña" is what she is called: "doña pelos", not "la doña vende"."""
    before = toks[i - 2].folded if i > 1 else ""
    plain = cues.STOP | cues.PAST | cues.LINK | cues.POSSESSIVE
    return toks[i - 1].word.lower() == "doña" and before not in cues.ES_BEFORE_NOUN and toks[i].folded not in plain


def _titled(toks: list[Token], i: int, *, cased: bool) -> bool:
    prev, tok = toks[i - 1], toks[i]
    if cased and tok.capital:
        return prev.capital or not tok.ordinary or not prev.first or True
    if prev.folded == "miss" and tok.ordinary:
        lex = lexicon()
        before = toks[i - 2].folded if i > 1 else ""
        return before not in cues.MISSING and tok.folded in lex.last and lex.numbers(tok.folded)[0] < 9
    return not tok.ordinary or (prev.folded != "miss" and _free(toks, i) and tok.folded in lexicon().first)


def _free(toks: list[Token], i: int) -> bool:
    """Whether an ordinary lower-case word after a kinship word is not the verb or noun it usually is."""
    after = toks[i + 1].folded if i + 1 < len(toks) and _near(toks[i + 1]) else ""
    if toks[i].folded == "will":
        return after in cues.PAST_AFTER_WILL
    return after == "" or after in cues.PAST or toks[i].folded in lexicon().first


def _ambiguous(toks: list[Token], i: int, *, cased: bool) -> bool:
    tok = toks[i]
    prev = toks[i - 1] if i and _near(tok) and not tok.first else None
    after = toks[i + 1] if i + 1 < len(toks) and _near(toks[i + 1]) and not toks[i + 1].first else None
    nxt = after.folded if after else ""
    if prev is not None and prev.folded in ("thank", "thanks", "gracias", "bye", "hey", "hi") and tok.gap == " ":
        return False
    if prev is not None and prev.folded == "you" and i > 1 and toks[i - 2].folded == "thank":
        return True
    if (
        prev is not None
        and prev.folded in ("and", "y", "con")
        and i > 1
        and toks[i - 2].folded in ("me", "yo")
        and nxt not in ("",)
    ):
        return True
    if (
        nxt in ("and", "y")
        and i + 2 < len(toks)
        and toks[i + 2].folded in ("i", "me", "yo")
        and (prev is None or prev.folded in cues.STOP - {"the"})
    ):
        return prev is None
    if prev is not None and prev.folded in cues.TOLD and nxt not in ("of", "and"):
        return True
    if (
        prev is not None
        and prev.folded in cues.THEN
        and nxt in cues.SPEAK
        and tok.folded not in ("will", "long", "may")
    ):
        return True
    if (
        prev is not None
        and prev.folded in ("and", "y")
        and i > 1
        and toks[i - 2].folded in lexicon().first
        and (i > 2 and toks[i - 3].folded in ("big", "lil", "with", "con", "me"))
    ):
        return True
    return _starts(toks, i, prev, after, cased=cased)


def _shown(toks: list[Token], i: int) -> bool:
    """Whether somebody is pointed out by an ambiguous word: "that's will, he don't talk much"."""
    after = toks[i + 1] if i + 1 < len(toks) else None
    led = toks[i - 1].folded if i and toks[i].gap == " " else ""
    told = after is not None and after.gap == ", " and after.folded in ("he", "she", "he's", "she's", "ella", "el")
    return told and led in ("that's", "that", "here's", "esa", "ese")


def _starts(toks: list[Token], i: int, prev: Token | None, after: Token | None, *, cased: bool) -> bool:
    """Whether an ambiguous word begins a clause as somebody who acts, or stands capitalised inside a sentence."""
    tok, nxt = toks[i], after.folded if after else ""
    starts = prev is None and (tok.first or "," in tok.gap)
    if starts and tok.folded == "will":
        return nxt in cues.PAST_AFTER_WILL
    if starts and nxt in cues.PAST and not (nxt in cues.WEAK and not _person_follows(toks, i)):
        return True
    if (
        cased
        and tok.first
        and tok.capital
        and after is not None
        and nxt == "at"
        and i + 2 < len(toks)
        and toks[i + 2].folded == "the"
    ):
        return True
    if (
        prev is None
        and tok.first
        and i == 0
        and any(t.folded in ("she", "he", "ella") and "," in t.gap for t in toks[2:7])
    ):
        return True
    if cased and tok.capital and not tok.first and not tok.upper and (prev is None or not prev.capital):
        return not (after is not None and after.capital)
    return (
        cased
        and tok.capital
        and after is not None
        and after.capital
        and not after.public
        and not after.upper
        and (not after.ordinary or (after.folded in lexicon().last and after.folded not in cues.THINGS))
    )


def _person_follows(toks: list[Token], i: int) -> bool:
    words = [t.folded for t in toks[i + 1 : i + 5]]
    return len(words) > 1 and (
        words[1] in cues.POSSESSIVE
        or (words[0] in ("me", "le", "nos") and words[1] in ("dijo", "dice", "ayudo", "llamo", "conto"))
    )


def _public_name(toks: list[Token], i: int, *, cased: bool) -> _Mark:
    """A month that is somebody: "hire May back", "april cried"."""
    tok = toks[i]
    if tok.folded not in cues.MONTHS:
        return None
    prev = toks[i - 1] if i and _near(tok) and not tok.first else None
    after = toks[i + 1] if i + 1 < len(toks) and _near(toks[i + 1]) else None
    nxt = after.folded if after else ""
    if prev is None:
        return (
            (0.6, "ambiguous@1", "person")
            if nxt
            in cues.PAST
            - {"is", "was", "es", "era", "fue", "has", "had", "just", "did", "does", "still", "never", "always"}
            and tok.folded != "may"
            else None
        )
    if (
        cased
        and tok.capital
        and prev.folded not in cues.MONTH_BEFORE
        and (not prev.capital or prev.first)
        and nxt not in ("is", "and", "was", "or")
        and not (after and after.gap != " ")
    ):
        return 0.6, "ambiguous@1", "person"
    return None


def _english_name(word: str) -> bool:
    """Whether a word is everyday only in Spanish and in English a name ("dan", "leo")."""
    lex = lexicon()
    if word in lex.ambiguous or word in lex.glossary or word in lex.domain:
        return False
    es, mayus = lex.numbers(word)[2:]
    return lex.english_capital(word) and (word in lex.first or (word in lex.last and not (es > 8 and mayus < 8)))


def _subject_name(toks: list[Token], i: int) -> bool:
    """A word that English does not know, as in "me and deja": Spanish words in an English sentence."""
    tok = toks[i]
    prev = toks[i - 1].folded if i and _near(tok) else ""
    return prev == "and" and i > 1 and toks[i - 2].folded == "me" and fold(tok.word) in lexicon().ambiguous
