"""Set ThemeClassifier beside the published pipeline on patient comments: micro- and macro-F1, seconds.

    python tests/benchmarks/theme_classifier.py ../shared/data/coded/patient-feedback.csv [--seeds 3] [--ours]

Labels with at least 20 positives, 75/25 split. The published pipeline is TF-IDF and one SVC a label (C=15, balanced,
max_iter 1000), as pxtextmining sets it; its warnings about not converging are its own.
"""

from __future__ import annotations

import argparse
import time
import warnings
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


def load(path: str) -> tuple[list[str], pd.DataFrame]:
    frame = pd.read_csv(path, low_memory=False)
    frame = frame[frame["FFT answer"].notna()].reset_index(drop=True)
    first = frame.columns.get_loc("Comment sentiment") + 1
    labels = frame.iloc[:, first:].apply(pd.to_numeric, errors="coerce")
    labels = labels.loc[:, labels.isin([0, 1]).any()].fillna(0)
    labels = (labels > 0).astype(int)
    labels = labels.loc[:, labels.sum() >= 20]
    some = labels.sum(axis=1) > 0
    return frame["FFT answer"].astype(str)[some].tolist(), labels[some].reset_index(drop=True)


def run(model: Any, split: list[Any]) -> tuple[float, float, float]:
    start = time.perf_counter()
    model.fit(split[0], split[2])
    got = model.predict(split[1])
    seconds = time.perf_counter() - start
    truth = split[3].to_numpy()
    micro, macro = (f1_score(truth, got, average=a, zero_division=0) for a in ("micro", "macro"))
    return float(micro), float(macro), seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--ours", action="store_true", help="leave the published pipeline out")
    args = parser.parse_args()
    texts, labels = load(args.file)
    print(f"{len(texts)} comments with a label, {labels.shape[1]} labels")
    models = {"ThemeClassifier": ThemeClassifier}
    if not args.ours:
        models["published"] = lambda: make_pipeline(
            TfidfVectorizer(),
            MultiOutputClassifier(SVC(C=15, class_weight="balanced", max_iter=1000, random_state=0)),
        )
    rows: dict[str, list[tuple[float, float, float]]] = {name: [] for name in models}
    for seed in range(args.seeds):
        split = train_test_split(texts, labels, test_size=0.25, random_state=seed)
        for name, make in models.items():
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                rows[name].append(run(make(), split))
            print(seed, name, "micro-F1 %.3f  macro-F1 %.3f  %.1f s" % rows[name][-1], flush=True)
    for name, figures in rows.items():
        print("mean", name, "micro-F1 %.3f  macro-F1 %.3f  %.1f s" % tuple(np.mean(figures, axis=0)))


if __name__ == "__main__":
    main()
