"""Measure disclosures and indirect identifiers on units written for it: held, and held for nothing.

    python tests/benchmarks/screen_units.py

`disclosures.tsv` and `disclosures-fresh.tsv` were looked at while the rules were written, `indirect*.tsv` too. The units of
`disclosures-blind.tsv` were written after the rules, and no rule was changed on them. Of `corpora/disclosures` two other hands'
units, tens of neighbours at a time, are kept apart (`held_*.tsv`): no rule and no model has learned from them.
"""

# ruff: noqa: E501
from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.privacy import may_tell_of_harm, screen

UNITS = Path(__file__).parents[1] / "privacy" / "units"
HELD = Path(__file__).parents[2] / "corpora" / "disclosures"
TRAINING = Path(__file__).parents[2] / "corpora" / "training"


def rows(name: str | Path) -> list[tuple[str, str, str]]:
    """(what it is, language, text) of a file of units."""
    lines = (name if isinstance(name, Path) else UNITS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]  # type: ignore[misc]


def held(name: str | Path) -> dict[str, tuple[int, int]]:
    """What it is -> (held, of), for a file of disclosures."""
    of, found = Counter[str](), Counter[str]()
    for what, _, text in rows(name):
        of[what] += 1
        found[what] += may_tell_of_harm(text)
    return {what: (found[what], n) for what, n in of.items()}


def pointed(name: str) -> dict[str, tuple[int, int]]:
    """yes or no -> (flagged as pointing to one person, of), for a file of indirect identifiers."""
    found = rows(name)
    turns = tuple(Turn(i, text, Speaker()) for i, (_, _, text) in enumerate(found))
    audit = screen(Corpus((Session("U", turns),)), context=False)
    hit = {f.ref for f in audit.findings if f.kind == "other" and not f.detector.startswith("ages")}
    out: dict[str, tuple[int, int]] = {}
    for i, (what, _, _) in enumerate(found):
        a, n = out.get(what, (0, 0))
        out[what] = (a + (f"U#{i}" in hit), n + 1)
    return out


def main() -> None:
    """Print everything."""
    for name in ("disclosures", "disclosures-fresh", "disclosures-blind"):
        print(f"{name}: " + ", ".join(f"{w} {a} of {n} held" for w, (a, n) in sorted(held(name).items())))
    for path in sorted(HELD.glob("held_*.tsv")):
        print(f"{path.stem}: " + ", ".join(f"{w} {a} of {n} held" for w, (a, n) in sorted(held(path).items())))
    for name in ("indirect", "indirect-blind"):
        print(f"{name}: " + ", ".join(f"{w} {a} of {n} flagged" for w, (a, n) in sorted(pointed(name).items())))
    texts = [json.loads(line)["text"] for p in sorted(TRAINING.glob("w*.jsonl")) for line in p.read_text(encoding="utf-8").splitlines()]
    print(f"training units, which hold next to none: {sum(map(may_tell_of_harm, texts))} of {len(texts)} held")


if __name__ == "__main__":
    main()
