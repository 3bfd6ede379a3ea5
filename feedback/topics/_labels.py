"""Words and labels of topics: c-TF-IDF over the central texts, phrases where two words go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from feedback.topics._features import stem
from feedback.topics._words import Counts, content, fold, split, stop_words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CENTRAL = 0.6
SHOWN = 3


def central(labels: Array, fit: Array, share: float = CENTRAL) -> list[Array]:
    """For each topic, its best placed texts, best first: at least three where it has so many."""
    import numpy as np

    out = []
    for t in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == t)
        order = rows[np.lexsort((rows, -np.round(fit[rows], 6)))]
        out.append(order[: max(3, round(share * len(order)))])
    return out


def ranked(counts: Counts, core: list[Array]) -> list[list[tuple[str, float]]]:
    """For each topic, its words with their c-TF-IDF score, best first; a word must stand in two of its texts.

    tf (share of the topic's content words) x log(1 + mean words a topic / the word's count over all topics).
    Grootendorst 2022, arXiv:2203.05794, section 3.3.
    """
    import numpy as np
    import scipy.sparse as sp

    kept = np.flatnonzero(content(counts))
    if not len(kept):
        return [[] for _ in core]
    rows = np.concatenate(core)
    topic = np.repeat(np.arange(len(core)), [len(c) for c in core])
    member = sp.csr_matrix((np.ones(len(rows)), (topic, rows)), shape=(len(core), counts.matrix.shape[0]))
    matrix = counts.matrix[:, kept]
    tf = (member @ matrix).tocsr()
    df = (member @ (matrix > 0).astype(np.float32)).tocsr()
    total = np.asarray(tf.sum(0)).ravel()
    size = np.maximum(np.asarray(tf.sum(1)).ravel(), 1)
    idf = np.log1p(size.mean() / np.maximum(total, 1))
    out = []
    for t in range(len(core)):
        columns, counted, docs = tf[t].indices, tf[t].data, np.asarray(df[t, tf[t].indices].todense()).ravel()
        score = counted / size[t] * idf[columns]
        score = np.where(docs >= min(2, len(core[t])), score, score * 1e-3)
        order = np.lexsort((columns, -np.round(score, 12)))
        out.append([(counts.words[kept[columns[i]]], float(score[i])) for i in order])
    return out


def top_words(scored: list[tuple[str, float]], k: int) -> list[str]:
    """The k best words, one of each family of endings (`sleep` stands for `sleeping`)."""
    seen: set[str] = set()
    out = []
    for word, _ in scored:
        root = stem(word)
        if root not in seen:
            seen.add(root)
            out.append(word)
        if len(out) == k:
            break
    return out


def name(texts: Sequence[str], core: list[Array], scored: list[list[tuple[str, float]]]) -> list[str]:
    """Write one short label a topic: up to three phrases or words, none of them shared with another topic's label."""
    wishes: list[list[tuple[str, float]]] = [
        _phrases([texts[i] for i in rows], words) for rows, words in zip(core, scored, strict=True)
    ]
    taken: dict[str, int] = {}
    order = sorted(((-s, t, p) for t, w in enumerate(wishes) for p, s in w))
    for _, t, phrase in order:
        for part in phrase.split():
            taken.setdefault(stem(part), t)
    out = []
    for t, wish in enumerate(wishes):
        own = [p for p, _ in wish if all(taken[stem(w)] == t for w in p.split())]
        chosen: list[str] = []
        for p in [*own, *(p for p, _ in wish)]:
            roots = {stem(w) for w in p.split()}
            if len(chosen) < SHOWN and not any(roots & {stem(w) for w in c.split()} for c in chosen):
                chosen.append(p)
        out.append(", ".join(chosen) or f"topic {t}")
    return _distinct(out)


def _phrases(texts: list[str], scored: list[tuple[str, float]], *, look_at: int = 12) -> list[tuple[str, float]]:
    score = dict(scored[:look_at])
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    stop = stop_words()
    for text in texts:
        words = split(text)
        single.update(set(words))
        pairs.update(
            {(a, b) for a, b in pairwise(words) if len(a) > 2 and not {fold(a), fold(b)} & stop}
        )
    out = dict(score)
    for (a, b), n in sorted(pairs.items()):
        best = max(score.get(a, 0.0), score.get(b, 0.0))
        if n >= 2 and best > 0 and n >= 0.5 * min(single[a], single[b]) and a != b:
            out[f"{a} {b}"] = best * 1.2
    return sorted(out.items(), key=lambda p: (-p[1], p[0]))


def _distinct(labels: list[str]) -> list[str]:
    seen: Counter[str] = Counter()
    out = []
    for label in labels:
        seen[label] += 1
        out.append(label if seen[label] == 1 else f"{label} ({seen[label]})")
    return out
