"""Small cells: which counts of sessions may be shown, so that nobody can be told from them, nor by subtraction.

The rule counts people: a figure about sessions is shown where the sessions behind it hold at least 11 participants and
are at least 2, and likewise the other sessions of the group (or there are none). A head count that is not known counts as
nobody. Source: CalHHS Data De-Identification Guidelines (11 people), carried over to sessions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

__all__ = ["Count", "Settings", "enough", "may_show", "people_behind", "shows_column", "sums_tell", "unanimous"]


@dataclass(frozen=True, slots=True)
class Settings:
    """Thresholds: people and sessions behind a cell, sessions and people behind a subgroup's column."""

    people: int = 11
    sessions: int = 2
    column_sessions: int = 3
    column_people: int = 11

    def __str__(self) -> str:
        return (
            f"numbers are shown where the sessions behind them are none, or at least {self.sessions} with at least "
            f"{self.people} participants, and so are the other sessions; groups from {self.column_sessions} sessions and "
            f"{self.column_people} participants on; sessions without a head count count as nobody"
        )


@dataclass(frozen=True, slots=True)
class Count:
    """One cell: head counts of the sessions it was heard in, and of the group's other sessions. None is not known."""

    inside: tuple[int | None, ...]
    outside: tuple[int | None, ...]

    @property
    def sessions(self) -> int:
        """Sessions in the cell."""
        return len(self.inside)

    @property
    def base(self) -> int:
        """Sessions it could have come up in."""
        return len(self.inside) + len(self.outside)


def people_behind(heads: Sequence[int | None]) -> int:
    """Add up head counts; one that is not known counts as nobody."""
    return sum(h or 0 for h in heads)


def enough(heads: Sequence[int | None], settings: Settings) -> bool:
    """Whether these sessions are as many, and hold as many people, as may be told of together."""
    return len(heads) >= settings.sessions and people_behind(heads) >= settings.people


def may_show(count: Count, settings: Settings) -> bool:
    """Whether the figure may be shown: nobody in it, or enough people and sessions both in it and out of it."""
    if not count.inside:
        return True
    return enough(count.inside, settings) and (not count.outside or enough(count.outside, settings))


def shows_column(heads: Sequence[int | None], settings: Settings) -> bool:
    """Whether a subgroup may have a column of its own."""
    return len(heads) >= settings.column_sessions and people_behind(heads) >= settings.column_people


def unanimous(count: Count, sensitivity: str) -> bool:
    """Whether all said a sensitive thing: then "most or all" is printed instead of the number."""
    return sensitivity != "standard" and bool(count.inside) and not count.outside


def sums_tell(
    known: Sequence[frozenset[str]], groups: Sequence[frozenset[str]], heads: Mapping[str, int | None], settings: Settings
) -> bool:
    """Whether head counts of these sets of sessions, added and taken from one another, give away that of too few people.

    Looked at are the groups, single sessions, and sessions that no set tells apart; sessions without a head count count as
    nobody and tell nothing.
    """
    import numpy as np

    alike: dict[tuple[bool, ...], set[str]] = {}
    for n in sorted({s for ids in known for s in ids}):
        alike.setdefault(tuple(n in ids for ids in known), set()).add(n)
    if not alike:
        return False
    table = np.array(list(alike), float).T  # a column for sessions that no set tells apart: only all of them can be told
    span = np.linalg.pinv(table) @ table
    place = {n: k for k, several in enumerate(alike.values()) for n in several}
    sizes = [len(several) for several in alike.values()]
    small = {*groups, *(frozenset({n}) for n in place), *(frozenset(x) for x in alike.values())}
    small |= {a - b for a in known for b in known if b < a}
    for ids in small:
        if ids and all(n in place for n in ids) and 0 < people_behind([heads[i] for i in ids]) < settings.people:
            held = np.bincount([place[n] for n in ids], minlength=len(sizes))
            wanted = (held > 0).astype(float)
            if (held == wanted * sizes).all() and float(np.abs(span @ wanted - wanted).max()) < 1e-8:
                return True
    return False
