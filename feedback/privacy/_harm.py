"""What people tell of harm in words that no rule foresees: the tagger's encoder and the words themselves, weighed together.

`harm.npz` holds small networks over what `models/tagger/model.onnx` sees in a unit (mean, most and first of its pieces), the
weights of hashed words, and the least score at which a unit is held. Written by `python -m feedback.privacy._teach_harm` from
invented lines (`corpora/disclosures`) beside ordinary units (`corpora/training`).
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError
from feedback.gloss import gloss, table, word_pieces
from feedback.networks import network
from feedback.privacy._lexicon import MODELS

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["DETECTOR", "SIZE", "features", "holds", "long", "plain", "seen", "weigh"]

DETECTOR = "harm@2"
MODEL, BASE = MODELS / "harm.npz", MODELS.parent / "tagger"
SIZE = 1 << 17
LENGTH, USUAL, SHORT = 2.0, 20, 10  # long units say more of everything: taken off for each e-fold over so many words
CLS, SEP, MOST = 101, 102, 126  # word pieces of a unit: its beginning and its end
_WORD = re.compile(r"[a-z0-9']+")


@cache
def _encoder() -> tuple[Any, Any, dict[str, str]] | None:
    if not (BASE / "model.onnx").is_file():
        return None
    return network(BASE / "model.onnx"), word_pieces(BASE / "vocab.txt"), dict(table(BASE / "gloss.tsv.gz"))


@cache
def _model() -> dict[str, Array] | None:
    import numpy as np

    if not MODEL.is_file() or not (BASE / "model.onnx").is_file():
        return None
    with np.load(MODEL) as kept:
        model = {name: kept[name] for name in kept.files}
    if zlib.crc32((BASE / "model.onnx").read_bytes()) != int(model["base"]):
        raise FeedbackError(
            "models/privacy/harm.npz was made for another models/tagger/model.onnx; put that file back, or run "
            "python -m feedback.privacy._teach_harm"
        )
    return {k: v.astype(np.float32) for k, v in model.items() if k != "base"}


def features(said: str, glossed: str) -> dict[int, float]:
    """Count hashed words, pairs and threes of the glossed unit, words and pieces of the unit as it stands; each kind of length one.

    Both are lower-case without accents. The value of a bucket is the logarithm of the count, plus one.
    """
    own, english = _WORD.findall(said), _WORD.findall(glossed)
    kinds = (
        [f"w{w}" for w in english] + [f"p{a} {b}" for a, b in pairwise(english)]
        + [f"t{a} {b} {c}" for (a, b), (_, c) in pairwise(pairwise(english))],
        [f"o{w}" for w in own] + [f"q{a} {b}" for a, b in pairwise(own)],
    )  # fmt: skip
    out: dict[int, float] = {}
    for names in kinds:
        counts: dict[int, int] = {}
        for name in names:
            bucket = zlib.crc32(name.encode()) % SIZE
            counts[bucket] = counts.get(bucket, 0) + 1
        values = {b: 1.0 + math.log(n) for b, n in counts.items()}
        length = sum(v * v for v in values.values()) ** 0.5
        for b, v in values.items():
            out[b] = out.get(b, 0.0) + v / length
    return out


def seen(text: str) -> Array:
    """Return what the encoder sees in a unit: mean, most and first of the vectors of its pieces, float32 (1152,).

    Units go one by one: in a batch the int8 arithmetic of one would hang on its neighbours. Raises FeedbackError without it.
    """
    import numpy as np

    loaded = _encoder()
    if loaded is None:
        raise FeedbackError("models/tagger/model.onnx is missing; put the folder models/tagger beside the package")
    session, tokenizer, words = loaded
    pieces = tokenizer.encode(gloss(text, words), add_special_tokens=False).ids
    kept = pieces if len(pieces) <= MOST else pieces[: MOST // 2] + pieces[-MOST // 2 :]
    ids = np.array([[CLS, *kept, SEP]], np.int64)
    given = {"input_ids": ids, "token_type_ids": np.zeros_like(ids), "attention_mask": np.ones_like(ids)}
    hidden = session.run(None, given)[0][0]
    out: Array = np.concatenate([hidden.mean(0), hidden.max(0), hidden[0]])
    return out


def plain(text: str) -> str:
    """Lower-case without accents, code point by code point, so that offsets stay true."""
    out = []
    for c in text.replace("’", "'"):
        low = unicodedata.normalize("NFD", c)[0].lower()
        out.append(low if len(low) == 1 else c)
    return "".join(out)


def long(text: str) -> float:
    """Return what is taken off a unit's weight for its length (added where it is short)."""
    return LENGTH * math.log(max(SHORT, len(text.split())) / USUAL)


def weigh(text: str) -> float:
    """Return how much a unit sounds like a telling, for its length; minus infinity without the model."""
    loaded, model = _encoder(), _model()
    if loaded is None or model is None:
        return -math.inf
    import numpy as np

    counted = features(plain(text), plain(gloss(text, loaded[2])))
    inner = seen(text) @ model["first"] + model["bias"]
    bent = inner * 0.5 * (1 + np.array([math.erf(v) for v in inner / math.sqrt(2)], np.float32))
    heard = sum(float(model["words"][b]) * v for b, v in counted.items())
    return float(bent @ model["last"]) + heard + float(model["shift"]) - long(text)


def holds(text: str) -> bool:
    """Whether the unit has to be read by a person first; False where the model is not there."""
    model = _model()
    return model is not None and len(text.strip()) >= 12 and weigh(text) >= float(model["least"])
