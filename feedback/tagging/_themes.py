"""ThemeClassifier: several themes a text, by words, letters and meaning, with a threshold for each theme."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Literal, Protocol, runtime_checkable

from feedback.errors import NotInstalled
from feedback.tagging._letters import Letters
from feedback.tagging._ridge import BLOCK, Alike, platt, sigmoid, solve, threshold

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

READ = 24  # words of a text that the encoder reads; words and letters are counted in all of it
COMMON = (0.5, 0.35)  # how far a theme's own threshold is drawn to that of all themes: with few texts, with many
MANY = 1500


@runtime_checkable
class Embedder(Protocol):
    """Whoever turns texts into vectors: one row a text."""

    def encode(self, texts: list[str]) -> Any:
        """Return an array (n, d)."""
        ...


class ThemeClassifier:
    """Lay themes on texts: least squares over texts alike in words, letters and meaning, calibrated.

    Thresholds and calibration come from scores that each text gets from a model that did not see it (exact
    leave-one-out, of at most 4,000 texts evenly drawn), so that rare themes are found too. Up to 4,000 different texts all
    are set beside all; above, beside 2,000 of them: time is linear then. Nothing is left to chance.

    Args:
        ridge: how strongly weights are held back; None chooses by leave-one-out error.
        rare: texts by which each theme's F1 is held back while its threshold is chosen.
        embedder: where meaning comes from: `auto` (the vectors of words, and the encoder of the learned tagger, where
            their weights lie on this machine), `words` or `minilm` (one of the two, required), anything with
            `encode(texts)`, or None (words and letters only).

    Attributes, set by `fit`:
        classes_ (themes,): column names of Y, or 0, 1, 2 ...; thresholds_ (themes,): probability from which on a theme
        is given; ridge_: the ridge used; embedders_: names of what gave the vectors.

    >>> model = ThemeClassifier().fit(["bus late", "bus pass", "rent high", "rent due"], [[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> model.predict(["the bus"]).tolist()
    [[1, 0]]
    """

    _estimator_type = "classifier"

    def __init__(
        self, *, ridge: float | None = None, rare: float = 1.0,
        embedder: Literal["auto", "words", "minilm"] | Embedder | None = "auto",
    ) -> None:  # fmt: skip
        self.ridge = ridge
        self.rare = rare
        self.embedder = embedder

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {"ridge": self.ridge, "rare": self.rare, "embedder": self.embedder}

    def set_params(self, **params: Any) -> ThemeClassifier:
        """Set arguments by name; raises ValueError for a name that is none."""
        for key, value in params.items():
            if key not in self.get_params():
                raise ValueError(f"Invalid parameter {key!r} for estimator ThemeClassifier.")
            setattr(self, key, value)
        return self

    def __repr__(self) -> str:
        defaults = {"ridge": None, "rare": 1.0, "embedder": "auto"}
        return f"ThemeClassifier({', '.join(f'{k}={v!r}' for k, v in self.get_params().items() if v != defaults[k])})"

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "classes_")

    def __sklearn_tags__(self) -> Any:
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier", transformer_tags=None, regressor_tags=None,
            target_tags=TargetTags(required=True, multi_output=True, single_output=False),
            classifier_tags=ClassifierTags(multi_label=True, multi_class=False),
            input_tags=InputTags(one_d_array=True, two_d_array=False, string=True),
        )  # fmt: skip

    def fit(self, texts: Iterable[str], Y: Any) -> ThemeClassifier:
        """Learn from texts and their 0/1 matrix (texts, themes); raises ValueError where they do not fit together."""
        import numpy as np

        listed = _texts(texts)
        columns = getattr(Y, "columns", None)
        y = np.asarray(Y.toarray() if hasattr(Y, "toarray") else Y, dtype=float)
        if y.ndim != 2 or len(y) != len(listed) or not listed or y.shape[1] == 0:
            raise ValueError(f"Y must be a 0/1 matrix with one row a text: {y.shape} beside {len(listed)} texts.")
        if not np.isin(y, (0.0, 1.0)).all():
            raise ValueError("Y must hold 0 and 1 only.")
        self.classes_ = np.asarray(columns) if columns is not None else np.arange(y.shape[1])
        self.n_features_in_ = 1
        place: dict[str, int] = {}
        same = np.asarray([place.setdefault(t, len(place)) for t in listed])
        sparse, dense = self._learn_features(list(place), np.bincount(same))
        self._mean = y.mean(0)
        solved = solve(sparse, dense, y - self._mean, same=same, ridge=self.ridge)
        self._solved, self.ridge_ = solved, solved.ridge
        self._learned = sparse[solved.marks], dense[solved.marks]
        self._like = Alike(self._learned)
        self._calibrate(solved.held_out + self._mean, y[solved.scored])
        return self

    def _learn_features(self, different: list[str], copies: NDArray[np.int64]) -> tuple[Any, Floats]:
        import numpy as np

        self._words, self._letters = _vectorizers(len(different))
        self._sources = _sources(self.embedder)
        self.embedders_ = tuple(name for name, _ in self._sources)
        blocks = [np.asarray(e.encode(different), dtype=float) for _, e in self._sources]
        self._centres = [copies @ b / copies.sum() for b in blocks]
        self._shares = _shares(len(blocks))
        return self._sparse(different, learn=True), self._dense(blocks, len(different))

    def _sparse(self, texts: list[str], *, learn: bool = False) -> Any:
        from scipy.sparse import hstack

        parts = [
            (v.fit_transform(texts) if learn else v.transform(texts)) * share**0.5
            for v, share in zip((self._words, self._letters), self._shares[:2], strict=True)
        ]
        return hstack(parts, format="csr").astype("float64")

    def _dense(self, blocks: Sequence[Floats], n: int) -> Floats:
        """Centre the vectors on those learned from, bring them to their share, side by side."""
        import numpy as np

        out = [np.zeros((n, 0))]
        for block, centre, share in zip(blocks, self._centres, self._shares[2:], strict=True):
            moved = block - centre
            norm = np.linalg.norm(moved, axis=1, keepdims=True)
            out.append(moved / np.where(norm > 1e-9, norm, 1) * share**0.5)
        return np.hstack(out)

    def _calibrate(self, scores: Floats, y: Floats) -> None:
        """Set the calibration and threshold of each theme, drawn to the threshold that serves all themes together."""
        import numpy as np

        self._slope, self._offset = np.zeros(y.shape[1]), np.zeros(y.shape[1])
        self.thresholds_ = np.full(y.shape[1], 0.5)
        live = [j for j in range(y.shape[1]) if 0 < y[:, j].sum() < len(y)]
        chances = np.zeros_like(y)
        for j in range(y.shape[1]):
            if j not in live:
                self._offset[j] = 12.0 if y[0, j] else -12.0
                continue
            self._slope[j], self._offset[j] = platt(scores[:, j], y[:, j])
            chances[:, j] = sigmoid(self._slope[j] * scores[:, j] + self._offset[j])
        if not live:
            return
        common = threshold(chances[:, live].ravel(), y[:, live].ravel(), self.rare)
        drawn = COMMON[len(y) > MANY]
        for j in live:
            self.thresholds_[j] = (1 - drawn) * threshold(chances[:, j], y[:, j], self.rare) + drawn * common

    def decision_function(self, texts: Iterable[str]) -> Floats:
        """Score texts before calibration, (texts, themes)."""
        import numpy as np
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        listed = _texts(texts)
        place: dict[str, int] = {}
        same = [place.setdefault(t, len(place)) for t in listed]
        different = list(place)
        if not different:
            return np.zeros((0, len(self.classes_)))
        blocks = [np.asarray(e.encode(different), dtype=float) for _, e in self._sources]
        sparse, dense = self._sparse(different), self._dense(blocks, len(different))
        parts = [slice(at, at + BLOCK) for at in range(0, len(different), BLOCK)]
        scores = np.concatenate([self._like.to(sparse[p], dense[p]) @ self._solved.dual for p in parts])
        found: Floats = scores[same] + self._mean
        return found

    def predict_proba(self, texts: Iterable[str]) -> Floats:
        """Give the probability of each theme, (texts, themes)."""
        chances: Floats = sigmoid(self.decision_function(texts) * self._slope + self._offset)
        return chances

    def predict(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """Give the themes whose probability reaches their threshold, as a 0/1 matrix (texts, themes)."""
        given: NDArray[np.int64] = (self.predict_proba(texts) >= self.thresholds_).astype("int64")
        return given

    def word_weights(self, text: str, theme: int) -> dict[str, float]:
        """Give what each word (and pair of words) of a text adds to a theme's score, by itself (where it stands)."""
        import numpy as np

        names, row = self._words.get_feature_names_out(), self._sparse([text])
        blocks = [np.asarray(e.encode([text]), dtype=float) for _, e in self._sources]
        pull = self._solved.dual[:, theme] * self._like.to(row, self._dense(blocks, 1))[0]  # its slope is itself
        row, weights = row[:, : len(names)], self._learned[0].T @ pull
        return {str(names[i]): float(v * weights[i]) for i, v in zip(row.indices, row.data, strict=True)}


class _Encoder:
    """The encoder of the learned tagger, as an embedder."""

    def __init__(self) -> None:
        from feedback.tagging._encode import encoder, models_folder

        self._model = encoder(models_folder() / "tagger")

    def encode(self, texts: list[str]) -> Any:
        """Read the first words of each text: what a unit is about is mostly said there, and reading takes most of the time."""
        return self._model.vectors([" ".join(t.split()[:READ]) for t in texts])


def _sources(embedder: object) -> list[tuple[str, Any]]:
    """What gives vectors, each with its name."""
    from feedback.tagging._vectors import word_vectors

    makers = {"words": word_vectors, "minilm": _Encoder}
    if embedder is None:
        return []
    if isinstance(embedder, str) and embedder in makers:
        return [(embedder, makers[embedder]())]
    if embedder != "auto":
        if not hasattr(embedder, "encode"):
            raise ValueError("embedder must be 'auto', 'words', 'minilm', None, or have encode(texts).")
        return [(type(embedder).__name__, embedder)]
    found = []
    for name, make in makers.items():
        try:
            found.append((name, make()))
        except NotInstalled:  # weights that are not here are not asked for
            continue
    return found


def _shares(blocks: int) -> tuple[float, ...]:
    """How much words, letters and every block of vectors weigh; together 1."""
    return ((0.4, 0.6), (0.2, 0.4, 0.4), (0.2, 0.3, 0.2, 0.3))[blocks]


def _vectorizers(n: int) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = 1 if n < 200 else 2
    common = {"sublinear_tf": True, "strip_accents": "unicode", "min_df": least}
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **common)
    return words, Letters(least=least, most=120_000)


def _texts(texts: Iterable[str]) -> list[str]:
    listed = [texts] if isinstance(texts, str) else list(texts)
    if not all(isinstance(t, str) for t in listed):
        raise ValueError("Texts must be strings, one a unit (no missing values).")
    return listed
