"""A learned tagger of named schools, homes, shelters, churches and firms: a small CRF over sorts of words, not over the words themselves."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

from collections.abc import Iterator
from functools import cache, lru_cache
from threading import Lock
from typing import Any

import feedback.privacy._cues as cues
import feedback.privacy._homes as _homes
import feedback.privacy._places as _places
from feedback.privacy._crf import read_tagger
from feedback.privacy._lexicon import MODELS, lexicon
from feedback.privacy._parts import goes_on, near
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "PLAIN", "features", "find_things"]

DETECTOR = "things@1"
MODEL = MODELS / "things.crfsuite.gz"
LOW = 0.05
ALONE, SMALL, UNLED = 0.3, 0.9, 0.2  # of an everyday word by itself; of everyday words written small beside capitals; where nothing leads up to them
_ONE = Lock()
_SORTS = (
    ("S", _homes._SCHOOLS), ("H", _homes._STAYS | _places._HEADS), ("E", _homes._ES_HEADS | _places._ES_HEADS), ("K", _places._KINDS), ("T", _homes._SORTS | _homes._TYPE),
    ("B", _homes._BLOCK | _places._GENERIC), ("M", _homes._ES_BLOCK), ("C", _homes._CUES | _places._GOING), ("N", _places._NAMELY | _places._SAINTS),
)  # fmt: skip


@lru_cache(maxsize=32768)
def _sort(word: str) -> tuple[str, str, str]:
    """The word itself where it is common enough to tell something, its sorts, and its row in the table of words."""
    lex = lexicon()
    en, cap, es, mayus = lex.numbers(word)
    kinds = "".join(k for k, words in _SORTS if word in words)
    kept = max(en, es) > 10 or (kinds and max(en, es) > 4) or word in lex.glossary
    lists = ("F" if word in lex.first else "") + ("L" if word in lex.last else "") + ("A" if word in lex.ambiguous else "") + ("d" if word in lex.domain else "") + ("o" if lex.ordinary(word) else "")
    return word if kept else "*", kinds + "/" + lists, f"{min(en, 12) // 3}{cap // 4}{min(es, 12) // 3}{mayus // 4}"


def features(toks: list[Token]) -> list[list[str]]:
    """Return the features of each word: what sort of word it is and what stands around it."""
    rows = [(*_sort(t.folded), ("C" if t.capital else "l") + ("1" if t.first else "") + ("P" if t.public else "")) for t in toks]
    gaps = [t.gap.strip()[:1] for t in toks]
    out = []
    for i, (word, sort, table, case) in enumerate(rows):
        row = ["b", "w" + word, "s" + sort, "t" + table, "c" + case, "x" + sort + case]
        for d, name in ((-1, "p"), (1, "n"), (-2, "q"), (2, "m"), (-3, "r"), (3, "o")):
            j = i + d
            if not 0 <= j < len(rows):
                row.append(name + "#")
                continue
            row.append(name + rows[j][0])
            if -3 < d < 3:
                row.append(name + "s" + rows[j][1])
            if d in (-1, 1):
                row += [name + "x" + rows[j][0] + sort, name + "t" + rows[j][2], name + "g" + (gaps[i] if d < 0 else gaps[j]), name + "c" + rows[j][3]]
        if 0 < i < len(rows) - 1:
            row.append("y" + rows[i - 1][0] + "|" + rows[i + 1][0])
        if i > 1:
            row.append("z" + rows[i - 2][0] + "|" + rows[i - 1][0])
        out.append(row)
    return out


@cache
def _loaded() -> tuple[Any, bytes] | None:
    """The tagger and the bytes it reads from, which it does not keep alive itself."""
    return read_tagger(MODEL)


def chances(toks: list[Token]) -> list[float]:
    """The probability of each word that it belongs to the name of a thing; empty without the model."""
    loaded = _loaded()
    if loaded is None or not toks:
        return []
    tagger, rows = loaded[0], features(toks)
    with _ONE:  # the tagger holds the unit it reads: two threads would read one another's
        tagger.set(rows)
        return [1.0 - tagger.marginal("O", i) for i in range(len(toks))]


_LINKS = frozenset("of the de del la las los el y and for a st saint san santa".split())
_HEADS = _homes._STAYS | _homes._SCHOOLS | _homes._ES_HEADS
_LEADS = _homes._CUES | frozenset("the la el en a de del al los las por con for with by".split())
_NOBODY = frozenset(
    "somebody someone people everybody anybody nobody somebody's someone's people's everybody's anybody's nobody's else's one two three four five six seven eight nine ten eleven twelve miles minutes hours days weeks years months "
    "facility facilities unit units residential dos tres cuatro cinco seis siete ocho nueve diez millas minutos horas dias semanas anos meses".split()
)
PLAIN = _homes._BLOCK | _homes._ES_BLOCK | _homes._STAYS | _homes._SCHOOLS | _homes._ES_HEADS | _homes._SORTS | _homes._TYPE | _places._GENERIC | _places._HEADS | cues.STOP | _LINKS | _NOBODY


def _trimmed(part: list[Token]) -> list[Token]:
    """A run without the small words at its ends; empty where it says no more than of what sort a thing is, or where a sentence goes through it."""
    while part and (part[-1].folded in _LINKS or part[-1].folded in cues.STOP):
        part = part[:-1]
    while part and part[0].folded in _AHEAD:
        part = part[1:]
    names = [t for t in part if not t.public and t.folded not in PLAIN and not (t.upper and t.ordinary)]
    broken = any(t.folded in cues.STOP - _LINKS - _homes._STAYS - _places._GENERIC for t in part)
    return part if names and not broken else []


_AHEAD = frozenset("a an y and my our their his her mi su un una".split())


def _least(part: list[Token], before: Token | None, *, cased: bool) -> float:
    """The probability from which on a run is shown: more where somebody who writes capitals wrote everyday words small, or nothing leads up to them."""
    if cased and all(t.ordinary and (not t.capital or t.first) for t in part):
        return SMALL
    led = before is not None and before.folded in _LEADS and near(part[0])
    told = led or any(not t.ordinary or t.folded in _HEADS for t in part)
    return ALONE if len(part) == 1 and part[0].ordinary else LOW if told else UNLED


def find_things(toks: list[Token], *, cased: bool) -> Iterator[Hit]:
    """Yield runs of words that the tagger takes for the name of a school, home, program, church or firm."""
    chance = chances(toks)
    i = 0
    while i < len(chance):
        j = i
        while j < len(toks) and chance[j] >= LOW and (j == i or goes_on(toks, j)):
            j += 1
        part = _trimmed(toks[i:j])
        k = toks.index(part[0], i) if part else 0
        if part and max(chance[i:j]) >= _least(part, toks[k - 1] if k else None, cased=cased):
            yield Hit(part[0].start, part[-1].end, "org", DETECTOR, min(0.79, max(chance[i:j])))
        i = max(j, i + 1)
