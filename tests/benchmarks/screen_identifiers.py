"""Score the privacy gate on labelled JSONL in three guises: as is, lower case, as speech recognition writes.

    python tests/benchmarks/screen_identifiers.py FILE.jsonl ...

Each line: `{text, spans: [{start, end, label}], doc?, lang?}`. Printed per file, guise and label: how many spans, share
fully covered by findings, share touched; for persons the share of distinct (name, document) pairs seen at least once;
flags per 1,000 words that touch no labelled span; words a second. A span counts as covered if every letter and digit
of it is covered, titles aside.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.privacy import screen

GUISES = ("as is", "lower", "asr")
TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|d[oO]n|doña|sr|sra|señora?|señorita|mister|coach|tía|tío)\.?\s+)+", re.IGNORECASE
)


def disguise(text: str, spans: list[dict], guise: str) -> tuple[str, list[dict]]:
    """Rewrite a text and move its spans along."""
    if guise == "as is":
        return text, spans
    low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    if guise == "lower":
        return low, spans
    keep = [bool(c.isalnum() or c.isspace() or c in "'’@_") or (
        c in ".-:/" and 0 < i < len(low) - 1 and low[i - 1].isalnum() and low[i + 1].isalnum()
    ) for i, c in enumerate(low)]  # fmt: skip
    where, new = [], []
    for c, k in zip(low, keep, strict=True):
        where.append(len(new))
        if k:
            new.append(c)
    where.append(len(new))
    return "".join(new), [s | {"start": where[s["start"]], "end": where[s["end"]]} for s in spans]


def corpus_of(rows: list[dict], guise: str) -> tuple[Corpus, dict[str, list[dict]]]:
    """One session a document, one turn a row."""
    docs: dict[str, list[Turn]] = defaultdict(list)
    gold: dict[str, list[dict]] = {}
    for n, row in enumerate(rows):
        doc = f"d{row.get('doc') or n // 20}"
        text, spans = disguise(row["text"], row["spans"], guise)
        gold[f"{doc}#{len(docs[doc])}"] = spans
        docs[doc].append(Turn(len(docs[doc]), text, Speaker(), language=row.get("lang")))
    return Corpus(tuple(Session(d, tuple(t)) for d, t in docs.items())), gold


def score(rows: list[dict], guise: str, show: int = 0) -> None:
    """Print one block."""
    corpus, gold = corpus_of(rows, guise)
    words = sum(len(t.text.split()) for s in corpus for t in s.turns)
    began = time.perf_counter()
    audit = screen(corpus)
    took = time.perf_counter() - began
    found: dict[str, list] = defaultdict(list)
    for f in audit.findings:
        if f.where == "text" and f.kind != "disclosure":
            found[f.ref].append(f)
    full, touch, total, false = Counter(), Counter(), Counter(), 0
    seen: dict[tuple[str, str], bool] = {}
    missed, falses = Counter(), Counter()
    for ref, spans in gold.items():
        text = corpus.text_of(ref)
        for s in spans:
            a, b, label = s["start"], s["end"], s["label"]
            title = TITLE.match(text[a:b])
            core = a + (title.end() if title else 0)
            core = core if core < b else a
            total[label] += 1
            covered = all(
                any(f.start <= k < f.end for f in found[ref]) or not text[k].isalnum() for k in range(core, b)
            )
            full[label] += covered
            touch[label] += any(f.start < b and a < f.end for f in found[ref])
            if label == "PERSON":
                pair = (ref.split("#")[0], text[core:b].casefold())
                seen[pair] = seen.get(pair, False) or covered
                if not covered:
                    missed[text[a:b]] += 1
        for f in found[ref]:
            if not any(f.start < s["end"] and s["start"] < f.end for s in spans):
                false += 1
                falses[(text[f.start : f.end], f.detector)] += 1
    line = "  ".join(f"{k} {full[k] / total[k]:.3f}/{touch[k] / total[k]:.3f} (n={total[k]})" for k in sorted(total))
    once = f"{sum(seen.values()) / len(seen):.3f} of {len(seen)}" if seen else "-"
    line = line or "no spans"
    line += f"\n         | pairs seen {once} | false flags/1,000 words {1000 * false / words:.1f} | {words / took:,.0f} words/s"
    print(f"  {guise:6} | {line}")
    if show:
        print("    missed:", missed.most_common(show))
        print("    false:", falses.most_common(show))


def main(args: list[str]) -> None:
    """Score every file in every guise."""
    show = next((int(a.removeprefix("--show=")) for a in args if a.startswith("--show=")), 0)
    for name in (a for a in args if not a.startswith("--")):
        rows = [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
        print(Path(name).name)
        for guise in GUISES:
            score(rows, guise, show)


if __name__ == "__main__":
    main(sys.argv[1:])
