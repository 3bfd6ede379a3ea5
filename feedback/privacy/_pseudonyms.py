"""What stands in a name's place: one placeholder a person in all sessions of a project, typed, and without the name.

A name is resolved (folded, titles off, nickname to full name, a single name to the only full name that has it) and hashed with
the project's key; the register maps that hash to a label and a number. Without the key nobody can ask whether a name is in it.
"""

# ruff: noqa: E501
from __future__ import annotations

import hashlib
import hmac
import json
import re
from collections.abc import Iterable, Mapping
from functools import cache

from feedback.errors import FeedbackError
from feedback.privacy._labels import KIN, KIN_LABELS, in_spanish
from feedback.privacy._lexicon import fold
from feedback.privacy._roster import nicknames
from feedback.privacy._types import Hit

__all__ = ["KIN_LABELS", "Pseudonyms", "age_band", "bare", "kin_of", "season"]

_TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|mister|dr|don|do[nñ]a|se[nñ]or(?:a|ita)?|sra?|srta|coach|pastor|officer|judge|nurse|uncle|aunt(?:ie|y)?|t[ií][ao]|titi|"
    r"grandma|grandpa|granny|nana|abuel(?:a|o|ita|ito)|cousin|sister|brother|maestr[ao]|licenciad[ao]|comadre|compadre|baby|mi|my|la|el|prim[ao]|herman[ao])\.?\s+)+"
)
_LABEL = {word: label for label, words in KIN.items() for word in words.split()}
_GOVERNS = re.compile(
    rf"(?:^|[^\w])(?P<kin>{'|'.join(sorted(_LABEL, key=len, reverse=True))})(?:'s name (?:is|was)|,? (?:named|called|llamad[ao])|,? (?:que )?se llama|,)?\s*$"
)
_PLAIN = {"phone": "PHONE", "email": "EMAIL", "handle": "HANDLE", "id": "ID", "url": "URL", "other": "DETAIL", "address": "ADDRESS"}
_YEAR = re.compile(r"(?:19|20)\d\d")
_MONTHS = {
    "jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12,
    "ene": 1, "abr": 4, "ago": 8, "dic": 12,
}  # fmt: skip
_SEASONS = ("winter", "winter", "spring", "spring", "spring", "summer", "summer", "summer", "fall", "fall", "fall", "winter")
BANDS = ((0, 5), (6, 11), (12, 14), (15, 17), (18, 21), (22, 25))


def bare(words: str) -> str:
    """Take titles and kinship words off a folded name."""
    return _TITLE.sub("", words)


@cache
def _full_of() -> dict[str, str]:
    """Short form -> the only full name it stands for; forms of several names stand for themselves."""
    found: dict[str, set[str]] = {}
    for name, short in nicknames().items():
        for s in short:
            found.setdefault(s, set()).add(name)
    return {s: next(iter(names)) for s, names in found.items() if len(names) == 1 and s not in nicknames()}


def kin_of(text: str, hit: Hit) -> str | None:
    """The label of the kinship or role word that governs a name ("my aunt Rosa"), in the span or just before it."""
    inside = fold(text[hit.start : hit.end]).split()
    if len(inside) > 1 and inside[0] in _LABEL:
        return _LABEL[inside[0]]
    if len(inside) > 2 and inside[0] in ("my", "mi", "la", "el", "su") and inside[1] in _LABEL:
        return _LABEL[inside[1]]
    before = _GOVERNS.search(fold(text[max(0, hit.start - 40) : hit.start]))
    return _LABEL[before["kin"]] if before else None


