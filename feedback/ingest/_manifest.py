"""`sessions.csv`: what a team keeps about its sessions beside the documents. It gives and corrects header fields."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from feedback.corpus import Session
from feedback.errors import ManifestError, Problem
from feedback.ingest._dates import month_of
from feedback.ingest._fields import consent_of, spa_of
from feedback.ingest._guard import decode, load
from feedback.ingest._header import audience_of, field_of, languages_of, number_value

__all__ = ["Manifest", "find_manifest"]

_ISO = "en es ko zh hy tl vi quc kjb zap mix mam ase ar fa ru km pt ja fr so am nah"
_CODES = frozenset(_ISO.split())
_COLUMNS = {
    "session": "id",
    "code": "id",
    "file": "file",
    "files": "file",
    "document": "file",
    "filename": "file",
    "month": "month",
    "date": "month",
    "audience": "audience",
    "languages": "languages",
    "language": "languages",
    "participants": "participants",
    "n": "participants",
    "spa": "spa",
    "recorded": "recorded",
    "quote_consent": "quote_consent",
    "quotes": "quote_consent",
    "guide": "guide",
}
_KNOWN = {
    "code": "id",
    "quote_consent": "quote_consent",
    "month": "month",
    "audience": "audience",
    "languages": "languages",
    "participants": "participants",
    "spa": "spa",
    "recorded": "recorded",
}


def _month(text: str) -> str | None:
    return month_of(text)


def _audience(text: str) -> str | None:
    return "mixed" if text.strip().lower() in ("mixed", "mixto") else audience_of(text)


def _languages(text: str) -> tuple[str, ...] | None:
    parts = [
        p.strip().lower() for p in text.replace(";", ",").replace("/", ",").replace("+", ",").split(",") if p.strip()
    ]
    if parts and all(p in _CODES for p in parts):
        return tuple(dict.fromkeys(parts))
    main, asides = languages_of(text)
    return main + asides or None


def _recorded(text: str) -> bool | None:
    return {
        "yes": True,
        "y": True,
        "true": True,
        "1": True,
        "sí": True,
        "si": True,
        "no": False,
        "n": False,
        "false": False,
        "0": False,
    }.get(text.strip().lower())


def _participants(text: str) -> int | None:
    number = number_value(text)
    return number if number and 0 < number < 1000 else None


def _spa(text: str) -> int | None:
    return spa_of(text, keyed=True)


_PARSERS: Mapping[str, tuple[Callable[[str], Any], str]] = {
    "month": (_month, "write YYYY-MM"),
    "audience": (_audience, "write youth, family, stakeholder or mixed"),
    "languages": (_languages, "write en, es or both, main one first"),
    "participants": (_participants, "write one number"),
    "spa": (_spa, "write a number from 1 to 8, or leave it empty"),
    "recorded": (_recorded, "write yes or no"),
    "quote_consent": (lambda t: consent_of(t, keyed=True), "write yes, review or no"),
}


def find_manifest(root: Path) -> Path | None:
    """Return the `sessions.csv` of a folder, or None."""
    found = root / "sessions.csv" if root.is_dir() else None
    return found if found and found.is_file() else None


@dataclass(frozen=True)
class Manifest:
    """Rows of `sessions.csv`: (row number, file pattern or None, session or None, fields)."""

    name: str
    rows: tuple[tuple[int, str | None, str | None, Mapping[str, Any]], ...]

    @classmethod
    def load(cls, path: Path, *, base: Path) -> Manifest:
        """Read and check a manifest; raises ManifestError with every problem and its row number."""
        if not path.is_file():
            raise ManifestError([Problem(path.name, "", "there is no such manifest.", "Check the name.")])
        text = decode(load(path), file=path.name)
        reader = csv.reader(io.StringIO(text), delimiter=_delimiter(text))
        heads = [h.strip() for h in next(reader, [])]
        columns = [_column(h) for h in heads]
        if "id" not in columns and "file" not in columns:
            raise ManifestError(
                [
                    Problem(
                        path.name,
                        "row 1",
                        "it has neither a `session` nor a `file` column.",
                        "Name one of them in the first row.",
                    )
                ]
            )
        problems: list[Problem] = []
        rows = []
        for number, cells in enumerate(reader, start=2):
            if any(c.strip() for c in cells):
                rows.append(_row(number, cells, columns, heads, name=path.name, problems=problems))
        folder = base if base.is_dir() else base.parent
        _check(rows, folder=folder, name=path.name, problems=problems)
        if problems:
            raise ManifestError(problems)
        return cls(path.name, tuple(rows))

    def apply(self, session: Session, path: Path) -> Session:
        """Return the session with what the manifest says about its file or its code."""
        for _, file, code, fields in self.rows:
            named = file is not None and (path.name == Path(file).name or path.as_posix().endswith("/" + file))
            if named or (file is None and code is not None and code == session.id):
                extra = {**session.extra, **{k: v for k, v in fields.items() if k not in _PARSERS and k != "guide"}}
                known: dict[str, Any] = {k: v for k, v in fields.items() if k in _PARSERS or k == "guide"}
                session = replace(session, id=code or session.id, extra=extra, **known)
        return session

    def unused(self, sessions: Sequence[Session]) -> list[Problem]:
        """Return a problem for every row that names a session nobody found."""
        have = {s.id for s in sessions}
        return [
            Problem(
                self.name,
                f"row {n}",
                f"there is no document of session {code}.",
                "Add the document, or delete the row.",
                blocking=False,
            )
            for n, file, code, _ in self.rows
            if code and code not in have and file is None
        ]


def _delimiter(text: str) -> str:
    head = text.split("\n", 1)[0]
    return max(",;\t", key=head.count)


def _column(head: str) -> str:
    bare = head.lower().strip().replace(" ", "_")
    return _COLUMNS.get(bare) or _KNOWN.get(field_of(head) or "", bare)


def _row(
    number: int,
    cells: Sequence[str],
    columns: Sequence[str],
    heads: Sequence[str],
    *,
    name: str,
    problems: list[Problem],
) -> tuple[int, str | None, str | None, dict[str, Any]]:
    place = f"row {number}"
    if len(cells) > len(columns):
        problems.append(
            Problem(
                name,
                place,
                f"it has {len(cells)} cells under {len(columns)} headings.",
                "Put cells that hold a comma in quotation marks.",
            )
        )
    fields: dict[str, Any] = {}
    file = code = None
    for column, head, cell in zip(columns, heads, cells, strict=False):
        value = cell.strip()
        if not value:
            continue
        if column == "file":
            file = value.replace("\\", "/")
        elif column == "id":
            code = value
            if "#" in value:
                problems.append(
                    Problem(name, f"{place}, {head}", "a session code cannot hold #.", "Choose another code.")
                )
        elif column in _PARSERS:
            parse, hint = _PARSERS[column]
            fields[column] = parse(value)
            if fields[column] is None:
                problems.append(Problem(name, f"{place}, {head}", "the value cannot be read.", f"Please {hint}."))
        elif column == "guide":
            fields["guide"] = tuple(q.strip() for q in value.split("|") if q.strip())
        elif column:
            fields[column] = value
    if not file and not code:
        problems.append(Problem(name, place, "it names neither a session nor a file.", "Fill one of them."))
    return number, file, code, fields


def _check(
    rows: Sequence[tuple[int, str | None, str | None, Mapping[str, Any]]],
    *,
    folder: Path,
    name: str,
    problems: list[Problem],
) -> None:
    seen: dict[str, int] = {}
    for number, file, code, _ in rows:
        if file and (Path(file).is_absolute() or ".." in Path(file).parts):
            problems.append(
                Problem(name, f"row {number}, file", "it leads out of the folder.", "Name a file inside the folder.")
            )
        elif file and not (folder / file).is_file() and not any(folder.rglob(Path(file).name)):
            problems.append(
                Problem(name, f"row {number}, file", "there is no such file in the folder.", "Check the name.")
            )
        key = file or code or ""
        if key and key in seen:
            problems.append(
                Problem(
                    name,
                    f"row {number}",
                    f"it names the same {'file' if file else 'session'} as row {seen[key]}.",
                    "Keep one of the rows.",
                )
            )
        seen.setdefault(key, number)
