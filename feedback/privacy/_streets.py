"""Street corners and house numbers, written and said: "avalon and 97th", "Bonnie Brae con la Octava", "nine twelve east 87th"."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from feedback.privacy._crossings import find_crossings, find_numbered
from feedback.privacy._lexicon import lexicon, phrases
from feedback.privacy._said import Word, runs
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_streets", "with_unit"]

DETECTOR = "streets@2"
STRONG, NUMBERED, WEAK, BARE = 4, 3, 2, 1  # how surely words name a street


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SUFFIX = _set("st street ave avenue av blvd boulevard bulevar rd road dr drive ct court pl place way ln lane ter terrace cir circle hwy highway pkwy parkway trl trail loop pass walk row")
_SIDE = _set("n s e w north south east west norte sur este oeste")
_ORDINAL = _set(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth "
    "nineteenth twentieth thirtieth fortieth fiftieth sixtieth seventieth eightieth ninetieth primera segunda tercera cuarta quinta sexta septima octava "
    "novena decima"
)
_TENS = _set("twenty thirty forty fifty sixty seventy eighty ninety")
_AND = _set("and y con at with x")
_MEET = _AND | _set("near off por")
_BEFORE = _set("on at by near off around corner down up over posted esquina en por cerca la sobre between entre donde cruza streets street from to del")
_SURE = _set("on off corner esquina streets sobre cruza by at en por down")
_ROAD = _set(
    "calle avenida avenue hwy highway route camino paseo via calzada privada andador circuito cerrada carretera callejon blvd boulevard bulevar av avda"
)
_ES_ROAD = _ROAD - {"avenue", "hwy", "highway", "route", "via"}
_LIVE = _set(
    "live lives lived living stay stays stayed staying address house home apartment moved reside residing vivo vive viven vivimos vivia casa direccion "
    "domicilio nos quedamos cosas departamento renta rentamos mandaron place motel shelter trailer placed lives pickup drop mail"
)
_EMPTY = _set(
    "the a an of in to and or is was are were people kids families years year dollars more less percent minutes hours hour days weeks months times per y o de "
    "que en la el los las un una es son por para con personas dolares niños ninos familias veces horas dias meses one two three other different"
)
_UNIT = re.compile(
    r"(?i),?\s*(?:#\s?\w{1,5}|\d{1,3}\b(?!\s+\w{3,}s\b)|col(?:onia)?\.?\s\w+(?:\s\w+)?|(?:apt|apartment|unit|suite|ste|space|spc|room|rm|bldg|interior|int|depto|departamento|apartamento|apto|piso|lote|lot|trailer|casa|n[uú]mero|num|no)\b\.?\s*(?:#\s*)?"
    r"(?:number |n[uú]mero )?(?:\d\w{0,4}|[A-Za-z](?:-?\d{1,3})?\b|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez)\b)"
)
_TAIL = re.compile(r"\s[A-HJ-NP-Z]\b(?!['’.])|\s[b-hj-np-z]\b(?=\s*(?:[,.;]|$))")
_AHEAD = re.compile(r"(?i)\b(?:apt|apartment|unit|space|spc|room|rm|depto|departamento|apartamento|trailer|lot)\b\.?\s*(?:#\s*)?(?:number |n[uú]mero )?(?:\d\w{0,3}|[a-z])\b,?\s*(?:at |in |en |de la |del )?$")
_ARTICLE = re.compile(r"\b(?:la|el)\s$", re.IGNORECASE)
_TOWN = re.compile(r",?\s+(?:[A-Z][\w.]+\s?){1,3},?\s+(?:CA|Calif\.?|California)\b(?:,?\s+9\d{4}(?:-\d{4})?)?|,?\s+(?:[a-z.]+\s){1,3}(?:ca|calif|california)\s+9\d{4}\b|,\s+(?:Lake )?(?:Los Angeles|Lancaster|Palmdale|Compton|Lynwood|Pomona|Long Beach|Inglewood|Pasadena|El Monte|Huntington Park)\b")


@cache
def _known() -> dict[str, tuple[tuple[tuple[str, ...], int], ...]]:
    """First word -> the names of streets that begin with it, longest first, each with how sure it is."""
    sure, _, unsure = "\n".join(phrases("streets.txt")).partition("|")
    out: dict[str, dict[tuple[str, ...], int]] = {}
    for part, how in ((sure, STRONG), (unsure, WEAK)):
        for name in re.split(r"[,\n]", part):
            words = tuple(name.split())
            if words:
                out.setdefault(words[0], {})[words] = how
    return {k: tuple(sorted(v.items(), key=lambda x: -len(x[0]))) for k, v in out.items()}


def _street(words: list[Word], i: int) -> tuple[int, int]:
    """How many words from the i-th on name a street, and how surely; (0, 0) where none do."""
    n, how = _bare(words, i)
    for name, sure in _known().get(words[i].word, ()):
        part = words[i : i + len(name)]
        if tuple(w.word for w in part) == name and all(w.gap == " " for w in part[1:]):
            n, how = len(name), sure
            break
    if not n:
        return 0, 0
    if i + n < len(words) and words[i + n].word in _SUFFIX and words[i + n].gap == " ":
        n, how = n + 1, STRONG
    elif words[i + n - 1].word in _SUFFIX:
        how = STRONG
    if n > 1 and how == STRONG and i + n < len(words) and words[i + n].word in _SIDE and words[i + n].gap == " ":
        n += 1
    return n, how


def _bare(words: list[Word], i: int) -> tuple[int, int]:
    """A numbered street: "97th", "eighty third", "la Octava"."""
    w, nxt = words[i].word, words[i + 1] if i + 1 < len(words) else None
    if w.isdigit() and len(w) < 4 and nxt is not None and nxt.gap == "" and nxt.word in ("st", "nd", "rd", "th"):
        return 2, NUMBERED
    if w in _TENS and nxt is not None and nxt.word in _ORDINAL and nxt.gap in (" ", "-"):
        return 2, NUMBERED
    return (1, NUMBERED) if w in _ORDINAL else (0, 0)


def find_streets(words: list[Word], text: str, *, quick: frozenset[str]) -> Iterator[Hit]:
    """Yield corners and addresses; `quick` holds the words of the text."""
    if quick & _AND or "&" in text or "@" in text or "/" in text:
        yield from _corners(words, text)
    if quick & _MEET or "&" in text or "@" in text or "/" in text:
        yield from find_crossings(words, text, known=_street)
    for hit in (*_houses(words, text), *_said_houses(words), *_spanish(words), *find_numbered(words, text, known=_street)):
        tail = _UNIT.match(text, hit.end)
        end = tail.end() if tail else hit.end
        more = _TOWN.match(text, end)
        article = _ARTICLE.search(text, 0, hit.start)
        yield Hit(article.start() if article else hit.start, more.end() if more else end, "address", DETECTOR, hit.score)


def with_unit(hit: Hit, text: str) -> Hit:
    """An address together with the apartment before or after it."""
    tail, ahead = _UNIT.match(text, hit.end) or _TAIL.match(text, hit.end), _AHEAD.search(text, 0, hit.start)
    return Hit(ahead.start() if ahead else hit.start, tail.end() if tail else hit.end, hit.kind, hit.detector, hit.score)


def _corners(words: list[Word], text: str) -> Iterator[Hit]:
    for i in range(1, len(words)):
        sign = words[i].gap.strip() in ("&", "@", "/")
        if not (sign or words[i].word in _AND) or (not sign and words[i].gap != " "):
            continue
        right = i if sign else i + 1
        article = right < len(words) and words[right].word in ("la", "the", "el")
        right += article
        if right >= len(words) or not (sign or words[right].gap == " "):
            continue
        a, left = _before(words, i)
        n, how = _street(words, right)
        if not n and left:
            n, how = _number(words, right, article=article, word=words[i].word)
        if a is None or not n:
            half = _half_known(words, i, right, left=a is not None, known=bool(n))
            if half is not None:
                yield Hit(words[half[0]].start, words[half[1]].end, "address", DETECTOR, 0.7)
            continue
        cue = {w.word for w in words[max(0, a - 3) : a]}
        if _is_corner(left, how, cue, words, a, sign=sign):
            start = a - 1 if a and words[a - 1].word == "la" and text[words[a].start : words[a].end].isdigit() else a
            yield Hit(words[start].start, words[right + n - 1].end, "address", DETECTOR, 0.85)


def _half_known(words: list[Word], i: int, right: int, *, left: bool, known: bool) -> tuple[int, int] | None:
    """A corner of a known street and a word that is no everyday word, after a cue: "by colden and avalon"."""
    lex = lexicon()
    if left == known or words[i].word not in ("and", "y", "con"):
        return None
    a, b = (i - 1, right + _street(words, right)[0] - 1) if known else (_before(words, i)[0], right)
    other = words[a].word if known and a is not None else words[right].word
    strange = other.isalpha() and len(other) > 3 and other not in _EMPTY and (not lex.ordinary(other) or other in lex.last)
    if a is None or not strange or lex.numbers(other)[0] > 9 or lex.numbers(other)[2] > 9:
        return None
    cue = {w.word for w in words[max(0, a - 2) : a]}
    return (a, b) if cue & {"on", "off", "corner", "esquina", "by", "at", "en", "por"} else None


def _before(words: list[Word], i: int) -> tuple[int | None, int]:
    """The street that ends just before the i-th word: where it begins, and how sure it is."""
    for a in range(max(0, i - 4), i):
        n, how = _street(words, a)
        if n and a + n == i:
            return a, how
    w = words[i - 1].word
    if i > 1 and w.isdigit() and len(w) in (2, 3) and words[i - 2].word == "la":
        return i - 1, NUMBERED
    return None, 0


def _number(words: list[Word], i: int, *, article: bool, word: str) -> tuple[int, int]:
    """A street called by its number alone, after another: "y la 41", "con 28", "y la cuarenta y ocho"."""
    if word == "and" or not (article or word in ("con", "y")):
        return 0, 0
    if words[i].word.isdigit():
        return (1, BARE) if 1 < len(words[i].word) < 4 else (0, 0)
    run = next(runs(words[i : i + 4]), None)
    return (run.last + 1, BARE) if run and run.first == 0 and 1 < run.digits < 4 else (0, 0)


def _is_corner(left: int, right: int, cue: set[str], words: list[Word], a: int, *, sign: bool) -> bool:
    pair = {left, right}
    if pair == {NUMBERED} or (sign and pair <= {NUMBERED, BARE}):
        return False
    if STRONG in pair:
        return right != BARE or bool(cue & _BEFORE) or words[a].gap == ""
    if NUMBERED in pair or right == BARE:
        return bool(cue & _BEFORE) or words[a].word.isdigit()
    return bool(cue & _SURE) or (sign and bool(cue & _BEFORE))


def _houses(words: list[Word], text: str) -> Iterator[Hit]:
    """A house number in figures and a street without "street"."""
    lex = lexicon()
    for i, w in enumerate(words):
        if not w.word.isdigit() or not 1 < len(w.word) < 6 or w.gap.endswith(("$", ".", ",", "/", "-", ":")):
            continue
        j = i + 1
        road = j < len(words) and words[j].word in _ROAD
        side = j + 1 < len(words) and words[j].word in _SIDE and words[j + 1].word in ("avenue", "avenida", "calle")
        if side:
            j, road = j + 1, True
        if road and words[j].gap == " " and j + 1 < len(words) and words[j + 1].gap == " " and words[j + 1].word not in _EMPTY:
            yield Hit(w.start, words[j + 1].end, "address", DETECTOR, 0.85)
            continue
        while j < len(words) and j - i < 4 and words[j].gap in (" ", ". ") and words[j].word in _SIDE | {"on", "de", "la"}:
            j += 1
        linked = j > i + 1
        if len(w.word) < 3 or j >= len(words) or words[j].gap not in (" ", ". "):
            continue
        cue = bool({x.word for x in words[max(0, i - 6) : i]} & _LIVE)
        year = len(w.word) == 4 and w.word[:2] in ("19", "20")
        n, how = _street(words, j)
        last, shown = text[words[j].start : words[j].end], words[j].word
        strange = (last[:1].isupper() or cue) and not lex.ordinary(shown) and not lex.public([shown], 0) and len(shown) > 3
        if n and (how == STRONG or (how in (WEAK, NUMBERED) and (cue or (linked and last[:1].isupper())))) and (not year or cue):
            yield Hit(w.start, words[j + n - 1].end, "address", DETECTOR, 0.85)
        elif (strange and not year) or (cue and last[:1].isupper() and shown not in _EMPTY and not year):
            yield Hit(w.start, words[j].end, "address", DETECTOR, 0.75 if cue else 0.6)


def _said_houses(words: list[Word]) -> Iterator[Hit]:
    """A house number in words: "forty four seventeen maplewood avenue", "nine twelve east eighty seventh street"."""
    for run in runs(words):
        if run.digits < 3 or run.figures or run.digits > 6:
            continue
        j = run.last + 1
        if j < len(words) and words[j].word == "hundred":
            j += 1
        side = j < len(words) and words[j].word in _SIDE
        j += side
        if j >= len(words) or words[j].gap != " ":
            continue
        n, how = _street(words, j)
        cue = bool({x.word for x in words[max(0, run.first - 6) : run.first]} & _LIVE)
        if n and (how == STRONG or cue or side):
            yield Hit(words[run.first].start, words[j + n - 1].end, "address", DETECTOR, 0.85)
            continue
        for k in range(j + 1, min(len(words), j + 4)):
            between = [w.word for w in words[j:k]]
            if words[k].gap != " " or set(between) & _EMPTY:
                break
            if words[k].word in _SUFFIX:
                yield Hit(words[run.first].start, words[k].end, "address", DETECTOR, 0.85)
                break
        else:
            if cue and words[j].word not in _EMPTY and not lexicon().ordinary(words[j].word):
                yield Hit(words[run.first].start, words[j].end, "address", DETECTOR, 0.7)


def _street_number(word: str) -> bool:
    """Whether a word may stand before "mil" in a house number."""
    return word in ("el", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce", "trece", "catorce", "quince")


def _spanish(words: list[Word]) -> Iterator[Hit]:
    """"Privada Jazmín 8", "calle Sauce cuarenta y dos", "el seis mil ciento nueve de Carlin"."""
    for i, w in enumerate(words):
        if w.word in _ES_ROAD:
            for k in range(i + 2, min(len(words), i + 7)):
                if re.search(r"[!?;:\n]", words[k].gap):
                    break
                run = next((r for r in runs(words[k : k + 5]) if r.first == 0), None)
                if words[k].word.isdigit() or (run and run.digits > 1):
                    end = k + (run.last if run else 0)
                    yield Hit(w.start, words[end].end, "address", DETECTOR, 0.8)
                    break
        elif w.word == "mil" and i + 1 < len(words):
            j = i + 1
            run = next((r for r in runs(words[j : j + 5]) if r.first == 0), None)
            j += run.last + 1 if run else 0
            while j < len(words) and words[j].word in ("de", "la"):
                j += 1
            if not i + 1 < j < len(words) or words[j - 1].word not in ("de", "la"):
                continue
            n, how = _street(words, j)
            cue = bool({x.word for x in words[max(0, i - 6) : i]} & _LIVE)
            if how == STRONG or (cue and words[j].word not in _EMPTY):
                first = i - 1 if _street_number(words[i - 1].word) else i
                yield Hit(words[first].start, words[j + max(n, 1) - 1].end, "address", DETECTOR, 0.85)
