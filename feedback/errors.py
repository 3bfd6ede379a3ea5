"""Every error of the package, in one tree.

    FeedbackError
    ├─ ReadError (ValueError)            a document cannot be read: file, place, remedy
    │  ├─ UnsupportedFormat              its kind is not one we read
    │  └─ RefusedFile                    it should not be here at all (a sign-in sheet)
    ├─ TableError (ValueError)           rows or keys of a file that a person wrote do not fit: problems
    │  ├─ ManifestError                  sessions.csv
    │  ├─ CodebookError                  codebook.yaml, codebook.csv
    │  └─ PlanError                      plan.yaml
    ├─ LeakError (PermissionError)       open findings: nothing may pass the gate
    ├─ RefError (KeyError)               an address that nothing answers to
    ├─ VerifyError (ValueError)          a finished brief no longer says what the project says
    ├─ StoreError (RuntimeError)         the project file: newer than this program, locked, damaged
    └─ NotInstalled (ImportError)        an extra is missing: says what to install

Messages say what is wrong, where, and what to do. They hold addresses, never a participant's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "CodebookError", "FeedbackError", "LeakError", "ManifestError", "NotInstalled", "PlanError", "Problem",
    "ReadError", "RefError", "RefusedFile", "StoreError", "TableError", "UnsupportedFormat", "VerifyError",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that could not be used, where it stands, and what to do about it.

    Attributes:
        file: name of the file, without folders.
        place: line, row, page, cue or key, in words; empty where the whole file is meant.
        what: what is wrong. Never a participant's words.
        remedy: what a person can do.
        blocking: True where the file (not just a part of it) stayed out.
    """

    file: str
    place: str
    what: str
    remedy: str = ""
    blocking: bool = True

    def __str__(self) -> str:
        where = f"{self.file}, {self.place}" if self.place else self.file
        return f"{where}: {self.what}" + (f" {self.remedy}" if self.remedy else "")


class FeedbackError(Exception):
    """Anything that this package raises on purpose."""


class ReadError(FeedbackError, ValueError):
    """A document cannot be read; `problem` says where and what to do."""

    def __init__(self, what: str, *, file: str = "", place: str = "", remedy: str = "") -> None:
        self.problem = Problem(file, place, what, remedy)
        super().__init__(str(self.problem) if file else f"{what} {remedy}".strip())


class UnsupportedFormat(ReadError):
    """The kind of file is not one we read."""


class RefusedFile(ReadError):
    """The file should not be uploaded at all: it lists names."""


class TableError(FeedbackError, ValueError):
    """A file that a person wrote has rows or keys that do not fit; all of them are in `problems`."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems = (Problem("", "", problems),) if isinstance(problems, str) else tuple(problems)
        super().__init__("\n".join(str(p).removeprefix(": ") for p in self.problems))


class ManifestError(TableError):
    """`sessions.csv` names files or values that do not fit."""


class CodebookError(TableError):
    """A codebook cannot be used."""


class PlanError(TableError):
    """A plan file cannot be used."""


class LeakError(FeedbackError, PermissionError):
    """There are open findings; `refs` are the addresses, never the words."""

    def __init__(self, message: str, refs: Iterable[str] = ()) -> None:
        self.refs = tuple(refs)
        super().__init__(message)


class RefError(FeedbackError, KeyError):
    """An address that nothing answers to."""

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""


class VerifyError(FeedbackError, ValueError):
    """A finished brief no longer says what the project says."""


class StoreError(FeedbackError, RuntimeError):
    """The project file is newer than this program, locked or damaged."""


class NotInstalled(FeedbackError, ImportError):
    """An optional part is missing; the message names the extra that brings it."""
