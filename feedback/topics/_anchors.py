"""Topics that hold still: centroids that grow from fixed anchors, and which the corpus fills with its own meaning.

Communities of a neighbour graph change by a quarter when a tenth of the texts is taken away: texts are short and lie on
borders, and every step of a search (Leiden, k-means, merging) makes a small difference larger. Here nothing is searched.
The same ordered list of concerns (`models/embedder/anchors.txt`, ten words each) meets every corpus; a text belongs to each
of them softly; a topic's centroid is the mean of the texts so weighted, in a view that knows the company words keep in this
corpus (`_context`). One soft step, then every text goes to its nearest centroid. A researcher's own anchors come first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.topics._context import normed
from feedback.topics._embed import Embedder, models_folder
from feedback.topics._graph import agreement, overlap

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    from feedback.topics._features import Features

    Array = np.ndarray[Any, Any]

LEAST, LEAST_MIXED = 100, 400  # founding texts below which the graph does better; where two languages meet
MIXED = 0.1  # share of the smaller language from which on two meet
SHARP = 16.0  # how sharply a text belongs to its nearest anchors
CORE = 20_000  # texts that draw the centroids; the others are placed
SMALLEST = 2
CHUNK = 16_384
GUIDE = 20.0  # prior mass of a researcher's anchor, in texts
RUNGS = ((400, (12, 16, 24)), (3700, (16, 24, 32)), (12_000, (24, 32, 48)), (1 << 62, (32, 48, 64)))
RESAMPLES, KEPT = 5, 0.9
TOLERANCE = 0.1  # twice the spread of the measure over five resamples: the choice itself must not flip when texts go


@dataclass(frozen=True)
class Anchored:
    """Centroids (k, d), how stable each is over resamples (k,), the ladder, and the guides (by number) that were heard."""

    centroids: Array
    stability: Array
    ladder: tuple[tuple[float, int, float], ...]
    guides: tuple[int, ...]


def enough(founding: Array, spanish: Array) -> bool:
    """Say whether there are texts enough to draw anchors to: 100 founding ones, 400 where two languages meet."""
    share = float(spanish.mean()) if len(spanish) else 0.0
    return len(founding) >= (LEAST_MIXED if min(share, 1 - share) >= MIXED else LEAST)


def fit(x: Array, lexical: sp.csr_matrix, view: Features, *, guides: Array, seed: int) -> Anchored:
    """Grow topics in these founding rows: as many as the finest rung that is nearly as stable as the best one.

    `guides` (g, d) are a researcher's anchors as rows of the view; they come before the fixed ones in every rung.
    """
    import numpy as np

    plain = normed(x[:, : view.plain])
    start = starts(view.embedder)
    wide = np.zeros((len(start), view.plain))
    wide[:, : start.shape[1]] = start
    wished = next(steps for limit, steps in RUNGS if len(x) < limit)
    found = {m: grow(plain, x, wide[:m], guides=guides) for m in wished}
    placed = {m: place(x, found[m][0]) for m in wished}
    moved: dict[int, list[Array]] = {m: [] for m in wished}
    for keep in _resamples(len(x), seed):
        again = view.refit(plain[keep], lexical[keep])
        for m in wished:
            centres = grow(plain[keep], again, wide[:m], guides=guides)[0]
            labels = np.full(len(x), -1)
            labels[keep] = place(again, centres)
            moved[m].append(labels)
    score = {m: float(np.mean([agreement(placed[m][o >= 0], o[o >= 0]) for o in moved[m]])) for m in wished}
    best = max(m for m in wished if score[m] >= max(score.values()) - TOLERANCE)
    centres, heard = found[best]
    each = np.mean([_overlap(placed[best][o >= 0], o[o >= 0], len(centres)) for o in moved[best]], axis=0)
    ladder = tuple((float(m), len(found[m][0]), round(score[m], 4)) for m in wished)
    return Anchored(centres, each, ladder, heard)


def _resamples(n: int, seed: int) -> list[Array]:
    import numpy as np

    rng = np.random.default_rng(seed)
    count = RESAMPLES if n <= 20_000 else 2
    return [np.sort(rng.permutation(n)[: max(2, round(KEPT * n))]) for _ in range(count)]


def _overlap(a: Array, b: Array, k: int) -> Array:
    import numpy as np

    out = np.zeros(k)
    best = overlap(a, b)
    out[: len(best)] = best
    return out


def grow(plain: Array, x: Array, anchors: Array, *, guides: Array) -> tuple[Array, tuple[int, ...]]:
    """Return centroids float32 (k, d) of unit length, those of heard guides first, and which guides these are."""
    import numpy as np

    g = len(guides)
    every = np.vstack([normed(guides[:, : plain.shape[1]]), anchors]) if g else anchors
    sums = np.zeros((len(every), x.shape[1]))
    for i in range(0, len(x), CHUNK):
        sums += _softly(plain[i : i + CHUNK], every).T @ x[i : i + CHUNK]
    sums[:g] += GUIDE * guides
    centres = normed(sums).astype(np.float32)
    size = np.bincount(place(x, centres), minlength=len(centres))
    kept = np.flatnonzero(size >= min(SMALLEST, max(1, int(size.max()))))
    return centres[kept], tuple(int(i) for i in kept if i < g)


def _softly(plain: Array, anchors: Array) -> Array:
    """How far each row belongs to each anchor: (n, anchors), rows sum to 1."""
    import numpy as np

    near = SHARP * (plain @ anchors.T.astype(plain.dtype))
    soft = np.exp(near - near.max(1, keepdims=True))
    return np.asarray(soft / soft.sum(1, keepdims=True))


def place(x: Array, centres: Array) -> Array:
    """Return the nearest centre of each row, ties to the first."""
    import numpy as np

    turned = centres.T.astype(x.dtype)
    parts = [np.round(x[i : i + CHUNK] @ turned, 5).argmax(1) for i in range(0, len(x), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def starts(embedder: Embedder) -> Array:
    """Return the anchors as this embedder sees their words: float (104, d), unit length, in their fixed order."""
    path = models_folder() / "embedder" / "anchors.txt"
    return _starts(path, embedder) if embedder.model != "static" else _static_starts(path)


@lru_cache(maxsize=1)
def _static_starts(path: Path) -> Array:
    return _starts(path, Embedder())


def _starts(path: Path, embedder: Embedder) -> Array:
    import numpy as np

    lines = read(path)
    rows = embedder.encode([w for line in lines for w in line]).astype(np.float64)
    if embedder.model != "static":
        rows = normed(rows - rows.mean(0))
    ends = np.cumsum([len(line) for line in lines])[:-1]
    return normed(np.stack([part.sum(0) for part in np.split(rows, ends)]))


def read(path: Path) -> Sequence[list[str]]:
    """Return the words of each anchor."""
    return [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
