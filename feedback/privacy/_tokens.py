"""Cut a unit into words with what the name layers need to know about each."""

from __future__ import annotations

import re
from dataclasses import dataclass

from feedback.privacy._labels import PLACEHOLDER
from feedback.privacy._lexicon import fold, lexicon

__all__ = ["PLACEHOLDER", "Token", "tokens"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*(?:-[^\W\d_]+(?:['’][^\W\d_]+)*)*")
_OPENERS = frozenset('.!?:;"“”«»()•|/–—[]…¿¡‘*>\n\t0123456789')


@dataclass(frozen=True, slots=True)
class Token:
    """One word: its place, its folded form, its case, whether a sentence begins here, whether it is known harmless."""

    start: int
    end: int
    word: str
    folded: str
    capital: bool
    upper: bool
    first: bool
    public: int  # how many words the name of an approved public thing has that this one belongs to, 0 where none
    ordinary: bool
    gap: str  # what stands between the word before and this one


def tokens(text: str) -> list[Token]:
    """Return the words of a text in order; placeholders of an earlier screening are passed over."""
    lex = lexicon()
    holes = [m.span() for m in PLACEHOLDER.finditer(text)] if "[" in text else []
    found = [m for m in _WORD.finditer(text) if not any(a <= m.start() < b for a, b in holes)]
    folded = [fold(m.group()) for m in found]
    out: list[Token] = []
    until, last, size = 0, 0, 0
    capitals = any(m.group()[0].isupper() and len(m.group()) > 1 for m in found)
    for i, m in enumerate(found):
        word, gap = m.group(), text[last : m.start()]
        last = m.end()
        if i >= until:
            n = lex.public(folded, i)
            if n:
                until, size = i + n, n
        start = i == 0 or any(c in _OPENERS for c in gap)
        plain = folded[i].removesuffix("'s").removesuffix("s'") if "'" in folded[i] else folded[i]
        out.append(Token(
            m.start(), m.end(), word, plain, word[0].isupper(), word.isupper() and len(word) > 1, start, size if i < until else 0,
            lex.ordinary(folded[i]) or lex.ordinary(plain) or (capitals and word.islower() and lex.lowered(plain)), gap,
        ))  # fmt: skip
    return out
