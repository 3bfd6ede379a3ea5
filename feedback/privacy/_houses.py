"""House numbers, in figures or words, before or after any street: "nine twelve east 87th", "la Gage, el número 2914", "1703 y medio de la Rowan"."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from feedback.privacy._lexicon import lexicon
from feedback.privacy._roads import (
    NAMED,
    NO_STREET,
    PERHAPS,
    ROADS,
    SIDE,
    SUFFIX,
    SURE,
    Street,
    capitals,
    street_at,
    street_before,
    words_set,
)
from feedback.privacy._said import Word, runs
from feedback.privacy._types import Hit

__all__ = ["find_houses"]

_ES_ROAD = words_set("calle avenida camino paseo calzada privada andador circuito cerrada carretera callejon blvd boulevard bulevar av avda")
_LIVE = words_set(
    "live lives lived living stay stays stayed staying address addr house home apartment moved reside residing resides vivo vive viven vivimos vivia casa direccion domicilio nos quedamos renta "
    "rentamos rentando mandaron place motel shelter trailer placed placement mail packet dropped drop raided garage duplex room found send sent go correo carta cartas departamento apartamento unit apt "
    "desalojaron cuarto form application cosas pickup pull pick picked scoop evicted ticket lease residence resp recojan recojanla llegan owned built grew file lists"
)
_LINKS = words_set("de la calle on")
_HALVES = (("and", "a", "half"), ("y", "medio"), ("y", "media"), ("block", "of"), ("block", "on"))
_NUMBER = words_set("number numero num no nr")
_COUNTED = words_set("dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince")
_AFTER = re.compile(r"(?i)\s*(?:[,.;:)]|$|(?:apt|apartment|unit|suite|#|space|depto|departamento|apartamento|in the back|upstairs)\b)")
_FLAT = re.compile(r"(?i),?\s*(?:apt|apartment|unit|suite|ste|#|space|depto|departamento|apartamento|upstairs|downstairs|in the back|arriba)\b")
_ENDS = re.compile(r"[.!?;:\n]")


class _Number(NamedTuple):
    """What may be a house number: its first and last word, how many digits."""

    first: int
    last: int
    digits: int


def find_houses(words: list[Word], text: str) -> Iterator[Hit]:
    """Yield house numbers with their streets, without the apartment."""
    cased = capitals(text)
    for number in _numbers(words, text):
        last = _on_street(words, number, text, cased=cased)
        if last is not None:
            yield Hit(words[number.first].start, words[last].end, "address", "streets@4", 0.8)
    yield from _after_street(words, text, cased=cased)
    yield from _spanish(words)


def _numbers(words: list[Word], text: str) -> Iterator[_Number]:
    for i, w in enumerate(words):
        single = i and len(words[i - 1].word) == 1 and words[i - 1].word.isdigit() and w.gap == " "
        if w.word.isdigit() and len(w.word) < 6 and not single and not w.gap.endswith(("$", ".", ",", "/", "-", ":", "€")):
            yield _Number(i, i, len(w.word))
        elif w.word == "one" and w.gap:
            yield _Number(i, i, 1)
    for run in runs(words):
        first = run.first
        if run.digits > 5:
            cut = [k for k in range(run.first + 1, run.last + 1) if words[k].gap.strip()]
            if not cut:
                continue
            first = cut[-1]
            run = next(runs(words[first : run.last + 1]), run)
            run = run._replace(first=first, last=first + run.last) if run.first == 0 else run
        if any(_ENDS.search(w.gap) for w in words[first + 1 : run.last + 1]):
            continue
        figures = all(len(w.word) == 1 for w in words[first : run.last + 1] if w.word.isdigit())
        if 3 <= run.digits <= 5 and (not run.figures or figures):
            before = first - 1 if first and words[first - 1].word == "mil" else first
            yield _Number(_thousands(words, before), run.last, run.digits)
        elif first and words[first - 1].word == "mil" and run.digits < 4:
            yield _Number(_thousands(words, first - 1), run.last, 4)
    for i, w in enumerate(words):
        hundreds = i + 1 < len(words) and (words[i + 1].word.startswith("cien") or words[i + 1].word.endswith(("cientos", "cientas")))
        if w.word == "mil" and hundreds and words[i + 1].gap == " ":
            yield _Number(_thousands(words, i), i + 1, 4)


def _thousands(words: list[Word], first: int) -> int:
    """Where a number begins whose "mil" was found: "dos mil cien"."""
    return first - 1 if first and words[first].word == "mil" and words[first - 1].word in _COUNTED else first


def _over(words: list[Word], j: int, text: str) -> int:
    """Where the street may begin after a number: past "1/2", "and a half", "block of"."""
    if j + 1 < len(words) and words[j].word.isdigit() and text[words[j].end : words[j].end + 1] == "/":
        j += 2
    for half in _HALVES:
        if tuple(w.word for w in words[j : j + len(half)]) == half:
            j += len(half)
    return j


def _on_street(words: list[Word], number: _Number, text: str, *, cased: bool) -> int | None:
    """The last word of the street that follows a number, None where no street does."""
    at = j = _over(words, number.last + 1, text)
    while j < len(words) and j - at < 3 and words[j].gap in (" ", ". ", ", ") and words[j].word in SIDE | _LINKS:
        j += 1
    half = at > number.last + 1 and words[j].gap == ", " if j < len(words) else False
    if j >= len(words) or not (words[j].gap == " " or half or (words[j].gap == ". " and j > at)):
        return None
    if j > at and words[j - 1].word == "calle":
        j -= 1
    got = street_at(words, j, text, cased=cased)
    if words[j].word in ROADS and j + 1 < len(words) and words[j + 1].gap == " " and words[j + 1].word not in NO_STREET:
        got = Street(max(2, got.words), SURE)
    elif got.grade < SURE and number.digits > 2 and not words[number.first].word.isdigit():
        got = _to_suffix(words, j) or got
    if got.grade < NAMED and number.digits > 2 and (flat := _to_flat(words, j, text)) is not None:
        return flat
    if not got.words:
        return None
    last = j + got.words - 1
    while last + 1 < len(words) and words[last + 1].word in SIDE and words[last + 1].gap == " " and got.words > 1 and got.grade == SURE:
        last += 1
    return last if _believed(words, number, j, got, linked=j > at, text=text) else None


def _to_flat(words: list[Word], j: int, text: str) -> int | None:
    """The last of at most three words before "apartment", "suite", "upstairs", whatever they are."""
    for k in range(j, min(len(words), j + 3)):
        if words[k].gap != " " or not words[k].word.isalpha() or words[k].word in NO_STREET:
            return None
        if _FLAT.match(text, words[k].end):
            return k
    return None


def _to_suffix(words: list[Word], j: int) -> Street | None:
    """Any three words at most that end in what a road is called: "san carpo avenue"."""
    for k in range(j + 1, min(len(words), j + 4)):
        if words[k].gap != " " or words[k - 1].word in NO_STREET:
            return None
        if words[k].word in SUFFIX:
            return Street(k + 1 - j, SURE)
    return None


def _believed(words: list[Word], number: _Number, j: int, got: Street, *, linked: bool, text: str) -> bool:
    """Whether a number before what may be a street is a house's."""
    first, digits, lex = number.first, number.digits, lexicon()
    cue = bool({w.word for w in (*words[max(0, first - 6) : first], *words[j + got.words : j + 8])} & _LIVE) or (first > 0 and words[first - 1].word == "at")
    year = digits == 4 and words[first].word[:2] in ("19", "20") and words[first].word.isdigit()
    if year and not cue:
        return False
    unknown = not lex.ordinary(words[j + (words[j].word in ROADS and got.words > 1)].word)
    closed = bool(_AFTER.match(text, words[j + got.words - 1].end))
    if digits == 1:
        end = words[j + got.words - 1].end
        house = got.grade == SURE and not got.number and got.words > 1 and words[first].gap != ""
        spanish = words[j].word in _ES_ROAD | {"via"}
        return house and (bool(_FLAT.match(text, end)) or spanish or (words[first].word != "one" and unknown and (closed or cue or text[words[j].start].isupper())))
    if digits == 2 and got.grade == NAMED:
        return unknown and closed and (cue or linked) and words[j].word not in lex.first
    sure = got.grade == SURE and not got.number and (digits > 2 or got.words > 1)
    strange = got.grade == NAMED and digits > 2 and (cue or closed or (unknown and words[j].word not in lex.first) or (linked and (got.words > 1 or got.listed > 0)))
    counted = got.number and digits > 2 and (linked or cue)
    loose = got.grade == PERHAPS and digits > 2 and cue and (linked or closed)
    return sure or strange or counted or loose


