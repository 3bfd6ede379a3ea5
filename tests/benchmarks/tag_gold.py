"""Score a tagger against the two coders of the gold sessions: codes, session grid, category, polarity, about.

    python tests/benchmarks/tag_gold.py [FOLDER] [--rules] [--read] [--training FOLDER] [--codebook FILE] [--per-code]

FOLDER holds truth.jsonl, codes_A.jsonl, codes_B.jsonl (default: corpora/gold; units are built from the truth, so that
reading errors do not mix in; with --read from the files in its folder `sessions`, columns and questions as they are read).
A code that both coders gave is wanted, one that neither gave is wrong, the rest is free.
With --training, the coded training units (one writer each) are scored too: they are what rules are developed on.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

from feedback.codebook import Codebook, Codings
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.tagging import Tagger, tag

ROOT = Path(__file__).parents[2]
Codes = dict[str, dict[str, Any]]


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]


def gold_corpus(folder: Path) -> Corpus:
    """Build the sessions from truth.jsonl; a unit answers the last heading or question before it."""
    heads = {r["session"]: r for r in rows(folder / "sessions.jsonl")}
    turns: dict[str, list[Turn]] = defaultdict(list)
    prompt: dict[str, int | None] = {}
    for r in rows(folder / "truth.jsonl"):
        s = r["session"]
        asks = r["kind"] == "prompt"
        turns[s].append(Turn(
            r["i"], r["text"], Speaker(r["speaker"], r["role"]), r["kind"], r["lang"], r["verbatim"], r["agreement"],
            prompt=None if asks else prompt.get(s),
        ))  # fmt: skip
        if asks:
            prompt[s] = len(turns[s]) - 1
    return Corpus(tuple(Session(s, tuple(t), audience=heads[s]["audience"]) for s, t in turns.items()))


def read_files(folder: Path, corpus: Corpus) -> tuple[Corpus, dict[str, str]]:
    """Read the session files; also truth address -> address as read, by session and words."""
    import feedback

    found = feedback.read(folder / "sessions")
    place: dict[tuple[str, str], list[str]] = defaultdict(list)
    for s in found.segments():
        place[s.session.id, " ".join(s.text.split())].append(s.ref)
    keys = {s.ref: (s.session.id, " ".join(s.text.split())) for s in corpus.segments()}
    return found, {ref: place[key].pop(0) for ref, key in keys.items() if place[key]}


def training_corpus(folder: Path) -> tuple[Corpus, Codes]:
    """One session a unit (and its prompt before it)."""
    sessions, codes = [], {}
    for path in sorted(folder.glob("w*.jsonl")):
        for r in rows(path):
            kind = "speech" if r["form"] in ("speech", "caption", "transcript") else "note"
            turns = [Turn(0, r["prompt"], Speaker(None, "facilitator"), "prompt")] if r["prompt"] else []
            turns.append(Turn(len(turns), r["text"], Speaker(), kind, r["lang"], prompt=0 if turns else None))
            sessions.append(Session(r["id"], tuple(turns), audience=r["audience"]))
            codes[f"{r['id']}#{len(turns) - 1}"] = r
    return Corpus(tuple(sessions)), codes


def coded(path: Path) -> Codes:
    return {f"{r['session']}#{r['i']}": r for r in rows(path)}


def prf(tp: int, fp: int, fn: int) -> str:
    p, r = tp / (tp + fp) if tp + fp else 0.0, tp / (tp + fn) if tp + fn else 0.0
    return f"P {p:.3f}  R {r:.3f}  F1 {2 * tp / (2 * tp + fp + fn) if tp else 0.0:.3f}  (tp {tp}, fp {fp}, fn {fn})"


def score(codings: Codings, a: Codes, b: Codes, *, per_code: bool = False) -> None:
    given: dict[str, set[str]] = {r: set() for r in a}
    for c in codings:
        given.setdefault(c.ref, set()).add(c.code)
    tally: dict[str, Counter[str]] = defaultdict(Counter)
    grid: dict[str, dict[str, set[str]]] = defaultdict(lambda: {"got": set(), "both": set(), "any": set()})
    for ref in a:
        x, y, got = set(a[ref]["codes"]), set(b[ref]["codes"]), given[ref]
        for code in x | y | got:
            outcome = (
                "tp" if code in x & y & got else "fp" if code in got - x - y else "fn" if code in x & y else "free"
            )
            tally[code][outcome] += 1
        cell = grid[ref.rpartition("#")[0]]
        cell["got"] |= got
        cell["both"] |= x & y
        cell["any"] |= x | y
    total = sum(tally.values(), Counter[str]())
    print("  codes, micro     ", prf(total["tp"], total["fp"], total["fn"]))
    cells = [(len(g["got"] & g["both"]), len(g["got"] - g["any"]), len(g["both"] - g["got"])) for g in grid.values()]
    print("  session grid     ", prf(*(sum(c[i] for c in cells) for i in range(3))))
    for field in ("category", "polarity", "about"):
        got_said = {r: getattr(codings.discourse[r], field) for r in a if r in codings.discourse}
        right = sum(got_said[r] == a[r][field] for r in got_said)
        print(f"  {field:<17} {right / len(got_said):.3f} of {len(got_said)}")
        if field == "category":
            wrong = Counter((a[r][field], v) for r, v in got_said.items() if v != a[r][field])
            print("     most often:", ", ".join(f"{x} read as {y} {n}" for (x, y), n in wrong.most_common(8)))
        if field == "polarity":
            t = Counter((a[r][field] == "rejected", v == "rejected") for r, v in got_said.items())
            print("     rejected:", prf(t[True, True], t[False, True], t[True, False]))
    for code in sorted(tally, key=lambda c: -tally[c]["fn"]) if per_code else ():
        t = tally[code]
        print(f"  {code:<28}", prf(t["tp"], t["fp"], t["fn"]))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=ROOT / "corpora" / "gold")
    parser.add_argument("--training", type=Path)
    parser.add_argument("--codebook", type=Path, default=ROOT / "corpora" / "codebook.yaml")
    parser.add_argument("--per-code", action="store_true")
    parser.add_argument("--rules", action="store_true", help="the rules alone")
    parser.add_argument("--read", action="store_true", help="from the files, not from the truth")
    args = parser.parse_args()
    book = Codebook.load(args.codebook)
    taggers: tuple[Codebook | Tagger, ...] = (book,)
    corpus, a, b = gold_corpus(args.folder), coded(args.folder / "codes_A.jsonl"), coded(args.folder / "codes_B.jsonl")
    if args.read:
        corpus, now = read_files(args.folder, corpus)
        a, b = ({now[r]: row for r, row in codes.items() if r in now} for codes in (a, b))
    start = time.perf_counter()
    narrow = ["rules"] if args.rules else None
    codings = tag(corpus, *taggers, taggers=narrow, unscreened="measuring on invented sessions")
    seconds = time.perf_counter() - start
    count = len(codings.discourse)
    print(f"{args.folder.name}: {count} units, {len(codings)} codings, {seconds:.2f} s with set-up")
    score(codings, a, b, per_code=args.per_code)
    if args.training:
        more, codes = training_corpus(args.training)
        made = tag(more, *taggers, taggers=narrow, unscreened="measuring on invented units")
        print(f"{args.training.name}: {len(made.discourse)} units, {len(made)} codings")
        score(made, codes, codes, per_code=args.per_code)


if __name__ == "__main__":
    main()
