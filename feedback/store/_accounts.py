"""Accounts, visits, invitations and settings: who may come in, as rows. Hashing and cookies are the web app's."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError, StoreError

if TYPE_CHECKING:
    from feedback.store import Store

__all__ = ["Account", "Accounts", "Invitation"]


@dataclass(frozen=True, slots=True)
class Account:
    """One person who may sign in; `password` is a hash, `second` says whether a second factor is asked for."""

    id: int
    login: str
    name: str
    password: str
    roles: tuple[str, ...]
    closed: bool = False
    second: bool = False


@dataclass(frozen=True, slots=True)
class Invitation:
    """A door for one person, open once and for a time."""

    name: str
    roles: tuple[str, ...]
    by: str


class Accounts:
    """The accounts of a project. Every change is an event of the log, under the name of who made it."""

    def __init__(self, store: Store) -> None:
        self._store, self._engine, self._t = store, store._engine, store._t

    def count(self) -> int:
        """How many accounts there are; none before the first set-up."""
        return len(self.all())

    def all(self) -> tuple[Account, ...]:
        """Every account, by login."""
        with self._engine.connect() as db:
            rows = db.execute(self._t.account.select().order_by(self._t.account.c.login)).all()
        return tuple(_account(r) for r in rows)

    def find(self, login: str) -> Account | None:
        """The account with this login, or None."""
        return next((a for a in self.all() if a.login == login.strip().lower()), None)

    def add(
        self, login: str, *, name: str, password: str, roles: Sequence[str], by: str, first: bool = False, invitation: str = "",
    ) -> Account:  # fmt: skip
        """Make an account; with `first` only where there is none yet, with an `invitation` using that up.

        Raises FeedbackError where the login is taken or the invitation used; then the other stays as it was.
        """
        t, login = self._t.account, login.strip().lower()
        with self._store.writing() as db:
            if invitation and not self._use(db, invitation):
                raise FeedbackError("This invitation is used or too old. Ask for a new one.")
            there = [r.login for r in db.execute(t.select()).all()]
            if login in there or (first and there):
                raise FeedbackError("that name for signing in is taken; choose another")
            db.execute(t.insert(), {
                "login": login, "name": name.strip(), "password": password, "roles": list(roles), "created": _stamp(),
                "closed": False,
            })  # fmt: skip
            self._store._log(db, "account", {"login": login, "roles": list(roles), "by": by})
        made = self.find(login)
        assert made is not None
        return made

    def change(self, login: str, *, by: str, **values: Any) -> None:
        """Change `roles`, `closed` or `password`; whoever it is has to sign in again."""
        t = self._t
        with self._store.writing() as db:
            row = db.execute(t.account.select().where(t.account.c.login == login)).first()
            if row is None:
                raise FeedbackError(f"there is no account {login!r}")
            db.execute(t.account.update().where(t.account.c.login == login).values(**values))
            db.execute(t.visit.delete().where(t.visit.c.account == row.id))
            told = {k: v for k, v in values.items() if k != "password"}
            self._store._log(db, "account", {"login": login, "by": by, "changed": sorted(values), **told})

    # ---- the second factor --------------------------------------------------------------------------------------

    def second(self, login: str) -> bytes | None:
        """The sealed secret of an account's second factor, or None where it has none."""
        t = self._t.account
        with self._engine.connect() as db:
            found = db.execute(t.select().where(t.c.login == login)).first()
        return bytes(found.second) if found is not None and found.second is not None else None

    def set_second(
        self, login: str, sealed: bytes | None, *, spare: Sequence[str] = (), step: int | None = None, keep: str = "", by: str
    ) -> None:
        """Ask this account for a second factor from now on, with codes for a lost phone; None: no longer.

        The code of the half minute `step` is used up. All visits but the one with the secret `keep` end.
        """
        t, hashes, v = self._t.account, [_hash(code) for code in spare], self._t.visit
        with self._store.writing() as db:
            db.execute(t.update().where(t.c.login == login).values(second=sealed, step=step, spare=hashes))
            mine = _sa().select(t.c.id).where(t.c.login == login).scalar_subquery()
            db.execute(v.delete().where(v.c.account == mine, v.c.token != _hash(keep)))
            self._store._log(db, "account", {"login": login, "by": by, "second factor": sealed is not None})

    def spend(self, login: str, *, step: int | None = None, spare: str | None = None) -> bool:
        """Use a code up, the one of a half minute (`step`) or a spare one; False where it was used before or is none."""
        t = self._t.account
        with self._store.writing() as db:
            found = db.execute(t.select().where(t.c.login == login)).first()
            if found is None or found.second is None:
                return False
            if step is not None:
                if found.step is not None and step <= found.step:
                    return False
                db.execute(t.update().where(t.c.login == login).values(step=step))
                return True
            left = [h for h in found.spare or () if h != _hash(spare or "")]
            if len(left) == len(found.spare or ()):
                return False
            db.execute(t.update().where(t.c.login == login).values(spare=left))
            self._store._log(db, "account", {"login": login, "spare codes left": len(left)})
            return True

    # ---- visits -------------------------------------------------------------------------------------------------

    def enter(self, account: Account, *, pending: bool = False) -> str:
        """Open a visit and return its secret, of which only the hash is kept; `pending`: the second factor is to come."""
        secret, now = secrets.token_urlsafe(32), time.time()
        with self._store.writing() as db:
            db.execute(self._t.visit.insert(), {
                "token": _hash(secret), "account": account.id, "created": now, "seen": now, "pending": pending,
            })  # fmt: skip
        return secret

    def who(self, secret: str, *, idle: float, longest: float, pending: bool = False) -> Account | None:
        """The account that a visit belongs to, or None where it is over (`idle` and `longest` in seconds).

        A visit that waits for the second factor is found with `pending`, and only so.
        """
        t, now = self._t, time.time()
        with self._engine.connect() as db:
            query = t.visit.join(t.account, t.visit.c.account == t.account.c.id).select().where(
                t.visit.c.token == _hash(secret)
            )  # fmt: skip
            row = db.execute(query).mappings().first()
        if row is None or bool(row[t.visit.c.pending]) != pending:
            return None
        created, seen = float(row[t.visit.c.created]), float(row[t.visit.c.seen])
        if now - seen > idle or now - created > longest or row[t.account.c.closed]:
            with suppress(StoreError):
                self.leave(secret)
            return None
        if now - seen > 60:
            with suppress(StoreError), self._store.writing() as db:  # somebody writes for long: the next page will tell
                db.execute(t.visit.update().where(t.visit.c.token == _hash(secret)).values(seen=now))
        return Account(
            row[t.account.c.id], row[t.account.c.login], row[t.account.c.name], row[t.account.c.password],
            tuple(row[t.account.c.roles]), bool(row[t.account.c.closed]), row[t.account.c.second] is not None,
        )  # fmt: skip

    def leave(self, secret: str) -> None:
        """End a visit."""
        with self._store.writing() as db:
            db.execute(self._t.visit.delete().where(self._t.visit.c.token == _hash(secret)))

    # ---- invitations and settings -------------------------------------------------------------------------------

    def invite(self, name: str, *, roles: Sequence[str], by: str, days: float = 7) -> str:
        """Make an invitation and return its secret."""
        secret = secrets.token_urlsafe(24)
        with self._store.writing() as db:
            db.execute(self._t.invitation.insert(), {
                "token": _hash(secret), "name": name, "roles": list(roles), "by": by, "expires": time.time() + days * 86400,
                "used": False,
            })  # fmt: skip
            self._store._log(db, "invite", {"roles": list(roles), "by": by})
        return secret

    def invitation(self, secret: str) -> Invitation | None:
        """The invitation behind a secret, or None where it is used, too old or unknown."""
        t = self._t.invitation
        with self._engine.connect() as db:
            row = db.execute(t.select().where(t.c.token == _hash(secret))).first()
        if row is None or row.used or row.expires < time.time():
            return None
        return Invitation(row.name, tuple(row.roles), row.by)

    def _use(self, db: Any, secret: str) -> bool:
        t = self._t.invitation
        free = (t.c.token == _hash(secret)) & t.c.used.is_(False) & (t.c.expires > time.time())
        return bool(db.execute(t.update().where(free).values(used=True)).rowcount == 1)

    def setting(self, name: str) -> Any:
        """A setting's value, or None."""
        with self._engine.connect() as db:
            row = db.execute(self._t.setting.select().where(self._t.setting.c.name == name)).first()
        return row.value if row else None

    def set(self, name: str, value: Any, *, by: str) -> None:
        """Keep a setting; where nobody (`by=""`) keeps it, as the program does for itself, the log says nothing."""
        t = self._t.setting
        with self._store.writing() as db:
            db.execute(t.delete().where(t.c.name == name))
            db.execute(t.insert(), {"name": name, "value": value})
            if by:
                self._store._log(db, "setting", {"name": name, "by": by})

    def give_up_sealed(self, *, why: str, by: str) -> int:
        """Let go of everything that only a lost key opens: documents and pieces on their way in, second factors; how much."""
        t = self._t
        with self._store.writing() as db:
            files = t.upload.update().where(t.upload.c.sealed.is_not(None))
            gone = db.execute(files.values(sealed=None, state="refused", note={"what": "stopped", "job": "failed"})).rowcount
            gone += db.execute(t.part.delete()).rowcount
            asked = t.account.update().where(t.account.c.second.is_not(None))
            gone += db.execute(asked.values(second=None, step=None, spare=[])).rowcount
            self._store._log(db, "account", {"new key": why, "given up": gone, "by": by})
        return int(gone)


def _account(row: Any) -> Account:
    return Account(row.id, row.login, row.name, row.password, tuple(row.roles), bool(row.closed), row.second is not None)


def _sa() -> Any:
    import sqlalchemy

    return sqlalchemy


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _stamp() -> str:
    from datetime import UTC, datetime

    return datetime.now(UTC).isoformat(timespec="seconds")
