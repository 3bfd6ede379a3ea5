"""A small transformer that reads what stands around a word: four layers of MiniLM, int8 ONNX, run without torch."""

# ruff: noqa: E501, SIM905
from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import TYPE_CHECKING, Any

from feedback.networks import network
from feedback.privacy._lexicon import MODELS, lexicon
from feedback.privacy._parts import goes_on
from feedback.privacy._tokens import Token
from feedback.privacy._told import PERSON, find_told
from feedback.privacy._types import Hit

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["DETECTOR", "find_in_context", "pieces"]

DETECTOR = "minilm@4"
MODEL, PIECES = MODELS / "names.onnx", MODELS / "pieces.json"
# Least probability of a possible name, a name that is also a word, an everyday word, one at home in Spanish, a word of the field, a
# public name, a word small beside capitals.
LISTED, UNCLEAR, ORDINARY, SPANISH, FIELD, PUBLIC, SMALL, COMMON, BEGINS = 0.005, 0.005, 0.016, 0.7, 0.1, 0.1, 0.97, 0.2, 0.6
HARDLY = 0.1  # of what is no name by any list, in English without capitals
_ASKED = frozenset(("you", "they", "he", "she", "it", "i", "we", "there", "be", "not"))  # "will you", "may we": no name
_COUNTS = frozenset("de del un una unos unas los las sus tus mis otro otra otros otras mas mucho mucha poco poca muchos muchas cada sin es son".split())  # nobody's name follows
MOST = 120  # pieces at a time


@cache
def _model() -> tuple[Any, Any] | None:
    if not MODEL.is_file() or not PIECES.is_file():
        return None
    from tokenizers import Tokenizer

    return network(MODEL), Tokenizer.from_file(str(PIECES))


def pieces(text: str) -> tuple[list[tuple[int, int]], Array]:
    """Return where each piece of a text stands, and how likely it is of each class, (pieces, classes); none without the model."""
    import numpy as np

    loaded = _model()
    if loaded is None:
        return [], np.zeros((0, PERSON + 1), np.float32)
    session, tokenizer = loaded
    got = tokenizer.encode(text)
    ids, spans = got.ids[1:-1], got.offsets[1:-1]
    parts = []
    for a in range(0, max(1, len(ids)), MOST - 20):
        part = np.array([[got.ids[0], *ids[a : a + MOST], got.ids[-1]]], dtype=np.int64)
        (found,) = session.run(["chance"], {"ids": part, "mask": np.ones_like(part)})
        parts.append((a, found[0, 1:-1]))
        if a + MOST >= len(ids):
            break
    if len(parts) == 1:
        return spans, parts[0][1]
    out = np.zeros((len(ids), parts[0][1].shape[1]), np.float32)
    for a, found in parts:
        np.maximum(out[a : a + len(found)], found, out=out[a : a + len(found)])
    return spans, out


def _persons(toks: list[Token], spans: list[tuple[int, int]], found: Array) -> list[float]:
    """The probability of each word that it is a part of a person's name."""
    out, k = [0.0] * len(toks), 0
    for (x, y), p in zip(spans, found[:, PERSON].tolist(), strict=True):
        while k < len(toks) - 1 and toks[k].end <= x:
            k += 1
        if toks[k].start < y and x < toks[k].end:
            out[k] = max(out[k], p)
    return out


def _least(tok: Token, before: str = "", *, cased: bool, english: bool) -> float:
    """The probability from which on a word is shown to a person, after the word before it."""
    lex = lexicon()
    if len(tok.folded) < 2 or (tok.upper and len(tok.word) < 6) or tok.folded in lex.glossary:
        return 2.0
    if cased and not tok.capital and tok.ordinary:
        return SMALL
    en, cap, es, mayus = lex.numbers(tok.folded)
    hardly = HARDLY if english and not cased else 2.0
    if tok.public:
        listed = tok.public == 1 and (tok.folded in lex.first or tok.folded in lex.last)
        return PUBLIC if listed else hardly
    if not english and es > 11:
        return hardly
    if tok.folded in lex.ambiguous:
        return UNCLEAR
    if (en > 10 and cap < 8) or (es > 8 and mayus < 8):
        return COMMON if english and en < 13 and not (es > 8 and mayus < 8) and not (cased and tok.first) else hardly
    if tok.folded in lex.first and (english or not tok.ordinary or es < 5 or mayus > 5):
        return LISTED
    if tok.ordinary and cased and tok.first:
        return BEGINS
    if tok.ordinary:
        spanish = not english or (es > max(en, 6) and mayus < 8)
        if spanish and before in _COUNTS and tok.folded not in lex.last:
            return 2.0
        return SPANISH if spanish else FIELD if tok.folded in lex.domain else ORDINARY
    return LISTED


def find_in_context(toks: list[Token], text: str, *, cased: bool, english: bool = True) -> Iterator[Hit]:
    """Yield runs of words that the model takes for a person's name, a school or home, a spot, a number or an account."""
    spans, found = pieces(text)
    if not spans:
        return
    yield from find_told(text, toks, spans, found, cased=cased, english=english, detector=DETECTOR)
    chance = _persons(toks, spans, found) if toks else []
    for k in range(len(toks) - 1):
        if toks[k].folded in ("will", "may") and toks[k + 1].folded in _ASKED:
            chance[k] = 0.0
    i = 0
    while i < len(toks):
        j = i
        while j < len(toks) and chance[j] >= _least(toks[j], toks[j - 1].folded if j else "", cased=cased, english=english):
            if j > i and not goes_on(toks, j):
                break
            j += 1
        if j > i:
            yield Hit(toks[i].start, toks[j - 1].end, "person", DETECTOR, min(0.79, max(chance[i:j])))
        i = max(j, i + 1)
