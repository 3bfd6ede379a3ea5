"""Exchanges of sessions: from one world that fits all figures shown to another.

A session that named a theme changes places with one that did not, where both stand in the same shown groups (the same marks);
or two with two, where the marks of both pairs add up to the same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["Classes", "walk"]

MOVES = 900  # pairs of sessions that a search of exchanges two for two begins with
PARTNERS = 6
STEPS = 12  # worlds a search walks through
IDLE = 4  # of them without anything new


class Classes:
    """Sessions with the same marks: within such a class any that named it may be exchanged for any that did not."""

    def __init__(self, marks: Array, h: Array, free: Array) -> None:
        import numpy as np

        marks = marks.copy()
        marks[~free] = np.arange(1, int((~free).sum()) + 1, dtype=np.uint64)  # a class of its own
        _, self.of, self.size = np.unique(marks, return_inverse=True, return_counts=True)
        heard = np.bincount(self.of, weights=h, minlength=len(self.size))
        self.mixed = (heard > 0) & (heard < self.size)
        self._order = np.argsort(self.of, kind="stable")
        self._starts = np.cumsum(self.size) - self.size

    def move(self, rows: Array) -> Array:
        """Which cells (rows, sessions) some single exchange moves: those that part a mixed class."""
        import numpy as np

        if not rows.size:
            return np.zeros(len(rows), bool)
        inside = np.add.reduceat(rows[:, self._order], self._starts, axis=1, dtype=np.int64)
        return np.asarray(((inside > 0) & (inside < self.size) & self.mixed).any(axis=1))

    def labels_moved(self, labels: Array) -> set[int]:
        """Labels whose number some single exchange moves: those in a mixed class that holds others as well."""
        import numpy as np

        if not len(labels):
            return set()
        low, high = (f.reduceat(labels[self._order], self._starts) for f in (np.minimum, np.maximum))
        return set(np.unique(labels[((low != high) & self.mixed)[self.of]]).tolist())

    def pairs_moved(self, pairs: Array) -> Array:
        """Whether the number of these two that named it is another after some exchange; (pairs, 2) to (pairs,)."""
        c, d = self.of[pairs[:, 0]], self.of[pairs[:, 1]]
        found: Array = (c != d) & (self.mixed[c] | self.mixed[d]) | self.mixed[c] & (self.size[c] > 2)
        return found


def walk(marks: Array, h: Array, rows: Array, free: Array) -> bool:
    """Go from world to world by exchanges until each cell was another number once; False where one stayed."""
    import numpy as np

    rng, start = np.random.default_rng(0), rows @ h.astype(np.int64)
    world, idle = h, 0
    for step in range(STEPS):
        swaps = _swaps(marks, world, rows, free, rng)
        near = swaps[np.asarray(rows.any(axis=0))[swaps].any(axis=1)]
        if len(near):
            x1, y1, x2, y2 = near.T
            held = rows.astype(np.int8)
            change = held[:, y1] - held[:, x1] + held[:, y2] - held[:, x2]
            moved_by = (rows @ world.astype(np.int64))[:, None] + change != start[:, None]
            stays = np.asarray(~moved_by.any(axis=1))
        else:
            stays = np.ones(len(rows), bool)
        if step:
            stays &= ~Classes(marks, world, free).move(rows) & (rows @ world.astype(np.int64) == start)
        idle = idle + 1 if stays.all() else 0
        rows, start = rows[stays], start[stays]
        if not len(rows):
            return True
        if idle == IDLE:
            return False
        near_by = _other(marks, world, swaps, free, rng)
        if near_by is None:
            return False
        world = near_by
    return False


def _swaps(marks: Array, h: Array, rows: Array, free: Array, rng: Any) -> Array:
    """Exchanges of two for two that keep every figure: (found, 4) as out, in, out, in."""
    import numpy as np

    out, into = np.flatnonzero(h & free), np.flatnonzero(~h & free)
    if len(out) * len(into) > MOVES:
        near = np.asarray(rows.any(axis=0))
        side = int(MOVES**0.5)
        out, into = (_some(v, near, side, rng) for v in (out, into))
    d = (marks[out][:, None] - marks[into][None, :]).ravel()
    pairs = np.flatnonzero(d)
    if not len(pairs):
        return np.zeros((0, 4), np.int64)
    pairs = rng.permutation(pairs)
    pairs = pairs[np.argsort(d[pairs], kind="stable")]
    sums = d[pairs]
    wanted = np.zeros_like(sums) - sums
    low, high = np.searchsorted(sums, wanted, "left"), np.searchsorted(sums, wanted, "right")
    has = np.flatnonzero(high > low)
    if not len(has):
        return np.zeros((0, 4), np.int64)
    drawn = low[has][:, None] + rng.integers(0, (high - low)[has][:, None], (len(has), PARTNERS))
    first, second = np.repeat(pairs[has], PARTNERS), pairs[drawn.ravel()]
    wide = len(into)
    found = np.stack([out[first // wide], into[first % wide], out[second // wide], into[second % wide]], axis=1)
    kept: Array = found[(found[:, 0] != found[:, 2]) & (found[:, 1] != found[:, 3])]
    return kept


def _some(sessions: Array, near: Array, most: int, rng: Any) -> Array:
    """So many of these sessions, first those in a cell that is asked about."""
    import numpy as np

    close = rng.permutation(sessions[near[sessions]])[: most // 2]
    rest = rng.permutation(np.setdiff1d(sessions, close))[: most - len(close)]
    found: Array = np.concatenate([close, rest])
    return found


def _other(marks: Array, h: Array, swaps: Array, free: Array, rng: Any) -> Array | None:
    """Another world near this one: by an exchange of two for two, or of one for one in several classes."""
    import numpy as np

    classes = Classes(marks, h, free)
    mixed = np.flatnonzero(classes.mixed)
    if not len(swaps) and not len(mixed):
        return None
    world = h.copy()
    if len(swaps):
        x1, y1, x2, y2 = swaps[rng.integers(len(swaps))]
        world[[x1, x2]], world[[y1, y2]] = False, True
    for c in rng.permutation(mixed)[:8]:
        inside = np.flatnonzero(classes.of == c)
        named, others = inside[world[inside]], inside[~world[inside]]
        if len(named) and len(others):
            world[rng.choice(named)], world[rng.choice(others)] = False, True
    return world
