"""What the clustering sees: static vectors, centred, joined with a TF-IDF/SVD part over words folded across inflection."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from feedback.topics._context import Context, normed
from feedback.topics._embed import Embedder, models_folder, static, unit
from feedback.topics._words import Counts, content, fold, stop_words

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    Array = np.ndarray[Any, Any]

LEXICAL = 0.6
RANK = 100
EXACT_SVD = 1500
SPELLED = 192  # directions of the fixed lexical part
COMPANY = 0.5  # weight of the company that words keep
CHUNK = 16_384
TEXTS = 5.0  # texts of a language below which its mean is hardly its own


def stem(word: str) -> str:
    """Fold the commonest English endings: `sleeping`, `sleeps` -> `sleep`; `families` -> `family`.

    >>> [stem(w) for w in ("sleeping", "buses", "families", "stopped", "class", "during")]
    ['sleep', 'bus', 'family', 'stop', 'class', 'during']
    """
    w = fold(word).split("'")[0]
    if len(w) > 4 and w.endswith("ies"):
        return w[:-3] + "y"
    if len(w) > 4 and w.endswith(("sses", "shes", "ches", "xes", "uses")):
        w = w[:-2]
    elif len(w) > 3 and w.endswith("s") and not w.endswith(("ss", "us", "is")):
        w = w[:-1]
    for end, least in (("ing", 4), ("ed", 3)):
        if w.endswith(end) and len(w) - len(end) >= least:
            root = w[: -len(end)]
            return root[:-1] if len(root) > 3 and root[-1] == root[-2] and root[-1] not in "ls" else root
    return w


@dataclass(frozen=True)
class Folded:
    """Words folded into keys: `matrix` (n, keys) counts; `member` (words, keys) says which word went into which key."""

    names: tuple[str, ...]
    matrix: sp.csr_matrix
    member: sp.csr_matrix


def folded(counts: Counts, *, naming: bool = False) -> Folded:
    """Fold content columns that are one word in other endings, or in the other language."""
    import numpy as np
    import scipy.sparse as sp

    kept = np.flatnonzero(content(counts, naming=naming))
    names = [key(counts.words[i]) for i in kept]
    index = {name: j for j, name in enumerate(sorted(set(names)))}
    member = sp.csr_matrix(
        (np.ones(len(kept), np.float32), (kept, [index[name] for name in names])),
        shape=(counts.matrix.shape[1], max(len(index), 1)),
    )
    return Folded(tuple(index) or ("",), (counts.matrix @ member).tocsr(), member)


@lru_cache(maxsize=200_000)
def key(word: str) -> str:
    """Name the family of a word: the stem of its English twin, or its own.

    >>> key("durmiendo") == key("sleeps") == key("sleep")
    True
    """
    twins = static(models_folder()).twins
    return stem((twins.get(word) or word).split()[0])


def keys(counts: Counts) -> tuple[tuple[str, ...], sp.csr_matrix]:
    """Return the keys and their counts: (keys, csr (n, keys))."""
    found = folded(counts)
    return found.names, found.matrix


@dataclass
class Features:
    """A fitted view of texts: `mean` of the vectors; `columns`, `idf` and `axes` of the lexical part; `context` of words."""

    embedder: Embedder
    mean: Array
    columns: dict[str, int]
    idf: Array
    axes: Array
    context: Context | None = None

    @classmethod
    def fit(cls, counts: Counts, texts: list[str], *, embedder: Embedder, seed: int, fixed: bool = False) -> Features:
        """Learn the view from these texts.

        `fixed`: words fall on directions that hang on their spelling alone, not on singular vectors of this corpus, and
        the company that words keep joins the view.
        """
        import numpy as np

        read = _Reading(embedder, counts, texts)
        mean = read.means()
        names, matrix = read.names, read.matrix
        df = np.asarray((matrix > 0).sum(0)).ravel()
        kept = np.flatnonzero((df >= 2) & (df <= max(2, 0.5 * len(texts))))
        idf = np.log((1 + len(texts)) / (1 + df[kept])) + 1
        view = cls(embedder, mean, {names[i]: j for j, i in enumerate(kept)}, idf, np.zeros((0, 0), np.float32))
        lexical = view._tfidf(names, matrix)
        view.axes = spelled(list(view.columns)) if fixed else axes(lexical, seed=seed)
        if fixed:
            view.context = Context.fit(view._plain(read, lexical), lexical)
        return view

    @property
    def plain(self) -> int:
        """How many leading columns of a row are the view without the company of words."""
        return int(self.mean.shape[1]) + len(self.axes)

    def transform(self, counts: Counts, texts: list[str], *, new: Array | None = None) -> Array:
        """Return the rows of texts in this view: float32 (n, d), unit length; `new` says which it was not learned from."""
        import numpy as np

        parts = [rows for _, rows in self.stream(counts, texts, new=new)]
        return np.concatenate(parts) if len(parts) > 1 else parts[0]

    def stream(self, counts: Counts, texts: list[str], *, new: Array | None = None) -> Iterator[tuple[slice, Array]]:
        """Yield slices of the texts and their rows, so that a million texts never stand in memory at once."""
        import numpy as np

        read = _Reading(self.embedder, counts, texts)
        for rows in read.parts():
            lexical = self._tfidf(read.names, read.matrix[rows])
            plain = self._join(read.vectors(rows) - self.mean.astype(np.float32)[read.spanish[rows]], lexical)
            yield rows, self._with_context(plain, lexical, new=None if new is None else new[rows])

    def refit(self, plain: Array, lexical: sp.csr_matrix) -> Array:
        """Return rows whose context is learned anew from just these texts: what a resample would see."""
        if self.context is None:
            return plain
        from dataclasses import replace

        return replace(self, context=Context.fit(plain, lexical))._with_context(plain, lexical)

    def lexical(self, counts: Counts) -> sp.csr_matrix:
        """Return TF-IDF over the view's columns: csr (n, columns), rows of unit length."""
        return self._tfidf(*keys(counts))

    def _plain(self, read: _Reading, lexical: sp.csr_matrix) -> Array:
        import numpy as np

        mean = self.mean.astype(np.float32)
        return np.concatenate([
            self._join(read.vectors(rows) - mean[read.spanish[rows]], lexical[rows]) for rows in read.parts()
        ])  # fmt: skip

    def _with_context(self, plain: Array, lexical: sp.csr_matrix, *, new: Array | None = None) -> Array:
        import numpy as np

        if self.context is None:
            return plain
        company = self.context.rows(lexical)
        if new is not None and new.any():
            company[new] = self.context.rows(lexical[new], joining=plain[new])
        return unit(np.hstack([plain, COMPANY * company]))

    def _tfidf(self, names: tuple[str, ...], matrix: sp.csr_matrix) -> sp.csr_matrix:
        import numpy as np
        import scipy.sparse as sp

        pairs = [(i, self.columns[w]) for i, w in enumerate(names) if w in self.columns]
        rows, cols = (np.asarray([p[j] for p in pairs], dtype=np.int64) for j in (0, 1))
        pick = sp.csr_matrix((self.idf[cols], (rows, cols)), shape=(len(names), len(self.idf)))
        m = matrix.copy()
        m.data = 1 + np.log(m.data)
        m = (m @ pick).tocsr()
        norm = np.sqrt(np.asarray(m.multiply(m).sum(1)).ravel())
        return sp.diags_array(1 / np.maximum(norm, 1e-12)).tocsr() @ m

    def _join(self, vectors: Array, lexical: sp.csr_matrix) -> Array:
        """Put centred vectors and words side by side."""
        import numpy as np

        dense = normed(vectors)
        if not self.axes.size:
            return unit(dense)
        words = normed(np.asarray(lexical.astype(np.float32) @ self.axes.T.astype(np.float32)))
        return unit(np.hstack([dense, LEXICAL * words]))


