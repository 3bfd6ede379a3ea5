"""Whether anything was written since one last looked: so cheap that it can be asked at every request."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["Pulse"]


class Pulse:
    """A number that changes with every commit of anybody, this process or another; None where there is no such number.

    SQLite keeps one (`PRAGMA data_version`, on a connection that never writes); a server's project has to be asked.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._lock = threading.Lock()
        self._link = engine.raw_connection() if engine.dialect.name == "sqlite" and engine.url.database else None
        if self._link is not None:
            self._link.detach()

    def __call__(self) -> int | None:
        """The number now."""
        if self._link is None:
            return None
        with self._lock:
            cursor = self._link.cursor()
            try:
                cursor.execute("PRAGMA data_version")
                return int((cursor.fetchone() or (0,))[0])
            finally:
                cursor.close()

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._link is not None:
                self._link.close()
                self._link = None