def _after_street(words: list[Word], text: str, *, cased: bool) -> Iterator[Hit]:
    """A number after its street: "Delphine Street, number 77", "la Gage, el número 2914", "on Wynkoop, 7710", "la Clarendon 2914"."""
    for i in range(1, len(words)):
        w = words[i]
        told = w.word in _NUMBER and i + 1 < len(words) and words[i + 1].gap in (" ", ". ")
        k = i + told
        if not (told or w.word.isdigit() or w.gap == ", "):
            continue
        number = _counted(words, k)
        if number is None or (not told and number[1] < 3):
            continue
        b = i - 1 if told and (words[i - 1].word == "el" or (words[i - 1].word in SIDE and words[i - 1].gap == " ")) else i
        if words[b].gap not in (" ", ", ") if b else True:
            continue
        a, street = street_before(words, b, text, cased=cased)
        if w.gap == ", " and b == i and i > 1 and words[i - 2].word in ("on", "en", "sobre") and street.grade < NAMED and words[i - 1].word not in NO_STREET and w.word.isdigit() and number[1] > 2:
            a, street = i - 1, Street(1, NAMED)
        if not street.words and number[1] > 2 and i > 1 and lexicon().public([words[i - 2].word, words[i - 1].word], 0) == 2:
            a, street = i - 2, Street(2, NAMED)
        article = a > 0 and words[a - 1].word in ("la", "the")
        road = a > 0 and words[a - 1].word in ("street", "avenue", "road") and words[a].gap == " "
        cue = bool({x.word for x in words[max(0, a - 5) : a]} & _LIVE)
        on = a > 0 and words[a - 1].word in ("on", "en", "sobre")
        suffix = street.grade == SURE and not street.number
        strong = told and (suffix or road or article or cue or on)
        alone = number[1] > 2 and ((on and not lexicon().ordinary(words[a].word)) or bool(_FLAT.match(text, words[number[0]].end)))
        weak = alone or (not told and (suffix or street.listed) and (cue or article or on)) or (not told and street.grade == NAMED and ((cue and article) or (w.gap == ", " and on)))
        if street.grade >= NAMED and (strong or weak) and not _year(words, k):
            last = number[0]
            last += last + 1 < len(words) and words[last + 1].word in SIDE and words[last + 1].gap == " "
            yield Hit(words[a - road].start, words[last].end, "address", "streets@4", 0.75)


