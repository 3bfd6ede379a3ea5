"""Words that staff type: a title, a reason, a sentence. Which doubts of the gate stand there, and which are plain words."""

# ruff: noqa: E501
from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import feedback.privacy._cues as cues
from feedback.privacy._detect import detect_label
from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._roster import Roster
from feedback.privacy._tokens import Token, tokens

__all__ = ["Known", "everyday", "label_names", "public_places", "runs_of"]

RUN, TELLING = 6, 3  # words in a row that repeat a held line, and how many of them have to say something
_DOUBTS = ("capitals", "crf", "minilm", "names", "vocabulary")
_NAMED = (
    "january february july september october november december enero febrero marzo abril mayo junio julio agosto septiembre "
    "octubre noviembre diciembre"
)
_MONTHS = cues.MONTHS | frozenset(_NAMED.split())


# "May is the month here", "Chase es el banco": a word is said to be the name of a thing, as in a reason for a decision.
_THING = re.compile(
    r"(?P<word>[\w'’-]+) (?:here )?(?:is|was|means|stands for|es|era|significa|quiere decir) (?:just |only |here |solo |aquí )?(?:the |an? |el |la |una? )"
    r"(?:\w+ )?(?:month|bank|verb|word|noun|street|avenue|brand|company|store|season|holiday|parade|flower|colou?r|virtue|feeling|program|school|park|"
    r"city|county|river|church|song|film|mes|banco|verbo|palabra|calle|avenida|marca|empresa|tienda|estaci[oó]n|flor|color|virtud|programa|escuela|"
    r"parque|ciudad|condado|iglesia|canci[oó]n|pel[ií]cula)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Known:
    """What a project knows of people: the names found in its sessions, and runs of words that its gate holds."""

    names: frozenset[tuple[str, ...]] = frozenset()
    held: frozenset[tuple[str, ...]] = field(default=frozenset(), repr=False)

    @classmethod
    def of(cls, names: Iterable[str], held: Iterable[str]) -> Known:
        """Take names as they were found, and the words of held units."""
        runs = frozenset(r for text in held for r in runs_of(text, whole=True))
        return cls(frozenset(n for name in names for n in _forms(name)), runs)

    def __repr__(self) -> str:
        return f"Known({len(self.names)} names, {len(self.held)} runs)"

    def names_in(self, text: str) -> bool:
        """Whether words hold a name that was found in the sessions, or a part of one that is no everyday word."""
        if not self.names:
            return False
        said = [t.folded for t in tokens(text)]
        longest = max(map(len, self.names))
        return any(tuple(said[i : i + n]) in self.names for n in range(1, longest + 1) for i in range(len(said) - n + 1))

    def repeats(self, text: str) -> bool:
        """Whether words repeat a line that is held."""
        return bool(self.held) and any(r in self.held for n in range(3, RUN + 1) for r in runs_of(text, n))


def runs_of(text: str, n: int = RUN, *, whole: bool = False) -> Iterator[tuple[str, ...]]:
    """Yield the runs of `n` words that say something; with `whole` a shorter text, from three words on, as it is."""
    said = [t.folded for t in tokens(text)]
    if whole and 3 <= len(said) < n:
        n = len(said)
    for i in range(len(said) - n + 1):
        run = tuple(said[i : i + n])
        if sum(w not in cues.STOP for w in run) >= min(TELLING, n - 1):
            yield run


def _forms(name: str) -> Iterator[tuple[str, ...]]:
    lex, words = lexicon(), tuple(t.folded for t in tokens(name))
    if len(words) > 1:
        yield words
    for w in words:
        if len(w) > 2 and not lex.ordinary(w):
            yield (w,)


def everyday(text: str, start: int, end: int, *, detector: str) -> bool:
    """Whether what one of the doubting detectors took for a name is made of plain words of either language.

    A word that is also a given name stays in doubt, but for a month where a month stands.
    """
    if not detector.startswith(_DOUBTS):
        return False
    toks = tokens(text)
    long = [t for t in toks if len(t.word) > 3]
    titled = sum(t.capital for t in long) > 0.6 * len(long)
    here = [i for i, t in enumerate(toks) if t.start < end and start < t.end]
    things = {m["word"].casefold() for m in _THING.finditer(text)}
    return bool(here) and all(toks[i].word.casefold() in things or _plain(toks, i, titled=titled) for i in here)


def public_places(text: str, start: int, end: int) -> bool:
    """Whether what was taken for a corner names public places alone, and no number: "Lancaster and Palmdale"."""
    said = [t for t in tokens(text) if t.start < end and start < t.end]
    return not any(c.isdigit() for c in text[start:end]) and all(t.public or t.folded in cues.STOP for t in said)


def _plain(toks: list[Token], i: int, *, titled: bool) -> bool:
    lex, tok = lexicon(), toks[i]
    if tok.folded in _MONTHS and _month(toks, i):
        return True
    if tok.public > 1:
        return True
    for part in tok.folded.split("-"):
        en, cap, es, mayus = lex.numbers(part)
        share = cap if en >= es else mayus
        if part not in lex.first and lex.public([part], 0):
            continue
        if part in lex.first or not lex.listed(part):
            return False
        if tok.capital and not tok.first and part in lex.last and share > (4 if titled else 3):
            return False
    return True


def _month(toks: list[Token], i: int) -> bool:
    """Whether a month's name stands where a month does: after "in", "since" or another month, or before a number."""
    before = toks[i - 1].folded if i else ""
    gap = toks[i + 1].gap if i + 1 < len(toks) else ""
    return before in cues.MONTH_BEFORE | _MONTHS or any(c.isdigit() for c in toks[i].gap + gap)


def label_names(label: str, roster: Roster | None = None) -> bool:
    """Whether a label, such as a file's name, holds somebody's name."""
    return any(h.kind == "person" for h in detect_label(fold(label) if label.isupper() else label, roster=roster))
