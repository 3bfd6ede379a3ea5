"""Two streets that meet: "avalon and 97th", "Bonnie Brae con la Octava", "bexley and thistle", "Soto just past Olympic", "Century where it crosses Normandie"."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedback.privacy._lexicon import lexicon
from feedback.privacy._roads import (
    NAMED,
    NONE,
    ORDINAL,
    PERHAPS,
    SURE,
    Street,
    begins_listed,
    capitals,
    said,
    street_at,
    street_before,
    words_set,
)
from feedback.privacy._said import Word, runs
from feedback.privacy._types import Hit

__all__ = ["JOINS", "find_corners"]

_SIGNS = words_set("& @ /")
_JOIN = words_set("and y n con at near off x with por by")
_LOOSE = words_set("at near off with por by")
# Words that may lead from one street to the next, and those of them without which nothing is said of where they meet.
_PATH = words_set(
    "right just past by near off at above below south north east west of till til until you u hit hits get to before after where it they crosses cross crossing meets meet "
    "corner esquina esq con casi llegando a la el altura de del the almost antes pasando junto cruza cruce se runs into across from up down not far over e y and with a block blocks half away few doors door steps houses"
)
_CORE = words_set("past near off above below till til until crosses cross meets meet hits corner esquina esq llegando altura pasando cruza cruce before by south north east west casi into block blocks doors steps houses")
JOINS = _JOIN | _CORE | {"from", "to", "hasta"}
_THERE = words_set("ahi alli donde cerca enfrente")
_FREEWAYS = words_set("10 2 5 14 57 60 71 90 91 101 105 110 118 134 138 170 210 405 605 710")
_STRONG = words_set("corner corners esquina intersection cross crosses cruce between entre cruza interseccion")
_CUE = words_set("on at by near off around over en por stop parada cerca along past behind outside sobre down up of from to light block cruzando pasando bus")
_WIDE = words_set("on at by near off around corner down up over posted esquina en por cerca la sobre between entre donde cruza streets street from to del")
_CLEAR = words_set("on off corner esquina streets sobre cruza by at en por down")
_NEXT = words_set("cerca lado atras detras frente enfrente alrededor close next front back across antes despues")
_LOW = words_set("first second third fourth fifth sixth 1 2 3 4 5 6 primera segunda tercera cuarta")
_SPOTS = words_set("puente bodega parada tienda gasolinera parque cuadra salida luz semaforo mercado lavanderia callejon edificio cancha altura")


class _Way(NamedTuple):
    """How one street leads to another: "&", "and", or words such as "just past"; where the second begins; whether after an article."""

    kind: str
    right: int
    article: bool


def find_corners(words: list[Word], text: str) -> Iterator[Hit]:
    """Yield two streets that meet, whatever they are called, where a list, a cue, a number or their strangeness tells."""
    cased = capitals(text)
    for i in range(1, len(words)):
        way = _way(words, i)
        if way is None:
            continue
        a, left = street_before(words, i, text, cased=cased)
        if not left.words:
            continue
        right = _right(words, way, text, cased=cased, left=left)
        if not right.words or not _meet(words, a, left, right, way):
            continue
        start = a - 1 if a and words[a - 1].word == "la" and (left.number or text[words[a].start].isdigit()) else a
        if start > 1 and words[start - 1].word in ("entre", "between"):
            first, whole = street_before(words, start - 1, text, cased=cased)
            start = first if whole.grade >= NAMED else start
        yield Hit(words[start].start, words[way.right + right.words - 1].end, "address", "streets@4", 0.85 if left.listed and right.listed else 0.7)


def _way(words: list[Word], i: int) -> _Way | None:
    """What leads on from a street that ends before the i-th word."""
    gap, word = words[i].gap, words[i].word
    sign = gap.strip() in _SIGNS
    if sign or re.fullmatch(r" {2,}", gap):
        return _skip(words, i, "sign" if sign else "gap")
    if word in _JOIN and (gap == " " or (gap == ", " and word in ("off", "near", "at", "by"))):
        of = word == "off" and i + 2 < len(words) and words[i + 1].word == "of" and words[i + 1].gap == " "
        straight = _skip(words, i + 1 + of, word, spaced=True)
        if straight is not None and words[straight.right].word not in _CORE | {"just", "right"}:
            return straight
    return _path(words, i)


def _skip(words: list[Word], i: int, kind: str, *, spaced: bool = False) -> _Way | None:
    article = i < len(words) and words[i].word in ("la", "the", "el") and not begins_listed(words, i)
    i += article
    return _Way(kind, i, article) if i < len(words) and (words[i].gap == " " or not (spaced or article)) else None


def _path(words: list[Word], i: int) -> _Way | None:
    """A few words that lead from one street to the next: "just south of", "where it crosses", "casi llegando a la", ", from"."""
    j, core = i, False
    if words[i].word in ("to", "hasta") and words[i].gap == " " and i + 1 < len(words) and words[i + 1].word not in _PATH - {"la", "the"}:
        return _skip(words, i + 1, "to", spaced=True)
    while j < len(words) and j - i < 5 and words[j].word in _PATH and words[j].gap in ((" ", ", ") if j == i else (" ",)):
        core |= words[j].word in _CORE or (words[j].word == "the" and j + 1 < len(words) and words[j + 1].word in _FREEWAYS)
        j += 1
    if j == i or j >= len(words) or words[j].gap != " ":
        return None
    if words[i].word == "from" and j == i + 1:
        return _Way("from" if words[i].gap == ", " else "along", j, False)
    return _Way("path", j, words[j - 1].word in ("la", "the", "el")) if core else None


def _right(words: list[Word], way: _Way, text: str, *, cased: bool, left: Street) -> Street:
    """The second street; after "la", "con" or "y" a bare number will do: "y la 41"."""
    other = street_at(words, way.right, text, cased=cased)
    if other.number or other.grade == SURE:
        return _stretch(words, way, other, text, cased=cased)
    if words[way.right].word in _FREEWAYS and words[way.right - 1].word == "the" and left.listed:
        after = way.right + 1 < len(words) and words[way.right + 1].word in ("crosses", "cross", "freeway", "fwy", "exit", "ramp", "overpass")
        return Street(1 + after, SURE, number=True)
    bare = _bare(words, way.right)
    if bare and (way.article or way.kind == "to" or (left.listed and way.kind in ("con", "y"))):
        other = Street(bare, NAMED, number=True)
    the = way.article and words[way.right - 1].word == "the" and way.kind not in ("sign", "path")
    return NONE if the and not other.number and SURE not in (left.grade, other.grade) else other


def _stretch(words: list[Word], way: _Way, other: Street, text: str, *, cased: bool) -> Street:
    """A stretch of one street named by its ends: "from 68th up to Florence"."""
    j = way.right + other.words
    k = j
    while k < len(words) and k - j < 3 and words[k].word in ("up", "down", "all", "the", "way", "to", "hasta", "la"):
        k += 1
    if not j < k < len(words) or way.kind not in ("from", "along"):
        return other
    end = street_at(words, k, text, cased=cased)
    return other._replace(words=k + end.words - way.right) if end.grade >= NAMED else other


def _bare(words: list[Word], i: int) -> int:
    """How many words from the i-th on are a number of two or three digits."""
    if words[i].word.isdigit() and 1 < len(words[i].word) < 4:
        return 1
    run = next(runs(words[i : i + 4]), None)
    return run.last + 1 if run and run.first == 0 and 1 < run.digits < 4 else said(words, i)


def _meet(words: list[Word], a: int, left: Street, right: Street, way: _Way) -> bool:
    """Whether two streets meet here."""
    if {words[a].word, words[way.right].word} <= ORDINAL or (left.listed and words[a : a + left.words] == words[way.right : way.right + right.words]):
        return False
    if way.kind == "to":
        return left.listed > 0 and right.number and (right.grade == SURE or way.article)
    both = (left.listed or left.number) and (right.listed or right.number)
    return (bool(both) and way.kind not in ("path", "from", "along", "gap") and _on_lists(words, a, left, right, way)) or _by_cue(words, a, left, right, way)


def _on_lists(words: list[Word], a: int, left: Street, right: Street, way: _Way) -> bool:
    """Two streets of the lists, or one of them and a number."""
    if left.number and right.number:
        return False
    wide = {w.word for w in words[max(0, a - 3) : a]}
    bare = right.number and right.grade < SURE
    if 2 in (left.listed, right.listed):
        return way.kind not in _LOOSE - {"at", "with"} and (not bare or bool(wide & _WIDE) or words[a].gap == "")
    if left.number or right.number:
        return bool(wide & _WIDE) or words[a].word.isdigit()
    end = way.right + right.words
    closed = end == len(words) or words[end].gap[:1] in ",.;:" or words[end].word in _THERE
    if way.kind in ("y", "con") and a and words[a - 1].word == "de" and closed and not {words[a].word, words[way.right].word} & lexicon().first:
        return True
    if bool(wide & _CLEAR) or (way.kind == "sign" and (not a or bool(wide & _WIDE))):
        return True
    alone = (not a or words[a].gap == ", ") and (end == len(words) or words[end].gap[:1] in ",.;:")
    return alone and way.kind in ("and", "y", "con", "n") and not {words[a].word, words[way.right].word} & lexicon().first


def _by_cue(words: list[Word], a: int, left: Street, right: Street, way: _Way) -> bool:
    """Two names of which a cue before them, a number, or both being strange tells that they are streets."""
    lex, at = lexicon(), way.right
    before = [w.word for w in words[max(0, a - 4) : a]]
    prev = before[-1] if before else ""
    if prev in ("the", "la", "el") and len(before) > 1:
        prev = before[-2]
        if prev == "de" and prev != before[0] and before[-3] in _SPOTS:
            prev = "en"
    elif prev in ("de", "del", "of", "to") and len(before) > 1 and before[-2] in _NEXT | _SPOTS:
        prev = "en"
    strong = bool(set(before) & _STRONG) and way.kind not in ("with", "por")
    cue = prev in _CUE and not (prev in ("of", "from", "to") and SURE not in (left.grade, right.grade))
    numbers = left.number + right.number
    people = all(w.word in lex.first for w in (words[a], words[at])) and not numbers and SURE not in (left.grade, right.grade)
    people &= not (left.listed and prev in ("at", "on", "off"))
    best, least = max(left.grade, right.grade), min(left.grade, right.grade)
    if numbers == 2 and (not (strong and left.grade == right.grade == SURE) or {words[a].word, words[at].word} & _LOW):
        return False
    if way.kind in ("path", "from", "along", "gap"):
        sure = bool(left.listed or right.listed or best == SURE) and least >= NAMED and not people
        return sure and (cue or strong or bool(left.listed) or (left.grade == SURE and not left.number)) and (way.kind not in ("from", "along") or (right.number and (way.kind == "from" or right.words > 3)))
    if strong:
        return best >= NAMED
    if way.kind in _LOOSE:
        return (cue or (bool(left.listed) and way.kind == "at" and words[a].word not in lex.first)) and least >= NAMED and not people
    if way.kind == "x" and least >= NAMED and not people:
        return True
    if cue:
        return least >= NAMED and not people if best < SURE else least >= PERHAPS
    ordinal = (words[at] if right.number else words[a]).word
    return numbers == 1 and least >= NAMED and not people and ordinal not in _LOW
