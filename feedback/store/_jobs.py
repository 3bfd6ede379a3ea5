"""Jobs and uploads: work that outlives a page and a restart, done once."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from feedback.errors import StoreError
from feedback.store._headers import Headers

if TYPE_CHECKING:
    from feedback.store import Store

__all__ = ["Became", "Job", "Jobs", "Stopped", "Upload"]

# What the log holds without changing any page that many read.
HARMLESS = (
    "account", "invite", "setting", "reveal", "release", "export", "back up", "topic", "keep topics", "keep topic proposals",
    "keep topic steps", "keep memos", "keep pseudonyms", "keep replacements", "canary", "open replacements",
)  # fmt: skip
TRIES, HANDED, KEPT = 3, "handed back", "kept"


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work: `state` is waiting, running, done, failed or cancelled; `done` of `total` parts are finished."""

    id: int
    kind: str
    who: str
    state: str
    asked: Mapping[str, Any] = field(default_factory=dict)
    result: Mapping[str, Any] = field(default_factory=dict)
    done: int = 0
    total: int = 0
    tries: int = 0
    created: str = ""

    @property
    def over(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ("done", "failed", "cancelled")

    @property
    def kept(self) -> bool:
        """Whether something it made is in the store already, so that it can only be finished, not stopped."""
        return bool(self.asked.get(KEPT))


@dataclass(frozen=True, slots=True)
class Became:
    """What a job made of one file: `state` is read, replaced or refused; the session it became, and a note of counts."""

    upload: str
    state: str
    session: str | None = None
    note: Mapping[str, Any] = field(default_factory=dict)


class Stopped(StoreError):
    """The job was cancelled, or is another worker's now."""


@dataclass(frozen=True, slots=True)
class Upload:
    """One file on its way in: `state` is waiting, read, replaced, refused or withdrawn; `note` says what became of it."""

    id: str
    job: int
    who: str
    name: str
    state: str
    session: str | None
    note: Mapping[str, Any]
    at: str


class Jobs(Headers):
    """The work to be done on a project, and the files that wait for it."""

    def __init__(self, store: Store) -> None:
        self._store, self._engine, self._t = store, store._engine, store._t

    def revision(self) -> tuple[int, int, int]:
        """Give three numbers that grow: with every change, with changes of words, and with those that must show at once.

        The second leaves out codings; the third leaves out codings and new sessions as well.
        """
        import sqlalchemy as sa

        t = self._t.event
        found = []
        with self._engine.connect() as db:
            for verbs in (HARMLESS, (*HARMLESS, "code"), (*HARMLESS, "code", "add", "screen")):
                last = sa.select(t.c.id).where(t.c.verb.not_in(verbs)).order_by(t.c.id.desc()).limit(1)
                found.append(int(db.execute(last).scalar() or 0))
        return found[0], found[1], found[2]

    def behind(self) -> bool:
        """Whether something was decided that no screening has followed: the machine went down between the two."""
        t = self._t.event
        with self._engine.connect() as db:
            last = db.execute(t.select().where(t.c.verb.in_(("screen", "decide"))).order_by(t.c.id.desc()).limit(1)).first()
        return last is not None and last.verb == "decide"

    def ask(self, kind: str, *, who: str, asked: Mapping[str, Any] | None = None, once: bool = False) -> Job:
        """Put work in the queue; with `once` the same kind that still waits is returned instead."""
        with self._store.writing() as db:
            row_id = self._ask(db, kind, who=who, asked=asked, once=once)
        return self.get(row_id)

    def _ask(self, db: Any, kind: str, *, who: str, asked: Mapping[str, Any] | None = None, once: bool = False) -> int:
        t = self._t.job
        row = db.execute(t.select().where(t.c.kind == kind, t.c.state == "waiting")).first() if once else None
        return int(row.id) if row else _insert(db, t, kind=kind, who=who, asked=dict(asked or {}), total=0)

    def ask_to_read(
        self, files: Sequence[tuple[str, str, bytes]], *, who: str, refused: Sequence[tuple[str, str, Mapping[str, Any]]] = ()
    ) -> Job:
        """Keep files (id, name, sealed bytes) and the job that reads them, together or not at all.

        `refused` are files that were not taken (id, name, why). Files whose ids are there already came in before, over a
        connection that was lost: the job that has them is returned, and nothing is kept twice.
        """
        t, keys = self._t, [f[0] for f in (*files, *refused)]
        with self._store.writing() as db:
            there = db.execute(t.upload.select().where(t.upload.c.id.in_(keys), t.upload.c.who == who)).first()
            if there is not None:
                return self.get(there.job)
            job = _insert(db, t.job, kind="read", who=who, asked={}, total=len(files))
            common = {"job": job, "who": who, "session": None, "at": _stamp()}
            rows = [{"id": k, "name": n, "state": "waiting", "note": {}, "sealed": b, **common} for k, n, b in files]
            rows += [{"id": k, "name": n, "state": "refused", "note": dict(w), "sealed": None, **common} for k, n, w in refused]
            db.execute(t.upload.insert(), rows)
        return self.get(job)

    def came_before(self, uploads: Sequence[str], *, who: str) -> Job | None:
        """The job that has one of these files already; None where none of them came in."""
        t = self._t.upload
        with self._engine.connect() as db:
            there = db.execute(t.select().where(t.c.id.in_(uploads), t.c.who == who)).first()
        return None if there is None else self.get(there.job)

    def get(self, job: int) -> Job:
        """The job with this number; raises KeyError."""
        t = self._t.job
        with self._engine.connect() as db:
            row = db.execute(_light(t, "made").where(t.c.id == job)).first()
        if row is None:
            raise KeyError(job)
        return _job(row)

    def claim(self, *, stale: float, room: str = "") -> Job | None:
        """Take the next job, or one whose worker has not been heard of for `stale` seconds; nobody else gets it.

        `room` is whose worker takes it: see `orphaned`.
        """
        t, now = self._t.job, time.time()
        with self._store.writing() as db:
            for late in db.execute(t.select().where(t.c.state == "running", t.c.beat < now - stale)).all():
                self._left(db, late)
            row = db.execute(t.select().where(t.c.state == "waiting").order_by(t.c.id).limit(1)).first()
            if row is None:
                return None
            mine = t.update().where(t.c.id == row.id, t.c.state == "waiting")
            took = mine.values(state="running", beat=now, tries=row.tries + 1, done=0, result={"room": room} if room else {})
            if db.execute(took).rowcount != 1:
                return None
        return self.get(row.id)

    def orphaned(self, room: str) -> int:
        """Put back what the worker of a room that is no more had begun, without waiting until it is stale; returns how much."""
        t = self._t.job
        with self._store.writing() as db:
            left = [r for r in db.execute(t.select().where(t.c.state == "running")).all() if r.result.get("room") == room]
            for row in left:
                self._left(db, row)
        return len(left)

    def _left(self, db: Any, row: Any) -> None:
        t, often = self._t.job, row.tries - row.asked.get(HANDED, 0) >= TRIES
        told = {"why": f"stopped {TRIES} times before it was finished", "again": True} if often else {}
        db.execute(t.update().where(t.c.id == row.id).values(state="failed" if often else "waiting", result=told))

    def beat(self, job: int, *, done: int | None = None, total: int | None = None) -> None:
        """Say that a job is still being worked on, and how far it is: `done` of `total` steps."""
        t = self._t.job
        values: dict[str, Any] = {"beat": time.time()}
        values |= {k: v for k, v in (("done", done), ("total", total)) if v is not None}
        with self._store.writing() as db:
            db.execute(t.update().where(t.c.id == job, t.c.state == "running").values(**values))

    def end(
        self, job: Job, state: str, *, result: Mapping[str, Any] | None = None, made: bytes | None = None,
        files: Iterable[Became] = (), then: str = "",
    ) -> bool:  # fmt: skip
        """Finish a job as done or failed, with what became of its `files` and the kind of work that follows, all or nothing.

        False, and nothing is written, where it is no longer this worker's: cancelled, handed back, or given to another.
        A job that is over leaves no document behind; one that failed after it had saved something (see `hold`) keeps its
        files, and may be tried again.
        """
        with self._store.writing() as db:
            row = self._row(db, job.id)
            if row is None or row.state != "running" or row.tries != job.tries:
                return False
            for file in files:
                self._became(db, file)
            again = {"again": True} if state == "failed" and row.kind == "read" and row.asked.get(KEPT) else {}
            self._over(db, job.id, state, result={**(result or {}), **again}, made=made, files=bool(again))
            if then:
                self._ask(db, then, who=job.who, once=True)
            return True

    def cancel(self, job: int) -> bool:
        """Stop a job, with nothing of it kept. False where it is too late: it is over, or what it made is being saved (`hold`)."""
        with self._store.writing() as db:
            row = self._row(db, job)
            if row is None or row.state not in ("waiting", "running") or row.asked.get(KEPT):
                return False
            self._over(db, job, "cancelled", result={})
            return True

    def _over(
        self, db: Any, job: int, state: str, *, result: Mapping[str, Any], made: bytes | None = None, files: bool = False
    ) -> None:
        t = self._t
        db.execute(t.job.update().where(t.job.c.id == job).values(state=state, result=dict(result), made=made))
        if state != "done" and not files:
            left = t.upload.update().where(t.upload.c.job == job, t.upload.c.state == "waiting")
            db.execute(left.values(state="refused", sealed=None, note={"what": "stopped", "job": state}))

    def hold(self, job: Job, db: Any) -> None:
        """Note, inside the write of something a job made, that it can no longer be stopped; raises as `check` does.

        Whichever comes first decides: after `cancel` no write of the job succeeds, after its first write no `cancel` does.
        """
        self.check(job, db)
        asked = self._row(db, job.id).asked
        if not asked.get(KEPT):
            db.execute(self._t.job.update().where(self._t.job.c.id == job.id).values(asked={**asked, KEPT: True}))

    def _row(self, db: Any, job: int) -> Any:
        t = self._t.job
        return db.execute(_light(t, "made").where(t.c.id == job)).first()

    def check(self, job: Job, db: Any = None) -> None:
        """Raise Stopped where a job was cancelled, or given to another worker because this one seemed to be gone."""
        t = self._t.job
        query = _light(t, "made").where(t.c.id == job.id, t.c.state == "running", t.c.tries == job.tries)
        if db is not None:
            found = db.execute(query).first()
        else:
            with self._engine.connect() as db_:
                found = db_.execute(query).first()
        if found is None:
            raise Stopped("this work was stopped; nothing of it was kept")

    def hand_back(self, job: Job) -> None:
        """Put a job that this worker has no time to finish back into the queue; it does not count as a try."""
        t = self._t.job
        with self._store.writing() as db:
            mine = (t.c.id == job.id) & (t.c.state == "running") & (t.c.tries == job.tries)
            now = self._row(db, job.id).asked
            asked = {**now, HANDED: now.get(HANDED, 0) + 1}
            db.execute(t.update().where(mine).values(state="waiting", asked=asked, done=0, result={}))

    def again(self, job: Job) -> None:
        """Put a running job of this worker back into the queue."""
        t = self._t.job
        mine = (t.c.id == job.id) & (t.c.state == "running") & (t.c.tries == job.tries)
        with self._store.writing() as db:
            db.execute(t.update().where(mine).values(state="waiting"))

    def retry(self, job: int) -> bool:
        """Queue a job anew that was given up because it was stopped too often: its files are still there. False where not so."""
        t = self._t.job
        with self._store.writing() as db:
            row = db.execute(t.select().where(t.c.id == job, t.c.state == "failed")).first()
            if row is None or not row.result.get("again"):
                return False
            asked = {k: v for k, v in row.asked.items() if k != HANDED}
            db.execute(t.update().where(t.c.id == job).values(state="waiting", tries=0, result={}, done=0, asked=asked))
            return True

    def waiting(self) -> bool:
        """Whether any job still waits to be taken."""
        t = self._t.job
        with self._engine.connect() as db:
            return db.execute(_light(t, "made").where(t.c.state == "waiting").limit(1)).first() is not None

    def made(self, job: int) -> bytes | None:
        """What a job made, such as a brief's bytes."""
        t = self._t.job
        with self._engine.connect() as db:
            row = db.execute(t.select().where(t.c.id == job)).first()
        return bytes(row.made) if row is not None and row.made is not None else None

    def forget_made(self) -> None:
        """Let go of what jobs made: it is made anew where somebody asks."""
        with self._store.writing() as db:
            db.execute(self._t.job.update().where(self._t.job.c.made.is_not(None)).values(made=None))

    def recent(self, who: str | None = None, *, limit: int = 12) -> tuple[Job, ...]:
        """The latest jobs, newest first."""
        t = self._t.job
        query = _light(t, "made").order_by(t.c.id.desc()).limit(limit)
        with self._engine.connect() as db:
            return tuple(_job(r) for r in db.execute(query if who is None else query.where(t.c.who == who)))

    # ---- uploads ------------------------------------------------------------------------------------------------

    def uploads(
        self, *, job: int | None = None, who: str | None = None, session: str | None = None
    ) -> tuple[Upload, ...]:
        """Files that came in, oldest first."""
        t = self._t.upload
        query = _light(t, "sealed").order_by(t.c.at, t.c.id)
        for column, value in ((t.c.job, job), (t.c.who, who), (t.c.session, session)):
            if value is not None:
                query = query.where(column == value)
        with self._engine.connect() as db:
            return tuple(
                Upload(r.id, r.job, r.who, r.name, r.state, r.session, dict(r.note), r.at) for r in db.execute(query)
            )

    def sealed(self, upload: str) -> bytes | None:
        """The encrypted document, while it waits to be read."""
        t = self._t.upload
        with self._engine.connect() as db:
            row = db.execute(t.select().where(t.c.id == upload)).first()
        return bytes(row.sealed) if row is not None and row.sealed is not None else None

    def weight(self, upload: str) -> int:
        """How many bytes the encrypted document has."""
        import sqlalchemy as sa

        t = self._t.upload
        with self._engine.connect() as db:
            return int(db.execute(sa.select(sa.func.length(t.c.sealed)).where(t.c.id == upload)).scalar() or 0)

    def name_sessions(self, sessions: Mapping[str, str]) -> None:
        """Say which session each waiting file is (upload -> session), before it is added: whose it is survives a crash."""
        t = self._t.upload
        with self._store.writing() as db:
            for upload, session in sorted(sessions.items()):
                db.execute(t.update().where(t.c.id == upload, t.c.state == "waiting").values(session=session))

    def _became(self, db: Any, file: Became) -> None:
        """Note what became of a file that was not withdrawn meanwhile, and let go of its bytes."""
        t = self._t.upload
        values = {"state": file.state, "session": file.session, "note": dict(file.note), "sealed": None}
        db.execute(t.update().where(t.c.id == file.upload, t.c.state == "waiting").values(**values))

    def forget(self, session: str) -> None:
        """Mark a session's files as withdrawn, drop their names, and let go of the briefs made before: they may quote it."""
        t = self._t
        with self._store.writing() as db:
            db.execute(t.upload.update().where(t.upload.c.session == session).values(
                state="withdrawn", name="", note={}, sealed=None
            ))  # fmt: skip
            db.execute(t.job.update().where(t.job.c.kind == "brief", t.job.c.made.is_not(None)).values(made=None))


def new_upload_id(who: str = "", once: str = "", place: int = 0, document: bytes = b"") -> str:
    """A name for a file that says nothing about it; with `once` (a form's own number) the same for the same file sent again."""
    if not once:
        return secrets.token_hex(16)
    return hmac.new(once.encode(), f"{who}|{place}|".encode() + document, hashlib.sha256).hexdigest()[:32]


def _light(table: Any, heavy: str) -> Any:
    """Select everything but the column that may hold megabytes."""
    import sqlalchemy as sa

    return sa.select(*(c for c in table.c if c.name != heavy))


def _insert(db: Any, table: Any, **values: Any) -> int:
    row = {"state": "waiting", "result": {}, "done": 0, "tries": 0, "beat": time.time(), "created": _stamp()}
    return int(db.execute(table.insert().values(**row, **values)).inserted_primary_key[0])


def _job(r: Any) -> Job:
    return Job(r.id, r.kind, r.who, r.state, dict(r.asked), dict(r.result), r.done, r.total, r.tries, r.created)


def _stamp() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
