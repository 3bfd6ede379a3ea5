"""Embedder: texts to unit vectors, from weights that lie on this machine. Nothing is ever downloaded."""

from __future__ import annotations

import gzip
import hashlib
import os
from collections.abc import Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.crew import crew
from feedback.errors import FeedbackError, NotInstalled
from feedback.topics._words import EMPTY, Counts, as_texts, count, fold, stop_words

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

BATCH = 4096
QUIET = 0.3  # weight of function words, and of words that are only known in pieces


def models_folder() -> Path:
    """Return the folder of weights: `FEEDBACK_MODELS` where set, else `models/` beside the package."""
    return _folder(os.environ.get("FEEDBACK_MODELS"))


@lru_cache(maxsize=8)
def _folder(named: str | None) -> Path:
    return Path(named) if named else Path(__file__).parents[2] / "models"


class Embedder:
    """Turn texts into vectors.

    Args:
        model: `static` (one vector a word piece, distilled from all-MiniLM-L6-v2; no torch), `minilm` (the whole model:
            torch in bf16 where it is installed, else int8 ONNX, made once in the user's cache), or the path of a
            sentence-transformers model on this machine (a multilingual one, for instance).
        cache: a folder; vectors are kept there under the SHA-256 of model and text, so that nothing is computed twice.
    """

    def __init__(self, model: str | Path = "static", *, cache: str | Path | None = None) -> None:
        self.model = model
        self.cache = cache

    def __repr__(self) -> str:
        return f"Embedder({str(self.model)!r})"

    @property
    def dimensions(self) -> int:
        """Length of a vector."""
        return int(self.encode(["."]).shape[1])

    def encode(self, texts: Iterable[str], *, scheduler: Any = None, workers: int = 1) -> Array:
        """Return one row a text: float32 (n, d), each of unit length, never NaN.

        A text without a known word ("", "...") gets one fixed unit row, the same for all of them (every component equal).
        Blocks of 4,096 texts are encoded by `workers` processes or a Dask `scheduler` (address or Client), if given; the rows
        are the same.

        >>> Embedder().encode(["a bus to school", ""]).shape
        (2, 256)
        """
        listed = as_texts(texts)
        if self.cache is not None:
            from feedback.topics._cache import cached

            made = partial(self._encode, scheduler=scheduler, workers=workers)
            return cached(made, listed, folder=Path(self.cache), key=self.identity)
        return self._encode(listed, scheduler=scheduler, workers=workers)

    def encode_counts(self, counts: Counts) -> Array:
        """Return the rows of texts that are already read into words (static model only)."""
        return unit(static(models_folder()).rows(counts))

    @property
    def identity(self) -> str:
        """Name the weights: the SHA-256 of the static ones, else what was asked for."""
        if self.model == "static":
            return static(models_folder()).sha256
        return str(self.model)

    def _encode(self, texts: list[str], *, scheduler: Any = None, workers: int = 1) -> Array:
        import numpy as np

        if not texts and self.model == "static":
            return np.zeros((0, static(models_folder()).vectors.shape[1]), np.float32)
        blocks = (texts[i : i + BATCH] for i in range(0, max(1, len(texts)), BATCH))
        with crew(scheduler, workers=workers) as hands:
            return np.concatenate(list(hands.map(self._block, blocks)))

    def _block(self, texts: list[str]) -> Array:
        if self.model == "static":
            return unit(static(models_folder()).rows(count(texts)))
        from feedback.topics import _minilm

        if self.model == "minilm":
            return unit(_minilm.encode(texts, models_folder() / "minilm"))
        folder = Path(self.model)
        if not folder.is_dir():
            raise FeedbackError(f"there is no model folder {folder.name!r} here; models are never downloaded.")
        return unit(_minilm.encode_folder(texts, folder))


