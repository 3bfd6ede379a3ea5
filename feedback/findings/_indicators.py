"""Numbers of others, such as a county's open prevention metrics, set beside findings and never merged with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.errors import Problem, TableError
from feedback.findings._tables import Rows, parse_table, read_table

if TYPE_CHECKING:
    import pandas as pd

    from feedback.findings._themes import Themes

KEYS = ("spa", "year")


@dataclass(frozen=True, slots=True)
class Indicators:
    """A table of others' numbers by SPA or year: shown as it was brought, in words and digits, never computed with.

    Attributes:
        name: of the file, as its source. key: spa or year. columns: the other columns, as written.
        rows: (place or year, values in the order of columns); values stay text.
    """

    name: str
    key: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]

    @classmethod
    def load(cls, path: str | Path, *, name: str = "") -> Indicators:
        """Read any CSV with a column `spa` or `year`; raises TableError with every problem and its line."""
        return cls._of(read_table(path), name or Path(path).stem)

    @classmethod
    def parse(cls, text: str, *, name: str) -> Indicators:
        """The same from text."""
        return cls._of(parse_table(text, name=name), name)

    @classmethod
    def _of(cls, rows: Rows, name: str) -> Indicators:
        head = list(rows[0][1]) if rows else []
        key = next((h for h in head for k in KEYS if h == k or h.startswith((f"{k} ", f"{k}_"))), None)
        others = tuple(h for h in head if h != key)
        if key is None or not others:
            raise TableError([Problem(name, "line 1", "needs a column `spa` or `year` and at least one other column.")])
        kind = "spa" if key.startswith("spa") else "year"
        problems, values = [], []
        for line, row in rows:
            place = (re.search(r"\d+", row[key]) or [""])[0]
            if not place or (kind == "spa" and not 1 <= int(place) <= 8):
                what = f"has no {kind} that can be read."
                problems.append(Problem(name, f"line {line}", what, "SPA is 1 to 8, a year has four digits."))
            else:
                values.append((place, tuple(row[c] for c in others)))
        if problems:
            raise TableError(problems)
        return cls(name, kind, others, tuple(values))

    def beside(self, themes: Themes, code: str) -> pd.DataFrame:
        """Set the table beside the bands of one code: one row a SPA or year, the findings' columns marked `heard: `.

        `themes` must be grouped by spa (for tables by SPA) or by month (for tables by year: then only the sessions held in
        that year are given). What may not be shown is `hidden`.
        """
        import pandas as pd

        bands = {c.group.removeprefix("SPA "): c.band for c in themes[code].cells[1:]} if themes.by == "spa" else {}
        rows = []
        for place, values in self.rows:
            held = sum(str(s.spa) == place if self.key == "spa" else (s.month or "").startswith(place) for s in themes.corpus)
            rows.append((place, *values, held, bands.get(place, "" if self.key == "year" else "no session")))
        return pd.DataFrame(rows, columns=[self.key, *self.columns, "heard: sessions held", f"heard: {code}"])
