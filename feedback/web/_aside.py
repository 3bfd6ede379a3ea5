"""Where documents lie while they are read: in memory where the machine has such a place, and gone with whoever reads them."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

try:
    import fcntl
except ImportError:  # pragma: no cover - not a POSIX system: what a crash leaves is not found
    fcntl = None  # type: ignore[assignment]

__all__ = ["aside", "sweep"]

PREFIX, MEMORY = "feedback-room-", Path("/dev/shm")
ROOM, YOUNG = 4, 60.0


@contextmanager
def aside(need: int = 0) -> Iterator[Path]:
    """Make a folder that only its owner may enter, for documents of `need` bytes in all; delete it afterwards."""
    with tempfile.TemporaryDirectory(prefix=PREFIX, dir=_place(need)) as name:
        inside = Path(name) / "files"
        inside.mkdir()
        with (Path(name) / "lock").open("w") as lock:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX)
            yield inside


def sweep(*, young: float = YOUNG) -> int:
    """Delete what readers that were killed have left (older than `young` seconds); return how many folders that were."""
    gone = 0
    for place in {Path(tempfile.gettempdir()), MEMORY}:
        for folder in place.glob(f"{PREFIX}*") if place.is_dir() and fcntl is not None else ():
            with suppress(OSError):
                if folder.stat().st_uid != os.getuid() or time.time() - folder.stat().st_mtime < young or _held(folder / "lock"):
                    continue
                shutil.rmtree(folder)
                gone += 1
    return gone


def _held(lock: Path) -> bool:
    if not lock.exists():
        return False
    with lock.open() as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


def _place(need: int) -> Path | None:
    """The machine's memory, where there is room in it; None: the usual place for what is temporary."""
    with suppress(OSError):
        if os.access(MEMORY, os.W_OK | os.X_OK) and shutil.disk_usage(MEMORY).free > ROOM * need + 2**24:
            return MEMORY
    return None
