"""Names an organisation knows: exact, folded, by nickname, by sound, within one edit, written apart or together.

Of the names only salted keyed hashes are held: of each part, its nicknames, its sound, and its forms with one letter left out.
What is said is hashed the same way and looked up; the list itself can neither be printed nor read back without the key.
"""

# ruff: noqa: E501
from __future__ import annotations

import hashlib
import json
import re
import secrets
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from feedback.errors import FeedbackError, ReadError
from feedback.privacy._lexicon import fold, lexicon
from feedback.privacy._tokens import Token, tokens
from feedback.privacy._types import Hit

__all__ = ["DETECTOR", "Roster", "nicknames", "read_roster"]

DETECTOR = "roster@2"
KINDS = ("word", "near", "sound", "phrase", "full")
PLACES_FILE = Path(__file__).with_name("nicknames.txt")
_PLACE = frozenset(re.findall(r"\w+", (
    "school high middle elementary academy college home house center centre church shelter ranch clinic hospital motel inn lodge villa program services "
    "escuela primaria secundaria preparatoria casa hogar iglesia parroquia albergue centro clinica de del el la los las of the and y"
)))  # fmt: skip
_SOUND = tuple((re.compile(p), by) for p, by in (
    (r"ph", "f"), (r"ght", "t"), (r"^(?:kn|gn|pn)", "n"), (r"^wr", "r"), (r"sch|sh|ch|tch", "x"), (r"ck|c(?=[aouklrt]|$)|qu|q", "k"), (r"c(?=[eiy])|z", "s"),
    (r"^x", "s"), (r"^j(?=[aeiou])|^h(?=[aeiou])|^g(?=[ei])", "h"), (r"ll|y", "i"), (r"w|v|b", "b"), (r"h", ""), (r"(.)\1+", r"\1"),
))  # fmt: skip


@cache
def nicknames() -> dict[str, tuple[str, ...]]:
    """Full name -> what people call them, in both languages, folded."""
    lines = PLACES_FILE.read_text(encoding="utf-8").splitlines()
    rows = (line.partition(":") for line in lines if line and not line.startswith("#"))
    return {name.strip(): tuple(short.split()) for name, _, short in rows}


@cache
def _longer() -> dict[str, tuple[str, ...]]:
    out: dict[str, list[str]] = {}
    for name, short in nicknames().items():
        for s in short:
            out.setdefault(s, []).append(name)
    return {s: tuple(names) for s, names in out.items()}


def _sound(word: str) -> str:
    for pattern, by in _SOUND:
        word = pattern.sub(by, word)
    return word[:1] + re.sub(r"[aeiou]", "", word[1:])


def _deletions(word: str) -> set[str]:
    return {word[:i] + word[i + 1 :] for i in range(len(word))}


def _swaps(word: str) -> set[str]:
    return {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}


def _parts(name: str) -> list[str]:
    return [p for p in re.split(r"[^\w]+", fold(name).replace("'", "")) if p and not p.isdigit()]


def names_in(text: str) -> list[str]:
    """The names of a list as people keep it: one a line, or a table whose cells are names (commas, semicolons, tabs)."""
    cells = re.split(r"[\n,;\t|]", text)
    return [c.strip().strip('"') for c in cells if re.search(r"[^\W\d_]{2,}", c)]


def read_roster(names: str | Path | Iterable[str], *, key: bytes | None = None) -> Roster:
    """Take names from an iterable or a text file (one a line, or in cells). Raises ReadError where it is no text."""
    if not isinstance(names, (str, Path)):
        return Roster(names, key=key)
    path = Path(names)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise ReadError("the roster cannot be read as text", file=path.name, remedy="Save it as UTF-8, one name a line.") from None
    return Roster(names_in(text), key=key)


