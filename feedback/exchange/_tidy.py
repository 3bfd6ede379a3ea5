"""Tidy tables: one CSV a noun, formulas defused, and a report of what they leave out."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from feedback.codebook import Coding, Codings
from feedback.errors import Problem, TableError
from feedback.exchange._jsonl import read_jsonl

if TYPE_CHECKING:
    import pandas as pd

    from feedback.findings import Themes

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def export(codings: Codings, themes: Themes, folder: Path) -> Sequence[Path]:
    """Write sessions, units, codes, codings, a 0/1 matrix and themes as CSV into a folder, with `LOSSES.md`.

    Only what passed the gate is written; counts go through the suppression engine. Returns the paths written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    corpus = codings.corpus
    units = corpus.frame()
    kept = units[units["withheld"].isna()]
    matrix = _matrix(codings, list(kept.loc[kept["role"].isin(["participant", "interpreter"]), "ref"]))
    tables = {
        "sessions": corpus.sessions(), "units": kept.drop(columns="withheld"), "codes": _codes(codings),
        "codings": codings.frame(), "matrix": matrix, "themes": themes.frame(),
    }  # fmt: skip
    paths = []
    for name, table in tables.items():
        path = folder / f"{name}.csv"
        safe(table).to_csv(path, index=False, lineterminator="\n")
        paths.append(path)
    losses = folder / "LOSSES.md"
    losses.write_text(_losses(codings, len(units) - len(kept)), encoding="utf-8")
    return [*paths, losses]


def safe(table: pd.DataFrame) -> pd.DataFrame:
    """Put an apostrophe before text that a spreadsheet would run as a formula."""
    out = table.copy()
    for name in out.columns:
        if out[name].dtype.kind not in "biuf":
            out[name] = [f"'{v}" if isinstance(v, str) and v.startswith(_FORMULA) else v for v in out[name]]
    return out


def read_codings(path: Path, *, coder: str) -> tuple[list[Coding], list[str]]:
    """Read a person's codings from CSV (columns ref, code; optional category, polarity, about, memo) or JSON lines.

    Returns the codings and, as a second value, the rows that could not be used and why (row numbers, no words).

    Raises:
        TableError: the file has no columns `ref` and `code`, or is not text.
    """
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        return read_jsonl(path, coder=coder)
    try:
        rows = list(csv.DictReader(path.read_text(encoding="utf-8-sig").splitlines()))
    except (UnicodeDecodeError, OSError) as err:
        raise TableError(
            [Problem(path.name, "", f"cannot be read ({type(err).__name__}).", "Save it as CSV UTF-8.")]
        ) from None
    if not rows or not {"ref", "code"} <= set(rows[0]):
        raise TableError(
            [
                Problem(
                    path.name,
                    "row 1",
                    "the columns `ref` and `code` are missing.",
                    "Start from codings.csv of an export.",
                )
            ]
        )
    codings, left_out = [], []
    for number, row in enumerate(rows, start=2):
        if not (row["ref"] or "").strip() or not (row["code"] or "").strip():
            left_out.append(f"row {number}: ref or code is empty")
            continue
        said = {k: (row.get(k) or "").strip() for k in ("category", "polarity", "about", "memo")}
        codings.append(
            Coding(
                row["ref"].strip(),
                row["code"].strip(),
                f"human:{coder}",
                category=said["category"] or "other",
                polarity=said["polarity"] or "none",
                about=said["about"] or "none",
                why=said["memo"],
            )
        )
    return codings, left_out


def _codes(codings: Codings) -> pd.DataFrame:
    import pandas as pd

    rows = [
        (c.id, c.name, c.parent, c.definition, c.include, c.exclude, c.sensitivity, c.status) for c in codings.codebook
    ]
    return pd.DataFrame(
        rows, columns=["code", "name", "parent", "definition", "include", "exclude", "sensitivity", "status"]
    )


def _matrix(codings: Codings, refs: list[str]) -> pd.DataFrame:
    import pandas as pd

    codes = [c.id for c in codings.codebook]
    found = {ref: {c.code for c in group} for ref, group in codings.by_ref().items()}
    rows = [[ref, *(int(code in found.get(ref, ())) for code in codes)] for ref in refs]
    return pd.DataFrame(rows, columns=["ref", *codes])


def _losses(codings: Codings, withheld: int) -> str:
    problems = "\n".join(f"- {p}" for p in codings.corpus.problems) or "- none"
    return (
        "# What these tables leave out\n\n"
        f"- {withheld} units are held by the privacy gate and are not in `units.csv`.\n"
        "- `codings.csv` gives evidence as (start, end) pairs of code points within the unit's text.\n"
        "- The codebook's triggers, near-misses and language rules are not in `codes.csv`; keep the YAML file.\n"
        "- Subgroup figures that could point to a person are suppressed in `themes.csv`.\n\n"
        f"## Files that could not be read\n\n{problems}\n"
    )
