"""Train the name tagger on labelled JSONL: `python -m feedback.privacy.train OUT FILE[:SHARE[:TIMES]] ...`."""

from __future__ import annotations

import gzip
import random
import sys
import tempfile
from pathlib import Path

from feedback.privacy._crf import features
from feedback.privacy._material import Row, guise, named, pools, read, renamed, sentences
from feedback.privacy._tokens import tokens

__all__ = ["labels", "main"]


def labels(row: Row) -> tuple[list[list[str]], list[str]]:
    """Return the features and the labels (B, I: a person; X: another name; O) of one row."""
    toks = tokens(row["text"])
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


def main(args: list[str], *, seed: int = 0) -> None:
    """Train on every row as it is and in lower case, half of it without punctuation; from the second time on with other names."""
    import pycrfsuite

    trainer = pycrfsuite.Trainer(algorithm="lbfgs", verbose=False)
    trainer.set_params({"c1": 0.3, "c2": 0.05, "max_iterations": 70, "feature.minfreq": 2})
    chance = random.Random(seed)
    first, last, words = pools()
    for arg in args[1:]:
        name, share, times = (*arg.split(":"), "1", "1")[:3]
        for row in read(name, share=float(share), seed=seed):
            for part in sentences(row):
                for n in range(int(times)):
                    change = renamed if part["spans"] else named
                    new = change(part, chance, first=first, last=last, words=words) if n else part
                    if new is None:
                        continue
                    trainer.append(*labels(new))
                    trainer.append(*labels(guise(new, "asr" if chance.random() < 0.5 else "lower")))
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / "names.crfsuite"
        trainer.train(str(made))
        Path(args[0]).write_bytes(gzip.compress(made.read_bytes(), 9, mtime=0))


if __name__ == "__main__":
    main(sys.argv[1:])
