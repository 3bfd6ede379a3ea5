"""An encoder with layers turned: low-rank changes added to the int8 weights of an ONNX file, without a copy of it.

A model keeps, beside whatever else it holds, `down NAME` and `up NAME` (two thin matrices whose product is added to the weight
NAME) and `set NAME` (a bias or a norm put in the place of NAME).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from feedback.networks import stored

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["turned"]


def turned(base: bytes, model: Mapping[str, Array]) -> dict[str, Array]:
    """Return the weights that take the place of the file's: int8 with a scale a column, biases and norms float32."""
    import numpy as np

    changed = [key.removeprefix("down ") for key in model if key.startswith("down ")]
    kept = stored(base, {f"{n}_{part}" for n in changed for part in ("quantized", "scale")})
    out = {key.removeprefix("set "): v.astype(np.float32) for key, v in model.items() if key.startswith("set ")}
    for name in changed:
        added = model[f"down {name}"].astype(np.float32) @ model[f"up {name}"].astype(np.float32)
        weight = kept[f"{name}_quantized"].astype(np.float32) * kept[f"{name}_scale"] + added
        scale = np.abs(weight).max(0) / 127
        out[f"{name}_quantized"] = np.rint(weight / scale).astype(np.int8)
        out[f"{name}_scale"] = scale.astype(np.float32)
    return out
