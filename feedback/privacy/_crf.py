"""A learned tagger of people's names: a linear-chain CRF over the words, run by python-crfsuite without other parts."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any

from feedback.privacy._lexicon import MODELS, lexicon
from feedback.privacy._parts import goes_on
from feedback.privacy._tokens import Token
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "features", "find_learned", "read_tagger"]

DETECTOR = "crf@3"
MODEL = MODELS / "names.crfsuite.gz"
LOW = 0.05
SPANISH = 0.15
ORDINARY = 0.45
_WITHIN = frozenset("'’")
_NEVER = frozenset(
    [
        "nina",
        "ninas",
        "nino",
        "ninos",
        "old",
        "sheriff",
        "ella",
        "mama",
        "papa",
        "tia",
        "tio",
        "county",
        "staff",
        "mom",
        "dad",
        "lady",
        "sir",
        "maam",
        "kid",
        "kids",
        "judge",
        "doctor",
        "god",
    ]
)


def _word(tok: Token) -> list[str]:
    lex = lexicon()
    en, cap, es, mayus = lex.numbers(tok.folded)
    return [
        f"n={en // 3}.{cap // 3}", f"s={es // 3}.{mayus // 3}",
        "l=" + ("F" if tok.folded in lex.first else "") + ("L" if tok.folded in lex.last else "")
        + ("A" if tok.folded in lex.ambiguous else "") + ("P" if tok.public else "") + ("o" if tok.ordinary else ""),
        "c=" + ("U" if tok.upper else "C" if tok.capital else "l") + ("1" if tok.first else ""),
    ]  # fmt: skip


def features(toks: list[Token]) -> list[list[str]]:
    """Return the features of each word: itself, its table row, its case, and those of two words on both sides."""
    base = [_word(t) for t in toks]
    out = []
    for i, tok in enumerate(toks):
        row = ["b", f"w={tok.folded}", f"p={tok.folded[:3]}", f"x={tok.folded[-3:]}", *base[i], base[i][2] + base[i][3]]
        for d in (-2, -1, 1, 2):
            j = i + d
            if 0 <= j < len(toks):
                row.append(f"{d}w={toks[j].folded}")
                if abs(d) == 1:
                    row += [f"{d}{f}" for f in base[j]]
                    row.append(f"{d}g={(tok if d < 0 else toks[j]).gap.strip()[:2]}")
            else:
                row.append(f"{d}none")
        out.append(row)
    return out


def _possible(tok: Token) -> bool:
    lex = lexicon()
    if (
        tok.public
        or tok.folded in _NEVER
        or len(tok.folded) < 2
        or (tok.upper and len(tok.word) < 6 and tok.folded not in lex.first)
    ):
        return False
    if not tok.ordinary:
        return True
    en, cap, es, mayus = lex.numbers(tok.folded)
    if tok.folded not in lex.ambiguous and ((en > 10 and cap < 8) or (es > 10 and mayus < 8)):
        return False
    if tok.folded in lex.ambiguous or tok.folded in lex.first:
        return tok.capital or not (cap < 2 and mayus < 2)
    return tok.folded in lex.last and (
        (cap > 2 and en < 11) or (mayus > 2 and es < 10) or (tok.capital and not tok.first)
    )


_ONE = Lock()


def read_tagger(path: Path) -> tuple[Any, bytes] | None:
    """A tagger kept compressed, and the bytes it reads from; None where there is none."""
    if not path.is_file():
        return None
    import pycrfsuite

    tagger, held = pycrfsuite.Tagger(), gzip.decompress(path.read_bytes())
    tagger.open_inmemory(held)
    return tagger, held


@cache
def _loaded() -> tuple[Any, bytes] | None:
    """The tagger and the bytes it reads from, which it does not keep alive itself."""
    return read_tagger(MODEL)


def find_learned(toks: list[Token], *, english: bool = True, cased: bool = False) -> Iterator[Hit]:
    """Yield runs of words that the tagger takes for a person's name with at least this probability.

    A run of everyday words none of which is on any list of names is passed over; Spanish, of which there is little to
    learn from, needs a higher probability.
    """
    loaded = _loaded()
    if loaded is None or not any(_possible(t) for t in toks):
        return
    low = LOW if english else SPANISH
    tagger, seen = loaded[0], features(toks)
    with _ONE:  # the tagger holds the unit it reads: two threads would read one another's
        tagger.set(seen)
        chance = [1.0 - tagger.marginal("O", i) - tagger.marginal("X", i) for i in range(len(toks))]
    i = 0
    while i < len(toks):
        j = i
        while (
            j < len(toks)
            and chance[j] >= low
            and (j == i or toks[j].gap in _WITHIN or goes_on(toks, j))
            and not (cased and toks[j].ordinary and not toks[j].capital)
        ):
            j += 1
        plain = all(t.ordinary and (not t.capital or t.first) for t in toks[i:j])
        listed = any(t.folded in lexicon().ambiguous or t.folded in lexicon().first for t in toks[i:j])
        enough = not plain or (max(chance[i:j], default=0.0) >= ORDINARY and (english or listed))
        if j > i and any(_possible(t) for t in toks[i:j]) and enough:
            yield Hit(toks[i].start, toks[j - 1].end, "person", DETECTOR, min(0.79, max(chance[i:j])))
        i = max(j, i + 1)
