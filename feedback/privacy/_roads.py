"""What names a street: lists of the county, numbers, suffixes, and words that are no everyday ones."""

# ruff: noqa: E501
from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from feedback.privacy._lexicon import lexicon, phrases
from feedback.privacy._said import Word, runs

__all__ = ["NAMED", "NONE", "NO_STREET", "ORDINAL", "PERHAPS", "ROADS", "SIDE", "SUFFIX", "SURE", "TENS", "Street", "begins_listed", "capitals", "said", "street_at", "street_before", "words_set"]

SURE, NAMED, PERHAPS = 3, 2, 1  # a street by list, number or suffix; a word that is no everyday one; an everyday word


def words_set(words: str) -> frozenset[str]:
    """A set of the words in a string."""
    return frozenset(words.split())


SUFFIX = words_set(
    "st street ave avenue av blvd boulevard bulevar rd road dr drive ct court pl place way ln lane ter terrace cir circle hwy highway pkwy parkway trl trail loop "
    "alley aly plaza square sq crossing path pass walk row run"
)
SIDE = words_set("n s e w north south east west norte sur este oeste poniente oriente so no ne nw se sw")
LAND = words_set(
    "hill hills quarry bluff bluffs point river view vista creek canyon grove linda verde oak oaks park ridge valley springs mesa terrace glen haven heights "
    "lake pine pines rose bay cove hollow knoll knolls meadow meadows rock stone sierra loma alta alto brook field fields bend crest gate garden gardens wood woods"
)
ROADS = words_set("avenue avenida ave av calle street paseo camino via route highway")
ORDINAL = words_set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth primera segunda tercera cuarta quinta sexta septima octava "
    "novena decima"
)
TENS = words_set("twenty thirty forty fifty sixty seventy eighty ninety")
NO_STREET = words_set(
    "january february march april may june july august september october november december enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre "
    "monday tuesday wednesday thursday friday saturday sunday lunes martes miercoles jueves viernes sabado domingo "
    "the a an of in to and or is was are were be been people kids families years year dollars more less percent minutes hours hour days weeks months times per y o de que en la el los "
    "las un una es son por para con personas dolares ninos familias veces horas dias meses one two three four five six seven eight nine ten other different my your his her our their this "
    "that these those it they we you i he she him them me us mi su tu sus mis nos se lo le les ya no si donde where when who what how all both each every some any mg lbs ml sqft am pm ft yds yards yardas metros meters "
    "school home work court church night day morning escuela casa trabajo corte iglesia noche dia manana here there aqui alla ahi then so but because pero porque cuando alguien someone "
    "primera segunda tercera first second third fourth fifth cuarta quinta calls said dijo dice got has had going goes went gets live lives lived"
)
_CLEAR = words_set("hwy highway blvd boulevard bulevar ave avenue pkwy parkway")  # make a street of any word before them
_RISES = words_set("crest glen hills heights knoll")  # "kenmore crest"
_LOW_SAID = words_set("dos tres cuatro cinco seis siete ocho nueve")  # "la ocho y Alvarado"; hours are "las ocho"
_SHORT = words_set("fig")  # streets called by half their name
_ORD = r"(?:\d{1,2}(?:st|nd|rd|th)|first|second|third|\w+th|\w+(?:ieth)|\w+ty[- ](?:first|second|third|\w+th))\b"
_HUNDREDTH = re.compile(
    rf"(?:one|two)[ -](?:hundred[ -](?:and )?|(?:oh|o)[ -])?{_ORD}|ciento (?:once|doce|trece|catorce|quince|diecis[eé]is|veint\w+|treinta|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b"
)


class Street(NamedTuple):
    """How many words name a street, how surely, whether it is called by a number, whether it stands on a list (2: and is no other word)."""

    words: int
    grade: int
    number: bool = False
    listed: int = 0


NONE = Street(0, 0)


@cache
def _known() -> dict[str, tuple[tuple[tuple[str, ...], int], ...]]:
    """First word -> the names of streets that begin with it, longest first, each with whether it is nothing else (2) or may be (1)."""
    sure, _, unsure = "\n".join(phrases("streets.txt")).partition("|")
    out: dict[str, dict[tuple[str, ...], int]] = {}
    for part, how in ((sure, 2), (unsure, 1)):
        for name in re.split(r"[,\n]", part):
            words = tuple(name.split())
            if words:
                out.setdefault(words[0], {})[words] = how
            if len(words) == 2 and words[1] in SUFFIX and max(lexicon().numbers(words[0])[::2]) < 9:
                out[words[0]].setdefault(words[:1], 1)
    return {k: tuple(sorted(v.items(), key=lambda x: -len(x[0]))) for k, v in out.items()}


def capitals(text: str) -> bool:
    """Whether a text writes any capital."""
    return any(c.isupper() for c in text)


def _listed(words: list[Word], i: int) -> Street:
    """The street on the lists, or called by its number, that begins with the i-th word."""
    got = _numbered(words, i)
    for name, sure in _known().get(words[i].word, ()):
        part = words[i : i + len(name)]
        if tuple(w.word for w in part) == name and all(w.gap == " " for w in part[1:]):
            got = Street(len(name), SURE if sure == 2 else NAMED, listed=sure)
            break
    n = got.words
    if not n:
        return NONE
    if i + n < len(words) and words[i + n].word in SUFFIX and words[i + n].gap == " ":
        got, n = Street(n + 1, SURE, listed=2), n + 1
    elif words[i + n - 1].word in SUFFIX:
        got = Street(n, SURE, listed=2)
    if n > 1 and (got.listed == 2 or got.number) and i + n < len(words) and words[i + n].word in SIDE - {"so", "no", "se"} and words[i + n].gap == " " and not (got.number and len(words[i + n].word) < 3):
        return got._replace(words=n + 1)
    return got


