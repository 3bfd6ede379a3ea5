"""Words and labels of topics: c-TF-IDF over the central texts, phrases where two words go together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from feedback.topics._embed import models_folder, static
from feedback.topics._features import folded, key
from feedback.topics._words import Counts, fold, split, stop_words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

CENTRAL = 0.6
SHOWN = 3
KEPT = 100
MOST = 500  # central texts that name a topic


def central(labels: Array, fit: Array, share: float = CENTRAL) -> list[Array]:
    """For each topic, its best placed texts, best first: at least three where it has so many, 500 at most."""
    import numpy as np

    out = []
    for t in range(int(labels.max()) + 1):
        rows = np.flatnonzero(labels == t)
        order = rows[np.lexsort((rows, -np.round(fit[rows], 6)))]
        out.append(order[: min(MOST, max(3, round(share * len(order))))])
    return out


def ranked(counts: Counts, core: list[Array]) -> list[list[tuple[str, float]]]:
    """For each topic, its words with their c-TF-IDF score, best first; each family of endings, in both languages, once.

    tf (share of the topic's content words) x log(1 + mean words a topic / the family's count over all topics); a family
    must stand in two of the topic's texts; it shows as the form that the topic says most. Grootendorst 2022,
    arXiv:2203.05794, section 3.3.
    """
    import numpy as np
    import scipy.sparse as sp

    view = folded(counts, naming=True)
    if view.matrix.nnz == 0:
        return [[] for _ in core]
    rows = np.concatenate(core)
    topic = np.repeat(np.arange(len(core)), [len(c) for c in core])
    member = sp.csr_matrix((np.ones(len(rows)), (topic, rows)), shape=(len(core), counts.matrix.shape[0]))
    tf = (member @ view.matrix).tocsr()
    df = (member @ (view.matrix > 0).astype(np.float32)).tocsr()
    said = (member @ counts.matrix).tocsr()
    forms = view.member.tocsc()
    size = np.maximum(np.asarray(tf.sum(1)).ravel(), 1)
    idf = np.log1p(size.mean() / np.maximum(np.asarray(tf.sum(0)).ravel(), 1))
    out = []
    for t in range(len(core)):
        columns, counted, docs = tf[t].indices, tf[t].data, df[t].toarray().ravel()
        score = counted / size[t] * idf[columns]
        score = np.where(docs[columns] >= min(2, len(core[t])), score, score * 1e-3)
        own = said[t].toarray().ravel()
        order = np.lexsort((columns, -np.round(score, 12)))[:KEPT]
        out.append([(_form(forms[:, columns[i]].indices, own, counts.words), float(score[i])) for i in order])
    return out


def _form(members: Array, said: Array, words: Sequence[str]) -> str:
    """The form said most; an English one where it is said at least a third as often."""
    twins = static(models_folder()).twins
    found: str = words[min(members, key=lambda i: (-said[i] * (1 if words[i] in twins else 3), words[i]))]
    return found


def top_words(scored: list[tuple[str, float]], k: int) -> list[str]:
    """The k best words."""
    return [w for w, _ in scored[:k]]


def name(texts: Sequence[str], core: list[Array], scored: list[list[tuple[str, float]]]) -> list[str]:
    """Write one short label a topic: up to three phrases or words, none shared with another topic's label.

    Where a topic speaks both languages, English comes first and up to two Spanish words follow a slash.
    """
    wishes = [_phrases([texts[i] for i in rows], words) for rows, words in zip(core, scored, strict=True)]
    taken: dict[str, int] = {}
    for _, t, phrase in sorted((-s, t, p) for t, w in enumerate(wishes) for p, s in w):
        for part in phrase.split():
            taken.setdefault(key(part), t)
    out = []
    for t, wish in enumerate(wishes):
        own = [p for p, _ in wish if all(taken[key(w)] == t for w in p.split())]
        chosen: list[str] = []
        for p in [*own, *(p for p, _ in wish)]:
            families = {key(w) for w in p.split()}
            if len(chosen) < SHOWN and not any(families & {key(w) for w in c.split()} for c in chosen):
                chosen.append(p)
        both = _spanish(chosen, [texts[i] for i in core[t]])
        out.append(", ".join(chosen) + (f" / {both}" if both else "") or f"topic {t}")
    return _distinct(out)


def _spanish(chosen: Sequence[str], texts: Sequence[str]) -> str:
    """Up to two Spanish words that the texts say for the families of an English label."""
    twins = static(models_folder()).twins
    wanted = {key(w) for c in chosen for w in c.split() if w not in twins}
    said = Counter(w for text in texts for w in set(split(text)) if w in twins and key(w) in wanted)
    shown: dict[str, str] = {}
    for w, _ in sorted(said.items(), key=lambda p: (-p[1], p[0])):
        shown.setdefault(key(w), w)
    return ", ".join(list(shown.values())[:2])


def _phrases(texts: list[str], scored: list[tuple[str, float]], *, look_at: int = 12) -> list[tuple[str, float]]:
    best = scored[0][1] if scored else 0.0
    score = {w: s for w, s in scored[:look_at] if s > best / 20}  # words of one text only score a thousandth
    single: Counter[str] = Counter()
    pairs: Counter[tuple[str, str]] = Counter()
    stop = stop_words()
    for text in texts:
        words = split(text)
        single.update(set(words))
        pairs.update(
            {(a, b) for a, b in pairwise(words) if min(len(a), len(b)) > 2 and not {fold(a), fold(b)} & stop}
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
