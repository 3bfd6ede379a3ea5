"""TopicModel: topics of any texts, by scikit-learn's conventions, without an outlier bin and without chance."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from numbers import Integral
from typing import TYPE_CHECKING, Any

import feedback.topics._anchors as _anchors
import feedback.topics._choose as _choose
import feedback.topics._context as _context
import feedback.topics._graph as _graph
import feedback.topics._labels as _labels
from feedback.errors import FeedbackError
from feedback.topics._coherence import coherent
from feedback.topics._embed import Embedder
from feedback.topics._features import Features, spanish
from feedback.topics._founders import founders, hierarchy, one_thread, part_of, silent
from feedback.topics._words import Counts, as_texts, count

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

NEAR = 15
WORST = 0.025  # a new text less fit, or farther from its topic's middle, than this share of the fitted ones sits poorly
REFIT = 0.15


class TopicModel:
    """Find topics: neighbour graph over vectors and words, Leiden communities, labels from their central texts.

    Args:
        n_topics: how many; None chooses the finest resolution that is as stable over resamples as the most stable one.
        seed: of the resamples that `stability_` is measured on. Topics themselves are found without chance: the same texts
            give the same topics under every seed, and the same bytes under the same seed.
        embedder: what turns texts into vectors; None is the static one.
        steady: from 100 founding texts on (400 where English and Spanish meet), and where no number is asked for, draw fixed
            anchors to the texts (`_anchors`) instead of parting a graph: about nine texts in ten keep their topic when a
            tenth of the texts is gone. False, or a number of topics: always the graph.
        guides: a researcher's anchors, name to texts or words (a code's examples): each becomes a topic of that name, with
            the texts nearest to it; `guided_` says which, `unheard_` names those that no text is near to.

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
        self, n_topics: int | None = None, seed: int = 0, *, embedder: Embedder | None = None, steady: bool = True,
        guides: Mapping[str, Sequence[str]] | None = None,
    ) -> None:  # fmt: skip
        self.n_topics = n_topics
        self.seed = seed
        self.embedder = embedder
        self.steady = steady
        self.guides = guides

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {k: getattr(self, k) for k in ("n_topics", "seed", "embedder", "steady", "guides")}

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
        if self.n_topics is not None and not _is_number(self.n_topics, len(listed)):
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
        self._anchored = self.steady and self.n_topics is None and _anchors.enough(rows, spanish(counts))
        core = rows[:: max(1, -(-len(rows) // _anchors.CORE))] if self._anchored else np.arange(len(texts))
        part, chosen = part_of(counts, core), [texts[i] for i in core]
        embedder = self.embedder or Embedder()
        self._view = Features.fit(part, chosen, embedder=embedder, seed=0, fixed=self._anchored)
        x = self._view.transform(part, chosen)
        names, guides = self._guide_rows()
        self._founders, self._founder_labels = x[:0], np.zeros(0, np.int64)
        self._silent = silent(counts)
        if self._anchored:
            found = _anchors.fit(x, self._view.lexical(part), self._view, guides=guides, seed=self.seed)
            self.ladder_: tuple[tuple[float, int, float], ...] = found.ladder
            self._centroids, stable, heard = found.centroids, found.stability, found.guides
            placed, self.fit_, close = self._stream(counts, texts)
        else:
            placed, stable, heard = self._by_graph(x, rows, guides)
            self.fit_, close = self._fit_of(x, placed, self._silent), self._close(x, placed)
        stable = self._renumber(placed, stable, [names[g] for g in heard])
        self.stability_, self.labels_, self.n_topics_ = stable, self._rank[placed], len(self._centroids)
        said = ~self._silent
        self._poor = tuple(float(np.quantile(v[said], WORST)) if said.any() else 0.0 for v in (self.fit_, close))
        self.hierarchy_ = hierarchy(self._centroids)
        self._name(texts, counts)
        self.drift_, self.refit_advised_, self._new = 0.0, False, (0, 0)

    def _guide_rows(self) -> tuple[list[str], Array]:
        """Return the names of the guides and their place in the view: float (guides, d), unit length."""
        import numpy as np

        names = list(self.guides or {})
        rows = [self._view.transform(count(list(said)), list(said)).mean(0) for said in (self.guides or {}).values()]
        return names, _context.normed(np.stack(rows)) if rows else np.zeros((0, 1))

    def _stream(self, counts: Counts, texts: list[str]) -> tuple[Array, Array, Array]:
        """Place every text by the nearest centroid, some thousands at a time; labels, fit, nearness."""
        import numpy as np

        labels, fit, close = np.zeros(len(texts), np.int64), np.zeros(len(texts)), np.zeros(len(texts))
        for rows, x in self._view.stream(counts, texts):
            labels[rows] = _anchors.place(x, self._centroids)
            fit[rows] = self._fit_of(x, labels[rows], self._silent[rows])
            close[rows] = self._close(x, labels[rows])
        return labels, fit, close

    def _close(self, x: Array, labels: Array) -> Array:
        """Cosine of each row to its topic's middle."""
        import numpy as np

        return np.asarray(np.einsum("ij,ij->i", x, self._centroids[labels]))

    def _by_graph(self, x: Array, rows: Array, guides: Array) -> tuple[Array, Array, tuple[int, ...]]:
        """Find communities among the founding texts, and place the others by neighbours and centroids."""
        import numpy as np

        rows = rows[:: max(1, -(-len(rows) // _graph.EXACT))]
        graph, labels, resolution = self._cluster(x[rows], len(guides))
        stable = _choose.stability(graph, labels, resolution, self.seed) if len(rows) > 3 else np.ones(labels.max() + 1)
        labels, stable, heard = _choose.guided(labels, stable, x[rows], guides)
        self._founders, self._founder_labels = x[rows], labels
        self._centroids = _choose.centroids(labels, x[rows])
        placed = self._affinity(x).argmax(1)
        placed[rows] = labels
        return placed, stable, heard

    def _cluster(self, x: Array, guides: int) -> tuple[Any, Array, float]:
        import numpy as np
        import scipy.sparse as sp

        self.ladder_ = ()
        n = len(x)
        if n < 4 and self.n_topics is None:
            return sp.csr_matrix((n, n)), np.zeros(n, np.int64), 1.0
        k = int(min(n - 1, np.clip(round(0.5 * n**0.5), 5, NEAR)))
        graph = _graph.shared(_graph.neighbours(x, k)) if n > 1 else sp.csr_matrix((n, n))
        if self.n_topics is not None:
            return graph, _choose.exactly(graph, x, max(1, self.n_topics - guides)), 1.0
        rungs = _choose.ladder(graph, seed=0)
        self.ladder_ = tuple((r.resolution, r.topics, round(r.stability, 4)) for r in rungs)
        chosen = _choose.choose(rungs)
        return graph, _choose.merge_small(chosen.labels, x), chosen.resolution

    def _renumber(self, placed: Array, stable: Array, guided: list[str]) -> Array:
        """Number topics by size; the guided ones came first. Return the stability in the new order."""
        import numpy as np

        k = len(self._centroids)
        sizes = np.bincount(placed, minlength=k)
        order = np.lexsort((np.arange(k), -sizes))
        order = order[sizes[order] > 0]
        self._rank = np.full(k, -1)
        self._rank[order] = np.arange(len(order))
        self._centroids = self._centroids[order]
        self._founder_labels = self._rank[self._founder_labels]
        self.guided_ = {int(self._rank[i]): name for i, name in enumerate(guided) if sizes[i]}
        self.unheard_ = tuple(n for n in self.guides or {} if n not in self.guided_.values())
        return np.asarray(stable[order])

    def _affinity(self, x: Array) -> Array:
        """Share of a text's neighbours in each topic and nearness to its centroid, half and half: (n, topics), rows sum 1."""
        import numpy as np

        k = len(self._centroids)
        near = np.round(x @ self._centroids.T, 5)
        soft = np.exp((near - near.max(1, keepdims=True)) * 8)
        soft /= soft.sum(1, keepdims=True)
        if self._anchored or k == 1 or not len(self._founders):
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
        self._scored = coherent(texts, _labels.ranked(counts, self.core_))
        names = _labels.name(texts, self.core_, self._scored)
        self.names_ = [self.guided_.get(t, n) for t, n in enumerate(names)]

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
            return self._affinity(self._view.transform(count(listed), listed, new=self._unseen(listed)))

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
        labels, fit, poor_ones, mute = self._place(listed)
        self.labels_ = np.concatenate([self.labels_, labels])
        self.fit_ = np.concatenate([self.fit_, fit])
        if hasattr(self, "_texts"):
            self._texts = [*self._texts, *listed]
        poor, new = self._new[0] + int((poor_ones & ~mute).sum()), self._new[1] + len(listed)
        self._new = (poor, new)
        self.drift_ = poor / new
        self.refit_advised_ = self.drift_ > REFIT or new > 0.2 * (len(self.labels_) - new)
        return self

    def place(self, texts: Iterable[str]) -> tuple[Array, Array, Array]:
        """Return topic, fit and whether the text sits at least as well as the worst twentieth of the fitted ones."""
        self._check()
        labels, fit, poor, mute = self._place(as_texts(texts))
        return labels, fit, ~mute & ~poor

    def _place(self, texts: list[str]) -> tuple[Array, Array, Array, Array]:

        import numpy as np

        with one_thread():
            counts = count(texts)
            x = self._view.transform(counts, texts, new=self._unseen(texts))
            labels = self._affinity(x).argmax(1)
            mute = silent(counts)
            fit = self._fit_of(x, labels, mute)
            strange = np.diff(self._view.lexical(counts).tocsr().indptr) == 0  # no word that two fitted texts said
            poor = strange | (fit < self._poor[0]) | (self._close(x, labels) < self._poor[1])
            return labels, fit, poor, mute

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
        if not hasattr(self, "_texts"):
            raise FeedbackError("a model read back holds no texts, and BERTopic needs them: fit it anew.")
        return _peers.to_bertopic(
            self._texts, self.labels_, names=self.names_, embedder=self.embedder or Embedder()
        )

    def _unseen(self, texts: list[str]) -> Array:
        """Say which texts are none of those fitted."""
        import numpy as np

        seen = set(getattr(self, "_texts", ()))
        return np.asarray([t not in seen for t in texts], dtype=bool)

    def _check(self) -> None:
        if not self.__sklearn_is_fitted__():
            from sklearn.exceptions import NotFittedError

            raise NotFittedError("This TopicModel instance is not fitted yet. Call 'fit' with texts first.")


def _is_number(n: object, most: int) -> bool:
    return not isinstance(n, bool) and isinstance(n, Integral) and 1 <= int(n) <= most
