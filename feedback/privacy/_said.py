"""Numbers, record numbers, e-mail addresses and handles as people say them, in English, Spanish and both at once."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple

from feedback.privacy._lexicon import fold
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "MONTHS", "Run", "Word", "counting", "find_said", "number", "runs", "words_of"]

DETECTOR = "spoken@4"


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_PART = re.compile(r"\d+|[^\W\d_]+(?:['’][^\W\d_]+)*")
_UNIT = _set("zero oh one two three four five six seven eight nine cero uno dos tres cuatro cinco seis siete ocho nueve")
_TEEN = _set(
    "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen diez once doce trece catorce quince dieciseis diecisiete "
    "dieciocho diecinueve veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve veintiun"
)
_TENS = _set(
    "twenty thirty forty fourty fifty sixty seventy eighty ninety veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa"
)
_HUNDREDS = _set(
    "cien ciento doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos hundred"
)
_TIMES = {"double": 2, "doble": 2, "triple": 3}
_FILLER = _set("um uh eh este em dash guion hyphen space espacio then luego comma coma")
_LETTERS = _set(
    "be ce de efe ge hache jota ka ele eme ene pe cu erre ese te uve ve equis zeta alpha bravo charlie delta echo foxtrot golf india juliet kilo "
    "lima mike november oscar papa quebec romeo sierra tango uniform victor whiskey xray yankee zulu bee cee dee eff gee aitch jay kay el em en "
    "pee cue ar ess tee vee doubleyou ex why zee"
)
_NEAR = re.compile(r"[\s,.…\-‑–/()]{0,5}")
_CUES = _set(
    "case caso docket petition expediente folio plate plates placa placas license licence licencia social ssn seguro medi cal medical badge booking "
    "inmate alien passport pasaporte receipt recibo report reporte referral id identificacion credencial cin bic ebt card tarjeta account "
    "tag tags gafete gafet carnet matricula curp policy poliza voucher citation file jacket cws dr perm mrn court corte cdl dl permit visa residencia"
)
_FILL = _set(
    "number numbers no num numero is was it's its the my her his era es de del la el su mi card tarjeta security social plate id ends in termina en last "
    "digits ultimos ultimas oficial elector cms client file so like um uh que says said dice court corte case caso and y like cal student record "
    "estudiante cliente nuevo new old viejo decia says reads read wrong right with pone"
)
_TLD = _set("com org net edu gov gob mx us es co uk io me info example mil club tv app")
_DOT = _set("dot punto period point")
_STOP = _set(
    "is it's its es era was so to email e mail correo my mi su her his their our write send for that and y but pero me i'm im follow add user username handle "
    "usuario instagram insta ig snap snapchat tiktok tok soy como on en in with con spelled lowercase uppercase all escribame apunte mandelo called goes like "
    "i you he she they we it this what says said dice um uh escribale escribe pongale mandale snap's insta's tiktok's email's correo's at then if when because "
    "porque si que no yes okay ok pues cuenta app discord kik venmo gamertag now just got want write's hit up text address direccion"
)


class Word(NamedTuple):
    """A word or a string of digits: place, folded form, and what stands before it."""

    start: int
    end: int
    word: str
    gap: str


class Run(NamedTuple):
    """A sequence of said numbers: first and last word, how many digits, how many said one by one, whether any in figures."""

    first: int
    last: int
    digits: int
    single: int
    figures: bool
    said: int
    plain: tuple[str, ...]


def words_of(text: str) -> list[Word]:
    """Cut a text into words and strings of digits."""
    out, last = [], 0
    for m in _PART.finditer(text):
        out.append(Word(m.start(), m.end(), fold(m.group()), text[last : m.start()]))
        last = m.end()
    return out


def number(word: str) -> bool:
    """Whether a folded word is a number, in figures or in words."""
    return word in _UNIT or word in _TEEN or word in _TENS or word in _HUNDREDS or word in _TIMES or word.isdigit()


def runs(words: list[Word]) -> Iterator[Run]:
    """Yield the sequences of at least two numbers that follow each other, fillers and a lone "o" between them passed over."""
    i = 0
    while i < len(words):
        if not number(words[i].word):
            i += 1
            continue
        j, last = i, i
        while j + 1 < len(words) and _NEAR.fullmatch(words[j + 1].gap):
            nxt = words[j + 1].word
            after = words[j + 2].word if j + 2 < len(words) else ""
            if number(nxt):
                last = j + 1
            elif not (nxt in _FILLER or nxt == "o" or (nxt in ("y", "and") and (words[j].word in _TENS | _HUNDREDS or after in _UNIT))) or not (number(after) or (after in ("o", "oh"))):
                break
            j += 1
        yield _count(words, i, last)
        i = max(last, i) + 1


def _count(words: list[Word], first: int, last: int) -> Run:
    """Count the digits of a sequence: "forty two" has two, "triple five" three, "quinientos cincuenta y cinco" three."""
    digits, single, figures, said, k = 0, 0, False, 0, first
    plain: list[str] = []
    while k <= last:
        w = words[k].word
        if w.isdigit():
            digits, figures = digits + len(w), True
            single += len(w) == 1
            plain.append(w)
        elif w in _UNIT or w == "o":
            if k < last and words[k + 1].word == "hundred":
                digits, k = digits + 3, k + 1
            else:
                digits, single = digits + 1, single + 1
            said += 1
            plain.append(w)
        elif w in _TIMES and k < last and (words[k + 1].word in _UNIT or words[k + 1].word.isdigit()):
            digits, single, said, k = digits + _TIMES[w], single + 2, said + 2, k + 1
            plain.append("twice")
        elif w in _TEEN or w in _TENS or w in _HUNDREDS:
            k = _tail(words, k, last)
            digits, said = digits + (3 if w in _HUNDREDS and w != "hundred" else 2), said + 1
            plain.append(w)
        k += 1
    return Run(first, last, digits, single, figures, said, tuple(plain))


def _tail(words: list[Word], k: int, last: int) -> int:
    """The last word of a number that begins with hundreds or tens."""
    if words[k].word in _HUNDREDS and k < last and words[k + 1].word in _TENS | _TEEN:
        k += 1
    if words[k].word in _TENS and k < last:
        if words[k + 1].word in _UNIT and words[k + 1].word not in ("zero", "oh", "cero"):
            return k + 1
        if words[k + 1].word == "y" and k + 1 < last and words[k + 2].word in _UNIT:
            return k + 2
    return k


_ORDER = {w: i % 10 for i, w in enumerate(["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"])} | {
    w: i for i, w in enumerate(["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"])
}


def counting(run: Run) -> bool:
    """Whether somebody only counts ("one two three four") or says one number over and over."""
    steps = [_ORDER.get(w, int(w) if w.isdigit() and len(w) < 3 else -9) for w in run.plain]
    pairs = list(pairwise(steps))
    ups = sum(b - a == 1 for a, b in pairs) + sum(a - b == 1 for a, b in pairs)
    return len(pairs) > 2 and (ups >= 0.75 * len(pairs) or (len(set(run.plain)) == 1 and run.digits < 10))


def find_said(words: list[Word]) -> Iterator[Hit]:
    """Yield telephone and record numbers said in words, spelled e-mail addresses and handles."""
    for run in runs(words):
        if 7 <= run.digits <= 16 and run.single >= 2 and (run.said or run.single == run.digits) and not counting(run):
            kind = "id" if {w.word for w in words[max(0, run.first - 6) : run.first]} & {"social", "ssn", "seguro"} else "phone"
            alien = run.digits in (8, 9) and run.first > 0 and words[run.first - 1].word == "a" and bool({w.word for w in words[max(0, run.first - 7) : run.first]} & {"number", "alien", "numero"})
            yield Hit(words[run.first - alien].start, words[run.last].end, "id" if alien else kind, DETECTOR, 0.9)
    yield from _births(words)
    yield from _records(words)
    yield from _mails(words)
    yield from _handles(words)


def _births(words: list[Word]) -> Iterator[Hit]:
    """A date after a word of birth, however it is said: "dob oh four seventeen two thousand nine", "DOB 08 19 2008"."""
    for i, w in enumerate(words):
        if w.word not in _BIRTH and not (w.word == "b" and i > 1 and words[i - 1].word == "o" and words[i - 2].word == "d"):
            continue
        j = i + 1
        while j < len(words) and j - i < 8 and not _date_part(words[j].word) and not re.search(r"[.!?;]\s", words[j].gap):
            j += 1
        k, last, numbers, month = j, -1, 0, False
        while k < len(words) and (_date_part(words[k].word) or words[k].word in _WITHIN_DATE) and not re.search(r"[!?;]|\.\s", words[k].gap):
            if _date_part(words[k].word):
                last = k
            numbers += number(words[k].word) or words[k].word in _NTH
            month |= words[k].word in MONTHS
            k += 1
        one = last == j and words[j].word.isdigit() and len(words[j].word) in (6, 8)
        if last >= j and ((month and numbers) or numbers > 2 or one):
            yield Hit(words[j].start, words[last].end, "date", DETECTOR, 0.85)


_BIRTH = _set(
    "born birth birthday bday birthdate dob dobs nacio nacido nacida naci nace nacimiento nac cumple cumplo cumpleanos dn"
)
MONTHS = _set(
    "january february march april may june july august september october november december jan feb mar apr jun jul aug sept sep oct nov dec enero febrero marzo "
    "abril mayo junio julio agosto septiembre setiembre octubre noviembre diciembre ene abr ago dic"
)
_NTH = _set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth primero"
)
_WITHIN_DATE = _set("of the de del and y in en dos mil thousand hundred novecientos ano st nd rd th el")


def _date_part(word: str) -> bool:
    return number(word) or word in MONTHS or word in _NTH or word in ("thousand", "mil")


def _record_part(word: str) -> bool:
    return number(word) or word in _LETTERS or len(word) == 1


def _records(words: list[Word]) -> Iterator[Hit]:
    """A cue ("case", "placa", "social"), a few words of no weight, then numbers and letters."""
    for i, w in enumerate(words):
        if w.word not in _CUES and not (w.word == "a" and i + 1 < len(words) and words[i + 1].word in ("number", "numero")):
            continue
        j = i + 1
        while j < len(words) and j - i < 6 and words[j].word in _FILL and not number(words[j].word):
            j += 1
        if j >= len(words) or not (_record_part(words[j].word) or (len(words[j].word) < 5 and _figures_follow(words, j))):
            continue
        k = j
        while k + 1 < len(words) and _NEAR.fullmatch(words[k + 1].gap) and _continues(words, k + 1, j):
            k += 1
        part = words[j : k + 1]
        digits = sum(len(x.word) if x.word.isdigit() else 2 if x.word in _TEEN | _TENS else x.word in _UNIT for x in part)
        weight = digits + sum(not number(x.word) for x in part)
        years = all(x.word.isdigit() and len(x.word) == 4 and x.word[:2] in ("19", "20") for x in part)
        if digits >= 3 and weight >= 4 and not years:
            yield Hit(words[j].start, words[k].end, "id", DETECTOR, 0.85)


def _figures_follow(words: list[Word], j: int) -> bool:
    """Whether letters are followed at once by figures ("JD 44718", "kld294")."""
    return j + 1 < len(words) and words[j + 1].gap in ("", " ", "-") and words[j + 1].word.isdigit() and len(words[j + 1].word) > 2


def _continues(words: list[Word], k: int, first: int) -> bool:
    word, gap = words[k].word, words[k].gap
    if gap == "" or number(word) or word in _LETTERS:
        return True
    if word in ("guion", "dash", "hyphen", "space", "espacio"):
        return k + 1 < len(words) and _record_part(words[k + 1].word)
    if word in ("y", "a") or (len(word) == 1 and word in "aeiouy"):
        return k + 1 < len(words) and _record_part(words[k + 1].word)
    return len(word) == 1 or (len(word) < 6 and k - first < 3 and _figures_follow(words, k))


def _close(word: Word) -> bool:
    return not re.search(r"[!?;:\n]|\.\s", word.gap) and len(word.gap) < 5


def _left(words: list[Word], i: int, most: int = 9) -> int:
    """How far a spelled name reaches to the left: until a word that leads up to it."""
    j = i
    while j > 0 and i - j < most + 8 * (len(words[j - 1].word) == 1) and _close(words[j]):
        if words[j - 1].word == "in" and j > 1 and words[j - 2].word == "as":
            j -= 2
            continue
        if words[j - 1].word == "de" and j > 1 and len(words[j - 2].word) == 1 and words[j].word.startswith(words[j - 2].word):
            j -= 2  # "a de ana"
            continue
        letter = len(words[j - 1].word) == 1 and (len(words[j].word) == 1 or words[j].word in _LETTERS or (j > 1 and len(words[j - 2].word) == 1))
        if words[j - 1].word in ("con", "with") and (words[j].word in _LETTERS or len(words[j].word) == 1) and j > 1:
            j -= 1
            continue
        if words[j - 1].word in _STOP and not letter:
            break
        spelt = words[j - 1].word == "a" and j > 1 and len(words[j - 2].word) == 1
        if words[j - 1].word in ("a", "de") and len(words[j].word) > 1 and words[j].word not in _DOT and not spelt:
            break
        j -= 1
    return j


def _right(words: list[Word], i: int, most: int = 5) -> int:
    j = i
    while j + 1 < len(words) and j - i < most and _close(words[j + 1]):
        tens = words[j + 1].word == "y" and words[j].word in _TENS and j + 2 < len(words) and words[j + 2].word in _UNIT
        if words[j + 1].word in _STOP and not tens:
            break
        j += 1
    return j


def _mails(words: list[Word]) -> Iterator[Hit]:
    for i, w in enumerate(words):
        said = w.word == "arroba"
        if not said and (w.word != "at" or i == 0):
            continue
        end = None
        for j in range(i + 1, min(len(words), i + 9)):
            before = words[j - 1].word
            if words[j].word in _TLD and (before in _DOT or words[j].gap == "." or (said and j == i + 2)):
                end = j
            elif j - i > 5 and end is None:
                break
        if end is None:
            if not said or i + 1 >= len(words):
                continue
            end = _right(words, i, 3)
        a = _left(words, i)
        if a == i and not said:
            continue
        yield Hit(words[a].start, words[end].end, "email", DETECTOR, 0.9)


def _handles(words: list[Word]) -> Iterator[Hit]:
    for i, w in enumerate(words):
        low = w.word == "guion" and i + 1 < len(words) and words[i + 1].word == "bajo"
        money = w.word == "dollar" and i + 1 < len(words) and words[i + 1].word == "sign"
        if w.word == "underscore" or low or money:
            a, b = i if money else _left(words, i, 5), _right(words, i + (low or money), 5)
            yield Hit(words[a].start, words[b].end, "handle", DETECTOR, 0.85)
        elif w.word in _DOT - {"period", "point"} and 0 < i < len(words) - 1 and _asked(words, i):
            a, b = _left(words, i, 5), _right(words, i, 5)
            if a < i < b:
                yield Hit(words[a].start, words[b].end, "handle", DETECTOR, 0.85)


_PLACES = _set(
    "ig insta instagram snap snapchat tiktok tok discord gamertag psn username user handle usuario cuenta kik venmo cashtag telegram twitter finsta "
    "facebook screen snap's insta's ig's arroba perfil profile"
)


def _asked(words: list[Word], i: int) -> bool:
    """Whether an account is spoken about just before or after."""
    return bool({w.word for w in words[max(0, i - 8) : i + 7]} & _PLACES)
