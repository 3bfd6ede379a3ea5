"""A graph of neighbours, and Leiden communities on it; everything in it is a pure function of its input."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    Array = np.ndarray[Any, Any]

EXACT = 30_000  # texts up to which every pair is compared
CHUNK = 1024
FLOOR = 0.1  # weight of an edge between neighbours that share no other neighbour


def neighbours(x: Array, k: int = 15) -> Array:
    """Return the k nearest rows of each row by cosine, itself left out: int (n, k). Rows are of unit length.

    All pairs to 30,000 rows; above, pairs within the four nearest of about sqrt(n) cells.
    """
    if len(x) <= EXACT:
        return _exact(x, x, min(k, len(x) - 1))
    return _in_cells(x, k)


def _exact(x: Array, among: Array, k: int) -> Array:
    import numpy as np

    out = np.empty((len(x), k), np.int64)
    for start in range(0, len(x), CHUNK):
        near = np.round(x[start : start + CHUNK] @ among.T, 5)
        near[np.arange(len(near)), start + np.arange(len(near))] = -2
        out[start : start + CHUNK] = top(near, k)
    return out


def top(scores: Array, k: int) -> Array:
    """Return the columns of the k highest scores of each row, ties by column."""
    import numpy as np

    k = min(k, scores.shape[1])
    part = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    part.sort(axis=1)
    order = np.argsort(-np.take_along_axis(scores, part, 1), axis=1, kind="stable")
    return np.asarray(np.take_along_axis(part, order, 1))


def _in_cells(x: Array, k: int, *, probes: int = 4) -> Array:
    import numpy as np

    centres = cells(x, round(len(x) ** 0.5))
    near = np.concatenate([top(x[i : i + CHUNK] @ centres.T, probes) for i in range(0, len(x), CHUNK)])
    home = near[:, 0]
    members = [np.flatnonzero((near == c).any(1)) for c in range(len(centres))]
    out = np.zeros((len(x), k), np.int64)
    for c in range(len(centres)):
        rows = np.flatnonzero(home == c)
        if not len(rows):
            continue
        pool = members[c]
        if len(pool) <= k:
            pool = np.unique(np.concatenate([pool, np.arange(k + 1)]))
        for start in range(0, len(rows), CHUNK):
            part = rows[start : start + CHUNK]
            scores = np.round(x[part] @ x[pool].T, 5)
            scores[part[:, None] == pool[None, :]] = -2
            out[part] = pool[top(scores, k)]
    return out


def cells(x: Array, m: int, *, rounds: int = 6, sample: int = 40_000) -> Array:
    """Find m centres by spherical k-means on an even sample: float32 (m, d), no chance involved."""
    import numpy as np

    part = x[:: max(1, len(x) // sample)]
    centres = part[np.linspace(0, len(part) - 1, m).astype(int)].copy()
    for _ in range(rounds):
        home = np.concatenate([(part[i : i + CHUNK] @ centres.T).argmax(1) for i in range(0, len(part), CHUNK)])
        sums = np.zeros_like(centres)
        np.add.at(sums, home, part)
        norm = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.where(norm > 1e-9, sums / np.maximum(norm, 1e-9), centres).astype(np.float32)
    return np.asarray(centres)


def shared(near: Array) -> sp.csr_matrix:
    """Weigh each edge between neighbours by the share of neighbours that both have: symmetric csr (n, n)."""
    import numpy as np
    import scipy.sparse as sp

    n, k = near.shape
    with_self = np.concatenate([np.arange(n)[:, None], near], 1)
    a = sp.csr_matrix(
        (np.ones(n * (k + 1), np.float32), (np.repeat(np.arange(n), k + 1), with_self.ravel())), shape=(n, n)
    )
    edges = a.maximum(a.T).tocsr()
    edges.setdiag(0)
    edges.eliminate_zeros()
    edges.sort_indices()
    parts = []
    for start in range(0, n, 4096):
        e = edges[start : start + 4096]
        parts.append((a[start : start + 4096] @ a.T).multiply(e).tocsr() + FLOOR * e)
    both = sp.vstack(parts).tocsr()
    both.data = (both.data / (k + 1)).astype(np.float32)
    both.sort_indices()
    return both


def leiden(graph: sp.csr_matrix, resolution: float) -> Array:
    """Part the graph into communities, the largest first: int (n,). The same graph gives the same answer."""
    import numpy as np

    if graph.nnz == 0:
        return np.arange(graph.shape[0])
    from sknetwork.clustering import Leiden

    _seed_c()
    found = Leiden(
        resolution=resolution, modularity="newman", random_state=0, return_probs=False, return_aggregate=False
    ).fit_predict(graph)
    return by_size(np.asarray(found, dtype=np.int64))


def _seed_c() -> None:
    """Set C's rand(), which scikit-network's refinement draws from whatever its random_state says, to its beginning."""
    import ctypes
    import sys

    library = ctypes.cdll.msvcrt if sys.platform == "win32" else ctypes.CDLL(None)
    library.srand(1)


def by_size(labels: Array) -> Array:
    """Number labels 0, 1, 2 ... by size, ties by first appearance."""
    import numpy as np

    values, first, inverse, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    rank = np.empty(len(values), np.int64)
    rank[order] = np.arange(len(values))
    return np.asarray(rank[inverse])


def agreement(a: Array, b: Array) -> float:
    """Adjusted Rand index of two labellings of the same things: 1 the same, about 0 by chance."""
    import numpy as np
    import scipy.sparse as sp

    n = len(a)
    table = sp.coo_matrix((np.ones(n), (a, b))).tocsr()
    pairs = float((table.data * (table.data - 1)).sum()) / 2
    rows, cols = np.asarray(table.sum(1)).ravel(), np.asarray(table.sum(0)).ravel()
    ra, cb = float((rows * (rows - 1)).sum()) / 2, float((cols * (cols - 1)).sum()) / 2
    chance = ra * cb / max(n * (n - 1) / 2, 1)
    best = (ra + cb) / 2
    return 1.0 if best == chance else (pairs - chance) / (best - chance)


def overlap(a: Array, b: Array) -> Array:
    """For each label of `a`, the best Jaccard overlap with a label of `b`: float (labels of a,)."""
    import numpy as np
    import scipy.sparse as sp

    table = sp.coo_matrix((np.ones(len(a)), (a, b))).toarray()
    union = table.sum(1, keepdims=True) + table.sum(0, keepdims=True) - table
    return np.asarray((table / np.maximum(union, 1)).max(1))
