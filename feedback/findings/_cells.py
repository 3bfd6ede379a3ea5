"""One row of the table at a time: count sessions per group, then let the suppression engine hide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from feedback.codebook import Code
from feedback.findings._count import counted
from feedback.findings._joint import Shown, tells
from feedback.findings._types import ALL, Cell, Mention, Settings
from feedback.privacy import Count, hide, may_show, people_behind, shows_column

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
    """The table's rows for one grouping; `heads` are the sessions of each group, `could` the sessions per code."""

    def __init__(
        self, by: str | None, groups: Mapping[str, Heads], everyone: Heads, *, could: Mapping[str, frozenset[str]],
        settings: Settings, private: bool, beside: Sequence[Rows] = (), also: Mapping[str, frozenset[str]] | None = None,
    ) -> None:  # fmt: skip
        self.beside, self.also = tuple(beside), dict(also or {})
        self.by, self.groups, self.everyone, self.could = by, groups, everyone, could
        self.settings, self.private = settings, private
        self.columns = frozenset(g for g, h in groups.items() if shows_column(tuple(h.values()), settings))

    def of(self, code: Code, mentions: Sequence[Mention]) -> tuple[Cell, ...]:
        """The cells of a code, "all" first, as they may be shown."""
        could = self.could.get(code.id, frozenset())
        parts = {g: [m for m in mentions if m.group == g] for g in self.groups} if self.by else {}
        raw = {g: _Raw(parts[g], self.groups[g], could) for g in parts}
        total = _Raw(mentions, self.everyone, could)
        hidden = frozenset[str]() if self.private else self._hidden(code, raw, total, self._others(code, mentions))
        rows = [self._cell(code, ALL, total, hidden=ALL in hidden, fine=self._fine([total]))]
        first = self.private or not self.beside  # finer counts by group stand in one table only, so that none can be set off
        everywhere = self._fine(list(raw.values())) if not hidden and first else frozenset()
        rows += [self._cell(code, g, raw[g], hidden=g in hidden, fine=everywhere) for g in raw]
        return tuple(rows)

    def shown(self, code: Code, mentions: Sequence[Mention]) -> tuple[list[Shown], list[frozenset[str]]]:
        """The figures of a code that this table and those beside it show, as sets of sessions, and the cells they hide."""
        parts = {g: [m for m in mentions if m.session in heads] for g, heads in self.groups.items()} if self.by else {}
        raw = {g: _Raw(parts[g], self.groups[g], self.could.get(code.id, frozenset())) for g in parts}
        total = _Raw(mentions, self.everyone, self.could.get(code.id, frozenset()))
        others, kept = self._others(code, mentions)
        hidden = self._hidden(code, raw, total, (others, kept))
        return others + self._figures(raw, total, hidden), kept + self._kept(raw, hidden)

    def _others(self, code: Code, mentions: Sequence[Mention]) -> tuple[list[Shown], list[frozenset[str]]]:
        return self.beside[-1].shown(code, mentions) if self.beside else ([], [])

    def _own(self, sessions: set[str], group: str) -> frozenset[str]:
        """Sessions as unknowns: one that several groups share is another unknown in each of them."""
        split = {s for heads in self.groups.values() for s in heads if sum(s in h for h in self.groups.values()) > 1}
        return frozenset(f"{s}|{group}" if s in split else s for s in sessions)

    def _figures(self, raw: Mapping[str, _Raw], total: _Raw, hidden: frozenset[str]) -> list[Shown]:
        whole = [] if ALL in hidden else [(frozenset(total.heard), frozenset(total.base))]
        return whole + [(self._own(r.heard, g), self._own(r.base, g)) for g, r in raw.items() if g not in hidden and r.base]

    def _kept(self, raw: Mapping[str, _Raw], hidden: frozenset[str]) -> list[frozenset[str]]:
        return [self._own(r.base, g) for g, r in raw.items() if g in hidden and r.base]

    def _hidden(
        self, code: Code, raw: Mapping[str, _Raw], total: _Raw, others: tuple[list[Shown], list[frozenset[str]]]
    ) -> frozenset[str]:
        """What to hide: by the rules of one row, then whatever the tables beside it would give away with it."""
        also = self.also.get(code.id, frozenset())
        if ALL in also:
            return frozenset({*raw, ALL})
        own = {f"{s}|{g}": n for g, h in self.groups.items() for s, n in h.items()}
        columns, heads = self.columns - also, {**self.everyone, **own}
        while True:
            hidden = hide(
                {g: r.count() for g, r in raw.items()}, total.count(), columns=columns, sensitivity=code.sensitivity,
                dimension=self.by, settings=self.settings,
            )  # fmt: skip
            left = sorted((len(raw[g].base), g) for g in raw if g not in hidden and raw[g].base)
            cells = others[1] + self._kept(raw, hidden)
            if not left or not tells(others[0] + self._figures(raw, total, hidden), heads, self.settings, cells):
                return hidden
            columns -= {left[0][1]}

    def _fine(self, raws: Sequence[_Raw]) -> frozenset[str]:
        """Finer counts that may stand beside the figure: each is a cell of its own, shown in all groups or in none."""
        if self.private:
            return frozenset(name for family in FAMILIES for name in family)
        shown: set[str] = set()
        for family in FAMILIES:
            parts = [(r, name) for r in raws for name in family]
            if family == ("speakers",):
                good = all(r.speakers == 0 or r.speakers >= self.settings.people for r in raws)
            else:
                good = all(
                    may_show(r.count(r.sets[name]), self.settings) and self._apart(r, r.sets[name]) for r, name in parts
                )
            shown |= set(family) if good else set()
        return frozenset(shown)

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
