"""The desk: the project as each person sees it, and what is counted once and shown often."""

from __future__ import annotations

import secrets
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from feedback.errors import FeedbackError
from feedback.project import Project
from feedback.store import Accounts, Jobs, Store
from feedback.web._guard import Person, Throttle
from feedback.web._seal import Seal

if TYPE_CHECKING:
    from feedback.codebook import Codings
    from feedback.corpus import Corpus
    from feedback.findings import Themes
    from feedback.plan import Needs
    from feedback.privacy import Audit


class View:
    """Everything the reading pages show, at one revision of the project; each part is made when first asked for."""

    def __init__(self, project: Project, store: Store, revision: int) -> None:
        self._project, self._store, self.revision, self._by = project, store, revision, dict[str, "Themes"]()
        self._lock = threading.RLock()

    @cached_property
    def corpus(self) -> Corpus:
        """What passed the gate."""
        return self._project.corpus

    @cached_property
    def codings(self) -> Codings:
        """All codings on it."""
        return self._project.codings

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What has to be there before needs can be shown, and is not."""
        there = {"sessions": len(self.corpus) > 0} | {k: self._store.document(k) is not None for k in ("codebook", "plan")}
        return tuple(name for name, found in there.items() if not found)

    def themes(self, by: str = "audience") -> Themes:
        """Themes by a grouping."""
        with self._lock:
            if by not in self._by:
                self._by[by] = self._project.themes(by=by)
            return self._by[by]

    @cached_property
    def needs(self) -> Needs:
        """Needs set against the plan."""
        with self._lock:
            return self._project.crosswalk()


class Desk:
    """One per server: accounts, jobs, projects by person, and the last view."""

    def __init__(self, project: str | Path) -> None:
        self.address = project
        self.store = Store(project, who="web")
        self.accounts, self.jobs = Accounts(self.store), Jobs(self.store)
        self.seal = Seal.kept(self.store.keys[".key"])
        self.throttle, self.places = Throttle(), Throttle(free=40)  # by login; by address, which an office shares
        self.lock = threading.RLock()  # one writer at a time
        self._quick = threading.RLock()  # what is kept here; never held over work
        self.code = self._new_code()
        self.wake = threading.Event()
        self._projects: dict[str, Project] = {}
        self._stores: dict[str, Store] = {}
        self._settings: dict[str, tuple[float, Any]] = {}
        self._view: View | None = None
        self._audit: tuple[int, Audit] | None = None

    def close(self) -> None:
        """Let go of every connection."""
        for p in self._projects.values():
            p.close()
        for s in self._stores.values():
            s.close()
        self.store.close()

    def project(self, person: Person | str) -> Project:
        """The project under a person's name: what they change is logged as theirs."""
        who = str(person)
        with self._quick:
            if who not in self._projects:
                if len(self._projects) > 200:
                    self._projects.pop(next(iter(self._projects))).close()
                self._projects[who] = Project(self.address, who=who)
            return self._projects[who]

    def books(self, person: Person | str) -> Store:
        """The store under a person's name, for what is no verb of the project: plans kept, headers, topics."""
        who = str(person)
        with self._quick:
            if who not in self._stores:
                self._stores[who] = Store(self.address, who=who)
            return self._stores[who]

    @property
    def view(self) -> View:
        """The reading pages' values, made anew after every change."""
        revision = self.jobs.revision()
        with self._quick:
            if self._view is None or self._view.revision != revision:
                self._view = View(self.project("web"), self.store, revision)
            return self._view

    def audit(self, person: Person | str) -> Audit:
        """What the gate found, with the decisions made so far; while a job writes, what was found before it."""
        kept = self._audit
        if kept is not None and kept[0] == self.jobs.revision():
            return kept[1]
        if not self.lock.acquire(timeout=-1 if kept is None else 0.05):
            assert kept is not None
            return kept[1]
        try:
            if self._audit is None or self._audit[0] != self.jobs.revision():
                self.keep_audit(self.project(person).screen())
            assert self._audit is not None
            return self._audit[1]
        finally:
            self.lock.release()

    def keep_audit(self, audit: Audit) -> None:
        """Remember the audit that a change gave back."""
        self._audit = (self.jobs.revision(), audit)

    def missing(self) -> tuple[str, ...]:
        """What is not there yet for themes and needs: sessions, codebook, plan."""
        return self.view.missing

    def warm(self) -> None:
        """Count what the pages will ask for, so that nobody waits for it."""
        if self.missing():
            return
        try:
            view = self.view
            _ = view.codings, view.themes(), view.needs
        except FeedbackError:
            return

    def owners(self) -> dict[str, set[str]]:
        """Session -> those who brought it in, as they stand in the log."""
        out: dict[str, set[str]] = {}
        for u in self.jobs.uploads():
            if u.session and u.state in ("waiting", "read", "replaced"):
                out.setdefault(u.session, set()).add(u.who)
        return out

    def may_see(self, person: Person, session: str) -> bool:
        """Whether a session concerns a person before it is cleared: its facilitator, and privacy officers."""
        return person.can_reveal or str(person) in self.owners().get(session, ())

    def setting(self, name: str, default: Any) -> Any:
        """A setting, or its default; looked up again after three seconds."""
        at, value = self._settings.get(name, (-9.0, None))
        if time.monotonic() - at > 3:
            value = self.accounts.setting(name)
            self._settings[name] = (time.monotonic(), value)
        return default if value is None else value

    def keep_setting(self, name: str, value: Any, *, by: str) -> None:
        """Change a setting."""
        self.accounts.set(name, value, by=by)
        self._settings.clear()

    def _new_code(self) -> str | None:
        if self.accounts.count():
            return None
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        raw = "".join(secrets.choice(alphabet) for _ in range(12))
        return f"{raw[:4]}-{raw[4:8]}-{raw[8:]}"
