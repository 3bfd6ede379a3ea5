"""What plan authors read: needs, themes, the plan with its gaps, search, quotes in their place, the brief."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException

from feedback.corpus import Ref, Segment
from feedback.errors import FeedbackError, RefError
from feedback.findings import may_name
from feedback.privacy import shows_column
from feedback.store import Wanted, find
from feedback.web._ask import Ask
from feedback.web._grid import GROUPINGS, choices, groupings, large, part, ready, values

if TYPE_CHECKING:
    from starlette.responses import Response

    from feedback.codebook import Code
    from feedback.corpus import Session
    from feedback.findings import Quote
    from feedback.plan import Need

FORMATS = {
    ".html": "text/html; charset=utf-8", ".md": "text/markdown; charset=utf-8", ".pdf": "application/pdf",
    ".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
BRIEFS = {
    "full": "For plan authors: everything, with sources", "board": "For the Board: two pages", "slides": "Slides to show",
    "report-back en": "For those who spoke: one page, in English", "report-back es": "For those who spoke: one page, in Spanish",
}  # fmt: skip
PAGE = 40


def home(ask: Ask) -> Response:
    """What waits for this person, and where to go."""
    person, desk = ask.person, ask.desk
    waiting = 0
    if person.can_reveal or person.can_upload:
        waiting = len(set[str]().union(*desk.to_decide(person).values()))
    missing = desk.missing()
    needs = None
    counting = desk.back is not None and not desk.view.shown.counted  # nobody waits here for that
    if person.can_read and not missing and not counting:
        with suppress(FeedbackError):  # held for the moment: the needs page says why
            needs = desk.view.needs
    owners = desk.owners()
    mine = sum(str(person) in owners.get(s.id, ()) for s in desk.view.corpus)
    return ask.page("home", waiting=waiting, missing=missing, needs=needs, mine=mine, later=len(desk.view.shown.apart),
        counting=counting and person.can_read and not missing,
    )


def needs(ask: Ask) -> Response:
    """Recurring needs, in the order of the plan's areas."""
    answer = ready(ask)
    if answer is not None:
        return answer
    view, of = ask.desk.view, part(ask)
    cells = of.cells(view.themes(of.by)) if of else {}
    hidden = sum(cells[n.id].suppressed for n in view.needs if n.id in cells)
    shown = [n for n in view.needs if of is None or (n.id in cells and not cells[n.id].suppressed and cells[n.id].band != "none")]
    uncleared = ask.desk.uncleared
    return ask.page(
        "needs", needs=view.needs, shown=shown, statement=_statement(ask), of=of, cells=cells, hidden=hidden,
        choices=choices(view), kinds=BRIEFS, later=len(view.shown.apart), quotes={n.id: _cleared(n, uncleared)[:1] for n in shown},
    )  # fmt: skip


def need(ask: Ask) -> Response:
    """One need: what it stands on, who, in whose words, and what answers it."""
    answer = ready(ask)
    if answer is not None:
        return answer
    view = ask.desk.view.shown
    try:
        one = view.needs[ask.path("need")]
    except FeedbackError:
        raise HTTPException(404) from None
    theme, uncleared = view.needs.themes[one.id], ask.desk.uncleared

    def listable(refs: Iterable[str], number: int | None) -> bool:
        """Whether the sessions of these lines may be named: their number is shown, and no group can be counted from them."""
        return number is not None and may_name(view.needs.themes, theme, {r.rpartition("#")[0] for r in refs})

    def box(refs: tuple[str, ...], number: int | None) -> tuple[list[Segment], int, bool]:
        found, cleared = listable(refs, number), [r for r in refs if r.rpartition("#")[0] not in uncleared]
        return [view.corpus.resolve(r) for r in cleared[:6]] if found else [], len(refs), found

    numbers = {"helps": theme.all.assets}
    boxes = [(title, *box(getattr(one, name), numbers.get(name, one.sessions))) for name, title in BOXES]
    listed, behind = listable((*one.need, *one.barrier, *one.asked_for), one.sessions), _behind(view.corpus, one)
    sessions = [(s, k) for s, k in behind if listed and s.id not in uncleared]
    return ask.page(
        "need", n=one, plan=view.needs.plan, theme=theme,
        listed=listed, statement=_statement(ask), sessions=sessions, later=len(behind) - len(sessions),
        boxes=boxes if may_name(view.needs.themes, theme) else [], refusals=box(one.refusals, theme.all.refusals)[0],
        quotes=_cleared(one, uncleared),
    )  # fmt: skip


BOXES = (
    ("need", "What is missing"), ("barrier", "What gets in the way"), ("helps", "What helps"),
    ("asked_for", "What people asked for"),
)  # fmt: skip


def themes(ask: Ask) -> Response:
    """Every theme by a grouping, through the suppression engine."""
    answer = ready(ask)
    if answer is not None:
        return answer
    of = part(ask)
    by = of.by if of else ask.query("by") if ask.query("by") in GROUPINGS else "audience"
    table = ask.desk.view.themes(by)
    groups = [of.column] if of else [g for g in table.groups if g in table.columns]
    rows = [(t, {c.group: c for c in t.cells}) for t in table if any(m for m in t.mentions)]
    if of:
        rows = [(t, c) for t, c in rows if of.column in c and not c[of.column].suppressed and c[of.column].band != "none"]
    return ask.page(
        "themes", themes=table, rows=rows, groups=groups, by=by, groupings=GROUPINGS, of=of, choices=choices(ask.desk.view)
    )


def plan(ask: Ask) -> Response:
    """The plan beside the needs, with the gaps on both sides."""
    answer = ready(ask)
    return answer or ask.page("plan", needs=ask.desk.view.needs, statement=_statement(ask))


