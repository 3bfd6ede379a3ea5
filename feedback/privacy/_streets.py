"""Street corners and addresses, written and said, with the apartment and the town that belong to them."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterator

from feedback.privacy._corners import JOINS, find_corners
from feedback.privacy._houses import find_houses
from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._said import Word
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "find_streets", "with_unit"]

DETECTOR = "streets@4"
_ONES = r"zero|oh|one|two|three|four|five|six|seven|eight|nine|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve"
_MORE = (
    r"ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|diez|once|doce|trece|catorce|quince|"
    r"diecis[eé]is|diecisiete|dieciocho|diecinueve|veinte|veinti\w+|treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa|cien|ciento|doscientos|trescientos"
)
_COUNT = rf"(?:{_ONES}|{_MORE})(?:[ -](?:y )?(?:{_ONES}|{_MORE})\b){{0,3}}(?: [a-hj-np-z]\b(?=\s*(?:[,.;]|$)))?|be|ce|efe|ge|hache"
_NTH = r"first|second|third|fourth|fifth|top|ground|upper|lower|\d(?:st|nd|rd|th)|primer|segundo|tercer|cuarto|quinto"
_UNIT = re.compile(
    r"(?i),?\s*(?:#\s?\w{1,5}|\d{1,3}\b(?!\s+\w{3,}s\b)|col(?:onia)?\.?\s\w+(?:\s\w+)?|(?:apt|apartment|unit|suite|ste|space|spc|room|rm|bldg|building|interior|int|depto|departamento|apartamento|apto|unidad|espacio|"
    r"edificio|piso|lote|lot|trailer|casa|number|n[uú]mero|num|no)\b\.?\s*(?:#\s*)?(?:number |n[uú]mero )?(?:\d\w{0,4}(?:-[A-Za-z0-9]{1,2}\b)?|[A-Za-z](?:-?\d{1,3})?\b|" + _COUNT + r")\b"
    r"|(?:the )?(?:rear|back|front|in-law|guest|lower|upper)[ -](?:house|unit|apartment|building|cottage|door)\b|(?:" + _NTH + r") (?:floor|piso)\b|(?:rear|upstairs|downstairs)\b(?! from)|in the (?:back|rear)\b)|(?i:,\s+(?:arriba|abajo|atr[aá]s|al fondo|(?:la|el) de (?:atr[aá]s|enfrente|adelante|arriba|abajo)|(?:la )?cas(?:a|ita) de (?:atr[aá]s|enfrente|adelante)|de (?:atr[aá]s|abajo|arriba))\b)|(?i:\s+cas(?:a|ita) de atr[aá]s\b)"
)
_TAIL = re.compile(r"\s[A-HJ-NP-Z]\b(?!['’.])|\s[b-hj-np-z]\b(?=\s*(?:[,.;]|$))")
_AHEAD = re.compile(r"(?i)\b(?:apt|apartment|unit|space|spc|room|rm|depto|departamento|apartamento|trailer|lot)\b\.?\s*(?:#\s*)?(?:number |n[uú]mero )?(?:\d\w{0,3}|[a-z])\b,?\s*(?:at |in |en |de la |del )?$")
# "de la cuarenta y uno este": after a street called by its number, the side of town
_SIDED = re.compile(rf"(?i)(?:{_ONES}|{_MORE}|primera|segunda|tercera|cuarta|quinta|sexta|s[eé]ptima|octava|novena|d[eé]cima|\w+th)(\s(?:este|oeste|norte|sur|poniente|oriente|east|west|north|south)\b)")
_ARTICLE = re.compile(r"\b(?:la|el)\s$", re.IGNORECASE)
_TOWN = re.compile(r",?\s+(?:[A-Z][\w.]+\s?){1,3},?\s+(?:CA|Calif\.?|California)\b(?:,?\s+9\d{4}(?:-\d{4})?)?|,?\s+(?:[a-z.]+\s){1,3}(?:ca|calif|california)\s+9\d{4}\b|,\s+(?i:(?:lake )?(?:los angeles|lancaster|palmdale|compton|lynwood|pomona|long beach|inglewood|pasadena|el monte|huntington park|pacoima|perris|whittier|van nuys)\b)")

_STATE = re.compile(r"(?i),?\s+(?:ca|calif\.?|california)\b(?:,?\s+9\d{4}(?:-\d{4})?)?|,?\s+9\d{4}\b")
_PLACE = re.compile(r",\s+((?:[^\W\d_]+\s?){1,3})")


def find_streets(words: list[Word], text: str, *, quick: frozenset[str]) -> Iterator[Hit]:
    """Yield corners and addresses; `quick` holds the words of the text."""
    if quick & JOINS or any(c in text for c in "&@/") or "  " in text:
        yield from find_corners(words, text)
    for hit in find_houses(words, text):
        whole = with_unit(hit, text)
        more, article = _TOWN.match(text, whole.end), _ARTICLE.search(text, 0, hit.start)
        yield Hit(article.start() if article else whole.start, more.end() if more else whole.end, "address", DETECTOR, hit.score)


def _with_town(text: str, end: int) -> int:
    """Where an address ends whose town, an approved public name, follows after a comma."""
    said = _PLACE.match(text, end)
    if said is None:
        return end
    words = [fold(w) for w in re.findall(r"[^\W\d_]+", said[1])]
    n = lexicon().public(words, 0)
    last = next((m for k, m in enumerate(re.finditer(r"[^\W\d_]+", said[1])) if k == n - 1), None)
    if last is None:
        return end
    at = said.start(1) + last.end()
    state = _STATE.match(text, at)
    return state.end() if state else at


def with_unit(hit: Hit, text: str) -> Hit:
    """An address together with the apartment before or after it."""
    ahead, end = _AHEAD.search(text, 0, hit.start), hit.end
    sided = _SIDED.match(text, max(text.rfind(" ", 0, end), text.rfind("-", 0, end)) + 1)
    end = sided.end() if sided and sided.start(1) == end else end
    for _ in range(2):
        tail = _UNIT.match(text, end) or _TAIL.match(text, end)
        end = tail.end() if tail else end
    end = _with_town(text, end)
    return Hit(ahead.start() if ahead else hit.start, end, hit.kind, hit.detector, hit.score)
