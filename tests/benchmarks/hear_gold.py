"""Measure the learned tagger on coded sessions: every figure with a bootstrap interval (sessions drawn with return).

    python tests/benchmarks/hear_gold.py [FOLDER] [--coders codes_A.jsonl codes_B.jsonl] [--model FOLDER] [--per-code]

FOLDER holds the truth of sessions and their codings (default: corpora/gold; two coders). A code that both coders gave is
wanted, one that neither gave is wrong, the rest is free. Category, polarity and about are held against the first coder.
Nothing is chosen here: thresholds and weights are the model's own.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from feedback.codebook import Codebook, Codings
from feedback.tagging import RuleTagger, tag
from feedback.tagging._coded import Coded, coded_sessions, truth_corpus
from feedback.tagging._hearing import HearingTagger

ROOT = Path(__file__).parents[2]
ROUNDS = 200


class Figures:
    """What was wanted, wrong and given, unit by unit and code by code, to be counted over any draw of sessions."""

    def __init__(self, given: Any, a: Coded, b: Coded, codes: list[str], chance: Any | None = None) -> None:
        x, y = a.matrix(codes), b.matrix(codes)
        self.given, self.both, self.any = given, x * y, np.maximum(x, y)
        self.sessions = np.array([s.session.id for s in a.units])
        self.chance = chance
        self.tongues = np.array([s.turn.language or "en" for s in a.units])

    def parts(self, rows: Any) -> tuple[float, float, float]:
        g, w, f = self.given[rows], self.both[rows], self.any[rows]
        return float((g * w).sum()), float((g * (1 - f)).sum()), float(((1 - g) * w).sum())

    def f1(self, rows: Any) -> float:
        tp, fp, fn = self.parts(rows)
        return 2 * tp / max(1.0, 2 * tp + fp + fn)

    def precision(self, rows: Any) -> float:
        tp, fp, _ = self.parts(rows)
        return tp / max(1.0, tp + fp)

    def recall(self, rows: Any) -> float:
        tp, _, fn = self.parts(rows)
        return tp / max(1.0, tp + fn)

    def five(self, rows: Any) -> float:
        best = np.argsort(-self.chance[rows], axis=1, kind="stable")[:, :5]
        return float(np.take_along_axis(self.both[rows], best, 1).sum() / max(1.0, self.both[rows].sum()))

    def grid(self, rows: Any) -> float:
        tp = fp = fn = 0
        for s in dict.fromkeys(self.sessions[rows]):
            m = rows[self.sessions[rows] == s]
            g, w, f = self.given[m].max(0), self.both[m].max(0), self.any[m].max(0)
            tp, fp, fn = tp + (g * w).sum(), fp + (g * (1 - f)).sum(), fn + ((1 - g) * w).sum()
        return float(2 * tp / max(1.0, 2 * tp + fp + fn))


def interval(count: Callable[[Any], float], sessions: Any, rows: Any) -> str:
    """A figure over these rows with its 95% interval over sessions drawn with return."""
    rng = np.random.default_rng(0)
    names = list(dict.fromkeys(sessions[rows]))
    of = {s: rows[sessions[rows] == s] for s in names}
    draws = [
        count(np.concatenate([of[names[k]] for k in rng.integers(0, len(names), len(names))])) for _ in range(ROUNDS)
    ]
    low, high = np.quantile(draws, [0.025, 0.975])
    return f"{count(rows):.3f} [{low:.3f}, {high:.3f}]"


def laid(codings: Codings, units: Coded, codes: list[str]) -> Any:
    place = {s.ref: i for i, s in enumerate(units.units)}
    out = np.zeros((len(place), len(codes)), np.float32)
    for c in codings:
        if c.ref in place:
            out[place[c.ref], codes.index(c.code)] = 1
    return out


def report(name: str, figures: Figures) -> None:
    everyone = np.arange(len(figures.given))
    print(f"{name}")
    for what in ("f1", "precision", "recall", *(("five",) if figures.chance is not None else ()), "grid"):
        print(f"  {what:<10} {interval(getattr(figures, what), figures.sessions, everyone)}")
    for tongue in dict.fromkeys(figures.tongues):
        rows = np.flatnonzero(figures.tongues == tongue)
        print(f"  f1 {tongue:<7} {interval(figures.f1, figures.sessions, rows)}  ({len(rows)} units)")


def discourse(codings: Codings, a: Coded) -> None:
    said = codings.discourse
    sessions = np.array([s.session.id for s in a.units])
    rows = np.arange(len(a.units))
    for field in ("category", "polarity", "about"):
        right = np.array([getattr(said[s.ref], field) == r[field] if s.ref in said else False
                          for s, r in zip(a.units, a.rows, strict=True)])  # fmt: skip
        print(f"  {field:<10} {interval(lambda x, right=right: float(right[x].mean()), sessions, rows)}")
    refused = np.array([said[s.ref].polarity == "rejected" if s.ref in said else False for s in a.units])
    true = np.array([r["polarity"] == "rejected" for r in a.rows])
    hit = (refused & true).sum()
    print(f"  rejected   recall {hit}/{true.sum()}, precision {hit}/{refused.sum()}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "corpora" / "gold")
    parser.add_argument("--coders", nargs="+", default=["codes_A.jsonl", "codes_B.jsonl"])
    parser.add_argument("--model", type=Path)
    parser.add_argument("--per-code", action="store_true")
    args = parser.parse_args()
    book = Codebook.load(ROOT / "corpora" / "codebook.yaml")
    codes = [c.id for c in book]
    a, b = coded_sessions(args.folder, args.coders[0]), coded_sessions(args.folder, args.coders[-1])
    corpus = truth_corpus(args.folder)
    start = time.perf_counter()
    model, rules = HearingTagger(book, folder=args.model), RuleTagger(book)
    ready = time.perf_counter() - start
    why = "measuring on invented sessions"
    alone, ruled = tag(corpus, model, unscreened=why), tag(corpus, rules, unscreened=why)
    start = time.perf_counter()
    together = tag(corpus, rules, model, unscreened=why)
    seconds = time.perf_counter() - start
    units = len(list(corpus.segments()))
    print(f"{args.folder.name}: {len(a.units)} coded units, {units} in all; {model.name} ready in {ready:.2f} s; "
          f"rules and model {units / seconds:.0f} units/s with set-up\n")  # fmt: skip
    chance = np.zeros((len(a.units), len(codes)), np.float32)
    listed = [s for s in corpus.segments() if s.turn.kind != "agreement"]
    scored = dict(zip((s.ref for s in listed), model.scores(listed), strict=True))
    for i, s in enumerate(a.units):
        chance[i] = scored.get(s.ref, chance[i])
    report("rules alone", Figures(laid(ruled, a, codes), a, b, codes))
    discourse(ruled, a)
    best = Figures(laid(alone, a, codes), a, b, codes, chance)
    report("model alone", best)
    report("rules and model together (the default)", Figures(laid(together, a, codes), a, b, codes, chance))
    discourse(together, a)
    print("reliability (model alone; chance, pairs, mean chance, share that the first coder gave)")
    x = a.matrix(codes)
    for k in range(10):
        m = (chance >= k / 10) & (chance < (k + 1) / 10)
        if m.any():
            print(f"  {k / 10:.1f} {int(m.sum()):>6} {chance[m].mean():.3f} {x[m].mean():.3f}")
    for j, code in enumerate(codes) if args.per_code else ():
        rows = np.arange(len(x))
        one = Figures(best.given[:, [j]], a, b, [code])
        tp, fp, fn = one.parts(rows)
        print(f"  {code:<28} tp {tp:.0f} fp {fp:.0f} fn {fn:.0f}")


if __name__ == "__main__":
    main()
