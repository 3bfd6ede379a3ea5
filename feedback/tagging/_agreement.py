"""Agreement in figures: percent agreement, Cohen's kappa, Krippendorff's alpha, and how sure they are."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

NAN = float("nan")
DRAWS = 1000
CLUSTERS = 8  # from so many sessions on, sessions are drawn anew, not units: units of one session hang together
Z = 1.959963984540054


def percent_agreement(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Share of equal answers, 0 to 1; NaN where there are none."""
    _same_length(a, b)
    return sum(x == y for x, y in zip(a, b, strict=True)) / len(a) if a else NAN


def kappa(a: Sequence[Hashable], b: Sequence[Hashable]) -> float:
    """Cohen's kappa of two coders over the same units; NaN where both always say one and the same thing.

    >>> round(kappa([1, 1, 0, 0], [1, 0, 0, 0]), 2)
    0.5
    """
    _same_length(a, b)
    if not a:
        return NAN
    n, seen = len(a), percent_agreement(a, b)
    chance = sum(a.count(v) * b.count(v) for v in set(a) | set(b)) / n**2
    return NAN if chance == 1 else (seen - chance) / (1 - chance)


def alpha(coders: Iterable[Sequence[Hashable | None]]) -> float:
    """Krippendorff's alpha, nominal: one row a coder, None where a coder did not say (Krippendorff 2011).

    >>> round(alpha([[1, 2, None], [1, 2, 3]]), 2)
    1.0
    """
    rows = [list(r) for r in coders]
    if len({len(r) for r in rows}) > 1:
        raise FeedbackError("alpha() needs one answer (or None) a unit from every coder: the rows differ in length")
    counts: dict[Hashable, float] = {}
    differ = total = 0.0
    for unit in zip(*rows, strict=True):
        said = [v for v in unit if v is not None]
        if len(said) < 2:
            continue
        tally = {v: said.count(v) for v in said}
        for value, k in tally.items():
            counts[value] = counts.get(value, 0) + k
        total += len(said)
        differ += (len(said) ** 2 - sum(k * k for k in tally.values())) / (len(said) - 1)
    expected = total**2 - sum(k * k for k in counts.values())
    return NAN if total < 2 or expected == 0 else 1 - (total - 1) * differ / expected


def _same_length(a: Sequence[object], b: Sequence[object]) -> None:
    if len(a) != len(b):
        raise FeedbackError(f"two coders of the same units are needed: {len(a)} answers beside {len(b)}")


def wilson(yes: int, n: int) -> tuple[float, float]:
    """Wilson's 95% interval of a share; (NaN, NaN) where nothing was counted.

    >>> tuple(round(x, 3) for x in wilson(9, 10))
    (0.596, 0.982)
    """
    if n == 0:
        return NAN, NAN
    share, middle = yes / n, 1 + Z * Z / n
    centre, half = share + Z * Z / (2 * n), Z * (share * (1 - share) / n + Z * Z / (4 * n * n)) ** 0.5
    low, high = (centre - half) / middle, (centre + half) / middle
    return (0.0 if yes == 0 else low), (1.0 if yes == n else high)


@dataclass(frozen=True, slots=True)
class Figures:
    """Agreement of two coders with its 95% intervals (Wilson for the share; bootstrap percentiles for the others)."""

    agreement: float
    agreement_low: float
    agreement_high: float
    kappa: float
    kappa_low: float
    kappa_high: float
    alpha: float
    alpha_low: float
    alpha_high: float


def figures(tables: Any, *, seed: int = 0) -> Figures:
    """Sum tables (clusters, 4) of both yes, only the first, only the second, both no into figures with intervals.

    From eight clusters on whole clusters are drawn anew, else single units.
    """
    import numpy as np

    counts = np.asarray(tables, dtype=float).reshape(-1, 4)
    counts = counts[counts.sum(1) > 0]
    total = counts.sum(0)
    n = int(total.sum())
    if n == 0:
        return Figures(*[NAN] * 9)
    rng = np.random.default_rng(seed)
    if len(counts) >= CLUSTERS:
        drawn = rng.multinomial(len(counts), np.full(len(counts), 1 / len(counts)), size=DRAWS) @ counts
    else:
        drawn = rng.multinomial(n, total / n, size=DRAWS).astype(float)
    low, high = wilson(int(total[0] + total[3]), n)
    k, a = _kappas(total[None])[0], _alphas(total[None])[0]
    return Figures((total[0] + total[3]) / n, low, high, k, *_limits(_kappas(drawn), k), a, *_limits(_alphas(drawn), a))


def _kappas(tables: Floats) -> Floats:
    import numpy as np

    n = tables.sum(1)
    a, b = (tables[:, 0] + tables[:, 1]) / n, (tables[:, 0] + tables[:, 2]) / n
    seen, chance = (tables[:, 0] + tables[:, 3]) / n, a * b + (1 - a) * (1 - b)
    same = 1 - chance < 1e-12
    return np.where(same, NAN, (seen - chance) / np.where(same, 1, 1 - chance))


def _alphas(tables: Floats) -> Floats:
    import numpy as np

    total = 2 * tables.sum(1)
    yes = 2 * tables[:, 0] + tables[:, 1] + tables[:, 2]
    expected = total**2 - yes**2 - (total - yes) ** 2
    same = expected < 1e-9
    return np.where(same, NAN, 1 - (total - 1) * 2 * (tables[:, 1] + tables[:, 2]) / np.where(same, 1, expected))


def _limits(drawn: Floats, value: float) -> tuple[float, float]:
    """The middle 95% of the draws that say anything; nothing where fewer than half do."""
    import numpy as np

    said = drawn[~np.isnan(drawn)]
    if np.isnan(value) or len(said) < len(drawn) / 2:
        return NAN, NAN
    low, high = np.quantile(said, [0.025, 0.975])
    return float(low), float(high)
