"""Codings as JSON lines, the form two coders hand in: one line a unit, `{"session", "i", "codes": [...]}`."""

from __future__ import annotations

import json
from pathlib import Path

from feedback.codebook import Coding
from feedback.errors import Problem, TableError


def read_jsonl(path: Path, *, coder: str) -> tuple[list[Coding], list[str]]:
    """Read a person's codings from JSON lines (session, i, codes; optional category, polarity, about).

    Returns the codings and, as a second value, the lines that could not be used and why (line numbers, no words).

    Raises:
        TableError: the file is not text, or no line of it is a coded unit.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except (UnicodeDecodeError, OSError) as err:
        raise TableError(
            [Problem(path.name, "", f"cannot be read ({type(err).__name__}).", "Save it as UTF-8.")]
        ) from None
    codings, left_out, units = list[Coding](), list[str](), 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
            ref, codes = f"{row['session']}#{int(row['i'])}", [str(c) for c in row["codes"]]
        except (ValueError, KeyError, TypeError):
            left_out.append(f'line {number}: is no coded unit; write {{"session": ..., "i": ..., "codes": [...]}}')
            continue
        units += 1
        said = {k: str(row.get(k) or v) for k, v in (("category", "other"), ("polarity", "none"), ("about", "none"))}
        codings += [Coding(ref, code, f"human:{coder}", **said) for code in codes]  # type: ignore[arg-type]
    if not units:
        raise TableError(
            [
                Problem(
                    path.name,
                    "",
                    "holds no coded unit.",
                    'One line a unit: {"session": ..., "i": ..., "codes": [...]}.',
                )
            ]
        )
    return codings, left_out