def quote(ask: Ask) -> Response:
    """A unit in its place, as far as it passed the gate."""
    ask.need("can_read")
    corpus = ask.desk.view.corpus
    try:
        at = Ref.parse(ask.query("ref"))
        found = corpus.resolve(at)
    except RefError:
        raise HTTPException(404) from None
    if found.turn.withheld and at.session not in ask.desk.uncleared:
        words = ask.t("This line is held by the privacy check.")
        return ask.page("trouble", status=403, title=ask.t("Held by the privacy gate"), words=words)
    if at.session in ask.desk.uncleared:
        raise HTTPException(404)
    head = corpus[at.session]
    around = head.turns[max(0, at.index - 3) : at.index + 4]
    placed = ask.desk.may_place(ask.person, head.id)
    return ask.page("quote", around=around, s=head, ref=ask.query("ref"), at=at.index, placed=placed)


def search(ask: Ask) -> Response:
    """Find units by words (accents do not matter), within groups that are large enough to be looked at alone."""
    ask.need("can_read")
    corpus = ask.desk.view.corpus
    filters = {name: ask.query(name) for name in groupings(ask.person)}
    sessions = [s for s in corpus if s.id not in ask.desk.uncleared]
    settings_ = ask.desk.view.settings
    groups = {name: large(sessions, name, settings_) for name in filters}
    chosen = [s for s in sessions if all(not v or v in values(s, k) for k, v in filters.items())]
    small = any(filters.values()) and not shows_column([s.participants for s in chosen], settings_)
    words = ask.query("q")
    hits = _hits(ask, words, chosen) if words and not small else []
    first = max(0, int(ask.query("from")) if ask.query("from").isascii() and ask.query("from").isdigit() else 0)
    shown = [(s, _quotable(s)) for s in hits[first : first + PAGE]]
    return ask.page(
        "search", q=words, filters=filters, choices=groups, small=small, hits=shown, total=len(hits), first=first,
        page=PAGE, many=len(chosen),
    )  # fmt: skip


def _hits(ask: Ask, words: str, sessions: Iterable[Session]) -> list[Segment]:
    """Ask the index of words, and look at what it names: only what may be coded and is cleared, every phrase as it stands."""
    wanted, found = Wanted.parse(words), list[Segment]()
    there, uncleared = find(ask.desk.store, wanted), ask.desk.uncleared
    for s in sessions:
        for at in sorted(there.get(s.id, ())) if s.id not in uncleared else ():
            unit = Segment(f"{s.id}#{at}", s.turns[at], s) if at < len(s.turns) else None
            if unit is not None and unit.turn.voiced and not unit.turn.withheld and wanted.fits(unit.text):
                found.append(unit)
    return found


def brief(ask: Ask) -> Response:
    """Make a brief in the background, in the kind and format asked for."""
    person, desk = ask.person, ask.desk
    suffix, session = ask.field("suffix"), ask.field("session", most=200)
    kind, _, language = ask.field("kind").partition(" ")
    if suffix not in FORMATS or kind not in {k.split()[0] for k in BRIEFS} | {"session"}:
        raise HTTPException(404)
    if kind == "session" and not (session in {s.id for s in desk.view.corpus} and desk.may_place(person, session)):
        raise HTTPException(404)
    if not person.can_read and kind != "session":
        raise HTTPException(403)
    asked = {
        "suffix": suffix, "kind": kind, "language": language if language == "es" else "en", "title": ask.field("title", most=160),
        "session": session,
    }  # fmt: skip
    if asked["title"]:
        desk.verb(person, "read_over", asked["title"], "title")
    job = desk.jobs.ask("brief", who=str(person), asked=asked)
    desk.wake.set()
    return ask.go(f"/jobs/{job.id}")


def made(ask: Ask) -> Response:
    """Hand out a finished brief to whom it was made for."""
    try:
        job = ask.desk.jobs.get(int(ask.path("job")))
    except (KeyError, OverflowError):
        raise HTTPException(404) from None
    person, session = ask.person, str(job.asked.get("session", ""))
    may = ask.desk.may_place(person, session) if job.asked.get("kind") == "session" else person.can_read
    content = ask.desk.jobs.made(job.id)
    if content is None or job.who != str(person) or not may:
        raise HTTPException(404)
    suffix = str(job.result.get("suffix", ".html"))
    return ask.file(content, name=f"brief{suffix}", kind=FORMATS[suffix])


@dataclass(frozen=True, slots=True)
class _Statement:
    """The need in one plain sentence, in the reader's language where the codebook has it."""

    language: str
    codes: dict[str, Code]

    def __call__(self, one: Need) -> str:
        if one.signed or one.join:
            return one.said(self.language)
        said = self.codes[one.id].statements
        return said.get(self.language) or said.get("en") or one.statement


def _statement(ask: Ask) -> _Statement:
    return _Statement(ask.language, {c.id: c for c in ask.desk.view.needs.themes.codebook})


def _cleared(one: Need, uncleared: Collection[str]) -> list[Quote]:
    return [q for q in one.quotes if q.ref.rpartition("#")[0] not in uncleared]


def _behind(corpus: Any, one: Need) -> list[tuple[Session, int]]:
    refs = dict.fromkeys((*one.need, *one.barrier, *one.asked_for))
    counts: dict[str, int] = {}
    for r in refs:
        counts[r.rpartition("#")[0]] = counts.get(r.rpartition("#")[0], 0) + 1
    return [(s, counts[s.id]) for s in corpus if s.id in counts]


def _quotable(s: Segment) -> bool:
    return s.turn.verbatim and s.turn.role == "participant" and s.session.quote_consent == "yes"
