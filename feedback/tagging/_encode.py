"""Read units with a small encoder (int8 ONNX): word pieces in, one vector a piece out; no torch, no network."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError, NotInstalled
from feedback.gloss import table, word_pieces
from feedback.networks import network

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

UNIT, CONTEXT = 128, 48  # word pieces of the unit (its beginning and its end) and of what stood before it (its end)
CLS, SEP = 101, 102
BATCH = 1  # int8 ranges are taken over what is read together: alone, a unit reads the same wherever it stands


def models_folder() -> Path:
    """Return the folder of weights: `FEEDBACK_MODELS` where set, else `models/` beside the package."""
    named = os.environ.get("FEEDBACK_MODELS")
    return Path(named) if named else Path(__file__).parents[2] / "models"


@dataclass(frozen=True)
class Pieces:
    """A unit cut for the encoder: ids with their kind (0 unit, 1 context), and where each unit piece stands in its text."""

    ids: tuple[int, ...]
    kinds: tuple[int, ...]
    spans: tuple[tuple[int, int], ...]  # one for each piece of the unit, without [CLS] and [SEP]


class Encoder:
    """The encoder of one folder: `model.onnx`, `vocab.txt`, `gloss.tsv.gz`, `config.json` with a checksum for each file.

    Raises NotInstalled where the folder has no model, FeedbackError where a file is not the one the recipe wrote.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.config = checked(folder)
        self._session = network(folder / "model.onnx", threads=int(os.environ.get("OMP_NUM_THREADS", "0") or 0))
        self._tokenizer = word_pieces(folder / "vocab.txt")
        self.glossary: Mapping[str, str] = table(folder / "gloss.tsv.gz")

    def cut(self, texts: Sequence[str], contexts: Sequence[str] | None = None) -> list[Pieces]:
        """Cut texts (already glossed), each with its context, as the encoder was trained to see them."""
        units = self._tokenizer.encode_batch(list(texts), add_special_tokens=False)
        around = self._tokenizer.encode_batch(list(contexts or [""] * len(texts)), add_special_tokens=False)
        return [_pieces(u.ids, u.offsets, c.ids) for u, c in zip(units, around, strict=True)]

    def hidden(self, cut: Sequence[Pieces]) -> Iterator[tuple[int, Array]]:
        """Yield (place, vectors of [CLS], unit pieces and [SEP]: float32 (pieces, 384)), shorter units first."""
        import numpy as np

        order = sorted(range(len(cut)), key=lambda i: (len(cut[i].ids), i))
        for at in range(0, len(order), BATCH):
            rows = order[at : at + BATCH]
            width = max(len(cut[i].ids) for i in rows)
            ids, kinds, mask = (np.zeros((len(rows), width), np.int64) for _ in range(3))
            for k, i in enumerate(rows):
                n = len(cut[i].ids)
                ids[k, :n], kinds[k, :n], mask[k, :n] = cut[i].ids, cut[i].kinds, 1
            out = self._session.run(None, {"input_ids": ids, "token_type_ids": kinds, "attention_mask": mask})[0]
            for k, i in enumerate(rows):
                yield i, out[k, : len(cut[i].spans) + 2]

    def vectors(self, texts: Sequence[str]) -> Array:
        """Return one row a text: the mean of its pieces, brought to unit length, float32 (n, 384)."""
        import numpy as np

        out = np.zeros((len(texts), int(self.config["width"])), np.float32)
        for i, hidden in self.hidden(self.cut(texts)):
            out[i] = hidden.mean(0)
        return unit_rows(out)


def unit_rows(x: Array) -> Array:
    """Bring rows to unit length."""
    import numpy as np

    scaled: Array = x / np.maximum(np.linalg.norm(x, axis=1, keepdims=True), 1e-9)
    return scaled


def _pieces(ids: Sequence[int], offsets: Sequence[tuple[int, int]], context: Sequence[int]) -> Pieces:
    kept, spans = list(ids), list(offsets)
    if len(kept) > UNIT:
        half = UNIT // 2
        kept, spans = kept[:half] + kept[-half:], spans[:half] + spans[-half:]
    after = [*context[-CONTEXT:], SEP] if context else []
    return Pieces(
        (CLS, *kept, SEP, *after), (0,) * (len(kept) + 2) + (1,) * len(after), tuple((a, b) for a, b in spans)
    )


def checked(folder: Path) -> dict[str, Any]:
    """Read `config.json` and hold every file it names against its SHA-256."""
    path = folder / "config.json"
    if not path.is_file():
        raise NotInstalled(
            f"the learned tagger is not there: {path.parent.name}/config.json is missing. Put the folder models/tagger "
            "beside the package, or name its parent in FEEDBACK_MODELS; rules work without it."
        )
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for name, wanted in config["files"].items():
        file = folder / name
        if not file.is_file():
            raise NotInstalled(f"the learned tagger is not whole: models/{folder.name}/{name} is missing")
        if hashlib.sha256(file.read_bytes()).hexdigest() != wanted:
            raise FeedbackError(
                f"models/{folder.name}/{name} is not the file its recipe wrote (checksum differs); put it back from the "
                "release, or run python -m feedback.tagging._train again"
            )
    return config


@lru_cache(maxsize=2)
def encoder(folder: Path) -> Encoder:
    """Load the encoder of a folder, once."""
    return Encoder(folder)
