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
    """A group, how many sessions it had, and what its next session would bring by what its sessions brought so far.

    `new_here` and `new_anywhere` are mean numbers of themes that each of its sessions named and no other session of the
    group, or no other session at all, named (the Good-Turing estimate of what is still unheard). None where the group is
    too small to be shown.
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
    """(session, new codes, codes so far, low, high) in session order; the band holds 90% of shuffled orders."""
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


def next_of(themes: Themes) -> tuple[Next, ...]:
    """Groups by what their next session would most likely bring, most first; groups too small to be shown come last."""
    by_session = heard_in(themes)
    anywhere = Counter(code for codes in by_session.values() for code in codes)
    out = []
    for group, heads in groups_in(themes.codings, themes.by).items():
        here = Counter(code for s in heads for code in by_session[s])
        if group not in themes.columns and not themes.private:
            out.append(Next(group, len(heads), None, None))
            continue
        new_here = sum(n == 1 for n in here.values()) / len(heads)
        new_anywhere = sum(anywhere[code] == 1 for code in here) / len(heads)
        out.append(Next(group, len(heads), round(new_here, 2), round(new_anywhere, 2)))
    return tuple(
        sorted(out, key=lambda x: (x.new_anywhere is None, -(x.new_anywhere or 0), -(x.new_here or 0), x.group))
    )


def _curve(per_session: Sequence[set[str]]) -> list[int]:
    seen: set[str] = set()
    out = []
    for codes in per_session:
        seen |= codes
        out.append(len(seen))
    return out
