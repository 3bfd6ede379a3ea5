"""The recipe of `models/privacy/harm.npz`, which hears of harm where no rule does.

    python -m feedback.privacy._teach_harm [OUT]

Needs the extra `topics` (torch) and `models/tagger`. Learns from invented lines (`corpora/disclosures/learn_*.tsv`, the development
units in `tests/privacy/units`) and from the units of `corpora/training`: those that `among_training.tsv` says tell of harm, and
the others as what tells of none. Five folds, neighbours and sessions together, give every unit a score of a model that has not
seen it: SHARE of the ordinary ones may be held. Prints what the folds say, then fits on everything. Same input, same bytes.
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
from feedback.privacy._harm import BASE, SIZE, features, long, plain, seen

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

SHARE = 0.01
FOLDS, NEIGHBOURS = 5, 10
WEIGHTS = {"now": 3.0, "possible": 3.0, "general": 1.5, "none": 1.5, "ordinary": 1.0}
WIDTH, NETS, PASSES, RATE, DECAY, DROP, BATCH = 64, 3, 14, 1e-3, 0.1, 0.5, 64
WORDS, COST = 0.75, 8.0  # what the words weigh beside the encoder; how freely they are fitted


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


def nets(x: Array, harm: Array, weigh: Array) -> list[dict[str, Array]]:
    """Fit small networks over what the encoder sees (rows of unit variance), each from another beginning."""
    import numpy as np
    import torch

    torch.set_num_threads(1)
    seen_, told, heavy = (torch.tensor(a.astype(np.float32)) for a in (x, harm, weigh))
    out = []
    for seed in range(NETS):
        torch.manual_seed(seed)
        net = torch.nn.Sequential(
            torch.nn.Dropout(DROP), torch.nn.Linear(x.shape[1], WIDTH), torch.nn.GELU(), torch.nn.Dropout(DROP),
            torch.nn.Linear(WIDTH, 1),
        )  # fmt: skip
        opt = torch.optim.AdamW(net.parameters(), lr=RATE, weight_decay=DECAY)
        for _ in range(PASSES):
            for rows in torch.randperm(len(x)).split(BATCH):
                each = torch.nn.functional.binary_cross_entropy_with_logits(
                    net(seen_[rows])[:, 0], told[rows] * 0.96 + 0.02, reduction="none"
                )
                opt.zero_grad()
                (each * heavy[rows]).mean().backward()
                opt.step()
        out.append({n: p.detach().numpy() for n, p in net.state_dict().items()})
    return out


def fit(x: Array, w: Any, harm: Array, weigh: Array) -> dict[str, Array]:
    """Fit both parts and return them as they are shipped, half precision; the encoder's scale is taken up into the first layer."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    middle, spread = x.mean(0), x.std(0)
    made = nets((x - middle) / spread, harm, weigh)
    first = np.concatenate([n["1.weight"] for n in made]).T / spread[:, None]
    bias = np.concatenate([n["1.bias"] for n in made]) - middle @ first
    last = np.concatenate([n["4.weight"][0] for n in made]) / NETS
    line = LogisticRegression(C=COST, max_iter=80).fit(w, harm, sample_weight=weigh)
    return {
        "first": first.astype(np.float16), "bias": bias.astype(np.float32), "last": last.astype(np.float32),
        "words": (WORDS * line.coef_[0]).astype(np.float16),
        "shift": np.float32(sum(float(n["4.bias"][0]) for n in made) / NETS + WORDS * float(line.intercept_[0])),
    }  # fmt: skip


def score(model: dict[str, Array], x: Array, w: Any) -> Array:
    """The scores of rows, as `_harm.weigh` gives them one by one before it takes their length into account."""
    import numpy as np
    from scipy.special import erf

    inner = x @ model["first"].astype(np.float32) + model["bias"]
    out: Array = inner * 0.5 * (1 + erf(inner / np.sqrt(2))) @ model["last"] + w @ model["words"].astype(np.float32)
    return out + model["shift"]


def report(lines: Sequence[Line], scores: Array, least: float) -> str:
    """What the folds say: held by tier and language, and how well tellings stand apart."""
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
    """Fit in folds, choose the threshold, fit on everything, write; return what the folds say."""
    import numpy as np

    folder = root / "corpora" / "disclosures"
    named = (line.split("\t") for line in (folder / "among_training.tsv").read_text(encoding="utf-8").splitlines())
    told = {unit: tier for tier, unit in named}
    units = root / "tests" / "privacy" / "units"
    files = [units / "disclosures.tsv", units / "disclosures-fresh.tsv", *sorted(folder.glob("learn_*.tsv"))]
    lines = [u for f in files for u in written(f)] + said(root / "corpora" / "training", told)
    harm = np.array([u.tier in ("now", "possible") for u in lines])
    weigh = np.array([WEIGHTS[u.tier] for u in lines])
    fold = np.array([zlib.crc32(u.near.encode()) % FOLDS for u in lines])
    x, w = np.stack([seen(u.text) for u in lines]), words([u.text for u in lines])
    scores = np.zeros(len(lines))
    for k in range(FOLDS):
        kept = fold != k
        scores[~kept] = score(fit(x[kept], w[kept], harm[kept], weigh[kept]), x[~kept], w[~kept])
    scores -= np.array([long(u.text) for u in lines])
    ordinary = np.array([u.tier == "ordinary" for u in lines])
    least = float(np.quantile(scores[ordinary], 1 - SHARE))
    made = fit(x, w, harm, weigh)
    made |= {"least": np.float32(least), "base": np.uint32(zlib.crc32((BASE / "model.onnx").read_bytes()))}  # type: ignore[dict-item]
    np.savez_compressed(out, **made)  # type: ignore[arg-type]
    return report(lines, scores, least)


if __name__ == "__main__":
    here = Path(__file__).resolve().parents[2]
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else here / "models" / "privacy" / "harm.npz"
    sys.stdout.write(teach(target, here) + "\n")