class Roster:
    """Names that an organisation knows, as keyed hashes only; `in` and `find` say whether words are or resemble one.

    Without a `key` a fresh one is drawn, and the hashes are worth nothing after the run. `count` is how many names.
    """

    def __init__(self, names: Iterable[str] = (), *, key: bytes | None = None) -> None:
        self._key = hashlib.blake2b(b"feedback/roster/1" + (key or secrets.token_bytes(32)), digest_size=32).digest()
        self._sets: dict[str, set[str]] = {kind: set() for kind in KINDS}
        self.count = 0
        self._longest = 1
        self._seen: dict[str, bool] = {}
        for name in names:
            self._add(name)

    def __repr__(self) -> str:
        return f"Roster({self.count} names, hashed)"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Roster) and self._key == other._key and self._sets == other._sets

    __hash__ = None  # type: ignore[assignment]

    def __len__(self) -> int:
        return self.count

    def _add(self, name: str) -> None:
        parts = _parts(name)
        if not parts:
            return
        self.count += 1
        self._longest = max(self._longest, len(parts))
        self._keep("phrase", " ".join(parts))
        if len(parts) > 1 and len("".join(parts)) > 5:
            self._keep("word", "".join(parts))
        place = bool(_PLACE.intersection(parts)) and len(parts) > 1
        named = [p for p in parts if len(p) > 1 and p not in _PLACE and not (place and self._everyday(p))]
        for part in named:
            for word in {part, *nicknames().get(part, ()), *(_longer().get(part, ()) if len(part) > 2 else ())}:
                self._keep("word", word)
                if len(word) > 3:
                    for form in _deletions(word) | _swaps(word):
                        self._keep("near", form)
                    if len(_sound(word)) > 2:
                        self._keep("sound", _sound(word))
        if len(named) > 1 and not place:
            for one, other in pairwise(named):
                for form in {one} | _deletions(one) | _swaps(one):
                    self._keep("full", f"{form} {other}")
                for form in _deletions(other) | _swaps(other):
                    self._keep("full", f"{one} {form}")

    def _keep(self, kind: str, value: str) -> None:
        self._sets[kind].add(self._hash(kind, value))

    def _hash(self, kind: str, value: str) -> str:
        return hashlib.blake2b(f"{kind}|{value}".encode(), key=self._key, digest_size=9).hexdigest()

    def _has(self, kind: str, value: str) -> bool:
        return self._hash(kind, value) in self._sets[kind]

    def as_text(self) -> str:
        """The hashes as JSON: what may be kept of a list of names."""
        return json.dumps(
            {"version": 1, "check": self._hash("check", ""), "count": self.count, "longest": self._longest, **{k: sorted(v) for k, v in self._sets.items()}}
        )

    @classmethod
    def from_text(cls, text: str, *, key: bytes) -> Roster:
        """Take up kept hashes; `key` must be the one they were made with. Raises FeedbackError where it is no roster."""
        made = cls(key=key)
        try:
            found: dict[str, Any] = json.loads(text)
            made.count, made._longest = int(found["count"]), int(found["longest"])
            made._sets = {kind: set(found[kind]) for kind in KINDS}
            same = found["check"] == made._hash("check", "")
        except (ValueError, KeyError, TypeError):
            raise FeedbackError("what was kept of the roster cannot be read; give the list again") from None
        if not same:
            raise FeedbackError("the roster was kept with another key, so that nothing could be found by it; give the list again")
        return made

    @staticmethod
    def _everyday(word: str) -> bool:
        lex = lexicon()
        return word in _PLACE or (lex.listed(word) and word not in lex.first)

    def __contains__(self, word: str) -> bool:
        if word not in self._seen:
            self._seen[word] = self._known(word)
        return self._seen[word]

    def _known(self, word: str) -> bool:
        parts = {word.replace("'", ""), *word.split("-"), word.removesuffix("'s"), word.removesuffix("s'")}
        if any(self._has("word", p) for p in parts if p):
            return True
        return len(word) > 3 and not lexicon().listed(word) and self._resembles(word)

    def _resembles(self, word: str) -> bool:
        sound = _sound(word)
        if (len(sound) > 2 and self._has("sound", sound)) or self._edited(word):
            return True
        return word.endswith("s") and self._has("word", word[:-1])

    def _edited(self, word: str) -> bool:
        """Whether a word is one letter more, less, other, or two letters swapped, away from a known name."""
        if len(word) > 2 and self._has("near", word):
            return True
        if any(self._has("word", v) for v in _deletions(word)):
            return True
        return len(word) > 3 and any(self._has("near", v) for v in _deletions(word))

    def _perhaps(self, tok: Token) -> bool:
        """Whether an everyday word is within one edit of a known name, and stands as a name or is seldom."""
        lex, word = lexicon(), tok.folded
        en, _, es, _ = lex.numbers(word)
        most, plain = max(en, es), word in lex.domain or word in lex.glossary
        called = word in lex.first or word in lex.ambiguous  # an everyday word that is somebody's name as well
        seldom = not plain and most < (12 if called else 10)
        named = tok.capital and (not tok.first if plain else most < 13) and (called or not tok.public)
        return len(word) > 3 and (seldom or named) and self._edited(word)

    def find(self, toks: Sequence[Token]) -> Iterator[Hit]:
        """Yield every word that is or resembles a known name, every known phrase in full, and full names misspelled."""
        words = [t.folded.replace("'", "") for t in toks]
        near = [self._near_enough(t) for t in toks]
        for i, tok in enumerate(toks):
            if tok.folded in self and (len(tok.word) > 2 or tok.capital or not tok.ordinary):
                yield Hit(tok.start, tok.end, "person", DETECTOR, 1.0)
            elif self._perhaps(tok):
                yield Hit(tok.start, tok.end, "person", DETECTOR, 0.6)
            if i + 1 == len(toks):
                break
            after = toks[i + 1]
            if after.gap in (" ", "-", ". "):
                if (self._has("word", words[i] + words[i + 1]) and not (tok.ordinary and after.ordinary and len(words[i]) < 3)) or (after.gap in (" ", "-") and self._misspelled(words[i], words[i + 1], sure=max(near[i], near[i + 1]))):
                    yield Hit(tok.start, after.end, "person", DETECTOR, 1.0)
                if near[i] and near[i + 1] and (near[i] == 2 or near[i + 1] == 2) and not (tok.public or after.public):
                    yield Hit(tok.start, after.end, "person", DETECTOR, 1.0)
        for n in range(2, self._longest + 1):
            for i in range(len(words) - n + 1):
                if self._has("phrase", " ".join(words[i : i + n])):
                    yield Hit(toks[i].start, toks[i + n - 1].end, "person", DETECTOR, 1.0)

    def _misspelled(self, one: str, other: str, *, sure: int) -> bool:
        """Whether two words are a known full name with one part within one edit, even where that part is an everyday word."""
        if sure < 2:
            return False
        ones, others = {one} | _deletions(one), {other} | _deletions(other)
        return any(self._has("full", f"{a} {other}") for a in ones) or any(self._has("full", f"{one} {b}") for b in others)

    def _near_enough(self, tok: Token) -> int:
        """2: a known name; 1: within one edit or by sound of one; 0: neither."""
        word = tok.folded
        if word in self:
            return 2
        en, _, es, _ = lexicon().numbers(word)
        if len(word) < 3 or not ((tok.capital and not tok.first) or max(en, es) < 10):
            return 0
        return int(self._edited(word) or (len(_sound(word)) > 2 and self._has("sound", _sound(word))))


def on_roster(text: str, roster: Roster | None) -> bool:
    """Whether words hold a name of the roster, for short texts that are not screened otherwise."""
    return roster is not None and any(hit.score >= 1.0 for hit in roster.find(tokens(text)))
