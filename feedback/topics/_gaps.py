"""What the codebook does not cover: fields of like words that recur over sessions and that no code explains.

Units are short and speak of several things at once, so what a few of them share drowns in the mean of their words. Words
do not drown: `sleep`, `slept`, `nap` and `dormir` lie together in the embedder, whatever else their units say. A field
is a cluster of such words; a topic is a field with the units that say one of its words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.codebook import Codebook, Codings
from feedback.topics._choose import RESAMPLES, resamples
from feedback.topics._embed import models_folder, static
from feedback.topics._features import folded, key
from feedback.topics._founders import one_thread
from feedback.topics._words import Counts, count, fold, split, stop_words

if TYPE_CHECKING:
    import numpy as np

    from feedback.corpus import Segment

    Array = np.ndarray[Any, Any]

LINK = 0.4  # mean cosine at which words join a field
NEAR = 0.5  # cosine to the field at which another word speaks of it too
WORDS = 4000  # the commonest keys that are clustered
EXPLAINED = 0.5
LEAST_UNITS = 3
MOST = 60


@dataclass(frozen=True)
class Field:
    """A cluster of words: `keys` with their weight (nearness to the field's middle), and how much the codebook has of it."""

    keys: Mapping[str, float]
    known: float


class Gaps:
    """Fields of words that no code explains, as a model with topics: labels_ is -1 for units that none of them takes."""

    def __init__(self, codings: Codings | None, *, n_topics: int | None = None, seed: int = 0) -> None:
        self.codings = codings
        self.n_topics = n_topics
        self.seed = seed
        self.fields: list[Field] = []
        self.names_: list[str] = []
        self._words: list[list[str]] = []

    def fit(self, segments: Sequence[Segment]) -> Gaps:
        """Find the fields of these units, and set labels_, fit_, names_, stability_, n_topics_."""
        import numpy as np

        with one_thread():
            counts = count([s.text for s in segments])
            view = folded(counts, naming=True)
            vectors = _key_vectors(counts, view)
            heard = (view.matrix > 0).astype(np.float32).tocsr()
            self.fields = self._ranked(segments, view.names, heard, vectors)
            scores = self._settle(view.names, heard, len({s.session.id for s in segments}))
            self.stability_ = self._stability(segments, view.names, heard, vectors, scores)
        best = scores.argmax(1) if scores.shape[1] else np.zeros(len(segments), np.int64)
        top = scores.max(1) if scores.shape[1] else np.zeros(len(segments))
        self.labels_ = np.where(top > 0, best, -1)
        self.fit_ = np.round(np.minimum(top, 1.0), 6)
        self.n_topics_ = len(self.fields)
        self.missed_ = round(float((self.labels_ < 0).mean()), 4)
        self._surface(counts, view)
        return self

    def _ranked(self, segments: Sequence[Segment], names: tuple[str, ...], heard: Any, vectors: Array) -> list[Field]:
        import numpy as np

        sessions = np.asarray([s.session.id for s in segments])
        audiences = np.asarray([s.audience or "" for s in segments])
        codes = _codes_of(segments, self.codings)
        book = _book_keys(self.codings.codebook) if self.codings else frozenset()
        least = min(2, len(set(sessions.tolist())))
        found = []
        for at in clusters(vectors, np.asarray(heard.sum(0)).ravel()):
            rows = np.flatnonzero(np.asarray(heard[:, at].sum(1)).ravel() > 0)
            where, who = set(sessions[rows].tolist()), set(audiences[rows].tolist())
            if len(rows) < min(LEAST_UNITS, len(segments)) or len(where) < least:
                continue
            mentions = np.asarray(heard[:, at].sum(0)).ravel()
            known = float(sum(m for m, i in zip(mentions, at, strict=True) if names[i] in book) / mentions.sum())
            common = Counter(c for i in rows for c in codes[i]).most_common(1)
            coded = common[0][1] / len(rows) if common else 0.0
            if known > EXPLAINED or coded > EXPLAINED:
                continue
            found.append((-len(where), -len(who), known + coded, -len(rows), _field(at, names, vectors, mentions, known)))
        found.sort(key=lambda f: (*f[:4], min(f[4].keys)))
        return [f[4] for f in found[:MOST]]

    def _settle(self, names: tuple[str, ...], heard: Any, sessions: int) -> Array:
        """Give each unit one home, the strongest field (the higher ranked one of equals); drop fields left too small."""
        import numpy as np

        scores = self._scores(names, heard)
        least = min(LEAST_UNITS, heard.shape[0]) if sessions > 1 else 1
        while scores.shape[1]:
            home = np.where(scores.max(1) > 0, scores.argmax(1), -1)
            size = np.bincount(home[home >= 0], minlength=scores.shape[1])
            if size.min() >= least:
                break
            small = len(size) - 1 - int(size[::-1].argmin())
            self.fields = [f for i, f in enumerate(self.fields) if i != small]
            scores = np.delete(scores, small, axis=1)
        if self.n_topics is not None:
            self.fields, scores = self.fields[: self.n_topics], scores[:, : self.n_topics]
        return scores

    def _scores(self, names: tuple[str, ...], heard: Any) -> Array:
        """How strongly each unit speaks of each field, 0 to 1: a word of the field gives .8, further ones add: (n, fields)."""
        import numpy as np

        out = np.zeros((heard.shape[0], len(self.fields)))
        for f, found in enumerate(self.fields):
            weight = np.asarray([found.keys.get(n, 0.0) for n in names], dtype=np.float32)
            total = np.asarray(heard @ weight).ravel()
            best = np.asarray(heard.multiply(weight).max(axis=1).todense()).ravel()
            out[:, f] = np.round(best + 0.1 * np.minimum(total - best, 2.0), 6)
        return out

    def _stability(
        self, segments: Sequence[Segment], names: tuple[str, ...], heard: Any, vectors: Array, scores: Array
    ) -> Array:
        """Mean best Jaccard overlap of each field's units with a field found in nine tenths of the units."""
        import numpy as np

        if len(segments) < 4:
            return np.full(len(self.fields), np.nan)
        found = np.zeros((RESAMPLES, len(self.fields)))
        for i, keep in enumerate(resamples(len(segments), self.seed)):
            part = heard[keep]
            sets = [
                set(np.flatnonzero(np.asarray(part[:, at].sum(1)).ravel() > 0).tolist())
                for at in clusters(vectors, np.asarray(part.sum(0)).ravel(), link=LINK + 0.02 * (i - 2))
            ]
            for f in range(len(self.fields)):
                own = set(np.flatnonzero(scores[keep, f] > 0).tolist())
                found[i, f] = max((len(own & s) / max(len(own | s), 1) for s in sets if own & s), default=0.0)
        return np.asarray(found.mean(0))

    def adopt(self, other: Gaps, parts: Sequence[int]) -> tuple[int, ...]:
        """Take fields of another model in behind one's own; return their numbers here."""
        import numpy as np

        first = self.n_topics_
        self.fields = [*self.fields, *(other.fields[p] for p in parts)]
        self.names_ = [*self.names_, *(other.names_[p] for p in parts)]
        self._words = [*self._words, *(other._words[p] for p in parts)]
        self.stability_ = np.concatenate([self.stability_, [float(other.stability_[p]) for p in parts]])
        self.n_topics_ = len(self.fields)
        return tuple(range(first, self.n_topics_))

    def _surface(self, counts: Counts, view: Any) -> None:
        """Give each field the words that people said for it, commonest first, English before Spanish where both are there."""
        import numpy as np

        said = np.asarray(counts.matrix.sum(0)).ravel()
        twins = static(models_folder()).twins
        index = {n: j for j, n in enumerate(view.names)}
        members = view.member.tocsc()
        self._words, self.names_ = [], []
        for found in self.fields:
            spoken: list[tuple[float, str]] = []
            for k, weight in found.keys.items():
                if k in index:
                    for i in members[:, index[k]].indices:
                        spoken.append((-float(said[i]) * weight, counts.words[i]))
            words = [w for _, w in sorted(spoken)]
            self._words.append(words)
            english, spanish = [w for w in words if w not in twins], [w for w in words if w in twins]
            label = ", ".join(_families(english)[:3])
            other = ", ".join(_families(spanish)[: 2 if english else 3])
            self.names_.append(" / ".join(x for x in (label, other) if x))

    def words(self, k: int = 10) -> list[list[str]]:
        """Return what people said for each field, commonest first."""
        return [w[:k] for w in self._words]

    def place(self, texts: Sequence[str]) -> tuple[Array, Array, Array]:
        """Return field, score and whether the text says one of the field's words, for new texts."""
        import numpy as np

        counts = count(list(texts))
        view = folded(counts, naming=True)
        scores = self._scores(view.names, (view.matrix > 0).astype(np.float32).tocsr())
        return scores.argmax(1), scores.max(1), scores.max(1) > 0


def _key_vectors(counts: Counts, view: Any) -> Array:
    """Mean direction of each key's words, centred: float (keys, d), unit length (zero where no word is known whole)."""
    import numpy as np

    weights = static(models_folder())
    words = np.stack([weights.word(w) * weights.knows(w) for w in counts.words]).astype(np.float64)
    words /= np.maximum(np.linalg.norm(words, axis=1, keepdims=True), 1e-9)
    said = np.asarray(counts.matrix.sum(0)).ravel()
    x = view.member.T @ (words * said[:, None])
    x /= np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    known = np.abs(x).sum(1) > 0
    x[known] -= x[known].mean(0)
    return np.asarray(np.round(x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9), 6))


