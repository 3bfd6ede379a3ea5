"""Topics that hold still: centroids that start from fixed anchors of general language and are drawn to the corpus.

Communities of a neighbour graph change by a quarter when a tenth of the texts is taken away: texts are short and lie on
borders. Here every fit starts from the same ordered list of anchors (`models/embedder/anchors.txt`, a few words each). The
words of the corpus draw them (weighted by the texts that say them), then the texts do, each time against a prior mass that
holds them back: a MAP estimate of von Mises-Fisher means. The first m anchors are always the same, so that a corpus a
tenth smaller loses one or two topics and not the whole partition.

Run `python -m feedback.topics._anchors` to write the file anew from the embedder's weights.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.topics._embed import Embedder, models_folder, static
from feedback.topics._graph import agreement, overlap
from feedback.topics._words import Counts, content

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LEAST = 400  # founding texts below which the graph does better, above all where two languages meet
ANCHORS = 128
WORDS = 10
PRIOR_WORDS = 5.0  # prior mass of an anchor, in mean weights of a word
PRIOR_TEXTS = 100.0  # prior mass of an anchor, in texts
ROUNDS_WORDS, ROUNDS_TEXTS = 3, 2
CORE = 50_000  # texts that draw the centroids; the others are placed
SMALLEST = 2
CHUNK = 16_384
STEPS = (8, 12, 16, 24, 32, 48, 64, 96)  # far apart, so that a few texts more or less seldom change the step
FEWEST, MOST = 0.5, 1.2  # topics, in roots of the number of founding texts
RESAMPLES, KEPT = 5, 0.9
TOLERANCE = 0.05
PEOPLE = frozenset({  # groups of names found no topic
    "wyatt", "luke", "chris", "jesse", "rebecca", "natalie", "leah", "nancy", "joan", "sarah", "maria", "pablo",
    "jose", "juan", "carlos", "miller", "smith", "wilson", "butler", "andrew", "robert", "jonathan", "nick",
    "david", "simon", "brendan", "shawn", "shane", "connor", "doug", "philippe", "friedrich", "henri", "freeman",
    "baldwin", "richardson", "bennett", "patterson", "jennings", "coleman", "anderson", "thompson", "henry",
    "william", "charles", "edward", "louis", "ivan", "igor", "kim", "chen", "wang", "mohammed", "ahmed", "ali",
    "hassan", "pierre", "jean", "jacques", "hans", "karl", "paolo", "giovanni",
})  # fmt: skip


@dataclass(frozen=True)
class Anchored:
    """Centroids (k, d), how stable each is over resamples (k,), and the ladder: (topics wished, found, stability)."""

    centroids: Array
    stability: Array
    ladder: tuple[tuple[float, int, float], ...]


def fit(x: Array, counts: Counts, embedder: Embedder, *, seed: int) -> Anchored:
    """Draw anchors to these founding rows: as many as the finest rung that is nearly as stable as the best one."""
    import numpy as np

    rows = x[:: max(1, -(-len(x) // CORE))]
    root = len(x) ** 0.5
    wished = [m for m in STEPS if FEWEST * root <= m <= MOST * root] or [STEPS[-1]]
    drawn = {m: words_draw(starts(embedder)[:m], counts, embedder) for m in wished}
    found = {m: texts_draw(rows, drawn[m]) for m in wished}
    samples = _resamples(len(rows), seed)
    again = {m: [texts_draw(rows[keep], drawn[m]) for keep in samples] for m in wished}
    placed = {m: place(rows, found[m]) for m in wished}
    moved = {m: [place(rows, c) for c in again[m]] for m in wished}
    score = {m: float(np.mean([agreement(placed[m], o) for o in moved[m]])) for m in wished}
    best = max(m for m in wished if score[m] >= max(score.values()) - TOLERANCE)
    each = np.mean([_overlap(placed[best], o, len(found[best])) for o in moved[best]], axis=0)
    ladder = tuple((float(m), len(found[m]), round(score[m], 4)) for m in wished)
    return Anchored(found[best], each, ladder)


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


def words_draw(anchors: Array, counts: Counts, embedder: Embedder) -> Array:
    """Draw anchors by the corpus's words, each weighing as many texts as say it: float (m, d). Static vectors only."""
    import numpy as np

    if embedder.model != "static":
        return anchors
    weights = static(models_folder())
    df = np.asarray((counts.matrix > 0).sum(0)).ravel()
    kept = [i for i in np.flatnonzero(content(counts) & (df >= 3)) if weights.knows(counts.words[i])]
    if not kept:
        return anchors
    x = np.stack([weights.word(counts.words[i]) for i in kept]).astype(np.float64)
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    mass = df[kept].astype(np.float64)
    centres = anchors
    for _ in range(ROUNDS_WORDS):
        centres = _moved(anchors, x, place(x, centres), mass=mass, prior=PRIOR_WORDS * float(mass.mean()))
    return centres


