"""Which words stand in which units: an index over what passed the gate, kept in the transaction that changes the words.

The same rows on SQLite and PostgreSQL, one a word and session. A unit that is held, withdrawn or replaced has no word here: its
session's rows are made anew, in the transaction that changes it, from what passed.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import sqlalchemy as sa

    from feedback.store import Store

__all__ = ["Wanted", "find", "fold", "held_words", "reindex", "spoken"]

LONGEST, MOST = 40, 12
_LAST = "\U0010ffff"
_TOKEN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]|[^\W_\u3040-\u30ff\u3400-\u9fff]+")
_QUOTED = re.compile(r'["“”«»]([^"“”«»]+)["“”«»]')


def fold(text: str) -> str:
    """Lower case without accents.

    >>> fold("Camión ÑANDÚ")
    'camion nandu'
    """
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def spoken(text: str) -> list[str]:
    """The words of a text as the index keeps them."""
    return [t[:LONGEST] for t in _TOKEN.findall(fold(text))]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What somebody looks for: every word has to be there (or begin so), and every phrase as it stands."""

    words: tuple[str, ...]
    phrases: tuple[str, ...]

    @classmethod
    def parse(cls, said: str) -> Wanted:
        """Read a search: words, and phrases in quotation marks."""
        phrases = tuple(" ".join(spoken(m)) for m in _QUOTED.findall(said))
        return cls(tuple(dict.fromkeys(spoken(said)))[:MOST], tuple(p for p in phrases if " " in p))

    def fits(self, text: str) -> bool:
        """Whether a text that has the words has the phrases, too."""
        said = f" {' '.join(spoken(text))} " if self.phrases else ""
        return all(f" {p} " in said for p in self.phrases)


def find(store: Store, wanted: Wanted) -> dict[str, set[int]]:
    """Session -> units in which every word stands. A word is found by its beginning, a plural by its singular, too."""
    t = store._t.word
    found: dict[str, set[int]] | None = None
    with store._engine.connect() as db:
        for word in wanted.words:
            here: dict[str, set[int]] = {}
            for low, high in _ranges(word):
                where = (t.c.word == low) if high is None else (t.c.word >= low) & (t.c.word < high)
                for row in db.execute(t.select().where(where)):
                    if found is None or row.session in found:
                        here.setdefault(row.session, set()).update(map(int, row.at.split(",")))
            found = here if found is None else {s: both for s, at in here.items() if (both := at & found[s])}
            if not found:
                break
    return found or {}


def held_words(store: Store) -> tuple[str, ...]:
    """What was read of units held as disclosures or removed by decision: to know it again where somebody types it."""
    import sqlalchemy as sa

    t = store._t.unit.c
    held = t.withheld.like("held%") | t.withheld.like("removed%")
    with store._engine.connect() as db:
        return tuple(db.execute(sa.select(t.raw).where(t.raw != "", held).order_by(t.session, t.index)).scalars())


def reindex(db: sa.Connection, tables: Any, sessions: Iterable[str]) -> None:
    """Make the index of some sessions anew from what passed the gate."""
    import sqlalchemy as sa

    unit, word = tables.unit, tables.word
    for session in sessions:
        db.execute(word.delete().where(word.c.session == session))
        passed = sa.select(unit.c.index, unit.c.text).where(
            unit.c.session == session, unit.c.text.is_not(None), unit.c.withheld.is_(None)
        )
        at: dict[str, list[int]] = {}
        for index, text in db.execute(passed.order_by(unit.c.index)):
            for said in dict.fromkeys(spoken(text)):
                at.setdefault(said, []).append(index)
        if at:
            db.execute(word.insert(), [
                {"word": said, "session": session, "at": ",".join(map(str, where))} for said, where in sorted(at.items())
            ])  # fmt: skip


def _ranges(word: str) -> list[tuple[str, str | None]]:
    """What to look up for a word: (from, to) of beginnings that do not overlap, or (word, None) for one letter."""
    if len(word) < 2:
        return [(word, None)]
    stems = {word}
    if word.endswith("s") and len(word) > 3:
        stems.add(word[:-1])
        if word.endswith("es") and len(word) > 4:
            stems.add(word[:-2])
        if word.endswith("ies") and len(word) > 5:
            stems.add(word[:-3] + "y")
    least = [s for s in stems if not any(s != o and s.startswith(o) for o in stems)]
    return [(s, s + _LAST) for s in sorted(least)]
