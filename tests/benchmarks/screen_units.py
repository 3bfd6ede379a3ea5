"""Measure disclosures and indirect identifiers on units written for it: held, and held for nothing.

    python tests/benchmarks/screen_units.py

`disclosures.tsv` and `disclosures-fresh.tsv` were looked at while the rules were written, `indirect*.tsv` too. The units of
`disclosures-blind.tsv` were written after the rules, and no rule was changed on them. Of `corpora/disclosures` six other hands'
units, tens of neighbours at a time, are kept apart (`held_*.tsv`): no rule and no model has learned from them. Intervals are
Wilson's, 95 %. AUC is of the model's score alone, tellings beside the ordinary units of the gold.
"""

# ruff: noqa: E501
from __future__ import annotations

import json
from pathlib import Path

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.ingest import read
from feedback.privacy import may_tell_of_harm, screen
from feedback.privacy._harm import weigh

UNITS = Path(__file__).parents[1] / "privacy" / "units"
CORPORA = Path(__file__).parents[2] / "corpora"


def rows(name: str | Path) -> list[tuple[str, str, str]]:
    """(what it is, language, text) of a file of units."""
    lines = (name if isinstance(name, Path) else UNITS / f"{name}.tsv").read_text(encoding="utf-8").splitlines()
    return [tuple(line.split("\t")) for line in lines]  # type: ignore[misc]


def share(found: int, of: int) -> str:
    """k of n with Wilson's interval."""
    p, z = found / of, 1.96
    middle, half = (p + z * z / (2 * of)) / (1 + z * z / of), z * (p * (1 - p) / of + z * z / (4 * of * of)) ** 0.5 / (1 + z * z / of)
    return f"{found} of {of} [{max(0.0, middle - half):.2f}, {middle + half:.2f}]"


def told(name: str, of: list[tuple[str, str, str]], ordinary: list[float]) -> None:
    """Print what is held of a file of disclosures: all tellings, by tier, by language, and of what only sounds like it."""
    found = [(what, tongue, may_tell_of_harm(text)) for what, tongue, text in of]
    harm = [(w, t, h) for w, t, h in found if w in ("now", "possible")]
    print(f"{name}: {share(sum(h for *_, h in harm), len(harm))} tellings held")
    for k, v in [(0, w) for w in ("now", "possible")] + [(1, t) for t in ("en", "es", "mixed")]:
        some = [row[2] for row in harm if row[k] == v]
        if some:
            print(f"    {v}: {share(sum(some), len(some))}")
    for w in ("general", "none"):
        some = [h for what, _, h in found if what == w]
        if some:
            print(f"    held of {'general talk' if w == 'general' else 'look-alikes, jokes, idioms'}: {share(sum(some), len(some))}")
    scores = [weigh(text) for what, _, text in of if what in ("now", "possible")]
    above = sum((s > o) + 0.5 * (s == o) for s in scores for o in ordinary)
    print(f"    AUC of the model: {above / len(scores) / len(ordinary):.3f}")


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
    truth = [json.loads(line) for line in (CORPORA / "gold" / "truth.jsonl").read_text(encoding="utf-8").splitlines()]
    talk = [r for r in truth if r["role"] in ("participant", "interpreter", "notetaker") and r["kind"] not in ("prompt", "process")]
    ordinary = [r["text"] for r in talk if not r["disclosure"]]
    weights = [weigh(t) for t in ordinary]
    for name in ("disclosures", "disclosures-fresh", "disclosures-blind"):
        told(name, rows(name), weights)
    for path in sorted((CORPORA / "disclosures").glob("held_*.tsv")):
        told(path.stem, rows(path), weights)
    apart = [row for path in sorted((CORPORA / "disclosures").glob("held_*.tsv")) for row in rows(path)] + rows("disclosures-blind")
    told("all that was kept apart", apart, weights)
    for tier in ("now", "possible", "general"):
        some = [may_tell_of_harm(r["text"]) for r in talk if r["disclosure"] == tier]
        print(f"gold, {tier}: {sum(some)} of {len(some)} held")
    print(f"gold, ordinary units: {share(sum(map(may_tell_of_harm, ordinary)), len(ordinary))} held")
    audit = screen(read(CORPORA / "demo"))
    print(f"demo: {len({f.ref for f in audit.findings if f.kind == 'disclosure' and f.status == 'open'})} units held")
    for name in ("indirect", "indirect-blind"):
        print(f"{name}: " + ", ".join(f"{w} {a} of {n} flagged" for w, (a, n) in sorted(pointed(name).items())))


if __name__ == "__main__":
    main()
