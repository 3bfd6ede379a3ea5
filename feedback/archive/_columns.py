"""Sessions, codings and vectors as columns in one small file each: numpy arrays in a zip, read column by column, no pickle."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from feedback.codebook import Coding, Discourse
from feedback.corpus import Corpus, Session, Speaker, Turn
from feedback.errors import FeedbackError, Problem

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

__all__ = ["HEADER", "Columns", "pack_codings", "pack_corpus", "pack_table", "unpack_codings", "unpack_corpus"]

NONE = -(1 << 31)
WORDS = ("label", "role", "kind", "language", "audience", "file", "withheld")
NUMBERS = ("agreement", "prompt")
TRUTHS = ("verbatim", "parking_lot")
SECONDS = ("start", "end")
HEADER = ("month", "audience", "participants", "spa", "recorded", "quote_consent", "file", "sha256", "format")


class Columns:
    """A packed table: `text(name)`, `word(name)`, `number(name)`, `array(name)` read one column each; `head` is plain JSON."""

    def __init__(self, source: bytes | Path) -> None:
        self._zip = zipfile.ZipFile(io.BytesIO(source) if isinstance(source, bytes) else source)

    def __enter__(self) -> Columns:
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def head(self) -> Any:
        """What stands beside the columns."""
        return json.loads(self._zip.read("head.json"))

    def array(self, name: str) -> Array:
        """A column as it lies there."""
        import numpy as np

        return np.load(io.BytesIO(self._zip.read(f"{name}.npy")), allow_pickle=False)  # type: ignore[no-any-return]

    def text(self, name: str) -> list[str]:
        """A column of texts, each its own."""
        ends = [0, *self.array(f"{name}.ends").tolist()]
        whole = self._zip.read(f"{name}.txt").decode("utf-8", "surrogatepass")
        return [whole[a:b] for a, b in pairwise(ends)]

    def word(self, name: str) -> list[Any]:
        """A column of words that repeat."""
        words = json.loads(self._zip.read(f"{name}.json"))
        return [words[i] for i in self.array(name).tolist()]

    def number(self, name: str) -> list[Any]:
        """A column of whole numbers or None."""
        return [None if v == NONE else v for v in self.array(name).tolist()]

    def column(self, name: str) -> list[Any]:
        """A column of packed sessions, whatever its kind."""
        if name == "text":
            return self.text(name)
        if name in WORDS:
            return self.word(name)
        if name in NUMBERS:
            return self.number(name)
        if name in SECONDS:
            return self.seconds(name)
        if name in TRUTHS:
            return self.array(name).tolist()  # type: ignore[no-any-return]
        raise FeedbackError(f"there is no column {name!r}; there are: text, {', '.join((*WORDS, *NUMBERS, *SECONDS, *TRUTHS))}")

    def seconds(self, name: str) -> list[float | None]:
        """A column of numbers with a point, or None."""
        return [None if v != v else v for v in self.array(name).tolist()]


def pack_table(
    head: Any, *, texts: Mapping[str, Sequence[str]] | None = None, words: Mapping[str, Sequence[Any]] | None = None,
    numbers: Mapping[str, Sequence[Any]] | None = None, arrays: Mapping[str, Any] | None = None,
) -> bytes:  # fmt: skip
    """Pack columns and plain JSON beside them; the same values give the same bytes."""
    import numpy as np

    files: dict[str, bytes] = {"head.json": json.dumps(head, ensure_ascii=False, sort_keys=True).encode("utf-8", "surrogatepass")}
    for name, column in (texts or {}).items():
        files[f"{name}.txt"] = "".join(column).encode("utf-8", "surrogatepass")
        files[f"{name}.ends.npy"] = _npy(np.cumsum([len(t) for t in column], dtype=np.int64))
    for name, values in (words or {}).items():
        known = {v: i for i, v in enumerate(dict.fromkeys(values))}
        files[f"{name}.json"] = json.dumps(list(known), ensure_ascii=False).encode("utf-8", "surrogatepass")
        files[f"{name}.npy"] = _npy(np.array([known[v] for v in values], np.int32 if len(known) > 255 else np.uint8))
    for name, values in (numbers or {}).items():
        files[f"{name}.npy"] = _npy(np.array([NONE if v is None else v for v in values], np.int32))
    for name, array in (arrays or {}).items():
        files[f"{name}.npy"] = _npy(np.asarray(array))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as packed:
        for name, body in files.items():
            packed.writestr(zipfile.ZipInfo(name), body, zipfile.ZIP_DEFLATED, 1)
    return out.getvalue()


def _npy(array: Array) -> bytes:
    import numpy as np

    out = io.BytesIO()
    np.save(out, array, allow_pickle=False)
    return out.getvalue()


def pack_corpus(corpus: Corpus, *, offsets: Sequence[int] = ()) -> bytes:
    """Pack sessions; `offsets` say for each how many of its units stand in parts before this one."""
    turns = [t for s in corpus for t in s.turns]
    head = {
        "sessions": [
            [s.id, len(s.turns), [getattr(s, n) for n in HEADER], list(s.languages), list(s.guide), dict(s.extra)] for s in corpus
        ],
        "offsets": list(offsets) or [0] * len(corpus), "screening": corpus.screening,
        "problems": [[p.file, p.place, p.what, p.remedy, p.blocking] for p in corpus.problems],
        "attributes": {str(i): dict(t.speaker.attributes) for i, t in enumerate(turns) if t.speaker.attributes},
    }  # fmt: skip
    words: dict[str, list[Any]] = {n: [getattr(t, n) for t in turns] for n in WORDS if n not in ("label", "role")}
    words |= {"label": [t.speaker.label for t in turns], "role": [t.speaker.role for t in turns]}
    arrays = {n: [bool(getattr(t, n)) for t in turns] for n in TRUTHS}
    times = {n: [float("nan") if getattr(t, n) is None else float(getattr(t, n)) for t in turns] for n in SECONDS}
    numbers = {n: [getattr(t, n) for t in turns] for n in NUMBERS}
    return pack_table(head, texts={"text": [t.text for t in turns]}, words=words, numbers=numbers, arrays={**arrays, **times})


def unpack_corpus(source: bytes | Path) -> tuple[Corpus, tuple[int, ...]]:
    """Take sessions out again, and their offsets."""
    with Columns(source) as columns:
        head = columns.head()
        words = {n: columns.word(n) for n in WORDS}
        attributes = head["attributes"]
        speakers: dict[tuple[Any, Any], Speaker] = {}
        who = []
        for i, pair in enumerate(zip(words["label"], words["role"], strict=True)):
            if str(i) in attributes:
                who.append(Speaker(*pair, MappingProxyType(attributes[str(i)])))
                continue
            if pair not in speakers:
                speakers[pair] = Speaker(*pair)
            who.append(speakers[pair])
        index = [i for row in head["sessions"] for i in range(row[1])]
        rows = zip(
            index, columns.text("text"), who, words["kind"], words["language"], columns.array("verbatim").tolist(),
            columns.number("agreement"), columns.seconds("start"), columns.seconds("end"), columns.number("prompt"),
            columns.array("parking_lot").tolist(), words["audience"], words["file"], words["withheld"], strict=True,
        )  # fmt: skip
        turns = [Turn(*row) for row in rows]
    sessions, at = [], 0
    for ident, count, header, languages, guide, extra in head["sessions"]:
        known = dict(zip(HEADER, header, strict=True))
        sessions.append(
            Session(ident, tuple(turns[at : at + count]), languages=tuple(languages), guide=tuple(guide),
                    extra=MappingProxyType(extra), **known)
        )  # fmt: skip
        at += count
    problems = tuple(Problem(*p) for p in head["problems"])
    return Corpus(tuple(sessions), problems, head["screening"]), tuple(head["offsets"])


def pack_codings(codings: Sequence[Coding], said: Mapping[str, Discourse]) -> bytes:
    """Pack codings and what each unit does as a whole."""
    spans = [x for c in codings for span in c.evidence for x in span]
    words: dict[str, list[Any]] = {
        n: [getattr(c, n) for c in codings] for n in ("code", "tagger", "category", "polarity", "about", "why")
    }
    words |= {f"said.{n}": [getattr(d, n) for d in said.values()] for n in ("category", "polarity", "about")}
    numbers = {"spans": spans, "many": [len(c.evidence) for c in codings]}
    return pack_table(
        {"codings": len(codings)}, texts={"ref": [c.ref for c in codings], "said.ref": list(said)}, words=words,
        numbers=numbers, arrays={"score": [float(c.score) for c in codings]},
    )  # fmt: skip


def unpack_codings(source: bytes | Path) -> tuple[tuple[Coding, ...], dict[str, Discourse]]:
    """Take codings out again, and what each unit does."""
    with Columns(source) as c:
        spans = iter(c.array("spans").tolist())
        evidence = [tuple((next(spans), next(spans)) for _ in range(n)) for n in c.array("many").tolist()]
        columns: Iterable[Any] = zip(
            c.text("ref"), c.word("code"), c.word("tagger"), c.array("score").tolist(), evidence, c.word("category"),
            c.word("polarity"), c.word("about"), c.word("why"), strict=True,
        )  # fmt: skip
        made = tuple(Coding(*row) for row in columns)
        said = zip(c.word("said.category"), c.word("said.polarity"), c.word("said.about"), strict=True)
        return made, {ref: Discourse(*d) for ref, d in zip(c.text("said.ref"), said, strict=True)}