def clusters(vectors: Array, mentions: Array, *, link: float = LINK) -> list[Array]:
    """Cluster the keys that are said (the 4,000 commonest at most) by average linkage on cosine: lists of columns."""
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage

    order = np.lexsort((np.arange(len(mentions)), -mentions))
    kept = np.sort(order[:WORDS][mentions[order[:WORDS]] > 0])
    known = np.abs(vectors[kept]).sum(1) > 0
    alone = [kept[i : i + 1] for i in np.flatnonzero(~known)]
    kept = kept[known]
    if len(kept) < 2:
        return [*([kept] if len(kept) else []), *alone]
    x = vectors[kept]
    distance = np.clip(1 - np.round(x @ x.T, 6), 0, 2)
    found = fcluster(linkage(distance[np.triu_indices(len(x), 1)], "average"), 1 - link, "distance")
    return [*(kept[found == c] for c in np.unique(found)), *alone]


def _field(at: Array, names: tuple[str, ...], vectors: Array, mentions: Array, known: float) -> Field:
    import numpy as np

    middle = (vectors[at] * np.log1p(mentions)[:, None]).sum(0)  # zero for a word that the embedder does not know
    middle /= max(float(np.linalg.norm(middle)), 1e-9)
    near = vectors @ middle
    own = set(at.tolist())
    weights = dict.fromkeys((names[i] for i in at), 0.8)
    weights |= {names[i]: round(float(near[i]) / 2, 4) for i in np.flatnonzero(near >= NEAR) if int(i) not in own}
    return Field(weights, round(known, 4))


def _codes_of(segments: Sequence[Segment], codings: Codings | None) -> list[set[str]]:
    by_ref: dict[str, set[str]] = {}
    for c in codings or ():
        if c.score >= EXPLAINED:
            by_ref.setdefault(c.ref, set()).add(c.code)
    return [by_ref.get(s.ref, set()) for s in segments]


def _book_keys(book: Codebook) -> frozenset[str]:
    """Keys of every content word that a code's name, definition, include line, triggers or examples hold."""
    stop = stop_words()
    parts: list[str] = []
    for c in book:
        parts += [c.name, c.definition, c.include, *c.names.values()]
        parts += [p for mapping in (c.triggers, c.examples) for phrases in mapping.values() for p in phrases]
    return frozenset(key(w) for p in parts for w in split(p) if fold(w) not in stop)


def _families(words: Sequence[str]) -> list[str]:
    seen: dict[str, str] = {}
    for w in words:
        seen.setdefault(key(w), w)
    return list(seen.values())
