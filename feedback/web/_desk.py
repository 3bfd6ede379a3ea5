"""The desk: the project as each person sees it, and what is counted once and shown often."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from feedback.errors import FeedbackError, LeakError
from feedback.project import Project
from feedback.store import HARMLESS, Accounts, Jobs, Step, Store, steps
from feedback.web._guard import IDLE, LONGEST, Person, Throttle
from feedback.web._kept import Shelf
from feedback.web._seal import Seal

T = TypeVar("T")
LAG, FRESH = 30.0, 20.0

if TYPE_CHECKING:
    from feedback.codebook import Codings
    from feedback.corpus import Corpus
    from feedback.findings import Themes
    from feedback.plan import Needs
    from feedback.privacy import Audit, Group, Settings


class View:
    """Everything the reading pages show, at one revision of the project; each part is made when first asked for.

    Counting takes a moment: for half a minute after a coding or a new session the counts made before it are shown, until the
    worker has made them anew. Whatever else changes (a withdrawal, a decision of the gate, the codebook) is shown at once.
    """

    def __init__(
        self, project: Project, store: Store, revision: tuple[int, int, int], before: View | None = None, *,
        events: Callable[[], Sequence[dict[str, Any]]] = tuple,
    ) -> None:  # fmt: skip
        self._project, self._store, self.revision, self._by = project, store, revision, dict[str, "Themes"]()
        self._events = events
        self._lock, self._born = threading.RLock(), time.monotonic()
        self._needs: Needs | None = None
        self._before: View | None = None
        if before is not None and before.revision[2] == revision[2]:
            older = before._before  # looked at first: the count may be finished at any moment
            self._before = before if before.counted else older
            if self._before is before:
                before._before = None
        if before is not None and before.revision[1] == revision[1] and "corpus" in vars(before):
            self.corpus = before.corpus
        if before is not None and before.revision[1:] == revision[1:] and "codings" in vars(before):
            self._patch(before)

    def _patch(self, before: View) -> None:
        """Take over the codings before, where people have coded since and nothing else was done."""
        since = [e for e in self._events() if e["id"] > before.revision[0] and e["verb"] not in HARMLESS]
        if any(e["id"] > self.revision[0] or e["detail"].get("verb") != "lay" for e in since):
            return
        touched = {e["detail"]["ref"] for e in since}
        held = {s.ref for s in before.corpus.segments(everyone=True, withheld=True) if s.turn.withheld}
        new = [c for c in self._store.codings(of=touched) if c.ref not in held]
        self.codings = before.codings.filter(lambda c: c.ref not in touched).merged(new)

    @cached_property
    def corpus(self) -> Corpus:
        """What passed the gate."""
        return self._project.corpus

    @cached_property
    def codings(self) -> Codings:
        """All codings on it."""
        return self._project.codings

    @cached_property
    def settings(self) -> Settings:
        """From how many people and sessions on something may be shown."""
        return self._project.settings

    @cached_property
    def apart(self) -> frozenset[str]:
        """Sessions that came in and are not cleared: nothing of them is counted."""
        return self._store.apart()

    @cached_property
    def missing(self) -> tuple[str, ...]:
        """What has to be there before needs can be shown, and is not."""
        counted = len(self.corpus) > len(self.apart)
        there = {"sessions": counted} | {k: self._store.document(k) is not None for k in ("codebook", "plan")}
        return tuple(name for name, found in there.items() if not found)

    @property
    def counted(self) -> bool:
        """Whether the needs of this very revision are there."""
        return self._needs is not None

    @property
    def shown(self) -> View:
        """The view whose counts the pages show now: this one, or for half a minute the one before the last codings."""
        if self._before is not None and not self.counted and time.monotonic() - self._born < LAG:
            return self._before
        return self

    @property
    def mark(self) -> tuple[tuple[int, int, int], int]:
        """What a page made of this view depends on."""
        return self.shown.revision, self.revision[1]

    def themes(self, by: str = "audience") -> Themes:
        """Themes by a grouping."""
        if self.shown is not self:
            return self.shown.themes(by)
        with self._lock:
            if by not in self._by:
                self._by[by] = _patiently(lambda: self._project.themes(by=by))
            return self._by[by]

    @property
    def needs(self) -> Needs:
        """Needs set against the plan."""
        before = self._before
        if before is None or self.shown is not self:
            return self.shown.count()
        if not self._lock.acquire(blocking=False):  # somebody counts already
            return before.count()
        try:
            return self.count()
        except LeakError:  # a session came in and has not been screened yet
            return before.count()
        finally:
            self._lock.release()

    def count(self) -> Needs:
        """Count the needs of this revision, once."""
        with self._lock:
            if self._needs is None:
                hurry = self._before is not None  # there is something to show meanwhile
                self._needs = self._project.crosswalk() if hurry else _patiently(self._project.crosswalk)
            return self._needs


def _patiently(count: Callable[[], T]) -> T:
    """Count; where a session has just come in and is being screened, wait a moment for that."""
    for _ in range(12):
        try:
            return count()
        except LeakError:
            time.sleep(0.25)
    return count()


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came, as looked up when the last write was `beat`, `at` this moment of the machine's clock."""

    beat: int
    at: float
    person: Person


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
        self._view: View | None = None
        self._audit: tuple[int, Audit] | None = None
        self._open: tuple[Audit, dict[str, list[Group]]] | None = None
        self._pulse, self._kept, self._visits = self.store.pulse(), dict[str, tuple[int, Any]](), dict[str, Visit]()
        self.shelf = Shelf()
        self._log: tuple[dict[str, Any], ...] = ()
        self._steps: tuple[int, tuple[Step, ...]] = (0, ())
        self._steps_end = 0
        self.tagged: dict[str, Codings] = {}  # the worker's: what it tagged before, by session

    def close(self) -> None:
        """Let go of every connection."""
        for p in self._projects.values():
            p.close()
        for s in self._stores.values():
            s.close()
        self._pulse.close()
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
        revision = self.revision
        with self._quick:
            if self._view is None or self._view.revision != revision:
                self._view = View(self.project("web"), self.store, revision, self._view, events=self.events)
            return self._view

    def audit(self, person: Person | str) -> Audit:
        """What the gate found, with the decisions made so far; while a job writes, what was found before it."""
        kept = self._audit
        if kept is not None and kept[0] == self.revision[1]:
            return kept[1]
        if not self.lock.acquire(timeout=-1 if kept is None else 0.05):
            assert kept is not None
            return kept[1]
        try:
            if self._audit is None or self._audit[0] != self.revision[1]:
                self.keep_audit(self.project(person).screen())
            assert self._audit is not None
            return self._audit[1]
        finally:
            self.lock.release()

    def keep_audit(self, audit: Audit) -> None:
        """Remember the audit that a change gave back."""
        self._audit = (self.revision[1], audit)

    def waiting(self, person: Person | str) -> dict[str, list[Group]]:
        """Session -> what the gate holds of it until somebody decides."""
        audit = self.audit(person)
        with self._quick:
            if self._open is None or self._open[0] is not audit:
                by: dict[str, list[Group]] = {}
                for group in audit.undecided():
                    for session in dict.fromkeys(r.split("#")[0] for r in group.refs):
                        by.setdefault(session, []).append(group)
                self._open = (audit, by)
            return self._open[1]

    def missing(self) -> tuple[str, ...]:
        """What is not there yet for themes and needs: sessions, codebook, plan."""
        return self.view.missing

    def warm(self) -> None:
        """Count what the pages will ask for, so that nobody waits for it."""
        if self.missing():
            return
        try:
            view = self.view
            _ = view.codings, view.count()
        except FeedbackError:
            return

    def owners(self) -> dict[str, set[str]]:
        """Session -> those who brought it in, as they stand in the log."""
        return cast("dict[str, set[str]]", self._once("owners", self._owners))

    def _owners(self) -> dict[str, set[str]]:
        out: dict[str, set[str]] = {}
        for u in self.jobs.uploads():
            if u.session and u.state in ("waiting", "read", "replaced"):
                out.setdefault(u.session, set()).add(u.who)
        return out

    def may_see(self, person: Person, session: str) -> bool:
        """Whether a session concerns a person before it is cleared: its facilitator, and privacy officers."""
        return person.can_reveal or str(person) in self.owners().get(session, ())

    @property
    def uncleared(self) -> frozenset[str]:
        """Sessions that only those whom they concern may see yet."""
        return cast("frozenset[str]", self._once("uncleared", self.store.waiting))

    def may_open(self, person: Person, session: str) -> bool:
        """Whether a person may look at a session: readers once it is cleared, before that only those whom it concerns."""
        return (person.can_read and session not in self.uncleared) or self.may_see(person, session)

    def setting(self, name: str, default: Any) -> Any:
        """A setting, or its default."""
        value = self._once(f"setting {name}", lambda: self.accounts.setting(name))
        return default if value is None else value

    def keep_setting(self, name: str, value: Any, *, by: str) -> None:
        """Change a setting."""
        self.accounts.set(name, value, by=by)

    # ---- what is asked at every request, and looked up once after every write ------------------------------------

    @property
    def revision(self) -> tuple[int, int, int]:
        """See `Jobs.revision`."""
        return cast("tuple[int, int, int]", self._once("revision", self.jobs.revision))

    def events(self) -> tuple[dict[str, Any], ...]:
        """The log, checked as far as it has grown since it was last asked for."""
        return cast("tuple[dict[str, Any], ...]", self._once("events", self._grown))

    def _grown(self) -> tuple[dict[str, Any], ...]:
        self._log = self.store.events(self._log)
        return self._log

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step of every coder, as the log has them."""
        log, (known, found) = self.events(), self._steps
        if len(log) < known or (known and log[known - 1]["id"] != self._steps_end):
            known, found = 0, ()
        if len(log) > known:
            found = (*found, *steps(log[known:]))
            self._steps, self._steps_end = (len(log), found), log[-1]["id"]
        return found

    @property
    def mark(self) -> tuple[tuple[int, int, int], int] | None:
        """See `View.mark`; None where the database would have to be asked."""
        beat, kept, view = self._pulse(), self._kept.get("revision"), self._view
        known = beat is not None and kept is not None and kept[0] == beat and view is not None and view.revision == kept[1]
        return view.mark if known and view is not None else None

    def visitor(self, secret: str, *, only_known: bool = False) -> Person | None:
        """Who a visit belongs to; `only_known`: without asking the database, None where it would have to be asked."""
        beat, kept = self._pulse(), self._visits.get(secret)
        if kept is not None and beat is not None and kept.beat == beat and time.monotonic() - kept.at < FRESH:
            return kept.person
        if only_known or not 20 < len(secret) < 100:
            return None
        account = self.accounts.who(secret, idle=IDLE, longest=LONGEST)
        person = Person(account.login, account.name, frozenset(account.roles)) if account else None
        if beat is not None and person is not None:
            if len(self._visits) > 2_000:
                self._visits.clear()
            self._visits[secret] = Visit(beat, time.monotonic(), person)
        return person

    def _once(self, name: str, ask: Callable[[], object]) -> object:
        beat, kept = self._pulse(), self._kept.get(name)
        if kept is not None and beat is not None and kept[0] == beat:
            return kept[1]
        value = ask()
        if beat is not None:
            self._kept[name] = (beat, value)
        return value

    def _new_code(self) -> str | None:
        if self.accounts.count():
            return None
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        raw = "".join(secrets.choice(alphabet) for _ in range(12))
        return f"{raw[:4]}-{raw[4:8]}-{raw[8:]}"
