"""Print the speed of the rules, and of rules and model, beside bare spaCy tokenization: python tests/benchmarks/tag_speed.py

Processor time, so that it says the same on a busy machine; a unit's time on two cores is half of that at best.
"""

from __future__ import annotations

import time
from pathlib import Path

import spacy

from feedback.codebook import Codebook
from feedback.tagging import RuleTagger, tag
from feedback.tagging._hearing import HearingTagger
from tests.benchmarks.tag_gold import gold_corpus

ROOT = Path(__file__).parents[2]


def main() -> None:
    corpus = gold_corpus(ROOT / "corpora" / "gold")
    book = Codebook.load(ROOT / "corpora" / "codebook.yaml")
    texts = [s.text for s in corpus.segments()]
    words = sum(len(t.split()) for t in texts)
    tokenize, rules, model = spacy.blank("en").tokenizer, RuleTagger(book), HearingTagger(book)
    ways = {
        "bare spaCy tokenizer": lambda: [tokenize(t) for t in texts],
        "triggers": lambda: [rules.hits(t) for t in texts],
        "triggers and discourse": lambda: [(rules.hits(s.text), rules.reader.read(s)) for s in corpus.segments()],
        "rules and model, warm": lambda: tag(corpus, rules, model, unscreened="measuring"),
        "tag(), set-up and all": lambda: tag(corpus, book, unscreened="measuring"),
    }
    base, slow = 0.0, ("rules and model, warm", "tag(), set-up and all")
    for name, way in ways.items():
        way()
        best = min(_timed(way) for _ in range(2 if name in slow else 5))
        base = base or best
        print(
            f"{name:<24} {words / best:>10,.0f} words/s  {len(texts) / best:>8,.0f} units/s  {base / best:.2f} of spaCy"
        )


def _timed(way: object) -> float:
    start = time.process_time()
    way()  # type: ignore[operator]
    return time.process_time() - start


if __name__ == "__main__":
    main()
