"""review(): how far coders and taggers agree, code by code and session by session, and what nobody coded."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

from feedback.codebook import Codings
from feedback.errors import FeedbackError
from feedback.tagging._agreement import NAN, Figures, alpha, figures, kappa, percent_agreement

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Review", "alpha", "kappa", "percent_agreement", "review"]

FIGURES = tuple(f.name for f in dataclasses.fields(Figures))
REVIEW_COLUMNS = (
    "level", "units", "group", "code", "a", "b", "base", "a_yes", "b_yes", "both", "agreement", "kappa", "alpha",
    "agreement_low", "agreement_high", "kappa_low", "kappa_high", "alpha_low", "alpha_high", "private",
)  # fmt: skip
Given = Mapping[str, set[tuple[str, str]]]  # coder -> (place, code)


@dataclass(frozen=True, slots=True)
class Review:
    """Coders and taggers side by side. `codings` holds them all; a tagger is one more coder.

    Attributes:
        uncoded: addresses that nobody coded, first to be looked at.
        coverage: tagger -> share of the units that it coded.
        rows: one a level (unit, session), choice of units, group, pair and code, in the order of `REVIEW_COLUMNS` but for the last.
    """

    codings: Codings
    uncoded: tuple[str, ...]
    coverage: dict[str, float]
    rows: tuple[tuple[object, ...], ...]

    def frame(self, by: str | None = None) -> pd.DataFrame:
        """One row a level, pair of coders and code; `code` is `all` for the codes together.

        `level` is unit or session; `units` is all, or coded (those on which one of the two laid any code: agreement
        on silence left out); `base` is the number of units (sessions) compared. `low` and `high` bound 95%: Wilson's
        interval for the share, bootstrap percentiles for kappa and alpha (whole sessions drawn anew from eight sessions
        on, else units). With three coders or more, rows with `a` and `b` = `all` give alpha over them together.

        `by="audience"` or `"language"` gives the rows of each group instead; `group` names it. Nothing is suppressed, so that
        coders see where they differ: `private` is True, the table is not to be passed on.
        """
        import pandas as pd

        if by not in (None, "audience", "language"):
            raise FeedbackError(f"review().frame(by={by!r}): by is 'audience', 'language' or None")
        rows = [r for r in self.rows if (r[2] == "all" if by is None else str(r[2]).startswith(f"{by}: "))]
        return pd.DataFrame([(*r, True) for r in rows], columns=list(REVIEW_COLUMNS))

    def disagreements(self, a: str, b: str) -> pd.DataFrame:
        """Codes that one of two coders gave and the other did not: ref, code, by, also (codes both gave there)."""
        import pandas as pd

        refs = [s.ref for s in self.codings.corpus.segments()]
        given = {t: {(c.ref, c.code) for c in self.codings if c.tagger == t} for t in (a, b)}
        looked = _looked_at(a, given[a], refs) & _looked_at(b, given[b], refs)
        shared = given[a] & given[b]
        place = {r: i for i, r in enumerate(refs)}
        rows = [
            (ref, code, a if (ref, code) in given[a] else b, tuple(sorted(c for r, c in shared if r == ref)))
            for ref, code in sorted(given[a] ^ given[b], key=lambda k: (place.get(k[0], 0), k[1])) if ref in looked
        ]  # fmt: skip
        return pd.DataFrame(rows, columns=["ref", "code", "by", "also"])

    def __str__(self) -> str:
        shares = ", ".join(f"{t} coded {s:.0%} of the units" for t, s in self.coverage.items())
        return f"{len(self.uncoded)} units carry no code: look there first. {shares}".strip()


def review(codings: Codings, *others: Codings, seed: int = 0) -> Review:
    """Compare every two coders: percent agreement, Cohen's kappa, Krippendorff's alpha, with intervals, per code.

    By unit and by session, on all units and on coded ones, by audience and by language. A person is taken to have looked
    at the units of the sessions in which they coded anything; a tagger at all units. Units outside both are missing to
    alpha, and out of the other two. `seed` draws the intervals.
    """
    for other in others:
        codings = codings.merged(other.values)
    segments = list(codings.corpus.segments())
    refs = [s.ref for s in segments]
    taggers = sorted({c.tagger for c in codings})
    given: dict[str, set[tuple[str, str]]] = {t: set() for t in taggers}
    for c in codings:
        given[c.tagger].add((c.ref, c.code))
    looked = {t: _looked_at(t, given[t], refs) for t in taggers}
    present = {c.code for c in codings}
    codes = [c.id for c in codings.codebook if c.id in present]
    codes += sorted(present - set(codes))
    groups: dict[str, list[str]] = {"all": refs}
    for s in segments:
        for name, value in (("audience", s.audience), ("language", s.turn.language)):
            groups.setdefault(f"{name}: {value or 'not said'}", []).append(s.ref)
    rows: list[tuple[object, ...]] = []
    for a, b in combinations(taggers, 2):
        for group, members in groups.items():
            rows += _pair(group, [r for r in members if r in looked[a] and r in looked[b]], codes, a, b, given, seed)
    if len(taggers) > 2:
        rows += _together(refs, codes, taggers, given, looked)
    coverage = {t: len({r for r, _ in given[t]}) / len(refs) if refs else 0.0 for t in taggers}
    return Review(codings, tuple(s.ref for s in codings.uncoded()), coverage, tuple(rows))


def _looked_at(tagger: str, given: set[tuple[str, str]], refs: list[str]) -> set[str]:
    if not tagger.startswith("human:"):
        return set(refs)
    sessions = {_session(r) for r, _ in given}
    return {r for r in refs if _session(r) in sessions}


def _session(ref: str) -> str:
    return ref.rpartition("#")[0]


def _pair(
    group: str, shared: list[str], codes: list[str], a: str, b: str, given: Given, seed: int
) -> Iterator[tuple[object, ...]]:
    """Compare two coders over units and, for all units together, over sessions."""
    touched = {r for t in (a, b) for r, _ in given[t]}
    coded = [r for r in shared if r in touched]
    for units, places in (("all", shared), ("coded", coded)):
        yield from _rows(("unit", units, group), places, codes, (a, given[a]), (b, given[b]), seed)
    if group == "all":
        inside = set(shared)
        held = [(t, {(_session(r), c) for r, c in given[t] if r in inside}) for t in (a, b)]
        sessions = list(dict.fromkeys(map(_session, shared)))
        yield from _rows(("session", "all", group), sessions, codes, held[0], held[1], seed)


def _rows(
    head: tuple[str, str, str], places: list[str], codes: list[str], a: tuple[str, set[tuple[str, str]]],
    b: tuple[str, set[tuple[str, str]]], seed: int,
) -> Iterator[tuple[object, ...]]:  # fmt: skip
    """Count yes and no of both coders in each session, code by code; then sum up."""
    import numpy as np

    cluster = {s: i for i, s in enumerate(dict.fromkeys(p.partition("#")[0] for p in places))}
    tables = np.zeros((len(codes), max(1, len(cluster)), 4))
    which = {p: cluster[p.partition("#")[0]] for p in places}
    for place in places:
        tables[:, which[place], 3] += 1
    place_of = {c: k for k, c in enumerate(codes)}
    for place, code in a[1] | b[1]:
        if place in which:
            x, y = (place, code) in a[1], (place, code) in b[1]
            row = tables[place_of[code], which[place]]
            row[3] -= 1
            row[0 if x and y else 1 if x else 2] += 1
    for code, table in [("all", tables.sum(0)), *zip(codes, tables, strict=True)]:
        both, one, two, neither = (int(v) for v in table.sum(0))
        f = figures(table, seed=seed)
        found = [getattr(f, name) for name in REVIEW_COLUMNS[10:-1]]
        rounded = [v if math.isnan(v) else round(float(v), 12) for v in found]
        yield (*head, code, a[0], b[0], both + one + two + neither, both + one, both + two, both, *rounded)


def _together(
    refs: list[str], codes: list[str], taggers: list[str], given: Given, looked: Mapping[str, set[str]]
) -> Iterator[tuple[object, ...]]:
    """Krippendorff's alpha over all coders, units that one did not look at missing."""
    for code in ["all", *codes]:
        asked = codes if code == "all" else [code]
        answers = [[(r, c) in given[t] if r in looked[t] else None for c in asked for r in refs] for t in taggers]
        value = alpha(answers)
        base = sum(sum(r in looked[t] for t in taggers) > 1 for r in refs) * len(asked)
        none = [NAN] * 6
        yield ("unit", "all", "all", code, "all", "all", base, None, None, None, NAN, NAN, round(value, 12), *none)
