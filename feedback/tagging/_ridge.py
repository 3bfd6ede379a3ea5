"""Least squares on texts as a kernel problem, with exact leave-one-out scores; and scores made into probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

RIDGES, FEW = (0.1, 0.3, 1.0), 1200  # up to so many different texts the ridge is chosen, above it is the middle one
DUAL, MARKS = 4000, 2000  # up to so many different texts the problem is solved whole, above it by so many of them
LEFT_OUT = 4000  # texts whose left-out scores set thresholds, where there are more
OFTEN = 0.08  # share of the texts from which on what they share is multiplied densely
BLOCK = 2000


@dataclass(frozen=True)
class Solved:
    """What each of some texts adds to the themes (texts, themes).

    `held_out`: what each text of `scored` scores when left out; `marks`: rows of the texts that add; `ridge`: the one used.
    """

    held_out: Floats
    ridge: float
    dual: Floats
    scored: NDArray[np.int64]
    marks: NDArray[np.int64]


def solve(sparse: Any, dense: Floats, y: Floats, *, same: NDArray[np.int64], ridge: float | None) -> Solved:
    """Solve for centred themes `y` (texts, themes); `same` names for each text its row of `sparse` and `dense`."""
    if sparse.shape[0] <= DUAL:
        some = RIDGES if sparse.shape[0] <= FEW else RIDGES[1:2]
        return _whole(alike((sparse, dense), (sparse, dense)), y, same=same, ridges=some if ridge is None else (float(ridge),))
    return _by_marks(sparse, dense, y, same=same, ridge=RIDGES[1] if ridge is None else float(ridge))


def alike(a: tuple[Any, Floats], b: tuple[Any, Floats]) -> Floats:
    """How alike texts are, (texts of a, texts of b): their shared words, letters and meaning, near ones counted more."""
    import numpy as np

    like, out = Alike(b), np.empty((a[0].shape[0], b[0].shape[0]), order="F")
    for at in range(0, len(out), BLOCK):
        out[at : at + BLOCK] = like.to(a[0][at : at + BLOCK], a[1][at : at + BLOCK])
    return out


class Alike:
    """How alike other texts are to these: what many of them share is multiplied densely, the rest where it meets."""

    def __init__(self, texts: tuple[Any, Floats]) -> None:
        import numpy as np

        sparse, dense = texts
        self._often = np.bincount(sparse.indices, minlength=sparse.shape[1]) > OFTEN * sparse.shape[0]
        self._many = sparse[:, self._often].astype(np.float32).toarray().T
        self._few = sparse[:, ~self._often].astype(np.float32).T.tocsr()
        self._dense = dense.astype(np.float32).T

    def to(self, sparse: Any, dense: Floats) -> Floats:
        """Return (other texts, these), single precision."""
        import numpy as np

        small = sparse.astype(np.float32)
        out = (small[:, ~self._often] @ self._few).toarray()
        out += small[:, self._often].toarray() @ self._many
        out += dense.astype(np.float32) @ self._dense
        out -= 1
        return np.exp(out, out=out)  # type: ignore[no-any-return]


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
    every = np.arange(len(copies))
    return Solved(found[1], found[2], found[0], np.arange(len(y)), every)


def _plus(kernel: Floats, noise: Floats) -> Floats:
    """A copy with `noise` added to its diagonal, columns together as LAPACK wants them."""
    import numpy as np

    out = np.array(kernel, order="F")
    out[np.diag_indices_from(out)] += noise
    return out


def _by_marks(sparse: Any, dense: Floats, y: Floats, *, same: NDArray[np.int64], ridge: float) -> Solved:
    """Solve over what all texts have in common with some of them (Nyström); time linear in the texts, one block in memory."""
    import numpy as np
    from scipy.linalg import cho_solve, cholesky, solve_triangular

    copies = np.bincount(same).astype(float)
    mean = np.zeros((len(copies), y.shape[1]))
    np.add.at(mean, same, y)
    mean /= copies[:, None]
    marks = _marks(mean > mean.min(0))
    like = Alike((sparse[marks], dense[marks]))
    whole, told = np.zeros((len(marks), len(marks))), np.zeros((len(marks), y.shape[1]))
    for at in range(0, len(copies), BLOCK):
        part = slice(at, at + BLOCK)
        seen = like.to(sparse[part], dense[part])
        told += seen.T @ (mean[part] * copies[part, None])
        seen *= np.sqrt(copies[part, None]).astype(np.float32)
        whole += seen.T @ seen
    own = np.asarray(like.to(sparse[marks], dense[marks]), float)
    lower = cholesky((own + own.T) / 2 + 1e-6 * np.eye(len(marks)), lower=True)
    inner = solve_triangular(lower, solve_triangular(lower, (whole + whole.T) / 2, lower=True).T, lower=True)
    inner[np.diag_indices_from(inner)] += ridge
    root = cholesky((inner + inner.T) / 2, lower=True)
    dual = solve_triangular(lower, cho_solve((root, True), solve_triangular(lower, told, lower=True)), lower=True, trans="T")
    scored = _evenly(len(y), LEFT_OUT)
    rows = same[scored]
    seen = like.to(sparse[rows], dense[rows]).astype(float)
    sight = solve_triangular(root, solve_triangular(lower, seen.T, lower=True), lower=True)
    left = (y[scored] - seen @ dual) / (1 - (sight * sight).sum(0))[:, None]
    return Solved(y[scored] - left, ridge, dual, scored, marks)


def _marks(given: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Choose MARKS rows: half of them so that each theme has its share, the rarest first, the others evenly."""
    import numpy as np

    taken = np.zeros(len(given), bool)
    for j in np.argsort(given.sum(0), kind="stable"):
        free = np.flatnonzero(given[:, j] & ~taken)
        taken[free[_evenly(len(free), MARKS // 2 // given.shape[1])]] = True
    free = np.flatnonzero(~taken)
    taken[free[_evenly(len(free), MARKS - int(taken.sum()))]] = True
    return np.flatnonzero(taken)


def _evenly(n: int, most: int) -> NDArray[np.int64]:
    """Give at most so many of the first n whole numbers, evenly spaced."""
    import numpy as np

    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).round().astype(int)


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
