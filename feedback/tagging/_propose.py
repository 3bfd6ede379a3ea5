"""propose(): the next units worth a person's hour; reliability(): whether scores mean what they say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.codebook import Codings
from feedback.corpus import Segment
from feedback.errors import FeedbackError
from feedback.tagging._agreement import wilson
from feedback.tagging._learn import learn

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

UNCODED = 0.5  # what it counts that nobody and nothing coded a unit, beside 0 to 1 for doubt


@dataclass(frozen=True, slots=True)
class Proposal:
    """A unit to code next: `worth` 0 to 1.5 when it was chosen, `codes` the best guesses, `why` in words."""

    ref: str
    worth: float
    codes: tuple[str, ...]
    why: str


def propose(codings: Codings, n: int = 50, seed: int = 0) -> tuple[Proposal, ...]:
    """Choose the `n` units a person should code next: uncoded ones first, doubtful ones, and none like another.

    Doubt comes from a tagger learned from the person's codings where there are enough, else from the scores of the
    codings themselves. Units that a person coded are left out. The same codings and seed give the same units.
    """
    import numpy as np

    seen = {c.ref for c in codings if c.tagger.startswith("human:")}
    units = [s for s in codings.corpus.segments() if s.turn.kind != "agreement" and s.ref not in seen]
    if not units or n < 1:
        return ()
    doubt, guesses = _doubt(codings, units)
    coded = {c.ref for c in codings}
    bare = np.asarray([s.ref not in coded for s in units])
    short = np.asarray([min(1.0, len(s.text.split()) / 4) for s in units])  # "yeah" teaches nothing
    worth = (doubt + UNCODED * bare) * short
    order = np.random.default_rng(seed).permutation(len(units))
    vectors = _vectors([s.text for s in units])
    apart, chosen = np.ones(len(units)), list[Proposal]()
    for _ in range(min(n, len(units))):
        now = (worth * apart + 1e-9)[order]
        i = int(order[int(now.argmax())])
        why = "nothing coded it" if bare[i] else "coded, and in doubt" if doubt[i] > 0.5 else "coded"
        if guesses[i]:
            why += f"; closest: {', '.join(guesses[i])}"
        chosen.append(Proposal(units[i].ref, round(float(worth[i]), 6), guesses[i], why))
        apart = np.minimum(apart, 1 - np.clip((vectors @ vectors[i].T).toarray().ravel(), 0, 1))
        worth[i] = -1.0
    return tuple(chosen)


def _doubt(codings: Codings, units: Sequence[Segment]) -> tuple[Floats, list[tuple[str, ...]]]:
    """How unsure each unit is, 0 to 1, with the two codes closest to their thresholds."""
    import numpy as np

    try:
        tagger = learn(codings)
    except FeedbackError:
        scores: dict[str, list[tuple[float, str]]] = {}
        for c in codings:
            if not c.tagger.startswith("human:"):
                scores.setdefault(c.ref, []).append((c.score, c.code))
        doubt = np.asarray([max((4 * p * (1 - p) for p, _ in scores.get(s.ref, ())), default=1.0) for s in units])
        return doubt, [tuple(c for _, c in sorted(scores.get(s.ref, ()))[:2]) for s in units]
    chances, bars = tagger.model.predict_proba([s.text for s in units]), tagger.model.thresholds_
    gap = np.abs(chances - bars) / np.maximum(bars, 1 - bars)
    near = np.argsort(gap, axis=1, kind="stable")[:, :2]
    close = [tuple(tagger.learned[j] for j in row if gap[i, j] < 0.25) for i, row in enumerate(near)]
    return 1 - gap.min(1), close


def _vectors(texts: list[str]) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    return TfidfVectorizer(sublinear_tf=True, strip_accents="unicode", token_pattern=r"(?u)\w+|\S").fit_transform(
        [t if t.strip() else "." for t in texts]
    )


def reliability(scores: Sequence[float], truth: Sequence[bool | int], *, bins: int = 10) -> pd.DataFrame:
    """Set scores against what was true, in bins of equal width: low, high, n, score (mean), share, share_low, share_high.

    Where scores are calibrated, `share` follows `score`. Empty bins are left out; intervals are Wilson's. The frame's
    `attrs["error"]` is the mean distance of the two, weighted by n.

    >>> reliability([0.1, 0.1, 0.9, 0.9], [0, 0, 1, 1], bins=2)[["n", "share"]].to_numpy().tolist()
    [[2.0, 0.0], [2.0, 1.0]]
    """
    import numpy as np
    import pandas as pd

    p, y = np.asarray(scores, dtype=float), np.asarray(truth, dtype=float)
    if p.shape != y.shape or ((p < 0) | (p > 1)).any():
        raise FeedbackError("reliability() needs one score between 0 and 1 and one answer for each")
    at = np.minimum((p * bins).astype(int), bins - 1)
    rows = []
    for b in range(bins):
        inside = at == b
        n = int(inside.sum())
        if n:
            yes = int(y[inside].sum())
            rows.append((b / bins, (b + 1) / bins, n, float(p[inside].mean()), yes / n, *wilson(yes, n)))
    out = pd.DataFrame(rows, columns=["low", "high", "n", "score", "share", "share_low", "share_high"])
    out.attrs["error"] = float((np.abs(out["score"] - out["share"]) * out["n"]).sum() / max(1, out["n"].sum()))
    return out
