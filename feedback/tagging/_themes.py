"""ThemeClassifier: several themes a text, by words and letters, with a threshold for each theme."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

DUAL = 6000  # up to so many texts the problem is solved whole, with exact leave-one-out scores
RIDGES = (0.1, 0.3, 1.0, 3.0)


class ThemeClassifier:
    """Lay themes on texts: least squares on word and letter n-grams, calibrated, a threshold a theme.

    Thresholds and calibration come from scores that each text gets from a model that did not see it (exact
    leave-one-out up to 6,000 texts, three folds above), so that rare themes are found too. Nothing is left to chance.

    Args:
        ridge: how strongly weights are held back; None chooses by leave-one-out error.
        rare: texts by which each theme's F1 is held back while its threshold is chosen.

    Attributes, set by `fit`:
        classes_ (themes,): column names of Y, or 0, 1, 2 ...; thresholds_ (themes,): probability from which on a theme
        is given; ridge_: the ridge used.

    >>> model = ThemeClassifier().fit(["bus late", "bus pass", "rent high", "rent due"], [[1, 0], [1, 0], [0, 1], [0, 1]])
    >>> model.predict(["the bus"]).tolist()
    [[1, 0]]
    """

    _estimator_type = "classifier"

    def __init__(self, *, ridge: float | None = None, rare: float = 1.0) -> None:
        self.ridge = ridge
        self.rare = rare

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the constructor's arguments by name."""
        return {"ridge": self.ridge, "rare": self.rare}

    def set_params(self, **params: Any) -> ThemeClassifier:
        """Set arguments by name; raises ValueError for a name that is none."""
        for key, value in params.items():
            if key not in self.get_params():
                raise ValueError(f"Invalid parameter {key!r} for estimator ThemeClassifier.")
            setattr(self, key, value)
        return self

    def __repr__(self) -> str:
        defaults = {"ridge": None, "rare": 1.0}
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
        y = np.asarray(Y, dtype=float)
        if y.ndim != 2 or len(y) != len(listed) or not listed or y.shape[1] == 0:
            raise ValueError(f"Y must be a 0/1 matrix with one row a text: {y.shape} beside {len(listed)} texts.")
        if not np.isin(y, (0.0, 1.0)).all():
            raise ValueError("Y must hold 0 and 1 only.")
        self.classes_ = np.asarray(columns) if columns is not None else np.arange(y.shape[1])
        self.n_features_in_ = 1
        self._words, self._letters = _vectorizers(len(listed))
        x = self._features(listed, learn=True)
        self._mean = y.mean(0)
        held_out = self._solve(x, y - self._mean)
        self._calibrate(held_out + self._mean, y)
        return self

    def _features(self, texts: list[str], *, learn: bool = False) -> Any:
        from scipy.sparse import hstack

        parts = [v.fit_transform(texts) if learn else v.transform(texts) for v in (self._words, self._letters)]
        return (hstack(parts, format="csr") * 0.5**0.5).astype("float64")

    def _solve(self, x: Any, y: Floats) -> Floats:
        """Set the weights (features, themes); return the score each text gets from the others."""
        import numpy as np

        n = x.shape[0]
        if n > DUAL:
            return self._solve_large(x, y)
        values, vectors = np.linalg.eigh((x @ x.T).toarray())
        values = np.maximum(values, 0)
        turned, best = vectors.T @ y, np.inf
        spread = y.var(0)
        live = spread > 0
        held_out, dual = np.zeros_like(y), np.zeros_like(y)
        for ridge in RIDGES if self.ridge is None else (self.ridge,):
            alpha = vectors @ (turned / (values + ridge)[:, None])
            diagonal = np.einsum("ij,j,ij->i", vectors, 1 / (values + ridge), vectors)
            left = alpha / diagonal[:, None]  # y minus the leave-one-out score
            error = float((left[:, live] ** 2).mean(0).__truediv__(spread[live]).mean()) if live.any() else 0.0
            if error < best:
                best, self.ridge_, held_out, dual = error, float(ridge), y - left, alpha
        self._weights = np.asarray(x.T @ dual)
        return held_out

    def _solve_large(self, x: Any, y: Floats) -> Floats:
        import numpy as np
        from sklearn.linear_model import Ridge

        self.ridge_ = 1.0 if self.ridge is None else float(self.ridge)
        held_out = np.zeros_like(y)
        fold = np.arange(len(y)) % 3

        def weights(rows: Any) -> Floats:
            model = Ridge(alpha=self.ridge_, fit_intercept=False, solver="sparse_cg", tol=1e-3).fit(x[rows], y[rows])
            return np.asarray(model.coef_).reshape(y.shape[1], -1).T

        for k in range(3):
            held_out[fold == k] = x[fold == k] @ weights(fold != k)
        self._weights = weights(fold >= 0)
        return held_out

    def _calibrate(self, scores: Floats, y: Floats) -> None:
        import numpy as np

        self._slope, self._offset = np.zeros(y.shape[1]), np.zeros(y.shape[1])
        self.thresholds_ = np.full(y.shape[1], 0.5)
        for j in range(y.shape[1]):
            positives = int(y[:, j].sum())
            if positives in (0, len(y)):
                self._offset[j] = 12.0 if positives else -12.0
                continue
            self._slope[j], self._offset[j] = _platt(scores[:, j], y[:, j])
            p = _sigmoid(self._slope[j] * scores[:, j] + self._offset[j])
            self.thresholds_[j] = _threshold(p, y[:, j], self.rare)

    def decision_function(self, texts: Iterable[str]) -> Floats:
        """Score texts before calibration, (texts, themes)."""
        from sklearn.utils.validation import check_is_fitted

        check_is_fitted(self)
        scores: Floats = self._features(_texts(texts)) @ self._weights + self._mean
        return scores

    def predict_proba(self, texts: Iterable[str]) -> Floats:
        """Give the probability of each theme, (texts, themes)."""
        chances: Floats = _sigmoid(self.decision_function(texts) * self._slope + self._offset)
        return chances

    def predict(self, texts: Iterable[str]) -> NDArray[np.int64]:
        """Give the themes whose probability reaches their threshold, as a 0/1 matrix (texts, themes)."""
        given: NDArray[np.int64] = (self.predict_proba(texts) >= self.thresholds_).astype("int64")
        return given

    def word_weights(self, text: str, theme: int) -> dict[str, float]:
        """Give what each word (and pair of words) of a text adds to a theme's score."""
        row = self._words.transform([text])
        names = self._words.get_feature_names_out()
        return {str(names[i]): float(v * self._weights[i, theme]) for i, v in zip(row.indices, row.data, strict=True)}


