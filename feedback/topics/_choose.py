"""How many topics: the finest partition that is as stable over resamples as the most stable one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.topics._graph import agreement, by_size, leiden, overlap

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    Array = np.ndarray[Any, Any]

LADDER = (0.25, 0.4, 0.6, 0.85, 1.2, 1.7, 2.4, 3.4, 4.8, 6.8, 9.6, 13.6, 19.2)
RESAMPLES = 5
KEPT = 0.9
TOLERANCE = 0.05
FEWEST, MOST = 0.4, 1.2  # topics, in roots of the number of texts
LARGE = 20_000  # texts above which two resamples must do
SMALLEST = 3
ADOPT = 0.4  # cosine of an anchor to a topic's middle at which the topic is its


@dataclass(frozen=True)
class Rung:
    """One step of the ladder: labels at this resolution, agreement over resamples (mean, spread)."""

    resolution: float
    labels: Array
    topics: int
    stability: float
    spread: float


def resamples(n: int, seed: int) -> list[Array]:
    """Draw sorted index sets of nine tenths of n."""
    import numpy as np

    rng = np.random.default_rng(seed)
    m = max(2, round(KEPT * n))
    return [np.sort(rng.permutation(n)[:m]) for _ in range(RESAMPLES)]


def ladder(graph: sp.csr_matrix, seed: int) -> list[Rung]:
    """Climb the resolutions, and measure those that give a useful number of topics on resamples of nine tenths.

    Useful: 0.4 to 1.2 times the root of the number of texts. Fewer, larger topics are always more stable and say less
    ("various"); more of them nobody reads. Where no rung is useful, the finest below that is measured alone.
    """
    n = graph.shape[0]
    climbed: list[tuple[float, Array, int]] = []
    for resolution in LADDER:
        labels = leiden(graph, resolution)
        topics = int(labels.max()) + 1
        if climbed and topics > max(MOST * n**0.5, 2):
            break
        climbed.append((resolution, labels, topics))
    useful = [c for c in climbed if c[2] >= FEWEST * n**0.5] or [max(climbed, key=lambda c: c[2])]
    samples = [(keep, graph[keep][:, keep]) for keep in resamples(n, seed)[: RESAMPLES if n <= LARGE else 2]]
    return [_measured(*c, samples) for c in useful]


def _measured(resolution: float, labels: Array, topics: int, samples: list[tuple[Array, sp.csr_matrix]]) -> Rung:
    import numpy as np

    found = [agreement(labels[keep], leiden(g, resolution)) for keep, g in samples]
    return Rung(resolution, labels, topics, float(np.mean(found)), float(np.std(found)))


def choose(rungs: list[Rung]) -> Rung:
    """Take the finest rung whose stability is within 0.05 of the best."""
    best = max(r.stability for r in rungs)
    return max((r for r in rungs if r.stability >= best - TOLERANCE), key=lambda r: (r.topics, r.stability))


def exactly(graph: sp.csr_matrix, x: Array, k: int) -> Array:
    """Part into exactly k topics: the resolution nearest to k, then merging or splitting by centroids."""
    low, high = 0.02, 64.0
    best = leiden(graph, 1.0)
    for _ in range(14):
        middle = (low * high) ** 0.5
        labels = leiden(graph, middle)
        topics = int(labels.max()) + 1
        if abs(topics - k) < abs(int(best.max()) + 1 - k):
            best = labels
        if topics == k:
            break
        low, high = (middle, high) if topics < k else (low, middle)
    while int(best.max()) + 1 > k:
        best = merge_smallest(best, x)
    while int(best.max()) + 1 < k:
        best = split_largest(best, x)
    return best


def centroids(labels: Array, x: Array) -> Array:
    """Mean direction of each label's rows: float32 (labels, d), unit length."""
    import numpy as np
    import scipy.sparse as sp

    k = int(labels.max()) + 1
    member = sp.csr_matrix((np.ones(len(labels), np.float64), (labels, np.arange(len(labels)))), shape=(k, len(labels)))
    sums = member @ x.astype(np.float64)
    norm = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12)
    return np.asarray(sums / norm, dtype=np.float32)


def merge_smallest(labels: Array, x: Array) -> Array:
    """Join the smallest topic to its nearest."""
    import numpy as np

    c = centroids(labels, x)
    last = len(c) - 1
    near = np.round(c[:last] @ c[last], 5)
    return by_size(np.where(labels == last, int(near.argmax()), labels))


def merge_small(labels: Array, x: Array, smallest: int = SMALLEST) -> Array:
    """Join topics of fewer than `smallest` texts to their nearest, until none is left or two topics remain."""
    import numpy as np

    while labels.max() > 1 and np.bincount(labels).min() < smallest:
        labels = merge_smallest(labels, x)
    return labels


def split_largest(labels: Array, x: Array) -> Array:
    """Part the largest topic in two by its first principal direction (in reading order where all rows are the same)."""
    import numpy as np

    rows = np.flatnonzero(labels == 0)
    part = x[rows].astype(np.float64)
    part -= part.mean(0)
    _, _, axes = np.linalg.svd(part, full_matrices=False)
    side = np.round(part @ axes[0], 9) > 0
    if side.all() or not side.any():
        side = np.arange(len(rows)) >= (len(rows) + 1) // 2
    out = labels.copy()
    out[rows[side]] = labels.max() + 1
    return by_size(out)


def stability(graph: sp.csr_matrix, labels: Array, resolution: float, seed: int) -> Array:
    """For each topic, the mean over resamples of its best Jaccard overlap with a topic found there: float (k,)."""
    import numpy as np

    k = int(labels.max()) + 1
    found = np.zeros((RESAMPLES, k))
    for i, keep in enumerate(resamples(graph.shape[0], seed + 1)):
        again = leiden(graph[keep][:, keep], resolution)
        best = overlap(labels[keep], again)
        found[i, : len(best)] = best
    return np.asarray(found.mean(0))


def guided(labels: Array, stable: Array, x: Array, guides: Array) -> tuple[Array, Array, tuple[int, ...]]:
    """Let a researcher's anchors take the rows that are nearer to them than to their own topic's middle.

    A topic whose middle an anchor comes as near as 0.4 goes to it whole (to the nearest of several, row by row).
    Returns labels (heard guides first, then what is left of the others), the stability of each (of a guide: the share of
    its rows that stay with it when it moves to their middle), and the numbers of the guides that were heard.
    """
    import numpy as np

    if not len(guides):
        return labels, stable, ()
    every = np.vstack([guides, centroids(labels, x)])
    near = np.round(x @ every.T, 5)
    own = near[np.arange(len(x)), labels + len(guides)]
    to = np.round(guides @ every[len(guides) :].T, 5)
    adopted = np.zeros_like(to, dtype=bool)
    adopted[np.arange(len(guides)), to.argmax(1)] = to.max(1) >= ADOPT
    able = adopted[:, labels].T | (near[:, : len(guides)] > own[:, None])
    best = np.where(able, near[:, : len(guides)], -2.0).argmax(1)
    taken = able.any(1)
    out = np.where(taken, best, labels + len(guides))
    heard = [g for g in range(len(guides)) if (out == g).any()]
    kept = [*heard, *(int(t) for t in np.unique(out[out >= len(guides)]))]
    where = np.full(len(every), -1)
    where[kept] = np.arange(len(kept))
    out = where[out]
    again = np.round(x @ centroids(out, x).T, 5).argmax(1)
    steadiness = [float((again[out == i] == i).mean()) for i in range(len(heard))]
    return out, np.asarray([*steadiness, *(stable[t - len(guides)] for t in kept[len(heard) :])]), tuple(heard)
