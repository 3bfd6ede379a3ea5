"""Vectors of words from the weights of `models/embedder`: a text is the mean of its words; quick, no torch, no network."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import NotInstalled
from feedback.gloss import word_pieces
from feedback.tagging._compile import fold
from feedback.tagging._encode import models_folder

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")


class WordVectors:
    """One vector a word (the sum of its pieces; Spanish words take those of their English twin)."""

    def __init__(self, folder: Path) -> None:
        import numpy as np

        if not (folder / "model.npz").is_file():
            raise NotInstalled(
                f"the vectors of words are missing: models/{folder.name}/model.npz. Work in a checkout, or name the "
                "folder above it in FEEDBACK_MODELS; ThemeClassifier(embedder=None) works without them."
            )
        self.width = int(json.loads((folder / "config.json").read_text(encoding="utf-8"))["dimensions"])
        with np.load(folder / "model.npz", allow_pickle=False) as npz:
            self._pieces: Array = npz["vectors"].astype(np.float32) * npz["scale"][:, None]
        self._cut = word_pieces(folder / "vocab.txt")
        self._twins = _twins(folder / "twins.tsv.gz")
        self._known: dict[str, Array] = {}

    def encode(self, texts: Sequence[str]) -> Array:
        """Return one row a text, float32 (n, width), of unit length; zeros where no word is known."""
        import numpy as np

        split = [[w.lower().replace("’", "'") for w in _WORD.findall(t)] for t in texts]
        self._learn(sorted({w for words in split for w in words} - self._known.keys()))
        out = np.zeros((len(texts), self.width), np.float32)
        for row, words in zip(out, split, strict=True):
            for w in words:
                row += self._known[w]
        norm = np.linalg.norm(out, axis=1, keepdims=True)
        scaled: Array = out / np.where(norm > 1e-9, norm, 1)
        return scaled

    def _learn(self, words: list[str]) -> None:
        import numpy as np

        if len(self._known) > 300_000:
            self._known.clear()
        meant = [self._twins.get(w) or self._twins.get(fold(w)) or w for w in words]
        cut = self._cut.encode_batch([m.replace("'", " ") for m in meant], add_special_tokens=False)
        unknown = self._cut.token_to_id("[UNK]")
        for word, twin, pieces in zip(words, meant, cut, strict=True):
            ids = [i for i in pieces.ids if i != unknown]
            total = self._pieces[ids].sum(0) if ids else np.zeros(self.width, np.float32)
            self._known[word] = total / max(1, len(twin.split()))


@lru_cache(maxsize=2)
def _load(folder: Path) -> WordVectors:
    return WordVectors(folder)


def word_vectors() -> WordVectors:
    """Load the vectors once a process."""
    return _load(models_folder() / "embedder")


def _twins(path: Path) -> dict[str, str]:
    if not path.is_file():
        return {}
    stored = gzip.decompress(path.read_bytes()).decode()
    lines = (line.split("\t") for line in stored.splitlines() if line[:1] not in ("", "#"))
    return {pair[0]: pair[1] for pair in lines if len(pair) > 1}
