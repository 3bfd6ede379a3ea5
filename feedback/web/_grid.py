"""Which group is looked at, of those large enough to be; and the presence grid, sessions by themes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from feedback.errors import FeedbackError, LeakError
from feedback.findings import ASKED, HEARD, OPEN, may_name, presence
from feedback.privacy import shows_column
from feedback.web._ask import Ask

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.responses import Response

    from feedback.corpus import Session
    from feedback.findings import Cell, Themes
    from feedback.privacy import Settings
    from feedback.web._guard import Person
    from feedback.web._view import View

GROUPINGS = ("audience", "language", "spa", "month")
NEAR = GROUPINGS[:2]  # what may stand beside a session's code for everybody who reads
MARKS = {HEARD: "●", ASKED: "○", OPEN: "·"}
WIDE = 48


@dataclass(frozen=True, slots=True)
class Part:
    """One group of sessions to look at; one at a time, so that nobody can be told from where two small ones meet."""

    by: str
    group: str

    @property
    def column(self) -> str:
        """The group as findings name it."""
        return f"SPA {self.group}" if self.by == "spa" else self.group

    def cells(self, themes: Themes) -> dict[str, Cell]:
        """Code -> the group's cell as it may be shown."""
        return {t.id: c for t in themes for c in t.cells if c.group == self.column}


def part(ask: Ask) -> Part | None:
    """The group asked for (`of=audience:youth`), where it is large enough to have a column."""
    by, _, group = ask.query("of").partition(":")
    if by not in GROUPINGS:
        return None
    made = Part(by, group)
    return made if made.column in ask.desk.view.themes(by).columns else None


def groupings(person: Person) -> tuple[str, ...]:
    """By what a person may part sessions that are named: who knows where and when each was held counts lists again by that."""
    return GROUPINGS if person.can_place else NEAR


def choices(view: View, by: Iterable[str] = GROUPINGS) -> dict[str, list[str]]:
    """What may be looked at alone: grouping -> groups."""
    there = [s for s in view.corpus if s.id not in view.apart]
    return {name: large(there, name, view.settings) for name in by}


def large(sessions: list[Session], by: str, settings: Settings) -> list[str]:
    """The groups of a kind that are large enough to stand alone."""
    heads: dict[str, list[int | None]] = {}
    for s in sessions:
        for v in values(s, by):
            heads.setdefault(v, []).append(s.participants)
    return sorted(v for v, found in heads.items() if shows_column(found, settings))


def grid(ask: Ask) -> Response:
    """The presence grid: only themes of which nothing is hidden, since it names sessions."""
    answer = ready(ask)
    if answer is not None:
        return answer
    view, of, mine = ask.desk.view, part(ask), groupings(ask.person)
    of = of if of and of.by in mine else None
    shown = [view.themes()] + ([view.themes(of.by)] if of else [])
    themes = shown[0]
    free = [t for t in themes if t.mentions and all(may_name(x, x[t.id]) for x in shown)]
    asked = [s for s in view.shown.corpus if of is None or of.group in values(s, of.by)]
    uncleared = ask.desk.uncleared
    order = sorted((s for s in asked if s.id not in uncleared), key=_place)
    first = int(ask.query("from")) if ask.query("from").isascii() and ask.query("from").isdigit() else 0
    here = order[first : first + WIDE]
    found = presence(themes, [t.id for t in free])
    rows = [(t, [MARKS.get(found[t.id][s.id], "") for s in here]) for t in free]
    runs: list[tuple[str, int]] = []
    for s in here:
        name = s.audience or "not stated"
        runs[-1:] = [(name, runs[-1][1] + 1)] if runs and runs[-1][0] == name else [*runs[-1:], (name, 1)]
    return ask.page(
        "grid", rows=rows, sessions=here, runs=runs, of=of, choices=choices(view, mine), first=first, total=len(order), wide=WIDE,
        later=len(asked) - len(order),
        left=sum(bool(t.mentions) for t in themes) - len(free),
    )  # fmt: skip


def values(s: Session, name: str) -> tuple[str, ...]:
    """The groups a session is in, as text."""
    value = getattr(s, "languages" if name == "language" else name)
    return tuple(str(v) for v in value) if isinstance(value, tuple) else (str(value),) if value else ()


def ready(ask: Ask) -> Response | None:
    """None where needs (and themes by the grouping asked for) can be shown; else a page that says what is missing."""
    ask.need("can_read")
    by = ask.query("of").partition(":")[0] or ask.query("by")
    missing = ask.desk.missing()
    if missing:
        return ask.page("missing", missing=missing)
    try:
        if not ask.desk.counted(by if by in GROUPINGS else ""):
            words = ask.t("The sessions are being counted: this takes a while after a start and after large changes.")
            return ask.page("soon", status=202, title=ask.t("Counting"), words=words)
        _ = ask.desk.view.needs
    except LeakError as error:
        return ask.page("trouble", status=409, title=ask.t("Held by the privacy gate"), words=ask.told(error))
    except FeedbackError as error:
        return ask.page("trouble", status=409, title=ask.t("Not ready yet"), words=ask.told(error))
    return None


def unscreened(ask: Ask) -> Response | None:
    """None where it is known what the gate holds; else a page that says that it is being looked up."""
    if ask.desk.screened():
        return None
    words = ask.t("Every session is held against the privacy check once more: this takes a while after a start.")
    return ask.page("soon", status=202, title=ask.t("Looking"), words=words)


def _place(s: Session) -> tuple[str, str]:
    return s.audience or "~", s.id