def _vectorizers(n: int) -> tuple[Any, Any]:
    from sklearn.feature_extraction.text import TfidfVectorizer

    least = 1 if n < 200 else 2
    common = {"sublinear_tf": True, "strip_accents": "unicode", "min_df": least}
    words = TfidfVectorizer(ngram_range=(1, 2), token_pattern=r"(?u)\b\w+\b", **common)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), max_features=120_000, **common)
    return words, letters


def _texts(texts: Iterable[str]) -> list[str]:
    listed = [texts] if isinstance(texts, str) else list(texts)
    if not all(isinstance(t, str) for t in listed):
        raise ValueError("Texts must be strings, one a unit (no missing values).")
    return listed


def _sigmoid(x: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def _platt(scores: Floats, y: Floats) -> tuple[float, float]:
    """Fit a slope and offset that turn scores into probabilities (Platt 1999, smoothed targets, Newton)."""
    import numpy as np

    n1 = y.sum()
    target = np.where(y > 0, (n1 + 1) / (n1 + 2), 1 / (len(y) - n1 + 2))
    design = np.column_stack([scores, np.ones_like(scores)])
    beta = np.array([0.0, np.log((n1 + 1) / (len(y) - n1 + 1))])
    for _ in range(50):
        p = _sigmoid(design @ beta)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + 1e-4 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (target - p) - 1e-4 * beta)
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-8:
            break
    if beta[0] <= 0:
        return 0.0, float(np.log(n1 / (len(y) - n1)))
    return float(beta[0]), float(beta[1])


def _threshold(p: Floats, y: Floats, rare: float) -> float:
    """Choose the probability with the best F1, midway between neighbours, held back by `rare` texts."""
    import numpy as np

    order = np.argsort(-p, kind="stable")
    ranked, hits = p[order], np.cumsum(y[order])
    f1 = 2 * hits / (np.arange(1, len(p) + 1) + y.sum() + rare)
    f1[:-1][ranked[:-1] == ranked[1:]] = -1
    best = int(f1.argmax())
    return float(ranked[best] if best + 1 == len(p) else (ranked[best] + ranked[best + 1]) / 2)
