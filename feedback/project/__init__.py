"""Project: the same verbs, kept. Load, call the verb, save; the gate stands here, so no door passes round it."""

from __future__ import annotations

from pathlib import Path

from feedback.project._exchange import Exchanger
from feedback.project._gate import Gate

__all__ = ["Project"]


class Project(Gate, Exchanger):
    """A project on disk: one SQLite file (`plan.db`), or a PostgreSQL address.

    `scheduler` (a Dask address or Client) or `workers` processes read, screen and code; the results are the same.
    What is added is read, saved and screened at once. Every later verb sees only what passed the gate: units with an
    open finding are withheld, and counted as such. Every change is an event in an append-only, chained log.

    Raises:
        StoreError: the file is newer than this program, damaged or locked.
    """

    def __enter__(self) -> Project:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @classmethod
    def restore(cls, file: str | Path, project: str | Path, *, passphrase: str) -> Project:
        """Fill a new project, on SQLite or PostgreSQL, from a back-up of either; nothing that is there is overwritten.

        Raises:
            StoreError: the passphrase is wrong, a byte was changed, or there is a project already.
        """
        from feedback.store import Store

        Store.restore(Path(file), project, passphrase=passphrase).close()
        return cls(project)
