"""Measure how twins in English and Spanish land: corpora/training/pairs.jsonl, odd lines (even ones chose the levers).

python tests/benchmarks/topics_twins.py
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def main() -> int:
    """Print, on the odd lines, how often a twin is the nearest, how many share a topic, and the topics' language purity."""
    import numpy as np

    from feedback.topics import Embedder, TopicModel

    lines = (ROOT / "corpora" / "training" / "pairs.jsonl").read_text(encoding="utf-8").splitlines()
    pairs = [json.loads(line) for line in lines][1::2]
    n, en, es = len(pairs), [p["en"] for p in pairs], [p["es"] for p in pairs]
    near = Embedder().encode(en) @ Embedder().encode(es).T
    labels = TopicModel().fit([*en, *es]).labels_
    size = np.bincount(labels)

    def purity(english: np.ndarray) -> float:
        share = np.bincount(labels[english], minlength=len(size)) / size
        return float((size * np.maximum(share, 1 - share)).sum() / size.sum())

    rng = np.random.default_rng(0)
    chance = np.mean([purity(rng.permutation(2 * n)[:n]) for _ in range(100)])
    together, luck = float((labels[:n] == labels[n:]).mean()), float(((size / size.sum()) ** 2).sum())
    print(f"pairs={n} twin_first={(near.argmax(1) == np.arange(n)).mean():.3f} topics={len(size)}")
    print(f"together={together:.3f} (chance {luck:.3f}) purity={purity(np.arange(n)):.3f} (chance {chance:.3f})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
