"""What words mean in this corpus: the company they keep, laid back on the texts that say them.

Two texts that share no word lie together where their words keep the same company elsewhere (second-order co-occurrence).
A word's context is the mean of the texts that say it, so it holds still when a tenth of the texts goes; a graph of
neighbours does not. Linear in the number of texts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

    Array = np.ndarray[Any, Any]

SHRINK = 3.0  # TF-IDF mass that holds a rare word's context back
ROUNDS = 2


@dataclass(frozen=True)
class Context:
    """Contexts of words: `words` (columns, d); `mean` (d,) of the texts seen by them."""

    words: Array
    mean: Array

    @classmethod
    def fit(cls, x: Array, lexical: sp.csr_matrix) -> Context:
        """Learn from rows (n, d) and their TF-IDF (n, columns): texts to words to texts, twice."""
        import numpy as np

        lexical = lexical.astype(np.float32)
        mass = np.asarray(lexical.sum(0)).ravel()[:, None] + np.float32(SHRINK)
        found = cls(np.zeros((lexical.shape[1], x.shape[1]), np.float32), np.zeros(x.shape[1]))
        y = x
        for _ in range(ROUNDS):
            words = np.asarray(lexical.T @ y) / mass
            words -= words.mean(0) if len(words) else 0.0
            raw = normed(np.asarray(lexical @ words))
            found = cls(words, raw.mean(0))
            y = normed(raw - found.mean)
        return found

    def rows(self, lexical: sp.csr_matrix) -> Array:
        """Say where texts lie by the company of their words: float (n, d), unit length (zero without a known word)."""
        import numpy as np

        raw = normed(np.asarray(lexical.astype(np.float32) @ self.words))
        heard = np.asarray(np.abs(raw).sum(1) > 0)
        return normed((raw - self.mean.astype(np.float32)) * heard[:, None])


def normed(x: Array) -> Array:
    """Bring rows to unit length; rows near zero become zero."""
    import numpy as np

    norm = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))
    scale = np.where(norm > 1e-6, 1 / np.maximum(norm, 1e-6), 0.0).astype(x.dtype)
    return np.asarray(x * scale[:, None])
