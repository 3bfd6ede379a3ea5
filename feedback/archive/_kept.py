"""The folder of an archive: what lies where, each file named by what it was made from, written whole or not at all."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from feedback.errors import StoreError

__all__ = ["Kept", "Piecework", "mark"]

VERSION = 1


@dataclass(frozen=True, slots=True)
class Piecework:
    """One part of the archive: its content's name, the file it came from, and its sessions as (code, units, units before)."""

    name: str
    source: str
    sessions: tuple[tuple[str, int, int, int], ...] = ()  # code, units here, units in earlier parts, number of the session

    @property
    def units(self) -> int:
        """How many units it holds."""
        return sum(n for _, n, _, _ in self.sessions)

    @property
    def offsets(self) -> tuple[int, ...]:
        """For each session, how many of its units stand in earlier parts."""
        return tuple(before for _, _, before, _ in self.sessions)


def mark(*what: object) -> str:
    """Name what was made from these values."""
    return hashlib.sha256(repr(what).encode("utf-8", "surrogatepass")).hexdigest()[:16]


@dataclass
class Kept:
    """The folder and its table of contents (`archive.json`)."""

    folder: Path
    parts: list[Piecework] = field(default_factory=list)
    said: dict[str, Any] = field(default_factory=dict)  # what each step was done with: step -> {...}

    @classmethod
    def open(cls, folder: Path) -> Kept:
        """Open a folder, or begin one that only its owner can look into. Raises StoreError where it is not an archive's."""
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = folder / "archive.json"
        if not path.is_file():
            if any(folder.iterdir()) and not any(folder.glob("*.part-*")) and not (folder / "parts").is_dir():
                raise StoreError(f"the folder {folder.name} holds other things: name an empty or a new one for the archive")
            (folder / "parts").mkdir(mode=0o700, exist_ok=True)
            return cls(folder)
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            parts = [Piecework(p["name"], p["source"], tuple(tuple(s) for s in p["sessions"])) for p in found["parts"]]
        except (ValueError, KeyError, TypeError):
            said = f"{folder.name}/archive.json is damaged: put it back from a safe copy, or add the files anew"
            raise StoreError(said) from None
        if found["version"] > VERSION:
            raise StoreError(f"the archive {folder.name} was made by a newer version of this program")
        return cls(folder, parts, found["said"])

    def save(self) -> None:
        """Write the table of contents."""
        body = {"version": VERSION, "parts": [asdict(p) for p in self.parts], "said": self.said}
        self.put(self.folder / "archive.json", json.dumps(body, ensure_ascii=False).encode())

    def path(self, step: str, name: str, made_from: str = "") -> Path:
        """Where a step's result for a part lies, or will lie."""
        return self.folder / "parts" / ".".join(x for x in (name, made_from, step) if x)

    @staticmethod
    def put(path: Path, body: bytes) -> None:
        """Write a file in one step, readable by its owner alone."""
        part = path.with_name(f"{path.name}.part-{os.getpid()}")
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(body)
        part.replace(path)

    def tidy(self, live: Iterable[Path]) -> None:
        """Delete what no part needs any more: replaced words do not stay behind."""
        keep = set(live)
        for path in (self.folder / "parts").iterdir():
            if path not in keep:
                path.unlink()

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Let one run at a time change the archive; raises StoreError where another is at it."""
        lock = self.folder / "lock"
        with lock.open("w") as file:
            try:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except ImportError:
                pass
            except OSError:
                raise StoreError("another run is at work in this archive: wait until it has ended") from None
            yield
