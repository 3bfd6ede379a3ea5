"""Whatever another program or person sends back, by its kind, set against the corpus and the codebook."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from feedback.codebook import Codebook, Coding, Codings
from feedback.corpus import Corpus
from feedback.errors import FeedbackError, RefError
from feedback.exchange._codes import CodesRead, match
from feedback.exchange._losses import Loss, Losses
from feedback.exchange._qdc import read_qdc
from feedback.exchange._read import read_qdpx
from feedback.exchange._settle import Imported, gated, settle
from feedback.exchange._tables import is_highlights, read_consult, read_highlights, refuse
from feedback.exchange._tidy import read_codings


def take_in(path: Path, *, corpus: Corpus, codebook: Codebook, coder: str | None = None) -> Imported:
    """Read people's codings: .qdpx; .csv (ref and code, or Taguette's highlights, .xlsx too); .jsonl; a ThemeFinder folder.

    `coder` is the initials codings go under where the file does not say; tables need it. Machines' codings in a `.qdpx`
    are left out (a tagger makes its own anew), and memos pass the privacy gate first.

    Raises:
        ReadError, TableError: the file is damaged, hostile, or not one of these.
    """
    kind = path.suffix.lower()
    if kind == ".qdpx":
        found = settle(read_qdpx(path), corpus=corpus, codebook=codebook, coder=coder)
        return gated(_people(found))
    if not (path.is_dir() or kind in (".csv", ".xlsx", ".jsonl", ".ndjson")):
        raise refuse(path)
    if not coder:
        raise FeedbackError(f"{path.name}: say whose codings these are (--coder INITIALS)")
    if path.is_dir() or (path.parent / "themes.json").is_file():
        return read_consult(path, corpus=corpus, codebook=codebook, coder=coder)
    if kind in (".csv", ".xlsx") and is_highlights(path):
        return read_highlights(path, corpus=corpus, codebook=codebook, coder=coder)
    if kind == ".xlsx":
        raise refuse(path)
    return gated(_rows(path, corpus=corpus, codebook=codebook, coder=coder))


def read_codebook(path: Path, book: Codebook | None = None) -> tuple[Codebook, Losses]:
    """Read a `.qdc` (or the codebook in a `.qdpx`) into a codebook; returns it and the loss report.

    Codes that the codebook knows (by id, GUID or name) take over name, definition, include, exclude, examples, memo and
    wording; what the machine matches by and how a code is protected stay as they are. New codes come in as proposed.
    """
    if path.suffix.lower() == ".qdpx":
        incoming = read_qdpx(path)
        read, lost = incoming.codes, incoming.lost
        losses = Losses(path.name, "import", (f"{len(read.codebook)} codes",), lost)
    else:
        read, losses = read_qdc(path)
    return (read.codebook, losses) if book is None else _merged(read, book, losses)


def _merged(read: CodesRead, book: Codebook, losses: Losses) -> tuple[Codebook, Losses]:
    known = match(read, book)
    changed, new, groups = 0, 0, dict(book.groups)
    out = book
    for c in read.codebook:
        ident = known[c.id]
        if ident is None:
            if c.parent in read.codebook.groups:
                groups.setdefault(str(c.parent), read.codebook.groups[str(c.parent)])
            above = known.get(c.parent or "") or c.parent
            out, new = out.add(replace(c, parent=above, status="proposed")), new + 1
            continue
        old = book[ident]
        said = {k: getattr(c, k) for k in ("name", "definition", "include", "exclude", "examples", "memo", "report_as")}
        made = replace(old, **{k: v for k, v in said.items() if v})
        out, changed = out.add(made), changed + (made != old)
    kept = (f"{len(read.codebook)} codes: {changed} changed, {new} new (as proposed)",)
    missing = len(set(c.id for c in book) - {v for v in known.values() if v})
    lost = (*losses.lost, Loss(missing, "codes of this project are not in the file; they stay."))
    return replace(out, groups=groups), replace(losses, kept=kept, lost=lost)


def _people(found: Imported) -> Imported:
    people = found.codings.filter(lambda c: c.tagger.startswith("human:"))
    machines = len(found.codings) - len(people)
    loss = Loss(machines, "codings of taggers (rules, models).", "`feedback tag` makes them anew.")
    return replace(found, codings=people, losses=replace(found.losses, lost=(*found.losses.lost, loss)))


def _rows(path: Path, *, corpus: Corpus, codebook: Codebook, coder: str) -> Imported:
    """A table of ref and code, row by row; what names no unit, no code, or a held unit is left out and said."""
    read, left = read_codings(path, coder=coder)
    left_out, good = list[str](left), list[Coding]()
    unknown = {code: n for n, code in enumerate(dict.fromkeys(c.code for c in read if c.code not in codebook), 1)}
    for n, c in enumerate(read, 1):
        try:
            held = corpus.resolve(c.ref).turn.withheld
        except RefError:  # what stands there may be anybody's words
            left_out.append(f"coding {n} of the file: its ref names no unit of this project")
            continue
        if not c.in_terms:
            left_out.append(f"{c.ref}: its category, polarity or about is none of those that a coding can have")
            continue
        if held or c.code in unknown:
            why = f"held by the privacy gate ({held})" if held else f"the codebook has no such code (number {unknown[c.code]})"
            left_out.append(f"{c.ref}: {why}")
        else:
            good.append(c)
    losses = Losses(
        path.name, "import", (f"{len(good)} codings of human:{coder}",), (Loss(len(left_out), "rows left out."),)
    )
    unique = {(c.ref, c.code, c.tagger): c for c in good}
    return Imported(Codings(tuple(unique.values()), corpus, codebook), (), tuple(left_out), losses)
