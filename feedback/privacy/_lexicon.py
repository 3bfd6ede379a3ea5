"""The word table, the name lists and the approved public words, loaded once."""

from __future__ import annotations

import gzip
import os
import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

__all__ = ["Lexicon", "fold", "lexicon", "phrases"]

# `FEEDBACK_MODELS` names the folder of weights where the package is installed apart from it.
MODELS = Path(os.environ.get("FEEDBACK_MODELS") or Path(__file__).resolve().parents[2] / "models") / "privacy"
_HERE = Path(__file__).resolve().parent
_SUFFIXES = (
    "'s", "s'", "'ll", "'d", "'re", "'ve", "'all", "in'", "s", "es", "ed", "d", "ing", "er", "ers", "ly", "y",
    "ness", "less", "able", "ito", "ita", "itos", "itas", "cito", "cita", "citos", "citas", "mente", "os", "as",
    "on", "ona", "ote", "azo", "illo", "illa", "illos", "illas", "ico", "ica", "icos", "icas", "uelo", "uela",
    "le", "les", "lo", "la", "los", "las", "me", "te", "se", "nos", "melo", "selo",
    "sela", "ndo", "ada", "ado", "adas", "ados", "isima", "isimo",
)  # fmt: skip
_VERB = re.compile(r"(\w{3,})(aba[ns]?|abamos|aron|ando|aste|aran?|ian|iamos|ieron|iendo|iste|eran?|iran?|aria[ns]?|"
                   r"an|amos|emos|imos)")
_SMALL = re.compile(r"(\w{3,}?)c?it[oa]")


@lru_cache(maxsize=65536)
def fold(word: str) -> str:
    """Lower-case a word, take its accents off, straighten its apostrophes."""
    plain = unicodedata.normalize("NFKD", word.replace("’", "'").replace("‘", "'"))
    return "".join(c for c in plain if not unicodedata.combining(c)).casefold()


def _lines(name: str) -> list[str]:
    text = (_HERE / name).read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def phrases(name: str) -> list[str]:
    """The lines of a shipped list of names in commas, folded."""
    return [fold(line) for line in _lines(name)]


def _gz(name: str) -> list[str]:
    return gzip.decompress((MODELS / name).read_bytes()).decode("utf-8").split("\n")


def _contractions() -> frozenset[str]:
    """Verbs with a shortened "not", "have", "is", as written and as heard."""
    no = tuple(re.findall(r"\w+", "ca is are was were do does did wo would should could have has had must need ai might sha"))
    who = (*re.findall(r"\w+", "i you he she it we they who what that there here where when how this"), "y'all")
    out = {v + t for v in no for t in ("n't", "nt", "n't've")}
    out |= {w + e for w in who for e in ("'s", "'re", "'ve", "'ll", "'d", "'m")}
    more = (
        "whats thats theres heres wheres youre theyre weve youve theyve youll theyll shes hes lets whos itll ive im hows "
        "theyd youd wouldve couldve shouldve"
    )
    return frozenset(out | set(more.split()) | {v + "'ve" for v in ("would", "could", "should", "might", "must")})


