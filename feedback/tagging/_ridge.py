"""Least squares on texts as a kernel problem, with exact leave-one-out scores; and scores made into probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIDGES, FEW = (0.1, 0.3, 1.0), 1200  # up to so many different texts the ridge is chosen, above it is the middle one
DUAL = 5000  # up to so many different texts the problem is solved whole
ROUNDS = 30  # steps of conjugate gradients; scores then differ from the exact ones by less than a hundredth


@dataclass(frozen=True)
class Solved:
    """What each text adds to the themes (texts, themes), or weights (features, themes) as their sparse and dense part.

    `held_out`: what each text scores when left out; `ridge`: the one used.
    """

    held_out: Floats
    ridge: float
    dual: Floats | None = None
    sparse: Floats | None = None
    dense: Floats | None = None


def solve(sparse: Any, dense: Floats, y: Floats, *, same: NDArray[np.int64], ridge: float | None) -> Solved:
    """Solve for centred themes `y` (texts, themes); `same` names for each text its row of `sparse` and `dense`."""
    if sparse.shape[0] <= DUAL:
        some = RIDGES if sparse.shape[0] <= FEW else RIDGES[1:2]
        return _whole(alike((sparse, dense), (sparse, dense)), y, same=same, ridges=some if ridge is None else (float(ridge),))
    return _large(sparse, dense, y, same=same, ridge=1.0 if ridge is None else float(ridge))


def alike(a: tuple[Any, Floats], b: tuple[Any, Floats]) -> Floats:
    """How alike texts are, (texts of a, texts of b): their shared words, letters and meaning, near ones counted more."""
    import numpy as np

    out: Floats = np.asfortranarray((a[0] @ b[0].T).toarray())
    out += a[1] @ b[1].T
    out -= 1
    return np.exp(out, out=out)


def _whole(kernel: Floats, y: Floats, *, same: NDArray[np.int64], ridges: tuple[float, ...]) -> Solved:
    """Solve once for each ridge, equal texts taken together; keep the ridge with the least leave-one-out error."""
    import numpy as np
    from scipy.linalg import blas, lapack

    copies = np.bincount(same).astype(float)
    mean = np.zeros((len(copies), y.shape[1]))
    np.add.at(mean, same, y)
    mean /= copies[:, None]
    spread = y.var(0)
    live = spread > 0
    best, found = np.inf, (np.zeros_like(mean), np.zeros_like(y), ridges[0])
    for ridge in ridges:
        noise = ridge / copies
        lower, failed = lapack.dpotrf(_plus(kernel, noise), lower=1, clean=0, overwrite_a=1)
        inverse, wrong = lapack.dpotri(lower, lower=1, overwrite_c=1)
        if failed or wrong:
            raise ValueError("the texts cannot be told apart with so small a ridge: give a larger one")
        dual = blas.dsymm(1.0, inverse, mean, lower=1)  # the inverse stands in the lower half only
        fitted = mean - noise[:, None] * dual
        leverage = ((1 - noise * np.diag(inverse)) / copies)[same]
        left = (y - fitted[same]) / (1 - leverage)[:, None]
        error = float(((left[:, live] ** 2).mean(0) / spread[live]).mean()) if live.any() else 0.0
        if error < best:
            best, found = error, (dual, y - left, ridge)
    return Solved(found[1], found[2], found[0])


def _plus(kernel: Floats, noise: Floats) -> Floats:
    """A copy with `noise` added to its diagonal, columns together as LAPACK wants them."""
    import numpy as np

    out = np.array(kernel, order="F")
    out[np.diag_indices_from(out)] += noise
    return out


def _large(sparse: Any, dense: Floats, y: Floats, *, same: NDArray[np.int64], ridge: float) -> Solved:
    """Solve by conjugate gradients; three folds stand in for leaving one out."""
    import numpy as np

    x, d = sparse[same], dense[same]
    held_out, fold = np.zeros_like(y), same % 3
    for k in range(3):
        kept, left = fold != k, fold == k
        words, meaning = _gradients(x[kept], d[kept], y[kept], ridge=ridge)
        held_out[left] = x[left] @ words + d[left] @ meaning
    words, meaning = _gradients(x, d, y, ridge=ridge)
    return Solved(held_out, ridge, None, words, meaning)


def _gradients(sparse: Any, dense: Floats, y: Floats, *, ridge: float) -> tuple[Floats, Floats]:
    """Ridge weights of all themes in step, over the texts (Hestenes and Stiefel 1952); time linear in what is written."""
    import numpy as np

    turned = sparse.T.tocsr()
    dual, rest, way = np.zeros_like(y), y.copy(), y.copy()
    size = first = (rest * rest).sum(0)
    for _ in range(ROUNDS):
        moved = sparse @ (turned @ way) + dense @ (dense.T @ way) + ridge * way
        step = size / np.maximum((way * moved).sum(0), 1e-30)
        dual += way * step
        rest -= moved * step
        size, before = (rest * rest).sum(0), size
        if (size <= 1e-6 * first).all():
            break
        way = rest + way * (size / np.maximum(before, 1e-30))
    return turned @ dual, dense.T @ dual


def sigmoid(x: Any) -> Any:
    import numpy as np

    return 1 / (1 + np.exp(-np.clip(x, -30, 30)))


def platt(scores: Floats, y: Floats) -> tuple[float, float]:
    """Fit a slope and offset that turn scores into probabilities (Platt 1999, smoothed targets, Newton)."""
    import numpy as np

    n1 = y.sum()
    target = np.where(y > 0, (n1 + 1) / (n1 + 2), 1 / (len(y) - n1 + 2))
    design = np.column_stack([scores, np.ones_like(scores)])
    beta = np.array([0.0, np.log((n1 + 1) / (len(y) - n1 + 1))])
    for _ in range(50):
        p = sigmoid(design @ beta)
        hessian = (design * (p * (1 - p))[:, None]).T @ design + 1e-4 * np.eye(2)
        step = np.linalg.solve(hessian, design.T @ (target - p) - 1e-4 * beta)
        beta = beta + np.clip(step, -5, 5)
        if np.abs(step).max() < 1e-8:
            break
    if beta[0] <= 0:
        return 0.0, float(np.log(n1 / (len(y) - n1)))
    return float(beta[0]), float(beta[1])


def threshold(p: Floats, y: Floats, rare: float) -> float:
    """Choose the probability with the best F1, midway between neighbours, held back by `rare` texts."""
    import numpy as np

    order = np.argsort(-p, kind="stable")
    ranked, hits = p[order], np.cumsum(y[order])
    f1 = 2 * hits / (np.arange(1, len(p) + 1) + y.sum() + rare)
    f1[:-1][ranked[:-1] == ranked[1:]] = -1
    best = int(f1.argmax())
    return float(ranked[best] if best + 1 == len(p) else (ranked[best] + ranked[best + 1]) / 2)
