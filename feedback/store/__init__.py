"""Keep values in one database: a SQLite file by default, PostgreSQL by address. The only room that speaks SQL."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.codebook import Coding
from feedback.corpus import Corpus, Session
from feedback.errors import Problem, StoreError
from feedback.store._accounts import Account, Accounts, Invitation
from feedback.store._headers import RECAST
from feedback.store._jobs import HARMLESS, Became, Job, Jobs, Stopped, Upload, new_upload_id
from feedback.store._lays import SETTLED, Step, drop_code, lay, settled, steps
from feedback.store._log import now, sealed, user
from feedback.store._parts import Parts, Quota
from feedback.store._pulse import Overtaken, Pulse, unmoved
from feedback.store._words import Wanted, find, fold, held_words

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = [
    "HARMLESS", "RECAST", "SETTLED", "Account", "Accounts", "Became", "Invitation", "Job", "Jobs", "Overtaken", "Parts", "Pulse",
    "Quota", "Step", "Stopped", "Store", "Upload", "Wanted", "drop_code", "find", "fold", "held_words", "lay", "new_upload_id",
    "settled", "steps",
]  # fmt: skip


Moved = dict[str, tuple[str, str]]  # address -> words before and now


class Store:
    """Values in, values out, one transaction a call. Opening migrates the schema.

    Args:
        project: a file name (`plan.db`) or a database address (`postgresql+psycopg://host/name`).
        who: whose name stands in the event log; the machine's user by default.

    Raises:
        StoreError: the file is newer than this program, damaged, locked or out of reach.
    """

    def __init__(self, project: str | Path, *, who: str | None = None) -> None:
        from feedback.store import _open, _tables

        self.url = _open.url_of(project)
        self._t = _tables
        self._engine: sa.Engine = _open.open_engine(self.url)
        self.who = who or user()
        self.guard: Callable[[sa.Connection], None] | None = None  # asked inside every write; may refuse it by raising

    def close(self) -> None:
        """Let go of the database; what was deleted leaves the write-ahead log too."""
        self.tidy()
        self._engine.dispose()

    def pulse(self) -> Pulse:
        """Open a look-out for writes by anybody; the caller closes it."""
        return Pulse(self._engine)

    def beside(self, suffix: str) -> Path | None:
        """Where a file that belongs to this project but must not be in it lies, such as its keys; None in memory."""
        from feedback.store import _open

        return _open.beside(self.url, suffix)

    @property
    def keys(self) -> dict[str, Path]:
        """The project's key files by suffix: of waiting documents (or what FEEDBACK_KEY_FILE names), and of the gate."""
        found = {s: self.beside(s) for s in (".key", ".gate.key")}
        if named := os.environ.get("FEEDBACK_KEY_FILE"):
            found[".key"] = Path(named)
        return {s: p for s, p in found.items() if p is not None}

    def back_up(self, out: Path, *, passphrase: str) -> dict[str, int]:
        """Write everything with the keys into one encrypted file; return the rows of each table. See `restore`."""
        from feedback.store._backup import write_backup

        return write_backup(self, out, passphrase=passphrase, keys=self.keys)

    @classmethod
    def restore(cls, source: Path, project: str | Path, *, passphrase: str, who: str | None = None) -> Store:
        """Fill a new project (of either kind) from a back-up, hold its log against itself, and open it."""
        from feedback.store import _backup, _open

        url = _open.url_of(project)
        keys = {s: p for s in (".key", ".gate.key") if (p := _open.beside(url, s)) is not None}
        counts = _backup.restore(source, url, passphrase=passphrase, keys=keys)
        store = cls(project, who=who)
        store.events()
        store.log("restore", {"rows": sum(counts.values())})
        return store

    @contextmanager
    def writing(self) -> Iterator[sa.Connection]:
        """Open a transaction that is alone in writing, so that what it looks at stays true until it ends.

        Writers of this process wait for one another in turn; raises StoreError where another process writes for too long.
        """
        from feedback.store import _open

        with _open.turn(self.url), self._engine.begin() as db:
            _open.lock(db)
            if self.guard is not None:
                self.guard(db)
            yield db

    # ---- sessions -----------------------------------------------------------------------------------------------

    def put_sessions(self, sessions: Sequence[Session], problems: Sequence[Problem] = ()) -> tuple[str, ...]:
        """Save sessions as read, each in the place of one with the same code; return the codes that were replaced.

        Codings on a replaced session go with it: its units have other words now.
        """
        from feedback.store import _codec

        t, replaced = self._t, []
        with self.writing() as db:
            place = db.execute(_sa().select(_sa().func.max(t.session.c.place))).scalar() or 0
            for s in sessions:
                old = db.execute(t.session.select().where(t.session.c.id == s.id)).first()
                if old:
                    replaced.append(s.id)
                    self._delete_session(db, s.id)
                place += 0 if old else 1
                db.execute(t.session.insert(), {
                    "id": s.id, "place": old.place if old else place, "header": _codec.header(s, old.header if old else {}),
                    "file": s.file, "sha256": s.sha256, "format": s.format, "added": now(),
                })  # fmt: skip
                rows = [_codec.unit_row(s, turn) for turn in s.turns]
                if rows:
                    db.execute(t.unit.insert(), rows)
            if problems:
                db.execute(t.problem.insert(), [
                    {"file": p.file, "place": p.place, "what": p.what, "remedy": p.remedy, "blocking": p.blocking} for p in problems
                ])  # fmt: skip
            self._log(db, "add", {
                "sessions": len(sessions), "replaced": len(replaced), "units": sum(len(s.turns) for s in sessions),
                "problems": len(problems),
            })  # fmt: skip
        return tuple(replaced)

    def drop_session(self, session: str, why: str, *, named: bool = True, screening: str | None = None) -> None:
        """Delete a session with everything that hangs on it; the log keeps that it happened (`named=False`: not which).

        `screening` is the certificate over what is left.
        """
        with self.writing() as db:
            if not self._delete_session(db, session):
                raise StoreError(f"there is no session {session!r} in this project")
            left = {"screening": screening} if screening else {}
            self._log(db, "withdraw", {"session": session if named else "", "why": why, **left})
        self.tidy()

    def corpus(self, *, cleared: bool) -> Corpus:
        """The sessions as they passed the gate (`cleared`), or as they were read."""
        from feedback.store import _codec

        t = self._t
        with self._engine.connect() as db:
            heads = db.execute(t.session.select().order_by(t.session.c.id)).all()
            rows = db.execute(t.unit.select().order_by(t.unit.c.session, t.unit.c.index)).all()
            found = db.execute(t.problem.select().order_by(t.problem.c.id)).all()
        units: dict[str, list[Any]] = {}
        for row in rows:
            units.setdefault(row.session, []).append(row)
        values = tuple(_codec.session_value(h, units.get(h.id, []), cleared=cleared) for h in heads)
        problems = tuple(Problem(p.file, p.place, p.what, p.remedy, p.blocking) for p in found)
        return Corpus(values, problems)

    def put_cleared(
        self, corpus: Corpus, detail: Mapping[str, Any], *, waiting: Collection[str] = (), since: int | None = None
    ) -> Moved:
        """Save what passed the gate beside what was read, and index its words; return what units say otherwise than before.

        `waiting`: sessions with something to decide. Raises Overtaken where words or decisions changed after `since`.
        """
        from feedback.store import _codec, _words

        t, sa = self._t, _sa()
        rows = {(s.id, u.index): (u.text, u.withheld, u.speaker.label, u.file) for s in corpus for u in s.turns}
        heads = {s.id: {"header": _codec.header(s), "file": s.file, "waiting": s.id in waiting} for s in corpus}
        if not heads:
            return {}
        names = ("text", "withheld", "cleared_label", "cleared_file")
        key = (t.unit.c.session == sa.bindparam("b_session"), t.unit.c.index == sa.bindparam("b_index"))
        change = t.unit.update().where(*key).values({n: sa.bindparam(f"b_{n}") for n in names})
        clear = t.session.update().where(t.session.c.id == sa.bindparam("b_id")).values(cleared=sa.bindparam("b_cleared"))
        with self.writing() as db:
            unmoved(db, t, since)
            there = {(r[0], r[1]): tuple(r[2:]) for r in db.execute(sa.select(
                t.unit.c.session, t.unit.c.index, *(t.unit.c[n] for n in names)))}  # fmt: skip
            for ident, beside in _codec.changed_beside(db, t.unit.c, corpus).items():
                heads[ident]["beside"] = beside
            new = [(k, v) for k, v in rows.items() if k in there and there[k] != v]
            old = {r.id: r.cleared for r in db.execute(sa.select(t.session.c.id, t.session.c.cleared))}
            if marked := [{"b_id": i, "b_cleared": h} for i, h in heads.items() if old.get(i) != h]:
                db.execute(clear, marked)
            if new:
                db.execute(change, [
                    {"b_session": s, "b_index": i, **{f"b_{n}": x for n, x in zip(names, v, strict=True)}} for (s, i), v in new
                ])  # fmt: skip
                _words.reindex(db, t, dict.fromkeys(s for (s, _), _ in new))
            self._log(db, "screen", detail)
        return {f"{k[0]}#{k[1]}": (there[k][0], v[0]) for k, v in new if there[k][0] and there[k][0] != v[0]}

    def waiting(self) -> frozenset[str]:
        """Sessions that are not cleared yet: not screened since they came in, or with something a person has to decide."""
        t = self._t
        with self._engine.connect() as db:
            heads = db.execute(_sa().select(t.session.c.id, t.session.c.cleared)).all()
        return frozenset(h.id for h in heads if (h.cleared or {}).get("waiting", True))

    def apart(self) -> frozenset[str]:
        """Sessions brought in by upload and not cleared yet: they concern those who brought them, and are counted nowhere."""
        with self._engine.connect() as db:
            brought = frozenset(db.execute(_sa().select(self._t.upload.c.session).distinct()).scalars())
        return self.waiting() & brought if brought else brought

    def added(self) -> dict[str, str]:
        """Session -> when it came in (ISO time)."""
        t = self._t
        with self._engine.connect() as db:
            return {r.id: r.added for r in db.execute(t.session.select().order_by(t.session.c.id))}

    def forget_original(self, session: str, detail: Mapping[str, Any]) -> None:
        """Put what passed the gate in the place of what was read; units that did not pass lose their words."""
        t, sa = self._t, _sa()
        with self.writing() as db:
            row = db.execute(t.session.select().where(t.session.c.id == session)).first()
            if row is None or row.cleared is None:
                raise StoreError(f"there is no screened session {session!r} in this project")
            kept = {k: row.cleared[k] for k in ("header", "file")}
            db.execute(t.session.update().where(t.session.c.id == session).values(**kept))
            for index, (audience, language) in row.cleared.get("beside", {}).items():
                here = (t.unit.c.session == session) & (t.unit.c.index == int(index))
                db.execute(t.unit.update().where(here).values(audience=audience, language=language))
            db.execute(t.unit.update().where(t.unit.c.session == session).values(
                raw=sa.func.coalesce(t.unit.c.text, ""), label=t.unit.c.cleared_label,
                file=sa.func.coalesce(t.unit.c.cleared_file, ""),
            ))  # fmt: skip
            self._log(db, "forget original", detail)
        self.tidy()

    def unscreened(self) -> tuple[str, ...]:
        """Sessions that the gate has not seen since they were added."""
        t = self._t.unit.c
        with self._engine.connect() as db:
            return tuple(db.execute(_sa().select(t.session).where(t.text.is_(None)).distinct().order_by(t.session)).scalars())

    # ---- codings ------------------------------------------------------------------------------------------------

    def put_codings(
        self, codings: Iterable[Coding], discourse: Mapping[str, tuple[str, str, str]] | None, detail: Mapping[str, Any]
    ) -> None:
        """Save codings: each tagger's own are replaced (all versions of it), a person's are never touched by a machine."""
        from feedback.corpus import Ref
        from feedback.store import _codec

        t, rows = self._t, [_codec.coding_row(c) for c in codings]
        families = {str(r["tagger"]).split("@")[0] for r in rows} | set(detail.get("taggers", ()))
        with self.writing() as db:
            for family in sorted(f for f in families if not f.startswith("human")):
                db.execute(
                    t.coding.delete().where(t.coding.c.tagger.like(f"{family}@%") | (t.coding.c.tagger == family))
                )
            for r in rows:
                if str(r["tagger"]).startswith("human"):
                    where = [t.coding.c[k] == r[k] for k in ("session", "index", "code", "tagger")]
                    db.execute(t.coding.delete().where(*where))
            if rows:
                db.execute(t.coding.insert(), rows)
            if discourse is not None:
                db.execute(t.discourse.delete())
                said = [(Ref.parse(ref), d) for ref, d in discourse.items()]
                if said:
                    db.execute(t.discourse.insert(), [
                        {"session": r.session, "index": r.index, "category": d[0], "polarity": d[1], "about": d[2]} for r, d in said
                    ])  # fmt: skip
            self._log(db, "code", detail)

    def codings(self, of: Iterable[str] | None = None) -> tuple[Coding, ...]:
        """All codings, or those of some units (`of`: their addresses), in reading order."""
        from feedback.corpus import Ref
        from feedback.store import _codec

        t = self._t.coding
        query = t.select().order_by(t.c.session, t.c.index, t.c.code, t.c.tagger)
        if of is not None:
            at = [Ref.parse(ref) for ref in of]
            query = query.where(_sa().or_(_sa().false(), *((t.c.session == r.session) & (t.c.index == r.index) for r in at)))
        with self._engine.connect() as db:
            return tuple(_codec.coding_value(r) for r in db.execute(query))

    def discourse(self) -> dict[str, tuple[str, str, str]]:
        """Category, polarity and about by ref."""
        with self._engine.connect() as db:
            rows = db.execute(self._t.discourse.select()).all()
        return {f"{r.session}#{r.index}": (r.category, r.polarity, r.about) for r in rows}

    # ---- what people wrote and decided --------------------------------------------------------------------------

    def put_document(self, kind: str, name: str, body: str) -> None:
        """Keep a file's text (`codebook`, `plan`, `topics`, `statements`) in the place of the one before."""
        t, digest = self._t, hashlib.sha256(body.encode()).hexdigest()
        with self.writing() as db:
            db.execute(t.document.delete().where(t.document.c.kind == kind))
            db.execute(t.document.insert(), {"kind": kind, "name": name, "body": body, "sha256": digest})
            self._log(db, f"keep {kind}", {"name": name, "sha256": digest})

    def document(self, kind: str) -> tuple[str, str] | None:
        """Return (name, text) of a kept file, or None."""
        with self._engine.connect() as db:
            row = db.execute(self._t.document.select().where(self._t.document.c.kind == kind)).first()
        return (row.name, row.body) if row else None

    def put_decision(self, group: str, decision: str, *, by: str, why: str) -> None:
        """Record what a person decided about one word of the gate, wherever it stands."""
        t = self._t
        with self.writing() as db:
            db.execute(t.decision.delete().where(t.decision.c.group == group))
            db.execute(t.decision.insert(), {"group": group, "decision": decision, "by": by, "why": why, "at": now()})
            self._log(db, "decide", {"group": group, "decision": decision, "by": by})

    def decisions(self) -> tuple[tuple[str, str, str, str, str], ...]:
        """(group, decision, by, why, at) in the order they were made."""
        t = self._t
        with self._engine.connect() as db:
            rows = db.execute(t.decision.select().order_by(t.decision.c.at, t.decision.c.group)).all()
        return tuple((r.group, r.decision, r.by, r.why, r.at) for r in rows)

    # ---- the log ------------------------------------------------------------------------------------------------

    def log(self, verb: str, detail: Mapping[str, Any]) -> None:
        """Append one event; details hold addresses and counts, never words."""
        with self.writing() as db:
            self._log(db, verb, detail)

    def events(self, after: tuple[dict[str, Any], ...] = ()) -> tuple[dict[str, Any], ...]:
        """Every event, oldest first; raises StoreError naming the first one that was changed afterwards.

        `after` are events that this method gave before: they are given again without being looked at anew, so that only
        what came since is read and checked.
        """
        t = self._t.event
        with self._engine.connect() as db:
            rows = db.execute(t.select().where(t.c.id >= (after[-1]["id"] if after else 0)).order_by(t.c.id)).all()
        if after and (not rows or rows[0].id != after[-1]["id"]):
            raise StoreError(f"the event log was changed: event {after[-1]['id']} is gone")
        before, out = (rows[0].digest, list[dict[str, Any]]()) if after else ("", [])
        for r in rows[1 if after else 0 :]:
            if r.digest != sealed(before, r.at, r.who, r.verb, r.detail):
                raise StoreError(f"the event log was changed: event {r.id} does not follow from the one before it")
            before = r.digest
            out.append({"id": r.id, "at": r.at, "who": r.who, "verb": r.verb, "detail": r.detail})
        return (*after, *out)

    def tidy(self) -> None:
        """Empty the write-ahead log, so that what was deleted is not left in it."""
        if self._engine.dialect.name == "sqlite":
            with self._engine.connect() as db:
                db.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")

    def _log(self, db: sa.Connection, verb: str, detail: Mapping[str, Any]) -> None:
        t, plain, at = self._t, json.loads(json.dumps(detail, default=str)), now()
        before = db.execute(t.event.select().order_by(t.event.c.id.desc()).limit(1)).first()
        digest = sealed(before.digest if before else "", at, self.who, verb, plain)
        db.execute(t.event.insert(), {"at": at, "who": self.who, "verb": verb, "detail": plain, "digest": digest})

    def _delete_session(self, db: sa.Connection, session: str) -> int:
        t = self._t
        for table in (t.coding, t.discourse, t.word, t.unit):
            db.execute(table.delete().where(table.c.session == session))
        return db.execute(t.session.delete().where(t.session.c.id == session)).rowcount


def _sa() -> Any:
    import sqlalchemy

    return sqlalchemy
