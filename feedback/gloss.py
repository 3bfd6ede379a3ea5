"""Texts as the small encoders read them: Spanish words in English, then word pieces; nothing people see is made of it."""

from __future__ import annotations

import gzip
import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ES = frozenset(
    """
    el la los las de que y en un una se lo por con para su sus mi mis les le nos al del es está están era eran
    pero porque como cómo cuando donde si sí ya muy más hay fue ni sin qué quién quien esto eso esta este ese esa
    ellos ella nosotros ustedes usted yo tú también todo toda todos todas nada nadie nunca siempre hasta desde
    entre mucho mucha poco otro otra dice dijo dijeron tiene tienen tengo tenía hacer hace ir voy va van ser estar
    estoy soy son somos puede pueden puedo quiero quieren hijo hija hijos niño niña niños casa escuela gente así
    entonces ahora aquí allá allí ahí pues o cada uno unos unas tan tanto había haber ha han he algo alguien mismo
    antes después mamá papá señora mija mijo nomás porqué te mí
    """.split()  # noqa: SIM905
)
_EN = frozenset(
    """
    the and to of in is was i you we they it my his her their that this with for not have had don't at on be are
    were but or if so what when who where there then them she he our your from by about out up down just like get
    got go went know said say says can can't could would will didn't doesn't isn't it's i'm that's you're they're
    we're an as all one two no more because how why do does did been being has into over after before every some
    any kid kids school home people
    """.split()  # noqa: SIM905
)
_SHARED = frozenset(
    """
    no me he has once sin son come sale red pan van can ten fin do a e u i an as so
    """.split()  # noqa: SIM905
)


def fold(word: str) -> str:
    """Lower-case a word without its accents."""
    low = word.lower()
    return (
        low if low.isascii() else "".join(c for c in unicodedata.normalize("NFD", low) if not unicodedata.combining(c))
    )


@lru_cache(maxsize=2)
def table(path: Path) -> Mapping[str, str]:
    """Read the forms: `form<tab>English`, gzipped, one a line."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return dict(line.rstrip("\n").split("\t", 1) for line in file if "\t" in line)


def gloss(text: str, words: Mapping[str, str]) -> str:
    """Write the Spanish words of a text in English, word by word, where they are known; English words stay.

    In mixed texts a word that both languages have goes with the nearest word that only one of them has.

    >>> gloss("la renta subió, you know", {"la": "the", "renta": "rent", "subio": "rose"})
    'the rent rose, you know'
    """
    return aligned(text, words)[0]


def aligned(text: str, words: Mapping[str, str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """Gloss a text; also give (place in the gloss, place in the text) wherever the two part, in order."""
    found = list(_WORD.finditer(text))
    low = [m.group().lower().replace("’", "'") for m in found]
    tongue = [_tongue(w) for w in low]
    if 1 not in tongue:
        return text, ((0, 0),)
    tongue = _nearest(tongue) if -1 in tongue else [1] * len(low)
    out, places, at, size = [], [(0, 0)], 0, 0
    for m, word, spanish in zip(found, low, tongue, strict=True):
        english = words.get(word) or words.get(fold(word)) if spanish == 1 else None
        if english:
            out += [text[at : m.start()], english]
            size += m.start() - at
            places.append((size, m.start()))
            size += len(english)
            at = m.end()
            places.append((size, at))
    return "".join([*out, text[at:]]), tuple(places)


def _tongue(word: str) -> int:
    if word in _SHARED:
        return 0
    if word in _ES or any(c in word for c in "áéíóúñ"):
        return 1
    return -1 if word in _EN or "'" in word else 0


def _nearest(tongue: list[int]) -> list[int]:
    """Give words of neither language the language of the nearest known one, the earlier on a tie."""
    known = [i for i, t in enumerate(tongue) if t]
    return [t or tongue[min(known, key=lambda k: (abs(k - i), k))] for i, t in enumerate(tongue)]


def word_pieces(path: Path) -> Any:
    """Make the tokenizer of a `vocab.txt`: small letters, accents off, the longest pieces first."""
    from tokenizers import Tokenizer, decoders, models, normalizers, pre_tokenizers

    made = Tokenizer(models.WordPiece.from_file(str(path), unk_token="[UNK]", max_input_chars_per_word=100))
    made.normalizer = normalizers.BertNormalizer(lowercase=True)
    made.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    made.decoder = decoders.WordPiece()
    return made
