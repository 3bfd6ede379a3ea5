"""Sessions that were withdrawn: out of every part, index and table, kept out when their source is read again, with a receipt."""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from feedback.archive._columns import Columns, pack_codings, pack_corpus, pack_table, unpack_codings, unpack_corpus
from feedback.archive._kept import Piecework, mark
from feedback.corpus import Session
from feedback.errors import Problem

__all__ = ["LATER", "Gone", "corpus_without", "left_of", "rows_without", "words_left"]

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
STANDS = "a session that was withdrawn stands in it; it was not read again."


@dataclass(frozen=True)
class Gone:
    """Which sessions are gone (salted hashes, never their codes), and what became of the parts they stood in."""

    salt: str = ""
    marks: frozenset[str] = frozenset()
    parts: Mapping[str, str] = field(default_factory=dict)  # name that a part's content gives -> its name now; "" where it is empty

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Gone:
        """Take them out of the table of contents."""
        kept = said.get("gone", {})
        return cls(kept.get("salt", ""), frozenset(kept.get("marks", ())), kept.get("parts", {}))

    def said(self) -> dict[str, Any]:
        """As the table of contents keeps it."""
        return {"salt": self.salt, "marks": sorted(self.marks), "parts": dict(sorted(self.parts.items()))}

    def joined_by(self, idents: Iterable[str]) -> Gone:
        """These and further sessions."""
        salted = self if self.salt else replace(self, salt=secrets.token_hex(16))
        return replace(salted, marks=salted.marks | {salted._mark(i) for i in idents})

    def renamed(self, old: str, new: str) -> Gone:
        """The same, with a part under another name."""
        known = {k: new if v == old else v for k, v in self.parts.items()}
        return replace(self, parts=known if old in self.parts.values() else {**known, old: new})

    def name_of(self, name: str) -> str:
        """What a part with this content is called now; "" where nothing is left of it."""
        return self.parts.get(name, name)

    def left(self, sessions: Iterable[Session], problems: list[Problem]) -> list[Session]:
        """The sessions that are not gone; where one is met again, a problem says so."""
        if not self.marks:
            return list(sessions)
        out = []
        for session in sessions:
            if self._mark(session.id) in self.marks:
                problems.append(Problem(session.file, "", STANDS, "Delete it there."))
            else:
                out.append(session)
        return out

    def _mark(self, ident: str) -> str:
        return hashlib.sha256(f"{self.salt}|{ident}".encode("utf-8", "surrogatepass")).hexdigest()[:24]


def left_of(part: Piecework, places: Collection[int]) -> Piecework:
    """A part without the sessions at these places, under a name of its own; the others keep their numbers and offsets."""
    base, _, last = part.name.rpartition("-")
    sessions = tuple(s for i, s in enumerate(part.sessions) if i not in places)
    return Piecework(f"{base}-{mark('without', last, sorted(places))[:6]}" if sessions else "", part.source, sessions)


def corpus_without(path: Path, places: Collection[int]) -> bytes:
    """Packed sessions as they were read, without those at these places and without what was said of their files."""
    corpus, offsets = unpack_corpus(path)
    files = {s.file for i, s in enumerate(corpus) if i in places} - {s.file for i, s in enumerate(corpus) if i not in places}
    kept = tuple(s for i, s in enumerate(corpus) if i not in places)
    problems = tuple(p for p in corpus.problems if p.file not in files)
    before = [n for i, n in enumerate(offsets) if i not in places]
    return pack_corpus(replace(corpus, values=kept, problems=problems), offsets=before)


def rows_without(rows: Iterable[Any], idents: Collection[str]) -> list[Any]:
    """Findings by address, without these sessions'."""
    return [r for r in rows if _session(r[0]) not in idents]


def codings_without(path: Path, idents: Collection[str]) -> bytes:
    """Codings without these sessions'."""
    codings, said = unpack_codings(path)
    kept = [c for c in codings if _session(c.ref) not in idents]
    return pack_codings(kept, {ref: d for ref, d in said.items() if _session(ref) not in idents})


def vectors_without(path: Path, idents: Collection[str]) -> bytes:
    """Vectors without these sessions' units."""
    with Columns(path) as table:
        refs, stay = _staying(table, idents)
        return pack_table(table.head(), texts={"ref": refs}, arrays={"vectors": table.array("vectors")[stay]})


def places_without(path: Path, idents: Collection[str]) -> bytes:
    """Topics of units without these sessions'."""
    with Columns(path) as table:
        refs, stay = _staying(table, idents)
        words = {name: [table.word(name)[i] for i in stay] for name in ("session", "audience")}
        arrays = {name: table.array(name)[stay] for name in ("topic", "fit", "well")}
        return pack_table(table.head(), texts={"ref": refs}, words=words, arrays=arrays)


Without = Callable[[Path, Collection[str]], bytes]
LATER: Mapping[str, tuple[str, Without]] = {
    "tag": ("codings", codings_without), "embed": ("vectors", vectors_without), "place": ("places", places_without),
}  # fmt: skip


def words_left(topics: Iterable[Any], said: Collection[str]) -> list[list[Any]]:
    """Topics (model's number, number, label, words) without words that nobody says any more, in labels too."""
    out = []
    for model, number, label, words in topics:
        kept = [w for w in words if w in said]
        stands = all(w in said for w in _WORD.findall(label.lower()))
        out.append([model, number, label if stands else ", ".join(kept[:3]) or f"topic {number}", kept])
    return out


def _staying(table: Columns, idents: Collection[str]) -> tuple[list[str], list[int]]:
    refs = table.text("ref")
    stay = [i for i, ref in enumerate(refs) if _session(ref) not in idents]
    return [refs[i] for i in stay], stay


def _session(ref: str) -> str:
    return ref.rpartition("#")[0] if "#" in ref else ref
