"""contrast: two groups side by side, in bands; nothing is tested."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.corpus import Session
from feedback.errors import FeedbackError
from feedback.findings._themes import Themes
from feedback.findings._types import Cell

if TYPE_CHECKING:
    import pandas as pd

BANDS = ("none", "few", "some", "many", "most")
COLUMNS = ("code", "name", "a", "b", "sessions_a", "base_a", "sessions_b", "base_b", "gap", "worth_discussing")


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two groups side by side. `confounds` are what else differs between them: read them before the bands.

    `worth_discussing` holds codes with a gap of two bands, three sessions in each group, and asked about in both.
    """

    between: tuple[str, str]
    rows: tuple[tuple[Cell, Cell], ...]
    confounds: tuple[str, ...]

    @property
    def worth_discussing(self) -> tuple[str, ...]:
        """Codes whose difference is worth talking about."""
        return tuple(a.code for a, b in self.rows if _worth(a, b))

    def frame(self) -> pd.DataFrame:
        """One row a code; `a` and `b` are bands, `gap` the steps between them (NA where one is hidden)."""
        import pandas as pd

        rows = [
            (a.code, a.name, a.band, b.band, a.sessions, a.base, b.sessions, b.base, _gap(a, b), _worth(a, b))
            for a, b in self.rows
        ]
        whole = ("sessions_a", "base_a", "sessions_b", "base_b", "gap")
        return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(whole, "Int64"))


def contrast(themes: Themes, *, between: tuple[str, str]) -> Contrast:
    """Set two groups of `themes` side by side; raises FeedbackError where a group is not there or may not be shown."""
    for g in between:
        if g not in themes.groups:
            raise FeedbackError(f"there is no group {g!r}; there are: {', '.join(themes.groups) or 'none'}")
        if g not in themes.columns:
            raise FeedbackError(f"{g!r} has too few sessions or participants to stand by itself ({themes.settings})")
    rows = []
    for t in themes:
        cells = {c.group: c for c in t.cells}
        rows.append((cells[between[0]], cells[between[1]]))
    return Contrast(between, tuple(rows), _confounds(themes, between))


def _step(cell: Cell) -> int | None:
    band = "few" if cell.band == "in one session" else cell.band
    return BANDS.index(band) if band in BANDS else None


def _gap(a: Cell, b: Cell) -> int | None:
    x, y = _step(a), _step(b)
    return None if x is None or y is None else abs(x - y)


def _worth(a: Cell, b: Cell) -> bool:
    gap = _gap(a, b)
    asked = bool(a.prompted) and bool(b.prompted)
    return gap is not None and gap >= 2 and min(a.base or 0, b.base or 0) >= 3 and asked


def _confounds(themes: Themes, between: tuple[str, str]) -> tuple[str, ...]:
    from feedback.findings._count import group_of

    members: dict[str, dict[str, None]] = {g: {} for g in between}
    for s in themes.corpus.segments():
        g = group_of(s, themes.by)
        if g in members:
            members[g][s.session.id] = None
    out = []
    facts: dict[str, Callable[[Session], str]] = {
        "language": lambda s: "+".join(s.languages) or "not stated",
        "kind of record": lambda s: {True: "recorded", False: "notes", None: "not stated"}[s.recorded],
    }
    for name, of in facts.items():
        sides = [sorted({of(themes.corpus[s]) for s in members[g]}) for g in between]
        if sides[0] != sides[1]:
            out.append(f"{name}: {between[0]} {', '.join(sides[0])}; {between[1]} {', '.join(sides[1])}")
    guides = [{q for s in members[g] for q in themes.corpus[s].guide} for g in between]
    if guides[0] != guides[1]:
        out.append("guide: the two groups were not asked the same questions")
    out.append("facilitators are not compared")
    return tuple(out)
