"""Could a topic have come up? Guide questions matched to codes by their triggers and names."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from feedback.codebook import Code, Codebook
from feedback.corpus import Session

_STOP_WORDS = (
    "a about after all an and any are around at be being before by can do does for from get getting go have how in is it "
    "its know more not of on one or other out own people person so that the their them there they things this those to "
    "up us want was we what when where which who why will with work works would you young your youth need needs help "
    "helps support services service care county program programs family families children child kids school make real change "
    "que los las una para con por del como cuando sus sin hay mas"
)
_STOP = frozenset(re.findall(r"\w+", _STOP_WORDS))


def fold(text: str) -> str:
    """Lower case without accents, for comparison only."""
    plain = unicodedata.normalize("NFD", text.casefold())
    return "".join(ch for ch in plain if not unicodedata.combining(ch)).replace("\u2019", "'")


@lru_cache(maxsize=4096)
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    out = []
    for phrase in phrases:
        parts = []
        for word in re.findall(r"\[[^\]]*\]\*?|\.\.\.|[^\s\[\]]+", fold(phrase)):
            if word == "...":
                parts.append(r"(?:\S+\s+){0,4}?")
                continue
            options = word.strip("[]*").split("|") if word.startswith("[") else [word]
            body = "|".join(re.escape(o.strip()).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") for o in options if o)
            parts.append(rf"(?:{body})\b\s*" if not word.endswith("*") else rf"(?:{body})\w*\s*")
        if parts:
            out.append(r"(?<!\w)" + "".join(parts))
    return re.compile("|".join(out) or r"(?!)")


def asks_about(text: str, code: Code) -> bool:
    """Whether a question or heading is about a code: its triggers, or the words of its name."""
    folded = fold(text)
    phrases = tuple(p for ps in code.triggers.values() for p in ps)
    if _pattern(phrases).search(folded):
        return True
    words = set(re.findall(r"\w+", folded))
    for name in (code.name, *code.names.values()):
        key = set(re.findall(r"\w+", fold(name))) - _STOP
        if key and key <= words:
            return True
    return len({_stem(w) for w in words - _STOP} & _core(code)) >= 2


def _stem(word: str) -> str:
    return word[: max(4, len(word) - 3)] if len(word) > 5 else word


@lru_cache(maxsize=512)
def _words_of(text: str) -> frozenset[str]:
    return frozenset(_stem(w) for w in re.findall(r"[^\W\d_]{4,}", fold(text)) if w not in _STOP)


def _core(code: Code) -> frozenset[str]:
    """Words a question about this code would use: two of them make a match."""
    return _words_of(f"{code.name} {code.definition} {code.include}")


_kept: list[tuple[Codebook, dict[str, frozenset[str]]]] = []
KEPT = 4


def _answers(codebook: Codebook) -> dict[str, frozenset[str]]:
    """What questions were about, of the codebooks used last: the same question is weighed once."""
    found = next((known for book, known in _kept if book is codebook), None)
    if found is None:
        found = {}
        _kept.append((codebook, found))
        del _kept[:-KEPT]
    return found


class Guide:
    """What each session asked: per code prompted, open to anything, or neither. No guide is open to anything."""

    def __init__(self, codebook: Codebook) -> None:
        self._codes = codebook.codes
        self._about = _answers(codebook)

    def about(self, text: str) -> frozenset[str]:
        """The codes that a question is about; none for an open question."""
        if text not in self._about:
            self._about[text] = frozenset(c.id for c in self._codes if asks_about(text, c))
        return self._about[text]

    def questions(self, session: Session) -> tuple[str, ...]:
        """The header's guide and the questions and headings in the document."""
        return session.guide + tuple(t.text for t in session.turns if t.kind == "prompt")

    def prompted(self, session: Session) -> frozenset[str]:
        """Codes that this session was asked about."""
        listed = re.split(r"[;,|\s]+", session.extra.get("topics_prompted", ""))
        asked = [self.about(q) for q in self.questions(session)]
        return frozenset(x for x in listed if x).union(*asked)

    def open(self, session: Session) -> bool:
        """Whether anything could have come up: no guide known, an open question, or a parking lot."""
        questions = self.questions(session)
        parked = any(t.parking_lot for t in session.turns)
        return not questions or parked or any(not self.about(q) for q in questions)
