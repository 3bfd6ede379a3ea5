"""The recipe of `models/privacy/harm.npz`, which hears of harm where no rule does.

    python -m feedback.privacy._teach_harm [OUT]

Needs the extras `topics` and `dev` (torch, onnx) and `models/tagger`. Learns from invented lines (`corpora/disclosures/learn_*`,
the development units in `tests/privacy/units`) and from the units of `corpora/training`: those that `among_training.tsv` says tell
of harm, and the others as what tells of none. One of PARTS, neighbours and sessions together, teaches nothing: the least score is
set so that SHARE of its ordinary units are held, and what is printed is of it. Same input, same bytes.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.gloss import gloss, table
from feedback.networks import network
from feedback.privacy._harm import BASE, SIZE, features, long, plain, pool
from feedback.privacy._turned import turned

if TYPE_CHECKING:
    import numpy as np

    from feedback.privacy._tune_harm import States

    Array = np.ndarray[Any, Any]

SHARE = 0.02
PARTS, NEIGHBOURS = 8, 10
WEIGHTS = {"now": 3.0, "possible": 3.0, "general": 1.5, "none": 1.5, "ordinary": 1.0}
WORDS, COST = 0.75, 8.0  # what the words weigh beside the encoder; how freely they are fitted
STEPS = 127  # so many numbers on either side of nought are told apart in the two large tables


@dataclass(frozen=True)
class Line:
    """A unit with its tier (or `ordinary`), its language, and who its neighbours are."""

    tier: str
    language: str
    text: str
    near: str


def written(path: Path) -> list[Line]:
    """Read tier, language and text, ten neighbours at a time."""
    rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines()]
    return [Line(r[0], r[1], r[2], f"{path.stem} {i // NEIGHBOURS}") for i, r in enumerate(rows) if len(r) == 3]


def said(folder: Path, told: dict[str, str]) -> list[Line]:
    """Read what participants say in `corpora/training`; `told` gives the tier of some by id, `unsure` ones are left out."""
    out = []
    for path in sorted(folder.glob("w*.jsonl")) + sorted((folder / "sessions").glob("*.jsonl")):
        now: dict[str, str] = {}
        for k, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            unit = json.loads(line)
            now |= {f: unit[f] for f in ("role", "lang") if f in unit}
            tier = told.get(unit.get("id", f"{path.stem}-{k:03d}"), "ordinary")
            if tier != "unsure" and now.get("role", "participant") in ("participant", "interpreter"):
                near = path.stem if path.parent != folder else f"{path.stem} {k // (4 * NEIGHBOURS)}"
                out.append(Line(tier, now.get("lang", "en"), unit["text"], near))
    return out


def words(texts: Sequence[str]) -> Any:
    """The hashed words of texts as they stand and glossed, a sparse row each."""
    from scipy.sparse import csr_matrix

    spanish = table(BASE / "gloss.tsv.gz")
    rows = [features(plain(t), plain(gloss(t, spanish))) for t in texts]
    at = [(i, b, v) for i, f in enumerate(rows) for b, v in f.items()]
    i, b, v = zip(*at, strict=True)
    return csr_matrix((v, (i, b)), shape=(len(texts), SIZE))


def coarse(numbers: Array) -> Array:
    """Round half precision to whole steps, a power of two, of which the largest number is at most STEPS: it packs small."""
    import numpy as np

    numbers = numbers.astype(np.float16).astype(np.float32)
    step = 2.0 ** np.ceil(np.log2(np.abs(numbers).max() / STEPS))
    out: Array = (np.rint(numbers / step) * step).astype(np.float16)
    return out


def fit(path: Path, states: States, w: Any, units: Array, *, harm: Array, weigh: Array, ordinary: Array) -> dict[str, Array]:
    """Fit both parts on some of the units and return them as they are shipped, half precision."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    from feedback.privacy._tune_harm import turn

    made = turn(path, states, units, harm=harm, weigh=weigh, ordinary=ordinary)
    line = LogisticRegression(C=COST, max_iter=80).fit(w[units], harm[units], sample_weight=weigh[units])
    made |= {"words": coarse(WORDS * line.coef_[0]), "first": coarse(made["first"])}
    made["shift"] = np.float32(float(made["shift"]) + WORDS * float(line.intercept_[0]))  # type: ignore[assignment]
    return made