class _Reading:
    """Texts read once: their folded words, and the vectors of their words looked up a single time."""

    def __init__(self, embedder: Embedder, counts: Counts, texts: list[str]) -> None:
        import numpy as np

        self.embedder, self.counts, self.texts = embedder, counts, texts
        self.names, self.matrix = keys(counts)
        quick = embedder.model == "static" and embedder.cache is None
        self.table = static(models_folder()).table(counts.words) if quick else None

        self.spanish = spanish(counts).astype(np.int64)

    def means(self) -> Array:
        """Mean vector of English and of Spanish texts, each drawn to that of all by TEXTS texts: float (2, d).

        English weights put Spanish words, known by their twins or not, a little to one side: without this, topics part by
        language where they should part by what is said.
        """
        import numpy as np

        sums = np.zeros((2, self.vectors(slice(0, 1)).shape[1]))
        for rows in self.parts():
            vectors = self.vectors(rows)
            for k in (0, 1):
                sums[k] += vectors[self.spanish[rows] == k].sum(0, dtype=np.float64)
        size = np.bincount(self.spanish, minlength=2)[:, None]
        return np.asarray((sums + TEXTS * sums.sum(0) / max(len(self.texts), 1)) / (size + TEXTS))

    def parts(self) -> list[slice]:
        return [slice(i, min(i + CHUNK, len(self.texts))) for i in range(0, max(len(self.texts), 1), CHUNK)]

    def vectors(self, rows: slice) -> Array:
        import numpy as np

        if self.table is None:
            return self.embedder.encode(self.texts[rows])
        return unit(np.asarray(self.counts.matrix[rows] @ self.table))


