"""What the reading pages show, made once a revision: the corpus, codings, themes, needs; and what the gate holds."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from feedback.errors import LeakError
from feedback.store import HARMLESS

if TYPE_CHECKING:
    from feedback.codebook import Codings
    from feedback.corpus import Corpus
    from feedback.findings import Themes
    from feedback.plan import Needs
    from feedback.privacy import Group, Settings
    from feedback.project import Project
    from feedback.store import Store

T = TypeVar("T")
LAG = 30.0
Revision = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Held:
    """What the gate holds until somebody decides, at one revision of the words."""

    revision: int
    groups: tuple[Group, ...] = ()

    def undecided(self) -> tuple[Group, ...]:
        """The words and lines to decide on, the gravest first."""
        return self.groups

    def by_session(self) -> dict[str, list[Group]]:
        """Session -> what the gate holds of it."""
        by: dict[str, list[Group]] = {}
        for group in self.groups:
            for session in dict.fromkeys(r.split("#")[0] for r in group.refs):
                by.setdefault(session, []).append(group)
        return by


class Counter(Protocol):
    """Whoever counts: this process, or the one beside it."""

    def count(self, view: View) -> tuple[Revision, Needs]:
        """The needs as they are now, and the revision they belong to."""
        ...

    def themes(self, view: View, by: str) -> Themes:
        """Themes by a grouping."""
        ...

    def wish(self, by: str) -> None:
        """Hear that themes by a grouping are looked at, so that they are counted with the needs."""
        ...

    def done(self, view: View) -> None:
        """Hear that a view's needs are there."""
        ...

    def later(self, view: View) -> bool:
        """Whether somebody counts without being waited for, who tells when it is done."""
        ...

    def before(self, view: View, *, lag: float) -> View | None:
        """The last view that was counted, where it may stand for this one and has not been out of date for longer."""
        ...


@dataclass
class Here:
    """Counts in this process, and remembers what was counted last."""

    project: Callable[[], Project]
    told: Callable[[View], object] | None = None
    last: View | None = None
    late: float = field(default=float("inf"))  # since when `last` is out of date

    def count(self, view: View) -> tuple[Revision, Needs]:
        """See `Counter`."""
        hurry = self.before(view, lag=float("inf")) is not None  # there is something to show meanwhile
        count = self.project().crosswalk
        return view.revision, count() if hurry else patiently(count)

    def themes(self, view: View, by: str) -> Themes:
        """See `Counter`."""
        return patiently(lambda: self.project().themes(by=by))

    def wish(self, by: str) -> None:
        """See `Counter`."""

    def done(self, view: View) -> None:
        """See `Counter`."""
        if self.last is None or self.last.revision <= view.revision:
            self.last, self.late = view, float("inf")
        if self.told is not None:
            self.told(view)

    def later(self, view: View) -> bool:
        """See `Counter`."""
        return False

    def moved(self) -> None:
        """Hear that the project has changed since."""
        self.late = min(self.late, time.monotonic())

    def before(self, view: View, *, lag: float) -> View | None:
        """See `Counter`."""
        last = self.last
        fits = last is not None and last is not view and last.revision[2] == view.revision[2]
        return last if fits and time.monotonic() - self.late < lag else None


class View:
    """Everything the reading pages show, at one revision of the project; each part is made when first asked for.

    Counting takes a moment: after a coding or a new session the counts made before it are shown until they have been made anew,
    for half a minute at most where this process counts itself. Whatever else changes (a withdrawal, a decision of the gate, the
    codebook) is shown at once.
    """

    def __init__(
        self, project: Project, store: Store, revision: Revision, before: View | None = None, *, counter: Counter,
        events: Callable[[], Sequence[Mapping[str, Any]]] = tuple,
    ) -> None:  # fmt: skip
        self._project, self._store, self.revision, self._by = project, store, revision, dict[str, "Themes"]()
        self._events, self._counter, self._lock = events, counter, threading.RLock()
        self._needs: Needs | None = None
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
        """The view whose counts the pages show now: this one, or, until it is counted, the one counted last.

        Where nobody counts unless asked, that one is shown for half a minute at most.
        """
        lag = float("inf") if self._counter.later(self) else LAG
        return self if self.counted else self._counter.before(self, lag=lag) or self

    @property
    def mark(self) -> tuple[Revision, int]:
        """What a page made of this view depends on."""
        return self.shown.revision, self.revision[1]

    def has(self, by: str) -> bool:
        """Whether themes by a grouping are there."""
        return by in self._by or (self._needs is not None and by == self._needs.themes.by)

    def themes(self, by: str = "audience") -> Themes:
        """Themes by a grouping."""
        if (shown := self.shown) is not self:
            return shown.themes(by)
        self._counter.wish(by)
        if self._needs is not None and by == self._needs.themes.by:
            return self._needs.themes
        if by in self._by:
            return self._by[by]
        with self._lock:
            if by not in self._by:
                self._by[by] = self._counter.themes(self, by)
            return self._by[by]

    @property
    def needs(self) -> Needs:
        """Needs set against the plan; what was counted last while somebody counts, where it may stand for these."""
        if (shown := self.shown) is not self:
            return shown.count()
        before = None if self.counted else self._counter.before(self, lag=float("inf"))
        if before is None:
            return self.count()
        if not self._lock.acquire(blocking=False):  # somebody counts already
            return before.count()
        try:
            return before.count() if self._counter.later(self) else self.count()
        except LeakError:  # a session came in and has not been screened yet
            return before.count()
        finally:
            self._lock.release()

    def count(self) -> Needs:
        """Count the needs of this revision, once."""
        with self._lock:
            if self._needs is None:
                revision, needs = self._counter.count(self)
                self.take(needs, moved=revision != self.revision)
                self._counter.done(self)
            assert self._needs is not None
            return self._needs

    def take(self, needs: Needs, by: Mapping[str, Themes] | None = None, *, moved: bool = False) -> None:
        """Show needs, and themes by groupings, that were counted elsewhere.

        `moved`: of a later moment, so that what was looked up before goes.
        """
        for name in ("corpus", "codings", "apart", "missing") if moved else ():
            vars(self).pop(name, None)
        self._by.update(by or {})
        self._needs = needs


def patiently(count: Callable[[], T]) -> T:
    """Count; where a session has just come in and is being screened, wait a moment for that."""
    for _ in range(12):
        try:
            return count()
        except LeakError:
            time.sleep(0.25)
    return count()
