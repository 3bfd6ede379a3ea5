"""Score the privacy gate on labelled JSONL in three guises: as is, lower case, as speech recognition writes.

    python -m feedback.privacy.score [--show=N] FILE.jsonl ...

Each line: `{text, spans: [{start, end, label, class?}], doc?, lang?}`; offsets count code points. Printed per file and guise, for
every label (or class, where a span has one): spans fully covered by findings, of how many, with the 95% interval (Wilson); for
persons also every mention of one (name, document) covered, and at least one; flags per 1,000 words that touch no labelled
span; distinct flagged words to decide, of those flags; words a second of one thread (processor time). A span counts as covered
if every letter and digit of it lies in a finding, titles before a name aside; one of class `indirect` where a finding of that kind
touches it, since the whole unit is then held. `--show=N` prints what was missed and what was
flagged in vain: only for labelled material that may be shown.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from typing import Any

from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.privacy._audit import Audit
from feedback.privacy._lexicon import fold
from feedback.privacy._screen import screen
from feedback.privacy._types import Finding

__all__ = ["GUISES", "Score", "corpus_of", "covered", "disguise", "interval", "main", "rows_of", "score"]

GUISES = ("as is", "lower", "asr")
TITLE = re.compile(
    r"^(?:(?:mr|mrs|ms|miss|dr|d[oO]n|doña|sr|sra|srta|señora?|señorita|mister|coach|tía|tío|officer|deputy|detective|pastor|judge|commissioner|aunt(?:ie)?|"
    r"uncle|grandma|(?:mi )?(?:compadre|comadre)|mi|my|librarian|licenciad[oa]|lic)\.?\s+)+",
    re.IGNORECASE,
)
Row = dict[str, Any]


@dataclass
class Score:
    """What one set in one guise came to."""

    words: int = 0
    seconds: float = 0.0
    full: Counter[str] = field(default_factory=Counter)
    total: Counter[str] = field(default_factory=Counter)
    people: dict[tuple[str, str], list[bool]] = field(default_factory=lambda: defaultdict(list))
    flags: int = 0
    asked: set[tuple[str, str]] = field(default_factory=set)
    documents: int = 0
    missed: Counter[str] = field(default_factory=Counter)
    vain: Counter[str] = field(default_factory=Counter)

    def share(self, kind: str) -> float:
        """Share of the spans of a kind that are fully covered."""
        return self.full[kind] / self.total[kind] if self.total[kind] else float("nan")

    def per_thousand(self) -> float:
        """Flags that touch no labelled span, per 1,000 words."""
        return 1000 * self.flags / max(1, self.words)

    def lines(self) -> list[str]:
        """The score in words."""
        parts = []
        for kind in sorted(self.total):
            low, high = interval(self.full[kind], self.total[kind])
            parts.append(f"{kind} {self.share(kind):.3f} [{low:.3f}, {high:.3f}] of {self.total[kind]}")
        out = ["; ".join(parts) or "no spans"]
        tail = []
        if self.people:
            every, once = sum(map(all, self.people.values())), sum(map(any, self.people.values()))
            tail.append(f"every mention of a person {every} of {len(self.people)}, at least one {once}")
        asked = len(self.asked) / max(1, self.documents)
        tail.append(f"flags in vain {self.per_thousand():.1f} per 1,000 words, {asked:.1f} words to decide a document")
        tail.append(f"{self.words / max(1e-9, self.seconds):,.0f} words/s")
        out.append("; ".join(tail))
        return out


def interval(hits: int, total: int) -> tuple[float, float]:
    """The 95% interval of a share (Wilson)."""
    if not total:
        return 0.0, 1.0
    z, p = 1.96, hits / total
    centre, half = p + z * z / (2 * total), z * sqrt(p * (1 - p) / total + z * z / (4 * total * total))
    return (centre - half) / (1 + z * z / total), min(1.0, (centre + half) / (1 + z * z / total))


def rows_of(path: str | Path) -> list[Row]:
    """Read labelled JSONL."""
    return [json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line.strip()]


def disguise(text: str, spans: list[Row], guise: str) -> tuple[str, list[Row]]:
    """Rewrite a text in a guise and move its spans along."""
    if guise == "as is":
        return text, spans
    low = "".join(c.lower() if len(c.lower()) == 1 else c for c in text)
    if guise == "lower":
        return low, spans
    keep = [
        bool(c.isalnum() or c.isspace() or c in "'’@_")
        or (c in ".-:/" and 0 < i < len(low) - 1 and low[i - 1].isalnum() and low[i + 1].isalnum())
        for i, c in enumerate(low)
    ]
    where: list[int] = []
    new: list[str] = []
    for c, k in zip(low, keep, strict=True):
        where.append(len(new))
        if k:
            new.append(c)
    where.append(len(new))
    return "".join(new), [s | {"start": where[s["start"]], "end": where[s["end"]]} for s in spans]


def corpus_of(rows: list[Row], guise: str) -> tuple[Corpus, dict[str, list[Row]]]:
    """One session a document (20 rows where none is named), one turn a row; the spans by address."""
    docs: dict[str, list[Turn]] = defaultdict(list)
    gold: dict[str, list[Row]] = {}
    for n, row in enumerate(rows):
        doc = f"d{row.get('doc') or n // 20}"
        text, spans = disguise(row["text"], row["spans"], guise)
        gold[f"{doc}#{len(docs[doc])}"] = spans
        lang = row.get("lang") if row.get("lang") in ("en", "es") else None
        docs[doc].append(Turn(len(docs[doc]), text, Speaker(), language=lang))
    return Corpus(tuple(Session(d, tuple(t)) for d, t in docs.items())), gold


def covered(text: str, span: Mapping[str, Any], found: Iterable[Finding]) -> bool:
    """Whether every letter and digit of a span, titles before a name aside, lies in some finding."""
    title = TITLE.match(text[span["start"] : span["end"]])
    core = span["start"] + (title.end() if title else 0)
    core = core if core < span["end"] else span["start"]
    found = list(found)
    return all(any(f.start <= k < f.end for f in found) or not text[k].isalnum() for k in range(core, span["end"]))


def told(span: Mapping[str, Any], found: Iterable[Finding]) -> bool:
    """Whether somebody is shown a unit that tells one person apart without a name: a finding of that kind touches it."""
    near = (f for f in found if f.start < span["end"] and span["start"] < f.end)
    return any(f.kind == "other" and not f.detector.startswith("ages") for f in near)


def by_ref(audit: Audit) -> dict[str, list[Finding]]:
    """The findings in texts, disclosures aside, by address."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for f in audit.findings:
        if f.where == "text" and f.kind != "disclosure":
            found[f.ref].append(f)
    return found


