"""Large files piece by piece: what arrived stays when the connection is lost or the page closed, and is gone on from there."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING, Any

from starlette.responses import JSONResponse

from feedback.errors import StoreError
from feedback.store import Parts, Quota
from feedback.web._ask import Ask

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.web._desk import Desk

PIECE, MOST_BYTES = 256 * 1024, 50 * 2**20
EACH, ALL = 3 * MOST_BYTES, 20 * MOST_BYTES
KEEP = 24 * 3600.0
_SHA = re.compile(r"[0-9a-f]{64}")


def parts(desk: Desk) -> Parts:
    """The pieces of a project, with what may wait at most."""
    return Parts(desk.store, each=EACH, all_=ALL)


def part(ask: Ask) -> Response:
    """Say how much of a file is there (GET), or take its next piece (POST); answers `have`, where to go on."""
    person = ask.need("can_upload")
    sha, size, start = ask.query("file"), _number(ask.query("size")), _number(ask.query("start"))
    if not _SHA.fullmatch(sha) or size is None or size < 1:
        return JSONResponse({"why": ask.t("This did not work")}, 400)
    if size > MOST_BYTES:
        return JSONResponse({"why": ask.t("That is too large: 50 MB a file is the most we take.")}, 413)
    kept, file = parts(ask.desk), name_of(str(person), sha, size)
    if ask.request.method == "GET":
        return ask.json({"have": kept.have(file)})
    piece = ask.body
    if start is None or not 0 < len(piece) <= PIECE:
        return JSONResponse({"why": ask.t("This did not work")}, 400)
    kept.sweep(older=KEEP)
    sealed = ask.desk.seal.close(piece, name=f"{file}:{start}")
    try:
        return ask.json({"have": kept.add(file, sealed, who=str(person), start=start, end=start + len(piece), size=size)})
    except Quota:
        words = "Too much is on its way already. Finish those files first, or wait a day."
        return JSONResponse({"why": ask.t(words)}, 413)


class Wanting(Exception):
    """A file's pieces are not all there, or are not those of the file: it has to be sent again."""


def whole(desk: Desk, who: str, sha: str, size: int) -> bytes:
    """Put a file together and hold it against its SHA-256; raises Wanting (and lets go of what cannot be right)."""
    kept, file = parts(desk), name_of(who, sha, size)
    out = bytearray()
    for start, sealed in kept.pieces(file):
        try:
            out += desk.seal.open(sealed, name=f"{file}:{start}") if start == len(out) else b""
        except StoreError:
            break
    if len(out) < size:
        if kept.have(file) >= size:
            kept.drop([file])
        raise Wanting
    if len(out) != size or hashlib.sha256(out).hexdigest() != sha:
        kept.drop([file])
        raise Wanting
    return bytes(out)


def named(said: list[str]) -> list[tuple[str, int, str]]:
    """(SHA-256, size, name) of the files that a form says came in pieces; what is not so written is left out."""
    out: list[tuple[str, int, str]] = []
    for line in said:
        sha, _, rest = line.partition(":")
        size, _, name = rest.partition(":")
        number = _number(size)
        if _SHA.fullmatch(sha) and number is not None and 0 < number <= MOST_BYTES:
            out.append((sha, number, name))
    return out


def name_of(who: str, sha: str, size: int) -> str:
    """Whose file it is and which, as one name that tells neither."""
    return hashlib.sha256(f"{who}|{sha}|{size}".encode()).hexdigest()[:32]


def left(ask: Ask) -> dict[str, Any]:
    """What a person's unfinished files amount to: how many, and megabytes there and in all."""
    found = parts(ask.desk).waiting(str(ask.person))
    there, size = (sum(f[n] for f in found) / 2**20 for n in (0, 1))
    return {"files": len(found), "there": f"{there:.1f}", "size": f"{size:.1f}"}


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
