"""Make as many units as asked by resampling the public texts and the invented sessions: never content, only size.

A unit is one to three clauses put together at random under a fixed seed, so that nearly all are distinct while words,
lengths, names and numbers in them are real. `python tests/benchmarks/resampled.py 100000 out.jsonl` writes a file.
"""

from __future__ import annotations

import json
import os
import random
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHARED = Path(os.environ.get("FEEDBACK_SHARED", ROOT.parent / "shared")) / "data" / "text"
SOURCES = ("committee-meetings/sessions.jsonl", "civic-comments/comments.jsonl", "proposals-es/sessions.jsonl")
AUDIENCES = ("youth", "family", "stakeholder")


@cache
def clauses(*, public: bool = True) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Clauses of 3 to 30 words in English and Spanish, each once: of `corpora/` and (`public`, where they lie) public texts."""
    said: list[str] = []
    files = [p for name in SOURCES if public and (p := SHARED / name).is_file()]
    for path in (*files, *sorted((ROOT / "corpora" / "training").rglob("*.jsonl"))):
        for line in path.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            said += [str(t.get("text", "")) for t in row.get("turns", [row])]
    cut = dict.fromkeys(c.strip() for t in said for c in re.split(r"(?<=[.!?;,])\s+", t) if 3 <= len(c.split()) <= 30)
    spanish = re.compile(r"\b(?:que|de|los|las|para|una|con|por|el|es)\b", re.IGNORECASE)
    es = tuple(c for c in cut if len(spanish.findall(c)) * 4 > len(c.split()))
    known = set(es)
    return tuple(c for c in cut if c not in known), es


def units(n: int, *, seed: int = 0, size: int = 40) -> Iterator[dict[str, object]]:
    """Yield n rows (session, speaker, audience, month, text); `size` units a session, one in five sessions Spanish."""
    en, es = clauses()
    rng = random.Random(seed)
    for i in range(n):
        at = i // size
        pool = es if at % 5 == 4 and es else en
        text = " ".join(rng.sample(pool, rng.choice((1, 2, 2, 2, 3))))
        yield {
            "session": f"R-{at:06d}", "speaker": f"P{i % 7 + 1}", "audience": AUDIENCES[at % 3],
            "month": f"2026-{at % 12 + 1:02d}", "text": text,
        }  # fmt: skip


def write(path: Path, n: int, *, seed: int = 0, size: int = 40) -> float:
    """Write n rows as JSON lines; return the share of distinct texts."""
    seen: set[int] = set()
    with path.open("w", encoding="utf-8") as out:
        for row in units(n, seed=seed, size=size):
            seen.add(hash(row["text"]))
            out.write(json.dumps(row, ensure_ascii=False) + "\n")
    return len(seen) / max(1, n)


if __name__ == "__main__":
    print(f"share of distinct texts {write(Path(sys.argv[2]), int(sys.argv[1])):.3f}")
