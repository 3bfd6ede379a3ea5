"""One row of the table at a time: count sessions per group, then let the suppression engine hide."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any

from feedback.codebook import Code
from feedback.findings._count import DIMENSIONS, counted
from feedback.findings._joint import TOTAL, Grounds, Key, Worlds
from feedback.findings._types import ALL, UNKNOWN, Cell, Mention, Settings
from feedback.privacy import Count, may_show, people_behind, shows_column, unanimous

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

AUDIENCE = "audience"
MOST = 8  # cells refused in a table, after which its smaller ones are hidden unsearched
Heads = Mapping[str, int | None]  # session -> head count
FAMILIES = (
    ("prompted", "unasked"),
    ("speakers",),
    ("needs",),
    ("needs_prompted", "needs_unasked"),
    ("assets",),
    ("refusals",),
    ("own", "about_youth"),
)


def wilson(k: int, n: int) -> tuple[float, float]:
    """Wilson 95% bounds of k of n, as shares: how far a count of few sessions reaches; not a test."""
    if n == 0:
        return 0.0, 1.0
    z = 1.959963984540054
    p, d = k / n, 1 + z * z / n
    mid, half = p + z * z / (2 * n), z * sqrt(p * (1 - p) / n + z * z / (4 * n * n))
    return max(0.0, min(p, (mid - half) / d)), min(1.0, max(p, (mid + half) / d))


def band_of(sessions: int, base: int) -> str:
    """Words for an amount: few (under a quarter), some (to half), many (to three quarters), most (above)."""
    if sessions == 0:
        return "none"
    if sessions == 1:
        return "in one session"
    share = sessions / base
    return "few" if share < 0.25 else "some" if share <= 0.5 else "many" if share <= 0.75 else "most"


class Rows:
    """The table's rows for one grouping, held against the tables by all others.

    `tables` are the groups of every grouping with the sessions of each, `everyone` all sessions, `could` the sessions a code
    could have come up in, `also` further groups to hide, by code; `may_quote` sessions whose words may be printed.
    """

    def __init__(
        self, by: str | None, tables: Mapping[str, Mapping[str, Heads]], everyone: Heads, *, could: Mapping[str, frozenset[str]],
        settings: Settings, private: bool, also: Mapping[str, frozenset[str]] | None = None,
        may_quote: frozenset[str] = frozenset(),
    ) -> None:  # fmt: skip
        self.also, self.may_quote = dict(also or {}), may_quote
        self.by, self.tables, self.everyone, self.could = by, tables, everyone, could
        self.groups: Mapping[str, Heads] = tables[by] if by else {}
        self.settings, self.private = settings, private
        self.wide = {(dim, g) for dim, t in tables.items() for g, h in t.items() if shows_column(tuple(h.values()), settings)}
        self.columns = frozenset(g for dim, g in self.wide if dim == by)
        self.grounds = Grounds(tables, everyone)

    def hide(self, code: str, groups: frozenset[str]) -> None:
        """Further groups to hide of a code."""
        if groups and not self.private:
            self.also[code] = self.also.get(code, frozenset()) | groups

    def of(self, code: Code, mentions: Sequence[Mention]) -> tuple[tuple[Cell, ...], frozenset[str]]:
        """The cells of a code, "all" first, as they may be shown; and the sessions that may all be quoted for it."""
        could = self.could.get(code.id, frozenset())
        raw = {g: _Raw([m for m in mentions if m.group == g], h, could) for g, h in self.groups.items()}
        total = _Raw(mentions, self.everyone, could)
        if self.private:
            every = frozenset(name for family in FAMILIES for name in family)
            rows = [self._cell(code, ALL, total, hidden=False, fine=every)]
            return (*rows, *(self._cell(code, g, raw[g], hidden=False, fine=every) for g in raw)), frozenset(total.heard)
        worlds = self._decided(code, mentions, total)
        if ALL in self.also.get(code.id, ()) or worlds is None:
            return tuple(self._cell(code, g, r, hidden=True, fine=frozenset()) for g, r in {ALL: total, **raw}.items()), frozenset()
        hidden = {g for g in raw if (self.by, g) not in worlds.shown}
        rows = [self._cell(code, ALL, total, hidden=False, fine=self._fine([total], worlds, {ALL: total}))]
        first = self.by in (None, DIMENSIONS[0])  # finer counts by group stand in one table only, so that none can be set off
        everywhere = self._fine(list(raw.values()), worlds, {ALL: total, **raw}) if not hidden and first else frozenset()
        rows += [self._cell(code, g, raw[g], hidden=g in hidden, fine=everywhere) for g in raw]
        return tuple(rows), self._quotable(code, worlds, total)

    def _decided(self, code: Code, mentions: Sequence[Mention], total: _Raw) -> Worlds | None:
        """Show the total, then table after table, large groups first, as long as all that is hidden stays open; None: nothing."""
        import numpy as np

        grounds, told = self.grounds, list[Key]()
        heard, base = np.zeros(len(grounds.names), bool), np.zeros(len(grounds.names), bool)
        could = self.could.get(code.id, frozenset())
        said = {(m.session, None) for m in mentions} | {(m.session, (AUDIENCE, m.audience or UNKNOWN)) for m in mentions}
        named = {(m.session, (AUDIENCE, m.audience or UNKNOWN)) for m in mentions if counted(m.standing)}
        for i, (session, part) in enumerate(grounds.names):
            heard[i] = session in total.heard if part is None else (session, part) in named
            base[i] = session in could or (session, part) in said
        while True:
            worlds = Worlds(grounds, heard, base, self.settings)
            if not worlds.fit(worlds.mask(TOTAL)) or unanimous(total.count(), code.sensitivity):
                return None
            never = {k for k in grounds.masks if k != TOTAL and self._never(code, k, worlds)} | set(told)
            for key in sorted(never):
                worlds.hide(key)
            if not worlds.add(TOTAL):
                return None
            for dim, groups in self.tables.items():
                left = [(dim, g) for g in groups if (dim, g) not in never]
                refused = 0
                for key in sorted(left, key=lambda k: (-int(worlds.mask(k).sum()), k)):
                    if refused == MOST:
                        worlds.hide(key)
                    else:
                        refused += not worlds.add(key)
            if not (more := [k for k in worlds.told if k not in never]):
                return worlds
            told += more

    def _never(self, code: Code, key: Key, worlds: Worlds) -> bool:
        """Whether a cell may not be shown for what it is."""
        dim, group = key
        if code.sensitivity == "restricted" or (code.sensitivity == "sensitive" and dim != AUDIENCE) or key not in self.wide:
            return True
        if dim in (self.by, AUDIENCE) and group in self.also.get(code.id, ()):  # what an earlier release forbids is by audience
            return True
        count = worlds.count(worlds.mask(key))
        return not may_show(count, self.settings) or unanimous(count, code.sensitivity)

    def _quotable(self, code: Code, worlds: Worlds, total: _Raw) -> frozenset[str]:
        may = [s for s in total.heard if s in self.may_quote]
        order = sorted(may, key=lambda s: hashlib.sha256(f"{code.id}|{s}".encode()).digest())
        found = worlds.quotable([self.grounds.at[s, None] for s in order])
        return frozenset(self.grounds.names[i][0] for i in found)

    def _fine(self, raws: Sequence[_Raw], worlds: Worlds, cells: Mapping[str, _Raw]) -> frozenset[str]:
        """Finer counts that may stand beside the figure: each is a cell of its own, shown in all groups or in none."""
        keys = [TOTAL if g == ALL else (str(self.by), g) for g in cells]
        shown: set[str] = set()
        for family in FAMILIES:
            parts = [(r, name) for r in raws for name in family]
            if family == ("speakers",):
                good = all(r.speakers == 0 or r.speakers >= self.settings.people for r in raws)
            else:
                good = all(
                    may_show(r.count(r.sets[name]), self.settings) and self._apart(r, r.sets[name]) for r, name in parts
                ) and all(worlds.finer(self._part(cells, name), keys) for name in family)
            shown |= set(family) if good else set()
        return frozenset(shown)

    def _part(self, cells: Mapping[str, _Raw], name: str) -> Array:
        """Which of the grounds' names named it so."""
        import numpy as np

        return np.array([
            session in (cells[ALL] if part is None or part[1] not in cells else cells[part[1]]).sets[name]
            for session, part in self.grounds.names
        ], bool)  # fmt: skip

    def _apart(self, raw: _Raw, part: set[str]) -> bool:
        """Whether what a part leaves of the sessions that named it is none, or enough: the figure less its part is a cell too."""
        left = raw.heard - part if part <= raw.heard else set()
        return may_show(Count(tuple(raw.heads[s] for s in sorted(left)), ()), self.settings)

    def _cell(self, code: Code, group: str, raw: _Raw, *, hidden: bool, fine: frozenset[str]) -> Cell:
        k, n = len(raw.heard), len(raw.base)
        if hidden:
            enough = people_behind(raw.count().inside) >= self.settings.people
            band = "most or all" if group == ALL and n > 1 and 2 * k > n and enough else "hidden"
            return Cell(code.id, group, None, None, None, None, None, None, None, True, code.name, band=band)
        low, high = wilson(k, n)
        f = {name: value if name in fine else None for name, value in raw.fine().items()}
        return Cell(
            code.id, group, k, n, f["prompted"], f["unasked"], f["speakers"], low, high, False, code.name,
            f["needs"], f["assets"], f["refusals"], f["own"], f["about_youth"], band_of(k, n),
            f["needs_prompted"], f["needs_unasked"],
        )  # fmt: skip


