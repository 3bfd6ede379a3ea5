"""Print the speed of the rules beside bare spaCy tokenization, in words a second: python tests/benchmarks/tag_speed.py"""

from __future__ import annotations

import time
from pathlib import Path

import spacy

from feedback.codebook import Codebook
from feedback.tagging import RuleTagger, tag
from tests.benchmarks.tag_gold import gold_corpus

ROOT = Path(__file__).parents[2]


def main() -> None:
    corpus = gold_corpus(ROOT / "corpora" / "gold")
    book = Codebook.load(ROOT / "corpora" / "codebook.yaml")
    texts = [s.text for s in corpus.segments()]
    words = sum(len(t.split()) for t in texts)
    tokenize, rules = spacy.blank("en").tokenizer, RuleTagger(book)
    ways = {
        "bare spaCy tokenizer": lambda: [tokenize(t) for t in texts],
        "triggers": lambda: [rules.hits(t) for t in texts],
        "triggers and discourse": lambda: [(rules.hits(s.text), rules.reader.read(s)) for s in corpus.segments()],
        "tag(), set-up and all": lambda: tag(corpus, book, unscreened="measuring"),
    }
    base = 0.0
    for name, way in ways.items():
        way()
        best = min(_timed(way) for _ in range(5))
        base = base or best
        print(
            f"{name:<24} {words / best:>10,.0f} words/s  {len(texts) / best:>8,.0f} units/s  {base / best:.2f} of spaCy"
        )


def _timed(way: object) -> float:
    start = time.perf_counter()
    way()  # type: ignore[operator]
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
