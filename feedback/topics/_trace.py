"""trace(): which topic of a refit is which topic of before, and what was split, merged, lost or found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from feedback.topics._topics import Topics

if TYPE_CHECKING:
    import pandas as pd

SAME = 0.5
PART = 0.25


def trace(before: Topics, after: Topics) -> pd.DataFrame:
    """Match the topics of two runs by the units both placed; one row a pair that shares units, or a topic without one.

    Columns: `before`, `after` (topic numbers, missing where there is none), `shared` (units), `overlap` (Jaccard, on units
    that both runs placed), `verdict`: `same` (overlap of one half or more), `split` (a quarter or more of the old topic went
    here, and as much elsewhere), `merged` (likewise for the new one), `moved` (less than that), `gone`, `new`.
    """
    import pandas as pd

    old = {r: t.id for t in before for r in t.refs}
    new = {r: t.id for t in after for r in t.refs}
    both = sorted(set(old) & set(new))
    a_size = {t.id: sum(r in new for r in t.refs) for t in before}
    b_size = {t.id: sum(r in old for r in t.refs) for t in after}
    shared: dict[tuple[int, int], int] = {}
    for r in both:
        pair = (old[r], new[r])
        shared[pair] = shared.get(pair, 0) + 1
    out_of = _parts({p: n / a_size[p[0]] for p, n in shared.items()}, side=0)
    into = _parts({p: n / b_size[p[1]] for p, n in shared.items()}, side=1)
    rows: list[tuple[int | None, int | None, int, float, str]] = []
    for (a, b), n in sorted(shared.items()):
        overlap = n / (a_size[a] + b_size[b] - n)
        verdict = "moved"
        if overlap >= SAME:
            verdict = "same"
        elif (a, b) in out_of:
            verdict = "split"
        elif (a, b) in into:
            verdict = "merged"
        rows.append((a, b, n, round(overlap, 4), verdict))
    rows += [(t.id, None, 0, 0.0, "gone") for t in before if not a_size[t.id]]
    rows += [(None, t.id, 0, 0.0, "new") for t in after if not b_size[t.id]]
    frame = pd.DataFrame(rows, columns=["before", "after", "shared", "overlap", "verdict"])
    return frame.astype({"before": "Int64", "after": "Int64", "overlap": "float64"})


def _parts(share: dict[tuple[int, int], float], *, side: int) -> set[tuple[int, int]]:
    """Pairs that hold a quarter or more of a topic of which another pair holds as much."""
    big = [p for p, s in share.items() if s >= PART]
    return {p for p in big if sum(q[side] == p[side] for q in big) > 1}