class Lexicon:
    """How often each word stands with a capital, which are names, which are names of public things."""

    def __init__(self) -> None:
        words, en, es = _gz("words.txt.gz")
        self.table = dict(zip(words.split(" "), zip(en, es, strict=True), strict=True))
        self.first = frozenset(_gz("first.txt.gz")) | {w for line in _lines("given.txt") for w in line.split()}
        self.last = frozenset(_gz("last.txt.gz"))
        self.ambiguous = frozenset(w for line in _lines("ambiguous.txt") for w in line.split())
        self.glossary = frozenset(w for line in _lines("glossary.txt") for w in line.split()) | _contractions()
        self.domain = frozenset(_gz("domain.txt.gz"))
        phrases: dict[str, list[tuple[str, ...]]] = {}
        for line in _lines("public.txt"):
            for phrase in line.split(","):
                parts = tuple(fold(p) for p in re.findall(r"[\w'’&-]+", phrase))
                if parts:
                    phrases.setdefault(parts[0], []).append(parts)
        self.phrases = {k: tuple(sorted(v, key=len, reverse=True)) for k, v in phrases.items()}
        self._known: dict[str, bool] = {}

    def numbers(self, word: str) -> tuple[int, int, int, int]:
        """English frequency and capital share, Spanish frequency and capital share, each 0 to 15, of a folded word."""
        row = self.table.get(word)
        if row is None:
            return 0, 0, 0, 0
        a, b = ord(row[0]) - 0x100, ord(row[1]) - 0x100
        return a >> 4, a & 15, b >> 4, b & 15

    def ordinary(self, word: str) -> bool:
        """Whether a folded word is an everyday word of either language, or a form of one."""
        if word not in self._known:
            self._known[word] = self._plain(word) or self._derived(word)
        return self._known[word]

    def listed(self, word: str) -> bool:
        """Whether a folded word itself, not only its stem, is an everyday word."""
        return self._plain(word)

    def _plain(self, word: str) -> bool:
        if word in self.glossary or word in self.ambiguous or word in self.domain or len(word) < 2:
            return True
        en, cap, es, mayus = self.numbers(word)
        least = 2 if word in self.first else 0
        return (en > least and cap <= self._top(word, en)) or (es > max(least, 1) and mayus <= self._top(word, es))

    def _top(self, word: str, often: int) -> int:
        """The highest share of capitals (of 15) with which a word this frequent still counts as an everyday word."""
        if word in self.first:
            return 4 if often > 3 else 2
        if word in self.last:
            return 6 if often > 3 else 3
        return 10 if often > 8 else 7 if often > 5 else 5 if often > 3 else 2

    def _derived(self, word: str) -> bool:
        if word in self.first or (word in self.last and self.table.get(word)) or self._short_for_name(word):
            return False
        squeezed = re.sub(r"(.)\1{2,}", r"\1", word)
        if squeezed != word and (self._plain(squeezed) or len(squeezed) < 4):
            return True
        if "-" in word or "'" in word:
            parts = [p for p in re.split(r"[-']", word) if p]
            if all(len(p) < 3 or self._plain(p) for p in parts) and any(len(p) > 2 for p in parts):
                return True
        if self._clipped(word) or self._conjugated(word):
            return True
        for suffix in _SUFFIXES:
            stem = word[: -len(suffix)]
            if len(stem) >= 3 and word.endswith(suffix):
                for form in (stem, stem + "e", stem + "o", stem + "a", stem + "r", stem + "y", stem[:-1]):
                    if len(form) >= 4 and self.numbers(form) != (0, 0, 0, 0) and self._plain(form):
                        return True
        return False

    def _short_for_name(self, word: str) -> bool:
        """Whether a word is a diminutive of a name: "nachita", "luisito"."""
        small = _SMALL.fullmatch(word)
        if small is None:
            return False
        bases = (small[1], small[1] + "o", small[1] + "a")
        return self.numbers(word)[3] > 9 or any(b in self.first and not self._plain(b) for b in bases)

    def _clipped(self, word: str) -> bool:
        """Whether a Spanish word is an everyday one as people say it: "criao", "operaos", "comío", "verdá"."""
        if word.endswith(("ao", "aos")):
            return self._plain(word.replace("ao", "ado"))
        return (word.endswith("io") and self._plain(word[:-1] + "do")) or (word.endswith("da") and self._plain(word + "d"))

    def _conjugated(self, word: str) -> bool:
        """Whether a word is a past or gerund of a Spanish verb that is an everyday word."""
        m = _VERB.fullmatch(word)
        if m is None:
            return False
        for end in ("ar",) if m[2][0] == "a" else ("er", "ir"):
            es, mayus = self.numbers(m[1] + end)[2:]
            if es > 2 and mayus < 6:
                return True
        return False

    def lowered(self, word: str) -> bool:
        """Whether a word, written small by somebody who does write capitals, is then no name."""
        en, cap, es, mayus = self.numbers(word)
        top = 12 if word in self.first else 13
        return (en > 4 and cap <= top) or (es > 4 and mayus <= top)

    def english_capital(self, word: str) -> bool:
        """Whether English knows a word and writes it with a capital too often for an everyday word."""
        en, cap, _, _ = self.numbers(word)
        return en > 3 and cap > self._top(word, en)

    def spanish_only(self, word: str) -> bool:
        """Whether a folded word is at home in Spanish and hardly known to English."""
        en, cap, es, mayus = self.numbers(word)
        return len(word) > 2 and es > 4 and mayus <= 9 and (en < 5 or (cap > 7 and en <= es))

    def public(self, words: list[str], i: int) -> int:
        """Return how many words from the i-th on are the name of an approved public thing, 0 where none."""
        for parts in self.phrases.get(words[i], ()):
            if tuple(words[i : i + len(parts)]) == parts:
                return len(parts)
        return 0


@cache
def lexicon() -> Lexicon:
    """The shipped lexicon, loaded at the first call."""
    return Lexicon()
