"""Print every figure of the privacy gate by one command: `python tests/benchmarks/screen_report.py [FOLDER]`.

FOLDER holds labelled JSONL (default `../shared/data/identifiers`); what is not there is passed over and said so. All of these
sets are development sets: some were trained on (marked), the misses and false alarms of all of them were looked at.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

from screen_identifiers import GUISES, TITLE, corpus_of

import feedback
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.privacy import canaries, screen

ROOT = Path(__file__).resolve().parents[2]
SETS = {
    "gum_spoken_even": "unseen in training, misses read", "uner_ewt_dev": "unseen in training",
    "wnut17_dev": "its train part learned",
    "btc_dev": "its train part learned", "slurp_devel": "LEARNED: no measure of quality", "la_challenge": "made with the rules",
    "meddocan_dev": "its train part learned", "coser_es_negatives": "unseen, no names", "presidio_synth_v2": "templates",
}  # fmt: skip
ONLY_FIRST = {"meddocan_dev": 80, "presidio_synth_v2": 500}


def figures(rows: list[dict], guise: str, *, context: bool = True) -> str:
    """One line: share fully covered per label, flags per 1,000 words that touch no span, words a second of one thread."""
    corpus, gold = corpus_of(rows, guise)
    words = sum(len(t.text.split()) for s in corpus for t in s.turns)
    began = time.process_time()
    audit = screen(corpus, context=context)
    took = time.process_time() - began
    found: dict[str, list] = defaultdict(list)
    for f in audit.findings:
        if f.where == "text" and f.kind != "disclosure":
            found[f.ref].append(f)
    full, total, false = Counter(), Counter(), 0
    for ref, spans in gold.items():
        text = corpus.text_of(ref)
        for s in spans:
            title = TITLE.match(text[s["start"] : s["end"]])
            core = s["start"] + (title.end() if title else 0)
            core = core if core < s["end"] else s["start"]
            total[s["label"]] += 1
            full[s["label"]] += all(
                any(f.start <= k < f.end for f in found[ref]) or not text[k].isalnum() for k in range(core, s["end"])
            )
        false += sum(not any(f.start < s["end"] and s["start"] < f.end for s in spans) for f in found[ref])
    shown = [k for k in ("PERSON", "PHONE", "EMAIL", "URL", "HANDLE", "ID", "DATE", "ADDRESS", "ORG") if total[k]]
    line = "  ".join(f"{k} {full[k] / total[k]:.3f} of {total[k]}" for k in shown)
    return f"{guise:6} {line}  | flags {1000 * false / words:.1f} | {words / took:,.0f} words/s"


def gold_corpus() -> tuple[list[dict], Corpus]:
    """The gold sessions as read by hand."""
    rows = [json.loads(line) for line in (ROOT / "corpora/gold/truth.jsonl").read_text(encoding="utf-8").splitlines()]
    sessions: dict[str, list[Turn]] = {}
    for r in rows:
        lang = r["lang"] if r["lang"] in ("en", "es") else None
        turn = Turn(r["i"], r["text"], Speaker(r["speaker"], r["role"]), kind=r["kind"], language=lang)
        sessions.setdefault(r["session"], []).append(turn)
    return rows, Corpus(tuple(Session(s, tuple(t)) for s, t in sessions.items()))


def covered(audit, ref: str, text: str, words: str) -> bool:
    """Whether the first place of these words in a unit lies in one finding."""
    start = text.index(words)
    spans = [(f.start, f.end) for f in audit.findings if f.ref == ref and f.where == "text" and f.kind != "disclosure"]
    return any(a <= start and start + len(words) <= b for a, b in spans)


def gold() -> None:
    """Print recall and decisions on the gold."""
    rows, corpus = gold_corpus()
    for context in (True, False):
        began = time.process_time()
        audit = screen(corpus, context=context)
        took = time.process_time() - began
        words = sum(len(t.text.split()) for s in corpus for t in s.turns)
        want = [(r, x) for r in rows for x in r["identifiers"]]
        hit = sum(covered(audit, f"{r['session']}#{r['i']}", r["text"], x["text"]) for r, x in want)
        to_do = {s: len({f.group for f in audit.findings if f.status == "open" and f.kind != "disclosure" and f.ref.startswith(s)})
                 for s in ("LS-Y06", "LS-Y09", "LS-F05", "LS-K05")}  # fmt: skip
        print(f"gold, {'all layers' if context else 'without MiniLM'}: {hit} of {len(want)} identifiers covered; "
              f"words to decide in clean sessions {to_do}; {words / took:,.0f} words/s")  # fmt: skip
    audit = screen(corpus)
    held = {f.ref for f in audit.findings if f.kind == "disclosure" and f.status == "open"}
    tiers = {f"{r['session']}#{r['i']}": r["disclosure"] for r in rows}
    count = Counter(tiers[r] for r in held)
    print(f"gold disclosures held: {dict(count)} of {Counter(v for v in tiers.values() if v)}")
    for seed in (0, 1, 2):
        flown = canaries(corpus, seed)
        print(f"canaries, seed {seed}: {sum(flown.found.values())} of {sum(flown.planted.values())} found")


def _same(a: str, b: str) -> bool:
    """Whether two readings are of one unit: captions of one turn may have been joined or cut."""
    return a in b or b in a


def folders() -> None:
    """Print what is open in the demo corpus, and recall on the leaky one."""
    demo = screen(feedback.read(ROOT / "corpora/demo"))
    groups = {g.id for g in demo.groups() if g.kind != "disclosure"}
    print(f"demo: ok {demo.ok}, {len(groups)} words to decide in all sessions together")
    corpus = feedback.read(ROOT / "corpora/leaky")
    audit = screen(corpus)
    said: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for s in corpus:
        for t in s.turns:
            said[Path(s.file).name].append((f"{s.id}#{t.index}", t.text))
    total, hit = 0, 0
    for line in (ROOT / "corpora/leaky/key.jsonl").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for x in row["found"]:
            value = x["text"]
            here = " ".join((row["text_of_unit"] or x["text"]).split())
            places = [(ref, text) for ref, text in said[row["file"]] if value in text and _same(here, " ".join(text.split()))]
            total += bool(places)
            hit += bool(places) and all(covered(audit, ref, text, value) for ref, text in places)
    print(f"leaky: {hit} of {total} identifiers that stand in the units' text covered in their unit")


def main(args: list[str]) -> None:
    """Print everything."""
    folder = Path(args[0]) if args else ROOT.parent / "shared" / "data" / "identifiers"
    gold()
    folders()
    for name, note in SETS.items():
        path = folder / f"{name}.jsonl"
        if not path.is_file():
            print(f"{name}: not here")
            continue
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()][: ONLY_FIRST.get(name)]
        print(f"{name} ({note})")
        for guise in GUISES:
            print("   ", figures(rows, guise))


if __name__ == "__main__":
    main(sys.argv[1:])
