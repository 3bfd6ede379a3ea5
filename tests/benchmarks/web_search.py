"""Search in 100,000 units, by the index and by a scan: `python tests/benchmarks/web_search.py [units]`.

Units are made of the demo's words in both languages, forty a session. Prints the processor time of each kind of search, what the
index weighs, and how long it takes to screen one more session into a project of that size; ends with 1 where index and scan
do not find the same.
"""

from __future__ import annotations

import random
import re
import sys
import tempfile
import time
from pathlib import Path

from feedback.corpus import Corpus, Session, Turn
from feedback.ingest import read
from feedback.store import Store, Wanted, find, fold

DEMO = Path(__file__).parents[2] / "corpora" / "demo"
SEARCHES = ("bus", "camión", "families wait", "the", "a", "school night safe", "zzz", "niños escuela")
EACH = 40


def main(units: int = 100_000) -> int:
    draw = random.Random(1)
    words = [w for s in read(DEMO) for t in s.turns for w in re.findall(r"\w+", t.text)]
    sessions = [
        Session(f"S{n:05}", tuple(Turn(i, " ".join(draw.choices(words, k=14))) for i in range(EACH))) for n in range(units // EACH)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path, wrong = Path(folder) / "plan.db", False
        store = Store(path, who="bench")
        store.put_sessions(sessions[:-1])
        plain = path.stat().st_size
        began = time.process_time()
        store.put_cleared(Corpus(tuple(sessions[:-1])), {"screening": "x"})
        print(f"{units:,} units: indexed in {time.process_time() - began:.1f} s of processor time", end="; ")
        store.tidy()
        after = path.stat().st_size
        print(f"the file {plain / 2**20:.0f} MB before, {after / 2**20:.0f} MB with the cleared words and their index")
        store.put_sessions(sessions[-1:])
        began = time.process_time()
        store.put_cleared(Corpus(tuple(sessions)), {"screening": "x"})
        print(f"one more session of {EACH}: {1000 * (time.process_time() - began):.0f} ms")
        folded = [(s.id, t.index, fold(t.text).split()) for s in sessions for t in s.turns]
        for said in SEARCHES:
            wanted = Wanted.parse(said)
            began = time.process_time()
            found = find(store, wanted)
            by_index = 1000 * (time.process_time() - began)
            began = time.process_time()
            hits = [s for s in sessions for t in s.turns if all(w in fold(t.text) for w in wanted.words)]
            by_scan = 1000 * (time.process_time() - began)
            whole = {(s, i) for s, i, text in folded if all(w in text for w in wanted.words)}
            named = {(s, i) for s, at in found.items() for i in at}
            wrong = wrong or not whole <= named
            print(f"{said!r}: {len(named):,} found in {by_index:.0f} ms; a scan ({len(hits):,} by parts of words) {by_scan:.0f} ms")
        store.close()
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:2])))