class Static:
    """The weights of the static model: `vectors` (pieces, d) in float32, and the vector of each word seen so far."""

    def __init__(self, folder: Path) -> None:
        import json

        import numpy as np

        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            packed = (folder / "model.npz").read_bytes()
            pieces = (folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError as e:
            raise NotInstalled(
                f"the weights of the embedder are missing ({Path(str(e.filename)).name}). Work in a checkout "
                "(pip install -e .), or set FEEDBACK_MODELS to the folder that holds embedder/."
            ) from None
        self.sha256 = hashlib.sha256(packed).hexdigest()
        if self.sha256 != config["weights_sha256"]:
            raise FeedbackError("models/embedder/model.npz is not the file its config.json describes: restore it.")
        with np.load(folder / "model.npz", allow_pickle=False) as npz:
            self.vectors: Array = npz["vectors"].astype(np.float32) * npz["scale"][:, None]
        self.ids = {p: i for i, p in enumerate(pieces)}
        self.twins = _twins(folder / "twins.tsv.gz")
        self._words: dict[str, Array] = {}

    def rows(self, counts: Counts) -> Array:
        """Sum the vectors of each text's words: float32 (n, d), not yet of unit length."""
        import numpy as np

        return np.asarray(counts.matrix @ self.table(counts.words), dtype=np.float32)

    def table(self, words: Sequence[str]) -> Array:
        """Return the vectors of these words: float32 (words, d)."""
        import numpy as np

        out = np.empty((len(words), self.vectors.shape[1]), np.float32)
        for i, w in enumerate(words):
            out[i] = self.word(w)
        return out

    def word(self, word: str) -> Array:
        """Return the vector of one word: of its English twin where it has one, else the sum of its pieces."""
        import numpy as np

        found = self._words.get(word)
        if found is None:
            twin = self.twins.get(word) or self.twins.get(fold(word))
            ids = [i for w in (twin.split() if twin else [word]) for i in self.pieces(w)]
            found = self.vectors[ids].sum(0) if ids else np.zeros(self.vectors.shape[1], np.float32)
            if twin and len(twin.split()) > 1:
                found = found / len(twin.split())
            if not self.knows(word) or says_little(word, twin or ""):
                found = found * QUIET
            if len(self._words) < 50_000:
                self._words[word] = found
        return found

    def knows(self, word: str) -> bool:
        """Say whether a word, its stem or its English twin stands whole in the vocabulary, not only in pieces."""
        if word in self.twins or fold(word) in self.twins:
            return True
        return len(self.pieces(word.split("'")[0])) == 1

    def pieces(self, word: str) -> list[int]:
        """Cut a word into known pieces, longest first, as BERT does; rows of `vectors`.

        An apostrophe parts words; a part with something unknown in it gives nothing.
        """
        out: list[int] = []
        for part in fold(word).split("'"):
            out += self._part(part)
        return out

    def _part(self, part: str) -> list[int]:
        out: list[int] = []
        start = 0
        while start < len(part):
            for end in range(len(part), start, -1):
                i = self.ids.get(("##" if start else "") + part[start:end])
                if i is not None:
                    out.append(i)
                    start = end
                    break
            else:
                return []
        return out


def says_little(word: str, twin: str) -> bool:
    """Say whether a word is a function word or filler, in its own language or by its English twin."""
    empty = stop_words(*EMPTY)
    return fold(word) in empty or (bool(twin) and all(w in empty for w in twin.split()))


@lru_cache(maxsize=2)
def static(folder: Path) -> Static:
    """Load the static weights once a process."""
    return Static(folder / "embedder")


def _twins(path: Path) -> dict[str, str]:
    """Read Spanish forms and their English twins, one pair a line; empty where the file is not there."""
    if not path.exists():
        return {}
    lines = gzip.decompress(path.read_bytes()).decode().splitlines()
    pairs = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {es: en for es, en in pairs}


def unit(rows: Array) -> Array:
    """Bring rows to unit length in float32; rows that are zero or not finite become the fixed unit row."""
    import numpy as np

    x = np.asarray(rows, dtype=np.float32)
    norm = np.sqrt(np.einsum("ij,ij->i", x, x, dtype=np.float64))
    good = np.isfinite(norm) & (norm > 1e-9)
    scale = (1 / np.where(good, norm, 1.0)).astype(np.float32)
    out = x * scale[:, None]
    if not good.all():
        out[~good] = x.shape[1] ** -0.5
    return np.asarray(out)


def is_empty(rows: Array) -> Array:
    """Say which rows are the fixed row of texts without a known word."""
    import numpy as np

    return np.asarray((rows == rows[:, :1]).all(1))


def sentences(texts: Sequence[str]) -> list[str]:
    """Return texts that a tokenizer accepts: an empty one becomes a full stop."""
    return [t if t.strip() else "." for t in texts]
