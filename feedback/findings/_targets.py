"""Who was heard against who should be: a targets file beside the sessions that were held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.corpus import Corpus, Session
from feedback.errors import Problem, TableError
from feedback.findings._count import DIMENSIONS
from feedback.findings._tables import Rows, parse_table, read_table
from feedback.privacy import Settings, people_behind, sums_tell

if TYPE_CHECKING:
    import pandas as pd

COVERAGE_COLUMNS = ("dimension", "value", "wanted", "held", "short", "people_wanted", "people", "note")


@dataclass(frozen=True, slots=True)
class Target:
    """How many sessions (and people, where said) one group should have been given."""

    dimension: str
    value: str
    sessions: int
    people: int | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Targets:
    """A targets file: rows of dimension (audience, language, spa, month, kind), value, sessions; people and note may follow."""

    values: tuple[Target, ...] = ()

    @classmethod
    def load(cls, path: str | Path) -> Targets:
        """Read a CSV with the columns dimension, value, sessions; raises TableError with every problem and its line."""
        return cls._of(read_table(path, required=("dimension", "value", "sessions")), Path(path).name)

    @classmethod
    def parse(cls, text: str, *, name: str = "targets.csv") -> Targets:
        """The same from text."""
        return cls._of(parse_table(text, name=name, required=("dimension", "value", "sessions")), name)

    @classmethod
    def _of(cls, rows: Rows, name: str) -> Targets:
        problems: list[Problem] = []
        values, seen = [], set()
        for line, row in rows:
            where, key = f"line {line}", (row["dimension"].casefold(), row["value"])
            if key[0] not in DIMENSIONS:
                problems.append(Problem(name, where, "has no such dimension.", f"Write one of: {', '.join(DIMENSIONS)}."))
            elif not row["value"] or not row["sessions"].isdigit():
                problems.append(Problem(name, where, "needs a value and a whole number of sessions."))
            elif row.get("people") and not row["people"].isdigit():
                problems.append(Problem(name, where, "has a number of people that is not a whole number."))
            elif key in seen:
                problems.append(Problem(name, where, "names a group that stands above already."))
            else:
                seen.add(key)
                people = int(row["people"]) if row.get("people") else None
                values.append(Target(*key, int(row["sessions"]), people, row.get("note", "")))
        if problems:
            raise TableError(problems)
        return cls(tuple(values))


@dataclass(frozen=True, slots=True)
class Reach:
    """One row of the comparison: sessions wanted and held, people where the number may be shown."""

    dimension: str
    value: str
    wanted: int | None
    held: int
    people_wanted: int | None = None
    people: int | None = None
    note: str = ""

    @property
    def short(self) -> int:
        """Sessions still missing."""
        return max(0, (self.wanted or 0) - self.held)


@dataclass(frozen=True, slots=True)
class Coverage:
    """Who was heard against who should be; rows in the order of the targets, then groups nobody set a target for."""

    rows: tuple[Reach, ...]

    @property
    def missing(self) -> tuple[Reach, ...]:
        """Rows that fall short, the emptiest first."""
        return tuple(sorted((r for r in self.rows if r.short), key=lambda r: (r.held / (r.wanted or 1), r.dimension, r.value)))

    def frame(self) -> pd.DataFrame:
        """One row a group; columns `COVERAGE_COLUMNS`. `people` is NA where it may not be shown or no target asks for it."""
        import pandas as pd

        rows = [tuple(getattr(r, c) for c in COVERAGE_COLUMNS) for r in self.rows]
        whole = ("wanted", "held", "short", "people_wanted", "people")
        return pd.DataFrame(rows, columns=list(COVERAGE_COLUMNS)).astype(dict.fromkeys(whole, "Int64"))


def coverage(corpus: Corpus, targets: Targets, *, settings: Settings | None = None) -> Coverage:
    r"""Set the sessions that were held beside those that were wanted.

    >>> coverage(Corpus(), Targets.parse("dimension,value,sessions\naudience,youth,3")).rows[0].short
    3
    """
    s = settings or Settings()
    rows, asked = [], [(t.dimension, t.value) for t in targets.values if t.people is not None]
    for t in targets.values:
        found = [x for x in corpus if t.value in values_of(x, t.dimension)]
        shown = people_shown(corpus, s, asked).get((t.dimension, t.value)) if t.people is not None else None
        rows.append(Reach(t.dimension, t.value, t.sessions, len(found), t.people, shown, t.note))
    for dimension in dict.fromkeys(t.dimension for t in targets.values):
        named = {t.value for t in targets.values if t.dimension == dimension}
        others = sorted({v for x in corpus for v in values_of(x, dimension)} - named)
        rows += [Reach(dimension, v, None, sum(v in values_of(x, dimension) for x in corpus)) for v in others]
    return Coverage(tuple(rows))


def people_shown(corpus: Corpus, settings: Settings, asked: Iterable[tuple[str, str]] = ()) -> Mapping[tuple[str, str], int]:
    """Head counts that may be shown: of all (`("all", "")`), of each audience, and of the groups asked for.

    A number of people stands for at least as many as the threshold, and what can be worked out from all of them together
    (all less the other audiences) does too: where one small audience is left out, so is another, or the total.
    """
    audiences = {s.audience or "not said" for s in corpus}
    groups = {("audience", a): frozenset(s.id for s in corpus if (s.audience or "not said") == a) for a in audiences}
    groups |= {(d, v): frozenset(s.id for s in corpus if v in values_of(s, d)) for d, v in asked if (d, v) not in groups}
    heads = {s.id: s.participants for s in corpus}
    sizes = {key: people_behind([heads[i] for i in ids]) for key, ids in groups.items()}
    out: dict[tuple[str, str], int] = {}
    known: list[frozenset[str]] = []
    order = sorted(groups, key=lambda k: (k[0] != "audience", -sizes[k], k))
    for key, ids in [(("all", ""), frozenset(heads)), *((k, groups[k]) for k in order)]:
        size = people_behind([heads[i] for i in ids])
        if size >= settings.people and not sums_tell([*known, ids], list(groups.values()), heads, settings):
            out[key] = size
            known.append(ids)
    return out


def values_of(session: Session, dimension: str) -> tuple[str, ...]:
    """The groups of a dimension that a session belongs to, as a targets file writes them (`6` for SPA 6)."""
    found: Iterable[str | None]
    if dimension == "language":
        found = session.languages
    elif dimension == "spa":
        found = (str(session.spa) if session.spa else None,)
    elif dimension == "kind":
        found = ({True: "recorded", False: "notes"}.get(session.recorded) if session.recorded is not None else None,)
    else:
        found = (getattr(session, dimension),)
    return tuple(v for v in found if v)
