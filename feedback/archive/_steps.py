"""What a worker does with one part: read, look, clear, tag, embed, place. Bytes in, bytes out; nothing is written here."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

from feedback.archive._columns import pack_codings, pack_corpus, pack_table, unpack_corpus
from feedback.archive._gone import Gone
from feedback.archive._inputs import Piece
from feedback.corpus import Corpus, Ref, Session
from feedback.errors import FeedbackError, Problem
from feedback.ingest import Manifest, merge, read_bytes
from feedback.privacy import Finding, Roster, clear, label_names, look, unnamed
from feedback.tagging import Part

__all__ = [
    "Attempt", "clear_part", "embed_part", "look_part", "moved", "pack_rows", "place_part", "read_part", "shift", "tag_part",
    "unpack_rows",
]  # fmt: skip

Made = dict[str, bytes]


@dataclass(frozen=True)
class Attempt:
    """A step whose failure on one part is reported, by place and kind, while the others go on."""

    step: Callable[..., Made]

    def __call__(self, *given: Any) -> Made | str:
        """Do the step; return what it made, or in words why not."""
        try:
            return self.step(*given)
        except FeedbackError as error:
            return str(error)
        except Exception as error:  # whatever a library throws at a part, without its words
            return f"a fault of this program ({type(error).__name__}); please report it"


def read_part(part: Sequence[Piece], *, table: Manifest | None = None, gone: Gone | None = None) -> Made:
    """Read the documents or rows of a part into packed sessions, without those that were withdrawn."""
    sessions: list[Session] = []
    problems: list[Problem] = []
    for n, piece in enumerate(part):
        try:
            session, inside = read_bytes(Path(piece.name), piece.body)
        except FeedbackError as error:
            found = getattr(error, "problem", None) or Problem(piece.name, "", str(error))
            problems.append(replace(found, place=f"session {n + 1} of this part") if piece.session else found)
            continue
        if piece.session:
            mark = hashlib.sha256(f"{n}|{session.sha256}".encode()).hexdigest()
            session = replace(session, id=piece.session, sha256=mark)
        sessions.append(table.apply(session, Path("/", piece.path or piece.name)) if table else session)
        problems += inside
    whole = (gone or Gone()).left((_coded(s) for s in merge(sessions, problems)), problems)
    found = unnamed(problems, [piece.name for piece in part], roster=None)
    return {"read": pack_corpus(Corpus(tuple(whole), tuple(found)))}


def _coded(session: Session) -> Session:
    """Give a session another code where its own is somebody's name: addresses stand in lists and logs."""
    code = f"session-{hashlib.sha256(session.id.encode()).hexdigest()[:8]}"
    return replace(session, id=code) if label_names(session.id) else session


def look_part(body: bytes, *, roster: Roster | None, context: bool) -> Made:
    """Find by what somebody could be recognised."""
    corpus, _ = unpack_corpus(body)
    return {"found": pack_rows(look(corpus, roster=roster, context=context))}


def clear_part(given: tuple[bytes, list[Finding], Mapping[str, tuple[str, str, str]], list[int], tuple[int, ...]]) -> Made:
    """Put placeholders, withhold what is in doubt, seal."""
    body, findings, decisions, numbers, offsets = given
    corpus, _ = unpack_corpus(body)
    back = {s.id: -n for s, n in zip(corpus, offsets, strict=True) if n}
    forth = {k: -n for k, n in back.items()}
    cleared, audit = clear(corpus, [shift(f, back) for f in findings], decisions=decisions, numbers=numbers)
    states: dict[str, int] = {}
    for state in audit.states().values():
        states[state] = states.get(state, 0) + 1
    rows = [list(astuple(shift(f, forth))) for f in audit.findings]
    return {"clear": pack_corpus(cleared, offsets=offsets), "findings": pack_rows({"states": states, "rows": rows})}


def tag_part(body: bytes, *, work: Part) -> Made:
    """Lay codes on what passed the gate."""
    corpus, offsets = unpack_corpus(body)
    codings, said = work(corpus)
    by = {s.id: n for s, n in zip(corpus, offsets, strict=True) if n}
    if by:
        codings = [shift(c, by) for c in codings]
        said = {moved(ref, by): d for ref, d in said.items()}
    return {"codings": pack_codings(codings, said)}


def embed_part(body: bytes) -> Made:
    """Turn participants' units into vectors."""
    from feedback.topics import Embedder

    corpus, offsets = unpack_corpus(body)
    segments = list(corpus.segments())
    refs = _refs(segments, corpus, offsets)
    vectors = Embedder().encode([s.text for s in segments])
    return {"vectors": pack_table({"model": "static"}, texts={"ref": refs}, arrays={"vectors": vectors})}


def place_part(model: Any, body: bytes) -> Made:
    """Give every participant's unit that says something the topic it sits best in, and how well."""
    import numpy as np

    from feedback.topics import worth

    corpus, offsets = unpack_corpus(body)
    segments, _ = worth(corpus)
    refs = _refs(segments, corpus, offsets)
    if segments:
        topic, fit, well = model.place([s.text for s in segments])
    else:
        topic, fit, well = np.zeros(0, np.int32), np.zeros(0), np.zeros(0, bool)
    arrays = {"topic": np.asarray(topic, np.int32), "fit": np.asarray(fit, np.float64), "well": np.asarray(well, bool)}
    words: dict[str, list[Any]] = {"session": [s.session.id for s in segments], "audience": [s.audience for s in segments]}
    return {"places": pack_table({}, texts={"ref": refs}, words=words, arrays=arrays)}


def _refs(segments: Sequence[Any], corpus: Corpus, offsets: Sequence[int]) -> list[str]:
    by = {s.id: n for s, n in zip(corpus, offsets, strict=True) if n}
    return [moved(s.ref, by) for s in segments] if by else [s.ref for s in segments]


def shift(value: Any, by: Mapping[str, int]) -> Any:
    """Move the address of a finding or coding in a session that goes on from an earlier part."""
    return replace(value, ref=moved(value.ref, by)) if by and "#" in value.ref else value


def moved(ref: str, by: Mapping[str, int]) -> str:
    """Move an address in a session that goes on from an earlier part."""
    place = Ref.parse(ref)
    return str(replace(place, index=place.index + by[place.session])) if place.session in by else ref


def pack_rows(rows: Any) -> bytes:
    """Pack plain rows."""
    return zlib.compress(json.dumps(rows, ensure_ascii=False).encode("utf-8", "surrogatepass"), 1)


def unpack_rows(body: bytes) -> Any:
    """Take plain rows out again."""
    return json.loads(zlib.decompress(body).decode("utf-8", "surrogatepass"))