class Pseudonyms:
    """The register of a project's placeholders: keyed hashes to labels and numbers, never a name.

    `numbers` may be kept (`as_text`) and taken up again with the same `key`; new names get the next numbers, and who has a
    placeholder keeps it.
    """

    def __init__(self, key: bytes, numbers: Mapping[str, tuple[str, int]] | None = None) -> None:
        self._key = hashlib.sha256(b"feedback/pseudonyms/1" + key).digest()
        self._numbers: dict[str, tuple[str, int]] = dict(numbers or {})
        self._last: dict[str, int] = {}  # label -> highest number given
        for label, n in self._numbers.values():
            self._last[label] = max(n, self._last.get(label, 0))
        self._aliases: dict[str, str] = {}
        self._kin: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Pseudonyms({len(self._numbers)})"

    def as_text(self) -> str:
        """The register as JSON: hashes, labels, numbers."""
        return json.dumps({"version": 1, "numbers": self._numbers}, sort_keys=True)

    @classmethod
    def from_text(cls, text: str, *, key: bytes) -> Pseudonyms:
        """Take up a kept register. Raises FeedbackError where it is none."""
        try:
            rows = json.loads(text)["numbers"]
            return cls(key, {str(k): (str(v[0]), int(v[1])) for k, v in rows.items()})
        except (ValueError, KeyError, TypeError, IndexError):
            raise FeedbackError("the register of placeholders cannot be read; put it back from a safe copy") from None

    def learn(self, persons: Iterable[tuple[str, str | None]]) -> None:
        """Look at all persons of a screening before any placeholder is given: (words, whose `kin_of` label or None)."""
        full: set[str] = set()
        kin: dict[str, set[str]] = {}
        for said, label in persons:
            words = bare(fold(said))
            full.add(words)
            if label:
                kin.setdefault(words, set()).add(label)
        many: dict[str, set[str]] = {}
        for name in full:
            parts = name.split()
            if len(parts) > 1:
                for p in {parts[0], _full_of().get(parts[0], parts[0]), parts[-1]}:
                    many.setdefault(p, set()).add(self._long(name))
        self._aliases = {p: next(iter(names)) for p, names in many.items() if len(names) == 1}
        by: dict[str, set[str]] = {}
        for words, labels in kin.items():
            by.setdefault(self._resolve(words), set()).update(labels)
        self._kin = {name: next(iter(labels)) for name, labels in by.items() if len(labels) == 1}
        for short, name in sorted(self._aliases.items()):  # who was known by one name keeps the placeholder
            old, new = self._mark("PERSON", short), self._mark("PERSON", name)
            if old in self._numbers and new not in self._numbers:
                self._numbers[new] = self._numbers[old]

    def placeholder(self, hit: Hit, words: str, *, spanish: bool = False) -> str:
        """What stands in the place of a finding, in Spanish where its unit is; empty for disclosures."""
        made = self._made(hit, words)
        return in_spanish(made) if spanish else made

    def _made(self, hit: Hit, words: str) -> str:
        if hit.kind == "disclosure":
            return ""
        if hit.detector.startswith("ages"):
            return age_band(words)
        if hit.kind == "date":
            return season(words)
        if hit.kind in _PLAIN:
            return f"[{_PLAIN[hit.kind]}]"
        kind = {"person": "PERSON", "place": "PLACE"}.get(hit.kind) or _org(words)
        name = self._resolve(bare(fold(words))) if kind == "PERSON" else bare(fold(words))
        mark = self._mark(kind, name)
        if mark not in self._numbers:
            label = self._kin.get(name, kind) if kind == "PERSON" else kind
            self._last[label] = 1 + self._last.get(label, 0)
            self._numbers[mark] = (label, self._last[label])
        label, number = self._numbers[mark]
        return f"[{label}]" if label in KIN_LABELS and number == 1 else f"[{label} {number}]"

    def _mark(self, kind: str, name: str) -> str:
        return hmac.new(self._key, f"{kind}|{name}".encode(), hashlib.sha256).hexdigest()[:24]

    def _resolve(self, name: str) -> str:
        name = name.removesuffix("'s").removesuffix("s'")
        long = self._long(name)
        return self._aliases.get(name) or self._aliases.get(long) or long

    @staticmethod
    def _long(name: str) -> str:
        first, _, rest = name.partition(" ")
        return " ".join(x for x in (_full_of().get(first, first), rest) if x)


def _org(words: str) -> str:
    low = fold(words)
    if re.search(
        r"\b(?:middle|high|elementary|academy|continuation|hs|ms|charter|prep|college|school|escuela|primaria|secundaria|prepa(?:ratoria)?|colegio)\b", low
    ):
        return "SCHOOL"
    if re.search(r"\b(?:house|home|strtp|shelter|ranch|casa|hogar|albergue|lodge|villa|manor|vista)\b", low):
        return "GROUP HOME"
    return "ORGANIZATION"


def season(words: str) -> str:
    """A date as season and year, as far as it says."""
    low, year = fold(words), _YEAR.search(words)
    month = next((n for name, n in _MONTHS.items() if re.search(rf"\b{name}", low)), None)
    parts = re.findall(r"\d+", words)
    if month is None and len(parts) == 3:
        a, b = (int(parts[1]), 0) if len(parts[0]) == 4 else (int(parts[0]), int(parts[1]))
        month = a if 1 <= a <= 12 else b if 1 <= b <= 12 else None
    if year is None:
        return f"[DATE: {_SEASONS[month - 1]}]" if month else "[DATE]"
    return f"[DATE: {_SEASONS[month - 1]} {year.group()}]" if month else f"[DATE: {year.group()}]"


_WORDS = {w: n for n, row in enumerate((
    "zero cero", "one uno una", "two dos", "three tres", "four cuatro", "five cinco", "six seis", "seven siete", "eight ocho", "nine nueve", "ten diez",
    "eleven once", "twelve doce", "thirteen trece", "fourteen catorce", "fifteen quince", "sixteen dieciseis", "seventeen diecisiete", "eighteen dieciocho",
    "nineteen diecinueve", "twenty veinte", "twenty-one veintiuno veintiun", "twenty-two veintidos", "twenty-three veintitres", "twenty-four veinticuatro",
    "twenty-five veinticinco",
)) for w in row.split()}  # fmt: skip


def age_in(words: str) -> int | None:
    """The age that words state, in digits or as a word of either language."""
    low = fold(words)
    digits = re.search(r"\d{1,3}", low)
    if digits:
        return int(digits.group())
    return next((_WORDS[w] for w in re.findall(r"[a-z]+(?:-[a-z]+)?", low) if w in _WORDS), None)


def age_band(words: str) -> str:
    """An exact age as the band it lies in."""
    age = age_in(words)
    if age is None:
        return "[AGE]"
    band = next((f"{a}-{b}" for a, b in BANDS if a <= age <= b), "26 or more")
    return f"[AGE {band}]"
