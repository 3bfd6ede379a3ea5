"""Other words put where labelled rows tell something: other names, schools, streets, numbers and accounts, so that the place is learned."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import random
import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from feedback.privacy._lexicon import fold, lexicon, phrases
from feedback.privacy._material import Row, pools, renamed_person
from feedback.privacy._roads import LAND, NO_STREET, ROADS, SIDE, SUFFIX
from feedback.privacy._teach_things import NATURE, other_thing

__all__ = ["SORTS", "Words", "sort_of", "varied"]

# What a word may tell, in the order of the network's classes.
SORTS = ("nothing", "person", "thing", "spot", "number", "account")
OTHER, ANY = "other", "any"  # told by somebody who labelled otherwise: anything but a person; not known at all
_OWN = {"ORG": "thing", "PLACE": "thing", "ADDRESS": "spot", "ID": "number", "PHONE": "number", "BIRTH": "number", "EMAIL": "account", "HANDLE": "account", "URL": "account", "OTHER": ANY}
_FOUND = {"ADDRESS": "spot", "ID": "number", "PHONE": "number", "EMAIL": "account", "HANDLE": "account", "URL": "account"}

_COUNTS = tuple(tuple(words.split()) for words in (
    "one two three four five six seven eight nine", "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
    "twenty thirty forty fifty sixty seventy eighty ninety", "uno dos tres cuatro cinco seis siete ocho nueve",
    "diez once doce trece catorce quince dieciséis diecisiete dieciocho diecinueve", "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa",
    "veintiuno veintidós veintitrés veinticuatro veinticinco veintiséis veintisiete veintiocho veintinueve",
    "cien ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos",
    "third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth", "january february march april may june july august september october november december",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
))  # fmt: skip
_GROUP = {fold(word): group for group in _COUNTS for word in group}
_UNCOUNTED = frozenset("one uno may march third second".split())  # often no number
_PART = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
_DAY = re.compile(r"\b\d{1,2}([/.-])\d{1,2}\1(\d{4}|\d{2})\b")
_NTH = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b", re.IGNORECASE)
_SMALL = frozenset(
    "and y e at near off of on the la el los las de del con esquina corner between entre cruce the street a half medio media block number numero num no apt apartment unit suite space spc room rm lot trailer depto "
    "departamento apartamento interior int casa house floor piso upstairs downstairs arriba abajo back front rear atras in en building edificio bldg door puerta motel hotel inn hundred thousand mil cien ciento oh zero cero double doble".split()
)
_SAID = frozenset(
    "at dot com net org edu arroba punto gmail yahoo hotmail outlook icloud mail correo aol underscore under score dash guion bajo hyphen all lowercase one word the number letter as in junto like capital mayuscula "
    "www http https instagram insta ig snap tiktok dos y with a con sin espacio space everything together todo".split()
)
_TITLES = frozenset("la el los las lil big mama papa dona don tia tio old young baby little og big doña compadre comadre the de del mr ms miss".split())


@dataclass(frozen=True)
class Words:
    """What is drawn from: first names, family names, names that are words, everyday words of English and of Spanish, streets."""

    first: list[str]
    last: list[str]
    unclear: list[str]
    english: list[str]
    spanish: list[str]
    streets: list[str]

    @classmethod
    @cache
    def shipped(cls) -> Words:
        """The words of the shipped lists."""
        lex = lexicon()
        first, last, unclear = pools()
        plain = [w for w in sorted(lex.table) if w.isalpha() and 3 < len(w) < 9 and w not in lex.glossary and w not in lex.first]
        rows = [(w, *lex.numbers(w)) for w in plain]
        english = [w for w, en, cap, _, _ in rows if 5 < en < 10 and cap < 3]
        spanish = [w for w, en, _, es, up in rows if 5 < es < 10 and up < 3 and en < 5]
        listed = {" ".join(w for w in phrase.split() if fold(w) not in SUFFIX) for line in phrases("streets.txt") for phrase in line.split(",")}
        return cls(first, last, unclear, english, spanish, sorted(s for s in listed if s))

    def everyday(self, chance: random.Random, *, spanish: bool) -> str:
        """An everyday word."""
        return chance.choice(NATURE) if not spanish and chance.random() < 0.3 else chance.choice(self.spanish if spanish else self.english)


def sort_of(span: dict[str, Any], *, own: bool) -> str:
    """What a labelled span tells; in public text (`own` false) firms and places are only known to be no person."""
    if span["label"] == "PERSON":
        return "person"
    if span.get("class") == "birth":
        return "number"
    return (_OWN if own else _FOUND).get(span["label"], OTHER)


def varied(row: Row, chance: random.Random, *, words: Words, keep: float = 0.12) -> Row:
    """Say other things in a row whose spans have a `sort`: each span with another name or number, other counts between them."""
    text, out, at = row["text"], "", 0
    spanish, count = row["lang"] == "es", chance.random() < 0.5
    spans: list[dict[str, Any]] = []
    for s in sorted(row["spans"], key=lambda s: (s["start"], -s["end"])):
        if s["start"] < at:
            continue
        between, said = text[at : s["start"]], text[s["start"] : s["end"]]
        out += _numbered(between, chance) if count else between
        if chance.random() >= keep:
            said = _other(said, s, chance, words, spanish=spanish)
        spans.append(s | {"start": len(out), "end": len(out) + len(said)})
        out, at = out + said, s["end"]
    rest = text[at:]
    return row | {"text": out + (_numbered(rest, chance) if count else rest), "spans": spans}


def _other(said: str, span: dict[str, Any], chance: random.Random, words: Words, *, spanish: bool) -> str:
    match span["sort"]:
        case "person" if span.get("class") == "nickname":
            return _called(said, chance, words, spanish=spanish)
        case "person":
            return renamed_person(said, chance, words.first, words.last, words.unclear)
        case "thing":
            return other_thing(said, chance, spanish=spanish, pools=(words.first, words.last))
        case "spot":
            return _street(said, chance, words, spanish=spanish)
        case "number":
            return _numbered(said, chance, letters=True)
        case "account":
            return _account(said, chance, words, spanish=spanish)
    return said


def _like(new: str, old: str) -> str:
    return new.title() if old[:1].isupper() else new


def _called(said: str, chance: random.Random, words: Words, *, spanish: bool) -> str:
    """Another nickname: "lil bit" becomes "lil pencil", "la güera" "la paloma"; now and then a name."""
    how = chance.random()

    def other(m: re.Match[str]) -> str:
        if fold(m.group()) in _TITLES or m.group().isdecimal():
            return m.group()
        new = chance.choice(words.first) if how < 0.12 else chance.choice(words.unclear) if how < 0.3 else words.everyday(chance, spanish=spanish)
        return _like(new, m.group())

    return _PART.sub(other, said)


def _numbered(said: str, chance: random.Random, *, letters: bool = False) -> str:
    """Other figures and number words; `letters` also puts other single letters and letters beside figures."""

    def day(m: re.Match[str]) -> str:
        sign = m[1]
        year = chance.randrange(1950, 2020)
        return f"{chance.randrange(1, 13):02}{sign}{chance.randrange(1, 29):02}{sign}{year if len(m[2]) == 4 else f'{year % 100:02}'}"

    def other(m: re.Match[str]) -> str:
        word = m.group()
        if word.isdecimal():
            return _figures(word, chance)
        group = _GROUP.get(fold(word))
        if group is not None and (letters or fold(word) not in _UNCOUNTED):
            return _like(chance.choice(group), word)
        beside = said[m.start() - 1 : m.start()].isdecimal() or said[m.end() : m.end() + 1].isdecimal()
        if letters and (len(word) == 1 or (beside and len(word) < 5)) and not _NTH.match(said, m.start()):
            made = "".join(chance.choice("abcdefghjklmnprstvwxyz") for _ in word)
            return made.upper() if word.isupper() else made
        return word

    pieces, at = [], 0
    for m in _DAY.finditer(said):
        pieces += [_PART.sub(other, said[at : m.start()]), day(m)]
        at = m.end()
    return "".join([*pieces, _PART.sub(other, said[at:])])


def _figures(word: str, chance: random.Random) -> str:
    """As many figures; a year for a year, a day for what may be one."""
    if len(word) == 4 and word[:2] in ("19", "20"):
        return str(chance.randrange(1950, 2026))
    if len(word) < 3 and 0 < int(word) < 32:
        return str(chance.randrange(1, 32)).zfill(len(word)) if word[0] == "0" else str(chance.randrange(1, 32))
    return (word[0] if word[0] == "0" else chance.choice("123456789")) + "".join(chance.choice("0123456789") for _ in word[1:])


def _street(said: str, chance: random.Random, words: Words, *, spanish: bool) -> str:
    """Another house and street: numbers by others, the words between by a listed, a found or an invented street."""
    out, at, run = [], 0, list[re.Match[str]]()

    def close() -> None:
        if run:
            out.append(_like(_named_street(chance, words, spanish=spanish), run[0].group()))
            run.clear()

    for m in _PART.finditer(said):
        word, gap = fold(m.group()), said[at : m.start()]
        stays = word in _SMALL or word in SIDE or word in SUFFIX or word in ROADS or word in _GROUP or word in NO_STREET or m.group().isdecimal() or _NTH.match(said, m.start()) or len(word) < 2
        if stays or gap != " ":
            close()
        if not run or stays:
            out.append(gap)
        if stays:
            out.append(m.group())
        else:
            run.append(m)
        at = m.end()
    close()
    return _numbered("".join([*out, said[at:]]), chance, letters=True)


def _named_street(chance: random.Random, words: Words, *, spanish: bool) -> str:
    how = chance.random()
    if how < 0.35:
        return chance.choice(words.streets)
    if how < 0.5:
        return chance.choice(words.last)
    if how < 0.6:
        return chance.choice(words.first)
    if how < 0.75:
        return words.everyday(chance, spanish=spanish)
    if how < 0.88:
        return f"{chance.choice(NATURE)} {chance.choice(sorted(LAND))}" if not spanish else f"{chance.choice(('la', 'el', 'los', 'las', 'san', 'santa', 'del'))} {chance.choice(words.last)}"
    return f"{chance.choice(words.first if chance.random() < 0.5 else words.unclear)} {chance.choice(words.last)}"


def _account(said: str, chance: random.Random, words: Words, *, spanish: bool) -> str:
    """Another address or name on the net: the words that spell it stay, names, letters and figures are others."""

    def other(m: re.Match[str]) -> str:
        word = fold(m.group())
        if word in _SAID or word.isdecimal() or word in _GROUP or len(word) == 1:
            return m.group()
        how = chance.random()
        return chance.choice(words.first) if how < 0.35 else chance.choice(words.last) if how < 0.5 else words.everyday(chance, spanish=spanish)

    return _numbered(_PART.sub(other, said), chance, letters=True)
