"""Whether anything was written since one last looked: so cheap that it can be asked at every request."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from feedback.errors import StoreError
from feedback.store._jobs import HARMLESS

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["Overtaken", "Pulse", "unmoved"]


class Overtaken(StoreError):
    """Somebody changed what a value was made from before it could be saved."""


def unmoved(db: sa.Connection, tables: Any, since: int | None) -> None:
    """Raise Overtaken where words or decisions changed after the event `since`; None: whatever has changed."""
    import sqlalchemy as sa

    t = tables.event
    query = sa.select(sa.literal(1)).where(t.c.id > (since or 0), t.c.verb.not_in((*HARMLESS, "code"))).limit(1)
    if since is not None and db.execute(query).first():
        raise Overtaken("somebody else changed this project meanwhile; try again")


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
        return self._ask("PRAGMA data_version")

    def event(self) -> int | None:
        """The number of the last event of the log now; None like the number itself."""
        return self._ask("select max(id) from event")

    def _ask(self, query: str) -> int | None:
        if self._link is None:
            return None
        with self._lock:
            cursor = self._link.cursor()
            try:
                cursor.execute(query)
                return int((cursor.fetchone() or (0,))[0] or 0)
            finally:
                cursor.close()

    def close(self) -> None:
        """Let go of the connection."""
        with self._lock:
            if self._link is not None:
                self._link.close()
                self._link = None
