"""TopicModel: topics of any texts, by scikit-learn's conventions, without an outlier bin and without chance."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import feedback.topics._anchors as _anchors
import feedback.topics._choose as _choose
import feedback.topics._graph as _graph
import feedback.topics._labels as _labels
from feedback.topics._embed import Embedder
from feedback.topics._features import Features
from feedback.topics._words import Counts, as_texts, content, count

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

FOUNDING = 3  # distinct content words that a text needs to found a topic
NEAR = 15
POOR = 0.5  # a new text below the fit of one in twenty of the fitted ones counts as poorly placed
REFIT = 0.15


class TopicModel:
    """Find topics: neighbour graph over vectors and words, Leiden communities, labels from their central texts.

    Args:
        n_topics: how many; None chooses the finest resolution that is as stable over resamples as the most stable one.
        seed: of the resamples that `stability_` is measured on. Topics themselves are found without chance: the same texts
            give the same topics under every seed, and the same bytes under the same seed.
        embedder: what turns texts into vectors; None is the static one.
        steady: from 400 founding texts on, and where no number is asked for, draw fixed anchors to the texts (`_anchors`)
            instead of parting a graph: about nine texts in ten keep their topic when a tenth of the texts is gone, at some
            cost in coherence. False, or a number of topics: always the graph.

    Attributes, set by `fit`:
        labels_ (texts,): topic of each text seen, 0 the largest; never -1. `partial_fit` appends the new texts'.
        fit_ (texts,): how well each text sits in its topic, 0 to 1; 0.5 is between two topics, 0 a text that says nothing.
        names_, stability_ (topics,): label; mean best Jaccard overlap over resamples of nine tenths, 0 to 1.
        hierarchy_ (topics - 1, 4): average-linkage merges, as scipy's.
        ladder_: (resolution, topics, stability) of each step tried; empty where `n_topics` was given.
        drift_: share of `partial_fit`'s texts that sit worse than nineteen of twenty fitted ones; refit_advised_.

    >>> model = TopicModel(n_topics=2).fit(["bus late again", "no bus", "the bus stop", "rent is high", "rent went up"])
    >>> len(model.labels_), model.n_topics_
    (5, 2)
    """

    _estimator_type = "clusterer"

    def __init__(
        self, n_topics: int | None = None, seed: int = 0, *, embedder: Embedder | None = None, steady: bool = True
    ) -> None:
        self.n_topics = n_topics
        self.seed = seed
        self.embedder = embedder
        self.steady = steady

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {"n_topics": self.n_topics, "seed": self.seed, "embedder": self.embedder, "steady": self.steady}

    def set_params(self, **params: Any) -> TopicModel:
        """Set arguments by name; raises ValueError for a name that is none."""
        for key, value in params.items():
            if key not in self.get_params():
                raise ValueError(f"Invalid parameter {key!r} for estimator TopicModel.")
            setattr(self, key, value)
        return self

    def __repr__(self) -> str:
        given = {k: v for k, v in self.get_params().items() if v is not None and (k, v) != ("steady", True)}
        return f"TopicModel({', '.join(f'{k}={v!r}' for k, v in given.items())})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "labels_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags, TransformerTags

        del ClassifierTags
        return Tags(
            estimator_type="clusterer", target_tags=TargetTags(required=False), transformer_tags=TransformerTags(),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True), classifier_tags=None, regressor_tags=None,
        )  # fmt: skip

    def fit(self, texts: Iterable[str], y: object = None) -> TopicModel:
        """Find the topics of these texts; raises ValueError for no texts, or more topics than texts to found them."""
        listed = as_texts(texts)
        if not listed:
            raise ValueError("Found no texts: at least one is needed to find topics in.")
        if self.n_topics is not None and (isinstance(self.n_topics, bool) or not 1 <= int(self.n_topics) <= len(listed)):
            raise ValueError(f"n_topics={self.n_topics!r} must be None or a whole number from 1 to {len(listed)} texts.")
        with one_thread():
            self._fit(listed)
        self._texts = listed
        return self

    def _fit(self, texts: list[str]) -> None:
        import numpy as np

        counts = count(texts)
        founding = founders(counts, least=self.n_topics or 1)
        rows = np.flatnonzero(founding)
        self._anchored = self.steady and self.n_topics is None and len(rows) >= _anchors.LEAST
        embedder = self.embedder or Embedder()
        self._view, x = Features.fit(counts, texts, embedder=embedder, seed=0, fixed=self._anchored)
        if self._anchored:
            placed, stable = self._by_anchors(x, rows, counts, embedder)
        else:
            placed, stable = self._by_graph(x, rows)
        order = self._renumber(placed)
        self.stability_ = stable[order]
        self.labels_ = self._rank[placed]
        self.n_topics_ = len(self._centroids)
        self._silent = ~np.asarray(counts.matrix[:, np.flatnonzero(content(counts))].getnnz(1) > 0)
        self.fit_ = self._fit_of(x, self.labels_, self._silent)
        self._poor = float(np.quantile(self.fit_[founding], 0.05))
        self.hierarchy_ = hierarchy(self._centroids)
        self._name(texts, counts)
        self.drift_, self.refit_advised_, self._new = 0.0, False, (0, 0)

    def _by_anchors(self, x: Array, rows: Array, counts: Counts, embedder: Embedder) -> tuple[Array, Array]:
        """Draw the fixed anchors to the texts; every text goes to the nearest centroid."""
        import numpy as np

        found = _anchors.fit(x[rows], counts, embedder, seed=self.seed)
        self.ladder_: tuple[tuple[float, int, float], ...] = found.ladder
        self._founders, self._founder_labels = x[:0], np.zeros(0, np.int64)
        self._centroids, stable = found.centroids, found.stability
        placed = _anchors.place(x, self._centroids)
        empty = np.bincount(placed, minlength=len(self._centroids)) < _anchors.SMALLEST
        if empty.any() and not empty.all():
            self._centroids, stable = self._centroids[~empty], stable[~empty]
            placed = _anchors.place(x, self._centroids)
        return placed, stable

    def _by_graph(self, x: Array, rows: Array) -> tuple[Array, Array]:
        """Find communities among the founding texts, and place the others by neighbours and centroids."""
        import numpy as np

        graph, labels, resolution = self._cluster(x[rows])
        stable = _choose.stability(graph, labels, resolution, self.seed) if len(rows) > 3 else np.ones(labels.max() + 1)
        self._founders, self._founder_labels = x[rows], labels
        self._centroids = _choose.centroids(labels, x[rows])
        placed = self._affinity(x).argmax(1)
        placed[rows] = labels
        return placed, stable

    def _cluster(self, x: Array) -> tuple[Any, Array, float]:
        import numpy as np
        import scipy.sparse as sp

        self.ladder_ = ()
        n = len(x)
        if n < 4 and self.n_topics is None:
            return sp.csr_matrix((n, n)), np.zeros(n, np.int64), 1.0
        k = int(min(n - 1, np.clip(round(0.5 * n**0.5), 5, NEAR)))
        graph = _graph.shared(_graph.neighbours(x, k)) if n > 1 else sp.csr_matrix((n, n))
        if self.n_topics is not None:
            labels = _choose.exactly(graph, x, self.n_topics)
            return graph, labels, 1.0
        rungs = _choose.ladder(graph, seed=0)
        self.ladder_ = tuple((r.resolution, r.topics, round(r.stability, 4)) for r in rungs)
        chosen = _choose.choose(rungs)
        return graph, _choose.merge_small(chosen.labels, x), chosen.resolution

    def _renumber(self, placed: Array) -> Array:
        import numpy as np

        k = len(self._centroids)
        order = np.lexsort((np.arange(k), -np.bincount(placed, minlength=k)))
        self._rank = np.empty(k, np.int64)
        self._rank[order] = np.arange(k)
        self._centroids = self._centroids[order]
        self._founder_labels = self._rank[self._founder_labels]
        return np.asarray(order)

    def _affinity(self, x: Array) -> Array:
        """Share of a text's neighbours in each topic and nearness to its centroid, half and half: (n, topics), rows sum 1."""
        import numpy as np

        k = len(self._centroids)
        near = np.round(x @ self._centroids.T, 5)
        soft = np.exp((near - near.max(1, keepdims=True)) * 8)
        soft /= soft.sum(1, keepdims=True)
        if self._anchored or len(self._founders) > _graph.EXACT or k == 1:
            return np.asarray(soft)
        member = np.eye(k, dtype=np.float32)[self._founder_labels]
        votes = np.empty((len(x), k))
        for start in range(0, len(x), _graph.CHUNK):
            scores = np.round(x[start : start + _graph.CHUNK] @ self._founders.T, 5)
            best = _graph.top(scores, min(NEAR, len(self._founders)))
            weight = np.maximum(np.take_along_axis(scores, best, 1), 1e-3) ** 2
            votes[start : start + _graph.CHUNK] = (member[best] * weight[..., None]).sum(1)
        return np.asarray((votes / votes.sum(1, keepdims=True) + soft) / 2)

    def _fit_of(self, x: Array, labels: Array, silent: Array) -> Array:
        import numpy as np

        near = 1 - x @ self._centroids.T
        own = near[np.arange(len(x)), labels].copy()
        if near.shape[1] == 1:
            fit = 1 - own
        else:
            near[np.arange(len(x)), labels] = np.inf
            other = near.min(1)
            fit = (1 + (other - own) / np.maximum(np.maximum(other, own), 1e-9)) / 2
        return np.asarray(np.round(np.where(silent, 0.0, np.clip(fit, 0, 1)), 6))

    def _name(self, texts: list[str], counts: Counts) -> None:
        self.core_ = _labels.central(self.labels_, self.fit_)
        self._scored = _labels.ranked(counts, self.core_)
        self.names_ = _labels.name(texts, self.core_, self._scored)

    def fit_predict(self, texts: Iterable[str], y: object = None) -> Array:
        """Find topics and return each text's."""
        labels: Array = self.fit(texts).labels_
        return labels

    def fit_transform(self, texts: Iterable[str], y: object = None) -> Array:
        """Find topics and return each text's, as `fit_predict`."""
        return self.fit_predict(texts)

    def transform(self, texts: Iterable[str]) -> Array:
        """Return the topic of each text, as BERTopic's first value: int (n,), never -1; nothing is refitted."""
        labels: Array = self.memberships(texts).argmax(1)
        return labels

    def memberships(self, texts: Iterable[str]) -> Array:
        """Return how far each text belongs to each topic: float (n, topics), rows sum to 1; nothing is refitted."""
        import numpy as np

        self._check()
        listed = as_texts(texts)
        if not listed:
            return np.zeros((0, self.n_topics_))
        with one_thread():
            return self._affinity(self._view.transform(count(listed), listed))

    def predict(self, texts: Iterable[str]) -> Array:
        """Return the topic of each text, as `transform`."""
        return self.transform(texts)

    def partial_fit(self, texts: Iterable[str], y: object = None) -> TopicModel:
        """Place new texts in the topics as they are (or fit, the first time) and measure drift.

        `labels_` and `fit_` grow by the new texts. Where more than 15 % of new texts sit poorly, or the corpus grew by
        a fifth, `refit_advised_` turns True.
        """
        import numpy as np

        listed = as_texts(texts)
        if not self.__sklearn_is_fitted__():
            return self.fit(listed)
        if not listed:
            return self
        labels, fit, silent = self._place(listed)
        self.labels_ = np.concatenate([self.labels_, labels])
        self.fit_ = np.concatenate([self.fit_, fit])
        self._texts = [*self._texts, *listed]
        poor, new = self._new[0] + int((fit[~silent] < self._poor).sum()), self._new[1] + len(listed)
        self._new = (poor, new)
        self.drift_ = poor / new
        self.refit_advised_ = self.drift_ > REFIT or new > 0.2 * (len(self.labels_) - new)
        return self

    def place(self, texts: Iterable[str]) -> tuple[Array, Array, Array]:
        """Return topic, fit and whether the text sits at least as well as the worst twentieth of the fitted ones."""
        self._check()
        labels, fit, silent = self._place(as_texts(texts))
        return labels, fit, ~silent & (fit >= self._poor)

    def _place(self, texts: list[str]) -> tuple[Array, Array, Array]:
        import numpy as np

        with one_thread():
            counts = count(texts)
            x = self._view.transform(counts, texts)
            labels = self._affinity(x).argmax(1)
            silent = ~np.asarray(counts.matrix[:, np.flatnonzero(content(counts))].getnnz(1) > 0)
            return labels, self._fit_of(x, labels, silent), silent

    def words(self, k: int = 10) -> list[list[str]]:
        """Return the k words that set each topic apart, best first; fewer where it has no more."""
        self._check()
        return [_labels.top_words(scored, k) for scored in self._scored]

    def to_bertopic(self) -> Any:
        """Return a fitted BERTopic that holds these topics, under the same numbers and our labels.

        Its get_topic_info, hierarchical_topics, transform and plots work. Raises NotInstalled without the extra `topics`.
        """
        from feedback.topics import _peers

        self._check()
        return _peers.to_bertopic(
            self._texts, self.labels_, names=self.names_, embedder=self.embedder or Embedder()
        )

    def _check(self) -> None:
        if not self.__sklearn_is_fitted__():
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("This TopicModel instance is not fitted yet. Call 'fit' with texts first.")


