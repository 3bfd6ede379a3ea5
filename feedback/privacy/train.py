"""Train the name tagger on labelled JSONL: `python -m feedback.privacy.train OUT FILE[:SHARE] ...`."""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path
from typing import Any

from feedback.privacy._crf import features
from feedback.privacy._tokens import tokens

GENRES = frozenset(
    {"interview", "news", "bio", "voyage", "court", "essay", "textbook", "academic", "speech", "vlog", "podcast"}
)


def labels(row: dict[str, Any], text: str) -> tuple[list[list[str]], list[str]]:
    """Return the features and the labels (B, I: a person; X: another name; O) of one row."""
    toks = tokens(text)
    out = []
    for t in toks:
        label = "O"
        for s in row["spans"]:
            if s["start"] < t.end and t.start < s["end"]:
                if s["label"] == "PERSON":
                    label = "B" if t.start <= s["start"] else "I"
                elif s["label"] in ("LOCATION", "ORG"):
                    label = "X"
        out.append(label)
    return features(toks), out


def rows(path: str, seed: int) -> list[dict[str, Any]]:
    """Read a file (`NAME:SHARE` takes a share of it), only the genres whose texts may be learned from."""
    name, _, share = path.partition(":")
    found = [json.loads(line) for line in Path(name).read_text(encoding="utf-8").splitlines()]
    found = [r for r in found if r.get("genre") in (None, *GENRES)]
    random.Random(seed).shuffle(found)
    return found[: int(len(found) * float(share or 1))]


def main(args: list[str], *, seed: int = 0) -> None:
    """Train on every row as it is and once more in lower case (half of those without punctuation)."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.3, "c2": 0.05, "max_iterations": 70, "feature.minfreq": 2})
    chance = random.Random(seed)
    for path in args[1:]:
        for row in rows(path, seed):
            if len(row["text"]) > 3000:
                continue
            trainer.append(*labels(row, row["text"]))
            low = row["text"].lower()
            if len(low) == len(row["text"]):
                if chance.random() < 0.5:
                    low = "".join(" " if c in '.,;:!?"()' else c for c in low)
                trainer.append(*labels(row, low))
    trainer.train(args[0])


if __name__ == "__main__":
    main(sys.argv[1:])
