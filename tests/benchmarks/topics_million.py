"""Fit TopicModel on N short texts end to end, and print time and peak memory.

    python tests/benchmarks/topics_million.py [1000000]

The texts are clauses of the public development sets (../shared/data), one or two put together at random under a fixed seed:
words and lengths are real, the texts are not, and many repeat.
"""

from __future__ import annotations

import random
import re
import resource
import sys
import time

from topics_peers import SHARED, meetings, read_texts


def main() -> int:
    """Make the texts, fit, print."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    said = [*read_texts("px", 10_000)[0], *meetings(10_000)[0]]
    for source in ("coded/jupyter-ux/coded.jsonl", "text/civic-comments/comments.jsonl", "coded/counselchat/coded.jsonl"):
        said += read_texts(str(SHARED / source), 10_000)[0]
    clauses = [c.strip() for t in said for c in re.split(r"(?<=[.!?;,])\s+", t) if 3 <= len(c.split()) <= 20]
    rng = random.Random(0)
    texts = [" ".join(rng.sample(clauses, rng.choice((1, 1, 2)))) for _ in range(n)]
    from feedback.topics import TopicModel

    wall, cpu = time.time(), time.process_time()
    model = TopicModel().fit(texts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"texts={n} distinct={len(set(texts))} words={sum(len(t.split()) for t in texts) / n:.1f} topics={model.n_topics_}")
    print(f"cpu_s={time.process_time() - cpu:.1f} wall_s={time.time() - wall:.1f} peak_mib={peak:.0f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
