"""Set ThemeClassifier beside the published pipeline: micro- and macro-F1, and seconds as a share of the pipeline's.

    python tests/benchmarks/theme_classifier.py ../shared/data/coded/patient-feedback.csv [--seeds 3] [--ours] [--raw]
    python tests/benchmarks/theme_classifier.py ../shared/data/coded/counselchat/coded.jsonl --least 10

Labels with at least `--least` positives (20), 75/25 split. Patient comments are cleaned as pxtextmining does before its
own models: line breaks, figures and punctuation out, lower case; comments left empty or without a label are dropped,
equal comments stay (each is a person). `--raw` leaves the text as written. A `.jsonl` file holds `text` and `labels`.
The published pipeline is TF-IDF and one SVC a label (C=15, balanced, max_iter 1000); its warnings about not converging
are its own. Both run in one process, on one split, with what the process allows them.
"""

from __future__ import annotations

import argparse
import json
import string
import time
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score
from sklearn.model_selection import train_test_split
from sklearn.multioutput import MultiOutputClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC

from feedback.tagging import ThemeClassifier

LINE = "micro-F1 {:.3f}  macro-F1 {:.3f}  {:.1f} s  {:.1f} s of processor"
NOT_THEMES = ["Safeguarding concerns?"]
_SPACED = str.maketrans({c: " " if c in ",.-" else "" for c in string.punctuation + string.digits})


def clean(text: str) -> str:
    """Clean a comment as the authors do: `,` `.` `-` and line breaks part words, the rest goes."""
    return " ".join(text.translate(_SPACED).lower().split())


def load(path: str, *, least: int, raw: bool) -> tuple[list[str], pd.DataFrame]:
    if path.endswith(".jsonl"):
        with Path(path).open(encoding="utf-8") as file:
            rows = [json.loads(line) for line in file]
        names = sorted({label for r in rows for label in r["labels"]})
        labels = pd.DataFrame([[int(n in r["labels"]) for n in names] for r in rows], columns=names)
        return [r["text"] for r in rows], labels.loc[:, labels.sum() >= least]
    frame = pd.read_csv(path, low_memory=False, na_values=" ")
    first = frame.columns.get_loc("Comment sentiment") + 1
    labels = frame.iloc[:, first:].apply(pd.to_numeric, errors="coerce").fillna(0).astype(int).drop(columns=NOT_THEMES)
    texts = frame["FFT answer"].fillna("").astype(str)
    texts = texts if raw else texts.map(clean)
    kept = (texts.str.strip() != "") & (labels.sum(axis=1) > 0)
    labels = labels[kept].reset_index(drop=True)
    return texts[kept].tolist(), labels.loc[:, labels.sum() >= least]


def run(model: Any, split: list[Any]) -> tuple[float, ...]:
    start, worked = time.perf_counter(), time.process_time()
    model.fit(split[0], split[2])
    got = model.predict(split[1])
    seconds, work = time.perf_counter() - start, time.process_time() - worked
    truth = split[3].to_numpy()
    micro, macro = (f1_score(truth, got, average=a, zero_division=0) for a in ("micro", "macro"))
    return float(micro), float(macro), seconds, work


def published() -> Any:
    # max_iter and the rest as published; probability=False, which only makes it quicker
    svc = SVC(C=15, class_weight="balanced", max_iter=1000, random_state=0)
    return make_pipeline(TfidfVectorizer(), MultiOutputClassifier(svc))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--least", type=int, default=20)
    parser.add_argument("--raw", action="store_true", help="text as written")
    parser.add_argument("--ours", action="store_true", help="leave the published pipeline out")
    parser.add_argument("--embedder", nargs="+", default=["auto"], choices=["auto", "words", "minilm", "none"])
    args = parser.parse_args()
    texts, labels = load(args.file, least=args.least, raw=args.raw)
    print(f"{len(texts)} texts, {len(set(texts))} different, {labels.shape[1]} labels")
    models: dict[str, Any] = {} if args.ours else {"published": published}
    for e in args.embedder:
        models[f"ThemeClassifier {e}"] = lambda e=e: ThemeClassifier(embedder=None if e == "none" else e)
    rows: dict[str, list[tuple[float, ...]]] = {name: [] for name in models}
    for seed in range(args.seeds):
        split = train_test_split(texts, labels, test_size=0.25, random_state=seed)
        for name, make in models.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rows[name].append(run(make(), split))
            print(seed, name, LINE.format(*rows[name][-1]), flush=True)
    means = {name: np.mean(figures, axis=0) for name, figures in rows.items()}
    for name, mean in means.items():
        beside = ""
        if "published" in means and name != "published":
            theirs = means["published"]
            ahead, ratio = mean - theirs, mean / theirs
            beside = f"  ({ahead[0]:+.3f}, {ahead[1]:+.3f}, {ratio[2]:.2f} of the seconds, {ratio[3]:.2f} processor)"
        print("mean", name, LINE.format(*mean) + beside)


if __name__ == "__main__":
    main()
