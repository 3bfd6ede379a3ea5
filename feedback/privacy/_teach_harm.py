"""Train the model that hears of harm where no rule does.

    python -m feedback.privacy._teach_harm OUT UNITS.tsv... NONE.jsonl...

UNITS hold lines of tier, language, text (tier now, possible, general or none); NONE are coded units of sessions, which tell of
next to none. Every fifth of NONE is left out and sets the threshold: SHARE of them may be held. Same input, same bytes.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from feedback.privacy._disclosures import plain
from feedback.privacy._harm import SIZE, features

SHARE = 0.004
TOLD, NEAR = 6.0, 3.0  # how much a unit that tells of harm weighs beside one of a session, and one that only sounds like it


def teach(out: Path, told: list[Path], none: list[Path]) -> None:
    """Fit, choose the threshold, write `harm.npz`; print how many of the units are held."""
    import numpy as np
    from scipy.sparse import csr_matrix
    from sklearn.linear_model import LogisticRegression

    rows = [line.split("\t") for p in told for line in p.read_text(encoding="utf-8").splitlines() if line.count("\t") == 2]
    said = [json.loads(line) for p in none for line in p.read_text(encoding="utf-8").splitlines()]
    talk = [r["text"] for r in said if r.get("role", "participant") in ("participant", "interpreter")]
    kept, apart = [t for i, t in enumerate(talk) if i % 5], talk[::5]

    def table(texts: list[str]) -> Any:
        found = [features(plain(t)) for t in texts]
        at = [(i, b, v) for i, f in enumerate(found) for b, v in f.items()]
        i, b, v = zip(*at, strict=True)
        return csr_matrix((v, (i, b)), shape=(len(texts), SIZE))

    harm = np.array([r[0] in ("now", "possible") for r in rows] + [False] * len(kept))
    weigh = np.r_[np.where(harm[: len(rows)], TOLD, NEAR), np.ones(len(kept))]
    model = LogisticRegression(C=8, max_iter=3000).fit(table([r[2] for r in rows] + kept), harm, sample_weight=weigh)
    weights = model.coef_[0].astype(np.float16)
    least = float(np.quantile(table(apart) @ weights.astype(np.float32), 1 - SHARE))
    np.savez_compressed(out, weights=weights, least=np.float32(least))


if __name__ == "__main__":
    files = [Path(a) for a in sys.argv[2:]]
    teach(Path(sys.argv[1]), [f for f in files if f.suffix == ".tsv"], [f for f in files if f.suffix == ".jsonl"])