def _year(words: list[Word], k: int) -> bool:
    return words[k].word.isdigit() and len(words[k].word) == 4 and words[k].word[:2] in ("19", "20") and words[k].gap != ", "


def _counted(words: list[Word], k: int) -> tuple[int, int] | None:
    """The last word and the digits of the number that begins with the k-th word."""
    if k >= len(words):
        return None
    if words[k].word.isdigit():
        return (k, len(words[k].word)) if len(words[k].word) < 6 and words[k].gap in (" ", ", ", " #", "") else None
    run = next(runs(words[k : k + 7]), None)
    return (k + run.last, run.digits) if run and run.first == 0 and 1 < run.digits < 6 else None


def _spanish(words: list[Word]) -> Iterator[Hit]:
    """A road by its Spanish name, then a number: "Privada Jazmín 8", "calle Sauce cuarenta y dos"."""
    for i, w in enumerate(words):
        if w.word not in _ES_ROAD:
            continue
        for k in range(i + 2, min(len(words), i + 7)):
            if _ENDS.search(words[k].gap):
                break
            run = next((r for r in runs(words[k : k + 5]) if r.first == 0), None)
            if words[k].word.isdigit() or (run and run.digits > 1):
                end = k + (run.last if run else 0)
                yield Hit(w.start, words[end].end, "address", "streets@4", 0.8)
                break