def spanish(counts: Counts) -> Array:
    """Say which texts are Spanish: more of their words are Spanish function words or have an English twin than not; bool (n,)."""
    import numpy as np

    weights = static(models_folder())
    english, own = stop_words("english"), stop_words("spanish")
    side = np.zeros(len(counts.words), np.float32)
    for i, w in enumerate(counts.words):
        plain = fold(w)
        if w in weights.twins or (plain in own and plain not in english):
            side[i] = 1
        elif plain in english or weights.knows(w):
            side[i] = -1
    return np.asarray(counts.matrix @ side > 0)


def axes(m: sp.csr_matrix, *, seed: int, rank: int = RANK) -> Array:
    """Return the leading right singular vectors: float (<= rank, columns).

    Exact by the Gram matrix to 1,500 rows, else by a seeded random projection with four power steps (Halko et al.).
    """
    import numpy as np

    rank = min(rank, m.shape[0], m.shape[1])
    if rank == 0 or m.nnz == 0:
        return np.zeros((0, m.shape[1]))
    if m.shape[0] <= EXACT_SVD:
        values, left = np.linalg.eigh((m @ m.T).toarray().astype(np.float64))
        kept = np.flatnonzero(values > 1e-8)[::-1][:rank]
        return np.asarray((m.T @ (left[:, kept] / np.sqrt(values[kept]))).T)
    q = np.random.default_rng(seed).standard_normal((m.shape[1], rank + 10))
    for _ in range(4):
        q, _ = np.linalg.qr(m.T @ (m @ q))
    _, _, right = np.linalg.svd(m @ q, full_matrices=False)
    return np.asarray((q @ right.T[:, :rank]).T)


def spelled(names: list[str]) -> Array:
    """Give each word a direction by its spelling: 192 signs of a hash, so that unlike words are about orthogonal: (192, n)."""
    import numpy as np

    if not names:
        return np.zeros((0, 0))
    raw = b"".join(hashlib.shake_256(w.encode("utf-8", "surrogatepass")).digest(SPELLED // 8) for w in names)
    bits = np.unpackbits(np.frombuffer(raw, np.uint8)).reshape(len(names), SPELLED)
    return np.asarray((bits.T * 2.0 - 1.0) / SPELLED**0.5)
