"""Words of texts: one fast reading that embedding, TF-IDF and labels share, and the words that say nothing."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import scipy.sparse as sp

EMPTY = ("english", "spanish", "fillers")
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BRACKET = re.compile(r"\[[^\[\]]{1,40}\]")


def split(text: str) -> list[str]:
    """Cut a text into lower-case words; apostrophes inside a word stay; what stands in brackets was not said.

    >>> split("We don't sleep — no dormimos.")
    ['we', "don't", 'sleep', 'no', 'dormimos']
    >>> split("[PERSON 1] told me [laughs]")
    ['told', 'me']
    """
    if "[" in text:
        text = _BRACKET.sub(" ", text)
    return _WORD.findall(text.lower().replace("’", "'"))


def fold(word: str) -> str:
    """Take accents away: `niñez` -> `ninez`."""
    if word.isascii():
        return word
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))


@cache
def stop_words(*kinds: str) -> frozenset[str]:
    """Return the words of `stopwords.txt` under these headings (all where none is named), accents folded."""
    found: set[str] = set()
    heading = ""
    for line in files("feedback.topics").joinpath("stopwords.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            heading = line.strip("[] ")
        elif line and not line.startswith("#") and (not kinds or heading in kinds):
            found |= {fold(w) for w in line.split()}
    return frozenset(found)


@dataclass(frozen=True)
class Counts:
    """How often each word stands in each text: `words` are the columns of `matrix` (n texts, m words)."""

    words: tuple[str, ...]
    matrix: sp.csr_matrix


def count(texts: Sequence[str]) -> Counts:
    """Count the words of every text in one pass."""
    import numpy as np
    import scipy.sparse as sp

    index: defaultdict[str, int] = defaultdict()
    index.default_factory = index.__len__
    ids: list[int] = []
    ends = [0]
    for text in texts:
        ids.extend(map(index.__getitem__, split(text)))
        ends.append(len(ids))
    order = sorted(index)  # so that columns do not depend on the order of the texts
    place = np.empty(len(order), dtype=np.int64)
    place[np.fromiter((index[w] for w in order), np.int64, len(order))] = np.arange(len(order))
    columns = place[np.asarray(ids, dtype=np.int64)] if ids else np.zeros(0, np.int64)
    shape = (len(texts), max(len(order), 1))
    matrix = sp.csr_matrix((np.ones(len(ids), np.float32), columns, np.asarray(ends)), shape=shape)
    matrix.sum_duplicates()
    return Counts(tuple(order) or ("",), matrix)


def content(counts: Counts, *, naming: bool = False) -> np.ndarray[Any, Any]:
    """Say which columns carry content: not function words, fillers, figures or single letters.

    `naming=True` also leaves out words that may found a topic but never name one: of the domain, times, persons, talk.
    """
    import numpy as np

    from feedback.topics._embed import models_folder, static

    stop, twins = stop_words() if naming else stop_words(*EMPTY), static(models_folder()).twins
    return np.asarray([_content(w, stop, twins) for w in counts.words], dtype=bool)


def _content(word: str, stop: frozenset[str], twins: Mapping[str, str]) -> bool:
    plain = fold(word)
    if len(plain) < 2 or plain in stop or plain.isdigit() or plain.split("'")[0] in stop:
        return False
    twin = twins.get(word)
    return twin is None or any(w not in stop for w in twin.split())


def as_texts(texts: Iterable[str] | str) -> list[str]:
    """Turn a list, a pandas Series or an array of strings into a list; raises as scikit-learn does."""
    if isinstance(texts, (str, bytes)):
        raise ValueError("Iterable over raw text documents expected, string object received: wrap it in a list.")
    if isinstance(texts, Mapping) or getattr(texts, "ndim", 1) != 1:
        raise ValueError("one column of texts is expected, not a table or mapping: pass the column, for instance df['text'].")
    try:
        out = list(texts)
    except TypeError:
        raise ValueError("an iterable of texts is expected, for instance a list of strings.") from None
    wrong = next((i for i, t in enumerate(out) if t is not None and t == t and not isinstance(t, str)), None)
    if wrong is not None:
        raise ValueError(f"text {wrong} is a {type(out[wrong]).__name__}, not a string.")
    return [t if isinstance(t, str) else "" for t in out]
