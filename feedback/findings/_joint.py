"""What several tables tell together: whether figures that are each fit to be shown give away a small set of sessions.

Every shown figure is an equation over sessions ("so many of these named it"). What a reader can work out from all of them
(a table by audience minus one by area, a figure minus a part of it) has to be fit to be shown as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from feedback.privacy import Count, Settings, may_show, people_behind

__all__ = ["Shown", "tells"]

Shown = tuple[frozenset[str], frozenset[str]]  # sessions it was heard in, sessions it could have come up in
PAIRS = 60  # up to so many sessions pairs are looked at as well


def tells(shown: Sequence[Shown], heads: Mapping[str, int | None], settings: Settings) -> bool:
    """Whether the shown figures together give away what a set of sessions too small to be shown did or did not name."""
    left = _reduced(list(dict.fromkeys(shown)))
    return _differs(left, heads, settings) or _solved(left, heads, settings) or _pinned(left, heads, settings)


def _reduced(shown: list[Shown]) -> list[Shown]:
    """Take out sessions that a figure of its own, all or none of them, already tells of."""
    known: set[str] = set()
    for heard, base in shown:
        if not heard or heard == base:
            known |= base
    rest = [(heard - known, base - known) for heard, base in shown]
    return list(dict.fromkeys((h, b) for h, b in rest if b))


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
