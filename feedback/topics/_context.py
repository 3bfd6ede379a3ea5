"""What words mean in this corpus: the company they keep, laid back on the texts that say them.

Two texts that share no word lie together where their words keep the same company elsewhere (second-order co-occurrence).
A word's context is the mean of the texts that say it, so it holds still when a tenth of the texts goes; a graph of
neighbours does not. Linear in the number of texts.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    Array = np.ndarray[Any, Any]

SHRINK = 3.0  # TF-IDF mass that holds a rare word's context back


@dataclass(frozen=True)
class Context:
    """Contexts of words: `words` (columns, d), less their `middle` (d,), each over its `mass`; `mean` (d,) of the texts seen."""

    words: Array
    mean: Array
    mass: Array
    middle: Array

    @classmethod
    def fit(cls, x: Array, lexical: sp.csr_matrix) -> Context:
        """Learn from rows (n, d) and their TF-IDF (n, columns): texts to words, and words back to texts."""
        import numpy as np

        lexical = lexical.astype(np.float32)
        mass = np.asarray(lexical.sum(0)).ravel() + np.float32(SHRINK)
        words = np.asarray(lexical.T @ x) / mass[:, None]
        middle = words.mean(0) if len(words) else np.zeros(x.shape[1], np.float32)
        words = (words - middle).astype(np.float16).astype(np.float32)  # as a frozen model holds them
        found = cls(words, np.zeros(x.shape[1]), mass, middle)
        return replace(found, mean=normed(found._raw(lexical)).mean(0))

    def rows(self, lexical: sp.csr_matrix, joining: Array | None = None) -> Array:
        """Say where texts lie by the company of their words: float (n, d), unit length (zero without a known word).

        `joining` (n, d): rows of texts that were not among those learned from. Each is read as if it had been, alone: a text
        is part of the company of its own words, and a refit would see it so.
        """
        import numpy as np

        lexical = lexical.astype(np.float32).tocsr()
        raw = self._raw(lexical)
        if joining is not None:
            own = lexical.copy()
            own.data = own.data**2 / (self.mass[own.indices] + own.data)
            share = np.asarray(own.sum(1)).ravel()[:, None]
            raw = raw + share * (joining - self.middle) - np.asarray(own @ self.words)
        raw = normed(raw)
        heard = np.asarray(np.abs(raw).sum(1) > 0)
        return normed((raw - self.mean.astype(np.float32)) * heard[:, None])

    def _raw(self, lexical: sp.csr_matrix) -> Array:
        import numpy as np

        return np.asarray(lexical @ self.words)


def normed(x: Array) -> Array:
    """Bring rows to unit length; rows near zero become zero."""
    import numpy as np

    norm = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))
    scale = np.where(norm > 1e-6, 1 / np.maximum(norm, 1e-6), 0.0).astype(x.dtype)
    return np.asarray(x * scale[:, None])
