"""Several versions together: what their figures tell of too few sessions, and which sessions a new version keeps back for that."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from feedback.findings._types import ALL
from feedback.privacy import Settings, enough, sums_tell

if TYPE_CHECKING:
    from feedback.findings._releases import Released

__all__ = ["Contradiction", "Fact", "Heads", "moved", "to_keep_back", "told"]

Heads = Mapping[str, tuple[str, int | None]]  # session -> mark of what was read, head count
Fact = tuple[frozenset[str], int]  # so many of these sessions
WAYS, LOOSE = 20_000, 12  # ways to share out figures, sets they leave open: beyond, all counts as told


class Contradiction(ValueError):
    """Figures that cannot all be true of the same words: units were coded anew between the versions."""


def moved(now: Heads, before: Heads) -> dict[str, int | None]:
    """Sessions that only one of two versions holds, or that were read anew: session -> head count."""
    return {s: (now.get(s) or before[s])[1] for s in {*now, *before} if now.get(s, ("",))[0] != before.get(s, ("",))[0]}


def told(
    facts: Sequence[Fact], heads: Mapping[str, int | None], settings: Settings, *, here: frozenset[str], heard: frozenset[str]
) -> frozenset[frozenset[str]] | None:
    """Return the sets of sessions of which the facts together tell how many said something, and may not tell it.

    Sessions that the same facts hold stand or fall together; a set of such is told where every way to share out the figures
    gives it the same number. It may be told where it is `enough`, and where all or none of it said so, or enough did and enough
    did not: counted with the head counts of those that `heard` it as far as they are `here`, with the smallest for others. What a
    single fact says was judged when it was shown. None where there are too many ways to look at. Raises Contradiction.
    """
    import numpy as np

    alike: dict[tuple[bool, ...], list[str]] = {}
    for name in sorted(frozenset[str]().union(*(f for f, _ in facts))):
        alike.setdefault(tuple(name in f for f, _ in facts), []).append(name)
    sizes = [len(names) for names in alike.values()]
    sums = [([i for i, pattern in enumerate(alike) if pattern[n]], k) for n, (_, k) in enumerate(facts)]
    ways = []
    for way in _ways(sizes, sums, {}):
        ways.append(way)
        if len(ways) > WAYS:
            return None
    if not ways:
        raise Contradiction
    table = np.array(ways, dtype=np.int64)
    loose = [i for i in range(len(sizes)) if np.ptp(table[:, i])]
    if len(loose) > LOOSE:
        return None
    sets: list[tuple[int, ...]] = [(i,) for i in range(len(sizes)) if i not in loose]
    sets += [c for k in range(2, len(loose) + 1) for c in combinations(loose, k) if not np.ptp(table[:, c].sum(1))]
    atoms, own = list(alike.values()), {f for f, _ in facts}
    out = set()
    for chosen in sets:
        names = frozenset(n for i in chosen for n in atoms[i])
        if names not in own and not _may(names, int(table[0, chosen].sum()), heads, settings, here=here, heard=heard):
            out.add(names)
    return frozenset(out)


def _ways(sizes: Sequence[int], sums: Sequence[tuple[list[int], int]], set_: dict[int, int]) -> Iterator[tuple[int, ...]]:
    """Yield every number of sayers in each set of sessions that fits the sums."""
    bounds: dict[int, tuple[int, int]] = {i: (0, n) for i, n in enumerate(sizes) if i not in set_}
    for atoms, k in sums:
        left, room = k - sum(set_.get(i, 0) for i in atoms), sum(sizes[i] for i in atoms if i not in set_)
        if not 0 <= left <= room:
            return
        for i in atoms:
            if i not in set_:
                low, high = bounds[i]
                bounds[i] = max(low, left - room + sizes[i]), min(high, left)
    if not bounds:
        yield tuple(set_[i] for i in range(len(sizes)))
        return
    i = min(bounds, key=lambda j: (bounds[j][1] - bounds[j][0], j))
    for value in range(bounds[i][0], bounds[i][1] + 1):
        yield from _ways(sizes, sums, {**set_, i: value})


def _may(
    names: frozenset[str], k: int, heads: Mapping[str, int | None], settings: Settings, *, here: frozenset[str],
    heard: frozenset[str],
) -> bool:  # fmt: skip
    """Whether it may be known that `k` of these said so."""
    if not enough([heads[n] for n in names], settings):
        return False
    if k in (0, len(names)):
        return True
    said = [heads[n] for n in names & here & heard]
    others = sorted((heads[n] for n in names - here), key=lambda n: n or 0)
    inside = said + others[: max(0, k - len(said))]
    silent = [heads[n] for n in (names & here) - heard]
    outside = silent + others[: max(0, len(names) - k - len(silent))]
    return enough(inside[:k] if len(inside) > k else inside, settings) and enough(outside, settings)


def to_keep_back(now: Mapping[str, Heads], before: Sequence[Released], settings: Settings) -> frozenset[str] | None:
    """Return the sessions that the next version leaves out, so that less any earlier one it tells of enough people.

    `now` are the sessions by group, "all" among them. Tried in this order: nobody; who is kept back already; all that came since
    the last version; each of these with further sessions of the groups that changed too little. First so that the difference is
    large in every group, then, where that cannot be, in all sessions together. None where nothing helps.
    """
    here, last = now[ALL], before[-1] if before else None
    if last is None:
        return frozenset()
    then = last.sessions.get(ALL, {})
    earlier = frozenset(s for s in last.left if s in here)
    new = frozenset(s for s in here if then.get(s, ("",))[0] != here[s][0])
    starts = list(dict.fromkeys([frozenset[str](), earlier, new]))
    for groups in (sorted(now), [ALL]):
        for out in [*starts, *(_grown(s, groups, now, before, settings) for s in starts)]:
            if _apart(out, groups, now, before, settings):
                return out
    return None


def _less(heads: Heads, out: frozenset[str]) -> Heads:
    return {s: v for s, v in heads.items() if s not in out}


def _short(
    out: frozenset[str], groups: Sequence[str], now: Mapping[str, Heads], before: Sequence[Released], settings: Settings
) -> Iterator[tuple[str, Released]]:
    """Groups, with the version, in which too few sessions would be moved."""
    for old in before:
        for g in groups:
            found = moved(_less(now[g], out), old.sessions.get(g, {}))
            if found and not enough(list(found.values()), settings):
                yield g, old


def _grown(
    out: frozenset[str], groups: Sequence[str], now: Mapping[str, Heads], before: Sequence[Released], settings: Settings
) -> frozenset[str]:
    """The same sessions and further ones, by a fixed order, one by one as long as a group has moved too little."""
    while (found := next(_short(out, groups, now, before, settings), None)) is not None:
        group, old = found
        same = [s for s, v in _less(now[group], out).items() if old.sessions.get(group, {}).get(s, ("",))[0] == v[0]]
        if not same:
            return out
        out |= {min(same, key=lambda s: hashlib.sha256(s.encode()).digest())}
    return out


def _apart(
    out: frozenset[str], groups: Sequence[str], now: Mapping[str, Heads], before: Sequence[Released], settings: Settings
) -> bool:
    """Whether a version without these sessions, and the earlier ones, tell together of enough people only."""
    left = _less(now[ALL], out)
    if not left or next(_short(out, groups, now, before, settings), None) is not None:
        return False
    versions = [old.sessions.get(ALL, {}) for old in before]
    heads = {f"{s}@{mark}": n for heads in (*versions, left) for s, (mark, n) in heads.items()}
    known = [frozenset(f"{s}@{mark}" for s, (mark, _) in v.items()) for v in versions]
    this = frozenset(f"{s}@{mark}" for s, (mark, _) in left.items())
    return this in known or sums_tell(known, [], heads, settings) or not sums_tell([*known, this], [], heads, settings)