def founders(counts: Counts, *, least: int) -> Array:
    """Say which texts may found a topic: three distinct content words, the first of its kind; bool (n,).

    Where fewer than `least` (or than four) texts remain, two words, one, and at last any text will do.
    """
    import numpy as np

    kept = np.flatnonzero(content(counts))
    matrix = counts.matrix[:, kept].tocsr()
    matrix.sort_indices()
    found = matrix.getnnz(1)
    seen: set[bytes] = set()
    first = np.zeros(len(found), bool)
    for i in range(len(found)):
        key = matrix.indices[matrix.indptr[i] : matrix.indptr[i + 1]].tobytes()
        if key not in seen:
            seen.add(key)
            first[i] = True
    for words in (FOUNDING, 2, 1):
        able = first & (found >= words)
        if able.sum() >= max(least, min(4, len(found))):
            return np.asarray(able)
    if first.sum() >= least:
        return first
    return np.ones(len(found), bool)


def hierarchy(centroids: Array) -> Array:
    """Merge topics by average linkage on cosine distance: (topics - 1, 4) as scipy's linkage."""
    import numpy as np

    if len(centroids) < 2:
        return np.zeros((0, 4))
    from scipy.cluster.hierarchy import linkage

    x = centroids.astype(np.float64)
    distance = np.clip(1 - np.round(x @ x.T, 6), 0, 2)
    return np.asarray(linkage(distance[np.triu_indices(len(x), 1)], "average"))


def one_thread() -> Any:
    """Hold linear algebra to one thread, so that sums do not depend on how many there are."""
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    return threadpool_limits(limits=1)
