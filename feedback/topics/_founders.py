"""Which texts may found a topic, how topics merge, and one thread for all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from feedback.topics._words import Counts, content

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FOUNDING = 3  # distinct content words that a text needs to found a topic


def part_of(counts: Counts, rows: Array) -> Counts:
    """Return the counts of some texts, without the words that none of them says."""
    import numpy as np

    if len(rows) == counts.matrix.shape[0]:
        return counts
    matrix = counts.matrix[rows].tocsc()
    said = np.flatnonzero(np.diff(matrix.indptr) > 0)
    return Counts(tuple(counts.words[i] for i in said) or ("",), matrix[:, said if len(said) else [0]].tocsr())


def silent(counts: Counts) -> Array:
    """Say which texts hold no content word: bool (n,)."""
    import numpy as np

    return ~np.asarray(counts.matrix[:, np.flatnonzero(content(counts))].getnnz(1) > 0)


def founders(counts: Counts, *, least: int) -> Array:
    """Say which texts may found a topic: three distinct content words, the first of its kind; bool (n,).

    Where fewer than `least` (or than four) texts remain, two words, one, and at last any text will do.
    """
    import numpy as np

    kept = np.flatnonzero(content(counts))
    matrix = counts.matrix[:, kept].tocsr()
    matrix.sort_indices()
    found = matrix.getnnz(1)
    seen: set[bytes] = set()
    first = np.zeros(len(found), bool)
    for i in range(len(found)):
        key = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]].tobytes()
        if key not in seen:
            seen.add(key)
            first[i] = True
    for words in (FOUNDING, 2, 1):
        able = first & (found >= words)
        if able.sum() >= max(least, min(4, len(found))):
            return np.asarray(able)
    if first.sum() >= least:
        return first
    return np.ones(len(found), bool)


def hierarchy(centroids: Array) -> Array:
    """Merge topics by average linkage on cosine distance: (topics - 1, 4) as scipy's linkage."""
    import numpy as np

    if len(centroids) < 2:
        return np.zeros((0, 4))
    from scipy.cluster.hierarchy import linkage

    x = centroids.astype(np.float64)
    distance = np.clip(1 - np.round(x @ x.T, 6), 0, 2)
    return np.asarray(linkage(distance[np.triu_indices(len(x), 1)], "average"))


def one_thread() -> Any:
    """Hold linear algebra to one thread, so that sums do not depend on how many there are."""
    import numpy as np  # noqa: F401  # only libraries that are loaded are held
    import scipy.linalg  # noqa: F401
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(limits=1)
