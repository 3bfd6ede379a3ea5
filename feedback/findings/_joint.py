"""What several tables tell together: whether the figures shown leave every small set of sessions another way to be.

Every shown figure is an equation over sessions ("so many of these named it"). A reader who holds all of them, and knows what
every session is (its audience, language, area, month), knows what is true in every world that fits them. A figure may stand
beside others only where for each session, each hidden cell and each small set of sessions another world is found in which
what they named is another number. Worlds are found by exchanges: a session that named it for one that did not, where both
stand in the same shown groups; or two for two, where both pairs do. What no exchange moves counts as told, even where a
longer chain could have moved it: the search errs on the side of hiding. Open need not stay what a shown figure of all or none
says of its sessions, nor what two shown figures leave as one that could be shown itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from feedback.findings._exchanges import Classes, walk
from feedback.privacy import Count, Settings, may_show, shows_column

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["BESIDE", "TOTAL", "Grounds", "Key", "Worlds"]

Key = tuple[str, str]  # a table's grouping and a group in it
Heads = Mapping[str, int | None]  # session -> head count
TOTAL: Key = ("all", "")
BESIDE = ("audience", "language", "kind")  # what is printed beside a session: under a quote, in a list of sessions
PAIRS = 60  # up to so many sessions, pairs of them are guarded as well
ASKED = 240  # sets of sessions that no single exchange moves: where there are more, the figure is hidden unsearched


class Grounds:
    """What is so for every code: the sessions, who stands in which group of which table, and head counts.

    A session whose people belong to several groups of a table is a further unknown in each of them (`names` then has its id
    and the group).
    """

    def __init__(self, tables: Mapping[str, Mapping[str, Heads]], everyone: Heads) -> None:
        import numpy as np

        split = {
            (dim, s) for dim, groups in tables.items() for s in {x for h in groups.values() for x in h}
            if sum(s in h for h in groups.values()) > 1
        }  # fmt: skip
        self.names: list[tuple[str, Key | None]] = [(s, None) for s in sorted(everyone)]
        self.whole = len(self.names)
        self.names += [(s, (dim, g)) for dim, groups in tables.items() for g, h in groups.items() for s in h if (dim, s) in split]
        self.at = {name: i for i, name in enumerate(self.names)}
        self.heads = np.array([
            everyone[s] or 0 if key is None else tables[key[0]][key[1]][s] or 0 for s, key in self.names
        ], np.int64)  # fmt: skip
        self.masks = {TOTAL: np.arange(len(self.names)) < self.whole}
        for dim, groups in tables.items():
            for g, h in groups.items():
                mask = np.zeros(len(self.names), bool)
                mask[[self.at[s, (dim, g) if (dim, s) in split else None] for s in h]] = True
                self.masks[dim, g] = mask
        drawn = np.random.default_rng(0).integers(0, 1 << 63, len(self.masks), dtype=np.uint64)
        self.marks = dict(zip(self.masks, drawn, strict=True))
        self.kinds, self.beside = self._alike(tuple(tables)), self._alike(tuple(d for d in BESIDE if d in tables))

    def _alike(self, dims: tuple[str, ...]) -> Array:
        """A number for each session, the same where these tables do not tell two apart."""
        import numpy as np

        keys = np.zeros(len(self.names), np.uint64)
        keys[self.whole :] = np.arange(1, len(self.names) - self.whole + 1, dtype=np.uint64)
        for key, mask in self.masks.items():
            if key[0] in dims:
                keys[mask] += self.marks[key]
        found: Array = np.unique(keys, return_inverse=True)[1]
        return found


class Worlds:
    """What one code's shown figures leave open; `heard` and `base` say of each of the grounds' names who named it, who could."""

    def __init__(self, grounds: Grounds, heard: Array, base: Array, settings: Settings) -> None:
        import numpy as np

        self.grounds, self.settings = grounds, settings
        self.of = np.flatnonzero(base)
        self.h, self.heads = heard[self.of], grounds.heads[self.of]
        self.kinds, self.beside = grounds.kinds[self.of], grounds.beside[self.of]
        self.key = np.zeros(len(self.of), np.uint64)
        self.public = np.zeros(len(self.of), bool)  # a figure shows that all of them named it, or nobody
        self.known = self.public  # or two figures do, and it could be shown as one
        self.whole = self.of < grounds.whole
        self.shown: dict[Key, Array] = {}
        self.hidden: dict[Key, Array] = {}
        self.guarded = [self._unfit(labels, self.h) for labels in (self.kinds, self.beside)]
        self.pairs = self._pairs()

    def mask(self, key: Key) -> Array:
        """Who stands in a cell, of those it could have come up with."""
        return self.grounds.masks[key][self.of]

    def count(self, cell: Array, said: Array | None = None) -> Count:
        """Head counts of these sessions: of those that named it (or `said` so), and of the others."""
        said = self.h if said is None else said
        return Count(tuple(self.heads[cell & said].tolist()), tuple(self.heads[cell & ~said].tolist()))

    def fit(self, cell: Array, said: Array | None = None) -> bool:
        """Whether the figure of these sessions could be shown by itself."""
        return may_show(self.count(cell, said), self.settings)

    def add(self, key: Key) -> bool:
        """Show a figure, if all that has to stay open does; return whether it is shown."""
        mask = self.mask(key)
        if not mask.any():
            self.shown[key] = mask
            return True
        public = self.public | mask if self._one(mask) else self.public
        known = self._known(key, mask, self.known | public)
        marks = self.key.copy()
        marks[mask] += self.grounds.marks[key]
        if known is None or not self._many(known & ~public) or not self._open(marks, known, self._held(mask, public)):
            self.hide(key)
            return False
        self.key, self.public, self.known, self.shown[key] = marks, public, known, mask
        return True

    def hide(self, key: Key) -> None:
        """Keep a cell hidden, for what it is or for the sake of others: from now on it has to stay open, whatever is shown."""
        self.hidden[key] = self.mask(key)

    @property
    def told(self) -> list[Key]:
        """Hidden cells that follow from the figures shown all the same."""
        rests = {k: m & ~self.public for k, m in self.hidden.items() if (m != self.whole).any()}
        return [k for k, rest in rests.items() if rest.any() and not self._open(self.key, self.public, [rest], only=True)]

    def _held(self, mask: Array, public: Array) -> list[Array]:
        """What of hidden cells has to stay open beside a figure; a cell of all sessions is the total itself."""
        whole = self.whole if TOTAL in self.shown else mask
        return [rest for m in self.hidden.values() if (m != whole).any() and (rest := m & ~public).any()]

    def _unfit(self, labels: Array, said: Array) -> set[int]:
        """Sets of sessions alike whose own figure could not be shown."""
        import numpy as np

        if not len(labels):
            return set()
        most, s = int(labels.max()) + 1, self.settings
        inside, people = np.bincount(labels, said, most), np.bincount(labels, said * self.heads, most)
        outside, others = np.bincount(labels, ~said, most), np.bincount(labels, ~said * self.heads, most)
        fit = (inside >= s.sessions) & (people >= s.people) & ((outside == 0) | (outside >= s.sessions) & (others >= s.people))
        return set(np.flatnonzero((inside > 0) & ~fit).tolist())

    def _pairs(self) -> Array:
        """Pairs of sessions too small to be shown together, (pairs, 2); none where there are many sessions."""
        import numpy as np

        n = len(self.of)
        a, b = np.triu_indices(n if n <= PAIRS else 0, 1)
        small = (self.heads[a] + self.heads[b] < self.settings.people) | (self.settings.sessions > 2)
        return np.stack([a, b], axis=1)[small]

    def _known(self, key: Key, mask: Array, known: Array) -> Array | None:
        """Add to the sessions known those that the figure, taken from others or they from it, tells of as one could be told.

        None where such a rest could not be shown by itself.
        """
        while True:
            before = known
            for whole in self._left(key, mask):
                rest = whole & ~known
                if not rest.any():
                    continue
                if self._enough(rest) and any(self._one(cell) and self._wide(cell) for cell in (whole, rest)):
                    known = known | rest
                elif not self.fit(rest):
                    return None
            if known is before:
                return known

    def _many(self, known: Array) -> bool:
        """Whether those known to have named it by no figure of their own are nobody or enough, and those known not to."""
        return all(not cell.any() or self._enough(cell) for cell in (known & self.h, known & ~self.h))

    def _left(self, key: Key, mask: Array) -> Iterator[Array]:
        """What a figure leaves of those it lies in, of those that lie in it, and of all beside those of its table."""
        for inner, outer in ((a, b) for other in self.shown.values() for a, b in ((mask, other), (other, mask))):
            if not (inner & ~outer).any():
                yield outer & ~inner
        if TOTAL in self.shown and not (mask & ~self.whole).any():
            rest = self.whole & ~mask
            for other, shown in self.shown.items():
                if other[0] == key[0]:
                    rest = rest & ~shown
            yield rest

    def _one(self, cell: Array) -> bool:
        """Whether all of these sessions named it, or none of them."""
        said = self.h[cell]
        return bool(said.all() or not said.any())

    def _enough(self, cell: Array) -> bool:
        """Whether these sessions are enough to be known."""
        return may_show(Count(tuple(self.heads[cell].tolist()), ()), self.settings)

    def _wide(self, cell: Array) -> bool:
        """Whether these sessions could have a column of their own."""
        return shows_column(tuple(self.heads[cell].tolist()), self.settings)

    def _open(
        self, marks: Array, public: Array, cells: list[Array], *, only: bool = False, free: Array | None = None
    ) -> bool:
        """Whether each of these cells (and unless `only`, each session and small set) is another number in some world."""
        import numpy as np

        free = np.ones(len(self.h), bool) if free is None else free
        classes = Classes(marks, self.h, free)
        rows = np.array(cells, bool).reshape(-1, len(self.h))
        if not only:
            rows = np.concatenate([rows, self._small(classes, public, free)])
        rows = rows[~classes.move(rows)]
        if not len(rows):
            return True
        if len(rows) > ASKED:
            return False
        return walk(marks, self.h, rows, free)

    def _small(self, classes: Classes, public: Array, free: Array) -> Array:
        """Single sessions, small sets alike and small pairs that no single exchange moves."""
        import numpy as np

        n = len(self.h)
        left = np.flatnonzero(~(classes.mixed[classes.of] | public) & free)
        if len(left) > ASKED:
            return np.ones((ASKED + 1, n), bool)
        rows = list(np.arange(n) == left[:, None])
        for labels, guarded in zip((self.kinds, self.beside), self.guarded, strict=True):
            stay = sorted(guarded - classes.labels_moved(labels))
            rows += [cell for k in stay if (cell := (labels == k) & ~public & free).any()]
        pairs = self.pairs[~classes.pairs_moved(self.pairs)]
        pairs = pairs[(~public & free)[pairs].all(axis=1)]
        rows += list((np.arange(n) == pairs[:, :1]) | (np.arange(n) == pairs[:, 1:]))
        return np.array(rows, bool).reshape(-1, n)

    def finer(self, part: Array, keys: Sequence[Key]) -> bool:
        """Whether a part of those who named it may be counted as well in these cells: who of them, stays open.

        `part` says of each of the grounds' names whether it named it so.
        """
        import numpy as np

        p = part[self.of]
        if not p.any() or (p == self.h).all():
            return True
        marks, public = np.zeros(len(p), np.uint64), np.zeros(len(p), bool)
        for key in keys:
            mask = self.mask(key)
            marks[mask] += self.grounds.marks[key]
            inside = p[mask & self.h]
            if not inside.any() or (inside.all() and (self.h | ~mask).all()):
                public |= mask
        among, both = Classes(marks, p, self.h), Classes(marks + self.key, p, np.ones(len(p), bool))
        if (self.h & ~public & self.whole & ~(among.mixed[among.of] | both.mixed[both.of])).any():
            return False
        cells = [m[self.of] for k, m in self.grounds.masks.items() if k not in keys]
        cells = [c for c in cells if (c & p).any() and not self.fit(c, p)]
        cells += [labels == n for labels in (self.kinds, self.beside) for n in sorted(self._unfit(labels, p))]
        rows = np.array([c & ~public for c in cells if (c & ~public).any()], bool).reshape(-1, len(p))
        if len(rows) > ASKED:
            return False
        return bool((among.move(rows) | both.move(rows)).all())

    def quotable(self, order: Sequence[int]) -> frozenset[int]:
        """Of sessions that named it, those that may all be known to have, so that the others stay open.

        `order` are numbers of the grounds' names; of those alike the first is left out first. A reader of quotes knows what
        stands beside each session in print, and the tables by that.
        """
        import numpy as np

        keys = [k for k in self.shown if k == TOTAL or k[0] in BESIDE]
        marks = np.zeros(len(self.of), np.uint64)
        for key in keys:
            marks[self.shown[key]] += self.grounds.marks[key]
        hidden = [m[self.of] for k, m in self.grounds.masks.items() if k[0] in BESIDE and k not in self.shown]
        place = {int(n): i for i, n in enumerate(self.of)}
        left = [place[n] for n in order if n in place]
        seen, rank = dict[int, int](), dict[int, int]()
        for i in left:
            rank[i] = seen[int(marks[i])] = seen.get(int(marks[i]), -1) + 1
        left.sort(key=lambda i: rank[i])  # one of each class is left out before a second of any is
        while left:
            free = np.ones(len(self.of), bool)
            free[left] = False
            public = self.public | ~free
            cells = [c & free for c in hidden if (c & ~public).any() and (c != self.whole).any()]
            if free.any() and self._open(marks, public, cells, free=free):
                break
            left = left[max(1, len(left) // 16) :]
        return frozenset(int(self.of[i]) for i in left)