def score(rows: list[Row], guise: str = "as is", *, context: bool = True) -> Score:
    """Screen labelled rows in a guise and count; without `context` the transformer stays out."""
    corpus, gold = corpus_of(rows, guise)
    out = Score(sum(len(t.text.split()) for s in corpus for t in s.turns), documents=len(tuple(corpus)))
    began = time.process_time()
    audit = screen(corpus, context=context)
    out.seconds = time.process_time() - began
    found = by_ref(audit)
    for ref, spans in gold.items():
        text, doc = corpus.text_of(ref), ref.split("#")[0]
        for s in spans:
            kind = s.get("class") or s["label"]
            ok = told(s, found[ref]) if kind == "indirect" else covered(text, s, found[ref])
            out.total[kind] += 1
            out.full[kind] += ok
            if s["label"] == "PERSON":
                out.people[doc, fold(TITLE.sub("", text[s["start"] : s["end"]]))].append(ok)
            if not ok:
                out.missed[f"{kind}: {text[s['start'] : s['end']]}"] += 1
        for f in found[ref]:
            if not any(f.start < s["end"] and s["start"] < f.end for s in spans):
                out.flags += 1
                out.asked.add((doc, fold(text[f.start : f.end])))
                out.vain[f"{f.detector}: {text[f.start : f.end]}"] += 1
    return out


def main(args: list[str]) -> None:
    """Score every file in every guise."""
    show = next((int(a.removeprefix("--show=")) for a in args if a.startswith("--show=")), 0)
    for name in (a for a in args if not a.startswith("--")):
        rows = rows_of(name)
        sys.stdout.write(f"{Path(name).name}\n")
        for guise in GUISES:
            got = score(rows, guise)
            sys.stdout.write("".join(f"  {guise:6} {line}\n" for line in got.lines()))
            if show:
                sys.stdout.write(f"         missed: {got.missed.most_common(show)}\n")
                sys.stdout.write(f"         in vain: {got.vain.most_common(show)}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