class _Raw:
    """Counts of one cell before suppression; sessions are sets so that each part can be checked as a cell."""

    def __init__(self, mentions: Sequence[Mention], heads: Heads, could: frozenset[str]) -> None:
        heard = [m for m in mentions if counted(m.standing)]
        self.heads = heads
        self.heard = {m.session for m in heard}
        any_said = {m.session for m in mentions}
        self.base = {s for s in heads if s in could or s in any_said}
        self.speakers = len({(m.session, m.speaker) for m in heard if m.speaker and not m.repeated})
        needs = {m.session for m in mentions if m.standing == "need"}
        unasked = {m.session for m in heard if not m.prompted}
        needs_unasked = {m.session for m in mentions if m.standing == "need" and not m.prompted}
        self.sets = {
            "prompted": self.heard - unasked,
            "unasked": unasked,
            "needs": needs,
            "needs_prompted": needs - needs_unasked,
            "needs_unasked": needs_unasked,
            "assets": {m.session for m in mentions if m.standing == "asset"},
            "refusals": {m.session for m in mentions if m.standing == "refusal"},
            "own": {m.session for m in heard if m.own},
            "about_youth": {m.session for m in heard if not m.own},
        }

    def count(self, part: set[str] | None = None) -> Count:
        inside = self.heard if part is None else part
        return Count(
            tuple(self.heads[s] for s in sorted(inside)), tuple(self.heads[s] for s in sorted(self.base - inside))
        )

    def fine(self) -> dict[str, int]:
        return {"speakers": self.speakers, **{name: len(found) for name, found in self.sets.items()}}
