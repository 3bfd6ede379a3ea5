"""Corners and house numbers on streets that no list has: "bexley and thistle", "en la Hobson con la Tamsin", "1 2 0 8 west castlebar"."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

from feedback.privacy._lexicon import lexicon
from feedback.privacy._said import Word, runs
from feedback.privacy._types import Hit

__all__ = ["Street", "find_crossings", "find_numbered"]

Known = Callable[[list[Word], int], tuple[int, int]]
SURE, NAMED, PERHAPS = 3, 2, 1  # a street by list, number or suffix; a word that is no everyday one; an everyday word


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SUFFIX = _set(
    "st street ave avenue av blvd boulevard bulevar rd road dr drive ct court pl place way ln lane ter terrace cir circle hwy highway pkwy parkway trl trail loop "
    "alley plaza square sq crossing path pass walk row run"
)
_SIDE = _set("n s e w north south east west norte sur este oeste")
_LAND = _set(
    "hill hills quarry bluff bluffs point river view vista creek canyon grove linda verde oak oaks park ridge valley springs mesa terrace glen haven heights "
    "lake pine pines rose bay cove hollow knoll knolls meadow meadows rock stone sierra loma alta alto brook field fields bend crest gate garden gardens wood woods"
)
_ROADS = _set("avenue avenida ave av calle street paseo camino via route highway")
_SIGNS = _set("& @ /")
_JOIN = _set("and y con at near off x with por by")
_STRONG = _set("corner corners esquina intersection cross crosses cruce between entre cruza interseccion")
_CUE = _set("on at by near off around over en por stop parada cerca along past behind outside sobre down up of from to light block cruzando pasando sobre")
_NEXT = _set("cerca lado atras detras frente enfrente alrededor close next front back across antes despues")
_LOW = _set("first second third fourth fifth sixth 1 2 3 4 5 6 primera segunda tercera cuarta")
_SPOTS = _set("puente bodega parada tienda gasolinera parque cuadra salida luz semaforo mercado lavanderia callejon edificio cancha altura")
_WORDS = _set(
    "january february march april may june july august september october november december enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo "
    "the a an of in to and or is was are were be been people kids families years year dollars more less percent minutes hours hour days weeks months times per y o de que en la el los "
    "las un una es son por para con personas dolares ninos familias veces horas dias meses one two three four five six seven eight nine ten other different my your his her our their this "
    "that these those it they we you i he she him them me us mi su tu sus mis nos se lo le les ya no si donde where when who what how all both each every some any mg lbs ml sqft am pm ft yds yards yardas metros meters "
    "school home work court church night day morning escuela casa trabajo corte iglesia noche dia manana here there aqui alla ahi then so but because pero porque cuando alguien someone "
    "primera segunda tercera first second third fourth fifth cuarta quinta calls said dijo dice got has had going goes went gets live lives lived"
)
_LIVE = _set(
    "live lives lived living stay stays stayed staying address house home apartment moved reside vivo vive viven vivimos vivia casa direccion domicilio quedamos renta rentamos rentando "
    "mandaron place motel shelter trailer placed placement mail packet dropped raided garage duplex room found send sent go correo carta departamento apartamento unit apt desalojaron cuarto form application"
)
_HUNDREDTH = re.compile(r"(?:one (?:hundred (?:and )?)?)(?:\w+(?:st|nd|rd|th|first|second|third)\b|\w+ty[- ](?:first|second|third|\w+th))|ciento (?:once|doce|trece|catorce|quince|diecis[eé]is|veint\w+|treinta|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)")


class Street(NamedTuple):
    """How many words name a street, how surely, and whether it is called by a number."""

    words: int
    grade: int
    number: bool = False


_NONE = Street(0, 0)


def _shown(text: str, w: Word) -> bool:
    return text[w.start].isupper()


def _grade(words: list[Word], i: int, text: str, *, cased: bool) -> int:
    """How much a single word looks like the name of a street."""
    w, lex = words[i].word, lexicon()
    if not w.isalpha() or len(w) < 3 or w in _WORDS or w in lex.glossary:
        return 0
    named = cased and _shown(text, words[i]) and i > 0 and not re.search(r"[.!?:\n]", words[i].gap)
    en, _, es, _ = lex.numbers(w)
    if named or (not lex.ordinary(w) and not lex.public([w], 0)):
        return NAMED
    if max(en, es) <= 6 or (w in lex.last and max(en, es) < 8):
        return NAMED
    return PERHAPS if max(en, es) < 10 else 0


def street_at(words: list[Word], i: int, text: str, *, cased: bool, known: Known) -> Street:
    """The street that begins with the i-th word."""
    n, how = known(words, i)
    nxt = words[i + 1] if i + 1 < len(words) else None
    if words[i].word in _ROADS and nxt is not None and nxt.gap == " " and (nxt.word.isdigit() or len(nxt.word) == 1 or _said(words, i + 1)):
        return Street(1 + max(1, _said(words, i + 1)), SURE, number=True)
    m = _HUNDREDTH.match(text.lower(), words[i].start)
    if m:
        n = sum(w.start < m.end() for w in words[i:])
        return Street(n, SURE, number=True)
    if n and (how == 4 or (words[i].word.isdigit() or how == 3)):
        return Street(n, SURE, number=how == 3)
    grade = NAMED if n else _grade(words, i, text, cased=cased)
    n = max(n, 1)
    while n < 4 and i + n < len(words) and words[i + n].gap == " ":
        after = words[i + n]
        if after.word in _SUFFIX and (grade or n > 1):
            return Street(n + 1, SURE)
        if after.word in _LAND and words[i].word not in _WORDS and (grade or words[i].word in _LAND or words[i].word in ("old", "new", "high")):
            grade = max(grade, NAMED)
        elif not (cased and grade == NAMED and _shown(text, after) and after.word not in _WORDS and not lexicon().public([after.word], 0)):
            break
        n += 1
    return Street(n, grade) if grade else _NONE


def _said(words: list[Word], i: int) -> int:
    """How many words from the i-th on say a number of two or three digits."""
    run = next(runs(words[i : i + 5]), None) if i < len(words) else None
    return run.last + 1 if run is not None and run.first == 0 and 1 < run.digits < 4 and not run.figures else 0


def _by_number(words: list[Word], i: int) -> int:
    """How many words from the i-th on are a street called by its bare number after "la" or "the"."""
    if i < len(words) and words[i].word.isdigit() and 1 < len(words[i].word) < 4:
        return 1
    return _said(words, i)


def _left(words: list[Word], i: int, text: str, *, cased: bool, known: Known) -> tuple[int, Street]:
    """Where the street begins that ends just before the i-th word."""
    for a in range(max(0, i - 4), i):
        if a > 0 and not all(w.gap in (" ", "", "-", ". ") for w in words[a + 1 : i]):
            continue
        got = street_at(words, a, text, cased=cased, known=known)
        if got.words and a + got.words == i:
            return a, got
        if i - a > 1 and _said(words, a) == i - a and a > 0 and words[a - 1].word in ("la", "the"):
            return a, Street(i - a, SURE, number=True)
    if i > 1 and words[i - 1].word.isdigit() and 1 < len(words[i - 1].word) < 4 and words[i - 2].word in ("la", "the"):
        return i - 1, Street(1, SURE, number=True)
    for a in range(max(0, i - 4), i):
        if _said(words, a) == i - a:
            return a, Street(i - a, NAMED, number=True)
    return i, _NONE


def find_crossings(words: list[Word], text: str, *, known: Known) -> Iterator[Hit]:
    """Yield two streets that meet, whatever they are called, where a cue, a number or their strangeness tells."""
    cased = any(c.isupper() for c in text)
    for i in range(1, len(words)):
        sign = words[i].gap.strip() in _SIGNS
        if not sign and not (words[i].word in _JOIN and words[i].gap in (" ", ", ") and (words[i].gap == " " or words[i].word in ("off", "near", "at"))):
            continue
        right = i if sign else i + 1
        article = right < len(words) and words[right].word in ("la", "the", "el")
        right += article
        if right >= len(words) or not (sign or words[right].gap == " "):
            continue
        a, left = _left(words, i, text, cased=cased, known=known)
        if not left.words:
            continue
        other = street_at(words, right, text, cased=cased, known=known)
        if article and not other.number and other.grade < SURE and (bare := _by_number(words, right)):
            other = Street(bare, NAMED, number=True)
        if article and words[right - 1].word == "the" and not sign and not other.number and SURE not in (left.grade, other.grade):
            continue
        join = "" if sign else words[i].word
        if other.words and _meet(words, a, left, other, right, join=join):
            start = a - 1 if a and words[a - 1].word == "la" and left.number else a
            if start > 1 and words[start - 1].word in ("entre", "between"):
                first, whole = _left(words, start - 1, text, cased=cased, known=known)
                start = first if whole.grade >= NAMED else start
            yield Hit(words[start].start, words[right + other.words - 1].end, "address", "streets@2", 0.7)


def _meet(words: list[Word], a: int, left: Street, right: Street, at: int, *, join: str) -> bool:
    lex = lexicon()
    before = [w.word for w in words[max(0, a - 4) : a]]
    prev = before[-1] if before else ""
    if prev in ("the", "la", "el") and len(before) > 1:
        prev = before[-2]
        if prev == "de" and prev != before[0] and before[-3] in _SPOTS:
            prev = "en"
    elif prev in ("de", "del", "of", "to") and len(before) > 1 and before[-2] in _NEXT:
        prev = "en"
    strong = bool(set(before) & _STRONG) and join not in ("with", "por")
    cue = prev in _CUE and not (prev in ("of", "from", "to") and SURE not in (left.grade, right.grade))
    numbers = left.number + right.number
    people = all(w.word in lex.first for w in (words[a], words[at])) and not numbers and SURE not in (left.grade, right.grade)
    best, least = max(left.grade, right.grade), min(left.grade, right.grade)
    if numbers == 2 and (not (strong and left.grade == right.grade == SURE) or {words[a].word, words[at].word} & _LOW):
        return False
    if strong:
        return best >= NAMED
    if join in ("at", "near", "off", "with", "por", "by"):
        return cue and least >= NAMED and not people
    if join == "x" and least >= NAMED and not people:
        return True
    if cue:
        return least >= NAMED and not people if best < SURE else least >= PERHAPS
    ordinal = (words[at] if right.number else words[a]).word
    return numbers == 1 and least >= NAMED and not people and ordinal not in _LOW


def find_numbered(words: list[Word], text: str, *, known: Known) -> Iterator[Hit]:
    """Yield a house number, in figures or words, before any street."""
    cased = any(c.isupper() for c in text)
    for first, last, digits in _numbers(words, text):
        j = last + 1
        if j + 1 < len(words) and words[j].word.isdigit() and text[words[j].end : words[j].end + 1] == "/":
            j += 2
        if [w.word for w in words[j : j + 3]] == ["and", "a", "half"]:
            j += 3
        if [w.word for w in words[j : j + 2]] == ["block", "of"]:
            j += 2
        at = j
        while j < len(words) and j - at < 3 and words[j].gap in (" ", ". ", ", ") and (words[j].word in _SIDE or words[j].word in ("de", "la", "calle")):
            j += 1
        if j >= len(words) or words[j].gap not in (" ", ". "):
            continue
        linked = j > at
        cue = {w.word for w in (*words[max(0, first - 6) : first], *words[j + 1 : j + 8])} & _LIVE
        got = street_at(words, j, text, cased=cased, known=known)
        name = words[j].word in lexicon().first
        if first and words[first - 1].word == "at":
            cue = cue | {"at"}
        year = digits == 4 and words[first].word[:2] in ("19", "20") and words[first].word.isdigit()
        if words[j].word in _ROADS and j + 1 < len(words) and words[j + 1].gap == " " and words[j + 1].word not in _WORDS:
            got = Street(2, SURE)
        sure = got.grade == SURE and not got.number and (digits > 2 or got.words > 1)
        strange = got.grade == NAMED and digits > 2 and (bool(cue) or (not lexicon().ordinary(words[j].word) and not name) or (linked and got.words > 1))
        counted = got.number and digits > 2 and (linked or cue) and got.words
        loose = got.grade == PERHAPS and digits > 2 and cue and linked
        if (sure or strange or counted or loose) and not (year and not cue):
            yield Hit(words[first].start, words[j + got.words - 1].end, "address", "streets@2", 0.75)


def _numbers(words: list[Word], text: str) -> Iterator[tuple[int, int, int]]:
    """What may be a house number: first and last word, digits."""
    for i, w in enumerate(words):
        single = i and len(words[i - 1].word) == 1 and words[i - 1].word.isdigit() and w.gap == " "
        if w.word.isdigit() and 1 < len(w.word) < 6 and not single and not w.gap.endswith(("$", ".", ",", "/", "-", ":", "€")):
            yield i, i, len(w.word)
    for run in runs(words):
        first = run.first
        if run.digits > 5:
            cut = [k for k in range(run.first + 1, run.last + 1) if words[k].gap.strip()]
            if not cut:
                continue
            first = cut[-1]
            run = next(runs(words[first : run.last + 1]), run)
            run = run._replace(first=first, last=first + run.last) if run.first == 0 else run
        figures = all(len(w.word) == 1 for w in words[first : run.last + 1] if w.word.isdigit())
        if 3 <= run.digits <= 5 and (not run.figures or figures):
            before = first - 1 if first and words[first - 1].word == "mil" else first
            yield _thousands(words, before), run.last, run.digits
        elif first and words[first - 1].word == "mil" and run.digits == 3:
            yield _thousands(words, first - 1), run.last, 4


def _thousands(words: list[Word], first: int) -> int:
    """Where a number begins whose "mil" was found: "dos mil cien"."""
    counted = first and words[first].word == "mil" and words[first - 1].word in ("dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce")
    return first - 1 if counted else first
