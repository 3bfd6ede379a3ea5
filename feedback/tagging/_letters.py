"""Letters of texts, counted word by word: what a word's letters are is worked out once, however often it is said."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SHORTEST, LONGEST = 2, 5


class Letters:
    """TF-IDF of the two to five letters within words, as scikit-learn's `char_wb` counts them; the most frequent `most`.

    Equal to TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, strip_accents="unicode") but for the order
    of its columns and which of equally frequent ones are kept.
    """

    def __init__(self, *, least: int, most: int) -> None:
        self._least, self._most = least, most
        self._column: dict[str, int] = {}
        self._weigh: Any = None

    def fit_transform(self, texts: Sequence[str]) -> Any:
        """Choose the columns and weights by these texts; return them as csr (texts, columns)."""
        import numpy as np
        from sklearn.feature_extraction.text import TfidfTransformer

        said, words = _said(texts)
        place: dict[str, int] = {}
        made = _made(words, place, grow=True)
        counts = (said @ made).tocsr()
        there, often = np.bincount(counts.indices, minlength=len(place)), np.asarray(counts.sum(0)).ravel()
        kept = np.flatnonzero(there >= self._least)
        kept = np.sort(kept[np.argsort(-often[kept], kind="stable")[: self._most]])
        grams = list(place)
        self._column = {grams[k]: i for i, k in enumerate(kept.tolist())}
        self._weigh = TfidfTransformer(sublinear_tf=True)
        return self._weigh.fit_transform(counts[:, kept])

    def transform(self, texts: Sequence[str]) -> Any:
        """Weigh other texts by what was chosen: csr (texts, columns)."""
        said, words = _said(texts)
        return self._weigh.transform((said @ _made(words, self._column, grow=False)).tocsr())


def _said(texts: Sequence[str]) -> tuple[Any, list[str]]:
    """How often each text says each word, csr (texts, words), and the words."""
    import numpy as np
    from scipy.sparse import csr_matrix

    place: dict[str, int] = {}
    columns: list[int] = []
    ends = [0]
    for text in texts:
        columns += [place.setdefault(w, len(place)) for w in _plain(text).split()]
        ends.append(len(columns))
    out = csr_matrix((np.ones(len(columns)), np.array(columns, np.int32), np.array(ends)), shape=(len(texts), len(place)))
    out.sum_duplicates()
    return out, list(place)


def _made(words: Sequence[str], place: dict[str, int], *, grow: bool) -> Any:
    """How often each word holds each run of letters, csr (words, runs); unknown runs join `place` where it may grow."""
    import numpy as np
    from scipy.sparse import csr_matrix

    columns: list[int] = []
    values: list[int] = []
    ends = [0]
    for word in words:
        for gram, count in Counter(_runs(f" {word} ")).items():
            column = place.setdefault(gram, len(place)) if grow else place.get(gram, -1)
            if column >= 0:
                columns.append(column)
                values.append(count)
        ends.append(len(columns))
    made = csr_matrix((np.array(values, float), np.array(columns, np.int32), np.array(ends)), shape=(len(words), len(place)))
    made.sort_indices()
    return made


def _runs(word: str) -> list[str]:
    out = []
    for n in range(SHORTEST, LONGEST + 1):
        if len(word) <= n:
            out.append(word)  # a word this short counts once
            break
        out += [word[i : i + n] for i in range(len(word) - n + 1)]
    return out


def _plain(text: str) -> str:
    low = text.lower()
    return low if low.isascii() else "".join(c for c in unicodedata.normalize("NFKD", low) if not unicodedata.combining(c))
