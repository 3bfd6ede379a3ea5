"""review(): how far coders and taggers agree, code by code and session by session, and what nobody coded."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from feedback.codebook import Codings
from feedback.errors import FeedbackError

if TYPE_CHECKING:
    import pandas as pd

REVIEW_COLUMNS = (
    "level", "code", "a", "b", "base", "a_yes", "b_yes", "both", "agreement", "kappa", "alpha",
)  # fmt: skip
NAN = float("nan")


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


@dataclass(frozen=True, slots=True)
class Review:
    """Coders and taggers side by side. `codings` holds them all; a tagger is one more coder.

    Attributes:
        uncoded: addresses that nobody coded, first to be looked at.
        coverage: tagger -> share of the units that it coded.
        rows: one a level (unit, session), pair and code; `code` is `all` for the codes together.
    """

    codings: Codings
    uncoded: tuple[str, ...]
    coverage: dict[str, float]
    rows: tuple[tuple[object, ...], ...]

    def frame(self) -> pd.DataFrame:
        """One row a level, pair of coders and code; `base` is the number of units (sessions) compared."""
        import pandas as pd

        return pd.DataFrame(list(self.rows), columns=list(REVIEW_COLUMNS))

    def disagreements(self, a: str, b: str) -> pd.DataFrame:
        """Codes that one of two coders gave and the other did not: ref, code, by."""
        import pandas as pd

        given = {t: {(c.ref, c.code) for c in self.codings if c.tagger == t} for t in (a, b)}
        both = {c.ref for c in self.codings if c.tagger == a} & {c.ref for c in self.codings if c.tagger == b}
        rows = [(*k, a if k in given[a] else b) for k in sorted(given[a] ^ given[b]) if k[0] in both]
        return pd.DataFrame(rows, columns=["ref", "code", "by"])

    def __str__(self) -> str:
        shares = ", ".join(f"{t} coded {s:.0%} of the units" for t, s in self.coverage.items())
        return f"{len(self.uncoded)} units carry no code: look there first. {shares}".strip()


def review(codings: Codings, *others: Codings) -> Review:
    """Compare every two coders: percent agreement, Cohen's kappa, Krippendorff's alpha, per code and together.

    A person is taken to have looked at the units of the sessions in which they coded anything; a tagger at all units.
    Units outside both are missing to alpha, and out of the other two.
    """
    for other in others:
        codings = codings.merged(other.values)
    refs = [s.ref for s in codings.corpus.segments()]
    taggers = sorted({c.tagger for c in codings})
    given: dict[str, set[tuple[str, str]]] = {t: set() for t in taggers}
    for c in codings:
        given[c.tagger].add((c.ref, c.code))
    looked = {t: _looked_at(t, given[t], refs) for t in taggers}
    present = {c.code for c in codings}
    codes = [c.id for c in codings.codebook if c.id in present]
    codes += sorted(present - set(codes))
    rows: list[tuple[object, ...]] = []
    for a, b in combinations(taggers, 2):
        shared = [r for r in refs if r in looked[a] and r in looked[b]]
        rows += _compare("unit", shared, codes, (a, given[a]), (b, given[b]))
        sessions = list(dict.fromkeys(_session(r) for r in shared))
        held = [(t, {(_session(r), c) for r, c in given[t] if r in looked[a] & looked[b]}) for t in (a, b)]
        rows += _compare("session", sessions, codes, held[0], held[1])
    coverage = {t: len({r for r, _ in given[t]}) / len(refs) if refs else 0.0 for t in taggers}
    return Review(codings, tuple(s.ref for s in codings.uncoded()), coverage, tuple(rows))


def _looked_at(tagger: str, given: set[tuple[str, str]], refs: list[str]) -> set[str]:
    if not tagger.startswith("human:"):
        return set(refs)
    sessions = {_session(r) for r, _ in given}
    return {r for r in refs if _session(r) in sessions}


def _session(ref: str) -> str:
    return ref.rpartition("#")[0]


_Said = tuple[str, set[tuple[str, str]]]


def _compare(level: str, places: list[str], codes: list[str], a: _Said, b: _Said) -> list[tuple[object, ...]]:
    out, xs, ys = [], list[bool](), list[bool]()
    for code in codes:
        x, y = [(p, code) in a[1] for p in places], [(p, code) in b[1] for p in places]
        xs, ys = xs + x, ys + y
        out.append(_row(level, code, (a[0], x), (b[0], y)))
    return [_row(level, "all", (a[0], xs), (b[0], ys)), *out]


def _row(level: str, code: str, a: tuple[str, list[bool]], b: tuple[str, list[bool]]) -> tuple[object, ...]:
    x, y = a[1], b[1]
    both = sum(p and q for p, q in zip(x, y, strict=True))
    figures = (percent_agreement(x, y), kappa(x, y), alpha([x, y]))
    return (
        level,
        code,
        a[0],
        b[0],
        len(x),
        sum(x),
        sum(y),
        both,
        *(f if math.isnan(f) else round(f, 12) for f in figures),
    )