def texts_draw(x: Array, anchors: Array) -> Array:
    """Draw anchors by texts, and drop those that none is nearest to: float32 (k, d), unit length."""
    import numpy as np

    wide = np.zeros((len(anchors), x.shape[1]))
    wide[:, : anchors.shape[1]] = anchors
    centres, prior = wide, PRIOR_TEXTS
    for _ in range(ROUNDS_TEXTS):
        centres = _moved(wide, x, place(x, centres), mass=None, prior=prior)
    size = np.bincount(place(x, centres), minlength=len(centres))
    return np.asarray(centres[size > 0], dtype=np.float32)


def place(x: Array, centres: Array) -> Array:
    """Return the nearest centre of each row, ties to the first."""
    import numpy as np

    turned = centres.T.astype(x.dtype)
    parts = [np.round(x[i : i + CHUNK] @ turned[: x.shape[1]], 5).argmax(1) for i in range(0, len(x), CHUNK)]
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _moved(anchors: Array, x: Array, home: Array, *, mass: Array | None, prior: float) -> Array:
    import numpy as np
    import scipy.sparse as sp

    weight = np.ones(len(x)) if mass is None else mass
    member = sp.csr_matrix((weight.astype(x.dtype), (home, np.arange(len(x)))), shape=(len(anchors), len(x)))
    sums = np.asarray(member @ x, dtype=np.float64) + prior * anchors
    return np.asarray(sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-12))


def starts(embedder: Embedder) -> Array:
    """Return the anchors as this embedder sees their words: float (128, d), unit length, in their fixed order."""
    path = models_folder() / "embedder" / "anchors.txt"
    return _starts(path, embedder) if embedder.model != "static" else _static_starts(path)


@lru_cache(maxsize=1)
def _static_starts(path: Path) -> Array:
    return _starts(path, Embedder())


def _starts(path: Path, embedder: Embedder) -> Array:
    import numpy as np

    lines = [line.split() for line in path.read_text(encoding="utf-8").splitlines() if line and line[0] != "#"]
    rows = embedder.encode([w for line in lines for w in line]).astype(np.float64)
    if embedder.model != "static":
        rows -= rows.mean(0)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
    ends = np.cumsum([len(line) for line in lines])[:-1]
    x = np.stack([part.sum(0) for part in np.split(rows, ends)])
    return np.asarray(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9))


def build(folder: Path) -> Path:
    """Write `anchors.txt`: groups of like words by k-means, names left out, so ordered that every beginning covers the most."""
    import numpy as np

    weights = static(folder.parent)
    names = [p for p, i in weights.ids.items() if p.isalpha() and p.isascii() and len(p) > 2 and i > 1996][:12_000]
    x = np.stack([weights.word(w) for w in names]).astype(np.float64)
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    centres = x[np.linspace(0, len(x) - 1, ANCHORS).astype(int)]
    for _ in range(15):
        centres = _moved(centres, x, place(x, centres), mass=None, prior=1e-6)
    near = np.maximum(x @ centres.T, 0)
    words = [[names[i] for i in np.argsort(-near[:, c], kind="stable")[:WORDS]] for c in range(ANCHORS)]
    people = [c for c in range(ANCHORS) if len(PEOPLE & set(words[c])) > 1]
    common = np.asarray([weights.ids[n] for n in names]) ** -0.5  # the vocabulary goes by frequency
    order: list[int] = []
    covered = np.zeros(len(x))
    while len(order) < ANCHORS - len(people):
        gain = common @ np.maximum(near, covered[:, None])
        gain[[*order, *people]] = -1
        order.append(int(np.round(gain, 6).argmax()))
        covered = np.maximum(covered, near[:, order[-1]])
    lines = [" ".join(words[c]) for c in order]
    out = folder / "anchors.txt"
    out.write_text("# made by feedback.topics._anchors\n" + "\n".join(lines) + "\n", encoding="utf-8")
    return out


if __name__ == "__main__":
    build(Path(sys.argv[1]) if len(sys.argv) > 1 else models_folder() / "embedder")
