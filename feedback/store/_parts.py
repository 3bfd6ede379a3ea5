"""Files on their way in, piece by piece: what has arrived stays, encrypted, until the whole is there or nobody comes back."""

from __future__ import annotations

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING

from feedback.errors import StoreError

if TYPE_CHECKING:
    from feedback.store import Store

__all__ = ["Parts", "Quota"]


class Quota(StoreError):
    """No room is left for more pieces of files that have not arrived whole."""


class Parts:
    """The pieces of a project's unfinished files; a file's name here says nothing about it.

    Args:
        each: bytes that one person's unfinished files may have together, encrypted.
        all_: the same for everybody.
    """

    def __init__(self, store: Store, *, each: int, all_: int) -> None:
        self._store, self._engine, self._t = store, store._engine, store._t.part
        self.each, self.all_ = each, all_

    def have(self, file: str) -> int:
        """How many bytes of a file are there, from its beginning."""
        import sqlalchemy as sa

        with self._engine.connect() as db:
            return int(db.execute(sa.select(sa.func.max(self._t.c.end)).where(self._t.c.file == file)).scalar() or 0)

    def add(self, file: str, sealed: bytes, *, who: str, start: int, end: int, size: int) -> int:
        """Keep the piece that begins where the last one ended; return how many bytes are there then.

        A piece that is there already, or does not join on, changes nothing: the answer says where to go on. Raises Quota.
        """
        import sqlalchemy as sa

        t, weight = self._t, sa.func.coalesce(sa.func.sum(sa.func.length(self._t.c.sealed)), 0)
        with self._store.writing() as db:
            there = int(db.execute(sa.select(sa.func.max(t.c.end)).where(t.c.file == file)).scalar() or 0)
            if start != there or end <= start or end > size:
                return there
            mine = int(db.execute(sa.select(weight).where(t.c.who == who)).scalar() or 0)
            everybody = int(db.execute(sa.select(weight)).scalar() or 0)
            if mine + len(sealed) > self.each or everybody + len(sealed) > self.all_:
                raise Quota("too much is on its way already")
            db.execute(t.insert(), {
                "file": file, "start": start, "who": who, "end": end, "size": size, "sealed": sealed, "at": time.time(),
            })  # fmt: skip
        return end

    def pieces(self, file: str) -> list[tuple[int, bytes]]:
        """(where it begins, sealed bytes) of each piece, in order."""
        t = self._t
        with self._engine.connect() as db:
            rows = db.execute(t.select().where(t.c.file == file).order_by(t.c.start)).all()
        return [(r.start, bytes(r.sealed)) for r in rows]

    def waiting(self, who: str) -> list[tuple[int, int]]:
        """(bytes there, bytes of the whole) of each unfinished file of a person."""
        import sqlalchemy as sa

        t = self._t
        query = sa.select(sa.func.max(t.c.end), sa.func.max(t.c.size)).where(t.c.who == who).group_by(t.c.file)
        with self._engine.connect() as db:
            return sorted((int(have), int(size)) for have, size in db.execute(query))

    def drop(self, files: Iterable[str]) -> None:
        """Let go of files' pieces: they have become uploads, or cannot."""
        names = list(files)
        if names:
            with self._store.writing() as db:
                db.execute(self._t.delete().where(self._t.c.file.in_(names)))

    def sweep(self, *, older: float) -> int:
        """Delete files of which no piece came for `older` seconds; return how many there were."""
        import sqlalchemy as sa

        t = self._t
        late = sa.select(t.c.file).group_by(t.c.file).having(sa.func.max(t.c.at) < time.time() - older)
        with self._engine.connect() as db:
            gone = list(db.execute(late).scalars())
        self.drop(gone)
        return len(gone)
