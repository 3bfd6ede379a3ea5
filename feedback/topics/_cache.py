"""Vectors kept on disk by content: one npz a text's hash prefix, no pickle."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]


def cached(encode: Callable[[list[str]], Array], texts: list[str], *, folder: Path, key: str) -> Array:
    """Return `encode(texts)`, computing only texts that `folder` does not hold yet under this model's `key`.

    One file `KEYHASH.npz` holds `hashes` (n, 32 bytes) and `rows` (n, d); it is replaced in one step.
    """
    import numpy as np

    path = folder / (hashlib.sha256(key.encode()).hexdigest()[:16] + ".npz")
    known: dict[bytes, Array] = {}
    if path.exists():
        with np.load(path, allow_pickle=False) as npz:
            known = {h.tobytes(): r for h, r in zip(npz["hashes"], npz["rows"], strict=True)}
    hashes = [hashlib.sha256(t.encode("utf-8", "surrogatepass")).digest() for t in texts]
    new = {h: t for h, t in zip(hashes, texts, strict=True) if h not in known}
    if new or not texts:
        rows = encode(list(new.values()))
        if not texts:
            return rows
        known.update(zip(new, rows, strict=True))
        folder.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part.npz")
        names = np.frombuffer(b"".join(known), np.uint8).reshape(len(known), 32)
        np.savez(part, hashes=names, rows=np.stack(list(known.values())))
        part.replace(path)
    return np.stack([known[h] for h in hashes])