def score(model: dict[str, Array], x: Array, w: Any) -> Array:
    """The scores of rows, as `_harm.weigh` gives them one by one before it takes their length into account."""
    import numpy as np
    from scipy.special import erf

    inner = x @ model["first"].astype(np.float32) + model["bias"].astype(np.float32)
    bent = inner * 0.5 * (1 + erf(inner / np.sqrt(2)))
    out: Array = bent @ model["last"].astype(np.float32) + w @ model["words"].astype(np.float32) + float(model["shift"])
    return out


def report(lines: Sequence[Line], scores: Array, least: float) -> str:
    """What the part kept apart says: held by tier and language, and how well tellings stand apart."""
    import numpy as np
    from sklearn.metrics import roc_auc_score

    tiers, tongues = np.array([u.tier for u in lines]), np.array([u.language for u in lines])
    harm, plainly = np.isin(tiers, ["now", "possible"]), tiers == "ordinary"
    beside = {"ordinary units": harm | plainly, "what sounds like it": ~plainly}
    out = [f"least score {least:.3f}"]
    out += [f"AUC beside {name}: {roc_auc_score(harm[rows], scores[rows]):.3f}" for name, rows in beside.items()]
    for name, rows in [(t, tiers == t) for t in WEIGHTS] + [(f"told, {k}", harm & (tongues == k)) for k in ("en", "es", "mixed")]:
        out.append(f"{name}: {int((scores[rows] >= least).sum())} of {int(rows.sum())} held")
    for share in (0.005, 0.007, 0.01, 0.02, 0.03):
        cut = np.quantile(scores[plainly], 1 - share)
        out.append(f"at {share} of ordinary units held: {(scores[harm] >= cut).mean():.3f} of tellings")
    return "\n".join(out)


def teach(out: Path, root: Path) -> str:
    """Fit on all parts but one, choose the threshold on that one, write; return what it says."""
    import numpy as np

    from feedback.privacy._tune_harm import below

    folder = root / "corpora" / "disclosures"
    named = (line.split("\t") for line in (folder / "among_training.tsv").read_text(encoding="utf-8").splitlines())
    told = {unit: tier for tier, unit in named}
    units = root / "tests" / "privacy" / "units"
    files = [units / "disclosures.tsv", units / "disclosures-fresh.tsv", *sorted(folder.glob("learn_*.tsv"))]
    lines = [u for f in files for u in written(f)] + said(root / "corpora" / "training", told)
    harm = np.array([u.tier in ("now", "possible") for u in lines])
    weigh = np.array([WEIGHTS[u.tier] for u in lines])
    ordinary = np.array([u.tier == "ordinary" for u in lines])
    apart = np.array([zlib.crc32(u.near.encode()) % PARTS == 0 for u in lines])
    path, texts = BASE / "model.onnx", [u.text for u in lines]
    w = words(texts)
    made = fit(path, below(path, texts), w, np.flatnonzero(~apart), harm=harm, weigh=weigh, ordinary=ordinary)
    reader, rest = network(path, weights=turned(path.read_bytes(), made)), np.flatnonzero(apart)
    scores = score(made, np.stack([pool(reader, made, texts[i]) for i in rest]), w[rest])
    scores -= np.array([long(texts[i]) for i in rest])
    least = float(np.quantile(scores[ordinary[rest]], 1 - SHARE))
    made |= {"least": np.float32(least), "base": np.uint32(zlib.crc32(path.read_bytes()))}  # type: ignore[dict-item]
    np.savez_compressed(out, **made)  # type: ignore[arg-type]
    return report([lines[i] for i in rest], scores, least)


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[2]
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else here / "models" / "privacy" / "harm.npz"
    sys.stdout.write(teach(target, here) + "\n")
