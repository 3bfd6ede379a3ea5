"""Codebooks as REFI-QDA `.qdc`, both ways."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from feedback.codebook import Code, Codebook
from feedback.errors import ReadError
from feedback.exchange._codes import CodesRead, codes_element, codes_to_xml, xml_to_codes
from feedback.exchange._losses import Loss, Losses
from feedback.exchange._xml import CODEBOOK_NS, MAX_XML, clean, document, local, parse, serialize

ORIGIN = "feedback"


def write_qdc(book: Codebook, path: Path, *, colours: Mapping[str, str] | None = None) -> Losses:
    """Write a codebook as `.qdc`; returns the loss report. The same codebook gives the same bytes."""
    root = document(CODEBOOK_NS, "CodeBook", origin=origin(book))
    codes_to_xml(root, book, ns=CODEBOOK_NS, colours=colours)
    if not len(book):
        raise ReadError("the codebook holds no codes.", file=path.name, remedy="Add a code, then export.")
    path.write_bytes(serialize(root))
    return Losses(path.name, "export", (f"{len(book)} codes in {len(book.groups)} groups",), book_losses(book))


def read_qdc(path: Path) -> tuple[CodesRead, Losses]:
    """Read a `.qdc` of any program; raises ReadError where it is none."""
    try:
        raw = path.read_bytes() if path.stat().st_size <= MAX_XML else b""
    except OSError as err:
        raise ReadError(
            f"the file cannot be opened ({err.strerror}).", file=path.name, remedy="Check the name."
        ) from None
    root = parse(raw, file=path.name)
    if local(root) not in ("CodeBook", "Project"):
        raise ReadError("the file holds no codebook.", file=path.name, remedy="Export the codebook as REFI-QDA (.qdc).")
    name, version = book_name(root.get("origin") or "")
    read = xml_to_codes(codes_element(root), file=path.name, name=name, version=version)
    if not len(read.codebook):
        raise ReadError("the codebook holds no codes.", file=path.name, remedy="Export it again.")
    sets = sum(1 for e in root.iter() if local(e) == "Set")
    lost = (
        Loss(sets, "sets of codes (a code stands in one group only)."),
        *(Loss(n, what) for what, n in sorted(read.oddities.items())),
    )
    kept = (f"{len(read.codebook)} codes in {len(read.codebook.groups)} groups",)
    notes = ("Colours are not kept in the codebook.",) if read.colours else ()
    return read, Losses(path.name, "import", kept, lost, notes)


def origin(book: Codebook) -> str:
    """Say in `origin` who wrote the file, and which codebook it is."""
    named = " ".join(part for part in (book.name, book.version) if part)
    return clean(f"{ORIGIN}; {named}" if named else ORIGIN)


def book_name(said: str) -> tuple[str, str]:
    """Read a codebook's name and version back from `origin`."""
    mark, _, named = said.partition("; ")
    if mark != ORIGIN or not named:
        return "", ""
    name, _, version = named.rpartition(" ")
    return (name, version) if name else (version, "")


def book_losses(book: Codebook) -> tuple[Loss, ...]:
    """What of a codebook has no place in REFI-QDA."""
    names: dict[str, int] = {}
    for c in book:
        names[_seen(c)] = names.get(_seen(c), 0) + 1
    return (
        Loss(sum(n > 1 for n in names.values()), "names that several codes share: some programs merge these codes.",
             "Give each code its own name."),
        Loss(len(book.vocabularies), "vocabularies (lists of plan areas and goals).", "Keep the YAML file."),
        Loss(sum(k != "meta" for k in book.rules), "sections of language rules.", "Keep the YAML file."),
    )  # fmt: skip


def _seen(code: Code) -> str:
    return " ".join(code.name.casefold().split())
