"""What the hearing tagger weighs for a unit and a code: words, neighbours, definitions, the encoder's own heads.

Every function takes and gives arrays with one row a unit and one column a code; training and run time share them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BUCKETS = 2**16
NEAREST, FEW, WARMTH = 20, 5, 0.08
SHOWN = 0.6  # weight of a code's examples, taken together, beside its sentences
NAMES = ("head", "words", "line", "near", "nearest", "best_text", "texts", "centre", "trigger", "lexical")
RELATIVE = (0, 1, 3, 5, 9)  # features whose distance to the unit's second best is a feature too
LEVEL = (5, 6, 7, 9)  # features whose distance to the unit's mean is a feature too


def lexical(texts: Sequence[str]) -> tuple[Any, Any]:
    """Count words (one and two) and letters (three to five, inside words) into buckets: two csr matrices (n, 65536)."""
    import numpy as np
    from sklearn.feature_extraction.text import HashingVectorizer

    common: dict[str, Any] = {"n_features": BUCKETS, "alternate_sign": False, "norm": None, "lowercase": True}
    words = HashingVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w[\w']*\b", **common)
    letters = HashingVectorizer(analyzer="char_wb", ngram_range=(3, 5), **common)
    out = []
    for v in (words, letters):
        x = v.transform(texts)
        x.data = 1 + np.log(x.data)
        out.append(x)
    return out[0], out[1]


def rarity(counted: tuple[Any, Any]) -> tuple[Array, Array]:
    """Weigh each bucket by how few texts hold it (smooth inverse document frequency)."""
    import numpy as np

    n = counted[0].shape[0]
    one, two = (np.log((1 + n) / (1 + np.bincount(x.indices, minlength=BUCKETS))) + 1 for x in counted)
    return one.astype(np.float32), two.astype(np.float32)


def weighed(counted: tuple[Any, Any], idf: tuple[Array, Array]) -> Any:
    """Weigh counts; words and letters are each brought to unit length and stand side by side: csr (n, 131072)."""
    from scipy.sparse import hstack
    from sklearn.preprocessing import normalize

    parts = [normalize(x.multiply(i).tocsr()) for x, i in zip(counted, idf, strict=True)]
    return hstack(parts, format="csr", dtype="float32")


def heads(hidden: Array, q: Array, w: Array) -> tuple[Array, Array]:
    """Let every code look at the pieces it minds: score (codes,) and what each piece adds to it (pieces, codes)."""
    import numpy as np

    look = hidden @ q.T
    look = np.exp(look - look.max(0))
    look /= look.sum(0)
    added: Array = look * (hidden @ w.T)
    return added.sum(0), added


def neighbours(similar: Array, codes: Array, k: int) -> Array:
    """Let the k nearest coded units vote, nearer ones more: share of the vote (n, codes)."""
    import numpy as np

    k = min(k, similar.shape[1])
    nearest = np.argpartition(-similar, k - 1, axis=1)[:, :k]
    weight = np.exp((np.take_along_axis(similar, nearest, 1) - 1) / WARMTH)
    weight /= weight.sum(1, keepdims=True) + 1e-9
    votes: Array = np.einsum("nk,nkc->nc", weight, codes[nearest].astype(np.float32))
    return votes


def likeness(vectors: Array, texts: Array, owner: Array, shown: Array) -> tuple[Array, Array, Array]:
    """Compare units with the sentences of each code: the best, the mean of the five best, the sentences' centre.

    `texts` are unit rows (t, d); `owner` says whose sentence each is; `shown` (codes, d) is the mean of each code's examples,
    zeros where it has none: they move the centre. Codes without sentences get -1.
    """
    import numpy as np

    all_of = vectors @ texts.T
    best, few, centre = (np.full((len(vectors), len(shown)), -1, np.float32) for _ in range(3))
    for c in range(len(shown)):
        mine = owner == c
        middle = SHOWN * shown[c]
        if mine.any():
            scores = np.sort(all_of[:, mine], axis=1)
            best[:, c], few[:, c] = scores[:, -1], scores[:, -FEW:].mean(1)
            middle = middle + texts[mine].mean(0)
        if middle.any():
            centre[:, c] = vectors @ (middle / max(float(np.linalg.norm(middle)), 1e-9))
    return best, few, centre


def stacked(values: Sequence[Array]) -> Array:
    """Lay features over one another, with how far some lie from the unit's second best and from its mean: (n, codes, k)."""
    import numpy as np

    second = [against_second(values[j]) for j in RELATIVE]
    return np.stack([*values, *second, *(values[j] - values[j].mean(1, keepdims=True) for j in LEVEL)], -1)


def relative(values: Sequence[Array]) -> Array:
    """Lay over one another what says something of a code never seen, whatever its codebook: (n, codes, 5).

    Triggers and shared words as they are; likeness (to the best sentence, the five best, the centre, together) and shared words by
    how far they lie from the unit's mean, likeness from its second best too.
    """
    import numpy as np

    like, lexical = values[5] + values[6] + values[7], values[9]
    level = [x - x.mean(1, keepdims=True) for x in (like, lexical)]
    return np.stack([values[8], lexical, against_second(like), *level], -1)


def against_second(x: Array) -> Array:
    """How far each code lies above or below the unit's second best."""
    import numpy as np

    if x.shape[1] < 2:
        return np.zeros_like(x)
    out: Array = x - np.sort(x, axis=1)[:, -2:-1]
    return out


def elsewhere(chance: Array, sessions: Sequence[str]) -> tuple[Array, Array]:
    """What the rest of the session speaks of (mean chance of each code there), and what the unit before does."""
    import numpy as np

    rest, before = np.zeros_like(chance), np.zeros_like(chance)
    names = np.asarray(sessions)
    for name in dict.fromkeys(sessions):
        rows = np.flatnonzero(names == name)
        rest[rows] = (chance[rows].sum(0) - chance[rows]) / max(1, len(rows) - 1)
        before[rows[1:]] = chance[rows[:-1]]
    return rest, before


def sigmoid(x: Array) -> Array:
    """The logistic function, without overflow."""
    import numpy as np

    out: Array = 1 / (1 + np.exp(-np.clip(x, -30, 30)))
    return out
