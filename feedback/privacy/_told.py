"""What the transformer takes for a school or home, a spot, a number or an account: runs of words, figures among them."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._roads import SIDE
from feedback.privacy._said import MONTHS, counting, number, runs, words_of
from feedback.privacy._things import PLAIN
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["PERSON", "find_told"]

PERSON = 1  # the class of people's names; 0 is nothing
KINDS = ("org", "address", "id", "handle")  # what the classes from 2 on are shown as
HIGH = (0.12, 0.25, 0.3, 0.3)  # the probability one word of a run must have, for each of them
LOW = 0.07  # and every word of it
EVERYDAY = 0.65  # for a school or home of everyday words alone, in Spanish
SMALL = 0.9  # for a school or home written small beside capitals
MEASURES = frozenset(
    "minute minutes hour hours day days week weeks month months year years time times dollars bucks percent miles blocks people kids minuto minutos hora horas dia dias semana semanas mes meses ano anos vez veces pesos dolares cuadras millas personas ninos familias citas viajes".split()
)
SEASONS = frozenset("spring summer fall autumn winter primavera verano otono invierno".split())
_YEARS = re.compile(r"(?:19|20)\d\d(?:\W{1,3}(?:(?:19|20)\d\d|\d\d))?")
_SPEAKERS = re.compile(r"(?:[A-Z]{1,2}\d{1,2}\W{0,3})+|[A-Z]{2}-[A-Z]\d{2}")  # labels of speakers, a session's code
_WORD = re.compile(r"\w+(?:['’]\w+)*")
_GAP = re.compile(r"[ \t\u00a0]?[.,\-‑–/@#&_+]{0,2}[ \t\u00a0]?")
_EDGE = frozenset("a an the of at on in to and or is it's my his her their our your el la los las un una de del en y o es al mi su por con para que i we she he they".split())
_EDGES_IN = frozenset("the el la los las".split())


def find_told(text: str, toks: list[Token], spans: list[tuple[int, int]], found: Array, *, cased: bool, english: bool, detector: str) -> Iterator[Hit]:
    """Yield runs of words that are likely enough of a class, by the chances of their pieces (pieces, classes)."""
    if not len(found) or float(found[:, PERSON + 1 :].sum(1).max()) < min(HIGH):
        return
    words = [m.span() for m in _WORD.finditer(text)]
    if not words:
        return
    rows = _by_word(words, spans, found)
    public = {k for t in toks if t.public for k in range(t.start, t.end)}
    capital = {t.start for t in toks if t.capital}
    i = 0
    while i < len(words):
        j = i
        while j < len(words) and sum(rows[j]) >= LOW and (j == i or _goes_on(text, words[j - 1], words[j])):
            j += 1
        if j > i:
            yield from _run(text, words[i:j], rows[i:j], public, capital if cased else None, english, detector)
        i = max(j, i + 1)


def _goes_on(text: str, before: tuple[int, int], word: tuple[int, int]) -> bool:
    """Whether a run may go on over what parts two words; a full stop only after something short ("St. Apt 4")."""
    gap = text[before[1] : word[0]]
    return _GAP.fullmatch(gap) is not None and (". " not in gap or before[1] - before[0] < 5)


def _by_word(words: list[tuple[int, int]], spans: list[tuple[int, int]], found: Array) -> list[list[float]]:
    """The chances of each word, those of its likeliest piece."""
    out = [[0.0] * len(KINDS) for _ in words]
    k = 0
    for (x, y), row in zip(spans, found[:, PERSON + 1 :].tolist(), strict=True):
        while k < len(words) - 1 and words[k][1] <= x:
            k += 1
        if words[k][0] < y and x < words[k][1] and sum(row) > sum(out[k]):
            out[k] = row
    return out


def _counts(said: str) -> bool:
    """Whether numbers only count or tell a month: "treinta minutos", "marzo de 2025", "one two three four"."""
    parts = words_of(said)
    words = [w.word for w in parts]
    if not all(w in MONTHS or w in SEASONS or w in MEASURES or number(w) or w in ("de", "of", "y", "and", "to", "a") for w in words):
        return False
    months = sum(w in MONTHS or w in SEASONS for w in words)
    if _YEARS.fullmatch(said):
        return True
    return any(w in MEASURES for w in words) or (months == 1 and sum(map(number, words)) < 2) or any(map(counting, runs(parts)))


def _run(text: str, words: list[tuple[int, int]], rows: list[list[float]], public: set[int], capital: set[int] | None, english: bool, detector: str) -> Iterator[Hit]:
    while words and text[slice(*words[-1])].lower() in _EDGE:
        words, rows = words[:-1], rows[:-1]
    while words and text[slice(*words[0])].lower() in _EDGE - _EDGES_IN:
        words, rows = words[1:], rows[1:]
    if not words:
        return
    sums = [sum(column) for column in zip(*rows, strict=True)]
    kind, best = sums.index(max(sums)), max(map(sum, rows))
    small = kind == 0 and capital is not None and not any(a in capital for a, _ in words)
    plain = kind == 0 and not english and all(lexicon().ordinary(fold(text[a:b])) for a, b in words)
    if best < (SMALL if small else EVERYDAY if plain else HIGH[kind]) or _nobody(kind, text, words, public):
        return
    yield Hit(words[0][0], words[-1][1], KINDS[kind], detector, min(0.79, best))


def _nobody(kind: int, text: str, words: list[tuple[int, int]], public: set[int]) -> bool:
    """Whether a run can name nothing that is somebody's: kinds of homes, one word or a town for a corner, numbers that count."""
    said = [fold(text[a:b]) for a, b in words]
    own = [w for w, (a, _) in zip(said, words, strict=True) if a not in public]
    if kind == 0:
        return all(w in PLAIN for w in own)
    if kind == 1 and not any(c.isdigit() for w in said for c in w) and (len(said) < 2 or all(w in SIDE for w in own)):
        return True  # "florence and normandie" has its "and"
    whole = text[words[0][0] : words[-1][1]]
    if kind == 3 and len(said) == 1 and said[0].isalpha() and lexicon().ordinary(said[0]):
        return True  # an account of one everyday word is told by what leads up to it
    return kind > 0 and (_counts(whole) or _SPEAKERS.fullmatch(whole) is not None)
