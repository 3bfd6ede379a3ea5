"""What people tell of harm in words that no rule foresees: the tagger's encoder, turned to it, and the words themselves.

`harm.npz` holds what turns the last layers of `models/tagger/model.onnx` (`_turned.py`), a small network over what it then sees
in a unit, the weights of hashed words, and the least score at which a unit is held. Written by `python -m
feedback.privacy._teach_harm` from invented lines (`corpora/disclosures`) beside ordinary units (`corpora/training`).
"""

from __future__ import annotations

import math
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError
from feedback.gloss import gloss, table, word_pieces
from feedback.networks import network
from feedback.privacy._lexicon import MODELS
from feedback.privacy._turned import turned

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["DETECTOR", "SIZE", "features", "holds", "long", "pieces", "plain", "pool", "seen", "weigh"]

DETECTOR = "harm@5"
MODEL, BASE = MODELS / "harm.npz", MODELS.parent / "tagger"
SIZE = 1 << 17
LENGTH, USUAL, SHORT = 2.0, 20, 10  # long units say more of everything: taken off for each e-fold over so many words
CLS, SEP, MOST = 101, 102, 126  # word pieces of a unit: its beginning and its end
_WORD = re.compile(r"[a-z0-9']+")
_NUMBERS = (  # ages as they are written out, where a placeholder has only their band
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
_PLACEHOLDER = re.compile(r"\[([A-ZÁÉÍÓÚÑ][A-ZÁÉÍÓÚÑ ,]*?)(?: \d+)?\]")
_BAND = re.compile(r"\[(?:AGE|EDAD) (\d+)-(\d+)\]")


@cache
def _cutter() -> tuple[Any, dict[str, str]]:
    return word_pieces(BASE / "vocab.txt"), dict(table(BASE / "gloss.tsv.gz"))


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


@cache
def _reader() -> Any:
    model = _model()
    if model is None:
        raise FeedbackError("models/tagger/model.onnx or models/privacy/harm.npz is missing; put the folder models back")
    return network(BASE / "model.onnx", weights=turned((BASE / "model.onnx").read_bytes(), model))


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


def pieces(text: str) -> Array:
    """Cut a unit, Spanish glossed, as the encoder reads it: int64 (1, pieces)."""
    import numpy as np

    tokenizer, words = _cutter()
    found = tokenizer.encode(gloss(text, words), add_special_tokens=False).ids
    kept = found if len(found) <= MOST else found[: MOST // 2] + found[-MOST // 2 :]
    return np.array([[CLS, *kept, SEP]], np.int64)


def pool(reader: Any, model: Mapping[str, Array], text: str) -> Array:
    """Return what a session sees in a unit: mean and most of its pieces' vectors, and a mean for each thing asked, (2304,)."""
    import numpy as np

    ids = pieces(text)
    given = {"input_ids": ids, "token_type_ids": np.zeros_like(ids), "attention_mask": np.ones_like(ids)}
    hidden = reader.run(None, given)[0][0]
    asked = hidden @ model["ask"].astype(np.float32) + model["ask_bias"]
    heed = np.exp(asked - asked.max(0))
    out: Array = np.concatenate([hidden.mean(0), hidden.max(0), ((heed / heed.sum(0)).T @ hidden).ravel()])
    return out


def seen(text: str) -> Array:
    """Return what the turned encoder sees in a unit, float32 (2304,).

    Units go one by one: in a batch the int8 arithmetic of one would hang on its neighbours. Raises FeedbackError without it.
    """
    return pool(_reader(), _model() or {}, text)


def readings(text: str) -> Iterator[str]:
    """Yield a unit as it may have stood before placeholders did: each age of a band, other things by what they are.

    >>> list(readings("he's [AGE 6-7], [AUNT] says, at [SCHOOL 2]"))[:2]
    ["he's six, aunt says, at school", "he's 6, aunt says, at school"]
    """
    said = _PLACEHOLDER.sub(lambda m: m[1].lower(), text)
    bands = [(int(m[1]), int(m[2])) for m in _BAND.finditer(said)]
    if not bands:
        yield said
    for more in range(max((b - a + 1 for a, b in bands), default=0)):
        ages = [min(a + more, b) for a, b in bands]
        yield _aged(said, ages, written=True)
        yield _aged(said, ages, written=False)


def _aged(text: str, ages: list[int], *, written: bool) -> str:
    left = iter(ages)

    def said(_: re.Match[str]) -> str:
        age = next(left)
        return _NUMBERS[age] if written and age < len(_NUMBERS) else str(age)

    return _BAND.sub(said, text)


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
    model = _model()
    if model is None:
        return -math.inf
    import numpy as np

    counted = features(plain(text), plain(gloss(text, _cutter()[1])))
    inner = seen(text) @ model["first"] + model["bias"]
    bent = inner * 0.5 * (1 + np.array([math.erf(v) for v in inner / math.sqrt(2)], np.float32))
    heard = sum(float(model["words"][b]) * v for b, v in counted.items())
    return float(bent @ model["last"]) + heard + float(model["shift"]) - long(text)


def holds(text: str) -> bool:
    """Whether a person has to read the unit first, whatever its placeholders stand for; False where the model is not there."""
    model = _model()
    return model is not None and len(text.strip()) >= 12 and all(weigh(t) >= float(model["least"]) for t in readings(text))