def begins_listed(words: list[Word], i: int) -> bool:
    """Whether a street of the lists of two words and more begins with the i-th word: "el segundo"."""
    return any(len(name) > 1 and tuple(w.word for w in words[i : i + len(name)]) == name for name, _ in _known().get(words[i].word, ()))


def _numbered(words: list[Word], i: int) -> Street:
    """A street called by its number: "97th", "eighty third", "la Octava"."""
    w, nxt = words[i].word, words[i + 1] if i + 1 < len(words) else None
    if w.isdigit() and len(w) < 4 and nxt is not None and nxt.gap == "" and nxt.word in ("st", "nd", "rd", "th"):
        return Street(2, SURE, number=True)
    if w in TENS and nxt is not None and nxt.word in ORDINAL and nxt.gap in (" ", "-"):
        return Street(2, SURE, number=True)
    return Street(1, SURE, number=True) if w in ORDINAL else NONE


def _strangeness(words: list[Word], i: int, text: str, *, cased: bool) -> int:
    """How much a single word looks like the name of a street."""
    w, lex = words[i].word, lexicon()
    if w in _SHORT:
        return NAMED
    if not w.isalpha() or len(w) < 3 or w in NO_STREET or w in lex.glossary:
        return 0
    named = cased and text[words[i].start].isupper() and i > 0 and not re.search(r"[.!?:\n]", words[i].gap)
    en, _, es, _ = lex.numbers(w)
    if named or (not lex.ordinary(w) and not lex.public([w], 0)) or max(en, es) <= 6 or (w in lex.last and max(en, es) < 8):
        return NAMED
    return PERHAPS if max(en, es) < 10 else 0


def said(words: list[Word], i: int) -> int:
    """How many words from the i-th on say a number of two or three digits."""
    run = next(runs(words[i : i + 5]), None) if i < len(words) else None
    return run.last + 1 if run is not None and run.first == 0 and 1 < run.digits < 4 and not run.figures else 0


def street_at(words: list[Word], i: int, text: str, *, cased: bool) -> Street:
    """The street that begins with the i-th word."""
    known, w = _listed(words, i), words[i].word
    nxt = words[i + 1] if i + 1 < len(words) else None
    if w in ROADS and nxt is not None and nxt.gap == " " and (nxt.word.isdigit() or len(nxt.word) == 1 or said(words, i + 1)):
        n = 1 + max(1, said(words, i + 1))
        letter = len(nxt.word) == 1 and not nxt.word.isdigit()
        lot = i + n < len(words) and len(nxt.word) == 1 and words[i + n].gap == "-" and words[i + n].word.isdigit()
        return Street(n + lot, SURE, number=not letter, listed=2 * letter)
    m = _HUNDREDTH.match(text.lower(), words[i].start) if w in ("one", "two", "ciento") else None
    if m:
        n = sum(x.start < m.end() for x in words[i:])
        road = i + n < len(words) and words[i + n].word in SUFFIX and words[i + n].gap == " "
        return Street(n + road, SURE, number=True)
    if known.words and known.grade == SURE:
        k = i + known.words
        long = k < len(words) and words[k].word in _RISES and words[k].gap == " " and not known.number and words[k - 1].word not in SUFFIX
        return known._replace(words=known.words + long)
    grade = NAMED if known.words else _strangeness(words, i, text, cased=cased)
    n = max(known.words, 1)
    while n < 4 and i + n < len(words) and words[i + n].gap == " ":
        after = words[i + n]
        if after.word in SUFFIX and (grade or n > 1 or (after.word in _CLEAR and w.isalpha() and len(w) > 2 and w not in NO_STREET)):
            return Street(n + 1, SURE)
        if after.word in LAND and w not in NO_STREET and (grade or w in LAND or w in ("old", "new", "high")):
            grade = max(grade, NAMED)
        elif not (cased and grade == NAMED and text[after.start].isupper() and after.word not in NO_STREET and not lexicon().public([after.word], 0)):
            break
        n += 1
    return Street(n, grade, listed=known.listed if n == known.words else 0) if grade else NONE


def street_before(words: list[Word], i: int, text: str, *, cased: bool) -> tuple[int, Street]:
    """Where the street begins that ends just before the i-th word, and the street."""
    for a in range(max(0, i - 4), i):
        if a > 0 and not all(w.gap in (" ", "", "-", ". ") for w in words[a + 1 : i]):
            continue
        got = street_at(words, a, text, cased=cased)
        if got.words and a + got.words == i:
            return a, got
        if i - a > 1 and said(words, a) == i - a and a > 0 and words[a - 1].word in ("la", "the"):
            return a, Street(i - a, SURE, number=True)
    if i > 1 and words[i - 1].word in _LOW_SAID and words[i - 2].word == "la" and words[i - 1].gap == " ":
        return i - 1, Street(1, SURE, number=True)
    if i > 1 and words[i - 1].word.isdigit() and 1 < len(words[i - 1].word) < 4 and words[i - 2].word in ("la", "the"):
        return i - 1, Street(1, SURE, number=True)
    for a in range(max(0, i - 4), i):
        if said(words, a) == i - a:
            return a, Street(i - a, NAMED, number=True)
    return i, NONE
