"""Words that belong together: of a topic's candidates, those that people say near one another, no word in two topics.

c-TF-IDF alone lists what is frequent in a topic; ten such words need not have met in one sentence. Here candidates are
added one at a time: by their c-TF-IDF and by their mean NPMI with the words taken so far, counted in spans of ten words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from feedback.topics._words import split

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

Scored = list[tuple[str, float]]
CANDIDATES = 80
TOGETHER = 10  # words that are chosen to belong together
SPAN = 10
STEP = 5
MOST = 20_000  # texts in which words are seen together
OWN = 0.15  # weight of c-TF-IDF beside the company


def coherent(texts: Sequence[str], scored: Sequence[Scored]) -> list[Scored]:
    """Order each topic's words anew: the ten that belong together first (by their score), then the rest as they were."""
    mine = _own(scored)
    candidates = [words[:CANDIDATES] for words in mine]
    index = {w: i for i, w in enumerate(dict.fromkeys(w for words in candidates for w, _ in words))}
    near = _npmi(texts[:: max(1, -(-len(texts) // MOST))], index)
    out = []
    for words, own, full in zip(candidates, mine, scored, strict=True):
        picked = _pick(words, near, index)
        first = [p for p in own if p[0] in picked]
        taken = {w for w, _ in own}
        out.append([*first, *(p for p in own if p[0] not in picked), *(p for p in full if p[0] not in taken)])
    return out


def _own(scored: Sequence[Scored]) -> list[Scored]:
    """Give each word to the topic where it scores the most."""
    best: dict[str, tuple[float, int]] = {}
    for t, words in enumerate(scored):
        for w, s in words:
            if w not in best or s > best[w][0]:
                best[w] = (s, t)
    return [[(w, s) for w, s in words if best[w][1] == t] for t, words in enumerate(scored)]


def _pick(words: Scored, near: Array, index: dict[str, int]) -> set[str]:
    import numpy as np

    if len(words) <= TOGETHER:
        return {w for w, _ in words}
    at = np.asarray([index[w] for w, _ in words])
    score = np.asarray([s for _, s in words])
    weight = OWN * np.log(np.maximum(score / score[0], 1e-6))
    company = near[np.ix_(at, at)]
    best: tuple[float, list[int]] = (-np.inf, [])
    for start in range(min(3, len(words))):
        chosen = [start]
        while len(chosen) < TOGETHER:
            value = company[:, chosen].mean(1) + weight
            value[chosen] = -np.inf
            chosen.append(int(np.round(value, 9).argmax()))
        inside = company[np.ix_(chosen, chosen)]
        total = float(inside.sum() - np.trace(inside)) / (TOGETHER * (TOGETHER - 1)) + float(weight[chosen].mean())
        if total > best[0] + 1e-9:
            best = (total, chosen)
    return {words[i][0] for i in best[1]}


def _npmi(texts: Sequence[str], index: dict[str, int]) -> Array:
    """NPMI of every two words over half overlapping spans of ten words; -1 where they never meet: (words, words)."""
    import numpy as np
    import scipy.sparse as sp

    rows: list[int] = []
    cols: list[int] = []
    spans = 0
    for text in texts:
        tokens = split(text)
        last = max(0, -(-(len(tokens) - SPAN) // STEP))
        for i, w in enumerate(tokens):
            j = index.get(w)
            if j is not None:
                first, second = min(i // STEP, last), min(max(i // STEP - 1, 0), last)
                rows += [spans + first, spans + second]
                cols += [j, j]
        spans += last + 1
    seen = sp.csr_matrix((np.ones(len(rows), np.float32), (rows, cols)), shape=(max(spans, 1), max(len(index), 1)))
    seen.sum_duplicates()
    seen.data = np.ones_like(seen.data)
    joint = (seen.T @ seen).toarray().astype(np.float64) / max(spans, 1)
    single = np.maximum(joint.diagonal(), 1e-12)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log(joint / np.outer(single, single)) / -np.log(joint)
    return np.asarray(np.where(joint > 0, np.where(joint < 1, found, 1.0), -1.0))
