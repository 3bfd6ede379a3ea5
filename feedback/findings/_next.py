"""Have we heard enough? The curve of new themes, and the group whose next session would most likely bring something new."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.findings._count import counted, groups_in

if TYPE_CHECKING:
    from feedback.findings._themes import Themes

BAND = (0.05, 0.95)


@dataclass(frozen=True, slots=True)
class Next:
    """A group, how many sessions it had, and what its next session would bring by what was heard so far.

    `new_here` is the number of themes its next session can be expected to name first in the group: one in `sessions` + 2 of
    those heard elsewhere whose figure for the group is shown to be none (Laplace's rule of succession). In a private view it is
    the mean number of themes that one of its sessions alone named in the group, and `new_anywhere` that it alone named at all
    (the Good-Turing estimate). None where the group is too small to be shown, or the number would rest on hidden ones.
    """

    group: str
    sessions: int
    new_here: float | None
    new_anywhere: float | None


def heard_in(themes: Themes) -> dict[str, set[str]]:
    """Session -> codes heard in it (as a need, a strength or in talk), in session order."""
    out: dict[str, set[str]] = {s.id: set() for s in themes.corpus}
    for t in themes:
        for m in t.mentions:
            if counted(m.standing):
                out[m.session].add(t.id)
    return out


def saturation_of(themes: Themes, *, seed: int, orders: int) -> tuple[tuple[str, int, int, int, int], ...]:
    """(session, new codes, codes so far, low, high): see `Themes.saturation`."""
    if not themes.private:
        return rising(themes)
    by_session = heard_in(themes)
    names = list(by_session)
    rng, curves = random.Random(seed), []
    for _ in range(orders):
        shuffled = names[:]
        rng.shuffle(shuffled)
        curves.append(_curve([by_session[n] for n in shuffled]))
    own, out = _curve([by_session[n] for n in names]), []
    for i, name in enumerate(names):
        at = sorted(c[i] for c in curves)
        low, high = (at[int(share * (len(at) - 1))] for share in BAND)
        out.append((name, own[i] - (own[i - 1] if i else 0), own[i], low, high))
    return tuple(out)


def rising(themes: Themes) -> tuple[tuple[str, int, int, int, int], ...]:
    """How many themes are heard after 1, 2, ... sessions, on the mean over all orders: (how many sessions, new, so far, low, high).

    It is computed from the county-wide figures shown and nothing else, so that no session's own number can be read from it.
    `low` and `high` hold 90% of orders, themes taken one by one.
    """
    import numpy as np

    n = len(themes.corpus)
    totals = [k for t in themes if (k := t.all.sessions)]
    spread = np.zeros((n, len(totals) + 1))  # of each length of the line: how likely so many themes are heard
    spread[:, 0] = 1.0
    mean = np.zeros(n)
    for k in totals:
        first = np.arange(n)  # sessions held before this one
        silent = np.cumprod(np.clip((n - k - first) / (n - first), 0.0, 1.0))
        spread[:, 1:] = spread[:, 1:] * silent[:, None] + spread[:, :-1] * (1 - silent)[:, None]
        spread[:, 0] *= silent
        mean += 1 - silent
    below, so_far = spread.cumsum(axis=1), [int(x + 0.5) for x in mean]
    low, high = ((below < share - 1e-9).sum(axis=1) for share in BAND)
    return tuple(
        (str(i + 1), so_far[i] - (so_far[i - 1] if i else 0), so_far[i], int(low[i]), int(high[i])) for i in range(n)
    )


def next_of(themes: Themes) -> tuple[Next, ...]:
    """Groups by what their next session would most likely bring, most first; groups too small to be shown come last."""
    out = [
        _brought(themes, group, list(heads)) if themes.private else _unheard(themes, group, len(heads))
        for group, heads in groups_in(themes.codings, themes.by).items()
    ]
    return tuple(sorted(out, key=lambda x: (x.new_here is None, -(x.new_anywhere or 0), -(x.new_here or 0), x.group)))


def _unheard(themes: Themes, group: str, sessions: int) -> Next:
    if group not in themes.columns:
        return Next(group, sessions, None, None)
    none = sum(c.group == group and c.sessions == 0 for t in themes if t.all.sessions for c in t.cells[1:])
    return Next(group, sessions, round(none / (sessions + 2), 2), None)


def _brought(themes: Themes, group: str, sessions: Sequence[str]) -> Next:
    by_session = heard_in(themes)
    anywhere = Counter(code for codes in by_session.values() for code in codes)
    here = Counter(code for s in sessions for code in by_session[s])
    new_here = sum(n == 1 for n in here.values()) / len(sessions)
    new_anywhere = sum(anywhere[code] == 1 for code in here) / len(sessions)
    return Next(group, len(sessions), round(new_here, 2), round(new_anywhere, 2))


def _curve(per_session: Sequence[set[str]]) -> list[int]:
    seen: set[str] = set()
    out = []
    for codes in per_session:
        seen |= codes
        out.append(len(seen))
    return out
