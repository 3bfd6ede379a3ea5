"""What several tables tell together: whether figures that are each fit to be shown give away a small set of sessions.

Every shown figure is an equation over sessions ("so many of these named it"). What a reader can work out from all of them
(a table by audience minus one by area, a figure minus a part of it) has to be fit to be shown as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import Any

from feedback.privacy import Count, Settings, may_show, people_behind

__all__ = ["Shown", "tells"]

Shown = tuple[frozenset[str], frozenset[str]]  # sessions it was heard in, sessions it could have come up in
PAIRS = 60  # up to so many sessions pairs are looked at as well


def tells(
    shown: Sequence[Shown], heads: Mapping[str, int | None], settings: Settings, hidden: Sequence[frozenset[str]] = ()
) -> bool:
    """Whether the shown figures together give away what a set of sessions too small to be shown did or did not name.

    `hidden` are the sessions of cells that these tables hide: none of their figures may follow either.
    """
    figures = list(dict.fromkeys(shown))
    public = {s for heard, base in figures if not heard or heard == base for s in base}
    known = public
    while True:
        left = _reduced(figures, known)
        more = {s for heard, base in left if not heard or heard == base for s in base}
        if not more:
            break
        known = known | more
    first = _reduced(figures, public)
    return (
        _differs(first, heads, settings) or _solved(first, heads, settings) or _pinned(first, heads, settings)
        or _followed(left, [(base, base - known) for base in hidden if base - public])
        or _forced(left, [base - known for base in hidden if base - public])
    )  # fmt: skip


def _reduced(shown: list[Shown], known: set[str]) -> list[Shown]:
    """Take out sessions that figures of all or none of them already tell of."""
    rest = [(heard - known, base - known) for heard, base in shown]
    return list(dict.fromkeys((h, b) for h, b in rest if b))


def _followed(shown: list[Shown], hidden: list[tuple[frozenset[str], frozenset[str]]]) -> bool:
    """Whether the figure of a hidden cell (all its sessions, those not told of yet) is a sum of shown ones less others."""
    import numpy as np

    if any(not rest for _, rest in hidden):
        return True
    names = sorted({s for _, base in shown for s in base})
    asked = [rest for _, rest in hidden if rest <= set(names)]
    if not shown or not asked:
        return False
    table = np.array([[float(n in base) for n in names] for _, base in shown])
    wanted = np.array([[float(n in rest) for n in names] for rest in asked])
    span = np.linalg.pinv(table) @ table
    return bool((np.abs(wanted @ span - wanted).max(axis=1) < 1e-8).any())


def _fit(heard: frozenset[str], base: frozenset[str], heads: Mapping[str, int | None], settings: Settings) -> bool:
    inside = tuple(heads.get(s) for s in sorted(heard & base))
    return may_show(Count(inside, tuple(heads.get(s) for s in sorted(base - heard))), settings)


def _small(sessions: frozenset[str], heads: Mapping[str, int | None], settings: Settings) -> bool:
    return bool(sessions) and (
        len(sessions) < settings.sessions or people_behind([heads.get(s) for s in sessions]) < settings.people
    )


def _differs(shown: list[Shown], heads: Mapping[str, int | None], settings: Settings) -> bool:
    for heard, base in shown:
        if not _fit(heard, base, heads, settings):
            return True
    for (h1, b1), (h2, b2) in combinations(shown, 2):
        for (ha, a), (hb, b) in (((h1, b1), (h2, b2)), ((h2, b2), (h1, b1))):
            if a < b and (_small(b - a, heads, settings) or not _fit(hb - a, b - a, heads, settings)):
                return True
            over, under = a - b, b - a
            gap = len(ha) - len(hb)
            if over and gap == len(over) and (_small(over, heads, settings) or _small(under, heads, settings)):
                return True
    return False


def _solved(shown: list[Shown], heads: Mapping[str, int | None], settings: Settings) -> bool:
    import numpy as np

    names = sorted({s for _, base in shown for s in base})
    if not shown or not names:
        return False
    at = {s: i for i, s in enumerate(names)}
    table = np.zeros((len(shown), len(names)))
    for row, (_, base) in enumerate(shown):
        table[row, [at[s] for s in base]] = 1.0
    span = np.linalg.pinv(table) @ table
    if bool((np.abs(np.diag(span) - 1) < 1e-8).any()):
        return True
    if len(names) > PAIRS:
        return False
    for a, b in combinations(range(len(names)), 2):
        if _small(frozenset((names[a], names[b])), heads, settings):
            wanted = np.zeros(len(names))
            wanted[[a, b]] = 1.0
            if np.abs(span @ wanted - wanted).max() < 1e-8:
                return True
    return False


def _forced(shown: list[Shown], hidden: list[frozenset[str]]) -> bool:
    """Whether whole numbers leave a hidden cell only one figure; worlds drawn at random rule out most of them first."""
    import numpy as np
    from scipy.optimize import LinearConstraint, milp

    names = {s for _, base in shown for s in base}
    cells = [c for c in dict.fromkeys(hidden) if c <= names]
    if not cells or len(shown) < 2:
        return False
    alike: dict[tuple[bool, ...], int] = {}
    for name in sorted(names):
        key = (*(name in base for _, base in shown), *(name in c for c in cells))
        alike[key] = alike.get(key, 0) + 1
    kinds, most = list(alike), np.array([float(n) for n in alike.values()])
    table = np.array([[float(k[i]) for k in kinds] for i in range(len(shown))])
    rows = np.array([[float(k[len(shown) + i]) for k in kinds] for i in range(len(cells))])
    exact = LinearConstraint(table, *[np.array([float(len(h)) for h, _ in shown])] * 2)

    def world(goal: Any) -> Any:
        found = milp(goal, constraints=exact, integrality=np.ones(len(kinds)), bounds=(np.zeros(len(kinds)), most))
        return None if found.x is None else rows @ np.round(found.x)

    rng = np.random.default_rng(0)
    drawn = [w for w in (world(g) for g in rng.normal(size=(3, len(kinds)))) if w is not None]
    if not drawn:
        return False
    for i in np.flatnonzero(np.ptp(np.array(drawn), axis=0) < 0.5):
        ends = [world(sign * rows[i]) for sign in (1.0, -1.0)]
        if all(e is not None and round(float(e[i])) == round(float(drawn[0][i])) for e in ends):
            return True
    return False


def _pinned(shown: list[Shown], heads: Mapping[str, int | None], settings: Settings) -> bool:
    """Whether whole numbers leave only one count for some sessions that no figure tells apart, and too few to be shown."""
    import numpy as np
    from scipy.optimize import LinearConstraint, milp

    alike: dict[tuple[int, ...], list[str]] = {}
    for name in sorted({s for _, base in shown for s in base}):
        alike.setdefault(tuple(i for i, (_, base) in enumerate(shown) if name in base), []).append(name)
    if not alike:
        return False
    told = {name for heard, _ in shown for name in heard}
    kinds = list(alike.items())
    table = np.array([[float(i in key) for key, _ in kinds] for i in range(len(shown))])
    exact = LinearConstraint(table, *[np.array([float(len(h)) for h, _ in shown])] * 2)
    most = np.array([float(len(names)) for _, names in kinds])
    for c, (_, names) in enumerate(kinds):
        inside = frozenset(n for n in names if n in told)
        if not _small(frozenset(names), heads, settings) and _fit(inside, frozenset(names), heads, settings):
            continue
        ends = []
        for sign in (1.0, -1.0):
            goal = np.zeros(len(kinds))
            goal[c] = sign
            found = milp(goal, constraints=exact, integrality=np.ones(len(kinds)), bounds=(np.zeros(len(kinds)), most))
            ends.append(None if found.x is None else round(float(found.x[c])))
        if ends[0] is not None and ends[0] == ends[1]:
            return True
    return False
