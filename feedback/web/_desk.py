"""The desk: the project as each person sees it, and what is counted once and shown often."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, cast

from feedback.errors import FeedbackError, StoreError
from feedback.project import Project
from feedback.store import Accounts, Jobs, Step, Store, steps
from feedback.web._back import Back, There
from feedback.web._guard import IDLE, LONGEST, Person, Throttle
from feedback.web._kept import Shelf
from feedback.web._seal import Seal
from feedback.web._soon import Soon
from feedback.web._view import Counter, Held, Here, Revision, View

FRESH, MOMENT, KEY = 20.0, 0.05, "which key"

if TYPE_CHECKING:
    from feedback.codebook import Codings
    from feedback.findings import Themes
    from feedback.plan import Needs
    from feedback.privacy import Audit, Group


class Bell(Protocol):
    """What is rung when there is work."""

    def set(self) -> None:
        """Ring."""
        ...


@dataclass(frozen=True, slots=True)
class Visit:
    """Who came, as looked up when the last write was `beat`, `at` this moment of the machine's clock."""

    beat: int
    at: float
    person: Person


class Desk:
    """One per server: accounts, jobs, projects by person, and the last view."""

    def __init__(self, project: str | Path, *, new_key: bool = False) -> None:
        self.address = project
        self.store = Store(project, who="web")
        self.accounts, self.jobs = Accounts(self.store), Jobs(self.store)
        self.seal = self._sealing(new_key)
        self.throttle, self.places = Throttle(), Throttle(free=40)  # by login; by address, which an office shares
        self.lock = threading.RLock()  # one writer at a time
        self._quick = threading.RLock()  # what is kept here; never held over work
        self.code = self._new_code()
        self.bell = threading.Event()
        self.wake: Bell = self.bell
        self._projects: dict[str, Project] = {}
        self._stores: dict[str, Store] = {}
        self._view: View | None = None
        self.here = Here(lambda: self.project("web"))
        self.counter: Counter = self.here
        self.back: Back | None = None
        self.told: Callable[[Held], object] | None = None  # hears what the gate holds after each screening
        self._held: Held | None = None
        self._asking = threading.Lock()
        self._open: tuple[Held, dict[str, list[Group]]] | None = None
        self._pulse, self._kept, self._visits = self.store.pulse(), dict[str, tuple[int, Any]](), dict[str, Visit]()
        self._last_event: tuple[int, int | None] | None = None
        self.shelf, self.soon = Shelf(), Soon()
        self._log: tuple[dict[str, Any], ...] = ()
        self._steps: tuple[int, tuple[Step, ...]] = (0, ())
        self._steps_end = 0
        self.tagged: dict[str, Codings] = {}  # the worker's: what it tagged before, by session

    def work_apart(self) -> Back:
        """Have the heavy work done in a process beside this one, which the caller starts and stops."""
        self.back = Back(str(self.address), held=self.take_held, counted=self.take_counted)
        self.counter, self.wake = There(self.back, self.here), self.back
        return self.back

    def do(self, what: str, *given: Any, again: bool = False) -> Any:
        """Do what is heavy (see `ASKED`), in the back room where there is one; `again`: it only looks, and may be asked twice."""
        if self.back is not None:
            return self.back.ask(what, *given, again=again)
        from feedback.web._room import ASKED

        return ASKED[what](self, *given)

    def verb(self, who: Person | str, name: str, *given: Any, **named: Any) -> Any:
        """Do a verb of the project under a person's name; what the gate then holds is kept, not returned."""
        return self.do("verb", str(who), name, given, named, again=name in ("read_over", "reveal"))

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
                self._view = self._new_view(revision, self._view)
                self.here.moved()
            return self._view

    def _new_view(self, revision: Revision, before: View | None = None) -> View:
        return View(self.project("web"), self.store, revision, before, counter=self.counter, events=self.events)

    def take_counted(self, revision: Revision, needs: Needs, by: Mapping[str, Themes]) -> None:
        """Show needs, and themes by groupings, that the back room counted."""
        with self._quick:
            now, last = self._view, self.here.last
            if last is not None and last.revision >= revision:
                return
            view = now if now is not None and now.revision == revision else self._new_view(revision)
            view.take(needs, by, moved=view is not now)
            self.here.done(view)
            if view is not now:
                self.here.moved()

    # ---- what the gate holds ------------------------------------------------------------------------------------

    def audit(self, person: Person | str) -> Held:
        """What the gate holds, after the decisions made so far; while a job writes, what it held before that."""
        kept = self._held
        if kept is not None and kept.revision == self.revision[1]:
            return kept
        lock = self.lock if self.back is None else self._asking
        if not lock.acquire(timeout=-1 if kept is None else MOMENT):
            assert kept is not None
            return kept
        try:
            kept = self._held
            if kept is None or kept.revision != self.revision[1]:
                if self.back is None:
                    return self.keep_audit(self.project(person).screen())
                self.take_held(kept := self.back.ask("held"))
            return kept
        finally:
            lock.release()

    def keep_audit(self, audit: Audit) -> Held:
        """Remember what a change left for people to decide."""
        self._held = held = Held(self.revision[1], tuple(audit.undecided()))
        if self.told is not None:
            self.told(held)
        return held

    def take_held(self, held: Held) -> None:
        """Remember what the back room found the gate to hold."""
        with self._quick:
            if self._held is None or self._held.revision <= held.revision:
                self._held = held

    def waiting(self, person: Person | str) -> dict[str, list[Group]]:
        """Session -> what the gate holds of it until somebody decides."""
        held = self.audit(person)
        with self._quick:
            if self._open is None or self._open[0] is not held:
                self._open = (held, held.by_session())
            return self._open[1]

    def to_decide(self, person: Person) -> dict[str, set[str]]:
        """Session -> the words or lines that wait for a decision, of sessions that concern a person.

        While the first screening after a start goes on, one for each session that is not cleared: no page waits for it.
        """
        if not self.screened():
            return {s: {s} for s in self.uncleared if self.may_see(person, s)}
        return {s: {g.id for g in groups} for s, groups in self.waiting(person).items() if self.may_see(person, s)}

    def screened(self) -> bool:
        """Whether it is known what the gate holds, now or in a moment; where not, it is being looked up from now on."""
        return self.back is None or self._held is not None or self.soon.ask("held", lambda: self.audit("web"))

    def counted(self, by: str = "") -> bool:
        """The same for needs, and themes by a grouping."""
        if self.back is None:
            return True
        if not self.view.shown.counted and not self.soon.ask("needs", lambda: self.view.needs):
            return False
        return not by or self.view.shown.has(by) or self.soon.ask(f"themes {by}", lambda: self.view.themes(by))

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
        return cast("dict[str, set[str]]", self._once("owners", self._owners, logged=False))

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

    def may_place(self, person: Person, session: str) -> bool:
        """Whether a person may look at what one session said by itself, and at where and when it was held."""
        return self.may_open(person, session) and (person.can_place or self.may_see(person, session))

    @property
    def names(self) -> dict[str, str]:
        """Whom accounts belong to: name for signing in -> name."""
        return cast("dict[str, str]", self._once("names", lambda: {a.login: a.name for a in self.accounts.all()}))

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
        if beat is None or kept is None or view is None or kept[0] != self._event(beat) or view.revision != kept[1]:
            return None
        return view.mark

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

    def _once(self, name: str, ask: Callable[[], object], *, logged: bool = True) -> object:
        """Look something up once after every write; `logged`: only after those that the log tells of."""
        beat, kept = self._pulse(), self._kept.get(name)
        mark = beat if beat is None or not logged else self._event(beat)
        if kept is not None and mark is not None and kept[0] == mark:
            return kept[1]
        value = ask()
        if mark is not None:
            self._kept[name] = (mark, value)
        return value

    def _event(self, beat: int) -> int | None:
        """The last event of the log, looked up once after every write."""
        known = self._last_event
        if known is None or known[0] != beat:
            self._last_event = known = (beat, self._pulse.event())
        return known[1]

    def _sealing(self, new_key: bool) -> Seal:
        known, path = self.accounts.setting(KEY), self.store.keys[".key"]
        if new_key and known is not None:
            try:
                return Seal.kept(path, known=known)
            except StoreError:
                self.accounts.give_up_sealed(why="the old one is lost", by="feedback serve --new-key")
                known = None
        try:
            seal = Seal.kept(path, known=known)
        except StoreError:
            self.store.close()
            raise
        if known is None:
            self.accounts.set(KEY, seal.mark, by="")
        return seal

    def _new_code(self) -> str | None:
        if self.accounts.count():
            return None
        alphabet = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
        raw = "".join(secrets.choice(alphabet) for _ in range(12))
        return f"{raw[:4]}-{raw[4:8]}-{raw[8:]}"
