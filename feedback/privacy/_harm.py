"""What people tell of harm in words that no rule foresees: a linear model over words and letters, learned from invented units.

Trained by `python -m feedback.privacy._teach_harm` on `corpora/disclosures` and, as what tells of none, on `corpora/training`.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from functools import cache, lru_cache
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

from feedback.privacy._lexicon import MODELS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["DETECTOR", "SIZE", "features", "holds"]

DETECTOR = "harm@1"
MODEL = MODELS / "harm.npz"
SIZE = 1 << 17
_WORD = re.compile(r"[a-z0-9']+")


@cache
def _model() -> tuple[Array, float] | None:
    import numpy as np

    if not MODEL.is_file():
        return None
    with np.load(MODEL) as kept:
        return kept["weights"].astype(np.float32), float(kept["least"])


def features(said: str) -> dict[int, float]:
    """Count hashed words, pairs of words and pieces of three to five letters; each kind of length one.

    `said` is lower-case without accents. The value of a bucket is the logarithm of the count, plus one.
    """
    words = _WORD.findall(said)
    kinds = (
        [*map(_word, words), *(zlib.crc32(f"p{a} {b}".encode()) % SIZE for a, b in pairwise(words))],
        list(chain.from_iterable(map(_pieces, words))),
    )
    out: dict[int, float] = {}
    for buckets in kinds:
        counts = Counter(buckets)
        values = {b: 1.0 + _log(n) for b, n in counts.items()}
        length = sum(v * v for v in values.values()) ** 0.5
        for b, v in values.items():
            out[b] = out.get(b, 0.0) + v / length
    return out


@lru_cache(maxsize=1 << 16)
def _word(word: str) -> int:
    return zlib.crc32(f"w{word}".encode()) % SIZE


@lru_cache(maxsize=1 << 15)
def _pieces(word: str) -> tuple[int, ...]:
    """The buckets of a word's pieces of three to five letters."""
    p = f" {word} "
    return tuple(zlib.crc32(f"c{p[i : i + n]}".encode()) % SIZE for n in (3, 4, 5) for i in range(len(p) - n + 1))


@cache
def _log(n: int) -> float:
    from math import log

    return log(n)


def holds(said: str) -> bool:
    """Whether the unit has to be read by a person first; False where the model is not there."""
    loaded = _model()
    if loaded is None or len(said) < 12:
        return False
    weights, least = loaded
    found = features(said)
    return bool(sum(w * v for w, v in zip(weights[list(found)].tolist(), found.values(), strict=True)) >= least)
