"""One file or a folder of them: which reader reads what, which sessions belong together, what stayed out and why."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from os import PathLike
from pathlib import Path
from typing import Any

from feedback.corpus import Corpus, Session
from feedback.crew import Crew, crew
from feedback.errors import FeedbackError, Problem, ReadError, RefusedFile, UnsupportedFormat
from feedback.ingest._guard import load, sniff
from feedback.ingest._hidden import hidden_parts
from feedback.ingest._manifest import Manifest, find_manifest
from feedback.ingest._signin import is_sign_in_name, refusal
from feedback.ingest._units import finish

__all__ = ["documents", "merge", "read", "read_bytes", "read_file"]

_BY_KIND = {
    "docx": "_docx",
    "odt": "_odt",
    "rtf": "_rtf",
    "pdf": "_pdf",
    "xlsx": "_sheets",
    "xls": "_sheets",
    "ods": "_sheets",
}
_BY_SUFFIX = {
    ".txt": "_text", ".text": "_text", ".md": "_text", ".markdown": "_text", ".vtt": "_captions", ".srt": "_captions",
    ".sbv": "_captions", ".xml": "_captions", ".ttml": "_captions", ".csv": "_sheets", ".tsv": "_sheets", ".tab": "_sheets",
    ".json": "_json", ".jsonl": "_json", ".ndjson": "_json",
}  # fmt: skip
_READABLE = frozenset(
    {*_BY_SUFFIX, ".docx", ".odt", ".rtf", ".pdf", ".xlsx", ".xlsm", ".xls", ".ods", ".docm", ".dotx"}
)
_TYPE, _UNPACK, _SAVE = (
    "Type what it shows, or export its text, and send that.", "Unpack it and send the documents inside.",
    "Save its notes or text as a Word document.",
)  # fmt: skip
_INSTEAD = {
    ".heic": _TYPE, ".heif": _TYPE, ".jpg": _TYPE, ".jpeg": _TYPE, ".png": _TYPE, ".gif": _TYPE, ".tif": _TYPE, ".tiff": _TYPE,
    ".bmp": _TYPE, ".webp": _TYPE, ".zip": _UNPACK, ".rar": _UNPACK, ".7z": _UNPACK, ".gz": _UNPACK, ".ppt": _SAVE, ".pptx": _SAVE,
    ".odp": _SAVE, ".one": _SAVE, ".eml": _SAVE, ".msg": _SAVE,
}  # fmt: skip
_BESIDE_LIST = """
    readme key license licence copying changelog datasheet manifest codebook plan targets sessions codings
    answers answer_key answer-key makefile notice index
