"""The other two ways to topics: TF-IDF and NMF by scikit-learn, and the real BERTopic."""

from __future__ import annotations

import os
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import feedback.topics._labels as _labels
from feedback.errors import NotInstalled
from feedback.topics._choose import RESAMPLES, resamples
from feedback.topics._embed import Embedder
from feedback.topics._features import keys
from feedback.topics._founders import one_thread
from feedback.topics._graph import by_size, overlap
from feedback.topics._words import count, stop_words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


class Nmf:
    """TF-IDF and non-negative factors; without `n_topics`, as many as half the square root of the texts."""

    def __init__(self, n_topics: int | None, seed: int) -> None:
        self.n_topics = n_topics
        self.seed = seed

    def fit(self, texts: list[str]) -> Nmf:
        """Set labels_, fit_ (share of the text's weight in its topic), names_, stability_, n_topics_."""
        import numpy as np

        counts = count(texts)
        with one_thread():
            _, matrix = keys(counts)
            k = self.n_topics or max(1, min(round(len(texts) ** 0.5 / 2), matrix.shape[1]))
            weights = self._weights(matrix, k)
            labels = weights.argmax(1)
            self.fit_ = np.round(weights.max(1) / np.maximum(weights.sum(1), 1e-12), 6)
            self.labels_ = by_size(labels)
            self.n_topics_ = int(self.labels_.max()) + 1
            found = np.zeros((RESAMPLES, self.n_topics_))
            for i, keep in enumerate(resamples(len(texts), self.seed) if len(texts) > 3 else []):
                best = overlap(self.labels_[keep], self._weights(matrix[keep], k).argmax(1))
                found[i, : len(best)] = best
        self.stability_ = found.mean(0) if len(texts) > 3 else np.full(self.n_topics_, np.nan)
        core = _labels.central(self.labels_, self.fit_)
        self._scored = _labels.ranked(counts, core)
        self.names_ = _labels.name(texts, core, self._scored)
        return self

    def _weights(self, matrix: Any, k: int) -> Array:
        import warnings

        import numpy as np
        from sklearn.decomposition import NMF
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.feature_extraction.text import TfidfTransformer

        if matrix.nnz == 0 or k == 1:
            return np.ones((matrix.shape[0], 1))
        x = TfidfTransformer(sublinear_tf=True).fit_transform(matrix)
        fewest = min(x.shape)
        init = "nndsvda" if k <= fewest else "random"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return np.asarray(np.round(NMF(k, init=init, random_state=self.seed, max_iter=300).fit_transform(x), 8))

    def words(self, k: int = 10) -> list[list[str]]:
        """Return the k words that set each topic apart."""
        return [_labels.top_words(s, k) for s in self._scored]


class Bertopic:
    """BERTopic itself, fed with our vectors, stop words taken from its word step; its outliers stay outliers (-1)."""

    def __init__(self, n_topics: int | None, seed: int, *, embedder: Embedder) -> None:
        self.n_topics = n_topics
        self.seed = seed
        self.embedder = embedder

    def fit(self, texts: list[str]) -> Bertopic:
        """Set labels_ (-1 for its outliers), fit_, names_, stability_ (not measured: NaN), and `bertopic`, the object."""
        import numpy as np

        vectors = self.embedder.encode(texts)
        self.bertopic = new_bertopic(len(texts), n_topics=self.n_topics, seed=self.seed, embedder=self.embedder)
        topics, probabilities = self.bertopic.fit_transform(texts, vectors)
        self.labels_ = np.asarray(topics, dtype=np.int64)
        self.n_topics_ = int(self.labels_.max()) + 1
        self.fit_ = np.round(np.asarray(probabilities, dtype=np.float64).reshape(len(texts), -1).max(1), 6)
        self.stability_ = np.full(self.n_topics_, np.nan)
        self.names_ = [", ".join(w for w in self.words(3)[t] if w) for t in range(self.n_topics_)]
        return self

    def words(self, k: int = 10) -> list[list[str]]:
        """Return BERTopic's own words of each topic."""
        return [[w for w, _ in self.bertopic.get_topic(t) if w][:k] for t in range(self.n_topics_)]


def new_bertopic(n: int, *, n_topics: int | None, seed: int, embedder: Embedder) -> Any:
    """Build a BERTopic with its default parts, a fixed seed and no downloads; small corpora get smaller clusters."""
    require_bertopic()
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertopic import BERTopic
        from hdbscan import HDBSCAN
        from umap import UMAP
    near = max(2, min(15, n - 1))
    return BERTopic(
        embedding_model=_backend(embedder), nr_topics=n_topics, verbose=False, vectorizer_model=_vectorizer(),
        umap_model=UMAP(
            n_neighbors=near, n_components=min(5, max(2, n - 2)), min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1
        ),
        hdbscan_model=HDBSCAN(min_cluster_size=max(2, min(10, n // 10)), prediction_data=True),
    )  # fmt: skip


def to_bertopic(texts: list[str], labels: Array, *, names: list[str], embedder: Embedder) -> Any:
    """Build a fitted BERTopic that holds these topics under these numbers; hierarchy, plots and transform work on it.

    BERTopic's own "manual" way: no reduction, no clustering, our labels, its c-TF-IDF.
    """
    require_bertopic()
    import warnings

    import numpy as np

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from bertopic import BERTopic
        from bertopic.cluster import BaseCluster
        from bertopic.dimensionality import BaseDimensionalityReduction
        from bertopic.vectorizers import ClassTfidfTransformer

    class Ours(BERTopic):  # type: ignore[misc]
        def _sort_mappings_by_frequency(self, documents: Any) -> Any:
            """Keep the numbers: ours go by size already, and ties must not be shuffled."""
            self._update_topic_size(documents)
            return documents

    model = Ours(
        embedding_model=_backend(embedder), umap_model=BaseDimensionalityReduction(), hdbscan_model=BaseCluster(),
        ctfidf_model=ClassTfidfTransformer(reduce_frequent_words=True), vectorizer_model=_vectorizer(), verbose=False,
    )  # fmt: skip
    filled = [t if t.strip() else "-" for t in texts]
    model.fit_transform(filled, embeddings=embedder.encode(texts), y=np.asarray(labels))
    model.set_topic_labels(dict(enumerate(names)))
    return model


def _backend(embedder: Embedder) -> Any:
    from bertopic.backend import BaseEmbedder

    class Backend(BaseEmbedder):  # type: ignore[misc]
        def embed(self, documents: Any, verbose: bool = False) -> Any:
            return embedder.encode(list(documents))

    return Backend()


def _vectorizer() -> Any:
    from sklearn.feature_extraction.text import CountVectorizer

    stop = sorted({p for w in stop_words() for p in w.replace("-", "'").split("'") if len(p) > 1})
    return CountVectorizer(stop_words=stop, token_pattern=r"(?u)\b\w\w+\b", strip_accents=None)


def require_bertopic() -> None:
    """Raise NotInstalled, with the words that install it, where BERTopic or a part of it is missing."""
    missing = [m for m in ("bertopic", "umap", "hdbscan", "torch") if find_spec(m) is None]
    if missing:
        raise NotInstalled(f"BERTopic needs {', '.join(missing)}: pip install 'feedback[topics]'")
    os.environ["HF_HUB_OFFLINE"] = "1"