"""
_BESIDE = frozenset(_BESIDE_LIST.split())
_QUIET = frozenset(
    {
        ".yaml",
        ".yml",
        ".toml",
        ".py",
        ".db",
        ".sqlite",
        ".lock",
        ".ini",
        ".cfg",
        ".log",
        ".html",
        ".css",
        ".js",
        ".gz",
        ".sha256",
        ".ipynb",
        ".qdc",
        ".qdpx",
    }
)
_WANTED = "We read .docx .pdf .txt .md .rtf .odt .vtt .srt .csv .xlsx .json."


def read(
    path: str | PathLike[str], *, manifest: str | PathLike[str] | None = None, scheduler: Any = None, workers: int = 1
) -> Corpus:
    """Read a document, or every document of a folder and its sub-folders, into a corpus.

    In a folder, what cannot be read becomes a `Problem` in `corpus.problems` and the rest is read; a single file that
    cannot be read raises. A manifest (`manifest`, or `sessions.csv` in the folder) gives or corrects header fields. The
    files of a folder are read by `workers` processes, or by the workers of a Dask `scheduler` (address or Client), if given.

    Raises:
        ReadError: the file (or folder) is missing, broken or hostile; UnsupportedFormat, RefusedFile are kinds of it.
        ManifestError: the manifest has rows that do not fit; all of them are listed.
    """
    root = Path(path)
    if not root.exists():
        raise ReadError("there is no such file or folder.", file=root.name or str(path), remedy="Check the name.")
    given = Path(manifest) if manifest is not None else find_manifest(root)
    table = Manifest.load(given, base=root) if given else None
    if root.is_file():
        session, problems = read_file(root)
        return Corpus((table.apply(session, root) if table else session,), tuple(problems))
    with crew(scheduler, workers=workers) as hands:
        return _read_folder(root, table, skip=given, hands=hands)


def read_file(path: Path) -> tuple[Session, list[Problem]]:
    """Read one document into its session and the non-blocking problems in it; raises ReadError."""
    return read_bytes(path, _bytes_of(path))


def _bytes_of(path: Path) -> bytes:
    if is_sign_in_name(path.stem):
        raise RefusedFile(refusal[0], file=path.name, remedy=refusal[1])
    return load(path)


def read_bytes(path: Path, raw: bytes) -> tuple[Session, list[Problem]]:
    """Read a document whose bytes are here already (`path` gives its name); otherwise as `read_file`."""
    name = path.name
    kind = sniff(raw, file=name)
    module = _reader_of(path, kind)
    try:
        document = import_module(f"feedback.ingest.{module}").read_document(path, raw)
    except FeedbackError:
        raise
    except RecursionError:
        raise ReadError(
            "the file is nested far too deeply to be a document.", file=name, remedy="Save it again and send that copy."
        ) from None
    except Exception as error:  # whatever a format library throws at a damaged file, without its words
        raise ReadError(
            f"the file is damaged or is not what its name says ({type(error).__name__}).",
            file=name,
            remedy="Open it, save it again, and send that copy.",
        ) from None
    if not document.drafts:
        raise ReadError(
            "there are no words in it.",
            file=name,
            remedy="If it is a scan or a picture, type it or run text recognition first.",
        )
    problems = [replace(p, file=name) for p in document.problems]
    session = finish(document, file=name, sha256=hashlib.sha256(raw).hexdigest())
    hidden = hidden_parts(raw, kind)
    return (replace(session, extra={**session.extra, **hidden}) if hidden else session), problems


def _reader_of(path: Path, kind: str) -> str:
    if kind in _BY_KIND:
        return _BY_KIND[kind]
    suffix = path.suffix.lower()
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if suffix in _READABLE:  # a .docx that is plain text, say
        raise ReadError(
            f"the file is not a {suffix} document: it is damaged, or was renamed.",
            file=path.name,
            remedy="Open it, save it again, and send that copy.",
        )
    raise UnsupportedFormat(f"we do not read {suffix or 'files without a suffix'}.", file=path.name, remedy=_WANTED)


def _documents(root: Path) -> Iterator[Path]:
    """Yield the files of a folder in order, without hidden files, locks and links that lead out of it."""
    for path in sorted(root.rglob("*"), key=lambda p: p.relative_to(root).as_posix()):
        parts = path.relative_to(root).parts
        if any(p.startswith((".", "~$", "__")) for p in parts) or not path.is_file():
            continue
        if path.is_symlink() and not path.resolve().is_relative_to(root.resolve()):
            continue
        yield path


def _beside(path: Path) -> bool:
    """Say whether a file stands beside the sessions (README, key, codebook, plan) rather than being one."""
    stem = path.stem.lower()
    if path.suffix.lower() in _QUIET or stem in _BESIDE:
        return True
    return stem.split("-")[0] in ("readme", "codebook", "plan", "datasheet") or (
        path.suffix.lower() == ".jsonl" and stem.split("_")[0] in ("truth", "codes", "sessions", "key")
    )


def documents(root: Path, problems: list[Problem], *, skip: Path | None = None) -> Iterator[Path]:
    """Yield what there is to read in a folder; files of a kind that we do not read become problems."""
    for path in _documents(root):
        if (skip and path.resolve() == skip.resolve()) or _beside(path):
            continue
        suffix = path.suffix.lower()
        if suffix not in _READABLE and suffix not in (".doc", ".pages", ".m4a", ".mp3", ".wav", ".mp4"):
            what = f"we do not read {path.suffix or 'files without a suffix'}; it was left out."
            problems.append(Problem(path.name, "", what, _INSTEAD.get(suffix, _WANTED), blocking=False))
            continue
        yield path


def _read_folder(root: Path, table: Manifest | None, *, skip: Path | None, hands: Crew) -> Corpus:
    found: list[Session] = []
    problems: list[Problem] = []
    for path, session, inside in hands.map(_attempt, map(_loaded, documents(root, problems, skip=skip))):
        problems.extend(inside)
        if session is not None:
            found.append(table.apply(session, path) if table else session)
    sessions = merge(found, problems)
    if table:
        problems.extend(table.unused(sessions))
    return Corpus(tuple(sessions), tuple(problems))


def _loaded(path: Path) -> tuple[Path, bytes | Problem]:
    try:
        return path, _bytes_of(path)
    except ReadError as error:
        return path, error.problem


def _attempt(given: tuple[Path, bytes | Problem]) -> tuple[Path, Session | None, list[Problem]]:
    """Read one document of a folder, wherever the work is done; what cannot be read is a problem."""
    path, raw = given
    if isinstance(raw, Problem):
        return path, None, [raw]
    try:
        return path, *read_bytes(path, raw)
    except ReadError as error:
        beside = path.suffix.lower() == ".jsonl" and isinstance(error, UnsupportedFormat)
        return path, None, [] if beside else [error.problem]


def merge(found: list[Session], problems: list[Problem]) -> list[Session]:
    """Join files of one session, keep copies and contradictions out, in the order they were read."""
    merged: dict[str, Session] = {}
    seen: dict[str, str] = {}
    for session in found:
        if session.sha256 in seen:
            problems.append(
                Problem(
                    session.file,
                    "",
                    f"it is the same file as {seen[session.sha256]}; it was read once.",
                    "Delete one of them.",
                )
            )
            continue
        seen[session.sha256] = session.file
        first = merged.get(session.id)
        if first is None:
            merged[session.id] = session
        elif clash := _clash(first, session):
            problems.append(
                Problem(
                    session.file,
                    "",
                    f"it says it is session {session.id}, like {first.file}, but {clash}; it was kept out.",
                    "Correct the session code or the header of one of them.",
                )
            )
        else:
            merged[session.id] = _join(first, session)
    return list(merged.values())


def _clash(first: Session, second: Session) -> str | None:
    for name in ("month", "audience"):
        a, b = getattr(first, name), getattr(second, name)
        if a and b and a != b:
            return f"another {name} ({b}, not {a})"
    return None


def _join(first: Session, second: Session) -> Session:
    """Let a second file of a session go on where the first ended; each turn says which file it stands in."""
    shift = len(first.turns)
    moved = tuple(
        replace(t, index=t.index + shift, prompt=None if t.prompt is None else t.prompt + shift) for t in second.turns
    )
    filled = {
        name: getattr(first, name) if getattr(first, name) not in (None, ()) else getattr(second, name)
        for name in ("month", "audience", "languages", "participants", "spa", "recorded", "guide")
    }
    order = ("no", None, "review", "yes")
    consent = (
        min(first.quote_consent, second.quote_consent, key=order.index)
        if first.quote_consent and second.quote_consent
        else first.quote_consent or second.quote_consent
    )
    return replace(
        first, turns=first.turns + moved, quote_consent=consent, extra={**second.extra, **first.extra}, **filled
    )
